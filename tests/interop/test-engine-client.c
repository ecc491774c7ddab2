/* test-engine-client.c — our client against PowerShell's own remoting server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Full language: what the engine takes and gives, a Windows server takes and gives the same way.
 */

#include "config.h"

#include "exc-error.h"
#include "exc-psrp-records.h"
#include "interop-host.h"
#include <string.h>

#define PATH   "/wsman"
#define SECRET "pässwörd 🔑"

/* Each object is a message. The leak checker walks the stack at every allocation: fewer then. */
#ifdef __SANITIZE_ADDRESS__
#  define MANY      1000
#  define MANY_TEXT "1..1000"
#else
#  define MANY      20000
#  define MANY_TEXT "1..20000"
#endif

typedef struct {
  InteropHost *host;
  ExcShell *shell;
  GPtrArray *records; /* (element-type utf8): "STREAM text" as they arrived */
} Fixture;

static guint n_pipelines;

static void
on_record_cb (ExcShell *shell, int stream, ExcValue *value, gpointer user_data)
{
  static const char *const names[] = { "output", "error",       "warning", "verbose",
                                       "debug",  "information", "progress" };
  Fixture *fixture = user_data;
  g_autofree char *text = exc_psrp_record_dup_text (stream, value);

  g_ptr_array_add (fixture->records, g_strdup_printf ("%s %s", names[stream], text));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const char *const arguments[] = { "serve", NULL };

  fixture->host = interop_host_new ();
  interop_host_add_engine (fixture->host, PATH, EXC_CONFIGURATION_WINDOWS, arguments, NULL);
  fixture->shell = interop_host_open_shell (fixture->host, PATH, EXC_CONFIGURATION_WINDOWS);
  fixture->records = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect (fixture->shell, "record", G_CALLBACK (on_record_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ExcLabWsman *wsman = interop_host_get_wsman (fixture->host);

  interop_close (fixture->shell);
  g_assert_cmpuint (exc_lab_wsman_get_n_shells (wsman, NULL), ==, 0);
  g_object_unref (fixture->shell);
  interop_host_free (fixture->host);
  g_ptr_array_unref (fixture->records);
}

static ExcCommand *
script_new (const char *text)
{
  return exc_command_new_script ("test.ps1", text, FALSE);
}

static ExcReply *
run (Fixture *fixture, ExcCommand *take)
{
  g_autoptr(GError) error = NULL;
  ExcReply *reply = interop_run (fixture->shell, exc_pipeline_new_single (take), &error);

  g_assert_no_error (error);
  n_pipelines++;
  return reply;
}

static void
check (ExcReply *reply)
{
  g_autoptr(GError) error = NULL;

  exc_reply_check (reply, &error);
  g_assert_no_error (error);
}

static ExcValue *
output (ExcReply *reply, guint index)
{
  GPtrArray *values = exc_reply_get_output (reply);

  g_assert_cmpuint (values->len, >, index);
  return g_ptr_array_index (values, index);
}

/* ---- commands and values */

static void
test_commands (Fixture *fixture, gconstpointer data)
{
  ExcPipeline *pipeline = exc_pipeline_new ();
  ExcCommand *command = exc_command_new ("Get-Command");
  ExcCommand *where = exc_command_new ("Where-Object");
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(GError) error = NULL;
  static const char *const names[] = { "Get-Command", "ForEach-Object", "Where-Object", NULL };

  exc_command_set (command, "Name", exc_value_new_string_list (names));
  exc_pipeline_append (pipeline, command);
  exc_command_set (where, NULL, exc_value_new_string ("Name")); /* positional */
  exc_command_set_switch (where, "CLike", TRUE);
  exc_command_set_string (where, "Value", "*-Object");
  exc_pipeline_append (pipeline, where);
  reply = interop_run (fixture->shell, pipeline, &error);
  g_assert_no_error (error);
  n_pipelines++;
  check (reply);
  g_assert_cmpuint (exc_reply_get_output (reply)->len, ==, 2);
  g_assert_cmpstr (exc_value_get_text (exc_value_get_property (output (reply, 0), "Name")),
                   ==,
                   "ForEach-Object");
}

/* What goes in comes out the same: PowerShell reads our values and writes them again. */
static void
test_values (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GDateTime) date = g_date_time_new_utc (2026, 12, 1, 8, 30, 15.25);
  g_autoptr(GBytes) bytes = g_bytes_new_static ("\0\1\376\377", 4);
  static const char *const texts[] = { "a,b", "", "c", NULL };
  ExcValue *table = exc_value_new_object (
      (const char *const[]){ "System.Collections.Hashtable", "System.Object", NULL });
  ExcValue *values[] = {
    exc_value_new_string ("plain"),
    exc_value_new_string (""),
    exc_value_new_string ("grüße 汉字 🔑 _x0041_ _ \r\n\t <&>\"'"),
    exc_value_new_string_len ("a\0b", 3),
    exc_value_new_boolean (TRUE),
    exc_value_new_boolean (FALSE),
    exc_value_new_int32 (G_MININT32),
    exc_value_new_int64 (G_MAXINT64),
    exc_value_new_integer (EXC_VALUE_BYTE, 200),
    exc_value_new_integer (EXC_VALUE_SBYTE, (guint64) -5),
    exc_value_new_integer (EXC_VALUE_UINT64, G_MAXUINT64),
    exc_value_new_integer (EXC_VALUE_CHAR, 'x'),
    exc_value_new_double (-0.1),
    exc_value_new_text_kind (EXC_VALUE_DECIMAL, "79228162514264337593543950335"),
    exc_value_new_text_kind (EXC_VALUE_GUID, "632aa393-254e-b24d-8288-4d968d0da65d"),
    exc_value_new_text_kind (EXC_VALUE_VERSION, "15.2.1544.4"),
    exc_value_new_text_kind (EXC_VALUE_TIME_SPAN, "P1DT2H3M4S"),
    exc_value_new_date_time (date),
    exc_value_new_bytes (bytes),
  };

  /* One in each pipeline: the reply has it alone. */
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++) {
    ExcCommand *command = script_new ("param($Value) , $Value");
    g_autoptr(ExcValue) value = values[i];
    g_autoptr(ExcReply) reply = NULL;
    g_autofree char *text = exc_value_dup_text (value);

    exc_command_set (command, "Value", exc_value_ref (value));
    reply = run (fixture, command);
    check (reply);
    g_test_message ("%s", text);
    g_assert_cmpuint (exc_reply_get_output (reply)->len, ==, 1);
    g_assert_true (exc_value_equal (output (reply, 0), value));
  }

  exc_value_set_container (table, EXC_CONTAINER_DICTIONARY);
  exc_value_insert (table, exc_value_new_string ("key"), exc_value_new_int32 (7));
  {
    ExcCommand *command = script_new (
        "param($Table, [string[]]$Texts, [object[]]$Empty, [switch]$On, [switch]$Off, $Nothing, "
        "[datetime]$Date, [byte[]]$Bytes)\n"
        "'{0} {1}' -f $Table.GetType().Name, $Table['key']\n"
        "'{0}: {1}' -f $Texts.Count, ($Texts -join '|')\n"
        "'empty {0} {1}' -f $Empty.Count, ($null -eq $Empty)\n"
        "'on {0} off {1} null {2}' -f $On, $Off, ($null -eq $Nothing)\n"
        "'{0:o}' -f $Date\n"
        "'{0}: {1}' -f $Bytes.GetType().Name, ($Bytes -join ' ')\n");
    static const char *const expected[] = {
      "Hashtable 7",
      "3: a,b||c",
      "empty 0 False",
      "on True off False null True",
      "2026-12-01T08:30:15.2500000Z",
      "Byte[]: 0 1 254 255",
    };
    g_autoptr(ExcReply) reply = NULL;

    exc_command_set (command, "Table", table);
    exc_command_set (command, "Texts", exc_value_new_string_list (texts));
    exc_command_set (command, "Empty", exc_value_new_list ());
    exc_command_set_switch (command, "On", TRUE);
    exc_command_set_switch (command, "Off", FALSE);
    exc_command_set (command, "Nothing", exc_value_new_null ());
    exc_command_set (command, "Date", exc_value_new_date_time (date));
    exc_command_set (command, "Bytes", exc_value_new_bytes (bytes));
    reply = run (fixture, command);
    check (reply);
    for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
      g_assert_cmpstr (exc_value_get_text (output (reply, i)), ==, expected[i]);
  }
}

/* A script's settings do not outlive it (UseLocalScope). */
static void
test_local_scope (Fixture *fixture, gconstpointer data)
{
  g_autoptr(ExcReply) first = run (
      fixture, script_new ("$ErrorActionPreference = 'Stop'; $left = 1; $ErrorActionPreference"));
  g_autoptr(ExcReply) second = run (fixture, script_new ("\"$ErrorActionPreference $left\""));

  check (first);
  check (second);
  g_assert_cmpstr (exc_value_get_text (output (second, 0)), ==, "Continue ");
}

static void
test_large (Fixture *fixture, gconstpointer data)
{
  ExcCommand *echo = script_new ("param([string]$Text) $Text.Length; $Text");
  g_autofree char *text = g_strnfill (700 * 1024, 'z');
  g_autoptr(ExcReply) one = run (fixture, script_new ("'x' * 5000000"));
  g_autoptr(ExcReply) many = run (fixture, script_new (MANY_TEXT));
  g_autoptr(ExcReply) back = NULL;
  gint64 number;

  check (one);
  g_assert_cmpuint (strlen (exc_value_get_text (output (one, 0))), ==, 5000000);
  check (many);
  g_assert_cmpuint (exc_reply_get_output (many)->len, ==, MANY);
  g_assert_true (exc_value_get_int64 (output (many, MANY - 1), &number));
  g_assert_cmpint (number, ==, MANY);

  /* More than one envelope on the way there: the Command, then Sends. */
  exc_command_set_string (echo, "Text", text);
  back = run (fixture, echo);
  check (back);
  g_assert_cmpstr (exc_value_get_text (output (back, 1)), ==, text);
}

/* ---- records */

static void
test_streams (Fixture *fixture, gconstpointer data)
{
  static const char *const expected[] = {
    "warning careful",         "verbose in detail", "debug for us",  "information hello",
    "progress Renewing: half", "error broken",      "output result",
  };
  g_autoptr(ExcReply) reply = run (
      fixture,
      script_new ("[CmdletBinding()] param()\n"
                  "$VerbosePreference = 'Continue'; $DebugPreference = 'Continue'\n"
                  "$PSCmdlet.WriteWarning('careful')\n"
                  "$PSCmdlet.WriteVerbose('in detail')\n"
                  "$PSCmdlet.WriteDebug('for us')\n"
                  "$PSCmdlet.WriteInformation('hello', @('tag'))\n"
                  "$progress = [System.Management.Automation.ProgressRecord]::new(1, 'Renewing', "
                  "'half')\n"
                  "$PSCmdlet.WriteProgress($progress)\n"
                  "$PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new(\n"
                  "  [System.InvalidOperationException]::new('broken'), 'Bad', 'InvalidOperation', "
                  "'ex1'))\n"
                  "'result'\n"));
  ExcErrorRecord *error;

  /* Each in its stream; between the streams the server may change the order. */
  g_assert_cmpuint (fixture->records->len, ==, G_N_ELEMENTS (expected));
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_true (
        g_ptr_array_find_with_equal_func (fixture->records, expected[i], g_str_equal, NULL));

  g_assert_null (exc_reply_get_failure (reply));
  g_assert_cmpuint (exc_reply_get_errors (reply)->len, ==, 1);
  error = g_ptr_array_index (exc_reply_get_errors (reply), 0);
  g_assert_cmpstr (error->message, ==, "broken");
  g_assert_true (g_str_has_prefix (error->error_id, "Bad"));
  g_assert_cmpstr (error->reason, ==, "InvalidOperationException");
  g_assert_cmpstr (error->exception, ==, "System.InvalidOperationException");
  g_assert_cmpstr (error->target, ==, "ex1");
  g_assert_cmpstr (g_ptr_array_index (exc_reply_get_warnings (reply), 0), ==, "careful");
}

static void
test_errors (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *script;
    const char *error_id;
    int code;
  } cases[] = {
    { "throw 'away'", "away", EXC_ERROR_REMOTE },
    { "Get-Nothing", "CommandNotFoundException", EXC_ERROR_NOT_FOUND },
    { "if (", "IfStatementMissingCondition", EXC_ERROR_REMOTE },
    { "Where-Object -Nonsense 1", "NamedParameterNotFound", EXC_ERROR_REMOTE },
    { "[int]'x'", "InvalidCastFromStringToInteger", EXC_ERROR_REMOTE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *script =
        g_strconcat ("$ErrorActionPreference = 'Stop'\n", cases[i].script, NULL);
    g_autoptr(ExcReply) reply = run (fixture, script_new (script));
    ExcErrorRecord *failure = exc_reply_get_failure (reply);
    g_autoptr(GError) error = NULL;

    g_assert_nonnull (failure);
    g_test_message ("%s: %s", failure->error_id, failure->message);
    g_assert_true (g_str_has_prefix (failure->error_id, cases[i].error_id));
    g_assert_false (exc_reply_check (reply, &error));
    g_assert_error (error, EXC_ERROR, cases[i].code);
  }

  { /* a cmdlet's own binder, and what comes after goes on */
    ExcCommand *command = exc_command_new ("Where-Object");
    g_autoptr(ExcReply) reply = NULL;
    g_autoptr(ExcReply) next = NULL;

    exc_command_set_int (command, "Nonsense", 1);
    reply = run (fixture, command);
    g_assert_true (
        g_str_has_prefix (exc_reply_get_failure (reply)->error_id, "NamedParameterNotFound"));
    next = run (fixture, script_new ("1"));
    check (next);
  }
}

/* ---- prompts */

#define CHOICE                                                                                     \
  "$choices = [System.Management.Automation.Host.ChoiceDescription[]]@('&Yes', 'Yes to &All', "    \
  "'&No', 'No to A&ll')\n"                                                                         \
  "$Host.UI.PromptForChoice('Confirm', 'Overwrite?', $choices, 0)"

static void
test_prompts (Fixture *fixture, gconstpointer data)
{
  static const struct {
    char choice;
    int expected;
  } cases[] = { { 'N', 2 }, { 'Y', 0 }, { 'a', 1 }, { 'L', 3 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    ExcPipeline *pipeline = exc_pipeline_new_single (script_new (CHOICE));
    g_autoptr(ExcReply) reply = NULL;
    g_autoptr(GError) error = NULL;
    gint64 index;

    exc_pipeline_set_choice (pipeline, cases[i].choice);
    reply = interop_run (fixture->shell, pipeline, &error);
    g_assert_no_error (error);
    n_pipelines++;
    check (reply);
    g_assert_true (exc_value_get_int64 (output (reply, 0), &index));
    g_assert_cmpint (index, ==, cases[i].expected);
  }

  { /* a cmdlet's own question, with No stated: it does not go on */
    ExcPipeline *pipeline = exc_pipeline_new_single (
        script_new ("[CmdletBinding()] param() $PSCmdlet.ShouldContinue('Sure?', 'Confirm')"));
    g_autoptr(ExcReply) reply = NULL;
    gboolean went_on = TRUE;

    exc_pipeline_set_choice (pipeline, 'N');
    exc_pipeline_set_question (pipeline, "SURE?"); /* in any case of letters */
    reply = interop_run (fixture->shell, pipeline, NULL);
    n_pipelines++;
    check (reply);
    g_assert_true (exc_value_get_boolean (output (reply, 0), &went_on) && !went_on);
  }
}

static void
test_refused_prompts (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *script;
    const char *text;
  } cases[] = {
    { CHOICE, "Confirm\nOverwrite? [&Yes / Yes to &All / &No / No to A&ll]" },
    { "$Host.UI.ReadLine()", "ReadLine" },
    { "$Host.UI.ReadLineAsSecureString()", "ReadLineAsSecureString" },
    { "$Host.UI.PromptForCredential('Log on', 'Who?', 'admin', 'ex1')", "Log on\nWho?" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr(ExcReply) reply = run (fixture, script_new (cases[i].script));
    g_autoptr(ExcReply) next = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_cmpstr (exc_reply_get_prompt (reply), ==, cases[i].text);
    g_assert_false (exc_reply_check (reply, &error));
    g_assert_nonnull (error);
    /* The refusal reached the script as an error, and the shell is as good as before. */
    g_assert_nonnull (exc_reply_get_first_error (reply));
    next = run (fixture, script_new ("'next'"));
    check (next);
  }
}

/* ---- stop */

typedef struct {
  ExcReply *reply;
  GError *error;
  gboolean is_done;
} Outcome;

static void
on_run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->reply = exc_shell_run_finish (EXC_SHELL (source), result, &outcome->error);
  outcome->is_done = TRUE;
}

static void
wait_for (Outcome *outcome)
{
  while (!outcome->is_done)
    g_main_context_iteration (NULL, TRUE);
}

#define ENDLESS "'begun'; while ($true) { [System.Threading.Thread]::Sleep(20) }"

static void
test_stop (Fixture *fixture, gconstpointer data)
{
  g_autoptr(ExcPipeline) endless = exc_pipeline_new_single (script_new (ENDLESS));
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(ExcReply) next = NULL;
  Outcome cancelled = { NULL, NULL, FALSE };
  Outcome late = { NULL, NULL, FALSE };

  /* by the user, once it runs */
  exc_shell_run_async (fixture->shell, endless, NULL, 60, cancellable, on_run_cb, &cancelled);
  while (fixture->records->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (g_ptr_array_index (fixture->records, 0), ==, "output begun");
  g_cancellable_cancel (cancellable);
  wait_for (&cancelled);
  g_assert_error (cancelled.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&cancelled.error);
  next = run (fixture, script_new ("'goes on'"));
  check (next);

  /* by its time limit */
  exc_shell_run_async (fixture->shell, endless, NULL, 1, NULL, on_run_cb, &late);
  wait_for (&late);
  g_assert_error (late.error, EXC_ERROR, EXC_ERROR_UNREACHABLE);
  g_clear_error (&late.error);
  g_clear_pointer (&next, exc_reply_unref);
  next = run (fixture, script_new ("'goes on'"));
  check (next);
}

/* ---- secrets */

/* The engine's own key exchange: our public key is read, its session key opens. */
static void
test_secret_in (Fixture *fixture, gconstpointer data)
{
  static const char *const type[] = { "System.Management.Automation.PSCredential",
                                      "System.Object",
                                      NULL };
  g_autoptr(ExcSecret) secret = exc_secret_new (SECRET, (gsize) -1);
  ExcCommand *command = script_new ("param([securestring]$Secret, [pscredential]$Credential)\n"
                                    "[System.Net.NetworkCredential]::new('', $Secret).Password\n"
                                    "$Secret\n"
                                    "$Credential.UserName\n"
                                    "$Credential.GetNetworkCredential().Password\n");
  ExcValue *credential = exc_value_new_object (type);
  g_autoptr(ExcReply) reply = NULL;
  ExcSecret *back;

  exc_command_set (command, "Secret", exc_value_new_secure_string (secret));
  exc_value_set_property (credential, "UserName", exc_value_new_string ("CONTOSO\\admin"));
  exc_value_set_property (credential, "Password", exc_value_new_secure_string (secret));
  exc_command_set (command, "Credential", credential);
  reply = run (fixture, command);
  check (reply);
  g_assert_cmpstr (exc_value_get_text (output (reply, 0)), ==, SECRET);
  back = exc_value_get_secret (output (reply, 1));
  g_assert_nonnull (back);
  g_assert_cmpstr (exc_secret_peek (back, NULL), ==, SECRET);
  g_assert_cmpstr (exc_value_get_text (output (reply, 2)), ==, "CONTOSO\\admin");
  g_assert_cmpstr (exc_value_get_text (output (reply, 3)), ==, SECRET);
}

/* It comes out before any exchange: we begin one, and nothing is lost meanwhile. */
static void
test_secret_out (Fixture *fixture, gconstpointer data)
{
  g_autoptr(ExcReply) reply = run (
      fixture,
      script_new ("$secret = [System.Net.NetworkCredential]::new('', 'from the server')\n"
                  "'before'; $secret.SecurePassword; 'after'"));
  ExcSecret *secret;

  check (reply);
  g_assert_cmpuint (exc_reply_get_output (reply)->len, ==, 3);
  g_assert_cmpstr (exc_value_get_text (output (reply, 0)), ==, "before");
  secret = exc_value_get_secret (output (reply, 1));
  g_assert_nonnull (secret);
  g_assert_cmpstr (exc_secret_peek (secret, NULL), ==, "from the server");
  g_assert_cmpstr (exc_value_get_text (output (reply, 2)), ==, "after");
}

/* ---- shells */

static void
test_two_shells (Fixture *fixture, gconstpointer data)
{
  g_autoptr(ExcShell) other =
                 interop_host_open_shell (fixture->host, PATH, EXC_CONFIGURATION_WINDOWS);
  g_autoptr(ExcPipeline) endless = exc_pipeline_new_single (script_new (ENDLESS));
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(ExcReply) set = NULL;
  g_autoptr(ExcReply) other_value = NULL;
  Outcome outcome = { NULL, NULL, FALSE };

  /* While one runs without end, the other answers; they share nothing. */
  exc_shell_run_async (other, endless, NULL, 60, cancellable, on_run_cb, &outcome);
  set = run (fixture, script_new ("$global:mark = 'first'; [System.Environment]::ProcessId"));
  check (set);
  g_assert_false (outcome.is_done);
  g_cancellable_cancel (cancellable);
  wait_for (&outcome);
  g_clear_error (&outcome.error);
  g_clear_pointer (&outcome.reply, exc_reply_unref);

  other_value = interop_run (
      other,
      exc_pipeline_new_single (script_new ("\"[$mark]\"; [System.Environment]::ProcessId")),
      NULL);
  check (other_value);
  g_assert_cmpstr (exc_value_get_text (output (other_value, 0)), ==, "[]");
  g_assert_false (exc_value_equal (output (other_value, 1), output (set, 0)));
  interop_close (other);
  g_assert_cmpuint (
      exc_lab_wsman_get_n_shells (interop_host_get_wsman (fixture->host), NULL), ==, 1);
}

/* The process behind the shell dies in the middle of a command: an error, and a new shell works. */
static void
test_server_dies (Fixture *fixture, gconstpointer data)
{
  g_autoptr(ExcReply) next = NULL;
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(GError) error = NULL;

  reply =
      interop_run (fixture->shell,
                   exc_pipeline_new_single (script_new ("[System.Environment]::FailFast('gone')")),
                   &error);
  g_assert_null (reply);
  g_assert_error (error, EXC_ERROR, EXC_ERROR_GONE);
  next = run (fixture, script_new ("'new shell'"));
  check (next);
  g_assert_cmpstr (exc_value_get_text (output (next, 0)), ==, "new shell");
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/interop/client/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("commands", test_commands);
  ADD ("values", test_values);
  ADD ("local-scope", test_local_scope);
  ADD ("large", test_large);
  ADD ("streams", test_streams);
  ADD ("errors", test_errors);
  ADD ("prompts", test_prompts);
  ADD ("refused-prompts", test_refused_prompts);
  ADD ("stop", test_stop);
  ADD ("secret-in", test_secret_in);
  ADD ("secret-out", test_secret_out);
  ADD ("two-shells", test_two_shells);
  ADD ("server-dies", test_server_dies);

  status = g_test_run ();
  g_print ("# %u pipelines run by PowerShell\n", n_pipelines);
  return status;
}
