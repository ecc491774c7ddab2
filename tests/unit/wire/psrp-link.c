/* psrp-link.c — the client's pool and the server's half, joined
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "psrp-link.h"

Link *
link_new (gsize budget, gsize chunk)
{
  Link *link = g_new0 (Link, 1);

  link->pool = exc_psrp_pool_new ();
  link->server = exc_psrp_server_new ();
  link->budget = budget;
  link->chunk = chunk;
  link->trace = g_string_new (NULL);
  return link;
}

void
link_free (Link *link)
{
  exc_psrp_pool_free (link->pool);
  exc_psrp_server_free (link->server);
  g_string_free (link->trace, TRUE);
  g_free (link);
}

/* Carries everything there and back until both are quiet. */
void
pump (Link *link)
{
  gboolean busy = TRUE;

  while (busy) {
    busy = FALSE;

    for (;;) {
      g_autoptr(ExcPsrpOutgoing) out = exc_psrp_pool_pop_outgoing (link->pool, link->budget);
      g_autoptr(GError) error = NULL;

      if (out == NULL)
        break;
      busy = TRUE;
      link->n_sent[out->target]++;
      g_string_append_c (link->trace, "CXSP"[out->target]);
      g_assert_cmpuint (g_bytes_get_size (out->bytes), <=, link->budget);
      if (out->target == EXC_PSRP_TARGET_COMMAND)
        g_assert_nonnull (out->pipeline_id);
      g_assert_true (
          exc_psrp_server_push (link->server,
                                out->target == EXC_PSRP_TARGET_PR ? "pr" : out->pipeline_id,
                                g_bytes_get_data (out->bytes, NULL),
                                g_bytes_get_size (out->bytes),
                                &error));
      g_assert_no_error (error);
    }

    for (;;) {
      g_autoptr(ExcPsrpServerOutgoing) out = exc_psrp_server_pop_outgoing (link->server);
      const guint8 *data;
      gsize size;

      if (out == NULL)
        break;
      busy = TRUE;
      data = g_bytes_get_data (out->bytes, &size);
      g_assert_cmpuint (size, <=, 32768);
      for (gsize pos = 0; pos < size; pos += link->chunk) {
        g_autoptr(GError) error = NULL;

        exc_psrp_pool_push (
            link->pool, out->pipeline_id, data + pos, MIN (link->chunk, size - pos), &error);
        g_assert_no_error (error);
      }
      if (out->is_last)
        exc_psrp_pool_push_done (link->pool, out->pipeline_id);
    }
  }
}

ExcPsrpEvent *
expect (Link *link, ExcPsrpEventType type)
{
  ExcPsrpEvent *event = exc_psrp_pool_pop_event (link->pool);

  g_assert_nonnull (event);
  g_assert_cmpint (event->type, ==, type);
  return event;
}

ExcPsrpServerEvent *
expect_server (Link *link, ExcPsrpServerEventType type)
{
  ExcPsrpServerEvent *event = exc_psrp_server_pop_event (link->server);

  g_assert_nonnull (event);
  g_assert_cmpint (event->type, ==, type);
  return event;
}

void
open_pool (Link *link)
{
  g_autoptr(ExcPsrpEvent) opened = NULL;
  g_autoptr(ExcPsrpServerEvent) server_opened = NULL;

  exc_psrp_pool_open (link->pool);
  g_assert_true (exc_psrp_pool_is_shell_waiting (link->pool));
  pump (link);
  opened = expect (link, EXC_PSRP_EVENT_OPENED);
  server_opened = expect_server (link, EXC_PSRP_SERVER_OPENED);
  g_assert_false (exc_psrp_pool_is_shell_waiting (link->pool));
  g_assert_cmpint (exc_psrp_pool_get_state (link->pool), ==, EXC_PSRP_POOL_OPENED);
  g_assert_cmpstr (exc_psrp_server_get_id (link->server), ==, exc_psrp_pool_get_id (link->pool));
}

ExcPipeline *
pipeline_new (void)
{
  ExcCommand *command = exc_command_new ("Get-ExchangeCertificate");

  exc_command_set_string (command, "Server", "ex1");
  return exc_pipeline_new_single (command);
}

/* Starts and brings it to the server. (transfer full): the START event */
ExcPsrpServerEvent *
start (Link *link, ExcPipeline *pipeline, const char **id)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcPsrpServerEvent) end = NULL;
  ExcPsrpServerEvent *event;

  *id = exc_psrp_pool_start (link->pool, pipeline, &error);
  g_assert_no_error (error);
  pump (link);
  event = expect_server (link, EXC_PSRP_SERVER_START);
  g_assert_cmpstr (event->pipeline_id, ==, *id);
  end = expect_server (link, EXC_PSRP_SERVER_END_OF_INPUT);
  return event;
}
