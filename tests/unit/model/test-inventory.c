/* test-inventory.c — an organization read from servers that answer, fail or are silent
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fake-shell.h"

#include "../exchange/exchange-test.h"

#include "exc-error.h"
#include "exc-organization.h"

#include <string.h>

typedef struct {
  ExcConnection *connection;
  ExcClock *clock;
  ExcOrganization *organization;
  GBytes *der[3]; /* the default certificate of EX01, EX02, EX03 */
  char *thumbprint[3];
  gboolean is_refused; /* the projection */
} Fixture;

typedef struct {
  gboolean is_done;
  GError *error;
} Outcome;

#define FQDN(i) ((const char *[]){ "ex01.contoso.lab", "ex02.contoso.lab", "ex03.contoso.lab" }[i])

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr(ExcConnectionSettings) settings = exc_connection_settings_new ();
  g_autoptr(ExcSecret) secret = exc_secret_new ("P@ss", (gsize) -1);
  g_autoptr(GError) error = NULL;

  fake_shell_reset ();
  settings->name = g_strdup ("contoso.lab");
  settings->exchange_url = g_strdup ("https://entry/PowerShell/");
  settings->credentials = exc_credentials_new (EXC_AUTH_BASIC, "admin", secret);
  fixture->connection = exc_connection_new (settings, &error);
  g_assert_no_error (error);
  fixture->clock = exc_clock_new ();
  fixture->organization = exc_organization_new (fixture->connection, fixture->clock);
  for (guint i = 0; i < 3; i++) {
    fixture->der[i] = exchange_test_certificate ("EX0X");
    fixture->thumbprint[i] = exchange_test_thumbprint (fixture->der[i]);
  }
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  fake_shell_reset ();
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (fixture->organization);
  g_assert_finalize_object (fixture->connection);
  g_assert_finalize_object (fixture->clock);
  for (guint i = 0; i < 3; i++) {
    g_bytes_unref (fixture->der[i]);
    g_free (fixture->thumbprint[i]);
  }
}

static void
on_refreshed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  g_assert_false (outcome->is_done);
  exc_organization_refresh_finish (EXC_ORGANIZATION (source), result, &outcome->error);
  outcome->is_done = TRUE;
}

static void
refresh (Fixture *fixture, const char *const *only, GCancellable *cancellable, Outcome *outcome)
{
  g_clear_error (&outcome->error);
  outcome->is_done = FALSE;
  exc_organization_refresh_async (
      fixture->organization, only, NULL, cancellable, on_refreshed_cb, outcome);
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static ExcValue *
server_row (const char *name, const char *fqdn, const char *version, gboolean is_edge)
{
  ExcValue *row = exc_value_new_psobject ();

  exc_value_set_member (row, "Name", exc_value_new_string (name));
  exc_value_set_member (row, "Fqdn", exc_value_new_string (fqdn));
  exc_value_set_member (row, "AdminDisplayVersion", exc_value_new_string (version));
  exc_value_set_member (row, "IsMailboxServer", exc_value_new_boolean (!is_edge));
  exc_value_set_member (row, "IsEdgeServer", exc_value_new_boolean (is_edge));
  return row;
}

static void
add (ExcReply *reply, ExcValue *take)
{
  exc_reply_add (reply, EXC_STREAM_OUTPUT, take);
  exc_value_unref (take);
}

static ExcReply *
make_servers (void)
{
  ExcReply *reply = exc_reply_new ();

  add (reply, server_row ("EX01", FQDN (0), "Version 15.1 (Build 2507.6)", FALSE));
  add (reply, server_row ("EX02", FQDN (1), "Version 15.2 (Build 986.5)", FALSE));
  add (reply, server_row ("EX03", FQDN (2), "Version 15.2 (Build 2562.17)", FALSE));
  add (reply, server_row ("EDGE", "edge.contoso.lab", "Version 15.2 (Build 986.5)", TRUE));
  add (reply, server_row ("OLD", "old.contoso.lab", "Version 14.3 (Build 123.4)", FALSE));
  return reply;
}

static ExcReply *
make_certificates (Fixture *fixture, guint i, gboolean whole)
{
  ExcValue *row = exc_value_new_psobject ();
  g_autofree char *identity = g_strconcat (FQDN (i), "\\", fixture->thumbprint[i], NULL);

  exc_value_set_member (row, "RawData", exc_value_new_bytes (fixture->der[i]));
  if (whole) {
    exc_value_set_member (row, "Thumbprint", exc_value_new_string (fixture->thumbprint[i]));
    exc_value_set_member (row, "FriendlyName", exc_value_new_string ("Microsoft Exchange"));
    exc_value_set_member (row, "Services", exc_value_new_string ("IIS, SMTP"));
    exc_value_set_member (row, "Status", exc_value_new_string ("Valid"));
    exc_value_set_member (row, "IsSelfSigned", exc_value_new_boolean (TRUE));
    exc_value_set_member (row, "Identity", exc_value_new_string (identity));
  }
  return exchange_test_reply (row);
}

static ExcReply *
make_windows (Fixture *fixture, guint i)
{
  ExcValue *object = exc_value_new_psobject ();
  ExcValue *binding = exc_value_new_psobject ();

  exc_value_set_member (binding, "Site", exc_value_new_string ("Exchange Back End"));
  exc_value_set_member (binding, "Info", exc_value_new_string ("*:444:"));
  exc_value_set_member (binding, "Hash", exc_value_new_string (fixture->thumbprint[i]));
  exc_value_set_member (object, "Computer", exc_value_new_string ("EX"));
  exc_value_set_member (object, "UtcNow", exc_value_new_string ("2026-11-23T02:00:00Z"));
  exc_value_set_member (object, "Bindings", binding);
  return exchange_test_reply (object);
}

static ExcReply *
make_one (const char *name, const char *value)
{
  ExcValue *object = exc_value_new_psobject ();

  exc_value_set_member (object, "Name", exc_value_new_string ("X"));
  exc_value_set_member (object, name, exc_value_new_string (value));
  return exchange_test_reply (object);
}

/* EX03 does not tell with the others: it must be asked by itself. */
static ExcReply *
make_transports (Fixture *fixture)
{
  ExcReply *reply = exc_reply_new ();

  for (guint i = 0; i < 3; i++) {
    g_autofree char *name = g_strdup_printf ("EX0%u", i + 1);
    ExcValue *row = exc_value_new_psobject ();

    exc_value_set_member (row, "Name", exc_value_new_string (name));
    if (i < 2)
      exc_value_set_member (row,
                            "InternalTransportCertificateThumbprint",
                            exc_value_new_string (fixture->thumbprint[i]));
    add (reply, row);
  }
  return reply;
}

static ExcValue *
connector_row (const char *identity, const char *name)
{
  ExcValue *row = exc_value_new_psobject ();

  exc_value_set_member (row, "Identity", exc_value_new_string (identity));
  exc_value_set_member (row, "Name", exc_value_new_string (name));
  exc_value_set_member (row, "TlsCertificateName", exc_value_new_string ("<I>CN=CA<S>CN=mail"));
  return row;
}

/* Of the organization; NULL for any other command. The trusts are nothing for this account. */
static ExcReply *
make_shared_answer (const char *line)
{
  ExcReply *reply = NULL;

  if (strstr (line, "Get-AuthConfig") != NULL)
    return make_one ("CurrentCertificateThumbprint", "0123456789012345678901234567890123456789");
  if (strstr (line, "Get-SendConnector") != NULL)
    return exchange_test_reply (connector_row ("Internet", "Internet"));
  if (strstr (line, "Get-ReceiveConnector") != NULL) {
    reply = exchange_test_reply (connector_row ("EX01\\Default EX01", "Default EX01"));
    add (reply, connector_row ("EX02\\Default EX02", "Default EX02"));
    add (reply, connector_row ("EX01\\Client EX01", "Client EX01"));
    return reply;
  }
  if (strstr (line, "Get-HybridConfiguration") != NULL)
    return exc_reply_new ();
  if (strstr (line, "Get-FederationTrust") != NULL)
    return exchange_test_failed ("CommandNotFoundException", "Get-FederationTrust");
  if (strstr (line, "Get-EdgeSubscription") != NULL)
    return make_one ("Site", "contoso.lab/Configuration/Sites/Beijing");
  if (strstr (line, "Get-DatabaseAvailabilityGroup") != NULL)
    return make_one ("Servers", "EX01");
  return NULL;
}

/* What a healthy organization says. */
static ExcReply *
make_answer (Fixture *fixture, FakeRun *run)
{
  g_autofree char *line = exc_pipeline_to_line (run->pipeline);
  const char *url = exc_endpoint_get_url (exc_shell_get_endpoint (run->shell));
  ExcReply *shared = NULL;
  guint i = 0;

  if (fixture->is_refused && strstr (line, "Select-Object") != NULL)
    return exchange_test_failed ("CommandNotFoundException", "Select-Object");
  if (strstr (line, "Get-ExchangeServer") != NULL)
    return make_servers ();
  if (strstr (line, "Get-TransportService") != NULL && strstr (line, "Identity") == NULL)
    return make_transports (fixture);
  shared = make_shared_answer (line);
  if (shared != NULL)
    return shared;
  while (i < 3 && strstr (line, FQDN (i)) == NULL && strstr (url, FQDN (i)) == NULL)
    i++;
  g_assert_cmpuint (i, <, 3); /* nobody else is asked anything */
  if (strstr (url, "wsman") != NULL)
    return make_windows (fixture, i);
  if (strstr (line, "Get-TransportService") != NULL)
    return make_one ("InternalTransportCertificateThumbprint", fixture->thumbprint[i]);
  if (strstr (line, "Get-PopSettings") != NULL)
    return make_one ("X509CertificateName", FQDN (i));
  if (strstr (line, "Get-ImapSettings") != NULL)
    return make_one ("X509CertificateName", "");
  if (strstr (line, "Get-UMService") != NULL)
    return make_one ("UMStartupMode", "Dual");
  g_assert_nonnull (strstr (line, "Get-ExchangeCertificate"));
  return make_certificates (fixture, i, !fixture->is_refused);
}

static void
answer (Fixture *fixture, FakeRun *run)
{
  fake_run_reply (run, make_answer (fixture, run));
  settle ();
}

static void
answer_all (Fixture *fixture)
{
  while (fake_shell_get_n_runs () > 0)
    answer (fixture, fake_shell_get_run (0));
}

static ExcServer *
find (Fixture *fixture, const char *name)
{
  return exc_snapshot_find_server (exc_organization_get_snapshot (fixture->organization), name);
}

static void
test_everything (Fixture *fixture, gconstpointer data)
{
  Outcome outcome = { 0 };
  ExcSnapshot *snapshot;
  ExcCertificate *certificate;

  refresh (fixture, NULL, NULL, &outcome);
  g_assert_true (exc_organization_get_is_refreshing (fixture->organization));
  answer_all (fixture);
  g_assert_true (outcome.is_done);
  g_assert_no_error (outcome.error);
  g_assert_false (exc_organization_get_is_refreshing (fixture->organization));
  g_assert_null (exc_organization_get_problem (fixture->organization));

  snapshot = exc_organization_get_snapshot (fixture->organization);
  g_assert_cmpuint (exc_snapshot_get_servers (snapshot)->len, ==, 4);
  g_assert_cmpint (exc_server_get_state (find (fixture, "EX01")), ==, EXC_SERVER_OK);
  g_assert_cmpint (exc_server_get_state (find (fixture, "EDGE")), ==, EXC_SERVER_UNSUPPORTED);
  g_assert_null (find (fixture, "OLD"));
  g_assert_cmpuint (
      g_list_model_get_n_items (exc_organization_get_certificates (fixture->organization)), ==, 3);
  certificate = exc_snapshot_find_certificate (snapshot, "EX02", fixture->thumbprint[1]);
  g_assert_cmpint (exc_certificate_get_kind (certificate), ==, EXC_KIND_MICROSOFT_EXCHANGE);
  g_assert_cmphex (
      exc_certificate_get_uses (certificate), ==, EXC_USE_INTERNAL_TRANSPORT | EXC_USE_BACK_END);
  g_assert_cmpint (exc_server_get_route (find (fixture, "EX02")), ==, EXC_ROUTE_PROJECTED);
  g_assert_cmpstr (
      exc_server_get_internal_transport (find (fixture, "EX03")), ==, fixture->thumbprint[2]);
}

static void
test_settings (Fixture *fixture, gconstpointer data)
{
  Outcome outcome = { 0 };
  ExcSnapshot *snapshot;
  ExcServer *server;
  ExcCertificate *certificate;
  const ExcConnectorRecord *connector;

  refresh (fixture, NULL, NULL, &outcome);
  answer_all (fixture);
  g_assert_no_error (outcome.error);
  snapshot = exc_organization_get_snapshot (fixture->organization);

  g_assert_cmpuint (exc_snapshot_get_send_connectors (snapshot)->len, ==, 1);
  connector = exc_snapshot_get_send_connectors (snapshot)->pdata[0];
  g_assert_cmpstr (connector->tls_certificate_name, ==, "<I>CN=CA<S>CN=mail");
  g_assert_cmpint (exc_snapshot_is_hybrid (snapshot), ==, EXC_NO);
  g_assert_null (exc_snapshot_get_hybrid (snapshot));
  g_assert_cmpuint (exc_snapshot_get_edge_subscriptions (snapshot)->len, ==, 1);
  g_assert_cmpuint (exc_snapshot_get_dags (snapshot)->len, ==, 1);
  /* one that fails harms no other, and is not taken for none */
  g_assert_null (exc_snapshot_get_federation (snapshot));
  g_assert_nonnull (exc_snapshot_get_fact_problem (snapshot, EXC_FACT_FEDERATION));
  g_assert_null (exc_snapshot_get_fact_problem (snapshot, EXC_FACT_DAGS));
  g_assert_null (exc_snapshot_get_auth_problem (snapshot));
  certificate = exc_snapshot_find_certificate (snapshot, "EX02", fixture->thumbprint[1]);
  g_assert_false (exc_certificate_is_use_told (certificate));

  server = find (fixture, "EX01");
  g_assert_cmpuint (exc_server_get_receive_connectors (server)->len, ==, 2);
  connector = exc_server_get_receive_connectors (server)->pdata[1];
  g_assert_cmpstr (connector->name, ==, "Client EX01");
  g_assert_cmpstr (exc_server_get_pop_name (server), ==, FQDN (0));
  g_assert_cmpstr (exc_server_get_imap_name (server), ==, "");
  g_assert_cmpstr (exc_server_get_um_mode (server), ==, "Dual");
  g_assert_null (exc_server_get_settings_problem (server));
  g_assert_null (exc_server_get_um_mode (find (fixture, "EX02"))); /* 2019: not even asked */
}

/* The organization's commands go one after another: they keep one shell busy, not three. */
static void
test_settings_fail (Fixture *fixture, gconstpointer data)
{
  Outcome outcome = { 0 };
  ExcSnapshot *snapshot;
  guint n_shared = 0;

  refresh (fixture, NULL, NULL, &outcome);
  answer_all (fixture);
  refresh (fixture, NULL, NULL, &outcome);
  while (fake_shell_get_n_runs () > 0) {
    FakeRun *run = fake_shell_get_run (0);
    g_autofree char *line = exc_pipeline_to_line (run->pipeline);

    if (strstr (line, "Get-AuthConfig") != NULL || strstr (line, "Connector") != NULL ||
        strstr (line, "Hybrid") != NULL || strstr (line, "Get-PopSettings") != NULL) {
      n_shared += strstr (line, "Get-PopSettings") == NULL;
      fake_run_fail (run, EXC_ERROR, EXC_ERROR_PROTOCOL, TRUE);
      settle ();
    } else {
      answer (fixture, run);
    }
  }
  g_assert_no_error (outcome.error);
  snapshot = exc_organization_get_snapshot (fixture->organization);
  g_assert_cmpstr (exc_snapshot_get_auth_problem (snapshot), ==, "by the test");
  g_assert_nonnull (exc_snapshot_get_auth_config (snapshot)); /* what was known stays */
  /* Auth, then two in a row: nobody asks for the rest */
  g_assert_cmpuint (n_shared, ==, 3);
  for (guint i = 0; i < EXC_N_FACTS; i++)
    g_assert_cmpstr (exc_snapshot_get_fact_problem (snapshot, i), ==, "by the test");
  g_assert_cmpint (exc_snapshot_is_hybrid (snapshot), ==, EXC_NO);
  g_assert_cmpint (exc_server_get_state (find (fixture, "EX01")), ==, EXC_SERVER_OK);
  g_assert_null (exc_server_get_pop_name (find (fixture, "EX01")));
  g_assert_cmpstr (exc_server_get_imap_name (find (fixture, "EX01")), ==, "");
  g_assert_cmpstr (exc_server_get_settings_problem (find (fixture, "EX01")), ==, "by the test");
}

/* The rows of the others are there while one is silent on both endpoints. */
static void
test_silent_server_holds_nobody_up (Fixture *fixture, gconstpointer data)
{
  Outcome outcome = { 0 };

  refresh (fixture, NULL, NULL, &outcome);
  answer (fixture, fake_shell_find_run ("", "Get-ExchangeServer"));
  answer (fixture, fake_shell_find_run ("", "Get-TransportService"));
  g_assert_cmpint (exc_server_get_state (find (fixture, "EX02")), ==, EXC_SERVER_LOADING);
  for (;;) {
    FakeRun *run = NULL;

    for (guint i = 0; i < fake_shell_get_n_runs () && run == NULL; i++) {
      g_autofree char *line = exc_pipeline_to_line (fake_shell_get_run (i)->pipeline);
      FakeRun *candidate = fake_shell_get_run (i);

      if (strstr (line, FQDN (1)) == NULL &&
          strstr (exc_endpoint_get_url (exc_shell_get_endpoint (candidate->shell)), FQDN (1)) ==
              NULL)
        run = candidate;
    }
    if (run == NULL)
      break;
    answer (fixture, run);
  }
  g_assert_false (outcome.is_done);
  g_assert_cmpint (exc_server_get_state (find (fixture, "EX01")), ==, EXC_SERVER_OK);
  g_assert_cmpint (exc_server_get_state (find (fixture, "EX03")), ==, EXC_SERVER_OK);
  g_assert_cmpint (exc_server_get_state (find (fixture, "EX02")), ==, EXC_SERVER_LOADING);

  while (fake_shell_get_n_runs () > 0) {
    fake_run_fail (fake_shell_get_run (0), EXC_ERROR, EXC_ERROR_UNREACHABLE, TRUE);
    settle ();
  }
  g_assert_true (outcome.is_done);
  g_assert_no_error (outcome.error);
  g_assert_cmpint (exc_server_get_state (find (fixture, "EX02")), ==, EXC_SERVER_UNREACHABLE);
  g_assert_cmpint (exc_server_get_last_seen (find (fixture, "EX02")), ==, 0);
}

/* Its certificates are shown before Windows has answered, and stay when it never does. */
static void
test_windows_endpoint_down (Fixture *fixture, gconstpointer data)
{
  Outcome outcome = { 0 };
  ExcServer *server;
  ExcCertificate *certificate;
  FakeRun *run;

  refresh (fixture, NULL, NULL, &outcome);
  answer (fixture, fake_shell_find_run ("", "Get-ExchangeServer"));
  answer (fixture, fake_shell_find_run ("", "Get-TransportService"));
  while ((run = fake_shell_find_run ("PowerShell", "")) != NULL)
    answer (fixture, run);
  g_assert_cmpint (exc_server_get_state (find (fixture, "EX01")), ==, EXC_SERVER_LOADING);
  g_assert_cmpuint (exc_server_get_n_certificates (find (fixture, "EX01")), ==, 1);

  for (guint i = 0; i < 2; i++) {
    fake_run_fail (fake_shell_find_run (FQDN (0), ""), EXC_ERROR, EXC_ERROR_UNREACHABLE, FALSE);
    settle ();
  }
  answer_all (fixture);
  g_assert_no_error (outcome.error);
  server = find (fixture, "EX01");
  g_assert_cmpint (exc_server_get_state (server), ==, EXC_SERVER_PARTIAL);
  g_assert_nonnull (strstr (exc_server_get_state_text (server), "Windows endpoint: by the test"));
  g_assert_null (exc_server_get_windows (server));
  certificate = exc_snapshot_find_certificate (
      exc_organization_get_snapshot (fixture->organization), "EX01", fixture->thumbprint[0]);
  g_assert_cmphex (exc_certificate_get_uses (certificate), ==, EXC_USE_INTERNAL_TRANSPORT);
  g_assert_cmpint (exc_certificate_get_in_root (certificate), ==, EXC_UNKNOWN);
}

static void
test_old_facts_stay (Fixture *fixture, gconstpointer data)
{
  Outcome outcome = { 0 };
  g_autoptr(ExcCertificate) before = NULL;
  g_autoptr(ExcCertificate) after = NULL;
  GListModel *certificates = exc_organization_get_certificates (fixture->organization);
  gint64 seen;

  refresh (fixture, NULL, NULL, &outcome);
  answer_all (fixture);
  seen = exc_server_get_last_seen (find (fixture, "EX01"));
  before = g_list_model_get_item (certificates, 0);

  exc_clock_advance (fixture->clock, 300);
  refresh (fixture, NULL, NULL, &outcome);
  answer (fixture, fake_shell_find_run ("", "Get-ExchangeServer"));
  answer (fixture, fake_shell_find_run ("", "Get-TransportService"));
  while (fake_shell_get_n_runs () > 0) {
    FakeRun *run = fake_shell_find_run ("", FQDN (0));

    if (run != NULL) {
      fake_run_fail (run, EXC_ERROR, EXC_ERROR_REMOTE, TRUE);
      settle ();
    } else {
      answer (fixture, fake_shell_get_run (0));
    }
  }
  g_assert_no_error (outcome.error);
  g_assert_cmpint (exc_server_get_state (find (fixture, "EX01")), ==, EXC_SERVER_UNREACHABLE);
  g_assert_cmpint (exc_server_get_last_seen (find (fixture, "EX01")), ==, seen);
  g_assert_cmpint (exc_server_get_last_seen (find (fixture, "EX02")), >=, seen + 300);
  g_assert_cmpstr (exc_server_get_problem (find (fixture, "EX01")), ==, "by the test");
  after = g_list_model_get_item (certificates, 0);
  g_assert_true (before == after); /* the row was not even replaced */

  /* Now nobody answers at all. */
  refresh (fixture, NULL, NULL, &outcome);
  while (fake_shell_get_n_runs () > 0) {
    fake_run_fail (fake_shell_get_run (0), EXC_ERROR, EXC_ERROR_AUTH, TRUE);
    settle ();
  }
  g_assert_error (outcome.error, EXC_ERROR, EXC_ERROR_AUTH);
  g_assert_cmpstr (exc_organization_get_problem (fixture->organization), ==, "by the test");
  g_assert_cmpint (exc_server_get_state (find (fixture, "EX02")), ==, EXC_SERVER_UNREACHABLE);
  g_assert_cmpint (exc_server_get_state (find (fixture, "EDGE")), ==, EXC_SERVER_UNSUPPORTED);
  g_assert_cmpuint (g_list_model_get_n_items (certificates), ==, 3);
  g_clear_error (&outcome.error);
}

static void
test_projection_refused (Fixture *fixture, gconstpointer data)
{
  Outcome outcome = { 0 };
  ExcServer *server;

  fixture->is_refused = TRUE;
  refresh (fixture, NULL, NULL, &outcome);
  while (fake_shell_get_n_runs () > 0) {
    FakeRun *run = fake_shell_get_run (0);
    g_autofree char *line = exc_pipeline_to_line (run->pipeline);

    if (strstr (line, "Get-ExchangeCertificate") != NULL && strstr (line, "Select-") == NULL)
      g_assert_nonnull (strstr (exc_endpoint_get_url (exc_shell_get_endpoint (run->shell)),
                                "serializationLevel=Full"));
    answer (fixture, run);
  }
  g_assert_no_error (outcome.error);
  server = find (fixture, "EX03");
  g_assert_cmpint (exc_server_get_route (server), ==, EXC_ROUTE_RAW);
  g_assert_cmpint (exc_server_get_state (server), ==, EXC_SERVER_PARTIAL);
  g_assert_nonnull (strstr (exc_server_get_problem (server), "not known"));
  g_assert_cmpuint (exc_server_get_n_certificates (server), ==, 1);
}

/* Neither the projection nor a session with serialized objects: RawData is left. */
static void
test_bytes_alone (Fixture *fixture, gconstpointer data)
{
  Outcome outcome = { 0 };
  ExcServer *server;

  fixture->is_refused = TRUE;
  refresh (fixture, NULL, NULL, &outcome);
  while (fake_shell_get_n_runs () > 0) {
    FakeRun *run = fake_shell_get_run (0);

    if (strstr (exc_endpoint_get_url (exc_shell_get_endpoint (run->shell)), "serialization")) {
      fake_run_fail (run, EXC_ERROR, EXC_ERROR_ENDPOINT, FALSE);
      settle ();
    } else {
      answer (fixture, run);
    }
  }
  g_assert_no_error (outcome.error);
  server = find (fixture, "EX03");
  g_assert_cmpint (exc_server_get_route (server), ==, EXC_ROUTE_RAW);
  g_assert_cmpint (exc_server_get_state (server), ==, EXC_SERVER_PARTIAL);
  g_assert_cmpuint (exc_server_get_n_certificates (server), ==, 1);
}

static void
test_only_some (Fixture *fixture, gconstpointer data)
{
  const char *const only[] = { "EX02.contoso.lab", NULL };
  Outcome outcome = { 0 };

  refresh (fixture, NULL, NULL, &outcome);
  answer_all (fixture);
  refresh (fixture, only, NULL, &outcome);
  g_assert_cmpuint (fake_shell_get_n_runs (), ==, 4); /* Auth, certificates, transport, Windows */
  g_assert_null (fake_shell_find_run ("", FQDN (0)));
  answer_all (fixture);
  g_assert_no_error (outcome.error);
  g_assert_cmpint (exc_server_get_state (find (fixture, "EX01")), ==, EXC_SERVER_OK);
}

/* Whoever asks for all joins; whoever has changed a server is not given what was read before. */
static void
test_second_call (Fixture *fixture, gconstpointer data)
{
  const char *const only[] = { "ex01.contoso.lab", NULL };
  Outcome first = { 0 }, joined = { 0 }, after = { 0 };

  refresh (fixture, NULL, NULL, &first);
  refresh (fixture, NULL, NULL, &joined);
  refresh (fixture, only, NULL, &after);
  g_assert_cmpuint (fake_shell_get_n_runs (), ==, 3); /* servers, transport, Auth */
  while (!first.is_done)
    answer (fixture, fake_shell_get_run (0));
  settle ();
  g_assert_true (joined.is_done);
  g_assert_false (after.is_done);
  g_assert_true (exc_organization_get_is_refreshing (fixture->organization));
  answer_all (fixture);
  g_assert_true (after.is_done);
  g_assert_no_error (after.error);
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  Outcome first = { 0 }, joined = { 0 };

  refresh (fixture, NULL, cancellable, &first);
  refresh (fixture, NULL, NULL, &joined);
  answer (fixture, fake_shell_find_run ("", "Get-ExchangeServer"));
  answer (fixture, fake_shell_find_run ("", "Get-TransportService"));
  g_cancellable_cancel (cancellable);
  while (!first.is_done) {
    fake_run_fail (fake_shell_get_run (0), G_IO_ERROR, G_IO_ERROR_CANCELLED, TRUE);
    settle ();
  }
  g_assert_error (first.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (exc_organization_get_problem (fixture->organization));

  /* Whoever joined is served all the same. */
  g_assert_false (joined.is_done);
  answer_all (fixture);
  g_assert_true (joined.is_done);
  g_assert_no_error (joined.error);
  g_assert_cmpint (exc_server_get_state (find (fixture, "EX01")), ==, EXC_SERVER_OK);
  g_clear_error (&first.error);
}

static void
test_progress (Fixture *fixture, gconstpointer data)
{
  g_autoptr(ExcProgress) progress = exc_progress_new ();
  Outcome outcome = { 0 };
  double last = 0;

  exc_organization_refresh_async (
      fixture->organization, NULL, progress, NULL, on_refreshed_cb, &outcome);
  while (fake_shell_get_n_runs () > 0) {
    answer (fixture, fake_shell_get_run (0));
    g_assert_cmpfloat (exc_progress_get_fraction (progress), >=, last);
    last = exc_progress_get_fraction (progress);
  }
  g_assert_cmpfloat_with_epsilon (last, 1, 0.001);
}

#define ADD(path, test)                                                                            \
  g_test_add ("/model/inventory/" path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("everything", test_everything);
  ADD ("settings", test_settings);
  ADD ("settings-fail", test_settings_fail);
  ADD ("silent-server-holds-nobody-up", test_silent_server_holds_nobody_up);
  ADD ("windows-endpoint-down", test_windows_endpoint_down);
  ADD ("old-facts-stay", test_old_facts_stay);
  ADD ("projection-refused", test_projection_refused);
  ADD ("bytes-alone", test_bytes_alone);
  ADD ("only-some", test_only_some);
  ADD ("second-call", test_second_call);
  ADD ("cancelled", test_cancelled);
  ADD ("progress", test_progress);

  return g_test_run ();
}
