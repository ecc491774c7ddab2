/* exc-nrbf.c — looking at a parsed binary serialization
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-nrbf-private.h"

#include <string.h>

static const ExcNrbfNode *
follow (const ExcNrbfNode *node)
{
  return node != NULL && node->target != NULL ? node->target : node;
}

void
exc_nrbf_free (ExcNrbf *self)
{
  g_return_if_fail (self != NULL);

  g_ptr_array_unref (self->nodes);
  g_ptr_array_unref (self->classes);
  g_free (self);
}

gboolean
exc_nrbf_is_signed (ExcNrbf *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_signed;
}

const ExcNrbfNode *
exc_nrbf_get_root (ExcNrbf *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->root;
}

ExcNrbfKind
exc_nrbf_node_get_kind (const ExcNrbfNode *node)
{
  node = follow (node);

  return node == NULL ? EXC_NRBF_NULL : node->kind;
}

const char *
exc_nrbf_node_get_class (const ExcNrbfNode *node)
{
  node = follow (node);

  return node == NULL ? NULL : node->class_name;
}

const char *
exc_nrbf_node_get_text (const ExcNrbfNode *node)
{
  node = follow (node);

  return node == NULL ? NULL : node->text;
}

GBytes *
exc_nrbf_node_get_bytes (const ExcNrbfNode *node)
{
  node = follow (node);

  return node == NULL ? NULL : node->bytes;
}

gboolean
exc_nrbf_node_get_boolean (const ExcNrbfNode *node, gboolean *value)
{
  node = follow (node);
  if (node == NULL || node->kind != EXC_NRBF_BOOLEAN)
    return FALSE;
  *value = node->integer != 0;

  return TRUE;
}

gboolean
exc_nrbf_node_get_int64 (const ExcNrbfNode *node, gint64 *value)
{
  node = follow (node);
  if (node != NULL && node->kind == EXC_NRBF_CLASS && node->n_items == 1 &&
      g_str_equal (node->member_names[0], "value__"))
    node = follow (node->items[0]);
  if (node == NULL || node->kind != EXC_NRBF_INTEGER)
    return FALSE;
  *value = node->integer;

  return TRUE;
}

guint
exc_nrbf_node_get_n_items (const ExcNrbfNode *node)
{
  node = follow (node);

  return node == NULL ? 0 : node->n_items;
}

const ExcNrbfNode *
exc_nrbf_node_get_item (const ExcNrbfNode *node, guint index)
{
  node = follow (node);
  g_return_val_if_fail (node != NULL && index < node->n_items, NULL);

  return follow (node->items[index]);
}

const ExcNrbfNode *
exc_nrbf_node_get_member (const ExcNrbfNode *node, const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  node = follow (node);
  if (node == NULL || node->kind != EXC_NRBF_CLASS)
    return NULL;
  for (guint i = 0; i < node->n_items; i++) {
    if (g_str_equal (node->member_names[i], name))
      return follow (node->items[i]);
  }

  return NULL;
}
