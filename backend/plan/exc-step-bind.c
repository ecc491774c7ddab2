/* exc-step-bind.c — A3 and A4: https bindings of a site
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

#define EXC_TYPE_STEP_BIND (exc_step_bind_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepBind, exc_step_bind, EXC, STEP_BIND, ExcStepChange)

/**
 * ExcStepBind:
 *
 * Gives bindings of a site the new certificate, each by the script and none by
 * Enable-ExchangeCertificate -Services IIS: that one takes every binding of the Default Web Site,
 * also the one with the public certificate, where the old default one is bound to 127.0.0.1 only.
 */
struct _ExcStepBind {
  ExcStepChange parent_instance;

  ExcRenewTarget *target;
  const char *id;
  const char *site;
  gboolean is_back_end;
  GPtrArray *bindings; /* (element-type ExcPlannedBinding): to be changed */
};

G_DEFINE_FINAL_TYPE (ExcStepBind, exc_step_bind, EXC_TYPE_STEP_CHANGE)

static void
binding_free (ExcPlannedBinding *binding)
{
  g_free (binding->info);
  g_free (binding->hash);
  g_free (binding);
}

static const char *
exc_step_bind_get_id (ExcStep *step)
{
  return EXC_STEP_BIND (step)->id;
}

static char *
dup_infos (ExcStepBind *self)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->bindings->len; i++) {
    ExcPlannedBinding *binding = g_ptr_array_index (self->bindings, i);

    g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", binding->info);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
exc_step_bind_describe (ExcStep *step)
{
  ExcStepBind *self = EXC_STEP_BIND (step);
  g_autofree char *infos = NULL;

  if (self->is_back_end)
    return g_strdup_printf (_ ("Bind the new certificate to port 444 of “%1$s” on %2$s"), self->site, self->target->name);
  if (self->bindings->len == 0)
    return g_strdup_printf (_ ("Leave the certificate on port 443 of %s as it is"),
                               self->target->name);
  infos = dup_infos (self);
  return g_strdup_printf (
      _ ("Bind the new certificate to %1$s of “%2$s” on %3$s, where the old one is bound"),
         infos,
         self->site,
         self->target->name);
}

static ExcPipeline *
build_one (ExcStepBind *self, const ExcPlannedBinding *binding, const char *thumbprint)
{
  g_autofree char *address = NULL;
  guint16 port;

  if (!exc_binding_info_parse (binding->info, &address, &port))
    g_return_val_if_reached (NULL); /* the plan has looked */
  return exc_change_bind (self->site, address, port, thumbprint);
}

static GPtrArray *
exc_step_bind_build (ExcStep *step, ExcStepContext *context)
{
  ExcStepBind *self = EXC_STEP_BIND (step);
  GPtrArray *pipelines = exc_pipelines_new (NULL);

  for (guint i = 0; i < self->bindings->len; i++)
    g_ptr_array_add (
        pipelines,
        build_one (self, g_ptr_array_index (self->bindings, i), exc_renew_get_new (context)));
  return pipelines;
}

/* How many still have what the plan found (n_old) or have the new one already (n_new); FALSE where
 * one has become something else. */
static gboolean
count (ExcStepBind *self,
       ExcReading *reading,
       const char *thumbprint,
       guint *n_old,
       guint *n_new,
       GError **error)
{
  *n_old = *n_new = 0;
  for (guint i = 0; i < self->bindings->len; i++) {
    ExcPlannedBinding *binding = g_ptr_array_index (self->bindings, i);
    const char *hash = NULL;

    if (!exc_reading_find_binding (reading, self->site, binding->info, &hash)) {
      g_set_error (
          error,
          EXC_ERROR,
          EXC_ERROR_REFUSED,
          _("The binding %1$s of “%2$s” on %3$s is gone. Somebody else changed it: look at "
                     "the server, then plan anew."),
             binding->info,
             self->site,
             self->target->fqdn);
      return FALSE;
    }
    if (g_strcmp0 (hash, thumbprint) == 0)
      ++*n_new;
    else if (g_strcmp0 (hash, binding->hash) == 0)
      ++*n_old;
    else {
      g_set_error (
          error,
          EXC_ERROR,
          EXC_ERROR_REFUSED,
          _("The binding %1$s of “%2$s” on %3$s has certificate %4$s now, not %5$s as "
                     "planned. Somebody else changed it: look at the server, then plan anew."),
             binding->info,
             self->site,
             self->target->fqdn,
             hash != NULL ? hash : _("none"), binding->hash != NULL ? binding->hash : _("none"));
      return FALSE;
    }
  }
  return TRUE;
}

/* The handshake decides on the back end. */
static void
judge_served (ExcReading *reading, const char *thumbprint, ExcSight *sight)
{
  if (!reading->is_probed)
    exc_sight_set (sight,
                   EXC_EFFECT_SEEN,
                   g_strdup_printf (_("Port 444 was not probed: %s"), reading->probe_problem));
  else if (g_strcmp0 (reading->served, thumbprint) == 0)
    exc_sight_set (sight, EXC_EFFECT_SEEN, NULL);
  else
    exc_sight_set (sight,
                   EXC_EFFECT_MISSING,
                   reading->served != NULL
                   ? g_strdup_printf (_("Port 444 serves %s."), reading->served)
                   : g_strdup_printf (_("Port 444 serves nothing: %s"), reading->probe_problem));
}

static char *
dup_needless (ExcStepBind *self)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->target->front_end->len; i++) {
    ExcPlannedBinding *binding = g_ptr_array_index (self->target->front_end, i);

    if (binding->hash != NULL)
      g_string_append_printf (
          text, "%s%s → %s", text->len > 0 ? ", " : "", binding->info, binding->hash);
  }
  if (text->len == 0)
    return g_strdup (_ ("The site has no certificate on an https binding."));
  return g_strdup_printf (_ ("Another certificate is bound and stays: %s."), text->str);
}

static void
exc_step_bind_request (ExcStepChange *change, ExcStepContext *context, ExcReadRequest *request)
{
  ExcStepBind *self = EXC_STEP_BIND (change);

  if (self->bindings->len == 0)
    return;
  request->parts = EXC_READ_WINDOWS | (self->is_back_end ? EXC_READ_SERVED : 0);
  request->thumbprint = exc_renew_get_new (context);
}

static gboolean
exc_step_bind_judge (ExcStepChange *change,
                     ExcStepContext *context,
                     ExcReading *reading,
                     ExcSight *sight,
                     GError **error)
{
  ExcStepBind *self = EXC_STEP_BIND (change);
  const char *thumbprint = exc_renew_get_new (context);
  guint n_old;
  guint n_new;

  if (self->bindings->len == 0) {
    exc_sight_set (sight, EXC_EFFECT_NEEDLESS, dup_needless (self));
    return TRUE;
  }
  if (!count (self, reading, thumbprint, &n_old, &n_new, error))
    return FALSE;
  if (n_old > 0)
    exc_sight_set (sight, EXC_EFFECT_MISSING, g_strdup (_("The old certificate is still bound.")));
  else if (self->is_back_end)
    judge_served (reading, thumbprint, sight);
  else
    exc_sight_set (sight, EXC_EFFECT_SEEN, NULL);
  return TRUE;
}

static GPtrArray *
exc_step_bind_build_undo (ExcStepChange *change,
                          ExcStepContext *context,
                          ExcReading *reading,
                          GError **error)
{
  ExcStepBind *self = EXC_STEP_BIND (change);
  const char *thumbprint = exc_renew_get_new (context);
  g_autoptr(GPtrArray) pipelines = exc_pipelines_new (NULL);
  guint n_old;
  guint n_new;

  if (!count (self, reading, thumbprint, &n_old, &n_new, error))
    return NULL;
  for (guint i = 0; i < self->bindings->len; i++) {
    ExcPlannedBinding *binding = g_ptr_array_index (self->bindings, i);
    const char *hash = NULL;

    exc_reading_find_binding (reading, self->site, binding->info, &hash);
    if (g_strcmp0 (hash, thumbprint) != 0)
      continue;
    if (binding->hash == NULL) {
      g_set_error (error,
                   EXC_ERROR,
                   EXC_ERROR_REFUSED,
                   _("Nothing was bound to %1$s of “%2$s” on %3$s before, so there is nothing to "
                     "bind again."),
                      binding->info,
                      self->site,
                      self->target->fqdn);
      return NULL;
    }
    g_ptr_array_add (pipelines, build_one (self, binding, binding->hash));
  }
  return g_steal_pointer (&pipelines);
}

static void
exc_step_bind_finalize (GObject *object)
{
  ExcStepBind *self = EXC_STEP_BIND (object);

  exc_renew_target_unref (self->target);
  g_ptr_array_unref (self->bindings);

  G_OBJECT_CLASS (exc_step_bind_parent_class)->finalize (object);
}

static void
exc_step_bind_class_init (ExcStepBindClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);
  ExcStepChangeClass *change_class = EXC_STEP_CHANGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_step_bind_finalize;
  step_class->get_id = exc_step_bind_get_id;
  step_class->describe = exc_step_bind_describe;
  step_class->build = exc_step_bind_build;
  step_class->undo_async = exc_step_change_undo_async;
  change_class->request = exc_step_bind_request;
  change_class->judge = exc_step_bind_judge;
  change_class->build_undo = exc_step_bind_build_undo;
}

static void
exc_step_bind_init (ExcStepBind *self)
{
  self->bindings = g_ptr_array_new_with_free_func ((GDestroyNotify) binding_free);
}

static void
add_binding (ExcStepBind *self, const char *info, const char *hash)
{
  ExcPlannedBinding *binding = g_new0 (ExcPlannedBinding, 1);

  binding->info = g_strdup (info);
  binding->hash = g_strdup (hash);
  g_ptr_array_add (self->bindings, binding);
}

ExcStep *
exc_step_bind_back_end_new (ExcRenewTarget *target)
{
  ExcStepBind *self = g_object_new (EXC_TYPE_STEP_BIND, NULL);

  self->target = exc_renew_target_ref (target);
  self->id = "bind-back-end";
  self->site = EXC_SITE_BACK_END;
  self->is_back_end = TRUE;
  add_binding (self, target->back_end_info, target->back_end);
  return EXC_STEP (self);
}

ExcStep *
exc_step_bind_front_end_new (ExcRenewTarget *target)
{
  ExcStepBind *self = g_object_new (EXC_TYPE_STEP_BIND, NULL);

  self->target = exc_renew_target_ref (target);
  self->id = "bind-front-end";
  self->site = EXC_SITE_FRONT_END;
  for (guint i = 0; i < target->front_end->len; i++) {
    ExcPlannedBinding *binding = g_ptr_array_index (target->front_end, i);

    if (binding->hash != NULL && g_strcmp0 (binding->hash, target->old) == 0)
      add_binding (self, binding->info, binding->hash);
  }
  return EXC_STEP (self);
}
