/* exc-step-trust.c — A2: the new certificate among the trusted roots
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-reading.h"
#include "exc-renew-steps.h"

#include <glib/gi18n.h>

#define EXC_TYPE_STEP_TRUST (exc_step_trust_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepTrust, exc_step_trust, EXC, STEP_TRUST, ExcStep)

struct _ExcStepTrust {
  ExcStep parent_instance;

  ExcRenewTarget *target;
};

G_DEFINE_FINAL_TYPE (ExcStepTrust, exc_step_trust, EXC_TYPE_STEP)

/* An undo on its way; the thumbprint outlives the certificate's removal. */
typedef struct {
  ExcStepContext *context;
  char *thumbprint;
  gboolean has_run;
} Undo;

static void look_and_undo (GTask *task);

static void
undo_free (Undo *undo)
{
  exc_step_context_unref (undo->context);
  g_free (undo->thumbprint);
  g_free (undo);
}

static const char *
exc_step_trust_get_id (ExcStep *step)
{
  return "trust";
}

static char *
exc_step_trust_describe (ExcStep *step)
{
  return g_strdup_printf (_ ("Copy the public part of the new certificate to the trusted root "
                             "certificates of %s"),
                             EXC_STEP_TRUST (step)->target->name);
}

static GPtrArray *
exc_step_trust_build (ExcStep *step, ExcStepContext *context)
{
  GPtrArray *pipelines = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_pipeline_unref);

  g_ptr_array_add (pipelines, exc_change_trust (exc_renew_get_new (context)));
  return pipelines;
}

static void
on_looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReading) reading = exc_reading_finish (result, &error);
  ExcStepContext *context = g_task_get_task_data (task);
  const char *thumbprint = exc_renew_get_new (context);

  if (reading == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (exc_windows_record_has_root (reading->windows, thumbprint))
    exc_step_return_effect (task, EXC_EFFECT_SEEN, NULL);
  else if (reading->windows->my->len == 0)
    g_task_return_new_error (task,
                             EXC_ERROR,
                             EXC_ERROR_REFUSED,
                             _("The new certificate %1$s is not in the personal store of %2$s any "
                               "more."),
                                thumbprint,
                                exc_step_context_get_server (context));
  else
    exc_step_return_effect (task,
                            EXC_EFFECT_MISSING,
                            _("The new certificate is not among the trusted root certificates."));
}

static void
exc_step_trust_verify_async (ExcStep *step,
                             ExcStepContext *context,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (step, cancellable, callback, user_data);

  g_task_set_task_data (
      task, exc_step_context_ref (context), (GDestroyNotify) exc_step_context_unref);
  exc_reading_async (context,
                     EXC_READ_WINDOWS,
                     exc_renew_get_new (context),
                     NULL,
                     cancellable,
                     on_looked_cb,
                     task);
}

static void
on_untrusted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (!exc_step_context_run_all_finish (result, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    look_and_undo (g_steal_pointer (&task));
}

static void
on_looked_for_undo_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReading) reading = exc_reading_finish (result, &error);
  g_autoptr(GPtrArray) pipelines = NULL;
  Undo *undo = g_task_get_task_data (task);

  if (reading == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (!exc_windows_record_has_root (reading->windows, undo->thumbprint)) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  if (undo->has_run) {
    g_task_return_new_error (task,
                             EXC_ERROR,
                             EXC_ERROR_UNVERIFIED,
                             _("The certificate %1$s is still among the trusted root certificates "
                               "of %2$s."),
                                undo->thumbprint,
                                exc_step_context_get_server (undo->context));
    return;
  }

  undo->has_run = TRUE;
  pipelines = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_pipeline_unref);
  g_ptr_array_add (pipelines, exc_change_untrust (undo->thumbprint));
  exc_step_context_run_all_async (
      undo->context, pipelines, NULL, on_untrusted_cb, g_steal_pointer (&task));
}

/* Takes the task. */
static void
look_and_undo (GTask *task)
{
  Undo *undo = g_task_get_task_data (task);

  exc_reading_async (
      undo->context, EXC_READ_WINDOWS, undo->thumbprint, NULL, NULL, on_looked_for_undo_cb, task);
}

static void
exc_step_trust_undo_async (ExcStep *step,
                           ExcStepContext *context,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (step, cancellable, callback, user_data);
  const char *thumbprint = exc_step_context_get_fact (context, EXC_FACT_NEW);
  Undo *undo;

  if (thumbprint == NULL)
    thumbprint = exc_step_context_get_fact (context, EXC_FACT_REMOVED);
  if (thumbprint == NULL) {
    g_task_return_boolean (task, TRUE);
    g_object_unref (task);
    return;
  }
  undo = g_new0 (Undo, 1);
  undo->context = exc_step_context_ref (context);
  undo->thumbprint = g_strdup (thumbprint);
  g_task_set_task_data (task, undo, (GDestroyNotify) undo_free);
  look_and_undo (task);
}

static void
exc_step_trust_finalize (GObject *object)
{
  exc_renew_target_unref (EXC_STEP_TRUST (object)->target);

  G_OBJECT_CLASS (exc_step_trust_parent_class)->finalize (object);
}

static void
exc_step_trust_class_init (ExcStepTrustClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_step_trust_finalize;
  step_class->get_id = exc_step_trust_get_id;
  step_class->describe = exc_step_trust_describe;
  step_class->build = exc_step_trust_build;
  step_class->verify_async = exc_step_trust_verify_async;
  step_class->undo_async = exc_step_trust_undo_async;
}

static void
exc_step_trust_init (ExcStepTrust *self)
{
}

ExcStep *
exc_step_trust_new (ExcRenewTarget *target)
{
  ExcStepTrust *self = g_object_new (EXC_TYPE_STEP_TRUST, NULL);

  self->target = exc_renew_target_ref (target);
  return EXC_STEP (self);
}
