/* exc-export-window.c — a certificate to a file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-export-window"

#include "config.h"

#include "exc-export-window.h"

#include "exc-plan-certificates.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

struct _ExcExportWindow {
  AdwWindow parent_instance;

  ExcOrganization *organization;
  ExcCertificate *certificate;
  GCancellable *cancellable;
  gboolean is_busy;
  char *replaceable; /* (nullable): a file of which the file dialog has asked */

  AdwPreferencesGroup *what_group;
  GtkCheckButton *public_check;
  GtkCheckButton *pfx_check;
  AdwActionRow *pfx_row;
  GtkWidget *password_group;
  GtkEditable *password;
  GtkEditable *again;
  GtkEditable *path;
  GtkLabel *problem;
  GtkSpinner *spinner;
};

G_DEFINE_FINAL_TYPE (ExcExportWindow, exc_export_window, ADW_TYPE_WINDOW)

static void
show_problem (ExcExportWindow *self, const char *text)
{
  gtk_label_set_label (self->problem, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), text != NULL);
}

static void
set_is_busy (ExcExportWindow *self, gboolean is_busy)
{
  self->is_busy = is_busy;
  gtk_spinner_set_spinning (self->spinner, is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), is_busy);
}

static void
update (ExcExportWindow *self)
{
  gboolean is_pfx = gtk_check_button_get_active (self->pfx_check);
  const char *password = gtk_editable_get_text (self->password);
  gboolean is_same = g_str_equal (password, gtk_editable_get_text (self->again));

  gtk_widget_set_visible (self->password_group, is_pfx);
  if (gtk_editable_get_text (self->again)[0] != '\0' && is_pfx && !is_same)
    gtk_widget_add_css_class (GTK_WIDGET (self->again), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->again), "error");
  gtk_widget_action_set_enabled (GTK_WIDGET (self),
                                 "export.save",
                                 !self->is_busy && gtk_editable_get_text (self->path)[0] != '\0' &&
                                     (!is_pfx || (password[0] != '\0' && is_same)));
}

/* Readable by its owner alone, as there may be a key in it. */
static gboolean
write_file (ExcExportWindow *self, const void *data, gsize size, GError **error)
{
  return g_file_set_contents_full (gtk_editable_get_text (self->path),
                                   data,
                                   (gssize) size,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600,
                                   error);
}

static void
end (ExcExportWindow *self, gboolean is_done, GError *error)
{
  set_is_busy (self, FALSE);
  if (is_done) {
    gtk_window_close (GTK_WINDOW (self));
    return;
  }

  show_problem (self, error->message);
  update (self);
}

static void
on_exported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(ExcExportWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcSecret) pfx = exc_export_pfx_finish (EXC_ORGANIZATION (source), result, &error);
  gsize size = 0;
  const void *data = pfx != NULL ? exc_secret_peek (pfx, &size) : NULL;

  /* The window has been closed. */
  if (g_cancellable_is_cancelled (self->cancellable))
    return;

  end (self, pfx != NULL && write_file (self, data, size, &error), error);
}

static void
on_save_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  ExcExportWindow *self = EXC_EXPORT_WINDOW (widget);
  const char *text = gtk_editable_get_text (self->password);
  const char *path = gtk_editable_get_text (self->path);
  g_autoptr(ExcSecret) password = NULL;
  g_autoptr(GError) error = NULL;

  show_problem (self, NULL);
  if (g_strcmp0 (path, self->replaceable) != 0 && g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_autofree char *problem =
        g_strdup_printf (_("“%s” is there already. Name another file."), path);

    show_problem (self, problem);
    return;
  }
  if (!gtk_check_button_get_active (self->pfx_check)) {
    g_autofree char *pem = exc_x509_dup_pem (exc_certificate_get_x509 (self->certificate));

    end (self, write_file (self, pem, strlen (pem), &error), error);
    return;
  }

  password = exc_secret_new (text, strlen (text));
  set_is_busy (self, TRUE);
  update (self);
  exc_export_pfx_async (self->organization,
                        exc_certificate_get_server (self->certificate),
                        exc_certificate_get_thumbprint (self->certificate),
                        password,
                        self->cancellable,
                        on_exported_cb,
                        g_object_ref (self));
}

static void
on_chosen_cb (GtkNativeDialog *dialog, int response, ExcExportWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr(GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    g_autofree char *path = g_file_get_path (file);

    gtk_editable_set_text (self->path, path != NULL ? path : "");
    g_free (self->replaceable);
    self->replaceable = g_steal_pointer (&path);
  }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
on_choose_cb (ExcExportWindow *self)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
      _("File to export to"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);

  gtk_file_chooser_set_current_name (
      GTK_FILE_CHOOSER (chooser),
      gtk_check_button_get_active (self->pfx_check) ? "certificate.pfx" : "certificate.pem");
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
exc_export_window_dispose (GObject *object)
{
  ExcExportWindow *self = EXC_EXPORT_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), EXC_TYPE_EXPORT_WINDOW);
  g_clear_object (&self->organization);
  g_clear_object (&self->certificate);

  G_OBJECT_CLASS (exc_export_window_parent_class)->dispose (object);
}

static void
exc_export_window_finalize (GObject *object)
{
  g_object_unref (EXC_EXPORT_WINDOW (object)->cancellable);
  g_free (EXC_EXPORT_WINDOW (object)->replaceable);

  G_OBJECT_CLASS (exc_export_window_parent_class)->finalize (object);
}

static void
exc_export_window_class_init (ExcExportWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = exc_export_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = exc_export_window_finalize;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/thumbprint/Thumbprint/ui/export-window.ui");
  gtk_widget_class_bind_template_child (widget_class, ExcExportWindow, what_group);
  gtk_widget_class_bind_template_child (widget_class, ExcExportWindow, public_check);
  gtk_widget_class_bind_template_child (widget_class, ExcExportWindow, pfx_check);
  gtk_widget_class_bind_template_child (widget_class, ExcExportWindow, pfx_row);
  gtk_widget_class_bind_template_child (widget_class, ExcExportWindow, password_group);
  gtk_widget_class_bind_template_child (widget_class, ExcExportWindow, password);
  gtk_widget_class_bind_template_child (widget_class, ExcExportWindow, again);
  gtk_widget_class_bind_template_child (widget_class, ExcExportWindow, path);
  gtk_widget_class_bind_template_child (widget_class, ExcExportWindow, problem);
  gtk_widget_class_bind_template_child (widget_class, ExcExportWindow, spinner);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_cb);
  gtk_widget_class_install_action (widget_class, "export.save", NULL, on_save_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_Return, GDK_CONTROL_MASK, "export.save", NULL);
}

static void
exc_export_window_init (ExcExportWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  update (self);
}

GtkWidget *
exc_export_window_new (GtkWindow *parent,
                       ExcOrganization *organization,
                       ExcCertificate *certificate)
{
  ExcExportWindow *self = NULL;
  g_autofree char *text = NULL;
  ExcCertificateRecord *record = NULL;

  g_return_val_if_fail (EXC_IS_ORGANIZATION (organization), NULL);
  g_return_val_if_fail (EXC_IS_CERTIFICATE (certificate), NULL);

  self = g_object_new (EXC_TYPE_EXPORT_WINDOW,
                       "application",
                       parent != NULL ? gtk_window_get_application (parent) : NULL,
                       "transient-for",
                       parent,
                       "modal",
                       parent != NULL,
                       NULL);
  self->organization = g_object_ref (organization);
  self->certificate = g_object_ref (certificate);
  record = exc_certificate_get_record (certificate);
  /* Translators: a certificate's name, its short thumbprint and its server */
  text = g_strdup_printf (_("\u2068%1$s\u2069, \u2068%2$s\u2069, on %3$s"),
                             exc_certificate_get_name (certificate),
                             exc_certificate_get_short_thumbprint (certificate),
                             exc_certificate_get_server (certificate));
  adw_preferences_group_set_description (self->what_group, text);
  if (record->has_private_key == EXC_NO || record->private_key_exportable == EXC_NO) {
    gtk_widget_set_sensitive (GTK_WIDGET (self->pfx_row), FALSE);
    adw_action_row_set_subtitle (self->pfx_row,
                                 record->has_private_key == EXC_NO
                                 ? _("The server has no private key of it.")
                                 : _("Its private key cannot be exported."));
  }
  if (exc_certificate_get_x509 (certificate) == NULL)
    gtk_widget_set_sensitive (GTK_WIDGET (self->public_check), FALSE);

  return GTK_WIDGET (self);
}
