/* exc-step-auth.c — the simple steps of plans about the Auth certificate (steps.md B)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-step-auth-private.h"

#include "exc-step-change.h"

/**
 * ExcStepAuth:
 *
 * One of a table of steps whose effect one reading shows. Each reads, judges, and sends what it
 * builds to the server of its lane, or to the one where the certificate was made.
 */
G_DEFINE_FINAL_TYPE (ExcStepAuth, exc_step_auth, EXC_TYPE_STEP)

const char *
exc_step_auth_get_server (ExcStepAuth *self)
{
  return self->server != NULL ? self->server->fqdn : self->target->server;
}

static const char *
exc_step_auth_get_id (ExcStep *step)
{
  return EXC_STEP_AUTH (step)->action->id;
}

static char *
exc_step_auth_describe (ExcStep *step)
{
  return EXC_STEP_AUTH (step)->action->describe (EXC_STEP_AUTH (step));
}

static GPtrArray *
exc_step_auth_build (ExcStep *step, ExcStepContext *context)
{
  ExcStepAuth *self = EXC_STEP_AUTH (step);

  return self->action->build != NULL ? exc_pipelines_new (self->action->build (self, context))
                                     : NULL;
}

static void
on_looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReading) reading = exc_reading_finish (result, &error);
  ExcStepAuth *self = g_task_get_source_object (task);
  ExcStepContext *context = g_task_get_task_data (task);
  g_auto(ExcSight) sight = { .effect = EXC_EFFECT_MISSING };

  if (reading == NULL) {
    if (!self->action->is_patient || !exc_auth_be_patient (context, error, &sight)) {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  } else if (!self->action->judge (self, context, reading, &sight, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  exc_step_return_sight (task, &sight);
}

static void
exc_step_auth_verify_async (ExcStep *step,
                            ExcStepContext *context,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  ExcStepAuth *self = EXC_STEP_AUTH (step);
  GTask *task = g_task_new (step, cancellable, callback, user_data);
  ExcReadRequest request = { .parts = self->action->parts,
                             .server = exc_step_auth_get_server (self),
                             .services = self->action->services };

  g_task_set_task_data (
      task, exc_step_context_ref (context), (GDestroyNotify) exc_step_context_unref);
  exc_reading_async (context, &request, cancellable, on_looked_cb, task);
}

char *
exc_step_auth_dup_fact (ExcStepAuth *self)
{
  return g_strconcat ("ran-", self->action->id, NULL);
}

static void
on_run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  ExcStepAuth *self = g_task_get_source_object (task);
  ExcStepContext *context = g_task_get_task_data (task);
  g_autofree char *fact = exc_step_auth_dup_fact (self);

  if (!exc_step_context_run_all_finish (result, &error) ||
      !exc_auth_set_time (
          context, fact, exc_clock_now (exc_step_context_get_clock (context)), &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
exc_step_auth_run_async (ExcStep *step,
                         ExcStepContext *context,
                         ExcProgress *progress,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  ExcStepAuth *self = EXC_STEP_AUTH (step);
  GTask *task = g_task_new (step, cancellable, callback, user_data);
  g_autoptr(GPtrArray) pipelines = exc_step_build (step, context);

  g_task_set_task_data (
      task, exc_step_context_ref (context), (GDestroyNotify) exc_step_context_unref);
  if (pipelines == NULL) { /* it only looks */
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  exc_step_context_run_all_async (
      context, exc_step_auth_get_server (self), pipelines, cancellable, on_run_cb, task);
}

static void
exc_step_auth_finalize (GObject *object)
{
  exc_auth_target_unref (EXC_STEP_AUTH (object)->target);

  G_OBJECT_CLASS (exc_step_auth_parent_class)->finalize (object);
}

static void
exc_step_auth_class_init (ExcStepAuthClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_step_auth_finalize;
  step_class->get_id = exc_step_auth_get_id;
  step_class->describe = exc_step_auth_describe;
  step_class->build = exc_step_auth_build;
  step_class->verify_async = exc_step_auth_verify_async;
  step_class->run_async = exc_step_auth_run_async;
}

static void
exc_step_auth_init (ExcStepAuth *self)
{
}

ExcStep *
exc_step_auth_new (ExcAuthStepKind kind, ExcAuthTarget *target, ExcAuthServer *server)
{
  ExcStepAuth *self = g_object_new (EXC_TYPE_STEP_AUTH, NULL);

  self->action = exc_auth_action_get (kind);
  self->target = exc_auth_target_ref (target);
  self->server = server; /* lives with the target */
  return EXC_STEP (self);
}
