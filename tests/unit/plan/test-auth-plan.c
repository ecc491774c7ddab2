/* test-auth-plan.c — what is decided about the Auth certificate, and planned
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-plan-auth.h"

#include "../model/model-test.h"
#include "plan-test.h"

#define AUTH "Microsoft Exchange Server Auth Certificate"
#define NONE G_MININT
#define HOUR ((gint64) 3600)

/* Two Mailbox servers in order, and an Edge server that does not count. */
typedef struct {
  ExcServerFacts *first;
  ExcServerFacts *second;
  ExcServerFacts *edge;
  ExcOrganizationFacts *shared;
  ExcAuthConfigRecord *config;
  const char *internal;
} Fixture;

static ExcServerFacts *
make_server (const char *name, const char **internal)
{
  ExcServerFacts *facts = model_test_facts (name);
  const char *own = model_test_add (facts, model_test_record (name, "Microsoft Exchange", 300));

  facts->internal_transport = g_strdup (own);
  model_test_bind (facts, "Exchange Back End", "*:444:", own);
  if (internal != NULL)
    *internal = own;
  return facts;
}

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  self->first = make_server ("EX01", &self->internal);
  self->second = make_server ("EX02", NULL);
  self->edge = model_test_facts ("EDGE01");
  self->edge->server->is_edge = TRUE;
  self->edge->server->is_mailbox = FALSE;
  self->edge->state = EXC_SERVER_UNSUPPORTED;
  self->config = exc_auth_config_record_new ();
  self->shared = model_test_shared (self->config);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  exc_server_facts_unref (self->first);
  exc_server_facts_unref (self->second);
  exc_server_facts_unref (self->edge);
  exc_organization_facts_unref (self->shared);
  exc_auth_config_record_unref (self->config);
}

/* An Auth certificate on both servers, or on the first alone; its thumbprint is given back. */
static char *
add_auth (Fixture *self, gint64 seconds, gboolean is_everywhere)
{
  ExcCertificateRecord *record = model_test_record (AUTH, AUTH, 1);

  record->not_after = MODEL_TEST_NOW + seconds;
  record->private_key_exportable = EXC_YES;
  model_test_add (self->first, record);
  if (is_everywhere)
    model_test_add (self->second, exc_certificate_record_ref (record));
  return g_strdup (record->thumbprint);
}

static ExcSnapshot *
make_snapshot (Fixture *self)
{
  g_autoptr(ExcSnapshotBuilder) builder =
                 exc_snapshot_builder_new (self->shared, NULL, MODEL_TEST_NOW);

  exc_snapshot_builder_add (builder, self->first);
  exc_snapshot_builder_add (builder, self->second);
  exc_snapshot_builder_add (builder, self->edge);
  return exc_snapshot_builder_finish (builder);
}

static void
test_days (void)
{
  static const struct {
    gint64 seconds; /* from 08:00 */
    int days;
  } cases[] = {
    { 10 * 24 * HOUR, 10 },
    { 10 * 24 * HOUR - 1, 9 },
    { 25 * HOUR, 1 },
    { 23 * HOUR, 0 },  /* tomorrow */
    { 15 * HOUR, -1 }, /* today, later */
    { 0, -1 },
    { -HOUR, -1 },
    { -9 * HOUR, -1 }, /* yesterday, less than a day ago */
    { -25 * HOUR, -1 },
    { -49 * HOUR, -2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (
        exc_auth_count_days (MODEL_TEST_NOW + cases[i].seconds, MODEL_TEST_NOW), ==, cases[i].days);
}

static void
test_decides (void)
{
  static const struct {
    const char *what;
    int current; /* days; NONE: there is none */
    int next;
    gboolean lacks_current;
    gboolean lacks_next;
    gboolean is_unreachable;
    ExcAuthMode mode;
    const char *part; /* of the reason */
  } cases[] = {
    { "fine", 200, NONE, FALSE, FALSE, FALSE, EXC_AUTH_NOTHING, "200 days left" },
    { "unreachable", 10, NONE, FALSE, FALSE, TRUE, EXC_AUTH_NOTHING, "does not answer" },
    { "limit", 60, NONE, FALSE, FALSE, FALSE, EXC_AUTH_ROTATE, "60 days left" },
    { "above the limit", 61, NONE, FALSE, FALSE, FALSE, EXC_AUTH_NOTHING, "61 days left" },
    { "next is short", 30, 120, FALSE, FALSE, FALSE, EXC_AUTH_ROTATE, "30 days left" },
    { "next lasts", 30, 121, FALSE, FALSE, FALSE, EXC_AUTH_NOTHING, "30 days left" },
    { "both expired", -2, -3, FALSE, FALSE, FALSE, EXC_AUTH_REPLACE, "no use any more" },
    { "expired, no next", -2, NONE, FALSE, FALSE, FALSE, EXC_AUTH_REPLACE, "no use any more" },
    { "expired, next is good", -2, 500, FALSE, FALSE, FALSE, EXC_AUTH_REPLACE, "no use any more" },
    { "there is none", NONE, NONE, FALSE, FALSE, FALSE, EXC_AUTH_REPLACE, "has no Auth" },
    { "current is missing",
      200,
      NONE,
      TRUE,
      FALSE,
      FALSE,
      EXC_AUTH_DISTRIBUTE,
      "1 server lacks the current" },
    { "current is due and missing",
      20,
      NONE,
      TRUE,
      FALSE,
      FALSE,
      EXC_AUTH_DISTRIBUTE,
      "the current" },
    { "next is missing", 200, 1500, FALSE, TRUE, FALSE, EXC_AUTH_DISTRIBUTE, "the next" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    Fixture self = { 0 };
    g_autoptr(ExcSnapshot) snapshot = NULL;
    g_auto(ExcAuthDecision) decision = { 0 };

    fixture_set_up (&self, NULL);
    if (cases[i].current != NONE)
      self.config->current =
          add_auth (&self, cases[i].current * 24 * HOUR, !cases[i].lacks_current);
    if (cases[i].next != NONE)
      self.config->next = add_auth (&self, cases[i].next * 24 * HOUR, !cases[i].lacks_next);
    if (cases[i].is_unreachable)
      self.second->state = EXC_SERVER_UNREACHABLE;
    snapshot = make_snapshot (&self);
    exc_plan_decide_auth (snapshot, NULL, &decision);
    if (decision.mode != cases[i].mode || strstr (decision.reason, cases[i].part) == NULL)
      g_error ("%s: %s, %s", cases[i].what, exc_auth_mode_to_id (decision.mode), decision.reason);
    fixture_tear_down (&self, NULL);
  }
}

static void
test_limits (Fixture *self, gconstpointer data)
{
  const ExcAuthLimits limits = { .current_days = 100,
                                 .next_days = 120,
                                 .ignores_unreachable = TRUE };
  g_autoptr(ExcSnapshot) snapshot = NULL;
  g_auto(ExcAuthDecision) decision = { 0 };
  ExcAuthMode mode;

  self->config->current = add_auth (self, 90 * 24 * HOUR, TRUE);
  self->second->state = EXC_SERVER_UNREACHABLE;
  snapshot = make_snapshot (self);
  exc_plan_decide_auth (snapshot, &limits, &decision);
  g_assert_cmpint (decision.mode, ==, EXC_AUTH_ROTATE);
  g_assert_true (exc_auth_mode_from_id (exc_auth_mode_to_id (decision.mode), &mode));
  g_assert_cmpint (mode, ==, EXC_AUTH_ROTATE);
  g_assert_false (exc_auth_mode_from_id ("renew", &mode));
}

static ExcPlan *
make (Fixture *self, ExcAuthMode mode, const ExcAuthOptions *options)
{
  g_autoptr(ExcSnapshot) snapshot = make_snapshot (self);
  g_autoptr(GError) error = NULL;
  ExcPlan *plan = mode == EXC_AUTH_ROTATE ? exc_plan_new_rotate_auth (snapshot, options, &error)
                  : mode == EXC_AUTH_REPLACE
                      ? exc_plan_new_replace_auth (snapshot, options, &error)
                      : exc_plan_new_distribute_auth (snapshot, options, &error);

  g_assert_no_error (error);
  return plan;
}

/* "id@phase …" */
static char *
dup_ids (ExcPlan *plan, const char *server)
{
  GPtrArray *steps = exc_plan_get_steps (plan, server);
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; steps != NULL && i < steps->len; i++)
    g_string_append_printf (text,
                            "%s%s@%u",
                            i > 0 ? " " : "",
                            exc_step_get_id (g_ptr_array_index (steps, i)),
                            exc_step_get_phase (g_ptr_array_index (steps, i)));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_ids (ExcPlan *plan, const char *server, const char *expected)
{
  g_autofree char *ids = dup_ids (plan, server);

  g_assert_cmpstr (ids, ==, expected);
}

/* The journal's plan is the same plan. */
static void
assert_survives_journal (ExcPlan *plan)
{
  g_autofree char *json = exc_plan_to_json (plan);
  g_autofree char *preview = exc_plan_dup_preview (plan, TRUE);
  g_autofree char *json_again = NULL;
  g_autofree char *preview_again = NULL;
  g_autoptr(ExcPlan) again = NULL;
  g_autoptr(GError) error = NULL;

  again = exc_plan_new_from_json (exc_plan_get_kind (plan), json, &error);
  g_assert_no_error (error);
  json_again = exc_plan_to_json (again);
  preview_again = exc_plan_dup_preview (again, TRUE);
  g_assert_cmpstr (json, ==, json_again);
  g_assert_cmpstr (preview, ==, preview_again);
  g_assert_cmpstr (exc_plan_get_title (plan), ==, exc_plan_get_title (again));
}

static void
test_rotate (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan = NULL;
  g_autoptr(GPtrArray) undo = NULL;
  g_autofree char *preview = NULL;

  self->config->current = add_auth (self, 50 * 24 * HOUR, TRUE);
  plan = make (self, EXC_AUTH_ROTATE, NULL);
  g_assert_false (exc_plan_is_blocked (plan));
  plan_test_assert_check (plan, EXC_CHECK_PASSED, "50 days left");
  assert_ids (plan,
              EXC_LANE_ORGANIZATION,
              "create@0 allow@0 stage@0 await@2 hasten@2 published@2 clear-previous@4");
  assert_ids (plan, "ex01.contoso.lab", "gate@3 restart@3 default-smtp@3");
  assert_ids (plan, "ex02.contoso.lab", "deploy@1 gate@3 restart@3 default-smtp@3");
  assert_ids (plan, "edge01.contoso.lab", "");
  undo = exc_plan_dup_undo_steps (plan, EXC_LANE_ORGANIZATION);
  g_assert_cmpuint (undo->len, ==, 2);
  g_assert_cmpstr (exc_step_get_id (g_ptr_array_index (undo, 0)), ==, "stage");
  preview = exc_plan_dup_preview (plan, TRUE);
  g_assert_nonnull (strstr (preview, "-Services None"));
  g_assert_null (strstr (preview, "-PublishCertificate"));
  g_assert_nonnull (strstr (preview, "effective 30 days"));
  assert_survives_journal (plan);
}

static void
test_rotate_options (Fixture *self, gconstpointer data)
{
  const ExcAuthOptions options = { .server = "ex02", .effective_days = 3, .removes_old = TRUE };
  g_autoptr(ExcPlan) plan = NULL;

  self->config->current = add_auth (self, 50 * 24 * HOUR, TRUE);
  self->shared->is_hybrid = EXC_YES;
  plan = make (self, EXC_AUTH_ROTATE, &options);
  plan_test_assert_check (plan, EXC_CHECK_WARNING, "ConfigureExchangeHybridApplication.ps1");
  assert_ids (plan,
              EXC_LANE_ORGANIZATION,
              "create@0 allow@0 stage@0 hybrid@2 await@2 hasten@2 published@2 clear-previous@4");
  assert_ids (plan, "ex01.contoso.lab", "deploy@1 gate@3 restart@3 default-smtp@3 remove-old@5");
  assert_ids (plan, "ex02.contoso.lab", "gate@3 restart@3 default-smtp@3 remove-old@5");
  assert_survives_journal (plan);
}

/* The new one has to be Current before the old one ends. */
static void
test_rotate_late (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan = NULL;
  g_autofree char *preview = NULL;

  self->config->current = add_auth (self, 20 * 24 * HOUR, TRUE);
  plan = make (self, EXC_AUTH_ROTATE, NULL);
  g_assert_false (exc_plan_is_blocked (plan));
  plan_test_assert_check (plan, EXC_CHECK_WARNING, "takes effect earlier");
  preview = exc_plan_dup_preview (plan, FALSE);
  g_assert_nonnull (strstr (preview, "effective 18 days"));
}

static void
test_blocked (Fixture *self, gconstpointer data)
{
  ExcAuthOptions options = EXC_AUTH_OPTIONS_INIT;
  g_autoptr(ExcPlan) unreachable = NULL;
  g_autoptr(ExcPlan) left_out = NULL;
  g_autoptr(ExcPlan) staged = NULL;
  g_autoptr(ExcPlan) going_on = NULL;
  g_autoptr(ExcPlan) no_need = NULL;

  self->config->current = add_auth (self, 50 * 24 * HOUR, TRUE);
  no_need = make (self, EXC_AUTH_DISTRIBUTE, NULL);
  plan_test_assert_check (no_need, EXC_CHECK_BLOCKED, "has the Auth certificate already");

  self->second->state = EXC_SERVER_UNREACHABLE;
  unreachable = make (self, EXC_AUTH_ROTATE, NULL);
  plan_test_assert_check (unreachable, EXC_CHECK_BLOCKED, "EX02 cannot be used");
  options.ignores_unreachable = TRUE;
  left_out = make (self, EXC_AUTH_ROTATE, &options);
  g_assert_false (exc_plan_is_blocked (left_out));
  plan_test_assert_check (left_out, EXC_CHECK_WARNING, "EX02 is left out");
  assert_ids (left_out, "ex02.contoso.lab", "");

  self->second->state = EXC_SERVER_OK;
  self->config->next = add_auth (self, 900 * 24 * HOUR, TRUE);
  self->config->next_effective = MODEL_TEST_NOW + 72 * HOUR;
  staged = make (self, EXC_AUTH_ROTATE, NULL);
  plan_test_assert_check (staged, EXC_CHECK_BLOCKED, "is staged already");
  options.continues = TRUE;
  going_on = make (self, EXC_AUTH_ROTATE, &options);
  g_assert_false (exc_plan_is_blocked (going_on));
  assert_ids (
      going_on, EXC_LANE_ORGANIZATION, "stage@0 await@2 hasten@2 published@2 clear-previous@4");
  assert_survives_journal (going_on);
}

static void
test_expired (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) rotate = NULL;
  g_autoptr(ExcPlan) replace = NULL;
  g_autofree char *preview = NULL;

  self->config->current = add_auth (self, -3 * 24 * HOUR, TRUE);
  rotate = make (self, EXC_AUTH_ROTATE, NULL);
  plan_test_assert_check (rotate, EXC_CHECK_BLOCKED, "has to be replaced now");
  replace = make (self, EXC_AUTH_REPLACE, NULL);
  g_assert_false (exc_plan_is_blocked (replace));
  assert_ids (
      replace, EXC_LANE_ORGANIZATION, "create@0 allow@0 stage@0 publish@0 clear-previous@4");
  assert_ids (
      replace, "ex02.contoso.lab", "deploy@1 gate@3 restart-host@3 restart@3 default-smtp@3");
  preview = exc_plan_dup_preview (replace, TRUE);
  g_assert_nonnull (strstr (preview, "-PublishCertificate"));
  g_assert_nonnull (
      strstr (preview, "Forget the previous Auth certificate; this cannot be undone"));
  assert_survives_journal (replace);
}

static void
test_distribute (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan = NULL;
  g_autoptr(ExcPlan) blocked = NULL;

  self->config->current = add_auth (self, 200 * 24 * HOUR, FALSE);
  self->config->next = add_auth (self, 900 * 24 * HOUR, FALSE);
  plan = make (self, EXC_AUTH_DISTRIBUTE, NULL);
  g_assert_false (exc_plan_is_blocked (plan));
  g_assert_cmpstr (exc_plan_get_title (plan), ==, "Copy the Auth certificate to 1 server");
  assert_ids (plan, "ex02.contoso.lab", "copy-current@0 copy-next@0");
  assert_ids (plan, "ex01.contoso.lab", "");
  assert_survives_journal (plan);

  for (guint i = 0; i < self->first->certificates->len; i++)
    ((ExcCertificateRecord *) g_ptr_array_index (self->first->certificates, i))
        ->private_key_exportable = EXC_NO;
  blocked = make (self, EXC_AUTH_DISTRIBUTE, NULL);
  plan_test_assert_check (blocked, EXC_CHECK_BLOCKED, "with a key that can be exported");
}

static void
test_warnings (Fixture *self, gconstpointer data)
{
  g_autofree char *other = add_auth (self, 100 * 24 * HOUR, TRUE);
  g_autoptr(ExcPlan) plan = NULL;

  g_assert_nonnull (other);
  self->config->current = add_auth (self, 50 * 24 * HOUR, TRUE);
  self->shared->is_hybrid = EXC_UNKNOWN;
  self->second->windows->utc_now += 600;
  ((ExcCertificateRecord *) g_ptr_array_index (self->first->certificates, 0))->not_after =
      MODEL_TEST_NOW + 10 * 24 * HOUR;
  plan = make (self, EXC_AUTH_ROTATE, NULL);
  plan_test_assert_check (
      plan, EXC_CHECK_WARNING, "The default certificate of EX01 is due as well");
  plan_test_assert_check (plan, EXC_CHECK_WARNING, "differ by 10 minutes");
  plan_test_assert_check (plan, EXC_CHECK_WARNING, "hybrid one was not told");
  plan_test_assert_check (plan, EXC_CHECK_PASSED, "1 other certificate of this name");
}

static void
test_bad_options (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcSnapshot) snapshot = NULL;
  g_autoptr(GError) error = NULL;
  ExcAuthOptions options = EXC_AUTH_OPTIONS_INIT;

  self->config->current = add_auth (self, 50 * 24 * HOUR, TRUE);
  snapshot = make_snapshot (self);
  options.server = "EX99";
  g_assert_null (exc_plan_new_rotate_auth (snapshot, &options, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_NOT_FOUND);
  g_clear_error (&error);
  options.server = NULL;
  options.effective_days = 400;
  g_assert_null (exc_plan_new_rotate_auth (snapshot, &options, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
}

#define ADD(path, func)                                                                            \
  g_test_add ("/plan/auth/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/plan/auth/days", test_days);
  g_test_add_func ("/plan/auth/decides", test_decides);
  ADD ("limits", test_limits);
  ADD ("rotate", test_rotate);
  ADD ("rotate-options", test_rotate_options);
  ADD ("rotate-late", test_rotate_late);
  ADD ("blocked", test_blocked);
  ADD ("expired", test_expired);
  ADD ("distribute", test_distribute);
  ADD ("warnings", test_warnings);
  ADD ("bad-options", test_bad_options);

  return g_test_run ();
}
