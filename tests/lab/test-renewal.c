/* test-renewal.c — “Renew Microsoft Exchange” on simulated servers, and back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "renewal-test.h"

static const char *
get_old (RenewalTest *self, const char *server)
{
  return exc_server_get_internal_transport (lab_test_find (&self->lab, server));
}

static void
test_renews_two (RenewalTest *self, gconstpointer data)
{
  static const char *const changes[] = {
    "/now",
    "/keysTaken",
    /* EXCH01: a new certificate, trusted, on 444; its 443 has a public one */
    "/servers/0/internalTransport",
    "/servers/0/my/4/*",
    "/servers/0/root/*",
    "/servers/0/sslEntries/*/hash",
    /* EXCH02 */
    "/servers/1/internalTransport",
    "/servers/1/my/3/*",
    "/servers/1/root/*",
    "/servers/1/sslEntries/*/hash",
    NULL
  };
  static const char *const nothing[] = { "/now", "/keysTaken", NULL };
  g_autoptr(GHashTable) before = renewal_test_dump (self);
  g_autoptr(GHashTable) after = NULL;
  g_autoptr(GHashTable) undone = NULL;
  g_autofree char *old1 = g_strdup (get_old (self, EXCH01));
  g_autofree char *old2 = g_strdup (get_old (self, EXCH02));
  g_autofree char *public = renewal_test_probe (self, EXCH01, 443);
  g_autofree char *new1 = NULL;
  g_autofree char *new2 = NULL;
  g_autofree char *front1 = NULL;
  g_autofree char *front2 = NULL;
  g_autofree char *back1 = NULL;
  g_autofree char *back2 = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcJob) job = renewal_test_start (self, (const char *[]){ EXCH01, EXCH02, NULL });

  renewal_test_finish (job, EXC_STATE_DONE);
  g_assert_cmpstr (exc_job_get_summary (job), ==, "2 of 2 servers renewed.");
  g_assert_cmpfloat (exc_progress_get_fraction (exc_job_get_progress (job)), ==, 1);
  g_assert_cmpint (exc_job_step_get_state (renewal_test_get_step (job, EXCH01, "bind-front-end")),
                   ==,
                   EXC_STATE_SKIPPED);

  /* By handshake, from outside. */
  g_assert_true (lab_test_refresh (&self->lab, NULL, &error));
  new1 = renewal_test_probe (self, EXCH01, 444);
  new2 = renewal_test_probe (self, EXCH02, 444);
  front1 = renewal_test_probe (self, EXCH01, 443);
  front2 = renewal_test_probe (self, EXCH02, 443);
  g_assert_cmpstr (new1, !=, old1);
  g_assert_cmpstr (new2, !=, old2);
  g_assert_cmpstr (new1, ==, get_old (self, EXCH01)); /* and internal transport */
  g_assert_cmpstr (new2, ==, get_old (self, EXCH02));
  g_assert_cmpstr (front1, ==, public);
  g_assert_cmpstr (front2, ==, new2); /* where the old one was bound */

  after = renewal_test_dump (self);
  renewal_test_assert_differs_only (before, after, changes);
  g_assert_cmpuint (renewal_test_count_sent (self, "New-ExchangeCertificate", EXCH01), ==, 1);
  g_assert_cmpuint (renewal_test_count_sent (self, "New-ExchangeCertificate", EXCH02), ==, 1);
  g_assert_cmpuint (renewal_test_count_sent (self, "restart-services.ps1", ""), ==, 0);

  renewal_test_undo (self, job, EXCH01);
  renewal_test_finish (job, EXC_STATE_UNDONE);
  renewal_test_undo (self, job, EXCH02);
  renewal_test_finish (job, EXC_STATE_UNDONE);
  undone = renewal_test_dump (self);
  renewal_test_assert_differs_only (before, undone, nothing);
  back1 = renewal_test_probe (self, EXCH01, 444);
  back2 = renewal_test_probe (self, EXCH02, 443);
  g_assert_cmpstr (back1, ==, old1);
  g_assert_cmpstr (back2, ==, old2);

  /* And once more, as if nothing had been. */
  renewal_test_retry (self, job, EXCH01);
  renewal_test_finish (job, EXC_STATE_UNDONE);
  after = (g_hash_table_unref (after), renewal_test_dump (self));
  renewal_test_assert_differs_only (before, after, changes);
}

/* Somebody else was faster: nothing is done on top of it. */
static void
test_changed_meanwhile (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcPlan) stale =
                 renewal_test_plan (self, (const char *[]){ EXCH02, NULL }, EXC_RESTART_NONE);
  g_autoptr(ExcJob) first = renewal_test_start (self, (const char *[]){ EXCH02, NULL });
  g_autoptr(ExcJob) second = NULL;
  g_autoptr(GHashTable) before = NULL;
  g_autoptr(GHashTable) after = NULL;
  g_autoptr(GError) error = NULL;

  renewal_test_finish (first, EXC_STATE_DONE);
  before = renewal_test_dump (self);
  second = exc_jobs_start (self->jobs, stale, self->lab.organization, &error);
  g_assert_no_error (error);
  renewal_test_finish (second, EXC_STATE_FAILED);
  g_assert_nonnull (strstr (exc_job_get_summary (second), "Somebody else changed it"));
  after = renewal_test_dump (self);
  renewal_test_assert_differs_only (before, after, (const char *[]){ "/now", NULL });
}

static void
test_restarts_transport (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan =
                 renewal_test_plan (self, (const char *[]){ EXCH02, NULL }, EXC_RESTART_TRANSPORT);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcJob) job = exc_jobs_start (self->jobs, plan, self->lab.organization, &error);

  g_assert_no_error (error);
  renewal_test_let_time_pass (self);
  renewal_test_finish (job, EXC_STATE_DONE);
  g_assert_cmpuint (renewal_test_count_sent (self, "restart-services.ps1", "exch02"), ==, 1);

  renewal_test_undo (self, job, EXCH02);
  renewal_test_finish (job, EXC_STATE_UNDONE);
  g_assert_cmpuint (renewal_test_count_sent (self, "restart-services.ps1", "exch02"), ==, 2);
}

/* The session ends with the web server that serves it, and is opened anew. */
static void
test_restarts_web_server (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan =
                 renewal_test_plan (self, (const char *[]){ EXCH01, NULL }, EXC_RESTART_IIS);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcJob) job = exc_jobs_start (self->jobs, plan, self->lab.organization, &error);

  g_assert_no_error (error);
  renewal_test_let_time_pass (self);
  renewal_test_finish (job, EXC_STATE_DONE);
  g_assert_cmpuint (renewal_test_count_sent (self, "restart-services.ps1", "exch01"), ==, 1);
}

static void
test_recycles_pools (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan =
                 renewal_test_plan (self, (const char *[]){ EXCH02, NULL }, EXC_RESTART_POOLS);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcJob) job = exc_jobs_start (self->jobs, plan, self->lab.organization, &error);

  g_assert_no_error (error);
  renewal_test_finish (job, EXC_STATE_DONE);
  g_assert_cmpuint (renewal_test_count_sent (self, "recycle-pools.ps1", "exch02"), ==, 1);
}

static void
test_stop_and_resume (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = renewal_test_start (self, (const char *[]){ EXCH01, EXCH02, NULL });
  g_autoptr(GError) error = NULL;
  gint64 started = 0;

  while (started == 0) { /* its command is on the way, not only the look before it */
    g_main_context_iteration (NULL, TRUE);
    g_object_get (renewal_test_get_step (job, EXCH01, "trust"), "started", &started, NULL);
  }
  exc_jobs_stop_after_step (self->jobs, job);
  renewal_test_finish (job, EXC_STATE_CANCELLED);
  g_assert_cmpint (
      exc_job_step_get_state (renewal_test_get_step (job, EXCH01, "trust")), ==, EXC_STATE_DONE);
  g_assert_cmpuint (renewal_test_count_sent (self, "bind.ps1", "exch01"), ==, 0);

  g_assert_true (exc_jobs_resume (self->jobs, job, self->lab.organization, &error));
  renewal_test_finish (job, EXC_STATE_DONE);
  g_assert_cmpuint (renewal_test_count_sent (self, "New-ExchangeCertificate", EXCH01), ==, 1);
  g_assert_cmpuint (renewal_test_count_sent (self, "trust.ps1", "exch01"), ==, 1);
}

#define ADD(path, func)                                                                            \
  g_test_add (path, RenewalTest, NULL, renewal_test_set_up, func, renewal_test_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/lab/renewal/renews-two", test_renews_two);
  ADD ("/lab/renewal/changed-meanwhile", test_changed_meanwhile);
  ADD ("/lab/renewal/restarts-transport", test_restarts_transport);
  ADD ("/lab/renewal/restarts-web-server", test_restarts_web_server);
  ADD ("/lab/renewal/recycles-pools", test_recycles_pools);
  ADD ("/lab/renewal/stop-and-resume", test_stop_and_resume);

  return g_test_run ();
}
