/* exc-run-lanes.h — which lane of a job goes on now
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-job-private.h"

G_BEGIN_DECLS

/* A lane in a run. */
typedef struct {
  ExcJobServer *server;
  GPtrArray *steps; /* (element-type ExcStep) */
  guint index;      /* of the step that is next */
  gboolean is_waiting;
  gint64 wake; /* while it waits: Unix seconds, or EXC_WAKE_BY_USER */
} ExcRunLane;

/**
 * ExcRunLanes:
 *
 * The order of a run: lane by lane, and no step of a phase before every lane of the job has done
 * the phases before it. A lane that waits lets the others of its phase go on.
 */
typedef struct _ExcRunLanes ExcRunLanes;

/* server: (nullable): that lane alone; the barriers hold for it all the same */
ExcRunLanes *exc_run_lanes_new (ExcJob *job,
                                gboolean is_undo,
                                const char *server) G_GNUC_WARN_UNUSED_RESULT;
void exc_run_lanes_free (ExcRunLanes *self);

/* (nullable): NULL where nothing can be done now */
ExcRunLane *exc_run_lanes_next (ExcRunLanes *self);
/* Whether lanes wait; the earliest time, or EXC_WAKE_BY_USER where no time ends it. */
gboolean exc_run_lanes_is_waiting (ExcRunLanes *self, gint64 *wake);
/* Lets those that waited be looked at again. */
void exc_run_lanes_wake (ExcRunLanes *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcRunLanes, exc_run_lanes_free)

G_END_DECLS
