/* exc-plan-private.h — for the kinds of plans and for tests of the runner
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-plan.h"
#include "exc-renew-target.h"

G_BEGIN_DECLS

ExcCheck *exc_check_new (const char *server,
                         ExcCheckResult result,
                         const char *text) G_GNUC_WARN_UNUSED_RESULT;

ExcPlan *exc_plan_new (const char *kind, const ExcRenewOptions *options) G_GNUC_WARN_UNUSED_RESULT;
/* Adds a server with its steps (element-type ExcStep), in order of work and of undoing. target:
 * (nullable): what is written into the journal */
void exc_plan_add_server (ExcPlan *self,
                          const char *server,
                          ExcRenewTarget *target,
                          GPtrArray *steps,
                          GPtrArray *undo_steps);
/* Adds a server of a renewal. */
void exc_plan_add_target (ExcPlan *self, ExcRenewTarget *target);
void exc_plan_add_check (ExcPlan *self,
                         const char *server,
                         ExcCheckResult result,
                         const char *text);
void exc_plan_set_title (ExcPlan *self, const char *title);

G_END_DECLS
