/* renew-once.c — one run of a program that renews, and may be killed at any row of its journal
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-job.h"
#include "exc-organization.h"
#include "exc-plan-auth.h"
#include "exc-plan-certificates.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>

/*
 * renew-once FOLDER URL WINDOWS-URL USER HOSTS VERB KILL-BEFORE KILL-AFTER WORD…
 *
 * The password comes by standard input. VERB is "undo" (take the job back on the server that the
 * first WORD names) or a kind of plan, about the WORDs (start a job, or resume the one that the
 * journal in FOLDER holds). Its clock differs by EXC_CLOCK_OFFSET seconds. It dies by SIGKILL
 * before commit KILL-BEFORE of its database is durable, or right after commit KILL-AFTER is; 0 is
 * never. With EXC_SHORT_LIMITS the limits of commands pass a hundred times as quickly. All this is
 * done to its own SQLite and GLib: the product has no such switch. It prints the job's state, how
 * many commits there were, and on a line of its own the job's summary.
 */

static int n_commits;
static int kill_before;
static int kill_after;
static gboolean is_armed;

static int
on_commit_cb (void *data)
{
  if (is_armed && ++n_commits == kill_before)
    raise (SIGKILL);
  return 0;
}

static int
on_statement_done_cb (unsigned type, void *database, void *statement, void *duration)
{
  if (is_armed && n_commits > 0 && n_commits == kill_after && sqlite3_get_autocommit (database))
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

/* In place of GLib's own. A connection's time-outs stay: the limits of a command are the one that
 * lets others go first, of 20 seconds, and those of minutes. */
guint
g_timeout_add_seconds (guint interval, GSourceFunc function, gpointer data)
{
  if (g_getenv ("EXC_SHORT_LIMITS") != NULL && (interval == 20 || interval > 60))
    return g_timeout_add (interval * 10, function, data);
  return g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, interval, function, data, NULL);
}

static void
on_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* The program's waits pass quickly. */
static gboolean
on_timer_cb (gpointer user_data)
{
  exc_clock_advance (user_data, 5);
  return G_SOURCE_CONTINUE;
}

static ExcConnection *
connect_by (char **argv, GError **error)
{
  g_autoptr(ExcConnectionSettings) settings = exc_connection_settings_new ();
  g_autoptr(ExcSecret) password = NULL;
  g_autoptr(ExcNames) names = exc_names_load (argv[5], error);
  char line[256];

  if (names == NULL || fgets (line, sizeof line, stdin) == NULL)
    return NULL;
  password = exc_secret_new (g_strchomp (line), (gsize) -1);
  settings->name = g_strdup ("contoso.lab");
  settings->exchange_url = g_strdup (argv[2]);
  settings->windows_url = g_strdup (argv[3]);
  settings->credentials = exc_credentials_new (EXC_AUTH_BASIC, argv[4], password);
  settings->names = exc_names_ref (names);
  return exc_connection_new (settings, error);
}

/* Its password is “geheim”. (transfer full) (nullable) */
static ExcPlan *
import_file (ExcSnapshot *snapshot, const char *server, const char *path, GError **error)
{
  const char *const servers[] = { server, NULL };
  g_autoptr(ExcSecret) password = exc_secret_new ("geheim", (gsize) -1);
  g_autoptr(ExcSecret) pfx = NULL;
  g_autofree char *data = NULL;
  gsize size;

  if (!g_file_get_contents (path, &data, &size, error))
    return NULL;
  pfx = exc_secret_new (data, size);
  return exc_plan_new_import (snapshot, servers, pfx, password, NULL, FALSE, error);
}

/* (transfer full) (nullable) */
static ExcPlan *
complete_with_file (ExcSnapshot *snapshot, const char *server, const char *path, GError **error)
{
  g_autoptr(GBytes) answer = NULL;
  char *data;
  gsize size;

  if (!g_file_get_contents (path, &data, &size, error))
    return NULL;
  answer = g_bytes_new_take (data, size);
  return exc_plan_new_complete (snapshot, server, answer, error);
}

/* (transfer full) (nullable) */
static ExcPlan *
repair (ExcSnapshot *snapshot, const char *id, const char *const *servers, GError **error)
{
  ExcRepair what;

  if (!exc_repair_from_id (id, &what))
    g_error ("no repair: %s", id);
  return exc_plan_new_repair (snapshot, what, servers, error);
}

/* (transfer full) (nullable) */
static ExcPlan *
make_plan (const char *verb, ExcSnapshot *snapshot, const char *const *words, GError **error)
{
  if (strcmp (verb, "renew") == 0)
    return exc_plan_new_renew_microsoft_exchange (snapshot, words, NULL, error);
  if (strcmp (verb, "renew-whole") == 0)
    return exc_plan_new_renew_microsoft_exchange (
        snapshot,
        words,
        &(ExcRenewOptions){
            .restart = EXC_RESTART_TRANSPORT, .restarts_mail = TRUE, .removes_old = TRUE },
        error);
  if (strcmp (verb, "rotate") == 0)
    return exc_plan_new_rotate_auth (snapshot, &(ExcAuthOptions){ .soak_days = 7 }, error);
  if (strcmp (verb, "replace") == 0)
    return exc_plan_new_replace_auth (snapshot, NULL, error);
  if (strcmp (verb, "distribute") == 0)
    return exc_plan_new_distribute_auth (snapshot, NULL, error);
  if (strcmp (verb, "wmsvc") == 0)
    return exc_plan_new_renew_wmsvc (
        snapshot, words, &(ExcWmsvcOptions){ .by_windows = TRUE }, error);
  if (strcmp (verb, "wmsvc-delete") == 0)
    return exc_plan_new_renew_wmsvc (
        snapshot, words, &(ExcWmsvcOptions){ .removes_old = TRUE }, error);
  if (strcmp (verb, "create") == 0)
    return exc_plan_new_create (snapshot, words, NULL, FALSE, TRUE, error);
  if (strcmp (verb, "request") == 0) /* SERVER FILE */
    return exc_plan_new_request (snapshot, words[0], NULL, NULL, words[1], error);
  if (strcmp (verb, "import") == 0) /* SERVER PFX-FILE */
    return import_file (snapshot, words[0], words[1], error);
  if (strcmp (verb, "complete") == 0) /* SERVER FILE */
    return complete_with_file (snapshot, words[0], words[1], error);
  if (strcmp (verb, "repair") == 0) /* WHAT SERVER… */
    return repair (snapshot, words[0], words + 1, error);
  if (strcmp (verb, "bind") == 0)
    return exc_plan_new_bind (
        snapshot,
        words[0],
        words + 1,
        &(ExcBindOptions){ .places = EXC_BIND_LOOPBACK | EXC_BIND_BACK_END | EXC_BIND_WMSVC },
        error);
  if (strcmp (verb, "assign") == 0)
    return exc_plan_new_assign (snapshot,
                                words[0],
                                words + 1,
                                EXC_SERVICE_SMTP | EXC_SERVICE_IIS | EXC_SERVICE_POP,
                                &(ExcAssignOptions){ .replaces_default = TRUE },
                                error);
  if (strcmp (verb, "trust") == 0)
    return exc_plan_new_trust (snapshot, words[1], words[0], words + 2, error);
  if (strcmp (verb, "untrust") == 0)
    return exc_plan_new_untrust (snapshot, words[0], words + 1, error);
  if (strcmp (verb, "delete") == 0)
    return exc_plan_new_delete (
        snapshot,
        &(ExcCertificateRef){ words[1], words[0] },
        1,
        &(ExcDeleteOptions){ .removes_root = TRUE,
                             .clears_connector = TRUE,
                             .confirmations = (const char *[]){ words[0] + 36, NULL } },
        error);
  g_error ("no verb: %s", verb);
}

/* (transfer full) (nullable) */
static ExcJob *
start (ExcJobs *jobs,
       ExcOrganization *organization,
       const char *verb,
       const char *const *words,
       GError **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(ExcPlan) plan = NULL;

  exc_organization_refresh_async (organization, NULL, NULL, NULL, on_result_cb, &result);
  wait_for (&result);
  if (!exc_organization_refresh_finish (organization, result, error))
    return NULL;
  plan = make_plan (verb, exc_organization_get_snapshot (organization), words, error);
  return plan != NULL ? exc_jobs_start (jobs, plan, organization, error) : NULL;
}

/* (transfer full) (nullable): a job that the killed program brought to its end, or to a wait that
 * is not over, is left alone. */
static ExcJob *
go_on (ExcJobs *jobs,
       ExcOrganization *organization,
       ExcClock *clock,
       gboolean is_undo,
       const char *server,
       GError **error)
{
  g_autoptr(ExcJob) job = g_list_model_get_item (G_LIST_MODEL (jobs), 0);
  ExcState state = exc_job_get_state (job);
  gboolean ok;

  if (is_undo ? state == EXC_STATE_UNDONE : state == EXC_STATE_DONE || state == EXC_STATE_WARNINGS)
    return g_steal_pointer (&job);
  if (!is_undo && exc_job_get_is_parked (job) && exc_job_get_wake_at (job) > exc_clock_now (clock))
    return g_steal_pointer (&job);
  /* An undo that broke off is resumed as what it was. */
  if (is_undo && state != EXC_STATE_INTERRUPTED)
    ok = exc_jobs_undo_server (jobs, job, server, organization, error);
  else
    ok = exc_jobs_resume (jobs, job, organization, error);
  return ok ? g_steal_pointer (&job) : NULL;
}

static gboolean
run (char **argv, GError **error)
{
  g_autofree char *path = g_build_filename (argv[1], "jobs.db", NULL);
  gboolean is_undo = strcmp (argv[6], "undo") == 0;
  g_autoptr(ExcClock) clock = exc_clock_new ();
  g_autoptr(ExcConnection) connection = connect_by (argv, error);
  g_autoptr(ExcOrganization) organization = NULL;
  g_autoptr(ExcJobs) jobs = NULL;
  g_autoptr(ExcJob) job = NULL;
  g_autoptr(GAsyncResult) waited = NULL;
  g_autoptr(GAsyncResult) closed = NULL;

  if (connection == NULL)
    return FALSE;
  if (g_getenv ("EXC_CLOCK_OFFSET") != NULL)
    exc_clock_set_offset (clock, g_ascii_strtoll (g_getenv ("EXC_CLOCK_OFFSET"), NULL, 10));
  organization = exc_organization_new (connection, clock);
  jobs = exc_jobs_new (path, clock, error);
  if (jobs == NULL)
    return FALSE;
  exc_jobs_set_is_read_only (jobs, FALSE);
  g_timeout_add (20, on_timer_cb, clock);

  kill_before = atoi (argv[7]);
  kill_after = atoi (argv[8]);
  is_armed = TRUE;
  job = g_list_model_get_n_items (G_LIST_MODEL (jobs)) > 0
            ? go_on (jobs, organization, clock, is_undo, argv[9], error)
            : start (jobs, organization, argv[6], (const char *const *) argv + 9, error);
  if (job == NULL)
    return FALSE;
  exc_jobs_wait_async (jobs, job, NULL, on_result_cb, &waited);
  wait_for (&waited);
  printf ("%s %d\n%s\n",
          exc_state_to_id (exc_job_get_state (job)),
          n_commits,
          exc_job_get_summary (job));

  exc_connection_close_async (connection, NULL, on_result_cb, &closed);
  wait_for (&closed);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (argc, >=, 10);
  sqlite3_auto_extension ((void (*) (void)) on_database_opened);
  if (run (argv, &error))
    return 0;
  fprintf (stderr, "renew-once: %s\n", error != NULL ? error->message : "no password");
  return 1;
}
