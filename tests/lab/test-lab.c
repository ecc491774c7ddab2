/* test-lab.c — the simulated organization as a client sees it over the wire
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gstdio.h>

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-queries.h"
#include "lab-process.h"

#define EXCH01 "exch01.contoso.lab"
#define EXCH02 "exch02.contoso.lab"
#define EXCH03 "exch03.contoso.lab"

static ExcReply *
run (ExcShell *shell, ExcPipeline *take)
{
  g_autoptr(GError) error = NULL;
  ExcReply *reply = lab_process_run (shell, take, &error);

  g_assert_no_error (error);
  return reply;
}

static GPtrArray *
read_certificates (ExcShell *shell, const char *server, gboolean projected)
{
  g_autoptr(ExcReply) reply = run (shell, exc_query_certificates (server, NULL, projected));
  g_autoptr(GError) error = NULL;
  GPtrArray *certificates = exc_read_certificates (reply, server, &error);

  g_assert_no_error (error);
  return certificates;
}

static ExcCertificateRecord *
find_default (GPtrArray *certificates)
{
  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificateRecord *record = g_ptr_array_index (certificates, i);

    if (g_strcmp0 (record->friendly_name, "Microsoft Exchange") == 0)
      return record;
  }
  g_assert_not_reached ();
}

static void
test_describe (void)
{
  g_autoptr(LabProcess) lab = lab_process_new ("small", NULL);
  JsonObject *object = json_node_get_object (lab->description);
  JsonArray *servers = json_object_get_array_member (object, "servers");
  JsonObject *first = json_array_get_object_element (servers, 0);
  g_autoptr(GInetAddress) one = exc_names_lookup (lab->names, EXCH01);
  g_autoptr(GInetAddress) two = exc_names_lookup (lab->names, EXCH02);

  g_assert_cmpuint (json_object_get_size (object), ==, 6);
  g_assert_cmpuint (json_array_get_length (servers), ==, 3);
  g_assert_cmpuint (json_object_get_size (first), ==, 3);
  g_assert_cmpstr (json_object_get_string_member (first, "fqdn"), ==, EXCH01);
  g_assert_cmpstr (
      json_object_get_string_member (first, "exchange"), ==, "http://" EXCH01 ":20080/PowerShell/");
  g_assert_cmpstr (
      json_object_get_string_member (first, "windows"), ==, "http://" EXCH01 ":25985/wsman");
  g_assert_cmpstr (json_object_get_string_member (object, "windows"), ==, "http://%s:25985/wsman");
  g_assert_true (g_inet_address_get_is_loopback (one));
  g_assert_false (g_inet_address_equal (one, two));
  g_assert_cmpuint (exc_names_get_port (lab->names, EXCH02, 444), ==, 20444);
}

static void
test_readings (void)
{
  g_autoptr(LabProcess) lab = lab_process_new ("small", NULL);
  ExcShell *exchange = lab_process_open (lab, EXCH01, "exchange", NULL);
  ExcShell *full = lab_process_open (lab, EXCH01, "exchange", "?serializationLevel=Full");
  ExcShell *windows = lab_process_open (lab, EXCH02, "windows", NULL);
  g_autoptr(ExcReply) servers_reply = run (exchange, exc_query_servers (TRUE));
  g_autoptr(ExcReply) windows_reply = run (windows, exc_query_windows ());
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) servers = exc_read_servers (servers_reply, &error);
  g_autoptr(ExcWindowsRecord) record = exc_read_windows (windows_reply, &error);
  g_autoptr(GPtrArray) projected = read_certificates (exchange, EXCH01, TRUE);
  g_autoptr(GPtrArray) raw = read_certificates (exchange, EXCH01, FALSE);
  g_autoptr(GPtrArray) serialized = read_certificates (full, EXCH01, FALSE);

  g_assert_no_error (error);
  g_assert_cmpuint (servers->len, ==, 3);
  g_assert_cmpstr (((ExcServerRecord *) g_ptr_array_index (servers, 0))->site, ==, "Berlin");
  g_assert_cmpstr (record->computer, ==, "EXCH02");
  g_assert_cmpuint (record->bindings->len, ==, 3);
  g_assert_cmpuint (record->my->len, ==, 3);
  g_assert_cmpuint (g_hash_table_size (record->http_sys), ==, 4);

  /* the same certificates by each route; only the raw one knows no services */
  g_assert_cmpuint (projected->len, ==, 4);
  for (guint i = 0; i < projected->len; i++) {
    ExcCertificateRecord *a = g_ptr_array_index (projected, i);
    ExcCertificateRecord *b = g_ptr_array_index (serialized, i);
    ExcCertificateRecord *c = g_ptr_array_index (raw, i);

    g_assert_cmpint (a->route, ==, EXC_ROUTE_PROJECTED);
    g_assert_cmpint (b->route, ==, EXC_ROUTE_SERIALIZED);
    g_assert_cmpint (c->route, ==, EXC_ROUTE_RAW);
    g_assert_cmpstr (a->thumbprint, ==, b->thumbprint);
    g_assert_cmpstr (a->thumbprint, ==, c->thumbprint);
    g_assert_cmpint (a->services, ==, b->services);
    g_assert_cmpint (c->services, ==, EXC_SERVICES_UNKNOWN);
    g_assert_cmpint (a->status, ==, b->status);
    g_assert_cmpstr (a->friendly_name, ==, b->friendly_name);
    g_assert_cmpstr (a->subject, ==, c->subject);
  }
  lab_process_close (exchange);
  lab_process_close (full);
  lab_process_close (windows);
}

/* A1 to A3: what 444 serves follows the binding; the public certificate on 443 stays. */
static void
test_renewal_is_served (void)
{
  g_autoptr(LabProcess) lab = lab_process_new ("small", NULL);
  ExcShell *exchange = lab_process_open (lab, EXCH02, "exchange", NULL);
  ExcShell *windows = lab_process_open (lab, EXCH01, "windows", NULL);
  g_autoptr(GPtrArray) certificates = read_certificates (exchange, EXCH01, TRUE);
  const char *old = find_default (certificates)->thumbprint;
  g_autofree char *front = lab_process_probe (lab, EXCH01, 443);
  g_autofree char *back = lab_process_probe (lab, EXCH01, 444);
  g_autoptr(ExcReply) created = run (exchange, exc_change_renew_default (EXCH01, old));
  g_autoptr(GError) error = NULL;
  g_autofree char *new = exc_read_created (created, &error);
  g_autoptr(ExcReply) trusted = NULL;
  g_autoptr(ExcReply) bound = NULL;
  g_autoptr(ExcReply) transport = NULL;
  g_autofree char *internal = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *front_now = NULL;
  g_autofree char *back_now = NULL;
  gboolean was_trusted;
  gboolean is_trusted;

  g_assert_no_error (error);
  g_assert_cmpstr (back, ==, old);
  g_assert_cmpstr (front, !=, old);

  trusted = run (windows, exc_change_trust (new));
  g_assert_true (exc_read_trusted (trusted, &was_trusted, &is_trusted, &error));
  g_assert_no_error (error);
  g_assert_false (was_trusted);
  g_assert_true (is_trusted);

  bound = run (windows, exc_change_bind ("Exchange Back End", "*", 444, new));
  g_assert_true (exc_read_bound (bound, &before, &after, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (before, ==, old);
  g_assert_cmpstr (after, ==, new);

  transport = run (exchange, exc_query_internal_transport (EXCH01, TRUE));
  internal = exc_read_internal_transport (transport, &error);
  g_assert_cmpstr (internal, ==, new);
  back_now = lab_process_probe (lab, EXCH01, 444);
  front_now = lab_process_probe (lab, EXCH01, 443);
  g_assert_cmpstr (back_now, ==, new);
  g_assert_cmpstr (front_now, ==, front);
  lab_process_close (exchange);
  lab_process_close (windows);
}

static ExcPipeline *
new_certificate (void)
{
  ExcCommand *command = exc_command_new ("New-ExchangeCertificate");

  exc_command_set_string (command, "Server", EXCH01);
  exc_command_set_string (command, "SubjectName", "CN=EXCH01");
  return exc_pipeline_new_single (command);
}

static char *
read_internal (ExcShell *shell)
{
  g_autoptr(ExcReply) reply = run (shell, exc_query_internal_transport (EXCH01, TRUE));

  return exc_read_internal_transport (reply, NULL);
}

/* The question travels as a host call; it is answered by the letter of its label or refused. */
static void
test_prompt (void)
{
  g_autoptr(LabProcess) lab = lab_process_new ("small", NULL);
  ExcShell *shell = lab_process_open (lab, EXCH01, "exchange", NULL);
  g_autofree char *before = read_internal (shell);
  g_autofree char *after_no = NULL;
  g_autofree char *after_yes = NULL;
  g_autoptr(ExcReply) refused = run (shell, new_certificate ());
  g_autoptr(ExcReply) no = NULL;
  g_autoptr(ExcReply) yes = NULL;
  ExcPipeline *pipeline = new_certificate ();

  g_assert_nonnull (exc_reply_get_prompt (refused));
  g_assert_nonnull (strstr (exc_reply_get_prompt (refused), "Overwrite the existing default SMTP"));

  exc_pipeline_set_choice (pipeline, 'N');
  no = run (shell, pipeline);
  g_assert_true (exc_reply_check (no, NULL));
  after_no = read_internal (shell);
  g_assert_cmpstr (after_no, ==, before);

  pipeline = new_certificate ();
  exc_pipeline_set_choice (pipeline, 'Y');
  yes = run (shell, pipeline);
  g_assert_true (exc_reply_check (yes, NULL));
  after_yes = read_internal (shell);
  g_assert_cmpstr (after_yes, !=, before);
  lab_process_close (shell);
}

static gboolean
reads_certificates (ExcShell *shell)
{
  g_autoptr(ExcReply) reply = run (shell, exc_query_certificates (EXCH01, NULL, TRUE));

  return exc_reply_check (reply, NULL);
}

static void
on_replied_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

/* While the service host restarts, certificate cmdlets fail; the lab's clock brings it back. */
static void
test_restart (void)
{
  static const char *const services[] = { "MSExchangeServiceHost", NULL };
  g_autoptr(LabProcess) lab = lab_process_new ("small", NULL);
  ExcShell *exchange = lab_process_open (lab, EXCH02, "exchange", NULL);
  ExcShell *windows = lab_process_open (lab, EXCH01, "windows", NULL);
  g_autoptr(ExcPipeline) restart = exc_change_restart_services (services);
  g_autoptr(ExcPermit) permit = exc_permit_new ("test");
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(JsonNode) moved = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) restarted = NULL;

  g_assert_true (reads_certificates (exchange));
  exc_shell_run_async (windows, restart, permit, 30, NULL, on_replied_cb, &result);
  while (reads_certificates (exchange))
    g_assert_null (result);
  moved = lab_process_control (lab, "{\"op\":\"clock\",\"advance\":30}");
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  reply = exc_shell_run_finish (windows, result, &error);
  g_assert_no_error (error);
  restarted = exc_read_restarted (reply, &error);
  g_assert_no_error (error);
  g_assert_true (exc_restart_record_is_done (g_ptr_array_index (restarted, 0)));
  g_assert_true (reads_certificates (exchange));
  lab_process_close (exchange);
  lab_process_close (windows);
}

/* domain.md 3.1: with its certificate deleted, 444 serves nobody and the endpoint is gone. */
static void
test_deleted_while_bound (void)
{
  g_autoptr(LabProcess) lab = lab_process_new ("small", NULL);
  ExcShell *shell = lab_process_open (lab, EXCH02, "exchange", NULL);
  ExcShell *there = lab_process_open (lab, EXCH01, "exchange", NULL);
  g_autoptr(GPtrArray) certificates = read_certificates (shell, EXCH01, TRUE);
  const char *old = find_default (certificates)->thumbprint;
  g_autoptr(ExcReply) created = run (shell, exc_change_renew_default (EXCH01, old));
  g_autoptr(ExcReply) removed = run (shell, exc_change_remove (EXCH01, old));
  g_autofree char *back = lab_process_probe (lab, EXCH01, 444);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReply) none = lab_process_run (there, exc_query_servers (TRUE), &error);
  g_autoptr(ExcReply) bound = NULL;
  g_autoptr(ExcReply) servers = NULL;
  g_autoptr(ExcReply) logged = NULL;
  g_autoptr(GPtrArray) events = NULL;
  g_autofree char *thumbprint = NULL;
  g_autofree char *back_now = NULL;
  ExcShell *windows = NULL;

  g_assert_true (exc_reply_check (created, NULL));
  g_assert_true (exc_reply_check (removed, NULL));
  g_assert_null (back);
  g_assert_null (none);
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  lab_process_close (shell);
  lab_process_close (there);

  /* The Windows endpoint is the way back. */
  windows = lab_process_open (lab, EXCH01, "windows", NULL);
  thumbprint = exc_read_created (created, NULL);
  logged = run (windows, exc_query_events ("System", "HttpEvent", 15021, 0));
  events = exc_read_events (logged, NULL);
  g_assert_cmpuint (events->len, ==, 1);
  g_assert_nonnull (
      strstr (((ExcEventRecord *) g_ptr_array_index (events, 0))->message, "0.0.0.0:444"));
  bound = run (windows, exc_change_bind ("Exchange Back End", "*", 444, thumbprint));
  g_assert_true (exc_reply_check (bound, NULL));
  back_now = lab_process_probe (lab, EXCH01, 444);
  g_assert_cmpstr (back_now, ==, thumbprint);
  there = lab_process_open (lab, EXCH01, "exchange", NULL);
  servers = run (there, exc_query_servers (TRUE));
  g_assert_true (exc_reply_check (servers, NULL));
  lab_process_close (there);
  lab_process_close (windows);
}

/* domain.md 3.4: bound anew, 8172 serves the new one; with it deleted no handshake succeeds, and
 * the service does not come up any more. */
static void
test_wmsvc (void)
{
  static const char *const services[] = { "WMSVC", NULL };
  g_autoptr(LabProcess) lab = lab_process_new ("small", NULL);
  ExcShell *windows = lab_process_open (lab, EXCH01, "windows", NULL);
  g_autofree char *before = lab_process_probe (lab, EXCH01, 8172);
  g_autoptr(ExcReply) created = run (windows, exc_change_wmsvc_create ());
  g_autofree char *new = exc_read_created (created, NULL);
  g_autoptr(ExcReply) bound = run (windows, exc_change_wmsvc_bind (new));
  g_autofree char *after = lab_process_probe (lab, EXCH01, 8172);
  g_autofree char *old = NULL;
  g_autoptr(GPtrArray) restarted = NULL;
  g_autoptr(ExcReply) removed = NULL;
  g_autoptr(ExcReply) restart = NULL;
  g_autofree char *gone = NULL;
  ExcShell *exchange = lab_process_open (lab, EXCH02, "exchange", NULL);

  g_assert_true (exc_read_wmsvc_bound (bound, &old, NULL, NULL));
  g_assert_cmpstr (old, ==, before);
  g_assert_cmpstr (after, ==, new);

  /* Exchange deletes it all the same (domain.md 2.3). */
  removed = run (exchange, exc_change_remove (EXCH01, new));
  g_assert_true (exc_reply_check (removed, NULL));
  gone = lab_process_probe (lab, EXCH01, 8172);
  g_assert_null (gone);
  restart = run (windows, exc_change_restart_services (services));
  restarted = exc_read_restarted (restart, NULL);
  g_assert_cmpstr (((ExcRestartRecord *) g_ptr_array_index (restarted, 0))->after, ==, "Stopped");
  lab_process_close (exchange);
  lab_process_close (windows);
}

/* What was answered before a kill is there after the next start. */
static void
test_state (void)
{
  g_autofree char *directory = g_dir_make_tmp ("exc-lab-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "world.json", NULL);
  g_autofree char *lock = g_build_filename (directory, "lock", NULL);
  LabProcess *lab = lab_process_new ("small", directory);
  ExcShell *shell = lab_process_open (lab, EXCH01, "exchange", NULL);
  g_autoptr(GPtrArray) before = read_certificates (shell, EXCH02, TRUE);
  g_autoptr(ExcReply) created =
                 run (shell, exc_change_renew_default (EXCH02, find_default (before)->thumbprint));
  g_autofree char *new = exc_read_created (created, NULL);
  g_autoptr(GPtrArray) after = NULL;
  gboolean is_there = FALSE;

  lab_process_kill (lab);
  g_object_unref (shell);
  lab = lab_process_new ("small", directory);
  shell = lab_process_open (lab, EXCH01, "exchange", NULL);
  after = read_certificates (shell, EXCH02, TRUE);
  g_assert_cmpuint (after->len, ==, before->len + 1);
  for (guint i = 0; i < after->len; i++)
    is_there =
        is_there ||
        g_str_equal (((ExcCertificateRecord *) g_ptr_array_index (after, i))->thumbprint, new);
  g_assert_true (is_there);
  lab_process_close (shell);
  lab_process_free (lab);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_unlink (lock), ==, 0);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

static void
test_log_and_record (void)
{
  g_autoptr(LabProcess) lab = lab_process_new ("small", NULL);
  g_autofree char *directory = g_dir_make_tmp ("exc-lab-XXXXXX", NULL);
  g_autofree char *request =
      g_strdup_printf ("{\"op\":\"record\",\"directory\":\"%s\"}", directory);
  g_autofree char *path = g_build_filename (directory, "0000.xml", NULL);
  g_autofree char *body = NULL;
  g_autoptr(JsonNode) recording = lab_process_control (lab, request);
  ExcShell *shell = lab_process_open (lab, EXCH03, "exchange", NULL);
  g_autoptr(ExcReply) reply = run (shell, exc_query_auth_config (TRUE));
  g_autoptr(JsonNode) answer = lab_process_control (lab, "{\"op\":\"log\"}");
  JsonArray *log = json_object_get_array_member (json_node_get_object (answer), "log");

  g_assert_cmpuint (json_array_get_length (log), ==, 1);
  g_assert_true (g_str_has_prefix (json_array_get_string_element (log, 0),
                                   "EXCH03/exchange\tGet-AuthConfig "));
  g_assert_true (g_file_get_contents (path, &body, NULL, NULL));
  g_assert_nonnull (strstr (body, "Get-AuthConfig"));
  lab_process_close (shell);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

static void
test_side_by_side (void)
{
  g_autoptr(LabProcess) first = lab_process_new ("small", NULL);
  g_autoptr(LabProcess) second = lab_process_new ("small", NULL);
  g_autofree char *one = lab_process_probe (first, EXCH01, 444);
  g_autofree char *two = lab_process_probe (second, EXCH01, 444);

  g_assert_nonnull (one);
  g_assert_nonnull (two);
  g_assert_cmpstr (one, !=, two);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/process/lab/describe", test_describe);
  g_test_add_func ("/process/lab/readings", test_readings);
  g_test_add_func ("/process/lab/renewal-is-served", test_renewal_is_served);
  g_test_add_func ("/process/lab/prompt", test_prompt);
  g_test_add_func ("/process/lab/restart", test_restart);
  g_test_add_func ("/process/lab/deleted-while-bound", test_deleted_while_bound);
  g_test_add_func ("/process/lab/wmsvc", test_wmsvc);
  g_test_add_func ("/process/lab/state", test_state);
  g_test_add_func ("/process/lab/log-and-record", test_log_and_record);
  g_test_add_func ("/process/lab/side-by-side", test_side_by_side);
  return g_test_run ();
}
