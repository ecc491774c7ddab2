/* test-profiles.c — saved organizations
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-profiles.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

static ExcProfile *
make (const char *name, const char *url)
{
  ExcProfile *profile = exc_profile_new (name);

  profile->exchange_url = g_strdup (url);
  profile->windows_url = g_strdup ("https://%s:5986/wsman");
  profile->user = g_strdup ("CONTOSO\\管理员");
  return profile;
}

static void
test_none_at_first (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) profiles = exc_profiles_load (&error);

  g_assert_no_error (error);
  g_assert_cmpuint (profiles->len, ==, 0);
  g_assert_null (exc_profiles_find ("Contoso", &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_NOT_FOUND);
}

static void
test_round_trip (void)
{
  g_autoptr(ExcProfile) one = make ("Contoso 北京", "https://ex01/PowerShell/");
  g_autoptr(ExcProfile) two = make ("Lab", "https://lab/PowerShell/");
  g_autoptr(ExcProfile) changed = make ("Contoso 北京", "https://ex02/PowerShell/?a=b;c");
  g_autoptr(ExcProfile) found = NULL;
  g_autoptr(GPtrArray) profiles = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *path =
      g_build_filename (g_get_user_config_dir (), "thumbprint", "organizations.ini", NULL);
  GStatBuf info;

  g_assert_true (exc_profiles_save (one, &error));
  g_assert_true (exc_profiles_save (two, &error));
  changed->hosts_file = g_strdup ("/etc/thumbprint/hosts");
  g_assert_true (exc_profiles_save (changed, &error));
  g_assert_no_error (error);

  found = exc_profiles_find ("Contoso 北京", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found->exchange_url, ==, "https://ex02/PowerShell/?a=b;c");
  g_assert_cmpstr (found->windows_url, ==, "https://%s:5986/wsman");
  g_assert_cmpstr (found->auth, ==, "basic");
  g_assert_cmpstr (found->user, ==, "CONTOSO\\管理员");
  g_assert_cmpstr (found->hosts_file, ==, "/etc/thumbprint/hosts");
  g_assert_null (found->ca_file);

  profiles = exc_profiles_load (&error);
  g_assert_cmpuint (profiles->len, ==, 2);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  g_assert_true (exc_profiles_remove ("Lab", &error));
  g_assert_false (exc_profiles_remove ("Lab", &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_NOT_FOUND);
}

static void
test_bad_names (void)
{
  const char *const names[] = { "", "a[b", "a]", "a\nb", "\xff" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr(ExcProfile) profile = make (names[i], "https://x/");
    g_autoptr(GError) error = NULL;

    g_assert_false (exc_profiles_save (profile, &error));
    g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
  }
}

static void
test_broken_file_is_kept (void)
{
  g_autofree char *folder = g_build_filename (g_get_user_config_dir (), "thumbprint", NULL);
  g_autofree char *path = g_build_filename (folder, "organizations.ini", NULL);
  g_autoptr(ExcProfile) profile = make ("Lab", "https://lab/");
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;

  g_mkdir_with_parents (folder, 0700);
  g_assert_true (g_file_set_contents (path, "not a key file", -1, NULL));
  g_assert_false (exc_profiles_save (profile, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_STORE);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "not a key file");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/store/profiles/none-at-first", test_none_at_first);
  g_test_add_func ("/store/profiles/round-trip", test_round_trip);
  g_test_add_func ("/store/profiles/bad-names", test_bad_names);
  g_test_add_func ("/store/profiles/broken-file-is-kept", test_broken_file_is_kept);

  return g_test_run ();
}
