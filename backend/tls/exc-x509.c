/* exc-x509.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-x509"

#include "config.h"

#include "exc-x509.h"

#include <string.h>
#include <time.h>

#include <glib/gi18n.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "exc-error.h"

/* Real certificates have one to five KiB; Exchange itself refuses far smaller ones than this. */
#define MAX_DER_SIZE (64 * 1024)

G_DEFINE_BOXED_TYPE (ExcX509, exc_x509, exc_x509_ref, exc_x509_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GENERAL_NAMES, GENERAL_NAMES_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free_all)

/* What CertNameToStr calls an attribute with CERT_X500_NAME_STR; anything else is "OID.1.2.3".
 * OpenSSL's own short names differ where it hurts: ST is S, emailAddress is E. */
static const struct {
  int nid;
  const char *name;
} attribute_names[] = {
  { NID_commonName, "CN" },
  { NID_countryName, "C" },
  { NID_domainComponent, "DC" },
  { NID_localityName, "L" },
  { NID_organizationName, "O" },
  { NID_organizationalUnitName, "OU" },
  { NID_stateOrProvinceName, "S" },
  { NID_pkcs9_emailAddress, "E" },
  { NID_streetAddress, "STREET" },
  { NID_title, "T" },
  { NID_givenName, "G" },
  { NID_initials, "I" },
  { NID_surname, "SN" },
  { NID_serialNumber, "SERIALNUMBER" },
  { NID_description, "Description" },
  { NID_postalCode, "PostalCode" },
  { NID_postOfficeBox, "POBox" },
  { NID_telephoneNumber, "Phone" },
  { NID_dnQualifier, "dnQualifier" },
};

/* As the certificate dialog of Windows writes them. */
static const struct {
  int nid;
  const char *name;
} signature_names[] = {
  { NID_md5WithRSAEncryption, "md5RSA" },       { NID_sha1WithRSAEncryption, "sha1RSA" },
  { NID_sha256WithRSAEncryption, "sha256RSA" }, { NID_sha384WithRSAEncryption, "sha384RSA" },
  { NID_sha512WithRSAEncryption, "sha512RSA" }, { NID_rsassaPss, "RSASSA-PSS" },
  { NID_ecdsa_with_SHA1, "sha1ECDSA" },         { NID_ecdsa_with_SHA256, "sha256ECDSA" },
  { NID_ecdsa_with_SHA384, "sha384ECDSA" },     { NID_ecdsa_with_SHA512, "sha512ECDSA" },
};

static char *
dup_oid (const ASN1_OBJECT *object)
{
  char text[128] = "";

  OBJ_obj2txt (text, sizeof text, object, 1);
  return g_strdup (text);
}

/* Any string type of a name as UTF-8; NULs and broken sequences become U+FFFD. */
static char *
dup_asn1_text (const ASN1_STRING *string)
{
  unsigned char *utf8 = NULL;
  int length = ASN1_STRING_to_UTF8 (&utf8, string);
  char *text;

  if (length < 0)
    return g_strdup ("");
  text = g_utf8_make_valid ((const char *) utf8, length);
  OPENSSL_free (utf8);
  return text;
}

/* CertNameToStr quotes these, and doubles a quote inside. */
static void
append_value (GString *name, const char *value)
{
  gsize length = strlen (value);
  gboolean quote = length == 0 || strpbrk (value, ",+=\"\n\r<>#;") != NULL ||
                   g_ascii_isspace (value[0]) || g_ascii_isspace (value[length - 1]);

  if (!quote) {
    g_string_append (name, value);
    return;
  }
  g_string_append_c (name, '"');
  for (const char *p = value; *p != '\0'; p++) {
    if (*p == '"')
      g_string_append_c (name, '"');
    g_string_append_c (name, *p);
  }
  g_string_append_c (name, '"');
}

static void
append_attribute (GString *name, X509_NAME_ENTRY *entry)
{
  const ASN1_OBJECT *object = X509_NAME_ENTRY_get_object (entry);
  int nid = OBJ_obj2nid (object);
  g_autofree char *oid = NULL;
  g_autofree char *value = dup_asn1_text (X509_NAME_ENTRY_get_data (entry));
  const char *label = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (attribute_names) && label == NULL; i++) {
    if (attribute_names[i].nid == nid)
      label = attribute_names[i].name;
  }
  if (label != NULL) {
    g_string_append (name, label);
  } else {
    oid = dup_oid (object);
    g_string_append_printf (name, "OID.%s", oid);
  }
  g_string_append_c (name, '=');
  append_value (name, value);
}

/* X500DistinguishedName.Name: RDNs last first, ", " between, " + " inside a multi-valued one. */
static char *
dup_name (X509_NAME *x509_name)
{
  GString *name = g_string_new (NULL);
  int last = X509_NAME_entry_count (x509_name) - 1;

  while (last >= 0) {
    int set = X509_NAME_ENTRY_set (X509_NAME_get_entry (x509_name, last));
    int first = last;

    while (first > 0 && X509_NAME_ENTRY_set (X509_NAME_get_entry (x509_name, first - 1)) == set)
      first--;
    if (name->len > 0)
      g_string_append (name, ", ");
    for (int i = first; i <= last; i++) {
      if (i > first)
        g_string_append (name, " + ");
      append_attribute (name, X509_NAME_get_entry (x509_name, i));
    }
    last = first - 1;
  }
  return g_string_free (name, FALSE);
}

static char *
dup_common_name (X509_NAME *name)
{
  int index = -1, last = -1;

  while ((index = X509_NAME_get_index_by_NID (name, NID_commonName, index)) >= 0)
    last = index;
  if (last < 0)
    return NULL;
  return dup_asn1_text (X509_NAME_ENTRY_get_data (X509_NAME_get_entry (name, last)));
}

/* The content octets as they are, so with the leading zero that Windows shows too. */
static char *
dup_serial_number (const ASN1_INTEGER *serial)
{
  unsigned char *der = NULL;
  int length = i2d_ASN1_INTEGER (serial, &der);
  const unsigned char *content = der;
  GString *hex = g_string_new (NULL);
  long size = 0;
  int tag, class;

  if (length > 0 && (ASN1_get_object (&content, &size, &tag, &class, length) & 0x80) == 0) {
    for (long i = 0; i < size; i++)
      g_string_append_printf (hex, "%02X", content[i]);
  }
  OPENSSL_free (der);
  return g_string_free (hex, FALSE);
}

static gboolean
read_time (const ASN1_TIME *time, gint64 *seconds)
{
  struct tm parts;

  if (ASN1_TIME_to_tm (time, &parts) != 1)
    return FALSE;
  *seconds = timegm (&parts);
  return TRUE;
}

static GStrv
dup_dns_names (X509 *x509)
{
  g_autoptr(GENERAL_NAMES) names = X509_get_ext_d2i (x509, NID_subject_alt_name, NULL, NULL);
  g_autoptr(GPtrArray) texts = g_ptr_array_new ();

  for (int i = 0; i < sk_GENERAL_NAME_num (names); i++) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value (names, i);

    if (name->type == GEN_DNS)
      g_ptr_array_add (texts,
                       g_utf8_make_valid ((const char *) ASN1_STRING_get0_data (name->d.dNSName),
                                          ASN1_STRING_length (name->d.dNSName)));
  }
  g_ptr_array_add (texts, NULL);
  return (GStrv) g_ptr_array_steal (texts, NULL);
}

static GStrv
dup_key_usages (X509 *x509)
{
  g_autoptr(EXTENDED_KEY_USAGE) usages = X509_get_ext_d2i (x509, NID_ext_key_usage, NULL, NULL);
  g_autoptr(GPtrArray) texts = g_ptr_array_new ();

  for (int i = 0; i < sk_ASN1_OBJECT_num (usages); i++) {
    const ASN1_OBJECT *object = sk_ASN1_OBJECT_value (usages, i);
    int nid = OBJ_obj2nid (object);

    g_ptr_array_add (texts, nid == NID_undef ? dup_oid (object) : g_strdup (OBJ_nid2sn (nid)));
  }
  g_ptr_array_add (texts, NULL);
  return (GStrv) g_ptr_array_steal (texts, NULL);
}

static char *
dup_signature_algorithm (X509 *x509)
{
  int nid = X509_get_signature_nid (x509);

  for (gsize i = 0; i < G_N_ELEMENTS (signature_names); i++) {
    if (signature_names[i].nid == nid)
      return g_strdup (signature_names[i].name);
  }
  return g_strdup (nid == NID_undef ? "" : OBJ_nid2ln (nid));
}

static void
read_key (ExcX509 *self, X509 *x509)
{
  EVP_PKEY *key = X509_get0_pubkey (x509);

  if (key == NULL) {
    self->key_algorithm = g_strdup ("");
    return;
  }
  switch (EVP_PKEY_get_base_id (key)) {
  case EVP_PKEY_RSA:
  case EVP_PKEY_RSA_PSS:
    self->key_algorithm = g_strdup ("RSA");
    break;
  case EVP_PKEY_EC:
    self->key_algorithm = g_strdup ("ECC");
    break;
  default:
    self->key_algorithm = g_strdup (OBJ_nid2sn (EVP_PKEY_get_base_id (key)));
  }
  self->key_size = EVP_PKEY_get_bits (key);
  self->is_self_signed =
      X509_NAME_cmp (X509_get_subject_name (x509), X509_get_issuer_name (x509)) == 0 &&
      X509_verify (x509, key) == 1;
}

static char *
dup_checksum (GBytes *der, GChecksumType type)
{
  g_autofree char *lower = g_compute_checksum_for_bytes (type, der);

  return g_ascii_strup (lower, -1);
}

/**
 * exc_x509_new_from_der:
 * @der: exactly one certificate
 * @error: return location
 *
 * Reads a certificate. Nothing is verified but, for
 * [field@X509.is_self_signed], its signature with its own key.
 *
 * Returns: (transfer full) (nullable): the facts; %NULL with EXC_ERROR_PROTOCOL for what is not
 *   one certificate and EXC_ERROR_LIMIT for more than 64 KiB
 */
ExcX509 *
exc_x509_new_from_der (GBytes *der, GError **error)
{
  g_autoptr(ExcX509) self = NULL;
  g_autoptr(X509) x509 = NULL;
  const unsigned char *data, *end;
  gsize size;

  g_return_val_if_fail (der != NULL, NULL);

  data = end = g_bytes_get_data (der, &size);
  if (size > MAX_DER_SIZE) {
    g_set_error_literal (error,
                         EXC_ERROR,
                         EXC_ERROR_LIMIT,
                         _("What was sent as a certificate is larger than any real one."));
    return NULL;
  }
  if (size > 0)
    x509 = d2i_X509 (NULL, &end, (long) size);
  if (x509 == NULL || end != data + size) {
    ERR_clear_error ();
    g_set_error_literal (
        error, EXC_ERROR, EXC_ERROR_PROTOCOL, _("What was sent as a certificate is not one."));
    return NULL;
  }

  self = g_new0 (ExcX509, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->der = g_bytes_ref (der);
  self->sha1 = dup_checksum (der, G_CHECKSUM_SHA1);
  self->sha256 = dup_checksum (der, G_CHECKSUM_SHA256);
  self->subject = dup_name (X509_get_subject_name (x509));
  self->issuer = dup_name (X509_get_issuer_name (x509));
  self->common_name = dup_common_name (X509_get_subject_name (x509));
  self->serial_number = dup_serial_number (X509_get0_serialNumber (x509));
  self->dns_names = dup_dns_names (x509);
  self->key_usages = dup_key_usages (x509);
  self->signature_algorithm = dup_signature_algorithm (x509);
  read_key (self, x509);
  if (!read_time (X509_get0_notBefore (x509), &self->not_before) ||
      !read_time (X509_get0_notAfter (x509), &self->not_after)) {
    ERR_clear_error ();
    g_set_error_literal (
        error, EXC_ERROR, EXC_ERROR_PROTOCOL, _("A certificate has dates that cannot be read."));
    return NULL;
  }
  ERR_clear_error ();
  return g_steal_pointer (&self);
}

ExcX509 *
exc_x509_ref (ExcX509 *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
exc_x509_unref (ExcX509 *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_bytes_unref (self->der);
  g_free (self->sha1);
  g_free (self->sha256);
  g_free (self->subject);
  g_free (self->issuer);
  g_free (self->serial_number);
  g_strfreev (self->dns_names);
  g_free (self->common_name);
  g_free (self->signature_algorithm);
  g_free (self->key_algorithm);
  g_strfreev (self->key_usages);
  g_free (self);
}

/**
 * exc_x509_dup_pem:
 * @self: a certificate
 *
 * Returns: (transfer full): the certificate as PEM text, with a line feed at the end
 */
char *
exc_x509_dup_pem (ExcX509 *self)
{
  g_autoptr(BIO) bio = NULL;
  const unsigned char *data;
  char *text = NULL;
  gsize size;
  long length;

  g_return_val_if_fail (self != NULL, NULL);

  bio = BIO_new (BIO_s_mem ());
  data = g_bytes_get_data (self->der, &size);
  PEM_write_bio (bio, PEM_STRING_X509, "", data, (long) size);
  length = BIO_get_mem_data (bio, &text);
  return g_strndup (text, (gsize) length);
}
