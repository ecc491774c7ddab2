/* exc-step-wmsvc.c — C3: the certificate of the Web Management Service
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-error.h"
#include "exc-recovery.h"
#include "exc-step-change.h"
#include "exc-step-create.h"
#include "exc-windows-changes.h"
#include "exc-workflow-steps.h"

#include <glib/gi18n.h>

#define EXC_TYPE_STEP_WMSVC (exc_step_wmsvc_get_type ())
G_DECLARE_DERIVABLE_TYPE (ExcStepWmsvc, exc_step_wmsvc, EXC, STEP_WMSVC, ExcStepChange)

struct _ExcStepWmsvcClass {
  ExcStepChangeClass parent_class;
};

/* What the two steps share: how they look. Its registry and http.sys have to agree, or it does not
 * start (steps.md C); a stopped service serves nobody, and stays stopped. */
typedef struct {
  char *server;
  char *name;
  char *old;
  char *thumbprint; /* (nullable): NULL: the new one of the lane */
  guint16 port;
} ExcStepWmsvcPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (ExcStepWmsvc, exc_step_wmsvc, EXC_TYPE_STEP_CHANGE)

#define PRIVATE(self) ((ExcStepWmsvcPrivate *) exc_step_wmsvc_get_instance_private (self))

static const char *
get_thumbprint (gpointer step, ExcStepContext *context)
{
  const char *thumbprint = PRIVATE (EXC_STEP_WMSVC (step))->thumbprint;

  return thumbprint != NULL ? thumbprint : exc_renew_get_new (context);
}

static const char *const service[] = { "WMSVC", NULL };

/* (nullable): what http.sys has on the service's port, at whatever address */
static const char *
find_http_sys (ExcReading *reading, guint16 port)
{
  g_autofree char *suffix = g_strdup_printf (":%u", port);
  GHashTableIter iter;
  gpointer address;
  gpointer hash;

  g_hash_table_iter_init (&iter, reading->windows->http_sys);
  while (g_hash_table_iter_next (&iter, &address, &hash))
    if (g_str_has_suffix (address, suffix))
      return hash;
  return NULL;
}

static gboolean
is_running (ExcReading *reading)
{
  GPtrArray *services = reading->windows->services;
  ExcServiceRecord *record = services->len > 0 ? g_ptr_array_index (services, 0) : NULL;

  return record != NULL && g_strcmp0 (record->status, "Running") == 0;
}

static void
exc_step_wmsvc_request (ExcStepChange *change, ExcStepContext *context, ExcReadRequest *request)
{
  request->parts = EXC_READ_WINDOWS | EXC_READ_SERVED;
  request->thumbprint = get_thumbprint (change, context);
  request->services = service;
  request->port = PRIVATE (EXC_STEP_WMSVC (change))->port;
}

/* The registry has what was planned, or the new one. */
static gboolean
check_unchanged (ExcStepWmsvcPrivate *private,
                 ExcReading *reading,
                 const char *thumbprint,
                 GError **error)
{
  const char *hash = reading->windows->wmsvc_hash;

  if (g_strcmp0 (hash, thumbprint) == 0 || g_strcmp0 (hash, private->old) == 0)
    return TRUE;
  g_set_error (
      error,
      EXC_ERROR,
      EXC_ERROR_REFUSED,
      _("The Web Management Service of %1$s has certificate %2$s now, not %3$s as planned. "
                 "Somebody else changed it: look at the server, then plan anew."),
         private->server,
         hash != NULL ? hash : _("none"), private->old != NULL ? private->old : _("none"));
  return FALSE;
}

static gboolean
exc_step_wmsvc_judge (ExcStepChange *change,
                      ExcStepContext *context,
                      ExcReading *reading,
                      ExcSight *sight,
                      GError **error)
{
  ExcStepWmsvcPrivate *private = PRIVATE (EXC_STEP_WMSVC (change));
  const char *thumbprint = get_thumbprint (change, context);
  const char *http_sys = find_http_sys (reading, private->port);

  if (!check_unchanged (private, reading, thumbprint, error))
    return FALSE;
  if (g_strcmp0 (reading->windows->wmsvc_hash, thumbprint) != 0)
    exc_sight_set (sight,
                   EXC_EFFECT_MISSING,
                   g_strdup (_("The Web Management Service still has the old certificate.")));
  else if (g_strcmp0 (http_sys, thumbprint) != 0)
    exc_sight_set (sight,
                   EXC_EFFECT_MISSING,
                   g_strdup_printf (_("Windows answers with %1$s at port %2$u."),
                                       http_sys != NULL ? http_sys : _("none"), private->port));
  else if (!is_running (reading))
    exc_sight_set (
        sight,
        EXC_EFFECT_SEEN,
        g_strdup (_("The Web Management Service does not run and stays so; it will serve "
                               "the new certificate when it is started.")));
  else if (!reading->is_probed)
    exc_sight_set (sight,
                   EXC_EFFECT_WARNED,
                   g_strdup_printf (_("Port %1$u was not probed: %2$s"), private->port, reading->probe_problem));
  else if (g_strcmp0 (reading->served, thumbprint) == 0)
    exc_sight_set (sight, EXC_EFFECT_SEEN, NULL);
  else
    exc_sight_set (sight,
                   EXC_EFFECT_MISSING,
                   reading->served != NULL
                   ? g_strdup_printf (_("Port %1$u serves %2$s."), private->port, reading->served)
                   : g_strdup_printf (_("Port %1$u serves nothing: %2$s"), private->port, reading->probe_problem));
  return TRUE;
}

static void
exc_step_wmsvc_finalize (GObject *object)
{
  ExcStepWmsvcPrivate *private = PRIVATE (EXC_STEP_WMSVC (object));

  g_free (private->server);
  g_free (private->name);
  g_free (private->old);
  g_free (private->thumbprint);

  G_OBJECT_CLASS (exc_step_wmsvc_parent_class)->finalize (object);
}

static void
exc_step_wmsvc_class_init (ExcStepWmsvcClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = exc_step_wmsvc_finalize;
  EXC_STEP_CHANGE_CLASS (klass)->request = exc_step_wmsvc_request;
  EXC_STEP_CHANGE_CLASS (klass)->judge = exc_step_wmsvc_judge;
}

static void
exc_step_wmsvc_init (ExcStepWmsvc *self)
{
}

static ExcStep *
make (GType type, const ExcWmsvc *wmsvc)
{
  ExcStepWmsvc *self = g_object_new (type, NULL);
  ExcStepWmsvcPrivate *private = PRIVATE (self);

  private->server = g_strdup (wmsvc->server);
  private->name = g_strdup (wmsvc->name);
  private->old = g_strdup (wmsvc->old);
  private->thumbprint = g_strdup (wmsvc->thumbprint);
  private->port = wmsvc->port;
  return EXC_STEP (self);
}

/* ---- bind */

typedef ExcStepWmsvc ExcStepWmsvcBind;
typedef ExcStepWmsvcClass ExcStepWmsvcBindClass;

static GType exc_step_wmsvc_bind_get_type (void);
G_DEFINE_TYPE (ExcStepWmsvcBind, exc_step_wmsvc_bind, EXC_TYPE_STEP_WMSVC)

#define BIND    "bind-wmsvc"
#define TO_UNDO "undo-bind-wmsvc" /* the note of the restart that the undo makes */

static const char *
exc_step_wmsvc_bind_get_id (ExcStep *step)
{
  return BIND;
}

static char *
exc_step_wmsvc_bind_describe (ExcStep *step)
{
  ExcStepWmsvcPrivate *private = PRIVATE (EXC_STEP_WMSVC (step));

  return g_strdup_printf (
      private->thumbprint != NULL
      ? _("Give the certificate to the Web Management Service of %1$s (port %2$u), which "
              "restarts if it runs; remote administration of IIS waits for some seconds")
      : _("Give the new certificate to the Web Management Service of %1$s (port %2$u), which "
              "restarts if it runs; remote administration of IIS waits for some seconds"),
           private->name,
           private->port);
}

static GPtrArray *
exc_step_wmsvc_bind_build (ExcStep *step, ExcStepContext *context)
{
  return exc_pipelines_new (exc_change_wmsvc_bind (get_thumbprint (step, context)));
}

/* That it failed, and put the old one back. */
static gboolean
exc_step_wmsvc_bind_take_reply (ExcStep *step,
                                ExcStepContext *context,
                                ExcReply *reply,
                                GError **error)
{
  return exc_read_wmsvc_bound (reply, NULL, NULL, error);
}

/* The service restarts with the binding: it, and its port, are waited for where they were there. */
static gboolean
exc_step_wmsvc_bind_judge (ExcStepChange *change,
                           ExcStepContext *context,
                           ExcReading *reading,
                           ExcSight *sight,
                           GError **error)
{
  ExcStepWmsvcPrivate *private = PRIVATE (EXC_STEP_WMSVC (change));
  const char *thumbprint = get_thumbprint (change, context);
  const gboolean is_bound = g_strcmp0 (reading->windows->wmsvc_hash, thumbprint) == 0 &&
                            g_strcmp0 (find_http_sys (reading, private->port), thumbprint) == 0;

  if (!exc_step_wmsvc_judge (change, context, reading, sight, error))
    return FALSE;
  return is_bound ? exc_recovery_check (context, BIND, private->name, reading, error)
                  : exc_recovery_note (context, BIND, reading, error);
}

static GPtrArray *
exc_step_wmsvc_bind_build_undo (ExcStepChange *change,
                                ExcStepContext *context,
                                ExcReading *reading,
                                GError **error)
{
  ExcStepWmsvcPrivate *private = PRIVATE (EXC_STEP_WMSVC (change));
  const char *thumbprint = private->thumbprint != NULL
                               ? private->thumbprint
                               : exc_step_context_get_fact (context, EXC_FACT_NEW);

  if (thumbprint == NULL)
    return exc_pipelines_new (NULL);
  if (g_strcmp0 (reading->windows->wmsvc_hash, private->old) == 0)
    return exc_recovery_check (context, TO_UNDO, private->name, reading, error)
               ? exc_pipelines_new (NULL)
               : NULL;
  if (!check_unchanged (private, reading, thumbprint, error))
    return NULL;
  if (private->old == NULL || exc_step_context_get_fact (context, EXC_FACT_DELETED) != NULL) {
    g_set_error (
        error,
        EXC_ERROR,
        EXC_ERROR_REFUSED,
        _("The former certificate of the Web Management Service of %s is gone, so the new "
                   "one stays."),
           private->server);
    return NULL;
  }
  if (!exc_recovery_note (context, TO_UNDO, reading, error))
    return NULL;
  return exc_pipelines_new (exc_change_wmsvc_bind (private->old));
}

static void
exc_step_wmsvc_bind_class_init (ExcStepWmsvcBindClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);

  step_class->get_id = exc_step_wmsvc_bind_get_id;
  step_class->describe = exc_step_wmsvc_bind_describe;
  step_class->build = exc_step_wmsvc_bind_build;
  step_class->take_reply = exc_step_wmsvc_bind_take_reply;
  step_class->undo_async = exc_step_change_undo_async;
  EXC_STEP_CHANGE_CLASS (klass)->judge = exc_step_wmsvc_bind_judge;
  EXC_STEP_CHANGE_CLASS (klass)->build_undo = exc_step_wmsvc_bind_build_undo;
}

static void
exc_step_wmsvc_bind_init (ExcStepWmsvcBind *self)
{
}

ExcStep *
exc_step_wmsvc_bind_new (const ExcWmsvc *wmsvc)
{
  return make (exc_step_wmsvc_bind_get_type (), wmsvc);
}

/* ---- check */

typedef ExcStepWmsvc ExcStepWmsvcCheck;
typedef ExcStepWmsvcClass ExcStepWmsvcCheckClass;

static GType exc_step_wmsvc_check_get_type (void);
G_DEFINE_TYPE (ExcStepWmsvcCheck, exc_step_wmsvc_check, EXC_TYPE_STEP_WMSVC)

static const char *
exc_step_wmsvc_check_get_id (ExcStep *step)
{
  return "check-wmsvc";
}

static char *
exc_step_wmsvc_check_describe (ExcStep *step)
{
  return g_strdup_printf (
      _("Check that the Web Management Service of %s has and serves the new certificate"),
         PRIVATE (EXC_STEP_WMSVC (step))->name);
}

static gboolean
exc_step_wmsvc_check_judge (ExcStepChange *change,
                            ExcStepContext *context,
                            ExcReading *reading,
                            ExcSight *sight,
                            GError **error)
{
  const char *thumbprint = get_thumbprint (change, context);
  const char *server = PRIVATE (EXC_STEP_WMSVC (change))->server;

  if (reading->windows->my->len == 0)
    exc_sight_set (
        sight,
        EXC_EFFECT_MISSING,
        g_strdup_printf (_("The new certificate %1$s is not on %2$s."), thumbprint, server));
  else if (!exc_windows_record_has_root (reading->windows, thumbprint))
    exc_sight_set (
        sight,
        EXC_EFFECT_MISSING,
        g_strdup_printf (
            _("The new certificate is not among the trusted root certificates of %s."), server));
  else if (!exc_step_wmsvc_judge (change, context, reading, sight, error))
    return FALSE;
  else if (is_running (reading) && g_strcmp0 (reading->served, thumbprint) == 0)
    return exc_step_context_set_fact (context, EXC_FACT_SHOOK, thumbprint, error);
  return TRUE;
}

static void
exc_step_wmsvc_check_class_init (ExcStepWmsvcCheckClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);

  step_class->get_id = exc_step_wmsvc_check_get_id;
  step_class->describe = exc_step_wmsvc_check_describe;
  step_class->run_async = NULL; /* it only looks */
  step_class->run_finish = NULL;
  EXC_STEP_CHANGE_CLASS (klass)->judge = exc_step_wmsvc_check_judge;
}

static void
exc_step_wmsvc_check_init (ExcStepWmsvcCheck *self)
{
}

ExcStep *
exc_step_wmsvc_check_new (const ExcWmsvc *wmsvc)
{
  return make (exc_step_wmsvc_check_get_type (), wmsvc);
}
