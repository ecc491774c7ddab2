/* exc-settings-queries.c — POP, IMAP and UM of a server, and whether it is well
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-exchange"

#include "config.h"

#include <glib/gi18n.h>

#include "exc-queries.h"

#include "exc-error.h"
#include "exc-reader-private.h"

#define CERTIFICATE_NAME "X509CertificateName"

static const char *const certificate_name_properties[] = { CERTIFICATE_NAME, NULL };
static const char *const um_properties[] = { "Name", "UMStartupMode", NULL };
static const char *const copy_properties[] = { "Name", "Status", "CopyQueueLength", NULL };
static const char *const health_properties[] = {
  "Role",
  "RequiredServicesRunning",
  "ServicesNotRunning",
  NULL,
};

/**
 * exc_query_pop_settings:
 * @server: FQDN
 * @projected: with Select-Object
 *
 * steps.md 0.7.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_query_pop_settings (const char *server, gboolean projected)
{
  return exc_query_new (
      exc_exchange_command_new ("Get-PopSettings", server), certificate_name_properties, projected);
}

/**
 * exc_query_imap_settings:
 * @server: FQDN
 * @projected: with Select-Object
 *
 * steps.md 0.7.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_query_imap_settings (const char *server, gboolean projected)
{
  return exc_query_new (exc_exchange_command_new ("Get-ImapSettings", server),
                        certificate_name_properties,
                        projected);
}

/**
 * exc_read_certificate_name:
 * @reply: of exc_query_pop_settings() or exc_query_imap_settings()
 *
 * Returns: (transfer full): the name by which the service finds its certificate, "" where none is
 *   set; %NULL with @error, also where the server does not tell
 */
char *
exc_read_certificate_name (ExcReply *reply, GError **error)
{
  ExcValue *object = exc_read_single (reply, error);
  char *name = NULL;

  if (object == NULL)
    return NULL;
  if (exc_value_get_property (object, CERTIFICATE_NAME) == NULL) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_PROTOCOL,
                 /* Translators: %s is the name of a property and is not translated. */
                 _("The server’s answer lacks “%s”; it cannot be used."), CERTIFICATE_NAME);
    return NULL;
  }
  name = exc_read_text (object, CERTIFICATE_NAME);
  return name != NULL ? name : g_strdup ("");
}

/**
 * exc_query_um_service:
 * @server: FQDN
 * @projected: with Select-Object
 *
 * domain.md 2.2, 2.6. The cmdlet names its server with -Identity.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_query_um_service (const char *server, gboolean projected)
{
  ExcCommand *command = exc_exchange_command_new ("Get-UMService", NULL);

  exc_command_set_string (command, "Identity", server);
  return exc_query_new (command, um_properties, projected);
}

/**
 * exc_read_um_mode:
 * @reply: of exc_query_um_service()
 *
 * Returns: (transfer full): UMStartupMode, in Exchange's word; %NULL with @error
 */
char *
exc_read_um_mode (ExcReply *reply, GError **error)
{
  ExcValue *object = exc_read_single (reply, error);

  return object != NULL ? exc_read_required_text (object, "UMStartupMode", error) : NULL;
}

/**
 * exc_query_database_copies:
 * @server: FQDN
 * @projected: with Select-Object
 *
 * steps.md 0.10.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_query_database_copies (const char *server, gboolean projected)
{
  return exc_query_new (exc_exchange_command_new ("Get-MailboxDatabaseCopyStatus", server),
                        copy_properties,
                        projected);
}

static gpointer
read_copy (ExcValue *object, GError **error)
{
  ExcCopyRecord *copy = g_new0 (ExcCopyRecord, 1);

  copy->queue_length = -1;
  copy->name = exc_read_required_text (object, "Name", error);
  if (copy->name != NULL)
    copy->status = exc_read_required_text (object, "Status", error);
  if (copy->status == NULL) {
    exc_copy_record_free (copy);
    return NULL;
  }
  exc_value_get_int64 (exc_value_get_property (object, "CopyQueueLength"), &copy->queue_length);
  return copy;
}

GPtrArray *
exc_read_database_copies (ExcReply *reply, GError **error)
{
  return exc_read_each (reply, read_copy, (GDestroyNotify) exc_copy_record_free, error);
}

/**
 * exc_query_service_health:
 * @server: FQDN
 * @projected: with Select-Object
 *
 * steps.md 0.10.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_query_service_health (const char *server, gboolean projected)
{
  return exc_query_new (
      exc_exchange_command_new ("Test-ServiceHealth", server), health_properties, projected);
}

static gpointer
read_health (ExcValue *object, GError **error)
{
  g_autofree char *role = exc_read_required_text (object, "Role", error);
  ExcHealthRecord *health = NULL;

  if (role == NULL)
    return NULL;
  health = g_new0 (ExcHealthRecord, 1);
  health->role = g_steal_pointer (&role);
  health->is_running = exc_read_tristate (object, "RequiredServicesRunning");
  health->not_running = exc_read_texts (object, "ServicesNotRunning");
  return health;
}

GPtrArray *
exc_read_service_health (ExcReply *reply, GError **error)
{
  return exc_read_each (reply, read_health, (GDestroyNotify) exc_health_record_free, error);
}
