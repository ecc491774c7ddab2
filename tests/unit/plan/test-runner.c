/* test-runner.c — a job's course, with every end it can take
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "runner-test.h"

static void
on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

/* Everything that people see of a job, but the times. */
static char *
dump (ExcJob *job)
{
  g_autoptr(GString) text = g_string_new (exc_state_to_id (exc_job_get_state (job)));
  GListModel *servers = exc_job_get_servers (job);

  g_string_append_printf (text, " “%s”\n", exc_job_get_summary (job));
  for (guint i = 0; i < g_list_model_get_n_items (servers); i++) {
    g_autoptr(ExcJobServer) server = g_list_model_get_item (servers, i);
    GListModel *steps = exc_job_server_get_steps (server);

    g_string_append_printf (text,
                            "%s %s “%s” retry %d undo %d\n",
                            exc_job_server_get_server (server),
                            exc_state_to_id (exc_job_server_get_state (server)),
                            exc_job_server_get_detail (server),
                            exc_job_server_get_can_retry (server),
                            exc_job_server_get_can_undo (server));
    for (guint j = 0; j < g_list_model_get_n_items (steps); j++) {
      g_autoptr(ExcJobStep) step = g_list_model_get_item (steps, j);

      g_string_append_printf (text,
                              "  %s %s “%s” %s\n",
                              exc_job_step_get_id (step),
                              exc_state_to_id (exc_job_step_get_state (step)),
                              exc_job_step_get_detail (step),
                              exc_job_step_get_log (step));
    }
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* What is shown now is what is shown after the program was started again. */
static void
assert_replays (RunnerTest *self)
{
  g_autoptr(ExcJob) again = runner_test_load (self->journal, self->plan);
  g_autofree char *live = dump (self->job);
  g_autofree char *replayed = dump (again);

  g_assert_cmpstr (replayed, ==, live);
}

static ExcJobStep *
get_step (RunnerTest *self, const char *server, const char *step)
{
  return exc_job_server_find_step (exc_job_find_server (self->job, server), step);
}

static void
test_runs_all (RunnerTest *self, gconstpointer data)
{
  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_DONE);

  /* One server at a time, each step once, in order. */
  g_assert_cmpstr (
      fake_log->str, ==, "run a/make;run a/trust;run a/bind;run b/make;run b/trust;run b/bind;");
  g_assert_cmpstr (exc_job_get_summary (self->job), ==, "2 of 2 servers renewed.");
  g_assert_cmpfloat (exc_progress_get_fraction (exc_job_get_progress (self->job)), ==, 1);
  g_assert_nonnull (strstr (exc_job_step_get_log (get_step (self, "a.lab", "make")), "Do-It"));
  g_assert_cmpstr (
      exc_job_step_get_detail (get_step (self, "a.lab", "check")), ==, "All is there.");
  assert_replays (self);
}

static void
on_run_look_at_disk (const char *server, const char *step, gpointer data)
{
  RunnerTest *self = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcJournal) other = exc_journal_open (self->path, NULL, &error);
  g_autoptr(GPtrArray) rows = NULL;
  gboolean is_started = FALSE;
  gboolean has_fact = FALSE;

  g_assert_no_error (error);
  rows = exc_journal_read_rows (other, "j1", 0, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++) {
    ExcJournalRow *row = g_ptr_array_index (rows, i);

    if (g_strcmp0 (row->server, server) != 0 || g_strcmp0 (row->step, step) != 0)
      continue;
    is_started |= row->event == EXC_EVENT_STARTED && row->data != NULL;
    has_fact |= row->event == EXC_EVENT_FACT;
  }
  g_assert_true (is_started);
  g_assert_true (has_fact);
}

static void
test_started_is_durable_before (RunnerTest *self, gconstpointer data)
{
  fake_on_run = on_run_look_at_disk;
  fake_on_run_data = self;

  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_DONE);
  g_assert_cmpint (self->world.cells[1][2].n_runs, ==, 1);
}

static void
test_skips_what_is_there (RunnerTest *self, gconstpointer data)
{
  self->world.cells[0][0].is_there = TRUE;
  self->world.cells[0][2].is_needless = TRUE;

  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_DONE);
  g_assert_cmpstr (fake_log->str, ==, "run a/trust;run b/make;run b/trust;run b/bind;");
  g_assert_cmpint (
      exc_job_step_get_state (get_step (self, "a.lab", "bind")), ==, EXC_STATE_SKIPPED);
  g_assert_cmpstr (
      exc_job_step_get_detail (get_step (self, "a.lab", "bind")), ==, "It is not wanted here.");
  assert_replays (self);

  /* What was there before is not ours to take away. */
  runner_test_assert_run (self, EXC_RUN_UNDO, "a.lab", EXC_STATE_UNDONE);
  g_assert_true (self->world.cells[0][0].is_there);
  g_assert_false (self->world.cells[0][1].is_there);
}

static void
test_lost_change_fails (RunnerTest *self, gconstpointer data)
{
  self->world.cells[0][1].is_lost = TRUE;

  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_FAILED);
  g_assert_cmpint (self->world.cells[0][1].n_runs, ==, 1);
  g_assert_cmpint (self->world.cells[0][1].n_looks, ==, 1 + 6); /* it may be seen late */
  g_assert_cmpint (self->world.cells[1][0].n_looks, ==, 0);     /* the whole run stops */
  g_assert_cmpstr (exc_job_get_summary (self->job),
                   ==,
                   "0 of 2 servers renewed. a.lab failed at step 2 (Step trust): The server "
                   "reported success, but the change cannot be seen (Step trust).");
  assert_replays (self);
}

static void
test_late_effect_is_seen (RunnerTest *self, gconstpointer data)
{
  /* The fourth look finds what three before did not: a look that fails counts as none. */
  self->world.cells[0][0].fail_runs = 1;
  self->world.cells[0][0].run_code = EXC_ERROR_UNREACHABLE;
  self->world.cells[0][0].run_takes = TRUE;

  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_DONE);
  g_assert_cmpint (self->world.cells[0][0].n_runs, ==, 1);
  g_assert_nonnull (
      strstr (exc_job_step_get_log (get_step (self, "a.lab", "make")), "The server said no."));
}

static void
test_refusal_fails_and_retries (RunnerTest *self, gconstpointer data)
{
  self->world.cells[1][2].fail_runs = 1;
  self->world.cells[1][2].run_code = EXC_ERROR_REMOTE;

  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_FAILED);
  g_assert_cmpint (self->world.cells[1][2].n_runs, ==, 1); /* not sent again by itself */
  g_assert_cmpstr (
      exc_job_get_summary (self->job),
      ==,
      "1 of 2 servers renewed. b.lab failed at step 3 (Step bind): The server said no.");
  g_assert_true (exc_job_server_get_can_retry (exc_job_find_server (self->job, "b.lab")));
  g_assert_false (exc_job_server_get_can_retry (exc_job_find_server (self->job, "a.lab")));
  assert_replays (self);

  runner_test_assert_run (self, EXC_RUN_RETRY, "b.lab", EXC_STATE_DONE);
  g_assert_cmpint (self->world.cells[1][0].n_runs, ==, 1);
  g_assert_cmpint (self->world.cells[1][2].n_runs, ==, 2);
  assert_replays (self);
}

static void
test_effect_of_failed_run_counts (RunnerTest *self, gconstpointer data)
{
  self->world.cells[0][2].fail_runs = 1;
  self->world.cells[0][2].run_code = EXC_ERROR_REMOTE;
  self->world.cells[0][2].run_takes = TRUE;

  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_DONE);
  g_assert_cmpint (self->world.cells[0][2].n_runs, ==, 1);
}

static void
test_waits_for_server (RunnerTest *self, gconstpointer data)
{
  self->world.cells[0][1].fail_looks = 3;

  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_DONE);
  g_assert_nonnull (strstr (exc_job_step_get_log (get_step (self, "a.lab", "trust")),
                            "The server does not answer. Looking again in 5 seconds."));
  g_assert_nonnull (strstr (exc_job_step_get_log (get_step (self, "a.lab", "trust")),
                            "Looking again in 20 seconds."));
  assert_replays (self);
}

static void
test_gives_server_up (RunnerTest *self, gconstpointer data)
{
  self->world.cells[0][1].fail_looks = -1;

  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_UNREACHABLE);
  g_assert_cmpint (self->world.cells[0][1].n_looks, ==, 1 + 7);
  g_assert_cmpint (self->world.cells[0][1].n_runs, ==, 0);
  assert_replays (self);

  self->world.cells[0][1].fail_looks = 0;
  runner_test_assert_run (self, EXC_RUN_RESUME, NULL, EXC_STATE_DONE);
  g_assert_cmpint (self->world.cells[0][0].n_runs, ==, 1);
}

static void
test_sends_again_after_silence (RunnerTest *self, gconstpointer data)
{
  self->world.cells[0][1].fail_runs = 2;
  self->world.cells[0][1].run_code = EXC_ERROR_GONE;
  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_DONE);
  g_assert_cmpint (self->world.cells[0][1].n_runs, ==, 3);

  self->world.cells[1][1].is_there = FALSE;
}

static void
test_silence_has_an_end (RunnerTest *self, gconstpointer data)
{
  self->world.cells[0][1].fail_runs = 99;
  self->world.cells[0][1].run_code = EXC_ERROR_GONE;

  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_UNREACHABLE);
  g_assert_cmpint (self->world.cells[0][1].n_runs, ==, 3);
}

static void
on_run_stop (const char *server, const char *step, gpointer data)
{
  RunnerTest *self = data;

  if (strcmp (step, "trust") == 0)
    exc_runner_stop_after_step (self->runner);
}

static void
test_stops_after_step (RunnerTest *self, gconstpointer data)
{
  fake_on_run = on_run_stop;
  fake_on_run_data = self;

  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_CANCELLED);
  g_assert_cmpstr (fake_log->str, ==, "run a/make;run a/trust;");
  g_assert_cmpint (exc_job_step_get_state (get_step (self, "a.lab", "trust")), ==, EXC_STATE_DONE);
  assert_replays (self);

  fake_on_run = NULL;
  runner_test_assert_run (self, EXC_RUN_RESUME, NULL, EXC_STATE_DONE);
  g_assert_cmpstr (
      fake_log->str, ==, "run a/make;run a/trust;run a/bind;run b/make;run b/trust;run b/bind;");
}

static void
test_stop_ends_wait (RunnerTest *self, gconstpointer data)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  self->world.cells[0][0].fail_looks = -1;
  self->runner = exc_runner_new (self->job, self->journal, NULL, self->clock);
  exc_job_set_is_active (self->job, TRUE);
  exc_runner_run_async (self->runner, EXC_RUN_START, NULL, on_done_cb, &result);
  while (exc_job_get_state (self->job) != EXC_STATE_WAITING)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (strstr (exc_job_get_summary (self->job), "Waiting on a.lab."));

  exc_runner_stop_after_step (self->runner);
  while (result == NULL) /* and no time passes */
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (exc_runner_run_finish (self->runner, result, &error));
  g_clear_object (&result);
  g_assert_finalize_object (g_steal_pointer (&self->runner));
  exc_job_set_is_active (self->job, FALSE);
  g_assert_cmpint (exc_job_get_state (self->job), ==, EXC_STATE_CANCELLED);
  g_assert_cmpint (self->world.cells[0][0].n_looks, ==, 1);
  assert_replays (self);
}

static void
test_undoes_in_order (RunnerTest *self, gconstpointer data)
{
  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_DONE);
  g_string_truncate (fake_log, 0);

  runner_test_assert_run (self, EXC_RUN_UNDO, "b.lab", EXC_STATE_UNDONE);
  g_assert_cmpstr (fake_log->str, ==, "undo b/bind;undo b/make;undo b/trust;");
  g_assert_cmpstr (
      exc_job_get_summary (self->job), ==, "1 of 2 servers renewed. 1 server is as it was before.");
  g_assert_false (exc_job_server_get_can_undo (exc_job_find_server (self->job, "b.lab")));
  assert_replays (self);

  /* Resume leaves it so; a retry by name does it again. */
  g_string_truncate (fake_log, 0);
  runner_test_assert_run (self, EXC_RUN_RETRY, "b.lab", EXC_STATE_DONE);
  g_assert_cmpstr (fake_log->str, ==, "run b/make;run b/trust;run b/bind;");
  assert_replays (self);
}

static void
test_failed_undo_goes_on (RunnerTest *self, gconstpointer data)
{
  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_DONE);
  self->world.cells[0][0].fail_undos = 1;

  runner_test_assert_run (self, EXC_RUN_UNDO, "a.lab", EXC_STATE_FAILED);
  g_assert_false (self->world.cells[0][2].is_there);
  g_assert_true (self->world.cells[0][1].is_there); /* stopped before it */
  g_assert_cmpstr (exc_job_get_interrupted_undo (self->job), ==, "a.lab");
  assert_replays (self);

  runner_test_assert_run (self, EXC_RUN_UNDO, "a.lab", EXC_STATE_UNDONE);
  g_assert_cmpint (self->world.cells[0][2].n_undos, ==, 1);
  g_assert_null (exc_job_get_interrupted_undo (self->job));
  assert_replays (self);
}

static void
test_lost_journal_stops (RunnerTest *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  runner_test_refuse_commits = TRUE;
  g_assert_false (runner_test_run (self, EXC_RUN_START, NULL, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_STORE);
  g_assert_cmpstr (fake_log->str, ==, "");
}

static void
on_run_lose_journal (const char *server, const char *step, gpointer data)
{
  if (strcmp (step, "trust") == 0)
    runner_test_refuse_commits = TRUE;
}

static void
test_journal_lost_in_the_middle (RunnerTest *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fake_on_run = on_run_lose_journal;
  g_assert_false (runner_test_run (self, EXC_RUN_START, NULL, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_STORE);
  g_assert_cmpstr (fake_log->str, ==, "run a/make;run a/trust;");
  g_assert_cmpint (exc_job_get_state (self->job), ==, EXC_STATE_INTERRUPTED);

  runner_test_refuse_commits = FALSE;
  fake_on_run = NULL;
  runner_test_assert_run (self, EXC_RUN_RESUME, NULL, EXC_STATE_DONE);
  g_assert_cmpint (self->world.cells[0][1].n_runs, ==, 1);
}

/* Every beginning of the journal is a job that can be shown: nothing in it seems to run. */
static void
test_every_prefix_replays (RunnerTest *self, gconstpointer data)
{
  g_autoptr(GPtrArray) rows = NULL;

  self->world.cells[0][1].fail_looks = 1;
  self->world.cells[1][2].fail_runs = 1;
  self->world.cells[1][2].run_code = EXC_ERROR_REMOTE;
  runner_test_assert_run (self, EXC_RUN_START, NULL, EXC_STATE_FAILED);
  runner_test_assert_run (self, EXC_RUN_UNDO, "b.lab", EXC_STATE_UNDONE);
  rows = exc_journal_read_rows (self->journal, "j1", 0, NULL);
  g_assert_cmpuint (rows->len, >, 40);

  for (guint n = 0; n <= rows->len; n++) {
    g_autoptr(ExcJob) job = exc_job_new (&runner_test_made, self->plan);
    ExcEvent last = EXC_EVENT_UNKNOWN;

    for (guint i = 0; i < n; i++) {
      exc_job_apply (job, g_ptr_array_index (rows, i));
      last = ((ExcJournalRow *) g_ptr_array_index (rows, i))->event;
    }
    if (n == 0)
      g_assert_cmpint (exc_job_get_state (job), ==, EXC_STATE_PENDING);
    else if (last != EXC_EVENT_ENDED)
      g_assert_cmpint (exc_job_get_state (job), ==, EXC_STATE_INTERRUPTED);
    for (guint i = 0; i < FAKE_N_SERVERS; i++) {
      g_autoptr(ExcJobServer) server = g_list_model_get_item (exc_job_get_servers (job), i);

      for (guint j = 0; j < FAKE_N_STEPS; j++) {
        g_autoptr(ExcJobStep) step = g_list_model_get_item (exc_job_server_get_steps (server), j);

        g_assert_cmpint (exc_job_step_get_state (step), !=, EXC_STATE_RUNNING);
        g_assert_cmpint (exc_job_step_get_state (step), !=, EXC_STATE_WAITING);
      }
    }
  }
}

#define ADD(path, func)                                                                            \
  g_test_add (path, RunnerTest, NULL, runner_test_set_up, func, runner_test_tear_down)

int
main (int argc, char **argv)
{
  runner_test_init ();
  g_test_init (&argc, &argv, NULL);

  ADD ("/plan/runner/runs-all", test_runs_all);
  ADD ("/plan/runner/started-is-durable-before", test_started_is_durable_before);
  ADD ("/plan/runner/skips-what-is-there", test_skips_what_is_there);
  ADD ("/plan/runner/lost-change-fails", test_lost_change_fails);
  ADD ("/plan/runner/late-effect-is-seen", test_late_effect_is_seen);
  ADD ("/plan/runner/refusal-fails-and-retries", test_refusal_fails_and_retries);
  ADD ("/plan/runner/effect-of-failed-run-counts", test_effect_of_failed_run_counts);
  ADD ("/plan/runner/waits-for-server", test_waits_for_server);
  ADD ("/plan/runner/gives-server-up", test_gives_server_up);
  ADD ("/plan/runner/sends-again-after-silence", test_sends_again_after_silence);
  ADD ("/plan/runner/silence-has-an-end", test_silence_has_an_end);
  ADD ("/plan/runner/stops-after-step", test_stops_after_step);
  ADD ("/plan/runner/stop-ends-wait", test_stop_ends_wait);
  ADD ("/plan/runner/undoes-in-order", test_undoes_in_order);
  ADD ("/plan/runner/failed-undo-goes-on", test_failed_undo_goes_on);
  ADD ("/plan/runner/lost-journal-stops", test_lost_journal_stops);
  ADD ("/plan/runner/journal-lost-in-the-middle", test_journal_lost_in_the_middle);
  ADD ("/plan/runner/every-prefix-replays", test_every_prefix_replays);

  return g_test_run ();
}
