/* exc-base64-stream.h — base64, strictly and in any split
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ExcBase64Decoder:
 *
 * State between pieces of one base64 text; begin with all zero. GLib's own decoder skips what is
 * not base64; this one refuses it, white space apart.
 */
typedef struct {
  guint32 bits;
  guint8 n_chars;   /* of the group at hand */
  guint8 n_padding; /* '=' seen; nothing may follow them */
} ExcBase64Decoder;

/* Appends to out. FALSE: not base64. */
gboolean exc_base64_push (ExcBase64Decoder *self, const char *text, gsize length, GByteArray *out);
/* FALSE: the text was cut within a group. Begins anew. */
gboolean exc_base64_finish (ExcBase64Decoder *self);

G_END_DECLS
