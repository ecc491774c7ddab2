/* exc-step-restart.c — A6: restarts, where the user chose one
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-recovery.h"
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
 * the journal; what can be seen is that all is back that was there before (ExcRecovery). A crash
 * between the restart and the fact restarts once more, which harms nobody.
 */
struct _ExcStepRestart {
  ExcStep parent_instance;

  char *id;
  char *fact; /* what of them ran and was restarted, with blanks between */
  char *sentence;
  char *server; /* name, for people */
  const char *const *names;
  const guint16 *ports; /* that they serve; 0 at the end */
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
  ExcStepRestart *self = g_task_get_source_object (task);
  ExcStepContext *context = g_task_get_task_data (task);
  const char *restarted = exc_step_context_get_fact (context, self->fact);
  const gboolean is_good =
      reading != NULL &&
      (restarted == NULL ? exc_recovery_note (context, self->id, reading, &error)
                         : exc_recovery_check (context, self->id, self->server, reading, &error));

  if (!is_good)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (restarted == NULL)
    exc_step_return_effect (task, EXC_EFFECT_MISSING, NULL);
  else
    exc_step_return_effect (task,
                            EXC_EFFECT_SEEN,
                            self->are_services && g_str_equal (restarted, NOTHING_RAN)
                            ? _ ("None of the services ran; they stay stopped.")
                            : NULL);
}

static void
exc_step_restart_verify_async (ExcStep *step,
                               ExcStepContext *context,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = g_task_new (step, cancellable, callback, user_data);
  ExcStepRestart *self = EXC_STEP_RESTART (step);
  ExcReadRequest request = { .parts = EXC_READ_WINDOWS | EXC_READ_ENDPOINT | EXC_READ_PORTS,
                             .services = self->are_services ? self->names : NULL,
                             .ports = self->ports };

  g_task_set_task_data (
      task, exc_step_context_ref (context), (GDestroyNotify) exc_step_context_unref);
  exc_reading_async (context, &request, cancellable, on_looked_cb, task);
}

/* FALSE where one of them was not restarted, and runs on as before. What was ended and did not come
 * back is the next look's matter: it waits, and then says so. */
static gboolean
take_records (ExcStepRestart *self, ExcStepContext *context, GPtrArray *records, GError **error)
{
  g_autofree char *services = exc_recovery_dup_services (context, self->id);
  g_autoptr(GString) ran = g_string_new (services);

  for (guint i = 0; i < records->len; i++) {
    ExcRestartRecord *record = g_ptr_array_index (records, i);
    g_autofree char *text = NULL;

    if (!self->are_services && g_strcmp0 (record->before, "Started") == 0)
      g_string_append_printf (ran, "%s%s", ran->len > 0 ? " " : "", record->name);
    if (exc_restart_record_is_done (record))
      continue;
    text = g_strdup_printf (_ ("%1$s did not come back: %2$s"),
                               record->name,
                               record->failure != NULL ? record->failure
                               : record->after != NULL ? record->after
                                                       : "");
    if (!self->are_services || record->before == NULL ||
        g_strcmp0 (record->after, "Running") == 0) {
      g_set_error_literal (error, EXC_ERROR, EXC_ERROR_REMOTE, text);
      return FALSE;
    }
    exc_step_context_log (context, text);
  }
  return exc_step_context_set_fact (
      context, self->fact, ran->len > 0 ? ran->str : NOTHING_RAN, error);
}

static gboolean
exc_step_restart_take_reply (ExcStep *step,
                             ExcStepContext *context,
                             ExcReply *reply,
                             GError **error)
{
  g_autoptr(GPtrArray) records = exc_read_restarted (reply, error);

  return records != NULL && take_records (EXC_STEP_RESTART (step), context, records, error);
}

static void
exc_step_restart_finalize (GObject *object)
{
  ExcStepRestart *self = EXC_STEP_RESTART (object);

  g_free (self->id);
  g_free (self->fact);
  g_free (self->sentence);
  g_free (self->server);

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
  step_class->take_reply = exc_step_restart_take_reply;
}

static void
exc_step_restart_init (ExcStepRestart *self)
{
}

static ExcStep *
make (const char *id,
      char *take_sentence,
      const char *server_name,
      const char *const *names,
      const guint16 *ports,
      gboolean are_services)
{
  ExcStepRestart *self = g_object_new (EXC_TYPE_STEP_RESTART, NULL);

  self->id = g_strdup (id);
  self->fact = g_str_equal (id, "restart") ? g_strdup (EXC_FACT_RESTARTED)
                                           : g_strconcat (EXC_FACT_ONCE, id, NULL);
  self->sentence = take_sentence;
  self->server = g_strdup (server_name);
  self->names = names;
  self->ports = ports;
  self->are_services = are_services;
  return EXC_STEP (self);
}

ExcStep *
exc_step_restart_mail_new (const char *server_name)
{
  static const char *const mail[] = {
    "MSExchangePOP3", "MSExchangePOP3BE", "MSExchangeIMAP4", "MSExchangeIMAP4BE", NULL
  };
  static const guint16 mail_ports[] = { 110, 995, 143, 993, 0 };

  return make (
      "restart-mail",
      g_strdup_printf (
          _("Restart the POP and IMAP services of %s that run; their clients connect anew"),
             server_name),
          server_name,
          mail,
          mail_ports,
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
  static const guint16 web_ports[] = { 443, 444, 0 };
  static const guint16 transport_ports[] = { 25, 587, 0 };
  const char *name = target->name;

  switch (restart) {
  case EXC_RESTART_POOLS:
    return make (
        "restart",
        g_strdup_printf (
            _("Recycle the application pools of Outlook on the web and of the admin center on %s"),
               name),
            name,
            pools,
            web_ports,
            FALSE);
  case EXC_RESTART_TRANSPORT:
    return make (
        "restart",
        g_strdup_printf (_("Restart the transport services of %s; mail waits for about a minute"),
                            name),
                         name,
                         transport,
                         transport_ports,
                         TRUE);
  case EXC_RESTART_IIS:
    return make ("restart",
                 g_strdup_printf (
                     _("Restart the web server of %s; all its web clients connect anew"), name),
                     name,
                     iis,
                     web_ports,
                     TRUE);
  case EXC_RESTART_NONE:
  default:
    g_return_val_if_reached (NULL);
  }
}
