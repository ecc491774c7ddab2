/* exc-step-check.c — A8: everything together, once more
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-reading.h"
#include "exc-renew-steps.h"
#include "exc-workflow-steps.h"
#include "exc-x509.h"

#include <glib/gi18n.h>

#define EXC_TYPE_STEP_CHECK (exc_step_check_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepCheck, exc_step_check, EXC, STEP_CHECK, ExcStep)

/**
 * ExcStepCheck:
 *
 * Changes nothing: what the server says and what it serves must agree. Ports where mail or web
 * clients may rightly be given another certificate are reported and decide nothing.
 */
struct _ExcStepCheck {
  ExcStep parent_instance;

  ExcRenewTarget *target;
};

G_DEFINE_FINAL_TYPE (ExcStepCheck, exc_step_check, EXC_TYPE_STEP)

static const guint16 reported_ports[] = { 443, 25, 587 };

typedef struct {
  ExcStepContext *context;
  ExcReading *reading;
  guint port_index;
} Check;

static void probe_next (GTask *task);

static void
check_free (Check *check)
{
  exc_step_context_unref (check->context);
  exc_reading_free (check->reading);
  g_free (check);
}

static const char *
exc_step_check_get_id (ExcStep *step)
{
  return "check";
}

static char *
exc_step_check_describe (ExcStep *step)
{
  return g_strdup_printf (_ ("Check that %s uses and serves the new certificate"),
                             EXC_STEP_CHECK (step)->target->name);
}

/* (nullable): the first thing that does not agree */
static char *
find_problem (ExcStepCheck *self, ExcReading *reading, const char *thumbprint)
{
  ExcRenewTarget *target = self->target;
  const char *hash = NULL;

  if (exc_reading_find_certificate (reading, thumbprint) == NULL)
    return g_strdup_printf (
        _ ("The new certificate %1$s is not on %2$s."), thumbprint, target->fqdn);
  if (g_strcmp0 (reading->internal, thumbprint) != 0)
    return g_strdup_printf (_ ("The internal transport certificate of %1$s is %2$s."),
                               target->fqdn,
                               reading->internal != NULL ? reading->internal : _ ("none"));
  if (!exc_windows_record_has_root (reading->windows, thumbprint))
    return g_strdup_printf (
        _ ("The new certificate is not among the trusted root certificates of %s."), target->fqdn);
  if (!exc_reading_find_binding (reading, EXC_SITE_BACK_END, target->back_end_info, &hash) ||
      g_strcmp0 (hash, thumbprint) != 0)
    return g_strdup_printf (
        _ ("Port 444 of %1$s is bound to %2$s."), target->fqdn, hash != NULL ? hash : _ ("none"));
  for (guint i = 0; i < target->front_end->len; i++) {
    ExcPlannedBinding *binding = g_ptr_array_index (target->front_end, i);

    if (exc_reading_find_binding (reading, EXC_SITE_FRONT_END, binding->info, &hash) &&
        hash != NULL && g_strcmp0 (hash, target->old) == 0)
      return g_strdup_printf (_ ("The old certificate is still bound to %1$s of “%2$s” on %3$s."),
                                 binding->info,
                                 EXC_SITE_FRONT_END,
                                 target->fqdn);
  }
  if (reading->is_probed && g_strcmp0 (reading->served, thumbprint) != 0)
    return reading->served != NULL
        ? g_strdup_printf (_ ("Port 444 of %1$s serves %2$s."), target->fqdn, reading->served)
        : g_strdup_printf (
              _ ("Port 444 of %1$s serves nothing: %2$s"), target->fqdn, reading->probe_problem);
  return NULL;
}

static void
on_probed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *line = NULL;
  Check *check = g_task_get_task_data (task);
  ExcStepCheck *self = g_task_get_source_object (task);
  guint port = reported_ports[check->port_index];
  g_autoptr(GBytes) der = exc_connection_probe_finish (EXC_CONNECTION (source), result, &error);
  g_autoptr(ExcX509) leaf = der != NULL ? exc_x509_new_from_der (der, &error) : NULL;

  if (leaf == NULL)
    line = g_strdup_printf (_ ("Port %1$u was not probed: %2$s"), port, error->message);
  else if (g_strcmp0 (leaf->sha1, exc_renew_get_new (check->context)) == 0)
    line = g_strdup_printf (_ ("Port %u serves the new certificate."), port);
  else if (g_strcmp0 (leaf->sha1, self->target->old) == 0)
    line = g_strdup_printf (
        _ ("Port %u still serves the old certificate, until its service is restarted."), port);
  else
    line = g_strdup_printf (_ ("Port %1$u serves %2$s (%3$s)."), port, leaf->sha1, leaf->subject);
  exc_step_context_log (check->context, line);
  check->port_index++;
  probe_next (g_steal_pointer (&task));
}

/* Takes the task. */
static void
probe_next (GTask *task_in)
{
  g_autoptr(GTask) task = task_in;
  Check *check = g_task_get_task_data (task);
  g_autofree char *remark = NULL;

  if (check->port_index < G_N_ELEMENTS (reported_ports)) {
    exc_connection_probe_async (exc_step_context_get_connection (check->context),
                                exc_step_context_get_server (check->context),
                                reported_ports[check->port_index],
                                g_task_get_cancellable (task),
                                on_probed_cb,
                                g_object_ref (task));
    return;
  }
  if (!check->reading->is_probed)
    remark = g_strdup_printf (_ ("Port 444 was not probed: %s"), check->reading->probe_problem);
  exc_step_return_effect (task, EXC_EFFECT_SEEN, remark);
}

static void
on_looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *problem = NULL;
  Check *check = g_task_get_task_data (task);

  check->reading = exc_reading_finish (result, &error);
  if (check->reading == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  problem = find_problem (
      g_task_get_source_object (task), check->reading, exc_renew_get_new (check->context));
  if (problem != NULL) {
    exc_step_return_effect (task, EXC_EFFECT_MISSING, problem);
    return;
  }
  if (check->reading->is_probed) {
    exc_step_context_log (check->context, _("Port 444 serves the new certificate."));
    if (!exc_step_context_set_fact (
            check->context, EXC_FACT_SHOOK, check->reading->served, &error)) {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  }
  probe_next (g_steal_pointer (&task));
}

static void
exc_step_check_verify_async (ExcStep *step,
                             ExcStepContext *context,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  GTask *task = g_task_new (step, cancellable, callback, user_data);
  Check *check = g_new0 (Check, 1);
  ExcReadRequest request = { .parts = EXC_READ_WINDOWS | EXC_READ_INTERNAL | EXC_READ_CERTIFICATES |
                                      EXC_READ_SERVED,
                             .thumbprint = exc_renew_get_new (context) };

  check->context = exc_step_context_ref (context);
  g_task_set_task_data (task, check, (GDestroyNotify) check_free);
  exc_reading_async (context, &request, cancellable, on_looked_cb, task);
}

static void
exc_step_check_finalize (GObject *object)
{
  exc_renew_target_unref (EXC_STEP_CHECK (object)->target);

  G_OBJECT_CLASS (exc_step_check_parent_class)->finalize (object);
}

static void
exc_step_check_class_init (ExcStepCheckClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_step_check_finalize;
  step_class->get_id = exc_step_check_get_id;
  step_class->describe = exc_step_check_describe;
  step_class->verify_async = exc_step_check_verify_async;
  step_class->run_async = NULL; /* it only looks */
  step_class->run_finish = NULL;
}

static void
exc_step_check_init (ExcStepCheck *self)
{
}

ExcStep *
exc_step_check_new (ExcRenewTarget *target)
{
  ExcStepCheck *self = g_object_new (EXC_TYPE_STEP_CHECK, NULL);

  self->target = exc_renew_target_ref (target);
  return EXC_STEP (self);
}
