/* test-bind.c — trusted roots and bindings of simulated servers, changed and changed back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "renewal-test.h"

#define EXCH03 "exch03.contoso.lab"

static const char *const nothing[] = { "/now", NULL };

static ExcCertificate *
find (RenewalTest *self, const char *server, const char *subject)
{
  GPtrArray *certificates = exc_snapshot_get_certificates (renewal_test_get_snapshot (self));

  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (certificates, i);

    if (strcmp (exc_certificate_get_server (certificate), server) == 0 &&
        g_str_has_prefix (exc_certificate_get_subject (certificate), subject))
      return certificate;
  }
  g_error ("no certificate “%s” on %s", subject, server);
}

static ExcPlan *
make_trust (RenewalTest *self, const char *thumbprint, const char *const *targets)
{
  g_autoptr(GError) error = NULL;
  ExcPlan *plan =
      exc_plan_new_trust (renewal_test_get_snapshot (self), EXCH01, thumbprint, targets, &error);

  g_assert_no_error (error);
  g_assert_false (exc_plan_is_blocked (plan));
  return plan;
}

static ExcPlan *
make_bind (RenewalTest *self, const char *server, const char *thumbprint, ExcBindOptions options)
{
  g_autoptr(GError) error = NULL;
  ExcPlan *plan = exc_plan_new_bind (renewal_test_get_snapshot (self),
                                     thumbprint,
                                     (const char *[]){ server, NULL },
                                     &options,
                                     &error);

  g_assert_no_error (error);
  return plan;
}

static void
undo_all (RenewalTest *self, ExcJob *job, const char *const *servers)
{
  for (guint i = 0; servers[i] != NULL; i++) {
    renewal_test_undo (self, job, servers[i]);
    renewal_test_finish (job, EXC_STATE_UNDONE);
  }
}

/* Its own server has it already: an undo leaves it there. */
static void
test_trusts (RenewalTest *self, gconstpointer data)
{
  static const char *const targets[] = { EXCH01, EXCH02, EXCH03, NULL };
  static const char *const changes[] = { "/now", "/servers/1/root/*", "/servers/2/root/*", NULL };
  g_autofree char *thumbprint =
      g_strdup (exc_certificate_get_thumbprint (find (self, EXCH01, "CN=EXCH01")));
  g_autofree char *id = g_strconcat ("trust-", thumbprint, NULL);
  g_autoptr(GHashTable) before = renewal_test_dump (self);
  g_autoptr(GHashTable) after = NULL;
  g_autoptr(GHashTable) undone = NULL;
  g_autoptr(ExcJob) job =
                 renewal_test_run (self, make_trust (self, thumbprint, targets), EXC_STATE_DONE);

  g_assert_cmpint (
      exc_job_step_get_state (renewal_test_get_step (job, EXCH01, id)), ==, EXC_STATE_SKIPPED);
  g_assert_cmpint (
      exc_job_step_get_state (renewal_test_get_step (job, EXCH02, id)), ==, EXC_STATE_DONE);
  after = renewal_test_dump (self);
  renewal_test_assert_differs_only (before, after, changes);
  g_assert_cmpuint (renewal_test_count_sent (self, "\ttrust-raw.ps1", "exch0"), ==, 2);

  undo_all (self, job, targets + 1); /* the job changed nothing on EXCH01 */
  undone = renewal_test_dump (self);
  renewal_test_assert_differs_only (before, undone, nothing);
}

static void
test_untrusts (RenewalTest *self, gconstpointer data)
{
  static const char *const targets[] = { EXCH01, NULL };
  static const char *const changes[] = { "/now", "/servers/0/root/*", NULL };
  g_autofree char *thumbprint =
      g_strdup (exc_certificate_get_thumbprint (find (self, EXCH01, "CN=EXCH01")));
  g_autoptr(GHashTable) before = renewal_test_dump (self);
  g_autoptr(GHashTable) after = NULL;
  g_autoptr(GError) error = NULL;
  ExcPlan *plan =
      exc_plan_new_untrust (renewal_test_get_snapshot (self), thumbprint, targets, &error);
  g_autoptr(ExcJob) job = NULL;

  g_assert_no_error (error);
  lab_test_do (&self->lab,
               "{\"op\":\"fault\",\"kind\":\"error\",\"command\":\"untrust.ps1\","
               "\"when\":\"after\",\"times\":1}");
  job = renewal_test_run (self, plan, EXC_STATE_DONE);
  after = renewal_test_dump (self);
  renewal_test_assert_differs_only (before, after, changes);
  renewal_test_refresh (self);
  g_assert_false (exc_windows_record_has_root (
      exc_server_get_windows (lab_test_find (&self->lab, EXCH01)), thumbprint));

  undo_all (self, job, targets);
  renewal_test_refresh (self);
  g_assert_true (exc_windows_record_has_root (
      exc_server_get_windows (lab_test_find (&self->lab, EXCH01)), thumbprint));
}

static void
test_binds (RenewalTest *self, gconstpointer data)
{
  static const char *const servers[] = { EXCH01, NULL };
  static const char *const changes[] = {
    "/now", "/servers/0/sslEntries/*/hash", "/servers/0/wmsvcHash", NULL
  };
  g_autofree char *public =
      g_strdup (exc_certificate_get_thumbprint (find (self, EXCH01, "CN=mail.contoso.lab")));
  g_autoptr(GHashTable) before = renewal_test_dump (self);
  g_autoptr(GHashTable) after = NULL;
  g_autoptr(GHashTable) undone = NULL;
  g_autofree char *back_end = NULL;
  g_autofree char *wmsvc = NULL;
  ExcPlan *plan = make_bind (
      self,
      EXCH01,
      public,
      (ExcBindOptions){ .places = EXC_BIND_BACK_END | EXC_BIND_LOOPBACK | EXC_BIND_WMSVC });
  g_autoptr(ExcJob) job = renewal_test_run (self, plan, EXC_STATE_DONE);

  back_end = renewal_test_probe (self, EXCH01, 444);
  wmsvc = renewal_test_probe (self, EXCH01, 8172);
  g_assert_cmpstr (back_end, ==, public);
  g_assert_cmpstr (wmsvc, ==, public);
  after = renewal_test_dump (self);
  renewal_test_assert_differs_only (before, after, changes);

  undo_all (self, job, servers);
  undone = renewal_test_dump (self);
  renewal_test_assert_differs_only (before, undone, nothing);
}

/* What clients see is changed only where that was said. */
static void
test_front_end (RenewalTest *self, gconstpointer data)
{
  static const char *const servers[] = { EXCH01, NULL };
  g_autofree char *own =
      g_strdup (exc_certificate_get_thumbprint (find (self, EXCH01, "CN=EXCH01")));
  g_autofree char *public = renewal_test_probe (self, EXCH01, 443);
  g_autofree char *served = NULL;
  g_autofree char *back = NULL;
  g_autoptr(ExcPlan) blocked =
                 make_bind (self, EXCH01, own, (ExcBindOptions){ .places = EXC_BIND_FRONT_END });
  g_autoptr(ExcJob) job = NULL;

  g_assert_true (exc_plan_is_blocked (blocked));
  renewal_test_let_time_pass (self);
  lab_test_do (&self->lab,
               "{\"op\":\"fault\",\"kind\":\"drop\",\"command\":\"bind.ps1\","
               "\"when\":\"after\",\"times\":1}");
  job = renewal_test_run (
      self,
      make_bind (self,
                 EXCH01,
                 own,
                 (ExcBindOptions){ .places = EXC_BIND_FRONT_END, .replaces_public = TRUE }),
      EXC_STATE_DONE);
  served = renewal_test_probe (self, EXCH01, 443);
  g_assert_cmpstr (served, ==, own);
  undo_all (self, job, servers);
  back = renewal_test_probe (self, EXCH01, 443);
  g_assert_cmpstr (back, ==, public);
}

/* Somebody binds a certificate after its deletion was planned: the step sees it. */
static void
test_deletion_sees_new_use (RenewalTest *self, gconstpointer data)
{
  g_autofree char *wmsvc =
      g_strdup (exc_certificate_get_thumbprint (find (self, EXCH03, "CN=WMSvc")));
  const char *const confirmations[] = { wmsvc + 36, NULL };
  g_autoptr(GError) error = NULL;
  ExcPlan *plan = NULL;
  g_autoptr(ExcJob) renewed = NULL;
  g_autoptr(ExcJob) bound = NULL;
  g_autoptr(ExcJob) job = NULL;

  renewed = renewal_test_run (
      self,
      exc_plan_new_renew_wmsvc (
          renewal_test_get_snapshot (self), (const char *[]){ EXCH03, NULL }, NULL, &error),
      EXC_STATE_DONE);
  renewal_test_refresh (self);
  plan = exc_plan_new_delete (
      renewal_test_get_snapshot (self),
      &(ExcCertificateRef){ EXCH03, wmsvc },
      1,
      &(ExcDeleteOptions){ .confirmations = confirmations }, /* built-in, and in use by nothing */
      &error);
  g_assert_no_error (error);
  g_assert_false (exc_plan_is_blocked (plan));
  bound = renewal_test_run (
      self,
      make_bind (self, EXCH03, wmsvc, (ExcBindOptions){ .places = EXC_BIND_LOOPBACK }),
      EXC_STATE_DONE);

  job = renewal_test_run (self, plan, EXC_STATE_FAILED);
  g_assert_nonnull (strstr (exc_job_get_summary (job), "is not deleted"));
  g_assert_nonnull (strstr (exc_job_get_summary (job), "127.0.0.1:443"));
  g_assert_cmpuint (renewal_test_count_sent (self, "Remove-ExchangeCertificate", ""), ==, 0);
}

#define ADD(path, func)                                                                            \
  g_test_add (path, RenewalTest, NULL, renewal_test_set_up, func, renewal_test_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/lab/trust/trusts", test_trusts);
  ADD ("/lab/trust/untrusts", test_untrusts);
  ADD ("/lab/bind/binds", test_binds);
  ADD ("/lab/bind/front-end", test_front_end);
  ADD ("/lab/delete/sees-new-use", test_deletion_sees_new_use);

  return g_test_run ();
}
