/* fuzz-wsman-request.c — any split gives the same request, and every answer to it can be read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-wsman-response.h"
#include "exc-wsman-server.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define LIMIT (64 * 1024)

static ExcWsmanRequest *
read_request (const guint8 *data, gsize size, gsize piece)
{
  g_autoptr(ExcWsmanRequest) request = exc_wsman_request_new (LIMIT);

  for (gsize at = 0; at < size; at += piece) {
    if (!exc_wsman_request_push (request, data + at, MIN (piece, size - at), NULL))
      return NULL;
  }
  if (!exc_wsman_request_finish (request, NULL))
    return NULL;

  return g_steal_pointer (&request);
}

static void
check_bytes (GBytes *one, GBytes *other)
{
  g_assert_cmpint (one == NULL, ==, other == NULL);
  g_assert_true (one == NULL || g_bytes_equal (one, other));
}

static void
check_same (ExcWsmanRequest *one, ExcWsmanRequest *other)
{
  GPtrArray *chunks = exc_wsman_request_get_chunks (one);
  GPtrArray *others = exc_wsman_request_get_chunks (other);

  g_assert_cmpstr (exc_wsman_request_get_action (one), ==, exc_wsman_request_get_action (other));
  g_assert_cmpstr (
      exc_wsman_request_get_message_id (one), ==, exc_wsman_request_get_message_id (other));
  g_assert_cmpstr (
      exc_wsman_request_get_shell_id (one), ==, exc_wsman_request_get_shell_id (other));
  g_assert_cmpstr (
      exc_wsman_request_get_command_id (one), ==, exc_wsman_request_get_command_id (other));
  g_assert_cmpuint (exc_wsman_request_get_operation_timeout_ms (one),
                    ==,
                    exc_wsman_request_get_operation_timeout_ms (other));
  g_assert_cmpint (exc_wsman_request_get_signal (one), ==, exc_wsman_request_get_signal (other));
  check_bytes (exc_wsman_request_get_creation (one), exc_wsman_request_get_creation (other));
  check_bytes (exc_wsman_request_get_arguments (one), exc_wsman_request_get_arguments (other));
  g_assert_cmpuint (chunks->len, ==, others->len);
  for (guint i = 0; i < chunks->len; i++) {
    ExcWsmanChunk *chunk = chunks->pdata[i];
    ExcWsmanChunk *same = others->pdata[i];

    g_assert_cmpstr (chunk->name, ==, same->name);
    g_assert_cmpstr (chunk->command_id, ==, same->command_id);
    check_bytes (chunk->bytes, same->bytes);
  }
}

/* What is put into an answer from the request must not break its XML. */
static void
check_answer (ExcWsmanRequest *request)
{
  g_autoptr(GBytes) answer = exc_wsman_reply_receive (
      request, exc_wsman_request_get_chunks (request), exc_wsman_request_get_command_id (request));
  g_autoptr(ExcWsmanResponse) response =
                 exc_wsman_response_new (EXC_WSMAN_RECEIVE, NULL, 4 * LIMIT);
  g_autoptr(GError) error = NULL;

  exc_wsman_response_push (
      response, g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), &error);
  g_assert_no_error (error);
  if (exc_wsman_request_get_message_id (request) != NULL) {
    exc_wsman_response_finish (response, &error);
    g_assert_no_error (error);
  }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr(ExcWsmanRequest) whole = NULL;
  g_autoptr(ExcWsmanRequest) pieces = NULL;

  if (size < 2 || data[0] == 0)
    return 0;

  whole = read_request (data + 1, size - 1, size - 1);
  pieces = read_request (data + 1, size - 1, data[0]);
  g_assert_cmpint (whole == NULL, ==, pieces == NULL);
  if (whole == NULL)
    return 0;

  check_same (whole, pieces);
  check_answer (whole);
  return 0;
}
