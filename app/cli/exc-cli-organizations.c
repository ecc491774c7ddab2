/* exc-cli-organizations.c — the organizations that were saved by name
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cli"

#include "config.h"

#include "exc-cli.h"

#include <glib/gi18n.h>

static void
print_json (GPtrArray *profiles)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  json_builder_begin_array (builder);
  for (guint i = 0; i < profiles->len; i++) {
    ExcProfile *profile = g_ptr_array_index (profiles, i);

    json_builder_begin_object (builder);
    exc_json_add_text (builder, "name", profile->name);
    exc_json_add_text (builder, "url", profile->exchange_url);
    exc_json_add_text (builder, "windowsUrl", profile->windows_url);
    exc_json_add_text (builder, "auth", profile->auth);
    exc_json_add_text (builder, "user", profile->user);
    exc_json_add_text (builder, "ca", profile->ca_file);
    exc_json_add_text (builder, "hosts", profile->hosts_file);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  exc_cli_json_print (builder, TRUE);
}

int
exc_cli_organizations (ExcCli *self, GError **error)
{
  const char *const titles[] = { _("NAME"), _("URL"), _("USER"), NULL };
  g_autoptr(GPtrArray) profiles = exc_profiles_load (error);
  g_autoptr(ExcCliTable) table = NULL;

  if (profiles == NULL)
    return -1;
  if (self->options->json) {
    print_json (profiles);
    return EXC_EXIT_DONE;
  }
  table = exc_cli_table_new (titles);
  for (guint i = 0; i < profiles->len; i++) {
    ExcProfile *profile = g_ptr_array_index (profiles, i);
    const char *const cells[] = { profile->name, profile->exchange_url, profile->user };

    exc_cli_table_add (table, cells);
  }
  exc_cli_table_print (table);
  return EXC_EXIT_DONE;
}

int
exc_cli_save (ExcCli *self, GError **error)
{
  g_autoptr(ExcProfile) profile = exc_cli_options_make_profile (self->options, error);

  if (profile == NULL)
    return -1;
  g_free (profile->name);
  profile->name = g_strdup (exc_cli_get_argument (self, 0));
  return exc_profiles_save (profile, error) ? EXC_EXIT_DONE : -1;
}

int
exc_cli_forget (ExcCli *self, GError **error)
{
  return exc_profiles_remove (exc_cli_get_argument (self, 0), error) ? EXC_EXIT_DONE : -1;
}
