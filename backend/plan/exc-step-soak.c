/* exc-step-soak.c — A9: nothing more is done for a while
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-workflow-steps.h"

#include <glib/gi18n.h>

/* When the wait ends, Unix seconds; kept, so that a restarted program waits no longer. */
#define FACT_UNTIL         "soak-until"

#define EXC_TYPE_STEP_SOAK (exc_step_soak_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepSoak, exc_step_soak, EXC, STEP_SOAK, ExcStep)

struct _ExcStepSoak {
  ExcStep parent_instance;

  guint hours;
};

G_DEFINE_FINAL_TYPE (ExcStepSoak, exc_step_soak, EXC_TYPE_STEP)

static const char *
exc_step_soak_get_id (ExcStep *step)
{
  return "soak";
}

static char *
exc_step_soak_describe (ExcStep *step)
{
  guint hours = EXC_STEP_SOAK (step)->hours;

  return g_strdup_printf (ngettext ("Wait %u hour, in which undoing is still possible",
                                    "Wait %u hours, in which undoing is still possible",
                                    hours),
                          hours);
}

static void
exc_step_soak_verify_async (ExcStep *step,
                            ExcStepContext *context,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr(GTask) task = g_task_new (step, cancellable, callback, user_data);
  gint64 now = exc_clock_now (exc_step_context_get_clock (context));
  const char *fact = exc_step_context_get_fact (context, FACT_UNTIL);
  gint64 until = fact != NULL ? g_ascii_strtoll (fact, NULL, 10) : 0;
  g_autoptr(GError) error = NULL;
  g_auto(ExcSight) sight = { .effect = EXC_EFFECT_SEEN };

  if (fact == NULL) {
    g_autofree char *text = NULL;

    until = now + EXC_STEP_SOAK (step)->hours * 3600;
    text = g_strdup_printf ("%" G_GINT64_FORMAT, until);
    if (!exc_step_context_set_fact (context, FACT_UNTIL, text, &error)) {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  }
  if (now < until) {
    sight.effect = EXC_EFFECT_WAITING;
    sight.wake = until;
    sight.reason =
        g_strdup (_("The old certificate is kept for now, in case something needs it."));
  }
  exc_step_return_sight (task, &sight);
}

static void
exc_step_soak_class_init (ExcStepSoakClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);

  step_class->get_id = exc_step_soak_get_id;
  step_class->describe = exc_step_soak_describe;
  step_class->verify_async = exc_step_soak_verify_async;
  step_class->run_async = NULL; /* time does it */
  step_class->run_finish = NULL;
}

static void
exc_step_soak_init (ExcStepSoak *self)
{
}

ExcStep *
exc_step_soak_new (guint hours)
{
  ExcStepSoak *self = g_object_new (EXC_TYPE_STEP_SOAK, NULL);

  self->hours = hours;
  return EXC_STEP (self);
}
