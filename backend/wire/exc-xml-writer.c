/* exc-xml-writer.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-xml-writer.h"

#define MAX_DEPTH 32

struct _ExcXmlWriter {
  GString *out;
  const char *open[MAX_DEPTH];
  guint depth;
  gboolean in_tag; /* the start tag is not closed yet */
};

ExcXmlWriter *
exc_xml_writer_new (void)
{
  ExcXmlWriter *self = g_new0 (ExcXmlWriter, 1);

  self->out = g_string_sized_new (4096);
  return self;
}

void
exc_xml_writer_free (ExcXmlWriter *self)
{
  if (self->out != NULL)
    g_string_free (self->out, TRUE);
  g_free (self);
}

static void
close_tag (ExcXmlWriter *self)
{
  if (self->in_tag)
    g_string_append_c (self->out, '>');
  self->in_tag = FALSE;
}

/* The Char production of XML 1.0; white space but for the blank is written as a reference, so that
 * attribute and line end normalisation leave it alone. */
static void
append_char (GString *out, gunichar c)
{
  switch (c) {
  case '<':
    g_string_append (out, "&lt;");
    break;
  case '>':
    g_string_append (out, "&gt;");
    break;
  case '&':
    g_string_append (out, "&amp;");
    break;
  case '"':
    g_string_append (out, "&quot;");
    break;
  case '\t':
    g_string_append (out, "&#9;");
    break;
  case '\n':
    g_string_append (out, "&#10;");
    break;
  case '\r':
    g_string_append (out, "&#13;");
    break;
  default:
    if (c < 0x20 || (c >= 0xd800 && c < 0xe000) || c == 0xfffe || c == 0xffff || c > 0x10ffff)
      c = 0xfffd;
    g_string_append_unichar (out, c);
  }
}

static void
append_escaped (GString *out, const char *text)
{
  while (*text != '\0') {
    gunichar c = g_utf8_get_char_validated (text, -1);

    if (c == (gunichar) -1 || c == (gunichar) -2) {
      append_char (out, 0xfffd);
      text++;
    } else {
      append_char (out, c);
      text = g_utf8_next_char (text);
    }
  }
}

void
exc_xml_writer_start (ExcXmlWriter *self, const char *name)
{
  g_assert (self->depth < MAX_DEPTH);

  close_tag (self);
  g_string_append_c (self->out, '<');
  g_string_append (self->out, name);
  self->open[self->depth++] = name;
  self->in_tag = TRUE;
}

void
exc_xml_writer_attribute (ExcXmlWriter *self, const char *name, const char *value)
{
  g_assert (self->in_tag);

  g_string_append_c (self->out, ' ');
  g_string_append (self->out, name);
  g_string_append (self->out, "=\"");
  append_escaped (self->out, value);
  g_string_append_c (self->out, '"');
}

void
exc_xml_writer_text (ExcXmlWriter *self, const char *text)
{
  close_tag (self);
  append_escaped (self->out, text);
}

void
exc_xml_writer_base64 (ExcXmlWriter *self, GBytes *bytes)
{
  gsize length = 0;
  const guchar *data = g_bytes_get_data (bytes, &length);
  gsize start = 0;
  gsize n = 0;
  int state = 0;
  int save = 0;

  close_tag (self);
  if (length == 0)
    return;
  start = self->out->len;
  g_string_set_size (self->out, start + (length / 3 + 1) * 4 + 4);
  n = g_base64_encode_step (data, length, FALSE, self->out->str + start, &state, &save);
  n += g_base64_encode_close (FALSE, self->out->str + start + n, &state, &save);
  g_string_truncate (self->out, start + n);
}

void
exc_xml_writer_end (ExcXmlWriter *self)
{
  const char *name = NULL;

  g_assert (self->depth > 0);

  name = self->open[--self->depth];
  if (self->in_tag) {
    g_string_append (self->out, "/>");
    self->in_tag = FALSE;
    return;
  }
  g_string_append (self->out, "</");
  g_string_append (self->out, name);
  g_string_append_c (self->out, '>');
}

void
exc_xml_writer_element (ExcXmlWriter *self, const char *name, const char *text)
{
  exc_xml_writer_start (self, name);
  exc_xml_writer_text (self, text);
  exc_xml_writer_end (self);
}

GBytes *
exc_xml_writer_finish (ExcXmlWriter *self)
{
  while (self->depth > 0)
    exc_xml_writer_end (self);

  return g_string_free_to_bytes (g_steal_pointer (&self->out));
}
