/* exc-step-create-private.h — shared by the two ways of a creation
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-reading.h"
#include "exc-step-create.h"

G_BEGIN_DECLS

#define EXC_TYPE_STEP_CREATE (exc_step_create_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepCreate, exc_step_create, EXC, STEP_CREATE, ExcStep)

/**
 * ExcStepCreate:
 *
 * Makes the one change that cannot simply be repeated, as each time makes another certificate. So
 * the thumbprints that are on the server lie in the journal (EXC_FACT_PRESENT) before the command
 * leaves; afterwards a certificate of the same subject that is not among them is the new one,
 * whether its answer came or not.
 */
struct _ExcStepCreate {
  ExcStep parent_instance;

  char *server;
  char *sentence;
  ExcPipeline *pipeline;
  char *subject;
  char *old;
  char *internal;
  gboolean is_request;
  gboolean becomes_internal;
  char *binding_info;
  char *binding;
};

/* What it reads. */
ExcReadRequest exc_step_create_request (ExcStepCreate *self);
/* Finds the certificate that an unanswered command made, and keeps it as the fact `new`. */
gboolean exc_step_create_adopt (ExcStepCreate *self,
                                ExcStepContext *context,
                                ExcReading *reading,
                                GError **error);
void exc_step_create_undo_async (ExcStep *step,
                                 ExcStepContext *context,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);

G_END_DECLS
