/* test-wsman.c — responses read in every split
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-wsman-response.h"
#include "exc-wsman-server.h"

#include <string.h>

#define NS                                                                                         \
  "xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "                                           \
  "xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" "                                  \
  "xmlns:x=\"http://schemas.xmlsoap.org/ws/2004/09/transfer\" "                                    \
  "xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" "                                    \
  "xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd\" "                               \
  "xmlns:rsp=\"http://schemas.microsoft.com/wbem/wsman/1/windows/shell\" "                         \
  "xmlns:f=\"http://schemas.microsoft.com/wbem/wsman/1/wsmanfault\""
#define HEAD(inner) "<s:Envelope " NS "><s:Header>" inner "</s:Header><s:Body>"
#define TAIL        "</s:Body></s:Envelope>"
#define OURS        "<a:RelatesTo>uuid:AB</a:RelatesTo>"
#define OK          HEAD (OURS)

/* What a response told, as one line of text, so that splits can be compared. */
static char *
describe (
    ExcWsmanOperation operation, const char *xml, gsize length, gsize split, gboolean bytewise)
{
  g_autoptr(ExcWsmanResponse) response =
                 exc_wsman_response_new (operation, "uuid:ab", 4096 * 1024);
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) out = g_string_new (NULL);
  g_autoptr(GByteArray) joined = g_byte_array_new ();
  g_autofree char *last = NULL;
  const ExcWsmanFault *fault = NULL;
  gboolean ok = TRUE;

  for (gsize at = 0; ok && at < length;) {
    gsize n = bytewise ? 1 : at < split ? split - at : length - at;
    g_autofree guint8 *exact = g_memdup2 (xml + at, n);
    ExcWsmanChunk *chunk = NULL;

    ok = exc_wsman_response_push (response, exact, n, &error);
    while ((chunk = exc_wsman_response_pop (response)) != NULL) {
      g_autofree char *who =
          g_strdup_printf ("%s/%s", chunk->name, chunk->command_id ? chunk->command_id : "-");

      if (g_strcmp0 (who, last) != 0)
        g_string_append_printf (out, "%s:", who);
      g_free (last);
      last = g_steal_pointer (&who);
      for (gsize i = 0; i < g_bytes_get_size (chunk->bytes); i++)
        g_string_append_printf (
            out, "%02x", ((const guint8 *) g_bytes_get_data (chunk->bytes, NULL))[i]);
      exc_wsman_chunk_free (chunk);
    }
    at += n;
  }
  if (ok)
    ok = exc_wsman_response_finish (response, &error);
  if (!ok) {
    g_assert_nonnull (error);
    g_assert_true (error->domain == EXC_ERROR);
    g_assert_cmpstr (error->message, !=, "");
    g_string_printf (out, "error %d", error->code);
    return g_string_free (g_steal_pointer (&out), FALSE);
  }

  fault = exc_wsman_response_get_fault (response);
  if (fault != NULL) {
    g_autoptr(GError) as_error = exc_wsman_fault_to_error (fault);

    g_string_append_printf (out, "fault %u [%s] %d", fault->code, fault->message, as_error->code);
  }
  if (exc_wsman_response_get_shell_id (response) != NULL)
    g_string_append_printf (out, " shell=%s", exc_wsman_response_get_shell_id (response));
  if (exc_wsman_response_get_resource_uri (response) != NULL)
    g_string_append_printf (out, " uri=%s", exc_wsman_response_get_resource_uri (response));
  if (exc_wsman_response_get_command_id (response) != NULL)
    g_string_append_printf (out, " command=%s", exc_wsman_response_get_command_id (response));
  if (exc_wsman_response_get_done_command_id (response) != NULL)
    g_string_append_printf (out, " done=%s", exc_wsman_response_get_done_command_id (response));
  if (exc_wsman_response_get_shell_state (response) != NULL)
    g_string_append_printf (out, " state=%s", exc_wsman_response_get_shell_state (response));

  return g_strstrip (g_string_free (g_steal_pointer (&out), FALSE));
}

typedef struct {
  const char *name;
  ExcWsmanOperation operation;
  const char *xml;
  const char *expected;
} Case;

static const Case cases[] = {
  { "created",
    EXC_WSMAN_CREATE,
    OK "<x:ResourceCreated><a:ReferenceParameters><w:ResourceURI>U&amp;1</w:ResourceURI>"
       "<w:SelectorSet><w:Selector Name=\"Other\">no</w:Selector>"
       "<w:Selector Name=\"ShellId\"> S1 </w:Selector></w:SelectorSet></a:ReferenceParameters>"
       "</x:ResourceCreated><rsp:Shell><rsp:ShellId>S2</rsp:ShellId></rsp:Shell>" TAIL,
    "shell=S1 uri=U&1" },
  { "created-by-shell-alone",
    EXC_WSMAN_CREATE,
    OK
    "<rsp:Shell><rsp:ShellId>S2</rsp:ShellId><rsp:ResourceUri>U</rsp:ResourceUri></rsp:Shell>" TAIL,
    "shell=S2 uri=U" },
  { "created-without-id", EXC_WSMAN_CREATE, OK "<x:ResourceCreated/>" TAIL, "error 0" },
  { "command",
    EXC_WSMAN_COMMAND,
    OK "<rsp:CommandResponse><rsp:CommandId>C1</rsp:CommandId></rsp:CommandResponse>" TAIL,
    "command=C1" },
  { "command-without-id", EXC_WSMAN_COMMAND, OK "<rsp:CommandResponse/>" TAIL, "error 0" },
  { "streams",
    EXC_WSMAN_RECEIVE,
    OK "<rsp:ReceiveResponse><rsp:Stream Name=\"stdout\">AAEC</rsp:Stream>"
       "<rsp:Stream Name=\"stdout\" CommandId=\"C1\">/w==</rsp:Stream>"
       "<rsp:Stream Name=\"stdout\" CommandId=\"C1\">\r\n AQ I= \n</rsp:Stream>"
       "<rsp:CommandState CommandId=\"C1\" State=\"http://schemas.microsoft.com/wbem/wsman/1/"
       "windows/shell/CommandState/Done\"><rsp:ExitCode>0</rsp:ExitCode></rsp:CommandState>"
       "</rsp:ReceiveResponse>" TAIL,
    "stdout/-:000102stdout/C1:ff0102 done=C1" },
  { "other-prefixes",
    EXC_WSMAN_RECEIVE,
    "<?xml version=\"1.0\"?><Envelope xmlns=\"http://www.w3.org/2003/05/soap-envelope\"><Header>"
    "<q:RelatesTo xmlns:q=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\">UUID:AB"
    "</q:RelatesTo></Header><Body><ReceiveResponse xmlns=\"http://schemas.microsoft.com/wbem/"
    "wsman/1/windows/shell\"><Stream Name='stdout'><![CDATA[AA==]]></Stream></ReceiveResponse>"
    "</Body></Envelope>",
    "stdout/-:00" },
  { "running",
    EXC_WSMAN_RECEIVE,
    OK "<rsp:ReceiveResponse><rsp:CommandState CommandId=\"C\" State=\"http://schemas.microsoft."
       "com/wbem/wsman/1/windows/shell/CommandState/Running\"/></rsp:ReceiveResponse>" TAIL,
    "" },
  { "empty-receive", EXC_WSMAN_RECEIVE, OK "<rsp:ReceiveResponse/>" TAIL, "" },
  { "not-receive", EXC_WSMAN_RECEIVE, OK "<rsp:SendResponse/>" TAIL, "error 0" },
  { "bad-base64",
    EXC_WSMAN_RECEIVE,
    OK "<rsp:ReceiveResponse><rsp:Stream Name=\"o\">AA!A</rsp:Stream></rsp:ReceiveResponse>" TAIL,
    "error 0" },
  { "cut-base64",
    EXC_WSMAN_RECEIVE,
    OK "<rsp:ReceiveResponse><rsp:Stream Name=\"o\">AAA</rsp:Stream></rsp:ReceiveResponse>" TAIL,
    "error 0" },
  { "padding-inside",
    EXC_WSMAN_RECEIVE,
    OK "<rsp:ReceiveResponse><rsp:Stream Name=\"o\">AA=A</rsp:Stream></rsp:ReceiveResponse>" TAIL,
    "error 0" },
  { "after-padding",
    EXC_WSMAN_RECEIVE,
    OK
    "<rsp:ReceiveResponse><rsp:Stream Name=\"o\">AA==AAAA</rsp:Stream></rsp:ReceiveResponse>" TAIL,
    "error 0" },
  { "element-in-stream",
    EXC_WSMAN_RECEIVE,
    OK "<rsp:ReceiveResponse><rsp:Stream Name=\"o\"><q/></rsp:Stream></rsp:ReceiveResponse>" TAIL,
    "error 0" },
  { "get",
    EXC_WSMAN_GET,
    OK "<rsp:Shell><rsp:ShellId>S</rsp:ShellId><rsp:State>Connected</rsp:State></rsp:Shell>" TAIL,
    "shell=S state=Connected" },
  { "deleted", EXC_WSMAN_DELETE, OK TAIL, "" },
  { "signalled", EXC_WSMAN_SIGNAL, OK "<rsp:SignalResponse/>" TAIL, "" },
  { "relates-elsewhere",
    EXC_WSMAN_DELETE,
    HEAD ("<a:RelatesTo>uuid:CD</a:RelatesTo>") TAIL,
    "error 0" },
  { "relates-nowhere", EXC_WSMAN_DELETE, HEAD ("") TAIL, "error 0" },
  { "no-body",
    EXC_WSMAN_DELETE,
    "<s:Envelope " NS "><s:Header>" OURS "</s:Header></s:Envelope>",
    "error 0" },
  { "html", EXC_WSMAN_DELETE, "<html><body>Proxy</body></html>", "error 0" },
  { "text", EXC_WSMAN_DELETE, "Service Unavailable", "error 0" },
  { "doctype",
    EXC_WSMAN_DELETE,
    "<!DOCTYPE s [<!ENTITY e \"x\">]><s:Envelope " NS ">&e;</s:Envelope>",
    "error 0" },
  { "entity", EXC_WSMAN_DELETE, "<s:Envelope " NS ">&e;</s:Envelope>", "error 0" },
  { "bom", EXC_WSMAN_DELETE, "\xef\xbb\xbf" OK TAIL, "" },
  { "declaration", EXC_WSMAN_DELETE, "<?xml version=\"1.0\" encoding=\"utf-16\"?>" OK TAIL, "" },
  { "utf-16", EXC_WSMAN_DELETE, "\xff\xfe<", "error 0" },
  { "half-a-bom", EXC_WSMAN_DELETE, "\xef\xbb" OK TAIL, "error 0" },
  { "not-utf-8", EXC_WSMAN_DELETE, OK "\xff" TAIL, "error 0" },
  { "not-utf-8-in-cdata", EXC_WSMAN_DELETE, OK "<![CDATA[\xff]]>" TAIL, "error 0" },
  { "two-roots", EXC_WSMAN_DELETE, OK TAIL "<a/>", "error 0" },
  { "deep",
    EXC_WSMAN_DELETE,
    OK "<q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q>"
       "<q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q>"
       "<q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q><q>",
    "error 1" },
  /* The shapes of protocol.md 4. */
  { "fault-plain",
    EXC_WSMAN_RECEIVE,
    OK "<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>w:TimedOut</s:Value>"
       "</s:Subcode></s:Code><s:Reason><s:Text>why</s:Text></s:Reason><s:Detail>"
       "<f:WSManFault Code=\"2150858793\" Machine=\"m\"><f:Message>Nothing  </f:Message>"
       "</f:WSManFault></s:Detail></s:Fault>" TAIL,
    "fault 2150858793 [Nothing] 4" },
  { "fault-provider",
    EXC_WSMAN_RECEIVE,
    OK "<s:Fault><s:Reason><s:Text>why</s:Text></s:Reason><s:Detail><f:WSManFault "
       "Code=\"2150858843\"><f:Message>\n <f:ProviderFault provider=\"x\"><f:WSManFault Code=\"7\">"
       "<f:Message>The inner &lt;text&gt;</f:Message></f:WSManFault></f:ProviderFault></f:Message>"
       "</f:WSManFault></s:Detail></s:Fault>" TAIL,
    "fault 2150858843 [The inner <text>] 6" },
  { "fault-provider-text",
    EXC_WSMAN_CREATE,
    OK "<s:Fault><s:Detail><f:WSManFault Code=\"5\"><f:Message><f:ProviderFault>No role"
       "</f:ProviderFault></f:Message></f:WSManFault></s:Detail></s:Fault>" TAIL,
    "fault 5 [No role] 2" },
  { "fault-mixed",
    EXC_WSMAN_CREATE,
    OK "<s:Fault><s:Detail><f:WSManFault Code=\"2150859173\"><f:Message>Outer <f:ProviderFault/>"
       "</f:Message></f:WSManFault></s:Detail></s:Fault>" TAIL,
    "fault 2150859173 [Outer] 5" },
  { "fault-reason-alone",
    EXC_WSMAN_CREATE,
    HEAD ("") "<s:Fault><s:Reason><s:Text>The reason</s:Text></s:Reason></s:Fault>" TAIL,
    "fault 0 [The reason] 0" },
  { "fault-subcode-alone",
    EXC_WSMAN_RECEIVE,
    HEAD ("") "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>w:InvalidSelectors"
              "</s:Value></s:Subcode></s:Code></s:Fault>" TAIL,
    "fault 0 [InvalidSelectors] 6" },
  { "fault-nothing",
    EXC_WSMAN_RECEIVE,
    HEAD ("") "<s:Fault/>" TAIL,
    "fault 0 [no reason given] 0" },
  { "fault-config",
    EXC_WSMAN_CREATE,
    OK "<s:Fault><s:Detail><f:WSManFault Code=\"2150858811\"><f:Message>no</f:Message>"
       "</f:WSManFault></s:Detail></s:Fault>" TAIL,
    "fault 2150858811 [no] 7" },
};

static void
test_response (gconstpointer data)
{
  const Case *c = data;
  gsize length = strlen (c->xml);
  g_autofree char *bytewise = NULL;

  for (gsize split = 0; split <= length; split++) {
    g_autofree char *got = describe (c->operation, c->xml, length, split, FALSE);

    g_assert_cmpstr (got, ==, c->expected);
  }
  bytewise = describe (c->operation, c->xml, length, 0, TRUE);
  g_assert_cmpstr (bytewise, ==, c->expected);
}

/* A good message that ends early is an error at every place. */
static void
test_cut (void)
{
  const char *xml = cases[5].xml;

  for (gsize length = 0; length < strlen (xml); length++) {
    g_autofree char *got = describe (EXC_WSMAN_RECEIVE, xml, length, 0, FALSE);

    g_assert_cmpstr (got, ==, "error 0");
  }
}

static void
test_limit (void)
{
  g_autoptr(ExcWsmanResponse) response = exc_wsman_response_new (EXC_WSMAN_DELETE, "uuid:ab", 100);
  g_autoptr(GError) error = NULL;
  const char *xml = cases[0].xml;

  g_assert_true (exc_wsman_response_push (response, (const guint8 *) xml, 100, &error));
  g_assert_false (exc_wsman_response_push (response, (const guint8 *) xml + 100, 1, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_LIMIT);
  g_clear_error (&error);
  /* It stays failed. */
  g_assert_false (exc_wsman_response_finish (response, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_LIMIT);
}

/* (transfer full) (nullable): the text of one `key: <s:Envelope …` entry of a transcript; YAML
 * folds long ones at blanks into lines of deeper indent. */
static char *
dup_envelope (char **lines, const char *key)
{
  g_autoptr(GString) text = NULL;

  if (!g_str_has_prefix (lines[0], key))
    return NULL;
  text = g_string_new (lines[0] + strlen (key));
  for (gsize i = 1; lines[i] != NULL && g_str_has_prefix (lines[i], "    "); i++) {
    g_string_append_c (text, ' ');
    g_string_append (text, lines[i] + 4);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Every recorded request and response is read, whole and byte by byte. */
static void
test_recorded (void)
{
  const char *fixtures = g_getenv ("EXC_FIXTURES");
  g_autofree char *folder = NULL;
  g_autoptr(GDir) dir = NULL;
  const char *name = NULL;
  guint n_requests = 0;
  guint n_responses = 0;

  if (fixtures != NULL)
    folder = g_build_filename (fixtures, "transcripts", NULL);
  if (folder != NULL)
    dir = g_dir_open (folder, 0, NULL);
  if (dir == NULL) {
    g_test_skip ("the recorded transcripts are not here");
    return;
  }

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    ExcWsmanOperation operation = EXC_WSMAN_OTHER;

    if (!g_str_has_suffix (name, ".yml") || name[0] == '_')
      continue;
    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    lines = g_strsplit (text, "\n", -1);
    for (gsize i = 0; lines[i] != NULL; i++) {
      g_autofree char *request_xml = dup_envelope (lines + i, "- request: ");
      g_autofree char *response_xml = dup_envelope (lines + i, "  response: ");

      if (request_xml != NULL) {
        g_autoptr(GError) error = NULL;
        g_autoptr(ExcWsmanRequest) request = exc_wsman_request_parse (
            (const guint8 *) request_xml, strlen (request_xml), &error);

        g_assert_no_error (error);
        operation = exc_wsman_request_get_operation (request);
        n_requests++;
      } else if (response_xml != NULL && *response_xml == '<') {
        ExcWsmanResponse *response = NULL;
        g_autoptr(GError) error = NULL;

        response = exc_wsman_response_new (operation, NULL, 0);
        exc_wsman_response_push (
            response, (const guint8 *) response_xml, strlen (response_xml), &error);
        g_assert_no_error (error);
        exc_wsman_response_finish (response, &error);
        g_assert_no_error (error);
        exc_wsman_response_free (response);
        if (strlen (response_xml) < 20000) {
          g_autofree char *whole =
              describe (operation, response_xml, strlen (response_xml), 0, FALSE);
          g_autofree char *bytewise =
              describe (operation, response_xml, strlen (response_xml), 0, TRUE);

          g_assert_cmpstr (whole, ==, bytewise);
        }
        n_responses++;
      }
    }
  }
  g_test_message ("%u requests, %u responses", n_requests, n_responses);
  g_assert_cmpuint (n_requests, ==, 187);
  g_assert_cmpuint (n_responses, ==, 186);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/wire/wsman/response/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_response);
  }
  g_test_add_func ("/wire/wsman/response/cut-anywhere", test_cut);
  g_test_add_func ("/wire/wsman/response/too-large", test_limit);
  g_test_add_func ("/wire/wsman/recorded", test_recorded);

  return g_test_run ();
}
