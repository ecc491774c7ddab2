/* exc-organization-reading.c — what is read once for the whole organization
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-inventory"

#include "config.h"

#include "exc-organization-private.h"

#include <string.h>

#include "exc-queries.h"

static gboolean
take_auth_config (gpointer facts, ExcReply *reply, GError **error)
{
  ExcOrganizationFacts *shared = facts;
  ExcAuthConfigRecord *auth_config = exc_read_auth_config (reply, error);

  if (auth_config == NULL)
    return FALSE;
  g_clear_pointer (&shared->auth_config, exc_auth_config_record_unref);
  shared->auth_config = auth_config;
  return TRUE;
}

/* Of every server at once: a directory read, and its connectors say whose they are. */
static ExcPipeline *
query_receive_connectors (gpointer facts, gboolean projected)
{
  return exc_query_receive_connectors (NULL, projected);
}

static gboolean
take_receive_connectors (gpointer facts, ExcReply *reply, GError **error)
{
  ExcOrganizationFacts *shared = facts;
  g_autoptr(GPtrArray) all = exc_read_receive_connectors (reply, error);

  if (all == NULL)
    return FALSE;
  g_clear_pointer (&shared->receive_connectors, g_hash_table_unref);
  shared->receive_connectors =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  while (all->len > 0) {
    ExcConnectorRecord *connector = g_ptr_array_steal_index (all, 0);
    const char *identity = connector->identity != NULL ? connector->identity : "";
    const gsize length = strcspn (identity, "\\");
    g_autofree char *server = g_ascii_strdown (identity, (gssize) length);
    GPtrArray *list = g_hash_table_lookup (shared->receive_connectors, server);

    if (list == NULL) {
      list = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_connector_record_free);
      g_hash_table_insert (shared->receive_connectors, g_steal_pointer (&server), list);
    }
    g_ptr_array_add (list, connector);
  }
  return TRUE;
}

static gboolean
take_hybrid (gpointer facts, ExcReply *reply, GError **error)
{
  ExcOrganizationFacts *shared = facts;
  ExcHybridRecord *hybrid = NULL;

  if (!exc_read_hybrid (reply, &hybrid, error))
    return FALSE;
  g_clear_pointer (&shared->hybrid, exc_hybrid_record_unref);
  shared->hybrid = hybrid;
  shared->is_hybrid = hybrid != NULL ? EXC_YES : EXC_NO;
  return TRUE;
}

#define LIST(fact) .list = G_STRUCT_OFFSET (ExcOrganizationFacts, fact)

static const ExcFactReading readings[EXC_N_FACTS] = {
  [EXC_FACT_AUTH_CONFIG] = { .ask = exc_query_auth_config, .take = take_auth_config },
  [EXC_FACT_SEND_CONNECTORS] = { .ask = exc_query_send_connectors,
                                 .read = exc_read_send_connectors,
                                 LIST (send_connectors) },
  [EXC_FACT_RECEIVE_CONNECTORS] = { .query = query_receive_connectors,
                                    .take = take_receive_connectors },
  [EXC_FACT_HYBRID] = { .ask = exc_query_hybrid, .take = take_hybrid },
  [EXC_FACT_FEDERATION] = { .ask = exc_query_federation,
                            .read = exc_read_federation,
                            LIST (federation) },
  [EXC_FACT_EDGE_SUBSCRIPTIONS] = { .ask = exc_query_edge_subscriptions,
                                    .read = exc_read_edge_subscriptions,
                                    LIST (edge_subscriptions) },
  [EXC_FACT_DAGS] = { .ask = exc_query_dags, .read = exc_read_dags, LIST (dags) },
};

#define N_FIRST 1 /* the Auth configuration: the certificates' kinds hang on it */

static void
show (ExcOrganization *organization, ExcOrganizationFacts *shared)
{
  exc_organization_set_shared (organization, shared);
  if (exc_organization_get_facts (organization)->len > 0)
    exc_organization_publish (organization);
}

static void
on_rest_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (!exc_fact_chain_finish (EXC_CONNECTION (source), result, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  show (g_task_get_source_object (task), g_task_get_task_data (task));
  g_task_return_boolean (task, TRUE);
}

static void
on_first_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  ExcOrganizationFacts *shared = g_task_get_task_data (task);

  if (!exc_fact_chain_finish (EXC_CONNECTION (source), result, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  show (g_task_get_source_object (task), shared);
  shared = exc_organization_facts_copy (shared);
  g_task_set_task_data (task, shared, (GDestroyNotify) exc_organization_facts_unref);
  exc_fact_chain_async (EXC_CONNECTION (source),
                        readings + N_FIRST,
                        EXC_N_FACTS - N_FIRST,
                        shared,
                        shared->problems + N_FIRST,
                        g_task_get_cancellable (task),
                        on_rest_read_cb,
                        g_object_ref (task));
}

void
exc_organization_reading_async (ExcOrganization *organization,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (organization, cancellable, callback, user_data);
  ExcOrganizationFacts *shared =
      exc_organization_facts_copy (exc_organization_get_shared (organization));

  g_task_set_source_tag (task, exc_organization_reading_async);
  g_task_set_task_data (task, shared, (GDestroyNotify) exc_organization_facts_unref);
  exc_fact_chain_async (exc_organization_get_connection (organization),
                        readings,
                        N_FIRST,
                        shared,
                        shared->problems,
                        cancellable,
                        on_first_read_cb,
                        g_object_ref (task));
}

gboolean
exc_organization_reading_finish (ExcOrganization *organization,
                                 GAsyncResult *result,
                                 GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, organization), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_organization_reading_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
