/* test-shell.c — the shell when all is well, and when it is not
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "shell-fixture.h"

/* Create, two Receives, Command, Receive, Terminate, Delete: not one more. */
static void
test_round_trips (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReply) reply = NULL;

  g_assert_true (fixture_open (fixture, &error));
  g_assert_no_error (error);
  g_assert_true (exc_shell_is_open (fixture->shell));
  reply = fixture_run (fixture, "Get-Echo", &error);
  g_assert_no_error (error);
  fixture_check_echo (reply);
  fixture_close (fixture);
  g_assert_cmpuint (fixture_get_n (fixture, "Create"), ==, 1);
  g_assert_cmpuint (fixture_get_n (fixture, "Command"), ==, 1);
  g_assert_cmpuint (fixture_get_n (fixture, "Send"), ==, 0);
  g_assert_cmpuint (fixture_get_n (fixture, "Signal"), ==, 1);
  g_assert_cmpuint (fixture_get_n (fixture, "Delete"), ==, 1);
  g_assert_cmpuint (fixture_get_n (fixture, "Receive"), <=, 3);
  g_assert_cmpuint (exc_shell_get_n_round_trips (fixture->shell), <=, 7);
  g_assert_cmpint (ABS (exc_shell_get_server_time_offset (fixture->shell)), <=, 5);
}

static void
test_queue (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GPtrArray) results = g_ptr_array_new ();
  GAsyncResult *pending[3] = { NULL };

  /* Opened by the first; each has its own answer, in order. */
  for (int i = 0; i < 3; i++) {
    g_autoptr(ExcPipeline) pipeline = fixture_command ("Get-Echo", exc_value_new_int32 (i));

    exc_shell_run_async (fixture->shell, pipeline, NULL, 0, NULL, fixture_on_done_cb, &pending[i]);
  }
  for (int i = 0; i < 3; i++) {
    g_autoptr(ExcReply) reply = NULL;
    g_autoptr(GError) error = NULL;
    gint64 value = -1;

    fixture_wait (&pending[i]);
    for (int later = i + 1; later < 3; later++)
      g_assert_null (pending[later]);
    reply = exc_shell_run_finish (fixture->shell, pending[i], &error);
    g_assert_no_error (error);
    g_assert_true (exc_value_get_int64 (exc_reply_get_output (reply)->pdata[0], &value));
    g_assert_cmpint (value, ==, i);
    g_clear_object (&pending[i]);
  }
  g_assert_cmpuint (fixture_get_n (fixture, "Create"), ==, 1);
}

static void
test_large_output (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReply) reply = fixture_run (fixture, "Get-Large", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (
      strlen (exc_value_get_text (exc_reply_get_output (reply)->pdata[0])), ==, 600 * 1024);
}

/* A command larger than an envelope goes out in pieces. */
static void
test_large_input (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_strnfill (900 * 1024, 'y');
  g_autoptr(ExcPipeline) pipeline = fixture_command ("Get-Length", exc_value_new_string (text));
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(GError) error = NULL;
  gint64 length = 0;

  exc_shell_run_async (fixture->shell, pipeline, NULL, 0, NULL, fixture_on_done_cb, &result);
  fixture_wait (&result);
  reply = exc_shell_run_finish (fixture->shell, result, &error);
  g_assert_no_error (error);
  g_assert_true (exc_value_get_int64 (exc_reply_get_output (reply)->pdata[0], &length));
  g_assert_cmpint (length, ==, 900 * 1024);
  g_assert_cmpuint (fixture_get_n (fixture, "Send"), ==, 2);
}

static void
test_records (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReply) reply = fixture_run (fixture, "Get-Records", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (fixture->records->str, ==, "oewvdo");
  g_assert_cmpuint (exc_reply_get_output (reply)->len, ==, 2);
  g_assert_cmpuint (exc_reply_get_errors (reply)->len, ==, 1);
  g_assert_cmpuint (exc_reply_get_warnings (reply)->len, ==, 1);
  g_assert_false (exc_reply_check (reply, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_REMOTE);
}

static void
test_failure (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReply) reply = fixture_run (fixture, "Get-Nothing", &error);
  g_autoptr(ExcReply) again = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (exc_reply_get_failure (reply)->error_id, ==, "CommandNotFoundException");
  /* It was the command's failure, not the shell's. */
  again = fixture_run (fixture, "Get-Echo", &error);
  fixture_check_echo (again);
  g_assert_cmpuint (fixture_get_n (fixture, "Create"), ==, 1);
}

static void
test_permit (Fixture *fixture, gconstpointer data)
{
  g_autoptr(ExcPipeline) pipeline = fixture_command ("Remove-Thing", NULL);
  g_autoptr(ExcPermit) permit = exc_permit_new ("job");
  g_autoptr(GAsyncResult) refused = NULL;
  g_autoptr(GAsyncResult) allowed = NULL;
  g_autoptr(ExcReply) none = NULL;
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(GError) error = NULL;

  exc_shell_run_async (fixture->shell, pipeline, NULL, 0, NULL, fixture_on_done_cb, &refused);
  fixture_wait (&refused);
  none = exc_shell_run_finish (fixture->shell, refused, &error);
  g_assert_null (none);
  g_assert_error (error, EXC_ERROR, EXC_ERROR_REFUSED);
  g_assert_cmpuint (exc_shell_get_n_round_trips (fixture->shell), ==, 0);
  g_clear_error (&error);

  exc_shell_run_async (fixture->shell, pipeline, permit, 0, NULL, fixture_on_done_cb, &allowed);
  fixture_wait (&allowed);
  reply = exc_shell_run_finish (fixture->shell, allowed, &error);
  g_assert_no_error (error);
  g_assert_nonnull (reply);
}

static void
test_prompt (Fixture *fixture, gconstpointer data)
{
  g_autoptr(ExcPipeline) pipeline = fixture_command ("Get-Ask", NULL);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(ExcReply) answered = NULL;
  g_autoptr(ExcReply) refused = NULL;
  g_autoptr(ExcPipeline) other = fixture_command ("Get-Ask", NULL);
  g_autoptr(GAsyncResult) other_result = NULL;
  g_autoptr(ExcReply) unasked = NULL;
  g_autoptr(GError) error = NULL;
  gint64 choice = -1;

  exc_pipeline_set_choice (pipeline, 'N');
  exc_shell_run_async (fixture->shell, pipeline, NULL, 0, NULL, fixture_on_done_cb, &result);
  fixture_wait (&result);
  answered = exc_shell_run_finish (fixture->shell, result, &error);
  g_assert_no_error (error);
  g_assert_true (exc_value_get_int64 (exc_reply_get_output (answered)->pdata[0], &choice));
  g_assert_cmpint (choice, ==, 1);

  /* the question is not the one that was named */
  exc_pipeline_set_choice (other, 'N');
  exc_pipeline_set_question (other, "0123456789");
  exc_shell_run_async (fixture->shell, other, NULL, 0, NULL, fixture_on_done_cb, &other_result);
  fixture_wait (&other_result);
  unasked = exc_shell_run_finish (fixture->shell, other_result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (exc_reply_get_prompt (unasked), "Overwrite?"));

  refused = fixture_run (fixture, "Get-Ask", &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (exc_reply_get_prompt (refused), "Overwrite?"));
  g_assert_false (exc_reply_check (refused, &error));
}

/* --- Stopping --- */

static void
test_cancel_running (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(ExcReply) after = NULL;

  g_assert_true (fixture_open (fixture, NULL));
  fixture->cancel_at_receive = fixture_get_n (fixture, "Receive") + 1;
  reply = fixture_run (fixture, "Get-Wait", &error);
  g_assert_null (reply);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_cmpuint (fixture_n_running, ==, 0);

  g_cancellable_reset (fixture->cancellable);
  after = fixture_run (fixture, "Get-Echo", &error);
  g_assert_no_error (error);
  fixture_check_echo (after);
  g_assert_cmpuint (fixture_get_n (fixture, "Create"), ==, 1);
}

static void
test_cancel_before (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReply) reply = NULL;

  g_cancellable_cancel (fixture->cancellable);
  reply = fixture_run (fixture, "Get-Echo", &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (exc_shell_get_n_round_trips (fixture->shell), ==, 0);
}

static void
test_cancel_after (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReply) reply = fixture_run (fixture, "Get-Echo", &error);

  g_cancellable_cancel (fixture->cancellable);
  fixture_check_echo (reply);
  g_assert_true (exc_shell_is_open (fixture->shell));
}

/* The one that waits its turn is never sent. */
static void
test_cancel_queued (Fixture *fixture, gconstpointer data)
{
  g_autoptr(ExcPipeline) first = fixture_command ("Get-Echo", exc_value_new_string ("hi"));
  g_autoptr(ExcPipeline) second = fixture_command ("Get-Echo", exc_value_new_string ("no"));
  g_autoptr(GAsyncResult) first_result = NULL;
  g_autoptr(GAsyncResult) second_result = NULL;
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(ExcReply) none = NULL;
  g_autoptr(GError) error = NULL;

  exc_shell_run_async (fixture->shell, first, NULL, 0, NULL, fixture_on_done_cb, &first_result);
  exc_shell_run_async (
      fixture->shell, second, NULL, 0, fixture->cancellable, fixture_on_done_cb, &second_result);
  g_cancellable_cancel (fixture->cancellable);
  fixture_wait (&second_result);
  none = exc_shell_run_finish (fixture->shell, second_result, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  fixture_wait (&first_result);
  reply = exc_shell_run_finish (fixture->shell, first_result, NULL);
  fixture_check_echo (reply);
  g_assert_cmpuint (fixture_get_n (fixture, "Command"), ==, 1);
}

static void
test_time_limit (Fixture *fixture, gconstpointer data)
{
  g_autoptr(ExcPipeline) pipeline = fixture_command ("Get-Wait", NULL);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(ExcReply) after = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (fixture_open (fixture, NULL));
  exc_shell_run_async (fixture->shell, pipeline, NULL, 1, NULL, fixture_on_done_cb, &result);
  fixture_wait (&result);
  reply = exc_shell_run_finish (fixture->shell, result, &error);
  g_assert_null (reply);
  g_assert_error (error, EXC_ERROR, EXC_ERROR_UNREACHABLE);
  g_assert_cmpuint (fixture_n_running, ==, 0);
  after = fixture_run (fixture, "Get-Echo", NULL);
  fixture_check_echo (after);
  g_assert_cmpuint (fixture_get_n (fixture, "Create"), ==, 1);
}

/* The server does not take the stop: the shell goes with it, and the next has a new one. */
static void
test_stop_refused (Fixture *fixture, gconstpointer data)
{
  const ExcLabFault fault = { EXC_LAB_FAULT_WSMAN, 0, 0, EXC_WSMAN_FAULT_ABORTED };
  ExcShellTiming timing = *exc_shell_get_timing (fixture->shell);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(ExcReply) after = NULL;

  timing.drain_ms = 300;
  exc_shell_set_timing (fixture->shell, &timing);
  g_assert_true (fixture_open (fixture, NULL));
  fixture->cancel_at_receive = fixture_get_n (fixture, "Receive") + 1;
  fixture_set_fault (fixture, "Signal", fault, 1);
  reply = fixture_run (fixture, "Get-Wait", &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_cancellable_reset (fixture->cancellable);
  after = fixture_run (fixture, "Get-Echo", NULL);
  fixture_check_echo (after);
  g_assert_cmpuint (fixture_get_n (fixture, "Create"), ==, 2);
  g_assert_cmpuint (fixture_get_n (fixture, "Delete"), ==, 1);
}

/* Long polls that end with nothing are repeated, and the run goes on. */
static void
test_operation_timeout (Fixture *fixture, gconstpointer data)
{
  ExcShellTiming timing = *exc_shell_get_timing (fixture->shell);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReply) reply = NULL;

  timing.receive_s = 1;
  exc_shell_set_timing (fixture->shell, &timing);
  g_assert_true (fixture_open (fixture, NULL));
  fixture->cancel_at_receive = fixture_get_n (fixture, "Receive") + 3;
  reply = fixture_run (fixture, "Get-Wait", &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_cancel_open (Fixture *fixture, gconstpointer data)
{
  const ExcLabFault delay = { EXC_LAB_FAULT_DELAY, 20, 0, 0 };
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  fixture_set_fault (fixture, "Receive", delay, 1);
  fixture->cancel_at_receive = 1;
  exc_shell_open_async (fixture->shell, fixture->cancellable, fixture_on_done_cb, &result);
  fixture_wait (&result);
  g_assert_false (exc_shell_open_finish (fixture->shell, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  fixture_close (fixture);
  g_assert_cmpuint (fixture_get_n (fixture, "Delete"), ==, 1);
}

/* --- Closing --- */

static void
test_close_running (Fixture *fixture, gconstpointer data)
{
  g_autoptr(ExcPipeline) wait = fixture_command ("Get-Wait", NULL);
  g_autoptr(ExcPipeline) echo = fixture_command ("Get-Echo", exc_value_new_string ("hi"));
  GAsyncResult *pending[2] = { NULL };

  exc_shell_run_async (fixture->shell, wait, NULL, 0, NULL, fixture_on_done_cb, &pending[0]);
  exc_shell_run_async (fixture->shell, echo, NULL, 0, NULL, fixture_on_done_cb, &pending[1]);
  while (fixture_n_running == 0)
    g_main_context_iteration (NULL, TRUE);
  fixture_close (fixture);
  for (int i = 0; i < 2; i++) {
    g_autoptr(ExcReply) reply = NULL;
    g_autoptr(GError) error = NULL;

    fixture_wait (&pending[i]);
    reply = exc_shell_run_finish (fixture->shell, pending[i], &error);
    g_assert_error (error, EXC_ERROR, EXC_ERROR_GONE);
    g_clear_object (&pending[i]);
  }
}

static void
test_close_gone (Fixture *fixture, gconstpointer data)
{
  g_assert_true (fixture_open (fixture, NULL));
  exc_lab_wsman_drop_shells (fixture->wsman, NULL);
  fixture_close (fixture);
  fixture_close (fixture);
}

static void
test_close_unreachable (Fixture *fixture, gconstpointer data)
{
  g_assert_true (fixture_open (fixture, NULL));
  g_assert_true (exc_lab_wsman_set_listening (fixture->wsman, fixture->port, FALSE, NULL));
  fixture_close (fixture);
  exc_lab_wsman_drop_shells (fixture->wsman, NULL);
}

static void
test_reopen (Fixture *fixture, gconstpointer data)
{
  for (int i = 0; i < 3; i++) {
    g_autoptr(ExcReply) reply = fixture_run (fixture, "Get-Echo", NULL);

    fixture_check_echo (reply);
    fixture_close (fixture);
  }
  g_assert_cmpuint (fixture_get_n (fixture, "Create"), ==, 3);
  g_assert_cmpuint (fixture_get_n (fixture, "Delete"), ==, 3);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    void (*func) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "round-trips", test_round_trips },
    { "queue", test_queue },
    { "large-output", test_large_output },
    { "large-input", test_large_input },
    { "records", test_records },
    { "failure", test_failure },
    { "permit", test_permit },
    { "prompt", test_prompt },
    { "cancel-before", test_cancel_before },
    { "cancel-running", test_cancel_running },
    { "cancel-after", test_cancel_after },
    { "cancel-queued", test_cancel_queued },
    { "cancel-open", test_cancel_open },
    { "time-limit", test_time_limit },
    { "stop-refused", test_stop_refused },
    { "operation-timeout", test_operation_timeout },
    { "close-running", test_close_running },
    { "close-gone", test_close_gone },
    { "close-unreachable", test_close_unreachable },
    { "reopen", test_reopen },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++) {
    g_autofree char *path = g_strconcat ("/remote/shell/", tests[i].path, NULL);

    g_test_add (path, Fixture, NULL, fixture_set_up, tests[i].func, fixture_tear_down);
  }

  return g_test_run ();
}
