/* renewal-test.h — jobs on a real thumbprint-lab process
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-job.h"
#include "lab-test.h"

G_BEGIN_DECLS

#define EXCH01 "exch01.contoso.lab"
#define EXCH02 "exch02.contoso.lab"

/* A g_test fixture: the scenario of the data (`small`), read, with a journal of its own, unlocked.
 */
typedef struct {
  LabTest lab;
  char *folder;
  ExcJobs *jobs;
  guint timer;
} RenewalTest;

void renewal_test_set_up (RenewalTest *self, gconstpointer data);
/* The same of `small`, where the data is the test's own. */
void renewal_test_set_up_small (RenewalTest *self, gconstpointer data);
void renewal_test_tear_down (RenewalTest *self, gconstpointer data);
/* The program's waits pass quickly; the servers' own clocks do not. */
void renewal_test_let_time_pass (RenewalTest *self);
/* All clocks run quickly. */
void renewal_test_let_time_pass_everywhere (RenewalTest *self);
void renewal_test_pass (RenewalTest *self, gint64 seconds); /* on all clocks */
/* The program ends and is started again. Takes the job and gives it as the journal knows it. */
ExcJob *renewal_test_restart (RenewalTest *self, ExcJob *take) G_GNUC_WARN_UNUSED_RESULT;

ExcPlan *renewal_test_plan (RenewalTest *self, const char *const *servers, ExcRestart restart);
ExcJob *renewal_test_start (RenewalTest *self, const char *const *servers);
void renewal_test_retry (RenewalTest *self, ExcJob *job, const char *server);
void renewal_test_undo (RenewalTest *self, ExcJob *job, const char *server);
/* Starts a job of any plan, which it takes, and waits for its end, which must be this one. */
ExcJob *renewal_test_run (RenewalTest *self, ExcPlan *take, ExcState state);
ExcSnapshot *renewal_test_get_snapshot (RenewalTest *self); /* as it was read last */
void renewal_test_refresh (RenewalTest *self);
/* Waits for the end, which must be this one. */
void renewal_test_finish (ExcJob *job, ExcState state);
void renewal_test_wait_for_state (ExcJob *job, ExcState state);
void renewal_test_wait_for_step (ExcJob *job, const char *server, const char *id, ExcState state);
ExcJobStep *renewal_test_get_step (ExcJob *job, const char *server, const char *id);

/* What a client gets by a handshake. */
char *renewal_test_probe (RenewalTest *self, const char *server, guint16 port);
/* The whole world: path > value. */
GHashTable *renewal_test_dump (RenewalTest *self);
/* allowed: patterns of the paths that may differ */
void renewal_test_assert_differs_only (GHashTable *a, GHashTable *b, const char *const *allowed);
/* How many pipelines the servers were sent that hold this, on or about that server. */
guint renewal_test_count_sent (RenewalTest *self, const char *text, const char *server);

G_END_DECLS
