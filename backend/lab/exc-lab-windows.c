/* exc-lab-windows.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-windows"

#include "config.h"

#include "exc-lab-windows.h"

#include "exc-lab-script-arguments.h"
#include "exc-scripts.h"

#define NOT_IMPLEMENTED  11
#define OBJECT_NOT_FOUND 13

struct _ExcLabWindows {
  GObject parent_instance;

  ExcLabWorld *world;
  char *server; /* its name: a reset makes new servers of the same names */
};

/* A script on its way. Only what restarts services takes time. */
typedef struct {
  ExcLabOutput *records;
  GHashTable *arguments;
  GStrv services;
  guint index;
  ExcValue *list;
  ExcValue *failure;
} Run;

/* What the scripts' param blocks say. */
static const struct {
  const char *script;
  ExcValue *(*func) (ExcLabScript *script);
  ExcLabScriptParameter parameters[5];
} scripts[] = {
  { EXC_SCRIPT_INVENTORY, exc_lab_script_inventory, { { NULL } } },
  { EXC_SCRIPT_LOOK,
    exc_lab_script_look,
    { { "Thumbprint", EXC_LAB_ARGUMENT_STRING, FALSE },
      { "Service", EXC_LAB_ARGUMENT_STRINGS, FALSE } } },
  { EXC_SCRIPT_EVENTS,
    exc_lab_script_events,
    { { "Log", EXC_LAB_ARGUMENT_STRING, TRUE },
      { "Provider", EXC_LAB_ARGUMENT_STRING, FALSE },
      { "Id", EXC_LAB_ARGUMENT_INT, FALSE },
      { "Since", EXC_LAB_ARGUMENT_STRING, FALSE } } },
  { EXC_SCRIPT_BIND,
    exc_lab_script_bind,
    { { "Site", EXC_LAB_ARGUMENT_STRING, TRUE },
      { "Address", EXC_LAB_ARGUMENT_STRING, FALSE },
      { "Port", EXC_LAB_ARGUMENT_INT, TRUE },
      { "Thumbprint", EXC_LAB_ARGUMENT_THUMBPRINT, TRUE } } },
  { EXC_SCRIPT_TRUST,
    exc_lab_script_trust,
    { { "Thumbprint", EXC_LAB_ARGUMENT_THUMBPRINT, TRUE } } },
  { EXC_SCRIPT_UNTRUST,
    exc_lab_script_untrust,
    { { "Thumbprint", EXC_LAB_ARGUMENT_THUMBPRINT, TRUE } } },
  { EXC_SCRIPT_TRUST_RAW, exc_lab_script_trust_raw, { { "Raw", EXC_LAB_ARGUMENT_BYTES, TRUE } } },
  { EXC_SCRIPT_WMSVC_BIND,
    exc_lab_script_wmsvc_bind,
    { { "Thumbprint", EXC_LAB_ARGUMENT_THUMBPRINT, TRUE } } },
  { EXC_SCRIPT_WMSVC_CREATE, exc_lab_script_wmsvc_create, { { NULL } } },
  { EXC_SCRIPT_REMOVE_CERTIFICATE,
    exc_lab_script_remove_certificate,
    { { "Thumbprint", EXC_LAB_ARGUMENT_THUMBPRINT, TRUE } } },
  { EXC_SCRIPT_IISRESET, NULL, { { "TimeoutSeconds", EXC_LAB_ARGUMENT_INT, FALSE } } },
  { EXC_SCRIPT_RECYCLE_POOLS,
    exc_lab_script_recycle_pools,
    { { "Pool", EXC_LAB_ARGUMENT_STRINGS, TRUE },
      { "TimeoutSeconds", EXC_LAB_ARGUMENT_INT, FALSE } } },
  { EXC_SCRIPT_RESTART_SERVICES,
    NULL,
    { { "Service", EXC_LAB_ARGUMENT_STRINGS, TRUE },
      { "TimeoutSeconds", EXC_LAB_ARGUMENT_INT, FALSE } } },
};

static void exc_lab_windows_session_init (ExcLabSessionInterface *iface);
static void restart_next (GTask *task);

G_DEFINE_FINAL_TYPE_WITH_CODE (ExcLabWindows,
                               exc_lab_windows,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (EXC_TYPE_LAB_SESSION,
                                                      exc_lab_windows_session_init))

static void
run_free (Run *run)
{
  g_object_unref (run->records);
  g_clear_pointer (&run->arguments, g_hash_table_unref);
  g_strfreev (run->services);
  g_clear_pointer (&run->list, exc_value_unref);
  g_clear_pointer (&run->failure, exc_value_unref);
  g_free (run);
}

static void
fail (GTask *task, ExcValue *take_failure)
{
  Run *run = g_task_get_task_data (task);

  run->failure = take_failure;
  g_task_return_boolean (task, FALSE);
}

const char *
exc_lab_script_get_text (ExcLabScript *script, const char *name)
{
  const char *text = exc_value_get_text (g_hash_table_lookup (script->arguments, name));

  return text != NULL ? text : "";
}

GStrv
exc_lab_script_dup_list (ExcLabScript *script, const char *name)
{
  return exc_value_dup_string_list (g_hash_table_lookup (script->arguments, name));
}

static void
finish_restarts (GTask *task)
{
  Run *run = g_task_get_task_data (task);
  g_autoptr(ExcValue) answer = exc_value_new_psobject ();

  exc_value_set_member (answer, "Services", g_steal_pointer (&run->list));
  exc_lab_output_write (run->records, EXC_STREAM_OUTPUT, answer);
  g_task_return_boolean (task, TRUE);
}

static void
set_text (ExcValue *object, const char *name, const char *text)
{
  exc_value_set_member (
      object, name, text != NULL ? exc_value_new_string (text) : exc_value_new_null ());
}

static void
add_restarted (Run *run, const char *before, const char *after, const char *failure)
{
  ExcValue *object = exc_value_new_psobject ();

  set_text (object, "Name", run->services[run->index]);
  set_text (object, "Before", before);
  set_text (object, "After", after);
  set_text (object, "Failure", failure);
  exc_value_append (run->list, object);
  run->index++;
}

static void
on_restarted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (!exc_clock_wait_finish (EXC_CLOCK (source), result, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  add_restarted (g_task_get_task_data (task), "Running", "Running", NULL);
  restart_next (g_steal_pointer (&task));
}

/* Restart-Service waits until the service runs again. */
static void
restart_next (GTask *take_task)
{
  g_autoptr(GTask) task = take_task;
  ExcLabWindows *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  ExcLabServer *server = exc_lab_world_find_server (self->world, self->server);

  while (run->services[run->index] != NULL) {
    const char *name = run->services[run->index];
    const gint64 now = exc_lab_world_now (self->world);
    ExcLabService *service = exc_lab_server_find_service (server, name);
    g_autoptr(GError) error = NULL;
    const char *status;

    if (service == NULL) {
      g_autofree char *message =
          g_strdup_printf ("Cannot find any service with service name '%s'.", name);

      add_restarted (run, NULL, NULL, message);
      continue;
    }
    status = exc_lab_service_get_status (service, now);
    if (!g_str_equal (status, "Running")) {
      add_restarted (run, status, status, NULL);
      continue;
    }
    service->is_running = exc_lab_windows_can_start (server, service);
    service->back_at = now + service->restart_s;
    if (!exc_lab_world_commit (self->world, &error)) {
      fail (task, exc_lab_thrown_new (error->message));
      return;
    }
    if (!service->is_running) {
      g_autofree char *message = g_strdup_printf (
          "Service '%s' cannot be started due to the following error: Cannot start service %s on "
          "computer '.'.",
          name,
          name);

      add_restarted (run, "Running", "Stopped", message);
      continue;
    }
    exc_clock_wait_async (exc_lab_world_get_clock (self->world),
                          service->restart_s,
                          g_task_get_cancellable (task),
                          on_restarted_cb,
                          g_object_ref (task));
    return;
  }
  finish_restarts (task);
}

static void
add_iis (ExcLabWindows *self, Run *run, const char *const *before)
{
  ExcLabServer *server = exc_lab_world_find_server (self->world, self->server);
  const gint64 now = exc_lab_world_now (self->world);

  while (run->services[run->index] != NULL) {
    ExcLabService *service = exc_lab_server_find_service (server, run->services[run->index]);

    add_restarted (run, before[run->index], exc_lab_service_get_status (service, now), NULL);
  }
}

static void
on_reset_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  static const char *const before[] = { "Running", "Running" };
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (!exc_clock_wait_finish (EXC_CLOCK (source), result, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  add_iis (g_task_get_source_object (task), g_task_get_task_data (task), before);
  finish_restarts (task);
}

/* iisreset ends both and begins both: IIS is away until the slower one is back. */
static void
reset_iis (GTask *take_task)
{
  static const char *const names[] = { "WAS", "W3SVC", NULL };
  g_autoptr(GTask) task = take_task;
  ExcLabWindows *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  ExcLabServer *server = exc_lab_world_find_server (self->world, self->server);
  ExcLabService *was = exc_lab_server_find_service (server, names[0]);
  ExcLabService *w3svc = exc_lab_server_find_service (server, names[1]);
  const gint64 now = exc_lab_world_now (self->world);
  const char *before[] = { exc_lab_service_get_status (was, now),
                           exc_lab_service_get_status (w3svc, now) };
  const guint away_s = MAX (was->restart_s, w3svc->restart_s);
  g_autoptr(GError) error = NULL;

  run->services = g_strdupv ((GStrv) names);
  if (!exc_lab_service_is_up (w3svc, now)) {
    add_iis (self, run, before);
    finish_restarts (task);
    return;
  }
  was->is_running = TRUE;
  was->back_at = now + away_s;
  w3svc->back_at = now + away_s;
  if (!exc_lab_world_commit (self->world, &error)) {
    fail (task, exc_lab_thrown_new (error->message));
    return;
  }
  exc_clock_wait_async (exc_lab_world_get_clock (self->world),
                        away_s,
                        g_task_get_cancellable (task),
                        on_reset_cb,
                        g_object_ref (task));
}

static void
run_script (GTask *take_task, ExcCommand *command)
{
  g_autoptr(GTask) task = take_task;
  ExcLabWindows *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  const ExcScript *known = exc_script_recognize (exc_command_get_script (command));
  ExcLabScript script = {
    self->world, exc_lab_world_find_server (self->world, self->server), NULL, NULL
  };
  g_autoptr(ExcValue) answer = NULL;
  ExcValue *failure = NULL;
  guint index = 0;

  while (known != NULL && index < G_N_ELEMENTS (scripts) &&
         !g_str_equal (scripts[index].script, known->name))
    index++;
  if (known == NULL || index == G_N_ELEMENTS (scripts)) {
    fail (task,
          exc_lab_error_record_new (
              "The simulated server does not know this script: it answers the scripts of "
              "Thumbprint of the same version, unchanged, and runs no other.",
              "System.NotImplementedException",
              "ScriptUnknownToLab",
              NOT_IMPLEMENTED,
              "NotImplementedException"));
    return;
  }
  run->arguments = exc_lab_script_bind_arguments (scripts[index].parameters, command, &failure);
  if (run->arguments == NULL) {
    fail (task, failure);
    return;
  }
  script.arguments = run->arguments;
  if (scripts[index].func == NULL) {
    run->list = exc_value_new_list ();
    run->services = exc_lab_script_dup_list (&script, "Service");
    if (run->services != NULL)
      restart_next (g_steal_pointer (&task));
    else
      reset_iis (g_steal_pointer (&task));
    return;
  }
  answer = scripts[index].func (&script);
  if (answer == NULL) {
    fail (task, script.failure);
    return;
  }
  exc_lab_output_write (run->records, EXC_STREAM_OUTPUT, answer);
  g_task_return_boolean (task, TRUE);
}

static void
exc_lab_windows_run_async (ExcLabSession *session,
                           ExcPipeline *pipeline,
                           ExcLabOutput *output,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (session, cancellable, callback, user_data);
  Run *run = g_new0 (Run, 1);
  ExcCommand *command = exc_pipeline_get_command (pipeline, 0);

  g_task_set_source_tag (task, exc_lab_windows_run_async);
  run->records = g_object_ref (output);
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);
  if (exc_pipeline_get_n_commands (pipeline) == 1 && exc_command_get_script (command) != NULL) {
    run_script (task, command);
    return;
  }
  fail (task,
        exc_lab_error_record_new ("The simulated server runs Thumbprint's own scripts only.",
                                  "System.Management.Automation.CommandNotFoundException",
                                  "CommandNotFoundException",
                                  OBJECT_NOT_FOUND,
                                  "CommandNotFoundException"));
  g_object_unref (task);
}

static gboolean
exc_lab_windows_run_finish (ExcLabSession *session,
                            GAsyncResult *result,
                            ExcValue **failure,
                            GError **error)
{
  Run *run;
  gboolean ok;

  g_return_val_if_fail (g_task_is_valid (result, session), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_lab_windows_run_async), FALSE);

  run = g_task_get_task_data (G_TASK (result));
  ok = g_task_propagate_boolean (G_TASK (result), error);
  if (failure != NULL)
    *failure = g_steal_pointer (&run->failure);
  return ok;
}

static void
exc_lab_windows_finalize (GObject *object)
{
  ExcLabWindows *self = EXC_LAB_WINDOWS (object);

  g_clear_object (&self->world);
  g_clear_pointer (&self->server, g_free);

  G_OBJECT_CLASS (exc_lab_windows_parent_class)->finalize (object);
}

static void
exc_lab_windows_class_init (ExcLabWindowsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = exc_lab_windows_finalize;
}

static void
exc_lab_windows_init (ExcLabWindows *self)
{
}

static void
exc_lab_windows_session_init (ExcLabSessionInterface *iface)
{
  iface->run_async = exc_lab_windows_run_async;
  iface->run_finish = exc_lab_windows_run_finish;
}

/**
 * exc_lab_windows_can_start:
 * @server: the server of @service
 * @service: that is to start
 *
 * The Web Management Service does not start where the certificate that its registry names is gone
 * (domain.md 3.4).
 */
gboolean
exc_lab_windows_can_start (ExcLabServer *server, ExcLabService *service)
{
  ExcLabCertificate *certificate;

  if (g_ascii_strcasecmp (service->name, "WMSVC") != 0)
    return TRUE;
  certificate = exc_lab_store_find (server->my, server->wmsvc_hash);
  return certificate != NULL && certificate->key != NULL;
}

ExcLabWindows *
exc_lab_windows_new (ExcLabWorld *world, ExcLabServer *server)
{
  ExcLabWindows *self = g_object_new (EXC_TYPE_LAB_WINDOWS, NULL);

  self->world = g_object_ref (world);
  self->server = g_strdup (server->name);
  return self;
}
