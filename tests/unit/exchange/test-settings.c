/* test-settings.c — connectors, hybrid, federation, Edge servers, DAGs, POP, IMAP, UM, health
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-queries.h"
#include "exchange-test.h"

#include <string.h>

#define SERVER "ex01.contoso.example"

static void
assert_line (ExcPipeline *take, const char *expected)
{
  g_autoptr(ExcPipeline) pipeline = take;
  g_autofree char *line = exc_pipeline_to_line (pipeline);

  g_assert_cmpstr (line, ==, expected);
  g_assert_false (exc_pipeline_is_changing (pipeline));
}

static void
test_queries (void)
{
  assert_line (exc_query_send_connectors (TRUE),
               "Get-SendConnector -ErrorAction Stop | Select-Object -Property "
               "Name,Identity,Enabled,Fqdn,TlsCertificateName,RequireTLS,CloudServicesMailEnabled,"
               "SourceTransportServers");
  assert_line (exc_query_receive_connectors (SERVER, TRUE),
               "Get-ReceiveConnector -Server ex01.contoso.example -ErrorAction Stop | "
               "Select-Object -Property "
               "Name,Identity,Fqdn,TlsCertificateName,AuthMechanism,TransportRole,Enabled");
  assert_line (exc_query_receive_connectors (NULL, FALSE),
               "Get-ReceiveConnector -ErrorAction Stop");
  assert_line (exc_query_hybrid (TRUE),
               "Get-HybridConfiguration -ErrorAction Stop | Select-Object -Property "
               "TlsCertificateName,Domains,ReceivingTransportServers,SendingTransportServers,"
               "EdgeTransportServers");
  assert_line (exc_query_federation (TRUE),
               "Get-FederationTrust -ErrorAction Stop | Select-Object -Property "
               "Name,OrgCertificate,OrgNextCertificate,OrgPrevCertificate");
  assert_line (exc_query_edge_subscriptions (TRUE),
               "Get-EdgeSubscription -ErrorAction Stop | Select-Object -Property Name,Site");
  assert_line (exc_query_edge_sync_test (), "Test-EdgeSynchronization -ErrorAction Stop");
  assert_line (exc_query_dags (TRUE),
               "Get-DatabaseAvailabilityGroup -ErrorAction Stop | Select-Object -Property "
               "Name,Servers");
  assert_line (exc_query_pop_settings (SERVER, FALSE),
               "Get-PopSettings -Server ex01.contoso.example -ErrorAction Stop");
  assert_line (exc_query_imap_settings (SERVER, TRUE),
               "Get-ImapSettings -Server ex01.contoso.example -ErrorAction Stop | Select-Object "
               "-Property @(X509CertificateName)");
  assert_line (exc_query_um_service (SERVER, FALSE),
               "Get-UMService -ErrorAction Stop -Identity ex01.contoso.example");
  assert_line (exc_query_database_copies (SERVER, TRUE),
               "Get-MailboxDatabaseCopyStatus -Server ex01.contoso.example -ErrorAction Stop | "
               "Select-Object -Property Name,Status,CopyQueueLength");
  assert_line (exc_query_service_health (SERVER, TRUE),
               "Test-ServiceHealth -Server ex01.contoso.example -ErrorAction Stop | Select-Object "
               "-Property Role,RequiredServicesRunning,ServicesNotRunning");
}

/* ---- recorded objects of real servers */

static void
test_recorded_connectors (void)
{
  g_autoptr(ExcReply) send_reply = exchange_test_recorded ("hc-E19-GetSendConnector.xml");
  g_autoptr(ExcReply) receive_reply = NULL;
  g_autoptr(GPtrArray) send = NULL;
  g_autoptr(GPtrArray) receive = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcCertificateRecord) record = exc_certificate_record_new ();
  const ExcConnectorRecord *connector = NULL;

  if (send_reply == NULL)
    return;
  receive_reply = exchange_test_recorded ("hc-E19-GetReceiveConnector.xml");

  send = exc_read_send_connectors (send_reply, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (send->len, ==, 1);
  connector = send->pdata[0];
  g_assert_cmpstr (connector->name, ==, "Mail to O365");
  g_assert_cmpstr (connector->identity, ==, "Mail to O365");
  g_assert_null (connector->fqdn);
  g_assert_cmpstr (connector->tls_certificate_name, ==, "<I>CN=localhost<S>CN=localhost");
  g_assert_cmpint (connector->is_enabled, ==, EXC_YES);
  g_assert_cmpint (connector->requires_tls, ==, EXC_NO);
  g_assert_cmpint (connector->is_cloud, ==, EXC_YES);
  g_assert_cmpuint (g_strv_length (connector->source_servers), ==, 1);
  g_assert_cmpstr (connector->source_servers[0], ==, "WIN-CTD3L0RGEN4");
  record->issuer = g_strdup ("CN=localhost");
  record->subject = g_strdup ("CN=localhost");
  g_assert_true (exc_tls_certificate_name_matches (connector->tls_certificate_name, record));
  g_assert_false (exc_tls_certificate_name_matches ("<I>CN=LOCALHOST<S>CN=localhost", record));
  g_assert_false (exc_tls_certificate_name_matches (NULL, record));

  receive = exc_read_receive_connectors (receive_reply, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (receive->len, >=, 5);
  connector = receive->pdata[0];
  g_assert_cmpstr (connector->identity, ==, "WIN-CTD3L0RGEN4\\Default WIN-CTD3L0RGEN4");
  g_assert_cmpstr (connector->fqdn, ==, "WIN-CTD3L0RGEN4.exlab.dom");
  g_assert_cmpstr (connector->transport_role, ==, "HubTransport");
  g_assert_nonnull (strstr (connector->auth_mechanism, "ExchangeServer"));
  g_assert_null (connector->tls_certificate_name);
  g_assert_cmpint (connector->requires_tls, ==, EXC_UNKNOWN); /* not asked of these */
}

static void
test_recorded_hybrid (void)
{
  g_autoptr(ExcReply) reply = exchange_test_recorded ("hc-E19-GetHybridConfiguration.xml");
  g_autoptr(ExcHybridRecord) hybrid = NULL;
  g_autoptr(GError) error = NULL;

  if (reply == NULL)
    return;
  g_assert_true (exc_read_hybrid (reply, &hybrid, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (hybrid->tls_certificate_name,
                   ==,
                   "<I>CN=GeoTrust TLS RSA CA G1, OU=www.digicert.com, O=DigiCert Inc, "
                   "C=US<S>CN=mail.contoso.com");
  g_assert_cmpuint (g_strv_length (hybrid->receiving_servers), >=, 1);
  g_assert_true (g_strv_contains ((const char *const *) hybrid->receiving_servers, "ex-02"));
  g_assert_cmpuint (g_strv_length (hybrid->domains), >=, 1);
}

/* ---- absence and refusal */

static ExcReply *
failed_by (const char *error_id, const char *reason)
{
  ExcReply *reply = exc_reply_new ();
  g_autoptr(ExcValue) value = exc_value_new_psobject ();

  exc_value_set_member (value, "FullyQualifiedErrorId", exc_value_new_string (error_id));
  exc_value_set_member (value, "ErrorCategory_Reason", exc_value_new_string (reason));
  exc_reply_set_failure (reply, exc_error_record_new_from_value (value));
  return reply;
}

static void
test_no_hybrid (void)
{
  g_autoptr(ExcReply) nothing = exc_reply_new ();
  g_autoptr(ExcReply) absent = failed_by ("[Server=EX01]", "ManagementObjectNotFoundException");
  g_autoptr(ExcReply) forbidden =
                 failed_by ("CommandNotFoundException", "CommandNotFoundException");
  ExcHybridRecord *hybrid = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_true (exc_read_hybrid (nothing, &hybrid, &error));
  g_assert_null (hybrid);
  g_assert_true (exc_read_hybrid (absent, &hybrid, &error));
  g_assert_null (hybrid);
  g_assert_no_error (error);
  /* who may not ask does not know */
  g_assert_false (exc_read_hybrid (forbidden, &hybrid, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_NOT_FOUND);
}

static void
test_none (void)
{
  g_autoptr(ExcReply) nothing = exc_reply_new ();
  g_autoptr(GPtrArray) edges = exc_read_edge_subscriptions (nothing, NULL);
  g_autoptr(GPtrArray) trusts = exc_read_federation (nothing, NULL);
  g_autoptr(GPtrArray) dags = exc_read_dags (nothing, NULL);

  g_assert_cmpuint (edges->len, ==, 0);
  g_assert_cmpuint (trusts->len, ==, 0);
  g_assert_cmpuint (dags->len, ==, 0);
}

/* ---- objects as the sessions send them */

static ExcValue *
named (const char *name)
{
  ExcValue *object = exc_value_new_psobject ();

  exc_value_set_member (object, "Name", exc_value_new_string (name));
  return object;
}

static void
test_federation (void)
{
  g_autoptr(GBytes) der = exchange_test_certificate ("Federation");
  g_autofree char *thumbprint = exchange_test_thumbprint (der);
  ExcValue *object = named ("Microsoft Federation Gateway");
  ExcValue *current = exc_value_new_psobject ();
  ExcValue *next = exc_value_new_psobject ();
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(ExcReply) odd = NULL;
  g_autoptr(GPtrArray) trusts = NULL;
  g_autoptr(GError) error = NULL;
  const ExcFederationRecord *trust = NULL;

  /* PowerShell sends an X509Certificate2 as its bytes alone (domain.md 1.6) */
  exc_value_set_property (current, "RawData", exc_value_new_bytes (der));
  exc_value_set_member (
      next, "Thumbprint", exc_value_new_string ("0123456789abcdef0123456789abcdef01234567"));
  exc_value_set_member (object, "OrgCertificate", current);
  exc_value_set_member (object, "OrgNextCertificate", next);
  exc_value_set_member (object, "OrgPrevCertificate", exc_value_new_null ());
  reply = exchange_test_reply (object);
  trusts = exc_read_federation (reply, &error);
  g_assert_no_error (error);
  trust = trusts->pdata[0];
  g_assert_cmpstr (trust->name, ==, "Microsoft Federation Gateway");
  g_assert_cmpstr (trust->current, ==, thumbprint);
  g_assert_cmpstr (trust->next, ==, "0123456789ABCDEF0123456789ABCDEF01234567");
  g_assert_null (trust->previous);

  object = named ("Odd");
  exc_value_set_member (object, "OrgCertificate", exc_value_new_string ("something"));
  odd = exchange_test_reply (object);
  g_assert_null (exc_read_federation (odd, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
}

static void
test_edge (void)
{
  ExcValue *object = named ("EDGE01");
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(ExcReply) test_reply = NULL;
  g_autoptr(ExcValue) failed = named ("EDGE02");
  g_autoptr(ExcValue) silent = named ("EDGE03");
  g_autoptr(GPtrArray) subscriptions = NULL;
  g_autoptr(GPtrArray) results = NULL;
  g_autoptr(GError) error = NULL;
  const ExcEdgeSubscriptionRecord *subscription = NULL;
  const ExcEdgeSyncRecord *result = NULL;

  exc_value_set_member (
      object, "Site", exc_value_new_string ("contoso.example/Configuration/Sites/Beijing"));
  reply = exchange_test_reply (object);
  subscriptions = exc_read_edge_subscriptions (reply, &error);
  g_assert_no_error (error);
  subscription = subscriptions->pdata[0];
  g_assert_cmpstr (subscription->name, ==, "EDGE01");
  g_assert_cmpstr (subscription->site, ==, "Beijing");

  object = named ("EDGE01");
  exc_value_set_member (object, "SyncStatus", exc_value_new_enum ("X.SyncStatus", "Normal", 0));
  exc_value_set_member (failed, "SyncStatus", exc_value_new_string ("Failed"));
  exc_value_set_member (failed, "FailureDetail", exc_value_new_string ("no credentials"));
  test_reply = exchange_test_reply (object);
  exc_reply_add (test_reply, EXC_STREAM_OUTPUT, failed);
  exc_reply_add (test_reply, EXC_STREAM_OUTPUT, silent);
  results = exc_read_edge_sync_test (test_reply, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (results->len, ==, 3);
  result = results->pdata[0];
  g_assert_cmpint (result->is_ok, ==, EXC_YES);
  g_assert_cmpstr (result->status, ==, "Normal");
  result = results->pdata[1];
  g_assert_cmpint (result->is_ok, ==, EXC_NO);
  g_assert_cmpstr (result->failure, ==, "no credentials");
  result = results->pdata[2];
  g_assert_cmpint (result->is_ok, ==, EXC_UNKNOWN);
}

static void
test_names (void)
{
  ExcValue *object = exc_value_new_psobject ();
  g_autoptr(ExcReply) set = NULL;
  g_autoptr(ExcReply) unset = NULL;
  g_autoptr(ExcReply) untold = exchange_test_reply (exc_value_new_psobject ());
  g_autoptr(ExcReply) um = NULL;
  g_autofree char *name = NULL;
  g_autofree char *none = NULL;
  g_autofree char *mode = NULL;
  g_autoptr(GError) error = NULL;

  exc_value_set_member (object, "X509CertificateName", exc_value_new_string ("pop.contoso.lab"));
  set = exchange_test_reply (object);
  name = exc_read_certificate_name (set, &error);
  g_assert_cmpstr (name, ==, "pop.contoso.lab");

  object = exc_value_new_psobject ();
  exc_value_set_member (object, "X509CertificateName", exc_value_new_null ());
  unset = exchange_test_reply (object);
  none = exc_read_certificate_name (unset, &error);
  g_assert_cmpstr (none, ==, "");
  g_assert_no_error (error);
  g_assert_null (exc_read_certificate_name (untold, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
  g_clear_error (&error);

  object = named ("EX01");
  exc_value_set_member (object, "UMStartupMode", exc_value_new_enum ("X.UMStartupMode", "Dual", 2));
  um = exchange_test_reply (object);
  mode = exc_read_um_mode (um, &error);
  g_assert_cmpstr (mode, ==, "Dual");
}

static void
test_health (void)
{
  ExcValue *copy = named ("DB01\\EX01");
  ExcValue *role = exc_value_new_psobject ();
  static const char *const down[] = { "MSExchangeTransport", "W3SVC", NULL };
  static const char *const members[] = { "EX01", "EX02", NULL };
  ExcValue *dag = named ("DAG01");
  g_autoptr(ExcReply) copies_reply = NULL;
  g_autoptr(ExcReply) health_reply = NULL;
  g_autoptr(ExcReply) dags_reply = NULL;
  g_autoptr(GPtrArray) copies = NULL;
  g_autoptr(GPtrArray) roles = NULL;
  g_autoptr(GPtrArray) dags = NULL;
  g_autoptr(GError) error = NULL;
  const ExcCopyRecord *one = NULL;
  const ExcHealthRecord *health = NULL;

  exc_value_set_member (copy, "Status", exc_value_new_enum ("X.CopyStatus", "Healthy", 5));
  exc_value_set_member (copy, "CopyQueueLength", exc_value_new_int64 (7));
  copies_reply = exchange_test_reply (copy);
  copies = exc_read_database_copies (copies_reply, &error);
  g_assert_no_error (error);
  one = copies->pdata[0];
  g_assert_cmpstr (one->name, ==, "DB01\\EX01");
  g_assert_cmpstr (one->status, ==, "Healthy");
  g_assert_cmpint (one->queue_length, ==, 7);

  exc_value_set_member (role, "Role", exc_value_new_string ("Mailbox Server Role"));
  exc_value_set_member (role, "RequiredServicesRunning", exc_value_new_boolean (FALSE));
  exc_value_set_member (role, "ServicesNotRunning", exc_value_new_string_list (down));
  health_reply = exchange_test_reply (role);
  roles = exc_read_service_health (health_reply, &error);
  g_assert_no_error (error);
  health = roles->pdata[0];
  g_assert_cmpint (health->is_running, ==, EXC_NO);
  g_assert_true (g_strv_equal ((const char *const *) health->not_running, down));

  exc_value_set_member (dag, "Servers", exc_value_new_string_list (members));
  dags_reply = exchange_test_reply (dag);
  dags = exc_read_dags (dags_reply, &error);
  g_assert_no_error (error);
  g_assert_true (
      g_strv_equal ((const char *const *) ((ExcDagRecord *) dags->pdata[0])->servers, members));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/exchange/settings/queries", test_queries);
  g_test_add_func ("/exchange/settings/recorded-connectors", test_recorded_connectors);
  g_test_add_func ("/exchange/settings/recorded-hybrid", test_recorded_hybrid);
  g_test_add_func ("/exchange/settings/no-hybrid", test_no_hybrid);
  g_test_add_func ("/exchange/settings/none", test_none);
  g_test_add_func ("/exchange/settings/federation", test_federation);
  g_test_add_func ("/exchange/settings/edge", test_edge);
  g_test_add_func ("/exchange/settings/names", test_names);
  g_test_add_func ("/exchange/settings/health", test_health);

  return g_test_run ();
}
