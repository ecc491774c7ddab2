/* exc-report.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-report"

#include "config.h"

#include "exc-report-private.h"

char *
exc_report_time (gint64 time)
{
  g_autoptr(GDateTime) utc = time != 0 ? g_date_time_new_from_unix_utc (time) : NULL;

  return utc != NULL ? g_date_time_format_iso8601 (utc) : NULL;
}

JsonNode *
exc_report_read_input (ExcJob *job)
{
  g_autofree char *json = NULL;

  if (exc_job_get_plan (job) == NULL)
    return NULL;
  json = exc_plan_to_json (exc_job_get_plan (job));
  return json_from_string (json, NULL);
}

static gboolean
is_about (JsonNode *node, const char *lane)
{
  static const char *const names[] = { "fqdn", "server" };

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    const char *text =
        json_object_get_string_member_with_default (json_node_get_object (node), names[i], NULL);

    if (text != NULL && g_ascii_strcasecmp (text, lane) == 0)
      return TRUE;
  }
  return FALSE;
}

/* A plan's input keeps an object a server, in a list; one about a single server is that object. */
JsonNode *
exc_report_find_before (JsonNode *input, const char *lane)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  if (input == NULL || !JSON_NODE_HOLDS_OBJECT (input))
    return NULL;
  json_object_iter_init (&iter, json_node_get_object (input));
  while (json_object_iter_next (&iter, &name, &member)) {
    JsonArray *list = JSON_NODE_HOLDS_ARRAY (member) ? json_node_get_array (member) : NULL;

    for (guint i = 0; list != NULL && i < json_array_get_length (list); i++)
      if (is_about (json_array_get_element (list, i), lane))
        return json_array_get_element (list, i);
  }
  return is_about (input, lane) || g_str_equal (lane, EXC_LANE_ORGANIZATION) ? input : NULL;
}

gboolean
exc_report_is_of (const ExcJournalRow *row, const char *lane, const char *step)
{
  if (lane == NULL || row->server == NULL)
    return lane == NULL && row->server == NULL;
  return g_ascii_strcasecmp (row->server, lane) == 0 && g_strcmp0 (row->step, step) == 0;
}

GHashTable *
exc_report_collect_facts (GPtrArray *rows, const char *lane)
{
  GHashTable *facts = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < rows->len; i++) {
    ExcJournalRow *row = g_ptr_array_index (rows, i);

    if (row->event != EXC_EVENT_FACT || row->text == NULL ||
        !exc_report_is_of (row, lane, row->step))
      continue;
    if (row->data != NULL && row->data[0] != '\0')
      g_hash_table_replace (facts, row->text, row->data);
    else
      g_hash_table_remove (facts, row->text); /* taken back */
  }
  return facts;
}
