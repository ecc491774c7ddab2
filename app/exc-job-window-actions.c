/* exc-job-window-actions.c — what can be done with a job
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-job-window"

#include "config.h"

#include "exc-job-window-private.h"

#include "exc-job-server-row.h"
#include "exc-report.h"

#include <glib/gi18n.h>

void
exc_job_window_show_problem (ExcJobWindow *self, const char *text)
{
  gtk_label_set_label (self->problem, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem), text != NULL);
}

static void
on_stop_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  ExcJobWindow *self = EXC_JOB_WINDOW (widget);

  exc_jobs_stop_after_step (self->jobs, self->job);
  gtk_button_set_label (self->stop_button, _("Stopping after this step…"));
  gtk_widget_action_set_enabled (widget, "job.stop", FALSE);
}

static void
on_resume_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  ExcJobWindow *self = EXC_JOB_WINDOW (widget);
  g_autoptr(GError) error = NULL;

  exc_jobs_resume (self->jobs, self->job, self->organization, &error);
  exc_job_window_show_problem (self, error != NULL ? error->message : NULL);
}

static ExcJobServer *
find_lane (ExcJobWindow *self, const char *fqdn)
{
  GListModel *servers = exc_job_get_servers (self->job);

  for (guint i = 0; i < g_list_model_get_n_items (servers); i++) {
    g_autoptr(ExcJobServer) server = g_list_model_get_item (servers, i);

    if (g_str_equal (exc_job_server_get_server (server), fqdn))
      return server; /* the list holds it */
  }

  return NULL;
}

/* A key names no server: it stands for the one whose row has the focus, elsewhere for the only one
 * there is. NULL: none, or it is not known which. */
static const char *
find_server (ExcJobWindow *self, GVariant *parameter, gboolean (*can) (ExcJobServer *server))
{
  const char *named = g_variant_get_string (parameter, NULL);
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  GtkWidget *row = focus != NULL ? gtk_widget_get_ancestor (focus, EXC_TYPE_JOB_SERVER_ROW) : NULL;
  GListModel *servers = exc_job_get_servers (self->job);
  const char *found = NULL;

  if (named[0] != '\0')
    return named;
  if (row != NULL) {
    ExcJobServer *server = exc_job_server_row_get_server (EXC_JOB_SERVER_ROW (row));

    return can (server) ? exc_job_server_get_server (server) : NULL;
  }

  for (guint i = 0; i < g_list_model_get_n_items (servers); i++) {
    g_autoptr(ExcJobServer) server = g_list_model_get_item (servers, i);

    if (can (server) && found != NULL)
      return NULL;
    if (can (server))
      found = exc_job_server_get_server (server);
  }

  return found;
}

static void
on_retry_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  ExcJobWindow *self = EXC_JOB_WINDOW (widget);
  const char *server = find_server (self, parameter, exc_job_server_get_can_retry);
  g_autoptr(GError) error = NULL;

  if (server == NULL)
    return;

  exc_jobs_retry_server (self->jobs, self->job, server, self->organization, &error);
  exc_job_window_show_problem (self, error != NULL ? error->message : NULL);
}

static void
on_exclude_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  ExcJobWindow *self = EXC_JOB_WINDOW (widget);
  const char *server = find_server (self, parameter, exc_job_server_get_can_exclude);
  g_autoptr(GError) error = NULL;

  if (server == NULL)
    return;

  exc_jobs_exclude_server (self->jobs, self->job, server, self->organization, &error);
  exc_job_window_show_problem (self, error != NULL ? error->message : NULL);
}

static gboolean
awaits_user (ExcJobServer *server)
{
  return exc_job_server_get_user_step (server) != NULL;
}

static void
on_confirm_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  ExcJobWindow *self = EXC_JOB_WINDOW (widget);
  g_autoptr(GVariant) named = g_variant_get_child_value (parameter, 0);
  const char *server = find_server (self, named, awaits_user);
  const char *step = NULL;
  g_autoptr(GError) error = NULL;

  if (server == NULL)
    return;

  g_variant_get_child (parameter, 1, "&s", &step);
  if (step[0] == '\0')
    step = exc_job_step_get_id (exc_job_server_get_user_step (find_lane (self, server)));
  exc_jobs_confirm (self->jobs, self->job, server, step, self->organization, &error);
  exc_job_window_show_problem (self, error != NULL ? error->message : NULL);
}

static void
on_undo_response_cb (ExcJobWindow *self, const char *response)
{
  g_autoptr(GError) error = NULL;

  /* The response carries its server: several questions may have been asked. */
  if (!g_str_has_prefix (response, "undo:"))
    return;

  exc_jobs_undo_server (
      self->jobs, self->job, response + strlen ("undo:"), self->organization, &error);
  exc_job_window_show_problem (self, error != NULL ? error->message : NULL);
}

/* What would be taken back, the last step first. */
static char *
format_undo (ExcJobServer *lane)
{
  GListModel *steps = exc_job_server_get_steps (lane);
  g_autoptr(GString) text = g_string_new (_("What these steps changed is taken back, the last one first. Clients that are connected may "
        "have to connect again."));

  for (guint i = g_list_model_get_n_items (steps); i > 0; i--) {
    g_autoptr(ExcJobStep) step = g_list_model_get_item (steps, i - 1);

    if (exc_job_step_get_needs_undo (step))
      g_string_append_printf (text, "\n\n%u. %s", i, exc_job_step_get_text (step));
  }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
on_undo_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  ExcJobWindow *self = EXC_JOB_WINDOW (widget);
  const char *server = find_server (self, parameter, exc_job_server_get_can_undo);
  g_autofree char *heading = NULL;
  g_autofree char *response = NULL;
  g_autofree char *body = NULL;
  ExcJobServer *lane = NULL;
  GtkWidget *dialog = NULL;

  if (server == NULL)
    return;

  lane = find_lane (self, server);
  /* Translators: a server, or "Whole organization" */
  heading = g_strdup_printf (_("Undo on \u2068%s\u2069?"), exc_job_server_get_title (lane));
  response = g_strconcat ("undo:", server, NULL);
  body = format_undo (lane);
  dialog = adw_message_dialog_new (GTK_WINDOW (self), heading, NULL);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), body);
  adw_message_dialog_add_responses (
      ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), response, _("_Undo"), NULL);
  adw_message_dialog_set_response_appearance (
      ADW_MESSAGE_DIALOG (dialog), response, ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (
      dialog, "response", G_CALLBACK (on_undo_response_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_copy_log_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  ExcJobWindow *self = EXC_JOB_WINDOW (widget);
  g_autoptr(GString) text = g_string_new (exc_job_get_title (self->job));
  GListModel *servers = exc_job_get_servers (self->job);

  g_string_append_printf (text, "\n%s\n", exc_job_get_summary (self->job));
  for (guint i = 0; i < g_list_model_get_n_items (servers); i++) {
    g_autoptr(ExcJobServer) server = g_list_model_get_item (servers, i);
    g_autofree char *log = exc_job_server_row_format_log (server);

    g_string_append_printf (text, "\n%s", log);
  }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text->str);
}

static void
on_report_chosen_cb (GtkNativeDialog *dialog, int response, ExcJobWindow *self)
{
  if (response == GTK_RESPONSE_ACCEPT) {
    g_autoptr(GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
    g_autofree char *path = g_file_get_path (file);

    exc_job_window_save_report (self, path);
  }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static GtkFileFilter *
make_filter (const char *name, const char *pattern)
{
  GtkFileFilter *filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  gtk_file_filter_add_pattern (filter, pattern);

  return filter;
}

static void
on_save_report_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  ExcJobWindow *self = EXC_JOB_WINDOW (widget);
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
      _("Save a report"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  g_autoptr(GtkFileFilter) html = make_filter (_("HTML, to read and print"), "*.html");
  g_autoptr(GtkFileFilter) json = make_filter (_("JSON, for programs"), "*.json");
  g_autofree char *name = g_strdup_printf ("thumbprint-%s.html", exc_job_get_id (self->job));

  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), html);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), json);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_report_chosen_cb), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

void
exc_job_window_save_report (ExcJobWindow *self, const char *path)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) rows = NULL;
  g_autofree char *text = NULL;

  g_return_if_fail (EXC_IS_JOB_WINDOW (self));
  g_return_if_fail (path != NULL);

  rows = exc_jobs_read_rows (self->jobs, self->job, &error);
  if (rows != NULL) {
    text = g_str_has_suffix (path, ".json") ? exc_report_job_to_json (self->job, rows)
                                            : exc_report_job_to_html (self->job, rows);
    g_file_set_contents (path, text, -1, &error);
  }
  exc_job_window_show_problem (self, error != NULL ? error->message : NULL);
}

void
exc_job_window_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "job.stop", NULL, on_stop_action);
  gtk_widget_class_install_action (widget_class, "job.resume", NULL, on_resume_action);
  gtk_widget_class_install_action (widget_class, "job.retry", "s", on_retry_action);
  gtk_widget_class_install_action (widget_class, "job.exclude", "s", on_exclude_action);
  gtk_widget_class_install_action (widget_class, "job.confirm", "(ss)", on_confirm_action);
  gtk_widget_class_install_action (widget_class, "job.undo", "s", on_undo_action);
  gtk_widget_class_install_action (widget_class, "job.save-report", NULL, on_save_report_action);
  gtk_widget_class_install_action (widget_class, "job.copy-log", NULL, on_copy_log_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "job.stop", NULL);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_s, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "job.resume", NULL);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_t, GDK_CONTROL_MASK, "job.retry", "s", "");
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_e, GDK_CONTROL_MASK, "job.exclude", "s", "");
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_g, GDK_CONTROL_MASK, "job.confirm", "(ss)", "", "");
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_r, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "job.save-report", NULL);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "job.undo", "s", "");
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "job.copy-log", NULL);
}
