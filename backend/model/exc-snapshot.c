/* exc-snapshot.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-snapshot"

#include "config.h"

#include "exc-snapshot-private.h"

/**
 * ExcSnapshot:
 *
 * An organization as it was seen at one time. Immutable, made by
 * ExcSnapshotBuilder.
 */
struct _ExcSnapshot {
  GObject parent_instance;

  gint64 time;             /* Unix seconds */
  GPtrArray *servers;      /* (element-type ExcServer) */
  GPtrArray *certificates; /* (element-type ExcCertificate) */
  ExcOrganizationFacts *shared;
};

G_DEFINE_FINAL_TYPE (ExcSnapshot, exc_snapshot, G_TYPE_OBJECT)

static void
exc_snapshot_finalize (GObject *object)
{
  ExcSnapshot *self = EXC_SNAPSHOT (object);

  g_clear_pointer (&self->servers, g_ptr_array_unref);
  g_clear_pointer (&self->certificates, g_ptr_array_unref);
  g_clear_pointer (&self->shared, exc_organization_facts_unref);

  G_OBJECT_CLASS (exc_snapshot_parent_class)->finalize (object);
}

static void
exc_snapshot_class_init (ExcSnapshotClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = exc_snapshot_finalize;
}

static void
exc_snapshot_init (ExcSnapshot *self)
{
  self->certificates = g_ptr_array_new_with_free_func (g_object_unref);
}

ExcSnapshot *
exc_snapshot_new (gint64 time, GPtrArray *take_servers, ExcOrganizationFacts *shared)
{
  ExcSnapshot *self = g_object_new (EXC_TYPE_SNAPSHOT, NULL);

  self->time = time;
  self->servers = take_servers;
  self->shared = exc_organization_facts_ref (shared);
  for (guint i = 0; i < self->servers->len; i++) {
    GPtrArray *certificates = exc_server_get_certificates (self->servers->pdata[i]);

    for (guint j = 0; j < certificates->len; j++)
      g_ptr_array_add (self->certificates, g_object_ref (certificates->pdata[j]));
  }
  return self;
}

#define GETTER(type, name, expression, otherwise)                                                  \
  type exc_snapshot_##name (ExcSnapshot *self)                                                     \
  {                                                                                                \
    g_return_val_if_fail (EXC_IS_SNAPSHOT (self), otherwise);                                      \
    return expression;                                                                             \
  }

GETTER (gint64, get_time, self->time, 0)
GETTER (GPtrArray *, get_servers, self->servers, NULL)
GETTER (GPtrArray *, get_certificates, self->certificates, NULL)
GETTER (ExcOrganizationFacts *, get_facts, self->shared, NULL)
GETTER (ExcAuthConfigRecord *, get_auth_config, self->shared->auth_config, NULL)
GETTER (GPtrArray *, get_send_connectors, self->shared->send_connectors, NULL)
GETTER (GPtrArray *, get_federation, self->shared->federation, NULL)
GETTER (GPtrArray *, get_edge_subscriptions, self->shared->edge_subscriptions, NULL)
GETTER (GPtrArray *, get_dags, self->shared->dags, NULL)
GETTER (ExcTristate, is_hybrid, self->shared->is_hybrid, EXC_UNKNOWN)
GETTER (ExcHybridRecord *, get_hybrid, self->shared->hybrid, NULL)

/**
 * exc_snapshot_get_fact_problem:
 * @self: a snapshot
 * @fact: one of the organization's facts
 *
 * Returns: (nullable): why it could not be read the last time
 */
const char *
exc_snapshot_get_fact_problem (ExcSnapshot *self, ExcFact fact)
{
  g_return_val_if_fail (EXC_IS_SNAPSHOT (self), NULL);
  g_return_val_if_fail ((gsize) fact < EXC_N_FACTS, NULL);

  return self->shared->problems[fact];
}

const char *
exc_snapshot_get_auth_problem (ExcSnapshot *self)
{
  return exc_snapshot_get_fact_problem (self, EXC_FACT_AUTH_CONFIG);
}

/**
 * exc_snapshot_find_server:
 * @self: a snapshot
 * @name: FQDN or name in any case
 *
 * Returns: (transfer none) (nullable): the server; one whose FQDN it is goes before one whose name
 */
ExcServer *
exc_snapshot_find_server (ExcSnapshot *self, const char *name)
{
  ExcServer *by_name = NULL;

  g_return_val_if_fail (EXC_IS_SNAPSHOT (self), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < self->servers->len; i++) {
    ExcServer *server = self->servers->pdata[i];

    if (g_ascii_strcasecmp (exc_server_get_fqdn (server), name) == 0)
      return server;
    if (by_name == NULL && g_ascii_strcasecmp (exc_server_get_name (server), name) == 0)
      by_name = server;
  }
  return by_name;
}

/**
 * exc_snapshot_find_certificate:
 * @self: a snapshot
 * @server: FQDN or name in any case
 * @thumbprint: 40 hex digits in any case
 *
 * Returns: (transfer none) (nullable): the certificate on that server
 */
ExcCertificate *
exc_snapshot_find_certificate (ExcSnapshot *self, const char *server, const char *thumbprint)
{
  ExcServer *found;
  GPtrArray *certificates;

  g_return_val_if_fail (EXC_IS_SNAPSHOT (self), NULL);
  g_return_val_if_fail (server != NULL && thumbprint != NULL, NULL);

  found = exc_snapshot_find_server (self, server);
  if (found == NULL)
    return NULL;
  certificates = exc_server_get_certificates (found);
  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificate *certificate = certificates->pdata[i];

    if (g_ascii_strcasecmp (exc_certificate_get_thumbprint (certificate), thumbprint) == 0)
      return certificate;
  }
  return NULL;
}
