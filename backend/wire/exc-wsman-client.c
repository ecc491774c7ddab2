/* exc-wsman-client.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-wsman"

#include "config.h"

#include "exc-wsman-client.h"

#include "exc-wsman-private.h"

#define SPARE 256 /* for what we cannot foresee of the server's counting */

struct _ExcWsmanClient {
  char *url;
  char *resource_uri;
  char *session_id;
  char *shell_id;
  gsize max_envelope_size;
  guint operation_timeout_s;
};

ExcWsmanClient *
exc_wsman_client_new (const char *url, const char *configuration)
{
  ExcWsmanClient *self = g_new0 (ExcWsmanClient, 1);

  self->url = g_strdup (url);
  self->resource_uri = g_strdup (configuration);
  self->session_id = exc_wsman_new_id ();
  self->max_envelope_size = EXC_WSMAN_ENVELOPE_FIRST;
  self->operation_timeout_s = 20;

  return self;
}

void
exc_wsman_client_free (ExcWsmanClient *self)
{
  g_free (self->url);
  g_free (self->resource_uri);
  g_free (self->session_id);
  g_free (self->shell_id);
  g_free (self);
}

const char *
exc_wsman_client_get_shell_id (ExcWsmanClient *self)
{
  return self->shell_id;
}

void
exc_wsman_client_set_shell (ExcWsmanClient *self, const char *shell_id, const char *resource_uri)
{
  char *old_id = self->shell_id;
  char *old_uri = self->resource_uri;

  self->shell_id = g_strdup (shell_id); /* either may be the old text itself */
  g_free (old_id);
  if (resource_uri != NULL) {
    self->resource_uri = g_strdup (resource_uri);
    g_free (old_uri);
  }
}

gsize
exc_wsman_client_get_max_envelope_size (ExcWsmanClient *self)
{
  return self->max_envelope_size;
}

void
exc_wsman_client_set_max_envelope_size (ExcWsmanClient *self, gsize n_bytes)
{
  self->max_envelope_size = n_bytes;
}

guint
exc_wsman_client_get_operation_timeout_s (ExcWsmanClient *self)
{
  return self->operation_timeout_s;
}

void
exc_wsman_client_set_operation_timeout_s (ExcWsmanClient *self, guint seconds)
{
  self->operation_timeout_s = seconds;
}

static void
write_locale (ExcXmlWriter *writer, const char *name)
{
  exc_xml_writer_start (writer, name);
  exc_xml_writer_attribute (writer, "s:mustUnderstand", "false");
  /* Dates and numbers in texts are read by the server in this culture (protocol.md 12). */
  exc_xml_writer_attribute (writer, "xml:lang", "en-US");
  exc_xml_writer_end (writer);
}

static void
write_option (ExcXmlWriter *writer, const char *name, const char *value, gboolean must_comply)
{
  exc_xml_writer_start (writer, "w:OptionSet");
  if (must_comply)
    exc_xml_writer_attribute (writer, "s:mustUnderstand", "true");
  exc_xml_writer_start (writer, "w:Option");
  exc_xml_writer_attribute (writer, "Name", name);
  if (must_comply)
    exc_xml_writer_attribute (writer, "MustComply", "true");
  exc_xml_writer_text (writer, value);
  exc_xml_writer_end (writer);
  exc_xml_writer_end (writer);
}

/* The header of every request (protocol.md 2), up to the open Header element. */
static ExcXmlWriter *
begin (ExcWsmanClient *self, ExcWsmanOperation operation, char **message_id)
{
  ExcXmlWriter *writer = exc_xml_writer_new ();
  g_autofree char *id = exc_wsman_new_id ();
  g_autofree char *message = g_strconcat ("uuid:", id, NULL);
  g_autofree char *session = g_strconcat ("uuid:", self->session_id, NULL);
  char number[32];

  exc_xml_writer_start (writer, "s:Envelope");
  exc_xml_writer_attribute (writer, "xmlns:s", EXC_NS_SOAP);
  exc_xml_writer_attribute (writer, "xmlns:a", EXC_NS_ADDRESSING);
  exc_xml_writer_attribute (writer, "xmlns:w", EXC_NS_WSMAN);
  exc_xml_writer_attribute (writer, "xmlns:p", EXC_NS_WSMV);
  exc_xml_writer_attribute (writer, "xmlns:rsp", EXC_NS_SHELL);
  exc_xml_writer_start (writer, "s:Header");
  exc_wsman_write_must (writer, "a:Action", exc_wsman_operation_to_action (operation));
  exc_wsman_write_must (writer, "a:To", self->url);
  exc_xml_writer_start (writer, "a:ReplyTo");
  exc_wsman_write_must (writer, "a:Address", EXC_WSMAN_ANONYMOUS);
  exc_xml_writer_end (writer);
  exc_xml_writer_element (writer, "a:MessageID", message);
  /* A shell is asked for its state under the URI of all shells [recorded]. */
  exc_wsman_write_must (
      writer, "w:ResourceURI", operation == EXC_WSMAN_GET ? EXC_NS_SHELL : self->resource_uri);
  g_snprintf (number, sizeof number, "%" G_GSIZE_FORMAT, self->max_envelope_size);
  exc_wsman_write_must (writer, "w:MaxEnvelopeSize", number);
  g_snprintf (number, sizeof number, "PT%uS", self->operation_timeout_s);
  exc_xml_writer_element (writer, "w:OperationTimeout", number);
  write_locale (writer, "w:Locale");
  write_locale (writer, "p:DataLocale");
  exc_xml_writer_start (writer, "p:SessionId");
  exc_xml_writer_attribute (writer, "s:mustUnderstand", "false");
  exc_xml_writer_text (writer, session);
  exc_xml_writer_end (writer);
  if (operation != EXC_WSMAN_CREATE)
    exc_wsman_write_selector (writer, self->shell_id != NULL ? self->shell_id : "");

  if (message_id != NULL)
    *message_id = g_steal_pointer (&message);
  return writer;
}

static void
begin_body (ExcXmlWriter *writer)
{
  exc_xml_writer_end (writer);
  exc_xml_writer_start (writer, "s:Body");
}

/**
 * exc_wsman_client_get_budget:
 * @self: a writer of envelopes
 * @operation: Create, Command or Send
 *
 * Returns: how many bytes of fragments fit into such an envelope, before base64
 */
gsize
exc_wsman_client_get_budget (ExcWsmanClient *self, ExcWsmanOperation operation)
{
  const char *id = "00000000-0000-0000-0000-000000000000";
  g_autoptr(GBytes) empty = g_bytes_new_static ("", 0);
  g_autoptr(GBytes) skeleton = NULL;
  gsize size = 0;

  switch (operation) {
  case EXC_WSMAN_CREATE:
    skeleton = exc_wsman_client_create (self, id, "2.3", empty, NULL);
    break;
  case EXC_WSMAN_COMMAND:
    skeleton = exc_wsman_client_command (self, id, empty, NULL);
    break;
  case EXC_WSMAN_SEND:
    skeleton = exc_wsman_client_send (self, "stdin", id, empty, NULL);
    break;
  default:
    g_return_val_if_reached (0);
  }

  size = g_bytes_get_size (skeleton) + SPARE;
  return size < self->max_envelope_size ? (self->max_envelope_size - size) / 4 * 3 : 0;
}

/**
 * exc_wsman_client_create:
 * @self: a writer of envelopes
 * @shell_id: the runspace pool's id, upper case
 * @protocol_version: what is offered, "2.3"
 * @creation: fragments of SESSION_CAPABILITY and INIT_RUNSPACEPOOL
 * @message_id: (out) (optional): what RelatesTo will be
 *
 * [MS-WSMV] 3.1.4.5.1, protocol.md 3.
 *
 * Returns: (transfer full): the envelope
 */
GBytes *
exc_wsman_client_create (ExcWsmanClient *self,
                         const char *shell_id,
                         const char *protocol_version,
                         GBytes *creation,
                         char **message_id)
{
  g_autoptr(ExcXmlWriter) writer = begin (self, EXC_WSMAN_CREATE, message_id);

  write_option (writer, "protocolversion", protocol_version, TRUE);
  begin_body (writer);
  exc_xml_writer_start (writer, "rsp:Shell");
  exc_xml_writer_attribute (writer, "ShellId", shell_id);
  exc_xml_writer_element (writer, "rsp:InputStreams", "stdin pr");
  exc_xml_writer_element (writer, "rsp:OutputStreams", "stdout");
  exc_xml_writer_start (writer, "creationXml");
  exc_xml_writer_attribute (writer, "xmlns", EXC_NS_POWERSHELL);
  exc_xml_writer_base64 (writer, creation);

  return exc_xml_writer_finish (writer);
}

GBytes *
exc_wsman_client_command (ExcWsmanClient *self,
                          const char *command_id,
                          GBytes *arguments,
                          char **message_id)
{
  g_autoptr(ExcXmlWriter) writer = begin (self, EXC_WSMAN_COMMAND, message_id);

  write_option (writer, "WINRS_SKIP_CMD_SHELL", "FALSE", FALSE);
  begin_body (writer);
  exc_xml_writer_start (writer, "rsp:CommandLine");
  exc_xml_writer_attribute (writer, "CommandId", command_id);
  /* History text: empty, a command's parameters have no place in the server's logs. */
  exc_xml_writer_element (writer, "rsp:Command", "");
  exc_xml_writer_start (writer, "rsp:Arguments");
  exc_xml_writer_base64 (writer, arguments);

  return exc_xml_writer_finish (writer);
}

GBytes *
exc_wsman_client_receive (ExcWsmanClient *self, const char *command_id, char **message_id)
{
  g_autoptr(ExcXmlWriter) writer = begin (self, EXC_WSMAN_RECEIVE, message_id);

  write_option (writer, "WSMAN_CMDSHELL_OPTION_KEEPALIVE", "TRUE", FALSE);
  begin_body (writer);
  exc_xml_writer_start (writer, "rsp:Receive");
  exc_xml_writer_start (writer, "rsp:DesiredStream");
  if (command_id != NULL)
    exc_xml_writer_attribute (writer, "CommandId", command_id);
  exc_xml_writer_text (writer, "stdout");

  return exc_xml_writer_finish (writer);
}

GBytes *
exc_wsman_client_send (ExcWsmanClient *self,
                       const char *stream,
                       const char *command_id,
                       GBytes *bytes,
                       char **message_id)
{
  g_autoptr(ExcXmlWriter) writer = begin (self, EXC_WSMAN_SEND, message_id);

  begin_body (writer);
  exc_xml_writer_start (writer, "rsp:Send");
  exc_xml_writer_start (writer, "rsp:Stream");
  exc_xml_writer_attribute (writer, "Name", stream);
  if (command_id != NULL)
    exc_xml_writer_attribute (writer, "CommandId", command_id);
  exc_xml_writer_base64 (writer, bytes);

  return exc_xml_writer_finish (writer);
}

GBytes *
exc_wsman_client_signal (ExcWsmanClient *self,
                         const char *command_id,
                         ExcWsmanSignal signal,
                         char **message_id)
{
  g_autoptr(ExcXmlWriter) writer = begin (self, EXC_WSMAN_SIGNAL, message_id);

  begin_body (writer);
  exc_xml_writer_start (writer, "rsp:Signal");
  exc_xml_writer_attribute (writer, "CommandId", command_id);
  exc_xml_writer_element (writer,
                          "rsp:Code",
                          signal == EXC_WSMAN_SIGNAL_STOP ? EXC_WSMAN_STOP_CODE
                                                          : EXC_WSMAN_TERMINATE_CODE);

  return exc_xml_writer_finish (writer);
}

GBytes *
exc_wsman_client_delete (ExcWsmanClient *self, char **message_id)
{
  g_autoptr(ExcXmlWriter) writer = begin (self, EXC_WSMAN_DELETE, message_id);

  begin_body (writer);
  return exc_xml_writer_finish (writer);
}

GBytes *
exc_wsman_client_get (ExcWsmanClient *self, char **message_id)
{
  g_autoptr(ExcXmlWriter) writer = begin (self, EXC_WSMAN_GET, message_id);

  begin_body (writer);
  return exc_xml_writer_finish (writer);
}
