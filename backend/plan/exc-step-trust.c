/* exc-step-trust.c — A2: the new certificate among the trusted roots
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-renew-steps.h"
#include "exc-step-change.h"

#include <glib/gi18n.h>

#define EXC_TYPE_STEP_TRUST (exc_step_trust_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepTrust, exc_step_trust, EXC, STEP_TRUST, ExcStepChange)

struct _ExcStepTrust {
  ExcStepChange parent_instance;

  char *name;
};

G_DEFINE_FINAL_TYPE (ExcStepTrust, exc_step_trust, EXC_TYPE_STEP_CHANGE)

static const char *
exc_step_trust_get_id (ExcStep *step)
{
  return "trust";
}

static char *
exc_step_trust_describe (ExcStep *step)
{
  return g_strdup_printf (_ ("Copy the public part of the new certificate to the trusted root "
                             "certificates of %s"),
                             EXC_STEP_TRUST (step)->name);
}

static GPtrArray *
exc_step_trust_build (ExcStep *step, ExcStepContext *context)
{
  return exc_pipelines_new (exc_change_trust (exc_renew_get_new (context)));
}

/* The new certificate, or the one that an undo has removed already. */
static const char *
get_thumbprint (ExcStepContext *context)
{
  const char *thumbprint = exc_step_context_get_fact (context, EXC_FACT_NEW);

  return thumbprint != NULL ? thumbprint : exc_step_context_get_fact (context, EXC_FACT_REMOVED);
}

static void
exc_step_trust_request (ExcStepChange *change, ExcStepContext *context, ExcReadRequest *request)
{
  request->thumbprint = get_thumbprint (context);
  request->parts = request->thumbprint != NULL ? EXC_READ_WINDOWS : 0;
}

static gboolean
exc_step_trust_judge (ExcStepChange *change,
                      ExcStepContext *context,
                      ExcReading *reading,
                      ExcSight *sight,
                      GError **error)
{
  const char *thumbprint = exc_renew_get_new (context);

  if (reading->windows != NULL && exc_windows_record_has_root (reading->windows, thumbprint)) {
    exc_sight_set (sight, EXC_EFFECT_SEEN, NULL);
    return TRUE;
  }
  if (reading->windows == NULL || reading->windows->my->len == 0) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("The new certificate %1$s is not in the personal store of %2$s any more."),
                    thumbprint,
                    exc_step_context_get_server (context));
    return FALSE;
  }
  exc_sight_set (sight,
                 EXC_EFFECT_MISSING,
                 g_strdup (_("The new certificate is not among the trusted root certificates.")));
  return TRUE;
}

static GPtrArray *
exc_step_trust_build_undo (ExcStepChange *change,
                           ExcStepContext *context,
                           ExcReading *reading,
                           GError **error)
{
  const char *thumbprint = get_thumbprint (context);

  return exc_pipelines_new (reading->windows != NULL &&
                                    exc_windows_record_has_root (reading->windows, thumbprint)
                                ? exc_change_untrust (thumbprint)
                                : NULL);
}

static void
exc_step_trust_finalize (GObject *object)
{
  g_free (EXC_STEP_TRUST (object)->name);

  G_OBJECT_CLASS (exc_step_trust_parent_class)->finalize (object);
}

static void
exc_step_trust_class_init (ExcStepTrustClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);
  ExcStepChangeClass *change_class = EXC_STEP_CHANGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_step_trust_finalize;
  step_class->get_id = exc_step_trust_get_id;
  step_class->describe = exc_step_trust_describe;
  step_class->build = exc_step_trust_build;
  step_class->undo_async = exc_step_change_undo_async;
  change_class->request = exc_step_trust_request;
  change_class->judge = exc_step_trust_judge;
  change_class->build_undo = exc_step_trust_build_undo;
}

static void
exc_step_trust_init (ExcStepTrust *self)
{
}

ExcStep *
exc_step_trust_new (const char *name)
{
  ExcStepTrust *self = g_object_new (EXC_TYPE_STEP_TRUST, NULL);

  self->name = g_strdup (name);
  return EXC_STEP (self);
}
