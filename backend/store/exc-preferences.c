/* exc-preferences.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-preferences"

#include "config.h"

#include "exc-preferences.h"

#include <errno.h>
#include <stddef.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "exc-error.h"

#define GROUP "auth"

/* Every preference is a number of days so far. */
static const struct {
  const char *key;
  size_t offset;
} days[] = {
  { "current-days", offsetof (ExcPreferences, auth_current_days) },
  { "next-days", offsetof (ExcPreferences, auth_next_days) },
};

static char *
make_path (void)
{
  return g_build_filename (g_get_user_config_dir (), GETTEXT_PACKAGE, "preferences.ini", NULL);
}

/* An empty key file where there is no file yet. */
static GKeyFile *
load_file (const char *path, GError **error)
{
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autoptr(GError) reason = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_KEEP_COMMENTS, &reason) &&
      !g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_STORE,
                 _("The preferences in “%1$s” cannot be read: %2$s"), path, reason->message);
    return NULL;
  }
  return g_steal_pointer (&file);
}

/**
 * exc_preferences_load:
 * @self: (out caller-allocates): the preferences
 * @error: EXC_ERROR_STORE
 *
 * What was never saved has its default. On error all of it has: half of what the user decided would
 * be a decision of nobody.
 *
 * Returns: %FALSE where the file cannot be read, or holds what cannot be meant
 */
gboolean
exc_preferences_load (ExcPreferences *self, GError **error)
{
  ExcPreferences loaded = EXC_PREFERENCES_INIT;
  g_autofree char *path = make_path ();
  g_autoptr(GKeyFile) file = NULL;

  g_return_val_if_fail (self != NULL, FALSE);

  *self = loaded;
  file = load_file (path, error);
  if (file == NULL)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (days); i++) {
    g_autoptr(GError) reason = NULL;
    int value;

    if (!g_key_file_has_key (file, GROUP, days[i].key, NULL))
      continue;
    value = g_key_file_get_integer (file, GROUP, days[i].key, &reason);
    if (reason != NULL || value < EXC_PREFERENCES_DAYS_MIN || value > EXC_PREFERENCES_DAYS_MAX) {
      /* Translators: a file, and a word in it that is not translated */
      g_set_error (error,
                   EXC_ERROR,
                   EXC_ERROR_STORE,
                   _("The preferences in “%1$s” cannot be used: “%2$s” is no number of days "
                     "between %3$d and %4$d."),
                      path,
                      days[i].key,
                      EXC_PREFERENCES_DAYS_MIN,
                      EXC_PREFERENCES_DAYS_MAX);
      return FALSE;
    }
    *(int *) ((char *) &loaded + days[i].offset) = value;
  }
  *self = loaded;
  return TRUE;
}

/**
 * exc_preferences_save:
 * @self: the preferences, each in its range
 * @error: EXC_ERROR_STORE
 *
 * Saves them in place of what was there. A file that could not be read is replaced: it is how the
 * window gets out of that.
 *
 * Returns: %FALSE on error; nothing was changed then
 */
gboolean
exc_preferences_save (const ExcPreferences *self, GError **error)
{
  g_autofree char *path = make_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autoptr(GKeyFile) file = load_file (path, NULL);
  g_autoptr(GError) reason = NULL;
  g_autofree char *text = NULL;
  gsize length;

  g_return_val_if_fail (self != NULL, FALSE);

  if (file == NULL)
    file = g_key_file_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (days); i++)
    g_key_file_set_integer (
        file, GROUP, days[i].key, *(const int *) ((const char *) self + days[i].offset));
  text = g_key_file_to_data (file, &length, NULL);
  if (g_mkdir_with_parents (folder, 0700) != 0 ||
      !g_file_set_contents_full (
          path, text, (gssize) length, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &reason)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_STORE,
                 _("The preferences cannot be written to “%1$s”: %2$s"),
                    path,
                    reason != NULL ? reason->message : g_strerror (errno));
    return FALSE;
  }
  return TRUE;
}
