/* exc-plan-names.h — names of new certificates
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-plan-certificates.h"
#include "exc-plan-private.h"

G_BEGIN_DECLS

/* "cn = mail.contoso.lab,O=Contoso" as .NET writes the certificate's subject, "CN=mail.contoso.lab,
 * O=Contoso", by which the new certificate is recognised; EXC_ERROR_INPUT where it cannot be one.
 */
char *exc_subject_normalize (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Names, friendly name and key size that Exchange takes (domain.md 2.1). wanted: (nullable) */
gboolean exc_new_certificate_check (const ExcNewCertificate *wanted, GError **error);
/* Its subject on that server. wanted: (nullable) */
char *exc_new_certificate_dup_subject (const ExcNewCertificate *wanted,
                                       ExcServer *server,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Adds members "subject", "domains", "friendlyName", "keySize", "exportable" for a server. */
gboolean exc_new_certificate_write (const ExcNewCertificate *wanted,
                                    ExcServer *server,
                                    JsonBuilder *builder,
                                    GError **error);
/* Reads them: what it points to lives with @object but for domains. EXC_ERROR_STORE */
gboolean exc_new_certificate_read (JsonObject *object,
                                   ExcNewCertificate *wanted,
                                   GStrv *domains,
                                   GError **error);

/* Where a Send connector will mean the new self-signed certificate, too, Exchange refuses to delete
 * it (domain.md 3.5): a check that says so. */
void exc_plan_check_connectors (ExcPlan *self,
                                ExcSnapshot *snapshot,
                                ExcServer *server,
                                const char *subject);

/* A date for people, in local time. (transfer full) */
char *exc_plan_format_date (gint64 time) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
