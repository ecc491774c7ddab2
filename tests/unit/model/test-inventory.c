/* test-inventory.c — an organization read from servers that answer, fail or are silent
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "inventory-test.h"

#include "exc-error.h"

#include <string.h>

static void
test_everything (InventoryTest *fixture, gconstpointer data)
{
  InventoryOutcome outcome = { 0 };
  ExcSnapshot *snapshot;
  ExcCertificate *certificate;

  inventory_test_refresh (fixture, NULL, NULL, &outcome);
  g_assert_true (exc_organization_get_is_refreshing (fixture->organization));
  inventory_test_answer_all (fixture);
  g_assert_true (outcome.is_done);
  g_assert_no_error (outcome.error);
  g_assert_false (exc_organization_get_is_refreshing (fixture->organization));
  g_assert_null (exc_organization_get_problem (fixture->organization));

  snapshot = exc_organization_get_snapshot (fixture->organization);
  g_assert_cmpuint (exc_snapshot_get_servers (snapshot)->len, ==, 4);
  g_assert_cmpint (exc_server_get_state (inventory_test_find (fixture, "EX01")), ==, EXC_SERVER_OK);
  g_assert_cmpint (
      exc_server_get_state (inventory_test_find (fixture, "EDGE")), ==, EXC_SERVER_UNSUPPORTED);
  g_assert_null (inventory_test_find (fixture, "OLD"));
  g_assert_cmpuint (
      g_list_model_get_n_items (exc_organization_get_certificates (fixture->organization)), ==, 3);
  certificate = exc_snapshot_find_certificate (snapshot, "EX02", fixture->thumbprint[1]);
  g_assert_cmpint (exc_certificate_get_kind (certificate), ==, EXC_KIND_MICROSOFT_EXCHANGE);
  g_assert_cmphex (
      exc_certificate_get_uses (certificate), ==, EXC_USE_INTERNAL_TRANSPORT | EXC_USE_BACK_END);
  g_assert_cmpint (
      exc_server_get_route (inventory_test_find (fixture, "EX02")), ==, EXC_ROUTE_PROJECTED);
  g_assert_cmpstr (exc_server_get_internal_transport (inventory_test_find (fixture, "EX03")),
                   ==,
                   fixture->thumbprint[2]);
}

/* The rows of the others are there while one is silent on both endpoints. */
static void
test_silent_server_holds_nobody_up (InventoryTest *fixture, gconstpointer data)
{
  InventoryOutcome outcome = { 0 };

  inventory_test_refresh (fixture, NULL, NULL, &outcome);
  inventory_test_answer (fixture, fake_shell_find_run ("", "Get-ExchangeServer"));
  inventory_test_answer (fixture, fake_shell_find_run ("", "Get-TransportService"));
  g_assert_cmpint (
      exc_server_get_state (inventory_test_find (fixture, "EX02")), ==, EXC_SERVER_LOADING);
  for (;;) {
    FakeRun *run = NULL;

    for (guint i = 0; i < fake_shell_get_n_runs () && run == NULL; i++) {
      g_autofree char *line = exc_pipeline_to_line (fake_shell_get_run (i)->pipeline);
      FakeRun *candidate = fake_shell_get_run (i);

      if (strstr (line, FQDN (1)) == NULL &&
          strstr (exc_endpoint_get_url (exc_shell_get_endpoint (candidate->shell)), FQDN (1)) ==
              NULL)
        run = candidate;
    }
    if (run == NULL)
      break;
    inventory_test_answer (fixture, run);
  }
  g_assert_false (outcome.is_done);
  g_assert_cmpint (exc_server_get_state (inventory_test_find (fixture, "EX01")), ==, EXC_SERVER_OK);
  g_assert_cmpint (exc_server_get_state (inventory_test_find (fixture, "EX03")), ==, EXC_SERVER_OK);
  g_assert_cmpint (
      exc_server_get_state (inventory_test_find (fixture, "EX02")), ==, EXC_SERVER_LOADING);

  while (fake_shell_get_n_runs () > 0) {
    fake_run_fail (fake_shell_get_run (0), EXC_ERROR, EXC_ERROR_UNREACHABLE, TRUE);
    inventory_test_settle ();
  }
  g_assert_true (outcome.is_done);
  g_assert_no_error (outcome.error);
  g_assert_cmpint (
      exc_server_get_state (inventory_test_find (fixture, "EX02")), ==, EXC_SERVER_UNREACHABLE);
  g_assert_cmpint (exc_server_get_last_seen (inventory_test_find (fixture, "EX02")), ==, 0);
}

/* Its certificates are shown before Windows has answered, and stay when it never does. */
static void
test_windows_endpoint_down (InventoryTest *fixture, gconstpointer data)
{
  InventoryOutcome outcome = { 0 };
  ExcServer *server;
  ExcCertificate *certificate;
  FakeRun *run;

  inventory_test_refresh (fixture, NULL, NULL, &outcome);
  inventory_test_answer (fixture, fake_shell_find_run ("", "Get-ExchangeServer"));
  inventory_test_answer (fixture, fake_shell_find_run ("", "Get-TransportService"));
  while ((run = fake_shell_find_run ("PowerShell", "")) != NULL)
    inventory_test_answer (fixture, run);
  g_assert_cmpint (
      exc_server_get_state (inventory_test_find (fixture, "EX01")), ==, EXC_SERVER_LOADING);
  g_assert_cmpuint (exc_server_get_n_certificates (inventory_test_find (fixture, "EX01")), ==, 1);

  for (guint i = 0; i < 2; i++) {
    fake_run_fail (fake_shell_find_run (FQDN (0), ""), EXC_ERROR, EXC_ERROR_UNREACHABLE, FALSE);
    inventory_test_settle ();
  }
  inventory_test_answer_all (fixture);
  g_assert_no_error (outcome.error);
  server = inventory_test_find (fixture, "EX01");
  g_assert_cmpint (exc_server_get_state (server), ==, EXC_SERVER_PARTIAL);
  g_assert_nonnull (strstr (exc_server_get_state_text (server), "Windows endpoint: by the test"));
  g_assert_null (exc_server_get_windows (server));
  certificate = exc_snapshot_find_certificate (
      exc_organization_get_snapshot (fixture->organization), "EX01", fixture->thumbprint[0]);
  g_assert_cmphex (exc_certificate_get_uses (certificate), ==, EXC_USE_INTERNAL_TRANSPORT);
  g_assert_cmpint (exc_certificate_get_in_root (certificate), ==, EXC_UNKNOWN);
}

static void
test_old_facts_stay (InventoryTest *fixture, gconstpointer data)
{
  InventoryOutcome outcome = { 0 };
  g_autoptr(ExcCertificate) before = NULL;
  g_autoptr(ExcCertificate) after = NULL;
  GListModel *certificates = exc_organization_get_certificates (fixture->organization);
  gint64 seen;

  inventory_test_refresh (fixture, NULL, NULL, &outcome);
  inventory_test_answer_all (fixture);
  seen = exc_server_get_last_seen (inventory_test_find (fixture, "EX01"));
  before = g_list_model_get_item (certificates, 0);

  exc_clock_advance (fixture->clock, 300);
  inventory_test_refresh (fixture, NULL, NULL, &outcome);
  inventory_test_answer (fixture, fake_shell_find_run ("", "Get-ExchangeServer"));
  inventory_test_answer (fixture, fake_shell_find_run ("", "Get-TransportService"));
  while (fake_shell_get_n_runs () > 0) {
    FakeRun *run = fake_shell_find_run ("", FQDN (0));

    if (run != NULL) {
      fake_run_fail (run, EXC_ERROR, EXC_ERROR_REMOTE, TRUE);
      inventory_test_settle ();
    } else {
      inventory_test_answer (fixture, fake_shell_get_run (0));
    }
  }
  g_assert_no_error (outcome.error);
  g_assert_cmpint (
      exc_server_get_state (inventory_test_find (fixture, "EX01")), ==, EXC_SERVER_UNREACHABLE);
  g_assert_cmpint (exc_server_get_last_seen (inventory_test_find (fixture, "EX01")), ==, seen);
  g_assert_cmpint (
      exc_server_get_last_seen (inventory_test_find (fixture, "EX02")), >=, seen + 300);
  g_assert_cmpstr (
      exc_server_get_problem (inventory_test_find (fixture, "EX01")), ==, "by the test");
  after = g_list_model_get_item (certificates, 0);
  g_assert_true (before == after); /* the row was not even replaced */

  /* Now nobody answers at all. */
  inventory_test_refresh (fixture, NULL, NULL, &outcome);
  while (fake_shell_get_n_runs () > 0) {
    fake_run_fail (fake_shell_get_run (0), EXC_ERROR, EXC_ERROR_AUTH, TRUE);
    inventory_test_settle ();
  }
  g_assert_error (outcome.error, EXC_ERROR, EXC_ERROR_AUTH);
  g_assert_cmpstr (exc_organization_get_problem (fixture->organization), ==, "by the test");
  g_assert_cmpint (
      exc_server_get_state (inventory_test_find (fixture, "EX02")), ==, EXC_SERVER_UNREACHABLE);
  g_assert_cmpint (
      exc_server_get_state (inventory_test_find (fixture, "EDGE")), ==, EXC_SERVER_UNSUPPORTED);
  g_assert_cmpuint (g_list_model_get_n_items (certificates), ==, 3);
  g_clear_error (&outcome.error);
}

static void
test_projection_refused (InventoryTest *fixture, gconstpointer data)
{
  InventoryOutcome outcome = { 0 };
  ExcServer *server;

  fixture->is_refused = TRUE;
  inventory_test_refresh (fixture, NULL, NULL, &outcome);
  while (fake_shell_get_n_runs () > 0) {
    FakeRun *run = fake_shell_get_run (0);
    g_autofree char *line = exc_pipeline_to_line (run->pipeline);

    if (strstr (line, "Get-ExchangeCertificate") != NULL && strstr (line, "Select-") == NULL)
      g_assert_nonnull (strstr (exc_endpoint_get_url (exc_shell_get_endpoint (run->shell)),
                                "serializationLevel=Full"));
    inventory_test_answer (fixture, run);
  }
  g_assert_no_error (outcome.error);
  server = inventory_test_find (fixture, "EX03");
  g_assert_cmpint (exc_server_get_route (server), ==, EXC_ROUTE_RAW);
  g_assert_cmpint (exc_server_get_state (server), ==, EXC_SERVER_PARTIAL);
  g_assert_nonnull (strstr (exc_server_get_problem (server), "not known"));
  g_assert_cmpuint (exc_server_get_n_certificates (server), ==, 1);
}

/* Neither the projection nor a session with serialized objects: RawData is left. */
static void
test_bytes_alone (InventoryTest *fixture, gconstpointer data)
{
  InventoryOutcome outcome = { 0 };
  ExcServer *server;

  fixture->is_refused = TRUE;
  inventory_test_refresh (fixture, NULL, NULL, &outcome);
  while (fake_shell_get_n_runs () > 0) {
    FakeRun *run = fake_shell_get_run (0);

    if (strstr (exc_endpoint_get_url (exc_shell_get_endpoint (run->shell)), "serialization")) {
      fake_run_fail (run, EXC_ERROR, EXC_ERROR_ENDPOINT, FALSE);
      inventory_test_settle ();
    } else {
      inventory_test_answer (fixture, run);
    }
  }
  g_assert_no_error (outcome.error);
  server = inventory_test_find (fixture, "EX03");
  g_assert_cmpint (exc_server_get_route (server), ==, EXC_ROUTE_RAW);
  g_assert_cmpint (exc_server_get_state (server), ==, EXC_SERVER_PARTIAL);
  g_assert_cmpuint (exc_server_get_n_certificates (server), ==, 1);
}

static void
test_only_some (InventoryTest *fixture, gconstpointer data)
{
  const char *const only[] = { "EX02.contoso.lab", NULL };
  InventoryOutcome outcome = { 0 };

  inventory_test_refresh (fixture, NULL, NULL, &outcome);
  inventory_test_answer_all (fixture);
  inventory_test_refresh (fixture, only, NULL, &outcome);
  g_assert_cmpuint (fake_shell_get_n_runs (), ==, 4); /* Auth, certificates, transport, Windows */
  g_assert_null (fake_shell_find_run ("", FQDN (0)));
  inventory_test_answer_all (fixture);
  g_assert_no_error (outcome.error);
  g_assert_cmpint (exc_server_get_state (inventory_test_find (fixture, "EX01")), ==, EXC_SERVER_OK);
}

/* Whoever asks for all joins; whoever has changed a server is not given what was read before. */
static void
test_second_call (InventoryTest *fixture, gconstpointer data)
{
  const char *const only[] = { "ex01.contoso.lab", NULL };
  InventoryOutcome first = { 0 }, joined = { 0 }, after = { 0 };

  inventory_test_refresh (fixture, NULL, NULL, &first);
  inventory_test_refresh (fixture, NULL, NULL, &joined);
  inventory_test_refresh (fixture, only, NULL, &after);
  g_assert_cmpuint (fake_shell_get_n_runs (), ==, 3); /* servers, transport, Auth */
  while (!first.is_done)
    inventory_test_answer (fixture, fake_shell_get_run (0));
  inventory_test_settle ();
  g_assert_true (joined.is_done);
  g_assert_false (after.is_done);
  g_assert_true (exc_organization_get_is_refreshing (fixture->organization));
  inventory_test_answer_all (fixture);
  g_assert_true (after.is_done);
  g_assert_no_error (after.error);
}

static void
test_cancelled (InventoryTest *fixture, gconstpointer data)
{
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  InventoryOutcome first = { 0 }, joined = { 0 };

  inventory_test_refresh (fixture, NULL, cancellable, &first);
  inventory_test_refresh (fixture, NULL, NULL, &joined);
  inventory_test_answer (fixture, fake_shell_find_run ("", "Get-ExchangeServer"));
  inventory_test_answer (fixture, fake_shell_find_run ("", "Get-TransportService"));
  g_cancellable_cancel (cancellable);
  while (!first.is_done) {
    fake_run_fail (fake_shell_get_run (0), G_IO_ERROR, G_IO_ERROR_CANCELLED, TRUE);
    inventory_test_settle ();
  }
  g_assert_error (first.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_null (exc_organization_get_problem (fixture->organization));

  /* Whoever joined is served all the same. */
  g_assert_false (joined.is_done);
  inventory_test_answer_all (fixture);
  g_assert_true (joined.is_done);
  g_assert_no_error (joined.error);
  g_assert_cmpint (exc_server_get_state (inventory_test_find (fixture, "EX01")), ==, EXC_SERVER_OK);
  g_clear_error (&first.error);
}

static void
test_progress (InventoryTest *fixture, gconstpointer data)
{
  g_autoptr(ExcProgress) progress = exc_progress_new ();
  InventoryOutcome outcome = { 0 };
  double last = 0;

  exc_organization_refresh_async (
      fixture->organization, NULL, progress, NULL, inventory_test_on_refreshed_cb, &outcome);
  while (fake_shell_get_n_runs () > 0) {
    inventory_test_answer (fixture, fake_shell_get_run (0));
    g_assert_cmpfloat (exc_progress_get_fraction (progress), >=, last);
    last = exc_progress_get_fraction (progress);
  }
  g_assert_cmpfloat_with_epsilon (last, 1, 0.001);
}

#define ADD(path, test)                                                                            \
  g_test_add ("/model/inventory/" path,                                                            \
              InventoryTest,                                                                       \
              NULL,                                                                                \
              inventory_test_set_up,                                                               \
              test,                                                                                \
              inventory_test_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("everything", test_everything);
  ADD ("silent-server-holds-nobody-up", test_silent_server_holds_nobody_up);
  ADD ("windows-endpoint-down", test_windows_endpoint_down);
  ADD ("old-facts-stay", test_old_facts_stay);
  ADD ("projection-refused", test_projection_refused);
  ADD ("bytes-alone", test_bytes_alone);
  ADD ("only-some", test_only_some);
  ADD ("second-call", test_second_call);
  ADD ("cancelled", test_cancelled);
  ADD ("progress", test_progress);

  return g_test_run ();
}
