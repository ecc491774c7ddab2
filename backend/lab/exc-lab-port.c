/* exc-lab-port.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab"

#define _GNU_SOURCE  /* POLLRDHUP */
#include "config.h"

#include "exc-lab-port.h"

#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

struct _ExcLabPort {
  SoupServer *server;
  GInetAddress *address;
  guint16 number;
  GTlsCertificate *certificate; /* (nullable): plain HTTP */
  gboolean is_broken;           /* no handshake succeeds */
  GSocketService *service;      /* (nullable): closed */
  GHashTable *sockets; /* (element-type GSocketConnection Standing): weak; those that stand */
};

/* A connection that stands. */
typedef struct {
  ExcLabPort *port;
  GSocketConnection *connection; /* weak */
  GSource *hung_up;
} Standing;

static void
standing_free (Standing *standing)
{
  g_source_destroy (standing->hung_up);
  g_source_unref (standing->hung_up);
  g_free (standing);
}

static void
on_connection_gone_cb (gpointer data, GObject *connection)
{
  ExcLabPort *self = data;

  g_hash_table_remove (self->sockets, connection);
}

/* libsoup 3.2 forgets a kept connection that its client closes, with its socket open: over
 * thousands of clients they become too many. What the client sent before is left to be read. */
static gboolean
on_hung_up_cb (gint fd, GIOCondition condition, gpointer user_data)
{
  Standing *standing = user_data;
  ExcLabPort *self = standing->port;
  GSocketConnection *connection = standing->connection;
  char byte;

  if (recv (fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0)
    return G_SOURCE_REMOVE;
  g_object_weak_unref (G_OBJECT (connection), on_connection_gone_cb, self);
  g_socket_close (g_socket_connection_get_socket (connection), NULL);
  g_hash_table_remove (self->sockets, connection);
  return G_SOURCE_REMOVE;
}

static void
add_standing (ExcLabPort *self, GSocketConnection *connection)
{
  Standing *standing = g_new0 (Standing, 1);

  standing->port = self;
  standing->connection = connection;
  /* Whoever reads or writes is first. */
  standing->hung_up = g_unix_fd_source_new (
      g_socket_get_fd (g_socket_connection_get_socket (connection)), (GIOCondition) POLLRDHUP);
  g_source_set_priority (standing->hung_up, G_PRIORITY_LOW);
  g_source_set_callback (standing->hung_up, G_SOURCE_FUNC (on_hung_up_cb), standing, NULL);
  g_source_attach (standing->hung_up, g_main_context_get_thread_default ());
  g_hash_table_insert (self->sockets, connection, standing);
  g_object_weak_ref (G_OBJECT (connection), on_connection_gone_cb, self);
}

static gboolean
on_incoming_cb (GSocketService *service,
                GSocketConnection *connection,
                GObject *source,
                gpointer user_data)
{
  ExcLabPort *self = user_data;
  g_autoptr(GSocketAddress) local = g_socket_connection_get_local_address (connection, NULL);
  g_autoptr(GSocketAddress) remote = g_socket_connection_get_remote_address (connection, NULL);
  g_autoptr(GIOStream) stream = NULL;
  g_autoptr(GError) error = NULL;

  if (local == NULL || remote == NULL || self->is_broken)
    return TRUE;

  /* Headers and body of an answer leave in two writes: without this the second waits 40 ms for the
   * acknowledgement of the first, at each of a job's hundred requests. */
  g_socket_set_option (
      g_socket_connection_get_socket (connection), IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  add_standing (self, connection);

  if (self->certificate != NULL)
    stream = g_tls_server_connection_new (G_IO_STREAM (connection), self->certificate, &error);
  else
    stream = g_object_ref (G_IO_STREAM (connection));
  if (stream == NULL || !soup_server_accept_iostream (self->server, stream, local, remote, &error))
    g_debug ("connection not taken: %s", error->message);

  return TRUE;
}

static GSocketService *
start_service (ExcLabPort *self, GError **error)
{
  g_autoptr(GSocketService) service = g_socket_service_new ();
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new (self->address, self->number);
  g_autoptr(GSocketAddress) effective = NULL;

  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (service),
                                      address,
                                      G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_TCP,
                                      NULL,
                                      &effective,
                                      error))
    return NULL;

  self->number = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  g_signal_connect (service, "incoming", G_CALLBACK (on_incoming_cb), self);
  return g_steal_pointer (&service);
}

static void
cut_connections (ExcLabPort *self)
{
  GHashTableIter iter;
  gpointer connection;

  g_hash_table_iter_init (&iter, self->sockets);
  while (g_hash_table_iter_next (&iter, &connection, NULL))
    g_socket_shutdown (g_socket_connection_get_socket (connection), TRUE, TRUE, NULL);
}

static void
stop_service (ExcLabPort *self)
{
  if (self->service == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_clear_object (&self->service);
}

ExcLabPort *
exc_lab_port_new (SoupServer *server,
                  GInetAddress *address,
                  guint16 port,
                  GTlsCertificate *certificate,
                  GError **error)
{
  g_autoptr(ExcLabPort) self = g_new0 (ExcLabPort, 1);

  self->server = g_object_ref (server);
  self->address = g_object_ref (address);
  self->number = port;
  g_set_object (&self->certificate, certificate);
  self->sockets = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) standing_free);
  self->service = start_service (self, error);
  if (self->service == NULL)
    return NULL;

  return g_steal_pointer (&self);
}

void
exc_lab_port_free (ExcLabPort *self)
{
  GHashTableIter iter;
  gpointer connection;

  if (self == NULL)
    return;

  stop_service (self);
  cut_connections (self);
  g_hash_table_iter_init (&iter, self->sockets);
  while (g_hash_table_iter_next (&iter, &connection, NULL))
    g_object_weak_unref (connection, on_connection_gone_cb, self);
  g_clear_pointer (&self->sockets, g_hash_table_unref);
  g_clear_object (&self->certificate);
  g_clear_object (&self->address);
  g_clear_object (&self->server);
  g_free (self);
}

guint16
exc_lab_port_get_number (ExcLabPort *self)
{
  return self->number;
}

GInetAddress *
exc_lab_port_get_address (ExcLabPort *self)
{
  return self->address;
}

void
exc_lab_port_set_certificate (ExcLabPort *self, GTlsCertificate *certificate)
{
  g_set_object (&self->certificate, certificate);
}

void
exc_lab_port_set_broken (ExcLabPort *self, gboolean broken)
{
  self->is_broken = broken;
}

gboolean
exc_lab_port_set_open (ExcLabPort *self, gboolean open, GError **error)
{
  if (open && self->service == NULL) {
    self->service = start_service (self, error);
    return self->service != NULL;
  }
  if (!open) {
    stop_service (self);
    cut_connections (self);
  }

  return TRUE;
}

/**
 * exc_lab_port_find_socket:
 * @self: a port
 * @remote: where a request came from
 *
 * Returns: (transfer none) (nullable): the socket it came through
 */
GSocket *
exc_lab_port_find_socket (ExcLabPort *self, GSocketAddress *remote)
{
  g_autofree char *wanted = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (remote));
  GHashTableIter iter;
  gpointer connection;

  g_hash_table_iter_init (&iter, self->sockets);
  while (g_hash_table_iter_next (&iter, &connection, NULL)) {
    g_autoptr(GSocketAddress) address = g_socket_connection_get_remote_address (connection, NULL);
    g_autofree char *text =
        address != NULL ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address)) : NULL;

    if (g_strcmp0 (text, wanted) == 0)
      return g_socket_connection_get_socket (connection);
  }

  return NULL;
}
