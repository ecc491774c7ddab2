/* test-lab-partners.c — connectors, mail settings, hybrid, federation, Edge, health
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "lab-fixture.h"

#define S(text) exc_value_new_string (text)
#define OFF     exc_value_new_boolean (FALSE)
#define NAME    "<I>CN=Fabrikam CA<S>CN=mail.contoso.lab"
#define DEFAULT "Microsoft Exchange"

static void
set_up (LabFixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  lab_set_up (fixture, NULL);
  g_clear_object (&fixture->session);
  exc_lab_world_load_scenario (fixture->world, data, &error);
  g_assert_no_error (error);
  fixture->session = EXC_LAB_SESSION (
      exc_lab_exchange_new (fixture->world,
                            fixture->table,
                            g_ptr_array_index (exc_lab_world_get_servers (fixture->world), 0),
                            NULL));
}

static ExcLabServer *
get_server (LabFixture *fixture, const char *name)
{
  return exc_lab_world_find_server (fixture->world, name);
}

static LabReply *
set_tls_name (LabFixture *fixture, const char *cmdlet, const char *identity, ExcValue *take)
{
  return lab_run_command (fixture,
                          lab_command (cmdlet,
                                       "Identity",
                                       S (identity),
                                       "TlsCertificateName",
                                       take,
                                       "ErrorAction",
                                       S ("Stop"),
                                       NULL));
}

static void
test_connectors (LabFixture *fixture, gconstpointer data)
{
  ExcLabConnector *send = g_ptr_array_index (exc_lab_world_get_send_connectors (fixture->world), 0);
  ExcLabConnector *receive = g_ptr_array_index (get_server (fixture, "EXCH02")->connectors, 0);
  g_autoptr(LabReply) set = set_tls_name (fixture, "Set-SendConnector", send->name, S (NAME));
  g_autoptr(LabReply) other =
                 set_tls_name (fixture, "Set-ReceiveConnector", "EXCH02\\Default EXCH02", S (NAME));
  g_autoptr(LabReply) read = lab_run_command (
      fixture, lab_command ("Get-SendConnector", "Identity", S (send->name), NULL));
  g_autoptr(LabReply) wrong = set_tls_name (fixture, "Set-SendConnector", send->name, S ("mail"));
  g_autoptr(LabReply) missing = set_tls_name (fixture, "Set-SendConnector", "Nowhere", S (NAME));
  g_autoptr(LabReply) unknown = lab_run_command (
      fixture,
      lab_command ("Set-SendConnector", "Identity", S (send->name), "Comment", S ("x"), NULL));
  g_autoptr(LabReply) cleared = NULL;

  g_assert_true (set->ok && other->ok);
  g_assert_cmpstr (send->tls_certificate_name, ==, NAME);
  g_assert_cmpstr (receive->tls_certificate_name, ==, NAME);
  g_assert_cmpstr (lab_text (read, 0, "TlsCertificateName"), ==, NAME);
  g_assert_false (wrong->ok);
  g_assert_true (g_str_has_prefix (wrong->failure->error_id, "CannotConvertArgumentNoMessage,"));
  g_assert_false (missing->ok);
  g_assert_cmpuint (unknown->errors->len, ==, 1);
  cleared = set_tls_name (fixture, "Set-SendConnector", send->name, exc_value_new_null ());
  g_assert_true (cleared->ok);
  g_assert_null (send->tls_certificate_name);
}

static void
test_mail_settings (LabFixture *fixture, gconstpointer data)
{
  g_autoptr(LabReply) set = lab_run_command (fixture,
                                              lab_command ("Set-PopSettings",
                                                           "Server",
                                                           S ("EXCH02"),
                                                           "X509CertificateName",
                                                           S ("mail.contoso.lab"),
                                                           NULL));
  g_autoptr(LabReply) pop = lab_run_command (
      fixture, lab_command ("Get-PopSettings", "Server", S ("EXCH02"), NULL));
  g_autoptr(LabReply) imap = lab_run_command (
      fixture, lab_command ("Get-ImapSettings", "Server", S ("EXCH02"), NULL));
  g_autoptr(LabReply) um = lab_run_command (fixture, lab_command ("Get-UMService", NULL));
  g_autoptr(LabReply) none = lab_run_command (
      fixture, lab_command ("Get-UMCallRouterSettings", "Server", S ("EXCH01"), NULL));

  g_assert_cmpuint (set->errors->len, ==, 0);
  g_assert_cmpstr (lab_text (pop, 0, "X509CertificateName"), ==, "mail.contoso.lab");
  g_assert_cmpstr (lab_text (imap, 0, "X509CertificateName"), ==, "exch02.contoso.lab");
  g_assert_cmpuint (um->output->len, ==, 1); /* the Exchange 2016 alone */
  g_assert_cmpstr (lab_text (um, 0, "Name"), ==, "EXCH03");
  g_assert_cmpstr (lab_text (um, 0, "UMStartupMode"), ==, "TCP");
  g_assert_cmpuint (none->errors->len, ==, 1);
}

static void
test_no_partners (LabFixture *fixture, gconstpointer data)
{
  static const char *const empty[] = { "Get-HybridConfiguration",
                                       "Get-FederationTrust",
                                       "Get-EdgeSubscription" };
  g_autoptr(LabReply) edge =
                 lab_run_command (fixture, lab_command ("Test-EdgeSynchronization", NULL));

  for (guint i = 0; i < G_N_ELEMENTS (empty); i++) {
    g_autoptr(LabReply) reply = lab_run_command (fixture, lab_command (empty[i], NULL));

    g_assert_true (reply->ok);
    g_assert_cmpuint (reply->output->len + reply->errors->len, ==, 0);
  }
  g_assert_cmpuint (edge->errors->len, ==, 1);
}

static void
test_hybrid (LabFixture *fixture, gconstpointer data)
{
  g_autoptr(LabReply) hybrid =
                 lab_run_command (fixture, lab_command ("Get-HybridConfiguration", NULL));
  g_autoptr(LabReply) set = lab_run_command (
      fixture, lab_command ("Set-HybridConfiguration", "TlsCertificateName", S (NAME), NULL));
  g_autoptr(LabReply) trust = lab_run_command (fixture, lab_command ("Get-FederationTrust", NULL));
  ExcLabServer *server = get_server (fixture, "LIT01");
  const char *thumbprint = exc_lab_world_get_federation (fixture->world)->current;
  g_autoptr(ExcX509) x509 = exc_x509_new_from_der (
      exc_value_get_bytes (exc_value_get_property (
          exc_value_get_property (g_ptr_array_index (trust->output, 0), "OrgCertificate"),
          "RawData")),
      NULL);
  g_autoptr(LabReply) refused = lab_run_command (fixture,
                                                  lab_command ("Remove-ExchangeCertificate",
                                                               "Server",
                                                               S ("LIT02"),
                                                               "Thumbprint",
                                                               S (thumbprint),
                                                               "Confirm",
                                                               OFF,
                                                               NULL));

  g_assert_nonnull (strstr (lab_text (hybrid, 0, "TlsCertificateName"), "<S>CN=mail.litware.lab"));
  g_assert_cmpuint (set->errors->len, ==, 0);
  g_assert_cmpstr (exc_lab_world_get_hybrid (fixture->world)->tls_certificate_name, ==, NAME);
  g_assert_cmpstr (x509->sha1, ==, thumbprint);
  g_assert_true (exc_value_is_null (
      exc_value_get_property (g_ptr_array_index (trust->output, 0), "OrgNextCertificate")));
  g_assert_cmpuint (refused->errors->len, ==, 1);
  g_assert_nonnull (exc_lab_store_find (server->my, thumbprint));
}

static const char *
test_edge (LabFixture *fixture, LabReply **reply)
{
  *reply = lab_run_command (fixture, lab_command ("Test-EdgeSynchronization", NULL));
  return lab_text (*reply, 0, "SyncStatus");
}

/* The credentials follow the internal transport certificate while its predecessor's key is there;
 * removed first, it takes them with it. */
static void
test_edge_credentials (LabFixture *fixture, gconstpointer data)
{
  ExcLabServer *server = get_server (fixture, "LIT01");
  ExcLabCertificate *public = lab_find (fixture, "LIT01", "mail.litware.lab");
  g_autofree char *old = g_strdup (server->internal_transport);
  g_autoptr(LabReply) subscriptions =
                 lab_run_command (fixture, lab_command ("Get-EdgeSubscription", NULL));
  g_autoptr(LabReply) before = NULL;
  g_autoptr(LabReply) renewed = NULL;
  g_autoptr(LabReply) lost = NULL;
  g_autoptr(LabReply) started = NULL;
  g_autoptr(LabReply) resumed = NULL;

  g_assert_cmpstr (lab_text (subscriptions, 0, "Name"), ==, "EDGE01");
  g_assert_cmpstr (
      lab_text (subscriptions, 0, "Site"), ==, "litware.lab/Configuration/Sites/Zurich");
  g_assert_cmpstr (test_edge (fixture, &before), ==, "Normal");
  exc_lab_server_set_internal_transport (server, public);
  exc_lab_store_remove (server->my, old);
  g_assert_cmpstr (test_edge (fixture, &renewed), ==, "Normal");

  resumed = lab_run_command (
      fixture, lab_command ("Start-EdgeSynchronization", "Server", S ("LIT01"), NULL));
  g_assert_cmpstr (lab_text (resumed, 0, "Result"), ==, "Success");
  exc_lab_store_remove (server->my, public->x509->sha1);
  g_assert_cmpstr (test_edge (fixture, &lost), ==, "Failed");
  started = lab_run_command (
      fixture, lab_command ("Start-EdgeSynchronization", "Server", S ("LIT01"), NULL));
  g_assert_cmpstr (lab_text (started, 0, "Result"), ==, "CouldNotConnect");
}

static void
test_health (LabFixture *fixture, gconstpointer data)
{
  g_autoptr(LabReply) copies = lab_run_command (
      fixture, lab_command ("Get-MailboxDatabaseCopyStatus", "Server", S ("ADV02"), NULL));
  g_autoptr(LabReply) health = lab_run_command (
      fixture, lab_command ("Test-ServiceHealth", "Server", S ("ADV03"), NULL));
  g_autoptr(LabReply) stopped = NULL;
  gboolean running = TRUE;

  g_assert_cmpstr (lab_text (copies, 0, "Name"), ==, "DB02\\ADV02");
  g_assert_cmpstr (lab_text (copies, 0, "Status"), ==, "Healthy");
  g_assert_cmpstr (lab_text (copies, 1, "Status"), ==, "Failed");
  g_assert_true (exc_value_get_boolean (
      exc_value_get_property (g_ptr_array_index (health->output, 1), "RequiredServicesRunning"),
      &running));
  g_assert_false (running);

  /* also where what stopped is the service host that certificate cmdlets need */
  exc_lab_server_find_service (get_server (fixture, "ADV01"), "MSExchangeServiceHost")->is_running =
      FALSE;
  stopped =
      lab_run_command (fixture, lab_command ("Test-ServiceHealth", "Server", S ("ADV01"), NULL));
  g_assert_cmpuint (stopped->output->len, ==, 2);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, scenario, func)                                                                  \
  g_test_add ("/lab/partners/" path, LabFixture, scenario, set_up, func, lab_tear_down)
  ADD ("connectors", "small", test_connectors);
  ADD ("mail-settings", "small", test_mail_settings);
  ADD ("none", "small", test_no_partners);
  ADD ("hybrid", "edge-hybrid", test_hybrid);
  ADD ("edge-credentials", "edge-hybrid", test_edge_credentials);
  ADD ("health", "messy", test_health);

  return g_test_run ();
}
