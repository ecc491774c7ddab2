/* exc-lab-organization.c — cmdlets about servers, connectors and the organization
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-organization"

#include "config.h"

#include "exc-lab-cmdlet.h"

#define DIRECTORY "Microsoft.Exchange.Data.Directory."
#define CONFIG    DIRECTORY "SystemConfiguration."

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
  exc_lab_value_set_boolean (value, "IsMailboxServer", !server->is_edge);
  exc_lab_value_set_boolean (value, "IsClientAccessServer", !server->is_edge);
  exc_lab_value_set_boolean (value, "IsHubTransportServer", !server->is_edge);
  exc_lab_value_set_boolean (value, "IsFrontendTransportServer", !server->is_edge);
  exc_lab_value_set_boolean (value, "IsEdgeServer", server->is_edge);
  exc_lab_value_set_boolean (value, "IsE15OrLater", TRUE);
  exc_lab_value_set_id (value, "Site", site);
  exc_lab_value_set_id (value, "Identity", server->name);
  exc_lab_value_set_boolean (value, "IsValid", TRUE);
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
    exc_lab_value_set_boolean (value, "IsValid", TRUE);
    write_value (call, value);
  }
  return EXC_LAB_DONE;
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
  exc_lab_value_set_boolean (value, "IsValid", TRUE);
  write_value (call, value);
  return EXC_LAB_DONE;
}

static gboolean
is_service_up (ExcLabCall *call, ExcLabServer *server, const char *name)
{
  ExcLabService *service = exc_lab_server_find_service (server, name);

  return service != NULL && exc_lab_service_is_up (service, exc_lab_world_now (call->world));
}

static gboolean
holds (GPtrArray *names, const char *name)
{
  return g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL);
}

static gboolean
can_mount (ExcLabCall *call, ExcLabServer *server, const char *database)
{
  return holds (server->databases, database) && !holds (server->failed, database) &&
         server->is_up && is_service_up (call, server, "MSExchangeIS");
}

/* A database is mounted on the first server that names it and can mount it, healthy elsewhere. */
static ExcValue *
new_copy_status (ExcLabCall *call, ExcLabServer *server, const char *database)
{
  GPtrArray *servers = exc_lab_world_get_servers (call->world);
  ExcLabServer *active = NULL;

  for (guint i = 0; active == NULL && i < servers->len; i++) {
    if (can_mount (call, g_ptr_array_index (servers, i), database))
      active = g_ptr_array_index (servers, i);
  }
#define STATUS(name, number)                                                                       \
  exc_value_new_enum (                                                                             \
      "Microsoft.Exchange.Management.SystemConfigurationTasks.CopyStatus", name, number)
  if (holds (server->failed, database))
    return STATUS ("Failed", 1);
  if (!can_mount (call, server, database))
    return STATUS ("ServiceDown", 12);
  return server == active ? STATUS ("Mounted", 10) : STATUS ("Healthy", 5);
#undef STATUS
}

ExcLabOutcome
exc_lab_get_database_copies (ExcLabCall *call)
{
  ExcLabOutcome outcome;
  ExcLabServer *server = exc_lab_call_find_server (call, "Server", FALSE, &outcome);

  if (server == NULL)
    return outcome;
  for (guint i = 0; i < server->databases->len; i++) {
    const char *database = g_ptr_array_index (server->databases, i);
    g_autofree char *name = g_strconcat (database, "\\", server->name, NULL);
    ExcValue *value = exc_lab_value_new (
        "Microsoft.Exchange.Management.SystemConfigurationTasks.DatabaseCopyStatusEntry", name);

    exc_lab_value_set_text (value, "Name", name);
    exc_lab_value_set_text (value, "DatabaseName", database);
    exc_lab_value_set_text (value, "MailboxServer", server->name);
    exc_value_set_property (value, "Status", new_copy_status (call, server, database));
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
  ExcLabServer *server = exc_lab_call_find_server (call, "Server", FALSE, &outcome);

  if (server == NULL)
    return outcome;
  if (!server->is_up)
    return exc_lab_call_error (call,
                               "System.Runtime.InteropServices.COMException",
                               "The RPC server is unavailable on server %s.",
                               server->name);
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
    exc_lab_value_set_boolean (value, "RequiredServicesRunning", stopped[0] == NULL);
    exc_lab_value_set_list (
        value, "ServicesRunning", "System.String", (const char *const *) running);
    exc_lab_value_set_list (
        value, "ServicesNotRunning", "System.String", (const char *const *) stopped);
    write_value (call, value);
  }
  return EXC_LAB_DONE;
}
