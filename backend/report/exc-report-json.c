/* exc-report-json.c — the report for programs
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-report"

#include "config.h"

#include "exc-report-private.h"

#include "exc-json.h"

static void
add_time (JsonBuilder *builder, const char *name, gint64 time)
{
  g_autofree char *text = exc_report_time (time);

  exc_json_add_text (builder, name, text);
}

static void
add_state (JsonBuilder *builder, ExcState state)
{
  exc_json_add_text (builder, "state", exc_state_to_id (state));
  exc_json_add_text (builder, "stateText", exc_state_to_text (state));
}

static void
add_node (JsonBuilder *builder, const char *name, JsonNode *node)
{
  json_builder_set_member_name (builder, name);
  if (node != NULL)
    json_builder_add_value (builder, json_node_copy (node));
  else
    json_builder_add_null_value (builder);
}

/* What a row keeps beside its text: an object (the commands), or a plain word. */
static void
add_data (JsonBuilder *builder, const char *data)
{
  g_autoptr(JsonNode) node = data != NULL && data[0] == '{' ? json_from_string (data, NULL) : NULL;

  if (node != NULL)
    add_node (builder, "data", node);
  else
    exc_json_add_text (builder, "data", data);
}

static void
add_events (JsonBuilder *builder, GPtrArray *rows, const char *lane, const char *step)
{
  json_builder_set_member_name (builder, "events");
  json_builder_begin_array (builder);
  for (guint i = 0; i < rows->len; i++) {
    ExcJournalRow *row = g_ptr_array_index (rows, i);

    if (!exc_report_is_of (row, lane, step))
      continue;
    json_builder_begin_object (builder);
    add_time (builder, "time", row->time);
    exc_json_add_text (builder, "event", exc_event_to_id (row->event));
    exc_json_add_text (builder, "text", row->text);
    add_data (builder, row->data);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
add_step (JsonBuilder *builder, ExcJobStep *step, GPtrArray *rows, const char *lane)
{
  gint64 started, ended;

  g_object_get (step, "started", &started, "ended", &ended, NULL);
  json_builder_begin_object (builder);
  exc_json_add_text (builder, "id", exc_job_step_get_id (step));
  exc_json_add_text (builder, "text", exc_job_step_get_text (step));
  add_state (builder, exc_job_step_get_state (step));
  exc_json_add_text (builder, "detail", exc_job_step_get_detail (step));
  add_time (builder, "started", started);
  add_time (builder, "ended", ended);
  add_events (builder, rows, lane, exc_job_step_get_id (step));
  json_builder_end_object (builder);
}

static void
add_lane (JsonBuilder *builder, ExcJobServer *lane, GPtrArray *rows, JsonNode *input)
{
  const char *server = exc_job_server_get_server (lane);
  GListModel *steps = exc_job_server_get_steps (lane);
  g_autoptr(GHashTable) facts = exc_report_collect_facts (rows, server);
  g_autoptr(GList) names = g_list_sort (g_hash_table_get_keys (facts), (GCompareFunc) strcmp);

  json_builder_begin_object (builder);
  exc_json_add_text (builder, "server", server);
  exc_json_add_text (builder, "title", exc_job_server_get_title (lane));
  add_state (builder, exc_job_server_get_state (lane));
  exc_json_add_text (builder, "detail", exc_job_server_get_detail (lane));
  add_node (builder, "before", exc_report_find_before (input, server));
  json_builder_set_member_name (builder, "after");
  json_builder_begin_object (builder);
  for (GList *l = names; l != NULL; l = l->next)
    exc_json_add_text (builder, l->data, g_hash_table_lookup (facts, l->data));
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "steps");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (steps); i++) {
    g_autoptr(ExcJobStep) step = g_list_model_get_item (steps, i);

    add_step (builder, step, rows, server);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

char *
exc_report_job_to_json (ExcJob *job, GPtrArray *rows)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(JsonNode) input = NULL;
  g_autoptr(JsonNode) root = NULL;
  GListModel *lanes;

  g_return_val_if_fail (EXC_IS_JOB (job), NULL);
  g_return_val_if_fail (rows != NULL, NULL);

  lanes = exc_job_get_servers (job);
  input = exc_report_read_input (job);
  json_builder_begin_object (builder);
  exc_json_add_text (builder, "id", exc_job_get_id (job));
  exc_json_add_text (builder, "title", exc_job_get_title (job));
  exc_json_add_text (builder, "kind", exc_job_get_kind (job));
  exc_json_add_text (builder, "organization", exc_job_get_organization (job));
  add_state (builder, exc_job_get_state (job));
  add_time (builder, "started", exc_job_get_started (job));
  add_time (builder, "ended", exc_job_get_ended (job));
  exc_json_add_text (builder, "summary", exc_job_get_summary (job));
  exc_json_add_text (builder, "program", "Thumbprint " PACKAGE_VERSION);
  add_node (builder, "plan", input);
  add_events (builder, rows, NULL, NULL);
  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (lanes); i++) {
    g_autoptr(ExcJobServer) lane = g_list_model_get_item (lanes, i);

    add_lane (builder, lane, rows, input);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, TRUE);
}
