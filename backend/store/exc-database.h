/* exc-database.h — a SQLite file that is trusted only after it was looked at
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ExcDatabase:
 *
 * One SQLite file in WAL mode with synchronous=FULL: when a write has returned, its rows survive
 * the end of the program and of the machine's power. Values are bound, never put into SQL.
 *
 * Calls block. They are made on the main thread all the same: a write is a few hundred bytes and
 * one fsync, a reading goes over an index, and another process holds the file for one such write
 * at most (a wait is given up after two seconds with %EXC_ERROR_STORE). The row of a step has to be
 * durable before its command leaves, so there is nothing that could usefully run meanwhile.
 */
typedef struct _ExcDatabase ExcDatabase;
typedef struct _ExcStatement ExcStatement;

ExcDatabase *exc_database_open (const char *path,
                                const char *const *migrations,
                                char **notice,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;
void exc_database_close (ExcDatabase *self);

gboolean exc_database_begin (ExcDatabase *self, GError **error);
gboolean exc_database_commit (ExcDatabase *self, GError **error);
void exc_database_rollback (ExcDatabase *self);

ExcStatement *exc_database_prepare (ExcDatabase *self,
                                    const char *sql,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void exc_statement_free (ExcStatement *self);
/* Parameters count from 1, as in SQLite; NULL text binds NULL. */
void exc_statement_bind_text (ExcStatement *self, int index, const char *text);
void exc_statement_bind_int (ExcStatement *self, int index, gint64 value);
gboolean exc_statement_step (ExcStatement *self, gboolean *has_row, GError **error);
gboolean exc_statement_run (ExcStatement *self, GError **error);
/* Columns count from 0. */
const char *exc_statement_get_text (ExcStatement *self,
                                    int column); /* (nullable), until the next step */
gint64 exc_statement_get_int (ExcStatement *self, int column);
gint64 exc_database_get_last_id (ExcDatabase *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcDatabase, exc_database_close)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcStatement, exc_statement_free)

G_END_DECLS
