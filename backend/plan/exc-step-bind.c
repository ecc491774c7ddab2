/* exc-step-bind.c — A3 and A4: https bindings of a site
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-reading.h"
#include "exc-renew-steps.h"

#include <glib/gi18n.h>

#define EXC_TYPE_STEP_BIND (exc_step_bind_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepBind, exc_step_bind, EXC, STEP_BIND, ExcStep)

/**
 * ExcStepBind:
 *
 * Gives bindings of a site the new certificate, each by the script and none by
 * Enable-ExchangeCertificate -Services IIS: that one takes every binding of the Default Web Site,
 * also the one with the public certificate, where the old default one is bound to 127.0.0.1 only.
 */
struct _ExcStepBind {
  ExcStep parent_instance;

  ExcRenewTarget *target;
  const char *id;
  const char *site;
  gboolean is_back_end;
  GPtrArray *bindings; /* (element-type ExcPlannedBinding): to be changed */
};

G_DEFINE_FINAL_TYPE (ExcStepBind, exc_step_bind, EXC_TYPE_STEP)

typedef struct {
  ExcStepContext *context;
  gboolean has_run;
} Undo;

static void look_and_undo (GTask *task);

static void
undo_free (Undo *undo)
{
  exc_step_context_unref (undo->context);
  g_free (undo);
}

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
  GPtrArray *pipelines = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_pipeline_unref);

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

static void
return_served (GTask *task, ExcReading *reading, const char *thumbprint)
{
  g_autofree char *reason = NULL;

  if (!reading->is_probed) {
    reason = g_strdup_printf (_ ("Port 444 was not probed: %s"), reading->probe_problem);
    exc_step_return_effect (task, EXC_EFFECT_SEEN, reason);
    return;
  }
  if (g_strcmp0 (reading->served, thumbprint) == 0) {
    exc_step_return_effect (task, EXC_EFFECT_SEEN, NULL);
    return;
  }
  reason = reading->served != NULL
      ? g_strdup_printf (_ ("Port 444 serves %s."), reading->served)
      : g_strdup_printf (_ ("Port 444 serves nothing: %s"), reading->probe_problem);
  exc_step_return_effect (task, EXC_EFFECT_MISSING, reason);
}

static void
on_looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReading) reading = exc_reading_finish (result, &error);
  ExcStepBind *self = g_task_get_source_object (task);
  const char *thumbprint = exc_renew_get_new (g_task_get_task_data (task));
  guint n_old;
  guint n_new;

  if (reading == NULL || !count (self, reading, thumbprint, &n_old, &n_new, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (n_old > 0)
    exc_step_return_effect (task, EXC_EFFECT_MISSING, _ ("The old certificate is still bound."));
  else if (self->is_back_end)
    return_served (task, reading, thumbprint);
  else
    exc_step_return_effect (task, EXC_EFFECT_SEEN, NULL);
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
exc_step_bind_verify_async (ExcStep *step,
                            ExcStepContext *context,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  ExcStepBind *self = EXC_STEP_BIND (step);
  GTask *task = g_task_new (step, cancellable, callback, user_data);

  if (self->bindings->len == 0) {
    g_autofree char *reason = dup_needless (self);

    exc_step_return_effect (task, EXC_EFFECT_NEEDLESS, reason);
    g_object_unref (task);
    return;
  }
  g_task_set_task_data (
      task, exc_step_context_ref (context), (GDestroyNotify) exc_step_context_unref);
  exc_reading_async (context,
                     EXC_READ_WINDOWS | (self->is_back_end ? EXC_READ_SERVED : 0),
                     exc_renew_get_new (context),
                     NULL,
                     cancellable,
                     on_looked_cb,
                     task);
}

static void
on_bound_back_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;

  if (!exc_step_context_run_all_finish (result, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    look_and_undo (g_steal_pointer (&task));
}

static void
on_looked_for_undo_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReading) reading = exc_reading_finish (result, &error);
  g_autoptr(GPtrArray) pipelines = NULL;
  ExcStepBind *self = g_task_get_source_object (task);
  Undo *undo = g_task_get_task_data (task);
  const char *thumbprint = exc_renew_get_new (undo->context);
  guint n_old;
  guint n_new;

  if (reading == NULL || !count (self, reading, thumbprint, &n_old, &n_new, &error)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  if (n_new == 0) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  if (undo->has_run) {
    g_task_return_new_error (task,
                             EXC_ERROR,
                             EXC_ERROR_UNVERIFIED,
                             _("The new certificate is still bound to “%1$s” on %2$s."),
                                self->site,
                                self->target->fqdn);
    return;
  }

  undo->has_run = TRUE;
  pipelines = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_pipeline_unref);
  for (guint i = 0; i < self->bindings->len; i++) {
    ExcPlannedBinding *binding = g_ptr_array_index (self->bindings, i);
    const char *hash = NULL;

    exc_reading_find_binding (reading, self->site, binding->info, &hash);
    if (g_strcmp0 (hash, thumbprint) != 0)
      continue;
    if (binding->hash == NULL) {
      g_task_return_new_error (task,
                               EXC_ERROR,
                               EXC_ERROR_REFUSED,
                               _("Nothing was bound to %1$s of “%2$s” on %3$s before, so there is "
                                 "nothing to bind again."),
                                  binding->info,
                                  self->site,
                                  self->target->fqdn);
      return;
    }
    g_ptr_array_add (pipelines, build_one (self, binding, binding->hash));
  }
  exc_step_context_run_all_async (
      undo->context, pipelines, NULL, on_bound_back_cb, g_steal_pointer (&task));
}

/* Takes the task. */
static void
look_and_undo (GTask *task)
{
  Undo *undo = g_task_get_task_data (task);

  exc_reading_async (undo->context,
                     EXC_READ_WINDOWS,
                     exc_renew_get_new (undo->context),
                     NULL,
                     NULL,
                     on_looked_for_undo_cb,
                     task);
}

static void
exc_step_bind_undo_async (ExcStep *step,
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

  G_OBJECT_CLASS (klass)->finalize = exc_step_bind_finalize;
  step_class->get_id = exc_step_bind_get_id;
  step_class->describe = exc_step_bind_describe;
  step_class->build = exc_step_bind_build;
  step_class->verify_async = exc_step_bind_verify_async;
  step_class->undo_async = exc_step_bind_undo_async;
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
