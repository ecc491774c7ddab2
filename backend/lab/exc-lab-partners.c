/* exc-lab-partners.c — hybrid configuration, federation trust, Edge subscriptions
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-partners"

#include "config.h"

#include "exc-lab-cmdlet.h"

#define DIRECTORY "Microsoft.Exchange.Data.Directory."
#define CONFIG    DIRECTORY "SystemConfiguration."
#define EDGE_SYNC "Microsoft.Exchange.Management.EdgeSync."

static void
set_names (ExcValue *value, const char *name, const char *type, GStrv names)
{
  exc_lab_value_set_list (value, name, type, (const char *const *) names);
}

ExcLabOutcome
exc_lab_get_hybrid_configuration (ExcLabCall *call)
{
  ExcLabHybrid *hybrid = exc_lab_world_get_hybrid (call->world);
  ExcValue *value;

  if (hybrid == NULL)
    return EXC_LAB_DONE;
  value = exc_lab_value_new (CONFIG "HybridConfiguration", "Hybrid Configuration");
  exc_lab_value_set_text (value, "Name", "Hybrid Configuration");
  exc_lab_value_set_identifier (value, "TlsCertificateName", hybrid->tls_certificate_name);
  set_names (value, "Domains", "Microsoft.Exchange.Data.AutoDiscoverSmtpDomain", hybrid->domains);
  set_names (value, "ReceivingTransportServers", DIRECTORY "ADObjectId", hybrid->receiving);
  set_names (value, "SendingTransportServers", DIRECTORY "ADObjectId", hybrid->sending);
  set_names (value, "EdgeTransportServers", DIRECTORY "ADObjectId", hybrid->edges);
  exc_lab_value_set_id (value, "Identity", "Hybrid Configuration");
  exc_lab_value_set_boolean (value, "IsValid", TRUE);
  exc_lab_call_write (call, exc_lab_object_new (value));
  return EXC_LAB_DONE;
}

ExcLabOutcome
exc_lab_set_hybrid_configuration (ExcLabCall *call)
{
  static const char *const known[] = {
    "TlsCertificateName",   "Domains", "ReceivingTransportServers", "SendingTransportServers",
    "EdgeTransportServers", NULL,
  };
  ExcLabHybrid *hybrid = exc_lab_world_get_hybrid (call->world);
  ExcLabOutcome outcome;
  GStrv *slots[4]; /* of known[1] and behind */

  if (!exc_lab_call_knows_all (call, known, &outcome))
    return outcome;
  if (hybrid == NULL)
    return exc_lab_call_not_found (call, "Hybrid Configuration");
  if (exc_lab_call_is_on (call, "WhatIf"))
    return EXC_LAB_DONE;
  if (exc_lab_call_has (call, "TlsCertificateName"))
    exc_lab_set_text (&hybrid->tls_certificate_name,
                      exc_lab_call_get_text (call, "TlsCertificateName"));
  slots[0] = &hybrid->domains;
  slots[1] = &hybrid->receiving;
  slots[2] = &hybrid->sending;
  slots[3] = &hybrid->edges;
  for (guint i = 0; i < G_N_ELEMENTS (slots); i++) {
    if (!exc_lab_call_has (call, known[i + 1]))
      continue;
    g_strfreev (*slots[i]);
    *slots[i] = exc_lab_call_dup_list (call, known[i + 1]);
  }
  return exc_lab_call_commit (call);
}

/* The certificate itself stands in the trust; wherever it lies, it is the same. */
static void
set_certificate (ExcLabCall *call, ExcValue *value, const char *name, const char *thumbprint)
{
  static const char *const types[] = {
    "System.Security.Cryptography.X509Certificates.X509Certificate2",
    "System.Security.Cryptography.X509Certificates.X509Certificate",
    "System.Object",
    NULL,
  };
  GPtrArray *servers = exc_lab_world_get_servers (call->world);
  ExcLabCertificate *found = NULL;
  ExcValue *certificate = NULL;

  for (guint i = 0; found == NULL && i < servers->len; i++)
    found = exc_lab_store_find (((ExcLabServer *) g_ptr_array_index (servers, i))->my, thumbprint);
  if (found != NULL) {
    certificate = exc_value_new_object (types);
    exc_value_set_to_string (certificate, found->x509->subject);
    exc_value_set_property (certificate, "RawData", exc_value_new_bytes (found->x509->der));
  }
  exc_value_set_property (value, name, certificate != NULL ? certificate : exc_value_new_null ());
}

ExcLabOutcome
exc_lab_get_federation_trust (ExcLabCall *call)
{
  ExcLabFederation *federation = exc_lab_world_get_federation (call->world);
  g_autofree char *identity = exc_lab_call_dup_identity (call);
  ExcValue *value;

  if (identity != NULL &&
      (federation == NULL || g_ascii_strcasecmp (federation->name, identity) != 0))
    return exc_lab_call_not_found (call, identity);
  if (federation == NULL)
    return EXC_LAB_DONE;
  value = exc_lab_value_new (CONFIG "FederationTrust", federation->name);
  exc_lab_value_set_text (value, "Name", federation->name);
  set_certificate (call, value, "OrgCertificate", federation->current);
  set_certificate (call, value, "OrgNextCertificate", federation->next);
  set_certificate (call, value, "OrgPrevCertificate", federation->previous);
  exc_lab_value_set_text (value, "OrgPrivCertificate", federation->current);
  exc_lab_value_set_text (value, "OrgNextPrivCertificate", federation->next);
  exc_lab_value_set_text (value, "OrgPrevPrivCertificate", federation->previous);
  exc_lab_value_set_id (value, "Identity", federation->name);
  exc_lab_value_set_boolean (value, "IsValid", TRUE);
  exc_lab_call_write (call, exc_lab_object_new (value));
  return EXC_LAB_DONE;
}

ExcLabOutcome
exc_lab_get_edge_subscription (ExcLabCall *call)
{
  GPtrArray *subscriptions = exc_lab_world_get_subscriptions (call->world);
  g_autofree char *identity = exc_lab_call_dup_identity (call);
  gboolean is_found = identity == NULL;

  for (guint i = 0; i < subscriptions->len; i++) {
    ExcLabSubscription *subscription = g_ptr_array_index (subscriptions, i);
    g_autofree char *site = g_strdup_printf (
        "%s/Configuration/Sites/%s", exc_lab_world_get_domain (call->world), subscription->site);
    ExcValue *value;

    if (identity != NULL && g_ascii_strcasecmp (identity, subscription->name) != 0)
      continue;
    is_found = TRUE;
    value = exc_lab_value_new (CONFIG "EdgeSubscription", subscription->name);
    exc_lab_value_set_text (value, "Name", subscription->name);
    exc_lab_value_set_text (value, "Domain", exc_lab_world_get_domain (call->world));
    exc_lab_value_set_id (value, "Site", site);
    exc_lab_value_set_id (value, "Identity", subscription->name);
    exc_lab_value_set_boolean (value, "IsValid", TRUE);
    exc_lab_call_write (call, exc_lab_object_new (value));
  }
  return is_found ? EXC_LAB_DONE : exc_lab_call_not_found (call, identity);
}

/* The EdgeSync service that does it: of the subscribed site, running. (nullable) */
static ExcLabServer *
find_lease_holder (ExcLabCall *call, const char *site)
{
  GPtrArray *servers = exc_lab_world_get_servers (call->world);

  for (guint i = 0; i < servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);
    ExcLabService *service = exc_lab_server_find_service (server, "MSExchangeEdgeSync");

    if (!server->is_edge && server->is_up && service != NULL &&
        exc_lab_service_is_up (service, exc_lab_world_now (call->world)) &&
        g_strcmp0 (server->site, site) == 0)
      return server;
  }
  return NULL;
}

/* (transfer full) (nullable): why a server cannot speak to the Edge server */
static char *
dup_failure (ExcLabServer *server)
{
  ExcLabCertificate *certificate;

  if (server == NULL)
    return g_strdup ("No EdgeSync service runs in the subscribed site.");
  certificate = exc_lab_store_find (server->my, server->edge_credentials);
  if (certificate == NULL || certificate->key == NULL)
    return g_strdup_printf ("The EdgeSync credentials of %s cannot be decrypted: the private key "
                            "of the certificate %s that they were encrypted with was not found. "
                            "Create the Edge Subscription again.",
                            server->name,
                            server->edge_credentials != NULL ? server->edge_credentials : "");
  return NULL;
}

static ExcLabOutcome
no_subscriptions (ExcLabCall *call)
{
  return exc_lab_call_error (call,
                             "System.InvalidOperationException",
                             "There are no Edge subscriptions in this organization.");
}

/* Two parts a subscription: configuration, then recipients. */
static void
write_sync_result (ExcLabCall *call,
                   ExcLabSubscription *subscription,
                   const char *type,
                   const char *failure)
{
  const gint64 now = exc_lab_world_now (call->world);
  ExcValue *value = exc_lab_value_new (EDGE_SYNC "Status", subscription->name);

  exc_value_set_property (
      value,
      "Result",
      failure == NULL ? exc_value_new_enum (EDGE_SYNC "StatusResult", "Success", 1)
                      : exc_value_new_enum (EDGE_SYNC "StatusResult", "CouldNotConnect", 4));
  exc_lab_value_set_text (value, "Type", type);
  exc_lab_value_set_text (value, "Name", subscription->name);
  exc_lab_value_set_text (value, "FailureDetails", failure != NULL ? failure : "");
  exc_lab_value_set_time (value, "StartUTC", now);
  exc_lab_value_set_time (value, "EndUTC", now);
  exc_lab_call_write (call, exc_lab_object_new (value));
}

ExcLabOutcome
exc_lab_start_edge_synchronization (ExcLabCall *call)
{
  GPtrArray *subscriptions = exc_lab_world_get_subscriptions (call->world);
  ExcLabOutcome outcome;
  ExcLabServer *server = exc_lab_call_find_server (call, "Server", FALSE, &outcome);
  ExcLabService *service;
  g_autofree char *failure = NULL;

  if (server == NULL)
    return outcome;
  if (subscriptions->len == 0)
    return no_subscriptions (call);
  service = exc_lab_server_find_service (server, "MSExchangeEdgeSync");
  if (!server->is_up || service == NULL ||
      !exc_lab_service_is_up (service, exc_lab_world_now (call->world)))
    return exc_lab_call_error (call,
                               "Microsoft.Exchange.Rpc.RpcException",
                               "Microsoft Exchange couldn't connect to the Microsoft Exchange "
                               "EdgeSync service on server %s.",
                               server->name);
  failure = dup_failure (server);
  for (guint i = 0; i < subscriptions->len; i++) {
    write_sync_result (call, g_ptr_array_index (subscriptions, i), "Configuration", failure);
    write_sync_result (call, g_ptr_array_index (subscriptions, i), "Recipients", failure);
  }
  return EXC_LAB_DONE;
}

/* A server of the site whose credentials are lost fails as soon as it takes the lease: it is
 * found whichever holds it now. */
static char *
dup_site_failure (ExcLabCall *call, const char *site)
{
  GPtrArray *servers = exc_lab_world_get_servers (call->world);

  for (guint i = 0; i < servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);
    char *failure = server->edge_credentials != NULL && g_strcmp0 (server->site, site) == 0
                        ? dup_failure (server)
                        : NULL;

    if (failure != NULL)
      return failure;
  }
  return NULL;
}

ExcLabOutcome
exc_lab_test_edge_synchronization (ExcLabCall *call)
{
  GPtrArray *subscriptions = exc_lab_world_get_subscriptions (call->world);

  if (subscriptions->len == 0)
    return no_subscriptions (call);
  for (guint i = 0; i < subscriptions->len; i++) {
    ExcLabSubscription *subscription = g_ptr_array_index (subscriptions, i);
    ExcLabServer *holder = find_lease_holder (call, subscription->site);
    g_autofree char *failure =
        holder != NULL ? dup_site_failure (call, subscription->site) : dup_failure (NULL);
    ExcValue *value = exc_lab_value_new (EDGE_SYNC "EdgeSubscriptionStatus", subscription->name);

    exc_lab_value_set_text (value, "Name", subscription->name);
    exc_value_set_property (value,
                            "SyncStatus",
                            failure == NULL
                                ? exc_value_new_enum (EDGE_SYNC "ValidationStatus", "Normal", 1)
                                : exc_value_new_enum (EDGE_SYNC "ValidationStatus", "Failed", 3));
    exc_lab_value_set_time (value, "UtcNow", exc_lab_world_now (call->world));
    exc_lab_value_set_text (value, "LeaseHolder", holder != NULL ? holder->name : NULL);
    exc_lab_value_set_text (value, "FailureDetail", failure != NULL ? failure : "");
    exc_lab_call_write (call, exc_lab_object_new (value));
  }
  return EXC_LAB_DONE;
}
