/* test-world.c — what each workflow changes from the window, and what its undo brings back
 *
 * The same table as that of the terminal program, on the same scenarios.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "authority.h"
#include "exc-application.h"
#include "exc-demo.h"
#include "exc-export-window.h"
#include "exc-fixture.h"
#include "exc-job-window.h"
#include "exc-lab-control.h"
#include "exc-preferences-window.h"
#include "exc-session.h"
#include "exc-walk.h"
#include "world.h"

#include <glib/gstdio.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#define DOMAIN   ".fabrikam.lab" /* of `twelve` */
#define PASSWORD "Canary-7f3a"

static ExcApplication *application;
static ExcTestSession session;
static ExcDemo *demo;
static JsonObject *before; /* (nullable): as it was before the last workflow */

static JsonObject *
dump (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer =
                 exc_lab_control_send (exc_demo_get_control (demo), "{\"op\":\"dump\"}", &error);

  g_assert_no_error (error);
  return json_object_ref (json_object_get_object_member (json_node_get_object (answer), "world"));
}

static void
assert_changes (const char *const *expected, const char *name)
{
  g_autoptr(JsonObject) after = dump ();
  g_auto(GStrv) lines = world_compare (before, after);

  world_assert (lines, expected, name);
}

static ExcCertificate *
find (const char *server, const char *subject)
{
  g_autofree char *fqdn = g_strconcat (server, DOMAIN, NULL);
  GPtrArray *certificates = exc_snapshot_get_certificates (
      exc_organization_get_snapshot (exc_context_get_organization (session.context)));

  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (certificates, i);

    if (g_str_equal (exc_certificate_get_server (certificate), fqdn) &&
        g_str_has_prefix (exc_certificate_get_subject (certificate), subject))
      return certificate;
  }
  g_error ("%s has no %s", server, subject);
}

/* Opens the plan on these servers (separated by blanks) and no others. */
static GtkWidget *
open_plan (const char *action, const char *servers)
{
  ExcPlanWindow *plan = exc_session_open_plan (&session, action);
  g_auto(GStrv) names = g_strsplit (servers, " ", -1);
  GPtrArray *all = exc_snapshot_get_servers (
      exc_organization_get_snapshot (exc_context_get_organization (session.context)));

  for (guint i = 0; i < all->len; i++) {
    const char *fqdn = exc_server_get_fqdn (g_ptr_array_index (all, i));
    g_autofree char *name = g_strndup (fqdn, strcspn (fqdn, "."));

    exc_plan_window_set_chosen (plan, fqdn, g_strv_contains ((const char *const *) names, name));
  }
  exc_walk_press (GTK_WIDGET (plan), "Next");

  return GTK_WIDGET (plan);
}

/* Services that restart need some seconds of the servers' time, and of the program's. */
static gboolean
on_timer_cb (gpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) answer = exc_lab_control_send (
      exc_demo_get_control (demo), "{\"op\":\"clock\",\"advance\":1}", &error);

  g_assert_no_error (error);
  exc_clock_advance (exc_context_get_clock (session.context), 1);

  return G_SOURCE_CONTINUE;
}

/* From the options page on to the end of the job. */
static void
run (GtkWidget *plan, const char *verb, const char *name)
{
  ExcJob *job = NULL;

  g_clear_pointer (&before, json_object_unref);
  before = dump ();
  job = exc_session_run_plan (EXC_PLAN_WINDOW (plan), verb);
  EXC_WAIT_FOR_SECONDS (!exc_job_get_is_active (job), EXC_JOB_SECONDS);
  g_test_message ("%s: %s", name, exc_job_get_summary (job));
  /* On `messy` a failed copy is warned of. */
  g_assert_true (exc_job_get_is_parked (job) ||
                 exc_job_get_state (job) ==
                     (g_str_equal (name, "repair-auth") ? EXC_STATE_WARNINGS : EXC_STATE_DONE));
  assert_changes (world_change_find (name)->changes, name);
}

/* What cannot be undone has no button for it. */
static void
close_irreversible (void)
{
  g_assert_null (exc_walk_find_button (exc_walk_find_window (EXC_TYPE_JOB_WINDOW), "Undo…"));
  exc_session_close_job (&session);
}

/* One lane after another, each asked for. */
static void
undo (const char *name)
{
  ExcJobWindow *window = exc_walk_find_window (EXC_TYPE_JOB_WINDOW);
  ExcJob *job = exc_job_window_get_job (window);
  guint n_undone = 0;

  EXC_WAIT_FOR (exc_walk_find_button (GTK_WIDGET (window), "Undo…") != NULL);
  while (exc_walk_find_button (GTK_WIDGET (window), "Undo…") != NULL) {
    GtkWidget *question = NULL;

    exc_walk_press (GTK_WIDGET (window), "Undo…");
    EXC_WAIT_FOR ((question = exc_walk_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
    gtk_test_widget_wait_for_draw (question);
    exc_walk_press (question, "Undo");
    EXC_WAIT_FOR (exc_walk_find_window (ADW_TYPE_MESSAGE_DIALOG) == NULL);
    EXC_WAIT_FOR_SECONDS (!exc_job_get_is_active (job), EXC_JOB_SECONDS);
    g_assert_cmpuint (++n_undone, <=, 12);
  }
  g_test_message ("%s, undone: %s", name, exc_job_get_summary (job));
  assert_changes (world_change_find (name)->stays, name);
  exc_session_close_job (&session);
}

static void
prefer_days (int days)
{
  GtkWidget *preferences = NULL;

  g_action_group_activate_action (G_ACTION_GROUP (application), "preferences", NULL);
  EXC_WAIT_FOR ((preferences = exc_walk_find_window (EXC_TYPE_PREFERENCES_WINDOW)) != NULL);
  gtk_test_widget_wait_for_draw (preferences);
  gtk_spin_button_set_value (exc_walk_find (preferences, GTK_TYPE_SPIN_BUTTON), days);
  gtk_window_close (GTK_WINDOW (preferences));
}

/* The rotation, begun where the window says that it is needed; then it says how far that is. */
static void
test_banner (void)
{
  GtkWidget *plan = NULL;

  g_object_set (session.window, "page", "certificates", NULL);
  g_assert_true (exc_walk_has_text (session.window, "The Auth certificate has 52 days left"));
  prefer_days (50);
  EXC_WAIT_FOR (exc_walk_find_button (session.window, "Rotate…") == NULL);
  prefer_days (60);
  EXC_WAIT_FOR (exc_walk_find_button (session.window, "Rotate…") != NULL);
  exc_walk_press (session.window, "Rotate…");
  EXC_WAIT_FOR ((plan = exc_walk_find_window (EXC_TYPE_PLAN_WINDOW)) != NULL);
  run (plan, "Rotate", "rotate-auth");
  /* Six servers wait for the same: one sentence. */
  g_assert_true (exc_walk_has_text (exc_walk_find_window (EXC_TYPE_JOB_WINDOW),
                                    "Waiting on mbx07.fabrikam.lab and 5 others."));
  EXC_WAIT_FOR_SECONDS (exc_walk_has_text (session.window, "6 of 12 servers have it"),
                        EXC_OPEN_SECONDS);
  g_assert_null (exc_walk_find_button (session.window, "Rotate…"));
}

static void
test_renewals (void)
{
  guint timer = 0;

  g_object_set (session.window, "page", "jobs", NULL);
  run (open_plan ("renew", "mbx02 mbx05"), "Renew on 2 servers", "renew");
  undo ("renew");
  run (open_plan ("renew-wmsvc", "mbx03"), "Renew on 1 server", "renew-wmsvc");
  undo ("renew-wmsvc");
  test_banner ();
  undo ("rotate-auth");
  EXC_WAIT_FOR (exc_walk_find_button (session.window, "Rotate…") != NULL);
  timer = g_timeout_add (50, on_timer_cb, NULL);
  run (open_plan ("replace-auth", "mbx01"), "Replace now", "replace-auth");
  undo ("replace-auth");
  g_source_remove (timer);
}

/* What is done with a certificate that is there. */
static void
test_certificate (void)
{
  GtkWidget *plan = NULL;

  exc_session_select (&session, find ("mbx01", "CN=mail.fabrikam.lab"));
  plan = open_plan ("assign", "mbx01");
  exc_session_switch_on (plan, "SMTP");
  exc_session_switch_on (plan, "IMAP");
  exc_session_switch_on (plan, "POP");
  run (plan, "Assign on 1 server", "assign");
  undo ("assign");
  plan = open_plan ("bind", "mbx01");
  exc_session_switch_on (plan, "Exchange Back End");
  run (plan, "Bind on 1 server", "bind");
  undo ("bind");

  exc_session_select (&session, find ("mbx04", "CN=MBX04"));
  run (open_plan ("trust", "mbx05 mbx06"), "Copy to 2 servers", "trust");
  undo ("trust");
  run (open_plan ("untrust", "mbx04"), "Remove on 1 server", "untrust");
  undo ("untrust");

  run (open_plan ("untrust", "mbx04"), "Remove on 1 server", "untrust");
  exc_session_close_job (&session);
  plan = open_plan ("repair", "mbx04");
  exc_session_switch_on (plan, "Self-signed certificates are not trusted");
  run (plan, "Repair on 1 server", "repair-trust");
  undo ("repair-trust");
}

static void
test_delete (void)
{
  ExcCertificate *auth = NULL;
  GtkWidget *plan = NULL;

  exc_session_select (&session, find ("mbx04", "CN=localhost"));
  g_assert_false (
      g_action_group_get_action_enabled (G_ACTION_GROUP (session.window), "delete-in-use"));
  run (open_plan ("delete", ""), "Delete 1 certificate", "delete");
  close_irreversible ();

  auth = find ("mbx12", "CN=Microsoft Exchange Server Auth");
  exc_session_select (&session, auth);
  plan = open_plan ("delete-in-use", "");
  exc_session_type (plan, "Last four characters", exc_certificate_get_thumbprint (auth) + 36);
  run (plan, "Delete 1 certificate", "delete-in-use");
  close_irreversible ();
  run (open_plan ("distribute-auth", ""), "Distribute", "distribute-auth");
  close_irreversible ();
}

static char *
write_file (const char *folder, const char *name, GBytes *bytes)
{
  char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (
      path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL));
  return path;
}

/* Certificates that come. */
static void
test_new_certificate (void)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *folder = g_dir_make_tmp ("thumbprint-world-XXXXXX", NULL);
  g_autofree char *request = g_build_filename (folder, "web.req", NULL);
  g_autoptr(GBytes) pfx = authority_make_pfx (
      "wild" DOMAIN, PASSWORD, TRUE, FALSE, now - 86400, now + 90 * 86400, NULL);
  g_autofree char *pfx_path = write_file (folder, "wild.pfx", pfx);
  g_autofree char *text = NULL;
  g_autofree char *answer_path = NULL;
  g_autoptr(GBytes) answer = NULL;
  GtkWidget *plan = NULL;

  g_object_set (session.window, "page", "jobs", NULL);
  plan = open_plan ("create", "mbx06");
  exc_session_type (plan, "Domains", "new" DOMAIN);
  exc_session_switch_on (plan, "Copy its public part");
  run (plan, "Create on 1 server", "create");
  undo ("create");

  for (guint i = 0; i < 2; i++) {
    g_remove (request);
    plan = open_plan ("request", "mbx06");
    exc_session_type (plan, "Subject", "CN=web" DOMAIN);
    exc_session_type (plan, "File of the request", request);
    run (plan, "Make the request", "request");
    if (i == 0)
      undo ("request");
    else
      exc_session_close_job (&session);
  }
  g_assert_true (g_file_get_contents (request, &text, NULL, NULL));
  answer = authority_answer (text, AUTHORITY_PKCS7_PEM, now - 86400, now + 90 * 86400);
  answer_path = write_file (folder, "web.p7b", answer);
  plan = open_plan ("complete", "mbx06");
  exc_session_type (plan, "File of the answer", answer_path);
  run (plan, "Complete", "complete");
  close_irreversible ();

  plan = open_plan ("import", "mbx07 mbx08");
  exc_session_type (plan, "PFX file", pfx_path);
  exc_session_type (plan, "Password of the file", PASSWORD);
  exc_session_switch_on (plan, "The private key can be exported");
  run (plan, "Import on 2 servers", "import");
  undo ("import");
}

static void
assert_pfx (const char *path, const char *thumbprint)
{
  g_autofree char *data = NULL;
  g_autofree char *sha1 = NULL;
  unsigned char digest[EVP_MAX_MD_SIZE];
  const unsigned char *place = NULL;
  unsigned int digest_length = 0;
  PKCS12 *pfx = NULL;
  EVP_PKEY *key = NULL;
  X509 *certificate = NULL;
  gsize length = 0;

  g_assert_true (g_file_get_contents (path, &data, &length, NULL));
  place = (const unsigned char *) data;
  pfx = d2i_PKCS12 (NULL, &place, (long) length);
  g_assert_nonnull (pfx);
  g_assert_cmpint (PKCS12_verify_mac (pfx, "another", -1), ==, 0);
  g_assert_cmpint (PKCS12_parse (pfx, PASSWORD, &key, &certificate, NULL), ==, 1);
  g_assert_cmpint (X509_check_private_key (certificate, key), ==, 1);
  g_assert_cmpint (X509_digest (certificate, EVP_sha1 (), digest, &digest_length), ==, 1);
  for (unsigned int i = 0; i < digest_length; i++) {
    char *longer = g_strdup_printf ("%s%02X", sha1 != NULL ? sha1 : "", digest[i]);

    g_free (sha1);
    sha1 = longer;
  }
  g_assert_cmpstr (sha1, ==, thumbprint);
  X509_free (certificate);
  EVP_PKEY_free (key);
  PKCS12_free (pfx);
  ERR_clear_error ();
}

/* With its key, under a password that is typed twice; nothing changes on a server. */
static void
test_export (void)
{
  GType type = EXC_TYPE_EXPORT_WINDOW;
  const char *const nothing[] = { NULL };
  ExcCertificate *mail = find ("mbx01", "CN=mail.fabrikam.lab");
  g_autofree char *thumbprint = g_strdup (exc_certificate_get_thumbprint (mail));
  g_autofree char *folder = g_dir_make_tmp ("thumbprint-export-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "mail.pfx", NULL);
  GtkWidget *window = NULL;
  GtkWidget *button = NULL;

  g_clear_pointer (&before, json_object_unref);
  before = dump ();
  exc_session_select (&session, mail);
  g_action_group_activate_action (G_ACTION_GROUP (session.window), "export", NULL);
  EXC_WAIT_FOR ((window = exc_walk_find_window (type)) != NULL);
  button = exc_walk_find_button (window, "Export");
  exc_session_switch_on (window, "With its private key");
  exc_session_type (window, "File to export to", path);
  exc_session_type (window, "Password", PASSWORD);
  g_assert_false (gtk_widget_is_sensitive (button));
  exc_session_type (window, "The password again", PASSWORD "x");
  g_assert_false (gtk_widget_is_sensitive (button));
  exc_session_type (window, "The password again", PASSWORD);
  exc_walk_press (window, "Export");
  EXC_WAIT_FOR_SECONDS (exc_walk_find_window (type) == NULL, EXC_OPEN_SECONDS);
  assert_pfx (path, thumbprint);
  assert_changes (nothing, "export");
}

static void
on_started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;

  demo = exc_demo_start_finish (result, &error);
  g_assert_no_error (error);
}

static void
on_stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;

  exc_demo_stop_finish (EXC_DEMO (source), result, &error);
  g_assert_no_error (error);
  g_clear_object (&demo);
}

static void
start (const char *scenario)
{
  exc_demo_start_async (scenario, NULL, NULL, on_started_cb, NULL);
  EXC_WAIT_FOR_SECONDS (demo != NULL, EXC_OPEN_SECONDS);
  exc_session_start_settings (
      &session, GTK_APPLICATION (application), exc_demo_get_settings (demo));
}

static void
end (void)
{
  exc_session_end (&session);
  exc_demo_stop_async (demo, NULL, on_stopped_cb, NULL);
  EXC_WAIT_FOR_SECONDS (demo == NULL, EXC_OPEN_SECONDS);
  g_clear_pointer (&before, json_object_unref);
}

static void
repair (const char *server, const char *damage, const char *name)
{
  GtkWidget *plan = open_plan ("repair", server);

  exc_session_switch_on (plan, damage);
  run (plan, "Repair on 1 server", name);
}

/* What `twelve` does not have. */
static void
test_damages (void)
{
  end ();
  start ("broken-444");
  repair ("wing02", "The default SMTP certificate is missing or has expired", "repair-internal");
  undo ("repair-internal");
  repair ("wing02", "The default SMTP certificate is missing or has expired", "repair-internal");
  exc_session_close_job (&session);
  repair ("wing02", "Port 444 has no valid certificate", "repair-back-end");
  close_irreversible (); /* what was bound is not on the server */

  end ();
  start ("messy");
  repair ("adv02", "The Auth certificate is the default SMTP certificate", "repair-auth");
  undo ("repair-auth");
}

int
main (int argc, char **argv)
{
  g_autoptr(GError) error = NULL;
  int status = 0;

  exc_fixture_init (&argc, &argv);
  exc_session_start_desktop ();
  application = exc_application_new (G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  /* One organization for all but the last: each leaves what the table says. */
  start ("twelve");
  g_test_add_func ("/app/world/export", test_export);
  g_test_add_func ("/app/world/renewals", test_renewals);
  g_test_add_func ("/app/world/certificate", test_certificate);
  g_test_add_func ("/app/world/delete", test_delete);
  g_test_add_func ("/app/world/new-certificate", test_new_certificate);
  g_test_add_func ("/app/world/damages", test_damages);
  status = g_test_run ();
  end ();

  return status;
}
