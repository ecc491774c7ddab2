/* test-multipart.c — sealed bodies
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-multipart.h"

#include <string.h>

#define B "--Encrypted Boundary\r\n"
#define H "\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n"
#define O "\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=5\r\n"
#define T "\tContent-Type: application/octet-stream\r\n"
#define P "\x02\0\0\0hhdata\r\n"
#define E "--Encrypted Boundary--\r\n"

static GBytes *
exact (const char *text, gsize length)
{
  return g_bytes_new_take (g_memdup2 (text, length), length);
}

static void
test_shape (void)
{
  g_autoptr(GBytes) header = exact ("hh", 2);
  g_autoptr(GBytes) data = exact ("data\r\n", 6);
  g_autoptr(GBytes) body = exc_multipart_build (EXC_MULTIPART_SPNEGO, 5, header, data);
  const char wanted[] = B H O B T P E;

  g_assert_cmpmem (
      g_bytes_get_data (body, NULL), g_bytes_get_size (body), wanted, sizeof wanted - 1);
}

/* Payloads that look like the frame itself. */
static void
test_round_trip (void)
{
  const struct {
    const char *bytes;
    gsize length;
  } payloads[] = {
    { "", 0 },
    { "x", 1 },
    { "\r\n\r\n", 4 },
    { E, sizeof E - 1 },
    { B T "\xff" B, sizeof B + sizeof T + sizeof B - 2 },
    { "--Encrypted Boundary--", 22 },
    { "a\0b\0--", 6 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (payloads); i++) {
    for (gsize j = 0; j < G_N_ELEMENTS (payloads); j++) {
      g_autoptr(GBytes) header = exact (payloads[i].bytes, payloads[i].length);
      g_autoptr(GBytes) data = exact (payloads[j].bytes, payloads[j].length);
      g_autoptr(GBytes) body = exc_multipart_build (EXC_MULTIPART_KERBEROS, 77, header, data);
      g_autoptr(GBytes) header_back = NULL;
      g_autoptr(GBytes) data_back = NULL;
      g_autoptr(GError) error = NULL;
      gsize size = 0;

      exc_multipart_parse (body, &size, &header_back, &data_back, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (size, ==, 77);
      g_assert_true (g_bytes_equal (header, header_back));
      g_assert_true (g_bytes_equal (data, data_back));
    }
  }
}

/* What Windows, IIS and Exchange write differently. */
static void
test_tolerant (void)
{
#define CASE(x)                                                                                    \
  {                                                                                                \
    x, sizeof x - 1                                                                                \
  }
  const struct {
    const char *bytes;
    gsize length;
  } bodies[] = {
    CASE ("-- Encrypted Boundary\r\n" H O "-- Encrypted Boundary\r\n" T P
          "-- Encrypted Boundary--\r\n"),
    CASE (B "Content-Type: x\r\nOriginalContent: type=application/soap+xml;charset=UTF-16;"
            "Length=5\r\n" B "Content-Type: application/octet-stream\r\n" P
            "--Encrypted Boundary--"),
    CASE (B O H B T P "--Encrypted Boundary--\r\n\r\n"),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++) {
    g_autoptr(GBytes) body = exact (bodies[i].bytes, bodies[i].length);
    g_autoptr(GBytes) header = NULL;
    g_autoptr(GBytes) data = NULL;
    g_autoptr(GError) error = NULL;
    gsize size = 0;

    exc_multipart_parse (body, &size, &header, &data, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (size, ==, 5);
    g_assert_cmpmem (g_bytes_get_data (header, NULL), g_bytes_get_size (header), "hh", 2);
    g_assert_cmpmem (g_bytes_get_data (data, NULL), g_bytes_get_size (data), "data\r\n", 6);
  }
}

static void
test_refused (void)
{
  const struct {
    const char *bytes;
    gsize length;
  } bodies[] = {
    CASE ("<html>"),
    CASE (B H B T P E),
    CASE (B H "\tOriginalContent: Length=x\r\n" B T P E),
    CASE (B H O B P E),
    CASE (B H O B T "\x07\0\0\0hhdata" E),
    CASE (B H O B T "\xff\xff\xff\xff"
                    "hhdata" E),
    CASE (B H O B T "\x02\0" E),
    CASE (B H O B T P),
  };
  const char whole[] = B H O B T P E;

  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++) {
    g_autoptr(GBytes) body = exact (bodies[i].bytes, bodies[i].length);
    g_autoptr(GBytes) header = NULL;
    g_autoptr(GBytes) data = NULL;
    g_autoptr(GError) error = NULL;
    gsize size = 0;

    g_assert_false (exc_multipart_parse (body, &size, &header, &data, &error));
    g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
  }

  /* Cut anywhere but in the white space at the end. */
  for (gsize length = 0; length < sizeof whole - 3; length++) {
    g_autoptr(GBytes) body = exact (whole, length);
    g_autoptr(GBytes) header = NULL;
    g_autoptr(GBytes) data = NULL;
    gsize size = 0;

    g_assert_false (exc_multipart_parse (body, &size, &header, &data, NULL));
  }
}

static void
test_content_type (void)
{
  g_autofree char *type = exc_multipart_content_type (EXC_MULTIPART_SPNEGO);

  g_assert_cmpstr (type,
                   ==,
                   "multipart/encrypted;protocol=\"application/HTTP-SPNEGO-session-encrypted\";"
                   "boundary=\"Encrypted Boundary\"");
  g_assert_true (exc_multipart_is_content_type (type));
  g_assert_true (exc_multipart_is_content_type ("Multipart/Encrypted; boundary=x"));
  g_assert_false (exc_multipart_is_content_type ("application/soap+xml"));
  g_assert_false (exc_multipart_is_content_type (NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/multipart/shape", test_shape);
  g_test_add_func ("/wire/multipart/round-trip", test_round_trip);
  g_test_add_func ("/wire/multipart/tolerant", test_tolerant);
  g_test_add_func ("/wire/multipart/refused", test_refused);
  g_test_add_func ("/wire/multipart/content-type", test_content_type);

  return g_test_run ();
}
