/* exc-job-undo.c — what a job can take back, and what an undo leaves to be done again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-job"

#include "config.h"

#include "exc-job-private.h"
#include "exc-plan-private.h"

GPtrArray *
exc_job_dup_undo_steps (ExcJob *self, ExcJobServer *lane)
{
  g_autoptr(GPtrArray) all = exc_plan_dup_undo_steps (exc_job_get_plan (self),
                                                       exc_job_server_get_server (lane));
  GPtrArray *steps = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < all->len; i++) {
    ExcStep *step = g_ptr_array_index (all, i);

    if (exc_job_step_get_needs_undo (exc_job_server_find_step (lane, exc_step_get_id (step))))
      g_ptr_array_add (steps, g_object_ref (step));
  }
  return steps;
}

void
exc_job_forget_servers (ExcJob *self)
{
  ExcPlan *plan = exc_job_get_plan (self);
  const ExcPlanKind *kind = plan != NULL ? exc_plan_kind_find (exc_plan_get_kind (plan)) : NULL;
  GListModel *servers = exc_job_get_servers (self);

  if (kind == NULL || !kind->undo_covers_servers)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (servers); i++) {
    g_autoptr(ExcJobServer) server = g_list_model_get_item (servers, i);

    exc_job_server_forget_unchangeable (server);
  }
}
