/* exc-lab-scenario-organization.c — Auth Configuration, connectors and partners of a scenario
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-scenario"

#include "config.h"

#include <glib/gi18n.h>

#include "exc-error.h"
#include "exc-lab-data.h"
#include "exc-lab-scenario-private.h"

#define AUTH        "CN=Microsoft Exchange Server Auth Certificate"
#define AUTH_NAME   "Microsoft Exchange Server Auth Certificate"
#define AUTH_DAYS   1800 /* of setup (domain.md 0) */

#define OTHER_SITES "after 6 hours"

static gboolean
is_named (JsonObject *from, const char *member, ExcLabServer *server)
{
  g_auto(GStrv) names = exc_lab_json_dup_strings (from, member);

  return g_strv_contains ((const char *const *) names, server->name);
}

/* A certificate with key on every Mailbox server, or on those that "servers" names; in nobody's
 * Root store (domain.md 0). */
static gboolean
spread (ExcLabWorld *self, JsonObject *from, ExcLabCertificate *certificate, GError **error)
{
  GPtrArray *servers = exc_lab_world_get_servers (self);
  const gboolean is_everywhere = !json_object_has_member (from, "servers");

  for (guint i = 0; i < servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);
    ExcLabCertificate *copy;

    if (server->is_edge || (!is_everywhere && !is_named (from, "servers", server)))
      continue;
    copy = exc_lab_certificate_new (certificate->x509->der, certificate->key, error);
    if (copy == NULL)
      return FALSE;
    copy->friendly_name = g_strdup (certificate->friendly_name);
    copy->exportable = TRUE;
    copy->network_service = TRUE;
    g_ptr_array_add (server->my, copy);
  }
  return TRUE;
}

/* (transfer full) (nullable): an Auth certificate, where @from says */
static ExcLabCertificate *
add_auth_certificate (ExcLabWorld *self, JsonObject *from, GError **error)
{
  g_autoptr(ExcLabCertificate) certificate = NULL;
  gint64 not_after;

  if (!exc_lab_scenario_parse_date (exc_lab_scenario_get_string (from, "notAfter", ""),
                                    exc_lab_world_now (self),
                                    &not_after,
                                    error))
    return NULL;
  certificate = exc_lab_scenario_make (
      self, AUTH, NULL, not_after - AUTH_DAYS * (gint64) DAY, not_after, NULL, FALSE, error);
  if (certificate == NULL)
    return NULL;
  certificate->friendly_name =
      g_strdup (exc_lab_scenario_get_string (from, "friendlyName", AUTH_NAME));
  return spread (self, from, certificate, error) ? g_steal_pointer (&certificate) : NULL;
}

/* "at once", "after 6 hours", "never" */
static gboolean
parse_other_sites (const char *text, gint64 *seconds, GError **error)
{
  char *end = NULL;
  gint64 hours;

  if (g_str_equal (text, "at once") || g_str_equal (text, "never")) {
    *seconds = g_str_equal (text, "never") ? EXC_LAB_NEVER : 0;
    return TRUE;
  }
  hours = g_str_has_prefix (text, "after ") ? g_ascii_strtoll (text + 6, &end, 10) : 0;
  if (hours > 0 && g_str_has_prefix (end, " hour")) {
    *seconds = hours * 60 * 60;
    return TRUE;
  }
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_INPUT,
               _("“%s” is not a time for “otherSites”; use “at once”, “after 6 hours” or "
                 "“never”."),
                  text);
  return FALSE;
}

/* Older ones that were left in the stores, and the next or previous one ("as"). */
static gboolean
add_other_auth (ExcLabWorld *self, JsonObject *from, GError **error)
{
  ExcLabAuthConfig *auth = exc_lab_world_get_auth_config (self);
  const char *role = exc_lab_scenario_get_string (from, "as", "");
  g_autoptr(ExcLabCertificate) certificate = add_auth_certificate (self, from, error);

  if (certificate == NULL)
    return FALSE;
  if (g_str_equal (role, "previous"))
    exc_lab_set_text (&auth->previous, certificate->x509->sha1);
  if (!g_str_equal (role, "next"))
    return TRUE;
  exc_lab_set_text (&auth->next, certificate->x509->sha1);
  return exc_lab_scenario_parse_date (exc_lab_scenario_get_string (from, "effective", ""),
                                      exc_lab_world_now (self),
                                      &auth->next_effective,
                                      error);
}

static gboolean
add_auth (ExcLabWorld *self, JsonObject *from, GError **error)
{
  GPtrArray *servers = exc_lab_world_get_servers (self);
  ExcLabAuthConfig *auth = exc_lab_world_get_auth_config (self);
  g_autoptr(ExcLabCertificate) certificate = add_auth_certificate (self, from, error);
  g_autoptr(GPtrArray) others = exc_lab_json_get_objects (from, "others");

  if (certificate == NULL ||
      !parse_other_sites (exc_lab_scenario_get_string (from, "otherSites", OTHER_SITES),
                          &auth->other_sites_s,
                          error))
    return FALSE;
  auth->current = g_strdup (certificate->x509->sha1);
  auth->changed = certificate->x509->not_before;
  for (guint i = 0; i < others->len; i++) {
    if (!add_other_auth (self, g_ptr_array_index (others, i), error))
      return FALSE;
  }
  /* where somebody answered Yes when it was created */
  for (guint i = 0; i < servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);

    if (is_named (from, "internalTransportOf", server))
      exc_lab_set_text (&server->internal_transport, auth->current);
  }
  return TRUE;
}

gboolean
exc_lab_scenario_add_authority (ExcLabWorld *self, JsonObject *object, GError **error)
{
  JsonObject *from = exc_lab_json_get_object (object, "authority");
  const gint64 now = exc_lab_world_now (self);
  g_autoptr(ExcLabCertificate) authority = NULL;

  if (from == NULL)
    return TRUE;
  authority =
      exc_lab_scenario_make (self,
                             exc_lab_scenario_get_string (from, "subject", "CN=Lab Public CA"),
                             NULL,
                             now - 2000 * (gint64) DAY,
                             now + 5000 * (gint64) DAY,
                             NULL,
                             TRUE,
                             error);
  if (authority == NULL)
    return FALSE;
  exc_lab_world_set_authority (self, authority);
  return TRUE;
}

static void
add_send_connectors (ExcLabWorld *self, JsonObject *object)
{
  g_autoptr(GPtrArray) connectors = exc_lab_json_get_objects (object, "sendConnectors");

  for (guint i = 0; i < connectors->len; i++) {
    JsonObject *from = g_ptr_array_index (connectors, i);
    ExcLabConnector *connector =
        exc_lab_connector_new (exc_lab_scenario_get_string (from, "name", "Internet"));

    connector->fqdn = g_strdup (exc_lab_json_get_string (from, "fqdn"));
    connector->tls_certificate_name =
        g_strdup (exc_lab_json_get_string (from, "tlsCertificateName"));
    connector->requires_tls =
        json_object_get_boolean_member_with_default (from, "requireTls", FALSE);
    connector->is_cloud = json_object_get_boolean_member_with_default (from, "cloud", FALSE);
    connector->transport_servers = exc_lab_json_dup_strings (from, "transportServers");
    g_ptr_array_add (exc_lab_world_get_send_connectors (self), connector);
  }
}

/* [{"server": "EXCH01", "name": "Default Frontend EXCH01", "tlsCertificateName": "<I>…<S>…"}] */
static void
tag_receive_connectors (ExcLabWorld *self, JsonObject *object)
{
  g_autoptr(GPtrArray) tags = exc_lab_json_get_objects (object, "receiveConnectors");

  for (guint i = 0; i < tags->len; i++) {
    JsonObject *from = g_ptr_array_index (tags, i);
    ExcLabServer *server =
        exc_lab_world_find_server (self, exc_lab_json_get_string (from, "server"));

    for (guint j = 0; server != NULL && j < server->connectors->len; j++) {
      ExcLabConnector *connector = g_ptr_array_index (server->connectors, j);

      if (g_strcmp0 (connector->name, exc_lab_json_get_string (from, "name")) == 0)
        exc_lab_set_text (&connector->tls_certificate_name,
                          exc_lab_json_get_string (from, "tlsCertificateName"));
    }
  }
}

static void
add_hybrid (ExcLabWorld *self, JsonObject *from)
{
  ExcLabHybrid *hybrid = exc_lab_world_add_hybrid (self);

  hybrid->tls_certificate_name = g_strdup (exc_lab_json_get_string (from, "tlsCertificateName"));
  hybrid->domains = exc_lab_json_dup_strings (from, "domains");
  hybrid->receiving = exc_lab_json_dup_strings (from, "receiving");
  hybrid->sending = exc_lab_json_dup_strings (from, "sending");
  hybrid->edges = exc_lab_json_dup_strings (from, "edges");
}

static gboolean
add_federation (ExcLabWorld *self, JsonObject *from, GError **error)
{
  ExcLabFederation *federation = exc_lab_world_add_federation (self);
  g_autoptr(ExcLabCertificate) certificate = NULL;
  gint64 not_after;

  federation->name =
      g_strdup (exc_lab_scenario_get_string (from, "name", "Microsoft Federation Gateway"));
  if (!exc_lab_scenario_parse_date (exc_lab_scenario_get_string (from, "notAfter", ""),
                                    exc_lab_world_now (self),
                                    &not_after,
                                    error))
    return FALSE;
  certificate = exc_lab_scenario_make (self,
                                       "CN=Federation",
                                       NULL,
                                       not_after - AUTH_DAYS * (gint64) DAY,
                                       not_after,
                                       NULL,
                                       FALSE,
                                       error);
  if (certificate == NULL)
    return FALSE;
  certificate->friendly_name = g_strdup ("Exchange Delegation Federation");
  federation->current = g_strdup (certificate->x509->sha1);
  return spread (self, from, certificate, error);
}

/* Subscribing encrypts the credentials with each server's internal transport certificate. */
static void
add_subscriptions (ExcLabWorld *self, JsonObject *object)
{
  g_autoptr(GPtrArray) subscriptions = exc_lab_json_get_objects (object, "edgeSubscriptions");
  GPtrArray *servers = exc_lab_world_get_servers (self);

  for (guint i = 0; i < subscriptions->len; i++) {
    JsonObject *from = g_ptr_array_index (subscriptions, i);
    const char *site = exc_lab_scenario_get_string (from, "site", "Default-First-Site-Name");

    exc_lab_world_add_subscription (
        self, exc_lab_scenario_get_string (from, "name", "EDGE01"), site);
    for (guint j = 0; j < servers->len; j++) {
      ExcLabServer *server = g_ptr_array_index (servers, j);

      if (!server->is_edge && g_strcmp0 (server->site, site) == 0)
        exc_lab_set_text (&server->edge_credentials, server->internal_transport);
    }
  }
}

gboolean
exc_lab_scenario_add_organization (ExcLabWorld *self, JsonObject *from, GError **error)
{
  JsonObject *auth = exc_lab_json_get_object (from, "auth");
  JsonObject *dag = exc_lab_json_get_object (from, "dag");
  JsonObject *hybrid = exc_lab_json_get_object (from, "hybrid");
  JsonObject *federation = exc_lab_json_get_object (from, "federation");

  if (auth != NULL && !add_auth (self, auth, error))
    return FALSE;
  if (dag != NULL) {
    g_auto(GStrv) members = exc_lab_json_dup_strings (dag, "servers");

    exc_lab_world_set_dag (
        self, exc_lab_scenario_get_string (dag, "name", "DAG1"), (const char *const *) members);
  }
  add_send_connectors (self, from);
  tag_receive_connectors (self, from);
  if (hybrid != NULL)
    add_hybrid (self, hybrid);
  if (federation != NULL && !add_federation (self, federation, error))
    return FALSE;
  add_subscriptions (self, from);
  return TRUE;
}
