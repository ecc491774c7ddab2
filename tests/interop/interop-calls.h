/* interop-calls.h — what PowerShell's binder wrote down
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The calls in a file of `serve --log`, one a cmdlet. (element-type JsonObject) */
GPtrArray *interop_read_calls (const char *log) G_GNUC_WARN_UNUSED_RESULT;
/* Fails the test where a parameter is not of the type that the table of the cmdlets says. */
void interop_check_call (JsonObject *table, JsonObject *call);

G_END_DECLS
