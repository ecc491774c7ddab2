/* exc-step-create-undo.c — the way back from a creation (steps.md U-A)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-step-create-private.h"

#include "exc-changes.h"
#include "exc-error.h"

#include <glib/gi18n.h>

/* The internal transport certificate lies in Active Directory: another domain controller may tell
 * the old one for a while. */
#define MAX_LOOKS       6
#define LOOK_INTERVAL_S 5

#define is_same(a, b)   (g_strcmp0 (a, b) == 0)

typedef struct {
  ExcStepContext *context;
  guint n_looks;
  gboolean has_enabled;
  gboolean has_restarted;
  gboolean has_removed;
} Undo;

static void look_and_undo (GTask *task);

static void
undo_free (Undo *undo)
{
  exc_step_context_unref (undo->context);
  g_free (undo);
}

static void
on_undo_run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (!exc_step_context_run_all_finish (result, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    look_and_undo (g_steal_pointer (&task));
}

static void
on_undo_waited_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  exc_clock_wait_finish (EXC_CLOCK (source), result, NULL);
  look_and_undo (user_data);
}

/* Takes the tasks and the pipeline. */
static void
undo_by (GTask *task, ExcPipeline *pipeline)
{
  ExcStepCreate *self = g_task_get_source_object (task);
  Undo *undo = g_task_get_task_data (task);
  g_autoptr(GPtrArray) pipelines =
                 g_ptr_array_new_with_free_func ((GDestroyNotify) exc_pipeline_unref);

  undo->n_looks = 0;
  g_ptr_array_add (pipelines, pipeline);
  exc_step_context_run_all_async (
      undo->context, self->server, pipelines, NULL, on_undo_run_cb, task);
}

/* Takes the task. What was sent is not seen yet. */
static void
undo_look_again (GTask *task_in, const char *problem)
{
  g_autoptr(GTask) task = task_in;
  Undo *undo = g_task_get_task_data (task);

  if (++undo->n_looks >= MAX_LOOKS)
    g_task_return_new_error (task, EXC_ERROR, EXC_ERROR_UNVERIFIED, "%s", problem);
  else
    exc_clock_wait_async (exc_step_context_get_clock (undo->context),
                          LOOK_INTERVAL_S,
                          NULL,
                          on_undo_waited_cb,
                          g_steal_pointer (&task));
}

/* thumbprint: (nullable): NULL where an earlier attempt has come so far: what it kept stays, as the
 * undo of the trust needs it. */
static gboolean
forget (ExcStepContext *context, const char *thumbprint, GError **error)
{
  return (thumbprint == NULL ||
          exc_step_context_set_fact (context, EXC_FACT_REMOVED, thumbprint, error)) &&
         exc_step_context_set_fact (context, EXC_FACT_NEW, NULL, error) &&
         exc_step_context_set_fact (context, EXC_FACT_SENT, NULL, error) &&
         exc_step_context_set_fact (context, EXC_FACT_RESTARTED, NULL, error) &&
         exc_step_context_set_fact (context, EXC_FACT_PRESENT, NULL, error);
}

/* Enable the former internal transport certificate, restart what was restarted, remove the new one:
 * each only where it is still to be done, and each seen before the next (steps.md U-A). */
static void
undo_next (GTask *task_in, ExcReading *reading)
{
  g_autoptr(GTask) task = task_in;
  g_autoptr(GError) error = NULL;
  ExcStepCreate *self = g_task_get_source_object (task);
  Undo *undo = g_task_get_task_data (task);
  g_autofree char *thumbprint = NULL;
  const char *restarted = exc_step_context_get_fact (undo->context, EXC_FACT_RESTARTED);

  if (!exc_step_create_adopt (self, undo->context, reading, &error) ||
      !exc_reading_check_unused (reading,
                                 self->server,
                                 exc_step_context_get_fact (undo->context, EXC_FACT_NEW),
                                 FALSE,
                                 &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }

  thumbprint = g_strdup (exc_step_context_get_fact (undo->context, EXC_FACT_NEW));
  if (thumbprint != NULL && is_same (reading->internal, thumbprint)) {
    if (undo->has_enabled) {
      undo_look_again (g_steal_pointer (&task),
                       _ ("The new certificate is still the internal transport certificate."));
      return;
    }
    if (self->internal == NULL || exc_reading_find_certificate (reading, self->internal) == NULL) {
      g_task_return_new_error (
          task,
          EXC_ERROR,
          EXC_ERROR_REFUSED,
          _("The former internal transport certificate %1$s is not on %2$s, so "
                                 "the new one stays."),
             self->internal != NULL ? self->internal : "",
             self->server);
      return;
    }
    undo->has_enabled = TRUE;
    undo_by (g_steal_pointer (&task),
             exc_change_enable (self->server, self->internal, "SMTP", FALSE));
    return;
  }

  if (thumbprint != NULL && exc_reading_find_certificate (reading, thumbprint) != NULL) {
    /* Transport holds the certificate it started with; pools and the web server do not. */
    if (restarted != NULL && strstr (restarted, "MSExchangeTransport") != NULL &&
        !undo->has_restarted) {
      g_auto(GStrv) services = g_strsplit (restarted, " ", -1);

      undo->has_restarted = TRUE;
      undo_by (g_steal_pointer (&task),
               exc_change_restart_services ((const char *const *) services));
    } else if (undo->has_removed)
      undo_look_again (g_steal_pointer (&task),
                       _ ("The new certificate was removed, but it is still there."));
    else {
      undo->has_removed = TRUE;
      undo_by (g_steal_pointer (&task), exc_change_remove (self->server, thumbprint));
    }
    return;
  }

  if (!forget (undo->context, thumbprint, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_looked_for_undo_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReading) reading = exc_reading_finish (result, &error);

  if (reading == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    undo_next (g_steal_pointer (&task), reading);
}

/* Takes the task. */
static void
look_and_undo (GTask *task)
{
  Undo *undo = g_task_get_task_data (task);
  ExcReadRequest request = exc_step_create_request (g_task_get_source_object (task));

  request.parts |= EXC_READ_AUTH; /* which Exchange does not look at before it removes */
  exc_reading_async (undo->context, &request, NULL, on_looked_for_undo_cb, task);
}

void
exc_step_create_undo_async (ExcStep *step,
                            ExcStepContext *context,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (step, cancellable, callback, user_data);
  Undo *undo = g_new0 (Undo, 1);

  undo->context = exc_step_context_ref (context);
  g_task_set_task_data (task, undo, (GDestroyNotify) undo_free);
  look_and_undo (task);
}
