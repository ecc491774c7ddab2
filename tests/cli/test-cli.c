/* test-cli.c — thumbprintctl against a real thumbprint-lab
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "lab.h"

#include <locale.h>
#include <signal.h>
#include <string.h>

static const char *const certificate_members[] = {
  "server",       "kind",          "friendlyName", "subject",  "issuer", "thumbprint",
  "notBefore",    "notAfter",      "daysLeft",     "services", "status", "rootCAType",
  "isSelfSigned", "hasPrivateKey", "domains",      "usedBy",
};

static JsonArray *
get_array (Ended *ended)
{
  g_assert_nonnull (ended->json);
  g_assert_true (JSON_NODE_HOLDS_ARRAY (ended->json));
  return json_node_get_array (ended->json);
}

static gboolean
has_text (JsonObject *object, const char *member, const char *text)
{
  JsonNode *node = json_object_get_member (object, member);
  JsonArray *array;

  if (JSON_NODE_HOLDS_NULL (node))
    return text == NULL;
  if (JSON_NODE_HOLDS_VALUE (node))
    return g_strcmp0 (json_node_get_string (node), text) == 0;
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return FALSE;
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++) {
    if (g_strcmp0 (json_array_get_string_element (array, i), text) == 0)
      return TRUE;
  }
  return FALSE;
}

/* (nullable): the certificate of a server whose member is, or holds, a text */
static JsonObject *
find_certificate (JsonArray *certificates, const char *server, const char *member, const char *text)
{
  for (guint i = 0; i < json_array_get_length (certificates); i++) {
    JsonObject *object = json_array_get_object_element (certificates, i);

    if (g_ascii_strcasecmp (json_object_get_string_member (object, "server"), server) == 0 &&
        has_text (object, member, text))
      return object;
  }
  return NULL;
}

static guint
count_certificates (JsonArray *certificates,
                    const char *server, /* NULL: all */
                    const char *member,
                    const char *text)
{
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (certificates); i++) {
    JsonObject *object = json_array_get_object_element (certificates, i);

    n += has_text (object, member, text) && (server == NULL || has_text (object, "server", server));
  }
  return n;
}

static Ended *
read_certificates (Lab *lab)
{
  Ended *ended = lab_run (lab, "certificates --json");

  g_assert_cmpint (ended->code, ==, 0);
  return ended;
}

static void
assert_types (JsonObject *object)
{
  static const char *const arrays[] = { "services", "domains", "usedBy" };
  static const char *const dates[] = { "notBefore", "notAfter" };

  for (gsize i = 0; i < G_N_ELEMENTS (arrays); i++)
    g_assert_true (JSON_NODE_HOLDS_ARRAY (json_object_get_member (object, arrays[i])));
  for (gsize i = 0; i < G_N_ELEMENTS (dates); i++) {
    const char *text = json_object_get_string_member (object, dates[i]);
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601 (text, NULL);

    g_assert_nonnull (time);
    g_assert_true (g_str_has_suffix (text, "Z"));
  }
  g_assert_cmpint (
      json_node_get_value_type (json_object_get_member (object, "daysLeft")), ==, G_TYPE_INT64);
  g_assert_cmpint (json_node_get_value_type (json_object_get_member (object, "hasPrivateKey")),
                   ==,
                   G_TYPE_BOOLEAN);
  g_assert_cmpuint (strlen (json_object_get_string_member (object, "thumbprint")), ==, 40);
}

static void
test_certificates_json (void)
{
  g_autoptr(Lab) lab = lab_start ("small");
  g_autoptr(Ended) ended = read_certificates (lab);
  JsonArray *certificates = get_array (ended);
  gint64 before = G_MININT64;

  for (guint i = 0; i < json_array_get_length (certificates); i++) {
    JsonObject *object = json_array_get_object_element (certificates, i);
    gint64 days = json_object_get_int_member (object, "daysLeft");

    g_assert_cmpuint (json_object_get_size (object), ==, G_N_ELEMENTS (certificate_members));
    for (gsize j = 0; j < G_N_ELEMENTS (certificate_members); j++)
      g_assert_true (json_object_has_member (object, certificate_members[j]));
    assert_types (object);
    g_assert_cmpint (days, >=, before); /* the soonest first */
    before = days;
  }
  g_assert_cmpuint (count_certificates (certificates, NULL, "kind", "microsoft-exchange"), ==, 3);
  g_assert_cmpuint (count_certificates (certificates, NULL, "kind", "wmsvc"), ==, 3);
  g_assert_cmpuint (
      count_certificates (certificates, NULL, "kind", "auth"), ==, 3); /* a row each */
  g_assert_cmpuint (count_certificates (certificates, NULL, "kind", "other"), ==, 1);
  g_assert_cmpint (
      json_object_get_int_member (json_array_get_object_element (certificates, 0), "daysLeft"),
      <,
      0);
}

static void
test_tables (void)
{
  g_autoptr(Lab) lab = lab_start ("small");
  g_autoptr(Ended) servers = lab_run (lab, "servers");
  g_autoptr(Ended) certificates = lab_run (lab, "certificates");
  g_autoptr(Ended) servers_json = lab_run (lab, "servers --json");
  JsonArray *array = get_array (servers_json);

  g_assert_cmpint (servers->code, ==, 0);
  g_assert_cmpint (certificates->code, ==, 0);
  for (guint i = 0; i < 3; i++) {
    JsonObject *object = json_array_get_object_element (array, i);

    g_assert_nonnull (strstr (servers->out, lab_get_fqdn (lab, i)));
    g_assert_nonnull (strstr (certificates->out, lab_get_fqdn (lab, i)));
    g_assert_cmpstr (json_object_get_string_member (object, "state"), ==, "ok");
  }
  g_assert_cmpuint (json_array_get_length (array), ==, 3);
}

static void
test_show (void)
{
  g_autoptr(Lab) lab = lab_start ("small");
  g_autoptr(Ended) all = read_certificates (lab);
  JsonObject *object = json_array_get_object_element (get_array (all), 0);
  const char *thumbprint = json_object_get_string_member (object, "thumbprint");
  g_autofree char *by_prefix = g_strdup_printf ("show %.8s", thumbprint);
  g_autofree char *by_server = g_strdup_printf ("show %s", lab_get_fqdn (lab, 0));
  g_autoptr(Ended) certificate = lab_run (lab, by_prefix);
  g_autoptr(Ended) server = lab_run (lab, by_server);
  g_autoptr(Ended) nothing = lab_run (lab, "show 0123456789ABCDEF");

  g_assert_cmpint (certificate->code, ==, 0);
  g_assert_nonnull (strstr (certificate->out, thumbprint));
  g_assert_cmpint (server->code, ==, 0);
  g_assert_nonnull (strstr (server->out, lab_get_fqdn (lab, 0)));
  g_assert_cmpint (nothing->code, ==, 7);
}

static char *
get_default (JsonArray *certificates, const char *server)
{
  JsonObject *object = find_certificate (certificates, server, "usedBy", "back-end-444");

  g_assert_nonnull (object);
  return g_strdup (json_object_get_string_member (object, "thumbprint"));
}

static void
test_preview_changes_nothing (void)
{
  g_autoptr(Lab) lab = lab_start ("small");
  g_autofree char *words = g_strdup_printf ("renew microsoft-exchange %s", lab_get_fqdn (lab, 0));
  g_autoptr(Ended) before = read_certificates (lab);
  g_autofree char *words_whole = g_strdup_printf ("%s --powershell", words);
  g_autofree char *words_json = g_strdup_printf ("%s --json", words);
  g_autoptr(Ended) preview = lab_run (lab, words);
  g_autoptr(Ended) whole = lab_run (lab, words_whole);
  g_autoptr(Ended) json = lab_run (lab, words_json);
  g_autoptr(Ended) after = read_certificates (lab);
  g_autoptr(Ended) jobs = lab_run_alone (lab, "jobs --json", NULL);

  g_assert_cmpint (preview->code, ==, 0);
  g_assert_nonnull (strstr (preview->out, "New-ExchangeCertificate"));
  g_assert_nonnull (strstr (preview->out, "bind.ps1 -Site"));
  g_assert_null (strstr (preview->out, "AddSslCertificate"));
  g_assert_nonnull (strstr (whole->out, "AddSslCertificate"));
  g_assert_cmpint (json->code, ==, 0);
  g_assert_false (json_object_get_boolean_member (json_node_get_object (json->json), "blocked"));
  g_assert_true (g_str_equal (before->out, after->out));
  g_assert_cmpuint (json_array_get_length (get_array (jobs)), ==, 0);
}

static void
assert_renewed (Lab *lab, const char *server, const char *old)
{
  g_autoptr(Ended) after = read_certificates (lab);
  g_autofree char *served = lab_handshake (lab, server, 444);
  g_autofree char *fresh = get_default (get_array (after), server);
  JsonObject *object = find_certificate (get_array (after), server, "thumbprint", fresh);

  g_assert_cmpstr (served, !=, old);
  g_assert_cmpstr (served, ==, fresh);
  g_assert_true (has_text (object, "usedBy", "internal-transport"));
  g_assert_cmpint (json_object_get_int_member (object, "daysLeft"), >, 1000);
  /* The old one stays, and there is one new one only. */
  g_assert_nonnull (find_certificate (get_array (after), server, "thumbprint", old));
  g_assert_cmpuint (
      count_certificates (get_array (after), server, "kind", "microsoft-exchange"), ==, 1);
  g_assert_cmpuint (
      count_certificates (get_array (after), server, "friendlyName", "Microsoft Exchange"), ==, 2);
}

static void
assert_done (Ended *ended)
{
  JsonObject *job;

  g_assert_cmpint (ended->code, ==, 0);
  g_assert_nonnull (ended->json);
  job = json_node_get_object (ended->json);
  g_assert_true (has_text (job, "state", "done") || has_text (job, "state", "warnings"));
}

static void
test_renews_two_servers (void)
{
  g_autoptr(Lab) lab = lab_start ("small");
  const char *first = lab_get_fqdn (lab, 0), *second = lab_get_fqdn (lab, 1);
  g_autofree char *old_first = lab_handshake (lab, first, 444);
  g_autofree char *old_second = lab_handshake (lab, second, 444);
  g_autofree char *public = lab_handshake (lab, first, 443);
  g_autofree char *words =
      g_strdup_printf ("renew microsoft-exchange %s --yes %s --json", first, second);
  g_autoptr(Ended) ended = lab_run (lab, words);
  g_autofree char *public_after = lab_handshake (lab, first, 443);
  g_autoptr(Ended) jobs = lab_run_alone (lab, "jobs", NULL);
  const char *id = json_object_get_string_member (json_node_get_object (ended->json), "id");
  g_autofree char *one = g_strdup_printf ("jobs %s", id);
  g_autoptr(Ended) detail = lab_run_alone (lab, one, NULL);

  assert_done (ended);
  assert_renewed (lab, first, old_first);
  assert_renewed (lab, second, old_second);
  g_assert_cmpstr (public, ==, public_after);
  g_assert_nonnull (strstr (jobs->out, id));
  g_assert_cmpint (detail->code, ==, 0);
  g_assert_nonnull (strstr (detail->out, second));
}

static void
test_undoes (void)
{
  g_autoptr(Lab) lab = lab_start ("small");
  const char *server = lab_get_fqdn (lab, 1);
  g_autofree char *old = lab_handshake (lab, server, 444);
  g_autofree char *words = g_strdup_printf ("renew microsoft-exchange %s --yes --json", server);
  g_autoptr(Ended) renewed = lab_run (lab, words);
  const char *id = json_object_get_string_member (json_node_get_object (renewed->json), "id");
  g_autofree char *undo = g_strdup_printf ("undo %s --json", id);
  g_autoptr(Ended) undone = lab_run (lab, undo);
  g_autofree char *served = lab_handshake (lab, server, 444);

  assert_done (renewed);
  g_assert_cmpint (undone->code, ==, 0);
  g_assert_cmpstr (served, ==, old);
}

/* Ends when the program says that a step is done. */
static void
wait_for_line (GSubprocess *process, const char *text)
{
  g_autoptr(GDataInputStream) input =
                 g_data_input_stream_new (g_subprocess_get_stderr_pipe (process));

  for (;;) {
    g_autoptr(GError) error = NULL;
    g_autofree char *line = g_data_input_stream_read_line_utf8 (input, NULL, NULL, &error);

    g_assert_no_error (error);
    if (line == NULL)
      g_error ("the program ended before it said “%s”", text);
    if (strstr (line, text) != NULL)
      return;
  }
}

static void
test_killed_and_resumed (void)
{
  g_autoptr(Lab) lab = lab_start ("small");
  const char *server = lab_get_fqdn (lab, 1);
  g_autofree char *old = lab_handshake (lab, server, 444);
  g_autofree char *words = g_strdup_printf ("renew microsoft-exchange %s --yes", server);
  g_autoptr(GSubprocess) process = lab_spawn (lab, words);
  g_autoptr(Ended) jobs = NULL;
  g_autoptr(Ended) refused = NULL;
  g_autoptr(Ended) resumed = NULL;
  g_autoptr(Ended) again = NULL;

  wait_for_line (process, ": Done");
  g_subprocess_force_exit (process);
  g_subprocess_wait (process, NULL, NULL);
  g_assert_true (g_subprocess_get_if_signaled (process));

  jobs = lab_run_alone (lab, "jobs --json", NULL);
  g_assert_true (
      has_text (json_array_get_object_element (get_array (jobs), 0), "state", "interrupted"));
  refused = lab_run (lab, words);
  g_assert_cmpint (refused->code, ==, 5);
  resumed = lab_run (lab, "resume --json");
  assert_done (resumed);
  assert_renewed (lab, server, old);
  again = lab_run (lab, "resume");
  g_assert_cmpint (again->code, ==, 7);
}

/* A signal lets the step that runs end; what was done is kept. */
static void
test_stopped_and_resumed (void)
{
  g_autoptr(Lab) lab = lab_start ("small");
  const char *server = lab_get_fqdn (lab, 1);
  g_autofree char *old = lab_handshake (lab, server, 444);
  g_autofree char *words = g_strdup_printf ("renew microsoft-exchange %s --yes", server);
  g_autoptr(GSubprocess) process = lab_spawn (lab, words);
  g_autoptr(GError) error = NULL;
  g_autoptr(Ended) jobs = NULL;
  g_autoptr(Ended) resumed = NULL;

  wait_for_line (process, ": Running");
  g_subprocess_send_signal (process, SIGINT);
  g_subprocess_wait (process, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 130);
  jobs = lab_run_alone (lab, "jobs --json", NULL);
  g_assert_true (
      has_text (json_array_get_object_element (get_array (jobs), 0), "state", "cancelled"));
  resumed = lab_run (lab, "resume --json");
  assert_done (resumed);
  assert_renewed (lab, server, old);
}

static void
test_saved_organization (void)
{
  g_autoptr(Lab) lab = lab_start ("small");
  JsonArray *servers = json_object_get_array_member (lab->announced, "servers");
  g_autofree char *save = g_strdup_printf (
      "save work --url %s --windows-url %s --user %s --hosts %s",
      json_object_get_string_member (json_array_get_object_element (servers, 0), "exchange"),
      json_object_get_string_member (lab->announced, "windows"),
      json_object_get_string_member (lab->announced, "user"),
      json_object_get_string_member (lab->announced, "hosts"));
  const char *password = json_object_get_string_member (lab->announced, "password");
  g_autoptr(Ended) saved = lab_run_alone (lab, save, NULL);
  g_autoptr(Ended) list = lab_run_alone (lab, "organizations", NULL);
  g_autoptr(Ended) used = lab_run_alone (
      lab, "servers --organization work --password-file - --json", password);
  g_autoptr(Ended) forgotten = lab_run_alone (lab, "forget work", NULL);
  g_autoptr(Ended) unknown =
                 lab_run_alone (lab, "servers --organization work --password-file -", password);

  g_assert_cmpint (saved->code, ==, 0);
  g_assert_nonnull (strstr (list->out, "work"));
  g_assert_cmpint (used->code, ==, 0);
  g_assert_cmpuint (json_array_get_length (get_array (used)), ==, 3);
  g_assert_cmpint (forgotten->code, ==, 0);
  g_assert_cmpint (unknown->code, ==, 7);
}

static void
set_fault (Lab *lab, const char *request)
{
  g_autoptr(JsonObject) answer = lab_control (lab, "%s", request);
}

/* One dead server never holds the others up, and its absence is said. */
static void
test_unreachable_server (void)
{
  g_autoptr(Lab) lab = lab_start ("small");
  const char *dead = lab_get_fqdn (lab, 2);
  g_autoptr(Ended) certificates = NULL;
  g_autoptr(Ended) servers = NULL;
  g_autoptr(Ended) refused = NULL;
  g_autofree char *words = g_strdup_printf ("renew microsoft-exchange %s --yes", dead);

  set_fault (lab, "{\"op\":\"fault\",\"kind\":\"down\",\"server\":\"EXCH03\"}");
  certificates = lab_run (lab, "certificates --json");
  servers = lab_run (lab, "servers --json");
  refused = lab_run (lab, words);
  g_assert_cmpint (certificates->code, ==, 6);
  g_assert_nonnull (strstr (certificates->err, dead));
  g_assert_cmpuint (
      count_certificates (get_array (certificates), NULL, "kind", "microsoft-exchange"), ==, 2);
  g_assert_cmpint (servers->code, ==, 6);
  for (guint i = 0; i < json_array_get_length (get_array (servers)); i++) {
    JsonObject *object = json_array_get_object_element (get_array (servers), i);
    gboolean is_dead = has_text (object, "server", dead);

    g_assert_cmpint (has_text (object, "state", "unreachable"), ==, is_dead);
    g_assert_cmpint (has_text (object, "problem", NULL), ==, !is_dead);
  }
  g_assert_cmpint (refused->code, !=, 0);
}

static void
test_nobody_answers (void)
{
  g_autoptr(Lab) lab = lab_start ("small");
  g_autoptr(Ended) ended = NULL;

  set_fault (lab, "{\"op\":\"fault\",\"kind\":\"down\"}");
  ended = lab_run (lab, "certificates --json");
  g_assert_cmpint (ended->code, ==, 3);
  g_assert_cmpstr (ended->out, ==, "");
}

typedef struct {
  const char *name;
  const char *fault;
  int code; /* how renew ends; 0: the job gets over it by itself */
} Fault;

/* A job that stopped is resumed, and then each step was done once. */
static const Fault faults[] = {
  { "script-fails",
    "{\"op\":\"fault\",\"kind\":\"error\",\"command\":\"trust.ps1\",\"message\":\"no\",\"times\":"
    "1}",
    1 },
  { "cmdlet-fails",
    "{\"op\":\"fault\",\"kind\":\"error\",\"command\":\"New-ExchangeCertificate\","
    "\"message\":\"no\",\"times\":1}",
    1 },
  { "cut-after-the-change",
    "{\"op\":\"fault\",\"kind\":\"drop\",\"command\":\"New-ExchangeCertificate\","
    "\"when\":\"after\",\"times\":1}",
    0 },
  { "cut-before-the-change",
    "{\"op\":\"fault\",\"kind\":\"drop\",\"command\":\"bind.ps1\",\"times\":1}",
    0 },
  { "slow",
    "{\"op\":\"fault\",\"kind\":\"delay\",\"command\":\"bind.ps1\",\"ms\":300,\"times\":2}",
    0 },
};

static void
test_fault (gconstpointer data)
{
  const Fault *fault = data;
  g_autoptr(Lab) lab = lab_start ("small");
  const char *server = lab_get_fqdn (lab, 0);
  g_autofree char *old = lab_handshake (lab, server, 444);
  g_autofree char *words = g_strdup_printf ("renew microsoft-exchange %s --yes --json", server);
  g_autoptr(Ended) ended = NULL;
  g_autoptr(Ended) resumed = NULL;
  g_autofree char *resume = NULL;

  set_fault (lab, fault->fault);
  ended = lab_run (lab, words);
  g_assert_nonnull (ended->json);
  g_assert_cmpint (ended->code, ==, fault->code);
  if (ended->code != 0) {
    resume =
        g_strdup_printf ("resume %s --json",
                         json_object_get_string_member (json_node_get_object (ended->json), "id"));
    resumed = lab_run (lab, resume);
    assert_done (resumed);
  }
  assert_renewed (lab, server, old);
}

static void
test_bad_password (void)
{
  g_autoptr(Lab) lab = lab_start ("small");
  g_autoptr(GError) error = NULL;
  g_autoptr(Ended) ended = NULL;

  g_file_set_contents (lab->password_file, "canary-wrong\n", -1, &error);
  g_assert_no_error (error);
  ended = lab_run (lab, "servers");
  g_assert_cmpint (ended->code, ==, 4);
  g_assert_cmpstr (ended->out, ==, "");
  g_assert_null (strstr (ended->err, "canary"));
}

static void
test_usage (void)
{
  static const char *const lines[] = { "--nothing",
                                       "servers --nothing",
                                       "renew auth EXCH01",
                                       "renew auth --mode renew",
                                       "renew auth --soak-days few",
                                       "renew nothing EXCH01",
                                       "frobnicate",
                                       "servers -x",
                                       "renew microsoft-exchange EXCH01 --restart all" };
  g_autoptr(Lab) lab = lab_start ("small");

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autoptr(Ended) ended = lab_run (lab, lines[i]);

    g_assert_cmpint (ended->code, ==, 2);
    g_assert_cmpstr (ended->out, ==, "");
    g_assert_cmpstr (ended->err, !=, "");
  }
}

static void
test_query (void)
{
  g_autoptr(Lab) lab = lab_start ("small");
  g_autofree char *words =
      g_strdup_printf ("query Get-ExchangeCertificate -Server %s --json", lab_get_fqdn (lab, 0));
  g_autofree char *wrong = g_strdup_printf ("query Get-ExchangeCertificate -Nothing x -Server %s",
                                            lab_get_fqdn (lab, 0));
  g_autoptr(Ended) ended = lab_run (lab, words);
  g_autoptr(Ended) refused = lab_run (lab, "query Remove-ExchangeCertificate -Thumbprint x");
  g_autoptr(Ended) unknown = lab_run (lab, wrong);
  g_auto(GStrv) lines = g_strsplit (ended->out, "\n", -1);

  g_assert_cmpint (ended->code, ==, 0);
  g_assert_cmpuint (g_strv_length (lines), >=, 4);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++) {
    g_autoptr(JsonParser) parser = json_parser_new ();
    JsonObject *object;

    g_assert_true (json_parser_load_from_data (parser, lines[i], -1, NULL));
    object = json_node_get_object (json_parser_get_root (parser));
    g_assert_cmpuint (json_object_get_size (object), ==, 3);
    g_assert_nonnull (strstr (json_object_get_string_member (object, "type"), "Certificate"));
    g_assert_true (json_object_has_member (object, "text"));
    g_assert_true (
        json_object_has_member (json_object_get_object_member (object, "properties"), "RawData"));
  }
  g_assert_cmpint (refused->code, ==, 5);
  g_assert_cmpint (unknown->code, ==, 1);
  g_assert_nonnull (strstr (unknown->err, "NamedParameterNotFound"));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cli/certificates-json", test_certificates_json);
  g_test_add_func ("/cli/tables", test_tables);
  g_test_add_func ("/cli/show", test_show);
  g_test_add_func ("/cli/preview-changes-nothing", test_preview_changes_nothing);
  g_test_add_func ("/cli/renews-two-servers", test_renews_two_servers);
  g_test_add_func ("/cli/undoes", test_undoes);
  g_test_add_func ("/cli/killed-and-resumed", test_killed_and_resumed);
  g_test_add_func ("/cli/stopped-and-resumed", test_stopped_and_resumed);
  g_test_add_func ("/cli/saved-organization", test_saved_organization);
  g_test_add_func ("/cli/unreachable-server", test_unreachable_server);
  g_test_add_func ("/cli/nobody-answers", test_nobody_answers);
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++) {
    g_autofree char *path = g_strconcat ("/cli/fault/", faults[i].name, NULL);

    g_test_add_data_func (path, &faults[i], test_fault);
  }
  g_test_add_func ("/cli/bad-password", test_bad_password);
  g_test_add_func ("/cli/usage", test_usage);
  g_test_add_func ("/cli/query", test_query);

  return g_test_run ();
}
