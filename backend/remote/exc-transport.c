/* exc-transport.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-remote"

#include "config.h"

#include "exc-transport.h"

G_DEFINE_INTERFACE (ExcTransport, exc_transport, G_TYPE_OBJECT)

static void
exc_transport_default_init (ExcTransportInterface *iface)
{
}

/**
 * exc_transport_exchange_async:
 * @self: a transport
 * @envelope: the request
 * @timeout_s: until the whole answer must be there
 * @sink: (scope async): takes the answer's body piece by piece
 * @sink_data: for @sink
 * @cancellable: (nullable): closes the exchange
 * @callback: called when the answer ended
 * @user_data: for @callback
 *
 * Sends one request. It is never repeated by the transport.
 */
void
exc_transport_exchange_async (ExcTransport *self,
                              GBytes *envelope,
                              guint timeout_s,
                              ExcTransportSink sink,
                              gpointer sink_data,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_return_if_fail (EXC_IS_TRANSPORT (self));
  g_return_if_fail (envelope != NULL);
  g_return_if_fail (sink != NULL);

  EXC_TRANSPORT_GET_IFACE (self)->exchange_async (
      self, envelope, timeout_s, sink, sink_data, cancellable, callback, user_data);
}

gboolean
exc_transport_exchange_finish (ExcTransport *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (EXC_IS_TRANSPORT (self), FALSE);

  return EXC_TRANSPORT_GET_IFACE (self)->exchange_finish (self, result, error);
}

guint
exc_transport_get_n_round_trips (ExcTransport *self)
{
  g_return_val_if_fail (EXC_IS_TRANSPORT (self), 0);

  return EXC_TRANSPORT_GET_IFACE (self)->get_n_round_trips (self);
}

gint64
exc_transport_get_server_time_offset (ExcTransport *self)
{
  g_return_val_if_fail (EXC_IS_TRANSPORT (self), 0);

  return EXC_TRANSPORT_GET_IFACE (self)->get_server_time_offset (self);
}
