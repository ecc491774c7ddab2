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

/* An endpoint that takes longer does not serve anybody yet. */
#define ENDPOINT_LIMIT_S 60

typedef struct {
  ExcStepContext *context;
  guint left;        /* ExcReadParts */
  guint asked;       /* the one whose answer is awaited */
  gboolean is_plain; /* the session refuses the projection */
  char *server;
  guint16 port;
  const guint16 *ports; /* 0 at the end */
  guint n_ports;        /* probed so far */
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
  g_free (self->endpoint_problem);
  g_clear_pointer (&self->answering, g_array_unref);
  g_free (self->silence);
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

/* Whose handshake is asked for next. */
static guint16
get_port (State *state)
{
  return state->asked == EXC_READ_PORTS ? state->ports[state->n_ports] : state->port;
}

/* Of the part that is asked for next. */
static ExcPipeline *
make_query (State *state)
{
  const gboolean projected = !state->is_plain;

  switch (state->asked) {
  case EXC_READ_WINDOWS:
    return exc_query_look (state->thumbprint, (const char *const *) state->services);
  case EXC_READ_INTERNAL:
    return exc_query_internal_transport (state->server, projected);
  case EXC_READ_CERTIFICATES:
    return exc_query_certificates (state->server, NULL, projected);
  case EXC_READ_AUTH:
    return exc_query_auth_config (projected);
  case EXC_READ_HEALTH:
    return exc_query_service_health (state->server, projected);
  case EXC_READ_COPIES:
    return exc_query_database_copies (state->server, projected);
  case EXC_READ_SEND_CONNECTORS:
    return exc_query_send_connectors (projected);
  case EXC_READ_POP:
    return exc_query_pop_settings (state->server, projected);
  case EXC_READ_IMAP:
    return exc_query_imap_settings (state->server, projected);
  case EXC_READ_EDGE_SYNC:
    return exc_query_edge_sync_test ();
  default:
    g_assert_not_reached ();
  }
}

static void
take_answer (State *state, ExcReply *reply, GError **error)
{
  ExcReading *reading = state->reading;
  g_autofree char *internal = NULL;

  switch (state->asked) {
  case EXC_READ_WINDOWS:
    reading->windows = exc_read_windows (reply, error);
    break;
  case EXC_READ_INTERNAL:
    internal = exc_read_internal_transport (reply, error);
    if (internal != NULL && internal[0] != '\0')
      reading->internal = g_steal_pointer (&internal);
    break;
  case EXC_READ_CERTIFICATES:
    reading->certificates = exc_read_certificates (reply, state->server, error);
    break;
  case EXC_READ_AUTH:
    reading->auth = exc_read_auth_config (reply, error);
    break;
  case EXC_READ_HEALTH:
    reading->health = exc_read_service_health (reply, error);
    break;
  case EXC_READ_COPIES:
    reading->copies = exc_read_database_copies (reply, error);
    break;
  case EXC_READ_SEND_CONNECTORS:
    reading->send_connectors = exc_read_send_connectors (reply, error);
    break;
  case EXC_READ_POP:
    reading->pop_name = exc_read_certificate_name (reply, error);
    break;
  case EXC_READ_IMAP:
    reading->imap_name = exc_read_certificate_name (reply, error);
    break;
  case EXC_READ_EDGE_SYNC:
    reading->edge_sync = exc_read_edge_sync_test (reply, error);
    break;
  default:
    g_assert_not_reached ();
  }
}

static void
on_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  State *state = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply =
                 exc_step_context_run_finish_unchecked (state->context, result, &error);

  if (reply != NULL && !state->is_plain && exc_reply_refuses_projection (reply)) {
    state->is_plain = TRUE;
  } else if (reply != NULL && exc_step_context_check (state->context, reply, &error)) {
    take_answer (state, reply, &error);
    state->left &= ~state->asked;
  }
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    read_next (g_steal_pointer (&task));
}

/* Whatever keeps it from answering is what is told of it, and fails nothing. */
static void
on_endpoint_asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *line = NULL;
  State *state = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = exc_connection_ask_finish (EXC_CONNECTION (source), result, &error);

  state->left &= ~EXC_READ_ENDPOINT;
  state->reading->is_endpoint_asked = TRUE;
  if (reply != NULL && !exc_reply_refuses_projection (reply))
    exc_step_context_check (state->context, reply, &error);
  if (error != NULL) {
    state->reading->endpoint_problem = g_strdup (error->message);
    line = g_strdup_printf (
        _ ("The Exchange endpoint of %1$s does not answer: %2$s"), state->server, error->message);
  } else {
    line = g_strdup_printf (_ ("The Exchange endpoint of %s answers."), state->server);
  }
  exc_step_context_log (state->context, line);
  read_next (g_steal_pointer (&task));
}

static void
on_probed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  State *state = g_task_get_task_data (task);
  ExcReading *reading = state->reading;
  const guint16 port = get_port (state);
  g_autoptr(GBytes) der = exc_connection_probe_finish (EXC_CONNECTION (source), result, &error);
  g_autoptr(ExcX509) leaf = der != NULL ? exc_x509_new_from_der (der, &error) : NULL;

  if (leaf != NULL)
    g_array_append_val (reading->answering, port);
  else if (reading->silence == NULL)
    reading->silence = g_strdup (error->message);

  if (state->asked == EXC_READ_SERVED) {
    state->left &= ~EXC_READ_SERVED;
    reading->is_probed = !g_error_matches (error, EXC_ERROR, EXC_ERROR_NOT_FOUND) &&
                         !g_error_matches (error, EXC_ERROR, EXC_ERROR_UNREACHABLE);
    if (leaf != NULL)
      reading->served = g_strdup (leaf->sha1);
    else
      reading->probe_problem = g_strdup (error->message);
  } else if (state->ports[++state->n_ports] == 0) {
    state->left &= ~EXC_READ_PORTS;
  }
  read_next (g_steal_pointer (&task));
}

/* Takes the task. */
static void
read_next (GTask *task_in)
{
  g_autoptr(GTask) task = task_in;
  State *state = g_task_get_task_data (task);
  ExcConnection *connection = exc_step_context_get_connection (state->context);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr(ExcPipeline) pipeline = NULL;

  state->asked = state->left & -state->left; /* the lowest */
  switch (state->asked) {
  case 0:
    g_task_return_pointer (
        task, g_steal_pointer (&state->reading), (GDestroyNotify) exc_reading_free);
    return;
  case EXC_READ_ENDPOINT:
    pipeline = exc_query_who_answers ();
    exc_connection_ask_async (connection,
                              state->server,
                              pipeline,
                              ENDPOINT_LIMIT_S,
                              cancellable,
                              on_endpoint_asked_cb,
                              g_object_ref (task));
    return;
  case EXC_READ_SERVED:
  case EXC_READ_PORTS:
    exc_connection_probe_async (connection,
                                state->server,
                                get_port (state),
                                cancellable,
                                on_probed_cb,
                                g_object_ref (task));
    return;
  default:
    pipeline = make_query (state);
    exc_step_context_run_async (
        state->context, state->server, pipeline, cancellable, on_read_cb, g_object_ref (task));
  }
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
  state->ports = request->ports;
  state->thumbprint = g_strdup (request->thumbprint);
  state->services = g_strdupv ((GStrv) request->services);
  state->reading = g_new0 (ExcReading, 1);
  state->reading->answering = g_array_new (FALSE, FALSE, sizeof (guint16));
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
