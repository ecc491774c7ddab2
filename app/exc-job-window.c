/* exc-job-window.c — a job while it runs, and after
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-job-window"

#include "config.h"

#include "exc-job-window-private.h"

#include "exc-format.h"
#include "exc-job-server-row.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (ExcJobWindow, exc_job_window, ADW_TYPE_WINDOW)

static gint64
get_now (ExcJobWindow *self)
{
  if (self->organization != NULL)
    return exc_clock_now (exc_organization_get_clock (self->organization));

  return g_get_real_time () / G_USEC_PER_SEC;
}

/* Until when a job waits; nothing of it where the user decides. */
static char *
format_wait (ExcJobWindow *self)
{
  gint64 wake_at = exc_job_get_wake_at (self->job);

  if (exc_job_get_awaits_user (self->job))
    return g_strdup (_("This job waits for you. Do what it asks for below, then let it go on."));
  if (!exc_job_get_is_parked (self->job) || wake_at == 0)
    return NULL;

  return exc_format_wait (wake_at, get_now (self));
}

static void
update_times (ExcJobWindow *self)
{
  gint64 now = get_now (self);
  gint64 started = exc_job_get_started (self->job);
  gint64 ended = exc_job_get_ended (self->job);
  g_autofree char *elapsed = NULL;
  g_autofree char *wait = format_wait (self);
  GtkListBoxRow *row = NULL;

  if (ended == 0 && exc_job_get_is_active (self->job))
    ended = now;
  if (started != 0 && ended >= started)
    elapsed = exc_format_duration (ended - started);
  gtk_label_set_label (self->elapsed_label, elapsed != NULL ? elapsed : "");
  gtk_label_set_label (self->wait_label, wait != NULL ? wait : "");
  gtk_widget_set_visible (self->wait_box, wait != NULL);

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->server_list, i)) != NULL; i++)
    exc_job_server_row_set_now (EXC_JOB_SERVER_ROW (row), now);
}

static gboolean
on_tick_cb (gpointer user_data)
{
  update_times (user_data);

  return G_SOURCE_CONTINUE;
}

/* "3 of 12 servers done"; a job of one lane says all by its state. */
static void
update_count (ExcJobWindow *self)
{
  GListModel *servers = exc_job_get_servers (self->job);
  guint n_all = 0;
  guint n_done = 0;
  g_autofree char *text = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (servers); i++) {
    g_autoptr(ExcJobServer) server = g_list_model_get_item (servers, i);
    ExcState state = exc_job_server_get_state (server);

    if (exc_job_server_is_organization (server) || state == EXC_STATE_SKIPPED)
      continue;
    n_all++;
    n_done += state == EXC_STATE_DONE || state == EXC_STATE_WARNINGS;
  }
  if (n_all > 1)
    text = g_strdup_printf (
        ngettext ("%1$u of %2$u server is done", "%1$u of %2$u servers are done", n_all),
        n_done,
        n_all);
  gtk_label_set_label (self->count_label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->count_label), text != NULL);
}

static guint
count_failed (ExcJobWindow *self)
{
  GListModel *servers = exc_job_get_servers (self->job);
  guint n_failed = 0;

  for (guint i = 0; i < g_list_model_get_n_items (servers); i++) {
    g_autoptr(ExcJobServer) server = g_list_model_get_item (servers, i);
    ExcState state = exc_job_server_get_state (server);

    n_failed += state == EXC_STATE_FAILED || state == EXC_STATE_UNREACHABLE;
  }

  return n_failed;
}

/* What going on means depends on why the job does not run. (transfer full) (nullable): it cannot */
static char *
format_resume (ExcJobWindow *self)
{
  ExcState state = exc_job_get_state (self->job);
  guint n_failed = count_failed (self);

  if (exc_job_get_is_active (self->job))
    return NULL;
  if (exc_job_get_is_parked (self->job) && exc_job_get_wake_at (self->job) == 0)
    return NULL;
  if (exc_job_get_is_parked (self->job))
    return g_strdup (exc_job_get_started (self->job) == 0 ? _("_Begin now") : _("_Look now"));
  if (n_failed > 0 && (state == EXC_STATE_FAILED || state == EXC_STATE_UNREACHABLE))
    return g_strdup_printf (_("_Retry failed (%u)"), n_failed);
  if (state == EXC_STATE_INTERRUPTED || state == EXC_STATE_CANCELLED)
    return g_strdup (_("_Resume"));

  return NULL;
}

static void
update (ExcJobWindow *self)
{
  ExcState state = exc_job_get_state (self->job);
  gboolean is_active = exc_job_get_is_active (self->job);
  gboolean may_change = self->organization != NULL && !is_active;
  gboolean is_waiting = state == EXC_STATE_WAITING;
  g_autofree char *resume = format_resume (self);
  const char *classes[] = { exc_format_state_class (state), NULL };

  adw_window_title_set_title (self->title, exc_job_get_title (self->job));
  adw_window_title_set_subtitle (self->title, exc_state_to_text (state));
  gtk_image_set_from_icon_name (self->state_icon, exc_state_to_icon_name (state));
  gtk_widget_set_css_classes (GTK_WIDGET (self->state_icon), classes);
  gtk_label_set_label (self->summary, exc_job_get_summary (self->job));
  gtk_widget_set_visible (GTK_WIDGET (self->step_label), is_active);
  /* A wait is a date, not a bar that stands still. */
  gtk_widget_set_visible (GTK_WIDGET (self->progress_bar), !is_waiting || is_active);
  gtk_button_set_label (self->close_button, is_active ? _("Run in _background") : _("_Close"));
  gtk_widget_set_visible (GTK_WIDGET (self->stop_button), is_active);
  if (resume != NULL)
    gtk_button_set_label (self->resume_button, resume);
  gtk_widget_set_visible (GTK_WIDGET (self->resume_button), resume != NULL);
  gtk_widget_set_visible (self->confirm_button, exc_job_get_awaits_user (self->job) && !is_active);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "job.stop", is_active);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "job.resume", may_change);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "job.retry", may_change);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "job.exclude", may_change);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "job.confirm", may_change);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "job.undo", may_change);

  if ((is_active || is_waiting) && self->tick_id == 0)
    self->tick_id = g_timeout_add_seconds (1, on_tick_cb, self);
  else if (!is_active && !is_waiting)
    g_clear_handle_id (&self->tick_id, g_source_remove);
  update_count (self);
  update_times (self);
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
  gtk_widget_class_bind_template_child (widget_class, ExcJobWindow, count_label);
  gtk_widget_class_bind_template_child (widget_class, ExcJobWindow, wait_label);
  gtk_widget_class_bind_template_child (widget_class, ExcJobWindow, wait_box);
  gtk_widget_class_bind_template_child (widget_class, ExcJobWindow, elapsed_label);
  gtk_widget_class_bind_template_child (widget_class, ExcJobWindow, server_list);
  gtk_widget_class_bind_template_child (widget_class, ExcJobWindow, problem);
  gtk_widget_class_bind_template_child (widget_class, ExcJobWindow, close_button);
  gtk_widget_class_bind_template_child (widget_class, ExcJobWindow, stop_button);
  gtk_widget_class_bind_template_child (widget_class, ExcJobWindow, resume_button);
  gtk_widget_class_bind_template_child (widget_class, ExcJobWindow, confirm_button);

  exc_job_window_install_actions (widget_class);
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
