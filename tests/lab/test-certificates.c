/* test-certificates.c — certificates created, requested, completed, imported and exported
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define _GNU_SOURCE /* memmem */
#include "config.h"

#include "authority.h"
#include "exc-changes.h"
#include "exc-error.h"
#include "exc-pfx.h"
#include "exc-plan-certificates.h"
#include "exc-report.h"
#include "renewal-test.h"

#include <glib/gstdio.h>
#include <string.h>

#define PASSWORD "Canary-7f3a-geheim"
#define DAY      (24 * 3600)

/* What must not differ after an undo. */
static const char *const untouched[] = { "/now", "/keysTaken", NULL };

static guint n_cases;

static ExcSnapshot *
refresh (RenewalTest *self)
{
  renewal_test_refresh (self);
  return renewal_test_get_snapshot (self);
}

static char *
dup_path (RenewalTest *self)
{
  return g_build_filename (self->folder, "request.csr", NULL);
}

static ExcSecret *
to_secret (GBytes *bytes)
{
  return exc_secret_new (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* A PFX file that is in date, and its thumbprint. */
static ExcSecret *
make_pfx (char **thumbprint)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr(GBytes) der = NULL;
  g_autoptr(GBytes) file = authority_make_pfx (
      "wild.contoso.lab", PASSWORD, TRUE, FALSE, now - DAY, now + 300 * DAY, &der);
  g_autoptr(ExcX509) x509 = exc_x509_new_from_der (der, NULL);

  *thumbprint = g_strdup (x509->sha1);
  return to_secret (file);
}

static ExcPlan *
plan_create (RenewalTest *self)
{
  static const char *const domains[] = { "new.contoso.lab", NULL };
  const ExcNewCertificate wanted = { .domains = domains, .friendly_name = "New" };
  g_autoptr(GError) error = NULL;
  ExcPlan *plan = exc_plan_new_create (
      refresh (self), (const char *[]){ EXCH01, NULL }, &wanted, TRUE, TRUE, &error);

  g_assert_no_error (error);
  return plan;
}

static ExcPlan *
plan_request (RenewalTest *self)
{
  static const char *const domains[] = { "mail.contoso.lab", "autodiscover.contoso.lab", NULL };
  const ExcNewCertificate wanted = { .subject = "cn=mail.contoso.lab,O=Contoso",
                                     .domains = domains };
  g_autofree char *path = dup_path (self);
  g_autoptr(GError) error = NULL;
  ExcPlan *plan = exc_plan_new_request (refresh (self), EXCH01, &wanted, NULL, path, &error);

  g_assert_no_error (error);
  return plan;
}

static ExcPlan *
plan_complete (RenewalTest *self, AuthorityForm form)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *path = dup_path (self);
  g_autofree char *request = NULL;
  g_autoptr(GBytes) answer = NULL;
  g_autoptr(GError) error = NULL;
  ExcPlan *plan;

  g_file_get_contents (path, &request, NULL, &error);
  g_assert_no_error (error);
  answer = authority_answer (request, form, now - DAY, now + 300 * DAY);
  plan = exc_plan_new_complete (refresh (self), EXCH01, answer, &error);
  g_assert_no_error (error);
  return plan;
}

static ExcPlan *
plan_import (RenewalTest *self, const char *const *servers, char **thumbprint)
{
  g_autoptr(ExcSecret) pfx = make_pfx (thumbprint);
  g_autoptr(ExcSecret) password = exc_secret_new (PASSWORD, (gsize) -1);
  g_autoptr(GError) error = NULL;
  ExcPlan *plan =
      exc_plan_new_import (refresh (self), servers, pfx, password, "Wild", TRUE, &error);

  g_assert_no_error (error);
  return plan;
}

static ExcJob *
start (RenewalTest *self, ExcPlan *plan)
{
  g_autoptr(GError) error = NULL;
  ExcJob *job;

  g_assert_false (exc_plan_is_blocked (plan));
  job = exc_jobs_start (self->jobs, plan, self->lab.organization, &error);
  g_assert_no_error (error);
  return job;
}

static void
run (RenewalTest *self, ExcPlan *take_plan)
{
  g_autoptr(ExcPlan) plan = take_plan;
  g_autoptr(ExcJob) job = start (self, plan);

  renewal_test_finish (job, EXC_STATE_DONE);
}

static void
assert_blocked (ExcPlan *plan, const char *part)
{
  g_autoptr(ExcCheck) check = g_list_model_get_item (exc_plan_get_checks (plan), 0);

  g_assert_true (exc_plan_is_blocked (plan));
  g_assert_nonnull (strstr (exc_check_get_text (check), part));
}

/* ---- each workflow, and the way back, with a fault on its command */

typedef struct {
  const char *workflow;
  const char *command;
  const char *fault; /* NULL: none */
} Case;

static const Case cases[] = {
  { "create", "New-ExchangeCertificate", NULL },
  { "create", "New-ExchangeCertificate", "\"error\"" },
  { "create", "New-ExchangeCertificate", "\"error\",\"when\":\"after\"" },
  { "create", "New-ExchangeCertificate", "\"drop\"" },
  { "create", "New-ExchangeCertificate", "\"drop\",\"when\":\"after\"" },
  { "create", "trust.ps1", "\"drop\",\"when\":\"after\"" },
  { "request", "New-ExchangeCertificate", NULL },
  { "request", "New-ExchangeCertificate", "\"error\"" },
  { "request", "New-ExchangeCertificate", "\"error\",\"when\":\"after\"" },
  { "request", "New-ExchangeCertificate", "\"drop\"" },
  { "request", "New-ExchangeCertificate", "\"drop\",\"when\":\"after\"" },
  { "complete", "Import-ExchangeCertificate", NULL },
  { "complete", "Import-ExchangeCertificate", "\"error\"" },
  { "complete", "Import-ExchangeCertificate", "\"error\",\"when\":\"after\"" },
  { "complete", "Import-ExchangeCertificate", "\"drop\"" },
  { "complete", "Import-ExchangeCertificate", "\"drop\",\"when\":\"after\"" },
  { "import", "Import-ExchangeCertificate", NULL },
  { "import", "Import-ExchangeCertificate", "\"error\"" },
  { "import", "Import-ExchangeCertificate", "\"error\",\"when\":\"after\"" },
  { "import", "Import-ExchangeCertificate", "\"drop\"" },
  { "import", "Import-ExchangeCertificate", "\"drop\",\"when\":\"after\"" },
};

static ExcPlan *
plan_workflow (RenewalTest *self, const char *workflow)
{
  g_autofree char *thumbprint = NULL;

  if (strcmp (workflow, "create") == 0)
    return plan_create (self);
  if (strcmp (workflow, "request") == 0)
    return plan_request (self);
  if (strcmp (workflow, "complete") == 0)
    return plan_complete (self, AUTHORITY_PKCS7_DER);
  return plan_import (self, (const char *[]){ EXCH01, NULL }, &thumbprint);
}

static guint
count_certificates (RenewalTest *self, const char *server)
{
  GPtrArray *certificates = exc_snapshot_get_certificates (refresh (self));
  guint n = 0;

  for (guint i = 0; i < certificates->len; i++)
    n += strcmp (exc_certificate_get_server (g_ptr_array_index (certificates, i)), server) == 0;
  return n;
}

/* The certificate that the job tells of is there as it should be. */
static void
assert_arrived (RenewalTest *self, ExcJob *job, const char *workflow)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) rows = exc_jobs_read_rows (self->jobs, job, &error);
  g_autofree char *json = exc_report_job_to_json (job, rows);
  g_autoptr(JsonNode) root = json_from_string (json, NULL);
  JsonObject *after = json_object_get_object_member (
      json_array_get_object_element (
          json_object_get_array_member (json_node_get_object (root), "servers"), 0),
      "after");
  const char *thumbprint = json_object_get_string_member_with_default (after, "new", NULL);
  ExcCertificate *certificate = exc_snapshot_find_certificate (refresh (self), EXCH01, thumbprint);
  ExcCertificateRecord *record;
  gboolean is_request = strcmp (workflow, "request") == 0;

  g_assert_nonnull (certificate);
  record = exc_certificate_get_record (certificate);
  g_assert_cmpint (record->status == EXC_STATUS_PENDING_REQUEST, ==, is_request);
  g_assert_cmpint (record->has_private_key, ==, EXC_YES);
  if (is_request) {
    g_autofree char *path = dup_path (self);
    g_autofree char *text = NULL;

    g_file_get_contents (path, &text, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (text, ==, json_object_get_string_member (after, "request"));
    g_assert_cmpstr (
        exc_certificate_get_subject (certificate), ==, "CN=mail.contoso.lab, O=Contoso");
  }
}

static void
test_case (RenewalTest *self, gconstpointer data)
{
  const Case *test = data;
  gboolean is_complete = strcmp (test->workflow, "complete") == 0;
  g_autoptr(GHashTable) before = NULL;
  g_autoptr(GHashTable) after = NULL;
  g_autoptr(ExcPlan) plan = NULL;
  g_autoptr(ExcJob) job = NULL;
  guint n_before;

  if (is_complete)
    run (self, plan_request (self));
  plan = plan_workflow (self, test->workflow);
  before = renewal_test_dump (self);
  n_before = count_certificates (self, EXCH01);
  renewal_test_let_time_pass (self);
  if (test->fault != NULL) {
    g_autofree char *fault = g_strdup_printf ("{\"op\":\"fault\",\"command\":\"%s\",\"times\":1,"
                                              "\"kind\":%s}",
                                              test->command,
                                              test->fault);

    lab_test_do (&self->lab, fault);
  }

  job = start (self, plan);
  while (exc_job_get_is_active (job))
    g_main_context_iteration (NULL, TRUE);
  if (exc_job_get_state (job) != EXC_STATE_DONE) { /* told as the failure that it was */
    g_assert_nonnull (test->fault);
    g_assert_cmpint (exc_job_get_state (job), ==, EXC_STATE_FAILED);
    renewal_test_retry (self, job, EXCH01);
  }
  renewal_test_finish (job, EXC_STATE_DONE);
  assert_arrived (self, job, test->workflow);
  g_assert_cmpuint (count_certificates (self, EXCH01), ==, n_before + (is_complete ? 0 : 1));
  n_cases++;

  if (is_complete) { /* which the preview says */
    GListModel *lanes = exc_job_get_servers (job);
    g_autoptr(ExcJobServer) lane = g_list_model_get_item (lanes, 0);

    g_assert_false (exc_job_server_get_can_undo (lane));
    return;
  }
  renewal_test_undo (self, job, EXCH01);
  renewal_test_finish (job, EXC_STATE_UNDONE);
  after = renewal_test_dump (self);
  renewal_test_assert_differs_only (before, after, untouched);
}

/* ---- what speaks against it */

static void
test_wrong_answers (RenewalTest *self, gconstpointer data)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *path = dup_path (self);
  g_autofree char *request = NULL;
  g_autofree char *stranger = authority_make_request ("mail.contoso.lab");
  g_autoptr(GBytes) of_stranger = authority_answer (stranger, AUTHORITY_PEM, now - DAY, now + DAY);
  g_autoptr(GBytes) expired = NULL;
  g_autoptr(GBytes) good = NULL;
  g_autoptr(ExcPlan) plan = NULL;
  g_autoptr(GError) error = NULL;

  run (self, plan_request (self));
  g_file_get_contents (path, &request, NULL, &error);
  g_assert_no_error (error);
  expired = authority_answer (request, AUTHORITY_DER, now - 2 * DAY, now - DAY);
  good = authority_answer (request, AUTHORITY_DER, now - DAY, now + DAY);

  plan = exc_plan_new_complete (refresh (self), EXCH01, of_stranger, &error);
  assert_blocked (plan, "has the key of this certificate");
  g_clear_object (&plan);
  plan = exc_plan_new_complete (refresh (self), EXCH02, good, &error);
  assert_blocked (plan, "has the key of this certificate");
  g_clear_object (&plan);
  plan = exc_plan_new_complete (refresh (self), EXCH01, expired, &error);
  assert_blocked (plan, "has expired");
  g_clear_object (&plan);

  /* A second request does not go over the first one's file. */
  plan = plan_request (self);
  assert_blocked (plan, "is there already");
}

/* The names of an authority's certificate, once more. */
static void
test_renew_by_request (RenewalTest *self, gconstpointer data)
{
  ExcSnapshot *snapshot = refresh (self);
  GPtrArray *certificates = exc_snapshot_get_certificates (snapshot);
  g_autofree char *path = dup_path (self);
  g_autofree char *text = NULL;
  g_autoptr(ExcPlan) plan = NULL;
  g_autoptr(GError) error = NULL;
  ExcCertificate *old = NULL;

  for (guint i = 0; i < certificates->len && old == NULL; i++) {
    ExcCertificate *certificate = g_ptr_array_index (certificates, i);

    if (strcmp (exc_certificate_get_server (certificate), EXCH01) == 0 &&
        exc_certificate_get_is_self_signed (certificate) == EXC_NO)
      old = certificate;
  }
  plan = exc_plan_new_request (
      snapshot, EXCH01, NULL, exc_certificate_get_thumbprint (old), path, &error);
  g_assert_no_error (error);
  run (self, g_steal_pointer (&plan));
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  run (self, plan_complete (self, AUTHORITY_PKCS7_PEM));
  g_assert_cmpuint (renewal_test_count_sent (self, "| New-ExchangeCertificate", EXCH01), ==, 1);
}

static void
on_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

/* Another admin. */
static void
change (RenewalTest *self, ExcPipeline *take_pipeline)
{
  g_autoptr(ExcPipeline) pipeline = take_pipeline;
  g_autoptr(ExcPermit) permit = exc_permit_new ("test");
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(GError) error = NULL;

  exc_connection_run_exchange_async (
      self->lab.connection, pipeline, permit, 60, NULL, on_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  reply = exc_connection_run_finish (self->lab.connection, result, &error);
  g_assert_no_error (error);
  exc_reply_check (reply, &error);
  g_assert_no_error (error);
}

static void
test_undo_is_guarded (RenewalTest *self, gconstpointer data)
{
  g_autofree char *thumbprint = NULL;
  g_autoptr(ExcPlan) plan = plan_import (self, (const char *[]){ EXCH01, NULL }, &thumbprint);
  g_autoptr(ExcJob) job = start (self, plan);

  renewal_test_finish (job, EXC_STATE_DONE);
  change (self, exc_change_enable (EXCH01, thumbprint, "IIS", TRUE));
  renewal_test_undo (self, job, EXCH01);
  renewal_test_finish (job, EXC_STATE_FAILED);
  g_assert_nonnull (strstr (exc_job_get_summary (job), "so it is not removed"));
  g_assert_cmpuint (renewal_test_count_sent (self, "Remove-ExchangeCertificate", EXCH01), ==, 0);
  g_assert_nonnull (exc_snapshot_find_certificate (refresh (self), EXCH01, thumbprint));
}

/* Meanwhile it has become the next Auth certificate, which Exchange would let go. The session lives
 * on EXCH02, where Set-AuthConfig looks for it. */
static void
test_undo_of_create_is_guarded (RenewalTest *self, gconstpointer data)
{
  const ExcNewCertificate wanted = { .subject = "CN=new.contoso.lab", .is_exportable = TRUE };
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcPlan) plan = exc_plan_new_create (
      refresh (self), (const char *[]){ EXCH02, NULL }, &wanted, FALSE, FALSE, &error);
  g_autoptr(ExcJob) job = NULL;
  GPtrArray *certificates;
  const char *thumbprint = NULL;

  g_assert_no_error (error);
  job = start (self, plan);
  renewal_test_finish (job, EXC_STATE_DONE);
  certificates = exc_snapshot_get_certificates (refresh (self));
  for (guint i = 0; i < certificates->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (certificates, i);

    if (strcmp (exc_certificate_get_subject (certificate), wanted.subject) == 0)
      thumbprint = exc_certificate_get_thumbprint (certificate);
  }
  g_assert_nonnull (thumbprint);
  change (self,
          exc_change_stage_auth (thumbprint, g_get_real_time () / G_USEC_PER_SEC + 3 * DAY, NULL));
  renewal_test_undo (self, job, EXCH02);
  renewal_test_finish (job, EXC_STATE_FAILED);
  g_assert_nonnull (strstr (exc_job_get_summary (job), "the Auth configuration"));
  g_assert_cmpuint (renewal_test_count_sent (self, "Remove-ExchangeCertificate", EXCH02), ==, 0);
}

/* ---- secrets */

static void
assert_no_canary (const char *text, gsize length)
{
  g_assert_null (memmem (text, length, "Canary-7f3a", strlen ("Canary-7f3a")));
}

/* The journal's files hold what was done, and nothing of the secrets. */
static void
assert_no_canary_in_files (const char *folder, const char *thumbprint)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  gboolean has_thumbprint = FALSE;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *file = NULL;
    g_autoptr(GError) error = NULL;
    gsize length;

    g_file_get_contents (path, &file, &length, &error);
    g_assert_no_error (error);
    assert_no_canary (file, length);
    has_thumbprint |= memmem (file, length, thumbprint, strlen (thumbprint)) != NULL;
  }
  g_assert_true (has_thumbprint);
}

/* Another program goes on: it has no PFX file, says so, and a new import does the rest. */
static void
test_secrets_are_gone (RenewalTest *self, gconstpointer data)
{
  static const char *const both[] = { EXCH01, EXCH02, NULL };
  g_autofree char *path = g_build_filename (self->folder, "jobs.db", NULL);
  g_autofree char *thumbprint = NULL;
  g_autofree char *id = NULL;
  g_autoptr(ExcPlan) plan = plan_import (self, both, &thumbprint);
  g_autoptr(ExcJob) job = NULL;
  g_autoptr(GPtrArray) rows = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *html = NULL;
  ExcJob *again;

  lab_test_do (&self->lab,
               "{\"op\":\"fault\",\"kind\":\"error\",\"command\":\"Import-ExchangeCertificate\","
               "\"message\":\"No space.\",\"after\":1,\"times\":1}");
  job = start (self, plan);
  renewal_test_finish (job, EXC_STATE_FAILED);
  id = g_strdup (exc_job_get_id (job));
  g_clear_object (&job);
  g_clear_object (&plan);
  g_clear_object (&self->jobs);

  self->jobs = exc_jobs_new (path, self->lab.clock, &error);
  g_assert_no_error (error);
  exc_jobs_set_is_read_only (self->jobs, FALSE);
  again = exc_jobs_lookup (self->jobs, id);
  g_assert_true (exc_jobs_resume (self->jobs, again, self->lab.organization, &error));
  renewal_test_finish (again, EXC_STATE_FAILED);
  g_assert_nonnull (strstr (exc_job_get_summary (again), "Give them again by a new import"));

  /* What it holds of it all, in whatever form. */
  rows = exc_jobs_read_rows (self->jobs, again, &error);
  html = exc_report_job_to_html (again, rows);
  g_assert_nonnull (strstr (html, thumbprint));
  assert_no_canary (html, strlen (html));
  assert_no_canary_in_files (self->folder, thumbprint);

  /* The server that has it is as it was before the job: undo needs no secret. */
  renewal_test_undo (self, again, EXCH01);
  renewal_test_finish (again, EXC_STATE_FAILED); /* EXCH02 still is */
  g_assert_null (exc_snapshot_find_certificate (refresh (self), EXCH01, thumbprint));
}

static void
test_already_there (RenewalTest *self, gconstpointer data)
{
  static const char *const both[] = { EXCH01, EXCH02, NULL };
  g_autofree char *thumbprint = NULL;
  g_autoptr(ExcSecret) pfx = make_pfx (&thumbprint);
  g_autoptr(ExcSecret) password = exc_secret_new (PASSWORD, (gsize) -1);
  g_autoptr(ExcSecret) wrong = exc_secret_new ("x", (gsize) -1);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcPlan) none =
                 exc_plan_new_import (refresh (self), both, pfx, wrong, NULL, FALSE, &error);
  g_autoptr(ExcPlan) second = NULL;

  g_assert_null (none);
  g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
  g_clear_error (&error);
  run (self,
       exc_plan_new_import (
           refresh (self), (const char *[]){ EXCH01, NULL }, pfx, password, NULL, FALSE, &error));
  second = exc_plan_new_import (refresh (self), both, pfx, password, NULL, FALSE, &error);
  g_assert_no_error (error);
  run (self, g_steal_pointer (&second));
  g_assert_cmpuint (renewal_test_count_sent (self, "Import-ExchangeCertificate", EXCH01), ==, 1);
  g_assert_cmpuint (renewal_test_count_sent (self, "Import-ExchangeCertificate", EXCH02), ==, 1);
}

static ExcSecret *
export_pfx (RenewalTest *self, const char *thumbprint, GError **error)
{
  g_autoptr(ExcSecret) password = exc_secret_new (PASSWORD, (gsize) -1);
  g_autoptr(GAsyncResult) result = NULL;

  exc_export_pfx_async (
      self->lab.organization, EXCH01, thumbprint, password, NULL, on_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return exc_export_pfx_finish (self->lab.organization, result, error);
}

static void
test_export (RenewalTest *self, gconstpointer data)
{
  g_autofree char *thumbprint = NULL;
  g_autoptr(ExcPlan) plan = plan_import (self, (const char *[]){ EXCH01, NULL }, &thumbprint);
  g_autoptr(ExcSecret) password = exc_secret_new (PASSWORD, (gsize) -1);
  g_autoptr(ExcSecret) pfx = NULL;
  g_autoptr(ExcX509) x509 = NULL;
  g_autoptr(GError) error = NULL;
  const char *internal;

  run (self, g_steal_pointer (&plan));
  internal = exc_server_get_internal_transport (exc_snapshot_find_server (refresh (self), EXCH01));
  pfx = export_pfx (self, thumbprint, &error);
  g_assert_no_error (error);
  x509 = exc_pfx_open (pfx, password, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (x509->sha1, ==, thumbprint);

  g_assert_null (export_pfx (self, internal, &error)); /* made not to be exported */
  g_assert_error (error, EXC_ERROR, EXC_ERROR_REFUSED);
  g_assert_cmpuint (renewal_test_count_sent (self, "Export-ExchangeCertificate", EXCH01), ==, 1);
  g_assert_cmpuint (renewal_test_count_sent (self, "Canary-7f3a", EXCH01), ==, 0);
}

#define ADD(path, func)                                                                            \
  g_test_add (path, RenewalTest, NULL, renewal_test_set_up, func, renewal_test_tear_down)

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path =
        g_strdup_printf ("/lab/certificates/%s/%" G_GSIZE_FORMAT, cases[i].workflow, i);

    g_test_add (
        path, RenewalTest, &cases[i], renewal_test_set_up_small, test_case, renewal_test_tear_down);
  }
  ADD ("/lab/certificates/wrong-answers", test_wrong_answers);
  ADD ("/lab/certificates/renew-by-request", test_renew_by_request);
  ADD ("/lab/certificates/undo-is-guarded", test_undo_is_guarded);
  ADD ("/lab/certificates/undo-of-create-is-guarded", test_undo_of_create_is_guarded);
  ADD ("/lab/certificates/secrets-are-gone", test_secrets_are_gone);
  ADD ("/lab/certificates/already-there", test_already_there);
  ADD ("/lab/certificates/export", test_export);

  status = g_test_run ();
  g_print ("# %u runs with a fault or none, each to the same end\n", n_cases);
  return status;
}
