/* exc-export.c — a certificate with its key, out of a server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-export"

#include "config.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-pfx.h"
#include "exc-plan-certificates.h"

#include <glib/gi18n.h>

#define EXPORT_TIMEOUT_S 180 /* as any cmdlet's: it may check chains */

typedef struct {
  char *thumbprint;
  ExcSecret *password;
} Export;

static void
export_free (Export *state)
{
  g_free (state->thumbprint);
  exc_secret_unref (state->password);
  g_free (state);
}

static gboolean
check (ExcOrganization *organization, const char *server, const char *thumbprint, GError **error)
{
  ExcSnapshot *snapshot = exc_organization_get_snapshot (organization);
  ExcCertificate *certificate =
      snapshot != NULL ? exc_snapshot_find_certificate (snapshot, server, thumbprint) : NULL;
  ExcCertificateRecord *record =
      certificate != NULL ? exc_certificate_get_record (certificate) : NULL;

  if (record == NULL)
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_NOT_FOUND,
                 _("%1$s has no certificate %2$s."), server, thumbprint);
  else if (record->status == EXC_STATUS_PENDING_REQUEST || record->has_private_key == EXC_NO)
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("%1$s on %2$s has no private key that could be exported."),
                    exc_certificate_get_short_thumbprint (certificate),
                    server);
  else if (record->private_key_exportable == EXC_NO)
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("The private key of %1$s on %2$s was made not to be exported."),
                    exc_certificate_get_short_thumbprint (certificate),
                    server);
  else
    return TRUE;
  return FALSE;
}

static void
on_exported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  Export *state = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = exc_connection_run_finish (EXC_CONNECTION (source), result, &error);
  g_autoptr(ExcSecret) pfx = reply != NULL ? exc_read_exported (reply, &error) : NULL;
  g_autoptr(ExcX509) x509 = pfx != NULL ? exc_pfx_open (pfx, state->password, &error) : NULL;

  if (x509 == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (strcmp (x509->sha1, state->thumbprint) != 0)
    g_task_return_new_error (
        task,
        EXC_ERROR,
        EXC_ERROR_PROTOCOL,
        _("The server exported %1$s instead of %2$s."), x509->sha1, state->thumbprint);
  else
    g_task_return_pointer (task, g_steal_pointer (&pfx), (GDestroyNotify) exc_secret_unref);
}

/**
 * exc_export_pfx_async:
 * @organization: read at least once
 * @server: FQDN
 * @thumbprint: of a certificate there
 * @password: to protect the file with; not empty
 *
 * steps.md I1. The file that comes is opened with the password before it is handed on, so that what
 * is kept is known to be good.
 */
void
exc_export_pfx_async (ExcOrganization *organization,
                      const char *server,
                      const char *thumbprint,
                      ExcSecret *password,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(ExcPipeline) pipeline = NULL;
  g_autoptr(ExcPermit) permit = NULL;
  g_autoptr(GError) error = NULL;
  Export *state;
  gsize size;

  g_return_if_fail (EXC_IS_ORGANIZATION (organization));
  g_return_if_fail (server != NULL && thumbprint != NULL && password != NULL);

  task = g_task_new (organization, cancellable, callback, user_data);
  g_task_set_source_tag (task, exc_export_pfx_async);
  exc_secret_peek (password, &size);
  if (size == 0)
    g_set_error_literal (
        &error, EXC_ERROR, EXC_ERROR_INPUT, _("A file with a private key needs a password."));
  if (error != NULL || !check (organization, server, thumbprint, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }

  state = g_new0 (Export, 1);
  state->thumbprint = g_strdup (thumbprint);
  state->password = exc_secret_ref (password);
  g_task_set_task_data (task, state, (GDestroyNotify) export_free);
  pipeline = exc_change_export (server, thumbprint, password);
  /* Nothing changes on the server, so this is no job; but a key leaves it, which only a command
   * with a permit may do. */
  permit = exc_permit_new ("export");
  exc_connection_run_exchange_async (exc_organization_get_connection (organization),
                                     pipeline,
                                     permit,
                                     EXPORT_TIMEOUT_S,
                                     cancellable,
                                     on_exported_cb,
                                     g_steal_pointer (&task));
}

ExcSecret *
exc_export_pfx_finish (ExcOrganization *organization, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, organization), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_export_pfx_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
