/* test-base.c — secrets and the clock
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-clock.h"
#include "exc-secret.h"

static void
test_keeps_every_byte (void)
{
  g_autoptr(ExcSecret) secret = exc_secret_new ("a\0b", 3);
  g_autoptr(ExcSecret) other = exc_secret_ref (secret);
  gsize size;
  const char *bytes = exc_secret_peek (other, &size);

  g_assert_cmpmem (bytes, size, "a\0b", 3);
  g_assert_cmpint (bytes[3], ==, '\0');
}

static void
test_measures_text (void)
{
  g_autoptr(ExcSecret) secret = exc_secret_new ("P@ss", (gsize) -1);

  g_assert_cmpstr (exc_secret_peek (secret, NULL), ==, "P@ss");
}

static void
on_waited_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError **error = user_data;
  gboolean ok = exc_clock_wait_finish (EXC_CLOCK (source), result, error);

  if (ok)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "the wait has ended");
}

static void
test_moved_clock_ends_waits (void)
{
  g_autoptr(ExcClock) clock = exc_clock_new ();
  g_autoptr(GError) error = NULL;

  exc_clock_wait_async (clock, 72 * 3600, NULL, on_waited_cb, &error);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_no_error (error);

  exc_clock_advance (clock, 72 * 3600);
  while (error == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static void
test_cancelled_wait_ends (void)
{
  g_autoptr(ExcClock) clock = exc_clock_new ();
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;

  exc_clock_wait_async (clock, 3600, cancellable, on_waited_cb, &error);
  g_cancellable_cancel (cancellable);
  while (error == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/secret/keeps-every-byte", test_keeps_every_byte);
  g_test_add_func ("/base/secret/measures-text", test_measures_text);
  g_test_add_func ("/base/clock/moved-clock-ends-waits", test_moved_clock_ends_waits);
  g_test_add_func ("/base/clock/cancelled-wait-ends", test_cancelled_wait_ends);

  return g_test_run ();
}
