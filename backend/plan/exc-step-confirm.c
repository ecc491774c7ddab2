/* exc-step-confirm.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-step-confirm.h"

/**
 * ExcStepConfirm:
 *
 * Shows what is to be done by hand (the hybrid wizard, a connector) and waits until the user says
 * that it is: exc_jobs_confirm().
 */
struct _ExcStepConfirm {
  ExcStep parent_instance;

  char *id;
  char *sentence;
  char *instruction;
};

G_DEFINE_FINAL_TYPE (ExcStepConfirm, exc_step_confirm, EXC_TYPE_STEP)

static const char *
exc_step_confirm_get_id (ExcStep *step)
{
  return EXC_STEP_CONFIRM (step)->id;
}

static char *
exc_step_confirm_describe (ExcStep *step)
{
  return g_strdup (EXC_STEP_CONFIRM (step)->sentence);
}

static void
exc_step_confirm_verify_async (ExcStep *step,
                               ExcStepContext *context,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  ExcStepConfirm *self = EXC_STEP_CONFIRM (step);
  g_autoptr(GTask) task = g_task_new (step, cancellable, callback, user_data);
  g_autofree char *fact = exc_step_confirm_dup_fact (self->id);
  g_auto(ExcSight) sight = { .effect = EXC_EFFECT_SEEN };

  if (exc_step_context_get_fact (context, fact) == NULL) {
    sight.effect = EXC_EFFECT_WAITING;
    sight.wake = EXC_WAKE_BY_USER;
    sight.reason = g_strdup (self->instruction);
  }
  exc_step_return_sight (task, &sight);
}

static void
exc_step_confirm_finalize (GObject *object)
{
  ExcStepConfirm *self = EXC_STEP_CONFIRM (object);

  g_free (self->id);
  g_free (self->sentence);
  g_free (self->instruction);

  G_OBJECT_CLASS (exc_step_confirm_parent_class)->finalize (object);
}

static void
exc_step_confirm_class_init (ExcStepConfirmClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_step_confirm_finalize;
  step_class->get_id = exc_step_confirm_get_id;
  step_class->describe = exc_step_confirm_describe;
  step_class->verify_async = exc_step_confirm_verify_async;
  step_class->run_async = NULL; /* nothing that we could do */
  step_class->run_finish = NULL;
}

static void
exc_step_confirm_init (ExcStepConfirm *self)
{
}

ExcStep *
exc_step_confirm_new (const char *id, const char *sentence, const char *instruction)
{
  ExcStepConfirm *self = g_object_new (EXC_TYPE_STEP_CONFIRM, NULL);

  self->id = g_strdup (id);
  self->sentence = g_strdup (sentence);
  self->instruction = g_strdup (instruction);
  return EXC_STEP (self);
}

char *
exc_step_confirm_dup_fact (const char *id)
{
  return g_strconcat ("confirmed-", id, NULL);
}
