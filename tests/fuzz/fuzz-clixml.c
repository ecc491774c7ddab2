/* fuzz-clixml.c — any split gives the same values, and what is written reads back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define _GNU_SOURCE /* memmem */
#include "config.h"

#include "exc-clixml.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static const ExcClixmlLimits limits = { 64 * 1024, 40, 2000 };

/* NULL: refused */
static GPtrArray *
read_values (const guint8 *data, gsize size, gsize chunk)
{
  g_autoptr(ExcClixmlReader) reader = exc_clixml_reader_new (&limits);
  g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_value_unref);
  ExcValue *value;

  for (gsize at = 0; at < size; at += chunk) {
    if (!exc_clixml_reader_push (reader, data + at, MIN (chunk, size - at), NULL))
      return NULL;
  }
  if (!exc_clixml_reader_finish (reader, NULL))
    return NULL;
  while ((value = exc_clixml_reader_pop (reader)) != NULL)
    g_ptr_array_add (values, value);

  return g_steal_pointer (&values);
}

static void
check_round_trip (ExcValue *value)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = exc_clixml_write (value, NULL, &error);
  g_autoptr(ExcValue) again = NULL;
  g_autofree char *words = exc_value_dup_text (value);
  gsize size;
  const guint8 *data;

  g_assert_no_error (error);
  g_assert_true (words == NULL || g_utf8_validate (words, -1, NULL));
  data = g_bytes_get_data (bytes, &size);
  again = exc_clixml_parse (data, size, &error);
  g_assert_no_error (error);
  g_assert_true (exc_value_equal (value, again));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr(GPtrArray) whole = NULL;
  g_autoptr(GPtrArray) pieces = NULL;

  if (size < 2 || data[0] == 0)
    return 0;

  whole = read_values (data + 1, size - 1, size - 1);
  pieces = read_values (data + 1, size - 1, data[0]);
  /* libxml2 refuses a bare "]]>" in a text only if it sees it in one piece. */
  if ((whole == NULL) != (pieces == NULL) &&
      memmem (data + 1, size - 1, "]]>", strlen ("]]>")) != NULL)
    return 0;
  g_assert_cmpint (whole == NULL, ==, pieces == NULL);
  if (whole == NULL)
    return 0;

  g_assert_cmpuint (whole->len, ==, pieces->len);
  for (guint i = 0; i < whole->len; i++) {
    g_assert_true (exc_value_equal (g_ptr_array_index (whole, i), g_ptr_array_index (pieces, i)));
    check_round_trip (g_ptr_array_index (whole, i));
  }

  return 0;
}
