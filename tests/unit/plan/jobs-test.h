/* jobs-test.h — a list of jobs, and an organization whose shells a test answers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-jobs-private.h"

#include "../model/fake-shell.h"
#include "../model/model-test.h"

G_BEGIN_DECLS

typedef struct {
  char *folder;
  char *path;
  ExcClock *clock;
  ExcOrganization *organization;
  ExcPlan *plan;
  ExcJobs *jobs;
} JobsTest;

ExcOrganization *jobs_test_make_organization (const char *name, ExcClock *clock);
/* Renews EX01; a server that is not up blocks it. */
ExcPlan *jobs_test_make_plan (gboolean is_up);
void jobs_test_set_up (JobsTest *self, gconstpointer data);
void jobs_test_tear_down (JobsTest *self, gconstpointer data);
ExcJob *jobs_test_start (JobsTest *self);
/* The server falls silent; whoever waits for it is told to stop. */
void jobs_test_end (JobsTest *self, ExcJob *job);

G_END_DECLS
