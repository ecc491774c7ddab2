/* exc-jobs-run.c — starting, resuming and undoing, and the guards before them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-jobs"

#include "config.h"

#include "exc-error.h"
#include "exc-jobs-private.h"

#include <glib/gi18n.h>

static void
on_run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(ExcJobs) self = user_data;
  g_autoptr(ExcJob) job = NULL;
  g_autoptr(GError) error = NULL;

  if (!exc_runner_run_finish (EXC_RUNNER (source), result, &error))
    g_warning ("the journal cannot be written, so the job was left: %s", error->message);

  for (guint i = 0; self->runs != NULL && i < self->runs->len; i++) {
    ExcActiveJob *active = g_ptr_array_index (self->runs, i);

    if (active->runner != EXC_RUNNER (source))
      continue;
    job = g_object_ref (active->job);
    g_ptr_array_remove_index (self->runs, i); /* lets go of the lock before anybody hears of it */
    break;
  }
  if (job != NULL)
    exc_job_set_is_active (job, FALSE);
  if (self->runs != NULL)
    exc_jobs_set_alarm (self);
}

/* The organization by whatever name and server somebody opened it: the DNS domain of the plan's
 * servers, the first of several. Servers that a hosts file gives are told by their address, too: on
 * one machine there can be many simulated ones of a name. (transfer full) (nullable) */
static char *
dup_shared_name (ExcPlan *plan, ExcOrganization *organization)
{
  const char *const *servers = exc_plan_get_servers (plan);
  ExcNames *names =
      exc_connection_get_settings (exc_organization_get_connection (organization))->names;
  const char *first = NULL;
  const char *domain = NULL;
  g_autoptr(GInetAddress) address = NULL;
  g_autofree char *place = NULL;

  for (guint i = 0; servers[i] != NULL; i++) {
    const char *dot = strchr (servers[i], '.');

    if (dot == NULL || (domain != NULL && g_ascii_strcasecmp (dot + 1, domain) >= 0))
      continue;
    first = servers[i];
    domain = dot + 1;
  }
  if (domain == NULL)
    return NULL;
  address = names != NULL ? exc_names_lookup (names, first) : NULL;
  if (address != NULL) {
    g_autofree char *text = g_inet_address_to_string (address);

    place = g_strdup_printf ("%s:%u", text, exc_names_get_port (names, first, 0));
  }
  return g_strconcat (domain, place != NULL ? "@" : NULL, place, NULL);
}

static ExcLock *
take_lock (
    ExcJobs *self, ExcPlan *plan, ExcOrganization *organization, const char *name, GError **error)
{
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, name, -1);
  g_autofree char *path = g_strdup_printf ("%s.lock-%.16s", self->path, sum);
  g_autofree char *shared = dup_shared_name (plan, organization);
  g_autofree char *lower = shared != NULL ? g_ascii_strdown (shared, 80) : NULL;
  g_autoptr(GError) reason = NULL;
  ExcLock *lock = exc_lock_take (path, lower, &reason);

  if (lock != NULL)
    return lock;
  if (g_error_matches (reason, EXC_ERROR, EXC_ERROR_BUSY))
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("Another program is changing “%s” now. Wait until its job has ended."), name);
  else
    g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}

/* The guards that every change passes; the lock, or NULL. */
static ExcLock *
begin_change (ExcJobs *self, ExcPlan *plan, ExcOrganization *organization, GError **error)
{
  const char *name = exc_organization_get_name (organization);
  ExcActiveJob *active = exc_jobs_find_active (self, NULL, name);

  if (self->is_read_only) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("“%s” is open read-only. Unlock changes first."), name);
    return NULL;
  }
  if (active != NULL) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("The job “%1$s” is changing “%2$s” now. Wait until it has ended, or stop it."),
                    exc_job_get_title (active->job),
                    name);
    return NULL;
  }
  return take_lock (self, plan, organization, name, error);
}

/* Takes the lock. */
static void
run (ExcJobs *self,
     ExcJob *job,
     ExcOrganization *organization,
     ExcLock *lock,
     ExcRunMode mode,
     const char *server)
{
  ExcActiveJob *active = g_new0 (ExcActiveJob, 1);

  active->job = g_object_ref (job);
  active->lock = lock;
  active->runner = exc_runner_new (
      job, self->journal, exc_organization_get_connection (organization), self->clock);
  g_ptr_array_add (self->runs, active);
  exc_job_set_is_active (job, TRUE);
  exc_job_begin_progress (job);
  exc_runner_run_async (active->runner, mode, server, on_run_cb, g_object_ref (self));
}

/* A job that broke off on the same server knows what is half done there: a second one does not. */
static gboolean
check_no_interrupted (ExcJobs *self, ExcPlan *plan, const char *organization, GError **error)
{
  const char *const *servers = exc_plan_get_servers (plan);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->jobs)); i++) {
    g_autoptr(ExcJob) job = g_list_model_get_item (G_LIST_MODEL (self->jobs), i);

    if (exc_job_get_state (job) != EXC_STATE_INTERRUPTED ||
        g_strcmp0 (exc_job_get_organization (job), organization) != 0)
      continue;
    for (guint j = 0; servers[j] != NULL; j++) {
      ExcJobServer *lane = exc_job_find_server (job, servers[j]);

      if (lane == NULL || exc_job_server_get_state (lane) != EXC_STATE_INTERRUPTED)
        continue;
      g_set_error (
          error,
          EXC_ERROR,
          EXC_ERROR_REFUSED,
          _("Job %1$s was interrupted on %2$s. Resume it, or undo it, before anything else "
                     "is changed there."),
             exc_job_get_id (job),
             servers[j]);
      return FALSE;
    }
  }
  return TRUE;
}

/* Two jobs of the organization's lane would be about the same Auth configuration. */
static gboolean
check_no_parked (ExcJobs *self, ExcPlan *plan, const char *organization, GError **error)
{
  if (exc_plan_get_steps (plan, EXC_LANE_ORGANIZATION) == NULL)
    return TRUE;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->jobs)); i++) {
    g_autoptr(ExcJob) job = g_list_model_get_item (G_LIST_MODEL (self->jobs), i);

    if (!exc_job_get_is_parked (job) ||
        g_strcmp0 (exc_job_get_organization (job), organization) != 0 ||
        exc_job_find_server (job, EXC_LANE_ORGANIZATION) == NULL)
      continue;
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("Job %1$s (“%2$s”) is not finished: it waits. Bring it to its end, or undo it, "
                   "first."),
                    exc_job_get_id (job),
                    exc_job_get_title (job));
    return FALSE;
  }
  return TRUE;
}

/* Writes the job into the journal. (transfer full) (nullable) */
static ExcJob *
add_job (ExcJobs *self, ExcPlan *plan, const char *organization, GError **error)
{
  g_autoptr(ExcJob) job = NULL;
  g_autofree char *id = NULL;
  g_autofree char *json = NULL;
  ExcJournalJob row = { 0 };

  if (!exc_jobs_read (self, error) || !check_no_interrupted (self, plan, organization, error) ||
      !check_no_parked (self, plan, organization, error))
    return NULL;

  do {
    g_autofree char *uuid = g_uuid_string_random ();

    g_free (id);
    id = g_strndup (uuid, 8);
  } while (exc_jobs_lookup (self, id) != NULL);

  json = exc_plan_to_json (plan);
  row.id = id;
  row.organization = (char *) organization;
  row.kind = (char *) exc_plan_get_kind (plan);
  row.plan = json;
  row.made = exc_clock_now (self->clock);
  if (!exc_journal_add_job (self->journal, &row, error))
    return NULL;

  job = exc_job_new (&row, plan);
  g_list_store_insert (self->jobs, 0, job);
  return g_steal_pointer (&job);
}

/**
 * exc_jobs_schedule:
 * @plan: what is to be done; not blocked
 * @organization: where
 * @begin: Unix seconds; what is past begins now
 * @error: as exc_jobs_start()
 *
 * Writes the job into the journal and begins it at that time, while changes are allowed then
 * (exc_jobs_watch()).
 *
 * Returns: (transfer full) (nullable): the job
 */
ExcJob *
exc_jobs_schedule (
    ExcJobs *self, ExcPlan *plan, ExcOrganization *organization, gint64 begin, GError **error)
{
  g_autoptr(ExcLock) lock = NULL;
  g_autoptr(ExcJob) job = NULL;

  g_return_val_if_fail (EXC_IS_JOBS (self), NULL);
  g_return_val_if_fail (EXC_IS_PLAN (plan), NULL);
  g_return_val_if_fail (EXC_IS_ORGANIZATION (organization), NULL);

  if (exc_plan_is_blocked (plan)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("“%s” cannot run: see its checks."), exc_plan_get_title (plan));
    return NULL;
  }
  lock = begin_change (self, plan, organization, error);
  if (lock == NULL)
    return NULL;
  job = add_job (self, plan, exc_organization_get_name (organization), error);
  if (job == NULL)
    return NULL;

  if (begin > exc_clock_now (self->clock)) {
    g_autofree char *data = g_strdup_printf ("%" G_GINT64_FORMAT, begin);
    ExcJournalRow row = { .event = EXC_EVENT_PARKED, .data = data };

    if (!exc_jobs_write (self, job, &row, error))
      return NULL;
    exc_jobs_set_alarm (self);
  } else {
    run (self, job, organization, g_steal_pointer (&lock), EXC_RUN_START, NULL);
  }
  return g_steal_pointer (&job);
}

/**
 * exc_jobs_start:
 * @plan: what is to be done; not blocked
 * @organization: where
 *
 * Writes the job into the journal and begins it.
 *
 * Returns: (transfer full) (nullable): the job; %NULL with %EXC_ERROR_REFUSED while read-only,
 * while a job of this organization is active here or in another program, or where a check blocks it
 */
ExcJob *
exc_jobs_start (ExcJobs *self, ExcPlan *plan, ExcOrganization *organization, GError **error)
{
  return exc_jobs_schedule (self, plan, organization, 0, error);
}

ExcLock *
exc_jobs_reopen (ExcJobs *self, ExcJob *job, ExcOrganization *organization, GError **error)
{
  g_autoptr(ExcLock) lock = NULL;
  const char *name = exc_organization_get_name (organization);

  if (g_strcmp0 (exc_job_get_organization (job), name) != 0) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("Job %1$s belongs to “%2$s”, not to “%3$s”. Open that organization first."),
                    exc_job_get_id (job),
                    exc_job_get_organization (job),
                    name);
    return NULL;
  }
  if (exc_job_get_plan (job) == NULL) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("Job %s is of a kind that this version of the program does not know."),
                    exc_job_get_id (job));
    return NULL;
  }
  lock = begin_change (self, exc_job_get_plan (job), organization, error);
  if (lock == NULL || !exc_jobs_catch_up (self, job, error))
    return NULL;
  return g_steal_pointer (&lock);
}

ExcJobServer *
exc_jobs_find_lane (ExcJob *job, const char *server, GError **error)
{
  ExcJobServer *lane = exc_job_find_server (job, server);

  if (lane == NULL)
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_NOT_FOUND,
                 _("Job %1$s has no server “%2$s”."), exc_job_get_id (job), server);
  return lane;
}

/**
 * exc_jobs_resume:
 *
 * Goes on with a job that was interrupted or stopped, or that failed: each step that is not done is
 * looked for first. An interrupted undo is gone on with as an undo.
 */
gboolean
exc_jobs_resume (ExcJobs *self, ExcJob *job, ExcOrganization *organization, GError **error)
{
  g_autoptr(ExcLock) lock = NULL;
  const char *undo_server;

  g_return_val_if_fail (EXC_IS_JOBS (self), FALSE);
  g_return_val_if_fail (EXC_IS_JOB (job), FALSE);
  g_return_val_if_fail (EXC_IS_ORGANIZATION (organization), FALSE);

  lock = exc_jobs_reopen (self, job, organization, error);
  if (lock == NULL)
    return FALSE;
  switch (exc_job_get_state (job)) {
  case EXC_STATE_PENDING:
  case EXC_STATE_WAITING:
  case EXC_STATE_FAILED:
  case EXC_STATE_UNREACHABLE:
  case EXC_STATE_CANCELLED:
  case EXC_STATE_INTERRUPTED:
    break;
  default:
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("Job %1$s is not to be resumed: %2$s."),
                    exc_job_get_id (job),
                    exc_state_to_text (exc_job_get_state (job)));
    return FALSE;
  }

  undo_server = exc_job_get_interrupted_undo (job);
  run (self,
       job,
       organization,
       g_steal_pointer (&lock),
       undo_server != NULL ? EXC_RUN_UNDO : EXC_RUN_RESUME,
       undo_server);
  return TRUE;
}

/**
 * exc_jobs_retry_server:
 *
 * Goes on with one server of a job. While that server is waited for, it is asked again at once.
 */
gboolean
exc_jobs_retry_server (
    ExcJobs *self, ExcJob *job, const char *server, ExcOrganization *organization, GError **error)
{
  g_autoptr(ExcLock) lock = NULL;
  ExcJobServer *lane;
  ExcActiveJob *active;

  g_return_val_if_fail (EXC_IS_JOBS (self), FALSE);
  g_return_val_if_fail (EXC_IS_JOB (job), FALSE);
  g_return_val_if_fail (EXC_IS_ORGANIZATION (organization), FALSE);

  lane = exc_jobs_find_lane (job, server, error);
  if (lane == NULL)
    return FALSE;
  active = exc_jobs_find_active (self, job, NULL);
  if (active != NULL && exc_job_server_get_state (lane) == EXC_STATE_WAITING) {
    exc_runner_look_now (active->runner);
    return TRUE;
  }
  lock = exc_jobs_reopen (self, job, organization, error);
  if (lock == NULL)
    return FALSE;
  if (!exc_job_server_get_can_retry (lane)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("There is nothing to try again on %1$s: %2$s."),
                    exc_job_server_get_server (lane),
                    exc_state_to_text (exc_job_server_get_state (lane)));
    return FALSE;
  }
  run (self,
       job,
       organization,
       g_steal_pointer (&lock),
       EXC_RUN_RETRY,
       exc_job_server_get_server (lane));
  return TRUE;
}

/**
 * exc_jobs_undo_server:
 *
 * Takes back what the job did on one server, in the order that keeps it working.
 */
gboolean
exc_jobs_undo_server (
    ExcJobs *self, ExcJob *job, const char *server, ExcOrganization *organization, GError **error)
{
  g_autoptr(ExcLock) lock = NULL;
  ExcJobServer *lane;

  g_return_val_if_fail (EXC_IS_JOBS (self), FALSE);
  g_return_val_if_fail (EXC_IS_JOB (job), FALSE);
  g_return_val_if_fail (EXC_IS_ORGANIZATION (organization), FALSE);

  lane = exc_jobs_find_lane (job, server, error);
  if (lane == NULL)
    return FALSE;
  lock = exc_jobs_reopen (self, job, organization, error);
  if (lock == NULL)
    return FALSE;
  if (!exc_job_server_get_can_undo (lane)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("The job changed nothing on %s that could be undone."),
                    exc_job_server_get_server (lane));
    return FALSE;
  }
  run (self,
       job,
       organization,
       g_steal_pointer (&lock),
       EXC_RUN_UNDO,
       exc_job_server_get_server (lane));
  return TRUE;
}

/**
 * exc_jobs_stop_after_step:
 *
 * The step under way is finished and looked at, then the job stops; a wait ends at once.
 */
void
exc_jobs_stop_after_step (ExcJobs *self, ExcJob *job)
{
  ExcActiveJob *active;

  g_return_if_fail (EXC_IS_JOBS (self));
  g_return_if_fail (EXC_IS_JOB (job));

  active = exc_jobs_find_active (self, job, NULL);
  if (active != NULL)
    exc_runner_stop_after_step (active->runner);
}

void
exc_jobs_leave (ExcJobs *self)
{
  g_return_if_fail (EXC_IS_JOBS (self));

  exc_jobs_watch (self, NULL);
  for (guint i = 0; i < self->runs->len; i++) {
    ExcActiveJob *active = g_ptr_array_index (self->runs, i);

    exc_runner_leave (active->runner);
  }
}
