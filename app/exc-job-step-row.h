/* exc-job-step-row.h — one step of a job on one server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "exc-job.h"

G_BEGIN_DECLS

#define EXC_TYPE_JOB_STEP_ROW (exc_job_step_row_get_type ())
G_DECLARE_FINAL_TYPE (ExcJobStepRow, exc_job_step_row, EXC, JOB_STEP_ROW, GtkListBoxRow)

/* server: FQDN of its lane, or EXC_LANE_ORGANIZATION */
GtkWidget *exc_job_step_row_new (ExcJobStep *step, const char *server) G_GNUC_WARN_UNUSED_RESULT;
/* The step, its state, its detail and its log, as text that ends with a line break. */
char *exc_job_step_row_format_log (ExcJobStep *step);

G_END_DECLS
