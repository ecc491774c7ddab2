/* exc-snapshot-builder.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-snapshot"

#include "config.h"

#include "exc-snapshot-private.h"

#include <string.h>

#define FRONT_END_SITE "Default Web Site"
#define BACK_END_SITE  "Exchange Back End"
#define LOOPBACK       "127.0.0.1:"

struct _ExcSnapshotBuilder {
  ExcAuthConfigRecord *auth_config; /* (nullable) */
  ExcSnapshot *previous;            /* (nullable) */
  gint64 now;
  GPtrArray *servers; /* (element-type ExcServer) */
};

static gboolean
is_thumbprint (const char *candidate, ExcCertificateRecord *record)
{
  return candidate != NULL && g_ascii_strcasecmp (candidate, record->thumbprint) == 0;
}

/* "address:port:host" as IIS writes bindings; an IPv6 address stands in brackets. */
static gboolean
binding_has_port (const ExcBindingRecord *binding, const char *port)
{
  const char *host = binding->info != NULL ? strrchr (binding->info, ':') : NULL;
  g_autofree char *suffix = g_strconcat (":", port, NULL);
  g_autofree char *front = NULL;

  if (host == NULL)
    return FALSE;
  front = g_strndup (binding->info, (gsize) (host - binding->info));
  return g_str_has_suffix (front, suffix);
}

static guint
find_binding_uses (ExcCertificateRecord *record, ExcWindowsRecord *windows)
{
  guint uses = 0;

  for (guint i = 0; i < windows->bindings->len; i++) {
    const ExcBindingRecord *binding = windows->bindings->pdata[i];

    if (!is_thumbprint (binding->hash, record) || binding->site == NULL)
      continue;
    if (g_ascii_strcasecmp (binding->site, BACK_END_SITE) == 0 && binding_has_port (binding, "444"))
      uses |= EXC_USE_BACK_END;
    else if (g_ascii_strcasecmp (binding->site, FRONT_END_SITE) == 0 &&
             binding_has_port (binding, "443"))
      uses |= g_str_has_prefix (binding->info, LOOPBACK) ? EXC_USE_FRONT_END_LOOPBACK
                                                         : EXC_USE_FRONT_END;
  }
  return uses;
}

/**
 * exc_find_uses:
 * @record: a certificate of the server
 * @facts: what is known of the server
 * @auth_config: (nullable): the organization's Auth configuration
 *
 * Returns: bits of ExcUses: what was seen to use it. The Services flags are no evidence: they say
 *   S for a readable key and W for any site (domain.md 1.3).
 */
guint
exc_find_uses (ExcCertificateRecord *record,
               ExcServerFacts *facts,
               ExcAuthConfigRecord *auth_config)
{
  guint uses = 0;

  if (is_thumbprint (facts->internal_transport, record))
    uses |= EXC_USE_INTERNAL_TRANSPORT;
  if (auth_config != NULL) {
    if (is_thumbprint (auth_config->current, record))
      uses |= EXC_USE_AUTH_CURRENT;
    if (is_thumbprint (auth_config->next, record))
      uses |= EXC_USE_AUTH_NEXT;
    if (is_thumbprint (auth_config->previous, record))
      uses |= EXC_USE_AUTH_PREVIOUS;
  }
  if (facts->windows != NULL) {
    uses |= find_binding_uses (record, facts->windows);
    if (is_thumbprint (facts->windows->wmsvc_hash, record))
      uses |= EXC_USE_WMSVC;
  }
  return uses;
}

static gboolean
name_is (const char *subject, const char *common_name)
{
  return subject != NULL && g_ascii_strncasecmp (subject, "CN=", 3) == 0 &&
         g_ascii_strcasecmp (subject + 3, common_name) == 0;
}

static gboolean
is_self_issued (ExcCertificateRecord *record)
{
  if (record->is_self_signed != EXC_UNKNOWN)
    return record->is_self_signed == EXC_YES;
  return g_strcmp0 (record->subject, record->issuer) == 0;
}

/**
 * exc_find_kind:
 * @record: a certificate of the server
 * @uses: of exc_find_uses()
 * @facts: what is known of the server
 * @auth_config: (nullable): the organization's Auth configuration
 *
 * Recognises by use (domain.md 0). A name decides only where the use could not be read, and for
 * WMSVC certificates that IIS no more points to, whose Subject nothing else has.
 *
 * Returns: the kind; a certificate of an authority is never one of the three defaults
 */
ExcKind
exc_find_kind (ExcCertificateRecord *record,
               guint uses,
               ExcServerFacts *facts,
               ExcAuthConfigRecord *auth_config)
{
  if (uses & (EXC_USE_AUTH_CURRENT | EXC_USE_AUTH_NEXT | EXC_USE_AUTH_PREVIOUS))
    return EXC_KIND_AUTH;
  if (!is_self_issued (record))
    return EXC_KIND_OTHER;
  if (record->subject != NULL && g_ascii_strncasecmp (record->subject, "CN=WMSvc-", 9) == 0)
    return EXC_KIND_WMSVC;
  if (uses & (EXC_USE_INTERNAL_TRANSPORT | EXC_USE_BACK_END))
    return EXC_KIND_MICROSOFT_EXCHANGE;
  if (uses & EXC_USE_WMSVC)
    return EXC_KIND_WMSVC;
  if (auth_config == NULL &&
      name_is (record->subject, "Microsoft Exchange Server Auth Certificate"))
    return EXC_KIND_AUTH;
  if (facts->internal_transport == NULL && facts->windows == NULL &&
      g_strcmp0 (record->friendly_name, "Microsoft Exchange") == 0 && facts->server->name != NULL &&
      name_is (record->subject, facts->server->name))
    return EXC_KIND_MICROSOFT_EXCHANGE;
  return EXC_KIND_OTHER;
}

static ExcTristate
find_in_root (ExcCertificateRecord *record, ExcWindowsRecord *windows)
{
  if (windows != NULL)
    return exc_windows_record_has_root (windows, record->thumbprint) ? EXC_YES : EXC_NO;
  /* Registry: self-signed and in LocalMachine\Root (domain.md 1.5). Other words say nothing of it.
   */
  if (g_strcmp0 (record->root_ca_type, "Registry") == 0)
    return EXC_YES;
  return EXC_UNKNOWN;
}

/**
 * exc_snapshot_builder_new:
 * @auth_config: (nullable): %NULL where the organization did not tell
 * @previous: (nullable): a snapshot whose objects may be used again
 * @now: Unix seconds
 *
 * Returns: (transfer full): a builder without servers
 */
ExcSnapshotBuilder *
exc_snapshot_builder_new (ExcAuthConfigRecord *auth_config, ExcSnapshot *previous, gint64 now)
{
  ExcSnapshotBuilder *self = g_new0 (ExcSnapshotBuilder, 1);

  self->auth_config = auth_config ? exc_auth_config_record_ref (auth_config) : NULL;
  self->previous = previous ? g_object_ref (previous) : NULL;
  self->now = now;
  self->servers = g_ptr_array_new_with_free_func (g_object_unref);
  return self;
}

/* Same facts, same Auth configuration, same day: the same objects. */
static ExcServer *
find_reusable (ExcSnapshotBuilder *self, ExcServerFacts *facts)
{
  GPtrArray *servers;

  if (self->previous == NULL ||
      exc_snapshot_get_auth_config (self->previous) != self->auth_config ||
      exc_snapshot_get_time (self->previous) / 60 != self->now / 60)
    return NULL;
  servers = exc_snapshot_get_servers (self->previous);
  for (guint i = 0; i < servers->len; i++) {
    if (exc_server_get_facts (servers->pdata[i]) == facts)
      return servers->pdata[i];
  }
  return NULL;
}

/**
 * exc_snapshot_builder_add:
 * @self: a builder
 * @facts: what is known of one server
 *
 * Adds a server with its certificates.
 */
void
exc_snapshot_builder_add (ExcSnapshotBuilder *self, ExcServerFacts *facts)
{
  g_autoptr(GPtrArray) certificates = g_ptr_array_new_with_free_func (g_object_unref);
  ExcServer *reusable;

  g_return_if_fail (self != NULL);
  g_return_if_fail (facts != NULL);

  reusable = find_reusable (self, facts);
  if (reusable != NULL) {
    g_ptr_array_add (self->servers, g_object_ref (reusable));
    return;
  }

  for (guint i = 0; facts->certificates != NULL && i < facts->certificates->len; i++) {
    ExcCertificateRecord *record = facts->certificates->pdata[i];
    guint uses = exc_find_uses (record, facts, self->auth_config);
    ExcKind kind = exc_find_kind (record, uses, facts, self->auth_config);

    if (facts->windows == NULL || facts->internal_transport == NULL || self->auth_config == NULL)
      uses |= EXC_USE_UNTOLD;

    g_ptr_array_add (certificates,
                     exc_certificate_new (facts->server->fqdn,
                                          record,
                                          kind,
                                          uses,
                                          find_in_root (record, facts->windows),
                                          facts->seen,
                                          self->now));
  }
  g_ptr_array_add (self->servers, exc_server_new (facts, certificates));
}

/**
 * exc_snapshot_builder_finish:
 * @self: a builder, empty afterwards
 *
 * Returns: (transfer full): the snapshot of what was added
 */
ExcSnapshot *
exc_snapshot_builder_finish (ExcSnapshotBuilder *self)
{
  GPtrArray *servers;

  g_return_val_if_fail (self != NULL, NULL);

  servers = g_steal_pointer (&self->servers);
  self->servers = g_ptr_array_new_with_free_func (g_object_unref);
  return exc_snapshot_new (self->now, servers, self->auth_config);
}

void
exc_snapshot_builder_free (ExcSnapshotBuilder *self)
{
  g_clear_pointer (&self->auth_config, exc_auth_config_record_unref);
  g_clear_object (&self->previous);
  g_clear_pointer (&self->servers, g_ptr_array_unref);
  g_free (self);
}
