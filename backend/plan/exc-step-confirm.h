/* exc-step-confirm.h — something that only the admin can do
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-step.h"

G_BEGIN_DECLS

#define EXC_TYPE_STEP_CONFIRM (exc_step_confirm_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepConfirm, exc_step_confirm, EXC, STEP_CONFIRM, ExcStep)

/* id: unique in its lane; sentence: what the step is; instruction: exactly what is to be done */
ExcStep *exc_step_confirm_new (const char *id,
                               const char *sentence,
                               const char *instruction) G_GNUC_WARN_UNUSED_RESULT;
/* The fact by which the journal knows that the user ticked it. (transfer full) */
char *exc_step_confirm_dup_fact (const char *id) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
