/* test-plan.c — the plan window: what can be chosen, what blocks, what must be read; and the window
 * of a job that fails
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-fixture.h"
#include "exc-job-window.h"
#include "exc-plan-forms.h"
#include "exc-plan-window.h"
#include "exc-start-time.h"
#include "exc-walk.h"

#include <glib/gstdio.h>

typedef struct {
  ExcOrganization *organization;
  ExcJobs *jobs;
  char *folder;
  ExcPlanWindow *plan;
  ExcJob *started; /* (nullable) */
} Fixture;

static void
on_started_cb (Fixture *fixture, ExcJob *job)
{
  g_set_object (&fixture->started, job);
}

static void
open_plan (Fixture *fixture, const char *const *servers)
{
  fixture->plan =
      EXC_PLAN_WINDOW (exc_plan_window_new (NULL,
                                            fixture->organization,
                                            fixture->jobs,
                                            exc_form_renew_new (fixture->organization, servers)));
  g_object_add_weak_pointer (G_OBJECT (fixture->plan), (gpointer *) &fixture->plan);
  g_signal_connect_swapped (fixture->plan, "started", G_CALLBACK (on_started_cb), fixture);
  gtk_window_present (GTK_WINDOW (fixture->plan));
  gtk_test_widget_wait_for_draw (GTK_WIDGET (fixture->plan));
}

static void
set_up (Fixture *fixture, gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = NULL;

  fixture->organization = exc_fixture_organization_new ();
  exc_fixture_fill (fixture->organization);
  fixture->folder = g_dir_make_tmp ("thumbprint-plan-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (fixture->folder, "jobs.db", NULL);
  fixture->jobs = exc_jobs_new (path, exc_organization_get_clock (fixture->organization), &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer unused)
{
  if (fixture->plan != NULL)
    gtk_window_destroy (GTK_WINDOW (fixture->plan));
  EXC_WAIT_FOR (fixture->plan == NULL);
  g_clear_object (&fixture->started);
  g_assert_finalize_object (fixture->jobs);
  g_object_unref (fixture->organization);
  g_free (fixture->folder);
}

static void
assert_page (Fixture *fixture, const char *expected)
{
  g_autofree char *page = NULL;

  g_object_get (fixture->plan, "page", &page, NULL);
  g_assert_cmpstr (page, ==, expected);
}

static void
press (Fixture *fixture, const char *label)
{
  exc_walk_press (GTK_WIDGET (fixture->plan), label);
}

static gboolean
can_press (Fixture *fixture, const char *label)
{
  GtkWidget *button = exc_walk_find_button (GTK_WIDGET (fixture->plan), label);

  return button != NULL && gtk_widget_is_sensitive (button);
}

static void
test_urgent_ones_are_chosen (Fixture *fixture, gconstpointer unused)
{
  open_plan (fixture, NULL);
  g_assert_true (can_press (fixture, "Next"));
  exc_plan_window_set_chosen (fixture->plan, EXC_FIXTURE_SERVER_1, FALSE);
  g_assert_true (can_press (fixture, "Next"));
  exc_plan_window_set_chosen (fixture->plan, EXC_FIXTURE_SERVER_2, FALSE);
  g_assert_false (can_press (fixture, "Next"));
}

static void
test_unreachable_cannot_be_chosen (Fixture *fixture, gconstpointer unused)
{
  const char *servers[] = { EXC_FIXTURE_SERVER_3, NULL };

  open_plan (fixture, servers);
  g_assert_false (can_press (fixture, "Next"));
  g_assert_false (exc_plan_window_set_chosen (fixture->plan, EXC_FIXTURE_SERVER_3, TRUE));
  g_assert_true (exc_walk_has_text (GTK_WIDGET (fixture->plan), "Unreachable"));
}

static gboolean
is_warning_ticked (GtkWidget *plan)
{
  return exc_walk_find_button (plan, "Next") != NULL &&
         gtk_widget_is_sensitive (exc_walk_find_button (plan, "Next"));
}

static void
tick (gpointer button, gpointer user_data)
{
  gtk_check_button_set_active (button, TRUE);
}

static void
go_to_checks (Fixture *fixture)
{
  press (fixture, "Next");
  assert_page (fixture, "options");
  press (fixture, "Next");
  assert_page (fixture, "checks");
  g_assert_nonnull (exc_plan_window_get_plan (fixture->plan));
}

static void
tick_warnings (Fixture *fixture)
{
  GtkStack *stack = exc_walk_find (GTK_WIDGET (fixture->plan), GTK_TYPE_STACK);

  exc_walk_each (gtk_stack_get_visible_child (stack), GTK_TYPE_CHECK_BUTTON, tick, NULL);
}

static void
test_warnings_need_a_tick (Fixture *fixture, gconstpointer unused)
{
  const char *servers[] = { EXC_FIXTURE_SERVER_1, EXC_FIXTURE_SERVER_2, NULL };
  GListModel *checks = NULL;
  guint n_warnings = 0;

  open_plan (fixture, servers);
  go_to_checks (fixture);
  checks = exc_plan_get_checks (exc_plan_window_get_plan (fixture->plan));
  for (guint i = 0; i < g_list_model_get_n_items (checks); i++) {
    g_autoptr(ExcCheck) check = g_list_model_get_item (checks, i);

    g_assert_true (exc_walk_has_text (GTK_WIDGET (fixture->plan), exc_check_get_text (check)));
    if (exc_check_get_result (check) == EXC_CHECK_WARNING)
      n_warnings++;
  }
  g_assert_cmpint (is_warning_ticked (GTK_WIDGET (fixture->plan)), ==, n_warnings == 0);
  tick_warnings (fixture);
  g_assert_true (is_warning_ticked (GTK_WIDGET (fixture->plan)));

  /* Back and forth makes the plan anew, and asks anew. */
  press (fixture, "Back");
  assert_page (fixture, "options");
  press (fixture, "Next");
  g_assert_cmpint (is_warning_ticked (GTK_WIDGET (fixture->plan)), ==, n_warnings == 0);
}

static char *
dup_preview (Fixture *fixture)
{
  GtkTextView *view = exc_walk_find (GTK_WIDGET (fixture->plan), GTK_TYPE_TEXT_VIEW);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (view);
  GtkTextIter start;
  GtkTextIter end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);

  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
go_to_run (Fixture *fixture)
{
  go_to_checks (fixture);
  tick_warnings (fixture);
  press (fixture, "Next");
  assert_page (fixture, "preview");
  press (fixture, "Next");
  assert_page (fixture, "run");
}

static void
test_preview_shows_powershell (Fixture *fixture, gconstpointer unused)
{
  const char *servers[] = { EXC_FIXTURE_SERVER_1, NULL };
  g_autofree char *plain = NULL;
  g_autofree char *with_powershell = NULL;

  open_plan (fixture, servers);
  go_to_checks (fixture);
  tick_warnings (fixture);
  press (fixture, "Next");
  plain = dup_preview (fixture);
  g_assert_nonnull (strstr (plain, EXC_FIXTURE_SERVER_1));
  g_assert_null (strstr (plain, "New-ExchangeCertificate"));
  gtk_widget_activate_action (GTK_WIDGET (fixture->plan), "plan.show-powershell", NULL);
  with_powershell = dup_preview (fixture);
  g_assert_nonnull (strstr (with_powershell, "New-ExchangeCertificate"));
}

static void
test_read_only_refuses (Fixture *fixture, gconstpointer unused)
{
  const char *servers[] = { EXC_FIXTURE_SERVER_1, NULL };
  GtkWidget *focus = NULL;

  open_plan (fixture, servers);
  go_to_run (fixture);
  g_assert_false (can_press (fixture, "Renew on 1 server"));
  g_assert_true (exc_walk_has_text (GTK_WIDGET (fixture->plan), "read-only"));
  gtk_widget_activate_action (GTK_WIDGET (fixture->plan), "plan.next", NULL);
  g_assert_null (fixture->started);

  /* Whoever presses the key twice has not run the plan. */
  gtk_widget_grab_focus (exc_walk_find_button (GTK_WIDGET (fixture->plan), "Allow changes"));
  press (fixture, "Allow changes");
  g_assert_false (exc_jobs_get_is_read_only (fixture->jobs));
  focus = gtk_window_get_focus (GTK_WINDOW (fixture->plan));
  g_assert_nonnull (focus);
  g_assert_nonnull (gtk_widget_get_ancestor (focus, EXC_TYPE_START_TIME));
  g_assert_true (can_press (fixture, "Renew on 1 server"));
  exc_jobs_set_is_read_only (fixture->jobs, TRUE);
  g_assert_false (can_press (fixture, "Renew on 1 server"));
}

static void
test_names (Fixture *fixture, gconstpointer unused)
{
  open_plan (fixture, NULL);
  exc_walk_assert_names (GTK_WIDGET (fixture->plan));
  go_to_run (fixture);
  exc_walk_assert_names (GTK_WIDGET (fixture->plan));
}

static gboolean
advance_while_active (Fixture *fixture)
{
  exc_clock_advance (exc_organization_get_clock (fixture->organization), 60);

  return exc_job_get_is_active (fixture->started);
}

static ExcState
get_lane_state (Fixture *fixture, guint index)
{
  g_autoptr(ExcJobServer) server =
                 g_list_model_get_item (exc_job_get_servers (fixture->started), index);

  return exc_job_server_get_state (server);
}

/* Nobody listens behind the fixture's address: the job fails, and says on which server and why. */
static void
test_failed_job (Fixture *fixture, gconstpointer unused)
{
  const char *servers[] = { EXC_FIXTURE_SERVER_1, EXC_FIXTURE_SERVER_2, NULL };
  GtkWidget *window = NULL;

  open_plan (fixture, servers);
  go_to_run (fixture);
  press (fixture, "Allow changes");
  press (fixture, "Renew on 2 servers");
  g_assert_nonnull (fixture->started);
  EXC_WAIT_FOR (fixture->plan == NULL);

  window = exc_job_window_new (NULL, fixture->organization, fixture->jobs, fixture->started);
  gtk_window_present (GTK_WINDOW (window));
  /* Time is moved on for the pauses between the tries. */
  EXC_WAIT_FOR_SECONDS (!advance_while_active (fixture), 200);
  EXC_WAIT_FOR (exc_walk_find_button (window, "Close") != NULL);
  g_assert_true (exc_walk_has_text (window, exc_job_get_summary (fixture->started)));
  g_assert_true (exc_walk_has_text (window, "127.0.0.1"));
  EXC_WAIT_FOR (exc_walk_find_button (window, "Retry") != NULL);
  g_assert_null (exc_walk_find_button (window, "Stop after this step"));
  g_assert_nonnull (exc_walk_find_button (window, "Retry failed (1)"));
  exc_walk_assert_names (window);

  /* Locked again: a retry is refused, and the reason is shown. */
  exc_jobs_set_is_read_only (fixture->jobs, TRUE);
  exc_walk_press (window, "Retry");
  g_assert_false (exc_job_get_is_active (fixture->started));
  EXC_WAIT_FOR (exc_walk_has_text (window, "read-only"));
  exc_walk_press (window, "Exclude");
  EXC_WAIT_FOR (exc_walk_has_text (window, "read-only"));
  g_assert_cmpint (get_lane_state (fixture, 0), ==, EXC_STATE_UNREACHABLE);

  /* Left out of the rest; it can be taken in again. */
  exc_jobs_set_is_read_only (fixture->jobs, FALSE);
  exc_walk_press (window, "Exclude");
  g_assert_cmpint (get_lane_state (fixture, 0), ==, EXC_STATE_SKIPPED);
  EXC_WAIT_FOR (exc_walk_has_text (window, "You left it out of this job."));
  g_assert_false (exc_walk_has_text (window, "read-only"));
  g_assert_true (exc_walk_has_text (window, "1 server was left out."));
  exc_walk_assert_names (window);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* In a maintenance window: the job waits for its time, and can be begun before it. */
static void
test_scheduled (Fixture *fixture, gconstpointer unused)
{
  const char *servers[] = { EXC_FIXTURE_SERVER_1, NULL };
  ExcClock *clock = exc_organization_get_clock (fixture->organization);
  gint64 begin = (exc_clock_now (clock) / 60 + 26 * 60) * 60;
  ExcStartTime *start = NULL;
  GtkWidget *window = NULL;

  open_plan (fixture, servers);
  go_to_run (fixture);
  press (fixture, "Allow changes");
  start = exc_walk_find (GTK_WIDGET (fixture->plan), EXC_TYPE_START_TIME);
  exc_walk_assert_names (GTK_WIDGET (fixture->plan));
  g_assert_true (exc_walk_has_text (GTK_WIDGET (start), "off-peak hours"));
  exc_start_time_set_begin (start, exc_clock_now (clock) - 3600);
  g_assert_true (exc_walk_has_text (GTK_WIDGET (start), "This time has passed."));
  gtk_widget_activate_action (GTK_WIDGET (fixture->plan), "plan.next", NULL);
  g_assert_null (fixture->started);
  exc_start_time_set_begin (start, begin);
  gtk_widget_activate_action (GTK_WIDGET (fixture->plan), "plan.next", NULL);
  g_assert_nonnull (fixture->started);
  g_assert_true (exc_job_get_is_parked (fixture->started));
  g_assert_cmpint (exc_job_get_wake_at (fixture->started), ==, begin);
  EXC_WAIT_FOR (fixture->plan == NULL);

  window = exc_job_window_new (NULL, fixture->organization, fixture->jobs, fixture->started);
  gtk_window_present (GTK_WINDOW (window));
  EXC_WAIT_FOR (exc_walk_has_text (window, "Waits until"));
  g_assert_true (exc_walk_has_text (window, "in 1 day "));
  g_assert_null (exc_walk_find (window, GTK_TYPE_PROGRESS_BAR));
  g_assert_nonnull (exc_walk_find_button (window, "Begin now"));
  exc_walk_assert_names (window);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
#define ADD(name, function)                                                                        \
  g_test_add ("/app/plan/" name, Fixture, NULL, set_up, function, tear_down)

  exc_fixture_init (&argc, &argv);
  ADD ("urgent-ones-are-chosen", test_urgent_ones_are_chosen);
  ADD ("unreachable-cannot-be-chosen", test_unreachable_cannot_be_chosen);
  ADD ("warnings-need-a-tick", test_warnings_need_a_tick);
  ADD ("preview-shows-powershell", test_preview_shows_powershell);
  ADD ("read-only-refuses", test_read_only_refuses);
  ADD ("names", test_names);
  ADD ("failed-job", test_failed_job);
  ADD ("scheduled", test_scheduled);

  return g_test_run ();
}
