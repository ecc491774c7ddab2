/* transport-fixture.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "transport-fixture.h"

#include "exc-error.h"

#include <glib/gstdio.h>

#define REQUEST "<request/>"

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

void
transport_fixture_listen (Fixture *fixture, GTlsCertificate *certificate)
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

void
transport_fixture_connect (Fixture *fixture, const char *url, ExcNames *names)
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

void
transport_fixture_set_up (Fixture *fixture, gconstpointer data)
{
  const Answer good = { 200, "application/soap+xml;charset=UTF-8", "<answer/>", NULL, NULL };
  g_autofree char *url = NULL;

  fixture->got = g_string_new (NULL);
  fixture->answer = good;
  transport_fixture_listen (fixture, NULL);
  url = g_strdup_printf ("http://127.0.0.1:%u/wsman?a=b;c=d", fixture->port);
  transport_fixture_connect (fixture, url, NULL);
}

void
transport_fixture_tear_down (Fixture *fixture, gconstpointer data)
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

void
transport_fixture_start (Fixture *fixture,
                         guint timeout_s,
                         GCancellable *cancellable,
                         GAsyncResult **result)
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

gboolean
transport_fixture_finish (Fixture *fixture, GAsyncResult **result, GError **error)
{
  g_autoptr(GAsyncResult) done = NULL;

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  done = g_steal_pointer (result);
  return exc_transport_exchange_finish (fixture->transport, done, error);
}

gboolean
transport_fixture_exchange (Fixture *fixture, GError **error)
{
  GAsyncResult *result = NULL;

  g_string_truncate (fixture->got, 0);
  transport_fixture_start (fixture, 30, NULL, &result);
  return transport_fixture_finish (fixture, &result, error);
}

char *
transport_fixture_write_file (const char *text)
{
  char *path = NULL;
  int fd = g_file_open_tmp ("transport-XXXXXX", &path, NULL);

  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}
