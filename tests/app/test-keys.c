/* test-keys.c — every action has a key, and the shortcuts window shows it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-application.h"
#include "exc-certificates-page.h"
#include "exc-fixture.h"
#include "exc-servers-page.h"
#include "exc-walk.h"

#define UI "/io/github/thumbprint/Thumbprint/ui/"

/* What nobody presses a key for, and why. */
static const struct {
  const char *action;
  const char *reason;
} internal[] = {
  { "app.open-demo", "a second start of the program sends it to the first" },
  { "win.copy-thumbprint-of",
    "of a button in a row; the key of win.copy-thumbprint does the same" },
};

static ExcApplication *application;

typedef struct {
  ExcContext *context;
  GtkWidget *window;
  GPtrArray *shortcuts; /* (element-type GtkShortcutsShortcut), of the shortcuts window */
} Fixture;

static void
collect_shortcuts (GtkWidget *widget, GPtrArray *shortcuts)
{
  if (GTK_IS_SHORTCUTS_SHORTCUT (widget))
    g_ptr_array_add (shortcuts, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect_shortcuts (child, shortcuts);
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr(ExcConnectionSettings) settings = exc_fixture_settings_new ();
  g_autoptr(GError) error = NULL;
  ExcOrganization *organization = NULL;
  GtkShortcutsWindow *overlay = NULL;

  fixture->context = exc_context_new ();
  fixture->window = exc_window_new (GTK_APPLICATION (application), fixture->context);
  gtk_window_present (GTK_WINDOW (fixture->window));
  gtk_test_widget_wait_for_draw (fixture->window);
  g_assert_true (exc_context_open (fixture->context, settings, &error));
  g_assert_no_error (error);
  organization = exc_context_get_organization (fixture->context);
  EXC_WAIT_FOR (!exc_organization_get_is_refreshing (organization));
  exc_fixture_fill (organization);

  overlay = gtk_application_window_get_help_overlay (GTK_APPLICATION_WINDOW (fixture->window));
  g_assert_nonnull (overlay);
  fixture->shortcuts = g_ptr_array_new ();
  collect_shortcuts (GTK_WIDGET (overlay), fixture->shortcuts);
  g_assert_cmpuint (fixture->shortcuts->len, >, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  GtkWidget *window = fixture->window;

  g_ptr_array_unref (fixture->shortcuts);
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &fixture->window);
  gtk_window_close (GTK_WINDOW (window));
  EXC_WAIT_FOR (fixture->window == NULL);
  g_object_add_weak_pointer (G_OBJECT (fixture->context), (gpointer *) &fixture->context);
  g_object_unref (fixture->context);
  EXC_WAIT_FOR (fixture->context == NULL);
}

/* The action that a line of the shortcuts window stands for, without its target. */
static char *
dup_action (GtkShortcutsShortcut *shortcut)
{
  g_autofree char *detailed = NULL;
  const char *id = gtk_buildable_get_buildable_id (GTK_BUILDABLE (shortcut));
  char *target = NULL;

  g_object_get (shortcut, "action-name", &detailed, NULL);
  if (detailed != NULL) {
    target = strstr (detailed, "::");
  } else {
    detailed = g_strdup (id != NULL ? id : "");
    target = strstr (detailed, "--"); /* an id of XML has no colons */
  }
  if (target != NULL)
    *target = '\0';

  return g_steal_pointer (&detailed);
}

static GtkShortcutsShortcut *
find_shown (Fixture *fixture, const char *action)
{
  for (guint i = 0; i < fixture->shortcuts->len; i++) {
    GtkShortcutsShortcut *shortcut = g_ptr_array_index (fixture->shortcuts, i);
    g_autofree char *name = dup_action (shortcut);

    if (g_str_equal (name, action))
      return shortcut;
  }

  return NULL;
}

static gboolean
is_internal (const char *action)
{
  for (gsize i = 0; i < G_N_ELEMENTS (internal); i++) {
    if (g_str_equal (internal[i].action, action))
      return TRUE;
  }

  return FALSE;
}

static void
assert_shown (Fixture *fixture, const char *action)
{
  GtkShortcutsShortcut *shortcut = find_shown (fixture, action);
  g_autofree char *keys = NULL;

  if (is_internal (action))
    return;
  if (shortcut != NULL)
    g_object_get (shortcut, "accelerator", &keys, NULL);
  if (keys == NULL || keys[0] == '\0') {
    g_test_message ("the shortcuts window has no key for %s", action);
    g_test_fail ();
  }
}

static void
assert_group_shown (Fixture *fixture, GActionGroup *group, const char *prefix)
{
  g_auto(GStrv) names = g_action_group_list_actions (group);

  g_assert_nonnull (names[0]);
  for (gsize i = 0; names[i] != NULL; i++) {
    g_autofree char *action = g_strdup_printf ("%s.%s", prefix, names[i]);

    assert_shown (fixture, action);
  }
}

/* Whether a key of the widget's class activates the action. */
static gboolean
has_key (GtkWidget *widget, const char *action, const char *accelerator)
{
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (widget);
  g_autoptr(GtkShortcutTrigger) wanted = gtk_shortcut_trigger_parse_string (accelerator);

  g_assert_nonnull (wanted);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);
    GListModel *keys = GTK_IS_SHORTCUT_CONTROLLER (controller) ? G_LIST_MODEL (controller) : NULL;

    for (guint j = 0; keys != NULL && j < g_list_model_get_n_items (keys); j++) {
      g_autoptr(GtkShortcut) shortcut = g_list_model_get_item (keys, j);
      GtkShortcutAction *does = gtk_shortcut_get_action (shortcut);

      if (gtk_shortcut_trigger_equal (gtk_shortcut_get_trigger (shortcut), wanted) &&
          GTK_IS_NAMED_ACTION (does) &&
          g_str_equal (gtk_named_action_get_action_name (GTK_NAMED_ACTION (does)), action))
        return TRUE;
    }
  }

  return FALSE;
}

/* The line with the action's name tells the truth about its key. */
static void
assert_bound (Fixture *fixture, GtkWidget *widget, const char *action)
{
  g_autofree char *keys = NULL;
  g_auto(GStrv) each = NULL;

  if (find_shown (fixture, action) == NULL)
    return;
  g_object_get (find_shown (fixture, action), "accelerator", &keys, NULL);
  each = g_strsplit (keys, " ", -1);
  for (gsize i = 0; each[i] != NULL; i++) {
    if (!has_key (widget, action, each[i])) {
      g_test_message ("%s is not what %s of %s does", action, each[i], G_OBJECT_TYPE_NAME (widget));
      g_test_fail ();
    }
  }
}

static void
assert_class_shown (Fixture *fixture, GType type)
{
  GtkWidgetClass *widget_class = g_type_class_ref (type);
  GtkWidget *widget = NULL;
  GType owner = G_TYPE_INVALID;
  const char *action = NULL;
  const char *property = NULL;
  const GVariantType *parameter = NULL;

  for (guint i = 0;
       gtk_widget_class_query_action (widget_class, i, &owner, &action, &parameter, &property);
       i++) {
    if (owner != type)
      continue;
    if (widget == NULL)
      widget = g_object_ref_sink (g_object_new (type, NULL));
    assert_shown (fixture, action);
    assert_bound (fixture, widget, action);
  }
  if (GTK_IS_WINDOW (widget))
    gtk_window_destroy (GTK_WINDOW (widget));
  g_clear_object (&widget);
  g_type_class_unref (widget_class);
}

/* Every widget of the program has a template: the resource lists them all. */
static void
test_every_action (Fixture *fixture, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) files = g_resources_enumerate_children (UI, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
  g_autoptr(GRegex) template = g_regex_new ("<template class=\"(Exc\\w+)\"", 0, 0, NULL);
  g_autoptr(GtkBuilder) builder = gtk_builder_new ();
  guint n_classes = 0;

  g_assert_no_error (error);
  assert_group_shown (fixture, G_ACTION_GROUP (application), "app");
  assert_group_shown (fixture, G_ACTION_GROUP (fixture->window), "win");
  for (gsize i = 0; files[i] != NULL; i++) {
    g_autofree char *path = g_strconcat (UI, files[i], NULL);
    g_autoptr(GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, &error);
    g_autoptr(GMatchInfo) match = NULL;
    g_autofree char *name = NULL;
    GType type = G_TYPE_INVALID;

    g_assert_no_error (error);
    if (!g_regex_match_full (template,
                             g_bytes_get_data (bytes, NULL),
                             (gssize) g_bytes_get_size (bytes),
                             0,
                             0,
                             &match,
                             NULL))
      continue;
    name = g_match_info_fetch (match, 1);
    type = gtk_builder_get_type_from_name (builder, name);
    if (type == G_TYPE_INVALID)
      g_error ("%s: no type %s", files[i], name);
    assert_class_shown (fixture, type);
    n_classes++;
  }
  g_assert_cmpuint (n_classes, >, 10);
}

/* A line of the shortcuts window that names an action which is gone is a lie too. */
static void
test_no_key_without_action (Fixture *fixture, gconstpointer unused)
{
  for (guint i = 0; i < fixture->shortcuts->len; i++) {
    g_autofree char *action = dup_action (g_ptr_array_index (fixture->shortcuts, i));

    if (g_str_has_prefix (action, "win.") &&
        !g_action_group_has_action (G_ACTION_GROUP (fixture->window), action + strlen ("win.")))
      g_error ("no action %s", action);
    if (g_str_has_prefix (action, "app.") &&
        !g_action_group_has_action (G_ACTION_GROUP (application), action + strlen ("app.")))
      g_error ("no action %s", action);
  }
}

static char *
dup_scope (Fixture *fixture)
{
  char *scope = NULL;

  g_object_get (fixture->window, "scope", &scope, NULL);

  return scope;
}

static void
activate (Fixture *fixture, const char *detailed)
{
  g_autofree char *name = NULL;
  g_autoptr(GVariant) target = NULL;

  g_assert_true (g_action_parse_detailed_name (detailed, &name, &target, NULL));
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), name, target);
}

/* What a key does without naming a row is done to the selected one. */
static void
test_selected_server (Fixture *fixture, gconstpointer unused)
{
  ExcServersPage *page = NULL;
  g_autofree char *scope = NULL;

  activate (fixture, "show-page::servers");
  page = exc_walk_find (fixture->window, EXC_TYPE_SERVERS_PAGE);
  exc_servers_page_select (page, EXC_FIXTURE_SERVER_2);
  activate (fixture, "show-certificates");
  scope = dup_scope (fixture);
  g_assert_cmpstr (scope, ==, EXC_FIXTURE_SERVER_2);
  EXC_WAIT_FOR (exc_walk_has_text (fixture->window, "3 of 8 certificates"));
}

static void
test_filter_keys (Fixture *fixture, gconstpointer unused)
{
  ExcCertificatesPage *page = exc_walk_find (fixture->window, EXC_TYPE_CERTIFICATES_PAGE);
  GtkWidget *table = GTK_WIDGET (exc_certificates_page_get_table (page));

  EXC_WAIT_FOR (exc_walk_has_text (fixture->window, "6 of 8 certificates"));
  g_assert_true (exc_walk_press_key (table, "<Control>3"));
  EXC_WAIT_FOR (exc_walk_has_text (fixture->window, "8 certificates"));
  g_assert_true (exc_walk_press_key (table, "<Control>2"));
  EXC_WAIT_FOR (exc_walk_has_text (fixture->window, "2 of 8 certificates"));
  g_assert_true (exc_walk_press_key (table, "<Control>1"));
  EXC_WAIT_FOR (exc_walk_has_text (fixture->window, "6 of 8 certificates"));
  g_assert_false (exc_walk_press_key (table, "<Control>9"));
}

/* A demo would take the place of the organization that is open, and of its jobs. */
static void
test_open_organization_stays (Fixture *fixture, gconstpointer unused)
{
  GActionGroup *actions = G_ACTION_GROUP (fixture->window);

  g_assert_false (g_action_group_get_action_enabled (actions, "open-demo"));
  g_assert_false (g_action_group_get_action_enabled (actions, "retry-open"));
}

int
main (int argc, char **argv)
{
  g_autoptr(GError) error = NULL;

  exc_fixture_init (&argc, &argv);
  application = exc_application_new (G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);

#define ADD(name, function)                                                                        \
  g_test_add ("/app/keys/" name, Fixture, NULL, set_up, function, tear_down)

  ADD ("every-action", test_every_action);
  ADD ("no-key-without-action", test_no_key_without_action);
  ADD ("selected-server", test_selected_server);
  ADD ("filters", test_filter_keys);
  ADD ("open-organization-stays", test_open_organization_stays);

  return g_test_run ();
}
