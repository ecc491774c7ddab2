/* exc-snapshot-builder.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-snapshot"

#include "config.h"

#include "exc-snapshot-private.h"

struct _ExcSnapshotBuilder {
  ExcOrganizationFacts *shared;
  ExcSnapshot *previous; /* (nullable) */
  gint64 now;
  GPtrArray *servers; /* (element-type ExcServer) */
};

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
 * @shared: (nullable): %NULL where the organization did not tell anything
 * @previous: (nullable): a snapshot whose objects may be used again
 * @now: Unix seconds
 *
 * Returns: (transfer full): a builder without servers
 */
ExcSnapshotBuilder *
exc_snapshot_builder_new (ExcOrganizationFacts *shared, ExcSnapshot *previous, gint64 now)
{
  ExcSnapshotBuilder *self = g_new0 (ExcSnapshotBuilder, 1);

  self->shared =
      shared != NULL ? exc_organization_facts_ref (shared) : exc_organization_facts_new ();
  self->previous = previous ? g_object_ref (previous) : NULL;
  self->now = now;
  self->servers = g_ptr_array_new_with_free_func (g_object_unref);
  return self;
}

/* Same facts of the server and of the organization, same minute: the same objects. */
static ExcServer *
find_reusable (ExcSnapshotBuilder *self, ExcServerFacts *facts)
{
  GPtrArray *servers;

  if (self->previous == NULL || exc_snapshot_get_facts (self->previous) != self->shared ||
      exc_snapshot_get_time (self->previous) / 60 != self->now / 60)
    return NULL;
  servers = exc_snapshot_get_servers (self->previous);
  for (guint i = 0; i < servers->len; i++) {
    if (exc_server_get_facts (servers->pdata[i]) == facts)
      return servers->pdata[i];
  }
  return NULL;
}

/* Whether all that could use a certificate of this server was read. */
static gboolean
is_use_told (ExcOrganizationFacts *shared, ExcServerFacts *facts)
{
  return facts->windows != NULL && facts->internal_transport != NULL && facts->pop_name != NULL &&
         facts->imap_name != NULL && shared->auth_config != NULL &&
         shared->send_connectors != NULL && shared->receive_connectors != NULL &&
         shared->is_hybrid != EXC_UNKNOWN && shared->federation != NULL;
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
    guint uses = exc_find_uses (record, facts, self->shared);
    ExcKind kind = exc_find_kind (record, uses, facts, self->shared->auth_config);

    if (!is_use_told (self->shared, facts))
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
  g_ptr_array_add (self->servers,
                   exc_server_new (facts,
                                   certificates,
                                   exc_organization_facts_find_receive_connectors (
                                       self->shared, facts->server->name)));
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
  return exc_snapshot_new (self->now, servers, self->shared);
}

void
exc_snapshot_builder_free (ExcSnapshotBuilder *self)
{
  g_clear_pointer (&self->shared, exc_organization_facts_unref);
  g_clear_object (&self->previous);
  g_clear_pointer (&self->servers, g_ptr_array_unref);
  g_free (self);
}
