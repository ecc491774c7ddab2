/* exc-jobs-page.h — the jobs that run, and those of the journal
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "exc-job.h"

G_BEGIN_DECLS

#define EXC_TYPE_JOBS_PAGE (exc_jobs_page_get_type ())
G_DECLARE_FINAL_TYPE (ExcJobsPage, exc_jobs_page, EXC, JOBS_PAGE, AdwBin)

/* Property `jobs` (ExcJobs, nullable). */
/* (nullable) (transfer none): of the row that is selected */
ExcJob *exc_jobs_page_get_selected (ExcJobsPage *self);
GtkWidget *exc_jobs_page_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
