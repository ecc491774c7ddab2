/* authority.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "authority.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

static X509 *
make (X509_NAME *subject,
      EVP_PKEY *key,
      X509_NAME *issuer,
      EVP_PKEY *signer,
      STACK_OF (X509_EXTENSION) * extensions,
      gint64 not_before,
      gint64 not_after)
{
  X509 *x509 = X509_new ();
  BIGNUM *serial = BN_new ();

  g_assert_true (BN_rand (serial, 100, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY));
  X509_set_version (x509, X509_VERSION_3);
  BN_to_ASN1_INTEGER (serial, X509_get_serialNumber (x509));
  BN_free (serial);
  X509_set_subject_name (x509, subject);
  X509_set_issuer_name (x509, issuer);
  ASN1_TIME_set (X509_getm_notBefore (x509), (time_t) not_before);
  ASN1_TIME_set (X509_getm_notAfter (x509), (time_t) not_after);
  X509_set_pubkey (x509, key);
  for (int i = 0; i < sk_X509_EXTENSION_num (extensions); i++)
    X509_add_ext (x509, sk_X509_EXTENSION_value (extensions, i), -1);
  g_assert_cmpint (X509_sign (x509, signer, EVP_sha256 ()), >, 0);
  return x509;
}

static X509_NAME *
make_name (const char *common_name)
{
  X509_NAME *name = X509_NAME_new ();

  X509_NAME_add_entry_by_txt (
      name, "CN", MBSTRING_UTF8, (const unsigned char *) common_name, -1, -1, 0);
  return name;
}

static GBytes *
take_bio (BIO *bio)
{
  char *data;
  long size = BIO_get_mem_data (bio, &data);
  GBytes *bytes = g_bytes_new (data, (gsize) size);

  BIO_free (bio);
  return bytes;
}

static GBytes *
write_answer (X509 *leaf, X509 *ca, AuthorityForm form)
{
  BIO *bio = BIO_new (BIO_s_mem ());
  PKCS7 *pkcs7 = PKCS7_new ();

  PKCS7_set_type (pkcs7, NID_pkcs7_signed);
  PKCS7_content_new (pkcs7, NID_pkcs7_data);
  PKCS7_add_certificate (pkcs7, ca);
  PKCS7_add_certificate (pkcs7, leaf);
  switch (form) {
  case AUTHORITY_PEM:
    g_assert_true (PEM_write_bio_X509 (bio, leaf));
    break;
  case AUTHORITY_DER:
    g_assert_true (i2d_X509_bio (bio, leaf));
    break;
  case AUTHORITY_PKCS7_PEM:
    g_assert_true (PEM_write_bio_PKCS7 (bio, pkcs7));
    break;
  case AUTHORITY_PKCS7_DER:
    g_assert_true (i2d_PKCS7_bio (bio, pkcs7));
    break;
  default:
    g_assert_not_reached ();
  }
  PKCS7_free (pkcs7);
  return take_bio (bio);
}

GBytes *
authority_answer (const char *request, AuthorityForm form, gint64 not_before, gint64 not_after)
{
  BIO *bio = BIO_new_mem_buf (request, -1);
  X509_REQ *parsed = PEM_read_bio_X509_REQ (bio, NULL, NULL, NULL);
  X509_NAME *issuer = make_name ("Test Authority");
  EVP_PKEY *key = EVP_RSA_gen (2048);
  STACK_OF (X509_EXTENSION) * extensions;
  X509 *ca, *leaf;
  GBytes *answer;

  g_assert_nonnull (parsed);
  extensions = X509_REQ_get_extensions (parsed);
  ca = make (issuer, key, issuer, key, NULL, not_before, not_after);
  leaf = make (X509_REQ_get_subject_name (parsed),
               X509_REQ_get0_pubkey (parsed),
               issuer,
               key,
               extensions,
               not_before,
               not_after);
  answer = write_answer (leaf, ca, form);
  sk_X509_EXTENSION_pop_free (extensions, X509_EXTENSION_free);
  X509_free (leaf);
  X509_free (ca);
  EVP_PKEY_free (key);
  X509_NAME_free (issuer);
  X509_REQ_free (parsed);
  BIO_free (bio);
  return answer;
}

GBytes *
authority_make_pfx (const char *common_name,
                    const char *password,
                    gboolean with_key,
                    gboolean is_old,
                    gint64 not_before,
                    gint64 not_after,
                    GBytes **der)
{
  X509_NAME *name = make_name (common_name);
  EVP_PKEY *key = EVP_RSA_gen (2048);
  X509 *x509 = make (name, key, name, key, NULL, not_before, not_after);
  BIO *bio = BIO_new (BIO_s_mem ());
  PKCS12 *pfx;
  static OSSL_PROVIDER *old; /* for good */

  if (is_old && old == NULL)
    old = OSSL_PROVIDER_try_load (NULL, "legacy", 1);
  pfx = PKCS12_create (password,
                       NULL,
                       with_key ? key : NULL,
                       x509,
                       NULL,
                       is_old ? NID_pbe_WithSHA1And3_Key_TripleDES_CBC : 0,
                       is_old ? NID_pbe_WithSHA1And40BitRC2_CBC : 0,
                       0,
                       0,
                       0);
  g_assert_nonnull (pfx);
  g_assert_true (i2d_PKCS12_bio (bio, pfx));
  if (der != NULL) {
    BIO *other = BIO_new (BIO_s_mem ());

    g_assert_true (i2d_X509_bio (other, x509));
    *der = take_bio (other);
  }
  PKCS12_free (pfx);
  X509_free (x509);
  EVP_PKEY_free (key);
  X509_NAME_free (name);
  return take_bio (bio);
}

char *
authority_make_request (const char *common_name)
{
  X509_NAME *name = make_name (common_name);
  EVP_PKEY *key = EVP_RSA_gen (2048);
  X509_REQ *request = X509_REQ_new ();
  BIO *bio = BIO_new (BIO_s_mem ());
  g_autoptr(GBytes) bytes = NULL;
  gsize size;
  const char *data;

  X509_REQ_set_subject_name (request, name);
  X509_REQ_set_pubkey (request, key);
  g_assert_cmpint (X509_REQ_sign (request, key, EVP_sha256 ()), >, 0);
  g_assert_true (PEM_write_bio_X509_REQ (bio, request));
  X509_REQ_free (request);
  EVP_PKEY_free (key);
  X509_NAME_free (name);
  bytes = take_bio (bio);
  data = g_bytes_get_data (bytes, &size);
  return g_strndup (data, size);
}
