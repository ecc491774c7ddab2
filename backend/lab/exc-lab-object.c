/* exc-lab-object.c — live objects, and what of them goes over the wire
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-object"

#include "config.h"

#include "exc-lab-cmdlet.h"
#include "exc-lab-rules.h"
#include "exc-lab-transport.h"

#define TASKS "Microsoft.Exchange.Management.SystemConfigurationTasks."

ExcLabObject *
exc_lab_object_new (ExcValue *take)
{
  ExcLabObject *self = g_new0 (ExcLabObject, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->value = take;
  return self;
}

ExcLabObject *
exc_lab_object_ref (ExcLabObject *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
exc_lab_object_unref (ExcLabObject *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  exc_value_unref (self->value);
  g_clear_pointer (&self->certificate, exc_lab_certificate_unref);
  g_free (self->server);
  g_free (self);
}

ExcValue *
exc_lab_value_new (const char *type_name, const char *to_string)
{
  const char *types[] = { type_name, "System.Object", NULL };
  ExcValue *value = exc_value_new_object (types);

  if (to_string != NULL)
    exc_value_set_to_string (value, to_string);
  return value;
}

void
exc_lab_value_set_text (ExcValue *self, const char *name, const char *text)
{
  exc_value_set_property (
      self, name, text != NULL ? exc_value_new_string (text) : exc_value_new_null ());
}

void
exc_lab_value_set_time (ExcValue *self, const char *name, gint64 unix_s)
{
  g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc (unix_s);

  exc_value_set_property (
      self, name, unix_s != 0 ? exc_value_new_date_time (date) : exc_value_new_null ());
}

void
exc_lab_value_set_boolean (ExcValue *self, const char *name, gboolean on)
{
  exc_value_set_property (self, name, exc_value_new_boolean (on));
}

void
exc_lab_value_set_identifier (ExcValue *self, const char *name, const char *identifier)
{
  g_autofree char *issuer = NULL;
  g_autofree char *subject = NULL;
  ExcValue *value;

  if (identifier == NULL) {
    exc_value_set_property (self, name, exc_value_new_null ());
    return;
  }
  value = exc_lab_value_new ("Microsoft.Exchange.Data.SmtpX509Identifier", identifier);
  if (exc_lab_connector_name_parse (identifier, &issuer, &subject)) {
    exc_lab_value_set_text (value, "CertificateSubject", subject);
    exc_lab_value_set_text (value, "CertificateIssuer", issuer);
  }
  exc_value_set_property (self, name, value);
}

void
exc_lab_value_set_id (ExcValue *self, const char *name, const char *text)
{
  ExcValue *id = exc_lab_value_new ("Microsoft.Exchange.Data.Directory.ADObjectId", text);
  const char *slash = strrchr (text, '/');

  exc_lab_value_set_text (id, "Name", slash != NULL ? slash + 1 : text);
  exc_value_set_property (self, name, id);
}

void
exc_lab_value_set_list (ExcValue *self,
                        const char *name,
                        const char *item_type,
                        const char *const *items)
{
  g_autofree char *type = g_strdup_printf (
      "Microsoft.Exchange.Data.MultiValuedProperty`1[[%s, Microsoft.Exchange.Data, "
      "Version=15.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35]]",
      item_type);
  const char *types[] = {
    type, "Microsoft.Exchange.Data.MultiValuedPropertyBase", "System.Object", NULL
  };
  ExcValue *list = exc_value_new_object (types);

  exc_value_set_container (list, EXC_CONTAINER_LIST);
  for (guint i = 0; items != NULL && items[i] != NULL; i++)
    exc_value_append (list, exc_value_new_string (items[i]));
  exc_value_set_property (self, name, list);
}

static ExcValue *
new_iis_services (ExcLabServer *server, ExcLabCertificate *certificate)
{
  static const char *const types[] = {
    "System.Collections.Generic.List`1[[" TASKS "IisService, Microsoft.Exchange.Management, "
    "Version=15.0.0.0, Culture=neutral, PublicKeyToken=31bf3856ad364e35]]",
    "System.Object",
    NULL
  };
  g_auto(GStrv) services = exc_lab_rules_dup_iis_services (server, certificate);
  ExcValue *list = exc_value_new_object (types);

  exc_value_set_container (list, EXC_CONTAINER_LIST);
  for (guint i = 0; services[i] != NULL; i++)
    exc_value_append (list, exc_value_new_string (services[i]));
  return list;
}

/* X509Certificate2.ToString: blocks with a heading each, in the server's culture. */
static char *
describe (ExcX509 *x509)
{
  g_autoptr(GDateTime) from = g_date_time_new_from_unix_utc (x509->not_before);
  g_autoptr(GDateTime) to = g_date_time_new_from_unix_utc (x509->not_after);
  g_autofree char *from_text = g_date_time_format (from, "%m/%d/%Y %H:%M:%S");
  g_autofree char *to_text = g_date_time_format (to, "%m/%d/%Y %H:%M:%S");

  return g_strdup_printf ("[Subject]\r\n  %s\r\n\r\n[Issuer]\r\n  %s\r\n\r\n[Serial Number]\r\n  "
                          "%s\r\n\r\n[Not Before]\r\n  %s\r\n\r\n[Not After]\r\n  "
                          "%s\r\n\r\n[Thumbprint]\r\n  %s\r\n",
                          x509->subject,
                          x509->issuer,
                          x509->serial_number,
                          from_text,
                          to_text,
                          x509->sha1);
}

static ExcValue *
new_certificate_value (void)
{
  static const char *const types[] = {
    TASKS "ExchangeCertificate",
    "System.Security.Cryptography.X509Certificates.X509Certificate2",
    "System.Security.Cryptography.X509Certificates.X509Certificate",
    "System.Object",
    NULL,
  };

  return exc_value_new_object (types);
}

static void
set_state (ExcValue *value,
           ExcLabWorld *world,
           ExcLabServer *server,
           ExcLabCertificate *certificate)
{
  const guint services = exc_lab_rules_get_services (world, server, certificate);
  g_autofree char *text = exc_lab_services_to_text (services);
  g_autofree char *form = exc_lab_services_to_form (services);
  ExcLabStatus status;
  ExcLabRootType root;

  exc_lab_rules_get_status (server, certificate, exc_lab_world_now (world), &status, &root);
  exc_value_set_property (
      value, "Services", exc_value_new_enum (TASKS "AllowedServices", text, (gint32) services));
  exc_lab_value_set_text (value, "ServicesStringForm", form);
  exc_value_set_property (value,
                          "Status",
                          exc_value_new_enum (TASKS "CertificateStatus",
                                              exc_lab_status_to_text (status),
                                              (gint32) status));
  exc_value_set_property (value,
                          "RootCAType",
                          exc_value_new_enum (TASKS "CertificateAuthorityType",
                                              exc_lab_root_type_to_text (root),
                                              (gint32) root));
  exc_value_set_property (value, "IisServices", new_iis_services (server, certificate));
}

/**
 * exc_lab_object_new_certificate:
 * @world: the organization
 * @server: where it lies
 * @certificate: in My or Request of @server
 *
 * Returns: (transfer full): an ExchangeCertificate with the properties of domain.md 1.2
 */
ExcLabObject *
exc_lab_object_new_certificate (ExcLabWorld *world,
                                ExcLabServer *server,
                                ExcLabCertificate *certificate)
{
  ExcX509 *x509 = certificate->x509;
  ExcValue *value = new_certificate_value ();
  g_auto(GStrv) domains = exc_lab_certificate_dup_domains (certificate);
  g_autofree char *identity = g_strconcat (server->fqdn, "\\", x509->sha1, NULL);
  g_autofree char *description = describe (x509);
  ExcLabObject *self;

  exc_value_set_to_string (value, description);
  exc_lab_value_set_text (value, "Thumbprint", x509->sha1);
  exc_lab_value_set_text (
      value, "FriendlyName", certificate->friendly_name != NULL ? certificate->friendly_name : "");
  exc_lab_value_set_text (value, "Subject", x509->subject);
  exc_lab_value_set_text (value, "Issuer", x509->issuer);
  exc_lab_value_set_time (value, "NotBefore", x509->not_before);
  exc_lab_value_set_time (value, "NotAfter", x509->not_after);
  set_state (value, world, server, certificate);
  exc_value_set_property (value, "IsSelfSigned", exc_value_new_boolean (x509->is_self_signed));
  exc_value_set_property (value, "HasPrivateKey", exc_value_new_boolean (certificate->key != NULL));
  exc_value_set_property (
      value, "PrivateKeyExportable", exc_value_new_boolean (certificate->exportable));
  exc_value_set_property (value, "PublicKeySize", exc_value_new_int32 (x509->key_size));
  exc_lab_value_set_text (value, "SerialNumber", x509->serial_number);
  exc_lab_value_set_list (value,
                          "CertificateDomains",
                          "Microsoft.Exchange.Data.SmtpDomainWithSubdomains",
                          (const char *const *) domains);
  exc_lab_value_set_text (value, "Identity", identity);
  exc_lab_value_set_text (value, "CertificateRequest", certificate->request);
  exc_value_set_property (value, "Version", exc_value_new_int32 (3));
  exc_value_set_property (value, "Archived", exc_value_new_boolean (FALSE));
  exc_value_set_property (value, "RawData", exc_value_new_bytes (x509->der));

  self = exc_lab_object_new (value);
  self->certificate = exc_lab_certificate_ref (certificate);
  self->server = g_strdup (server->fqdn);
  return self;
}

/**
 * exc_lab_object_to_wire:
 * @is_full: the shell was opened with serializationLevel=Full
 *
 * An X509Certificate2 and whatever derives from it is serialized as RawData alone; Full adds
 * SerializationData as a note (domain.md 1.6).
 *
 * Returns: (transfer full): what the client gets
 */
ExcValue *
exc_lab_object_to_wire (ExcLabObject *self, gboolean is_full)
{
  ExcValue *value;

  if (self->certificate == NULL)
    return exc_value_ref (self->value);
  value = new_certificate_value ();
  exc_value_set_to_string (value, exc_value_get_to_string (self->value));
  exc_value_set_property (value, "RawData", exc_value_new_bytes (self->certificate->x509->der));
  if (is_full) {
    g_autoptr(GBytes) data = exc_lab_certificate_serialize (self->certificate, self->value);

    exc_value_set_member (value, "SerializationData", exc_value_new_bytes (data));
  }
  return value;
}
