/* test-auth.c — the Auth certificate's way through a running lab: what happens by itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-changes.h"
#include "exc-queries.h"
#include "exc-records.h"
#include "lab-process.h"

#define EXCH01  "exch01.contoso.lab"
#define EXCH02  "exch02.contoso.lab"
#define HOUR    ((gint64) 60 * 60)
#define S(text) exc_value_new_string (text)
#define ON      exc_value_new_boolean (TRUE)

static ExcReply *
run (ExcShell *shell, ExcPipeline *take)
{
  g_autoptr(GError) error = NULL;
  ExcReply *reply = lab_process_run (shell, take, &error);

  g_assert_no_error (error);
  exc_reply_check (reply, &error);
  g_assert_no_error (error);
  return reply;
}

static ExcPipeline *
command (const char *name, ...)
{
  ExcCommand *self = exc_command_new (name);
  va_list arguments;
  const char *parameter;

  va_start (arguments, name);
  while ((parameter = va_arg (arguments, const char *)) != NULL)
    exc_command_set (self, parameter, va_arg (arguments, ExcValue *));
  va_end (arguments);
  exc_command_set (self, "ErrorAction", S ("Stop"));
  return exc_pipeline_new_single (self);
}

static ExcAuthConfigRecord *
read_config (ExcShell *shell)
{
  g_autoptr(ExcReply) reply = run (shell, exc_query_auth_config (TRUE));
  g_autoptr(GError) error = NULL;
  ExcAuthConfigRecord *record = exc_read_auth_config (reply, &error);

  g_assert_no_error (error);
  return record;
}

/* (transfer full): a new certificate on EXCH02, staged for so many seconds from the lab's now */
static char *
create_and_stage (LabProcess *lab, ExcShell *shell, gint64 seconds)
{
  static const char *const none[] = { NULL };
  g_autoptr(ExcReply) created = run (shell,
                                      command ("New-ExchangeCertificate",
                                               "Server",
                                               S (EXCH02),
                                               "PrivateKeyExportable",
                                               ON,
                                               "SubjectName",
                                               S ("CN=Microsoft Exchange Server Auth Certificate"),
                                               "DomainName",
                                               exc_value_new_string_list (none),
                                               "Services",
                                               S ("None"),
                                               NULL));
  g_autoptr(JsonNode) clock = lab_process_control (lab, "{\"op\":\"clock\"}");
  const gint64 now = json_object_get_int_member (json_node_get_object (clock), "now");
  g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc (now + seconds);
  g_autoptr(ExcReply) staged = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *thumbprint = exc_read_created (created, &error);

  g_assert_no_error (error);
  staged = run (shell,
                command ("Set-AuthConfig",
                         "NewCertificateThumbprint",
                         S (thumbprint),
                         "NewCertificateEffectiveDate",
                         exc_value_new_date_time (date),
                         "Server",
                         S (EXCH02),
                         "Force",
                         ON,
                         NULL));
  g_assert_nonnull (staged);
  return g_steal_pointer (&thumbprint);
}

static void
advance (LabProcess *lab, gint64 seconds)
{
  g_autofree char *request =
      g_strdup_printf ("{\"op\":\"clock\",\"advance\":%" G_GINT64_FORMAT "}", seconds);
  g_autoptr(JsonNode) answer = lab_process_control (lab, request);

  g_assert_nonnull (answer);
}

/* Which event log entries the servers have of that id. */
static guint
count_events (LabProcess *lab, gint64 id)
{
  g_autoptr(JsonNode) dump = lab_process_control (lab, "{\"op\":\"dump\"}");
  JsonObject *world = json_object_get_object_member (json_node_get_object (dump), "world");
  JsonArray *servers = json_object_get_array_member (world, "servers");
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (servers); i++) {
    JsonArray *events =
        json_object_get_array_member (json_array_get_object_element (servers, i), "events");

    for (guint j = 0; j < json_array_get_length (events); j++)
      n += json_object_get_int_member (json_array_get_object_element (events, j), "id") == id;
  }
  return n;
}

static void
test_due (void)
{
  g_autoptr(LabProcess) lab = lab_process_new ("small", NULL);
  ExcShell *shell = lab_process_open (lab, EXCH01, "exchange", NULL);
  g_autofree char *new = create_and_stage (lab, shell, 50 * HOUR);
  g_autoptr(ExcAuthConfigRecord) staged = read_config (shell);
  g_autoptr(ExcAuthConfigRecord) early = NULL;
  g_autoptr(ExcAuthConfigRecord) due = NULL;

  g_assert_cmpstr (staged->next, ==, new);
  advance (lab, 49 * HOUR);
  early = read_config (shell);
  g_assert_cmpstr (early->current, ==, staged->current);
  g_assert_cmpuint (count_events (lab, 2014), ==, 0);
  advance (lab, 13 * HOUR + 60);
  g_assert_cmpuint (count_events (lab, 2014), ==, 1);
  due = read_config (shell);
  g_assert_cmpstr (due->current, ==, new);
  g_assert_cmpstr (due->previous, ==, staged->current);
  lab_process_close (shell);
}

/* steps.md R5: a restart of the service host speeds it up. */
static void
test_restart (void)
{
  static const char *const services[] = { "MSExchangeServiceHost", NULL };
  g_autoptr(LabProcess) lab = lab_process_new ("small", NULL);
  ExcShell *shell = lab_process_open (lab, EXCH01, "exchange", NULL);
  ExcShell *windows = lab_process_open (lab, EXCH01, "windows", NULL);
  g_autofree char *new = create_and_stage (lab, shell, 0);
  g_autoptr(ExcReply) restarted = run (windows, exc_change_restart_services (services));
  g_autoptr(ExcAuthConfigRecord) config = read_config (shell);

  g_assert_nonnull (restarted);
  g_assert_cmpstr (config->current, ==, new);
  g_assert_cmpuint (count_events (lab, 2014), ==, 1);
  lab_process_close (shell);
  lab_process_close (windows);
}

/* The control socket is where the public authority answers. */
static void
test_issue (void)
{
  g_autoptr(LabProcess) lab = lab_process_new ("small", NULL);
  ExcShell *shell = lab_process_open (lab, EXCH01, "exchange", NULL);
  g_autoptr(ExcReply) requested = run (shell,
                                        command ("New-ExchangeCertificate",
                                                 "Server",
                                                 S (EXCH02),
                                                 "GenerateRequest",
                                                 ON,
                                                 "SubjectName",
                                                 S ("CN=mail.contoso.lab"),
                                                 NULL));
  const char *request =
      exc_value_get_text (g_ptr_array_index (exc_reply_get_output (requested), 0));
  g_autofree char *escaped = g_strescape (request, NULL);
  g_autofree char *line =
      g_strdup_printf ("{\"op\":\"issue\",\"days\":90,\"request\":\"%s\"}", escaped);
  g_autoptr(JsonNode) issued = lab_process_control (lab, line);
  const char *pem = json_object_get_string_member (json_node_get_object (issued), "certificate");
  g_autoptr(GBytes) file = g_bytes_new (pem, strlen (pem));
  g_autoptr(ExcReply) imported = run (shell,
                                       command ("Import-ExchangeCertificate",
                                                "Server",
                                                S (EXCH02),
                                                "FileData",
                                                exc_value_new_bytes (file),
                                                NULL));

  g_assert_cmpuint (exc_reply_get_output (imported)->len, ==, 1);
  lab_process_close (shell);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/process/auth/due", test_due);
  g_test_add_func ("/process/auth/restart", test_restart);
  g_test_add_func ("/process/auth/issue", test_issue);

  return g_test_run ();
}
