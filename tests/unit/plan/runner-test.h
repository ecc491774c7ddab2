/* runner-test.h — a job of fake steps, its journal, and what can happen to that
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-runner.h"
#include "fake-step.h"

G_BEGIN_DECLS

/* What this process does to its own databases, which know nothing of it. */
extern int runner_test_n_commits;
extern int runner_test_kill_before_commit; /* 0: never */
extern int runner_test_kill_after_commit;
extern gboolean runner_test_refuse_commits;

extern const ExcJournalJob runner_test_made;

typedef struct {
  char *folder;
  char *path;
  FakeWorld world;
  ExcPlan *plan;
  ExcClock *clock;
  ExcJournal *journal;
  ExcJob *job;
  ExcRunner *runner;
} RunnerTest;

void runner_test_init (void);
/* data: not NULL: with a plan of phases */
void runner_test_set_up (RunnerTest *self, gconstpointer data);
void runner_test_tear_down (RunnerTest *self, gconstpointer data);

/* The job as the journal tells it, as a program would after its start. */
ExcJob *runner_test_load (ExcJournal *journal, ExcPlan *plan);
/* Whenever nothing can happen at once, time passes. */
void runner_test_pump (ExcClock *clock, GAsyncResult **result);
gboolean runner_test_run (RunnerTest *self, ExcRunMode mode, const char *server, GError **error);
void runner_test_assert_run (RunnerTest *self, ExcRunMode mode, const char *server, ExcState state);

G_END_DECLS
