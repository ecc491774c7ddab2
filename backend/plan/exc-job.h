/* exc-job.h — a plan that was started
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-plan.h"

G_BEGIN_DECLS

/* Of a job, a server's lane and a step alike; the words are in exc_state_to_text. */
typedef enum {
  EXC_STATE_PENDING,
  EXC_STATE_RUNNING,
  EXC_STATE_WAITING, /* for a time, or for a server to come back */
  EXC_STATE_DONE,
  EXC_STATE_WARNINGS, /* done with warnings */
  EXC_STATE_SKIPPED,  /* with a reason */
  EXC_STATE_FAILED,
  EXC_STATE_UNREACHABLE,
  EXC_STATE_CANCELLED,   /* stopped after a step */
  EXC_STATE_INTERRUPTED, /* the program ended in the middle: resume verifies first */
  EXC_STATE_UNDONE,
} ExcState;

const char *exc_state_to_text (ExcState state);      /* for people */
const char *exc_state_to_id (ExcState state);        /* for --json */
const char *exc_state_to_icon_name (ExcState state); /* a symbolic icon */

#define EXC_TYPE_JOB_STEP (exc_job_step_get_type ())
G_DECLARE_FINAL_TYPE (ExcJobStep, exc_job_step, EXC, JOB_STEP, GObject)
/* Properties: id, text, state, state-text, state-icon-name, detail (reason, remark or error;
 * nullable), log, started, ended (Unix seconds, 0: not yet), wake-at. Changed by the runner alone.
 */
const char *exc_job_step_get_id (ExcJobStep *self);
const char *exc_job_step_get_text (ExcJobStep *self);
ExcState exc_job_step_get_state (ExcJobStep *self);
const char *exc_job_step_get_detail (ExcJobStep *self);
const char *exc_job_step_get_log (ExcJobStep *self);
/* Of a step that waits: when it is looked at again, Unix seconds; 0: not told, or by the user. */
gint64 exc_job_step_get_wake_at (ExcJobStep *self);
/* It waits until exc_jobs_confirm() says that the user did what its detail asks for. */
gboolean exc_job_step_get_awaits_user (ExcJobStep *self);
/* A change of ours may be on the server: there is something to undo. */
gboolean exc_job_step_get_needs_undo (ExcJobStep *self);

#define EXC_TYPE_JOB_SERVER (exc_job_server_get_type ())
G_DECLARE_FINAL_TYPE (ExcJobServer, exc_job_server, EXC, JOB_SERVER, GObject)
/* A lane: a server, or the whole organization (EXC_LANE_ORGANIZATION). Properties: server (FQDN or
 * that), title (for people), state, state-text, state-icon-name, detail, steps (GListModel of
 * ExcJobStep), started, ended, can-retry, can-undo. */
const char *exc_job_server_get_server (ExcJobServer *self);
const char *exc_job_server_get_title (ExcJobServer *self);
gboolean exc_job_server_is_organization (ExcJobServer *self);
ExcState exc_job_server_get_state (ExcJobServer *self);
const char *exc_job_server_get_detail (ExcJobServer *self);
GListModel *exc_job_server_get_steps (ExcJobServer *self);
gboolean exc_job_server_get_can_retry (ExcJobServer *self);
gboolean exc_job_server_get_can_undo (ExcJobServer *self);
/* May be left out of what is still to be done. */
gboolean exc_job_server_get_can_exclude (ExcJobServer *self);
/* (nullable) (transfer none): the step that waits for the user */
ExcJobStep *exc_job_server_get_user_step (ExcJobServer *self);

#define EXC_TYPE_JOB (exc_job_get_type ())
G_DECLARE_FINAL_TYPE (ExcJob, exc_job, EXC, JOB, GObject)
/* Properties: id, title, kind, organization, state, state-text, state-icon-name, summary (a
 * sentence or some), progress (ExcProgress, a new one for each run), servers (GListModel of
 * ExcJobServer), started, ended, is-active, wake-at, awaits-user. */
const char *exc_job_get_id (ExcJob *self);
const char *exc_job_get_title (ExcJob *self);
const char *exc_job_get_kind (ExcJob *self);
const char *exc_job_get_organization (ExcJob *self);
ExcPlan *exc_job_get_plan (ExcJob *self); /* (nullable): NULL where its kind is not known */
ExcState exc_job_get_state (ExcJob *self);
const char *exc_job_get_summary (ExcJob *self);
ExcProgress *exc_job_get_progress (ExcJob *self);
GListModel *exc_job_get_servers (ExcJob *self);
gint64 exc_job_get_started (ExcJob *self);
gint64 exc_job_get_ended (ExcJob *self);
gboolean exc_job_get_is_active (ExcJob *self); /* pending, running or waiting in this process */
/* Nothing is to be done before that time (Unix seconds; 0: before the user says so). */
gboolean exc_job_get_is_parked (ExcJob *self);
gint64 exc_job_get_wake_at (ExcJob *self);
gboolean exc_job_get_awaits_user (ExcJob *self); /* a step of it does */

#define EXC_TYPE_JOBS (exc_jobs_get_type ())
G_DECLARE_FINAL_TYPE (ExcJobs, exc_jobs, EXC, JOBS, GObject)

/**
 * ExcJobs:
 *
 * A GListModel of ExcJob, newest first: those of the journal and those that run now. The only
 * place where jobs are started. Opening it reads the journal; a job that the journal shows as
 * unfinished is EXC_STATE_INTERRUPTED until it is resumed.
 */
ExcJobs *exc_jobs_new (const char *database_path,
                       ExcClock *clock,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
const char *exc_jobs_get_notice (ExcJobs *self); /* (nullable): a journal that was set aside */
ExcJob *exc_jobs_lookup (ExcJobs *self,
                         const char *id); /* (nullable) (transfer none); unique prefix too */

/* Refused with EXC_ERROR_REFUSED while read-only or while a job of this organization is active. */
ExcJob *exc_jobs_start (ExcJobs *self,
                        ExcPlan *plan,
                        ExcOrganization *organization,
                        GError **error);
/* The same, to begin at that time (Unix seconds): in a maintenance window. */
ExcJob *exc_jobs_schedule (
    ExcJobs *self, ExcPlan *plan, ExcOrganization *organization, gint64 begin, GError **error);
/* Of an interrupted, parked, cancelled or failed job: goes on by verifying first. */
gboolean exc_jobs_resume (ExcJobs *self,
                          ExcJob *job,
                          ExcOrganization *organization,
                          GError **error);
gboolean exc_jobs_retry_server (
    ExcJobs *self, ExcJob *job, const char *server, ExcOrganization *organization, GError **error);
gboolean exc_jobs_undo_server (
    ExcJobs *self, ExcJob *job, const char *server, ExcOrganization *organization, GError **error);
/* Leaves a server out of the rest of a job that does not run; what was done there stays. */
gboolean exc_jobs_exclude_server (
    ExcJobs *self, ExcJob *job, const char *server, ExcOrganization *organization, GError **error);
/* The user says that a step which waits for him is done (EXC_WAKE_BY_USER); the job goes on. */
gboolean exc_jobs_confirm (ExcJobs *self,
                           ExcJob *job,
                           const char *server,
                           const char *step,
                           ExcOrganization *organization,
                           GError **error);
/* From now on, parked jobs of the organization are taken up when it is time, while changes are
 * allowed. NULL: none. */
void exc_jobs_watch (ExcJobs *self, ExcOrganization *organization);
void exc_jobs_stop_after_step (ExcJobs *self, ExcJob *job);
/* Before the connection is closed: what is active is left where it is and found interrupted, so
 * that it can be resumed by the next one who opens the organization. */
void exc_jobs_leave (ExcJobs *self);

/* Read-only until unlocked; a property `is-read-only` too. */
gboolean exc_jobs_get_is_read_only (ExcJobs *self);
void exc_jobs_set_is_read_only (ExcJobs *self, gboolean is_read_only);

/* What the journal holds of a job, for a report of it. (transfer full) (element-type ExcJournalRow)
 */
GPtrArray *exc_jobs_read_rows (ExcJobs *self,
                               ExcJob *job,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Ends when the job is no more active. */
void exc_jobs_wait_async (ExcJobs *self,
                          ExcJob *job,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
gboolean exc_jobs_wait_finish (ExcJobs *self, GAsyncResult *result, GError **error);

G_END_DECLS
