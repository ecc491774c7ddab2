/* exc-exchange.h — one WS-Management request and its response
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-transport.h"
#include "exc-wsman-response.h"

G_BEGIN_DECLS

/* Takes bytes of a stream as they arrive; FALSE ends the exchange with error. */
typedef gboolean (*ExcChunkFunc) (const ExcWsmanChunk *chunk, gpointer user_data, GError **error);

/* chunk_func: (nullable) (scope async): for Receive */
void exc_exchange_async (ExcTransport *transport,
                         ExcWsmanOperation operation,
                         GBytes *envelope,
                         const char *message_id,
                         guint timeout_s,
                         ExcChunkFunc chunk_func,
                         gpointer chunk_data,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
/* (transfer full) (nullable): the response, which may hold a fault; NULL when none came */
ExcWsmanResponse *exc_exchange_finish (ExcTransport *transport,
                                       GAsyncResult *result,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
