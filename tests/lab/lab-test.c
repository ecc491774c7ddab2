/* lab-test.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "lab-test.h"

#include "exc-lab-control.h"

typedef struct {
  gboolean is_done;
  gpointer result;
  GError *error;
} Wait;

static void
on_started_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  wait->result = exc_demo_start_finish (result, &wait->error);
  wait->is_done = TRUE;
}

static void
on_stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  exc_demo_stop_finish (EXC_DEMO (source), result, &wait->error);
  wait->is_done = TRUE;
}

static void
on_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  exc_connection_close_finish (EXC_CONNECTION (source), result, &wait->error);
  wait->is_done = TRUE;
}

static void
on_refreshed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  exc_organization_refresh_finish (EXC_ORGANIZATION (source), result, &wait->error);
  wait->is_done = TRUE;
}

static void
wait_for (Wait *wait)
{
  while (!wait->is_done)
    g_main_context_iteration (NULL, TRUE);
}

void
lab_test_set_up (LabTest *test, gconstpointer scenario)
{
  Wait wait = { 0 };
  g_autoptr(GError) error = NULL;

  exc_demo_start_async (scenario, NULL, NULL, on_started_cb, &wait);
  wait_for (&wait);
  g_assert_no_error (wait.error);
  test->demo = wait.result;
  test->clock = exc_clock_new ();
  test->connection = exc_connection_new (exc_demo_get_settings (test->demo), &error);
  g_assert_no_error (error);
  test->organization = exc_organization_new (test->connection, test->clock);
}

void
lab_test_tear_down (LabTest *test, gconstpointer data)
{
  Wait closing = { 0 }, stopping = { 0 };

  exc_connection_close_async (test->connection, NULL, on_closed_cb, &closing);
  wait_for (&closing);
  g_assert_no_error (closing.error);
  exc_demo_stop_async (test->demo, NULL, on_stopped_cb, &stopping);
  wait_for (&stopping);
  g_assert_no_error (stopping.error);
  g_assert_finalize_object (test->organization);
  g_assert_finalize_object (test->connection);
  g_assert_finalize_object (test->clock);
  g_assert_finalize_object (test->demo);
}

JsonObject *
lab_test_control (LabTest *test, const char *request)
{
  g_autoptr(GError) error = NULL;
  JsonNode *answer = exc_lab_control_send (exc_demo_get_control (test->demo), request, &error);
  JsonObject *object;

  g_assert_no_error (error);
  object = json_object_ref (json_node_get_object (answer));
  json_node_unref (answer);
  g_assert_true (json_object_get_boolean_member (object, "ok"));
  return object;
}

void
lab_test_do (LabTest *test, const char *request)
{
  g_autoptr(JsonObject) answer = lab_test_control (test, request);

  g_assert_nonnull (answer);
}

gboolean
lab_test_refresh (LabTest *test, const char *const *only, GError **error)
{
  Wait wait = { 0 };

  exc_organization_refresh_async (test->organization, only, NULL, NULL, on_refreshed_cb, &wait);
  wait_for (&wait);
  if (wait.error == NULL)
    return TRUE;
  g_propagate_error (error, wait.error);
  return FALSE;
}

ExcServer *
lab_test_find (LabTest *test, const char *server)
{
  ExcServer *found =
      exc_snapshot_find_server (exc_organization_get_snapshot (test->organization), server);

  g_assert_nonnull (found);
  return found;
}
