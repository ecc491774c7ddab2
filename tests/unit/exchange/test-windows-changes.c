/* test-windows-changes.c — what the scripts of Windows' side are sent, and what their answers say
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-queries.h"
#include "exc-scripts.h"
#include "exchange-test.h"

#define OLD "0123456789ABCDEF0123456789ABCDEF01234567"
#define NEW "89ABCDEF0123456789ABCDEF0123456789ABCDEF"

static const char *
text_of (ExcPipeline *pipeline, const char *name)
{
  return exc_value_get_text (exc_command_lookup (exc_pipeline_get_command (pipeline, 0), name));
}

static void
test_sent (void)
{
  g_autoptr(GBytes) der = exchange_test_certificate ("EX01");
  const struct {
    ExcPipeline *pipeline;
    const char *script;
    const char *thumbprint;
    guint n_parameters;
  } cases[] = {
    { exc_change_wmsvc_bind (NEW), EXC_SCRIPT_WMSVC_BIND, NEW, 1 },
    { exc_change_wmsvc_create (), EXC_SCRIPT_WMSVC_CREATE, NULL, 0 },
    { exc_change_remove_windows (OLD), EXC_SCRIPT_REMOVE_CERTIFICATE, OLD, 1 },
    { exc_change_trust_raw (der), EXC_SCRIPT_TRUST_RAW, NULL, 1 },
    { exc_change_iisreset (), EXC_SCRIPT_IISRESET, NULL, 0 },
    { exc_query_events ("System", NULL, 0, 0), EXC_SCRIPT_EVENTS, NULL, 1 },
  };
  ExcCommand *trust = exc_pipeline_get_command (cases[3].pipeline, 0);

  g_assert_true (g_bytes_equal (exc_value_get_bytes (exc_command_lookup (trust, "Raw")), der));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    const ExcScript *script = exc_script_lookup (cases[i].script);
    ExcCommand *command = exc_pipeline_get_command (cases[i].pipeline, 0);

    g_assert_cmpstr (exc_command_get_script (command), ==, script->text);
    g_assert_cmpint (exc_pipeline_is_changing (cases[i].pipeline), ==, script->changes);
    g_assert_cmpstr (text_of (cases[i].pipeline, "Thumbprint"), ==, cases[i].thumbprint);
    g_assert_cmpuint (exc_command_get_n_parameters (command), ==, cases[i].n_parameters);
    exc_pipeline_unref (cases[i].pipeline);
  }
}

static void
test_events_sent (void)
{
  g_autoptr(ExcPipeline) pipeline =
                 exc_query_events ("Application", "MSExchange AuthAdmin", 2014, 1795399200);
  gint64 id = 0;

  g_assert_false (exc_pipeline_is_changing (pipeline));
  g_assert_cmpstr (text_of (pipeline, "Log"), ==, "Application");
  g_assert_cmpstr (text_of (pipeline, "Provider"), ==, "MSExchange AuthAdmin");
  g_assert_cmpstr (text_of (pipeline, "Since"), ==, "2026-11-23T02:00:00Z");
  g_assert_true (
      exc_value_get_int64 (exc_command_lookup (exc_pipeline_get_command (pipeline, 0), "Id"), &id));
  g_assert_cmpint (id, ==, 2014);
}

/* Synthesised after wmsvc-bind.ps1. */
static ExcValue *
bound (gboolean is_ok, const char *reason, const char *old)
{
  ExcValue *object = exc_value_new_psobject ();

  exc_value_set_member (object, "Ok", exc_value_new_boolean (is_ok));
  exc_value_set_member (
      object, "Error", reason != NULL ? exc_value_new_string (reason) : exc_value_new_null ());
  exc_value_set_member (
      object, "Old", old != NULL ? exc_value_new_string (old) : exc_value_new_null ());
  exc_value_set_member (object, "New", exc_value_new_string (NEW));
  exc_value_set_member (object, "Endpoint", exc_value_new_string ("0.0.0.0:8172"));
  exc_value_set_member (object, "Before", exc_value_new_string ("Running"));
  exc_value_set_member (object, "Service", exc_value_new_string ("Running"));
  return object;
}

static void
test_wmsvc_bound (void)
{
  const char *const olds[] = { OLD, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (olds); i++) {
    g_autoptr(ExcReply) reply = exchange_test_reply (bound (TRUE, NULL, olds[i]));
    g_autofree char *old = NULL;
    g_autofree char *service = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_true (exc_read_wmsvc_bound (reply, &old, &service, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (old, ==, olds[i]);
    g_assert_cmpstr (service, ==, "Running");
    g_assert_true (exc_read_wmsvc_bound (reply, NULL, NULL, NULL));
  }
}

static void
test_wmsvc_not_bound (void)
{
  ExcValue *stateless = bound (TRUE, NULL, OLD);
  struct {
    ExcValue *answer;
    ExcError code;
    const char *says;
  } cases[] = {
    { bound (FALSE, "netsh add failed (1)", OLD), EXC_ERROR_REMOTE, "netsh add failed (1)" },
    { bound (FALSE, NULL, OLD), EXC_ERROR_PROTOCOL, "Error" },
    { bound (TRUE, NULL, "beef"), EXC_ERROR_PROTOCOL, "Old" },
    { stateless, EXC_ERROR_PROTOCOL, "Service" },
    { exc_value_new_psobject (), EXC_ERROR_PROTOCOL, "Ok" },
  };

  exc_value_set_member (stateless, "Service", exc_value_new_string (""));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr(ExcReply) reply = exchange_test_reply (cases[i].answer);
    g_autofree char *old = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_false (exc_read_wmsvc_bound (reply, &old, NULL, &error));
    g_assert_error (error, EXC_ERROR, (int) cases[i].code);
    g_assert_nonnull (strstr (error->message, cases[i].says));
    g_assert_null (old);
  }
}

/* Scripts call it Raw, cmdlets RawData. */
static void
test_created (void)
{
  g_autoptr(GBytes) der = exchange_test_certificate ("WMSvc-SHA2-EX01");
  g_autofree char *expected = exchange_test_thumbprint (der);
  ExcValue *object = exc_value_new_psobject ();
  ExcValue *lying = exc_value_new_psobject ();
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(ExcReply) lie = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *thumbprint = NULL;

  exc_value_set_member (object, "Thumbprint", exc_value_new_string (expected));
  exc_value_set_member (object, "Subject", exc_value_new_string ("CN=WMSvc-SHA2-EX01"));
  exc_value_set_member (object, "Raw", exc_value_new_bytes (der));
  reply = exchange_test_reply (object);
  thumbprint = exc_read_created (reply, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (thumbprint, ==, expected);

  exc_value_set_member (lying, "Thumbprint", exc_value_new_string (OLD));
  exc_value_set_member (lying, "Raw", exc_value_new_bytes (der));
  lie = exchange_test_reply (lying);
  g_assert_null (exc_read_created (lie, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
}

static void
test_removed (void)
{
  ExcValue *object = exc_value_new_psobject ();
  g_autoptr(ExcReply) silence = exchange_test_reply (exc_value_new_psobject ());
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(GError) error = NULL;
  gboolean before = FALSE;
  gboolean in_my = TRUE;

  exc_value_set_member (object, "Before", exc_value_new_boolean (TRUE));
  exc_value_set_member (object, "InMy", exc_value_new_boolean (FALSE));
  reply = exchange_test_reply (object);
  g_assert_true (exc_read_removed (reply, &before, &in_my, &error));
  g_assert_no_error (error);
  g_assert_true (before);
  g_assert_false (in_my);

  g_assert_false (exc_read_removed (silence, NULL, NULL, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
}

static ExcValue *
event (const char *time, int id, const char *provider, const char *message)
{
  ExcValue *item = exc_value_new_psobject ();

  exc_value_set_member (item, "TimeUtc", exc_value_new_string (time));
  exc_value_set_member (item, "Id", exc_value_new_int32 (id));
  exc_value_set_member (
      item, "Provider", provider != NULL ? exc_value_new_string (provider) : exc_value_new_null ());
  exc_value_set_member (
      item, "Message", message != NULL ? exc_value_new_string (message) : exc_value_new_null ());
  return item;
}

static GPtrArray *
read_events (ExcValue *take_events, GError **error)
{
  ExcValue *object = exc_value_new_psobject ();
  g_autoptr(ExcReply) reply = NULL;

  exc_value_set_member (object, "Events", take_events);
  reply = exchange_test_reply (object);
  return exc_read_events (reply, error);
}

static void
test_events (void)
{
  ExcValue *list = exc_value_new_list ();
  g_autoptr(GPtrArray) two = NULL;
  g_autoptr(GPtrArray) one = NULL;
  g_autoptr(GPtrArray) none = NULL;
  g_autoptr(GError) error = NULL;
  const ExcEventRecord *first;

  exc_value_append (list, event ("2026-11-23T02:00:00.1234567Z", 15021, "HttpEvent", "An error."));
  exc_value_append (list, event ("2026-11-23T01:00:00.0000000Z", 15021, "HttpEvent", NULL));
  two = read_events (list, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (two->len, ==, 2);
  first = g_ptr_array_index (two, 0);
  g_assert_cmpint (first->time, ==, 1795399200);
  g_assert_cmpint (first->id, ==, 15021);
  g_assert_cmpstr (first->provider, ==, "HttpEvent");
  g_assert_cmpstr (first->message, ==, "An error.");
  g_assert_null (((ExcEventRecord *) g_ptr_array_index (two, 1))->message);

  /* PowerShell takes the one item out of its list. */
  one = read_events (event ("2026-11-23T02:00:00Z", 2014, "MSExchange AuthAdmin", ""), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (one->len, ==, 1);
  none = read_events (exc_value_new_list (), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_null (read_events (event ("2026-11-23T02:00:00Z", 2014, NULL, ""), &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/exchange/windows-changes/sent", test_sent);
  g_test_add_func ("/exchange/windows-changes/events-sent", test_events_sent);
  g_test_add_func ("/exchange/windows-changes/wmsvc-bound", test_wmsvc_bound);
  g_test_add_func ("/exchange/windows-changes/wmsvc-not-bound", test_wmsvc_not_bound);
  g_test_add_func ("/exchange/windows-changes/created", test_created);
  g_test_add_func ("/exchange/windows-changes/removed", test_removed);
  g_test_add_func ("/exchange/windows-changes/events", test_events);

  return g_test_run ();
}
