/* exc-organization-facts.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-organization"

#include "config.h"

#include "exc-snapshot-private.h"

/**
 * exc_organization_facts_new:
 *
 * Returns: (transfer full): facts of an organization that has not told anything
 */
ExcOrganizationFacts *
exc_organization_facts_new (void)
{
  ExcOrganizationFacts *self = g_new0 (ExcOrganizationFacts, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->is_hybrid = EXC_UNKNOWN;
  return self;
}

static GPtrArray *
ref_list (GPtrArray *list)
{
  return list != NULL ? g_ptr_array_ref (list) : NULL;
}

/**
 * exc_organization_facts_copy:
 * @self: facts
 *
 * Returns: (transfer full): the same facts, to be changed by their new owner
 */
ExcOrganizationFacts *
exc_organization_facts_copy (ExcOrganizationFacts *self)
{
  ExcOrganizationFacts *copy = exc_organization_facts_new ();

  if (self->auth_config != NULL)
    copy->auth_config = exc_auth_config_record_ref (self->auth_config);
  if (self->receive_connectors != NULL)
    copy->receive_connectors = g_hash_table_ref (self->receive_connectors);
  if (self->hybrid != NULL)
    copy->hybrid = exc_hybrid_record_ref (self->hybrid);
  copy->is_hybrid = self->is_hybrid;
  copy->send_connectors = ref_list (self->send_connectors);
  copy->federation = ref_list (self->federation);
  copy->edge_subscriptions = ref_list (self->edge_subscriptions);
  copy->dags = ref_list (self->dags);
  for (guint i = 0; i < EXC_N_FACTS; i++)
    copy->problems[i] = g_strdup (self->problems[i]);
  return copy;
}

ExcOrganizationFacts *
exc_organization_facts_ref (ExcOrganizationFacts *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
exc_organization_facts_unref (ExcOrganizationFacts *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_clear_pointer (&self->auth_config, exc_auth_config_record_unref);
  g_clear_pointer (&self->send_connectors, g_ptr_array_unref);
  g_clear_pointer (&self->receive_connectors, g_hash_table_unref);
  g_clear_pointer (&self->hybrid, exc_hybrid_record_unref);
  g_clear_pointer (&self->federation, g_ptr_array_unref);
  g_clear_pointer (&self->edge_subscriptions, g_ptr_array_unref);
  g_clear_pointer (&self->dags, g_ptr_array_unref);
  for (guint i = 0; i < EXC_N_FACTS; i++)
    g_free (self->problems[i]);
  g_free (self);
}

GPtrArray *
exc_organization_facts_find_receive_connectors (ExcOrganizationFacts *self, const char *server_name)
{
  g_autofree char *key = NULL;

  if (self->receive_connectors == NULL || server_name == NULL)
    return NULL;
  key = g_ascii_strdown (server_name, -1);
  return g_hash_table_lookup (self->receive_connectors, key);
}
