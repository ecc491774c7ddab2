/* exc-transport.h — how an envelope gets to a server and its answer back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define EXC_TYPE_TRANSPORT (exc_transport_get_type ())
G_DECLARE_INTERFACE (ExcTransport, exc_transport, EXC, TRANSPORT, GObject)

/**
 * ExcTransportSink:
 *
 * Takes a piece of the answer's body as it arrives, on the caller's main context. Returning %FALSE
 * ends the exchange with @error.
 */
typedef gboolean (*ExcTransportSink) (const guint8 *data,
                                      gsize length,
                                      gpointer user_data,
                                      GError **error);

/**
 * ExcTransport:
 *
 * One request and its answer, several at a time: a transport opens as many connections as are
 * asked for at once. It never repeats a request by itself.
 */
struct _ExcTransportInterface {
  GTypeInterface parent_interface;

  void (*exchange_async) (ExcTransport *self,
                          GBytes *envelope,
                          guint timeout_s,
                          ExcTransportSink sink,
                          gpointer sink_data,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
  gboolean (*exchange_finish) (ExcTransport *self, GAsyncResult *result, GError **error);
  guint (*get_n_round_trips) (ExcTransport *self);
  gint64 (*get_server_time_offset) (ExcTransport *self);
};

/* timeout_s: until the whole answer is there. TRUE when a SOAP envelope came, be it a response or
 * a fault; all else is an error that says what can be done. */
void exc_transport_exchange_async (ExcTransport *self,
                                   GBytes *envelope,
                                   guint timeout_s,
                                   ExcTransportSink sink,
                                   gpointer sink_data,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
gboolean exc_transport_exchange_finish (ExcTransport *self, GAsyncResult *result, GError **error);
guint exc_transport_get_n_round_trips (ExcTransport *self);
gint64 exc_transport_get_server_time_offset (ExcTransport *self); /* seconds, server minus us */

G_END_DECLS
