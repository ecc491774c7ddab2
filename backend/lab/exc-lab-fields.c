/* exc-lab-fields.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-fields"

#include "config.h"

#include "exc-lab-fields.h"

#include "exc-lab-data.h"
#include "exc-lab-state-private.h"

static void
write_field (const ExcLabField *field, gconstpointer object, JsonBuilder *builder)
{
  const char *name = field->name;
  gconstpointer member = (const char *) object + field->offset;

  switch (field->kind) {
  case EXC_LAB_FIELD_TEXT:
    exc_json_add_text (builder, name, *(const char *const *) member);
    break;
  case EXC_LAB_FIELD_TEXTS:
    exc_lab_state_add_strings (builder, name, *(const GStrv *) member);
    break;
  case EXC_LAB_FIELD_BOOLEAN:
    exc_json_add_boolean (builder, name, *(const gboolean *) member);
    break;
  case EXC_LAB_FIELD_INT:
    exc_json_add_int (builder, name, *(const int *) member);
    break;
  case EXC_LAB_FIELD_INT64:
    exc_json_add_int (builder, name, *(const gint64 *) member);
    break;
  case EXC_LAB_FIELD_PORT:
    exc_json_add_int (builder, name, *(const guint16 *) member);
    break;
  default:
    g_assert_not_reached ();
  }
}

static void
read_field (const ExcLabField *field, gpointer object, JsonObject *from)
{
  const char *name = field->name;
  gpointer member = (char *) object + field->offset;

  switch (field->kind) {
  case EXC_LAB_FIELD_TEXT:
    exc_lab_set_text (member, exc_lab_json_get_string (from, name));
    break;
  case EXC_LAB_FIELD_TEXTS:
    g_strfreev (*(GStrv *) member);
    *(GStrv *) member = exc_lab_json_dup_strings (from, name);
    break;
  case EXC_LAB_FIELD_BOOLEAN:
    *(gboolean *) member = exc_lab_state_get_boolean (from, name);
    break;
  case EXC_LAB_FIELD_INT:
    *(int *) member = (int) exc_lab_state_get_int (from, name);
    break;
  case EXC_LAB_FIELD_INT64:
    *(gint64 *) member = exc_lab_state_get_int (from, name);
    break;
  case EXC_LAB_FIELD_PORT:
    *(guint16 *) member = (guint16) exc_lab_state_get_int (from, name);
    break;
  default:
    g_assert_not_reached ();
  }
}

void
exc_lab_fields_write (const ExcLabField *fields,
                      guint n_fields,
                      gconstpointer object,
                      JsonBuilder *builder)
{
  for (guint i = 0; i < n_fields; i++)
    write_field (&fields[i], object, builder);
}

void
exc_lab_fields_read (const ExcLabField *fields, guint n_fields, gpointer object, JsonObject *from)
{
  for (guint i = 0; i < n_fields; i++)
    read_field (&fields[i], object, from);
}
