/* exc-pfx.h — files that bring certificates: PFX, PEM, DER, PKCS #7
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-secret.h"
#include "exc-x509.h"

G_BEGIN_DECLS

/* Opens a PFX file and gives the certificate that its private key belongs to; the key itself is
 * wiped. EXC_ERROR_INPUT: no PFX file, a wrong password, no key. */
ExcX509 *exc_pfx_open (ExcSecret *pfx,
                       ExcSecret *password,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The certificates of a file as authorities send it: PEM or DER, single, in a row, or in PKCS #7.
 * (transfer full) (element-type ExcX509); EXC_ERROR_INPUT where there is none. */
GPtrArray *exc_x509_read_file (GBytes *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether both are about the same public key: a request and what completes it. */
gboolean exc_x509_has_key_of (ExcX509 *self, ExcX509 *other);

G_END_DECLS
