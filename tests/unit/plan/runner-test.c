/* runner-test.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "runner-test.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>

int runner_test_n_commits;
int runner_test_kill_before_commit;
int runner_test_kill_after_commit;
gboolean runner_test_refuse_commits;

const ExcJournalJob runner_test_made = { .id = (char *) "j1",
                                         .organization = (char *) "lab",
                                         .kind = (char *) "fake",
                                         .plan = (char *) "{}",
                                         .made = 1 };

static int
on_commit_cb (void *data)
{
  if (++runner_test_n_commits == runner_test_kill_before_commit)
    raise (SIGKILL);
  return runner_test_refuse_commits; /* 1: the commit fails */
}

/* After a statement; a commit is durable by then. */
static int
on_statement_done_cb (unsigned type, void *database, void *statement, void *duration)
{
  if (runner_test_n_commits > 0 && runner_test_n_commits == runner_test_kill_after_commit &&
      sqlite3_get_autocommit (database))
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

/* The job as the journal tells it, as a program would after its start. */
ExcJob *
runner_test_load (ExcJournal *journal, ExcPlan *plan)
{
  g_autoptr(GPtrArray) rows = exc_journal_read_rows (journal, "j1", 0, NULL);
  ExcJob *job = exc_job_new (&runner_test_made, plan);

  for (guint i = 0; i < rows->len; i++)
    exc_job_apply (job, g_ptr_array_index (rows, i));
  return job;
}

void
runner_test_set_up (RunnerTest *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  self->folder = g_dir_make_tmp ("exc-runner-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "jobs.sqlite", NULL);
  self->plan = data != NULL ? fake_plan_new_phased (&self->world) : fake_plan_new (&self->world);
  self->clock = exc_clock_new ();
  self->journal = exc_journal_open (self->path, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (exc_journal_add_job (self->journal, &runner_test_made, &error));
  self->job = runner_test_load (self->journal, self->plan);
  fake_log = g_string_new (NULL);
}

void
runner_test_tear_down (RunnerTest *self, gconstpointer data)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  runner_test_refuse_commits = FALSE;
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
void
runner_test_pump (ExcClock *clock, GAsyncResult **result)
{
  while (*result == NULL)
    if (!g_main_context_iteration (NULL, FALSE))
      exc_clock_advance (clock, 1);
}

gboolean
runner_test_run (RunnerTest *self, ExcRunMode mode, const char *server, GError **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  gboolean ok;

  self->runner = exc_runner_new (self->job, self->journal, NULL, self->clock);
  exc_job_set_is_active (self->job, TRUE);
  exc_job_begin_progress (self->job);
  exc_runner_run_async (self->runner, mode, server, on_done_cb, &result);
  runner_test_pump (self->clock, &result);
  ok = exc_runner_run_finish (self->runner, result, error);
  g_clear_object (&result);
  g_assert_finalize_object (g_steal_pointer (&self->runner));
  exc_job_set_is_active (self->job, FALSE);
  return ok;
}

void
runner_test_assert_run (RunnerTest *self, ExcRunMode mode, const char *server, ExcState state)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (runner_test_run (self, mode, server, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (exc_state_to_id (exc_job_get_state (self->job)), ==, exc_state_to_id (state));
}

/* Before the first database is opened. */
void
runner_test_init (void)
{
  sqlite3_auto_extension ((void (*) (void)) on_database_opened);
}
