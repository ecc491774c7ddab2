/* fuzz-starttls.c — greetings: any split gives the same dialogue
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-starttls.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static gboolean
run (ExcProbeGreeting greeting, const char *data, gsize size, gsize step, GString *sent)
{
  g_autoptr(ExcStarttls) starttls = exc_starttls_new (greeting);
  gboolean ok = TRUE;

  for (gsize start = 0; start < size && ok; start += step) {
    g_autoptr(GBytes) output = NULL;

    ok = exc_starttls_push (starttls, data + start, MIN (step, size - start), NULL);
    output = exc_starttls_pop (starttls);
    if (output != NULL)
      g_string_append_len (
          sent, g_bytes_get_data (output, NULL), (gssize) g_bytes_get_size (output));
  }
  return ok && exc_starttls_is_ready (starttls);
}

/* The first byte: which protocol. */
int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr(GString) whole = g_string_new (NULL);
  g_autoptr(GString) bytes = g_string_new (NULL);
  ExcProbeGreeting greeting;
  gboolean is_ready;

  if (size < 2)
    return 0;
  greeting = (ExcProbeGreeting) (data[0] % 4);
  is_ready = run (greeting, (const char *) data + 1, size - 1, size, whole);
  g_assert_cmpint (run (greeting, (const char *) data + 1, size - 1, 1, bytes), ==, is_ready);
  g_assert_cmpstr (whole->str, ==, bytes->str);
  return 0;
}
