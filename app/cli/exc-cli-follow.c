/* exc-cli-follow.c — watching a job that runs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cli"

#include "config.h"

#include "exc-cli-private.h"

#include <glib/gi18n.h>

/* One step whose changes of state are said. */
typedef struct {
  ExcCli *cli;
  const char *server;
  ExcState said;
} Watch;

static void
show_progress (ExcCli *self)
{
  ExcProgress *progress = exc_job_get_progress (self->job);

  exc_cli_progress (self, exc_progress_get_fraction (progress), exc_progress_get_text (progress));
}

static void
on_step_state_cb (ExcJobStep *step, GParamSpec *pspec, Watch *watch)
{
  ExcState state = exc_job_step_get_state (step);
  const char *detail = exc_job_step_get_detail (step);
  g_autofree char *line = NULL;

  if (state == watch->said || state == EXC_STATE_PENDING)
    return;
  watch->said = state;
  line = detail != NULL ? g_strdup_printf ("%s: %s: %s (%s)",
                                           watch->server,
                                           exc_job_step_get_text (step),
                                           exc_state_to_text (state),
                                           detail)
                        : g_strdup_printf ("%s: %s: %s",
                                           watch->server,
                                           exc_job_step_get_text (step),
                                           exc_state_to_text (state));
  exc_cli_say (watch->cli, line);
  show_progress (watch->cli);
}

static void
free_watch (gpointer data, GClosure *closure)
{
  g_free (data);
}

static void
watch_steps (ExcCli *self, ExcJob *job)
{
  GListModel *servers = exc_job_get_servers (job);

  for (guint i = 0; i < g_list_model_get_n_items (servers); i++) {
    g_autoptr(ExcJobServer) lane = g_list_model_get_item (servers, i);
    GListModel *steps = exc_job_server_get_steps (lane);

    for (guint j = 0; j < g_list_model_get_n_items (steps); j++) {
      g_autoptr(ExcJobStep) step = g_list_model_get_item (steps, j);
      Watch *watch = g_new0 (Watch, 1);

      watch->cli = self;
      watch->server = exc_job_server_get_title (lane);
      watch->said = EXC_STATE_PENDING;
      if (exc_job_step_get_state (step) == EXC_STATE_RUNNING)
        on_step_state_cb (step, NULL, watch); /* it began before we looked */
      g_signal_connect_data (
          step, "notify::state", G_CALLBACK (on_step_state_cb), watch, free_watch, 0);
    }
  }
}

/* A job may be followed once more, for its next server. */
static void
unwatch_steps (ExcJob *job)
{
  GListModel *servers = exc_job_get_servers (job);

  for (guint i = 0; i < g_list_model_get_n_items (servers); i++) {
    g_autoptr(ExcJobServer) lane = g_list_model_get_item (servers, i);
    GListModel *steps = exc_job_server_get_steps (lane);

    for (guint j = 0; j < g_list_model_get_n_items (steps); j++) {
      g_autoptr(ExcJobStep) step = g_list_model_get_item (steps, j);

      g_signal_handlers_disconnect_matched (
          step, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, on_step_state_cb, NULL);
    }
  }
}

static int
exit_code_of (ExcState state)
{
  switch (state) {
  case EXC_STATE_DONE:
  case EXC_STATE_WARNINGS:
  case EXC_STATE_SKIPPED:
  case EXC_STATE_UNDONE:
  case EXC_STATE_WAITING: /* parked: “resume” goes on when it is time */
    return EXC_EXIT_DONE;
  case EXC_STATE_UNREACHABLE:
    return EXC_EXIT_UNREACHABLE;
  case EXC_STATE_CANCELLED:
    return EXC_EXIT_INTERRUPTED;
  default:
    return EXC_EXIT_FAILED;
  }
}

static void
print_job (ExcJob *job)
{
  GListModel *servers = exc_job_get_servers (job);
  const char *summary = exc_job_get_summary (job);

  for (guint i = 0; i < g_list_model_get_n_items (servers); i++) {
    g_autoptr(ExcJobServer) lane = g_list_model_get_item (servers, i);
    const char *detail = exc_job_server_get_detail (lane);

    g_print ("%s: %s%s%s\n",
             exc_job_server_get_title (lane),
             exc_state_to_text (exc_job_server_get_state (lane)),
             detail != NULL ? ": " : "",
             detail != NULL ? detail : "");
  }
  g_print (
      _("Job %1$s: %2$s."), exc_job_get_id (job), exc_state_to_text (exc_job_get_state (job)));
  g_print ("%s%s\n", summary != NULL ? " " : "", summary != NULL ? summary : "");
}

/* How a job that waits goes on. */
static void
say_wait (ExcCli *self, ExcJob *job)
{
  const gint64 wake = exc_job_get_wake_at (job);
  g_autofree char *time = exc_cli_format_time (wake);
  g_autofree char *line = NULL;

  if (!exc_job_get_is_parked (job))
    return;
  line = wake != EXC_WAKE_BY_USER
      ? g_strdup_printf (_("It waits until %1$s. Go on with: thumbprintctl resume %2$s"),
                            time,
                            exc_job_get_id (job))
      : g_strdup_printf (_("It waits for you. When it is done: thumbprintctl confirm %s STEP"),
                            exc_job_get_id (job));
  exc_cli_say (self, line);
}

/**
 * exc_cli_follow_job:
 * @self: the program
 * @job: a job that was started
 * @error: return location
 *
 * Says each change of a step on standard error, and at the end on standard output how the job
 * ended. A signal stops the job after the step that runs.
 *
 * Returns: the exit code; -1 on error
 */
int
exc_cli_follow_job (ExcCli *self, ExcJob *job, GError **error)
{
  ExcJobs *jobs = exc_context_get_jobs (self->context);
  g_autoptr(GAsyncResult) result = NULL;
  g_autofree char *line = g_strdup_printf (_("Job %s has begun."), exc_job_get_id (job));
  gboolean ok;

  self->job = job;
  exc_cli_say (self, line);
  watch_steps (self, job);
  /* A stop is asked for through the job; the waiting itself is never given up. */
  if (g_cancellable_is_cancelled (self->cancellable))
    exc_jobs_stop_after_step (jobs, job);
  exc_jobs_wait_async (jobs, job, NULL, exc_cli_result_cb, &result);
  exc_cli_wait (&result);
  ok = exc_jobs_wait_finish (jobs, result, error);
  exc_cli_progress_end (self);
  unwatch_steps (job);
  self->job = NULL;
  if (!ok)
    return -1;

  if (self->options->json) {
    g_autoptr(JsonBuilder) builder = json_builder_new ();

    exc_cli_json_add_job (builder, job);
    exc_cli_json_print (builder, TRUE);
  } else {
    print_job (job);
  }
  say_wait (self, job);
  return exit_code_of (exc_job_get_state (job));
}
