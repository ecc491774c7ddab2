/* exc-step-restart.c — A6: restarts, where the user chose one
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-reading.h"
#include "exc-renew-steps.h"
#include "exc-workflow-steps.h"

#include <glib/gi18n.h>

#define EXC_TYPE_STEP_RESTART (exc_step_restart_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepRestart, exc_step_restart, EXC, STEP_RESTART, ExcStep)

/* The fact where every service was stopped. */
#define NOTHING_RAN "-"

/**
 * ExcStepRestart:
 *
 * That something was restarted cannot be seen on the server afterwards, so the fact of it lies in
 * the journal; what can be seen is that it runs. A crash between the restart and the fact restarts
 * once more, which harms nobody.
 */
struct _ExcStepRestart {
  ExcStep parent_instance;

  char *id;
  char *fact; /* what of them ran and was restarted, with blanks between */
  char *sentence;
  const char *const *names;
  gboolean are_services;
};

G_DEFINE_FINAL_TYPE (ExcStepRestart, exc_step_restart, EXC_TYPE_STEP)

static const char *
exc_step_restart_get_id (ExcStep *step)
{
  return EXC_STEP_RESTART (step)->id;
}

static char *
exc_step_restart_describe (ExcStep *step)
{
  return g_strdup (EXC_STEP_RESTART (step)->sentence);
}

static GPtrArray *
exc_step_restart_build (ExcStep *step, ExcStepContext *context)
{
  ExcStepRestart *self = EXC_STEP_RESTART (step);
  GPtrArray *pipelines = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_pipeline_unref);

  g_ptr_array_add (pipelines,
                   self->are_services ? exc_change_restart_services (self->names)
                                      : exc_change_recycle_pools (self->names));
  return pipelines;
}

static void
on_looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReading) reading = exc_reading_finish (result, &error);

  if (reading == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  for (guint i = 0; i < reading->windows->services->len; i++) {
    ExcServiceRecord *service = g_ptr_array_index (reading->windows->services, i);
    g_autofree char *reason = NULL;

    if (g_strcmp0 (service->status, "Running") == 0)
      continue;
    reason = g_strdup_printf (
        /* Translators: a service, and the state that Windows tells */
        _ ("The service %1$s does not run: %2$s."),
           service->name,
           service->status != NULL ? service->status : "");
    exc_step_return_effect (task, EXC_EFFECT_MISSING, reason);
    return;
  }
  exc_step_return_effect (task, EXC_EFFECT_SEEN, NULL);
}

/* Who ran before has to run again; who was stopped stays so. */
static void
exc_step_restart_verify_async (ExcStep *step,
                               ExcStepContext *context,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = g_task_new (step, cancellable, callback, user_data);
  ExcStepRestart *self = EXC_STEP_RESTART (step);
  const char *restarted = exc_step_context_get_fact (context, self->fact);
  g_auto(GStrv) services = NULL;
  ExcReadRequest request = { .parts = EXC_READ_WINDOWS };

  if (restarted == NULL || !self->are_services || g_str_equal (restarted, NOTHING_RAN)) {
    exc_step_return_effect (task,
                            restarted != NULL ? EXC_EFFECT_SEEN : EXC_EFFECT_MISSING,
                            restarted != NULL && self->are_services
                            ? _("None of the services ran; they stay stopped.")
                            : NULL);
    g_object_unref (task);
    return;
  }
  services = g_strsplit (restarted, " ", -1);
  request.services = (const char *const *) services;
  exc_reading_async (context, &request, cancellable, on_looked_cb, task);
}

static void
on_restarted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) records = NULL;
  g_autoptr(GString) ran = g_string_new (NULL);
  ExcStepRestart *self = g_task_get_source_object (task);
  ExcStepContext *context = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = exc_step_context_run_finish (context, result, &error);

  if (reply != NULL)
    records = exc_read_restarted (reply, &error);
  for (guint i = 0; records != NULL && error == NULL && i < records->len; i++) {
    ExcRestartRecord *record = g_ptr_array_index (records, i);

    if (g_strcmp0 (record->before, "Running") == 0 || g_strcmp0 (record->before, "Started") == 0)
      g_string_append_printf (ran, "%s%s", ran->len > 0 ? " " : "", record->name);
    if (!exc_restart_record_is_done (record))
      g_set_error (&error,
                   EXC_ERROR,
                   EXC_ERROR_REMOTE,
                   _("%1$s did not come back: %2$s"),
                      record->name,
                      record->failure != NULL ? record->failure
                      : record->after != NULL ? record->after
                                              : "");
  }
  if (error == NULL)
    exc_step_context_set_fact (context, self->fact, ran->len > 0 ? ran->str : NOTHING_RAN, &error);

  if (error != NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
exc_step_restart_run_async (ExcStep *step,
                            ExcStepContext *context,
                            ExcProgress *progress,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (step, cancellable, callback, user_data);
  g_autoptr(GPtrArray) pipelines = exc_step_build (step, context);

  g_task_set_task_data (
      task, exc_step_context_ref (context), (GDestroyNotify) exc_step_context_unref);
  exc_step_context_run_async (
      context, NULL, g_ptr_array_index (pipelines, 0), cancellable, on_restarted_cb, task);
}

static void
exc_step_restart_finalize (GObject *object)
{
  ExcStepRestart *self = EXC_STEP_RESTART (object);

  g_free (self->id);
  g_free (self->fact);
  g_free (self->sentence);

  G_OBJECT_CLASS (exc_step_restart_parent_class)->finalize (object);
}

static void
exc_step_restart_class_init (ExcStepRestartClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_step_restart_finalize;
  step_class->get_id = exc_step_restart_get_id;
  step_class->describe = exc_step_restart_describe;
  step_class->build = exc_step_restart_build;
  step_class->verify_async = exc_step_restart_verify_async;
  step_class->run_async = exc_step_restart_run_async;
}

static void
exc_step_restart_init (ExcStepRestart *self)
{
}

static ExcStep *
make (const char *id, char *take_sentence, const char *const *names, gboolean are_services)
{
  ExcStepRestart *self = g_object_new (EXC_TYPE_STEP_RESTART, NULL);

  self->id = g_strdup (id);
  self->fact = g_str_equal (id, "restart") ? g_strdup (EXC_FACT_RESTARTED)
                                           : g_strconcat (EXC_FACT_RESTARTED, "-", id, NULL);
  self->sentence = take_sentence;
  self->names = names;
  self->are_services = are_services;
  return EXC_STEP (self);
}

ExcStep *
exc_step_restart_mail_new (const char *server_name)
{
  static const char *const mail[] = {
    "MSExchangePOP3", "MSExchangePOP3BE", "MSExchangeIMAP4", "MSExchangeIMAP4BE", NULL
  };

  return make (
      "restart-mail",
      g_strdup_printf (
          _("Restart the POP and IMAP services of %s that run; their clients connect anew"),
             server_name),
          mail,
          TRUE);
}

ExcStep *
exc_step_restart_new (ExcRenewTarget *target, ExcRestart restart)
{
  static const char *const pools[] = { "MSExchangeOWAAppPool", "MSExchangeECPAppPool", NULL };
  static const char *const transport[] = { "MSExchangeFrontEndTransport",
                                           "MSExchangeTransport",
                                           NULL };
  static const char *const iis[] = { "W3SVC", NULL };

  switch (restart) {
  case EXC_RESTART_POOLS:
    return make (
        "restart",
        g_strdup_printf (
            _("Recycle the application pools of Outlook on the web and of the admin center on %s"),
               target->name),
            pools,
            FALSE);
  case EXC_RESTART_TRANSPORT:
    return make (
        "restart",
        g_strdup_printf (_("Restart the transport services of %s; mail waits for about a minute"),
                            target->name),
                         transport,
                         TRUE);
  case EXC_RESTART_IIS:
    return make (
        "restart",
        g_strdup_printf (_("Restart the web server of %s; all its web clients connect anew"),
                            target->name),
                         iis,
                         TRUE);
  case EXC_RESTART_NONE:
  default:
    g_return_val_if_reached (NULL);
  }
}
