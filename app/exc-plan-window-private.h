/* exc-plan-window-private.h — shared by the files of the plan window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-banner.h"
#include "exc-plan-window.h"

G_BEGIN_DECLS

struct _ExcPlanWindow {
  AdwWindow parent_instance;

  ExcOrganization *organization;
  ExcJobs *jobs;
  ExcPlan *plan;           /* (nullable) */
  GHashTable *chosen;      /* (element-type utf8): FQDNs */
  GHashTable *scope_ticks; /* FQDN > GtkCheckButton, of servers that can be chosen */
  guint n_unticked;        /* warnings that wait for their tick */
  gboolean shows_powershell;

  GtkStack *stack;
  GtkLabel *steps_label;
  GtkListBox *scope_list;
  GtkCheckButton *restart_none;
  GtkCheckButton *restart_pools;
  GtkCheckButton *restart_transport;
  GtkCheckButton *restart_iis;
  AdwPreferencesGroup *checks_group;
  GtkListBox *checks_list;
  GtkTextView *preview;
  AdwPreferencesGroup *run_group;
  GtkListBox *run_list;
  ExcBanner *locked_banner;
  GtkLabel *problem;
  GtkButton *back_button;
  GtkButton *next_button;
};

/* exc-plan-pages.c */
void exc_plan_window_fill_scope (ExcPlanWindow *self);
/* Ticks the servers whose certificate has expired or soon will. */
void exc_plan_window_choose_urgent (ExcPlanWindow *self);
void exc_plan_window_fill_checks (ExcPlanWindow *self, const char *problem);
void exc_plan_window_fill_preview (ExcPlanWindow *self);
void exc_plan_window_fill_run (ExcPlanWindow *self);

/* exc-plan-window.c */
void exc_plan_window_update (ExcPlanWindow *self);

G_END_DECLS
