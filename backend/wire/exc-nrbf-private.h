/* exc-nrbf-private.h — the tree, for its parser alone
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

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

G_END_DECLS
