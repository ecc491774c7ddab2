/* exc-shell.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-shell"

#include "config.h"

#include "exc-shell.h"

#include "exc-error.h"
#include "exc-http-transport.h"
#include "exc-shell-private.h"

#include <glib/gi18n.h>

static const ExcShellTiming default_timing = {
  .receive_s = 20,
  .open_s = 120,
  .grace_s = 30,
  .run_s = 180,
  .drain_ms = 15000,
  .close_s = 10,
  .lost_s = 3,
  .retry_ms = 250,
};

G_DEFINE_FINAL_TYPE (ExcShell, exc_shell, G_TYPE_OBJECT)

enum {
  SIGNAL_RECORD,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

/* --- The shell on the server --- */

static void
clear_lane (ExcShellLane *lane)
{
  g_clear_handle_id (&lane->retry_id, g_source_remove);
  *lane = (ExcShellLane){ 0 };
}

static void
clear_incarnation (ExcShell *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->client, exc_wsman_client_free);
  g_clear_pointer (&self->pool, exc_psrp_pool_free);
  g_clear_error (&self->broken);
  clear_lane (&self->pool_lane);
  clear_lane (&self->run_lane);
  self->is_sending = FALSE;
  self->create_sent = FALSE;
}

static void
begin_open (ExcShell *self)
{
  clear_incarnation (self);
  self->incarnation++;
  self->state = EXC_SHELL_OPENING;
  self->client = exc_wsman_client_new (exc_endpoint_get_url (self->endpoint),
                                       exc_endpoint_get_configuration (self->endpoint));
  self->pool = exc_psrp_pool_new ();
  self->cancellable = g_cancellable_new ();
  exc_psrp_pool_open (self->pool);
}

static void
end_pool (ExcShell *self, const GError *reason)
{
  exc_psrp_pool_end (self->pool, reason);
  exc_shell_take_events (self);
  /* A run that the pool did not know, or that ended with it. */
  if (self->run != NULL && self->run->finished == NULL) {
    self->run->finished = g_new0 (ExcPsrpEvent, 1);
    self->run->finished->type = EXC_PSRP_EVENT_FINISHED;
    self->run->finished->state = EXC_PSRP_PIPELINE_DISCONNECTED;
    self->run->finished->error =
        reason != NULL ? g_error_copy (reason)
                       : g_error_new_literal (EXC_ERROR,
                                              EXC_ERROR_GONE,
                                              _("The PowerShell session was closed before the "
                                                "command ended."));
  }
}

void
exc_shell_lose (ExcShell *self, const GError *reason)
{
  g_autoptr(GError) told = g_error_copy (reason);
  gboolean was_opening = self->state == EXC_SHELL_OPENING;
  gboolean is_gone = g_error_matches (reason, EXC_ERROR, EXC_ERROR_GONE);
  /* Also where the answer to Create was lost: a leaked session counts for two hours. */
  gboolean may_exist =
      self->create_sent && (exc_wsman_client_get_shell_id (self->client) != NULL ||
                            g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
                            g_error_matches (reason, EXC_ERROR, EXC_ERROR_UNREACHABLE) ||
                            g_error_matches (reason, EXC_ERROR, EXC_ERROR_PROTOCOL));

  if (self->state != EXC_SHELL_OPENING && self->state != EXC_SHELL_OPEN)
    return;

  g_debug ("session with %s lost: %s", exc_endpoint_get_host (self->endpoint), told->message);
  end_pool (self, told);
  self->state = EXC_SHELL_CLOSED;
  g_cancellable_cancel (self->cancellable);
  clear_lane (&self->pool_lane);
  clear_lane (&self->run_lane);
  self->is_sending = FALSE;
  if (may_exist && !is_gone)
    exc_shell_delete (self, self->timing.lost_s, NULL);

  /* Who waits for a shell that could not be opened would only wait for the same again. */
  if (was_opening) {
    exc_shell_end_waiters (&self->opens, told);
    exc_shell_fail_waiting_runs (self, told);
  }
}

/* --- The pump --- */

static void
note_opened (ExcShell *self)
{
  if (exc_psrp_version_at_least (exc_psrp_pool_get_version (self->pool), 2, 2))
    exc_wsman_client_set_max_envelope_size (self->client, EXC_WSMAN_ENVELOPE_LATER);
  self->state = EXC_SHELL_OPEN;
  exc_shell_end_waiters (&self->opens, NULL);
}

static void
start_run (ExcShell *self)
{
  ExcShellRun *run = g_queue_pop_head (&self->runs);
  g_autoptr(GError) error = NULL;

  run->pipeline_id = g_strdup (exc_psrp_pool_start (self->pool, run->pipeline, &error));
  if (run->pipeline_id == NULL) {
    exc_shell_run_fail (run, error);
    self->pump_again = TRUE;
    return;
  }
  if (run->started_us == 0)
    run->started_us = g_get_monotonic_time ();
  self->run = run;
}

static void
advance_runs (ExcShell *self)
{
  ExcShellRun *next = g_queue_peek_head (&self->runs);

  if (self->run != NULL && self->run->finished != NULL && !self->run_lane.is_busy) {
    exc_shell_finish_run (self);
    self->pump_again = TRUE;
    return;
  }
  if (self->state == EXC_SHELL_CLOSED && self->closes.length == 0 &&
      (next != NULL || self->opens.length > 0))
    begin_open (self);
  if (next == NULL || self->run != NULL || self->state == EXC_SHELL_CLOSING)
    return;
  exc_shell_run_start_timer (next);
  if (self->state == EXC_SHELL_OPEN)
    start_run (self);
}

/* While something is to be sent nothing is received: so one connection does for both. */
static void
advance_io (ExcShell *self)
{
  ExcShellRun *run = self->run;

  exc_shell_send_next (self);
  if (self->is_sending)
    return;
  if (!self->pool_lane.is_busy && exc_psrp_pool_is_shell_waiting (self->pool))
    exc_shell_receive (self, &self->pool_lane);
  if (!self->run_lane.is_busy && run != NULL && run->finished == NULL && run->command_id != NULL &&
      exc_psrp_pool_is_pipeline_waiting (self->pool, run->pipeline_id))
    exc_shell_receive (self, &self->run_lane);
}

/* A Terminate on its way is waited for: its connection then serves Delete. */
static void
advance_close (ExcShell *self)
{
  if (self->state == EXC_SHELL_CLOSING && !self->is_deleted && self->n_signals == 0) {
    self->is_deleted = TRUE;
    exc_shell_delete (self, self->timing.close_s, self->delete_cancellable);
    g_clear_object (&self->delete_cancellable);
  }
  if (self->state == EXC_SHELL_CLOSED && self->n_in_flight == 0 && self->closes.length > 0) {
    exc_shell_end_waiters (&self->closes, NULL);
    self->pump_again = TRUE;
  }
}

void
exc_shell_pump (ExcShell *self)
{
  g_autoptr(ExcShell) alive G_GNUC_UNUSED = g_object_ref (self);

  self->pump_again = TRUE;
  if (self->is_pumping)
    return;

  self->is_pumping = TRUE;
  while (self->pump_again) {
    self->pump_again = FALSE;
    if (self->pool != NULL)
      exc_shell_take_events (self);
    if (self->broken != NULL) {
      g_autoptr(GError) broken = g_steal_pointer (&self->broken);

      exc_shell_lose (self, broken);
    }
    if (self->state == EXC_SHELL_OPENING &&
        exc_psrp_pool_get_state (self->pool) == EXC_PSRP_POOL_OPENED)
      note_opened (self);
    advance_runs (self);
    if (self->state == EXC_SHELL_OPENING || self->state == EXC_SHELL_OPEN)
      advance_io (self);
    advance_close (self);
  }
  self->is_pumping = FALSE;
}

/* --- Object --- */

static void
exc_shell_dispose (GObject *object)
{
  ExcShell *self = EXC_SHELL (object);

  if (self->state == EXC_SHELL_OPEN)
    g_debug ("session with %s was not closed", exc_endpoint_get_host (self->endpoint));
  clear_incarnation (self);
  G_OBJECT_CLASS (exc_shell_parent_class)->dispose (object);
}

static void
exc_shell_finalize (GObject *object)
{
  ExcShell *self = EXC_SHELL (object);

  g_clear_object (&self->delete_cancellable);
  g_clear_object (&self->transport);
  g_clear_pointer (&self->endpoint, exc_endpoint_unref);
  G_OBJECT_CLASS (exc_shell_parent_class)->finalize (object);
}

static void
exc_shell_class_init (ExcShellClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = exc_shell_dispose;
  object_class->finalize = exc_shell_finalize;

  /**
   * ExcShell::record:
   * @self: a shell
   * @stream: an #ExcStream
   * @value: what came
   *
   * An object or a record of the running pipeline, as it arrives.
   */
  signals[SIGNAL_RECORD] = g_signal_new ("record",
                                         EXC_TYPE_SHELL,
                                         G_SIGNAL_RUN_LAST,
                                         0,
                                         NULL,
                                         NULL,
                                         NULL,
                                         G_TYPE_NONE,
                                         2,
                                         G_TYPE_UINT,
                                         EXC_TYPE_VALUE | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
exc_shell_init (ExcShell *self)
{
  self->timing = default_timing;
  g_queue_init (&self->opens);
  g_queue_init (&self->closes);
  g_queue_init (&self->runs);
}

ExcShell *
exc_shell_new (ExcEndpoint *endpoint)
{
  ExcShell *self = NULL;

  g_return_val_if_fail (endpoint != NULL, NULL);

  self = g_object_new (EXC_TYPE_SHELL, NULL);
  self->endpoint = exc_endpoint_ref (endpoint);
  self->transport = EXC_TRANSPORT (exc_http_transport_new (endpoint));

  return self;
}

void
exc_shell_set_timing (ExcShell *self, const ExcShellTiming *timing)
{
  self->timing = *timing;
}

const ExcShellTiming *
exc_shell_get_timing (ExcShell *self)
{
  return &self->timing;
}

ExcEndpoint *
exc_shell_get_endpoint (ExcShell *self)
{
  g_return_val_if_fail (EXC_IS_SHELL (self), NULL);

  return self->endpoint;
}

gboolean
exc_shell_is_open (ExcShell *self)
{
  g_return_val_if_fail (EXC_IS_SHELL (self), FALSE);

  return self->state == EXC_SHELL_OPEN;
}

guint
exc_shell_get_n_round_trips (ExcShell *self)
{
  g_return_val_if_fail (EXC_IS_SHELL (self), 0);

  return exc_transport_get_n_round_trips (self->transport);
}

gint64
exc_shell_get_server_time_offset (ExcShell *self)
{
  g_return_val_if_fail (EXC_IS_SHELL (self), 0);

  return exc_transport_get_server_time_offset (self->transport);
}

/* --- Close --- */

static void
begin_close (ExcShell *self, GCancellable *cancellable)
{
  g_autoptr(GError) closed =
                 g_error_new_literal (EXC_ERROR,
                                      EXC_ERROR_GONE,
                                      _("The PowerShell session was closed before the "
                                                    "command ended."));

  exc_shell_end_waiters (&self->opens, closed);
  exc_shell_fail_waiting_runs (self, closed);
  if (self->state != EXC_SHELL_OPENING && self->state != EXC_SHELL_OPEN)
    return;

  end_pool (self, NULL);
  self->state = EXC_SHELL_CLOSING;
  clear_lane (&self->pool_lane);
  clear_lane (&self->run_lane);
  self->is_sending = FALSE;
  g_cancellable_cancel (self->cancellable);
  self->is_deleted = FALSE;
  g_set_object (&self->delete_cancellable, cancellable);
  if (!self->create_sent)
    self->state = EXC_SHELL_CLOSED;
}

void
exc_shell_close_async (ExcShell *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  ExcShellWaiter *waiter = NULL;

  g_return_if_fail (EXC_IS_SHELL (self));

  waiter = g_new0 (ExcShellWaiter, 1);
  waiter->shell = self;
  waiter->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (waiter->task, exc_shell_close_async);
  g_task_set_check_cancellable (waiter->task, FALSE);
  g_queue_push_tail (&self->closes, waiter);
  begin_close (self, cancellable);
  exc_shell_pump (self);
}

gboolean
exc_shell_close_finish (ExcShell *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_shell_close_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
