/* test-jobs-parked.c — jobs that begin later, wait for the user, or leave a server out
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "jobs-test.h"

#define SERVER "ex01.contoso.lab"
#define HOUR_S 3600

static ExcJob *
schedule (JobsTest *self)
{
  g_autoptr(GError) error = NULL;
  ExcJob *job = exc_jobs_schedule (
      self->jobs, self->plan, self->organization, exc_clock_now (self->clock) + 6 * HOUR_S, &error);

  g_assert_no_error (error);
  g_assert_false (exc_job_get_is_active (job));
  g_assert_cmpint (exc_job_get_state (job), ==, EXC_STATE_WAITING);
  g_assert_nonnull (strstr (exc_job_get_summary (job), "Begins on"));
  return job;
}

/* Whatever can happen at once, happens. */
static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_begins_in_its_window (JobsTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = schedule (self);

  exc_jobs_watch (self->jobs, self->organization);
  exc_clock_advance (self->clock, 5 * HOUR_S);
  settle ();
  g_assert_false (exc_job_get_is_active (job));

  exc_clock_advance (self->clock, HOUR_S + 1);
  while (!exc_job_get_is_active (job))
    g_main_context_iteration (NULL, TRUE);
  jobs_test_end (self, job);
  exc_jobs_watch (self->jobs, NULL);
}

/* Nothing is changed while the user has not allowed it; then it is taken up. */
static void
test_read_only_holds_it (JobsTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = schedule (self);

  exc_jobs_watch (self->jobs, self->organization);
  exc_jobs_set_is_read_only (self->jobs, TRUE);
  exc_clock_advance (self->clock, 7 * HOUR_S);
  settle ();
  g_assert_false (exc_job_get_is_active (job));

  exc_jobs_set_is_read_only (self->jobs, FALSE);
  g_assert_true (exc_job_get_is_active (job));
  jobs_test_end (self, job);
  exc_jobs_watch (self->jobs, NULL);
}

/* The organization is free while a job waits; what is due waits for the one that runs. */
static void
test_waits_its_turn (JobsTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) later = schedule (self);
  g_autoptr(ExcJob) now = jobs_test_start (self);

  exc_jobs_watch (self->jobs, self->organization);
  exc_clock_advance (self->clock, 7 * HOUR_S);
  settle ();
  g_assert_false (exc_job_get_is_active (later));
  jobs_test_end (self, now);
  g_assert_true (exc_job_get_is_active (later));
  jobs_test_end (self, later);
  exc_jobs_watch (self->jobs, NULL);
}

static void
test_known_after_a_restart (JobsTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = schedule (self);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcJobs) again = exc_jobs_new (self->path, self->clock, &error);
  ExcJob *found;

  g_assert_no_error (error);
  found = exc_jobs_lookup (again, exc_job_get_id (job));
  g_assert_true (exc_job_get_is_parked (found));
  g_assert_cmpint (exc_job_get_wake_at (found), ==, exc_job_get_wake_at (job));
  g_assert_cmpstr (exc_job_get_summary (found), ==, exc_job_get_summary (job));
}

static void
test_excludes (JobsTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = jobs_test_start (self);
  g_autoptr(GError) error = NULL;

  g_assert_false (exc_jobs_exclude_server (self->jobs, job, SERVER, self->organization, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_REFUSED); /* while it runs */
  g_clear_error (&error);
  jobs_test_end (self, job);

  g_assert_false (exc_jobs_exclude_server (self->jobs, job, "nowhere", self->organization, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (exc_jobs_exclude_server (self->jobs, job, SERVER, self->organization, &error));
  g_assert_no_error (error);
  g_assert_cmpint (exc_job_get_state (job), ==, EXC_STATE_SKIPPED);
  g_assert_nonnull (strstr (exc_job_get_summary (job), "1 server was left out."));
  g_assert_false (exc_jobs_exclude_server (self->jobs, job, SERVER, self->organization, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_REFUSED); /* it is out already */
}

static void
test_confirms_only_what_waits (JobsTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = schedule (self);
  g_autoptr(GError) error = NULL;

  g_assert_false (exc_jobs_confirm (self->jobs, job, SERVER, "create", self->organization, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_false (
      exc_jobs_confirm (self->jobs, job, SERVER, "nothing", self->organization, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_REFUSED);
}

#define ADD(path, test)                                                                            \
  g_test_add (path, JobsTest, NULL, jobs_test_set_up, test, jobs_test_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/plan/jobs/begins-in-its-window", test_begins_in_its_window);
  ADD ("/plan/jobs/read-only-holds-it", test_read_only_holds_it);
  ADD ("/plan/jobs/waits-its-turn", test_waits_its_turn);
  ADD ("/plan/jobs/known-after-a-restart", test_known_after_a_restart);
  ADD ("/plan/jobs/excludes", test_excludes);
  ADD ("/plan/jobs/confirms-only-what-waits", test_confirms_only_what_waits);

  return g_test_run ();
}
