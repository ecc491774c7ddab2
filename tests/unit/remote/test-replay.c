/* test-replay.c — the real shell against recordings of real Windows servers
 *
 * The table holds every transcript there is: those that the shell follows, and for the others why
 * not; test-replay-driver.c follows those.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-shell.h"
#include "replay-server.h"

typedef struct {
  const char *file;
  guint n_exchanges; /* recorded; all of them have to be used */
  guint n_runs;
  const char *records; /* of each run: o e w v d i p for every object and record, in order */
  const char *output;  /* of each run: the objects' texts joined by |; a * ends what begins so */
  guint n_errors;
  const char *failure; /* FullyQualifiedErrorId of the terminating error */
} Case;

static const Case cases[] = {
  { "test_client_execute_ps.yml", 6, 1, "poooooooo", "winrm|Running||Status *", 0, NULL },
  { "test_client_execute_ps_failure.yml",
    6,
    1,
    "p",
    "",
    0,
    "CommandNotFoundException,Microsoft.PowerShell.Commands.InvokeExpressionCommand" },
  { "test_client_fetch_file.yml", 8, 1, "ppoo", "YWJjDQphYmMNCmFiYw0K*", 0, NULL },
  { "test_psrp_application_args.yml", 6, 1, "o", "test_var=abcdef12345", 0, NULL },
  { "test_psrp_clear_commands.yml", 6, 1, "po", "new", 0, NULL },
  { "test_psrp_error_failed.yml",
    6,
    1,
    "po",
    "before",
    0,
    "Microsoft.PowerShell.Commands.WriteErrorException" },
  { "test_psrp_long_running_cmdlet.yml", 8, 1, "o", "hi", 0, NULL },
  { "test_psrp_merge_commands.yml",
    6,
    1,
    "poooooodveowi",
    "debug stream|verbose stream|error stream|output stream|warning stream|information stream|"
    "output stream",
    1,
    NULL },
  { "test_psrp_multiple_invocations.yml", 10, 2, "o", "2", 0, NULL },
  { "test_psrp_no_profile.yml",
    6,
    1,
    "o",
    "C:\\WINDOWS\\SYSTEM32\\CONFIG\\SYSTEMPROFILE",
    0,
    NULL },
  { "test_psrp_open_runspace.yml", 4, 0, NULL, NULL, 0, NULL },
  { "test_psrp_pshost_methods.yml", 6, 1, "o", "en-US", 0, NULL },
  { "test_psrp_stream_no_output_invocation.yml", 6, 1, "pdveowi", "output stream", 1, NULL },
};

/* What the shell never does; test-replay-driver.c follows these on the cores below the shell. */
static const struct {
  const char *file;
  const char *why;
} others[] = {
  { "test_psrp_is_alive_http_error.yml", "Get: the shell finds out by using the session" },
  { "test_psrp_is_alive_invalid_selectors.yml", "Get: the shell finds out by using the session" },
  { "test_psrp_pshost_ui_mocked_methods.yml",
    "the key was recorded for another client's RSA key, and the prompts are answered with values" },
  { "test_psrp_receive_failure.yml", "Receive of a command that was never started" },
  { "test_psrp_reset_runspace_state.yml", "RESET_RUNSPACE_STATE is not used" },
  { "test_psrp_run_protocol_version_2.1.yml", "PIPELINE_INPUT: we send parameters, no input" },
  { "test_psrp_run_protocol_version_2.2.yml", "PIPELINE_INPUT: we send parameters, no input" },
  { "test_psrp_run_protocol_version_2.3.yml", "PIPELINE_INPUT: we send parameters, no input" },
  { "test_psrp_set_runspaces.yml", "a shell has one runspace" },
  { "test_psrp_small_msg_size.yml", "Get config, which Exchange does not allow; PIPELINE_INPUT" },
  { "test_psrp_with_input.yml", "PIPELINE_INPUT: we send parameters, no input" },
};

static GString *seen;

static void
on_record_cb (ExcShell *shell, guint stream, ExcValue *value)
{
  g_string_append_c (seen, "oewvdip"[stream]);
}

static void
on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_follow (gconstpointer data)
{
  const Case *c = data;
  g_autoptr(ReplayServer) server = replay_server_new (c->file, 2);
  g_autoptr(ExcEndpoint) endpoint = NULL;
  ExcShell *shell = NULL;
  g_autoptr(GAsyncResult) opened = NULL;
  g_autoptr(GAsyncResult) closed = NULL;
  g_autoptr(GError) error = NULL;

  if (server == NULL)
    return;
  endpoint = replay_server_new_endpoint (server);
  shell = exc_shell_new (endpoint);
  g_signal_connect (shell, "record", G_CALLBACK (on_record_cb), NULL);
  exc_shell_open_async (shell, NULL, on_done_cb, &opened);
  wait_for (&opened);
  exc_shell_open_finish (shell, opened, &error);
  g_assert_no_error (error);
  g_assert_true (exc_shell_is_open (shell));

  for (guint i = 0; i < c->n_runs; i++) {
    g_autoptr(ExcPipeline) pipeline =
                   exc_pipeline_new_single (exc_command_new_script ("recorded", "1+1", FALSE));
    g_autoptr(GAsyncResult) ran = NULL;
    g_autoptr(ExcReply) reply = NULL;
    g_autoptr(GString) output = g_string_new (NULL);
    GPtrArray *values = NULL;

    seen = g_string_new (NULL);
    exc_shell_run_async (shell, pipeline, NULL, 0, NULL, on_done_cb, &ran);
    wait_for (&ran);
    reply = exc_shell_run_finish (shell, ran, &error);
    g_assert_no_error (error);
    values = exc_reply_get_output (reply);
    for (guint v = 0; v < values->len; v++) {
      g_autofree char *text = exc_value_dup_text (values->pdata[v]);

      g_string_append_printf (output, "%s%s", v > 0 ? "|" : "", text);
    }
    g_assert_cmpstr (seen->str, ==, c->records);
    if (g_str_has_suffix (c->output, "*"))
      g_assert_true (strncmp (output->str, c->output, strlen (c->output) - 1) == 0);
    else
      g_assert_cmpstr (output->str, ==, c->output);
    g_assert_cmpuint (exc_reply_get_errors (reply)->len, ==, c->n_errors);
    g_assert_cmpstr (exc_reply_get_failure (reply) != NULL ? exc_reply_get_failure (reply)->error_id
                                                           : NULL,
                     ==,
                     c->failure);
    g_assert_cmpint (exc_reply_check (reply, NULL), ==, c->failure == NULL && c->n_errors == 0);
    g_string_free (seen, TRUE);
  }

  exc_shell_close_async (shell, NULL, on_done_cb, &closed);
  wait_for (&closed);
  g_assert_true (exc_shell_close_finish (shell, closed, &error));
  /* What was recorded, and a Terminate for each command the recorder did not free. */
  g_assert_cmpuint (exc_shell_get_n_round_trips (shell), <=, c->n_exchanges + c->n_runs);
  g_clear_object (&opened);
  g_clear_object (&closed);
  g_assert_finalize_object (shell);
  g_assert_true (replay_server_wait (server));
  replay_server_check_report (server, c->n_exchanges);
}

/* The server never sends the session key: the time limit ends it, and nothing was run. */
static void
test_key_exchange_timeout (void)
{
  g_autoptr(ReplayServer) server = replay_server_new ("test_psrp_key_exchange_timeout.yml", 1);
  g_autoptr(ExcEndpoint) endpoint = NULL;
  g_autoptr(ExcShell) shell = NULL;
  g_autoptr(ExcSecret) secret = exc_secret_new ("canary", 6);
  ExcCommand *command = NULL;
  g_autoptr(ExcPipeline) pipeline = NULL;
  g_autoptr(GAsyncResult) opened = NULL;
  g_autoptr(GAsyncResult) ran = NULL;
  g_autoptr(GAsyncResult) closed = NULL;
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(GError) error = NULL;

  if (server == NULL)
    return;
  command = exc_command_new ("Get-Item");
  exc_command_set (command, "Password", exc_value_new_secure_string (secret));
  pipeline = exc_pipeline_new_single (command);
  endpoint = replay_server_new_endpoint (server);
  shell = exc_shell_new (endpoint);
  exc_shell_open_async (shell, NULL, on_done_cb, &opened);
  wait_for (&opened);
  g_assert_true (exc_shell_open_finish (shell, opened, NULL));
  exc_shell_run_async (shell, pipeline, NULL, 4, NULL, on_done_cb, &ran);
  wait_for (&ran);
  reply = exc_shell_run_finish (shell, ran, &error);
  g_assert_null (reply);
  g_assert_error (error, EXC_ERROR, EXC_ERROR_UNREACHABLE);

  exc_shell_close_async (shell, NULL, on_done_cb, &closed);
  wait_for (&closed);
  g_assert_true (replay_server_wait (server));
  replay_server_check_report (server, 6);
}

static gboolean
is_in_table (const char *file)
{
  if (g_str_equal (file, "test_psrp_key_exchange_timeout.yml"))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    if (g_str_equal (cases[i].file, file))
      return TRUE;
  }
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++) {
    if (g_str_equal (others[i].file, file)) {
      g_test_message ("not by the shell: %s: %s", file, others[i].why);
      return TRUE;
    }
  }

  return FALSE;
}

static void
test_complete (void)
{
  g_autofree char *folder = replay_get_folder ();
  g_autoptr(GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  const char *name = NULL;
  guint n = 0;

  if (dir == NULL) {
    g_test_skip ("the recorded transcripts are not here");
    return;
  }
  while ((name = g_dir_read_name (dir)) != NULL) {
    if (!g_str_has_suffix (name, ".yml") || name[0] == '_')
      continue;
    if (!is_in_table (name))
      g_error ("%s is followed by no test", name);
    n++;
  }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (cases) + 1 + G_N_ELEMENTS (others));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/remote/replay/", cases[i].file, NULL);

    g_test_add_data_func (path, &cases[i], test_follow);
  }

  g_test_add_func ("/remote/replay/test_psrp_key_exchange_timeout.yml", test_key_exchange_timeout);
  g_test_add_func ("/remote/replay/complete", test_complete);

  return g_test_run ();
}
