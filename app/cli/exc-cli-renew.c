/* exc-cli-renew.c — renewing the default certificate
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cli"

#include "config.h"

#include "exc-cli-private.h"

#include "exc-error.h"

#include <glib/gi18n.h>

static GStrv
find_servers (ExcCli *self, ExcSnapshot *snapshot, GError **error)
{
  g_autoptr(GStrvBuilder) fqdns = g_strv_builder_new ();

  for (guint i = 1; exc_cli_get_argument (self, i) != NULL; i++) {
    ExcServer *server = exc_snapshot_find_server (snapshot, exc_cli_get_argument (self, i));

    if (server == NULL) {
      g_set_error (error,
                   EXC_ERROR,
                   EXC_ERROR_NOT_FOUND,
                   _("There is no server “%s”."), exc_cli_get_argument (self, i));
      return NULL;
    }
    g_strv_builder_add (fqdns, exc_server_get_fqdn (server));
  }
  return g_strv_builder_end (fqdns);
}

static gboolean
check_kind (ExcCli *self, GError **error)
{
  const char *id = exc_cli_get_argument (self, 0);
  ExcKind kind;

  if (!exc_kind_from_id (id, &kind)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("“%s” is no kind of certificate. Kinds: microsoft-exchange, auth."), id);
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
  ExcOrganization *organization = exc_context_get_organization (self->context);
  ExcRenewOptions options = { 0 };
  g_auto(GStrv) servers = NULL;
  g_autoptr(ExcPlan) plan = NULL;
  ExcSnapshot *snapshot;

  if (g_str_equal (exc_cli_get_argument (self, 0), "auth"))
    return exc_cli_renew_auth (self, error);
  if (!check_kind (self, error) ||
      !exc_cli_options_get_restart (self->options, &options.restart, error) ||
      !exc_cli_refresh (self, NULL, error))
    return -1;
  snapshot = exc_organization_get_snapshot (organization);
  servers = find_servers (self, snapshot, error);
  if (servers == NULL)
    return -1;
  plan = exc_plan_new_renew_microsoft_exchange (
      snapshot, (const char *const *) servers, &options, error);
  if (plan == NULL)
    return -1;
  return exc_cli_run_plan (self, plan, error);
}
