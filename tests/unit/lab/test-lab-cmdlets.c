/* test-lab-cmdlets.c — how the simulated cmdlets bind, and what the smaller ones say
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "lab-fixture.h"

#define S(text) exc_value_new_string (text)
#define ON      exc_value_new_boolean (TRUE)
#define OFF     exc_value_new_boolean (FALSE)
#define DEFAULT "Microsoft Exchange"

static const char *const all_properties[] = { "Thumbprint", "Services", "Status",
                                              "RootCAType", "Identity", "CertificateDomains",
                                              "Nonsense",   NULL };

static ExcLabServer *
get_server (LabFixture *fixture, const char *name)
{
  return exc_lab_world_find_server (fixture->world, name);
}

static void
assert_id (ExcErrorRecord *record, const char *prefix)
{
  g_assert_nonnull (record);
  if (!g_str_has_prefix (record->error_id, prefix))
    g_error ("error id %s, expected %s", record->error_id, prefix);
}

/* The ids that protocol.md 12 lists; all of them end the pipeline. */
static void
test_binding_errors (LabFixture *fixture, gconstpointer data)
{
  static const char *const two[] = { "a", "b", NULL };
  const struct {
    ExcCommand *command;
    const char *id;
  } cases[] = {
    { lab_command ("Get-Mailbox", NULL), "CommandNotFoundException" },
    { lab_command ("Get-ExchangeCertificate", "Serv", S ("EXCH01"), "Frog", S ("x"), NULL),
      "NamedParameterNotFound,Microsoft.Exchange." },
    { lab_command ("New-ExchangeCertificate", "Include", ON, NULL), "AmbiguousParameter," },
    { lab_command ("Get-ExchangeCertificate", "Server", S ("a"), "Serv", S ("b"), NULL),
      "ParameterAlreadyBound," },
    { lab_command ("Get-ExchangeCertificate", "Server", S ("a"), "Identity", S ("b"), NULL),
      "AmbiguousParameterSet," },
    { lab_command ("Enable-ExchangeCertificate", "Thumbprint", S ("a"), NULL),
      "MissingMandatoryParameter," },
    { lab_command ("New-ExchangeCertificate", "Force", S ("true"), NULL),
      "CannotConvertArgument," },
    { lab_command ("New-ExchangeCertificate", "PrivateKeyExportable", S ("false"), NULL),
      "CannotConvertArgument," },
    { lab_command ("New-ExchangeCertificate", "KeySize", S ("big"), NULL),
      "CannotConvertArgumentNoMessage," },
    { lab_command ("New-ExchangeCertificate", "Services", S ("Web"), NULL),
      "CannotConvertArgumentNoMessage," },
    { lab_command ("New-ExchangeCertificate", "SubjectName", S ("mail"), NULL),
      "CannotConvertArgumentNoMessage," },
    { lab_command ("Get-ExchangeCertificate", "Thumbprint", exc_value_new_string_list (two), NULL),
      "CannotConvertArgument," },
    { exc_command_new_script ("x", "Get-Date", FALSE), "ScriptsNotAllowed" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr(LabReply) reply = lab_run_command (fixture, cases[i].command);

    g_assert_false (reply->ok);
    g_assert_cmpuint (reply->errors->len, ==, 0);
    assert_id (reply->failure, cases[i].id);
  }
}

/* Names in any case, unique prefixes, a dash in front; values of other kinds that convert. */
static void
test_binding (LabFixture *fixture, gconstpointer data)
{
  static const char *const services[] = { "IIS", "smtp", NULL };
  const char *old = lab_find (fixture, "EXCH02", DEFAULT)->x509->sha1;
  g_autoptr(LabReply) get = lab_run_command (fixture,
                                              lab_command ("get-exchangecertificate",
                                                           "-SERV",
                                                           S ("exch02"),
                                                           "thumb",
                                                           S (old),
                                                           "ErrorAction",
                                                           S ("Stop"),
                                                           NULL));
  g_autoptr(LabReply) list = lab_run_command (fixture,
                                               lab_command ("Enable-ExchangeCertificate",
                                                            "Server",
                                                            S ("EXCH02"),
                                                            "Thumbprint",
                                                            S (old),
                                                            "Services",
                                                            exc_value_new_string_list (services),
                                                            "Force",
                                                            exc_value_new_null (),
                                                            NULL));
  ExcCommand *positional = exc_command_new ("Get-ExchangeCertificate");
  g_autoptr(LabReply) by_place = NULL;

  g_assert_true (get->ok);
  g_assert_cmpuint (get->output->len, ==, 1);
  g_assert_true (list->ok);
  exc_command_set (positional, NULL, S (old));
  exc_command_set (positional, "Server", S ("EXCH02"));
  by_place = lab_run_command (fixture, positional);
  g_assert_cmpuint (by_place->output->len, ==, 1);
}

static void
test_get_command (LabFixture *fixture, gconstpointer data)
{
  static const char *const names[] = {
    "New-ExchangeCertificate", "Set-Nonsense", "Get-AuthConfig", NULL
  };
  g_autoptr(LabReply) reply = lab_run_command (
      fixture, lab_command ("Get-Command", "Name", exc_value_new_string_list (names), NULL));

  g_assert_true (reply->ok);
  g_assert_cmpuint (reply->output->len, ==, 2);
  g_assert_cmpstr (lab_text (reply, 1, "Name"), ==, "Get-AuthConfig");
  g_assert_cmpuint (reply->errors->len, ==, 1);
  assert_id (g_ptr_array_index (reply->errors, 0), "CommandNotFoundException,Microsoft.PowerShell");
}

static void
test_organization (LabFixture *fixture, gconstpointer data)
{
  static const char *const server_properties[] = { "Name", "Fqdn",       "AdminDisplayVersion",
                                                   "Site", "ServerRole", NULL };
  g_autoptr(LabReply) servers = lab_run_projected (
      fixture, lab_command ("Get-ExchangeServer", NULL), server_properties);
  g_autoptr(LabReply) transport = lab_run_command (
      fixture, lab_command ("Get-TransportService", "Identity", S ("exch02.contoso.lab"), NULL));
  g_autoptr(LabReply) auth = lab_run_command (fixture, lab_command ("Get-AuthConfig", NULL));
  g_autoptr(LabReply) pop = lab_run_command (
      fixture, lab_command ("Get-PopSettings", "Server", S ("EXCH02"), NULL));
  g_autoptr(LabReply) connectors = lab_run_command (
      fixture, lab_command ("Get-ReceiveConnector", "Server", S ("EXCH02"), NULL));
  g_autoptr(LabReply) hybrid =
                 lab_run_command (fixture, lab_command ("Get-HybridConfiguration", NULL));
  g_autoptr(LabReply) health = lab_run_command (
      fixture, lab_command ("Test-ServiceHealth", "Server", S ("EXCH01"), NULL));
  g_autoptr(LabReply) copies = lab_run_command (
      fixture, lab_command ("Get-MailboxDatabaseCopyStatus", "Server", S ("EXCH01"), NULL));

  g_assert_cmpuint (servers->output->len, ==, 3);
  g_assert_cmpstr (
      lab_text (servers, 2, "AdminDisplayVersion"), ==, "Version 15.1 (Build 2507.39)");
  g_assert_cmpstr (lab_text (servers, 0, "Site"), ==, "contoso.lab/Configuration/Sites/Berlin");
  g_assert_cmpstr (lab_text (transport, 0, "InternalTransportCertificateThumbprint"),
                   ==,
                   lab_find (fixture, "EXCH02", DEFAULT)->x509->sha1);
  g_assert_cmpstr (lab_text (auth, 0, "CurrentCertificateThumbprint"),
                   ==,
                   exc_lab_world_get_auth_config (fixture->world)->current);
  g_assert_cmpstr (lab_text (auth, 0, "NextCertificateThumbprint"), ==, "");
  g_assert_cmpstr (lab_text (pop, 0, "X509CertificateName"), ==, "exch02.contoso.lab");
  g_assert_cmpuint (connectors->output->len, ==, 5);
  g_assert_true (hybrid->ok);
  g_assert_cmpuint (hybrid->output->len, ==, 0);
  g_assert_cmpuint (health->output->len, ==, 2);
  g_assert_cmpstr (lab_text (copies, 0, "Status"), ==, "Mounted");
}

static void
test_request (LabFixture *fixture, gconstpointer data)
{
  g_autoptr(LabReply) request = lab_run_command (fixture,
                                                  lab_command ("New-ExchangeCertificate",
                                                               "Server",
                                                               S ("EXCH01"),
                                                               "GenerateRequest",
                                                               ON,
                                                               "SubjectName",
                                                               S ("CN=mail.contoso.lab"),
                                                               NULL));
  g_autoptr(LabReply) list = lab_run_projected (
      fixture,
      lab_command ("Get-ExchangeCertificate", "Server", S ("EXCH01"), NULL),
      all_properties);

  g_assert_true (g_str_has_prefix (exc_value_get_text (g_ptr_array_index (request->output, 0)),
                                   "-----BEGIN NEW CERTIFICATE REQUEST-----"));
  g_assert_cmpuint (list->output->len, ==, 5);
  g_assert_cmpstr (lab_text (list, 0, "Status"), ==, "PendingRequest");
}

static void
test_pfx (LabFixture *fixture, gconstpointer data)
{
  const char *auth = exc_lab_world_get_auth_config (fixture->world)->current;
  ExcLabServer *target = get_server (fixture, "EXCH02");
  g_autofree char *thumbprint = g_strdup (auth);
  g_autoptr(ExcSecret) password = exc_secret_new ("Sommer-2026", 11);
  g_autoptr(ExcSecret) wrong = exc_secret_new ("Winter", 6);
  g_autoptr(LabReply) exported =
                 lab_run_command (fixture,
                                  lab_command ("Export-ExchangeCertificate",
                                               "Server",
                                               S ("EXCH01"),
                                               "Thumbprint",
                                               S (thumbprint),
                                               "BinaryEncoded",
                                               ON,
                                               "Password",
                                               exc_value_new_secure_string (password),
                                               NULL));
  ExcValue *file = exc_value_get_property (g_ptr_array_index (exported->output, 0), "FileData");
  g_autoptr(LabReply) again = NULL;
  g_autoptr(LabReply) refused = NULL;
  g_autoptr(LabReply) imported = NULL;
  g_autoptr(LabReply) locked = NULL;

#define IMPORT(secret)                                                                             \
  lab_run_command (fixture,                                                                        \
                   lab_command ("Import-ExchangeCertificate",                                      \
                                "Server",                                                          \
                                S ("EXCH02"),                                                      \
                                "FileData",                                                        \
                                exc_value_ref (file),                                              \
                                "Password",                                                        \
                                exc_value_new_secure_string (secret),                              \
                                "PrivateKeyExportable",                                            \
                                ON,                                                                \
                                NULL))
  again = IMPORT (password);
  g_assert_nonnull (strstr (((ExcErrorRecord *) g_ptr_array_index (again->errors, 0))->message,
                            "already exists"));
  g_assert_true (exc_lab_store_remove (target->my, thumbprint));
  refused = IMPORT (wrong);
  g_assert_cmpuint (refused->errors->len, ==, 1);
  imported = IMPORT (password);
  g_assert_cmpuint (imported->output->len, ==, 1);
  g_assert_nonnull (exc_lab_store_find (target->my, thumbprint)->key);

  locked = lab_run_command (fixture,
                            lab_command ("Export-ExchangeCertificate",
                                         "Server",
                                         S ("EXCH01"),
                                         "Thumbprint",
                                         S (lab_find (fixture, "EXCH01", DEFAULT)->x509->sha1),
                                         NULL));
  g_assert_cmpuint (locked->errors->len, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, query, func)                                                                     \
  g_test_add ("/lab/cmdlets/" path, LabFixture, query, lab_set_up, func, lab_tear_down)
  ADD ("binding-errors", NULL, test_binding_errors);
  ADD ("binding", NULL, test_binding);
  ADD ("get-command", NULL, test_get_command);
  ADD ("organization", NULL, test_organization);
  ADD ("request", NULL, test_request);
  ADD ("pfx", NULL, test_pfx);

  return g_test_run ();
}
