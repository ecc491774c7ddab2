/* exc-value.c — values: making, filling, and looking exactly
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-clixml"

#include "config.h"

#include "exc-value-private.h"

G_DEFINE_BOXED_TYPE (ExcValue, exc_value, exc_value_ref, exc_value_unref)

/* Null, true and false are everywhere and never change. */
static ExcValue null_value = { .kind = EXC_VALUE_NULL, .is_constant = TRUE };
static ExcValue true_value = { .kind = EXC_VALUE_BOOLEAN, .is_constant = TRUE, .bits = 1 };
static ExcValue false_value = { .kind = EXC_VALUE_BOOLEAN, .is_constant = TRUE };

gboolean
exc_value_kind_is_text (ExcValueKind kind)
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
    return TRUE;
  default:
    return FALSE;
  }
}

gboolean
exc_value_kind_is_integer (ExcValueKind kind)
{
  return kind == EXC_VALUE_CHAR || (kind >= EXC_VALUE_BYTE && kind <= EXC_VALUE_INT64);
}

gboolean
exc_value_kind_is_signed (ExcValueKind kind)
{
  return kind == EXC_VALUE_SBYTE || kind == EXC_VALUE_INT16 || kind == EXC_VALUE_INT32 ||
         kind == EXC_VALUE_INT64;
}

static ExcValue *
alloc_value (ExcValueKind kind, gsize extra)
{
  ExcValue *self = g_malloc (sizeof (ExcValue) + extra);

  self->ref_count = 1;
  self->kind = kind;
  self->container = EXC_CONTAINER_NONE;
  self->is_constant = FALSE;
  self->length = 0;
  self->bits = 0;

  return self;
}

ExcValue *
exc_value_alloc_text (ExcValueKind kind, gsize length)
{
  ExcValue *self = alloc_value (kind, length + 1);

  g_assert (length < G_MAXUINT32);
  self->length = length;
  self->text[length] = '\0';

  return self;
}

ExcValue *
exc_value_alloc_object (void)
{
  ExcValue *self = alloc_value (EXC_VALUE_OBJECT, sizeof (ExcObject));

  memset (self->object, 0, sizeof (ExcObject));

  return self;
}

static ExcValue *
new_text (ExcValueKind kind, const char *text, gsize length)
{
  ExcValue *self = exc_value_alloc_text (kind, length);

  if (length > 0)
    memcpy (self->text, text, length);

  return self;
}

/**
 * exc_value_new_null:
 *
 * Returns: (transfer full): `$null`
 */
ExcValue *
exc_value_new_null (void)
{
  return &null_value;
}

/**
 * exc_value_new_string:
 * @text: (nullable): UTF-8; %NULL gives a null
 *
 * Returns: (transfer full): a string
 */
ExcValue *
exc_value_new_string (const char *text)
{
  return text == NULL ? exc_value_new_null () : new_text (EXC_VALUE_STRING, text, strlen (text));
}

/**
 * exc_value_new_string_len:
 * @text: (array length=length): UTF-8 that may hold NULs
 * @length: in bytes
 *
 * Returns: (transfer full): a string
 */
ExcValue *
exc_value_new_string_len (const char *text, gsize length)
{
  g_return_val_if_fail (text != NULL || length == 0, NULL);

  return new_text (EXC_VALUE_STRING, text, length);
}

ExcValue *
exc_value_new_boolean (gboolean value)
{
  return value ? &true_value : &false_value;
}

ExcValue *
exc_value_new_int32 (gint32 value)
{
  return exc_value_new_integer (EXC_VALUE_INT32, (guint64) (gint64) value);
}

ExcValue *
exc_value_new_int64 (gint64 value)
{
  return exc_value_new_integer (EXC_VALUE_INT64, (guint64) value);
}

/**
 * exc_value_new_integer:
 * @kind: EXC_VALUE_CHAR, or one of EXC_VALUE_BYTE to EXC_VALUE_INT64
 * @bits: the number, sign-extended where @kind has a sign; cut to what @kind holds
 *
 * Returns: (transfer full): an integer or a UTF-16 code unit
 */
ExcValue *
exc_value_new_integer (ExcValueKind kind, guint64 bits)
{
  ExcValue *self;

  g_return_val_if_fail (exc_value_kind_is_integer (kind), NULL);

  self = alloc_value (kind, 0);
  switch (kind) {
  case EXC_VALUE_BYTE:
    self->bits = (guint8) bits;
    break;
  case EXC_VALUE_SBYTE:
    self->bits = (guint64) (gint64) (gint8) bits;
    break;
  case EXC_VALUE_CHAR:
  case EXC_VALUE_UINT16:
    self->bits = (guint16) bits;
    break;
  case EXC_VALUE_INT16:
    self->bits = (guint64) (gint64) (gint16) bits;
    break;
  case EXC_VALUE_UINT32:
    self->bits = (guint32) bits;
    break;
  case EXC_VALUE_INT32:
    self->bits = (guint64) (gint64) (gint32) bits;
    break;
  default:
    self->bits = bits;
    break;
  }

  return self;
}

ExcValue *
exc_value_new_number (ExcValueKind kind, double value)
{
  ExcValue *self = alloc_value (kind, 0);

  self->number = kind == EXC_VALUE_SINGLE ? (float) value : value;

  return self;
}

ExcValue *
exc_value_new_double (double value)
{
  return exc_value_new_number (EXC_VALUE_DOUBLE, value);
}

/**
 * exc_value_new_text_kind:
 * @kind: a kind that is text on the wire
 * @text: as the wire has it, without escapes
 *
 * Returns: (transfer full): the value
 */
ExcValue *
exc_value_new_text_kind (ExcValueKind kind, const char *text)
{
  g_return_val_if_fail (exc_value_kind_is_text (kind), NULL);
  g_return_val_if_fail (text != NULL, NULL);

  return new_text (kind, text, strlen (text));
}

/**
 * exc_value_new_date_time:
 * @date_time: any time
 *
 * Sent in UTC with a Z: all else reaches a cmdlet in the server's local time (protocol.md 12).
 *
 * Returns: (transfer full): a DateTime
 */
ExcValue *
exc_value_new_date_time (GDateTime *date_time)
{
  g_autoptr(GDateTime) utc = NULL;
  g_autofree char *whole = NULL;
  g_autoptr(GString) text = NULL;
  int microseconds;

  g_return_val_if_fail (date_time != NULL, NULL);

  utc = g_date_time_to_utc (date_time);
  whole = g_date_time_format (utc, "%Y-%m-%dT%H:%M:%S");
  text = g_string_new (whole);
  microseconds = g_date_time_get_microsecond (utc);
  if (microseconds != 0) {
    g_string_append_printf (text, ".%06d", microseconds);
    while (text->str[text->len - 1] == '0')
      g_string_truncate (text, text->len - 1);
  }
  g_string_append_c (text, 'Z');

  return new_text (EXC_VALUE_DATE_TIME, text->str, text->len);
}

ExcValue *
exc_value_new_bytes (GBytes *bytes)
{
  ExcValue *self;

  g_return_val_if_fail (bytes != NULL, NULL);

  self = alloc_value (EXC_VALUE_BYTES, 0);
  self->bytes = g_bytes_ref (bytes);

  return self;
}

/**
 * exc_value_new_secure_string:
 * @secret: the plaintext, UTF-8
 *
 * Returns: (transfer full): a SecureString that is sealed when it is written
 */
ExcValue *
exc_value_new_secure_string (ExcSecret *secret)
{
  ExcValue *self;

  g_return_val_if_fail (secret != NULL, NULL);

  self = exc_value_alloc_text (EXC_VALUE_SECURE_STRING, 0);
  self->secret = exc_secret_ref (secret);

  return self;
}

/**
 * exc_value_set_secret:
 * @self: a SecureString that was read
 * @secret: its plaintext, UTF-8
 */
void
exc_value_set_secret (ExcValue *self, ExcSecret *secret)
{
  g_return_if_fail (self != NULL && self->kind == EXC_VALUE_SECURE_STRING);
  g_return_if_fail (secret != NULL && self->secret == NULL);

  self->secret = exc_secret_ref (secret);
}

/**
 * exc_value_new_object:
 * @type_names: (nullable) (array zero-terminated=1): most derived first
 *
 * Returns: (transfer full): an object without members
 */
ExcValue *
exc_value_new_object (const char *const *type_names)
{
  ExcValue *self = exc_value_alloc_object ();

  if (type_names != NULL && type_names[0] != NULL) {
    guint n_names = g_strv_length ((GStrv) type_names);
    g_autofree ExcName **names = g_new (ExcName *, n_names);

    for (guint i = 0; i < n_names; i++)
      names[i] = exc_name_new (type_names[i], strlen (type_names[i]));
    self->object->types = exc_type_names_new (names, n_names);
  }

  return self;
}

ExcValue *
exc_value_new_list (void)
{
  static const char *const type_names[] = {
    "System.Object[]", "System.Array", "System.Object", NULL
  };
  ExcValue *self = exc_value_new_object (type_names);

  exc_value_set_container (self, EXC_CONTAINER_LIST);

  return self;
}

/**
 * exc_value_new_string_list:
 * @texts: (nullable) (array zero-terminated=1): the items
 *
 * Returns: (transfer full): a list, empty for %NULL
 */
ExcValue *
exc_value_new_string_list (const char *const *texts)
{
  ExcValue *self = exc_value_new_list ();

  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    exc_value_append (self, exc_value_new_string (texts[i]));

  return self;
}

ExcValue *
exc_value_new_enum (const char *type_name, const char *text, gint32 number)
{
  const char *const type_names[] = {
    type_name, "System.Enum", "System.ValueType", "System.Object", NULL
  };
  ExcValue *self = exc_value_new_object (type_names);

  exc_value_set_to_string (self, text);
  exc_value_set_base (self, exc_value_new_int32 (number));

  return self;
}

ExcValue *
exc_value_new_psobject (void)
{
  static const char *const type_names[] = { "System.Management.Automation.PSCustomObject",
                                            "System.Object",
                                            NULL };

  return exc_value_new_object (type_names);
}

void
exc_value_set_to_string (ExcValue *self, const char *text)
{
  g_return_if_fail (self != NULL && self->kind == EXC_VALUE_OBJECT);

  g_clear_pointer (&self->object->to_string, exc_name_unref);
  if (text != NULL)
    self->object->to_string = exc_name_new (text, strlen (text));
}

void
exc_value_set_base (ExcValue *self, ExcValue *take)
{
  g_return_if_fail (self != NULL && self->kind == EXC_VALUE_OBJECT);

  g_clear_pointer (&self->object->base, exc_value_unref);
  self->object->base = take;
}

/**
 * exc_value_set_container:
 * @self: an object without items
 * @container: what its items are in
 */
void
exc_value_set_container (ExcValue *self, ExcContainer container)
{
  g_return_if_fail (self != NULL && self->kind == EXC_VALUE_OBJECT);
  g_return_if_fail (self->object->n_items == 0);

  self->container = container;
}

/**
 * exc_value_append:
 * @self: an object whose container is any but a dictionary
 * @take: (transfer full): the next item
 */
void
exc_value_append (ExcValue *self, ExcValue *take)
{
  ExcObject *object;

  g_return_if_fail (self != NULL && self->kind == EXC_VALUE_OBJECT);
  g_return_if_fail (self->container != EXC_CONTAINER_NONE);
  g_return_if_fail (self->container != EXC_CONTAINER_DICTIONARY);
  g_return_if_fail (take != NULL);

  object = self->object;
  object->items = g_renew (ExcValue *, object->items, object->n_items + 1);
  object->items[object->n_items++] = take;
}

/**
 * exc_value_insert:
 * @self: an object whose container is a dictionary
 * @take_key: (transfer full): the key
 * @take: (transfer full): the value
 *
 * Keys may repeat, as they may on the wire.
 */
void
exc_value_insert (ExcValue *self, ExcValue *take_key, ExcValue *take)
{
  ExcObject *object;

  g_return_if_fail (self != NULL && self->kind == EXC_VALUE_OBJECT);
  g_return_if_fail (self->container == EXC_CONTAINER_DICTIONARY);
  g_return_if_fail (take_key != NULL && take != NULL);

  object = self->object;
  object->items = g_renew (ExcValue *, object->items, (object->n_items + 1) * 2);
  object->items[object->n_items * 2] = take_key;
  object->items[object->n_items * 2 + 1] = take;
  object->n_items++;
}

static void
set_member (ExcValue *self, const char *name, ExcValue *take, gboolean is_prop)
{
  ExcObject *object = self->object;
  guint32 from = is_prop ? 0 : object->n_props;
  guint32 to = is_prop ? object->n_props : object->n_members;

  for (guint32 i = from; i < to; i++) {
    if (g_ascii_strcasecmp (object->members[i].name->text, name) != 0)
      continue;
    exc_value_unref (object->members[i].value);
    object->members[i].value = take;
    return;
  }

  object->members = g_renew (ExcMember, object->members, object->n_members + 1);
  memmove (object->members + to + 1,
           object->members + to,
           (object->n_members - to) * sizeof (ExcMember));
  object->members[to].name = exc_name_new (name, strlen (name));
  object->members[to].value = take;
  object->n_members++;
  if (is_prop)
    object->n_props++;
}

/**
 * exc_value_set_property:
 * @self: an object
 * @name: of an adapted property (Props); an earlier one of that name is replaced
 * @take: (transfer full): its value
 */
void
exc_value_set_property (ExcValue *self, const char *name, ExcValue *take)
{
  g_return_if_fail (self != NULL && self->kind == EXC_VALUE_OBJECT);
  g_return_if_fail (name != NULL && take != NULL);

  set_member (self, name, take, TRUE);
}

/**
 * exc_value_set_member:
 * @self: an object
 * @name: of an extended member (MS); an earlier one of that name is replaced
 * @take: (transfer full): its value
 */
void
exc_value_set_member (ExcValue *self, const char *name, ExcValue *take)
{
  g_return_if_fail (self != NULL && self->kind == EXC_VALUE_OBJECT);
  g_return_if_fail (name != NULL && take != NULL);

  set_member (self, name, take, FALSE);
}

ExcValue *
exc_value_ref (ExcValue *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (!self->is_constant)
    __atomic_add_fetch (&self->ref_count, 1, __ATOMIC_RELAXED);

  return self;
}

static void
free_object (ExcObject *object, gboolean is_dictionary)
{
  guint32 n_values = is_dictionary ? object->n_items * 2 : object->n_items;

  if (object->types != NULL)
    exc_type_names_unref (object->types);
  if (object->to_string != NULL)
    exc_name_unref (object->to_string);
  if (object->base != NULL)
    exc_value_unref (object->base);
  for (guint32 i = 0; i < n_values; i++)
    exc_value_unref (object->items[i]);
  for (guint32 i = 0; i < object->n_members; i++) {
    exc_name_unref (object->members[i].name);
    exc_value_unref (object->members[i].value);
  }
  g_free (object->items);
  g_free (object->members);
}

void
exc_value_unref (ExcValue *self)
{
  g_return_if_fail (self != NULL);

  if (self->is_constant || __atomic_sub_fetch (&self->ref_count, 1, __ATOMIC_ACQ_REL) > 0)
    return;

  if (self->kind == EXC_VALUE_OBJECT)
    free_object (self->object, self->container == EXC_CONTAINER_DICTIONARY);
  else if (self->kind == EXC_VALUE_BYTES)
    g_bytes_unref (self->bytes);
  else if (self->kind == EXC_VALUE_SECURE_STRING && self->secret != NULL)
    exc_secret_unref (self->secret);
  g_free (self);
}
