/* exc-job-private.h — the writing side of a job, for the runner and the list of jobs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-job.h"
#include "exc-journal.h"

G_BEGIN_DECLS

/* A step's row of a job. */
ExcJobStep *exc_job_step_new (ExcStep *step) G_GNUC_WARN_UNUSED_RESULT;
ExcStep *exc_job_step_get_step (ExcJobStep *self);
gboolean exc_job_step_get_was_started (ExcJobStep *self);
/* Of a job that is parked: where the step's last row was a wait, it waits. */
void exc_job_step_set_aside (ExcJobStep *self);
void exc_job_step_set_state (ExcJobStep *self, ExcState state, const char *detail);
void exc_job_step_apply (ExcJobStep *self, const ExcJournalRow *row);

/* A server's lane. */
ExcJobServer *exc_job_server_new (const char *server, GPtrArray *steps) G_GNUC_WARN_UNUSED_RESULT;
ExcJobStep *exc_job_server_find_step (ExcJobServer *self, const char *id);
const char *exc_job_server_get_fact (ExcJobServer *self, const char *name);
void exc_job_server_apply (ExcJobServer *self, const ExcJournalRow *row);
/* What cannot be undone is to be done again. */
void exc_job_server_forget_unchangeable (ExcJobServer *self);
gboolean exc_job_server_has_changes (ExcJobServer *self); /* of ours, to be undone */
/* Why a job does not run. */
typedef enum {
  EXC_REST_NONE, /* it does */
  EXC_REST_ENDED,
  EXC_REST_PARKED,
  EXC_REST_INTERRUPTED,
} ExcRest;
/* Computes state and detail from the steps. */
void exc_job_server_update (ExcJobServer *self, ExcRest rest);
gboolean exc_job_server_is_finished (ExcJobServer *self); /* done or skipped: not looked at again */
char *exc_job_server_dup_failure (ExcJobServer *self);    /* (nullable): a sentence */

/* The whole job. plan: (nullable): NULL where this version does not know the kind */
ExcJob *exc_job_new (const ExcJournalJob *made, ExcPlan *plan) G_GNUC_WARN_UNUSED_RESULT;
gboolean exc_job_get_is_stopped (ExcJob *self); /* by the user, in the last run */
char *exc_job_dup_summary (ExcJob *self) G_GNUC_WARN_UNUSED_RESULT;
gint64 exc_job_get_last_sequence (ExcJob *self);
ExcJobServer *exc_job_find_server (ExcJob *self, const char *server);
/* (nullable): the server whose undo was begun last and is not complete */
const char *exc_job_get_interrupted_undo (ExcJob *self);
/* The organization's undo is done: where it covers what was done to the servers, a retry has to do
 * that again. */
void exc_job_forget_servers (ExcJob *self);
/* (element-type ExcStep): those that have something to undo, in the plan's order */
GPtrArray *exc_job_dup_undo_steps (ExcJob *self, ExcJobServer *lane) G_GNUC_WARN_UNUSED_RESULT;
/* The one way in which a job changes: the journal's row, just written or read again. */
void exc_job_apply (ExcJob *self, const ExcJournalRow *row);
void exc_job_set_is_active (ExcJob *self, gboolean is_active);
/* Shows what a step looks at now; not journalled, as nothing happens by it. */
void exc_job_show_step (ExcJob *self, const char *server, const char *step);
/* A new run has a progress of its own: it only rises. */
void exc_job_begin_progress (ExcJob *self);
void exc_job_update_progress (ExcJob *self);

G_END_DECLS
