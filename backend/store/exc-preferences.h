/* exc-preferences.h — what the user decided once, for every organization
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Below a fortnight there is hardly time for a rotation; an Auth certificate lasts five years. */
#define EXC_PREFERENCES_DAYS_MIN 14
#define EXC_PREFERENCES_DAYS_MAX 730

/**
 * ExcPreferences:
 *
 * It lies in $XDG_CONFIG_HOME/thumbprint/preferences.ini; the console writes it, and
 * `thumbprintctl` reads it too.
 */
typedef struct {
  int auth_current_days; /* with so many days left, or fewer, the Auth certificate is rotated */
  int auth_next_days;    /* a next one with so many days left, or fewer, does not count */
} ExcPreferences;

#define EXC_PREFERENCES_INIT                                                                       \
  {                                                                                                \
    .auth_current_days = 60, .auth_next_days = 120                                                 \
  }

gboolean exc_preferences_load (ExcPreferences *self, GError **error);
gboolean exc_preferences_save (const ExcPreferences *self, GError **error);

G_END_DECLS
