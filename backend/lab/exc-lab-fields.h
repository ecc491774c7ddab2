/* exc-lab-fields.h — members of a structure that are members of a JSON object
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum {
  EXC_LAB_FIELD_TEXT,    /* char *; null for NULL */
  EXC_LAB_FIELD_TEXTS,   /* GStrv */
  EXC_LAB_FIELD_BOOLEAN, /* gboolean */
  EXC_LAB_FIELD_INT,     /* int or guint */
  EXC_LAB_FIELD_INT64,   /* gint64 */
  EXC_LAB_FIELD_PORT,    /* guint16 */
} ExcLabFieldKind;

typedef struct {
  const char *name;
  ExcLabFieldKind kind;
  gsize offset;
} ExcLabField;

#define EXC_LAB_FIELD(name, kind, type, member)                                                    \
  {                                                                                                \
    name, EXC_LAB_FIELD_##kind, G_STRUCT_OFFSET (type, member)                                     \
  }

void exc_lab_fields_write (const ExcLabField *fields,
                           guint n_fields,
                           gconstpointer object,
                           JsonBuilder *builder);
/* What is missing becomes nothing. */
void exc_lab_fields_read (const ExcLabField *fields,
                          guint n_fields,
                          gpointer object,
                          JsonObject *from);

G_END_DECLS
