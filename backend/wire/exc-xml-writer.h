/* exc-xml-writer.h — XML out, escaped
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * ExcXmlWriter:
 *
 * Writes one document without declaration or white space. Every text and attribute is escaped, and
 * what XML cannot hold at all (control characters, invalid UTF-8) becomes U+FFFD. Element and
 * attribute names are literals of ours.
 */
typedef struct _ExcXmlWriter ExcXmlWriter;

ExcXmlWriter *exc_xml_writer_new (void) G_GNUC_WARN_UNUSED_RESULT;
void exc_xml_writer_free (ExcXmlWriter *self);

/* name: static, such as "s:Envelope" */
void exc_xml_writer_start (ExcXmlWriter *self, const char *name);
void exc_xml_writer_attribute (ExcXmlWriter *self, const char *name, const char *value);
void exc_xml_writer_text (ExcXmlWriter *self, const char *text);
void exc_xml_writer_base64 (ExcXmlWriter *self, GBytes *bytes);
void exc_xml_writer_end (ExcXmlWriter *self);
/* An element with a text and nothing else. */
void exc_xml_writer_element (ExcXmlWriter *self, const char *name, const char *text);
/* Closes what is open. */
GBytes *exc_xml_writer_finish (ExcXmlWriter *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcXmlWriter, exc_xml_writer_free)

G_END_DECLS
