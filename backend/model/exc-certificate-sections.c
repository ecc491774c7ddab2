/* exc-certificate-sections.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-certificate"

#include "config.h"

#include "exc-certificate-private.h"

#include <glib/gi18n.h>

#include "exc-section.h"

static const struct {
  guint bit;
  const char *label;
  const char *value;
} uses[] = {
  { EXC_USE_INTERNAL_TRANSPORT,
    N_("Internal transport"), N_("The default SMTP certificate between Exchange servers") },
    { EXC_USE_FRONT_END,
      N_("Default Web Site, port 443"), N_("What clients see") },
      { EXC_USE_FRONT_END_LOOPBACK,
        N_("Default Web Site, 127.0.0.1:443"), N_("What the server itself sees") },
        { EXC_USE_BACK_END,
          N_("Exchange Back End, port 444"),
              N_("Between the front end and the mailbox services") },
          { EXC_USE_WMSVC,
            N_("Web Management Service, port 8172"), N_("Remote administration of IIS") },
            { EXC_USE_AUTH_CURRENT,
              N_("Auth certificate, current"),
                  N_("Signs tokens for OAuth, OWA and ECP in the whole organization") },
              { EXC_USE_AUTH_NEXT,
                N_("Auth certificate, next"), N_("Staged to become current") },
                { EXC_USE_AUTH_PREVIOUS,
                  N_("Auth certificate, previous"), N_("Keeps tokens valid that it has signed") },
                  { EXC_USE_HTTP_SYS,
                    N_("Another address"),
                        N_("Windows answers with it where no site of Exchange is") },
                    { EXC_USE_SEND_CONNECTOR,
                      N_("Send connector"), N_("Named for mail to other organizations") },
                      { EXC_USE_RECEIVE_CONNECTOR,
                        N_("Receive connector"), N_("Named for mail from other servers") },
                        { EXC_USE_HYBRID,
                          N_("Hybrid"), N_("Named for mail to and from Exchange Online") },
                          { EXC_USE_POP,
                            N_("POP"), N_("Has the name that POP looks for") },
                            { EXC_USE_IMAP,
                              N_("IMAP"), N_("Has the name that IMAP looks for") },
                              { EXC_USE_FEDERATION,
                                N_("Federation"), N_("Signs for the federation trust") },
                                { EXC_USE_UM, N_("Unified messaging"), N_("Encrypts calls") },
                                };

static ExcSection *
add_section (GListStore *sections, const char *title)
{
  g_autoptr(ExcSection) section = exc_section_new (title);

  g_list_store_append (sections, section);
  return section; /* the list holds it */
}

static const char *
tristate_to_text (ExcTristate value)
{
  switch (value) {
  case EXC_YES:
    return _("Yes");
  case EXC_NO:
    return _("No");
  default:
    return NULL;
  }
}

static const char *
route_to_text (ExcRoute route)
{
  switch (route) {
  case EXC_ROUTE_PROJECTED:
    return _("The server chose the properties (Select-Object)");
  case EXC_ROUTE_SERIALIZED:
    return _("From the serialized object, because the server refused to choose properties");
  default:
    return _("From the certificate's bytes alone: the server told nothing else");
  }
}

static char *
join (const char *const *texts)
{
  if (texts == NULL)
    return NULL;
  return texts[0] == NULL ? g_strdup (C_("list", "None")) : g_strjoinv ("\n", (GStrv) texts);
}

static void
describe_general (ExcCertificate *self, GListStore *sections)
{
  ExcSection *section = add_section (sections, _("General"));
  ExcCertificateRecord *record = exc_certificate_get_record (self);
  ExcTristate is_self_signed = exc_certificate_get_is_self_signed (self);
  const char *friendly_name = exc_certificate_get_friendly_name (self);
  g_autofree char *days = g_strdup_printf ("%d", exc_certificate_get_days_left (self));

  exc_section_add (section,
                   _("Friendly name"),
                      g_strcmp0 (friendly_name, "") == 0
                      ? C_("name", "None") : friendly_name);
  exc_section_add (section, _("Type"), exc_certificate_get_kind_text (self));
  exc_section_add (section, _("Server"), exc_certificate_get_server (self));
  exc_section_add (section, _("Health"), exc_certificate_get_health_text (self));
  exc_section_add (section, _("Status"), exc_certificate_get_status_text (self));
  exc_section_add (section,
                   _("Issued by"),
                      is_self_signed == EXC_YES
                      ? _("Itself (self-signed)")
                      : exc_certificate_get_issuer (self));
  exc_section_add_field (section, exc_field_new_time (_("Valid from"), record->not_before));
  exc_section_add_field (section, exc_field_new_time (_("Expires on"), record->not_after));
  exc_section_add (section, _("Days left"), days);
}

static void
describe_services (ExcCertificate *self, GListStore *sections)
{
  ExcSection *section = add_section (sections, _("Services"));
  ExcCertificateRecord *record = exc_certificate_get_record (self);
  g_autofree char *iis = join ((const char *const *) record->iis_services);

  exc_section_add (section, _("Assigned to services"), exc_certificate_get_services_text (self));
  exc_section_add (section, _("IIS"), iis);
}

static void
describe_uses (ExcCertificate *self, GListStore *sections)
{
  ExcSection *section = add_section (sections, _("Where it is used"));
  const guint bits = exc_certificate_get_uses (self);
  const char *in_root = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (uses); i++) {
    if (bits & uses[i].bit)
      exc_section_add (section, _(uses[i].label), _(uses[i].value));
  }
  if (!exc_certificate_is_use_told (self))
    exc_section_add (section, bits == 0 ? _("Uses") : _("Other uses"), NULL);
  else if (bits == 0)
    exc_section_add (section, _("Uses"), _("None was found"));

  if (exc_certificate_get_in_root (self) == EXC_YES)
    in_root = _("This server trusts it: a copy is there");
  else if (exc_certificate_get_in_root (self) == EXC_NO)
    in_root = _("No copy");
  exc_section_add (section, _("Trusted root certificates"), in_root);
}

static void
describe_names (ExcCertificate *self, GListStore *sections)
{
  ExcSection *section = add_section (sections, _("Names"));
  ExcCertificateRecord *record = exc_certificate_get_record (self);
  ExcX509 *x509 = exc_certificate_get_x509 (self);
  g_autofree char *domains = join ((const char *const *) record->domains);
  g_autofree char *dns_names = x509 ? join ((const char *const *) x509->dns_names) : NULL;

  exc_section_add (section, _("Subject"), record->subject);
  exc_section_add (section, _("Issuer"), record->issuer);
  exc_section_add (section, _("Domains, as Exchange sees them"), domains);
  exc_section_add (section, _("Alternative names in the certificate"), dns_names);
  exc_section_add_field (section,
                         exc_field_new_monospace (_("Serial number"), record->serial_number));
}

static void
describe_key (ExcCertificate *self, GListStore *sections)
{
  ExcSection *section = add_section (sections, _("Key and trust"));
  ExcCertificateRecord *record = exc_certificate_get_record (self);
  ExcX509 *x509 = exc_certificate_get_x509 (self);
  g_autofree char *usages = x509 ? join ((const char *const *) x509->key_usages) : NULL;
  g_autofree char *key = NULL;

  if (x509 != NULL) {
    /* TRANSLATORS: a key's algorithm and its length, e.g. "RSA, 2048 bits" */
    key = g_strdup_printf (_("%1$s, %2$d bits"), x509->key_algorithm, x509->key_size);
  }
  exc_section_add (section, _("Public key"), key);
  exc_section_add (section, _("Signature"), x509 ? x509->signature_algorithm : NULL);
  exc_section_add (section,
                   _("Private key on the server"), tristate_to_text (record->has_private_key));
  exc_section_add (section,
                   _("Private key can be exported"),
                      tristate_to_text (record->private_key_exportable));
  exc_section_add (section, _("Key usages"), usages);
  exc_section_add (section, _("Kind of root"), record->root_ca_type);
}

static void
describe_fingerprints (ExcCertificate *self, GListStore *sections)
{
  ExcSection *section = add_section (sections, _("Fingerprints"));
  ExcX509 *x509 = exc_certificate_get_x509 (self);

  exc_section_add_field (
      section,
      exc_field_new_monospace (_("Thumbprint (SHA-1)"), exc_certificate_get_thumbprint (self)));
  exc_section_add_field (section,
                         exc_field_new_monospace (_("SHA-256"), x509 ? x509->sha256 : NULL));
}

static void
describe_reading (ExcCertificate *self, GListStore *sections)
{
  ExcSection *section = add_section (sections, _("How it was read"));
  ExcCertificateRecord *record = exc_certificate_get_record (self);
  ExcX509 *x509 = exc_certificate_get_x509 (self);
  g_autofree char *pem = x509 ? exc_x509_dup_pem (x509) : NULL;

  exc_section_add (section, _("Way"), route_to_text (record->route));
  exc_section_add (section, _("Identity"), record->identity);
  exc_section_add_field (section, exc_field_new_monospace (_("PEM"), pem));
}

/* All that EAC shows, in its order and words, and more. */
GListModel *
exc_certificate_describe (ExcCertificate *self)
{
  GListStore *sections = g_list_store_new (EXC_TYPE_SECTION);

  describe_general (self, sections);
  describe_services (self, sections);
  describe_uses (self, sections);
  describe_names (self, sections);
  describe_key (self, sections);
  describe_fingerprints (self, sections);
  describe_reading (self, sections);
  return G_LIST_MODEL (sections);
}
