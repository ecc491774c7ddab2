/* exc-step-bind.c — A3, A4: https bindings of a site
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-renew-steps.h"
#include "exc-step-change.h"
#include "exc-workflow-steps.h"

#include <glib/gi18n.h>

#define EXC_TYPE_STEP_BIND (exc_step_bind_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepBind, exc_step_bind, EXC, STEP_BIND, ExcStepChange)

/**
 * ExcStepBind:
 *
 * Gives bindings of a site a certificate, each by the script and none by
 * Enable-ExchangeCertificate -Services IIS: that one takes every binding of the Default Web Site,
 * also the one with the public certificate, where the old default one is bound to 127.0.0.1 only.
 */
struct _ExcStepBind {
  ExcStepChange parent_instance;

  char *server;
  char *id;
  char *sentence;
  const char *site;
  char *thumbprint;      /* (nullable): NULL: the new one of the lane */
  guint16 port;          /* where the handshake decides; 0: nowhere */
  char *needless;        /* (nullable): why there is nothing to be changed */
  ExcPipeline *pipeline; /* (nullable): binds them all at once */
  GPtrArray *bindings;   /* (element-type ExcPlannedBinding): to be changed */
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
exc_step_bind_describe (ExcStep *step)
{
  return g_strdup (EXC_STEP_BIND (step)->sentence);
}

static const char *
get_thumbprint (ExcStepBind *self, ExcStepContext *context)
{
  return self->thumbprint != NULL ? self->thumbprint : exc_renew_get_new (context);
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

  if (self->pipeline != NULL) {
    g_ptr_array_add (pipelines, exc_pipeline_ref (self->pipeline));
    return pipelines;
  }
  for (guint i = 0; i < self->bindings->len; i++)
    g_ptr_array_add (
        pipelines,
        build_one (self, g_ptr_array_index (self->bindings, i), get_thumbprint (self, context)));
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
             self->server);
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
             self->server,
             hash != NULL ? hash : _("none"), binding->hash != NULL ? binding->hash : _("none"));
      return FALSE;
    }
  }
  return TRUE;
}

/* The handshake decides. */
static void
judge_served (ExcStepBind *self, ExcReading *reading, const char *thumbprint, ExcSight *sight)
{
  if (!reading->is_probed)
    exc_sight_set (
        sight,
        EXC_EFFECT_SEEN,
        g_strdup_printf (_("Port %1$u was not probed: %2$s"), self->port, reading->probe_problem));
  else if (g_strcmp0 (reading->served, thumbprint) == 0)
    exc_sight_set (sight, EXC_EFFECT_SEEN, NULL);
  else
    exc_sight_set (sight,
                   EXC_EFFECT_MISSING,
                   reading->served != NULL
                   ? g_strdup_printf (_("Port %1$u serves %2$s."), self->port, reading->served)
                   : g_strdup_printf (
                         _("Port %1$u serves nothing: %2$s"), self->port, reading->probe_problem));
}

static void
exc_step_bind_request (ExcStepChange *change, ExcStepContext *context, ExcReadRequest *request)
{
  ExcStepBind *self = EXC_STEP_BIND (change);

  if (self->bindings->len == 0)
    return;
  request->parts = EXC_READ_WINDOWS | (self->port != 0 ? EXC_READ_SERVED : 0);
  request->thumbprint = get_thumbprint (self, context);
  request->port = self->port;
}

static gboolean
exc_step_bind_judge (ExcStepChange *change,
                     ExcStepContext *context,
                     ExcReading *reading,
                     ExcSight *sight,
                     GError **error)
{
  ExcStepBind *self = EXC_STEP_BIND (change);
  const char *thumbprint = get_thumbprint (self, context);
  guint n_old;
  guint n_new;

  if (self->bindings->len == 0) {
    exc_sight_set (sight, EXC_EFFECT_NEEDLESS, g_strdup (self->needless));
    return TRUE;
  }
  if (!count (self, reading, thumbprint, &n_old, &n_new, error))
    return FALSE;
  if (n_old > 0)
    exc_sight_set (sight, EXC_EFFECT_MISSING, g_strdup (_("The old certificate is still bound.")));
  else if (self->port != 0)
    judge_served (self, reading, thumbprint, sight);
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
  const char *thumbprint = get_thumbprint (self, context);
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
                      self->server);
      return NULL;
    }
    if (g_strcmp0 (binding->hash, exc_step_context_get_fact (context, EXC_FACT_DELETED)) == 0) {
      g_set_error (
          error,
          EXC_ERROR,
          EXC_ERROR_REFUSED,
          _("The certificate %1$s that was bound to %2$s of “%3$s” on %4$s was deleted, so "
                     "the new one stays."),
             binding->hash,
             binding->info,
             self->site,
             self->server);
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

  g_free (self->server);
  g_free (self->id);
  g_free (self->sentence);
  g_free (self->thumbprint);
  g_free (self->needless);
  g_clear_pointer (&self->pipeline, exc_pipeline_unref);
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

ExcStep *
exc_step_bind_new (const ExcBinding *binding)
{
  ExcStepBind *self = g_object_new (EXC_TYPE_STEP_BIND, NULL);

  self->server = g_strdup (binding->server);
  self->id = g_strdup (binding->id);
  self->sentence = g_strdup (binding->sentence);
  self->site = binding->site;
  self->thumbprint = g_strdup (binding->thumbprint);
  self->port = binding->port;
  self->needless = g_strdup (binding->needless);
  self->pipeline = binding->pipeline != NULL ? exc_pipeline_ref (binding->pipeline) : NULL;
  for (guint i = 0; i < binding->bindings->len; i++) {
    ExcPlannedBinding *planned = g_ptr_array_index (binding->bindings, i);
    ExcPlannedBinding *copy = g_new0 (ExcPlannedBinding, 1);

    copy->info = g_strdup (planned->info);
    copy->hash = g_strdup (planned->hash);
    g_ptr_array_add (self->bindings, copy);
  }
  return EXC_STEP (self);
}

/* ---- of a renewal */

ExcStep *
exc_step_bind_back_end_new (ExcRenewTarget *target)
{
  g_autoptr(GPtrArray) bindings = g_ptr_array_new ();
  ExcPlannedBinding planned = { target->back_end_info, target->back_end };
  g_autofree char *sentence = g_strdup_printf (_("Bind the new certificate to port 444 of “%1$s” on %2$s"), EXC_SITE_BACK_END, target->name);

  g_ptr_array_add (bindings, &planned);
  return exc_step_bind_new (&(ExcBinding){ .server = target->fqdn,
                                           .id = "bind-back-end",
                                           .sentence = sentence,
                                           .site = EXC_SITE_BACK_END,
                                           .port = EXC_PORT_BACK_END,
                                           .bindings = bindings });
}

static char *
dup_needless (ExcRenewTarget *target)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < target->front_end->len; i++) {
    ExcPlannedBinding *binding = g_ptr_array_index (target->front_end, i);

    if (binding->hash != NULL)
      g_string_append_printf (
          text, "%s%s → %s", text->len > 0 ? ", " : "", binding->info, binding->hash);
  }
  if (text->len == 0)
    return g_strdup (_("The site has no certificate on an https binding."));
  return g_strdup_printf (_("Another certificate is bound and stays: %s."), text->str);
}

ExcStep *
exc_step_bind_front_end_new (ExcRenewTarget *target)
{
  g_autoptr(GPtrArray) bindings = g_ptr_array_new ();
  g_autoptr(GString) infos = g_string_new (NULL);
  g_autofree char *needless = dup_needless (target);
  g_autofree char *sentence = NULL;

  for (guint i = 0; i < target->front_end->len; i++) {
    ExcPlannedBinding *binding = g_ptr_array_index (target->front_end, i);

    if (binding->hash == NULL || g_strcmp0 (binding->hash, target->old) != 0)
      continue;
    g_ptr_array_add (bindings, binding);
    g_string_append_printf (infos, "%s%s", infos->len > 0 ? ", " : "", binding->info);
  }
  sentence = bindings->len == 0
      ? g_strdup_printf (_("Leave the certificate on port 443 of %s as it is"), target->name)
      : g_strdup_printf (
            _("Bind the new certificate to %1$s of “%2$s” on %3$s, where the old one is bound"),
               infos->str,
               EXC_SITE_FRONT_END,
               target->name);
  return exc_step_bind_new (&(ExcBinding){ .server = target->fqdn,
                                           .id = "bind-front-end",
                                           .sentence = sentence,
                                           .site = EXC_SITE_FRONT_END,
                                           .needless = needless,
                                           .bindings = bindings });
}
