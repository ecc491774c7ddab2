/* exc-cli-certificate.c — what is done with one certificate
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cli"

#include "config.h"

#include "exc-cli-private.h"

/* Reads the organization; the thumbprint that the first word means. (nullable) with @error */
static const char *
read_and_find (ExcCli *self, ExcSnapshot **snapshot, GError **error)
{
  if (!exc_cli_refresh (self, NULL, error))
    return NULL;
  *snapshot = exc_organization_get_snapshot (exc_context_get_organization (self->context));
  return exc_cli_find_thumbprint (*snapshot, exc_cli_get_argument (self, 0), error);
}

int
exc_cli_delete (ExcCli *self, GError **error)
{
  g_autoptr(GArray) refs = g_array_new (FALSE, FALSE, sizeof (ExcCertificateRef));
  g_auto(GStrv) confirmations =
              self->options->confirm != NULL ? g_strsplit (self->options->confirm, ",", -1) : NULL;
  ExcDeleteOptions options = { .removes_root = self->options->root,
                               .clears_connector = self->options->clear_connectors,
                               .confirmations = (const char *const *) confirmations };
  ExcSnapshot *snapshot = NULL;
  const char *thumbprint = read_and_find (self, &snapshot, error);
  g_autoptr(ExcPlan) plan = NULL;

  if (thumbprint == NULL)
    return -1;
  for (guint i = 1; exc_cli_get_argument (self, i) != NULL; i++) {
    ExcCertificateRef ref = { exc_cli_get_argument (self, i), thumbprint };

    g_array_append_val (refs, ref);
  }
  plan = exc_plan_new_delete (
      snapshot, (const ExcCertificateRef *) refs->data, refs->len, &options, error);
  return plan != NULL ? exc_cli_run_plan (self, plan, error) : -1;
}
