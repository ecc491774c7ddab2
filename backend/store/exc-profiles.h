/* exc-profiles.h — organizations that were saved by name
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * ExcProfile:
 *
 * How an organization is reached, under a name, as `thumbprintctl` takes it. It lies in
 * $XDG_CONFIG_HOME/thumbprint/organizations.ini, one group each; a password is never in it.
 */
typedef struct {
  char *name;
  char *exchange_url;
  char *windows_url; /* (nullable) */
  char *auth;        /* "basic", "negotiate" */
  char *user;
  char *ca_file;    /* (nullable) */
  char *hosts_file; /* (nullable) */
} ExcProfile;

#define EXC_TYPE_PROFILE (exc_profile_get_type ())
GType exc_profile_get_type (void);
ExcProfile *exc_profile_new (const char *name) G_GNUC_WARN_UNUSED_RESULT; /* auth: "basic" */
ExcProfile *exc_profile_copy (ExcProfile *self);
void exc_profile_free (ExcProfile *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcProfile, exc_profile_free)

/* All, in the order in which they were saved. A file that is not there holds none. */
GPtrArray *exc_profiles_load (GError **error)
    G_GNUC_WARN_UNUSED_RESULT; /* (element-type ExcProfile) */
/* EXC_ERROR_NOT_FOUND where there is none of that name. */
ExcProfile *exc_profiles_find (const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean exc_profiles_save (ExcProfile *profile, GError **error); /* new, or in place of its name */
gboolean exc_profiles_remove (const char *name, GError **error);

G_END_DECLS
