/* exc-lab-keys.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-keys"

#include "config.h"

#include "exc-lab-keys.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "exc-error.h"

/* Past these a key is made for one world and not kept: the cache must not grow without end. */
#define MAX_KEPT 256

struct _ExcLabKeys {
  char *directory;
  guint n_taken;
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BIO, BIO_free_all)

ExcLabKeys *
exc_lab_keys_new (const char *directory)
{
  ExcLabKeys *self = g_new0 (ExcLabKeys, 1);

  self->directory =
      directory != NULL
          ? g_strdup (directory)
          : g_build_filename (g_get_user_cache_dir (), "thumbprint", "lab-keys", NULL);
  return self;
}

void
exc_lab_keys_free (ExcLabKeys *self)
{
  g_free (self->directory);
  g_free (self);
}

guint
exc_lab_keys_get_n_taken (ExcLabKeys *self)
{
  return self->n_taken;
}

void
exc_lab_keys_set_n_taken (ExcLabKeys *self, guint n_taken)
{
  self->n_taken = n_taken;
}

/**
 * exc_lab_key_to_pem:
 * @key: a key pair
 *
 * Returns: (transfer full): PKCS #8, not encrypted
 */
char *
exc_lab_key_to_pem (EVP_PKEY *key)
{
  g_autoptr(BIO) bio = BIO_new (BIO_s_mem ());
  char *data;
  long length;

  if (PEM_write_bio_PKCS8PrivateKey (bio, key, NULL, NULL, 0, NULL, NULL) != 1)
    g_error ("OpenSSL cannot write a key");
  length = BIO_get_mem_data (bio, &data);
  return g_strndup (data, (gsize) length);
}

EVP_PKEY *
exc_lab_key_from_pem (const char *pem, GError **error)
{
  g_autoptr(BIO) bio = BIO_new_mem_buf (pem, -1);
  EVP_PKEY *key = PEM_read_bio_PrivateKey (bio, NULL, NULL, NULL);

  if (key == NULL)
    g_set_error (error, EXC_ERROR, EXC_ERROR_INPUT, _("The private key cannot be read."));
  return key;
}

static EVP_PKEY *
load (const char *path, guint bits)
{
  g_autofree char *pem = NULL;
  g_autoptr(EVP_PKEY) key = NULL;

  if (!g_file_get_contents (path, &pem, NULL, NULL))
    return NULL;
  key = exc_lab_key_from_pem (pem, NULL);
  /* Whatever is wrong with a cached file, a fresh key cures it. */
  if (key == NULL || EVP_PKEY_get_bits (key) != (int) bits)
    return NULL;
  return g_steal_pointer (&key);
}

static void
keep (ExcLabKeys *self, const char *path, EVP_PKEY *key)
{
  g_autofree char *pem = exc_lab_key_to_pem (key);
  g_autoptr(GError) error = NULL;

  if (g_mkdir_with_parents (self->directory, 0700) != 0 ||
      !g_file_set_contents_full (path, pem, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error))
    g_info ("a key is not kept for the next start: %s",
            error != NULL ? error->message : g_strerror (errno));
  OPENSSL_cleanse (pem, strlen (pem));
}

EVP_PKEY *
exc_lab_keys_take (ExcLabKeys *self, guint bits, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;
  guint index;
  EVP_PKEY *key;

  g_return_val_if_fail (self != NULL, NULL);

  if (bits != 1024 && bits != 2048 && bits != 4096) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("A key of %u bits is not supported; use 1024, 2048 or 4096."), bits);
    return NULL;
  }

  index = self->n_taken++;
  name = g_strdup_printf ("rsa-%u-%03u.pem", bits, index);
  path = g_build_filename (self->directory, name, NULL);
  key = index < MAX_KEPT ? load (path, bits) : NULL;
  if (key != NULL)
    return key;

  key = EVP_RSA_gen (bits);
  if (key == NULL) {
    g_set_error (
        error, EXC_ERROR, EXC_ERROR_STORE, _("A key of %u bits could not be made."), bits);
    return NULL;
  }
  if (index < MAX_KEPT)
    keep (self, path, key);
  return key;
}
