/* exc-step-auth-undo.c — the way back from a staged or published Auth certificate
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-step-auth-stage-private.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-step-change.h"

#include <glib/gi18n.h>

/* Another domain controller may tell the former configuration for a while. */
#define MAX_LOOKS       6
#define LOOK_INTERVAL_S 5

#define is_same(a, b)   (g_strcmp0 (a, b) == 0)

/* What was sent last. */
typedef enum {
  SENT_NOTHING,
  SENT_CANCEL,
  SENT_SWAP,
  SENT_CLEAR,
  SENT_REMOVE,
} Sent;

typedef struct {
  ExcStepContext *context;
  Sent sent;
  guint n_looks;
  guint index;         /* of the server that is looked at */
  gboolean is_checked; /* every server has the former certificate */
} Undo;

static void look (GTask *task);
static void look_at_server (GTask *task);
static void recycle (GTask *task);

static void
undo_free (Undo *undo)
{
  exc_step_context_unref (undo->context);
  g_free (undo);
}

static ExcAuthServer *
get_server (GTask *task)
{
  ExcStepAuthStage *self = g_task_get_source_object (task);
  Undo *undo = g_task_get_task_data (task);

  return undo->index < self->target->servers->len
             ? g_ptr_array_index (self->target->servers, undo->index)
             : NULL;
}

static void
on_sent_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  Undo *undo = g_task_get_task_data (task);

  if (!exc_step_context_run_all_finish (result, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (undo->sent == SENT_REMOVE)
    look_at_server (g_steal_pointer (&task));
  else
    look (g_steal_pointer (&task));
}

static void
on_waited_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Undo *undo = g_task_get_task_data (task);

  exc_clock_wait_finish (EXC_CLOCK (source), result, NULL);
  if (undo->sent == SENT_REMOVE)
    look_at_server (task);
  else
    look (task);
}

/* Sends it once, and waits for its effect. Takes the task and the pipeline. */
static void
send (GTask *task_in, Sent what, const char *server, ExcPipeline *pipeline)
{
  g_autoptr(GTask) task = task_in;
  g_autoptr(GPtrArray) pipelines = exc_pipelines_new (pipeline);
  Undo *undo = g_task_get_task_data (task);

  if (undo->sent != what) {
    undo->sent = what;
    undo->n_looks = 0;
    exc_step_context_run_all_async (
        undo->context, server, pipelines, NULL, on_sent_cb, g_steal_pointer (&task));
  } else if (++undo->n_looks < MAX_LOOKS) {
    exc_clock_wait_async (exc_step_context_get_clock (undo->context),
                          LOOK_INTERVAL_S,
                          NULL,
                          on_waited_cb,
                          g_steal_pointer (&task));
  } else {
    g_task_return_new_error (
        task,
        EXC_ERROR,
        EXC_ERROR_UNVERIFIED,
        "%s",
        _ ("The server reported success, but the Auth configuration is not as it was."));
  }
}

/* The copies that Exchange or this job made; the first one goes with the creation's undo. */
static void
on_server_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReading) reading = exc_reading_finish (result, &error);
  ExcStepAuthStage *self = g_task_get_source_object (task);
  Undo *undo = g_task_get_task_data (task);
  ExcAuthServer *server = get_server (task);
  const char *thumbprint = exc_step_context_get_fact (undo->context, EXC_FACT_NEW);

  if (reading == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (!is_same (server->fqdn, self->target->server) &&
      exc_reading_find_certificate (reading, thumbprint) != NULL) {
    send (g_steal_pointer (&task),
          SENT_REMOVE,
          server->fqdn,
          exc_change_remove (server->fqdn, thumbprint));
    return;
  }
  undo->sent = SENT_NOTHING;
  undo->index++;
  look_at_server (g_steal_pointer (&task));
}

static gboolean
forget (ExcStepContext *context, GError **error)
{
  static const char *const facts[] = {
    EXC_FACT_EFFECTIVE, EXC_FACT_STAGED, EXC_FACT_PUBLISHED, "ran-hasten", "ran-publish",
  };

  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    if (exc_step_context_get_fact (context, facts[i]) != NULL &&
        !exc_step_context_set_fact (context, facts[i], NULL, error))
      return FALSE;
  return TRUE;
}

/* Takes the task. */
static void
look_at_server (GTask *task_in)
{
  g_autoptr(GTask) task = task_in;
  Undo *undo = g_task_get_task_data (task);
  ExcAuthServer *server = get_server (task);
  ExcReadRequest request = { .parts = EXC_READ_CERTIFICATES };
  GError *error = NULL;

  if (server != NULL) {
    request.server = server->fqdn;
    exc_reading_async (undo->context, &request, NULL, on_server_read_cb, g_steal_pointer (&task));
  } else if (forget (undo->context, &error)) {
    g_task_return_boolean (task, TRUE);
  } else {
    g_task_return_error (task, error);
  }
}

static void
on_recycled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  Undo *undo = g_task_get_task_data (task);

  if (!exc_step_context_run_all_finish (result, &error) ||
      !exc_auth_set_time (undo->context, EXC_FACT_SWAPPED, undo->index + 2, &error)) {
    g_task_return_error (task, error);
    return;
  }
  recycle (g_steal_pointer (&task));
}

/* Outlook on the web and the admin center remember which one was Current: server by server. The
 * fact holds how many are done, and one more. Takes the task. */
static void
recycle (GTask *task_in)
{
  static const char *const pools[] = { "MSExchangeOWAAppPool", "MSExchangeECPAppPool", NULL };
  g_autoptr(GTask) task = task_in;
  g_autoptr(GPtrArray) pipelines = NULL;
  Undo *undo = g_task_get_task_data (task);
  const gint64 swapped = exc_auth_get_time (undo->context, EXC_FACT_SWAPPED);
  ExcAuthServer *server;
  GError *error = NULL;

  undo->index = swapped > 0 ? (guint) swapped - 1 : 0;
  server = swapped > 0 ? get_server (task) : NULL;
  if (server != NULL) {
    pipelines = exc_pipelines_new (exc_change_recycle_pools (pools));
    exc_step_context_run_all_async (
        undo->context, server->fqdn, pipelines, NULL, on_recycled_cb, g_steal_pointer (&task));
    return;
  }
  if (swapped > 0 && !exc_step_context_set_fact (undo->context, EXC_FACT_SWAPPED, NULL, &error)) {
    g_task_return_error (task, error);
    return;
  }
  undo->index = 0;
  undo->sent = SENT_NOTHING;
  look_at_server (g_steal_pointer (&task));
}

static void
on_former_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReading) reading = exc_reading_finish (result, &error);
  ExcStepAuthStage *self = g_task_get_source_object (task);
  Undo *undo = g_task_get_task_data (task);
  ExcCertificateRecord *found =
      reading != NULL ? exc_reading_find_certificate (reading, self->target->current) : NULL;

  if (reading == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (found == NULL || found->has_private_key == EXC_NO ||
      found->not_after <= exc_clock_now (exc_step_context_get_clock (undo->context))) {
    g_task_return_new_error (
        task,
        EXC_ERROR,
        EXC_ERROR_REFUSED,
        _("The former Auth certificate %1$s is not on %2$s, or has expired, so the new "
                                "one stays."),
           self->target->current,
           get_server (task)->fqdn);
    return;
  }
  undo->index++;
  look (g_steal_pointer (&task));
}

/* Whether every server could sign with the former one, then that one is Current again. Takes the
 * task. */
static void
swap (GTask *task_in)
{
  g_autoptr(GTask) task = task_in;
  ExcStepAuthStage *self = g_task_get_source_object (task);
  Undo *undo = g_task_get_task_data (task);
  ExcAuthServer *server = get_server (task);
  ExcReadRequest request = { .parts = EXC_READ_CERTIFICATES };
  GError *error = NULL;

  if (self->target->current == NULL) {
    g_task_return_new_error (
        task,
        EXC_ERROR,
        EXC_ERROR_REFUSED,
        "%s",
        _ ("The organization had no Auth certificate before, so the new one stays."));
  } else if (!undo->is_checked && server != NULL) {
    request.server = server->fqdn;
    exc_reading_async (undo->context, &request, NULL, on_former_read_cb, g_steal_pointer (&task));
  } else if (!exc_auth_set_time (undo->context, EXC_FACT_SWAPPED, 1, &error)) {
    g_task_return_error (task, error);
  } else {
    undo->is_checked = TRUE;
    send (g_steal_pointer (&task),
          SENT_SWAP,
          self->target->server,
          exc_change_swap_auth (self->target->current));
  }
}

static void
on_config_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReading) reading = exc_reading_finish (result, &error);
  ExcStepAuthStage *self = g_task_get_source_object (task);
  Undo *undo = g_task_get_task_data (task);
  const char *thumbprint = exc_step_context_get_fact (undo->context, EXC_FACT_NEW);
  const char *server = self->target->server;

  if (reading == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (is_same (reading->auth->next, thumbprint))
    send (g_steal_pointer (&task), SENT_CANCEL, server, exc_change_cancel_auth ());
  else if (is_same (reading->auth->current, thumbprint))
    swap (g_steal_pointer (&task));
  else if (is_same (reading->auth->previous, thumbprint))
    send (g_steal_pointer (&task), SENT_CLEAR, server, exc_change_clear_previous_auth ());
  else
    recycle (g_steal_pointer (&task));
}

/* Takes the task. */
static void
look (GTask *task_in)
{
  g_autoptr(GTask) task = task_in;
  ExcStepAuthStage *self = g_task_get_source_object (task);
  Undo *undo = g_task_get_task_data (task);
  ExcReadRequest request = { .parts = EXC_READ_AUTH, .server = self->target->server };

  if (exc_step_context_get_fact (undo->context, EXC_FACT_NEW) == NULL)
    g_task_return_boolean (task, TRUE);
  else
    exc_reading_async (undo->context, &request, NULL, on_config_read_cb, g_steal_pointer (&task));
}

void
exc_step_auth_stage_undo_async (ExcStep *step,
                                ExcStepContext *context,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task = g_task_new (step, cancellable, callback, user_data);
  Undo *undo = g_new0 (Undo, 1);

  undo->context = exc_step_context_ref (context);
  g_task_set_task_data (task, undo, (GDestroyNotify) undo_free);
  look (task);
}
