/* exc-connection-settings.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-connection"

#include "config.h"

#include "exc-connection.h"

G_DEFINE_BOXED_TYPE (ExcConnectionSettings,
                     exc_connection_settings,
                     exc_connection_settings_copy,
                     exc_connection_settings_free)

ExcConnectionSettings *
exc_connection_settings_new (void)
{
  return g_new0 (ExcConnectionSettings, 1);
}

ExcConnectionSettings *
exc_connection_settings_copy (ExcConnectionSettings *self)
{
  ExcConnectionSettings *copy = exc_connection_settings_new ();

  copy->name = g_strdup (self->name);
  copy->exchange_url = g_strdup (self->exchange_url);
  copy->windows_url = g_strdup (self->windows_url);
  copy->credentials = self->credentials ? exc_credentials_ref (self->credentials) : NULL;
  copy->ca_file = g_strdup (self->ca_file);
  copy->names = self->names ? exc_names_ref (self->names) : NULL;
  copy->is_demo = self->is_demo;
  return copy;
}

void
exc_connection_settings_free (ExcConnectionSettings *self)
{
  g_free (self->name);
  g_free (self->exchange_url);
  g_free (self->windows_url);
  g_clear_pointer (&self->credentials, exc_credentials_unref);
  g_free (self->ca_file);
  g_clear_pointer (&self->names, exc_names_unref);
  g_free (self);
}
