/* test-runner.c — a job's course, with every end it can take
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-runner.h"
#include "fake-step.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mman.h>

static char *program;

/* What this process does to its own database: the journal knows nothing of it. */
static int n_commits;
static int kill_before_commit; /* 0: never */
static int kill_after_commit;
static gboolean refuse_commits;

static int
on_commit_cb (void *data)
{
  if (++n_commits == kill_before_commit)
    raise (SIGKILL);
  return refuse_commits; /* 1: the commit fails */
}

/* After a statement; a commit has been made durable by then. */
static int
on_statement_done_cb (unsigned type, void *database, void *statement, void *duration)
{
  if (n_commits > 0 && n_commits == kill_after_commit && sqlite3_get_autocommit (database))
    raise (SIGKILL);
  return 0;
}

static int
on_database_opened (sqlite3 *database, const char **problem, const void *api)
{
  sqlite3_commit_hook (database, on_commit_cb, NULL);
  sqlite3_trace_v2 (database, SQLITE_TRACE_PROFILE, on_statement_done_cb, database);
  return SQLITE_OK;
}

typedef struct {
  char *folder;
  char *path;
  FakeWorld world;
  ExcPlan *plan;
  ExcClock *clock;
  ExcJournal *journal;
  ExcJob *job;
  ExcRunner *runner;
} Fixture;

static const ExcJournalJob made = { .id = (char *) "j1",
                                    .organization = (char *) "lab",
                                    .kind = (char *) "fake",
                                    .plan = (char *) "{}",
                                    .made = 1 };

/* The job as the journal tells it, as a program would after its start. */
static ExcJob *
load (ExcJournal *journal, ExcPlan *plan)
{
  g_autoptr(GPtrArray) rows = exc_journal_read_rows (journal, "j1", 0, NULL);
  ExcJob *job = exc_job_new (&made, plan);

  for (guint i = 0; i < rows->len; i++)
    exc_job_apply (job, g_ptr_array_index (rows, i));
  return job;
}

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  self->folder = g_dir_make_tmp ("exc-runner-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "jobs.sqlite", NULL);
  self->plan = fake_plan_new (&self->world);
  self->clock = exc_clock_new ();
  self->journal = exc_journal_open (self->path, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (exc_journal_add_job (self->journal, &made, &error));
  self->job = load (self->journal, self->plan);
  fake_log = g_string_new (NULL);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  refuse_commits = FALSE;
  fake_on_run = NULL;
  g_string_free (g_steal_pointer (&fake_log), TRUE);
  g_assert_finalize_object (g_steal_pointer (&self->job));
  g_assert_finalize_object (g_steal_pointer (&self->plan));
  g_assert_finalize_object (g_steal_pointer (&self->clock));
  exc_journal_close (self->journal);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *file = g_strconcat (self->path, suffixes[i], NULL);

    g_remove (file);
  }
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

static void
on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

/* Whenever nothing can happen at once, time passes. */
static void
pump (ExcClock *clock, GAsyncResult **result)
{
  while (*result == NULL)
    if (!g_main_context_iteration (NULL, FALSE))
      exc_clock_advance (clock, 1);
}

static gboolean
run (Fixture *self, ExcRunMode mode, const char *server, GError **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  gboolean ok;

  self->runner = exc_runner_new (self->job, self->journal, NULL, self->clock);
  exc_job_set_is_active (self->job, TRUE);
  exc_job_begin_progress (self->job);
  exc_runner_run_async (self->runner, mode, server, on_done_cb, &result);
  pump (self->clock, &result);
  ok = exc_runner_run_finish (self->runner, result, error);
  g_clear_object (&result);
  g_assert_finalize_object (g_steal_pointer (&self->runner));
  exc_job_set_is_active (self->job, FALSE);
  return ok;
}

static void
assert_run (Fixture *self, ExcRunMode mode, const char *server, ExcState state)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (run (self, mode, server, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (exc_state_to_id (exc_job_get_state (self->job)), ==, exc_state_to_id (state));
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
assert_replays (Fixture *self)
{
  g_autoptr(ExcJob) again = load (self->journal, self->plan);
  g_autofree char *live = dump (self->job);
  g_autofree char *replayed = dump (again);

  g_assert_cmpstr (replayed, ==, live);
}

static ExcJobStep *
get_step (Fixture *self, const char *server, const char *step)
{
  return exc_job_server_find_step (exc_job_find_server (self->job, server), step);
}

static void
test_runs_all (Fixture *self, gconstpointer data)
{
  assert_run (self, EXC_RUN_START, NULL, EXC_STATE_DONE);

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
  Fixture *self = data;
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
test_started_is_durable_before (Fixture *self, gconstpointer data)
{
  fake_on_run = on_run_look_at_disk;
  fake_on_run_data = self;

  assert_run (self, EXC_RUN_START, NULL, EXC_STATE_DONE);
  g_assert_cmpint (self->world.cells[1][2].n_runs, ==, 1);
}

static void
test_skips_what_is_there (Fixture *self, gconstpointer data)
{
  self->world.cells[0][0].is_there = TRUE;
  self->world.cells[0][2].is_needless = TRUE;

  assert_run (self, EXC_RUN_START, NULL, EXC_STATE_DONE);
  g_assert_cmpstr (fake_log->str, ==, "run a/trust;run b/make;run b/trust;run b/bind;");
  g_assert_cmpint (
      exc_job_step_get_state (get_step (self, "a.lab", "bind")), ==, EXC_STATE_SKIPPED);
  g_assert_cmpstr (
      exc_job_step_get_detail (get_step (self, "a.lab", "bind")), ==, "It is not wanted here.");
  assert_replays (self);

  /* What was there before is not ours to take away. */
  assert_run (self, EXC_RUN_UNDO, "a.lab", EXC_STATE_UNDONE);
  g_assert_true (self->world.cells[0][0].is_there);
  g_assert_false (self->world.cells[0][1].is_there);
}

static void
test_lost_change_fails (Fixture *self, gconstpointer data)
{
  self->world.cells[0][1].is_lost = TRUE;

  assert_run (self, EXC_RUN_START, NULL, EXC_STATE_FAILED);
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
test_late_effect_is_seen (Fixture *self, gconstpointer data)
{
  /* The fourth look finds what three before did not: a look that fails counts as none. */
  self->world.cells[0][0].fail_runs = 1;
  self->world.cells[0][0].run_code = EXC_ERROR_UNREACHABLE;
  self->world.cells[0][0].run_takes = TRUE;

  assert_run (self, EXC_RUN_START, NULL, EXC_STATE_DONE);
  g_assert_cmpint (self->world.cells[0][0].n_runs, ==, 1);
  g_assert_nonnull (
      strstr (exc_job_step_get_log (get_step (self, "a.lab", "make")), "The server said no."));
}

static void
test_refusal_fails_and_retries (Fixture *self, gconstpointer data)
{
  self->world.cells[1][2].fail_runs = 1;
  self->world.cells[1][2].run_code = EXC_ERROR_REMOTE;

  assert_run (self, EXC_RUN_START, NULL, EXC_STATE_FAILED);
  g_assert_cmpint (self->world.cells[1][2].n_runs, ==, 1); /* not sent again by itself */
  g_assert_cmpstr (
      exc_job_get_summary (self->job),
      ==,
      "1 of 2 servers renewed. b.lab failed at step 3 (Step bind): The server said no.");
  g_assert_true (exc_job_server_get_can_retry (exc_job_find_server (self->job, "b.lab")));
  g_assert_false (exc_job_server_get_can_retry (exc_job_find_server (self->job, "a.lab")));
  assert_replays (self);

  assert_run (self, EXC_RUN_RETRY, "b.lab", EXC_STATE_DONE);
  g_assert_cmpint (self->world.cells[1][0].n_runs, ==, 1);
  g_assert_cmpint (self->world.cells[1][2].n_runs, ==, 2);
  assert_replays (self);
}

static void
test_effect_of_failed_run_counts (Fixture *self, gconstpointer data)
{
  self->world.cells[0][2].fail_runs = 1;
  self->world.cells[0][2].run_code = EXC_ERROR_REMOTE;
  self->world.cells[0][2].run_takes = TRUE;

  assert_run (self, EXC_RUN_START, NULL, EXC_STATE_DONE);
  g_assert_cmpint (self->world.cells[0][2].n_runs, ==, 1);
}

static void
test_waits_for_server (Fixture *self, gconstpointer data)
{
  self->world.cells[0][1].fail_looks = 3;

  assert_run (self, EXC_RUN_START, NULL, EXC_STATE_DONE);
  g_assert_nonnull (strstr (exc_job_step_get_log (get_step (self, "a.lab", "trust")),
                            "The server does not answer. Looking again in 5 seconds."));
  g_assert_nonnull (strstr (exc_job_step_get_log (get_step (self, "a.lab", "trust")),
                            "Looking again in 20 seconds."));
  assert_replays (self);
}

static void
test_gives_server_up (Fixture *self, gconstpointer data)
{
  self->world.cells[0][1].fail_looks = -1;

  assert_run (self, EXC_RUN_START, NULL, EXC_STATE_UNREACHABLE);
  g_assert_cmpint (self->world.cells[0][1].n_looks, ==, 1 + 7);
  g_assert_cmpint (self->world.cells[0][1].n_runs, ==, 0);
  assert_replays (self);

  self->world.cells[0][1].fail_looks = 0;
  assert_run (self, EXC_RUN_RESUME, NULL, EXC_STATE_DONE);
  g_assert_cmpint (self->world.cells[0][0].n_runs, ==, 1);
}

static void
test_sends_again_after_silence (Fixture *self, gconstpointer data)
{
  self->world.cells[0][1].fail_runs = 2;
  self->world.cells[0][1].run_code = EXC_ERROR_GONE;
  assert_run (self, EXC_RUN_START, NULL, EXC_STATE_DONE);
  g_assert_cmpint (self->world.cells[0][1].n_runs, ==, 3);

  self->world.cells[1][1].is_there = FALSE;
}

static void
test_silence_has_an_end (Fixture *self, gconstpointer data)
{
  self->world.cells[0][1].fail_runs = 99;
  self->world.cells[0][1].run_code = EXC_ERROR_GONE;

  assert_run (self, EXC_RUN_START, NULL, EXC_STATE_UNREACHABLE);
  g_assert_cmpint (self->world.cells[0][1].n_runs, ==, 3);
}

static void
on_run_stop (const char *server, const char *step, gpointer data)
{
  Fixture *self = data;

  if (strcmp (step, "trust") == 0)
    exc_runner_stop_after_step (self->runner);
}

static void
test_stops_after_step (Fixture *self, gconstpointer data)
{
  fake_on_run = on_run_stop;
  fake_on_run_data = self;

  assert_run (self, EXC_RUN_START, NULL, EXC_STATE_CANCELLED);
  g_assert_cmpstr (fake_log->str, ==, "run a/make;run a/trust;");
  g_assert_cmpint (exc_job_step_get_state (get_step (self, "a.lab", "trust")), ==, EXC_STATE_DONE);
  assert_replays (self);

  fake_on_run = NULL;
  assert_run (self, EXC_RUN_RESUME, NULL, EXC_STATE_DONE);
  g_assert_cmpstr (
      fake_log->str, ==, "run a/make;run a/trust;run a/bind;run b/make;run b/trust;run b/bind;");
}

static void
test_stop_ends_wait (Fixture *self, gconstpointer data)
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
test_undoes_in_order (Fixture *self, gconstpointer data)
{
  assert_run (self, EXC_RUN_START, NULL, EXC_STATE_DONE);
  g_string_truncate (fake_log, 0);

  assert_run (self, EXC_RUN_UNDO, "b.lab", EXC_STATE_UNDONE);
  g_assert_cmpstr (fake_log->str, ==, "undo b/bind;undo b/make;undo b/trust;");
  g_assert_cmpstr (
      exc_job_get_summary (self->job), ==, "1 of 2 servers renewed. 1 server is as it was before.");
  g_assert_false (exc_job_server_get_can_undo (exc_job_find_server (self->job, "b.lab")));
  assert_replays (self);

  /* Resume leaves it so; a retry by name does it again. */
  g_string_truncate (fake_log, 0);
  assert_run (self, EXC_RUN_RETRY, "b.lab", EXC_STATE_DONE);
  g_assert_cmpstr (fake_log->str, ==, "run b/make;run b/trust;run b/bind;");
  assert_replays (self);
}

static void
test_failed_undo_goes_on (Fixture *self, gconstpointer data)
{
  assert_run (self, EXC_RUN_START, NULL, EXC_STATE_DONE);
  self->world.cells[0][0].fail_undos = 1;

  assert_run (self, EXC_RUN_UNDO, "a.lab", EXC_STATE_FAILED);
  g_assert_false (self->world.cells[0][2].is_there);
  g_assert_true (self->world.cells[0][1].is_there); /* stopped before it */
  g_assert_cmpstr (exc_job_get_interrupted_undo (self->job), ==, "a.lab");
  assert_replays (self);

  assert_run (self, EXC_RUN_UNDO, "a.lab", EXC_STATE_UNDONE);
  g_assert_cmpint (self->world.cells[0][2].n_undos, ==, 1);
  g_assert_null (exc_job_get_interrupted_undo (self->job));
  assert_replays (self);
}

static void
test_lost_journal_stops (Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  refuse_commits = TRUE;
  g_assert_false (run (self, EXC_RUN_START, NULL, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_STORE);
  g_assert_cmpstr (fake_log->str, ==, "");
}

static void
on_run_lose_journal (const char *server, const char *step, gpointer data)
{
  if (strcmp (step, "trust") == 0)
    refuse_commits = TRUE;
}

static void
test_journal_lost_in_the_middle (Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fake_on_run = on_run_lose_journal;
  g_assert_false (run (self, EXC_RUN_START, NULL, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_STORE);
  g_assert_cmpstr (fake_log->str, ==, "run a/make;run a/trust;");
  g_assert_cmpint (exc_job_get_state (self->job), ==, EXC_STATE_INTERRUPTED);

  refuse_commits = FALSE;
  fake_on_run = NULL;
  assert_run (self, EXC_RUN_RESUME, NULL, EXC_STATE_DONE);
  g_assert_cmpint (self->world.cells[0][1].n_runs, ==, 1);
}

/* Every beginning of the journal is a job that can be shown: nothing in it seems to run. */
static void
test_every_prefix_replays (Fixture *self, gconstpointer data)
{
  g_autoptr(GPtrArray) rows = NULL;

  self->world.cells[0][1].fail_looks = 1;
  self->world.cells[1][2].fail_runs = 1;
  self->world.cells[1][2].run_code = EXC_ERROR_REMOTE;
  assert_run (self, EXC_RUN_START, NULL, EXC_STATE_FAILED);
  assert_run (self, EXC_RUN_UNDO, "b.lab", EXC_STATE_UNDONE);
  rows = exc_journal_read_rows (self->journal, "j1", 0, NULL);
  g_assert_cmpuint (rows->len, >, 40);

  for (guint n = 0; n <= rows->len; n++) {
    g_autoptr(ExcJob) job = exc_job_new (&made, self->plan);
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

/* The whole program in small: opens the journal, goes on with the job, and is killed on the way.
 * The world lies in a file that outlives it. */
static int
child (const char *folder, int before, int after, const char *verb)
{
  g_autofree char *path = g_build_filename (folder, "jobs.sqlite", NULL);
  g_autofree char *memory = g_build_filename (folder, "world", NULL);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(ExcClock) clock = exc_clock_new ();
  g_autoptr(ExcPlan) plan = NULL;
  g_autoptr(ExcJob) job = NULL;
  g_autoptr(ExcRunner) runner = NULL;
  ExcJournal *journal = exc_journal_open (path, NULL, NULL);
  int fd = g_open (memory, O_RDWR, 0600);
  FakeWorld *world = mmap (NULL, sizeof (FakeWorld), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  gboolean is_undo = strcmp (verb, "undo") == 0;
  gboolean ok;

  g_assert_true (world != MAP_FAILED);
  plan = fake_plan_new (world);
  job = load (journal, plan);
  runner = exc_runner_new (job, journal, NULL, clock);
  exc_job_set_is_active (job, TRUE);
  n_commits = 0;
  kill_before_commit = before;
  kill_after_commit = after;
  exc_runner_run_async (runner,
                        is_undo ? EXC_RUN_UNDO : EXC_RUN_RESUME,
                        is_undo ? "a.lab" : NULL,
                        on_done_cb,
                        &result);
  pump (clock, &result);
  ok = exc_runner_run_finish (runner, result, NULL);
  exc_journal_close (journal);
  g_close (fd, NULL);
  return ok ? 0 : 1;
}

/* TRUE: it ended by itself; FALSE: it was killed. */
static gboolean
run_child (Fixture *self, int before, int after, const char *verb)
{
  g_autofree char *first = g_strdup_printf ("%d", before);
  g_autofree char *second = g_strdup_printf ("%d", after);
  g_autoptr(GError) error = NULL;
  g_autoptr(GSubprocess) process = g_subprocess_new (
      G_SUBPROCESS_FLAGS_NONE, &error, program, "--child", self->folder, first, second, verb, NULL);

  g_assert_no_error (error);
  g_assert_true (g_subprocess_wait (process, NULL, &error));
  g_assert_no_error (error);
  if (g_subprocess_get_if_signaled (process)) {
    g_assert_cmpint (g_subprocess_get_term_sig (process), ==, SIGKILL);
    return FALSE;
  }
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
  return TRUE;
}

static void
write_world (Fixture *self)
{
  g_autofree char *memory = g_build_filename (self->folder, "world", NULL);

  g_assert_true (
      g_file_set_contents (memory, (const char *) &self->world, sizeof (FakeWorld), NULL));
}

static void
read_world (Fixture *self)
{
  g_autofree char *memory = g_build_filename (self->folder, "world", NULL);
  g_autofree char *content = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (memory, &content, &length, NULL));
  g_assert_cmpuint (length, ==, sizeof (FakeWorld));
  memcpy (&self->world, content, length);
  g_remove (memory);
}

/* Killed at one place, started again: every step was done, and done once. */
static gboolean
survives (int before, int after, gboolean is_undo)
{
  Fixture self = { 0 };
  gboolean was_killed;

  fixture_set_up (&self, NULL);
  if (is_undo)
    assert_run (&self, EXC_RUN_START, NULL, EXC_STATE_DONE);
  write_world (&self);
  was_killed = !run_child (&self, before, after, is_undo ? "undo" : "resume");
  if (was_killed)
    g_assert_true (run_child (&self, 0, 0, is_undo ? "undo" : "resume"));
  read_world (&self);

  g_clear_object (&self.job);
  self.job = load (self.journal, self.plan);
  g_assert_cmpint (exc_job_get_state (self.job), ==, is_undo ? EXC_STATE_UNDONE : EXC_STATE_DONE);
  for (guint i = 0; i < FAKE_N_SERVERS; i++)
    for (guint j = 0; j < 3; j++) {
      g_assert_cmpint (self.world.cells[i][j].n_runs, ==, 1);
      g_assert_cmpint (self.world.cells[i][j].n_undos, ==, is_undo && i == 0 ? 1 : 0);
      g_assert_cmpint (self.world.cells[i][j].is_there, ==, !(is_undo && i == 0));
    }
  fixture_tear_down (&self, NULL);
  return was_killed;
}

static void
test_survives_kill (gconstpointer data)
{
  gboolean is_undo = GPOINTER_TO_INT (data);
  int n = 1;

  /* Before row n is durable, and after it: between the two lies what the row announces. */
  while (survives (n, 0, is_undo) && survives (0, n, is_undo))
    n++;
  g_test_message ("killed at each of %d rows", n - 1);
  g_assert_cmpint (n, >, is_undo ? 8 : 28);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  sqlite3_auto_extension ((void (*) (void)) on_database_opened);
  if (argc == 6 && strcmp (argv[1], "--child") == 0)
    return child (argv[2], atoi (argv[3]), atoi (argv[4]), argv[5]);

  g_test_init (&argc, &argv, NULL);
  program = g_canonicalize_filename (argv[0], NULL);

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
  g_test_add_data_func ("/plan/runner/survives-kill", GINT_TO_POINTER (FALSE), test_survives_kill);
  g_test_add_data_func (
      "/plan/runner/undo-survives-kill", GINT_TO_POINTER (TRUE), test_survives_kill);

  return g_test_run ();
}
