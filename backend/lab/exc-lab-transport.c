/* exc-lab-transport.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-transport"

#include "config.h"

#include "exc-lab-transport.h"

gboolean
exc_lab_connector_name_parse (const char *name, char **issuer, char **subject)
{
  const char *second = name != NULL ? strstr (name, "<S>") : NULL;

  if (second == NULL || !g_str_has_prefix (name, "<I>") || second == name + 3 || second[3] == '\0')
    return FALSE;
  if (issuer != NULL)
    *issuer = g_strndup (name + 3, (gsize) (second - name - 3));
  if (subject != NULL)
    *subject = g_strdup (second + 3);
  return TRUE;
}

char *
exc_lab_connector_name_new (ExcLabCertificate *certificate)
{
  return g_strconcat ("<I>", certificate->x509->issuer, "<S>", certificate->x509->subject, NULL);
}

gboolean
exc_lab_certificate_fits_domain (ExcLabCertificate *certificate, const char *fqdn)
{
  const char *dot = strchr (fqdn, '.');
  g_autofree char *wildcard = dot != NULL ? g_strconcat ("*", dot, NULL) : NULL;

  return exc_lab_certificate_has_name (certificate, fqdn) ||
         (wildcard != NULL && exc_lab_certificate_has_name (certificate, wildcard));
}

/* Network Service must read the key, or transport cannot use it. */
static gboolean
finds_certificate (ExcLabServer *server, ExcLabConnector *connector)
{
  const char *tagged = connector->tls_certificate_name;

  if (tagged == NULL && connector->fqdn == NULL)
    return TRUE;
  for (guint i = 0; i < server->my->len; i++) {
    ExcLabCertificate *certificate = g_ptr_array_index (server->my, i);
    g_autofree char *name = exc_lab_connector_name_new (certificate);

    if (certificate->key == NULL || !certificate->network_service)
      continue;
    if (tagged != NULL ? g_str_equal (tagged, name)
                       : exc_lab_certificate_fits_domain (certificate, connector->fqdn))
      return TRUE;
  }
  return FALSE;
}

static gboolean
names_server (ExcLabConnector *connector, ExcLabServer *server)
{
  for (guint i = 0; connector->transport_servers != NULL && connector->transport_servers[i] != NULL;
       i++) {
    if (g_ascii_strcasecmp (connector->transport_servers[i], server->name) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_known (ExcLabServer *server, const char *name)
{
  return g_ptr_array_find_with_equal_func (server->without_tls, name, g_str_equal, NULL);
}

static void
look_at (ExcLabServer *server, ExcLabConnector *connector, gint64 now, GPtrArray *without)
{
  const char *name =
      connector->tls_certificate_name != NULL ? connector->tls_certificate_name : connector->fqdn;

  if (!connector->is_enabled || finds_certificate (server, connector))
    return;
  g_ptr_array_add (without, g_strdup (connector->name));
  if (!is_known (server, connector->name)) {
    g_autofree char *message = g_strdup_printf (
        "Microsoft Exchange could not find a certificate that contains the domain name %s in the "
        "personal store on the local computer. Therefore, it is unable to support the STARTTLS "
        "SMTP verb for the connector %s with a FQDN parameter of %s. If the connector's FQDN is "
        "not specified, the computer's FQDN is used. Verify the connector configuration and the "
        "installed certificates to make sure that there is a certificate with a domain name for "
        "that FQDN. If this certificate exists, run Enable-ExchangeCertificate -Services SMTP to "
        "make sure that the Microsoft Exchange Transport service has access to the certificate "
        "key.",
        name,
        connector->name,
        connector->fqdn != NULL ? connector->fqdn : server->fqdn);

    exc_lab_server_add_event (server, now, "Application", "MSExchangeTransport", 12014, message);
  }
}

static void
look_on (ExcLabWorld *world, ExcLabServer *server, gint64 now)
{
  GPtrArray *connectors = exc_lab_world_get_send_connectors (world);
  ExcLabService *transport = exc_lab_server_find_service (server, "MSExchangeTransport");
  g_autoptr(GPtrArray) without = NULL;

  if (!server->is_up || transport == NULL || !exc_lab_service_is_up (transport, now))
    return;
  without = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < server->connectors->len; i++)
    look_at (server, g_ptr_array_index (server->connectors, i), now, without);
  for (guint i = 0; i < connectors->len; i++) {
    if (names_server (g_ptr_array_index (connectors, i), server))
      look_at (server, g_ptr_array_index (connectors, i), now, without);
  }
  g_ptr_array_unref (server->without_tls);
  server->without_tls = g_steal_pointer (&without);
}

void
exc_lab_transport_look (ExcLabWorld *world)
{
  GPtrArray *servers = exc_lab_world_get_servers (world);

  for (guint i = 0; i < servers->len; i++)
    look_on (world, g_ptr_array_index (servers, i), exc_lab_world_now (world));
}
