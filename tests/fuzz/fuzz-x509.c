/* fuzz-x509.c — certificates as an enemy would send them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-x509.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr(GBytes) der = g_bytes_new (data, size);
  g_autoptr(ExcX509) x509 = exc_x509_new_from_der (der, NULL);
  g_autofree char *pem = NULL;

  if (x509 == NULL)
    return 0;
  g_assert_true (g_utf8_validate (x509->subject, -1, NULL));
  g_assert_true (g_utf8_validate (x509->issuer, -1, NULL));
  pem = exc_x509_dup_pem (x509);
  g_assert_nonnull (pem);
  return 0;
}
