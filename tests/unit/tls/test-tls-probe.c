/* test-tls-probe.c — the probe against listeners of every manner
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-tls-probe.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

typedef enum {
  MANNER_TLS,
  MANNER_SMTP,
  MANNER_HANG_UP, /* as http.sys does when the bound certificate is gone */
  MANNER_SILENT,
  MANNER_PLAIN, /* answers in plain text */
} Manner;

typedef struct {
  GSocketService *service;
  guint16 port;
  Manner manner;
  GTlsCertificate *certificate;
  char *thumbprint;
  GCancellable *stop;
  gint n_served; /* atomic: connections that a thread has in hand */
} Listener;

typedef struct {
  ExcX509 *x509;
  GError *error;
  gboolean is_done;
} Outcome;

static GTlsCertificate *
make_certificate (char **thumbprint)
{
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  X509 *x509 = X509_new ();
  BIO *bio = BIO_new (BIO_s_mem ());
  g_autoptr(GError) error = NULL;
  g_autofree char *lower = NULL;
  GTlsCertificate *certificate;
  unsigned char *der = NULL;
  char *pem;
  long length;
  int size;

  ASN1_INTEGER_set (X509_get_serialNumber (x509), 7);
  X509_gmtime_adj (X509_getm_notBefore (x509), -7200);
  X509_gmtime_adj (X509_getm_notAfter (x509), -3600); /* expired: a probe looks all the same */
  X509_NAME_add_entry_by_txt (
      X509_get_subject_name (x509), "CN", MBSTRING_ASC, (const unsigned char *) "ex01", -1, -1, 0);
  X509_set_issuer_name (x509, X509_get_subject_name (x509));
  X509_set_pubkey (x509, key);
  X509_sign (x509, key, EVP_sha256 ());
  size = i2d_X509 (x509, &der);
  lower = g_compute_checksum_for_data (G_CHECKSUM_SHA1, der, (gsize) size);
  *thumbprint = g_ascii_strup (lower, -1);
  PEM_write_bio_X509 (bio, x509);
  PEM_write_bio_PrivateKey (bio, key, NULL, NULL, 0, NULL, NULL);
  length = BIO_get_mem_data (bio, &pem);
  certificate = g_tls_certificate_new_from_pem (pem, length, &error);
  g_assert_no_error (error);

  OPENSSL_free (der);
  BIO_free (bio);
  X509_free (x509);
  EVP_PKEY_free (key);
  return certificate;
}

static void
serve (Listener *listener, GSocketConnection *connection)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autoptr(GIOStream) tls = NULL;
  char buffer[256];

  switch (listener->manner) {
  case MANNER_HANG_UP:
    return;
  case MANNER_SILENT:
    while (g_input_stream_read (input, buffer, sizeof buffer, listener->stop, NULL) > 0)
      ;
    return;
  case MANNER_PLAIN:
    g_output_stream_write_all (output, "HTTP/1.1 400 no\r\n\r\n", 19, NULL, listener->stop, NULL);
    g_input_stream_read (input, buffer, sizeof buffer, listener->stop, NULL);
    return;
  case MANNER_SMTP:
    g_output_stream_write_all (output, "220 ex01 ready\r\n", 16, NULL, listener->stop, NULL);
    g_input_stream_read (input, buffer, sizeof buffer, listener->stop, NULL);
    g_output_stream_write_all (
        output, "250-ex01\r\n250 STARTTLS\r\n", 24, NULL, listener->stop, NULL);
    g_input_stream_read (input, buffer, sizeof buffer, listener->stop, NULL);
    g_output_stream_write_all (output, "220 go\r\n", 8, NULL, listener->stop, NULL);
    break;
  default:
    break;
  }
  tls = g_tls_server_connection_new (G_IO_STREAM (connection), listener->certificate, NULL);
  g_tls_connection_handshake (G_TLS_CONNECTION (tls), listener->stop, NULL);
}

/* In the main thread, before a thread has it. */
static gboolean
on_incoming_cb (GSocketService *service,
                GSocketConnection *connection,
                GObject *source,
                Listener *listener)
{
  g_atomic_int_inc (&listener->n_served);
  return FALSE;
}

static gboolean
on_run_cb (GThreadedSocketService *service,
           GSocketConnection *connection,
           GObject *source,
           Listener *listener)
{
  serve (listener, connection);
  g_atomic_int_dec_and_test (&listener->n_served);
  g_main_context_wakeup (NULL);
  return TRUE;
}

static void
listener_set_up (Listener *listener, gconstpointer data)
{
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new (loopback, 0);
  g_autoptr(GSocketAddress) effective = NULL;
  g_autoptr(GError) error = NULL;

  listener->manner = (Manner) GPOINTER_TO_INT (data);
  listener->stop = g_cancellable_new ();
  listener->certificate = make_certificate (&listener->thumbprint);
  /* At its limit GIO stops and starts the service from its threads, which crashes now and then. */
  listener->service = g_threaded_socket_service_new (64);
  g_socket_listener_add_address (G_SOCKET_LISTENER (listener->service),
                                 address,
                                 G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP,
                                 NULL,
                                 &effective,
                                 &error);
  g_assert_no_error (error);
  listener->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
  g_signal_connect (listener->service, "incoming", G_CALLBACK (on_incoming_cb), listener);
  g_signal_connect (listener->service, "run", G_CALLBACK (on_run_cb), listener);
}

static void
stop_listening (Listener *listener)
{
  g_socket_service_stop (listener->service);
  while (g_main_context_iteration (NULL, FALSE))
    ; /* the accept that was under way ends before its sockets do */
  g_socket_listener_close (G_SOCKET_LISTENER (listener->service));
}

static void
listener_tear_down (Listener *listener, gconstpointer data)
{
  g_cancellable_cancel (listener->stop);
  while (g_atomic_int_get (&listener->n_served) > 0)
    g_main_context_iteration (NULL, TRUE);
  stop_listening (listener);
  g_clear_object (&listener->service);
  g_clear_object (&listener->certificate);
  g_clear_object (&listener->stop);
  g_clear_pointer (&listener->thumbprint, g_free);
}

static void
on_probed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->x509 = exc_tls_probe_finish (result, &outcome->error);
  outcome->is_done = TRUE;
}

static void
start (Listener *listener, ExcProbeGreeting greeting, GCancellable *cancellable, Outcome *outcome)
{
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);

  memset (outcome, 0, sizeof *outcome);
  exc_tls_probe_async ("ex01.thumbprint.invalid",
                       loopback,
                       listener->port,
                       greeting,
                       listener->manner == MANNER_SILENT ? 1 : 60,
                       cancellable,
                       on_probed_cb,
                       outcome);
}

static void
wait_for (Outcome *outcome)
{
  while (!outcome->is_done)
    g_main_context_iteration (NULL, TRUE);
}

static void
assert_leaf (Listener *listener, Outcome *outcome)
{
  g_assert_no_error (outcome->error);
  g_assert_cmpstr (outcome->x509->sha1, ==, listener->thumbprint);
  exc_x509_unref (outcome->x509);
}

static void
assert_failed (Outcome *outcome, GQuark domain, int code)
{
  g_assert_null (outcome->x509);
  g_assert_error (outcome->error, domain, code);
  g_clear_error (&outcome->error);
}

static void
test_shows_the_leaf (Listener *listener, gconstpointer data)
{
  Outcome outcome;

  start (listener, EXC_PROBE_TLS, NULL, &outcome);
  wait_for (&outcome);
  assert_leaf (listener, &outcome);
}

static void
test_starttls (Listener *listener, gconstpointer data)
{
  Outcome outcome;

  start (listener, EXC_PROBE_SMTP, NULL, &outcome);
  wait_for (&outcome);
  assert_leaf (listener, &outcome);
}

static void
test_side_by_side (Listener *listener, gconstpointer data)
{
  Outcome outcomes[8];

  for (gsize i = 0; i < G_N_ELEMENTS (outcomes); i++)
    start (listener, EXC_PROBE_TLS, NULL, &outcomes[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (outcomes); i++) {
    wait_for (&outcomes[i]);
    assert_leaf (listener, &outcomes[i]);
  }
}

static void
test_no_certificate (Listener *listener, gconstpointer data)
{
  Outcome outcome;

  start (listener, EXC_PROBE_TLS, NULL, &outcome);
  wait_for (&outcome);
  assert_failed (&outcome, EXC_ERROR, EXC_ERROR_ENDPOINT);

  start (listener, EXC_PROBE_POP3, NULL, &outcome);
  wait_for (&outcome);
  assert_failed (&outcome, EXC_ERROR, EXC_ERROR_ENDPOINT);
}

static void
test_no_answer (Listener *listener, gconstpointer data)
{
  Outcome handshake, greeting;

  start (listener, EXC_PROBE_TLS, NULL, &handshake);
  start (listener, EXC_PROBE_IMAP, NULL, &greeting);
  wait_for (&handshake);
  wait_for (&greeting);
  assert_failed (&handshake, EXC_ERROR, EXC_ERROR_UNREACHABLE);
  assert_failed (&greeting, EXC_ERROR, EXC_ERROR_UNREACHABLE);
}

static void
test_cancelled (Listener *listener, gconstpointer data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  Outcome during, before;

  start (listener, EXC_PROBE_TLS, cancellable, &during);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_cancellable_cancel (cancellable);
  start (listener, EXC_PROBE_TLS, cancellable, &before);
  wait_for (&during);
  wait_for (&before);
  assert_failed (&during, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_failed (&before, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_nothing_listens (Listener *listener, gconstpointer data)
{
  Outcome outcome;

  stop_listening (listener);
  start (listener, EXC_PROBE_TLS, NULL, &outcome);
  wait_for (&outcome);
  assert_failed (&outcome, EXC_ERROR, EXC_ERROR_NOT_FOUND);
}

#define ADD(path, manner, test)                                                                    \
  g_test_add ("/tls/probe/" path,                                                                  \
              Listener,                                                                            \
              GINT_TO_POINTER (manner),                                                            \
              listener_set_up,                                                                     \
              test,                                                                                \
              listener_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("shows-the-leaf", MANNER_TLS, test_shows_the_leaf);
  ADD ("side-by-side", MANNER_TLS, test_side_by_side);
  ADD ("starttls", MANNER_SMTP, test_starttls);
  ADD ("hung-up", MANNER_HANG_UP, test_no_certificate);
  ADD ("plain-text", MANNER_PLAIN, test_no_certificate);
  ADD ("no-answer", MANNER_SILENT, test_no_answer);
  ADD ("cancelled", MANNER_SILENT, test_cancelled);
  ADD ("nothing-listens", MANNER_TLS, test_nothing_listens);

  return g_test_run ();
}
