/* exc-demo.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-demo"

#include "config.h"

#include "exc-demo.h"

#include <string.h>

#include <glib/gi18n.h>
#include <json-glib/json-glib.h>

#include "exc-error.h"

#define PROGRAM      "thumbprint-lab"
#define STOP_LIMIT_S 10

struct _ExcDemo {
  GObject parent_instance;

  GSubprocess *process;
  GDataInputStream *output;
  ExcConnectionSettings *settings;
  char *control;
  char *hosts;
};

G_DEFINE_FINAL_TYPE (ExcDemo, exc_demo, G_TYPE_OBJECT)

static void
exc_demo_dispose (GObject *object)
{
  ExcDemo *self = EXC_DEMO (object);

  /* With the last reference to the pipe the lab ends. */
  g_clear_object (&self->output);
  g_clear_object (&self->process);

  G_OBJECT_CLASS (exc_demo_parent_class)->dispose (object);
}

static void
exc_demo_finalize (GObject *object)
{
  ExcDemo *self = EXC_DEMO (object);

  g_clear_pointer (&self->settings, exc_connection_settings_free);
  g_clear_pointer (&self->control, g_free);
  g_clear_pointer (&self->hosts, g_free);

  G_OBJECT_CLASS (exc_demo_parent_class)->finalize (object);
}

static void
exc_demo_class_init (ExcDemoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = exc_demo_dispose;
  object_class->finalize = exc_demo_finalize;
}

static void
exc_demo_init (ExcDemo *self)
{
}

/**
 * exc_demo_find_program:
 *
 * Returns: (transfer full) (nullable): the path of thumbprint-lab
 */
char *
exc_demo_find_program (void)
{
  static const char *const places[] = {
    ".", "../libexec", "../backend/lab", "../../backend/lab", "../../../backend/lab"
  };
  const char *forced = g_getenv ("EXC_LAB");
  g_autofree char *self = NULL;
  g_autofree char *folder = NULL;

  if (forced != NULL && *forced != '\0')
    return g_strdup (forced);
  self = g_file_read_link ("/proc/self/exe", NULL);
  folder = g_path_get_dirname (self != NULL ? self : ".");
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree char *path = g_build_filename (folder, places[i], PROGRAM, NULL);

    if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE) && !g_file_test (path, G_FILE_TEST_IS_DIR))
      return g_steal_pointer (&path);
  }
  return g_find_program_in_path (PROGRAM);
}

/**
 * exc_demo_is_scenario_name:
 * @name: a name that somebody typed
 *
 * Returns: whether it can be part of a path
 */
gboolean
exc_demo_is_scenario_name (const char *name)
{
  if (name == NULL || *name == '\0' || *name == '-' || strlen (name) > 64)
    return FALSE;
  for (const char *p = name; *p != '\0'; p++) {
    if (!g_ascii_islower (*p) && !g_ascii_isdigit (*p) && *p != '-')
      return FALSE;
  }
  return TRUE;
}

static const char *
get_string (JsonObject *object, const char *name, GError **error)
{
  JsonNode *node = object ? json_object_get_member (object, name) : NULL;

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_PROTOCOL,
                 _("The simulated organization did not say its “%s”."), name);
    return NULL;
  }
  return json_node_get_string (node);
}

static JsonObject *
get_first_server (JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "servers");
  JsonArray *servers = node && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  JsonNode *first =
      servers && json_array_get_length (servers) > 0 ? json_array_get_element (servers, 0) : NULL;

  return first && JSON_NODE_HOLDS_OBJECT (first) ? json_node_get_object (first) : NULL;
}

/* The one line that the lab prints: once it listens, or why it cannot. */
static gboolean
read_announcement (ExcDemo *self, const char *line, GError **error)
{
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(ExcConnectionSettings) settings = exc_connection_settings_new ();
  g_autoptr(ExcSecret) secret = NULL;
  const char *fqdn, *exchange, *windows, *user, *password, *control, *hosts, *domain;
  JsonObject *object;
  JsonNode *root;

  if (!json_parser_load_from_data (parser, line, -1, error))
    return FALSE;
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error_literal (error,
                         EXC_ERROR,
                         EXC_ERROR_PROTOCOL,
                         _("The simulated organization did not say where it listens."));
    return FALSE;
  }
  object = json_node_get_object (root);
  if (json_object_has_member (object, "error")) {
    const char *reason = get_string (object, "error", error);

    if (reason != NULL)
      g_set_error_literal (error, EXC_ERROR, EXC_ERROR_REMOTE, reason);
    return FALSE;
  }
  if ((fqdn = get_string (get_first_server (object), "fqdn", error)) == NULL ||
      (exchange = get_string (get_first_server (object), "exchange", error)) == NULL ||
      (windows = get_string (object, "windows", error)) == NULL ||
      (user = get_string (object, "user", error)) == NULL ||
      (password = get_string (object, "password", error)) == NULL ||
      (control = get_string (object, "control", error)) == NULL ||
      (hosts = get_string (object, "hosts", error)) == NULL)
    return FALSE;

  domain = strchr (fqdn, '.');
  secret = exc_secret_new (password, (gsize) -1);
  settings->name = g_strdup (domain != NULL ? domain + 1 : fqdn);
  settings->exchange_url = g_strdup (exchange);
  settings->windows_url = g_strdup (windows);
  settings->credentials = exc_credentials_new (EXC_AUTH_BASIC, user, secret);
  settings->names = exc_names_load (hosts, error);
  settings->is_demo = TRUE;
  if (settings->names == NULL)
    return FALSE;
  self->control = g_strdup (control);
  self->hosts = g_strdup (hosts);
  self->settings = g_steal_pointer (&settings);
  return TRUE;
}

static void
on_announced_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  ExcDemo *self = g_task_get_task_data (task);
  g_autofree char *line = g_data_input_stream_read_line_finish_utf8 (
      G_DATA_INPUT_STREAM (source), result, NULL, &error);

  if (line == NULL && error == NULL)
    g_set_error_literal (&error, EXC_ERROR, EXC_ERROR_REMOTE, _("it ended before it listened"));
  if (error != NULL || !read_announcement (self, line, &error)) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      g_prefix_error (&error, _("The demo organization could not be started: "));
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  g_task_return_pointer (task, g_object_ref (self), g_object_unref);
}

/**
 * exc_demo_start_async:
 * @scenario: name of a scenario
 * @state_dir: (nullable): folder where its world is taken up and saved
 * @cancellable: (nullable): ends it
 * @callback: called when it listens
 * @user_data: data for @callback
 *
 * Starts the simulated organization.
 */
void
exc_demo_start_async (const char *scenario,
                      const char *state_dir,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr(ExcDemo) self = g_object_new (EXC_TYPE_DEMO, NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *program = exc_demo_find_program ();
  const char *argv[] = { program, "--scenario", scenario, NULL, NULL, NULL };

  g_task_set_source_tag (task, exc_demo_start_async);
  g_task_set_task_data (task, g_object_ref (self), g_object_unref);
  if (program == NULL) {
    g_task_return_new_error (task,
                             EXC_ERROR,
                             EXC_ERROR_NOT_FOUND,
                             _("The program %s is not installed beside this one."), PROGRAM);
    return;
  }
  if (!exc_demo_is_scenario_name (scenario)) {
    g_task_return_new_error (task,
                             EXC_ERROR,
                             EXC_ERROR_INPUT,
                             _("“%s” is not the name of a scenario; try “small” or “twelve”."),
                                scenario != NULL ? scenario : "");
    return;
  }
  if (state_dir != NULL) {
    argv[3] = "--state";
    argv[4] = state_dir;
  }
  self->process = g_subprocess_newv (
      argv, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  if (self->process == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  self->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  g_data_input_stream_read_line_async (
      self->output, G_PRIORITY_DEFAULT, cancellable, on_announced_cb, g_steal_pointer (&task));
}

ExcDemo *
exc_demo_start_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_demo_start_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

ExcConnectionSettings *
exc_demo_get_settings (ExcDemo *self)
{
  g_return_val_if_fail (EXC_IS_DEMO (self), NULL);

  return self->settings;
}

const char *
exc_demo_get_control (ExcDemo *self)
{
  g_return_val_if_fail (EXC_IS_DEMO (self), NULL);

  return self->control;
}

const char *
exc_demo_get_hosts (ExcDemo *self)
{
  g_return_val_if_fail (EXC_IS_DEMO (self), NULL);

  return self->hosts;
}

static gboolean
on_too_long_cb (gpointer user_data)
{
  ExcDemo *self = g_task_get_source_object (user_data);

  g_message ("The demo organization does not end by itself and is killed.");
  g_subprocess_force_exit (self->process);
  return G_SOURCE_REMOVE;
}

static void
on_exited_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  GSource *timer = g_task_get_task_data (task);

  g_source_destroy (timer);
  if (g_subprocess_wait_finish (G_SUBPROCESS (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * exc_demo_stop_async:
 * @self: a running demo
 * @cancellable: (nullable): gives up waiting
 * @callback: called when the process has ended
 * @user_data: data for @callback
 *
 * Closes the lab's standard input, which ends it.
 */
void
exc_demo_stop_async (ExcDemo *self,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  GTask *task;
  GSource *timer;

  g_return_if_fail (EXC_IS_DEMO (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, exc_demo_stop_async);
  timer = g_timeout_source_new_seconds (STOP_LIMIT_S);
  g_source_set_callback (timer, on_too_long_cb, task, NULL);
  g_source_attach (timer, g_task_get_context (task));
  g_task_set_task_data (task, timer, (GDestroyNotify) g_source_unref);
  g_output_stream_close (g_subprocess_get_stdin_pipe (self->process), NULL, NULL);
  g_subprocess_wait_async (self->process, cancellable, on_exited_cb, task);
}

gboolean
exc_demo_stop_finish (ExcDemo *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_demo_stop_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
