/* exc-clixml-reader.c — CLIXML to values, as it streams in
 *
 * libxml2's SAX2 push parser drives a stack of frames, one for each open element that means
 * something. What a container gathers waits in one scratch array until the container ends, so
 * that each array is allocated once and in its size.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-clixml"

#include "config.h"

#include "exc-clixml-private.h"
#include "exc-clixml-tags.h"
#include "exc-error.h"
#include "exc-value-private.h"

#include <libxml/parser.h>

#include <glib/gi18n.h>

#define SLICE        (32 * 1024) /* fed to libxml2 at a time: it stays in the processor's cache */
#define N_NAME_SLOTS 256

const ExcClixmlLimits exc_clixml_default_limits = { 64 * 1024 * 1024, 200, 2 * 1000 * 1000 };

typedef struct {
  const ExcClixmlTag *tag;
  ExcName *name;   /* (nullable) (owned): the N attribute */
  ExcValue *value; /* (nullable) (owned): the object being filled, or an entry's value */
  ExcValue *key;   /* (nullable) (owned): an entry's key */
  guint first;     /* of this container's waiting members */
  guint n_before;  /* values counted before this element */
  guint deepest;   /* level that this element reaches, Refs followed */
  guint64 id;      /* RefId */
  gboolean has_id;
} Frame;

/* What a RefId stands for. */
typedef struct {
  ExcValue *object; /* (owned): closed; of an open one: borrowed, the frame owns it */
  guint n_values;   /* it stands for so many */
  guint height;     /* levels below it */
  gboolean is_open;
} Target;

struct _ExcClixmlReader {
  ExcClixmlLimits limits;
  xmlParserCtxt *parser;
  GError *error; /* (nullable): failed */
  gsize n_bytes;
  guint n_head; /* bytes of a possible BOM seen, up to 3; then 4 */
  guint n_values;

  Frame *frames;
  guint n_frames;
  guint n_skipped; /* open elements that are passed over */

  char *text; /* of the open leaf; room for a NUL */
  gsize text_length;
  gsize text_size;

  GArray *waiting;  /* (element-type ExcMember): of the open containers; owned */
  GPtrArray *names; /* (element-type ExcName): of the open TN; owned */

  GHashTable *types;   /* (element-type guint64 ExcTypeNames): by the RefId of their TN */
  GHashTable *targets; /* (element-type guint64 Target) */

  ExcName *name_slots[N_NAME_SLOTS]; /* the last name of each hash, to share it */
  GQueue ready;                      /* (element-type ExcValue) */
};

static void G_GNUC_PRINTF (3, 4)
    fail (ExcClixmlReader *self, ExcError code, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  if (self->error != NULL)
    return;
  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  self->error = g_error_new (EXC_ERROR,
                             code,
                             /* Translators: %s is a technical reason, in English */
                             _("The server's answer cannot be read (CLIXML): %s"), what);
  xmlStopParser (self->parser);
}

static void
free_target (gpointer data)
{
  Target *target = data;

  if (!target->is_open)
    exc_value_unref (target->object);
  g_free (target);
}

static void
clear_frame (Frame *frame)
{
  g_clear_pointer (&frame->name, exc_name_unref);
  g_clear_pointer (&frame->value, exc_value_unref);
  g_clear_pointer (&frame->key, exc_value_unref);
}

static void
clear_member (gpointer data)
{
  ExcMember *member = data;

  if (member->name != NULL)
    exc_name_unref (member->name);
  exc_value_unref (member->value);
}

static Frame *
peek_frame (ExcClixmlReader *self)
{
  return self->n_frames == 0 ? NULL : &self->frames[self->n_frames - 1];
}

/* The same few names come again and again: share them while they do. */
static ExcName *
take_name (ExcClixmlReader *self, const char *text, gsize length)
{
  guint32 hash = length;
  ExcName **slot;

  if (length > 0)
    hash += (guchar) text[0] * 7 + (guchar) text[length / 2] * 31 + (guchar) text[length - 1] * 131;
  slot = &self->name_slots[hash % N_NAME_SLOTS];
  if (*slot != NULL && (*slot)->length == length && memcmp ((*slot)->text, text, length) == 0)
    return exc_name_ref (*slot);

  if (*slot != NULL)
    exc_name_unref (*slot);
  *slot = exc_name_new (text, length);

  return exc_name_ref (*slot);
}

/* Names are C strings: what cannot be in one reads as a replacement character. */
static ExcName *
take_escaped_name (ExcClixmlReader *self, const char *text, gsize length)
{
  g_autofree char *plain = NULL;
  gsize plain_length;

  if (length == 0 || memchr (text, '_', length) == NULL)
    return take_name (self, text, length);

  plain = exc_clixml_unescape (text, length, &plain_length);
  for (gsize i = 0; i < plain_length; i++) {
    if (plain[i] == '\0')
      plain[i] = '?';
  }

  return take_name (self, plain, plain_length);
}

static gboolean
count_values (ExcClixmlReader *self, guint n_values)
{
  if (n_values > self->limits.max_values - self->n_values) {
    fail (self, EXC_ERROR_LIMIT, "more than %u values", self->limits.max_values);
    return FALSE;
  }
  self->n_values += n_values;

  return TRUE;
}

/* Gives a finished value to the element around it. */
static void
deliver (ExcClixmlReader *self, ExcName *take_name_, ExcValue *take)
{
  Frame *parent = peek_frame (self);
  ExcName *name = take_name_;
  ExcMember member = { NULL, take };

  switch (parent == NULL ? EXC_CLIXML_ROOT : parent->tag->role) {
  case EXC_CLIXML_ROOT:
  case EXC_CLIXML_OBJS:
    g_queue_push_tail (&self->ready, take);
    break;
  case EXC_CLIXML_MEMBERS:
    if (name == NULL) {
      exc_value_unref (take);
      fail (self, EXC_ERROR_PROTOCOL, "a property without a name");
      return;
    }
    member.name = g_steal_pointer (&name);
    g_array_append_val (self->waiting, member);
    break;
  case EXC_CLIXML_CONTAINER:
    g_array_append_val (self->waiting, member);
    break;
  case EXC_CLIXML_ENTRY:
    if (name != NULL && g_str_equal (name->text, "Key") && parent->key == NULL)
      parent->key = take;
    else if (name != NULL && g_str_equal (name->text, "Value") && parent->value == NULL)
      parent->value = take;
    else
      exc_value_unref (take);
    break;
  case EXC_CLIXML_OBJECT:
    if (exc_value_peek_object (parent->value)->base == NULL)
      exc_value_set_base (parent->value, take);
    else
      exc_value_unref (take);
    break;
  default:
    exc_value_unref (take);
    break;
  }

  if (name != NULL)
    exc_name_unref (name);
}

/* What an element is to the one around it; NULL: nothing, it is passed over. */
static const ExcClixmlTag *
find_child (ExcClixmlReader *self, const char *name)
{
  const ExcClixmlTag *tag = exc_clixml_tag_find (name);
  Frame *parent = peek_frame (self);
  ExcClixmlRole role = parent == NULL ? EXC_CLIXML_ROOT : parent->tag->role;

  /* T is a type name, but the kind of a progress record inside of one. */
  if (role == EXC_CLIXML_PROGRESS)
    return exc_clixml_tag_find_progress (name);
  if (tag == NULL)
    return NULL;

  return tag->parents & (1u << role) ? tag : NULL;
}

static gboolean
takes_values (ExcClixmlReader *self)
{
  Frame *parent = peek_frame (self);

  return parent != NULL && ((1u << parent->tag->role) & EXC_CLIXML_VALUE_PARENTS) != 0 &&
         parent->tag->role != EXC_CLIXML_OBJECT;
}

static gboolean
read_id (const char *text, gsize length, guint64 *id)
{
  *id = 0;
  if (length == 0 || length > 18)
    return FALSE;
  for (; length > 0; text++, length--) {
    if (!g_ascii_isdigit (*text))
      return FALSE;
    *id = *id * 10 + (guint64) (*text - '0');
  }

  return TRUE;
}

static gboolean
read_attributes (ExcClixmlReader *self, Frame *frame, int n_attributes, const xmlChar **attributes)
{
  for (int i = 0; i < n_attributes; i++) {
    const char *name = (const char *) attributes[i * 5];
    const char *text = (const char *) attributes[i * 5 + 3];
    gsize length = attributes[i * 5 + 4] - attributes[i * 5 + 3];

    if (name[0] == 'N' && name[1] == '\0') {
      if (frame->name == NULL)
        frame->name = take_escaped_name (self, text, length);
    } else if (g_str_equal (name, "RefId")) {
      if (!read_id (text, length, &frame->id)) {
        fail (self, EXC_ERROR_PROTOCOL, "a RefId that is no number");
        return FALSE;
      }
      frame->has_id = TRUE;
    }
  }

  return TRUE;
}

static void
open_object (ExcClixmlReader *self, Frame *frame)
{
  Target *target;

  frame->value = exc_value_alloc_object ();
  if (frame->tag->role == EXC_CLIXML_PROGRESS)
    exc_clixml_progress_begin (frame->value);
  if (!frame->has_id)
    return;

  target = g_new (Target, 1);
  *target = (Target){ frame->value, 0, 0, TRUE };
  g_hash_table_replace (self->targets, g_memdup2 (&frame->id, sizeof frame->id), target);
}

static void
close_target (ExcClixmlReader *self, const Frame *frame)
{
  Target *target = g_hash_table_lookup (self->targets, &frame->id);

  /* Another object may have taken the same RefId meanwhile. */
  if (target == NULL || !target->is_open || target->object != frame->value)
    return;
  target->object = exc_value_ref (frame->value);
  target->is_open = FALSE;
  target->n_values = self->n_values - frame->n_before;
  target->height = frame->deepest - self->n_frames;
}

/* A Ref is one more of the object it names: both limits count it so, or a small document could
 * stand for a giant one. */
static ExcValue *
resolve_ref (ExcClixmlReader *self, Frame *frame)
{
  Target *target = frame->has_id ? g_hash_table_lookup (self->targets, &frame->id) : NULL;
  ExcName *words;

  if (target == NULL) {
    fail (self, EXC_ERROR_PROTOCOL, "a Ref to an object that is not there");
    return NULL;
  }
  if (target->is_open) {
    words = exc_value_peek_object (target->object)->to_string;
    return words == NULL ? exc_value_new_string ("")
                         : exc_value_new_string_len (words->text, words->length);
  }
  if (target->height > self->limits.max_depth - self->n_frames) {
    fail (self, EXC_ERROR_LIMIT, "more than %u levels", self->limits.max_depth);
    return NULL;
  }
  if (!count_values (self, target->n_values))
    return NULL;
  frame->deepest = self->n_frames - 1 + target->height;

  return exc_value_ref (target->object);
}

static void
refer_types (ExcClixmlReader *self, const Frame *frame, ExcObject *object)
{
  ExcTypeNames *types = frame->has_id ? g_hash_table_lookup (self->types, &frame->id) : NULL;

  if (types == NULL) {
    fail (self, EXC_ERROR_PROTOCOL, "a TNRef to types that are not there");
    return;
  }
  if (object->types == NULL)
    object->types = exc_type_names_ref (types);
}

static void
open_frame (ExcClixmlReader *self,
            const ExcClixmlTag *tag,
            int n_attributes,
            const xmlChar **attributes)
{
  Frame *frame = &self->frames[self->n_frames];

  memset (frame, 0, sizeof *frame);
  frame->tag = tag;
  frame->n_before = self->n_values;
  frame->first = self->waiting->len;
  self->n_frames++;
  frame->deepest = self->n_frames;
  if (n_attributes > 0 && !read_attributes (self, frame, n_attributes, attributes))
    return;

  switch (tag->role) {
  case EXC_CLIXML_PRIMITIVE:
    if (count_values (self, 1))
      self->text_length = 0;
    break;
  case EXC_CLIXML_LEAF:
    self->text_length = 0;
    break;
  case EXC_CLIXML_OBJECT:
  case EXC_CLIXML_PROGRESS:
    if (count_values (self, 1))
      open_object (self, frame);
    break;
  case EXC_CLIXML_REF:
    frame->value = resolve_ref (self, frame);
    break;
  default:
    break;
  }
}

static void
on_start_cb (void *data,
             const xmlChar *name,
             const xmlChar *prefix,
             const xmlChar *uri,
             int n_namespaces,
             const xmlChar **namespaces,
             int n_attributes,
             int n_defaulted,
             const xmlChar **attributes)
{
  ExcClixmlReader *self = data;
  const ExcClixmlTag *tag;

  if (self->error != NULL)
    return;
  if (self->n_frames + self->n_skipped >= self->limits.max_depth) {
    fail (self, EXC_ERROR_LIMIT, "more than %u levels", self->limits.max_depth);
    return;
  }
  if (self->n_skipped > 0) {
    self->n_skipped++;
    return;
  }

  tag = find_child (self, (const char *) name);
  if (tag != NULL) {
    open_frame (self, tag, n_attributes, attributes);
    return;
  }
  if (self->n_frames == 0) {
    fail (self, EXC_ERROR_PROTOCOL, "unexpected element “%.40s”", (const char *) name);
    return;
  }

  /* A value of a kind nobody knows yet keeps its place. */
  if (takes_values (self)) {
    Frame frame = { 0 };

    if (!count_values (self, 1) || !read_attributes (self, &frame, n_attributes, attributes)) {
      clear_frame (&frame);
      return;
    }
    deliver (self, g_steal_pointer (&frame.name), exc_value_new_null ());
  }
  self->n_skipped = 1;
}

static void
on_text_cb (void *data, const xmlChar *text, int length)
{
  ExcClixmlReader *self = data;
  Frame *frame = peek_frame (self);

  if (self->error != NULL || self->n_skipped > 0 || frame == NULL || !frame->tag->has_text)
    return;

  if (self->text_length + length + 1 > self->text_size) {
    self->text_size = MAX (self->text_size * 2, self->text_length + length + 1);
    self->text = g_realloc (self->text, self->text_size);
  }
  memcpy (self->text + self->text_length, text, length);
  self->text_length += length;
}

static ExcValue **
take_items (ExcClixmlReader *self, guint first, guint32 *n_items)
{
  const ExcMember *members = &g_array_index (self->waiting, ExcMember, first);
  ExcValue **items;

  *n_items = self->waiting->len - first;
  if (*n_items == 0)
    return NULL;
  items = g_new (ExcValue *, *n_items);
  for (guint32 i = 0; i < *n_items; i++)
    items[i] = members[i].value;
  self->waiting->len = first;

  return items;
}

static void
close_container (ExcClixmlReader *self, const Frame *frame, ExcValue *parent)
{
  ExcObject *object = exc_value_peek_object (parent);

  if (parent->container != EXC_CONTAINER_NONE) {
    g_array_set_size (self->waiting, frame->first); /* a second container of one object */
    return;
  }
  parent->container = frame->tag->container;
  object->items = take_items (self, frame->first, &object->n_items);
  if (parent->container == EXC_CONTAINER_DICTIONARY)
    object->n_items /= 2;
}

static void
close_members (ExcClixmlReader *self, const Frame *frame, ExcObject *object)
{
  guint32 n_new = self->waiting->len - frame->first;
  gboolean are_props = frame->tag->are_props;
  guint32 at = are_props ? object->n_props : object->n_members;

  if (n_new == 0)
    return;
  object->members = g_renew (ExcMember, object->members, object->n_members + n_new);
  memmove (object->members + at + n_new,
           object->members + at,
           (object->n_members - at) * sizeof (ExcMember));
  memcpy (object->members + at,
          &g_array_index (self->waiting, ExcMember, frame->first),
          n_new * sizeof (ExcMember));
  object->n_members += n_new;
  if (are_props)
    object->n_props += n_new;
  self->waiting->len = frame->first;
}

static void
close_entry (ExcClixmlReader *self, Frame *frame)
{
  ExcMember member = { NULL, NULL };

  if (frame->key == NULL) {
    fail (self, EXC_ERROR_PROTOCOL, "an entry without a Key");
    return;
  }
  member.value = g_steal_pointer (&frame->key);
  g_array_append_val (self->waiting, member);
  member.value = frame->value != NULL ? g_steal_pointer (&frame->value) : exc_value_new_null ();
  g_array_append_val (self->waiting, member);
}

static void
close_types (ExcClixmlReader *self, const Frame *frame, ExcObject *object)
{
  ExcTypeNames *types =
      exc_type_names_new ((ExcName *const *) self->names->pdata, self->names->len);

  self->names->len = 0;
  if (frame->has_id)
    g_hash_table_replace (
        self->types, g_memdup2 (&frame->id, sizeof frame->id), exc_type_names_ref (types));
  if (object->types == NULL && types->n_names > 0)
    object->types = types;
  else
    exc_type_names_unref (types);
}

static void
close_leaf (ExcClixmlReader *self, const Frame *frame, Frame *parent)
{
  ExcName *text = take_escaped_name (self, self->text, self->text_length);

  if (frame->tag->is_to_string && exc_value_peek_object (parent->value)->to_string == NULL)
    exc_value_peek_object (parent->value)->to_string = text;
  else if (!frame->tag->is_to_string)
    g_ptr_array_add (self->names, text);
  else
    exc_name_unref (text);
}

static void
close_primitive (ExcClixmlReader *self, Frame *frame)
{
  const ExcClixmlTag *tag = frame->tag;
  Frame *parent = peek_frame (self);
  ExcValue *value;

  self->text[self->text_length] = '\0';
  value = tag->kind == EXC_VALUE_NULL
              ? exc_value_new_null ()
              : exc_clixml_read_primitive (tag->kind, self->text, self->text_length);
  if (value == NULL)
    fail (self, EXC_ERROR_PROTOCOL, "the text of a <%s> is none", tag->name);
  else if (parent != NULL && parent->tag->role == EXC_CLIXML_PROGRESS)
    exc_value_set_member (parent->value, tag->member, value);
  else
    deliver (self, g_steal_pointer (&frame->name), value);
}

static void
close_frame (ExcClixmlReader *self, Frame *frame)
{
  Frame *parent = peek_frame (self);

  if (parent != NULL)
    parent->deepest = MAX (parent->deepest, frame->deepest);

  switch (frame->tag->role) {
  case EXC_CLIXML_PRIMITIVE:
    close_primitive (self, frame);
    break;
  case EXC_CLIXML_LEAF:
    close_leaf (self, frame, parent);
    break;
  case EXC_CLIXML_OBJECT:
  case EXC_CLIXML_PROGRESS:
    if (frame->has_id)
      close_target (self, frame);
    deliver (self, g_steal_pointer (&frame->name), g_steal_pointer (&frame->value));
    break;
  case EXC_CLIXML_REF:
    deliver (self, g_steal_pointer (&frame->name), g_steal_pointer (&frame->value));
    break;
  case EXC_CLIXML_TYPES:
    close_types (self, frame, exc_value_peek_object (parent->value));
    break;
  case EXC_CLIXML_TYPES_REF:
    refer_types (self, frame, exc_value_peek_object (parent->value));
    break;
  case EXC_CLIXML_CONTAINER:
  case EXC_CLIXML_DICTIONARY:
    close_container (self, frame, parent->value);
    break;
  case EXC_CLIXML_ENTRY:
    close_entry (self, frame);
    break;
  case EXC_CLIXML_MEMBERS:
    close_members (self, frame, exc_value_peek_object (parent->value));
    break;
  default:
    break;
  }
}

static void
on_end_cb (void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
  ExcClixmlReader *self = data;
  Frame frame;

  if (self->error != NULL)
    return;
  if (self->n_skipped > 0) {
    self->n_skipped--;
    return;
  }

  self->n_frames--;
  frame = self->frames[self->n_frames];
  close_frame (self, &frame);
  clear_frame (&frame);
}

static void
on_doctype_cb (void *data,
               const xmlChar *name,
               const xmlChar *external_id,
               const xmlChar *system_id)
{
  fail (data, EXC_ERROR_PROTOCOL, "a DOCTYPE is not allowed");
}

static void
on_xml_error_cb (void *data, xmlErrorPtr problem)
{
  ExcClixmlReader *self = data;
  g_autofree char *text = NULL;

  if (problem->level < XML_ERR_ERROR || problem->domain == XML_FROM_NAMESPACE)
    return;
  text = g_strdup (problem->message != NULL ? problem->message : "invalid XML");
  fail (self, EXC_ERROR_PROTOCOL, "%s", g_strstrip (text));
}

static xmlParserCtxt *
new_parser (ExcClixmlReader *self)
{
  xmlSAXHandler handler = { 0 };
  xmlParserCtxt *parser;

  handler.initialized = XML_SAX2_MAGIC;
  handler.startElementNs = on_start_cb;
  handler.endElementNs = on_end_cb;
  handler.characters = on_text_cb;
  handler.ignorableWhitespace = on_text_cb;
  handler.cdataBlock = on_text_cb;
  handler.internalSubset = on_doctype_cb;
  handler.serror = on_xml_error_cb;

  parser = xmlCreatePushParserCtxt (&handler, self, NULL, 0, NULL);
  g_assert (parser != NULL);
  /* Without NOENT an attribute's &amp; would come as &#38;. There are no other entities, because a
   * DOCTYPE is refused. */
  xmlCtxtUseOptions (parser,
                     XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_IGNORE_ENC | XML_PARSE_HUGE);

  return parser;
}

/**
 * exc_clixml_reader_new:
 * @limits: (nullable): %NULL for exc_clixml_default_limits
 *
 * Returns: (transfer full): a reader for one document
 */
ExcClixmlReader *
exc_clixml_reader_new (const ExcClixmlLimits *limits)
{
  ExcClixmlReader *self = g_new0 (ExcClixmlReader, 1);

  self->limits = limits != NULL ? *limits : exc_clixml_default_limits;
  self->frames = g_new (Frame, self->limits.max_depth);
  self->text_size = 256;
  self->text = g_malloc (self->text_size);
  self->waiting = g_array_new (FALSE, FALSE, sizeof (ExcMember));
  g_array_set_clear_func (self->waiting, clear_member);
  self->names = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_name_unref);
  self->types = g_hash_table_new_full (
      g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) exc_type_names_unref);
  self->targets = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, free_target);
  g_queue_init (&self->ready);
  self->parser = new_parser (self);

  return self;
}

void
exc_clixml_reader_free (ExcClixmlReader *self)
{
  g_return_if_fail (self != NULL);

  xmlFreeParserCtxt (self->parser);
  g_hash_table_unref (self->targets);
  g_hash_table_unref (self->types);
  for (guint i = 0; i < self->n_frames; i++)
    clear_frame (&self->frames[i]);
  g_array_unref (self->waiting);
  g_ptr_array_unref (self->names);
  for (guint i = 0; i < N_NAME_SLOTS; i++) {
    if (self->name_slots[i] != NULL)
      exc_name_unref (self->name_slots[i]);
  }
  g_queue_clear_full (&self->ready, (GDestroyNotify) exc_value_unref);
  g_clear_error (&self->error);
  g_free (self->frames);
  g_free (self->text);
  g_free (self);
}

static gboolean
report (ExcClixmlReader *self, GError **error)
{
  if (self->error == NULL)
    return TRUE;
  if (error != NULL)
    *error = g_error_copy (self->error);

  return FALSE;
}

/* Takes a BOM away: Windows puts one in front of each message. libxml2 would guess the encoding
 * by the first four bytes, so what is not UTF-8 is refused before it sees them. */
static gsize
check_head (ExcClixmlReader *self, const guint8 *data, gsize length)
{
  static const guint8 bom[] = { 0xEF, 0xBB, 0xBF };
  gsize at = 0;

  while (self->n_head < 4 && at < length) {
    if (self->n_head < 3 && data[at] == bom[self->n_head]) {
      self->n_head++;
      at++;
      continue;
    }
    if (self->n_head == 1 || self->n_head == 2 || !(data[at] == '<' || g_ascii_isspace (data[at])))
      fail (self, EXC_ERROR_PROTOCOL, "no XML in UTF-8");
    self->n_head = 4;
  }

  return at;
}

/**
 * exc_clixml_reader_push:
 * @self: a reader
 * @data: (array length=length): the next bytes, in any split
 * @length: length of @data
 * @error: return location
 *
 * Returns: %FALSE for what is no CLIXML (%EXC_ERROR_PROTOCOL) or beyond the limits
 *   (%EXC_ERROR_LIMIT), and ever after
 */
gboolean
exc_clixml_reader_push (ExcClixmlReader *self, const guint8 *data, gsize length, GError **error)
{
  gsize at;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  if (self->error == NULL && length > self->limits.max_bytes - self->n_bytes)
    fail (self, EXC_ERROR_LIMIT, "more than %" G_GSIZE_FORMAT " bytes", self->limits.max_bytes);
  if (self->error != NULL)
    return report (self, error);
  self->n_bytes += length;

  at = check_head (self, data, length);
  while (self->error == NULL && at < length) {
    gsize take = MIN (length - at, SLICE);

    xmlParseChunk (self->parser, (const char *) data + at, take, FALSE);
    at += take;
  }

  return report (self, error);
}

/**
 * exc_clixml_reader_finish:
 * @self: a reader
 * @error: return location
 *
 * Returns: %FALSE if the document was cut off; one without any bytes is whole
 */
gboolean
exc_clixml_reader_finish (ExcClixmlReader *self, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (self->error == NULL && self->n_head == 4) {
    xmlParseChunk (self->parser, NULL, 0, TRUE);
    if (!self->parser->wellFormed || self->n_frames > 0)
      fail (self, EXC_ERROR_PROTOCOL, "cut off");
  } else if (self->error == NULL && self->n_head > 0 && self->n_head < 3) {
    fail (self, EXC_ERROR_PROTOCOL, "cut off");
  }

  return report (self, error);
}

/**
 * exc_clixml_reader_pop:
 * @self: a reader
 *
 * Returns: (transfer full) (nullable): the next whole value
 */
ExcValue *
exc_clixml_reader_pop (ExcClixmlReader *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_queue_pop_head (&self->ready);
}

/**
 * exc_clixml_parse:
 * @data: (array length=length): one whole document
 * @length: length of @data
 * @error: return location
 *
 * Returns: (transfer full): its value; a null for a document without bytes
 */
ExcValue *
exc_clixml_parse (const guint8 *data, gsize length, GError **error)
{
  g_autoptr(ExcClixmlReader) reader = NULL;
  ExcValue *value;

  g_return_val_if_fail (data != NULL || length == 0, NULL);

  reader = exc_clixml_reader_new (NULL);
  if (!exc_clixml_reader_push (reader, data, length, error) ||
      !exc_clixml_reader_finish (reader, error))
    return NULL;
  value = exc_clixml_reader_pop (reader);

  return value != NULL ? value : exc_value_new_null ();
}
