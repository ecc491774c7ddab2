/* test-plan-certificates.c — plans of new, requested and imported certificates
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-plan-certificates.h"
#include "exc-plan-names.h"

#include "../../lab/authority.h"
#include "../model/model-test.h"
#include "plan-test.h"

#define PASSWORD "Canary-7f3a"

typedef struct {
  ExcServerFacts *facts;
  ExcSnapshot *snapshot;
} Fixture;

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  self->facts = model_test_facts ("EX01");
  self->facts->internal_transport =
      g_strdup (model_test_add (self->facts, model_test_record ("EX01", "Microsoft Exchange", 20)));
  model_test_bind (self->facts, "Exchange Back End", "*:444:", self->facts->internal_transport);
  self->snapshot = model_test_snapshot (self->facts, NULL);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  g_object_unref (self->snapshot);
  exc_server_facts_unref (self->facts);
}

/* ---- names */

static const struct {
  const char *text;
  const char *subject; /* NULL: refused */
} subjects[] = {
  { "CN=mail.contoso.lab", "CN=mail.contoso.lab" },
  { "cn = mail.contoso.lab ,o=Contoso Ltd.,st=BY, c=DE",
    "CN=mail.contoso.lab, O=Contoso Ltd., S=BY, C=DE" },
  { "mail.contoso.lab", NULL },
  { "O=Contoso", NULL },
  { "CN=", NULL },
  { "CN=a,", NULL },
  { "CN=a, X=b", NULL },
  { "CN=\"a, b\"", NULL },
  { "CN=a\\, b", NULL },
  { "", NULL },
};

static void
test_subjects (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (subjects); i++) {
    g_autoptr(GError) error = NULL;
    g_autofree char *subject = exc_subject_normalize (subjects[i].text, &error);

    g_assert_cmpstr (subject, ==, subjects[i].subject);
    g_assert_true (subject != NULL || g_error_matches (error, EXC_ERROR, EXC_ERROR_INPUT));
  }
}

static void
test_refused_names (void)
{
  static const char *const bad[] = { "",       "a b",       "-a.b", "a..b",
                                     "*.",     "a.*.b",     "a,b",  "mail.contoso.lab.",
                                     "ümlaut", "http://a.b" };
  static const char *const good[] = { "a", "*.contoso.lab", "a-b_c.d", NULL };
  const ExcNewCertificate fine = { .domains = good, .key_size = 4096 };
  const ExcNewCertificate small = { .key_size = 1024 };
  const ExcNewCertificate called = {
    .friendly_name = "0123456789012345678901234567890123456789012345678901234567890123"
  };
  g_autoptr(GError) error = NULL;

  g_assert_true (exc_new_certificate_check (&fine, &error));
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    const char *const domains[] = { bad[i], NULL };
    const ExcNewCertificate wanted = { .domains = domains };

    g_assert_false (exc_new_certificate_check (&wanted, &error));
    g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
    g_clear_error (&error);
  }
  g_assert_false (exc_new_certificate_check (&small, NULL));
  g_assert_false (exc_new_certificate_check (&called, NULL));
}

/* ---- create */

static void
test_create (Fixture *self, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcPlan) plan = exc_plan_new_create (
      self->snapshot, (const char *[]){ "ex01", NULL }, NULL, FALSE, TRUE, &error);
  g_autofree char *preview = NULL;

  g_assert_no_error (error);
  g_assert_false (exc_plan_is_blocked (plan));
  plan_test_assert_check (plan, EXC_CHECK_WARNING, "has a certificate “CN=EX01” already");
  preview = exc_plan_dup_preview (plan, TRUE);
  g_assert_nonnull (strstr (preview, "-Services None"));
  g_assert_nonnull (strstr (preview, "-DomainName EX01,ex01.contoso.lab"));
  g_assert_null (strstr (preview, "-Force"));
  plan_test_assert_comes_back (plan);
}

static void
test_create_for_smtp (Fixture *self, gconstpointer data)
{
  static const char *const domains[] = { "new.contoso.lab", NULL };
  const ExcNewCertificate wanted = { .domains = domains };
  g_autoptr(ExcPlan) plan = exc_plan_new_create (
      self->snapshot, (const char *[]){ "EX01", NULL }, &wanted, TRUE, FALSE, NULL);
  g_autoptr(GPtrArray) pipelines = exc_step_build (
      g_ptr_array_index (exc_plan_get_steps (plan, "ex01.contoso.lab"), 1), NULL);
  g_autoptr(ExcPlan) without = NULL;
  g_autoptr(ExcSnapshot) snapshot = NULL;

  /* The question whether it takes over is answered No. */
  g_assert_cmpint (exc_pipeline_get_choice (g_ptr_array_index (pipelines, 0)), ==, 'N');

  /* There is no such question where nothing is to be taken over. */
  g_free (self->facts->internal_transport);
  self->facts->internal_transport = g_strdup ("");
  snapshot = model_test_snapshot (self->facts, NULL);
  without =
      exc_plan_new_create (snapshot, (const char *[]){ "EX01", NULL }, &wanted, TRUE, FALSE, NULL);
  g_assert_true (exc_plan_is_blocked (without));
  plan_test_assert_check (without, EXC_CHECK_BLOCKED, "no internal transport certificate");
}

static void
test_servers (Fixture *self, gconstpointer data)
{
  static const struct {
    const char *servers[3];
    int code;
  } wrong[] = {
    { { NULL }, EXC_ERROR_INPUT },
    { { "EX01", "ex01.contoso.lab", NULL }, EXC_ERROR_INPUT },
    { { "EX09", NULL }, EXC_ERROR_NOT_FOUND },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr(GError) error = NULL;

    g_assert_null (
        exc_plan_new_create (self->snapshot, wrong[i].servers, NULL, FALSE, FALSE, &error));
    g_assert_error (error, EXC_ERROR, wrong[i].code);
  }
}

static void
test_unreachable (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcSnapshot) snapshot = NULL;
  g_autoptr(ExcPlan) plan = NULL;

  self->facts->state = EXC_SERVER_UNREACHABLE;
  snapshot = model_test_snapshot (self->facts, NULL);
  plan = exc_plan_new_create (snapshot, (const char *[]){ "EX01", NULL }, NULL, FALSE, FALSE, NULL);
  g_assert_true (exc_plan_is_blocked (plan));
  plan_test_assert_check (plan, EXC_CHECK_BLOCKED, "does not answer");
}

/* ---- request */

static void
test_request (Fixture *self, gconstpointer data)
{
  const ExcNewCertificate wanted = { .subject = "CN=mail.contoso.lab, O=Contoso",
                                     .key_size = 4096 };
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcPlan) plan = exc_plan_new_request (
      self->snapshot, "EX01", &wanted, NULL, "/nonexistent/mail.csr", &error);
  g_autoptr(ExcPlan) of_old = NULL;
  g_autoptr(ExcPlan) there = NULL;
  g_autofree char *preview = NULL;

  g_assert_no_error (error);
  g_assert_false (exc_plan_is_blocked (plan));
  preview = exc_plan_dup_preview (plan, TRUE);
  g_assert_nonnull (strstr (preview, "-GenerateRequest"));
  g_assert_nonnull (strstr (preview, "-DomainName @(mail.contoso.lab)")); /* its own name */
  g_assert_nonnull (strstr (preview, "/nonexistent/mail.csr"));
  plan_test_assert_comes_back (plan);

  of_old = exc_plan_new_request (self->snapshot,
                                 "EX01",
                                 NULL,
                                 self->facts->internal_transport,
                                 "/nonexistent/mail.csr",
                                 &error);
  g_assert_no_error (error);
  plan_test_assert_check (of_old, EXC_CHECK_WARNING, "is self-signed");
  plan_test_assert_comes_back (of_old);
  there = exc_plan_new_request (self->snapshot, "EX01", &wanted, NULL, "/etc/passwd", &error);
  g_assert_no_error (error);
  g_assert_true (exc_plan_is_blocked (there));
}

static void
test_no_auth_request (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcAuthConfigRecord) auth = exc_auth_config_record_new ();
  const char *current = model_test_add (
      self->facts, model_test_record ("Microsoft Exchange Server Auth Certificate", "Auth", 99));
  g_autoptr(ExcSnapshot) snapshot = NULL;
  g_autoptr(ExcPlan) plan = NULL;

  auth->current = g_strdup (current);
  snapshot = model_test_snapshot (self->facts, auth);
  plan = exc_plan_new_request (snapshot, "EX01", NULL, current, "/nonexistent/a", NULL);
  g_assert_true (exc_plan_is_blocked (plan));
  plan_test_assert_check (plan, EXC_CHECK_BLOCKED, "no authority issues");
}

/* ---- import */

static ExcPlan *
plan_import (Fixture *self, gint64 not_after)
{
  g_autoptr(GBytes) file = authority_make_pfx (
      "wild.contoso.lab", PASSWORD, TRUE, FALSE, MODEL_TEST_NOW - MODEL_TEST_DAY, not_after, NULL);
  g_autoptr(ExcSecret) pfx =
                 exc_secret_new (g_bytes_get_data (file, NULL), g_bytes_get_size (file));
  g_autoptr(ExcSecret) password = exc_secret_new (PASSWORD, (gsize) -1);
  g_autoptr(GError) error = NULL;
  ExcPlan *plan = exc_plan_new_import (
      self->snapshot, (const char *[]){ "EX01", NULL }, pfx, password, "Wild", FALSE, &error);

  g_assert_no_error (error);
  return plan;
}

static void
test_import (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan = plan_import (self, MODEL_TEST_NOW + 90 * MODEL_TEST_DAY);
  g_autoptr(ExcPlan) expired = plan_import (self, MODEL_TEST_NOW);
  g_autofree char *preview = exc_plan_dup_preview (plan, TRUE);
  g_autofree char *json = exc_plan_to_json (plan);
  g_autoptr(ExcPlan) again = exc_plan_new_from_json (exc_plan_get_kind (plan), json, NULL);
  g_autofree char *json_again = exc_plan_to_json (again);
  g_autofree char *sentences = exc_plan_dup_preview (plan, FALSE);
  g_autofree char *sentences_again = exc_plan_dup_preview (again, FALSE);

  g_assert_false (exc_plan_is_blocked (plan));
  plan_test_assert_check (plan, EXC_CHECK_PASSED, "wild.contoso.lab");
  g_assert_nonnull (strstr (preview, "‹secret›"));
  g_assert_null (strstr (preview, PASSWORD));
  g_assert_null (strstr (json, PASSWORD));
  g_assert_cmpuint (strlen (json), <, 600); /* and no file */
  g_assert_cmpstr (json_again, ==, json);   /* which it comes back without */
  g_assert_cmpstr (sentences_again, ==, sentences);

  g_assert_true (exc_plan_is_blocked (expired));
  plan_test_assert_check (expired, EXC_CHECK_BLOCKED, "has expired");
}

/* What is not a plan of ours is said, and nothing is guessed. */
static void
test_broken_journal (void)
{
  static const struct {
    const char *kind;
    const char *json;
  } broken[] = {
    { "create-certificate", "{\"version\":1}" },
    { "create-certificate", "{\"version\":1,\"servers\":[{\"fqdn\":\"a\",\"name\":\"a\"}]}" },
    { "create-certificate", "{\"version\":2,\"servers\":[]}" },
    { "request-certificate", "{\"version\":1,\"servers\":[{\"fqdn\":\"a\",\"name\":\"a\"}]}" },
    { "complete-request", "{\"version\":1,\"servers\":[{\"fqdn\":\"a\",\"name\":\"a\"}]}" },
    { "import-certificate", "{\"version\":1,\"servers\":[]}" },
    { "import-certificate", /* no thumbprint */
      "{\"version\":1,\"thumbprint\":\"AA\",\"subject\":\"CN=a\",\"servers\":[]}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (broken); i++) {
    g_autoptr(GError) error = NULL;

    g_assert_null (exc_plan_new_from_json (broken[i].kind, broken[i].json, &error));
    g_assert_error (error, EXC_ERROR, EXC_ERROR_STORE);
  }
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/plan/certificates/subjects", test_subjects);
  g_test_add_func ("/plan/certificates/refused-names", test_refused_names);
  ADD ("/plan/certificates/create", test_create);
  ADD ("/plan/certificates/create-for-smtp", test_create_for_smtp);
  ADD ("/plan/certificates/servers", test_servers);
  ADD ("/plan/certificates/unreachable", test_unreachable);
  ADD ("/plan/certificates/request", test_request);
  ADD ("/plan/certificates/no-auth-request", test_no_auth_request);
  ADD ("/plan/certificates/import", test_import);
  g_test_add_func ("/plan/certificates/broken-journal", test_broken_journal);

  return g_test_run ();
}
