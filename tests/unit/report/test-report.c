/* test-report.c — what a report says of a job, and what it never says
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-job-private.h"
#include "exc-report.h"

#include "../model/model-test.h"

#include <json-glib/json-glib.h>
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>

#define SERVER  "ex01.contoso.lab"
#define STARTED MODEL_TEST_NOW
#define HOSTILE "<script>alert(\"1\")</script> & 'more'"

typedef struct {
  ExcJob *job;
  GPtrArray *rows; /* (element-type ExcJournalRow) */
  char *old;
} Fixture;

static void
add (Fixture *self, const char *step, ExcEvent event, const char *text, const char *data)
{
  ExcJournalRow *row = g_new0 (ExcJournalRow, 1);

  row->sequence = self->rows->len + 1;
  row->time = STARTED + self->rows->len;
  row->server = g_strdup (step != NULL ? SERVER : NULL);
  row->step = g_strdup (step);
  row->event = event;
  row->text = g_strdup (text);
  row->data = g_strdup (data);
  g_ptr_array_add (self->rows, row);
  exc_job_apply (self->job, row);
}

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  g_autoptr(ExcServerFacts) facts = model_test_facts ("EX01");
  g_autoptr(ExcSnapshot) snapshot = NULL;
  g_autoptr(ExcPlan) plan = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *json = NULL;
  ExcJournalJob made = { .id = (char *) "0123abcd",
                         .organization = (char *) "contoso.lab",
                         .kind = (char *) "renew-microsoft-exchange",
                         .made = STARTED };

  self->old =
      g_strdup (model_test_add (facts, model_test_record ("EX01", "Microsoft Exchange", 20)));
  facts->internal_transport = g_strdup (self->old);
  model_test_bind (facts, "Exchange Back End", "*:444:", self->old);
  snapshot = model_test_snapshot (facts, NULL);
  plan = exc_plan_new_renew_microsoft_exchange (
      snapshot, (const char *[]){ "EX01", NULL }, NULL, &error);
  g_assert_no_error (error);
  json = exc_plan_to_json (plan);
  made.plan = json;
  self->job = exc_job_new (&made, plan);
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_journal_row_free);

  add (self, NULL, EXC_EVENT_BEGUN, "run", NULL);
  add (self, "create", EXC_EVENT_STARTED, NULL, "{\"commands\":[\"Get-X | New-X\"]}");
  add (self, "create", EXC_EVENT_FACT, "present", "AA BB");
  add (self, "create", EXC_EVENT_LOG, "Get-X | New-X → 1 object (0.2 s)", NULL);
  add (self, "create", EXC_EVENT_FACT, "new", "1111");
  add (self, "create", EXC_EVENT_FACT, "new", "2222");
  add (self, "create", EXC_EVENT_FACT, "sent", "5");
  add (self, "create", EXC_EVENT_FACT, "sent", "");
  add (self, "create", EXC_EVENT_RETURNED, NULL, NULL);
  add (self, "create", EXC_EVENT_SEEN, NULL, NULL);
  add (self, "trust", EXC_EVENT_STARTED, NULL, "{\"commands\":[]}");
  add (self, "trust", EXC_EVENT_FAILED, HOSTILE, NULL);
  add (self, NULL, EXC_EVENT_ENDED, NULL, NULL);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  g_object_unref (self->job);
  g_ptr_array_unref (self->rows);
  g_free (self->old);
}

static JsonObject *
object_at (JsonObject *object, const char *list, guint index)
{
  return json_array_get_object_element (json_object_get_array_member (object, list), index);
}

#define text_of(object, name) json_object_get_string_member (object, name)

static void
test_json (Fixture *self, gconstpointer data)
{
  g_autofree char *json = exc_report_job_to_json (self->job, self->rows);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) root = json_from_string (json, &error);
  JsonObject *report, *lane, *step, *event, *after;

  g_assert_no_error (error);
  report = json_node_get_object (root);
  g_assert_cmpstr (text_of (report, "id"), ==, "0123abcd");
  g_assert_cmpstr (text_of (report, "title"), ==, "Renew Microsoft Exchange on 1 server");
  g_assert_cmpstr (text_of (report, "organization"), ==, "contoso.lab");
  g_assert_cmpstr (text_of (report, "state"), ==, "failed");
  g_assert_cmpstr (text_of (report, "started"), ==, "2027-01-15T08:00:00Z");
  g_assert_cmpstr (text_of (report, "ended"), ==, "2027-01-15T08:00:12Z");
  g_assert_cmpstr (text_of (report, "summary"), ==, exc_job_get_summary (self->job));
  g_assert_cmpstr (text_of (object_at (report, "events", 0), "event"), ==, "begun");

  lane = object_at (report, "servers", 0);
  g_assert_cmpstr (text_of (lane, "server"), ==, SERVER);
  g_assert_cmpstr (text_of (lane, "state"), ==, "failed");
  g_assert_cmpstr (
      text_of (json_object_get_object_member (lane, "before"), "internal"), ==, self->old);
  after = json_object_get_object_member (lane, "after");
  g_assert_cmpstr (text_of (after, "new"), ==, "2222"); /* the last word */
  g_assert_false (json_object_has_member (after, "sent"));

  step = object_at (lane, "steps", 1);
  g_assert_cmpstr (text_of (step, "id"), ==, "create");
  g_assert_cmpstr (text_of (step, "state"), ==, "done");
  g_assert_cmpstr (text_of (step, "ended"), ==, "2027-01-15T08:00:09Z");
  event = object_at (step, "events", 0);
  g_assert_cmpstr (text_of (event, "time"), ==, "2027-01-15T08:00:01Z");
  g_assert_cmpstr (
      json_array_get_string_element (
          json_object_get_array_member (json_object_get_object_member (event, "data"), "commands"),
          0),
      ==,
      "Get-X | New-X");
  event = object_at (step, "events", 2);
  g_assert_cmpstr (text_of (event, "text"), ==, "Get-X | New-X → 1 object (0.2 s)");
  g_assert_cmpstr (text_of (object_at (lane, "steps", 2), "detail"), ==, HOSTILE);
}

/* The whole text of an element and what is in it, of all elements of that name. */
static char *
dup_texts (xmlNode *node, const char *name)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (xmlNode *child = node; child != NULL; child = child->next) {
    g_autofree char *below = dup_texts (child->children, name);

    if (child->type == XML_ELEMENT_NODE && g_str_equal ((const char *) child->name, name)) {
      xmlChar *content = xmlNodeGetContent (child);

      g_string_append_printf (text, "%s\n", (const char *) content);
      xmlFree (content);
    }
    g_string_append (text, below);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_says (xmlNode *root, const char *element, const char *part)
{
  g_autofree char *texts = dup_texts (root, element);

  if (strstr (texts, part) == NULL)
    g_error ("no <%s> says “%s” but: %s", element, part, texts);
}

static void
test_html (Fixture *self, gconstpointer data)
{
  static const char *const foreign[] = { "http:", "https:",  "src=", "href=", "@import",
                                         "url(",  "<script", "&lt;", "<link" };
  g_autofree char *html = exc_report_job_to_html (self->job, self->rows);
  const char *end_of_style;
  const char *style;
  g_autofree char *css = NULL;
  htmlDocPtr document;
  xmlNode *root;

  g_assert_true (g_str_has_prefix (html, "<!DOCTYPE html>\n<html lang=\"en\">"));
  document = htmlReadMemory (html,
                             (int) strlen (html),
                             NULL,
                             "utf-8",
                             HTML_PARSE_NONET | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING);
  g_assert_nonnull (document);
  root = xmlDocGetRootElement (document);
  assert_says (root, "title", "Renew Microsoft Exchange on 1 server");
  assert_says (root, "h1", "Renew Microsoft Exchange on 1 server");
  assert_says (root, "h2", SERVER);
  assert_says (root, "span", "Failed"); /* the state, by its word */
  assert_says (root, "span", "Done");
  assert_says (root, "p", exc_job_get_summary (self->job));
  assert_says (root, "time", "2027-01-15T08:00:00Z");
  assert_says (root, "tr", self->old);
  assert_says (root, "tr", "new2222");
  assert_says (root, "td", "Get-X | New-X → 1 object (0.2 s)");
  assert_says (root, "p", HOSTILE);
  xmlFreeDoc (document);

  /* Nothing from elsewhere, nothing that runs; the style is what a browser reads. */
  style = strstr (html, "<style>");
  end_of_style = strstr (html, "</style>");
  g_assert_true (style != NULL && end_of_style != NULL);
  css = g_strndup (style, (gsize) (end_of_style - style));
  g_assert_null (strchr (css + 1, '&'));
  g_assert_nonnull (strstr (css, "prefers-color-scheme:dark"));
  g_assert_nonnull (strstr (css, "@media print"));
  for (gsize i = 0; i < G_N_ELEMENTS (foreign); i++)
    if (g_str_equal (foreign[i], "&lt;"))
      g_assert_nonnull (strstr (html, foreign[i])); /* the hostile text, as a text */
    else
      g_assert_null (strstr (html, foreign[i]));
}

/* A job of a newer version: what the journal has, without what only its plan would know. */
static void
test_unknown_kind (Fixture *self, gconstpointer data)
{
  const ExcJournalJob made = { .id = (char *) "1",
                               .organization = (char *) "o",
                               .kind = (char *) "of-tomorrow" };
  g_autoptr(ExcJob) job = exc_job_new (&made, NULL);
  g_autofree char *json = exc_report_job_to_json (job, self->rows);
  g_autofree char *html = exc_report_job_to_html (job, self->rows);
  g_autoptr(JsonNode) root = json_from_string (json, NULL);

  g_assert_true (json_object_get_null_member (json_node_get_object (root), "plan"));
  g_assert_nonnull (strstr (html, "of-tomorrow"));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/report/job/json", test_json);
  ADD ("/report/job/html", test_html);
  ADD ("/report/job/unknown-kind", test_unknown_kind);

  return g_test_run ();
}
