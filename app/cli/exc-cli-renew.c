/* exc-cli-renew.c — new certificates in place of old ones
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cli"

#include "config.h"

#include "exc-cli-private.h"

#include "exc-error.h"

#include <glib/gi18n.h>

static ExcPlan *
plan_microsoft_exchange (ExcCli *self,
                         ExcSnapshot *snapshot,
                         const char *const *servers,
                         GError **error)
{
  ExcRenewOptions options = { .restarts_mail = self->options->restart_mail,
                              .removes_old = self->options->remove_old };

  if (!exc_cli_options_get_restart (self->options, &options.restart, error))
    return NULL;
  return exc_plan_new_renew_microsoft_exchange (snapshot, servers, &options, error);
}

static ExcPlan *
plan_wmsvc (ExcCli *self, ExcSnapshot *snapshot, const char *const *servers, GError **error)
{
  ExcWmsvcOptions options = { .by_windows = self->options->by_windows,
                              .removes_old = self->options->remove_old };

  return exc_plan_new_renew_wmsvc (snapshot, servers, &options, error);
}

int
exc_cli_renew (ExcCli *self, GError **error)
{
  static const struct {
    ExcKind kind;
    ExcPlan *(*plan) (ExcCli *, ExcSnapshot *, const char *const *, GError **);
  } kinds[] = {
    { EXC_KIND_MICROSOFT_EXCHANGE, plan_microsoft_exchange },
    { EXC_KIND_WMSVC, plan_wmsvc },
  };
  const char *id = exc_cli_get_argument (self, 0);
  g_autoptr(ExcPlan) plan = NULL;
  g_auto(GStrv) servers = NULL;
  ExcRestart restart;
  guint index = 0;
  ExcKind kind;

  if (!exc_kind_from_id (id, &kind)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("“%s” is no kind of certificate. Kinds: microsoft-exchange, auth, wmsvc."), id);
    return -1;
  }
  if (kind == EXC_KIND_AUTH)
    return exc_cli_renew_auth (self, error);
  while (index < G_N_ELEMENTS (kinds) && kinds[index].kind != kind)
    index++;
  if (index == G_N_ELEMENTS (kinds)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("Certificates of the kind “%s” cannot be renewed by this version."), id);
    return -1;
  }
  /* A wrong word is told before anybody is asked. */
  if (!exc_cli_options_get_restart (self->options, &restart, error) ||
      !exc_cli_refresh (self, NULL, error))
    return -1;
  servers = exc_cli_dup_arguments (self, 1);
  plan = kinds[index].plan (
      self,
      exc_organization_get_snapshot (exc_context_get_organization (self->context)),
      (const char *const *) servers,
      error);
  return plan != NULL ? exc_cli_run_plan (self, plan, error) : -1;
}
