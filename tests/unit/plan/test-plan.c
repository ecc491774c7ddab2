/* test-plan.c — what a plan makes of a snapshot
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-plan.h"
#include "exc-renew-target.h"

#include "../model/model-test.h"
#include "plan-test.h"

#define BACK_END  "Exchange Back End"
#define FRONT_END "Default Web Site"

/* A server as setup leaves it, with a public certificate on 443. */
typedef struct {
  ExcServerFacts *facts;
  ExcAuthConfigRecord *auth_config;
  const char *old;
  const char *public;
  const char *auth;
} Fixture;

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  ExcCertificateRecord *public = model_test_record ("mail.contoso.lab", NULL, 200);

  self->facts = model_test_facts ("EX01");
  self->old = model_test_add (self->facts, model_test_record ("EX01", "Microsoft Exchange", 20));
  public->is_self_signed = EXC_NO;
  g_free (public->issuer);
  public->issuer = g_strdup ("CN=Public CA");
  self->public = model_test_add (self->facts, public);
  self->auth = model_test_add (
      self->facts, model_test_record ("Microsoft Exchange Server Auth Certificate", "Auth", 500));
  self->auth_config = exc_auth_config_record_new ();
  self->auth_config->current = g_strdup (self->auth);
  self->facts->internal_transport = g_strdup (self->old);
  model_test_bind (self->facts, BACK_END, "*:444:", self->old);
  model_test_bind (self->facts, FRONT_END, "*:443:", self->public);
  model_test_bind (self->facts, FRONT_END, "127.0.0.1:443:", self->public);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  exc_server_facts_unref (self->facts);
  exc_auth_config_record_unref (self->auth_config);
}

static void
set_hash (Fixture *self, guint index, const char *hash)
{
  ExcBindingRecord *binding = g_ptr_array_index (self->facts->windows->bindings, index);

  g_free (binding->hash);
  binding->hash = g_strdup (hash);
}

static void
set_internal (Fixture *self, const char *thumbprint)
{
  g_free (self->facts->internal_transport);
  self->facts->internal_transport = g_strdup (thumbprint);
}

static ExcPlan *
make_plan (Fixture *self, const ExcRenewOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcSnapshot) snapshot = model_test_snapshot (self->facts, self->auth_config);
  ExcPlan *plan = exc_plan_new_renew_microsoft_exchange (
      snapshot, (const char *[]){ "EX01", NULL }, options, &error);

  g_assert_no_error (error);
  g_assert_true (EXC_IS_PLAN (plan));
  return plan;
}

static void
test_ordinary (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan = make_plan (self, NULL);
  g_autoptr(GPtrArray) undo = exc_plan_dup_undo_steps (plan, "ex01.contoso.lab");
  g_autofree char *ids = plan_test_dup_ids (exc_plan_get_steps (plan, "EX01.contoso.lab"));
  g_autofree char *undo_ids = plan_test_dup_ids (undo);
  g_autofree char *preview = exc_plan_dup_preview (plan, FALSE);
  g_autofree char *exact = exc_plan_dup_preview (plan, TRUE);

  g_assert_cmpstr (exc_plan_get_title (plan), ==, "Renew Microsoft Exchange on 1 server");
  g_assert_cmpstr (exc_plan_get_kind (plan), ==, "renew-microsoft-exchange");
  g_assert_false (exc_plan_is_blocked (plan));
  g_assert_cmpuint (plan_test_count_checks (plan, EXC_CHECK_WARNING), ==, 0);
  plan_test_assert_check (plan, EXC_CHECK_PASSED, "EX01 is renewed");

  g_assert_cmpstr (ids, ==, "gate create trust bind-back-end bind-front-end check");
  g_assert_cmpstr (undo_ids, ==, "bind-front-end bind-back-end create trust");
  plan_test_assert_has (preview, "  2. Create a new certificate on EX01 after ");
  plan_test_assert_has (preview, "  5. Leave the certificate on port 443 of EX01 as it is\n");
  g_assert_null (strstr (preview, "Get-ExchangeCertificate"));

  plan_test_assert_has (exact, "Get-ExchangeCertificate");
  plan_test_assert_has (exact, self->old);
  plan_test_assert_has (exact, "-Force");
  plan_test_assert_has (exact, "‹NEW›");
  plan_test_assert_has (exact, "444");
  g_assert_null (strstr (exact, self->public)); /* it is not touched */
}

static void
test_comes_back_from_journal (Fixture *self, gconstpointer data)
{
  ExcRenewOptions options = { .restart = EXC_RESTART_TRANSPORT };
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcPlan) plan = NULL;
  g_autoptr(ExcPlan) again = NULL;
  g_autofree char *json = NULL;
  g_autofree char *json_again = NULL;
  g_autofree char *preview = NULL;
  g_autofree char *preview_again = NULL;

  set_hash (self, 2, self->old);
  plan = make_plan (self, &options);
  json = exc_plan_to_json (plan);
  again = exc_plan_new_from_json (exc_plan_get_kind (plan), json, &error);
  g_assert_no_error (error);
  json_again = exc_plan_to_json (again);
  g_assert_cmpstr (json_again, ==, json);
  preview = exc_plan_dup_preview (plan, TRUE);
  preview_again = exc_plan_dup_preview (again, TRUE);
  g_assert_cmpstr (preview_again, ==, preview);
  g_assert_cmpstr (exc_plan_get_title (again), ==, exc_plan_get_title (plan));
  plan_test_assert_has (preview, "Restart the transport services of EX01");
}

/* At the very end, a day after all are renewed, and only where nothing but the renewal uses it. */
static void
test_removes_old (Fixture *self, gconstpointer data)
{
  ExcRenewOptions options = { .restarts_mail = TRUE, .removes_old = TRUE };
  g_autoptr(ExcPlan) plan = NULL;
  g_autoptr(ExcPlan) blocked = NULL;
  g_autofree char *ids = NULL;
  g_autofree char *preview = NULL;
  g_autofree char *expected =
      g_strdup_printf ("gate create trust bind-back-end bind-front-end restart-mail check soak "
                       "delete-%s untrust-%s",
                       self->old,
                       self->old);
  GPtrArray *steps;

  plan = make_plan (self, &options);
  g_assert_false (exc_plan_is_blocked (plan));
  plan_test_assert_check (plan, EXC_CHECK_WARNING, "cannot be undone");
  steps = exc_plan_get_steps (plan, "ex01.contoso.lab");
  ids = plan_test_dup_ids (steps);
  g_assert_cmpstr (ids, ==, expected);
  for (guint i = 0; i < steps->len; i++)
    g_assert_cmpuint (exc_step_get_phase (g_ptr_array_index (steps, i)), ==, i >= 7);
  preview = exc_plan_dup_preview (plan, FALSE);
  plan_test_assert_has (preview, "Wait 24 hours");
  plan_test_assert_comes_back (plan);

  self->facts->windows->wmsvc_hash = g_strdup (self->old);
  blocked = make_plan (self, &options);
  g_assert_true (exc_plan_is_blocked (blocked));
  plan_test_assert_check (blocked, EXC_CHECK_BLOCKED, "The Web Management Service uses it");
}

static void
test_unknown_json_is_refused (void)
{
  static const struct {
    const char *kind;
    const char *json;
  } cases[] = {
    { "renew-microsoft-exchange", "" },
    { "renew-microsoft-exchange", "[]" },
    { "renew-microsoft-exchange", "{\"version\":1,\"restart\":\"none\"}" },
    { "renew-microsoft-exchange", "{\"version\":2,\"restart\":\"none\",\"servers\":[]}" },
    { "renew-microsoft-exchange", "{\"version\":1,\"restart\":\"moon\",\"servers\":[]}" },
    { "renew-microsoft-exchange", "{\"version\":1,\"restart\":\"none\",\"servers\":[{}]}" },
    { "renew-microsoft-exchange", "{\"version\":1,\"restart\":\"none\",\"servers\":[7]}" },
    { "renew-microsoft-exchange", "{\"version\":1,\"restart\":\"none\",\"servers\":[" },
    { "fold-the-laundry", "{\"version\":1,\"restart\":\"none\",\"servers\":[]}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr(GError) error = NULL;

    g_assert_null (exc_plan_new_from_json (cases[i].kind, cases[i].json, &error));
    g_assert_error (error, EXC_ERROR, EXC_ERROR_STORE);
  }
}

static void
test_front_end_old (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan = NULL;
  g_autofree char *preview = NULL;

  set_hash (self, 1, self->old);
  set_hash (self, 2, self->old);
  plan = make_plan (self, NULL);
  g_assert_false (exc_plan_is_blocked (plan));
  plan_test_assert_check (plan, EXC_CHECK_WARNING, "Port 443 of EX01 serves the old");
  preview = exc_plan_dup_preview (plan, FALSE);
  plan_test_assert_has (preview, "*:443:, 127.0.0.1:443:");
}

/* Enable-ExchangeCertificate -Services IIS would take the public one off *:443. */
static void
test_loopback_alone (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan = NULL;
  g_autoptr(GPtrArray) pipelines = NULL;
  g_autofree char *line = NULL;

  set_hash (self, 2, self->old);
  plan = make_plan (self, NULL);
  pipelines =
      exc_step_build (g_ptr_array_index (exc_plan_get_steps (plan, "ex01.contoso.lab"), 4), NULL);
  g_assert_cmpuint (pipelines->len, ==, 1);
  line = exc_pipeline_to_line (g_ptr_array_index (pipelines, 0));
  plan_test_assert_has (line, "127.0.0.1");
  plan_test_assert_has (line, FRONT_END);
}

static void
test_host_name_is_left (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan = NULL;
  g_autofree char *preview = NULL;

  model_test_bind (self->facts, FRONT_END, "*:443:owa.contoso.lab", self->old);
  plan = make_plan (self, NULL);
  plan_test_assert_check (plan, EXC_CHECK_WARNING, "owa.contoso.lab");
  preview = exc_plan_dup_preview (plan, FALSE);
  plan_test_assert_has (preview, "Leave the certificate on port 443");
}

static void
test_renewed_recently (Fixture *self, gconstpointer data)
{
  ExcCertificateRecord *record = g_ptr_array_index (self->facts->certificates, 0);
  g_autoptr(ExcPlan) plan = NULL;

  record->not_before = MODEL_TEST_NOW - 3 * MODEL_TEST_DAY;
  plan = make_plan (self, NULL);
  plan_test_assert_check (plan, EXC_CHECK_WARNING, "only 3 days ago");
  g_assert_false (exc_plan_is_blocked (plan));
}

static void
assert_blocked (Fixture *self, const char *part)
{
  g_autoptr(ExcPlan) plan = make_plan (self, NULL);

  g_assert_true (exc_plan_is_blocked (plan));
  plan_test_assert_check (plan, EXC_CHECK_BLOCKED, part);
  g_assert_null (exc_plan_get_steps (plan, "ex01.contoso.lab"));
}

static void
test_states_block (Fixture *self, gconstpointer data)
{
  self->facts->state = EXC_SERVER_UNREACHABLE;
  self->facts->problem = g_strdup ("Nobody is at home.");
  assert_blocked (self, "EX01 does not answer: Nobody is at home.");
  self->facts->state = EXC_SERVER_UNSUPPORTED;
  assert_blocked (self, "cannot be changed from here");
  self->facts->state = EXC_SERVER_LOADING;
  assert_blocked (self, "has not been read yet");
  self->facts->state = EXC_SERVER_PARTIAL;
  g_clear_pointer (&self->facts->windows, exc_windows_record_unref);
  assert_blocked (self, "The Windows endpoint of EX01");
}

static void
test_edge_warns (Fixture *self, gconstpointer data)
{
  self->facts->server->is_edge = TRUE;
  self->facts->state = EXC_SERVER_UNSUPPORTED;
  {
    g_autoptr(ExcPlan) plan = make_plan (self, NULL);

    plan_test_assert_check (plan, EXC_CHECK_WARNING, "Edge Transport server");
  }
}

static void
test_public_internal_transport (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan = NULL;
  g_autofree char *json = NULL;
  g_autofree char *mark = g_strdup_printf ("\"internal\":\"%s\"", self->public);
  g_autofree char *old = g_strdup_printf ("\"old\":\"%s\"", self->old);

  set_internal (self, self->public);
  plan = make_plan (self, NULL);
  g_assert_false (exc_plan_is_blocked (plan));
  plan_test_assert_check (plan, EXC_CHECK_WARNING, "The internal transport certificate of EX01 is");
  json = exc_plan_to_json (plan);
  plan_test_assert_has (json, mark); /* an undo gives it back */
  plan_test_assert_has (json, old);  /* and the one on 444 is the default one */
}

/* The classic wrong answer at the prompt: the Auth certificate serves SMTP. It is not cloned. */
static void
test_auth_is_not_cloned (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan = NULL;
  g_autofree char *json = NULL;
  g_autofree char *old = g_strdup_printf ("\"old\":\"%s\"", self->old);

  set_internal (self, self->auth);
  plan = make_plan (self, NULL);
  json = exc_plan_to_json (plan);
  plan_test_assert_has (json, old);
}

static void
test_nothing_to_renew (Fixture *self, gconstpointer data)
{
  set_internal (self, self->public);
  set_hash (self, 0, self->public);
  assert_blocked (self, "nothing to renew");
}

static void
test_nothing_usable (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan = NULL;
  g_autofree char *preview = NULL;

  set_internal (self, "");
  set_hash (self, 0, "00112233445566778899AABBCCDDEEFF00112233");
  plan = make_plan (self, NULL);
  g_assert_false (exc_plan_is_blocked (plan));
  plan_test_assert_check (plan, EXC_CHECK_WARNING, "has no default certificate");
  plan_test_assert_check (plan, EXC_CHECK_WARNING, "which is not on the server");
  preview = exc_plan_dup_preview (plan, TRUE);
  plan_test_assert_has (preview, "New-ExchangeCertificate");
  plan_test_assert_has (preview, "CN=EX01");
}

static void
test_back_end_bindings (Fixture *self, gconstpointer data)
{
  model_test_bind (self->facts, BACK_END, "10.0.0.5:444:", self->old);
  assert_blocked (self, "has 2 https bindings on port 444");
  g_ptr_array_set_size (self->facts->windows->bindings, 0);
  assert_blocked (self, "has 0 https bindings on port 444");
}

static void
test_wrong_servers (Fixture *self, gconstpointer data)
{
  static const struct {
    const char *servers[3];
    int code;
  } cases[] = {
    { { NULL }, EXC_ERROR_INPUT },
    { { "EX07", NULL }, EXC_ERROR_NOT_FOUND },
    { { "EX01", "ex01.contoso.lab", NULL }, EXC_ERROR_INPUT },
  };
  g_autoptr(ExcSnapshot) snapshot = model_test_snapshot (self->facts, self->auth_config);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr(GError) error = NULL;

    g_assert_null (
        exc_plan_new_renew_microsoft_exchange (snapshot, cases[i].servers, NULL, &error));
    g_assert_error (error, EXC_ERROR, cases[i].code);
  }
}

static void
test_binding_info (void)
{
  static const struct {
    const char *info;
    const char *address; /* NULL: no binding */
    guint16 port;
  } cases[] = {
    { "*:444:", "*", 444 },
    { ":443:", "", 443 },
    { "127.0.0.1:443:", "127.0.0.1", 443 },
    { "*:443:mail.contoso.lab", "*", 443 },
    { "[::1]:8443:", "[::1]", 8443 },
    { "*:65536:", NULL, 0 },
    { "*:0:", NULL, 0 },
    { "*:x:", NULL, 0 },
    { "443", NULL, 0 },
    { ":443", NULL, 0 },
    { "", NULL, 0 },
    { NULL, NULL, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *address = NULL;
    guint16 port = 0;

    g_assert_cmpint (
        exc_binding_info_parse (cases[i].info, &address, &port), ==, cases[i].address != NULL);
    g_assert_cmpstr (address, ==, cases[i].address);
    g_assert_cmpint (port, ==, cases[i].port);
  }
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/plan/plan/ordinary", test_ordinary);
  ADD ("/plan/plan/comes-back-from-journal", test_comes_back_from_journal);
  ADD ("/plan/plan/removes-old", test_removes_old);
  g_test_add_func ("/plan/plan/unknown-json-is-refused", test_unknown_json_is_refused);
  ADD ("/plan/plan/front-end-old", test_front_end_old);
  ADD ("/plan/plan/loopback-alone", test_loopback_alone);
  ADD ("/plan/plan/host-name-is-left", test_host_name_is_left);
  ADD ("/plan/plan/renewed-recently", test_renewed_recently);
  ADD ("/plan/plan/states-block", test_states_block);
  ADD ("/plan/plan/edge-warns", test_edge_warns);
  ADD ("/plan/plan/public-internal-transport", test_public_internal_transport);
  ADD ("/plan/plan/auth-is-not-cloned", test_auth_is_not_cloned);
  ADD ("/plan/plan/nothing-to-renew", test_nothing_to_renew);
  ADD ("/plan/plan/nothing-usable", test_nothing_usable);
  ADD ("/plan/plan/back-end-bindings", test_back_end_bindings);
  ADD ("/plan/plan/wrong-servers", test_wrong_servers);
  g_test_add_func ("/plan/target/binding-info", test_binding_info);

  return g_test_run ();
}
