/* test-certificates.h — certificates made for a test of TLS
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A certificate with its key, for one DNS name (an address as text too), valid from a day before
 * now for valid_s seconds; issuer: (nullable): NULL for a self-signed one. pem: (out) (optional):
 * the certificate alone. */
GTlsCertificate *test_certificate_new (const char *name,
                                       gint64 valid_s,
                                       GTlsCertificate *issuer,
                                       char **pem) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
