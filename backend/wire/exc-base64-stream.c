/* exc-base64-stream.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-base64-stream.h"

#define BAD     0xff
#define SPACE   0xfe
#define PADDING 0xfd

static guint8 values[256];

static void
ensure_table (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once)) {
    const char *alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    memset (values, BAD, sizeof values);
    for (guint8 i = 0; i < 64; i++)
      values[(guint8) alphabet[i]] = i;
    values[' '] = values['\t'] = values['\r'] = values['\n'] = SPACE;
    values['='] = PADDING;
    g_once_init_leave (&once, 1);
  }
}

static gboolean
push_char (ExcBase64Decoder *self, guint8 value, GByteArray *out)
{
  if (value == SPACE)
    return TRUE;
  if (value == PADDING) {
    /* One or two of them, only to fill up a group. */
    if (self->n_chars < 2)
      return FALSE;
    self->n_padding++;
    value = 0;
  } else if (value == BAD || self->n_padding > 0) {
    return FALSE;
  }

  self->bits = self->bits << 6 | value;
  self->n_chars++;
  if (self->n_chars == 4) {
    const guint8 group[3] = { self->bits >> 16, self->bits >> 8, self->bits };

    g_byte_array_append (out, group, 3 - self->n_padding);
    self->bits = 0;
    self->n_chars = 0;
  }
  return TRUE;
}

/* Whole groups of clean characters; returns how many characters were taken. */
static gsize
push_groups (const guint8 *in, gsize length, GByteArray *out)
{
  gsize n_groups = length / 4;
  guint start = out->len;
  gsize done = 0;
  guint8 *to = NULL;

  g_byte_array_set_size (out, start + n_groups * 3);
  to = out->data + start;
  for (; done < n_groups; done++, in += 4, to += 3) {
    guint8 a = values[in[0]], b = values[in[1]], c = values[in[2]], d = values[in[3]];

    if ((a | b | c | d) & 0xc0)
      break;
    to[0] = a << 2 | b >> 4;
    to[1] = b << 4 | c >> 2;
    to[2] = c << 6 | d;
  }
  g_byte_array_set_size (out, start + done * 3);

  return done * 4;
}

gboolean
exc_base64_push (ExcBase64Decoder *self, const char *text, gsize length, GByteArray *out)
{
  const guint8 *in = (const guint8 *) text;

  ensure_table ();
  while (length > 0) {
    gsize taken = 0;

    if (self->n_chars == 0 && self->n_padding == 0 && length >= 4)
      taken = push_groups (in, length, out);
    if (taken == 0) {
      if (!push_char (self, values[*in], out))
        return FALSE;
      taken = 1;
    }
    in += taken;
    length -= taken;
  }

  return TRUE;
}

gboolean
exc_base64_finish (ExcBase64Decoder *self)
{
  gboolean is_whole = self->n_chars == 0;

  *self = (ExcBase64Decoder){ 0 };
  return is_whole;
}
