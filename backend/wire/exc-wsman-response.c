/* exc-wsman-response.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-wsman"

#include "config.h"

#include "exc-wsman-response.h"

#include "exc-error.h"
#include "exc-wsman-private.h"

#include <glib/gi18n.h>

#define MAX_BYTES (16 * 1024 * 1024)
#define MAX_TEXT  65536

struct _ExcWsmanResponse {
  ExcWsmanOperation operation;
  char *message_id;
  ExcXmlReader *reader;
  GError *error;

  GString *text; /* of the element at hand */
  gboolean is_selector;

  gboolean in_stream;
  ExcBase64Decoder base64;
  char *stream_name;
  char *stream_command_id;
  GByteArray *stream_bytes; /* decoded and not handed on yet */
  GQueue chunks;            /* (element-type ExcWsmanChunk) */

  gboolean has_body;
  gboolean has_receive_response;
  char *relates_to;
  char *activity_id;
  char *shell_id;
  char *resource_uri;
  char *shell_state;
  char *command_id;
  char *done_command_id;

  gboolean is_fault;
  ExcWsmanFault fault;
  char *reason;
};

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, EXC_ERROR, EXC_ERROR_PROTOCOL, message);
  return FALSE;
}

/* Hands the decoded bytes of the stream at hand on. */
static void
flush_stream (ExcWsmanResponse *self)
{
  g_autoptr(GBytes) bytes = NULL;

  if (self->stream_bytes->len == 0)
    return;
  bytes = g_byte_array_free_to_bytes (self->stream_bytes);
  self->stream_bytes = g_byte_array_new ();
  g_queue_push_tail (&self->chunks,
                     exc_wsman_chunk_new (self->stream_name, self->stream_command_id, bytes));
}

static void
replace_text (char **field, const char *text)
{
  g_free (*field);
  *field = g_strstrip (g_strdup (text));
}

/* The innermost text wins: it ends first. */
static void
take_fault_message (ExcWsmanResponse *self)
{
  g_autofree char *text = g_strstrip (g_strdup (self->text->str));

  if (self->fault.message == NULL && *text != '\0')
    self->fault.message = g_steal_pointer (&text);
}

static gboolean
on_start_cb (gpointer data, ExcElement element, const ExcXmlAttributes *attributes, GError **error)
{
  ExcWsmanResponse *self = data;
  g_autofree char *value = NULL;

  if (self->in_stream)
    return fail (error, _("A stream of the WS-Management message holds other elements."));

  switch (element) {
  case EXC_ELEMENT_BODY:
    self->has_body = TRUE;
    break;
  case EXC_ELEMENT_RECEIVE_RESPONSE:
    self->has_receive_response = TRUE;
    break;
  case EXC_ELEMENT_SELECTOR:
    value = exc_xml_attributes_dup (attributes, "Name");
    self->is_selector = g_strcmp0 (value, "ShellId") == 0;
    break;
  case EXC_ELEMENT_STREAM:
    g_free (self->stream_name);
    g_free (self->stream_command_id);
    self->stream_name = exc_xml_attributes_dup (attributes, "Name");
    self->stream_command_id = exc_xml_attributes_dup (attributes, "CommandId");
    self->base64 = (ExcBase64Decoder){ 0 };
    self->in_stream = TRUE;
    break;
  case EXC_ELEMENT_COMMAND_STATE:
    value = exc_xml_attributes_dup (attributes, "State");
    if (g_strcmp0 (value, EXC_WSMAN_STATE_DONE) == 0) {
      g_free (self->done_command_id);
      self->done_command_id = exc_xml_attributes_dup (attributes, "CommandId");
    }
    break;
  case EXC_ELEMENT_FAULT:
    self->is_fault = TRUE;
    break;
  case EXC_ELEMENT_WSMAN_FAULT:
    /* The outermost code: those inside are the provider's. */
    value = exc_xml_attributes_dup (attributes, "Code");
    if (value != NULL && self->fault.code == 0)
      self->fault.code = (guint32) g_ascii_strtoull (value, NULL, 10);
    break;
  case EXC_ELEMENT_PROVIDER_FAULT:
    if (exc_xml_reader_peek (self->reader, 1) == EXC_ELEMENT_FAULT_MESSAGE)
      take_fault_message (self);
    break;
  default:
    break;
  }

  g_string_truncate (self->text, 0);
  return TRUE;
}

static gboolean
on_text_cb (gpointer data, const char *text, gsize length, GError **error)
{
  ExcWsmanResponse *self = data;

  if (self->in_stream) {
    if (!exc_base64_push (&self->base64, text, length, self->stream_bytes))
      return fail (error, _("A stream of the WS-Management message is not base64."));
    return TRUE;
  }
  if (length > MAX_TEXT - self->text->len) {
    g_set_error_literal (
        error, EXC_ERROR, EXC_ERROR_LIMIT, _("A text of the WS-Management message is too long."));
    return FALSE;
  }
  g_string_append_len (self->text, text, length);
  return TRUE;
}

static gboolean
end_stream (ExcWsmanResponse *self, GError **error)
{
  self->in_stream = FALSE;
  if (!exc_base64_finish (&self->base64))
    return fail (error, _("A stream of the WS-Management message is cut."));
  flush_stream (self);
  return TRUE;
}

static gboolean
on_end_cb (gpointer data, ExcElement element, GError **error)
{
  ExcWsmanResponse *self = data;
  ExcElement parent = exc_xml_reader_peek (self->reader, 1);

  switch (element) {
  case EXC_ELEMENT_STREAM:
    if (!end_stream (self, error))
      return FALSE;
    break;
  case EXC_ELEMENT_RELATES_TO:
    replace_text (&self->relates_to, self->text->str);
    break;
  case EXC_ELEMENT_ACTIVITY_ID:
    replace_text (&self->activity_id, self->text->str);
    break;
  case EXC_ELEMENT_SELECTOR:
    /* The selector counts more than the Shell's own ShellId. */
    if (self->is_selector && exc_xml_reader_is_within (self->reader, EXC_ELEMENT_RESOURCE_CREATED))
      replace_text (&self->shell_id, self->text->str);
    break;
  case EXC_ELEMENT_SHELL_ID:
    if (self->shell_id == NULL)
      replace_text (&self->shell_id, self->text->str);
    break;
  case EXC_ELEMENT_RESOURCE_URI:
    if (exc_xml_reader_is_within (self->reader, EXC_ELEMENT_RESOURCE_CREATED))
      replace_text (&self->resource_uri, self->text->str);
    break;
  case EXC_ELEMENT_SHELL_RESOURCE_URI:
    if (self->resource_uri == NULL)
      replace_text (&self->resource_uri, self->text->str);
    break;
  case EXC_ELEMENT_SHELL_STATE:
    replace_text (&self->shell_state, self->text->str);
    break;
  case EXC_ELEMENT_COMMAND_ID:
    replace_text (&self->command_id, self->text->str);
    break;
  case EXC_ELEMENT_FAULT_MESSAGE:
  case EXC_ELEMENT_PROVIDER_FAULT:
    take_fault_message (self);
    break;
  case EXC_ELEMENT_TEXT:
    if (self->reason == NULL)
      replace_text (&self->reason, self->text->str);
    break;
  case EXC_ELEMENT_VALUE:
    if (parent == EXC_ELEMENT_SUBCODE && self->fault.subcode == NULL) {
      const char *colon = strrchr (self->text->str, ':');

      replace_text (&self->fault.subcode, colon != NULL ? colon + 1 : self->text->str);
    }
    break;
  default:
    break;
  }

  g_string_truncate (self->text, 0);
  return TRUE;
}

/**
 * exc_wsman_response_new:
 * @operation: what was asked
 * @message_id: the request's, with `uuid:`
 * @max_bytes: largest response accepted; 0 for 16 MiB
 *
 * Returns: (transfer full): a reader
 */
ExcWsmanResponse *
exc_wsman_response_new (ExcWsmanOperation operation, const char *message_id, gsize max_bytes)
{
  static const ExcXmlHandlers handlers = { on_start_cb, on_text_cb, on_end_cb };
  ExcWsmanResponse *self = g_new0 (ExcWsmanResponse, 1);

  self->operation = operation;
  self->message_id = g_strdup (message_id);
  self->reader = exc_xml_reader_new (&handlers, self, max_bytes > 0 ? max_bytes : MAX_BYTES);
  self->text = g_string_new (NULL);
  self->stream_bytes = g_byte_array_new ();
  g_queue_init (&self->chunks);

  return self;
}

void
exc_wsman_response_free (ExcWsmanResponse *self)
{
  exc_xml_reader_free (self->reader);
  g_clear_error (&self->error);
  g_free (self->message_id);
  g_string_free (self->text, TRUE);
  g_free (self->stream_name);
  g_free (self->stream_command_id);
  g_byte_array_unref (self->stream_bytes);
  g_queue_clear_full (&self->chunks, (GDestroyNotify) exc_wsman_chunk_free);
  g_free (self->relates_to);
  g_free (self->activity_id);
  g_free (self->shell_id);
  g_free (self->resource_uri);
  g_free (self->shell_state);
  g_free (self->command_id);
  g_free (self->done_command_id);
  g_free (self->fault.message);
  g_free (self->fault.subcode);
  g_free (self->reason);
  g_free (self);
}

gboolean
exc_wsman_response_push (ExcWsmanResponse *self, const guint8 *data, gsize length, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  if (!exc_xml_reader_push (self->reader, data, length, error))
    return FALSE;
  if (self->in_stream)
    flush_stream (self);

  return TRUE;
}

static gboolean
check (ExcWsmanResponse *self, GError **error)
{
  /* Some faults carry no RelatesTo (protocol.md 4). */
  if (self->relates_to == NULL && !self->is_fault)
    return fail (error, _("The WS-Management response does not say what it answers."));
  if (self->relates_to != NULL && self->message_id != NULL &&
      g_ascii_strcasecmp (self->relates_to, self->message_id) != 0)
    return fail (error, _("The WS-Management response answers another request."));
  if (!self->has_body)
    return fail (error, _("The WS-Management response has no body."));
  if (self->is_fault)
    return TRUE;

  if (self->operation == EXC_WSMAN_CREATE && (self->shell_id == NULL || *self->shell_id == '\0'))
    return fail (error, _("The WS-Management response does not name the new session (ShellId)."));
  if (self->operation == EXC_WSMAN_COMMAND &&
      (self->command_id == NULL || *self->command_id == '\0'))
    return fail (error, _("The WS-Management response does not name the command (CommandId)."));
  if (self->operation == EXC_WSMAN_RECEIVE && !self->has_receive_response)
    return fail (error, _("The WS-Management response lacks ReceiveResponse."));

  return TRUE;
}

static void
complete_fault (ExcWsmanResponse *self)
{
  if (self->fault.message != NULL)
    return;
  if (self->reason != NULL && *self->reason != '\0')
    self->fault.message = g_steal_pointer (&self->reason);
  else if (self->fault.subcode != NULL && *self->fault.subcode != '\0')
    self->fault.message = g_strdup (self->fault.subcode);
  else
    self->fault.message = g_strdup (_("no reason given"));
}

/**
 * exc_wsman_response_finish:
 * @self: a reader that was given the whole body
 * @error: return location for an error
 *
 * Returns: %TRUE for a whole response to our request, which may be a fault
 */
gboolean
exc_wsman_response_finish (ExcWsmanResponse *self, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (!exc_xml_reader_finish (self->reader, error) || !check (self, error))
    return FALSE;
  if (self->is_fault)
    complete_fault (self);

  return TRUE;
}

/**
 * exc_wsman_response_pop:
 * @self: a reader
 *
 * Returns: (transfer full) (nullable): the next bytes of a stream, or %NULL
 */
ExcWsmanChunk *
exc_wsman_response_pop (ExcWsmanResponse *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_queue_pop_head (&self->chunks);
}

const ExcWsmanFault *
exc_wsman_response_get_fault (ExcWsmanResponse *self)
{
  return self->is_fault && self->fault.message != NULL ? &self->fault : NULL;
}

const char *
exc_wsman_response_get_shell_id (ExcWsmanResponse *self)
{
  return self->shell_id;
}

const char *
exc_wsman_response_get_resource_uri (ExcWsmanResponse *self)
{
  return self->resource_uri;
}

const char *
exc_wsman_response_get_command_id (ExcWsmanResponse *self)
{
  return self->command_id;
}

const char *
exc_wsman_response_get_done_command_id (ExcWsmanResponse *self)
{
  return self->done_command_id;
}

const char *
exc_wsman_response_get_shell_state (ExcWsmanResponse *self)
{
  return self->shell_state;
}

const char *
exc_wsman_response_get_activity_id (ExcWsmanResponse *self)
{
  return self->activity_id;
}
