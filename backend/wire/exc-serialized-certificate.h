/* exc-serialized-certificate.h — an ExchangeCertificate out of its SerializationData
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ExcSerializedCertificate:
 *
 * What a session with serializationLevel=Full tells beside RawData (domain.md 1.6). NULL and -1
 * stand for what the object does not hold.
 */
typedef struct {
  GBytes *der;                /* the certificate; never NULL */
  char *friendly_name;        /* (nullable) */
  GBytes *sha1;               /* (nullable): the store's own thumbprint */
  int has_private_key;        /* the store knows a key's place: 1, or 0 */
  int is_self_signed;         /* 1, 0, -1 */
  int status;                 /* CertificateStatus' number, -1 */
  int root_ca_type;           /* CertificateAuthorityType's number, -1 */
  int services;               /* AllowedServices' bits, -1 */
  int private_key_exportable; /* 1, 0, -1 */
  GStrv iis_services;         /* (nullable): IIS://SERVER/W3SVC/n */
  char *identity;             /* (nullable): FQDN\THUMBPRINT */
  gboolean is_signed;         /* the payload came with a MAC (not checked: the key is Exchange's) */
} ExcSerializedCertificate;

ExcSerializedCertificate *exc_serialized_certificate_parse (
    GBytes *serialization_data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void exc_serialized_certificate_free (ExcSerializedCertificate *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcSerializedCertificate, exc_serialized_certificate_free)

G_END_DECLS
