/* exc-http-transport.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-remote"

#include "config.h"

#include "exc-http-transport.h"

#include "exc-connectable.h"
#include "exc-error.h"
#include "exc-http-error-private.h"
#include "exc-multipart.h"
#include "exc-trace.h"

#include <glib/gi18n.h>
#include <libsoup/soup.h>
#include <openssl/crypto.h>

#define CONTENT_TYPE    "application/soap+xml;charset=UTF-8"
#define READ_SIZE       65536
#define MAX_CONNECTIONS 4
#define IDLE_TIMEOUT_S  60 /* below IIS's two minutes, so that we close first */

struct _ExcHttpTransport {
  GObject parent_instance;

  ExcEndpoint *endpoint;
  GUri *uri;
  char *server; /* host:port, for people */
  SoupSession *session;
  GTlsDatabase *extra_database; /* (nullable): of the endpoint's CA file */
  guint n_round_trips;
  gint64 server_time_offset;
};

typedef struct {
  ExcTransportSink sink;
  gpointer sink_data;
  guint timeout_s;
  SoupMessage *message;
  GInputStream *stream;
  GCancellable *stop; /* ends the exchange: the caller's cancellable, the time limit */
  GCancellable *caller;
  gulong cancelled_id;
  guint timer_id;
  gboolean timed_out;
  GTlsCertificate *refused; /* (nullable) */
  GTlsCertificateFlags refused_flags;
  GByteArray *traced; /* (nullable): the answer's beginning */
  GError *error;      /* (nullable): of the status, told once the body is closed */
} Exchange;

static void transport_iface_init (ExcTransportInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ExcHttpTransport,
                               exc_http_transport,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (EXC_TYPE_TRANSPORT, transport_iface_init))

static void read_more (GTask *task);

static void
exchange_free (Exchange *exchange)
{
  if (exchange->cancelled_id != 0)
    g_cancellable_disconnect (exchange->caller, exchange->cancelled_id);
  g_clear_handle_id (&exchange->timer_id, g_source_remove);
  g_clear_object (&exchange->message);
  g_clear_object (&exchange->stream);
  g_clear_object (&exchange->stop);
  g_clear_object (&exchange->caller);
  g_clear_object (&exchange->refused);
  g_clear_pointer (&exchange->traced, g_byte_array_unref);
  g_clear_error (&exchange->error);
  g_free (exchange);
}

static void
trace_headers (const char *label, const char *first_line, SoupMessageHeaders *headers)
{
  g_autoptr(GString) text = NULL;
  SoupMessageHeadersIter iter;
  const char *name = NULL;
  const char *value = NULL;

  if (!exc_trace_is_enabled ())
    return;

  text = g_string_new (first_line);
  soup_message_headers_iter_init (&iter, headers);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    g_string_append_printf (text, "\n%s: %s", name, value);
  exc_trace_bytes (label, text->str, text->len);
}

static void
finish_exchange (GTask *task, const GError *reason)
{
  ExcHttpTransport *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);

  g_clear_handle_id (&exchange->timer_id, g_source_remove);
  if (exchange->traced != NULL)
    exc_trace_bytes ("http response body", exchange->traced->data, exchange->traced->len);

  if (reason == NULL) {
    g_task_return_boolean (task, TRUE);
  } else if (exchange->timed_out && g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_task_return_new_error (task,
                             EXC_ERROR,
                             EXC_ERROR_UNREACHABLE,
                             ngettext ("%1$s did not answer within %2$u second.",
                                       "%1$s did not answer within %2$u seconds.",
                                       exchange->timeout_s),
                             self->server,
                             exchange->timeout_s);
  } else {
    g_task_return_error (task,
                         exc_http_error_from_connection (
                             reason, self->server, exchange->refused, exchange->refused_flags));
  }
}

static gboolean
on_time_out_cb (gpointer user_data)
{
  Exchange *exchange = user_data;

  exchange->timer_id = 0;
  exchange->timed_out = TRUE;
  g_cancellable_cancel (exchange->stop);
  return G_SOURCE_REMOVE;
}

static void
on_caller_cancelled_cb (GCancellable *caller, gpointer user_data)
{
  g_cancellable_cancel (G_CANCELLABLE (user_data));
}

/* IIS would talk HTTP/2, which has no authentication of a connection and which libsoup 3.2 does
 * not do well enough: one request after another on HTTP/1.1 is what a shell needs. */
static void
on_network_event_cb (SoupMessage *message,
                     GSocketClientEvent event,
                     GIOStream *connection,
                     gpointer user_data)
{
  static const char *const protocols[] = { "http/1.1", NULL };

  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING && G_IS_TLS_CONNECTION (connection))
    g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (connection), protocols);
}

/* The system's certificates did not do; those of the endpoint's file may. */
static gboolean
on_accept_certificate_cb (SoupMessage *message,
                          GTlsCertificate *certificate,
                          GTlsCertificateFlags flags,
                          gpointer user_data)
{
  GTask *task = user_data;
  ExcHttpTransport *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr(GSocketConnectable) identity = NULL;
  GTlsCertificateFlags left = flags;

  if (self->extra_database != NULL) {
    identity = g_network_address_new (g_uri_get_host (self->uri), 0);
    left = g_tls_database_verify_chain (self->extra_database,
                                        certificate,
                                        G_TLS_DATABASE_PURPOSE_AUTHENTICATE_SERVER,
                                        identity,
                                        NULL,
                                        G_TLS_DATABASE_VERIFY_NONE,
                                        NULL,
                                        NULL);
    if (left == 0)
      return TRUE;
  }

  g_set_object (&exchange->refused, certificate);
  exchange->refused_flags = left;
  return FALSE;
}

static void
on_body_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);

  g_input_stream_close_finish (G_INPUT_STREAM (source), result, NULL);
  finish_exchange (task, exchange->error);
}

/* With the body closed the connection can serve again. */
static void
close_body (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);

  g_input_stream_close_async (
      exchange->stream, G_PRIORITY_DEFAULT, exchange->stop, on_body_closed_cb, task);
}

static void
on_bytes_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  const guint8 *data = NULL;
  gsize length = 0;

  bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  if (bytes == NULL) {
    finish_exchange (task, error);
    return;
  }
  data = g_bytes_get_data (bytes, &length);
  if (length == 0) {
    close_body (g_steal_pointer (&task));
    return;
  }
  if (exc_trace_is_enabled ()) {
    if (exchange->traced == NULL)
      exchange->traced = g_byte_array_new ();
    g_byte_array_append (
        exchange->traced,
        data,
        MIN (length, EXC_TRACE_MAX_BYTES + 1 - MIN (exchange->traced->len, EXC_TRACE_MAX_BYTES)));
  }
  if (!exchange->sink (data, length, exchange->sink_data, &error)) {
    g_cancellable_cancel (exchange->stop);
    finish_exchange (task, error);
    return;
  }
  read_more (g_steal_pointer (&task));
}

static void
read_more (GTask *task)
{
  Exchange *exchange = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (
      exchange->stream, READ_SIZE, G_PRIORITY_DEFAULT, exchange->stop, on_bytes_read_cb, task);
}

static void
note_date (ExcHttpTransport *self, SoupMessageHeaders *headers)
{
  const char *text = soup_message_headers_get_one (headers, "Date");
  g_autoptr(GDateTime) date = text != NULL ? soup_date_time_new_from_http_string (text) : NULL;

  if (date != NULL)
    self->server_time_offset = g_date_time_to_unix (date) - g_get_real_time () / G_USEC_PER_SEC;
}

/* Whether an envelope can be in a body of that type; a server that names none is believed. */
static gboolean
is_envelope (const char *content_type)
{
  return content_type == NULL || g_str_has_prefix (content_type, "application/soap+xml") ||
         g_str_has_prefix (content_type, "application/xml") ||
         g_str_has_prefix (content_type, "text/xml");
}

static GError *
check_headers (ExcHttpTransport *self, SoupMessage *message)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (message);
  guint status = soup_message_get_status (message);
  const char *type = soup_message_headers_get_content_type (headers, NULL);
  GError *error = NULL;

  error = exc_http_error_from_status (status,
                                      self->server,
                                      soup_message_headers_get_one (headers, "Location"),
                                      soup_message_headers_get_list (headers, "WWW-Authenticate"));
  if (error != NULL)
    return error;
  if (exc_multipart_is_content_type (type))
    return g_error_new (EXC_ERROR,
                        EXC_ERROR_PROTOCOL,
                        _("%s sealed its answer, though nothing was agreed."), self->server);
  if (is_envelope (type) && !(type == NULL && status == 500))
    return NULL;
  if (status == 500)
    return g_error_new (EXC_ERROR,
                        EXC_ERROR_UNREACHABLE,
                        _("%s failed without saying why (HTTP 500). Try again later."),
                           self->server);

  return g_error_new (
      EXC_ERROR,
      EXC_ERROR_ENDPOINT,
      _("%1$s answers, but not as a PowerShell endpoint (%2$s)."), self->server, type);
}

static void
on_sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  ExcHttpTransport *self = g_task_get_source_object (task);
  Exchange *exchange = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  SoupMessageHeaders *headers = NULL;

  exchange->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (exchange->stream == NULL) {
    finish_exchange (task, error);
    return;
  }

  self->n_round_trips++;
  headers = soup_message_get_response_headers (exchange->message);
  trace_headers ("http response", soup_message_get_reason_phrase (exchange->message), headers);
  note_date (self, headers);
  exchange->error = check_headers (self, exchange->message);
  if (exchange->error != NULL)
    close_body (g_steal_pointer (&task));
  else
    read_more (g_steal_pointer (&task));
}

/* Basic, sent with the first request: no round trip is spent on a 401. */
static void
add_authorization (ExcHttpTransport *self, SoupMessageHeaders *headers)
{
  ExcCredentials *credentials = exc_endpoint_get_credentials (self->endpoint);
  const char *user = exc_credentials_get_user (credentials);
  gsize password_size = 0;
  const char *password =
      exc_secret_peek (exc_credentials_get_password (credentials), &password_size);
  gsize size = strlen (user) + 1 + password_size;
  char *plain = g_malloc (size);
  char *base64 = NULL;
  char *value = NULL;

  memcpy (plain, user, strlen (user));
  plain[strlen (user)] = ':';
  memcpy (plain + strlen (user) + 1, password, password_size);
  base64 = g_base64_encode ((const guchar *) plain, size);
  value = g_strconcat ("Basic ", base64, NULL);
  soup_message_headers_replace (headers, "Authorization", value);

  OPENSSL_cleanse (plain, size);
  OPENSSL_cleanse (base64, strlen (base64));
  OPENSSL_cleanse (value, strlen (value));
  g_free (plain);
  g_free (base64);
  g_free (value);
}

static SoupMessage *
new_message (ExcHttpTransport *self, GBytes *envelope)
{
  SoupMessage *message = soup_message_new_from_uri (SOUP_METHOD_POST, self->uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  /* libsoup opens a new connection for every POST unless it is called idempotent. The flag means
   * nothing else to it: whether a request is sent again it decides by the method alone. */
  soup_message_set_flags (message,
                          SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE |
                              SOUP_MESSAGE_IDEMPOTENT);
  soup_message_set_request_body_from_bytes (message, CONTENT_TYPE, envelope);
  /* IIS would compress otherwise (protocol.md 1). */
  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  soup_message_headers_replace (headers, "Connection", "Keep-Alive");
  trace_headers ("http request", "POST", headers);
  exc_trace_bytes (
      "http request body", g_bytes_get_data (envelope, NULL), g_bytes_get_size (envelope));
  add_authorization (self, headers);

  return message;
}

static void
exc_http_transport_exchange_async (ExcTransport *transport,
                                   GBytes *envelope,
                                   guint timeout_s,
                                   ExcTransportSink sink,
                                   gpointer sink_data,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  ExcHttpTransport *self = EXC_HTTP_TRANSPORT (transport);
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);
  Exchange *exchange = g_new0 (Exchange, 1);

  g_task_set_source_tag (task, exc_http_transport_exchange_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, exchange, (GDestroyNotify) exchange_free);
  exchange->sink = sink;
  exchange->sink_data = sink_data;
  exchange->timeout_s = timeout_s;
  exchange->stop = g_cancellable_new ();
  exchange->timer_id = g_timeout_add_seconds (timeout_s, on_time_out_cb, exchange);
  if (cancellable != NULL) {
    exchange->caller = g_object_ref (cancellable);
    exchange->cancelled_id = g_cancellable_connect (cancellable,
                                                    G_CALLBACK (on_caller_cancelled_cb),
                                                    g_object_ref (exchange->stop),
                                                    g_object_unref);
  }

  exchange->message = new_message (self, envelope);
  g_signal_connect_object (
      exchange->message, "accept-certificate", G_CALLBACK (on_accept_certificate_cb), task, 0);
  g_signal_connect_object (
      exchange->message, "network-event", G_CALLBACK (on_network_event_cb), task, 0);
  soup_session_send_async (self->session,
                           exchange->message,
                           G_PRIORITY_DEFAULT,
                           exchange->stop,
                           on_sent_cb,
                           g_object_ref (task));
}

static gboolean
exc_http_transport_exchange_finish (ExcTransport *transport, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, transport), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_http_transport_exchange_async),
                        FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static guint
exc_http_transport_get_n_round_trips (ExcTransport *transport)
{
  return EXC_HTTP_TRANSPORT (transport)->n_round_trips;
}

static gint64
exc_http_transport_get_server_time_offset (ExcTransport *transport)
{
  return EXC_HTTP_TRANSPORT (transport)->server_time_offset;
}

static void
transport_iface_init (ExcTransportInterface *iface)
{
  iface->exchange_async = exc_http_transport_exchange_async;
  iface->exchange_finish = exc_http_transport_exchange_finish;
  iface->get_n_round_trips = exc_http_transport_get_n_round_trips;
  iface->get_server_time_offset = exc_http_transport_get_server_time_offset;
}

static void
exc_http_transport_finalize (GObject *object)
{
  ExcHttpTransport *self = EXC_HTTP_TRANSPORT (object);

  if (self->session != NULL)
    soup_session_abort (self->session);
  g_clear_object (&self->session);
  g_clear_object (&self->extra_database);
  g_clear_pointer (&self->endpoint, exc_endpoint_unref);
  g_clear_pointer (&self->uri, g_uri_unref);
  g_free (self->server);
  G_OBJECT_CLASS (exc_http_transport_parent_class)->finalize (object);
}

static void
exc_http_transport_class_init (ExcHttpTransportClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = exc_http_transport_finalize;
}

static void
exc_http_transport_init (ExcHttpTransport *self)
{
}

/* The port of the address as it was written; a default port with the offset of the hosts file. */
static guint16
get_port (ExcHttpTransport *self)
{
  /* The normalised address would show a default port as if it had been written. */
  g_autoptr(GUri) written =
                 g_uri_parse (exc_endpoint_get_url (self->endpoint), G_URI_FLAGS_NONE, NULL);

  if (written != NULL && g_uri_get_port (written) > 0)
    return (guint16) g_uri_get_port (written);

  return exc_names_get_port (exc_endpoint_get_names (self->endpoint),
                             g_uri_get_host (self->uri),
                             g_str_equal (g_uri_get_scheme (self->uri), "https") ? 443 : 80);
}

static void
make_session (ExcHttpTransport *self)
{
  const char *host = g_uri_get_host (self->uri);
  g_autoptr(GInetAddress) address =
                 exc_names_lookup (exc_endpoint_get_names (self->endpoint), host);
  g_autoptr(ExcConnectable) connectable = NULL;
  g_autoptr(SoupCookieJar) cookies = soup_cookie_jar_new ();

  if (address != NULL)
    connectable = exc_connectable_new (host, address, get_port (self));
  self->session = soup_session_new_with_options ("max-conns",
                                                 MAX_CONNECTIONS,
                                                 "max-conns-per-host",
                                                 MAX_CONNECTIONS,
                                                 "timeout",
                                                 0,
                                                 "idle-timeout",
                                                 IDLE_TIMEOUT_S,
                                                 "user-agent",
                                                 "thumbprint/" PACKAGE_VERSION,
                                                 "remote-connectable",
                                                 connectable,
                                                 NULL);
  /* Authorization is ours; a front end routes by the cookies it sets (protocol.md 1). */
  soup_session_remove_feature_by_type (self->session, SOUP_TYPE_AUTH_MANAGER);
  soup_session_add_feature (self->session, SOUP_SESSION_FEATURE (cookies));
}

/**
 * exc_http_transport_new:
 * @endpoint: (transfer none): where to connect, and as whom
 *
 * Nothing is connected yet.
 *
 * Returns: (transfer full): a transport
 */
ExcHttpTransport *
exc_http_transport_new (ExcEndpoint *endpoint)
{
  ExcHttpTransport *self = NULL;
  const char *ca_file = NULL;

  g_return_val_if_fail (endpoint != NULL, NULL);

  self = g_object_new (EXC_TYPE_HTTP_TRANSPORT, NULL);
  self->endpoint = exc_endpoint_ref (endpoint);
  self->uri = g_uri_parse (exc_endpoint_get_url (endpoint), SOUP_HTTP_URI_FLAGS, NULL);
  self->server = g_strdup_printf ("%s:%u", g_uri_get_host (self->uri), get_port (self));
  make_session (self);
  ca_file = exc_endpoint_get_ca_file (endpoint);
  if (ca_file != NULL)
    self->extra_database = g_tls_file_database_new (ca_file, NULL);

  return self;
}
