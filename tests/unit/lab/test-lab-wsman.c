/* test-lab-wsman.c — the lab's WS-Management and PSRP server, asked over real HTTP
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <libsoup/soup.h>
#include <locale.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#include "exc-error.h"
#include "exc-lab-wsman.h"
#include "exc-psrp-pool.h"
#include "exc-wsman-client.h"
#include "exc-wsman-response.h"

#define CONFIGURATION "http://schemas.microsoft.com/powershell/Microsoft.Exchange"
#define LARGE         (300 * 1024)

/* --- A world of six commands --- */

#define TEST_TYPE_SESSION (test_session_get_type ())
G_DECLARE_FINAL_TYPE (TestSession, test_session, TEST, SESSION, GObject)

struct _TestSession {
  GObject parent_instance;
};

static guint n_sessions; /* that live */
static guint n_running;  /* pipelines in a Wait */

static void
on_prompted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  int choice = exc_lab_output_prompt_finish (EXC_LAB_OUTPUT (source), result, &error);
  g_autoptr(ExcValue) value = NULL;

  if (choice < 0) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  value = exc_value_new_int32 (choice);
  exc_lab_output_write (EXC_LAB_OUTPUT (source), EXC_STREAM_OUTPUT, value);
  g_task_return_boolean (task, TRUE);
}

static void
on_wait_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  GTask *task = user_data;

  n_running--;
  g_task_return_error_if_cancelled (task);
  g_object_unref (task);
}

static void
test_session_run_async (ExcLabSession *session,
                        ExcPipeline *pipeline,
                        ExcLabOutput *output,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  static const char *const labels[] = { "&Yes", "&No", NULL };
  g_autoptr(GTask) task = g_task_new (session, NULL, callback, user_data);
  ExcCommand *command = exc_pipeline_get_command (pipeline, 0);
  const char *name = exc_command_get_name (command);

  g_task_set_check_cancellable (task, FALSE);
  if (g_str_equal (name, "Echo")) {
    exc_lab_output_write (output, EXC_STREAM_OUTPUT, exc_command_lookup (command, "Value"));
    g_task_return_boolean (task, TRUE);
  } else if (g_str_equal (name, "Large")) {
    g_autofree char *text = g_strnfill (LARGE, 'x');
    g_autoptr(ExcValue) value = exc_value_new_string (text);

    exc_lab_output_write (output, EXC_STREAM_OUTPUT, value);
    g_task_return_boolean (task, TRUE);
  } else if (g_str_equal (name, "Wait")) {
    GTask *kept = g_task_new (session, cancellable, callback, user_data);

    n_running++;
    g_cancellable_connect (cancellable, G_CALLBACK (on_wait_cancelled_cb), kept, NULL);
  } else if (g_str_equal (name, "Ask")) {
    exc_lab_output_prompt_async (output,
                                 "Confirm",
                                 "Overwrite?",
                                 labels,
                                 0,
                                 cancellable,
                                 on_prompted_cb,
                                 g_steal_pointer (&task));
  } else {
    g_task_set_task_data (task,
                          exc_lab_error_record_new ("no such command",
                                                    "System.Management.Automation."
                                                    "CommandNotFoundException",
                                                    "CommandNotFoundException",
                                                    13,
                                                    NULL),
                          (GDestroyNotify) exc_value_unref);
    g_task_return_boolean (task, FALSE);
  }
}

static gboolean
test_session_run_finish (ExcLabSession *session,
                         GAsyncResult *result,
                         ExcValue **failure,
                         GError **error)
{
  ExcValue *value = g_task_get_task_data (G_TASK (result));

  if (value != NULL)
    *failure = exc_value_ref (value);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
test_session_init_interface (ExcLabSessionInterface *iface)
{
  iface->run_async = test_session_run_async;
  iface->run_finish = test_session_run_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestSession,
                               test_session,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (EXC_TYPE_LAB_SESSION,
                                                      test_session_init_interface))

static void
test_session_finalize (GObject *object)
{
  n_sessions--;
  G_OBJECT_CLASS (test_session_parent_class)->finalize (object);
}

static void
test_session_class_init (TestSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_session_finalize;
}

static void
test_session_init (TestSession *self)
{
  n_sessions++;
}

static ExcLabSession *
make_session (
    gpointer data, const char *configuration, const char *query, const char *user, GError **error)
{
  g_assert_cmpstr (configuration, ==, CONFIGURATION);
  g_assert_cmpstr (query, ==, "PSVersion=5.1");
  if (data != NULL) {
    g_set_error_literal (error, EXC_ERROR, EXC_ERROR_AUTH, "no role");
    return NULL;
  }

  return g_object_new (TEST_TYPE_SESSION, NULL);
}

/* --- A small client: one request after another --- */

typedef struct {
  ExcLabWsman *wsman;
  guint16 port;
  ExcLabFault fault;
  const char *fault_operation;
} Fixture;

typedef struct {
  Fixture *fixture;
  SoupSession *session;
  char *url;
  const char *password;
  ExcWsmanClient *wsman;
  ExcPsrpPool *pool;
  guint status;  /* of the last answer */
  guint32 fault; /* of the last answer */
  GError *error; /* of the last request */
} Client;

static ExcLabFault
on_fault (gpointer data, const char *path, const char *operation)
{
  Fixture *fixture = data;
  ExcLabFault none = { EXC_LAB_FAULT_NONE, 0, 0, 0 };

  g_assert_cmpstr (path, ==, "/PowerShell");
  return g_strcmp0 (operation, fixture->fault_operation) == 0 ? fixture->fault : none;
}

static Client *
client_new (Fixture *fixture, const char *scheme)
{
  Client *client = g_new0 (Client, 1);

  client->fixture = fixture;
  client->session = soup_session_new ();
  client->url =
      g_strdup_printf ("%s://127.0.0.1:%u/powershell/?PSVersion=5.1", scheme, fixture->port);
  client->password = "P@ss:w0rd";
  client->wsman = exc_wsman_client_new (client->url, CONFIGURATION);
  client->pool = exc_psrp_pool_new ();
  exc_wsman_client_set_operation_timeout_s (client->wsman, 20);
  return client;
}

static void
client_free (Client *client)
{
  soup_session_abort (client->session);
  g_clear_object (&client->session);
  g_free (client->url);
  exc_wsman_client_free (client->wsman);
  exc_psrp_pool_free (client->pool);
  g_clear_error (&client->error);
  g_free (client);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)

/* The connection of the request before becomes free only when libsoup gets to it. */
static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
on_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **out = user_data;

  *out = g_object_ref (result);
}

static gboolean
on_accept_certificate_cb (SoupMessage *message,
                          GTlsCertificate *certificate,
                          GTlsCertificateFlags flags,
                          gpointer user_data)
{
  return TRUE;
}

static SoupMessage *
message_new (Client *client, GBytes *envelope)
{
  SoupMessage *message = soup_message_new ("POST", client->url);
  g_autofree char *plain = g_strconcat ("CONTOSO\\Admin:", client->password, NULL);
  g_autofree char *encoded = g_base64_encode ((const guint8 *) plain, strlen (plain));
  g_autofree char *header = g_strconcat ("Basic ", encoded, NULL);

  soup_message_headers_replace (
      soup_message_get_request_headers (message), "Authorization", header);
  soup_message_add_flags (message, SOUP_MESSAGE_DO_NOT_USE_AUTH_CACHE | SOUP_MESSAGE_IDEMPOTENT);
  soup_message_set_request_body_from_bytes (
      message, "application/soap+xml;charset=UTF-8", envelope);
  g_signal_connect (message, "accept-certificate", G_CALLBACK (on_accept_certificate_cb), NULL);
  return message;
}

/* (transfer full) (nullable): the response, when it was one or a fault */
static ExcWsmanResponse *
request (Client *client, ExcWsmanOperation operation, GBytes *envelope, const char *id)
{
  g_autoptr(SoupMessage) message = message_new (client, envelope);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GBytes) body = NULL;
  g_autoptr(ExcWsmanResponse) response = NULL;
  g_autoptr(GError) error = NULL;

  settle ();
  client->status = 0;
  client->fault = 0;
  g_clear_error (&client->error);
  soup_session_send_and_read_async (
      client->session, message, G_PRIORITY_DEFAULT, NULL, on_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  body = soup_session_send_and_read_finish (client->session, result, &client->error);
  if (body == NULL)
    return NULL;
  client->status = soup_message_get_status (message);
  if (client->status != 200 && client->status != 500)
    return NULL;

  response = exc_wsman_response_new (operation, id, 0);
  if (!exc_wsman_response_push (
          response, g_bytes_get_data (body, NULL), g_bytes_get_size (body), &client->error) ||
      !exc_wsman_response_finish (response, &client->error))
    return NULL;
  if (exc_wsman_response_get_fault (response) != NULL) {
    client->fault = exc_wsman_response_get_fault (response)->code;
    g_assert_cmpuint (client->status, ==, 500);
  } else {
    g_assert_cmpuint (client->status, ==, 200);
  }

  return g_steal_pointer (&response);
}

static gboolean
send_outgoing (Client *client)
{
  for (;;) {
    g_autoptr(ExcPsrpOutgoing) out = NULL;
    g_autoptr(GBytes) envelope = NULL;
    g_autoptr(ExcWsmanResponse) response = NULL;
    g_autofree char *id = NULL;
    ExcWsmanOperation operation = EXC_WSMAN_SEND;
    ExcPsrpTarget target;

    if (!exc_psrp_pool_peek_outgoing (client->pool, &target, NULL))
      return TRUE;
    if (target == EXC_PSRP_TARGET_CREATION)
      operation = EXC_WSMAN_CREATE;
    else if (target == EXC_PSRP_TARGET_COMMAND)
      operation = EXC_WSMAN_COMMAND;
    out = exc_psrp_pool_pop_outgoing (client->pool,
                                      exc_wsman_client_get_budget (client->wsman, operation));
    if (operation == EXC_WSMAN_CREATE)
      envelope = exc_wsman_client_create (
          client->wsman, exc_psrp_pool_get_id (client->pool), "2.3", out->bytes, &id);
    else if (operation == EXC_WSMAN_COMMAND)
      envelope = exc_wsman_client_command (client->wsman, out->pipeline_id, out->bytes, &id);
    else
      envelope = exc_wsman_client_send (client->wsman,
                                        target == EXC_PSRP_TARGET_PR ? "pr" : "stdin",
                                        out->pipeline_id,
                                        out->bytes,
                                        &id);
    response = request (client, operation, envelope, id);
    if (response == NULL || client->fault != 0)
      return FALSE;
    if (operation == EXC_WSMAN_CREATE)
      exc_wsman_client_set_shell (client->wsman, exc_wsman_response_get_shell_id (response), NULL);
  }
}

static gboolean
receive (Client *client, const char *pipeline_id)
{
  g_autofree char *id = NULL;
  g_autoptr(GBytes) envelope = exc_wsman_client_receive (client->wsman, pipeline_id, &id);
  g_autoptr(ExcWsmanResponse) response = request (client, EXC_WSMAN_RECEIVE, envelope, id);

  if (response == NULL || client->fault != 0)
    return FALSE;
  for (;;) {
    g_autoptr(ExcWsmanChunk) chunk = exc_wsman_response_pop (response);

    if (chunk == NULL)
      break;
    exc_psrp_pool_push (client->pool,
                        pipeline_id,
                        g_bytes_get_data (chunk->bytes, NULL),
                        g_bytes_get_size (chunk->bytes),
                        NULL);
  }
  if (exc_wsman_response_get_done_command_id (response) != NULL)
    exc_psrp_pool_push_done (client->pool, exc_wsman_response_get_done_command_id (response));
  return TRUE;
}

static gboolean
open_shell (Client *client)
{
  exc_psrp_pool_open (client->pool);
  if (!send_outgoing (client))
    return FALSE;
  while (exc_psrp_pool_get_state (client->pool) == EXC_PSRP_POOL_OPENING) {
    if (!receive (client, NULL))
      return FALSE;
  }

  return exc_psrp_pool_get_state (client->pool) == EXC_PSRP_POOL_OPENED;
}

/* (transfer full): the FINISHED event */
static ExcPsrpEvent *
run (Client *client, ExcPipeline *pipeline)
{
  const char *pipeline_id = exc_psrp_pool_start (client->pool, pipeline, NULL);

  g_assert_nonnull (pipeline_id);
  for (;;) {
    ExcPsrpEvent *event = exc_psrp_pool_pop_event (client->pool);

    if (event != NULL && event->type == EXC_PSRP_EVENT_FINISHED)
      return event;
    exc_psrp_event_free (event);
    if (event != NULL)
      continue;

    g_assert_true (send_outgoing (client));
    if (exc_psrp_pool_is_shell_waiting (client->pool))
      g_assert_true (receive (client, NULL));
    else if (exc_psrp_pool_is_pipeline_waiting (client->pool, pipeline_id))
      g_assert_true (receive (client, pipeline_id));
  }
}

static void
delete_shell (Client *client)
{
  g_autofree char *id = NULL;
  g_autoptr(GBytes) envelope = exc_wsman_client_delete (client->wsman, &id);
  g_autoptr(ExcWsmanResponse) response = request (client, EXC_WSMAN_DELETE, envelope, id);

  g_assert_nonnull (response);
}

static ExcPipeline *
pipeline_new (const char *name, ExcValue *take_value)
{
  ExcCommand *command = exc_command_new (name);

  if (take_value != NULL)
    exc_command_set (command, "Value", take_value);
  return exc_pipeline_new_single (command);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string ("127.0.0.1");
  g_autoptr(ExcSecret) password = exc_secret_new ("P@ss:w0rd", -1);
  g_autoptr(GError) error = NULL;

  fixture->wsman = exc_lab_wsman_new (NULL);
  exc_lab_wsman_set_account (fixture->wsman, "admin@contoso.example", password);
  exc_lab_wsman_add_endpoint (
      fixture->wsman, "/PowerShell", CONFIGURATION, 2, make_session, NULL, NULL);
  exc_lab_wsman_set_fault_hook (fixture->wsman, on_fault, fixture, NULL);
  fixture->port = exc_lab_wsman_listen (fixture->wsman, address, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->port, !=, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  exc_lab_wsman_stop (fixture->wsman);
  settle ();
  g_assert_cmpuint (n_running, ==, 0);
  g_assert_cmpuint (n_sessions, ==, 0);
  g_assert_finalize_object (fixture->wsman);
}

/* --- Tests --- */

static void
test_run (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Client) client = client_new (fixture, "http");
  g_autoptr(ExcPipeline) echo = pipeline_new ("Echo", exc_value_new_string ("grüße"));
  g_autoptr(ExcPipeline) unknown = pipeline_new ("Nope", NULL);

  g_assert_true (open_shell (client));
  g_assert_cmpuint (exc_lab_wsman_get_n_shells (fixture->wsman, "/powershell/"), ==, 1);
  for (guint i = 0; i < 3; i++) {
    g_autoptr(ExcPsrpEvent) event = run (client, echo);
    GPtrArray *output;

    g_assert_no_error (event->error);
    output = exc_reply_get_output (event->reply);
    g_assert_cmpuint (output->len, ==, 1);
    g_assert_cmpstr (exc_value_get_text (g_ptr_array_index (output, 0)), ==, "grüße");
  }
  {
    g_autoptr(ExcPsrpEvent) event = run (client, unknown);

    g_assert_cmpint (event->state, ==, EXC_PSRP_PIPELINE_FAILED);
    g_assert_cmpstr (
        exc_reply_get_failure (event->reply)->error_id, ==, "CommandNotFoundException");
  }
  delete_shell (client);
  g_assert_cmpuint (exc_lab_wsman_get_n_shells (fixture->wsman, NULL), ==, 0);
  g_assert_false (receive (client, NULL));
  g_assert_cmpuint (client->fault, ==, EXC_WSMAN_FAULT_INVALID_SELECTORS);
}

/* Both ways past what one envelope of 8000 bytes holds. */
static void
test_small_envelopes (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Client) client = client_new (fixture, "http");
  g_autofree char *text = g_strnfill (20000, 'y');
  g_autoptr(ExcPipeline) echo = pipeline_new ("Echo", exc_value_new_string (text));
  g_autoptr(ExcPipeline) large = pipeline_new ("Large", NULL);
  g_autoptr(ExcPsrpEvent) echoed = NULL;
  g_autoptr(ExcPsrpEvent) got = NULL;

  exc_wsman_client_set_max_envelope_size (client->wsman, 8000);
  g_assert_true (open_shell (client));
  echoed = run (client, echo);
  g_assert_cmpstr (
      exc_value_get_text (g_ptr_array_index (exc_reply_get_output (echoed->reply), 0)), ==, text);
  exc_wsman_client_set_max_envelope_size (client->wsman, EXC_WSMAN_ENVELOPE_FIRST);
  got = run (client, large);
  g_assert_cmpuint (
      strlen (exc_value_get_text (g_ptr_array_index (exc_reply_get_output (got->reply), 0))),
      ==,
      LARGE);
  delete_shell (client);
}

static void
test_prompt (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Client) client = client_new (fixture, "http");
  g_autoptr(ExcPipeline) answered = pipeline_new ("Ask", NULL);
  g_autoptr(ExcPipeline) refused = pipeline_new ("Ask", NULL);
  g_autoptr(ExcPsrpEvent) yes = NULL;
  g_autoptr(ExcPsrpEvent) nobody = NULL;
  gint64 choice;

  exc_pipeline_set_choice (answered, 'N');
  g_assert_true (open_shell (client));
  yes = run (client, answered);
  g_assert_true (
      exc_value_get_int64 (g_ptr_array_index (exc_reply_get_output (yes->reply), 0), &choice));
  g_assert_cmpint (choice, ==, 1);
  nobody = run (client, refused);
  g_assert_cmpint (nobody->state, ==, EXC_PSRP_PIPELINE_FAILED);
  g_assert_cmpstr (exc_reply_get_prompt (nobody->reply), ==, "Confirm\nOverwrite? [&Yes / &No]");
  delete_shell (client);
}

static void
test_secret (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Client) client = client_new (fixture, "http");
  g_autoptr(ExcSecret) secret = exc_secret_new ("geheim", -1);
  g_autoptr(ExcPipeline) echo = pipeline_new ("Echo", exc_value_new_secure_string (secret));
  g_autoptr(ExcPsrpEvent) event = NULL;
  ExcSecret *back;

  g_assert_true (open_shell (client));
  event = run (client, echo);
  back = exc_value_get_secret (g_ptr_array_index (exc_reply_get_output (event->reply), 0));
  g_assert_nonnull (back);
  g_assert_cmpstr (exc_secret_peek (back, NULL), ==, "geheim");
  delete_shell (client);
}

/* Nothing to say: the time-out of the request is the answer, and the pipeline goes on. */
static void
test_timeout_and_stop (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Client) client = client_new (fixture, "http");
  g_autoptr(ExcPipeline) wait = pipeline_new ("Wait", NULL);
  g_autoptr(GBytes) envelope = NULL;
  g_autoptr(ExcWsmanResponse) response = NULL;
  g_autoptr(ExcPsrpEvent) event = NULL;
  g_autofree char *id = NULL;
  const char *pipeline_id;

  g_assert_true (open_shell (client));
  event = exc_psrp_pool_pop_event (client->pool);
  g_clear_pointer (&event, exc_psrp_event_free);
  exc_wsman_client_set_operation_timeout_s (client->wsman, 1);
  pipeline_id = exc_psrp_pool_start (client->pool, wait, NULL);
  g_assert_true (send_outgoing (client));
  g_assert_false (receive (client, pipeline_id));
  g_assert_cmpuint (client->fault, ==, EXC_WSMAN_FAULT_TIMED_OUT);
  g_assert_cmpuint (n_running, ==, 1);

  g_assert_true (exc_psrp_pool_stop (client->pool, pipeline_id));
  envelope = exc_wsman_client_signal (client->wsman, pipeline_id, EXC_WSMAN_SIGNAL_STOP, &id);
  response = request (client, EXC_WSMAN_SIGNAL, envelope, id);
  g_assert_nonnull (response);
  g_assert_true (receive (client, pipeline_id));
  event = exc_psrp_pool_pop_event (client->pool);
  g_assert_cmpint (event->type, ==, EXC_PSRP_EVENT_FINISHED);
  g_assert_cmpint (event->state, ==, EXC_PSRP_PIPELINE_STOPPED);
  g_assert_cmpuint (n_running, ==, 0);
  delete_shell (client);
}

/* A client that goes in the middle of a poll loses nothing of what comes later. */
static void
test_client_goes (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Client) client = client_new (fixture, "http");
  g_autoptr(ExcPipeline) wait = pipeline_new ("Wait", NULL);
  g_autoptr(GBytes) signal = NULL;
  g_autoptr(GBytes) poll = NULL;
  g_autoptr(ExcWsmanResponse) response = NULL;
  g_autoptr(SoupMessage) message = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GAsyncResult) result = NULL;
  g_autofree char *id = NULL;
  g_autofree char *poll_id = NULL;
  const char *pipeline_id;

  g_assert_true (open_shell (client));
  pipeline_id = exc_psrp_pool_start (client->pool, wait, NULL);
  g_assert_true (send_outgoing (client));
  poll = exc_wsman_client_receive (client->wsman, pipeline_id, &poll_id);
  message = message_new (client, poll);
  soup_session_send_and_read_async (
      client->session, message, G_PRIORITY_DEFAULT, cancellable, on_result_cb, &result);
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  g_cancellable_cancel (cancellable);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  exc_psrp_pool_stop (client->pool, pipeline_id);
  signal = exc_wsman_client_signal (client->wsman, pipeline_id, EXC_WSMAN_SIGNAL_STOP, &id);
  response = request (client, EXC_WSMAN_SIGNAL, signal, id);
  g_assert_true (receive (client, pipeline_id));
  g_assert_false (exc_psrp_pool_is_pipeline_waiting (client->pool, pipeline_id));
  delete_shell (client);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string ("127.0.0.1");

  { /* a wrong password */
    g_autoptr(Client) client = client_new (fixture, "http");

    client->password = "wrong";
    g_assert_false (open_shell (client));
    g_assert_cmpuint (client->status, ==, 401);
  }
  { /* a path that is not there */
    g_autoptr(Client) client = client_new (fixture, "http");

    g_free (client->url);
    client->url = g_strdup_printf ("http://127.0.0.1:%u/wsman", fixture->port);
    g_assert_false (open_shell (client));
    g_assert_cmpuint (client->status, ==, 404);
  }
  { /* another configuration */
    g_autoptr(Client) client = client_new (fixture, "http");

    exc_wsman_client_free (client->wsman);
    client->wsman = exc_wsman_client_new (client->url, "http://schemas.microsoft.com/x");
    g_assert_false (open_shell (client));
    g_assert_cmpuint (client->fault, ==, EXC_WSMAN_FAULT_NO_RESOURCE);
  }
  { /* one shell too many */
    g_autoptr(Client) first = client_new (fixture, "http");
    g_autoptr(Client) second = client_new (fixture, "http");
    g_autoptr(Client) third = client_new (fixture, "http");

    g_assert_true (open_shell (first));
    g_assert_true (open_shell (second));
    g_assert_false (open_shell (third));
    g_assert_cmpuint (third->fault, ==, EXC_WSMAN_FAULT_TOO_MANY_SHELLS);
    delete_shell (first);
    delete_shell (second);
  }
  { /* the far end says no */
    g_autoptr(Client) client = client_new (fixture, "http");

    exc_lab_wsman_add_endpoint (
        fixture->wsman, "/other", CONFIGURATION, 0, make_session, fixture, NULL);
    g_free (client->url);
    client->url = g_strdup_printf ("http://127.0.0.1:%u/Other?PSVersion=5.1", fixture->port);
    exc_lab_wsman_set_fault_hook (fixture->wsman, NULL, NULL, NULL);
    g_assert_false (open_shell (client));
    g_assert_cmpuint (client->fault, ==, EXC_WSMAN_FAULT_ACCESS_DENIED);
  }
}

static void
test_faults (Fixture *fixture, gconstpointer data)
{
  { /* cut in the middle of the answer */
    g_autoptr(Client) client = client_new (fixture, "http");

    fixture->fault_operation = "Create";
    fixture->fault = (ExcLabFault){ EXC_LAB_FAULT_DROP, 0, 0, 0 };
    g_assert_false (open_shell (client));
    g_assert_true (client->error != NULL || client->status == 200);
    g_assert_cmpuint (exc_lab_wsman_get_n_shells (fixture->wsman, NULL), ==, 1);
    exc_lab_wsman_drop_shells (fixture->wsman, "/PowerShell");
    g_assert_cmpuint (exc_lab_wsman_get_n_shells (fixture->wsman, NULL), ==, 0);
  }
  { /* closed without an answer */
    g_autoptr(Client) client = client_new (fixture, "http");

    fixture->fault = (ExcLabFault){ EXC_LAB_FAULT_REFUSE, 0, 0, 0 };
    g_assert_false (open_shell (client));
    g_assert_nonnull (client->error);
    g_assert_cmpuint (exc_lab_wsman_get_n_shells (fixture->wsman, NULL), ==, 0);
  }
  { /* busy */
    g_autoptr(Client) client = client_new (fixture, "http");

    fixture->fault = (ExcLabFault){ EXC_LAB_FAULT_STATUS, 0, 503, 0 };
    g_assert_false (open_shell (client));
    g_assert_cmpuint (client->status, ==, 503);
  }
  { /* a fault by its code */
    g_autoptr(Client) client = client_new (fixture, "http");

    fixture->fault = (ExcLabFault){ EXC_LAB_FAULT_WSMAN, 0, 0, EXC_WSMAN_FAULT_ABORTED };
    g_assert_false (open_shell (client));
    g_assert_cmpuint (client->fault, ==, EXC_WSMAN_FAULT_ABORTED);
  }
  { /* late, but right */
    g_autoptr(Client) client = client_new (fixture, "http");

    fixture->fault = (ExcLabFault){ EXC_LAB_FAULT_DELAY, 50, 0, 0 };
    g_assert_true (open_shell (client));
    fixture->fault_operation = NULL;

    /* the port closes: the standing connection is cut, the shell lives on */
    g_assert_true (exc_lab_wsman_set_listening (fixture->wsman, fixture->port, FALSE, NULL));
    g_assert_false (receive (client, NULL));
    g_assert_nonnull (client->error);
    g_assert_true (exc_lab_wsman_set_listening (fixture->wsman, fixture->port, TRUE, NULL));
    delete_shell (client);
  }
}

static GTlsCertificate *
certificate_new (const char *name)
{
  EVP_PKEY *key = EVP_RSA_gen (2048);
  X509 *certificate = X509_new ();
  BIO *bio = BIO_new (BIO_s_mem ());
  g_autoptr(GError) error = NULL;
  GTlsCertificate *made;
  char *pem;
  long length;

  X509_set_version (certificate, 2);
  ASN1_INTEGER_set (X509_get_serialNumber (certificate), 1);
  X509_gmtime_adj (X509_getm_notBefore (certificate), 0);
  X509_gmtime_adj (X509_getm_notAfter (certificate), 3600);
  X509_NAME_add_entry_by_txt (X509_get_subject_name (certificate),
                              "CN",
                              MBSTRING_UTF8,
                              (const unsigned char *) name,
                              -1,
                              -1,
                              0);
  X509_set_issuer_name (certificate, X509_get_subject_name (certificate));
  X509_set_pubkey (certificate, key);
  X509_sign (certificate, key, EVP_sha256 ());
  PEM_write_bio_X509 (bio, certificate);
  PEM_write_bio_PrivateKey (bio, key, NULL, NULL, 0, NULL, NULL);
  length = BIO_get_mem_data (bio, &pem);
  made = g_tls_certificate_new_from_pem (pem, length, &error);
  g_assert_no_error (error);
  BIO_free (bio);
  X509_free (certificate);
  EVP_PKEY_free (key);
  return made;
}

/* The certificate that a new connection of the client is shown. */
static char *
get_served_subject (Client *client)
{
  g_autoptr(SoupMessage) message = soup_message_new ("GET", client->url);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GBytes) body = NULL;
  char *subject = NULL;

  settle ();
  g_signal_connect (message, "accept-certificate", G_CALLBACK (on_accept_certificate_cb), NULL);
  soup_session_send_and_read_async (
      client->session, message, G_PRIORITY_DEFAULT, NULL, on_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  body = soup_session_send_and_read_finish (client->session, result, NULL);
  g_assert_nonnull (body);
  g_object_get (soup_message_get_tls_peer_certificate (message), "subject-name", &subject, NULL);
  return subject;
}

static void
test_https (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GInetAddress) address = g_inet_address_new_from_string ("127.0.0.1");
  g_autoptr(GTlsCertificate) old = certificate_new ("old");
  g_autoptr(GTlsCertificate) renewed = certificate_new ("new");
  g_autoptr(ExcPipeline) echo = pipeline_new ("Echo", exc_value_new_string ("x"));
  g_autoptr(GError) error = NULL;

  fixture->port = exc_lab_wsman_listen (fixture->wsman, address, 0, old, &error);
  g_assert_no_error (error);
  {
    g_autoptr(Client) client = client_new (fixture, "https");
    g_autoptr(ExcPsrpEvent) event = NULL;
    g_autofree char *subject = NULL;

    g_assert_true (open_shell (client));
    exc_lab_wsman_set_certificate (fixture->wsman, fixture->port, renewed);
    event = run (client, echo); /* the standing connection goes on */
    g_assert_no_error (event->error);
    subject = get_served_subject (client);
    g_assert_cmpstr (subject, ==, "CN=old");
    delete_shell (client);
  }
  {
    g_autoptr(Client) client = client_new (fixture, "https");
    g_autofree char *subject = get_served_subject (client);

    g_assert_cmpstr (subject, ==, "CN=new");
  }
}

static void
test_idle (Fixture *fixture, gconstpointer data)
{
  g_autoptr(Client) client = client_new (fixture, "http");

  exc_lab_wsman_set_idle_timeout (fixture->wsman, 1);
  g_assert_true (open_shell (client));
  while (exc_lab_wsman_get_n_shells (fixture->wsman, NULL) > 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (receive (client, NULL));
  g_assert_cmpuint (client->fault, ==, EXC_WSMAN_FAULT_INVALID_SELECTORS);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/lab/wsman/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("runs", test_run);
  ADD ("small-envelopes", test_small_envelopes);
  ADD ("prompt", test_prompt);
  ADD ("secret", test_secret);
  ADD ("timeout-and-stop", test_timeout_and_stop);
  ADD ("client-goes", test_client_goes);
  ADD ("refused", test_refused);
  ADD ("faults", test_faults);
  ADD ("https", test_https);
  ADD ("idle", test_idle);

  return g_test_run ();
}
