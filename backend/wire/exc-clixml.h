/* exc-clixml.h — CLIXML in and out
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-value.h"

G_BEGIN_DECLS

/**
 * ExcClixmlLimits:
 * @max_bytes: of one document
 * @max_depth: of nested elements
 * @max_values: values of one document, counting the inner ones
 */
typedef struct {
  gsize max_bytes;
  guint max_depth;
  guint max_values;
} ExcClixmlLimits;

extern const ExcClixmlLimits exc_clixml_default_limits; /* 64 MiB, 200, 2,000,000 */

/**
 * ExcClixmlReader:
 *
 * Values out of CLIXML bytes in any split: one top-level element (a PSRP message, with or without
 * a BOM), or `<Objs>` around many (a file of Export-Clixml). libxml2's SAX2 push parser, without
 * network, entities or DOCTYPE. A value is ready as soon as its element ends. After the first
 * error it stays failed.
 */
typedef struct _ExcClixmlReader ExcClixmlReader;

ExcClixmlReader *exc_clixml_reader_new (const ExcClixmlLimits *limits) G_GNUC_WARN_UNUSED_RESULT;
void exc_clixml_reader_free (ExcClixmlReader *self);
gboolean exc_clixml_reader_push (ExcClixmlReader *self,
                                 const guint8 *data,
                                 gsize length,
                                 GError **error);
gboolean exc_clixml_reader_finish (ExcClixmlReader *self, GError **error);
ExcValue *exc_clixml_reader_pop (ExcClixmlReader *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcClixmlReader, exc_clixml_reader_free)

/* One whole document of one value; an empty document is null (protocol.md 5). */
ExcValue *exc_clixml_parse (const guint8 *data,
                            gsize length,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/**
 * ExcSecretSealer:
 * @seal: (transfer full) (nullable): base64 ciphertext for an `<SS>`, or %NULL with @error
 *
 * Who encrypts SecureStrings: the pool, once its session key is there.
 */
typedef struct {
  char *(*seal) (gpointer data, ExcSecret *secret, GError **error);
  gpointer data;
} ExcSecretSealer;

/* Writes one value as one PSRP document, without BOM and declaration. @sealer may be NULL where no
 * secret can occur; a secret then is an EXC_ERROR_REFUSED. */
GBytes *exc_clixml_write (ExcValue *value,
                          const ExcSecretSealer *sealer,
                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same with a name: `<S N="name">`, as elements of a message's MS. */
gboolean exc_clixml_write_named (
    GString *out, const char *name, ExcValue *value, const ExcSecretSealer *sealer, GError **error);

/* .NET's XmlConvert escapes for CLIXML texts and names. */
char *exc_clixml_escape (const char *text, gsize length) G_GNUC_WARN_UNUSED_RESULT;
char *exc_clixml_unescape (const char *text,
                           gsize length,
                           gsize *out_length) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
