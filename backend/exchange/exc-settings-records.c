/* exc-settings-records.c — the organization's settings, checked and typed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-exchange"

#include "config.h"

#include "exc-records.h"

void
exc_connector_record_free (ExcConnectorRecord *self)
{
  g_free (self->name);
  g_free (self->identity);
  g_free (self->fqdn);
  g_free (self->tls_certificate_name);
  g_strfreev (self->source_servers);
  g_free (self->transport_role);
  g_free (self->auth_mechanism);
  g_free (self);
}

ExcHybridRecord *
exc_hybrid_record_new (void)
{
  ExcHybridRecord *self = g_new0 (ExcHybridRecord, 1);

  g_atomic_ref_count_init (&self->ref_count);
  return self;
}

ExcHybridRecord *
exc_hybrid_record_ref (ExcHybridRecord *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
exc_hybrid_record_unref (ExcHybridRecord *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->tls_certificate_name);
  g_strfreev (self->domains);
  g_strfreev (self->receiving_servers);
  g_strfreev (self->sending_servers);
  g_strfreev (self->edge_servers);
  g_free (self);
}

void
exc_federation_record_free (ExcFederationRecord *self)
{
  g_free (self->name);
  g_free (self->current);
  g_free (self->next);
  g_free (self->previous);
  g_free (self);
}

void
exc_edge_subscription_record_free (ExcEdgeSubscriptionRecord *self)
{
  g_free (self->name);
  g_free (self->site);
  g_free (self);
}

void
exc_edge_sync_record_free (ExcEdgeSyncRecord *self)
{
  g_free (self->name);
  g_free (self->status);
  g_free (self->failure);
  g_free (self);
}

void
exc_dag_record_free (ExcDagRecord *self)
{
  g_free (self->name);
  g_strfreev (self->servers);
  g_free (self);
}

void
exc_copy_record_free (ExcCopyRecord *self)
{
  g_free (self->name);
  g_free (self->status);
  g_free (self);
}

void
exc_health_record_free (ExcHealthRecord *self)
{
  g_free (self->role);
  g_strfreev (self->not_running);
  g_free (self);
}

/**
 * exc_tls_certificate_name_matches:
 * @tls_certificate_name: (nullable): of a connector or the hybrid configuration
 * @record: a certificate
 *
 * domain.md 3.5: the strings are .NET's own, and equal to the letter.
 *
 * Returns: whether @record is what the name means; several certificates can be
 */
gboolean
exc_tls_certificate_name_matches (const char *tls_certificate_name, ExcCertificateRecord *record)
{
  g_autofree char *name = NULL;

  g_return_val_if_fail (record != NULL, FALSE);

  if (tls_certificate_name == NULL || record->issuer == NULL || record->subject == NULL)
    return FALSE;
  name = g_strconcat ("<I>", record->issuer, "<S>", record->subject, NULL);
  return g_str_equal (tls_certificate_name, name);
}
