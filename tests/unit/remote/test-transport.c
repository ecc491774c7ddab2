/* test-transport.c — HTTP as servers really do it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "transport-fixture.h"

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

  g_assert_true (transport_fixture_exchange (fixture, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (fixture->got->str, ==, "<answer/>");
  g_assert_cmpstr (fixture->seen_body, ==, "<request/>");
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
  g_assert_true (transport_fixture_exchange (fixture, NULL));
  g_assert_null (strstr (fixture->seen, "Cookie:"));
  g_assert_true (transport_fixture_exchange (fixture, NULL));
  g_assert_nonnull (strstr (fixture->seen, "Cookie: route=back-end-7\n"));
}

/* Without a word to libsoup each POST would have a connection of its own. */
static void
test_keep_alive (Fixture *fixture, gconstpointer data)
{
  guint16 port = 0;

  for (int i = 0; i < 5; i++) {
    g_assert_true (transport_fixture_exchange (fixture, NULL));
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
  transport_fixture_start (fixture, 30, NULL, &first);
  while (fixture->held == NULL)
    g_main_context_iteration (NULL, TRUE);
  transport_fixture_start (fixture, 30, NULL, &second);
  g_assert_true (transport_fixture_finish (fixture, &second, &error));
  g_assert_null (first);
  soup_server_message_unpause (fixture->held);
  g_assert_true (transport_fixture_finish (fixture, &first, &error));
  g_assert_no_error (error);
}

static void
test_streamed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *body = g_strnfill (1000000, 'x');

  fixture->answer.body = body;
  g_assert_true (transport_fixture_exchange (fixture, NULL));
  g_assert_cmpuint (fixture->got->len, ==, 1000000);
  g_assert_cmpuint (fixture->n_pieces, >, 10);
}

static void
test_sink_fails (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture->sink_fails = TRUE;
  g_assert_false (transport_fixture_exchange (fixture, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_LIMIT);
  fixture->sink_fails = FALSE;
  g_assert_true (transport_fixture_exchange (fixture, NULL));
}

static void
test_time_out (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *result = NULL;
  g_autoptr(GError) error = NULL;

  fixture->is_held = TRUE;
  transport_fixture_start (fixture, 1, NULL, &result);
  g_assert_false (transport_fixture_finish (fixture, &result, &error));
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
  transport_fixture_start (fixture, 30, cancellable, &result);
  while (fixture->held == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_cancellable_cancel (cancellable);
  g_assert_false (transport_fixture_finish (fixture, &result, &error));
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
    g_assert_true (transport_fixture_exchange (fixture, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (fixture->got->str, ==, c->answer.body);
  } else {
    g_assert_false (transport_fixture_exchange (fixture, &error));
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
  g_assert_true (transport_fixture_exchange (fixture, NULL));
  g_assert_cmpint (
      ABS (exc_transport_get_server_time_offset (fixture->transport) - 5 * 3600), <=, 5);
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
  transport_fixture_connect (fixture, http, NULL);
  g_assert_false (transport_fixture_exchange (fixture, &error));
  g_assert_true (g_error_matches (error, EXC_ERROR, EXC_ERROR_ENDPOINT) ||
                 g_error_matches (error, EXC_ERROR, EXC_ERROR_UNREACHABLE));
  g_clear_error (&error);
  transport_fixture_connect (fixture, https, NULL);
  g_assert_false (transport_fixture_exchange (fixture, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_ENDPOINT);
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

    g_test_add (
        path, Fixture, NULL, transport_fixture_set_up, tests[i].func, transport_fixture_tear_down);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (status_cases); i++) {
    g_autofree char *path = g_strconcat ("/remote/transport/status/", status_cases[i].name, NULL);

    g_test_add (path,
                Fixture,
                &status_cases[i],
                transport_fixture_set_up,
                test_status,
                transport_fixture_tear_down);
  }

  return g_test_run ();
}
