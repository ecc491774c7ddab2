/* exc-lab-psrp-shell.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab"

#include "config.h"

#include "exc-lab-psrp-shell.h"

#include "exc-error.h"
#include "exc-psrp-server.h"

#include <glib/gi18n.h>

/* A pipeline that came and has not ended. */
typedef struct {
  gatomicrefcount ref_count;
  ExcLabPsrpShell *shell; /* NULL once the shell is closed */
  char *id;
  ExcPipeline *pipeline;
  GCancellable *cancellable;
  gboolean is_ready;   /* its input has ended */
  GHashTable *prompts; /* (element-type gint64 GTask): unanswered, by ci */
} Run;

struct _ExcLabPsrpShell {
  ExcLabShell parent_instance;

  ExcLabSession *session;
  ExcPsrpServer *server;
  GQueue runs; /* (element-type Run): the head runs once it is ready */
  gboolean is_running;
  ExcLabPsrpRecordFunc record;
  gpointer record_data;
  GDestroyNotify record_destroy;
};

G_DEFINE_FINAL_TYPE (ExcLabPsrpShell, exc_lab_psrp_shell, EXC_TYPE_LAB_SHELL)

/* --- The output of one pipeline --- */

#define EXC_TYPE_LAB_PSRP_OUTPUT (exc_lab_psrp_output_get_type ())
G_DECLARE_FINAL_TYPE (ExcLabPsrpOutput, exc_lab_psrp_output, EXC, LAB_PSRP_OUTPUT, ExcLabOutput)

struct _ExcLabPsrpOutput {
  ExcLabOutput parent_instance;

  Run *run;
};

G_DEFINE_FINAL_TYPE (ExcLabPsrpOutput, exc_lab_psrp_output, EXC_TYPE_LAB_OUTPUT)

static void flush (ExcLabPsrpShell *self);
static void run_next (ExcLabPsrpShell *self);

static void
return_refused (gpointer data)
{
  GTask *task = data;

  if (!g_task_return_error_if_cancelled (task))
    g_task_return_new_error (
        task, EXC_ERROR, EXC_ERROR_REFUSED, "%s", _("Nobody answered the question."));
  g_object_unref (task);
}

static Run *
run_ref (Run *run)
{
  g_atomic_ref_count_inc (&run->ref_count);
  return run;
}

static void
run_unref (Run *run)
{
  if (!g_atomic_ref_count_dec (&run->ref_count))
    return;

  g_free (run->id);
  g_clear_pointer (&run->pipeline, exc_pipeline_unref);
  g_clear_object (&run->cancellable);
  g_clear_pointer (&run->prompts, g_hash_table_unref);
  g_free (run);
}

static void
exc_lab_psrp_output_write (ExcLabOutput *output, ExcStream stream, ExcValue *value)
{
  Run *run = EXC_LAB_PSRP_OUTPUT (output)->run;

  if (run->shell == NULL || g_cancellable_is_cancelled (run->cancellable))
    return;

  exc_psrp_server_write (run->shell->server, run->id, stream, value);
  flush (run->shell);
}

static void
exc_lab_psrp_output_prompt_async (ExcLabOutput *output,
                                  const char *caption,
                                  const char *message,
                                  const char *const *labels,
                                  int default_choice,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  Run *run = EXC_LAB_PSRP_OUTPUT (output)->run;
  g_autoptr(GTask) task = g_task_new (output, cancellable, callback, user_data);
  gint64 *ci;

  g_task_set_source_tag (task, exc_lab_psrp_output_prompt_async);
  if (run->shell == NULL || !exc_psrp_server_can_prompt (run->shell->server, run->id) ||
      g_cancellable_is_cancelled (run->cancellable)) {
    return_refused (g_steal_pointer (&task));
    return;
  }

  ci = g_new (gint64, 1);
  *ci = exc_psrp_server_prompt (
      run->shell->server, run->id, caption, message, labels, default_choice);
  g_hash_table_insert (run->prompts, ci, g_steal_pointer (&task));
  flush (run->shell);
}

static int
exc_lab_psrp_output_prompt_finish (ExcLabOutput *output, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, output), -1);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_lab_psrp_output_prompt_async), -1);

  return (int) g_task_propagate_int (G_TASK (result), error);
}

static void
exc_lab_psrp_output_finalize (GObject *object)
{
  g_clear_pointer (&EXC_LAB_PSRP_OUTPUT (object)->run, run_unref);

  G_OBJECT_CLASS (exc_lab_psrp_output_parent_class)->finalize (object);
}

static void
exc_lab_psrp_output_class_init (ExcLabPsrpOutputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = exc_lab_psrp_output_finalize;
  EXC_LAB_OUTPUT_CLASS (klass)->write = exc_lab_psrp_output_write;
  EXC_LAB_OUTPUT_CLASS (klass)->prompt_async = exc_lab_psrp_output_prompt_async;
  EXC_LAB_OUTPUT_CLASS (klass)->prompt_finish = exc_lab_psrp_output_prompt_finish;
}

static void
exc_lab_psrp_output_init (ExcLabPsrpOutput *self)
{
}

/* --- Running --- */

/* Hands what the server half has queued to whoever listens. */
static void
flush (ExcLabPsrpShell *self)
{
  for (;;) {
    g_autoptr(ExcPsrpServerOutgoing) out = exc_psrp_server_pop_outgoing (self->server);

    if (out == NULL)
      return;
    exc_lab_shell_emit (EXC_LAB_SHELL (self), out->pipeline_id, out->bytes);
    if (out->is_last)
      exc_lab_shell_emit_done (EXC_LAB_SHELL (self), out->pipeline_id);
  }
}

/* Unanswered questions of a run are refused: its tasks must return. */
static void
refuse_prompts (Run *run)
{
  g_autoptr(GPtrArray) tasks = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key;
  gpointer task;

  g_hash_table_iter_init (&iter, run->prompts);
  while (g_hash_table_iter_next (&iter, &key, &task)) {
    g_ptr_array_add (tasks, task);
    g_hash_table_iter_steal (&iter);
    g_free (key);
  }
  for (guint i = 0; i < tasks->len; i++)
    return_refused (g_ptr_array_index (tasks, i));
}

static ExcValue *
stopped_record_new (void)
{
  return exc_lab_error_record_new ("The pipeline has been stopped.",
                                   "System.Management.Automation.PipelineStoppedException",
                                   "PipelineStopped",
                                   14,
                                   NULL);
}

static void
end_run (ExcLabPsrpShell *self, Run *run, ExcPsrpPipelineState state, ExcValue *take_failure)
{
  exc_psrp_server_finish (self->server, run->id, state, take_failure);
  g_queue_remove (&self->runs, run);
  run->shell = NULL;
  run_unref (run);
  flush (self);
}

static void
on_run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;
  g_autoptr(ExcLabPsrpShell) self = run->shell != NULL ? g_object_ref (run->shell) : NULL;
  g_autoptr(ExcValue) failure = NULL;
  g_autoptr(GError) error = NULL;
  gboolean ok = EXC_LAB_SESSION_GET_IFACE (source)->run_finish (
      EXC_LAB_SESSION (source), result, &failure, &error);

  if (self == NULL) { /* the shell was closed meanwhile */
    run_unref (run);
    return;
  }

  self->is_running = FALSE;
  refuse_prompts (run);
  if (g_cancellable_is_cancelled (run->cancellable)) {
    end_run (self, run, EXC_PSRP_PIPELINE_STOPPED, stopped_record_new ());
  } else if (ok) {
    end_run (self, run, EXC_PSRP_PIPELINE_COMPLETED, NULL);
  } else {
    if (failure == NULL)
      failure = exc_lab_error_record_new (error != NULL ? error->message : "Unspecified error",
                                          "System.Management.Automation.RuntimeException",
                                          "RuntimeException",
                                          0,
                                          NULL);
    end_run (self, run, EXC_PSRP_PIPELINE_FAILED, g_steal_pointer (&failure));
  }
  run_unref (run);
  run_next (self);
}

static void
run_next (ExcLabPsrpShell *self)
{
  Run *run = g_queue_peek_head (&self->runs);
  g_autoptr(ExcLabPsrpOutput) output = NULL;

  if (self->is_running || run == NULL || !run->is_ready)
    return;

  self->is_running = TRUE;
  output = g_object_new (EXC_TYPE_LAB_PSRP_OUTPUT, NULL);
  output->run = run_ref (run);
  EXC_LAB_SESSION_GET_IFACE (self->session)
      ->run_async (self->session,
                   run->pipeline,
                   EXC_LAB_OUTPUT (output),
                   run->cancellable,
                   on_run_cb,
                   run_ref (run));
}

static Run *
find_run (ExcLabPsrpShell *self, const char *id)
{
  for (GList *link = self->runs.head; link != NULL; link = link->next) {
    Run *run = link->data;

    if (g_ascii_strcasecmp (run->id, id) == 0)
      return run;
  }

  return NULL;
}

static void
start_run (ExcLabPsrpShell *self, ExcPsrpServerEvent *event)
{
  Run *run = g_new0 (Run, 1);

  g_atomic_ref_count_init (&run->ref_count);
  run->shell = self;
  run->id = g_strdup (event->pipeline_id);
  run->pipeline = exc_pipeline_ref (event->pipeline);
  run->cancellable = g_cancellable_new ();
  run->prompts = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, return_refused);
  g_queue_push_tail (&self->runs, run);

  if (self->record != NULL)
    self->record (self->record_data, event->pipeline, event->body);
}

static void
answer_prompt (ExcLabPsrpShell *self, ExcPsrpServerEvent *event)
{
  Run *run = find_run (self, event->pipeline_id);
  gint64 index = -1;
  g_autofree gint64 *key = NULL;
  GTask *task = NULL;

  if (run == NULL || !g_hash_table_steal_extended (
                         run->prompts, &event->ci, (gpointer *) &key, (gpointer *) &task))
    return;

  if (exc_value_get_int64 (event->value, &index) && index >= 0 && index <= G_MAXINT) {
    g_task_return_int (task, index);
    g_object_unref (task);
  } else {
    return_refused (task);
  }
}

static void
handle_events (ExcLabPsrpShell *self)
{
  for (;;) {
    g_autoptr(ExcPsrpServerEvent) event = exc_psrp_server_pop_event (self->server);
    Run *run;

    if (event == NULL)
      break;
    switch (event->type) {
    case EXC_PSRP_SERVER_OPENED:
    case EXC_PSRP_SERVER_INPUT: /* no command of ours reads pipeline input of the client */
      break;
    case EXC_PSRP_SERVER_START:
      start_run (self, event);
      break;
    case EXC_PSRP_SERVER_END_OF_INPUT:
      run = find_run (self, event->pipeline_id);
      if (run != NULL)
        run->is_ready = TRUE;
      break;
    case EXC_PSRP_SERVER_ANSWER:
      answer_prompt (self, event);
      break;
    }
  }

  flush (self);
  run_next (self);
}

static void
push (ExcLabPsrpShell *self, const char *source, GBytes *bytes, GTask *take_task)
{
  g_autoptr(GTask) task = take_task;
  GError *error = NULL;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (!exc_psrp_server_push (self->server, source, data, size, &error)) {
    g_task_return_error (task, error);
    return;
  }

  /* The request is answered before what it causes is said. */
  g_task_return_boolean (task, TRUE);
  handle_events (self);
}

/* --- The shell --- */

static void
exc_lab_psrp_shell_open (ExcLabShell *shell, GBytes *creation, GTask *task)
{
  push (EXC_LAB_PSRP_SHELL (shell), NULL, creation, task);
}

static void
exc_lab_psrp_shell_command (ExcLabShell *shell,
                            const char *command_id,
                            GBytes *arguments,
                            GTask *task)
{
  push (EXC_LAB_PSRP_SHELL (shell), command_id, arguments, task);
}

static void
exc_lab_psrp_shell_send (
    ExcLabShell *shell, const char *stream, const char *command_id, GBytes *bytes, GTask *task)
{
  gboolean is_priority = g_str_equal (stream, "pr");

  push (EXC_LAB_PSRP_SHELL (shell), is_priority ? "pr" : command_id, bytes, task);
}

static void
stop_run (ExcLabPsrpShell *self, const char *command_id)
{
  Run *run = find_run (self, command_id);

  if (run == NULL)
    return;

  run_ref (run);
  if (self->is_running && run == g_queue_peek_head (&self->runs)) {
    g_cancellable_cancel (run->cancellable); /* the session ends it */
    refuse_prompts (run);
  } else {
    end_run (self, run, EXC_PSRP_PIPELINE_STOPPED, stopped_record_new ());
    run_next (self);
  }
  run_unref (run);
}

static void
exc_lab_psrp_shell_stop (ExcLabShell *shell, const char *command_id, GTask *task)
{
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
  stop_run (EXC_LAB_PSRP_SHELL (shell), command_id);
}

static void
exc_lab_psrp_shell_close (ExcLabShell *shell)
{
  ExcLabPsrpShell *self = EXC_LAB_PSRP_SHELL (shell);

  for (;;) {
    Run *run = g_queue_pop_head (&self->runs);

    if (run == NULL)
      return;
    run->shell = NULL;
    g_cancellable_cancel (run->cancellable);
    refuse_prompts (run);
    run_unref (run);
  }
}

static void
exc_lab_psrp_shell_dispose (GObject *object)
{
  ExcLabPsrpShell *self = EXC_LAB_PSRP_SHELL (object);

  exc_lab_psrp_shell_close (EXC_LAB_SHELL (self));
  g_clear_object (&self->session);

  G_OBJECT_CLASS (exc_lab_psrp_shell_parent_class)->dispose (object);
}

static void
exc_lab_psrp_shell_finalize (GObject *object)
{
  ExcLabPsrpShell *self = EXC_LAB_PSRP_SHELL (object);

  g_clear_pointer (&self->server, exc_psrp_server_free);
  if (self->record_destroy != NULL)
    self->record_destroy (self->record_data);

  G_OBJECT_CLASS (exc_lab_psrp_shell_parent_class)->finalize (object);
}

static void
exc_lab_psrp_shell_class_init (ExcLabPsrpShellClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  ExcLabShellClass *shell_class = EXC_LAB_SHELL_CLASS (klass);

  object_class->dispose = exc_lab_psrp_shell_dispose;
  object_class->finalize = exc_lab_psrp_shell_finalize;
  shell_class->open = exc_lab_psrp_shell_open;
  shell_class->command = exc_lab_psrp_shell_command;
  shell_class->send = exc_lab_psrp_shell_send;
  shell_class->stop = exc_lab_psrp_shell_stop;
  shell_class->release = exc_lab_psrp_shell_stop; /* what still runs is stopped */
  shell_class->close = exc_lab_psrp_shell_close;
}

static void
exc_lab_psrp_shell_init (ExcLabPsrpShell *self)
{
  self->server = exc_psrp_server_new ();
  g_queue_init (&self->runs);
}

/**
 * exc_lab_psrp_shell_new:
 * @session: who runs the pipelines
 *
 * Returns: (transfer full): a shell that is not open yet
 */
ExcLabPsrpShell *
exc_lab_psrp_shell_new (ExcLabSession *session)
{
  ExcLabPsrpShell *self;

  g_return_val_if_fail (EXC_IS_LAB_SESSION (session), NULL);

  self = g_object_new (EXC_TYPE_LAB_PSRP_SHELL, NULL);
  self->session = g_object_ref (session);
  return self;
}

void
exc_lab_psrp_shell_set_recorder (ExcLabPsrpShell *self,
                                 ExcLabPsrpRecordFunc func,
                                 gpointer data,
                                 GDestroyNotify destroy)
{
  g_return_if_fail (EXC_IS_LAB_PSRP_SHELL (self));
  g_return_if_fail (self->record == NULL);

  self->record = func;
  self->record_data = data;
  self->record_destroy = destroy;
}
