/* exc-jobs-parked.c — jobs that wait: for a time, or for the user
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-jobs"

#include "config.h"

#include "exc-error.h"
#include "exc-jobs-private.h"
#include "exc-step-confirm.h"

#include <glib/gi18n.h>

/* When a job that is due could not be taken up (another program changes the organization): again
 * after this. */
#define RETRY_S 60

static void
on_alarm_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(ExcJobs) self = user_data;

  if (exc_clock_wait_finish (EXC_CLOCK (source), result, NULL) && self->jobs != NULL)
    exc_jobs_set_alarm (self);
}

static gboolean
is_watched (ExcJobs *self, ExcJob *job)
{
  return exc_job_get_is_parked (job) && exc_job_get_wake_at (job) != EXC_WAKE_BY_USER &&
         g_strcmp0 (exc_job_get_organization (job), exc_organization_get_name (self->watched)) == 0;
}

/* Takes up the first job that is due; when to look again, 0 for never. */
static gint64
take_up (ExcJobs *self)
{
  const gint64 now = exc_clock_now (self->clock);
  gint64 next = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->jobs)); i++) {
    g_autoptr(ExcJob) job = g_list_model_get_item (G_LIST_MODEL (self->jobs), i);
    g_autoptr(GError) error = NULL;
    gint64 wake = exc_job_get_wake_at (job);

    if (!is_watched (self, job))
      continue;
    if (wake <= now) {
      if (exc_jobs_resume (self, job, self->watched, &error))
        return 0; /* its end sets the alarm again */
      g_message ("job %s: %s", exc_job_get_id (job), error->message);
      wake = now + RETRY_S;
    }
    next = next == 0 ? wake : MIN (next, wake);
  }
  return next;
}

void
exc_jobs_set_alarm (ExcJobs *self)
{
  gint64 next;

  if (self->alarm != NULL)
    g_cancellable_cancel (self->alarm);
  g_clear_object (&self->alarm);
  if (self->watched == NULL || self->is_read_only || self->runs->len > 0)
    return;

  next = take_up (self);
  if (next == 0)
    return;
  self->alarm = g_cancellable_new ();
  exc_clock_wait_async (self->clock,
                        next - exc_clock_now (self->clock),
                        self->alarm,
                        on_alarm_cb,
                        g_object_ref (self));
}

/**
 * exc_jobs_watch:
 * @organization: (nullable): that is open now
 */
void
exc_jobs_watch (ExcJobs *self, ExcOrganization *organization)
{
  g_return_if_fail (EXC_IS_JOBS (self));

  g_set_object (&self->watched, organization);
  exc_jobs_set_alarm (self);
}

gboolean
exc_jobs_write (ExcJobs *self, ExcJob *job, const ExcJournalRow *row, GError **error)
{
  ExcJournalRow copy = *row;

  copy.time = exc_clock_now (self->clock);
  if (!exc_journal_append (self->journal, exc_job_get_id (job), &copy, &copy.sequence, error))
    return FALSE;
  exc_job_apply (job, &copy);
  return TRUE;
}

/**
 * exc_jobs_exclude_server:
 *
 * Returns: %FALSE with %EXC_ERROR_REFUSED while the job runs, and for the organization's lane
 */
gboolean
exc_jobs_exclude_server (
    ExcJobs *self, ExcJob *job, const char *server, ExcOrganization *organization, GError **error)
{
  g_autoptr(ExcLock) lock = NULL;
  ExcJobServer *lane;
  ExcJournalRow row = { .event = EXC_EVENT_EXCLUDED };

  g_return_val_if_fail (EXC_IS_JOBS (self), FALSE);
  g_return_val_if_fail (EXC_IS_JOB (job), FALSE);
  g_return_val_if_fail (EXC_IS_ORGANIZATION (organization), FALSE);

  lane = exc_jobs_find_lane (job, server, error);
  if (lane == NULL)
    return FALSE;
  if (exc_job_server_is_organization (lane) || exc_job_server_is_finished (lane)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("%s cannot be left out: it is done, or the job is about it as a whole."),
                    exc_job_server_get_title (lane));
    return FALSE;
  }
  lock = exc_jobs_reopen (self, job, organization, error);
  if (lock == NULL)
    return FALSE;
  row.server = (char *) exc_job_server_get_server (lane);
  return exc_jobs_write (self, job, &row, error);
}

/**
 * exc_jobs_confirm:
 * @server: of the lane, or EXC_LANE_ORGANIZATION
 * @step: that waits for the user
 *
 * Returns: %FALSE with %EXC_ERROR_REFUSED where the step does not wait for the user
 */
gboolean
exc_jobs_confirm (ExcJobs *self,
                  ExcJob *job,
                  const char *server,
                  const char *step,
                  ExcOrganization *organization,
                  GError **error)
{
  g_autofree char *fact = NULL;
  ExcJobServer *lane;
  ExcJobStep *waiting;
  ExcJournalRow row = { .event = EXC_EVENT_FACT, .data = (char *) "yes" };

  g_return_val_if_fail (EXC_IS_JOBS (self), FALSE);
  g_return_val_if_fail (EXC_IS_JOB (job), FALSE);
  g_return_val_if_fail (EXC_IS_ORGANIZATION (organization), FALSE);

  lane = exc_jobs_find_lane (job, server, error);
  if (lane == NULL)
    return FALSE;
  waiting = exc_job_server_find_step (lane, step);
  if (waiting == NULL || exc_job_step_get_state (waiting) != EXC_STATE_WAITING ||
      !EXC_IS_STEP_CONFIRM (exc_job_step_get_step (waiting))) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("Step “%1$s” of job %2$s does not wait for you."), step, exc_job_get_id (job));
    return FALSE;
  }
  fact = exc_step_confirm_dup_fact (step);
  row.server = (char *) exc_job_server_get_server (lane);
  row.step = (char *) step;
  row.text = fact;
  {
    g_autoptr(ExcLock) lock = exc_jobs_reopen (self, job, organization, error);

    if (lock == NULL || !exc_jobs_write (self, job, &row, error))
      return FALSE;
  }
  return exc_jobs_resume (self, job, organization, error);
}
