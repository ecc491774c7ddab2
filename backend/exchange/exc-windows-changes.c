/* exc-windows-changes.c — the changes on Windows' side: which script makes them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-exchange"

#include "config.h"

#include "exc-windows-changes.h"

#include <glib/gi18n.h>

#include "exc-error.h"
#include "exc-reader-private.h"
#include "exc-scripts.h"

static ExcPipeline *
script_with_thumbprint (const char *name, const char *thumbprint)
{
  ExcCommand *command = exc_script_command_new (name);

  exc_command_set_string (command, "Thumbprint", thumbprint);
  return exc_pipeline_new_single (command);
}

ExcPipeline *
exc_change_trust (const char *thumbprint)
{
  return script_with_thumbprint (EXC_SCRIPT_TRUST, thumbprint);
}

ExcPipeline *
exc_change_untrust (const char *thumbprint)
{
  return script_with_thumbprint (EXC_SCRIPT_UNTRUST, thumbprint);
}

static gboolean
read_required_boolean (ExcValue *object, const char *name, gboolean *value, GError **error)
{
  ExcTristate told = exc_read_tristate (object, name);

  if (told == EXC_UNKNOWN) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_PROTOCOL,
                 /* Translators: %s is the name of a property and is not translated. */
                 _("The server’s answer lacks “%s”; it cannot be used."), name);
    return FALSE;
  }
  if (value != NULL)
    *value = told == EXC_YES;
  return TRUE;
}

/**
 * exc_change_trust_raw:
 * @der: a public certificate
 *
 * A2 for the Root of another server than the one that has the key: trust-raw.ps1.
 *
 * Returns: (transfer full): the pipeline, for the Windows endpoint
 */
ExcPipeline *
exc_change_trust_raw (GBytes *der)
{
  ExcCommand *command = exc_script_command_new (EXC_SCRIPT_TRUST_RAW);

  exc_command_set (command, "Raw", exc_value_new_bytes (der));
  return exc_pipeline_new_single (command);
}

/**
 * exc_read_trusted:
 * @reply: of exc_change_trust(), exc_change_trust_raw() or exc_change_untrust()
 * @before: (out) (optional): whether it was among the trusted roots
 * @in_root: (out) (optional): whether it is now
 *
 * Returns: %FALSE with @error
 */
gboolean
exc_read_trusted (ExcReply *reply, gboolean *before, gboolean *in_root, GError **error)
{
  ExcValue *object = exc_read_single (reply, error);

  return object != NULL && read_required_boolean (object, "Before", before, error) &&
         read_required_boolean (object, "InRoot", in_root, error);
}

/**
 * exc_change_bind:
 * @site: of IIS
 * @address: "*" or "" for all, or the address of the binding
 * @port: of the binding
 * @thumbprint: of the certificate, which lies in My with its key
 *
 * steps.md A3, A4; the undo is the same with the old thumbprint.
 *
 * Returns: (transfer full): the pipeline, for the Windows endpoint
 */
ExcPipeline *
exc_change_bind (const char *site, const char *address, guint16 port, const char *thumbprint)
{
  ExcCommand *bind = exc_script_command_new (EXC_SCRIPT_BIND);

  exc_command_set_string (bind, "Site", site);
  exc_command_set_string (bind, "Address", address);
  exc_command_set_int (bind, "Port", port);
  exc_command_set_string (bind, "Thumbprint", thumbprint);
  return exc_pipeline_new_single (bind);
}

/**
 * exc_read_bound:
 * @reply: of exc_change_bind()
 * @before: (out) (optional) (nullable): the thumbprint bound before
 * @after: (out) (optional) (nullable): the thumbprint bound now
 *
 * Returns: %FALSE with @error
 */
gboolean
exc_read_bound (ExcReply *reply, char **before, char **after, GError **error)
{
  ExcValue *object = exc_read_single (reply, error);
  g_autofree char *was = NULL;
  g_autofree char *is = NULL;

  if (object == NULL || !exc_read_thumbprint (object, "Before", &was, error) ||
      !exc_read_thumbprint (object, "After", &is, error))
    return FALSE;
  if (before != NULL)
    *before = g_steal_pointer (&was);
  if (after != NULL)
    *after = g_steal_pointer (&is);
  return TRUE;
}

/**
 * exc_change_wmsvc_bind:
 * @thumbprint: of the certificate, which lies in My with its key
 *
 * steps.md C3: http.sys and the registry; the service restarts if it runs. The undo is the same
 * with the old thumbprint.
 *
 * Returns: (transfer full): the pipeline, for the Windows endpoint
 */
ExcPipeline *
exc_change_wmsvc_bind (const char *thumbprint)
{
  return script_with_thumbprint (EXC_SCRIPT_WMSVC_BIND, thumbprint);
}

/**
 * exc_read_wmsvc_bound:
 * @reply: of exc_change_wmsvc_bind()
 * @old: (out) (optional) (nullable): what the registry named before
 * @service: (out) (optional): the service's state now, as Windows says it
 *
 * Returns: %FALSE with @error; EXC_ERROR_REMOTE where the server could not do it and put the old
 *   one back
 */
gboolean
exc_read_wmsvc_bound (ExcReply *reply, char **old, char **service, GError **error)
{
  ExcValue *object = exc_read_single (reply, error);
  g_autofree char *was = NULL;
  g_autofree char *state = NULL;
  gboolean is_ok = FALSE;

  if (object == NULL || !read_required_boolean (object, "Ok", &is_ok, error))
    return FALSE;
  if (!is_ok) {
    g_autofree char *reason = exc_read_required_text (object, "Error", error);

    if (reason != NULL)
      g_set_error_literal (error, EXC_ERROR, EXC_ERROR_REMOTE, reason);
    return FALSE;
  }
  state = exc_read_required_text (object, "Service", error);
  if (state == NULL || !exc_read_thumbprint (object, "Old", &was, error))
    return FALSE;
  if (old != NULL)
    *old = g_steal_pointer (&was);
  if (service != NULL)
    *service = g_steal_pointer (&state);
  return TRUE;
}

/**
 * exc_change_wmsvc_create:
 *
 * steps.md C1 by Windows, for 10 years. Fails on Windows Server 2012 R2, which cannot make it.
 *
 * Returns: (transfer full): the pipeline, for the Windows endpoint; exc_read_created() reads it
 */
ExcPipeline *
exc_change_wmsvc_create (void)
{
  return exc_pipeline_new_single (exc_script_command_new (EXC_SCRIPT_WMSVC_CREATE));
}

/**
 * exc_change_remove_windows:
 * @thumbprint: of the certificate
 *
 * steps.md C4, where Exchange refuses it. The server refuses what http.sys or the Web Management
 * Service still uses; of what else uses it the caller has to know.
 *
 * Returns: (transfer full): the pipeline, for the Windows endpoint
 */
ExcPipeline *
exc_change_remove_windows (const char *thumbprint)
{
  return script_with_thumbprint (EXC_SCRIPT_REMOVE_CERTIFICATE, thumbprint);
}

/**
 * exc_read_removed:
 * @reply: of exc_change_remove_windows()
 * @before: (out) (optional): whether it was in My
 * @in_my: (out) (optional): whether it is now
 *
 * Returns: %FALSE with @error
 */
gboolean
exc_read_removed (ExcReply *reply, gboolean *before, gboolean *in_my, GError **error)
{
  ExcValue *object = exc_read_single (reply, error);

  return object != NULL && read_required_boolean (object, "Before", before, error) &&
         read_required_boolean (object, "InMy", in_my, error);
}

ExcPipeline *
exc_change_recycle_pools (const char *const *pools)
{
  ExcCommand *recycle = exc_script_command_new (EXC_SCRIPT_RECYCLE_POOLS);

  exc_command_set_strings (recycle, "Pool", pools);
  return exc_pipeline_new_single (recycle);
}

ExcPipeline *
exc_change_restart_services (const char *const *services)
{
  ExcCommand *restart = exc_script_command_new (EXC_SCRIPT_RESTART_SERVICES);

  exc_command_set_strings (restart, "Service", services);
  return exc_pipeline_new_single (restart);
}

/**
 * exc_change_iisreset:
 *
 * steps.md A6: every site and pool of the server; nothing is done where IIS is stopped.
 *
 * Returns: (transfer full): the pipeline, for the Windows endpoint; exc_read_restarted() reads it
 */
ExcPipeline *
exc_change_iisreset (void)
{
  return exc_pipeline_new_single (exc_script_command_new (EXC_SCRIPT_IISRESET));
}

static void
restart_record_free (ExcRestartRecord *self)
{
  g_free (self->name);
  g_free (self->before);
  g_free (self->after);
  g_free (self->failure);
  g_free (self);
}

/**
 * exc_read_restarted:
 * @reply: of exc_change_recycle_pools(), exc_change_restart_services() or exc_change_iisreset()
 *
 * Returns: (transfer full) (element-type ExcRestartRecord): in the order asked; %NULL with @error
 */
GPtrArray *
exc_read_restarted (ExcReply *reply, GError **error)
{
  g_autoptr(GPtrArray) records = NULL;
  g_autoptr(GPtrArray) items = NULL;
  ExcValue *object = exc_read_single (reply, error);

  if (object == NULL)
    return NULL;
  items = exc_read_items (object, "Services");
  if (items->len == 0) {
    g_ptr_array_unref (items);
    items = exc_read_items (object, "Pools");
  }
  records = g_ptr_array_new_with_free_func ((GDestroyNotify) restart_record_free);
  for (guint i = 0; i < items->len; i++) {
    ExcValue *item = g_ptr_array_index (items, i);
    ExcRestartRecord *record = g_new0 (ExcRestartRecord, 1);

    g_ptr_array_add (records, record);
    record->name = exc_read_required_text (item, "Name", error);
    if (record->name == NULL)
      return NULL;
    record->before = exc_read_text (item, "Before");
    record->after = exc_read_text (item, "After");
    record->failure = exc_read_text (item, "Failure");
  }
  return g_steal_pointer (&records);
}

gboolean
exc_restart_record_is_done (const ExcRestartRecord *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->failure == NULL && self->before != NULL &&
         g_strcmp0 (self->before, self->after) == 0;
}
