/* exc-nrbf-parse.c — [MS-NRBF] records to a tree
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-nrbf"

#include "config.h"

#include "exc-error.h"
#include "exc-nrbf-private.h"

#include <string.h>

#include <glib/gi18n.h>

#define MAX_BYTES   (16 * 1024 * 1024)
#define MAX_NODES   100000
#define MAX_DEPTH   64

#define SIGNED_MARK "#sig#"

/* RecordTypeEnum, 2.1.2.1 */
enum {
  RECORD_HEADER = 0,
  RECORD_CLASS_WITH_ID = 1,
  RECORD_SYSTEM_CLASS_UNTYPED = 2,
  RECORD_CLASS_UNTYPED = 3,
  RECORD_SYSTEM_CLASS = 4,
  RECORD_CLASS = 5,
  RECORD_STRING = 6,
  RECORD_ARRAY = 7,
  RECORD_PRIMITIVE = 8,
  RECORD_REFERENCE = 9,
  RECORD_NULL = 10,
  RECORD_END = 11,
  RECORD_LIBRARY = 12,
  RECORD_NULLS_256 = 13,
  RECORD_NULLS = 14,
  RECORD_ARRAY_PRIMITIVE = 15,
  RECORD_ARRAY_OBJECT = 16,
  RECORD_ARRAY_STRING = 17,
};

/* BinaryTypeEnum, 2.1.2.2 */
enum {
  TYPE_PRIMITIVE = 0,
  TYPE_STRING = 1,
  TYPE_OBJECT = 2,
  TYPE_SYSTEM_CLASS = 3,
  TYPE_CLASS = 4,
  TYPE_OBJECT_ARRAY = 5,
  TYPE_STRING_ARRAY = 6,
  TYPE_PRIMITIVE_ARRAY = 7,
};

/* PrimitiveTypeEnum, 2.1.2.3 */
enum {
  PRIMITIVE_BOOLEAN = 1,
  PRIMITIVE_BYTE = 2,
  PRIMITIVE_CHAR = 3,
  PRIMITIVE_DECIMAL = 5,
  PRIMITIVE_DOUBLE = 6,
  PRIMITIVE_INT16 = 7,
  PRIMITIVE_INT32 = 8,
  PRIMITIVE_INT64 = 9,
  PRIMITIVE_SBYTE = 10,
  PRIMITIVE_SINGLE = 11,
  PRIMITIVE_TIME_SPAN = 12,
  PRIMITIVE_DATE_TIME = 13,
  PRIMITIVE_UINT16 = 14,
  PRIMITIVE_UINT32 = 15,
  PRIMITIVE_UINT64 = 16,
  PRIMITIVE_NULL = 17,
  PRIMITIVE_STRING = 18,
};

typedef struct {
  guint8 type;      /* BinaryTypeEnum */
  guint8 primitive; /* PrimitiveTypeEnum, of TYPE_PRIMITIVE */
} Type;

/* What a class record says of all objects of its class. */
typedef struct {
  char *name;
  guint n_members;
  char **member_names;
  Type *types;
} Layout;

typedef struct {
  ExcNrbf *stream;
  const guint8 *at;
  const guint8 *end;
  GHashTable *objects; /* (element-type gint32 ExcNrbfNode), borrowed */
  GHashTable *layouts; /* (element-type gint32 Layout), borrowed */
  guint depth;
  GError **error;
} Parser;

static gboolean read_record (Parser *self, ExcNrbfNode **node, guint *n_nulls, gboolean *is_end);

static gboolean
fail (Parser *self, ExcError code, const char *what)
{
  if (self->error != NULL && *self->error == NULL)
    g_set_error (self->error,
                 EXC_ERROR,
                 code,
                 /* Translators: %s is a technical reason, in English */
                 _("The server's serialized object cannot be read (NRBF): %s"), what);

  return FALSE;
}

static gboolean
cut_off (Parser *self)
{
  return fail (self, EXC_ERROR_PROTOCOL, "cut off");
}

static void
free_node (gpointer data)
{
  ExcNrbfNode *node = data;

  g_clear_pointer (&node->bytes, g_bytes_unref);
  g_free (node->text);
  g_free (node->items);
  g_free (node);
}

static void
free_layout (gpointer data)
{
  Layout *layout = data;

  g_free (layout->name);
  for (guint i = 0; i < layout->n_members; i++)
    g_free (layout->member_names[i]);
  g_free (layout->member_names);
  g_free (layout->types);
  g_free (layout);
}

/* (nullable): NULL past the limit */
static ExcNrbfNode *
add_node (Parser *self, ExcNrbfKind kind)
{
  ExcNrbfNode *node;

  if (self->stream->nodes->len == MAX_NODES) {
    fail (self, EXC_ERROR_LIMIT, "too many values");
    return NULL;
  }
  node = g_new0 (ExcNrbfNode, 1);
  node->kind = kind;
  g_ptr_array_add (self->stream->nodes, node);

  return node;
}

static gsize
left (Parser *self)
{
  return self->end - self->at;
}

static gboolean
read_bits (Parser *self, guint n_bytes, guint64 *bits)
{
  if (left (self) < n_bytes)
    return cut_off (self);
  *bits = 0;
  for (guint i = 0; i < n_bytes; i++)
    *bits |= (guint64) self->at[i] << (i * 8);
  self->at += n_bytes;

  return TRUE;
}

static gboolean
read_byte (Parser *self, guint8 *byte)
{
  guint64 bits;

  if (!read_bits (self, 1, &bits))
    return FALSE;
  *byte = bits;

  return TRUE;
}

static gboolean
read_int32 (Parser *self, gint32 *value)
{
  guint64 bits;

  if (!read_bits (self, 4, &bits))
    return FALSE;
  *value = (gint32) (guint32) bits;

  return TRUE;
}

/* A count of things of which each takes at least a byte. */
static gboolean
read_count (Parser *self, guint *count)
{
  gint32 value;

  if (!read_int32 (self, &value))
    return FALSE;
  if (value < 0)
    return fail (self, EXC_ERROR_PROTOCOL, "a negative count");
  if ((gsize) value > left (self))
    return cut_off (self);
  *count = value;

  return TRUE;
}

/* LengthPrefixedString, 2.1.1.6: the length in 7 bits a byte, low bits first */
static gboolean
read_string (Parser *self, char **text)
{
  guint32 length = 0;
  guint8 byte = 0x80;

  for (guint shift = 0; byte & 0x80; shift += 7) {
    if (shift > 28)
      return fail (self, EXC_ERROR_PROTOCOL, "a string without an end to its length");
    if (!read_byte (self, &byte))
      return FALSE;
    length |= (guint32) (byte & 0x7F) << shift;
  }
  if (length > left (self))
    return cut_off (self);
  *text = g_utf8_make_valid ((const char *) self->at, length);
  self->at += length;

  return TRUE;
}

static guint
size_of_primitive (guint8 primitive)
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
read_char (Parser *self, ExcNrbfNode *node)
{
  gunichar c = left (self) == 0 ? (gunichar) -2
                                : g_utf8_get_char_validated ((const char *) self->at, left (self));

  if ((gint32) c < 0)
    return fail (self, EXC_ERROR_PROTOCOL, "a Char that is none");
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

static gboolean
fill_primitive (Parser *self, guint8 primitive, ExcNrbfNode *node)
{
  guint size = size_of_primitive (primitive);
  guint64 bits;
  guint32 low;
  float single;

  if (primitive == PRIMITIVE_NULL)
    return TRUE;
  if (primitive == PRIMITIVE_CHAR)
    return read_char (self, node);
  if (primitive == PRIMITIVE_STRING || primitive == PRIMITIVE_DECIMAL) {
    node->kind = EXC_NRBF_STRING;
    return read_string (self, &node->text);
  }
  if (size == 0)
    return fail (self, EXC_ERROR_PROTOCOL, "an unknown primitive type");
  if (!read_bits (self, size, &bits))
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

/* The part of MemberTypeInfo that follows the list of types, 2.3.1.2 */
static gboolean
read_type_info (Parser *self, Type *type)
{
  g_autofree char *name = NULL;
  gint32 library;

  switch (type->type) {
  case TYPE_PRIMITIVE:
  case TYPE_PRIMITIVE_ARRAY:
    return read_byte (self, &type->primitive);
  case TYPE_SYSTEM_CLASS:
    return read_string (self, &name);
  case TYPE_CLASS:
    return read_string (self, &name) && read_int32 (self, &library);
  case TYPE_STRING:
  case TYPE_OBJECT:
  case TYPE_OBJECT_ARRAY:
  case TYPE_STRING_ARRAY:
    return TRUE;
  default:
    return fail (self, EXC_ERROR_PROTOCOL, "an unknown member type");
  }
}

static Layout *
read_layout (Parser *self, gint32 *id)
{
  Layout *layout = g_new0 (Layout, 1);
  guint n_members;

  g_ptr_array_add (self->stream->classes, layout);
  if (!read_int32 (self, id) || !read_string (self, &layout->name) ||
      !read_count (self, &n_members))
    return NULL;
  if (n_members > MAX_NODES) {
    fail (self, EXC_ERROR_LIMIT, "too many members");
    return NULL;
  }

  layout->member_names = g_new0 (char *, n_members + 1);
  layout->types = g_new0 (Type, n_members + 1);
  layout->n_members = n_members;
  for (guint i = 0; i < n_members; i++) {
    if (!read_string (self, &layout->member_names[i]))
      return NULL;
  }
  for (guint i = 0; i < n_members; i++) {
    if (!read_byte (self, &layout->types[i].type))
      return NULL;
  }
  for (guint i = 0; i < n_members; i++) {
    if (!read_type_info (self, &layout->types[i]))
      return NULL;
  }
  g_hash_table_insert (self->layouts, GINT_TO_POINTER (*id), layout);

  return layout;
}

static void
remember (Parser *self, gint32 id, ExcNrbfNode *node)
{
  g_hash_table_insert (self->objects, GINT_TO_POINTER (id), node);
}

/* A member or an item that is no bare primitive: a record of its own, maybe behind a library. */
static gboolean
read_member (Parser *self, ExcNrbfNode **node, guint *n_nulls)
{
  gboolean is_end = FALSE;

  *node = NULL;
  *n_nulls = 0;
  while (*node == NULL && *n_nulls == 0) {
    if (!read_record (self, node, n_nulls, &is_end))
      return FALSE;
    if (is_end)
      return fail (self, EXC_ERROR_PROTOCOL, "an end in the middle");
  }

  return TRUE;
}

static gboolean
read_items (Parser *self, ExcNrbfNode *node, guint n_items, const Type *types, gboolean is_array)
{
  node->items = g_new0 (ExcNrbfNode *, n_items + 1);

  for (guint i = 0; i < n_items;) {
    const Type *type = is_array ? types : &types[i];
    ExcNrbfNode *item = NULL;
    guint n_nulls = 1;

    if (type->type == TYPE_PRIMITIVE) {
      item = add_node (self, EXC_NRBF_NULL);
      if (item == NULL || !fill_primitive (self, type->primitive, item))
        return FALSE;
    } else if (!read_member (self, &item, &n_nulls)) {
      return FALSE;
    }
    if (item != NULL) {
      node->items[i++] = item;
      node->n_items = i;
      continue;
    }

    if (n_nulls > n_items - i || (n_nulls > 1 && !is_array))
      return fail (self, EXC_ERROR_PROTOCOL, "more nulls than places");
    for (; n_nulls > 0; n_nulls--) {
      node->items[i] = add_node (self, EXC_NRBF_NULL);
      if (node->items[i++] == NULL)
        return FALSE;
      node->n_items = i;
    }
  }

  return TRUE;
}

static gboolean
read_object (Parser *self, const Layout *layout, gint32 id, ExcNrbfNode **node)
{
  *node = add_node (self, EXC_NRBF_CLASS);
  if (*node == NULL)
    return FALSE;
  (*node)->class_name = layout->name;
  (*node)->member_names = (const char *const *) layout->member_names;
  remember (self, id, *node);

  return read_items (self, *node, layout->n_members, layout->types, FALSE);
}

static gboolean
read_class (Parser *self, gboolean has_library, ExcNrbfNode **node)
{
  gint32 id, library;
  Layout *layout = read_layout (self, &id);

  if (layout == NULL || (has_library && !read_int32 (self, &library)))
    return FALSE;

  return read_object (self, layout, id, node);
}

static gboolean
read_class_with_id (Parser *self, ExcNrbfNode **node)
{
  gint32 id, metadata_id;
  Layout *layout;

  if (!read_int32 (self, &id) || !read_int32 (self, &metadata_id))
    return FALSE;
  layout = g_hash_table_lookup (self->layouts, GINT_TO_POINTER (metadata_id));
  if (layout == NULL)
    return fail (self, EXC_ERROR_PROTOCOL, "an object of a class that is not there");
  g_hash_table_insert (self->layouts, GINT_TO_POINTER (id), layout);

  return read_object (self, layout, id, node);
}

static gboolean
read_primitive_array (
    Parser *self, gint32 id, guint64 n_items, guint8 primitive, ExcNrbfNode **node)
{
  Type type = { TYPE_PRIMITIVE, primitive };

  if (n_items > left (self) / MAX (1, size_of_primitive (primitive)))
    return cut_off (self);
  if (primitive == PRIMITIVE_BYTE) {
    *node = add_node (self, EXC_NRBF_BYTES);
    if (*node == NULL)
      return FALSE;
    (*node)->bytes = g_bytes_new (self->at, n_items);
    self->at += n_items;
  } else {
    if (n_items > MAX_NODES)
      return fail (self, EXC_ERROR_LIMIT, "too many values");
    *node = add_node (self, EXC_NRBF_ARRAY);
    if (*node == NULL || !read_items (self, *node, n_items, &type, TRUE))
      return FALSE;
  }
  remember (self, id, *node);

  return TRUE;
}

static gboolean
read_object_array (Parser *self, gint32 id, guint64 n_items, Type type, ExcNrbfNode **node)
{
  if (n_items > MAX_NODES)
    return fail (self, EXC_ERROR_LIMIT, "too many values");
  *node = add_node (self, EXC_NRBF_ARRAY);
  if (*node == NULL)
    return FALSE;
  remember (self, id, *node);

  return read_items (self, *node, n_items, &type, TRUE);
}

static gboolean
read_single_array (Parser *self, guint8 record, ExcNrbfNode **node)
{
  gint32 id, length;
  guint8 primitive;

  if (!read_int32 (self, &id) || !read_int32 (self, &length))
    return FALSE;
  if (length < 0)
    return fail (self, EXC_ERROR_PROTOCOL, "a negative count");
  if (record == RECORD_ARRAY_PRIMITIVE)
    return read_byte (self, &primitive) && read_primitive_array (self, id, length, primitive, node);

  return read_object_array (self, id, length, (Type){ TYPE_OBJECT, 0 }, node);
}

/* BinaryArray, 2.4.3.1: any rank, its items row after row */
static gboolean
read_array (Parser *self, ExcNrbfNode **node)
{
  gint32 id, rank, length;
  guint8 kind;
  guint64 n_items = 1;
  Type type = { 0, 0 };

  if (!read_int32 (self, &id) || !read_byte (self, &kind) || !read_int32 (self, &rank))
    return FALSE;
  if (kind > 5 || rank < 1 || rank > 32)
    return fail (self, EXC_ERROR_PROTOCOL, "an array of an unknown shape");
  for (gint32 i = 0; i < rank; i++) {
    if (!read_int32 (self, &length))
      return FALSE;
    if (length < 0)
      return fail (self, EXC_ERROR_PROTOCOL, "a negative count");
    n_items *= length;
    if (n_items > MAX_BYTES)
      return fail (self, EXC_ERROR_LIMIT, "too many values");
  }
  for (gint32 i = 0; kind >= 3 && i < rank; i++) {
    if (!read_int32 (self, &length))
      return FALSE;
  }
  if (!read_byte (self, &type.type) || !read_type_info (self, &type))
    return FALSE;

  return type.type == TYPE_PRIMITIVE
             ? read_primitive_array (self, id, n_items, type.primitive, node)
             : read_object_array (self, id, n_items, type, node);
}

static gboolean
read_text (Parser *self, ExcNrbfNode **node)
{
  gint32 id;

  *node = add_node (self, EXC_NRBF_STRING);
  if (*node == NULL || !read_int32 (self, &id) || !read_string (self, &(*node)->text))
    return FALSE;
  remember (self, id, *node);

  return TRUE;
}

static gboolean
read_typed_primitive (Parser *self, ExcNrbfNode **node)
{
  guint8 primitive;

  *node = add_node (self, EXC_NRBF_NULL);

  return *node != NULL && read_byte (self, &primitive) && fill_primitive (self, primitive, *node);
}

static gboolean
read_reference (Parser *self, ExcNrbfNode **node)
{
  *node = add_node (self, EXC_NRBF_NULL);

  return *node != NULL && read_int32 (self, &(*node)->reference);
}

static gboolean
read_library (Parser *self)
{
  g_autofree char *name = NULL;
  gint32 id;

  return read_int32 (self, &id) && read_string (self, &name);
}

static gboolean
read_body (Parser *self, guint8 record, ExcNrbfNode **node, guint *n_nulls, gboolean *is_end)
{
  guint8 byte;
  gint32 count;

  switch (record) {
  case RECORD_CLASS_WITH_ID:
    return read_class_with_id (self, node);
  case RECORD_SYSTEM_CLASS:
    return read_class (self, FALSE, node);
  case RECORD_CLASS:
    return read_class (self, TRUE, node);
  case RECORD_STRING:
    return read_text (self, node);
  case RECORD_ARRAY:
    return read_array (self, node);
  case RECORD_PRIMITIVE:
    return read_typed_primitive (self, node);
  case RECORD_REFERENCE:
    return read_reference (self, node);
  case RECORD_NULL:
    *n_nulls = 1;
    return TRUE;
  case RECORD_END:
    *is_end = TRUE;
    return TRUE;
  case RECORD_LIBRARY:
    return read_library (self);
  case RECORD_NULLS_256:
    if (!read_byte (self, &byte))
      return FALSE;
    *n_nulls = byte;
    return byte > 0 || fail (self, EXC_ERROR_PROTOCOL, "no nulls at all");
  case RECORD_NULLS:
    if (!read_int32 (self, &count))
      return FALSE;
    *n_nulls = MAX (count, 0);
    return count > 0 || fail (self, EXC_ERROR_PROTOCOL, "no nulls at all");
  case RECORD_ARRAY_PRIMITIVE:
  case RECORD_ARRAY_OBJECT:
  case RECORD_ARRAY_STRING:
    return read_single_array (self, record, node);
  case RECORD_SYSTEM_CLASS_UNTYPED:
  case RECORD_CLASS_UNTYPED:
    return fail (self, EXC_ERROR_PROTOCOL, "a class without the types of its members");
  default:
    return fail (self, EXC_ERROR_PROTOCOL, "an unknown record");
  }
}

/* Gives one of: a node, a number of nulls, the end, or nothing (a library). */
static gboolean
read_record (Parser *self, ExcNrbfNode **node, guint *n_nulls, gboolean *is_end)
{
  guint8 record;
  gboolean ok;

  if (!read_byte (self, &record))
    return FALSE;
  if (self->depth == MAX_DEPTH)
    return fail (self, EXC_ERROR_LIMIT, "too deep");
  self->depth++;
  ok = read_body (self, record, node, n_nulls, is_end);
  self->depth--;

  return ok;
}

static gboolean
resolve_references (Parser *self)
{
  for (guint i = 0; i < self->stream->nodes->len; i++) {
    ExcNrbfNode *node = g_ptr_array_index (self->stream->nodes, i);

    if (node->reference == 0)
      continue;
    node->target = g_hash_table_lookup (self->objects, GINT_TO_POINTER (node->reference));
    if (node->target == NULL || node->target->reference != 0)
      return fail (self, EXC_ERROR_PROTOCOL, "a reference to an object that is not there");
  }

  return TRUE;
}

/* "#sig#", the payload's length, the payload, a MAC (domain.md 1.6) */
static gboolean
unwrap (Parser *self)
{
  guint64 length;

  if (left (self) < strlen (SIGNED_MARK) ||
      memcmp (self->at, SIGNED_MARK, strlen (SIGNED_MARK)) != 0)
    return TRUE;
  self->at += strlen (SIGNED_MARK);
  if (!read_bits (self, 4, &length))
    return FALSE;
  if (length > left (self))
    return cut_off (self);
  self->end = self->at + length;
  self->stream->is_signed = TRUE;

  return TRUE;
}

static gboolean
read_stream (Parser *self)
{
  gint32 root_id, header_id, major, minor;
  guint8 record;
  gboolean is_end = FALSE;

  if (!unwrap (self) || !read_byte (self, &record))
    return FALSE;
  if (record != RECORD_HEADER)
    return fail (self, EXC_ERROR_PROTOCOL, "no header");
  if (!read_int32 (self, &root_id) || !read_int32 (self, &header_id) ||
      !read_int32 (self, &major) || !read_int32 (self, &minor))
    return FALSE;
  if (major != 1)
    return fail (self, EXC_ERROR_PROTOCOL, "an unknown version");

  while (!is_end) {
    ExcNrbfNode *node = NULL;
    guint n_nulls = 0;

    if (!read_record (self, &node, &n_nulls, &is_end))
      return FALSE;
  }
  if (!resolve_references (self))
    return FALSE;
  self->stream->root = g_hash_table_lookup (self->objects, GINT_TO_POINTER (root_id));

  return self->stream->root != NULL || fail (self, EXC_ERROR_PROTOCOL, "no root object");
}

/**
 * exc_nrbf_parse:
 * @bytes: a SerializationData property
 * @error: return location
 *
 * Returns: (transfer full): the stream; %NULL with %EXC_ERROR_PROTOCOL or %EXC_ERROR_LIMIT
 */
ExcNrbf *
exc_nrbf_parse (GBytes *bytes, GError **error)
{
  g_autoptr(ExcNrbf) stream = NULL;
  g_autoptr(GHashTable) objects = g_hash_table_new (NULL, NULL);
  g_autoptr(GHashTable) layouts = g_hash_table_new (NULL, NULL);
  Parser parser = { 0 };
  gsize size;

  g_return_val_if_fail (bytes != NULL, NULL);

  stream = g_new0 (ExcNrbf, 1);
  stream->nodes = g_ptr_array_new_with_free_func (free_node);
  stream->classes = g_ptr_array_new_with_free_func (free_layout);

  parser.stream = stream;
  parser.at = g_bytes_get_data (bytes, &size);
  parser.end = parser.at + size;
  parser.objects = objects;
  parser.layouts = layouts;
  parser.error = error;
  if (size > MAX_BYTES) {
    fail (&parser, EXC_ERROR_LIMIT, "too large");
    return NULL;
  }
  if (!read_stream (&parser))
    return NULL;

  return g_steal_pointer (&stream);
}
