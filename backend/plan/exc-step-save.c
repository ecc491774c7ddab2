/* exc-step-save.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-step-save.h"

#include "exc-error.h"

#include <glib/gi18n.h>

#define EXC_TYPE_STEP_SAVE (exc_step_save_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepSave, exc_step_save, EXC, STEP_SAVE, ExcStep)

/**
 * ExcStepSave:
 *
 * Sends nothing: what a server gave lies in the journal and is written where the admin wants it, by
 * whichever program goes on with the job. It can be repeated, and there is nothing to undo.
 */
struct _ExcStepSave {
  ExcStep parent_instance;

  char *sentence;
  char *fact;
  char *path;
};

G_DEFINE_FINAL_TYPE (ExcStepSave, exc_step_save, EXC_TYPE_STEP)

static const char *
exc_step_save_get_id (ExcStep *step)
{
  return "save";
}

static char *
exc_step_save_describe (ExcStep *step)
{
  return g_strdup (EXC_STEP_SAVE (step)->sentence);
}

/* (transfer none); NULL with EXC_ERROR_REFUSED */
static const char *
get_text (ExcStepSave *self, ExcStepContext *context, GError **error)
{
  const char *text = exc_step_context_get_fact (context, self->fact);

  if (text == NULL)
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("The job has nothing to write to “%s”."), self->path);
  return text;
}

static void
exc_step_save_verify_async (ExcStep *step,
                            ExcStepContext *context,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  ExcStepSave *self = EXC_STEP_SAVE (step);
  g_autoptr(GTask) task = g_task_new (step, cancellable, callback, user_data);
  g_autoptr(GError) error = NULL;
  g_autofree char *there = NULL;
  const char *text = get_text (self, context, &error);

  if (text == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (!g_file_test (self->path, G_FILE_TEST_EXISTS))
    exc_step_return_effect (task, EXC_EFFECT_MISSING, NULL);
  else if (g_file_get_contents (self->path, &there, NULL, NULL) && g_str_equal (there, text))
    exc_step_return_effect (task, EXC_EFFECT_SEEN, NULL);
  else
    g_task_return_new_error (task,
                             EXC_ERROR,
                             EXC_ERROR_REFUSED,
                             _("“%s” is there already, with something else in it. Move it away, "
                               "then resume the job."),
                                self->path);
}

static void
exc_step_save_run_async (ExcStep *step,
                         ExcStepContext *context,
                         ExcProgress *progress,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  ExcStepSave *self = EXC_STEP_SAVE (step);
  g_autoptr(GTask) task = g_task_new (step, cancellable, callback, user_data);
  g_autoptr(GError) error = NULL;
  const char *text = get_text (self, context, &error);

  if (text == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (!g_file_set_contents_full (self->path,
                                      text,
                                      -1,
                                      G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                      0644,
                                      &error))
    g_task_return_new_error (task,
                             EXC_ERROR,
                             EXC_ERROR_REFUSED,
                             _("“%1$s” cannot be written: %2$s"), self->path, error->message);
  else
    g_task_return_boolean (task, TRUE);
}

static gboolean
exc_step_save_run_finish (ExcStep *step, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
exc_step_save_finalize (GObject *object)
{
  ExcStepSave *self = EXC_STEP_SAVE (object);

  g_free (self->sentence);
  g_free (self->fact);
  g_free (self->path);

  G_OBJECT_CLASS (exc_step_save_parent_class)->finalize (object);
}

static void
exc_step_save_class_init (ExcStepSaveClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_step_save_finalize;
  step_class->get_id = exc_step_save_get_id;
  step_class->describe = exc_step_save_describe;
  step_class->verify_async = exc_step_save_verify_async;
  step_class->run_async = exc_step_save_run_async;
  step_class->run_finish = exc_step_save_run_finish;
}

static void
exc_step_save_init (ExcStepSave *self)
{
}

ExcStep *
exc_step_save_new (const char *sentence, const char *fact, const char *path)
{
  ExcStepSave *self = g_object_new (EXC_TYPE_STEP_SAVE, NULL);

  self->sentence = g_strdup (sentence);
  self->fact = g_strdup (fact);
  self->path = g_strdup (path);
  return EXC_STEP (self);
}
