/* wsman-client.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "wsman-client.h"

#include <string.h>

#include "exc-error.h"

static ExcLabFault
on_fault (gpointer data, const char *path, const char *operation)
{
  Fixture *fixture = data;
  ExcLabFault none = { EXC_LAB_FAULT_NONE, 0, 0, 0 };

  g_assert_cmpstr (path, ==, "/PowerShell");
  return g_strcmp0 (operation, fixture->fault_operation) == 0 ? fixture->fault : none;
}

Client *
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

void
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

/* The connection of the request before becomes free only when libsoup gets to it. */
void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
on_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **out = user_data;

  *out = g_object_ref (result);
}

gboolean
on_accept_certificate_cb (SoupMessage *message,
                          GTlsCertificate *certificate,
                          GTlsCertificateFlags flags,
                          gpointer user_data)
{
  return TRUE;
}

SoupMessage *
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
ExcWsmanResponse *
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

gboolean
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

gboolean
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

gboolean
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
ExcPsrpEvent *
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

void
delete_shell (Client *client)
{
  g_autofree char *id = NULL;
  g_autoptr(GBytes) envelope = exc_wsman_client_delete (client->wsman, &id);
  g_autoptr(ExcWsmanResponse) response = request (client, EXC_WSMAN_DELETE, envelope, id);

  g_assert_nonnull (response);
}

ExcPipeline *
pipeline_new (const char *name, ExcValue *take_value)
{
  ExcCommand *command = exc_command_new (name);

  if (take_value != NULL)
    exc_command_set (command, "Value", take_value);
  return exc_pipeline_new_single (command);
}

void
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

void
tear_down (Fixture *fixture, gconstpointer data)
{
  exc_lab_wsman_stop (fixture->wsman);
  settle ();
  g_assert_cmpuint (n_running, ==, 0);
  g_assert_cmpuint (n_sessions, ==, 0);
  g_assert_finalize_object (fixture->wsman);
}
