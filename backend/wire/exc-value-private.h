/* exc-value-private.h — the inside of a value, for the CLIXML reader and writer alone
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-value.h"

#include <string.h>

G_BEGIN_DECLS

/* A property's or a type's name: counted, because the same few names come thousands of times. */
typedef struct {
  gint ref_count;
  guint32 length;
  char text[];
} ExcName;

/* A list of type names. Values of one type share it, as `<TNRef>` does on the wire. */
typedef struct {
  gint ref_count;
  guint32 n_names;
  const char *texts[]; /* NULL-terminated; each is the text of an ExcName that the list owns */
} ExcTypeNames;

typedef struct {
  ExcName *name; /* owned */
  ExcValue *value;
} ExcMember;

/* What an EXC_VALUE_OBJECT has beside the head. */
typedef struct {
  ExcTypeNames *types; /* (nullable) */
  ExcName *to_string;  /* (nullable) */
  ExcValue *base;      /* (nullable) */
  guint32 n_items;     /* entries; a dictionary keeps 2 values an entry, key first */
  guint32 n_props;     /* the first of the members are Props, the rest MS */
  guint32 n_members;
  ExcValue **items;
  ExcMember *members;
} ExcObject;

struct _ExcValue {
  gint ref_count; /* of the constants: not counted */
  guint8 kind;
  guint8 container;
  guint8 is_constant;
  guint32 length; /* of the text */
  union {
    guint64 bits; /* integers, sign-extended where the kind has a sign; booleans */
    double number;
    GBytes *bytes;
    ExcSecret *secret;
  };
  union {
    char text[0]; /* length bytes and a NUL: kinds that are text */
    ExcObject object[0];
  };
};

ExcName *exc_name_new (const char *text, gsize length) G_GNUC_WARN_UNUSED_RESULT;
void exc_name_free (ExcName *self);
ExcTypeNames *exc_type_names_new (ExcName *const *take, guint n_names) G_GNUC_WARN_UNUSED_RESULT;
void exc_type_names_unref (ExcTypeNames *self);

static inline ExcName *
exc_name_ref (ExcName *self)
{
  __atomic_add_fetch (&self->ref_count, 1, __ATOMIC_RELAXED);
  return self;
}

static inline void
exc_name_unref (ExcName *self)
{
  if (__atomic_sub_fetch (&self->ref_count, 1, __ATOMIC_ACQ_REL) == 0)
    exc_name_free (self);
}

static inline ExcTypeNames *
exc_type_names_ref (ExcTypeNames *self)
{
  __atomic_add_fetch (&self->ref_count, 1, __ATOMIC_RELAXED);
  return self;
}

/* A text kind of length bytes that the caller fills; the NUL is there. */
ExcValue *exc_value_alloc_text (ExcValueKind kind, gsize length) G_GNUC_WARN_UNUSED_RESULT;
ExcValue *exc_value_alloc_object (void) G_GNUC_WARN_UNUSED_RESULT;
ExcValue *exc_value_new_number (ExcValueKind kind, double value) G_GNUC_WARN_UNUSED_RESULT;

gboolean exc_value_kind_is_text (ExcValueKind kind);
gboolean exc_value_kind_is_integer (ExcValueKind kind);
gboolean exc_value_kind_is_signed (ExcValueKind kind);

static inline ExcObject *
exc_value_peek_object (ExcValue *self)
{
  return self->object;
}

G_END_DECLS
