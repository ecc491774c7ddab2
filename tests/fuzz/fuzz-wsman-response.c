/* fuzz-wsman-response.c — any split gives the same response
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-wsman-response.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define LIMIT (64 * 1024)

typedef struct {
  gboolean ok;
  char *words;
} Read;

static void
read_clear (Read *self)
{
  g_free (self->words);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Read, read_clear)

/* What a response told, in words; the bytes of streams joined where they belong together. */
static Read
read_response (ExcWsmanOperation operation, const guint8 *data, gsize size, gsize piece)
{
  g_autoptr(ExcWsmanResponse) response = exc_wsman_response_new (operation, "uuid:A", LIMIT);
  g_autoptr(GString) words = g_string_new (NULL);
  g_autofree char *last = NULL;
  Read result = { TRUE, NULL };

  for (gsize at = 0; at < size && result.ok; at += piece) {
    ExcWsmanChunk *chunk = NULL;

    result.ok = exc_wsman_response_push (response, data + at, MIN (piece, size - at), NULL);
    while ((chunk = exc_wsman_response_pop (response)) != NULL) {
      g_autofree char *who = g_strdup_printf ("\n%s/%s ", chunk->name, chunk->command_id);
      const guint8 *bytes = g_bytes_get_data (chunk->bytes, NULL);

      g_assert_cmpuint (g_bytes_get_size (chunk->bytes), >, 0);
      if (g_strcmp0 (who, last) != 0)
        g_string_append (words, who);
      g_free (last);
      last = g_steal_pointer (&who);
      for (gsize i = 0; i < g_bytes_get_size (chunk->bytes); i++)
        g_string_append_printf (words, "%02x", bytes[i]);
      exc_wsman_chunk_free (chunk);
    }
  }
  result.ok = result.ok && exc_wsman_response_finish (response, NULL);
  if (!result.ok)
    return result;

  if (exc_wsman_response_get_fault (response) != NULL) {
    g_autoptr(GError) error = exc_wsman_fault_to_error (exc_wsman_response_get_fault (response));

    g_string_append_printf (words, "\nfault %s", error->message);
  }
  g_string_append_printf (words,
                          "\n%s %s %s %s %s",
                          exc_wsman_response_get_shell_id (response),
                          exc_wsman_response_get_resource_uri (response),
                          exc_wsman_response_get_command_id (response),
                          exc_wsman_response_get_done_command_id (response),
                          exc_wsman_response_get_shell_state (response));
  result.words = g_string_free (g_steal_pointer (&words), FALSE);
  return result;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_auto(Read) whole = { 0 };
  g_auto(Read) pieces = { 0 };
  ExcWsmanOperation operation = EXC_WSMAN_CREATE;

  if (size < 3 || data[1] == 0)
    return 0;

  operation = EXC_WSMAN_CREATE + data[0] % 7;
  whole = read_response (operation, data + 2, size - 2, size - 2);
  pieces = read_response (operation, data + 2, size - 2, data[1]);
  g_assert_cmpint (whole.ok, ==, pieces.ok);
  g_assert_cmpstr (whole.words, ==, pieces.words);

  return 0;
}
