/* test-wmsvc-kill.c — a program killed while it renews WMSVC's certificate, and started again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "kill-test.h"

/* One verb, and what it may send how often. */
typedef struct {
  const char *verb;
  const char *create;
  guint n_deleted;
  guint n_certificates; /* on the server at the end */
} Case;

static const Case by_windows = { "wmsvc", "\twmsvc-create.ps1", 0, 4 };
static const Case deletes_old = { "wmsvc-delete", "New-ExchangeCertificate", 1, 3 };

static gboolean
survives (RenewalTest *self, const Case *test, int kill_before, int kill_after)
{
  static const char *const words[] = { EXCH02, NULL };
  g_autofree char *folder = kill_test_make_folder ();
  g_autofree char *output = NULL;
  g_autofree char *last = g_strdup_printf ("/servers/1/my/%u/thumbprint", test->n_certificates - 1);
  g_autofree char *more = g_strdup_printf ("/servers/1/my/%u/thumbprint", test->n_certificates);
  g_autofree char *served = NULL;
  g_autoptr(GHashTable) after = NULL;
  gboolean was_killed;

  kill_test_begin_anew (self);
  was_killed = !kill_test_run (self, folder, test->verb, kill_before, kill_after, words, &output);
  if (was_killed) {
    g_clear_pointer (&output, g_free);
    g_assert_true (kill_test_run (self, folder, test->verb, 0, 0, words, &output));
  }
  if (!g_str_has_prefix (output, "done "))
    g_error ("killed before %d or after %d: %s", kill_before, kill_after, output);

  g_assert_cmpuint (renewal_test_count_sent (self, test->create, "exch02"), ==, 1);
  g_assert_cmpuint (renewal_test_count_sent (self, "\ttrust.ps1", "exch02"), ==, 1);
  g_assert_cmpuint (renewal_test_count_sent (self, "\twmsvc-bind.ps1", "exch02"), ==, 1);
  g_assert_cmpuint (
      renewal_test_count_sent (self, "Remove-ExchangeCertificate", EXCH02), ==, test->n_deleted);
  after = renewal_test_dump (self);
  served = renewal_test_probe (self, EXCH02, 8172);
  g_assert_nonnull (strstr (g_hash_table_lookup (after, last), served));
  g_assert_false (g_hash_table_contains (after, more));
  kill_test_remove_folder (folder);
  return was_killed;
}

static void
test_survives (RenewalTest *self, gconstpointer data)
{
  const char *full = g_getenv ("EXC_TEST_FULL");
  int stride = full != NULL && full[0] != '\0' ? 1 : 4;
  const Case *const cases[] = { &by_windows, &deletes_old };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    guint n_killed = 0;

    for (int n = 1; survives (self, cases[i], n, 0); n += stride)
      n_killed += 1 + survives (self, cases[i], 0, n);
    g_test_message ("%s: killed %u times", cases[i]->verb, n_killed);
    g_assert_cmpint (n_killed, >=, stride == 1 ? 24 : 6);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/lab/wmsvc-kill/survives",
              RenewalTest,
              NULL,
              renewal_test_set_up,
              test_survives,
              renewal_test_tear_down);

  return g_test_run ();
}
