/* exc-step-bring.c — Import-ExchangeCertificate in both of its uses (domain.md 2.4)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-step-bring.h"
#include "exc-step-change.h"
#include "exc-step-create.h"

#include <glib/gi18n.h>

#define EXC_TYPE_STEP_COMPLETE (exc_step_complete_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepComplete, exc_step_complete, EXC, STEP_COMPLETE, ExcStepChange)

#define EXC_TYPE_STEP_IMPORT (exc_step_import_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepImport, exc_step_import, EXC, STEP_IMPORT, ExcStepChange)

/**
 * ExcStepComplete:
 *
 * Completes a request. It is done when the certificate is on the server with its private key; an
 * answer of the server, also that it exists already, decides nothing.
 */
struct _ExcStepComplete {
  ExcStepChange parent_instance;

  char *server;
  char *name;
  char *thumbprint;
  char *request;
  GBytes *answer;
};

/**
 * ExcStepImport:
 *
 * The same by a PFX file, which is held in memory alone.
 */
struct _ExcStepImport {
  ExcStepChange parent_instance;

  char *server;
  char *name;
  char *thumbprint;
  char *friendly_name;
  gboolean is_exportable;
  ExcSecret *pfx;      /* (nullable): NULL: read from the journal */
  ExcSecret *password; /* the same */
};

G_DEFINE_FINAL_TYPE (ExcStepComplete, exc_step_complete, EXC_TYPE_STEP_CHANGE)
G_DEFINE_FINAL_TYPE (ExcStepImport, exc_step_import, EXC_TYPE_STEP_CHANGE)

/* TRUE with what is seen; MISSING where the certificate is not there at all. */
static gboolean
judge_arrival (ExcStepContext *context,
               ExcReading *reading,
               const char *name,
               const char *thumbprint,
               ExcSight *sight,
               GError **error)
{
  ExcCertificateRecord *record = exc_reading_find_certificate (reading, thumbprint);

  exc_sight_set (sight, EXC_EFFECT_MISSING, NULL);
  if (record == NULL || record->status == EXC_STATUS_PENDING_REQUEST)
    return TRUE;
  if (record->has_private_key == EXC_NO) {
    g_set_error (
        error,
        EXC_ERROR,
        EXC_ERROR_REFUSED,
        _("The certificate %1$s is on %2$s without its private key. Remove it there, then "
                   "try again."),
           thumbprint,
           name);
    return FALSE;
  }
  if (record->has_private_key == EXC_UNKNOWN)
    exc_sight_set (sight,
                   EXC_EFFECT_WARNED,
                   g_strdup_printf (
                       _("%s does not tell whether the certificate has its private key."), name));
  else
    exc_sight_set (sight, EXC_EFFECT_SEEN, NULL);
  return exc_step_context_set_fact (context, EXC_FACT_NEW, thumbprint, error);
}

/* ---- complete */

static const char *
exc_step_complete_get_id (ExcStep *step)
{
  return "complete";
}

static char *
exc_step_complete_describe (ExcStep *step)
{
  ExcStepComplete *self = EXC_STEP_COMPLETE (step);

  return g_strdup_printf (
      _("Complete the request on %1$s with the certificate %2$.4s…%3$s; this cannot be undone"),
         self->name,
         self->thumbprint,
         self->thumbprint + strlen (self->thumbprint) - 4);
}

static GPtrArray *
exc_step_complete_build (ExcStep *step, ExcStepContext *context)
{
  ExcStepComplete *self = EXC_STEP_COMPLETE (step);

  return exc_pipelines_new (exc_change_complete_request (self->server, self->answer));
}

static void
exc_step_complete_request (ExcStepChange *change, ExcStepContext *context, ExcReadRequest *request)
{
  request->parts = EXC_READ_CERTIFICATES;
}

static gboolean
exc_step_complete_judge (ExcStepChange *change,
                         ExcStepContext *context,
                         ExcReading *reading,
                         ExcSight *sight,
                         GError **error)
{
  ExcStepComplete *self = EXC_STEP_COMPLETE (change);

  if (!judge_arrival (context, reading, self->name, self->thumbprint, sight, error))
    return FALSE;
  if (sight->effect == EXC_EFFECT_MISSING &&
      exc_reading_find_certificate (reading, self->request) == NULL) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 _("The request %1$s is not pending on %2$s any more, so there is no key for this "
                   "certificate."),
                    self->request,
                    self->name);
    return FALSE;
  }
  return TRUE;
}

static void
exc_step_complete_finalize (GObject *object)
{
  ExcStepComplete *self = EXC_STEP_COMPLETE (object);

  g_free (self->server);
  g_free (self->name);
  g_free (self->thumbprint);
  g_free (self->request);
  g_bytes_unref (self->answer);

  G_OBJECT_CLASS (exc_step_complete_parent_class)->finalize (object);
}

static void
exc_step_complete_class_init (ExcStepCompleteClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);
  ExcStepChangeClass *change_class = EXC_STEP_CHANGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_step_complete_finalize;
  step_class->get_id = exc_step_complete_get_id;
  step_class->describe = exc_step_complete_describe;
  step_class->build = exc_step_complete_build;
  change_class->request = exc_step_complete_request;
  change_class->judge = exc_step_complete_judge;
}

static void
exc_step_complete_init (ExcStepComplete *self)
{
}

ExcStep *
exc_step_complete_new (const char *server,
                       const char *name,
                       const char *thumbprint,
                       const char *request,
                       GBytes *answer)
{
  ExcStepComplete *self = g_object_new (EXC_TYPE_STEP_COMPLETE, NULL);

  self->server = g_strdup (server);
  self->name = g_strdup (name);
  self->thumbprint = g_strdup (thumbprint);
  self->request = g_strdup (request);
  self->answer = g_bytes_ref (answer);
  return EXC_STEP (self);
}

/* ---- import */

static const char *
exc_step_import_get_id (ExcStep *step)
{
  return "import";
}

static char *
exc_step_import_describe (ExcStep *step)
{
  ExcStepImport *self = EXC_STEP_IMPORT (step);

  return g_strdup_printf (_("Import the certificate %1$.4s…%2$s with its private key on %3$s"),
                             self->thumbprint,
                             self->thumbprint + strlen (self->thumbprint) - 4,
                             self->name);
}

static GPtrArray *
exc_step_import_build (ExcStep *step, ExcStepContext *context)
{
  ExcStepImport *self = EXC_STEP_IMPORT (step);

  if (self->pfx == NULL)
    return exc_pipelines_new (NULL);
  return exc_pipelines_new (exc_change_import (
      self->server, self->pfx, self->password, self->is_exportable, self->friendly_name));
}

static void
exc_step_import_run_async (ExcStep *step,
                           ExcStepContext *context,
                           ExcProgress *progress,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  ExcStepImport *self = EXC_STEP_IMPORT (step);
  g_autoptr(GTask) task = NULL;

  if (self->pfx != NULL) {
    EXC_STEP_CLASS (exc_step_import_parent_class)
        ->run_async (step, context, progress, cancellable, callback, user_data);
    return;
  }
  task = g_task_new (step, cancellable, callback, user_data);
  g_task_return_new_error (task,
                           EXC_ERROR,
                           EXC_ERROR_REFUSED,
                           _("The PFX file and its password are never kept, so they are not there "
                             "any more. Give them again by a new import; servers that have the "
                             "certificate are only looked at."));
}

static gboolean
exc_step_import_run_finish (ExcStep *step, GAsyncResult *result, GError **error)
{
  ExcStepImport *self = EXC_STEP_IMPORT (step);

  if (self->pfx != NULL)
    return EXC_STEP_CLASS (exc_step_import_parent_class)->run_finish (step, result, error);
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* What could use the certificate is read only where it is about to be removed. */
static void
exc_step_import_request (ExcStepChange *change, ExcStepContext *context, ExcReadRequest *request)
{
  request->parts = EXC_READ_CERTIFICATES;
  if (exc_step_context_get_permit (context) != NULL)
    request->parts |= EXC_READ_WINDOWS | EXC_READ_INTERNAL | EXC_READ_AUTH;
}

static gboolean
exc_step_import_judge (ExcStepChange *change,
                       ExcStepContext *context,
                       ExcReading *reading,
                       ExcSight *sight,
                       GError **error)
{
  ExcStepImport *self = EXC_STEP_IMPORT (change);

  return judge_arrival (context, reading, self->name, self->thumbprint, sight, error);
}

static GPtrArray *
exc_step_import_build_undo (ExcStepChange *change,
                            ExcStepContext *context,
                            ExcReading *reading,
                            GError **error)
{
  ExcStepImport *self = EXC_STEP_IMPORT (change);

  if (exc_reading_find_certificate (reading, self->thumbprint) == NULL)
    return exc_pipelines_new (NULL);
  if (!exc_reading_check_unused (reading, self->name, self->thumbprint, TRUE, error))
    return NULL;
  return exc_pipelines_new (exc_change_remove (self->server, self->thumbprint));
}

static void
exc_step_import_finalize (GObject *object)
{
  ExcStepImport *self = EXC_STEP_IMPORT (object);

  g_free (self->server);
  g_free (self->name);
  g_free (self->thumbprint);
  g_free (self->friendly_name);
  g_clear_pointer (&self->pfx, exc_secret_unref);
  g_clear_pointer (&self->password, exc_secret_unref);

  G_OBJECT_CLASS (exc_step_import_parent_class)->finalize (object);
}

static void
exc_step_import_class_init (ExcStepImportClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);
  ExcStepChangeClass *change_class = EXC_STEP_CHANGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_step_import_finalize;
  step_class->get_id = exc_step_import_get_id;
  step_class->describe = exc_step_import_describe;
  step_class->build = exc_step_import_build;
  step_class->run_async = exc_step_import_run_async;
  step_class->run_finish = exc_step_import_run_finish;
  step_class->undo_async = exc_step_change_undo_async;
  change_class->request = exc_step_import_request;
  change_class->judge = exc_step_import_judge;
  change_class->build_undo = exc_step_import_build_undo;
}

static void
exc_step_import_init (ExcStepImport *self)
{
}

ExcStep *
exc_step_import_new (const char *server,
                     const char *name,
                     const char *thumbprint,
                     const char *friendly_name,
                     gboolean is_exportable)
{
  ExcStepImport *self = g_object_new (EXC_TYPE_STEP_IMPORT, NULL);

  self->server = g_strdup (server);
  self->name = g_strdup (name);
  self->thumbprint = g_strdup (thumbprint);
  self->friendly_name = g_strdup (friendly_name);
  self->is_exportable = is_exportable;
  return EXC_STEP (self);
}

void
exc_step_import_set_secrets (ExcStep *step, ExcSecret *pfx, ExcSecret *password)
{
  ExcStepImport *self = EXC_STEP_IMPORT (step);

  g_clear_pointer (&self->pfx, exc_secret_unref);
  g_clear_pointer (&self->password, exc_secret_unref);
  self->pfx = exc_secret_ref (pfx);
  self->password = exc_secret_ref (password);
}
