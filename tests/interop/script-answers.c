/* script-answers.c — the same script run by PowerShell and by the simulated servers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "script-answers.h"

#include <glib/gstdio.h>

guint answers_n_runs;

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
  g_assert_cmpint (ABS (real->utc_now - simulated->utc_now), <, ANSWERS_CLOCK_S);

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

ExcReply *
answers_run (ExcShell *shell, ExcPipeline *pipeline)
{
  g_autoptr(GError) error = NULL;
  ExcReply *reply = interop_run (shell, exc_pipeline_ref (pipeline), &error);

  g_assert_no_error (error);
  return reply;
}

/* Sends to both; @real and @simulated are to be read alike. */
void
answers_run_both (AnswersFixture *fixture, ExcPipeline *take, ExcReply **real, ExcReply **simulated)
{
  g_autoptr(ExcPipeline) pipeline = take;
  g_autofree char *line = exc_pipeline_to_line (pipeline);

  g_test_message ("%s", line);
  *real = answers_run (fixture->real, pipeline);
  *simulated = answers_run (fixture->simulated, pipeline);
  answers_n_runs++;
}

ExcWindowsRecord *
answers_check_windows (AnswersFixture *fixture, ExcPipeline *take)
{
  g_autoptr(ExcReply) real = NULL;
  g_autoptr(ExcReply) simulated = NULL;
  g_autoptr(ExcWindowsRecord) one = NULL;
  g_autoptr(ExcWindowsRecord) other = NULL;
  g_autoptr(GError) error = NULL;

  answers_run_both (fixture, take, &real, &simulated);
  one = exc_read_windows (real, &error);
  g_assert_no_error (error);
  other = exc_read_windows (simulated, &error);
  g_assert_no_error (error);
  assert_same_windows (one, other);
  return g_steal_pointer (&one);
}

void
answers_check_inventory (AnswersFixture *fixture)
{
  g_autoptr(ExcWindowsRecord) record = answers_check_windows (fixture, exc_query_windows ());

  g_assert_cmpuint (record->my->len, >, 0);
}

void
answers_check_trusted (AnswersFixture *fixture,
                       ExcPipeline *take,
                       gboolean before,
                       gboolean in_root)
{
  g_autoptr(ExcReply) real = NULL;
  g_autoptr(ExcReply) simulated = NULL;
  g_autoptr(GError) error = NULL;
  gboolean was[2] = { !before, !before };
  gboolean is[2] = { !in_root, !in_root };

  answers_run_both (fixture, take, &real, &simulated);
  exc_read_trusted (real, &was[0], &is[0], &error);
  g_assert_no_error (error);
  exc_read_trusted (simulated, &was[1], &is[1], &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++) {
    g_assert_cmpint (was[i], ==, before);
    g_assert_cmpint (is[i], ==, in_root);
  }
}

void
answers_check_bound (AnswersFixture *fixture,
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

  answers_run_both (fixture, exc_change_bind (site, address, port, after), &real, &simulated);
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

void
answers_check_wmsvc_bound (AnswersFixture *fixture,
                           const char *before,
                           const char *after,
                           const char *state)
{
  g_autoptr(ExcReply) real = NULL;
  g_autoptr(ExcReply) simulated = NULL;
  g_autoptr(GError) error = NULL;
  ExcReply *replies[2];

  answers_run_both (fixture, exc_change_wmsvc_bind (after), &real, &simulated);
  replies[0] = real;
  replies[1] = simulated;
  for (guint i = 0; i < 2; i++) {
    g_autofree char *old = NULL;
    g_autofree char *service = NULL;

    exc_read_wmsvc_bound (replies[i], &old, &service, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (old, ==, before);
    g_assert_cmpstr (service, ==, state);
  }
}

void
answers_check_removed (AnswersFixture *fixture, const char *thumbprint, gboolean before)
{
  g_autoptr(ExcReply) real = NULL;
  g_autoptr(ExcReply) simulated = NULL;
  g_autoptr(GError) error = NULL;
  gboolean was[2] = { !before, !before };
  gboolean is[2] = { TRUE, TRUE };

  answers_run_both (fixture, exc_change_remove_windows (thumbprint), &real, &simulated);
  exc_read_removed (real, &was[0], &is[0], &error);
  g_assert_no_error (error);
  exc_read_removed (simulated, &was[1], &is[1], &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 2; i++) {
    g_assert_cmpint (was[i], ==, before);
    g_assert_false (is[i]);
  }
}

void
answers_check_events (AnswersFixture *fixture, ExcPipeline *take, guint n_records)
{
  g_autoptr(ExcReply) real = NULL;
  g_autoptr(ExcReply) simulated = NULL;
  g_autoptr(GPtrArray) one = NULL;
  g_autoptr(GPtrArray) other = NULL;
  g_autoptr(GError) error = NULL;

  answers_run_both (fixture, take, &real, &simulated);
  one = exc_read_events (real, &error);
  g_assert_no_error (error);
  other = exc_read_events (simulated, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (one->len, ==, n_records);
  g_assert_cmpuint (other->len, ==, n_records);
  for (guint i = 0; i < n_records; i++) {
    const ExcEventRecord *theirs = g_ptr_array_index (one, i);
    const ExcEventRecord *ours = g_ptr_array_index (other, i);

    g_assert_cmpint (theirs->time, ==, ours->time);
    g_assert_cmpint (theirs->id, ==, ours->id);
    g_assert_cmpstr (theirs->provider, ==, ours->provider);
    g_assert_cmpstr (theirs->message, ==, ours->message);
  }
}

/* Both end with an error, and change nothing. */
void
answers_check_fails (AnswersFixture *fixture, ExcPipeline *take)
{
  g_autoptr(ExcReply) real = NULL;
  g_autoptr(ExcReply) simulated = NULL;
  ExcReply *replies[2];

  answers_run_both (fixture, take, &real, &simulated);
  replies[0] = real;
  replies[1] = simulated;
  for (guint i = 0; i < 2; i++) {
    g_autoptr(GError) error = NULL;

    g_assert_nonnull (exc_reply_get_failure (replies[i]));
    g_assert_cmpuint (exc_reply_get_output (replies[i])->len, ==, 0);
    g_assert_false (exc_reply_check (replies[i], &error));
    g_test_message ("%s: %s", i == 0 ? "real" : "simulated", error->message);
  }
  answers_check_inventory (fixture);
}

void
answers_check_restarted (AnswersFixture *fixture, ExcPipeline *take, guint n_records)
{
  g_autoptr(ExcReply) real = NULL;
  g_autoptr(ExcReply) simulated = NULL;
  g_autoptr(GPtrArray) one = NULL;
  g_autoptr(GPtrArray) other = NULL;
  g_autoptr(GError) error = NULL;

  answers_run_both (fixture, take, &real, &simulated);
  one = exc_read_restarted (real, &error);
  g_assert_no_error (error);
  other = exc_read_restarted (simulated, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (one->len, ==, n_records);
  assert_same_restarts (one, other);
}

/* (transfer none): a certificate of My whose subject begins so */
const char *
answers_find_certificate (AnswersFixture *fixture, const char *subject)
{
  for (guint i = 0; i < fixture->server->my->len; i++) {
    ExcLabCertificate *certificate = g_ptr_array_index (fixture->server->my, i);

    if (g_str_has_prefix (certificate->x509->subject, subject))
      return certificate->x509->sha1;
  }
  g_assert_not_reached ();
}

/* ---- setting up */

static ExcLabSession *
make_session (
    gpointer data, const char *configuration, const char *query, const char *user, GError **error)
{
  AnswersFixture *fixture = data;

  return EXC_LAB_SESSION (exc_lab_windows_new (fixture->lab, fixture->server));
}

/* The world as the simulated organization writes it, for the stand-ins. (transfer full): where */
static char *
write_world (AnswersFixture *fixture, const char *name)
{
  g_autoptr(JsonNode) node = exc_lab_world_to_json (fixture->lab, FALSE);
  g_autofree char *text = json_to_string (node, FALSE);
  g_autoptr(GError) error = NULL;
  char *path = g_build_filename (fixture->directory, name, NULL);

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  return path;
}

/* More than are read at once of one kind, and one of another. */
static void
add_events (ExcLabServer *server)
{
  for (guint i = 0; i < ANSWERS_N_EVENTS; i++)
    exc_lab_server_add_event (
        server, ANSWERS_EVENTS + i * 60, "System", "HttpEvent", 15021, "An error occurred.");
  exc_lab_server_add_event (
      server, ANSWERS_EVENTS, "Application", "MSExchange AuthAdmin", 2014, "Published.");
}

void
answers_set_up (AnswersFixture *fixture, gconstpointer data)
{
  const AnswersPlace *place = data;
  const char *const arguments[] = { "serve", "--module", g_getenv ("INTEROP_STAND_INS"), NULL };
  g_autofree char *world = NULL;
  g_autofree char *refuses = NULL;
  g_autofree char *running = NULL;
  g_autofree char *refuses_default = NULL;
  g_autofree char *subject = g_strconcat ("CN=", place->server, NULL);
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
  exc_lab_server_set_ssl_hash (fixture->server, "127.0.0.1", 443, ANSWERS_GONE, EXC_LAB_IIS_APP_ID);
  /* So that a restart is awaited, but not for long. */
  for (guint i = 0; i < fixture->server->services->len; i++)
    ((ExcLabService *) g_ptr_array_index (fixture->server->services, i))->restart_s = 1;
  add_events (fixture->server);
  fixture->running_world = write_world (fixture, "running.json");
  exc_lab_server_find_service (fixture->server, "WMSVC")->is_running = FALSE;
  fixture->world = write_world (fixture, "world.json");

  fixture->host = interop_host_new ();
  world = g_strconcat ("THUMBPRINT_WORLD=", fixture->world, NULL);
  running = g_strconcat ("THUMBPRINT_WORLD=", fixture->running_world, NULL);
  refuses =
      g_strconcat ("THUMBPRINT_REFUSES=", answers_find_certificate (fixture, "CN=WMSvc"), NULL);
  refuses_default =
      g_strconcat ("THUMBPRINT_REFUSES=", answers_find_certificate (fixture, subject), NULL);
  {
    const char *const environment[] = { world, computer, netsh, NULL };
    const char *const refusing[] = { world, computer, netsh, refuses, NULL };
    const char *const old[] = {
      running, computer, netsh, refuses_default, "THUMBPRINT_WINDOWS=2012R2", NULL
    };

    interop_host_add_engine (
        fixture->host, "/real", EXC_CONFIGURATION_WINDOWS, arguments, environment);
    interop_host_add_engine (
        fixture->host, "/refusing", EXC_CONFIGURATION_WINDOWS, arguments, refusing);
    interop_host_add_engine (fixture->host, "/old", EXC_CONFIGURATION_WINDOWS, arguments, old);
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

void
answers_tear_down (AnswersFixture *fixture, gconstpointer data)
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
  g_unlink (fixture->running_world);
  g_rmdir (fixture->directory);
  g_free (fixture->world);
  g_free (fixture->running_world);
  g_free (fixture->directory);
}
