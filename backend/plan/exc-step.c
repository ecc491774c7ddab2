/* exc-step.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-step.h"

#include <json-glib/json-glib.h>

/**
 * ExcStep:
 *
 * One reversible change to one server, or one look at it. A step holds what the plan found, never
 * what happened: that lies in the journal and comes back as facts of its context.
 */

typedef struct {
  guint phase;
  gboolean is_irreversible;
} ExcStepPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (ExcStep, exc_step, G_TYPE_OBJECT)

void
exc_sight_clear (ExcSight *self)
{
  g_clear_pointer (&self->reason, g_free);
}

static void
sight_free (ExcSight *sight)
{
  exc_sight_clear (sight);
  g_free (sight);
}

static GPtrArray *
exc_step_real_build (ExcStep *self, ExcStepContext *context)
{
  return NULL;
}

static void
on_all_run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (!exc_step_context_run_all_finish (result, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  ExcStep *self = g_task_get_source_object (task);
  ExcStepContext *context = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = exc_step_context_run_finish (context, result, &error);

  if (reply == NULL || !EXC_STEP_GET_CLASS (self)->take_reply (self, context, reply, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
exc_step_real_run_async (ExcStep *self,
                         ExcStepContext *context,
                         ExcProgress *progress,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr(GPtrArray) pipelines = exc_step_build (self, context);

  if (EXC_STEP_GET_CLASS (self)->take_reply == NULL) {
    exc_step_context_run_all_async (context, NULL, pipelines, cancellable, on_all_run_cb, task);
    return;
  }
  g_assert (pipelines->len == 1);
  g_task_set_task_data (
      task, exc_step_context_ref (context), (GDestroyNotify) exc_step_context_unref);
  exc_step_context_run_async (
      context, NULL, g_ptr_array_index (pipelines, 0), cancellable, on_run_cb, task);
}

static gboolean
exc_step_real_finish (ExcStep *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
exc_step_class_init (ExcStepClass *klass)
{
  klass->build = exc_step_real_build;
  klass->run_async = exc_step_real_run_async;
  klass->run_finish = exc_step_real_finish;
  klass->undo_finish = exc_step_real_finish;
}

static void
exc_step_init (ExcStep *self)
{
}

void
exc_step_return_sight (GTask *task, ExcSight *sight)
{
  ExcSight *copy = g_new0 (ExcSight, 1);

  *copy = *sight;
  sight->reason = NULL;
  g_task_return_pointer (task, copy, (GDestroyNotify) sight_free);
}

void
exc_step_return_effect (GTask *task, ExcEffect effect, const char *reason)
{
  ExcSight sight = { .effect = effect, .reason = g_strdup (reason) };

  exc_step_return_sight (task, &sight);
}

guint
exc_step_get_phase (ExcStep *self)
{
  g_return_val_if_fail (EXC_IS_STEP (self), 0);

  return ((ExcStepPrivate *) exc_step_get_instance_private (self))->phase;
}

void
exc_step_set_phase (ExcStep *self, guint phase)
{
  g_return_if_fail (EXC_IS_STEP (self));

  ((ExcStepPrivate *) exc_step_get_instance_private (self))->phase = phase;
}

const char *
exc_step_get_id (ExcStep *self)
{
  g_return_val_if_fail (EXC_IS_STEP (self), NULL);

  return EXC_STEP_GET_CLASS (self)->get_id (self);
}

/**
 * exc_step_describe:
 *
 * Returns: (transfer full): what the step does, in one sentence without its full stop
 */
char *
exc_step_describe (ExcStep *self)
{
  g_return_val_if_fail (EXC_IS_STEP (self), NULL);

  return EXC_STEP_GET_CLASS (self)->describe (self);
}

/**
 * exc_step_build:
 * @context: (nullable): %NULL for a preview before anything has run
 *
 * Returns: (transfer full) (nullable) (element-type ExcPipeline): what is sent
 */
GPtrArray *
exc_step_build (ExcStep *self, ExcStepContext *context)
{
  g_return_val_if_fail (EXC_IS_STEP (self), NULL);

  return EXC_STEP_GET_CLASS (self)->build (self, context);
}

/**
 * exc_step_dup_commands:
 *
 * Returns: (transfer full): what is about to be sent, as the journal keeps it (JSON)
 */
char *
exc_step_dup_commands (ExcStep *step, ExcStepContext *context)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(JsonNode) root = NULL;
  g_autoptr(GPtrArray) pipelines = exc_step_build (step, context);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "commands");
  json_builder_begin_array (builder);
  for (guint i = 0; pipelines != NULL && i < pipelines->len; i++) {
    g_autofree char *line = exc_pipeline_to_line (g_ptr_array_index (pipelines, i));

    json_builder_add_string_value (builder, line);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

gboolean
exc_step_can_undo (ExcStep *self)
{
  g_return_val_if_fail (EXC_IS_STEP (self), FALSE);

  return EXC_STEP_GET_CLASS (self)->undo_async != NULL;
}

gboolean
exc_step_get_is_irreversible (ExcStep *self)
{
  g_return_val_if_fail (EXC_IS_STEP (self), FALSE);

  return ((ExcStepPrivate *) exc_step_get_instance_private (self))->is_irreversible;
}

void
exc_step_set_irreversible (ExcStep *self)
{
  g_return_if_fail (EXC_IS_STEP (self));

  ((ExcStepPrivate *) exc_step_get_instance_private (self))->is_irreversible = TRUE;
}

gboolean
exc_step_can_run (ExcStep *self)
{
  g_return_val_if_fail (EXC_IS_STEP (self), FALSE);

  return EXC_STEP_GET_CLASS (self)->run_async != NULL;
}

void
exc_step_verify_async (ExcStep *self,
                       ExcStepContext *context,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_return_if_fail (EXC_IS_STEP (self));

  EXC_STEP_GET_CLASS (self)->verify_async (self, context, cancellable, callback, user_data);
}

/**
 * exc_step_verify_finish:
 * @sight: (out): what was seen, to be cleared
 */
gboolean
exc_step_verify_finish (ExcStep *self, GAsyncResult *result, ExcSight *sight, GError **error)
{
  ExcSight *seen;

  g_return_val_if_fail (EXC_IS_STEP (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  seen = g_task_propagate_pointer (G_TASK (result), error);
  if (seen == NULL)
    return FALSE;
  *sight = *seen;
  g_free (seen);
  return TRUE;
}

void
exc_step_run_async (ExcStep *self,
                    ExcStepContext *context,
                    ExcProgress *progress,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_return_if_fail (EXC_IS_STEP (self));
  g_return_if_fail (exc_step_can_run (self));

  EXC_STEP_GET_CLASS (self)->run_async (self, context, progress, cancellable, callback, user_data);
}

gboolean
exc_step_run_finish (ExcStep *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (EXC_IS_STEP (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return EXC_STEP_GET_CLASS (self)->run_finish (self, result, error);
}

void
exc_step_undo_async (ExcStep *self,
                     ExcStepContext *context,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_return_if_fail (EXC_IS_STEP (self));
  g_return_if_fail (exc_step_can_undo (self));

  EXC_STEP_GET_CLASS (self)->undo_async (self, context, cancellable, callback, user_data);
}

gboolean
exc_step_undo_finish (ExcStep *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (EXC_IS_STEP (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return EXC_STEP_GET_CLASS (self)->undo_finish (self, result, error);
}
