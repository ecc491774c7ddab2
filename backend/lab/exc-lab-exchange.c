/* exc-lab-exchange.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-exchange"

#include "config.h"

#include "exc-lab-exchange.h"

#include <glib/gi18n.h>

#include "exc-error.h"

#define NOT_IMPLEMENTED 11
#define PARSER_ERROR    17

struct _ExcLabExchange {
  GObject parent_instance;

  ExcLabWorld *world;
  ExcLabTable *table; /* not owned */
  char *back_end;     /* its name: a reset makes new servers of the same names */
  gboolean is_full;
};

/* One pipeline on its way: command after command, and within one, input object after object. */
typedef struct {
  ExcPipeline *pipeline;
  ExcLabOutput *records;
  guint command;
  guint input_index;
  GPtrArray *inputs; /* (element-type ExcLabObject); NULL: the first command has none */
  GPtrArray *next;   /* (element-type ExcLabObject) for the command behind */
  GHashTable *arguments;
  const ExcLabCmdlet *cmdlet;
  ExcLabAnswer to_all; /* Yes or No to All, for the rest of this command */
  ExcLabCall call;
  ExcValue *failure;
} Run;

static void exc_lab_exchange_session_init (ExcLabSessionInterface *iface);
static void run_on (GTask *task);

G_DEFINE_FINAL_TYPE_WITH_CODE (ExcLabExchange,
                               exc_lab_exchange,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (EXC_TYPE_LAB_SESSION,
                                                      exc_lab_exchange_session_init))

static void
clear_call (Run *run)
{
  if (run->call.kept != NULL && run->call.kept_free != NULL)
    run->call.kept_free (run->call.kept);
  g_clear_pointer (&run->call.output, g_ptr_array_unref);
  g_clear_pointer (&run->call.question, g_free);
  g_clear_pointer (&run->call.failure, exc_value_unref);
  run->call = (ExcLabCall){ .answer = EXC_LAB_ANSWER_NONE };
}

static void
run_free (Run *run)
{
  clear_call (run);
  exc_pipeline_unref (run->pipeline);
  g_object_unref (run->records);
  g_clear_pointer (&run->inputs, g_ptr_array_unref);
  g_clear_pointer (&run->next, g_ptr_array_unref);
  g_clear_pointer (&run->arguments, g_hash_table_unref);
  g_clear_pointer (&run->failure, exc_value_unref);
  g_free (run);
}

static GPtrArray *
new_objects (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) exc_lab_object_unref);
}

static void
fail (GTask *task, ExcValue *take_failure)
{
  Run *run = g_task_get_task_data (task);

  g_clear_pointer (&run->failure, exc_value_unref);
  run->failure = take_failure;
  g_task_return_boolean (task, FALSE);
}

static gboolean
is_last (Run *run)
{
  return run->command + 1 == exc_pipeline_get_n_commands (run->pipeline);
}

/* Looks the command up and binds it; FALSE with @failure. */
static gboolean
begin_command (ExcLabExchange *self, Run *run, ExcValue **failure)
{
  ExcCommand *command = exc_pipeline_get_command (run->pipeline, run->command);

  if (exc_command_get_script (command) != NULL) {
    *failure = exc_lab_error_record_new (
        "The syntax is not supported by this runspace. This can occur if the runspace is in "
        "no-language mode.",
        "System.Management.Automation.ParseException",
        "ScriptsNotAllowed",
        PARSER_ERROR,
        "ParseException");
    return FALSE;
  }
  run->cmdlet = exc_lab_table_lookup (self->table, exc_command_get_name (command));
  if (run->cmdlet == NULL) {
    *failure = exc_lab_not_recognized_new (exc_command_get_name (command));
    return FALSE;
  }
  g_clear_pointer (&run->arguments, g_hash_table_unref);
  run->arguments = exc_lab_table_bind (run->cmdlet, command, run->inputs != NULL, failure);
  run->input_index = 0;
  run->to_all = EXC_LAB_ANSWER_NONE;
  return run->arguments != NULL;
}

static void
hand_on (ExcLabExchange *self, Run *run, GPtrArray *output)
{
  for (guint i = 0; i < output->len; i++) {
    ExcLabObject *object = g_ptr_array_index (output, i);

    if (is_last (run)) {
      g_autoptr(ExcValue) wire = exc_lab_object_to_wire (object, self->is_full);

      exc_lab_output_write (run->records, EXC_STREAM_OUTPUT, wire);
    } else {
      g_ptr_array_add (run->next, exc_lab_object_ref (object));
    }
  }
}

static gboolean
takes_input (const ExcLabCmdlet *cmdlet)
{
  for (guint i = 0; i < cmdlet->parameters->len; i++) {
    const ExcLabParameter *parameter = g_ptr_array_index (cmdlet->parameters, i);

    if (parameter->from_pipe)
      return TRUE;
  }
  return FALSE;
}

static ExcLabOutcome
call_cmdlet (ExcLabExchange *self, Run *run)
{
  ExcLabCall *call = &run->call;
  ExcLabCmdletFunc func = exc_lab_cmdlet_find (run->cmdlet->name);

  if (call->input != NULL && !takes_input (run->cmdlet))
    return exc_lab_call_write_error (
        call,
        exc_lab_binding_error_new (
            run->cmdlet,
            "InputObjectNotBound",
            "The input object cannot be bound to any parameters for the command either because "
            "the command does not take pipeline input or the input and its properties do not "
            "match any of the parameters that take pipeline input."));
  if (func == NULL) {
    g_autofree char *message =
        g_strdup_printf ("The simulated organization does not carry out %s.", run->cmdlet->name);

    return exc_lab_call_write_error (call,
                                     exc_lab_error_record_new (message,
                                                               "System.NotImplementedException",
                                                               "NotImplementedException",
                                                               NOT_IMPLEMENTED,
                                                               "NotImplementedException"));
  }
  return func (call);
}

/* The host is asked as ShouldContinue and ShouldProcess ask: four choices, Yes the default. */
static void
on_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  static const ExcLabAnswer once[] = {
    EXC_LAB_ANSWER_YES, EXC_LAB_ANSWER_YES, EXC_LAB_ANSWER_NO, EXC_LAB_ANSWER_NO
  };
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  Run *run = g_task_get_task_data (task);
  int choice = exc_lab_output_prompt_finish (EXC_LAB_OUTPUT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (choice < 0 || choice > 3) {
    g_autofree char *message = g_strdup_printf (
        "A command that prompts the user failed because the host program or the command type does "
        "not support user interaction. The host was attempting to request confirmation with the "
        "following message: %s",
        run->call.question);
    g_autofree char *id =
        g_strconcat ("HostFunctionNotImplemented,", run->cmdlet->class_name, NULL);

    fail (task,
          exc_lab_error_record_new (message,
                                    "System.Management.Automation.Host.HostException",
                                    id,
                                    NOT_IMPLEMENTED,
                                    "HostException"));
    return;
  }
  run->call.answer = once[choice];
  if (choice == EXC_LAB_ANSWER_YES_TO_ALL || choice == EXC_LAB_ANSWER_NO_TO_ALL)
    run->to_all = once[choice];
  run_on (g_steal_pointer (&task));
}

static void
ask (GTask *task)
{
  static const char *const labels[] = { "&Yes", "Yes to &All", "&No", "No to A&ll", NULL };
  Run *run = g_task_get_task_data (task);

  exc_lab_output_prompt_async (run->records,
                               "Confirm",
                               run->call.question,
                               labels,
                               0,
                               g_task_get_cancellable (task),
                               on_answered_cb,
                               g_object_ref (task));
}

static void
prepare_call (ExcLabExchange *self, Run *run, ExcLabServer *back_end)
{
  if (run->call.output != NULL) /* called again, with the answer */
    return;
  run->call.world = self->world;
  run->call.table = self->table;
  run->call.back_end = back_end;
  run->call.cmdlet = run->cmdlet;
  run->call.arguments = run->arguments;
  run->call.input = run->inputs != NULL ? g_ptr_array_index (run->inputs, run->input_index) : NULL;
  run->call.records = run->records;
  run->call.output = new_objects ();
  run->call.answer = run->to_all;
}

/* One cmdlet over all its input. TRUE: go on with the next; FALSE: asked, or ended. */
static gboolean
run_command (GTask *task)
{
  ExcLabExchange *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  ExcLabServer *back_end = exc_lab_world_find_server (self->world, self->back_end);

  while (run->inputs == NULL || run->input_index < run->inputs->len) {
    ExcLabOutcome outcome;

    if (g_task_return_error_if_cancelled (task))
      return FALSE;
    prepare_call (self, run, back_end);
    outcome = call_cmdlet (self, run);
    if (outcome == EXC_LAB_ASK) {
      ask (task);
      return FALSE;
    }
    hand_on (self, run, run->call.output);
    if (outcome == EXC_LAB_FAILED) {
      fail (task, g_steal_pointer (&run->call.failure));
      return FALSE;
    }
    clear_call (run);
    run->input_index++;
    if (run->inputs == NULL)
      break;
  }
  return TRUE;
}

static gboolean
select_objects (ExcLabExchange *self, Run *run, ExcValue **failure)
{
  g_autoptr(GPtrArray) none = new_objects ();
  g_autoptr(GPtrArray) output = new_objects ();

  if (!exc_lab_select_object (
          run->arguments, run->inputs != NULL ? run->inputs : none, output, failure))
    return FALSE;
  hand_on (self, run, output);
  return TRUE;
}

static void
run_on (GTask *take_task)
{
  g_autoptr(GTask) task = take_task;
  ExcLabExchange *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);

  for (; run->command < exc_pipeline_get_n_commands (run->pipeline); run->command++) {
    const gboolean is_resumed = run->call.output != NULL;
    ExcValue *failure = NULL;

    if (!is_resumed && !begin_command (self, run, &failure)) {
      fail (task, failure);
      return;
    }
    if (!is_resumed)
      run->next = new_objects ();
    if (g_str_equal (run->cmdlet->name, "Select-Object")) {
      if (!select_objects (self, run, &failure)) {
        fail (task, failure);
        return;
      }
    } else if (!run_command (task)) {
      return;
    }
    g_clear_pointer (&run->inputs, g_ptr_array_unref);
    run->inputs = g_steal_pointer (&run->next);
  }
  g_task_return_boolean (task, TRUE);
}

static void
exc_lab_exchange_run_async (ExcLabSession *session,
                            ExcPipeline *pipeline,
                            ExcLabOutput *output,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (session, cancellable, callback, user_data);
  Run *run = g_new0 (Run, 1);

  g_task_set_source_tag (task, exc_lab_exchange_run_async);
  exc_lab_world_catch_up (EXC_LAB_EXCHANGE (session)->world);
  run->pipeline = exc_pipeline_ref (pipeline);
  run->records = g_object_ref (output);
  run->call.answer = EXC_LAB_ANSWER_NONE;
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);
  run_on (task);
}

static gboolean
exc_lab_exchange_run_finish (ExcLabSession *session,
                             GAsyncResult *result,
                             ExcValue **failure,
                             GError **error)
{
  Run *run;
  gboolean ok;

  g_return_val_if_fail (g_task_is_valid (result, session), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_lab_exchange_run_async), FALSE);

  run = g_task_get_task_data (G_TASK (result));
  ok = g_task_propagate_boolean (G_TASK (result), error);
  if (failure != NULL)
    *failure = g_steal_pointer (&run->failure);
  return ok;
}

static void
exc_lab_exchange_finalize (GObject *object)
{
  ExcLabExchange *self = EXC_LAB_EXCHANGE (object);

  g_clear_object (&self->world);
  g_clear_pointer (&self->back_end, g_free);

  G_OBJECT_CLASS (exc_lab_exchange_parent_class)->finalize (object);
}

static void
exc_lab_exchange_class_init (ExcLabExchangeClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = exc_lab_exchange_finalize;
}

static void
exc_lab_exchange_init (ExcLabExchange *self)
{
}

static void
exc_lab_exchange_session_init (ExcLabSessionInterface *iface)
{
  iface->run_async = exc_lab_exchange_run_async;
  iface->run_finish = exc_lab_exchange_run_finish;
}

static gboolean
asks_for_full (const char *query)
{
  g_auto(GStrv) parts = g_strsplit_set (query != NULL ? query : "", "?&;", -1);

  for (guint i = 0; parts[i] != NULL; i++) {
    if (g_ascii_strcasecmp (parts[i], "serializationLevel=Full") == 0)
      return TRUE;
  }
  return FALSE;
}

ExcLabExchange *
exc_lab_exchange_new (ExcLabWorld *world,
                      ExcLabTable *table,
                      ExcLabServer *back_end,
                      const char *query)
{
  ExcLabExchange *self = g_object_new (EXC_TYPE_LAB_EXCHANGE, NULL);

  self->world = g_object_ref (world);
  self->table = table;
  self->back_end = g_strdup (back_end->name);
  self->is_full = asks_for_full (query);
  return self;
}
