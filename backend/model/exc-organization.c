/* exc-organization.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-organization"

#include "config.h"

#include "exc-organization-private.h"

#include "exc-list-sync.h"

struct _ExcOrganization {
  GObject parent_instance;

  ExcConnection *connection;
  ExcClock *clock;
  GPtrArray *facts; /* (element-type ExcServerFacts) */
  ExcOrganizationFacts *shared;
  ExcSnapshot *snapshot;    /* (nullable) */
  GListStore *servers;      /* (element-type ExcServer) */
  GListStore *certificates; /* (element-type ExcCertificate) */
  char *problem;            /* (nullable) */
  GTask *running;           /* (nullable) (unowned): the refresh that reads now */
  GQueue waiting;           /* (element-type GTask): refreshes that come after it */
};

/* One call of refresh. */
typedef struct {
  GStrv only; /* (nullable): everything */
  ExcProgress *progress;
  GPtrArray *joined; /* (element-type GTask): calls that want the very same */
} Refresh;

G_DEFINE_FINAL_TYPE (ExcOrganization, exc_organization, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_NAME,
  PROP_IS_DEMO,
  PROP_IS_REFRESHING,
  PROP_SNAPSHOT,
  PROP_PROBLEM,
  PROP_SERVERS,
  PROP_CERTIFICATES,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

static void run_next (ExcOrganization *self);

static void
exc_organization_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ExcOrganization *self = EXC_ORGANIZATION (object);

  switch (prop_id) {
  case PROP_NAME:
    g_value_set_string (value, exc_organization_get_name (self));
    break;
  case PROP_IS_DEMO:
    g_value_set_boolean (value, exc_organization_get_is_demo (self));
    break;
  case PROP_IS_REFRESHING:
    g_value_set_boolean (value, exc_organization_get_is_refreshing (self));
    break;
  case PROP_SNAPSHOT:
    g_value_set_object (value, self->snapshot);
    break;
  case PROP_PROBLEM:
    g_value_set_string (value, self->problem);
    break;
  case PROP_SERVERS:
    g_value_set_object (value, self->servers);
    break;
  case PROP_CERTIFICATES:
    g_value_set_object (value, self->certificates);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_organization_dispose (GObject *object)
{
  ExcOrganization *self = EXC_ORGANIZATION (object);

  /* A refresh holds the organization, so none can run or wait here. */
  g_clear_object (&self->connection);
  g_clear_object (&self->clock);
  g_clear_object (&self->snapshot);
  g_clear_object (&self->servers);
  g_clear_object (&self->certificates);

  G_OBJECT_CLASS (exc_organization_parent_class)->dispose (object);
}

static void
exc_organization_finalize (GObject *object)
{
  ExcOrganization *self = EXC_ORGANIZATION (object);

  g_clear_pointer (&self->facts, g_ptr_array_unref);
  g_clear_pointer (&self->shared, exc_organization_facts_unref);
  g_clear_pointer (&self->problem, g_free);

  G_OBJECT_CLASS (exc_organization_parent_class)->finalize (object);
}

static void
exc_organization_class_init (ExcOrganizationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = exc_organization_get_property;
  object_class->dispose = exc_organization_dispose;
  object_class->finalize = exc_organization_finalize;

  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_IS_DEMO] = g_param_spec_boolean ("is-demo", NULL, NULL, FALSE, flags);
  properties[PROP_IS_REFRESHING] = g_param_spec_boolean ("is-refreshing", NULL, NULL, FALSE, flags);
  properties[PROP_SNAPSHOT] =
      g_param_spec_object ("snapshot", NULL, NULL, EXC_TYPE_SNAPSHOT, flags);
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, flags);
  properties[PROP_SERVERS] = g_param_spec_object ("servers", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  properties[PROP_CERTIFICATES] =
      g_param_spec_object ("certificates", NULL, NULL, G_TYPE_LIST_MODEL, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
exc_organization_init (ExcOrganization *self)
{
  self->facts = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_server_facts_unref);
  self->shared = exc_organization_facts_new ();
  self->servers = g_list_store_new (EXC_TYPE_SERVER);
  self->certificates = g_list_store_new (EXC_TYPE_CERTIFICATE);
  g_queue_init (&self->waiting);
}

/**
 * exc_organization_new:
 * @connection: its shells
 * @clock: what time it is
 *
 * Returns: (transfer full): the organization, of which nothing was read yet
 */
ExcOrganization *
exc_organization_new (ExcConnection *connection, ExcClock *clock)
{
  ExcOrganization *self;

  g_return_val_if_fail (EXC_IS_CONNECTION (connection), NULL);
  g_return_val_if_fail (EXC_IS_CLOCK (clock), NULL);

  self = g_object_new (EXC_TYPE_ORGANIZATION, NULL);
  self->connection = g_object_ref (connection);
  self->clock = g_object_ref (clock);
  return self;
}

const char *
exc_organization_get_name (ExcOrganization *self)
{
  g_return_val_if_fail (EXC_IS_ORGANIZATION (self), NULL);

  return exc_connection_get_settings (self->connection)->name;
}

gboolean
exc_organization_get_is_demo (ExcOrganization *self)
{
  g_return_val_if_fail (EXC_IS_ORGANIZATION (self), FALSE);

  return exc_connection_get_settings (self->connection)->is_demo;
}

gboolean
exc_organization_get_is_refreshing (ExcOrganization *self)
{
  g_return_val_if_fail (EXC_IS_ORGANIZATION (self), FALSE);

  return self->running != NULL;
}

const char *
exc_organization_get_problem (ExcOrganization *self)
{
  g_return_val_if_fail (EXC_IS_ORGANIZATION (self), NULL);

  return self->problem;
}

ExcConnection *
exc_organization_get_connection (ExcOrganization *self)
{
  g_return_val_if_fail (EXC_IS_ORGANIZATION (self), NULL);

  return self->connection;
}

ExcClock *
exc_organization_get_clock (ExcOrganization *self)
{
  g_return_val_if_fail (EXC_IS_ORGANIZATION (self), NULL);

  return self->clock;
}

ExcSnapshot *
exc_organization_get_snapshot (ExcOrganization *self)
{
  g_return_val_if_fail (EXC_IS_ORGANIZATION (self), NULL);

  return self->snapshot;
}

GListModel *
exc_organization_get_servers (ExcOrganization *self)
{
  g_return_val_if_fail (EXC_IS_ORGANIZATION (self), NULL);

  return G_LIST_MODEL (self->servers);
}

GListModel *
exc_organization_get_certificates (ExcOrganization *self)
{
  g_return_val_if_fail (EXC_IS_ORGANIZATION (self), NULL);

  return G_LIST_MODEL (self->certificates);
}

/* ---- for the inventory ---- */

GPtrArray *
exc_organization_get_facts (ExcOrganization *self)
{
  return self->facts;
}

static int
find_index (GPtrArray *list, const char *fqdn)
{
  for (guint i = 0; i < list->len; i++) {
    ExcServerFacts *facts = list->pdata[i];

    if (g_ascii_strcasecmp (facts->server->fqdn, fqdn) == 0)
      return (int) i;
  }
  return -1;
}

ExcServerFacts *
exc_organization_find_facts (ExcOrganization *self, const char *fqdn)
{
  int index = find_index (self->facts, fqdn);

  return index < 0 ? NULL : self->facts->pdata[index];
}

/* A server that was removed meanwhile stays away. */
void
exc_organization_put_facts (ExcOrganization *self, ExcServerFacts *facts)
{
  int index = find_index (self->facts, facts->server->fqdn);

  if (index < 0)
    return;
  exc_server_facts_unref (self->facts->pdata[index]);
  self->facts->pdata[index] = exc_server_facts_ref (facts);
}

void
exc_organization_take_facts (ExcOrganization *self, GPtrArray *take)
{
  g_ptr_array_unref (self->facts);
  self->facts = take;
}

ExcOrganizationFacts *
exc_organization_get_shared (ExcOrganization *self)
{
  return self->shared;
}

void
exc_organization_set_shared (ExcOrganization *self, ExcOrganizationFacts *shared)
{
  exc_organization_facts_ref (shared);
  exc_organization_facts_unref (self->shared);
  self->shared = shared;
}

void
exc_organization_publish (ExcOrganization *self)
{
  g_autoptr(ExcSnapshotBuilder) builder = exc_snapshot_builder_new (
      self->shared, self->snapshot, exc_clock_now (self->clock));

  for (guint i = 0; i < self->facts->len; i++)
    exc_snapshot_builder_add (builder, self->facts->pdata[i]);
  g_clear_object (&self->snapshot);
  self->snapshot = exc_snapshot_builder_finish (builder);

  exc_list_sync (self->servers,
                 exc_snapshot_get_servers (self->snapshot),
                 (ExcKeyFunc) exc_server_get_fqdn,
                 (GEqualFunc) exc_server_equal);
  exc_list_sync (self->certificates,
                 exc_snapshot_get_certificates (self->snapshot),
                 (ExcKeyFunc) exc_certificate_get_key,
                 (GEqualFunc) exc_certificate_equal);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SNAPSHOT]);
}

/* ---- refreshing ---- */

static void
refresh_free (Refresh *refresh)
{
  g_strfreev (refresh->only);
  g_clear_object (&refresh->progress);
  g_ptr_array_unref (refresh->joined);
  g_free (refresh);
}

static void
set_problem (ExcOrganization *self, const char *problem)
{
  if (g_strcmp0 (self->problem, problem) == 0)
    return;
  g_free (self->problem);
  self->problem = g_strdup (problem);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
}

static void
enqueue (ExcOrganization *self, GTask *task, const char *const *only, ExcProgress *progress)
{
  Refresh *refresh = g_new0 (Refresh, 1);

  refresh->only = g_strdupv ((GStrv) only);
  refresh->progress = progress ? g_object_ref (progress) : exc_progress_new ();
  refresh->joined = g_ptr_array_new_with_free_func (g_object_unref);
  g_task_set_task_data (task, refresh, (GDestroyNotify) refresh_free);
  g_queue_push_tail (&self->waiting, g_object_ref (task));
}

static void
return_result (ExcOrganization *self, GTask *task, GTask *asker, const GError *error)
{
  if (g_task_return_error_if_cancelled (task))
    return;
  if (task != asker && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    /* Whoever asked first has lost interest; this one has not. */
    enqueue (self, task, NULL, NULL);
    return;
  }
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_inventory_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  ExcOrganization *self = EXC_ORGANIZATION (source);
  Refresh *refresh = g_task_get_task_data (task);

  exc_inventory_run_finish (self, result, &error);
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_problem (self, error != NULL ? error->message : NULL);

  self->running = NULL;
  return_result (self, task, task, error);
  for (guint i = 0; i < refresh->joined->len; i++)
    return_result (self, refresh->joined->pdata[i], task, error);
  if (self->running == NULL)
    run_next (self);
  if (self->running == NULL)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_REFRESHING]);
}

static void
run_next (ExcOrganization *self)
{
  GTask *task = g_queue_pop_head (&self->waiting);
  Refresh *refresh;

  if (task == NULL)
    return;
  self->running = task;
  refresh = g_task_get_task_data (task);
  exc_inventory_run_async (self,
                           (const char *const *) refresh->only,
                           refresh->progress,
                           g_task_get_cancellable (task),
                           on_inventory_done_cb,
                           task);
}

static gboolean
is_same_scope (GStrv left, const char *const *right)
{
  if (left == NULL || right == NULL)
    return left == NULL && right == NULL;
  return g_strv_equal ((const char *const *) left, right);
}

/**
 * exc_organization_refresh_async:
 * @self: an organization
 * @only: (nullable): FQDNs of the servers to read again; %NULL: everything
 * @progress: (nullable): where to report
 * @cancellable: (nullable): stops between commands; servers not read keep their facts
 * @callback: called at the end
 * @user_data: data for @callback
 *
 * Reads the organization. One refresh runs at a time: a call for everything joins one for
 * everything that runs; a call for some servers is made because something was changed there, so it
 * never shares what was read before it but comes after.
 */
void
exc_organization_refresh_async (ExcOrganization *self,
                                const char *const *only,
                                ExcProgress *progress,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr(GTask) task = NULL;
  Refresh *refresh;

  g_return_if_fail (EXC_IS_ORGANIZATION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, exc_organization_refresh_async);

  if (self->running != NULL && only == NULL) {
    refresh = g_task_get_task_data (self->running);
    if (refresh->only == NULL) {
      g_ptr_array_add (refresh->joined, g_steal_pointer (&task));
      return;
    }
  }
  for (GList *l = self->waiting.head; l != NULL; l = l->next) {
    refresh = g_task_get_task_data (l->data);
    if (is_same_scope (refresh->only, only)) {
      g_ptr_array_add (refresh->joined, g_steal_pointer (&task));
      return;
    }
  }

  enqueue (self, task, only, progress);
  if (self->running == NULL) {
    run_next (self);
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_REFRESHING]);
  }
}

gboolean
exc_organization_refresh_finish (ExcOrganization *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_organization_refresh_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
