/* exc-value-equal.c — values: deep comparison
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-clixml"

#include "config.h"

#include "exc-value-private.h"

#include <math.h>

static gboolean
equal_secrets (ExcValue *self, ExcValue *other)
{
  gsize size, other_size;
  const char *text, *other_text;

  if (self->secret == NULL || other->secret == NULL)
    return self->secret == other->secret && self->length == other->length &&
           memcmp (self->text, other->text, self->length) == 0;

  text = exc_secret_peek (self->secret, &size);
  other_text = exc_secret_peek (other->secret, &other_size);

  return size == other_size && memcmp (text, other_text, size) == 0;
}

static gboolean
equal_objects (ExcValue *self, ExcValue *other)
{
  ExcObject *a = self->object, *b = other->object;
  guint32 n_values = self->container == EXC_CONTAINER_DICTIONARY ? a->n_items * 2 : a->n_items;
  const char *const *names = exc_value_get_type_names (self);
  const char *const *other_names = exc_value_get_type_names (other);

  if (self->container != other->container || a->n_items != b->n_items || a->n_props != b->n_props ||
      a->n_members != b->n_members || (a->base == NULL) != (b->base == NULL) ||
      (names == NULL) != (other_names == NULL))
    return FALSE;
  if (names != NULL && names != other_names && !g_strv_equal (names, other_names))
    return FALSE;
  if (g_strcmp0 (exc_value_get_to_string (self), exc_value_get_to_string (other)) != 0)
    return FALSE;
  if (a->base != NULL && !exc_value_equal (a->base, b->base))
    return FALSE;
  for (guint32 i = 0; i < n_values; i++) {
    if (!exc_value_equal (a->items[i], b->items[i]))
      return FALSE;
  }
  for (guint32 i = 0; i < a->n_members; i++) {
    if (!g_str_equal (a->members[i].name->text, b->members[i].name->text) ||
        !exc_value_equal (a->members[i].value, b->members[i].value))
      return FALSE;
  }

  return TRUE;
}

/**
 * exc_value_equal:
 * @self: (nullable): a value
 * @other: (nullable): another; %NULL is equal to a null
 *
 * Returns: whether both are the same on the wire, in the same order
 */
gboolean
exc_value_equal (ExcValue *self, ExcValue *other)
{
  if (exc_value_is_null (self) || exc_value_is_null (other))
    return exc_value_is_null (self) && exc_value_is_null (other);
  if (self == other)
    return TRUE;
  if (self->kind != other->kind)
    return FALSE;
  if (exc_value_kind_is_text (self->kind))
    return self->length == other->length && memcmp (self->text, other->text, self->length) == 0;

  switch ((ExcValueKind) self->kind) {
  case EXC_VALUE_OBJECT:
    return equal_objects (self, other);
  case EXC_VALUE_BYTES:
    return g_bytes_equal (self->bytes, other->bytes);
  case EXC_VALUE_SECURE_STRING:
    return equal_secrets (self, other);
  case EXC_VALUE_SINGLE:
  case EXC_VALUE_DOUBLE:
    return self->number == other->number || (isnan (self->number) && isnan (other->number));
  default:
    return self->bits == other->bits;
  }
}
