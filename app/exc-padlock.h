/* exc-padlock.h — says whether changes are allowed, and lets the user say so
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define EXC_TYPE_PADLOCK (exc_padlock_get_type ())
G_DECLARE_FINAL_TYPE (ExcPadlock, exc_padlock, EXC, PADLOCK, GtkToggleButton)

/* A toggle whose icon and words follow its state. Give it the action that allows changes. */
GtkWidget *exc_padlock_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
