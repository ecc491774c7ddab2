/* exc-nrbf-parse.c — [MS-NRBF] records to a tree
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-nrbf"

#include "config.h"

#include "exc-nrbf-private.h"

#include <string.h>

#define MAX_BYTES          (16 * 1024 * 1024)
#define EXC_NRBF_MAX_NODES 100000
#define MAX_DEPTH          64

#define SIGNED_MARK        "#sig#"

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

static gboolean read_record (ExcNrbfParser *self,
                             ExcNrbfNode **node,
                             guint *n_nulls,
                             gboolean *is_end);

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
  ExcNrbfLayout *layout = data;

  g_free (layout->name);
  for (guint i = 0; i < layout->n_members; i++)
    g_free (layout->member_names[i]);
  g_free (layout->member_names);
  g_free (layout->types);
  g_free (layout);
}

/* The part of MemberTypeInfo that follows the list of types, 2.3.1.2 */
static gboolean
read_type_info (ExcNrbfParser *self, ExcNrbfType *type)
{
  g_autofree char *name = NULL;
  gint32 library;

  switch (type->type) {
  case TYPE_PRIMITIVE:
  case TYPE_PRIMITIVE_ARRAY:
    return exc_nrbf_read_byte (self, &type->primitive);
  case TYPE_SYSTEM_CLASS:
    return exc_nrbf_read_string (self, &name);
  case TYPE_CLASS:
    return exc_nrbf_read_string (self, &name) && exc_nrbf_read_int32 (self, &library);
  case TYPE_STRING:
  case TYPE_OBJECT:
  case TYPE_OBJECT_ARRAY:
  case TYPE_STRING_ARRAY:
    return TRUE;
  default:
    return exc_nrbf_fail (self, EXC_ERROR_PROTOCOL, "an unknown member type");
  }
}

static ExcNrbfLayout *
read_layout (ExcNrbfParser *self, gint32 *id)
{
  ExcNrbfLayout *layout = g_new0 (ExcNrbfLayout, 1);
  guint n_members;

  g_ptr_array_add (self->stream->classes, layout);
  if (!exc_nrbf_read_int32 (self, id) || !exc_nrbf_read_string (self, &layout->name) ||
      !exc_nrbf_read_count (self, &n_members))
    return NULL;
  if (n_members > EXC_NRBF_MAX_NODES) {
    exc_nrbf_fail (self, EXC_ERROR_LIMIT, "too many members");
    return NULL;
  }

  layout->member_names = g_new0 (char *, n_members + 1);
  layout->types = g_new0 (ExcNrbfType, n_members + 1);
  layout->n_members = n_members;
  for (guint i = 0; i < n_members; i++) {
    if (!exc_nrbf_read_string (self, &layout->member_names[i]))
      return NULL;
  }
  for (guint i = 0; i < n_members; i++) {
    if (!exc_nrbf_read_byte (self, &layout->types[i].type))
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
remember (ExcNrbfParser *self, gint32 id, ExcNrbfNode *node)
{
  g_hash_table_insert (self->objects, GINT_TO_POINTER (id), node);
}

/* A member or an item that is no bare primitive: a record of its own, maybe behind a library. */
static gboolean
read_member (ExcNrbfParser *self, ExcNrbfNode **node, guint *n_nulls)
{
  gboolean is_end = FALSE;

  *node = NULL;
  *n_nulls = 0;
  while (*node == NULL && *n_nulls == 0) {
    if (!read_record (self, node, n_nulls, &is_end))
      return FALSE;
    if (is_end)
      return exc_nrbf_fail (self, EXC_ERROR_PROTOCOL, "an end in the middle");
  }

  return TRUE;
}

static gboolean
read_items (ExcNrbfParser *self,
            ExcNrbfNode *node,
            guint n_items,
            const ExcNrbfType *types,
            gboolean is_array)
{
  node->items = g_new0 (ExcNrbfNode *, n_items + 1);

  for (guint i = 0; i < n_items;) {
    const ExcNrbfType *type = is_array ? types : &types[i];
    ExcNrbfNode *item = NULL;
    guint n_nulls = 1;

    if (type->type == TYPE_PRIMITIVE) {
      item = exc_nrbf_add_node (self, EXC_NRBF_NULL);
      if (item == NULL || !exc_nrbf_fill_primitive (self, type->primitive, item))
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
      return exc_nrbf_fail (self, EXC_ERROR_PROTOCOL, "more nulls than places");
    for (; n_nulls > 0; n_nulls--) {
      node->items[i] = exc_nrbf_add_node (self, EXC_NRBF_NULL);
      if (node->items[i++] == NULL)
        return FALSE;
      node->n_items = i;
    }
  }

  return TRUE;
}

static gboolean
read_object (ExcNrbfParser *self, const ExcNrbfLayout *layout, gint32 id, ExcNrbfNode **node)
{
  *node = exc_nrbf_add_node (self, EXC_NRBF_CLASS);
  if (*node == NULL)
    return FALSE;
  (*node)->class_name = layout->name;
  (*node)->member_names = (const char *const *) layout->member_names;
  remember (self, id, *node);

  return read_items (self, *node, layout->n_members, layout->types, FALSE);
}

static gboolean
read_class (ExcNrbfParser *self, gboolean has_library, ExcNrbfNode **node)
{
  gint32 id, library;
  ExcNrbfLayout *layout = read_layout (self, &id);

  if (layout == NULL || (has_library && !exc_nrbf_read_int32 (self, &library)))
    return FALSE;

  return read_object (self, layout, id, node);
}

static gboolean
read_class_with_id (ExcNrbfParser *self, ExcNrbfNode **node)
{
  gint32 id, metadata_id;
  ExcNrbfLayout *layout;

  if (!exc_nrbf_read_int32 (self, &id) || !exc_nrbf_read_int32 (self, &metadata_id))
    return FALSE;
  layout = g_hash_table_lookup (self->layouts, GINT_TO_POINTER (metadata_id));
  if (layout == NULL)
    return exc_nrbf_fail (self, EXC_ERROR_PROTOCOL, "an object of a class that is not there");
  g_hash_table_insert (self->layouts, GINT_TO_POINTER (id), layout);

  return read_object (self, layout, id, node);
}

static gboolean
read_primitive_array (
    ExcNrbfParser *self, gint32 id, guint64 n_items, guint8 primitive, ExcNrbfNode **node)
{
  ExcNrbfType type = { TYPE_PRIMITIVE, primitive };

  if (n_items > exc_nrbf_left (self) / MAX (1, exc_nrbf_size_of_primitive (primitive)))
    return exc_nrbf_cut_off (self);
  if (primitive == PRIMITIVE_BYTE) {
    *node = exc_nrbf_add_node (self, EXC_NRBF_BYTES);
    if (*node == NULL)
      return FALSE;
    (*node)->bytes = g_bytes_new (self->at, n_items);
    self->at += n_items;
  } else {
    if (n_items > EXC_NRBF_MAX_NODES)
      return exc_nrbf_fail (self, EXC_ERROR_LIMIT, "too many values");
    *node = exc_nrbf_add_node (self, EXC_NRBF_ARRAY);
    if (*node == NULL || !read_items (self, *node, n_items, &type, TRUE))
      return FALSE;
  }
  remember (self, id, *node);

  return TRUE;
}

static gboolean
read_object_array (
    ExcNrbfParser *self, gint32 id, guint64 n_items, ExcNrbfType type, ExcNrbfNode **node)
{
  if (n_items > EXC_NRBF_MAX_NODES)
    return exc_nrbf_fail (self, EXC_ERROR_LIMIT, "too many values");
  *node = exc_nrbf_add_node (self, EXC_NRBF_ARRAY);
  if (*node == NULL)
    return FALSE;
  remember (self, id, *node);

  return read_items (self, *node, n_items, &type, TRUE);
}

static gboolean
read_single_array (ExcNrbfParser *self, guint8 record, ExcNrbfNode **node)
{
  gint32 id, length;
  guint8 primitive;

  if (!exc_nrbf_read_int32 (self, &id) || !exc_nrbf_read_int32 (self, &length))
    return FALSE;
  if (length < 0)
    return exc_nrbf_fail (self, EXC_ERROR_PROTOCOL, "a negative count");
  if (record == RECORD_ARRAY_PRIMITIVE)
    return exc_nrbf_read_byte (self, &primitive) &&
           read_primitive_array (self, id, length, primitive, node);

  return read_object_array (self, id, length, (ExcNrbfType){ TYPE_OBJECT, 0 }, node);
}

/* BinaryArray, 2.4.3.1: any rank, its items row after row */
static gboolean
read_array (ExcNrbfParser *self, ExcNrbfNode **node)
{
  gint32 id, rank, length;
  guint8 kind;
  guint64 n_items = 1;
  ExcNrbfType type = { 0, 0 };

  if (!exc_nrbf_read_int32 (self, &id) || !exc_nrbf_read_byte (self, &kind) ||
      !exc_nrbf_read_int32 (self, &rank))
    return FALSE;
  if (kind > 5 || rank < 1 || rank > 32)
    return exc_nrbf_fail (self, EXC_ERROR_PROTOCOL, "an array of an unknown shape");
  for (gint32 i = 0; i < rank; i++) {
    if (!exc_nrbf_read_int32 (self, &length))
      return FALSE;
    if (length < 0)
      return exc_nrbf_fail (self, EXC_ERROR_PROTOCOL, "a negative count");
    n_items *= length;
    if (n_items > MAX_BYTES)
      return exc_nrbf_fail (self, EXC_ERROR_LIMIT, "too many values");
  }
  for (gint32 i = 0; kind >= 3 && i < rank; i++) {
    if (!exc_nrbf_read_int32 (self, &length))
      return FALSE;
  }
  if (!exc_nrbf_read_byte (self, &type.type) || !read_type_info (self, &type))
    return FALSE;

  return type.type == TYPE_PRIMITIVE
             ? read_primitive_array (self, id, n_items, type.primitive, node)
             : read_object_array (self, id, n_items, type, node);
}

static gboolean
read_text (ExcNrbfParser *self, ExcNrbfNode **node)
{
  gint32 id;

  *node = exc_nrbf_add_node (self, EXC_NRBF_STRING);
  if (*node == NULL || !exc_nrbf_read_int32 (self, &id) ||
      !exc_nrbf_read_string (self, &(*node)->text))
    return FALSE;
  remember (self, id, *node);

  return TRUE;
}

static gboolean
read_typed_primitive (ExcNrbfParser *self, ExcNrbfNode **node)
{
  guint8 primitive;

  *node = exc_nrbf_add_node (self, EXC_NRBF_NULL);

  return *node != NULL && exc_nrbf_read_byte (self, &primitive) &&
         exc_nrbf_fill_primitive (self, primitive, *node);
}

static gboolean
read_reference (ExcNrbfParser *self, ExcNrbfNode **node)
{
  *node = exc_nrbf_add_node (self, EXC_NRBF_NULL);

  return *node != NULL && exc_nrbf_read_int32 (self, &(*node)->reference);
}

static gboolean
read_library (ExcNrbfParser *self)
{
  g_autofree char *name = NULL;
  gint32 id;

  return exc_nrbf_read_int32 (self, &id) && exc_nrbf_read_string (self, &name);
}

static gboolean
read_body (ExcNrbfParser *self, guint8 record, ExcNrbfNode **node, guint *n_nulls, gboolean *is_end)
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
    if (!exc_nrbf_read_byte (self, &byte))
      return FALSE;
    *n_nulls = byte;
    return byte > 0 || exc_nrbf_fail (self, EXC_ERROR_PROTOCOL, "no nulls at all");
  case RECORD_NULLS:
    if (!exc_nrbf_read_int32 (self, &count))
      return FALSE;
    *n_nulls = MAX (count, 0);
    return count > 0 || exc_nrbf_fail (self, EXC_ERROR_PROTOCOL, "no nulls at all");
  case RECORD_ARRAY_PRIMITIVE:
  case RECORD_ARRAY_OBJECT:
  case RECORD_ARRAY_STRING:
    return read_single_array (self, record, node);
  case RECORD_SYSTEM_CLASS_UNTYPED:
  case RECORD_CLASS_UNTYPED:
    return exc_nrbf_fail (self, EXC_ERROR_PROTOCOL, "a class without the types of its members");
  default:
    return exc_nrbf_fail (self, EXC_ERROR_PROTOCOL, "an unknown record");
  }
}

/* Gives one of: a node, a number of nulls, the end, or nothing (a library). */
static gboolean
read_record (ExcNrbfParser *self, ExcNrbfNode **node, guint *n_nulls, gboolean *is_end)
{
  guint8 record;
  gboolean ok;

  if (!exc_nrbf_read_byte (self, &record))
    return FALSE;
  if (self->depth == MAX_DEPTH)
    return exc_nrbf_fail (self, EXC_ERROR_LIMIT, "too deep");
  self->depth++;
  ok = read_body (self, record, node, n_nulls, is_end);
  self->depth--;

  return ok;
}

static gboolean
resolve_references (ExcNrbfParser *self)
{
  for (guint i = 0; i < self->stream->nodes->len; i++) {
    ExcNrbfNode *node = g_ptr_array_index (self->stream->nodes, i);

    if (node->reference == 0)
      continue;
    node->target = g_hash_table_lookup (self->objects, GINT_TO_POINTER (node->reference));
    if (node->target == NULL || node->target->reference != 0)
      return exc_nrbf_fail (self, EXC_ERROR_PROTOCOL, "a reference to an object that is not there");
  }

  return TRUE;
}

/* "#sig#", the payload's length, the payload, a MAC (domain.md 1.6) */
static gboolean
unwrap (ExcNrbfParser *self)
{
  guint64 length;

  if (exc_nrbf_left (self) < strlen (SIGNED_MARK) ||
      memcmp (self->at, SIGNED_MARK, strlen (SIGNED_MARK)) != 0)
    return TRUE;
  self->at += strlen (SIGNED_MARK);
  if (!exc_nrbf_read_bits (self, 4, &length))
    return FALSE;
  if (length > exc_nrbf_left (self))
    return exc_nrbf_cut_off (self);
  self->end = self->at + length;
  self->stream->is_signed = TRUE;

  return TRUE;
}

static gboolean
read_stream (ExcNrbfParser *self)
{
  gint32 root_id, header_id, major, minor;
  guint8 record;
  gboolean is_end = FALSE;

  if (!unwrap (self) || !exc_nrbf_read_byte (self, &record))
    return FALSE;
  if (record != RECORD_HEADER)
    return exc_nrbf_fail (self, EXC_ERROR_PROTOCOL, "no header");
  if (!exc_nrbf_read_int32 (self, &root_id) || !exc_nrbf_read_int32 (self, &header_id) ||
      !exc_nrbf_read_int32 (self, &major) || !exc_nrbf_read_int32 (self, &minor))
    return FALSE;
  if (major != 1)
    return exc_nrbf_fail (self, EXC_ERROR_PROTOCOL, "an unknown version");

  while (!is_end) {
    ExcNrbfNode *node = NULL;
    guint n_nulls = 0;

    if (!read_record (self, &node, &n_nulls, &is_end))
      return FALSE;
  }
  if (!resolve_references (self))
    return FALSE;
  self->stream->root = g_hash_table_lookup (self->objects, GINT_TO_POINTER (root_id));

  return self->stream->root != NULL || exc_nrbf_fail (self, EXC_ERROR_PROTOCOL, "no root object");
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
  ExcNrbfParser parser = { 0 };
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
    exc_nrbf_fail (&parser, EXC_ERROR_LIMIT, "too large");
    return NULL;
  }
  if (!read_stream (&parser))
    return NULL;

  return g_steal_pointer (&stream);
}
