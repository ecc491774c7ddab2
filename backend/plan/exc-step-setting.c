/* exc-step-setting.c — A5, A9: a setting that names a certificate
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

#define EXC_TYPE_STEP_SETTING (exc_step_setting_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepSetting, exc_step_setting, EXC, STEP_SETTING, ExcStepChange)

struct _ExcStepSetting {
  ExcStepChange parent_instance;

  char *id;
  ExcSettingStep setting;
  char *identity;
  char *from; /* "": none */
  char *to;
  ExcPipeline *pipeline; /* (nullable) */
};

G_DEFINE_FINAL_TYPE (ExcStepSetting, exc_step_setting, EXC_TYPE_STEP_CHANGE)

static const char *
exc_step_setting_get_id (ExcStep *step)
{
  return EXC_STEP_SETTING (step)->id;
}

static char *
exc_step_setting_describe (ExcStep *step)
{
  ExcStepSetting *self = EXC_STEP_SETTING (step);

  switch (self->setting) {
  case EXC_SETTING_STEP_SEND_CONNECTOR:
    return self->to[0] != '\0'
        ? g_strdup_printf (_("Let the Send connector “%1$s” name its certificate: %2$s"), self->identity, self->to)
        : g_strdup_printf (_("Let the Send connector “%s” name no certificate for the moment"),
                              self->identity);
  case EXC_SETTING_STEP_POP:
    return g_strdup_printf (
        _("Let POP on %1$s find its certificate by the name “%2$s”"), self->identity, self->to);
  case EXC_SETTING_STEP_IMAP:
  default:
    return g_strdup_printf (
        _("Let IMAP on %1$s find its certificate by the name “%2$s”"), self->identity, self->to);
  }
}

static ExcPipeline *
change (ExcStepSetting *self, const char *value)
{
  const char *name = value[0] != '\0' ? value : NULL;

  switch (self->setting) {
  case EXC_SETTING_STEP_SEND_CONNECTOR:
    return exc_change_set_send_connector_tls (self->identity, name);
  case EXC_SETTING_STEP_POP:
    return exc_change_set_pop_name (self->identity, value);
  case EXC_SETTING_STEP_IMAP:
  default:
    return exc_change_set_imap_name (self->identity, value);
  }
}

static GPtrArray *
exc_step_setting_build (ExcStep *step, ExcStepContext *context)
{
  ExcStepSetting *self = EXC_STEP_SETTING (step);

  return exc_pipelines_new (self->pipeline != NULL ? exc_pipeline_ref (self->pipeline)
                                                   : change (self, self->to));
}

static void
exc_step_setting_request (ExcStepChange *step, ExcStepContext *context, ExcReadRequest *request)
{
  ExcStepSetting *self = EXC_STEP_SETTING (step);

  switch (self->setting) {
  case EXC_SETTING_STEP_SEND_CONNECTOR:
    request->parts = EXC_READ_SEND_CONNECTORS;
    return;
  case EXC_SETTING_STEP_POP:
    request->parts = EXC_READ_POP;
    return;
  case EXC_SETTING_STEP_IMAP:
  default:
    request->parts = EXC_READ_IMAP;
    return;
  }
}

/* (nullable): NULL: there is no such connector */
static const char *
get_value (ExcStepSetting *self, ExcReading *reading)
{
  if (self->setting == EXC_SETTING_STEP_POP)
    return reading->pop_name;
  if (self->setting == EXC_SETTING_STEP_IMAP)
    return reading->imap_name;
  for (guint i = 0; i < reading->send_connectors->len; i++) {
    ExcConnectorRecord *connector = g_ptr_array_index (reading->send_connectors, i);

    if (g_strcmp0 (connector->identity, self->identity) == 0 ||
        g_strcmp0 (connector->name, self->identity) == 0)
      return connector->tls_certificate_name != NULL ? connector->tls_certificate_name : "";
  }
  return NULL;
}

static gboolean
exc_step_setting_judge (ExcStepChange *step,
                        ExcStepContext *context,
                        ExcReading *reading,
                        ExcSight *sight,
                        GError **error)
{
  ExcStepSetting *self = EXC_STEP_SETTING (step);
  const char *value = get_value (self, reading);

  if (value != NULL && strcmp (value, self->to) == 0) {
    exc_sight_set (sight, EXC_EFFECT_SEEN, NULL);
    return TRUE;
  }
  if (value == NULL || strcmp (value, self->from) != 0) {
    g_set_error (
        error,
        EXC_ERROR,
        EXC_ERROR_REFUSED,
        _("“%1$s” names “%2$s” now, not “%3$s” as planned. Somebody else changed it: look "
                   "at it, then plan anew."),
           self->identity,
           value != NULL ? value : "",
           self->from);
    return FALSE;
  }
  exc_sight_set (sight,
                 EXC_EFFECT_MISSING,
                 g_strdup_printf (_("“%1$s” still names “%2$s”."), self->identity, value));
  return TRUE;
}

static GPtrArray *
exc_step_setting_build_undo (ExcStepChange *step,
                             ExcStepContext *context,
                             ExcReading *reading,
                             GError **error)
{
  ExcStepSetting *self = EXC_STEP_SETTING (step);
  const char *value = get_value (self, reading);

  if (value == NULL || strcmp (value, self->to) != 0)
    return exc_pipelines_new (NULL); /* not changed, or by somebody else since */
  return exc_pipelines_new (change (self, self->from));
}

static void
exc_step_setting_finalize (GObject *object)
{
  ExcStepSetting *self = EXC_STEP_SETTING (object);

  g_free (self->id);
  g_free (self->identity);
  g_free (self->from);
  g_free (self->to);
  g_clear_pointer (&self->pipeline, exc_pipeline_unref);

  G_OBJECT_CLASS (exc_step_setting_parent_class)->finalize (object);
}

static void
exc_step_setting_class_init (ExcStepSettingClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);
  ExcStepChangeClass *change_class = EXC_STEP_CHANGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_step_setting_finalize;
  step_class->get_id = exc_step_setting_get_id;
  step_class->describe = exc_step_setting_describe;
  step_class->build = exc_step_setting_build;
  step_class->undo_async = exc_step_change_undo_async;
  change_class->request = exc_step_setting_request;
  change_class->judge = exc_step_setting_judge;
  change_class->build_undo = exc_step_setting_build_undo;
}

static void
exc_step_setting_init (ExcStepSetting *self)
{
}

ExcStep *
exc_step_setting_new (const char *id,
                      ExcSettingStep setting,
                      const char *identity,
                      const char *from,
                      const char *to,
                      ExcPipeline *pipeline)
{
  ExcStepSetting *self = g_object_new (EXC_TYPE_STEP_SETTING, NULL);

  self->id = g_strdup (id);
  self->setting = setting;
  self->identity = g_strdup (identity);
  self->from = g_strdup (from != NULL ? from : "");
  self->to = g_strdup (to != NULL ? to : "");
  self->pipeline = pipeline != NULL ? exc_pipeline_ref (pipeline) : NULL;
  return EXC_STEP (self);
}
