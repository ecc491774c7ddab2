/* exc-psrp-pool-outgoing.c — what the pool has to send, piece by piece
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-psrp"

#include "config.h"

#include "exc-psrp-pool-private.h"

/* Where the next piece of the head goes: only the first one is a creation or a command. */
static ExcPsrpTarget
get_target (ExcPsrpPool *self, ExcPsrpQueued *queued)
{
  if (queued->target == EXC_PSRP_TARGET_CREATION)
    return self->is_creation_taken ? EXC_PSRP_TARGET_STDIN : EXC_PSRP_TARGET_CREATION;
  if (queued->target == EXC_PSRP_TARGET_COMMAND && !exc_psrp_fragment_writer_is_idle (self->writer))
    return EXC_PSRP_TARGET_STDIN;

  return queued->target;
}

gboolean
exc_psrp_pool_peek_outgoing (ExcPsrpPool *self, ExcPsrpTarget *target, const char **pipeline_id)
{
  ExcPsrpQueued *queued;

  g_return_val_if_fail (self != NULL, FALSE);

  queued = g_queue_peek_head (&self->outgoing);
  if (queued == NULL)
    return FALSE;

  if (target != NULL)
    *target = get_target (self, queued);
  if (pipeline_id != NULL)
    *pipeline_id = queued->pipeline_id;
  return TRUE;
}

/* One fragment of the head; the head goes when it was the last. */
static GBytes *
take_fragment (ExcPsrpPool *self, gsize max_bytes)
{
  ExcPsrpQueued *queued = g_queue_peek_head (&self->outgoing);
  GBytes *fragment;

  if (exc_psrp_fragment_writer_is_idle (self->writer))
    exc_psrp_fragment_writer_begin (self->writer, queued->message);
  fragment = exc_psrp_fragment_writer_take (self->writer, max_bytes);
  if (exc_psrp_fragment_writer_is_idle (self->writer))
    exc_psrp_queued_free (g_queue_pop_head (&self->outgoing));

  return fragment;
}

/* Both opening messages ride in one creationXml as far as it holds them. */
static GBytes *
take_creation (ExcPsrpPool *self, gsize max_bytes)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();

  for (;;) {
    ExcPsrpQueued *queued = g_queue_peek_head (&self->outgoing);
    g_autoptr(GBytes) fragment = NULL;

    if (queued == NULL || queued->target != EXC_PSRP_TARGET_CREATION ||
        max_bytes - bytes->len <= EXC_PSRP_FRAGMENT_HEADER)
      break;
    fragment = take_fragment (self, max_bytes - bytes->len);
    g_byte_array_append (bytes, g_bytes_get_data (fragment, NULL), g_bytes_get_size (fragment));
  }
  self->is_creation_taken = TRUE;

  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

/**
 * exc_psrp_pool_pop_outgoing:
 * @self: a pool
 * @max_bytes: most bytes that the next operation can carry, before base64
 *
 * Returns: (transfer full) (nullable): the next piece to send
 */
ExcPsrpOutgoing *
exc_psrp_pool_pop_outgoing (ExcPsrpPool *self, gsize max_bytes)
{
  ExcPsrpOutgoing *outgoing;
  ExcPsrpQueued *queued;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (max_bytes > EXC_PSRP_FRAGMENT_HEADER, NULL);

  queued = g_queue_peek_head (&self->outgoing);
  if (queued == NULL)
    return NULL;

  outgoing = g_new0 (ExcPsrpOutgoing, 1);
  outgoing->target = get_target (self, queued);
  outgoing->pipeline_id = g_strdup (queued->pipeline_id);
  if (outgoing->target == EXC_PSRP_TARGET_CREATION)
    outgoing->bytes = take_creation (self, max_bytes);
  else
    outgoing->bytes = take_fragment (self, max_bytes);

  if (outgoing->target == EXC_PSRP_TARGET_COMMAND) {
    ExcPsrpRun *run = g_hash_table_lookup (self->runs, outgoing->pipeline_id);

    if (run != NULL)
      run->state = EXC_PSRP_RUN_SENT;
  }

  return outgoing;
}
