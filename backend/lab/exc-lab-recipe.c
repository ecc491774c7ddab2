/* exc-lab-recipe.c — making certificates and requests
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-recipe"

#include "config.h"

#include <glib/gi18n.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "exc-error.h"
#include "exc-lab-certificate.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_REQ, X509_REQ_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_NAME, X509_NAME_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_EXTENSION, X509_EXTENSION_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIGNUM, BN_free)

static const struct {
  const char *key;
  int nid;
} attributes[] = {
  { "CN", NID_commonName },         { "OU", NID_organizationalUnitName },
  { "O", NID_organizationName },    { "L", NID_localityName },
  { "S", NID_stateOrProvinceName }, { "ST", NID_stateOrProvinceName },
  { "C", NID_countryName },         { "DC", NID_domainComponent },
  { "E", NID_pkcs9_emailAddress },
};

static int
find_attribute (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (attributes); i++) {
    if (g_ascii_strcasecmp (attributes[i].key, key) == 0)
      return attributes[i].nid;
  }
  return NID_undef;
}

/* "CN=a, O=\"b, c\"" in parts "CN=a", "O=b, c" */
static GPtrArray *
split_subject (const char *subject)
{
  g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);
  GString *part = g_string_new (NULL);
  gboolean is_quoted = FALSE;

  for (const char *p = subject; *p != '\0'; p++) {
    if (*p == '"') {
      is_quoted = !is_quoted;
    } else if ((*p == ',' || *p == ';') && !is_quoted) {
      g_ptr_array_add (parts, g_strstrip (g_string_free (part, FALSE)));
      part = g_string_new (NULL);
    } else {
      g_string_append_c (part, *p);
    }
  }
  g_ptr_array_add (parts, g_strstrip (g_string_free (part, FALSE)));
  return g_steal_pointer (&parts);
}

/* .NET writes the name from its end (X500DistinguishedNameFlags.Reversed), so the last part comes
 * first in the encoding. */
static X509_NAME *
make_name (const char *subject)
{
  g_autoptr(X509_NAME) name = X509_NAME_new ();
  g_autoptr(GPtrArray) parts = split_subject (subject);

  for (guint i = parts->len; i > 0; i--) {
    const char *part = g_ptr_array_index (parts, i - 1);
    const char *equals = strchr (part, '=');
    g_autofree char *key = NULL;
    g_autofree char *value = NULL;
    int nid;

    if (equals == NULL)
      return NULL;
    key = g_strstrip (g_strndup (part, (gsize) (equals - part)));
    value = g_strstrip (g_strdup (equals + 1));
    nid = find_attribute (key);
    if (nid == NID_undef || *value == '\0' ||
        X509_NAME_add_entry_by_NID (
            name, nid, MBSTRING_UTF8, (const unsigned char *) value, -1, -1, 0) != 1) {
      ERR_clear_error ();
      return NULL;
    }
  }
  return g_steal_pointer (&name);
}

gboolean
exc_lab_subject_is_valid (const char *subject)
{
  g_autoptr(X509_NAME) name = make_name (subject);

  return name != NULL;
}

char *
exc_lab_subject_dup_common_name (const char *subject)
{
  g_autoptr(GPtrArray) parts = split_subject (subject);

  for (guint i = 0; i < parts->len; i++) {
    const char *part = g_ptr_array_index (parts, i);

    if (g_ascii_strncasecmp (part, "CN=", 3) == 0)
      return g_strstrip (g_strdup (part + 3));
  }
  return NULL;
}

static GENERAL_NAMES *
make_names (const char *const *dns_names)
{
  GENERAL_NAMES *names = GENERAL_NAMES_new ();

  for (guint i = 0; dns_names[i] != NULL; i++) {
    GENERAL_NAME *name = GENERAL_NAME_new ();
    ASN1_IA5STRING *text = ASN1_IA5STRING_new ();

    ASN1_STRING_set (text, dns_names[i], -1);
    GENERAL_NAME_set0_value (name, GEN_DNS, text);
    sk_GENERAL_NAME_push (names, name);
  }
  return names;
}

static STACK_OF (X509_EXTENSION) * make_extensions (const ExcLabRecipe *recipe)
{
  STACK_OF (X509_EXTENSION) *extensions = NULL;
  const struct {
    int nid;
    const char *value;
  } table[] = {
    { NID_key_usage,
      recipe->is_ca ? "critical,keyCertSign,cRLSign"
                    : "critical,digitalSignature,keyEncipherment" },
    { NID_ext_key_usage, recipe->is_ca ? NULL : "serverAuth" },
    { NID_basic_constraints, recipe->is_ca ? "critical,CA:TRUE" : "critical,CA:FALSE" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {
    g_autoptr(X509_EXTENSION) extension = NULL;

    if (table[i].value == NULL)
      continue;
    extension = X509V3_EXT_conf_nid (NULL, NULL, table[i].nid, table[i].value);
    g_assert (extension != NULL);
    X509v3_add_ext (&extensions, extension, -1);
  }
  if (recipe->dns_names != NULL && recipe->dns_names[0] != NULL) {
    GENERAL_NAMES *names = make_names (recipe->dns_names);

    X509V3_add1_i2d (&extensions, NID_subject_alt_name, names, 0, X509V3_ADD_APPEND);
    GENERAL_NAMES_free (names);
  }
  return extensions;
}

static gboolean
set_serial_number (X509 *x509)
{
  g_autoptr(BIGNUM) serial = BN_new ();

  /* 127 bits: 16 bytes on the wire, never negative, as Windows makes them */
  return BN_rand (serial, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER (serial, X509_get_serialNumber (x509)) != NULL;
}

static void
set_failed (GError **error)
{
  char text[256];

  ERR_error_string_n (ERR_get_error (), text, sizeof text);
  ERR_clear_error ();
  g_set_error (
      error, EXC_ERROR, EXC_ERROR_STORE, _("The certificate could not be made: %s"), text);
}

static X509_NAME *
make_subject (const ExcLabRecipe *recipe, GError **error)
{
  X509_NAME *name = make_name (recipe->subject);

  if (name == NULL)
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("“%s” is not a distinguished name."), recipe->subject);
  return name;
}

static X509_NAME *
make_issuer (const ExcLabRecipe *recipe, X509_NAME *subject)
{
  g_autoptr(X509) ca = NULL;
  gsize length;
  const unsigned char *data;

  if (recipe->issuer == NULL)
    return X509_NAME_dup (subject);
  data = g_bytes_get_data (recipe->issuer->x509->der, &length);
  ca = d2i_X509 (NULL, &data, (long) length);
  return X509_NAME_dup (X509_get_subject_name (ca));
}

/**
 * exc_lab_certificate_make:
 * @recipe: what it is made of
 *
 * Returns: (transfer full): the certificate with its key
 */
ExcLabCertificate *
exc_lab_certificate_make (const ExcLabRecipe *recipe, GError **error)
{
  g_autoptr(X509) x509 = X509_new ();
  g_autoptr(X509_NAME) subject = make_subject (recipe, error);
  g_autoptr(X509_NAME) issuer = NULL;
  g_autoptr(GBytes) der = NULL;
  STACK_OF (X509_EXTENSION) * extensions;
  unsigned char *data = NULL;
  gboolean ok;
  int length;

  if (subject == NULL)
    return NULL;
  issuer = make_issuer (recipe, subject);
  extensions = make_extensions (recipe);
  ok = X509_set_version (x509, X509_VERSION_3) == 1 && set_serial_number (x509) &&
       X509_set_subject_name (x509, subject) == 1 && X509_set_issuer_name (x509, issuer) == 1 &&
       ASN1_TIME_set (X509_getm_notBefore (x509), (time_t) recipe->not_before) != NULL &&
       ASN1_TIME_set (X509_getm_notAfter (x509), (time_t) recipe->not_after) != NULL &&
       X509_set_pubkey (x509, recipe->key) == 1;
  for (int i = 0; ok && i < sk_X509_EXTENSION_num (extensions); i++)
    ok = X509_add_ext (x509, sk_X509_EXTENSION_value (extensions, i), -1) == 1;
  sk_X509_EXTENSION_pop_free (extensions, X509_EXTENSION_free);
  ok = ok &&
       X509_sign (x509, recipe->issuer != NULL ? recipe->issuer->key : recipe->key, EVP_sha256 ()) >
           0;
  length = ok ? i2d_X509 (x509, &data) : -1;
  if (length < 0) {
    set_failed (error);
    return NULL;
  }
  der = g_bytes_new (data, (gsize) length);
  OPENSSL_free (data);
  return exc_lab_certificate_new (der, recipe->key, error);
}

char *
exc_lab_certificate_make_request (const ExcLabRecipe *recipe, GError **error)
{
  g_autoptr(X509_REQ) request = X509_REQ_new ();
  g_autoptr(X509_NAME) subject = make_subject (recipe, error);
  g_autoptr(BIO) bio = BIO_new (BIO_s_mem ());
  STACK_OF (X509_EXTENSION) * extensions;
  char *data;
  long length;
  gboolean ok;

  if (subject == NULL)
    return NULL;
  extensions = make_extensions (recipe);
  ok = X509_REQ_set_subject_name (request, subject) == 1 &&
       X509_REQ_set_pubkey (request, recipe->key) == 1 &&
       X509_REQ_add_extensions (request, extensions) == 1 &&
       X509_REQ_sign (request, recipe->key, EVP_sha256 ()) > 0 &&
       PEM_write_bio_X509_REQ_NEW (bio, request) == 1;
  sk_X509_EXTENSION_pop_free (extensions, X509_EXTENSION_free);
  if (!ok) {
    set_failed (error);
    return NULL;
  }
  length = BIO_get_mem_data (bio, &data);
  return g_strndup (data, (gsize) length);
}
