/* exc-certificate.h — a certificate of one server, and what uses it there
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-records.h"
#include "exc-x509.h"

G_BEGIN_DECLS

/* By use, not by name (domain.md 0). */
typedef enum {
  EXC_KIND_OTHER,
  EXC_KIND_MICROSOFT_EXCHANGE,
  EXC_KIND_AUTH,
  EXC_KIND_WMSVC,
} ExcKind;

/* What the certificate is used for on its server; a bit each, so several at once. */
typedef enum {
  EXC_USE_INTERNAL_TRANSPORT = 1 << 0, /* default SMTP certificate */
  EXC_USE_FRONT_END = 1 << 1,          /* Default Web Site, https, any address but loopback */
  EXC_USE_FRONT_END_LOOPBACK = 1 << 2, /* 127.0.0.1:443 */
  EXC_USE_BACK_END = 1 << 3,           /* Exchange Back End, 444 */
  EXC_USE_WMSVC = 1 << 4,              /* 8172 */
  EXC_USE_AUTH_CURRENT = 1 << 5,
  EXC_USE_AUTH_NEXT = 1 << 6,
  EXC_USE_AUTH_PREVIOUS = 1 << 7,
  /* For exc_certificate_new alone: not everything that could use it was read. */
  EXC_USE_UNTOLD = 1 << 8,
  EXC_USE_HTTP_SYS = 1 << 9, /* an address of Windows's HTTP service that no site accounts for */
  /* By its names: of several certificates with them, the one that Exchange would take. */
  EXC_USE_SEND_CONNECTOR = 1 << 10,
  EXC_USE_RECEIVE_CONNECTOR = 1 << 11,
  EXC_USE_HYBRID = 1 << 12,
  EXC_USE_POP = 1 << 13,
  EXC_USE_IMAP = 1 << 14,
  EXC_USE_FEDERATION = 1 << 15,
  EXC_USE_UM = 1 << 16,
} ExcUses;

/* Worst first: the order in which admins look. Words for people in exc_health_to_text. */
typedef enum {
  EXC_HEALTH_EXPIRED,
  EXC_HEALTH_PROBLEM,  /* revoked, invalid, untrusted by the server's word */
  EXC_HEALTH_EXPIRING, /* fewer days than the limit (30) */
  EXC_HEALTH_SOON,     /* fewer than the second limit (60) */
  EXC_HEALTH_UNKNOWN,
  EXC_HEALTH_OK,
} ExcHealth;

#define EXC_TYPE_CERTIFICATE (exc_certificate_get_type ())
G_DECLARE_FINAL_TYPE (ExcCertificate, exc_certificate, EXC, CERTIFICATE, GObject)

/**
 * ExcCertificate:
 *
 * Immutable: what one server said at one time. Properties of the same names as the getters, for
 * views: key, server, name, thumbprint, short-thumbprint, friendly-name, subject, issuer, kind,
 * kind-text, uses, uses-text, services-text, status-text, health, health-text, not-before,
 * not-after, days-left, is-self-signed, in-root (ExcTristate as int).
 */
ExcCertificate *exc_certificate_new (const char *server, /* FQDN */
                                     ExcCertificateRecord *record,
                                     ExcKind kind,
                                     guint uses,
                                     ExcTristate in_root,
                                     gint64 seen, /* when it was read, Unix seconds */
                                     gint64 now) G_GNUC_WARN_UNUSED_RESULT;

const char *exc_certificate_get_key (ExcCertificate *self);    /* server\thumbprint */
const char *exc_certificate_get_server (ExcCertificate *self); /* FQDN */
const char *exc_certificate_get_thumbprint (ExcCertificate *self);
const char *exc_certificate_get_short_thumbprint (ExcCertificate *self); /* F821…911A */
const char *exc_certificate_get_friendly_name (ExcCertificate *self);    /* (nullable) */
const char *exc_certificate_get_name (
    ExcCertificate *self); /* friendly name, else common name, else subject */
const char *exc_certificate_get_subject (ExcCertificate *self);
const char *exc_certificate_get_issuer (ExcCertificate *self);
ExcKind exc_certificate_get_kind (ExcCertificate *self);
const char *exc_certificate_get_kind_text (ExcCertificate *self);
guint exc_certificate_get_uses (ExcCertificate *self);
gboolean exc_certificate_is_use_told (ExcCertificate *self); /* FALSE: there may be more uses */
/* Untranslated words for --json's usedBy, e.g. "internal-transport", "back-end-444". (transfer
 * full) */
GStrv exc_certificate_dup_use_ids (ExcCertificate *self);
GStrv exc_certificate_dup_use_texts (ExcCertificate *self); /* for people, role badges */
const char *exc_certificate_get_uses_text (
    ExcCertificate *self); /* the same in one line; "" for none */
int exc_certificate_get_services (ExcCertificate *self);
const char *exc_certificate_get_services_text (
    ExcCertificate *self); /* "IMAP, POP"; NULL: not told */
/* Untranslated names, lowest bit first; NULL: not told. (transfer full) */
GStrv exc_certificate_dup_service_ids (ExcCertificate *self);
const char *exc_certificate_get_status_text (ExcCertificate *self);
const char *exc_certificate_get_status_id (
    ExcCertificate *self); /* Exchange's word; NULL: not told */
ExcHealth exc_certificate_get_health (ExcCertificate *self);
const char *exc_certificate_get_health_text (ExcCertificate *self); /* "Expires in 20 days" */
gint64 exc_certificate_get_not_before (ExcCertificate *self);
gint64 exc_certificate_get_not_after (ExcCertificate *self);
int exc_certificate_get_days_left (ExcCertificate *self); /* whole days, truncated; expired: < 0 */
ExcCertificateRecord *exc_certificate_get_record (ExcCertificate *self);
ExcX509 *exc_certificate_get_x509 (ExcCertificate *self); /* (nullable): where the DER is broken */
ExcTristate exc_certificate_get_is_self_signed (ExcCertificate *self);
gint64 exc_certificate_get_seen (ExcCertificate *self); /* Unix seconds */
ExcTristate exc_certificate_get_in_root (ExcCertificate *self);
GListModel *exc_certificate_get_sections (ExcCertificate *self); /* of ExcSection */
/* Shows the same: everything but when it was seen. */
gboolean exc_certificate_equal (ExcCertificate *self, ExcCertificate *other);

/* Whether clients that connect to a name accept it: one of its names, or one that a wildcard of it
 * covers (domain.md 1.1). */
gboolean exc_certificate_has_name (ExcCertificateRecord *record, const char *name);

const char *exc_kind_to_id (ExcKind kind);       /* microsoft-exchange, auth, wmsvc, other */
const char *exc_status_to_id (ExcStatus status); /* (nullable) the server's word; NULL: not told */
/* (nullable) (transfer full): IMAP, POP, …; empty for none, NULL: not told */
GStrv exc_services_to_ids (int services);
gboolean exc_kind_from_id (const char *id, ExcKind *kind);

G_END_DECLS
