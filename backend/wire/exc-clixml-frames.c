/* exc-clixml-frames.c — what each element of CLIXML does to the values being built
 *
 * What a container gathers waits in one scratch array until the container ends, so that each array
 * is allocated once and in its size.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-clixml"

#include "config.h"

#include "exc-clixml-private.h"
#include "exc-clixml-reader-private.h"

void
exc_clixml_frame_clear (ExcClixmlFrame *frame)
{
  g_clear_pointer (&frame->name, exc_name_unref);
  g_clear_pointer (&frame->value, exc_value_unref);
  g_clear_pointer (&frame->key, exc_value_unref);
}

/* The same few names come again and again: share them while they do. */
static ExcName *
take_name (ExcClixmlReader *self, const char *text, gsize length)
{
  guint32 hash = length;
  ExcName **slot;

  if (length > 0)
    hash += (guchar) text[0] * 7 + (guchar) text[length / 2] * 31 + (guchar) text[length - 1] * 131;
  slot = &self->name_slots[hash % EXC_CLIXML_NAME_SLOTS];
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
    exc_clixml_reader_fail (self, EXC_ERROR_LIMIT, "more than %u values", self->limits.max_values);
    return FALSE;
  }
  self->n_values += n_values;

  return TRUE;
}

/* Gives a finished value to the element around it. */
static void
deliver (ExcClixmlReader *self, ExcName *take_its_name, ExcValue *take)
{
  ExcClixmlFrame *parent = exc_clixml_peek_frame (self);
  ExcName *name = take_its_name;
  ExcMember member = { NULL, take };

  switch (parent == NULL ? EXC_CLIXML_ROOT : parent->tag->role) {
  case EXC_CLIXML_ROOT:
  case EXC_CLIXML_OBJS:
    g_queue_push_tail (&self->ready, take);
    break;
  case EXC_CLIXML_MEMBERS:
    if (name == NULL) {
      exc_value_unref (take);
      exc_clixml_reader_fail (self, EXC_ERROR_PROTOCOL, "a property without a name");
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

static gboolean
read_id (const char *text, gsize length, guint32 *id)
{
  *id = 0;
  if (length == 0 || length > 9)
    return FALSE;
  for (; length > 0; text++, length--) {
    if (!g_ascii_isdigit (*text))
      return FALSE;
    *id = *id * 10 + (guint32) (*text - '0');
  }

  return TRUE;
}

static gboolean
read_attributes (ExcClixmlReader *self,
                 ExcClixmlFrame *frame,
                 int n_attributes,
                 const xmlChar **attributes)
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
        exc_clixml_reader_fail (self, EXC_ERROR_PROTOCOL, "a RefId that is no number");
        return FALSE;
      }
      frame->has_id = TRUE;
    }
  }

  return TRUE;
}

/* (nullable): what the last object of that RefId is */
static ExcClixmlTarget *
find_target (ExcClixmlReader *self, guint32 id)
{
  guint index = GPOINTER_TO_UINT (g_hash_table_lookup (self->target_of, GUINT_TO_POINTER (id)));

  return index == 0 ? NULL : &g_array_index (self->targets, ExcClixmlTarget, index - 1);
}

static void
open_object (ExcClixmlReader *self, ExcClixmlFrame *frame)
{
  ExcClixmlTarget target = { NULL, 0, 0, TRUE };

  frame->value = exc_value_alloc_object ();
  target.object = frame->value;
  if (frame->tag->role == EXC_CLIXML_PROGRESS)
    exc_clixml_progress_begin (frame->value);
  if (!frame->has_id)
    return;

  g_array_append_val (self->targets, target);
  g_hash_table_insert (
      self->target_of, GUINT_TO_POINTER (frame->id), GUINT_TO_POINTER (self->targets->len));
}

static void
close_target (ExcClixmlReader *self, const ExcClixmlFrame *frame)
{
  ExcClixmlTarget *target = find_target (self, frame->id);

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
resolve_ref (ExcClixmlReader *self, ExcClixmlFrame *frame)
{
  ExcClixmlTarget *target = frame->has_id ? find_target (self, frame->id) : NULL;
  ExcName *words;

  if (target == NULL) {
    exc_clixml_reader_fail (self, EXC_ERROR_PROTOCOL, "a Ref to an object that is not there");
    return NULL;
  }
  if (target->is_open) {
    words = exc_value_peek_object (target->object)->to_string;
    return words == NULL ? exc_value_new_string ("")
                         : exc_value_new_string_len (words->text, words->length);
  }
  if (target->height > self->limits.max_depth - self->n_frames) {
    exc_clixml_reader_fail (self, EXC_ERROR_LIMIT, "more than %u levels", self->limits.max_depth);
    return NULL;
  }
  if (!count_values (self, target->n_values))
    return NULL;
  frame->deepest = self->n_frames - 1 + target->height;

  return exc_value_ref (target->object);
}

static void
refer_types (ExcClixmlReader *self, const ExcClixmlFrame *frame, ExcObject *object)
{
  ExcTypeNames *types =
      frame->has_id ? g_hash_table_lookup (self->types, GUINT_TO_POINTER (frame->id)) : NULL;

  if (types == NULL) {
    exc_clixml_reader_fail (self, EXC_ERROR_PROTOCOL, "a TNRef to types that are not there");
    return;
  }
  if (object->types == NULL)
    object->types = exc_type_names_ref (types);
}

void
exc_clixml_frame_open (ExcClixmlReader *self,
                       const ExcClixmlTag *tag,
                       int n_attributes,
                       const xmlChar **attributes)
{
  ExcClixmlFrame *frame = &self->frames[self->n_frames];

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
close_container (ExcClixmlReader *self, const ExcClixmlFrame *frame, ExcValue *parent)
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
close_members (ExcClixmlReader *self, const ExcClixmlFrame *frame, ExcObject *object)
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
close_entry (ExcClixmlReader *self, ExcClixmlFrame *frame)
{
  ExcMember member = { NULL, NULL };

  if (frame->key == NULL) {
    exc_clixml_reader_fail (self, EXC_ERROR_PROTOCOL, "an entry without a Key");
    return;
  }
  member.value = g_steal_pointer (&frame->key);
  g_array_append_val (self->waiting, member);
  member.value = frame->value != NULL ? g_steal_pointer (&frame->value) : exc_value_new_null ();
  g_array_append_val (self->waiting, member);
}

static void
close_types (ExcClixmlReader *self, const ExcClixmlFrame *frame, ExcObject *object)
{
  ExcTypeNames *types =
      exc_type_names_new ((ExcName *const *) self->names->pdata, self->names->len);

  self->names->len = 0;
  if (frame->has_id)
    g_hash_table_replace (self->types, GUINT_TO_POINTER (frame->id), exc_type_names_ref (types));
  if (object->types == NULL && types->n_names > 0)
    object->types = types;
  else
    exc_type_names_unref (types);
}

static void
close_leaf (ExcClixmlReader *self, const ExcClixmlFrame *frame, ExcClixmlFrame *parent)
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
close_primitive (ExcClixmlReader *self, ExcClixmlFrame *frame)
{
  const ExcClixmlTag *tag = frame->tag;
  ExcClixmlFrame *parent = exc_clixml_peek_frame (self);
  ExcValue *value;

  self->text[self->text_length] = '\0';
  value = tag->kind == EXC_VALUE_NULL
              ? exc_value_new_null ()
              : exc_clixml_read_primitive (tag->kind, self->text, self->text_length);
  if (value == NULL)
    exc_clixml_reader_fail (self, EXC_ERROR_PROTOCOL, "the text of a <%s> is none", tag->name);
  else if (parent != NULL && parent->tag->role == EXC_CLIXML_PROGRESS)
    exc_value_set_member (parent->value, tag->member, value);
  else
    deliver (self, g_steal_pointer (&frame->name), value);
}

void
exc_clixml_frame_close (ExcClixmlReader *self, ExcClixmlFrame *frame)
{
  ExcClixmlFrame *parent = exc_clixml_peek_frame (self);

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

void
exc_clixml_add_unknown (ExcClixmlReader *self, int n_attributes, const xmlChar **attributes)
{
  ExcClixmlFrame frame = { 0 };

  if (count_values (self, 1) && read_attributes (self, &frame, n_attributes, attributes))
    deliver (self, g_steal_pointer (&frame.name), exc_value_new_null ());
  exc_clixml_frame_clear (&frame);
}
