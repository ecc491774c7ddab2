/* exc-clixml-writer.c — values to CLIXML
 *
 * The exact shapes that PowerShell's own deserializer takes ([MS-PSRP] 2.2.5, protocol.md 6, 12):
 * no white space, no declaration, no namespace, `true` in lower case.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-clixml"

#include "config.h"

#include "exc-clixml-private.h"
#include "exc-error.h"
#include "exc-value-private.h"

#include <math.h>

#include <glib/gi18n.h>

#define MAX_DEPTH 200

typedef struct {
  GString *out;
  const ExcSecretSealer *sealer; /* (nullable) */
  guint64 first_id;              /* RefIds of objects and types count from here */
  GHashTable *types;             /* (element-type ExcTypeNames guint64): the TNs written */
  GHashTable *objects;           /* (element-type ExcValue guint64): the Objs written */
  guint depth;
} Writer;

static gboolean write_value (Writer *self, const char *name, ExcValue *value, GError **error);

/* clang-format off */
static const char *const tags[] = {
  [EXC_VALUE_NULL] = "Nil",      [EXC_VALUE_STRING] = "S",          [EXC_VALUE_CHAR] = "C",
  [EXC_VALUE_BOOLEAN] = "B",     [EXC_VALUE_DATE_TIME] = "DT",      [EXC_VALUE_TIME_SPAN] = "TS",
  [EXC_VALUE_BYTE] = "By",       [EXC_VALUE_SBYTE] = "SB",          [EXC_VALUE_UINT16] = "U16",
  [EXC_VALUE_INT16] = "I16",     [EXC_VALUE_UINT32] = "U32",        [EXC_VALUE_INT32] = "I32",
  [EXC_VALUE_UINT64] = "U64",    [EXC_VALUE_INT64] = "I64",         [EXC_VALUE_SINGLE] = "Sg",
  [EXC_VALUE_DOUBLE] = "Db",     [EXC_VALUE_DECIMAL] = "D",         [EXC_VALUE_BYTES] = "BA",
  [EXC_VALUE_GUID] = "G",        [EXC_VALUE_URI] = "URI",           [EXC_VALUE_VERSION] = "Version",
  [EXC_VALUE_XML] = "XD",        [EXC_VALUE_SCRIPT_BLOCK] = "SBK",
  [EXC_VALUE_SECURE_STRING] = "SS", [EXC_VALUE_OBJECT] = "Obj",
};

static const char *const container_tags[] = {
  [EXC_CONTAINER_NONE] = NULL,   [EXC_CONTAINER_LIST] = "LST",      [EXC_CONTAINER_STACK] = "STK",
  [EXC_CONTAINER_QUEUE] = "QUE", [EXC_CONTAINER_ENUMERABLE] = "IE", [EXC_CONTAINER_DICTIONARY] = "DCT",
};
/* clang-format on */

static guint
hash_types (gconstpointer key)
{
  const ExcTypeNames *types = key;
  guint hash = types->n_names;

  for (guint i = 0; i < types->n_names; i++)
    hash = hash * 33 + g_str_hash (types->texts[i]);

  return hash;
}

static gboolean
equal_types (gconstpointer a, gconstpointer b)
{
  const ExcTypeNames *types = a;
  const ExcTypeNames *other = b;

  return types == other ||
         (types->n_names == other->n_names &&
          g_strv_equal ((const char *const *) types->texts, (const char *const *) other->texts));
}

static void
open_tag (Writer *self, const char *tag, const char *name)
{
  g_string_append_c (self->out, '<');
  g_string_append (self->out, tag);
  if (name != NULL) {
    g_string_append (self->out, " N=\"");
    exc_clixml_append_escaped (self->out, name, strlen (name), TRUE);
    g_string_append_c (self->out, '"');
  }
}

static void
append_id (Writer *self, guint64 id)
{
  char digits[24];

  g_snprintf (digits, sizeof digits, "%" G_GUINT64_FORMAT, id);
  g_string_append (self->out, " RefId=\"");
  g_string_append (self->out, digits);
  g_string_append_c (self->out, '"');
}

static void
close_tag (Writer *self, const char *tag)
{
  g_string_append (self->out, "</");
  g_string_append (self->out, tag);
  g_string_append_c (self->out, '>');
}

static void
write_escaped (Writer *self, const char *tag, const char *name, const char *text, gsize length)
{
  open_tag (self, tag, name);
  g_string_append_c (self->out, '>');
  exc_clixml_append_escaped (self->out, text, length, TRUE);
  close_tag (self, tag);
}

static void
append_number (Writer *self, ExcValue *value)
{
  /* XmlConvert's spellings; the shortest text that reads back as the same number. */
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];
  gboolean is_single = value->kind == EXC_VALUE_SINGLE;

  if (isnan (value->number)) {
    g_string_append (self->out, "NaN");
    return;
  }
  if (isinf (value->number)) {
    g_string_append (self->out, value->number > 0 ? "INF" : "-INF");
    return;
  }

  for (int digits = is_single ? 6 : 15; digits <= 17; digits++) {
    char format[8];
    double read;

    g_snprintf (format, sizeof format, "%%.%dg", digits);
    g_ascii_formatd (buffer, sizeof buffer, format, value->number);
    read = g_ascii_strtod (buffer, NULL);
    if (is_single ? (float) read == (float) value->number : read == value->number)
      break;
  }
  g_string_append (self->out, buffer);
}

static void
append_bytes (Writer *self, GBytes *bytes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  gsize before = self->out->len;
  int state = 0, save = 0;
  gsize n_written;

  g_string_set_size (self->out, before + (size / 3 + 2) * 4 + 4);
  n_written = g_base64_encode_step (data, size, FALSE, self->out->str + before, &state, &save);
  n_written += g_base64_encode_close (FALSE, self->out->str + before + n_written, &state, &save);
  g_string_set_size (self->out, before + n_written);
}

static gboolean
append_secret (Writer *self, ExcValue *value, GError **error)
{
  g_autofree char *sealed = NULL;

  if (value->secret == NULL) {
    exc_clixml_append_escaped (self->out, value->text, value->length, TRUE);
    return TRUE;
  }
  if (self->sealer == NULL) {
    g_set_error_literal (error,
                         EXC_ERROR,
                         EXC_ERROR_REFUSED,
                         _("A secret may not be sent here: the session has no key for it."));
    return FALSE;
  }
  sealed = self->sealer->seal (self->sealer->data, value->secret, error);
  if (sealed == NULL)
    return FALSE;
  g_string_append (self->out, sealed);

  return TRUE;
}

static gboolean
write_primitive (Writer *self, const char *name, ExcValue *value, GError **error)
{
  const char *tag = tags[value->kind];

  if (exc_value_kind_is_text (value->kind)) {
    write_escaped (self, tag, name, value->text, value->length);
    return TRUE;
  }

  open_tag (self, tag, name);
  if (value->kind == EXC_VALUE_NULL) {
    g_string_append (self->out, "/>");
    return TRUE;
  }
  g_string_append_c (self->out, '>');

  switch ((ExcValueKind) value->kind) {
  case EXC_VALUE_BOOLEAN:
    g_string_append (self->out, value->bits ? "true" : "false");
    break;
  case EXC_VALUE_SINGLE:
  case EXC_VALUE_DOUBLE:
    append_number (self, value);
    break;
  case EXC_VALUE_BYTES:
    append_bytes (self, value->bytes);
    break;
  case EXC_VALUE_SECURE_STRING:
    if (!append_secret (self, value, error))
      return FALSE;
    break;
  default:
    if (exc_value_kind_is_signed (value->kind))
      g_string_append_printf (self->out, "%" G_GINT64_FORMAT, (gint64) value->bits);
    else
      g_string_append_printf (self->out, "%" G_GUINT64_FORMAT, value->bits);
  }
  close_tag (self, tag);

  return TRUE;
}

static void
write_types (Writer *self, ExcTypeNames *types)
{
  guint64 *known = g_hash_table_lookup (self->types, types);
  guint64 *id;

  if (known != NULL) {
    open_tag (self, "TNRef", NULL);
    append_id (self, *known);
    g_string_append (self->out, "/>");
    return;
  }

  id = g_new (guint64, 1);
  *id = self->first_id + g_hash_table_size (self->types);
  g_hash_table_insert (self->types, types, id);
  open_tag (self, "TN", NULL);
  append_id (self, *id);
  g_string_append_c (self->out, '>');
  for (guint i = 0; i < types->n_names; i++)
    write_escaped (self, "T", NULL, types->texts[i], strlen (types->texts[i]));
  close_tag (self, "TN");
}

static gboolean
write_items (Writer *self, ExcValue *value, GError **error)
{
  const char *tag = container_tags[value->container];
  ExcObject *object = exc_value_peek_object (value);

  open_tag (self, tag, NULL);
  g_string_append_c (self->out, '>');
  for (guint32 i = 0; i < object->n_items; i++) {
    if (value->container != EXC_CONTAINER_DICTIONARY) {
      if (!write_value (self, NULL, object->items[i], error))
        return FALSE;
      continue;
    }
    g_string_append (self->out, "<En>");
    if (!write_value (self, "Key", object->items[i * 2], error) ||
        !write_value (self, "Value", object->items[i * 2 + 1], error))
      return FALSE;
    g_string_append (self->out, "</En>");
  }
  close_tag (self, tag);

  return TRUE;
}

static gboolean
write_members (
    Writer *self, const char *tag, ExcObject *object, guint32 from, guint32 to, GError **error)
{
  if (from == to)
    return TRUE;

  open_tag (self, tag, NULL);
  g_string_append_c (self->out, '>');
  for (guint32 i = from; i < to; i++) {
    if (!write_value (self, object->members[i].name->text, object->members[i].value, error))
      return FALSE;
  }
  close_tag (self, tag);

  return TRUE;
}

static gboolean
write_object (Writer *self, const char *name, ExcValue *value, GError **error)
{
  ExcObject *object = exc_value_peek_object (value);
  guint64 *known = g_hash_table_lookup (self->objects, value);
  guint64 *id;

  if (known != NULL) {
    open_tag (self, "Ref", name);
    append_id (self, *known);
    g_string_append (self->out, "/>");
    return TRUE;
  }

  id = g_new (guint64, 1);
  *id = self->first_id + g_hash_table_size (self->objects);
  g_hash_table_insert (self->objects, value, id);
  open_tag (self, "Obj", name);
  append_id (self, *id);
  g_string_append_c (self->out, '>');

  if (object->types != NULL)
    write_types (self, object->types);
  if (object->to_string != NULL)
    write_escaped (self, "ToString", NULL, object->to_string->text, object->to_string->length);
  if (object->base != NULL && !write_value (self, NULL, object->base, error))
    return FALSE;
  if (value->container != EXC_CONTAINER_NONE && !write_items (self, value, error))
    return FALSE;
  if (!write_members (self, "Props", object, 0, object->n_props, error) ||
      !write_members (self, "MS", object, object->n_props, object->n_members, error))
    return FALSE;
  close_tag (self, "Obj");

  return TRUE;
}

static gboolean
write_value (Writer *self, const char *name, ExcValue *value, GError **error)
{
  gboolean ok;

  if (value->kind != EXC_VALUE_OBJECT)
    return write_primitive (self, name, value, error);

  if (self->depth == MAX_DEPTH) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_LIMIT,
                 _("A value has more than %d levels and cannot be sent."), MAX_DEPTH);
    return FALSE;
  }
  self->depth++;
  ok = write_object (self, name, value, error);
  self->depth--;

  return ok;
}

/**
 * exc_clixml_write_named:
 * @out: where the element is appended
 * @name: (nullable): for its N attribute
 * @value: what is written
 * @sealer: (nullable): seals secrets
 * @error: return location
 *
 * May be called several times for one message: RefIds begin at the length of @out, which is always
 * more than the number of objects already in it.
 *
 * Returns: %FALSE if a secret could not be sealed or the value is too deep; @out then is of no use
 */
gboolean
exc_clixml_write_named (
    GString *out, const char *name, ExcValue *value, const ExcSecretSealer *sealer, GError **error)
{
  Writer self = { 0 };
  gboolean ok;

  g_return_val_if_fail (out != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  self.out = out;
  self.sealer = sealer;
  self.first_id = out->len;
  self.types = g_hash_table_new_full (hash_types, equal_types, NULL, g_free);
  self.objects = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  ok = write_value (&self, name, value, error);
  g_hash_table_unref (self.types);
  g_hash_table_unref (self.objects);

  return ok;
}

/**
 * exc_clixml_write:
 * @value: what is written
 * @sealer: (nullable): seals secrets
 * @error: return location
 *
 * Returns: (transfer full): one document, UTF-8 without BOM and declaration
 */
GBytes *
exc_clixml_write (ExcValue *value, const ExcSecretSealer *sealer, GError **error)
{
  g_autoptr(GString) out = g_string_sized_new (256);

  g_return_val_if_fail (value != NULL, NULL);

  if (!exc_clixml_write_named (out, NULL, value, sealer, error))
    return NULL;

  return g_string_free_to_bytes (g_steal_pointer (&out));
}
