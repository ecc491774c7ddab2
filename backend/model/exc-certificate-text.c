/* exc-certificate-text.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-certificate"

#include "config.h"

#include "exc-certificate-private.h"

#include <glib/gi18n.h>

#define DAY G_GINT64_CONSTANT (86400)

static const struct {
  ExcKind kind;
  const char *id;
  const char *text;
} kinds[] = {
  { EXC_KIND_OTHER, "other", NC_("kind of certificate", "Other") },
    { EXC_KIND_MICROSOFT_EXCHANGE,
      "microsoft-exchange",
      NC_("kind of certificate", "Microsoft Exchange") },
      { EXC_KIND_AUTH, "auth", NC_("kind of certificate", "Auth certificate") },
        { EXC_KIND_WMSVC, "wmsvc", NC_("kind of certificate", "WMSVC") },
      };

/* In the order in which Exchange's own ToString names them (domain.md 1.3). */
static const struct {
  int bit;
  const char *name;
} services_names[] = {
  { EXC_SERVICE_IMAP, "IMAP" },
  { EXC_SERVICE_POP, "POP" },
  { EXC_SERVICE_UM, "UM" },
  { EXC_SERVICE_IIS, "IIS" },
  { EXC_SERVICE_SMTP, "SMTP" },
  { EXC_SERVICE_FEDERATION, "Federation" },
  { EXC_SERVICE_UM_CALL_ROUTER, "UMCallRouter" },
};

static const struct {
  guint bit;
  const char *id;
  const char *text; /* short: a badge */
} uses_names[] = {
  { EXC_USE_INTERNAL_TRANSPORT, "internal-transport", NC_("badge", "Default SMTP") },
    { EXC_USE_FRONT_END, "front-end-443", NC_("badge", "443") },
      { EXC_USE_FRONT_END_LOOPBACK, "front-end-loopback-443", NC_("badge", "127.0.0.1:443") },
        { EXC_USE_BACK_END, "back-end-444", NC_("badge", "444") },
          { EXC_USE_WMSVC, "wmsvc-8172", NC_("badge", "8172") },
            { EXC_USE_AUTH_CURRENT, "auth-current", NC_("badge", "Auth current") },
              { EXC_USE_AUTH_NEXT, "auth-next", NC_("badge", "Auth next") },
                { EXC_USE_AUTH_PREVIOUS, "auth-previous", NC_("badge", "Auth previous") },
                  { EXC_USE_HTTP_SYS, "http-sys", NC_("badge", "Other address") },
                    { EXC_USE_SEND_CONNECTOR, "send-connector", NC_("badge", "Send connector") },
                      { EXC_USE_RECEIVE_CONNECTOR,
                        "receive-connector",
                        NC_("badge", "Receive connector") },
                        { EXC_USE_HYBRID, "hybrid", NC_("badge", "Hybrid") },
                          { EXC_USE_POP, "pop", NC_("badge", "POP") },
                            { EXC_USE_IMAP, "imap", NC_("badge", "IMAP") },
                              { EXC_USE_FEDERATION, "federation", NC_("badge", "Federation") },
                                { EXC_USE_UM, "um", NC_("badge", "UM") },
                              };

static const struct {
  ExcStatus status;
  const char *id;
  const char *text;
} statuses[] = {
  { EXC_STATUS_UNKNOWN, "Unknown", NC_("status", "Unknown") },
    { EXC_STATUS_VALID, "Valid", NC_("status", "Valid") },
      { EXC_STATUS_REVOKED, "Revoked", NC_("status", "Revoked") },
        { EXC_STATUS_DATE_INVALID, "DateInvalid", NC_("status", "Date invalid") },
          { EXC_STATUS_UNTRUSTED, "Untrusted", NC_("status", "Untrusted") },
            { EXC_STATUS_INVALID, "Invalid", NC_("status", "Invalid") },
              { EXC_STATUS_REVOCATION_CHECK_FAILURE,
                "RevocationCheckFailure",
                NC_("status", "Revocation check failed") },
                { EXC_STATUS_PENDING_REQUEST, "PendingRequest", NC_("status", "Pending request") },
              };

/**
 * exc_count_days_left:
 * @not_after: end of validity, Unix seconds
 * @now: Unix seconds
 *
 * Returns: whole days, truncated towards zero as Microsoft's tools do; below zero once expired,
 *   even by a second
 */
int
exc_count_days_left (gint64 not_after, gint64 now)
{
  gint64 days = (not_after - now) / DAY;

  if (now > not_after)
    days = MIN (days, -1);
  return (int) CLAMP (days, G_MININT, G_MAXINT - 1);
}

/**
 * exc_kind_to_id:
 * @kind: a kind
 *
 * Returns: the untranslated word of the command line and of JSON
 */
const char *
exc_kind_to_id (ExcKind kind)
{
  g_return_val_if_fail ((gsize) kind < G_N_ELEMENTS (kinds), NULL);

  return kinds[kind].id;
}

gboolean
exc_kind_from_id (const char *id, ExcKind *kind)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    if (g_strcmp0 (id, kinds[i].id) == 0) {
      *kind = kinds[i].kind;
      return TRUE;
    }
  }
  return FALSE;
}

const char *
exc_kind_to_text (ExcKind kind)
{
  return g_dpgettext2 (NULL, "kind of certificate", kinds[kind].text);
}

const char *
exc_status_to_id (ExcStatus status)
{
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++) {
    if (statuses[i].status == status)
      return statuses[i].id;
  }
  return NULL;
}

const char *
exc_status_to_text (ExcStatus status)
{
  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++) {
    if (statuses[i].status == status)
      return g_dpgettext2 (NULL, "status", statuses[i].text);
  }
  return _("Not told by the server");
}

GStrv
exc_services_to_ids (int services)
{
  g_autoptr(GStrvBuilder) ids = g_strv_builder_new ();

  if (services == EXC_SERVICES_UNKNOWN)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (services_names); i++) {
    if (services & services_names[i].bit)
      g_strv_builder_add (ids, services_names[i].name);
  }
  return g_strv_builder_end (ids);
}

/* The names are Exchange's own and not translated. */
char *
exc_services_to_text (int services)
{
  g_auto(GStrv) ids = exc_services_to_ids (services);

  if (ids == NULL)
    return NULL;
  return ids[0] == NULL ? g_strdup (C_("services", "None")) : g_strjoinv (", ", ids);
}

GStrv
exc_uses_to_ids (guint uses)
{
  g_autoptr(GStrvBuilder) ids = g_strv_builder_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (uses_names); i++) {
    if (uses & uses_names[i].bit)
      g_strv_builder_add (ids, uses_names[i].id);
  }
  return g_strv_builder_end (ids);
}

GStrv
exc_uses_to_texts (guint uses)
{
  g_autoptr(GStrvBuilder) texts = g_strv_builder_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (uses_names); i++) {
    if (uses & uses_names[i].bit)
      g_strv_builder_add (texts, g_dpgettext2 (NULL, "badge", uses_names[i].text));
  }
  return g_strv_builder_end (texts);
}

/**
 * exc_health_judge:
 * @status: the server's word
 * @not_before: Unix seconds
 * @days_left: of exc_count_days_left()
 * @now: Unix seconds
 *
 * Expiry comes from the dates and never from the server's word, which says Invalid or DateInvalid
 * depending on the root store (domain.md 1.4). Unknown is never shown as good.
 *
 * Returns: the worst of what is known
 */
ExcHealth
exc_health_judge (ExcStatus status, gint64 not_before, int days_left, gint64 now)
{
  if (days_left < 0)
    return EXC_HEALTH_EXPIRED;
  if (not_before > now)
    return EXC_HEALTH_PROBLEM;
  switch (status) {
  case EXC_STATUS_REVOKED:
  case EXC_STATUS_DATE_INVALID:
  case EXC_STATUS_UNTRUSTED:
  case EXC_STATUS_INVALID:
    return EXC_HEALTH_PROBLEM;
  default:
    break;
  }
  if (days_left < EXC_EXPIRING_DAYS)
    return EXC_HEALTH_EXPIRING;
  if (days_left < EXC_SOON_DAYS)
    return EXC_HEALTH_SOON;
  return status == EXC_STATUS_VALID ? EXC_HEALTH_OK : EXC_HEALTH_UNKNOWN;
}

/**
 * exc_health_describe:
 *
 * Returns: (transfer full): the health in words, with the days where they matter
 */
char *
exc_health_describe (ExcHealth health,
                     ExcStatus status,
                     gint64 not_before,
                     gint64 not_after,
                     int days_left,
                     gint64 now)
{
  switch (health) {
  case EXC_HEALTH_EXPIRED:
    if (now - not_after < DAY)
      return g_strdup (_("Expired less than a day ago"));
    return g_strdup_printf (
        ngettext ("Expired %d day ago", "Expired %d days ago", (gulong) -days_left), -days_left);
  case EXC_HEALTH_PROBLEM:
    if (not_before > now)
      return g_strdup (_("Not valid yet"));
    return g_strdup (exc_status_to_text (status));
  case EXC_HEALTH_EXPIRING:
  case EXC_HEALTH_SOON:
    if (days_left == 0)
      return g_strdup (_("Expires within a day"));
    return g_strdup_printf (
        ngettext ("Expires in %d day", "Expires in %d days", (gulong) days_left), days_left);
  case EXC_HEALTH_UNKNOWN:
    if (status == EXC_STATUS_UNREAD)
      return g_strdup (_("In date; status not told"));
    return g_strdup (exc_status_to_text (status));
  default:
    return g_strdup (C_("status", "Valid"));
  }
}
