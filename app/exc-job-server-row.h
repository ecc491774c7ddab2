/* exc-job-server-row.h — one server of a job, with its steps
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "exc-job.h"

G_BEGIN_DECLS

#define EXC_TYPE_JOB_SERVER_ROW (exc_job_server_row_get_type ())
G_DECLARE_FINAL_TYPE (ExcJobServerRow, exc_job_server_row, EXC, JOB_SERVER_ROW, AdwExpanderRow)

GtkWidget *exc_job_server_row_new (ExcJobServer *server) G_GNUC_WARN_UNUSED_RESULT;
ExcJobServer *exc_job_server_row_get_server (ExcJobServerRow *self);
/* For elapsed times and countdowns; Unix seconds. */
void exc_job_server_row_set_now (ExcJobServerRow *self, gint64 now);
/* Every step with its state, detail and log, as text. */
char *exc_job_server_row_format_log (ExcJobServer *server);

G_END_DECLS
