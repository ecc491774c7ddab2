/* exc-cli-output.c — tables and progress for people
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cli"

#include "config.h"

#include "exc-cli-private.h"

#include "exc-error.h"

#include <string.h>

#include <glib/gi18n.h>

#define LINE_WIDTH 70 /* a progress line must not wrap: it could not be rewritten */

struct _ExcCliTable {
  guint n_columns;
  guint *widths;
  GPtrArray *rows; /* (element-type GStrv), the titles first */
};

/* Columns of a terminal that a text takes: Chinese characters take two. */
static guint
measure (const char *text)
{
  guint width = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar c = g_utf8_get_char (text);

    if (!g_unichar_iszerowidth (c))
      width += g_unichar_iswide (c) ? 2 : 1;
  }
  return width;
}

/* Cuts a text to so many columns, at the end of a character. */
static void
cut_to_width (char *text, guint width)
{
  guint used = 0;

  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    used += g_unichar_iswide (g_utf8_get_char (text)) ? 2 : 1;
    if (used > width) {
      *text = '\0';
      return;
    }
  }
}

/* Control characters of a server's text must not reach the terminal. */
static char *
make_plain (const char *text)
{
  char *plain = g_utf8_make_valid (text, -1);

  for (char *at = plain; *at != '\0'; at++) {
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  }
  return plain;
}

ExcCliTable *
exc_cli_table_new (const char *const *titles)
{
  ExcCliTable *self = g_new0 (ExcCliTable, 1);

  self->n_columns = g_strv_length ((GStrv) titles);
  self->widths = g_new0 (guint, self->n_columns);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  exc_cli_table_add (self, titles);
  return self;
}

/**
 * exc_cli_table_add:
 * @self: a table
 * @cells: (array): as many as there are titles; %NULL for a blank one
 *
 * Adds a row.
 */
void
exc_cli_table_add (ExcCliTable *self, const char *const *cells)
{
  char **row = g_new0 (char *, self->n_columns + 1);

  for (guint i = 0; i < self->n_columns; i++) {
    row[i] = make_plain (cells[i] != NULL ? cells[i] : "");
    self->widths[i] = MAX (self->widths[i], measure (row[i]));
  }
  g_ptr_array_add (self->rows, row);
}

void
exc_cli_table_print (ExcCliTable *self)
{
  for (guint i = 0; i < self->rows->len; i++) {
    char **row = g_ptr_array_index (self->rows, i);
    g_autoptr(GString) line = g_string_new (NULL);

    for (guint column = 0; column < self->n_columns; column++) {
      guint blanks = self->widths[column] - measure (row[column]) + 2;

      g_string_append (line, row[column]);
      for (; column + 1 < self->n_columns && blanks > 0; blanks--)
        g_string_append_c (line, ' ');
    }
    while (line->len > 0 && line->str[line->len - 1] == ' ')
      g_string_truncate (line, line->len - 1);
    g_print ("%s\n", line->str);
  }
}

void
exc_cli_table_free (ExcCliTable *self)
{
  g_ptr_array_unref (self->rows);
  g_free (self->widths);
  g_free (self);
}

static void
clear_line (ExcCli *self)
{
  if (self->has_line)
    g_printerr ("\r\033[K");
  self->has_line = FALSE;
}

void
exc_cli_say (ExcCli *self, const char *text)
{
  g_autofree char *plain = make_plain (text);

  clear_line (self);
  g_printerr ("%s\n", plain);
}

/**
 * exc_cli_progress:
 * @self: the program
 * @fraction: 0 to 1
 * @text: (nullable): what is being done
 *
 * Rewrites the progress line of a terminal. Elsewhere nothing is shown but what exc_cli_say() says.
 */
void
exc_cli_progress (ExcCli *self, double fraction, const char *text)
{
  g_autofree char *plain = NULL;

  if (!self->is_terminal)
    return;
  plain = make_plain (text != NULL ? text : "");
  cut_to_width (plain, LINE_WIDTH);
  clear_line (self);
  g_printerr ("%3d %%  %s", (int) (fraction * 100), plain);
  self->has_line = TRUE;
}

void
exc_cli_progress_end (ExcCli *self)
{
  clear_line (self);
}

char *
exc_cli_format_time (gint64 time)
{
  g_autoptr(GDateTime) date_time = time == 0 ? NULL : g_date_time_new_from_unix_local (time);

  return date_time == NULL ? g_strdup ("") : g_date_time_format (date_time, "%Y-%m-%d %H:%M");
}

gboolean
exc_cli_write_file (
    const char *path, const void *data, gsize size, int mode, gboolean may_replace, GError **error)
{
  g_autoptr(GError) reason = NULL;

  if (!may_replace && g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_set_error (
        error, EXC_ERROR, EXC_ERROR_REFUSED, _("“%s” is there already. Name another file."), path);
    return FALSE;
  }
  if (g_file_set_contents_full (path,
                                data,
                                (gssize) size,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                mode,
                                &reason))
    return TRUE;
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_INPUT,
               _("“%1$s” cannot be written: %2$s"), path, reason->message);
  return FALSE;
}
