/* exc-clixml-reader-private.h — the inside of the CLIXML reader
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-clixml-tags.h"
#include "exc-clixml.h"
#include "exc-error.h"
#include "exc-value-private.h"

#include <libxml/parser.h>

G_BEGIN_DECLS

#define EXC_CLIXML_NAME_SLOTS 256

/* An open element that means something. */
typedef struct {
  const ExcClixmlTag *tag;
  ExcName *name;   /* (nullable) (owned): the N attribute */
  ExcValue *value; /* (nullable) (owned): the object being filled, or an entry's value */
  ExcValue *key;   /* (nullable) (owned): an entry's key */
  guint first;     /* of this container's waiting members */
  guint n_before;  /* values counted before this element */
  guint deepest;   /* level that this element reaches, Refs followed */
  guint32 id;      /* RefId */
  gboolean has_id;
} ExcClixmlFrame;

/* What a RefId stands for. */
typedef struct {
  ExcValue *object; /* (owned): closed; of an open one: borrowed, the frame owns it */
  guint n_values;   /* it stands for so many */
  guint height;     /* levels below it */
  gboolean is_open;
} ExcClixmlTarget;

struct _ExcClixmlReader {
  ExcClixmlLimits limits;
  xmlParserCtxt *parser;
  GError *error; /* (nullable): failed */
  gsize n_bytes;
  guint n_head; /* bytes of a possible BOM seen, up to 3; then 4 */
  guint n_values;

  ExcClixmlFrame *frames;
  guint n_frames;
  guint n_skipped; /* open elements that are passed over */

  char *text; /* of the open leaf; room for a NUL */
  gsize text_length;
  gsize text_size;

  GArray *waiting;  /* (element-type ExcMember): of the open containers; owned */
  GPtrArray *names; /* (element-type ExcName): of the open TN; owned */

  GHashTable *types;     /* (element-type guint ExcTypeNames): by the RefId of their TN */
  GArray *targets;       /* (element-type ExcClixmlTarget): of all objects that have a RefId */
  GHashTable *target_of; /* (element-type guint guint): RefId > index in targets, plus 1 */

  ExcName *name_slots[EXC_CLIXML_NAME_SLOTS]; /* the last name of each hash, to share it */
  GQueue ready;                               /* (element-type ExcValue) */
};

static inline ExcClixmlFrame *
exc_clixml_peek_frame (ExcClixmlReader *self)
{
  return self->n_frames == 0 ? NULL : &self->frames[self->n_frames - 1];
}

/* Keeps the first failure and stops the parser. */
void exc_clixml_reader_fail (ExcClixmlReader *self, ExcError code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* What elements do: exc-clixml-frames.c */
void exc_clixml_frame_open (ExcClixmlReader *self,
                            const ExcClixmlTag *tag,
                            int n_attributes,
                            const xmlChar **attributes);
void exc_clixml_frame_close (ExcClixmlReader *self,
                             ExcClixmlFrame *frame); /* it is off the stack */
void exc_clixml_frame_clear (ExcClixmlFrame *frame);
/* Puts a null in the place of a value whose element nobody knows. */
void exc_clixml_add_unknown (ExcClixmlReader *self, int n_attributes, const xmlChar **attributes);

G_END_DECLS
