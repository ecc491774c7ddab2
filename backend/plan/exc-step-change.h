/* exc-step-change.h — a step whose effect one reading shows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-reading.h"
#include "exc-step.h"

G_BEGIN_DECLS

#define EXC_TYPE_STEP_CHANGE (exc_step_change_get_type ())
G_DECLARE_DERIVABLE_TYPE (ExcStepChange, exc_step_change, EXC, STEP_CHANGE, ExcStep)

/**
 * ExcStepChangeClass:
 * @request: says what to read; texts are borrowed from the step and the context. Without parts
 *   nothing is read.
 * @judge: what the reading says of the effect; FALSE with EXC_ERROR_REFUSED and the difference
 *   where the server is no more as the plan found it
 * @build_undo: (nullable) (transfer full) (element-type ExcPipeline): what takes the change back;
 *   empty: nothing is left to take back; NULL with @error: it cannot be. A class that has it sets
 *   the step's undo_async to exc_step_change_undo_async.
 *
 * Looks by one reading, runs what the step builds, and undoes by looking, sending, and looking
 * again: an undo whose effect is not seen failed.
 */
struct _ExcStepChangeClass {
  ExcStepClass parent_class;

  void (*request) (ExcStepChange *self, ExcStepContext *context, ExcReadRequest *request);
  gboolean (*judge) (ExcStepChange *self,
                     ExcStepContext *context,
                     ExcReading *reading,
                     ExcSight *sight,
                     GError **error);
  GPtrArray *(*build_undo) (ExcStepChange *self,
                            ExcStepContext *context,
                            ExcReading *reading,
                            GError **error);
};

void exc_step_change_undo_async (ExcStep *step,
                                 ExcStepContext *context,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

/* For judge: what is there, with a sentence. reason: (transfer full) (nullable) */
void exc_sight_set (ExcSight *self, ExcEffect effect, char *reason);
/* An empty list of pipelines, or one of @pipeline. (transfer full) */
GPtrArray *exc_pipelines_new (ExcPipeline *pipeline) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
