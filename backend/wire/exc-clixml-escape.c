/* exc-clixml-escape.c — .NET's escapes for texts and names
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-clixml"

#include "config.h"

#include "exc-clixml-private.h"

#include <string.h>

#define REPLACEMENT 0xFFFD

static void
append_unit (GString *out, guint16 unit)
{
  static const char digits[] = "0123456789ABCDEF";
  const char escape[] = {
    '_', 'x', digits[unit >> 12], digits[unit >> 8 & 15], digits[unit >> 4 & 15], digits[unit & 15],
    '_'
  };

  g_string_append_len (out, escape, sizeof escape);
}

static const char *
xml_escape_of (char c)
{
  switch (c) {
  case '&':
    return "&amp;";
  case '<':
    return "&lt;";
  case '>':
    return "&gt;";
  case '"':
    return "&quot;";
  default:
    return NULL;
  }
}

static gboolean
is_plain (guchar c)
{
  return c >= 0x20 && c < 0x7F && c != '_' && xml_escape_of (c) == NULL;
}

static void
append_ascii (GString *out, const char *at, gboolean is_last, gboolean as_xml)
{
  const char *escape = xml_escape_of (*at);

  if ((guchar) *at < 0x20 || *at == 0x7F || (*at == '_' && !is_last && (at[1] | 0x20) == 'x'))
    append_unit (out, (guchar) *at);
  else if (as_xml && escape != NULL)
    g_string_append (out, escape);
  else
    g_string_append_c (out, *at);
}

/* Control characters, and every unit of a surrogate pair (EncodeString in PowerShell); U+FFFE and
 * U+FFFF too, which XML cannot hold. */
static void
append_wide (GString *out, gunichar c)
{
  if (c < 0xA0 || (c >= 0xFFFE && c <= 0xFFFF)) {
    append_unit (out, c);
  } else if (c > 0xFFFF) {
    append_unit (out, 0xD800 + ((c - 0x10000) >> 10));
    append_unit (out, 0xDC00 + ((c - 0x10000) & 0x3FF));
  } else {
    g_string_append_unichar (out, c);
  }
}

void
exc_clixml_append_escaped (GString *out, const char *text, gsize length, gboolean as_xml)
{
  const char *at = text;
  const char *end = text + length;

  while (at < end) {
    const char *run = at;

    while (at < end && is_plain (*at))
      at++;
    g_string_append_len (out, run, at - run);
    if (at == end)
      break;

    if ((guchar) *at < 0x80) {
      append_ascii (out, at, at + 1 == end, as_xml);
      at++;
    } else {
      gunichar c = g_utf8_get_char_validated (at, end - at);

      if ((gint32) c < 0) {
        g_string_append_unichar (out, REPLACEMENT);
        at++;
      } else {
        append_wide (out, c);
        at = g_utf8_next_char (at);
      }
    }
  }
}

/**
 * exc_clixml_escape:
 * @text: (array length=length): UTF-8; what is not becomes U+FFFD
 * @length: in bytes
 *
 * Returns: (transfer full): the text with .NET's escapes, not yet with XML's
 */
char *
exc_clixml_escape (const char *text, gsize length)
{
  g_autoptr(GString) out = g_string_sized_new (length + 16);

  g_return_val_if_fail (text != NULL || length == 0, NULL);

  exc_clixml_append_escaped (out, text, length, FALSE);

  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* `_xHHHH_` or `_xHHHHHHHH_` (XmlConvert.DecodeName): its length, or 0 if there is none at @at. */
static gsize
match_escape (const char *at, gsize length, gunichar *c)
{
  gsize n_digits = 0;

  *c = 0;
  if (length < 7 || at[0] != '_' || (at[1] | 0x20) != 'x')
    return 0;
  while (n_digits < 8 && 2 + n_digits < length && g_ascii_isxdigit (at[2 + n_digits])) {
    *c = *c << 4 | (gunichar) g_ascii_xdigit_value (at[2 + n_digits]);
    n_digits++;
  }
  if ((n_digits != 4 && n_digits != 8) || 2 + n_digits >= length || at[2 + n_digits] != '_')
    return 0;
  if (*c > 0x10FFFF)
    return 0;

  return n_digits + 3;
}

gsize
exc_clixml_unescape_into (char *out, const char *text, gsize length)
{
  const char *at = text;
  const char *end = text + length;
  char *to = out;

  while (at < end) {
    const char *next = memchr (at, '_', end - at);
    gunichar c, low;
    gsize taken, taken_low;

    if (next == NULL)
      next = end;
    memmove (to, at, next - at);
    to += next - at;
    at = next;
    if (at == end)
      break;

    taken = match_escape (at, end - at, &c);
    if (taken == 0) {
      *to++ = *at++;
      continue;
    }
    at += taken;

    if (c >= 0xD800 && c <= 0xDBFF) {
      taken_low = match_escape (at, end - at, &low);
      if (taken_low > 0 && low >= 0xDC00 && low <= 0xDFFF) {
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        at += taken_low;
      }
    }
    if (c >= 0xD800 && c <= 0xDFFF)
      c = REPLACEMENT;
    to += g_unichar_to_utf8 (c, to);
  }

  return to - out;
}

/**
 * exc_clixml_unescape:
 * @text: (array length=length): UTF-8 with .NET's escapes
 * @length: in bytes
 * @out_length: (out) (optional): bytes of the result, which may hold NULs
 *
 * Left to right, once. A surrogate without its other half becomes U+FFFD.
 *
 * Returns: (transfer full): the text, with a NUL behind it
 */
char *
exc_clixml_unescape (const char *text, gsize length, gsize *out_length)
{
  char *out;
  gsize n_written;

  g_return_val_if_fail (text != NULL || length == 0, NULL);

  out = g_malloc (length + 1);
  n_written = exc_clixml_unescape_into (out, text, length);
  out[n_written] = '\0';
  if (out_length != NULL)
    *out_length = n_written;

  return out;
}
