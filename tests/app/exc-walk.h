/* exc-walk.h — looking for things in a tree of widgets
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* The first widget of a type that can be seen, in reading order; NULL where there is none. */
gpointer exc_walk_find (GtkWidget *root, GType type);
/* Whether a label that can be seen holds the text. */
gboolean exc_walk_has_text (GtkWidget *root, const char *text);
/* The button that can be seen with this label (mnemonic underlines left out); NULL: none. */
GtkWidget *exc_walk_find_button (GtkWidget *root, const char *label);
/* The open window of a type; NULL: none. */
gpointer exc_walk_find_window (GType type);
/* Calls the function with every widget of a type that can be seen. */
void exc_walk_each (GtkWidget *root, GType type, GFunc function, gpointer user_data);
/* Fails the test when a widget that can be operated has no name for assistive technology. */
void exc_walk_assert_names (GtkWidget *root);
/* As a user who presses it; the button must be sensitive. */
void exc_walk_press (GtkWidget *root, const char *label);
/* A key on a widget, or on what it is in: what is bound to it runs. FALSE: nothing is bound. */
gboolean exc_walk_press_key (GtkWidget *focus, const char *accelerator);

G_END_DECLS
