/* jobs-test.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "jobs-test.h"

#include "exc-error.h"

#include <glib/gstdio.h>
#include <unistd.h>

/* The servers of this process: tests of other processes change others of the same name. */
static ExcNames *
make_names (const char *organization)
{
  g_autofree char *path = NULL;
  g_autofree char *line = NULL;
  g_autoptr(GError) error = NULL;
  ExcNames *names;
  int pid = getpid ();
  int fd = g_file_open_tmp ("exc-hosts-XXXXXX", &path, &error);

  g_assert_no_error (error);
  close (fd);
  line = g_strdup_printf ("ex01.contoso.lab 127.%u.%d.%d 0\n",
                          g_str_hash (organization) & 255,
                          pid >> 8 & 255,
                          pid & 255);
  g_file_set_contents (path, line, -1, &error);
  g_assert_no_error (error);
  names = exc_names_load (path, &error);
  g_assert_no_error (error);
  g_remove (path);
  return names;
}

ExcOrganization *
jobs_test_make_organization (const char *name, ExcClock *clock)
{
  g_autoptr(ExcConnectionSettings) settings = exc_connection_settings_new ();
  g_autoptr(ExcSecret) secret = exc_secret_new ("secret", (gsize) -1);
  g_autoptr(ExcConnection) connection = NULL;
  g_autoptr(GError) error = NULL;

  settings->name = g_strdup (name);
  settings->exchange_url = g_strdup ("https://entry/PowerShell/");
  settings->names = make_names (name);
  settings->credentials = exc_credentials_new (EXC_AUTH_BASIC, "admin", secret);
  connection = exc_connection_new (settings, &error);
  g_assert_no_error (error);
  return exc_organization_new (connection, clock);
}

ExcPlan *
jobs_test_make_plan (gboolean is_up)
{
  g_autoptr(ExcServerFacts) facts = model_test_facts ("EX01");
  g_autoptr(ExcSnapshot) snapshot = NULL;
  g_autoptr(GError) error = NULL;
  ExcPlan *plan;
  const char *old = model_test_add (facts, model_test_record ("EX01", "Microsoft Exchange", 20));

  facts->internal_transport = g_strdup (old);
  facts->state = is_up ? EXC_SERVER_OK : EXC_SERVER_UNREACHABLE;
  model_test_bind (facts, "Exchange Back End", "*:444:", old);
  snapshot = model_test_snapshot (facts, NULL);
  plan = exc_plan_new_renew_microsoft_exchange (
      snapshot, (const char *[]){ "EX01", NULL }, NULL, &error);
  g_assert_no_error (error);
  return plan;
}

void
jobs_test_set_up (JobsTest *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fake_shell_reset ();
  self->folder = g_dir_make_tmp ("exc-jobs-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "jobs.sqlite", NULL);
  self->clock = exc_clock_new ();
  self->organization = jobs_test_make_organization ("contoso.lab", self->clock);
  self->plan = jobs_test_make_plan (TRUE);
  self->jobs = exc_jobs_new (self->path, self->clock, &error);
  g_assert_no_error (error);
  g_assert_true (exc_jobs_get_is_read_only (self->jobs)); /* until somebody unlocks it */
  exc_jobs_set_is_read_only (self->jobs, FALSE);
}

void
jobs_test_tear_down (JobsTest *self, gconstpointer data)
{
  g_autoptr(GDir) dir = NULL;
  const char *name;

  g_assert_finalize_object (g_steal_pointer (&self->jobs));
  g_clear_object (&self->plan);
  g_clear_object (&self->organization);
  g_clear_object (&self->clock);
  dir = g_dir_open (self->folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename (self->folder, name, NULL);

    g_remove (file);
  }
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->path);
  fake_shell_reset ();
}

ExcJob *
jobs_test_start (JobsTest *self)
{
  g_autoptr(GError) error = NULL;
  ExcJob *job = exc_jobs_start (self->jobs, self->plan, self->organization, &error);

  g_assert_no_error (error);
  return job;
}

void
jobs_test_end (JobsTest *self, ExcJob *job)
{
  exc_jobs_stop_after_step (self->jobs, job);
  while (exc_job_get_is_active (job)) {
    if (fake_shell_get_n_runs () > 0)
      fake_run_fail (fake_shell_get_run (0), EXC_ERROR, EXC_ERROR_UNREACHABLE, FALSE);
    g_main_context_iteration (NULL, TRUE);
  }
  while (g_main_context_iteration (NULL, FALSE))
    ;
}
