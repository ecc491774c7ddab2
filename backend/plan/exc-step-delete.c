/* exc-step-delete.c — A9, C4: a certificate goes, while nothing uses it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-organization.h"
#include "exc-plan-private.h"
#include "exc-step-change.h"
#include "exc-workflow-steps.h"

#include <glib/gi18n.h>

#define EXC_TYPE_STEP_DELETE (exc_step_delete_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepDelete, exc_step_delete, EXC, STEP_DELETE, ExcStep)

/**
 * ExcStepDelete:
 *
 * Exchange guards little (domain.md 2.3), so the server and what the organization has settled are
 * read anew, whole, right before the command leaves; what has come to use the certificate since the
 * plan was made stops the job. There is no way back: a key that is gone is gone.
 */
struct _ExcStepDelete {
  ExcStep parent_instance;

  char *id;
  char *server;
  char *name;
  char *thumbprint;
  guint accepted;
  guint accepted_twins;
  gboolean tries_windows;
  gboolean needs_shake;
};

G_DEFINE_FINAL_TYPE (ExcStepDelete, exc_step_delete, EXC_TYPE_STEP)

static const char *
exc_step_delete_get_id (ExcStep *step)
{
  return EXC_STEP_DELETE (step)->id;
}

static char *
exc_step_delete_describe (ExcStep *step)
{
  ExcStepDelete *self = EXC_STEP_DELETE (step);

  return g_strdup_printf (
      _("Delete the certificate %1$.4s…%2$s from %3$s for good; its key cannot be made again"),
         self->thumbprint,
         self->thumbprint + 36,
         self->name);
}

static GPtrArray *
exc_step_delete_build (ExcStep *step, ExcStepContext *context)
{
  ExcStepDelete *self = EXC_STEP_DELETE (step);

  return exc_pipelines_new (exc_change_remove (self->server, self->thumbprint));
}

/* Windows may list what Exchange does not. */
static gboolean
is_there (ExcStepDelete *self, ExcSnapshot *snapshot, ExcServer *server)
{
  ExcWindowsRecord *windows = exc_server_get_windows (server);

  if (exc_snapshot_find_certificate (snapshot, self->server, self->thumbprint) != NULL)
    return TRUE;
  for (guint i = 0; windows != NULL && i < windows->my->len; i++) {
    ExcStoreEntry *entry = g_ptr_array_index (windows->my, i);

    if (g_strcmp0 (entry->thumbprint, self->thumbprint) == 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
judge (ExcStepDelete *self,
       ExcStepContext *context,
       ExcSnapshot *snapshot,
       ExcSight *sight,
       GError **error)
{
  ExcServer *server = exc_snapshot_find_server (snapshot, self->server);
  g_autoptr(GPtrArray) uses = NULL;
  g_autofree char *text = NULL;

  if (server == NULL || exc_server_get_state (server) == EXC_SERVER_UNREACHABLE) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_UNREACHABLE,
                 _("%1$s does not answer: %2$s"),
                    self->server,
                    server != NULL && exc_server_get_problem (server) != NULL
                        ? exc_server_get_problem (server)
                        : "");
    return FALSE;
  }
  if (!is_there (self, snapshot, server)) {
    exc_sight_set (sight, EXC_EFFECT_SEEN, NULL);
    return exc_step_context_set_fact (context, EXC_FACT_DELETED, self->thumbprint, error);
  }
  if (self->needs_shake && exc_step_context_get_fact (context, EXC_FACT_SHOOK) == NULL) {
    exc_sight_set (sight,
                   EXC_EFFECT_NEEDLESS,
                   g_strdup (_("No handshake has shown the new certificate yet, so the old one "
                               "stays. Delete it when one has.")));
    return TRUE;
  }

  uses = exc_certificate_uses (snapshot, self->server, self->thumbprint);
  text = exc_plan_dup_uses (uses, self->accepted, self->accepted_twins);
  if (text != NULL) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("The certificate %1$s on %2$s is not deleted. %3$s"),
                    self->thumbprint,
                    self->server,
                    text);
    return FALSE;
  }
  exc_sight_set (sight, EXC_EFFECT_MISSING, g_strdup (_("The certificate is still there.")));
  return TRUE;
}

static void
on_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_auto(ExcSight) sight = { .effect = EXC_EFFECT_MISSING };
  ExcOrganization *organization = EXC_ORGANIZATION (source);

  if (!exc_organization_refresh_finish (organization, result, &error) ||
      !judge (g_task_get_source_object (task),
              g_task_get_task_data (task),
              exc_organization_get_snapshot (organization),
              &sight,
              &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    exc_step_return_sight (task, &sight);
}

/* By an organization of its own, so that nothing known before counts. */
static void
exc_step_delete_verify_async (ExcStep *step,
                              ExcStepContext *context,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = g_task_new (step, cancellable, callback, user_data);
  g_autoptr(ExcOrganization) organization = exc_organization_new (
      exc_step_context_get_connection (context), exc_step_context_get_clock (context));
  const char *const only[] = { EXC_STEP_DELETE (step)->server, NULL };

  g_task_set_task_data (
      task, exc_step_context_ref (context), (GDestroyNotify) exc_step_context_unref);
  exc_organization_refresh_async (organization, only, NULL, cancellable, on_read_cb, task);
}

static void
on_removed_by_windows_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReply) reply =
                 exc_step_context_run_finish (g_task_get_task_data (task), result, &error);

  if (reply == NULL || !exc_read_removed (reply, NULL, NULL, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  ExcStepDelete *self = g_task_get_source_object (task);
  ExcStepContext *context = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = exc_step_context_run_finish_unchecked (context, result, &error);

  if (reply == NULL) {
    g_task_return_error (task, g_steal_pointer (&error)); /* its effect is looked for */
  } else if (exc_step_context_check (context, reply, &error)) {
    g_task_return_boolean (task, TRUE);
  } else if (self->tries_windows && g_error_matches (error, EXC_ERROR, EXC_ERROR_REMOTE)) {
    g_autoptr(ExcPipeline) pipeline = exc_change_remove_windows (self->thumbprint);

    exc_step_context_run_async (
        context, NULL, pipeline, NULL, on_removed_by_windows_cb, g_steal_pointer (&task));
  } else {
    g_task_return_error (task, g_steal_pointer (&error));
  }
}

static void
exc_step_delete_run_async (ExcStep *step,
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
      context, NULL, g_ptr_array_index (pipelines, 0), cancellable, on_removed_cb, task);
}

static void
exc_step_delete_finalize (GObject *object)
{
  ExcStepDelete *self = EXC_STEP_DELETE (object);

  g_free (self->id);
  g_free (self->server);
  g_free (self->name);
  g_free (self->thumbprint);

  G_OBJECT_CLASS (exc_step_delete_parent_class)->finalize (object);
}

static void
exc_step_delete_class_init (ExcStepDeleteClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_step_delete_finalize;
  step_class->get_id = exc_step_delete_get_id;
  step_class->describe = exc_step_delete_describe;
  step_class->build = exc_step_delete_build;
  step_class->verify_async = exc_step_delete_verify_async;
  step_class->run_async = exc_step_delete_run_async;
}

static void
exc_step_delete_init (ExcStepDelete *self)
{
}

ExcStep *
exc_step_delete_new (const ExcDeletion *deletion)
{
  ExcStepDelete *self = g_object_new (EXC_TYPE_STEP_DELETE, NULL);

  self->id = g_strconcat ("delete-", deletion->thumbprint, NULL);
  self->server = g_strdup (deletion->server);
  self->name = g_strdup (deletion->name);
  self->thumbprint = g_strdup (deletion->thumbprint);
  self->accepted = deletion->accepted;
  self->accepted_twins = deletion->accepted_twins;
  self->tries_windows = deletion->tries_windows;
  self->needs_shake = deletion->needs_shake;
  return EXC_STEP (self);
}
