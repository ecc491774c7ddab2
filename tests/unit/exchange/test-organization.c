/* test-organization.c — servers, rights, auth config, internal transport
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-queries.h"
#include "exchange-test.h"

#define THUMBPRINT "0123456789ABCDEF0123456789ABCDEF01234567"

/* Synthesised: the projected shape of a recorded server. */
static ExcValue *
server_value (const char *name, const char *version)
{
  ExcValue *object = exc_value_new_psobject ();
  g_autofree char *fqdn = g_strconcat (name, ".contoso.example", NULL);

  exc_value_set_member (object, "Name", exc_value_new_string (name));
  exc_value_set_member (object, "Fqdn", exc_value_new_string (fqdn));
  exc_value_set_member (object, "AdminDisplayVersion", exc_value_new_string (version));
  return object;
}

static void
test_recorded_server (void)
{
  g_autoptr(ExcReply) reply = exchange_test_recorded ("hc-E19-GetExchangeServer.xml");
  g_autoptr(GPtrArray) servers = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *product = NULL;
  ExcServerRecord *server = NULL;

  if (reply == NULL)
    return;
  servers = exc_read_servers (reply, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (servers->len, ==, 1);
  server = g_ptr_array_index (servers, 0);
  g_assert_cmpstr (server->name, ==, "SOLO-E19A");
  g_assert_cmpstr (server->fqdn, ==, "Solo-E19A.Solo.com");
  g_assert_cmpstr (server->domain, ==, "Solo.com");
  g_assert_cmpstr (server->site, ==, "Default-First-Site-Name");
  g_assert_cmpstr (server->version, ==, "Version 15.2 (Build 986.5)");
  g_assert_cmpstr (server->role, ==, "Mailbox");
  g_assert_cmpstr (server->edition, ==, "StandardEvaluation");
  g_assert_true (server->is_mailbox);
  g_assert_false (server->is_edge);
  product = exc_server_record_dup_product (server);
  g_assert_cmpstr (product, ==, "Exchange Server 2019");
}

static void
test_products (void)
{
  static const struct {
    const char *version;
    const char *product;
  } cases[] = {
    { "Version 15.0 (Build 1497.48)", "Exchange Server 2013" },
    { "Version 15.1 (Build 2507.18)", "Exchange Server 2016" },
    { "Version 15.2 (Build 1748.10)", "Exchange Server 2019" },
    { "Version 15.2 (Build 2562.17)", "Exchange Server SE" },
    { "Version 16.0 (Build 1.0)", "Version 16.0 (Build 1.0)" },
    { "something else", "something else" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr(ExcReply) reply = exchange_test_reply (server_value ("EX01", cases[i].version));
    g_autoptr(GPtrArray) servers = exc_read_servers (reply, NULL);
    g_autofree char *product = exc_server_record_dup_product (g_ptr_array_index (servers, 0));

    g_assert_cmpstr (product, ==, cases[i].product);
  }
}

static void
test_servers_kept (void)
{
  g_autoptr(ExcReply) reply =
                 exchange_test_reply (server_value ("OLD", "Version 14.3 (Build 1.2)"));
  g_autoptr(ExcValue) edge = server_value ("EDGE", "Version 15.2 (Build 1748.10)");
  g_autoptr(ExcValue) mailbox = server_value ("EX01", "Version 15.2 (Build 1748.10)");
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) servers = NULL;
  const ExcServerRecord *server = NULL;

  exc_value_set_member (edge, "ServerRole", exc_value_new_enum ("X.ServerRole", "Edge", 64));
  exc_value_set_member (mailbox, "ServerRole", exc_value_new_string ("Mailbox, ClientAccess"));
  exc_reply_add (reply, EXC_STREAM_OUTPUT, edge);
  exc_reply_add (reply, EXC_STREAM_OUTPUT, mailbox);

  servers = exc_read_servers (reply, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (servers->len, ==, 2);
  server = g_ptr_array_index (servers, 0);
  g_assert_cmpstr (server->name, ==, "EDGE");
  g_assert_true (server->is_edge);
  g_assert_false (server->is_mailbox);
  server = g_ptr_array_index (servers, 1);
  g_assert_true (server->is_mailbox);
  g_assert_null (server->site);
}

static void
test_server_without_name (void)
{
  ExcValue *object = server_value ("EX01", "Version 15.2 (Build 986.5)");
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(GError) error = NULL;

  exc_value_set_member (object, "Fqdn", exc_value_new_null ());
  reply = exchange_test_reply (object);
  g_assert_null (exc_read_servers (reply, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
  g_assert_nonnull (strstr (error->message, "Fqdn"));
}

static void
test_recorded_auth_config (void)
{
  g_autoptr(ExcReply) reply = exchange_test_recorded ("meac-collect-GetAuthConfig.xml");
  g_autoptr(ExcAuthConfigRecord) config = NULL;
  g_autoptr(GError) error = NULL;

  if (reply == NULL)
    return;
  config = exc_read_auth_config (reply, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (config->current, ==, "E1BDF9AE58C93C75E76C9DD882138FB8FF0FA786");
  g_assert_null (config->previous);
  g_assert_cmpstr (config->next, ==, "BC6BF924D6EF046E64F8D1987DC1D7D2F4C0042A");
  g_assert_cmpint (config->next_effective, ==, 1675433762); /* 2023-02-03T14:16:02Z */
}

static void
test_auth_config_refuses (void)
{
  g_autoptr(ExcReply) none = exc_reply_new ();
  ExcValue *object = exc_value_new_psobject ();
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_null (exc_read_auth_config (none, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
  g_clear_error (&error);

  exc_value_set_member (object, "CurrentCertificateThumbprint", exc_value_new_string ("12 34"));
  reply = exchange_test_reply (object);
  g_assert_null (exc_read_auth_config (reply, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
}

static ExcReply *
transport_reply (ExcValue *take_thumbprint)
{
  ExcValue *object = exc_value_new_psobject ();

  exc_value_set_member (object, "Name", exc_value_new_string ("EX01"));
  if (take_thumbprint != NULL)
    exc_value_set_member (object, "InternalTransportCertificateThumbprint", take_thumbprint);
  return exchange_test_reply (object);
}

static void
test_internal_transport (void)
{
  g_autoptr(ExcReply) told = transport_reply (exc_value_new_string (THUMBPRINT));
  g_autoptr(ExcReply) none = transport_reply (exc_value_new_null ());
  g_autoptr(ExcReply) untold = transport_reply (NULL);
  g_autofree char *thumbprint = exc_read_internal_transport (told, NULL);
  g_autofree char *empty = exc_read_internal_transport (none, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_cmpstr (thumbprint, ==, THUMBPRINT);
  g_assert_cmpstr (empty, ==, "");
  g_assert_null (exc_read_internal_transport (untold, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
}

static void
add_transport (ExcReply *reply, const char *name, ExcValue *take_thumbprint)
{
  g_autoptr(ExcValue) object = exc_value_new_psobject ();

  exc_value_set_member (object, "Name", exc_value_new_string (name));
  if (take_thumbprint != NULL)
    exc_value_set_member (object, "InternalTransportCertificateThumbprint", take_thumbprint);
  exc_reply_add (reply, EXC_STREAM_OUTPUT, object);
}

static void
test_internal_transports (void)
{
  g_autoptr(ExcReply) reply = exc_reply_new ();
  g_autoptr(ExcReply) failed = exchange_test_failed ("CommandNotFoundException", "Select-Object");
  g_autoptr(GHashTable) transports = NULL;
  g_autoptr(GError) error = NULL;

  add_transport (reply, "EX01", exc_value_new_string (THUMBPRINT));
  add_transport (reply, "EX02", exc_value_new_null ());
  add_transport (reply, "EX03", NULL);
  transports = exc_read_internal_transports (reply, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (g_hash_table_lookup (transports, "ex01"), ==, THUMBPRINT);
  g_assert_cmpstr (g_hash_table_lookup (transports, "ex02"), ==, "");
  g_assert_false (g_hash_table_contains (transports, "ex03"));

  g_assert_null (exc_read_internal_transports (failed, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  add_transport (reply, "EX04", exc_value_new_string ("not a thumbprint"));
  g_assert_null (exc_read_internal_transports (reply, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
}

static void
test_missing_commands (void)
{
  static const char *const names[] = { "New-ExchangeCertificate", "Set-AuthConfig", NULL };
  ExcValue *command = exc_value_new_psobject ();
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(ExcReply) failed = exchange_test_failed ("CommandNotFoundException", "Get-Command");
  g_auto(GStrv) missing = NULL;

  exc_value_set_member (command, "Name", exc_value_new_string ("new-exchangecertificate"));
  reply = exchange_test_reply (command);
  missing = exc_read_missing_commands (reply, names);
  g_assert_cmpuint (g_strv_length (missing), ==, 1);
  g_assert_cmpstr (missing[0], ==, "Set-AuthConfig");

  g_assert_null (exc_read_missing_commands (failed, names));
}

static void
test_thumbprints (void)
{
  static const struct {
    const char *text;
    const char *normal;
  } cases[] = {
    { THUMBPRINT, THUMBPRINT },
    { "0123456789abcdef0123456789abcdef01234567", THUMBPRINT },
    { "\342\200\21601 23 45 67 89 ab cd ef 01 23 45 67 89 ab cd ef 01 23 45 67 ", THUMBPRINT },
    { "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:01:23:45:67", THUMBPRINT },
    { "0123456789ABCDEF0123456789ABCDEF0123456", NULL },
    { "0123456789ABCDEF0123456789ABCDEF012345678", NULL },
    { "G123456789ABCDEF0123456789ABCDEF01234567", NULL },
    { "\xff", NULL },
    { "", NULL },
    { NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *normal = exc_thumbprint_normalize (cases[i].text);

    g_assert_cmpstr (normal, ==, cases[i].normal);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/exchange/servers/recorded", test_recorded_server);
  g_test_add_func ("/exchange/servers/products", test_products);
  g_test_add_func ("/exchange/servers/kept", test_servers_kept);
  g_test_add_func ("/exchange/servers/without-name", test_server_without_name);
  g_test_add_func ("/exchange/auth-config/recorded", test_recorded_auth_config);
  g_test_add_func ("/exchange/auth-config/refuses", test_auth_config_refuses);
  g_test_add_func ("/exchange/transport/internal", test_internal_transport);
  g_test_add_func ("/exchange/transport/all", test_internal_transports);
  g_test_add_func ("/exchange/rights/missing-commands", test_missing_commands);
  g_test_add_func ("/exchange/thumbprint/normalized", test_thumbprints);

  return g_test_run ();
}
