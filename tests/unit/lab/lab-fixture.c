/* lab-fixture.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "lab-fixture.h"

#include "exc-error.h"

#define TEST_TYPE_OUTPUT (test_output_get_type ())
G_DECLARE_FINAL_TYPE (TestOutput, test_output, TEST, OUTPUT, ExcLabOutput)

struct _TestOutput {
  ExcLabOutput parent_instance;

  LabReply *reply;
  int answer;
};

G_DEFINE_FINAL_TYPE (TestOutput, test_output, EXC_TYPE_LAB_OUTPUT)

static void
test_output_write (ExcLabOutput *output, ExcStream stream, ExcValue *value)
{
  TestOutput *self = TEST_OUTPUT (output);

  if (stream == EXC_STREAM_OUTPUT)
    g_ptr_array_add (self->reply->output, exc_value_ref (value));
  else if (stream == EXC_STREAM_ERROR)
    g_ptr_array_add (self->reply->errors, exc_error_record_new_from_value (value));
  else if (stream == EXC_STREAM_WARNING)
    g_ptr_array_add (self->reply->warnings, exc_value_ref (value));
}

static void
test_output_prompt_async (ExcLabOutput *output,
                          const char *caption,
                          const char *message,
                          const char *const *labels,
                          int default_choice,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  TestOutput *self = TEST_OUTPUT (output);
  g_autoptr(GTask) task = g_task_new (output, cancellable, callback, user_data);

  g_assert_cmpstr (labels[2], ==, "&No");
  g_assert_cmpint (default_choice, ==, 0);
  g_ptr_array_add (self->reply->questions, g_strdup (message));
  if (self->answer < 0)
    g_task_return_new_error (task, EXC_ERROR, EXC_ERROR_REFUSED, "nobody there");
  else
    g_task_return_int (task, self->answer);
}

static int
test_output_prompt_finish (ExcLabOutput *output, GAsyncResult *result, GError **error)
{
  return (int) g_task_propagate_int (G_TASK (result), error);
}

static void
test_output_class_init (TestOutputClass *klass)
{
  EXC_LAB_OUTPUT_CLASS (klass)->write = test_output_write;
  EXC_LAB_OUTPUT_CLASS (klass)->prompt_async = test_output_prompt_async;
  EXC_LAB_OUTPUT_CLASS (klass)->prompt_finish = test_output_prompt_finish;
}

static void
test_output_init (TestOutput *self)
{
}

void
lab_set_up (LabFixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture->clock = exc_clock_new ();
  fixture->keys = exc_lab_keys_new (NULL);
  fixture->world = exc_lab_world_new (fixture->clock, fixture->keys);
  exc_lab_world_load_scenario (fixture->world, "small", &error);
  g_assert_no_error (error);
  fixture->table = exc_lab_table_load (&error);
  g_assert_no_error (error);
  fixture->session = EXC_LAB_SESSION (exc_lab_exchange_new (
      fixture->world, fixture->table, exc_lab_world_find_server (fixture->world, "EXCH03"), data));
  fixture->answer = -1;
}

void
lab_tear_down (LabFixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->session);
  g_assert_finalize_object (fixture->world);
  exc_lab_table_free (fixture->table);
  exc_lab_keys_free (fixture->keys);
  g_assert_finalize_object (fixture->clock);
}

void
lab_reply_free (LabReply *reply)
{
  g_ptr_array_unref (reply->output);
  g_ptr_array_unref (reply->errors);
  g_ptr_array_unref (reply->questions);
  g_ptr_array_unref (reply->warnings);
  g_clear_pointer (&reply->failure, exc_error_record_unref);
  g_free (reply);
}

static void
on_run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

LabReply *
lab_run (LabFixture *fixture, ExcLabSession *session, ExcPipeline *take)
{
  g_autoptr(ExcPipeline) pipeline = take;
  g_autoptr(TestOutput) output = g_object_new (TEST_TYPE_OUTPUT, NULL);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(ExcValue) failure = NULL;
  g_autoptr(GError) error = NULL;
  LabReply *reply = g_new0 (LabReply, 1);

  reply->output = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_value_unref);
  reply->errors = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_error_record_unref);
  reply->questions = g_ptr_array_new_with_free_func (g_free);
  reply->warnings = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_value_unref);
  output->reply = reply;
  output->answer = fixture->answer;
  EXC_LAB_SESSION_GET_IFACE (session)->run_async (
      session, pipeline, EXC_LAB_OUTPUT (output), NULL, on_run_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  reply->ok = EXC_LAB_SESSION_GET_IFACE (session)->run_finish (session, result, &failure, &error);
  g_assert_no_error (error);
  if (failure != NULL)
    reply->failure = exc_error_record_new_from_value (failure);
  g_assert_true (reply->ok == (failure == NULL));
  return reply;
}

ExcCommand *
lab_command (const char *name, ...)
{
  ExcCommand *command = exc_command_new (name);
  va_list arguments;
  const char *parameter;

  va_start (arguments, name);
  while ((parameter = va_arg (arguments, const char *)) != NULL)
    exc_command_set (command, parameter, va_arg (arguments, ExcValue *));
  va_end (arguments);
  return command;
}

LabReply *
lab_run_command (LabFixture *fixture, ExcCommand *take)
{
  return lab_run (fixture, fixture->session, exc_pipeline_new_single (take));
}

LabReply *
lab_run_projected (LabFixture *fixture, ExcCommand *take, const char *const *properties)
{
  ExcPipeline *pipeline = exc_pipeline_new_single (take);

  exc_pipeline_append (
      pipeline,
      lab_command ("Select-Object", "Property", exc_value_new_string_list (properties), NULL));
  return lab_run (fixture, fixture->session, pipeline);
}

ExcLabCertificate *
lab_find (LabFixture *fixture, const char *server_name, const char *friendly_name)
{
  ExcLabServer *server = exc_lab_world_find_server (fixture->world, server_name);

  for (guint i = 0; i < server->my->len; i++) {
    ExcLabCertificate *certificate = g_ptr_array_index (server->my, i);

    if (g_strcmp0 (certificate->friendly_name, friendly_name) == 0)
      return certificate;
  }
  g_assert_not_reached ();
}

const char *
lab_text (LabReply *reply, guint index, const char *property)
{
  g_assert_cmpuint (index, <, reply->output->len);
  return exc_value_get_text (
      exc_value_get_property (g_ptr_array_index (reply->output, index), property));
}
