/* exc-renew-steps.h — the steps of "Renew Microsoft Exchange" (steps.md A)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-plan.h"
#include "exc-renew-target.h"

G_BEGIN_DECLS

/* Facts of a server's lane, kept by the journal: */
#define EXC_FACT_NEW       "new"       /* thumbprint of the new certificate */
#define EXC_FACT_PRESENT   "present"   /* thumbprints on the server before, with blanks between */
#define EXC_FACT_REMOVED   "removed"   /* thumbprint of the new certificate that an undo removed */
#define EXC_FACT_SENT      "sent"      /* a creation has left and was not answered yet: its time */
#define EXC_FACT_RESTARTED "restarted" /* what the restart step restarted, with blanks between */

ExcStep *exc_step_create_new (ExcRenewTarget *target) G_GNUC_WARN_UNUSED_RESULT; /* A1 "create" */
/* A2 "trust"; name: the server's, for people */
ExcStep *exc_step_trust_new (const char *name) G_GNUC_WARN_UNUSED_RESULT;
ExcStep *exc_step_bind_back_end_new (ExcRenewTarget *target)
    G_GNUC_WARN_UNUSED_RESULT; /* A3 "bind-back-end" */
ExcStep *exc_step_bind_front_end_new (ExcRenewTarget *target)
    G_GNUC_WARN_UNUSED_RESULT; /* A4 "bind-front-end" */
ExcStep *exc_step_restart_new (ExcRenewTarget *target,
                               ExcRestart restart) G_GNUC_WARN_UNUSED_RESULT;   /* A6 "restart" */
ExcStep *exc_step_check_new (ExcRenewTarget *target) G_GNUC_WARN_UNUSED_RESULT; /* A8 "check" */

/* The new certificate's thumbprint, or what stands for it in a preview. */
const char *exc_renew_get_new (ExcStepContext *context);

G_END_DECLS
