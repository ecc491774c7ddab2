/* exc-runner-private.h — one run, shared by the order of its steps and the work on one of them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-run-lanes.h"
#include "exc-runner.h"
#include "exc-step-context-private.h"

G_BEGIN_DECLS

struct _ExcRunner {
  GObject parent_instance;

  ExcJob *job;
  ExcJournal *journal;
  ExcConnection *connection;
  ExcClock *clock;
  ExcPermit *permit;
  GCancellable *wait; /* of the wait under way; NULL: none */
  gboolean is_stopping;
  gboolean is_leaving;
};

/* One run. Owned by its task; dies with it. */
typedef struct {
  ExcRunMode mode;
  ExcRunLanes *lanes;
  ExcRunLane *lane; /* (nullable): under way */
  ExcStepContext *context;
  /* Of the step under way: */
  gboolean has_run;
  GError *run_error; /* the run's; its effect may be there all the same */
  guint n_runs;
  guint n_looks;
  guint n_waits;
} ExcRun;

/* Each of them takes the task, whose data is the ExcRun and whose source the runner. */

/* exc-runner-step.c: work on the step under way. */
void exc_run_look (GTask *task);
void exc_run_undo (GTask *task);

/* exc-runner.c: what becomes of the run. */
ExcStep *exc_run_get_step (ExcRun *self);
/* Writes a row of the step under way. FALSE: the journal is lost, and the task is taken. */
gboolean exc_run_write_row (GTask *task, ExcEvent event, const char *text, const char *data);
void exc_run_fail (GTask *task, ExcEvent event, const char *text);
void exc_run_stop (GTask *task);
void exc_run_wait (GTask *task, gint64 seconds);
void exc_run_next (GTask *task);

G_END_DECLS
