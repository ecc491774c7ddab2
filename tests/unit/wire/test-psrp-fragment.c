/* test-psrp-fragment.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "exc-error.h"
#include "exc-psrp-fragment.h"

#define LIMIT 64

typedef struct {
  const char *name;
  const char *hex; /* blanks allowed */
  guint n_messages;
  gboolean idle;
  int error_code; /* -1: none */
} Case;

#define OBJECT0 "0000000000000000 "
#define OBJECT1 "0000000000000001 "
#define OBJECT2 "0000000000000002 "
#define OBJECT3 "0000000000000003 "
#define FRAG0   "0000000000000000 "
#define FRAG1   "0000000000000001 "
#define FRAG2   "0000000000000002 "
#define TEN     "00010203040506070809"

static const Case cases[] = {
  { "empty", "", 0, TRUE, -1 },
  { "whole", OBJECT1 FRAG0 "03 00000002 abcd", 1, TRUE, -1 },
  { "empty-blob", OBJECT1 FRAG0 "03 00000000", 1, TRUE, -1 },
  { "two-fragments", OBJECT1 FRAG0 "01 00000001 ab" OBJECT1 FRAG1 "02 00000001 cd", 1, TRUE, -1 },
  { "two-messages", OBJECT1 FRAG0 "03 00000001 ab" OBJECT2 FRAG0 "03 00000001 cd", 2, TRUE, -1 },
  { "middle-fragment",
    OBJECT1 FRAG0 "01 00000001 ab" OBJECT1 FRAG1 "00 00000001 cd" OBJECT1 FRAG2 "02 00000001 ef",
    1,
    TRUE,
    -1 },
  { "interleaved",
    OBJECT1 FRAG0 "01 00000001 ab" OBJECT2 FRAG0 "01 00000001 cd" OBJECT1 FRAG1
                  "02 00000001 ab" OBJECT2 FRAG1 "02 00000001 cd",
    2,
    TRUE,
    -1 },
  { "interleaved-cut",
    OBJECT1 FRAG0 "01 00000001 ab" OBJECT2 FRAG0 "03 00000001 cd",
    1,
    FALSE,
    -1 },
  { "cut-off", OBJECT1 FRAG0 "01 00000001 ab", 0, FALSE, -1 },
  { "cut-header", "00000000", 0, FALSE, -1 },
  { "empty-fragments", OBJECT1 FRAG0 "01 00000000" OBJECT1 FRAG1 "02 00000000", 1, TRUE, -1 },
  { "object-zero", OBJECT0 FRAG0 "03 00000000", 0, FALSE, EXC_ERROR_PROTOCOL },
  { "no-start", OBJECT1 FRAG0 "02 00000001 ab", 0, FALSE, EXC_ERROR_PROTOCOL },
  { "start-twice",
    OBJECT1 FRAG0 "01 00000000" OBJECT1 FRAG0 "01 00000000",
    0,
    FALSE,
    EXC_ERROR_PROTOCOL },
  { "start-not-zero", OBJECT1 FRAG1 "03 00000000", 0, FALSE, EXC_ERROR_PROTOCOL },
  { "skipped",
    OBJECT1 FRAG0 "01 00000000" OBJECT1 FRAG2 "02 00000000",
    0,
    FALSE,
    EXC_ERROR_PROTOCOL },
  { "repeated",
    OBJECT1 FRAG0 "01 00000000" OBJECT1 FRAG0 "02 00000000",
    0,
    FALSE,
    EXC_ERROR_PROTOCOL },
  { "bad-flags", OBJECT1 FRAG0 "83 00000000", 0, FALSE, EXC_ERROR_PROTOCOL },
  { "good-then-bad",
    OBJECT1 FRAG0 "03 00000000" OBJECT2 FRAG0 "83 00000000",
    1,
    FALSE,
    EXC_ERROR_PROTOCOL },
  { "too-large", OBJECT1 FRAG0 "03 00000041", 0, FALSE, EXC_ERROR_LIMIT },
  { "too-large-length", OBJECT1 FRAG0 "03 ffffffff", 0, FALSE, EXC_ERROR_LIMIT },
  { "too-large-sum",
    OBJECT1 FRAG0 "01 0000000a" TEN OBJECT1 FRAG1 "02 00000037",
    0,
    FALSE,
    EXC_ERROR_LIMIT },
  { "too-many-open",
    OBJECT1 FRAG0 "01 00000000" OBJECT2 FRAG0 "01 00000000" OBJECT3 FRAG0 "01 00000000",
    0,
    FALSE,
    EXC_ERROR_LIMIT },
};

static GBytes *
bytes_from_hex (const char *hex)
{
  GByteArray *array = g_byte_array_new ();

  while (*hex != '\0') {
    guint8 byte;

    if (*hex == ' ') {
      hex++;
      continue;
    }
    byte = g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]);
    g_byte_array_append (array, &byte, 1);
    hex += 2;
  }

  return g_byte_array_free_to_bytes (array);
}

/* Every case runs in every split: parsers break at the seams. */
static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr(GBytes) input = bytes_from_hex (c->hex);
  gsize size = g_bytes_get_size (input);
  const guint8 *at = g_bytes_get_data (input, NULL);

  for (gsize chunk = 1; chunk <= MAX (size, 1); chunk++) {
    g_autoptr(ExcPsrpFragmentReader) reader = exc_psrp_fragment_reader_new (LIMIT, 2);
    g_autoptr(GError) error = NULL;
    gboolean ok = TRUE;
    guint n_messages = 0;

    for (gsize pos = 0; ok && pos < size; pos += chunk) {
      gsize length = MIN (chunk, size - pos);
      g_autofree guint8 *copy = g_memdup2 (at + pos, length);

      ok = exc_psrp_fragment_reader_push (reader, copy, length, &error);
    }

    for (;;) {
      g_autoptr(GBytes) message = exc_psrp_fragment_reader_pop (reader);

      if (message == NULL)
        break;
      n_messages++;
    }

    if (c->error_code < 0) {
      g_assert_no_error (error);
      g_assert_cmpint (exc_psrp_fragment_reader_is_idle (reader), ==, c->idle);
    } else {
      g_assert_error (error, EXC_ERROR, c->error_code);
      /* sticky */
      g_assert_false (exc_psrp_fragment_reader_push (reader, (const guint8 *) "", 0, NULL));
      g_assert_false (exc_psrp_fragment_reader_is_idle (reader));
    }
    g_assert_cmpuint (n_messages, ==, c->n_messages);
  }
}

static void
test_interleaved_order (void)
{
  g_autoptr(GBytes) input = bytes_from_hex (
      OBJECT1 FRAG0 "01 00000001 0a" OBJECT2 FRAG0 "03 00000001 0b" OBJECT1 FRAG1 "02 00000001 0c");
  g_autoptr(ExcPsrpFragmentReader) reader = exc_psrp_fragment_reader_new (LIMIT, 2);
  g_autoptr(GBytes) first = NULL;
  g_autoptr(GBytes) second = NULL;
  g_autoptr(GBytes) expected_first = bytes_from_hex ("0b");
  g_autoptr(GBytes) expected_second = bytes_from_hex ("0a0c");

  g_assert_true (exc_psrp_fragment_reader_push (
      reader, g_bytes_get_data (input, NULL), g_bytes_get_size (input), NULL));
  first = exc_psrp_fragment_reader_pop (reader);
  second = exc_psrp_fragment_reader_pop (reader);
  g_assert_true (g_bytes_equal (first, expected_first));
  g_assert_true (g_bytes_equal (second, expected_second));
}

/* What the writer cuts for any budget, the reader joins to the same messages. */
static void
test_round_trip (void)
{
  static const gsize sizes[] = { 0, 1, 21, 100, 1000 };

  for (gsize budget = EXC_PSRP_FRAGMENT_HEADER + 1; budget < 150; budget++) {
    g_autoptr(ExcPsrpFragmentWriter) writer = exc_psrp_fragment_writer_new ();
    g_autoptr(ExcPsrpFragmentReader) reader = exc_psrp_fragment_reader_new (1000, 1);

    for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
      guint8 *data = g_malloc (sizes[i] + 1);
      g_autoptr(GBytes) message = NULL;
      g_autoptr(GBytes) back = NULL;

      for (gsize k = 0; k < sizes[i]; k++)
        data[k] = k * 7 + i;
      message = g_bytes_new_take (data, sizes[i]);

      exc_psrp_fragment_writer_begin (writer, message);
      g_assert_cmpuint (exc_psrp_fragment_writer_get_left (writer), ==, sizes[i]);
      while (!exc_psrp_fragment_writer_is_idle (writer)) {
        g_autoptr(GBytes) fragment = exc_psrp_fragment_writer_take (writer, budget);
        g_autoptr(GError) error = NULL;

        g_assert_cmpuint (g_bytes_get_size (fragment), <=, budget);
        g_assert_true (exc_psrp_fragment_reader_push (
            reader, g_bytes_get_data (fragment, NULL), g_bytes_get_size (fragment), &error));
        g_assert_no_error (error);
      }
      g_assert_null (exc_psrp_fragment_writer_take (writer, budget));
      back = exc_psrp_fragment_reader_pop (reader);
      g_assert_nonnull (back);
      g_assert_true (g_bytes_equal (back, message));
      g_assert_true (exc_psrp_fragment_reader_is_idle (reader));
    }
  }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/psrp/fragment-reader/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_func ("/psrp/fragment-reader/order-of-ends", test_interleaved_order);
  g_test_add_func ("/psrp/fragment-writer/any-budget", test_round_trip);

  return g_test_run ();
}
