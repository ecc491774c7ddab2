/* test-workflows.c — plans of every kind, from the window to a job on a simulated organization
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-application.h"
#include "exc-fixture.h"
#include "exc-job-window.h"
#include "exc-preferences.h"
#include "exc-session.h"
#include "exc-walk.h"

static ExcApplication *application;
static ExcTestSession session;

/* Its primary button, the handshake afterwards, and the report. */
static void
test_wmsvc (void)
{
  ExcCertificate *old = exc_session_find (&session, NULL, EXC_KIND_WMSVC, EXC_USE_WMSVC);
  g_autofree char *server = g_strdup (exc_certificate_get_server (old));
  g_autofree char *before = exc_session_probe (&session, server, 8172);
  g_autofree char *after = NULL;
  g_autofree char *folder = g_dir_make_tmp ("thumbprint-report-XXXXXX", NULL);
  g_autofree char *html = g_build_filename (folder, "report.html", NULL);
  g_autofree char *json = g_build_filename (folder, "report.json", NULL);
  g_autofree char *text = NULL;
  ExcPlanWindow *plan = NULL;
  ExcJobWindow *window = NULL;
  ExcJob *job = NULL;

  g_assert_cmpstr (before, ==, exc_certificate_get_thumbprint (old));
  exc_session_select (&session, old);
  exc_walk_press (session.window, "Renew…");
  EXC_WAIT_FOR ((plan = exc_walk_find_window (EXC_TYPE_PLAN_WINDOW)) != NULL);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (plan)), ==, "Renew WMSVC");
  job = exc_session_run_plan (plan, "Renew on 1 server");
  EXC_WAIT_FOR_SECONDS (!exc_job_get_is_active (job), EXC_JOB_SECONDS);
  g_test_message ("%s", exc_job_get_summary (job));
  g_assert_cmpstr (exc_state_to_id (exc_job_get_state (job)), ==, "done");
  after = exc_session_probe (&session, server, 8172);
  g_assert_cmpstr (after, !=, before);

  window = exc_walk_find_window (EXC_TYPE_JOB_WINDOW);
  exc_job_window_save_report (window, html);
  g_assert_true (g_file_get_contents (html, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "<html"));
  g_assert_nonnull (strstr (text, after));
  g_clear_pointer (&text, g_free);
  exc_job_window_save_report (window, json);
  g_assert_true (g_file_get_contents (json, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "{"));
  exc_job_window_save_report (window, "/nowhere/report.html");
  EXC_WAIT_FOR (exc_walk_has_text (GTK_WIDGET (window), "/nowhere/report.html"));
  exc_session_close_job (&session);
}

/* The tracker: a rotation lives for weeks, and says until when. */
static void
test_rotation (void)
{
  const ExcPreferences early = { .auth_current_days = 500, .auth_next_days = 600 };
  const ExcPreferences defaults = EXC_PREFERENCES_INIT;
  ExcPlanWindow *plan = NULL;
  GtkWidget *window = NULL;
  ExcJob *job = NULL;
  gint64 now = exc_clock_now (exc_context_get_clock (session.context));

  /* What is told of the need for it goes by the preferences, before the checks and in them. */
  g_assert_true (exc_preferences_save (&early, NULL));
  exc_session_select (&session,
                      exc_session_find (&session, NULL, EXC_KIND_AUTH, EXC_USE_AUTH_CURRENT));
  exc_walk_press (session.window, "Rotate…");
  EXC_WAIT_FOR ((plan = exc_walk_find_window (EXC_TYPE_PLAN_WINDOW)) != NULL);
  g_assert_true (exc_walk_has_text (GTK_WIDGET (plan), "Has the current Auth certificate"));
  exc_walk_press (GTK_WIDGET (plan), "Next");
  EXC_WAIT_FOR (exc_walk_has_text (GTK_WIDGET (plan), "410 days left, and no next one"));
  exc_session_go_to_checks (plan);
  g_assert_true (exc_walk_has_text (GTK_WIDGET (plan), "410 days left, and no next one"));
  g_assert_true (exc_preferences_save (&defaults, NULL));
  exc_walk_press (GTK_WIDGET (plan), "Back");
  job = exc_session_run_plan (plan, "Rotate");
  EXC_WAIT_FOR_SECONDS (!exc_job_get_is_active (job), EXC_JOB_SECONDS);
  g_test_message ("%s", exc_job_get_summary (job));
  g_assert_true (exc_job_get_is_parked (job));
  g_assert_cmpint (exc_job_get_wake_at (job), >, now);
  g_assert_false (exc_job_get_awaits_user (job));

  window = exc_walk_find_window (EXC_TYPE_JOB_WINDOW);
  EXC_WAIT_FOR (exc_walk_has_text (window, "Waits until"));
  g_assert_true (exc_walk_has_text (window, "Whole organization"));
  g_assert_null (exc_walk_find (window, GTK_TYPE_PROGRESS_BAR));
  exc_walk_assert_names (window);

  /* Nothing has happened yet: a look changes nothing, and the job waits again. */
  exc_walk_press (window, "Look now");
  g_assert_true (exc_job_get_is_active (job));
  EXC_WAIT_FOR_SECONDS (!exc_job_get_is_active (job), EXC_JOB_SECONDS);
  g_assert_true (exc_job_get_is_parked (job));
  exc_session_close_job (&session);

  gtk_widget_activate_action (session.window, "win.show-page", "s", "jobs");
  EXC_WAIT_FOR (exc_walk_has_text (session.window, "until "));
  g_assert_nonnull (exc_session_find (&session, NULL, EXC_KIND_AUTH, EXC_USE_AUTH_NEXT));
}

/* What mail depends on is refused, and says what uses it. */
static void
test_delete_refused (void)
{
  ExcCertificate *used =
      exc_session_find (&session, NULL, EXC_KIND_MICROSOFT_EXCHANGE, EXC_USE_INTERNAL_TRANSPORT);
  ExcPlanWindow *plan = NULL;
  GtkWidget *next = NULL;

  exc_session_select (&session, used);
  g_assert_false (g_action_group_get_action_enabled (G_ACTION_GROUP (session.window), "delete"));
  plan = exc_session_open_plan (&session, "delete-in-use");
  g_assert_true (exc_walk_has_text (GTK_WIDGET (plan), "In use by: "));
  exc_session_go_to_checks (plan);
  next = exc_walk_find_button (GTK_WIDGET (plan), "Next");
  g_assert_false (gtk_widget_is_sensitive (next));
  g_assert_true (exc_plan_is_blocked (exc_plan_window_get_plan (plan)));
  g_assert_true (exc_walk_has_text (GTK_WIDGET (plan), "Blocks the plan"));
  exc_walk_assert_names (GTK_WIDGET (plan));
  exc_session_close_plan (plan);
}

/* A hybrid organization: the job waits for the admin, everybody is told so, and goes on by a word.
 */
static void
test_waits_for_the_admin (void)
{
  GtkWidget *window = NULL;
  ExcJob *job = NULL;
  guint n_awaiting = 0;

  exc_session_end (&session);
  exc_session_start_scenario (&session, GTK_APPLICATION (application), "edge-hybrid");
  job = exc_session_run_plan (exc_session_open_plan (&session, "rotate-auth"), "Rotate");
  EXC_WAIT_FOR_SECONDS (!exc_job_get_is_active (job), EXC_JOB_SECONDS);
  g_assert_true (exc_job_get_awaits_user (job));

  window = exc_walk_find_window (EXC_TYPE_JOB_WINDOW);
  EXC_WAIT_FOR (exc_walk_has_text (window, "This job waits for you."));
  g_assert_true (exc_walk_has_text (window, "ConfigureExchangeHybridApplication.ps1"));
  g_assert_null (exc_walk_find_button (window, "Look now"));
  exc_walk_assert_names (window);
  g_object_get (session.window, "n-awaiting", &n_awaiting, NULL);
  g_assert_cmpuint (n_awaiting, ==, 1);
  EXC_WAIT_FOR (exc_walk_has_text (session.window, "“Rotate the Auth certificate” waits for you."));
  gtk_widget_activate_action (session.window, "win.show-page", "s", "jobs");
  EXC_WAIT_FOR (exc_walk_has_text (session.window, "for you"));

  /* The key does what the button does. */
  g_assert_true (exc_walk_press_key (window, "<Control>g"));
  g_assert_true (exc_job_get_is_active (job));
  EXC_WAIT_FOR_SECONDS (!exc_job_get_is_active (job), EXC_JOB_SECONDS);
  g_assert_false (exc_job_get_awaits_user (job));
  g_assert_true (exc_job_get_is_parked (job));
  g_object_get (session.window, "n-awaiting", &n_awaiting, NULL);
  g_assert_cmpuint (n_awaiting, ==, 0);
  EXC_WAIT_FOR (exc_walk_find_button (window, "Look now") != NULL);
  g_assert_null (exc_walk_find_button (window, "Done, go on"));
  exc_session_close_job (&session);
}

/* A request to a file: what EAC lost is here again. */
static void
test_request (void)
{
  g_autofree char *folder = g_dir_make_tmp ("thumbprint-request-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "mail.req", NULL);
  g_autofree char *text = NULL;
  ExcPlanWindow *plan = NULL;
  ExcJob *job = NULL;

  exc_session_select (&session, exc_session_find (&session, NULL, EXC_KIND_WMSVC, EXC_USE_WMSVC));
  plan = exc_session_open_plan (&session, "request");
  exc_walk_press (GTK_WIDGET (plan), "Next");
  g_assert_false (gtk_widget_is_sensitive (exc_walk_find_button (GTK_WIDGET (plan), "Next")));
  exc_session_type (GTK_WIDGET (plan), "File of the request", path);
  exc_session_type (GTK_WIDGET (plan), "Domains", "mail.contoso.lab, autodiscover.contoso.lab");
  job = exc_session_run_plan (plan, "Make the request");
  EXC_WAIT_FOR_SECONDS (!exc_job_get_is_active (job), EXC_JOB_SECONDS);
  g_test_message ("%s", exc_job_get_summary (job));
  g_assert_cmpstr (exc_state_to_id (exc_job_get_state (job)), ==, "done");
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "BEGIN NEW CERTIFICATE REQUEST"));
  exc_session_close_job (&session);
}

/* Every other kind up to its checks: the pages are there, named, and the plan is made. */
static void
test_other_kinds (void)
{
  static const char *const of_certificate[] = { "assign", "bind", "trust", "untrust" };
  static const char *const of_servers[] = { "create", "repair", "replace-auth", "distribute-auth" };

  exc_session_select (
      &session,
      exc_session_find (&session, NULL, EXC_KIND_MICROSOFT_EXCHANGE, EXC_USE_INTERNAL_TRANSPORT));
  for (guint i = 0; i < G_N_ELEMENTS (of_certificate); i++) {
    ExcPlanWindow *plan = exc_session_open_plan (&session, of_certificate[i]);
    GtkSwitch *first = NULL;

    exc_walk_press (GTK_WIDGET (plan), "Next");
    first = exc_walk_find (GTK_WIDGET (plan), GTK_TYPE_SWITCH);
    if (first != NULL) {
      g_assert_false (gtk_widget_is_sensitive (exc_walk_find_button (GTK_WIDGET (plan), "Next")));
      gtk_switch_set_active (first, TRUE);
    }
    exc_session_go_to_checks (plan);
    g_assert_nonnull (exc_plan_window_get_plan (plan));
    exc_session_close_plan (plan);
  }

  g_object_set (session.window, "page", "jobs", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (of_servers); i++) {
    ExcPlanWindow *plan = exc_session_open_plan (&session, of_servers[i]);

    exc_plan_window_set_chosen (plan, "exch01.contoso.lab", TRUE);
    exc_session_go_to_checks (plan);
    g_assert_nonnull (exc_plan_window_get_plan (plan));
    exc_session_close_plan (plan);
  }
}

/* A message of a copy to a certificate's file: no job, nothing changes. */
static void
test_export (void)
{
  g_autofree char *folder = g_dir_make_tmp ("thumbprint-export-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "public.pem", NULL);
  g_autofree char *taken = g_build_filename (folder, "taken.pem", NULL);
  g_autofree char *left = NULL;
  g_autofree char *text = NULL;
  GtkWidget *window = NULL;

  exc_session_select (&session,
                      exc_session_find (&session, NULL, EXC_KIND_AUTH, EXC_USE_AUTH_CURRENT));
  g_action_group_activate_action (G_ACTION_GROUP (session.window), "export", NULL);
  EXC_WAIT_FOR ((window = exc_walk_find_window (g_type_from_name ("ExcExportWindow"))) != NULL);
  exc_walk_assert_names (window);
  g_assert_false (gtk_widget_is_sensitive (exc_walk_find_button (window, "Export")));
  /* What is there already is not written over. */
  g_assert_true (g_file_set_contents (taken, "ours", -1, NULL));
  exc_session_type (window, "File to export to", taken);
  exc_walk_press (window, "Export");
  EXC_WAIT_FOR (exc_walk_has_text (window, "is there already"));
  g_assert_true (g_file_get_contents (taken, &left, NULL, NULL));
  g_assert_cmpstr (left, ==, "ours");
  exc_session_type (window, "File to export to", path);
  exc_walk_press (window, "Export");
  EXC_WAIT_FOR (exc_walk_find_window (g_type_from_name ("ExcExportWindow")) == NULL);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_str_has_prefix (text, "-----BEGIN CERTIFICATE-----"));
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
  /* One organization for all: what one leaves behind is no matter to the others. */
  exc_session_start (&session, GTK_APPLICATION (application));
  g_test_add_func ("/app/workflows/wmsvc", test_wmsvc);
  g_test_add_func ("/app/workflows/request", test_request);
  g_test_add_func ("/app/workflows/delete-refused", test_delete_refused);
  g_test_add_func ("/app/workflows/other-kinds", test_other_kinds);
  g_test_add_func ("/app/workflows/export", test_export);
  g_test_add_func ("/app/workflows/rotation", test_rotation);
  g_test_add_func ("/app/workflows/waits-for-the-admin", test_waits_for_the_admin);
  status = g_test_run ();
  exc_session_end (&session);

  return status;
}
