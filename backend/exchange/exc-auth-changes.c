/* exc-auth-changes.c — the Auth certificate: made, staged, published
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-exchange"

#include "config.h"

#include "exc-changes.h"

#include "exc-reader-private.h"

#define AUTH_NAME "Microsoft Exchange Server Auth Certificate"

/**
 * exc_change_create_auth:
 * @server: FQDN
 *
 * steps.md B1, variant 1. Without services there is no question and the default SMTP certificate
 * stays; the empty list of domains is a list, because null would take the name from a subject that
 * is no domain (domain.md 2.1). exc_change_allow_network_service() has to follow.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_create_auth (const char *server)
{
  ExcCommand *create = exc_exchange_command_new ("New-ExchangeCertificate", server);

  exc_command_set_int (create, "KeySize", 2048);
  exc_command_set (create, "PrivateKeyExportable", exc_value_new_boolean (TRUE));
  exc_command_set_string (create, "SubjectName", "cn=" AUTH_NAME);
  exc_command_set_string (create, "FriendlyName", AUTH_NAME);
  exc_command_set (create, "DomainName", exc_value_new_list ());
  exc_command_set_string (create, "Services", "None");
  return exc_pipeline_new_single (create);
}

/**
 * exc_change_allow_network_service:
 * @server: FQDN
 * @thumbprint: of the certificate
 *
 * steps.md B1, I3: Network Service may read the key, and no service is assigned.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_allow_network_service (const char *server, const char *thumbprint)
{
  ExcCommand *enable = exc_exchange_command_new ("Enable-ExchangeCertificate", server);

  exc_command_set_string (enable, "Thumbprint", thumbprint);
  exc_command_set_string (enable, "Services", "None");
  exc_command_set_switch (enable, "NetworkServiceAllowed", TRUE);
  exc_command_set_switch (enable, "Force", TRUE);
  return exc_pipeline_new_single (enable);
}

/* Of the organization; with the parameter set of the one switch or thumbprint that is set next. */
static ExcCommand *
auth_config_command_new (const char *server, gboolean force)
{
  ExcCommand *command = exc_exchange_command_new ("Set-AuthConfig", server);

  if (force)
    exc_command_set_switch (command, "Force", TRUE);
  return command;
}

/**
 * exc_change_stage_auth:
 * @thumbprint: of the certificate, which lies on the server that runs the command
 * @effective: Unix seconds, by the server's clock: not earlier than five minutes ago
 * (domain.md 2.5)
 * @server: (nullable): FQDN of the server to run it
 *
 * steps.md R1 and E1. -Force answers that the date is nearer than 48 hours.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_stage_auth (const char *thumbprint, gint64 effective, const char *server)
{
  ExcCommand *command = auth_config_command_new (server, TRUE);
  g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc (effective);

  g_return_val_if_fail (date != NULL, NULL);

  exc_command_set_string (command, "NewCertificateThumbprint", thumbprint);
  exc_command_set (command, "NewCertificateEffectiveDate", exc_value_new_date_time (date));
  return exc_pipeline_new_single (command);
}

/**
 * exc_change_cancel_auth:
 *
 * steps.md R1, undo: an empty thumbprint clears Next and its date (domain.md 2.5).
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_cancel_auth (void)
{
  ExcCommand *command = auth_config_command_new (NULL, TRUE);

  exc_command_set_string (command, "NewCertificateThumbprint", "");
  return exc_pipeline_new_single (command);
}

/**
 * exc_change_publish_auth:
 *
 * steps.md E2: Previous becomes Current's, Current Next's, Next empty.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_publish_auth (void)
{
  ExcCommand *command = auth_config_command_new (NULL, TRUE);

  exc_command_set_switch (command, "PublishCertificate", TRUE);
  return exc_pipeline_new_single (command);
}

/**
 * exc_change_clear_previous_auth:
 *
 * steps.md R8, E6.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_clear_previous_auth (void)
{
  ExcCommand *command = auth_config_command_new (NULL, FALSE);

  exc_command_set_switch (command, "ClearPreviousCertificate", TRUE);
  return exc_pipeline_new_single (command);
}

/**
 * exc_change_swap_auth:
 * @thumbprint: of the certificate
 *
 * steps.md R5, undo: Current at once, and Previous what was Current. For a certificate that every
 * server has.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_swap_auth (const char *thumbprint)
{
  ExcCommand *command = auth_config_command_new (NULL, TRUE);

  exc_command_set_string (command, "CertificateThumbprint", thumbprint);
  return exc_pipeline_new_single (command);
}
