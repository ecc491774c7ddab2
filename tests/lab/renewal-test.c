/* renewal-test.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "renewal-test.h"

#include <glib/gstdio.h>

void
renewal_test_set_up (RenewalTest *self, gconstpointer data)
{
  g_autofree char *path = NULL;
  g_autoptr(GError) error = NULL;

  lab_test_set_up (&self->lab, data != NULL ? data : "small");
  self->folder = g_dir_make_tmp ("exc-renewal-XXXXXX", NULL);
  path = g_build_filename (self->folder, "jobs.db", NULL);
  self->jobs = exc_jobs_new (path, self->lab.clock, &error);
  g_assert_no_error (error);
  exc_jobs_set_is_read_only (self->jobs, FALSE);
  g_assert_true (lab_test_refresh (&self->lab, NULL, &error));
  g_assert_no_error (error);
}

void
renewal_test_set_up_small (RenewalTest *self, gconstpointer data)
{
  renewal_test_set_up (self, NULL);
}

void
renewal_test_tear_down (RenewalTest *self, gconstpointer data)
{
  g_autoptr(GDir) dir = NULL;
  const char *name;

  g_clear_handle_id (&self->timer, g_source_remove);
  g_assert_finalize_object (g_steal_pointer (&self->jobs));
  dir = g_dir_open (self->folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename (self->folder, name, NULL);

    g_remove (file);
  }
  g_rmdir (self->folder);
  g_free (self->folder);
  lab_test_tear_down (&self->lab, NULL);
}

static gboolean
on_timer_cb (gpointer user_data)
{
  RenewalTest *self = user_data;

  exc_clock_advance (self->lab.clock, 5);
  return G_SOURCE_CONTINUE;
}

/* The program's waits pass quickly; the servers' own clocks do not. */
void
renewal_test_let_time_pass (RenewalTest *self)
{
  self->timer = g_timeout_add (20, on_timer_cb, self);
}

static gboolean
on_shared_timer_cb (gpointer user_data)
{
  renewal_test_pass (user_data, 5);
  return G_SOURCE_CONTINUE;
}

void
renewal_test_let_time_pass_everywhere (RenewalTest *self)
{
  self->timer = g_timeout_add (50, on_shared_timer_cb, self);
}

void
renewal_test_pass (RenewalTest *self, gint64 seconds)
{
  g_autofree char *request =
      g_strdup_printf ("{\"op\":\"clock\",\"advance\":%" G_GINT64_FORMAT "}", seconds);

  exc_clock_advance (self->lab.clock, seconds);
  lab_test_do (&self->lab, request);
}

/* The program ends and is started again; its journal is what it knows. */
ExcJob *
renewal_test_restart (RenewalTest *self, ExcJob *take)
{
  g_autofree char *path = g_build_filename (self->folder, "jobs.db", NULL);
  g_autofree char *id = g_strdup (exc_job_get_id (take));
  g_autoptr(GError) error = NULL;

  g_object_unref (take);
  g_assert_finalize_object (g_steal_pointer (&self->jobs));
  self->jobs = exc_jobs_new (path, self->lab.clock, &error);
  g_assert_no_error (error);
  exc_jobs_set_is_read_only (self->jobs, FALSE);
  return g_object_ref (exc_jobs_lookup (self->jobs, id));
}

ExcPlan *
renewal_test_plan (RenewalTest *self, const char *const *servers, ExcRestart restart)
{
  ExcRenewOptions options = { .restart = restart };
  g_autoptr(GError) error = NULL;
  ExcPlan *plan = exc_plan_new_renew_microsoft_exchange (
      exc_organization_get_snapshot (self->lab.organization), servers, &options, &error);

  g_assert_no_error (error);
  g_assert_false (exc_plan_is_blocked (plan));
  return plan;
}

ExcJob *
renewal_test_start (RenewalTest *self, const char *const *servers)
{
  g_autoptr(ExcPlan) plan = renewal_test_plan (self, servers, EXC_RESTART_NONE);
  g_autoptr(GError) error = NULL;
  ExcJob *job = exc_jobs_start (self->jobs, plan, self->lab.organization, &error);

  g_assert_no_error (error);
  return job;
}

ExcJob *
renewal_test_run (RenewalTest *self, ExcPlan *take, ExcState state)
{
  g_autoptr(ExcPlan) plan = take;
  g_autoptr(GError) error = NULL;
  ExcJob *job;

  g_assert_nonnull (plan);
  job = exc_jobs_start (self->jobs, plan, self->lab.organization, &error);
  g_assert_no_error (error);
  renewal_test_finish (job, state);
  return job;
}

ExcSnapshot *
renewal_test_get_snapshot (RenewalTest *self)
{
  return exc_organization_get_snapshot (self->lab.organization);
}

void
renewal_test_refresh (RenewalTest *self)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (lab_test_refresh (&self->lab, NULL, &error));
  g_assert_no_error (error);
}

void
renewal_test_finish (ExcJob *job, ExcState state)
{
  while (exc_job_get_is_active (job))
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  if (exc_job_get_state (job) != state)
    g_error (
        "the job is %s: %s", exc_state_to_id (exc_job_get_state (job)), exc_job_get_summary (job));
}

void
renewal_test_wait_for_state (ExcJob *job, ExcState state)
{
  while (exc_job_get_state (job) != state) {
    if (!exc_job_get_is_active (job))
      g_error ("the job has ended: %s", exc_job_get_summary (job));
    g_main_context_iteration (NULL, TRUE);
  }
}

ExcJobStep *
renewal_test_get_step (ExcJob *job, const char *server, const char *id)
{
  GListModel *servers = exc_job_get_servers (job);

  for (guint i = 0; i < g_list_model_get_n_items (servers); i++) {
    g_autoptr(ExcJobServer) lane = g_list_model_get_item (servers, i);
    GListModel *steps = exc_job_server_get_steps (lane);

    for (guint j = 0; j < g_list_model_get_n_items (steps); j++) {
      g_autoptr(ExcJobStep) step = g_list_model_get_item (steps, j);

      if (strcmp (exc_job_server_get_server (lane), server) == 0 &&
          strcmp (exc_job_step_get_id (step), id) == 0)
        return step; /* the job holds it */
    }
  }
  g_assert_not_reached ();
}

void
renewal_test_wait_for_step (ExcJob *job, const char *server, const char *id, ExcState state)
{
  while (exc_job_step_get_state (renewal_test_get_step (job, server, id)) != state) {
    if (!exc_job_get_is_active (job))
      g_error ("the job has ended: %s", exc_job_get_summary (job));
    g_main_context_iteration (NULL, TRUE);
  }
}

void
renewal_test_retry (RenewalTest *self, ExcJob *job, const char *server)
{
  g_autoptr(GError) error = NULL;

  exc_jobs_retry_server (self->jobs, job, server, self->lab.organization, &error);
  g_assert_no_error (error);
}

void
renewal_test_undo (RenewalTest *self, ExcJob *job, const char *server)
{
  g_autoptr(GError) error = NULL;

  exc_jobs_undo_server (self->jobs, job, server, self->lab.organization, &error);
  g_assert_no_error (error);
}

static void
on_probed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  *slot = g_object_ref (result);
}

char *
renewal_test_probe (RenewalTest *self, const char *server, guint16 port)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) der = NULL;
  g_autoptr(ExcX509) leaf = NULL;

  exc_connection_probe_async (self->lab.connection, server, port, NULL, on_probed_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  der = exc_connection_probe_finish (self->lab.connection, result, &error);
  g_assert_no_error (error);
  leaf = exc_x509_new_from_der (der, &error);
  g_assert_no_error (error);
  return g_strdup (leaf->sha1);
}

static void
flatten (GHashTable *flat, const char *path, JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObjectIter iter;
    const char *name;
    JsonNode *member;

    json_object_iter_init (&iter, json_node_get_object (node));
    while (json_object_iter_next (&iter, &name, &member)) {
      g_autofree char *child = g_strconcat (path, "/", name, NULL);

      flatten (flat, child, member);
    }
  } else if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);

    for (guint i = 0; i < json_array_get_length (array); i++) {
      g_autofree char *child = g_strdup_printf ("%s/%u", path, i);

      flatten (flat, child, json_array_get_element (array, i));
    }
  } else
    g_hash_table_replace (flat, g_strdup (path), json_to_string (node, FALSE));
}

/* The whole world, a value a path. */
GHashTable *
renewal_test_dump (RenewalTest *self)
{
  g_autoptr(JsonObject) answer = lab_test_control (&self->lab, "{\"op\":\"dump\"}");
  GHashTable *flat = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  flatten (flat, "", json_object_get_member (answer, "world"));
  return flat;
}

static gboolean
is_allowed (const char *path, const char *const *allowed)
{
  for (guint i = 0; allowed[i] != NULL; i++)
    if (g_pattern_match_simple (allowed[i], path))
      return TRUE;
  return FALSE;
}

void
renewal_test_assert_differs_only (GHashTable *a, GHashTable *b, const char *const *allowed)
{
  GHashTableIter iter;
  gpointer path;
  gpointer value;

  for (guint round = 0; round < 2; round++) {
    g_hash_table_iter_init (&iter, round == 0 ? a : b);
    while (g_hash_table_iter_next (&iter, &path, &value)) {
      const char *other = g_hash_table_lookup (round == 0 ? b : a, path);

      if (g_strcmp0 (value, other) != 0 && !is_allowed (path, allowed))
        g_error ("%s has become %s from %s",
                 (char *) path,
                 round == 0 ? other : (char *) value,
                 round == 0 ? (char *) value : other);
    }
  }
}

/* How many pipelines the servers were sent that hold this. */
guint
renewal_test_count_sent (RenewalTest *self, const char *text, const char *server)
{
  g_autoptr(JsonObject) answer = lab_test_control (&self->lab, "{\"op\":\"log\"}");
  JsonArray *log = json_object_get_array_member (answer, "log");
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (log); i++) {
    const char *line = json_array_get_string_element (log, i);
    g_autofree char *lower = g_ascii_strdown (line, -1);

    n += strstr (line, text) != NULL && strstr (lower, server) != NULL;
  }
  return n;
}
