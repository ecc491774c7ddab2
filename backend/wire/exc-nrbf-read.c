/* exc-nrbf-read.c — the small things in a binary serialization: numbers, strings, primitives
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-nrbf"

#include "config.h"

#include "exc-nrbf-private.h"

#include <string.h>

#include <glib/gi18n.h>

gboolean
exc_nrbf_fail (ExcNrbfParser *self, ExcError code, const char *what)
{
  if (self->error != NULL && *self->error == NULL)
    g_set_error (self->error,
                 EXC_ERROR,
                 code,
                 /* Translators: %s is a technical reason, in English */
                 _("The server's serialized object cannot be read (NRBF): %s"), what);

  return FALSE;
}

gboolean
exc_nrbf_cut_off (ExcNrbfParser *self)
{
  return exc_nrbf_fail (self, EXC_ERROR_PROTOCOL, "cut off");
}

/* (nullable): NULL past the limit */
ExcNrbfNode *
exc_nrbf_add_node (ExcNrbfParser *self, ExcNrbfKind kind)
{
  ExcNrbfNode *node;

  if (self->stream->nodes->len == EXC_NRBF_MAX_NODES) {
    exc_nrbf_fail (self, EXC_ERROR_LIMIT, "too many values");
    return NULL;
  }
  node = g_new0 (ExcNrbfNode, 1);
  node->kind = kind;
  g_ptr_array_add (self->stream->nodes, node);

  return node;
}

gsize
exc_nrbf_left (ExcNrbfParser *self)
{
  return self->end - self->at;
}

gboolean
exc_nrbf_read_bits (ExcNrbfParser *self, guint n_bytes, guint64 *bits)
{
  if (exc_nrbf_left (self) < n_bytes)
    return exc_nrbf_cut_off (self);
  *bits = 0;
  for (guint i = 0; i < n_bytes; i++)
    *bits |= (guint64) self->at[i] << (i * 8);
  self->at += n_bytes;

  return TRUE;
}

gboolean
exc_nrbf_read_byte (ExcNrbfParser *self, guint8 *byte)
{
  guint64 bits;

  if (!exc_nrbf_read_bits (self, 1, &bits))
    return FALSE;
  *byte = bits;

  return TRUE;
}

gboolean
exc_nrbf_read_int32 (ExcNrbfParser *self, gint32 *value)
{
  guint64 bits;

  if (!exc_nrbf_read_bits (self, 4, &bits))
    return FALSE;
  *value = (gint32) (guint32) bits;

  return TRUE;
}

/* A count of things of which each takes at least a byte. */
gboolean
exc_nrbf_read_count (ExcNrbfParser *self, guint *count)
{
  gint32 value;

  if (!exc_nrbf_read_int32 (self, &value))
    return FALSE;
  if (value < 0)
    return exc_nrbf_fail (self, EXC_ERROR_PROTOCOL, "a negative count");
  if ((gsize) value > exc_nrbf_left (self))
    return exc_nrbf_cut_off (self);
  *count = value;

  return TRUE;
}

/* LengthPrefixedString, 2.1.1.6: the length in 7 bits a byte, low bits first */
gboolean
exc_nrbf_read_string (ExcNrbfParser *self, char **text)
{
  guint32 length = 0;
  guint8 byte = 0x80;

  for (guint shift = 0; byte & 0x80; shift += 7) {
    if (shift > 28)
      return exc_nrbf_fail (self, EXC_ERROR_PROTOCOL, "a string without an end to its length");
    if (!exc_nrbf_read_byte (self, &byte))
      return FALSE;
    length |= (guint32) (byte & 0x7F) << shift;
  }
  if (length > exc_nrbf_left (self))
    return exc_nrbf_cut_off (self);
  *text = g_utf8_make_valid ((const char *) self->at, length);
  self->at += length;

  return TRUE;
}

guint
exc_nrbf_size_of_primitive (guint8 primitive)
{
  switch (primitive) {
  case PRIMITIVE_BOOLEAN:
  case PRIMITIVE_BYTE:
  case PRIMITIVE_SBYTE:
    return 1;
  case PRIMITIVE_INT16:
  case PRIMITIVE_UINT16:
    return 2;
  case PRIMITIVE_INT32:
  case PRIMITIVE_UINT32:
  case PRIMITIVE_SINGLE:
    return 4;
  case PRIMITIVE_DOUBLE:
  case PRIMITIVE_INT64:
  case PRIMITIVE_UINT64:
  case PRIMITIVE_TIME_SPAN:
  case PRIMITIVE_DATE_TIME:
    return 8;
  default:
    return 0;
  }
}

/* One UTF-8 character */
static gboolean
read_char (ExcNrbfParser *self, ExcNrbfNode *node)
{
  gunichar c = exc_nrbf_left (self) == 0
                   ? (gunichar) -2
                   : g_utf8_get_char_validated ((const char *) self->at, exc_nrbf_left (self));

  if ((gint32) c < 0)
    return exc_nrbf_fail (self, EXC_ERROR_PROTOCOL, "a Char that is none");
  node->kind = EXC_NRBF_INTEGER;
  node->integer = c;
  self->at += g_unichar_to_utf8 (c, NULL);

  return TRUE;
}

static gint64
extend_sign (guint64 bits, guint n_bytes)
{
  guint shift = 64 - n_bytes * 8;

  return (gint64) (bits << shift) >> shift;
}

gboolean
exc_nrbf_fill_primitive (ExcNrbfParser *self, guint8 primitive, ExcNrbfNode *node)
{
  guint size = exc_nrbf_size_of_primitive (primitive);
  guint64 bits;
  guint32 low;
  float single;

  if (primitive == PRIMITIVE_NULL)
    return TRUE;
  if (primitive == PRIMITIVE_CHAR)
    return read_char (self, node);
  if (primitive == PRIMITIVE_STRING || primitive == PRIMITIVE_DECIMAL) {
    node->kind = EXC_NRBF_STRING;
    return exc_nrbf_read_string (self, &node->text);
  }
  if (size == 0)
    return exc_nrbf_fail (self, EXC_ERROR_PROTOCOL, "an unknown primitive type");
  if (!exc_nrbf_read_bits (self, size, &bits))
    return FALSE;

  node->kind = EXC_NRBF_INTEGER;
  switch (primitive) {
  case PRIMITIVE_BOOLEAN:
    node->kind = EXC_NRBF_BOOLEAN;
    node->integer = bits != 0;
    break;
  case PRIMITIVE_SINGLE:
    low = bits;
    memcpy (&single, &low, sizeof single);
    node->kind = EXC_NRBF_NUMBER;
    node->number = single;
    break;
  case PRIMITIVE_DOUBLE:
    node->kind = EXC_NRBF_NUMBER;
    memcpy (&node->number, &bits, sizeof bits);
    break;
  case PRIMITIVE_BYTE:
  case PRIMITIVE_UINT16:
  case PRIMITIVE_UINT32:
    node->integer = (gint64) bits;
    break;
  default:
    node->integer = extend_sign (bits, size);
    break;
  }

  return TRUE;
}
