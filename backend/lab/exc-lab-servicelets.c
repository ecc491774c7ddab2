/* exc-lab-servicelets.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Both servicelets run when the service host starts and every twelve hours after that. Nothing here
 * polls: the state says when what is due, and whoever moves the clock, restarts a service or sends
 * a command lets all happen that became due meanwhile, in its order and with its own times, so that
 * a clock that jumps by a month leaves the same traces as one that ran.
 */

#define G_LOG_DOMAIN "exc-lab-servicelets"

#include "config.h"

#include "exc-lab-servicelets.h"

#define PERIOD_S ((gint64) 12 * 60 * 60)

static ExcLabService *
find_host (ExcLabServer *server)
{
  return server->is_edge ? NULL : exc_lab_server_find_service (server, "MSExchangeServiceHost");
}

static gboolean
has_host (ExcLabServer *server, gint64 now)
{
  ExcLabService *host = find_host (server);

  return host != NULL && server->is_up && exc_lab_service_is_up (host, now);
}

/* One certificate onto one server, if any server it may come from has it with a key that can be
 * copied. */
static gboolean
pull (ExcLabWorld *world, ExcLabServer *server, const char *thumbprint, gboolean any_site)
{
  GPtrArray *servers = exc_lab_world_get_servers (world);
  ExcLabCertificate *found = exc_lab_store_find (server->my, thumbprint);
  ExcLabCertificate *source = NULL;
  ExcLabCertificate *copy;

  if (found != NULL) {
    const gboolean is_new = !found->network_service;

    found->network_service = TRUE;
    return is_new;
  }
  for (guint pass = 0; source == NULL && pass < (any_site ? 2 : 1); pass++) {
    for (guint i = 0; source == NULL && i < servers->len; i++) {
      ExcLabServer *other = g_ptr_array_index (servers, i);
      ExcLabCertificate *one = exc_lab_store_find (other->my, thumbprint);

      if (other->is_up && !other->is_edge && one != NULL && one->key != NULL && one->exportable &&
          (pass == 1 || g_strcmp0 (other->site, server->site) == 0))
        source = one;
    }
  }
  if (source == NULL)
    return FALSE;
  copy = exc_lab_certificate_new (source->x509->der, source->key, NULL);
  copy->friendly_name = g_strdup (source->friendly_name);
  copy->exportable = TRUE;
  copy->network_service = TRUE;
  g_ptr_array_add (server->my, copy);
  return TRUE;
}

/* CertificateDeployment on one server. */
static gboolean
deploy (ExcLabWorld *world, ExcLabServer *server, gboolean any_site)
{
  ExcLabAuthConfig *auth = exc_lab_world_get_auth_config (world);
  const char *thumbprints[] = { auth->current, auth->next, auth->previous };
  gboolean is_changed = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (thumbprints); i++) {
    if (thumbprints[i] != NULL && pull (world, server, thumbprints[i], any_site))
      is_changed = TRUE;
  }
  return is_changed;
}

static gboolean
is_complete (ExcLabWorld *world, ExcLabServer *server)
{
  ExcLabAuthConfig *auth = exc_lab_world_get_auth_config (world);
  const char *thumbprints[] = { auth->current, auth->next, auth->previous };

  for (guint i = 0; i < G_N_ELEMENTS (thumbprints); i++) {
    ExcLabCertificate *found = exc_lab_store_find (server->my, thumbprints[i]);

    if (thumbprints[i] != NULL && (found == NULL || !found->network_service))
      return FALSE;
  }
  return TRUE;
}

void
exc_lab_auth_config_publish (ExcLabAuthConfig *auth, gint64 now)
{
  g_free (auth->previous);
  auth->previous = g_steal_pointer (&auth->current);
  auth->current = g_steal_pointer (&auth->next);
  auth->next_effective = 0;
  auth->changed = now;
}

static void
deploy_to_site (ExcLabWorld *world, const char *site, gint64 now)
{
  GPtrArray *servers = exc_lab_world_get_servers (world);

  for (guint i = 0; i < servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);

    if (has_host (server, now) && g_strcmp0 (server->site, site) == 0)
      deploy (world, server, FALSE);
  }
}

static void
plan_other_sites (ExcLabAuthConfig *auth, gint64 now)
{
  auth->deploys_at = auth->other_sites_s == EXC_LAB_NEVER ? 0 : now + auth->other_sites_s;
}

void
exc_lab_servicelets_notify (ExcLabWorld *world, ExcLabServer *from, gboolean is_later)
{
  const gint64 now = exc_lab_world_now (world);

  if (!is_later)
    deploy_to_site (world, from->site, now);
  plan_other_sites (exc_lab_world_get_auth_config (world), now);
}

/* AuthAdmin on one server. */
static gboolean
publish_due (ExcLabWorld *world, ExcLabServer *server, gint64 now)
{
  ExcLabAuthConfig *auth = exc_lab_world_get_auth_config (world);
  g_autofree char *message = NULL;

  if (auth->next == NULL || auth->next_effective > now)
    return FALSE;
  exc_lab_auth_config_publish (auth, now);
  message = g_strdup_printf ("The Auth Admin servicelet published the certificate with thumbprint "
                             "%s as the current certificate of the Auth Configuration.",
                             auth->current);
  exc_lab_server_add_event (server, now, "Application", "MSExchange AuthAdmin", 2014, message);
  deploy_to_site (world, server->site, now);
  plan_other_sites (auth, now);
  return TRUE;
}

static gboolean
run_on (ExcLabWorld *world, ExcLabServer *server, gint64 at)
{
  ExcLabAuthConfig *auth = exc_lab_world_get_auth_config (world);
  gboolean is_changed = deploy (world, server, auth->other_sites_s != EXC_LAB_NEVER);

  if (publish_due (world, server, at))
    is_changed = TRUE;
  server->next_servicelets = at + PERIOD_S;
  return is_changed;
}

/* Starts of service hosts: a run that was not known yet. A host that the control interface sets
 * running while it runs is no start. */
static gboolean
notice_starts (ExcLabWorld *world, gint64 now)
{
  GPtrArray *servers = exc_lab_world_get_servers (world);
  gboolean is_changed = FALSE;

  for (guint i = 0; i < servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);
    ExcLabService *host = find_host (server);
    gint64 run;

    if (host == NULL)
      continue;
    run = has_host (server, now) ? host->back_at : -1;
    if (server->next_servicelets == 0)
      server->next_servicelets = now + PERIOD_S;
    if (run == server->host_run)
      continue;
    if (run > 0 || (run == 0 && server->host_run < 0))
      is_changed = run_on (world, server, run > 0 ? run : now) || is_changed;
    server->host_run = run;
    is_changed = TRUE;
  }
  return is_changed;
}

/* When the run at or after @wanted is, of a host that runs again and again. */
static gint64
round_up (ExcLabServer *server, gint64 wanted)
{
  const gint64 next = server->next_servicelets;

  return wanted <= next ? next : next + (wanted - next + PERIOD_S - 1) / PERIOD_S * PERIOD_S;
}

/* When this server's host has something to do next; G_MAXINT64: nothing. */
static gint64
get_next_of (ExcLabWorld *world, ExcLabServer *server, gint64 now)
{
  ExcLabAuthConfig *auth = exc_lab_world_get_auth_config (world);
  gint64 next = G_MAXINT64;

  if (!has_host (server, now))
    return next;
  if (!is_complete (world, server))
    next = server->next_servicelets;
  if (auth->next != NULL)
    next = MIN (next, round_up (server, auth->next_effective));
  return next;
}

static ExcLabServer *
find_next (ExcLabWorld *world, gint64 now, gint64 *at)
{
  GPtrArray *servers = exc_lab_world_get_servers (world);
  ExcLabServer *first = NULL;

  *at = G_MAXINT64;
  for (guint i = 0; i < servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);
    const gint64 next = get_next_of (world, server, now);

    if (next < *at) {
      *at = next;
      first = server;
    }
  }
  return first;
}

static void
deploy_everywhere (ExcLabWorld *world, gint64 now)
{
  GPtrArray *servers = exc_lab_world_get_servers (world);

  for (guint i = 0; i < servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);

    if (has_host (server, now))
      deploy (world, server, TRUE);
  }
  exc_lab_world_get_auth_config (world)->deploys_at = 0;
}

/* Runs that had nothing to do leave no trace but their time. */
static void
skip_idle_runs (ExcLabWorld *world, gint64 now)
{
  GPtrArray *servers = exc_lab_world_get_servers (world);

  for (guint i = 0; i < servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);

    if (find_host (server) != NULL) /* a clock that went back plans anew */
      server->next_servicelets = MIN (round_up (server, now + 1), now + PERIOD_S);
  }
}

gboolean
exc_lab_servicelets_run (ExcLabWorld *world)
{
  const gint64 now = exc_lab_world_now (world);
  ExcLabAuthConfig *auth = exc_lab_world_get_auth_config (world);
  gboolean is_changed = notice_starts (world, now);

  while (TRUE) {
    gint64 at;
    ExcLabServer *server = find_next (world, now, &at);

    if (auth->deploys_at != 0 && auth->deploys_at <= MIN (now, at)) {
      deploy_everywhere (world, now);
      is_changed = TRUE;
    } else if (server != NULL && at <= now) {
      is_changed = run_on (world, server, at) || is_changed;
    } else {
      break;
    }
  }
  skip_idle_runs (world, now);
  return is_changed;
}

gint64
exc_lab_servicelets_get_next (ExcLabWorld *world)
{
  ExcLabAuthConfig *auth = exc_lab_world_get_auth_config (world);
  gint64 next;

  find_next (world, exc_lab_world_now (world), &next);
  if (auth->deploys_at != 0)
    next = MIN (next, auth->deploys_at);
  return next == G_MAXINT64 ? 0 : next;
}
