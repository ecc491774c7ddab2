/* exc-database.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-database"

#include "config.h"

#include "exc-database.h"

#include "exc-error.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sqlite3.h>

#define BUSY_TIMEOUT_MS 2000

struct _ExcDatabase {
  char *path;
  sqlite3 *handle;
};

struct _ExcStatement {
  ExcDatabase *database;
  sqlite3_stmt *handle;
};

static void
set_error (ExcDatabase *self, GError **error)
{
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_STORE,
               _("The file “%1$s” cannot be used: %2$s. Nothing was changed on any server."),
                  self->path,
                  self->handle != NULL ? sqlite3_errmsg (self->handle) : _("not enough memory"));
}

static gboolean
execute (ExcDatabase *self, const char *sql, GError **error)
{
  if (sqlite3_exec (self->handle, sql, NULL, NULL, NULL) != SQLITE_OK) {
    set_error (self, error);
    return FALSE;
  }
  return TRUE;
}

static gboolean
read_number (ExcDatabase *self, const char *sql, gint64 *number, GError **error)
{
  g_autoptr(ExcStatement) statement = exc_database_prepare (self, sql, error);
  gboolean has_row;

  if (statement == NULL || !exc_statement_step (statement, &has_row, error))
    return FALSE;
  *number = has_row ? exc_statement_get_int (statement, 0) : 0;
  return TRUE;
}

static gboolean
migrate (ExcDatabase *self, const char *const *migrations, GError **error)
{
  gint64 version;
  gint64 n_migrations = (gint64) g_strv_length ((char **) migrations);

  if (!exc_database_begin (self, error))
    return FALSE;
  if (!read_number (self, "PRAGMA user_version", &version, error)) {
    exc_database_rollback (self);
    return FALSE;
  }
  if (version > n_migrations) {
    exc_database_rollback (self);
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_STORE,
                 _("The file “%s” was written by a newer version of this program. Use that "
                   "version, or move the file away."),
                    self->path);
    return FALSE;
  }

  for (gint64 i = version; i < n_migrations; i++) {
    /* PRAGMA takes no parameters; the number is ours. */
    g_autofree char *mark = g_strdup_printf ("PRAGMA user_version = %d", (int) i + 1);

    if (!execute (self, migrations[i], error) || !execute (self, mark, error)) {
      exc_database_rollback (self);
      return FALSE;
    }
  }
  return exc_database_commit (self, error);
}

/* TRUE unless the content is broken; other failures come back from what follows. */
static gboolean
is_whole (ExcDatabase *self)
{
  sqlite3_stmt *statement = NULL;
  gboolean whole = TRUE;
  int rc = sqlite3_prepare_v2 (self->handle, "PRAGMA quick_check(1)", -1, &statement, NULL);

  if (rc == SQLITE_OK) {
    rc = sqlite3_step (statement);
    if (rc == SQLITE_ROW)
      whole = g_strcmp0 ((const char *) sqlite3_column_text (statement, 0), "ok") == 0;
  }
  sqlite3_finalize (statement);

  rc &= 0xff;
  return whole && rc != SQLITE_CORRUPT && rc != SQLITE_NOTADB;
}

static ExcDatabase *
open_file (const char *path, GError **error)
{
  g_autoptr(ExcDatabase) self = g_new0 (ExcDatabase, 1);

  self->path = g_strdup (path);
  if (sqlite3_open_v2 (path,
                       &self->handle,
                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW,
                       NULL) != SQLITE_OK) {
    set_error (self, error);
    return NULL;
  }
  sqlite3_busy_timeout (self->handle, BUSY_TIMEOUT_MS);
  sqlite3_extended_result_codes (self->handle, 1);
  return g_steal_pointer (&self);
}

/* Moves the file and its side files away under one new name. */
static char *
set_aside (const char *path, GError **error)
{
  static const char *const suffixes[] = { "-wal", "-shm", "" };
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%dT%H%M%SZ");
  g_autofree char *target = g_strdup_printf ("%s.broken-%s", path, stamp);

  for (guint i = 2; g_file_test (target, G_FILE_TEST_EXISTS); i++) {
    g_free (target);
    target = g_strdup_printf ("%s.broken-%s-%u", path, stamp, i);
  }

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autofree char *from = g_strconcat (path, suffixes[i], NULL);
    g_autofree char *to = g_strconcat (target, suffixes[i], NULL);

    if (g_rename (from, to) != 0 && errno != ENOENT) {
      g_set_error (error,
                   EXC_ERROR,
                   EXC_ERROR_STORE,
                   _("The file “%1$s” is damaged and cannot be moved away: %2$s."),
                      from,
                      g_strerror (errno));
      return NULL;
    }
  }
  return g_steal_pointer (&target);
}

/**
 * exc_database_open:
 * @path: the file; made, with its folder, where it is not there
 * @migrations: (array zero-terminated=1): SQL that leads from each version (user_version) to the
 *   next; never changed once released, only added to
 * @notice: (out) (optional) (nullable): a sentence for people where a damaged file was set aside
 *
 * Opens a database and brings it to the newest schema. A file whose content is damaged is renamed
 * to “….broken-TIME” (never deleted) and a new one is begun. One that cannot be read at all, or
 * that a newer version wrote, is left alone: that is an error.
 *
 * Returns: (transfer full) (nullable): a database, or %NULL with %EXC_ERROR_STORE
 */
ExcDatabase *
exc_database_open (const char *path, const char *const *migrations, char **notice, GError **error)
{
  g_autoptr(ExcDatabase) self = NULL;
  g_autofree char *folder = NULL;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (migrations != NULL, NULL);

  if (notice != NULL)
    *notice = NULL;
  folder = g_path_get_dirname (path);
  if (g_mkdir_with_parents (folder, 0700) != 0) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_STORE,
                 _("The folder “%1$s” cannot be made: %2$s."), folder, g_strerror (errno));
    return NULL;
  }

  self = open_file (path, error);
  if (self == NULL)
    return NULL;

  if (!is_whole (self)) {
    g_autofree char *target = NULL;

    g_clear_pointer (&self, exc_database_close);
    target = set_aside (path, error);
    if (target == NULL)
      return NULL;
    g_message ("damaged database moved to %s", target);
    if (notice != NULL)
      *notice =
          g_strdup_printf (_("The journal of jobs was damaged. It was kept as “%s” and a new "
                                   "one begun: check by hand whether a job was under way."),
                              target);
    self = open_file (path, error);
    if (self == NULL)
      return NULL;
  }

  if (!execute (self, "PRAGMA journal_mode = WAL", error) ||
      !execute (self, "PRAGMA synchronous = FULL", error) ||
      !execute (self, "PRAGMA foreign_keys = ON", error) || !migrate (self, migrations, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
exc_database_close (ExcDatabase *self)
{
  if (self == NULL)
    return;
  sqlite3_close_v2 (self->handle);
  g_free (self->path);
  g_free (self);
}

/* Takes the write lock at once, so that nothing read inside can be out of date when written. */
gboolean
exc_database_begin (ExcDatabase *self, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return execute (self, "BEGIN IMMEDIATE", error);
}

/* When this has returned TRUE, the rows are durable; when FALSE, none of them is there. */
gboolean
exc_database_commit (ExcDatabase *self, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (!execute (self, "COMMIT", error)) {
    exc_database_rollback (self);
    return FALSE;
  }
  return TRUE;
}

void
exc_database_rollback (ExcDatabase *self)
{
  g_return_if_fail (self != NULL);

  if (sqlite3_get_autocommit (self->handle) == 0)
    sqlite3_exec (self->handle, "ROLLBACK", NULL, NULL, NULL);
}

gint64
exc_database_get_last_id (ExcDatabase *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return sqlite3_last_insert_rowid (self->handle);
}

/**
 * exc_database_prepare:
 * @self: a database, which must outlive the statement
 * @sql: one statement, a literal of ours with ? for every value
 *
 * Returns: (transfer full) (nullable): a statement to bind and step
 */
ExcStatement *
exc_database_prepare (ExcDatabase *self, const char *sql, GError **error)
{
  ExcStatement *statement;
  sqlite3_stmt *handle = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (sqlite3_prepare_v2 (self->handle, sql, -1, &handle, NULL) != SQLITE_OK) {
    set_error (self, error);
    return NULL;
  }
  statement = g_new0 (ExcStatement, 1);
  statement->database = self;
  statement->handle = handle;
  return statement;
}

void
exc_statement_free (ExcStatement *self)
{
  if (self == NULL)
    return;
  sqlite3_finalize (self->handle);
  g_free (self);
}

void
exc_statement_bind_text (ExcStatement *self, int index, const char *text)
{
  int rc;

  g_return_if_fail (self != NULL);

  rc = text != NULL ? sqlite3_bind_text (self->handle, index, text, -1, SQLITE_TRANSIENT)
                    : sqlite3_bind_null (self->handle, index);
  g_return_if_fail (rc == SQLITE_OK);
}

void
exc_statement_bind_int (ExcStatement *self, int index, gint64 value)
{
  int rc;

  g_return_if_fail (self != NULL);

  rc = sqlite3_bind_int64 (self->handle, index, value);
  g_return_if_fail (rc == SQLITE_OK);
}

gboolean
exc_statement_step (ExcStatement *self, gboolean *has_row, GError **error)
{
  int rc;

  g_return_val_if_fail (self != NULL, FALSE);

  rc = sqlite3_step (self->handle);
  if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
    set_error (self->database, error);
    return FALSE;
  }
  *has_row = rc == SQLITE_ROW;
  return TRUE;
}

/* Steps a statement that gives no rows. */
gboolean
exc_statement_run (ExcStatement *self, GError **error)
{
  gboolean has_row;

  return exc_statement_step (self, &has_row, error);
}

const char *
exc_statement_get_text (ExcStatement *self, int column)
{
  g_return_val_if_fail (self != NULL, NULL);

  return (const char *) sqlite3_column_text (self->handle, column);
}

gint64
exc_statement_get_int (ExcStatement *self, int column)
{
  g_return_val_if_fail (self != NULL, 0);

  return sqlite3_column_int64 (self->handle, column);
}
