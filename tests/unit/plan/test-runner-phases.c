/* test-runner-phases.c — barriers over all lanes, and waits that outlive the program
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "runner-test.h"

#define DAY_S (24 * 3600)

static ExcState
get_state (RunnerTest *self, const char *server)
{
  return exc_job_server_get_state (exc_job_find_server (self->job, server));
}

static FakeCell *
cell (RunnerTest *self, guint server, guint step)
{
  return &self->world.cells[server][step];
}

/* The program ends and is started again: only the journal is left. */
static void
start_again (RunnerTest *self)
{
  g_assert_finalize_object (g_steal_pointer (&self->job));
  self->job = runner_test_load (self->journal, self->plan);
}

static void
test_in_order (RunnerTest *self, gconstpointer data)
{
  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_DONE);

  g_assert_cmpstr (
      fake_log->str, ==, "run o/make;run a/trust;run b/trust;run o/bind;run a/bind;run b/bind;");
  /* The organization is no server. */
  g_assert_cmpstr (exc_job_get_summary (self->job), ==, "2 of 2 servers renewed.");
}

static void
test_failure_holds_the_barrier (RunnerTest *self, gconstpointer data)
{
  cell (self, 1, 1)->fail_runs = 1;
  cell (self, 1, 1)->run_code = EXC_ERROR_REMOTE;
  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_FAILED);
  g_assert_cmpstr (fake_log->str, ==, "run o/make;run a/trust;run b/trust;");

  /* One server alone does not pass a barrier that another one has not reached. */
  g_string_truncate (fake_log, 0);
  cell (self, 0, 1)->is_there = FALSE;
  runner_test_assert_run (self, EXC_RUN_RETRY, "b.lab", EXC_STATE_CANCELLED);
  g_assert_cmpstr (fake_log->str, ==, "run b/trust;");

  /* What was done before the phase under way is not looked at again. */
  g_string_truncate (fake_log, 0);
  runner_test_assert_run (self, EXC_RUN_RESUME, NULL, EXC_STATE_DONE);
  g_assert_cmpstr (fake_log->str, ==, "run o/bind;run a/bind;run b/bind;");
}

static void
test_short_wait (RunnerTest *self, gconstpointer data)
{
  cell (self, 0, 1)->is_waiting = TRUE;
  cell (self, 0, 1)->wait_until = exc_clock_now (self->clock) + 200;
  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_DONE);

  /* The other server of the phase did not wait for it; the phase behind did. */
  g_assert_cmpstr (
      fake_log->str, ==, "run o/make;run b/trust;run a/trust;run o/bind;run a/bind;run b/bind;");
}

static void
test_long_wait_is_parked (RunnerTest *self, gconstpointer data)
{
  const gint64 due = exc_clock_now (self->clock) + 3 * DAY_S;
  gint64 now;

  cell (self, FAKE_ORGANIZATION, 2)->is_waiting = TRUE;
  cell (self, FAKE_ORGANIZATION, 2)->wait_until = due;
  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_WAITING);
  now = exc_clock_now (self->clock);
  g_assert_cmpint (now, <, due); /* it did not wait here */
  g_assert_true (exc_job_get_is_parked (self->job));
  g_assert_cmpint (exc_job_get_wake_at (self->job), ==, due);
  g_assert_cmpint (get_state (self, EXC_LANE_ORGANIZATION), ==, EXC_STATE_WAITING);
  g_assert_cmpint (get_state (self, "a.lab"), ==, EXC_STATE_WAITING);
  g_assert_nonnull (strstr (exc_job_get_summary (self->job), "It takes days."));

  start_again (self);
  g_assert_cmpint (exc_job_get_state (self->job), ==, EXC_STATE_WAITING);
  g_assert_cmpint (exc_job_get_wake_at (self->job), ==, due);

  /* Too early: parked again, and nothing was sent. */
  g_string_truncate (fake_log, 0);
  runner_test_assert_run (self, EXC_RUN_RESUME, NULL, EXC_STATE_WAITING);
  g_assert_cmpstr (fake_log->str, ==, "");

  exc_clock_advance (self->clock, 3 * DAY_S);
  runner_test_assert_run (self, EXC_RUN_RESUME, NULL, EXC_STATE_DONE);
  g_assert_cmpstr (fake_log->str, ==, "run o/bind;run a/bind;run b/bind;");
  g_assert_false (exc_job_get_is_parked (self->job));
}

static void
test_waits_for_the_user (RunnerTest *self, gconstpointer data)
{
  cell (self, 0, 1)->is_waiting = TRUE;
  cell (self, 0, 1)->wait_until = EXC_WAKE_BY_USER;
  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_WAITING);
  g_assert_cmpint (exc_job_get_wake_at (self->job), ==, EXC_WAKE_BY_USER);
  g_assert_cmpstr (fake_log->str, ==, "run o/make;run b/trust;");

  cell (self, 0, 1)->is_waiting = FALSE;
  runner_test_assert_run (self, EXC_RUN_RESUME, NULL, EXC_STATE_DONE);
}

static void
test_excluded (RunnerTest *self, gconstpointer data)
{
  ExcJournalRow row = { .event = EXC_EVENT_EXCLUDED, .server = (char *) "b.lab" };

  cell (self, 1, 1)->fail_looks = -1; /* it never answers */
  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_UNREACHABLE);
  g_assert_true (exc_journal_append (self->journal, "j1", &row, &row.sequence, NULL));
  start_again (self);
  g_assert_cmpint (get_state (self, "b.lab"), ==, EXC_STATE_SKIPPED);

  runner_test_assert_run (self, EXC_RUN_RESUME, NULL, EXC_STATE_DONE);
  g_assert_cmpstr (fake_log->str, ==, "run o/make;run a/trust;run o/bind;run a/bind;");
  g_assert_cmpstr (
      exc_job_get_summary (self->job), ==, "1 of 2 servers renewed. 1 server was left out.");

  /* Retried by name, it is wanted again. */
  cell (self, 1, 1)->fail_looks = 0;
  g_assert_true (exc_job_server_get_can_retry (exc_job_find_server (self->job, "b.lab")));
  runner_test_assert_run (self, EXC_RUN_RETRY, "b.lab", EXC_STATE_DONE);
  g_assert_cmpstr (exc_job_get_summary (self->job), ==, "2 of 2 servers renewed.");
}

static void
test_warning_stays (RunnerTest *self, gconstpointer data)
{
  cell (self, 0, 2)->is_warned = TRUE;
  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_WARNINGS);
  g_assert_cmpint (get_state (self, "a.lab"), ==, EXC_STATE_WARNINGS);
  g_assert_cmpstr (
      exc_job_server_get_detail (exc_job_find_server (self->job, "a.lab")), ==, "Mind this.");
  g_assert_cmpint (get_state (self, "b.lab"), ==, EXC_STATE_DONE);
}

static void
test_undo_of_a_parked_job (RunnerTest *self, gconstpointer data)
{
  cell (self, FAKE_ORGANIZATION, 2)->is_waiting = TRUE;
  cell (self, FAKE_ORGANIZATION, 2)->wait_until = exc_clock_now (self->clock) + DAY_S;
  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_WAITING);
  g_string_truncate (fake_log, 0);

  g_assert_true (
      exc_job_server_get_can_undo (exc_job_find_server (self->job, EXC_LANE_ORGANIZATION)));
  g_assert_true (runner_test_run (self, EXC_RUN_UNDO, EXC_LANE_ORGANIZATION, NULL));
  g_assert_cmpstr (fake_log->str, ==, "undo o/make;");
  g_assert_cmpint (get_state (self, EXC_LANE_ORGANIZATION), ==, EXC_STATE_UNDONE);
}

static void
add (const char *path, void (*test) (RunnerTest *self, gconstpointer data))
{
  g_test_add (path, RunnerTest, "phases", runner_test_set_up, test, runner_test_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  runner_test_init ();

  add ("/plan/phases/in-order", test_in_order);
  add ("/plan/phases/failure-holds-the-barrier", test_failure_holds_the_barrier);
  add ("/plan/phases/short-wait", test_short_wait);
  add ("/plan/phases/long-wait-is-parked", test_long_wait_is_parked);
  add ("/plan/phases/waits-for-the-user", test_waits_for_the_user);
  add ("/plan/phases/excluded", test_excluded);
  add ("/plan/phases/warning-stays", test_warning_stays);
  add ("/plan/phases/undo-of-a-parked-job", test_undo_of_a_parked_job);

  return g_test_run ();
}
