/* exc-job-window.h — a job while it runs, and after
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "exc-job.h"

G_BEGIN_DECLS

#define EXC_TYPE_JOB_WINDOW (exc_job_window_get_type ())
G_DECLARE_FINAL_TYPE (ExcJobWindow, exc_job_window, EXC, JOB_WINDOW, AdwWindow)

/**
 * ExcJobWindow:
 *
 * Watches one job and owns nothing of it: closing the window leaves the job as it is. Actions:
 * job.stop, job.resume (also looks now, begins now, retries what failed), job.retry (FQDN),
 * job.exclude (FQDN), job.confirm (FQDN, step), job.undo (FQDN), job.save-report,
 * job.copy-log.
 */
GtkWidget *exc_job_window_new (GtkWindow *parent, /* (nullable) */
                               ExcOrganization *organization,
                               ExcJobs *jobs,
                               ExcJob *job) G_GNUC_WARN_UNUSED_RESULT;
/* Shows the window of the job: the one that is open, else a new one. */
GtkWidget *exc_job_window_present (GtkWindow *parent,
                                   ExcOrganization *organization,
                                   ExcJobs *jobs,
                                   ExcJob *job);
ExcJob *exc_job_window_get_job (ExcJobWindow *self);
/* HTML, or JSON where the name ends with ".json"; a problem is shown in the window. */
void exc_job_window_save_report (ExcJobWindow *self, const char *path);

G_END_DECLS
