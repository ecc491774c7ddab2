/* exc-lab-state.c — the world as JSON, out and in
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-state"

#include "config.h"

#include <glib/gi18n.h>

#include "exc-error.h"
#include "exc-lab-data.h"
#include "exc-lab-fields.h"
#include "exc-lab-state-private.h"

#define FORMAT 1

/* What is written and read alike. */

static const ExcLabField certificate_fields[] = {
  EXC_LAB_FIELD ("friendlyName", TEXT, ExcLabCertificate, friendly_name),
  EXC_LAB_FIELD ("provider", TEXT, ExcLabCertificate, provider),
  EXC_LAB_FIELD ("exportable", BOOLEAN, ExcLabCertificate, exportable),
  EXC_LAB_FIELD ("networkService", BOOLEAN, ExcLabCertificate, network_service),
  EXC_LAB_FIELD ("request", TEXT, ExcLabCertificate, request),
};

static const ExcLabField connector_fields[] = {
  EXC_LAB_FIELD ("fqdn", TEXT, ExcLabConnector, fqdn),
  EXC_LAB_FIELD ("tlsCertificateName", TEXT, ExcLabConnector, tls_certificate_name),
  EXC_LAB_FIELD ("authMechanism", TEXT, ExcLabConnector, auth_mechanism),
  EXC_LAB_FIELD ("authFlags", INT, ExcLabConnector, auth_flags),
  EXC_LAB_FIELD ("transportRole", TEXT, ExcLabConnector, transport_role),
  EXC_LAB_FIELD ("enabled", BOOLEAN, ExcLabConnector, is_enabled),
  EXC_LAB_FIELD ("requireTls", BOOLEAN, ExcLabConnector, requires_tls),
  EXC_LAB_FIELD ("cloud", BOOLEAN, ExcLabConnector, is_cloud),
  EXC_LAB_FIELD ("transportServers", TEXTS, ExcLabConnector, transport_servers),
};

static const ExcLabField server_fields[] = {
  EXC_LAB_FIELD ("site", TEXT, ExcLabServer, site),
  EXC_LAB_FIELD ("version", TEXT, ExcLabServer, version),
  EXC_LAB_FIELD ("edition", TEXT, ExcLabServer, edition),
  EXC_LAB_FIELD ("edge", BOOLEAN, ExcLabServer, is_edge),
  EXC_LAB_FIELD ("up", BOOLEAN, ExcLabServer, is_up),
  EXC_LAB_FIELD ("requireSsl", BOOLEAN, ExcLabServer, requires_ssl),
  EXC_LAB_FIELD ("internalTransport", TEXT, ExcLabServer, internal_transport),
  EXC_LAB_FIELD ("popCertificateName", TEXT, ExcLabServer, pop_name),
  EXC_LAB_FIELD ("imapCertificateName", TEXT, ExcLabServer, imap_name),
  EXC_LAB_FIELD ("wmsvcHash", TEXT, ExcLabServer, wmsvc_hash),
  EXC_LAB_FIELD ("wmsvcPort", PORT, ExcLabServer, wmsvc_port),
  EXC_LAB_FIELD ("wmsvcRemote", BOOLEAN, ExcLabServer, wmsvc_remote),
  EXC_LAB_FIELD ("umMode", TEXT, ExcLabServer, um_mode),
  EXC_LAB_FIELD ("umHash", TEXT, ExcLabServer, um_hash),
  EXC_LAB_FIELD ("umCallRouterMode", TEXT, ExcLabServer, um_call_router_mode),
  EXC_LAB_FIELD ("umCallRouterHash", TEXT, ExcLabServer, um_call_router_hash),
  EXC_LAB_FIELD ("edgeCredentials", TEXT, ExcLabServer, edge_credentials),
  EXC_LAB_FIELD ("hostRun", INT64, ExcLabServer, host_run),
  EXC_LAB_FIELD ("nextServicelets", INT64, ExcLabServer, next_servicelets),
};

static const ExcLabField auth_fields[] = {
  EXC_LAB_FIELD ("current", TEXT, ExcLabAuthConfig, current),
  EXC_LAB_FIELD ("previous", TEXT, ExcLabAuthConfig, previous),
  EXC_LAB_FIELD ("next", TEXT, ExcLabAuthConfig, next),
  EXC_LAB_FIELD ("nextEffective", INT64, ExcLabAuthConfig, next_effective),
  EXC_LAB_FIELD ("changed", INT64, ExcLabAuthConfig, changed),
  EXC_LAB_FIELD ("realm", TEXT, ExcLabAuthConfig, realm),
  EXC_LAB_FIELD ("serviceName", TEXT, ExcLabAuthConfig, service_name),
  EXC_LAB_FIELD ("otherSitesSeconds", INT64, ExcLabAuthConfig, other_sites_s),
  EXC_LAB_FIELD ("deploysAt", INT64, ExcLabAuthConfig, deploys_at),
};

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
  exc_json_add_boolean (builder, "hasKey", certificate->key != NULL);
  exc_lab_fields_write (
      certificate_fields, G_N_ELEMENTS (certificate_fields), certificate, builder);
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
    exc_lab_fields_write (connector_fields, G_N_ELEMENTS (connector_fields), connector, builder);
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
  exc_lab_fields_write (server_fields, G_N_ELEMENTS (server_fields), server, builder);
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
  exc_lab_fields_write (auth_fields, G_N_ELEMENTS (auth_fields), auth, builder);
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
  exc_lab_fields_read (certificate_fields, G_N_ELEMENTS (certificate_fields), certificate, object);
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

    exc_lab_fields_read (connector_fields, G_N_ELEMENTS (connector_fields), connector, from);
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
  exc_lab_fields_read (server_fields, G_N_ELEMENTS (server_fields), server, object);
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

  if (from != NULL)
    exc_lab_fields_read (auth_fields, G_N_ELEMENTS (auth_fields), auth, from);
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
