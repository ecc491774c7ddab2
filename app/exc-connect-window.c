/* exc-connect-window.c — connect to an Exchange organization for this session
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-connect-window"

#include "config.h"

#include "exc-connect-window.h"

#include <glib/gi18n.h>

struct _ExcConnectWindow {
  AdwWindow parent_instance;

  ExcContext *context;
  GCancellable *cancellable;
  char *guessed_url; /* the pattern that was filled in for the user */
  GtkFileChooserNative *chooser;

  AdwEntryRow *exchange_row;
  AdwEntryRow *windows_row;
  AdwEntryRow *user_row;
  AdwPasswordEntryRow *password_row;
  AdwEntryRow *ca_row;
  GtkWidget *problem_box;
  GtkLabel *problem;
  GtkSpinner *spinner;
};

G_DEFINE_FINAL_TYPE (ExcConnectWindow, exc_connect_window, ADW_TYPE_WINDOW)

static const char *
get_text (gpointer row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

char *
exc_connect_window_guess_windows_url (const char *exchange_url)
{
  g_autoptr(GUri) uri = g_uri_parse (exchange_url, G_URI_FLAGS_NONE, NULL);

  if (uri == NULL || g_uri_get_host (uri) == NULL || g_uri_get_host (uri)[0] == '\0')
    return g_strdup ("");

  /* The ports that WinRM listens on by default. */
  return g_strdup (g_str_equal (g_uri_get_scheme (uri), "http") ? "http://%s:5985/wsman"
                                                                : "https://%s:5986/wsman");
}

static void
show_problem (ExcConnectWindow *self, const char *text)
{
  gtk_label_set_label (self->problem, text != NULL ? text : "");
  gtk_widget_set_visible (self->problem_box, text != NULL);
}

static void
update (ExcConnectWindow *self)
{
  gboolean is_busy = gtk_spinner_get_spinning (self->spinner);
  gboolean is_complete =
      get_text (self->exchange_row)[0] != '\0' && get_text (self->windows_row)[0] != '\0' &&
      get_text (self->user_row)[0] != '\0' && get_text (self->password_row)[0] != '\0';

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "connect.connect", is_complete && !is_busy);
}

static void
on_exchange_changed_cb (ExcConnectWindow *self)
{
  g_autofree char *guess = exc_connect_window_guess_windows_url (get_text (self->exchange_row));

  /* What the user typed stays. */
  if (g_strcmp0 (get_text (self->windows_row), self->guessed_url) == 0) {
    g_free (self->guessed_url);
    self->guessed_url = g_strdup (guess);
    gtk_editable_set_text (GTK_EDITABLE (self->windows_row), guess);
  }
  update (self);
}

static void
set_busy (ExcConnectWindow *self, gboolean is_busy)
{
  gtk_spinner_set_spinning (self->spinner, is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), is_busy);
  update (self);
}

static void
on_refreshed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(ExcConnectWindow) self = user_data;
  g_autoptr(GError) error = NULL;

  set_busy (self, FALSE);
  if (exc_organization_refresh_finish (EXC_ORGANIZATION (source), result, &error))
    gtk_window_destroy (GTK_WINDOW (self));
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_problem (self, error->message);
}

static ExcConnectionSettings *
make_settings (ExcConnectWindow *self)
{
  g_autoptr(ExcConnectionSettings) settings = exc_connection_settings_new ();
  const char *password = get_text (self->password_row);
  g_autoptr(ExcSecret) secret = exc_secret_new (password, strlen (password));
  g_autoptr(GUri) uri = g_uri_parse (get_text (self->exchange_row), G_URI_FLAGS_NONE, NULL);

  settings->name =
      g_strdup (uri != NULL && g_uri_get_host (uri) != NULL ? g_uri_get_host (uri)
                                                            : get_text (self->exchange_row));
  settings->exchange_url = g_strdup (get_text (self->exchange_row));
  settings->windows_url = g_strdup (get_text (self->windows_row));
  settings->credentials = exc_credentials_new (EXC_AUTH_BASIC, get_text (self->user_row), secret);
  if (get_text (self->ca_row)[0] != '\0')
    settings->ca_file = g_strdup (get_text (self->ca_row));

  return g_steal_pointer (&settings);
}

static void
on_connect_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  ExcConnectWindow *self = EXC_CONNECT_WINDOW (widget);
  g_autoptr(ExcConnectionSettings) settings = make_settings (self);
  g_autoptr(GError) error = NULL;

  show_problem (self, NULL);
  if (!exc_context_open (self->context, settings, &error)) {
    show_problem (self, error->message);
    return;
  }

  set_busy (self, TRUE);
  exc_organization_refresh_async (exc_context_get_organization (self->context),
                                  NULL,
                                  NULL,
                                  self->cancellable,
                                  on_refreshed_cb,
                                  g_object_ref (self));
}

static void
on_file_chosen_cb (ExcConnectWindow *self, int response)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr(GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
    g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;

    if (path != NULL)
      gtk_editable_set_text (GTK_EDITABLE (self->ca_row), path);
  }
  g_clear_object (&self->chooser);
}

static void
on_choose_ca_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  ExcConnectWindow *self = EXC_CONNECT_WINDOW (widget);

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("File with trusted certificates"),
                                                  GTK_WINDOW (self),
                                                  GTK_FILE_CHOOSER_ACTION_OPEN,
                                                  _("_Open"), _("_Cancel"));
  g_signal_connect_object (
      self->chooser, "response", G_CALLBACK (on_file_chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
exc_connect_window_dispose (GObject *object)
{
  ExcConnectWindow *self = EXC_CONNECT_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->chooser);
  gtk_widget_dispose_template (GTK_WIDGET (self), EXC_TYPE_CONNECT_WINDOW);
  g_clear_object (&self->context);

  G_OBJECT_CLASS (exc_connect_window_parent_class)->dispose (object);
}

static void
exc_connect_window_finalize (GObject *object)
{
  ExcConnectWindow *self = EXC_CONNECT_WINDOW (object);

  g_clear_object (&self->cancellable);
  g_free (self->guessed_url);

  G_OBJECT_CLASS (exc_connect_window_parent_class)->finalize (object);
}

static void
exc_connect_window_class_init (ExcConnectWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = exc_connect_window_dispose;
  object_class->finalize = exc_connect_window_finalize;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/thumbprint/Thumbprint/ui/connect-window.ui");
  gtk_widget_class_bind_template_child (widget_class, ExcConnectWindow, exchange_row);
  gtk_widget_class_bind_template_child (widget_class, ExcConnectWindow, windows_row);
  gtk_widget_class_bind_template_child (widget_class, ExcConnectWindow, user_row);
  gtk_widget_class_bind_template_child (widget_class, ExcConnectWindow, password_row);
  gtk_widget_class_bind_template_child (widget_class, ExcConnectWindow, ca_row);
  gtk_widget_class_bind_template_child (widget_class, ExcConnectWindow, problem_box);
  gtk_widget_class_bind_template_child (widget_class, ExcConnectWindow, problem);
  gtk_widget_class_bind_template_child (widget_class, ExcConnectWindow, spinner);
  gtk_widget_class_bind_template_callback (widget_class, on_exchange_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, update);

  gtk_widget_class_install_action (widget_class, "connect.connect", NULL, on_connect_action);
  gtk_widget_class_install_action (widget_class, "connect.choose-ca", NULL, on_choose_ca_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "connect.connect", NULL);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_o, GDK_CONTROL_MASK, "connect.choose-ca", NULL);
}

static void
exc_connect_window_init (ExcConnectWindow *self)
{
  self->cancellable = g_cancellable_new ();
  self->guessed_url = g_strdup ("");

  gtk_widget_init_template (GTK_WIDGET (self));
  update (self);
}

GtkWidget *
exc_connect_window_new (GtkWindow *parent, ExcContext *context)
{
  ExcConnectWindow *self = NULL;

  g_return_val_if_fail (EXC_IS_CONTEXT (context), NULL);

  self = g_object_new (EXC_TYPE_CONNECT_WINDOW,
                       "application",
                       parent != NULL ? gtk_window_get_application (parent) : NULL,
                       "transient-for",
                       parent,
                       "destroy-with-parent",
                       TRUE,
                       "modal",
                       parent != NULL,
                       NULL);
  self->context = g_object_ref (context);
  gtk_widget_grab_focus (GTK_WIDGET (self->exchange_row));

  return GTK_WIDGET (self);
}
