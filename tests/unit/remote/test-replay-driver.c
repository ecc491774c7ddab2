/* test-replay-driver.c — the recordings that the shell does not follow, by the cores below it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-exchange.h"
#include "exc-http-transport.h"
#include "exc-psrp-fragment.h"
#include "exc-psrp-host.h"
#include "exc-psrp-message.h"
#include "exc-psrp-pipeline.h"
#include "exc-psrp-session.h"
#include "exc-wsman-client.h"
#include "replay-server.h"

#define MAX_MESSAGE (1024 * 1024)

/* A client that does one thing after another, as a test says. */
typedef struct {
  ReplayServer *server;
  ExcTransport *transport;
  ExcWsmanClient *client;
  ExcPsrpFragmentWriter *writer;
  ExcPsrpFragmentReader *reader; /* of the shell's stream */
  ExcPsrpFragmentReader *command_reader;
  ExcPsrpVersion version;
  char *pool_id;
  char *pipeline_id;
} Driver;

static void
driver_free (Driver *self)
{
  replay_server_free (self->server);
  g_object_unref (self->transport);
  exc_wsman_client_free (self->client);
  exc_psrp_fragment_writer_free (self->writer);
  exc_psrp_fragment_reader_free (self->reader);
  g_clear_pointer (&self->command_reader, exc_psrp_fragment_reader_free);
  g_free (self->pool_id);
  g_free (self->pipeline_id);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Driver, driver_free)

static gboolean
on_chunk_cb (const ExcWsmanChunk *chunk, gpointer user_data, GError **error)
{
  Driver *self = user_data;

  return exc_psrp_fragment_reader_push (chunk->command_id != NULL ? self->command_reader
                                                                  : self->reader,
                                        g_bytes_get_data (chunk->bytes, NULL),
                                        g_bytes_get_size (chunk->bytes),
                                        error);
}

static void
on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static ExcWsmanResponse *
exchange (
    Driver *self, ExcWsmanOperation operation, GBytes *take_envelope, char *take_id, GError **error)
{
  g_autoptr(GBytes) envelope = take_envelope;
  g_autofree char *id = take_id;
  g_autoptr(GAsyncResult) result = NULL;

  exc_exchange_async (
      self->transport, operation, envelope, id, 30, on_chunk_cb, self, NULL, on_done_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return exc_exchange_finish (self->transport, result, error);
}

static void
exchange_well (Driver *self, ExcWsmanOperation operation, GBytes *take_envelope, char *take_id)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcWsmanResponse) response =
                 exchange (self, operation, take_envelope, take_id, &error);

  g_assert_no_error (error);
  g_assert_null (exc_wsman_response_get_fault (response));
  if (operation == EXC_WSMAN_CREATE)
    exc_wsman_client_set_shell (self->client, exc_wsman_response_get_shell_id (response), NULL);
}

static GBytes *
build_message (Driver *self, guint32 type, const char *pipeline_id, ExcValue *take_body)
{
  g_autoptr(ExcPsrpMessage) message = NULL;

  if (take_body == NULL)
    message = exc_psrp_message_new (EXC_PSRP_TO_SERVER, type, self->pool_id, pipeline_id, NULL);
  else
    message = exc_psrp_message_new_body (
        EXC_PSRP_TO_SERVER, type, self->pool_id, pipeline_id, take_body, NULL, NULL);
  g_assert_nonnull (message);
  return exc_psrp_message_to_bytes (message);
}

/* All fragments of the message, appended. */
static void
append_message (
    Driver *self, GByteArray *out, guint32 type, const char *pipeline_id, ExcValue *take_body)
{
  g_autoptr(GBytes) message = build_message (self, type, pipeline_id, take_body);
  GBytes *fragment = NULL;

  exc_psrp_fragment_writer_begin (self->writer, message);
  while ((fragment = exc_psrp_fragment_writer_take (self->writer, 32768)) != NULL) {
    g_byte_array_append (out, g_bytes_get_data (fragment, NULL), g_bytes_get_size (fragment));
    g_bytes_unref (fragment);
  }
}

static void
send_bytes (Driver *self, const char *stream, const char *command_id, GByteArray *take)
{
  g_autoptr(GBytes) bytes = g_byte_array_free_to_bytes (take);
  char *id = NULL;
  GBytes *envelope = exc_wsman_client_send (self->client, stream, command_id, bytes, &id);

  exchange_well (self, EXC_WSMAN_SEND, envelope, id);
}

static void
send_message (Driver *self, const char *stream, guint32 type, ExcValue *take_body)
{
  GByteArray *bytes = g_byte_array_new ();

  append_message (self,
                  bytes,
                  type,
                  type == EXC_PSRP_PIPELINE_HOST_RESPONSE ? self->pipeline_id : NULL,
                  take_body);
  send_bytes (self, stream, NULL, bytes);
}

/* (nullable): the next message of a stream that was received, else NULL */
static ExcPsrpMessage *
pop_message (ExcPsrpFragmentReader *reader)
{
  g_autoptr(GBytes) bytes = exc_psrp_fragment_reader_pop (reader);
  g_autoptr(GError) error = NULL;
  ExcPsrpMessage *message = NULL;

  if (bytes == NULL)
    return NULL;
  message = exc_psrp_message_parse (bytes, &error);
  g_assert_no_error (error);
  return message;
}

static void
receive (Driver *self, const char *command_id)
{
  char *id = NULL;
  GBytes *envelope = exc_wsman_client_receive (self->client, command_id, &id);

  exchange_well (self, EXC_WSMAN_RECEIVE, envelope, id);
}

static ExcValue *
parse_body (ExcPsrpMessage *message)
{
  g_autoptr(GError) error = NULL;
  ExcValue *body = exc_psrp_message_parse_body (message, &error);

  g_assert_no_error (error);
  return body;
}

/* Create, then Receive until the pool is opened. */
static void
open_pool (Driver *self)
{
  GByteArray *creation = g_byte_array_new ();
  g_autoptr(GBytes) bytes = NULL;
  gboolean is_open = FALSE;
  char *id = NULL;
  GBytes *envelope = NULL;

  append_message (self,
                  creation,
                  EXC_PSRP_SESSION_CAPABILITY,
                  NULL,
                  exc_psrp_capability_new ((ExcPsrpVersion){ 2, 3 }));
  append_message (self,
                  creation,
                  EXC_PSRP_INIT_RUNSPACEPOOL,
                  NULL,
                  exc_psrp_init_new (1, 1, &exc_psrp_host_none));
  bytes = g_byte_array_free_to_bytes (creation);
  envelope = exc_wsman_client_create (self->client, self->pool_id, "2.3", bytes, &id);
  exchange_well (self, EXC_WSMAN_CREATE, envelope, id);

  while (!is_open) {
    ExcPsrpMessage *message = NULL;

    receive (self, NULL);
    while ((message = pop_message (self->reader)) != NULL) {
      g_autoptr(ExcValue) body = parse_body (message);
      int state = 0;

      if (message->type == EXC_PSRP_SESSION_CAPABILITY)
        g_assert_true (exc_psrp_capability_parse (body, &self->version, NULL));
      if (message->type == EXC_PSRP_RUNSPACEPOOL_STATE) {
        g_assert_true (exc_psrp_runspace_state_parse (body, &state, NULL, NULL));
        g_assert_cmpint (state, ==, EXC_PSRP_RUNSPACE_OPENED);
        is_open = TRUE;
      }
      exc_psrp_message_free (message);
    }
  }
}

static Driver *
driver_new (const char *transcript)
{
  g_autoptr(Driver) self = g_new0 (Driver, 1);
  g_autoptr(ExcEndpoint) endpoint = NULL;
  ReplayServer *server = replay_server_new (transcript, 2);

  if (server == NULL) {
    g_free (g_steal_pointer (&self));
    return NULL;
  }
  endpoint = replay_server_new_endpoint (server);
  self->server = server;
  self->transport = EXC_TRANSPORT (exc_http_transport_new (endpoint));
  self->client = exc_wsman_client_new (exc_endpoint_get_url (endpoint), EXC_CONFIGURATION_WINDOWS);
  self->writer = exc_psrp_fragment_writer_new ();
  self->reader = exc_psrp_fragment_reader_new (MAX_MESSAGE, 1);
  self->pool_id = exc_psrp_guid_new ();
  open_pool (self);

  return g_steal_pointer (&self);
}

static ExcValue *
create_pipeline (Driver *self, const char *script)
{
  g_autoptr(ExcPipeline) pipeline =
                 exc_pipeline_new_single (exc_command_new_script ("recorded", script, FALSE));

  return exc_psrp_create_pipeline_new (pipeline, self->version, &exc_psrp_host_runspace);
}

static void
begin_pipeline (Driver *self)
{
  g_free (self->pipeline_id);
  self->pipeline_id = exc_psrp_guid_new ();
  g_clear_pointer (&self->command_reader, exc_psrp_fragment_reader_free);
  self->command_reader = exc_psrp_fragment_reader_new (MAX_MESSAGE, 1);
}

static void
send_command (Driver *self, GBytes *arguments)
{
  char *id = NULL;
  GBytes *envelope = exc_wsman_client_command (self->client, self->pipeline_id, arguments, &id);

  exchange_well (self, EXC_WSMAN_COMMAND, envelope, id);
}

static void
start_pipeline (Driver *self)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autoptr(GBytes) arguments = NULL;

  begin_pipeline (self);
  append_message (
      self, bytes, EXC_PSRP_CREATE_PIPELINE, self->pipeline_id, create_pipeline (self, "echo hi"));
  arguments = g_byte_array_free_to_bytes (bytes);
  send_command (self, arguments);
}

/* Strings as input, and its end, in one Send. */
static void
send_input (Driver *self, guint n_inputs)
{
  GByteArray *bytes = g_byte_array_new ();

  for (guint i = 0; i < n_inputs; i++)
    append_message (
        self, bytes, EXC_PSRP_PIPELINE_INPUT, self->pipeline_id, exc_value_new_string ("input"));
  append_message (self, bytes, EXC_PSRP_END_OF_PIPELINE_INPUT, self->pipeline_id, NULL);
  send_bytes (self, "stdin", self->pipeline_id, bytes);
}

/* Receives until the pipeline's state; gives the texts of its output, joined by |. A host call that
 * wants an answer is refused: the server goes on with what it recorded. */
static char *
drain (Driver *self)
{
  int state = EXC_PSRP_PIPELINE_RUNNING;
  g_autoptr(GString) output = g_string_new (NULL);

  while (state == EXC_PSRP_PIPELINE_RUNNING) {
    ExcPsrpMessage *message = NULL;

    receive (self, self->pipeline_id);
    while ((message = pop_message (self->command_reader)) != NULL) {
      g_autoptr(ExcValue) body = parse_body (message);

      g_assert_cmpstr (message->pipeline_id, ==, self->pipeline_id);
      if (message->type == EXC_PSRP_PIPELINE_OUTPUT) {
        g_autofree char *text = exc_value_dup_text (body);

        g_string_append_printf (output, "%s%s", output->len > 0 ? "|" : "", text);
      } else if (message->type == EXC_PSRP_PIPELINE_STATE) {
        g_assert_true (exc_psrp_pipeline_state_parse (body, &state, NULL, NULL));
      } else if (message->type == EXC_PSRP_PIPELINE_HOST_CALL) {
        g_autoptr(ExcPsrpHostCall) call = exc_psrp_host_call_parse (body, NULL);

        g_assert_nonnull (call);
        if (exc_psrp_host_call_wants_answer (call))
          send_message (self,
                        "pr",
                        EXC_PSRP_PIPELINE_HOST_RESPONSE,
                        exc_psrp_host_response_new_refused (call->ci, call->method, "no"));
      }
      exc_psrp_message_free (message);
    }
  }

  g_assert_cmpint (state, ==, EXC_PSRP_PIPELINE_COMPLETED);
  return g_string_free (g_steal_pointer (&output), FALSE);
}

static void
delete_shell (Driver *self)
{
  char *id = NULL;
  GBytes *envelope = exc_wsman_client_delete (self->client, &id);

  exchange_well (self, EXC_WSMAN_DELETE, envelope, id);
}

static void
check_used (Driver *self, guint n_exchanges)
{
  g_assert_true (replay_server_wait (self->server));
  replay_server_check_report (self->server, n_exchanges);
}

/* Asks whether the shell is alive; gives the state, or NULL with the fault's error. */
static char *
ask_state (Driver *self, GError **error)
{
  char *id = NULL;
  GBytes *envelope = exc_wsman_client_get (self->client, &id);
  g_autoptr(ExcWsmanResponse) response = exchange (self, EXC_WSMAN_GET, envelope, id, error);

  if (response == NULL)
    return NULL;
  if (exc_wsman_response_get_fault (response) != NULL) {
    g_propagate_error (error, exc_wsman_fault_to_error (exc_wsman_response_get_fault (response)));
    return NULL;
  }
  return g_strdup (exc_wsman_response_get_shell_state (response));
}

static void
test_is_alive (gconstpointer transcript)
{
  int code = strstr (transcript, "selectors") != NULL ? EXC_ERROR_GONE : EXC_ERROR_UNREACHABLE;
  g_autoptr(Driver) driver = driver_new (transcript);
  g_autofree char *state = NULL;
  g_autofree char *again = NULL;
  g_autoptr(GError) error = NULL;

  if (driver == NULL)
    return;
  state = ask_state (driver, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (state, ==, "Connected");
  again = ask_state (driver, &error);
  g_assert_null (again);
  g_assert_error (error, EXC_ERROR, code);
  check_used (driver, 5);
}

static void
test_receive_failure (void)
{
  g_autoptr(Driver) driver = driver_new ("test_psrp_receive_failure.yml");
  g_autoptr(ExcWsmanResponse) response = NULL;
  g_autoptr(GError) error = NULL;
  GBytes *envelope = NULL;
  char *id = NULL;

  if (driver == NULL)
    return;
  begin_pipeline (driver);
  envelope = exc_wsman_client_receive (driver->client, driver->pipeline_id, &id);
  response = exchange (driver, EXC_WSMAN_RECEIVE, envelope, id, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (
      exc_wsman_response_get_fault (response)->code, ==, EXC_WSMAN_FAULT_INVALID_SELECTORS);
  delete_shell (driver);
  check_used (driver, 5);
}

/* One call of the pool and its answer, as text. */
static char *
call_pool (Driver *self, guint32 type, ExcValue *take_body, gint64 ci)
{
  g_autoptr(ExcPsrpMessage) message = NULL;
  g_autoptr(ExcValue) body = NULL;
  ExcValue *response = NULL;
  gint64 answered = 0;

  send_message (self, "stdin", type, take_body);
  receive (self, NULL);
  message = pop_message (self->reader);
  g_assert_nonnull (message);
  g_assert_cmpuint (message->type, ==, EXC_PSRP_RUNSPACE_AVAILABILITY);
  body = parse_body (message);
  g_assert_true (exc_psrp_availability_parse (body, &response, &answered, NULL));
  g_assert_cmpint (answered, ==, ci);
  return exc_value_dup_text (response);
}

static void
test_set_runspaces (void)
{
  static const struct {
    guint32 type;
    int n;
    const char *answer;
  } calls[] = {
    { EXC_PSRP_GET_AVAILABLE_RUNSPACES, 0, "1" }, { EXC_PSRP_SET_MAX_RUNSPACES, 5, "True" },
    { EXC_PSRP_GET_AVAILABLE_RUNSPACES, 0, "5" }, { EXC_PSRP_SET_MIN_RUNSPACES, 2, "True" },
    { EXC_PSRP_SET_MIN_RUNSPACES, -1, "False" },  { EXC_PSRP_SET_MAX_RUNSPACES, -1, "False" },
  };
  g_autoptr(Driver) driver = driver_new ("test_psrp_set_runspaces.yml");

  if (driver == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (calls); i++) {
    ExcValue *body = calls[i].type == EXC_PSRP_SET_MAX_RUNSPACES
                         ? exc_psrp_set_max_runspaces_new (calls[i].n, i)
                     : calls[i].type == EXC_PSRP_SET_MIN_RUNSPACES
                         ? exc_psrp_set_min_runspaces_new (calls[i].n, i)
                         : exc_psrp_call_new (i);
    g_autofree char *answer = call_pool (driver, calls[i].type, body, i);

    g_test_message ("%s %d: %s", exc_psrp_type_to_string (calls[i].type), calls[i].n, answer);
    g_assert_cmpstr (answer, ==, calls[i].answer);
  }
  delete_shell (driver);
  check_used (driver, 16);
}

static void
test_reset_runspace_state (void)
{
  g_autoptr(Driver) driver = driver_new ("test_psrp_reset_runspace_state.yml");
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *answer = NULL;

  if (driver == NULL)
    return;
  start_pipeline (driver);
  first = drain (driver);
  g_assert_cmpstr (first, ==, "hi");
  answer = call_pool (driver, EXC_PSRP_RESET_RUNSPACE_STATE, exc_psrp_call_new (0), 0);
  g_assert_cmpstr (answer, ==, "True");
  start_pipeline (driver);
  second = drain (driver);
  g_assert_cmpstr (second, ==, "");
  delete_shell (driver);
  check_used (driver, 10);
}

typedef struct {
  const char *file;
  guint n_inputs;
  guint minor; /* of the protocol that the server speaks */
  const char *output;
} InputCase;

static const InputCase input_cases[] = {
  { "test_psrp_run_protocol_version_2.1.yml", 3, 1, "error|message 1|2|3, 3" },
  { "test_psrp_run_protocol_version_2.2.yml", 3, 2, "error|message 1|2|3, 3" },
  { "test_psrp_run_protocol_version_2.3.yml", 3, 3, "error|message 1|2|3, 3" },
  { "test_psrp_with_input.yml", 4, 3, "1|2|a=b|a, b" },
};

static void
test_input (gconstpointer data)
{
  const InputCase *c = data;
  g_autoptr(Driver) driver = driver_new (c->file);
  g_autofree char *output = NULL;

  if (driver == NULL)
    return;
  g_assert_cmpuint (driver->version.minor, ==, c->minor);
  start_pipeline (driver);
  send_input (driver, c->n_inputs);
  output = drain (driver);
  g_assert_cmpstr (output, ==, c->output);
  delete_shell (driver);
  check_used (driver, 7);
}

/* A command cut into the Command and a Send. Its Get of the configuration stays unused. */
static void
test_small_message (void)
{
  g_autoptr(Driver) driver = driver_new ("test_psrp_small_msg_size.yml");
  g_autofree char *script = g_strnfill (30000, ' ');
  g_autoptr(GBytes) message = NULL;
  g_autoptr(GBytes) first = NULL;
  g_autoptr(GBytes) rest = NULL;
  GByteArray *second = g_byte_array_new ();
  g_autofree char *output = NULL;

  if (driver == NULL) {
    g_byte_array_unref (second);
    return;
  }
  begin_pipeline (driver);
  message = build_message (
      driver, EXC_PSRP_CREATE_PIPELINE, driver->pipeline_id, create_pipeline (driver, script));
  exc_psrp_fragment_writer_begin (driver->writer, message);
  first = exc_psrp_fragment_writer_take (driver->writer, 20000);
  rest = exc_psrp_fragment_writer_take (driver->writer, 20000);
  g_assert_true (exc_psrp_fragment_writer_is_idle (driver->writer));
  send_command (driver, first);
  g_byte_array_append (second, g_bytes_get_data (rest, NULL), g_bytes_get_size (rest));
  send_bytes (driver, "stdin", driver->pipeline_id, second);
  send_input (driver, 1);
  output = drain (driver);
  g_assert_cmpuint (strlen (output), >, 20000);
  delete_shell (driver);
  replay_server_check_report (driver->server, 9);
}

/* The key cannot be unwrapped by us; all the rest is followed, prompts refused. */
static void
test_host_calls (void)
{
  g_autoptr(Driver) driver = driver_new ("test_psrp_pshost_ui_mocked_methods.yml");
  g_autoptr(ExcPsrpMessage) message = NULL;
  g_autofree char *output = NULL;

  if (driver == NULL)
    return;
  send_message (driver, "stdin", EXC_PSRP_PUBLIC_KEY, exc_psrp_public_key_new ("AA=="));
  receive (driver, NULL);
  message = pop_message (driver->reader);
  g_assert_cmpuint (message->type, ==, EXC_PSRP_ENCRYPTED_SESSION_KEY);
  start_pipeline (driver);
  output = drain (driver);
  g_assert_true (g_str_has_prefix (output, "ReadLine response|"));
  delete_shell (driver);
  check_used (driver, 18);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/remote/replay-driver/is-alive-http-error",
                        "test_psrp_is_alive_http_error.yml",
                        test_is_alive);
  g_test_add_data_func ("/remote/replay-driver/is-alive-invalid-selectors",
                        "test_psrp_is_alive_invalid_selectors.yml",
                        test_is_alive);
  g_test_add_func ("/remote/replay-driver/receive-failure", test_receive_failure);
  g_test_add_func ("/remote/replay-driver/set-runspaces", test_set_runspaces);
  g_test_add_func ("/remote/replay-driver/reset-runspace-state", test_reset_runspace_state);
  for (gsize i = 0; i < G_N_ELEMENTS (input_cases); i++) {
    g_autofree char *path = g_strconcat ("/remote/replay-driver/", input_cases[i].file, NULL);

    g_test_add_data_func (path, &input_cases[i], test_input);
  }
  g_test_add_func ("/remote/replay-driver/small-message", test_small_message);
  g_test_add_func ("/remote/replay-driver/host-calls", test_host_calls);

  return g_test_run ();
}
