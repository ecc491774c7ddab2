/* test-script-answers.c — what the scripts really answer, and what the simulated servers answer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every script is run twice with the same parameters: by PowerShell's own engine, on stand-ins for
 * the Windows commands over the world that the simulated organization wrote down, and by the
 * simulated organization itself. Both answers come back over PSRP to our shell and are read by our
 * readers; they must give the same records. So the simulation cannot invent an answer.
 */

#include "config.h"

#include <openssl/pkcs12.h>

#include "script-answers.h"

#define GONE ANSWERS_GONE

/* With the private key in it, as others export it. */
static GBytes *
make_pfx (ExcLabCertificate *certificate)
{
  const guint8 *der = g_bytes_get_data (certificate->x509->der, NULL);
  X509 *x509 = d2i_X509 (NULL, &der, (long) g_bytes_get_size (certificate->x509->der));
  PKCS12 *pfx = PKCS12_create (NULL, NULL, certificate->key, x509, NULL, 0, 0, 0, 0, 0);
  guint8 *data = NULL;
  int length = i2d_PKCS12 (pfx, &data);
  GBytes *bytes = g_bytes_new (data, (gsize) length);

  OPENSSL_free (data);
  PKCS12_free (pfx);
  X509_free (x509);
  return bytes;
}

static void
test_readings (AnswersFixture *fixture, gconstpointer data)
{
  static const char *const services[] = { "W3SVC", "MSExchangeTransport", "Absent", NULL };
  g_autofree char *subject = g_strconcat ("CN=", fixture->server->name, NULL);
  const char *current = answers_find_certificate (fixture, subject);
  g_autoptr(ExcWindowsRecord) whole = answers_check_windows (fixture, exc_query_windows ());
  g_autoptr(ExcWindowsRecord) look = NULL;
  g_autoptr(ExcWindowsRecord) nothing = NULL;

  g_assert_cmpuint (whole->bindings->len, ==, fixture->server->bindings->len);
  g_assert_cmpuint (whole->my->len, ==, fixture->server->my->len);
  g_assert_cmpuint (g_hash_table_size (whole->http_sys), ==, fixture->server->ssl_entries->len);
  g_assert_cmpstr (whole->wmsvc_hash, ==, fixture->server->wmsvc_hash);

  look = answers_check_windows (fixture, exc_query_look (current, services));
  g_assert_cmpstr (look->wmsvc_hash, ==, fixture->server->wmsvc_hash);
  g_assert_cmpuint (g_hash_table_size (look->http_sys), ==, fixture->server->ssl_entries->len);
  g_assert_cmpuint (look->services->len, ==, 2);
  g_assert_cmpuint (look->my->len, ==, 1);
  g_assert_true (exc_windows_record_has_root (look, current));
  nothing = answers_check_windows (fixture, exc_query_look (NULL, NULL));
  g_assert_cmpuint (nothing->my->len, ==, 0);
  g_assert_cmpuint (nothing->bindings->len, ==, whole->bindings->len);
}

static void
test_trust (AnswersFixture *fixture, gconstpointer data)
{
  g_autofree char *subject = g_strconcat ("CN=", fixture->server->name, NULL);
  const char *current = answers_find_certificate (fixture, subject);

  answers_check_trusted (fixture, exc_change_untrust (current), TRUE, FALSE);
  answers_check_inventory (fixture);
  answers_check_trusted (fixture, exc_change_untrust (current), FALSE, FALSE);
  answers_check_trusted (fixture, exc_change_trust (current), FALSE, TRUE);
  answers_check_inventory (fixture);
  answers_check_trusted (fixture, exc_change_trust (current), TRUE, TRUE);
  answers_check_fails (fixture, exc_change_trust (GONE));
  answers_check_trusted (fixture, exc_change_untrust (GONE), FALSE, FALSE);
}

static void
test_bind (AnswersFixture *fixture, gconstpointer data)
{
  g_autofree char *subject = g_strconcat ("CN=", fixture->server->name, NULL);
  const char *old = answers_find_certificate (fixture, subject);
  const char *new = answers_find_certificate (fixture, "CN=WMSvc");
  const char *front = exc_lab_server_get_ssl_hash (fixture->server, "*", 443);
  g_autofree char *before = g_strdup (front);

  answers_check_bound (fixture, "Exchange Back End", "*", 444, old, new);
  answers_check_inventory (fixture);
  answers_check_bound (fixture, "Exchange Back End", "", 444, new, new);
  answers_check_bound (fixture, "Exchange Back End", "*", 444, new, old);
  answers_check_bound (fixture, "Default Web Site", "*", 443, before, new);
  /* http.sys holds an entry whose certificate is gone. */
  answers_check_bound (fixture, "Default Web Site", "127.0.0.1", 443, GONE, new);
  answers_check_inventory (fixture);
  answers_check_fails (fixture, exc_change_bind ("Exchange Back End", "*", 444, GONE));
  answers_check_fails (fixture, exc_change_bind ("Exchange Back End", "10.0.0.1", 444, new));
  answers_check_fails (fixture, exc_change_bind ("Default Web Site", "127.0.0.1", 8443, new));
  /* A site without any binding on the port gets one. */
  answers_check_bound (fixture, "Exchange Back End", "*", 8444, NULL, new);
  answers_check_inventory (fixture);
}

/* A certificate that nobody takes: what was bound before is bound again, and the script says why.
 * The simulated servers take every certificate, so this is PowerShell's word alone. */
static void
test_put_back (AnswersFixture *fixture, gconstpointer data)
{
  const char *refused = answers_find_certificate (fixture, "CN=WMSvc");
  g_autoptr(ExcPipeline) bind = exc_change_bind ("Exchange Back End", "*", 444, refused);
  g_autoptr(ExcPipeline) look = exc_query_look (NULL, NULL);
  g_autoptr(ExcShell) shell =
                 interop_host_open_shell (fixture->host, "/refusing", EXC_CONFIGURATION_WINDOWS);
  g_autofree char *before = g_strdup (exc_lab_server_get_ssl_hash (fixture->server, "*", 444));
  g_autoptr(ExcReply) failed = answers_run (shell, bind);
  g_autoptr(ExcReply) seen = answers_run (shell, look);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcWindowsRecord) record = NULL;

  answers_n_runs += 2;
  g_assert_false (exc_reply_check (failed, &error));
  g_assert_nonnull (strstr (error->message, "0.0.0.0:444"));
  g_assert_null (strstr (error->message, "putting"));
  g_clear_error (&error);
  record = exc_read_windows (seen, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (
      exc_windows_record_find_binding (record, "Exchange Back End", NULL, 444)->hash, ==, before);
  interop_close (shell);
}

/* The certificate that the service has, after it was bound by the script. */
static void
test_wmsvc (AnswersFixture *fixture, gconstpointer data)
{
  static const char *const wmsvc[] = { "WMSVC", NULL };
  g_autofree char *subject = g_strconcat ("CN=", fixture->server->name, NULL);
  g_autofree char *old = g_strdup (answers_find_certificate (fixture, "CN=WMSvc"));
  const char *other = answers_find_certificate (fixture, subject);

  /* Stopped before, stopped after. */
  answers_check_wmsvc_bound (fixture, old, other, "Stopped");
  answers_check_inventory (fixture);
  answers_check_removed (fixture, old, TRUE);
  answers_check_removed (fixture, old, FALSE);
  answers_check_inventory (fixture);
  answers_check_fails (fixture, exc_change_remove_windows (other));
  answers_check_fails (fixture, exc_change_wmsvc_bind (GONE));
  answers_check_fails (fixture, exc_change_wmsvc_bind (old));
  answers_check_restarted (fixture, exc_change_restart_services (wmsvc), 1);
}

/* Two keys, so two certificates: what they are alike in is told by each inventory. */
static void
test_wmsvc_create (AnswersFixture *fixture, gconstpointer data)
{
  g_autoptr(ExcReply) real = NULL;
  g_autoptr(ExcReply) simulated = NULL;
  g_autoptr(GError) error = NULL;
  const ExcStoreEntry *entries[2] = { NULL, NULL };
  g_autoptr(GPtrArray) records =
                 g_ptr_array_new_with_free_func ((GDestroyNotify) exc_windows_record_unref);

  answers_run_both (fixture, exc_change_wmsvc_create (), &real, &simulated);
  for (guint i = 0; i < 2; i++) {
    g_autofree char *created = exc_read_created (i == 0 ? real : simulated, &error);
    g_autoptr(ExcPipeline) look = exc_query_windows ();
    g_autoptr(ExcReply) seen = answers_run (i == 0 ? fixture->real : fixture->simulated, look);
    ExcWindowsRecord *record = NULL;

    g_assert_no_error (error);
    record = exc_read_windows (seen, &error);
    g_assert_no_error (error);
    g_ptr_array_add (records, record);
    for (guint j = 0; j < record->my->len; j++)
      if (g_strcmp0 (((ExcStoreEntry *) g_ptr_array_index (record->my, j))->thumbprint, created) ==
          0)
        entries[i] = g_ptr_array_index (record->my, j);
    g_assert_nonnull (entries[i]);
  }
  answers_n_runs++;
  g_assert_cmpstr (entries[0]->subject, ==, entries[1]->subject);
  g_assert_cmpstr (entries[0]->friendly_name, ==, entries[1]->friendly_name);
  g_assert_cmpstr (entries[0]->key_provider, ==, entries[1]->key_provider);
  g_assert_cmpint (entries[0]->has_private_key, ==, EXC_YES);
  g_assert_cmpint (entries[1]->has_private_key, ==, EXC_YES);
  g_assert_cmpint (ABS (entries[0]->not_after - entries[1]->not_after), <, ANSWERS_CLOCK_S);
}

/* http.sys takes nothing: the old certificate is back at both places, and the service runs. The
 * simulated servers take every certificate, so this is PowerShell's word alone; as is what Windows
 * Server 2012 R2 cannot do. */
static void
test_wmsvc_put_back (AnswersFixture *fixture, gconstpointer data)
{
  g_autofree char *subject = g_strconcat ("CN=", fixture->server->name, NULL);
  static const char *const running[] = { "WMSVC", NULL };
  const char *old = answers_find_certificate (fixture, "CN=WMSvc");
  const char *refused = answers_find_certificate (fixture, subject);
  g_autoptr(ExcPipeline) bind = exc_change_wmsvc_bind (refused);
  g_autoptr(ExcPipeline) create = exc_change_wmsvc_create ();
  g_autoptr(ExcPipeline) reset = exc_change_iisreset ();
  g_autoptr(ExcPipeline) look = exc_query_look (NULL, running);
  g_autoptr(ExcShell) shell =
                 interop_host_open_shell (fixture->host, "/old", EXC_CONFIGURATION_WINDOWS);
  g_autoptr(ExcReply) failed = answers_run (shell, bind);
  g_autoptr(ExcReply) seen = answers_run (shell, look);
  g_autoptr(ExcReply) not_created = answers_run (shell, create);
  g_autoptr(ExcReply) not_reset = answers_run (shell, reset);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcWindowsRecord) record = NULL;
  g_autoptr(GPtrArray) restarted = NULL;

  answers_n_runs += 4;
  g_assert_false (exc_read_wmsvc_bound (failed, NULL, NULL, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_REMOTE);
  g_assert_nonnull (strstr (error->message, "0.0.0.0:8172"));
  g_assert_null (strstr (error->message, "putting"));
  g_clear_error (&error);
  record = exc_read_windows (seen, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (record->wmsvc_hash, ==, old);
  g_assert_cmpstr (g_hash_table_lookup (record->http_sys, "0.0.0.0:8172"), ==, old);
  g_assert_cmpstr (
      ((ExcServiceRecord *) g_ptr_array_index (record->services, 0))->status, ==, "Running");

  g_assert_null (exc_read_created (not_created, &error));
  g_assert_nonnull (strstr (error->message, "5 years"));
  g_clear_error (&error);
  restarted = exc_read_restarted (not_reset, &error);
  g_assert_no_error (error);
  g_assert_false (exc_restart_record_is_done (g_ptr_array_index (restarted, 1)));
  interop_close (shell);
}

static void
test_trust_raw (AnswersFixture *fixture, gconstpointer data)
{
  static const guint8 noise[] = { 1, 2, 3 };
  g_autofree char *subject = g_strconcat ("CN=", fixture->server->name, NULL);
  ExcLabCertificate *certificate =
      exc_lab_store_find (fixture->server->my, answers_find_certificate (fixture, subject));
  GBytes *der = certificate->x509->der;
  g_autoptr(GBytes) garbage = g_bytes_new_static (noise, sizeof noise);
  g_autoptr(GBytes) pfx = make_pfx (certificate);

  answers_check_trusted (fixture, exc_change_untrust (certificate->x509->sha1), TRUE, FALSE);
  answers_check_trusted (fixture, exc_change_trust_raw (der), FALSE, TRUE);
  answers_check_inventory (fixture);
  answers_check_trusted (fixture, exc_change_trust_raw (der), TRUE, TRUE);
  answers_check_fails (fixture, exc_change_trust_raw (garbage));
  /* A key would come along. */
  answers_check_fails (fixture, exc_change_trust_raw (pfx));
}

static void
test_restart (AnswersFixture *fixture, gconstpointer data)
{
  static const char *const services[] = { "MSExchangeTransport", "W3SVC", NULL };
  static const char *const absent[] = { "Absent", "WMSVC", NULL }; /* one not there, one stopped */
  static const char *const pools[] = { "MSExchangeOWAAppPool", "MSExchangeECPAppPool", NULL };
  static const char *const absent_pools[] = { "AbsentAppPool", "MSExchangeOWAAppPool", NULL };

  answers_check_restarted (fixture, exc_change_restart_services (services), 2);
  answers_check_restarted (fixture, exc_change_restart_services (absent), 2);
  answers_check_restarted (fixture, exc_change_recycle_pools (pools), 2);
  answers_check_restarted (fixture, exc_change_recycle_pools (absent_pools), 2);
  answers_check_restarted (fixture, exc_change_iisreset (), 2);
  answers_check_inventory (fixture);
}

static void
test_events (AnswersFixture *fixture, gconstpointer data)
{
  static const char authority[] = "MSExchange AuthAdmin";
  const gint64 last = ANSWERS_EVENTS + (ANSWERS_N_EVENTS - 1) * 60;

  answers_check_events (fixture, exc_query_events ("System", NULL, 0, 0), 20);
  answers_check_events (fixture, exc_query_events ("system", "HttpEvent", 15021, last - 60), 2);
  answers_check_events (fixture, exc_query_events ("System", NULL, 0, last + 1), 0);
  answers_check_events (fixture, exc_query_events ("System", "HttpEvent", 1, 0), 0);
  answers_check_events (fixture, exc_query_events ("Application", authority, 2014, 0), 1);
  answers_check_events (fixture, exc_query_events ("Application", "Nobody", 0, 0), 0);
  answers_check_fails (fixture, exc_query_events ("Absent", NULL, 0, 0));
}

/* EXCH01 has a public certificate on 443, EXCH02 an expired default one. */
static const AnswersPlace places[] = {
  { "EXCH01", "en" },
  { "EXCH02", "de" },
  { "EXCH03", "zh" },
};

int
main (int argc, char **argv)
{
  static const struct {
    const char *name;
    void (*func) (AnswersFixture *fixture, gconstpointer data);
    guint n_places; /* what differs between servers is run on all of them */
  } tests[] = {
    { "readings", test_readings, 3 },
    { "trust", test_trust, 1 },
    { "bind", test_bind, 3 },
    { "put-back", test_put_back, 1 },
    { "restart", test_restart, 1 },
    { "wmsvc", test_wmsvc, 3 },
    { "wmsvc-create", test_wmsvc_create, 1 },
    { "wmsvc-put-back", test_wmsvc_put_back, 1 },
    { "trust-raw", test_trust_raw, 1 },
    { "events", test_events, 1 },
  };
  int status;

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    for (guint j = 0; j < tests[i].n_places; j++) {
      g_autofree char *path =
          g_strjoin ("/", "/interop/scripts", tests[i].name, places[j].server, NULL);

      g_test_add (
          path, AnswersFixture, &places[j], answers_set_up, tests[i].func, answers_tear_down);
    }
  }

  status = g_test_run ();
  g_print ("# %u scripts run by PowerShell\n", answers_n_runs);
  return status;
}
