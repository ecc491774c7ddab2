/* exc-plan-order.c — in which order servers are changed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-plan-private.h"

/* (nullable): the DAG of a server, by any of its names */
static const char *
find_dag (ExcSnapshot *snapshot, const char *name)
{
  GPtrArray *dags = exc_snapshot_get_dags (snapshot);
  ExcServer *server = exc_snapshot_find_server (snapshot, name);

  for (guint i = 0; dags != NULL && server != NULL && i < dags->len; i++) {
    ExcDagRecord *dag = g_ptr_array_index (dags, i);

    for (guint j = 0; dag->servers != NULL && dag->servers[j] != NULL; j++)
      if (exc_snapshot_find_server (snapshot, dag->servers[j]) == server)
        return dag->name;
  }
  return NULL;
}

/**
 * exc_plan_order_servers:
 * @servers: (array zero-terminated=1): as the user named them
 *
 * Keeps the order where it can, and lets no two servers of one DAG follow each other while another
 * one could go between: the first has the time of the second to recover.
 *
 * Returns: (transfer full): the same servers
 */
GStrv
exc_plan_order_servers (ExcSnapshot *snapshot, const char *const *servers)
{
  g_autoptr(GStrvBuilder) ordered = g_strv_builder_new ();
  g_autoptr(GPtrArray) left = g_ptr_array_new ();
  const char *last = NULL;

  for (guint i = 0; servers[i] != NULL; i++)
    g_ptr_array_add (left, (gpointer) servers[i]);
  while (left->len > 0) {
    guint next = 0;

    for (guint i = 0; last != NULL && i < left->len; i++) {
      if (g_strcmp0 (find_dag (snapshot, g_ptr_array_index (left, i)), last) == 0)
        continue;
      next = i;
      break;
    }
    last = find_dag (snapshot, g_ptr_array_index (left, next));
    g_strv_builder_add (ordered, g_ptr_array_index (left, next));
    g_ptr_array_remove_index (left, next);
  }
  return g_strv_builder_end (ordered);
}
