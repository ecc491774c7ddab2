/* test-scripts.c — every script is there, whole, and sendable
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-scripts.h"

static void
test_sorted (void)
{
  guint n_scripts = 0;
  const ExcScript *scripts = exc_script_list (&n_scripts);

  g_assert_cmpuint (n_scripts, ==, 13);
  for (guint i = 1; i < n_scripts; i++)
    g_assert_cmpstr (scripts[i - 1].name, <, scripts[i].name);
}

static void
test_recognized_by_whole_text (void)
{
  guint n_scripts = 0;
  const ExcScript *scripts = exc_script_list (&n_scripts);

  for (guint i = 0; i < n_scripts; i++) {
    g_autofree char *longer = g_strconcat (scripts[i].text, " ", NULL);

    g_assert_true (exc_script_lookup (scripts[i].name) == &scripts[i]);
    g_assert_true (exc_script_recognize (scripts[i].text) == &scripts[i]);
    g_assert_null (exc_script_recognize (longer));
  }
  g_assert_null (exc_script_lookup ("absent.ps1"));
}

/* The rules of steps.md, notation: parameters first, stop at the first error, one object at the
 * end. Plain ASCII, so that no code page can change it. */
static void
test_form (void)
{
  guint n_scripts = 0;
  const ExcScript *scripts = exc_script_list (&n_scripts);

  for (guint i = 0; i < n_scripts; i++) {
    const char *text = scripts[i].text;
    const char *param = strstr (text, "\nparam(");
    const char *stop = strstr (text, "\n$ErrorActionPreference = 'Stop'\n");
    const char *object = g_strrstr (text, "\n[pscustomobject]@{");

    g_test_message ("%s", scripts[i].name);
    g_assert_true (g_str_is_ascii (text));
    g_assert_nonnull (param);
    g_assert_nonnull (stop);
    g_assert_nonnull (object);
    g_assert_true (param < stop && stop < object);
    g_assert_true (g_str_has_suffix (text, "}\n"));
    g_assert_null (strchr (text, '\r'));
  }
}

/* Only what neither writes nor restarts may run without a permit. */
static void
test_readings_do_not_change (void)
{
  static const char *const changing[] = { "Restart-", "Remove-",  "New-WebBinding",
                                          "AddSsl",   ".Add(",    "delete",
                                          "Set-",     "New-Self", "iisreset" };
  guint n_scripts = 0;
  const ExcScript *scripts = exc_script_list (&n_scripts);

  for (guint i = 0; i < n_scripts; i++) {
    gboolean changes = FALSE;

    for (guint j = 0; j < G_N_ELEMENTS (changing); j++)
      changes = changes || strstr (scripts[i].text, changing[j]) != NULL;
    g_assert_cmpint (changes, ==, scripts[i].changes);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/exchange/scripts/sorted", test_sorted);
  g_test_add_func ("/exchange/scripts/recognized-by-whole-text", test_recognized_by_whole_text);
  g_test_add_func ("/exchange/scripts/form", test_form);
  g_test_add_func ("/exchange/scripts/readings-do-not-change", test_readings_do_not_change);

  return g_test_run ();
}
