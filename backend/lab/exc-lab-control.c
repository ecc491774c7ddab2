/* exc-lab-control.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-control"

#include "config.h"

#include "exc-lab-control.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gi18n.h>

#include "exc-error.h"

struct _ExcLabControl {
  ExcLab *lab; /* not owned: it owns us */
  GSocketService *service;
  GCancellable *cancellable;
};

typedef struct {
  ExcLab *lab;
  GSocketConnection *connection;
  GDataInputStream *input;
  GCancellable *cancellable;
  char *answer; /* while it is being written */
} Client;

static void read_line (Client *client);

static void
client_free (Client *client)
{
  g_object_unref (client->input);
  g_object_unref (client->connection);
  g_object_unref (client->cancellable);
  g_free (client->answer);
  g_free (client);
}

static gboolean
move_clock (ExcLab *lab, JsonObject *request, JsonBuilder *answer, GError **error)
{
  ExcLabWorld *world = exc_lab_get_world (lab);
  ExcClock *clock = exc_lab_world_get_clock (world);

  if (json_object_has_member (request, "offset"))
    exc_clock_set_offset (clock, json_object_get_int_member_with_default (request, "offset", 0));
  exc_clock_advance (clock, json_object_get_int_member_with_default (request, "advance", 0));
  json_builder_set_member_name (answer, "now");
  json_builder_add_int_value (answer, exc_clock_now (clock));
  json_builder_set_member_name (answer, "offset");
  json_builder_add_int_value (answer, exc_clock_get_offset (clock));
  return exc_lab_world_commit (world, error);
}

static gboolean
add_fault (ExcLab *lab, JsonObject *request, JsonBuilder *answer, GError **error)
{
  guint id = exc_lab_faults_add (exc_lab_get_faults (lab), request, error);

  if (id == 0)
    return FALSE;
  json_builder_set_member_name (answer, "id");
  json_builder_add_int_value (answer, id);
  exc_lab_update (lab);
  return TRUE;
}

static gboolean
clear_faults (ExcLab *lab, JsonObject *request, JsonBuilder *answer, GError **error)
{
  guint id = (guint) json_object_get_int_member_with_default (request, "id", 0);

  if (!exc_lab_faults_clear (exc_lab_get_faults (lab), id)) {
    g_set_error (error, EXC_ERROR, EXC_ERROR_NOT_FOUND, _("There is no fault %u."), id);
    return FALSE;
  }
  exc_lab_update (lab);
  return TRUE;
}

static gboolean
dump (ExcLab *lab, JsonObject *request, JsonBuilder *answer, GError **error)
{
  json_builder_set_member_name (answer, "world");
  json_builder_add_value (answer, exc_lab_world_to_json (exc_lab_get_world (lab), FALSE));
  return TRUE;
}

static gboolean
show_log (ExcLab *lab, JsonObject *request, JsonBuilder *answer, GError **error)
{
  GPtrArray *log = exc_lab_get_log (lab);

  json_builder_set_member_name (answer, "log");
  json_builder_begin_array (answer);
  for (guint i = 0; i < log->len; i++)
    json_builder_add_string_value (answer, g_ptr_array_index (log, i));
  json_builder_end_array (answer);
  if (json_object_get_boolean_member_with_default (request, "clear", FALSE))
    g_ptr_array_set_size (log, 0);
  return TRUE;
}

static gboolean
record (ExcLab *lab, JsonObject *request, JsonBuilder *answer, GError **error)
{
  return exc_lab_set_record_directory (
      lab, json_object_get_string_member_with_default (request, "directory", NULL), error);
}

static gboolean
set_service (ExcLab *lab, JsonObject *request, JsonBuilder *answer, GError **error)
{
  ExcLabWorld *world = exc_lab_get_world (lab);
  const char *server_name = json_object_get_string_member_with_default (request, "server", "");
  const char *name = json_object_get_string_member_with_default (request, "name", "");
  ExcLabServer *server = exc_lab_world_find_server (world, server_name);
  ExcLabService *service = server != NULL ? exc_lab_server_find_service (server, name) : NULL;

  if (service == NULL) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_NOT_FOUND,
                 _("There is no service “%1$s” on “%2$s”."), name, server_name);
    return FALSE;
  }
  service->is_running = json_object_get_boolean_member_with_default (request, "running", TRUE);
  service->back_at = 0;
  return exc_lab_world_commit (world, error);
}

#define DAY ((gint64) 24 * 60 * 60)

/* The public authority signs a request, dated by the lab's clock. */
static gboolean
issue (ExcLab *lab, JsonObject *request, JsonBuilder *answer, GError **error)
{
  ExcLabWorld *world = exc_lab_get_world (lab);
  ExcLabCertificate *authority = exc_lab_world_get_authority (world);
  const gint64 now = exc_lab_world_now (world);
  g_autoptr(ExcLabCertificate) issued = NULL;
  g_autofree char *pem = NULL;

  if (authority == NULL) {
    g_set_error (
        error, EXC_ERROR, EXC_ERROR_NOT_FOUND, _("This organization has no public authority."));
    return FALSE;
  }
  issued = exc_lab_certificate_issue (
      json_object_get_string_member_with_default (request, "request", ""),
      authority,
      now - 60,
      now + json_object_get_int_member_with_default (request, "days", 398) * DAY,
      error);
  if (issued == NULL)
    return FALSE;
  pem = exc_x509_dup_pem (issued->x509);
  json_builder_set_member_name (answer, "certificate");
  json_builder_add_string_value (answer, pem);
  return TRUE;
}

static gboolean
reset (ExcLab *lab, JsonObject *request, JsonBuilder *answer, GError **error)
{
  return exc_lab_reset (lab, error);
}

static const struct {
  const char *op;
  gboolean (*func) (ExcLab *lab, JsonObject *request, JsonBuilder *answer, GError **error);
} operations[] = {
  { "clock", move_clock },    { "fault", add_fault }, { "clear", clear_faults },
  { "dump", dump },           { "log", show_log },    { "record", record },
  { "service", set_service }, { "issue", issue },     { "reset", reset },
};

static JsonNode *
refuse (const char *message)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "ok");
  json_builder_add_boolean_value (builder, FALSE);
  json_builder_set_member_name (builder, "error");
  json_builder_add_string_value (builder, message);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

JsonNode *
exc_lab_control_handle (ExcLab *lab, JsonObject *request)
{
  const char *op = json_object_get_string_member_with_default (request, "op", "");

  for (guint i = 0; i < G_N_ELEMENTS (operations); i++) {
    g_autoptr(JsonBuilder) answer = NULL;
    g_autoptr(GError) error = NULL;

    if (!g_str_equal (operations[i].op, op))
      continue;
    answer = json_builder_new ();
    json_builder_begin_object (answer);
    json_builder_set_member_name (answer, "ok");
    json_builder_add_boolean_value (answer, TRUE);
    if (!operations[i].func (lab, request, answer, &error))
      return refuse (error->message);
    json_builder_end_object (answer);
    return json_builder_get_root (answer);
  }
  return refuse (
      _("“op” is one of clock, fault, clear, dump, log, record, service, issue and reset."));
}

static JsonNode *
handle_line (ExcLab *lab, const char *line)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  g_autoptr(GError) error = NULL;
  JsonNode *root;

  if (!json_parser_load_from_data (parser, line, -1, &error))
    return refuse (error->message);
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return refuse (_("A request is a JSON object."));
  return exc_lab_control_handle (lab, json_node_get_object (root));
}

static void
on_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Client *client = user_data;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL))
    read_line (client);
  else
    client_free (client);
}

static void
on_line_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Client *client = user_data;
  g_autofree char *line =
      g_data_input_stream_read_line_finish_utf8 (G_DATA_INPUT_STREAM (source), result, NULL, NULL);
  g_autoptr(JsonNode) answer = NULL;
  g_autofree char *text = NULL;

  if (line == NULL || g_cancellable_is_cancelled (client->cancellable)) {
    client_free (client);
    return;
  }
  answer = handle_line (client->lab, line);
  text = json_to_string (answer, FALSE);
  g_free (client->answer);
  client->answer = g_strconcat (text, "\n", NULL);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (client->connection)),
                                   client->answer,
                                   strlen (client->answer),
                                   G_PRIORITY_DEFAULT,
                                   client->cancellable,
                                   on_answered_cb,
                                   client);
}

static void
read_line (Client *client)
{
  g_data_input_stream_read_line_async (
      client->input, G_PRIORITY_DEFAULT, client->cancellable, on_line_read_cb, client);
}

static gboolean
on_incoming_cb (GSocketService *service,
                GSocketConnection *connection,
                GObject *source,
                gpointer user_data)
{
  ExcLabControl *self = user_data;
  Client *client = g_new0 (Client, 1);

  client->lab = self->lab;
  client->connection = g_object_ref (connection);
  client->input = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  client->cancellable = g_object_ref (self->cancellable);
  read_line (client);
  return TRUE;
}

ExcLabControl *
exc_lab_control_new (ExcLab *lab, const char *path, GError **error)
{
  g_autoptr(GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr(ExcLabControl) self = g_new0 (ExcLabControl, 1);

  self->lab = lab;
  self->service = g_socket_service_new ();
  self->cancellable = g_cancellable_new ();
  if (!g_socket_listener_add_address (G_SOCKET_LISTENER (self->service),
                                      address,
                                      G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_DEFAULT,
                                      NULL,
                                      NULL,
                                      error))
    return NULL;
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming_cb), self);
  g_socket_service_start (self->service);
  return g_steal_pointer (&self);
}

void
exc_lab_control_free (ExcLabControl *self)
{
  g_cancellable_cancel (self->cancellable);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  g_object_unref (self->cancellable);
  g_free (self);
}
