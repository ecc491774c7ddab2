/* test-transport-tls.c — which servers are trusted, and what is said of the others
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "test-certificates.h"
#include "transport-fixture.h"

#define YEAR (365 * 86400)

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
  transport_fixture_listen (fixture, certificate);
  hosts = g_strdup_printf ("ex1.lab.example 127.0.0.1 %u\n",
                           c->has_offset ? fixture->port - 443 : 20000);
  fixture->hosts_file = transport_fixture_write_file (hosts);
  names = exc_names_load (fixture->hosts_file, NULL);
  if (c->has_ca_file)
    fixture->ca_file = transport_fixture_write_file (c->has_issuer ? issuer_pem : own_pem);
  if (c->has_offset)
    url = g_strdup_printf ("https://%s/PowerShell", c->host);
  else
    url = g_strdup_printf ("https://%s:%u/PowerShell", c->host, fixture->port);
  transport_fixture_connect (fixture, url, names);
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
    transport_fixture_exchange (fixture, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (fixture->got->str, ==, "<answer/>");
    return;
  }

  g_assert_false (transport_fixture_exchange (fixture, &error));
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

/* --- HTTP/1.1 --- */

static char *negotiated = NULL;

static gboolean
on_incoming_cb (GThreadedSocketService *service,
                GSocketConnection *connection,
                GObject *source,
                GTlsCertificate *certificate)
{
  static const char *const protocols[] = { "h2", "http/1.1", NULL };
  g_autoptr(GIOStream) tls =
                 g_tls_server_connection_new (G_IO_STREAM (connection), certificate, NULL);

  g_tls_connection_set_advertised_protocols (G_TLS_CONNECTION (tls), protocols);
  if (g_tls_connection_handshake (G_TLS_CONNECTION (tls), NULL, NULL))
    negotiated = g_strdup (g_tls_connection_get_negotiated_protocol (G_TLS_CONNECTION (tls)));
  g_io_stream_close (tls, NULL, NULL);
  return TRUE;
}

/* A server that prefers HTTP/2 is not offered it. */
static void
test_http_1 (void)
{
  Fixture fixture = { 0 };
  g_autofree char *pem = NULL;
  g_autoptr(GTlsCertificate) certificate = test_certificate_new ("127.0.0.1", YEAR, NULL, &pem);
  g_autoptr(GSocketService) service = g_threaded_socket_service_new (1);
  guint16 port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (service), NULL, NULL);
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u/", port);
  g_autoptr(GError) error = NULL;

  g_signal_connect (service, "run", G_CALLBACK (on_incoming_cb), certificate);
  fixture.got = g_string_new (NULL);
  fixture.ca_file = transport_fixture_write_file (pem);
  transport_fixture_listen (&fixture, NULL);
  transport_fixture_connect (&fixture, url, NULL);
  g_assert_false (transport_fixture_exchange (&fixture, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_UNREACHABLE);
  g_assert_cmpstr (negotiated, ==, "http/1.1");
  g_clear_pointer (&negotiated, g_free);
  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
  transport_fixture_tear_down (&fixture, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (tls_cases); i++) {
    g_autofree char *path = g_strconcat ("/remote/transport/tls/", tls_cases[i].name, NULL);

    g_test_add (path, Fixture, &tls_cases[i], tls_set_up, test_tls, transport_fixture_tear_down);
  }
  g_test_add_func ("/remote/transport/tls/http-1", test_http_1);

  return g_test_run ();
}
