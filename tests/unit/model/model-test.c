/* model-test.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model-test.h"

#include "../exchange/exchange-test.h"

ExcCertificateRecord *
model_test_record (const char *common_name, const char *friendly_name, int days)
{
  ExcCertificateRecord *record = exc_certificate_record_new ();

  record->route = EXC_ROUTE_PROJECTED;
  record->der = exchange_test_certificate (common_name);
  record->thumbprint = exchange_test_thumbprint (record->der);
  record->subject = g_strconcat ("CN=", common_name, NULL);
  record->issuer = g_strdup (record->subject);
  record->serial_number = g_strdup ("1234");
  record->friendly_name = g_strdup (friendly_name);
  record->not_before = MODEL_TEST_NOW - 100 * MODEL_TEST_DAY;
  record->not_after = MODEL_TEST_NOW + days * MODEL_TEST_DAY;
  record->services = 0;
  record->status = EXC_STATUS_VALID;
  record->root_ca_type = g_strdup ("None");
  record->is_self_signed = EXC_YES;
  record->has_private_key = EXC_YES;
  record->private_key_exportable = EXC_NO;
  record->domains = g_strdupv ((char *[]){ (char *) common_name, NULL });
  return record;
}

ExcServerFacts *
model_test_facts (const char *name)
{
  g_autoptr(ExcServerRecord) server = exc_server_record_new ();
  g_autofree char *lower = g_ascii_strdown (name, -1);
  ExcServerFacts *facts;

  server->name = g_strdup (name);
  server->fqdn = g_strconcat (lower, ".contoso.lab", NULL);
  server->site = g_strdup ("Beijing");
  server->version = g_strdup ("Version 15.2 (Build 986.5)");
  server->role = g_strdup ("Mailbox");
  server->is_mailbox = TRUE;
  facts = exc_server_facts_new (server);
  facts->state = EXC_SERVER_OK;
  facts->seen = MODEL_TEST_NOW;
  facts->pop_name = g_strdup ("");
  facts->imap_name = g_strdup ("");
  facts->certificates =
      g_ptr_array_new_with_free_func ((GDestroyNotify) exc_certificate_record_unref);
  return facts;
}

const char *
model_test_add (ExcServerFacts *facts, ExcCertificateRecord *take)
{
  g_ptr_array_add (facts->certificates, take);
  return take->thumbprint;
}

void
model_test_bind (ExcServerFacts *facts, const char *site, const char *info, const char *hash)
{
  ExcBindingRecord *binding = g_new0 (ExcBindingRecord, 1);

  if (facts->windows == NULL) {
    facts->windows = exc_windows_record_new ();
    facts->windows->utc_now = MODEL_TEST_NOW;
  }
  binding->site = g_strdup (site);
  binding->info = g_strdup (info);
  binding->hash = g_strdup (hash);
  g_ptr_array_add (facts->windows->bindings, binding);
}

ExcOrganizationFacts *
model_test_shared (ExcAuthConfigRecord *auth_config)
{
  ExcOrganizationFacts *shared = exc_organization_facts_new ();

  shared->auth_config = auth_config != NULL ? exc_auth_config_record_ref (auth_config) : NULL;
  shared->send_connectors =
      g_ptr_array_new_with_free_func ((GDestroyNotify) exc_connector_record_free);
  shared->receive_connectors =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  shared->is_hybrid = EXC_NO;
  shared->federation = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_federation_record_free);
  return shared;
}

ExcSnapshot *
model_test_snapshot_with (ExcServerFacts *facts, ExcOrganizationFacts *shared)
{
  g_autoptr(ExcSnapshotBuilder) builder = exc_snapshot_builder_new (shared, NULL, MODEL_TEST_NOW);

  exc_snapshot_builder_add (builder, facts);
  return exc_snapshot_builder_finish (builder);
}

ExcSnapshot *
model_test_snapshot (ExcServerFacts *facts, ExcAuthConfigRecord *auth_config)
{
  g_autoptr(ExcOrganizationFacts) shared = model_test_shared (auth_config);

  return model_test_snapshot_with (facts, shared);
}
