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
/* Takes up jobs that are not in the list yet. */
gboolean exc_jobs_read (ExcJobs *self, GError **error);

G_END_DECLS
