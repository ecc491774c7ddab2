/* test-renewal-kill.c — a program killed between any two rows of its journal, and started again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "kill-test.h"

static gboolean
is_full_run (void)
{
  const char *full = g_getenv ("EXC_TEST_FULL");

  return full != NULL && full[0] != '\0';
}

/* Every row as built; under the sanitizers, which take three times as long, a spread. */
static int
get_stride (void)
{
#ifdef __SANITIZE_ADDRESS__
  return is_full_run () ? 1 : 5;
#else
  return 1;
#endif
}

static void
assert_sent_once (RenewalTest *self, const char *server, guint n_front_end)
{
  g_autofree char *name = g_strndup (server, 6);

  g_assert_cmpuint (renewal_test_count_sent (self, "| New-ExchangeCertificate", server), ==, 1);
  g_assert_cmpuint (renewal_test_count_sent (self, "\ttrust.ps1", name), ==, 1);
  g_assert_cmpuint (
      renewal_test_count_sent (self, "\tbind.ps1 -Site 'Exchange Back End'", name), ==, 1);
  g_assert_cmpuint (
      renewal_test_count_sent (self, "\tbind.ps1 -Site 'Default Web Site'", name), ==, n_front_end);
  g_assert_cmpuint (renewal_test_count_sent (self, "Enable-ExchangeCertificate", server), ==, 0);
  g_assert_cmpuint (renewal_test_count_sent (self, "Remove-ExchangeCertificate", server), ==, 0);
}

/* TRUE: it was killed there, and did everything once all the same. */
static gboolean
renews (RenewalTest *self, gboolean is_full, int kill_before, int kill_after)
{
  /* EXCH02 has a change for every step there is; two servers take twice as long. */
  const char *const servers[] = { EXCH02, is_full ? EXCH01 : NULL, NULL };
  g_autofree char *folder = kill_test_make_folder ();
  g_autofree char *output = NULL;
  g_autofree char *served = NULL;
  g_autoptr(GHashTable) after = NULL;
  gboolean was_killed;

  kill_test_begin_anew (self);
  was_killed = !kill_test_run (self, folder, "renew", kill_before, kill_after, servers, &output);
  if (was_killed) {
    g_clear_pointer (&output, g_free);
    g_assert_true (kill_test_run (self, folder, "renew", 0, 0, servers, &output));
  }
  if (!g_str_has_prefix (output, "done "))
    g_error ("killed before %d or after %d: %s", kill_before, kill_after, output);

  assert_sent_once (self, EXCH02, 2);
  if (is_full)
    assert_sent_once (self, EXCH01, 0);
  after = renewal_test_dump (self);
  g_assert_cmpstr (g_hash_table_lookup (after, "/servers/1/internalTransport"),
                   ==,
                   g_hash_table_lookup (after, "/servers/1/my/3/thumbprint"));
  g_assert_false (g_hash_table_contains (after, "/servers/0/my/5/thumbprint"));
  g_assert_false (g_hash_table_contains (after, "/servers/1/my/4/thumbprint"));
  served = renewal_test_probe (self, EXCH02, 444);
  g_assert_nonnull (strstr (g_hash_table_lookup (after, "/servers/1/my/3/thumbprint"), served));
  kill_test_remove_folder (folder);
  return was_killed;
}

static void
test_renewal_survives (RenewalTest *self, gconstpointer data)
{
  const gboolean is_full = is_full_run ();
  const int stride = get_stride ();
  int n = 1;

  /* Before row n is durable, and right after: between row n and n + 1 lies whatever row n
   * announces, so it has happened in the one case and not in the other. */
  while (renews (self, is_full, n, 0) && renews (self, is_full, 0, n))
    n += stride;
  g_test_message ("killed before and after every %d. row, up to row %d", stride, n - stride);
  g_assert_cmpint (n, >, is_full ? 33 : 19);
}

/* TRUE: the undo was killed there, and brought everything back all the same. */
static gboolean
undoes (RenewalTest *self, int kill_before, int kill_after)
{
  static const char *const servers[] = { EXCH02, NULL };
  static const char *const allowed[] = { "/now", "/keysTaken", NULL };
  g_autofree char *folder = kill_test_make_folder ();
  g_autofree char *output = NULL;
  g_autoptr(GHashTable) before = NULL;
  g_autoptr(GHashTable) after = NULL;
  gboolean was_killed;

  kill_test_begin_anew (self);
  before = renewal_test_dump (self);
  g_assert_true (kill_test_run (self, folder, "renew", 0, 0, servers, &output));
  g_clear_pointer (&output, g_free);
  was_killed = !kill_test_run (self, folder, "undo", kill_before, kill_after, servers, &output);
  if (was_killed) {
    g_clear_pointer (&output, g_free);
    g_assert_true (kill_test_run (self, folder, "undo", 0, 0, servers, &output));
  }
  if (!g_str_has_prefix (output, "undone "))
    g_error ("killed before %d or after %d: %s", kill_before, kill_after, output);

  after = renewal_test_dump (self);
  renewal_test_assert_differs_only (before, after, allowed);
  g_assert_cmpuint (renewal_test_count_sent (self, "Enable-ExchangeCertificate", EXCH02), ==, 1);
  g_assert_cmpuint (renewal_test_count_sent (self, "Remove-ExchangeCertificate", EXCH02), ==, 1);
  g_assert_cmpuint (renewal_test_count_sent (self, "\tuntrust.ps1", "exch02"), ==, 1);
  g_assert_cmpuint (
      renewal_test_count_sent (self, "\tbind.ps1 -Site 'Exchange Back End'", "exch02"), ==, 2);
  kill_test_remove_folder (folder);
  return was_killed;
}

static void
test_undo_survives (RenewalTest *self, gconstpointer data)
{
  const int stride = get_stride ();
  int n = 1;

  while (undoes (self, n, 0) && undoes (self, 0, n))
    n += stride;
  g_test_message ("killed before and after every %d. row, up to row %d", stride, n - stride);
  g_assert_cmpint (n, >, 9);
}

#define ADD(path, func)                                                                            \
  g_test_add (path, RenewalTest, NULL, renewal_test_set_up, func, renewal_test_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/lab/renewal-kill/renewal-survives", test_renewal_survives);
  ADD ("/lab/renewal-kill/undo-survives", test_undo_survives);

  return g_test_run ();
}
