/* exc-clixml-tags.c — the elements of CLIXML ([MS-PSRP] 2.2.5)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-clixml"

#include "config.h"

#include "exc-clixml-tags.h"

#include "exc-value-private.h"

#define PRIMITIVE(tag, of_kind)                                                                    \
  {                                                                                                \
    .name = tag, .role = EXC_CLIXML_PRIMITIVE, .parents = EXC_CLIXML_VALUE_PARENTS,                \
    .kind = of_kind, .has_text = TRUE                                                              \
  }
#define CONTAINER(tag, of_container)                                                               \
  {                                                                                                \
    .name = tag, .role = EXC_CLIXML_CONTAINER, .parents = 1u << EXC_CLIXML_OBJECT,                 \
    .container = of_container                                                                      \
  }
#define PART(tag, of_kind, of_member)                                                              \
  {                                                                                                \
    .name = tag, .role = EXC_CLIXML_PRIMITIVE, .kind = of_kind, .has_text = TRUE,                  \
    .member = of_member                                                                            \
  }

#define NESTED_VALUE_PARENTS (EXC_CLIXML_VALUE_PARENTS & ~(1u << EXC_CLIXML_OBJECT))

/* Sorted by length, then by what is met most. */
static const ExcClixmlTag tags_1[] = {
  PRIMITIVE ("S", EXC_VALUE_STRING),
  PRIMITIVE ("B", EXC_VALUE_BOOLEAN),
  { .name = "T", .role = EXC_CLIXML_LEAF, .parents = 1u << EXC_CLIXML_TYPES, .has_text = TRUE },
  PRIMITIVE ("G", EXC_VALUE_GUID),
  PRIMITIVE ("C", EXC_VALUE_CHAR),
  PRIMITIVE ("D", EXC_VALUE_DECIMAL),
};

static const ExcClixmlTag tags_2[] = {
  { .name = "MS", .role = EXC_CLIXML_MEMBERS, .parents = 1u << EXC_CLIXML_OBJECT },
  PRIMITIVE ("BA", EXC_VALUE_BYTES),
  PRIMITIVE ("DT", EXC_VALUE_DATE_TIME),
  { .name = "TN", .role = EXC_CLIXML_TYPES, .parents = 1u << EXC_CLIXML_OBJECT },
  { .name = "En", .role = EXC_CLIXML_ENTRY, .parents = 1u << EXC_CLIXML_DICTIONARY },
  CONTAINER ("IE", EXC_CONTAINER_ENUMERABLE),
  PRIMITIVE ("By", EXC_VALUE_BYTE),
  PRIMITIVE ("TS", EXC_VALUE_TIME_SPAN),
  PRIMITIVE ("SS", EXC_VALUE_SECURE_STRING),
  PRIMITIVE ("SB", EXC_VALUE_SBYTE),
  PRIMITIVE ("Db", EXC_VALUE_DOUBLE),
  PRIMITIVE ("Sg", EXC_VALUE_SINGLE),
  PRIMITIVE ("XD", EXC_VALUE_XML),
  { .name = "PR", .role = EXC_CLIXML_PROGRESS, .parents = NESTED_VALUE_PARENTS },
};

static const ExcClixmlTag tags_3[] = {
  { .name = "Obj", .role = EXC_CLIXML_OBJECT, .parents = NESTED_VALUE_PARENTS },
  PRIMITIVE ("I32", EXC_VALUE_INT32),
  PRIMITIVE ("Nil", EXC_VALUE_NULL),
  CONTAINER ("LST", EXC_CONTAINER_LIST),
  { .name = "Ref", .role = EXC_CLIXML_REF, .parents = NESTED_VALUE_PARENTS },
  PRIMITIVE ("I64", EXC_VALUE_INT64),
  { .name = "DCT",
    .role = EXC_CLIXML_DICTIONARY,
    .parents = 1u << EXC_CLIXML_OBJECT,
    .container = EXC_CONTAINER_DICTIONARY },
  PRIMITIVE ("U32", EXC_VALUE_UINT32),
  PRIMITIVE ("U64", EXC_VALUE_UINT64),
  PRIMITIVE ("U16", EXC_VALUE_UINT16),
  PRIMITIVE ("I16", EXC_VALUE_INT16),
  PRIMITIVE ("URI", EXC_VALUE_URI),
  PRIMITIVE ("SBK", EXC_VALUE_SCRIPT_BLOCK),
  CONTAINER ("STK", EXC_CONTAINER_STACK),
  CONTAINER ("QUE", EXC_CONTAINER_QUEUE),
};

static const ExcClixmlTag tags_long[] = {
  { .name = "TNRef", .role = EXC_CLIXML_TYPES_REF, .parents = 1u << EXC_CLIXML_OBJECT },
  { .name = "ToString",
    .role = EXC_CLIXML_LEAF,
    .parents = 1u << EXC_CLIXML_OBJECT,
    .has_text = TRUE,
    .is_to_string = TRUE },
  { .name = "Props",
    .role = EXC_CLIXML_MEMBERS,
    .parents = 1u << EXC_CLIXML_OBJECT,
    .are_props = TRUE },
  PRIMITIVE ("Version", EXC_VALUE_VERSION),
  { .name = "Objs", .role = EXC_CLIXML_OBJS, .parents = 1u << EXC_CLIXML_ROOT },
};

/* [MS-PSRP] 2.2.5.1.25; the members are named as a PROGRESS_RECORD names them. */
static const ExcClixmlTag progress_tags[] = {
  PART ("AV", EXC_VALUE_STRING, "Activity"),
  PART ("AI", EXC_VALUE_INT32, "ActivityId"),
  PART ("Nil", EXC_VALUE_NULL, "CurrentOperation"),
  PART ("CO", EXC_VALUE_STRING, "CurrentOperation"),
  PART ("S", EXC_VALUE_STRING, "CurrentOperation"),
  PART ("PI", EXC_VALUE_INT32, "ParentActivityId"),
  PART ("PC", EXC_VALUE_INT32, "PercentComplete"),
  PART ("T", EXC_VALUE_STRING, "Type"),
  PART ("SR", EXC_VALUE_INT32, "SecondsRemaining"),
  PART ("SD", EXC_VALUE_STRING, "StatusDescription"),
};

static const ExcClixmlTag *
find_in (const ExcClixmlTag *tags, gsize n_tags, const char *name)
{
  for (gsize i = 0; i < n_tags; i++) {
    if (tags[i].name[0] == name[0] && strcmp (tags[i].name, name) == 0)
      return &tags[i];
  }

  return NULL;
}

const ExcClixmlTag *
exc_clixml_tag_find (const char *name)
{
  if (name[1] == '\0')
    return find_in (tags_1, G_N_ELEMENTS (tags_1), name);
  if (name[2] == '\0')
    return find_in (tags_2, G_N_ELEMENTS (tags_2), name);
  if (name[3] == '\0')
    return find_in (tags_3, G_N_ELEMENTS (tags_3), name);

  return find_in (tags_long, G_N_ELEMENTS (tags_long), name);
}

const ExcClixmlTag *
exc_clixml_tag_find_progress (const char *name)
{
  return find_in (progress_tags, G_N_ELEMENTS (progress_tags), name);
}

void
exc_clixml_progress_begin (ExcValue *object)
{
  static const char type_name[] = "System.Management.Automation.ProgressRecord";
  static const char root_name[] = "System.Object";
  ExcName *names[] = { exc_name_new (type_name, strlen (type_name)),
                       exc_name_new (root_name, strlen (root_name)) };

  exc_value_peek_object (object)->types = exc_type_names_new (names, G_N_ELEMENTS (names));
}
