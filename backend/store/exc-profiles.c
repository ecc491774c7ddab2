/* exc-profiles.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-profiles"

#include "config.h"

#include "exc-profiles.h"

#include <errno.h>
#include <string.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "exc-error.h"

#define KEY_EXCHANGE "exchange-url"
#define KEY_WINDOWS  "windows-url"
#define KEY_AUTH     "auth"
#define KEY_USER     "user"
#define KEY_CA       "ca-file"
#define KEY_HOSTS    "hosts-file"

G_DEFINE_BOXED_TYPE (ExcProfile, exc_profile, exc_profile_copy, exc_profile_free)

ExcProfile *
exc_profile_new (const char *name)
{
  ExcProfile *self = g_new0 (ExcProfile, 1);

  self->name = g_strdup (name);
  self->auth = g_strdup ("basic");
  return self;
}

ExcProfile *
exc_profile_copy (ExcProfile *self)
{
  ExcProfile *copy = g_new0 (ExcProfile, 1);

  copy->name = g_strdup (self->name);
  copy->exchange_url = g_strdup (self->exchange_url);
  copy->windows_url = g_strdup (self->windows_url);
  copy->auth = g_strdup (self->auth);
  copy->user = g_strdup (self->user);
  copy->ca_file = g_strdup (self->ca_file);
  copy->hosts_file = g_strdup (self->hosts_file);
  return copy;
}

void
exc_profile_free (ExcProfile *self)
{
  g_free (self->name);
  g_free (self->exchange_url);
  g_free (self->windows_url);
  g_free (self->auth);
  g_free (self->user);
  g_free (self->ca_file);
  g_free (self->hosts_file);
  g_free (self);
}

static char *
make_path (void)
{
  return g_build_filename (g_get_user_config_dir (), GETTEXT_PACKAGE, "organizations.ini", NULL);
}

/* An empty key file where there is no file yet. */
static GKeyFile *
load_file (GError **error)
{
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autoptr(GError) reason = NULL;
  g_autofree char *path = make_path ();

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_KEEP_COMMENTS, &reason) &&
      !g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
    g_set_error (
        error,
        EXC_ERROR,
        EXC_ERROR_STORE,
        _("The saved organizations in “%1$s” cannot be read: %2$s"), path, reason->message);
    return NULL;
  }
  return g_steal_pointer (&file);
}

static gboolean
save_file (GKeyFile *file, GError **error)
{
  g_autoptr(GError) reason = NULL;
  g_autofree char *path = make_path ();
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *text = NULL;
  gsize length;

  text = g_key_file_to_data (file, &length, NULL);
  if (g_mkdir_with_parents (folder, 0700) != 0 ||
      !g_file_set_contents_full (
          path, text, (gssize) length, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &reason)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_STORE,
                 _("The saved organizations cannot be written to “%1$s”: %2$s"),
                    path,
                    reason != NULL ? reason->message : g_strerror (errno));
    return FALSE;
  }
  return TRUE;
}

static ExcProfile *
read_profile (GKeyFile *file, const char *name)
{
  ExcProfile *profile = exc_profile_new (name);
  char *auth = g_key_file_get_string (file, name, KEY_AUTH, NULL);

  profile->exchange_url = g_key_file_get_string (file, name, KEY_EXCHANGE, NULL);
  profile->windows_url = g_key_file_get_string (file, name, KEY_WINDOWS, NULL);
  profile->user = g_key_file_get_string (file, name, KEY_USER, NULL);
  profile->ca_file = g_key_file_get_string (file, name, KEY_CA, NULL);
  profile->hosts_file = g_key_file_get_string (file, name, KEY_HOSTS, NULL);
  if (auth != NULL) {
    g_free (profile->auth);
    profile->auth = auth;
  }
  return profile;
}

static void
write_key (GKeyFile *file, const char *name, const char *key, const char *value)
{
  if (value != NULL)
    g_key_file_set_string (file, name, key, value);
}

/* What a group of a key file can be called. */
static gboolean
is_name (const char *name)
{
  if (name == NULL || *name == '\0' || !g_utf8_validate (name, -1, NULL))
    return FALSE;
  for (const char *p = name; *p != '\0'; p++) {
    if (*p == '[' || *p == ']' || g_ascii_iscntrl (*p))
      return FALSE;
  }
  return TRUE;
}

GPtrArray *
exc_profiles_load (GError **error)
{
  g_autoptr(GKeyFile) file = load_file (error);
  g_auto(GStrv) names = NULL;
  GPtrArray *profiles;

  if (file == NULL)
    return NULL;
  profiles = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_profile_free);
  names = g_key_file_get_groups (file, NULL);
  for (guint i = 0; names[i] != NULL; i++)
    g_ptr_array_add (profiles, read_profile (file, names[i]));
  return profiles;
}

/**
 * exc_profiles_find:
 * @name: of a saved organization
 * @error: EXC_ERROR_NOT_FOUND, EXC_ERROR_STORE
 *
 * Returns: (transfer full) (nullable): the organization
 */
ExcProfile *
exc_profiles_find (const char *name, GError **error)
{
  g_autoptr(GKeyFile) file = load_file (error);

  if (file == NULL)
    return NULL;
  if (name == NULL || !g_key_file_has_group (file, name)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_NOT_FOUND,
                 _("No organization is saved under the name “%s”."), name != NULL ? name : "");
    return NULL;
  }
  return read_profile (file, name);
}

/**
 * exc_profiles_save:
 * @profile: an organization
 * @error: EXC_ERROR_INPUT for a name that cannot be used, EXC_ERROR_STORE
 *
 * Saves it, in place of one of the same name.
 *
 * Returns: %FALSE on error; nothing was changed then
 */
gboolean
exc_profiles_save (ExcProfile *profile, GError **error)
{
  g_autoptr(GKeyFile) file = NULL;

  g_return_val_if_fail (profile != NULL, FALSE);

  if (!is_name (profile->name)) {
    g_set_error_literal (error,
                         EXC_ERROR,
                         EXC_ERROR_INPUT,
                         _("The name of an organization needs letters, and no brackets."));
    return FALSE;
  }
  file = load_file (error);
  if (file == NULL)
    return FALSE;
  g_key_file_remove_group (file, profile->name, NULL);
  write_key (file, profile->name, KEY_EXCHANGE, profile->exchange_url);
  write_key (file, profile->name, KEY_WINDOWS, profile->windows_url);
  write_key (file, profile->name, KEY_AUTH, profile->auth);
  write_key (file, profile->name, KEY_USER, profile->user);
  write_key (file, profile->name, KEY_CA, profile->ca_file);
  write_key (file, profile->name, KEY_HOSTS, profile->hosts_file);
  return save_file (file, error);
}

gboolean
exc_profiles_remove (const char *name, GError **error)
{
  g_autoptr(GKeyFile) file = load_file (error);

  g_return_val_if_fail (name != NULL, FALSE);

  if (file == NULL)
    return FALSE;
  if (!g_key_file_remove_group (file, name, NULL)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_NOT_FOUND,
                 _("No organization is saved under the name “%s”."), name);
    return FALSE;
  }
  return save_file (file, error);
}
