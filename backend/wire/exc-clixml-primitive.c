/* exc-clixml-primitive.c — the text of a primitive element to its value
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-clixml"

#include "config.h"

#include "exc-clixml-private.h"
#include "exc-value-private.h"

#include <math.h>

static void
trim (const char **text, gsize *length)
{
  while (*length > 0 && g_ascii_isspace (**text)) {
    (*text)++;
    (*length)--;
  }
  while (*length > 0 && g_ascii_isspace ((*text)[*length - 1]))
    (*length)--;
}

static ExcValue *
read_boolean (const char *text, gsize length)
{
  trim (&text, &length);
  if ((length == 4 && g_ascii_strncasecmp (text, "true", 4) == 0) || (length == 1 && *text == '1'))
    return exc_value_new_boolean (TRUE);
  if ((length == 5 && g_ascii_strncasecmp (text, "false", 5) == 0) || (length == 1 && *text == '0'))
    return exc_value_new_boolean (FALSE);

  return NULL;
}

static guint64
highest_of (ExcValueKind kind)
{
  switch (kind) {
  case EXC_VALUE_BYTE:
    return G_MAXUINT8;
  case EXC_VALUE_SBYTE:
    return G_MAXINT8;
  case EXC_VALUE_CHAR:
  case EXC_VALUE_UINT16:
    return G_MAXUINT16;
  case EXC_VALUE_INT16:
    return G_MAXINT16;
  case EXC_VALUE_UINT32:
    return G_MAXUINT32;
  case EXC_VALUE_INT32:
    return G_MAXINT32;
  case EXC_VALUE_INT64:
    return G_MAXINT64;
  default:
    return G_MAXUINT64;
  }
}

static ExcValue *
read_integer (ExcValueKind kind, const char *text, gsize length)
{
  gboolean negative = FALSE;
  guint64 bits = 0, highest = highest_of (kind);

  trim (&text, &length);
  if (length > 0 && (*text == '-' || *text == '+')) {
    negative = *text == '-';
    text++;
    length--;
  }
  if (length == 0)
    return NULL;
  if (negative)
    highest = exc_value_kind_is_signed (kind) ? highest + 1 : 0;

  for (; length > 0; text++, length--) {
    guint digit = (guchar) *text - '0';

    if (digit > 9 || bits > (G_MAXUINT64 - digit) / 10)
      return NULL;
    bits = bits * 10 + digit;
    if (bits > highest)
      return NULL;
  }

  return exc_value_new_integer (kind, negative ? -bits : bits);
}

/* @text has a NUL behind it. */
static ExcValue *
read_number (ExcValueKind kind, const char *text, gsize length)
{
  char *end;
  double number;

  trim (&text, &length);
  if (length == 3 && memcmp (text, "INF", 3) == 0)
    return exc_value_new_number (kind, INFINITY);
  if (length == 4 && memcmp (text, "-INF", 4) == 0)
    return exc_value_new_number (kind, -INFINITY);
  if (length == 3 && memcmp (text, "NaN", 3) == 0)
    return exc_value_new_number (kind, NAN);
  if (length == 0 || !(g_ascii_isdigit (*text) || *text == '-' || *text == '+' || *text == '.'))
    return NULL;

  number = g_ascii_strtod (text, &end);

  return end == text + length ? exc_value_new_number (kind, number) : NULL;
}

static ExcValue *
read_bytes (const char *text, gsize length)
{
  g_autofree guint8 *data = g_malloc (length / 4 * 3 + 3);
  g_autoptr(GBytes) bytes = NULL;
  gsize size;

  if (!exc_base64_decode_into (data, &size, text, length))
    return NULL;
  bytes = g_bytes_new_take (g_steal_pointer (&data), size);

  return exc_value_new_bytes (bytes);
}

static ExcValue *
read_escaped (ExcValueKind kind, const char *text, gsize length)
{
  ExcValue *self = exc_value_alloc_text (kind, length);

  if (length == 0)
    return self;
  if (memchr (text, '_', length) == NULL) {
    memcpy (self->text, text, length);
    return self;
  }
  self->length = exc_clixml_unescape_into (self->text, text, length);
  self->text[self->length] = '\0';

  return self;
}

/**
 * exc_clixml_read_primitive:
 * @kind: any but an object
 * @text: (array length=length): the element's text, with a NUL behind it
 * @length: in bytes
 *
 * Returns: (transfer full) (nullable): the value; %NULL if @text is none of @kind
 */
ExcValue *
exc_clixml_read_primitive (ExcValueKind kind, const char *text, gsize length)
{
  switch (kind) {
  case EXC_VALUE_STRING:
  case EXC_VALUE_DATE_TIME:
  case EXC_VALUE_TIME_SPAN:
  case EXC_VALUE_DECIMAL:
  case EXC_VALUE_GUID:
  case EXC_VALUE_URI:
  case EXC_VALUE_VERSION:
  case EXC_VALUE_XML:
  case EXC_VALUE_SCRIPT_BLOCK:
  case EXC_VALUE_SECURE_STRING:
    return read_escaped (kind, text, length);
  case EXC_VALUE_BOOLEAN:
    return read_boolean (text, length);
  case EXC_VALUE_SINGLE:
  case EXC_VALUE_DOUBLE:
    return read_number (kind, text, length);
  case EXC_VALUE_BYTES:
    return read_bytes (text, length);
  default:
    return read_integer (kind, text, length);
  }
}
