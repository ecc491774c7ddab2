/* exc-lab-guard.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-guard"

#include "config.h"

#include "exc-lab-guard.h"

#define INVALID_OPERATION 7

struct _ExcLabGuard {
  GObject parent_instance;

  ExcLabSession *inner;
  ExcLabFaults *faults;
  char *names[3]; /* NULL-terminated */
  char *endpoint;
};

typedef struct {
  ExcPipeline *pipeline;
  ExcLabOutput *output;
  ExcValue *failure;
} Run;

static void exc_lab_guard_session_init (ExcLabSessionInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ExcLabGuard,
                               exc_lab_guard,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (EXC_TYPE_LAB_SESSION,
                                                      exc_lab_guard_session_init))

static void
run_free (Run *run)
{
  exc_pipeline_unref (run->pipeline);
  g_object_unref (run->output);
  g_clear_pointer (&run->failure, exc_value_unref);
  g_free (run);
}

static ExcValue *
new_error (const ExcLabTrouble *trouble)
{
  return exc_lab_error_record_new (trouble->message != NULL ? trouble->message
                                                            : "A fault of the lab was switched on.",
                                   "System.InvalidOperationException",
                                   trouble->error_id != NULL ? trouble->error_id : "LabFault",
                                   INVALID_OPERATION,
                                   "InvalidOperationException");
}

/* TRUE: the pipeline ends here. */
static gboolean
apply (ExcLabGuard *self, Run *run, const ExcLabTrouble *trouble)
{
  if (trouble == NULL)
    return FALSE;
  switch (trouble->kind) {
  case EXC_LAB_TROUBLE_ERROR:
    run->failure = new_error (trouble);
    return TRUE;
  case EXC_LAB_TROUBLE_DROP:
  case EXC_LAB_TROUBLE_REFUSE:
    if (!trouble->is_after)
      run->failure = new_error (trouble);
    exc_lab_faults_cut_next_reply (self->faults, self->names[0], self->endpoint);
    return !trouble->is_after;
  case EXC_LAB_TROUBLE_DELAY:
  case EXC_LAB_TROUBLE_STATUS:
  case EXC_LAB_TROUBLE_FAULT:
  case EXC_LAB_TROUBLE_DOWN:
  default:
    return FALSE;
  }
}

/* Calls after so long, or as soon as the task is cancelled. */
static void
delay (GTask *take_task, guint delay_ms, GSourceFunc callback)
{
  g_autoptr(GSource) timer = g_timeout_source_new (delay_ms);
  GCancellable *cancellable = g_task_get_cancellable (take_task);

  if (cancellable != NULL) {
    g_autoptr(GSource) cancelled = g_cancellable_source_new (cancellable);

    g_source_set_dummy_callback (cancelled);
    g_source_add_child_source (timer, cancelled);
  }
  g_source_set_callback (timer, callback, take_task, g_object_unref);
  g_source_attach (timer, g_task_get_context (take_task));
}

static gboolean
on_answer_delayed_cb (gpointer user_data)
{
  GTask *task = user_data;

  if (!g_task_return_error_if_cancelled (task))
    g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

static void
on_inner_run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  ExcLabGuard *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  const ExcLabTrouble *trouble;
  g_autoptr(GError) error = NULL;

  if (!EXC_LAB_SESSION_GET_IFACE (source)->run_finish (
          EXC_LAB_SESSION (source), result, &run->failure, &error)) {
    if (error != NULL)
      g_task_return_error (task, g_steal_pointer (&error));
    else
      g_task_return_boolean (task, FALSE);
    return;
  }
  trouble = exc_lab_faults_meet_pipeline (
      self->faults, (const char *const *) self->names, self->endpoint, run->pipeline, TRUE);
  if (trouble != NULL && trouble->kind == EXC_LAB_TROUBLE_DELAY)
    delay (g_steal_pointer (&task), trouble->delay_ms, on_answer_delayed_cb);
  else
    g_task_return_boolean (task, !apply (self, run, trouble));
}

static void
run_inner (GTask *take_task)
{
  g_autoptr(GTask) task = take_task;
  ExcLabGuard *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);

  EXC_LAB_SESSION_GET_IFACE (self->inner)
      ->run_async (self->inner,
                   run->pipeline,
                   run->output,
                   g_task_get_cancellable (task),
                   on_inner_run_cb,
                   g_object_ref (task));
}

static gboolean
on_delayed_cb (gpointer user_data)
{
  GTask *task = user_data;

  if (!g_task_return_error_if_cancelled (task))
    run_inner (g_object_ref (task));
  return G_SOURCE_REMOVE;
}

static void
exc_lab_guard_run_async (ExcLabSession *session,
                         ExcPipeline *pipeline,
                         ExcLabOutput *output,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  ExcLabGuard *self = EXC_LAB_GUARD (session);
  GTask *task = g_task_new (session, cancellable, callback, user_data);
  Run *run = g_new0 (Run, 1);
  const ExcLabTrouble *trouble = exc_lab_faults_meet_pipeline (
      self->faults, (const char *const *) self->names, self->endpoint, pipeline, FALSE);

  g_task_set_source_tag (task, exc_lab_guard_run_async);
  run->pipeline = exc_pipeline_ref (pipeline);
  run->output = g_object_ref (output);
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);
  if (trouble != NULL && trouble->kind == EXC_LAB_TROUBLE_DELAY) {
    delay (task, trouble->delay_ms, on_delayed_cb);
  } else if (apply (self, run, trouble)) {
    g_task_return_boolean (task, FALSE);
    g_object_unref (task);
  } else {
    run_inner (task);
  }
}

static gboolean
exc_lab_guard_run_finish (ExcLabSession *session,
                          GAsyncResult *result,
                          ExcValue **failure,
                          GError **error)
{
  Run *run;
  gboolean ok;

  g_return_val_if_fail (g_task_is_valid (result, session), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_lab_guard_run_async), FALSE);

  run = g_task_get_task_data (G_TASK (result));
  ok = g_task_propagate_boolean (G_TASK (result), error);
  if (failure != NULL)
    *failure = g_steal_pointer (&run->failure);
  return ok;
}

static void
exc_lab_guard_finalize (GObject *object)
{
  ExcLabGuard *self = EXC_LAB_GUARD (object);

  g_clear_object (&self->inner);
  g_free (self->names[0]);
  g_free (self->names[1]);
  g_free (self->endpoint);

  G_OBJECT_CLASS (exc_lab_guard_parent_class)->finalize (object);
}

static void
exc_lab_guard_class_init (ExcLabGuardClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = exc_lab_guard_finalize;
}

static void
exc_lab_guard_init (ExcLabGuard *self)
{
}

static void
exc_lab_guard_session_init (ExcLabSessionInterface *iface)
{
  iface->run_async = exc_lab_guard_run_async;
  iface->run_finish = exc_lab_guard_run_finish;
}

ExcLabGuard *
exc_lab_guard_new (ExcLabSession *inner,
                   ExcLabFaults *faults,
                   const char *server,
                   const char *fqdn,
                   const char *endpoint)
{
  ExcLabGuard *self = g_object_new (EXC_TYPE_LAB_GUARD, NULL);

  self->inner = g_object_ref (inner);
  self->faults = faults;
  self->names[0] = g_strdup (server);
  self->names[1] = g_strdup (fqdn);
  self->endpoint = g_strdup (endpoint);
  return self;
}
