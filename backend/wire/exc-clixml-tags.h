/* exc-clixml-tags.h — the elements of CLIXML, and where each may stand
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-value.h"

G_BEGIN_DECLS

typedef enum {
  EXC_CLIXML_ROOT, /* no element: what stands around the document's one */
  EXC_CLIXML_OBJS,
  EXC_CLIXML_OBJECT,
  EXC_CLIXML_PROGRESS, /* PR */
  EXC_CLIXML_MEMBERS,  /* Props, MS */
  EXC_CLIXML_CONTAINER,
  EXC_CLIXML_DICTIONARY,
  EXC_CLIXML_ENTRY, /* En */
  EXC_CLIXML_TYPES, /* TN */
  EXC_CLIXML_TYPES_REF,
  EXC_CLIXML_REF,
  EXC_CLIXML_LEAF, /* T, ToString */
  EXC_CLIXML_PRIMITIVE,
} ExcClixmlRole;

#define EXC_CLIXML_VALUE_PARENTS                                                                   \
  (1u << EXC_CLIXML_ROOT | 1u << EXC_CLIXML_OBJS | 1u << EXC_CLIXML_OBJECT |                       \
   1u << EXC_CLIXML_MEMBERS | 1u << EXC_CLIXML_CONTAINER | 1u << EXC_CLIXML_ENTRY)

/**
 * ExcClixmlTag:
 * @parents: bit set of the roles it may stand in
 * @member: name of the property that a part of a progress record is
 */
typedef struct {
  const char *name;
  ExcClixmlRole role;
  guint32 parents;
  ExcValueKind kind;
  ExcContainer container;
  gboolean has_text;
  gboolean are_props;
  gboolean is_to_string;
  const char *member;
} ExcClixmlTag;

const ExcClixmlTag *exc_clixml_tag_find (const char *name);          /* (nullable) */
const ExcClixmlTag *exc_clixml_tag_find_progress (const char *name); /* (nullable) */
/* Gives an object the type of a progress record. */
void exc_clixml_progress_begin (ExcValue *object);

G_END_DECLS
