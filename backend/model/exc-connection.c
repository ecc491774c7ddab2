/* exc-connection.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-connection"

#include "config.h"

#include "exc-connection-private.h"

#include <string.h>

#include <glib/gi18n.h>

#include "exc-error.h"

G_DEFINE_FINAL_TYPE (ExcConnection, exc_connection, G_TYPE_OBJECT)

static void
exc_connection_dispose (GObject *object)
{
  ExcConnection *self = EXC_CONNECTION (object);

  /* Every waiting task holds the connection, so none can be left here. */
  for (guint i = 0; i < EXC_N_READERS; i++)
    g_clear_object (&self->readers[i]);
  g_clear_object (&self->serialized_reader);
  g_clear_object (&self->changer);
  g_clear_pointer (&self->windows, g_hash_table_unref);
  g_clear_pointer (&self->entries, g_ptr_array_unref);

  G_OBJECT_CLASS (exc_connection_parent_class)->dispose (object);
}

static void
exc_connection_finalize (GObject *object)
{
  ExcConnection *self = EXC_CONNECTION (object);

  g_clear_pointer (&self->settings, exc_connection_settings_free);

  G_OBJECT_CLASS (exc_connection_parent_class)->finalize (object);
}

static void
exc_connection_class_init (ExcConnectionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = exc_connection_dispose;
  object_class->finalize = exc_connection_finalize;
}

static void
exc_connection_init (ExcConnection *self)
{
  g_queue_init (&self->waiting);
  self->n_readers = EXC_N_READERS;
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_endpoint_unref);
  self->windows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

/**
 * exc_connection_new:
 * @settings: how the organization is reached
 * @error: EXC_ERROR_INPUT: an address or a way to sign in that cannot be used
 *
 * Makes the connection; nothing is sent yet.
 *
 * Returns: (transfer full) (nullable): the connection
 */
ExcConnection *
exc_connection_new (ExcConnectionSettings *settings, GError **error)
{
  g_autoptr(ExcConnection) self = NULL;

  g_return_val_if_fail (settings != NULL, NULL);

  if (settings->exchange_url == NULL || settings->credentials == NULL) {
    g_set_error_literal (
        error,
        EXC_ERROR,
        EXC_ERROR_INPUT,
        _("The address of an Exchange endpoint, a user and a password are needed."));
    return NULL;
  }
  if (settings->windows_url != NULL && strstr (settings->windows_url, "%s") == NULL) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("The address “%1$s” of the Windows endpoint needs %2$s where each server's "
                   "name belongs."),
                    settings->windows_url,
                    "%s");
    return NULL;
  }

  self = g_object_new (EXC_TYPE_CONNECTION, NULL);
  self->settings = exc_connection_settings_copy (settings);
  if (!exc_connection_add_entry (self, settings->exchange_url, error))
    return NULL;
  return g_steal_pointer (&self);
}

ExcConnectionSettings *
exc_connection_get_settings (ExcConnection *self)
{
  g_return_val_if_fail (EXC_IS_CONNECTION (self), NULL);

  return self->settings;
}

static GPtrArray *
list_shells (ExcConnection *self)
{
  GPtrArray *shells = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer shell;

  for (guint i = 0; i < EXC_N_READERS; i++) {
    if (self->readers[i] != NULL)
      g_ptr_array_add (shells, g_object_ref (self->readers[i]));
  }
  if (self->serialized_reader != NULL)
    g_ptr_array_add (shells, g_object_ref (self->serialized_reader));
  if (self->changer != NULL)
    g_ptr_array_add (shells, g_object_ref (self->changer));
  g_hash_table_iter_init (&iter, self->windows);
  while (g_hash_table_iter_next (&iter, NULL, &shell))
    g_ptr_array_add (shells, g_object_ref (shell));
  return shells;
}

/**
 * exc_connection_get_n_round_trips:
 * @self: a connection
 *
 * Returns: HTTP exchanges so far, of all shells that were ever open
 */
guint
exc_connection_get_n_round_trips (ExcConnection *self)
{
  g_autoptr(GPtrArray) shells = NULL;
  guint n_round_trips;

  g_return_val_if_fail (EXC_IS_CONNECTION (self), 0);

  n_round_trips = self->n_round_trips;
  shells = list_shells (self);
  for (guint i = 0; i < shells->len; i++)
    n_round_trips += exc_shell_get_n_round_trips (shells->pdata[i]);
  return n_round_trips;
}

static void
on_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  guint *n_left = g_task_get_task_data (task);

  if (!exc_shell_close_finish (EXC_SHELL (source), result, &error))
    g_info ("A shell was left behind: %s", error->message);
  if (--*n_left == 0)
    g_task_return_boolean (task, TRUE);
}

/**
 * exc_connection_close_async:
 * @self: a connection
 * @cancellable: (nullable): gives up waiting
 * @callback: called at the end
 * @user_data: data for @callback
 *
 * Deletes every shell on the servers, side by side. Nothing can be run afterwards.
 */
void
exc_connection_close_async (ExcConnection *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr(GTask) task = NULL;
  g_autoptr(GPtrArray) shells = NULL;
  GTask *waiting;
  guint *n_left;

  g_return_if_fail (EXC_IS_CONNECTION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, exc_connection_close_async);
  self->is_closed = TRUE;
  while ((waiting = g_queue_pop_head (&self->waiting)) != NULL) {
    exc_connection_fail_if_closed (self, waiting);
    g_object_unref (waiting);
  }

  shells = list_shells (self);
  n_left = g_new0 (guint, 1);
  *n_left = shells->len;
  g_task_set_task_data (task, n_left, g_free);
  if (shells->len == 0) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  for (guint i = 0; i < shells->len; i++)
    exc_shell_close_async (shells->pdata[i], cancellable, on_closed_cb, g_object_ref (task));
}

gboolean
exc_connection_close_finish (ExcConnection *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_connection_close_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
