/* exc-settings-changes.c — which certificate POP, IMAP and the connectors use; Edge servers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-exchange"

#include "config.h"

#include "exc-changes.h"

#include "exc-reader-private.h"

static ExcPipeline *
set_name (const char *cmdlet, const char *server, const char *name)
{
  ExcCommand *command = exc_exchange_command_new (cmdlet, server);

  exc_command_set_string (command, "X509CertificateName", name);
  return exc_pipeline_new_single (command);
}

/**
 * exc_change_set_pop_name:
 * @server: FQDN
 * @name: a name of the certificate; one that a wildcard covers where it has no other
 *
 * steps.md A5, domain.md 2.2. Works with the next start of the service.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_set_pop_name (const char *server, const char *name)
{
  return set_name ("Set-PopSettings", server, name);
}

ExcPipeline *
exc_change_set_imap_name (const char *server, const char *name)
{
  return set_name ("Set-ImapSettings", server, name);
}

static ExcPipeline *
set_tls (const char *cmdlet, const char *identity, const char *name)
{
  ExcCommand *command = exc_exchange_command_new (cmdlet, NULL);

  exc_command_set_string (command, "Identity", identity);
  exc_command_set (command,
                   "TlsCertificateName",
                   name != NULL ? exc_value_new_string (name) : exc_value_new_null ());
  return exc_pipeline_new_single (command);
}

/**
 * exc_change_set_send_connector_tls:
 * @identity: of the connector
 * @name: (nullable): "<I>issuer<S>subject", to the letter; %NULL: none
 *
 * steps.md A9: cleared and set again, it lets an old certificate of equal names be removed.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_set_send_connector_tls (const char *identity, const char *name)
{
  return set_tls ("Set-SendConnector", identity, name);
}

ExcPipeline *
exc_change_set_receive_connector_tls (const char *identity, const char *name)
{
  return set_tls ("Set-ReceiveConnector", identity, name);
}

/**
 * exc_change_start_edge_sync:
 * @server: FQDN of a subscribed Mailbox server
 *
 * steps.md A7.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_start_edge_sync (const char *server)
{
  return exc_pipeline_new_single (exc_exchange_command_new ("Start-EdgeSynchronization", server));
}
