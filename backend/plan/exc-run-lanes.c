/* exc-run-lanes.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-runner"

#include "config.h"

#include "exc-run-lanes.h"

struct _ExcRunLanes {
  GPtrArray *lanes; /* (element-type ExcRunLane) */
  guint limit;      /* phases behind this one wait for lanes that are not part of the run */
  gboolean is_undo; /* the way back knows no phases: its order is that of its steps */
};

static void
lane_free (ExcRunLane *lane)
{
  g_object_unref (lane->server);
  g_ptr_array_unref (lane->steps);
  g_free (lane);
}

static gboolean
is_done (ExcJobStep *step)
{
  switch (exc_job_step_get_state (step)) {
  case EXC_STATE_DONE:
  case EXC_STATE_WARNINGS:
  case EXC_STATE_SKIPPED:
    return TRUE;
  default:
    return FALSE;
  }
}

/* Of the first step that is not done; G_MAXUINT where all are. */
static guint
find_open_phase (ExcJobServer *server)
{
  GListModel *steps = exc_job_server_get_steps (server);

  for (guint i = 0; i < g_list_model_get_n_items (steps); i++) {
    g_autoptr(ExcJobStep) step = g_list_model_get_item (steps, i);

    if (!is_done (step))
      return exc_step_get_phase (exc_job_step_get_step (step));
  }
  return G_MAXUINT;
}

static void
add_lane (ExcRunLanes *self, ExcJob *job, ExcJobServer *server)
{
  ExcRunLane *lane = g_new0 (ExcRunLane, 1);
  guint open = find_open_phase (server);

  lane->server = g_object_ref (server);
  lane->steps = self->is_undo ? exc_job_dup_undo_steps (job, server)
                              : g_ptr_array_ref (exc_plan_get_steps (
                                    exc_job_get_plan (job), exc_job_server_get_server (server)));
  /* What other lanes built upon is not looked at again; the phase under way is, from its start. */
  while (!self->is_undo && lane->index < lane->steps->len &&
         exc_step_get_phase (g_ptr_array_index (lane->steps, lane->index)) < open)
    lane->index++;
  g_ptr_array_add (self->lanes, lane);
}

/* Servers that the user took back stay so, unless one is retried by name. */
static gboolean
is_wanted (ExcJobServer *lane, const char *server)
{
  if (server != NULL)
    return g_ascii_strcasecmp (exc_job_server_get_server (lane), server) == 0;
  return !exc_job_server_is_finished (lane) && exc_job_server_get_state (lane) != EXC_STATE_UNDONE;
}

ExcRunLanes *
exc_run_lanes_new (ExcJob *job, gboolean is_undo, const char *server)
{
  ExcRunLanes *self = g_new0 (ExcRunLanes, 1);
  GListModel *servers = exc_job_get_servers (job);

  self->lanes = g_ptr_array_new_with_free_func ((GDestroyNotify) lane_free);
  self->limit = G_MAXUINT;
  self->is_undo = is_undo;
  for (guint i = 0; i < g_list_model_get_n_items (servers); i++) {
    g_autoptr(ExcJobServer) lane = g_list_model_get_item (servers, i);

    if (is_wanted (lane, server))
      add_lane (self, job, lane);
    else if (!is_undo && !exc_job_server_is_finished (lane))
      self->limit = MIN (self->limit, find_open_phase (lane));
  }
  return self;
}

void
exc_run_lanes_free (ExcRunLanes *self)
{
  g_ptr_array_unref (self->lanes);
  g_free (self);
}

static guint
get_phase (ExcRunLanes *self, ExcRunLane *lane)
{
  if (lane->index == lane->steps->len)
    return G_MAXUINT;
  return self->is_undo ? 0 : exc_step_get_phase (g_ptr_array_index (lane->steps, lane->index));
}

ExcRunLane *
exc_run_lanes_next (ExcRunLanes *self)
{
  guint phase = G_MAXUINT;

  for (guint i = 0; i < self->lanes->len; i++)
    phase = MIN (phase, get_phase (self, g_ptr_array_index (self->lanes, i)));
  if (phase == G_MAXUINT || phase > self->limit)
    return NULL;

  for (guint i = 0; i < self->lanes->len; i++) {
    ExcRunLane *lane = g_ptr_array_index (self->lanes, i);

    if (get_phase (self, lane) == phase && !lane->is_waiting)
      return lane;
  }
  return NULL;
}

gboolean
exc_run_lanes_is_waiting (ExcRunLanes *self, gint64 *wake)
{
  gboolean is_waiting = FALSE;

  *wake = EXC_WAKE_BY_USER;
  for (guint i = 0; i < self->lanes->len; i++) {
    ExcRunLane *lane = g_ptr_array_index (self->lanes, i);

    if (!lane->is_waiting)
      continue;
    is_waiting = TRUE;
    if (lane->wake != EXC_WAKE_BY_USER && (*wake == EXC_WAKE_BY_USER || lane->wake < *wake))
      *wake = lane->wake;
  }
  return is_waiting;
}

void
exc_run_lanes_wake (ExcRunLanes *self)
{
  for (guint i = 0; i < self->lanes->len; i++)
    ((ExcRunLane *) g_ptr_array_index (self->lanes, i))->is_waiting = FALSE;
}
