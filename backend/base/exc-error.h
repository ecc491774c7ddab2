/* exc-error.h — the error domain of the core
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * EXC_ERROR:
 *
 * Error domain of the core. A code says what the caller can *do*, not which
 * function failed; the message says what happened, in the user's language.
 */
#define EXC_ERROR (exc_error_quark ())

/**
 * ExcError:
 * @EXC_ERROR_PROTOCOL: the peer sent something the protocol does not allow; give up on the shell
 * @EXC_ERROR_LIMIT: a size or count limit of ours was passed; the input is hostile or broken
 * @EXC_ERROR_AUTH: credentials refused; ask again
 * @EXC_ERROR_UNTRUSTED: the peer's TLS certificate is not trusted; show it and ask
 * @EXC_ERROR_UNREACHABLE: no answer; the same call may be tried again later
 * @EXC_ERROR_BUSY: the server has too many shells or commands; wait, then try again
 * @EXC_ERROR_GONE: the shell is dead; open a new one
 * @EXC_ERROR_ENDPOINT: an address that answers, but not as the wanted endpoint; correct it
 * @EXC_ERROR_REMOTE: the server ran the command and reported failure
 * @EXC_ERROR_NOT_FOUND: what was named is not there (a certificate, a server, a job)
 * @EXC_ERROR_UNVERIFIED: the command succeeded, the effect cannot be seen
 * @EXC_ERROR_REFUSED: our own guard said no: read-only, locked, or in use
 * @EXC_ERROR_INPUT: what the user gave (an option, a file) cannot be used; correct it
 * @EXC_ERROR_STORE: the database or the keyring failed; nothing was changed
 *
 * What went wrong, by what can be done about it.
 */
typedef enum {
  EXC_ERROR_PROTOCOL,
  EXC_ERROR_LIMIT,
  EXC_ERROR_AUTH,
  EXC_ERROR_UNTRUSTED,
  EXC_ERROR_UNREACHABLE,
  EXC_ERROR_BUSY,
  EXC_ERROR_GONE,
  EXC_ERROR_ENDPOINT,
  EXC_ERROR_REMOTE,
  EXC_ERROR_NOT_FOUND,
  EXC_ERROR_UNVERIFIED,
  EXC_ERROR_REFUSED,
  EXC_ERROR_INPUT,
  EXC_ERROR_STORE,
} ExcError;

GQuark exc_error_quark (void);

G_END_DECLS
