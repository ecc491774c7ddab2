/* test-lab-wsman.c — the lab's WS-Management and PSRP server, asked over real HTTP
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <libsoup/soup.h>
#include <locale.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "exc-error.h"
#include "exc-lab-wsman.h"
#include "exc-psrp-pool.h"
#include "exc-wsman-client.h"
#include "exc-wsman-response.h"
#include "wsman-client.h"

static void
test_run (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Client) client = client_new (fixture, "http");
  g_autoptr(ExcPipeline) echo = pipeline_new ("Echo", exc_value_new_string ("grüße"));
  g_autoptr(ExcPipeline) unknown = pipeline_new ("Nope", NULL);

  g_assert_true (open_shell (client));
  g_assert_cmpuint (exc_lab_wsman_get_n_shells (fixture->wsman, "/powershell/"), ==, 1);
  for (guint i = 0; i < 3; i++) {
    g_autoptr(ExcPsrpEvent) event = run (client, echo);
    GPtrArray *output;

    g_assert_no_error (event->error);
    output = exc_reply_get_output (event->reply);
    g_assert_cmpuint (output->len, ==, 1);
    g_assert_cmpstr (exc_value_get_text (g_ptr_array_index (output, 0)), ==, "grüße");
  }
  {
    g_autoptr(ExcPsrpEvent) event = run (client, unknown);

    g_assert_cmpint (event->state, ==, EXC_PSRP_PIPELINE_FAILED);
    g_assert_cmpstr (
        exc_reply_get_failure (event->reply)->error_id, ==, "CommandNotFoundException");
  }
  delete_shell (client);
  g_assert_cmpuint (exc_lab_wsman_get_n_shells (fixture->wsman, NULL), ==, 0);
  g_assert_false (receive (client, NULL));
  g_assert_cmpuint (client->fault, ==, EXC_WSMAN_FAULT_INVALID_SELECTORS);
}

/* Both ways past what one envelope of 8000 bytes holds. */
static void
test_small_envelopes (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Client) client = client_new (fixture, "http");
  g_autofree char *text = g_strnfill (20000, 'y');
  g_autoptr(ExcPipeline) echo = pipeline_new ("Echo", exc_value_new_string (text));
  g_autoptr(ExcPipeline) large = pipeline_new ("Large", NULL);
  g_autoptr(ExcPsrpEvent) echoed = NULL;
  g_autoptr(ExcPsrpEvent) got = NULL;

  exc_wsman_client_set_max_envelope_size (client->wsman, 8000);
  g_assert_true (open_shell (client));
  echoed = run (client, echo);
  g_assert_cmpstr (
      exc_value_get_text (g_ptr_array_index (exc_reply_get_output (echoed->reply), 0)), ==, text);
  exc_wsman_client_set_max_envelope_size (client->wsman, EXC_WSMAN_ENVELOPE_FIRST);
  got = run (client, large);
  g_assert_cmpuint (
      strlen (exc_value_get_text (g_ptr_array_index (exc_reply_get_output (got->reply), 0))),
      ==,
      LARGE);
  delete_shell (client);
}

static void
test_prompt (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Client) client = client_new (fixture, "http");
  g_autoptr(ExcPipeline) answered = pipeline_new ("Ask", NULL);
  g_autoptr(ExcPipeline) refused = pipeline_new ("Ask", NULL);
  g_autoptr(ExcPsrpEvent) yes = NULL;
  g_autoptr(ExcPsrpEvent) nobody = NULL;
  gint64 choice;

  exc_pipeline_set_choice (answered, 'N');
  g_assert_true (open_shell (client));
  yes = run (client, answered);
  g_assert_true (
      exc_value_get_int64 (g_ptr_array_index (exc_reply_get_output (yes->reply), 0), &choice));
  g_assert_cmpint (choice, ==, 1);
  nobody = run (client, refused);
  g_assert_cmpint (nobody->state, ==, EXC_PSRP_PIPELINE_FAILED);
  g_assert_cmpstr (exc_reply_get_prompt (nobody->reply), ==, "Confirm\nOverwrite? [&Yes / &No]");
  delete_shell (client);
}

static void
test_secret (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Client) client = client_new (fixture, "http");
  g_autoptr(ExcSecret) secret = exc_secret_new ("geheim", -1);
  g_autoptr(ExcPipeline) echo = pipeline_new ("Echo", exc_value_new_secure_string (secret));
  g_autoptr(ExcPsrpEvent) event = NULL;
  ExcSecret *back;

  g_assert_true (open_shell (client));
  event = run (client, echo);
  back = exc_value_get_secret (g_ptr_array_index (exc_reply_get_output (event->reply), 0));
  g_assert_nonnull (back);
  g_assert_cmpstr (exc_secret_peek (back, NULL), ==, "geheim");
  delete_shell (client);
}

/* Nothing to say: the time-out of the request is the answer, and the pipeline goes on. */
static void
test_timeout_and_stop (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Client) client = client_new (fixture, "http");
  g_autoptr(ExcPipeline) wait = pipeline_new ("Wait", NULL);
  g_autoptr(GBytes) envelope = NULL;
  g_autoptr(ExcWsmanResponse) response = NULL;
  g_autoptr(ExcPsrpEvent) event = NULL;
  g_autofree char *id = NULL;
  const char *pipeline_id;

  g_assert_true (open_shell (client));
  event = exc_psrp_pool_pop_event (client->pool);
  g_clear_pointer (&event, exc_psrp_event_free);
  exc_wsman_client_set_operation_timeout_s (client->wsman, 1);
  pipeline_id = exc_psrp_pool_start (client->pool, wait, NULL);
  g_assert_true (send_outgoing (client));
  g_assert_false (receive (client, pipeline_id));
  g_assert_cmpuint (client->fault, ==, EXC_WSMAN_FAULT_TIMED_OUT);
  g_assert_cmpuint (n_running, ==, 1);

  g_assert_true (exc_psrp_pool_stop (client->pool, pipeline_id));
  envelope = exc_wsman_client_signal (client->wsman, pipeline_id, EXC_WSMAN_SIGNAL_STOP, &id);
  response = request (client, EXC_WSMAN_SIGNAL, envelope, id);
  g_assert_nonnull (response);
  g_assert_true (receive (client, pipeline_id));
  event = exc_psrp_pool_pop_event (client->pool);
  g_assert_cmpint (event->type, ==, EXC_PSRP_EVENT_FINISHED);
  g_assert_cmpint (event->state, ==, EXC_PSRP_PIPELINE_STOPPED);
  g_assert_cmpuint (n_running, ==, 0);
  delete_shell (client);
}

/* A client that goes in the middle of a poll loses nothing of what comes later. */
static void
test_client_goes (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Client) client = client_new (fixture, "http");
  g_autoptr(ExcPipeline) wait = pipeline_new ("Wait", NULL);
  g_autoptr(GBytes) signal = NULL;
  g_autoptr(GBytes) poll = NULL;
  g_autoptr(ExcWsmanResponse) response = NULL;
  g_autoptr(SoupMessage) message = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autofree char *id = NULL;
  g_autofree char *poll_id = NULL;
  const char *pipeline_id;

  g_assert_true (open_shell (client));
  pipeline_id = exc_psrp_pool_start (client->pool, wait, NULL);
  g_assert_true (send_outgoing (client));
  poll = exc_wsman_client_receive (client->wsman, pipeline_id, &poll_id);
  message = message_new (client, poll);
  soup_session_send_and_read_async (
      client->session, message, G_PRIORITY_DEFAULT, cancellable, on_result_cb, &result);
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  exc_psrp_pool_stop (client->pool, pipeline_id);
  signal = exc_wsman_client_signal (client->wsman, pipeline_id, EXC_WSMAN_SIGNAL_STOP, &id);
  response = request (client, EXC_WSMAN_SIGNAL, signal, id);
  g_assert_true (receive (client, pipeline_id));
  g_assert_false (exc_psrp_pool_is_pipeline_waiting (client->pool, pipeline_id));
  delete_shell (client);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string ("127.0.0.1");

  { /* a wrong password */
    g_autoptr(Client) client = client_new (fixture, "http");

    client->password = "wrong";
    g_assert_false (open_shell (client));
    g_assert_cmpuint (client->status, ==, 401);
  }
  { /* a path that is not there */
    g_autoptr(Client) client = client_new (fixture, "http");

    g_free (client->url);
    client->url = g_strdup_printf ("http://127.0.0.1:%u/wsman", fixture->port);
    g_assert_false (open_shell (client));
    g_assert_cmpuint (client->status, ==, 404);
  }
  { /* another configuration */
    g_autoptr(Client) client = client_new (fixture, "http");

    exc_wsman_client_free (client->wsman);
    client->wsman = exc_wsman_client_new (client->url, "http://schemas.microsoft.com/x");
    g_assert_false (open_shell (client));
    g_assert_cmpuint (client->fault, ==, EXC_WSMAN_FAULT_NO_RESOURCE);
  }
  { /* one shell too many */
    g_autoptr(Client) first = client_new (fixture, "http");
    g_autoptr(Client) second = client_new (fixture, "http");
    g_autoptr(Client) third = client_new (fixture, "http");

    g_assert_true (open_shell (first));
    g_assert_true (open_shell (second));
    g_assert_false (open_shell (third));
    g_assert_cmpuint (third->fault, ==, EXC_WSMAN_FAULT_TOO_MANY_SHELLS);
    delete_shell (first);
    delete_shell (second);
  }
  { /* the far end says no */
    g_autoptr(Client) client = client_new (fixture, "http");

    exc_lab_wsman_add_endpoint (
        fixture->wsman, "/other", CONFIGURATION, 0, make_session, fixture, NULL);
    g_free (client->url);
    client->url = g_strdup_printf ("http://127.0.0.1:%u/Other?PSVersion=5.1", fixture->port);
    exc_lab_wsman_set_fault_hook (fixture->wsman, NULL, NULL, NULL);
    g_assert_false (open_shell (client));
    g_assert_cmpuint (client->fault, ==, EXC_WSMAN_FAULT_ACCESS_DENIED);
  }
}

static void
test_faults (Fixture *fixture, gconstpointer data)
{
  { /* cut in the middle of the answer */
    g_autoptr(Client) client = client_new (fixture, "http");

    fixture->fault_operation = "Create";
    fixture->fault = (ExcLabFault){ EXC_LAB_FAULT_DROP, 0, 0, 0 };
    g_assert_false (open_shell (client));
    g_assert_true (client->error != NULL || client->status == 200);
    g_assert_cmpuint (exc_lab_wsman_get_n_shells (fixture->wsman, NULL), ==, 1);
    exc_lab_wsman_drop_shells (fixture->wsman, "/PowerShell");
    g_assert_cmpuint (exc_lab_wsman_get_n_shells (fixture->wsman, NULL), ==, 0);
  }
  { /* closed without an answer */
    g_autoptr(Client) client = client_new (fixture, "http");

    fixture->fault = (ExcLabFault){ EXC_LAB_FAULT_REFUSE, 0, 0, 0 };
    g_assert_false (open_shell (client));
    g_assert_nonnull (client->error);
    g_assert_cmpuint (exc_lab_wsman_get_n_shells (fixture->wsman, NULL), ==, 0);
  }
  { /* busy */
    g_autoptr(Client) client = client_new (fixture, "http");

    fixture->fault = (ExcLabFault){ EXC_LAB_FAULT_STATUS, 0, 503, 0 };
    g_assert_false (open_shell (client));
    g_assert_cmpuint (client->status, ==, 503);
  }
  { /* a fault by its code */
    g_autoptr(Client) client = client_new (fixture, "http");

    fixture->fault = (ExcLabFault){ EXC_LAB_FAULT_WSMAN, 0, 0, EXC_WSMAN_FAULT_ABORTED };
    g_assert_false (open_shell (client));
    g_assert_cmpuint (client->fault, ==, EXC_WSMAN_FAULT_ABORTED);
  }
  { /* late, but right */
    g_autoptr(Client) client = client_new (fixture, "http");

    fixture->fault = (ExcLabFault){ EXC_LAB_FAULT_DELAY, 50, 0, 0 };
    g_assert_true (open_shell (client));
    fixture->fault_operation = NULL;

    /* the port closes: the standing connection is cut, the shell lives on */
    g_assert_true (exc_lab_wsman_set_listening (fixture->wsman, fixture->port, FALSE, NULL));
    g_assert_false (receive (client, NULL));
    g_assert_nonnull (client->error);
    g_assert_true (exc_lab_wsman_set_listening (fixture->wsman, fixture->port, TRUE, NULL));
    delete_shell (client);
  }
}

static GTlsCertificate *
certificate_new (const char *name)
{
  EVP_PKEY *key = EVP_RSA_gen (2048);
  X509 *certificate = X509_new ();
  BIO *bio = BIO_new (BIO_s_mem ());
  g_autoptr(GError) error = NULL;
  GTlsCertificate *made;
  char *pem;
  long length;

  X509_set_version (certificate, 2);
  ASN1_INTEGER_set (X509_get_serialNumber (certificate), 1);
  X509_gmtime_adj (X509_getm_notBefore (certificate), 0);
  X509_gmtime_adj (X509_getm_notAfter (certificate), 3600);
  X509_NAME_add_entry_by_txt (X509_get_subject_name (certificate),
                              "CN",
                              MBSTRING_UTF8,
                              (const unsigned char *) name,
                              -1,
                              -1,
                              0);
  X509_set_issuer_name (certificate, X509_get_subject_name (certificate));
  X509_set_pubkey (certificate, key);
  X509_sign (certificate, key, EVP_sha256 ());
  PEM_write_bio_X509 (bio, certificate);
  PEM_write_bio_PrivateKey (bio, key, NULL, NULL, 0, NULL, NULL);
  length = BIO_get_mem_data (bio, &pem);
  made = g_tls_certificate_new_from_pem (pem, length, &error);
  g_assert_no_error (error);
  BIO_free (bio);
  X509_free (certificate);
  EVP_PKEY_free (key);
  return made;
}

/* The certificate that a new connection of the client is shown. */
static char *
get_served_subject (Client *client)
{
  g_autoptr(SoupMessage) message = soup_message_new ("GET", client->url);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GBytes) body = NULL;
  char *subject = NULL;

  settle ();
  g_signal_connect (message, "accept-certificate", G_CALLBACK (on_accept_certificate_cb), NULL);
  soup_session_send_and_read_async (
      client->session, message, G_PRIORITY_DEFAULT, NULL, on_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  body = soup_session_send_and_read_finish (client->session, result, NULL);
  g_assert_nonnull (body);
  g_object_get (soup_message_get_tls_peer_certificate (message), "subject-name", &subject, NULL);
  return subject;
}

static void
test_https (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string ("127.0.0.1");
  g_autoptr(GTlsCertificate) old = certificate_new ("old");
  g_autoptr(GTlsCertificate) renewed = certificate_new ("new");
  g_autoptr(ExcPipeline) echo = pipeline_new ("Echo", exc_value_new_string ("x"));
  g_autoptr(GError) error = NULL;

  fixture->port = exc_lab_wsman_listen (fixture->wsman, address, 0, old, &error);
  g_assert_no_error (error);
  {
    g_autoptr(Client) client = client_new (fixture, "https");
    g_autoptr(ExcPsrpEvent) event = NULL;
    g_autofree char *subject = NULL;

    g_assert_true (open_shell (client));
    exc_lab_wsman_set_certificate (fixture->wsman, fixture->port, renewed);
    event = run (client, echo); /* the standing connection goes on */
    g_assert_no_error (event->error);
    subject = get_served_subject (client);
    g_assert_cmpstr (subject, ==, "CN=old");
    delete_shell (client);
  }
  {
    g_autoptr(Client) client = client_new (fixture, "https");
    g_autofree char *subject = get_served_subject (client);

    g_assert_cmpstr (subject, ==, "CN=new");
  }
}

static void
test_idle (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Client) client = client_new (fixture, "http");

  exc_lab_wsman_set_idle_timeout (fixture->wsman, 1);
  g_assert_true (open_shell (client));
  while (exc_lab_wsman_get_n_shells (fixture->wsman, NULL) > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (receive (client, NULL));
  g_assert_cmpuint (client->fault, ==, EXC_WSMAN_FAULT_INVALID_SELECTORS);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/lab/wsman/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("runs", test_run);
  ADD ("small-envelopes", test_small_envelopes);
  ADD ("prompt", test_prompt);
  ADD ("secret", test_secret);
  ADD ("timeout-and-stop", test_timeout_and_stop);
  ADD ("client-goes", test_client_goes);
  ADD ("refused", test_refused);
  ADD ("faults", test_faults);
  ADD ("https", test_https);
  ADD ("idle", test_idle);

  return g_test_run ();
}
