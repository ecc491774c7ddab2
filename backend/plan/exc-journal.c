/* exc-journal.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-journal"

#include "config.h"

#include "exc-journal.h"

#include "exc-database.h"

/* A server may answer with megabytes; a row keeps what a person would read. */
#define MAX_TEXT 16384

/*
 * The schema, version by version.
 *
 * job    one row a job: who (organization: ExcOrganization's name), what (kind, plan: JSON with the
 *        options and each server's facts at planning time), when (made: Unix seconds)
 * event  what happened, in the order of `sequence` (ExcEvent); server and step are NULL for events
 *        of the whole job; time in Unix seconds; data: JSON of `started`, the value of `fact`
 */
static const char *const migrations[] = {
  "CREATE TABLE job ("
  "  id TEXT PRIMARY KEY NOT NULL,"
  "  organization TEXT NOT NULL,"
  "  kind TEXT NOT NULL,"
  "  plan TEXT NOT NULL,"
  "  made INTEGER NOT NULL);"
  "CREATE TABLE event ("
  "  sequence INTEGER PRIMARY KEY AUTOINCREMENT,"
  "  job TEXT NOT NULL REFERENCES job (id),"
  "  time INTEGER NOT NULL,"
  "  server TEXT,"
  "  step TEXT,"
  "  event TEXT NOT NULL,"
  "  text TEXT,"
  "  data TEXT);"
  "CREATE INDEX event_of_job ON event (job, sequence);"
  "CREATE TRIGGER job_stays BEFORE UPDATE ON job"
  "  BEGIN SELECT RAISE (ABORT, 'the journal is only added to'); END;"
  "CREATE TRIGGER job_is_kept BEFORE DELETE ON job"
  "  BEGIN SELECT RAISE (ABORT, 'the journal is only added to'); END;"
  "CREATE TRIGGER event_stays BEFORE UPDATE ON event"
  "  BEGIN SELECT RAISE (ABORT, 'the journal is only added to'); END;"
  "CREATE TRIGGER event_is_kept BEFORE DELETE ON event"
  "  BEGIN SELECT RAISE (ABORT, 'the journal is only added to'); END;",
  NULL,
};

static const char *const event_ids[] = {
  [EXC_EVENT_UNKNOWN] = "unknown",
  [EXC_EVENT_BEGUN] = "begun",
  [EXC_EVENT_STOPPED] = "stopped",
  [EXC_EVENT_PARKED] = "parked",
  [EXC_EVENT_ENDED] = "ended",
  [EXC_EVENT_EXCLUDED] = "excluded",
  [EXC_EVENT_STARTED] = "started",
  [EXC_EVENT_RETURNED] = "returned",
  [EXC_EVENT_SEEN] = "seen",
  [EXC_EVENT_WARNED] = "warned",
  [EXC_EVENT_SKIPPED] = "skipped",
  [EXC_EVENT_WAITING] = "waiting",
  [EXC_EVENT_FAILED] = "failed",
  [EXC_EVENT_UNREACHABLE] = "unreachable",
  [EXC_EVENT_UNDO_STARTED] = "undo-started",
  [EXC_EVENT_UNDONE] = "undone",
  [EXC_EVENT_UNDO_FAILED] = "undo-failed",
  [EXC_EVENT_FACT] = "fact",
  [EXC_EVENT_LOG] = "log",
};

struct _ExcJournal {
  ExcDatabase *database;
  GQueue notes; /* (element-type Note): go with the next row */
};

typedef struct {
  char *job;
  ExcJournalRow row;
} Note;

static void
row_clear (ExcJournalRow *row)
{
  g_free (row->server);
  g_free (row->step);
  g_free (row->text);
  g_free (row->data);
}

static void
note_free (Note *note)
{
  row_clear (&note->row);
  g_free (note->job);
  g_free (note);
}

static gboolean
insert (ExcJournal *self, const char *job, const ExcJournalRow *row, GError **error)
{
  g_autoptr(ExcStatement) statement = exc_database_prepare (
      self->database,
      "INSERT INTO event (job, time, server, step, event, text, data)"
      " VALUES (?, ?, ?, ?, ?, ?, ?)",
      error);
  g_autofree char *text = NULL;

  if (statement == NULL)
    return FALSE;

  if (row->text != NULL && strlen (row->text) > MAX_TEXT) {
    g_autofree char *cut = g_strndup (row->text, MAX_TEXT);

    text = g_utf8_make_valid (cut, -1);
  }
  exc_statement_bind_text (statement, 1, job);
  exc_statement_bind_int (statement, 2, row->time);
  exc_statement_bind_text (statement, 3, row->server);
  exc_statement_bind_text (statement, 4, row->step);
  exc_statement_bind_text (statement, 5, exc_event_to_id (row->event));
  exc_statement_bind_text (statement, 6, text != NULL ? text : row->text);
  exc_statement_bind_text (statement, 7, row->data);
  return exc_statement_run (statement, error);
}

static gboolean
insert_all (ExcJournal *self, const char *job, const ExcJournalRow *row, GError **error)
{
  for (GList *link = self->notes.head; link != NULL; link = link->next) {
    Note *note = link->data;

    if (!insert (self, note->job, &note->row, error))
      return FALSE;
  }
  return row == NULL || insert (self, job, row, error);
}

static gboolean
write_all (ExcJournal *self, const char *job, const ExcJournalRow *row, GError **error)
{
  if (!exc_database_begin (self->database, error))
    return FALSE;
  if (!insert_all (self, job, row, error)) {
    exc_database_rollback (self->database);
    return FALSE;
  }
  if (!exc_database_commit (self->database, error))
    return FALSE;
  g_queue_clear_full (&self->notes, (GDestroyNotify) note_free);
  return TRUE;
}

const char *
exc_event_to_id (ExcEvent event)
{
  g_return_val_if_fail ((guint) event < G_N_ELEMENTS (event_ids), event_ids[0]);

  return event_ids[event];
}

ExcEvent
exc_event_from_id (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (event_ids); i++)
    if (g_strcmp0 (event_ids[i], id) == 0)
      return i;
  return EXC_EVENT_UNKNOWN;
}

void
exc_journal_job_free (ExcJournalJob *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self->organization);
  g_free (self->kind);
  g_free (self->plan);
  g_free (self);
}

void
exc_journal_row_free (ExcJournalRow *self)
{
  if (self == NULL)
    return;
  row_clear (self);
  g_free (self);
}

/**
 * exc_journal_open:
 * @path: the database file
 * @notice: (out) (optional) (nullable): a sentence where a damaged file was set aside
 *
 * Returns: (transfer full) (nullable): the journal, or %NULL with %EXC_ERROR_STORE
 */
ExcJournal *
exc_journal_open (const char *path, char **notice, GError **error)
{
  g_autoptr(ExcJournal) self = g_new0 (ExcJournal, 1);

  g_queue_init (&self->notes);
  self->database = exc_database_open (path, migrations, notice, error);
  if (self->database == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

void
exc_journal_close (ExcJournal *self)
{
  g_autoptr(GError) error = NULL;

  if (self == NULL)
    return;
  if (self->database != NULL && !g_queue_is_empty (&self->notes) &&
      !write_all (self, NULL, NULL, &error))
    g_message ("the last lines of the log are lost: %s", error->message);
  g_queue_clear_full (&self->notes, (GDestroyNotify) note_free);
  g_clear_pointer (&self->database, exc_database_close);
  g_free (self);
}

gboolean
exc_journal_add_job (ExcJournal *self, const ExcJournalJob *job, GError **error)
{
  g_autoptr(ExcStatement) statement = NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  statement = exc_database_prepare (
      self->database,
      "INSERT INTO job (id, organization, kind, plan, made) VALUES (?, ?, ?, ?, ?)",
      error);
  if (statement == NULL)
    return FALSE;
  exc_statement_bind_text (statement, 1, job->id);
  exc_statement_bind_text (statement, 2, job->organization);
  exc_statement_bind_text (statement, 3, job->kind);
  exc_statement_bind_text (statement, 4, job->plan);
  exc_statement_bind_int (statement, 5, job->made);
  return exc_statement_run (statement, error);
}

/**
 * exc_journal_append:
 * @self: the journal
 * @job: id of a job in it
 * @row: what happened; its sequence is not looked at
 * @sequence: (out) (optional): the place the row got
 *
 * Adds a row, after the notes that wait. When it returns %TRUE they are all durable.
 */
gboolean
exc_journal_append (
    ExcJournal *self, const char *job, const ExcJournalRow *row, gint64 *sequence, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (job != NULL, FALSE);
  g_return_val_if_fail (row != NULL, FALSE);

  if (!write_all (self, job, row, error))
    return FALSE;
  if (sequence != NULL)
    *sequence = exc_database_get_last_id (self->database);
  return TRUE;
}

/* A row that may be lost when the program dies now (a line of the log): it is written together
 * with the next one, which saves an fsync each. */
void
exc_journal_note (ExcJournal *self, const char *job, const ExcJournalRow *row)
{
  Note *note;

  g_return_if_fail (self != NULL);

  note = g_new0 (Note, 1);
  note->job = g_strdup (job);
  note->row.time = row->time;
  note->row.server = g_strdup (row->server);
  note->row.step = g_strdup (row->step);
  note->row.event = row->event;
  note->row.text = g_strdup (row->text);
  note->row.data = g_strdup (row->data);
  g_queue_push_tail (&self->notes, note);
}

/**
 * exc_journal_read_jobs:
 *
 * Returns: (transfer full) (nullable) (element-type ExcJournalJob): all jobs, oldest first
 */
GPtrArray *
exc_journal_read_jobs (ExcJournal *self, GError **error)
{
  g_autoptr(GPtrArray) jobs =
                 g_ptr_array_new_with_free_func ((GDestroyNotify) exc_journal_job_free);
  g_autoptr(ExcStatement) statement = NULL;
  gboolean has_row;

  g_return_val_if_fail (self != NULL, NULL);

  statement = exc_database_prepare (
      self->database, "SELECT id, organization, kind, plan, made FROM job ORDER BY rowid", error);
  if (statement == NULL)
    return NULL;
  for (;;) {
    ExcJournalJob *job;

    if (!exc_statement_step (statement, &has_row, error))
      return NULL;
    if (!has_row)
      return g_steal_pointer (&jobs);
    job = g_new0 (ExcJournalJob, 1);
    job->id = g_strdup (exc_statement_get_text (statement, 0));
    job->organization = g_strdup (exc_statement_get_text (statement, 1));
    job->kind = g_strdup (exc_statement_get_text (statement, 2));
    job->plan = g_strdup (exc_statement_get_text (statement, 3));
    job->made = exc_statement_get_int (statement, 4);
    g_ptr_array_add (jobs, job);
  }
}

/**
 * exc_journal_read_rows:
 * @after: rows behind this sequence; 0 for all
 *
 * Returns: (transfer full) (nullable) (element-type ExcJournalRow): the rows of one job, in order
 */
GPtrArray *
exc_journal_read_rows (ExcJournal *self, const char *job, gint64 after, GError **error)
{
  g_autoptr(GPtrArray) rows =
                 g_ptr_array_new_with_free_func ((GDestroyNotify) exc_journal_row_free);
  g_autoptr(ExcStatement) statement = NULL;
  gboolean has_row;

  g_return_val_if_fail (self != NULL, NULL);

  statement = exc_database_prepare (self->database,
                                    "SELECT sequence, time, server, step, event, text, data"
                                    " FROM event WHERE job = ? AND sequence > ? ORDER BY sequence",
                                    error);
  if (statement == NULL)
    return NULL;
  exc_statement_bind_text (statement, 1, job);
  exc_statement_bind_int (statement, 2, after);
  for (;;) {
    ExcJournalRow *row;

    if (!exc_statement_step (statement, &has_row, error))
      return NULL;
    if (!has_row)
      return g_steal_pointer (&rows);
    row = g_new0 (ExcJournalRow, 1);
    row->sequence = exc_statement_get_int (statement, 0);
    row->time = exc_statement_get_int (statement, 1);
    row->server = g_strdup (exc_statement_get_text (statement, 2));
    row->step = g_strdup (exc_statement_get_text (statement, 3));
    row->event = exc_event_from_id (exc_statement_get_text (statement, 4));
    row->text = g_strdup (exc_statement_get_text (statement, 5));
    row->data = g_strdup (exc_statement_get_text (statement, 6));
    g_ptr_array_add (rows, row);
  }
}
