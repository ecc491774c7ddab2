/* exc-wsman-xml.c — the push parser under both readers of WS-Management
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-wsman"

#include "config.h"

#include "exc-error.h"
#include "exc-wsman-private.h"

#include <glib/gi18n.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string.h>

#define MAX_DEPTH 64
#define PIECE     32768 /* bytes handed to libxml2 at a time */

struct _ExcXmlReader {
  ExcXmlHandlers handlers;
  gpointer data;
  xmlParserCtxtPtr parser;
  gsize max_bytes;
  gsize n_bytes;
  guint n_bom;             /* bytes of a BOM seen; 3 once the first byte of the text has come */
  guint8 stack[MAX_DEPTH]; /* of ExcElement */
  guint depth;
  GError *error;
};

static const struct {
  const char *ns;
  const char *name;
  ExcElement element;
} elements[] = {
  { EXC_NS_SOAP, "Envelope", EXC_ELEMENT_ENVELOPE },
  { EXC_NS_SOAP, "Header", EXC_ELEMENT_HEADER },
  { EXC_NS_SOAP, "Body", EXC_ELEMENT_BODY },
  { EXC_NS_SOAP, "Fault", EXC_ELEMENT_FAULT },
  { EXC_NS_SOAP, "Subcode", EXC_ELEMENT_SUBCODE },
  { EXC_NS_SOAP, "Value", EXC_ELEMENT_VALUE },
  { EXC_NS_SOAP, "Text", EXC_ELEMENT_TEXT },
  { EXC_NS_ADDRESSING, "Action", EXC_ELEMENT_ACTION },
  { EXC_NS_ADDRESSING, "To", EXC_ELEMENT_TO },
  { EXC_NS_ADDRESSING, "MessageID", EXC_ELEMENT_MESSAGE_ID },
  { EXC_NS_ADDRESSING, "RelatesTo", EXC_ELEMENT_RELATES_TO },
  { EXC_NS_WSMAN, "ResourceURI", EXC_ELEMENT_RESOURCE_URI },
  { EXC_NS_WSMAN, "MaxEnvelopeSize", EXC_ELEMENT_MAX_ENVELOPE_SIZE },
  { EXC_NS_WSMAN, "OperationTimeout", EXC_ELEMENT_OPERATION_TIMEOUT },
  { EXC_NS_WSMAN, "Selector", EXC_ELEMENT_SELECTOR },
  { EXC_NS_WSMAN, "Option", EXC_ELEMENT_OPTION },
  { EXC_NS_WSMV, "SessionId", EXC_ELEMENT_SESSION_ID },
  { EXC_NS_WSMV, "DataLocale", EXC_ELEMENT_DATA_LOCALE },
  { EXC_NS_WSMV, "ActivityId", EXC_ELEMENT_ACTIVITY_ID },
  { EXC_NS_TRANSFER, "ResourceCreated", EXC_ELEMENT_RESOURCE_CREATED },
  { EXC_NS_SHELL, "Shell", EXC_ELEMENT_SHELL },
  { EXC_NS_SHELL, "ShellId", EXC_ELEMENT_SHELL_ID },
  { EXC_NS_SHELL, "State", EXC_ELEMENT_SHELL_STATE },
  { EXC_NS_SHELL, "ResourceUri", EXC_ELEMENT_SHELL_RESOURCE_URI },
  { EXC_NS_SHELL, "CommandLine", EXC_ELEMENT_COMMAND_LINE },
  { EXC_NS_SHELL, "Arguments", EXC_ELEMENT_ARGUMENTS },
  { EXC_NS_SHELL, "CommandId", EXC_ELEMENT_COMMAND_ID },
  { EXC_NS_SHELL, "DesiredStream", EXC_ELEMENT_DESIRED_STREAM },
  { EXC_NS_SHELL, "Stream", EXC_ELEMENT_STREAM },
  { EXC_NS_SHELL, "Signal", EXC_ELEMENT_SIGNAL },
  { EXC_NS_SHELL, "Code", EXC_ELEMENT_CODE },
  { EXC_NS_SHELL, "ReceiveResponse", EXC_ELEMENT_RECEIVE_RESPONSE },
  { EXC_NS_SHELL, "CommandState", EXC_ELEMENT_COMMAND_STATE },
  { EXC_NS_POWERSHELL, "creationXml", EXC_ELEMENT_CREATION_XML },
  { EXC_NS_FAULT, "WSManFault", EXC_ELEMENT_WSMAN_FAULT },
  { EXC_NS_FAULT, "Message", EXC_ELEMENT_FAULT_MESSAGE },
  { EXC_NS_FAULT, "ProviderFault", EXC_ELEMENT_PROVIDER_FAULT },
};

static void
fail (ExcXmlReader *self, GError *take_error)
{
  if (self->error == NULL)
    self->error = take_error;
  else
    g_clear_error (&take_error);
  xmlStopParser (self->parser);
}

static ExcElement
find_element (const xmlChar *uri, const xmlChar *name)
{
  if (uri == NULL)
    return EXC_ELEMENT_OTHER;
  for (gsize i = 0; i < G_N_ELEMENTS (elements); i++) {
    if (strcmp (elements[i].name, (const char *) name) == 0 &&
        strcmp (elements[i].ns, (const char *) uri) == 0)
      return elements[i].element;
  }

  return EXC_ELEMENT_OTHER;
}

static void
on_start_element_cb (void *data,
                     const xmlChar *name,
                     const xmlChar *prefix,
                     const xmlChar *uri,
                     int n_namespaces,
                     const xmlChar **namespaces,
                     int n_attributes,
                     int n_defaulted,
                     const xmlChar **attributes)
{
  ExcXmlReader *self = data;
  ExcXmlAttributes list = { attributes, n_attributes };
  ExcElement element = find_element (uri, name);
  GError *error = NULL;

  if (self->error != NULL)
    return;
  if (self->depth == MAX_DEPTH) {
    fail (self,
          g_error_new_literal (
              EXC_ERROR, EXC_ERROR_LIMIT, _("The WS-Management message is nested too deeply.")));
    return;
  }
  if (self->depth == 0 && element != EXC_ELEMENT_ENVELOPE) {
    fail (self,
          g_error_new_literal (EXC_ERROR,
                               EXC_ERROR_PROTOCOL,
                               _("What came is XML, but not a WS-Management message.")));
    return;
  }
  self->stack[self->depth++] = element;
  if (!self->handlers.start (self->data, element, &list, &error))
    fail (self, error);
}

static void
on_end_element_cb (void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
  ExcXmlReader *self = data;
  GError *error = NULL;

  if (self->error != NULL || self->depth == 0)
    return;
  if (!self->handlers.end (self->data, self->stack[self->depth - 1], &error)) {
    fail (self, error);
    return;
  }
  self->depth--;
}

static void
on_characters_cb (void *data, const xmlChar *text, int length)
{
  ExcXmlReader *self = data;
  GError *error = NULL;

  if (self->error != NULL || self->depth == 0)
    return;
  if (!self->handlers.text (self->data, (const char *) text, length, &error))
    fail (self, error);
}

/* libxml2 checks the encoding of CDATA less strictly than that of any other text. */
static void
on_cdata_cb (void *data, const xmlChar *text, int length)
{
  if (g_utf8_validate_len ((const char *) text, length, NULL))
    on_characters_cb (data, text, length);
  else
    fail (data,
          g_error_new_literal (
              EXC_ERROR, EXC_ERROR_PROTOCOL, _("The WS-Management message is not valid XML.")));
}

static void
on_internal_subset_cb (void *data, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
  fail (data,
        g_error_new_literal (EXC_ERROR,
                             EXC_ERROR_PROTOCOL,
                             _("The WS-Management message has a DOCTYPE, which is not allowed.")));
}

static void
on_error_cb (void *data, xmlErrorPtr xml_error)
{
  ExcXmlReader *self = data;
  g_autofree char *text = NULL;

  if (xml_error->level != XML_ERR_FATAL || self->error != NULL)
    return;
  text = g_strstrip (g_strdup (xml_error->message != NULL ? xml_error->message : ""));
  /* Translators: %s is a technical text in English. */
  self->error = g_error_new (
      EXC_ERROR, EXC_ERROR_PROTOCOL, _("The WS-Management message is not valid XML: %s"), text);
}

ExcXmlReader *
exc_xml_reader_new (const ExcXmlHandlers *handlers, gpointer data, gsize max_bytes)
{
  ExcXmlReader *self = g_new0 (ExcXmlReader, 1);
  xmlSAXHandler sax = {
    .initialized = XML_SAX2_MAGIC,
    .startElementNs = on_start_element_cb,
    .endElementNs = on_end_element_cb,
    .characters = on_characters_cb,
    .cdataBlock = on_cdata_cb,
    .internalSubset = on_internal_subset_cb,
    .serror = on_error_cb,
  };

  self->handlers = *handlers;
  self->data = data;
  self->max_bytes = max_bytes;
  self->parser = xmlCreatePushParserCtxt (&sax, self, NULL, 0, NULL);
  if (self->parser == NULL)
    g_error ("libxml2 is out of memory");
  /* NOENT only makes &amp; in attributes arrive as it should; a DOCTYPE, which alone could declare
   * other entities, is refused. */
  xmlCtxtUseOptions (self->parser, XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_IGNORE_ENC);
  /* We ask for UTF-8 and take nothing else: no guessing by the first four bytes. */
  xmlSwitchEncoding (self->parser, XML_CHAR_ENCODING_UTF8);

  return self;
}

void
exc_xml_reader_free (ExcXmlReader *self)
{
  xmlFreeParserCtxt (self->parser);
  g_clear_error (&self->error);
  g_free (self);
}

static gboolean
report (ExcXmlReader *self, GError **error)
{
  if (self->error == NULL && !self->parser->wellFormed)
    self->error = g_error_new_literal (
        EXC_ERROR, EXC_ERROR_PROTOCOL, _("The WS-Management message is not valid XML."));
  if (self->error == NULL)
    return TRUE;

  if (error != NULL)
    *error = g_error_copy (self->error);
  return FALSE;
}

/* How much of data is the rest of a UTF-8 BOM in front of the text. */
static gsize
skip_bom (ExcXmlReader *self, const guint8 *data, gsize length)
{
  static const guint8 bom[] = { 0xef, 0xbb, 0xbf };
  gsize at = 0;

  while (self->n_bom < sizeof bom && at < length && data[at] == bom[self->n_bom]) {
    self->n_bom++;
    at++;
  }
  if (at < length && self->n_bom > 0 && self->n_bom < sizeof bom)
    fail (self,
          g_error_new_literal (
              EXC_ERROR, EXC_ERROR_PROTOCOL, _("The WS-Management message is not valid XML.")));
  if (at < length)
    self->n_bom = sizeof bom;

  return at;
}

gboolean
exc_xml_reader_push (ExcXmlReader *self, const guint8 *data, gsize length, GError **error)
{
  gsize bom = 0;

  if (self->error != NULL)
    return report (self, error);
  if (length > self->max_bytes - self->n_bytes) {
    fail (self,
          g_error_new (EXC_ERROR,
                       EXC_ERROR_LIMIT,
                       _("The WS-Management message is larger than %u KiB."),
                          (guint) (self->max_bytes / 1024)));
    return report (self, error);
  }

  self->n_bytes += length;
  bom = skip_bom (self, data, length);
  data += bom;
  length -= bom;
  while (length > 0 && self->error == NULL) {
    gsize piece = MIN (length, PIECE);

    xmlParseChunk (self->parser, (const char *) data, piece, 0);
    data += piece;
    length -= piece;
  }

  return report (self, error);
}

gboolean
exc_xml_reader_finish (ExcXmlReader *self, GError **error)
{
  if (self->error == NULL && self->n_bytes == 0)
    self->error = g_error_new_literal (
        EXC_ERROR, EXC_ERROR_PROTOCOL, _("The WS-Management message is empty."));
  if (self->error == NULL)
    xmlParseChunk (self->parser, NULL, 0, 1);

  return report (self, error);
}

ExcElement
exc_xml_reader_peek (ExcXmlReader *self, guint level)
{
  return level < self->depth ? self->stack[self->depth - 1 - level] : EXC_ELEMENT_OTHER;
}

gboolean
exc_xml_reader_is_within (ExcXmlReader *self, ExcElement element)
{
  return memchr (self->stack, element, self->depth) != NULL;
}

char *
exc_xml_attributes_dup_ns (const ExcXmlAttributes *attributes, const char *ns, const char *name)
{
  for (int i = 0; i < attributes->n; i++) {
    const unsigned char **field = attributes->fields + i * 5; /* name, prefix, URI, value, end */

    if (strcmp ((const char *) field[0], name) == 0 && g_strcmp0 ((const char *) field[2], ns) == 0)
      return g_strndup ((const char *) field[3], field[4] - field[3]);
  }

  return NULL;
}

char *
exc_xml_attributes_dup (const ExcXmlAttributes *attributes, const char *name)
{
  return exc_xml_attributes_dup_ns (attributes, NULL, name);
}
