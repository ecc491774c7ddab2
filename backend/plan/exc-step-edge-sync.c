/* exc-step-edge-sync.c — A7: Edge servers hear of the new internal transport certificate
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-changes.h"
#include "exc-step-change.h"
#include "exc-workflow-steps.h"

#include <glib/gi18n.h>

/* That it was started cannot be seen afterwards; the journal knows. */
#define FACT_STARTED            EXC_FACT_ONCE "edge-sync"

#define EXC_TYPE_STEP_EDGE_SYNC (exc_step_edge_sync_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepEdgeSync, exc_step_edge_sync, EXC, STEP_EDGE_SYNC, ExcStepChange)

struct _ExcStepEdgeSync {
  ExcStepChange parent_instance;

  char *server;
  char *name;
};

G_DEFINE_FINAL_TYPE (ExcStepEdgeSync, exc_step_edge_sync, EXC_TYPE_STEP_CHANGE)

static const char *
exc_step_edge_sync_get_id (ExcStep *step)
{
  return "edge-sync";
}

static char *
exc_step_edge_sync_describe (ExcStep *step)
{
  return g_strdup_printf (
      _("Start the Edge synchronization on %s, and test that the Edge servers follow"),
         EXC_STEP_EDGE_SYNC (step)->name);
}

static GPtrArray *
exc_step_edge_sync_build (ExcStep *step, ExcStepContext *context)
{
  return exc_pipelines_new (exc_change_start_edge_sync (EXC_STEP_EDGE_SYNC (step)->server));
}

static void
exc_step_edge_sync_request (ExcStepChange *change, ExcStepContext *context, ExcReadRequest *request)
{
  if (exc_step_context_get_fact (context, FACT_STARTED) != NULL)
    request->parts = EXC_READ_EDGE_SYNC;
}

/* A subscription that cannot decrypt its credentials any more is made anew by hand. */
static gboolean
exc_step_edge_sync_judge (ExcStepChange *change,
                          ExcStepContext *context,
                          ExcReading *reading,
                          ExcSight *sight,
                          GError **error)
{
  if (reading->edge_sync == NULL) {
    exc_sight_set (sight, EXC_EFFECT_MISSING, NULL);
    return TRUE;
  }
  exc_sight_set (sight, EXC_EFFECT_SEEN, NULL);
  for (guint i = 0; i < reading->edge_sync->len; i++) {
    ExcEdgeSyncRecord *record = g_ptr_array_index (reading->edge_sync, i);

    if (record->is_ok == EXC_YES)
      continue;
    exc_sight_set (
        sight,
        EXC_EFFECT_WARNED,
        g_strdup_printf (_("The Edge server %1$s does not follow (%2$s). If it does not "
                                      "in some minutes, make its Edge subscription anew."),
                            record->name,
                            record->failure != NULL  ? record->failure
                            : record->status != NULL ? record->status
                                                     : ""));
  }
  return TRUE;
}

static gboolean
exc_step_edge_sync_take_reply (ExcStep *step,
                               ExcStepContext *context,
                               ExcReply *reply,
                               GError **error)
{
  return exc_step_context_set_fact (context, FACT_STARTED, "yes", error);
}

static void
exc_step_edge_sync_finalize (GObject *object)
{
  g_free (EXC_STEP_EDGE_SYNC (object)->server);
  g_free (EXC_STEP_EDGE_SYNC (object)->name);

  G_OBJECT_CLASS (exc_step_edge_sync_parent_class)->finalize (object);
}

static void
exc_step_edge_sync_class_init (ExcStepEdgeSyncClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);
  ExcStepChangeClass *change_class = EXC_STEP_CHANGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = exc_step_edge_sync_finalize;
  step_class->get_id = exc_step_edge_sync_get_id;
  step_class->describe = exc_step_edge_sync_describe;
  step_class->build = exc_step_edge_sync_build;
  step_class->take_reply = exc_step_edge_sync_take_reply;
  change_class->request = exc_step_edge_sync_request;
  change_class->judge = exc_step_edge_sync_judge;
}

static void
exc_step_edge_sync_init (ExcStepEdgeSync *self)
{
}

ExcStep *
exc_step_edge_sync_new (const char *server, const char *name)
{
  ExcStepEdgeSync *self = g_object_new (EXC_TYPE_STEP_EDGE_SYNC, NULL);

  self->server = g_strdup (server);
  self->name = g_strdup (name);
  return EXC_STEP (self);
}
