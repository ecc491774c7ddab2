/* test-cli-auth.c — thumbprintctl and the Auth certificate, against a real lab
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "lab.h"

#include <locale.h>
#include <string.h>

static const char *
get_text (Ended *ended, const char *name)
{
  return json_object_get_string_member (json_node_get_object (ended->json), name);
}

/* A rotation waits, is shown so, goes on when its time has come, and is taken back. */
static void
test_rotates (void)
{
  g_autoptr(Lab) lab = lab_start ("two-sites");
  g_autoptr(JsonObject) world = NULL;
  g_autoptr(Ended) shown = lab_run (lab, "renew auth --json");
  g_autoptr(Ended) begun =
                 lab_run (lab, "renew auth --mode rotate --effective-days 3 --yes --json");
  g_autoptr(Ended) again = lab_run (lab, "renew auth --mode replace --yes");
  g_autoptr(Ended) jobs = lab_run_alone (lab, "jobs", NULL);
  g_autoptr(Ended) detail = NULL;
  g_autoptr(Ended) undone = NULL;
  g_autofree char *one = NULL;
  g_autofree char *undo = NULL;
  JsonObject *config;
  JsonObject *job = json_node_get_object (begun->json);
  const char *id = json_object_get_string_member (job, "id");

  g_assert_cmpint (shown->code, ==, 0);
  g_assert_cmpstr (get_text (shown, "kind"), ==, "rotate-auth");
  g_assert_nonnull (strstr (shown->err, "40 days left"));
  g_assert_cmpint (begun->code, ==, 0);
  g_assert_cmpstr (get_text (begun, "state"), ==, "waiting");
  g_assert_false (json_object_get_null_member (job, "waitsUntil"));
  g_assert_nonnull (strstr (begun->err, "thumbprintctl resume"));
  g_assert_cmpint (again->code, ==, 5); /* one at a time */
  g_assert_nonnull (strstr (jobs->out, "Rotate the Auth certificate"));
  one = g_strdup_printf ("jobs %s", id);
  detail = lab_run_alone (lab, one, NULL);
  g_assert_nonnull (strstr (detail->out, "Whole organization: Waiting"));
  g_assert_nonnull (strstr (detail->out, "It waits until"));

  undo = g_strdup_printf ("undo %s --json", id);
  undone = lab_run (lab, undo);
  g_assert_cmpint (undone->code, ==, 0);
  g_assert_cmpstr (get_text (undone, "state"), ==, "undone");
  world = lab_control (lab, "{\"op\":\"dump\"}");
  config =
      json_object_get_object_member (json_object_get_object_member (world, "world"), "authConfig");
  g_assert_true (json_object_get_null_member (config, "next"));
}

static void
write_preferences (Lab *lab, const char *text)
{
  g_autofree char *folder = g_build_filename (lab->folder, "thumbprint", NULL);
  g_autofree char *path = g_build_filename (folder, "preferences.ini", NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* 40 days are left: whether that is few, the preferences of the console say. */
static void
test_limits (void)
{
  g_autoptr(Lab) lab = lab_start ("two-sites");
  g_autoptr(Ended) late = NULL;
  g_autoptr(Ended) broken = NULL;

  write_preferences (lab, "[auth]\ncurrent-days=30\n");
  late = lab_run (lab, "renew auth");
  g_assert_cmpint (late->code, ==, 0);
  g_assert_nonnull (strstr (late->err, "Nothing is to be done"));

  write_preferences (lab, "[auth]\ncurrent-days=soon\n");
  broken = lab_run (lab, "renew auth");
  g_assert_cmpint (broken->code, ==, 1);
  g_assert_nonnull (strstr (broken->err, "current-days"));
}

static void
test_confirms (void)
{
  g_autoptr(Lab) lab = lab_start ("edge-hybrid");
  g_autoptr(Ended) begun =
                 lab_run (lab, "renew auth --mode rotate --effective-days 3 --yes --json");
  const char *id = json_object_get_string_member (json_node_get_object (begun->json), "id");
  g_autofree char *wrong_words = g_strdup_printf ("confirm %s stage", id);
  g_autofree char *words = g_strdup_printf ("confirm %s hybrid --json", id);
  g_autoptr(Ended) wrong = lab_run (lab, wrong_words);
  g_autoptr(Ended) confirmed = lab_run (lab, words);

  g_assert_cmpint (begun->code, ==, 0);
  g_assert_nonnull (strstr (begun->err, "thumbprintctl confirm"));
  g_assert_cmpint (wrong->code, ==, 5);
  g_assert_cmpint (confirmed->code, ==, 0);
  g_assert_cmpstr (get_text (confirmed, "state"), ==, "waiting");
  g_assert_false (
      json_object_get_null_member (json_node_get_object (confirmed->json), "waitsUntil"));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cli-auth/rotates", test_rotates);
  g_test_add_func ("/cli-auth/limits", test_limits);
  g_test_add_func ("/cli-auth/confirms", test_confirms);

  return g_test_run ();
}
