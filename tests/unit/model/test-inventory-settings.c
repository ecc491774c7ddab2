/* test-inventory-settings.c — what is read once for the organization, and POP, IMAP and UM
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "inventory-test.h"

#include "exc-error.h"

#include <string.h>

static void
test_settings (InventoryTest *fixture, gconstpointer data)
{
  InventoryOutcome outcome = { 0 };
  ExcSnapshot *snapshot;
  ExcServer *server;
  ExcCertificate *certificate;
  const ExcConnectorRecord *connector;

  inventory_test_refresh (fixture, NULL, NULL, &outcome);
  inventory_test_answer_all (fixture);
  g_assert_no_error (outcome.error);
  snapshot = exc_organization_get_snapshot (fixture->organization);

  g_assert_cmpuint (exc_snapshot_get_send_connectors (snapshot)->len, ==, 1);
  connector = exc_snapshot_get_send_connectors (snapshot)->pdata[0];
  g_assert_cmpstr (connector->tls_certificate_name, ==, "<I>CN=CA<S>CN=mail");
  g_assert_cmpint (exc_snapshot_is_hybrid (snapshot), ==, EXC_NO);
  g_assert_null (exc_snapshot_get_hybrid (snapshot));
  g_assert_cmpuint (exc_snapshot_get_edge_subscriptions (snapshot)->len, ==, 1);
  g_assert_cmpuint (exc_snapshot_get_dags (snapshot)->len, ==, 1);
  /* one that fails harms no other, and is not taken for none */
  g_assert_null (exc_snapshot_get_federation (snapshot));
  g_assert_nonnull (exc_snapshot_get_fact_problem (snapshot, EXC_FACT_FEDERATION));
  g_assert_null (exc_snapshot_get_fact_problem (snapshot, EXC_FACT_DAGS));
  g_assert_null (exc_snapshot_get_auth_problem (snapshot));
  certificate = exc_snapshot_find_certificate (snapshot, "EX02", fixture->thumbprint[1]);
  g_assert_false (exc_certificate_is_use_told (certificate));

  server = inventory_test_find (fixture, "EX01");
  g_assert_cmpuint (exc_server_get_receive_connectors (server)->len, ==, 2);
  connector = exc_server_get_receive_connectors (server)->pdata[1];
  g_assert_cmpstr (connector->name, ==, "Client EX01");
  g_assert_cmpstr (exc_server_get_pop_name (server), ==, FQDN (0));
  g_assert_cmpstr (exc_server_get_imap_name (server), ==, "");
  g_assert_cmpstr (exc_server_get_um_mode (server), ==, "Dual");
  g_assert_null (exc_server_get_settings_problem (server));
  g_assert_null (
      exc_server_get_um_mode (inventory_test_find (fixture, "EX02"))); /* 2019: not even asked */
}

/* The organization's commands go one after another: they keep one shell busy, not three. */
static void
test_settings_fail (InventoryTest *fixture, gconstpointer data)
{
  InventoryOutcome outcome = { 0 };
  ExcSnapshot *snapshot;
  guint n_shared = 0;

  inventory_test_refresh (fixture, NULL, NULL, &outcome);
  inventory_test_answer_all (fixture);
  inventory_test_refresh (fixture, NULL, NULL, &outcome);
  while (fake_shell_get_n_runs () > 0) {
    FakeRun *run = fake_shell_get_run (0);
    g_autofree char *line = exc_pipeline_to_line (run->pipeline);

    if (strstr (line, "Get-AuthConfig") != NULL || strstr (line, "Connector") != NULL ||
        strstr (line, "Hybrid") != NULL || strstr (line, "Get-PopSettings") != NULL) {
      n_shared += strstr (line, "Get-PopSettings") == NULL;
      fake_run_fail (run, EXC_ERROR, EXC_ERROR_PROTOCOL, TRUE);
      inventory_test_settle ();
    } else {
      inventory_test_answer (fixture, run);
    }
  }
  g_assert_no_error (outcome.error);
  snapshot = exc_organization_get_snapshot (fixture->organization);
  g_assert_cmpstr (exc_snapshot_get_auth_problem (snapshot), ==, "by the test");
  g_assert_nonnull (exc_snapshot_get_auth_config (snapshot)); /* what was known stays */
  /* Auth, then two in a row: nobody asks for the rest */
  g_assert_cmpuint (n_shared, ==, 3);
  for (guint i = 0; i < EXC_N_FACTS; i++)
    g_assert_cmpstr (exc_snapshot_get_fact_problem (snapshot, i), ==, "by the test");
  g_assert_cmpint (exc_snapshot_is_hybrid (snapshot), ==, EXC_NO);
  g_assert_cmpint (exc_server_get_state (inventory_test_find (fixture, "EX01")), ==, EXC_SERVER_OK);
  g_assert_null (exc_server_get_pop_name (inventory_test_find (fixture, "EX01")));
  g_assert_cmpstr (exc_server_get_imap_name (inventory_test_find (fixture, "EX01")), ==, "");
  g_assert_cmpstr (
      exc_server_get_settings_problem (inventory_test_find (fixture, "EX01")), ==, "by the test");
}

#define ADD(path, test)                                                                            \
  g_test_add ("/model/inventory-settings/" path,                                                   \
              InventoryTest,                                                                       \
              NULL,                                                                                \
              inventory_test_set_up,                                                               \
              test,                                                                                \
              inventory_test_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("told", test_settings);
  ADD ("failed", test_settings_fail);

  return g_test_run ();
}
