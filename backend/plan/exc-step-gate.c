/* exc-step-gate.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-step-gate.h"

#include "exc-error.h"
#include "exc-step-change.h"

#include <glib/gi18n.h>

#define EXC_TYPE_STEP_GATE (exc_step_gate_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepGate, exc_step_gate, EXC, STEP_GATE, ExcStepChange)

/**
 * ExcStepGate:
 *
 * Stands before the first change to a server: the services that its roles require run, and none of
 * its database copies has failed. So a server is not touched while it is ill, nor the next one of
 * a DAG while the last one has not recovered.
 */
struct _ExcStepGate {
  ExcStepChange parent_instance;

  char *name;
};

G_DEFINE_FINAL_TYPE (ExcStepGate, exc_step_gate, EXC_TYPE_STEP_CHANGE)

static const char *
exc_step_gate_get_id (ExcStep *step)
{
  return "gate";
}

static char *
exc_step_gate_describe (ExcStep *step)
{
  return g_strdup_printf (_("Check that the services of %s run and its database copies are well"),
                             EXC_STEP_GATE (step)->name);
}

static void
exc_step_gate_request (ExcStepChange *change, ExcStepContext *context, ExcReadRequest *request)
{
  request->parts = EXC_READ_HEALTH | EXC_READ_COPIES;
}

/* Exchange's words for a copy that cannot take over: Failed, FailedAndSuspended, ServiceDown. */
static gboolean
has_failed (const ExcCopyRecord *copy)
{
  return g_str_has_prefix (copy->status, "Failed") || g_str_equal (copy->status, "ServiceDown");
}

static gboolean
exc_step_gate_judge (ExcStepChange *change,
                     ExcStepContext *context,
                     ExcReading *reading,
                     ExcSight *sight,
                     GError **error)
{
  for (guint i = 0; i < reading->health->len; i++) {
    ExcHealthRecord *health = g_ptr_array_index (reading->health, i);
    g_autofree char *services = NULL;

    if (health->is_running != EXC_NO)
      continue;
    services = health->not_running != NULL ? g_strjoinv (", ", health->not_running)
                                           : g_strdup (health->role);
    /* They may be starting: the runner asks again for some minutes. */
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_BUSY,
                 /* Translators: names of services */
                 _("Services that the server needs do not run: %s."), services);
    return FALSE;
  }
  for (guint i = 0; i < reading->copies->len; i++) {
    ExcCopyRecord *copy = g_ptr_array_index (reading->copies, i);

    if (copy->status == NULL || !has_failed (copy))
      continue;
    exc_sight_set (sight,
                   EXC_EFFECT_MISSING,
                   g_strdup_printf (_("The database copy %1$s is not well: %2$s. Bring it back "
                                      "first, then try again."),
                                       copy->name,
                                       copy->status));
    return TRUE;
  }
  exc_sight_set (sight, EXC_EFFECT_SEEN, NULL);
  return TRUE;
}

static void
exc_step_gate_finalize (GObject *object)
{
  g_free (EXC_STEP_GATE (object)->name);

  G_OBJECT_CLASS (exc_step_gate_parent_class)->finalize (object);
}

static void
exc_step_gate_class_init (ExcStepGateClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);
  ExcStepChangeClass *change_class = EXC_STEP_CHANGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_step_gate_finalize;
  step_class->get_id = exc_step_gate_get_id;
  step_class->describe = exc_step_gate_describe;
  step_class->run_async = NULL; /* it only looks */
  step_class->run_finish = NULL;
  change_class->request = exc_step_gate_request;
  change_class->judge = exc_step_gate_judge;
}

static void
exc_step_gate_init (ExcStepGate *self)
{
}

ExcStep *
exc_step_gate_new (const char *name)
{
  ExcStepGate *self = g_object_new (EXC_TYPE_STEP_GATE, NULL);

  self->name = g_strdup (name);
  return EXC_STEP (self);
}
