/* exc-lab-scenario.c — the world that a scenario describes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-scenario"

#include "config.h"

#include <glib/gi18n.h>

#include "exc-error.h"
#include "exc-lab-data.h"
#include "exc-lab-scenario-private.h"

/* Lifetimes of domain.md 0 and 2.1, in days where they are not calendar months. */
#define WMSVC_DAYS 3650
#define CA_DAYS    398

/* What setup leaves on a Mailbox server; seconds: how long a restart takes here. */
static const struct {
  const char *name;
  const char *start_type;
  guint restart_s;
  gboolean is_running;
  gboolean is_on_edge; /* too */
} services[] = {
  { "W3SVC", "Automatic", 2, TRUE, FALSE },
  { "WAS", "Manual", 1, TRUE, FALSE },
  { "WinRM", "Automatic", 1, TRUE, TRUE },
  { "WMSVC", "Automatic", 1, TRUE, FALSE },
  { "MSExchangeServiceHost", "Automatic", 3, TRUE, TRUE },
  { "MSExchangeTransport", "Automatic", 3, TRUE, TRUE },
  { "MSExchangeFrontEndTransport", "Automatic", 2, TRUE, FALSE },
  { "MSExchangeEdgeSync", "Automatic", 1, TRUE, FALSE },
  { "MSExchangeIS", "Automatic", 3, TRUE, FALSE },
  { "MSExchangePOP3", "Manual", 1, FALSE, FALSE },
  { "MSExchangePOP3BE", "Manual", 1, FALSE, FALSE },
  { "MSExchangeIMAP4", "Manual", 1, FALSE, FALSE },
  { "MSExchangeIMAP4BE", "Manual", 1, FALSE, FALSE },
};

const char *
exc_lab_scenario_get_string (JsonObject *object, const char *name, const char *fallback)
{
  const char *text = exc_lab_json_get_string (object, name);

  return text != NULL ? text : fallback;
}

/* "+20 days", "-12 days", "+3 hours", "-2 years" against now. Whole days ahead end half a day
 * later, so that what has 20 days left when the lab starts still has 20 an hour later. */
gboolean
exc_lab_scenario_parse_date (const char *text, gint64 now, gint64 *date, GError **error)
{
  static const struct {
    const char *unit;
    gint64 seconds;
  } units[] = {
    { "minute", 60 }, { "hour", 3600 }, { "day", DAY }, { "week", 7 * DAY }, { "year", 365 * DAY },
  };
  char *end = NULL;
  gint64 count = g_ascii_strtoll (text, &end, 10);

  while (*end == ' ')
    end++;
  for (guint i = 0; end != text && i < G_N_ELEMENTS (units); i++) {
    if (g_str_has_prefix (end, units[i].unit)) {
      *date = now + count * units[i].seconds;
      if (count > 0 && units[i].seconds >= DAY)
        *date += DAY / 2;
      return TRUE;
    }
  }
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_INPUT,
               _("“%s” is not a relative date such as “-12 days” or “+20 days”."), text);
  return FALSE;
}

static gint64
add_months (gint64 date, int months)
{
  g_autoptr(GDateTime) from = g_date_time_new_from_unix_utc (date);
  g_autoptr(GDateTime) to = g_date_time_add_months (from, months);

  return g_date_time_to_unix (to);
}

ExcLabCertificate *
exc_lab_scenario_make (ExcLabWorld *self,
                       const char *subject,
                       const char *const *names,
                       gint64 not_before,
                       gint64 not_after,
                       ExcLabCertificate *issuer,
                       gboolean is_ca,
                       GError **error)
{
  g_autoptr(EVP_PKEY) key = exc_lab_keys_take (exc_lab_world_get_keys (self), 2048, error);
  ExcLabRecipe recipe = { subject, names, not_before, not_after, key, issuer, is_ca };

  return key != NULL ? exc_lab_certificate_make (&recipe, error) : NULL;
}

static gboolean
is_used (JsonObject *from, const char *use)
{
  g_auto(GStrv) uses = exc_lab_json_dup_strings (from, "uses");

  return uses[0] == NULL || g_strv_contains ((const char *const *) uses, use);
}

/* The default certificate of setup: trusted on its own server, internal transport, back end, and
 * front end until another one is bound there; or some of these ("uses"). */
static ExcLabCertificate *
make_default (
    ExcLabWorld *self, ExcLabServer *server, JsonObject *from, gint64 not_after, GError **error)
{
  g_autofree char *subject = g_strconcat ("CN=", server->name, NULL);
  const char *names[] = { server->name, server->fqdn, NULL };
  ExcLabCertificate *certificate = exc_lab_scenario_make (
      self, subject, names, add_months (not_after, -60), not_after, NULL, FALSE, error);

  if (certificate == NULL)
    return NULL;
  certificate->friendly_name = g_strdup ("Microsoft Exchange");
  certificate->network_service = TRUE;
  g_ptr_array_add (server->root, exc_lab_certificate_copy_public (certificate));
  if (is_used (from, "internal-transport"))
    exc_lab_set_text (&server->internal_transport, certificate->x509->sha1);
  if (is_used (from, "back-end") && !server->is_edge)
    exc_lab_server_set_ssl_hash (server, "*", 444, certificate->x509->sha1, EXC_LAB_IIS_APP_ID);
  if (is_used (from, "front-end") && !server->is_edge &&
      exc_lab_server_get_ssl_hash (server, "*", 443) == NULL) {
    exc_lab_server_set_ssl_hash (server, "*", 443, certificate->x509->sha1, EXC_LAB_IIS_APP_ID);
    exc_lab_server_set_ssl_hash (
        server, "127.0.0.1", 443, certificate->x509->sha1, EXC_LAB_IIS_APP_ID);
  }
  return certificate;
}

static ExcLabCertificate *
make_wmsvc (
    ExcLabWorld *self, ExcLabServer *server, JsonObject *from, gint64 not_after, GError **error)
{
  /* a server that was renamed since keeps the name it had when Windows made it */
  g_autofree char *name =
      g_strconcat ("WMSvc-SHA2-", exc_lab_scenario_get_string (from, "host", server->name), NULL);
  g_autofree char *subject = g_strconcat ("CN=", name, NULL);
  ExcLabCertificate *certificate = exc_lab_scenario_make (
      self, subject, NULL, not_after - WMSVC_DAYS * (gint64) DAY, not_after, NULL, FALSE, error);

  if (certificate == NULL)
    return NULL;
  certificate->friendly_name = g_strdup ("WMSVC-SHA2");
  certificate->exportable = TRUE;
  g_free (server->wmsvc_hash);
  server->wmsvc_hash = g_strdup (certificate->x509->sha1);
  server->wmsvc_remote = TRUE;
  g_ptr_array_add (server->root, exc_lab_certificate_copy_public (certificate));
  exc_lab_server_set_ssl_hash (
      server, "*", server->wmsvc_port, certificate->x509->sha1, EXC_LAB_WMSVC_APP_ID);
  return certificate;
}

/* A public certificate is bought once and imported on every front end. Dates are relative, and a
 * second may pass from one server to the next. */
#define SAME_DATE_S 3600

static ExcLabCertificate *
copy_existing (ExcLabWorld *self, const char *subject, gint64 not_after)
{
  GPtrArray *servers = exc_lab_world_get_servers (self);

  for (guint i = 0; i < servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);

    for (guint j = 0; j < server->my->len; j++) {
      ExcLabCertificate *found = g_ptr_array_index (server->my, j);

      if (!found->x509->is_self_signed && ABS (found->x509->not_after - not_after) < SAME_DATE_S &&
          g_str_equal (found->x509->subject, subject))
        return exc_lab_certificate_new (found->x509->der, found->key, NULL);
    }
  }
  return NULL;
}

static ExcLabCertificate *
make_public (
    ExcLabWorld *self, ExcLabServer *server, JsonObject *from, gint64 not_after, GError **error)
{
  g_auto(GStrv) names = exc_lab_json_dup_strings (from, "domains");
  g_autofree char *fallback = g_strconcat ("CN=", names[0] != NULL ? names[0] : server->fqdn, NULL);
  ExcLabCertificate *authority = exc_lab_world_get_authority (self);
  ExcLabCertificate *certificate;

  if (authority == NULL) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("A public certificate needs an “authority” in the scenario."));
    return NULL;
  }
  certificate =
      copy_existing (self, exc_lab_scenario_get_string (from, "subject", fallback), not_after);
  if (certificate == NULL)
    certificate = exc_lab_scenario_make (self,
                                         exc_lab_scenario_get_string (from, "subject", fallback),
                                         (const char *const *) names,
                                         not_after - CA_DAYS * (gint64) DAY,
                                         not_after,
                                         authority,
                                         FALSE,
                                         error);
  if (certificate == NULL)
    return NULL;
  certificate->friendly_name =
      g_strdup (exc_lab_scenario_get_string (from, "friendlyName", names[0]));
  certificate->exportable = TRUE;
  certificate->network_service = json_object_get_boolean_member_with_default (from, "smtp", FALSE);
  exc_lab_server_set_ssl_hash (server, "*", 443, certificate->x509->sha1, EXC_LAB_IIS_APP_ID);
  exc_lab_server_set_ssl_hash (
      server, "127.0.0.1", 443, certificate->x509->sha1, EXC_LAB_IIS_APP_ID);
  return certificate;
}

static ExcLabCertificate *
make_self_signed (ExcLabWorld *self, JsonObject *from, gint64 not_after, GError **error)
{
  g_auto(GStrv) names = exc_lab_json_dup_strings (from, "domains");
  ExcLabCertificate *certificate =
      exc_lab_scenario_make (self,
                             exc_lab_scenario_get_string (from, "subject", "CN=localhost"),
                             (const char *const *) names,
                             add_months (not_after, -60),
                             not_after,
                             NULL,
                             FALSE,
                             error);

  if (certificate == NULL)
    return NULL;
  certificate->friendly_name = g_strdup (exc_lab_scenario_get_string (from, "friendlyName", NULL));
  certificate->network_service = json_object_get_boolean_member_with_default (from, "smtp", FALSE);
  return certificate;
}

static gboolean
add_certificate (ExcLabWorld *self, ExcLabServer *server, JsonObject *from, GError **error)
{
  const char *kind = exc_lab_scenario_get_string (from, "kind", "");
  ExcLabCertificate *certificate = NULL;
  gint64 not_after;

  if (!exc_lab_scenario_parse_date (exc_lab_scenario_get_string (from, "notAfter", ""),
                                    exc_lab_world_now (self),
                                    &not_after,
                                    error))
    return FALSE;
  if (g_str_equal (kind, "microsoft-exchange"))
    certificate = make_default (self, server, from, not_after, error);
  else if (g_str_equal (kind, "wmsvc"))
    certificate = make_wmsvc (self, server, from, not_after, error);
  else if (g_str_equal (kind, "public"))
    certificate = make_public (self, server, from, not_after, error);
  else if (g_str_equal (kind, "self-signed"))
    certificate = make_self_signed (self, from, not_after, error);
  else
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("“%s” is not a kind of certificate; use microsoft-exchange, wmsvc, public or "
                   "self-signed."),
                    kind);
  if (certificate == NULL)
    return FALSE;
  /* one that was deleted leaves its traces: bindings, settings, its copy in Root */
  if (json_object_get_boolean_member_with_default (from, "deleted", FALSE))
    exc_lab_certificate_unref (certificate);
  else
    g_ptr_array_add (server->my, certificate);
  return TRUE;
}

static void
add_receive_connectors (ExcLabServer *server)
{
  static const struct {
    const char *name;
    const char *auth;
    int flags;
    const char *role;
  } connectors[] = {
    { "Default",
      "Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer",
      31,
      "HubTransport" },
    { "Client Proxy",
      "Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer",
      31,
      "HubTransport" },
    { "Default Frontend",
      "Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer",
      31,
      "FrontendTransport" },
    { "Outbound Proxy Frontend",
      "Tls, Integrated, BasicAuth, BasicAuthRequireTLS, ExchangeServer",
      31,
      "FrontendTransport" },
    { "Client Frontend",
      "Tls, Integrated, BasicAuth, BasicAuthRequireTLS",
      15,
      "FrontendTransport" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (connectors); i++) {
    g_autofree char *name =
        g_strconcat (server->is_edge ? "Default internal receive connector" : connectors[i].name,
                     " ",
                     server->name,
                     NULL);
    ExcLabConnector *connector = exc_lab_connector_new (name);

    connector->fqdn = g_strdup (server->fqdn);
    connector->auth_mechanism = g_strdup (connectors[i].auth);
    connector->auth_flags = connectors[i].flags;
    connector->transport_role = g_strdup (connectors[i].role);
    g_ptr_array_add (server->connectors, connector);
    if (server->is_edge) /* it has this one alone */
      break;
  }
}

static void
add_services (ExcLabServer *server, JsonObject *from)
{
  g_auto(GStrv) stopped = exc_lab_json_dup_strings (from, "stopped");

  for (guint i = 0; i < G_N_ELEMENTS (services); i++) {
    if (!server->is_edge || services[i].is_on_edge)
      exc_lab_server_add_service (server,
                                  services[i].name,
                                  services[i].is_running,
                                  services[i].start_type,
                                  services[i].restart_s);
  }
  for (guint i = 0; stopped[i] != NULL; i++) {
    ExcLabService *service = exc_lab_server_find_service (server, stopped[i]);

    if (service != NULL)
      service->is_running = FALSE;
    if (g_ascii_strcasecmp (stopped[i], "MSExchangeServiceHost") == 0)
      server->host_run = -1;
  }
}

/* Exchange 2016 has Unified Messaging, in TCP mode after setup. */
static void
add_um (ExcLabServer *server, JsonObject *from)
{
  const char *mode = exc_lab_scenario_get_string (from, "umStartupMode", "TCP");

  if (server->is_edge || !g_str_has_prefix (server->version, "Version 15.1 "))
    return;
  exc_lab_set_text (&server->um_mode, mode);
  exc_lab_set_text (&server->um_call_router_mode, mode);
}

static void
add_databases (ExcLabServer *server, JsonObject *from)
{
  g_auto(GStrv) databases = exc_lab_json_dup_strings (from, "databases");
  g_auto(GStrv) failed = exc_lab_json_dup_strings (from, "failedCopies");

  for (guint i = 0; databases[i] != NULL; i++)
    g_ptr_array_add (server->databases, g_strdup (databases[i]));
  for (guint i = 0; failed[i] != NULL; i++)
    g_ptr_array_add (server->failed, g_strdup (failed[i]));
}

static gboolean
add_server (ExcLabWorld *self, JsonObject *from, GError **error)
{
  const char *name = exc_lab_scenario_get_string (from, "name", NULL);
  ExcLabServer *server;
  g_autoptr(GPtrArray) certificates = exc_lab_json_get_objects (from, "certificates");

  if (name == NULL || !exc_lab_name_is_domain (name) || strchr (name, '.') != NULL ||
      exc_lab_world_find_server (self, name) != NULL) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("Every server of a scenario needs a “name” of its own, such as EXCH01."));
    return FALSE;
  }
  server = exc_lab_server_new (name, exc_lab_world_get_domain (self));
  g_ptr_array_add (exc_lab_world_get_servers (self), server);
  server->site = g_strdup (exc_lab_scenario_get_string (from, "site", "Default-First-Site-Name"));
  server->version =
      g_strdup (exc_lab_scenario_get_string (from, "version", "Version 15.2 (Build 1544.4)"));
  server->edition = g_strdup (exc_lab_scenario_get_string (from, "edition", "Standard"));
  server->is_edge = g_str_equal (exc_lab_scenario_get_string (from, "role", "Mailbox"), "Edge");
  server->is_up = json_object_get_boolean_member_with_default (from, "up", TRUE);
  server->pop_name = g_strdup (server->fqdn);
  server->imap_name = g_strdup (server->fqdn);
  add_services (server, from);
  add_um (server, from);
  if (!server->is_edge) {
    exc_lab_server_add_binding (server, EXC_LAB_FRONT_END, "*", 443);
    exc_lab_server_add_binding (server, EXC_LAB_FRONT_END, "127.0.0.1", 443);
    exc_lab_server_add_binding (server, EXC_LAB_BACK_END, "*", 444);
  }
  add_receive_connectors (server);
  add_databases (server, from);
  if (exc_lab_world_get_authority (self) != NULL)
    g_ptr_array_add (server->root,
                     exc_lab_certificate_copy_public (exc_lab_world_get_authority (self)));

  for (guint i = 0; i < certificates->len; i++) {
    if (!add_certificate (self, server, g_ptr_array_index (certificates, i), error)) {
      g_prefix_error (error, "%s: ", name);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
build (ExcLabWorld *self, const char *name, JsonObject *from, GError **error)
{
  g_autoptr(GPtrArray) servers = exc_lab_json_get_objects (from, "servers");

  exc_lab_world_clear (self);
  exc_lab_keys_set_n_taken (exc_lab_world_get_keys (self), 0);
  exc_lab_world_set_names (self,
                           name,
                           exc_lab_scenario_get_string (from, "organization", "Contoso"),
                           exc_lab_scenario_get_string (from, "domain", "contoso.lab"));
  if (!exc_lab_scenario_add_authority (self, from, error))
    return FALSE;
  for (guint i = 0; i < servers->len; i++) {
    if (!add_server (self, g_ptr_array_index (servers, i), error))
      return FALSE;
  }
  if (servers->len == 0) {
    g_set_error (error, EXC_ERROR, EXC_ERROR_INPUT, _("The scenario has no “servers”."));
    return FALSE;
  }
  return exc_lab_scenario_add_organization (self, from, error);
}

gboolean
exc_lab_world_load_scenario (ExcLabWorld *self, const char *scenario, GError **error)
{
  g_autoptr(JsonObject) object = NULL;
  g_autofree char *path = NULL;
  g_autofree char *name = NULL;

  g_return_val_if_fail (EXC_IS_LAB_WORLD (self), FALSE);
  g_return_val_if_fail (scenario != NULL, FALSE);

  if (g_str_has_suffix (scenario, ".json")) {
    path = g_strdup (scenario);
  } else {
    g_autofree char *file = g_strconcat ("scenarios/", scenario, ".json", NULL);
    g_auto(GStrv) known = exc_lab_data_list_scenarios ();
    g_autofree char *names = g_strjoinv (", ", known);

    path = exc_lab_data_find (file, NULL);
    if (path == NULL) {
      g_set_error (error,
                   EXC_ERROR,
                   EXC_ERROR_NOT_FOUND,
                   _("There is no scenario “%1$s”; choose one of: %2$s."), scenario, names);
      return FALSE;
    }
  }
  object = exc_lab_data_load (path, error);
  if (object == NULL)
    return FALSE;
  name = g_path_get_basename (path);
  name[strlen (name) - strlen (".json")] = '\0';
  if (!build (self, name, object, error)) {
    g_prefix_error (error, _("Scenario “%s”: "), scenario);
    return FALSE;
  }
  return TRUE;
}
