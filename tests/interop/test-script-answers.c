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

#include <glib/gstdio.h>

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-lab-windows.h"
#include "exc-queries.h"
#include "interop-host.h"

#define GONE    "ABABABABABABABABABABABABABABABABABABABAB"
#define CLOCK_S 120 /* what may pass between two looks at the clock */

typedef struct {
  ExcClock *clock;
  ExcLabKeys *keys;
  ExcLabWorld *lab;
  ExcLabServer *server;
  InteropHost *host;
  ExcShell *real;
  ExcShell *simulated;
  char *directory;
  char *world; /* path of the file that the stand-ins read */
} Fixture;

static guint n_runs;

/* ---- comparing */

static int
compare_bindings (gconstpointer a, gconstpointer b)
{
  const ExcBindingRecord *one = *(ExcBindingRecord *const *) a;
  const ExcBindingRecord *other = *(ExcBindingRecord *const *) b;
  int order = g_strcmp0 (one->site, other->site);

  return order != 0 ? order : g_strcmp0 (one->info, other->info);
}

static int
compare_services (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 ((*(ExcServiceRecord *const *) a)->name, (*(ExcServiceRecord *const *) b)->name);
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 ((*(ExcStoreEntry *const *) a)->thumbprint,
                    (*(ExcStoreEntry *const *) b)->thumbprint);
}

static void
assert_same_stores (GPtrArray *real, GPtrArray *simulated)
{
  g_assert_cmpuint (real->len, ==, simulated->len);
  g_ptr_array_sort (real, compare_entries);
  g_ptr_array_sort (simulated, compare_entries);
  for (guint i = 0; i < real->len; i++) {
    const ExcStoreEntry *one = g_ptr_array_index (real, i);
    const ExcStoreEntry *other = g_ptr_array_index (simulated, i);

    g_assert_cmpstr (one->thumbprint, ==, other->thumbprint);
    g_assert_cmpstr (one->subject, ==, other->subject);
    g_assert_cmpstr (one->friendly_name, ==, other->friendly_name);
    g_assert_cmpint (one->has_private_key, ==, other->has_private_key);
    g_assert_cmpstr (one->key_provider, ==, other->key_provider);
    g_assert_cmpint (one->not_after, ==, other->not_after);
  }
}

static void
assert_same_windows (ExcWindowsRecord *real, ExcWindowsRecord *simulated)
{
  GHashTableIter iter;
  gpointer endpoint, hash;

  g_assert_cmpstr (real->computer, ==, simulated->computer);
  g_assert_cmpint (ABS (real->utc_now - simulated->utc_now), <, CLOCK_S);

  g_assert_cmpuint (real->bindings->len, ==, simulated->bindings->len);
  g_ptr_array_sort (real->bindings, compare_bindings);
  g_ptr_array_sort (simulated->bindings, compare_bindings);
  for (guint i = 0; i < real->bindings->len; i++) {
    const ExcBindingRecord *one = g_ptr_array_index (real->bindings, i);
    const ExcBindingRecord *other = g_ptr_array_index (simulated->bindings, i);

    g_assert_cmpstr (one->site, ==, other->site);
    g_assert_cmpstr (one->info, ==, other->info);
    g_assert_cmpstr (one->hash, ==, other->hash);
    g_assert_cmpstr (one->store, ==, other->store);
    g_assert_cmpint (one->ssl_flags, ==, other->ssl_flags);
  }

  g_assert_cmpuint (real->services->len, ==, simulated->services->len);
  g_ptr_array_sort (real->services, compare_services);
  g_ptr_array_sort (simulated->services, compare_services);
  for (guint i = 0; i < real->services->len; i++) {
    const ExcServiceRecord *one = g_ptr_array_index (real->services, i);
    const ExcServiceRecord *other = g_ptr_array_index (simulated->services, i);

    g_assert_cmpstr (one->name, ==, other->name);
    g_assert_cmpstr (one->status, ==, other->status);
    g_assert_cmpstr (one->start_type, ==, other->start_type);
  }

  assert_same_stores (real->root, simulated->root);
  assert_same_stores (real->my, simulated->my);
  g_assert_cmpstr (real->wmsvc_hash, ==, simulated->wmsvc_hash);
  g_assert_cmpint (real->wmsvc_port, ==, simulated->wmsvc_port);

  g_assert_cmpuint (
      g_hash_table_size (real->http_sys), ==, g_hash_table_size (simulated->http_sys));
  g_hash_table_iter_init (&iter, real->http_sys);
  while (g_hash_table_iter_next (&iter, &endpoint, &hash))
    g_assert_cmpstr (hash, ==, g_hash_table_lookup (simulated->http_sys, endpoint));
}

static void
assert_same_restarts (GPtrArray *real, GPtrArray *simulated)
{
  g_assert_cmpuint (real->len, ==, simulated->len);
  for (guint i = 0; i < real->len; i++) {
    const ExcRestartRecord *one = g_ptr_array_index (real, i);
    const ExcRestartRecord *other = g_ptr_array_index (simulated, i);

    g_assert_cmpstr (one->name, ==, other->name);
    g_assert_cmpstr (one->before, ==, other->before);
    g_assert_cmpstr (one->after, ==, other->after);
    g_assert_cmpint (one->failure != NULL, ==, other->failure != NULL);
    g_assert_cmpint (exc_restart_record_is_done (one), ==, exc_restart_record_is_done (other));
  }
}

/* ---- running */

static ExcReply *
run (ExcShell *shell, ExcPipeline *pipeline)
{
  g_autoptr(GError) error = NULL;
  ExcReply *reply = interop_run (shell, exc_pipeline_ref (pipeline), &error);

  g_assert_no_error (error);
  return reply;
}

/* Sends to both; @real and @simulated are to be read alike. */
static void
run_both (Fixture *fixture, ExcPipeline *take, ExcReply **real, ExcReply **simulated)
{
  g_autoptr(ExcPipeline) pipeline = take;
  g_autofree char *line = exc_pipeline_to_line (pipeline);

  g_test_message ("%s", line);
  *real = run (fixture->real, pipeline);
  *simulated = run (fixture->simulated, pipeline);
  n_runs++;
}

static ExcWindowsRecord *
check_windows (Fixture *fixture, ExcPipeline *take)
{
  g_autoptr(ExcReply) real = NULL;
  g_autoptr(ExcReply) simulated = NULL;
  g_autoptr(ExcWindowsRecord) one = NULL;
  g_autoptr(ExcWindowsRecord) other = NULL;
  g_autoptr(GError) error = NULL;

  run_both (fixture, take, &real, &simulated);
  one = exc_read_windows (real, &error);
  g_assert_no_error (error);
  other = exc_read_windows (simulated, &error);
  g_assert_no_error (error);
  assert_same_windows (one, other);
  return g_steal_pointer (&one);
}

static void
check_inventory (Fixture *fixture)
{
  g_autoptr(ExcWindowsRecord) record = check_windows (fixture, exc_query_windows ());

  g_assert_cmpuint (record->my->len, >, 0);
}

static void
check_trusted (Fixture *fixture, ExcPipeline *take, gboolean before, gboolean in_root)
{
  g_autoptr(ExcReply) real = NULL;
  g_autoptr(ExcReply) simulated = NULL;
  g_autoptr(GError) error = NULL;
  gboolean was[2] = { !before, !before };
  gboolean is[2] = { !in_root, !in_root };

  run_both (fixture, take, &real, &simulated);
  exc_read_trusted (real, &was[0], &is[0], &error);
  g_assert_no_error (error);
  exc_read_trusted (simulated, &was[1], &is[1], &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++) {
    g_assert_cmpint (was[i], ==, before);
    g_assert_cmpint (is[i], ==, in_root);
  }
}

static void
check_bound (Fixture *fixture,
             const char *site,
             const char *address,
             guint16 port,
             const char *before,
             const char *after)
{
  g_autoptr(ExcReply) real = NULL;
  g_autoptr(ExcReply) simulated = NULL;
  g_autoptr(GError) error = NULL;
  ExcReply *replies[2];

  run_both (fixture, exc_change_bind (site, address, port, after), &real, &simulated);
  replies[0] = real;
  replies[1] = simulated;
  for (guint i = 0; i < 2; i++) {
    g_autofree char *was = NULL;
    g_autofree char *is = NULL;

    exc_read_bound (replies[i], &was, &is, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (was, ==, before);
    g_assert_cmpstr (is, ==, after);
  }
}

/* Both end with an error, and change nothing. */
static void
check_fails (Fixture *fixture, ExcPipeline *take)
{
  g_autoptr(ExcReply) real = NULL;
  g_autoptr(ExcReply) simulated = NULL;
  ExcReply *replies[2];

  run_both (fixture, take, &real, &simulated);
  replies[0] = real;
  replies[1] = simulated;
  for (guint i = 0; i < 2; i++) {
    g_autoptr(GError) error = NULL;

    g_assert_nonnull (exc_reply_get_failure (replies[i]));
    g_assert_cmpuint (exc_reply_get_output (replies[i])->len, ==, 0);
    g_assert_false (exc_reply_check (replies[i], &error));
    g_test_message ("%s: %s", i == 0 ? "real" : "simulated", error->message);
  }
  check_inventory (fixture);
}

static void
check_restarted (Fixture *fixture, ExcPipeline *take, guint n_records)
{
  g_autoptr(ExcReply) real = NULL;
  g_autoptr(ExcReply) simulated = NULL;
  g_autoptr(GPtrArray) one = NULL;
  g_autoptr(GPtrArray) other = NULL;
  g_autoptr(GError) error = NULL;

  run_both (fixture, take, &real, &simulated);
  one = exc_read_restarted (real, &error);
  g_assert_no_error (error);
  other = exc_read_restarted (simulated, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (one->len, ==, n_records);
  assert_same_restarts (one, other);
}

/* ---- the small world */

/* (transfer none): a certificate of My whose subject begins so */
static const char *
find_certificate (Fixture *fixture, const char *subject)
{
  for (guint i = 0; i < fixture->server->my->len; i++) {
    ExcLabCertificate *certificate = g_ptr_array_index (fixture->server->my, i);

    if (g_str_has_prefix (certificate->x509->subject, subject))
      return certificate->x509->sha1;
  }
  g_assert_not_reached ();
}

static void
test_readings (Fixture *fixture, gconstpointer data)
{
  static const char *const services[] = { "W3SVC", "MSExchangeTransport", "Absent", NULL };
  g_autofree char *subject = g_strconcat ("CN=", fixture->server->name, NULL);
  const char *current = find_certificate (fixture, subject);
  g_autoptr(ExcWindowsRecord) whole = check_windows (fixture, exc_query_windows ());
  g_autoptr(ExcWindowsRecord) look = NULL;
  g_autoptr(ExcWindowsRecord) nothing = NULL;

  g_assert_cmpuint (whole->bindings->len, ==, fixture->server->bindings->len);
  g_assert_cmpuint (whole->my->len, ==, fixture->server->my->len);
  g_assert_cmpuint (g_hash_table_size (whole->http_sys), ==, fixture->server->ssl_entries->len);
  g_assert_cmpstr (whole->wmsvc_hash, ==, fixture->server->wmsvc_hash);

  look = check_windows (fixture, exc_query_look (current, services));
  g_assert_cmpuint (look->services->len, ==, 2);
  g_assert_cmpuint (look->my->len, ==, 1);
  g_assert_true (exc_windows_record_has_root (look, current));
  nothing = check_windows (fixture, exc_query_look (NULL, NULL));
  g_assert_cmpuint (nothing->my->len, ==, 0);
  g_assert_cmpuint (nothing->bindings->len, ==, whole->bindings->len);
}

static void
test_trust (Fixture *fixture, gconstpointer data)
{
  g_autofree char *subject = g_strconcat ("CN=", fixture->server->name, NULL);
  const char *current = find_certificate (fixture, subject);

  check_trusted (fixture, exc_change_untrust (current), TRUE, FALSE);
  check_inventory (fixture);
  check_trusted (fixture, exc_change_untrust (current), FALSE, FALSE);
  check_trusted (fixture, exc_change_trust (current), FALSE, TRUE);
  check_inventory (fixture);
  check_trusted (fixture, exc_change_trust (current), TRUE, TRUE);
  check_fails (fixture, exc_change_trust (GONE));
  check_trusted (fixture, exc_change_untrust (GONE), FALSE, FALSE);
}

static void
test_bind (Fixture *fixture, gconstpointer data)
{
  g_autofree char *subject = g_strconcat ("CN=", fixture->server->name, NULL);
  const char *old = find_certificate (fixture, subject);
  const char *new = find_certificate (fixture, "CN=WMSvc");
  const char *front = exc_lab_server_get_ssl_hash (fixture->server, "*", 443);
  g_autofree char *before = g_strdup (front);

  check_bound (fixture, "Exchange Back End", "*", 444, old, new);
  check_inventory (fixture);
  check_bound (fixture, "Exchange Back End", "", 444, new, new);
  check_bound (fixture, "Exchange Back End", "*", 444, new, old);
  check_bound (fixture, "Default Web Site", "*", 443, before, new);
  /* http.sys holds an entry whose certificate is gone. */
  check_bound (fixture, "Default Web Site", "127.0.0.1", 443, GONE, new);
  check_inventory (fixture);
  check_fails (fixture, exc_change_bind ("Exchange Back End", "*", 444, GONE));
  check_fails (fixture, exc_change_bind ("Exchange Back End", "10.0.0.1", 444, new));
  check_fails (fixture, exc_change_bind ("Default Web Site", "127.0.0.1", 8443, new));
  /* A site without any binding on the port gets one. */
  check_bound (fixture, "Exchange Back End", "*", 8444, NULL, new);
  check_inventory (fixture);
}

/* A certificate that nobody takes: what was bound before is bound again, and the script says why.
 * The simulated servers take every certificate, so this is PowerShell's word alone. */
static void
test_put_back (Fixture *fixture, gconstpointer data)
{
  const char *refused = find_certificate (fixture, "CN=WMSvc");
  g_autoptr(ExcPipeline) bind = exc_change_bind ("Exchange Back End", "*", 444, refused);
  g_autoptr(ExcPipeline) look = exc_query_look (NULL, NULL);
  g_autoptr(ExcShell) shell =
                 interop_host_open_shell (fixture->host, "/refusing", EXC_CONFIGURATION_WINDOWS);
  g_autofree char *before = g_strdup (exc_lab_server_get_ssl_hash (fixture->server, "*", 444));
  g_autoptr(ExcReply) failed = run (shell, bind);
  g_autoptr(ExcReply) seen = run (shell, look);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcWindowsRecord) record = NULL;

  n_runs += 2;
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

static void
test_restart (Fixture *fixture, gconstpointer data)
{
  static const char *const services[] = { "MSExchangeTransport", "W3SVC", NULL };
  static const char *const absent[] = { "Absent", "WMSVC", NULL }; /* one not there, one stopped */
  static const char *const pools[] = { "MSExchangeOWAAppPool", "MSExchangeECPAppPool", NULL };
  static const char *const absent_pools[] = { "AbsentAppPool", "MSExchangeOWAAppPool", NULL };

  check_restarted (fixture, exc_change_restart_services (services), 2);
  check_restarted (fixture, exc_change_restart_services (absent), 2);
  check_restarted (fixture, exc_change_recycle_pools (pools), 2);
  check_restarted (fixture, exc_change_recycle_pools (absent_pools), 2);
  check_inventory (fixture);
}

/* ---- setting up */

static ExcLabSession *
make_session (
    gpointer data, const char *configuration, const char *query, const char *user, GError **error)
{
  Fixture *fixture = data;

  return EXC_LAB_SESSION (exc_lab_windows_new (fixture->lab, fixture->server));
}

/* The world as the simulated organization writes it, for the stand-ins. */
static void
write_world (Fixture *fixture)
{
  g_autoptr(JsonNode) node = exc_lab_world_to_json (fixture->lab, FALSE);
  g_autofree char *text = json_to_string (node, FALSE);
  g_autoptr(GError) error = NULL;

  fixture->world = g_build_filename (fixture->directory, "world.json", NULL);
  g_file_set_contents (fixture->world, text, -1, &error);
  g_assert_no_error (error);
}

/* EXCH01 has a public certificate on 443, EXCH02 an expired default one. */
typedef struct {
  const char *server;
  const char *language;
} Place;

static const Place places[] = {
  { "EXCH01", "en" },
  { "EXCH02", "de" },
  { "EXCH03", "zh" },
};

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const Place *place = data;
  const char *const arguments[] = { "serve", "--module", g_getenv ("INTEROP_STAND_INS"), NULL };
  g_autofree char *world = NULL;
  g_autofree char *refuses = NULL;
  g_autofree char *computer = g_strconcat ("COMPUTERNAME=", place->server, NULL);
  g_autofree char *netsh = g_strconcat ("THUMBPRINT_NETSH=", place->language, NULL);
  g_autoptr(GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("thumbprint-interop-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->clock = exc_clock_new ();
  fixture->keys = exc_lab_keys_new (NULL);
  fixture->lab = exc_lab_world_new (fixture->clock, fixture->keys);
  exc_lab_world_load_scenario (fixture->lab, g_getenv ("INTEROP_SCENARIO"), &error);
  g_assert_no_error (error);
  fixture->server = exc_lab_world_find_server (fixture->lab, place->server);
  g_assert_nonnull (fixture->server);
  exc_lab_server_set_ssl_hash (fixture->server, "127.0.0.1", 443, GONE, EXC_LAB_IIS_APP_ID);
  /* So that a restart is awaited, but not for long. */
  for (guint i = 0; i < fixture->server->services->len; i++)
    ((ExcLabService *) g_ptr_array_index (fixture->server->services, i))->restart_s = 1;
  exc_lab_server_find_service (fixture->server, "WMSVC")->is_running = FALSE;
  write_world (fixture);

  fixture->host = interop_host_new ();
  world = g_strconcat ("THUMBPRINT_WORLD=", fixture->world, NULL);
  refuses = g_strconcat ("THUMBPRINT_REFUSES=", find_certificate (fixture, "CN=WMSvc"), NULL);
  {
    const char *const environment[] = { world, computer, netsh, NULL };
    const char *const refusing[] = { world, computer, netsh, refuses, NULL };

    interop_host_add_engine (
        fixture->host, "/real", EXC_CONFIGURATION_WINDOWS, arguments, environment);
    interop_host_add_engine (
        fixture->host, "/refusing", EXC_CONFIGURATION_WINDOWS, arguments, refusing);
  }
  exc_lab_wsman_add_endpoint (interop_host_get_wsman (fixture->host),
                              "/simulated",
                              EXC_CONFIGURATION_WINDOWS,
                              0,
                              make_session,
                              fixture,
                              NULL);
  fixture->real = interop_host_open_shell (fixture->host, "/real", EXC_CONFIGURATION_WINDOWS);
  fixture->simulated =
      interop_host_open_shell (fixture->host, "/simulated", EXC_CONFIGURATION_WINDOWS);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  interop_close (fixture->real);
  interop_close (fixture->simulated);
  g_object_unref (fixture->real);
  g_object_unref (fixture->simulated);
  interop_host_free (fixture->host);
  g_object_unref (fixture->lab);
  exc_lab_keys_free (fixture->keys);
  g_object_unref (fixture->clock);
  g_unlink (fixture->world);
  g_rmdir (fixture->directory);
  g_free (fixture->world);
  g_free (fixture->directory);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *name;
    void (*func) (Fixture *fixture, gconstpointer data);
    guint n_places; /* what differs between servers is run on all of them */
  } tests[] = {
    { "readings", test_readings, 3 }, { "trust", test_trust, 1 },     { "bind", test_bind, 3 },
    { "put-back", test_put_back, 1 }, { "restart", test_restart, 1 },
  };
  int status;

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++) {
    for (guint j = 0; j < tests[i].n_places; j++) {
      g_autofree char *path =
          g_strjoin ("/", "/interop/scripts", tests[i].name, places[j].server, NULL);

      g_test_add (path, Fixture, &places[j], set_up, tests[i].func, tear_down);
    }
  }

  status = g_test_run ();
  g_print ("# %u scripts run by PowerShell\n", n_runs);
  return status;
}
