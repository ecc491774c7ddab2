/* test-connection.c — who waits for which shell, and what is sent again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fake-shell.h"

#include "exc-connection.h"
#include "exc-error.h"

typedef struct {
  ExcConnection *connection;
} Fixture;

typedef struct {
  gboolean is_done;
  ExcReply *reply;
  GError *error;
} Outcome;

static ExcConnectionSettings *
make_settings (const char *windows_url)
{
  ExcConnectionSettings *settings = exc_connection_settings_new ();
  g_autoptr(ExcSecret) secret = exc_secret_new ("P@ss", (gsize) -1);

  settings->name = g_strdup ("contoso.lab");
  settings->exchange_url = g_strdup ("https://ex01.contoso.lab/PowerShell/");
  settings->windows_url = g_strdup (windows_url);
  settings->credentials = exc_credentials_new (EXC_AUTH_BASIC, "admin", secret);
  return settings;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr(ExcConnectionSettings) settings = make_settings (NULL);
  g_autoptr(GError) error = NULL;

  fake_shell_reset ();
  fixture->connection = exc_connection_new (settings, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fake_shell_reset ();
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->connection);
}

static void
on_run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  g_assert_false (outcome->is_done);
  outcome->reply = exc_connection_run_finish (EXC_CONNECTION (source), result, &outcome->error);
  outcome->is_done = TRUE;
}

static void
outcome_clear (Outcome *outcome)
{
  g_clear_pointer (&outcome->reply, exc_reply_unref);
  g_clear_error (&outcome->error);
  outcome->is_done = FALSE;
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
read_it (Fixture *fixture,
         const char *name,
         guint timeout_s,
         GCancellable *cancellable,
         Outcome *outcome)
{
  g_autoptr(ExcPipeline) pipeline = exc_pipeline_new_single (exc_command_new (name));

  exc_connection_run_exchange_async (
      fixture->connection, pipeline, NULL, timeout_s, cancellable, on_run_cb, outcome);
}

static void
test_three_readers (Fixture *fixture, gconstpointer data)
{
  Outcome outcomes[5] = { 0 };

  for (guint i = 0; i < 5; i++)
    read_it (fixture, "Get-One", 0, NULL, &outcomes[i]);
  g_assert_cmpuint (fake_shell_get_n_runs (), ==, 3);
  g_assert_cmpuint (fake_shell_get_n_made (), ==, 3);

  for (guint i = 0; i < 5; i++) {
    fake_run_reply (fake_shell_get_run (0), exc_reply_new ());
    settle ();
  }
  for (guint i = 0; i < 5; i++) {
    g_assert_no_error (outcomes[i].error);
    g_assert_nonnull (outcomes[i].reply);
    outcome_clear (&outcomes[i]);
  }
  g_assert_cmpuint (fake_shell_get_n_made (), ==, 3); /* used again */
  g_assert_cmpuint (exc_connection_get_n_round_trips (fixture->connection), ==, 15);
}

/* One after another needs no second shell. */
static void
test_open_shell_is_preferred (Fixture *fixture, gconstpointer data)
{
  Outcome outcome = { 0 };

  for (guint i = 0; i < 4; i++) {
    read_it (fixture, "Get-One", 0, NULL, &outcome);
    fake_run_reply (fake_shell_get_run (0), exc_reply_new ());
    settle ();
    outcome_clear (&outcome);
  }
  g_assert_cmpuint (fake_shell_get_n_made (), ==, 1);
}

/* The slow one is stopped at the short limit and runs again, with its own limit, behind all. */
static void
test_slow_one_goes_to_the_end (Fixture *fixture, gconstpointer data)
{
  Outcome outcomes[5] = { 0 };
  FakeRun *slow;

  read_it (fixture, "Get-Slow", 120, NULL, &outcomes[0]);
  for (guint i = 1; i < 5; i++)
    read_it (fixture, "Get-Quick", 0, NULL, &outcomes[i]);
  slow = fake_shell_find_run ("", "Get-Slow");
  g_assert_cmpuint (slow->timeout_s, ==, 20);
  fake_run_fail (slow, EXC_ERROR, EXC_ERROR_UNREACHABLE, TRUE);
  settle ();
  g_assert_null (fake_shell_find_run ("", "Get-Slow"));
  g_assert_false (outcomes[0].is_done);

  for (guint i = 1; i < 5; i++) {
    g_assert_null (i < 3 ? fake_shell_find_run ("", "Get-Slow") : NULL);
    fake_run_reply (fake_shell_find_run ("", "Get-Quick"), exc_reply_new ());
    settle ();
  }
  slow = fake_shell_find_run ("", "Get-Slow");
  g_assert_cmpuint (slow->timeout_s, ==, 120);
  fake_run_fail (slow, EXC_ERROR, EXC_ERROR_UNREACHABLE, TRUE);
  settle ();
  g_assert_error (outcomes[0].error, EXC_ERROR, EXC_ERROR_UNREACHABLE);
  for (guint i = 0; i < 5; i++)
    outcome_clear (&outcomes[i]);
}

static void
test_dead_shell_is_replaced (Fixture *fixture, gconstpointer data)
{
  Outcome outcome = { 0 };

  read_it (fixture, "Get-One", 0, NULL, &outcome);
  fake_run_reply (fake_shell_get_run (0), exc_reply_new ());
  settle ();
  outcome_clear (&outcome);

  read_it (fixture, "Get-Two", 0, NULL, &outcome);
  fake_run_fail (fake_shell_get_run (0), EXC_ERROR, EXC_ERROR_GONE, FALSE);
  settle ();
  g_assert_false (outcome.is_done);
  g_assert_cmpuint (fake_shell_get_n_made (), ==, 2);
  fake_run_reply (fake_shell_find_run ("", "Get-Two"), exc_reply_new ());
  settle ();
  g_assert_no_error (outcome.error);
  outcome_clear (&outcome);
  /* the round trips of the dead one still count */
  g_assert_cmpuint (exc_connection_get_n_round_trips (fixture->connection), ==, 10);
}

/* What cannot even be opened is not tried again and again. */
static void
test_shell_that_never_opened_fails_at_once (Fixture *fixture, gconstpointer data)
{
  Outcome outcome = { 0 };

  read_it (fixture, "Get-One", 0, NULL, &outcome);
  fake_run_fail (fake_shell_get_run (0), EXC_ERROR, EXC_ERROR_AUTH, FALSE);
  settle ();
  g_assert_error (outcome.error, EXC_ERROR, EXC_ERROR_AUTH);
  g_assert_cmpuint (fake_shell_get_n_runs (), ==, 0);
  outcome_clear (&outcome);
}

static void
test_too_many_shells (Fixture *fixture, gconstpointer data)
{
  Outcome outcomes[3] = { 0 };

  read_it (fixture, "Get-One", 0, NULL, &outcomes[0]);
  fake_run_reply (fake_shell_get_run (0), exc_reply_new ());
  settle ();
  outcome_clear (&outcomes[0]);

  for (guint i = 0; i < 3; i++)
    read_it (fixture, i == 0 ? "Get-First" : "Get-Other", 0, NULL, &outcomes[i]);
  fake_run_fail (fake_shell_find_run ("", "Get-Other"), EXC_ERROR, EXC_ERROR_BUSY, FALSE);
  settle ();
  fake_run_fail (fake_shell_find_run ("", "Get-Other"), EXC_ERROR, EXC_ERROR_BUSY, FALSE);
  settle ();
  g_assert_cmpuint (fake_shell_get_n_runs (), ==, 1); /* all queue for the one that is open */
  while (fake_shell_get_n_runs () > 0) {
    g_assert_cmpuint (fake_shell_get_n_runs (), ==, 1);
    fake_run_reply (fake_shell_get_run (0), exc_reply_new ());
    settle ();
  }
  for (guint i = 0; i < 3; i++) {
    g_assert_no_error (outcomes[i].error);
    g_assert_true (outcomes[i].is_done);
    outcome_clear (&outcomes[i]);
  }
}

/* Readings go through another server; changes and what needs credentials do not. */
static void
test_entry_is_left (Fixture *fixture, gconstpointer data)
{
  const char *const servers[] = { "EX01.contoso.lab", "ex02.contoso.lab", NULL };
  g_autoptr(ExcPermit) permit = exc_permit_new ("job");
  g_autoptr(ExcPipeline) pipeline = exc_pipeline_new_single (exc_command_new ("Remove-It"));
  Outcome outcome = { 0 }, change = { 0 };

  exc_connection_set_servers (fixture->connection, servers);
  read_it (fixture, "Get-One", 0, NULL, &outcome);
  for (guint i = 0; i < 2; i++) {
    fake_run_fail (fake_shell_find_run ("https://ex01.contoso.lab/PowerShell/", ""),
                   EXC_ERROR,
                   EXC_ERROR_UNREACHABLE,
                   FALSE);
    settle ();
  }
  g_assert_false (outcome.is_done);
  for (guint i = 0; i < 2; i++) {
    fake_run_fail (fake_shell_find_run ("https://ex02.contoso.lab/PowerShell/", ""),
                   EXC_ERROR,
                   EXC_ERROR_UNREACHABLE,
                   FALSE);
    settle ();
  }
  g_assert_error (outcome.error, EXC_ERROR, EXC_ERROR_UNREACHABLE); /* all were tried */
  outcome_clear (&outcome);

  exc_connection_run_exchange_async (
      fixture->connection, pipeline, permit, 0, NULL, on_run_cb, &change);
  fake_run_reply (fake_shell_find_run ("https://ex01.contoso.lab/PowerShell/", "Remove-It"),
                  exc_reply_new ());
  settle ();
  g_assert_no_error (change.error);
  outcome_clear (&change);

  read_it (fixture, "Get-One", 0, NULL, &outcome);
  fake_run_fail (fake_shell_get_run (0), EXC_ERROR, EXC_ERROR_AUTH, FALSE);
  settle ();
  g_assert_error (outcome.error, EXC_ERROR, EXC_ERROR_AUTH);
  outcome_clear (&outcome);
}

static void
test_change_is_sent_once (Fixture *fixture, gconstpointer data)
{
  g_autoptr(ExcPermit) permit = exc_permit_new ("job");
  g_autoptr(ExcPipeline) pipeline = exc_pipeline_new_single (exc_command_new ("Remove-It"));
  Outcome outcome = { 0 };

  for (guint i = 0; i < 2; i++) {
    exc_connection_run_exchange_async (
        fixture->connection, pipeline, permit, 0, NULL, on_run_cb, &outcome);
    g_assert_true (fake_shell_get_run (0)->has_permit);
    if (i == 0)
      fake_run_reply (fake_shell_get_run (0), exc_reply_new ());
    else
      fake_run_fail (fake_shell_get_run (0), EXC_ERROR, EXC_ERROR_GONE, FALSE);
    settle ();
    g_assert_true (outcome.is_done);
    g_assert_cmpuint (fake_shell_get_n_runs (), ==, 0);
    if (i == 1)
      g_assert_error (outcome.error, EXC_ERROR, EXC_ERROR_GONE);
    outcome_clear (&outcome);
  }
}

static void
test_one_windows_shell_a_server (Fixture *fixture, gconstpointer data)
{
  g_autoptr(ExcPipeline) pipeline =
                 exc_pipeline_new_single (exc_command_new_script ("look", "1", FALSE));
  const char *const names[] = { "ex01.contoso.lab", "EX01.contoso.lab", "ex02.contoso.lab" };
  Outcome outcomes[3] = { 0 };

  for (guint i = 0; i < 3; i++)
    exc_connection_run_windows_async (
        fixture->connection, names[i], pipeline, NULL, 0, NULL, on_run_cb, &outcomes[i]);
  g_assert_cmpuint (fake_shell_get_n_made (), ==, 2);
  g_assert_nonnull (fake_shell_find_run ("https://ex02.contoso.lab:5986/wsman", "look"));
  for (guint i = 0; i < 2; i++) { /* a quick failure is tried once more */
    fake_run_fail (fake_shell_find_run ("ex02", ""), EXC_ERROR, EXC_ERROR_UNREACHABLE, FALSE);
    settle ();
  }
  while (fake_shell_get_n_runs () > 0)
    fake_run_reply (fake_shell_get_run (0), exc_reply_new ());
  settle ();
  g_assert_error (outcomes[2].error, EXC_ERROR, EXC_ERROR_UNREACHABLE);
  for (guint i = 0; i < 3; i++) {
    g_assert_true (outcomes[i].is_done);
    outcome_clear (&outcomes[i]);
  }
}

static void
test_serialized_has_a_session_of_its_own (Fixture *fixture, gconstpointer data)
{
  g_autoptr(ExcPipeline) pipeline = exc_pipeline_new_single (exc_command_new ("Get-Bare"));
  Outcome outcome = { 0 };

  exc_connection_run_serialized_async (fixture->connection, pipeline, 0, NULL, on_run_cb, &outcome);
  fake_run_reply (fake_shell_find_run ("PowerShell/?serializationLevel=Full", "Get-Bare"),
                  exc_reply_new ());
  settle ();
  g_assert_no_error (outcome.error);
  outcome_clear (&outcome);
}

static void
test_cancelled_while_waiting (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  Outcome outcomes[4] = { 0 };

  for (guint i = 0; i < 4; i++)
    read_it (fixture, "Get-One", 0, i == 3 ? cancellable : NULL, &outcomes[i]);
  g_cancellable_cancel (cancellable);
  for (guint i = 0; i < 3; i++)
    fake_run_reply (fake_shell_get_run (0), exc_reply_new ());
  settle ();
  g_assert_error (outcomes[3].error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (fake_shell_get_n_runs (), ==, 0);
  for (guint i = 0; i < 4; i++)
    outcome_clear (&outcomes[i]);
}

static void
on_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *) user_data = exc_connection_close_finish (EXC_CONNECTION (source), result, NULL);
}

static void
test_close_deletes_every_shell (Fixture *fixture, gconstpointer data)
{
  g_autoptr(ExcPipeline) pipeline = exc_pipeline_new_single (exc_command_new ("Get-Bare"));
  Outcome outcomes[6] = { 0 };
  gboolean is_closed = FALSE;

  for (guint i = 0; i < 4; i++)
    read_it (fixture, "Get-One", 0, NULL, &outcomes[i]);
  exc_connection_run_windows_async (
      fixture->connection, "ex01", pipeline, NULL, 0, NULL, on_run_cb, &outcomes[4]);
  exc_connection_close_async (fixture->connection, NULL, on_closed_cb, &is_closed);
  settle ();
  g_assert_true (is_closed);
  g_assert_cmpuint (fake_shell_get_n_closed (), ==, 4);
  g_assert_error (outcomes[3].error, EXC_ERROR, EXC_ERROR_GONE); /* was still waiting */

  while (fake_shell_get_n_runs () > 0)
    fake_run_fail (fake_shell_get_run (0), EXC_ERROR, EXC_ERROR_GONE, FALSE);
  read_it (fixture, "Get-One", 0, NULL, &outcomes[5]);
  settle ();
  g_assert_error (outcomes[5].error, EXC_ERROR, EXC_ERROR_GONE);
  g_assert_cmpuint (fake_shell_get_n_made (), ==, 4);
  for (guint i = 0; i < 6; i++) {
    g_assert_true (outcomes[i].is_done);
    outcome_clear (&outcomes[i]);
  }
}

static void
test_settings_are_checked (void)
{
  g_autoptr(ExcConnectionSettings) fixed = make_settings ("https://ex01/wsman");
  g_autoptr(ExcConnectionSettings) empty = exc_connection_settings_new ();
  g_autoptr(ExcConnectionSettings) plain = make_settings (NULL);
  g_autoptr(GError) error = NULL;

  g_assert_null (exc_connection_new (fixed, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_null (exc_connection_new (empty, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
  g_clear_error (&error);
  g_free (plain->exchange_url);
  plain->exchange_url = g_strdup ("http://ex01.contoso.lab/PowerShell/"); /* Basic in the clear */
  g_assert_null (exc_connection_new (plain, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
}

#define ADD(path, test)                                                                            \
  g_test_add ("/model/connection/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("three-readers", test_three_readers);
  ADD ("open-shell-is-preferred", test_open_shell_is_preferred);
  ADD ("slow-one-goes-to-the-end", test_slow_one_goes_to_the_end);
  ADD ("dead-shell-is-replaced", test_dead_shell_is_replaced);
  ADD ("shell-that-never-opened-fails-at-once", test_shell_that_never_opened_fails_at_once);
  ADD ("too-many-shells", test_too_many_shells);
  ADD ("entry-is-left", test_entry_is_left);
  ADD ("change-is-sent-once", test_change_is_sent_once);
  ADD ("one-windows-shell-a-server", test_one_windows_shell_a_server);
  ADD ("serialized-has-a-session-of-its-own", test_serialized_has_a_session_of_its_own);
  ADD ("cancelled-while-waiting", test_cancelled_while_waiting);
  ADD ("close-deletes-every-shell", test_close_deletes_every_shell);
  g_test_add_func ("/model/connection/settings-are-checked", test_settings_are_checked);

  return g_test_run ();
}
