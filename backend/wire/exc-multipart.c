/* exc-multipart.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-wsman"

#include "config.h"

#include "exc-multipart.h"

#include "exc-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define BOUNDARY   "Encrypted Boundary"
#define MAX_HEADER 1024 /* of the sealed part: 60 bytes with AES, 16 with NTLM */
#define MAX_LINE   512

char *
exc_multipart_content_type (const char *protocol)
{
  return g_strconcat (
      "multipart/encrypted;protocol=\"", protocol, "\";boundary=\"" BOUNDARY "\"", NULL);
}

gboolean
exc_multipart_is_content_type (const char *content_type)
{
  return content_type != NULL && g_ascii_strncasecmp (content_type, "multipart/encrypted", 19) == 0;
}

/**
 * exc_multipart_build:
 * @protocol: EXC_MULTIPART_SPNEGO or EXC_MULTIPART_KERBEROS
 * @plain_size: bytes of the envelope plus the padding of its seal
 * @header: what the seal puts in front
 * @data: the sealed envelope
 *
 * [MS-WSMV] 2.2.9.1.1, protocol.md 9: no blank line after the inner headers, no line end in front
 * of the last boundary.
 *
 * Returns: (transfer full): the HTTP body
 */
GBytes *
exc_multipart_build (const char *protocol, gsize plain_size, GBytes *header, GBytes *data)
{
  g_autoptr(GByteArray) out = g_byte_array_new ();
  guint32 header_size = GUINT32_TO_LE ((guint32) g_bytes_get_size (header));
  g_autofree char *head =
      g_strdup_printf ("--" BOUNDARY "\r\n"
                       "\tContent-Type: %s\r\n"
                       "\tOriginalContent: type=application/soap+xml;charset=UTF-8;"
                       "Length=%" G_GSIZE_FORMAT "\r\n"
                       "--" BOUNDARY "\r\n"
                       "\tContent-Type: application/octet-stream\r\n",
                       protocol,
                       plain_size);

  g_byte_array_append (out, (const guint8 *) head, strlen (head));
  g_byte_array_append (out, (const guint8 *) &header_size, sizeof header_size);
  g_byte_array_append (out, g_bytes_get_data (header, NULL), g_bytes_get_size (header));
  g_byte_array_append (out, g_bytes_get_data (data, NULL), g_bytes_get_size (data));
  g_byte_array_append (out, (const guint8 *) "--" BOUNDARY "--\r\n", strlen (BOUNDARY) + 6);

  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

typedef struct {
  const guint8 *at;
  gsize left;
} Cursor;

static gboolean
fail (GError **error, const char *what)
{
  /* Translators: %s is a technical text in English. */
  g_set_error (
      error, EXC_ERROR, EXC_ERROR_PROTOCOL, _("The sealed message is not valid: %s"), what);
  return FALSE;
}

/* (nullable): the next line up to \r\n, without it and without white space at its ends */
static char *
take_line (Cursor *cursor)
{
  gsize max = MIN (cursor->left, MAX_LINE);

  for (gsize i = 0; i + 1 < max; i++) {
    if (cursor->at[i] == '\r' && cursor->at[i + 1] == '\n') {
      char *line = g_strstrip (g_strndup ((const char *) cursor->at, i));

      cursor->at += i + 2;
      cursor->left -= i + 2;
      return line;
    }
  }

  return NULL;
}

/* Some servers write "-- Encrypted Boundary" (protocol.md 7). */
static gboolean
is_boundary (const char *line)
{
  if (!g_str_has_prefix (line, "--"))
    return FALSE;
  line += 2;
  while (g_ascii_isspace (*line))
    line++;
  return strcmp (line, BOUNDARY) == 0;
}

/* Header lines of one inner part; size: out, from OriginalContent. Ends before the next boundary
 * for the first part, and after Content-Type for the second, whose content is binary. */
static gboolean
take_original_content (Cursor *cursor, gsize *size, GError **error)
{
  gboolean found = FALSE;

  for (;;) {
    g_autofree char *line = take_line (cursor);

    if (line == NULL)
      return fail (error, "no second part");
    if (is_boundary (line))
      return found ? TRUE : fail (error, "OriginalContent is missing");
    if (g_ascii_strncasecmp (line, "OriginalContent:", 16) == 0) {
      const char *length = strstr (line, "Length=");
      guint64 value = 0;

      if (length == NULL ||
          !g_ascii_string_to_unsigned (length + 7, 10, 0, G_MAXUINT32, &value, NULL))
        return fail (error, "OriginalContent has no Length");
      *size = (gsize) value;
      found = TRUE;
    }
  }
}

/* The end of the payload: the last boundary, looked for from the end, with or without a blank
 * behind the dashes and with any white space behind it. */
static gboolean
cut_last_boundary (Cursor *cursor, GError **error)
{
  static const char *const tails[] = { "--" BOUNDARY "--", "-- " BOUNDARY "--" };
  gsize left = cursor->left;

  while (left > 0 && g_ascii_isspace (cursor->at[left - 1]))
    left--;
  for (gsize i = 0; i < G_N_ELEMENTS (tails); i++) {
    gsize length = strlen (tails[i]);

    if (left >= length && memcmp (cursor->at + left - length, tails[i], length) == 0) {
      cursor->left = left - length;
      return TRUE;
    }
  }

  return fail (error, "the last boundary is missing");
}

/**
 * exc_multipart_parse:
 * @body: a whole HTTP body
 * @plain_size: (out): bytes of the envelope that lies in it, plus padding
 * @header: (out) (transfer full): what the seal put in front
 * @data: (out) (transfer full): the sealed envelope
 * @error: return location for an error
 *
 * Returns: %FALSE for a body of another shape
 */
gboolean
exc_multipart_parse (
    GBytes *body, gsize *plain_size, GBytes **header, GBytes **data, GError **error)
{
  Cursor cursor = { 0 };
  g_autofree char *first = NULL;
  g_autofree char *type = NULL;
  guint32 header_size = 0;
  gsize offset = 0;
  const guint8 *start = NULL;

  start = g_bytes_get_data (body, &cursor.left);
  cursor.at = start;

  first = take_line (&cursor);
  if (first == NULL || !is_boundary (first))
    return fail (error, "the first boundary is missing");
  if (!take_original_content (&cursor, plain_size, error))
    return FALSE;
  type = take_line (&cursor);
  if (type == NULL || g_ascii_strncasecmp (type, "Content-Type:", 13) != 0)
    return fail (error, "the second part has no Content-Type");
  if (!cut_last_boundary (&cursor, error))
    return FALSE;

  if (cursor.left < sizeof header_size)
    return fail (error, "the sealed part is cut");
  memcpy (&header_size, cursor.at, sizeof header_size);
  header_size = GUINT32_FROM_LE (header_size);
  if (header_size > MAX_HEADER || header_size > cursor.left - sizeof header_size)
    return fail (error, "the seal is larger than the part");

  offset = (gsize) (cursor.at - start) + sizeof header_size;
  *header = g_bytes_new_from_bytes (body, offset, header_size);
  *data = g_bytes_new_from_bytes (
      body, offset + header_size, cursor.left - sizeof header_size - header_size);
  return TRUE;
}
