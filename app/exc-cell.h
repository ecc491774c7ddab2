/* exc-cell.h — a table cell that knows its item
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define EXC_TYPE_CELL (exc_cell_get_type ())
G_DECLARE_FINAL_TYPE (ExcCell, exc_cell, EXC, CELL, GtkWidget)

/* (nullable) (transfer none) */
gpointer exc_cell_get_item (ExcCell *self);
/* The item of the row that lies under a point of the table, or NULL. (transfer none) */
gpointer exc_cell_pick_item (GtkWidget *table, double x, double y);
/* The widths of a table's columns are for text of the usual size: larger text gets larger ones. */
void exc_cell_scale_columns (GtkColumnView *table);
/* The keyboard to the rows of a page, or, where none are shown, to what stands in their place. */
gboolean exc_cell_grab_rows (GtkWidget *page, GtkWidget *rows);

G_END_DECLS
