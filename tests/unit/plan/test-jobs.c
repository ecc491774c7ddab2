/* test-jobs.c — the list of jobs, and the guards before every change
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "jobs-test.h"

#include <sqlite3.h>

static void
assert_refused (JobsTest *self, const char *part)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (exc_jobs_start (self->jobs, self->plan, self->organization, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_REFUSED);
  if (strstr (error->message, part) == NULL)
    g_error ("“%s” is not in “%s”", part, error->message);
}

static void
test_read_only_refuses (JobsTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = NULL;
  g_autoptr(GError) error = NULL;

  exc_jobs_set_is_read_only (self->jobs, TRUE);
  assert_refused (self, "read-only");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->jobs)), ==, 0);

  exc_jobs_set_is_read_only (self->jobs, FALSE);
  job = jobs_test_start (self);
  jobs_test_end (self, job);
  exc_jobs_set_is_read_only (self->jobs, TRUE);
  g_assert_false (exc_jobs_resume (self->jobs, job, self->organization, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (
      exc_jobs_retry_server (self->jobs, job, "ex01.contoso.lab", self->organization, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_REFUSED);
}

static void
test_blocked_refuses (JobsTest *self, gconstpointer data)
{
  g_clear_object (&self->plan);
  self->plan = jobs_test_make_plan (FALSE);
  assert_refused (self, "see its checks");
}

static void
test_one_at_a_time (JobsTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = jobs_test_start (self);
  g_autoptr(ExcJob) other_job = NULL;
  g_autoptr(ExcOrganization) other = jobs_test_make_organization ("fabrikam.lab", self->clock);
  g_autoptr(GError) error = NULL;

  g_assert_true (exc_job_get_is_active (job));
  assert_refused (self, "Wait until it has ended");

  /* Another organization is another matter. */
  other_job = exc_jobs_start (self->jobs, self->plan, other, &error);
  g_assert_no_error (error);
  jobs_test_end (self, other_job);
  jobs_test_end (self, job);
}

static void
test_one_program_at_a_time (JobsTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = jobs_test_start (self);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcJobs) other = exc_jobs_new (self->path, self->clock, &error);
  ExcJob *seen;

  g_assert_no_error (error);
  exc_jobs_set_is_read_only (other, FALSE);
  g_assert_null (exc_jobs_start (other, self->plan, self->organization, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "Another program"));
  g_clear_error (&error);

  /* The other one goes on with what this one has left behind, knowing what was done meanwhile. */
  seen = exc_jobs_lookup (other, exc_job_get_id (job));
  g_assert_cmpint (exc_job_get_state (seen), ==, EXC_STATE_INTERRUPTED);
  jobs_test_end (self, job);
  g_assert_true (exc_jobs_resume (other, seen, self->organization, &error));
  g_assert_no_error (error);
  exc_jobs_stop_after_step (other, seen);
  while (exc_job_get_is_active (seen)) {
    if (fake_shell_get_n_runs () > 0)
      fake_run_fail (fake_shell_get_run (0), EXC_ERROR, EXC_ERROR_UNREACHABLE, FALSE);
    g_main_context_iteration (NULL, TRUE);
  }
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Somebody else on this machine, with a journal of their own. */
static void
test_one_user_at_a_time (JobsTest *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "theirs.sqlite", NULL);
  g_autoptr(ExcJob) job = jobs_test_start (self);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcJobs) theirs = exc_jobs_new (path, self->clock, &error);
  g_autoptr(ExcJob) their_job = NULL;

  g_assert_no_error (error);
  exc_jobs_set_is_read_only (theirs, FALSE);
  g_assert_null (exc_jobs_start (theirs, self->plan, self->organization, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, "Another program"));
  g_clear_error (&error);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (theirs)), ==, 0);

  jobs_test_end (self, job);
  their_job = exc_jobs_start (theirs, self->plan, self->organization, &error);
  g_assert_no_error (error);
  exc_jobs_stop_after_step (theirs, their_job);
  while (exc_job_get_is_active (their_job)) {
    if (fake_shell_get_n_runs () > 0)
      fake_run_fail (fake_shell_get_run (0), EXC_ERROR, EXC_ERROR_UNREACHABLE, FALSE);
    g_main_context_iteration (NULL, TRUE);
  }
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
on_waited_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

static void
test_waits_and_gives_up (JobsTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = jobs_test_start (self);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  exc_jobs_wait_async (self->jobs, job, NULL, on_waited_cb, &result);
  while (result == NULL) {
    if (fake_shell_get_n_runs () > 0) {
      g_assert_false (fake_shell_get_run (0)->has_permit);
      fake_run_fail (fake_shell_get_run (0), EXC_ERROR, EXC_ERROR_UNREACHABLE, FALSE);
    }
    if (!g_main_context_iteration (NULL, FALSE))
      exc_clock_advance (self->clock, 1);
  }
  g_assert_true (exc_jobs_wait_finish (self->jobs, result, &error));
  g_assert_no_error (error);
  g_assert_cmpint (exc_job_get_state (job), ==, EXC_STATE_UNREACHABLE);
  g_assert_nonnull (strstr (exc_job_get_summary (job), "by the test"));
}

static void
test_cancelled_wait_leaves_job (JobsTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = jobs_test_start (self);
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  exc_jobs_wait_async (self->jobs, job, cancellable, on_waited_cb, &result);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (exc_jobs_wait_finish (self->jobs, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_true (exc_job_get_is_active (job));
  jobs_test_end (self, job);
}

/* A retry of a server that is waited for asks it at once. */
static void
test_retry_ends_wait (JobsTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = jobs_test_start (self);
  g_autoptr(GError) error = NULL;

  while (exc_job_get_state (job) != EXC_STATE_WAITING) {
    if (fake_shell_get_n_runs () > 0)
      fake_run_fail (fake_shell_get_run (0), EXC_ERROR, EXC_ERROR_UNREACHABLE, FALSE);
    g_main_context_iteration (NULL, TRUE);
  }
  g_assert_cmpuint (fake_shell_get_n_runs (), ==, 0);
  g_assert_true (
      exc_jobs_retry_server (self->jobs, job, "EX01.contoso.lab", self->organization, &error));
  while (fake_shell_get_n_runs () == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (exc_job_get_state (job), ==, EXC_STATE_RUNNING);
  jobs_test_end (self, job);
}

/* Whoever opens the organization next may go on at once. */
static void
test_left_is_interrupted (JobsTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = jobs_test_start (self);
  g_autoptr(GError) error = NULL;

  while (fake_shell_get_n_runs () == 0)
    g_main_context_iteration (NULL, TRUE);
  exc_jobs_leave (self->jobs);
  g_assert_true (exc_job_get_is_active (job)); /* its command is answered first */
  while (exc_job_get_is_active (job)) {
    if (fake_shell_get_n_runs () > 0)
      fake_run_fail (fake_shell_get_run (0), EXC_ERROR, EXC_ERROR_GONE, FALSE);
    g_main_context_iteration (NULL, TRUE);
  }
  g_assert_cmpint (exc_job_get_state (job), ==, EXC_STATE_INTERRUPTED);

  g_assert_true (exc_jobs_resume (self->jobs, job, self->organization, &error));
  g_assert_no_error (error);
  while (exc_job_get_state (job) != EXC_STATE_WAITING) {
    if (fake_shell_get_n_runs () > 0)
      fake_run_fail (fake_shell_get_run (0), EXC_ERROR, EXC_ERROR_GONE, FALSE);
    g_main_context_iteration (NULL, TRUE);
  }
  exc_jobs_leave (self->jobs); /* a wait ends at once */
  while (exc_job_get_is_active (job))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (exc_job_get_state (job), ==, EXC_STATE_INTERRUPTED);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Leaves a journal as a killed program does: the job began and never ended. */
static char *
leave_interrupted (JobsTest *self)
{
  ExcJob *job = jobs_test_start (self);
  char *id = g_strdup (exc_job_get_id (job));
  sqlite3 *handle = NULL;
  g_autofree char *sql = g_strdup_printf (
      "INSERT INTO event (job, time, event, text) VALUES ('%s', 5, 'begun', 'resume');"
      "INSERT INTO event (job, time, server, step, event)"
      " VALUES ('%s', 5, 'ex01.contoso.lab', 'create', 'started')",
      id,
      id);

  jobs_test_end (self, job);
  g_object_unref (job);
  g_assert_cmpint (sqlite3_open (self->path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (handle);

  g_assert_finalize_object (g_steal_pointer (&self->jobs));
  self->jobs = exc_jobs_new (self->path, self->clock, NULL);
  exc_jobs_set_is_read_only (self->jobs, FALSE);
  return id;
}

static void
test_interrupted_comes_first (JobsTest *self, gconstpointer data)
{
  g_autofree char *id = leave_interrupted (self);
  ExcJob *job = exc_jobs_lookup (self->jobs, id);
  g_autoptr(ExcOrganization) other = jobs_test_make_organization ("fabrikam.lab", self->clock);
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (exc_job_get_state (job), ==, EXC_STATE_INTERRUPTED);
  g_assert_nonnull (strstr (exc_job_get_summary (job), "resume looks first"));
  assert_refused (self, "was interrupted on ex01.contoso.lab");

  g_assert_false (exc_jobs_resume (self->jobs, job, other, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_REFUSED);
  g_clear_error (&error);

  g_assert_true (exc_jobs_resume (self->jobs, job, self->organization, &error));
  g_assert_no_error (error);
  while (fake_shell_get_n_runs () == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (fake_shell_get_run (0)->has_permit); /* it looks first */
  jobs_test_end (self, job);
}

static void
test_lookup (JobsTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) first = jobs_test_start (self);
  g_autofree char *prefix = g_strndup (exc_job_get_id (first), 7);
  g_autoptr(ExcJob) second = NULL;
  g_autoptr(ExcJob) newest = NULL;

  jobs_test_end (self, first);
  g_assert_true (exc_jobs_lookup (self->jobs, prefix) == first);
  g_assert_null (exc_jobs_lookup (self->jobs, "x"));
  g_assert_true (exc_jobs_lookup (self->jobs, exc_job_get_id (first)) == first);

  second = jobs_test_start (self);
  jobs_test_end (self, second);
  g_assert_null (exc_jobs_lookup (self->jobs, "")); /* two of them begin so */
  newest = g_list_model_get_item (G_LIST_MODEL (self->jobs), 0);
  g_assert_true (newest == second);
}

static void
test_unknown_kind_is_shown (JobsTest *self, gconstpointer data)
{
  sqlite3 *handle = NULL;
  g_autoptr(GError) error = NULL;
  ExcJob *job;

  g_assert_cmpint (sqlite3_open (self->path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle,
                                 "INSERT INTO job (id, organization, kind, plan, made)"
                                 " VALUES ('aa', 'contoso.lab', 'later', '{}', 1);"
                                 "INSERT INTO event (job, time, event) VALUES ('aa', 1, 'begun')",
                                 NULL,
                                 NULL,
                                 NULL),
                   ==,
                   SQLITE_OK);
  sqlite3_close (handle);
  g_assert_finalize_object (g_steal_pointer (&self->jobs));
  self->jobs = exc_jobs_new (self->path, self->clock, &error);
  g_assert_no_error (error);
  exc_jobs_set_is_read_only (self->jobs, FALSE);

  job = exc_jobs_lookup (self->jobs, "aa");
  g_assert_nonnull (strstr (exc_job_get_summary (job), "does not know this kind"));
  g_assert_false (exc_jobs_resume (self->jobs, job, self->organization, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_REFUSED);
}

static void
test_damaged_journal_is_set_aside (JobsTest *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  g_assert_null (exc_jobs_get_notice (self->jobs));
  g_assert_finalize_object (g_steal_pointer (&self->jobs));
  g_assert_true (g_file_set_contents (self->path, "nonsense", -1, NULL));
  self->jobs = exc_jobs_new (self->path, self->clock, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (exc_jobs_get_notice (self->jobs), ".broken-"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->jobs)), ==, 0);
}

static void
test_state_words (void)
{
  g_autoptr(GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (ExcState state = EXC_STATE_PENDING; state <= EXC_STATE_UNDONE; state++) {
    g_assert_cmpstr (exc_state_to_text (state), !=, "");
    g_assert_true (g_str_has_suffix (exc_state_to_icon_name (state), "-symbolic"));
    g_assert_true (g_hash_table_add (ids, (gpointer) exc_state_to_id (state)));
  }
}

/* No row holds the password, and every property can be read. */
static void
test_no_secret_is_kept (JobsTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = jobs_test_start (self);
  g_autofree char *content = NULL;
  g_autofree char *wal = g_strconcat (self->path, "-wal", NULL);
  gsize length;

  jobs_test_end (self, job);
  g_assert_true (g_file_get_contents (wal, &content, &length, NULL));
  g_assert_cmpuint (length, >, 0);
  g_assert_null (g_strstr_len (content, (gssize) length, "secret"));
}

static void
read_properties (GObject *object)
{
  guint n;
  g_autofree GParamSpec **specs = g_object_class_list_properties (G_OBJECT_GET_CLASS (object), &n);

  g_assert_cmpuint (n, >, 5);
  for (guint i = 0; i < n; i++) {
    g_auto(GValue) value = G_VALUE_INIT;

    g_object_get_property (object, specs[i]->name, &value);
  }
}

static void
test_properties (JobsTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = jobs_test_start (self);
  g_autoptr(GObject) server = g_list_model_get_item (exc_job_get_servers (job), 0);
  g_autoptr(GObject) step =
                 g_list_model_get_item (exc_job_server_get_steps (EXC_JOB_SERVER (server)), 0);

  read_properties (G_OBJECT (job));
  read_properties (server);
  read_properties (step);
  jobs_test_end (self, job);
}

#define ADD(path, func)                                                                            \
  g_test_add (path, JobsTest, NULL, jobs_test_set_up, func, jobs_test_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/plan/jobs/read-only-refuses", test_read_only_refuses);
  ADD ("/plan/jobs/blocked-refuses", test_blocked_refuses);
  ADD ("/plan/jobs/one-at-a-time", test_one_at_a_time);
  ADD ("/plan/jobs/one-program-at-a-time", test_one_program_at_a_time);
  ADD ("/plan/jobs/one-user-at-a-time", test_one_user_at_a_time);
  ADD ("/plan/jobs/waits-and-gives-up", test_waits_and_gives_up);
  ADD ("/plan/jobs/cancelled-wait-leaves-job", test_cancelled_wait_leaves_job);
  ADD ("/plan/jobs/retry-ends-wait", test_retry_ends_wait);
  ADD ("/plan/jobs/left-is-interrupted", test_left_is_interrupted);
  ADD ("/plan/jobs/interrupted-comes-first", test_interrupted_comes_first);
  ADD ("/plan/jobs/lookup", test_lookup);
  ADD ("/plan/jobs/unknown-kind-is-shown", test_unknown_kind_is_shown);
  ADD ("/plan/jobs/damaged-journal-is-set-aside", test_damaged_journal_is_set_aside);
  ADD ("/plan/jobs/no-secret-is-kept", test_no_secret_is_kept);
  ADD ("/plan/jobs/properties", test_properties);
  g_test_add_func ("/plan/state/words", test_state_words);

  return g_test_run ();
}
