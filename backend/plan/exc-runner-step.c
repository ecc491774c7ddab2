/* exc-runner-step.c — work on one step: look, run, look again; or take it back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-runner"

#include "config.h"

#include "exc-error.h"
#include "exc-runner-private.h"

#include <glib/gi18n.h>

/* An effect that was made may be seen late: another domain controller answers the reading. */
#define MAX_LOOKS       6
#define LOOK_INTERVAL_S 5
/* How often one step is sent again after answers that never came. */
#define MAX_RUNS 3

/* Waits for a server that does not answer: its service host restarts, or the machine does. */
static const guint back_off_s[] = { 5, 10, 20, 40, 60, 60, 60 };

/* The same call may succeed later. */
static gboolean
is_passing (const GError *error)
{
  return g_error_matches (error, EXC_ERROR, EXC_ERROR_UNREACHABLE) ||
         g_error_matches (error, EXC_ERROR, EXC_ERROR_GONE) ||
         g_error_matches (error, EXC_ERROR, EXC_ERROR_BUSY) ||
         (error->domain == G_IO_ERROR && error->code != G_IO_ERROR_CANCELLED);
}

/* Takes the task. The server does not answer: wait, tell so, ask again; at last leave it to the
 * user. */
static void
wait_for_server (GTask *task, const GError *reason)
{
  ExcRun *run = g_task_get_task_data (task);
  guint seconds;
  g_autofree char *text = NULL;

  if (run->n_waits == G_N_ELEMENTS (back_off_s)) {
    exc_run_fail (task,
                  run->mode == EXC_RUN_UNDO                             ? EXC_EVENT_UNDO_FAILED
                  : g_error_matches (reason, EXC_ERROR, EXC_ERROR_BUSY) ? EXC_EVENT_FAILED
                                                                        : EXC_EVENT_UNREACHABLE,
                  reason->message);
    return;
  }

  seconds = back_off_s[run->n_waits++];
  text = g_strdup_printf (ngettext ("%1$s Looking again in %2$u second.",
                                    "%1$s Looking again in %2$u seconds.",
                                    seconds),
                          reason->message,
                          seconds);
  if (exc_run_write_row (task, EXC_EVENT_WAITING, text, NULL))
    exc_run_wait (task, seconds);
}

static void
on_step_run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  ExcRun *run = g_task_get_task_data (task);

  g_clear_error (&run->run_error);
  exc_step_run_finish (EXC_STEP (source), result, &run->run_error);
  exc_step_context_set_step (run->context, exc_step_get_id (EXC_STEP (source)), NULL);
  run->has_run = TRUE;
  run->n_looks = 0;
  if (exc_run_write_row (
          task, EXC_EVENT_RETURNED, run->run_error != NULL ? run->run_error->message : NULL, NULL))
    exc_run_look (g_steal_pointer (&task));
  else
    g_steal_pointer (&task);
}

/* Takes the task. */
static void
run_step (GTask *task_in)
{
  g_autoptr(GTask) task = task_in;
  ExcRunner *self = g_task_get_source_object (task);
  ExcRun *run = g_task_get_task_data (task);
  ExcStep *step = exc_run_get_step (run);
  g_autoptr(ExcProgress) progress = exc_progress_new ();
  g_autofree char *commands = NULL;

  if (self->is_stopping) {
    exc_run_stop (g_steal_pointer (&task));
    return;
  }
  commands = exc_step_dup_commands (step, run->context);
  if (!exc_run_write_row (task, EXC_EVENT_STARTED, NULL, commands)) {
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
  ExcRun *run = g_task_get_task_data (task);
  ExcStep *step = exc_run_get_step (run);
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
    exc_run_fail (task,
                  is_passing (run->run_error) ? EXC_EVENT_UNREACHABLE : EXC_EVENT_FAILED,
                  run->run_error->message);
    return;
  }

  if (++run->n_looks < MAX_LOOKS) {
    exc_run_wait (task, LOOK_INTERVAL_S);
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
  exc_run_fail (task, EXC_EVENT_FAILED, text);
}

/* Takes the task. */
static void
end_step (GTask *task, ExcEvent event, const char *text)
{
  ExcRun *run = g_task_get_task_data (task);

  if (!exc_run_write_row (task, event, text, NULL))
    return;
  run->lane->index++;
  exc_run_next (task);
}

/* Takes the task. The lane waits; the others of its phase go on. */
static void
set_aside (GTask *task, const ExcSight *sight)
{
  ExcRun *run = g_task_get_task_data (task);
  g_autofree char *wake = g_strdup_printf ("%" G_GINT64_FORMAT, sight->wake);

  if (!exc_run_write_row (task, EXC_EVENT_WAITING, sight->reason, wake))
    return;
  run->lane->is_waiting = TRUE;
  run->lane->wake = sight->wake;
  exc_run_next (task);
}

static void
on_looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  ExcRun *run = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_auto(ExcSight) sight = { 0 };

  if (!exc_step_verify_finish (EXC_STEP (source), result, &sight, &error)) {
    if (is_passing (error))
      wait_for_server (g_steal_pointer (&task), error);
    else
      /* What the server said to the run tells more than what a look made of it. */
      exc_run_fail (g_steal_pointer (&task),
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
void
exc_run_look (GTask *task)
{
  ExcRunner *self = g_task_get_source_object (task);
  ExcRun *run = g_task_get_task_data (task);
  ExcStep *step = exc_run_get_step (run);

  exc_step_context_set_step (run->context, exc_step_get_id (step), NULL);
  exc_job_show_step (self->job, exc_step_context_get_server (run->context), exc_step_get_id (step));
  exc_job_update_progress (self->job);
  exc_step_verify_async (step, run->context, NULL, on_looked_cb, task);
}

static void
on_undone_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  ExcRun *run = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  if (!exc_step_undo_finish (EXC_STEP (source), result, &error)) {
    exc_step_context_set_step (run->context, exc_step_get_id (EXC_STEP (source)), NULL);
    if (is_passing (error))
      wait_for_server (g_steal_pointer (&task), error);
    else
      exc_run_fail (g_steal_pointer (&task), EXC_EVENT_UNDO_FAILED, error->message);
    return;
  }
  end_step (g_steal_pointer (&task), EXC_EVENT_UNDONE, NULL);
}

/* Takes the task. An undo looks for itself, before and after: it may be called again. */
void
exc_run_undo (GTask *task_in)
{
  g_autoptr(GTask) task = task_in;
  ExcRunner *self = g_task_get_source_object (task);
  ExcRun *run = g_task_get_task_data (task);
  ExcStep *step = exc_run_get_step (run);

  exc_step_context_set_step (run->context, exc_step_get_id (step), self->permit);
  if (!exc_run_write_row (task, EXC_EVENT_UNDO_STARTED, NULL, NULL)) {
    g_steal_pointer (&task);
    return;
  }
  exc_step_undo_async (step, run->context, NULL, on_undone_cb, g_steal_pointer (&task));
}
