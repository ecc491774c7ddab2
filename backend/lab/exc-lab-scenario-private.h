/* exc-lab-scenario-private.h — what the files that read scenarios share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab-world.h"

G_BEGIN_DECLS

#define DAY (24 * 60 * 60)

const char *exc_lab_scenario_get_string (JsonObject *object,
                                         const char *name,
                                         const char *fallback);
gboolean exc_lab_scenario_parse_date (const char *text, gint64 now, gint64 *date, GError **error);
ExcLabCertificate *exc_lab_scenario_make (ExcLabWorld *self,
                                          const char *subject,
                                          const char *const *names,
                                          gint64 not_before,
                                          gint64 not_after,
                                          ExcLabCertificate *issuer,
                                          gboolean is_ca,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The public CA, which servers' certificates need; then, with the servers there, the rest. */
gboolean exc_lab_scenario_add_authority (ExcLabWorld *self, JsonObject *from, GError **error);
gboolean exc_lab_scenario_add_organization (ExcLabWorld *self, JsonObject *from, GError **error);

G_END_DECLS
