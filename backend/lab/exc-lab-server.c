/* exc-lab-server.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-server"

#include "config.h"

#include "exc-lab-server.h"

/* More than any reading wants; a lab that runs for months must not grow without end. */
#define MAX_EVENTS 200

static void
binding_free (ExcLabBinding *self)
{
  g_free (self->site);
  g_free (self->address);
  g_free (self);
}

static void
ssl_entry_free (ExcLabSslEntry *self)
{
  g_free (self->address);
  g_free (self->hash);
  g_free (self->app_id);
  g_free (self);
}

static void
service_free (ExcLabService *self)
{
  g_free (self->name);
  g_free (self->start_type);
  g_free (self);
}

static void
event_free (ExcLabEvent *self)
{
  g_free (self->log);
  g_free (self->source);
  g_free (self->message);
  g_free (self);
}

ExcLabConnector *
exc_lab_connector_new (const char *name)
{
  ExcLabConnector *self = g_new0 (ExcLabConnector, 1);

  self->name = g_strdup (name);
  self->is_enabled = TRUE;
  return self;
}

void
exc_lab_connector_free (ExcLabConnector *self)
{
  g_free (self->name);
  g_free (self->fqdn);
  g_free (self->tls_certificate_name);
  g_free (self->auth_mechanism);
  g_free (self->transport_role);
  g_strfreev (self->transport_servers);
  g_free (self);
}

/**
 * exc_lab_server_new:
 * @name: the computer's name
 * @domain: the Active Directory domain
 *
 * Returns: (transfer full): a server without certificates, sites and services, and up
 */
ExcLabServer *
exc_lab_server_new (const char *name, const char *domain)
{
  ExcLabServer *self = g_new0 (ExcLabServer, 1);
  g_autofree char *lower = g_ascii_strdown (name, -1);

  self->name = g_strdup (name);
  self->domain = g_strdup (domain);
  self->fqdn = g_strconcat (lower, ".", domain, NULL);
  self->is_up = TRUE;
  self->my = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_lab_certificate_unref);
  self->root = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_lab_certificate_unref);
  self->request = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_lab_certificate_unref);
  self->bindings = g_ptr_array_new_with_free_func ((GDestroyNotify) binding_free);
  self->ssl_entries = g_ptr_array_new_with_free_func ((GDestroyNotify) ssl_entry_free);
  self->services = g_ptr_array_new_with_free_func ((GDestroyNotify) service_free);
  self->connectors = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_lab_connector_free);
  self->databases = g_ptr_array_new_with_free_func (g_free);
  self->failed = g_ptr_array_new_with_free_func (g_free);
  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify) event_free);
  self->without_tls = g_ptr_array_new_with_free_func (g_free);
  self->wmsvc_port = 8172;
  return self;
}

void
exc_lab_server_free (ExcLabServer *self)
{
  g_free (self->name);
  g_free (self->fqdn);
  g_free (self->domain);
  g_free (self->site);
  g_free (self->version);
  g_free (self->edition);
  g_ptr_array_unref (self->my);
  g_ptr_array_unref (self->root);
  g_ptr_array_unref (self->request);
  g_ptr_array_unref (self->bindings);
  g_ptr_array_unref (self->ssl_entries);
  g_ptr_array_unref (self->services);
  g_ptr_array_unref (self->connectors);
  g_ptr_array_unref (self->databases);
  g_ptr_array_unref (self->failed);
  g_ptr_array_unref (self->events);
  g_ptr_array_unref (self->without_tls);
  g_free (self->internal_transport);
  g_free (self->pop_name);
  g_free (self->imap_name);
  g_free (self->wmsvc_hash);
  g_free (self->um_mode);
  g_free (self->um_hash);
  g_free (self->um_call_router_mode);
  g_free (self->um_call_router_hash);
  g_free (self->edge_credentials);
  g_free (self);
}

ExcLabCertificate *
exc_lab_store_find (GPtrArray *store, const char *thumbprint)
{
  if (thumbprint == NULL)
    return NULL;
  for (guint i = 0; i < store->len; i++) {
    ExcLabCertificate *certificate = g_ptr_array_index (store, i);

    if (g_ascii_strcasecmp (certificate->x509->sha1, thumbprint) == 0)
      return certificate;
  }
  return NULL;
}

gboolean
exc_lab_store_remove (GPtrArray *store, const char *thumbprint)
{
  ExcLabCertificate *certificate = exc_lab_store_find (store, thumbprint);

  return certificate != NULL && g_ptr_array_remove (store, certificate);
}

ExcLabBinding *
exc_lab_server_add_binding (ExcLabServer *self, const char *site, const char *address, guint16 port)
{
  ExcLabBinding *binding = g_new0 (ExcLabBinding, 1);

  binding->site = g_strdup (site);
  binding->address = g_strdup (address);
  binding->port = port;
  g_ptr_array_add (self->bindings, binding);
  return binding;
}

ExcLabBinding *
exc_lab_server_find_binding (ExcLabServer *self,
                             const char *site,
                             const char *address,
                             guint16 port)
{
  for (guint i = 0; i < self->bindings->len; i++) {
    ExcLabBinding *binding = g_ptr_array_index (self->bindings, i);

    if (binding->port == port && g_ascii_strcasecmp (binding->site, site) == 0 &&
        (address == NULL || g_str_equal (binding->address, address)))
      return binding;
  }
  return NULL;
}

static const char *
to_http_sys (const char *address)
{
  return *address == '\0' || g_str_equal (address, "*") ? "0.0.0.0" : address;
}

static ExcLabSslEntry *
find_ssl_entry (ExcLabServer *self, const char *address, guint16 port)
{
  for (guint i = 0; i < self->ssl_entries->len; i++) {
    ExcLabSslEntry *entry = g_ptr_array_index (self->ssl_entries, i);

    if (entry->port == port && g_str_equal (entry->address, to_http_sys (address)))
      return entry;
  }
  return NULL;
}

const char *
exc_lab_server_get_ssl_hash (ExcLabServer *self, const char *address, guint16 port)
{
  ExcLabSslEntry *entry = find_ssl_entry (self, address, port);

  return entry != NULL ? entry->hash : NULL;
}

void
exc_lab_server_set_ssl_hash (
    ExcLabServer *self, const char *address, guint16 port, const char *hash, const char *app_id)
{
  ExcLabSslEntry *entry = find_ssl_entry (self, address, port);

  if (hash == NULL) {
    if (entry != NULL)
      g_ptr_array_remove (self->ssl_entries, entry);
    return;
  }
  if (entry == NULL) {
    entry = g_new0 (ExcLabSslEntry, 1);
    entry->address = g_strdup (to_http_sys (address));
    entry->port = port;
    g_ptr_array_add (self->ssl_entries, entry);
  }
  g_free (entry->hash);
  entry->hash = g_ascii_strup (hash, -1);
  g_free (entry->app_id);
  entry->app_id = g_strdup (app_id);
}

ExcLabCertificate *
exc_lab_server_find_served (ExcLabServer *self, const char *address, guint16 port)
{
  ExcLabSslEntry *entry = find_ssl_entry (self, address, port);
  ExcLabCertificate *certificate;

  if (entry == NULL)
    entry = find_ssl_entry (self, "*", port);
  if (entry == NULL)
    return NULL;
  certificate = exc_lab_store_find (self->my, entry->hash);
  return certificate != NULL && certificate->key != NULL ? certificate : NULL;
}

ExcLabService *
exc_lab_server_add_service (ExcLabServer *self,
                            const char *name,
                            gboolean is_running,
                            const char *start_type,
                            guint restart_s)
{
  ExcLabService *service = g_new0 (ExcLabService, 1);

  service->name = g_strdup (name);
  service->is_running = is_running;
  service->start_type = g_strdup (start_type);
  service->restart_s = restart_s;
  g_ptr_array_add (self->services, service);
  return service;
}

ExcLabService *
exc_lab_server_find_service (ExcLabServer *self, const char *name)
{
  for (guint i = 0; i < self->services->len; i++) {
    ExcLabService *service = g_ptr_array_index (self->services, i);

    if (g_ascii_strcasecmp (service->name, name) == 0)
      return service;
  }
  return NULL;
}

gboolean
exc_lab_service_is_up (ExcLabService *self, gint64 now)
{
  return self->is_running && now >= self->back_at;
}

void
exc_lab_server_add_event (ExcLabServer *self,
                          gint64 time,
                          const char *log,
                          const char *source,
                          guint id,
                          const char *message)
{
  ExcLabEvent *event = g_new0 (ExcLabEvent, 1);

  event->time = time;
  event->log = g_strdup (log);
  event->source = g_strdup (source);
  event->id = id;
  event->message = g_strdup (message);
  g_ptr_array_add (self->events, event);
  if (self->events->len > MAX_EVENTS)
    g_ptr_array_remove_index (self->events, 0);
}

void
exc_lab_server_set_internal_transport (ExcLabServer *self, ExcLabCertificate *certificate)
{
  ExcLabCertificate *encrypting = exc_lab_store_find (self->my, self->edge_credentials);

  g_free (self->internal_transport);
  self->internal_transport = g_strdup (certificate->x509->sha1);
  if (encrypting != NULL && encrypting->key != NULL) {
    g_free (self->edge_credentials);
    self->edge_credentials = g_strdup (certificate->x509->sha1);
  }
}
