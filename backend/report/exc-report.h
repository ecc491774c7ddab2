/* exc-report.h — what a job did, as a document of its own
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-job.h"
#include "exc-journal.h"

G_BEGIN_DECLS

/*
 * The report of a job: what the plan found, every command that was sent with its answer and time,
 * what was seen, and what the job leaves behind. It is made of the journal alone and holds no more
 * than that, so never a secret. Texts are in the program's language, as the journal has them; dates
 * are ISO 8601 in UTC.
 *
 * rows: (element-type ExcJournalRow): of the job, see exc_jobs_read_rows().
 */
char *exc_report_job_to_json (ExcJob *job, GPtrArray *rows) G_GNUC_WARN_UNUSED_RESULT;
/* One page without anything from elsewhere, to be kept and printed. UTF-8. (transfer full) */
char *exc_report_job_to_html (ExcJob *job, GPtrArray *rows) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
