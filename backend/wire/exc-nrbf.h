/* exc-nrbf.h — what lies in .NET's binary serialization, read-only
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  EXC_NRBF_NULL,
  EXC_NRBF_BOOLEAN,
  EXC_NRBF_INTEGER, /* every integer, Char, TimeSpan and DateTime as their 64 bits */
  EXC_NRBF_NUMBER,  /* Single, Double */
  EXC_NRBF_STRING,  /* Decimal too */
  EXC_NRBF_BYTES,   /* byte[] */
  EXC_NRBF_ARRAY,
  EXC_NRBF_CLASS,
} ExcNrbfKind;

/**
 * ExcNrbf:
 *
 * A parsed stream of .NET's BinaryFormatter ([MS-NRBF]). It is a tree of what the bytes say:
 * nothing is ever made or run by a type's name. Nodes live as long as the stream. References are
 * followed by the getters; they may lead round in circles, so a walk of one's own needs a limit.
 */
typedef struct _ExcNrbf ExcNrbf;
typedef struct _ExcNrbfNode ExcNrbfNode;

/* With or without the wrapper of signed payloads ("#sig#", domain.md 1.6), whose MAC cannot be
 * checked here. EXC_ERROR_PROTOCOL or EXC_ERROR_LIMIT. */
ExcNrbf *exc_nrbf_parse (GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void exc_nrbf_free (ExcNrbf *self);
gboolean exc_nrbf_is_signed (ExcNrbf *self);
const ExcNrbfNode *exc_nrbf_get_root (ExcNrbf *self); /* never NULL */

/* All take NULL for @node, a member that is not there, and then say so. */
ExcNrbfKind exc_nrbf_node_get_kind (const ExcNrbfNode *node);
const char *exc_nrbf_node_get_class (const ExcNrbfNode *node); /* (nullable) full .NET name */
const char *exc_nrbf_node_get_text (const ExcNrbfNode *node);  /* (nullable) */
GBytes *exc_nrbf_node_get_bytes (const ExcNrbfNode *node);     /* (nullable) (transfer none) */
gboolean exc_nrbf_node_get_boolean (const ExcNrbfNode *node, gboolean *value);
/* Integers, and enums: a class of one member value__. */
gboolean exc_nrbf_node_get_int64 (const ExcNrbfNode *node, gint64 *value);
guint exc_nrbf_node_get_n_items (const ExcNrbfNode *node); /* of an array; a class's members */
const ExcNrbfNode *exc_nrbf_node_get_item (const ExcNrbfNode *node, guint index);
const ExcNrbfNode *exc_nrbf_node_get_member (const ExcNrbfNode *node, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcNrbf, exc_nrbf_free)

G_END_DECLS
