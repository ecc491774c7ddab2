/* exc-wsman-server.c — requests read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-wsman"

#include "config.h"

#include "exc-wsman-server.h"

#include "exc-error.h"
#include "exc-wsman-private.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TEXT            65536
#define DEFAULT_TIMEOUT_MS  60000
#define MAX_TIMEOUT_SECONDS 1800 /* MaxTimeoutms of WinRM (protocol.md 8) */

struct _ExcWsmanRequest {
  ExcXmlReader *reader;
  GString *text;

  gboolean in_base64;
  ExcBase64Decoder base64;
  GByteArray *bytes;
  ExcWsmanChunk *chunk; /* the Stream at hand, without bytes yet */
  char *name;           /* of the option or selector at hand */

  char *action;
  char *message_id;
  char *resource_uri;
  char *to;
  char *session_id;
  char *locale;
  char *shell_id;
  char *command_id;
  char *signal_code;
  char *timeout;
  char *envelope_size;
  GHashTable *options; /* (element-type utf8 utf8) */
  GBytes *creation;
  GBytes *arguments;
  GPtrArray *chunks; /* (element-type ExcWsmanChunk) */
  gboolean has_body;
};

static gboolean
fail (GError **error, const char *message)
{
  g_set_error_literal (error, EXC_ERROR, EXC_ERROR_PROTOCOL, message);
  return FALSE;
}

static void
replace (char **field, char *take)
{
  g_free (*field);
  *field = take;
}

static void
start_stream (ExcWsmanRequest *self, const ExcXmlAttributes *attributes)
{
  g_autoptr(GBytes) none = g_bytes_new_static ("", 0);
  g_autofree char *name = exc_xml_attributes_dup (attributes, "Name");
  g_autofree char *command_id = exc_xml_attributes_dup (attributes, "CommandId");
  g_autofree char *end = exc_xml_attributes_dup (attributes, "End");

  self->chunk = exc_wsman_chunk_new (name, command_id, none);
  self->chunk->is_end = g_strcmp0 (end, "true") == 0 || g_strcmp0 (end, "1") == 0;
  if (self->command_id == NULL)
    self->command_id = g_strdup (command_id);
}

static gboolean
on_start_cb (gpointer data, ExcElement element, const ExcXmlAttributes *attributes, GError **error)
{
  ExcWsmanRequest *self = data;

  if (self->in_base64)
    return fail (error, _("A stream of the WS-Management message holds other elements."));

  switch (element) {
  case EXC_ELEMENT_BODY:
    self->has_body = TRUE;
    break;
  case EXC_ELEMENT_OPTION:
  case EXC_ELEMENT_SELECTOR:
    replace (&self->name, exc_xml_attributes_dup (attributes, "Name"));
    break;
  case EXC_ELEMENT_DATA_LOCALE:
    replace (&self->locale, exc_xml_attributes_dup_ns (attributes, EXC_NS_XML, "lang"));
    break;
  case EXC_ELEMENT_SHELL:
    replace (&self->shell_id, exc_xml_attributes_dup (attributes, "ShellId"));
    break;
  case EXC_ELEMENT_COMMAND_LINE:
  case EXC_ELEMENT_DESIRED_STREAM:
  case EXC_ELEMENT_SIGNAL:
    replace (&self->command_id, exc_xml_attributes_dup (attributes, "CommandId"));
    break;
  case EXC_ELEMENT_STREAM:
    start_stream (self, attributes);
    self->in_base64 = TRUE;
    break;
  case EXC_ELEMENT_ARGUMENTS:
  case EXC_ELEMENT_CREATION_XML:
    self->in_base64 = TRUE;
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
  ExcWsmanRequest *self = data;

  if (self->in_base64) {
    if (!exc_base64_push (&self->base64, text, length, self->bytes))
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
take_bytes (ExcWsmanRequest *self, GBytes **field, GError **error)
{
  self->in_base64 = FALSE;
  if (!exc_base64_finish (&self->base64))
    return fail (error, _("A stream of the WS-Management message is cut."));
  g_clear_pointer (field, g_bytes_unref);
  *field = g_byte_array_free_to_bytes (self->bytes);
  self->bytes = g_byte_array_new ();
  return TRUE;
}

static char *
dup_text (ExcWsmanRequest *self)
{
  return g_strstrip (g_strdup (self->text->str));
}

static void
end_header (ExcWsmanRequest *self, ExcElement element)
{
  switch (element) {
  case EXC_ELEMENT_ACTION:
    replace (&self->action, dup_text (self));
    break;
  case EXC_ELEMENT_MESSAGE_ID:
    replace (&self->message_id, dup_text (self));
    break;
  case EXC_ELEMENT_TO:
    replace (&self->to, dup_text (self));
    break;
  case EXC_ELEMENT_RESOURCE_URI:
    replace (&self->resource_uri, dup_text (self));
    break;
  case EXC_ELEMENT_SESSION_ID:
    replace (&self->session_id, dup_text (self));
    break;
  case EXC_ELEMENT_MAX_ENVELOPE_SIZE:
    replace (&self->envelope_size, dup_text (self));
    break;
  case EXC_ELEMENT_OPERATION_TIMEOUT:
    replace (&self->timeout, dup_text (self));
    break;
  case EXC_ELEMENT_SELECTOR:
    if (g_strcmp0 (self->name, "ShellId") == 0)
      replace (&self->shell_id, dup_text (self));
    break;
  case EXC_ELEMENT_OPTION:
    if (self->name != NULL)
      g_hash_table_replace (self->options, g_steal_pointer (&self->name), dup_text (self));
    break;
  default:
    break;
  }
}

static gboolean
on_end_cb (gpointer data, ExcElement element, GError **error)
{
  ExcWsmanRequest *self = data;

  switch (element) {
  case EXC_ELEMENT_ARGUMENTS:
    if (!take_bytes (self, &self->arguments, error))
      return FALSE;
    break;
  case EXC_ELEMENT_CREATION_XML:
    if (!take_bytes (self, &self->creation, error))
      return FALSE;
    break;
  case EXC_ELEMENT_STREAM:
    if (!take_bytes (self, &self->chunk->bytes, error))
      return FALSE;
    g_ptr_array_add (self->chunks, g_steal_pointer (&self->chunk));
    break;
  case EXC_ELEMENT_CODE:
    replace (&self->signal_code, dup_text (self));
    break;
  default:
    if (exc_xml_reader_is_within (self->reader, EXC_ELEMENT_HEADER))
      end_header (self, element);
    break;
  }

  g_string_truncate (self->text, 0);
  return TRUE;
}

ExcWsmanRequest *
exc_wsman_request_new (gsize max_bytes)
{
  static const ExcXmlHandlers handlers = { on_start_cb, on_text_cb, on_end_cb };
  ExcWsmanRequest *self = g_new0 (ExcWsmanRequest, 1);

  self->reader = exc_xml_reader_new (
      &handlers, self, max_bytes > 0 ? max_bytes : EXC_WSMAN_ENVELOPE_LATER + 4096);
  self->text = g_string_new (NULL);
  self->bytes = g_byte_array_new ();
  self->options = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_wsman_chunk_free);

  return self;
}

void
exc_wsman_request_free (ExcWsmanRequest *self)
{
  exc_xml_reader_free (self->reader);
  g_string_free (self->text, TRUE);
  g_byte_array_unref (self->bytes);
  g_clear_pointer (&self->chunk, exc_wsman_chunk_free);
  g_free (self->name);
  g_free (self->action);
  g_free (self->message_id);
  g_free (self->resource_uri);
  g_free (self->to);
  g_free (self->session_id);
  g_free (self->locale);
  g_free (self->shell_id);
  g_free (self->command_id);
  g_free (self->signal_code);
  g_free (self->timeout);
  g_free (self->envelope_size);
  g_hash_table_unref (self->options);
  g_clear_pointer (&self->creation, g_bytes_unref);
  g_clear_pointer (&self->arguments, g_bytes_unref);
  g_ptr_array_unref (self->chunks);
  g_free (self);
}

gboolean
exc_wsman_request_push (ExcWsmanRequest *self, const guint8 *data, gsize length, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  return exc_xml_reader_push (self->reader, data, length, error);
}

/**
 * exc_wsman_request_finish:
 * @self: a reader that was given the whole body
 * @error: return location for an error
 *
 * Returns: %TRUE for a whole request; an unknown action is one too
 */
gboolean
exc_wsman_request_finish (ExcWsmanRequest *self, GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  if (!exc_xml_reader_finish (self->reader, error))
    return FALSE;
  if (self->action == NULL)
    return fail (error, _("The WS-Management request has no Action."));
  if (!self->has_body)
    return fail (error, _("The WS-Management request has no body."));

  return TRUE;
}

ExcWsmanRequest *
exc_wsman_request_parse (const guint8 *data, gsize length, GError **error)
{
  g_autoptr(ExcWsmanRequest) self = exc_wsman_request_new (0);

  if (!exc_wsman_request_push (self, data, length, error) ||
      !exc_wsman_request_finish (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

ExcWsmanOperation
exc_wsman_request_get_operation (ExcWsmanRequest *self)
{
  return exc_wsman_operation_from_action (self->action);
}

const char *
exc_wsman_request_get_action (ExcWsmanRequest *self)
{
  return self->action != NULL ? self->action : "";
}

const char *
exc_wsman_request_get_message_id (ExcWsmanRequest *self)
{
  return self->message_id;
}

const char *
exc_wsman_request_get_resource_uri (ExcWsmanRequest *self)
{
  return self->resource_uri;
}

const char *
exc_wsman_request_get_to (ExcWsmanRequest *self)
{
  return self->to;
}

const char *
exc_wsman_request_get_session_id (ExcWsmanRequest *self)
{
  return self->session_id;
}

const char *
exc_wsman_request_get_locale (ExcWsmanRequest *self)
{
  return self->locale;
}

/**
 * exc_wsman_request_get_operation_timeout_ms:
 * @self: a request
 *
 * Reads xs:duration with days, hours, minutes and seconds; at most half an hour.
 *
 * Returns: milliseconds the server may take before it says "nothing yet"
 */
guint
exc_wsman_request_get_operation_timeout_ms (ExcWsmanRequest *self)
{
  const char *at = self->timeout;
  double seconds = 0;
  gboolean in_time = FALSE;

  if (at == NULL || *at++ != 'P')
    return DEFAULT_TIMEOUT_MS;

  while (*at != '\0') {
    char *end = NULL;
    double number = 0;

    if (*at == 'T' && !in_time) {
      in_time = TRUE;
      at++;
      continue;
    }
    if (!g_ascii_isdigit (*at))
      return DEFAULT_TIMEOUT_MS;
    number = g_ascii_strtod (at, &end);
    switch (*end) {
    case 'D':
      seconds += number * 86400;
      break;
    case 'H':
      seconds += number * 3600;
      break;
    case 'M':
      seconds += in_time ? number * 60 : MAX_TIMEOUT_SECONDS;
      break;
    case 'S':
      seconds += number;
      break;
    default:
      return DEFAULT_TIMEOUT_MS;
    }
    at = end + 1;
  }

  return (guint) (CLAMP (seconds, 0, MAX_TIMEOUT_SECONDS) * 1000);
}

gsize
exc_wsman_request_get_max_envelope_size (ExcWsmanRequest *self)
{
  guint64 size = 0;

  if (self->envelope_size == NULL ||
      !g_ascii_string_to_unsigned (self->envelope_size, 10, 1, G_MAXUINT32, &size, NULL))
    return EXC_WSMAN_ENVELOPE_FIRST;

  return (gsize) size;
}

const char *
exc_wsman_request_get_shell_id (ExcWsmanRequest *self)
{
  return self->shell_id;
}

const char *
exc_wsman_request_get_command_id (ExcWsmanRequest *self)
{
  return self->command_id;
}

const char *
exc_wsman_request_get_option (ExcWsmanRequest *self, const char *name)
{
  return g_hash_table_lookup (self->options, name);
}

ExcWsmanSignal
exc_wsman_request_get_signal (ExcWsmanRequest *self)
{
  if (g_strcmp0 (self->signal_code, EXC_WSMAN_STOP_CODE) == 0 ||
      g_strcmp0 (self->signal_code, "powershell/signal/ctrl_c") == 0)
    return EXC_WSMAN_SIGNAL_STOP;
  if (g_strcmp0 (self->signal_code, EXC_WSMAN_TERMINATE_CODE) == 0)
    return EXC_WSMAN_SIGNAL_TERMINATE;

  return EXC_WSMAN_SIGNAL_NONE;
}

GBytes *
exc_wsman_request_get_creation (ExcWsmanRequest *self)
{
  return self->creation;
}

GBytes *
exc_wsman_request_get_arguments (ExcWsmanRequest *self)
{
  return self->arguments;
}

GPtrArray *
exc_wsman_request_get_chunks (ExcWsmanRequest *self)
{
  return self->chunks;
}
