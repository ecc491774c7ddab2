/* exc-jobs.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-jobs"

#include "config.h"

#include "exc-error.h"
#include "exc-job-private.h"
#include "exc-lock.h"
#include "exc-runner.h"

#include <glib/gi18n.h>

struct _ExcJobs {
  GObject parent_instance;

  char *path;
  ExcJournal *journal;
  ExcClock *clock;
  char *notice;
  GListStore *jobs; /* (element-type ExcJob), newest first */
  GPtrArray *runs;  /* (element-type Active) */
  gboolean is_read_only;
};

/* A job that runs in this process. */
typedef struct {
  ExcJob *job;
  ExcRunner *runner;
  ExcLock *lock;
} Active;

static void exc_jobs_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ExcJobs,
                               exc_jobs,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, exc_jobs_list_model_init))

enum {
  PROP_0,
  PROP_IS_READ_ONLY,
  PROP_NOTICE,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void
active_free (Active *active)
{
  g_object_unref (active->job);
  g_object_unref (active->runner);
  exc_lock_release (active->lock);
  g_free (active);
}

static Active *
find_active (ExcJobs *self, ExcJob *job, const char *organization)
{
  for (guint i = 0; i < self->runs->len; i++) {
    Active *active = g_ptr_array_index (self->runs, i);

    if (active->job == job || g_strcmp0 (exc_job_get_organization (active->job), organization) == 0)
      return active;
  }
  return NULL;
}

static GType
exc_jobs_get_item_type (GListModel *model)
{
  return EXC_TYPE_JOB;
}

static guint
exc_jobs_get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (EXC_JOBS (model)->jobs));
}

static gpointer
exc_jobs_get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (EXC_JOBS (model)->jobs), position);
}

static void
exc_jobs_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = exc_jobs_get_item_type;
  iface->get_n_items = exc_jobs_get_n_items;
  iface->get_item = exc_jobs_get_item;
}

static void
exc_jobs_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ExcJobs *self = EXC_JOBS (object);

  switch (prop_id) {
  case PROP_IS_READ_ONLY:
    g_value_set_boolean (value, self->is_read_only);
    break;
  case PROP_NOTICE:
    g_value_set_string (value, self->notice);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_jobs_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  ExcJobs *self = EXC_JOBS (object);

  switch (prop_id) {
  case PROP_IS_READ_ONLY:
    exc_jobs_set_is_read_only (self, g_value_get_boolean (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_jobs_dispose (GObject *object)
{
  ExcJobs *self = EXC_JOBS (object);

  g_clear_pointer (&self->runs, g_ptr_array_unref);
  g_clear_object (&self->jobs);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (exc_jobs_parent_class)->dispose (object);
}

static void
exc_jobs_finalize (GObject *object)
{
  ExcJobs *self = EXC_JOBS (object);

  exc_journal_close (self->journal);
  g_free (self->path);
  g_free (self->notice);

  G_OBJECT_CLASS (exc_jobs_parent_class)->finalize (object);
}

static void
exc_jobs_class_init (ExcJobsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = exc_jobs_get_property;
  object_class->set_property = exc_jobs_set_property;
  object_class->dispose = exc_jobs_dispose;
  object_class->finalize = exc_jobs_finalize;

  /**
   * ExcJobs:is-read-only:
   *
   * %TRUE until the user unlocks changes: nothing is started, resumed or undone.
   */
  properties[PROP_IS_READ_ONLY] =
      g_param_spec_boolean ("is-read-only",
                            NULL,
                            NULL,
                            TRUE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_NOTICE] =
      g_param_spec_string ("notice", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
exc_jobs_init (ExcJobs *self)
{
  self->is_read_only = TRUE;
  self->jobs = g_list_store_new (EXC_TYPE_JOB);
  self->runs = g_ptr_array_new_with_free_func ((GDestroyNotify) active_free);
  g_signal_connect_object (self->jobs,
                           "items-changed",
                           G_CALLBACK (g_list_model_items_changed),
                           self,
                           G_CONNECT_SWAPPED);
}

/* Applies what is new in the journal: another program may have gone on with the job. */
static gboolean
catch_up (ExcJobs *self, ExcJob *job, GError **error)
{
  g_autoptr(GPtrArray) rows = exc_journal_read_rows (
      self->journal, exc_job_get_id (job), exc_job_get_last_sequence (job), error);

  if (rows == NULL)
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    exc_job_apply (job, g_ptr_array_index (rows, i));
  exc_job_update_progress (job);
  return TRUE;
}

/* Takes up jobs that are not in the list yet. */
static gboolean
read_jobs (ExcJobs *self, GError **error)
{
  g_autoptr(GPtrArray) made = exc_journal_read_jobs (self->journal, error);

  if (made == NULL)
    return FALSE;
  for (guint i = 0; i < made->len; i++) {
    ExcJournalJob *row = g_ptr_array_index (made, i);
    g_autoptr(GError) reason = NULL;
    g_autoptr(ExcPlan) plan = NULL;
    g_autoptr(ExcJob) job = NULL;

    if (exc_jobs_lookup (self, row->id) != NULL)
      continue;
    plan = exc_plan_new_from_json (row->kind, row->plan, &reason);
    if (plan == NULL)
      g_message ("job %s: %s", row->id, reason->message);
    job = exc_job_new (row, plan);
    if (!catch_up (self, job, error))
      return FALSE;
    g_list_store_insert (self->jobs, 0, job);
  }
  return TRUE;
}

/**
 * exc_jobs_new:
 * @database_path: the journal; made where it is not there
 * @clock: of the jobs
 *
 * Opens the journal and replays it. Blocks for the reading of a file that grows by some kilobytes a
 * job (see ExcDatabase on why that is on the main thread).
 *
 * Returns: (transfer full) (nullable): the jobs, or %NULL with %EXC_ERROR_STORE
 */
ExcJobs *
exc_jobs_new (const char *database_path, ExcClock *clock, GError **error)
{
  g_autoptr(ExcJobs) self = NULL;

  g_return_val_if_fail (database_path != NULL, NULL);
  g_return_val_if_fail (EXC_IS_CLOCK (clock), NULL);

  self = g_object_new (EXC_TYPE_JOBS, NULL);
  self->path = g_strdup (database_path);
  self->clock = g_object_ref (clock);
  self->journal = exc_journal_open (database_path, &self->notice, error);
  if (self->journal == NULL || !read_jobs (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

const char *
exc_jobs_get_notice (ExcJobs *self)
{
  g_return_val_if_fail (EXC_IS_JOBS (self), NULL);

  return self->notice;
}

/**
 * exc_jobs_lookup:
 * @id: a job's id, or a beginning that only one job has
 *
 * Returns: (transfer none) (nullable): the job
 */
ExcJob *
exc_jobs_lookup (ExcJobs *self, const char *id)
{
  ExcJob *found = NULL;

  g_return_val_if_fail (EXC_IS_JOBS (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  for (guint i = 0; i < exc_jobs_get_n_items (G_LIST_MODEL (self)); i++) {
    g_autoptr(ExcJob) job = g_list_model_get_item (G_LIST_MODEL (self->jobs), i);

    if (strcmp (exc_job_get_id (job), id) == 0)
      return job; /* the list holds it */
    if (id[0] == '\0' || !g_str_has_prefix (exc_job_get_id (job), id))
      continue;
    if (found != NULL)
      return NULL;
    found = job;
  }
  return found;
}

static void
on_run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(ExcJobs) self = user_data;
  g_autoptr(ExcJob) job = NULL;
  g_autoptr(GError) error = NULL;

  if (!exc_runner_run_finish (EXC_RUNNER (source), result, &error))
    g_warning ("the journal cannot be written, so the job was left: %s", error->message);

  for (guint i = 0; self->runs != NULL && i < self->runs->len; i++) {
    Active *active = g_ptr_array_index (self->runs, i);

    if (active->runner != EXC_RUNNER (source))
      continue;
    job = g_object_ref (active->job);
    g_ptr_array_remove_index (self->runs, i); /* lets go of the lock before anybody hears of it */
    break;
  }
  if (job != NULL)
    exc_job_set_is_active (job, FALSE);
}

static ExcLock *
take_lock (ExcJobs *self, const char *organization, GError **error)
{
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, organization, -1);
  g_autofree char *path = g_strdup_printf ("%s.lock-%.16s", self->path, sum);
  g_autoptr(GError) reason = NULL;
  ExcLock *lock = exc_lock_take (path, &reason);

  if (lock != NULL)
    return lock;
  if (g_error_matches (reason, EXC_ERROR, EXC_ERROR_BUSY))
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("Another program is changing “%s” now. Wait until its job has ended."),
                    organization);
  else
    g_propagate_error (error, g_steal_pointer (&reason));
  return NULL;
}

/* The guards that every change passes; the lock, or NULL. */
static ExcLock *
begin (ExcJobs *self, const char *organization, GError **error)
{
  Active *active = find_active (self, NULL, organization);

  if (self->is_read_only) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("“%s” is open read-only. Unlock changes first."), organization);
    return NULL;
  }
  if (active != NULL) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("The job “%1$s” is changing “%2$s” now. Wait until it has ended, or stop it."),
                    exc_job_get_title (active->job),
                    organization);
    return NULL;
  }
  return take_lock (self, organization, error);
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
  Active *active = g_new0 (Active, 1);

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
  const char *name;
  g_autoptr(ExcLock) lock = NULL;
  g_autoptr(ExcJob) job = NULL;
  g_autofree char *id = NULL;
  g_autofree char *json = NULL;
  ExcJournalJob row = { 0 };

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
  name = exc_organization_get_name (organization);
  lock = begin (self, name, error);
  if (lock == NULL || !read_jobs (self, error) || !check_no_interrupted (self, plan, name, error))
    return NULL;

  do {
    g_autofree char *uuid = g_uuid_string_random ();

    g_free (id);
    id = g_strndup (uuid, 8);
  } while (exc_jobs_lookup (self, id) != NULL);

  json = exc_plan_to_json (plan);
  row.id = id;
  row.organization = (char *) name;
  row.kind = (char *) exc_plan_get_kind (plan);
  row.plan = json;
  row.made = exc_clock_now (self->clock);
  if (!exc_journal_add_job (self->journal, &row, error))
    return NULL;

  job = exc_job_new (&row, plan);
  g_list_store_insert (self->jobs, 0, job);
  run (self, job, organization, g_steal_pointer (&lock), EXC_RUN_START, NULL);
  return g_steal_pointer (&job);
}

/* What resume, retry and undo have in common; the lock, or NULL. */
static ExcLock *
reopen (ExcJobs *self, ExcJob *job, ExcOrganization *organization, GError **error)
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
  lock = begin (self, name, error);
  if (lock == NULL || !catch_up (self, job, error))
    return NULL;
  return g_steal_pointer (&lock);
}

static ExcJobServer *
find_lane (ExcJob *job, const char *server, GError **error)
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

  lock = reopen (self, job, organization, error);
  if (lock == NULL)
    return FALSE;
  switch (exc_job_get_state (job)) {
  case EXC_STATE_PENDING:
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
  Active *active;

  g_return_val_if_fail (EXC_IS_JOBS (self), FALSE);
  g_return_val_if_fail (EXC_IS_JOB (job), FALSE);
  g_return_val_if_fail (EXC_IS_ORGANIZATION (organization), FALSE);

  lane = find_lane (job, server, error);
  if (lane == NULL)
    return FALSE;
  active = find_active (self, job, NULL);
  if (active != NULL && exc_job_server_get_state (lane) == EXC_STATE_WAITING) {
    exc_runner_look_now (active->runner);
    return TRUE;
  }
  lock = reopen (self, job, organization, error);
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

  lane = find_lane (job, server, error);
  if (lane == NULL)
    return FALSE;
  lock = reopen (self, job, organization, error);
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
  Active *active;

  g_return_if_fail (EXC_IS_JOBS (self));
  g_return_if_fail (EXC_IS_JOB (job));

  active = find_active (self, job, NULL);
  if (active != NULL)
    exc_runner_stop_after_step (active->runner);
}

gboolean
exc_jobs_get_is_read_only (ExcJobs *self)
{
  g_return_val_if_fail (EXC_IS_JOBS (self), TRUE);

  return self->is_read_only;
}

/* Locking again lets a job that runs come to its end. */
void
exc_jobs_set_is_read_only (ExcJobs *self, gboolean is_read_only)
{
  g_return_if_fail (EXC_IS_JOBS (self));

  if (self->is_read_only == is_read_only)
    return;
  self->is_read_only = is_read_only;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_READ_ONLY]);
}

typedef struct {
  ExcJob *job;
  gulong handler;
  GSource *cancelled;
} Wait;

static void
wait_free (Wait *wait)
{
  g_object_unref (wait->job);
  g_clear_pointer (&wait->cancelled, g_source_unref);
  g_free (wait);
}

/* Takes the task, whichever of the two came first. */
static void
end_wait (GTask *task_in)
{
  g_autoptr(GTask) task = task_in;
  Wait *wait = g_task_get_task_data (task);

  g_clear_signal_handler (&wait->handler, wait->job);
  if (wait->cancelled != NULL)
    g_source_destroy (wait->cancelled);
  if (!g_task_return_error_if_cancelled (task))
    g_task_return_boolean (task, TRUE);
}

static void
on_is_active_cb (ExcJob *job, GParamSpec *pspec, GTask *task)
{
  if (!exc_job_get_is_active (job))
    end_wait (task);
}

static gboolean
on_wait_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  end_wait (user_data);
  return G_SOURCE_REMOVE;
}

void
exc_jobs_wait_async (ExcJobs *self,
                     ExcJob *job,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr(GTask) task = NULL;
  Wait *wait;

  g_return_if_fail (EXC_IS_JOBS (self));
  g_return_if_fail (EXC_IS_JOB (job));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, exc_jobs_wait_async);
  wait = g_new0 (Wait, 1);
  wait->job = g_object_ref (job);
  g_task_set_task_data (task, wait, (GDestroyNotify) wait_free);
  if (!exc_job_get_is_active (job)) {
    g_task_return_boolean (task, TRUE);
    return;
  }

  if (cancellable != NULL) {
    wait->cancelled = g_cancellable_source_new (cancellable);
    g_source_set_callback (wait->cancelled, G_SOURCE_FUNC (on_wait_cancelled_cb), task, NULL);
    g_source_attach (wait->cancelled, g_task_get_context (task));
  }
  wait->handler = g_signal_connect (job, "notify::is-active", G_CALLBACK (on_is_active_cb), task);
  g_steal_pointer (&task);
}

gboolean
exc_jobs_wait_finish (ExcJobs *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_jobs_wait_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
