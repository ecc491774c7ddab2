/* test-wmsvc.c — “Renew WMSVC” on simulated servers, and back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "renewal-test.h"

static const char *const nothing[] = { "/now", "/keysTaken", NULL };

static ExcPlan *
make_plan (RenewalTest *self, const char *const *servers, ExcWmsvcOptions options)
{
  g_autoptr(GError) error = NULL;
  ExcPlan *plan =
      exc_plan_new_renew_wmsvc (renewal_test_get_snapshot (self), servers, &options, &error);

  g_assert_no_error (error);
  g_assert_false (exc_plan_is_blocked (plan));
  return plan;
}

static char *
dup_old (RenewalTest *self, const char *server)
{
  ExcWindowsRecord *windows = exc_server_get_windows (lab_test_find (&self->lab, server));

  g_assert_nonnull (windows->wmsvc_hash);
  return g_strdup (windows->wmsvc_hash);
}

static void
test_renews (RenewalTest *self, gconstpointer data)
{
  static const char *const changes[] = { "/now",
                                         "/keysTaken",
                                         "/servers/0/wmsvcHash",
                                         "/servers/0/wmsvc/*",
                                         "/servers/0/my/4/*",
                                         "/servers/0/root/*",
                                         "/servers/0/sslEntries/*/hash",
                                         "/servers/1/wmsvcHash",
                                         "/servers/1/wmsvc/*",
                                         "/servers/1/my/3/*",
                                         "/servers/1/root/*",
                                         "/servers/1/sslEntries/*/hash",
                                         NULL };
  g_autoptr(GHashTable) before = renewal_test_dump (self);
  g_autoptr(GHashTable) after = NULL;
  g_autoptr(GHashTable) undone = NULL;
  g_autofree char *old = dup_old (self, EXCH01);
  g_autofree char *back_end = renewal_test_probe (self, EXCH01, 444);
  g_autofree char *back_end_after = NULL;
  g_autofree char *served = NULL;
  g_autofree char *now = NULL;
  g_autofree char *back = NULL;
  g_autoptr(ExcJob) job = renewal_test_run (
      self,
      make_plan (self, (const char *[]){ EXCH01, EXCH02, NULL }, (ExcWmsvcOptions){ 0 }),
      EXC_STATE_DONE);

  g_assert_cmpstr (exc_job_get_summary (job), ==, "2 of 2 servers renewed.");
  renewal_test_refresh (self);
  served = renewal_test_probe (self, EXCH01, 8172);
  now = dup_old (self, EXCH01);
  back_end_after = renewal_test_probe (self, EXCH01, 444);
  g_assert_cmpstr (served, !=, old);
  g_assert_cmpstr (served, ==, now);
  g_assert_cmpstr (back_end_after, ==, back_end); /* nothing else serves it */
  after = renewal_test_dump (self);
  renewal_test_assert_differs_only (before, after, changes);

  renewal_test_undo (self, job, EXCH01);
  renewal_test_finish (job, EXC_STATE_UNDONE);
  renewal_test_undo (self, job, EXCH02);
  renewal_test_finish (job, EXC_STATE_UNDONE);
  undone = renewal_test_dump (self);
  renewal_test_assert_differs_only (before, undone, nothing);
  back = renewal_test_probe (self, EXCH01, 8172);
  g_assert_cmpstr (back, ==, old);
}

/* The old one goes when the handshake was seen, and then there is no way back. */
static void
test_deletes_old (RenewalTest *self, gconstpointer data)
{
  g_autofree char *old = dup_old (self, EXCH02);
  g_autofree char *delete = g_strconcat ("delete-", old, NULL);
  g_autofree char *served = NULL;
  g_autofree char *still = NULL;
  ExcCertificate *certificate;
  g_autoptr(ExcJob) job = renewal_test_run (
      self,
      make_plan (self,
                 (const char *[]){ EXCH02, NULL },
                 (ExcWmsvcOptions){ .by_windows = TRUE, .removes_old = TRUE }),
      EXC_STATE_DONE);

  g_assert_cmpint (
      exc_job_step_get_state (renewal_test_get_step (job, EXCH02, delete)), ==, EXC_STATE_DONE);
  renewal_test_refresh (self);
  served = renewal_test_probe (self, EXCH02, 8172);
  g_assert_null (exc_snapshot_find_certificate (renewal_test_get_snapshot (self), EXCH02, old));
  g_assert_false (exc_windows_record_has_root (
      exc_server_get_windows (lab_test_find (&self->lab, EXCH02)), old));
  certificate = exc_snapshot_find_certificate (renewal_test_get_snapshot (self), EXCH02, served);
  g_assert_nonnull (certificate);
  g_assert_cmpint (exc_certificate_get_days_left (certificate), >, 9 * 365); /* by Windows */

  renewal_test_undo (self, job, EXCH02);
  while (exc_job_get_is_active (job))
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (strstr (exc_job_get_summary (job), "is gone, so the new one stays"));
  still = renewal_test_probe (self, EXCH02, 8172);
  g_assert_cmpstr (still, ==, served);
}

/* An ill server is not touched before it is well. */
static void
test_waits_for_health (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan =
                 make_plan (self, (const char *[]){ EXCH02, NULL }, (ExcWmsvcOptions){ 0 });
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcJob) job = NULL;

  lab_test_do (&self->lab,
               "{\"op\":\"service\",\"server\":\"EXCH02\",\"name\":\"MSExchangeIS\","
               "\"running\":false}");
  job = exc_jobs_start (self->jobs, plan, self->lab.organization, &error);
  g_assert_no_error (error);
  renewal_test_wait_for_step (job, EXCH02, "gate", EXC_STATE_WAITING);
  g_assert_cmpuint (renewal_test_count_sent (self, "New-ExchangeCertificate", ""), ==, 0);
  lab_test_do (&self->lab,
               "{\"op\":\"service\",\"server\":\"EXCH02\",\"name\":\"MSExchangeIS\","
               "\"running\":true}");
  renewal_test_let_time_pass (self);
  renewal_test_finish (job, EXC_STATE_DONE);
}

/* Who stopped it wants it stopped; without a handshake nothing is deleted. */
static void
test_stopped_stays_stopped (RenewalTest *self, gconstpointer data)
{
  g_autofree char *old = dup_old (self, EXCH02);
  g_autofree char *delete = g_strconcat ("delete-", old, NULL);
  g_autofree char *untrust = g_strconcat ("untrust-", old, NULL);
  g_autofree char *now = NULL;
  ExcWindowsRecord *windows;
  g_autoptr(ExcJob) job = NULL;

  lab_test_do (&self->lab,
               "{\"op\":\"service\",\"server\":\"EXCH02\",\"name\":\"WMSVC\",\"running\":false}");
  job = renewal_test_run (
      self,
      make_plan (self, (const char *[]){ EXCH02, NULL }, (ExcWmsvcOptions){ .removes_old = TRUE }),
      EXC_STATE_DONE);
  g_assert_cmpint (
      exc_job_step_get_state (renewal_test_get_step (job, EXCH02, delete)), ==, EXC_STATE_SKIPPED);
  g_assert_cmpint (
      exc_job_step_get_state (renewal_test_get_step (job, EXCH02, untrust)), ==, EXC_STATE_SKIPPED);
  renewal_test_refresh (self);
  now = dup_old (self, EXCH02);
  g_assert_cmpstr (now, !=, old);
  g_assert_nonnull (exc_snapshot_find_certificate (renewal_test_get_snapshot (self), EXCH02, old));
  windows = exc_server_get_windows (lab_test_find (&self->lab, EXCH02));
  for (guint i = 0; i < windows->services->len; i++) {
    ExcServiceRecord *service = g_ptr_array_index (windows->services, i);

    if (strcmp (service->name, "WMSVC") == 0)
      g_assert_cmpstr (service->status, ==, "Stopped");
  }
}

/* Somebody else was faster: nothing is done on top of it. */
static void
test_changed_meanwhile (RenewalTest *self, gconstpointer data)
{
  const char *const servers[] = { EXCH02, NULL };
  g_autoptr(ExcPlan) stale = make_plan (self, servers, (ExcWmsvcOptions){ .removes_old = TRUE });
  g_autoptr(ExcJob) first = renewal_test_run (
      self, make_plan (self, servers, (ExcWmsvcOptions){ 0 }), EXC_STATE_DONE);
  g_autofree char *served = renewal_test_probe (self, EXCH02, 8172);
  g_autofree char *still = NULL;
  g_autoptr(ExcJob) second = renewal_test_run (self, g_steal_pointer (&stale), EXC_STATE_FAILED);

  g_assert_nonnull (strstr (exc_job_get_summary (second), "Somebody else changed it"));
  still = renewal_test_probe (self, EXCH02, 8172);
  g_assert_cmpstr (still, ==, served);
}

static void
test_script_error (RenewalTest *self, gconstpointer data)
{
  g_autofree char *old = dup_old (self, EXCH02);
  g_autofree char *served = NULL;
  g_autoptr(ExcJob) job = NULL;

  lab_test_do (&self->lab,
               "{\"op\":\"fault\",\"kind\":\"error\",\"command\":\"wmsvc-bind.ps1\","
               "\"message\":\"netsh failed.\",\"times\":1}");
  job = renewal_test_run (
      self,
      make_plan (self, (const char *[]){ EXCH02, NULL }, (ExcWmsvcOptions){ .removes_old = TRUE }),
      EXC_STATE_FAILED);
  g_assert_nonnull (strstr (exc_job_get_summary (job), "netsh failed."));
  renewal_test_refresh (self);
  g_assert_nonnull (exc_snapshot_find_certificate (renewal_test_get_snapshot (self), EXCH02, old));
  served = renewal_test_probe (self, EXCH02, 8172);
  g_assert_cmpstr (served, ==, old);

  renewal_test_retry (self, job, EXCH02);
  renewal_test_finish (job, EXC_STATE_DONE);
  g_assert_cmpuint (renewal_test_count_sent (self, "New-ExchangeCertificate", EXCH02), ==, 1);
}

/* Every command is cut once before and once after its effect. */
static void
test_drops (RenewalTest *self, gconstpointer data)
{
  static const char *const commands[] = {
    "wmsvc-create.ps1", "trust.ps1", "wmsvc-bind.ps1", "Remove-ExchangeCertificate", "untrust.ps1",
  };

  renewal_test_let_time_pass (self);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (commands); i++) {
    g_autofree char *fault =
        g_strdup_printf ("{\"op\":\"fault\",\"kind\":\"drop\",\"command\":\"%s\",%s\"times\":1}",
                         commands[i / 2],
                         i % 2 == 0 ? "" : "\"when\":\"after\",");
    g_autofree char *old = NULL;
    g_autofree char *served = NULL;
    g_autoptr(ExcJob) job = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(ExcPlan) plan = NULL;
    g_autoptr(GHashTable) world = NULL;

    lab_test_do (&self->lab, "{\"op\":\"reset\"}");
    renewal_test_refresh (self);
    old = dup_old (self, EXCH02);
    lab_test_do (&self->lab, fault);
    plan = make_plan (self,
                      (const char *[]){ EXCH02, NULL },
                      (ExcWmsvcOptions){ .by_windows = TRUE, .removes_old = TRUE });
    job = exc_jobs_start (self->jobs, plan, self->lab.organization, &error);
    g_assert_no_error (error);
    while (exc_job_get_is_active (job))
      g_main_context_iteration (NULL, TRUE);
    if (exc_job_get_state (job) != EXC_STATE_DONE) { /* told as the failure that it was */
      g_test_message ("%s: %s", fault, exc_job_get_summary (job));
      renewal_test_retry (self, job, EXCH02);
    }
    renewal_test_finish (job, EXC_STATE_DONE);
    renewal_test_refresh (self);
    served = renewal_test_probe (self, EXCH02, 8172);
    g_assert_cmpstr (served, !=, old);
    world = renewal_test_dump (self); /* one came, one went */
    g_assert_true (g_hash_table_contains (world, "/servers/1/my/2/thumbprint"));
    g_assert_false (g_hash_table_contains (world, "/servers/1/my/3/thumbprint"));
  }
}

#define ADD(path, func)                                                                            \
  g_test_add (path, RenewalTest, NULL, renewal_test_set_up, func, renewal_test_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/lab/wmsvc/renews", test_renews);
  ADD ("/lab/wmsvc/deletes-old", test_deletes_old);
  ADD ("/lab/wmsvc/waits-for-health", test_waits_for_health);
  ADD ("/lab/wmsvc/stopped-stays-stopped", test_stopped_stays_stopped);
  ADD ("/lab/wmsvc/changed-meanwhile", test_changed_meanwhile);
  ADD ("/lab/wmsvc/script-error", test_script_error);
  ADD ("/lab/wmsvc/drops", test_drops);

  return g_test_run ();
}
