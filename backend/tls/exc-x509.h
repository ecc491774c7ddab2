/* exc-x509.h — what a certificate itself says
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ExcX509:
 *
 * Facts read out of one DER certificate with OpenSSL. Immutable, counted.
 */
typedef struct {
  gatomicrefcount ref_count;
  GBytes *der;
  char *sha1;    /* upper case hex: the thumbprint */
  char *sha256;  /* upper case hex */
  char *subject; /* as .NET writes it (domain.md 1.2): "CN=mail, OU=IT" */
  char *issuer;
  char *serial_number; /* upper case hex, as Windows shows it */
  gint64 not_before;   /* Unix seconds */
  gint64 not_after;
  GStrv dns_names;           /* subjectAltName; never NULL */
  char *common_name;         /* (nullable) */
  char *signature_algorithm; /* sha256RSA, as Windows names it */
  char *key_algorithm;       /* RSA, ECC */
  int key_size;              /* bits */
  gboolean is_self_signed;   /* subject is issuer and the signature verifies with its own key */
  GStrv key_usages;          /* EKU OIDs or short names; never NULL */
} ExcX509;

#define EXC_TYPE_X509 (exc_x509_get_type ())
GType exc_x509_get_type (void);
ExcX509 *exc_x509_new_from_der (GBytes *der, GError **error) G_GNUC_WARN_UNUSED_RESULT;
ExcX509 *exc_x509_ref (ExcX509 *self);
void exc_x509_unref (ExcX509 *self);
char *exc_x509_dup_pem (ExcX509 *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcX509, exc_x509_unref)

G_END_DECLS
