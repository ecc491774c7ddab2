/* exc-lab-wsman-http.c — one request of the WS-Management server, from HTTP to its answer
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab"

#include "config.h"

#include "exc-error.h"
#include "exc-lab-shell-private.h"
#include "exc-lab-wsman-private.h"

#include <string.h>

#define CONTENT_TYPE "application/soap+xml;charset=UTF-8"

/* A request that is not answered yet. */
typedef struct {
  ExcLabWsman *wsman;
  SoupServerMessage *message;
  ExcLabEndpoint *endpoint;
  char *user;
  ExcWsmanRequest *request;
  ExcLabWsmanShell *shell; /* (nullable) */
  guint n_pending;         /* chunks of a Send that the far end has not taken yet */
  GError *send_error;      /* (nullable): the first of them that failed */
  gboolean is_dropped;     /* half of the answer, then the cut */
  gboolean is_gone;        /* the client went; nobody takes the answer */
  guint poll_id;           /* of a Receive */
  GSource *source;         /* (nullable): watches for a client that goes, or delays */
} Exchange;

static void
clear_source (Exchange *exchange)
{
  if (exchange->source != NULL)
    g_source_destroy (exchange->source);
  g_clear_pointer (&exchange->source, g_source_unref);
}

static void
exchange_free (Exchange *exchange)
{
  clear_source (exchange);
  g_signal_handlers_disconnect_by_data (exchange->message, exchange);
  g_clear_pointer (&exchange->shell, exc_lab_wsman_shell_unref);
  g_clear_pointer (&exchange->request, exc_wsman_request_free);
  g_clear_object (&exchange->message);
  g_clear_object (&exchange->wsman);
  g_clear_error (&exchange->send_error);
  g_free (exchange->user);
  g_free (exchange);
}

static void
attach (Exchange *exchange, GSource *take_source, GSourceFunc func)
{
  clear_source (exchange);
  exchange->source = take_source;
  g_source_set_callback (take_source, func, exchange, NULL);
  g_source_attach (take_source, g_main_context_get_thread_default ());
}

/* --- Answers --- */

static void
cut_connection (ExcLabWsman *self, SoupServerMessage *message)
{
  GSocket *socket = exc_lab_wsman_find_socket (self, message);

  if (socket != NULL)
    g_socket_shutdown (socket, TRUE, TRUE, NULL);
}

static void
on_half_written_cb (SoupServerMessage *message, guint chunk_size, gpointer user_data)
{
  cut_connection (user_data, message);
}

static void
on_client_gone_cb (SoupServerMessage *message, gpointer user_data)
{
  Exchange *exchange = user_data;

  exchange->is_gone = TRUE;
}

/* Consumes the exchange. envelope: (nullable) */
static void
respond (Exchange *exchange, guint status, GBytes *envelope)
{
  SoupServerMessage *message = exchange->message;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  gsize size = envelope != NULL ? g_bytes_get_size (envelope) : 0;

  if (exchange->is_gone) {
    exchange_free (exchange);
    return;
  }
  soup_server_message_set_status (message, status, NULL);
  if (exchange->wsman->clock != NULL) {
    g_autoptr(GDateTime) now = exc_clock_now_utc (exchange->wsman->clock);
    g_autofree char *date = soup_date_time_to_string (now, SOUP_DATE_HTTP);

    soup_message_headers_replace (headers, "Date", date);
  }
  if (status == SOUP_STATUS_UNAUTHORIZED)
    soup_message_headers_replace (headers, "WWW-Authenticate", "Basic realm=\"WSMAN\"");

  if (size > 0) {
    soup_message_headers_replace (headers, "Content-Type", CONTENT_TYPE);
    if (exchange->is_dropped && size > 1) {
      g_autoptr(GBytes) half = g_bytes_new_from_bytes (envelope, 0, size / 2);

      soup_message_headers_set_content_length (headers, size);
      soup_message_body_append_bytes (soup_server_message_get_response_body (message), half);
      g_signal_connect_object (
          message, "wrote-body-data", G_CALLBACK (on_half_written_cb), exchange->wsman, 0);
    } else {
      soup_message_body_append_bytes (soup_server_message_get_response_body (message), envelope);
    }
  }
  if (exchange->is_dropped && size <= 1)
    cut_connection (exchange->wsman, message);

  soup_server_message_unpause (message);
  exchange_free (exchange);
}

static void
respond_fault (Exchange *exchange, guint32 code, const char *text)
{
  g_autoptr(GBytes) envelope = exc_wsman_reply_fault (exchange->request, code, text);

  respond (exchange, SOUP_STATUS_INTERNAL_SERVER_ERROR, envelope);
}

static void
respond_no_shell (Exchange *exchange)
{
  respond_fault (exchange,
                 EXC_WSMAN_FAULT_INVALID_SELECTORS,
                 "The request for the Windows Remote Shell failed because the shell was not found "
                 "on the server. Possible causes are: the specified ShellId is incorrect or the "
                 "shell no longer exists on the server.");
}

/* What breaks PSRP gets no answer in PSRP: the plug-in ends the command (protocol.md 12). */
static void
respond_error (Exchange *exchange, GError *error)
{
  respond_fault (exchange, EXC_WSMAN_FAULT_PLUGIN, error->message);
}

/* --- Operations --- */

static void
on_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Exchange *exchange = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) envelope = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    exc_lab_wsman_remove_shell (exchange->wsman, exchange->shell);
    respond_error (exchange, error);
    return;
  }

  envelope =
      exc_wsman_reply_created (exchange->request, exc_lab_wsman_shell_get_id (exchange->shell));
  respond (exchange, SOUP_STATUS_OK, envelope);
}

static void
do_create (Exchange *exchange)
{
  const char *uri = exc_wsman_request_get_resource_uri (exchange->request);
  const char *id = exc_wsman_request_get_shell_id (exchange->request);
  GBytes *creation = exc_wsman_request_get_creation (exchange->request);
  GUri *address = soup_server_message_get_uri (exchange->message);
  g_autofree char *made_id = NULL;
  g_autoptr(GError) error = NULL;
  ExcLabWsmanShell *shell;

  if (uri == NULL || g_ascii_strcasecmp (uri, exchange->endpoint->configuration) != 0) {
    respond_fault (exchange,
                   EXC_WSMAN_FAULT_NO_RESOURCE,
                   "The WS-Management service cannot process the request. The resource URI was not "
                   "found in the WS-Management catalog.");
    return;
  }
  if (creation == NULL) {
    respond_fault (exchange, EXC_WSMAN_FAULT_UNSUPPORTED, "The creationXml is missing.");
    return;
  }
  if (exc_lab_wsman_is_full (exchange->wsman, exchange->endpoint, exchange->user)) {
    respond_fault (exchange,
                   EXC_WSMAN_FAULT_TOO_MANY_SHELLS,
                   "The maximum number of concurrent shells for this user has been exceeded. Close "
                   "existing shells or raise the quota for this user.");
    return;
  }
  /* Old servers choose ids of their own; so does this one when the client's is taken. */
  if (id == NULL || exc_lab_wsman_find_shell (exchange->wsman, id) != NULL)
    id = made_id = exc_wsman_new_id ();

  shell = exc_lab_wsman_add_shell (
      exchange->wsman, exchange->endpoint, id, g_uri_get_query (address), exchange->user, &error);
  if (shell == NULL) {
    respond_fault (exchange, EXC_WSMAN_FAULT_ACCESS_DENIED, error->message);
    return;
  }

  exchange->shell = exc_lab_wsman_shell_ref (shell);
  exc_lab_shell_open (exc_lab_wsman_shell_get_far (shell), creation, on_opened_cb, exchange);
}

static void
on_commanded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Exchange *exchange = user_data;
  const char *command_id = exc_wsman_request_get_command_id (exchange->request);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) envelope = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    exc_lab_wsman_shell_remove_command (exchange->shell, command_id);
    respond_error (exchange, error);
    return;
  }

  envelope = exc_wsman_reply_command (exchange->request, command_id);
  respond (exchange, SOUP_STATUS_OK, envelope);
}

static void
do_command (Exchange *exchange)
{
  const char *command_id = exc_wsman_request_get_command_id (exchange->request);
  GBytes *arguments = exc_wsman_request_get_arguments (exchange->request);
  g_autofree char *upper = NULL;

  if (command_id == NULL || arguments == NULL) {
    respond_fault (
        exchange, EXC_WSMAN_FAULT_UNSUPPORTED, "A Command needs a CommandId and Arguments.");
    return;
  }

  upper = g_ascii_strup (command_id, -1);
  exc_lab_wsman_shell_add_command (exchange->shell, upper);
  exc_lab_shell_command (
      exc_lab_wsman_shell_get_far (exchange->shell), upper, arguments, on_commanded_cb, exchange);
}

/* The last of the chunks answers; the first error wins. */
static void
on_sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Exchange *exchange = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) envelope = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  if (exchange->send_error == NULL)
    exchange->send_error = g_steal_pointer (&error);
  if (--exchange->n_pending > 0)
    return;

  if (exchange->send_error != NULL) {
    respond_error (exchange, exchange->send_error);
    return;
  }
  envelope = exc_wsman_reply_empty (exchange->request);
  respond (exchange, SOUP_STATUS_OK, envelope);
}

static void
do_send (Exchange *exchange)
{
  GPtrArray *chunks = exc_wsman_request_get_chunks (exchange->request);

  if (chunks->len == 0) {
    g_autoptr(GBytes) envelope = exc_wsman_reply_empty (exchange->request);

    respond (exchange, SOUP_STATUS_OK, envelope);
    return;
  }

  /* Answers that come at once must not end the exchange before all are handed on. */
  exchange->n_pending = chunks->len;
  for (guint i = 0, n = chunks->len; i < n; i++) {
    ExcWsmanChunk *chunk = g_ptr_array_index (chunks, i);
    g_autofree char *command_id =
        chunk->command_id != NULL ? g_ascii_strup (chunk->command_id, -1) : NULL;

    exc_lab_shell_send (exc_lab_wsman_shell_get_far (exchange->shell),
                        chunk->name,
                        command_id,
                        chunk->bytes,
                        on_sent_cb,
                        exchange);
  }
}

static void
on_signalled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Exchange *exchange = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) envelope = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    respond_error (exchange, error);
    return;
  }
  if (exc_wsman_request_get_signal (exchange->request) == EXC_WSMAN_SIGNAL_TERMINATE)
    exc_lab_wsman_shell_remove_command (exchange->shell,
                                        exc_wsman_request_get_command_id (exchange->request));

  envelope = exc_wsman_reply_empty (exchange->request);
  respond (exchange, SOUP_STATUS_OK, envelope);
}

static void
do_signal (Exchange *exchange)
{
  const char *command_id = exc_wsman_request_get_command_id (exchange->request);
  ExcLabShell *far = exc_lab_wsman_shell_get_far (exchange->shell);
  g_autofree char *upper = command_id != NULL ? g_ascii_strup (command_id, -1) : NULL;

  if (upper == NULL) {
    respond_fault (exchange, EXC_WSMAN_FAULT_UNSUPPORTED, "A Signal needs a CommandId.");
    return;
  }

  switch (exc_wsman_request_get_signal (exchange->request)) {
  case EXC_WSMAN_SIGNAL_STOP:
    exc_lab_shell_stop (far, upper, on_signalled_cb, exchange);
    break;
  case EXC_WSMAN_SIGNAL_TERMINATE:
    exc_lab_shell_release (far, upper, on_signalled_cb, exchange);
    break;
  case EXC_WSMAN_SIGNAL_NONE:
    respond_fault (exchange, EXC_WSMAN_FAULT_UNSUPPORTED, "The signal code is not supported.");
    break;
  }
}

/* --- Receive: a long poll --- */

static void
on_received (gpointer data, guint status, GBytes *envelope)
{
  respond (data, status, envelope);
}

/* Readable in the middle of a poll: the client has closed, for it has nothing to say. */
static gboolean
is_client_gone (GSocket *socket)
{
  guint8 byte = 0;
  GInputVector vector = { &byte, 1 };
  int flags = G_SOCKET_MSG_PEEK;
  g_autoptr(GError) error = NULL;
  gssize n_bytes =
      g_socket_receive_message (socket, NULL, &vector, 1, NULL, NULL, &flags, NULL, &error);

  if (n_bytes < 0)
    return !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);

  return n_bytes == 0 || byte == 21; /* the end, or TLS's alert that announces it */
}

static gboolean
on_client_readable_cb (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Exchange *exchange = user_data;

  if (!is_client_gone (socket))
    return G_SOURCE_REMOVE;

  /* What comes later is for the Receive that the client sends on its next connection. */
  exc_lab_wsman_shell_forget (exchange->shell, exchange->poll_id);
  respond (exchange, SOUP_STATUS_SERVICE_UNAVAILABLE, NULL);
  return G_SOURCE_REMOVE;
}

static void
do_receive (Exchange *exchange)
{
  g_autoptr(ExcLabWsmanShell) shell = exc_lab_wsman_shell_ref (exchange->shell);
  GSocket *socket = exc_lab_wsman_find_socket (exchange->wsman, exchange->message);
  ExcWsmanRequest *request = exchange->request;

  /* Attached before: an answer at once frees the exchange, and its source. */
  if (socket != NULL)
    attach (exchange,
            g_socket_create_source (socket, G_IO_IN | G_IO_HUP | G_IO_ERR, NULL),
            G_SOURCE_FUNC (on_client_readable_cb));
  exchange->request = NULL;
  exc_lab_wsman_shell_receive (shell, request, &exchange->poll_id, on_received, exchange);
}

static void
do_delete (Exchange *exchange)
{
  g_autoptr(GBytes) envelope = exc_wsman_reply_empty (exchange->request);

  exc_lab_wsman_remove_shell (exchange->wsman, exchange->shell);
  respond (exchange, SOUP_STATUS_OK, envelope);
}

static void
do_get (Exchange *exchange)
{
  g_autoptr(GBytes) envelope = exc_wsman_reply_empty (exchange->request);

  respond (exchange, SOUP_STATUS_OK, envelope);
}

static const struct {
  ExcWsmanOperation operation;
  const char *name;
  gboolean needs_shell;
  void (*run) (Exchange *exchange);
} operations[] = {
  { EXC_WSMAN_CREATE, "Create", FALSE, do_create },
  { EXC_WSMAN_GET, "Get", TRUE, do_get },
  { EXC_WSMAN_DELETE, "Delete", TRUE, do_delete },
  { EXC_WSMAN_COMMAND, "Command", TRUE, do_command },
  { EXC_WSMAN_RECEIVE, "Receive", TRUE, do_receive },
  { EXC_WSMAN_SEND, "Send", TRUE, do_send },
  { EXC_WSMAN_SIGNAL, "Signal", TRUE, do_signal },
};

static void
dispatch (Exchange *exchange)
{
  ExcWsmanOperation operation = exc_wsman_request_get_operation (exchange->request);
  ExcLabWsmanShell *shell;

  for (gsize i = 0; i < G_N_ELEMENTS (operations); i++) {
    if (operations[i].operation != operation)
      continue;

    if (operations[i].needs_shell) {
      shell = exc_lab_wsman_find_shell (exchange->wsman,
                                        exc_wsman_request_get_shell_id (exchange->request));
      if (shell == NULL) {
        respond_no_shell (exchange);
        return;
      }
      exc_lab_wsman_shell_touch (shell);
      exchange->shell = exc_lab_wsman_shell_ref (shell);
    }
    operations[i].run (exchange);
    return;
  }

  respond_fault (exchange,
                 EXC_WSMAN_FAULT_UNSUPPORTED,
                 "The WS-Management service does not support the action.");
}

/* --- Before: who asks, and what is to go wrong --- */

static const char *
operation_name (ExcWsmanRequest *request)
{
  for (gsize i = 0; i < G_N_ELEMENTS (operations); i++) {
    if (operations[i].operation == exc_wsman_request_get_operation (request))
      return operations[i].name;
  }

  return "Other";
}

static gboolean
on_delay_over_cb (gpointer user_data)
{
  Exchange *exchange = user_data;

  g_clear_pointer (&exchange->source, g_source_unref);
  dispatch (exchange);
  return G_SOURCE_REMOVE;
}

static void
apply_fault (Exchange *exchange)
{
  ExcLabWsman *self = exchange->wsman;
  ExcLabFault fault = { EXC_LAB_FAULT_NONE, 0, 0, 0 };

  if (self->hook != NULL)
    fault =
        self->hook (self->hook_data, exchange->endpoint->path, operation_name (exchange->request));

  switch (fault.kind) {
  case EXC_LAB_FAULT_NONE:
    dispatch (exchange);
    break;
  case EXC_LAB_FAULT_REFUSE:
    cut_connection (self, exchange->message);
    respond (exchange, SOUP_STATUS_SERVICE_UNAVAILABLE, NULL);
    break;
  case EXC_LAB_FAULT_DROP:
    exchange->is_dropped = TRUE;
    dispatch (exchange);
    break;
  case EXC_LAB_FAULT_DELAY:
    attach (exchange, g_timeout_source_new (fault.delay_ms), on_delay_over_cb);
    break;
  case EXC_LAB_FAULT_STATUS:
    respond (exchange, fault.status, NULL);
    break;
  case EXC_LAB_FAULT_WSMAN:
    respond_fault (exchange, fault.code, "A fault of the simulated server.");
    break;
  }
}

/**
 * exc_lab_wsman_handle:
 * @server: the HTTP server
 * @message: a request, body and all
 * @path: of its address
 * @query: (nullable): not used: the address keeps it in its own order
 * @user_data: an #ExcLabWsman
 *
 * The one handler of the server.
 */
void
exc_lab_wsman_handle (SoupServer *server,
                      SoupServerMessage *message,
                      const char *path,
                      GHashTable *query,
                      gpointer user_data)
{
  ExcLabWsman *self = user_data;
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  Exchange *exchange = g_new0 (Exchange, 1);
  g_autoptr(GError) error = NULL;

  exchange->wsman = g_object_ref (self);
  exchange->message = g_object_ref (message);
  exchange->endpoint = exc_lab_wsman_find_endpoint (self, path);
  soup_server_message_pause (message);
  g_signal_connect (message, "disconnected", G_CALLBACK (on_client_gone_cb), exchange);
  g_signal_connect (message, "finished", G_CALLBACK (on_client_gone_cb), exchange);

  if (exchange->endpoint == NULL) {
    respond (exchange, SOUP_STATUS_NOT_FOUND, NULL);
    return;
  }
  exchange->user = exc_lab_wsman_authenticate (self, message);
  if (exchange->user == NULL) {
    respond (exchange, SOUP_STATUS_UNAUTHORIZED, NULL);
    return;
  }
  if (!g_str_equal (soup_server_message_get_method (message), "POST")) {
    respond (exchange, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
    return;
  }
  /* The quota of the server, 500 kB, is on the whole envelope. */
  if (body->length > EXC_WSMAN_ENVELOPE_LATER) {
    respond (exchange, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE, NULL);
    return;
  }

  exchange->request = exc_wsman_request_parse ((const guint8 *) body->data, body->length, &error);
  if (exchange->request == NULL) {
    g_debug ("request not understood: %s", error->message);
    respond (exchange, SOUP_STATUS_BAD_REQUEST, NULL);
    return;
  }

  apply_fault (exchange);
}
