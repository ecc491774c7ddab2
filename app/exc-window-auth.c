/* exc-window-auth.c — the one certificate of the whole organization, at a glance
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-window-auth"

#include "config.h"

#include "exc-window-private.h"

#include "exc-format.h"
#include "exc-plan-auth.h"
#include "exc-preferences.h"

#include <glib/gi18n.h>

/* (nullable): the newest job with the organization's Auth certificate that is not at its end */
static ExcJob *
find_job (ExcWindow *self)
{
  ExcJobs *jobs = exc_context_get_jobs (self->context);
  const char *name = exc_organization_get_name (exc_context_get_organization (self->context));

  for (guint i = 0; jobs != NULL && i < g_list_model_get_n_items (G_LIST_MODEL (jobs)); i++) {
    g_autoptr(ExcJob) job = g_list_model_get_item (G_LIST_MODEL (jobs), i);

    if (g_str_has_suffix (exc_job_get_kind (job), "-auth") &&
        g_strcmp0 (exc_job_get_organization (job), name) == 0 &&
        (exc_job_get_is_active (job) || exc_job_get_is_parked (job) ||
         exc_job_get_awaits_user (job) || exc_job_get_state (job) == EXC_STATE_INTERRUPTED))
      return job; /* the list holds it */
  }

  return NULL;
}

/* (transfer full): how far the rotation is, as the servers were seen last */
static char *
format_progress (ExcSnapshot *snapshot, ExcJob *job)
{
  ExcAuthConfigRecord *config = exc_snapshot_get_auth_config (snapshot);
  g_autofree char *date = NULL;
  guint n_servers = 0;
  guint n_holders = 0;

  if (config == NULL || config->next == NULL)
    /* Translators: %s is the title of a job */
    return g_strdup_printf (_("“%s” waits for its time."), exc_job_get_title (job));
  n_holders = exc_auth_count_holders (snapshot, config->next, &n_servers);
  date = exc_format_date (config->next_effective);

  return g_strdup_printf (
      ngettext ("The next Auth certificate takes effect on %1$s; %2$u of %3$u server has it.",
                "The next Auth certificate takes effect on %1$s; %2$u of %3$u servers have it.",
                n_servers),
      date,
      n_holders,
      n_servers);
}

static const char *
get_button_label (ExcAuthMode mode)
{
  switch (mode) {
  case EXC_AUTH_REPLACE:
    return _("Replace now…");
  case EXC_AUTH_DISTRIBUTE:
    return _("Distribute…");
  case EXC_AUTH_ROTATE:
  case EXC_AUTH_NOTHING:
  default:
    return _("Rotate…");
  }
}

static void
show_need (ExcBanner *banner, ExcSnapshot *snapshot)
{
  static const char *const actions[] = {
    [EXC_AUTH_ROTATE] = "win.rotate-auth",
    [EXC_AUTH_REPLACE] = "win.replace-auth",
    [EXC_AUTH_DISTRIBUTE] = "win.distribute-auth",
  };
  ExcPreferences preferences = EXC_PREFERENCES_INIT;
  ExcAuthLimits limits = EXC_AUTH_LIMITS_INIT;
  g_auto(ExcAuthDecision) decision = { 0 };

  /* What cannot be read of them is told by the plan. */
  exc_preferences_load (&preferences, NULL);
  limits.current_days = preferences.auth_current_days;
  limits.next_days = preferences.auth_next_days;
  exc_plan_decide_auth (snapshot, &limits, &decision);
  if (decision.mode == EXC_AUTH_NOTHING)
    exc_banner_set_title (banner, NULL);
  else
    exc_banner_show (banner,
                     "dialog-warning-symbolic",
                     decision.reason,
                     get_button_label (decision.mode),
                     actions[decision.mode],
                     NULL);
}

/* What it needs, or how far the job with it is. A job that runs or waits for the user has its place
 * elsewhere. */
void
exc_window_update_auth (ExcWindow *self)
{
  ExcBanner *banner = exc_certificates_page_get_auth_banner (self->certificates_page);
  ExcOrganization *organization = exc_context_get_organization (self->context);
  ExcSnapshot *snapshot =
      organization != NULL ? exc_organization_get_snapshot (organization) : NULL;
  ExcJob *job = snapshot != NULL ? find_job (self) : NULL;

  if (job != NULL && exc_job_get_is_parked (job) && !exc_job_get_is_active (job)) {
    g_autofree char *progress = format_progress (snapshot, job);

    exc_banner_show (
        banner, "alarm-symbolic", progress, _("Show job"), "win.show-job", exc_job_get_id (job));
  } else if (job == NULL && snapshot != NULL) {
    show_need (banner, snapshot);
  } else {
    exc_banner_set_title (banner, NULL);
  }
}
