/* test-changes.c — what is sent, to the letter, and what a change's answer says
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-queries.h"
#include "exc-scripts.h"
#include "exchange-test.h"

#define SERVER "ex01.contoso.example"
#define OLD    "0123456789ABCDEF0123456789ABCDEF01234567"
#define NEW    "89ABCDEF0123456789ABCDEF0123456789ABCDEF"

static const char *const services[] = { "MSExchangeTransport", "W3SVC", NULL };
static const char *const pools[] = { "MSExchangeOWAAppPool", NULL };

/* What a command says beside its own parameters. */
static void
assert_command (ExcPipeline *pipeline, guint index, const char *name, const char *server)
{
  ExcCommand *command = exc_pipeline_get_command (pipeline, index);

  g_assert_cmpstr (exc_command_get_name (command), ==, name);
  g_assert_null (exc_command_get_script (command));
  g_assert_cmpstr (exc_value_get_text (exc_command_lookup (command, "Server")), ==, server);
  g_assert_cmpstr (exc_value_get_text (exc_command_lookup (command, "ErrorAction")), ==, "Stop");
}

static const char *
text_of (ExcPipeline *pipeline, guint index, const char *name)
{
  return exc_value_get_text (exc_command_lookup (exc_pipeline_get_command (pipeline, index), name));
}

static void
assert_boolean (ExcPipeline *pipeline, guint index, const char *name, gboolean expected)
{
  ExcValue *value = exc_command_lookup (exc_pipeline_get_command (pipeline, index), name);
  gboolean is_true = !expected;

  g_assert_nonnull (value);
  g_assert_cmpint (exc_value_get_kind (value), ==, EXC_VALUE_BOOLEAN);
  g_assert_true (exc_value_get_boolean (value, &is_true));
  g_assert_cmpint (is_true, ==, expected);
}

static void
test_renew (void)
{
  g_autoptr(ExcPipeline) pipeline = exc_change_renew_default (SERVER, OLD);

  g_assert_true (exc_pipeline_is_changing (pipeline));
  g_assert_cmpuint (exc_pipeline_get_n_commands (pipeline), ==, 2);
  assert_command (pipeline, 0, "Get-ExchangeCertificate", SERVER);
  g_assert_cmpstr (text_of (pipeline, 0, "Thumbprint"), ==, OLD);
  assert_command (pipeline, 1, "New-ExchangeCertificate", SERVER);
  assert_boolean (pipeline, 1, "Force", TRUE);
  assert_boolean (pipeline, 1, "PrivateKeyExportable", FALSE);
  /* A choice would answer a prompt that -Force already answers. */
  g_assert_cmpint (exc_pipeline_get_choice (pipeline), ==, 0);
}

static void
test_create (void)
{
  g_autoptr(ExcPipeline) pipeline = exc_change_create_default (SERVER, "EX01", SERVER);
  ExcCommand *create = exc_pipeline_get_command (pipeline, 0);
  g_auto(GStrv) domains = exc_value_dup_string_list (exc_command_lookup (create, "DomainName"));
  gint64 key_size = 0;

  g_assert_true (exc_pipeline_is_changing (pipeline));
  assert_command (pipeline, 0, "New-ExchangeCertificate", SERVER);
  g_assert_cmpstr (text_of (pipeline, 0, "SubjectName"), ==, "CN=EX01");
  g_assert_cmpuint (g_strv_length (domains), ==, 2);
  g_assert_cmpstr (domains[0], ==, "EX01");
  g_assert_cmpstr (domains[1], ==, SERVER);
  g_assert_cmpstr (text_of (pipeline, 0, "Services"), ==, "SMTP");
  g_assert_true (exc_value_get_int64 (exc_command_lookup (create, "KeySize"), &key_size));
  g_assert_cmpint (key_size, ==, 2048);
  assert_boolean (pipeline, 0, "Force", TRUE);
}

static void
test_enable_and_remove (void)
{
  g_autoptr(ExcPipeline) smtp = exc_change_enable (SERVER, OLD, "SMTP", FALSE);
  g_autoptr(ExcPipeline) iis = exc_change_enable (SERVER, OLD, "IIS", TRUE);
  g_autoptr(ExcPipeline) removal = exc_change_remove (SERVER, OLD);

  assert_command (smtp, 0, "Enable-ExchangeCertificate", SERVER);
  g_assert_null (exc_command_lookup (exc_pipeline_get_command (smtp, 0), "DoNotRequireSsl"));
  assert_boolean (smtp, 0, "Force", TRUE);
  assert_boolean (iis, 0, "DoNotRequireSsl", TRUE);
  assert_command (removal, 0, "Remove-ExchangeCertificate", SERVER);
  g_assert_cmpstr (text_of (removal, 0, "Thumbprint"), ==, OLD);
  assert_boolean (removal, 0, "Confirm", FALSE);
  g_assert_true (exc_pipeline_is_changing (smtp));
  g_assert_true (exc_pipeline_is_changing (removal));
}

/* Scripts go out whole; only parameters differ. */
static void
test_scripts (void)
{
  ExcPipeline *pipelines[] = {
    exc_query_windows (),
    exc_query_look (NEW, services),
    exc_change_trust (NEW),
    exc_change_untrust (NEW),
    exc_change_bind ("Exchange Back End", "*", 444, NEW),
    exc_change_recycle_pools (pools),
    exc_change_restart_services (services),
  };
  static const char *const names[] = {
    EXC_SCRIPT_INVENTORY,        EXC_SCRIPT_LOOK, EXC_SCRIPT_TRUST,
    EXC_SCRIPT_UNTRUST,          EXC_SCRIPT_BIND, EXC_SCRIPT_RECYCLE_POOLS,
    EXC_SCRIPT_RESTART_SERVICES,
  };
  gint64 port = 0;

  for (guint i = 0; i < G_N_ELEMENTS (pipelines); i++) {
    const ExcScript *script = exc_script_lookup (names[i]);
    ExcCommand *command = exc_pipeline_get_command (pipelines[i], 0);

    g_assert_cmpuint (exc_pipeline_get_n_commands (pipelines[i]), ==, 1);
    g_assert_cmpstr (exc_command_get_name (command), ==, names[i]);
    g_assert_cmpstr (exc_command_get_script (command), ==, script->text);
    g_assert_cmpint (exc_pipeline_is_changing (pipelines[i]), ==, script->changes);
  }
  g_assert_cmpstr (text_of (pipelines[4], 0, "Site"), ==, "Exchange Back End");
  g_assert_true (exc_value_get_int64 (
      exc_command_lookup (exc_pipeline_get_command (pipelines[4], 0), "Port"), &port));
  g_assert_cmpint (port, ==, 444);

  for (guint i = 0; i < G_N_ELEMENTS (pipelines); i++)
    exc_pipeline_unref (pipelines[i]);
}

static void
test_readings (void)
{
  g_autoptr(ExcPipeline) list = exc_query_certificates (SERVER, NULL, TRUE);
  g_autoptr(ExcPipeline) bare = exc_query_certificates (SERVER, OLD, FALSE);
  g_autoptr(ExcPipeline) transport = exc_query_internal_transport (SERVER, TRUE);
  g_autoptr(ExcPipeline) servers = exc_query_servers (TRUE);
  g_autoptr(ExcPipeline) auth = exc_query_auth_config (FALSE);
  g_autoptr(ExcPipeline) rights = exc_query_commands (services);
  g_auto(GStrv) properties = NULL;

  assert_command (list, 0, "Get-ExchangeCertificate", SERVER);
  g_assert_null (exc_command_lookup (exc_pipeline_get_command (list, 0), "Thumbprint"));
  g_assert_cmpuint (exc_pipeline_get_n_commands (list), ==, 2);
  properties = exc_value_dup_string_list (
      exc_command_lookup (exc_pipeline_get_command (list, 1), "Property"));
  g_assert_true (g_strv_contains ((const char *const *) properties, "RawData"));
  g_assert_cmpuint (g_strv_length (properties), ==, 19);

  g_assert_cmpuint (exc_pipeline_get_n_commands (bare), ==, 1);
  g_assert_cmpstr (text_of (bare, 0, "Thumbprint"), ==, OLD);
  assert_command (transport, 0, "Get-TransportService", NULL);
  g_assert_cmpstr (text_of (transport, 0, "Identity"), ==, SERVER);
  assert_command (servers, 0, "Get-ExchangeServer", NULL);
  assert_command (auth, 0, "Get-AuthConfig", NULL);
  g_assert_cmpuint (exc_pipeline_get_n_commands (auth), ==, 1);
  /* Stop would end it at the first name that is missing. */
  g_assert_null (exc_command_lookup (exc_pipeline_get_command (rights, 0), "ErrorAction"));

  g_assert_false (exc_pipeline_is_changing (list));
  g_assert_false (exc_pipeline_is_changing (transport));
  g_assert_false (exc_pipeline_is_changing (servers));
  g_assert_false (exc_pipeline_is_changing (auth));
  g_assert_false (exc_pipeline_is_changing (rights));
}

static void
test_read_created (void)
{
  g_autoptr(GBytes) der = exchange_test_certificate ("EX01");
  g_autofree char *expected = exchange_test_thumbprint (der);
  ExcValue *bare = exc_value_new_object (NULL);
  ExcValue *lying = exc_value_new_psobject ();
  ExcValue *silent = exc_value_new_psobject ();
  g_autoptr(ExcReply) created = NULL;
  g_autoptr(ExcReply) lie = NULL;
  g_autoptr(ExcReply) silence = NULL;
  g_autofree char *thumbprint = NULL;
  g_autoptr(GError) error = NULL;

  exc_value_set_property (bare, "RawData", exc_value_new_bytes (der));
  created = exchange_test_reply (bare);
  thumbprint = exc_read_created (created, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (thumbprint, ==, expected);

  exc_value_set_member (lying, "RawData", exc_value_new_bytes (der));
  exc_value_set_member (lying, "Thumbprint", exc_value_new_string (OLD));
  lie = exchange_test_reply (lying);
  g_assert_null (exc_read_created (lie, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
  g_clear_error (&error);

  silence = exchange_test_reply (silent);
  g_assert_null (exc_read_created (silence, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
}

static void
test_read_trusted (void)
{
  ExcValue *object = exc_value_new_psobject ();
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(ExcReply) silence = exchange_test_reply (exc_value_new_psobject ());
  g_autoptr(GError) error = NULL;
  gboolean before = TRUE;
  gboolean in_root = FALSE;

  exc_value_set_member (object, "Before", exc_value_new_boolean (FALSE));
  exc_value_set_member (object, "InRoot", exc_value_new_boolean (TRUE));
  reply = exchange_test_reply (object);
  g_assert_true (exc_read_trusted (reply, &before, &in_root, &error));
  g_assert_no_error (error);
  g_assert_false (before);
  g_assert_true (in_root);

  g_assert_false (exc_read_trusted (silence, NULL, NULL, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
}

static void
test_read_bound (void)
{
  ExcValue *object = exc_value_new_psobject ();
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  exc_value_set_member (object, "Before", exc_value_new_string (""));
  exc_value_set_member (object, "After", exc_value_new_string (NEW));
  reply = exchange_test_reply (object);
  g_assert_true (exc_read_bound (reply, &before, &after, &error));
  g_assert_no_error (error);
  g_assert_null (before);
  g_assert_cmpstr (after, ==, NEW);
}

static ExcValue *
restarted (const char *name, const char *before, const char *after, const char *failure)
{
  ExcValue *item = exc_value_new_psobject ();

  exc_value_set_member (item, "Name", exc_value_new_string (name));
  exc_value_set_member (item, "Before", exc_value_new_string (before));
  exc_value_set_member (item, "After", exc_value_new_string (after));
  exc_value_set_member (
      item, "Failure", failure != NULL ? exc_value_new_string (failure) : exc_value_new_null ());
  return item;
}

static void
test_read_restarted (void)
{
  ExcValue *object = exc_value_new_psobject ();
  ExcValue *list = exc_value_new_list ();
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(GPtrArray) records = NULL;
  g_autoptr(GError) error = NULL;

  exc_value_append (list, restarted ("A", "Running", "Running", NULL));
  exc_value_append (list, restarted ("B", "Stopped", "Stopped", NULL));
  exc_value_append (list, restarted ("C", "Running", "StartPending", NULL));
  exc_value_append (list, restarted ("D", "Running", "Running", "It did not like that."));
  exc_value_set_member (object, "Services", list);
  reply = exchange_test_reply (object);
  records = exc_read_restarted (reply, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 4);
  g_assert_true (exc_restart_record_is_done (g_ptr_array_index (records, 0)));
  g_assert_true (exc_restart_record_is_done (g_ptr_array_index (records, 1)));
  g_assert_false (exc_restart_record_is_done (g_ptr_array_index (records, 2)));
  g_assert_false (exc_restart_record_is_done (g_ptr_array_index (records, 3)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/exchange/changes/renew", test_renew);
  g_test_add_func ("/exchange/changes/create", test_create);
  g_test_add_func ("/exchange/changes/enable-and-remove", test_enable_and_remove);
  g_test_add_func ("/exchange/changes/scripts", test_scripts);
  g_test_add_func ("/exchange/changes/readings", test_readings);
  g_test_add_func ("/exchange/changes/read-created", test_read_created);
  g_test_add_func ("/exchange/changes/read-trusted", test_read_trusted);
  g_test_add_func ("/exchange/changes/read-bound", test_read_bound);
  g_test_add_func ("/exchange/changes/read-restarted", test_read_restarted);

  return g_test_run ();
}
