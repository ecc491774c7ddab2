/* test-lab-exchange.c — the simulated cmdlets: binding, shapes, prompts, guards
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "lab-fixture.h"

#include "exc-serialized-certificate.h"

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

static void
test_raw_data_only (LabFixture *fixture, gconstpointer data)
{
  g_autoptr(LabReply) reply = lab_run_command (
      fixture, lab_command ("Get-ExchangeCertificate", "Server", S ("exch01"), NULL));
  gint64 last = G_MAXINT64;

  g_assert_true (reply->ok);
  g_assert_cmpuint (reply->output->len, ==, 4);
  for (guint i = 0; i < reply->output->len; i++) {
    ExcValue *value = g_ptr_array_index (reply->output, i);
    g_autoptr(ExcX509) x509 = exc_x509_new_from_der (
        exc_value_get_bytes (exc_value_get_property (value, "RawData")), NULL);

    g_assert_cmpuint (exc_value_get_n_properties (value), ==, 1);
    g_assert_true (exc_value_is_type (
        value, "System.Security.Cryptography.X509Certificates.X509Certificate2"));
    g_assert_cmpint (x509->not_before, <=, last); /* newest first */
    last = x509->not_before;
  }
}

static void
test_full (LabFixture *fixture, gconstpointer data)
{
  g_autoptr(LabReply) reply = lab_run_command (
      fixture,
      lab_command ("Get-ExchangeCertificate",
                   "Server",
                   S ("EXCH02"),
                   "Thumbprint",
                   S (lab_find (fixture, "EXCH02", DEFAULT)->x509->sha1),
                   NULL));
  ExcValue *value = g_ptr_array_index (reply->output, 0);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcSerializedCertificate) read = exc_serialized_certificate_parse (
      exc_value_get_bytes (exc_value_get_property (value, "SerializationData")), &error);

  g_assert_no_error (error);
  g_assert_cmpint (read->services, ==, 27);
  g_assert_cmpint (read->status, ==, 3);
  g_assert_cmpint (read->root_ca_type, ==, 3);
  g_assert_true (read->is_signed);
  g_assert_cmpint (read->is_self_signed, ==, 1);
  g_assert_cmpint (read->has_private_key, ==, 1);
  g_assert_cmpint (read->private_key_exportable, ==, 0);
  g_assert_cmpstr (read->friendly_name, ==, DEFAULT);
  g_assert_true (g_str_has_prefix (read->identity, "exch02.contoso.lab\\"));
  g_assert_cmpuint (g_strv_length (read->iis_services), ==, 2);
  g_assert_cmpstr (read->iis_services[1], ==, "IIS://EXCH02/W3SVC/2");
}

static void
test_projection (LabFixture *fixture, gconstpointer data)
{
  const char *thumbprint = lab_find (fixture, "EXCH01", DEFAULT)->x509->sha1;
  g_autoptr(LabReply) reply = lab_run_projected (fixture,
                                                  lab_command ("Get-ExchangeCertificate",
                                                               "Server",
                                                               S ("exch01.contoso.lab"),
                                                               "Thumbprint",
                                                               S (thumbprint),
                                                               NULL),
                                                  all_properties);
  ExcValue *value = g_ptr_array_index (reply->output, 0);
  g_auto(GStrv) domains =
              exc_value_dup_string_list (exc_value_get_property (value, "CertificateDomains"));
  gint64 services;

  g_assert_cmpuint (reply->output->len, ==, 1);
  g_assert_cmpuint (exc_value_get_n_properties (value), ==, 7);
  g_assert_true (g_str_has_prefix (exc_value_get_type_names (value)[0], "Selected.Microsoft."));
  g_assert_cmpstr (lab_text (reply, 0, "Thumbprint"), ==, thumbprint);
  g_assert_cmpstr (lab_text (reply, 0, "Services"), ==, "IMAP, POP, IIS, SMTP");
  g_assert_true (exc_value_get_int64 (exc_value_get_property (value, "Services"), &services));
  g_assert_cmpint (services, ==, 27);
  g_assert_cmpstr (lab_text (reply, 0, "Status"), ==, "Valid");
  g_assert_true (exc_value_is_null (exc_value_get_property (value, "Nonsense")));
  g_assert_cmpuint (g_strv_length (domains), ==, 2);
}

/* Without -Server the session's own back end answers, which is not the connected server. */
static void
test_routing (LabFixture *fixture, gconstpointer data)
{
  ExcPipeline *pipeline = exc_pipeline_new_single (lab_command ("Get-ExchangeCertificate", NULL));
  const char *identity[] = { "Identity", NULL };
  g_autoptr(LabReply) reply = NULL;

  exc_pipeline_append (pipeline,
                       lab_command ("Select-Object",
                                    "First",
                                    exc_value_new_int32 (1),
                                    "Property",
                                    exc_value_new_string_list (identity),
                                    NULL));
  reply = lab_run (fixture, fixture->session, pipeline);
  g_assert_cmpuint (reply->output->len, ==, 1);
  g_assert_true (g_str_has_prefix (lab_text (reply, 0, "Identity"), "exch03.contoso.lab\\"));
}

static void
test_missing (LabFixture *fixture, gconstpointer data)
{
  g_autoptr(LabReply) reply =
                 lab_run_command (fixture,
                                  lab_command ("Get-ExchangeCertificate",
                                               "Server",
                                               S ("EXCH01"),
                                               "Thumbprint",
                                               S ("0000000000000000000000000000000000000000"),
                                               NULL));
  g_autoptr(LabReply) stop =
                 lab_run_command (fixture,
                                  lab_command ("Get-ExchangeCertificate",
                                               "Server",
                                               S ("EXCH01"),
                                               "Thumbprint",
                                               S ("0000000000000000000000000000000000000000"),
                                               "ErrorAction",
                                               S ("Stop"),
                                               NULL));
  ExcErrorRecord *record;

  g_assert_true (reply->ok);
  g_assert_cmpuint (reply->errors->len, ==, 1);
  record = g_ptr_array_index (reply->errors, 0);
  g_assert_cmpstr (record->reason, ==, "InvalidOperationException");
  g_assert_nonnull (strstr (record->message, "was not found"));
  assert_id (record, "[Server=EXCH03,RequestId=");

  g_assert_false (stop->ok);
  g_assert_cmpuint (stop->errors->len, ==, 0);
  g_assert_nonnull (stop->failure);
}

static void
test_rpc (LabFixture *fixture, gconstpointer data)
{
  ExcLabServer *server = get_server (fixture, "EXCH01");
  ExcLabService *host = exc_lab_server_find_service (server, "MSExchangeServiceHost");
  g_autoptr(LabReply) restarting = NULL;
  g_autoptr(LabReply) down = NULL;
  g_autoptr(LabReply) unknown = NULL;

  host->back_at = exc_lab_world_now (fixture->world) + 60;
  restarting = lab_run_command (
      fixture, lab_command ("Get-ExchangeCertificate", "Server", S ("EXCH01"), NULL));
  g_assert_nonnull (
      strstr (((ExcErrorRecord *) g_ptr_array_index (restarting->errors, 0))->message, "0x6d9"));

  server->is_up = FALSE;
  down = lab_run_command (fixture,
                          lab_command ("Get-ExchangeCertificate", "Server", S ("EXCH01"), NULL));
  g_assert_nonnull (
      strstr (((ExcErrorRecord *) g_ptr_array_index (down->errors, 0))->message, "0x6ba"));

  unknown = lab_run_command (fixture,
                             lab_command ("Get-ExchangeCertificate", "Server", S ("EXCH09"), NULL));
  g_assert_cmpstr (((ExcErrorRecord *) g_ptr_array_index (unknown->errors, 0))->reason,
                   ==,
                   "ManagementObjectNotFoundException");
}

/* steps.md A1: clones names and friendly name, not the services; Force takes SMTP over. */
static void
test_renew (LabFixture *fixture, gconstpointer data)
{
  ExcLabServer *server = get_server (fixture, "EXCH02");
  ExcLabCertificate *old = lab_find (fixture, "EXCH02", DEFAULT);
  ExcPipeline *pipeline = exc_pipeline_new ();
  g_autoptr(LabReply) reply = NULL;
  ExcLabCertificate *new;
  g_autoptr(GDateTime) end = NULL;
  g_autoptr(GDateTime) now = exc_clock_now_utc (fixture->clock);
  g_autoptr(GDateTime) expected = g_date_time_add_months (now, 60);

  exc_pipeline_append (pipeline,
                       lab_command ("Get-ExchangeCertificate",
                                    "Server",
                                    S ("EXCH02"),
                                    "Thumbprint",
                                    S (old->x509->sha1),
                                    NULL));
  exc_pipeline_append (pipeline,
                       lab_command ("New-ExchangeCertificate",
                                    "Server",
                                    S ("EXCH02"),
                                    "Force",
                                    ON,
                                    "PrivateKeyExportable",
                                    OFF,
                                    NULL));
  reply = lab_run (fixture, fixture->session, pipeline);
  g_assert_true (reply->ok);
  g_assert_cmpuint (reply->questions->len, ==, 0);
  g_assert_cmpuint (reply->output->len, ==, 1);
  g_assert_cmpuint (server->my->len, ==, 4);

  new = g_ptr_array_index (server->my, 3);
  g_assert_cmpstr (server->internal_transport, ==, new->x509->sha1);
  g_assert_cmpstr (new->x509->subject, ==, "CN=EXCH02");
  g_assert_cmpstr (new->x509->dns_names[1], ==, "exch02.contoso.lab");
  g_assert_cmpstr (new->friendly_name, ==, DEFAULT);
  g_assert_false (new->exportable);
  g_assert_true (new->network_service);
  end = g_date_time_new_from_unix_utc (new->x509->not_after);
  g_assert_cmpint (ABS (g_date_time_difference (end, expected)), <, 5 * G_TIME_SPAN_SECOND);
  /* bindings and trust are not cloned */
  g_assert_cmpstr (exc_lab_server_get_ssl_hash (server, "*", 444), ==, old->x509->sha1);
  g_assert_null (exc_lab_store_find (server->root, new->x509->sha1));
}

static LabReply *
create (LabFixture *fixture, int answer)
{
  fixture->answer = answer;
  return lab_run_command (
      fixture,
      lab_command (
          "New-ExchangeCertificate", "Server", S ("EXCH01"), "SubjectName", S ("CN=EXCH01"), NULL));
}

/* domain.md 2.1: created whatever is answered; Yes writes it to the directory. */
static void
test_overwrite_prompt (LabFixture *fixture, gconstpointer data)
{
  ExcLabServer *server = get_server (fixture, "EXCH01");
  g_autofree char *before = g_strdup (server->internal_transport);
  const guint n = server->my->len;
  g_autoptr(LabReply) no = create (fixture, 2);
  g_autoptr(LabReply) nobody = NULL;
  g_autoptr(LabReply) yes = NULL;

  g_assert_true (no->ok);
  g_assert_cmpuint (no->questions->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (no->questions, 0), before));
  g_assert_cmpuint (server->my->len, ==, n + 1);
  g_assert_true (((ExcLabCertificate *) g_ptr_array_index (server->my, n))->network_service);
  g_assert_cmpstr (server->internal_transport, ==, before);

  nobody = create (fixture, -1);
  g_assert_false (nobody->ok);
  assert_id (nobody->failure, "HostFunctionNotImplemented");
  g_assert_nonnull (strstr (nobody->failure->message, "Overwrite the existing default SMTP"));
  g_assert_cmpstr (server->internal_transport, ==, before);

  yes = create (fixture, 0);
  g_assert_true (yes->ok);
  g_assert_cmpstr (server->internal_transport, !=, before);
}

static void
test_services_none (LabFixture *fixture, gconstpointer data)
{
  static const char *const none[] = { NULL };
  ExcLabServer *server = get_server (fixture, "EXCH01");
  g_autofree char *before = g_strdup (server->internal_transport);
  const char *subject = "cn=Microsoft Exchange Server Auth Certificate";
  g_autoptr(LabReply) bad = lab_run_command (fixture,
                                              lab_command ("New-ExchangeCertificate",
                                                           "Server",
                                                           S ("EXCH01"),
                                                           "SubjectName",
                                                           S (subject),
                                                           "Services",
                                                           S ("None"),
                                                           NULL));
  g_autoptr(LabReply) good = lab_run_command (fixture,
                                               lab_command ("New-ExchangeCertificate",
                                                            "Server",
                                                            S ("EXCH01"),
                                                            "SubjectName",
                                                            S (subject),
                                                            "Services",
                                                            S ("None"),
                                                            "DomainName",
                                                            exc_value_new_string_list (none),
                                                            "PrivateKeyExportable",
                                                            ON,
                                                            NULL));
  ExcLabCertificate *new;

  /* the Auth certificate's recipe needs the empty list */
  g_assert_cmpuint (bad->errors->len, ==, 1);
  g_assert_cmpuint (good->errors->len, ==, 0);
  g_assert_cmpuint (good->questions->len, ==, 0);
  new = g_ptr_array_index (server->my, server->my->len - 1);
  g_assert_cmpstr (new->x509->subject, ==, "CN=Microsoft Exchange Server Auth Certificate");
  g_assert_null (new->x509->dns_names[0]);
  g_assert_false (new->network_service);
  g_assert_true (new->exportable);
  g_assert_cmpstr (server->internal_transport, ==, before);
}

static void
test_enable (LabFixture *fixture, gconstpointer data)
{
  ExcLabServer *server = get_server (fixture, "EXCH01");
  const char *public = lab_find (fixture, "EXCH01", "mail.contoso.lab 2026")->x509->sha1;
  const char *old = lab_find (fixture, "EXCH01", DEFAULT)->x509->sha1;
  g_autoptr(LabReply) iis = lab_run_command (fixture,
                                              lab_command ("Enable-ExchangeCertificate",
                                                           "Server",
                                                           S ("EXCH01"),
                                                           "Thumbprint",
                                                           S (old),
                                                           "Services",
                                                           S ("IIS"),
                                                           "DoNotRequireSsl",
                                                           ON,
                                                           "Force",
                                                           ON,
                                                           NULL));
  g_autoptr(LabReply) smtp = NULL;
  g_autoptr(LabReply) federation = NULL;

  g_assert_true (iis->ok);
  g_assert_cmpstr (exc_lab_server_get_ssl_hash (server, "*", 443), ==, old);
  g_assert_cmpstr (exc_lab_server_get_ssl_hash (server, "127.0.0.1", 443), ==, public);
  g_assert_false (server->requires_ssl);

  fixture->answer = 2;
  smtp = lab_run_command (fixture,
                          lab_command ("Enable-ExchangeCertificate",
                                       "Server",
                                       S ("EXCH01"),
                                       "Thumbprint",
                                       S (public),
                                       "Services",
                                       S ("SMTP"),
                                       NULL));
  g_assert_cmpuint (smtp->questions->len, ==, 1);
  g_assert_cmpstr (server->internal_transport, ==, old);
  g_assert_true (lab_find (fixture, "EXCH01", "mail.contoso.lab 2026")->network_service);

  federation = lab_run_command (fixture,
                                lab_command ("Enable-ExchangeCertificate",
                                             "Server",
                                             S ("EXCH01"),
                                             "Thumbprint",
                                             S (public),
                                             "Services",
                                             S ("Federation"),
                                             NULL));
  g_assert_cmpuint (federation->errors->len, ==, 1);
}

static LabReply *
remove_it (LabFixture *fixture, const char *thumbprint, ExcValue *confirm)
{
  ExcCommand *command = lab_command (
      "Remove-ExchangeCertificate", "Server", S ("EXCH01"), "Thumbprint", S (thumbprint), NULL);

  if (confirm != NULL)
    exc_command_set (command, "Confirm", confirm);
  return lab_run_command (fixture, command);
}

static void
test_remove (LabFixture *fixture, gconstpointer data)
{
  ExcLabServer *server = get_server (fixture, "EXCH01");
  g_autofree char *wmsvc = g_strdup (lab_find (fixture, "EXCH01", "WMSVC-SHA2")->x509->sha1);
  g_autoptr(LabReply) internal = remove_it (fixture, server->internal_transport, OFF);
  g_autoptr(LabReply) tagged = remove_it (
      fixture, lab_find (fixture, "EXCH01", "mail.contoso.lab 2026")->x509->sha1, OFF);
  g_autoptr(LabReply) unanswered = remove_it (fixture, wmsvc, NULL);
  g_autoptr(LabReply) what_if = lab_run_command (fixture,
                                                  lab_command ("Remove-ExchangeCertificate",
                                                               "Server",
                                                               S ("EXCH01"),
                                                               "Thumbprint",
                                                               S (wmsvc),
                                                               "WhatIf",
                                                               ON,
                                                               NULL));
  g_autoptr(LabReply) removed = NULL;

  g_assert_cmpuint (internal->errors->len, ==, 1);
  g_assert_cmpuint (tagged->errors->len, ==, 1);
  g_assert_false (unanswered->ok);
  g_assert_true (what_if->ok);
  g_assert_cmpuint (server->my->len, ==, 4);

  /* bound to 8172, but Exchange does not ask */
  removed = remove_it (fixture, wmsvc, OFF);
  g_assert_true (removed->ok);
  g_assert_cmpuint (removed->errors->len, ==, 0);
  g_assert_null (exc_lab_store_find (server->my, wmsvc));
  g_assert_null (exc_lab_server_find_served (server, "*", 8172));
  g_assert_cmpstr (exc_lab_server_get_ssl_hash (server, "*", 8172), ==, wmsvc);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, query, func)                                                                     \
  g_test_add ("/lab/exchange/" path, LabFixture, query, lab_set_up, func, lab_tear_down)
  ADD ("raw-data-only", NULL, test_raw_data_only);
  ADD ("full", "serializationLevel=Full;PSVersion=5.1", test_full);
  ADD ("projection", NULL, test_projection);
  ADD ("routing", NULL, test_routing);
  ADD ("missing", NULL, test_missing);
  ADD ("rpc", NULL, test_rpc);
  ADD ("renew", NULL, test_renew);
  ADD ("overwrite-prompt", NULL, test_overwrite_prompt);
  ADD ("services-none", NULL, test_services_none);
  ADD ("enable", NULL, test_enable);
  ADD ("remove", NULL, test_remove);

  return g_test_run ();
}
