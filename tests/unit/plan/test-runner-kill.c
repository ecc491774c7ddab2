/* test-runner-kill.c — a program killed between any two rows of its journal, in small
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "runner-test.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/mman.h>

static char *program;

static void
on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
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
  job = runner_test_load (journal, plan);
  runner = exc_runner_new (job, journal, NULL, clock);
  exc_job_set_is_active (job, TRUE);
  runner_test_n_commits = 0;
  runner_test_kill_before_commit = before;
  runner_test_kill_after_commit = after;
  exc_runner_run_async (runner,
                        is_undo ? EXC_RUN_UNDO : EXC_RUN_RESUME,
                        is_undo ? "a.lab" : NULL,
                        on_done_cb,
                        &result);
  runner_test_pump (clock, &result);
  ok = exc_runner_run_finish (runner, result, NULL);
  exc_journal_close (journal);
  g_close (fd, NULL);
  return ok ? 0 : 1;
}

/* TRUE: it ended by itself; FALSE: it was killed. */
static gboolean
run_child (RunnerTest *self, int before, int after, const char *verb)
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
write_world (RunnerTest *self)
{
  g_autofree char *memory = g_build_filename (self->folder, "world", NULL);

  g_assert_true (
      g_file_set_contents (memory, (const char *) &self->world, sizeof (FakeWorld), NULL));
}

static void
read_world (RunnerTest *self)
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
  RunnerTest self = { 0 };
  gboolean was_killed;

  runner_test_set_up (&self, NULL);
  if (is_undo)
    runner_test_assert_run (&self, EXC_RUN_START, NULL, EXC_STATE_DONE);
  write_world (&self);
  was_killed = !run_child (&self, before, after, is_undo ? "undo" : "resume");
  if (was_killed)
    g_assert_true (run_child (&self, 0, 0, is_undo ? "undo" : "resume"));
  read_world (&self);

  g_clear_object (&self.job);
  self.job = runner_test_load (self.journal, self.plan);
  g_assert_cmpint (exc_job_get_state (self.job), ==, is_undo ? EXC_STATE_UNDONE : EXC_STATE_DONE);
  for (guint i = 0; i < FAKE_N_SERVERS; i++)
    for (guint j = 0; j < 3; j++) {
      g_assert_cmpint (self.world.cells[i][j].n_runs, ==, 1);
      g_assert_cmpint (self.world.cells[i][j].n_undos, ==, is_undo && i == 0 ? 1 : 0);
      g_assert_cmpint (self.world.cells[i][j].is_there, ==, !(is_undo && i == 0));
    }
  runner_test_tear_down (&self, NULL);
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

int
main (int argc, char **argv)
{
  runner_test_init ();
  if (argc == 6 && strcmp (argv[1], "--child") == 0)
    return child (argv[2], atoi (argv[3]), atoi (argv[4]), argv[5]);

  g_test_init (&argc, &argv, NULL);
  program = g_canonicalize_filename (argv[0], NULL);

  g_test_add_data_func ("/plan/runner/survives-kill", GINT_TO_POINTER (FALSE), test_survives_kill);
  g_test_add_data_func (
      "/plan/runner/undo-survives-kill", GINT_TO_POINTER (TRUE), test_survives_kill);

  return g_test_run ();
}
