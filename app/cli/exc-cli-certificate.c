/* exc-cli-certificate.c — what is done with one certificate, and repairs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cli"

#include "config.h"

#include "exc-cli-private.h"

#include "exc-error.h"

#include <glib/gi18n.h>

/* Reads the organization; the thumbprint that the first word means. (nullable) with @error */
static const char *
read_and_find (ExcCli *self, ExcSnapshot **snapshot, GError **error)
{
  if (!exc_cli_refresh (self, NULL, error))
    return NULL;
  *snapshot = exc_organization_get_snapshot (exc_context_get_organization (self->context));
  return exc_cli_find_thumbprint (*snapshot, NULL, exc_cli_get_argument (self, 0), error);
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

/* (nullable): a server that has it, the first of those that are named before any other */
static const char *
find_holder (ExcSnapshot *snapshot, const char *thumbprint, const char *const *servers)
{
  GPtrArray *all = exc_snapshot_get_certificates (snapshot);
  const char *holder = NULL;

  for (guint i = 0; i < all->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (all, i);

    if (!g_str_equal (exc_certificate_get_thumbprint (certificate), thumbprint))
      continue;
    if (g_strv_contains (servers, exc_certificate_get_server (certificate)))
      return exc_certificate_get_server (certificate);
    if (holder == NULL)
      holder = exc_certificate_get_server (certificate);
  }
  return holder;
}

int
exc_cli_trust (ExcCli *self, GError **error)
{
  g_auto(GStrv) servers = exc_cli_dup_arguments (self, 1);
  const char *const *targets = (const char *const *) servers;
  ExcSnapshot *snapshot = NULL;
  const char *thumbprint = read_and_find (self, &snapshot, error);
  g_autoptr(ExcPlan) plan = NULL;

  if (thumbprint == NULL)
    return -1;
  plan = exc_plan_new_trust (
      snapshot, find_holder (snapshot, thumbprint, targets), thumbprint, targets, error);
  return plan != NULL ? exc_cli_run_plan (self, plan, error) : -1;
}

/* The copy may be all that is left of it: a whole thumbprint is taken as it is. */
int
exc_cli_untrust (ExcCli *self, GError **error)
{
  g_auto(GStrv) servers = exc_cli_dup_arguments (self, 1);
  g_autofree char *whole = exc_thumbprint_normalize (exc_cli_get_argument (self, 0));
  ExcSnapshot *snapshot;
  const char *thumbprint = whole;
  g_autoptr(ExcPlan) plan = NULL;

  if (!exc_cli_refresh (self, NULL, error))
    return -1;
  snapshot = exc_organization_get_snapshot (exc_context_get_organization (self->context));
  if (thumbprint == NULL)
    thumbprint = exc_cli_find_thumbprint (snapshot, NULL, exc_cli_get_argument (self, 0), error);
  if (thumbprint == NULL)
    return -1;
  plan = exc_plan_new_untrust (snapshot, thumbprint, (const char *const *) servers, error);
  return plan != NULL ? exc_cli_run_plan (self, plan, error) : -1;
}

/* "443,444": what is bound */
static gboolean
read_places (const char *text, guint *bits, GError **error)
{
  static const struct {
    const char *word;
    guint place;
  } words[] = {
    { "443", EXC_BIND_FRONT_END },
    { "127.0.0.1:443", EXC_BIND_LOOPBACK },
    { "444", EXC_BIND_BACK_END },
    { "8172", EXC_BIND_WMSVC },
  };
  g_auto(GStrv) parts = g_strsplit (text, ",", -1);

  *bits = 0;
  for (guint i = 0; parts[i] != NULL; i++) {
    guint place = 0;

    for (guint j = 0; j < G_N_ELEMENTS (words); j++)
      if (g_str_equal (parts[i], words[j].word))
        place = words[j].place;
    if (place == 0) {
      g_set_error (
          error,
          EXC_ERROR,
          EXC_ERROR_INPUT,
          _("“%s” cannot be bound: 443, 127.0.0.1:443, 444 or 8172, with commas between."),
             parts[i]);
      return FALSE;
    }
    *bits |= place;
  }
  return TRUE;
}

int
exc_cli_bind (ExcCli *self, GError **error)
{
  g_auto(GStrv) servers = exc_cli_dup_arguments (self, 2);
  ExcBindOptions options = { .replaces_public = self->options->replace_public };
  ExcSnapshot *snapshot = NULL;
  const char *thumbprint;
  g_autoptr(ExcPlan) plan = NULL;

  if (!read_places (exc_cli_get_argument (self, 1), &options.places, error))
    return -1;
  thumbprint = read_and_find (self, &snapshot, error);
  if (thumbprint == NULL)
    return -1;
  plan = exc_plan_new_bind (snapshot, thumbprint, (const char *const *) servers, &options, error);
  return plan != NULL ? exc_cli_run_plan (self, plan, error) : -1;
}

/* "SMTP,IIS" */
static gboolean
read_services (const char *text, int *bits, GError **error)
{
  static const struct {
    const char *word;
    int service;
  } words[] = {
    { "IIS", EXC_SERVICE_IIS },   { "SMTP", EXC_SERVICE_SMTP },
    { "IMAP", EXC_SERVICE_IMAP }, { "POP", EXC_SERVICE_POP },
    { "UM", EXC_SERVICE_UM },     { "UMCallRouter", EXC_SERVICE_UM_CALL_ROUTER },
  };
  g_auto(GStrv) parts = g_strsplit (text, ",", -1);

  *bits = 0;
  for (guint i = 0; parts[i] != NULL; i++) {
    int service = 0;

    for (guint j = 0; j < G_N_ELEMENTS (words); j++)
      if (g_ascii_strcasecmp (parts[i], words[j].word) == 0)
        service = words[j].service;
    if (service == 0) {
      g_set_error (error,
                   EXC_ERROR,
                   EXC_ERROR_INPUT,
                   _("“%s” is no service: IIS, SMTP, IMAP, POP, UM or UMCallRouter, with commas "
                     "between."),
                      parts[i]);
      return FALSE;
    }
    *bits |= service;
  }
  return TRUE;
}

int
exc_cli_assign (ExcCli *self, GError **error)
{
  g_auto(GStrv) servers = exc_cli_dup_arguments (self, 2);
  ExcAssignOptions options = { .replaces_default = self->options->replace_default,
                               .replaces_public = self->options->replace_public,
                               .mail_name = self->options->mail_name,
                               .restarts_mail = self->options->restart_mail };
  ExcSnapshot *snapshot = NULL;
  const char *thumbprint;
  g_autoptr(ExcPlan) plan = NULL;
  int services;

  if (!read_services (exc_cli_get_argument (self, 1), &services, error))
    return -1;
  thumbprint = read_and_find (self, &snapshot, error);
  if (thumbprint == NULL)
    return -1;
  plan = exc_plan_new_assign (
      snapshot, thumbprint, (const char *const *) servers, services, &options, error);
  return plan != NULL ? exc_cli_run_plan (self, plan, error) : -1;
}

int
exc_cli_repair (ExcCli *self, GError **error)
{
  const char *id = exc_cli_get_argument (self, 0);
  g_auto(GStrv) servers = exc_cli_dup_arguments (self, 1);
  g_autoptr(ExcPlan) plan = NULL;
  ExcRepair repair;

  if (!exc_repair_from_id (id, &repair)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("“%s” is no repair: back-end, internal-transport, auth-as-internal-transport, "
"trust or connectors."),
                    id);
    return -1;
  }
  if (!exc_cli_refresh (self, NULL, error))
    return -1;
  plan = exc_plan_new_repair (
      exc_organization_get_snapshot (exc_context_get_organization (self->context)),
      repair,
      (const char *const *) servers,
      error);
  return plan != NULL ? exc_cli_run_plan (self, plan, error) : -1;
}
