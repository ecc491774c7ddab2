/* exc-lab-issue.c — what a CA answers a request with, and reading that
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-issue"

#include "config.h"

#include <glib/gi18n.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "exc-error.h"
#include "exc-lab-certificate.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509_REQ, X509_REQ_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free_all)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIGNUM, BN_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PKCS7, PKCS7_free)

static gboolean
copy_extensions (X509 *x509, X509_REQ *request)
{
  STACK_OF (X509_EXTENSION) *extensions = X509_REQ_get_extensions (request);
  gboolean ok = TRUE;

  for (int i = 0; ok && i < sk_X509_EXTENSION_num (extensions); i++)
    ok = X509_add_ext (x509, sk_X509_EXTENSION_value (extensions, i), -1) == 1;
  sk_X509_EXTENSION_pop_free (extensions, X509_EXTENSION_free);
  return ok;
}

/**
 * exc_lab_certificate_issue:
 * @request: a PKCS #10 request, PEM
 * @issuer: the authority, with its key
 * @not_before: Unix seconds
 * @not_after: Unix seconds
 *
 * What a public authority answers: the request's subject, key and extensions under its signature.
 *
 * Returns: (transfer full): the certificate, without a key; NULL with EXC_ERROR_INPUT where
 *   @request is none
 */
ExcLabCertificate *
exc_lab_certificate_issue (const char *request,
                           ExcLabCertificate *issuer,
                           gint64 not_before,
                           gint64 not_after,
                           GError **error)
{
  g_autoptr(BIO) bio = BIO_new_mem_buf (request, -1);
  g_autoptr(X509_REQ) parsed = PEM_read_bio_X509_REQ (bio, NULL, NULL, NULL);
  g_autoptr(X509) x509 = X509_new ();
  g_autoptr(X509) ca = NULL;
  g_autoptr(BIGNUM) serial = BN_new ();
  g_autoptr(GBytes) der = NULL;
  unsigned char *data = NULL;
  const unsigned char *ca_der;
  gsize length;
  int size = -1;

  if (parsed == NULL || X509_REQ_verify (parsed, X509_REQ_get0_pubkey (parsed)) != 1) {
    ERR_clear_error ();
    g_set_error (
        error, EXC_ERROR, EXC_ERROR_INPUT, _("This is not a certificate request that holds."));
    return NULL;
  }
  ca_der = g_bytes_get_data (issuer->x509->der, &length);
  ca = d2i_X509 (NULL, &ca_der, (long) length);
  if (X509_set_version (x509, X509_VERSION_3) == 1 &&
      BN_rand (serial, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
      BN_to_ASN1_INTEGER (serial, X509_get_serialNumber (x509)) != NULL &&
      X509_set_subject_name (x509, X509_REQ_get_subject_name (parsed)) == 1 &&
      X509_set_issuer_name (x509, X509_get_subject_name (ca)) == 1 &&
      ASN1_TIME_set (X509_getm_notBefore (x509), (time_t) not_before) != NULL &&
      ASN1_TIME_set (X509_getm_notAfter (x509), (time_t) not_after) != NULL &&
      X509_set_pubkey (x509, X509_REQ_get0_pubkey (parsed)) == 1 &&
      copy_extensions (x509, parsed) && X509_sign (x509, issuer->key, EVP_sha256 ()) > 0)
    size = i2d_X509 (x509, &data);
  if (size < 0) {
    ERR_clear_error ();
    g_set_error (error, EXC_ERROR, EXC_ERROR_STORE, _("The certificate could not be issued."));
    return NULL;
  }
  der = g_bytes_new (data, (gsize) size);
  OPENSSL_free (data);
  return exc_lab_certificate_new (der, NULL, error);
}

static void
add_x509 (GPtrArray *certificates, X509 *x509)
{
  unsigned char *data = NULL;
  int size = i2d_X509 (x509, &data);
  g_autoptr(GBytes) der = NULL;
  ExcLabCertificate *certificate;

  if (size < 0)
    return;
  der = g_bytes_new (data, (gsize) size);
  OPENSSL_free (data);
  certificate = exc_lab_certificate_new (der, NULL, NULL);
  if (certificate != NULL)
    g_ptr_array_add (certificates, certificate);
}

static void
add_pkcs7 (GPtrArray *certificates, PKCS7 *pkcs7)
{
  STACK_OF (X509) *held = PKCS7_type_is_signed (pkcs7) ? pkcs7->d.sign->cert : NULL;

  for (int i = 0; i < sk_X509_num (held); i++)
    add_x509 (certificates, sk_X509_value (held, i));
}

static void
read_pem (GBytes *file, GPtrArray *certificates)
{
  gsize length;
  const void *data = g_bytes_get_data (file, &length);
  g_autoptr(BIO) one = BIO_new_mem_buf (data, (int) length);
  g_autoptr(BIO) other = BIO_new_mem_buf (data, (int) length);
  g_autoptr(PKCS7) pkcs7 = PEM_read_bio_PKCS7 (other, NULL, NULL, NULL);
  X509 *x509;

  while ((x509 = PEM_read_bio_X509 (one, NULL, NULL, NULL)) != NULL) {
    add_x509 (certificates, x509);
    X509_free (x509);
  }
  if (pkcs7 != NULL)
    add_pkcs7 (certificates, pkcs7);
}

static void
read_der (GBytes *file, GPtrArray *certificates)
{
  gsize length;
  const unsigned char *data = g_bytes_get_data (file, &length);
  const unsigned char *again = data;
  g_autoptr(X509) x509 = d2i_X509 (NULL, &data, (long) length);
  g_autoptr(PKCS7) pkcs7 = d2i_PKCS7 (NULL, &again, (long) length);

  if (x509 != NULL)
    add_x509 (certificates, x509);
  else if (pkcs7 != NULL)
    add_pkcs7 (certificates, pkcs7);
}

GPtrArray *
exc_lab_certificates_read (GBytes *file)
{
  GPtrArray *certificates =
      g_ptr_array_new_with_free_func ((GDestroyNotify) exc_lab_certificate_unref);

  read_pem (file, certificates);
  if (certificates->len == 0)
    read_der (file, certificates);
  ERR_clear_error ();
  return certificates;
}

gboolean
exc_lab_certificate_fits_key (ExcLabCertificate *self, EVP_PKEY *key)
{
  gsize length;
  const unsigned char *data = g_bytes_get_data (self->x509->der, &length);
  g_autoptr(X509) x509 = d2i_X509 (NULL, &data, (long) length);

  return x509 != NULL && key != NULL && EVP_PKEY_eq (X509_get0_pubkey (x509), key) == 1;
}
