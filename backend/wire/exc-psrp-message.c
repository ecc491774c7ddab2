/* exc-psrp-message.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-psrp"

#include "config.h"

#include "exc-psrp-message.h"

#include "exc-error.h"

#include <glib/gi18n.h>
#include <string.h>

#define HEADER_SIZE 40 /* destination 4, type 4, pool 16, pipeline 16 */

static const guint8 bom[] = { 0xef, 0xbb, 0xbf };

static const struct {
  guint32 type;
  const char *name;
} type_names[] = {
  { EXC_PSRP_SESSION_CAPABILITY, "SESSION_CAPABILITY" },
  { EXC_PSRP_INIT_RUNSPACEPOOL, "INIT_RUNSPACEPOOL" },
  { EXC_PSRP_PUBLIC_KEY, "PUBLIC_KEY" },
  { EXC_PSRP_ENCRYPTED_SESSION_KEY, "ENCRYPTED_SESSION_KEY" },
  { EXC_PSRP_PUBLIC_KEY_REQUEST, "PUBLIC_KEY_REQUEST" },
  { EXC_PSRP_CONNECT_RUNSPACEPOOL, "CONNECT_RUNSPACEPOOL" },
  { EXC_PSRP_SET_MAX_RUNSPACES, "SET_MAX_RUNSPACES" },
  { EXC_PSRP_SET_MIN_RUNSPACES, "SET_MIN_RUNSPACES" },
  { EXC_PSRP_RUNSPACE_AVAILABILITY, "RUNSPACE_AVAILABILITY" },
  { EXC_PSRP_RUNSPACEPOOL_STATE, "RUNSPACEPOOL_STATE" },
  { EXC_PSRP_CREATE_PIPELINE, "CREATE_PIPELINE" },
  { EXC_PSRP_GET_AVAILABLE_RUNSPACES, "GET_AVAILABLE_RUNSPACES" },
  { EXC_PSRP_USER_EVENT, "USER_EVENT" },
  { EXC_PSRP_APPLICATION_PRIVATE_DATA, "APPLICATION_PRIVATE_DATA" },
  { EXC_PSRP_GET_COMMAND_METADATA, "GET_COMMAND_METADATA" },
  { EXC_PSRP_RUNSPACEPOOL_INIT_DATA, "RUNSPACEPOOL_INIT_DATA" },
  { EXC_PSRP_RESET_RUNSPACE_STATE, "RESET_RUNSPACE_STATE" },
  { EXC_PSRP_RUNSPACEPOOL_HOST_CALL, "RUNSPACEPOOL_HOST_CALL" },
  { EXC_PSRP_RUNSPACEPOOL_HOST_RESPONSE, "RUNSPACEPOOL_HOST_RESPONSE" },
  { EXC_PSRP_PIPELINE_INPUT, "PIPELINE_INPUT" },
  { EXC_PSRP_END_OF_PIPELINE_INPUT, "END_OF_PIPELINE_INPUT" },
  { EXC_PSRP_PIPELINE_OUTPUT, "PIPELINE_OUTPUT" },
  { EXC_PSRP_ERROR_RECORD, "ERROR_RECORD" },
  { EXC_PSRP_PIPELINE_STATE, "PIPELINE_STATE" },
  { EXC_PSRP_DEBUG_RECORD, "DEBUG_RECORD" },
  { EXC_PSRP_VERBOSE_RECORD, "VERBOSE_RECORD" },
  { EXC_PSRP_WARNING_RECORD, "WARNING_RECORD" },
  { EXC_PSRP_PROGRESS_RECORD, "PROGRESS_RECORD" },
  { EXC_PSRP_INFORMATION_RECORD, "INFORMATION_RECORD" },
  { EXC_PSRP_PIPELINE_HOST_CALL, "PIPELINE_HOST_CALL" },
  { EXC_PSRP_PIPELINE_HOST_RESPONSE, "PIPELINE_HOST_RESPONSE" },
};

/**
 * exc_psrp_type_to_string:
 * @type: a message type
 *
 * Returns: its name in the specification, for traces and errors
 */
const char *
exc_psrp_type_to_string (guint32 type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (type_names); i++) {
    if (type_names[i].type == type)
      return type_names[i].name;
  }

  return "unknown";
}

/**
 * exc_psrp_message_new:
 * @destination: who is to read it
 * @type: an #ExcPsrpType
 * @pool_id: (nullable): GUID of the runspace pool
 * @pipeline_id: (nullable): GUID of the pipeline, %NULL for a message of the pool
 * @data: (nullable): the body's bytes
 *
 * Returns: (transfer full): a message
 */
ExcPsrpMessage *
exc_psrp_message_new (ExcPsrpDestination destination,
                      guint32 type,
                      const char *pool_id,
                      const char *pipeline_id,
                      GBytes *data)
{
  ExcPsrpMessage *self = g_new0 (ExcPsrpMessage, 1);

  self->destination = destination;
  self->type = type;
  self->pool_id = g_strdup (pool_id);
  self->pipeline_id = g_strdup (pipeline_id);
  self->data = data != NULL ? g_bytes_ref (data) : g_bytes_new (NULL, 0);

  return self;
}

/**
 * exc_psrp_message_new_body:
 * @destination: who is to read it
 * @type: an #ExcPsrpType
 * @pool_id: (nullable): GUID of the runspace pool
 * @pipeline_id: (nullable): GUID of the pipeline
 * @take_body: (transfer full): the body
 * @sealer: (nullable): seals the SecureStrings in it
 * @error: return location for an error of the sealer
 *
 * Returns: (transfer full): a message, or %NULL
 */
ExcPsrpMessage *
exc_psrp_message_new_body (ExcPsrpDestination destination,
                           guint32 type,
                           const char *pool_id,
                           const char *pipeline_id,
                           ExcValue *take_body,
                           const ExcSecretSealer *sealer,
                           GError **error)
{
  g_autoptr(ExcValue) body = take_body;
  g_autoptr(GBytes) data = exc_clixml_write (body, sealer, error);

  if (data == NULL)
    return NULL;

  if (destination == EXC_PSRP_TO_CLIENT) {
    GByteArray *marked = g_byte_array_sized_new (sizeof bom + g_bytes_get_size (data));

    g_byte_array_append (marked, bom, sizeof bom);
    g_byte_array_append (marked, g_bytes_get_data (data, NULL), g_bytes_get_size (data));
    g_bytes_unref (data);
    data = g_byte_array_free_to_bytes (marked);
  }

  return exc_psrp_message_new (destination, type, pool_id, pipeline_id, data);
}

static char *
read_guid (const guint8 *at)
{
  static const guint8 zero[16];

  return memcmp (at, zero, sizeof zero) == 0 ? NULL : exc_psrp_guid_from_bytes (at);
}

/**
 * exc_psrp_message_parse:
 * @bytes: a whole message, joined from its fragments
 * @error: return location for an error
 *
 * Returns: (transfer full): the message, or %NULL with %EXC_ERROR_PROTOCOL
 */
ExcPsrpMessage *
exc_psrp_message_parse (GBytes *bytes, GError **error)
{
  ExcPsrpMessage *self;
  const guint8 *at;
  gsize size;
  guint32 destination, type;

  g_return_val_if_fail (bytes != NULL, NULL);

  at = g_bytes_get_data (bytes, &size);
  if (size < HEADER_SIZE) {
    g_set_error_literal (
        error, EXC_ERROR, EXC_ERROR_PROTOCOL, _("A remoting message is shorter than its header."));
    return NULL;
  }

  memcpy (&destination, at, 4);
  memcpy (&type, at + 4, 4);
  destination = GUINT32_FROM_LE (destination);
  if (destination != EXC_PSRP_TO_CLIENT && destination != EXC_PSRP_TO_SERVER) {
    g_set_error_literal (
        error,
        EXC_ERROR,
        EXC_ERROR_PROTOCOL,
        _("A remoting message names neither client nor server as its destination."));
    return NULL;
  }

  self = g_new0 (ExcPsrpMessage, 1);
  self->destination = destination;
  self->type = GUINT32_FROM_LE (type);
  self->pool_id = read_guid (at + 8);
  self->pipeline_id = read_guid (at + 24);
  self->data = g_bytes_new_from_bytes (bytes, HEADER_SIZE, size - HEADER_SIZE);

  return self;
}

/**
 * exc_psrp_message_to_bytes:
 * @self: a message
 *
 * Returns: (transfer full): its header and data, to be cut into fragments
 */
GBytes *
exc_psrp_message_to_bytes (ExcPsrpMessage *self)
{
  const guint8 *data;
  gsize size;
  guint8 *bytes;
  guint32 number;

  g_return_val_if_fail (self != NULL, NULL);

  data = g_bytes_get_data (self->data, &size);
  bytes = g_malloc0 (HEADER_SIZE + size);
  number = GUINT32_TO_LE (self->destination);
  memcpy (bytes, &number, 4);
  number = GUINT32_TO_LE (self->type);
  memcpy (bytes + 4, &number, 4);
  if (self->pool_id != NULL)
    exc_psrp_guid_to_bytes (self->pool_id, bytes + 8);
  if (self->pipeline_id != NULL)
    exc_psrp_guid_to_bytes (self->pipeline_id, bytes + 24);
  if (size > 0)
    memcpy (bytes + HEADER_SIZE, data, size);

  return g_bytes_new_take (bytes, HEADER_SIZE + size);
}

/**
 * exc_psrp_message_parse_body:
 * @self: a message
 * @error: return location for an error
 *
 * Returns: (transfer full): what the body holds; null for an empty one (protocol.md 12)
 */
ExcValue *
exc_psrp_message_parse_body (ExcPsrpMessage *self, GError **error)
{
  ExcValue *value;
  const guint8 *data;
  gsize size;

  g_return_val_if_fail (self != NULL, NULL);

  data = g_bytes_get_data (self->data, &size);
  value = exc_clixml_parse (data, size, error);
  if (value == NULL)
    g_prefix_error (error, "%s: ", exc_psrp_type_to_string (self->type));

  return value;
}

void
exc_psrp_message_free (ExcPsrpMessage *self)
{
  if (self == NULL)
    return;

  g_free (self->pool_id);
  g_free (self->pipeline_id);
  g_clear_pointer (&self->data, g_bytes_unref);
  g_free (self);
}

char *
exc_psrp_guid_new (void)
{
  g_autofree char *guid = g_uuid_string_random ();

  return g_ascii_strup (guid, -1);
}

/* Where the bytes of the text stand in .NET's order. */
static const guint8 byte_order[16] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15 };

/**
 * exc_psrp_guid_to_bytes:
 * @guid: a GUID's text, in any case
 * @bytes: (out) (array fixed-size=16): its bytes in .NET's order
 *
 * Returns: %FALSE and zeros when @guid is none
 */
gboolean
exc_psrp_guid_to_bytes (const char *guid, guint8 bytes[16])
{
  g_return_val_if_fail (guid != NULL, FALSE);

  memset (bytes, 0, 16);
  if (!g_uuid_string_is_valid (guid))
    return FALSE;

  for (guint i = 0; i < 16; i++) {
    while (*guid == '-')
      guid++;
    bytes[byte_order[i]] = g_ascii_xdigit_value (guid[0]) << 4 | g_ascii_xdigit_value (guid[1]);
    guid += 2;
  }

  return TRUE;
}

/**
 * exc_psrp_guid_from_bytes:
 * @bytes: (array fixed-size=16): a GUID in .NET's order
 *
 * Returns: (transfer full): its text in upper case
 */
char *
exc_psrp_guid_from_bytes (const guint8 bytes[16])
{
  GString *guid = g_string_sized_new (36);

  for (guint i = 0; i < 16; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10)
      g_string_append_c (guid, '-');
    g_string_append_printf (guid, "%02X", bytes[byte_order[i]]);
  }

  return g_string_free (guid, FALSE);
}
