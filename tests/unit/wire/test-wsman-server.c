/* test-wsman-server.c — requests and responses, each written by one end and read by the other
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-wsman-client.h"
#include "exc-wsman-response.h"
#include "exc-wsman-server.h"

#include <string.h>

#define NS                                                                                         \
  "xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "                                           \
  "xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" "                                  \
  "xmlns:x=\"http://schemas.xmlsoap.org/ws/2004/09/transfer\" "                                    \
  "xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" "                                    \
  "xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd\" "                               \
  "xmlns:rsp=\"http://schemas.microsoft.com/wbem/wsman/1/windows/shell\" "                         \
  "xmlns:f=\"http://schemas.microsoft.com/wbem/wsman/1/wsmanfault\""
#define HEAD(inner) "<s:Envelope " NS "><s:Header>" inner "</s:Header><s:Body>"
#define TAIL        "</s:Body></s:Envelope>"

static GBytes *
pattern (gsize n)
{
  guint8 *data = g_malloc (n + 1);

  for (gsize i = 0; i < n; i++)
    data[i] = (guint8) (i * 7 + (i >> 8));
  return g_bytes_new_take (data, n);
}

/* What the client writes, the server reads. */
static void
test_request_round_trip (void)
{
  g_autoptr(ExcWsmanClient) client = exc_wsman_client_new ("https://ex1/PowerShell/?a=1&b=\"<2>\"",
                                                            "urn:configuration");
  g_autoptr(GBytes) payload = pattern (1000);

  exc_wsman_client_set_operation_timeout_s (client, 7);
  exc_wsman_client_set_max_envelope_size (client, 12345);
  for (int i = 0; i < 8; i++) {
    g_autofree char *id = NULL;
    g_autoptr(GBytes) envelope = NULL;
    g_autoptr(GError) error = NULL;
    ExcWsmanOperation operation = EXC_WSMAN_OTHER;
    gsize length = 0;
    const guint8 *bytes = NULL;

    switch (i) {
    case 0:
      envelope = exc_wsman_client_create (client, "POOL", "2.3", payload, &id);
      operation = EXC_WSMAN_CREATE;
      break;
    case 1:
      envelope = exc_wsman_client_command (client, "CMD", payload, &id);
      operation = EXC_WSMAN_COMMAND;
      break;
    case 2:
      envelope = exc_wsman_client_receive (client, "CMD", &id);
      operation = EXC_WSMAN_RECEIVE;
      break;
    case 3:
      envelope = exc_wsman_client_send (client, "pr", NULL, payload, &id);
      operation = EXC_WSMAN_SEND;
      break;
    case 4:
      envelope = exc_wsman_client_signal (client, "CMD", EXC_WSMAN_SIGNAL_STOP, &id);
      operation = EXC_WSMAN_SIGNAL;
      break;
    case 5:
      envelope = exc_wsman_client_signal (client, "CMD", EXC_WSMAN_SIGNAL_TERMINATE, &id);
      operation = EXC_WSMAN_SIGNAL;
      break;
    case 6:
      envelope = exc_wsman_client_delete (client, &id);
      operation = EXC_WSMAN_DELETE;
      break;
    default:
      envelope = exc_wsman_client_get (client, &id);
      operation = EXC_WSMAN_GET;
      break;
    }
    bytes = g_bytes_get_data (envelope, &length);

    for (gsize split = 0; split <= length; split += split < 64 || length - split < 64 ? 1 : 61) {
      g_autoptr(ExcWsmanRequest) request = exc_wsman_request_new (0);
      g_autofree guint8 *head = g_memdup2 (bytes, split);
      g_autofree guint8 *tail = g_memdup2 (bytes + split, length - split);
      GPtrArray *chunks = NULL;

      exc_wsman_request_push (request, head, split, &error);
      g_assert_no_error (error);
      exc_wsman_request_push (request, tail, length - split, &error);
      g_assert_no_error (error);
      g_assert_true (exc_wsman_request_finish (request, &error));
      g_assert_no_error (error);

      g_assert_cmpint (exc_wsman_request_get_operation (request), ==, operation);
      g_assert_cmpstr (exc_wsman_request_get_message_id (request), ==, id);
      g_assert_cmpstr (
          exc_wsman_request_get_to (request), ==, "https://ex1/PowerShell/?a=1&b=\"<2>\"");
      g_assert_cmpstr (exc_wsman_request_get_locale (request), ==, "en-US");
      g_assert_cmpuint (exc_wsman_request_get_operation_timeout_ms (request), ==, 7000);
      g_assert_cmpuint (exc_wsman_request_get_max_envelope_size (request), ==, 12345);
      chunks = exc_wsman_request_get_chunks (request);
      if (operation != EXC_WSMAN_GET)
        g_assert_cmpstr (exc_wsman_request_get_resource_uri (request), ==, "urn:configuration");
      if (i == 0) {
        g_assert_cmpstr (exc_wsman_request_get_shell_id (request), ==, "POOL");
        g_assert_cmpstr (exc_wsman_request_get_option (request, "protocolversion"), ==, "2.3");
        g_assert_true (g_bytes_equal (exc_wsman_request_get_creation (request), payload));
      } else {
        g_assert_cmpstr (exc_wsman_request_get_shell_id (request), ==, "SHELL & 1");
      }
      if (i == 1)
        g_assert_true (g_bytes_equal (exc_wsman_request_get_arguments (request), payload));
      if (i == 1 || i == 2 || i == 4 || i == 5)
        g_assert_cmpstr (exc_wsman_request_get_command_id (request), ==, "CMD");
      if (i == 3) {
        ExcWsmanChunk *chunk = chunks->pdata[0];

        g_assert_cmpuint (chunks->len, ==, 1);
        g_assert_cmpstr (chunk->name, ==, "pr");
        g_assert_null (chunk->command_id);
        g_assert_true (g_bytes_equal (chunk->bytes, payload));
      } else {
        g_assert_cmpuint (chunks->len, ==, 0);
      }
      g_assert_cmpint (exc_wsman_request_get_signal (request),
                       ==,
                       i == 4   ? EXC_WSMAN_SIGNAL_STOP
                       : i == 5 ? EXC_WSMAN_SIGNAL_TERMINATE
                                : EXC_WSMAN_SIGNAL_NONE);
    }
    exc_wsman_client_set_shell (client, "SHELL & 1", NULL);
  }
}

/* What the server writes, the client reads. */
static void
test_reply_round_trip (void)
{
  g_autoptr(ExcWsmanClient) client = exc_wsman_client_new ("http://localhost/wsman", "urn:c");
  g_autoptr(GPtrArray) chunks =
                 g_ptr_array_new_with_free_func ((GDestroyNotify) exc_wsman_chunk_free);
  g_autoptr(GBytes) big = pattern (70000);
  g_autofree char *expected = NULL;

  g_ptr_array_add (chunks, exc_wsman_chunk_new ("stdout", "CMD", big));
  exc_wsman_client_set_shell (client, "SHELL", NULL);
  for (int i = 0; i < 7; i++) {
    g_autoptr(GBytes) envelope = NULL;
    g_autoptr(GBytes) reply = NULL;
    g_autoptr(ExcWsmanRequest) request = NULL;
    g_autoptr(ExcWsmanResponse) response = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *id = NULL;
    ExcWsmanChunk *chunk = NULL;

    switch (i) {
    case 0:
      envelope = exc_wsman_client_create (client, "POOL", "2.3", big, &id);
      break;
    case 1:
      envelope = exc_wsman_client_command (client, "CMD", big, &id);
      break;
    case 2:
      envelope = exc_wsman_client_receive (client, "CMD", &id);
      break;
    case 3:
      envelope = exc_wsman_client_send (client, "stdin", "CMD", big, &id);
      break;
    case 4:
      envelope = exc_wsman_client_get (client, &id);
      break;
    default:
      envelope = exc_wsman_client_delete (client, &id);
      break;
    }
    request = exc_wsman_request_parse (
        g_bytes_get_data (envelope, NULL), g_bytes_get_size (envelope), &error);
    g_assert_no_error (error);
    response = exc_wsman_response_new (exc_wsman_request_get_operation (request), id, 0);
    reply = i == 0   ? exc_wsman_reply_created (request, "NEW<ID>")
            : i == 1 ? exc_wsman_reply_command (request, "CMD2")
            : i == 2 ? exc_wsman_reply_receive (request, chunks, "CMD")
            : i == 6 ? exc_wsman_reply_fault (request, 5, "No \"way\" & out")
                     : exc_wsman_reply_empty (request);
    exc_wsman_response_push (
        response, g_bytes_get_data (reply, NULL), g_bytes_get_size (reply), &error);
    g_assert_no_error (error);
    exc_wsman_response_finish (response, &error);
    g_assert_no_error (error);

    chunk = exc_wsman_response_pop (response);
    if (i == 2) {
      g_assert_true (g_bytes_equal (chunk->bytes, big));
      g_assert_cmpstr (exc_wsman_response_get_done_command_id (response), ==, "CMD");
      exc_wsman_chunk_free (chunk);
    } else {
      g_assert_null (chunk);
    }
    if (i == 0)
      g_assert_cmpstr (exc_wsman_response_get_shell_id (response), ==, "NEW<ID>");
    if (i == 1)
      g_assert_cmpstr (exc_wsman_response_get_command_id (response), ==, "CMD2");
    if (i == 4)
      g_assert_cmpstr (exc_wsman_response_get_shell_state (response), ==, "Connected");
    if (i == 6)
      g_assert_cmpstr (exc_wsman_response_get_fault (response)->message, ==, "No \"way\" & out");
    else
      g_assert_null (exc_wsman_response_get_fault (response));
  }
}

/* A payload of the budget fits, whatever the size of the envelope and the length of the URL. */
static void
test_budget (void)
{
  const char *urls[] = {
    "https://a/PowerShell/",
    "https://a.very.long.name.example.com/PowerShell?serializationLevel=Full"
  };
  gsize sizes[] = { 8192, 8193, 8194, 8195, EXC_WSMAN_ENVELOPE_FIRST, EXC_WSMAN_ENVELOPE_LATER };

  for (gsize u = 0; u < G_N_ELEMENTS (urls); u++) {
    g_autoptr(ExcWsmanClient) client = exc_wsman_client_new (urls[u], "urn:c");
    const char *id = "6F9619FF-8B86-D011-B42D-00C04FC964FF";

    exc_wsman_client_set_shell (client, id, NULL);
    for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++) {
      g_autoptr(GBytes) create = NULL;
      g_autoptr(GBytes) command = NULL;
      g_autoptr(GBytes) send = NULL;
      g_autoptr(GBytes) payload = NULL;

      exc_wsman_client_set_max_envelope_size (client, sizes[s]);
      payload = pattern (exc_wsman_client_get_budget (client, EXC_WSMAN_CREATE));
      create = exc_wsman_client_create (client, id, "2.3", payload, NULL);
      g_assert_cmpuint (g_bytes_get_size (create), <=, sizes[s]);
      g_assert_cmpuint (g_bytes_get_size (create), >, sizes[s] - 270);
      g_clear_pointer (&payload, g_bytes_unref);
      payload = pattern (exc_wsman_client_get_budget (client, EXC_WSMAN_COMMAND));
      command = exc_wsman_client_command (client, id, payload, NULL);
      g_assert_cmpuint (g_bytes_get_size (command), <=, sizes[s]);
      g_clear_pointer (&payload, g_bytes_unref);
      payload = pattern (exc_wsman_client_get_budget (client, EXC_WSMAN_SEND));
      send = exc_wsman_client_send (client, "stdin", id, payload, NULL);
      g_assert_cmpuint (g_bytes_get_size (send), <=, sizes[s]);
    }
    exc_wsman_client_set_max_envelope_size (client, 100);
    g_assert_cmpuint (exc_wsman_client_get_budget (client, EXC_WSMAN_SEND), ==, 0);
  }
}

static void
test_reply_budget (void)
{
  g_autoptr(ExcWsmanClient) client =
                 exc_wsman_client_new ("https://a.very.long.name.example.com/PowerShell", "urn:c");
  const char *id = "6F9619FF-8B86-D011-B42D-00C04FC964FF";
  g_autofree char *message_id = NULL;
  g_autoptr(GBytes) envelope = NULL;
  g_autoptr(ExcWsmanRequest) request = NULL;

  exc_wsman_client_set_shell (client, id, NULL);
  envelope = exc_wsman_client_receive (client, id, &message_id);
  request = exc_wsman_request_parse (
      g_bytes_get_data (envelope, NULL), g_bytes_get_size (envelope), NULL);
  for (guint n = 1; n < 40; n++) {
    g_autoptr(GPtrArray) chunks =
                   g_ptr_array_new_with_free_func ((GDestroyNotify) exc_wsman_chunk_free);
    g_autoptr(GBytes) part = pattern (exc_wsman_reply_budget (EXC_WSMAN_ENVELOPE_FIRST, n) / n);
    g_autoptr(GBytes) reply = NULL;

    for (guint i = 0; i < n; i++)
      g_ptr_array_add (chunks, exc_wsman_chunk_new ("stdout", id, part));
    reply = exc_wsman_reply_receive (request, chunks, id);
    g_assert_cmpuint (g_bytes_get_size (reply), <=, EXC_WSMAN_ENVELOPE_FIRST);
  }
}

static void
test_request_refused (void)
{
  const char *bad[] = {
    "",
    "<a/>",
    "<s:Envelope " NS "><s:Header/><s:Body/></s:Envelope>",
    "<s:Envelope " NS "><s:Header><a:Action>x</a:Action></s:Header></s:Envelope>",
    HEAD ("<a:Action>x</a:Action>") "<rsp:Send><rsp:Stream Name='stdin'>%%%</rsp:Stream>"
                                    "</rsp:Send>" TAIL,
    HEAD ("<a:Action>x</a:Action>") "<rsp:Send><rsp:Stream Name='stdin'>AAA</rsp:Stream>"
                                    "</rsp:Send>" TAIL,
    HEAD ("<a:Action>x</a:Action>") "<rsp:Send>",
    "<!DOCTYPE a><s:Envelope " NS "/>",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr(GError) error = NULL;

    g_assert_null (exc_wsman_request_parse ((const guint8 *) bad[i], strlen (bad[i]), &error));
    g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
  }
}

static void
test_request_durations (void)
{
  const struct {
    const char *text;
    guint ms;
  } durations[] = {
    { "PT20S", 20000 }, { "PT20.000S", 20000 }, { "PT1M30S", 90000 }, { "P0DT0H0M5S", 5000 },
    { "PT0.25S", 250 }, { "P3D", 1800000 },     { "20", 60000 },      { "PTS", 60000 },
    { "PT5", 60000 },   { "", 60000 },          { "PT-5S", 60000 },   { "P1M", 1800000 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (durations); i++) {
    g_autoptr(GString) whole = g_string_new (
        "<s:Envelope " NS "><s:Header><a:Action>x</a:Action><w:OperationTimeout>");
    g_autoptr(ExcWsmanRequest) request = NULL;

    g_string_append (whole, durations[i].text);
    g_string_append (whole, "</w:OperationTimeout></s:Header><s:Body/></s:Envelope>");
    request = exc_wsman_request_parse ((const guint8 *) whole->str, whole->len, NULL);
    g_assert_nonnull (request);
    g_assert_cmpuint (exc_wsman_request_get_operation_timeout_ms (request), ==, durations[i].ms);
    g_assert_cmpint (exc_wsman_request_get_operation (request), ==, EXC_WSMAN_OTHER);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/wsman/request/round-trip", test_request_round_trip);
  g_test_add_func ("/wire/wsman/request/refused", test_request_refused);
  g_test_add_func ("/wire/wsman/request/durations", test_request_durations);
  g_test_add_func ("/wire/wsman/reply/round-trip", test_reply_round_trip);
  g_test_add_func ("/wire/wsman/budget/client", test_budget);
  g_test_add_func ("/wire/wsman/budget/server", test_reply_budget);

  return g_test_run ();
}
