/* exc-step-context.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-step-context.h"

#include "exc-error.h"
#include "exc-step-context-private.h"

#include <glib/gi18n.h>

/* What a cmdlet may take: checking chains against unreachable revocation lists alone costs 30 s a
 * certificate (domain.md 1.4). */
#define COMMAND_TIMEOUT_S 180

struct _ExcStepContext {
  gatomicrefcount ref_count;
  ExcJob *job;
  ExcJournal *journal;
  ExcConnection *connection;
  ExcClock *clock;
  ExcPermit *permit;
  char *server;
  char *step;
};

typedef struct {
  ExcStepContext *context;
  char *line;
} Run;

typedef struct {
  ExcStepContext *context;
  char *server;
  GPtrArray *pipelines; /* (element-type ExcPipeline) (nullable) */
  guint index;
} RunAll;

static void run_next (GTask *task);

G_DEFINE_BOXED_TYPE (ExcStepContext, exc_step_context, exc_step_context_ref, exc_step_context_unref)

static void
run_free (Run *run)
{
  exc_step_context_unref (run->context);
  g_free (run->line);
  g_free (run);
}

static void
run_all_free (RunAll *run)
{
  exc_step_context_unref (run->context);
  g_free (run->server);
  g_clear_pointer (&run->pipelines, g_ptr_array_unref);
  g_free (run);
}

ExcStepContext *
exc_step_context_new (ExcJob *job,
                      ExcJournal *journal,
                      ExcConnection *connection,
                      ExcClock *clock,
                      const char *server)
{
  ExcStepContext *self = g_new0 (ExcStepContext, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->job = g_object_ref (job);
  self->journal = journal;
  g_set_object (&self->connection, connection);
  self->clock = g_object_ref (clock);
  self->server = g_strdup (server);
  return self;
}

ExcStepContext *
exc_step_context_ref (ExcStepContext *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
exc_step_context_unref (ExcStepContext *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_object (&self->job);
  g_clear_object (&self->connection);
  g_clear_object (&self->clock);
  g_clear_pointer (&self->permit, exc_permit_unref);
  g_free (self->server);
  g_free (self->step);
  g_free (self);
}

void
exc_step_context_set_step (ExcStepContext *self, const char *step, ExcPermit *permit)
{
  char *copy = g_strdup (step);

  g_free (self->step);
  self->step = copy;
  g_clear_pointer (&self->permit, exc_permit_unref);
  if (permit != NULL)
    self->permit = exc_permit_ref (permit);
}

static ExcJournalRow
make_row (ExcStepContext *self, ExcEvent event, const char *text, const char *data)
{
  /* Borrowed for the call. */
  return (ExcJournalRow){
    .time = exc_clock_now (self->clock),
    .server = self->server,
    .step = self->step,
    .event = event,
    .text = (char *) text,
    .data = (char *) data,
  };
}

gboolean
exc_step_context_write (
    ExcStepContext *self, ExcEvent event, const char *text, const char *data, GError **error)
{
  ExcJournalRow row = make_row (self, event, text, data);

  if (!exc_journal_append (self->journal, exc_job_get_id (self->job), &row, &row.sequence, error))
    return FALSE;
  exc_job_apply (self->job, &row);
  return TRUE;
}

ExcConnection *
exc_step_context_get_connection (ExcStepContext *self)
{
  return self->connection;
}

ExcClock *
exc_step_context_get_clock (ExcStepContext *self)
{
  return self->clock;
}

ExcPermit *
exc_step_context_get_permit (ExcStepContext *self)
{
  return self->permit;
}

const char *
exc_step_context_get_server (ExcStepContext *self)
{
  return self->server;
}

static const char *
find_fact (ExcStepContext *self, const char *server, const char *name)
{
  ExcJobServer *lane = exc_job_find_server (self->job, server);
  const char *value = lane != NULL ? exc_job_server_get_fact (lane, name) : NULL;

  return value != NULL && value[0] != '\0' ? value : NULL;
}

/**
 * exc_step_context_get_fact:
 *
 * Returns: (nullable): the fact's value; %NULL where it was never set or was set to nothing
 */
static gboolean
is_in_good_state (ExcState state)
{
  return state == EXC_STATE_DONE || state == EXC_STATE_WARNINGS || state == EXC_STATE_RUNNING ||
         state == EXC_STATE_WAITING;
}

static gboolean
has_passed (ExcJobServer *lane, const char *id)
{
  GListModel *steps = exc_job_server_get_steps (lane);

  for (guint i = 0; i < g_list_model_get_n_items (steps); i++) {
    g_autoptr(ExcJobStep) step = g_list_model_get_item (steps, i);
    ExcState state = exc_job_step_get_state (step);

    if (g_strcmp0 (exc_job_step_get_id (step), id) == 0)
      return state == EXC_STATE_DONE || state == EXC_STATE_WARNINGS;
  }
  return FALSE;
}

const char *
exc_step_context_get_server_before (ExcStepContext *self)
{
  GListModel *lanes = exc_job_get_servers (self->job);
  const char *before = NULL;

  for (guint i = 0; i < g_list_model_get_n_items (lanes); i++) {
    g_autoptr(ExcJobServer) lane = g_list_model_get_item (lanes, i); /* the job holds it */

    if (strcmp (exc_job_server_get_server (lane), self->server) == 0)
      break;
    if (is_in_good_state (exc_job_server_get_state (lane)) && has_passed (lane, self->step))
      before = exc_job_server_get_server (lane);
  }
  return before;
}

const char *
exc_step_context_get_fact (ExcStepContext *self, const char *name)
{
  const char *value = find_fact (self, self->server, name);

  return value != NULL ? value : find_fact (self, EXC_LANE_ORGANIZATION, name);
}

/**
 * exc_step_context_set_fact:
 * @value: (nullable): %NULL takes the fact back
 *
 * Returns: %TRUE when the fact is durable; a fact that is already so costs nothing
 */
gboolean
exc_step_context_set_fact (ExcStepContext *self,
                           const char *name,
                           const char *value,
                           GError **error)
{
  const char *known = find_fact (self, self->server, name);

  g_return_val_if_fail (name != NULL, FALSE);

  if (value != NULL && value[0] == '\0')
    value = NULL;
  if (g_strcmp0 (known, value) == 0)
    return TRUE;
  return exc_step_context_write (self, EXC_EVENT_FACT, name, value != NULL ? value : "", error);
}

void
exc_step_context_log (ExcStepContext *self, const char *text)
{
  ExcJournalRow row = make_row (self, EXC_EVENT_LOG, text, NULL);

  exc_journal_note (self->journal, exc_job_get_id (self->job), &row);
  exc_job_apply (self->job, &row);
}

/* One line: what was sent, how it went, how long it took. */
static void
log_reply (Run *run, ExcReply *reply, const GError *error)
{
  g_autoptr(GString) line = g_string_new (run->line);
  ExcErrorRecord *failure = reply != NULL ? exc_reply_get_first_error (reply) : NULL;

  g_string_append (line, " → ");
  if (reply == NULL)
    g_string_append (line, error->message);
  else if (failure != NULL)
    g_string_append (line, failure->message);
  else if (exc_reply_get_prompt (reply) != NULL)
    g_string_append (line, exc_reply_get_prompt (reply));
  else
    g_string_append_printf (line,
                            ngettext ("%u object", "%u objects", exc_reply_get_output (reply)->len),
                            exc_reply_get_output (reply)->len);

  if (failure != NULL && failure->error_id != NULL)
    g_string_append_printf (line, " [%s]", failure->error_id);
  if (reply != NULL) {
    GPtrArray *warnings = exc_reply_get_warnings (reply);

    g_string_append_printf (line, " (%.1f s)", exc_reply_get_duration_ms (reply) / 1000.0);
    for (guint i = 0; i < warnings->len; i++)
      g_string_append_printf (line, "\n    ⚠ %s", (const char *) g_ptr_array_index (warnings, i));
  }
  exc_step_context_log (run->context, line->str);
}

static void
on_run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReply) reply = exc_connection_run_finish (EXC_CONNECTION (source), result, &error);

  log_reply (g_task_get_task_data (task), reply, error);
  if (reply == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&reply), (GDestroyNotify) exc_reply_unref);
}

void
exc_step_context_run_async (ExcStepContext *self,
                            const char *server,
                            ExcPipeline *pipeline,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (self->connection, cancellable, callback, user_data);
  Run *run = g_new0 (Run, 1);
  ExcPermit *permit = exc_pipeline_is_changing (pipeline) ? self->permit : NULL;
  gboolean is_script = exc_command_get_script (exc_pipeline_get_command (pipeline, 0)) != NULL;

  g_task_set_source_tag (task, exc_step_context_run_async);
  /* A command that has left is answered or its effect looked for: the task ends with the answer. */
  g_task_set_check_cancellable (task, FALSE);
  run->context = exc_step_context_ref (self);
  run->line = exc_pipeline_to_line (pipeline);
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);

  if (is_script)
    exc_connection_run_windows_async (self->connection,
                                      server != NULL ? server : self->server,
                                      pipeline,
                                      permit,
                                      COMMAND_TIMEOUT_S,
                                      cancellable,
                                      on_run_cb,
                                      g_steal_pointer (&task));
  else
    exc_connection_run_exchange_async (self->connection,
                                       pipeline,
                                       permit,
                                       COMMAND_TIMEOUT_S,
                                       cancellable,
                                       on_run_cb,
                                       g_steal_pointer (&task));
}

ExcReply *
exc_step_context_run_finish_unchecked (ExcStepContext *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_step_context_run_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* The service host of the server restarts or hangs: RPC 1722 and 1753 (steps.md, notation). The
 * text is in the server's language, the number is not. */
static gboolean
is_rpc_failure (ExcErrorRecord *record)
{
  static const char *const marks[] = { "0x6ba", "0x6d9", "0x800706ba", "0x800706d9" };
  g_autofree char *text = NULL;

  if (record == NULL)
    return FALSE;
  if (record->reason != NULL && strstr (record->reason, "RpcException") != NULL)
    return TRUE;
  if (record->exception != NULL && strstr (record->exception, "RpcException") != NULL)
    return TRUE;
  text = g_ascii_strdown (record->message, -1);
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (strstr (text, marks[i]) != NULL)
      return TRUE;
  return FALSE;
}

gboolean
exc_step_context_check (ExcStepContext *self, ExcReply *reply, GError **error)
{
  g_autoptr(GError) failure = NULL;

  if (exc_reply_check (reply, &failure))
    return TRUE;
  if (!is_rpc_failure (exc_reply_get_first_error (reply)))
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (g_str_equal (self->server, EXC_LANE_ORGANIZATION))
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_UNREACHABLE,
                 _("The Exchange service host does not answer: %s"), failure->message);
  else
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_UNREACHABLE,
                 _("The Exchange service host of %1$s does not answer: %2$s"),
                    self->server,
                    failure->message);
  return FALSE;
}

ExcReply *
exc_step_context_run_finish (ExcStepContext *self, GAsyncResult *result, GError **error)
{
  g_autoptr(ExcReply) reply = exc_step_context_run_finish_unchecked (self, result, error);

  if (reply == NULL || !exc_step_context_check (self, reply, error))
    return NULL;
  return g_steal_pointer (&reply);
}

static void
on_one_run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  RunAll *run = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = exc_step_context_run_finish (run->context, result, &error);

  if (reply == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  run->index++;
  run_next (g_steal_pointer (&task));
}

/* Takes the task. */
static void
run_next (GTask *task_in)
{
  g_autoptr(GTask) task = task_in;
  RunAll *run = g_task_get_task_data (task);

  if (run->pipelines == NULL || run->index == run->pipelines->len) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  exc_step_context_run_async (run->context,
                              run->server,
                              g_ptr_array_index (run->pipelines, run->index),
                              g_task_get_cancellable (task),
                              on_one_run_cb,
                              g_object_ref (task));
}

void
exc_step_context_run_all_async (ExcStepContext *self,
                                const char *server,
                                GPtrArray *pipelines,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task = g_task_new (self->connection, cancellable, callback, user_data);
  RunAll *run = g_new0 (RunAll, 1);

  g_task_set_source_tag (task, exc_step_context_run_all_async);
  g_task_set_check_cancellable (task, FALSE);
  run->context = exc_step_context_ref (self);
  run->server = g_strdup (server);
  run->pipelines = pipelines != NULL ? g_ptr_array_ref (pipelines) : NULL;
  g_task_set_task_data (task, run, (GDestroyNotify) run_all_free);
  run_next (task);
}

gboolean
exc_step_context_run_all_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_step_context_run_all_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
