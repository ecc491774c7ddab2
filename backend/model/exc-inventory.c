/* exc-inventory.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-inventory"

#include "config.h"

#include "exc-organization-private.h"

#include <glib/gi18n.h>

#include "exc-error.h"
#include "exc-queries.h"

#define LIST_LIMIT_S 60

/* One reading of the organization. */
typedef struct {
  GStrv only; /* (nullable) */
  ExcProgress *list_progress;
  ExcProgress *servers_progress;
  guint n_pending;
  gboolean is_listed;     /* the servers are known */
  gboolean has_transport; /* the answer of all their transport services is here, or failed */
  GError *error;          /* (nullable): why the servers could not be found */
  GHashTable *transports; /* (nullable): name in lower case > thumbprint; NULL: ask each */
} Inventory;

static void
inventory_free (Inventory *inventory)
{
  g_strfreev (inventory->only);
  g_clear_object (&inventory->list_progress);
  g_clear_object (&inventory->servers_progress);
  g_clear_error (&inventory->error);
  g_clear_pointer (&inventory->transports, g_hash_table_unref);
  g_free (inventory);
}

/* Edge servers have no endpoint for us, and before 2013 there was no such endpoint (domain.md 2.6).
 */
static gboolean
is_supported (ExcServerRecord *server)
{
  return !server->is_edge &&
         (server->version == NULL || g_str_has_prefix (server->version, "Version 15."));
}

/* Nobody answers for the organization: what is known stays, and shows that it is old. */
static void
mark_unreachable (ExcOrganization *organization, const char *problem)
{
  GPtrArray *facts = exc_organization_get_facts (organization);

  for (guint i = 0; i < facts->len; i++) {
    g_autoptr(ExcServerFacts) copy = exc_server_facts_copy (facts->pdata[i]);

    if (copy->state == EXC_SERVER_UNSUPPORTED)
      continue;
    copy->state = EXC_SERVER_UNREACHABLE;
    g_free (copy->problem);
    copy->problem = g_strdup (problem);
    exc_organization_put_facts (organization, copy);
  }
  if (facts->len > 0)
    exc_organization_publish (organization);
}

static void
end_part (GTask *task)
{
  Inventory *inventory = g_task_get_task_data (task);

  if (--inventory->n_pending > 0)
    return;
  if (inventory->error != NULL)
    g_task_return_error (task, g_steal_pointer (&inventory->error));
  else if (!g_task_return_error_if_cancelled (task))
    g_task_return_boolean (task, TRUE);
}

static void
on_server_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  ExcOrganization *organization = EXC_ORGANIZATION (source);
  g_autoptr(ExcServerFacts) facts = exc_server_reading_finish (organization, result, NULL);

  exc_organization_put_facts (organization, facts);
  exc_organization_publish (organization);
  end_part (task);
}

static void
on_shared_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;

  /* Cancelled or done; the refresh itself tells which. */
  exc_organization_reading_finish (EXC_ORGANIZATION (source), result, NULL);
  end_part (task);
}

static gboolean
is_wanted (Inventory *inventory, ExcServerFacts *facts)
{
  if (facts->state == EXC_SERVER_UNSUPPORTED)
    return FALSE;
  if (inventory->only == NULL)
    return TRUE;
  for (guint i = 0; inventory->only[i] != NULL; i++) {
    if (g_ascii_strcasecmp (inventory->only[i], facts->server->fqdn) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Side by side. */
static void
read_servers (GTask *task)
{
  Inventory *inventory = g_task_get_task_data (task);
  ExcOrganization *organization = g_task_get_source_object (task);
  g_autoptr(GPtrArray) wanted =
                 g_ptr_array_new_with_free_func ((GDestroyNotify) exc_server_facts_unref);
  g_autoptr(GPtrArray) children = g_ptr_array_new_with_free_func (g_object_unref);
  GPtrArray *facts = exc_organization_get_facts (organization);

  for (guint i = 0; i < facts->len; i++) {
    if (!is_wanted (inventory, facts->pdata[i]))
      continue;
    g_ptr_array_add (wanted, exc_server_facts_ref (facts->pdata[i]));
    g_ptr_array_add (children, exc_progress_add_child (inventory->servers_progress, 1));
  }
  inventory->n_pending += wanted->len;
  for (guint i = 0; i < wanted->len; i++) {
    ExcServerFacts *old = wanted->pdata[i];
    g_autofree char *name = g_ascii_strdown (old->server->name, -1);

    exc_server_reading_async (
        organization,
        old,
        inventory->transports != NULL ? g_hash_table_lookup (inventory->transports, name) : NULL,
        children->pdata[i],
        g_task_get_cancellable (task),
        on_server_read_cb,
        g_object_ref (task));
  }
}

/* The certificates need the internal transport's name to be told apart: both first. */
static void
read_servers_when_ready (GTask *task)
{
  Inventory *inventory = g_task_get_task_data (task);

  if (inventory->is_listed && inventory->has_transport)
    read_servers (task);
}

static void
end_transports (GTask *task, ExcReply *reply, GError *take_error)
{
  Inventory *inventory = g_task_get_task_data (task);
  g_autoptr(GError) error = take_error;

  if (reply != NULL)
    inventory->transports = exc_read_internal_transports (reply, &error);
  if (inventory->transports == NULL)
    g_info ("Each server is asked for its internal transport certificate: %s", error->message);
  inventory->has_transport = TRUE;
  read_servers_when_ready (task);
  end_part (task);
}

static void
on_bare_transports_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  g_autoptr(ExcReply) reply = exc_connection_run_finish (EXC_CONNECTION (source), result, &error);

  end_transports (task, reply, error);
}

static void
on_transports_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(ExcPipeline) pipeline = NULL;
  GError *error = NULL;
  g_autoptr(ExcReply) reply = exc_connection_run_finish (EXC_CONNECTION (source), result, &error);

  if (reply == NULL || !exc_reply_refuses_projection (reply)) {
    end_transports (task, reply, error);
    return;
  }
  pipeline = exc_query_internal_transport (NULL, FALSE);
  exc_connection_run_exchange_async (EXC_CONNECTION (source),
                                     pipeline,
                                     NULL,
                                     LIST_LIMIT_S,
                                     g_task_get_cancellable (task),
                                     on_bare_transports_read_cb,
                                     g_object_ref (task));
}

/* Old facts stay with their server; a server that is gone goes with its facts. */
static GPtrArray *
merge (ExcOrganization *organization, GPtrArray *records)
{
  GPtrArray *merged = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_server_facts_unref);

  for (guint i = 0; i < records->len; i++) {
    ExcServerRecord *record = records->pdata[i];
    ExcServerFacts *old = exc_organization_find_facts (organization, record->fqdn);
    ExcServerFacts *facts = old ? exc_server_facts_copy (old) : exc_server_facts_new (record);

    exc_server_record_unref (facts->server);
    facts->server = exc_server_record_ref (record);
    if (!is_supported (record))
      facts->state = EXC_SERVER_UNSUPPORTED;
    else if (facts->state == EXC_SERVER_UNSUPPORTED)
      facts->state = EXC_SERVER_LOADING;
    g_ptr_array_add (merged, facts);
  }
  return merged;
}

/* Who else can be asked when the server that was named is down. */
static void
tell_connection (ExcOrganization *organization)
{
  GPtrArray *facts = exc_organization_get_facts (organization);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) fqdns = NULL;

  for (guint i = 0; i < facts->len; i++) {
    ExcServerFacts *server = facts->pdata[i];

    if (server->state != EXC_SERVER_UNSUPPORTED)
      g_strv_builder_add (builder, server->server->fqdn);
  }
  fqdns = g_strv_builder_end (builder);
  exc_connection_set_servers (exc_organization_get_connection (organization),
                              (const char *const *) fqdns);
}

static void
end_list (GTask *task, ExcReply *reply, GError *take_error)
{
  Inventory *inventory = g_task_get_task_data (task);
  ExcOrganization *organization = g_task_get_source_object (task);
  g_autoptr(GError) error = take_error;
  g_autoptr(GPtrArray) records = reply != NULL ? exc_read_servers (reply, &error) : NULL;

  if (records == NULL) {
    if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      mark_unreachable (organization, error->message);
    inventory->error = g_steal_pointer (&error);
    end_part (task);
    return;
  }
  exc_progress_set_fraction (inventory->list_progress, 1);
  exc_organization_take_facts (organization, merge (organization, records));
  exc_organization_publish (organization);
  tell_connection (organization);
  inventory->is_listed = TRUE;
  read_servers_when_ready (task);
  end_part (task);
}

static void
on_bare_list_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  g_autoptr(ExcReply) reply = exc_connection_run_finish (EXC_CONNECTION (source), result, &error);

  end_list (task, reply, error);
}

static void
on_list_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(ExcPipeline) pipeline = NULL;
  GError *error = NULL;
  g_autoptr(ExcReply) reply = exc_connection_run_finish (EXC_CONNECTION (source), result, &error);

  if (reply == NULL || !exc_reply_refuses_projection (reply)) {
    end_list (task, reply, error);
    return;
  }
  pipeline = exc_query_servers (FALSE);
  exc_connection_run_exchange_async (EXC_CONNECTION (source),
                                     pipeline,
                                     NULL,
                                     LIST_LIMIT_S,
                                     g_task_get_cancellable (task),
                                     on_bare_list_read_cb,
                                     g_object_ref (task));
}

static void
run (GTask *task, ExcPipeline *take, GAsyncReadyCallback callback)
{
  g_autoptr(ExcPipeline) pipeline = take;
  ExcOrganization *organization = g_task_get_source_object (task);

  exc_connection_run_exchange_async (exc_organization_get_connection (organization),
                                     pipeline,
                                     NULL,
                                     LIST_LIMIT_S,
                                     g_task_get_cancellable (task),
                                     callback,
                                     g_object_ref (task));
}

static void
read_shared (GTask *task)
{
  exc_organization_reading_async (g_task_get_source_object (task),
                                  g_task_get_cancellable (task),
                                  on_shared_read_cb,
                                  g_object_ref (task));
}

/**
 * exc_inventory_run_async:
 * @organization: what to read
 * @only: (nullable): FQDNs of servers; %NULL: find the servers first, then read them all. Where
 *   the servers are not known yet they are found all the same, and only these are read.
 * @progress: where to report
 * @cancellable: (nullable): stops between commands
 * @callback: called at the end
 * @user_data: data for @callback
 *
 * Reads the organization and publishes what comes as it comes. Fails only where the servers cannot
 * be found.
 */
void
exc_inventory_run_async (ExcOrganization *organization,
                         const char *const *only,
                         ExcProgress *progress,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (organization, cancellable, callback, user_data);
  Inventory *inventory = g_new0 (Inventory, 1);

  g_task_set_source_tag (task, exc_inventory_run_async);
  inventory->list_progress = exc_progress_add_child (progress, 1);
  inventory->servers_progress = exc_progress_add_child (progress, 9);
  g_task_set_task_data (task, inventory, (GDestroyNotify) inventory_free);
  exc_progress_set_text (progress, _("Reading the organization"));

  inventory->only = g_strdupv ((GStrv) only);
  if (only != NULL && exc_organization_get_facts (organization)->len > 0) {
    exc_progress_set_fraction (inventory->list_progress, 1);
    inventory->is_listed = TRUE;
    inventory->n_pending = 1;
    read_shared (task);
    read_servers (task);
    return;
  }
  inventory->n_pending = 3;
  run (task, exc_query_servers (TRUE), on_list_read_cb);
  run (task, exc_query_internal_transport (NULL, TRUE), on_transports_read_cb);
  read_shared (task);
}

gboolean
exc_inventory_run_finish (ExcOrganization *organization, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, organization), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_inventory_run_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
