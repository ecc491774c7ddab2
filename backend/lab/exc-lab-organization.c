/* exc-lab-organization.c — cmdlets about servers, connectors and the organization
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-organization"

#include "config.h"

#include "exc-lab-cmdlet.h"

#define DIRECTORY "Microsoft.Exchange.Data.Directory."
#define CONFIG    DIRECTORY "SystemConfiguration."
#define NOT_FOUND "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException"

static void
set_boolean (ExcValue *value, const char *property, gboolean on)
{
  exc_value_set_property (value, property, exc_value_new_boolean (on));
}

static void
write_value (ExcLabCall *call, ExcValue *take)
{
  exc_lab_call_write (call, exc_lab_object_new (take));
}

static ExcValue *
new_version (const char *text)
{
  ExcValue *version = exc_lab_value_new ("Microsoft.Exchange.Data.ServerVersion", text);
  g_autoptr(GRegex) regex =
                 g_regex_new ("(\\d+)\\.(\\d+) \\(Build (\\d+)\\.(\\d+)\\)", 0, 0, NULL);
  g_autoptr(GMatchInfo) match = NULL;
  static const char *const names[] = { "Major", "Minor", "Build", "Revision" };

  if (g_regex_match (regex, text, 0, &match)) {
    for (int i = 0; i < 4; i++) {
      g_autofree char *number = g_match_info_fetch (match, i + 1);

      exc_value_set_property (
          version, names[i], exc_value_new_int32 ((gint32) g_ascii_strtoll (number, NULL, 10)));
    }
  }
  return version;
}

static ExcValue *
new_server (ExcLabServer *server)
{
  ExcValue *value = exc_lab_value_new (DIRECTORY "Management.ExchangeServer", server->name);
  g_autofree char *site =
      g_strdup_printf ("%s/Configuration/Sites/%s", server->domain, server->site);
  const gboolean is_enterprise = g_str_equal (server->edition, "Enterprise");

  exc_lab_value_set_text (value, "Name", server->name);
  exc_lab_value_set_text (value, "Fqdn", server->fqdn);
  exc_lab_value_set_text (value, "Domain", server->domain);
  exc_value_set_property (value, "AdminDisplayVersion", new_version (server->version));
  exc_value_set_property (value,
                          "ServerRole",
                          server->is_edge ? exc_value_new_enum (CONFIG "ServerRole", "Edge", 64)
                                          : exc_value_new_enum (CONFIG "ServerRole", "Mailbox", 2));
  exc_value_set_property (value,
                          "Edition",
                          exc_value_new_enum ("Microsoft.Exchange.Data.ServerEditionType",
                                              server->edition,
                                              is_enterprise ? 1 : 0));
  set_boolean (value, "IsMailboxServer", !server->is_edge);
  set_boolean (value, "IsClientAccessServer", !server->is_edge);
  set_boolean (value, "IsHubTransportServer", !server->is_edge);
  set_boolean (value, "IsFrontendTransportServer", !server->is_edge);
  set_boolean (value, "IsEdgeServer", server->is_edge);
  set_boolean (value, "IsE15OrLater", TRUE);
  exc_lab_value_set_id (value, "Site", site);
  exc_lab_value_set_id (value, "Identity", server->name);
  set_boolean (value, "IsValid", TRUE);
  return value;
}

ExcLabOutcome
exc_lab_get_exchange_server (ExcLabCall *call)
{
  GPtrArray *servers = exc_lab_world_get_servers (call->world);
  g_autofree char *identity = exc_lab_call_dup_identity (call);
  const char *domain = exc_lab_call_get_text (call, "Domain");
  ExcLabServer *only = exc_lab_world_find_server (call->world, identity);

  if (identity != NULL && only == NULL)
    return exc_lab_call_not_found (call, identity);
  for (guint i = 0; i < servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);

    if ((only == NULL || only == server) &&
        (domain == NULL || g_ascii_strcasecmp (domain, server->domain) == 0))
      write_value (call, new_server (server));
  }
  return EXC_LAB_DONE;
}

ExcLabOutcome
exc_lab_get_transport_service (ExcLabCall *call)
{
  GPtrArray *servers = exc_lab_world_get_servers (call->world);
  g_autofree char *identity = exc_lab_call_dup_identity (call);
  ExcLabServer *only = exc_lab_world_find_server (call->world, identity);

  if (identity != NULL && only == NULL)
    return exc_lab_call_not_found (call, identity);
  for (guint i = 0; i < servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);
    ExcValue *value;

    if ((only != NULL && only != server) || server->is_edge)
      continue;
    value = exc_lab_value_new (DIRECTORY "Management.TransportServer", server->name);
    exc_lab_value_set_text (value, "Name", server->name);
    exc_lab_value_set_text (
        value, "InternalTransportCertificateThumbprint", server->internal_transport);
    exc_lab_value_set_id (value, "Identity", server->name);
    set_boolean (value, "IsValid", TRUE);
    write_value (call, value);
  }
  return EXC_LAB_DONE;
}

static void
set_identifier (ExcValue *value, ExcLabConnector *connector)
{
  const char *name = connector->tls_certificate_name;
  ExcValue *identifier;

  if (name == NULL) {
    exc_value_set_property (value, "TlsCertificateName", exc_value_new_null ());
    return;
  }
  identifier = exc_lab_value_new ("Microsoft.Exchange.Data.SmtpX509Identifier", name);
  if (g_str_has_prefix (name, "<I>") && strstr (name, "<S>") != NULL) {
    const char *subject = strstr (name, "<S>");
    g_autofree char *issuer = g_strndup (name + 3, (gsize) (subject - name - 3));

    exc_lab_value_set_text (identifier, "CertificateSubject", subject + 3);
    exc_lab_value_set_text (identifier, "CertificateIssuer", issuer);
  }
  exc_value_set_property (value, "TlsCertificateName", identifier);
}

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
    set_boolean (value, "Enabled", connector->is_enabled);
    set_fqdn (value, connector);
    set_identifier (value, connector);
    set_boolean (value, "RequireTLS", connector->requires_tls);
    set_boolean (value, "CloudServicesMailEnabled", connector->is_cloud);
    exc_lab_value_set_list (value,
                            "SourceTransportServers",
                            DIRECTORY "ADObjectId",
                            (const char *const *) connector->transport_servers);
    set_boolean (value, "IsValid", TRUE);
    write_value (call, value);
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
  set_identifier (value, connector);
  exc_value_set_property (value,
                          "AuthMechanism",
                          exc_value_new_enum (CONFIG "AuthMechanisms",
                                              connector->auth_mechanism,
                                              connector->auth_flags));
  exc_value_set_property (
      value,
      "TransportRole",
      exc_value_new_enum (CONFIG "ServerRole", connector->transport_role, is_hub ? 32 : 16384));
  set_boolean (value, "Enabled", connector->is_enabled);
  set_boolean (value, "RequireTLS", connector->requires_tls);
  set_boolean (value, "IsValid", TRUE);
  write_value (call, value);
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

ExcLabOutcome
exc_lab_get_nothing (ExcLabCall *call)
{
  return EXC_LAB_DONE;
}

ExcLabOutcome
exc_lab_test_edge_synchronization (ExcLabCall *call)
{
  return exc_lab_call_error (call,
                             "System.InvalidOperationException",
                             "There are no Edge subscriptions in this organization.");
}

static ExcLabOutcome
write_settings (ExcLabCall *call, const char *type, gboolean is_pop)
{
  ExcLabOutcome outcome;
  ExcLabServer *server = exc_lab_call_find_server (call, "Server", FALSE, &outcome);
  ExcValue *value;

  if (server == NULL)
    return outcome;
  value = exc_lab_value_new (type, "1");
  exc_lab_value_set_text (
      value, "X509CertificateName", is_pop ? server->pop_name : server->imap_name);
  exc_lab_value_set_id (value, "Server", server->name);
  exc_lab_value_set_id (value, "Identity", server->name);
  set_boolean (value, "IsValid", TRUE);
  write_value (call, value);
  return EXC_LAB_DONE;
}

ExcLabOutcome
exc_lab_get_pop_settings (ExcLabCall *call)
{
  return write_settings (call, CONFIG "Pop3AdConfiguration", TRUE);
}

ExcLabOutcome
exc_lab_get_imap_settings (ExcLabCall *call)
{
  return write_settings (call, CONFIG "Imap4AdConfiguration", FALSE);
}

ExcLabOutcome
exc_lab_get_dag (ExcLabCall *call)
{
  ExcLabDag *dag = exc_lab_world_get_dag (call->world);
  g_autofree char *identity = exc_lab_call_dup_identity (call);
  ExcValue *value;

  if (identity != NULL && (dag == NULL || g_ascii_strcasecmp (dag->name, identity) != 0))
    return exc_lab_call_not_found (call, identity);
  if (dag == NULL)
    return EXC_LAB_DONE;
  value = exc_lab_value_new (CONFIG "DatabaseAvailabilityGroup", dag->name);
  exc_lab_value_set_text (value, "Name", dag->name);
  exc_lab_value_set_id (value, "Identity", dag->name);
  exc_lab_value_set_list (
      value, "Servers", DIRECTORY "ADObjectId", (const char *const *) dag->servers);
  set_boolean (value, "IsValid", TRUE);
  write_value (call, value);
  return EXC_LAB_DONE;
}

static gboolean
is_service_up (ExcLabCall *call, ExcLabServer *server, const char *name)
{
  ExcLabService *service = exc_lab_server_find_service (server, name);

  return service != NULL && exc_lab_service_is_up (service, exc_lab_world_now (call->world));
}

/* A copy is mounted on the first server that names it, and healthy on the others. */
ExcLabOutcome
exc_lab_get_database_copies (ExcLabCall *call)
{
  GPtrArray *servers = exc_lab_world_get_servers (call->world);
  ExcLabOutcome outcome;
  ExcLabServer *server = exc_lab_call_find_server (call, "Server", FALSE, &outcome);

  if (server == NULL)
    return outcome;
  for (guint i = 0; i < server->databases->len; i++) {
    const char *database = g_ptr_array_index (server->databases, i);
    g_autofree char *name = g_strconcat (database, "\\", server->name, NULL);
    const gboolean is_up = server->is_up && is_service_up (call, server, "MSExchangeIS");
    gboolean is_first = TRUE;
    ExcValue *value = exc_lab_value_new (
        "Microsoft.Exchange.Management.SystemConfigurationTasks.DatabaseCopyStatusEntry", name);

    for (guint j = 0; j < servers->len && g_ptr_array_index (servers, j) != server; j++) {
      ExcLabServer *other = g_ptr_array_index (servers, j);

      if (g_ptr_array_find_with_equal_func (other->databases, database, g_str_equal, NULL))
        is_first = FALSE;
    }
    exc_lab_value_set_text (value, "Name", name);
    exc_lab_value_set_text (value, "DatabaseName", database);
    exc_lab_value_set_text (value, "MailboxServer", server->name);
    exc_value_set_property (
        value,
        "Status",
        exc_value_new_enum ("Microsoft.Exchange.Management.SystemConfigurationTasks.CopyStatus",
                            !is_up     ? "ServiceDown"
                            : is_first ? "Mounted"
                                       : "Healthy",
                            !is_up     ? 12
                            : is_first ? 10
                                       : 5));
    exc_value_set_property (value, "CopyQueueLength", exc_value_new_int64 (0));
    exc_value_set_property (value, "ReplayQueueLength", exc_value_new_int64 (0));
    write_value (call, value);
  }
  return EXC_LAB_DONE;
}

ExcLabOutcome
exc_lab_test_service_health (ExcLabCall *call)
{
  static const struct {
    const char *role;
    const char *services[8];
  } roles[] = {
    { "Mailbox Server Role",
      { "MSExchangeIS", "MSExchangeTransport", "MSExchangeServiceHost", "W3SVC", "WinRM" } },
    { "Client Access Server Role",
      { "MSExchangeFrontEndTransport", "MSExchangeServiceHost", "W3SVC", "WinRM" } },
  };
  ExcLabOutcome outcome;
  ExcLabServer *server = exc_lab_call_find_server (call, "Server", TRUE, &outcome);

  if (server == NULL)
    return outcome;
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++) {
    g_autoptr(GStrvBuilder) up = g_strv_builder_new ();
    g_autoptr(GStrvBuilder) down = g_strv_builder_new ();
    g_auto(GStrv) running = NULL;
    g_auto(GStrv) stopped = NULL;
    ExcValue *value = exc_lab_value_new (
        "Microsoft.Exchange.Management.Tasks.TestServiceHealthOutcome", roles[i].role);

    for (guint j = 0; roles[i].services[j] != NULL; j++)
      g_strv_builder_add (is_service_up (call, server, roles[i].services[j]) ? up : down,
                          roles[i].services[j]);
    running = g_strv_builder_end (up);
    stopped = g_strv_builder_end (down);
    exc_lab_value_set_text (value, "Role", roles[i].role);
    set_boolean (value, "RequiredServicesRunning", stopped[0] == NULL);
    exc_lab_value_set_list (
        value, "ServicesRunning", "System.String", (const char *const *) running);
    exc_lab_value_set_list (
        value, "ServicesNotRunning", "System.String", (const char *const *) stopped);
    write_value (call, value);
  }
  return EXC_LAB_DONE;
}
