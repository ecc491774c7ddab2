/* test-renewal-faults.c — a renewal with every fault on the way
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "renewal-test.h"

static void
test_command_error (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = NULL;

  lab_test_do (&self->lab,
               "{\"op\":\"fault\",\"kind\":\"error\",\"command\":\"New-ExchangeCertificate\","
               "\"message\":\"The directory is unavailable.\",\"times\":1}");
  job = renewal_test_start (self, (const char *[]){ EXCH02, NULL });
  renewal_test_finish (job, EXC_STATE_FAILED);
  g_assert_nonnull (strstr (exc_job_get_summary (job), "failed at step 2"));
  g_assert_nonnull (strstr (exc_job_get_summary (job), "The directory is unavailable."));

  renewal_test_retry (self, job, EXCH02);
  renewal_test_finish (job, EXC_STATE_DONE);
  g_assert_cmpuint (renewal_test_count_sent (self, "New-ExchangeCertificate", EXCH02), ==, 2);
}

/* The command did its work, but said that it had not. */
static void
test_error_after_effect (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = NULL;

  lab_test_do (&self->lab,
               "{\"op\":\"fault\",\"kind\":\"error\",\"command\":\"New-ExchangeCertificate\","
               "\"when\":\"after\",\"times\":1}");
  lab_test_do (&self->lab,
               "{\"op\":\"fault\",\"kind\":\"error\",\"command\":\"bind.ps1\","
               "\"when\":\"after\",\"times\":1}");
  job = renewal_test_start (self, (const char *[]){ EXCH02, NULL });
  renewal_test_finish (job, EXC_STATE_DONE);
  g_assert_cmpuint (renewal_test_count_sent (self, "New-ExchangeCertificate", EXCH02), ==, 1);
}

static void
test_drop_after_effect (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = NULL;

  renewal_test_let_time_pass (self);
  lab_test_do (&self->lab,
               "{\"op\":\"fault\",\"kind\":\"drop\",\"command\":\"New-ExchangeCertificate\","
               "\"when\":\"after\",\"times\":1}");
  lab_test_do (&self->lab,
               "{\"op\":\"fault\",\"kind\":\"drop\",\"command\":\"bind.ps1\","
               "\"when\":\"after\",\"times\":1}");
  job = renewal_test_start (self, (const char *[]){ EXCH02, NULL });
  renewal_test_finish (job, EXC_STATE_DONE);
  g_assert_cmpuint (renewal_test_count_sent (self, "New-ExchangeCertificate", EXCH02), ==, 1);
}

static void
test_drop_before_effect (RenewalTest *self, gconstpointer data)
{
  g_autoptr(GHashTable) world = NULL;
  g_autoptr(ExcJob) job = NULL;

  renewal_test_let_time_pass (self);
  lab_test_do (&self->lab,
               "{\"op\":\"fault\",\"kind\":\"drop\",\"command\":\"New-ExchangeCertificate\","
               "\"times\":1}");
  job = renewal_test_start (self, (const char *[]){ EXCH02, NULL });
  while (exc_job_get_is_active (job))
    g_main_context_iteration (NULL, TRUE);
  if (exc_job_get_state (job) != EXC_STATE_DONE) { /* told as the failure that it was */
    g_assert_cmpint (exc_job_get_state (job), ==, EXC_STATE_FAILED);
    renewal_test_retry (self, job, EXCH02);
  }
  renewal_test_finish (job, EXC_STATE_DONE);
  world = renewal_test_dump (self);
  g_assert_true (g_hash_table_contains (world, "/servers/1/my/3/thumbprint"));
  g_assert_false (g_hash_table_contains (world, "/servers/1/my/4/thumbprint")); /* one, not two */
}

/* Every request of any kind may be cut, anywhere. */
static void
test_drops_everywhere (RenewalTest *self, gconstpointer data)
{
  renewal_test_let_time_pass (self);
  for (guint n = 0; n < 12; n++) {
    g_autofree char *fault =
        g_strdup_printf ("{\"op\":\"fault\",\"kind\":\"drop\",\"after\":%u,\"times\":2}", n * 4);
    g_autoptr(GHashTable) world = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(ExcJob) job = NULL;

    lab_test_do (&self->lab, "{\"op\":\"reset\"}");
    g_assert_true (lab_test_refresh (&self->lab, NULL, &error));
    g_assert_no_error (error);
    lab_test_do (&self->lab, fault);
    job = renewal_test_start (self, (const char *[]){ EXCH02, NULL });
    while (exc_job_get_is_active (job))
      g_main_context_iteration (NULL, TRUE);
    lab_test_do (&self->lab, "{\"op\":\"clear\"}");
    if (exc_job_get_state (job) != EXC_STATE_DONE) {
      g_test_message ("%u: %s", n, exc_job_get_summary (job));
      renewal_test_retry (self, job, EXCH02);
    }
    renewal_test_finish (job, EXC_STATE_DONE);
    world = renewal_test_dump (self);
    g_assert_false (g_hash_table_contains (world, "/servers/1/my/4/thumbprint"));
  }
}

static void
test_server_down_in_the_middle (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = renewal_test_start (self, (const char *[]){ EXCH02, NULL });

  renewal_test_wait_for_step (job, EXCH02, "create", EXC_STATE_DONE);
  lab_test_do (&self->lab, "{\"op\":\"fault\",\"kind\":\"down\",\"server\":\"EXCH02\"}");
  renewal_test_wait_for_state (job, EXC_STATE_WAITING);
  g_assert_nonnull (strstr (exc_job_get_summary (job), "Waiting on " EXCH02));
  g_assert_nonnull (strstr (exc_job_get_summary (job), "Looking again in"));

  /* For ever: it is left to the user, with a sentence. */
  renewal_test_let_time_pass (self);
  renewal_test_finish (job, EXC_STATE_UNREACHABLE);
  g_assert_nonnull (strstr (exc_job_get_summary (job), EXCH02 " failed at step"));

  lab_test_do (&self->lab, "{\"op\":\"clear\"}");
  renewal_test_retry (self, job, EXCH02);
  renewal_test_finish (job, EXC_STATE_DONE);
  g_assert_cmpuint (renewal_test_count_sent (self, "New-ExchangeCertificate", EXCH02), ==, 1);
}

static void
test_server_comes_back (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = renewal_test_start (self, (const char *[]){ EXCH02, NULL });

  renewal_test_wait_for_step (job, EXCH02, "trust", EXC_STATE_DONE);
  lab_test_do (&self->lab, "{\"op\":\"fault\",\"kind\":\"down\",\"server\":\"EXCH02\"}");
  renewal_test_wait_for_state (job, EXC_STATE_WAITING);
  lab_test_do (&self->lab, "{\"op\":\"clear\"}");
  renewal_test_let_time_pass (self);
  renewal_test_finish (job, EXC_STATE_DONE);
}

static void
set_service_host (RenewalTest *self, gboolean is_running)
{
  g_autofree char *text = g_strdup_printf ("{\"op\":\"service\",\"server\":\"EXCH02\",\"name\":"
                                           "\"MSExchangeServiceHost\",\"running\":%s}",
                                           is_running ? "true" : "false");

  lab_test_do (&self->lab, text);
}

/* Nothing is begun while a service that the server needs is down. */
static void
test_gate_waits_for_services (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = NULL;

  set_service_host (self, FALSE);
  job = renewal_test_start (self, (const char *[]){ EXCH02, NULL });
  renewal_test_wait_for_state (job, EXC_STATE_WAITING);
  g_assert_nonnull (
      strstr (exc_job_get_summary (job), "the server needs do not run: MSExchangeServiceHost"));
  set_service_host (self, TRUE);
  renewal_test_let_time_pass (self);
  renewal_test_finish (job, EXC_STATE_DONE);
}

/* Nor is the next server while the one before it has not recovered. */
static void
test_gate_waits_for_the_one_before (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = renewal_test_start (self, (const char *[]){ EXCH02, EXCH01, NULL });

  renewal_test_wait_for_step (job, EXCH02, "check", EXC_STATE_DONE);
  set_service_host (self, FALSE);
  renewal_test_wait_for_state (job, EXC_STATE_WAITING);
  g_assert_cmpint (
      exc_job_step_get_state (renewal_test_get_step (job, EXCH01, "gate")), ==, EXC_STATE_WAITING);
  g_assert_nonnull (strstr (exc_job_get_summary (job),
                            "Services that " EXCH02 " needs, which was changed before this one"));
  g_assert_cmpuint (renewal_test_count_sent (self, "| New-ExchangeCertificate", EXCH01), ==, 0);
  set_service_host (self, TRUE);
  renewal_test_let_time_pass (self);
  renewal_test_finish (job, EXC_STATE_DONE);
}

/* RPC errors of a stopped service host pass (steps.md, notation). */
static void
test_service_host_restarts (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = renewal_test_start (self, (const char *[]){ EXCH02, NULL });

  renewal_test_wait_for_step (job, EXCH02, "trust", EXC_STATE_DONE);
  set_service_host (self, FALSE);
  renewal_test_wait_for_state (job, EXC_STATE_WAITING);
  g_assert_nonnull (strstr (exc_job_get_summary (job), "The Exchange service host of " EXCH02));
  set_service_host (self, TRUE);
  renewal_test_let_time_pass (self);
  renewal_test_finish (job, EXC_STATE_DONE);
}

#define ADD(path, func)                                                                            \
  g_test_add (path, RenewalTest, NULL, renewal_test_set_up, func, renewal_test_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/lab/renewal/command-error", test_command_error);
  ADD ("/lab/renewal/error-after-effect", test_error_after_effect);
  ADD ("/lab/renewal/drop-after-effect", test_drop_after_effect);
  ADD ("/lab/renewal/drop-before-effect", test_drop_before_effect);
  ADD ("/lab/renewal/drops-everywhere", test_drops_everywhere);
  ADD ("/lab/renewal/server-down-in-the-middle", test_server_down_in_the_middle);
  ADD ("/lab/renewal/server-comes-back", test_server_comes_back);
  ADD ("/lab/renewal/gate-waits-for-services", test_gate_waits_for_services);
  ADD ("/lab/renewal/gate-waits-for-the-one-before", test_gate_waits_for_the_one_before);
  ADD ("/lab/renewal/service-host-restarts", test_service_host_restarts);

  return g_test_run ();
}
