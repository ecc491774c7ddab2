/* exc-windows-queries.c — bindings, stores and services of one server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-exchange"

#include "config.h"

#include <glib/gi18n.h>

#include "exc-queries.h"

#include "exc-error.h"
#include "exc-reader-private.h"
#include "exc-scripts.h"
#include "exc-x509.h"

#define WMSVC_DEFAULT_PORT 8172

/**
 * exc_query_windows:
 *
 * steps.md 0.8: inventory.ps1.
 *
 * Returns: (transfer full): the pipeline, for the Windows endpoint
 */
ExcPipeline *
exc_query_windows (void)
{
  return exc_pipeline_new_single (exc_script_command_new (EXC_SCRIPT_INVENTORY));
}

/**
 * exc_query_look:
 * @thumbprint: (nullable): looked for in My and Root
 * @services: (nullable): names
 *
 * What verifying a step needs, without the whole inventory: look.ps1.
 *
 * Returns: (transfer full): the pipeline, for the Windows endpoint
 */
ExcPipeline *
exc_query_look (const char *thumbprint, const char *const *services)
{
  ExcCommand *command = exc_script_command_new (EXC_SCRIPT_LOOK);

  exc_command_set_string (command, "Thumbprint", thumbprint);
  if (services != NULL && services[0] != NULL)
    exc_command_set_strings (command, "Service", services);
  return exc_pipeline_new_single (command);
}

static gboolean
read_bindings (ExcValue *object, GPtrArray *bindings, GError **error)
{
  g_autoptr(GPtrArray) items = exc_read_items (object, "Bindings");

  for (guint i = 0; i < items->len; i++) {
    ExcValue *item = g_ptr_array_index (items, i);
    ExcBindingRecord *binding = g_new0 (ExcBindingRecord, 1);
    gint64 flags = 0;

    g_ptr_array_add (bindings, binding);
    binding->site = exc_read_required_text (item, "Site", error);
    if (binding->site == NULL)
      return FALSE;
    binding->info = exc_read_required_text (item, "Info", error);
    if (binding->info == NULL)
      return FALSE;
    if (!exc_read_thumbprint (item, "Hash", &binding->hash, error))
      return FALSE;
    binding->store = exc_read_text (item, "Store");
    if (exc_value_get_int64 (exc_value_get_property (item, "SslFlags"), &flags) && flags >= 0 &&
        flags <= G_MAXINT)
      binding->ssl_flags = (int) flags;
  }
  return TRUE;
}

static gboolean
read_services (ExcValue *object, GPtrArray *services, GError **error)
{
  g_autoptr(GPtrArray) items = exc_read_items (object, "Services");

  for (guint i = 0; i < items->len; i++) {
    ExcValue *item = g_ptr_array_index (items, i);
    ExcServiceRecord *service = g_new0 (ExcServiceRecord, 1);
    g_autofree char *start_type = exc_read_text (item, "StartType");

    g_ptr_array_add (services, service);
    service->name = exc_read_required_text (item, "Name", error);
    if (service->name == NULL)
      return FALSE;
    service->status = exc_read_required_text (item, "Status", error);
    if (service->status == NULL)
      return FALSE;
    if (start_type != NULL && *start_type != '\0')
      service->start_type = g_steal_pointer (&start_type);
  }
  return TRUE;
}

/* What the certificate itself says goes before what the server says of it. */
static gboolean
read_raw (ExcValue *item, ExcStoreEntry *entry, GError **error)
{
  GBytes *der = exc_value_get_bytes (exc_value_get_property (item, "Raw"));
  g_autofree char *computed = der != NULL ? exc_thumbprint_of (der) : NULL;
  g_autoptr(ExcX509) x509 = NULL;

  if (der == NULL)
    return TRUE;
  if (g_strcmp0 (computed, entry->thumbprint) != 0) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_PROTOCOL,
                 _("The server calls a certificate %1$s whose thumbprint is %2$s."),
                    entry->thumbprint,
                    computed);
    return FALSE;
  }
  x509 = exc_x509_new_from_der (der, NULL);
  if (x509 == NULL)
    return TRUE;
  g_free (entry->subject);
  entry->subject = g_strdup (x509->subject);
  entry->not_after = x509->not_after;
  return TRUE;
}

static gboolean
read_store (ExcValue *object, const char *store, GPtrArray *entries, GError **error)
{
  g_autoptr(GPtrArray) items = exc_read_items (object, store);

  for (guint i = 0; i < items->len; i++) {
    ExcValue *item = g_ptr_array_index (items, i);
    ExcStoreEntry *entry = g_new0 (ExcStoreEntry, 1);
    g_autofree char *present = exc_read_required_text (item, "Thumbprint", error);

    g_ptr_array_add (entries, entry);
    if (present == NULL || !exc_read_thumbprint (item, "Thumbprint", &entry->thumbprint, error))
      return FALSE;
    entry->subject = exc_read_text (item, "Subject");
    entry->friendly_name = exc_read_text (item, "FriendlyName");
    entry->has_private_key = exc_read_tristate (item, "HasPrivateKey");
    entry->key_provider = exc_read_text (item, "Csp");
    entry->not_after = exc_read_time (item, "NotAfter");
    if (!read_raw (item, entry, error))
      return FALSE;
  }
  return TRUE;
}

/**
 * exc_read_windows:
 * @reply: of exc_query_windows() or exc_query_look()
 *
 * Returns: (transfer full): %NULL with @error
 */
ExcWindowsRecord *
exc_read_windows (ExcReply *reply, GError **error)
{
  g_autoptr(ExcWindowsRecord) record = exc_windows_record_new ();
  g_autofree char *netsh = NULL;
  ExcValue *object = exc_read_single (reply, error);
  gint64 port = 0;

  if (object == NULL)
    return NULL;
  record->computer = exc_read_required_text (object, "Computer", error);
  if (record->computer == NULL)
    return NULL;
  record->utc_now = exc_read_time (object, "UtcNow");
  if (!read_bindings (object, record->bindings, error) ||
      !read_services (object, record->services, error) ||
      !read_store (object, "Root", record->root, error) ||
      !read_store (object, "My", record->my, error) ||
      !exc_read_thumbprint (object, "WmsvcHash", &record->wmsvc_hash, error))
    return NULL;

  if (exc_value_get_int64 (exc_value_get_property (object, "WmsvcPort"), &port) && port > 0 &&
      port <= G_MAXUINT16)
    record->wmsvc_port = (int) port;
  else if (record->wmsvc_hash != NULL)
    record->wmsvc_port = WMSVC_DEFAULT_PORT; /* the registry names only another one */

  netsh = exc_read_text (object, "NetshText");
  exc_netsh_read_bindings (netsh, record->http_sys);
  return g_steal_pointer (&record);
}

/**
 * exc_query_events:
 * @log: "Application", "System"
 * @provider: (nullable): the events' source
 * @id: of the events; 0 for any
 * @since: Unix seconds; 0 for any time
 *
 * events.ps1: at most 20, such as AuthAdmin's 2014 (steps.md B-R R5).
 *
 * Returns: (transfer full): the pipeline, for the Windows endpoint
 */
ExcPipeline *
exc_query_events (const char *log, const char *provider, guint id, gint64 since)
{
  ExcCommand *command = exc_script_command_new (EXC_SCRIPT_EVENTS);
  g_autoptr(GDateTime) time = since != 0 ? g_date_time_new_from_unix_utc (since) : NULL;
  g_autofree char *text = time != NULL ? g_date_time_format_iso8601 (time) : NULL;

  exc_command_set_string (command, "Log", log);
  exc_command_set_string (command, "Provider", provider);
  if (id != 0)
    exc_command_set_int (command, "Id", id);
  exc_command_set_string (command, "Since", text);
  return exc_pipeline_new_single (command);
}

static void
event_record_free (ExcEventRecord *self)
{
  g_free (self->provider);
  g_free (self->message);
  g_free (self);
}

/**
 * exc_read_events:
 * @reply: of exc_query_events()
 *
 * Returns: (transfer full) (element-type ExcEventRecord): newest first; %NULL with @error
 */
GPtrArray *
exc_read_events (ExcReply *reply, GError **error)
{
  g_autoptr(GPtrArray) records =
                 g_ptr_array_new_with_free_func ((GDestroyNotify) event_record_free);
  g_autoptr(GPtrArray) items = NULL;
  ExcValue *object = exc_read_single (reply, error);

  if (object == NULL)
    return NULL;
  items = exc_read_items (object, "Events");
  for (guint i = 0; i < items->len; i++) {
    ExcValue *item = g_ptr_array_index (items, i);
    ExcEventRecord *record = g_new0 (ExcEventRecord, 1);
    gint64 id = 0;

    g_ptr_array_add (records, record);
    record->provider = exc_read_required_text (item, "Provider", error);
    if (record->provider == NULL)
      return NULL;
    record->time = exc_read_time (item, "TimeUtc");
    if (exc_value_get_int64 (exc_value_get_property (item, "Id"), &id) && id >= 0 && id <= G_MAXINT)
      record->id = (int) id;
    record->message = exc_read_text (item, "Message");
  }
  return g_steal_pointer (&records);
}
