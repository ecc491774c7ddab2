/* exc-value-look.c — values: looking, exactly and tolerantly
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-clixml"

#include "config.h"

#include "exc-value-private.h"

#include <math.h>

#define DESERIALIZED "Deserialized."

static gboolean
is_object (ExcValue *self)
{
  return self != NULL && self->kind == EXC_VALUE_OBJECT;
}

ExcValueKind
exc_value_get_kind (ExcValue *self)
{
  return self == NULL ? EXC_VALUE_NULL : (ExcValueKind) self->kind;
}

gboolean
exc_value_is_null (ExcValue *self)
{
  return self == NULL || self->kind == EXC_VALUE_NULL;
}

const char *const *
exc_value_get_type_names (ExcValue *self)
{
  return is_object (self) && self->object->types != NULL ? self->object->types->texts : NULL;
}

/**
 * exc_value_is_type:
 * @self: (nullable): a value
 * @type_name: full .NET name without "Deserialized."
 *
 * A server that re-serialized an object it got from elsewhere puts "Deserialized." in front of
 * each of its types (protocol.md 6).
 *
 * Returns: whether @type_name is one of the object's types
 */
gboolean
exc_value_is_type (ExcValue *self, const char *type_name)
{
  const char *const *names = exc_value_get_type_names (self);

  g_return_val_if_fail (type_name != NULL, FALSE);

  for (; names != NULL && *names != NULL; names++) {
    const char *name = *names;

    if (g_str_has_prefix (name, DESERIALIZED))
      name += strlen (DESERIALIZED);
    if (g_str_equal (name, type_name))
      return TRUE;
  }

  return FALSE;
}

const char *
exc_value_get_to_string (ExcValue *self)
{
  return is_object (self) && self->object->to_string != NULL ? self->object->to_string->text : NULL;
}

ExcValue *
exc_value_get_base (ExcValue *self)
{
  return is_object (self) ? self->object->base : NULL;
}

ExcContainer
exc_value_get_container (ExcValue *self)
{
  return is_object (self) ? (ExcContainer) self->container : EXC_CONTAINER_NONE;
}

guint
exc_value_get_n_items (ExcValue *self)
{
  return is_object (self) ? self->object->n_items : 0;
}

/**
 * exc_value_get_item:
 * @self: a container
 * @index: of an item, or of a dictionary's entry
 *
 * Returns: (transfer none): the item, or the entry's value
 */
ExcValue *
exc_value_get_item (ExcValue *self, guint index)
{
  g_return_val_if_fail (is_object (self) && index < self->object->n_items, NULL);

  if (self->container == EXC_CONTAINER_DICTIONARY)
    return self->object->items[index * 2 + 1];

  return self->object->items[index];
}

ExcValue *
exc_value_get_key (ExcValue *self, guint index)
{
  g_return_val_if_fail (is_object (self) && index < self->object->n_items, NULL);
  g_return_val_if_fail (self->container == EXC_CONTAINER_DICTIONARY, NULL);

  return self->object->items[index * 2];
}

/**
 * exc_value_lookup:
 * @self: (nullable): a dictionary
 * @key: text of the key; case is ignored, as PowerShell's own tables do
 *
 * Returns: (transfer none) (nullable): the first entry of that key
 */
ExcValue *
exc_value_lookup (ExcValue *self, const char *key)
{
  g_return_val_if_fail (key != NULL, NULL);

  if (exc_value_get_container (self) != EXC_CONTAINER_DICTIONARY)
    return NULL;

  for (guint i = 0; i < self->object->n_items; i++) {
    g_autofree char *text = exc_value_dup_text (self->object->items[i * 2]);

    if (text != NULL && g_ascii_strcasecmp (text, key) == 0)
      return self->object->items[i * 2 + 1];
  }

  return NULL;
}

guint
exc_value_get_n_properties (ExcValue *self)
{
  return is_object (self) ? self->object->n_members : 0;
}

const char *
exc_value_get_property_name (ExcValue *self, guint index)
{
  g_return_val_if_fail (is_object (self) && index < self->object->n_members, NULL);

  return self->object->members[index].name->text;
}

ExcValue *
exc_value_get_property_at (ExcValue *self, guint index)
{
  g_return_val_if_fail (is_object (self) && index < self->object->n_members, NULL);

  return self->object->members[index].value;
}

static ExcValue *
find_member (ExcObject *object, const char *name, guint32 from, guint32 to)
{
  gsize length = strlen (name);

  for (guint32 i = from; i < to; i++) {
    ExcName *other = object->members[i].name;

    if (other->length == length && g_ascii_strcasecmp (other->text, name) == 0)
      return object->members[i].value;
  }

  return NULL;
}

/**
 * exc_value_get_property:
 * @self: (nullable): a value
 * @name: a property's name; case is ignored
 *
 * Returns: (transfer none) (nullable): the extended member of that name, else the adapted property
 */
ExcValue *
exc_value_get_property (ExcValue *self, const char *name)
{
  ExcValue *value;

  g_return_val_if_fail (name != NULL, NULL);

  if (!is_object (self))
    return NULL;
  value = find_member (self->object, name, self->object->n_props, self->object->n_members);
  if (value == NULL)
    value = find_member (self->object, name, 0, self->object->n_props);

  return value;
}

/**
 * exc_value_get_text:
 * @self: (nullable): a value
 *
 * Returns: (nullable): the text of a kind that is text (of a SecureString that was read: its
 *   ciphertext), else the object's ToString, else its base's text
 */
const char *
exc_value_get_text (ExcValue *self)
{
  if (self == NULL)
    return NULL;
  if (exc_value_kind_is_text (self->kind))
    return self->text;
  if (self->kind == EXC_VALUE_SECURE_STRING)
    return self->secret == NULL ? self->text : NULL;
  if (self->kind != EXC_VALUE_OBJECT)
    return NULL;
  if (self->object->to_string != NULL)
    return self->object->to_string->text;

  return exc_value_get_text (self->object->base);
}

/**
 * exc_value_get_length:
 * @self: (nullable): a value
 *
 * Returns: bytes of a kind that is text, which may hold NULs; else 0
 */
gsize
exc_value_get_length (ExcValue *self)
{
  return self == NULL ? 0 : self->length;
}

static char *
dup_number (ExcValue *self)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (self->number))
    return g_strdup ("NaN");
  if (isinf (self->number))
    return g_strdup (self->number > 0 ? "∞" : "-∞");
  g_ascii_formatd (
      buffer, sizeof buffer, self->kind == EXC_VALUE_SINGLE ? "%.7g" : "%.15g", self->number);

  return g_strdup (buffer);
}

static char *
dup_char (guint16 unit)
{
  char buffer[7] = { 0 };

  if (unit >= 0xD800 && unit <= 0xDFFF)
    return g_strdup ("\357\277\275");
  g_unichar_to_utf8 (unit, buffer);

  return g_strdup (buffer);
}

static char *
dup_hex (GBytes *bytes)
{
  static const char digits[] = "0123456789ABCDEF";
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  char *text = g_malloc (size * 2 + 1);

  for (gsize i = 0; i < size; i++) {
    text[i * 2] = digits[data[i] >> 4];
    text[i * 2 + 1] = digits[data[i] & 15];
  }
  text[size * 2] = '\0';

  return text;
}

static char *
dup_items (ExcValue *self)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->object->n_items; i++) {
    g_autofree char *item = exc_value_dup_text (exc_value_get_item (self, i));

    if (i > 0)
      g_string_append (text, ", ");
    if (self->container == EXC_CONTAINER_DICTIONARY) {
      g_autofree char *key = exc_value_dup_text (exc_value_get_key (self, i));

      g_string_append (text, key != NULL ? key : "");
      g_string_append_c (text, '=');
    }
    g_string_append (text, item != NULL ? item : "");
  }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/**
 * exc_value_dup_text:
 * @self: (nullable): a value
 *
 * In words as PowerShell has them: True and False, numbers, dates as sent, bytes in hexadecimal,
 * lists as "a, b", dictionaries as "a=1, b=2", objects by ToString, else by their base.
 *
 * Returns: (transfer full) (nullable): %NULL for a null, a secret and an object without words
 */
char *
exc_value_dup_text (ExcValue *self)
{
  if (self == NULL)
    return NULL;
  if (exc_value_kind_is_text (self->kind))
    return g_strndup (self->text, self->length);
  if (self->kind == EXC_VALUE_CHAR)
    return dup_char (self->bits);
  if (exc_value_kind_is_integer (self->kind))
    return exc_value_kind_is_signed (self->kind)
               ? g_strdup_printf ("%" G_GINT64_FORMAT, (gint64) self->bits)
               : g_strdup_printf ("%" G_GUINT64_FORMAT, self->bits);

  switch ((ExcValueKind) self->kind) {
  case EXC_VALUE_BOOLEAN:
    return g_strdup (self->bits ? "True" : "False");
  case EXC_VALUE_SINGLE:
  case EXC_VALUE_DOUBLE:
    return dup_number (self);
  case EXC_VALUE_BYTES:
    return dup_hex (self->bytes);
  case EXC_VALUE_OBJECT:
    if (self->container != EXC_CONTAINER_NONE)
      return dup_items (self);
    if (self->object->to_string != NULL)
      return g_strdup (self->object->to_string->text);
    return exc_value_dup_text (self->object->base);
  default:
    return NULL;
  }
}

/**
 * exc_value_get_boolean:
 * @self: (nullable): a value
 * @value: (out): TRUE or FALSE
 *
 * Returns: whether @self is a Boolean, a SwitchParameter or the text "True" or "False"
 */
gboolean
exc_value_get_boolean (ExcValue *self, gboolean *value)
{
  const char *text;

  if (self == NULL)
    return FALSE;
  if (self->kind == EXC_VALUE_BOOLEAN) {
    *value = self->bits != 0;
    return TRUE;
  }
  if (self->kind == EXC_VALUE_OBJECT) {
    if (exc_value_get_boolean (self->object->base, value))
      return TRUE;
    if (exc_value_get_boolean (exc_value_get_property (self, "IsPresent"), value))
      return TRUE;
  }

  text = exc_value_get_text (self);
  if (text == NULL)
    return FALSE;
  *value = g_ascii_strcasecmp (text, "true") == 0;

  return *value || g_ascii_strcasecmp (text, "false") == 0;
}

/**
 * exc_value_get_int64:
 * @self: (nullable): a value
 * @value: (out): the number
 *
 * Returns: whether @self is an integer that fits, an enum, or a text of nothing but a number
 */
gboolean
exc_value_get_int64 (ExcValue *self, gint64 *value)
{
  if (self == NULL)
    return FALSE;
  if (exc_value_kind_is_integer (self->kind)) {
    if (!exc_value_kind_is_signed (self->kind) && self->bits > G_MAXINT64)
      return FALSE;
    *value = (gint64) self->bits;
    return TRUE;
  }
  if (self->kind == EXC_VALUE_STRING || self->kind == EXC_VALUE_DECIMAL)
    return g_ascii_string_to_signed (self->text, 10, G_MININT64, G_MAXINT64, value, NULL);
  if (self->kind == EXC_VALUE_OBJECT)
    return exc_value_get_int64 (self->object->base, value);

  return FALSE;
}

GBytes *
exc_value_get_bytes (ExcValue *self)
{
  if (self == NULL)
    return NULL;
  if (self->kind == EXC_VALUE_OBJECT)
    return exc_value_get_bytes (self->object->base);

  return self->kind == EXC_VALUE_BYTES ? self->bytes : NULL;
}

/**
 * exc_value_dup_string_list:
 * @self: (nullable): a value
 *
 * Returns: (transfer full) (nullable): a list's items in words, or the one scalar's; %NULL for null
 */
GStrv
exc_value_dup_string_list (ExcValue *self)
{
  g_autoptr(GStrvBuilder) builder = NULL;
  g_autofree char *text = NULL;

  if (exc_value_is_null (self))
    return NULL;

  builder = g_strv_builder_new ();
  if (exc_value_get_container (self) == EXC_CONTAINER_NONE) {
    text = exc_value_dup_text (self);
    if (text != NULL)
      g_strv_builder_add (builder, text);
    return g_strv_builder_end (builder);
  }

  for (guint i = 0; i < self->object->n_items; i++) {
    g_autofree char *item = exc_value_dup_text (exc_value_get_item (self, i));

    g_strv_builder_add (builder, item != NULL ? item : "");
  }

  return g_strv_builder_end (builder);
}

ExcSecret *
exc_value_get_secret (ExcValue *self)
{
  return self != NULL && self->kind == EXC_VALUE_SECURE_STRING ? self->secret : NULL;
}
