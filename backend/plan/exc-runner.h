/* exc-runner.h — does the steps of a job, and is the only one that can
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-job-private.h"

G_BEGIN_DECLS

#define EXC_TYPE_RUNNER (exc_runner_get_type ())
G_DECLARE_FINAL_TYPE (ExcRunner, exc_runner, EXC, RUNNER, GObject)

typedef enum {
  EXC_RUN_START,
  EXC_RUN_RESUME,
  EXC_RUN_RETRY,
  EXC_RUN_UNDO,
} ExcRunMode;

const char *exc_run_mode_to_id (ExcRunMode mode);

/* journal: outlives the runner. connection: (nullable): for steps that need none */
ExcRunner *exc_runner_new (ExcJob *job,
                           ExcJournal *journal,
                           ExcConnection *connection,
                           ExcClock *clock) G_GNUC_WARN_UNUSED_RESULT;

/* server: (nullable): all servers of the job that are not finished. Fails only where the journal
 * cannot be written; what became of the steps is told by the job. */
void exc_runner_run_async (ExcRunner *self,
                           ExcRunMode mode,
                           const char *server,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean exc_runner_run_finish (ExcRunner *self, GAsyncResult *result, GError **error);

/* The step under way is finished and looked at; a wait ends at once. */
void exc_runner_stop_after_step (ExcRunner *self);
/* The program goes away: no row is written any more than what is under way needs, and the job is
 * found interrupted. */
void exc_runner_leave (ExcRunner *self);
/* Ends a wait: the server is asked again now. */
void exc_runner_look_now (ExcRunner *self);

G_END_DECLS
