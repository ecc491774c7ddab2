/* exc-jobs.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-jobs"

#include "config.h"

#include "exc-jobs-private.h"

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
active_free (ExcActiveJob *active)
{
  g_object_unref (active->job);
  g_object_unref (active->runner);
  exc_lock_release (active->lock);
  g_free (active);
}

ExcActiveJob *
exc_jobs_find_active (ExcJobs *self, ExcJob *job, const char *organization)
{
  for (guint i = 0; i < self->runs->len; i++) {
    ExcActiveJob *active = g_ptr_array_index (self->runs, i);

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

  if (self->alarm != NULL)
    g_cancellable_cancel (self->alarm);
  g_clear_object (&self->alarm);
  g_clear_object (&self->watched);
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

gboolean
exc_jobs_catch_up (ExcJobs *self, ExcJob *job, GError **error)
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

GPtrArray *
exc_jobs_read_rows (ExcJobs *self, ExcJob *job, GError **error)
{
  g_return_val_if_fail (EXC_IS_JOBS (self), NULL);
  g_return_val_if_fail (EXC_IS_JOB (job), NULL);

  return exc_journal_read_rows (self->journal, exc_job_get_id (job), 0, error);
}

gboolean
exc_jobs_read (ExcJobs *self, GError **error)
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
    if (!exc_jobs_catch_up (self, job, error))
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
  if (self->journal == NULL || !exc_jobs_read (self, error))
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
  exc_jobs_set_alarm (self);
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
