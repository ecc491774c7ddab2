/* exc-wsman-reply.c — responses written, for the lab and for tests
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-wsman"

#include "config.h"

#include "exc-wsman-private.h"
#include "exc-wsman-server.h"

#include <string.h>

#define HEAD_SIZE   2048 /* an envelope without streams, and to spare */
#define STREAM_SIZE 160  /* a Stream element without its text */

/* Up to the open Body, as Windows writes it. */
static ExcXmlWriter *
begin (ExcWsmanRequest *request, const char *action)
{
  ExcXmlWriter *writer = exc_xml_writer_new ();
  g_autofree char *id = exc_wsman_new_id ();
  g_autofree char *message_id = g_strconcat ("uuid:", id, NULL);
  const char *relates_to = NULL;

  exc_xml_writer_start (writer, "s:Envelope");
  exc_xml_writer_attribute (writer, "xml:lang", "en-US");
  exc_xml_writer_attribute (writer, "xmlns:s", EXC_NS_SOAP);
  exc_xml_writer_attribute (writer, "xmlns:a", EXC_NS_ADDRESSING);
  exc_xml_writer_attribute (writer, "xmlns:x", EXC_NS_TRANSFER);
  exc_xml_writer_attribute (writer, "xmlns:w", EXC_NS_WSMAN);
  exc_xml_writer_attribute (writer, "xmlns:rsp", EXC_NS_SHELL);
  exc_xml_writer_attribute (writer, "xmlns:p", EXC_NS_WSMV);
  exc_xml_writer_start (writer, "s:Header");
  exc_xml_writer_element (writer, "a:Action", action);
  exc_xml_writer_element (writer, "a:MessageID", message_id);
  exc_xml_writer_element (writer, "a:To", EXC_WSMAN_ANONYMOUS);
  if (request != NULL)
    relates_to = exc_wsman_request_get_message_id (request);
  if (relates_to != NULL)
    exc_xml_writer_element (writer, "a:RelatesTo", relates_to);
  exc_xml_writer_end (writer);
  exc_xml_writer_start (writer, "s:Body");

  return writer;
}

static ExcXmlWriter *
begin_response (ExcWsmanRequest *request)
{
  g_autofree char *action = g_strconcat (exc_wsman_request_get_action (request), "Response", NULL);

  return begin (request, action);
}

static const char *
get_resource_uri (ExcWsmanRequest *request)
{
  const char *uri = exc_wsman_request_get_resource_uri (request);

  return uri != NULL ? uri : "";
}

static void
write_shell (ExcXmlWriter *writer, ExcWsmanRequest *request, const char *shell_id)
{
  exc_xml_writer_start (writer, "rsp:Shell");
  exc_xml_writer_element (writer, "rsp:ShellId", shell_id);
  exc_xml_writer_element (writer, "rsp:ResourceUri", get_resource_uri (request));
  exc_xml_writer_element (writer, "rsp:IdleTimeOut", "PT7200.000S");
  exc_xml_writer_element (writer, "rsp:InputStreams", "stdin pr");
  exc_xml_writer_element (writer, "rsp:OutputStreams", "stdout");
  exc_xml_writer_element (writer, "rsp:State", "Connected");
  exc_xml_writer_end (writer);
}

/**
 * exc_wsman_reply_created:
 * @request: a Create
 * @shell_id: the selector that the client has to use from now on
 *
 * Returns: (transfer full): the response
 */
GBytes *
exc_wsman_reply_created (ExcWsmanRequest *request, const char *shell_id)
{
  g_autoptr(ExcXmlWriter) writer = begin_response (request);
  const char *to = exc_wsman_request_get_to (request);

  exc_xml_writer_start (writer, "x:ResourceCreated");
  exc_xml_writer_element (writer, "a:Address", to != NULL ? to : "");
  exc_xml_writer_start (writer, "a:ReferenceParameters");
  exc_xml_writer_element (writer, "w:ResourceURI", get_resource_uri (request));
  exc_wsman_write_selector (writer, shell_id);
  exc_xml_writer_end (writer);
  exc_xml_writer_end (writer);
  write_shell (writer, request, shell_id);

  return exc_xml_writer_finish (writer);
}

GBytes *
exc_wsman_reply_command (ExcWsmanRequest *request, const char *command_id)
{
  g_autoptr(ExcXmlWriter) writer = begin_response (request);

  exc_xml_writer_start (writer, "rsp:CommandResponse");
  exc_xml_writer_element (writer, "rsp:CommandId", command_id);

  return exc_xml_writer_finish (writer);
}

GBytes *
exc_wsman_reply_receive (ExcWsmanRequest *request, GPtrArray *chunks, const char *done_command_id)
{
  g_autoptr(ExcXmlWriter) writer = begin_response (request);

  exc_xml_writer_start (writer, "rsp:ReceiveResponse");
  for (guint i = 0; i < chunks->len; i++) {
    ExcWsmanChunk *chunk = chunks->pdata[i];

    exc_xml_writer_start (writer, "rsp:Stream");
    exc_xml_writer_attribute (writer, "Name", chunk->name != NULL ? chunk->name : "stdout");
    if (chunk->command_id != NULL)
      exc_xml_writer_attribute (writer, "CommandId", chunk->command_id);
    exc_xml_writer_base64 (writer, chunk->bytes);
    exc_xml_writer_end (writer);
  }
  if (done_command_id != NULL) {
    exc_xml_writer_start (writer, "rsp:CommandState");
    exc_xml_writer_attribute (writer, "CommandId", done_command_id);
    exc_xml_writer_attribute (writer, "State", EXC_WSMAN_STATE_DONE);
    exc_xml_writer_element (writer, "rsp:ExitCode", "0");
    exc_xml_writer_end (writer);
  }

  return exc_xml_writer_finish (writer);
}

GBytes *
exc_wsman_reply_empty (ExcWsmanRequest *request)
{
  g_autoptr(ExcXmlWriter) writer = begin_response (request);
  const char *shell_id = exc_wsman_request_get_shell_id (request);

  switch (exc_wsman_request_get_operation (request)) {
  case EXC_WSMAN_SEND:
    exc_xml_writer_start (writer, "rsp:SendResponse");
    break;
  case EXC_WSMAN_SIGNAL:
    exc_xml_writer_start (writer, "rsp:SignalResponse");
    break;
  case EXC_WSMAN_GET:
    write_shell (writer, request, shell_id != NULL ? shell_id : "");
    break;
  default:
    break;
  }

  return exc_xml_writer_finish (writer);
}

static const char *
get_subcode (guint32 code)
{
  switch (code) {
  case EXC_WSMAN_FAULT_TIMED_OUT:
    return "w:TimedOut";
  case EXC_WSMAN_FAULT_ACCESS_DENIED:
  case EXC_WSMAN_FAULT_LOGON:
    return "w:AccessDenied";
  case EXC_WSMAN_FAULT_INVALID_SELECTORS:
    return "w:InvalidSelectors";
  case EXC_WSMAN_FAULT_NO_RESOURCE:
    return "a:DestinationUnreachable";
  case EXC_WSMAN_FAULT_UNSUPPORTED:
    return "a:ActionNotSupported";
  case EXC_WSMAN_FAULT_TOO_MANY_SHELLS:
  case EXC_WSMAN_FAULT_TOO_MANY_COMMANDS:
    return "w:QuotaLimit";
  default:
    return "w:InternalError";
  }
}

/**
 * exc_wsman_reply_fault:
 * @request: (nullable): what is refused
 * @code: WSManFault/@Code
 * @message: what a person will read
 *
 * Returns: (transfer full): a fault in the shape that Windows gives it, for HTTP status 500
 */
GBytes *
exc_wsman_reply_fault (ExcWsmanRequest *request, guint32 code, const char *message)
{
  g_autoptr(ExcXmlWriter) writer = begin (request, EXC_WSMAN_FAULT_ACTION);
  char number[16];

  g_snprintf (number, sizeof number, "%u", code);
  exc_xml_writer_start (writer, "s:Fault");
  exc_xml_writer_start (writer, "s:Code");
  exc_xml_writer_element (writer, "s:Value", "s:Receiver");
  exc_xml_writer_start (writer, "s:Subcode");
  exc_xml_writer_element (writer, "s:Value", get_subcode (code));
  exc_xml_writer_end (writer);
  exc_xml_writer_end (writer);
  exc_xml_writer_start (writer, "s:Reason");
  exc_xml_writer_start (writer, "s:Text");
  exc_xml_writer_attribute (writer, "xml:lang", "en-US");
  exc_xml_writer_text (writer, message);
  exc_xml_writer_end (writer);
  exc_xml_writer_end (writer);
  exc_xml_writer_start (writer, "s:Detail");
  exc_xml_writer_start (writer, "f:WSManFault");
  exc_xml_writer_attribute (writer, "xmlns:f", EXC_NS_FAULT);
  exc_xml_writer_attribute (writer, "Code", number);
  exc_xml_writer_attribute (writer, "Machine", "localhost");
  exc_xml_writer_element (writer, "f:Message", message);

  return exc_xml_writer_finish (writer);
}

/**
 * exc_wsman_reply_budget:
 * @max_envelope_size: what the client allows, in bytes
 * @n_chunks: Stream elements that the response will have
 *
 * Returns: how many raw bytes fit into all of them together
 */
gsize
exc_wsman_reply_budget (gsize max_envelope_size, guint n_chunks)
{
  /* Each element's base64 may end in padding. */
  gsize overhead = HEAD_SIZE + (gsize) n_chunks * (STREAM_SIZE + 4);

  return overhead < max_envelope_size ? (max_envelope_size - overhead) / 4 * 3 : 0;
}
