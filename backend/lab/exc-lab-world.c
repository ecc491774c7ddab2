/* exc-lab-world.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-world"

#include "config.h"

#include "exc-lab-world.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "exc-error.h"
#include "exc-lab-servicelets.h"
#include "exc-lab-transport.h"

#define LOCK_TRIES   100
#define LOCK_WAIT_MS 50

struct _ExcLabWorld {
  GObject parent_instance;

  ExcClock *clock;
  ExcLabKeys *keys; /* not owned */
  char *state_path; /* NULL: not saved */
  int lock_fd;      /* of the state folder; -1: none */

  char *scenario;
  char *organization;
  char *domain;
  GPtrArray *servers;
  GPtrArray *send_connectors;
  ExcLabAuthConfig auth;
  ExcLabDag *dag;
  ExcLabCertificate *authority;
  ExcLabHybrid *hybrid;
  ExcLabFederation *federation;
  GPtrArray *subscriptions;
  guint n_sessions;
};

G_DEFINE_FINAL_TYPE (ExcLabWorld, exc_lab_world, G_TYPE_OBJECT)

enum { SIGNAL_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

static void
dag_free (ExcLabDag *dag)
{
  g_free (dag->name);
  g_strfreev (dag->servers);
  g_free (dag);
}

static void
hybrid_free (ExcLabHybrid *hybrid)
{
  g_free (hybrid->tls_certificate_name);
  g_strfreev (hybrid->domains);
  g_strfreev (hybrid->receiving);
  g_strfreev (hybrid->sending);
  g_strfreev (hybrid->edges);
  g_free (hybrid);
}

static void
federation_free (ExcLabFederation *federation)
{
  g_free (federation->name);
  g_free (federation->current);
  g_free (federation->next);
  g_free (federation->previous);
  g_free (federation);
}

static void
subscription_free (ExcLabSubscription *subscription)
{
  g_free (subscription->name);
  g_free (subscription->site);
  g_free (subscription);
}

static void
exc_lab_world_finalize (GObject *object)
{
  ExcLabWorld *self = EXC_LAB_WORLD (object);

  exc_lab_world_clear (self);
  g_clear_pointer (&self->servers, g_ptr_array_unref);
  g_clear_pointer (&self->send_connectors, g_ptr_array_unref);
  g_clear_pointer (&self->subscriptions, g_ptr_array_unref);
  g_clear_pointer (&self->state_path, g_free);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (exc_lab_world_parent_class)->finalize (object);
}

static void
exc_lab_world_class_init (ExcLabWorldClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = exc_lab_world_finalize;

  /* After a change was made and saved. */
  signals[SIGNAL_CHANGED] = g_signal_new (
      "changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
exc_lab_world_init (ExcLabWorld *self)
{
  self->lock_fd = -1;
  self->servers = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_lab_server_free);
  self->send_connectors = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_lab_connector_free);
  self->subscriptions = g_ptr_array_new_with_free_func ((GDestroyNotify) subscription_free);
}

/**
 * exc_lab_world_new:
 * @clock: the lab's time
 * @keys: (not nullable): where keys come from; lives longer than the world
 *
 * Returns: (transfer full): an empty world
 */
ExcLabWorld *
exc_lab_world_new (ExcClock *clock, ExcLabKeys *keys)
{
  ExcLabWorld *self = g_object_new (EXC_TYPE_LAB_WORLD, NULL);

  self->clock = g_object_ref (clock);
  self->keys = keys;
  return self;
}

void
exc_lab_world_clear (ExcLabWorld *self)
{
  g_ptr_array_set_size (self->servers, 0);
  g_ptr_array_set_size (self->send_connectors, 0);
  g_clear_pointer (&self->scenario, g_free);
  g_clear_pointer (&self->organization, g_free);
  g_clear_pointer (&self->domain, g_free);
  g_clear_pointer (&self->auth.current, g_free);
  g_clear_pointer (&self->auth.previous, g_free);
  g_clear_pointer (&self->auth.next, g_free);
  g_clear_pointer (&self->auth.realm, g_free);
  g_clear_pointer (&self->auth.service_name, g_free);
  self->auth = (ExcLabAuthConfig){ 0 };
  g_clear_pointer (&self->dag, dag_free);
  g_clear_pointer (&self->authority, exc_lab_certificate_unref);
  g_clear_pointer (&self->hybrid, hybrid_free);
  g_clear_pointer (&self->federation, federation_free);
  g_ptr_array_set_size (self->subscriptions, 0);
}

void
exc_lab_set_text (char **slot, const char *text)
{
  char *old = *slot;

  *slot = g_strdup (text);
  g_free (old);
}

ExcLabHybrid *
exc_lab_world_add_hybrid (ExcLabWorld *self)
{
  g_clear_pointer (&self->hybrid, hybrid_free);
  self->hybrid = g_new0 (ExcLabHybrid, 1);
  return self->hybrid;
}

ExcLabFederation *
exc_lab_world_add_federation (ExcLabWorld *self)
{
  g_clear_pointer (&self->federation, federation_free);
  self->federation = g_new0 (ExcLabFederation, 1);
  return self->federation;
}

void
exc_lab_world_add_subscription (ExcLabWorld *self, const char *name, const char *site)
{
  ExcLabSubscription *subscription = g_new0 (ExcLabSubscription, 1);

  subscription->name = g_strdup (name);
  subscription->site = g_strdup (site);
  g_ptr_array_add (self->subscriptions, subscription);
}

void
exc_lab_world_set_names (ExcLabWorld *self,
                         const char *scenario,
                         const char *organization,
                         const char *domain)
{
  g_free (self->scenario);
  self->scenario = g_strdup (scenario);
  g_free (self->organization);
  self->organization = g_strdup (organization);
  g_free (self->domain);
  self->domain = g_strdup (domain);
}

void
exc_lab_world_set_dag (ExcLabWorld *self, const char *name, const char *const *servers)
{
  g_clear_pointer (&self->dag, dag_free);
  self->dag = g_new0 (ExcLabDag, 1);
  self->dag->name = g_strdup (name);
  self->dag->servers = g_strdupv ((GStrv) servers);
}

void
exc_lab_world_set_authority (ExcLabWorld *self, ExcLabCertificate *authority)
{
  g_clear_pointer (&self->authority, exc_lab_certificate_unref);
  self->authority = exc_lab_certificate_ref (authority);
}

ExcClock *
exc_lab_world_get_clock (ExcLabWorld *self)
{
  return self->clock;
}

gint64
exc_lab_world_now (ExcLabWorld *self)
{
  return exc_clock_now (self->clock);
}

ExcLabKeys *
exc_lab_world_get_keys (ExcLabWorld *self)
{
  return self->keys;
}

GPtrArray *
exc_lab_world_get_servers (ExcLabWorld *self)
{
  return self->servers;
}

ExcLabServer *
exc_lab_world_find_server (ExcLabWorld *self, const char *name)
{
  if (name == NULL)
    return NULL;
  if (g_ascii_strncasecmp (name, "CN=", 3) == 0)
    name += 3;
  for (guint i = 0; i < self->servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (self->servers, i);
    gsize length = strlen (server->name);

    if (g_ascii_strcasecmp (server->name, name) == 0 ||
        g_ascii_strcasecmp (server->fqdn, name) == 0 ||
        (g_ascii_strncasecmp (server->name, name, length) == 0 && name[length] == ','))
      return server;
  }
  return NULL;
}

ExcLabServer *
exc_lab_world_choose_back_end (ExcLabWorld *self, ExcLabServer *front)
{
  const guint n = self->servers->len;

  /* Beginning behind the front end: a client that leaves -Server out soon acts elsewhere. */
  for (guint i = 0; i < n; i++) {
    ExcLabServer *server;
    guint at = 0;

    for (guint j = 0; j < n; j++) {
      if (g_ptr_array_index (self->servers, j) == front)
        at = j;
    }
    server = g_ptr_array_index (self->servers, (at + 1 + self->n_sessions + i) % n);
    if (server->is_up && !server->is_edge) {
      self->n_sessions++;
      return server;
    }
  }
  return NULL;
}

const char *
exc_lab_world_get_scenario (ExcLabWorld *self)
{
  return self->scenario;
}

const char *
exc_lab_world_get_organization (ExcLabWorld *self)
{
  return self->organization;
}

const char *
exc_lab_world_get_domain (ExcLabWorld *self)
{
  return self->domain;
}

ExcLabAuthConfig *
exc_lab_world_get_auth_config (ExcLabWorld *self)
{
  return &self->auth;
}

ExcLabDag *
exc_lab_world_get_dag (ExcLabWorld *self)
{
  return self->dag;
}

GPtrArray *
exc_lab_world_get_send_connectors (ExcLabWorld *self)
{
  return self->send_connectors;
}

ExcLabCertificate *
exc_lab_world_get_authority (ExcLabWorld *self)
{
  return self->authority;
}

ExcLabHybrid *
exc_lab_world_get_hybrid (ExcLabWorld *self)
{
  return self->hybrid;
}

ExcLabFederation *
exc_lab_world_get_federation (ExcLabWorld *self)
{
  return self->federation;
}

GPtrArray *
exc_lab_world_get_subscriptions (ExcLabWorld *self)
{
  return self->subscriptions;
}

static gboolean
save (ExcLabWorld *self, GError **error)
{
  g_autoptr(JsonNode) node = exc_lab_world_to_json (self, TRUE);
  g_autofree char *text = json_to_string (node, FALSE);
  gboolean ok = g_file_set_contents_full (
      self->state_path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);

  OPENSSL_cleanse (text, strlen (text));
  if (!ok)
    g_prefix_error (error, _("The state of the lab cannot be saved: "));
  return ok;
}

/**
 * exc_lab_world_commit:
 * @self: a world that was changed
 *
 * Makes the change durable and tells who watches. Called before a client hears of the change, so
 * that what it was told survives a kill. What follows from the change by itself, the servicelets'
 * work and the transport service's complaints, is part of it.
 */
gboolean
exc_lab_world_commit (ExcLabWorld *self, GError **error)
{
  exc_lab_servicelets_run (self);
  exc_lab_transport_look (self);
  if (self->state_path != NULL && !save (self, error))
    return FALSE;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  return TRUE;
}

void
exc_lab_world_catch_up (ExcLabWorld *self)
{
  g_autoptr(GError) error = NULL;

  if (exc_lab_servicelets_run (self) && !exc_lab_world_commit (self, &error))
    g_warning ("what the servicelets did is not saved: %s", error->message);
}

/* One lab a folder: two would write their worlds over each other. A predecessor that is just
 * ending is waited for; a lock has no event to wait on. */
static gboolean
lock (ExcLabWorld *self, const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, "lock", NULL);

  if (self->lock_fd >= 0)
    close (self->lock_fd);
  self->lock_fd = g_open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  for (guint i = 0; self->lock_fd >= 0 && i < LOCK_TRIES; i++) {
    if (flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0)
      return TRUE;
    g_poll (NULL, 0, LOCK_WAIT_MS);
  }
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_BUSY,
               _("Another simulated organization uses the folder “%s”; end it or choose another "
                 "folder."),
                  directory);
  return FALSE;
}

gboolean
exc_lab_world_open_state (ExcLabWorld *self, const char *directory, GError **error)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  g_autofree char *text = NULL;
  g_autoptr(GError) local_error = NULL;

  if (g_mkdir_with_parents (directory, 0700) != 0) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_STORE,
                 _("The folder “%s” cannot be made: %s"), directory, g_strerror (errno));
    return FALSE;
  }
  if (!lock (self, directory, error))
    return FALSE;
  g_free (self->state_path);
  self->state_path = g_build_filename (directory, "world.json", NULL);
  if (!g_file_get_contents (self->state_path, &text, NULL, &local_error)) {
    if (g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
      return FALSE;
    g_propagate_error (error, g_steal_pointer (&local_error));
    return FALSE;
  }
  if (!json_parser_load_from_data (parser, text, -1, &local_error) ||
      !exc_lab_world_from_json (self, json_parser_get_root (parser), &local_error)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_STORE,
                 _("“%s” is not a saved lab (%s); remove it to begin anew."),
                    self->state_path,
                    local_error->message);
    return FALSE;
  }
  return TRUE;
}
