/* test-plan-assign.c — what “Assign services”, “Bind”, “Trust” and “Repair” make of a snapshot
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"

#include "../model/model-test.h"
#include "plan-test.h"

#define SERVER "ex01.contoso.lab"

/* A server as setup leaves it, a public certificate on 443, and others that could be put to use. */
typedef struct {
  ExcServerFacts *facts;
  ExcAuthConfigRecord *auth_config;
  const char *internal;
  const char *public;
  const char *wildcard;
  const char *auth;
} Fixture;

static const char *
add_public (Fixture *self, const char *name, const char *first_domain)
{
  ExcCertificateRecord *record = model_test_record (name, NULL, 300);

  record->is_self_signed = EXC_NO;
  g_free (record->issuer);
  record->issuer = g_strdup ("CN=Public CA");
  g_strfreev (record->domains);
  record->domains = g_strdupv ((char *[]){ (char *) first_domain, NULL });
  return model_test_add (self->facts, record);
}

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  self->facts = model_test_facts ("EX01");
  self->internal =
      model_test_add (self->facts, model_test_record ("EX01", "Microsoft Exchange", 400));
  self->public = add_public (self, "mail.contoso.lab", "mail.contoso.lab");
  self->wildcard = add_public (self, "wild", "*.contoso.lab");
  self->auth = model_test_add (
      self->facts, model_test_record ("Microsoft Exchange Server Auth Certificate", "Auth", 500));
  self->auth_config = exc_auth_config_record_new ();
  self->auth_config->current = g_strdup (self->auth);
  self->facts->internal_transport = g_strdup (self->internal);
  model_test_bind (self->facts, "Exchange Back End", "*:444:", self->internal);
  model_test_bind (self->facts, "Default Web Site", "*:443:", self->public);
  model_test_bind (self->facts, "Default Web Site", "127.0.0.1:443:", self->public);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  exc_server_facts_unref (self->facts);
  exc_auth_config_record_unref (self->auth_config);
}

static ExcPlan *
assign (Fixture *self, const char *thumbprint, int services, ExcAssignOptions options)
{
  g_autoptr(ExcSnapshot) snapshot = model_test_snapshot (self->facts, self->auth_config);
  g_autoptr(GError) error = NULL;
  ExcPlan *plan = exc_plan_new_assign (
      snapshot, thumbprint, (const char *[]){ "EX01", NULL }, services, &options, &error);

  g_assert_no_error (error);
  return plan;
}

static ExcPlan *
bind (Fixture *self, const char *thumbprint, ExcBindOptions options)
{
  g_autoptr(ExcSnapshot) snapshot = model_test_snapshot (self->facts, self->auth_config);
  g_autoptr(GError) error = NULL;
  ExcPlan *plan =
      exc_plan_new_bind (snapshot, thumbprint, (const char *[]){ "EX01", NULL }, &options, &error);

  g_assert_no_error (error);
  return plan;
}

static ExcPlan *
repair (Fixture *self, ExcRepair what)
{
  g_autoptr(ExcSnapshot) snapshot = model_test_snapshot (self->facts, self->auth_config);
  g_autoptr(GError) error = NULL;
  ExcPlan *plan = exc_plan_new_repair (snapshot, what, (const char *[]){ "EX01", NULL }, &error);

  g_assert_no_error (error);
  return plan;
}

static void
set_text (char **text, const char *value)
{
  g_free (*text);
  *text = g_strdup (value);
}

static void
test_all_services (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan =
                 assign (self,
                         self->public,
                         EXC_SERVICE_SMTP | EXC_SERVICE_IIS | EXC_SERVICE_POP | EXC_SERVICE_IMAP,
                         (ExcAssignOptions){ .restarts_mail = TRUE });
  g_autoptr(GPtrArray) undo = exc_plan_dup_undo_steps (plan, SERVER);
  g_autofree char *ids = plan_test_dup_ids (exc_plan_get_steps (plan, SERVER));
  g_autofree char *undo_ids = plan_test_dup_ids (undo);
  g_autofree char *preview = exc_plan_dup_preview (plan, TRUE);

  g_assert_false (exc_plan_is_blocked (plan));
  plan_test_assert_check (plan, EXC_CHECK_PASSED, "The answer is No");
  g_assert_cmpstr (ids, ==, "gate assign-smtp assign-pop assign-imap bind-front-end restart-mail");
  g_assert_cmpstr (undo_ids, ==, "bind-front-end assign-imap assign-pop assign-smtp");
  plan_test_assert_has (preview, "-DoNotRequireSsl");
  plan_test_assert_comes_back (plan);
}

/* Without -Force the question is asked, and answered. */
static void
test_default_smtp (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) kept = assign (self, self->public, EXC_SERVICE_SMTP, (ExcAssignOptions){ 0 });
  g_autoptr(ExcPlan) replaced = assign (
      self, self->public, EXC_SERVICE_SMTP, (ExcAssignOptions){ .replaces_default = TRUE });
  g_autoptr(ExcPlan) auth = assign (
      self, self->auth, EXC_SERVICE_SMTP, (ExcAssignOptions){ .replaces_default = TRUE });
  g_autofree char *kept_preview = exc_plan_dup_preview (kept, TRUE);
  g_autofree char *replaced_preview = exc_plan_dup_preview (replaced, TRUE);

  g_assert_null (strstr (kept_preview, "-Force"));
  plan_test_assert_has (replaced_preview, "-Force");
  plan_test_assert_check (replaced, EXC_CHECK_WARNING, "The answer is Yes; undo gives it back");
  g_assert_true (exc_plan_is_blocked (auth));
}

static void
test_wildcard (Fixture *self, gconstpointer data)
{
  const int mail = EXC_SERVICE_POP | EXC_SERVICE_IMAP;
  g_autoptr(ExcPlan) without = assign (self, self->wildcard, mail, (ExcAssignOptions){ 0 });
  g_autoptr(ExcPlan) with = assign (
      self, self->wildcard, mail, (ExcAssignOptions){ .mail_name = "pop.contoso.lab" });
  g_autoptr(ExcPlan) foreign = assign (
      self, self->wildcard, mail, (ExcAssignOptions){ .mail_name = "pop.fabrikam.lab" });
  g_autofree char *preview = exc_plan_dup_preview (with, TRUE);

  g_assert_true (exc_plan_is_blocked (without));
  plan_test_assert_check (without, EXC_CHECK_BLOCKED, "which no client connects to");
  g_assert_false (exc_plan_is_blocked (with));
  plan_test_assert_has (preview, "Set-PopSettings");
  plan_test_assert_has (preview, "Set-ImapSettings");
  plan_test_assert_has (preview, "pop.contoso.lab");
  g_assert_null (strstr (preview, "Enable-ExchangeCertificate"));
  g_assert_true (exc_plan_is_blocked (foreign));
  plan_test_assert_comes_back (with);
}

static void
test_unified_messaging (Fixture *self, gconstpointer data)
{
  static const struct {
    const char *version;
    const char *mode;
    const char *blocked; /* NULL: it is allowed */
  } cases[] = {
    { "Version 15.2 (Build 986.5)", "TLS", "Exchange Server 2016 only" },
    { "Version 15.0 (Build 1497.2)", "TLS", "Exchange Server 2016 only" },
    { "Version 15.1 (Build 2507.39)", "TCP", "starts in the mode TCP" },
    { "Version 15.1 (Build 2507.39)", NULL, "that was not told" },
    { "Version 15.1 (Build 2507.39)", "TLS", NULL },
    { "Version 15.1 (Build 2507.39)", "Dual", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr(ExcPlan) plan = NULL;

    set_text (&self->facts->server->version, cases[i].version);
    set_text (&self->facts->um_mode, cases[i].mode);
    plan = assign (
        self, self->public, EXC_SERVICE_UM | EXC_SERVICE_UM_CALL_ROUTER, (ExcAssignOptions){ 0 });
    g_assert_cmpint (exc_plan_is_blocked (plan), ==, cases[i].blocked != NULL);
    if (cases[i].blocked != NULL)
      plan_test_assert_check (plan, EXC_CHECK_BLOCKED, cases[i].blocked);
    else
      plan_test_assert_comes_back (plan);
  }
}

static void
test_front_end_is_protected (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) assigned =
                 assign (self, self->internal, EXC_SERVICE_IIS, (ExcAssignOptions){ 0 });
  g_autoptr(ExcPlan) bound =
                 bind (self, self->internal, (ExcBindOptions){ .places = EXC_BIND_FRONT_END });
  g_autoptr(ExcPlan) ticked =
                 bind (self,
                       self->internal,
                       (ExcBindOptions){ .places = EXC_BIND_FRONT_END, .replaces_public = TRUE });
  g_autoptr(ExcPlan) other =
                 bind (self, self->wildcard, (ExcBindOptions){ .places = EXC_BIND_FRONT_END });

  g_assert_true (exc_plan_is_blocked (assigned));
  g_assert_true (exc_plan_is_blocked (bound));
  plan_test_assert_check (bound, EXC_CHECK_BLOCKED, "lose these names: mail.contoso.lab");
  g_assert_false (exc_plan_is_blocked (ticked));
  plan_test_assert_check (ticked, EXC_CHECK_WARNING, "Names that they lose: mail.contoso.lab");
  g_assert_false (exc_plan_is_blocked (other));
}

static void
test_bind_places (Fixture *self, gconstpointer data)
{
  const guint all = EXC_BIND_FRONT_END | EXC_BIND_LOOPBACK | EXC_BIND_BACK_END | EXC_BIND_WMSVC;
  g_autoptr(ExcPlan) missing = bind (self, self->public, (ExcBindOptions){ .places = all });
  g_autoptr(ExcPlan) plan = NULL;
  g_autoptr(GPtrArray) undo = NULL;
  g_autofree char *ids = NULL;
  g_autofree char *undo_ids = NULL;

  plan_test_assert_check (missing, EXC_CHECK_BLOCKED, "is not installed on EX01");
  self->facts->windows->wmsvc_port = 8172;
  set_text (&self->facts->windows->wmsvc_hash, self->wildcard);
  plan = bind (self, self->public, (ExcBindOptions){ .places = all });
  g_assert_false (exc_plan_is_blocked (plan));
  ids = plan_test_dup_ids (exc_plan_get_steps (plan, SERVER));
  undo = exc_plan_dup_undo_steps (plan, SERVER);
  undo_ids = plan_test_dup_ids (undo);
  g_assert_cmpstr (ids, ==, "gate bind-loopback bind-back-end bind-front-end bind-wmsvc");
  g_assert_cmpstr (undo_ids, ==, "bind-wmsvc bind-front-end bind-back-end bind-loopback");
  plan_test_assert_comes_back (plan);
}

/* What was bound is gone or has no key: the undo does the others first. */
static void
test_bind_has_no_way_back (Fixture *self, gconstpointer data)
{
  const guint all = EXC_BIND_LOOPBACK | EXC_BIND_BACK_END | EXC_BIND_WMSVC;
  ExcCertificateRecord *internal = g_ptr_array_index (self->facts->certificates, 0);
  g_autoptr(ExcPlan) plan = NULL;
  g_autoptr(GPtrArray) undo = NULL;
  g_autofree char *ids = NULL;
  GPtrArray *steps = NULL;

  g_assert_cmpstr (internal->thumbprint, ==, self->internal);
  internal->has_private_key = EXC_NO;
  self->facts->windows->wmsvc_port = 8172;
  set_text (&self->facts->windows->wmsvc_hash, "00112233445566778899AABBCCDDEEFF00112233");
  plan = bind (self, self->wildcard, (ExcBindOptions){ .places = all });
  plan_test_assert_check (plan, EXC_CHECK_WARNING, "*:444: of “Exchange Back End” on EX01 has no");
  plan_test_assert_check (plan, EXC_CHECK_WARNING, "The Web Management Service of EX01 has no");
  steps = exc_plan_get_steps (plan, SERVER);
  g_assert_cmpuint (steps->len, ==, 4); /* the first is the gate */
  g_assert_false (exc_step_get_is_irreversible (g_ptr_array_index (steps, 1)));
  g_assert_true (exc_step_get_is_irreversible (g_ptr_array_index (steps, 2)));
  g_assert_true (exc_step_get_is_irreversible (g_ptr_array_index (steps, 3)));
  undo = exc_plan_dup_undo_steps (plan, SERVER);
  ids = plan_test_dup_ids (undo);
  g_assert_cmpstr (ids, ==, "bind-loopback bind-wmsvc bind-back-end");
  plan_test_assert_comes_back (plan);
}

static void
test_unusable_certificates (Fixture *self, gconstpointer data)
{
  ExcCertificateRecord *record = g_ptr_array_index (self->facts->certificates, 2);
  g_autoptr(ExcPlan) expired = NULL;
  g_autoptr(ExcPlan) keyless = NULL;

  record->not_after = MODEL_TEST_NOW - 1;
  expired = bind (self, self->wildcard, (ExcBindOptions){ .places = EXC_BIND_BACK_END });
  plan_test_assert_check (expired, EXC_CHECK_BLOCKED, "has expired");
  record->has_private_key = EXC_NO;
  keyless = bind (self, self->wildcard, (ExcBindOptions){ .places = EXC_BIND_BACK_END });
  plan_test_assert_check (keyless, EXC_CHECK_BLOCKED, "has no private key");
}

static void
test_trust (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcSnapshot) snapshot = model_test_snapshot (self->facts, self->auth_config);
  const char *const targets[] = { "EX01", NULL };
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcPlan) own = exc_plan_new_trust (snapshot, "EX01", self->internal, targets, &error);
  g_autoptr(ExcPlan) issued = exc_plan_new_trust (snapshot, "EX01", self->public, targets, &error);
  g_autoptr(ExcPlan) used = exc_plan_new_untrust (snapshot, self->internal, targets, &error);
  g_autoptr(ExcPlan) leftover = exc_plan_new_untrust (
      snapshot, "00112233445566778899AABBCCDDEEFF00112233", targets, &error);
  g_autoptr(GPtrArray) undo = exc_plan_dup_undo_steps (leftover, SERVER);

  g_assert_no_error (error);
  g_assert_cmpuint (plan_test_count_checks (own, EXC_CHECK_WARNING), ==, 0);
  plan_test_assert_check (issued, EXC_CHECK_WARNING, "comes from an authority");
  plan_test_assert_check (used, EXC_CHECK_WARNING, "will call it untrusted");
  plan_test_assert_check (leftover, EXC_CHECK_WARNING, "cannot be undone");
  g_assert_cmpuint (undo->len, ==, 0);
  plan_test_assert_comes_back (own);
  plan_test_assert_comes_back (used);
  plan_test_assert_comes_back (leftover);

  g_assert_null (exc_plan_new_untrust (snapshot, "0011", targets, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
}

static void
test_repairs (Fixture *self, gconstpointer data)
{
  ExcBindingRecord *back_end = g_ptr_array_index (self->facts->windows->bindings, 0);

  for (guint i = EXC_REPAIR_BACK_END; i <= EXC_REPAIR_AUTH_AS_INTERNAL; i++) {
    g_autoptr(ExcPlan) healthy = repair (self, (ExcRepair) i);

    plan_test_assert_check (healthy, EXC_CHECK_PASSED, "There is nothing to repair on EX01");
  }
  {
    g_autoptr(ExcPlan) plan = repair (self, EXC_REPAIR_TRUST);

    g_assert_false (exc_plan_is_blocked (plan)); /* its Root is empty */
    plan_test_assert_comes_back (plan);
  }
  set_text (&back_end->hash, "00112233445566778899AABBCCDDEEFF00112233");
  {
    g_autoptr(ExcPlan) plan = repair (self, EXC_REPAIR_BACK_END);

    g_assert_false (exc_plan_is_blocked (plan));
    plan_test_assert_check (plan, EXC_CHECK_WARNING, "It gets the internal transport certificate");
    plan_test_assert_comes_back (plan);
  }
  set_text (&self->facts->internal_transport, self->auth);
  {
    g_autoptr(ExcPlan) plan = repair (self, EXC_REPAIR_AUTH_AS_INTERNAL);

    g_assert_false (exc_plan_is_blocked (plan));
    plan_test_assert_comes_back (plan);
  }
  set_text (&self->facts->internal_transport, "");
  {
    g_autoptr(ExcPlan) create = repair (self, EXC_REPAIR_INTERNAL_TRANSPORT);
    g_autoptr(ExcPlan) blocked = repair (self, EXC_REPAIR_BACK_END);

    g_assert_false (exc_plan_is_blocked (create));
    plan_test_assert_comes_back (create);
    plan_test_assert_check (blocked, EXC_CHECK_BLOCKED, "cannot be used either");
  }
}

/* The command is shown, and nothing is run. */
static void
test_connectors (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcOrganizationFacts) shared = model_test_shared (self->auth_config);
  ExcConnectorRecord *connector = g_new0 (ExcConnectorRecord, 1);
  g_autoptr(ExcSnapshot) snapshot = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcPlan) plan = NULL;

  connector->name = g_strdup ("Outbound");
  connector->fqdn = g_strdup ("mail.contoso.lab");
  connector->tls_certificate_name = g_strdup ("<I>CN=Gone CA<S>CN=mail.contoso.lab");
  connector->source_servers = g_strdupv ((char *[]){ "EX01", NULL });
  g_ptr_array_add (shared->send_connectors, connector);
  snapshot = model_test_snapshot_with (self->facts, shared);
  plan = exc_plan_new_repair (
      snapshot, EXC_REPAIR_CONNECTORS, (const char *[]){ "EX01", NULL }, &error);
  g_assert_no_error (error);
  plan_test_assert_check (plan, EXC_CHECK_WARNING, "run: Set-SendConnector ");
  plan_test_assert_check (plan, EXC_CHECK_WARNING, "<I>CN=Public CA<S>CN=");
  g_assert_null (exc_plan_get_steps (plan, SERVER));
}

static void
test_wrong_input (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcSnapshot) snapshot = model_test_snapshot (self->facts, self->auth_config);
  const char *const servers[] = { "EX01", NULL };
  g_autoptr(GError) error = NULL;

  g_assert_null (
      exc_plan_new_assign (snapshot, self->public, servers, EXC_SERVICE_FEDERATION, NULL, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_null (exc_plan_new_bind (
      snapshot, self->public, servers, &(ExcBindOptions){ .places = 0 }, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
  g_clear_error (&error);
  g_assert_null (exc_plan_new_bind (snapshot,
                                    "00112233445566778899AABBCCDDEEFF00112233",
                                    servers,
                                    &(ExcBindOptions){ .places = EXC_BIND_BACK_END },
                                    &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_NOT_FOUND);
}

static void
test_unknown_json_is_refused (void)
{
  static const struct {
    const char *kind;
    const char *json;
  } cases[] = {
    { "assign", "{\"version\":1,\"servers\":[]}" },
    { "assign", "{\"version\":1,\"thumbprint\":\"A\",\"services\":8,\"servers\":[{}]}" },
    { "bind", "{\"version\":1,\"thumbprint\":\"A\"}" },
    { "bind",
      "{\"version\":1,\"thumbprint\":\"A\",\"servers\":[{\"fqdn\":\"a\",\"name\":\"a\","
      "\"bind-back-end\":[{\"info\":\"x\"}]}]}" },
    { "trust", "{\"version\":1,\"thumbprint\":\"A\",\"servers\":[]}" },
    { "untrust", "{\"version\":1,\"servers\":[]}" },
    { "repair", "{\"version\":1,\"what\":\"moon\",\"servers\":[]}" },
    { "repair", "{\"version\":1,\"what\":\"trust\",\"servers\":[{\"fqdn\":\"a\"}]}" },
    { "delete", "{\"version\":1,\"certificates\":[{}],\"connectors\":[]}" },
    { "delete", "{\"version\":1,\"certificates\":[],\"connectors\":[{}]}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr(GError) error = NULL;

    g_assert_null (exc_plan_new_from_json (cases[i].kind, cases[i].json, &error));
    g_assert_error (error, EXC_ERROR, EXC_ERROR_STORE);
  }
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/plan/assign/all-services", test_all_services);
  ADD ("/plan/assign/default-smtp", test_default_smtp);
  ADD ("/plan/assign/wildcard", test_wildcard);
  ADD ("/plan/assign/unified-messaging", test_unified_messaging);
  ADD ("/plan/assign/front-end-is-protected", test_front_end_is_protected);
  ADD ("/plan/bind/places", test_bind_places);
  ADD ("/plan/bind/no-way-back", test_bind_has_no_way_back);
  ADD ("/plan/bind/unusable-certificates", test_unusable_certificates);
  ADD ("/plan/trust/checks", test_trust);
  ADD ("/plan/repair/checks", test_repairs);
  ADD ("/plan/repair/connectors", test_connectors);
  ADD ("/plan/assign/wrong-input", test_wrong_input);
  g_test_add_func ("/plan/assign/unknown-json-is-refused", test_unknown_json_is_refused);

  return g_test_run ();
}
