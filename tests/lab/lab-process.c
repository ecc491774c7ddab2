/* lab-process.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "lab-process.h"

#include "exc-lab-control.h"
#include "exc-tls-probe.h"

static const char *
get_text (LabProcess *self, const char *name)
{
  return json_object_get_string_member (json_node_get_object (self->description), name);
}

LabProcess *
lab_process_new (const char *scenario, const char *state)
{
  LabProcess *self = g_new0 (LabProcess, 1);
  const char *argv[] = { g_getenv ("EXC_LAB"), "--scenario", scenario, "--state", state, NULL };
  g_autoptr(GDataInputStream) output = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *line = NULL;

  if (state == NULL)
    argv[3] = NULL;
  self->process = g_subprocess_newv (
      argv, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error);
  g_assert_no_error (error);
  self->input = g_object_ref (g_subprocess_get_stdin_pipe (self->process));
  output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  line = g_data_input_stream_read_line_utf8 (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  self->description = json_from_string (line, &error);
  g_assert_no_error (error);
  self->control = get_text (self, "control");
  self->hosts = get_text (self, "hosts");
  self->names = exc_names_load (self->hosts, &error);
  g_assert_no_error (error);
  return self;
}

static void
clear (LabProcess *self)
{
  g_clear_object (&self->input);
  g_clear_object (&self->process);
  g_clear_pointer (&self->description, json_node_unref);
  g_clear_pointer (&self->names, exc_names_unref);
  g_free (self);
}

void
lab_process_free (LabProcess *self)
{
  g_autoptr(GError) error = NULL;

  g_output_stream_close (self->input, NULL, NULL);
  g_subprocess_wait (self->process, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (self->process));
  g_assert_cmpint (g_subprocess_get_exit_status (self->process), ==, 0);
  g_assert_false (g_file_test (self->hosts, G_FILE_TEST_EXISTS));
  clear (self);
}

void
lab_process_kill (LabProcess *self)
{
  g_subprocess_force_exit (self->process);
  g_subprocess_wait (self->process, NULL, NULL);
  clear (self);
}

ExcShell *
lab_process_open (LabProcess *self, const char *fqdn, const char *endpoint, const char *suffix)
{
  const gboolean is_exchange = g_str_equal (endpoint, "exchange");
  const char *password = get_text (self, "password");
  g_autoptr(ExcSecret) secret = exc_secret_new (password, strlen (password));
  g_autoptr(ExcCredentials) credentials =
                 exc_credentials_new (EXC_AUTH_BASIC, get_text (self, "user"), secret);
  g_autofree char *url =
      is_exchange ? g_strdup_printf ("http://%s:20080/PowerShell/%s", fqdn, suffix ? suffix : "")
                  : g_strdup_printf ("http://%s:25985/wsman", fqdn);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcEndpoint) to = exc_endpoint_new (url,
                                                 is_exchange ? EXC_CONFIGURATION_EXCHANGE
                                                             : EXC_CONFIGURATION_WINDOWS,
                                                 credentials,
                                                 NULL,
                                                 self->names,
                                                 &error);

  g_assert_no_error (error);
  return exc_shell_new (to);
}

static void
on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

ExcReply *
lab_process_run (ExcShell *shell, ExcPipeline *take, GError **error)
{
  g_autoptr(ExcPipeline) pipeline = take;
  g_autoptr(ExcPermit) permit = exc_permit_new ("test");
  g_autoptr(GAsyncResult) result = NULL;

  exc_shell_run_async (shell, pipeline, permit, 30, NULL, on_done_cb, &result);
  wait_for (&result);
  return exc_shell_run_finish (shell, result, error);
}

void
lab_process_close (ExcShell *shell)
{
  g_autoptr(GAsyncResult) result = NULL;

  exc_shell_close_async (shell, NULL, on_done_cb, &result);
  wait_for (&result);
  g_assert_true (exc_shell_close_finish (shell, result, NULL));
  g_object_unref (shell);
}

JsonNode *
lab_process_control (LabProcess *self, const char *request)
{
  g_autoptr(GError) error = NULL;
  JsonNode *answer = exc_lab_control_send (self->control, request, &error);

  g_assert_no_error (error);
  return answer;
}

char *
lab_process_probe (LabProcess *self, const char *fqdn, guint16 port)
{
  g_autoptr(GInetAddress) address = exc_names_lookup (self->names, fqdn);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(ExcX509) leaf = NULL;
  g_autoptr(GError) error = NULL;

  exc_tls_probe_async (fqdn,
                       address,
                       exc_names_get_port (self->names, fqdn, port),
                       EXC_PROBE_TLS,
                       60,
                       NULL,
                       on_done_cb,
                       &result);
  wait_for (&result);
  leaf = exc_tls_probe_finish (result, &error);
  if (leaf == NULL)
    g_test_message ("%s:%u: %s", fqdn, port, error->message);
  return leaf != NULL ? g_strdup (leaf->sha1) : NULL;
}
