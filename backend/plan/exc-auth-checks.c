/* exc-auth-checks.c — what speaks against a change of the Auth certificate
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-auth-private.h"
#include "exc-auth-steps.h"
#include "exc-error.h"
#include "exc-plan-private.h"

#include <glib/gi18n.h>

#define HOUR_S ((gint64) 3600)
#define DAY_S  (24 * HOUR_S)
/* Microsoft's advice, an hour more than Exchange warns of (domain.md 2.5). */
#define MIN_NOTICE_S  (49 * HOUR_S)
#define MAX_DAYS      365
#define MAX_SKEW_S    300
#define MARGIN_DAYS   2
#define DEFAULT_DAYS  30
#define NEAR_DAYS     4

#define is_same(a, b) (g_strcmp0 (a, b) == 0)

/* Whether the server takes part. */
static gboolean
check_server (ExcPlan *plan, ExcServer *server, ExcAuthMode mode, const ExcAuthOptions *options)
{
  const char *fqdn = exc_server_get_fqdn (server);
  const char *name = exc_server_get_name (server);
  const char *problem = exc_server_get_problem (server);
  ExcWindowsRecord *windows = exc_server_get_windows (server);
  const gint64 skew =
      windows != NULL && windows->utc_now != 0 && exc_server_get_last_seen (server) != 0
          ? windows->utc_now - exc_server_get_last_seen (server)
          : 0;
  const ExcCheckResult result =
      options->ignores_unreachable ? EXC_CHECK_WARNING : EXC_CHECK_BLOCKED;

  /* A copy needs the Exchange endpoint alone. */
  if (!exc_auth_is_reachable (server) ||
      (mode != EXC_AUTH_DISTRIBUTE &&
       (windows == NULL || exc_server_get_internal_transport (server) == NULL))) {
    if (options->ignores_unreachable)
      exc_plan_say (
          plan,
          fqdn,
          result,
          _("%1$s is left out: %2$s It may lack the new certificate when that takes effect."),
             name,
             problem != NULL ? problem : exc_server_get_state_text (server));
    else
      exc_plan_say (plan,
                    fqdn,
                    result,
                    _("%1$s cannot be used: %2$s Every Mailbox server has to have the certificate. Try again "
             "when it answers, or leave it out knowingly."),
                       name,
                       problem != NULL ? problem : exc_server_get_state_text (server));
    return FALSE;
  }
  if (ABS (skew) > MAX_SKEW_S)
    exc_plan_say (plan,
                  fqdn,
                  EXC_CHECK_WARNING,
                  _("The clock of %1$s and that of this computer differ by %2$d minutes. Dates are taken from "
           "the server; tokens need clocks that agree."),
                     name,
                     (int) (ABS (skew) / 60));
  return TRUE;
}

static void
add_servers (ExcPlan *plan,
             ExcSnapshot *snapshot,
             const ExcAuthOptions *options,
             ExcAuthTarget *target)
{
  GPtrArray *servers = exc_snapshot_get_servers (snapshot);
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();
  g_auto(GStrv) all = NULL;
  g_auto(GStrv) ordered = NULL;

  for (guint i = 0; i < servers->len; i++)
    g_strv_builder_add (names, exc_server_get_fqdn (g_ptr_array_index (servers, i)));
  all = g_strv_builder_end (names);
  ordered = exc_plan_order_servers (snapshot, (const char *const *) all);
  for (guint i = 0; ordered[i] != NULL; i++) {
    ExcServer *server = exc_snapshot_find_server (snapshot, ordered[i]);
    const char *internal = exc_server_get_internal_transport (server);
    ExcAuthServer *one;

    if (!exc_auth_needs (server) || !check_server (plan, server, target->mode, options))
      continue;
    one = exc_auth_target_add_server (
        target, exc_server_get_fqdn (server), exc_server_get_name (server));
    one->internal = internal != NULL && *internal != '\0' ? g_strdup (internal) : NULL;
    one->lacks_current = exc_auth_lacks (snapshot, server, target->current);
    one->lacks_next = exc_auth_lacks (snapshot, server, target->next);
  }
}

/* Where it is made and staged. */
static gboolean
choose_server (ExcPlan *plan,
               ExcSnapshot *snapshot,
               const ExcAuthOptions *options,
               ExcAuthTarget *target,
               GError **error)
{
  ExcServer *wanted =
      options->server != NULL ? exc_snapshot_find_server (snapshot, options->server) : NULL;

  if (options->server != NULL && wanted == NULL) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_NOT_FOUND,
                 _("There is no server “%s” in this organization."), options->server);
    return FALSE;
  }
  for (guint i = 0; i < target->servers->len; i++) {
    ExcAuthServer *one = g_ptr_array_index (target->servers, i);

    if (wanted != NULL && !is_same (one->fqdn, exc_server_get_fqdn (wanted)))
      continue;
    target->server = g_strdup (one->fqdn);
    target->name = g_strdup (one->name);
    target->internal = g_strdup (one->internal);
    return TRUE;
  }
  if (wanted != NULL)
    exc_plan_say (plan,
                  exc_server_get_fqdn (wanted),
                  EXC_CHECK_BLOCKED,
                  _("%s cannot make the certificate: it is no Mailbox server that answers."),
                     exc_server_get_name (wanted));
  else
    exc_plan_say (plan,
                  NULL,
                  EXC_CHECK_BLOCKED,
                  _("No Mailbox server answers that could make the certificate."));
  return TRUE;
}

/* Where both are due, the default certificate comes first (steps.md E). */
static void
check_order (ExcPlan *plan, ExcSnapshot *snapshot, ExcAuthTarget *target)
{
  ExcCertificate *internal =
      target->internal != NULL
          ? exc_snapshot_find_certificate (snapshot, target->server, target->internal)
          : NULL;

  if (internal != NULL && exc_certificate_get_days_left (internal) < DEFAULT_DAYS)
    exc_plan_say (plan,
                  target->server,
                  EXC_CHECK_WARNING,
                  _("The default certificate of %1$s is due as well (%2$s). Renew that one first, or make the "
           "Auth certificate on another server."),
                     target->name,
                     exc_certificate_get_health_text (internal));
}

static char *
dup_source (ExcSnapshot *snapshot, const char *thumbprint)
{
  ExcCertificate *found = exc_auth_find_anywhere (snapshot, thumbprint);

  return found != NULL && exc_certificate_get_record (found)->private_key_exportable == EXC_YES
             ? g_strdup (exc_certificate_get_server (found))
             : NULL;
}

static void
check_next (ExcPlan *plan,
            ExcSnapshot *snapshot,
            const ExcAuthOptions *options,
            ExcAuthTarget *target)
{
  ExcAuthConfigRecord *config = exc_snapshot_get_auth_config (snapshot);
  g_autofree char *date = exc_auth_format_time (config->next_effective);

  if (options->continues && target->next == NULL) {
    exc_plan_say (
        plan, NULL, EXC_CHECK_BLOCKED, _("No certificate is staged that could be gone on with."));
  } else if (options->continues &&
             (target->next_source == NULL || exc_auth_get_days (snapshot, target->next) < 0)) {
    exc_plan_say (plan,
                  NULL,
                  EXC_CHECK_BLOCKED,
                  _("The staged certificate %s has expired, or is on no server that could give it to others. "
           "Replace it instead."),
                     target->next);
  } else if (options->continues) {
    target->continues = TRUE;
    exc_plan_say (
        plan,
        NULL,
        EXC_CHECK_PASSED,
        _("Certificate %1$s is staged for %2$s. This goes on with it."), target->next, date);
  } else if (target->next != NULL && target->mode == EXC_AUTH_ROTATE) {
    exc_plan_say (plan,
                  NULL,
                  EXC_CHECK_BLOCKED,
                  _("Certificate %1$s is staged already, for %2$s. Go on with that one, or cancel it first."),
                     target->next,
                     date);
  } else if (target->next != NULL) {
    exc_plan_say (plan,
                  NULL,
                  EXC_CHECK_WARNING,
                  _("Certificate %1$s is staged, for %2$s. The new one takes its place."),
                     target->next,
                     date);
  }
}

static void
check_hybrid (ExcPlan *plan, ExcSnapshot *snapshot, ExcAuthTarget *target)
{
  const ExcTristate is_hybrid = exc_snapshot_is_hybrid (snapshot);

  target->is_hybrid = is_hybrid == EXC_YES;
  if (is_hybrid == EXC_YES)
    exc_plan_say (
        plan,
        NULL,
        EXC_CHECK_WARNING,
        _("The organization is a hybrid one. Exchange Online has to be told the new certificate: the "
           "job stops for you to run ConfigureExchangeHybridApplication.ps1 -UpdateCertificate or the "
           "Hybrid Configuration Wizard. Until then free/busy and archives in the cloud fail."));
  else if (is_hybrid == EXC_UNKNOWN)
    exc_plan_say (
        plan,
        NULL,
        EXC_CHECK_WARNING,
        _("Whether the organization is a hybrid one was not told. If it is, run the Hybrid "
           "Configuration Wizard after the change."));
}

static void
check_others (ExcPlan *plan, ExcSnapshot *snapshot)
{
  ExcAuthConfigRecord *config = exc_snapshot_get_auth_config (snapshot);
  GPtrArray *certificates = exc_snapshot_get_certificates (snapshot);
  g_autoptr(GHashTable) others = g_hash_table_new (g_str_hash, g_str_equal);
  guint n;

  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificate *one = g_ptr_array_index (certificates, i);
    const char *thumbprint = exc_certificate_get_thumbprint (one);

    if (g_ascii_strcasecmp (exc_certificate_get_subject (one), EXC_AUTH_SUBJECT) == 0 &&
        !is_same (thumbprint, config->current) && !is_same (thumbprint, config->next) &&
        !is_same (thumbprint, config->previous))
      g_hash_table_add (others, (char *) thumbprint);
  }
  n = g_hash_table_size (others);
  if (n > 0)
    exc_plan_say (
        plan,
        NULL,
        EXC_CHECK_PASSED,
        ngettext ("%u other certificate of this name lies on the servers. It is not used, and left "
                  "alone.",
                  "%u other certificates of this name lie on the servers. They are not used, and "
                  "left alone.",
                  n),
        n);
}

/* Whether this is the right thing to do now. */
static void
check_mode (ExcPlan *plan,
            ExcSnapshot *snapshot,
            const ExcAuthOptions *options,
            ExcAuthTarget *target)
{
  ExcAuthLimits limits = options->limits;
  const int days = exc_auth_get_days (snapshot, target->current);
  g_auto(ExcAuthDecision) decision = { 0 };

  target->is_useless = days < 0;
  if (target->mode == EXC_AUTH_ROTATE && days < 0) {
    exc_plan_say (plan,
                  NULL,
                  EXC_CHECK_BLOCKED,
                  _("The current Auth certificate has expired or is on no server: it has to be replaced now, "
           "not at a later date."));
    return;
  }
  if (target->mode == EXC_AUTH_REPLACE && days >= 0) {
    exc_plan_say (
        plan,
        NULL,
        EXC_CHECK_WARNING,
        ngettext (
            "The current Auth certificate is good for %d day. Replacing it at once can sign users "
            "out of Outlook on the web; a rotation does not.",
            "The current Auth certificate is good for %d days. Replacing it at once can sign users "
            "out of Outlook on the web; a rotation does not.",
            days),
        days);
    return;
  }
  /* Those that do not answer have their own check. */
  limits.ignores_unreachable = TRUE;
  exc_plan_decide_auth (snapshot, &limits, &decision);
  exc_plan_add_check (plan, NULL, EXC_CHECK_PASSED, decision.reason);
}

/* When the new one takes effect: before the old one ends, and not before it can be everywhere. */
static gboolean
set_times (ExcPlan *plan,
           ExcSnapshot *snapshot,
           const ExcAuthOptions *options,
           ExcAuthTarget *target,
           GError **error)
{
  const int left = exc_auth_get_days (snapshot, target->current);
  int days = options->effective_days;

  if (days < 0 || days > MAX_DAYS || options->soak_days < 0 || options->soak_days > MAX_DAYS) {
    g_set_error (
        error, EXC_ERROR, EXC_ERROR_INPUT, _("A number of days lies between 0 and %d."), MAX_DAYS);
    return FALSE;
  }
  target->planned = exc_snapshot_get_time (snapshot);
  target->soak_s =
      target->mode == EXC_AUTH_REPLACE && target->is_useless ? 0 : options->soak_days * DAY_S;
  if (target->mode != EXC_AUTH_ROTATE || target->continues)
    return TRUE;
  if (left >= 0 && days > left - MARGIN_DAYS) {
    days = MIN (days, left > NEAR_DAYS ? MAX (NEAR_DAYS, left - MARGIN_DAYS) : 0);
    exc_plan_say (
        plan,
        NULL,
        EXC_CHECK_WARNING,
        ngettext (
            "The current Auth certificate ends in %d day, so the new one takes effect earlier "
            "than asked for.",
            "The current Auth certificate ends in %d days, so the new one takes effect earlier "
            "than asked for.",
            left),
        left);
  }
  target->effective_s = MAX (days * DAY_S, MIN_NOTICE_S);
  return TRUE;
}

gboolean
exc_auth_check (ExcPlan *plan,
                ExcSnapshot *snapshot,
                const ExcAuthOptions *options,
                ExcAuthTarget *target,
                GError **error)
{
  ExcAuthConfigRecord *config = exc_snapshot_get_auth_config (snapshot);

  if (config == NULL) {
    const char *problem = exc_snapshot_get_auth_problem (snapshot);

    exc_plan_say (plan,
                  NULL,
                  EXC_CHECK_BLOCKED,
                  _("The organization did not tell its Auth configuration: %s"),
                     problem != NULL ? problem : _("it has not been read yet."));
    return TRUE;
  }
  target->current = g_strdup (config->current);
  target->next = g_strdup (config->next);
  target->current_source = dup_source (snapshot, config->current);
  target->next_source = dup_source (snapshot, config->next);
  target->removes_old = options->removes_old && config->current != NULL;
  add_servers (plan, snapshot, options, target);
  if (!choose_server (plan, snapshot, options, target, error))
    return FALSE;
  check_mode (plan, snapshot, options, target);
  if (target->mode != EXC_AUTH_DISTRIBUTE) {
    if (target->server != NULL)
      check_order (plan, snapshot, target);
    check_next (plan, snapshot, options, target);
    check_hybrid (plan, snapshot, target);
    check_others (plan, snapshot);
  }
  return set_times (plan, snapshot, options, target, error);
}
