/* test-resume.c — a program that is killed in the middle of a job, and started again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-application.h"
#include "exc-certificates-page.h"
#include "exc-fixture.h"
#include "exc-job-window.h"
#include "exc-session.h"
#include "exc-walk.h"

#include <signal.h>

static ExcApplication *application;
static const char *program;

/* A process that is killed when the first step of its job is done. */
static void
break_off (void)
{
  ExcTestSession session = { NULL, NULL };
  ExcCertificatesPage *page = NULL;
  ExcJob *job = NULL;
  g_autoptr(ExcJobServer) server = NULL;
  g_autoptr(ExcJobStep) step = NULL;

  exc_session_start (&session, GTK_APPLICATION (application));
  page = exc_walk_find (session.window, EXC_TYPE_CERTIFICATES_PAGE);
  gtk_selection_model_unselect_all (
      exc_certificate_table_get_model (exc_certificates_page_get_table (page)));
  job = exc_session_start_renewal (&session);
  server = g_list_model_get_item (exc_job_get_servers (job), 0);
  step = g_list_model_get_item (exc_job_server_get_steps (server), 0);
  EXC_WAIT_FOR_SECONDS (exc_job_step_get_state (step) == EXC_STATE_DONE, EXC_JOB_SECONDS);
  raise (SIGKILL);
}

static void
test_resume_after_a_kill (void)
{
  ExcTestSession session = { NULL, NULL };
  g_autoptr(GError) error = NULL;
  g_autoptr(GSubprocess) child = NULL;
  ExcJobWindow *job_window = NULL;
  ExcJob *job = NULL;
  GListModel *servers = NULL;

  g_setenv (EXC_FIXTURE_CHILD, "1", TRUE);
  child = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, program, NULL);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait (child, NULL, &error));
  g_assert_true (g_subprocess_get_if_signaled (child));
  g_assert_cmpint (g_subprocess_get_term_sig (child), ==, SIGKILL);

  exc_session_start (&session, GTK_APPLICATION (application));
  EXC_WAIT_FOR (exc_walk_has_text (session.window, "was interrupted"));
  exc_walk_press (session.window, "Show job");
  EXC_WAIT_FOR ((job_window = exc_walk_find_window (EXC_TYPE_JOB_WINDOW)) != NULL);
  job = exc_job_window_get_job (job_window);
  g_assert_cmpint (exc_job_get_state (job), ==, EXC_STATE_INTERRUPTED);

  /* Read-only as at every start: the window says so, and nothing runs. */
  exc_walk_press (GTK_WIDGET (job_window), "Resume");
  g_assert_false (exc_job_get_is_active (job));
  EXC_WAIT_FOR (exc_walk_has_text (GTK_WIDGET (job_window), "read-only"));
  g_action_group_activate_action (G_ACTION_GROUP (session.window), "allow-changes", NULL);
  exc_walk_press (GTK_WIDGET (job_window), "Resume");
  g_assert_true (exc_job_get_is_active (job));
  g_assert_false (exc_walk_has_text (GTK_WIDGET (job_window), "read-only"));
  EXC_WAIT_FOR_SECONDS (!exc_job_get_is_active (job), EXC_JOB_SECONDS);
  g_test_message ("%s", exc_job_get_summary (job));
  g_assert_cmpstr (exc_state_to_id (exc_job_get_state (job)), ==, "done");
  EXC_WAIT_FOR (!exc_walk_has_text (session.window, "was interrupted"));

  /* Every step once: one new certificate a server, and 444 serves it. */
  servers = exc_job_get_servers (job);
  for (guint i = 0; i < g_list_model_get_n_items (servers); i++) {
    g_autoptr(ExcJobServer) server = g_list_model_get_item (servers, i);
    const char *fqdn = exc_job_server_get_server (server);
    g_autofree char *served = exc_session_probe (&session, fqdn, 444);
    ExcCertificate *renewed = NULL;

    EXC_WAIT_FOR_SECONDS (
        (renewed = exc_session_find (&session,
                                     fqdn,
                                     EXC_KIND_MICROSOFT_EXCHANGE,
                                     EXC_USE_INTERNAL_TRANSPORT | EXC_USE_BACK_END)) != NULL &&
            g_str_equal (exc_certificate_get_thumbprint (renewed), served),
        EXC_OPEN_SECONDS);
    g_assert_cmpint (exc_certificate_get_days_left (renewed), >, 1000);
    g_assert_cmpuint (exc_session_count_new (&session, fqdn), ==, 1);
  }
  gtk_window_close (GTK_WINDOW (job_window));
  exc_session_end (&session);
}

int
main (int argc, char **argv)
{
  g_autoptr(GError) error = NULL;

  program = argv[0];
  exc_fixture_init (&argc, &argv);
  if (g_getenv (EXC_FIXTURE_CHILD) == NULL)
    exc_session_start_desktop ();
  application = exc_application_new (G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);

  if (g_getenv (EXC_FIXTURE_CHILD) != NULL) {
    break_off ();
    return 1;
  }
  g_test_add_func ("/app/resume/after-a-kill", test_resume_after_a_kill);

  return g_test_run ();
}
