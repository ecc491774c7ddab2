/* exc-value.h — a PowerShell value as CLIXML carries it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "exc-secret.h"

G_BEGIN_DECLS

/**
 * ExcValueKind:
 *
 * The tag a value has on the wire ([MS-PSRP] 2.2.5.1, protocol.md 6).
 * @EXC_VALUE_OBJECT is an `<Obj>`: type names, ToString, an optional primitive, an optional
 * container, adapted properties (Props) and extended members (MS).
 */
typedef enum {
  EXC_VALUE_NULL,          /* Nil */
  EXC_VALUE_STRING,        /* S; may hold NULs */
  EXC_VALUE_CHAR,          /* C, a UTF-16 code unit */
  EXC_VALUE_BOOLEAN,       /* B */
  EXC_VALUE_DATE_TIME,     /* DT, the text as sent and its parts */
  EXC_VALUE_TIME_SPAN,     /* TS */
  EXC_VALUE_BYTE,          /* By, unsigned */
  EXC_VALUE_SBYTE,         /* SB, signed */
  EXC_VALUE_UINT16,        /* U16 */
  EXC_VALUE_INT16,         /* I16 */
  EXC_VALUE_UINT32,        /* U32 */
  EXC_VALUE_INT32,         /* I32 */
  EXC_VALUE_UINT64,        /* U64 */
  EXC_VALUE_INT64,         /* I64 */
  EXC_VALUE_SINGLE,        /* Sg */
  EXC_VALUE_DOUBLE,        /* Db */
  EXC_VALUE_DECIMAL,       /* D, kept as text: 28 digits do not fit a double */
  EXC_VALUE_BYTES,         /* BA */
  EXC_VALUE_GUID,          /* G */
  EXC_VALUE_URI,           /* URI */
  EXC_VALUE_VERSION,       /* Version */
  EXC_VALUE_XML,           /* XD */
  EXC_VALUE_SCRIPT_BLOCK,  /* SBK */
  EXC_VALUE_SECURE_STRING, /* SS: ciphertext as read; a secret as built, sealed when written */
  EXC_VALUE_OBJECT,        /* Obj */
} ExcValueKind;

typedef enum {
  EXC_CONTAINER_NONE,
  EXC_CONTAINER_LIST,       /* LST */
  EXC_CONTAINER_STACK,      /* STK */
  EXC_CONTAINER_QUEUE,      /* QUE */
  EXC_CONTAINER_ENUMERABLE, /* IE */
  EXC_CONTAINER_DICTIONARY, /* DCT */
} ExcContainer;

/**
 * ExcValue:
 *
 * One value, counted atomically. It is built by one owner with the setters below and is not
 * changed any more once it has been handed on. An object that refers to itself (`<Ref>` to an
 * ancestor) is cut: the inner reference reads as a string of the ancestor's ToString.
 */
typedef struct _ExcValue ExcValue;

#define EXC_TYPE_VALUE (exc_value_get_type ())
GType exc_value_get_type (void);

/* Making; every `take` argument is (transfer full). */
ExcValue *exc_value_new_null (void) G_GNUC_WARN_UNUSED_RESULT;
ExcValue *exc_value_new_string (const char *text) G_GNUC_WARN_UNUSED_RESULT;
ExcValue *exc_value_new_string_len (const char *text, gsize length) G_GNUC_WARN_UNUSED_RESULT;
ExcValue *exc_value_new_boolean (gboolean value) G_GNUC_WARN_UNUSED_RESULT;
ExcValue *exc_value_new_int32 (gint32 value) G_GNUC_WARN_UNUSED_RESULT;
ExcValue *exc_value_new_int64 (gint64 value) G_GNUC_WARN_UNUSED_RESULT;
/* Any integer kind, from EXC_VALUE_CHAR and EXC_VALUE_BYTE to EXC_VALUE_INT64. */
ExcValue *exc_value_new_integer (ExcValueKind kind, guint64 bits) G_GNUC_WARN_UNUSED_RESULT;
ExcValue *exc_value_new_double (double value) G_GNUC_WARN_UNUSED_RESULT;
/* A kind that is text on the wire: GUID, URI, VERSION, DECIMAL, TIME_SPAN, XML, SCRIPT_BLOCK. */
ExcValue *exc_value_new_text_kind (ExcValueKind kind, const char *text) G_GNUC_WARN_UNUSED_RESULT;
ExcValue *exc_value_new_date_time (GDateTime *date_time)
    G_GNUC_WARN_UNUSED_RESULT; /* sent in UTC, with Z */
ExcValue *exc_value_new_bytes (GBytes *bytes) G_GNUC_WARN_UNUSED_RESULT;
ExcValue *exc_value_new_secure_string (ExcSecret *secret) G_GNUC_WARN_UNUSED_RESULT;
/* type_names: most derived first, NULL-terminated; may be NULL for an object without a type. */
ExcValue *exc_value_new_object (const char *const *type_names) G_GNUC_WARN_UNUSED_RESULT;
ExcValue *exc_value_new_list (void) G_GNUC_WARN_UNUSED_RESULT; /* System.Object[] with an LST */
ExcValue *exc_value_new_string_list (const char *const *texts) G_GNUC_WARN_UNUSED_RESULT;
/* An enum as .NET sends it: its type, its names as ToString, its number. */
ExcValue *exc_value_new_enum (const char *type_name,
                              const char *text,
                              gint32 number) G_GNUC_WARN_UNUSED_RESULT;
ExcValue *exc_value_new_psobject (void) G_GNUC_WARN_UNUSED_RESULT; /* PSCustomObject, fill its MS */

/* Filling an EXC_VALUE_OBJECT while it has one owner. */
void exc_value_set_to_string (ExcValue *self, const char *text);
void exc_value_set_base (ExcValue *self, ExcValue *take);
void exc_value_set_container (ExcValue *self, ExcContainer container);
void exc_value_append (ExcValue *self, ExcValue *take);
void exc_value_insert (ExcValue *self, ExcValue *take_key, ExcValue *take);
void exc_value_set_property (ExcValue *self, const char *name, ExcValue *take); /* Props */
void exc_value_set_member (ExcValue *self, const char *name, ExcValue *take);   /* MS */

/* A SecureString that was read and opened: writing it seals it anew. */
void exc_value_set_secret (ExcValue *self, ExcSecret *secret);

ExcValue *exc_value_ref (ExcValue *self);
void exc_value_unref (ExcValue *self);

/* Looking, exactly. */
ExcValueKind exc_value_get_kind (ExcValue *self);
gboolean exc_value_is_null (ExcValue *self);                  /* also for a NULL pointer */
const char *const *exc_value_get_type_names (ExcValue *self); /* (nullable), most derived first */
gboolean exc_value_is_type (ExcValue *self, const char *type_name); /* also as Deserialized.X */
const char *exc_value_get_to_string (ExcValue *self);               /* (nullable) */
ExcValue *exc_value_get_base (ExcValue *self);                      /* (nullable) (transfer none) */
ExcContainer exc_value_get_container (ExcValue *self);
guint exc_value_get_n_items (ExcValue *self);
ExcValue *exc_value_get_item (ExcValue *self, guint index);   /* (transfer none) */
ExcValue *exc_value_get_key (ExcValue *self, guint index);    /* of a dictionary's entry */
ExcValue *exc_value_lookup (ExcValue *self, const char *key); /* dictionary; (nullable) */
guint exc_value_get_n_properties (ExcValue *self);            /* Props, then MS */
const char *exc_value_get_property_name (ExcValue *self, guint index);
ExcValue *exc_value_get_property_at (ExcValue *self, guint index);

/* Looking, tolerantly: the same property can be an object on one server and a string on another
 * (protocol.md 6). All of these take NULL for @self and then say "not there". */
ExcValue *exc_value_get_property (ExcValue *self, const char *name); /* MS first, case ignored */
const char *exc_value_get_text (ExcValue *self); /* text kinds, else ToString; (nullable) */
gsize exc_value_get_length (ExcValue *self);     /* of a text kind, in bytes; 0 for all else */
char *exc_value_dup_text (ExcValue *self); /* any scalar in words, lists as "a, b"; (nullable) */
gboolean exc_value_get_boolean (ExcValue *self, gboolean *value); /* B, SwitchParameter, "True" */
gboolean exc_value_get_int64 (ExcValue *self, gint64 *value);     /* integers, enums' numbers */
GDateTime *exc_value_dup_date_time (ExcValue *self); /* (nullable); no offset on the wire = UTC */
gboolean exc_value_date_time_is_unspecified (ExcValue *self); /* DT had neither Z nor offset */
GBytes *exc_value_get_bytes (ExcValue *self);                 /* (nullable) (transfer none) */
GStrv exc_value_dup_string_list (
    ExcValue *self); /* a list's items, or one scalar; (nullable) for null */
ExcSecret *exc_value_get_secret (ExcValue *self); /* (nullable) (transfer none) */

/* Deep comparison of what is on the wire. */
gboolean exc_value_equal (ExcValue *self, ExcValue *other);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcValue, exc_value_unref)

G_END_DECLS
