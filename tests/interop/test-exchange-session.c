/* test-exchange-session.c — our commands in a NoLanguage session with Exchange's signatures
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PowerShell's own binder takes, converts or refuses what we send, and writes down what it bound.
 */

#include "config.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-queries.h"
#include "interop-calls.h"
#include "interop-host.h"
#include "interop-objects.h"

#define SERVER     "ex01.contoso.example"
#define THUMBPRINT "0123456789ABCDEF0123456789ABCDEF01234567"

typedef struct {
  InteropHost *host;
  ExcShell *shell;
  char *directory;
  char *log;
} Fixture;

static guint n_commands;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const char *restricted = data;
  g_autoptr(GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("thumbprint-interop-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->log = g_build_filename (fixture->directory, "calls.jsonl", NULL);
  fixture->host = interop_host_new ();
  {
    const char *const arguments[] = {
      "serve",      "--exchange", g_getenv ("INTEROP_CMDLETS"), "--log",
      fixture->log, "--objects",  fixture->directory,           restricted,
      NULL
    };

    interop_host_add_engine (
        fixture->host, "/PowerShell", EXC_CONFIGURATION_EXCHANGE, arguments, NULL);
  }
  fixture->shell =
      interop_host_open_shell (fixture->host, "/PowerShell", EXC_CONFIGURATION_EXCHANGE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GDir) directory = g_dir_open (fixture->directory, 0, NULL);
  const char *name = NULL;

  interop_close (fixture->shell);
  g_object_unref (fixture->shell);
  interop_host_free (fixture->host);
  while ((name = g_dir_read_name (directory)) != NULL) {
    g_autofree char *path = g_build_filename (fixture->directory, name, NULL);

    g_unlink (path);
  }
  g_rmdir (fixture->directory);
  g_free (fixture->directory);
  g_free (fixture->log);
}

static ExcReply *
run (Fixture *fixture, ExcPipeline *take)
{
  g_autofree char *line = exc_pipeline_to_line (take);
  g_autoptr(GError) error = NULL;
  ExcReply *reply = NULL;

  g_test_message ("%s", line);
  n_commands += exc_pipeline_get_n_commands (take);
  reply = interop_run (fixture->shell, take, &error);
  g_assert_no_error (error);
  return reply;
}

/* ---- what was bound */

static void
test_binds (Fixture *fixture, gconstpointer data)
{
  static const char *const domains[] = { "mail.contoso.example", NULL };
  g_autoptr(ExcSecret) password = exc_secret_new ("canary-4711", 11);
  g_autoptr(ExcSecret) pfx = exc_secret_new ("\x30\x82", 2);
  g_autoptr(GBytes) answer = g_bytes_new_static ("\x30\x80", 2);
  ExcPipeline *pipelines[] = {
    exc_query_servers (TRUE),
    exc_query_servers (FALSE),
    exc_query_certificates (SERVER, NULL, TRUE),
    exc_query_certificates (SERVER, THUMBPRINT, FALSE),
    exc_query_auth_config (TRUE),
    exc_query_auth_config (FALSE),
    exc_query_internal_transport (SERVER, TRUE),
    exc_query_internal_transport (SERVER, FALSE),
    exc_query_internal_transport (NULL, TRUE),
    exc_change_create_default (SERVER, "EX01", SERVER),
    exc_change_enable (SERVER, THUMBPRINT, "SMTP", FALSE),
    exc_change_enable (SERVER, THUMBPRINT, "IIS, SMTP", TRUE),
    exc_change_remove (SERVER, THUMBPRINT),
    exc_query_send_connectors (TRUE),
    exc_query_send_connectors (FALSE),
    exc_query_receive_connectors (SERVER, TRUE),
    exc_query_receive_connectors (NULL, TRUE),
    exc_query_hybrid (TRUE),
    exc_query_federation (TRUE),
    exc_query_edge_subscriptions (TRUE),
    exc_query_edge_sync_test (),
    exc_query_dags (TRUE),
    exc_query_pop_settings (SERVER, TRUE),
    exc_query_imap_settings (SERVER, TRUE),
    exc_query_database_copies (SERVER, TRUE),
    exc_query_service_health (SERVER, TRUE),
    exc_change_create_auth (SERVER),
    exc_change_allow_network_service (SERVER, THUMBPRINT),
    exc_change_stage_auth (THUMBPRINT, 1800000000, NULL),
    exc_change_stage_auth (THUMBPRINT, 1800000000, SERVER),
    exc_change_cancel_auth (),
    exc_change_publish_auth (),
    exc_change_clear_previous_auth (),
    exc_change_swap_auth (THUMBPRINT),
    exc_change_export (SERVER, THUMBPRINT, password),
    exc_change_import (SERVER, pfx, password, TRUE, "Auth"),
    exc_change_import (SERVER, pfx, password, FALSE, NULL),
    exc_change_create_wmsvc (SERVER, "EX01"),
    exc_change_create_self_signed (
        SERVER, "CN=mail", domains, "Mail", "IIS,SMTP", 4096, TRUE, TRUE),
    exc_change_create_self_signed (SERVER, "CN=mail", NULL, NULL, "None", 2048, FALSE, FALSE),
    exc_change_create_request (SERVER, "CN=mail", domains, "Mail", 2048, TRUE),
    exc_change_complete_request (SERVER, answer),
    exc_change_enable (SERVER, THUMBPRINT, "IIS,SMTP,POP,IMAP,UM,UMCallRouter", FALSE),
    exc_change_enable_keeping_default (SERVER, THUMBPRINT, "IIS,SMTP"),
    exc_change_set_pop_name (SERVER, "pop.contoso.example"),
    exc_change_set_imap_name (SERVER, "imap.contoso.example"),
    exc_change_set_send_connector_tls ("Internet", "<I>CN=a<S>CN=b"),
    exc_change_set_send_connector_tls ("Internet", NULL),
    exc_change_set_receive_connector_tls ("EX01\\Default EX01", "<I>CN=a<S>CN=b"),
    exc_change_set_receive_connector_tls ("EX01\\Default EX01", NULL),
    exc_change_start_edge_sync (SERVER),
  };
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GPtrArray) calls = NULL;
  g_autoptr(GError) error = NULL;

  json_parser_load_from_file (parser, g_getenv ("INTEROP_CMDLETS"), &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (pipelines); i++) {
    g_autoptr(ExcReply) reply = run (fixture, pipelines[i]);

    exc_reply_check (reply, &error);
    g_assert_no_error (error);
  }

  calls = interop_read_calls (fixture->log);
  g_assert_cmpuint (calls->len, ==, G_N_ELEMENTS (pipelines));
  for (guint i = 0; i < calls->len; i++)
    interop_check_call (json_node_get_object (json_parser_get_root (parser)),
                        g_ptr_array_index (calls, i));
}

static ExcCommand *
command (const char *name, ...)
{
  ExcCommand *self = exc_command_new (name);
  va_list arguments;
  const char *parameter;

  va_start (arguments, name);
  while ((parameter = va_arg (arguments, const char *)) != NULL)
    exc_command_set (self, parameter, va_arg (arguments, ExcValue *));
  va_end (arguments);
  return self;
}

/* What renewals of the Auth certificate, requests and connectors send: the simulated organization
 * carries it out, so PowerShell must take it as it stands. */
static void
test_binds_what_the_lab_carries_out (Fixture *fixture, gconstpointer data)
{
#define S(text) exc_value_new_string (text)
#define ON      exc_value_new_boolean (TRUE)
  static const char *const none[] = { NULL };
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr(GBytes) bytes = g_bytes_new_static ("\x30\x82", 2);
  g_autoptr(ExcSecret) secret = exc_secret_new ("Sommer-2026", 11);
  ExcCommand *commands[] = {
    command ("New-ExchangeCertificate",
             "Server",
             S (SERVER),
             "KeySize",
             exc_value_new_int32 (2048),
             "PrivateKeyExportable",
             ON,
             "SubjectName",
             S ("cn=Microsoft Exchange Server Auth "
                "Certificate"),
             "DomainName",
             exc_value_new_string_list (none),
             "Services",
             S ("None"),
             NULL),
    command ("New-ExchangeCertificate",
             "Server",
             S (SERVER),
             "GenerateRequest",
             ON,
             "BinaryEncoded",
             ON,
             "SubjectName",
             S ("CN=mail.contoso.example"),
             NULL),
    command ("Enable-ExchangeCertificate",
             "Server",
             S (SERVER),
             "Thumbprint",
             S (THUMBPRINT),
             "Services",
             S ("None"),
             "NetworkServiceAllowed",
             ON,
             "Force",
             ON,
             NULL),
    command ("Export-ExchangeCertificate",
             "Server",
             S (SERVER),
             "Thumbprint",
             S (THUMBPRINT),
             "BinaryEncoded",
             ON,
             "Password",
             exc_value_new_secure_string (secret),
             NULL),
    command ("Import-ExchangeCertificate",
             "Server",
             S (SERVER),
             "FileData",
             exc_value_new_bytes (bytes),
             "Password",
             exc_value_new_secure_string (secret),
             "PrivateKeyExportable",
             ON,
             "FriendlyName",
             S ("Auth"),
             NULL),
    command ("Set-AuthConfig",
             "NewCertificateThumbprint",
             S (THUMBPRINT),
             "NewCertificateEffectiveDate",
             exc_value_new_date_time (now),
             "Force",
             ON,
             NULL),
    command ("Set-AuthConfig",
             "NewCertificateThumbprint",
             S (THUMBPRINT),
             "NewCertificateEffectiveDate",
             exc_value_new_date_time (now),
             "SkipImmediateCertificateDeployment",
             ON,
             "Server",
             S (SERVER),
             NULL),
    command ("Set-AuthConfig", "NewCertificateThumbprint", S (""), "Force", ON, NULL),
    command ("Set-AuthConfig", "PublishCertificate", ON, "Force", ON, NULL),
    command ("Set-AuthConfig", "ClearPreviousCertificate", ON, NULL),
    command ("Set-AuthConfig", "CertificateThumbprint", S (THUMBPRINT), "Force", ON, NULL),
    command ("Set-SendConnector",
             "Identity",
             S ("Internet"),
             "TlsCertificateName",
             S ("<I>CN=CA<S>CN=mail"),
             NULL),
    command ("Set-ReceiveConnector",
             "Identity",
             S ("EX01\\Default EX01"),
             "TlsCertificateName",
             S ("<I>CN=CA<S>CN=mail"),
             NULL),
    command ("Set-HybridConfiguration", "TlsCertificateName", S ("<I>CN=CA<S>CN=mail"), NULL),
    command ("Set-PopSettings", "Server", S (SERVER), "X509CertificateName", S (SERVER), NULL),
    command ("Set-ImapSettings", "Server", S (SERVER), "X509CertificateName", S (SERVER), NULL),
    command ("Get-HybridConfiguration", NULL),
    command ("Get-FederationTrust", NULL),
    command ("Get-EdgeSubscription", NULL),
    command ("Start-EdgeSynchronization", "Server", S (SERVER), NULL),
    command ("Test-EdgeSynchronization", NULL),
    command ("Get-UMService", "Identity", S (SERVER), NULL),
    command ("Get-UMCallRouterSettings", "Server", S (SERVER), NULL),
    command ("Get-MailboxDatabaseCopyStatus", "Server", S (SERVER), NULL),
    command ("Test-ServiceHealth", "Server", S (SERVER), NULL),
  };
  g_autoptr(ExcReply) cleared = NULL;
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GPtrArray) calls = NULL;
  g_autoptr(GError) error = NULL;

  json_parser_load_from_file (parser, g_getenv ("INTEROP_CMDLETS"), &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    g_autoptr(ExcReply) reply = run (fixture, exc_pipeline_new_single (commands[i]));

    exc_reply_check (reply, &error);
    g_assert_no_error (error);
  }
  calls = interop_read_calls (fixture->log);
  g_assert_cmpuint (calls->len, ==, G_N_ELEMENTS (commands));
  for (guint i = 0; i < calls->len; i++)
    interop_check_call (json_node_get_object (json_parser_get_root (parser)),
                        g_ptr_array_index (calls, i));
  /* null clears */
  cleared = run (fixture,
                 exc_pipeline_new_single (command ("Set-SendConnector",
                                                   "Identity",
                                                   S ("Internet"),
                                                   "TlsCertificateName",
                                                   exc_value_new_null (),
                                                   NULL)));
  exc_reply_check (cleared, &error);
  g_assert_no_error (error);
#undef S
#undef ON
}

static void
test_rights (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = {
    "New-ExchangeCertificate", "Get-Nothing", "Set-AuthConfig", NULL
  };
  g_autoptr(ExcReply) reply = run (fixture, exc_query_commands (names));
  g_auto(GStrv) missing = exc_read_missing_commands (reply, names);

  g_assert_nonnull (missing);
  g_assert_cmpuint (g_strv_length (missing), ==, 1);
  g_assert_cmpstr (missing[0], ==, "Get-Nothing");
}

/* ---- recorded objects */

#define RECORDING "hc-E19-GetExchangeCertificate.xml"
#define RECORDED  "solo-e19a.solo.com"

static void
test_projected (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GPtrArray) expected = NULL;
  g_autoptr(GPtrArray) servers = NULL;
  g_autoptr(GPtrArray) certificates = NULL;
  g_autoptr(ExcAuthConfigRecord) config = NULL;
  g_autoptr(ExcReply) servers_reply = NULL;
  g_autoptr(ExcReply) config_reply = NULL;
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(GError) error = NULL;

  if (!interop_place (fixture->directory, "hc-E19-GetExchangeServer.xml", "Get-ExchangeServer") ||
      !interop_place (fixture->directory, "meac-collect-GetAuthConfig.xml", "Get-AuthConfig"))
    return;
  expected = interop_read_recorded (RECORDING);
  interop_place_certificates (fixture->directory, expected);

  servers_reply = run (fixture, exc_query_servers (TRUE));
  servers = exc_read_servers (servers_reply, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (servers->len, ==, 1);
  g_assert_cmpstr (
      ((ExcServerRecord *) g_ptr_array_index (servers, 0))->site, ==, "Default-First-Site-Name");

  config_reply = run (fixture, exc_query_auth_config (TRUE));
  config = exc_read_auth_config (config_reply, &error);
  g_assert_no_error (error);
  g_assert_cmpint (config->next_effective, ==, 1675433762);

  reply = run (fixture, exc_query_certificates (RECORDED, NULL, TRUE));
  certificates = exc_read_certificates (reply, RECORDED, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (certificates->len, ==, expected->len);
  for (guint i = 0; i < expected->len; i++) {
    const ExcCertificateRecord *one = g_ptr_array_index (certificates, i);
    const ExcCertificateRecord *other = g_ptr_array_index (expected, i);

    g_assert_cmpint (one->route, ==, EXC_ROUTE_PROJECTED);
    g_assert_cmpint (other->route, ==, EXC_ROUTE_SERIALIZED);
    g_assert_cmpstr (one->thumbprint, ==, other->thumbprint);
    g_assert_cmpstr (one->subject, ==, other->subject);
    g_assert_cmpstr (one->issuer, ==, other->issuer);
    g_assert_cmpstr (one->serial_number, ==, other->serial_number);
    g_assert_cmpint (one->not_after, ==, other->not_after);
    g_assert_cmpint (one->services, ==, other->services);
    g_assert_cmpint (one->status, ==, other->status);
    g_assert_cmpstr (one->root_ca_type, ==, other->root_ca_type);
    g_assert_cmpint (one->is_self_signed, ==, other->is_self_signed);
    g_assert_cmpint (one->private_key_exportable, ==, other->private_key_exportable);
    g_assert_cmpstr (one->identity, ==, other->identity);
    g_assert_true (g_strv_equal ((const char *const *) one->iis_services,
                                 (const char *const *) other->iis_services));
  }
}

static void
check_request_pipes (Fixture *fixture, const char *thumbprint)
{
  g_autoptr(ExcReply) reply = run (fixture, exc_change_renew_as_request (RECORDED, thumbprint));
  g_autoptr(GPtrArray) calls = NULL;
  g_autoptr(GError) error = NULL;
  JsonObject *parameters = NULL;

  exc_reply_check (reply, &error);
  g_assert_no_error (error);
  calls = interop_read_calls (fixture->log);
  g_assert_cmpuint (calls->len, ==, 4);
  parameters = json_object_get_object_member (g_ptr_array_index (calls, 3), "parameters");
  g_assert_true (json_object_has_member (parameters, "GenerateRequest"));
  g_assert_cmpstr (json_object_get_string_member (
                       json_object_get_object_member (parameters, "Instance"), "value"),
                   ==,
                   thumbprint);
}

static void
test_renewal_pipes (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GPtrArray) recorded = NULL;
  g_autoptr(GPtrArray) calls = NULL;
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(GError) error = NULL;
  const ExcCertificateRecord *old = NULL;
  JsonObject *call = NULL;
  JsonObject *parameters = NULL;

  if (!interop_place (fixture->directory, RECORDING, "Get-ExchangeCertificate"))
    return;
  recorded = interop_read_recorded (RECORDING);
  interop_place_certificates (fixture->directory, recorded);
  old = g_ptr_array_index (recorded, 1);

  reply = run (fixture, exc_change_renew_default (RECORDED, old->thumbprint));
  exc_reply_check (reply, &error);
  g_assert_no_error (error);
  calls = interop_read_calls (fixture->log);
  g_assert_cmpuint (calls->len, ==, 2);
  call = g_ptr_array_index (calls, 1);
  g_assert_cmpstr (json_object_get_string_member (call, "cmdlet"), ==, "New-ExchangeCertificate");
  parameters = json_object_get_object_member (call, "parameters");
  g_assert_cmpstr (json_object_get_string_member (
                       json_object_get_object_member (parameters, "Instance"), "value"),
                   ==,
                   old->thumbprint);
  g_assert_cmpstr (json_object_get_string_member (
                       json_object_get_object_member (parameters, "PrivateKeyExportable"), "value"),
                   ==,
                   "False");
  check_request_pipes (fixture, old->thumbprint);
}

/* PowerShell's own restricted sessions refuse the projection: every reading says so in a way that
 * we tell apart, and the bare objects give what they hold. */
static void
test_restricted (Fixture *fixture, gconstpointer data)
{
  ExcPipeline *refused[] = {
    exc_query_servers (TRUE),
    exc_query_certificates (RECORDED, NULL, TRUE),
    exc_query_auth_config (TRUE),
    exc_query_internal_transport (RECORDED, TRUE),
    exc_query_send_connectors (TRUE),
    exc_query_hybrid (TRUE),
    exc_query_pop_settings (RECORDED, TRUE),
    exc_query_service_health (RECORDED, TRUE),
  };
  g_autoptr(ExcReply) servers_reply = NULL;
  g_autoptr(ExcReply) config_reply = NULL;
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(GPtrArray) servers = NULL;
  g_autoptr(GPtrArray) certificates = NULL;
  g_autoptr(GPtrArray) expected = NULL;
  g_autoptr(ExcAuthConfigRecord) config = NULL;
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (refused); i++) {
    g_autoptr(ExcReply) refusal = run (fixture, refused[i]);

    g_assert_true (exc_reply_refuses_projection (refusal));
  }
  if (!interop_place (fixture->directory, "hc-E19-GetExchangeServer.xml", "Get-ExchangeServer") ||
      !interop_place (fixture->directory, "meac-collect-GetAuthConfig.xml", "Get-AuthConfig") ||
      !interop_place (fixture->directory, RECORDING, "Get-ExchangeCertificate"))
    return;

  servers_reply = run (fixture, exc_query_servers (FALSE));
  servers = exc_read_servers (servers_reply, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (servers->len, ==, 1);
  config_reply = run (fixture, exc_query_auth_config (FALSE));
  config = exc_read_auth_config (config_reply, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (config->next, ==, "BC6BF924D6EF046E64F8D1987DC1D7D2F4C0042A");

  reply = run (fixture, exc_query_certificates (RECORDED, NULL, FALSE));
  certificates = exc_read_certificates (reply, RECORDED, &error);
  g_assert_no_error (error);
  expected = interop_read_recorded (RECORDING);
  g_assert_cmpuint (certificates->len, ==, expected->len);
  for (guint i = 0; i < expected->len; i++) {
    const ExcCertificateRecord *one = g_ptr_array_index (certificates, i);
    const ExcCertificateRecord *other = g_ptr_array_index (expected, i);

    g_assert_cmpint (one->route, !=, EXC_ROUTE_PROJECTED);
    g_assert_cmpstr (one->thumbprint, ==, other->thumbprint);
    g_assert_cmpstr (one->subject, ==, other->subject);
    g_test_message ("%s by route %d", one->thumbprint, one->route);
  }
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);

  g_test_add ("/interop/exchange/binds", Fixture, NULL, set_up, test_binds, tear_down);
  g_test_add ("/interop/exchange/binds-what-the-lab-carries-out",
              Fixture,
              NULL,
              set_up,
              test_binds_what_the_lab_carries_out,
              tear_down);
  g_test_add ("/interop/exchange/rights", Fixture, NULL, set_up, test_rights, tear_down);
  g_test_add ("/interop/exchange/projected", Fixture, NULL, set_up, test_projected, tear_down);
  g_test_add (
      "/interop/exchange/renewal-pipes", Fixture, NULL, set_up, test_renewal_pipes, tear_down);
  g_test_add (
      "/interop/exchange/restricted", Fixture, "--restricted", set_up, test_restricted, tear_down);

  status = g_test_run ();
  g_print ("# %u commands taken by PowerShell\n", n_commands);
  return status;
}
