/* test-auth-plans.c — the Auth certificate rotated, replaced and distributed on simulated servers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-plan-auth.h"
#include "renewal-test.h"

#define HOUR ((gint64) 3600)
#define DAY  (24 * HOUR)

typedef ExcPlan *(*MakePlan) (ExcSnapshot *, const ExcAuthOptions *, GError **);

static ExcJob *
start_with (RenewalTest *self, MakePlan make, const ExcAuthOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcPlan) plan =
                 make (exc_organization_get_snapshot (self->lab.organization), options, &error);
  ExcJob *job;

  g_assert_no_error (error);
  g_assert_false (exc_plan_is_blocked (plan));
  job = exc_jobs_start (self->jobs, plan, self->lab.organization, &error);
  g_assert_no_error (error);
  return job;
}

static ExcJob *
start_soon (RenewalTest *self, const char *server)
{
  ExcAuthOptions options = EXC_AUTH_OPTIONS_INIT;

  options.effective_days = 0; /* 49 hours, then */
  options.server = server;
  return start_with (self, exc_plan_new_rotate_auth, &options);
}

static void
resume (RenewalTest *self, ExcJob *job, ExcState state)
{
  g_autoptr(GError) error = NULL;

  exc_jobs_resume (self->jobs, job, self->lab.organization, &error);
  g_assert_no_error (error);
  renewal_test_finish (job, state);
}

static const char *
get (GHashTable *world, const char *path)
{
  return g_hash_table_lookup (world, path);
}

/* How many servers have it. thumbprint: as in a dump */
static guint
count_thumbprint (GHashTable *world, const char *thumbprint)
{
  GHashTableIter iter;
  gpointer key;
  gpointer value;
  guint n = 0;

  g_hash_table_iter_init (&iter, world);
  while (g_hash_table_iter_next (&iter, &key, &value))
    n += g_pattern_match_simple ("/servers/*/my/*/thumbprint", key) &&
         g_strcmp0 (value, thumbprint) == 0;
  return n;
}

/* The certificate of that name in /authConfig. */
static guint
count_holders (RenewalTest *self, const char *which)
{
  g_autoptr(GHashTable) world = renewal_test_dump (self);
  g_autofree char *path = g_strconcat ("/authConfig/", which, NULL);

  return count_thumbprint (world, get (world, path));
}

static void
assert_internal_kept (GHashTable *before, GHashTable *after)
{
  for (guint i = 0; i < 4; i++) {
    g_autofree char *path = g_strdup_printf ("/servers/%u/internalTransport", i);

    g_assert_cmpstr (get (before, path), ==, get (after, path));
  }
}

/* What a rotation leaves in the world. */
static const char *const changes[] = { "/now",
                                       "/keysTaken",
                                       "/clockOffset",
                                       "/authConfig/*",
                                       "/servers/*/my/*",
                                       "/servers/*/events/*",
                                       "/servers/*/services/*/backAt",
                                       "/servers/*/pools/*",
                                       "/servers/*/nextServicelets",
                                       "/servers/*/hostRun",
                                       NULL };

static void
test_rotates (RenewalTest *self, gconstpointer scenario)
{
  const gboolean has_sites = g_strcmp0 (scenario, "two-sites") == 0;
  const guint n_servers = has_sites ? 4 : 3;
  g_autoptr(GHashTable) before = renewal_test_dump (self);
  g_autoptr(GHashTable) staged = NULL;
  g_autoptr(GHashTable) published = NULL;
  g_autoptr(GHashTable) after = NULL;
  g_autoptr(ExcJob) job = start_soon (self, NULL);

  renewal_test_finish (job, EXC_STATE_WAITING);
  g_assert_true (exc_job_get_is_parked (job));
  staged = renewal_test_dump (self);
  g_assert_cmpstr (get (staged, "/authConfig/current"), ==, get (before, "/authConfig/current"));
  g_assert_cmpuint (count_holders (self, "next"), ==, has_sites ? 2 : n_servers);
  assert_internal_kept (before, staged);

  job = renewal_test_restart (self, g_steal_pointer (&job));
  renewal_test_pass (self, 72 * HOUR);
  resume (self, job, EXC_STATE_WAITING);
  published = renewal_test_dump (self);
  g_assert_cmpstr (get (published, "/authConfig/current"), ==, get (staged, "/authConfig/next"));
  g_assert_cmpstr (
      get (published, "/authConfig/previous"), ==, get (before, "/authConfig/current"));
  g_assert_cmpuint (count_holders (self, "current"), ==, n_servers);
  g_assert_cmpuint (renewal_test_count_sent (self, "recycle-pools.ps1", ""), ==, n_servers);
  g_assert_cmpuint (renewal_test_count_sent (self, "restart-services.ps1", ""), ==, 0);

  job = renewal_test_restart (self, g_steal_pointer (&job));
  renewal_test_pass (self, 7 * DAY);
  resume (self, job, EXC_STATE_DONE);
  after = renewal_test_dump (self);
  g_assert_cmpstr (get (after, "/authConfig/current"), ==, get (staged, "/authConfig/next"));
  g_assert_cmpstr (get (after, "/authConfig/previous"), ==, get (before, "/authConfig/next"));
  assert_internal_kept (before, after);
  renewal_test_assert_differs_only (before, after, changes);
  g_assert_cmpuint (renewal_test_count_sent (self, "New-ExchangeCertificate", ""), ==, 1);
}

/* All twelve, and the old one is removed at the end. */
static void
test_rotates_many (RenewalTest *self, gconstpointer data)
{
  ExcAuthOptions options = {
    .effective_days = 3, .soak_days = 1, .ignores_unreachable = TRUE, .removes_old = TRUE
  };
  g_autoptr(GHashTable) before = renewal_test_dump (self);
  g_autoptr(GHashTable) after = NULL;
  g_autoptr(ExcJob) job = start_with (self, exc_plan_new_rotate_auth, &options);

  for (guint i = 0; i < 6 && exc_job_get_state (job) != EXC_STATE_DONE; i++) {
    while (exc_job_get_is_active (job))
      g_main_context_iteration (NULL, TRUE);
    g_test_message ("%s", exc_job_get_summary (job));
    if (exc_job_get_is_parked (job)) {
      job = renewal_test_restart (self, g_steal_pointer (&job));
      renewal_test_pass (self, 72 * HOUR + 13 * HOUR);
    }
    if (exc_job_get_state (job) != EXC_STATE_DONE)
      exc_jobs_resume (self->jobs, job, self->lab.organization, NULL);
  }
  renewal_test_finish (job, EXC_STATE_DONE);
  after = renewal_test_dump (self);
  renewal_test_assert_differs_only (before, after, changes);
  g_assert_cmpuint (count_thumbprint (after, get (before, "/authConfig/current")), ==, 0);
  g_assert_cmpuint (count_thumbprint (after, get (after, "/authConfig/current")), ==, 12);
}

/* Before the date has come, and with the second site without a copy for less than a day. */
static void
test_waits (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = start_soon (self, NULL);
  ExcJobStep *step;

  renewal_test_finish (job, EXC_STATE_WAITING);
  g_assert_cmpint (exc_job_get_wake_at (job) - exc_clock_now (self->lab.clock), <=, 900);
  job = renewal_test_restart (self, g_steal_pointer (&job));
  step = renewal_test_get_step (job, "south01.northwind.lab", "deploy");
  g_assert_cmpint (exc_job_step_get_state (step), ==, EXC_STATE_WAITING);
  g_assert_nonnull (strstr (exc_job_step_get_detail (step), "has not brought it here yet"));
  renewal_test_pass (self, 20 * HOUR);
  resume (self, job, EXC_STATE_WAITING);
  g_assert_cmpuint (renewal_test_count_sent (self, "Import-ExchangeCertificate", ""), ==, 0);
  renewal_test_pass (self, 5 * HOUR);
  /* A server that is away is waited for, too, and its neighbour is not kept waiting. */
  lab_test_do (&self->lab,
               "{\"op\":\"service\",\"server\":\"SOUTH02\",\"name\":\"MSExchangeServiceHost\","
               "\"running\":false}");
  renewal_test_let_time_pass_everywhere (self);
  resume (self, job, EXC_STATE_WAITING);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_assert_cmpuint (renewal_test_count_sent (self, "Import-ExchangeCertificate", ""), ==, 1);
  lab_test_do (&self->lab,
               "{\"op\":\"service\",\"server\":\"SOUTH02\",\"name\":\"MSExchangeServiceHost\","
               "\"running\":true}");
  resume (self, job, EXC_STATE_WAITING);
  g_assert_cmpuint (renewal_test_count_sent (self, "Import-ExchangeCertificate", ""), >, 0);
  g_assert_cmpuint (count_holders (self, "next"), ==, 4);
  g_assert_cmpint (exc_job_get_wake_at (job) - exc_clock_now (self->lab.clock), >, 20 * HOUR);
}

static void
set_hosts (RenewalTest *self, const char *is_running)
{
  static const char *const names[] = { "NORTH01", "NORTH02", "SOUTH01", "SOUTH02" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *request =
        g_strdup_printf ("{\"op\":\"service\",\"server\":\"%s\",\"name\":\"MSExchangeServiceHost\","
                         "\"running\":%s}",
                         names[i],
                         is_running);

    lab_test_do (&self->lab, request);
  }
}

/* Nobody published: the service host is restarted, which shows that it had been stopped. */
static void
test_hastens (RenewalTest *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcJob) job = start_soon (self, NULL);

  renewal_test_finish (job, EXC_STATE_WAITING);
  renewal_test_pass (self, 25 * HOUR);
  resume (self, job, EXC_STATE_WAITING);
  set_hosts (self, "false");
  renewal_test_pass (self, 30 * HOUR); /* the date has come, but not 13 hours ago */
  resume (self, job, EXC_STATE_WAITING);
  g_assert_cmpint (exc_job_get_wake_at (job) - exc_clock_now (self->lab.clock), <=, HOUR);

  renewal_test_pass (self, 10 * HOUR);
  renewal_test_let_time_pass_everywhere (self);
  exc_jobs_resume (self->jobs, job, self->lab.organization, &error);
  g_assert_no_error (error);
  renewal_test_finish (job, EXC_STATE_FAILED);
  g_assert_nonnull (
      strstr (exc_job_get_summary (job), "The service MSExchangeServiceHost does not run"));
  g_assert_cmpuint (renewal_test_count_sent (self, "restart-services.ps1", ""), >, 0);

  set_hosts (self, "true");
  resume (self, job, EXC_STATE_WAITING);
  g_assert_cmpuint (count_holders (self, "previous"), ==, 4); /* published */
}

static void
test_replaces (RenewalTest *self, gconstpointer data)
{
  g_autoptr(GHashTable) before = renewal_test_dump (self);
  g_autoptr(GHashTable) after = NULL;
  g_autoptr(ExcJob) job = NULL;
  g_auto(ExcAuthDecision) decision = { 0 };

  exc_plan_decide_auth (exc_organization_get_snapshot (self->lab.organization), NULL, &decision);
  g_assert_cmpint (decision.mode, ==, EXC_AUTH_REPLACE);
  renewal_test_let_time_pass_everywhere (self);
  job = start_with (self, exc_plan_new_replace_auth, NULL);
  renewal_test_finish (job, EXC_STATE_DONE);
  after = renewal_test_dump (self);
  g_assert_cmpstr (get (before, "/authConfig/current"), !=, get (after, "/authConfig/current"));
  g_assert_cmpstr (get (after, "/authConfig/previous"), ==, get (before, "/authConfig/next"));
  g_assert_cmpuint (count_holders (self, "current"), ==, 2);
  assert_internal_kept (before, after);
  renewal_test_assert_differs_only (before, after, changes);
  g_assert_cmpuint (renewal_test_count_sent (self, "New-ExchangeCertificate", ""), ==, 1);
  g_assert_cmpuint (renewal_test_count_sent (self, "restart-services.ps1", ""), ==, 2);
  g_assert_cmpuint (renewal_test_count_sent (self, "recycle-pools.ps1", ""), ==, 2);
}

/* What one site lacks, it is given. */
static void
test_distributes (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = start_soon (self, NULL);
  g_autoptr(ExcJob) copies = NULL;
  g_autoptr(ExcPlan) plan = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(ExcAuthDecision) decision = { 0 };

  renewal_test_finish (job, EXC_STATE_WAITING);
  g_assert_true (lab_test_refresh (&self->lab, NULL, &error));
  exc_plan_decide_auth (exc_organization_get_snapshot (self->lab.organization), NULL, &decision);
  g_assert_cmpint (decision.mode, ==, EXC_AUTH_DISTRIBUTE);
  copies = start_with (self, exc_plan_new_distribute_auth, NULL);
  renewal_test_finish (copies, EXC_STATE_DONE);
  g_assert_cmpuint (count_holders (self, "next"), ==, 4);
  g_assert_true (lab_test_refresh (&self->lab, NULL, &error));
  plan = exc_plan_new_distribute_auth (
      exc_organization_get_snapshot (self->lab.organization), NULL, &error);
  g_assert_no_error (error);
  g_assert_true (exc_plan_is_blocked (plan));
}

static void
test_undo_before (RenewalTest *self, gconstpointer data)
{
  static const char *const nothing[] = {
    "/now", "/keysTaken", "/authConfig/changed", "/authConfig/deploysAt", NULL
  };
  g_autoptr(GHashTable) before = renewal_test_dump (self);
  g_autoptr(GHashTable) after = NULL;
  g_autoptr(ExcJob) job = start_soon (self, NULL);

  renewal_test_finish (job, EXC_STATE_WAITING);
  renewal_test_undo (self, job, EXC_LANE_ORGANIZATION);
  renewal_test_finish (job, EXC_STATE_UNDONE);
  after = renewal_test_dump (self);
  renewal_test_assert_differs_only (before, after, nothing);
}

/* Once more from the start: every server gets the new one again. */
static void
test_retry_after_undo (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = start_soon (self, NULL);
  ExcJobStep *step = NULL;

  renewal_test_finish (job, EXC_STATE_WAITING);
  renewal_test_undo (self, job, EXC_LANE_ORGANIZATION);
  renewal_test_finish (job, EXC_STATE_UNDONE);
  step = renewal_test_get_step (job, EXCH02, "deploy");
  g_assert_cmpint (exc_job_step_get_state (step), ==, EXC_STATE_PENDING);
  job = renewal_test_restart (self, g_steal_pointer (&job));
  renewal_test_retry (self, job, EXC_LANE_ORGANIZATION);
  while (exc_job_get_is_active (job))
    g_main_context_iteration (NULL, TRUE);
  resume (self, job, EXC_STATE_WAITING);
  g_assert_cmpuint (count_holders (self, "next"), ==, 3);
  g_assert_cmpint (
      exc_job_step_get_state (renewal_test_get_step (job, EXCH02, "deploy")), ==, EXC_STATE_DONE);
  g_assert_cmpuint (renewal_test_count_sent (self, "New-ExchangeCertificate", ""), ==, 2);
}

static void
test_undo_after (RenewalTest *self, gconstpointer data)
{
  static const char *const nothing[] = { "/now",
                                         "/keysTaken",
                                         "/clockOffset",
                                         "/authConfig/changed",
                                         "/authConfig/deploysAt",
                                         "/servers/*/events/*",
                                         "/servers/*/pools/*",
                                         "/servers/*/nextServicelets",
                                         NULL };
  g_autoptr(GHashTable) before = renewal_test_dump (self);
  g_autoptr(GHashTable) after = NULL;
  g_autoptr(ExcJob) job = start_soon (self, NULL);

  renewal_test_finish (job, EXC_STATE_WAITING);
  renewal_test_pass (self, 72 * HOUR);
  resume (self, job, EXC_STATE_WAITING);
  renewal_test_undo (self, job, EXC_LANE_ORGANIZATION);
  renewal_test_finish (job, EXC_STATE_UNDONE);
  after = renewal_test_dump (self);
  renewal_test_assert_differs_only (before, after, nothing);
  g_assert_cmpuint (renewal_test_count_sent (self, "recycle-pools.ps1", ""), ==, 6);
}

/* The session lives on another server than the one where the certificate is. */
static void
test_other_server (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = start_soon (self, "EXCH02");

  renewal_test_finish (job, EXC_STATE_WAITING);
  g_assert_cmpuint (renewal_test_count_sent (self, "New-ExchangeCertificate", EXCH02), ==, 1);
  g_assert_cmpuint (count_holders (self, "next"), ==, 3);
}

static void
test_changed_meanwhile (RenewalTest *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcPlan) stale = exc_plan_new_rotate_auth (
      exc_organization_get_snapshot (self->lab.organization), NULL, &error);
  g_autoptr(ExcPlan) blocked = NULL;
  g_autoptr(ExcPlan) going_on = NULL;
  g_autoptr(ExcJob) first = start_soon (self, NULL);
  g_autoptr(ExcJob) second = NULL;
  ExcAuthOptions options = EXC_AUTH_OPTIONS_INIT;

  renewal_test_finish (first, EXC_STATE_WAITING);
  second = exc_jobs_start (self->jobs, stale, self->lab.organization, &error);
  g_assert_error (error, EXC_ERROR, EXC_ERROR_REFUSED); /* the first one is not finished */
  g_clear_error (&error);

  g_assert_true (lab_test_refresh (&self->lab, NULL, &error));
  blocked = exc_plan_new_rotate_auth (
      exc_organization_get_snapshot (self->lab.organization), NULL, &error);
  g_assert_true (exc_plan_is_blocked (blocked));
  options.continues = TRUE;
  going_on = exc_plan_new_rotate_auth (
      exc_organization_get_snapshot (self->lab.organization), &options, &error);
  g_assert_no_error (error);
  g_assert_false (exc_plan_is_blocked (going_on));
}

#define ADD(path, scenario, func)                                                                  \
  g_test_add (path, RenewalTest, scenario, renewal_test_set_up, func, renewal_test_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/lab/auth-plans/rotates", "small", test_rotates);
  ADD ("/lab/auth-plans/rotates-two-sites", "two-sites", test_rotates);
  ADD ("/lab/auth-plans/rotates-twelve", "twelve", test_rotates_many);
  ADD ("/lab/auth-plans/waits", "two-sites", test_waits);
  ADD ("/lab/auth-plans/hastens", "two-sites", test_hastens);
  ADD ("/lab/auth-plans/replaces", "expired-auth", test_replaces);
  ADD ("/lab/auth-plans/distributes", "two-sites", test_distributes);
  ADD ("/lab/auth-plans/undo-before-publication", "small", test_undo_before);
  ADD ("/lab/auth-plans/retry-after-undo", "small", test_retry_after_undo);
  ADD ("/lab/auth-plans/undo-after-publication", "small", test_undo_after);
  ADD ("/lab/auth-plans/other-server", "small", test_other_server);
  ADD ("/lab/auth-plans/changed-meanwhile", "small", test_changed_meanwhile);

  return g_test_run ();
}
