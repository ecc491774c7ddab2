/* inventory-test.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "inventory-test.h"

#include <string.h>

#include "../exchange/exchange-test.h"

#include "exc-error.h"

void
inventory_test_set_up (InventoryTest *fixture, gconstpointer data)
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

void
inventory_test_tear_down (InventoryTest *fixture, gconstpointer data)
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

void
inventory_test_on_refreshed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InventoryOutcome *outcome = user_data;

  g_assert_false (outcome->is_done);
  exc_organization_refresh_finish (EXC_ORGANIZATION (source), result, &outcome->error);
  outcome->is_done = TRUE;
}

void
inventory_test_refresh (InventoryTest *fixture,
                        const char *const *only,
                        GCancellable *cancellable,
                        InventoryOutcome *outcome)
{
  g_clear_error (&outcome->error);
  outcome->is_done = FALSE;
  exc_organization_refresh_async (
      fixture->organization, only, NULL, cancellable, inventory_test_on_refreshed_cb, outcome);
}

void
inventory_test_settle (void)
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
make_certificates (InventoryTest *fixture, guint i, gboolean whole)
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
make_windows (InventoryTest *fixture, guint i)
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
make_transports (InventoryTest *fixture)
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
make_answer (InventoryTest *fixture, FakeRun *run)
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

void
inventory_test_answer (InventoryTest *fixture, FakeRun *run)
{
  fake_run_reply (run, make_answer (fixture, run));
  inventory_test_settle ();
}

void
inventory_test_answer_all (InventoryTest *fixture)
{
  while (fake_shell_get_n_runs () > 0)
    inventory_test_answer (fixture, fake_shell_get_run (0));
}

ExcServer *
inventory_test_find (InventoryTest *fixture, const char *name)
{
  return exc_snapshot_find_server (exc_organization_get_snapshot (fixture->organization), name);
}
