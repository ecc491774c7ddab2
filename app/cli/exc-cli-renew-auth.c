/* exc-cli-renew-auth.c — the Auth certificate: decided, planned, run
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cli"

#include "config.h"

#include "exc-cli-private.h"

#include "exc-error.h"
#include "exc-plan-auth.h"
#include "exc-preferences.h"

#include <glib/gi18n.h>

/* --mode, or what the organization needs. */
static gboolean
get_mode (ExcCli *self,
          ExcSnapshot *snapshot,
          const ExcAuthLimits *limits,
          ExcAuthMode *mode,
          GError **error)
{
  g_auto(ExcAuthDecision) decision = { 0 };

  if (self->options->mode != NULL) {
    if (exc_auth_mode_from_id (self->options->mode, mode) && *mode != EXC_AUTH_NOTHING)
      return TRUE;
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("“%s” is no mode. Modes: rotate, replace, distribute."), self->options->mode);
    return FALSE;
  }
  exc_plan_decide_auth (snapshot, limits, &decision);
  exc_cli_say (self, decision.reason);
  *mode = decision.mode;
  return TRUE;
}

int
exc_cli_renew_auth (ExcCli *self, GError **error)
{
  ExcCliOptions *words = self->options;
  ExcAuthOptions options = EXC_AUTH_OPTIONS_INIT;
  ExcPreferences preferences;
  g_autoptr(ExcPlan) plan = NULL;
  ExcSnapshot *snapshot;
  ExcAuthMode mode;

  if (exc_cli_get_argument (self, 1) != NULL) {
    g_set_error_literal (error,
                         EXC_ERROR,
                         EXC_ERROR_INPUT,
                         _("The Auth certificate is the organization’s: name no servers but by "
                           "--server, where it is made."));
    return -1;
  }
  if (!exc_preferences_load (&preferences, error) ||
      !exc_cli_options_get_days (words->effective_days, &options.effective_days, error) ||
      !exc_cli_options_get_days (words->soak_days, &options.soak_days, error) ||
      !exc_cli_refresh (self, NULL, error))
    return -1;
  options.limits.current_days = preferences.auth_current_days;
  options.limits.next_days = preferences.auth_next_days;
  options.limits.ignores_unreachable = words->ignore_unreachable;
  options.server = words->server;
  options.continues = words->go_on;
  options.ignores_unreachable = words->ignore_unreachable;
  options.removes_old = words->remove_old;

  snapshot = exc_organization_get_snapshot (exc_context_get_organization (self->context));
  if (!get_mode (self, snapshot, &options.limits, &mode, error))
    return -1;
  switch (mode) {
  case EXC_AUTH_ROTATE:
    plan = exc_plan_new_rotate_auth (snapshot, &options, error);
    break;
  case EXC_AUTH_REPLACE:
    plan = exc_plan_new_replace_auth (snapshot, &options, error);
    break;
  case EXC_AUTH_DISTRIBUTE:
    plan = exc_plan_new_distribute_auth (snapshot, &options, error);
    break;
  case EXC_AUTH_NOTHING:
  default:
    exc_cli_say (self, _("Nothing is to be done. Say --mode to do it all the same."));
    return EXC_EXIT_DONE;
  }
  return plan == NULL ? -1 : exc_cli_run_plan (self, plan, error);
}
