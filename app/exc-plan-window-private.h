/* exc-plan-window-private.h — shared by the files of the plan window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-banner.h"
#include "exc-plan-window.h"
#include "exc-start-time.h"

G_BEGIN_DECLS

struct _ExcPlanWindow {
  AdwWindow parent_instance;

  ExcOrganization *organization;
  ExcJobs *jobs;
  ExcPlan *plan;           /* (nullable) */
  ExcPlanForm *form;       /* also a child of the options page */
  GPtrArray *scope;        /* (element-type ExcScopeItem) */
  GHashTable *scope_ticks; /* key > GtkCheckButton, of items that can be chosen */
  guint n_unticked;        /* warnings that wait for their tick */
  gboolean shows_powershell;

  GtkStack *stack;
  GtkLabel *steps_label;
  AdwPreferencesGroup *scope_group;
  GtkListBox *scope_list;
  AdwBin *options_bin;
  AdwPreferencesGroup *checks_group;
  GtkListBox *checks_list;
  GtkTextView *preview;
  AdwPreferencesGroup *run_group;
  GtkListBox *run_list;
  ExcStartTime *start_time;
  ExcBanner *locked_banner;
  GtkLabel *problem;
  GtkButton *back_button;
  GtkButton *next_button;
};

/* exc-plan-pages.c */
void exc_plan_window_fill_scope (ExcPlanWindow *self);
/* The keys that are ticked, in the order of the scope page; every key where nothing is to choose.
 */
GStrv exc_plan_window_dup_chosen (ExcPlanWindow *self);
void exc_plan_window_fill_checks (ExcPlanWindow *self, const char *problem);
void exc_plan_window_fill_preview (ExcPlanWindow *self);
void exc_plan_window_fill_run (ExcPlanWindow *self);

/* exc-plan-window.c */
void exc_plan_window_update (ExcPlanWindow *self);

G_END_DECLS
