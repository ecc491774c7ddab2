/* exc-exchange.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-remote"

#include "config.h"

#include "exc-exchange.h"

typedef struct {
  ExcWsmanResponse *response;
  ExcChunkFunc chunk_func;
  gpointer chunk_data;
} Exchange;

static void
exchange_free (Exchange *exchange)
{
  g_clear_pointer (&exchange->response, exc_wsman_response_free);
  g_free (exchange);
}

static gboolean
hand_on (Exchange *exchange, GError **error)
{
  for (;;) {
    g_autoptr(ExcWsmanChunk) chunk = exc_wsman_response_pop (exchange->response);

    if (chunk == NULL)
      return TRUE;
    if (exchange->chunk_func != NULL && !exchange->chunk_func (chunk, exchange->chunk_data, error))
      return FALSE;
  }
}

static gboolean
on_bytes_cb (const guint8 *data, gsize length, gpointer user_data, GError **error)
{
  Exchange *exchange = user_data;

  return exc_wsman_response_push (exchange->response, data, length, error) &&
         hand_on (exchange, error);
}

static void
on_exchanged_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  if (!exc_transport_exchange_finish (EXC_TRANSPORT (source), result, &error) ||
      !exc_wsman_response_finish (exchange->response, &error) || !hand_on (exchange, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (
        task, g_steal_pointer (&exchange->response), (GDestroyNotify) exc_wsman_response_free);
}

/**
 * exc_exchange_async:
 * @transport: what carries it
 * @operation: what is asked
 * @envelope: the request
 * @message_id: the request's id
 * @timeout_s: until the whole response must be there
 * @chunk_func: (nullable): gets the streams' bytes while they arrive
 * @chunk_data: for @chunk_func
 * @cancellable: (nullable): ends the exchange
 * @callback: called with the response
 * @user_data: for @callback
 */
void
exc_exchange_async (ExcTransport *transport,
                    ExcWsmanOperation operation,
                    GBytes *envelope,
                    const char *message_id,
                    guint timeout_s,
                    ExcChunkFunc chunk_func,
                    gpointer chunk_data,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (transport, cancellable, callback, user_data);
  Exchange *exchange = g_new0 (Exchange, 1);

  g_task_set_source_tag (task, exc_exchange_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, exchange, (GDestroyNotify) exchange_free);
  exchange->response = exc_wsman_response_new (operation, message_id, 0);
  exchange->chunk_func = chunk_func;
  exchange->chunk_data = chunk_data;

  exc_transport_exchange_async (transport,
                                envelope,
                                timeout_s,
                                on_bytes_cb,
                                exchange,
                                cancellable,
                                on_exchanged_cb,
                                g_object_ref (task));
}

ExcWsmanResponse *
exc_exchange_finish (ExcTransport *transport, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, transport), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_exchange_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
