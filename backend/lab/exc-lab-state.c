/* exc-lab-state.c — the world as JSON, out and in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-state"

#include "config.h"

#include <glib/gi18n.h>

#include "exc-error.h"
#include "exc-lab-data.h"
#include "exc-lab-state-private.h"

#define FORMAT 1

void
exc_lab_state_begin_array (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
}

void
exc_lab_state_add_strings (JsonBuilder *builder, const char *name, GStrv texts)
{
  exc_lab_state_begin_array (builder, name);
  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    json_builder_add_string_value (builder, texts[i]);
  json_builder_end_array (builder);
}

static void
add_certificate (JsonBuilder *builder, ExcLabCertificate *certificate, gboolean with_keys)
{
  g_autofree char *der = g_base64_encode (g_bytes_get_data (certificate->x509->der, NULL),
                                          g_bytes_get_size (certificate->x509->der));

  json_builder_begin_object (builder);
  exc_json_add_text (builder, "thumbprint", certificate->x509->sha1);
  exc_json_add_text (builder, "subject", certificate->x509->subject);
  exc_json_add_int (builder, "notBefore", certificate->x509->not_before);
  exc_json_add_int (builder, "notAfter", certificate->x509->not_after);
  exc_json_add_text (builder, "friendlyName", certificate->friendly_name);
  exc_json_add_text (builder, "provider", certificate->provider);
  exc_json_add_boolean (builder, "hasKey", certificate->key != NULL);
  exc_json_add_boolean (builder, "exportable", certificate->exportable);
  exc_json_add_boolean (builder, "networkService", certificate->network_service);
  exc_json_add_text (builder, "request", certificate->request);
  exc_json_add_text (builder, "der", der);
  if (with_keys && certificate->key != NULL) {
    g_autofree char *pem = exc_lab_key_to_pem (certificate->key);

    exc_json_add_text (builder, "key", pem);
    OPENSSL_cleanse (pem, strlen (pem));
  }
  json_builder_end_object (builder);
}

static void
add_store (JsonBuilder *builder, const char *name, GPtrArray *store, gboolean with_keys)
{
  exc_lab_state_begin_array (builder, name);
  for (guint i = 0; i < store->len; i++)
    add_certificate (builder, g_ptr_array_index (store, i), with_keys);
  json_builder_end_array (builder);
}

static void
add_connectors (JsonBuilder *builder, const char *name, GPtrArray *connectors)
{
  exc_lab_state_begin_array (builder, name);
  for (guint i = 0; i < connectors->len; i++) {
    ExcLabConnector *connector = g_ptr_array_index (connectors, i);

    json_builder_begin_object (builder);
    exc_json_add_text (builder, "name", connector->name);
    exc_json_add_text (builder, "fqdn", connector->fqdn);
    exc_json_add_text (builder, "tlsCertificateName", connector->tls_certificate_name);
    exc_json_add_text (builder, "authMechanism", connector->auth_mechanism);
    exc_json_add_int (builder, "authFlags", connector->auth_flags);
    exc_json_add_text (builder, "transportRole", connector->transport_role);
    exc_json_add_boolean (builder, "enabled", connector->is_enabled);
    exc_json_add_boolean (builder, "requireTls", connector->requires_tls);
    exc_json_add_boolean (builder, "cloud", connector->is_cloud);
    exc_lab_state_add_strings (builder, "transportServers", connector->transport_servers);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
add_sites (JsonBuilder *builder, ExcLabServer *server)
{
  exc_lab_state_begin_array (builder, "bindings");
  for (guint i = 0; i < server->bindings->len; i++) {
    ExcLabBinding *binding = g_ptr_array_index (server->bindings, i);

    json_builder_begin_object (builder);
    exc_json_add_text (builder, "site", binding->site);
    exc_json_add_text (builder, "address", binding->address);
    exc_json_add_int (builder, "port", binding->port);
    exc_json_add_int (builder, "sslFlags", binding->ssl_flags);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);

  exc_lab_state_begin_array (builder, "sslEntries");
  for (guint i = 0; i < server->ssl_entries->len; i++) {
    ExcLabSslEntry *entry = g_ptr_array_index (server->ssl_entries, i);

    json_builder_begin_object (builder);
    exc_json_add_text (builder, "address", entry->address);
    exc_json_add_int (builder, "port", entry->port);
    exc_json_add_text (builder, "hash", entry->hash);
    exc_json_add_text (builder, "appId", entry->app_id);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
add_services (JsonBuilder *builder, ExcLabServer *server)
{
  exc_lab_state_begin_array (builder, "services");
  for (guint i = 0; i < server->services->len; i++) {
    ExcLabService *service = g_ptr_array_index (server->services, i);

    json_builder_begin_object (builder);
    exc_json_add_text (builder, "name", service->name);
    exc_json_add_boolean (builder, "running", service->is_running);
    exc_json_add_text (builder, "startType", service->start_type);
    exc_json_add_int (builder, "restartSeconds", service->restart_s);
    exc_json_add_int (builder, "backAt", service->back_at);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
add_server (JsonBuilder *builder, ExcLabServer *server, gboolean with_keys)
{
  json_builder_begin_object (builder);
  exc_json_add_text (builder, "name", server->name);
  exc_json_add_text (builder, "fqdn", server->fqdn);
  exc_json_add_text (builder, "domain", server->domain);
  exc_json_add_text (builder, "site", server->site);
  exc_json_add_text (builder, "version", server->version);
  exc_json_add_text (builder, "edition", server->edition);
  exc_json_add_boolean (builder, "edge", server->is_edge);
  exc_json_add_boolean (builder, "up", server->is_up);
  exc_json_add_boolean (builder, "requireSsl", server->requires_ssl);
  exc_json_add_text (builder, "internalTransport", server->internal_transport);
  exc_json_add_text (builder, "popCertificateName", server->pop_name);
  exc_json_add_text (builder, "imapCertificateName", server->imap_name);
  exc_json_add_text (builder, "wmsvcHash", server->wmsvc_hash);
  exc_json_add_int (builder, "wmsvcPort", server->wmsvc_port);
  exc_json_add_boolean (builder, "wmsvcRemote", server->wmsvc_remote);
  add_store (builder, "my", server->my, with_keys);
  add_store (builder, "root", server->root, with_keys);
  add_store (builder, "request", server->request, with_keys);
  add_sites (builder, server);
  add_services (builder, server);
  add_connectors (builder, "receiveConnectors", server->connectors);
  exc_lab_state_add_details (builder, server);
  json_builder_end_object (builder);
}

static void
add_organization (JsonBuilder *builder, ExcLabWorld *self, gboolean with_keys)
{
  ExcLabAuthConfig *auth = exc_lab_world_get_auth_config (self);
  ExcLabDag *dag = exc_lab_world_get_dag (self);

  json_builder_set_member_name (builder, "authConfig");
  json_builder_begin_object (builder);
  exc_json_add_text (builder, "current", auth->current);
  exc_json_add_text (builder, "previous", auth->previous);
  exc_json_add_text (builder, "next", auth->next);
  exc_json_add_int (builder, "nextEffective", auth->next_effective);
  exc_json_add_int (builder, "changed", auth->changed);
  exc_json_add_text (builder, "realm", auth->realm);
  exc_json_add_text (builder, "serviceName", auth->service_name);
  exc_json_add_int (builder, "otherSitesSeconds", auth->other_sites_s);
  exc_json_add_int (builder, "deploysAt", auth->deploys_at);
  json_builder_end_object (builder);

  if (dag != NULL) {
    json_builder_set_member_name (builder, "dag");
    json_builder_begin_object (builder);
    exc_json_add_text (builder, "name", dag->name);
    exc_lab_state_add_strings (builder, "servers", dag->servers);
    json_builder_end_object (builder);
  }
  if (exc_lab_world_get_authority (self) != NULL) {
    json_builder_set_member_name (builder, "authority");
    add_certificate (builder, exc_lab_world_get_authority (self), with_keys);
  }
  add_connectors (builder, "sendConnectors", exc_lab_world_get_send_connectors (self));
  exc_lab_state_add_partners (builder, self);
}

JsonNode *
exc_lab_world_to_json (ExcLabWorld *self, gboolean with_keys)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  GPtrArray *servers = exc_lab_world_get_servers (self);

  json_builder_begin_object (builder);
  exc_json_add_int (builder, "format", FORMAT);
  exc_json_add_text (builder, "scenario", exc_lab_world_get_scenario (self));
  exc_json_add_text (builder, "organization", exc_lab_world_get_organization (self));
  exc_json_add_text (builder, "domain", exc_lab_world_get_domain (self));
  exc_json_add_int (builder, "clockOffset", exc_clock_get_offset (exc_lab_world_get_clock (self)));
  exc_json_add_int (builder, "now", exc_lab_world_now (self));
  exc_json_add_int (builder, "keysTaken", exc_lab_keys_get_n_taken (exc_lab_world_get_keys (self)));
  add_organization (builder, self, with_keys);
  exc_lab_state_begin_array (builder, "servers");
  for (guint i = 0; i < servers->len; i++)
    add_server (builder, g_ptr_array_index (servers, i), with_keys);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

/* Reading: what is missing has its default; what is there must have its type. */

gint64
exc_lab_state_get_int (JsonObject *object, const char *name)
{
  return json_object_get_int_member_with_default (object, name, 0);
}

gboolean
exc_lab_state_get_boolean (JsonObject *object, const char *name)
{
  return json_object_get_boolean_member_with_default (object, name, FALSE);
}

static ExcLabCertificate *
read_certificate (JsonObject *object, GError **error)
{
  const char *text = exc_lab_json_get_string (object, "der");
  const char *pem = exc_lab_json_get_string (object, "key");
  g_autoptr(EVP_PKEY) key = NULL;
  g_autoptr(GBytes) der = NULL;
  ExcLabCertificate *certificate;
  guchar *data;
  gsize length;

  if (text == NULL) {
    g_set_error (error, EXC_ERROR, EXC_ERROR_INPUT, _("A certificate has no “der”."));
    return NULL;
  }
  if (pem != NULL && (key = exc_lab_key_from_pem (pem, error)) == NULL)
    return NULL;
  data = g_base64_decode (text, &length);
  der = g_bytes_new_take (data, length);
  certificate = exc_lab_certificate_new (der, key, error);
  if (certificate == NULL)
    return NULL;
  certificate->friendly_name = g_strdup (exc_lab_json_get_string (object, "friendlyName"));
  g_free (certificate->provider);
  certificate->provider = g_strdup (exc_lab_json_get_string (object, "provider"));
  certificate->exportable = exc_lab_state_get_boolean (object, "exportable");
  certificate->network_service = exc_lab_state_get_boolean (object, "networkService");
  certificate->request = g_strdup (exc_lab_json_get_string (object, "request"));
  return certificate;
}

static gboolean
read_store (JsonObject *object, const char *name, GPtrArray *store, GError **error)
{
  g_autoptr(GPtrArray) objects = exc_lab_json_get_objects (object, name);

  for (guint i = 0; i < objects->len; i++) {
    ExcLabCertificate *certificate = read_certificate (g_ptr_array_index (objects, i), error);

    if (certificate == NULL)
      return FALSE;
    g_ptr_array_add (store, certificate);
  }
  return TRUE;
}

static void
read_connectors (JsonObject *object, const char *name, GPtrArray *connectors)
{
  g_autoptr(GPtrArray) objects = exc_lab_json_get_objects (object, name);

  for (guint i = 0; i < objects->len; i++) {
    JsonObject *from = g_ptr_array_index (objects, i);
    ExcLabConnector *connector = exc_lab_connector_new (exc_lab_json_get_string (from, "name"));

    connector->fqdn = g_strdup (exc_lab_json_get_string (from, "fqdn"));
    connector->tls_certificate_name =
        g_strdup (exc_lab_json_get_string (from, "tlsCertificateName"));
    connector->auth_mechanism = g_strdup (exc_lab_json_get_string (from, "authMechanism"));
    connector->auth_flags = (int) exc_lab_state_get_int (from, "authFlags");
    connector->transport_role = g_strdup (exc_lab_json_get_string (from, "transportRole"));
    connector->is_enabled = exc_lab_state_get_boolean (from, "enabled");
    connector->requires_tls = exc_lab_state_get_boolean (from, "requireTls");
    connector->is_cloud = exc_lab_state_get_boolean (from, "cloud");
    connector->transport_servers = exc_lab_json_dup_strings (from, "transportServers");
    g_ptr_array_add (connectors, connector);
  }
}

static void
read_sites_and_services (JsonObject *object, ExcLabServer *server)
{
  g_autoptr(GPtrArray) bindings = exc_lab_json_get_objects (object, "bindings");
  g_autoptr(GPtrArray) entries = exc_lab_json_get_objects (object, "sslEntries");
  g_autoptr(GPtrArray) services = exc_lab_json_get_objects (object, "services");

  for (guint i = 0; i < bindings->len; i++) {
    JsonObject *from = g_ptr_array_index (bindings, i);
    ExcLabBinding *binding =
        exc_lab_server_add_binding (server,
                                    exc_lab_json_get_string (from, "site"),
                                    exc_lab_json_get_string (from, "address"),
                                    (guint16) exc_lab_state_get_int (from, "port"));

    binding->ssl_flags = (int) exc_lab_state_get_int (from, "sslFlags");
  }
  for (guint i = 0; i < entries->len; i++) {
    JsonObject *from = g_ptr_array_index (entries, i);

    exc_lab_server_set_ssl_hash (server,
                                 exc_lab_json_get_string (from, "address"),
                                 (guint16) exc_lab_state_get_int (from, "port"),
                                 exc_lab_json_get_string (from, "hash"),
                                 exc_lab_json_get_string (from, "appId"));
  }
  for (guint i = 0; i < services->len; i++) {
    JsonObject *from = g_ptr_array_index (services, i);
    ExcLabService *service =
        exc_lab_server_add_service (server,
                                    exc_lab_json_get_string (from, "name"),
                                    exc_lab_state_get_boolean (from, "running"),
                                    exc_lab_json_get_string (from, "startType"),
                                    (guint) exc_lab_state_get_int (from, "restartSeconds"));

    service->back_at = exc_lab_state_get_int (from, "backAt");
  }
}

static gboolean
read_server (ExcLabWorld *self, JsonObject *object, GError **error)
{
  g_autoptr(ExcLabServer) server = NULL;

  if (exc_lab_json_get_string (object, "name") == NULL ||
      exc_lab_json_get_string (object, "domain") == NULL) {
    g_set_error (error, EXC_ERROR, EXC_ERROR_INPUT, _("A server has no “name” or no “domain”."));
    return FALSE;
  }
  server = exc_lab_server_new (exc_lab_json_get_string (object, "name"),
                               exc_lab_json_get_string (object, "domain"));
  server->site = g_strdup (exc_lab_json_get_string (object, "site"));
  server->version = g_strdup (exc_lab_json_get_string (object, "version"));
  server->edition = g_strdup (exc_lab_json_get_string (object, "edition"));
  server->is_edge = exc_lab_state_get_boolean (object, "edge");
  server->is_up = exc_lab_state_get_boolean (object, "up");
  server->requires_ssl = exc_lab_state_get_boolean (object, "requireSsl");
  server->internal_transport = g_strdup (exc_lab_json_get_string (object, "internalTransport"));
  server->pop_name = g_strdup (exc_lab_json_get_string (object, "popCertificateName"));
  server->imap_name = g_strdup (exc_lab_json_get_string (object, "imapCertificateName"));
  server->wmsvc_hash = g_strdup (exc_lab_json_get_string (object, "wmsvcHash"));
  server->wmsvc_port = (guint16) exc_lab_state_get_int (object, "wmsvcPort");
  server->wmsvc_remote = exc_lab_state_get_boolean (object, "wmsvcRemote");
  if (!read_store (object, "my", server->my, error) ||
      !read_store (object, "root", server->root, error) ||
      !read_store (object, "request", server->request, error))
    return FALSE;
  read_sites_and_services (object, server);
  read_connectors (object, "receiveConnectors", server->connectors);
  exc_lab_state_read_details (object, server);
  g_ptr_array_add (exc_lab_world_get_servers (self), g_steal_pointer (&server));
  return TRUE;
}

static gboolean
read_organization (ExcLabWorld *self, JsonObject *object, GError **error)
{
  ExcLabAuthConfig *auth = exc_lab_world_get_auth_config (self);
  JsonObject *from = exc_lab_json_get_object (object, "authConfig");

  if (from != NULL) {
    auth->current = g_strdup (exc_lab_json_get_string (from, "current"));
    auth->previous = g_strdup (exc_lab_json_get_string (from, "previous"));
    auth->next = g_strdup (exc_lab_json_get_string (from, "next"));
    auth->next_effective = exc_lab_state_get_int (from, "nextEffective");
    auth->changed = exc_lab_state_get_int (from, "changed");
    auth->realm = g_strdup (exc_lab_json_get_string (from, "realm"));
    auth->service_name = g_strdup (exc_lab_json_get_string (from, "serviceName"));
    auth->other_sites_s = exc_lab_state_get_int (from, "otherSitesSeconds");
    auth->deploys_at = exc_lab_state_get_int (from, "deploysAt");
  }
  from = exc_lab_json_get_object (object, "dag");
  if (from != NULL) {
    g_auto(GStrv) servers = exc_lab_json_dup_strings (from, "servers");

    exc_lab_world_set_dag (
        self, exc_lab_json_get_string (from, "name"), (const char *const *) servers);
  }
  from = exc_lab_json_get_object (object, "authority");
  if (from != NULL) {
    g_autoptr(ExcLabCertificate) authority = read_certificate (from, error);

    if (authority == NULL)
      return FALSE;
    exc_lab_world_set_authority (self, authority);
  }
  read_connectors (object, "sendConnectors", exc_lab_world_get_send_connectors (self));
  exc_lab_state_read_partners (object, self);
  return TRUE;
}

/**
 * exc_lab_world_from_json:
 * @self: a world; what was in it is gone, also after an error
 * @node: what exc_lab_world_to_json gave, with keys
 */
gboolean
exc_lab_world_from_json (ExcLabWorld *self, JsonNode *node, GError **error)
{
  g_autoptr(GPtrArray) servers = NULL;
  JsonObject *object;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node) ||
      exc_lab_state_get_int (json_node_get_object (node), "format") != FORMAT) {
    g_set_error (error, EXC_ERROR, EXC_ERROR_INPUT, _("This is not a lab of this version."));
    return FALSE;
  }
  object = json_node_get_object (node);
  exc_lab_world_clear (self);
  exc_lab_world_set_names (self,
                           exc_lab_json_get_string (object, "scenario"),
                           exc_lab_json_get_string (object, "organization"),
                           exc_lab_json_get_string (object, "domain"));
  exc_lab_keys_set_n_taken (exc_lab_world_get_keys (self),
                            (guint) exc_lab_state_get_int (object, "keysTaken"));
  if (!read_organization (self, object, error))
    return FALSE;
  servers = exc_lab_json_get_objects (object, "servers");
  for (guint i = 0; i < servers->len; i++) {
    if (!read_server (self, g_ptr_array_index (servers, i), error))
      return FALSE;
  }
  exc_clock_set_offset (exc_lab_world_get_clock (self),
                        exc_lab_state_get_int (object, "clockOffset"));
  return TRUE;
}
