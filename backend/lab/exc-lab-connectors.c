/* exc-lab-connectors.c — send and receive connectors
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-connectors"

#include "config.h"

#include "exc-lab-cmdlet.h"

#define DIRECTORY "Microsoft.Exchange.Data.Directory."
#define CONFIG    DIRECTORY "SystemConfiguration."

static void
set_fqdn (ExcValue *value, ExcLabConnector *connector)
{
  exc_value_set_property (value,
                          "Fqdn",
                          connector->fqdn != NULL
                              ? exc_lab_value_new ("Microsoft.Exchange.Data.Fqdn", connector->fqdn)
                              : exc_value_new_null ());
}

ExcLabOutcome
exc_lab_get_send_connector (ExcLabCall *call)
{
  GPtrArray *connectors = exc_lab_world_get_send_connectors (call->world);
  g_autofree char *identity = exc_lab_call_dup_identity (call);
  gboolean is_found = identity == NULL;

  for (guint i = 0; i < connectors->len; i++) {
    ExcLabConnector *connector = g_ptr_array_index (connectors, i);
    ExcValue *value;

    if (identity != NULL && g_ascii_strcasecmp (identity, connector->name) != 0)
      continue;
    is_found = TRUE;
    value = exc_lab_value_new (CONFIG "SmtpSendConnectorConfig", connector->name);
    exc_lab_value_set_text (value, "Name", connector->name);
    exc_lab_value_set_id (value, "Identity", connector->name);
    exc_lab_value_set_boolean (value, "Enabled", connector->is_enabled);
    set_fqdn (value, connector);
    exc_lab_value_set_identifier (value, "TlsCertificateName", connector->tls_certificate_name);
    exc_lab_value_set_boolean (value, "RequireTLS", connector->requires_tls);
    exc_lab_value_set_boolean (value, "CloudServicesMailEnabled", connector->is_cloud);
    exc_lab_value_set_list (value,
                            "SourceTransportServers",
                            DIRECTORY "ADObjectId",
                            (const char *const *) connector->transport_servers);
    exc_lab_value_set_boolean (value, "IsValid", TRUE);
    exc_lab_call_write (call, exc_lab_object_new (value));
  }
  return is_found ? EXC_LAB_DONE : exc_lab_call_not_found (call, identity);
}

static void
write_receive_connector (ExcLabCall *call, ExcLabServer *server, ExcLabConnector *connector)
{
  ExcValue *value = exc_lab_value_new (CONFIG "ReceiveConnector", connector->name);
  g_autofree char *identity = g_strconcat (server->name, "\\", connector->name, NULL);
  const gboolean is_hub = g_str_equal (connector->transport_role, "HubTransport");

  exc_lab_value_set_text (value, "Name", connector->name);
  exc_lab_value_set_id (value, "Identity", identity);
  exc_lab_value_set_id (value, "Server", server->name);
  set_fqdn (value, connector);
  exc_lab_value_set_identifier (value, "TlsCertificateName", connector->tls_certificate_name);
  exc_value_set_property (value,
                          "AuthMechanism",
                          exc_value_new_enum (CONFIG "AuthMechanisms",
                                              connector->auth_mechanism,
                                              connector->auth_flags));
  exc_value_set_property (
      value,
      "TransportRole",
      exc_value_new_enum (CONFIG "ServerRole", connector->transport_role, is_hub ? 32 : 16384));
  exc_lab_value_set_boolean (value, "Enabled", connector->is_enabled);
  exc_lab_value_set_boolean (value, "RequireTLS", connector->requires_tls);
  exc_lab_value_set_boolean (value, "IsValid", TRUE);
  exc_lab_call_write (call, exc_lab_object_new (value));
}

ExcLabOutcome
exc_lab_get_receive_connector (ExcLabCall *call)
{
  GPtrArray *servers = exc_lab_world_get_servers (call->world);
  g_autofree char *identity = exc_lab_call_dup_identity (call);
  gboolean is_found = identity == NULL;
  ExcLabServer *only = NULL;
  ExcLabOutcome outcome;

  if (exc_lab_call_has (call, "Server")) {
    only = exc_lab_call_find_server (call, "Server", FALSE, &outcome);
    if (only == NULL)
      return outcome;
  }
  for (guint i = 0; i < servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);

    for (guint j = 0; (only == NULL || only == server) && j < server->connectors->len; j++) {
      ExcLabConnector *connector = g_ptr_array_index (server->connectors, j);
      g_autofree char *full = g_strconcat (server->name, "\\", connector->name, NULL);

      if (identity != NULL && g_ascii_strcasecmp (identity, connector->name) != 0 &&
          g_ascii_strcasecmp (identity, full) != 0)
        continue;
      is_found = TRUE;
      write_receive_connector (call, server, connector);
    }
  }
  return is_found ? EXC_LAB_DONE : exc_lab_call_not_found (call, identity);
}

/* What both Set- cmdlets change of a connector. */
static void
change (ExcLabCall *call, ExcLabConnector *connector)
{
  if (exc_lab_call_has (call, "TlsCertificateName"))
    exc_lab_set_text (&connector->tls_certificate_name,
                      exc_lab_call_get_text (call, "TlsCertificateName"));
  if (exc_lab_call_has (call, "Fqdn"))
    exc_lab_set_text (&connector->fqdn, exc_lab_call_get_text (call, "Fqdn"));
  if (exc_lab_call_has (call, "Enabled"))
    connector->is_enabled = exc_lab_call_is_on (call, "Enabled");
  if (exc_lab_call_has (call, "RequireTLS"))
    connector->requires_tls = exc_lab_call_is_on (call, "RequireTLS");
  if (exc_lab_call_has (call, "CloudServicesMailEnabled"))
    connector->is_cloud = exc_lab_call_is_on (call, "CloudServicesMailEnabled");
}

static ExcLabOutcome
set_connector (ExcLabCall *call, const char *identity, ExcLabConnector *connector)
{
  static const char *const known[] = {
    "Identity",   "TlsCertificateName",       "Fqdn", "Enabled",
    "RequireTLS", "CloudServicesMailEnabled", NULL,
  };
  ExcLabOutcome outcome;

  if (!exc_lab_call_knows_all (call, known, &outcome))
    return outcome;
  if (connector == NULL)
    return exc_lab_call_not_found (call, identity != NULL ? identity : "");
  if (exc_lab_call_is_on (call, "WhatIf"))
    return EXC_LAB_DONE;
  change (call, connector);
  return exc_lab_call_commit (call);
}

ExcLabOutcome
exc_lab_set_send_connector (ExcLabCall *call)
{
  GPtrArray *connectors = exc_lab_world_get_send_connectors (call->world);
  g_autofree char *identity = exc_lab_call_dup_identity (call);
  ExcLabConnector *found = NULL;

  for (guint i = 0; identity != NULL && i < connectors->len; i++) {
    ExcLabConnector *connector = g_ptr_array_index (connectors, i);

    if (g_ascii_strcasecmp (identity, connector->name) == 0)
      found = connector;
  }
  return set_connector (call, identity, found);
}

/* "EXCH01\\Default EXCH01", or a name that only one server has */
ExcLabOutcome
exc_lab_set_receive_connector (ExcLabCall *call)
{
  GPtrArray *servers = exc_lab_world_get_servers (call->world);
  g_autofree char *identity = exc_lab_call_dup_identity (call);
  ExcLabConnector *found = NULL;

  for (guint i = 0; identity != NULL && i < servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);

    for (guint j = 0; j < server->connectors->len; j++) {
      ExcLabConnector *connector = g_ptr_array_index (server->connectors, j);
      g_autofree char *full = g_strconcat (server->name, "\\", connector->name, NULL);

      if (g_ascii_strcasecmp (identity, connector->name) == 0 ||
          g_ascii_strcasecmp (identity, full) == 0)
        found = connector;
    }
  }
  return set_connector (call, identity, found);
}
