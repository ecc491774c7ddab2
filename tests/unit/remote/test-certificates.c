/* test-certificates.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "test-certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define DAY 86400

static char *
steal_text (BIO *bio)
{
  char *data = NULL;
  long length = BIO_get_mem_data (bio, &data);
  char *text = g_strndup (data, length);

  BIO_free (bio);
  return text;
}

static void
add_extension (X509 *x509, int nid, const char *value)
{
  X509_EXTENSION *extension = X509V3_EXT_conf_nid (NULL, NULL, nid, value);

  g_assert_nonnull (extension);
  X509_add_ext (x509, extension, -1);
  X509_EXTENSION_free (extension);
}

static EVP_PKEY *
parse_key (GTlsCertificate *certificate)
{
  g_autofree char *pem = NULL;
  BIO *bio = NULL;
  EVP_PKEY *key = NULL;

  g_object_get (certificate, "private-key-pem", &pem, NULL);
  bio = BIO_new_mem_buf (pem, -1);
  key = PEM_read_bio_PrivateKey (bio, NULL, NULL, NULL);
  BIO_free (bio);
  g_assert_nonnull (key);
  return key;
}

static X509 *
parse_certificate (GTlsCertificate *certificate)
{
  g_autofree char *pem = NULL;
  BIO *bio = NULL;
  X509 *x509 = NULL;

  g_object_get (certificate, "certificate-pem", &pem, NULL);
  bio = BIO_new_mem_buf (pem, -1);
  x509 = PEM_read_bio_X509 (bio, NULL, NULL, NULL);
  BIO_free (bio);
  g_assert_nonnull (x509);
  return x509;
}

GTlsCertificate *
test_certificate_new (const char *name, gint64 valid_s, GTlsCertificate *issuer, char **pem)
{
  static long serial = 1;
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  EVP_PKEY *issuer_key = issuer != NULL ? parse_key (issuer) : NULL;
  X509 *issuer_x509 = issuer != NULL ? parse_certificate (issuer) : NULL;
  X509 *x509 = X509_new ();
  BIO *bio = NULL;
  g_autofree char *certificate_pem = NULL;
  g_autofree char *key_pem = NULL;
  g_autofree char *both = NULL;
  g_autofree char *alternative = NULL;
  g_autoptr(GError) error = NULL;
  GTlsCertificate *certificate = NULL;

  alternative = g_strconcat (g_hostname_is_ip_address (name) ? "IP:" : "DNS:", name, NULL);
  X509_set_version (x509, 2);
  ASN1_INTEGER_set (X509_get_serialNumber (x509), serial++);
  X509_NAME_add_entry_by_txt (
      X509_get_subject_name (x509), "CN", MBSTRING_UTF8, (const guchar *) name, -1, -1, 0);
  X509_set_issuer_name (x509, X509_get_subject_name (issuer_x509 != NULL ? issuer_x509 : x509));
  X509_gmtime_adj (X509_getm_notBefore (x509), -DAY);
  X509_gmtime_adj (X509_getm_notAfter (x509), valid_s);
  X509_set_pubkey (x509, key);
  add_extension (x509, NID_basic_constraints, issuer == NULL ? "critical,CA:TRUE" : "CA:FALSE");
  add_extension (x509, NID_subject_alt_name, alternative);
  g_assert_cmpint (X509_sign (x509, issuer_key != NULL ? issuer_key : key, EVP_sha256 ()), >, 0);

  bio = BIO_new (BIO_s_mem ());
  PEM_write_bio_X509 (bio, x509);
  certificate_pem = steal_text (bio);
  bio = BIO_new (BIO_s_mem ());
  PEM_write_bio_PKCS8PrivateKey (bio, key, NULL, NULL, 0, NULL, NULL);
  key_pem = steal_text (bio);
  both = g_strconcat (certificate_pem, key_pem, NULL);
  certificate = g_tls_certificate_new_from_pem (both, -1, &error);
  g_assert_no_error (error);

  X509_free (x509);
  X509_free (issuer_x509);
  EVP_PKEY_free (key);
  EVP_PKEY_free (issuer_key);
  if (pem != NULL)
    *pem = g_steal_pointer (&certificate_pem);
  return certificate;
}
