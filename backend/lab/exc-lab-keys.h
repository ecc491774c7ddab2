/* exc-lab-keys.h — RSA keys, made once and used again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <openssl/evp.h>

G_BEGIN_DECLS

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)

/**
 * ExcLabKeys:
 *
 * Keys of simulated servers. One costs 0.1 s, so they lie in the user's cache and every lab takes
 * the same ones in the same order; inside one world no key is handed out twice. They protect
 * nothing but simulated servers.
 */
typedef struct _ExcLabKeys ExcLabKeys;

/* directory: (nullable): the pool's place; NULL for the user's cache */
ExcLabKeys *exc_lab_keys_new (const char *directory) G_GNUC_WARN_UNUSED_RESULT;
void exc_lab_keys_free (ExcLabKeys *self);

/* (transfer full): the next key of @bits; 1024, 2048 or 4096 */
EVP_PKEY *exc_lab_keys_take (ExcLabKeys *self,
                             guint bits,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* How many were taken so far: a world that is loaded again goes on behind them. */
guint exc_lab_keys_get_n_taken (ExcLabKeys *self);
void exc_lab_keys_set_n_taken (ExcLabKeys *self, guint n_taken);

char *exc_lab_key_to_pem (EVP_PKEY *key) G_GNUC_WARN_UNUSED_RESULT;
EVP_PKEY *exc_lab_key_from_pem (const char *pem, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcLabKeys, exc_lab_keys_free)

G_END_DECLS
