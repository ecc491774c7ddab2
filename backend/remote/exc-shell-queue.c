/* exc-shell-queue.c — who waits for a shell: to be opened, to run, to be closed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-shell"

#include "config.h"

#include "exc-error.h"
#include "exc-shell-private.h"

#include <glib/gi18n.h>

static void stop_run (ExcShellRun *run, GError *take_reason);

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static GSource *
watch_cancellable (GCancellable *cancellable, GCancellableSourceFunc func, gpointer data)
{
  GSource *source = NULL;

  if (cancellable == NULL)
    return NULL;
  source = g_cancellable_source_new (cancellable);
  g_source_set_callback (source, G_SOURCE_FUNC (func), data, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

static void
waiter_free (ExcShellWaiter *waiter)
{
  clear_source (&waiter->cancelled);
  g_object_unref (waiter->task);
  g_free (waiter);
}

static void
run_free (ExcShellRun *run)
{
  clear_source (&run->cancelled);
  g_clear_handle_id (&run->timer_id, g_source_remove);
  g_clear_handle_id (&run->drain_id, g_source_remove);
  g_object_unref (run->task);
  exc_pipeline_unref (run->pipeline);
  g_free (run->pipeline_id);
  g_free (run->command_id);
  g_clear_error (&run->stop_reason);
  g_clear_error (&run->failure);
  g_clear_pointer (&run->finished, exc_psrp_event_free);
  g_free (run);
}

void
exc_shell_run_fail (ExcShellRun *take, const GError *reason)
{
  g_autoptr(GTask) task = g_object_ref (take->task);

  run_free (take);
  g_task_return_error (task, g_error_copy (reason));
}

/* reason: (nullable): NULL for success */
void
exc_shell_end_waiters (GQueue *waiters, const GError *reason)
{
  GQueue ended = *waiters;
  ExcShellWaiter *waiter = NULL;

  /* What the callbacks add is for the next time. */
  g_queue_init (waiters);
  while ((waiter = g_queue_pop_head (&ended)) != NULL) {
    g_autoptr(GTask) task = g_object_ref (waiter->task);

    waiter_free (waiter);
    if (reason != NULL)
      g_task_return_error (task, g_error_copy (reason));
    else
      g_task_return_boolean (task, TRUE);
  }
}

void
exc_shell_fail_waiting_runs (ExcShell *self, const GError *reason)
{
  GQueue ended = self->runs;
  ExcShellRun *run = NULL;

  g_queue_init (&self->runs);
  while ((run = g_queue_pop_head (&ended)) != NULL)
    exc_shell_run_fail (run, reason);
}

/* Gives what is finished back, also when nothing can come any more. */
void
exc_shell_finish_run (ExcShell *self)
{
  ExcShellRun *run = g_steal_pointer (&self->run);
  g_autoptr(GTask) task = g_object_ref (run->task);
  ExcPsrpEvent *event = run->finished;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReply) reply = NULL;

  if (self->state == EXC_SHELL_OPEN && run->command_id != NULL)
    exc_shell_signal (self, run, EXC_WSMAN_SIGNAL_TERMINATE);

  if (run->failure != NULL)
    error = g_steal_pointer (&run->failure);
  else if (run->stop_reason != NULL &&
           (event->reply == NULL || event->state == EXC_PSRP_PIPELINE_STOPPED))
    error = g_steal_pointer (&run->stop_reason);
  else if (event->reply == NULL)
    error = g_steal_pointer (&event->error);
  else
    reply = g_steal_pointer (&event->reply);

  if (reply != NULL)
    exc_reply_set_duration_ms (reply, (g_get_monotonic_time () - run->started_us) / 1000);
  run_free (run);

  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&reply), (GDestroyNotify) exc_reply_unref);
}

static gboolean
on_run_timed_out_cb (gpointer user_data)
{
  ExcShellRun *run = user_data;
  guint limit_s = run->timeout_s;

  run->timer_id = 0;
  stop_run (run,
            g_error_new (EXC_ERROR,
                         EXC_ERROR_UNREACHABLE,
                         ngettext ("%1$s did not finish within %2$u second. The command was "
                                   "stopped.",
                                   "%1$s did not finish within %2$u seconds. The command was "
                                   "stopped.",
                                   limit_s),
                         exc_endpoint_get_host (run->shell->endpoint),
                         limit_s));
  return G_SOURCE_REMOVE;
}

void
exc_shell_run_start_timer (ExcShellRun *run)
{
  if (run->timer_id == 0 && run->stop_reason == NULL)
    run->timer_id = g_timeout_add_seconds (run->timeout_s, on_run_timed_out_cb, run);
}

/* --- Open --- */

static gboolean
on_open_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  ExcShellWaiter *waiter = user_data;
  g_autoptr(ExcShell) self = g_object_ref (waiter->shell);
  g_autoptr(GTask) task = g_object_ref (waiter->task);
  g_autoptr(GError) reason = NULL;

  g_cancellable_set_error_if_cancelled (cancellable, &reason);
  g_queue_remove (&self->opens, waiter);
  waiter_free (waiter);
  /* Nobody else wants it: what was begun on the server is taken back. */
  if (self->opens.length == 0 && self->runs.length == 0 && self->state == EXC_SHELL_OPENING)
    exc_shell_lose (self, reason);
  g_task_return_error (task, g_steal_pointer (&reason));
  exc_shell_pump (self);

  return G_SOURCE_REMOVE;
}

void
exc_shell_open_async (ExcShell *self,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr(GTask) task = NULL;
  ExcShellWaiter *waiter = NULL;

  g_return_if_fail (EXC_IS_SHELL (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, exc_shell_open_async);
  g_task_set_check_cancellable (task, FALSE);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->state == EXC_SHELL_OPEN) {
    g_task_return_boolean (task, TRUE);
    return;
  }

  waiter = g_new0 (ExcShellWaiter, 1);
  waiter->shell = self;
  waiter->task = g_steal_pointer (&task);
  waiter->cancelled = watch_cancellable (cancellable, on_open_cancelled_cb, waiter);
  g_queue_push_tail (&self->opens, waiter);
  exc_shell_pump (self);
}

gboolean
exc_shell_open_finish (ExcShell *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_shell_open_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Run --- */

static gboolean
on_drained_cb (gpointer user_data)
{
  ExcShellRun *run = user_data;
  g_autoptr(ExcShell) self = g_object_ref (run->shell);
  g_autoptr(GError) reason = g_error_copy (run->stop_reason);

  run->drain_id = 0;
  /* It does not stop; the shell goes with it. */
  exc_shell_lose (self, reason);
  exc_shell_pump (self);
  return G_SOURCE_REMOVE;
}

static void
stop_run (ExcShellRun *run, GError *take_reason)
{
  g_autoptr(ExcShell) self = g_object_ref (run->shell);

  if (run->stop_reason != NULL || run->finished != NULL) {
    g_error_free (take_reason);
    return;
  }
  run->stop_reason = take_reason;

  if (self->run != run) {
    g_autoptr(GError) reason = g_error_copy (take_reason);

    g_queue_remove (&self->runs, run);
    exc_shell_run_fail (run, reason);
    if (self->opens.length == 0 && self->runs.length == 0 && self->state == EXC_SHELL_OPENING)
      exc_shell_lose (self, reason);
  } else if (exc_psrp_pool_stop (self->pool, run->pipeline_id)) {
    run->drain_id = g_timeout_add (self->timing.drain_ms, on_drained_cb, run);
    if (run->command_id != NULL)
      exc_shell_signal (self, run, EXC_WSMAN_SIGNAL_STOP);
  }
  exc_shell_pump (self);
}

static gboolean
on_run_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  ExcShellRun *run = user_data;
  GError *reason = NULL;

  g_cancellable_set_error_if_cancelled (cancellable, &reason);
  stop_run (run, reason);
  return G_SOURCE_REMOVE;
}

/**
 * exc_shell_run_async:
 * @self: a shell; it is opened first where it is not open
 * @pipeline: what to run
 * @permit: (nullable): needed by a changing pipeline
 * @timeout_s: limit from the moment it is its turn; 0 for three minutes
 * @cancellable: (nullable): takes it out of the queue, or stops it on the server
 * @callback: called with the reply
 * @user_data: for @callback
 *
 * A command that was sent is never repeated, unless the server said that its shell is gone and the
 * command was therefore not taken.
 */
void
exc_shell_run_async (ExcShell *self,
                     ExcPipeline *pipeline,
                     ExcPermit *permit,
                     guint timeout_s,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr(GTask) task = NULL;
  ExcShellRun *run = NULL;

  g_return_if_fail (EXC_IS_SHELL (self));
  g_return_if_fail (pipeline != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, exc_shell_run_async);
  g_task_set_check_cancellable (task, FALSE);
  if (exc_pipeline_is_changing (pipeline) && permit == NULL) {
    g_autofree char *line = exc_pipeline_to_line (pipeline);

    g_task_return_new_error (task,
                             EXC_ERROR,
                             EXC_ERROR_REFUSED,
                             _("“%s” would change the server, which is read-only now. Nothing was "
                               "sent."),
                                line);
    return;
  }
  if (g_task_return_error_if_cancelled (task))
    return;

  run = g_new0 (ExcShellRun, 1);
  run->shell = self;
  run->task = g_steal_pointer (&task);
  run->pipeline = exc_pipeline_ref (pipeline);
  run->timeout_s = timeout_s > 0 ? timeout_s : self->timing.run_s;
  run->cancelled = watch_cancellable (cancellable, on_run_cancelled_cb, run);
  g_queue_push_tail (&self->runs, run);
  exc_shell_pump (self);
}

ExcReply *
exc_shell_run_finish (ExcShell *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_shell_run_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
