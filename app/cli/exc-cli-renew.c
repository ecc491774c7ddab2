/* exc-cli-renew.c — the renewals
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cli"

#include "config.h"

#include "exc-cli-private.h"

#include "exc-error.h"

#include <glib/gi18n.h>

static gboolean
check_kind (ExcCli *self, GError **error)
{
  const char *id = exc_cli_get_argument (self, 0);
  ExcKind kind;

  if (!exc_kind_from_id (id, &kind)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("“%s” is no kind of certificate. Kinds: microsoft-exchange."), id);
    return FALSE;
  }
  if (kind != EXC_KIND_MICROSOFT_EXCHANGE) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("Certificates of the kind “%s” cannot be renewed by this version."), id);
    return FALSE;
  }
  return TRUE;
}

int
exc_cli_renew (ExcCli *self, GError **error)
{
  ExcRenewOptions options = { 0 };
  g_auto(GStrv) servers = NULL;
  g_autoptr(ExcPlan) plan = NULL;

  if (!check_kind (self, error) ||
      !exc_cli_options_get_restart (self->options, &options.restart, error) ||
      !exc_cli_refresh (self, NULL, error))
    return -1;
  servers = exc_cli_find_servers (self, 1, error);
  if (servers == NULL)
    return -1;
  plan = exc_plan_new_renew_microsoft_exchange (
      exc_organization_get_snapshot (exc_context_get_organization (self->context)),
      (const char *const *) servers,
      &options,
      error);
  return plan != NULL ? exc_cli_run_plan (self, plan, error) : -1;
}
