/* fake-shell.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fake-shell.h"

#include <string.h>

struct _ExcShell {
  GObject parent_instance;

  ExcEndpoint *endpoint;
  gboolean is_open;
};

G_DEFINE_FINAL_TYPE (ExcShell, exc_shell, G_TYPE_OBJECT)

static GPtrArray *runs; /* (element-type FakeRun) */
static guint n_made, n_closed;

static void
run_free (FakeRun *run)
{
  g_object_unref (run->shell);
  exc_pipeline_unref (run->pipeline);
  g_object_unref (run->task);
  g_free (run);
}

static void
exc_shell_finalize (GObject *object)
{
  g_clear_pointer (&EXC_SHELL (object)->endpoint, exc_endpoint_unref);

  G_OBJECT_CLASS (exc_shell_parent_class)->finalize (object);
}

static void
exc_shell_class_init (ExcShellClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = exc_shell_finalize;
}

static void
exc_shell_init (ExcShell *self)
{
}

void
fake_shell_reset (void)
{
  g_clear_pointer (&runs, g_ptr_array_unref);
  runs = g_ptr_array_new_with_free_func ((GDestroyNotify) run_free);
  n_made = n_closed = 0;
}

guint
fake_shell_get_n_made (void)
{
  return n_made;
}

guint
fake_shell_get_n_closed (void)
{
  return n_closed;
}

guint
fake_shell_get_n_runs (void)
{
  return runs->len;
}

FakeRun *
fake_shell_get_run (guint index)
{
  g_assert_cmpuint (index, <, runs->len);
  return runs->pdata[index];
}

FakeRun *
fake_shell_find_run (const char *host, const char *text)
{
  for (guint i = 0; i < runs->len; i++) {
    FakeRun *run = runs->pdata[i];
    g_autofree char *line = exc_pipeline_to_line (run->pipeline);

    if (strstr (exc_endpoint_get_url (run->shell->endpoint), host) != NULL &&
        strstr (line, text) != NULL)
      return run;
  }
  return NULL;
}

void
fake_run_reply (FakeRun *run, ExcReply *take)
{
  g_autoptr(GTask) task = g_object_ref (run->task);

  run->shell->is_open = TRUE;
  g_ptr_array_remove (runs, run);
  g_task_return_pointer (task, take, (GDestroyNotify) exc_reply_unref);
}

void
fake_run_fail (FakeRun *run, GQuark domain, int code, gboolean is_open)
{
  g_autoptr(GTask) task = g_object_ref (run->task);

  run->shell->is_open = is_open;
  g_ptr_array_remove (runs, run);
  g_task_return_new_error (task, domain, code, "by the test");
}

ExcShell *
exc_shell_new (ExcEndpoint *endpoint)
{
  ExcShell *self = g_object_new (EXC_TYPE_SHELL, NULL);

  self->endpoint = exc_endpoint_ref (endpoint);
  n_made++;
  return self;
}

ExcEndpoint *
exc_shell_get_endpoint (ExcShell *self)
{
  return self->endpoint;
}

gboolean
exc_shell_is_open (ExcShell *self)
{
  return self->is_open;
}

guint
exc_shell_get_n_round_trips (ExcShell *self)
{
  return 5;
}

gint64
exc_shell_get_server_time_offset (ExcShell *self)
{
  return 0;
}

void
exc_shell_run_async (ExcShell *self,
                     ExcPipeline *pipeline,
                     ExcPermit *permit,
                     guint timeout_s,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  FakeRun *run = g_new0 (FakeRun, 1);

  run->shell = g_object_ref (self);
  run->pipeline = exc_pipeline_ref (pipeline);
  run->has_permit = permit != NULL;
  run->timeout_s = timeout_s;
  run->task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_check_cancellable (run->task, FALSE);
  g_ptr_array_add (runs, run);
}

ExcReply *
exc_shell_run_finish (ExcShell *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
exc_shell_open_async (ExcShell *self,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_assert_not_reached ();
}

gboolean
exc_shell_open_finish (ExcShell *self, GAsyncResult *result, GError **error)
{
  g_assert_not_reached ();
}

void
exc_shell_close_async (ExcShell *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  self->is_open = FALSE;
  n_closed++;
  g_task_return_boolean (task, TRUE);
}

gboolean
exc_shell_close_finish (ExcShell *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
