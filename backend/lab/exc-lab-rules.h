/* exc-lab-rules.h — what Exchange derives from a server's state
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab-world.h"

G_BEGIN_DECLS

/* AllowedServices (domain.md 1.3). */
typedef enum {
  EXC_LAB_SERVICE_IMAP = 1,
  EXC_LAB_SERVICE_POP = 2,
  EXC_LAB_SERVICE_UM = 4,
  EXC_LAB_SERVICE_IIS = 8,
  EXC_LAB_SERVICE_SMTP = 16,
  EXC_LAB_SERVICE_FEDERATION = 32,
  EXC_LAB_SERVICE_UM_CALL_ROUTER = 64,
} ExcLabServices;

/* CertificateStatus (domain.md 1.4). */
typedef enum {
  EXC_LAB_STATUS_UNKNOWN,
  EXC_LAB_STATUS_VALID,
  EXC_LAB_STATUS_REVOKED,
  EXC_LAB_STATUS_DATE_INVALID,
  EXC_LAB_STATUS_UNTRUSTED,
  EXC_LAB_STATUS_INVALID,
  EXC_LAB_STATUS_REVOCATION_CHECK_FAILURE,
  EXC_LAB_STATUS_PENDING_REQUEST,
} ExcLabStatus;

/* CertificateAuthorityType (domain.md 1.5). */
typedef enum {
  EXC_LAB_ROOT_NONE,
  EXC_LAB_ROOT_THIRD_PARTY,
  EXC_LAB_ROOT_ENTERPRISE,
  EXC_LAB_ROOT_REGISTRY,
  EXC_LAB_ROOT_GROUP_POLICY,
  EXC_LAB_ROOT_UNKNOWN,
} ExcLabRootType;

guint exc_lab_rules_get_services (ExcLabWorld *world,
                                  ExcLabServer *server,
                                  ExcLabCertificate *certificate);
char *exc_lab_services_to_text (guint services) G_GNUC_WARN_UNUSED_RESULT; /* "IMAP, POP", "None" */
char *exc_lab_services_to_form (guint services) G_GNUC_WARN_UNUSED_RESULT; /* "IP.WS.." */
/* "IIS,SMTP" as PowerShell's enum conversion reads it: names in any case, or a number */
gboolean exc_lab_services_parse (const char *text, guint *services);

void exc_lab_rules_get_status (ExcLabServer *server,
                               ExcLabCertificate *certificate,
                               gint64 now,
                               ExcLabStatus *status,
                               ExcLabRootType *root_type);
const char *exc_lab_status_to_text (ExcLabStatus status);
const char *exc_lab_root_type_to_text (ExcLabRootType type);

/* "IIS://EXCH01/W3SVC/1", "…/2": the sites whose bindings serve it (domain.md 1.2) */
GStrv exc_lab_rules_dup_iis_services (ExcLabServer *server, ExcLabCertificate *certificate);
/* Whether Exchange can use it at all, and so lists it (domain.md 1.1). */
gboolean exc_lab_rules_is_usable (ExcLabCertificate *certificate);
/* (transfer full) (nullable): why Remove-ExchangeCertificate refuses it (domain.md 2.3) */
char *exc_lab_rules_dup_removal_refusal (ExcLabWorld *world,
                                         ExcLabServer *server,
                                         ExcLabCertificate *certificate);
/* Whether a thumbprint, which may be NULL, is this certificate's. */
gboolean exc_lab_rules_is (const char *thumbprint, ExcLabCertificate *certificate);
/* FALSE while the service host of @server restarts: then certificate cmdlets fail by RPC */
gboolean exc_lab_rules_has_certificate_rpc (ExcLabServer *server, gint64 now);

G_END_DECLS
