/* exc-wsman-private.h — what readers and writers of WS-Management share inside
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-base64-stream.h"
#include "exc-wsman.h"
#include "exc-xml-writer.h"

G_BEGIN_DECLS

/* Two of them end in wsman.xsd and are not the same (protocol.md 1). */
#define EXC_NS_SOAP            "http://www.w3.org/2003/05/soap-envelope"
#define EXC_NS_ADDRESSING      "http://schemas.xmlsoap.org/ws/2004/08/addressing"
#define EXC_NS_WSMAN           "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
#define EXC_NS_WSMV            "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
#define EXC_NS_TRANSFER        "http://schemas.xmlsoap.org/ws/2004/09/transfer"
#define EXC_NS_SHELL           "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
#define EXC_NS_POWERSHELL      "http://schemas.microsoft.com/powershell"
#define EXC_NS_FAULT           "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
#define EXC_NS_XML             "http://www.w3.org/XML/1998/namespace"

#define EXC_WSMAN_ANONYMOUS    "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
#define EXC_WSMAN_FAULT_ACTION "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
#define EXC_WSMAN_STOP_CODE    "powershell/signal/crtl_c"
#define EXC_WSMAN_TERMINATE_CODE                                                                   \
  "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/signal/Terminate"
#define EXC_WSMAN_STATE_DONE                                                                       \
  "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/CommandState/Done"

/* The elements we read. */
typedef enum {
  EXC_ELEMENT_OTHER,
  EXC_ELEMENT_ENVELOPE,
  EXC_ELEMENT_HEADER,
  EXC_ELEMENT_BODY,
  EXC_ELEMENT_FAULT,
  EXC_ELEMENT_SUBCODE,
  EXC_ELEMENT_VALUE,
  EXC_ELEMENT_TEXT,
  EXC_ELEMENT_ACTION,
  EXC_ELEMENT_TO,
  EXC_ELEMENT_MESSAGE_ID,
  EXC_ELEMENT_RELATES_TO,
  EXC_ELEMENT_RESOURCE_URI,
  EXC_ELEMENT_MAX_ENVELOPE_SIZE,
  EXC_ELEMENT_OPERATION_TIMEOUT,
  EXC_ELEMENT_SELECTOR,
  EXC_ELEMENT_OPTION,
  EXC_ELEMENT_SESSION_ID,
  EXC_ELEMENT_DATA_LOCALE,
  EXC_ELEMENT_ACTIVITY_ID,
  EXC_ELEMENT_RESOURCE_CREATED,
  EXC_ELEMENT_SHELL,
  EXC_ELEMENT_SHELL_ID,
  EXC_ELEMENT_SHELL_STATE,
  EXC_ELEMENT_SHELL_RESOURCE_URI,
  EXC_ELEMENT_COMMAND_LINE,
  EXC_ELEMENT_ARGUMENTS,
  EXC_ELEMENT_COMMAND_ID,
  EXC_ELEMENT_DESIRED_STREAM,
  EXC_ELEMENT_STREAM,
  EXC_ELEMENT_SIGNAL,
  EXC_ELEMENT_CODE,
  EXC_ELEMENT_RECEIVE_RESPONSE,
  EXC_ELEMENT_COMMAND_STATE,
  EXC_ELEMENT_CREATION_XML,
  EXC_ELEMENT_WSMAN_FAULT,
  EXC_ELEMENT_FAULT_MESSAGE,
  EXC_ELEMENT_PROVIDER_FAULT,
} ExcElement;

typedef struct _ExcXmlReader ExcXmlReader;

typedef struct {
  const unsigned char **fields; /* five an attribute, as libxml2 has them */
  int n;
} ExcXmlAttributes;

/* text comes in any split; returning FALSE ends the reading with error. */
typedef struct {
  gboolean (*start) (gpointer data,
                     ExcElement element,
                     const ExcXmlAttributes *attributes,
                     GError **error);
  gboolean (*text) (gpointer data, const char *text, gsize length, GError **error);
  gboolean (*end) (gpointer data, ExcElement element, GError **error);
} ExcXmlHandlers;

/**
 * ExcXmlReader:
 *
 * libxml2's SAX2 push parser with our limits: no DOCTYPE, no entities, no network, a depth and a
 * size. It stays failed.
 */
ExcXmlReader *exc_xml_reader_new (const ExcXmlHandlers *handlers,
                                  gpointer data,
                                  gsize max_bytes) G_GNUC_WARN_UNUSED_RESULT;
void exc_xml_reader_free (ExcXmlReader *self);
gboolean exc_xml_reader_push (ExcXmlReader *self, const guint8 *data, gsize length, GError **error);
gboolean exc_xml_reader_finish (ExcXmlReader *self, GError **error);
/* level 0: the element at hand, 1 its parent… */
ExcElement exc_xml_reader_peek (ExcXmlReader *self, guint level);
gboolean exc_xml_reader_is_within (ExcXmlReader *self, ExcElement element);

/* (transfer full) (nullable): an attribute without a prefix */
char *exc_xml_attributes_dup (const ExcXmlAttributes *attributes, const char *name);
char *exc_xml_attributes_dup_ns (const ExcXmlAttributes *attributes,
                                 const char *ns,
                                 const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcXmlReader, exc_xml_reader_free)

/* Writing: <name s:mustUnderstand="true">text</name> */
void exc_wsman_write_must (ExcXmlWriter *writer, const char *name, const char *text);
void exc_wsman_write_selector (ExcXmlWriter *writer, const char *shell_id);
const char *exc_wsman_operation_to_action (ExcWsmanOperation operation);
ExcWsmanOperation exc_wsman_operation_from_action (const char *action);

G_END_DECLS
