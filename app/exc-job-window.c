/* exc-job-window.c — a job while it runs, and after
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-job-window"

#include "config.h"

#include "exc-job-window.h"

#include "exc-format.h"
#include "exc-job-server-row.h"

#include <glib/gi18n.h>

struct _ExcJobWindow {
  AdwWindow parent_instance;

  ExcOrganization *organization; /* (nullable): of another session */
  ExcJobs *jobs;
  ExcJob *job;
  guint tick_id; /* counts the seconds of a job that runs */

  AdwWindowTitle *title;
  GtkImage *state_icon;
  GtkLabel *summary;
  GtkLabel *step_label;
  GtkProgressBar *progress_bar;
  GtkLabel *elapsed_label;
  GtkListBox *server_list;
  GtkLabel *problem;
  GtkButton *close_button;
  GtkButton *stop_button;
  GtkButton *resume_button;
};

G_DEFINE_FINAL_TYPE (ExcJobWindow, exc_job_window, ADW_TYPE_WINDOW)

static void
update_elapsed (ExcJobWindow *self)
{
  gint64 started = exc_job_get_started (self->job);
  gint64 ended = exc_job_get_ended (self->job);
  g_autofree char *elapsed = NULL;
  GtkListBoxRow *row = NULL;

  if (ended == 0 && self->organization != NULL && exc_job_get_is_active (self->job))
    ended = exc_clock_now (exc_organization_get_clock (self->organization));
  if (started != 0 && ended >= started)
    elapsed = exc_format_duration (ended - started);
  gtk_label_set_label (self->elapsed_label, elapsed != NULL ? elapsed : "");

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->server_list, i)) != NULL; i++)
    exc_job_server_row_set_now (EXC_JOB_SERVER_ROW (row), ended);
}

static gboolean
on_tick_cb (gpointer user_data)
{
  update_elapsed (user_data);

  return G_SOURCE_CONTINUE;
}

static void
update (ExcJobWindow *self)
{
  ExcState state = exc_job_get_state (self->job);
  gboolean is_active = exc_job_get_is_active (self->job);
  gboolean may_change = self->organization != NULL && !is_active;
  const char *classes[] = { exc_format_state_class (state), NULL };

  adw_window_title_set_title (self->title, exc_job_get_title (self->job));
  adw_window_title_set_subtitle (self->title, exc_state_to_text (state));
  gtk_image_set_from_icon_name (self->state_icon, exc_state_to_icon_name (state));
  gtk_widget_set_css_classes (GTK_WIDGET (self->state_icon), classes);
  gtk_label_set_label (self->summary, exc_job_get_summary (self->job));
  gtk_widget_set_visible (GTK_WIDGET (self->step_label), is_active);
  gtk_button_set_label (self->close_button, is_active ? _("Run in _background") : _("_Close"));
  gtk_widget_set_visible (GTK_WIDGET (self->stop_button), is_active);
  gtk_widget_set_visible (GTK_WIDGET (self->resume_button),
                          state == EXC_STATE_INTERRUPTED || state == EXC_STATE_CANCELLED);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "job.stop", is_active);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "job.resume", may_change);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "job.retry", may_change);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "job.undo", may_change);

  if (is_active && self->tick_id == 0)
    self->tick_id = g_timeout_add_seconds (1, on_tick_cb, self);
  else if (!is_active)
    g_clear_handle_id (&self->tick_id, g_source_remove);
  update_elapsed (self);
}

static void
show_problem (ExcJobWindow *self, const char *text)
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
  show_problem (self, error != NULL ? error->message : NULL);
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
  show_problem (self, error != NULL ? error->message : NULL);
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
  show_problem (self, error != NULL ? error->message : NULL);
}

static void
on_undo_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  ExcJobWindow *self = EXC_JOB_WINDOW (widget);
  const char *server = find_server (self, parameter, exc_job_server_get_can_undo);
  g_autofree char *heading = NULL;
  g_autofree char *response = NULL;
  GtkWidget *dialog = NULL;

  if (server == NULL)
    return;

  heading = g_strdup_printf (_("Undo the renewal on \u2068%s\u2069?"), server);
  response = g_strconcat ("undo:", server, NULL);
  dialog = adw_message_dialog_new (GTK_WINDOW (self), heading, NULL);
  adw_message_dialog_set_body (
      ADW_MESSAGE_DIALOG (dialog),
      _("The steps are taken back, the last one first: the old certificate is bound to the sites "
        "again and becomes the default SMTP certificate, and the new one is removed from the "
        "trusted roots and deleted with its private key. Clients connected to this server may "
        "have to connect again."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog),
                                    "cancel",
                                    _("_Cancel"), response, _("_Undo on this server"), NULL);
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

static GtkWidget *
make_server_row (gpointer item, gpointer user_data)
{
  return exc_job_server_row_new (item);
}

static void
on_progress_changed_cb (ExcJobWindow *self)
{
  ExcProgress *progress = exc_job_get_progress (self->job);
  const char *text = exc_progress_get_text (progress);

  gtk_progress_bar_set_fraction (self->progress_bar, exc_progress_get_fraction (progress));
  gtk_label_set_label (self->step_label, text != NULL ? text : "");
}

static void
exc_job_window_dispose (GObject *object)
{
  ExcJobWindow *self = EXC_JOB_WINDOW (object);

  g_clear_handle_id (&self->tick_id, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), EXC_TYPE_JOB_WINDOW);
  g_clear_object (&self->organization);
  g_clear_object (&self->jobs);
  g_clear_object (&self->job);

  G_OBJECT_CLASS (exc_job_window_parent_class)->dispose (object);
}

static void
exc_job_window_class_init (ExcJobWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = exc_job_window_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/thumbprint/Thumbprint/ui/job-window.ui");
  gtk_widget_class_bind_template_child (widget_class, ExcJobWindow, title);
  gtk_widget_class_bind_template_child (widget_class, ExcJobWindow, state_icon);
  gtk_widget_class_bind_template_child (widget_class, ExcJobWindow, summary);
  gtk_widget_class_bind_template_child (widget_class, ExcJobWindow, step_label);
  gtk_widget_class_bind_template_child (widget_class, ExcJobWindow, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, ExcJobWindow, elapsed_label);
  gtk_widget_class_bind_template_child (widget_class, ExcJobWindow, server_list);
  gtk_widget_class_bind_template_child (widget_class, ExcJobWindow, problem);
  gtk_widget_class_bind_template_child (widget_class, ExcJobWindow, close_button);
  gtk_widget_class_bind_template_child (widget_class, ExcJobWindow, stop_button);
  gtk_widget_class_bind_template_child (widget_class, ExcJobWindow, resume_button);

  gtk_widget_class_install_action (widget_class, "job.stop", NULL, on_stop_action);
  gtk_widget_class_install_action (widget_class, "job.resume", NULL, on_resume_action);
  gtk_widget_class_install_action (widget_class, "job.retry", "s", on_retry_action);
  gtk_widget_class_install_action (widget_class, "job.undo", "s", on_undo_action);
  gtk_widget_class_install_action (widget_class, "job.copy-log", NULL, on_copy_log_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "job.stop", NULL);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_s, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "job.resume", NULL);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_t, GDK_CONTROL_MASK, "job.retry", "s", "");
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "job.undo", "s", "");
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "job.copy-log", NULL);
}

static void
exc_job_window_init (ExcJobWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
exc_job_window_new (GtkWindow *parent, ExcOrganization *organization, ExcJobs *jobs, ExcJob *job)
{
  ExcJobWindow *self = NULL;

  g_return_val_if_fail (EXC_IS_JOBS (jobs), NULL);
  g_return_val_if_fail (EXC_IS_JOB (job), NULL);

  self = g_object_new (EXC_TYPE_JOB_WINDOW,
                       "application", /* whose keys are for this window too */
                       parent != NULL ? gtk_window_get_application (parent) : NULL,
                       "transient-for",
                       parent,
                       "title",
                       exc_job_get_title (job),
                       "destroy-with-parent",
                       TRUE,
                       NULL);
  self->organization = organization != NULL ? g_object_ref (organization) : NULL;
  self->jobs = g_object_ref (jobs);
  self->job = g_object_ref (job);
  gtk_list_box_bind_model (
      self->server_list, exc_job_get_servers (job), make_server_row, NULL, NULL);
  g_signal_connect_object (job, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (exc_job_get_progress (job),
                           "notify",
                           G_CALLBACK (on_progress_changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  on_progress_changed_cb (self);
  update (self);

  return GTK_WIDGET (self);
}

GtkWidget *
exc_job_window_present (GtkWindow *parent,
                        ExcOrganization *organization,
                        ExcJobs *jobs,
                        ExcJob *job)
{
  GListModel *toplevels = gtk_window_get_toplevels ();
  GtkWidget *window = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (toplevels) && window == NULL; i++) {
    g_autoptr(GtkWidget) toplevel = g_list_model_get_item (toplevels, i);

    if (EXC_IS_JOB_WINDOW (toplevel) && EXC_JOB_WINDOW (toplevel)->job == job)
      window = toplevel;
  }
  if (window == NULL)
    window = exc_job_window_new (parent, organization, jobs, job);
  gtk_window_present (GTK_WINDOW (window));

  return window;
}

ExcJob *
exc_job_window_get_job (ExcJobWindow *self)
{
  g_return_val_if_fail (EXC_IS_JOB_WINDOW (self), NULL);

  return self->job;
}
