/* exc-step-assign.c — a service of Exchange gets a certificate (domain.md 2.2)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-step-change.h"
#include "exc-workflow-steps.h"

#include <glib/gi18n.h>

#define EXC_TYPE_STEP_ASSIGN (exc_step_assign_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepAssign, exc_step_assign, EXC, STEP_ASSIGN, ExcStepChange)

struct _ExcStepAssign {
  ExcStepChange parent_instance;

  char *server;
  char *id;
  char *sentence;
  ExcPipeline *pipeline;
  char *thumbprint;
  int service;
  gboolean becomes_internal;
  char *internal;
  char *former;
};

G_DEFINE_FINAL_TYPE (ExcStepAssign, exc_step_assign, EXC_TYPE_STEP_CHANGE)

static const char *
exc_step_assign_get_id (ExcStep *step)
{
  return EXC_STEP_ASSIGN (step)->id;
}

static char *
exc_step_assign_describe (ExcStep *step)
{
  return g_strdup (EXC_STEP_ASSIGN (step)->sentence);
}

static GPtrArray *
exc_step_assign_build (ExcStep *step, ExcStepContext *context)
{
  return exc_pipelines_new (exc_pipeline_ref (EXC_STEP_ASSIGN (step)->pipeline));
}

static void
exc_step_assign_request (ExcStepChange *change, ExcStepContext *context, ExcReadRequest *request)
{
  request->parts = EXC_READ_CERTIFICATES | EXC_READ_INTERNAL;
}

/* The internal transport certificate is what was planned, or what is wanted. */
static gboolean
check_internal (ExcStepAssign *self, ExcReading *reading, GError **error)
{
  if (g_strcmp0 (reading->internal, self->internal) == 0 ||
      (self->becomes_internal && g_strcmp0 (reading->internal, self->thumbprint) == 0))
    return TRUE;
  g_set_error (
      error,
      EXC_ERROR,
      EXC_ERROR_REFUSED,
      _("The internal transport certificate of %1$s is %2$s now, not %3$s as planned. Undo "
                 "this server, or look at it and plan anew."),
         self->server,
         reading->internal != NULL
             ? reading->internal
             : _("none"), self->internal != NULL ? self->internal : _("none"));
  return FALSE;
}

static gboolean
exc_step_assign_judge (ExcStepChange *change,
                       ExcStepContext *context,
                       ExcReading *reading,
                       ExcSight *sight,
                       GError **error)
{
  ExcStepAssign *self = EXC_STEP_ASSIGN (change);
  ExcCertificateRecord *record = exc_reading_find_certificate (reading, self->thumbprint);

  if (record == NULL) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("The certificate %1$s is not on %2$s any more. Plan anew."),
                    self->thumbprint,
                    self->server);
    return FALSE;
  }
  if (!check_internal (self, reading, error))
    return FALSE;
  if (self->becomes_internal && g_strcmp0 (reading->internal, self->thumbprint) != 0)
    exc_sight_set (sight,
                   EXC_EFFECT_MISSING,
                   g_strdup_printf (_("The internal transport certificate is still %s."),
                                       reading->internal != NULL ? reading->internal : _("none")));
  else if (record->services == EXC_SERVICES_UNKNOWN)
    exc_sight_set (sight,
                   EXC_EFFECT_WARNED,
                   g_strdup (_("The server does not tell which services the certificate has.")));
  else if ((record->services & self->service) == 0)
    exc_sight_set (sight,
                   EXC_EFFECT_MISSING,
                   g_strdup (_("The server does not list the service with the certificate.")));
  else
    exc_sight_set (sight, EXC_EFFECT_SEEN, NULL);
  return TRUE;
}

/* Only what another certificate can take back; that Network Service may read the key stays. */
static GPtrArray *
exc_step_assign_build_undo (ExcStepChange *change,
                            ExcStepContext *context,
                            ExcReading *reading,
                            GError **error)
{
  ExcStepAssign *self = EXC_STEP_ASSIGN (change);
  ExcCertificateRecord *record = exc_reading_find_certificate (reading, self->thumbprint);
  gboolean has_it = self->service == EXC_SERVICE_SMTP
                        ? g_strcmp0 (reading->internal, self->thumbprint) == 0 &&
                              g_strcmp0 (self->internal, self->thumbprint) != 0
                        : record != NULL && record->services != EXC_SERVICES_UNKNOWN &&
                              (record->services & self->service) != 0;
  const char *service = self->service == EXC_SERVICE_SMTP ? "SMTP"
                        : self->service == EXC_SERVICE_UM ? "UM"
                                                          : "UMCallRouter";

  if (!has_it)
    return exc_pipelines_new (NULL);
  if (self->former == NULL || exc_reading_find_certificate (reading, self->former) == NULL) {
    g_set_error (
        error,
        EXC_ERROR,
        EXC_ERROR_REFUSED,
        _("The certificate that had the service before is not on %s, so the new one keeps "
                   "it."),
           self->server);
    return NULL;
  }
  return exc_pipelines_new (exc_change_enable (self->server, self->former, service, FALSE));
}

static void
exc_step_assign_finalize (GObject *object)
{
  ExcStepAssign *self = EXC_STEP_ASSIGN (object);

  exc_pipeline_unref (self->pipeline);
  g_free (self->server);
  g_free (self->id);
  g_free (self->sentence);
  g_free (self->thumbprint);
  g_free (self->internal);
  g_free (self->former);

  G_OBJECT_CLASS (exc_step_assign_parent_class)->finalize (object);
}

static void
exc_step_assign_class_init (ExcStepAssignClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);
  ExcStepChangeClass *change_class = EXC_STEP_CHANGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_step_assign_finalize;
  step_class->get_id = exc_step_assign_get_id;
  step_class->describe = exc_step_assign_describe;
  step_class->build = exc_step_assign_build;
  step_class->undo_async = exc_step_change_undo_async;
  change_class->request = exc_step_assign_request;
  change_class->judge = exc_step_assign_judge;
  change_class->build_undo = exc_step_assign_build_undo;
}

static void
exc_step_assign_init (ExcStepAssign *self)
{
}

ExcStep *
exc_step_assign_new (const ExcAssignment *assignment)
{
  ExcStepAssign *self = g_object_new (EXC_TYPE_STEP_ASSIGN, NULL);

  self->server = g_strdup (assignment->server);
  self->id = g_strdup (assignment->id);
  self->sentence = g_strdup (assignment->sentence);
  self->pipeline = exc_pipeline_ref (assignment->pipeline);
  self->thumbprint = g_strdup (assignment->thumbprint);
  self->service = assignment->service;
  self->becomes_internal = assignment->becomes_internal;
  self->internal = g_strdup (assignment->internal);
  self->former = g_strdup (assignment->former);
  return EXC_STEP (self);
}
