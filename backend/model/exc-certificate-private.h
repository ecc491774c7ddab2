/* exc-certificate-private.h — the words for certificates, shared by its files
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-certificate.h"

G_BEGIN_DECLS

#define EXC_EXPIRING_DAYS 30 /* limits of Microsoft's HealthChecker (domain.md 4.2) */
#define EXC_SOON_DAYS     60

int exc_count_days_left (gint64 not_after, gint64 now);
const char *exc_kind_to_text (ExcKind kind);
const char *exc_status_to_text (ExcStatus status);
char *exc_services_to_text (int services);
GStrv exc_uses_to_ids (guint uses);
GStrv exc_uses_to_texts (guint uses);
ExcHealth exc_health_judge (ExcStatus status, gint64 not_before, int days_left, gint64 now);
char *exc_health_describe (ExcHealth health,
                           ExcStatus status,
                           gint64 not_before,
                           gint64 not_after,
                           int days_left,
                           gint64 now);

GListModel *exc_certificate_describe (ExcCertificate *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
