/* exc-cli-create.c — certificates made, asked for, completed and imported
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cli"

#include "config.h"

#include "exc-cli-private.h"

#include "exc-error.h"
#include "exc-plan-certificates.h"

#include <glib/gi18n.h>

static ExcSnapshot *
get_snapshot (ExcCli *self)
{
  return exc_organization_get_snapshot (exc_context_get_organization (self->context));
}

/* --subject, --domains, --friendly-name, --key-size, --exportable */
static gboolean
read_wanted (ExcCli *self, ExcNewCertificate *wanted, GStrv *domains, GError **error)
{
  guint64 size = 0;

  if (self->options->key_size != NULL &&
      !g_ascii_string_to_unsigned (self->options->key_size, 10, 1, 16384, &size, NULL)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("“%s” is no size of a key: take 2048 or 4096."), self->options->key_size);
    return FALSE;
  }
  if (self->options->domains != NULL)
    *domains = g_strsplit (self->options->domains, ",", -1);
  for (guint i = 0; *domains != NULL && (*domains)[i] != NULL; i++)
    g_strstrip ((*domains)[i]);
  wanted->subject = self->options->subject;
  wanted->domains = (const char *const *) *domains;
  wanted->friendly_name = self->options->friendly_name;
  wanted->key_size = (int) size;
  wanted->is_exportable = self->options->exportable;
  return TRUE;
}

/* --services */
static gboolean
wants_smtp (ExcCli *self, gboolean *with_smtp, GError **error)
{
  const char *services = self->options->services;

  *with_smtp = services != NULL && g_ascii_strcasecmp (services, "smtp") == 0;
  if (services == NULL || *with_smtp || g_ascii_strcasecmp (services, "none") == 0)
    return TRUE;
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_INPUT,
               _("A new certificate is made for “none” or “smtp”, not for “%s”."), services);
  return FALSE;
}

int
exc_cli_create (ExcCli *self, GError **error)
{
  ExcNewCertificate wanted = { 0 };
  g_auto(GStrv) domains = NULL;
  g_auto(GStrv) servers = NULL;
  g_autoptr(ExcPlan) plan = NULL;
  gboolean with_smtp;

  if (!read_wanted (self, &wanted, &domains, error) || !wants_smtp (self, &with_smtp, error) ||
      !exc_cli_refresh (self, NULL, error))
    return -1;
  servers = exc_cli_dup_arguments (self, 0);
  plan = exc_plan_new_create (get_snapshot (self),
                              (const char *const *) servers,
                              &wanted,
                              with_smtp,
                              self->options->trust,
                              error);
  return plan != NULL ? exc_cli_run_plan (self, plan, error) : -1;
}

int
exc_cli_request (ExcCli *self, GError **error)
{
  ExcNewCertificate wanted = { 0 };
  g_auto(GStrv) domains = NULL;
  const char *name = exc_cli_get_argument (self, 0);
  const char *old = NULL;
  g_autoptr(ExcPlan) plan = NULL;

  if (self->options->output == NULL) {
    g_set_error_literal (error,
                         EXC_ERROR,
                         EXC_ERROR_INPUT,
                         _("Say where the request is to be written: --output FILE."));
    return -1;
  }
  if (!read_wanted (self, &wanted, &domains, error) || !exc_cli_refresh (self, NULL, error))
    return -1;
  if (self->options->old != NULL) {
    ExcServer *server = exc_snapshot_find_server (get_snapshot (self), name);

    old = exc_cli_find_thumbprint (get_snapshot (self),
                                   server != NULL ? exc_server_get_fqdn (server) : NULL,
                                   self->options->old,
                                   error);
    if (old == NULL)
      return -1;
  }
  plan =
      exc_plan_new_request (get_snapshot (self), name, &wanted, old, self->options->output, error);
  return plan != NULL ? exc_cli_run_plan (self, plan, error) : -1;
}

int
exc_cli_complete (ExcCli *self, GError **error)
{
  const char *path = exc_cli_get_argument (self, 1);
  g_autoptr(GBytes) answer = NULL;
  g_autoptr(GError) reason = NULL;
  g_autoptr(ExcPlan) plan = NULL;
  char *data;
  gsize size;

  if (!g_file_get_contents (path, &data, &size, &reason)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("“%1$s” cannot be read: %2$s"), path, reason->message);
    return -1;
  }
  answer = g_bytes_new_take (data, size);
  if (!exc_cli_refresh (self, NULL, error))
    return -1;
  plan = exc_plan_new_complete (get_snapshot (self), exc_cli_get_argument (self, 0), answer, error);
  return plan != NULL ? exc_cli_run_plan (self, plan, error) : -1;
}

int
exc_cli_import (ExcCli *self, GError **error)
{
  g_autoptr(ExcSecret) pfx = NULL;
  g_autoptr(ExcSecret) password = NULL;
  g_auto(GStrv) servers = NULL;
  g_autoptr(ExcPlan) plan = NULL;

  pfx = exc_cli_read_secret_file (exc_cli_get_argument (self, 0), error);
  password = pfx != NULL ? exc_cli_ask_password (self, FALSE, error) : NULL;
  if (password == NULL || !exc_cli_refresh (self, NULL, error))
    return -1;
  servers = exc_cli_dup_arguments (self, 1);
  plan = exc_plan_new_import (get_snapshot (self),
                              (const char *const *) servers,
                              pfx,
                              password,
                              self->options->friendly_name,
                              self->options->exportable,
                              error);
  return plan != NULL ? exc_cli_run_plan (self, plan, error) : -1;
}
