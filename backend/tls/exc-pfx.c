/* exc-pfx.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-pfx"

#include "config.h"

#include "exc-pfx.h"

#include "exc-error.h"

#include <glib/gi18n.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/provider.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PKCS12, PKCS12_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PKCS7, PKCS7_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free_all)

/* (transfer full) (nullable) */
static ExcX509 *
copy_facts (X509 *x509, GError **error)
{
  unsigned char *data = NULL;
  int size = i2d_X509 (x509, &data);
  g_autoptr(GBytes) der = NULL;

  if (size < 0) {
    g_set_error_literal (
        error, EXC_ERROR, EXC_ERROR_INPUT, _("A certificate of the file cannot be read."));
    return NULL;
  }
  der = g_bytes_new (data, (gsize) size);
  OPENSSL_free (data);
  return exc_x509_new_from_der (der, error);
}

static OSSL_PROVIDER *old_algorithms; /* for good, once it is needed */

static void
unload_old_algorithms (void)
{
  OSSL_PROVIDER_unload (old_algorithms);
}

/* Windows before 2019 encrypts the certificates of a PFX file with RC2, which OpenSSL 3 has in its
 * provider for old algorithms alone. Nothing that TLS negotiates becomes weaker by it. */
static void
load_old_algorithms (void)
{
  static gsize is_loaded;

  if (!g_once_init_enter (&is_loaded))
    return;
  old_algorithms = OSSL_PROVIDER_try_load (NULL, "legacy", 1);
  if (old_algorithms != NULL)
    OPENSSL_atexit (unload_old_algorithms);
  else
    g_info ("OpenSSL's provider of old algorithms is not there");
  g_once_init_leave (&is_loaded, 1);
}

/* An empty password may have been none. (nullable): the one that fits */
static gboolean
find_password (PKCS12 *pfx, const char *text, gsize length, const char **password)
{
  *password = text;
  if (!PKCS12_mac_present (pfx) || PKCS12_verify_mac (pfx, text, (int) length) == 1)
    return TRUE;
  *password = NULL;
  return length == 0 && PKCS12_verify_mac (pfx, NULL, 0) == 1;
}

ExcX509 *
exc_pfx_open (ExcSecret *secret, ExcSecret *secret_password, GError **error)
{
  gsize size, length;
  const unsigned char *data;
  const char *text, *password;
  g_autoptr(PKCS12) pfx = NULL;
  g_autoptr(EVP_PKEY) key = NULL;
  g_autoptr(X509) x509 = NULL;
  ExcX509 *facts = NULL;

  g_return_val_if_fail (secret != NULL, NULL);
  g_return_val_if_fail (secret_password != NULL, NULL);

  load_old_algorithms ();
  data = (const unsigned char *) exc_secret_peek (secret, &size);
  text = exc_secret_peek (secret_password, &length);
  pfx = size <= G_MAXINT ? d2i_PKCS12 (NULL, &data, (long) size) : NULL;
  if (pfx == NULL)
    g_set_error_literal (error, EXC_ERROR, EXC_ERROR_INPUT, _("This is not a PFX file."));
  else if (!find_password (pfx, text, length, &password))
    g_set_error_literal (
        error, EXC_ERROR, EXC_ERROR_INPUT, _("The password of the PFX file is wrong."));
  else if (PKCS12_parse (pfx, password, &key, &x509, NULL) != 1)
    g_set_error_literal (error,
                         EXC_ERROR,
                         EXC_ERROR_INPUT,
                         _("The PFX file cannot be opened: it is broken, or protected in a way that is not known."));
  else if (key == NULL || x509 == NULL)
    g_set_error_literal (error,
                         EXC_ERROR,
                         EXC_ERROR_INPUT,
                         _("The PFX file holds no certificate with its private key."));
  else
    facts = copy_facts (x509, error);
  ERR_clear_error ();
  return facts;
}

static void
add (GPtrArray *certificates, X509 *x509)
{
  ExcX509 *facts = copy_facts (x509, NULL);

  if (facts != NULL)
    g_ptr_array_add (certificates, facts);
}

static void
add_pkcs7 (GPtrArray *certificates, PKCS7 *pkcs7)
{
  STACK_OF (X509) *held = pkcs7 != NULL && PKCS7_type_is_signed (pkcs7) && pkcs7->d.sign != NULL
                              ? pkcs7->d.sign->cert
                              : NULL;

  for (int i = 0; i < sk_X509_num (held); i++)
    add (certificates, sk_X509_value (held, i));
}

static void
read_pem (GPtrArray *certificates, const void *data, int size)
{
  g_autoptr(BIO) one = BIO_new_mem_buf (data, size);
  g_autoptr(BIO) other = BIO_new_mem_buf (data, size);
  g_autoptr(PKCS7) pkcs7 = PEM_read_bio_PKCS7 (other, NULL, NULL, NULL);
  X509 *x509;

  while ((x509 = PEM_read_bio_X509 (one, NULL, NULL, NULL)) != NULL) {
    add (certificates, x509);
    X509_free (x509);
  }
  add_pkcs7 (certificates, pkcs7);
}

static void
read_der (GPtrArray *certificates, const unsigned char *data, long size)
{
  const unsigned char *again = data;
  g_autoptr(X509) x509 = d2i_X509 (NULL, &data, size);
  g_autoptr(PKCS7) pkcs7 = x509 == NULL ? d2i_PKCS7 (NULL, &again, size) : NULL;

  if (x509 != NULL)
    add (certificates, x509);
  add_pkcs7 (certificates, pkcs7);
}

GPtrArray *
exc_x509_read_file (GBytes *file, GError **error)
{
  g_autoptr(GPtrArray) certificates =
                 g_ptr_array_new_with_free_func ((GDestroyNotify) exc_x509_unref);
  gsize size;
  const void *data = g_bytes_get_data (file, &size);

  if (size > 0 && size <= G_MAXINT) {
    read_pem (certificates, data, (int) size);
    if (certificates->len == 0)
      read_der (certificates, data, (long) size);
  }
  ERR_clear_error ();
  if (certificates->len == 0) {
    g_set_error_literal (error,
                         EXC_ERROR,
                         EXC_ERROR_INPUT,
                         _("The file holds no certificate: PEM, DER or PKCS #7 is expected."));
    return NULL;
  }
  return g_steal_pointer (&certificates);
}

static X509 *
parse (ExcX509 *facts)
{
  gsize size;
  const unsigned char *data = g_bytes_get_data (facts->der, &size);

  return d2i_X509 (NULL, &data, (long) size);
}

gboolean
exc_x509_has_key_of (ExcX509 *self, ExcX509 *other)
{
  g_autoptr(X509) a = parse (self);
  g_autoptr(X509) b = parse (other);
  gboolean is_same =
      a != NULL && b != NULL && EVP_PKEY_eq (X509_get0_pubkey (a), X509_get0_pubkey (b)) == 1;

  ERR_clear_error ();
  return is_same;
}
