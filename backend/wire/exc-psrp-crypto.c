/* exc-psrp-crypto.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-psrp"

#include "config.h"

#include "exc-psrp-crypto.h"

#include "exc-error.h"

#include <glib/gi18n.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <string.h>

#define KEY_SIZE     32
#define IV_SIZE      16
#define MODULUS_SIZE 256
#define MAX_NESTING  50 /* PowerShell's own depth */

/* What Microsoft's CryptoAPI puts in front of a public and of a session key (protocol.md 5.1). */
static const guint8 public_key_head[] = { 0x06, 0x02, 0x00, 0x00, 0x00, 0xa4, 0x00, 0x00,
                                          'R',  'S',  'A',  '1',  0x00, 0x08, 0x00, 0x00 };
static const guint8 session_key_head[] = { 0x01, 0x02, 0x00, 0x00, 0x10, 0x66,
                                           0x00, 0x00, 0x00, 0xa4, 0x00, 0x00 };
#define EXPONENT_SIZE    4
#define PUBLIC_KEY_SIZE  (sizeof public_key_head + EXPONENT_SIZE + MODULUS_SIZE)
#define WRAPPED_KEY_SIZE (sizeof session_key_head + MODULUS_SIZE)

struct _ExcPsrpSessionKey {
  guint8 key[KEY_SIZE];
};

struct _ExcPsrpKeyPair {
  EVP_PKEY *pkey;
};

typedef EVP_PKEY *AutoPkey;
typedef EVP_PKEY_CTX *AutoPkeyCtx;
typedef EVP_CIPHER_CTX *AutoCipherCtx;
typedef BIGNUM *AutoBignum;
typedef OSSL_PARAM_BLD *AutoParamBuilder;
typedef OSSL_PARAM *AutoParams;

G_DEFINE_AUTO_CLEANUP_FREE_FUNC (AutoPkey, EVP_PKEY_free, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (AutoPkeyCtx, EVP_PKEY_CTX_free, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (AutoCipherCtx, EVP_CIPHER_CTX_free, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (AutoBignum, BN_free, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (AutoParamBuilder, OSSL_PARAM_BLD_free, NULL)
G_DEFINE_AUTO_CLEANUP_FREE_FUNC (AutoParams, OSSL_PARAM_free, NULL)

static gboolean
fail (const char *what, GError **error)
{
  ERR_clear_error ();
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_PROTOCOL,
               _("The key exchange with the server failed: %s."), what);
  return FALSE;
}

static void
reverse (const guint8 *from, guint8 *to, gsize size)
{
  for (gsize i = 0; i < size; i++)
    to[i] = from[size - 1 - i];
}

/* --- The session key --- */

static ExcPsrpSessionKey *
session_key_new_from (const guint8 *key)
{
  ExcPsrpSessionKey *self = g_new0 (ExcPsrpSessionKey, 1);

  memcpy (self->key, key, KEY_SIZE);
  return self;
}

/**
 * exc_psrp_session_key_new:
 * @error: return location for an error
 *
 * Returns: (transfer full): a random key
 */
ExcPsrpSessionKey *
exc_psrp_session_key_new (GError **error)
{
  g_autoptr(ExcPsrpSessionKey) self = g_new0 (ExcPsrpSessionKey, 1);

  if (RAND_priv_bytes (self->key, KEY_SIZE) != 1) {
    fail ("no random numbers", error);
    return NULL;
  }

  return g_steal_pointer (&self);
}

void
exc_psrp_session_key_free (ExcPsrpSessionKey *self)
{
  if (self == NULL)
    return;

  OPENSSL_cleanse (self->key, KEY_SIZE);
  g_free (self);
}

/* UTF-16LE without a BOM, in memory that is to be cleansed. */
static guint8 *
to_utf16le (ExcSecret *secret, gsize *size, GError **error)
{
  gsize length;
  const char *text = exc_secret_peek (secret, &length);
  glong n_units;
  gunichar2 *units;
  guint8 *bytes;

  /* A NUL would end the conversion early and send half a password. */
  if (memchr (text, '\0', length) != NULL ||
      (units = g_utf8_to_utf16 (text, length, NULL, &n_units, NULL)) == NULL) {
    g_set_error_literal (error, EXC_ERROR, EXC_ERROR_INPUT, _("The password is not valid text."));
    return NULL;
  }

  *size = (gsize) n_units * 2;
  bytes = g_malloc (*size + 1);
  for (glong i = 0; i < n_units; i++) {
    bytes[2 * i] = units[i] & 0xff;
    bytes[2 * i + 1] = units[i] >> 8;
  }
  OPENSSL_cleanse (units, *size);
  g_free (units);

  return bytes;
}

static ExcSecret *
from_utf16le (const guint8 *bytes, gsize size, GError **error)
{
  g_autofree gunichar2 *units = NULL;
  char *text;
  glong length;

  if (size % 2 != 0) {
    fail ("a SecureString of half a character", error);
    return NULL;
  }

  units = g_new (gunichar2, size / 2 + 1);
  for (gsize i = 0; i < size / 2; i++)
    units[i] = bytes[2 * i] | (gunichar2) bytes[2 * i + 1] << 8;
  text = g_utf16_to_utf8 (units, size / 2, NULL, &length, NULL);
  OPENSSL_cleanse (units, size);
  if (text == NULL) {
    fail ("a SecureString that is no text", error);
    return NULL;
  }

  return exc_secret_new_take (text, length);
}

/**
 * exc_psrp_session_key_seal:
 * @self: a key
 * @secret: UTF-8 text
 * @error: return location for an error
 *
 * Returns: (transfer full): what stands in an `<SS>`, or %NULL with %EXC_ERROR_INPUT
 */
char *
exc_psrp_session_key_seal (ExcPsrpSessionKey *self, ExcSecret *secret, GError **error)
{
  static const guint8 iv[IV_SIZE];
  g_auto(AutoCipherCtx) context = EVP_CIPHER_CTX_new ();
  g_autofree guint8 *plain = NULL;
  g_autofree guint8 *sealed = NULL;
  gsize size;
  int length = 0, last = 0;
  gboolean ok;

  g_return_val_if_fail (self != NULL && secret != NULL, NULL);

  plain = to_utf16le (secret, &size, error);
  if (plain == NULL)
    return NULL;

  sealed = g_malloc (size + IV_SIZE);
  ok = EVP_EncryptInit_ex2 (context, EVP_aes_256_cbc (), self->key, iv, NULL) == 1 &&
       EVP_EncryptUpdate (context, sealed, &length, plain, size) == 1 &&
       EVP_EncryptFinal_ex (context, sealed + length, &last) == 1;
  OPENSSL_cleanse (plain, size);
  if (!ok) {
    fail ("a SecureString could not be sealed", error);
    return NULL;
  }

  return g_base64_encode (sealed, length + last);
}

/**
 * exc_psrp_session_key_unseal:
 * @self: a key
 * @sealed: the text of an `<SS>`
 * @error: return location for an error
 *
 * Returns: (transfer full): its text in UTF-8, or %NULL with %EXC_ERROR_PROTOCOL
 */
ExcSecret *
exc_psrp_session_key_unseal (ExcPsrpSessionKey *self, const char *sealed, GError **error)
{
  static const guint8 iv[IV_SIZE];
  g_auto(AutoCipherCtx) context = EVP_CIPHER_CTX_new ();
  g_autofree guint8 *bytes = NULL;
  g_autofree guint8 *plain = NULL;
  ExcSecret *secret = NULL;
  gsize size;
  int length = 0, last = 0;

  g_return_val_if_fail (self != NULL && sealed != NULL, NULL);

  bytes = g_base64_decode (sealed, &size);
  if (size == 0 || size % IV_SIZE != 0 || size > G_MAXINT32) {
    fail ("a SecureString of a wrong length", error);
    return NULL;
  }

  plain = g_malloc0 (size);
  if (EVP_DecryptInit_ex2 (context, EVP_aes_256_cbc (), self->key, iv, NULL) == 1 &&
      EVP_DecryptUpdate (context, plain, &length, bytes, size) == 1 &&
      EVP_DecryptFinal_ex (context, plain + length, &last) == 1)
    secret = from_utf16le (plain, (gsize) length + last, error);
  else
    fail ("a SecureString was sealed with another key", error);
  OPENSSL_cleanse (plain, size);

  return secret;
}

static gboolean
unseal_value (ExcPsrpSessionKey *self, ExcValue *value, guint depth, GError **error)
{
  g_autoptr(ExcSecret) secret = NULL;

  if (value == NULL || depth == 0)
    return TRUE;

  switch (exc_value_get_kind (value)) {
  case EXC_VALUE_SECURE_STRING:
    if (exc_value_get_secret (value) != NULL)
      return TRUE;
    secret = exc_psrp_session_key_unseal (self, exc_value_get_text (value), error);
    if (secret == NULL)
      return FALSE;
    exc_value_set_secret (value, secret);
    return TRUE;
  case EXC_VALUE_OBJECT:
    if (!unseal_value (self, exc_value_get_base (value), depth - 1, error))
      return FALSE;
    for (guint i = 0; i < exc_value_get_n_items (value); i++) {
      if (!unseal_value (self, exc_value_get_item (value, i), depth - 1, error))
        return FALSE;
    }
    for (guint i = 0; i < exc_value_get_n_properties (value); i++) {
      if (!unseal_value (self, exc_value_get_property_at (value, i), depth - 1, error))
        return FALSE;
    }
    return TRUE;
  default:
    return TRUE;
  }
}

/**
 * exc_psrp_session_key_unseal_value:
 * @self: a key
 * @value: a value that was just read
 * @error: return location for an error
 *
 * Returns: %FALSE with %EXC_ERROR_PROTOCOL when a SecureString in it was sealed with another key
 */
gboolean
exc_psrp_session_key_unseal_value (ExcPsrpSessionKey *self, ExcValue *value, GError **error)
{
  g_return_val_if_fail (self != NULL && value != NULL, FALSE);

  return unseal_value (self, value, MAX_NESTING, error);
}

static char *
seal_cb (gpointer data, ExcSecret *secret, GError **error)
{
  return exc_psrp_session_key_seal (data, secret, error);
}

ExcSecretSealer
exc_psrp_session_key_get_sealer (ExcPsrpSessionKey *self)
{
  return (ExcSecretSealer){ seal_cb, self };
}

/* --- The exchange: PUBLIC_KEY to the server, ENCRYPTED_SESSION_KEY back --- */

/* [MS-PSRP] 2.2.2.3: a PUBLICKEYBLOB of CryptoAPI */
static EVP_PKEY *
parse_public_key (const char *text, GError **error)
{
  g_autofree guint8 *blob = NULL;
  g_auto(AutoPkeyCtx) context = NULL;
  g_auto(AutoParamBuilder) builder = OSSL_PARAM_BLD_new ();
  g_auto(AutoParams) params = NULL;
  g_auto(AutoBignum) modulus = NULL;
  g_auto(AutoBignum) exponent = NULL;
  EVP_PKEY *pkey = NULL;
  gsize size;

  blob = g_base64_decode (text, &size);
  if (size != PUBLIC_KEY_SIZE || memcmp (blob, public_key_head, sizeof public_key_head) != 0) {
    fail ("the public key is not one of RSA with 2048 bits", error);
    return NULL;
  }

  exponent = BN_lebin2bn (blob + sizeof public_key_head, EXPONENT_SIZE, NULL);
  modulus = BN_lebin2bn (blob + sizeof public_key_head + EXPONENT_SIZE, MODULUS_SIZE, NULL);
  context = EVP_PKEY_CTX_new_from_name (NULL, "RSA", NULL);
  if (OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_RSA_N, modulus) != 1 ||
      OSSL_PARAM_BLD_push_BN (builder, OSSL_PKEY_PARAM_RSA_E, exponent) != 1 ||
      (params = OSSL_PARAM_BLD_to_param (builder)) == NULL ||
      EVP_PKEY_fromdata_init (context) != 1 ||
      EVP_PKEY_fromdata (context, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1) {
    fail ("the public key cannot be used", error);
    return NULL;
  }

  return pkey;
}

/**
 * exc_psrp_key_pair_dup_public:
 * @self: a key pair
 * @error: return location for an error
 *
 * Returns: (transfer full): the text of PUBLIC_KEY ([MS-PSRP] 2.2.2.3)
 */
char *
exc_psrp_key_pair_dup_public (ExcPsrpKeyPair *self, GError **error)
{
  g_auto(AutoBignum) modulus = NULL;
  g_auto(AutoBignum) exponent = NULL;
  guint8 blob[PUBLIC_KEY_SIZE];

  g_return_val_if_fail (self != NULL, NULL);

  memcpy (blob, public_key_head, sizeof public_key_head);
  if (EVP_PKEY_get_bn_param (self->pkey, OSSL_PKEY_PARAM_RSA_N, &modulus) != 1 ||
      EVP_PKEY_get_bn_param (self->pkey, OSSL_PKEY_PARAM_RSA_E, &exponent) != 1 ||
      BN_bn2lebinpad (exponent, blob + sizeof public_key_head, EXPONENT_SIZE) < 0 ||
      BN_bn2lebinpad (modulus, blob + sizeof public_key_head + EXPONENT_SIZE, MODULUS_SIZE) < 0) {
    fail ("the public key cannot be written", error);
    return NULL;
  }

  return g_base64_encode (blob, sizeof blob);
}

/**
 * exc_psrp_key_pair_new:
 * @error: return location for an error
 *
 * Returns: (transfer full): a new RSA key pair of 2048 bits
 */
ExcPsrpKeyPair *
exc_psrp_key_pair_new (GError **error)
{
  ExcPsrpKeyPair *self;
  EVP_PKEY *pkey = EVP_PKEY_Q_keygen (NULL, NULL, "RSA", (size_t) MODULUS_SIZE * 8);

  if (pkey == NULL) {
    fail ("no key pair could be made", error);
    return NULL;
  }

  self = g_new0 (ExcPsrpKeyPair, 1);
  self->pkey = pkey;
  return self;
}

void
exc_psrp_key_pair_free (ExcPsrpKeyPair *self)
{
  if (self == NULL)
    return;

  EVP_PKEY_free (self->pkey); /* cleanses the private numbers */
  g_free (self);
}

static EVP_PKEY_CTX *
pkcs1_context (EVP_PKEY *pkey, int (*init) (EVP_PKEY_CTX *))
{
  g_auto(AutoPkeyCtx) context = EVP_PKEY_CTX_new_from_pkey (NULL, pkey, NULL);

  if (context == NULL || init (context) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding (context, RSA_PKCS1_PADDING) != 1)
    return NULL;

  return g_steal_pointer (&context);
}

/**
 * exc_psrp_session_key_wrap:
 * @self: a key
 * @public_key: the text of PUBLIC_KEY
 * @error: return location for an error
 *
 * Returns: (transfer full): the text of ENCRYPTED_SESSION_KEY ([MS-PSRP] 2.2.2.4)
 */
char *
exc_psrp_session_key_wrap (ExcPsrpSessionKey *self, const char *public_key, GError **error)
{
  g_auto(AutoPkey) pkey = NULL;
  g_auto(AutoPkeyCtx) context = NULL;
  guint8 encrypted[MODULUS_SIZE];
  guint8 blob[WRAPPED_KEY_SIZE];
  gsize length = sizeof encrypted;

  g_return_val_if_fail (self != NULL && public_key != NULL, NULL);

  pkey = parse_public_key (public_key, error);
  if (pkey == NULL)
    return NULL;

  context = pkcs1_context (pkey, EVP_PKEY_encrypt_init);
  if (context == NULL || EVP_PKEY_encrypt (context, encrypted, &length, self->key, KEY_SIZE) != 1 ||
      length != sizeof encrypted) {
    fail ("the session key could not be encrypted", error);
    return NULL;
  }

  memcpy (blob, session_key_head, sizeof session_key_head);
  reverse (encrypted, blob + sizeof session_key_head, MODULUS_SIZE);
  return g_base64_encode (blob, sizeof blob);
}

/**
 * exc_psrp_key_pair_unwrap:
 * @self: the pair whose public key was sent
 * @wrapped: the text of ENCRYPTED_SESSION_KEY
 * @error: return location for an error
 *
 * Returns: (transfer full): the session key, or %NULL with %EXC_ERROR_PROTOCOL
 */
ExcPsrpSessionKey *
exc_psrp_key_pair_unwrap (ExcPsrpKeyPair *self, const char *wrapped, GError **error)
{
  g_auto(AutoPkeyCtx) context = NULL;
  g_autofree guint8 *blob = NULL;
  ExcPsrpSessionKey *key = NULL;
  guint8 encrypted[MODULUS_SIZE];
  guint8 plain[MODULUS_SIZE];
  gsize size;
  gsize length = sizeof plain;

  g_return_val_if_fail (self != NULL && wrapped != NULL, NULL);

  blob = g_base64_decode (wrapped, &size);
  if (size != WRAPPED_KEY_SIZE || memcmp (blob, session_key_head, sizeof session_key_head) != 0) {
    fail ("the session key has an unknown form", error);
    return NULL;
  }

  reverse (blob + sizeof session_key_head, encrypted, MODULUS_SIZE);
  context = pkcs1_context (self->pkey, EVP_PKEY_decrypt_init);
  if (context != NULL &&
      EVP_PKEY_decrypt (context, plain, &length, encrypted, sizeof encrypted) == 1 &&
      length == KEY_SIZE)
    key = session_key_new_from (plain);
  else
    fail ("the session key was encrypted for somebody else", error);
  OPENSSL_cleanse (plain, sizeof plain);

  return key;
}
