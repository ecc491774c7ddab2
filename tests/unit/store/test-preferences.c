/* test-preferences.c — the file of the preferences
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-preferences.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

static const ExcPreferences defaults = EXC_PREFERENCES_INIT;

static char *
make_path (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_config_dir (), "thumbprint", NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  return g_build_filename (folder, "preferences.ini", NULL);
}

static void
assert_same (const ExcPreferences *self, const ExcPreferences *other)
{
  g_assert_cmpint (self->auth_current_days, ==, other->auth_current_days);
  g_assert_cmpint (self->auth_next_days, ==, other->auth_next_days);
}

static void
test_defaults_at_first (void)
{
  ExcPreferences self = { 0 };
  g_autoptr(GError) error = NULL;

  g_assert_true (exc_preferences_load (&self, &error));
  g_assert_no_error (error);
  assert_same (&self, &defaults);
}

static void
test_round_trip (void)
{
  const ExcPreferences saved = { .auth_current_days = 14, .auth_next_days = 730 };
  ExcPreferences self = EXC_PREFERENCES_INIT;
  g_autofree char *path = make_path ();
  g_autofree char *text = NULL;
  g_autoptr(GError) error = NULL;
  GStatBuf info;

  /* What somebody wrote beside them stays. */
  g_assert_true (g_file_set_contents (path, "# ours\n[other]\nkey=value\n", -1, NULL));
  g_assert_true (exc_preferences_save (&saved, &error));
  g_assert_no_error (error);
  g_assert_true (exc_preferences_load (&self, &error));
  g_assert_no_error (error);
  assert_same (&self, &saved);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "# ours"));
  g_assert_nonnull (strstr (text, "key=value"));
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
}

static void
test_texts (void)
{
  const struct {
    const char *text;
    const char *problem; /* (nullable): it is used */
    ExcPreferences expected;
  } cases[] = {
    { "", NULL, { 60, 120 } },
    { "[auth]\ncurrent-days=30\n", NULL, { 30, 120 } },
    { "[auth]\nnext-days=200\n", NULL, { 60, 200 } },
    { "[auth]\ncurrent-days=30\nnext-days=13\n", "next-days", { 60, 120 } },
    { "[auth]\ncurrent-days=731\n", "current-days", { 60, 120 } },
    { "[auth]\ncurrent-days=-1\n", "current-days", { 60, 120 } },
    { "[auth]\ncurrent-days=many\n", "current-days", { 60, 120 } },
    { "[auth]\ncurrent-days=\n", "current-days", { 60, 120 } },
    { "[auth]\ncurrent-days=99999999999999999999\n", "current-days", { 60, 120 } },
    { "not a key file", "preferences.ini", { 60, 120 } },
    { "\xff\xfe[auth]", "preferences.ini", { 60, 120 } },
  };
  g_autofree char *path = make_path ();

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    ExcPreferences self = { 0 };
    g_autoptr(GError) error = NULL;

    g_assert_true (g_file_set_contents (path, cases[i].text, -1, NULL));
    g_assert_cmpint (exc_preferences_load (&self, &error), ==, cases[i].problem == NULL);
    assert_same (&self, &cases[i].expected);
    if (cases[i].problem == NULL) {
      g_assert_no_error (error);
      continue;
    }
    g_assert_error (error, EXC_ERROR, EXC_ERROR_STORE);
    g_assert_nonnull (strstr (error->message, cases[i].problem));
  }
}

static void
test_broken_file_is_replaced (void)
{
  const ExcPreferences saved = { .auth_current_days = 90, .auth_next_days = 180 };
  ExcPreferences self = { 0 };
  g_autofree char *path = make_path ();
  g_autoptr(GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "not a key file", -1, NULL));
  g_assert_true (exc_preferences_save (&saved, &error));
  g_assert_no_error (error);
  g_assert_true (exc_preferences_load (&self, &error));
  assert_same (&self, &saved);
}

/* A folder in the way of the file: it can be neither read nor written. */
static void
test_cannot_be_written (void)
{
  ExcPreferences self = EXC_PREFERENCES_INIT;
  g_autofree char *path = make_path ();
  g_autoptr(GError) read_error = NULL;
  g_autoptr(GError) error = NULL;

  g_remove (path);
  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  g_assert_false (exc_preferences_load (&self, &read_error));
  g_assert_error (read_error, EXC_ERROR, EXC_ERROR_STORE);
  g_assert_false (exc_preferences_save (&self, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_STORE);
  g_assert_nonnull (strstr (error->message, path));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/store/preferences/defaults-at-first", test_defaults_at_first);
  g_test_add_func ("/store/preferences/round-trip", test_round_trip);
  g_test_add_func ("/store/preferences/texts", test_texts);
  g_test_add_func ("/store/preferences/broken-file-is-replaced", test_broken_file_is_replaced);
  g_test_add_func ("/store/preferences/cannot-be-written", test_cannot_be_written);

  return g_test_run ();
}
