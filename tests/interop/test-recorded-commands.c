/* test-recorded-commands.c — what the programs send, taken by PowerShell
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * thumbprintctl reads, renews, undoes and falls back on a simulated organization, which keeps the
 * CREATE_PIPELINE of every command. The same bytes then go to a NoLanguage session with Exchange's
 * signatures: PowerShell's own binder must take each, with the types of the reference.
 */

#include "config.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

#include "authority.h"
#include "exc-clixml.h"
#include "exc-error.h"
#include "exc-psrp-pipeline.h"
#include "exc-scripts.h"
#include "interop-calls.h"
#include "interop-host.h"
#include "lab.h"

static const ExcPsrpVersion version = { 2, 3 };

typedef struct {
  char *directory; /* of the recordings, and of the log */
  char *objects;   /* what Get-X puts out */
  char *log;
  InteropHost *host;
  ExcShell *shell;
} Fixture;

static guint n_taken;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("thumbprint-recorded-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->log = g_build_filename (fixture->directory, "calls.jsonl", NULL);
  fixture->objects = g_build_filename (fixture->directory, "objects", NULL);
  g_mkdir (fixture->objects, 0700);
  fixture->host = interop_host_new ();
  {
    const char *const arguments[] = { "serve",          "--exchange", g_getenv ("INTEROP_CMDLETS"),
                                      "--log",          fixture->log, "--objects",
                                      fixture->objects, NULL };

    interop_host_add_engine (
        fixture->host, "/PowerShell", EXC_CONFIGURATION_EXCHANGE, arguments, NULL);
  }
  fixture->shell =
      interop_host_open_shell (fixture->host, "/PowerShell", EXC_CONFIGURATION_EXCHANGE);
}

static void
delete_tree (const char *path)
{
  g_autoptr(GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL) {
    g_autofree char *child = g_build_filename (path, name, NULL);

    delete_tree (child);
  }
  g_remove (path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  interop_close (fixture->shell);
  g_object_unref (fixture->shell);
  interop_host_free (fixture->host);
  delete_tree (fixture->directory);
  g_free (fixture->directory);
  g_free (fixture->objects);
  g_free (fixture->log);
}

/* ---- the programs at work */

static void
run_ctl (Lab *lab, const char *words)
{
  g_autoptr(Ended) ended = lab_run (lab, words);

  if (ended->code != 0)
    g_error ("%s ended with %d: %s", words, ended->code, ended->err);
}

/* Keeps a server's certificates for the session's own Get-ExchangeCertificate: what takes them from
 * the pipe is to get live ones. */
static void
add_certificates (Lab *lab, const char *server, GString *objects)
{
  g_autofree char *query = g_strdup_printf ("query Get-ExchangeCertificate -Server %s", server);
  g_autoptr(Ended) ended = lab_run (lab, query);
  g_auto(GStrv) lines = g_strsplit (ended->out, "\n", -1);

  g_assert_cmpint (ended->code, ==, 0);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++) {
    g_autoptr(JsonNode) node = json_from_string (lines[i], NULL);
    g_autoptr(ExcValue) object = exc_value_new_psobject ();
    g_autoptr(GBytes) der = NULL;
    g_autoptr(GBytes) bytes = NULL;
    JsonObject *properties =
        json_object_get_object_member (json_node_get_object (node), "properties");
    guint8 *data;
    gsize size;

    data = g_base64_decode (json_object_get_string_member (properties, "RawData"), &size);
    der = g_bytes_new_take (data, size);
    exc_value_set_member (object, "RawData", exc_value_new_bytes (der));
    bytes = exc_clixml_write (object, NULL, NULL);
    g_string_append_len (objects, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  }
}

static char *
write_file (Lab *lab, const char *name, GBytes *bytes)
{
  char *path = g_build_filename (lab->folder, name, NULL);
  g_autoptr(GError) error = NULL;

  g_file_set_contents (
      path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), &error);
  g_assert_no_error (error);
  return path;
}

/* Certificates created, requested, completed, imported and exported: byte arrays and passwords. */
static void
bring (Lab *lab, const char *first, const char *second)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr(GBytes) line = g_bytes_new_static ("geheim\n", 7);
  g_autofree char *password = write_file (lab, "pfx-password", line);
  g_autofree char *request = g_build_filename (lab->folder, "request.csr", NULL);
  g_autofree char *exported = g_build_filename (lab->folder, "exported.pfx", NULL);
  g_autoptr(GBytes) der = NULL;
  g_autoptr(GBytes) pfx = authority_make_pfx (
      "wild.contoso.lab", "geheim", TRUE, FALSE, now - 86400, now + 86400 * 90, &der);
  g_autofree char *pfx_path = write_file (lab, "wild.pfx", pfx);
  g_autofree char *thumbprint = g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, der);
  g_autofree char *create = g_strdup_printf (
      "create %s --domains new.contoso.lab,*.contoso.lab --friendly-name New --services smtp "
      "--exportable --trust --yes",
      second);
  g_autofree char *ask = g_strdup_printf (
      "request %s --subject CN=mail.contoso.lab,O=Contoso --output %s --yes", first, request);
  g_autofree char *import =
      g_strdup_printf ("import %s %s %s --pfx-password-file %s --friendly-name Wild --exportable "
                       "--yes",
                       pfx_path,
                       first,
                       second,
                       password);
  g_autofree char *out =
      g_strdup_printf ("export %s %s --format pfx --output %s --pfx-password-file %s",
                       second,
                       thumbprint,
                       exported,
                       password);
  g_autoptr(JsonObject) lost = NULL;
  g_autofree char *text = NULL;
  g_autoptr(GBytes) answer = NULL;
  g_autofree char *answer_path = NULL;
  g_autofree char *complete = NULL;
  g_autoptr(GError) error = NULL;

  run_ctl (lab, create);
  /* Its answer is lost, so the text is asked for by another command. */
  lost = lab_control (lab,
                      "{\"op\":\"fault\",\"kind\":\"drop\",\"when\":\"after\",\"times\":1,"
                      "\"command\":\"New-ExchangeCertificate\"}");
  run_ctl (lab, ask);
  g_file_get_contents (request, &text, NULL, &error);
  g_assert_no_error (error);
  answer = authority_answer (text, AUTHORITY_PKCS7_DER, now - 86400, now + 86400 * 90);
  answer_path = write_file (lab, "answer.p7b", answer);
  complete = g_strdup_printf ("complete %s %s --yes", first, answer_path);
  run_ctl (lab, complete);
  run_ctl (lab, import);
  run_ctl (lab, out);
}

/* One workflow, done and undone, unless there was nothing to change. */
static void G_GNUC_PRINTF (2, 3) run_and_undo (Lab *lab, const char *format, ...)
{
  g_autofree char *words = NULL;
  g_autofree char *undo = NULL;
  g_autoptr(Ended) ended = NULL;
  va_list args;

  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  ended = lab_run (lab, words);
  if (ended->code != 0)
    g_error ("%s ended with %d: %s", words, ended->code, ended->err);
  undo = g_strdup_printf ("undo %s",
                          json_object_get_string_member (json_node_get_object (ended->json), "id"));
  g_clear_pointer (&ended, ended_free);
  ended = lab_run (lab, undo);
  if (ended->code != 0 && ended->code != 7)
    g_error ("%s: %s ended with %d: %s", words, undo, ended->code, ended->err);
}

/* Everything that this version reads and changes, and the ways round what a server refuses. */
static void
work (Fixture *fixture)
{
  g_autoptr(Lab) lab = lab_start_recording ("small", fixture->directory);
  g_autoptr(GString) objects = g_string_new (
      "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">");
  g_autofree char *path = g_build_filename (fixture->objects, "Get-ExchangeCertificate.xml", NULL);
  const char *first = lab_get_fqdn (lab, 0), *second = lab_get_fqdn (lab, 1);
  g_autoptr(JsonObject) refused = NULL;

  run_ctl (lab, "servers");
  run_ctl (lab, "certificates");
  add_certificates (lab, first, objects);
  add_certificates (lab, second, objects);
  g_string_append (objects, "</Objs>");
  g_assert_true (g_file_set_contents (path, objects->str, objects->len, NULL));
  run_and_undo (lab, "renew microsoft-exchange %s %s --restart iis --yes --json", first, second);
  bring (lab, first, second);

  refused = lab_control (
      lab,
      "{\"op\":\"fault\",\"kind\":\"error\",\"command\":\"Select-Object\",\"message\":\"no\","
      "\"errorId\":\"ParameterArgumentValidationError,"
      "Microsoft.PowerShell.Commands.SelectObjectCommand\"}");
  run_ctl (lab, "certificates");
}

/* The Auth certificate replaced, rotated, and both taken back. */
static void
work_on_auth (const char *directory)
{
  g_autoptr(Lab) lab = lab_start_recording ("two-sites", directory);

  run_and_undo (lab, "renew auth --mode replace --yes --json");
  run_and_undo (lab, "renew auth --mode rotate --yes --json");
}

static void
work_on_workflows (const char *directory)
{
  g_autoptr(Lab) lab = lab_start_recording ("messy", directory);
  const char *server = lab_get_fqdn (lab, 0);
  g_autofree char *old = lab_find_thumbprint (lab, server, "CN=mail.adventure.lab");
  g_autofree char *default_one = lab_find_thumbprint (lab, server, "CN=ADV01");
  g_autofree char *delete = g_strdup_printf (
      "delete %s %s --root --clear-connectors --confirm %s --yes", old, server, old + 36);

  run_and_undo (lab, "renew wmsvc %s --yes --json", server);
  run_and_undo (lab, "assign %s SMTP,IIS,POP,IMAP %s --replace-default --yes --json", old, server);
  run_and_undo (lab, "assign %s SMTP %s --yes --json", old, server);
  run_and_undo (
      lab, "assign %s POP,IMAP %s --mail-name mail.adventure.lab --yes --json", old, server);
  run_and_undo (lab, "trust %s %s --yes --json", old, server);
  run_and_undo (lab, "untrust %s %s --yes --json", default_one, server);
  run_and_undo (lab, "bind %s 444,127.0.0.1:443,8172 %s --yes --json", old, server);
  run_and_undo (lab, "repair auth-as-internal-transport %s --yes --json", lab_get_fqdn (lab, 1));
  run_ctl (lab, delete);
}

/* A server whose site has an Edge subscription. */
static void
work_on_edge (const char *directory)
{
  g_autoptr(Lab) lab = lab_start_recording ("edge-hybrid", directory);

  run_and_undo (lab,
                "renew microsoft-exchange %s --restart transport --restart-mail --yes --json",
                lab_get_fqdn (lab, 0));
}

/* ---- what was recorded */

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Adds the paths, in the order in which they were sent. */
static void
list_recordings (const char *directory, GPtrArray *all)
{
  g_autoptr(GDir) dir = g_dir_open (directory, 0, NULL);
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    if (g_str_has_suffix (name, ".xml"))
      g_ptr_array_add (paths, g_build_filename (directory, name, NULL));
  }
  g_ptr_array_sort (paths, compare_names);
  g_ptr_array_extend_and_steal (all, g_steal_pointer (&paths));
}

/* What was sealed for the lab cannot be opened by the engine: another secret takes its place. */
static void
replace_secrets (ExcPipeline *pipeline)
{
  g_autoptr(ExcSecret) secret = exc_secret_new ("geheim", (gsize) -1);

  for (guint i = 0; i < exc_pipeline_get_n_commands (pipeline); i++) {
    ExcCommand *command = exc_pipeline_get_command (pipeline, i);

    for (guint j = 0; j < exc_command_get_n_parameters (command); j++)
      if (exc_value_get_kind (exc_command_get_parameter (command, j)) == EXC_VALUE_SECURE_STRING)
        exc_command_set (command,
                         exc_command_get_parameter_name (command, j),
                         exc_value_new_secure_string (secret));
  }
}

/* (transfer full): what was recorded, and a proof that sending it sends the recorded bytes. */
static ExcPipeline *
read_recording (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr(ExcValue) body = NULL;
  g_autoptr(ExcValue) again = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GError) error = NULL;
  ExcPipeline *pipeline;
  ExcPsrpHostInfo host;
  gboolean has_input;
  gsize length;

  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);
  body = exc_clixml_parse ((const guint8 *) text, length, &error);
  g_assert_no_error (error);
  pipeline = exc_psrp_create_pipeline_parse (body, &has_input, &host, &error);
  g_assert_no_error (error);

  again = exc_psrp_create_pipeline_new (pipeline, version, &exc_psrp_host_runspace);
  bytes = exc_clixml_write (again, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, length);
  replace_secrets (pipeline);

  return pipeline;
}

static gboolean
is_script (ExcPipeline *pipeline)
{
  for (guint i = 0; i < exc_pipeline_get_n_commands (pipeline); i++) {
    if (exc_command_get_script (exc_pipeline_get_command (pipeline, i)) != NULL)
      return TRUE;
  }

  return FALSE;
}

static void
add_script (GHashTable *names, ExcPipeline *pipeline)
{
  const ExcScript *script =
      exc_script_recognize (exc_command_get_script (exc_pipeline_get_command (pipeline, 0)));

  g_assert_nonnull (script);
  g_hash_table_add (names, g_strdup (script->name));
}

static void
check_calls (const char *log, guint at_least)
{
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GPtrArray) calls = interop_read_calls (log);
  g_autoptr(GError) error = NULL;

  json_parser_load_from_file (parser, g_getenv ("INTEROP_CMDLETS"), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (calls->len, >=, at_least);
  for (guint i = 0; i < calls->len; i++)
    interop_check_call (json_node_get_object (json_parser_get_root (parser)),
                        g_ptr_array_index (calls, i));
}

/* FALSE: not bound. */
static gboolean
is_bound (GPtrArray *calls, const char *cmdlet, const char *parameter, const char *type)
{
  for (guint i = 0; i < calls->len; i++) {
    JsonObject *call = g_ptr_array_index (calls, i);
    JsonObject *bound = json_object_get_object_member (call, "parameters");

    if (g_str_equal (json_object_get_string_member (call, "cmdlet"), cmdlet) &&
        json_object_has_member (bound, parameter) &&
        g_str_equal (json_object_get_string_member (
                         json_object_get_object_member (bound, parameter), "type"),
                     type))
      return TRUE;
  }

  return FALSE;
}

static ExcReply *
run (Fixture *fixture, ExcPipeline *take)
{
  g_autofree char *line = exc_pipeline_to_powershell (take);
  g_autoptr(GError) error = NULL;
  ExcReply *reply = interop_run (fixture->shell, take, &error);

  g_assert_no_error (error);
  g_test_message ("%s", line);
  exc_reply_check (reply, &error);
  g_assert_no_error (error);
  return reply;
}

static void
test_recorded (Fixture *fixture, gconstpointer data)
{
  /* What has to be among them, so that a program that sends nothing proves nothing; trust-raw.ps1
   * is the way back of untrust. */
  g_auto(GStrv) expected = g_strsplit (
      "Get-TransportService Get-ExchangeServer Get-ExchangeCertificate Get-AuthConfig "
      "New-ExchangeCertificate Enable-ExchangeCertificate Select-Object Remove-ExchangeCertificate "
      "Set-AuthConfig Export-ExchangeCertificate Import-ExchangeCertificate Get-SendConnector "
      "Get-PopSettings Set-PopSettings Set-ImapSettings Set-SendConnector "
      "Start-EdgeSynchronization Test-EdgeSynchronization Get-UMService "
      "trust.ps1 untrust.ps1 trust-raw.ps1",
      " ",
      -1);
  static void (*const others[]) (const char *directory) = {
    work_on_auth,
    work_on_workflows,
    work_on_edge,
  };
  g_autoptr(GHashTable) sent = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) calls = NULL;
  guint n_scripts = 0;

  work (fixture);
  list_recordings (fixture->directory, paths);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autofree char *folder = g_strdup_printf ("%s/%" G_GSIZE_FORMAT, fixture->directory, i);

    g_mkdir (folder, 0700);
    others[i](folder);
    list_recordings (folder, paths);
  }
  for (guint i = 0; i < paths->len; i++) {
    g_autoptr(ExcPipeline) pipeline = read_recording (g_ptr_array_index (paths, i));
    g_autofree char *words = NULL;
    g_autoptr(ExcReply) reply = NULL;

    if (is_script (pipeline)) { /* the engine runs them in test-script-answers.c */
      n_scripts++;
      add_script (names, pipeline);
      continue;
    }
    for (guint k = 0; k < exc_pipeline_get_n_commands (pipeline); k++)
      g_hash_table_add (names,
                        g_strdup (exc_command_get_name (exc_pipeline_get_command (pipeline, k))));
    words = exc_pipeline_to_powershell (pipeline);
    if (!g_hash_table_add (sent, g_steal_pointer (&words)))
      continue; /* word for word what was taken before */

    reply = run (fixture, exc_pipeline_ref (pipeline));
    n_taken++;
  }

  for (gsize i = 0; expected[i] != NULL; i++) {
    g_test_message ("%s", expected[i]);
    g_assert_true (g_hash_table_contains (names, expected[i]));
  }
  check_calls (fixture->log, n_taken);
  calls = interop_read_calls (fixture->log);
  g_assert_true (is_bound (calls,
                           "New-ExchangeCertificate",
                           "Instance",
                           "System.Security.Cryptography.X509Certificates.X509Certificate2"));
  g_assert_true (is_bound (calls, "Import-ExchangeCertificate", "FileData", "System.Byte[]"));
  g_assert_true (
      is_bound (calls, "Import-ExchangeCertificate", "Password", "System.Security.SecureString"));
  g_assert_true (
      is_bound (calls, "Export-ExchangeCertificate", "Password", "System.Security.SecureString"));
  g_assert_true (is_bound (calls,
                           "New-ExchangeCertificate",
                           "GenerateRequest",
                           "System.Management.Automation.SwitchParameter"));
  g_test_message ("%u recorded, %u of them scripts, %u different commands taken",
                  paths->len,
                  n_scripts,
                  n_taken);
}

/* ---- the kinds of values that a command can carry */

static void
test_types (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GDateTime) date = g_date_time_new_utc (2026, 12, 1, 8, 0, 0);
  g_autoptr(GBytes) bytes = g_bytes_new_static ("\060\202\1\2", 4);
  g_autoptr(ExcSecret) secret = exc_secret_new ("geheim", (gsize) -1);
  ExcCommand *config = exc_command_new ("Set-AuthConfig");
  ExcCommand *import = exc_command_new ("Import-ExchangeCertificate");
  ExcCommand *create = exc_command_new ("New-ExchangeCertificate");
  ExcCommand *commands[] = { config, import, create };
  g_autoptr(GPtrArray) calls = NULL;

  exc_command_set (config, "NewCertificateEffectiveDate", exc_value_new_date_time (date));
  exc_command_set_string (
      config, "NewCertificateThumbprint", "0123456789ABCDEF0123456789ABCDEF01234567");
  exc_command_set_switch (config, "Force", TRUE);
  exc_command_set_switch (config, "Confirm", FALSE);
  exc_command_set (import, "FileData", exc_value_new_bytes (bytes));
  exc_command_set (import, "Password", exc_value_new_secure_string (secret));
  exc_command_set_switch (import, "PrivateKeyExportable", FALSE);
  exc_command_set (create, "DomainName", exc_value_new_list ()); /* empty, and still a list */
  exc_command_set_int (create, "KeySize", 2048);

  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++) {
    g_autoptr(ExcReply) reply = run (fixture, exc_pipeline_new_single (commands[i]));
  }
  check_calls (fixture->log, G_N_ELEMENTS (commands));

  calls = interop_read_calls (fixture->log);
  g_assert_true (
      is_bound (calls, "Set-AuthConfig", "NewCertificateEffectiveDate", "System.DateTime"));
  g_assert_true (
      is_bound (calls, "Set-AuthConfig", "Force", "System.Management.Automation.SwitchParameter"));
  g_assert_true (is_bound (
      calls, "Set-AuthConfig", "Confirm", "System.Management.Automation.SwitchParameter"));
  g_assert_true (is_bound (calls, "Import-ExchangeCertificate", "FileData", "System.Byte[]"));
  g_assert_true (
      is_bound (calls, "Import-ExchangeCertificate", "Password", "System.Security.SecureString"));
  g_assert_true (
      is_bound (calls, "Import-ExchangeCertificate", "PrivateKeyExportable", "System.Boolean"));
  g_assert_true (is_bound (calls, "New-ExchangeCertificate", "DomainName", "MultiValuedProperty"));
  g_assert_true (is_bound (calls, "New-ExchangeCertificate", "KeySize", "System.Int32"));
}

/* What must not pass: so that the session is known to judge. */
static void
test_judges (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *cmdlet;
    const char *parameter;
    const char *error_id;
  } cases[] = {
    { "Get-ExchangeCertificate", "Nonsense", "NamedParameterNotFound" },
    { "Get-Nonsense", "Server", "CommandNotFoundException" },
  };
  g_autoptr(ExcReply) script = NULL;
  g_autoptr(GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    ExcCommand *command = exc_command_new (cases[i].cmdlet);
    g_autoptr(ExcReply) reply = NULL;

    exc_command_set_string (command, cases[i].parameter, "x");
    reply = interop_run (fixture->shell, exc_pipeline_new_single (command), &error);
    g_assert_no_error (error);
    g_assert_true (g_str_has_prefix (exc_reply_get_failure (reply)->error_id, cases[i].error_id));
  }

  script = interop_run (fixture->shell,
                        exc_pipeline_new_single (exc_command_new_script ("x.ps1", "1", FALSE)),
                        &error);
  g_assert_no_error (error);
  g_assert_cmpstr (exc_reply_get_failure (script)->error_id, ==, "ScriptsNotAllowed");
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);

  g_test_add ("/interop/recorded/taken", Fixture, NULL, set_up, test_recorded, tear_down);
  g_test_add ("/interop/recorded/types", Fixture, NULL, set_up, test_types, tear_down);
  g_test_add ("/interop/recorded/judges", Fixture, NULL, set_up, test_judges, tear_down);

  status = g_test_run ();
  g_print ("# %u different commands of the programs taken by PowerShell\n", n_taken);
  return status;
}
