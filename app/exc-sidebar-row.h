/* exc-sidebar-row.h — a server in the sidebar
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "exc-server.h"

G_BEGIN_DECLS

#define EXC_TYPE_SIDEBAR_ROW (exc_sidebar_row_get_type ())
G_DECLARE_FINAL_TYPE (ExcSidebarRow, exc_sidebar_row, EXC, SIDEBAR_ROW, GtkListBoxRow)

GtkWidget *exc_sidebar_row_new (ExcServer *server) G_GNUC_WARN_UNUSED_RESULT;
ExcServer *exc_sidebar_row_get_server (ExcSidebarRow *self);

G_END_DECLS
