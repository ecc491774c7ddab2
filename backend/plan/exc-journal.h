/* exc-journal.h — what was done, row by row
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ExcEvent:
 *
 * What a row of the journal tells. The state of a job is nothing but its rows replayed
 * (exc_job_apply); the words in the file are in exc_event_to_id and never change their meaning.
 *
 * Of a job: @EXC_EVENT_BEGUN (a run of it begins; text: run, resume, retry or undo),
 * @EXC_EVENT_STOPPED (it stopped where the user asked), @EXC_EVENT_PARKED (nothing is to be done
 * before a time; data: Unix seconds, 0: before the user says so), @EXC_EVENT_ENDED (the run is
 * over, in whatever way).
 *
 * Of a server: @EXC_EVENT_EXCLUDED (the user leaves it out of the rest of the job).
 *
 * Of a step on a server: @EXC_EVENT_STARTED (its commands are about to leave; data: the commands),
 * @EXC_EVENT_RETURNED (they came back; text: the error, if there was one), @EXC_EVENT_SEEN (the
 * effect is there; text: a remark), @EXC_EVENT_WARNED (the same, and the remark is a warning),
 * @EXC_EVENT_SKIPPED (nothing to do; text: why),
 * @EXC_EVENT_WAITING (text: for what), @EXC_EVENT_FAILED and @EXC_EVENT_UNREACHABLE (text: why),
 * @EXC_EVENT_UNDO_STARTED,
 * @EXC_EVENT_UNDONE, @EXC_EVENT_UNDO_FAILED, @EXC_EVENT_FACT (text: its name; data: its value),
 * @EXC_EVENT_LOG (text: a line of the log).
 */
typedef enum {
  EXC_EVENT_UNKNOWN, /* written by a newer version: skipped */
  EXC_EVENT_BEGUN,
  EXC_EVENT_STOPPED,
  EXC_EVENT_PARKED,
  EXC_EVENT_ENDED,
  EXC_EVENT_EXCLUDED,
  EXC_EVENT_STARTED,
  EXC_EVENT_RETURNED,
  EXC_EVENT_SEEN,
  EXC_EVENT_WARNED,
  EXC_EVENT_SKIPPED,
  EXC_EVENT_WAITING,
  EXC_EVENT_FAILED,
  EXC_EVENT_UNREACHABLE,
  EXC_EVENT_UNDO_STARTED,
  EXC_EVENT_UNDONE,
  EXC_EVENT_UNDO_FAILED,
  EXC_EVENT_FACT,
  EXC_EVENT_LOG,
} ExcEvent;

const char *exc_event_to_id (ExcEvent event);
ExcEvent exc_event_from_id (const char *id);

/* A job as it was made. */
typedef struct {
  char *id;
  char *organization;
  char *kind;
  char *plan;  /* JSON, see exc_plan_to_json */
  gint64 made; /* Unix seconds */
} ExcJournalJob;

typedef struct {
  gint64 sequence;
  gint64 time;  /* Unix seconds */
  char *server; /* (nullable): FQDN */
  char *step;   /* (nullable): id of the step */
  ExcEvent event;
  char *text; /* (nullable) */
  char *data; /* (nullable) */
} ExcJournalRow;

void exc_journal_job_free (ExcJournalJob *self);
void exc_journal_row_free (ExcJournalRow *self);

/**
 * ExcJournal:
 *
 * The journal of all jobs in one database. It is only ever added to: the database itself refuses
 * changed and deleted rows. Nothing secret comes here: commands are written as
 * exc_pipeline_to_line shows them.
 */
typedef struct _ExcJournal ExcJournal;

ExcJournal *exc_journal_open (const char *path,
                              char **notice,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void exc_journal_close (ExcJournal *self);

gboolean exc_journal_add_job (ExcJournal *self, const ExcJournalJob *job, GError **error);
gboolean exc_journal_append (
    ExcJournal *self, const char *job, const ExcJournalRow *row, gint64 *sequence, GError **error);
void exc_journal_note (ExcJournal *self, const char *job, const ExcJournalRow *row);

GPtrArray *exc_journal_read_jobs (ExcJournal *self,
                                  GError **error); /* (element-type ExcJournalJob) */
GPtrArray *exc_journal_read_rows (ExcJournal *self, const char *job, gint64 after, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcJournalJob, exc_journal_job_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcJournalRow, exc_journal_row_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcJournal, exc_journal_close)

G_END_DECLS
