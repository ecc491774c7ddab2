/* exc-runner.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-runner"

#include "config.h"

#include "exc-runner.h"

#include "exc-error.h"
#include "exc-run-lanes.h"
#include "exc-step-context-private.h"

#include <glib/gi18n.h>

/* An effect that was made may be seen late: another domain controller answers the reading. */
#define MAX_LOOKS       6
#define LOOK_INTERVAL_S 5
/* How often one step is sent again after answers that never came. */
#define MAX_RUNS 3

/* A wait that takes longer than this gives the organization free: the job is parked and taken up
 * again when it is time, be it by the next start of the program. */
#define PARK_AFTER_S 300

/* Waits for a server that does not answer: its service host restarts, or the machine does. */
static const guint back_off_s[] = { 5, 10, 20, 40, 60, 60, 60 };

/**
 * ExcRunner:
 *
 * Takes a job through its lanes, one after another and phase by phase (ExcRunLanes). For each step
 * it looks first; where the
 * effect is missing it writes the row `started`, which is durable before the command leaves, runs
 * the step and looks again, whatever came back. Nothing else makes an ExcPermit, so nothing else
 * can change a server. It stops the whole run at the first step that fails.
 */
struct _ExcRunner {
  GObject parent_instance;

  ExcJob *job;
  ExcJournal *journal;
  ExcConnection *connection;
  ExcClock *clock;
  ExcPermit *permit;
  GCancellable *wait; /* of the wait under way; NULL: none */
  gboolean is_stopping;
  gboolean is_leaving;
};

G_DEFINE_FINAL_TYPE (ExcRunner, exc_runner, G_TYPE_OBJECT)

/* One run. Owned by its task; dies with it. */
typedef struct {
  ExcRunMode mode;
  ExcRunLanes *lanes;
  ExcRunLane *lane; /* (nullable): under way */
  ExcStepContext *context;
  /* Of the step under way: */
  gboolean has_run;
  GError *run_error; /* the run's; its effect may be there all the same */
  guint n_runs;
  guint n_looks;
  guint n_waits;
} Run;

static void next_step (GTask *task);
static void look (GTask *task);
static void undo (GTask *task);

static void
run_free (Run *run)
{
  exc_run_lanes_free (run->lanes);
  g_clear_pointer (&run->context, exc_step_context_unref);
  g_clear_error (&run->run_error);
  g_free (run);
}

static ExcStep *
current_step (Run *run)
{
  return g_ptr_array_index (run->lane->steps, run->lane->index);
}

/* The same call may succeed later. */
static gboolean
is_passing (const GError *error)
{
  return g_error_matches (error, EXC_ERROR, EXC_ERROR_UNREACHABLE) ||
         g_error_matches (error, EXC_ERROR, EXC_ERROR_GONE) ||
         g_error_matches (error, EXC_ERROR, EXC_ERROR_BUSY) ||
         (error->domain == G_IO_ERROR && error->code != G_IO_ERROR_CANCELLED);
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
  Run *run = g_task_get_task_data (task);

  if (run->lane != NULL && run->lane->index < run->lane->steps->len)
    exc_job_step_set_state (
        exc_job_server_find_step (run->lane->server, exc_step_get_id (current_step (run))),
        EXC_STATE_FAILED,
        error->message);
  g_task_return_error (task, error);
}

/* Writes a row of the step under way; FALSE: the task is taken. */
static gboolean
write_row (GTask *task, ExcEvent event, const char *text, const char *data)
{
  ExcRunner *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  GError *error = NULL;

  if (!exc_step_context_write (run->context, event, text, data, &error)) {
    give_up (task, error);
    return FALSE;
  }
  exc_job_update_progress (self->job);
  return TRUE;
}

/* Takes the task. A failed step stops the whole run (steps.md E). */
static void
fail (GTask *task, ExcEvent event, const char *text)
{
  if (write_row (task, event, text, NULL))
    finish (task);
}

/* Takes the task. */
static void
stop (GTask *task)
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
  Run *run = g_task_get_task_data (task);

  g_clear_object (&self->wait);
  exc_clock_wait_finish (EXC_CLOCK (source), result, NULL); /* ended early: look at once */
  if (self->is_leaving)
    g_task_return_boolean (task, TRUE);
  else if (self->is_stopping)
    stop (g_steal_pointer (&task));
  else if (run->lane == NULL) {
    exc_run_lanes_wake (run->lanes);
    next_step (g_steal_pointer (&task));
  } else if (run->mode == EXC_RUN_UNDO)
    undo (g_steal_pointer (&task));
  else
    look (g_steal_pointer (&task));
}

/* Takes the task. */
static void
wait_for (GTask *task, gint64 seconds)
{
  ExcRunner *self = g_task_get_source_object (task);

  g_assert (self->wait == NULL);
  if (self->is_leaving) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  if (self->is_stopping) {
    stop (task);
    return;
  }
  self->wait = g_cancellable_new ();
  exc_clock_wait_async (self->clock, seconds, self->wait, on_waited_cb, task);
}

/* Takes the task. The server does not answer: wait, tell so, ask again; at last leave it to the
 * user. */
static void
wait_for_server (GTask *task, const GError *reason)
{
  Run *run = g_task_get_task_data (task);
  guint seconds;
  g_autofree char *text = NULL;

  if (run->n_waits == G_N_ELEMENTS (back_off_s)) {
    fail (task,
          run->mode == EXC_RUN_UNDO ? EXC_EVENT_UNDO_FAILED : EXC_EVENT_UNREACHABLE,
          reason->message);
    return;
  }

  seconds = back_off_s[run->n_waits++];
  text = g_strdup_printf (ngettext ("%1$s Looking again in %2$u second.",
                                    "%1$s Looking again in %2$u seconds.",
                                    seconds),
                          reason->message,
                          seconds);
  if (write_row (task, EXC_EVENT_WAITING, text, NULL))
    wait_for (task, seconds);
}

static void
on_step_run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  Run *run = g_task_get_task_data (task);

  g_clear_error (&run->run_error);
  exc_step_run_finish (EXC_STEP (source), result, &run->run_error);
  exc_step_context_set_step (run->context, exc_step_get_id (EXC_STEP (source)), NULL);
  run->has_run = TRUE;
  run->n_looks = 0;
  if (write_row (
          task, EXC_EVENT_RETURNED, run->run_error != NULL ? run->run_error->message : NULL, NULL))
    look (g_steal_pointer (&task));
  else
    g_steal_pointer (&task);
}

/* Takes the task. */
static void
run_step (GTask *task_in)
{
  g_autoptr(GTask) task = task_in;
  ExcRunner *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  ExcStep *step = current_step (run);
  g_autoptr(ExcProgress) progress = exc_progress_new ();
  g_autofree char *commands = NULL;

  if (self->is_stopping) {
    stop (g_steal_pointer (&task));
    return;
  }
  commands = exc_step_dup_commands (step, run->context);
  if (!write_row (task, EXC_EVENT_STARTED, NULL, commands)) {
    g_steal_pointer (&task);
    return;
  }

  run->n_runs++;
  exc_step_context_set_step (run->context, exc_step_get_id (step), self->permit);
  /* Never cancelled: a command that has left is answered, and then its effect looked for. */
  exc_step_run_async (step, run->context, progress, NULL, on_step_run_cb, g_steal_pointer (&task));
}

/* Takes the task. The effect is not there. */
static void
on_missing (GTask *task, const char *reason)
{
  Run *run = g_task_get_task_data (task);
  ExcStep *step = current_step (run);
  gboolean can_run = exc_step_can_run (step);
  g_autofree char *what = NULL;
  g_autofree char *text = NULL;

  if (can_run && !run->has_run) {
    run_step (task);
    return;
  }

  if (run->run_error != NULL && is_passing (run->run_error) && run->n_runs < MAX_RUNS) {
    g_autoptr(GError) error = g_steal_pointer (&run->run_error);

    run->has_run = FALSE; /* look again, then send it again */
    wait_for_server (task, error);
    return;
  }
  if (run->run_error != NULL) {
    fail (task,
          is_passing (run->run_error) ? EXC_EVENT_UNREACHABLE : EXC_EVENT_FAILED,
          run->run_error->message);
    return;
  }

  if (++run->n_looks < MAX_LOOKS) {
    wait_for (task, LOOK_INTERVAL_S);
    return;
  }
  what = exc_step_describe (step);
  if (!can_run)
    text = g_strdup (reason != NULL ? reason : what);
  else if (reason != NULL)
    text = g_strdup_printf (
        /* Translators: a step, then what is seen on the server instead */
        _ ("The server reported success, but the change cannot be seen (%1$s). %2$s"),
           what,
           reason);
  else
    text = g_strdup_printf (_ ("The server reported success, but the change cannot be seen (%s)."),
                               what);
  fail (task, EXC_EVENT_FAILED, text);
}

/* Takes the task. */
static void
end_step (GTask *task, ExcEvent event, const char *text)
{
  Run *run = g_task_get_task_data (task);

  if (!write_row (task, event, text, NULL))
    return;
  run->lane->index++;
  next_step (task);
}

/* Takes the task. The lane waits; the others of its phase go on. */
static void
set_aside (GTask *task, const ExcSight *sight)
{
  Run *run = g_task_get_task_data (task);
  g_autofree char *wake = g_strdup_printf ("%" G_GINT64_FORMAT, sight->wake);

  if (!write_row (task, EXC_EVENT_WAITING, sight->reason, wake))
    return;
  run->lane->is_waiting = TRUE;
  run->lane->wake = sight->wake;
  next_step (task);
}

static void
on_looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  Run *run = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_auto(ExcSight) sight = { 0 };

  if (!exc_step_verify_finish (EXC_STEP (source), result, &sight, &error)) {
    if (is_passing (error))
      wait_for_server (g_steal_pointer (&task), error);
    else
      /* What the server said to the run tells more than what a look made of it. */
      fail (g_steal_pointer (&task),
            EXC_EVENT_FAILED,
            run->run_error != NULL ? run->run_error->message : error->message);
    return;
  }

  switch (sight.effect) {
  case EXC_EFFECT_MISSING:
    on_missing (g_steal_pointer (&task), sight.reason);
    return;
  case EXC_EFFECT_WAITING:
    set_aside (g_steal_pointer (&task), &sight);
    return;
  case EXC_EFFECT_SEEN:
    end_step (g_steal_pointer (&task), EXC_EVENT_SEEN, sight.reason);
    return;
  case EXC_EFFECT_WARNED:
    end_step (g_steal_pointer (&task), EXC_EVENT_WARNED, sight.reason);
    return;
  case EXC_EFFECT_NEEDLESS:
    end_step (g_steal_pointer (&task), EXC_EVENT_SKIPPED, sight.reason);
    return;
  default:
    g_assert_not_reached ();
  }
}

/* Takes the task. */
static void
look (GTask *task)
{
  ExcRunner *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  ExcStep *step = current_step (run);

  exc_step_context_set_step (run->context, exc_step_get_id (step), NULL);
  exc_job_show_step (self->job, exc_step_context_get_server (run->context), exc_step_get_id (step));
  exc_job_update_progress (self->job);
  exc_step_verify_async (step, run->context, NULL, on_looked_cb, task);
}

static void
on_undone_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  Run *run = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  if (!exc_step_undo_finish (EXC_STEP (source), result, &error)) {
    exc_step_context_set_step (run->context, exc_step_get_id (EXC_STEP (source)), NULL);
    if (is_passing (error))
      wait_for_server (g_steal_pointer (&task), error);
    else
      fail (g_steal_pointer (&task), EXC_EVENT_UNDO_FAILED, error->message);
    return;
  }
  end_step (g_steal_pointer (&task), EXC_EVENT_UNDONE, NULL);
}

/* Takes the task. An undo looks for itself, before and after: it may be called again. */
static void
undo (GTask *task_in)
{
  g_autoptr(GTask) task = task_in;
  ExcRunner *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  ExcStep *step = current_step (run);

  exc_step_context_set_step (run->context, exc_step_get_id (step), self->permit);
  if (!write_row (task, EXC_EVENT_UNDO_STARTED, NULL, NULL)) {
    g_steal_pointer (&task);
    return;
  }
  exc_step_undo_async (step, run->context, NULL, on_undone_cb, g_steal_pointer (&task));
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
    wait_for (task, MAX (wake - now, 1));
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
static void
next_step (GTask *task)
{
  ExcRunner *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
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
    stop (task);
  else if (lane == NULL)
    wait_for_lanes (task, wake);
  else if (run->mode == EXC_RUN_UNDO)
    undo (task);
  else
    look (task);
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
  Run *run;

  g_return_if_fail (EXC_IS_RUNNER (self));
  g_return_if_fail (exc_job_get_plan (self->job) != NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, exc_runner_run_async);
  run = g_new0 (Run, 1);
  run->mode = mode;
  run->lanes = exc_run_lanes_new (self->job, mode == EXC_RUN_UNDO, server);
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);

  if (write_job_row (self, EXC_EVENT_BEGUN, server, exc_run_mode_to_id (mode), NULL, &error))
    next_step (g_steal_pointer (&task));
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
