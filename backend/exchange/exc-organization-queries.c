/* exc-organization-queries.c — connectors, hybrid, federation, Edge servers and DAGs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-exchange"

#include "config.h"

#include "exc-queries.h"

#include <string.h>

#include "exc-reader-private.h"

static const char *const send_connector_properties[] = {
  "Name",
  "Identity",
  "Enabled",
  "Fqdn",
  "TlsCertificateName",
  "RequireTLS",
  "CloudServicesMailEnabled",
  "SourceTransportServers",
  NULL,
};

static const char *const receive_connector_properties[] = {
  "Name",          "Identity",      "Fqdn",    "TlsCertificateName",
  "AuthMechanism", "TransportRole", "Enabled", NULL,
};

static const char *const hybrid_properties[] = {
  "TlsCertificateName",   "Domains", "ReceivingTransportServers", "SendingTransportServers",
  "EdgeTransportServers", NULL,
};

static const char *const federation_properties[] = {
  "Name", "OrgCertificate", "OrgNextCertificate", "OrgPrevCertificate", NULL,
};

static const char *const edge_properties[] = { "Name", "Site", NULL };
static const char *const dag_properties[] = { "Name", "Servers", NULL };

/* NULL for an empty text: what is not set is null or "" by the property's type. */
static char *
read_set_text (ExcValue *object, const char *name)
{
  g_autofree char *text = exc_read_text (object, name);

  return text != NULL && *text != '\0' ? g_steal_pointer (&text) : NULL;
}

/* ---- connectors */

/**
 * exc_query_send_connectors:
 * @projected: with Select-Object
 *
 * steps.md 0.7. Send connectors are the organization's.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_query_send_connectors (gboolean projected)
{
  return exc_query_new (
      exc_exchange_command_new ("Get-SendConnector", NULL), send_connector_properties, projected);
}

/**
 * exc_query_receive_connectors:
 * @server: (nullable): FQDN; %NULL: of every server at once, a directory read too
 * @projected: with Select-Object
 *
 * steps.md 0.7.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_query_receive_connectors (const char *server, gboolean projected)
{
  return exc_query_new (exc_exchange_command_new ("Get-ReceiveConnector", server),
                        receive_connector_properties,
                        projected);
}

static gpointer
read_connector (ExcValue *object, GError **error)
{
  g_autofree char *name = exc_read_required_text (object, "Name", error);
  ExcConnectorRecord *connector = NULL;

  if (name == NULL)
    return NULL;
  connector = g_new0 (ExcConnectorRecord, 1);
  connector->name = g_steal_pointer (&name);
  connector->identity = exc_read_text (object, "Identity");
  connector->fqdn = read_set_text (object, "Fqdn");
  connector->tls_certificate_name = read_set_text (object, "TlsCertificateName");
  connector->is_enabled = exc_read_tristate (object, "Enabled");
  connector->requires_tls = EXC_UNKNOWN;
  connector->is_cloud = EXC_UNKNOWN;
  return connector;
}

static gpointer
read_send_connector (ExcValue *object, GError **error)
{
  ExcConnectorRecord *connector = read_connector (object, error);

  if (connector == NULL)
    return NULL;
  connector->requires_tls = exc_read_tristate (object, "RequireTLS");
  connector->is_cloud = exc_read_tristate (object, "CloudServicesMailEnabled");
  connector->source_servers = exc_read_texts (object, "SourceTransportServers");
  return connector;
}

static gpointer
read_receive_connector (ExcValue *object, GError **error)
{
  ExcConnectorRecord *connector = read_connector (object, error);

  if (connector == NULL)
    return NULL;
  connector->transport_role = exc_read_text (object, "TransportRole");
  connector->auth_mechanism = exc_read_text (object, "AuthMechanism");
  return connector;
}

GPtrArray *
exc_read_send_connectors (ExcReply *reply, GError **error)
{
  return exc_read_each (
      reply, read_send_connector, (GDestroyNotify) exc_connector_record_free, error);
}

GPtrArray *
exc_read_receive_connectors (ExcReply *reply, GError **error)
{
  return exc_read_each (
      reply, read_receive_connector, (GDestroyNotify) exc_connector_record_free, error);
}

/* ---- hybrid */

/**
 * exc_query_hybrid:
 * @projected: with Select-Object
 *
 * steps.md 0.7.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_query_hybrid (gboolean projected)
{
  return exc_query_new (
      exc_exchange_command_new ("Get-HybridConfiguration", NULL), hybrid_properties, projected);
}

/* Exchange's own words for an object that is not in the directory; a cmdlet that the session lacks
 * says something else. */
static gboolean
is_absent (ExcReply *reply)
{
  ExcErrorRecord *error = exc_reply_get_first_error (reply);

  return error != NULL &&
         (g_strcmp0 (error->reason, "ManagementObjectNotFoundException") == 0 ||
          (error->exception != NULL &&
           g_str_has_suffix (error->exception, "ManagementObjectNotFoundException")));
}

/**
 * exc_read_hybrid:
 * @reply: of exc_query_hybrid()
 * @hybrid: (out) (transfer full) (nullable): the configuration; %NULL where there is none
 *
 * steps.md 0.7: an organization without one answers with nothing or with an error.
 *
 * Returns: %FALSE with @error where it is not known whether there is one
 */
gboolean
exc_read_hybrid (ExcReply *reply, ExcHybridRecord **hybrid, GError **error)
{
  ExcValue *object = NULL;

  *hybrid = NULL;
  if (is_absent (reply))
    return TRUE;
  if (!exc_reply_check (reply, error))
    return FALSE;
  if (exc_reply_get_output (reply)->len == 0)
    return TRUE;
  object = exc_read_single (reply, error);
  if (object == NULL)
    return FALSE;
  *hybrid = exc_hybrid_record_new ();
  (*hybrid)->tls_certificate_name = read_set_text (object, "TlsCertificateName");
  (*hybrid)->domains = exc_read_texts (object, "Domains");
  (*hybrid)->receiving_servers = exc_read_texts (object, "ReceivingTransportServers");
  (*hybrid)->sending_servers = exc_read_texts (object, "SendingTransportServers");
  (*hybrid)->edge_servers = exc_read_texts (object, "EdgeTransportServers");
  return TRUE;
}

/* ---- federation */

/**
 * exc_query_federation:
 * @projected: with Select-Object
 *
 * steps.md 0.7.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_query_federation (gboolean projected)
{
  return exc_query_new (
      exc_exchange_command_new ("Get-FederationTrust", NULL), federation_properties, projected);
}

/* A certificate inside an object: its bytes where PowerShell sent them (domain.md 1.6: RawData and
 * nothing else), its thumbprint as a property or as the whole text. */
static gboolean
read_certificate (ExcValue *object, const char *name, char **thumbprint, GError **error)
{
  ExcValue *value = exc_value_get_property (object, name);
  GBytes *raw = NULL;

  if (exc_value_is_null (value))
    return TRUE;
  raw = exc_value_get_bytes (value);
  if (raw == NULL)
    raw = exc_value_get_bytes (exc_value_get_property (value, "RawData"));
  if (raw != NULL) {
    *thumbprint = exc_thumbprint_of (raw);
    return TRUE;
  }
  if (exc_value_get_property (value, "Thumbprint") != NULL)
    return exc_read_thumbprint (value, "Thumbprint", thumbprint, error);
  return exc_read_thumbprint (object, name, thumbprint, error);
}

static gpointer
read_trust (ExcValue *object, GError **error)
{
  ExcFederationRecord *trust = g_new0 (ExcFederationRecord, 1);

  trust->name = exc_read_required_text (object, "Name", error);
  if (trust->name == NULL || !read_certificate (object, "OrgCertificate", &trust->current, error) ||
      !read_certificate (object, "OrgNextCertificate", &trust->next, error) ||
      !read_certificate (object, "OrgPrevCertificate", &trust->previous, error)) {
    exc_federation_record_free (trust);
    return NULL;
  }
  return trust;
}

GPtrArray *
exc_read_federation (ExcReply *reply, GError **error)
{
  return exc_read_each (reply, read_trust, (GDestroyNotify) exc_federation_record_free, error);
}

/* ---- Edge servers */

/**
 * exc_query_edge_subscriptions:
 * @projected: with Select-Object
 *
 * steps.md 0.7.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_query_edge_subscriptions (gboolean projected)
{
  return exc_query_new (
      exc_exchange_command_new ("Get-EdgeSubscription", NULL), edge_properties, projected);
}

static gpointer
read_subscription (ExcValue *object, GError **error)
{
  g_autofree char *name = exc_read_required_text (object, "Name", error);
  ExcEdgeSubscriptionRecord *subscription = NULL;

  if (name == NULL)
    return NULL;
  subscription = g_new0 (ExcEdgeSubscriptionRecord, 1);
  subscription->name = g_steal_pointer (&name);
  subscription->site = exc_read_last_name (object, "Site");
  return subscription;
}

GPtrArray *
exc_read_edge_subscriptions (ExcReply *reply, GError **error)
{
  return exc_read_each (
      reply, read_subscription, (GDestroyNotify) exc_edge_subscription_record_free, error);
}

/**
 * exc_query_edge_sync_test:
 *
 * steps.md A7. Without a projection: which properties there are differs between versions, and the
 * result of each Edge server is small.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_query_edge_sync_test (void)
{
  return exc_pipeline_new_single (exc_exchange_command_new ("Test-EdgeSynchronization", NULL));
}

static gpointer
read_edge_sync (ExcValue *object, GError **error)
{
  g_autofree char *name = exc_read_required_text (object, "Name", error);
  ExcEdgeSyncRecord *record = NULL;

  if (name == NULL)
    return NULL;
  record = g_new0 (ExcEdgeSyncRecord, 1);
  record->name = g_steal_pointer (&name);
  record->status = read_set_text (object, "SyncStatus");
  record->failure = read_set_text (object, "FailureDetail");
  record->is_ok = EXC_UNKNOWN;
  if (record->status != NULL)
    record->is_ok = g_ascii_strcasecmp (record->status, "Normal") == 0 ? EXC_YES : EXC_NO;
  return record;
}

GPtrArray *
exc_read_edge_sync_test (ExcReply *reply, GError **error)
{
  return exc_read_each (reply, read_edge_sync, (GDestroyNotify) exc_edge_sync_record_free, error);
}

/* ---- DAGs */

/**
 * exc_query_dags:
 * @projected: with Select-Object
 *
 * steps.md 0.10.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_query_dags (gboolean projected)
{
  return exc_query_new (
      exc_exchange_command_new ("Get-DatabaseAvailabilityGroup", NULL), dag_properties, projected);
}

static gpointer
read_dag (ExcValue *object, GError **error)
{
  g_autofree char *name = exc_read_required_text (object, "Name", error);
  ExcDagRecord *dag = NULL;

  if (name == NULL)
    return NULL;
  dag = g_new0 (ExcDagRecord, 1);
  dag->name = g_steal_pointer (&name);
  dag->servers = exc_read_texts (object, "Servers");
  return dag;
}

GPtrArray *
exc_read_dags (ExcReply *reply, GError **error)
{
  return exc_read_each (reply, read_dag, (GDestroyNotify) exc_dag_record_free, error);
}
