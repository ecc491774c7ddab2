/* test-context.c — the demo opened, closed, taken up again and begun anew
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gstdio.h>

#include "exc-context.h"
#include "exc-demo.h"
#include "exc-error.h"

typedef struct {
  gboolean is_done;
  GError *error;
} Wait;

static void
on_opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  exc_context_open_finish (EXC_CONTEXT (source), result, &wait->error);
  wait->is_done = TRUE;
}

static void
on_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  exc_context_close_finish (EXC_CONTEXT (source), result, &wait->error);
  wait->is_done = TRUE;
}

static void
on_refreshed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  exc_organization_refresh_finish (EXC_ORGANIZATION (source), result, &wait->error);
  wait->is_done = TRUE;
}

static void
wait_for (Wait *wait)
{
  while (!wait->is_done)
    g_main_context_iteration (NULL, TRUE);
}

static void
open_demo (ExcContext *context, const char *scenario)
{
  Wait wait = { 0 };

  exc_context_open_demo_async (context, scenario, NULL, on_opened_cb, &wait);
  wait_for (&wait);
  g_assert_no_error (wait.error);
}

static void
close_it (ExcContext *context)
{
  Wait wait = { 0 };

  exc_context_close_async (context, NULL, on_closed_cb, &wait);
  wait_for (&wait);
  g_assert_no_error (wait.error);
}

/* The Auth certificate is another one in every new world. */
static char *
read_auth_thumbprint (ExcContext *context)
{
  ExcOrganization *organization = exc_context_get_organization (context);
  Wait wait = { 0 };

  exc_organization_refresh_async (organization, NULL, NULL, NULL, on_refreshed_cb, &wait);
  wait_for (&wait);
  g_assert_no_error (wait.error);
  return g_strdup (
      exc_snapshot_get_auth_config (exc_organization_get_snapshot (organization))->current);
}

static void
test_world_survives (void)
{
  g_autoptr(ExcContext) context = exc_context_new ();
  g_autoptr(ExcContext) later = exc_context_new ();
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *database =
      g_build_filename (g_get_user_data_dir (), "thumbprint", "demo-small", "jobs.db", NULL);
  g_autofree char *real = g_build_filename (g_get_user_data_dir (), "thumbprint", "jobs.db", NULL);

  g_assert_null (exc_context_get_organization (context));
  open_demo (context, NULL);
  g_assert_true (exc_organization_get_is_demo (exc_context_get_organization (context)));
  g_assert_nonnull (exc_context_get_jobs (context));
  g_assert_true (g_file_test (database, G_FILE_TEST_EXISTS));
  g_assert_false (g_file_test (real, G_FILE_TEST_EXISTS));
  first = read_auth_thumbprint (context);
  close_it (context);
  g_assert_null (exc_context_get_organization (context));
  g_assert_null (exc_context_get_jobs (context));

  open_demo (later, "small");
  second = read_auth_thumbprint (later);
  g_assert_cmpstr (first, ==, second);
  close_it (later);
}

static void
test_reset_begins_anew (void)
{
  g_autoptr(ExcContext) context = exc_context_new ();
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *stray =
      g_build_filename (g_get_user_data_dir (), "thumbprint", "demo-small", "stray", NULL);
  Wait wait = { 0 };

  open_demo (context, "small");
  first = read_auth_thumbprint (context);
  g_assert_true (g_file_set_contents (stray, "x", -1, NULL));
  exc_context_reset_demo_async (context, NULL, on_opened_cb, &wait);
  wait_for (&wait);
  g_assert_no_error (wait.error);
  g_assert_false (g_file_test (stray, G_FILE_TEST_EXISTS));
  second = read_auth_thumbprint (context);
  g_assert_cmpstr (first, !=, second);
  close_it (context);
}

/* Opening another closes the one before; a context that is simply let go ends its lab too. */
static void
test_one_after_another (void)
{
  g_autoptr(ExcContext) context = exc_context_new ();
  ExcOrganization *organization;

  open_demo (context, "small");
  organization = exc_context_get_organization (context);
  g_object_add_weak_pointer (G_OBJECT (organization), (gpointer *) &organization);
  open_demo (context, "twelve");
  g_assert_null (organization);
  g_assert_cmpstr (
      exc_organization_get_name (exc_context_get_organization (context)), ==, "fabrikam.lab");
  close_it (context);
}

static void
test_failures (void)
{
  g_autoptr(ExcContext) context = exc_context_new ();
  g_autoptr(ExcConnectionSettings) settings = exc_connection_settings_new ();
  g_autoptr(GError) error = NULL;
  g_autofree char *folder =
      g_build_filename (g_get_user_data_dir (), "thumbprint", "demo-two-sites", NULL);
  g_autofree char *world = g_build_filename (folder, "world.json", NULL);
  const struct {
    const char *name;
    const char *expected; /* a part of what the user is told */
  } cases[] = {
    { "../small", "is not the name of a scenario" },
    { "", "is not the name of a scenario" },
    { "no-such-scenario", "no-such-scenario" },
    { "two-sites", "world.json" }, /* a saved world that is damaged */
  };

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (world, "{", -1, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    Wait wait = { 0 };

    exc_context_open_demo_async (context, cases[i].name, NULL, on_opened_cb, &wait);
    wait_for (&wait);
    g_assert_nonnull (wait.error);
    g_test_message ("%s", wait.error->message);
    g_assert_nonnull (strstr (wait.error->message, cases[i].expected));
    g_clear_error (&wait.error);
    g_assert_null (exc_context_get_organization (context));
  }
  g_assert_false (exc_context_open (context, settings, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
}

/* --hosts names loopback addresses, which plain http may go to; without it the name is foreign. */
static void
test_names_serve_settings_without (void)
{
  g_autoptr(ExcSecret) secret = exc_secret_new ("P@ss", (gsize) -1);
  g_autoptr(ExcConnectionSettings) settings = exc_connection_settings_new ();
  g_autoptr(ExcContext) context = exc_context_new ();
  g_autofree char *path = NULL;
  g_autoptr(ExcNames) names = NULL;
  g_autoptr(GError) error = NULL;
  int fd = g_file_open_tmp ("exc-hosts-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, "ex01.contoso.lab 127.9.9.1 20000\n", -1, NULL));
  settings->name = g_strdup ("contoso.lab");
  settings->exchange_url = g_strdup ("http://ex01.contoso.lab/PowerShell/");
  settings->windows_url = g_strdup ("http://%s:5985/wsman");
  settings->credentials = exc_credentials_new (EXC_AUTH_BASIC, "admin", secret);
  g_assert_false (exc_context_open (context, settings, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
  g_clear_error (&error);

  names = exc_names_load (path, &error);
  g_assert_no_error (error);
  exc_context_set_names (context, names);
  g_assert_true (exc_context_open (context, settings, &error));
  g_assert_no_error (error);

  close_it (context);
  g_unlink (path);
}

static void
test_settings_of_a_profile (void)
{
  g_autoptr(ExcProfile) profile = exc_profile_new ("Contoso");
  g_autoptr(ExcSecret) secret = exc_secret_new ("P@ss", (gsize) -1);
  g_autoptr(ExcConnectionSettings) settings = NULL;
  g_autoptr(ExcContext) context = exc_context_new ();
  g_autoptr(GError) error = NULL;

  profile->exchange_url = g_strdup ("https://ex01.contoso.lab/PowerShell/");
  profile->user = g_strdup ("admin");
  settings = exc_context_load_settings (profile, secret, &error);
  g_assert_no_error (error);
  g_assert_true (exc_context_open (context, settings, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (
      exc_organization_get_name (exc_context_get_organization (context)), ==, "Contoso");
  g_assert_false (exc_organization_get_is_demo (exc_context_get_organization (context)));
  close_it (context);

  profile->hosts_file = g_strdup ("/nonexistent/hosts");
  g_assert_null (exc_context_load_settings (profile, secret, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_free (profile->auth);
  profile->auth = g_strdup ("digest");
  g_assert_null (exc_context_load_settings (profile, secret, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = g_dir_make_tmp ("thumbprint-context-XXXXXX", NULL);
  g_autoptr(GSubprocess) cleaning = NULL;
  int status;

  /* All but the cache, where the lab's keys are: making them anew takes a minute. */
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  g_setenv ("XDG_CONFIG_HOME", folder, TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/lab/context/world-survives", test_world_survives);
  g_test_add_func ("/lab/context/reset-begins-anew", test_reset_begins_anew);
  g_test_add_func ("/lab/context/one-after-another", test_one_after_another);
  g_test_add_func ("/lab/context/failures", test_failures);
  g_test_add_func ("/lab/context/names-serve-settings-without", test_names_serve_settings_without);
  g_test_add_func ("/lab/context/settings-of-a-profile", test_settings_of_a_profile);

  status = g_test_run ();
  cleaning = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, "rm", "-rf", "--", folder, NULL);
  g_subprocess_wait (cleaning, NULL, NULL);
  return status;
}
