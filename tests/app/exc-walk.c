/* exc-walk.c — looking for things in a tree of widgets
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-walk.h"

static gboolean
is_seen (GtkWidget *widget)
{
  return gtk_widget_get_visible (widget) && gtk_widget_get_child_visible (widget);
}

gpointer
exc_walk_find (GtkWidget *root, GType type)
{
  if (!is_seen (root))
    return NULL;
  if (g_type_is_a (G_OBJECT_TYPE (root), type))
    return root;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    gpointer found = exc_walk_find (child, type);

    if (found != NULL)
      return found;
  }

  return NULL;
}

void
exc_walk_each (GtkWidget *root, GType type, GFunc function, gpointer user_data)
{
  if (!is_seen (root))
    return;
  if (g_type_is_a (G_OBJECT_TYPE (root), type))
    function (root, user_data);

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    exc_walk_each (child, type, function, user_data);
}

gpointer
exc_walk_find_window (GType type)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++) {
    g_autoptr(GtkWidget) window = g_list_model_get_item (windows, i);

    /* The list of windows keeps it. */
    if (g_type_is_a (G_OBJECT_TYPE (window), type) && gtk_widget_get_visible (window))
      return window;
  }

  return NULL;
}

gboolean
exc_walk_has_text (GtkWidget *root, const char *text)
{
  if (!is_seen (root))
    return FALSE;
  if (GTK_IS_LABEL (root) && strstr (gtk_label_get_text (GTK_LABEL (root)), text) != NULL)
    return TRUE;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    if (exc_walk_has_text (child, text))
      return TRUE;
  }

  return FALSE;
}

/* A button's text without the underline of its mnemonic. */
static char *
dup_button_text (GtkWidget *widget)
{
  const char *label = NULL;
  GString *text = NULL;

  if (!GTK_IS_BUTTON (widget))
    return NULL;
  label = gtk_button_get_label (GTK_BUTTON (widget));
  if (label == NULL)
    return NULL;

  text = g_string_new (label);
  if (gtk_button_get_use_underline (GTK_BUTTON (widget)))
    g_string_replace (text, "_", "", 0);

  return g_string_free (text, FALSE);
}

GtkWidget *
exc_walk_find_button (GtkWidget *root, const char *label)
{
  g_autofree char *text = NULL;

  if (!is_seen (root))
    return NULL;
  text = dup_button_text (root);
  if (g_strcmp0 (text, label) == 0)
    return root;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = exc_walk_find_button (child, label);

    if (found != NULL)
      return found;
  }

  return NULL;
}

void
exc_walk_press (GtkWidget *root, const char *label)
{
  GtkWidget *button = exc_walk_find_button (root, label);

  if (button == NULL)
    g_error ("no button “%s” can be seen", label);
  if (!gtk_widget_is_sensitive (button))
    g_error ("the button “%s” is not sensitive", label);
  g_signal_emit_by_name (button, "clicked");
}

/* GTK 4.8 computes no names that a test could ask for: a name is a label, a tooltip, or what the
 * template or the code set. */
static gboolean
has_name (GtkWidget *widget)
{
  g_autofree char *text = dup_button_text (widget);
  const char *tooltip = gtk_widget_get_tooltip_text (widget);

  if (text != NULL && text[0] != '\0')
    return TRUE;
  if (tooltip != NULL && tooltip[0] != '\0')
    return TRUE;
  if (GTK_IS_CHECK_BUTTON (widget) && gtk_check_button_get_label (GTK_CHECK_BUTTON (widget)))
    return TRUE;
  if (GTK_IS_EXPANDER (widget) && gtk_expander_get_label (GTK_EXPANDER (widget)))
    return TRUE;

  return gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget),
                                           GTK_ACCESSIBLE_PROPERTY_LABEL) ||
         gtk_test_accessible_has_relation (GTK_ACCESSIBLE (widget),
                                           GTK_ACCESSIBLE_RELATION_LABELLED_BY);
}

static gboolean
is_operated (GtkWidget *widget)
{
  return GTK_IS_BUTTON (widget) || GTK_IS_CHECK_BUTTON (widget) || GTK_IS_MENU_BUTTON (widget) ||
         GTK_IS_ENTRY (widget) || GTK_IS_SEARCH_ENTRY (widget) || GTK_IS_SWITCH (widget) ||
         GTK_IS_COLUMN_VIEW (widget) || GTK_IS_LIST_BOX (widget) || GTK_IS_EXPANDER (widget) ||
         GTK_IS_TEXT_VIEW (widget) || GTK_IS_PROGRESS_BAR (widget);
}

/* What libadwaita and GTK put inside their own widgets they name themselves, or not at all. */
static gboolean
is_inner (GtkWidget *widget)
{
  const char *inner[] = { "GtkWindowControls",   "GtkMenuButton",  "GtkSearchBar",
                          "GtkSearchEntry",      "AdwEntryRow",    "AdwPasswordEntryRow",
                          "GtkColumnView",       "AdwStatusPage",  "AdwPreferencesPage",
                          "AdwPreferencesGroup", "AdwExpanderRow", NULL };
  GtkWidget *parent = gtk_widget_get_parent (widget);

  if (GTK_IS_LIST_BOX (widget) && gtk_widget_get_ancestor (widget, ADW_TYPE_EXPANDER_ROW) != NULL)
    return TRUE;

  return parent != NULL && g_strv_contains (inner, G_OBJECT_TYPE_NAME (parent));
}

static void
assert_names (GtkWidget *widget, GtkWidget *inside)
{
  /* Pages of a stack that are not shown are visible all the same. */
  if (!gtk_widget_get_visible (widget))
    return;

  if (is_operated (widget) && inside == NULL && !has_name (widget)) {
    g_autofree char *path = g_strdup (G_OBJECT_TYPE_NAME (widget));

    for (GtkWidget *parent = gtk_widget_get_parent (widget); parent != NULL;
         parent = gtk_widget_get_parent (parent)) {
      g_autofree char *longer = g_strdup_printf ("%s > %s", G_OBJECT_TYPE_NAME (parent), path);

      g_free (path);
      path = g_steal_pointer (&longer);
    }
    g_test_message ("no name: %s", path);
    g_test_fail ();
  }

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    gboolean is_private = is_inner (child) && !GTK_IS_LIST_BOX_ROW (child);

    /* A page's or a group's children are ours again, but for its own list. */
    if (is_private && (g_str_has_prefix (G_OBJECT_TYPE_NAME (widget), "AdwPreferences") ||
                       ADW_IS_STATUS_PAGE (widget) ||
                       gtk_widget_get_ancestor (child, ADW_TYPE_EXPANDER_ROW) != NULL))
      is_private = is_operated (child);
    assert_names (child, is_private ? child : NULL);
  }
}

void
exc_walk_assert_names (GtkWidget *root)
{
  assert_names (root, NULL);
}

static gboolean
press_key_of (GtkWidget *widget, GtkShortcutTrigger *trigger)
{
  g_autoptr(GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr(GtkEventController) controller = g_list_model_get_item (controllers, i);
    GListModel *keys = GTK_IS_SHORTCUT_CONTROLLER (controller) ? G_LIST_MODEL (controller) : NULL;

    for (guint j = 0; keys != NULL && j < g_list_model_get_n_items (keys); j++) {
      g_autoptr(GtkShortcut) shortcut = g_list_model_get_item (keys, j);

      if (gtk_shortcut_trigger_equal (gtk_shortcut_get_trigger (shortcut), trigger) &&
          gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut),
                                        GTK_SHORTCUT_ACTION_EXCLUSIVE,
                                        widget,
                                        gtk_shortcut_get_arguments (shortcut)))
        return TRUE;
    }
  }

  return FALSE;
}

gboolean
exc_walk_press_key (GtkWidget *focus, const char *accelerator)
{
  g_autoptr(GtkShortcutTrigger) trigger = gtk_shortcut_trigger_parse_string (accelerator);

  g_assert_nonnull (trigger);
  for (GtkWidget *widget = focus; widget != NULL; widget = gtk_widget_get_parent (widget)) {
    if (press_key_of (widget, trigger))
      return TRUE;
  }

  return FALSE;
}
