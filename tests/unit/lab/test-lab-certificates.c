/* test-lab-certificates.c — requests and their answers, services, what removal refuses
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "lab-fixture.h"

#include "exc-lab-rules.h"

#define S(text) exc_value_new_string (text)
#define ON      exc_value_new_boolean (TRUE)
#define DEFAULT "Microsoft Exchange"
#define PUBLIC  "mail.contoso.lab 2026"
#define DAY     ((gint64) 24 * 60 * 60)

static ExcLabServer *
get_server (LabFixture *fixture, const char *name)
{
  return exc_lab_world_find_server (fixture->world, name);
}

static void
assert_error (LabReply *reply, const char *part)
{
  ExcErrorRecord *record;

  g_assert_cmpuint (reply->errors->len, ==, 1);
  record = g_ptr_array_index (reply->errors, 0);
  if (strstr (record->message, part) == NULL)
    g_error ("“%s” does not say “%s”", record->message, part);
}

static LabReply *
enable (LabFixture *fixture, const char *server, const char *thumbprint, const char *services)
{
  return lab_run_command (fixture,
                          lab_command ("Enable-ExchangeCertificate",
                                       "Server",
                                       S (server),
                                       "Thumbprint",
                                       S (thumbprint),
                                       "Services",
                                       S (services),
                                       NULL));
}

static LabReply *
import (LabFixture *fixture, GBytes *file)
{
  return lab_run_command (fixture,
                          lab_command ("Import-ExchangeCertificate",
                                       "Server",
                                       S ("EXCH01"),
                                       "FileData",
                                       exc_value_new_bytes (file),
                                       NULL));
}

static LabReply *
remove_certificate (LabFixture *fixture, const char *server, const char *thumbprint)
{
  return lab_run_command (fixture,
                          lab_command ("Remove-ExchangeCertificate",
                                       "Server",
                                       S (server),
                                       "Thumbprint",
                                       S (thumbprint),
                                       "Confirm",
                                       exc_value_new_boolean (FALSE),
                                       NULL));
}

/* Renews the public certificate of EXCH01 as a request; (transfer full): the request */
static char *
request_renewal (LabFixture *fixture)
{
  ExcPipeline *pipeline =
      exc_pipeline_new_single (lab_command ("Get-ExchangeCertificate",
                                            "Server",
                                            S ("EXCH01"),
                                            "Thumbprint",
                                            S (lab_find (fixture, "EXCH01", PUBLIC)->x509->sha1),
                                            NULL));
  g_autoptr(LabReply) reply = NULL;

  exc_pipeline_append (
      pipeline,
      lab_command ("New-ExchangeCertificate", "Server", S ("EXCH01"), "GenerateRequest", ON, NULL));
  reply = lab_run (fixture, fixture->session, pipeline);
  g_assert_true (reply->ok);
  g_assert_cmpuint (reply->questions->len, ==, 0);
  return g_strdup (exc_value_get_text (g_ptr_array_index (reply->output, 0)));
}

static void
test_request_and_answer (LabFixture *fixture, gconstpointer data)
{
  static const char *const properties[] = { "Thumbprint", "Status", "CertificateRequest", NULL };
  ExcLabServer *server = get_server (fixture, "EXCH01");
  const gint64 now = exc_clock_now (fixture->clock);
  g_autofree char *request = request_renewal (fixture);
  g_autoptr(LabReply) list = lab_run_projected (
      fixture, lab_command ("Get-ExchangeCertificate", "Server", S ("EXCH01"), NULL), properties);
  g_autoptr(LabReply) exported =
                 lab_run_command (fixture,
                                  lab_command ("Export-ExchangeCertificate",
                                               "Server",
                                               S ("EXCH01"),
                                               "Thumbprint",
                                               S (lab_text (list, 0, "Thumbprint")),
                                               NULL));
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcLabCertificate) issued = exc_lab_certificate_issue (
      request, exc_lab_world_get_authority (fixture->world), now - 60, now + 398 * DAY, &error);
  g_autofree char *pem = NULL;
  g_autoptr(GBytes) file = NULL;
  g_autoptr(LabReply) imported = NULL;
  g_autoptr(LabReply) again = NULL;
  ExcLabCertificate *found;

  g_assert_no_error (error);
  g_assert_cmpstr (lab_text (list, 0, "Status"), ==, "PendingRequest");
  g_assert_cmpstr (lab_text (list, 0, "CertificateRequest"), ==, request);
  /* a request is exported as what it is */
  g_assert_cmpstr (exc_value_get_text (g_ptr_array_index (exported->output, 0)), ==, request);
  g_assert_cmpstr (issued->x509->subject, ==, lab_find (fixture, "EXCH01", PUBLIC)->x509->subject);
  g_assert_cmpuint (g_strv_length (issued->x509->dns_names), ==, 2);

  pem = exc_x509_dup_pem (issued->x509);
  file = g_bytes_new (pem, strlen (pem));
  imported = import (fixture, file);
  g_assert_cmpuint (imported->output->len, ==, 1);
  g_assert_cmpuint (server->request->len, ==, 0);
  found = exc_lab_store_find (server->my, issued->x509->sha1);
  g_assert_nonnull (found->key);
  g_assert_cmpstr (found->friendly_name, ==, PUBLIC);

  again = import (fixture, file);
  assert_error (again, "already exists");
}

static void
test_answers_in_other_forms (LabFixture *fixture, gconstpointer data)
{
  const gint64 now = exc_clock_now (fixture->clock);
  g_autoptr(GBytes) garbage = g_bytes_new_static ("no certificate", 14);
  g_autofree char *request = request_renewal (fixture);
  g_autoptr(ExcLabCertificate) issued = exc_lab_certificate_issue (
      request, exc_lab_world_get_authority (fixture->world), now - 60, now + 398 * DAY, NULL);
  g_autoptr(LabReply) bad = import (fixture, garbage);
  /* a certificate that nobody asked for there: of EXCH02's */
  g_autoptr(LabReply) stray = import (fixture, lab_find (fixture, "EXCH02", DEFAULT)->x509->der);
  g_autoptr(LabReply) der = import (fixture, issued->x509->der);

  assert_error (bad, "password is wrong");
  assert_error (stray, "no pending certificate request");
  g_assert_cmpuint (der->output->len, ==, 1);
}

static void
test_binary_request (LabFixture *fixture, gconstpointer data)
{
  g_autoptr(LabReply) reply = lab_run_command (fixture,
                                                lab_command ("New-ExchangeCertificate",
                                                             "Server",
                                                             S ("EXCH01"),
                                                             "GenerateRequest",
                                                             ON,
                                                             "BinaryEncoded",
                                                             ON,
                                                             "SubjectName",
                                                             S ("CN=mail.contoso.lab"),
                                                             NULL));
  GBytes *bytes = exc_value_get_bytes (
      exc_value_get_property (g_ptr_array_index (reply->output, 0), "FileData"));

  g_assert_cmpint (((const guint8 *) g_bytes_get_data (bytes, NULL))[0], ==, 0x30);
}

static void
test_no_domain_name (LabFixture *fixture, gconstpointer data)
{
  g_autoptr(LabReply) reply = lab_run_command (fixture,
                                                lab_command ("New-ExchangeCertificate",
                                                             "Server",
                                                             S ("EXCH01"),
                                                             "Services",
                                                             S ("None"),
                                                             "SubjectName",
                                                             S ("CN=Microsoft Exchange Server Auth "
                                                                "Certificate"),
                                                             NULL));

  assert_error (reply, "fully qualified domain name");
}

/* No grants the key and leaves the directory; Yes, or -Force, replaces. */
static void
test_overwrite (LabFixture *fixture, gconstpointer data)
{
  ExcLabServer *server = get_server (fixture, "EXCH01");
  ExcLabCertificate *public = lab_find (fixture, "EXCH01", PUBLIC);
  g_autofree char *old = g_strdup (server->internal_transport);
  g_autoptr(LabReply) no = NULL;
  g_autoptr(LabReply) yes = NULL;

  fixture->answer = 2;
  no = enable (fixture, "EXCH01", public->x509->sha1, "SMTP");
  g_assert_cmpuint (no->questions->len, ==, 1);
  g_assert_true (public->network_service);
  g_assert_cmpstr (server->internal_transport, ==, old);
  fixture->answer = 0;
  yes = enable (fixture, "EXCH01", public->x509->sha1, "SMTP");
  g_assert_cmpuint (yes->questions->len, ==, 1);
  g_assert_cmpstr (server->internal_transport, ==, public->x509->sha1);
}

static void
test_network_service_alone (LabFixture *fixture, gconstpointer data)
{
  ExcLabServer *server = get_server (fixture, "EXCH01");
  ExcLabCertificate *public = lab_find (fixture, "EXCH01", PUBLIC);
  g_autofree char *old = g_strdup (server->internal_transport);
  g_autoptr(LabReply) reply = lab_run_command (fixture,
                                                lab_command ("Enable-ExchangeCertificate",
                                                             "Server",
                                                             S ("EXCH01"),
                                                             "Thumbprint",
                                                             S (public->x509->sha1),
                                                             "Services",
                                                             S ("None"),
                                                             "NetworkServiceAllowed",
                                                             ON,
                                                             NULL));

  g_assert_true (reply->ok);
  g_assert_cmpuint (reply->questions->len + reply->errors->len, ==, 0);
  g_assert_true (public->network_service);
  g_assert_cmpstr (server->internal_transport, ==, old);
}

/* Transport takes the newer one of the same name, whichever is enabled last. */
static void
test_precedence (LabFixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "exch01.contoso.lab", NULL };
  const char *old = lab_find (fixture, "EXCH01", DEFAULT)->x509->sha1;
  const char *newer;
  g_autoptr(LabReply) made = lab_run_command (fixture,
                                               lab_command ("New-ExchangeCertificate",
                                                            "Server",
                                                            S ("EXCH01"),
                                                            "Services",
                                                            S ("None"),
                                                            "DomainName",
                                                            exc_value_new_string_list (names),
                                                            "FriendlyName",
                                                            S ("newer"),
                                                            NULL));
  g_autoptr(LabReply) alone = enable (fixture, "EXCH01", old, "SMTP");
  g_autoptr(LabReply) both = NULL;
  g_autoptr(LabReply) behind = NULL;
  g_autoptr(LabReply) other = NULL;
  const char *text;

  g_assert_true (made->ok);
  g_assert_cmpuint (alone->warnings->len, ==, 0); /* the other's key cannot be read */
  newer = lab_find (fixture, "EXCH01", "newer")->x509->sha1;
  fixture->answer = 2; /* No */
  both = enable (fixture, "EXCH01", newer, "SMTP");
  g_assert_cmpuint (both->warnings->len, ==, 0);
  g_assert_cmpuint (both->errors->len, ==, 0);
  behind = enable (fixture, "EXCH01", old, "SMTP");
  g_assert_cmpuint (behind->warnings->len, ==, 1);
  text = exc_value_get_text (g_ptr_array_index (behind->warnings, 0));
  g_assert_nonnull (strstr (text, "FQDN of 'exch01.contoso.lab' because the self-signed"));
  g_assert_nonnull (strstr (text, newer));
  g_assert_nonnull (strstr (text, "Default Frontend EXCH01"));
  other = enable (fixture, "EXCH01", old, "POP");
  g_assert_cmpuint (other->warnings->len, ==, 0);
}

static void
test_wildcard (LabFixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "*.contoso.lab", NULL };
  ExcLabServer *server = get_server (fixture, "EXCH01");
  g_autoptr(LabReply) made = NULL;
  ExcLabCertificate *wildcard;
  g_autoptr(LabReply) reply = NULL;

  made = lab_run_command (fixture,
                          lab_command ("New-ExchangeCertificate",
                                       "Server",
                                       S ("EXCH01"),
                                       "Services",
                                       S ("None"),
                                       "DomainName",
                                       exc_value_new_string_list (names),
                                       "FriendlyName",
                                       S ("wild"),
                                       NULL));
  g_assert_true (made->ok);
  wildcard = lab_find (fixture, "EXCH01", "wild");
  reply = enable (fixture, "EXCH01", wildcard->x509->sha1, "POP,IMAP");
  g_assert_cmpuint (reply->errors->len, ==, 0);
  g_assert_cmpuint (reply->warnings->len, ==, 2);
  g_assert_cmpstr (server->pop_name, ==, "exch01.contoso.lab");
  g_assert_cmpstr (server->imap_name, ==, "exch01.contoso.lab");
}

/* EXCH03 is an Exchange 2016, in TCP mode after setup. */
static void
test_um (LabFixture *fixture, gconstpointer data)
{
  ExcLabServer *server = get_server (fixture, "EXCH03");
  const char *thumbprint = lab_find (fixture, "EXCH03", DEFAULT)->x509->sha1;
  const char *newer = lab_find (fixture, "EXCH01", DEFAULT)->x509->sha1;
  g_autoptr(LabReply) too_new = enable (fixture, "EXCH01", newer, "UM");
  g_autoptr(LabReply) tcp = enable (fixture, "EXCH03", thumbprint, "UM");
  g_autoptr(LabReply) federation = enable (fixture, "EXCH03", thumbprint, "Federation");
  g_autoptr(LabReply) reply = NULL;
  g_autoptr(LabReply) refused = NULL;
  g_autofree char *text = NULL;

  assert_error (too_new, "doesn't run Unified Messaging");
  assert_error (tcp, "TLS or Dual");
  assert_error (federation, "Set-FederationTrust");
  exc_lab_set_text (&server->um_mode, "Dual");
  exc_lab_set_text (&server->um_call_router_mode, "TLS");
  reply = enable (fixture, "EXCH03", thumbprint, "UM,UMCallRouter");
  g_assert_cmpuint (reply->errors->len, ==, 0);
  text = exc_lab_services_to_text (exc_lab_rules_get_services (
      fixture->world, server, exc_lab_store_find (server->my, thumbprint)));
  g_assert_cmpstr (text, ==, "IMAP, POP, UM, IIS, SMTP, UMCallRouter");
  exc_lab_set_text (&server->internal_transport, newer); /* so that UM alone is in the way */
  refused = remove_certificate (fixture, "EXCH03", thumbprint);
  assert_error (refused, "Unified Messaging");
}

static void
test_require_ssl (LabFixture *fixture, gconstpointer data)
{
  ExcLabServer *server = get_server (fixture, "EXCH02");
  const char *thumbprint = lab_find (fixture, "EXCH02", DEFAULT)->x509->sha1;
  g_autoptr(LabReply) no = NULL;
  g_autoptr(LabReply) yes = NULL;

  server->requires_ssl = FALSE;
  exc_lab_server_set_ssl_hash (server, "*", 443, NULL, NULL);
  fixture->answer = 2;
  no = enable (fixture, "EXCH02", thumbprint, "IIS");
  g_assert_cmpuint (no->questions->len, ==, 1);
  g_assert_null (exc_lab_server_get_ssl_hash (server, "*", 443));
  fixture->answer = 0;
  yes = enable (fixture, "EXCH02", thumbprint, "IIS");
  g_assert_cmpuint (yes->questions->len, ==, 1);
  g_assert_cmpstr (exc_lab_server_get_ssl_hash (server, "*", 443), ==, thumbprint);
  g_assert_true (server->requires_ssl);
}

/* What a binding uses goes, and leaves its row behind: Exchange does not look. */
static void
test_removal_does_not_look_at_bindings (LabFixture *fixture, gconstpointer data)
{
  ExcLabServer *server = get_server (fixture, "EXCH02");
  ExcLabCertificate *old = lab_find (fixture, "EXCH02", DEFAULT);
  g_autofree char *thumbprint = g_strdup (old->x509->sha1);
  ExcLabCertificate *auth =
      exc_lab_store_find (server->my, exc_lab_world_get_auth_config (fixture->world)->current);
  g_autoptr(LabReply) internal = remove_certificate (fixture, "EXCH02", thumbprint);
  g_autoptr(LabReply) removed = NULL;
  g_autoptr(LabReply) current = NULL;

  assert_error (internal, "internal transport certificate cannot be removed");
  exc_lab_server_set_internal_transport (server, auth);
  removed = remove_certificate (fixture, "EXCH02", thumbprint);
  g_assert_cmpuint (removed->errors->len, ==, 0);
  g_assert_null (exc_lab_store_find (server->my, thumbprint));
  g_assert_cmpstr (exc_lab_server_get_ssl_hash (server, "*", 444), ==, thumbprint);
  g_assert_null (exc_lab_server_find_served (server, "*", 444));

  current = remove_certificate (
      fixture, "EXCH01", exc_lab_world_get_auth_config (fixture->world)->current);
  g_assert_cmpuint (current->errors->len, ==, 0);
}

/* Old and new have the same issuer and subject, so both are tagged. */
static void
test_tagged_removal (LabFixture *fixture, gconstpointer data)
{
  const gint64 now = exc_clock_now (fixture->clock);
  g_autofree char *request = request_renewal (fixture);
  g_autoptr(ExcLabCertificate) issued = exc_lab_certificate_issue (
      request, exc_lab_world_get_authority (fixture->world), now - 60, now + 398 * DAY, NULL);
  g_autoptr(LabReply) imported = import (fixture, issued->x509->der);
  g_autofree char *old = g_strdup (lab_find (fixture, "EXCH01", PUBLIC)->x509->sha1);
  g_autoptr(LabReply) one = remove_certificate (fixture, "EXCH01", old);
  g_autoptr(LabReply) other = remove_certificate (fixture, "EXCH01", issued->x509->sha1);
  g_autoptr(LabReply) cleared = lab_run_command (fixture,
                                                  lab_command ("Set-SendConnector",
                                                               "Identity",
                                                               S ("Outbound to Internet"),
                                                               "TlsCertificateName",
                                                               exc_value_new_null (),
                                                               NULL));
  g_autoptr(LabReply) removed = remove_certificate (fixture, "EXCH01", old);

  assert_error (one, "tagged with following Send Connectors : Outbound to Internet");
  assert_error (other, "tagged with following Send Connectors");
  g_assert_cmpuint (cleared->errors->len, ==, 0);
  g_assert_cmpuint (removed->errors->len, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func)                                                                            \
  g_test_add ("/lab/certificates/" path, LabFixture, NULL, lab_set_up, func, lab_tear_down)
  ADD ("request-and-answer", test_request_and_answer);
  ADD ("answers-in-other-forms", test_answers_in_other_forms);
  ADD ("binary-request", test_binary_request);
  ADD ("no-domain-name", test_no_domain_name);
  ADD ("overwrite", test_overwrite);
  ADD ("network-service-alone", test_network_service_alone);
  ADD ("precedence", test_precedence);
  ADD ("wildcard", test_wildcard);
  ADD ("um", test_um);
  ADD ("require-ssl", test_require_ssl);
  ADD ("removal-does-not-look-at-bindings", test_removal_does_not_look_at_bindings);
  ADD ("tagged-removal", test_tagged_removal);

  return g_test_run ();
}
