/* exc-preferences-window.h — the preferences
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define EXC_TYPE_PREFERENCES_WINDOW (exc_preferences_window_get_type ())
G_DECLARE_FINAL_TYPE (
    ExcPreferencesWindow, exc_preferences_window, EXC, PREFERENCES_WINDOW, AdwPreferencesWindow)

/* What is changed in it is saved at once. */
GtkWidget *exc_preferences_window_new (GtkWindow *parent) /* (nullable) */
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
