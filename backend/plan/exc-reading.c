/* exc-reading.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-reading.h"

#include "exc-error.h"
#include "exc-queries.h"
#include "exc-renew-target.h"
#include "exc-x509.h"

#include <glib/gi18n.h>

typedef struct {
  ExcStepContext *context;
  guint left;        /* ExcReadParts */
  guint asked;       /* the one whose answer is awaited, of the settings */
  gboolean is_plain; /* the session refuses the projection */
  char *server;
  guint16 port;
  char *thumbprint;
  GStrv services;
  ExcReading *reading;
} State;

static void read_next (GTask *task);

void
exc_reading_free (ExcReading *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->windows, exc_windows_record_unref);
  g_clear_pointer (&self->certificates, g_ptr_array_unref);
  g_clear_pointer (&self->auth, exc_auth_config_record_unref);
  g_clear_pointer (&self->health, g_ptr_array_unref);
  g_clear_pointer (&self->copies, g_ptr_array_unref);
  g_clear_pointer (&self->send_connectors, g_ptr_array_unref);
  g_clear_pointer (&self->edge_sync, g_ptr_array_unref);
  g_free (self->pop_name);
  g_free (self->imap_name);
  g_free (self->internal);
  g_free (self->served);
  g_free (self->probe_problem);
  g_free (self);
}

static void
state_free (State *state)
{
  exc_step_context_unref (state->context);
  g_free (state->server);
  g_free (state->thumbprint);
  g_strfreev (state->services);
  exc_reading_free (state->reading);
  g_free (state);
}

static void
on_windows_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  State *state = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = exc_step_context_run_finish (state->context, result, &error);

  if (reply != NULL)
    state->reading->windows = exc_read_windows (reply, &error);
  if (state->reading->windows == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  state->left &= ~EXC_READ_WINDOWS;
  read_next (g_steal_pointer (&task));
}

/* The reply of a reading that may have been refused its projection. NULL: asked again without, or
 * failed with @error. */
static ExcReply *
take_reply (State *state, GAsyncResult *result, GError **error)
{
  g_autoptr(ExcReply) reply = NULL;

  if (state->is_plain)
    return exc_step_context_run_finish (state->context, result, error);

  reply = exc_step_context_run_finish_unchecked (state->context, result, error);
  if (reply == NULL)
    return NULL;
  if (exc_reply_refuses_projection (reply)) {
    state->is_plain = TRUE;
    return NULL;
  }
  if (!exc_step_context_check (state->context, reply, error))
    return NULL;
  return g_steal_pointer (&reply);
}

static void
on_internal_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  State *state = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = take_reply (state, result, &error);
  g_autofree char *internal = NULL;

  if (reply != NULL) {
    internal = exc_read_internal_transport (reply, &error);
    state->left &= ~EXC_READ_INTERNAL;
  }
  if (error != NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (internal != NULL && internal[0] != '\0')
    state->reading->internal = g_steal_pointer (&internal);
  read_next (g_steal_pointer (&task));
}

static void
on_certificates_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  State *state = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = take_reply (state, result, &error);

  if (reply != NULL) {
    state->reading->certificates = exc_read_certificates (reply, state->server, &error);
    state->left &= ~EXC_READ_CERTIFICATES;
  }
  if (error != NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  read_next (g_steal_pointer (&task));
}

static void
on_auth_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  State *state = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = take_reply (state, result, &error);

  if (reply != NULL) {
    state->reading->auth = exc_read_auth_config (reply, &error);
    state->left &= ~EXC_READ_AUTH;
  }
  if (error != NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  read_next (g_steal_pointer (&task));
}

static void
on_health_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  State *state = g_task_get_task_data (task);
  ExcReading *reading = state->reading;
  g_autoptr(ExcReply) reply = take_reply (state, result, &error);

  if (reply != NULL && reading->health == NULL)
    reading->health = exc_read_service_health (reply, &error);
  else if (reply != NULL)
    reading->copies = exc_read_database_copies (reply, &error);
  if (reading->copies != NULL)
    state->left &= ~EXC_READ_HEALTH;
  if (error != NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  read_next (g_steal_pointer (&task));
}

static void
on_setting_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  State *state = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = take_reply (state, result, &error);

  if (reply != NULL) {
    if (state->asked == EXC_READ_POP)
      state->reading->pop_name = exc_read_certificate_name (reply, &error);
    else if (state->asked == EXC_READ_IMAP)
      state->reading->imap_name = exc_read_certificate_name (reply, &error);
    else if (state->asked == EXC_READ_EDGE_SYNC)
      state->reading->edge_sync = exc_read_edge_sync_test (reply, &error);
    else
      state->reading->send_connectors = exc_read_send_connectors (reply, &error);
    state->left &= ~state->asked;
  }
  if (error != NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  read_next (g_steal_pointer (&task));
}

static void
on_probed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  State *state = g_task_get_task_data (task);
  g_autoptr(GBytes) der = exc_connection_probe_finish (EXC_CONNECTION (source), result, &error);
  g_autoptr(ExcX509) leaf = der != NULL ? exc_x509_new_from_der (der, &error) : NULL;

  state->left &= ~EXC_READ_SERVED;
  state->reading->is_probed = !g_error_matches (error, EXC_ERROR, EXC_ERROR_NOT_FOUND) &&
                              !g_error_matches (error, EXC_ERROR, EXC_ERROR_UNREACHABLE);
  if (leaf != NULL)
    state->reading->served = g_strdup (leaf->sha1);
  else
    state->reading->probe_problem = g_strdup (error->message);
  read_next (g_steal_pointer (&task));
}

/* Takes the task. */
static void
read_next (GTask *task_in)
{
  g_autoptr(GTask) task = task_in;
  State *state = g_task_get_task_data (task);
  g_autoptr(ExcPipeline) pipeline = NULL;
  GAsyncReadyCallback callback;

  if (state->left & EXC_READ_WINDOWS) {
    pipeline = exc_query_look (state->thumbprint, (const char *const *) state->services);
    callback = on_windows_read_cb;
  } else if (state->left & EXC_READ_INTERNAL) {
    pipeline = exc_query_internal_transport (state->server, !state->is_plain);
    callback = on_internal_read_cb;
  } else if (state->left & EXC_READ_CERTIFICATES) {
    pipeline = exc_query_certificates (state->server, NULL, !state->is_plain);
    callback = on_certificates_read_cb;
  } else if (state->left & EXC_READ_AUTH) {
    pipeline = exc_query_auth_config (!state->is_plain);
    callback = on_auth_read_cb;
  } else if (state->left & EXC_READ_HEALTH) {
    pipeline = state->reading->health == NULL
                   ? exc_query_service_health (state->server, !state->is_plain)
                   : exc_query_database_copies (state->server, !state->is_plain);
    callback = on_health_read_cb;
  } else if (state->left & EXC_READ_SEND_CONNECTORS) {
    state->asked = EXC_READ_SEND_CONNECTORS;
    pipeline = exc_query_send_connectors (!state->is_plain);
    callback = on_setting_read_cb;
  } else if (state->left & EXC_READ_POP) {
    state->asked = EXC_READ_POP;
    pipeline = exc_query_pop_settings (state->server, !state->is_plain);
    callback = on_setting_read_cb;
  } else if (state->left & EXC_READ_IMAP) {
    state->asked = EXC_READ_IMAP;
    pipeline = exc_query_imap_settings (state->server, !state->is_plain);
    callback = on_setting_read_cb;
  } else if (state->left & EXC_READ_EDGE_SYNC) {
    state->asked = EXC_READ_EDGE_SYNC;
    pipeline = exc_query_edge_sync_test ();
    callback = on_setting_read_cb;
  } else if (state->left & EXC_READ_SERVED) {
    exc_connection_probe_async (exc_step_context_get_connection (state->context),
                                state->server,
                                state->port,
                                g_task_get_cancellable (task),
                                on_probed_cb,
                                g_object_ref (task));
    return;
  } else {
    g_task_return_pointer (
        task, g_steal_pointer (&state->reading), (GDestroyNotify) exc_reading_free);
    return;
  }
  exc_step_context_run_async (state->context,
                              state->server,
                              pipeline,
                              g_task_get_cancellable (task),
                              callback,
                              g_object_ref (task));
}

void
exc_reading_async (ExcStepContext *context,
                   const ExcReadRequest *request,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  GTask *task =
      g_task_new (exc_step_context_get_connection (context), cancellable, callback, user_data);
  State *state = g_new0 (State, 1);

  g_task_set_source_tag (task, exc_reading_async);
  state->context = exc_step_context_ref (context);
  state->left = request->parts;
  state->server =
      g_strdup (request->server != NULL ? request->server : exc_step_context_get_server (context));
  state->port = request->port != 0 ? request->port : EXC_PORT_BACK_END;
  state->thumbprint = g_strdup (request->thumbprint);
  state->services = g_strdupv ((GStrv) request->services);
  state->reading = g_new0 (ExcReading, 1);
  g_task_set_task_data (task, state, (GDestroyNotify) state_free);
  read_next (task);
}

ExcReading *
exc_reading_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_reading_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

ExcCertificateRecord *
exc_reading_find_certificate (ExcReading *self, const char *thumbprint)
{
  for (guint i = 0; i < self->certificates->len; i++) {
    ExcCertificateRecord *record = g_ptr_array_index (self->certificates, i);

    if (g_strcmp0 (record->thumbprint, thumbprint) == 0)
      return record;
  }
  return NULL;
}

gboolean
exc_reading_find_binding (ExcReading *self, const char *site, const char *info, const char **hash)
{
  for (guint i = 0; i < self->windows->bindings->len; i++) {
    ExcBindingRecord *binding = g_ptr_array_index (self->windows->bindings, i);

    if (g_strcmp0 (binding->site, site) != 0 || g_strcmp0 (binding->info, info) != 0)
      continue;
    *hash = binding->hash;
    return TRUE;
  }
  return FALSE;
}

const ExcBindingRecord *
exc_reading_get_back_end (ExcReading *self)
{
  return exc_windows_record_find_binding (
      self->windows, EXC_SITE_BACK_END, NULL, EXC_PORT_BACK_END);
}
