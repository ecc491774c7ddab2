/* exc-renew-steps.h — the steps of "Renew Microsoft Exchange" (steps.md A)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-plan.h"
#include "exc-renew-target.h"
#include "exc-step-create.h"

G_BEGIN_DECLS

/* A2 "trust"; name: the server's, for people */
ExcStep *exc_step_trust_new (const char *name) G_GNUC_WARN_UNUSED_RESULT;
ExcStep *exc_step_bind_back_end_new (ExcRenewTarget *target)
    G_GNUC_WARN_UNUSED_RESULT; /* A3 "bind-back-end" */
ExcStep *exc_step_bind_front_end_new (ExcRenewTarget *target)
    G_GNUC_WARN_UNUSED_RESULT; /* A4 "bind-front-end" */
ExcStep *exc_step_restart_new (ExcRenewTarget *target,
                               ExcRestart restart) G_GNUC_WARN_UNUSED_RESULT;   /* A6 "restart" */
ExcStep *exc_step_check_new (ExcRenewTarget *target) G_GNUC_WARN_UNUSED_RESULT; /* A8 "check" */

G_END_DECLS
