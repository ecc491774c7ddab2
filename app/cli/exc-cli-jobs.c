/* exc-cli-jobs.c — the journal: list, show, resume, undo
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cli"

#include "config.h"

#include "exc-cli-private.h"

#include "exc-error.h"

#include <glib/gi18n.h>

ExcJob *
exc_cli_find_job (ExcJobs *jobs, const char *id, GError **error)
{
  ExcJob *job = exc_jobs_lookup (jobs, id);

  if (job == NULL)
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_NOT_FOUND,
                 _("There is no job “%s”, or several begin so."), id);
  return job;
}

static void
print_jobs (GListModel *jobs)
{
  const char *const titles[] = {
    _("JOB"), _("STARTED"), _("ORGANIZATION"), _("STATE"), _("UNTIL"), _("TITLE"), NULL };
  g_autoptr(ExcCliTable) table = exc_cli_table_new (titles);

  for (guint i = 0; i < g_list_model_get_n_items (jobs); i++) {
    g_autoptr(ExcJob) job = g_list_model_get_item (jobs, i);
    g_autofree char *started = exc_cli_format_time (exc_job_get_started (job));
    g_autofree char *wake = exc_cli_format_time (exc_job_get_wake_at (job));
    const char *const cells[] = { exc_job_get_id (job),
                                  started,
                                  exc_job_get_organization (job),
                                  exc_state_to_text (exc_job_get_state (job)),
                                  wake,
                                  exc_job_get_title (job) };

    exc_cli_table_add (table, cells);
  }
  exc_cli_table_print (table);
}

static void
print_lane (ExcJobServer *lane)
{
  GListModel *steps = exc_job_server_get_steps (lane);

  g_print ("\n%s: %s\n",
           exc_job_server_get_title (lane),
           exc_state_to_text (exc_job_server_get_state (lane)));
  for (guint i = 0; i < g_list_model_get_n_items (steps); i++) {
    g_autoptr(ExcJobStep) step = g_list_model_get_item (steps, i);
    const char *detail = exc_job_step_get_detail (step);
    const char *log = exc_job_step_get_log (step);

    g_print ("  %s: %s%s%s\n",
             exc_job_step_get_text (step),
             exc_state_to_text (exc_job_step_get_state (step)),
             detail != NULL ? ": " : "",
             detail != NULL ? detail : "");
    if (log != NULL && *log != '\0') {
      g_auto(GStrv) lines = g_strsplit (log, "\n", -1);

      for (guint j = 0; lines[j] != NULL; j++) {
        if (*lines[j] != '\0')
          g_print ("      %s\n", lines[j]);
      }
    }
  }
}

static void
print_one (ExcJob *job)
{
  GListModel *servers = exc_job_get_servers (job);
  const char *summary = exc_job_get_summary (job);

  g_print ("%s %s: %s\n",
           exc_job_get_id (job),
           exc_job_get_title (job),
           exc_state_to_text (exc_job_get_state (job)));
  if (summary != NULL)
    g_print ("%s\n", summary);
  if (exc_job_get_is_parked (job) && exc_job_get_wake_at (job) != EXC_WAKE_BY_USER) {
    g_autofree char *wake = exc_cli_format_time (exc_job_get_wake_at (job));

    g_print (_("It waits until %s.\n"), wake);
  }
  for (guint i = 0; i < g_list_model_get_n_items (servers); i++) {
    g_autoptr(ExcJobServer) lane = g_list_model_get_item (servers, i);

    print_lane (lane);
  }
}

static void
print_json (GListModel *jobs, ExcJob *only)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  if (only != NULL) {
    exc_cli_json_add_job (builder, only);
    exc_cli_json_print (builder, TRUE);
    return;
  }
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (jobs); i++) {
    g_autoptr(ExcJob) job = g_list_model_get_item (jobs, i);

    exc_cli_json_add_job (builder, job);
  }
  json_builder_end_array (builder);
  exc_cli_json_print (builder, TRUE);
}

ExcJobs *
exc_cli_open_journal (ExcCli *self, GError **error)
{
  g_autofree char *path = exc_context_dup_journal_path (self->options->demo, error);
  ExcJobs *jobs;

  if (path == NULL)
    return NULL;
  jobs = exc_jobs_new (path, exc_context_get_clock (self->context), error);
  if (jobs != NULL && exc_jobs_get_notice (jobs) != NULL)
    exc_cli_say (self, exc_jobs_get_notice (jobs));
  return jobs;
}

int
exc_cli_jobs (ExcCli *self, GError **error)
{
  g_autoptr(ExcJobs) jobs = exc_cli_open_journal (self, error);
  const char *id = exc_cli_get_argument (self, 0);
  ExcJob *job = NULL;

  if (jobs == NULL)
    return -1;
  if (id != NULL) {
    job = exc_cli_find_job (jobs, id, error);
    if (job == NULL)
      return -1;
  }

  if (self->options->json)
    print_json (G_LIST_MODEL (jobs), job);
  else if (job != NULL)
    print_one (job);
  else
    print_jobs (G_LIST_MODEL (jobs));
  return EXC_EXIT_DONE;
}

/* Without a name: the newest that was interrupted or stopped here, or waits. */
static ExcJob *
find_resumable (ExcCli *self, ExcJobs *jobs, GError **error)
{
  const char *id = exc_cli_get_argument (self, 0);
  const char *organization =
      exc_organization_get_name (exc_context_get_organization (self->context));

  if (id != NULL)
    return exc_cli_find_job (jobs, id, error);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (jobs)); i++) {
    g_autoptr(ExcJob) job = g_list_model_get_item (G_LIST_MODEL (jobs), i);
    ExcState state = exc_job_get_state (job);

    if ((state == EXC_STATE_INTERRUPTED || state == EXC_STATE_CANCELLED ||
         state == EXC_STATE_WAITING) &&
        g_strcmp0 (exc_job_get_organization (job), organization) == 0)
      return job; /* the list holds it */
  }
  g_set_error_literal (
      error, EXC_ERROR, EXC_ERROR_NOT_FOUND, _("No job waits for being resumed."));
  return NULL;
}

int
exc_cli_resume (ExcCli *self, GError **error)
{
  ExcJobs *jobs = exc_context_get_jobs (self->context);
  g_autoptr(ExcJob) job = find_resumable (self, jobs, error);

  if (job == NULL)
    return -1;
  g_object_ref (job);
  exc_jobs_set_is_read_only (jobs, FALSE);
  if (!exc_jobs_resume (jobs, job, exc_context_get_organization (self->context), error))
    return -1;
  return exc_cli_follow_job (self, job, error);
}

static gboolean
is_named (ExcCli *self, const char *server)
{
  if (exc_cli_get_argument (self, 1) == NULL)
    return TRUE;
  for (guint i = 1; exc_cli_get_argument (self, i) != NULL; i++) {
    const char *name = exc_cli_get_argument (self, i);
    gsize length = strlen (name);

    if (g_ascii_strcasecmp (name, server) == 0 ||
        (g_ascii_strncasecmp (name, server, length) == 0 && server[length] == '.' &&
         strchr (name, '.') == NULL))
      return TRUE;
  }
  return FALSE;
}

/* The lanes of a job that are to be undone: the organization first, as its servers rest on it, then
 * the last server first. */
static GStrv
list_undo (ExcCli *self, ExcJob *job, GError **error)
{
  GListModel *servers = exc_job_get_servers (job);
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();
  guint n_names = 0;

  for (guint pass = 0; pass < 2; pass++) {
    for (guint i = g_list_model_get_n_items (servers); i > 0; i--) {
      g_autoptr(ExcJobServer) lane = g_list_model_get_item (servers, i - 1);

      if (exc_job_server_is_organization (lane) != (pass == 0) ||
          !is_named (self, exc_job_server_get_server (lane)) || !exc_job_server_get_can_undo (lane))
        continue;
      g_strv_builder_add (names, exc_job_server_get_server (lane));
      n_names++;
    }
  }
  if (n_names == 0) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_NOT_FOUND,
                 _("Job %s has nothing to undo there."), exc_job_get_id (job));
    return NULL;
  }
  return g_strv_builder_end (names);
}

int
exc_cli_undo (ExcCli *self, GError **error)
{
  ExcJobs *jobs = exc_context_get_jobs (self->context);
  ExcOrganization *organization = exc_context_get_organization (self->context);
  ExcJob *found = exc_cli_find_job (jobs, exc_cli_get_argument (self, 0), error);
  g_autoptr(ExcJob) job = found == NULL ? NULL : g_object_ref (found);
  g_auto(GStrv) servers = NULL;
  int code = EXC_EXIT_DONE;

  if (job == NULL)
    return -1;
  servers = list_undo (self, job, error);
  if (servers == NULL)
    return -1;
  exc_jobs_set_is_read_only (jobs, FALSE);
  for (guint i = 0; servers[i] != NULL && code == EXC_EXIT_DONE; i++) {
    if (!exc_jobs_undo_server (jobs, job, servers[i], organization, error))
      return -1;
    code = exc_cli_follow_job (self, job, error);
  }
  return code;
}

/* The lane where the step waits. (nullable) */
static const char *
find_waiting (ExcJob *job, const char *step)
{
  GListModel *servers = exc_job_get_servers (job);

  for (guint i = 0; i < g_list_model_get_n_items (servers); i++) {
    g_autoptr(ExcJobServer) lane = g_list_model_get_item (servers, i);
    GListModel *steps = exc_job_server_get_steps (lane);

    for (guint j = 0; j < g_list_model_get_n_items (steps); j++) {
      g_autoptr(ExcJobStep) one = g_list_model_get_item (steps, j);

      if (g_str_equal (exc_job_step_get_id (one), step) &&
          exc_job_step_get_state (one) == EXC_STATE_WAITING)
        return exc_job_server_get_server (lane); /* the job holds it */
    }
  }
  return NULL;
}

int
exc_cli_confirm (ExcCli *self, GError **error)
{
  ExcJobs *jobs = exc_context_get_jobs (self->context);
  const char *step = exc_cli_get_argument (self, 1);
  ExcJob *found = exc_cli_find_job (jobs, exc_cli_get_argument (self, 0), error);
  g_autoptr(ExcJob) job = found == NULL ? NULL : g_object_ref (found);
  const char *server;

  if (job == NULL)
    return -1;
  server = find_waiting (job, step);
  if (server == NULL) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("Step “%1$s” of job %2$s does not wait for you."), step, exc_job_get_id (job));
    return -1;
  }
  exc_jobs_set_is_read_only (jobs, FALSE);
  if (!exc_jobs_confirm (
          jobs, job, server, step, exc_context_get_organization (self->context), error))
    return -1;
  return exc_cli_follow_job (self, job, error);
}
