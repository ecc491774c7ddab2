/* fuzz-psrp-fragment.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-psrp-fragment.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* First byte: chunk size. The rest goes in once whole and once in chunks; both must give the same
 * messages, and what they gave must survive being cut anew. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr(GPtrArray) whole = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr(GPtrArray) split = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  GPtrArray *messages[2] = { whole, split };
  gboolean ok[2] = { TRUE, TRUE };

  if (size < 2 || data[0] == 0)
    return 0;

  for (guint pass = 0; pass < 2; pass++) {
    g_autoptr(ExcPsrpFragmentReader) reader = exc_psrp_fragment_reader_new (4096, 3);
    gsize chunk = pass == 0 ? size - 1 : data[0];

    for (gsize pos = 1; ok[pass] && pos < size; pos += chunk) {
      g_autofree guint8 *copy = g_memdup2 (data + pos, MIN (chunk, size - pos));

      ok[pass] = exc_psrp_fragment_reader_push (reader, copy, MIN (chunk, size - pos), NULL);
    }
    for (;;) {
      GBytes *message = exc_psrp_fragment_reader_pop (reader);

      if (message == NULL)
        break;
      g_ptr_array_add (messages[pass], message);
    }
  }

  g_assert_cmpint (ok[0], ==, ok[1]);
  g_assert_cmpuint (messages[0]->len, ==, messages[1]->len);
  {
    g_autoptr(ExcPsrpFragmentWriter) writer = exc_psrp_fragment_writer_new ();
    g_autoptr(ExcPsrpFragmentReader) reader = exc_psrp_fragment_reader_new (4096, 1);

    for (guint i = 0; i < messages[0]->len; i++) {
      GBytes *message = g_ptr_array_index (messages[0], i);
      g_autoptr(GBytes) back = NULL;

      g_assert_true (g_bytes_equal (message, g_ptr_array_index (messages[1], i)));
      exc_psrp_fragment_writer_begin (writer, message);
      while (!exc_psrp_fragment_writer_is_idle (writer)) {
        g_autoptr(GBytes) fragment =
                       exc_psrp_fragment_writer_take (writer, EXC_PSRP_FRAGMENT_HEADER + data[0]);

        g_assert_true (exc_psrp_fragment_reader_push (
            reader, g_bytes_get_data (fragment, NULL), g_bytes_get_size (fragment), NULL));
      }
      back = exc_psrp_fragment_reader_pop (reader);
      g_assert_true (g_bytes_equal (back, message));
    }
  }

  return 0;
}
