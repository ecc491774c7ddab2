/* test-end-to-end.c — a whole renewal: the real window, the real protocol, a simulated organization
 *
 * The window is driven as a user does it, against a thumbprint-lab process; what the servers serve
 * afterwards is asked by TLS handshakes, not by the program's own word.
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

static ExcApplication *application;
static ExcCertificate *
find_expired (ExcTestSession *session)
{
  GPtrArray *certificates = exc_snapshot_get_certificates (
      exc_organization_get_snapshot (exc_context_get_organization (session->context)));

  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (certificates, i);

    if (exc_certificate_get_kind (certificate) == EXC_KIND_MICROSOFT_EXCHANGE &&
        exc_certificate_get_health (certificate) == EXC_HEALTH_EXPIRED)
      return certificate;
  }

  return NULL;
}

static void
select_rows (ExcTestSession *session, const char *first, const char *second)
{
  ExcCertificatesPage *page = exc_walk_find (session->window, EXC_TYPE_CERTIFICATES_PAGE);
  GtkSelectionModel *model =
      exc_certificate_table_get_model (exc_certificates_page_get_table (page));

  gtk_selection_model_unselect_all (model);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (model)); i++) {
    g_autoptr(ExcCertificate) certificate = g_list_model_get_item (G_LIST_MODEL (model), i);
    const char *key = exc_certificate_get_key (certificate);

    if (g_str_equal (key, first) || g_str_equal (key, second))
      gtk_selection_model_select_item (model, i, FALSE);
  }
}

static void
test_renew_two_servers (void)
{
  ExcTestSession session = { NULL, NULL };
  ExcCertificate *expired = NULL;
  ExcCertificate *public_one = NULL;
  ExcCertificate *renewed = NULL;
  ExcJob *job = NULL;
  ExcJobWindow *job_window = NULL;
  GtkWidget *question = NULL;
  GtkWidget *row = NULL;
  guint n_active = 0;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *first_key = NULL;
  g_autofree char *second_key = NULL;
  g_autofree char *first_444 = NULL;
  g_autofree char *second_444 = NULL;
  g_autofree char *second_443 = NULL;
  g_autofree char *first_444_now = NULL;
  g_autofree char *second_444_now = NULL;
  g_autofree char *second_443_now = NULL;

  exc_session_start (&session, GTK_APPLICATION (application));
  expired = find_expired (&session);
  public_one = exc_session_find (&session, NULL, EXC_KIND_OTHER, EXC_USE_FRONT_END);
  g_assert_nonnull (expired);
  g_assert_nonnull (public_one);
  first = g_strdup (exc_certificate_get_server (expired));
  second = g_strdup (exc_certificate_get_server (public_one));
  g_assert_cmpstr (first, !=, second);
  first_key = g_strdup (exc_certificate_get_key (expired));
  second_key = g_strdup (exc_certificate_get_key (exc_session_find (
      &session, second, EXC_KIND_MICROSOFT_EXCHANGE, EXC_USE_INTERNAL_TRANSPORT)));
  first_444 = exc_session_probe (&session, first, 444);
  second_444 = exc_session_probe (&session, second, 444);
  second_443 = exc_session_probe (&session, second, 443);
  g_assert_cmpstr (first_444, ==, exc_certificate_get_thumbprint (expired));
  g_assert_cmpstr (second_443, ==, exc_certificate_get_thumbprint (public_one));

  select_rows (&session, first_key, second_key);
  job = exc_session_start_renewal (&session);
  g_assert_true (exc_job_get_is_active (job));
  g_object_get (session.window, "n-active", &n_active, NULL);
  g_assert_cmpuint (n_active, ==, 1);
  job_window = exc_walk_find_window (EXC_TYPE_JOB_WINDOW);
  exc_walk_assert_names (GTK_WIDGET (job_window));
  EXC_WAIT_FOR (exc_walk_find_button (GTK_WIDGET (job_window), "Run in background") != NULL);

  /* Closed at once: the job goes on. */
  exc_walk_press (GTK_WIDGET (job_window), "Run in background");
  EXC_WAIT_FOR (exc_walk_find_window (EXC_TYPE_JOB_WINDOW) == NULL);
  EXC_WAIT_FOR_SECONDS (!exc_job_get_is_active (job), EXC_JOB_SECONDS);
  g_test_message ("%s", exc_job_get_summary (job));
  g_assert_cmpstr (exc_state_to_id (exc_job_get_state (job)), ==, "done");
  g_object_get (session.window, "n-active", &n_active, NULL);
  g_assert_cmpuint (n_active, ==, 0);
  /* There is no window manager to make the window the active one: the desktop is told. */
  EXC_WAIT_FOR (g_strcmp0 (exc_session_get_notified (), exc_job_get_summary (job)) == 0);

  first_444_now = exc_session_probe (&session, first, 444);
  second_444_now = exc_session_probe (&session, second, 444);
  second_443_now = exc_session_probe (&session, second, 443);
  g_assert_cmpstr (first_444_now, !=, first_444);
  g_assert_cmpstr (second_444_now, !=, second_444);
  g_assert_cmpstr (second_443_now, ==, second_443);

  /* The table was read again by itself. */
  EXC_WAIT_FOR_SECONDS (
      (renewed = exc_session_find (&session,
                                   first,
                                   EXC_KIND_MICROSOFT_EXCHANGE,
                                   EXC_USE_INTERNAL_TRANSPORT | EXC_USE_BACK_END)) != NULL &&
          g_str_equal (exc_certificate_get_thumbprint (renewed), first_444_now),
      EXC_OPEN_SECONDS);
  g_assert_cmpint (exc_certificate_get_days_left (renewed), >, 1000);

  /* And the job stands in the list, with its window to look at. */
  gtk_widget_activate_action (session.window, "win.show-page", "s", "jobs");
  EXC_WAIT_FOR (exc_walk_has_text (session.window, exc_job_get_summary (job)));
  gtk_widget_activate_action (session.window, "win.show-job", "s", exc_job_get_id (job));
  EXC_WAIT_FOR ((job_window = exc_walk_find_window (EXC_TYPE_JOB_WINDOW)) != NULL);
  EXC_WAIT_FOR (exc_walk_find_button (GTK_WIDGET (job_window), "Undo…") != NULL);

  /* The key asks about the server that has the focus, and about none where that is not known. */
  gtk_window_set_focus (GTK_WINDOW (job_window), NULL);
  g_assert_true (exc_walk_press_key (GTK_WIDGET (job_window), "<Control>z"));
  g_assert_null (exc_walk_find_window (ADW_TYPE_MESSAGE_DIALOG));
  gtk_widget_grab_focus (exc_walk_find_button (GTK_WIDGET (job_window), "Undo…"));
  g_assert_true (exc_walk_press_key (gtk_window_get_focus (GTK_WINDOW (job_window)), "<Control>z"));
  EXC_WAIT_FOR ((question = exc_walk_find_window (ADW_TYPE_MESSAGE_DIALOG)) != NULL);
  gtk_test_widget_wait_for_draw (question);
  row = gtk_widget_get_ancestor (gtk_window_get_focus (GTK_WINDOW (job_window)),
                                 ADW_TYPE_PREFERENCES_ROW);
  g_assert_nonnull (strstr (adw_message_dialog_get_heading (ADW_MESSAGE_DIALOG (question)),
                            adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row))));
  exc_walk_press (question, "Cancel");
  EXC_WAIT_FOR (exc_walk_find_window (ADW_TYPE_MESSAGE_DIALOG) == NULL);
  gtk_window_close (GTK_WINDOW (job_window));
  exc_session_end (&session);

  /* The next start finds the world and the job as they were left. */
  exc_session_start (&session, GTK_APPLICATION (application));
  g_assert_cmpuint (
      g_list_model_get_n_items (G_LIST_MODEL (exc_context_get_jobs (session.context))), ==, 1);
  renewed = exc_session_find (
      &session, first, EXC_KIND_MICROSOFT_EXCHANGE, EXC_USE_INTERNAL_TRANSPORT | EXC_USE_BACK_END);
  g_assert_nonnull (renewed);
  g_assert_cmpstr (exc_certificate_get_thumbprint (renewed), ==, first_444_now);
  exc_session_end (&session);
}

int
main (int argc, char **argv)
{
  g_autoptr(GError) error = NULL;

  exc_fixture_init (&argc, &argv);
  exc_session_start_desktop ();
  application = exc_application_new (G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);

  g_test_add_func ("/app/end-to-end/renew-two-servers", test_renew_two_servers);

  return g_test_run ();
}
