/* exc-psrp-crypto.h — the session key of a runspace pool, and SecureStrings sealed with it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-clixml.h"

G_BEGIN_DECLS

/**
 * ExcPsrpSessionKey:
 *
 * The AES-256 key of a pool ([MS-PSRP] 2.2.2.4), wiped when freed. It seals texts as SecureStrings:
 * AES-256-CBC with an IV of zeros, PKCS#7, UTF-16LE (2.2.5.1.24). Secrets are UTF-8 on our side.
 */
typedef struct _ExcPsrpSessionKey ExcPsrpSessionKey;

ExcPsrpSessionKey *exc_psrp_session_key_new (GError **error) G_GNUC_WARN_UNUSED_RESULT; /* random */
void exc_psrp_session_key_free (ExcPsrpSessionKey *self);
/* base64 of the ciphertext, for an <SS> */
char *exc_psrp_session_key_seal (ExcPsrpSessionKey *self,
                                 ExcSecret *secret,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
ExcSecret *exc_psrp_session_key_unseal (ExcPsrpSessionKey *self,
                                        const char *sealed,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Opens every SecureString in a value that was just read and is not shared yet. */
gboolean exc_psrp_session_key_unseal_value (ExcPsrpSessionKey *self,
                                            ExcValue *value,
                                            GError **error);
/* For exc_clixml_write; valid as long as self. */
ExcSecretSealer exc_psrp_session_key_get_sealer (ExcPsrpSessionKey *self);
/* The server's half: the key for ENCRYPTED_SESSION_KEY, encrypted for a PUBLIC_KEY's text. */
char *exc_psrp_session_key_wrap (ExcPsrpSessionKey *self,
                                 const char *public_key,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcPsrpSessionKey, exc_psrp_session_key_free)

/**
 * ExcPsrpKeyPair:
 *
 * The client's RSA key pair of 2048 bits, one a pool, made when it is first needed (0.1 s).
 */
typedef struct _ExcPsrpKeyPair ExcPsrpKeyPair;

ExcPsrpKeyPair *exc_psrp_key_pair_new (GError **error) G_GNUC_WARN_UNUSED_RESULT;
void exc_psrp_key_pair_free (ExcPsrpKeyPair *self);
char *exc_psrp_key_pair_dup_public (ExcPsrpKeyPair *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
ExcPsrpSessionKey *exc_psrp_key_pair_unwrap (ExcPsrpKeyPair *self,
                                             const char *wrapped,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcPsrpKeyPair, exc_psrp_key_pair_free)

G_END_DECLS
