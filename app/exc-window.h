/* exc-window.h — the window of an organization
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "exc-context.h"

G_BEGIN_DECLS

#define EXC_TYPE_WINDOW (exc_window_get_type ())
G_DECLARE_FINAL_TYPE (ExcWindow, exc_window, EXC, WINDOW, AdwApplicationWindow)

/**
 * ExcWindow:
 *
 * Shows the organization that its context has open, and the way to open one. Properties: `context`
 * (construct only), `page` ("certificates", "servers", "jobs"), `scope` (FQDN, nullable),
 * `n-active` (jobs that run now), `details-shown`. Every command is an action `win.…`.
 */
GtkWidget *exc_window_new (GtkApplication *application,
                           ExcContext *context) G_GNUC_WARN_UNUSED_RESULT;
ExcContext *exc_window_get_context (ExcWindow *self);
/* The demo organization: starts its servers, opens and reads it. */
void exc_window_open_demo (ExcWindow *self, const char *scenario);
/* By the limits of the preferences: what the Auth certificate needs is said anew. */
void exc_window_update_auth (ExcWindow *self);

G_END_DECLS
