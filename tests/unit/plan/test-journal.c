/* test-journal.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-journal.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

typedef struct {
  char *folder;
  char *path;
  ExcJournal *journal;
} Fixture;

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  ExcJournalJob job = { .id = (char *) "j1",
                        .organization = (char *) "lab",
                        .kind = (char *) "fake",
                        .plan = (char *) "{}",
                        .made = 7 };
  g_autoptr(GError) error = NULL;

  self->folder = g_dir_make_tmp ("exc-journal-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "jobs.sqlite", NULL);
  self->journal = exc_journal_open (self->path, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (exc_journal_add_job (self->journal, &job, &error));
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };

  exc_journal_close (self->journal);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *file = g_strconcat (self->path, suffixes[i], NULL);

    g_remove (file);
  }
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

static gint64
append (Fixture *self, ExcEvent event, const char *text)
{
  ExcJournalRow row = { .time = 9,
                        .server = (char *) "a.lab",
                        .step = (char *) "make",
                        .event = event,
                        .text = (char *) text };
  g_autoptr(GError) error = NULL;
  gint64 sequence;

  g_assert_true (exc_journal_append (self->journal, "j1", &row, &sequence, &error));
  g_assert_no_error (error);
  return sequence;
}

/* What another program reads at this moment. */
static GPtrArray *
read_rows (Fixture *self, gint64 after)
{
  ExcJournal *other = exc_journal_open (self->path, NULL, NULL);
  GPtrArray *rows = exc_journal_read_rows (other, "j1", after, NULL);

  exc_journal_close (other);
  return rows;
}

static void
test_reads_back (Fixture *self, gconstpointer data)
{
  gint64 first = append (self, EXC_EVENT_STARTED, NULL);
  gint64 second = append (self, EXC_EVENT_SEEN, "It is “there”.");
  g_autoptr(GPtrArray) jobs = exc_journal_read_jobs (self->journal, NULL);
  g_autoptr(GPtrArray) rows = read_rows (self, 0);
  g_autoptr(GPtrArray) newer = read_rows (self, first);
  ExcJournalJob *job = g_ptr_array_index (jobs, 0);
  ExcJournalRow *row = g_ptr_array_index (rows, 1);

  g_assert_cmpuint (jobs->len, ==, 1);
  g_assert_cmpstr (job->id, ==, "j1");
  g_assert_cmpstr (job->organization, ==, "lab");
  g_assert_cmpint (job->made, ==, 7);
  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_cmpint (row->sequence, ==, second);
  g_assert_cmpint (row->event, ==, EXC_EVENT_SEEN);
  g_assert_cmpint (row->time, ==, 9);
  g_assert_cmpstr (row->server, ==, "a.lab");
  g_assert_cmpstr (row->step, ==, "make");
  g_assert_cmpstr (row->text, ==, "It is “there”.");
  g_assert_null (row->data);
  g_assert_cmpuint (newer->len, ==, 1);
}

static void
test_notes_come_first (Fixture *self, gconstpointer data)
{
  ExcJournalRow note = { .event = EXC_EVENT_LOG, .text = (char *) "said" };
  g_autoptr(GPtrArray) before = NULL;
  g_autoptr(GPtrArray) after = NULL;

  exc_journal_note (self->journal, "j1", &note);
  before = read_rows (self, 0);
  g_assert_cmpuint (before->len, ==, 0);

  append (self, EXC_EVENT_RETURNED, NULL);
  after = read_rows (self, 0);
  g_assert_cmpuint (after->len, ==, 2);
  g_assert_cmpint (((ExcJournalRow *) after->pdata[0])->event, ==, EXC_EVENT_LOG);

  /* The last lines are kept by an orderly end. */
  exc_journal_note (self->journal, "j1", &note);
  exc_journal_close (self->journal);
  self->journal = exc_journal_open (self->path, NULL, NULL);
  g_ptr_array_unref (after);
  after = read_rows (self, 0);
  g_assert_cmpuint (after->len, ==, 3);
}

static void
test_is_only_added_to (Fixture *self, gconstpointer data)
{
  static const char *const attempts[] = {
    "UPDATE event SET text = 'never happened'",
    "DELETE FROM event",
    "UPDATE job SET plan = ''",
    "DELETE FROM job",
  };
  sqlite3 *handle = NULL;

  append (self, EXC_EVENT_STARTED, NULL);
  g_assert_cmpint (sqlite3_open (self->path, &handle), ==, SQLITE_OK);
  for (guint i = 0; i < G_N_ELEMENTS (attempts); i++) {
    g_assert_cmpint (sqlite3_exec (handle, attempts[i], NULL, NULL, NULL), ==, SQLITE_CONSTRAINT);
    g_assert_nonnull (strstr (sqlite3_errmsg (handle), "only added to"));
  }
  sqlite3_close (handle);
}

static void
test_later_words_are_skipped (Fixture *self, gconstpointer data)
{
  sqlite3 *handle = NULL;
  g_autoptr(GPtrArray) rows = NULL;

  g_assert_cmpint (sqlite3_open (self->path, &handle), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (handle,
                                 "INSERT INTO event (job, time, event)"
                                 " VALUES ('j1', 1, 'teleported')",
                                 NULL,
                                 NULL,
                                 NULL),
                   ==,
                   SQLITE_OK);
  sqlite3_close (handle);
  rows = read_rows (self, 0);
  g_assert_cmpint (((ExcJournalRow *) rows->pdata[0])->event, ==, EXC_EVENT_UNKNOWN);
}

static void
test_words_round_trip (void)
{
  for (ExcEvent event = EXC_EVENT_UNKNOWN; event <= EXC_EVENT_LOG; event++)
    g_assert_cmpint (exc_event_from_id (exc_event_to_id (event)), ==, event);
}

static void
test_long_text_is_cut (Fixture *self, gconstpointer data)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(GPtrArray) rows = NULL;
  ExcJournalRow *row;

  while (text->len < 100000)
    g_string_append (text, "a“");
  append (self, EXC_EVENT_RETURNED, text->str);
  rows = read_rows (self, 0);
  row = g_ptr_array_index (rows, 0);
  g_assert_cmpuint (strlen (row->text), <, 17000);
  g_assert_true (g_utf8_validate (row->text, -1, NULL));
}

static void
test_foreign_job_is_refused (Fixture *self, gconstpointer data)
{
  ExcJournalRow row = { .event = EXC_EVENT_BEGUN };
  g_autoptr(GError) error = NULL;

  g_assert_false (exc_journal_append (self->journal, "j2", &row, NULL, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_STORE);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/plan/journal/reads-back", test_reads_back);
  ADD ("/plan/journal/notes-come-first", test_notes_come_first);
  ADD ("/plan/journal/is-only-added-to", test_is_only_added_to);
  ADD ("/plan/journal/later-words-are-skipped", test_later_words_are_skipped);
  g_test_add_func ("/plan/journal/words-round-trip", test_words_round_trip);
  ADD ("/plan/journal/long-text-is-cut", test_long_text_is_cut);
  ADD ("/plan/journal/foreign-job-is-refused", test_foreign_job_is_refused);

  return g_test_run ();
}
