/* exc-clixml-private.h — what the CLIXML reader and writer share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-clixml.h"

G_BEGIN_DECLS

/* Appends text with .NET's escapes, and with XML's on top if as_xml. */
void exc_clixml_append_escaped (GString *out, const char *text, gsize length, gboolean as_xml);

/* Unescapes into out, which has room for length bytes: no escape is shorter than what it stands
 * for. Returns the bytes written; no NUL is added. */
gsize exc_clixml_unescape_into (char *out, const char *text, gsize length);

/* Decodes base64 with white space anywhere into out, which has room for length / 4 * 3 + 3 bytes.
 * FALSE for anything else. */
gboolean exc_base64_decode_into (guint8 *out, gsize *out_length, const char *text, gsize length);

/* The text of a primitive element (with a NUL behind it) to its value; NULL if it is none. */
ExcValue *exc_clixml_read_primitive (ExcValueKind kind,
                                     const char *text,
                                     gsize length) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
