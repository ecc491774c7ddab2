/* exc-lab-rules.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-rules"

#include "config.h"

#include "exc-lab-rules.h"

#include "exc-lab-transport.h"

static const struct {
  guint flag;
  const char *name;
  char letter;
} service_names[] = {
  { EXC_LAB_SERVICE_IMAP, "IMAP", 'I' },
  { EXC_LAB_SERVICE_POP, "POP", 'P' },
  { EXC_LAB_SERVICE_UM, "UM", 'U' },
  { EXC_LAB_SERVICE_IIS, "IIS", 'W' },
  { EXC_LAB_SERVICE_SMTP, "SMTP", 'S' },
  { EXC_LAB_SERVICE_FEDERATION, "Federation", 'F' },
  { EXC_LAB_SERVICE_UM_CALL_ROUTER, "UMCallRouter", 'C' },
};

static gboolean
site_serves (ExcLabServer *server, const char *site, const char *thumbprint)
{
  for (guint i = 0; i < server->bindings->len; i++) {
    ExcLabBinding *binding = g_ptr_array_index (server->bindings, i);
    const char *hash = exc_lab_server_get_ssl_hash (server, binding->address, binding->port);

    if (g_str_equal (binding->site, site) && hash != NULL &&
        g_ascii_strcasecmp (hash, thumbprint) == 0)
      return TRUE;
  }
  return FALSE;
}

gboolean
exc_lab_rules_is (const char *thumbprint, ExcLabCertificate *certificate)
{
  return thumbprint != NULL && g_ascii_strcasecmp (thumbprint, certificate->x509->sha1) == 0;
}

static gboolean
is_federated (ExcLabWorld *world, ExcLabCertificate *certificate)
{
  ExcLabFederation *federation = exc_lab_world_get_federation (world);

  return federation != NULL && (exc_lab_rules_is (federation->current, certificate) ||
                                exc_lab_rules_is (federation->next, certificate) ||
                                exc_lab_rules_is (federation->previous, certificate));
}

/* S says only that Network Service may read the key; I and P that a name fits the setting; W that
 * any site serves it, be it the back end alone. */
guint
exc_lab_rules_get_services (ExcLabWorld *world,
                            ExcLabServer *server,
                            ExcLabCertificate *certificate)
{
  const char *thumbprint = certificate->x509->sha1;
  guint services = 0;

  if (certificate->key == NULL || certificate->request != NULL)
    return 0;
  if (certificate->network_service)
    services |= EXC_LAB_SERVICE_SMTP;
  if (server->pop_name != NULL && exc_lab_certificate_has_name (certificate, server->pop_name))
    services |= EXC_LAB_SERVICE_POP;
  if (server->imap_name != NULL && exc_lab_certificate_has_name (certificate, server->imap_name))
    services |= EXC_LAB_SERVICE_IMAP;
  if (site_serves (server, EXC_LAB_FRONT_END, thumbprint) ||
      site_serves (server, EXC_LAB_BACK_END, thumbprint))
    services |= EXC_LAB_SERVICE_IIS;
  if (exc_lab_rules_is (server->um_hash, certificate))
    services |= EXC_LAB_SERVICE_UM;
  if (exc_lab_rules_is (server->um_call_router_hash, certificate))
    services |= EXC_LAB_SERVICE_UM_CALL_ROUTER;
  if (is_federated (world, certificate))
    services |= EXC_LAB_SERVICE_FEDERATION;
  return services;
}

char *
exc_lab_services_to_text (guint services)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (service_names); i++) {
    if ((services & service_names[i].flag) == 0)
      continue;
    if (text->len > 0)
      g_string_append (text, ", ");
    g_string_append (text, service_names[i].name);
  }
  return g_strdup (text->len > 0 ? text->str : "None");
}

char *
exc_lab_services_to_form (guint services)
{
  char *form = g_strnfill (G_N_ELEMENTS (service_names), '.');

  for (guint i = 0; i < G_N_ELEMENTS (service_names); i++) {
    if ((services & service_names[i].flag) != 0)
      form[i] = service_names[i].letter;
  }
  return form;
}

static gboolean
parse_service (const char *word, guint *services)
{
  char *end;
  guint64 number;

  if (g_ascii_strcasecmp (word, "None") == 0)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (service_names); i++) {
    if (g_ascii_strcasecmp (service_names[i].name, word) == 0) {
      *services |= service_names[i].flag;
      return TRUE;
    }
  }
  number = g_ascii_strtoull (word, &end, 10);
  if (end == word || *end != '\0' || number > 127)
    return FALSE;
  *services |= (guint) number;
  return TRUE;
}

gboolean
exc_lab_services_parse (const char *text, guint *services)
{
  g_auto(GStrv) words = g_strsplit (text, ",", -1);

  *services = 0;
  for (guint i = 0; words[i] != NULL; i++) {
    if (!parse_service (g_strstrip (words[i]), services))
      return FALSE;
  }
  return words[0] != NULL;
}

static gboolean
has_trusted_issuer (ExcLabServer *server, ExcLabCertificate *certificate)
{
  for (guint i = 0; i < server->root->len; i++) {
    if (exc_lab_certificate_is_signed_by (certificate, g_ptr_array_index (server->root, i)))
      return TRUE;
  }
  return FALSE;
}

/**
 * exc_lab_rules_get_status:
 * @now: Unix seconds of the lab's clock
 *
 * Status and RootCAType as domain.md 1.4 and 1.5 give them: an expired self-signed certificate
 * that is not trusted is Invalid and of Unknown root, not DateInvalid.
 */
void
exc_lab_rules_get_status (ExcLabServer *server,
                          ExcLabCertificate *certificate,
                          gint64 now,
                          ExcLabStatus *status,
                          ExcLabRootType *root_type)
{
  const gboolean is_in_date =
      now >= certificate->x509->not_before && now <= certificate->x509->not_after;

  if (certificate->request != NULL) {
    *status = EXC_LAB_STATUS_PENDING_REQUEST;
    *root_type = EXC_LAB_ROOT_UNKNOWN;
  } else if (!certificate->x509->is_self_signed) {
    const gboolean is_trusted = has_trusted_issuer (server, certificate);

    *root_type = is_trusted ? EXC_LAB_ROOT_THIRD_PARTY : EXC_LAB_ROOT_UNKNOWN;
    *status = !is_trusted   ? EXC_LAB_STATUS_UNTRUSTED
              : !is_in_date ? EXC_LAB_STATUS_DATE_INVALID
                            : EXC_LAB_STATUS_VALID;
  } else if (exc_lab_store_find (server->root, certificate->x509->sha1) != NULL) {
    *root_type = EXC_LAB_ROOT_REGISTRY;
    *status = is_in_date ? EXC_LAB_STATUS_VALID : EXC_LAB_STATUS_DATE_INVALID;
  } else {
    *root_type = is_in_date ? EXC_LAB_ROOT_NONE : EXC_LAB_ROOT_UNKNOWN;
    *status = is_in_date ? EXC_LAB_STATUS_VALID : EXC_LAB_STATUS_INVALID;
  }
}

const char *
exc_lab_status_to_text (ExcLabStatus status)
{
  static const char *const texts[] = {
    "Unknown",
    "Valid",
    "Revoked",
    "DateInvalid",
    "Untrusted",
    "Invalid",
    "RevocationCheckFailure",
    "PendingRequest",
  };

  return texts[status];
}

const char *
exc_lab_root_type_to_text (ExcLabRootType type)
{
  static const char *const texts[] = {
    "None", "ThirdParty", "Enterprise", "Registry", "GroupPolicy", "Unknown",
  };

  return texts[type];
}

GStrv
exc_lab_rules_dup_iis_services (ExcLabServer *server, ExcLabCertificate *certificate)
{
  static const char *const sites[] = { EXC_LAB_FRONT_END, EXC_LAB_BACK_END };
  g_autoptr(GStrvBuilder) services = g_strv_builder_new ();

  for (guint i = 0; i < G_N_ELEMENTS (sites); i++) {
    if (site_serves (server, sites[i], certificate->x509->sha1)) {
      g_autofree char *text = g_strdup_printf ("IIS://%s/W3SVC/%u", server->name, i + 1);

      g_strv_builder_add (services, text);
    }
  }
  return g_strv_builder_end (services);
}

gboolean
exc_lab_rules_is_usable (ExcLabCertificate *certificate)
{
  return certificate->key != NULL && EVP_PKEY_is_a (certificate->key, "RSA") &&
         EVP_PKEY_get_bits (certificate->key) >= 1024;
}

char *
exc_lab_rules_dup_removal_refusal (ExcLabWorld *world,
                                   ExcLabServer *server,
                                   ExcLabCertificate *certificate)
{
  GPtrArray *connectors = exc_lab_world_get_send_connectors (world);
  g_autofree char *name = exc_lab_connector_name_new (certificate);
  g_autoptr(GString) tagged = g_string_new (NULL);

  if (exc_lab_rules_is (server->internal_transport, certificate))
    return g_strdup (
        "The internal transport certificate cannot be removed because that would cause "
        "the Microsoft Exchange Transport service to stop. To replace the internal "
        "transport certificate, create a new certificate. The new certificate will "
        "automatically become the internal transport certificate. You can then remove "
        "the existing certificate.");
  if (exc_lab_rules_is (server->um_hash, certificate) ||
      exc_lab_rules_is (server->um_call_router_hash, certificate))
    return g_strdup_printf ("The certificate with thumbprint %s is in use by Unified Messaging and "
                            "cannot be removed.",
                            certificate->x509->sha1);
  if (is_federated (world, certificate))
    return g_strdup_printf ("The certificate with thumbprint %s is used by a federation trust and "
                            "cannot be removed.",
                            certificate->x509->sha1);
  for (guint i = 0; i < connectors->len; i++) {
    ExcLabConnector *connector = g_ptr_array_index (connectors, i);

    if (g_strcmp0 (connector->tls_certificate_name, name) == 0)
      g_string_append_printf (tagged, "%s%s", tagged->len > 0 ? ", " : "", connector->name);
  }
  if (tagged->len > 0)
    return g_strdup_printf ("These certificates are tagged with following Send Connectors : %s. "
                            "Removing and replacing certificates from Send Connector would break "
                            "the mail flow. If you still want to proceed then replace or remove "
                            "these certificates from Send Connector and then try this command.",
                            tagged->str);
  return NULL;
}

gboolean
exc_lab_rules_has_certificate_rpc (ExcLabServer *server, gint64 now)
{
  ExcLabService *host = exc_lab_server_find_service (server, "MSExchangeServiceHost");

  return host != NULL && exc_lab_service_is_up (host, now);
}
