/* exc-step-gate.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-step-gate.h"

#include "exc-error.h"
#include "exc-reading.h"

#include <glib/gi18n.h>

#define EXC_TYPE_STEP_GATE (exc_step_gate_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepGate, exc_step_gate, EXC, STEP_GATE, ExcStep)

/**
 * ExcStepGate:
 *
 * Stands before the first change to a server: the services that its roles require run, and none of
 * its database copies has failed; the same of the server that was changed before it. So a server
 * is not touched while it is ill, nor the next one while the last one has not recovered. One that
 * is open looks at its own server alone, tells the same and lets pass: a repair is for the ill, and
 * a certificate that nothing uses yet harms nobody.
 */
struct _ExcStepGate {
  ExcStep parent_instance;

  char *name;
  gboolean is_open;
};

G_DEFINE_FINAL_TYPE (ExcStepGate, exc_step_gate, EXC_TYPE_STEP)

static const char *
exc_step_gate_get_id (ExcStep *step)
{
  return "gate";
}

static char *
exc_step_gate_describe (ExcStep *step)
{
  ExcStepGate *self = EXC_STEP_GATE (step);

  return g_strdup_printf (
      self->is_open
      ? _("Look whether the services of %s run and its database copies are well; it goes on in any case")
      : _("Check that the services of %s run and its database copies are well"), self->name);
}

/* Exchange's words for a copy that cannot take over: Failed, FailedAndSuspended, ServiceDown. */
static gboolean
has_failed (const ExcCopyRecord *copy)
{
  return copy->status != NULL &&
         (g_str_has_prefix (copy->status, "Failed") || g_str_equal (copy->status, "ServiceDown"));
}

typedef struct {
  ExcStepContext *context;
  const char *before; /* (nullable): the server that is looked at instead of the step's own */
} Look;

static void
look_free (Look *look)
{
  exc_step_context_unref (look->context);
  g_free (look);
}

/* (nullable): names of services that do not run and should */
static char *
find_stopped (ExcReading *reading)
{
  for (guint i = 0; i < reading->health->len; i++) {
    ExcHealthRecord *health = g_ptr_array_index (reading->health, i);

    if (health->is_running == EXC_NO)
      return health->not_running != NULL ? g_strjoinv (", ", health->not_running)
                                         : g_strdup (health->role);
  }
  return NULL;
}

static const ExcCopyRecord *
find_failed (ExcReading *reading)
{
  for (guint i = 0; i < reading->copies->len; i++)
    if (has_failed (g_ptr_array_index (reading->copies, i)))
      return g_ptr_array_index (reading->copies, i);
  return NULL;
}

static void look (GTask *take);

/* (nullable) (transfer full): what is not well, in a sentence. error: (out): may pass */
static char *
judge (ExcStepGate *self, Look *look, ExcReading *reading, GError **error)
{
  g_autofree char *services = find_stopped (reading);
  const ExcCopyRecord *copy = find_failed (reading);

  if (services != NULL && look->before != NULL)
    /* They may be starting: the runner asks again for some minutes. */
    g_set_error (
        error,
        EXC_ERROR,
        EXC_ERROR_BUSY,
        /* Translators: a server's name, names of services */
        _("Services that %1$s needs, which was changed before this one, do not run: %2$s."),
           look->before,
           services);
  else if (services != NULL)
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_BUSY,
                 /* Translators: names of services */
                 _("Services that the server needs do not run: %s."), services);
  if (services != NULL || copy == NULL)
    return NULL;
  return g_strdup_printf (self->is_open ? _("The database copy %1$s is not well: %2$s.")
                                        : _("The database copy %1$s is not well: %2$s. Bring it "
                                            "back first, then try again."),
                                             copy->name,
                                             copy->status);
}

static void
on_looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  Look *data = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReading) reading = exc_reading_finish (result, &error);
  ExcStepGate *self = g_task_get_source_object (task);
  g_autofree char *text = reading != NULL ? judge (self, data, reading, &error) : NULL;

  if (error != NULL && !self->is_open) {
    g_task_return_error (task, g_steal_pointer (&error));
  } else if (error != NULL) {
    exc_step_return_effect (task, EXC_EFFECT_WARNED, error->message);
  } else if (text != NULL) {
    exc_step_return_effect (task, self->is_open ? EXC_EFFECT_WARNED : EXC_EFFECT_MISSING, text);
  } else if (data->before == NULL && !self->is_open &&
             exc_step_context_get_server_before (data->context) != NULL) {
    data->before = exc_step_context_get_server_before (data->context);
    look (g_steal_pointer (&task));
  } else {
    exc_step_return_effect (task, EXC_EFFECT_SEEN, NULL);
  }
}

static void
look (GTask *take)
{
  Look *data = g_task_get_task_data (take);
  const ExcReadRequest request = { .parts = EXC_READ_HEALTH | EXC_READ_COPIES,
                                   .server = data->before };

  exc_reading_async (data->context, &request, g_task_get_cancellable (take), on_looked_cb, take);
}

static void
exc_step_gate_verify_async (ExcStep *step,
                            ExcStepContext *context,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (step, cancellable, callback, user_data);
  Look *data = g_new0 (Look, 1);

  data->context = exc_step_context_ref (context);
  g_task_set_task_data (task, data, (GDestroyNotify) look_free);
  look (task);
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

  G_OBJECT_CLASS (klass)->finalize = exc_step_gate_finalize;
  step_class->get_id = exc_step_gate_get_id;
  step_class->describe = exc_step_gate_describe;
  step_class->verify_async = exc_step_gate_verify_async;
  step_class->run_async = NULL; /* it only looks */
  step_class->run_finish = NULL;
}

static void
exc_step_gate_init (ExcStepGate *self)
{
}

static ExcStep *
make (const char *name, gboolean is_open)
{
  ExcStepGate *self = g_object_new (EXC_TYPE_STEP_GATE, NULL);

  self->name = g_strdup (name);
  self->is_open = is_open;
  return EXC_STEP (self);
}

ExcStep *
exc_step_gate_new (const char *name)
{
  return make (name, FALSE);
}

ExcStep *
exc_step_gate_new_open (const char *name)
{
  return make (name, TRUE);
}
