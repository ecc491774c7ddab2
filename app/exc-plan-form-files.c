/* exc-plan-form-files.c — files and passwords on an options page
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan-form"

#include "config.h"

#include "exc-error.h"
#include "exc-plan-form.h"

#include <glib/gi18n.h>
#include <openssl/crypto.h>

/* A certificate with its chain and key is some kilobytes. */
#define MAX_FILE (1024 * 1024)

static void
on_chosen_cb (GtkNativeDialog *dialog, int response, GtkEditable *entry)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr(GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    g_autofree char *path = g_file_get_path (file);

    gtk_editable_set_text (entry, path != NULL ? path : "");
  }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
on_choose_cb (GtkEditable *entry, GtkButton *button)
{
  gboolean is_save = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (button), "is-save"));
  const char *suggested = g_object_get_data (G_OBJECT (button), "suggested");
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (entry));
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
      adw_preferences_row_get_title (ADW_PREFERENCES_ROW (entry)),
      GTK_WINDOW (root),
      is_save ? GTK_FILE_CHOOSER_ACTION_SAVE : GTK_FILE_CHOOSER_ACTION_OPEN,
      NULL,
      NULL);

  if (is_save && suggested != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), suggested);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_chosen_cb), entry, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

GtkEditable *
exc_plan_form_add_file (GtkWidget *page_group,
                        const char *title,
                        gboolean is_save,
                        const char *suggested)
{
  GtkEditable *entry = exc_plan_form_add_entry (page_group, title);
  GtkWidget *button = gtk_button_new_with_mnemonic (_("C_hoose…"));

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_object_set_data (G_OBJECT (button), "is-save", GINT_TO_POINTER (is_save));
  g_object_set_data_full (G_OBJECT (button), "suggested", g_strdup (suggested), g_free);
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (entry), button);
  g_signal_connect_object (button, "clicked", G_CALLBACK (on_choose_cb), entry, G_CONNECT_SWAPPED);

  return entry;
}

GtkEditable *
exc_plan_form_add_password (GtkWidget *page_group, const char *title)
{
  GtkWidget *row = adw_password_entry_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (page_group), row);

  return GTK_EDITABLE (row);
}

static void
on_required_changed_cb (ExcPlanForm *self, GtkEditable *editable)
{
  exc_plan_form_set_is_complete (self, gtk_editable_get_text (editable)[0] != '\0');
}

void
exc_plan_form_require_text (ExcPlanForm *self, GtkEditable *editable)
{
  g_signal_connect_object (
      editable, "changed", G_CALLBACK (on_required_changed_cb), self, G_CONNECT_SWAPPED);
  on_required_changed_cb (self, editable);
}

/* Blocks, as the file is small and the user has just chosen it. */
static gboolean
read_file (const char *path, char **data, gsize *size, GError **error)
{
  g_autoptr(GFile) file = g_file_new_for_path (path);
  g_autoptr(GFileInfo) info =
                 g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE, 0, NULL, error);

  if (info == NULL)
    return FALSE;
  if (g_file_info_get_size (info) > MAX_FILE) {
    g_set_error (
        error, EXC_ERROR, EXC_ERROR_INPUT, _("“%s” is too large for a certificate."), path);
    return FALSE;
  }

  return g_file_get_contents (path, data, size, error);
}

GBytes *
exc_plan_form_read_file (const char *path, GError **error)
{
  char *data = NULL;
  gsize size = 0;

  return read_file (path, &data, &size, error) ? g_bytes_new_take (data, size) : NULL;
}

ExcSecret *
exc_plan_form_read_secret (const char *path, GError **error)
{
  g_autofree char *data = NULL;
  gsize size = 0;
  ExcSecret *secret = NULL;

  if (!read_file (path, &data, &size, error))
    return NULL;

  secret = exc_secret_new (data, size);
  OPENSSL_cleanse (data, size);

  return secret;
}
