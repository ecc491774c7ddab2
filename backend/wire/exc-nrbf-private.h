/* exc-nrbf-private.h — the tree, for its parser alone
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-error.h"
#include "exc-nrbf.h"

G_BEGIN_DECLS

struct _ExcNrbfNode {
  ExcNrbfKind kind;
  const ExcNrbfNode *target; /* (nullable): this is a reference to that */
  gint32 reference;          /* id to resolve when all is read; 0: none */
  gint64 integer;
  double number;
  char *text;    /* of a string */
  GBytes *bytes; /* (nullable) */
  const char *class_name;
  const char *const *member_names; /* as many as items */
  guint n_items;
  ExcNrbfNode **items; /* the array is owned; the nodes belong to the stream */
};

struct _ExcNrbf {
  gboolean is_signed;
  GPtrArray *nodes;   /* (element-type ExcNrbfNode), owned */
  GPtrArray *classes; /* layouts, owned */
  const ExcNrbfNode *root;
};

#define EXC_NRBF_MAX_NODES 100000

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
} ExcNrbfType;

/* What a class record says of all objects of its class. */
typedef struct {
  char *name;
  guint n_members;
  char **member_names;
  ExcNrbfType *types;
} ExcNrbfLayout;

typedef struct {
  ExcNrbf *stream;
  const guint8 *at;
  const guint8 *end;
  GHashTable *objects; /* (element-type gint32 ExcNrbfNode), borrowed */
  GHashTable *layouts; /* (element-type gint32 ExcNrbfLayout), borrowed */
  guint depth;
  GError **error;
} ExcNrbfParser;

/* The stream being read; exc-nrbf-read.c. All give FALSE, and an error, where it is cut off. */
gboolean exc_nrbf_fail (ExcNrbfParser *self, ExcError code, const char *what);
gboolean exc_nrbf_cut_off (ExcNrbfParser *self);
ExcNrbfNode *exc_nrbf_add_node (ExcNrbfParser *self,
                                ExcNrbfKind kind); /* (nullable): past the limit */
gsize exc_nrbf_left (ExcNrbfParser *self);
gboolean exc_nrbf_read_bits (ExcNrbfParser *self, guint n_bytes, guint64 *bits);
gboolean exc_nrbf_read_byte (ExcNrbfParser *self, guint8 *byte);
gboolean exc_nrbf_read_int32 (ExcNrbfParser *self, gint32 *value);
gboolean exc_nrbf_read_count (ExcNrbfParser *self,
                              guint *count); /* of things that each take a byte or more */
gboolean exc_nrbf_read_string (ExcNrbfParser *self, char **text);
guint exc_nrbf_size_of_primitive (guint8 primitive); /* 0: of no fixed size */
gboolean exc_nrbf_fill_primitive (ExcNrbfParser *self, guint8 primitive, ExcNrbfNode *node);

G_END_DECLS
