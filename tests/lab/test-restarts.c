/* test-restarts.c — after a restart all is waited for that was there before, and nothing else
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "renewal-test.h"

#define REFUSE(endpoint)                                                                           \
  "{\"op\":\"fault\",\"kind\":\"refuse\",\"server\":\"EXCH02\",\"endpoint\":\"" endpoint "\"}"
#define STOP(service)                                                                              \
  "{\"op\":\"service\",\"server\":\"EXCH02\",\"name\":\"" service "\",\"running\":false}"
#define START(service)                                                                             \
  "{\"op\":\"service\",\"server\":\"EXCH02\",\"name\":\"" service "\",\"running\":true}"

/* The command is on its way: what was there before is noted. */
static void
wait_for_start (ExcJob *job, const char *id)
{
  gint64 started = 0;

  while (started == 0) {
    g_main_context_iteration (NULL, TRUE);
    g_object_get (renewal_test_get_step (job, EXCH02, id), "started", &started, NULL);
  }
}

static ExcJob *
start (RenewalTest *self, ExcRestart restart)
{
  g_autoptr(ExcPlan) plan = renewal_test_plan (self, (const char *[]){ EXCH02, NULL }, restart);
  g_autoptr(GError) error = NULL;
  ExcJob *job = exc_jobs_start (self->jobs, plan, self->lab.organization, &error);

  g_assert_no_error (error);
  return job;
}

static const char *
get_text (ExcJob *job, const char *id)
{
  return exc_job_step_get_detail (renewal_test_get_step (job, EXCH02, id));
}

/* The Windows session sees the services; the endpoint is away for a while. */
static void
test_endpoint_comes_back (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = start (self, EXC_RESTART_IIS);

  wait_for_start (job, "restart");
  lab_test_do (&self->lab, REFUSE ("exchange"));
  renewal_test_wait_for_step (job, EXCH02, "restart", EXC_STATE_WAITING);
  g_assert_nonnull (strstr (get_text (job, "restart"),
                            "The Exchange endpoint of EXCH02, which answered before the restart"));
  g_assert_nonnull (strstr (get_text (job, "restart"), "Looking again in 5 seconds."));
  lab_test_do (&self->lab, "{\"op\":\"clear\"}");
  renewal_test_let_time_pass (self);
  renewal_test_finish (job, EXC_STATE_DONE);
  g_assert_cmpuint (renewal_test_count_sent (self, "restart-services.ps1", "exch02"), ==, 1);
}

/* For ever: a sentence says what is not back and where to look, and nothing behind it has begun. */
static void
test_endpoint_stays_away (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = start (self, EXC_RESTART_TRANSPORT);

  wait_for_start (job, "restart");
  lab_test_do (&self->lab, REFUSE ("exchange"));
  renewal_test_wait_for_step (job, EXCH02, "restart", EXC_STATE_WAITING);
  renewal_test_let_time_pass (self);
  renewal_test_finish (job, EXC_STATE_FAILED);
  g_assert_nonnull (strstr (get_text (job, "restart"), "look at W3SVC, the application pools"));
  g_assert_cmpint (
      exc_job_step_get_state (renewal_test_get_step (job, EXCH02, "check")), ==, EXC_STATE_PENDING);

  /* It is not restarted once more. */
  lab_test_do (&self->lab, "{\"op\":\"clear\"}");
  renewal_test_retry (self, job, EXCH02);
  renewal_test_finish (job, EXC_STATE_DONE);
  g_assert_cmpuint (renewal_test_count_sent (self, "restart-services.ps1", "exch02"), ==, 1);
}

/* A service that ran before and does not now is not taken for one that was stopped. */
static void
test_service_stays_away (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = start (self, EXC_RESTART_TRANSPORT);

  wait_for_start (job, "restart");
  lab_test_do (&self->lab, REFUSE ("exchange"));
  renewal_test_wait_for_step (job, EXCH02, "restart", EXC_STATE_WAITING);
  lab_test_do (&self->lab, STOP ("MSExchangeTransport"));
  lab_test_do (&self->lab, "{\"op\":\"clear\"}");
  renewal_test_let_time_pass (self);
  renewal_test_finish (job, EXC_STATE_FAILED);
  g_assert_nonnull (
      strstr (get_text (job, "restart"),
              "The service MSExchangeTransport of EXCH02 does not run yet (Stopped). If it does "
              "not come back, look at the event log there and start it."));
  renewal_test_retry (self, job, EXCH02);
  renewal_test_finish (job, EXC_STATE_FAILED);

  lab_test_do (&self->lab, START ("MSExchangeTransport"));
  renewal_test_retry (self, job, EXCH02);
  renewal_test_finish (job, EXC_STATE_DONE);
  g_assert_cmpuint (renewal_test_count_sent (self, "restart-services.ps1", "exch02"), ==, 1);
}

/* What did not answer before is not waited for: here the endpoint, and the web server itself. */
static void
test_what_was_away_may_stay_so (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = NULL;

  lab_test_do (&self->lab, REFUSE ("exchange"));
  job = start (self, EXC_RESTART_TRANSPORT);
  renewal_test_wait_for_step (job, EXCH02, "restart", EXC_STATE_RUNNING);
  renewal_test_let_time_pass (self);
  renewal_test_wait_for_step (job, EXCH02, "restart", EXC_STATE_DONE);
  g_assert_null (get_text (job, "restart"));
  lab_test_do (&self->lab, "{\"op\":\"clear\"}");
  renewal_test_finish (job, EXC_STATE_DONE);
}

static ExcJob *
start_wmsvc (RenewalTest *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcPlan) plan = exc_plan_new_renew_wmsvc (renewal_test_get_snapshot (self),
                                                       (const char *[]){ EXCH02, NULL },
                                                       &(ExcWmsvcOptions){ 0 },
                                                       &error);
  ExcJob *job = NULL;

  g_assert_no_error (error);
  job = exc_jobs_start (self->jobs, plan, self->lab.organization, &error);
  g_assert_no_error (error);
  return job;
}

/* A port that answered is waited for, beyond its service. */
static void
test_port_stays_away (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = start_wmsvc (self);

  wait_for_start (job, "bind-wmsvc");
  lab_test_do (&self->lab, REFUSE ("wmsvc"));
  renewal_test_wait_for_step (job, EXCH02, "bind-wmsvc", EXC_STATE_WAITING);
  g_assert_nonnull (strstr (get_text (job, "bind-wmsvc"),
                            "Port 8172 of EXCH02, which answered before the restart"));
  renewal_test_let_time_pass (self);
  renewal_test_finish (job, EXC_STATE_FAILED);
  lab_test_do (&self->lab, "{\"op\":\"clear\"}");
  renewal_test_retry (self, job, EXCH02);
  renewal_test_finish (job, EXC_STATE_DONE);
  g_assert_cmpuint (renewal_test_count_sent (self, "wmsvc-bind.ps1", "exch02"), ==, 1);
}

/* An undo that restarts waits, too, and sends nothing twice. */
static void
test_port_stays_away_in_undo (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = start_wmsvc (self);

  renewal_test_finish (job, EXC_STATE_DONE);
  renewal_test_undo (self, job, EXCH02);
  while (renewal_test_count_sent (self, "wmsvc-bind.ps1", "exch02") < 2)
    g_main_context_iteration (NULL, TRUE);
  lab_test_do (&self->lab, REFUSE ("wmsvc"));
  renewal_test_wait_for_step (job, EXCH02, "bind-wmsvc", EXC_STATE_WAITING);
  g_assert_nonnull (strstr (get_text (job, "bind-wmsvc"),
                            "Port 8172 of EXCH02, which answered before the restart"));
  lab_test_do (&self->lab, "{\"op\":\"clear\"}");
  renewal_test_let_time_pass (self);
  renewal_test_finish (job, EXC_STATE_UNDONE);
  g_assert_cmpuint (renewal_test_count_sent (self, "wmsvc-bind.ps1", "exch02"), ==, 2);
}

#define ADD(path, func)                                                                            \
  g_test_add (path, RenewalTest, NULL, renewal_test_set_up, func, renewal_test_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/lab/restarts/endpoint-comes-back", test_endpoint_comes_back);
  ADD ("/lab/restarts/endpoint-stays-away", test_endpoint_stays_away);
  ADD ("/lab/restarts/service-stays-away", test_service_stays_away);
  ADD ("/lab/restarts/what-was-away-may-stay-so", test_what_was_away_may_stay_so);
  ADD ("/lab/restarts/port-stays-away", test_port_stays_away);
  ADD ("/lab/restarts/port-stays-away-in-undo", test_port_stays_away_in_undo);

  return g_test_run ();
}
