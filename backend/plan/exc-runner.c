/* exc-runner.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-runner"

#include "config.h"

#include "exc-runner-private.h"

#include <glib/gi18n.h>

/* A wait that takes longer than this gives the organization free: the job is parked and taken up
 * again when it is time, be it by the next start of the program. */
#define PARK_AFTER_S 300

/**
 * ExcRunner:
 *
 * Takes a job through its lanes, one after another and phase by phase (ExcRunLanes). For each step
 * it looks first; where the
 * effect is missing it writes the row `started`, which is durable before the command leaves, runs
 * the step and looks again, whatever came back. Nothing else makes an ExcPermit, so nothing else
 * can change a server. It stops the whole run at the first step that fails.
 */
G_DEFINE_FINAL_TYPE (ExcRunner, exc_runner, G_TYPE_OBJECT)

static void
run_free (ExcRun *run)
{
  exc_run_lanes_free (run->lanes);
  g_clear_pointer (&run->context, exc_step_context_unref);
  g_clear_error (&run->run_error);
  g_free (run);
}

ExcStep *
exc_run_get_step (ExcRun *run)
{
  return g_ptr_array_index (run->lane->steps, run->lane->index);
}

/* A row of the whole job. */
static gboolean
write_job_row (ExcRunner *self,
               ExcEvent event,
               const char *server,
               const char *text,
               const char *data,
               GError **error)
{
  ExcJournalRow row = { .time = exc_clock_now (self->clock),
                        .server = (char *) server,
                        .event = event,
                        .text = (char *) text,
                        .data = (char *) data };

  if (!exc_journal_append (self->journal, exc_job_get_id (self->job), &row, &row.sequence, error))
    return FALSE;
  exc_job_apply (self->job, &row);
  exc_job_update_progress (self->job);
  return TRUE;
}

/* Takes the task. */
static void
finish (GTask *task_in)
{
  g_autoptr(GTask) task = task_in;
  GError *error = NULL;

  if (write_job_row (g_task_get_source_object (task), EXC_EVENT_ENDED, NULL, NULL, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* The journal is lost: nothing more may be done. Takes the task and the error. */
static void
give_up (GTask *task_in, GError *error)
{
  g_autoptr(GTask) task = task_in;
  ExcRun *run = g_task_get_task_data (task);

  if (run->lane != NULL && run->lane->index < run->lane->steps->len)
    exc_job_step_set_state (
        exc_job_server_find_step (run->lane->server, exc_step_get_id (exc_run_get_step (run))),
        EXC_STATE_FAILED,
        error->message);
  g_task_return_error (task, error);
}

/* Writes a row of the step under way; FALSE: the task is taken. */
gboolean
exc_run_write_row (GTask *task, ExcEvent event, const char *text, const char *data)
{
  ExcRunner *self = g_task_get_source_object (task);
  ExcRun *run = g_task_get_task_data (task);
  GError *error = NULL;

  if (!exc_step_context_write (run->context, event, text, data, &error)) {
    give_up (task, error);
    return FALSE;
  }
  exc_job_update_progress (self->job);
  return TRUE;
}

/* Takes the task. A failed step stops the whole run (steps.md E). */
void
exc_run_fail (GTask *task, ExcEvent event, const char *text)
{
  if (exc_run_write_row (task, event, text, NULL))
    finish (task);
}

/* Takes the task. */
void
exc_run_stop (GTask *task)
{
  GError *error = NULL;

  if (write_job_row (g_task_get_source_object (task), EXC_EVENT_STOPPED, NULL, NULL, NULL, &error))
    finish (task);
  else
    give_up (task, error);
}

static void
on_waited_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  ExcRunner *self = g_task_get_source_object (task);
  ExcRun *run = g_task_get_task_data (task);

  g_clear_object (&self->wait);
  exc_clock_wait_finish (EXC_CLOCK (source), result, NULL); /* ended early: look at once */
  if (self->is_leaving)
    g_task_return_boolean (task, TRUE);
  else if (self->is_stopping)
    exc_run_stop (g_steal_pointer (&task));
  else if (run->lane == NULL) {
    exc_run_lanes_wake (run->lanes);
    exc_run_next (g_steal_pointer (&task));
  } else if (run->mode == EXC_RUN_UNDO)
    exc_run_undo (g_steal_pointer (&task));
  else
    exc_run_look (g_steal_pointer (&task));
}

/* Takes the task. */
void
exc_run_wait (GTask *task, gint64 seconds)
{
  ExcRunner *self = g_task_get_source_object (task);

  g_assert (self->wait == NULL);
  if (self->is_leaving) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  if (self->is_stopping) {
    exc_run_stop (task);
    return;
  }
  self->wait = g_cancellable_new ();
  exc_clock_wait_async (self->clock, seconds, self->wait, on_waited_cb, task);
}

/* Takes the task. Every lane that is left waits. */
static void
wait_for_lanes (GTask *task, gint64 wake)
{
  ExcRunner *self = g_task_get_source_object (task);
  const gint64 now = exc_clock_now (self->clock);
  g_autofree char *data = NULL;
  GError *error = NULL;

  if (wake != EXC_WAKE_BY_USER && wake - now <= PARK_AFTER_S) {
    exc_run_wait (task, MAX (wake - now, 1));
    return;
  }
  data = g_strdup_printf ("%" G_GINT64_FORMAT, wake);
  if (write_job_row (self, EXC_EVENT_PARKED, NULL, NULL, data, &error)) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
  } else {
    give_up (task, error);
  }
}

/* Takes the task. */
void
exc_run_next (GTask *task)
{
  ExcRunner *self = g_task_get_source_object (task);
  ExcRun *run = g_task_get_task_data (task);
  ExcRunLane *lane = exc_run_lanes_next (run->lanes);
  gint64 wake;
  gboolean is_waiting = exc_run_lanes_is_waiting (run->lanes, &wake);

  run->has_run = FALSE;
  g_clear_error (&run->run_error);
  run->n_runs = run->n_looks = run->n_waits = 0;

  if (lane != run->lane)
    g_clear_pointer (&run->context, exc_step_context_unref);
  run->lane = lane;
  if (lane != NULL && run->context == NULL)
    run->context = exc_step_context_new (self->job,
                                         self->journal,
                                         self->connection,
                                         self->clock,
                                         exc_job_server_get_server (lane->server));

  if (self->is_leaving) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
  } else if (lane == NULL && !is_waiting)
    finish (task);
  else if (self->is_stopping)
    exc_run_stop (task);
  else if (lane == NULL)
    wait_for_lanes (task, wake);
  else if (run->mode == EXC_RUN_UNDO)
    exc_run_undo (task);
  else
    exc_run_look (task);
}

static void
exc_runner_dispose (GObject *object)
{
  ExcRunner *self = EXC_RUNNER (object);

  g_clear_object (&self->job);
  g_clear_object (&self->connection);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->permit, exc_permit_unref);

  G_OBJECT_CLASS (exc_runner_parent_class)->dispose (object);
}

static void
exc_runner_class_init (ExcRunnerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = exc_runner_dispose;
}

static void
exc_runner_init (ExcRunner *self)
{
}

const char *
exc_run_mode_to_id (ExcRunMode mode)
{
  static const char *const ids[] = { "start", "resume", "retry", "undo" };

  g_return_val_if_fail ((guint) mode < G_N_ELEMENTS (ids), NULL);

  return ids[mode];
}

ExcRunner *
exc_runner_new (ExcJob *job, ExcJournal *journal, ExcConnection *connection, ExcClock *clock)
{
  ExcRunner *self = g_object_new (EXC_TYPE_RUNNER, NULL);

  self->job = g_object_ref (job);
  self->journal = journal;
  g_set_object (&self->connection, connection);
  self->clock = g_object_ref (clock);
  self->permit = exc_permit_new (exc_job_get_id (job));
  return self;
}

void
exc_runner_run_async (ExcRunner *self,
                      ExcRunMode mode,
                      const char *server,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr(GTask) task = NULL;
  GError *error = NULL;
  ExcRun *run;

  g_return_if_fail (EXC_IS_RUNNER (self));
  g_return_if_fail (exc_job_get_plan (self->job) != NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, exc_runner_run_async);
  run = g_new0 (ExcRun, 1);
  run->mode = mode;
  run->lanes = exc_run_lanes_new (self->job, mode == EXC_RUN_UNDO, server);
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);

  if (write_job_row (self, EXC_EVENT_BEGUN, server, exc_run_mode_to_id (mode), NULL, &error))
    exc_run_next (g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

gboolean
exc_runner_run_finish (ExcRunner *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_runner_run_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
exc_runner_stop_after_step (ExcRunner *self)
{
  g_return_if_fail (EXC_IS_RUNNER (self));

  self->is_stopping = TRUE;
  exc_runner_look_now (self);
}

void
exc_runner_leave (ExcRunner *self)
{
  g_return_if_fail (EXC_IS_RUNNER (self));

  self->is_leaving = TRUE;
  exc_runner_look_now (self);
}

void
exc_runner_look_now (ExcRunner *self)
{
  g_return_if_fail (EXC_IS_RUNNER (self));

  if (self->wait != NULL)
    g_cancellable_cancel (self->wait);
}
