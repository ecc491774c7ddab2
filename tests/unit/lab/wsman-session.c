/* wsman-session.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "wsman-session.h"

#include "exc-error.h"

#define TEST_TYPE_SESSION (test_session_get_type ())
G_DECLARE_FINAL_TYPE (TestSession, test_session, TEST, SESSION, GObject)

struct _TestSession {
  GObject parent_instance;
};

guint n_sessions;
guint n_running;

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
on_wait_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;

  n_running--;
  g_task_return_error_if_cancelled (task);
  g_object_unref (task);
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
  if (g_str_equal (name, "Echo")) {
    exc_lab_output_write (output, EXC_STREAM_OUTPUT, exc_command_lookup (command, "Value"));
    g_task_return_boolean (task, TRUE);
  } else if (g_str_equal (name, "Large")) {
    g_autofree char *text = g_strnfill (LARGE, 'x');
    g_autoptr(ExcValue) value = exc_value_new_string (text);

    exc_lab_output_write (output, EXC_STREAM_OUTPUT, value);
    g_task_return_boolean (task, TRUE);
  } else if (g_str_equal (name, "Wait")) {
    GTask *kept = g_task_new (session, cancellable, callback, user_data);

    n_running++;
    g_cancellable_connect (cancellable, G_CALLBACK (on_wait_cancelled_cb), kept, NULL);
  } else if (g_str_equal (name, "Ask")) {
    exc_lab_output_prompt_async (output,
                                 "Confirm",
                                 "Overwrite?",
                                 labels,
                                 0,
                                 cancellable,
                                 on_prompted_cb,
                                 g_steal_pointer (&task));
  } else {
    g_task_set_task_data (task,
                          exc_lab_error_record_new ("no such command",
                                                    "System.Management.Automation."
                                                    "CommandNotFoundException",
                                                    "CommandNotFoundException",
                                                    13,
                                                    NULL),
                          (GDestroyNotify) exc_value_unref);
    g_task_return_boolean (task, FALSE);
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
test_session_finalize (GObject *object)
{
  n_sessions--;
  G_OBJECT_CLASS (test_session_parent_class)->finalize (object);
}

static void
test_session_class_init (TestSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_session_finalize;
}

static void
test_session_init (TestSession *self)
{
  n_sessions++;
}

ExcLabSession *
make_session (
    gpointer data, const char *configuration, const char *query, const char *user, GError **error)
{
  g_assert_cmpstr (configuration, ==, CONFIGURATION);
  g_assert_cmpstr (query, ==, "PSVersion=5.1");
  if (data != NULL) {
    g_set_error_literal (error, EXC_ERROR, EXC_ERROR_AUTH, "no role");
    return NULL;
  }

  return g_object_new (TEST_TYPE_SESSION, NULL);
}
