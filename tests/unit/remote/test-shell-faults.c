/* test-shell-faults.c — the shell when the server, or the way to it, fails
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-trace.h"
#include "shell-fixture.h"

typedef struct {
  const char *name;
  const char *operation;
  ExcLabFault fault;
  guint n_faults;
  int code;        /* of the first run; -1: it succeeds */
  guint n_creates; /* after a second run, which always succeeds */
  guint n_commands;
} FaultCase;

#define STATUS(status)                                                                             \
  {                                                                                                \
    EXC_LAB_FAULT_STATUS, 0, status, 0                                                             \
  }
#define WSMAN(code)                                                                                \
  {                                                                                                \
    EXC_LAB_FAULT_WSMAN, 0, 0, code                                                                \
  }
#define REFUSE                                                                                     \
  {                                                                                                \
    EXC_LAB_FAULT_REFUSE, 0, 0, 0                                                                  \
  }
#define DROP                                                                                       \
  {                                                                                                \
    EXC_LAB_FAULT_DROP, 0, 0, 0                                                                    \
  }
#define TOO_MANY_SHELLS   EXC_WSMAN_FAULT_TOO_MANY_SHELLS
#define TOO_MANY_COMMANDS EXC_WSMAN_FAULT_TOO_MANY_COMMANDS
#define INVALID_SELECTORS EXC_WSMAN_FAULT_INVALID_SELECTORS

static const FaultCase fault_cases[] = {
  { "create-401", "Create", STATUS (401), 1, EXC_ERROR_AUTH, 2, 1 },
  { "create-503", "Create", STATUS (503), 1, EXC_ERROR_BUSY, 2, 1 },
  { "create-413", "Create", STATUS (413), 1, EXC_ERROR_LIMIT, 2, 1 },
  { "create-404", "Create", STATUS (404), 1, EXC_ERROR_ENDPOINT, 2, 1 },
  { "create-refused", "Create", REFUSE, 1, EXC_ERROR_UNREACHABLE, 2, 1 },
  /* The server made the shell, which is deleted though its answer never came. */
  { "create-answer-lost", "Create", DROP, 1, EXC_ERROR_UNREACHABLE, 2, 1 },
  { "create-denied", "Create", WSMAN (EXC_WSMAN_FAULT_ACCESS_DENIED), 1, EXC_ERROR_AUTH, 2, 1 },
  { "create-too-many", "Create", WSMAN (TOO_MANY_SHELLS), 1, EXC_ERROR_BUSY, 2, 1 },
  { "create-wrong", "Create", WSMAN (EXC_WSMAN_FAULT_NO_RESOURCE), 1, EXC_ERROR_ENDPOINT, 2, 1 },
  /* What the server did is not known: never sent twice, and a new shell afterwards. */
  { "command-lost", "Command", REFUSE, 1, EXC_ERROR_UNREACHABLE, 2, 2 },
  { "command-answer-lost", "Command", DROP, 1, EXC_ERROR_UNREACHABLE, 2, 2 },
  { "command-503", "Command", STATUS (503), 1, EXC_ERROR_BUSY, 2, 2 },
  /* Refused for certain: the shell is still good. */
  { "command-too-many", "Command", WSMAN (TOO_MANY_COMMANDS), 1, EXC_ERROR_BUSY, 1, 2 },
  /* The shell is gone and the command was not taken: a new shell takes it, once. */
  { "command-gone", "Command", WSMAN (INVALID_SELECTORS), 1, -1, 2, 3 },
  { "command-gone-twice", "Command", WSMAN (INVALID_SELECTORS), 2, EXC_ERROR_GONE, 3, 3 },
  /* Nothing of the lost answer was used: received again. */
  { "receive-lost", "Receive", REFUSE, 1, -1, 1, 2 },
  { "receive-lost-thrice", "Receive", REFUSE, 3, -1, 1, 2 },
  { "receive-lost-for-good", "Receive", REFUSE, 6, EXC_ERROR_UNREACHABLE, 2, 2 },
  { "receive-timed-out", "Receive", WSMAN (EXC_WSMAN_FAULT_TIMED_OUT), 2, -1, 1, 2 },
  { "receive-gone", "Receive", WSMAN (INVALID_SELECTORS), 1, EXC_ERROR_GONE, 2, 2 },
  { "receive-401", "Receive", STATUS (401), 1, EXC_ERROR_AUTH, 2, 2 },
  /* A command that cannot be freed harms nobody. */
  { "terminate-lost", "Signal", REFUSE, 1, -1, 1, 2 },
  { "terminate-refused", "Signal", WSMAN (EXC_WSMAN_FAULT_ABORTED), 1, -1, 1, 2 },
};

static void
test_fault (Fixture *fixture, gconstpointer data)
{
  const FaultCase *c = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(ExcReply) after = NULL;

  if (!g_str_equal (c->operation, "Create"))
    g_assert_true (fixture_open (fixture, NULL));
  fixture_set_fault (fixture, c->operation, c->fault, c->n_faults);
  reply = fixture_run (fixture, "Get-Echo", &error);
  if (c->code < 0) {
    g_assert_no_error (error);
    fixture_check_echo (reply);
  } else {
    g_assert_error (error, EXC_ERROR, c->code);
    g_assert_nonnull (strstr (error->message, "127.0.0.1"));
    g_clear_error (&error);
  }

  fixture->n_faults = 0;
  after = fixture_run (fixture, "Get-Echo", &error);
  g_assert_no_error (error);
  fixture_check_echo (after);
  g_assert_cmpuint (fixture_get_n (fixture, "Create"), ==, c->n_creates);
  g_assert_cmpuint (fixture_get_n (fixture, "Command"), ==, c->n_commands);
  /* A shell that is said to be gone is not deleted; this one only seemed to be. */
  if (c->fault.code == EXC_WSMAN_FAULT_INVALID_SELECTORS)
    exc_lab_wsman_drop_shells (fixture->wsman, NULL);
}

/* Half an answer was used already: the rest is lost, and so is the shell. */
static void
test_answer_cut (Fixture *fixture, gconstpointer data)
{
  const ExcLabFault drop = DROP;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(ExcReply) after = NULL;

  g_assert_true (fixture_open (fixture, NULL));
  fixture_set_fault (fixture, "Receive", drop, 1);
  reply = fixture_run (fixture, "Get-Large", &error);
  g_assert_null (reply);
  g_assert_error (error, EXC_ERROR, EXC_ERROR_UNREACHABLE);
  g_clear_error (&error);
  after = fixture_run (fixture, "Get-Echo", &error);
  fixture_check_echo (after);
  g_assert_cmpuint (fixture_get_n (fixture, "Command"), ==, 2);
}

static void
test_recycled_while_running (Fixture *fixture, gconstpointer data)
{
  g_autoptr(ExcPipeline) pipeline = fixture_command ("Get-Wait", NULL);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(ExcReply) after = NULL;
  g_autoptr(GError) error = NULL;

  exc_shell_run_async (fixture->shell, pipeline, NULL, 0, NULL, fixture_on_done_cb, &result);
  while (fixture_n_running == 0)
    g_main_context_iteration (NULL, TRUE);
  exc_lab_wsman_drop_shells (fixture->wsman, NULL);
  fixture_wait (&result);
  reply = exc_shell_run_finish (fixture->shell, result, &error);
  g_assert_null (reply);
  g_assert_error (error, EXC_ERROR, EXC_ERROR_GONE);
  after = fixture_run (fixture, "Get-Echo", NULL);
  fixture_check_echo (after);
}

/* What the server closed while nothing ran is noticed before anything is sent. */
static void
test_idle_connection_cut (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  for (int i = 0; i < 3; i++) {
    g_autoptr(ExcReply) reply = fixture_run (fixture, "Get-Echo", &error);

    g_assert_no_error (error);
    fixture_check_echo (reply);
    /* The Terminate is still on its way. */
    while (fixture_get_n (fixture, "Signal") <= (guint) i || g_main_context_pending (NULL))
      g_main_context_iteration (NULL, TRUE);
    exc_lab_wsman_set_listening (fixture->wsman, fixture->port, FALSE, NULL);
    exc_lab_wsman_set_listening (fixture->wsman, fixture->port, TRUE, NULL);
  }
  g_assert_cmpuint (fixture_get_n (fixture, "Create"), ==, 1);
  g_assert_cmpuint (fixture_get_n (fixture, "Command"), ==, 3);
}

static void
test_server_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *server = g_strdup_printf ("127.0.0.1:%u", fixture->port);

  g_assert_true (exc_lab_wsman_set_listening (fixture->wsman, fixture->port, FALSE, NULL));
  g_assert_false (fixture_open (fixture, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, server));
  g_clear_error (&error);
  g_assert_true (exc_lab_wsman_set_listening (fixture->wsman, fixture->port, TRUE, NULL));
  g_assert_true (fixture_open (fixture, &error));
}

static void
test_wrong_password (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = g_strdup (exc_endpoint_get_url (fixture->endpoint));
  g_autoptr(GError) error = NULL;

  fixture_use_url (fixture, url, "wrong", NULL);
  g_assert_false (fixture_open (fixture, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_AUTH);
  g_assert_null (strstr (error->message, "wrong"));
}

/* --- Secrets --- */

static GLogWriterOutput
on_log_cb (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  for (gsize i = 0; i < n_fields; i++) {
    if (fields[i].length < 0)
      g_string_append (user_data, fields[i].value);
    else
      g_string_append_len (user_data, fields[i].value, fields[i].length);
    g_string_append_c (user_data, '\n');
  }
  return G_LOG_WRITER_HANDLED;
}

/* Looks into all that could be base64, two layers deep: CLIXML's byte arrays lie within a stream.
 */
static void
check_no_canary (const char *text, gsize length, int depth)
{
  g_autoptr(GRegex) regex = g_regex_new ("[A-Za-z0-9+/]{8,}={0,2}", G_REGEX_RAW, 0, NULL);
  g_autoptr(GMatchInfo) match = NULL;

  g_assert_null (g_strstr_len (text, length, "canary"));
  if (depth == 0)
    return;
  for (g_regex_match_full (regex, text, length, 0, 0, &match, NULL); g_match_info_matches (match);
       g_match_info_next (match, NULL)) {
    g_autofree char *run = g_match_info_fetch (match, 0);
    g_autofree guchar *decoded = NULL;
    gsize decoded_length = 0;

    decoded = g_base64_decode (run, &decoded_length);
    check_no_canary ((const char *) decoded, decoded_length, depth - 1);
  }
}

/* A password, a SecureString and bytes go to the server and come back, with every trace on; none
 * of them is in a log, plain or in base64. */
static void
test_canary (void)
{
  static GString *log = NULL;
  Fixture fixture = { 0 };
  g_autoptr(ExcSecret) secret = exc_secret_new ("canary-secret", 13);
  g_autoptr(GBytes) bytes = g_bytes_new_static ("canary-bytes-canary-bytes", 24);
  g_autofree char *basic = g_base64_encode ((const guchar *) "CONTOSO\\admin:canary-P@ss",
                                            strlen ("CONTOSO\\admin:canary-P@ss"));
  ExcCommand *command = exc_command_new ("Get-Echo");
  g_autoptr(ExcPipeline) pipeline = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(GError) error = NULL;

  log = g_string_new (NULL);
  g_log_set_writer_func (on_log_cb, log, NULL);
  exc_trace_set_enabled (TRUE);
  fixture_set_up (&fixture, NULL);
  exc_command_set (command, "Password", exc_value_new_secure_string (secret));
  exc_command_set (command, "Value", exc_value_new_bytes (bytes));
  pipeline = exc_pipeline_new_single (command);
  exc_shell_run_async (fixture.shell, pipeline, NULL, 0, NULL, fixture_on_done_cb, &result);
  fixture_wait (&result);
  reply = exc_shell_run_finish (fixture.shell, result, &error);
  g_assert_no_error (error);
  g_assert_true (
      g_bytes_equal (exc_value_get_bytes (exc_reply_get_output (reply)->pdata[0]), bytes));
  g_clear_object (&result);
  fixture_tear_down (&fixture, NULL);

  g_assert_nonnull (strstr (log->str, "http request body"));
  g_assert_nonnull (strstr (log->str, "http response body"));
  g_assert_nonnull (strstr (log->str, "shell/Command"));
  g_assert_null (strstr (log->str, basic));
  check_no_canary (log->str, log->len, 2);
  g_string_free (log, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  /* The log writer can be set once in a process. */
  if (argc > 1 && g_str_equal (argv[1], "canary")) {
    g_test_add_func ("/remote/shell/canary", test_canary);
    return g_test_run ();
  }

  for (gsize i = 0; i < G_N_ELEMENTS (fault_cases); i++) {
    g_autofree char *path = g_strconcat ("/remote/shell/fault/", fault_cases[i].name, NULL);

    g_test_add (path, Fixture, &fault_cases[i], fixture_set_up, test_fault, fixture_tear_down);
  }
  g_test_add ("/remote/shell/answer-cut",
              Fixture,
              NULL,
              fixture_set_up,
              test_answer_cut,
              fixture_tear_down);
  g_test_add ("/remote/shell/recycled-while-running",
              Fixture,
              NULL,
              fixture_set_up,
              test_recycled_while_running,
              fixture_tear_down);
  g_test_add ("/remote/shell/idle-connection-cut",
              Fixture,
              NULL,
              fixture_set_up,
              test_idle_connection_cut,
              fixture_tear_down);
  g_test_add ("/remote/shell/server-down",
              Fixture,
              NULL,
              fixture_set_up,
              test_server_down,
              fixture_tear_down);
  g_test_add ("/remote/shell/wrong-password",
              Fixture,
              NULL,
              fixture_set_up,
              test_wrong_password,
              fixture_tear_down);

  return g_test_run ();
}
