/* test-store.c — the database and the lock
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-database.h"
#include "exc-error.h"
#include "exc-lock.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <unistd.h>

static const char *const first[] = { "CREATE TABLE note (text TEXT)", NULL };
static const char *const second[] = { "CREATE TABLE note (text TEXT)",
                                      "ALTER TABLE note ADD COLUMN time INTEGER",
                                      NULL };
static const char *const broken[] = { "CREATE TABLE note (text TEXT)",
                                      "ALTER TABLE note ADD COLUMN time INTEGER; NONSENSE",
                                      NULL };

static char *program;

typedef struct {
  char *folder;
  char *path;
} Fixture;

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  self->folder = g_dir_make_tmp ("exc-store-XXXXXX", NULL);
  self->path = g_build_filename (self->folder, "deep", "jobs.sqlite", NULL);
}

static void
remove_tree (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    remove_tree (child);
  }
  g_remove (path);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->path);
}

static void
add_note (ExcDatabase *database, const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcStatement) statement =
                 exc_database_prepare (database, "INSERT INTO note (text) VALUES (?)", &error);

  g_assert_no_error (error);
  exc_statement_bind_text (statement, 1, text);
  g_assert_true (exc_statement_run (statement, &error));
  g_assert_no_error (error);
}

static char *
read_text (ExcDatabase *database, const char *sql)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcStatement) statement = exc_database_prepare (database, sql, &error);
  gboolean has_row;

  g_assert_no_error (error);
  g_assert_true (exc_statement_step (statement, &has_row, &error));
  return has_row ? g_strdup (exc_statement_get_text (statement, 0)) : NULL;
}

#define assert_reads(database, sql, expected)                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *seen = read_text (database, sql);                                             \
    g_assert_cmpstr (seen, ==, expected);                                                          \
  }                                                                                                \
  G_STMT_END

static void
test_rows_survive (Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *notice = NULL;
  ExcDatabase *database = exc_database_open (self->path, first, &notice, &error);

  g_assert_no_error (error);
  g_assert_null (notice);
  /* A row is on the disk when the call returns: both settings belong together. */
  assert_reads (database, "PRAGMA synchronous", "2");
  assert_reads (database, "PRAGMA journal_mode", "wal");
  add_note (database, "'); DROP TABLE note; --");
  exc_database_close (database);

  database = exc_database_open (self->path, first, &notice, &error);
  g_assert_no_error (error);
  assert_reads (database, "SELECT text FROM note", "'); DROP TABLE note; --");
  exc_database_close (database);
}

static void
test_migrates (Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  ExcDatabase *database = exc_database_open (self->path, first, NULL, &error);

  add_note (database, "old");
  exc_database_close (database);

  /* Half of a version is none of it. */
  database = exc_database_open (self->path, broken, NULL, &error);
  g_assert_null (database);
  g_assert_error (error, EXC_ERROR, EXC_ERROR_STORE);
  g_clear_error (&error);
  database = exc_database_open (self->path, first, NULL, &error);
  g_assert_no_error (error);
  assert_reads (database, "PRAGMA user_version", "1");
  assert_reads (database, "SELECT COUNT(*) FROM pragma_table_info('note')", "1");
  exc_database_close (database);

  database = exc_database_open (self->path, second, NULL, &error);
  g_assert_no_error (error);
  assert_reads (database, "PRAGMA user_version", "2");
  assert_reads (database, "SELECT text FROM note WHERE time IS NULL", "old");
  exc_database_close (database);
}

static void
test_newer_is_left_alone (Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *notice = NULL;
  ExcDatabase *database = exc_database_open (self->path, second, NULL, NULL);

  add_note (database, "new");
  exc_database_close (database);

  g_assert_null (exc_database_open (self->path, first, &notice, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_STORE);
  g_assert_null (notice);

  database = exc_database_open (self->path, second, NULL, NULL);
  assert_reads (database, "SELECT text FROM note", "new");
  exc_database_close (database);
}

static guint
count_files (const char *folder, const char *prefix)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    n += g_str_has_prefix (name, prefix);
  return n;
}

static void
test_no_database_is_set_aside (Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *notice = NULL;
  g_autofree char *folder = g_path_get_dirname (self->path);
  ExcDatabase *database;

  g_mkdir_with_parents (folder, 0700);
  for (guint round = 1; round <= 2; round++) {
    g_autofree char *sentence = NULL;

    g_assert_true (g_file_set_contents (self->path, "This is no database at all.", -1, NULL));
    database = exc_database_open (self->path, first, &sentence, &error);
    g_assert_no_error (error);
    g_assert_nonnull (strstr (sentence, ".broken-"));
    assert_reads (database, "SELECT COUNT(*) FROM note", "0");
    exc_database_close (database);
    /* The second one does not overwrite the first. */
    g_assert_cmpuint (count_files (folder, "jobs.sqlite.broken-"), ==, round);
  }
}

static void
test_damage_is_set_aside (Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *notice = NULL;
  g_autofree char *content = NULL;
  ExcDatabase *database = exc_database_open (self->path, first, NULL, NULL);
  gsize length;

  for (guint i = 0; i < 200; i++)
    add_note (database, "a row of some length, so that several pages are filled with them");
  exc_database_close (database);
  g_assert_true (g_file_get_contents (self->path, &content, &length, NULL));
  g_assert_cmpuint (length, >, 8192);
  memset (content + 4096, 0xee, length - 4096);
  g_assert_true (g_file_set_contents (self->path, content, (gssize) length, NULL));

  database = exc_database_open (self->path, first, &notice, &error);
  g_assert_no_error (error);
  g_assert_nonnull (notice);
  assert_reads (database, "SELECT COUNT(*) FROM note", "0");
  exc_database_close (database);
}

static void
test_no_place_is_an_error (Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  g_mkdir_with_parents (self->path, 0700); /* a folder stands where the file should be */
  g_assert_null (exc_database_open (self->path, first, NULL, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_STORE);
}

static void
test_rolled_back_is_gone (Fixture *self, gconstpointer data)
{
  ExcDatabase *database = exc_database_open (self->path, first, NULL, NULL);

  g_assert_true (exc_database_begin (database, NULL));
  add_note (database, "never");
  exc_database_rollback (database);
  g_assert_true (exc_database_begin (database, NULL));
  add_note (database, "kept");
  g_assert_true (exc_database_commit (database, NULL));
  assert_reads (database, "SELECT group_concat(text) FROM note", "kept");
  exc_database_close (database);
}

static void
test_lock_excludes (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "lock", NULL);
  g_autoptr(GError) error = NULL;
  ExcLock *lock = exc_lock_take (path, NULL, &error);

  g_assert_no_error (error);
  g_assert_null (exc_lock_take (path, NULL, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_BUSY);
  g_clear_error (&error);

  exc_lock_release (lock);
  lock = exc_lock_take (path, NULL, &error);
  g_assert_no_error (error);
  exc_lock_release (lock);
}

/* Somebody else's program has a file of its own, and the same name. */
static void
test_lock_has_a_name (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "lock", NULL);
  g_autofree char *other = g_build_filename (self->folder, "other", NULL);
  g_autofree char *name = g_strdup_printf ("test-%d", (int) getpid ());
  g_autoptr(GError) error = NULL;
  ExcLock *lock = exc_lock_take (path, name, &error);

  g_assert_no_error (error);
  g_assert_null (exc_lock_take (other, name, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_BUSY);
  g_clear_error (&error);
  exc_lock_release (lock);
  lock = exc_lock_take (other, name, &error);
  g_assert_no_error (error);
  exc_lock_release (lock);
}

/* The kernel lets go of it when the holder is killed, whatever the holder was doing. */
static void
test_lock_dies_with_holder (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->folder, "lock", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GSubprocess) holder = g_subprocess_new (
      G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "--hold", path, NULL);
  char byte;

  g_assert_no_error (error);
  g_assert_cmpint (
      g_input_stream_read (g_subprocess_get_stdout_pipe (holder), &byte, 1, NULL, NULL), ==, 1);
  g_assert_null (exc_lock_take (path, NULL, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_BUSY);
  g_clear_error (&error);

  g_subprocess_send_signal (holder, SIGKILL);
  g_subprocess_wait (holder, NULL, NULL);
  exc_lock_release (exc_lock_take (path, NULL, &error));
  g_assert_no_error (error);
}

static int
hold (const char *path)
{
  ExcLock *lock = exc_lock_take (path, NULL, NULL);

  if (lock == NULL || write (STDOUT_FILENO, "+", 1) != 1)
    return 1;
  for (;;)
    pause ();
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--hold") == 0)
    return hold (argv[2]);

  g_test_init (&argc, &argv, NULL);
  program = g_canonicalize_filename (argv[0], NULL);

  ADD ("/store/database/rows-survive", test_rows_survive);
  ADD ("/store/database/migrates", test_migrates);
  ADD ("/store/database/newer-is-left-alone", test_newer_is_left_alone);
  ADD ("/store/database/no-database-is-set-aside", test_no_database_is_set_aside);
  ADD ("/store/database/damage-is-set-aside", test_damage_is_set_aside);
  ADD ("/store/database/no-place-is-an-error", test_no_place_is_an_error);
  ADD ("/store/database/rolled-back-is-gone", test_rolled_back_is_gone);
  ADD ("/store/lock/excludes", test_lock_excludes);
  ADD ("/store/lock/has-a-name", test_lock_has_a_name);
  ADD ("/store/lock/dies-with-holder", test_lock_dies_with_holder);

  return g_test_run ();
}
