/* exc-connection-run.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-connection"

#include "config.h"

#include "exc-connection-private.h"

#include <glib/gi18n.h>

#include "exc-error.h"

#define QUICK_LIMIT_S       20  /* past it a reading lets the others go first */
#define READ_LIMIT_S        180 /* a chain check can take 30 s a certificate (domain.md 1.4) */
#define MAX_ATTEMPTS        2
#define QUICK_FAILURE       (5 * G_USEC_PER_SEC)
#define DEFAULT_WINDOWS_URL "https://%s:5986/wsman"

/* One reading on its way. */
typedef struct {
  ExcPipeline *pipeline;
  ExcPermit *permit; /* (nullable) */
  ExcShell *shell;   /* (nullable): that runs it */
  char *fqdn;        /* (nullable): of the Windows endpoint */
  guint timeout_s;
  guint n_attempts;
  guint n_moves;     /* to another entry */
  gint64 started;    /* this attempt, monotonic */
  gboolean was_open; /* the shell, before this attempt */
} Run;

static void start_waiting (ExcConnection *self);
static void start_serialized (ExcConnection *self, GTask *take);
static void start_windows (ExcConnection *self, GTask *take);

static void
run_free (Run *run)
{
  exc_pipeline_unref (run->pipeline);
  g_clear_pointer (&run->permit, exc_permit_unref);
  g_clear_object (&run->shell);
  g_free (run->fqdn);
  g_free (run);
}

static GTask *
run_new (ExcConnection *self,
         gpointer tag,
         ExcPipeline *pipeline,
         guint timeout_s,
         GCancellable *cancellable,
         GAsyncReadyCallback callback,
         gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Run *run = g_new0 (Run, 1);

  g_task_set_source_tag (task, tag);
  run->pipeline = exc_pipeline_ref (pipeline);
  run->timeout_s = timeout_s > 0 ? timeout_s : READ_LIMIT_S;
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);
  return task;
}

/* Forgets a shell that is of no more use; the next run makes a new one. */
static void
retire (ExcConnection *self, ExcShell **shell)
{
  if (*shell == NULL)
    return;
  self->n_round_trips += exc_shell_get_n_round_trips (*shell);
  g_clear_object (shell);
}

static void
retire_if_dead (ExcConnection *self, ExcShell **shell, ExcShell *dead)
{
  if (*shell == dead && !exc_shell_is_open (dead))
    retire (self, shell);
}

/* The shell died under the command, or its opening broke off: not the command's fault, and a
 * reading can be sent again. Waiting twice for a server that does not answer at all helps nobody.
 */
static gboolean
deserves_another (Run *run, const GError *error)
{
  gint64 took = g_get_monotonic_time () - run->started;

  return run->permit == NULL && run->n_attempts < MAX_ATTEMPTS && !exc_shell_is_open (run->shell) &&
         (run->was_open || took < QUICK_FAILURE) &&
         (g_error_matches (error, EXC_ERROR, EXC_ERROR_GONE) ||
          g_error_matches (error, EXC_ERROR, EXC_ERROR_UNREACHABLE));
}

gboolean
exc_connection_fail_if_closed (ExcConnection *self, GTask *task)
{
  if (!self->is_closed)
    return FALSE;
  g_task_return_new_error (task, EXC_ERROR, EXC_ERROR_GONE, _("The connection has been closed."));
  return TRUE;
}

static void
start (GTask *task, guint timeout_s, GAsyncReadyCallback callback)
{
  Run *run = g_task_get_task_data (task);

  run->n_attempts++;
  run->started = g_get_monotonic_time ();
  run->was_open = exc_shell_is_open (run->shell);
  exc_shell_run_async (run->shell,
                       run->pipeline,
                       run->permit,
                       timeout_s,
                       g_task_get_cancellable (task),
                       callback,
                       task);
}

static void
return_reply (GTask *task, ExcReply *take, GError *take_error)
{
  if (take != NULL)
    g_task_return_pointer (task, take, (GDestroyNotify) exc_reply_unref);
  else
    g_task_return_error (task, take_error);
}

/* ---- readings on the Exchange endpoint ---- */

/* The server of this shell cannot be reached at all: another one may answer for it. */
static gboolean
move_elsewhere (ExcConnection *self, Run *run, const GError *error)
{
  if (run->was_open || exc_shell_is_open (run->shell) ||
      !g_error_matches (error, EXC_ERROR, EXC_ERROR_UNREACHABLE) ||
      run->n_moves + 1 >= self->entries->len ||
      !exc_connection_leave_entry (self, exc_shell_get_endpoint (run->shell)))
    return FALSE;
  run->n_moves++;
  run->n_attempts = 0;
  return TRUE;
}

static gboolean
has_open_reader (ExcConnection *self)
{
  for (guint i = 0; i < EXC_N_READERS; i++) {
    if (self->readers[i] != NULL && exc_shell_is_open (self->readers[i]))
      return TRUE;
  }
  return FALSE;
}

static void
on_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  ExcConnection *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  ExcReply *reply = exc_shell_run_finish (EXC_SHELL (source), result, &error);
  gboolean again_first = FALSE, again_last = FALSE;

  if (reply == NULL) {
    again_first = deserves_another (run, error) || move_elsewhere (self, run, error);
    again_last = !again_first && run->n_attempts < MAX_ATTEMPTS && exc_shell_is_open (run->shell) &&
                 g_error_matches (error, EXC_ERROR, EXC_ERROR_UNREACHABLE);
  }
  for (guint i = 0; i < EXC_N_READERS; i++) {
    if (self->readers[i] != run->shell)
      continue;
    self->is_busy[i] = FALSE;
    if (!exc_shell_is_open (run->shell))
      retire (self, &self->readers[i]);
  }
  if (g_error_matches (error, EXC_ERROR, EXC_ERROR_BUSY) && has_open_reader (self)) {
    /* Too many shells: make do with those that are open. */
    self->n_readers = MAX (1, self->n_readers - 1);
    run->n_attempts--;
    again_first = TRUE;
  }
  g_clear_object (&run->shell);

  if (again_first && !self->is_closed)
    g_queue_push_head (&self->waiting, g_steal_pointer (&task));
  else if (again_last && !self->is_closed)
    g_queue_push_tail (&self->waiting, g_steal_pointer (&task));
  else
    return_reply (task, reply, g_steal_pointer (&error));
  start_waiting (self);
}

/* An open shell that idles, else a place for a new one; -1: all are busy. */
static int
find_reader (ExcConnection *self)
{
  int place = -1;
  guint n_busy = 0;

  for (int i = 0; i < EXC_N_READERS; i++) {
    n_busy += self->is_busy[i];
    if (self->is_busy[i])
      continue;
    if (self->readers[i] != NULL && exc_shell_is_open (self->readers[i]))
      return i;
    if (place < 0)
      place = i;
  }
  return n_busy < self->n_readers ? place : -1;
}

static void
start_waiting (ExcConnection *self)
{
  int place;

  while (!g_queue_is_empty (&self->waiting) && (place = find_reader (self)) >= 0) {
    g_autoptr(GTask) task = g_queue_pop_head (&self->waiting);
    Run *run = g_task_get_task_data (task);
    guint limit_s = run->n_attempts == 0 ? MIN (run->timeout_s, QUICK_LIMIT_S) : run->timeout_s;

    if (g_task_return_error_if_cancelled (task))
      continue;
    if (self->readers[place] == NULL)
      self->readers[place] = exc_shell_new (exc_connection_get_entry (self));
    self->is_busy[place] = TRUE;
    run->shell = g_object_ref (self->readers[place]);
    start (g_steal_pointer (&task), limit_s, on_read_cb);
  }
}

/* ---- changes, serialized readings, Windows ---- */

static void
on_changed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  ExcConnection *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  ExcReply *reply = exc_shell_run_finish (EXC_SHELL (source), result, &error);

  retire_if_dead (self, &self->changer, run->shell);
  return_reply (task, reply, g_steal_pointer (&error));
}

static void start_serialized (ExcConnection *self, GTask *take);

static void
on_serialized_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  ExcConnection *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  ExcReply *reply = exc_shell_run_finish (EXC_SHELL (source), result, &error);
  gboolean again = reply == NULL && deserves_another (run, error);

  retire_if_dead (self, &self->serialized_reader, run->shell);
  g_clear_object (&run->shell);
  if (again)
    start_serialized (self, g_steal_pointer (&task));
  else
    return_reply (task, reply, g_steal_pointer (&error));
}

static void
start_serialized (ExcConnection *self, GTask *take)
{
  g_autoptr(GTask) task = take;
  g_autoptr(GError) error = NULL;
  Run *run = g_task_get_task_data (task);

  if (exc_connection_fail_if_closed (self, task))
    return;
  if (self->serialized_reader == NULL) {
    g_autoptr(ExcEndpoint) endpoint = exc_connection_make_serialized_entry (self, &error);

    if (endpoint == NULL) {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
    self->serialized_reader = exc_shell_new (endpoint);
  }
  run->shell = g_object_ref (self->serialized_reader);
  start (g_steal_pointer (&task), run->timeout_s, on_serialized_cb);
}

static void
on_windows_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  ExcConnection *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  ExcReply *reply = exc_shell_run_finish (EXC_SHELL (source), result, &error);
  gboolean again = reply == NULL && deserves_another (run, error);

  if (!exc_shell_is_open (run->shell) &&
      g_hash_table_lookup (self->windows, run->fqdn) == run->shell) {
    self->n_round_trips += exc_shell_get_n_round_trips (run->shell);
    g_hash_table_remove (self->windows, run->fqdn);
  }
  g_clear_object (&run->shell);
  if (again)
    start_windows (self, g_steal_pointer (&task));
  else
    return_reply (task, reply, g_steal_pointer (&error));
}

static ExcShell *
make_windows_shell (ExcConnection *self, const char *fqdn, GError **error)
{
  const char *pattern = self->settings->windows_url;
  g_auto(GStrv) parts = g_strsplit (pattern ? pattern : DEFAULT_WINDOWS_URL, "%s", 2);
  g_autofree char *url = g_strjoin (fqdn, parts[0], parts[1], NULL);
  g_autoptr(ExcEndpoint) endpoint = exc_endpoint_new (url,
                                                       EXC_CONFIGURATION_WINDOWS,
                                                       self->settings->credentials,
                                                       self->settings->ca_file,
                                                       self->settings->names,
                                                       error);

  return endpoint != NULL ? exc_shell_new (endpoint) : NULL;
}

static void
start_windows (ExcConnection *self, GTask *take)
{
  g_autoptr(GTask) task = take;
  g_autoptr(GError) error = NULL;
  Run *run = g_task_get_task_data (task);
  ExcShell *shell;

  if (exc_connection_fail_if_closed (self, task))
    return;
  shell = g_hash_table_lookup (self->windows, run->fqdn);
  if (shell == NULL) {
    shell = make_windows_shell (self, run->fqdn, &error);
    if (shell == NULL) {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
    g_hash_table_insert (self->windows, g_strdup (run->fqdn), shell);
  }
  run->shell = g_object_ref (shell);
  start (g_steal_pointer (&task), run->timeout_s, on_windows_cb);
}

/**
 * exc_connection_run_exchange_async:
 * @self: a connection
 * @pipeline: what to run
 * @permit: (nullable): the runner's permit; with one, the shell for changes is used
 * @timeout_s: seconds the command may take; 0 for the default of 180
 * @cancellable: (nullable): stops it
 * @callback: called with the result
 * @user_data: data for @callback
 *
 * Runs a pipeline on the Exchange endpoint. A reading may be sent twice: when its shell died under
 * it, and when it passed a short limit and lets the others go first.
 */
void
exc_connection_run_exchange_async (ExcConnection *self,
                                   ExcPipeline *pipeline,
                                   ExcPermit *permit,
                                   guint timeout_s,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr(GTask) task = NULL;
  Run *run;

  g_return_if_fail (EXC_IS_CONNECTION (self));
  g_return_if_fail (pipeline != NULL);

  task = run_new (self,
                  exc_connection_run_exchange_async,
                  pipeline,
                  timeout_s,
                  cancellable,
                  callback,
                  user_data);
  run = g_task_get_task_data (task);
  if (exc_connection_fail_if_closed (self, task))
    return;
  if (permit == NULL) {
    g_queue_push_tail (&self->waiting, g_steal_pointer (&task));
    start_waiting (self);
    return;
  }
  run->permit = exc_permit_ref (permit);
  if (self->changer == NULL)
    self->changer = exc_shell_new (self->entries->pdata[0]);
  run->shell = g_object_ref (self->changer);
  start (g_steal_pointer (&task), run->timeout_s, on_changed_cb);
}

void
exc_connection_run_serialized_async (ExcConnection *self,
                                     ExcPipeline *pipeline,
                                     guint timeout_s,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_return_if_fail (EXC_IS_CONNECTION (self));
  g_return_if_fail (pipeline != NULL);

  start_serialized (self,
                    run_new (self,
                             exc_connection_run_exchange_async,
                             pipeline,
                             timeout_s,
                             cancellable,
                             callback,
                             user_data));
}

void
exc_connection_run_windows_async (ExcConnection *self,
                                  const char *fqdn,
                                  ExcPipeline *pipeline,
                                  ExcPermit *permit,
                                  guint timeout_s,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task;
  Run *run;

  g_return_if_fail (EXC_IS_CONNECTION (self));
  g_return_if_fail (fqdn != NULL);
  g_return_if_fail (pipeline != NULL);

  task = run_new (self,
                  exc_connection_run_exchange_async,
                  pipeline,
                  timeout_s,
                  cancellable,
                  callback,
                  user_data);
  run = g_task_get_task_data (task);
  run->fqdn = g_ascii_strdown (fqdn, -1);
  run->permit = permit ? exc_permit_ref (permit) : NULL;
  start_windows (self, task);
}

/**
 * exc_connection_run_finish:
 * @self: a connection
 * @result: of any of the three ways to run
 * @error: what kept the server from answering; what the answer says is the reply's matter
 *
 * Returns: (transfer full) (nullable): the reply
 */
ExcReply *
exc_connection_run_finish (ExcConnection *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_connection_run_exchange_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
