/* exc-report-html.c — the report for people, on screen and on paper
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-report"

#include "config.h"

#include "exc-report-private.h"
#include "exc-xml-writer.h"

#include <glib/gi18n.h>

/* One line and no character that XML escapes: a browser does not unescape what is in <style>. */
#define STYLE                                                                                      \
  ":root{color-scheme:light dark;--ink:#1d1d20;--paper:#ffffff;--line:#c8c8cc;--soft:#5b5b62}"     \
  "@media (prefers-color-scheme:dark){:root{--ink:#eeeeee;--paper:#1e1e20;--line:#55555b;"         \
  "--soft:#b4b4ba}}"                                                                               \
  "body{font:1rem/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper);"             \
  "max-width:64rem;margin:2rem auto;padding:0 1rem}"                                               \
  "h1{font-size:1.6rem}h2{font-size:1.25rem;border-bottom:1px solid var(--line)}"                  \
  "h3{font-size:1rem;margin-bottom:.25rem}"                                                        \
  "table{border-collapse:collapse;width:100%;font-size:.875rem}"                                   \
  "th,td{text-align:left;vertical-align:top;padding:.25rem .5rem;border:1px solid var(--line);"    \
  "overflow-wrap:anywhere}"                                                                        \
  "th{font-weight:600}td.time,td.what{white-space:nowrap;width:1%}"                                \
  "pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font:.8125rem/1.4 monospace}"          \
  ".state{font-weight:700;border:1px solid currentColor;border-radius:.25rem;padding:0 .375rem}"   \
  ".soft{color:var(--soft)}li{margin-bottom:1rem}"                                                 \
  "@media print{:root{--ink:#000000;--paper:#ffffff;--line:#808080;--soft:#404040}"                \
  "body{max-width:none;margin:0;font-size:10pt}h2,h3{break-after:avoid}tr{break-inside:avoid}}"

static const char *
event_to_text (ExcEvent event)
{
  switch (event) {
  case EXC_EVENT_BEGUN:
    return C_("event", "Begun");
  case EXC_EVENT_STOPPED:
    return C_("event", "Stopped by the user");
  case EXC_EVENT_PARKED:
    return C_("event", "Waits until");
  case EXC_EVENT_ENDED:
    return C_("event", "Ended");
  case EXC_EVENT_EXCLUDED:
    return C_("event", "Left out");
  case EXC_EVENT_STARTED:
    return C_("event", "Commands to send");
  case EXC_EVENT_RETURNED:
    return C_("event", "Came back");
  case EXC_EVENT_SEEN:
    return C_("event", "Seen on the server");
  case EXC_EVENT_WARNED:
    return C_("event", "Seen, with a warning");
  case EXC_EVENT_SKIPPED:
    return C_("event", "Skipped");
  case EXC_EVENT_WAITING:
    return C_("event", "Waiting");
  case EXC_EVENT_FAILED:
    return C_("event", "Failed");
  case EXC_EVENT_UNREACHABLE:
    return C_("event", "Unreachable");
  case EXC_EVENT_UNDO_STARTED:
    return C_("event", "Undo begun");
  case EXC_EVENT_UNDONE:
    return C_("event", "Undone");
  case EXC_EVENT_UNDO_FAILED:
    return C_("event", "Undo failed");
  case EXC_EVENT_FACT:
    return C_("event", "Noted");
  case EXC_EVENT_LOG:
    return C_("event", "Sent and answered");
  case EXC_EVENT_UNKNOWN:
  default:
    return C_("event", "Of a newer version");
  }
}

static void
add_row (ExcXmlWriter *writer, const char *name, const char *text)
{
  exc_xml_writer_start (writer, "tr");
  exc_xml_writer_start (writer, "th");
  exc_xml_writer_attribute (writer, "scope", "row");
  exc_xml_writer_text (writer, name);
  exc_xml_writer_end (writer);
  exc_xml_writer_start (writer, "td");
  exc_xml_writer_element (writer, "pre", text != NULL ? text : "");
  exc_xml_writer_end (writer);
  exc_xml_writer_end (writer);
}

static void
add_time (ExcXmlWriter *writer, gint64 time)
{
  g_autofree char *text = exc_report_time (time);

  exc_xml_writer_start (writer, "time");
  if (text != NULL)
    exc_xml_writer_attribute (writer, "datetime", text);
  exc_xml_writer_text (writer, text != NULL ? text : "–");
  exc_xml_writer_end (writer);
}

static void
add_state (ExcXmlWriter *writer, ExcState state, const char *detail)
{
  exc_xml_writer_start (writer, "p");
  exc_xml_writer_start (writer, "span");
  exc_xml_writer_attribute (writer, "class", "state");
  exc_xml_writer_text (writer, exc_state_to_text (state));
  exc_xml_writer_end (writer);
  if (detail != NULL) {
    exc_xml_writer_text (writer, " ");
    exc_xml_writer_text (writer, detail);
  }
  exc_xml_writer_end (writer);
}

/* One row a value: the path to it is its name. */
static void
add_values (ExcXmlWriter *writer, const char *path, JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObjectIter iter;
    const char *name;
    JsonNode *member;

    json_object_iter_init (&iter, json_node_get_object (node));
    while (json_object_iter_next (&iter, &name, &member)) {
      g_autofree char *child =
          path[0] == '\0' ? g_strdup (name) : g_strjoin (".", path, name, NULL);

      add_values (writer, child, member);
    }
  } else if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);

    for (guint i = 0; i < json_array_get_length (array); i++) {
      g_autofree char *child = g_strdup_printf ("%s %u", path, i + 1);

      add_values (writer, child, json_array_get_element (array, i));
    }
  } else if (!JSON_NODE_HOLDS_NULL (node)) {
    g_autofree char *text = json_node_get_value_type (node) == G_TYPE_STRING
                                ? json_node_dup_string (node)
                                : json_to_string (node, FALSE);

    add_row (writer, path, text);
  }
}

static void
add_before (ExcXmlWriter *writer, JsonNode *before)
{
  if (before == NULL)
    return;
  exc_xml_writer_element (writer, "h3", _ ("Before"));
  exc_xml_writer_start (writer, "table");
  add_values (writer, "", before);
  exc_xml_writer_end (writer);
}

static void
add_after (ExcXmlWriter *writer, GPtrArray *rows, const char *lane)
{
  g_autoptr(GHashTable) facts = exc_report_collect_facts (rows, lane);
  g_autoptr(GList) names = g_list_sort (g_hash_table_get_keys (facts), (GCompareFunc) strcmp);

  if (names == NULL)
    return;
  exc_xml_writer_element (writer, "h3", _ ("After"));
  exc_xml_writer_start (writer, "table");
  for (GList *l = names; l != NULL; l = l->next)
    add_row (writer, l->data, g_hash_table_lookup (facts, l->data));
  exc_xml_writer_end (writer);
}

/* What a row tells beside its word. (transfer full) */
static char *
dup_row_text (const ExcJournalRow *row)
{
  g_autoptr(GString) text = g_string_new (row->text);
  g_autoptr(JsonNode) data = row->data != NULL && row->data[0] == '{'
                                  ? json_from_string (row->data, NULL)
                                  : NULL;

  if (row->event == EXC_EVENT_STARTED && data != NULL) {
    JsonArray *commands = json_object_get_array_member (json_node_get_object (data), "commands");

    for (guint i = 0; commands != NULL && i < json_array_get_length (commands); i++)
      g_string_append_printf (
          text, "%s%s", text->len > 0 ? "\n" : "", json_array_get_string_element (commands, i));
  } else if (row->event == EXC_EVENT_FACT) {
    g_string_append_printf (text, " = %s", row->data != NULL ? row->data : "");
  } else if (row->event == EXC_EVENT_PARKED && row->data != NULL) {
    g_autofree char *time = exc_report_time (g_ascii_strtoll (row->data, NULL, 10));

    g_string_append (text, time != NULL ? time : _ ("the user says so"));
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
add_events (ExcXmlWriter *writer, GPtrArray *rows, const char *lane, const char *step)
{
  gboolean has_any = FALSE;

  for (guint i = 0; i < rows->len; i++) {
    ExcJournalRow *row = g_ptr_array_index (rows, i);
    g_autofree char *text = NULL;

    if (!exc_report_is_of (row, lane, step))
      continue;
    if (!has_any)
      exc_xml_writer_start (writer, "table");
    has_any = TRUE;
    text = dup_row_text (row);
    exc_xml_writer_start (writer, "tr");
    exc_xml_writer_start (writer, "td");
    exc_xml_writer_attribute (writer, "class", "time");
    add_time (writer, row->time);
    exc_xml_writer_end (writer);
    exc_xml_writer_start (writer, "td");
    exc_xml_writer_attribute (writer, "class", "what");
    exc_xml_writer_text (writer, event_to_text (row->event));
    exc_xml_writer_end (writer);
    exc_xml_writer_start (writer, "td");
    exc_xml_writer_element (writer, "pre", text);
    exc_xml_writer_end (writer);
    exc_xml_writer_end (writer);
  }
  if (has_any)
    exc_xml_writer_end (writer);
}

static void
add_step (ExcXmlWriter *writer, ExcJobStep *step, GPtrArray *rows, const char *lane)
{
  gint64 started, ended;

  g_object_get (step, "started", &started, "ended", &ended, NULL);
  exc_xml_writer_start (writer, "li");
  exc_xml_writer_element (writer, "h3", exc_job_step_get_text (step));
  add_state (writer, exc_job_step_get_state (step), exc_job_step_get_detail (step));
  if (started != 0) {
    exc_xml_writer_start (writer, "p");
    exc_xml_writer_attribute (writer, "class", "soft");
    add_time (writer, started);
    exc_xml_writer_text (writer, " – ");
    add_time (writer, ended);
    exc_xml_writer_end (writer);
  }
  add_events (writer, rows, lane, exc_job_step_get_id (step));
  exc_xml_writer_end (writer);
}

static void
add_lane (ExcXmlWriter *writer, ExcJobServer *lane, GPtrArray *rows, JsonNode *input)
{
  const char *server = exc_job_server_get_server (lane);
  GListModel *steps = exc_job_server_get_steps (lane);

  exc_xml_writer_start (writer, "section");
  exc_xml_writer_element (writer, "h2", exc_job_server_get_title (lane));
  add_state (writer, exc_job_server_get_state (lane), exc_job_server_get_detail (lane));
  add_before (writer, exc_report_find_before (input, server));
  add_after (writer, rows, server);
  exc_xml_writer_element (writer, "h3", _ ("Steps"));
  exc_xml_writer_start (writer, "ol");
  for (guint i = 0; i < g_list_model_get_n_items (steps); i++) {
    g_autoptr(ExcJobStep) step = g_list_model_get_item (steps, i);

    add_step (writer, step, rows, server);
  }
  exc_xml_writer_text (writer, ""); /* a list without items has an end tag, too */
  exc_xml_writer_end (writer);
  exc_xml_writer_end (writer);
}

/* BCP 47, of the language that the texts are in. (transfer full) */
static char *
dup_language (void)
{
  const char *name = g_get_language_names ()[0];
  g_autofree char *language = g_strndup (name, strcspn (name, ".@"));

  if (language[0] == '\0' || g_str_equal (language, "C") || g_str_equal (language, "POSIX"))
    return g_strdup ("en");
  return g_strdelimit (g_steal_pointer (&language), "_", '-');
}

static void
add_head (ExcXmlWriter *writer, ExcJob *job)
{
  exc_xml_writer_start (writer, "head");
  exc_xml_writer_start (writer, "meta");
  exc_xml_writer_attribute (writer, "charset", "utf-8");
  exc_xml_writer_end (writer);
  exc_xml_writer_start (writer, "meta");
  exc_xml_writer_attribute (writer, "name", "viewport");
  exc_xml_writer_attribute (writer, "content", "width=device-width, initial-scale=1");
  exc_xml_writer_end (writer);
  exc_xml_writer_element (writer, "title", exc_job_get_title (job));
  exc_xml_writer_element (writer, "style", STYLE);
  exc_xml_writer_end (writer);
}

static void
add_overview (ExcXmlWriter *writer, ExcJob *job)
{
  g_autofree char *started = exc_report_time (exc_job_get_started (job));
  g_autofree char *ended = exc_report_time (exc_job_get_ended (job));

  exc_xml_writer_element (writer, "h1", exc_job_get_title (job));
  add_state (writer, exc_job_get_state (job), exc_job_get_summary (job));
  exc_xml_writer_start (writer, "table");
  add_row (writer, _ ("Organization"), exc_job_get_organization (job));
  add_row (writer, _ ("Job"), exc_job_get_id (job));
  add_row (writer, _ ("Kind"), exc_job_get_kind (job));
  add_row (writer, _ ("Started"), started);
  add_row (writer, _ ("Ended"), ended);
  add_row (writer, _ ("Report by"), "Thumbprint " PACKAGE_VERSION);
  exc_xml_writer_end (writer);
}

char *
exc_report_job_to_html (ExcJob *job, GPtrArray *rows)
{
  g_autoptr(ExcXmlWriter) writer = exc_xml_writer_new ();
  g_autoptr(JsonNode) input = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autofree char *language = dup_language ();
  GString *page;
  GListModel *lanes;

  g_return_val_if_fail (EXC_IS_JOB (job), NULL);
  g_return_val_if_fail (rows != NULL, NULL);

  lanes = exc_job_get_servers (job);
  input = exc_report_read_input (job);
  exc_xml_writer_start (writer, "html");
  exc_xml_writer_attribute (writer, "lang", language);
  add_head (writer, job);
  exc_xml_writer_start (writer, "body");
  add_overview (writer, job);
  for (guint i = 0; i < g_list_model_get_n_items (lanes); i++) {
    g_autoptr(ExcJobServer) lane = g_list_model_get_item (lanes, i);

    add_lane (writer, lane, rows, input);
  }
  exc_xml_writer_element (writer, "h2", _ ("Course of the job"));
  add_events (writer, rows, NULL, NULL);

  page = g_string_new ("<!DOCTYPE html>\n");
  bytes = exc_xml_writer_finish (writer);
  g_string_append_len (page, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
  g_string_append_c (page, '\n');
  return g_string_free (page, FALSE);
}
