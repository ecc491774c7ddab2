/* test-auth-kill.c — a program that rotates or replaces the Auth certificate, killed on the way
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "kill-test.h"

#define HOUR ((gint64) 3600)
#define DAY  (24 * HOUR)

static const char *const lane[] = { EXC_LANE_ORGANIZATION, NULL };

/* Every row in the full run, else a spread. */
static int
get_stride (int spread)
{
  const char *full = g_getenv ("EXC_TEST_FULL");

  return full != NULL && full[0] != '\0' ? 1 : spread;
}

/* Runs it to its end, killed on the way and started again. TRUE: it was killed. */
static gboolean
run (RenewalTest *self,
     const char *folder,
     const char *verb,
     int kill_before,
     int kill_after,
     const char *end)
{
  g_autofree char *output = NULL;
  const gboolean was_killed =
      !kill_test_run (self, folder, verb, kill_before, kill_after, lane, &output);

  if (was_killed) {
    g_clear_pointer (&output, g_free);
    g_assert_true (kill_test_run (self, folder, verb, 0, 0, lane, &output));
  }
  if (!g_str_has_prefix (output, end))
    g_error ("%s, killed before %d or after %d: %s", verb, kill_before, kill_after, output);
  return was_killed;
}

/* On every server once, and nothing else is there. */
static void
assert_only (GHashTable *before, GHashTable *after, guint n_servers)
{
  const char *current = g_hash_table_lookup (after, "/authConfig/current");
  GHashTableIter iter;
  gpointer path;
  gpointer value;
  guint n_before = 0;
  guint n_after = 0;
  guint n_current = 0;

  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &path, &value))
    n_before += g_pattern_match_simple ("/servers/*/my/*/thumbprint", path);
  g_hash_table_iter_init (&iter, after);
  while (g_hash_table_iter_next (&iter, &path, &value)) {
    if (!g_pattern_match_simple ("/servers/*/my/*/thumbprint", path))
      continue;
    n_after++;
    n_current += g_strcmp0 (value, current) == 0;
  }
  g_assert_cmpuint (n_current, ==, n_servers);
  g_assert_cmpuint (n_after, ==, n_before + n_servers);
  g_assert_cmpstr (g_hash_table_lookup (before, "/authConfig/current"), !=, current);
  for (guint i = 0; i < n_servers; i++) {
    g_autofree char *internal = g_strdup_printf ("/servers/%u/internalTransport", i);

    g_assert_cmpstr (
        g_hash_table_lookup (before, internal), ==, g_hash_table_lookup (after, internal));
  }
}

static gboolean
replaces (RenewalTest *self, int kill_before, int kill_after)
{
  g_autofree char *folder = kill_test_make_folder ();
  g_autoptr(GHashTable) before = NULL;
  g_autoptr(GHashTable) after = NULL;
  gboolean was_killed;

  kill_test_begin_anew (self);
  before = renewal_test_dump (self);
  was_killed = run (self, folder, "replace", kill_before, kill_after, "done ");
  after = renewal_test_dump (self);
  assert_only (before, after, 2);
  g_assert_cmpstr (g_hash_table_lookup (after, "/authConfig/previous"),
                   ==,
                   g_hash_table_lookup (before, "/authConfig/previous"));
  g_assert_cmpuint (renewal_test_count_sent (self, "New-ExchangeCertificate", ""), ==, 1);
  g_assert_cmpuint (renewal_test_count_sent (self, "-PublishCertificate", ""), ==, 1);
  kill_test_remove_folder (folder);
  return was_killed;
}

static void
test_replacement_survives (RenewalTest *self, gconstpointer data)
{
  const int stride = get_stride (12);
  guint n_cases = 0;
  int n = 1;

  renewal_test_let_time_pass_everywhere (self);
  while (replaces (self, n, 0) && replaces (self, 0, n + stride / 2)) {
    n += stride;
    n_cases += 2;
  }
  g_test_message ("%u cases, up to row %d", n_cases, n);
  g_assert_cmpint (n, >, 30);
}

/* In three parts, with days between; the kill is in one of them. TRUE: it was. */
static gboolean
rotates (RenewalTest *self, guint part, int kill_before, int kill_after)
{
  static const gint64 pauses[] = { 72 * HOUR, 8 * DAY, 0 };
  static const char *const ends[] = { "waiting ", "waiting ", "done " };
  g_autofree char *folder = kill_test_make_folder ();
  g_autoptr(GHashTable) before = NULL;
  g_autoptr(GHashTable) after = NULL;
  gboolean was_killed = FALSE;

  kill_test_begin_anew (self);
  before = renewal_test_dump (self);
  for (guint i = 0; i < G_N_ELEMENTS (pauses); i++) {
    if (run (self,
             folder,
             "rotate",
             i == part ? kill_before : 0,
             i == part ? kill_after : 0,
             ends[i]))
      was_killed = TRUE;
    renewal_test_pass (self, pauses[i]);
  }
  after = renewal_test_dump (self);
  assert_only (before, after, 3);
  g_assert_cmpstr (g_hash_table_lookup (after, "/authConfig/previous"),
                   ==,
                   g_hash_table_lookup (before, "/authConfig/previous"));
  g_assert_cmpuint (renewal_test_count_sent (self, "New-ExchangeCertificate", ""), ==, 1);
  kill_test_remove_folder (folder);
  return was_killed;
}

static void
test_rotation_survives (RenewalTest *self, gconstpointer data)
{
  const int stride = get_stride (10);
  guint n_cases = 0;

  for (guint part = 0; part < 3; part++) {
    int n = 1;

    while (rotates (self, part, n, 0) && rotates (self, part, 0, n + stride / 2)) {
      n += stride;
      n_cases += 2;
    }
    g_test_message ("part %u: up to row %d", part, n);
    g_assert_cmpint (n, >, 1);
  }
  g_test_message ("%u cases", n_cases);
}

static gboolean
undoes (RenewalTest *self, gboolean is_published, int kill_before, int kill_after)
{
  static const char *const allowed[] = { "/now",
                                         "/keysTaken",
                                         "/clockOffset",
                                         "/authConfig/changed",
                                         "/authConfig/deploysAt",
                                         "/servers/*/events/*",
                                         "/servers/*/nextServicelets",
                                         NULL };
  g_autofree char *folder = kill_test_make_folder ();
  g_autoptr(GHashTable) before = NULL;
  g_autoptr(GHashTable) after = NULL;
  gboolean was_killed;

  kill_test_begin_anew (self);
  before = renewal_test_dump (self);
  run (self, folder, "rotate", 0, 0, "waiting ");
  if (is_published) {
    renewal_test_pass (self, 72 * HOUR);
    run (self, folder, "rotate", 0, 0, "waiting ");
  }
  was_killed = run (self, folder, "undo", kill_before, kill_after, "undone ");
  after = renewal_test_dump (self);
  renewal_test_assert_differs_only (before, after, allowed);
  kill_test_remove_folder (folder);
  return was_killed;
}

static void
test_undo_survives (RenewalTest *self, gconstpointer data)
{
  const int stride = get_stride (8);
  guint n_cases = 0;

  for (guint is_published = 0; is_published < 2; is_published++) {
    int n = 1;

    while (undoes (self, is_published, n, 0) && undoes (self, is_published, 0, n + stride / 2)) {
      n += stride;
      n_cases += 2;
    }
    g_assert_cmpint (n, >, 4);
  }
  g_test_message ("%u cases", n_cases);
}

#define ADD(path, scenario, func)                                                                  \
  g_test_add (path, RenewalTest, scenario, renewal_test_set_up, func, renewal_test_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/lab/auth-kill/replacement-survives", "expired-auth", test_replacement_survives);
  ADD ("/lab/auth-kill/rotation-survives", "small", test_rotation_survives);
  ADD ("/lab/auth-kill/undo-survives", "small", test_undo_survives);

  return g_test_run ();
}
