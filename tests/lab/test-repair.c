/* test-repair.c — known damages of simulated servers, put right; and what a renewal does at its end
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-job-private.h"
#include "renewal-test.h"

#define ADV02  "adv02.adventure.lab"
#define WING01 "wing01.wingtip.lab"
#define WING02 "wing02.wingtip.lab"

static ExcPlan *
make_plan (RenewalTest *self, ExcRepair repair, const char *server)
{
  g_autoptr(GError) error = NULL;
  ExcPlan *plan = exc_plan_new_repair (
      renewal_test_get_snapshot (self), repair, (const char *[]){ server, NULL }, &error);

  g_assert_no_error (error);
  return plan;
}

static ExcServer *
find_server (RenewalTest *self, guint index)
{
  return g_ptr_array_index (exc_snapshot_get_servers (renewal_test_get_snapshot (self)), index);
}

/* The wrong answer to Exchange's question, set right; and back, as an undo gives what was there. */
static void
test_auth_as_internal (RenewalTest *self, gconstpointer data)
{
  g_autofree char *auth =
      g_strdup (exc_server_get_internal_transport (lab_test_find (&self->lab, ADV02)));
  const char *internal;
  g_autoptr(ExcJob) job = renewal_test_run (
      self, make_plan (self, EXC_REPAIR_AUTH_AS_INTERNAL, ADV02), EXC_STATE_WARNINGS);
  g_autoptr(ExcPlan) again = NULL;

  g_assert_cmpstr (exc_job_step_get_detail (renewal_test_get_step (job, ADV02, "gate")),
                   ==,
                   "The database copy DB01\\ADV02 is not well: Failed.");
  renewal_test_refresh (self);
  internal = exc_server_get_internal_transport (lab_test_find (&self->lab, ADV02));
  g_assert_cmpstr (internal, !=, auth);
  g_assert_cmpstr (exc_certificate_get_subject (exc_snapshot_find_certificate (
                       renewal_test_get_snapshot (self), ADV02, internal)),
                   ==,
                   "CN=ADV02");
  again = make_plan (self, EXC_REPAIR_AUTH_AS_INTERNAL, ADV02);
  g_assert_null (exc_plan_get_steps (again, ADV02)); /* nothing is left to repair */

  renewal_test_undo (self, job, ADV02);
  renewal_test_finish (job, EXC_STATE_UNDONE);
  renewal_test_refresh (self);
  g_assert_cmpstr (exc_server_get_internal_transport (lab_test_find (&self->lab, ADV02)), ==, auth);
}

/* Where the internal transport certificate is of no use either, that comes first. */
static void
test_back_end (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcPlan) healthy = make_plan (self, EXC_REPAIR_BACK_END, WING01);
  g_autoptr(ExcPlan) blocked = make_plan (self, EXC_REPAIR_BACK_END, WING02);
  g_autofree char *served = NULL;
  g_autoptr(ExcJob) internal = NULL;
  g_autoptr(ExcJob) job = NULL;

  g_assert_null (exc_plan_get_steps (healthy, WING01));
  g_assert_true (exc_plan_is_blocked (blocked));
  internal = renewal_test_run (
      self, make_plan (self, EXC_REPAIR_INTERNAL_TRANSPORT, WING02), EXC_STATE_DONE);
  renewal_test_refresh (self);
  job = renewal_test_run (self, make_plan (self, EXC_REPAIR_BACK_END, WING02), EXC_STATE_DONE);
  /* What was bound is not on the server, so nothing can be bound again. */
  g_assert_false (exc_job_server_get_can_undo (exc_job_find_server (job, WING02)));
  served = renewal_test_probe (self, WING02, 444);
  g_assert_cmpstr (
      served, ==, exc_server_get_internal_transport (lab_test_find (&self->lab, WING02)));
}

/* The renewal puts the same right; its undo stops where there is no way back, and says so. */
static void
test_renewal_of_dark_back_end (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = renewal_test_run (
      self,
      renewal_test_plan (self, (const char *[]){ WING02, NULL }, EXC_RESTART_NONE),
      EXC_STATE_DONE);
  g_autofree char *served = renewal_test_probe (self, WING02, 444);
  g_autofree char *served_later = NULL;

  renewal_test_undo (self, job, WING02);
  renewal_test_finish (job, EXC_STATE_FAILED);
  g_assert_nonnull (
      strstr (exc_job_get_summary (job), "What was there before is not on the server"));
  g_assert_null (strstr (exc_job_get_summary (job), "as it was before"));
  g_assert_cmpint (exc_job_step_get_state (renewal_test_get_step (job, WING02, "bind-front-end")),
                   ==,
                   EXC_STATE_UNDONE);
  served_later = renewal_test_probe (self, WING02, 444);
  g_assert_cmpstr (served_later, ==, served);
  renewal_test_retry (self, job, WING02);
  renewal_test_finish (job, EXC_STATE_DONE);
}

/* EXCH02's has expired: a new one is made and trusted; a lost answer makes no second one. */
static void
test_internal_transport (RenewalTest *self, gconstpointer data)
{
  g_autofree char *old =
      g_strdup (exc_server_get_internal_transport (lab_test_find (&self->lab, EXCH02)));
  g_autoptr(GHashTable) world = NULL;
  const char *internal;
  ExcPlan *plan = make_plan (self, EXC_REPAIR_INTERNAL_TRANSPORT, EXCH02);
  g_autoptr(ExcJob) job = NULL;

  renewal_test_let_time_pass (self);
  lab_test_do (&self->lab,
               "{\"op\":\"fault\",\"kind\":\"drop\",\"command\":\"New-ExchangeCertificate\","
               "\"when\":\"after\",\"times\":1}");
  job = renewal_test_run (self, plan, EXC_STATE_DONE);
  renewal_test_refresh (self);
  internal = exc_server_get_internal_transport (lab_test_find (&self->lab, EXCH02));
  g_assert_cmpstr (internal, !=, old);
  g_assert_true (exc_windows_record_has_root (
      exc_server_get_windows (lab_test_find (&self->lab, EXCH02)), internal));
  world = renewal_test_dump (self);
  g_assert_false (g_hash_table_contains (world, "/servers/1/my/4/thumbprint"));

  renewal_test_undo (self, job, EXCH02);
  renewal_test_finish (job, EXC_STATE_UNDONE);
  renewal_test_refresh (self);
  g_assert_cmpstr (exc_server_get_internal_transport (lab_test_find (&self->lab, EXCH02)), ==, old);
}

/* Its transport does not run: that is told, and is no reason to leave it so. */
static void
test_ill_server (RenewalTest *self, gconstpointer data)
{
  g_autofree char *old =
      g_strdup (exc_server_get_internal_transport (lab_test_find (&self->lab, EXCH02)));
  g_autoptr(ExcJob) job = NULL;

  lab_test_do (&self->lab,
               "{\"op\":\"service\",\"server\":\"EXCH02\",\"name\":\"MSExchangeTransport\","
               "\"running\":false}");
  job = renewal_test_run (
      self, make_plan (self, EXC_REPAIR_INTERNAL_TRANSPORT, EXCH02), EXC_STATE_WARNINGS);
  g_assert_cmpint (
      exc_job_step_get_state (renewal_test_get_step (job, EXCH02, "gate")), ==, EXC_STATE_WARNINGS);
  g_assert_cmpstr (exc_job_step_get_detail (renewal_test_get_step (job, EXCH02, "gate")),
                   ==,
                   "Services that the server needs do not run: MSExchangeTransport.");
  renewal_test_refresh (self);
  g_assert_cmpstr (exc_server_get_internal_transport (lab_test_find (&self->lab, EXCH02)), !=, old);
}

/* Nor is it one that the endpoint by which health is asked does not answer. */
static void
test_health_not_told (RenewalTest *self, gconstpointer data)
{
  g_autoptr(ExcJob) job = NULL;
  ExcPlan *plan = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *internal =
      g_strdup (exc_server_get_internal_transport (lab_test_find (&self->lab, EXCH01)));

  g_object_unref (renewal_test_run (
      self,
      exc_plan_new_untrust (
          renewal_test_get_snapshot (self), internal, (const char *[]){ EXCH01, NULL }, &error),
      EXC_STATE_DONE));
  renewal_test_refresh (self);
  plan = make_plan (self, EXC_REPAIR_TRUST, EXCH01);
  lab_test_do (&self->lab, "{\"op\":\"fault\",\"kind\":\"refuse\",\"endpoint\":\"exchange\"}");
  job = renewal_test_run (self, plan, EXC_STATE_WARNINGS);
  lab_test_do (&self->lab, "{\"op\":\"clear\"}");
  renewal_test_refresh (self);
  g_assert_true (exc_windows_record_has_root (
      exc_server_get_windows (lab_test_find (&self->lab, EXCH01)), internal));
}

static void
test_trust (RenewalTest *self, gconstpointer data)
{
  g_autofree char *internal =
      g_strdup (exc_server_get_internal_transport (lab_test_find (&self->lab, EXCH01)));
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcJob) untrusted = NULL;
  g_autoptr(ExcJob) job = NULL;

  untrusted = renewal_test_run (
      self,
      exc_plan_new_untrust (
          renewal_test_get_snapshot (self), internal, (const char *[]){ EXCH01, NULL }, &error),
      EXC_STATE_DONE);
  renewal_test_refresh (self);
  job = renewal_test_run (self, make_plan (self, EXC_REPAIR_TRUST, EXCH01), EXC_STATE_DONE);
  renewal_test_refresh (self);
  g_assert_true (exc_windows_record_has_root (
      exc_server_get_windows (lab_test_find (&self->lab, EXCH01)), internal));
}

/* A day later, and the program closed meanwhile or not: the old one goes. */
static void
test_renewal_deletes_old (RenewalTest *self, gconstpointer data)
{
  g_autofree char *old =
      g_strdup (exc_server_get_internal_transport (lab_test_find (&self->lab, EXCH02)));
  g_autofree char *delete = g_strconcat ("delete-", old, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcPlan) plan =
                 exc_plan_new_renew_microsoft_exchange (renewal_test_get_snapshot (self),
                                                        (const char *[]){ EXCH02, NULL },
                                                        &(ExcRenewOptions){ .removes_old = TRUE },
                                                        &error);
  g_autoptr(ExcJob) job = NULL;

  g_assert_no_error (error);
  g_assert_false (exc_plan_is_blocked (plan));
  job = exc_jobs_start (self->jobs, plan, self->lab.organization, &error);
  g_assert_no_error (error);
  renewal_test_wait_for_step (job, EXCH02, "check", EXC_STATE_DONE);
  while (exc_job_get_is_active (job))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (exc_job_get_state (job), ==, EXC_STATE_WAITING);
  g_assert_cmpuint (renewal_test_count_sent (self, "Remove-ExchangeCertificate", ""), ==, 0);

  exc_clock_advance (self->lab.clock, 25 * 3600);
  g_assert_true (exc_jobs_resume (self->jobs, job, self->lab.organization, &error));
  g_assert_no_error (error);
  renewal_test_finish (job, EXC_STATE_DONE);
  g_assert_cmpint (
      exc_job_step_get_state (renewal_test_get_step (job, EXCH02, delete)), ==, EXC_STATE_DONE);
  renewal_test_refresh (self);
  g_assert_null (exc_snapshot_find_certificate (renewal_test_get_snapshot (self), EXCH02, old));
  g_assert_false (exc_windows_record_has_root (
      exc_server_get_windows (lab_test_find (&self->lab, EXCH02)), old));
}

/* Where an Edge server is subscribed it is told. */
static void
test_edge (RenewalTest *self, gconstpointer data)
{
  g_autofree char *fqdn = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcPlan) plan = NULL;
  g_autoptr(ExcJob) job = NULL;
  ExcState state;

  for (guint i = 0; fqdn == NULL; i++)
    if (!exc_server_get_record (find_server (self, i))->is_edge)
      fqdn = g_strdup (exc_server_get_fqdn (find_server (self, i)));
  plan = exc_plan_new_renew_microsoft_exchange (renewal_test_get_snapshot (self),
                                                (const char *[]){ fqdn, NULL },
                                                &(ExcRenewOptions){ .restarts_mail = TRUE },
                                                &error);
  g_assert_no_error (error);
  g_assert_false (exc_plan_is_blocked (plan));
  renewal_test_let_time_pass (self);
  job = exc_jobs_start (self->jobs, plan, self->lab.organization, &error);
  g_assert_no_error (error);
  while (exc_job_get_is_active (job))
    g_main_context_iteration (NULL, TRUE);
  state = exc_job_step_get_state (renewal_test_get_step (job, fqdn, "edge-sync"));
  if (state != EXC_STATE_DONE && state != EXC_STATE_WARNINGS)
    g_error ("%s", exc_job_get_summary (job));
  g_assert_cmpuint (renewal_test_count_sent (self, "Start-EdgeSynchronization", ""), ==, 1);
}

#define ADD(path, scenario, func)                                                                  \
  g_test_add (path, RenewalTest, scenario, renewal_test_set_up, func, renewal_test_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/lab/repair/auth-as-internal", "messy", test_auth_as_internal);
  ADD ("/lab/repair/back-end", "broken-444", test_back_end);
  ADD ("/lab/repair/renewal-of-dark-back-end", "broken-444", test_renewal_of_dark_back_end);
  ADD ("/lab/repair/internal-transport", "small", test_internal_transport);
  ADD ("/lab/repair/ill-server", "small", test_ill_server);
  ADD ("/lab/repair/health-not-told", "small", test_health_not_told);
  ADD ("/lab/repair/trust", "small", test_trust);
  ADD ("/lab/renewal/deletes-old", "small", test_renewal_deletes_old);
  ADD ("/lab/renewal/edge", "edge-hybrid", test_edge);

  return g_test_run ();
}
