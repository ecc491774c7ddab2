/* exc-trace.h — the wire, for those who look for a fault in it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define EXC_TRACE_MAX_BYTES 4096

/**
 * exc_trace_bytes:
 * @label: what the bytes are, such as "http request"
 * @data: (array length=length): the bytes
 * @length: length of @data
 *
 * Logs bytes of the wire in the log domain exc-trace. Off unless exc_trace_set_enabled() or the
 * environment variable EXC_TRACE says so; cut at 4 KiB. Texts that can hold a secret are blanked by
 * field: Authorization headers, cookies, and all that PowerShell remoting carries in base64.
 */
void exc_trace_bytes (const char *label, const void *data, gsize length);
gboolean exc_trace_is_enabled (void);
void exc_trace_set_enabled (gboolean enabled);
/* What would be logged; for the test with the canary. */
char *exc_trace_format (const void *data, gsize length) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
