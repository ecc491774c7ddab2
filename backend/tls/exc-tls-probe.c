/* exc-tls-probe.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-tls-probe"

#include "config.h"

#include "exc-tls-probe.h"

#include <glib/gi18n.h>

#include "exc-error.h"

typedef struct {
  char *host;
  guint16 port;
  ExcStarttls *starttls;
  GSocketConnection *connection;
  GTlsConnection *tls;
  GBytes *output; /* of the greeting, being written */
  char buffer[1024];
  GCancellable *stop; /* by the timer or by the caller */
  GSource *timer;
  GSource *cancelled;
  gboolean is_late;
} Probe;

static void drive (GTask *task);

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
probe_free (Probe *probe)
{
  clear_source (&probe->timer);
  clear_source (&probe->cancelled);
  g_clear_object (&probe->tls);
  g_clear_object (&probe->connection);
  g_clear_object (&probe->stop);
  g_clear_pointer (&probe->starttls, exc_starttls_free);
  g_clear_pointer (&probe->output, g_bytes_unref);
  g_free (probe->host);
  g_free (probe);
}

/* What went wrong, by what can be done about it. */
static void
return_failure (GTask *task, GError *take)
{
  g_autoptr(GError) error = take;
  Probe *probe = g_task_get_task_data (task);

  clear_source (&probe->timer);
  clear_source (&probe->cancelled);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (probe->is_late) {
    g_task_return_new_error (task,
                             EXC_ERROR,
                             EXC_ERROR_UNREACHABLE,
                             _("%1$s does not answer on port %2$u."), probe->host, probe->port);
  } else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED)) {
    g_task_return_new_error (task,
                             EXC_ERROR,
                             EXC_ERROR_NOT_FOUND,
                             _("Nothing listens on port %2$u of %1$s."), probe->host, probe->port);
  } else if (error->domain == EXC_ERROR) {
    g_prefix_error (&error, _("%1$s, port %2$u: "), probe->host, probe->port);
    g_task_return_error (task, g_steal_pointer (&error));
  } else if (probe->connection == NULL) {
    g_task_return_new_error (
        task,
        EXC_ERROR,
        EXC_ERROR_UNREACHABLE,
        _("%1$s cannot be reached on port %2$u: %3$s"), probe->host, probe->port, error->message);
  } else if (probe->tls == NULL) {
    g_task_return_new_error (task,
                             EXC_ERROR,
                             EXC_ERROR_ENDPOINT,
                             _("%1$s, port %2$u, hung up before TLS could begin: %3$s"),
                                probe->host,
                                probe->port,
                                error->message);
  } else {
    g_task_return_new_error (task,
                             EXC_ERROR,
                             EXC_ERROR_ENDPOINT,
                             _("%1$s, port %2$u, shows no certificate: %3$s"),
                                probe->host,
                                probe->port,
                                error->message);
  }
}

static gboolean
on_time_cb (gpointer user_data)
{
  Probe *probe = g_task_get_task_data (user_data);

  probe->is_late = TRUE;
  g_cancellable_cancel (probe->stop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Probe *probe = g_task_get_task_data (user_data);

  g_cancellable_cancel (probe->stop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_certificate_offered_cb (GTlsConnection *connection,
                           GTlsCertificate *certificate,
                           GTlsCertificateFlags flags,
                           gpointer user_data)
{
  /* Any certificate will do: it is looked at, and nothing is sent over this connection. */
  return TRUE;
}

static void
on_handshake_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GByteArray) der = NULL;
  GTlsConnection *tls = G_TLS_CONNECTION (source);
  Probe *probe = g_task_get_task_data (task);
  gboolean ok = g_tls_connection_handshake_finish (tls, result, &error);
  GTlsCertificate *certificate = g_tls_connection_get_peer_certificate (tls);
  g_autoptr(GBytes) bytes = NULL;
  ExcX509 *x509;

  /* A server that asks for a client certificate fails us after it has shown its own. */
  if (certificate == NULL) {
    if (ok)
      g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_FAILED, _("no certificate was shown"));
    return_failure (task, g_steal_pointer (&error));
    return;
  }

  clear_source (&probe->timer);
  clear_source (&probe->cancelled);
  g_object_get (certificate, "certificate", &der, NULL);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&der));
  g_clear_error (&error);
  x509 = exc_x509_new_from_der (bytes, &error);
  if (x509 == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, x509, (GDestroyNotify) exc_x509_unref);
}

static void
start_handshake (GTask *take)
{
  g_autoptr(GTask) task = take;
  Probe *probe = g_task_get_task_data (task);
  g_autoptr(GSocketConnectable) identity = g_network_address_new (probe->host, probe->port);
  g_autoptr(GError) error = NULL;
  GIOStream *stream;

  stream = g_tls_client_connection_new (G_IO_STREAM (probe->connection), identity, &error);
  if (stream == NULL) {
    return_failure (task, g_steal_pointer (&error));
    return;
  }
  probe->tls = G_TLS_CONNECTION (stream);
  g_signal_connect (probe->tls, "accept-certificate", G_CALLBACK (on_certificate_offered_cb), NULL);
  g_tls_connection_handshake_async (
      probe->tls, G_PRIORITY_DEFAULT, probe->stop, on_handshake_done_cb, g_steal_pointer (&task));
}

static void
on_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  Probe *probe = g_task_get_task_data (task);
  gssize n_read = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n_read == 0)
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CLOSED, _("the connection was closed"));
  if (n_read <= 0 || !exc_starttls_push (probe->starttls, probe->buffer, (gsize) n_read, &error)) {
    return_failure (task, g_steal_pointer (&error));
    return;
  }
  drive (g_steal_pointer (&task));
}

static void
on_written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error)) {
    return_failure (task, g_steal_pointer (&error));
    return;
  }
  drive (g_steal_pointer (&task));
}

/* Takes the task. */
static void
drive (GTask *task)
{
  Probe *probe = g_task_get_task_data (task);
  GIOStream *stream = G_IO_STREAM (probe->connection);

  g_clear_pointer (&probe->output, g_bytes_unref);
  probe->output = exc_starttls_pop (probe->starttls);
  if (probe->output != NULL) {
    gsize size;
    const void *data = g_bytes_get_data (probe->output, &size);

    g_output_stream_write_all_async (g_io_stream_get_output_stream (stream),
                                     data,
                                     size,
                                     G_PRIORITY_DEFAULT,
                                     probe->stop,
                                     on_written_cb,
                                     task);
  } else if (exc_starttls_is_ready (probe->starttls)) {
    start_handshake (task);
  } else {
    g_input_stream_read_async (g_io_stream_get_input_stream (stream),
                               probe->buffer,
                               sizeof probe->buffer,
                               G_PRIORITY_DEFAULT,
                               probe->stop,
                               on_read_cb,
                               task);
  }
}

static void
on_connected_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  Probe *probe = g_task_get_task_data (task);

  probe->connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  if (probe->connection == NULL) {
    return_failure (task, g_steal_pointer (&error));
    return;
  }
  drive (g_steal_pointer (&task));
}

/**
 * exc_tls_probe_async:
 * @host: the name to ask for (SNI)
 * @address: (nullable): where it is, instead of resolving @host
 * @port: the port as it is to be connected to
 * @greeting: what is said before TLS
 * @timeout_s: for the whole probe, in seconds
 * @cancellable: (nullable): ends it early
 * @callback: called with the result
 * @user_data: data for @callback
 *
 * Looks which certificate is served. Fails with EXC_ERROR_NOT_FOUND (nothing listens),
 * EXC_ERROR_UNREACHABLE (no answer, no way there) or EXC_ERROR_ENDPOINT (no TLS).
 */
void
exc_tls_probe_async (const char *host,
                     GInetAddress *address,
                     guint16 port,
                     ExcProbeGreeting greeting,
                     guint timeout_s,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GSocketClient) client = NULL;
  g_autoptr(GSocketConnectable) connectable = NULL;
  Probe *probe;

  g_return_if_fail (host != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, exc_tls_probe_async);
  probe = g_new0 (Probe, 1);
  probe->host = g_strdup (host);
  probe->port = port;
  probe->starttls = exc_starttls_new (greeting);
  probe->stop = g_cancellable_new ();
  g_task_set_task_data (task, probe, (GDestroyNotify) probe_free);

  probe->timer = g_timeout_source_new_seconds (timeout_s);
  g_source_set_callback (probe->timer, on_time_cb, task, NULL);
  g_source_attach (probe->timer, g_task_get_context (task));
  if (cancellable != NULL) {
    probe->cancelled = g_cancellable_source_new (cancellable);
    g_source_set_callback (probe->cancelled, G_SOURCE_FUNC (on_cancelled_cb), task, NULL);
    g_source_attach (probe->cancelled, g_task_get_context (task));
  }

  if (address != NULL)
    connectable = G_SOCKET_CONNECTABLE (g_inet_socket_address_new (address, port));
  else
    connectable = g_network_address_new (host, port);
  client = g_socket_client_new ();
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_async (
      client, connectable, probe->stop, on_connected_cb, g_steal_pointer (&task));
}

/**
 * exc_tls_probe_finish:
 * @result: of exc_tls_probe_async()
 * @error: return location
 *
 * Returns: (transfer full) (nullable): the leaf certificate that was shown
 */
ExcX509 *
exc_tls_probe_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_tls_probe_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
