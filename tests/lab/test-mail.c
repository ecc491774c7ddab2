/* test-mail.c — what the mail services serve, seen by our probe and by others' client
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-changes.h"
#include "exc-queries.h"
#include "exc-tls-probe.h"
#include "lab-process.h"

#define EXCH01 "exch01.contoso.lab"
#define EXCH02 "exch02.contoso.lab"

static const struct {
  guint16 port;
  ExcProbeGreeting greeting;
  const char *name; /* as openssl s_client calls it; NULL: TLS at once */
} ports[] = {
  { 25, EXC_PROBE_SMTP, "smtp" },  { 587, EXC_PROBE_SMTP, "smtp" }, { 143, EXC_PROBE_IMAP, "imap" },
  { 110, EXC_PROBE_POP3, "pop3" }, { 993, EXC_PROBE_TLS, NULL },    { 995, EXC_PROBE_TLS, NULL },
};

static ExcReply *
run (ExcShell *shell, ExcPipeline *take)
{
  g_autoptr(GError) error = NULL;
  ExcReply *reply = lab_process_run (shell, take, &error);

  g_assert_no_error (error);
  g_assert_true (exc_reply_check (reply, &error));
  return reply;
}

static void
on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* (nullable): NULL where no certificate was shown */
static char *
probe (LabProcess *lab, const char *fqdn, guint index)
{
  g_autoptr(GInetAddress) address = exc_names_lookup (lab->names, fqdn);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcX509) leaf = NULL;

  exc_tls_probe_async (fqdn,
                       address,
                       exc_names_get_port (lab->names, fqdn, ports[index].port),
                       ports[index].greeting,
                       60,
                       NULL,
                       on_done_cb,
                       &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  leaf = exc_tls_probe_finish (result, &error);
  if (leaf == NULL)
    g_test_message ("%s", error->message);
  return leaf != NULL ? g_strdup (leaf->sha1) : NULL;
}

static void
set_service (LabProcess *lab, const char *name, gboolean running)
{
  g_autofree char *request =
      g_strdup_printf ("{\"op\":\"service\",\"server\":\"EXCH01\",\"name\":\"%s\",\"running\":%s}",
                       name,
                       running ? "true" : "false");
  g_autoptr(JsonNode) answer = lab_process_control (lab, request);
}

/* POP and IMAP are there while their services run. */
static void
test_services (void)
{
  g_autoptr(LabProcess) lab = lab_process_new ("small", NULL);
  g_autofree char *back = lab_process_probe (lab, EXCH01, 444);

  for (guint i = 0; i < G_N_ELEMENTS (ports); i++) {
    g_autofree char *seen = probe (lab, EXCH01, i);

    g_assert_cmpstr (seen, ==, ports[i].greeting == EXC_PROBE_SMTP ? back : NULL);
  }
  set_service (lab, "MSExchangePOP3", TRUE);
  set_service (lab, "MSExchangeIMAP4", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (ports); i++) {
    g_autofree char *seen = probe (lab, EXCH01, i);

    g_assert_cmpstr (seen, ==, back);
  }
  set_service (lab, "MSExchangeFrontEndTransport", FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (ports); i++) {
    g_autofree char *seen = probe (lab, EXCH01, i);

    g_assert_cmpstr (seen, ==, ports[i].greeting == EXC_PROBE_SMTP ? NULL : back);
  }
}

/* A renewed certificate is shown by who was restarted since. */
static void
test_renewal (void)
{
  static const char *const transport[] = { "MSExchangeFrontEndTransport", NULL };
  g_autoptr(LabProcess) lab = lab_process_new ("small", NULL);
  ExcShell *exchange = lab_process_open (lab, EXCH02, "exchange", NULL);
  ExcShell *windows = lab_process_open (lab, EXCH01, "windows", NULL);
  g_autofree char *old = probe (lab, EXCH01, 0);
  g_autoptr(ExcReply) created = run (exchange, exc_change_renew_default (EXCH01, old));
  g_autofree char *new = exc_read_created (created, NULL);
  g_autofree char *before = probe (lab, EXCH01, 0);
  g_autofree char *after = NULL;
  g_autofree char *client = NULL;
  g_autoptr(ExcReply) restarted = NULL;

  g_assert_cmpstr (before, ==, old);
  restarted = run (windows, exc_change_restart_services (transport));
  after = probe (lab, EXCH01, 0);
  g_assert_cmpstr (after, ==, new);
  client = probe (lab, EXCH01, 1);
  g_assert_cmpstr (client, ==, new);
  lab_process_close (exchange);
  lab_process_close (windows);
}

static void
test_reset (void)
{
  g_autoptr(LabProcess) lab = lab_process_new ("small", NULL);
  g_autofree char *before = probe (lab, EXCH01, 0);
  g_autoptr(JsonNode) answer = lab_process_control (lab, "{\"op\":\"reset\"}");
  g_autofree char *after = probe (lab, EXCH01, 0);
  g_autofree char *back = lab_process_probe (lab, EXCH01, 444);

  g_assert_cmpstr (after, ==, back);
  g_assert_cmpstr (after, !=, before);
}

/* The fingerprint that OpenSSL's own client is shown. */
static char *
ask_openssl (LabProcess *lab, guint index)
{
  g_autoptr(GInetAddress) address = exc_names_lookup (lab->names, EXCH01);
  g_autofree char *host = g_inet_address_to_string (address);
  g_autofree char *place =
      g_strdup_printf ("%s:%u", host, exc_names_get_port (lab->names, EXCH01, ports[index].port));
  const char *arguments[] = { "openssl", "s_client", "-connect", place, NULL, NULL, NULL };
  g_autoptr(GSubprocess) process = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  char *begin, *end;
  g_autofree guchar *der = NULL;
  gsize length = 0;
  g_autofree char *digits = NULL;

  if (ports[index].name != NULL) {
    arguments[4] = "-starttls";
    arguments[5] = ports[index].name;
  }
  process = g_subprocess_newv (arguments,
                               G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                   G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                               &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8_async (process, "", NULL, on_done_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_subprocess_communicate_utf8_finish (process, result, &text, NULL, &error);
  g_assert_no_error (error);
  begin = strstr (text, "-----BEGIN CERTIFICATE-----");
  end = strstr (text, "-----END CERTIFICATE-----");
  g_assert_true (begin != NULL && end != NULL);
  *end = '\0';
  der = g_base64_decode (begin + strlen ("-----BEGIN CERTIFICATE-----"), &length);
  digits = g_compute_checksum_for_data (G_CHECKSUM_SHA1, der, length);
  return g_ascii_strup (digits, -1);
}

static void
test_openssl (void)
{
  g_autofree char *openssl = g_find_program_in_path ("openssl");
  g_autoptr(LabProcess) lab = NULL;

  if (openssl == NULL) {
    g_test_skip ("there is no openssl here");
    return;
  }
  lab = lab_process_new ("small", NULL);
  set_service (lab, "MSExchangePOP3", TRUE);
  set_service (lab, "MSExchangeIMAP4", TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (ports); i++) {
    g_autofree char *theirs = ask_openssl (lab, i);
    g_autofree char *ours = probe (lab, EXCH01, i);

    g_assert_cmpstr (theirs, ==, ours);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/process/mail/services", test_services);
  g_test_add_func ("/process/mail/renewal", test_renewal);
  g_test_add_func ("/process/mail/reset", test_reset);
  g_test_add_func ("/process/mail/openssl", test_openssl);

  return g_test_run ();
}
