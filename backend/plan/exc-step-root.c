/* exc-step-root.c — a given certificate among the trusted roots of a server, or not
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-error.h"
#include "exc-step-change.h"
#include "exc-windows-changes.h"
#include "exc-workflow-steps.h"

#include <glib/gi18n.h>

#define EXC_TYPE_STEP_ROOT (exc_step_root_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepRoot, exc_step_root, EXC, STEP_ROOT, ExcStepChange)

struct _ExcStepRoot {
  ExcStepChange parent_instance;

  char *id;
  char *fact; /* whether it was there before: an undo takes back only what the step did */
  char *name;
  char *thumbprint;
  GBytes *der;
  gboolean is_wanted;
  gboolean follows_deletion;
};

G_DEFINE_FINAL_TYPE (ExcStepRoot, exc_step_root, EXC_TYPE_STEP_CHANGE)

static const char *
exc_step_root_get_id (ExcStep *step)
{
  return EXC_STEP_ROOT (step)->id;
}

static char *
exc_step_root_describe (ExcStep *step)
{
  ExcStepRoot *self = EXC_STEP_ROOT (step);

  return g_strdup_printf (
      self->is_wanted
      ? _("Copy the public part of %1$.4s…%2$s to the trusted root certificates of %3$s")
      : _("Remove the copy of %1$.4s…%2$s from the trusted root certificates of %3$s"),
           self->thumbprint,
           self->thumbprint + 36,
           self->name);
}

static ExcPipeline *
change (ExcStepRoot *self, gboolean is_wanted)
{
  return is_wanted ? exc_change_trust_raw (self->der) : exc_change_untrust (self->thumbprint);
}

static GPtrArray *
exc_step_root_build (ExcStep *step, ExcStepContext *context)
{
  ExcStepRoot *self = EXC_STEP_ROOT (step);

  return exc_pipelines_new (change (self, self->is_wanted));
}

static void
exc_step_root_request (ExcStepChange *change, ExcStepContext *context, ExcReadRequest *request)
{
  request->parts = EXC_READ_WINDOWS;
  request->thumbprint = EXC_STEP_ROOT (change)->thumbprint;
}

static gboolean
exc_step_root_judge (ExcStepChange *change,
                     ExcStepContext *context,
                     ExcReading *reading,
                     ExcSight *sight,
                     GError **error)
{
  ExcStepRoot *self = EXC_STEP_ROOT (change);
  gboolean is_there = exc_windows_record_has_root (reading->windows, self->thumbprint);
  const char *was = exc_step_context_get_fact (context, self->fact);

  if (self->follows_deletion &&
      g_strcmp0 (exc_step_context_get_fact (context, EXC_FACT_DELETED), self->thumbprint) != 0) {
    exc_sight_set (sight,
                   EXC_EFFECT_NEEDLESS,
                   g_strdup (_("The certificate was not deleted, so its copy stays.")));
    return TRUE;
  }
  if (was == NULL) {
    was = is_there ? "yes" : "no";
    if (!exc_step_context_set_fact (context, self->fact, was, error))
      return FALSE;
    if (is_there == self->is_wanted) {
      exc_sight_set (sight,
                     EXC_EFFECT_NEEDLESS,
                     is_there
                     ? g_strdup (_("It is among the trusted root certificates already."))
                     : g_strdup (_("It is not among the trusted root certificates.")));
      return TRUE;
    }
  }
  if (is_there == self->is_wanted)
    exc_sight_set (sight, EXC_EFFECT_SEEN, NULL);
  else
    exc_sight_set (sight,
                   EXC_EFFECT_MISSING,
                   is_there
                   ? g_strdup (_("It is still among the trusted root certificates."))
                   : g_strdup (_("It is not among the trusted root certificates.")));
  return TRUE;
}

static GPtrArray *
exc_step_root_build_undo (ExcStepChange *step,
                          ExcStepContext *context,
                          ExcReading *reading,
                          GError **error)
{
  ExcStepRoot *self = EXC_STEP_ROOT (step);
  gboolean is_there = exc_windows_record_has_root (reading->windows, self->thumbprint);
  const char *was = exc_step_context_get_fact (context, self->fact);

  if (was == NULL || is_there == (g_strcmp0 (was, "yes") == 0))
    return exc_pipelines_new (NULL);
  if (!is_there && self->der == NULL) {
    g_set_error (
        error,
        EXC_ERROR,
        EXC_ERROR_REFUSED,
        _("The certificate %s was nowhere but among the trusted roots, so there is nothing "
                   "to put back."),
           self->thumbprint);
    return NULL;
  }
  return exc_pipelines_new (change (self, !is_there));
}

static void
exc_step_root_finalize (GObject *object)
{
  ExcStepRoot *self = EXC_STEP_ROOT (object);

  g_free (self->id);
  g_free (self->fact);
  g_free (self->name);
  g_free (self->thumbprint);
  g_clear_pointer (&self->der, g_bytes_unref);

  G_OBJECT_CLASS (exc_step_root_parent_class)->finalize (object);
}

static void
exc_step_root_class_init (ExcStepRootClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);
  ExcStepChangeClass *change_class = EXC_STEP_CHANGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_step_root_finalize;
  step_class->get_id = exc_step_root_get_id;
  step_class->describe = exc_step_root_describe;
  step_class->build = exc_step_root_build;
  step_class->undo_async = exc_step_change_undo_async;
  change_class->request = exc_step_root_request;
  change_class->judge = exc_step_root_judge;
  change_class->build_undo = exc_step_root_build_undo;
}

static void
exc_step_root_init (ExcStepRoot *self)
{
}

ExcStep *
exc_step_root_new (const char *server_name, const char *thumbprint, GBytes *der, gboolean is_wanted)
{
  ExcStepRoot *self = g_object_new (EXC_TYPE_STEP_ROOT, NULL);

  g_return_val_if_fail (der != NULL || !is_wanted, NULL);

  self->id = g_strconcat (is_wanted ? "trust-" : "untrust-", thumbprint, NULL);
  self->fact = g_strconcat ("was-in-root-", thumbprint, NULL);
  self->name = g_strdup (server_name);
  self->thumbprint = g_strdup (thumbprint);
  self->der = der != NULL ? g_bytes_ref (der) : NULL;
  self->is_wanted = is_wanted;
  return EXC_STEP (self);
}

ExcStep *
exc_step_root_new_after_deletion (const char *server_name, const char *thumbprint)
{
  ExcStep *step = exc_step_root_new (server_name, thumbprint, NULL, FALSE);

  EXC_STEP_ROOT (step)->follows_deletion = TRUE;
  return step;
}
