/* test-delete.c — certificates that go, and what keeps them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-plan-certificates.h"
#include "renewal-test.h"

#define ADV01 "adv01.adventure.lab"
#define ADV02 "adv02.adventure.lab"

/* (transfer none): the one of ADV01 with this name */
static const char *
find (RenewalTest *self, const char *name)
{
  GPtrArray *certificates = exc_snapshot_get_certificates (renewal_test_get_snapshot (self));

  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (certificates, i);

    if (strcmp (exc_certificate_get_server (certificate), ADV01) == 0 &&
        strcmp (exc_certificate_get_name (certificate), name) == 0)
      return exc_certificate_get_thumbprint (certificate);
  }
  g_error ("no certificate “%s”", name);
}

static const char *
find_azure (RenewalTest *self)
{
  GPtrArray *certificates = exc_snapshot_get_certificates (renewal_test_get_snapshot (self));

  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (certificates, i);

    if (strcmp (exc_certificate_get_server (certificate), ADV01) == 0 &&
        strstr (exc_certificate_get_subject (certificate), "Azure") != NULL)
      return exc_certificate_get_thumbprint (certificate);
  }
  g_assert_not_reached ();
}

static ExcPlan *
make_plan (RenewalTest *self, const char *thumbprint, ExcDeleteOptions options)
{
  g_autoptr(GError) error = NULL;
  ExcPlan *plan = exc_plan_new_delete (renewal_test_get_snapshot (self),
                                       &(ExcCertificateRef){ ADV01, thumbprint },
                                       1,
                                       &options,
                                       &error);

  g_assert_no_error (error);
  if (exc_plan_is_blocked (plan)) {
    g_autoptr(ExcCheck) check = g_list_model_get_item (exc_plan_get_checks (plan), 0);

    g_error ("%s", exc_check_get_text (check));
  }
  return plan;
}

static gboolean
is_there (RenewalTest *self, const char *thumbprint)
{
  renewal_test_refresh (self);
  return exc_snapshot_find_certificate (renewal_test_get_snapshot (self), ADV01, thumbprint) !=
         NULL;
}

/* The old of two with equal names, and the last four of its thumbprint where clients see it. */
static ExcPlan *
make_twin_plan (RenewalTest *self, const char *thumbprint)
{
  const char *const confirmations[] = { thumbprint + 36, NULL };

  return make_plan (self,
                    thumbprint,
                    (ExcDeleteOptions){ .clears_connector = TRUE, .confirmations = confirmations });
}

static char *
dup_connector_name (RenewalTest *self)
{
  GPtrArray *connectors;

  renewal_test_refresh (self);
  connectors = exc_snapshot_get_send_connectors (renewal_test_get_snapshot (self));
  for (guint i = 0; i < connectors->len; i++) {
    ExcConnectorRecord *connector = g_ptr_array_index (connectors, i);

    if (strcmp (connector->name, "Outbound to Internet") == 0)
      return g_strdup (connector->tls_certificate_name);
  }
  g_assert_not_reached ();
}

static void
test_deletes (RenewalTest *self, gconstpointer data)
{
  static const char *const changes[] = { "/now", "/servers/0/my/*", NULL };
  g_autofree char *azure = g_strdup (find_azure (self));
  g_autoptr(GHashTable) before = renewal_test_dump (self);
  g_autoptr(GHashTable) after = NULL;
  g_autoptr(ExcJob) job = renewal_test_run (
      self, make_plan (self, azure, (ExcDeleteOptions){ .removes_root = TRUE }), EXC_STATE_DONE);

  g_assert_cmpstr (exc_job_get_summary (job), ==, "1 of 1 server done.");
  g_assert_false (is_there (self, azure));
  after = renewal_test_dump (self);
  renewal_test_assert_differs_only (before, after, changes);
}

static void
test_equal_names (RenewalTest *self, gconstpointer data)
{
  g_autofree char *old = g_strdup (find (self, "mail.adventure.lab 2025"));
  g_autofree char *name = dup_connector_name (self);
  g_autofree char *name_after = NULL;
  g_autoptr(ExcJob) job = renewal_test_run (self, make_twin_plan (self, old), EXC_STATE_DONE);

  g_assert_nonnull (job);
  g_assert_nonnull (name);
  g_assert_false (is_there (self, old));
  name_after = dup_connector_name (self);
  g_assert_cmpstr (name_after, ==, name);
  g_assert_cmpuint (renewal_test_count_sent (self, "Set-SendConnector", ""), ==, 2);
}

/* The connector has no name when the deletion fails: undo sets it. */
static void
test_failure_is_undone (RenewalTest *self, gconstpointer data)
{
  g_autofree char *old = g_strdup (find (self, "mail.adventure.lab 2025"));
  g_autofree char *name = dup_connector_name (self);
  g_autofree char *between = NULL;
  g_autofree char *name_after = NULL;
  g_autoptr(ExcJob) job = NULL;

  lab_test_do (&self->lab,
               "{\"op\":\"fault\",\"kind\":\"error\",\"command\":\"Remove-ExchangeCertificate\","
               "\"message\":\"Access is denied.\"}");
  job = renewal_test_run (self, make_twin_plan (self, old), EXC_STATE_FAILED);
  g_assert_nonnull (strstr (exc_job_get_summary (job), "Access is denied."));
  between = dup_connector_name (self);
  g_assert_null (between);

  renewal_test_undo (self, job, EXC_LANE_ORGANIZATION);
  while (exc_job_get_is_active (job))
    g_main_context_iteration (NULL, TRUE);
  name_after = dup_connector_name (self);
  g_assert_cmpstr (name_after, ==, name);
  g_assert_true (is_there (self, old));
}

/* Every command is cut once before and once after its effect. */
static void
test_drops (RenewalTest *self, gconstpointer data)
{
  static const char *const commands[] = { "Set-SendConnector", "Remove-ExchangeCertificate" };

  renewal_test_let_time_pass (self);
  for (guint i = 0; i < 2 * G_N_ELEMENTS (commands); i++) {
    g_autofree char *fault =
        g_strdup_printf ("{\"op\":\"fault\",\"kind\":\"drop\",\"command\":\"%s\",%s\"times\":1}",
                         commands[i / 2],
                         i % 2 == 0 ? "" : "\"when\":\"after\",");
    g_autofree char *old = NULL;
    g_autofree char *name = NULL;
    g_autofree char *name_after = NULL;
    g_autoptr(ExcJob) job = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(ExcPlan) plan = NULL;

    lab_test_do (&self->lab, "{\"op\":\"reset\"}");
    name = dup_connector_name (self);
    old = g_strdup (find (self, "mail.adventure.lab 2025"));
    lab_test_do (&self->lab, fault);
    plan = make_twin_plan (self, old);
    job = exc_jobs_start (self->jobs, plan, self->lab.organization, &error);
    g_assert_no_error (error);
    while (exc_job_get_is_active (job))
      g_main_context_iteration (NULL, TRUE);
    if (exc_job_get_state (job) != EXC_STATE_DONE) { /* told as the failure that it was */
      g_test_message ("%s: %s", fault, exc_job_get_summary (job));
      g_assert_true (exc_jobs_resume (self->jobs, job, self->lab.organization, &error));
    }
    renewal_test_finish (job, EXC_STATE_DONE);
    g_assert_false (is_there (self, old));
    name_after = dup_connector_name (self);
    g_assert_cmpstr (name_after, ==, name);
  }
}

/* (transfer full) (nullable): a warning that holds this */
static char *
dup_warning (ExcPlan *plan, const char *part)
{
  GListModel *checks = exc_plan_get_checks (plan);

  for (guint i = 0; i < g_list_model_get_n_items (checks); i++) {
    g_autoptr(ExcCheck) check = g_list_model_get_item (checks, i);

    if (exc_check_get_result (check) == EXC_CHECK_WARNING &&
        strstr (exc_check_get_text (check), part) != NULL)
      return g_strdup (exc_check_get_text (check));
  }
  return NULL;
}

/* A connector means every certificate of that name: the plan says that the new one will stay, and
 * the undo says why it did. */
static void
test_new_twin_stays (RenewalTest *self, gconstpointer data)
{
  static const char *const servers[] = { ADV02, NULL };
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcPlan) renewal = exc_plan_new_renew_microsoft_exchange (
      renewal_test_get_snapshot (self), servers, NULL, &error);
  ExcPlan *plan =
      exc_plan_new_create (renewal_test_get_snapshot (self), servers, NULL, FALSE, FALSE, &error);
  g_autofree char *of_renewal = dup_warning (renewal, "an undo cannot take the new one away");
  g_autofree char *warning = dup_warning (plan, "“To Partner” names issuer and subject “CN=ADV02”");
  g_autoptr(ExcJob) job = NULL;
  guint n;

  g_assert_nonnull (of_renewal);
  g_assert_nonnull (warning);
  job = renewal_test_run (self, plan, EXC_STATE_WARNINGS); /* it is not well there */
  renewal_test_refresh (self);
  n = exc_snapshot_get_certificates (renewal_test_get_snapshot (self))->len;
  renewal_test_undo (self, job, ADV02);
  renewal_test_finish (job, EXC_STATE_FAILED);
  g_assert_nonnull (strstr (exc_job_get_summary (job), "It could not be undone. "));
  g_assert_nonnull (strstr (exc_job_get_summary (job), "To Partner"));
  renewal_test_refresh (self);
  g_assert_cmpuint (exc_snapshot_get_certificates (renewal_test_get_snapshot (self))->len, ==, n);
}

#define ADD(path, func)                                                                            \
  g_test_add (path, RenewalTest, "messy", renewal_test_set_up, func, renewal_test_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/lab/delete/deletes", test_deletes);
  ADD ("/lab/delete/equal-names", test_equal_names);
  ADD ("/lab/delete/failure-is-undone", test_failure_is_undone);
  ADD ("/lab/delete/drops", test_drops);
  ADD ("/lab/delete/new-twin-stays", test_new_twin_stays);

  return g_test_run ();
}
