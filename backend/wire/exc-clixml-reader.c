/* exc-clixml-reader.c — CLIXML to values, as it streams in
 *
 * libxml2's SAX2 push parser drives a stack of frames, one for each open element that means
 * something (exc-clixml-frames.c).
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-clixml"

#include "config.h"

#include "exc-clixml-private.h"
#include "exc-clixml-reader-private.h"

#include <glib/gi18n.h>

#define SLICE (32 * 1024) /* fed to libxml2 at a time: it stays in the processor's cache */

const ExcClixmlLimits exc_clixml_default_limits = { 64 * 1024 * 1024, 200, 2 * 1000 * 1000 };

void
exc_clixml_reader_fail (ExcClixmlReader *self, ExcError code, const char *format, ...)
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
clear_target (gpointer data)
{
  ExcClixmlTarget *target = data;

  if (!target->is_open)
    exc_value_unref (target->object);
}

static void
clear_member (gpointer data)
{
  ExcMember *member = data;

  if (member->name != NULL)
    exc_name_unref (member->name);
  exc_value_unref (member->value);
}

/* What an element is to the one around it; NULL: nothing, it is passed over. */
static const ExcClixmlTag *
find_child (ExcClixmlReader *self, const char *name)
{
  const ExcClixmlTag *tag = exc_clixml_tag_find (name);
  ExcClixmlFrame *parent = exc_clixml_peek_frame (self);
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
  ExcClixmlFrame *parent = exc_clixml_peek_frame (self);

  return parent != NULL && ((1u << parent->tag->role) & EXC_CLIXML_VALUE_PARENTS) != 0 &&
         parent->tag->role != EXC_CLIXML_OBJECT;
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
    exc_clixml_reader_fail (self, EXC_ERROR_LIMIT, "more than %u levels", self->limits.max_depth);
    return;
  }
  if (self->n_skipped > 0) {
    self->n_skipped++;
    return;
  }

  tag = find_child (self, (const char *) name);
  if (tag != NULL) {
    exc_clixml_frame_open (self, tag, n_attributes, attributes);
    return;
  }
  if (self->n_frames == 0) {
    exc_clixml_reader_fail (
        self, EXC_ERROR_PROTOCOL, "unexpected element “%.40s”", (const char *) name);
    return;
  }

  /* A value of a kind nobody knows yet keeps its place. */
  if (takes_values (self))
    exc_clixml_add_unknown (self, n_attributes, attributes);
  self->n_skipped = 1;
}

static void
on_text_cb (void *data, const xmlChar *text, int length)
{
  ExcClixmlReader *self = data;
  ExcClixmlFrame *frame = exc_clixml_peek_frame (self);

  if (self->error != NULL || self->n_skipped > 0 || frame == NULL || !frame->tag->has_text)
    return;

  if (self->text_length + length + 1 > self->text_size) {
    self->text_size = MAX (self->text_size * 2, self->text_length + length + 1);
    self->text = g_realloc (self->text, self->text_size);
  }
  memcpy (self->text + self->text_length, text, length);
  self->text_length += length;
}

/* libxml2 checks the encoding of CDATA less strictly than that of any other text. */
static void
on_cdata_cb (void *data, const xmlChar *text, int length)
{
  if (g_utf8_validate_len ((const char *) text, length, NULL))
    on_text_cb (data, text, length);
  else
    exc_clixml_reader_fail (data, EXC_ERROR_PROTOCOL, "no XML in UTF-8");
}

static void
on_end_cb (void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
  ExcClixmlReader *self = data;
  ExcClixmlFrame frame;

  if (self->error != NULL)
    return;
  if (self->n_skipped > 0) {
    self->n_skipped--;
    return;
  }

  self->n_frames--;
  frame = self->frames[self->n_frames];
  exc_clixml_frame_close (self, &frame);
  exc_clixml_frame_clear (&frame);
}

static void
on_doctype_cb (void *data,
               const xmlChar *name,
               const xmlChar *external_id,
               const xmlChar *system_id)
{
  exc_clixml_reader_fail (data, EXC_ERROR_PROTOCOL, "a DOCTYPE is not allowed");
}

static void
on_xml_error_cb (void *data, xmlErrorPtr problem)
{
  ExcClixmlReader *self = data;
  g_autofree char *text = NULL;

  if (problem->level < XML_ERR_ERROR || problem->domain == XML_FROM_NAMESPACE)
    return;
  text = g_strdup (problem->message != NULL ? problem->message : "invalid XML");
  exc_clixml_reader_fail (self, EXC_ERROR_PROTOCOL, "%s", g_strstrip (text));
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
  handler.cdataBlock = on_cdata_cb;
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
  self->frames = g_new (ExcClixmlFrame, self->limits.max_depth);
  self->text_size = 256;
  self->text = g_malloc (self->text_size);
  self->waiting = g_array_new (FALSE, FALSE, sizeof (ExcMember));
  g_array_set_clear_func (self->waiting, clear_member);
  self->names = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_name_unref);
  self->types = g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) exc_type_names_unref);
  self->targets = g_array_new (FALSE, FALSE, sizeof (ExcClixmlTarget));
  g_array_set_clear_func (self->targets, clear_target);
  self->target_of = g_hash_table_new (NULL, NULL);
  g_queue_init (&self->ready);
  self->parser = new_parser (self);

  return self;
}

void
exc_clixml_reader_free (ExcClixmlReader *self)
{
  g_return_if_fail (self != NULL);

  xmlFreeParserCtxt (self->parser);
  g_array_unref (self->targets);
  g_hash_table_unref (self->target_of);
  g_hash_table_unref (self->types);
  for (guint i = 0; i < self->n_frames; i++)
    exc_clixml_frame_clear (&self->frames[i]);
  g_array_unref (self->waiting);
  g_ptr_array_unref (self->names);
  for (guint i = 0; i < EXC_CLIXML_NAME_SLOTS; i++) {
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
 * by the first four bytes, so what is not UTF-8 is refused before it sees them: by its first byte
 * here, by any NUL in exc_clixml_reader_push(). */
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
      exc_clixml_reader_fail (self, EXC_ERROR_PROTOCOL, "no XML in UTF-8");
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
    exc_clixml_reader_fail (
        self, EXC_ERROR_LIMIT, "more than %" G_GSIZE_FORMAT " bytes", self->limits.max_bytes);
  if (self->error != NULL)
    return report (self, error);
  self->n_bytes += length;

  at = check_head (self, data, length);
  if (at < length && memchr (data + at, '\0', length - at) != NULL)
    exc_clixml_reader_fail (self, EXC_ERROR_PROTOCOL, "no XML in UTF-8");
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
      exc_clixml_reader_fail (self, EXC_ERROR_PROTOCOL, "cut off");
  } else if (self->error == NULL && self->n_head > 0 && self->n_head < 3) {
    exc_clixml_reader_fail (self, EXC_ERROR_PROTOCOL, "cut off");
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
