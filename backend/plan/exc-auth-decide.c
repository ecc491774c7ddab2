/* exc-auth-decide.c — what the Auth certificate needs (domain.md 4.1)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-auth-private.h"
#include "exc-plan-private.h"

#include <glib/gi18n.h>

#define DAY_S   ((gint64) 24 * 3600)
#define UNKNOWN (-1)

static const char *const mode_ids[] = {
  [EXC_AUTH_NOTHING] = "nothing",
  [EXC_AUTH_ROTATE] = "rotate",
  [EXC_AUTH_REPLACE] = "replace",
  [EXC_AUTH_DISTRIBUTE] = "distribute",
};

const char *
exc_auth_mode_to_id (ExcAuthMode mode)
{
  g_return_val_if_fail ((guint) mode < G_N_ELEMENTS (mode_ids), NULL);

  return mode_ids[mode];
}

gboolean
exc_auth_mode_from_id (const char *id, ExcAuthMode *mode)
{
  for (guint i = 0; i < G_N_ELEMENTS (mode_ids); i++) {
    if (g_strcmp0 (id, mode_ids[i]) != 0)
      continue;
    *mode = i;
    return TRUE;
  }
  return FALSE;
}

void
exc_auth_decision_clear (ExcAuthDecision *self)
{
  g_clear_pointer (&self->reason, g_free);
}

int
exc_auth_count_days (gint64 not_after, gint64 now)
{
  const int days = (int) ((not_after - now) / DAY_S);

  /* Theirs has 0 for what ended yesterday, less than a day ago: that would be rotated. */
  return not_after / DAY_S == now / DAY_S || not_after <= now ? MIN (days, -1) : days;
}

gboolean
exc_auth_needs (ExcServer *server)
{
  ExcServerRecord *record = exc_server_get_record (server);

  return record != NULL && !record->is_edge && record->is_mailbox;
}

gboolean
exc_auth_is_reachable (ExcServer *server)
{
  ExcServerState state = exc_server_get_state (server);

  return state == EXC_SERVER_OK || state == EXC_SERVER_PARTIAL;
}

ExcCertificate *
exc_auth_find_anywhere (ExcSnapshot *snapshot, const char *thumbprint)
{
  GPtrArray *servers = exc_snapshot_get_servers (snapshot);
  ExcCertificate *found = NULL;

  for (guint i = 0; thumbprint != NULL && i < servers->len; i++) {
    ExcServer *server = g_ptr_array_index (servers, i);
    ExcCertificate *one =
        exc_snapshot_find_certificate (snapshot, exc_server_get_fqdn (server), thumbprint);

    if (!exc_auth_needs (server) || one == NULL)
      continue;
    /* Another server can be given it. */
    if (exc_certificate_get_record (one)->private_key_exportable == EXC_YES &&
        exc_auth_is_reachable (server))
      return one;
    if (found == NULL)
      found = one;
  }
  return found;
}

gboolean
exc_auth_lacks (ExcSnapshot *snapshot, ExcServer *server, const char *thumbprint)
{
  return thumbprint != NULL && !exc_plan_holds (snapshot, server, thumbprint);
}

static guint
count_lacking (ExcSnapshot *snapshot, const char *thumbprint)
{
  GPtrArray *servers = exc_snapshot_get_servers (snapshot);
  guint n = 0;

  for (guint i = 0; i < servers->len; i++) {
    ExcServer *server = g_ptr_array_index (servers, i);

    n += exc_auth_needs (server) && exc_auth_is_reachable (server) &&
         exc_auth_lacks (snapshot, server, thumbprint);
  }
  return n;
}

guint
exc_auth_count_holders (ExcSnapshot *snapshot, const char *thumbprint, guint *n_servers)
{
  GPtrArray *servers = exc_snapshot_get_servers (snapshot);
  guint n = 0;

  *n_servers = 0;
  for (guint i = 0; i < servers->len; i++) {
    ExcServer *server = g_ptr_array_index (servers, i);

    if (!exc_auth_needs (server))
      continue;
    ++*n_servers;
    n += exc_plan_holds (snapshot, server, thumbprint);
  }
  return n;
}

static guint
count_unreachable (ExcSnapshot *snapshot)
{
  GPtrArray *servers = exc_snapshot_get_servers (snapshot);
  guint n = 0;

  for (guint i = 0; i < servers->len; i++)
    n += exc_auth_needs (g_ptr_array_index (servers, i)) &&
         !exc_auth_is_reachable (g_ptr_array_index (servers, i));
  return n;
}

int
exc_auth_get_days (ExcSnapshot *snapshot, const char *thumbprint)
{
  ExcCertificate *found = exc_auth_find_anywhere (snapshot, thumbprint);

  return found == NULL ? UNKNOWN
                       : exc_auth_count_days (exc_certificate_get_not_after (found),
                                              exc_snapshot_get_time (snapshot));
}

static char *
dup_why_replace (ExcSnapshot *snapshot, const char *current)
{
  ExcCertificate *found = exc_auth_find_anywhere (snapshot, current);

  if (current == NULL)
    return g_strdup (_ ("The organization has no Auth certificate."));
  if (found == NULL)
    return g_strdup_printf (_ ("The Auth certificate %s is on no server."), current);
  return g_strdup_printf (_ ("The Auth certificate %1$s is of no use any more: %2$s."),
                             exc_certificate_get_short_thumbprint (found),
                             exc_certificate_get_health_text (found));
}

/**
 * exc_plan_decide_auth:
 * @snapshot: the organization as it was seen last
 * @limits: (nullable): %NULL for those of Microsoft's own script
 * @decision: (out): what is to be done, with a sentence why
 *
 * The first rule of domain.md 4.1 that matches decides. Edge servers do not count.
 */
void
exc_plan_decide_auth (ExcSnapshot *snapshot, const ExcAuthLimits *limits, ExcAuthDecision *decision)
{
  const ExcAuthLimits defaults = EXC_AUTH_LIMITS_INIT;
  ExcAuthConfigRecord *config;
  guint n_unreachable;
  guint n_current;
  guint n_next;
  int current;
  int next;

  g_return_if_fail (EXC_IS_SNAPSHOT (snapshot));
  g_return_if_fail (decision != NULL);

  if (limits == NULL)
    limits = &defaults;
  config = exc_snapshot_get_auth_config (snapshot);
  decision->mode = EXC_AUTH_NOTHING;
  if (config == NULL) {
    decision->reason = g_strdup (_ ("The organization did not tell its Auth configuration."));
    return;
  }
  n_unreachable = count_unreachable (snapshot);
  if (n_unreachable > 0 && !limits->ignores_unreachable) {
    decision->reason = g_strdup_printf (
        ngettext ("%u server does not answer, so nothing is decided before it does.",
                  "%u servers do not answer, so nothing is decided before they do.",
                  n_unreachable),
        n_unreachable);
    return;
  }

  current = exc_auth_get_days (snapshot, config->current);
  next = exc_auth_get_days (snapshot, config->next);
  n_current = count_lacking (snapshot, config->current);
  n_next = count_lacking (snapshot, config->next);
  if (current < 0 && next < 0) {
    decision->mode = EXC_AUTH_REPLACE;
    decision->reason = dup_why_replace (snapshot, config->current);
  } else if (current >= 0 && current <= limits->current_days && next <= limits->next_days &&
             n_current == 0 && n_next == 0) {
    decision->mode = EXC_AUTH_ROTATE;
    decision->reason = g_strdup_printf (
        ngettext ("The Auth certificate has %d day left, and no next one that would last.",
                  "The Auth certificate has %d days left, and no next one that would last.",
                  current),
        current);
  } else if (current <= 0 && next >= 0) {
    decision->mode = EXC_AUTH_REPLACE;
    decision->reason = dup_why_replace (snapshot, config->current);
  } else if (n_current > 0 || n_next > 0) {
    decision->mode = EXC_AUTH_DISTRIBUTE;
    decision->reason =
        n_current > 0 ? g_strdup_printf (ngettext ("%u server lacks the current Auth certificate.",
                                                   "%u servers lack the current Auth certificate.",
                                                   n_current),
                                         n_current)
                      : g_strdup_printf (ngettext ("%u server lacks the next Auth certificate.",
                                                   "%u servers lack the next Auth certificate.",
                                                   n_next),
                                         n_next);
  } else {
    decision->reason =
        g_strdup_printf (ngettext ("The Auth certificate has %d day left, and is everywhere.",
                                   "The Auth certificate has %d days left, and is everywhere.",
                                   current),
                         current);
  }
}
