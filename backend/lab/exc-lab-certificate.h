/* exc-lab-certificate.h — a certificate in a store of a simulated server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab-keys.h"
#include "exc-x509.h"

G_BEGIN_DECLS

/* The provider Exchange makes its keys with: CAPI, as Auth certificates and EdgeSync want it. */
#define EXC_LAB_PROVIDER "Microsoft RSA SChannel Cryptographic Provider"

/**
 * ExcLabCertificate:
 *
 * A certificate with what the store says beside it: friendly name, key and who may read it.
 * Counted; @x509 and @key never change, the rest belongs to the world.
 */
typedef struct {
  gatomicrefcount ref_count;
  ExcX509 *x509;
  EVP_PKEY *key;       /* NULL: the public part alone */
  char *friendly_name; /* NULL: none */
  char *provider;      /* of the key's container; NULL: CNG */
  gboolean exportable;
  gboolean network_service; /* Network Service may read the key */
  char *request;            /* the text of a pending request (Request store); else NULL */
} ExcLabCertificate;

ExcLabCertificate *exc_lab_certificate_new (GBytes *der,
                                            EVP_PKEY *key,
                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;
ExcLabCertificate *exc_lab_certificate_ref (ExcLabCertificate *self);
void exc_lab_certificate_unref (ExcLabCertificate *self);
/* (transfer full): the same without key: what trust scripts put into Root */
ExcLabCertificate *exc_lab_certificate_copy_public (ExcLabCertificate *self);

/* Common name and SANs that are domains or wildcards (domain.md 1.2). */
GStrv exc_lab_certificate_dup_domains (ExcLabCertificate *self);
gboolean exc_lab_certificate_has_name (ExcLabCertificate *self, const char *name);
/* Whether @issuer's key signed it. */
gboolean exc_lab_certificate_is_signed_by (ExcLabCertificate *self, ExcLabCertificate *issuer);
gboolean exc_lab_name_is_domain (const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcLabCertificate, exc_lab_certificate_unref)

/**
 * ExcLabRecipe:
 *
 * What a new certificate is made of. As .NET and Exchange make them: sha256RSA, KU
 * digitalSignature and keyEncipherment, EKU serverAuth, 16 random bytes of serial number.
 */
typedef struct {
  const char *subject;          /* .NET order: "CN=mail, O=Contoso, C=DE" */
  const char *const *dns_names; /* SAN; NULL or empty: no such extension */
  gint64 not_before;            /* Unix seconds */
  gint64 not_after;
  EVP_PKEY *key;
  ExcLabCertificate *issuer; /* NULL: self-signed */
  gboolean is_ca;
} ExcLabRecipe;

ExcLabCertificate *exc_lab_certificate_make (const ExcLabRecipe *recipe,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A PKCS #10 request for the same; (transfer full): PEM */
char *exc_lab_certificate_make_request (const ExcLabRecipe *recipe,
                                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
ExcLabCertificate *exc_lab_certificate_issue (const char *request,
                                              ExcLabCertificate *issuer,
                                              gint64 not_before,
                                              gint64 not_after,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Every certificate in a file as a CA sends it: DER or PEM, alone or in PKCS #7; without keys.
 * (transfer full) (element-type ExcLabCertificate): empty where it is none of these */
GPtrArray *exc_lab_certificates_read (GBytes *file) G_GNUC_WARN_UNUSED_RESULT;
/* Whether @self is of @key's pair. */
gboolean exc_lab_certificate_fits_key (ExcLabCertificate *self, EVP_PKEY *key);
gboolean exc_lab_subject_is_valid (const char *subject);
/* (transfer full) (nullable): the common name in a subject text */
char *exc_lab_subject_dup_common_name (const char *subject);

G_END_DECLS
