/* replay-server.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "replay-server.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

struct _ReplayServer {
  GSubprocess *process;
  GDataInputStream *output;
  char *url;
  char *report;
};

char *
replay_get_folder (void)
{
  const char *fixtures = g_getenv ("EXC_FIXTURES");
  g_autofree char *folder = NULL;

  if (fixtures == NULL)
    return NULL;
  folder = g_build_filename (fixtures, "transcripts", NULL);
  return g_file_test (folder, G_FILE_TEST_IS_DIR) ? g_steal_pointer (&folder) : NULL;
}

ReplayServer *
replay_server_new (const char *transcript, guint hold_s)
{
  g_autoptr(ReplayServer) self = g_new0 (ReplayServer, 1);
  g_autofree char *folder = replay_get_folder ();
  g_autofree char *tool = NULL;
  g_autofree char *path = NULL;
  g_autofree char *hold = g_strdup_printf ("%u", hold_s);
  g_autofree char *line = NULL;
  g_autoptr(GError) error = NULL;
  int fd = -1;

  if (folder == NULL) {
    g_test_skip ("the recorded transcripts are not here");
    return NULL;
  }
  tool = g_build_filename (folder, "..", "..", "tools", "replay.py", NULL);
  path = g_build_filename (folder, transcript, NULL);
  fd = g_file_open_tmp ("replay-XXXXXX", &self->report, &error);
  g_assert_no_error (error);
  g_close (fd, NULL);

  self->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE,
                                    &error,
                                    "/usr/bin/python3",
                                    tool,
                                    path,
                                    "--port",
                                    "0",
                                    "--once",
                                    "--report",
                                    self->report,
                                    "--hold",
                                    hold,
                                    NULL);
  if (self->process == NULL) {
    g_test_skip ("/usr/bin/python3 cannot be run");
    return NULL;
  }
  self->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  line = g_data_input_stream_read_line (self->output, NULL, NULL, NULL);
  if (line == NULL || !g_str_has_prefix (line, "LISTENING ")) {
    g_test_skip ("the replay server does not start: python3-yaml is missing");
    return NULL;
  }
  self->url = g_strconcat (line + strlen ("LISTENING "), "/wsman", NULL);

  return g_steal_pointer (&self);
}

void
replay_server_free (ReplayServer *self)
{
  if (self->process != NULL) {
    g_subprocess_force_exit (self->process);
    g_subprocess_wait (self->process, NULL, NULL);
  }
  g_clear_object (&self->process);
  g_clear_object (&self->output);
  if (self->report != NULL)
    g_unlink (self->report);
  g_free (self->report);
  g_free (self->url);
  g_free (self);
}

ExcEndpoint *
replay_server_new_endpoint (ReplayServer *self)
{
  g_autoptr(ExcSecret) password = exc_secret_new ("secret", 6);
  g_autoptr(ExcCredentials) credentials =
                 exc_credentials_new (EXC_AUTH_BASIC, "administrator", password);
  g_autoptr(GError) error = NULL;
  ExcEndpoint *endpoint =
      exc_endpoint_new (self->url, EXC_CONFIGURATION_WINDOWS, credentials, NULL, NULL, &error);

  g_assert_no_error (error);
  return endpoint;
}

gboolean
replay_server_wait (ReplayServer *self)
{
  g_autofree char *line = g_data_input_stream_read_line (self->output, NULL, NULL, NULL);

  g_subprocess_wait (self->process, NULL, NULL);
  if (g_subprocess_get_exit_status (self->process) != 0)
    g_test_message ("%s", line);
  return g_subprocess_get_exit_status (self->process) == 0;
}

void
replay_server_check_report (ReplayServer *self, guint n_matched)
{
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;
  guint n = 0;

  g_assert_true (g_file_get_contents (self->report, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL && *lines[i] != '\0'; i++) {
    g_autoptr(JsonNode) node = json_from_string (lines[i], NULL);
    JsonObject *object = json_node_get_object (node);
    const char *action = json_object_get_string_member (object, "action");

    if (json_object_get_null_member (object, "matched")) {
      if (!g_str_equal (action, "Signal") && !g_str_equal (action, "Receive"))
        g_error ("not in the transcript: %s", lines[i]);
      continue;
    }
    n++;
    if (!json_object_get_boolean_member (object, "same_types"))
      g_error ("other messages than recorded: %s", lines[i]);
  }
  g_assert_cmpuint (n, ==, n_matched);
}
