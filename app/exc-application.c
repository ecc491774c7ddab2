/* exc-application.c — the program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-application"

#include "config.h"

#include "exc-application.h"

#include "exc-preferences-window.h"

#include <glib/gi18n.h>

#define DEFAULT_SCENARIO "small"

struct _ExcApplication {
  AdwApplication parent_instance;

  char *scenario;   /* (nullable): asked for by --demo of this process */
  char *hosts_file; /* (nullable): of --hosts */
  ExcNames *names;  /* (nullable): what lies in it */
  gboolean shows_version;
};

G_DEFINE_FINAL_TYPE (ExcApplication, exc_application, ADW_TYPE_APPLICATION)

static ExcWindow *
ensure_window (ExcApplication *self)
{
  GtkWindow *window = NULL;

  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next) {
    if (EXC_IS_WINDOW (l->data))
      window = l->data;
  }
  if (window == NULL) {
    g_autoptr(ExcContext) context = exc_context_new ();

    if (self->names != NULL)
      exc_context_set_names (context, self->names);

    window = GTK_WINDOW (exc_window_new (GTK_APPLICATION (self), context));
  }
  gtk_window_present (window);

  return EXC_WINDOW (window);
}

static void
on_open_demo_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ExcWindow *window = ensure_window (user_data);

  /* An organization that is open stays: its jobs may be running. */
  if (exc_context_get_organization (exc_window_get_context (window)) == NULL)
    exc_window_open_demo (window, g_variant_get_string (parameter, NULL));
}

static void
on_quit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (user_data)); l != NULL;
       l = l->next) {
    if (EXC_IS_WINDOW (l->data)) {
      /* The window asks while a job runs, and closes the shells. */
      gtk_window_close (GTK_WINDOW (l->data));
      return;
    }
  }
  g_application_quit (G_APPLICATION (user_data));
}

static void
on_preferences_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkApplication *application = user_data;
  GtkWidget *preferences = NULL;

  for (GList *l = gtk_application_get_windows (application); l != NULL; l = l->next) {
    if (EXC_IS_PREFERENCES_WINDOW (l->data)) {
      gtk_window_present (l->data);
      return;
    }
  }
  preferences = exc_preferences_window_new (gtk_application_get_active_window (application));
  for (GList *l = gtk_application_get_windows (application); l != NULL; l = l->next)
    if (EXC_IS_WINDOW (l->data))
      g_signal_connect_object (
          preferences, "unmap", G_CALLBACK (exc_window_update_auth), l->data, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (preferences));
}

static void
on_about_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (user_data)),
                         "application-name",
                         _("Thumbprint"),
                            "application-icon",
                            APPLICATION_ID,
                            "version",
                            PACKAGE_VERSION,
                            "developer-name",
                            /* Translators: who made the program */
                            _("The Thumbprint authors"),
                               "comments",
                               _("Shows every certificate of every Exchange server, and renews the default self-signed "
        "ones safely."),
                                  "license-type",
                                  GTK_LICENSE_GPL_3_0,
                                  /* Translators: your name, as it is shown in the About window */
                                  "translator-credits",
                                  _("translator-credits"), NULL);
}

static const GActionEntry entries[] = {
  { "open-demo", on_open_demo_action, "s", NULL, NULL, { 0 } },
  { "preferences", on_preferences_action, NULL, NULL, NULL, { 0 } },
  { "about", on_about_action, NULL, NULL, NULL, { 0 } },
  { "quit", on_quit_action, NULL, NULL, NULL, { 0 } },
};

/* Keys that work everywhere in the window; help-overlay.ui shows them, and those of widgets. */
static const struct {
  const char *action;
  const char *keys[3];
} accels[] = {
  { "app.quit", { "<Control>q", NULL } },
  { "app.preferences", { "<Control>comma", NULL } },
  { "app.about", { "F1", NULL } },
  { "win.refresh", { "F5", "<Control>r", NULL } },
  { "win.refresh-server::", { "<Shift>F5", NULL } },
  { "win.show-certificates", { "<Control>Return", NULL } },
  { "win.search", { "<Control>f", NULL } },
  { "win.toggle-details", { "F9", NULL } },
  { "win.allow-changes", { "<Control>l", NULL } },
  { "win.renew", { "<Control>e", NULL } },
  { "win.renew-wmsvc", { "<Control><Shift>w", NULL } },
  { "win.rotate-auth", { "<Control><Shift>a", NULL } },
  { "win.replace-auth", { "<Control><Shift>x", NULL } },
  { "win.distribute-auth", { "<Control><Shift>b", NULL } },
  { "win.repair", { "<Control><Shift>h", NULL } },
  { "win.create", { "<Control><Shift>m", NULL } },
  { "win.request", { "<Control><Shift>q", NULL } },
  { "win.complete", { "<Control><Shift>f", NULL } },
  { "win.import", { "<Control>o", NULL } },
  { "win.request-renewal", { "<Control><Shift>e", NULL } },
  { "win.assign", { "<Control><Shift>g", NULL } },
  { "win.bind", { "<Control><Shift>k", NULL } },
  { "win.trust", { "<Control><Shift>o", NULL } },
  { "win.untrust", { "<Control><Alt>o", NULL } },
  { "win.export", { "<Control>s", NULL } },
  { "win.connect", { "<Control>n", NULL } },
  { "win.open-demo::small", { "<Control>d", NULL } },
  { "win.retry-open", { "<Control><Shift>n", NULL } },
  { "win.reset-demo", { "<Control><Shift>r", NULL } },
  { "win.copy-thumbprint", { "<Control><Shift>t", NULL } },
  { "win.copy-pem", { "<Control><Shift>p", NULL } },
  { "win.copy-rows", { "<Control><Shift>c", NULL } },
  { "win.show-page::certificates", { "<Alt>1", NULL } },
  { "win.show-page::servers", { "<Alt>2", NULL } },
  { "win.show-page::jobs", { "<Alt>3", "<Control>j", NULL } },
  { "win.show-scope::", { "<Alt>0", NULL } },
  { "win.show-sidebar", { "<Alt>Left", NULL } },
  { "win.show-job::", { "<Control><Shift>j", NULL } },
  { "win.resume-job::", { "<Control><Shift>s", NULL } },
  { "window.close", { "<Control>w", NULL } },
};

static gboolean
on_demo_option (const char *option_name, const char *value, gpointer data, GError **error)
{
  ExcApplication *self = data;

  g_free (self->scenario);
  self->scenario = g_strdup (value != NULL ? value : DEFAULT_SCENARIO);

  return TRUE;
}

static int
exc_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  ExcApplication *self = EXC_APPLICATION (application);
  g_autoptr(GError) error = NULL;

  if (self->shows_version) {
    g_print ("thumbprint %s\n", PACKAGE_VERSION);
    return 0;
  }

  if (self->hosts_file != NULL) {
    self->names = exc_names_load (self->hosts_file, &error);
    if (self->names == NULL) {
      g_printerr ("thumbprint: %s\n", error->message);
      return 2;
    }
  }
  if (!g_application_register (application, NULL, &error)) {
    g_printerr ("thumbprint: %s\n", error->message);
    return 1;
  }
  if (g_application_get_is_remote (application) && self->scenario != NULL) {
    g_action_group_activate_action (
        G_ACTION_GROUP (application), "open-demo", g_variant_new_string (self->scenario));
    return 0;
  }

  return -1;
}

static void
exc_application_activate (GApplication *application)
{
  ExcApplication *self = EXC_APPLICATION (application);
  ExcWindow *window = ensure_window (self);
  g_autofree char *scenario = g_steal_pointer (&self->scenario);

  if (scenario != NULL)
    exc_window_open_demo (window, scenario);
}

static void
exc_application_startup (GApplication *application)
{
  G_APPLICATION_CLASS (exc_application_parent_class)->startup (application);

  gtk_window_set_default_icon_name (APPLICATION_ID);
  g_action_map_add_action_entries (
      G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries), application);
  for (gsize i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (
        GTK_APPLICATION (application), accels[i].action, (const char *const *) accels[i].keys);
}

static void
exc_application_finalize (GObject *object)
{
  ExcApplication *self = EXC_APPLICATION (object);

  g_free (self->scenario);
  g_free (self->hosts_file);
  g_clear_pointer (&self->names, exc_names_unref);

  G_OBJECT_CLASS (exc_application_parent_class)->finalize (object);
}

static void
exc_application_class_init (ExcApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_application_finalize;
  application_class->handle_local_options = exc_application_handle_local_options;
  application_class->activate = exc_application_activate;
  application_class->startup = exc_application_startup;
}

static void
exc_application_init (ExcApplication *self)
{
  const GOptionEntry options[] = {
    { "demo",
      0,
      G_OPTION_FLAG_OPTIONAL_ARG,
      G_OPTION_ARG_CALLBACK,
      on_demo_option,
      N_("Open the simulated organization: small, twelve, expired-auth, broken-444, edge-hybrid, "
         "two-sites or messy"),
          /* Translators: in --help: the name of a simulated organization */
          N_("SCENARIO") },
      { "hosts",
        0,
        0,
        G_OPTION_ARG_FILENAME,
        &self->hosts_file,
        N_("Resolve the servers' names by this file: lines FQDN ADDRESS OFFSET"),
            /* Translators: in --help: the path of a file */
            N_("FILE") },
        { "version",
          0,
          0,
          G_OPTION_ARG_NONE,
          &self->shows_version,
          N_("Show the version and end"), NULL },
          { NULL, 0, 0, 0, NULL, NULL, NULL },
       };
  GOptionGroup *group = g_option_group_new ("thumbprint", "", "", self, NULL);

  g_option_group_add_entries (group, options);
  g_option_group_set_translation_domain (group, GETTEXT_PACKAGE);
  g_application_add_option_group (G_APPLICATION (self), group);
}

ExcApplication *
exc_application_new (GApplicationFlags flags)
{
  return g_object_new (EXC_TYPE_APPLICATION,
                       "application-id",
                       APPLICATION_ID,
                       "resource-base-path",
                       "/io/github/thumbprint/Thumbprint",
                       "flags",
                       flags,
                       NULL);
}
