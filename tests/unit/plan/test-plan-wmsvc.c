/* test-plan-wmsvc.c — what “Renew WMSVC” makes of a snapshot
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"

#include "../model/model-test.h"
#include "plan-test.h"

/* A server as setup leaves it. */
typedef struct {
  ExcServerFacts *facts;
  const char *internal;
  const char *old;
} Fixture;

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  ExcServiceRecord *service = g_new0 (ExcServiceRecord, 1);
  ExcStoreEntry *root = g_new0 (ExcStoreEntry, 1);

  self->facts = model_test_facts ("EX01");
  self->internal =
      model_test_add (self->facts, model_test_record ("EX01", "Microsoft Exchange", 400));
  self->old = model_test_add (self->facts, model_test_record ("WMSvc-SHA2-EX01", "WMSVC-SHA2", 30));
  self->facts->internal_transport = g_strdup (self->internal);
  model_test_bind (self->facts, "Exchange Back End", "*:444:", self->internal);
  self->facts->windows->wmsvc_hash = g_strdup (self->old);
  self->facts->windows->wmsvc_port = 8172;
  service->name = g_strdup ("WMSVC");
  service->status = g_strdup ("Running");
  g_ptr_array_add (self->facts->windows->services, service);
  root->thumbprint = g_strdup (self->old);
  g_ptr_array_add (self->facts->windows->root, root);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  exc_server_facts_unref (self->facts);
}

static ExcPlan *
make_plan (Fixture *self, ExcWmsvcOptions options)
{
  g_autoptr(ExcAuthConfigRecord) auth_config = exc_auth_config_record_new ();
  g_autoptr(ExcSnapshot) snapshot = model_test_snapshot (self->facts, auth_config);
  g_autoptr(GError) error = NULL;
  ExcPlan *plan =
      exc_plan_new_renew_wmsvc (snapshot, (const char *[]){ "EX01", NULL }, &options, &error);

  g_assert_no_error (error);
  return plan;
}

static void
test_ordinary (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan = make_plan (self, (ExcWmsvcOptions){ 0 });
  g_autoptr(GPtrArray) undo = exc_plan_dup_undo_steps (plan, "ex01.contoso.lab");
  g_autofree char *ids = plan_test_dup_ids (exc_plan_get_steps (plan, "ex01.contoso.lab"));
  g_autofree char *undo_ids = plan_test_dup_ids (undo);
  g_autofree char *preview = exc_plan_dup_preview (plan, TRUE);

  g_assert_false (exc_plan_is_blocked (plan));
  g_assert_cmpuint (plan_test_count_checks (plan, EXC_CHECK_WARNING), ==, 0);
  plan_test_assert_check (plan, EXC_CHECK_PASSED, "of EX01 is renewed");
  g_assert_cmpstr (exc_plan_get_title (plan), ==, "Renew WMSVC on 1 server");
  g_assert_cmpstr (ids, ==, "gate create trust bind-wmsvc check-wmsvc");
  g_assert_cmpstr (undo_ids, ==, "bind-wmsvc create trust");
  plan_test_assert_has (preview, "WMSvc-SHA2-EX01");
  plan_test_assert_has (preview, "-Services None");
  g_assert_null (strstr (preview, "New-SelfSignedCertificate"));
  g_assert_null (strstr (preview, "Remove-ExchangeCertificate"));
  plan_test_assert_comes_back (plan);
}

static void
test_options (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan =
                 make_plan (self, (ExcWmsvcOptions){ .by_windows = TRUE, .removes_old = TRUE });
  g_autofree char *ids = plan_test_dup_ids (exc_plan_get_steps (plan, "ex01.contoso.lab"));
  g_autofree char *expected = g_strdup_printf (
      "gate create trust bind-wmsvc check-wmsvc delete-%s untrust-%s", self->old, self->old);
  g_autofree char *preview = exc_plan_dup_preview (plan, TRUE);

  g_assert_false (exc_plan_is_blocked (plan));
  plan_test_assert_check (plan, EXC_CHECK_WARNING, "cannot be undone");
  g_assert_cmpstr (ids, ==, expected);
  plan_test_assert_has (preview, "New-SelfSignedCertificate");
  plan_test_assert_has (preview, "Remove-ExchangeCertificate");
  plan_test_assert_comes_back (plan);
}

static void
test_old_version_warns (Fixture *self, gconstpointer data)
{
  g_free (self->facts->server->version);
  self->facts->server->version = g_strdup ("Version 15.1 (Build 2507.39)");
  {
    g_autoptr(ExcPlan) plan = make_plan (self, (ExcWmsvcOptions){ .by_windows = TRUE });

    plan_test_assert_check (plan, EXC_CHECK_WARNING, "Windows Server 2012 R2");
  }
}

/* Not installed: nothing to do, and nobody is harmed. */
static void
test_not_installed (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan = NULL;

  g_ptr_array_set_size (self->facts->windows->services, 0);
  g_clear_pointer (&self->facts->windows->wmsvc_hash, g_free);
  self->facts->windows->wmsvc_port = 0;
  plan = make_plan (self, (ExcWmsvcOptions){ 0 });
  plan_test_assert_check (plan, EXC_CHECK_PASSED, "is not installed on EX01");
  g_assert_null (exc_plan_get_steps (plan, "ex01.contoso.lab"));
  g_assert_true (exc_plan_is_blocked (plan)); /* there is nothing to run */
}

/* The one in the registry is gone: it gets a new one, and that is for good. */
static void
test_old_is_missing (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan = NULL;
  g_autofree char *ids = NULL;

  g_free (self->facts->windows->wmsvc_hash);
  self->facts->windows->wmsvc_hash = g_strdup ("00112233445566778899AABBCCDDEEFF00112233");
  plan = make_plan (self, (ExcWmsvcOptions){ .removes_old = TRUE });
  g_assert_false (exc_plan_is_blocked (plan));
  plan_test_assert_check (plan, EXC_CHECK_WARNING, "has no certificate that is on the server");
  ids = plan_test_dup_ids (exc_plan_get_steps (plan, "ex01.contoso.lab"));
  g_assert_cmpstr (ids, ==, "gate create trust bind-wmsvc check-wmsvc");
}

/* What else uses the old one is named, and it is not deleted. */
static void
test_old_is_used_elsewhere (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan = NULL;
  g_autoptr(ExcPlan) without = NULL;

  model_test_bind (self->facts, "Default Web Site", "*:443:", self->old);
  plan = make_plan (self, (ExcWmsvcOptions){ .removes_old = TRUE });
  g_assert_true (exc_plan_is_blocked (plan));
  plan_test_assert_check (plan, EXC_CHECK_BLOCKED, "the Default Web Site uses it on *:443:");
  without = make_plan (self, (ExcWmsvcOptions){ 0 });
  g_assert_false (exc_plan_is_blocked (without));
}

static void
test_unreachable_blocks (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan = NULL;

  self->facts->state = EXC_SERVER_UNREACHABLE;
  self->facts->problem = g_strdup ("Nobody is at home.");
  plan = make_plan (self, (ExcWmsvcOptions){ 0 });
  g_assert_true (exc_plan_is_blocked (plan));
  plan_test_assert_check (plan, EXC_CHECK_BLOCKED, "EX01 does not answer: Nobody is at home.");
}

static void
test_unknown_json_is_refused (void)
{
  static const char *const inputs[] = {
    "{\"version\":1}",
    "{\"version\":1,\"servers\":[{}]}",
    "{\"version\":1,\"servers\":[{\"fqdn\":\"a\"}]}",
    "{\"version\":2,\"servers\":[]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++) {
    g_autoptr(GError) error = NULL;

    g_assert_null (exc_plan_new_from_json ("renew-wmsvc", inputs[i], &error));
    g_assert_error (error, EXC_ERROR, EXC_ERROR_STORE);
  }
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/plan/wmsvc/ordinary", test_ordinary);
  ADD ("/plan/wmsvc/options", test_options);
  ADD ("/plan/wmsvc/old-version-warns", test_old_version_warns);
  ADD ("/plan/wmsvc/not-installed", test_not_installed);
  ADD ("/plan/wmsvc/old-is-missing", test_old_is_missing);
  ADD ("/plan/wmsvc/old-is-used-elsewhere", test_old_is_used_elsewhere);
  ADD ("/plan/wmsvc/unreachable-blocks", test_unreachable_blocks);
  g_test_add_func ("/plan/wmsvc/unknown-json-is-refused", test_unknown_json_is_refused);

  return g_test_run ();
}
