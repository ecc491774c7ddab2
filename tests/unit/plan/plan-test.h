/* plan-test.h — what the tests of plans look at
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-plan.h"

G_BEGIN_DECLS

/* There is a check with this part in its text, and this is its result. */
void plan_test_assert_check (ExcPlan *plan, ExcCheckResult result, const char *part);
guint plan_test_count_checks (ExcPlan *plan, ExcCheckResult result);
/* "create trust check" */
char *plan_test_dup_ids (GPtrArray *steps) G_GNUC_WARN_UNUSED_RESULT;
void plan_test_assert_has (const char *text, const char *part);
/* The plan comes back from its JSON as the same plan. */
void plan_test_assert_comes_back (ExcPlan *plan);

G_END_DECLS
