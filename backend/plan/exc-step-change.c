/* exc-step-change.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-step-change.h"

#include "exc-error.h"

#include <glib/gi18n.h>

/* What was taken back may be seen late: another domain controller answers the reading. */
#define MAX_LOOKS       6
#define LOOK_INTERVAL_S 5

G_DEFINE_ABSTRACT_TYPE (ExcStepChange, exc_step_change, EXC_TYPE_STEP)

typedef struct {
  ExcStepContext *context;
  gboolean has_run;
  guint n_looks;
} Undo;

static void look_and_undo (GTask *task);

static void
undo_free (Undo *undo)
{
  exc_step_context_unref (undo->context);
  g_free (undo);
}

void
exc_sight_set (ExcSight *self, ExcEffect effect, char *reason)
{
  self->effect = effect;
  g_free (self->reason);
  self->reason = reason;
}

GPtrArray *
exc_pipelines_new (ExcPipeline *pipeline)
{
  GPtrArray *pipelines = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_pipeline_unref);

  if (pipeline != NULL)
    g_ptr_array_add (pipelines, pipeline);
  return pipelines;
}

static void
on_looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReading) reading = exc_reading_finish (result, &error);
  ExcStepChange *self = g_task_get_source_object (task);
  g_auto(ExcSight) sight = { .effect = EXC_EFFECT_MISSING };

  if (reading == NULL || !EXC_STEP_CHANGE_GET_CLASS (self)->judge (
                             self, g_task_get_task_data (task), reading, &sight, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    exc_step_return_sight (task, &sight);
}

static void
exc_step_change_verify_async (ExcStep *step,
                              ExcStepContext *context,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = g_task_new (step, cancellable, callback, user_data);
  ExcReadRequest request = { 0 };

  g_task_set_task_data (
      task, exc_step_context_ref (context), (GDestroyNotify) exc_step_context_unref);
  EXC_STEP_CHANGE_GET_CLASS (step)->request (EXC_STEP_CHANGE (step), context, &request);
  exc_reading_async (context, &request, cancellable, on_looked_cb, task);
}

static void
on_taken_back_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (!exc_step_context_run_all_finish (result, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    look_and_undo (g_steal_pointer (&task));
}

static void
on_waited_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  exc_clock_wait_finish (EXC_CLOCK (source), result, NULL);
  look_and_undo (user_data);
}

static void
on_looked_for_undo_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReading) reading = exc_reading_finish (result, &error);
  g_autoptr(GPtrArray) pipelines = NULL;
  ExcStepChange *self = g_task_get_source_object (task);
  Undo *undo = g_task_get_task_data (task);

  if (reading != NULL)
    pipelines = EXC_STEP_CHANGE_GET_CLASS (self)->build_undo (self, undo->context, reading, &error);
  if (pipelines == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
  } else if (pipelines->len == 0) {
    g_task_return_boolean (task, TRUE);
  } else if (exc_step_get_is_irreversible (EXC_STEP (self))) {
    g_task_return_new_error (task,
                             EXC_ERROR,
                             EXC_ERROR_REFUSED,
                             "%s",
                             _("What was there before is not on the server with its private key, "
                               "so the new one stays."));
  } else if (!undo->has_run) {
    ExcReadRequest request = { 0 };

    undo->has_run = TRUE;
    EXC_STEP_CHANGE_GET_CLASS (self)->request (self, undo->context, &request);
    exc_step_context_run_all_async (
        undo->context, request.server, pipelines, NULL, on_taken_back_cb, g_steal_pointer (&task));
  } else if (++undo->n_looks < MAX_LOOKS) {
    exc_clock_wait_async (exc_step_context_get_clock (undo->context),
                          LOOK_INTERVAL_S,
                          NULL,
                          on_waited_cb,
                          g_steal_pointer (&task));
  } else {
    g_autofree char *what = exc_step_describe (EXC_STEP (self));

    g_task_return_new_error (task,
                             EXC_ERROR,
                             EXC_ERROR_UNVERIFIED,
                             /* Translators: a step that was to be undone */
                             _("The server reported success, but the change is still there (%s)."),
                                what);
  }
}

/* Takes the task. */
static void
look_and_undo (GTask *task)
{
  ExcStepChange *self = g_task_get_source_object (task);
  Undo *undo = g_task_get_task_data (task);
  ExcReadRequest request = { 0 };

  EXC_STEP_CHANGE_GET_CLASS (self)->request (self, undo->context, &request);
  exc_reading_async (undo->context, &request, NULL, on_looked_for_undo_cb, task);
}

void
exc_step_change_undo_async (ExcStep *step,
                            ExcStepContext *context,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (step, cancellable, callback, user_data);
  Undo *undo = g_new0 (Undo, 1);

  undo->context = exc_step_context_ref (context);
  g_task_set_task_data (task, undo, (GDestroyNotify) undo_free);
  look_and_undo (task);
}

static void
exc_step_change_class_init (ExcStepChangeClass *klass)
{
  EXC_STEP_CLASS (klass)->verify_async = exc_step_change_verify_async;
}

static void
exc_step_change_init (ExcStepChange *self)
{
}
