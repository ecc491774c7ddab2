/* exc-plan-window.h — what is going to be done, decided before anything is
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "exc-plan-form.h"

G_BEGIN_DECLS

#define EXC_TYPE_PLAN_WINDOW (exc_plan_window_get_type ())
G_DECLARE_FINAL_TYPE (ExcPlanWindow, exc_plan_window, EXC, PLAN_WINDOW, AdwWindow)

/**
 * ExcPlanWindow:
 *
 * Scope, options, checks, preview, run, for the kind of plan that its form is about. Property
 * `page` names the page that is seen. Actions: plan.next, plan.back, plan.unlock,
 * plan.copy-preview, plan.show-powershell. Signal `started` with the ExcJob: the window closes
 * after it.
 */
GtkWidget *exc_plan_window_new (GtkWindow *parent, /* (nullable) */
                                ExcOrganization *organization,
                                ExcJobs *jobs,
                                ExcPlanForm *form) /* (transfer floating) */
    G_GNUC_WARN_UNUSED_RESULT;

/* As if the user ticked a row of the scope page. FALSE: it cannot be chosen. */
gboolean exc_plan_window_set_chosen (ExcPlanWindow *self, const char *key, gboolean is_chosen);
ExcPlanForm *exc_plan_window_get_form (ExcPlanWindow *self);
ExcPlan *exc_plan_window_get_plan (ExcPlanWindow *self); /* (nullable): made with the Checks page */

G_END_DECLS
