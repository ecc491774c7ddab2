/* fuzz-psrp-message.c — a message to a client with a running pipeline, and to a server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-psrp-fragment.h"
#include "exc-psrp-message.h"
#include "exc-psrp-pool.h"
#include "exc-psrp-server.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
carry (ExcPsrpPool *pool, ExcPsrpServer *server)
{
  for (;;) {
    g_autoptr(ExcPsrpOutgoing) out = exc_psrp_pool_pop_outgoing (pool, 100000);

    if (out == NULL)
      break;
    exc_psrp_server_push (server,
                          out->pipeline_id,
                          g_bytes_get_data (out->bytes, NULL),
                          g_bytes_get_size (out->bytes),
                          NULL);
  }
  for (;;) {
    g_autoptr(ExcPsrpServerOutgoing) out = exc_psrp_server_pop_outgoing (server);

    if (out == NULL)
      break;
    exc_psrp_pool_push (pool,
                        out->pipeline_id,
                        g_bytes_get_data (out->bytes, NULL),
                        g_bytes_get_size (out->bytes),
                        NULL);
  }
}

/* One fragment around a message. */
static GBytes *
wrap (GBytes *message, guint8 object_id)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (message, &size);
  guint8 *fragment = g_malloc0 (EXC_PSRP_FRAGMENT_HEADER + size);

  fragment[7] = object_id;
  fragment[16] = 3;
  fragment[17] = size >> 24;
  fragment[18] = size >> 16;
  fragment[19] = size >> 8;
  fragment[20] = size;
  if (size > 0)
    memcpy (fragment + EXC_PSRP_FRAGMENT_HEADER, data, size);
  return g_bytes_new_take (fragment, EXC_PSRP_FRAGMENT_HEADER + size);
}

/* Byte 0: bit 0 whether the message is of the pipeline, bits 1.. the low byte of the type;
 * byte 1: its group. The rest is the body. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const guint32 groups[] = { 0x00010000, 0x00021000, 0x00021100,
                                    0x00041000, 0x00041100, 0x00000000 };
  g_autoptr(ExcPsrpPool) pool = NULL;
  g_autoptr(ExcPsrpServer) server = NULL;
  g_autoptr(ExcValue) value = NULL;
  g_autoptr(ExcPipeline) pipeline = NULL;
  g_autoptr(GBytes) body = NULL;
  const char *id;
  guint32 type;

  if (size < 2)
    return 0;

  /* A key pair costs 0.1 s: one in 32 of the inputs that ask for one is enough. */
  type = groups[data[1] % G_N_ELEMENTS (groups)] + (data[0] >> 1);
  if (size % 32 != 0 && (type == EXC_PSRP_PUBLIC_KEY_REQUEST ||
                         g_strstr_len ((const char *) data + 2, size - 2, "<SS") != NULL))
    return 0;

  /* Opening a pool takes longer than reading a message; what is no CLIXML ends early in any case.
   */
  value = exc_clixml_parse (data + 2, size - 2, NULL);
  if (value == NULL && size % 32 != 0)
    return 0;

  pool = exc_psrp_pool_new ();
  server = exc_psrp_server_new ();
  pipeline = exc_pipeline_new_single (exc_command_new ("Get-X"));
  exc_psrp_pool_open (pool);
  carry (pool, server);
  g_assert_cmpint (exc_psrp_pool_get_state (pool), ==, EXC_PSRP_POOL_OPENED);
  id = exc_psrp_pool_start (pool, pipeline, NULL);
  carry (pool, server);

  body = g_bytes_new (data + 2, size - 2);
  for (guint side = 0; side < 2; side++) {
    g_autoptr(ExcPsrpMessage) message =
                   exc_psrp_message_new (side == 0 ? EXC_PSRP_TO_CLIENT : EXC_PSRP_TO_SERVER,
                                         type,
                                         exc_psrp_pool_get_id (pool),
                                         data[0] & 1 ? id : NULL,
                                         body);
    g_autoptr(GBytes) bytes = exc_psrp_message_to_bytes (message);
    g_autoptr(ExcPsrpMessage) back = exc_psrp_message_parse (bytes, NULL);
    g_autoptr(GBytes) fragment = wrap (bytes, 200);

    g_assert_nonnull (back);
    g_assert_cmpuint (back->type, ==, type);
    g_assert_true (g_bytes_equal (back->data, body));
    if (side == 0)
      exc_psrp_pool_push (
          pool, NULL, g_bytes_get_data (fragment, NULL), g_bytes_get_size (fragment), NULL);
    else
      exc_psrp_server_push (
          server, "fuzz", g_bytes_get_data (fragment, NULL), g_bytes_get_size (fragment), NULL);
    if (side == 0)
      exc_psrp_pool_end (pool, NULL);
  }

  /* Whatever came: the pipeline has finished exactly once. */
  {
    guint n_finished = 0;

    for (;;) {
      g_autoptr(ExcPsrpEvent) event = exc_psrp_pool_pop_event (pool);

      if (event == NULL)
        break;
      if (event->type == EXC_PSRP_EVENT_FINISHED)
        n_finished++;
    }
    g_assert_cmpuint (n_finished, ==, 1);
  }

  return 0;
}
