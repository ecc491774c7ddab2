/* test-certificates-kill.c — a program killed while it makes, asks for or imports a certificate
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "authority.h"
#include "kill-test.h"

#include <glib/gstdio.h>

typedef struct {
  const char *verb;
  const char *command; /* sent once, whatever happens */
} Case;

static const Case cases[] = {
  { "create", "New-ExchangeCertificate" },
  { "request", "New-ExchangeCertificate" },
  { "import", "Import-ExchangeCertificate" },
};

static const char *const untouched[] = { "/now", "/keysTaken", NULL };

static guint n_killed;

/* The file of a request to come, or of a certificate to import. */
static char *
make_file (const char *folder, const char *verb)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  char *path = g_build_filename (folder, "file", NULL);
  g_autoptr(GBytes) pfx = NULL;
  g_autoptr(GError) error = NULL;

  if (strcmp (verb, "import") != 0)
    return path;
  pfx = authority_make_pfx (
      "wild.contoso.lab", "geheim", TRUE, FALSE, now - 86400, now + 90 * 86400, NULL);
  g_file_set_contents (path, g_bytes_get_data (pfx, NULL), (gssize) g_bytes_get_size (pfx), &error);
  g_assert_no_error (error);
  return path;
}

static const char *
find_state (char *output)
{
  return g_strdelimit (output, " ", '\0');
}

/* TRUE: it was killed there, and came to the same end all the same. */
static gboolean
survives (RenewalTest *self, const Case *test, int kill_before, int kill_after)
{
  g_autofree char *folder = kill_test_make_folder ();
  g_autofree char *file = make_file (folder, test->verb);
  const char *const words[] = { EXCH02, strcmp (test->verb, "create") != 0 ? file : NULL, NULL };
  g_autofree char *output = NULL;
  g_autoptr(GHashTable) after = NULL;
  gboolean is_request = strcmp (test->verb, "request") == 0;
  gboolean was_killed;

  kill_test_begin_anew (self);
  was_killed = !kill_test_run (self, folder, test->verb, kill_before, kill_after, words, &output);
  if (was_killed) {
    n_killed++;
    g_clear_pointer (&output, g_free);
    g_assert_true (kill_test_run (self, folder, test->verb, 0, 0, words, &output));
  }
  if (strcmp (test->verb, "import") == 0 && was_killed &&
      strcmp (find_state (output), "failed") == 0) {
    g_autofree char *other = kill_test_make_folder ();

    /* The secrets died with the program, and the command had not been sent: a new import. */
    g_assert_cmpuint (renewal_test_count_sent (self, test->command, EXCH02), ==, 0);
    g_clear_pointer (&output, g_free);
    g_assert_true (kill_test_run (self, other, test->verb, 0, 0, words, &output));
    kill_test_remove_folder (other);
  }
  if (!g_str_has_prefix (output, "done"))
    g_error ("%s, killed before %d or after %d: %s", test->verb, kill_before, kill_after, output);

  g_assert_cmpuint (renewal_test_count_sent (self, test->command, EXCH02), ==, 1);
  after = renewal_test_dump (self);
  g_assert_cmpint (g_hash_table_contains (after, "/servers/1/my/3/thumbprint"), ==, !is_request);
  g_assert_false (g_hash_table_contains (after, "/servers/1/my/4/thumbprint"));
  if (is_request)
    g_assert_true (g_file_test (file, G_FILE_TEST_EXISTS));
  kill_test_remove_folder (folder);
  return was_killed;
}

/* TRUE: the undo was killed there, and brought everything back all the same. */
static gboolean
undoes (RenewalTest *self, const Case *test, int kill_before, int kill_after)
{
  g_autofree char *folder = kill_test_make_folder ();
  g_autofree char *file = make_file (folder, test->verb);
  const char *const words[] = { EXCH02, strcmp (test->verb, "create") != 0 ? file : NULL, NULL };
  g_autofree char *output = NULL;
  g_autoptr(GHashTable) before = NULL;
  g_autoptr(GHashTable) after = NULL;
  gboolean was_killed;

  kill_test_begin_anew (self);
  before = renewal_test_dump (self);
  g_assert_true (kill_test_run (self, folder, test->verb, 0, 0, words, &output));
  g_clear_pointer (&output, g_free);
  was_killed = !kill_test_run (self, folder, "undo", kill_before, kill_after, words, &output);
  if (was_killed) {
    n_killed++;
    g_clear_pointer (&output, g_free);
    g_assert_true (kill_test_run (self, folder, "undo", 0, 0, words, &output));
  }
  if (!g_str_has_prefix (output, "undone "))
    g_error ("%s, killed before %d or after %d: %s", test->verb, kill_before, kill_after, output);
  after = renewal_test_dump (self);
  renewal_test_assert_differs_only (before, after, untouched);
  kill_test_remove_folder (folder);
  return was_killed;
}

static void
test_case (RenewalTest *self, gconstpointer data)
{
  const Case *test = data;
  const char *full = g_getenv ("EXC_TEST_FULL");
  int stride = full != NULL && full[0] != '\0' ? 1 : 3;
  guint n_before = n_killed;

  for (int n = 1; survives (self, test, n, 0); n += stride)
    survives (self, test, 0, n);
  for (int n = 1; undoes (self, test, n, 0); n += stride)
    undoes (self, test, 0, n);
  g_test_message ("%s: killed %u times", test->verb, n_killed - n_before);
  g_assert_cmpuint (n_killed - n_before, >=, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/lab/certificates-kill/", cases[i].verb, NULL);

    g_test_add (
        path, RenewalTest, &cases[i], renewal_test_set_up_small, test_case, renewal_test_tear_down);
  }
  return g_test_run ();
}
