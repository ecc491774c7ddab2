/* test-assign.c — services of simulated servers get a certificate, and give it back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "renewal-test.h"

static char *
dup_thumbprint (RenewalTest *self, const char *server, const char *subject)
{
  GPtrArray *certificates = exc_snapshot_get_certificates (renewal_test_get_snapshot (self));

  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (certificates, i);

    if (strcmp (exc_certificate_get_server (certificate), server) == 0 &&
        g_str_has_prefix (exc_certificate_get_subject (certificate), subject))
      return g_strdup (exc_certificate_get_thumbprint (certificate));
  }
  g_error ("no certificate “%s” on %s", subject, server);
}

static ExcPlan *
make_plan (RenewalTest *self,
           const char *thumbprint,
           const char *server,
           int services,
           ExcAssignOptions options)
{
  g_autoptr(GError) error = NULL;
  ExcPlan *plan = exc_plan_new_assign (renewal_test_get_snapshot (self),
                                       thumbprint,
                                       (const char *[]){ server, NULL },
                                       services,
                                       &options,
                                       &error);

  g_assert_no_error (error);
  return plan;
}

static const char *
get_internal (RenewalTest *self, const char *server)
{
  return exc_server_get_internal_transport (lab_test_find (&self->lab, server));
}

/* The public certificate for all that clients use; the default SMTP certificate stays. */
static void
test_assigns_public (RenewalTest *self, gconstpointer data)
{
  static const char *const changes[] = {
    "/now",
    "/servers/0/popName",
    "/servers/0/imapName",
    "/servers/0/pop*",
    "/servers/0/imap*",
    "/servers/0/my/*/networkService",
    "/servers/0/connectorsWithoutTls/*", /* transport can read its key now */
    NULL
  };
  static const char *const kept[] = {
    "/now", "/servers/0/my/*/networkService", "/servers/0/connectorsWithoutTls/*", NULL
  };
  g_autofree char *public = dup_thumbprint (self, EXCH01, "CN=mail.contoso.lab");
  g_autofree char *internal = g_strdup (get_internal (self, EXCH01));
  g_autoptr(GHashTable) before = renewal_test_dump (self);
  g_autoptr(GHashTable) after = NULL;
  g_autoptr(GHashTable) undone = NULL;
  g_autofree char *served = NULL;
  g_autoptr(ExcJob) job = renewal_test_run (
      self,
      make_plan (self,
                 public,
                 EXCH01,
                 EXC_SERVICE_SMTP | EXC_SERVICE_IIS | EXC_SERVICE_POP | EXC_SERVICE_IMAP,
                 (ExcAssignOptions){ .restarts_mail = TRUE }),
      EXC_STATE_DONE);

  renewal_test_refresh (self);
  g_assert_cmpstr (get_internal (self, EXCH01), ==, internal);
  g_assert_cmpstr (
      exc_server_get_pop_name (lab_test_find (&self->lab, EXCH01)), ==, "mail.contoso.lab");
  served = renewal_test_probe (self, EXCH01, 443);
  g_assert_cmpstr (served, ==, public);
  after = renewal_test_dump (self);
  renewal_test_assert_differs_only (before, after, changes);

  renewal_test_undo (self, job, EXCH01);
  renewal_test_finish (job, EXC_STATE_UNDONE);
  undone = renewal_test_dump (self);
  renewal_test_assert_differs_only (before, undone, kept);

  /* What has no way back is done once more with the rest. */
  renewal_test_retry (self, job, EXCH01);
  renewal_test_finish (job, EXC_STATE_DONE);
  g_assert_cmpuint (renewal_test_count_sent (self, "restart-services.ps1", "exch01"), ==, 2);
}

static void
test_replaces_default (RenewalTest *self, gconstpointer data)
{
  g_autofree char *public = dup_thumbprint (self, EXCH01, "CN=mail.contoso.lab");
  g_autofree char *internal = g_strdup (get_internal (self, EXCH01));
  ExcPlan *plan = make_plan (
      self, public, EXCH01, EXC_SERVICE_SMTP, (ExcAssignOptions){ .replaces_default = TRUE });
  g_autoptr(ExcJob) job = NULL;

  renewal_test_let_time_pass (self);
  lab_test_do (&self->lab,
               "{\"op\":\"fault\",\"kind\":\"drop\",\"command\":\"Enable-ExchangeCertificate\","
               "\"when\":\"after\",\"times\":1}");
  job = renewal_test_run (self, plan, EXC_STATE_DONE);
  renewal_test_refresh (self);
  g_assert_cmpstr (get_internal (self, EXCH01), ==, public);
  g_assert_cmpuint (renewal_test_count_sent (self, "Enable-ExchangeCertificate", EXCH01), ==, 1);

  renewal_test_undo (self, job, EXCH01);
  renewal_test_finish (job, EXC_STATE_UNDONE);
  renewal_test_refresh (self);
  g_assert_cmpstr (get_internal (self, EXCH01), ==, internal);
}

/* IIS on a server whose 443 has a self-signed one, with each fault on the way; and back. */
static void
test_front_end (RenewalTest *self, gconstpointer data)
{
  static const char *const faults[] = {
    "\"kind\":\"drop\"",
    "\"kind\":\"drop\",\"when\":\"after\"",
    "\"kind\":\"error\",\"when\":\"after\"",
  };

  renewal_test_let_time_pass (self);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autofree char *fault = g_strdup_printf (
        "{\"op\":\"fault\",%s,\"command\":\"Enable-ExchangeCertificate\",\"times\":1}", faults[i]);
    g_autofree char *wmsvc = NULL;
    g_autofree char *before = NULL;
    g_autofree char *after = NULL;
    g_autofree char *undone = NULL;
    g_autoptr(ExcPlan) plan = NULL;
    g_autoptr(ExcJob) job = NULL;
    g_autoptr(GError) error = NULL;

    lab_test_do (&self->lab, "{\"op\":\"reset\"}");
    renewal_test_refresh (self);
    wmsvc = dup_thumbprint (self, EXCH02, "CN=WMSvc");
    before = renewal_test_probe (self, EXCH02, 443);
    plan = make_plan (self, wmsvc, EXCH02, EXC_SERVICE_IIS, (ExcAssignOptions){ 0 });
    g_assert_false (exc_plan_is_blocked (plan)); /* no authority's certificate is displaced */
    lab_test_do (&self->lab, fault);
    job = exc_jobs_start (self->jobs, plan, self->lab.organization, &error);
    g_assert_no_error (error);
    while (exc_job_get_is_active (job))
      g_main_context_iteration (NULL, TRUE);
    if (exc_job_get_state (job) != EXC_STATE_DONE)
      renewal_test_retry (self, job, EXCH02);
    renewal_test_finish (job, EXC_STATE_DONE);
    after = renewal_test_probe (self, EXCH02, 443);
    g_assert_cmpstr (after, ==, wmsvc);

    renewal_test_undo (self, job, EXCH02);
    renewal_test_finish (job, EXC_STATE_UNDONE);
    undone = renewal_test_probe (self, EXCH02, 443);
    g_assert_cmpstr (undone, ==, before);
  }
}

#define ADD(path, func)                                                                            \
  g_test_add (path, RenewalTest, NULL, renewal_test_set_up, func, renewal_test_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/lab/assign/assigns-public", test_assigns_public);
  ADD ("/lab/assign/replaces-default", test_replaces_default);
  ADD ("/lab/assign/front-end", test_front_end);

  return g_test_run ();
}
