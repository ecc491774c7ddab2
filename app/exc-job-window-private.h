/* exc-job-window-private.h — shared by the files of the job window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-job-window.h"

G_BEGIN_DECLS

struct _ExcJobWindow {
  AdwWindow parent_instance;

  ExcOrganization *organization; /* (nullable): of another session */
  ExcJobs *jobs;
  ExcJob *job;
  guint tick_id; /* counts the seconds of a job that runs or waits */

  AdwWindowTitle *title;
  GtkImage *state_icon;
  GtkLabel *summary;
  GtkLabel *step_label;
  GtkWidget *wait_box;
  GtkLabel *wait_label;
  GtkProgressBar *progress_bar;
  GtkLabel *count_label;
  GtkLabel *elapsed_label;
  GtkListBox *server_list;
  GtkLabel *problem;
  GtkButton *close_button;
  GtkButton *stop_button;
  GtkButton *resume_button;
  GtkWidget *confirm_button;
};

/* exc-job-window-actions.c */
void exc_job_window_install_actions (GtkWidgetClass *widget_class);
void exc_job_window_show_problem (ExcJobWindow *self, const char *text); /* text: (nullable) */

G_END_DECLS
