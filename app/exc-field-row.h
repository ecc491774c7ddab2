/* exc-field-row.h — one fact: its label, its value, and a button that copies it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "exc-section.h"

G_BEGIN_DECLS

#define EXC_TYPE_FIELD_ROW (exc_field_row_get_type ())
G_DECLARE_FINAL_TYPE (ExcFieldRow, exc_field_row, EXC, FIELD_ROW, GtkListBoxRow)

GtkWidget *exc_field_row_new (ExcField *field) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
