/* exc-cli-export.c — a certificate, with its key or without, into a file
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cli"

#include "config.h"

#include "exc-cli-private.h"

#include "exc-error.h"
#include "exc-plan-certificates.h"

#include <string.h>

#include <glib/gi18n.h>

static ExcCertificate *
find_certificate (ExcCli *self, GError **error)
{
  ExcOrganization *organization = exc_context_get_organization (self->context);
  const char *name = exc_cli_get_argument (self, 0);
  const char *thumbprint;
  ExcSnapshot *snapshot;
  ExcServer *server;

  if (!exc_cli_refresh (self, NULL, error))
    return NULL;
  snapshot = exc_organization_get_snapshot (organization);
  server = exc_snapshot_find_server (snapshot, name);
  if (server == NULL) {
    g_set_error (error, EXC_ERROR, EXC_ERROR_NOT_FOUND, _("There is no server “%s”."), name);
    return NULL;
  }
  thumbprint = exc_cli_find_thumbprint (
      snapshot, exc_server_get_fqdn (server), exc_cli_get_argument (self, 1), error);
  return thumbprint != NULL
             ? exc_snapshot_find_certificate (snapshot, exc_server_get_fqdn (server), thumbprint)
             : NULL;
}

static ExcSecret *
export_pfx (ExcCli *self, ExcCertificate *certificate, ExcSecret *password, GError **error)
{
  ExcOrganization *organization = exc_context_get_organization (self->context);
  g_autoptr(GAsyncResult) result = NULL;

  exc_export_pfx_async (organization,
                        exc_certificate_get_server (certificate),
                        exc_certificate_get_thumbprint (certificate),
                        password,
                        self->cancellable,
                        exc_cli_result_cb,
                        &result);
  exc_cli_wait (&result);
  return exc_export_pfx_finish (organization, result, error);
}

/* 0600 from its first byte on. */
static int
write_pfx (ExcCli *self, ExcCertificate *certificate, GError **error)
{
  g_autoptr(ExcSecret) password = exc_cli_ask_password (self, TRUE, error);
  g_autoptr(ExcSecret) pfx =
                 password != NULL ? export_pfx (self, certificate, password, error) : NULL;
  const char *data;
  gsize size;

  if (pfx == NULL)
    return -1;
  data = exc_secret_peek (pfx, &size);
  return exc_cli_write_file (self->options->output, data, size, 0600, FALSE, error) ? EXC_EXIT_DONE
                                                                                    : -1;
}

static int
write_public (ExcCli *self, ExcCertificate *certificate, gboolean is_der, GError **error)
{
  ExcX509 *x509 = exc_certificate_get_x509 (certificate);
  GBytes *der = exc_certificate_get_record (certificate)->der;
  g_autofree char *pem = x509 != NULL ? exc_x509_dup_pem (x509) : NULL;
  const void *data = is_der ? g_bytes_get_data (der, NULL) : pem;
  gsize size = is_der ? g_bytes_get_size (der) : pem != NULL ? strlen (pem) : 0;

  if (data == NULL) {
    g_set_error_literal (
        error, EXC_ERROR, EXC_ERROR_INPUT, _("This certificate cannot be written as PEM."));
    return -1;
  }
  return exc_cli_write_file (self->options->output, data, size, 0644, FALSE, error) ? EXC_EXIT_DONE
                                                                                    : -1;
}

int
exc_cli_export (ExcCli *self, GError **error)
{
  const char *format = self->options->format != NULL ? self->options->format : "pem";
  gboolean is_pfx = g_str_equal (format, "pfx");
  gboolean is_der = g_str_equal (format, "der");
  ExcCertificate *certificate;
  const char *problem = NULL;

  if (!is_pfx && !is_der && !g_str_equal (format, "pem"))
    problem = _("A certificate is exported as pem, der or pfx.");
  else if (self->options->output == NULL)
    problem = _("Say where it is to be written: --output FILE.");
  if (problem != NULL) {
    g_set_error_literal (error, EXC_ERROR, EXC_ERROR_INPUT, problem);
    return -1;
  }
  certificate = find_certificate (self, error);
  if (certificate == NULL)
    return -1;
  return is_pfx ? write_pfx (self, certificate, error)
                : write_public (self, certificate, is_der, error);
}
