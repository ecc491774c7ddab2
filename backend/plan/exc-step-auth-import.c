/* exc-step-auth-import.c — a server has the certificate, or is given it (steps.md R2, R3, B-I)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-auth-steps.h"
#include "exc-changes.h"
#include "exc-error.h"
#include "exc-step-change.h"

#include <glib/gi18n.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#define LOOK_AGAIN_S              900
#define PASSWORD_SIZE             36 /* bytes: 48 characters */

#define EXC_TYPE_STEP_AUTH_IMPORT (exc_step_auth_import_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepAuthImport, exc_step_auth_import, EXC, STEP_AUTH_IMPORT, ExcStep)

/**
 * ExcStepAuthImport:
 *
 * Exchange brings the certificate to the servers of its site within minutes, and to others within a
 * day; the step waits that long, then exports it from a server that has it. The file and its
 * password, made for this one way, live in ExcSecrets alone. A copy does no harm, so there is no
 * way back but that of the whole rotation.
 */
struct _ExcStepAuthImport {
  ExcStep parent_instance;

  char *id;
  char *fqdn;
  char *name;
  char *thumbprint; /* (nullable): NULL: the new one */
  char *source;
  gint64 patience;
};

G_DEFINE_FINAL_TYPE (ExcStepAuthImport, exc_step_auth_import, EXC_TYPE_STEP)

typedef struct {
  ExcStepContext *context;
  ExcSecret *password;
} Run;

static void
run_free (Run *run)
{
  exc_step_context_unref (run->context);
  g_clear_pointer (&run->password, exc_secret_unref);
  g_free (run);
}

static const char *
get_thumbprint (ExcStepAuthImport *self, ExcStepContext *context)
{
  return self->thumbprint != NULL ? self->thumbprint : exc_renew_get_new (context);
}

static const char *
exc_step_auth_import_get_id (ExcStep *step)
{
  return EXC_STEP_AUTH_IMPORT (step)->id;
}

static char *
exc_step_auth_import_describe (ExcStep *step)
{
  ExcStepAuthImport *self = EXC_STEP_AUTH_IMPORT (step);

  if (self->thumbprint != NULL)
    return g_strdup_printf (
        _ ("Copy the Auth certificate %1$.4s…%2$s from %3$s to %4$s"),
           self->thumbprint,
           strlen (self->thumbprint) > 4 ? self->thumbprint + strlen (self->thumbprint) - 4 : "",
           self->source,
           self->name);
  return self->patience > 0
      ? g_strdup_printf (_ ("Wait until %1$s has the certificate; after a day, copy it from %2$s"),
                            self->name,
                            self->source)
      : g_strdup_printf (_ ("See that %1$s has the certificate, else copy it from %2$s"), self->name, self->source);
}

/* What stands in a preview for a file and a password that are made on the way. */
static GPtrArray *
exc_step_auth_import_build (ExcStep *step, ExcStepContext *context)
{
  ExcStepAuthImport *self = EXC_STEP_AUTH_IMPORT (step);
  const char *thumbprint = get_thumbprint (self, context);
  g_autoptr(ExcSecret) nothing = exc_secret_new ("", 0);
  GPtrArray *pipelines = exc_pipelines_new (exc_change_export (self->source, thumbprint, nothing));

  g_ptr_array_add (pipelines,
                   exc_change_import (self->fqdn, nothing, nothing, TRUE, EXC_AUTH_NAME));
  g_ptr_array_add (pipelines, exc_change_allow_network_service (self->fqdn, thumbprint));
  return pipelines;
}

static void
judge (ExcStepAuthImport *self, ExcStepContext *context, ExcReading *reading, ExcSight *sight)
{
  ExcCertificateRecord *found =
      exc_reading_find_certificate (reading, get_thumbprint (self, context));
  const gint64 now = exc_clock_now (exc_step_context_get_clock (context));
  const gint64 due = exc_auth_get_time (context, EXC_FACT_STAGED) + self->patience;
  g_autofree char *text = NULL;

  if (found != NULL && exc_auth_is_ready (found)) {
    exc_sight_set (sight, EXC_EFFECT_SEEN, NULL);
  } else if (self->patience > 0 && now < due) {
    text = exc_auth_format_time (due);
    exc_sight_set (sight,
                   EXC_EFFECT_WAITING,
                   g_strdup_printf (
                       _ ("Exchange has not brought it here yet. From %s on it is copied."), text));
    sight->wake = MIN (due, now + LOOK_AGAIN_S);
  } else if (found != NULL && found->has_private_key == EXC_NO) {
    exc_sight_set (sight,
                   EXC_EFFECT_MISSING,
                   g_strdup (_ ("The certificate is there without its private key.")));
  } else {
    exc_sight_set (
        sight, EXC_EFFECT_MISSING, g_strdup (_ ("The certificate is not there, or not usable.")));
  }
}

static void
on_looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReading) reading = exc_reading_finish (result, &error);
  ExcStepAuthImport *self = g_task_get_source_object (task);
  ExcStepContext *context = g_task_get_task_data (task);
  g_auto(ExcSight) sight = { .effect = EXC_EFFECT_MISSING };

  if (reading != NULL) {
    judge (self, context, reading, &sight);
  } else if (self->patience == 0 || !exc_auth_be_patient (context, error, &sight)) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  exc_step_return_sight (task, &sight);
}

static void
exc_step_auth_import_verify_async (ExcStep *step,
                                   ExcStepContext *context,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  GTask *task = g_task_new (step, cancellable, callback, user_data);
  ExcReadRequest request = { .parts = EXC_READ_CERTIFICATES,
                             .server = EXC_STEP_AUTH_IMPORT (step)->fqdn };

  g_task_set_task_data (
      task, exc_step_context_ref (context), (GDestroyNotify) exc_step_context_unref);
  exc_reading_async (context, &request, cancellable, on_looked_cb, task);
}

static void
on_allowed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  Run *run = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = exc_step_context_run_finish (run->context, result, &error);

  if (reply == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_boolean (task, TRUE);
}

/* Takes the task. */
static void
allow (GTask *task)
{
  ExcStepAuthImport *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  g_autoptr(ExcPipeline) pipeline =
                 exc_change_allow_network_service (self->fqdn, get_thumbprint (self, run->context));

  exc_step_context_run_async (run->context, self->fqdn, pipeline, NULL, on_allowed_cb, task);
}

static void
on_imported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  Run *run = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = exc_step_context_run_finish (run->context, result, &error);

  if (reply == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    allow (g_steal_pointer (&task));
}

static void
on_exported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  ExcStepAuthImport *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  g_autoptr(ExcReply) reply = exc_step_context_run_finish (run->context, result, &error);
  g_autoptr(ExcSecret) pfx = reply != NULL ? exc_read_exported (reply, &error) : NULL;
  g_autoptr(ExcPipeline) pipeline = NULL;

  if (pfx == NULL) {
    g_prefix_error (&error, _("%s: "), self->source);
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  pipeline = exc_change_import (self->fqdn, pfx, run->password, TRUE, EXC_AUTH_NAME);
  exc_step_context_run_async (
      run->context, self->fqdn, pipeline, NULL, on_imported_cb, g_steal_pointer (&task));
}

/* (nullable) */
static ExcSecret *
make_password (GError **error)
{
  guchar bytes[PASSWORD_SIZE];
  ExcSecret *secret = NULL;

  if (RAND_priv_bytes (bytes, sizeof bytes) == 1) {
    char *text = g_base64_encode (bytes, sizeof bytes);

    secret = exc_secret_new_take (text, strlen (text));
  } else {
    g_set_error_literal (
        error, EXC_ERROR, EXC_ERROR_LIMIT, _ ("This computer has no random numbers to give."));
  }
  OPENSSL_cleanse (bytes, sizeof bytes);
  return secret;
}

static void
on_looked_for_run_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcReading) reading = exc_reading_finish (result, &error);
  g_autoptr(ExcPipeline) pipeline = NULL;
  ExcStepAuthImport *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  const char *thumbprint = get_thumbprint (self, run->context);
  ExcCertificateRecord *found =
      reading != NULL ? exc_reading_find_certificate (reading, thumbprint) : NULL;

  if (found != NULL && found->has_private_key != EXC_NO) {
    allow (g_steal_pointer (&task));
    return;
  }
  if (reading != NULL)
    run->password = make_password (&error);
  if (run->password == NULL) {
    g_task_return_error (task, g_steal_pointer (&error));
    return;
  }
  pipeline = exc_change_export (self->source, thumbprint, run->password);
  exc_step_context_run_async (
      run->context, self->source, pipeline, NULL, on_exported_cb, g_steal_pointer (&task));
}

static void
exc_step_auth_import_run_async (ExcStep *step,
                                ExcStepContext *context,
                                ExcProgress *progress,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  GTask *task = g_task_new (step, cancellable, callback, user_data);
  ExcReadRequest request = { .parts = EXC_READ_CERTIFICATES,
                             .server = EXC_STEP_AUTH_IMPORT (step)->fqdn };
  Run *run = g_new0 (Run, 1);

  run->context = exc_step_context_ref (context);
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);
  exc_reading_async (context, &request, NULL, on_looked_for_run_cb, task);
}

static void
exc_step_auth_import_finalize (GObject *object)
{
  ExcStepAuthImport *self = EXC_STEP_AUTH_IMPORT (object);

  g_free (self->id);
  g_free (self->fqdn);
  g_free (self->name);
  g_free (self->thumbprint);
  g_free (self->source);

  G_OBJECT_CLASS (exc_step_auth_import_parent_class)->finalize (object);
}

static void
exc_step_auth_import_class_init (ExcStepAuthImportClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_step_auth_import_finalize;
  step_class->get_id = exc_step_auth_import_get_id;
  step_class->describe = exc_step_auth_import_describe;
  step_class->build = exc_step_auth_import_build;
  step_class->verify_async = exc_step_auth_import_verify_async;
  step_class->run_async = exc_step_auth_import_run_async;
}

static void
exc_step_auth_import_init (ExcStepAuthImport *self)
{
}

ExcStep *
exc_step_auth_import_new (const char *id,
                          ExcAuthServer *server,
                          const char *thumbprint,
                          const char *source,
                          gint64 patience)
{
  ExcStepAuthImport *self = g_object_new (EXC_TYPE_STEP_AUTH_IMPORT, NULL);

  self->id = g_strdup (id);
  self->fqdn = g_strdup (server->fqdn);
  self->name = g_strdup (server->name);
  self->thumbprint = g_strdup (thumbprint);
  self->source = g_strdup (source);
  self->patience = patience;
  return EXC_STEP (self);
}
