/* shell-fixture.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "shell-fixture.h"

#include "exc-error.h"

#define LARGE (600 * 1024)

guint fixture_n_running = 0;

#define TEST_TYPE_SESSION (test_session_get_type ())
G_DECLARE_FINAL_TYPE (TestSession, test_session, TEST, SESSION, GObject)

struct _TestSession {
  GObject parent_instance;
};

static void
on_prompted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  int choice = exc_lab_output_prompt_finish (EXC_LAB_OUTPUT (source), result, &error);
  g_autoptr(ExcValue) value = NULL;

  if (choice < 0) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  value = exc_value_new_int32 (choice);
  exc_lab_output_write (EXC_LAB_OUTPUT (source), EXC_STREAM_OUTPUT, value);
  g_task_return_boolean (task, TRUE);
}

static void
on_stopped_cb (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;

  fixture_n_running--;
  g_task_return_error_if_cancelled (task);
  g_object_unref (task);
}

static void
write_records (ExcLabOutput *output)
{
  const ExcStream streams[] = { EXC_STREAM_WARNING, EXC_STREAM_VERBOSE, EXC_STREAM_DEBUG };
  g_autoptr(ExcValue) text = exc_value_new_string ("text");
  g_autoptr(ExcValue) error_record =
                 exc_lab_error_record_new ("bad", "System.Exception", "Bad", 7, NULL);

  exc_lab_output_write (output, EXC_STREAM_OUTPUT, text);
  exc_lab_output_write (output, EXC_STREAM_ERROR, error_record);
  for (gsize i = 0; i < G_N_ELEMENTS (streams); i++)
    exc_lab_output_write (output, streams[i], text);
  exc_lab_output_write (output, EXC_STREAM_OUTPUT, text);
}

static void
fail (GTask *task)
{
  g_task_set_task_data (
      task,
      exc_lab_error_record_new ("no such command",
                                "System.Management.Automation.CommandNotFoundException",
                                "CommandNotFoundException",
                                13,
                                NULL),
      (GDestroyNotify) exc_value_unref);
  g_task_return_boolean (task, FALSE);
}

static void
test_session_run_async (ExcLabSession *session,
                        ExcPipeline *pipeline,
                        ExcLabOutput *output,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  static const char *const labels[] = { "&Yes", "&No", NULL };
  g_autoptr(GTask) task = g_task_new (session, NULL, callback, user_data);
  ExcCommand *command = exc_pipeline_get_command (pipeline, 0);
  const char *name = exc_command_get_name (command);

  g_task_set_check_cancellable (task, FALSE);
  if (g_str_equal (name, "Get-Echo")) {
    exc_lab_output_write (output, EXC_STREAM_OUTPUT, exc_command_lookup (command, "Value"));
    g_task_return_boolean (task, TRUE);
  } else if (g_str_equal (name, "Get-Length")) {
    g_autoptr(ExcValue) value = exc_value_new_int32 (
        (int) strlen (exc_value_get_text (exc_command_lookup (command, "Value"))));

    exc_lab_output_write (output, EXC_STREAM_OUTPUT, value);
    g_task_return_boolean (task, TRUE);
  } else if (g_str_equal (name, "Get-Large")) {
    g_autofree char *text = g_strnfill (LARGE, 'x');
    g_autoptr(ExcValue) value = exc_value_new_string (text);

    exc_lab_output_write (output, EXC_STREAM_OUTPUT, value);
    g_task_return_boolean (task, TRUE);
  } else if (g_str_equal (name, "Get-Records")) {
    write_records (output);
    g_task_return_boolean (task, TRUE);
  } else if (g_str_equal (name, "Get-Wait")) {
    fixture_n_running++;
    g_cancellable_connect (cancellable,
                           G_CALLBACK (on_stopped_cb),
                           g_task_new (session, cancellable, callback, user_data),
                           NULL);
  } else if (g_str_equal (name, "Get-Ask")) {
    exc_lab_output_prompt_async (output,
                                 "Confirm",
                                 "Overwrite?",
                                 labels,
                                 0,
                                 cancellable,
                                 on_prompted_cb,
                                 g_steal_pointer (&task));
  } else {
    fail (task);
  }
}

static gboolean
test_session_run_finish (ExcLabSession *session,
                         GAsyncResult *result,
                         ExcValue **failure,
                         GError **error)
{
  ExcValue *value = g_task_get_task_data (G_TASK (result));

  if (value != NULL)
    *failure = exc_value_ref (value);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
test_session_init_interface (ExcLabSessionInterface *iface)
{
  iface->run_async = test_session_run_async;
  iface->run_finish = test_session_run_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestSession,
                               test_session,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (EXC_TYPE_LAB_SESSION,
                                                      test_session_init_interface))

static void
test_session_class_init (TestSessionClass *klass)
{
}

static void
test_session_init (TestSession *self)
{
}

static ExcLabSession *
make_session (
    gpointer data, const char *configuration, const char *query, const char *user, GError **error)
{
  return g_object_new (TEST_TYPE_SESSION, NULL);
}

static ExcLabFault
on_operation_cb (gpointer data, const char *path, const char *operation)
{
  Fixture *fixture = data;
  const ExcLabFault none = { EXC_LAB_FAULT_NONE, 0, 0, 0 };
  guint n = fixture_get_n (fixture, operation) + 1;

  g_hash_table_replace (fixture->n_operations, g_strdup (operation), GUINT_TO_POINTER (n));
  if (g_str_equal (operation, "Receive") && n == fixture->cancel_at_receive)
    g_cancellable_cancel (fixture->cancellable);
  if (fixture->n_faults == 0 || g_strcmp0 (operation, fixture->fault_operation) != 0)
    return none;
  fixture->n_faults--;
  return fixture->fault;
}

static void
on_record_cb (ExcShell *shell, guint stream, ExcValue *value, Fixture *fixture)
{
  g_string_append_c (fixture->records, "oewvdip"[stream]);
}

void
fixture_set_fault (Fixture *fixture, const char *operation, ExcLabFault fault, guint n)
{
  fixture->fault_operation = operation;
  fixture->fault = fault;
  fixture->n_faults = n;
}

guint
fixture_get_n (Fixture *fixture, const char *operation)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (fixture->n_operations, operation));
}

void
fixture_use_url (Fixture *fixture, const char *url, const char *password, const char *ca_file)
{
  static const ExcShellTiming timing = { .receive_s = 20,
                                         .open_s = 20,
                                         .grace_s = 10,
                                         .run_s = 60,
                                         .drain_ms = 20000,
                                         .close_s = 5,
                                         .lost_s = 2,
                                         .retry_ms = 5 };
  g_autoptr(ExcSecret) secret = exc_secret_new (password, strlen (password));
  g_autoptr(ExcCredentials) credentials =
                 exc_credentials_new (EXC_AUTH_BASIC, "CONTOSO\\admin", secret);
  g_autoptr(GError) error = NULL;

  g_clear_object (&fixture->shell);
  g_clear_pointer (&fixture->endpoint, exc_endpoint_unref);
  fixture->endpoint =
      exc_endpoint_new (url, EXC_CONFIGURATION_EXCHANGE, credentials, ca_file, NULL, &error);
  g_assert_no_error (error);
  fixture->shell = exc_shell_new (fixture->endpoint);
  exc_shell_set_timing (fixture->shell, &timing);
  g_signal_connect (fixture->shell, "record", G_CALLBACK (on_record_cb), fixture);
}

void
fixture_set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(ExcSecret) secret = exc_secret_new ("canary-P@ss", 11);
  g_autoptr(GError) error = NULL;
  g_autofree char *url = NULL;

  fixture->n_operations = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  fixture->records = g_string_new (NULL);
  fixture->cancellable = g_cancellable_new ();
  fixture->wsman = exc_lab_wsman_new (NULL);
  exc_lab_wsman_set_account (fixture->wsman, "CONTOSO\\admin", secret);
  exc_lab_wsman_set_fault_hook (fixture->wsman, on_operation_cb, fixture, NULL);
  exc_lab_wsman_add_endpoint (
      fixture->wsman, "/PowerShell", EXC_CONFIGURATION_EXCHANGE, 3, make_session, NULL, NULL);
  fixture->port = exc_lab_wsman_listen (fixture->wsman, loopback, 0, NULL, &error);
  g_assert_no_error (error);
  url = g_strdup_printf ("http://127.0.0.1:%u/PowerShell", fixture->port);
  fixture_use_url (fixture, url, "canary-P@ss", NULL);
}

void
fixture_tear_down (Fixture *fixture, gconstpointer data)
{
  fixture_close (fixture);
  g_assert_cmpuint (exc_lab_wsman_get_n_shells (fixture->wsman, "/PowerShell"), ==, 0);
  g_assert_cmpuint (fixture_n_running, ==, 0);
  exc_lab_wsman_stop (fixture->wsman);
  g_assert_finalize_object (fixture->shell);
  g_clear_object (&fixture->wsman);
  g_clear_object (&fixture->cancellable);
  exc_endpoint_unref (fixture->endpoint);
  g_hash_table_unref (fixture->n_operations);
  g_string_free (fixture->records, TRUE);
}

ExcPipeline *
fixture_command (const char *name, ExcValue *value)
{
  ExcCommand *command = exc_command_new (name);

  if (value != NULL)
    exc_command_set (command, "Value", value);
  return exc_pipeline_new_single (command);
}

void
fixture_on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

void
fixture_wait (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

gboolean
fixture_open (Fixture *fixture, GError **error)
{
  g_autoptr(GAsyncResult) result = NULL;

  exc_shell_open_async (fixture->shell, NULL, fixture_on_done_cb, &result);
  fixture_wait (&result);
  return exc_shell_open_finish (fixture->shell, result, error);
}

ExcReply *
fixture_run (Fixture *fixture, const char *name, GError **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(ExcPipeline) pipeline = fixture_command (
      name, g_str_equal (name, "Get-Echo") ? exc_value_new_string ("hi") : NULL);

  exc_shell_run_async (
      fixture->shell, pipeline, NULL, 0, fixture->cancellable, fixture_on_done_cb, &result);
  fixture_wait (&result);
  return exc_shell_run_finish (fixture->shell, result, error);
}

void
fixture_close (Fixture *fixture)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  exc_shell_close_async (fixture->shell, NULL, fixture_on_done_cb, &result);
  fixture_wait (&result);
  exc_shell_close_finish (fixture->shell, result, &error);
  g_assert_no_error (error);
  g_assert_false (exc_shell_is_open (fixture->shell));
}

void
fixture_check_echo (ExcReply *reply)
{
  GPtrArray *output = NULL;

  g_assert_nonnull (reply);
  output = exc_reply_get_output (reply);
  g_assert_cmpuint (output->len, ==, 1);
  g_assert_cmpstr (exc_value_get_text (output->pdata[0]), ==, "hi");
}
