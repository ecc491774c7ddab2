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
 * exc_read_trusted:
 * @reply: of exc_change_trust() or exc_change_untrust()
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
 * @reply: of exc_change_recycle_pools() or exc_change_restart_services()
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
