/* exc-lab-control-client.c — asking a lab from another process
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-control"

#include "config.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gi18n.h>

#include "exc-error.h"
#include "exc-lab-control.h"

static char *
exchange_line (GSocketConnection *connection, const char *request, GError **error)
{
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  g_autoptr(GDataInputStream) input =
                 g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  g_autofree char *line = g_strconcat (request, "\n", NULL);
  char *answer;

  if (!g_output_stream_write_all (output, line, strlen (line), NULL, NULL, error))
    return NULL;
  answer = g_data_input_stream_read_line_utf8 (input, NULL, NULL, error);
  if (answer == NULL && (error == NULL || *error == NULL))
    g_set_error (error, EXC_ERROR, EXC_ERROR_UNREACHABLE, _("The lab ended without an answer."));
  return answer;
}

JsonNode *
exc_lab_control_send (const char *path, const char *request, GError **error)
{
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr(GSocketConnection) connection = NULL;
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GError) local_error = NULL;
  g_autofree char *answer = NULL;
  JsonNode *root;
  JsonObject *object;

  connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &local_error);
  if (connection != NULL)
    answer = exchange_line (connection, request, &local_error);
  if (answer == NULL) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_UNREACHABLE,
                 _("The lab does not answer: %s"), local_error->message);
    return NULL;
  }
  if (!json_parser_load_from_data (parser, answer, -1, error))
    return NULL;
  root = json_parser_get_root (parser);
  object = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  if (object == NULL || !json_object_get_boolean_member_with_default (object, "ok", FALSE)) {
    g_set_error_literal (error,
                         EXC_ERROR,
                         EXC_ERROR_REFUSED,
                         object != NULL
                             ? json_object_get_string_member_with_default (object, "error", answer)
                             : answer);
    return NULL;
  }
  return json_parser_steal_root (parser);
}
