/* exc-connect-window.h — connect to an Exchange organization for this session
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "exc-context.h"

G_BEGIN_DECLS

#define EXC_TYPE_CONNECT_WINDOW (exc_connect_window_get_type ())
G_DECLARE_FINAL_TYPE (ExcConnectWindow, exc_connect_window, EXC, CONNECT_WINDOW, AdwWindow)

/* Action connect.connect: opens the organization and reads it; the window closes when that worked.
 */
GtkWidget *exc_connect_window_new (GtkWindow *parent, /* (nullable) */
                                   ExcContext *context) G_GNUC_WARN_UNUSED_RESULT;

/* The Windows endpoint's pattern that goes with an Exchange endpoint. (transfer full) */
char *exc_connect_window_guess_windows_url (const char *exchange_url);

G_END_DECLS
