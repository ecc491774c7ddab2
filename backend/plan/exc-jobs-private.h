/* exc-jobs-private.h — the list of jobs and what runs of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-job-private.h"
#include "exc-lock.h"
#include "exc-runner.h"

G_BEGIN_DECLS

struct _ExcJobs {
  GObject parent_instance;

  char *path;
  ExcJournal *journal;
  ExcClock *clock;
  char *notice;
  GListStore *jobs; /* (element-type ExcJob), newest first */
  GPtrArray *runs;  /* (element-type ExcActiveJob) */
  gboolean is_read_only;
  ExcOrganization *watched; /* (nullable) */
  GCancellable *alarm;      /* (nullable): of the wait for the next parked job */
};

/* A job that runs in this process. */
typedef struct {
  ExcJob *job;
  ExcRunner *runner;
  ExcLock *lock;
} ExcActiveJob;

/* By job, or by organization; either may be NULL. */
ExcActiveJob *exc_jobs_find_active (ExcJobs *self, ExcJob *job, const char *organization);
/* Applies what is new in the journal: another program may have gone on with the job. */
gboolean exc_jobs_catch_up (ExcJobs *self, ExcJob *job, GError **error);
/* The guards of resume, retry and the like, and the organization's lock; NULL: refused. */
ExcLock *exc_jobs_reopen (ExcJobs *self, ExcJob *job, ExcOrganization *organization, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
/* The lane that the user names; NULL with EXC_ERROR_NOT_FOUND. */
ExcJobServer *exc_jobs_find_lane (ExcJob *job, const char *server, GError **error);
/* Takes up what is due, and waits for what will be: after everything that changes that. */
void exc_jobs_set_alarm (ExcJobs *self);
/* Writes a row of a job that does not run. */
gboolean exc_jobs_write (ExcJobs *self, ExcJob *job, const ExcJournalRow *row, GError **error);
/* Takes up jobs that are not in the list yet. */
gboolean exc_jobs_read (ExcJobs *self, GError **error);

G_END_DECLS
