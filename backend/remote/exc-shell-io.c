/* exc-shell-io.c — the exchanges of a shell
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-shell"

#include "config.h"

#include "exc-error.h"
#include "exc-exchange.h"
#include "exc-shell-private.h"

#include <glib/gi18n.h>

#define MAX_LOST 5 /* repetitions of a Receive whose connection was lost (protocol.md 4) */

/* One exchange on its way. It keeps the shell alive. */
typedef struct {
  ExcShell *shell;
  guint incarnation;
  ExcWsmanOperation operation;
  ExcWsmanSignal signal;
  ExcShellLane *lane; /* (nullable): of a Receive */
  char *pipeline_id;  /* (nullable) */
  char *command_id;   /* (nullable): as it stands in the request */
  gboolean has_bytes; /* of a stream were handed on */
} Call;

typedef struct {
  ExcShell *shell; /* not owned: the source dies with it */
  ExcShellLane *lane;
} Retry;

static void
call_free (Call *call)
{
  g_free (call->pipeline_id);
  g_free (call->command_id);
  g_object_unref (call->shell);
  g_free (call);
}

static gboolean
is_late (Call *call)
{
  return call->incarnation != call->shell->incarnation || call->shell->state == EXC_SHELL_CLOSED ||
         call->shell->state == EXC_SHELL_CLOSING;
}

static Call *
call_new (ExcShell *self, ExcWsmanOperation operation)
{
  Call *call = g_new0 (Call, 1);

  call->shell = g_object_ref (self);
  call->incarnation = self->incarnation;
  call->operation = operation;
  return call;
}

static void
start_call (Call *take,
            GBytes *envelope,
            const char *message_id,
            guint timeout_s,
            ExcChunkFunc chunk_func,
            GCancellable *cancellable,
            GAsyncReadyCallback callback)
{
  take->shell->n_in_flight++;
  exc_exchange_async (take->shell->transport,
                      take->operation,
                      envelope,
                      message_id,
                      timeout_s,
                      chunk_func,
                      take,
                      cancellable,
                      callback,
                      take);
}

/* The response without a fault, or the error that the caller can act on. fault_code: out, 0 when
 * the failure was below WS-Management: then it is not known what the server did. */
static ExcWsmanResponse *
finish_call (Call *call, GAsyncResult *result, guint32 *fault_code, GError **error)
{
  ExcShell *self = call->shell;
  g_autoptr(ExcWsmanResponse) response = exc_exchange_finish (self->transport, result, error);
  const ExcWsmanFault *fault = NULL;

  self->n_in_flight--;
  *fault_code = 0;
  if (response == NULL)
    return NULL;
  fault = exc_wsman_response_get_fault (response);
  if (fault == NULL)
    return g_steal_pointer (&response);

  *fault_code = fault->code != 0                     ? fault->code
                : exc_wsman_fault_is_timeout (fault) ? EXC_WSMAN_FAULT_TIMED_OUT
                                                     : G_MAXUINT32;
  g_debug ("%s: fault %u: %s (activity %s)",
           exc_endpoint_get_host (self->endpoint),
           fault->code,
           fault->message,
           exc_wsman_response_get_activity_id (response));
  if (error != NULL) {
    *error = exc_wsman_fault_to_error (fault);
    g_prefix_error (error, "%s: ", exc_endpoint_get_host (self->endpoint));
  }
  return NULL;
}

static void
set_operation_timeout (ExcShell *self, guint seconds)
{
  exc_wsman_client_set_operation_timeout_s (self->client, seconds);
}

/* --- Create, Command, Send --- */

static void
take_created (ExcShell *self, ExcWsmanResponse *response)
{
  exc_wsman_client_set_shell (self->client,
                              exc_wsman_response_get_shell_id (response),
                              exc_wsman_response_get_resource_uri (response));
}

static void
take_command (ExcShell *self, Call *call, ExcWsmanResponse *response)
{
  ExcShellRun *run = self->run;

  if (run == NULL || g_strcmp0 (run->pipeline_id, call->pipeline_id) != 0)
    return;
  run->command_id = g_strdup (exc_wsman_response_get_command_id (response));
  if (run->stop_reason != NULL)
    exc_shell_signal (self, run, EXC_WSMAN_SIGNAL_STOP);
}

/* The Command did not run, that is certain. */
static void
refuse_command (ExcShell *self, Call *call, const GError *reason)
{
  ExcShellRun *run = self->run;
  const char *waiting = NULL;

  if (run != NULL && g_strcmp0 (run->pipeline_id, call->pipeline_id) == 0) {
    if (g_error_matches (reason, EXC_ERROR, EXC_ERROR_GONE) && !run->was_repeated &&
        run->stop_reason == NULL) {
      /* The shell timed out or the server was recycled: a new one takes it. */
      run->was_repeated = TRUE;
      g_clear_pointer (&run->pipeline_id, g_free);
      g_queue_push_head (&self->runs, g_steal_pointer (&self->run));
    } else {
      run->failure = g_error_copy (reason);
    }
  }

  /* Without the rest of its fragments the shell stays usable; with them it is out of step. */
  if (g_error_matches (reason, EXC_ERROR, EXC_ERROR_GONE) ||
      (exc_psrp_pool_peek_outgoing (self->pool, NULL, &waiting) &&
       g_strcmp0 (waiting, call->pipeline_id) == 0))
    exc_shell_lose (self, reason);
  else
    exc_psrp_pool_push_done (self->pool, call->pipeline_id);
}

static void
on_sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;
  ExcShell *self = call->shell;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcWsmanResponse) response = NULL;
  guint32 fault_code = 0;

  response = finish_call (call, result, &fault_code, &error);
  if (!is_late (call)) {
    self->is_sending = FALSE;
    if (response == NULL && call->operation == EXC_WSMAN_COMMAND && fault_code != 0)
      refuse_command (self, call, error);
    else if (response == NULL)
      exc_shell_lose (self, error);
    else if (call->operation == EXC_WSMAN_CREATE)
      take_created (self, response);
    else if (call->operation == EXC_WSMAN_COMMAND)
      take_command (self, call, response);
  }

  exc_shell_pump (self);
  call_free (call);
}

static ExcWsmanOperation
get_operation (ExcPsrpTarget target)
{
  switch (target) {
  case EXC_PSRP_TARGET_CREATION:
    return EXC_WSMAN_CREATE;
  case EXC_PSRP_TARGET_COMMAND:
    return EXC_WSMAN_COMMAND;
  default:
    return EXC_WSMAN_SEND;
  }
}

/* The CommandId of a Send: the server's own name of the pipeline. */
static const char *
get_command_id (ExcShell *self, const char *pipeline_id)
{
  if (pipeline_id != NULL && self->run != NULL && self->run->command_id != NULL &&
      g_strcmp0 (self->run->pipeline_id, pipeline_id) == 0)
    return self->run->command_id;

  return pipeline_id;
}

static GBytes *
build_outgoing (ExcShell *self, const ExcPsrpOutgoing *outgoing, char **message_id)
{
  switch (outgoing->target) {
  case EXC_PSRP_TARGET_CREATION:
    return exc_wsman_client_create (
        self->client, exc_psrp_pool_get_id (self->pool), "2.3", outgoing->bytes, message_id);
  case EXC_PSRP_TARGET_COMMAND:
    return exc_wsman_client_command (
        self->client, outgoing->pipeline_id, outgoing->bytes, message_id);
  case EXC_PSRP_TARGET_PR:
    return exc_wsman_client_send (self->client,
                                  "pr",
                                  get_command_id (self, outgoing->pipeline_id),
                                  outgoing->bytes,
                                  message_id);
  default:
    return exc_wsman_client_send (self->client,
                                  "stdin",
                                  get_command_id (self, outgoing->pipeline_id),
                                  outgoing->bytes,
                                  message_id);
  }
}

void
exc_shell_send_next (ExcShell *self)
{
  g_autoptr(ExcPsrpOutgoing) outgoing = NULL;
  g_autoptr(GBytes) envelope = NULL;
  g_autofree char *message_id = NULL;
  ExcPsrpTarget target = EXC_PSRP_TARGET_CREATION;
  ExcWsmanOperation operation = EXC_WSMAN_SEND;
  guint timeout_s = self->timing.receive_s;
  Call *call = NULL;

  if (self->is_sending || !exc_psrp_pool_peek_outgoing (self->pool, &target, NULL))
    return;

  operation = get_operation (target);
  if (operation != EXC_WSMAN_SEND)
    timeout_s = self->timing.open_s;
  set_operation_timeout (self, timeout_s);
  outgoing = exc_psrp_pool_pop_outgoing (self->pool,
                                         exc_wsman_client_get_budget (self->client, operation));
  envelope = build_outgoing (self, outgoing, &message_id);

  call = call_new (self, operation);
  call->pipeline_id = g_strdup (outgoing->pipeline_id);
  self->is_sending = TRUE;
  self->create_sent = TRUE;
  start_call (call,
              envelope,
              message_id,
              timeout_s + self->timing.grace_s,
              NULL,
              self->cancellable,
              on_sent_cb);
}

/* --- Receive --- */

void
exc_shell_take_events (ExcShell *self)
{
  guint incarnation = self->incarnation;

  while (incarnation == self->incarnation && self->pool != NULL) {
    g_autoptr(ExcPsrpEvent) event = exc_psrp_pool_pop_event (self->pool);

    if (event == NULL)
      return;
    switch (event->type) {
    case EXC_PSRP_EVENT_RECORD:
      g_signal_emit_by_name (self, "record", (guint) event->stream, event->value);
      break;
    case EXC_PSRP_EVENT_PROMPT:
      g_info ("%s asked: %s", exc_endpoint_get_host (self->endpoint), event->text);
      break;
    case EXC_PSRP_EVENT_BROKEN:
      if (self->broken == NULL)
        self->broken = g_steal_pointer (&event->error);
      break;
    case EXC_PSRP_EVENT_FINISHED:
      if (self->run != NULL && g_strcmp0 (self->run->pipeline_id, event->pipeline_id) == 0 &&
          self->run->finished == NULL)
        self->run->finished = g_steal_pointer (&event);
      break;
    case EXC_PSRP_EVENT_OPENED:
    case EXC_PSRP_EVENT_KEY_WANTED:
    case EXC_PSRP_EVENT_KEY_ARRIVED:
    default:
      break;
    }
  }
}

static gboolean
on_chunk_cb (const ExcWsmanChunk *chunk, gpointer user_data, GError **error)
{
  Call *call = user_data;
  ExcShell *self = call->shell;
  const char *pipeline_id = call->pipeline_id;
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (chunk->bytes, &length);

  if (is_late (call)) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "");
    return FALSE;
  }
  call->has_bytes = TRUE;
  if (chunk->command_id != NULL &&
      (call->command_id == NULL || g_ascii_strcasecmp (chunk->command_id, call->command_id) != 0)) {
    /* Of a pipeline that has ended, or a server that sends all on one stream. */
    if (self->run == NULL || self->run->command_id == NULL ||
        g_ascii_strcasecmp (chunk->command_id, self->run->command_id) != 0)
      return TRUE;
    pipeline_id = self->run->pipeline_id;
  }

  if (!exc_psrp_pool_push (self->pool, pipeline_id, data, length, error))
    return FALSE;
  exc_shell_take_events (self);
  return TRUE;
}

static gboolean
on_retry_cb (gpointer user_data)
{
  Retry *retry = user_data;

  retry->lane->retry_id = 0;
  retry->lane->is_busy = FALSE;
  exc_shell_pump (retry->shell);
  return G_SOURCE_REMOVE;
}

/* The server keeps what was not read for a while: the same Receive may bring it. Only where
 * nothing of the lost answer was used, for it could come twice. */
static gboolean
repeat_lost (Call *call, const GError *reason)
{
  ExcShell *self = call->shell;
  ExcShellLane *lane = call->lane;
  Retry *retry = NULL;

  if (call->has_bytes || lane->n_lost == MAX_LOST ||
      !g_error_matches (reason, EXC_ERROR, EXC_ERROR_UNREACHABLE))
    return FALSE;

  g_info ("%s; receiving again", reason->message);
  retry = g_new0 (Retry, 1);
  retry->shell = self;
  retry->lane = lane;
  lane->is_busy = TRUE;
  lane->retry_id = g_timeout_add_full (
      G_PRIORITY_DEFAULT, self->timing.retry_ms << lane->n_lost, on_retry_cb, retry, g_free);
  lane->n_lost++;
  return TRUE;
}

static gboolean
is_finished (Call *call)
{
  ExcShellRun *run = call->shell->run;

  return call->pipeline_id != NULL &&
         (run == NULL || g_strcmp0 (run->pipeline_id, call->pipeline_id) != 0 ||
          run->finished != NULL);
}

static void
take_received (Call *call, ExcWsmanResponse *response, guint32 fault_code, const GError *error)
{
  ExcShell *self = call->shell;
  const char *done = NULL;

  if (response == NULL) {
    /* The pipeline's end may have come before the connection broke, or a stop crossed it. */
    if (fault_code == EXC_WSMAN_FAULT_TIMED_OUT || is_finished (call))
      return;
    if (fault_code != 0 || !repeat_lost (call, error))
      exc_shell_lose (self, error);
    return;
  }

  call->lane->n_lost = 0;
  done = exc_wsman_response_get_done_command_id (response);
  if (done != NULL && call->command_id != NULL && g_ascii_strcasecmp (done, call->command_id) == 0)
    exc_psrp_pool_push_done (self->pool, call->pipeline_id);
}

static void
on_received_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;
  ExcShell *self = call->shell;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcWsmanResponse) response = NULL;
  guint32 fault_code = 0;

  response = finish_call (call, result, &fault_code, &error);
  if (!is_late (call)) {
    call->lane->is_busy = FALSE;
    take_received (call, response, fault_code, error);
  }

  exc_shell_pump (self);
  call_free (call);
}

void
exc_shell_receive (ExcShell *self, ExcShellLane *lane)
{
  g_autoptr(GBytes) envelope = NULL;
  g_autofree char *message_id = NULL;
  Call *call = call_new (self, EXC_WSMAN_RECEIVE);

  call->lane = lane;
  if (lane == &self->run_lane) {
    call->pipeline_id = g_strdup (self->run->pipeline_id);
    call->command_id = g_strdup (self->run->command_id);
  }
  set_operation_timeout (self, self->timing.receive_s);
  envelope = exc_wsman_client_receive (self->client, call->command_id, &message_id);
  lane->is_busy = TRUE;
  start_call (call,
              envelope,
              message_id,
              self->timing.receive_s + self->timing.grace_s,
              on_chunk_cb,
              self->cancellable,
              on_received_cb);
}

/* --- Signal, Delete --- */

static void
on_signalled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;
  ExcShell *self = call->shell;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcWsmanResponse) response = NULL;
  guint32 fault_code = 0;

  response = finish_call (call, result, &fault_code, &error);
  self->n_signals--;
  /* A command that has just ended cannot be signalled; what counts is what Receive brings. */
  if (response == NULL)
    g_debug ("signal %d: %s", call->signal, error->message);

  exc_shell_pump (self);
  call_free (call);
}

void
exc_shell_signal (ExcShell *self, ExcShellRun *run, ExcWsmanSignal signal)
{
  g_autoptr(GBytes) envelope = NULL;
  g_autofree char *message_id = NULL;
  Call *call = call_new (self, EXC_WSMAN_SIGNAL);

  call->signal = signal;
  if (signal == EXC_WSMAN_SIGNAL_STOP)
    run->is_signalled = TRUE;
  self->n_signals++;
  set_operation_timeout (self, self->timing.close_s);
  envelope = exc_wsman_client_signal (self->client, run->command_id, signal, &message_id);
  start_call (call, envelope, message_id, self->timing.close_s, NULL, NULL, on_signalled_cb);
}

static void
on_deleted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;
  ExcShell *self = call->shell;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcWsmanResponse) response = NULL;
  guint32 fault_code = 0;

  response = finish_call (call, result, &fault_code, &error);
  if (response == NULL)
    g_info ("the session was not deleted: %s", error->message);
  if (call->incarnation == self->incarnation && self->state == EXC_SHELL_CLOSING)
    self->state = EXC_SHELL_CLOSED;

  exc_shell_pump (self);
  call_free (call);
}

void
exc_shell_delete (ExcShell *self, guint timeout_s, GCancellable *cancellable)
{
  g_autoptr(GBytes) envelope = NULL;
  g_autofree char *message_id = NULL;

  /* Its answer may be lost, but the id was ours to choose. */
  if (exc_wsman_client_get_shell_id (self->client) == NULL)
    exc_wsman_client_set_shell (self->client, exc_psrp_pool_get_id (self->pool), NULL);
  set_operation_timeout (self, timeout_s);
  envelope = exc_wsman_client_delete (self->client, &message_id);
  start_call (call_new (self, EXC_WSMAN_DELETE),
              envelope,
              message_id,
              timeout_s,
              NULL,
              cancellable,
              on_deleted_cb);
}
