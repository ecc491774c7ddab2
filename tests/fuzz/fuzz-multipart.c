/* fuzz-multipart.c — sealed bodies: what is read, writes back; what is written, reads back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-multipart.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_round_trip (gsize plain_size, GBytes *header, GBytes *data)
{
  g_autoptr(GBytes) body = exc_multipart_build (EXC_MULTIPART_SPNEGO, plain_size, header, data);
  g_autoptr(GBytes) header_back = NULL;
  g_autoptr(GBytes) data_back = NULL;
  g_autoptr(GError) error = NULL;
  gsize size_back = 0;

  exc_multipart_parse (body, &size_back, &header_back, &data_back, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (plain_size, ==, size_back);
  g_assert_true (g_bytes_equal (header, header_back));
  g_assert_true (g_bytes_equal (data, data_back));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr(GBytes) body = g_bytes_new (data, size);
  g_autoptr(GBytes) header = NULL;
  g_autoptr(GBytes) payload = NULL;
  gsize plain_size = 0;

  if (exc_multipart_parse (body, &plain_size, &header, &payload, NULL))
    check_round_trip (plain_size, header, payload);

  if (size > 1) {
    gsize header_size = MIN (data[0], size - 1);
    g_autoptr(GBytes) any_header = g_bytes_new (data + 1, header_size);
    g_autoptr(GBytes) any_data = g_bytes_new (data + 1 + header_size, size - 1 - header_size);

    check_round_trip (size, any_header, any_data);
  }
  return 0;
}
