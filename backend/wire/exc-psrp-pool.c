/* exc-psrp-pool.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-psrp"

#include "config.h"

#include "exc-psrp-pool.h"

#include "exc-error.h"
#include "exc-psrp-pool-private.h"

#include <glib/gi18n.h>

#define MAX_MESSAGE (64 * 1024 * 1024) /* of ours; PowerShell's own client stops at 200 MB */
#define MAX_OPEN    16

static const ExcPsrpVersion our_version = { 2, 3 };

/* --- What is queued, what happened --- */

void
exc_psrp_queued_free (ExcPsrpQueued *queued)
{
  g_free (queued->pipeline_id);
  g_clear_pointer (&queued->message, g_bytes_unref);
  g_free (queued);
}

static void
run_free (gpointer data)
{
  ExcPsrpRun *run = data;

  g_free (run->id);
  g_clear_pointer (&run->pipeline, exc_pipeline_unref);
  g_clear_pointer (&run->reader, exc_psrp_fragment_reader_free);
  g_clear_pointer (&run->reply, exc_reply_unref);
  g_queue_clear_full (&run->held, (GDestroyNotify) exc_psrp_message_free);
  g_free (run);
}

ExcPsrpEvent *
exc_psrp_pool_add_event (ExcPsrpPool *self, ExcPsrpEventType type, const char *id)
{
  ExcPsrpEvent *event = g_new0 (ExcPsrpEvent, 1);

  event->type = type;
  event->pipeline_id = g_strdup (id);
  g_queue_push_tail (&self->events, event);
  return event;
}

void
exc_psrp_event_free (ExcPsrpEvent *self)
{
  if (self == NULL)
    return;

  g_free (self->pipeline_id);
  g_clear_pointer (&self->value, exc_value_unref);
  g_free (self->text);
  g_clear_pointer (&self->reply, exc_reply_unref);
  g_clear_error (&self->error);
  g_free (self);
}

void
exc_psrp_outgoing_free (ExcPsrpOutgoing *self)
{
  if (self == NULL)
    return;

  g_free (self->pipeline_id);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

gboolean
exc_psrp_pool_queue (ExcPsrpPool *self,
                     ExcPsrpTarget target,
                     guint32 type,
                     const char *pipeline_id,
                     ExcValue *take_body,
                     GError **error)
{
  ExcSecretSealer sealer = { NULL, NULL };
  g_autoptr(ExcPsrpMessage) message = NULL;
  ExcPsrpQueued *queued;

  if (self->key != NULL)
    sealer = exc_psrp_session_key_get_sealer (self->key);
  message = exc_psrp_message_new_body (EXC_PSRP_TO_SERVER,
                                       type,
                                       self->id,
                                       pipeline_id,
                                       take_body,
                                       self->key != NULL ? &sealer : NULL,
                                       error);
  if (message == NULL)
    return FALSE;

  queued = g_new0 (ExcPsrpQueued, 1);
  queued->target = target;
  queued->pipeline_id = g_strdup (pipeline_id);
  queued->message = exc_psrp_message_to_bytes (message);
  g_queue_push_tail (&self->outgoing, queued);
  return TRUE;
}

gboolean
exc_psrp_pool_queue_run (ExcPsrpPool *self, ExcPsrpRun *run, GError **error)
{
  ExcValue *body =
      exc_psrp_create_pipeline_new (run->pipeline, self->version, &exc_psrp_host_runspace);

  run->state = EXC_PSRP_RUN_QUEUED;
  return exc_psrp_pool_queue (
      self, EXC_PSRP_TARGET_COMMAND, EXC_PSRP_CREATE_PIPELINE, run->id, body, error);
}

gboolean
exc_psrp_pool_ask_for_key (ExcPsrpPool *self, GError **error)
{
  g_autofree char *key = NULL;

  if (self->key_state != EXC_PSRP_KEY_NONE)
    return TRUE;

  self->key_pair = exc_psrp_key_pair_new (error);
  if (self->key_pair == NULL)
    return FALSE;
  key = exc_psrp_key_pair_dup_public (self->key_pair, error);
  if (key == NULL || !exc_psrp_pool_queue (self,
                                           EXC_PSRP_TARGET_STDIN,
                                           EXC_PSRP_PUBLIC_KEY,
                                           NULL,
                                           exc_psrp_public_key_new (key),
                                           error))
    return FALSE;

  self->key_state = EXC_PSRP_KEY_ASKED;
  exc_psrp_pool_add_event (self, EXC_PSRP_EVENT_KEY_WANTED, NULL);
  return TRUE;
}

void
exc_psrp_pool_finish_run (ExcPsrpPool *self,
                          ExcPsrpRun *run,
                          ExcPsrpPipelineState state,
                          GError *take_error)
{
  ExcPsrpEvent *event = exc_psrp_pool_add_event (self, EXC_PSRP_EVENT_FINISHED, NULL);

  event->state = state;
  event->error = take_error;
  if (take_error == NULL)
    event->reply = g_steal_pointer (&run->reply);

  g_hash_table_steal (self->runs, run->id);
  /* The text that exc_psrp_pool_start gave lives on in the event. */
  event->pipeline_id = g_steal_pointer (&run->id);
  run_free (run);
}

void
exc_psrp_pool_break (ExcPsrpPool *self, ExcPsrpPoolState state, const GError *reason)
{
  g_autoptr(GList) runs = g_hash_table_get_values (self->runs);

  self->state = state;
  self->key_state = EXC_PSRP_KEY_NONE;
  g_clear_pointer (&self->key_pair, exc_psrp_key_pair_free);
  g_queue_clear_full (&self->outgoing, (GDestroyNotify) exc_psrp_queued_free);
  for (GList *link = runs; link != NULL; link = link->next)
    exc_psrp_pool_finish_run (
        self, link->data, EXC_PSRP_PIPELINE_DISCONNECTED, g_error_copy (reason));
}

/* --- The pool --- */

/**
 * exc_psrp_pool_new:
 *
 * Returns: (transfer full): a pool that is not opened yet, with an id of its own
 */
ExcPsrpPool *
exc_psrp_pool_new (void)
{
  ExcPsrpPool *self = g_new0 (ExcPsrpPool, 1);

  self->id = exc_psrp_guid_new ();
  self->version = (ExcPsrpVersion){ 2, 1 };
  self->reader = exc_psrp_fragment_reader_new (MAX_MESSAGE, MAX_OPEN);
  self->writer = exc_psrp_fragment_writer_new ();
  self->runs = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, run_free);
  g_queue_init (&self->outgoing);
  g_queue_init (&self->events);

  return self;
}

void
exc_psrp_pool_free (ExcPsrpPool *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_clear_pointer (&self->private_data, exc_value_unref);
  g_clear_pointer (&self->reader, exc_psrp_fragment_reader_free);
  g_clear_pointer (&self->writer, exc_psrp_fragment_writer_free);
  g_queue_clear_full (&self->outgoing, (GDestroyNotify) exc_psrp_queued_free);
  g_queue_clear_full (&self->events, (GDestroyNotify) exc_psrp_event_free);
  g_clear_pointer (&self->runs, g_hash_table_unref);
  g_clear_pointer (&self->key_pair, exc_psrp_key_pair_free);
  g_clear_pointer (&self->key, exc_psrp_session_key_free);
  g_free (self);
}

const char *
exc_psrp_pool_get_id (ExcPsrpPool *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->id;
}

ExcPsrpPoolState
exc_psrp_pool_get_state (ExcPsrpPool *self)
{
  g_return_val_if_fail (self != NULL, EXC_PSRP_POOL_BROKEN);

  return self->state;
}

ExcPsrpVersion
exc_psrp_pool_get_version (ExcPsrpPool *self)
{
  g_return_val_if_fail (self != NULL, our_version);

  return self->version;
}

ExcValue *
exc_psrp_pool_get_private_data (ExcPsrpPool *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->private_data;
}

/**
 * exc_psrp_pool_open:
 * @self: a new pool
 *
 * Queues what belongs into creationXml: SESSION_CAPABILITY and INIT_RUNSPACEPOOL.
 */
void
exc_psrp_pool_open (ExcPsrpPool *self)
{
  g_return_if_fail (self != NULL && self->state == EXC_PSRP_POOL_NEW);

  self->state = EXC_PSRP_POOL_OPENING;
  /* No secret is in these two, so that they cannot fail. */
  exc_psrp_pool_queue (self,
                       EXC_PSRP_TARGET_CREATION,
                       EXC_PSRP_SESSION_CAPABILITY,
                       NULL,
                       exc_psrp_capability_new (our_version),
                       NULL);
  exc_psrp_pool_queue (self,
                       EXC_PSRP_TARGET_CREATION,
                       EXC_PSRP_INIT_RUNSPACEPOOL,
                       NULL,
                       exc_psrp_init_new (1, 1, &exc_psrp_host_prompts),
                       NULL);
}

/**
 * exc_psrp_pool_start:
 * @self: an opened pool
 * @pipeline: what to run
 * @error: return location for an error
 *
 * Returns: (transfer none): the pipeline's id, or %NULL with %EXC_ERROR_GONE in a pool that is not
 * open
 */
const char *
exc_psrp_pool_start (ExcPsrpPool *self, ExcPipeline *pipeline, GError **error)
{
  ExcPsrpRun *run;

  g_return_val_if_fail (self != NULL && pipeline != NULL, NULL);

  if (self->state != EXC_PSRP_POOL_OPENED) {
    g_set_error_literal (
        error, EXC_ERROR, EXC_ERROR_GONE, _("The PowerShell session is not open any more."));
    return NULL;
  }

  run = g_new0 (ExcPsrpRun, 1);
  run->id = exc_psrp_guid_new ();
  run->pipeline = exc_pipeline_ref (pipeline);
  run->reader = exc_psrp_fragment_reader_new (MAX_MESSAGE, MAX_OPEN);
  run->reply = exc_reply_new ();
  g_queue_init (&run->held);

  /* A server that gets a SecureString first asks for the key and blocks (protocol.md 12). */
  if (exc_psrp_pipeline_has_secret (pipeline) && self->key == NULL) {
    if (!exc_psrp_pool_ask_for_key (self, error)) {
      run_free (run);
      return NULL;
    }
  } else if (!exc_psrp_pool_queue_run (self, run, error)) {
    run_free (run);
    return NULL;
  }

  g_hash_table_insert (self->runs, run->id, run);
  return run->id;
}

/**
 * exc_psrp_pool_stop:
 * @self: a pool
 * @pipeline_id: a pipeline that has not finished
 *
 * Returns: %TRUE when the server knows the pipeline and must be told; %FALSE when it is finished
 * by this call
 */
gboolean
exc_psrp_pool_stop (ExcPsrpPool *self, const char *pipeline_id)
{
  ExcPsrpRun *run;

  g_return_val_if_fail (self != NULL && pipeline_id != NULL, FALSE);

  run = g_hash_table_lookup (self->runs, pipeline_id);
  if (run == NULL)
    return FALSE;

  run->is_stopping = TRUE;
  if (run->state == EXC_PSRP_RUN_SENT || run->state == EXC_PSRP_RUN_ENDED)
    return TRUE;

  for (GList *link = self->outgoing.head; link != NULL; link = link->next) {
    ExcPsrpQueued *queued = link->data;

    if (g_strcmp0 (queued->pipeline_id, run->id) == 0) {
      g_queue_delete_link (&self->outgoing, link);
      exc_psrp_queued_free (queued);
      break;
    }
  }
  exc_psrp_pool_finish_run (self, run, EXC_PSRP_PIPELINE_STOPPED, NULL);
  return FALSE;
}

/**
 * exc_psrp_pool_end:
 * @self: a pool
 * @reason: (nullable): why it is lost, %NULL when it was closed as wanted
 *
 * Nothing more is sent or expected.
 */
void
exc_psrp_pool_end (ExcPsrpPool *self, const GError *reason)
{
  g_autoptr(GError) closed = NULL;

  g_return_if_fail (self != NULL);

  if (reason == NULL)
    closed =
        g_error_new_literal (EXC_ERROR,
                             EXC_ERROR_GONE,
                             _("The PowerShell session was closed before the command ended."));
  exc_psrp_pool_break (self,
                       reason != NULL ? EXC_PSRP_POOL_BROKEN : EXC_PSRP_POOL_CLOSED,
                       reason != NULL ? reason : closed);
}

/* --- Bytes in --- */

static gboolean
break_with (ExcPsrpPool *self, GError *take_reason, GError **error)
{
  ExcPsrpEvent *event = exc_psrp_pool_add_event (self, EXC_PSRP_EVENT_BROKEN, NULL);

  event->error = g_error_copy (take_reason);
  exc_psrp_pool_break (self, EXC_PSRP_POOL_BROKEN, take_reason);
  g_propagate_error (error, take_reason);
  return FALSE;
}

/**
 * exc_psrp_pool_push:
 * @self: a pool
 * @pipeline_id: (nullable): the pipeline whose stream it is, %NULL for the shell's
 * @data: (array length=length): bytes of a Stream element, decoded from base64
 * @length: length of @data
 * @error: return location for an error
 *
 * Returns: %FALSE when the pool is broken now
 */
gboolean
exc_psrp_pool_push (
    ExcPsrpPool *self, const char *pipeline_id, const guint8 *data, gsize length, GError **error)
{
  ExcPsrpFragmentReader *reader = NULL;
  GError *reason = NULL;
  gboolean ok;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  if (self->state == EXC_PSRP_POOL_CLOSED || self->state == EXC_PSRP_POOL_BROKEN) {
    g_set_error_literal (
        error, EXC_ERROR, EXC_ERROR_GONE, _("The PowerShell session is not open any more."));
    return FALSE;
  }

  reader = self->reader;
  if (pipeline_id != NULL) {
    ExcPsrpRun *run = g_hash_table_lookup (self->runs, pipeline_id);

    if (run == NULL) {
      g_debug ("%" G_GSIZE_FORMAT " bytes for %s, which has finished", length, pipeline_id);
      return TRUE;
    }
    reader = run->reader;
  }

  ok = exc_psrp_fragment_reader_push (reader, data, length, &reason);
  for (;;) {
    g_autoptr(GBytes) bytes = NULL;
    ExcPsrpMessage *message;

    /* Handling a message may have finished the run that the reader belongs to. */
    if (pipeline_id != NULL && g_hash_table_lookup (self->runs, pipeline_id) == NULL)
      break;
    bytes = exc_psrp_fragment_reader_pop (reader);
    if (bytes == NULL)
      break;

    message = exc_psrp_message_parse (bytes, ok ? &reason : NULL);
    if (message == NULL || !exc_psrp_pool_handle (self, message, ok ? &reason : NULL)) {
      ok = FALSE;
      break;
    }
    if (self->state == EXC_PSRP_POOL_CLOSED || self->state == EXC_PSRP_POOL_BROKEN)
      break;
  }

  if (!ok)
    return break_with (self, reason, error);
  return TRUE;
}

/**
 * exc_psrp_pool_push_done:
 * @self: a pool
 * @pipeline_id: a pipeline
 *
 * The server said CommandState Done.
 */
void
exc_psrp_pool_push_done (ExcPsrpPool *self, const char *pipeline_id)
{
  ExcPsrpRun *run;

  g_return_if_fail (self != NULL && pipeline_id != NULL);

  run = g_hash_table_lookup (self->runs, pipeline_id);
  if (run == NULL || run->state == EXC_PSRP_RUN_ENDED)
    return;

  exc_psrp_pool_finish_run (
      self,
      run,
      EXC_PSRP_PIPELINE_DISCONNECTED,
      g_error_new_literal (EXC_ERROR,
                           EXC_ERROR_PROTOCOL,
                           _("The server ended the command without saying how it went.")));
}

gboolean
exc_psrp_pool_is_shell_waiting (ExcPsrpPool *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->state == EXC_PSRP_POOL_OPENING || self->key_state == EXC_PSRP_KEY_ASKED;
}

gboolean
exc_psrp_pool_is_pipeline_waiting (ExcPsrpPool *self, const char *pipeline_id)
{
  ExcPsrpRun *run;

  g_return_val_if_fail (self != NULL && pipeline_id != NULL, FALSE);

  run = g_hash_table_lookup (self->runs, pipeline_id);
  return run != NULL && run->state == EXC_PSRP_RUN_SENT;
}

ExcPsrpEvent *
exc_psrp_pool_pop_event (ExcPsrpPool *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_queue_pop_head (&self->events);
}
