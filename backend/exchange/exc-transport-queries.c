/* exc-transport-queries.c — the internal transport certificate
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-exchange"

#include "config.h"

#include <glib/gi18n.h>

#include "exc-queries.h"

#include "exc-error.h"
#include "exc-reader-private.h"

#define THUMBPRINT "InternalTransportCertificateThumbprint"

static const char *const transport_properties[] = { "Name", THUMBPRINT, NULL };

/**
 * exc_query_internal_transport:
 * @server: (nullable): FQDN; the cmdlet names its server with -Identity, and tells of all without
 * @projected: with Select-Object
 *
 * steps.md 0.6.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_query_internal_transport (const char *server, gboolean projected)
{
  ExcCommand *command = exc_exchange_command_new ("Get-TransportService", NULL);

  exc_command_set_string (command, "Identity", server);
  return exc_query_new (command, transport_properties, projected);
}

/**
 * exc_read_internal_transport:
 * @reply: of exc_query_internal_transport()
 *
 * Returns: (transfer full): the thumbprint, "" where the server has none; %NULL with @error, also
 *   where the server does not tell
 */
char *
exc_read_internal_transport (ExcReply *reply, GError **error)
{
  ExcValue *object = exc_read_single (reply, error);
  char *thumbprint = NULL;

  if (object == NULL)
    return NULL;
  if (exc_value_get_property (object, THUMBPRINT) == NULL) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_PROTOCOL,
                 /* Translators: %s is the name of a property and is not translated. */
                 _("The server’s answer lacks “%s”; it cannot be used."), THUMBPRINT);
    return NULL;
  }
  if (!exc_read_thumbprint (object, THUMBPRINT, &thumbprint, error))
    return NULL;
  return thumbprint != NULL ? thumbprint : g_strdup ("");
}

/**
 * exc_read_internal_transports:
 * @reply: of exc_query_internal_transport() for every server
 *
 * Returns: (transfer full) (element-type utf8 utf8): by the server's name in lower case, its
 *   thumbprint or "" for none; %NULL with @error
 */
GHashTable *
exc_read_internal_transports (ExcReply *reply, GError **error)
{
  g_autoptr(GHashTable) transports = NULL;
  GPtrArray *output = NULL;

  if (!exc_reply_check (reply, error))
    return NULL;

  transports = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  output = exc_reply_get_output (reply);
  for (guint i = 0; i < output->len; i++) {
    ExcValue *object = g_ptr_array_index (output, i);
    g_autofree char *name = exc_read_required_text (object, "Name", error);
    char *thumbprint = NULL;

    if (name == NULL)
      return NULL;
    if (exc_value_get_property (object, THUMBPRINT) == NULL)
      continue;
    if (!exc_read_thumbprint (object, THUMBPRINT, &thumbprint, error))
      return NULL;
    g_hash_table_insert (
        transports, g_ascii_strdown (name, -1), thumbprint != NULL ? thumbprint : g_strdup (""));
  }
  return g_steal_pointer (&transports);
}
