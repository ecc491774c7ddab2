/* kill-test.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "kill-test.h"

#include <glib/gstdio.h>
#include <signal.h>

static void
on_ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

/* $EXC_RENEW_ONCE on the fixture's lab; TRUE with what it printed, FALSE where it was killed. */
gboolean
kill_test_run (RenewalTest *self,
               const char *folder,
               const char *verb,
               int kill_before,
               int kill_after,
               const char *const *words,
               char **output)
{
  ExcConnectionSettings *settings = exc_demo_get_settings (self->lab.demo);
  g_autofree char *before = g_strdup_printf ("%d", kill_before);
  g_autofree char *after = g_strdup_printf ("%d", kill_after);
  g_autoptr(GPtrArray) argv = g_ptr_array_new ();
  g_autofree char *input = NULL;
  g_autofree char *offset = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GSubprocessLauncher) launcher = NULL;
  g_autoptr(GSubprocess) process = NULL;
  g_autoptr(GError) error = NULL;
  gsize size;
  const char *password =
      exc_secret_peek (exc_credentials_get_password (settings->credentials), &size);

  g_ptr_array_add (argv, (char *) g_getenv ("EXC_RENEW_ONCE"));
  g_ptr_array_add (argv, (char *) folder);
  g_ptr_array_add (argv, settings->exchange_url);
  g_ptr_array_add (argv, settings->windows_url);
  g_ptr_array_add (argv, (char *) exc_credentials_get_user (settings->credentials));
  g_ptr_array_add (argv, (char *) exc_demo_get_hosts (self->lab.demo));
  g_ptr_array_add (argv, (char *) verb);
  g_ptr_array_add (argv, before);
  g_ptr_array_add (argv, after);
  for (guint i = 0; words[i] != NULL; i++)
    g_ptr_array_add (argv, (char *) words[i]);
  g_ptr_array_add (argv, NULL);

  offset = g_strdup_printf ("%" G_GINT64_FORMAT, exc_clock_get_offset (self->lab.clock));
  launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_subprocess_launcher_setenv (launcher, "EXC_CLOCK_OFFSET", offset, TRUE);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata, &error);
  g_assert_no_error (error);
  input = g_strdup_printf ("%.*s\n", (int) size, password);
  /* Not blocking: where the fixture lets time pass, the servers' clocks run on. */
  g_subprocess_communicate_utf8_async (process, input, NULL, on_ended_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_subprocess_communicate_utf8_finish (process, result, output, NULL, &error);
  g_assert_no_error (error);
  if (g_subprocess_get_if_signaled (process)) {
    g_assert_cmpint (g_subprocess_get_term_sig (process), ==, SIGKILL);
    return FALSE;
  }
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
  return TRUE;
}

char *
kill_test_make_folder (void)
{
  char *folder = g_dir_make_tmp ("exc-kill-XXXXXX", NULL);

  g_assert_nonnull (folder);
  return folder;
}

void
kill_test_remove_folder (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename (folder, name, NULL);

    g_remove (file);
  }
  g_rmdir (folder);
}

/* A killed program leaves its sessions on the servers, where they count for two hours. */
void
kill_test_begin_anew (RenewalTest *self)
{
  static const char *const services[] = { "W3SVC", "WinRM" };
  static const char *const states[] = { "false", "true" };
  GPtrArray *servers = exc_snapshot_get_servers (renewal_test_get_snapshot (self));

  for (guint i = 0; i < servers->len; i++) {
    ExcServer *server = g_ptr_array_index (servers, i);

    if (exc_server_get_record (server)->is_edge)
      continue;
    for (guint j = 0; j < G_N_ELEMENTS (services); j++)
      for (guint k = 0; k < G_N_ELEMENTS (states); k++) {
        g_autofree char *request = g_strdup_printf (
            "{\"op\":\"service\",\"server\":\"%s\",\"name\":\"%s\",\"running\":%s}",
            exc_server_get_name (server),
            services[j],
            states[k]);

        lab_test_do (&self->lab, request);
      }
  }
  exc_clock_set_offset (self->lab.clock, 0);
  lab_test_do (&self->lab, "{\"op\":\"clock\",\"offset\":0}");
  lab_test_do (&self->lab, "{\"op\":\"reset\"}");
  lab_test_do (&self->lab, "{\"op\":\"log\",\"clear\":true}");
}
