/* exc-auth-steps.h — the steps of plans about the Auth certificate (steps.md B)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-auth-target.h"
#include "exc-reading.h"
#include "exc-step-create.h"

G_BEGIN_DECLS

/* Facts of the organization's lane, kept by the journal; times are Unix seconds. */
#define EXC_FACT_EFFECTIVE "effective" /* the date of Next, by the server's clock */
#define EXC_FACT_STAGED    "staged"    /* when it was seen as Next, by ours */
#define EXC_FACT_PUBLISHED "published" /* when it was seen as Current, by ours */
#define EXC_FACT_SWAPPED   "swapped"   /* an undo takes Current back: what each server is due */

typedef enum {
  EXC_AUTH_STEP_ALLOW,     /* B1: Network Service may read the key */
  EXC_AUTH_STEP_PUBLISH,   /* E2 */
  EXC_AUTH_STEP_AWAIT,     /* R5: wait for the date, and for Exchange */
  EXC_AUTH_STEP_HASTEN,    /* R5: restart the service host where it did not publish */
  EXC_AUTH_STEP_PUBLISHED, /* R5: it is Current */
  EXC_AUTH_STEP_CLEAR,     /* R8, E6 */
  EXC_AUTH_STEP_HOST,      /* E4, in a server's lane as those below */
  EXC_AUTH_STEP_SMTP,      /* B1: the default SMTP certificate is what it was */
  EXC_AUTH_STEP_REMOVE,    /* R9 */
} ExcAuthStepKind;

/* server: (nullable): of the lane; NULL: the organization's */
ExcStep *exc_step_auth_new (ExcAuthStepKind kind,
                            ExcAuthTarget *target,
                            ExcAuthServer *server) G_GNUC_WARN_UNUSED_RESULT;
/* R1, E1 "stage"; its undo takes back all that followed from it, on every server. */
ExcStep *exc_step_auth_stage_new (ExcAuthTarget *target) G_GNUC_WARN_UNUSED_RESULT;
/* R2, R3, B-I: the server has the certificate, or is given it. thumbprint: (nullable): NULL: the
 * new one. source: FQDN. patience: seconds after EXC_FACT_STAGED in which Exchange may do it. */
ExcStep *exc_step_auth_import_new (const char *id,
                                   ExcAuthServer *server,
                                   const char *thumbprint,
                                   const char *source,
                                   gint64 patience) G_GNUC_WARN_UNUSED_RESULT;

/* For these steps. */

/* The sight of a look that failed because nobody answered: later again. FALSE: another error. */
gboolean exc_auth_be_patient (ExcStepContext *context, const GError *error, ExcSight *sight);
gint64 exc_auth_get_time (ExcStepContext *context, const char *fact); /* 0: not there */
gboolean exc_auth_set_time (ExcStepContext *context, const char *fact, gint64 time, GError **error);
char *exc_auth_format_time (gint64 time) G_GNUC_WARN_UNUSED_RESULT; /* local, for people */
/* A certificate with a key that Network Service may read (domain.md 1.3), as far as was told. */
gboolean exc_auth_is_ready (const ExcCertificateRecord *record);

G_END_DECLS
