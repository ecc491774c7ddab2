/* test-plan-delete.c — what “Delete” lets go, and what it does not
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"

#include "../model/model-test.h"
#include "plan-test.h"

#define TLS_NAME "<I>CN=Public CA<S>CN=mail.contoso.lab"

/* A server with an old and a new public certificate of equal names, and one that nothing uses. */
typedef struct {
  ExcServerFacts *facts;
  ExcOrganizationFacts *shared;
  const char *internal;
  const char *old;
  const char *new;
  const char *free;
} Fixture;

static const char *
add_public (Fixture *self, int days)
{
  ExcCertificateRecord *record = model_test_record ("mail.contoso.lab", NULL, days);

  record->is_self_signed = EXC_NO;
  g_free (record->issuer);
  record->issuer = g_strdup ("CN=Public CA");
  return model_test_add (self->facts, record);
}

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcAuthConfigRecord) auth_config = exc_auth_config_record_new ();

  self->facts = model_test_facts ("EX01");
  self->shared = model_test_shared (auth_config);
  self->internal =
      model_test_add (self->facts, model_test_record ("EX01", "Microsoft Exchange", 400));
  self->old = add_public (self, 10);
  self->new = add_public (self, 300);
  self->free = model_test_add (self->facts, model_test_record ("azure", "Azure", 100));
  self->facts->internal_transport = g_strdup (self->internal);
  model_test_bind (self->facts, "Exchange Back End", "*:444:", self->internal);
  model_test_bind (self->facts, "Default Web Site", "*:443:", self->new);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  exc_server_facts_unref (self->facts);
  exc_organization_facts_unref (self->shared);
}

static void
add_connector (GPtrArray *connectors)
{
  ExcConnectorRecord *connector = g_new0 (ExcConnectorRecord, 1);

  connector->name = g_strdup ("Outbound");
  connector->identity = g_strdup ("Outbound");
  connector->tls_certificate_name = g_strdup (TLS_NAME);
  g_ptr_array_add (connectors, connector);
}

static ExcPlan *
make_plan (Fixture *self, const char *thumbprint, ExcDeleteOptions options, GError **error)
{
  g_autoptr(ExcSnapshot) snapshot = model_test_snapshot_with (self->facts, self->shared);

  return exc_plan_new_delete (
      snapshot, &(ExcCertificateRef){ "EX01", thumbprint }, 1, &options, error);
}

static ExcPlan *
make (Fixture *self, const char *thumbprint, ExcDeleteOptions options)
{
  g_autoptr(GError) error = NULL;
  ExcPlan *plan = make_plan (self, thumbprint, options, &error);

  g_assert_no_error (error);
  return plan;
}

static void
test_free (Fixture *self, gconstpointer data)
{
  ExcStoreEntry *root = g_new0 (ExcStoreEntry, 1);
  g_autoptr(ExcPlan) plan = NULL;
  g_autofree char *ids = NULL;
  g_autofree char *expected = g_strdup_printf ("delete-%s untrust-%s", self->free, self->free);
  g_autoptr(GPtrArray) undo = NULL;

  root->thumbprint = g_strdup (self->free);
  g_ptr_array_add (self->facts->windows->root, root);
  plan = make (self, self->free, (ExcDeleteOptions){ .removes_root = TRUE });
  g_assert_false (exc_plan_is_blocked (plan));
  plan_test_assert_check (plan, EXC_CHECK_PASSED, "Nothing on ex01.contoso.lab needs “Azure”");
  plan_test_assert_check (plan, EXC_CHECK_WARNING, "cannot be undone: its key goes with it");
  ids = plan_test_dup_ids (exc_plan_get_steps (plan, "ex01.contoso.lab"));
  g_assert_cmpstr (ids, ==, expected);
  undo = exc_plan_dup_undo_steps (plan, "ex01.contoso.lab");
  g_assert_cmpuint (undo->len, ==, 0);
  plan_test_assert_comes_back (plan);
}

/* Not with whatever is typed. */
static void
test_internal_transport_never (Fixture *self, gconstpointer data)
{
  const char *const confirmations[] = { self->internal + 36, NULL };
  g_autoptr(ExcPlan) plan =
                 make (self, self->internal, (ExcDeleteOptions){ .confirmations = confirmations });

  g_assert_true (exc_plan_is_blocked (plan));
  plan_test_assert_check (plan, EXC_CHECK_BLOCKED, "is not deleted, whatever is typed");
  plan_test_assert_check (plan, EXC_CHECK_BLOCKED, "default SMTP certificate");
  g_assert_null (exc_plan_get_steps (plan, "ex01.contoso.lab"));
}

static void
test_unread_never (Fixture *self, gconstpointer data)
{
  const char *const confirmations[] = { self->free + 36, NULL };
  g_autoptr(ExcPlan) plan = NULL;

  g_clear_pointer (&self->facts->pop_name, g_free);
  plan = make (self, self->free, (ExcDeleteOptions){ .confirmations = confirmations });
  g_assert_true (exc_plan_is_blocked (plan));
  plan_test_assert_check (plan, EXC_CHECK_BLOCKED, "The settings of POP could not be read");
}

static void
test_in_use_needs_four_characters (Fixture *self, gconstpointer data)
{
  const char *const confirmations[] = { self->new + 36, NULL };
  g_autoptr(ExcPlan) blocked = make (self, self->new, (ExcDeleteOptions){ 0 });
  g_autoptr(ExcPlan) typed =
                 make (self, self->new, (ExcDeleteOptions){ .confirmations = confirmations });

  g_assert_true (exc_plan_is_blocked (blocked));
  plan_test_assert_check (blocked, EXC_CHECK_BLOCKED, "the Default Web Site uses it on *:443:");
  g_assert_false (exc_plan_is_blocked (typed));
  plan_test_assert_check (typed, EXC_CHECK_WARNING, "is deleted although it is in use");
  plan_test_assert_comes_back (typed);
}

static void
test_built_in_needs_four_characters (Fixture *self, gconstpointer data)
{
  const char *wmsvc =
      model_test_add (self->facts, model_test_record ("WMSvc-SHA2-EX01", "WMSVC-SHA2", -3));
  const char *const confirmations[] = { wmsvc + 36, NULL };
  g_autoptr(ExcPlan) blocked = make (self, wmsvc, (ExcDeleteOptions){ 0 });
  g_autoptr(ExcPlan) typed =
                 make (self, wmsvc, (ExcDeleteOptions){ .confirmations = confirmations });

  g_assert_true (exc_plan_is_blocked (blocked));
  plan_test_assert_check (blocked, EXC_CHECK_BLOCKED, "Exchange itself made");
  g_assert_false (exc_plan_is_blocked (typed));
}

static void
test_slips_are_told (Fixture *self, gconstpointer data)
{
  const char *const confirmations[] = { "00x1", NULL };
  const struct {
    const char *thumbprint;
    const char *const *confirmations;
    int code;
  } cases[] = {
    { self->new, confirmations, EXC_ERROR_INPUT },
    { "00112233445566778899AABBCCDDEEFF00112233", NULL, EXC_ERROR_NOT_FOUND },
    { "nonsense", NULL, EXC_ERROR_NOT_FOUND },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr(GError) error = NULL;

    g_assert_null (make_plan (self,
                              cases[i].thumbprint,
                              (ExcDeleteOptions){ .confirmations = cases[i].confirmations },
                              &error));
    g_assert_error (error, EXC_ERROR, cases[i].code);
  }
}

/* Exchange refuses both certificates of equal names. */
static void
test_send_connector_of_equal_names (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) blocked = NULL;
  g_autoptr(ExcPlan) cleared = NULL;
  g_autoptr(GPtrArray) undo = NULL;
  g_autofree char *ids = NULL;
  g_autofree char *undo_ids = NULL;
  g_autofree char *preview = NULL;

  add_connector (self->shared->send_connectors);
  blocked = make (self, self->old, (ExcDeleteOptions){ 0 });
  g_assert_true (exc_plan_is_blocked (blocked));
  plan_test_assert_check (blocked, EXC_CHECK_BLOCKED, "Exchange refuses to delete either");

  cleared = make (self, self->old, (ExcDeleteOptions){ .clears_connector = TRUE });
  g_assert_false (exc_plan_is_blocked (cleared));
  plan_test_assert_check (cleared, EXC_CHECK_WARNING, "and the same one afterwards");
  ids = plan_test_dup_ids (exc_plan_get_steps (cleared, EXC_LANE_ORGANIZATION));
  g_assert_cmpstr (ids, ==, "clear-Outbound restore-Outbound");
  undo = exc_plan_dup_undo_steps (cleared, EXC_LANE_ORGANIZATION);
  undo_ids = plan_test_dup_ids (undo);
  g_assert_cmpstr (undo_ids, ==, "clear-Outbound");
  preview = exc_plan_dup_preview (cleared, TRUE);
  plan_test_assert_has (preview, "Set-SendConnector");
  plan_test_assert_has (preview, TLS_NAME);
  plan_test_assert_comes_back (cleared);
}

static void
test_send_connector_without_another (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcPlan) plan = NULL;

  add_connector (self->shared->send_connectors);
  g_ptr_array_remove_index (self->facts->certificates, 2); /* the new one */
  self->new = NULL;
  plan = make (self, self->old, (ExcDeleteOptions){ .clears_connector = TRUE });
  g_assert_true (exc_plan_is_blocked (plan));
  plan_test_assert_check (plan, EXC_CHECK_BLOCKED, "Give the connector another certificate first");
}

/* A Receive connector goes on with the other one. */
static void
test_receive_connector_of_equal_names (Fixture *self, gconstpointer data)
{
  GPtrArray *connectors =
      g_ptr_array_new_with_free_func ((GDestroyNotify) exc_connector_record_free);
  g_autoptr(ExcPlan) plan = NULL;

  add_connector (connectors);
  g_hash_table_insert (self->shared->receive_connectors, g_strdup ("ex01"), connectors);
  plan = make (self, self->old, (ExcDeleteOptions){ 0 });
  g_assert_false (exc_plan_is_blocked (plan));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/plan/delete/free", test_free);
  ADD ("/plan/delete/internal-transport-never", test_internal_transport_never);
  ADD ("/plan/delete/unread-never", test_unread_never);
  ADD ("/plan/delete/in-use-needs-four-characters", test_in_use_needs_four_characters);
  ADD ("/plan/delete/built-in-needs-four-characters", test_built_in_needs_four_characters);
  ADD ("/plan/delete/slips-are-told", test_slips_are_told);
  ADD ("/plan/delete/send-connector-of-equal-names", test_send_connector_of_equal_names);
  ADD ("/plan/delete/send-connector-without-another", test_send_connector_without_another);
  ADD ("/plan/delete/receive-connector-of-equal-names", test_receive_connector_of_equal_names);

  return g_test_run ();
}
