/* wsman-session.h — a world of six commands, to ask a WS-Management server for
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab-session.h"

#define CONFIGURATION "http://schemas.microsoft.com/powershell/Microsoft.Exchange"
#define LARGE         (300 * 1024)

extern guint n_sessions; /* that live */
extern guint n_running;  /* pipelines in a Wait */

/* An ExcLabSessionFactory; data: not NULL: refuses */
ExcLabSession *make_session (
    gpointer data, const char *configuration, const char *query, const char *user, GError **error);
