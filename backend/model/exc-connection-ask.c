/* exc-connection-ask.c — does this one server answer?
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-connection"

#include "config.h"

#include "exc-connection-private.h"

typedef struct {
  ExcShell *shell;
  ExcReply *reply; /* (nullable) */
  GError *error;   /* (nullable) */
} Ask;

static void
ask_free (Ask *ask)
{
  g_clear_object (&ask->shell);
  g_clear_pointer (&ask->reply, exc_reply_unref);
  g_clear_error (&ask->error);
  g_free (ask);
}

static void
on_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  ExcConnection *self = g_task_get_source_object (task);
  Ask *ask = g_task_get_task_data (task);

  if (!exc_shell_close_finish (ask->shell, result, &error))
    g_info ("A shell was left behind: %s", error->message);
  self->n_round_trips += exc_shell_get_n_round_trips (ask->shell);
  if (ask->reply != NULL)
    g_task_return_pointer (task, g_steal_pointer (&ask->reply), (GDestroyNotify) exc_reply_unref);
  else
    g_task_return_error (task, g_steal_pointer (&ask->error));
}

static void
on_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  Ask *ask = g_task_get_task_data (task);

  ask->reply = exc_shell_run_finish (ask->shell, result, &ask->error);
  exc_shell_close_async (ask->shell, NULL, on_closed_cb, g_steal_pointer (&task));
}

/**
 * exc_connection_ask_async:
 * @self: a connection
 * @fqdn: a server
 * @pipeline: a reading
 * @timeout_s: seconds it may take
 * @cancellable: (nullable): stops it
 * @callback: called with the result
 * @user_data: data for @callback
 *
 * Runs a reading on the Exchange endpoint of @fqdn and of nobody else, once, in a new session: it
 * tells whether that endpoint takes sessions now, which an old one may outlive.
 */
void
exc_connection_ask_async (ExcConnection *self,
                          const char *fqdn,
                          ExcPipeline *pipeline,
                          guint timeout_s,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(ExcEndpoint) endpoint = NULL;
  GError *error = NULL;
  Ask *ask;

  g_return_if_fail (EXC_IS_CONNECTION (self));
  g_return_if_fail (fqdn != NULL);
  g_return_if_fail (pipeline != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, exc_connection_ask_async);
  if (exc_connection_fail_if_closed (self, task))
    return;
  endpoint = exc_connection_make_entry (self, fqdn, &error);
  if (endpoint == NULL) {
    g_task_return_error (task, error);
    return;
  }
  ask = g_new0 (Ask, 1);
  ask->shell = exc_shell_new (endpoint);
  g_task_set_task_data (task, ask, (GDestroyNotify) ask_free);
  exc_shell_run_async (
      ask->shell, pipeline, NULL, timeout_s, cancellable, on_answered_cb, g_steal_pointer (&task));
}

ExcReply *
exc_connection_ask_finish (ExcConnection *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_connection_ask_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
