/* exc-step-create.c — a new certificate on a server (steps.md A1, B1, C1)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-queries.h"
#include "exc-renew-target.h"
#include "exc-step-change.h"
#include "exc-step-create-private.h"

#include <glib/gi18n.h>

/* A creation that was never answered may still be at work on the server: it is looked for so often
 * before another one leaves. A key and an AD write take seconds. */
#define MAX_SETTLES       3
#define SETTLE_INTERVAL_S 10

#define is_same(a, b)     (g_strcmp0 (a, b) == 0)

G_DEFINE_FINAL_TYPE (ExcStepCreate, exc_step_create, EXC_TYPE_STEP)

typedef struct {
  ExcStepContext *context;
  guint n_settles;
} Run;

static void look_and_run (GTask *task);

const char *
exc_renew_get_new (ExcStepContext *context)
{
  const char *thumbprint =
      context != NULL ? exc_step_context_get_fact (context, EXC_FACT_NEW) : NULL;

  /* Translators: stands for the thumbprint of a certificate that is not made yet */
  return thumbprint != NULL ? thumbprint : _ ("‹NEW›");
}

static void
run_free (Run *run)
{
  exc_step_context_unref (run->context);
  g_free (run);
}

static const char *
exc_step_create_get_id (ExcStep *step)
{
  return "create";
}

static char *
exc_step_create_describe (ExcStep *step)
{
  return g_strdup (EXC_STEP_CREATE (step)->sentence);
}

ExcReadRequest
exc_step_create_request (ExcStepCreate *self)
{
  return (ExcReadRequest){ .parts = EXC_READ_WINDOWS | EXC_READ_INTERNAL | EXC_READ_CERTIFICATES,
                           .server = self->server };
}

static GPtrArray *
exc_step_create_build (ExcStep *step, ExcStepContext *context)
{
  return exc_pipelines_new (exc_pipeline_ref (EXC_STEP_CREATE (step)->pipeline));
}

static char *
dup_present (ExcReading *reading)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < reading->certificates->len; i++) {
    ExcCertificateRecord *record = g_ptr_array_index (reading->certificates, i);

    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", record->thumbprint);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Finds the certificate that an unanswered command made, and keeps it as the fact `new`. */
gboolean
exc_step_create_adopt (ExcStepCreate *self,
                       ExcStepContext *context,
                       ExcReading *reading,
                       GError **error)
{
  const char *known = exc_step_context_get_fact (context, EXC_FACT_PRESENT);
  ExcCertificateRecord *old =
      self->old != NULL ? exc_reading_find_certificate (reading, self->old) : NULL;
  ExcCertificateRecord *found = NULL;
  g_auto(GStrv) present = NULL;
  guint n_found = 0;

  if (known == NULL || exc_step_context_get_fact (context, EXC_FACT_NEW) != NULL)
    return TRUE;

  present = g_strsplit (known, " ", -1);
  for (guint i = 0; i < reading->certificates->len; i++) {
    ExcCertificateRecord *record = g_ptr_array_index (reading->certificates, i);

    if (g_strv_contains ((const char *const *) present, record->thumbprint) ||
        !is_same (record->subject, self->subject) ||
        (old != NULL && record->not_before < old->not_before))
      continue;
    n_found++;
    if (found == NULL || is_same (record->thumbprint, reading->internal))
      found = record;
  }
  if (found == NULL)
    return TRUE;
  if (n_found > 1 && !is_same (found->thumbprint, reading->internal)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("%1$u new certificates “%2$s” are on %3$s and none of them is in use. Remove "
                   "those that are not wanted, then plan anew."),
                    n_found,
                    self->subject,
                    self->server);
    return FALSE;
  }
  return exc_step_context_set_fact (context, EXC_FACT_NEW, found->thumbprint, error);
}

static gboolean
refuse_internal (ExcStepCreate *self, ExcReading *reading, GError **error)
{
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_REFUSED,
               _("The internal transport certificate of %1$s is %2$s now, not %3$s as planned. "
                 "Somebody else changed it: look at the server, then plan anew."),
                  self->server,
                  reading->internal != NULL
                      ? reading->internal
                      : _("none"), self->internal != NULL ? self->internal : _("none"));
  return FALSE;
}

/* The server is as the plan found it. */
static gboolean
check_unchanged (ExcStepCreate *self, ExcReading *reading, GError **error)
{
  const char *hash = NULL;

  if (!is_same (reading->internal, self->internal))
    return refuse_internal (self, reading, error);
  if (self->old != NULL && exc_reading_find_certificate (reading, self->old) == NULL) {
    g_set_error (
        error,
        EXC_ERROR,
        EXC_ERROR_REFUSED,
        _("The certificate %1$s is not on %2$s any more. Plan anew."), self->old, self->server);
    return FALSE;
  }
  if (self->binding_info != NULL &&
      (!exc_reading_find_binding (reading, EXC_SITE_BACK_END, self->binding_info, &hash) ||
       !is_same (hash, self->binding))) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("Port 444 of %1$s has certificate %2$s now, not %3$s as planned. Somebody else "
                   "changed it: look at the server, then plan anew."),
                    self->server,
                    hash != NULL ? hash
                                 : _("none"), self->binding != NULL ? self->binding : _("none"));
    return FALSE;
  }
  return TRUE;
}

/* What the server says of the effect, the same for looking and for running. */
static gboolean
judge (ExcStepCreate *self,
       ExcStepContext *context,
       ExcReading *reading,
       ExcEffect *effect,
       char **reason,
       GError **error)
{
  const char *thumbprint;

  *effect = EXC_EFFECT_MISSING;
  if (!exc_step_create_adopt (self, context, reading, error))
    return FALSE;
  thumbprint = exc_step_context_get_fact (context, EXC_FACT_NEW);
  if (thumbprint == NULL)
    return check_unchanged (self, reading, error);

  if (exc_reading_find_certificate (reading, thumbprint) == NULL) {
    *reason = g_strdup_printf (
        _ ("The certificate %1$s that this job made is not on %2$s."), thumbprint, self->server);
    return TRUE;
  }
  if (self->is_request && exc_step_context_get_fact (context, EXC_FACT_REQUEST) == NULL) {
    *reason = g_strdup (_("The text of the request has not been read yet."));
    return TRUE;
  }
  if (is_same (reading->internal, self->becomes_internal ? thumbprint : self->internal)) {
    *effect = EXC_EFFECT_SEEN;
    return TRUE;
  }
  if (!is_same (reading->internal, self->internal) && !is_same (reading->internal, thumbprint))
    return refuse_internal (self, reading, error);
  if (!self->becomes_internal) {
    *reason = g_strdup (_("The new certificate has become the internal transport certificate, "
                          "which was not wanted."));
    return TRUE;
  }
  *reason = g_strdup_printf (_ ("The internal transport certificate is still %s."),
                                reading->internal != NULL ? reading->internal : _ ("none"));
  return TRUE;
}

static void
on_looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReading) reading = exc_reading_finish (result, &error);
  g_autofree char *reason = NULL;
  ExcEffect effect;

  if (reading == NULL || !judge (g_task_get_source_object (task),
                                 g_task_get_task_data (task),
                                 reading,
                                 &effect,
                                 &reason,
                                 &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    exc_step_return_effect (task, effect, reason);
}

static void
exc_step_create_verify_async (ExcStep *step,
                              ExcStepContext *context,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = g_task_new (step, cancellable, callback, user_data);
  ExcReadRequest request = exc_step_create_request (EXC_STEP_CREATE (step));

  g_task_set_task_data (
      task, exc_step_context_ref (context), (GDestroyNotify) exc_step_context_unref);
  exc_reading_async (context, &request, cancellable, on_looked_cb, task);
}

static void
on_created_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  Run *run = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = exc_step_context_run_finish_unchecked (run->context, result, &error);
  ExcStepCreate *self = g_task_get_source_object (task);
  g_autofree char *answer = NULL;

  if (reply == NULL) {
    g_task_return_error (task, g_steal_pointer (&error)); /* it may still be at work */
    return;
  }
  if (exc_step_context_check (run->context, reply, &error))
    answer = self->is_request ? exc_read_request (reply, &error) : exc_read_created (reply, &error);
  if (answer != NULL) /* which certificate a request belongs to is seen by the look that follows */
    exc_step_context_set_fact (
        run->context, self->is_request ? EXC_FACT_REQUEST : EXC_FACT_NEW, answer, &error);
  else
    exc_step_context_set_fact (
        run->context, EXC_FACT_SENT, NULL, error == NULL ? &error : NULL); /* it was answered */

  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_enabled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  Run *run = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = exc_step_context_run_finish (run->context, result, &error);

  if (reply == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_request_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  Run *run = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = exc_step_context_run_finish (run->context, result, &error);
  g_autofree char *request = reply != NULL ? exc_read_request (reply, &error) : NULL;

  if (request == NULL ||
      !exc_step_context_set_fact (run->context, EXC_FACT_REQUEST, request, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_settled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  exc_clock_wait_finish (EXC_CLOCK (source), result, NULL);
  look_and_run (user_data);
}

/* Takes the task. */
static void
create (GTask *task_in, ExcReading *reading)
{
  g_autoptr(GTask) task = task_in;
  g_autoptr(GError) error = NULL;
  ExcStepCreate *self = g_task_get_source_object (task);
  g_autofree char *present = dup_present (reading);
  g_autofree char *now = NULL;
  Run *run = g_task_get_task_data (task);

  now = g_strdup_printf ("%" G_GINT64_FORMAT,
                         exc_clock_now (exc_step_context_get_clock (run->context)));
  if (!exc_step_context_set_fact (run->context, EXC_FACT_PRESENT, present, &error) ||
      !exc_step_context_set_fact (run->context, EXC_FACT_SENT, now, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  exc_step_context_run_async (
      run->context, self->server, self->pipeline, NULL, on_created_cb, g_steal_pointer (&task));
}

static void
on_looked_for_run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReading) reading = exc_reading_finish (result, &error);
  g_autofree char *reason = NULL;
  ExcStepCreate *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  const char *thumbprint;
  ExcEffect effect;

  if (reading == NULL || !judge (self, run->context, reading, &effect, &reason, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (effect == EXC_EFFECT_SEEN) {
    g_task_return_boolean (task, TRUE);
    return;
  }

  thumbprint = exc_step_context_get_fact (run->context, EXC_FACT_NEW);
  if (thumbprint == NULL) {
    if (exc_step_context_get_fact (run->context, EXC_FACT_SENT) != NULL &&
        run->n_settles++ < MAX_SETTLES)
      exc_clock_wait_async (exc_step_context_get_clock (run->context),
                            SETTLE_INTERVAL_S,
                            NULL,
                            on_settled_cb,
                            g_steal_pointer (&task));
    else
      create (g_steal_pointer (&task), reading);
    return;
  }

  if (exc_reading_find_certificate (reading, thumbprint) == NULL) {
    g_task_return_new_error (
        task, EXC_ERROR, EXC_ERROR_REFUSED, _("%s Undo this server, then plan anew."), reason);
    return;
  }
  if (self->is_request && exc_step_context_get_fact (run->context, EXC_FACT_REQUEST) == NULL) {
    g_autoptr(ExcPipeline) pipeline = exc_query_request (self->server, thumbprint);

    exc_step_context_run_async (
        run->context, self->server, pipeline, NULL, on_request_read_cb, g_steal_pointer (&task));
    return;
  }
  /* It was made: what is left is to put it to use, or to put back what it took the place of. */
  {
    g_autoptr(ExcPipeline) pipeline = exc_change_enable (
        self->server, self->becomes_internal ? thumbprint : self->internal, "SMTP", FALSE);

    exc_step_context_run_async (
        run->context, self->server, pipeline, NULL, on_enabled_cb, g_steal_pointer (&task));
  }
}

/* Takes the task. */
static void
look_and_run (GTask *task)
{
  Run *run = g_task_get_task_data (task);
  ExcReadRequest request = exc_step_create_request (g_task_get_source_object (task));

  exc_reading_async (run->context, &request, NULL, on_looked_for_run_cb, task);
}

static void
exc_step_create_run_async (ExcStep *step,
                           ExcStepContext *context,
                           ExcProgress *progress,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  GTask *task = g_task_new (step, cancellable, callback, user_data);
  Run *run = g_new0 (Run, 1);

  run->context = exc_step_context_ref (context);
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);
  look_and_run (task);
}

static void
exc_step_create_finalize (GObject *object)
{
  ExcStepCreate *self = EXC_STEP_CREATE (object);

  exc_pipeline_unref (self->pipeline);
  g_free (self->server);
  g_free (self->sentence);
  g_free (self->subject);
  g_free (self->old);
  g_free (self->internal);
  g_free (self->binding_info);
  g_free (self->binding);

  G_OBJECT_CLASS (exc_step_create_parent_class)->finalize (object);
}

static void
exc_step_create_class_init (ExcStepCreateClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_step_create_finalize;
  step_class->get_id = exc_step_create_get_id;
  step_class->describe = exc_step_create_describe;
  step_class->build = exc_step_create_build;
  step_class->verify_async = exc_step_create_verify_async;
  step_class->run_async = exc_step_create_run_async;
  step_class->undo_async = exc_step_create_undo_async;
}

static void
exc_step_create_init (ExcStepCreate *self)
{
}

ExcStep *
exc_step_create_new (const ExcCreation *creation)
{
  ExcStepCreate *self = g_object_new (EXC_TYPE_STEP_CREATE, NULL);

  self->server = g_strdup (creation->server);
  self->sentence = g_strdup (creation->sentence);
  self->pipeline = exc_pipeline_ref (creation->pipeline);
  self->subject = g_strdup (creation->subject);
  self->old = g_strdup (creation->old);
  self->internal = g_strdup (creation->internal);
  self->is_request = creation->is_request;
  self->becomes_internal = creation->becomes_internal;
  self->binding_info = g_strdup (creation->binding_info);
  self->binding = g_strdup (creation->binding);
  return EXC_STEP (self);
}
