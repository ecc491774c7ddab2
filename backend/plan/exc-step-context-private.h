/* exc-step-context-private.h — for the runner, which makes contexts
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-job-private.h"
#include "exc-step-context.h"

G_BEGIN_DECLS

/* journal and job outlive the context; connection: (nullable): in tests of the runner alone */
ExcStepContext *exc_step_context_new (ExcJob *job,
                                      ExcJournal *journal,
                                      ExcConnection *connection,
                                      ExcClock *clock,
                                      const char *server) G_GNUC_WARN_UNUSED_RESULT;
/* The step that is worked on, and the permit while it may change something. */
void exc_step_context_set_step (ExcStepContext *self, const char *step, ExcPermit *permit);
/* Writes a row and, when it is durable, applies it to the job. */
gboolean exc_step_context_write (
    ExcStepContext *self, ExcEvent event, const char *text, const char *data, GError **error);

G_END_DECLS
