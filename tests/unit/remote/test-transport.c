/* test-transport.c — HTTP and TLS as servers really do them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-http-transport.h"
#include "test-certificates.h"

#include <glib/gstdio.h>
#include <libsoup/soup.h>

#define YEAR    (365 * 86400)
#define REQUEST "<request/>"

typedef struct {
  guint status;
  const char *type; /* (nullable) */
  const char *body; /* (nullable) */
  const char *header;
  const char *value;
} Answer;

typedef struct {
  SoupServer *server;
  guint16 port;
  Answer answer;
  gboolean is_held;        /* the next request waits for release */
  SoupServerMessage *held; /* (nullable) */
  guint n_requests;
  char *seen; /* headers of the last request, one a line */
  char *seen_body;
  guint16 seen_port; /* the client's port of the last request */
  ExcTransport *transport;
  GString *got;
  guint n_pieces;
  gboolean sink_fails;
  char *ca_file;
  char *hosts_file;
} Fixture;

static void
on_header_cb (const char *name, const char *value, gpointer user_data)
{
  g_string_append_printf (user_data, "%s: %s\n", name, value);
}

static void
on_request_cb (SoupServer *server,
               SoupServerMessage *message,
               const char *path,
               GHashTable *query,
               gpointer user_data)
{
  Fixture *fixture = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  GString *seen = g_string_new (NULL);
  GSocketAddress *address = soup_server_message_get_remote_address (message);

  soup_message_headers_foreach (
      soup_server_message_get_request_headers (message), on_header_cb, seen);
  g_free (fixture->seen);
  g_free (fixture->seen_body);
  fixture->seen = g_string_free (seen, FALSE);
  fixture->seen_body = g_strndup (body->data, body->length);
  fixture->seen_port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  fixture->n_requests++;

  soup_server_message_set_status (message, fixture->answer.status, NULL);
  if (fixture->answer.header != NULL)
    soup_message_headers_append (headers, fixture->answer.header, fixture->answer.value);
  if (fixture->answer.body != NULL)
    soup_server_message_set_response (message,
                                      fixture->answer.type,
                                      SOUP_MEMORY_COPY,
                                      fixture->answer.body,
                                      strlen (fixture->answer.body));
  if (fixture->is_held) {
    fixture->is_held = FALSE;
    fixture->held = g_object_ref (message);
    soup_server_message_pause (message);
  }
}

static void
listen_on (Fixture *fixture, GTlsCertificate *certificate)
{
  g_autoslist(GUri) uris = NULL;
  g_autoptr(GError) error = NULL;

  fixture->server = soup_server_new ("tls-certificate", certificate, NULL);
  soup_server_add_handler (fixture->server, NULL, on_request_cb, fixture, NULL);
  soup_server_listen_local (fixture->server,
                            0,
                            SOUP_SERVER_LISTEN_IPV4_ONLY |
                                (certificate != NULL ? SOUP_SERVER_LISTEN_HTTPS : 0),
                            &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (fixture->server);
  fixture->port = g_uri_get_port (uris->data);
}

static void
connect_to (Fixture *fixture, const char *url, ExcNames *names)
{
  g_autoptr(ExcSecret) password = exc_secret_new ("p:w\xc3\xb6", 5);
  g_autoptr(ExcCredentials) credentials =
                 exc_credentials_new (EXC_AUTH_BASIC, "CONTOSO\\admin", password);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcEndpoint) endpoint = exc_endpoint_new (
      url, EXC_CONFIGURATION_WINDOWS, credentials, fixture->ca_file, names, &error);

  g_assert_no_error (error);
  g_clear_object (&fixture->transport);
  fixture->transport = EXC_TRANSPORT (exc_http_transport_new (endpoint));
}

static void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  const Answer good = { 200, "application/soap+xml;charset=UTF-8", "<answer/>", NULL, NULL };
  g_autofree char *url = NULL;

  fixture->got = g_string_new (NULL);
  fixture->answer = good;
  listen_on (fixture, NULL);
  url = g_strdup_printf ("http://127.0.0.1:%u/wsman?a=b;c=d", fixture->port);
  connect_to (fixture, url, NULL);
}

static void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->held);
  if (fixture->transport != NULL)
    g_assert_finalize_object (fixture->transport);
  soup_server_disconnect (fixture->server);
  g_clear_object (&fixture->server);
  g_string_free (fixture->got, TRUE);
  g_free (fixture->seen);
  g_free (fixture->seen_body);
  if (fixture->ca_file != NULL)
    g_unlink (fixture->ca_file);
  if (fixture->hosts_file != NULL)
    g_unlink (fixture->hosts_file);
  g_free (fixture->ca_file);
  g_free (fixture->hosts_file);
}

static gboolean
on_bytes_cb (const guint8 *data, gsize length, gpointer user_data, GError **error)
{
  Fixture *fixture = user_data;

  if (fixture->sink_fails) {
    g_set_error_literal (error, EXC_ERROR, EXC_ERROR_LIMIT, "enough");
    return FALSE;
  }
  fixture->n_pieces++;
  g_string_append_len (fixture->got, (const char *) data, length);
  return TRUE;
}

static void
on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
start (Fixture *fixture, guint timeout_s, GCancellable *cancellable, GAsyncResult **result)
{
  g_autoptr(GBytes) envelope = g_bytes_new_static (REQUEST, strlen (REQUEST));

  exc_transport_exchange_async (fixture->transport,
                                envelope,
                                timeout_s,
                                on_bytes_cb,
                                fixture,
                                cancellable,
                                on_done_cb,
                                result);
}

static gboolean
finish (Fixture *fixture, GAsyncResult **result, GError **error)
{
  g_autoptr(GAsyncResult) done = NULL;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  done = g_steal_pointer (result);
  return exc_transport_exchange_finish (fixture->transport, done, error);
}

static gboolean
exchange (Fixture *fixture, GError **error)
{
  GAsyncResult *result = NULL;

  g_string_truncate (fixture->got, 0);
  start (fixture, 30, NULL, &result);
  return finish (fixture, &result, error);
}

/* What protocol.md 1 wants in every request. */
static void
test_request (Fixture *fixture, gconstpointer data)
{
  static const char *const lines[] = {
    "Content-Type: application/soap+xml;charset=UTF-8\n",
    "Accept-Encoding: identity\n",
    "Connection: Keep-Alive\n",
    "Authorization: Basic Q09OVE9TT1xhZG1pbjpwOnfDtg==\n",
    "Content-Length: 10\n",
  };
  g_autoptr(GError) error = NULL;

  g_assert_true (exchange (fixture, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (fixture->got->str, ==, "<answer/>");
  g_assert_cmpstr (fixture->seen_body, ==, REQUEST);
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    if (strstr (fixture->seen, lines[i]) == NULL)
      g_error ("%s is not in %s", lines[i], fixture->seen);
  }
  g_assert_cmpuint (exc_transport_get_n_round_trips (fixture->transport), ==, 1);
}

static void
test_cookies (Fixture *fixture, gconstpointer data)
{
  fixture->answer.header = "Set-Cookie";
  fixture->answer.value = "route=back-end-7; path=/; HttpOnly";
  g_assert_true (exchange (fixture, NULL));
  g_assert_null (strstr (fixture->seen, "Cookie:"));
  g_assert_true (exchange (fixture, NULL));
  g_assert_nonnull (strstr (fixture->seen, "Cookie: route=back-end-7\n"));
}

/* Without a word to libsoup each POST would have a connection of its own. */
static void
test_keep_alive (Fixture *fixture, gconstpointer data)
{
  guint16 port = 0;

  for (int i = 0; i < 5; i++) {
    g_assert_true (exchange (fixture, NULL));
    g_assert_true (port == 0 || port == fixture->seen_port);
    port = fixture->seen_port;
    while (g_main_context_iteration (NULL, FALSE))
      ;
  }
}

/* A Send or Signal passes a Receive that waits. */
static void
test_second_connection (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *first = NULL;
  GAsyncResult *second = NULL;
  g_autoptr(GError) error = NULL;

  fixture->is_held = TRUE;
  start (fixture, 30, NULL, &first);
  while (fixture->held == NULL)
    g_main_context_iteration (NULL, TRUE);
  start (fixture, 30, NULL, &second);
  g_assert_true (finish (fixture, &second, &error));
  g_assert_null (first);
  soup_server_message_unpause (fixture->held);
  g_assert_true (finish (fixture, &first, &error));
  g_assert_no_error (error);
}

static void
test_streamed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *body = g_strnfill (1000000, 'x');

  fixture->answer.body = body;
  g_assert_true (exchange (fixture, NULL));
  g_assert_cmpuint (fixture->got->len, ==, 1000000);
  g_assert_cmpuint (fixture->n_pieces, >, 10);
}

static void
test_sink_fails (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture->sink_fails = TRUE;
  g_assert_false (exchange (fixture, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_LIMIT);
  fixture->sink_fails = FALSE;
  g_assert_true (exchange (fixture, NULL));
}

static void
test_time_out (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *result = NULL;
  g_autoptr(GError) error = NULL;

  fixture->is_held = TRUE;
  start (fixture, 1, NULL, &result);
  g_assert_false (finish (fixture, &result, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, "within 1 second."));
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  GAsyncResult *result = NULL;
  g_autoptr(GError) error = NULL;

  fixture->is_held = TRUE;
  start (fixture, 30, cancellable, &result);
  while (fixture->held == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  g_assert_false (finish (fixture, &result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

typedef struct {
  const char *name;
  Answer answer;
  int code;         /* -1: an envelope came */
  const char *word; /* in the message */
} StatusCase;

#define SOAP "application/soap+xml"
#define HTML "text/html"

static const StatusCase status_cases[] = {
  { "200", { 200, SOAP, "<a/>", NULL, NULL }, -1, NULL },
  { "200-text-xml", { 200, "text/xml; charset=utf-8", "<a/>", NULL, NULL }, -1, NULL },
  { "200-html", { 200, HTML, "<html>", NULL, NULL }, EXC_ERROR_ENDPOINT, "text/html" },
  { "200-sealed",
    { 200, "multipart/encrypted;boundary=x", "x", NULL, NULL },
    EXC_ERROR_PROTOCOL,
    "sealed" },
  { "500-fault", { 500, SOAP, "<fault/>", NULL, NULL }, -1, NULL },
  { "500-html", { 500, HTML, "<html>", NULL, NULL }, EXC_ERROR_UNREACHABLE, "500" },
  { "500-empty", { 500, NULL, NULL, NULL, NULL }, EXC_ERROR_UNREACHABLE, "500" },
  { "400", { 400, HTML, "bad", NULL, NULL }, EXC_ERROR_ENDPOINT, "400" },
  { "401",
    { 401, NULL, NULL, "WWW-Authenticate", "Basic realm=\"x\"" },
    EXC_ERROR_AUTH,
    "password" },
  { "401-bare", { 401, NULL, NULL, NULL, NULL }, EXC_ERROR_AUTH, "password" },
  { "401-kerberos",
    { 401, NULL, NULL, "WWW-Authenticate", "Kerberos" },
    EXC_ERROR_AUTH,
    "Kerberos" },
  { "403", { 403, HTML, "<html>", NULL, NULL }, EXC_ERROR_AUTH, "403" },
  { "404", { 404, HTML, "<html>", NULL, NULL }, EXC_ERROR_ENDPOINT, "path" },
  { "405", { 405, NULL, NULL, NULL, NULL }, EXC_ERROR_ENDPOINT, "405" },
  { "413", { 413, NULL, NULL, NULL, NULL }, EXC_ERROR_LIMIT, "413" },
  { "415", { 415, NULL, NULL, NULL, NULL }, EXC_ERROR_ENDPOINT, "415" },
  { "429", { 429, NULL, NULL, NULL, NULL }, EXC_ERROR_BUSY, "429" },
  { "502", { 502, HTML, "<html>", NULL, NULL }, EXC_ERROR_UNREACHABLE, "502" },
  { "503", { 503, HTML, "<html>", NULL, NULL }, EXC_ERROR_BUSY, "503" },
  { "504", { 504, NULL, NULL, NULL, NULL }, EXC_ERROR_UNREACHABLE, "504" },
  { "418", { 418, NULL, NULL, NULL, NULL }, EXC_ERROR_ENDPOINT, "418" },
  /* Never followed: the password would go along. */
  { "302",
    { 302, NULL, NULL, "Location", "https://elsewhere.example/PowerShell" },
    EXC_ERROR_ENDPOINT,
    "https://elsewhere.example/PowerShell" },
  { "307", { 307, NULL, NULL, "Location", "/other" }, EXC_ERROR_ENDPOINT, "/other" },
  { "301-nowhere", { 301, NULL, NULL, NULL, NULL }, EXC_ERROR_ENDPOINT, "301" },
};

static void
test_status (Fixture *fixture, gconstpointer data)
{
  const StatusCase *c = data;
  g_autoptr(GError) error = NULL;
  g_autofree char *server = g_strdup_printf ("127.0.0.1:%u", fixture->port);

  fixture->answer = c->answer;
  if (c->code < 0) {
    g_assert_true (exchange (fixture, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (fixture->got->str, ==, c->answer.body);
  } else {
    g_assert_false (exchange (fixture, &error));
    g_assert_error (error, EXC_ERROR, c->code);
    g_assert_nonnull (strstr (error->message, server));
    g_assert_nonnull (strstr (error->message, c->word));
    g_assert_cmpuint (fixture->got->len, ==, 0);
  }
  g_assert_cmpuint (fixture->n_requests, ==, 1);
}

/* The Date header tells how far the server's clock is from ours. */
static void
test_date (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr(GDateTime) then = g_date_time_add_hours (now, 5);
  g_autofree char *text = soup_date_time_to_string (then, SOUP_DATE_HTTP);

  fixture->answer.header = "Date";
  fixture->answer.value = text;
  g_assert_true (exchange (fixture, NULL));
  g_assert_cmpint (
      ABS (exc_transport_get_server_time_offset (fixture->transport) - 5 * 3600), <=, 2);
}

static gboolean
on_incoming_cb (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer d)
{
  static const char junk[] = "220 mail.example ESMTP\r\n";

  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)),
                             junk,
                             strlen (junk),
                             NULL,
                             NULL,
                             NULL);
  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  return TRUE;
}

static void
test_not_http (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GSocketService) service = g_socket_service_new ();
  guint16 port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, NULL);
  g_autofree char *http = g_strdup_printf ("http://127.0.0.1:%u/", port);
  g_autofree char *https = g_strdup_printf ("https://127.0.0.1:%u/", port);
  g_autoptr(GError) error = NULL;

  g_signal_connect (service, "incoming", G_CALLBACK (on_incoming_cb), NULL);
  connect_to (fixture, http, NULL);
  g_assert_false (exchange (fixture, &error));
  g_assert_true (g_error_matches (error, EXC_ERROR, EXC_ERROR_ENDPOINT) ||
                 g_error_matches (error, EXC_ERROR, EXC_ERROR_UNREACHABLE));
  g_clear_error (&error);
  connect_to (fixture, https, NULL);
  g_assert_false (exchange (fixture, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_ENDPOINT);
}

/* --- TLS --- */

typedef struct {
  const char *name;
  const char *host;        /* in the address */
  const char *certificate; /* whose name the server's certificate has */
  gint64 valid_s;
  gboolean has_issuer;  /* signed by a CA, not by itself */
  gboolean has_ca_file; /* the CA or the certificate itself is in the endpoint's file */
  gboolean has_offset;  /* the address has no port; the hosts file leads to it */
  int code;             /* -1: accepted */
  const char *word;
} TlsCase;

static const TlsCase tls_cases[] = {
  { "self-signed",
    "127.0.0.1",
    "127.0.0.1",
    YEAR,
    FALSE,
    FALSE,
    FALSE,
    EXC_ERROR_UNTRUSTED,
    "self-signed" },
  { "unknown-issuer",
    "127.0.0.1",
    "127.0.0.1",
    YEAR,
    TRUE,
    FALSE,
    FALSE,
    EXC_ERROR_UNTRUSTED,
    "issuer" },
  { "self-signed-known", "127.0.0.1", "127.0.0.1", YEAR, FALSE, TRUE, FALSE, -1, NULL },
  { "issuer-known", "127.0.0.1", "127.0.0.1", YEAR, TRUE, TRUE, FALSE, -1, NULL },
  { "wrong-host",
    "127.0.0.1",
    "other.example",
    YEAR,
    TRUE,
    TRUE,
    FALSE,
    EXC_ERROR_UNTRUSTED,
    "another name" },
  { "expired", "127.0.0.1", "127.0.0.1", -60, TRUE, TRUE, FALSE, EXC_ERROR_UNTRUSTED, "expired" },
  { "hosts-file", "ex1.lab.example", "ex1.lab.example", YEAR, TRUE, TRUE, FALSE, -1, NULL },
  { "hosts-file-offset", "ex1.lab.example", "ex1.lab.example", YEAR, TRUE, TRUE, TRUE, -1, NULL },
  /* The address of the hosts file does not weaken the check of the name. */
  { "hosts-file-wrong-host",
    "ex1.lab.example",
    "ex2.lab.example",
    YEAR,
    TRUE,
    TRUE,
    FALSE,
    EXC_ERROR_UNTRUSTED,
    "another name" },
  { "hosts-file-address",
    "ex1.lab.example",
    "127.0.0.1",
    YEAR,
    TRUE,
    TRUE,
    FALSE,
    EXC_ERROR_UNTRUSTED,
    "another name" },
};

static char *
write_file (const char *text)
{
  char *path = NULL;
  int fd = g_file_open_tmp ("transport-XXXXXX", &path, NULL);

  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static void
tls_set_up (Fixture *fixture, gconstpointer data)
{
  const TlsCase *c = data;
  const Answer good = { 200, "application/soap+xml;charset=UTF-8", "<answer/>", NULL, NULL };
  g_autofree char *issuer_pem = NULL;
  g_autofree char *own_pem = NULL;
  g_autoptr(GTlsCertificate) issuer =
                 c->has_issuer ? test_certificate_new ("Test CA", YEAR, NULL, &issuer_pem) : NULL;
  g_autoptr(GTlsCertificate) certificate =
                 test_certificate_new (c->certificate, c->valid_s, issuer, &own_pem);
  g_autofree char *hosts = NULL;
  g_autofree char *url = NULL;
  g_autoptr(ExcNames) names = NULL;

  fixture->got = g_string_new (NULL);
  fixture->answer = good;
  listen_on (fixture, certificate);
  hosts = g_strdup_printf ("ex1.lab.example 127.0.0.1 %u\n",
                           c->has_offset ? fixture->port - 443 : 20000);
  fixture->hosts_file = write_file (hosts);
  names = exc_names_load (fixture->hosts_file, NULL);
  if (c->has_ca_file)
    fixture->ca_file = write_file (c->has_issuer ? issuer_pem : own_pem);
  if (c->has_offset)
    url = g_strdup_printf ("https://%s/PowerShell", c->host);
  else
    url = g_strdup_printf ("https://%s:%u/PowerShell", c->host, fixture->port);
  connect_to (fixture, url, names);
}

static void
test_tls (Fixture *fixture, gconstpointer data)
{
  const TlsCase *c = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GTlsCertificate) certificate = NULL;
  g_autoptr(GByteArray) der = NULL;
  g_autofree char *sha1 = NULL;
  g_autofree char *sha256 = NULL;
  g_autofree char *upper = NULL;

  if (c->code < 0) {
    exchange (fixture, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (fixture->got->str, ==, "<answer/>");
    return;
  }

  g_assert_false (exchange (fixture, &error));
  g_assert_error (error, EXC_ERROR, c->code);
  g_assert_nonnull (strstr (error->message, c->word));
  g_assert_cmpuint (fixture->n_requests, ==, 0);
  g_object_get (fixture->server, "tls-certificate", &certificate, NULL);
  g_object_get (certificate, "certificate", &der, NULL);
  sha1 = g_compute_checksum_for_data (G_CHECKSUM_SHA1, der->data, der->len);
  sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
  upper = g_ascii_strdown (error->message, -1);
  g_assert_nonnull (strstr (upper, sha1));
  g_assert_nonnull (strstr (upper, sha256));
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*func) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "request", test_request },
    { "cookies", test_cookies },
    { "keep-alive", test_keep_alive },
    { "second-connection", test_second_connection },
    { "streamed", test_streamed },
    { "sink-fails", test_sink_fails },
    { "time-out", test_time_out },
    { "cancel", test_cancel },
    { "date", test_date },
    { "not-http", test_not_http },
  };

  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strconcat ("/remote/transport/", tests[i].path, NULL);

    g_test_add (path, Fixture, NULL, fixture_set_up, tests[i].func, fixture_tear_down);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (status_cases); i++) {
    g_autofree char *path = g_strconcat ("/remote/transport/status/", status_cases[i].name, NULL);

    g_test_add (path, Fixture, &status_cases[i], fixture_set_up, test_status, fixture_tear_down);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (tls_cases); i++) {
    g_autofree char *path = g_strconcat ("/remote/transport/tls/", tls_cases[i].name, NULL);

    g_test_add (path, Fixture, &tls_cases[i], tls_set_up, test_tls, fixture_tear_down);
  }

  return g_test_run ();
}
