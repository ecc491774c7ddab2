/* exc-step-auth-stage.c — the certificate becomes Next (steps.md R1, E1)
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

/* -Force takes a nearer date, but what was meant to be 49 hours may take a while to arrive. */
#define LATENESS_S    60

#define is_same(a, b) (g_strcmp0 (a, b) == 0)

G_DEFINE_FINAL_TYPE (ExcStepAuthStage, exc_step_auth_stage, EXC_TYPE_STEP)

typedef struct {
  ExcStepContext *context;
  gboolean names_server; /* with -Server */
} Run;

static void send (GTask *task);

static void
run_free (Run *run)
{
  exc_step_context_unref (run->context);
  g_free (run);
}

static const char *
exc_step_auth_stage_get_id (ExcStep *step)
{
  return "stage";
}

static char *
exc_step_auth_stage_describe (ExcStep *step)
{
  ExcAuthTarget *target = EXC_STEP_AUTH_STAGE (step)->target;
  const gint64 days = target->effective_s / (24 * 3600);

  if (target->continues)
    return g_strdup_printf (_ ("Go on with %s, which is staged as the next Auth certificate"),
                               target->next);
  if (target->mode == EXC_AUTH_REPLACE)
    return g_strdup (_ ("Stage it as the next Auth certificate, effective now"));
  return g_strdup_printf (
      ngettext ("Stage it as the next Auth certificate, effective %d day from then on",
                "Stage it as the next Auth certificate, effective %d days from then on",
                days),
      (int) days);
}

static gint64
get_effective (ExcStepAuthStage *self, ExcStepContext *context)
{
  const gint64 kept = exc_auth_get_time (context, EXC_FACT_EFFECTIVE);

  return kept != 0 ? kept : self->target->planned + self->target->effective_s;
}

static GPtrArray *
exc_step_auth_stage_build (ExcStep *step, ExcStepContext *context)
{
  ExcStepAuthStage *self = EXC_STEP_AUTH_STAGE (step);

  if (self->target->continues)
    return NULL;
  return exc_pipelines_new (
      exc_change_stage_auth (exc_renew_get_new (context), get_effective (self, context), NULL));
}

/* What is there, kept for the steps behind. */
static gboolean
take_over (ExcStepContext *context, ExcReading *reading, const char *thumbprint, GError **error)
{
  const gint64 date = reading->auth->next_effective;
  const gint64 now = exc_clock_now (exc_step_context_get_clock (context));

  if (exc_step_context_get_fact (context, EXC_FACT_NEW) == NULL &&
      !exc_step_context_set_fact (context, EXC_FACT_NEW, thumbprint, error))
    return FALSE;
  if (is_same (reading->auth->next, thumbprint) &&
      exc_auth_get_time (context, EXC_FACT_EFFECTIVE) != date &&
      !exc_auth_set_time (context, EXC_FACT_EFFECTIVE, date, error))
    return FALSE;
  return exc_auth_get_time (context, EXC_FACT_STAGED) != 0 ||
         exc_auth_set_time (context, EXC_FACT_STAGED, now, error);
}

static gboolean
judge (ExcStepAuthStage *self,
       ExcStepContext *context,
       ExcReading *reading,
       ExcSight *sight,
       GError **error)
{
  ExcAuthTarget *target = self->target;
  const char *thumbprint = target->continues ? target->next : exc_renew_get_new (context);
  g_autofree char *text = NULL;

  if (is_same (reading->auth->next, thumbprint) || is_same (reading->auth->current, thumbprint)) {
    text = exc_auth_format_time (reading->auth->next_effective);
    exc_sight_set (sight,
                   EXC_EFFECT_SEEN,
                   is_same (reading->auth->next, thumbprint)
                   ? g_strdup_printf (_ ("It takes effect on %s."), text)
                   : NULL);
    return take_over (context, reading, thumbprint, error);
  }
  if (!target->continues && is_same (reading->auth->current, target->current) &&
      is_same (reading->auth->next, target->next))
    return TRUE;
  g_set_error (
      error,
      EXC_ERROR,
      EXC_ERROR_REFUSED,
      _("The Auth configuration has become current %1$s, next %2$s since this was planned. "
                 "Somebody else changed it: look at it, then plan anew."),
         reading->auth->current != NULL
             ? reading->auth->current
             : _("none"), reading->auth->next != NULL ? reading->auth->next : _("none"));
  return FALSE;
}

static void
on_looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReading) reading = exc_reading_finish (result, &error);
  g_auto(ExcSight) sight = { .effect = EXC_EFFECT_MISSING };

  if (reading == NULL ||
      !judge (
          g_task_get_source_object (task), g_task_get_task_data (task), reading, &sight, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    exc_step_return_sight (task, &sight);
}

static void
exc_step_auth_stage_verify_async (ExcStep *step,
                                  ExcStepContext *context,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task = g_task_new (step, cancellable, callback, user_data);
  ExcReadRequest request = { .parts = EXC_READ_AUTH,
                             .server = EXC_STEP_AUTH_STAGE (step)->target->server };

  g_task_set_task_data (
      task, exc_step_context_ref (context), (GDestroyNotify) exc_step_context_unref);
  exc_reading_async (context, &request, cancellable, on_looked_cb, task);
}

static void
on_staged_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  Run *run = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = exc_step_context_run_finish (run->context, result, &error);

  if (reply != NULL) {
    g_task_return_boolean (task, TRUE);
  } else if (!run->names_server && g_error_matches (error, EXC_ERROR, EXC_ERROR_REMOTE)) {
    /* The session may live on a server that has no such certificate (steps.md R1). */
    run->names_server = TRUE;
    send (g_steal_pointer (&task));
  } else {
    g_task_return_error (task, g_steal_pointer (&error));
  }
}

/* Takes the task. */
static void
send (GTask *task)
{
  ExcStepAuthStage *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  g_autoptr(ExcPipeline) pipeline =
                 exc_change_stage_auth (exc_renew_get_new (run->context),
                                        get_effective (self, run->context),
                                        run->names_server ? self->target->server : NULL);

  exc_step_context_run_async (
      run->context, self->target->server, pipeline, NULL, on_staged_cb, task);
}

/* The date is by the server's clock, which decides whether it is too early. */
static void
on_clock_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReading) reading = exc_reading_finish (result, &error);
  ExcStepAuthStage *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  gint64 now = 0;
  gint64 date = exc_auth_get_time (run->context, EXC_FACT_EFFECTIVE);

  if (reading != NULL)
    now = reading->windows->utc_now != 0
              ? reading->windows->utc_now
              : exc_clock_now (exc_step_context_get_clock (run->context));
  /* One that was kept by an earlier attempt is as good, unless that was long ago. */
  if (reading != NULL && (date < now + self->target->effective_s - LATENESS_S ||
                          date > now + self->target->effective_s))
    exc_auth_set_time (run->context, EXC_FACT_EFFECTIVE, now + self->target->effective_s, &error);
  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    send (g_steal_pointer (&task));
}

static void
exc_step_auth_stage_run_async (ExcStep *step,
                               ExcStepContext *context,
                               ExcProgress *progress,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = g_task_new (step, cancellable, callback, user_data);
  ExcReadRequest request = { .parts = EXC_READ_WINDOWS,
                             .server = EXC_STEP_AUTH_STAGE (step)->target->server };
  Run *run = g_new0 (Run, 1);

  run->context = exc_step_context_ref (context);
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);
  exc_reading_async (context, &request, NULL, on_clock_read_cb, task);
}

static void
exc_step_auth_stage_finalize (GObject *object)
{
  exc_auth_target_unref (EXC_STEP_AUTH_STAGE (object)->target);

  G_OBJECT_CLASS (exc_step_auth_stage_parent_class)->finalize (object);
}

static void
exc_step_auth_stage_class_init (ExcStepAuthStageClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_step_auth_stage_finalize;
  step_class->get_id = exc_step_auth_stage_get_id;
  step_class->describe = exc_step_auth_stage_describe;
  step_class->build = exc_step_auth_stage_build;
  step_class->verify_async = exc_step_auth_stage_verify_async;
  step_class->run_async = exc_step_auth_stage_run_async;
  step_class->undo_async = exc_step_auth_stage_undo_async;
}

static void
exc_step_auth_stage_init (ExcStepAuthStage *self)
{
}

ExcStep *
exc_step_auth_stage_new (ExcAuthTarget *target)
{
  ExcStepAuthStage *self = g_object_new (EXC_TYPE_STEP_AUTH_STAGE, NULL);

  self->target = exc_auth_target_ref (target);
  return EXC_STEP (self);
}
