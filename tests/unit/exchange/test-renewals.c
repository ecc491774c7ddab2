/* test-renewals.c — the commands of certificates, the Auth configuration and settings
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-queries.h"
#include "exchange-test.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#define SERVER     "ex01.contoso.example"
#define THUMBPRINT "0123456789ABCDEF0123456789ABCDEF01234567"
#define CANARY     "canary-4711"

/* What an admin would type says it all: names, values, and their kinds. */
static void
assert_line (ExcPipeline *take, const char *expected)
{
  g_autoptr(ExcPipeline) pipeline = take;
  g_autofree char *line = exc_pipeline_to_line (pipeline);

  g_assert_cmpstr (line, ==, expected);
  g_assert_true (exc_pipeline_is_changing (pipeline));
}

static void
test_auth (void)
{
  g_autoptr(ExcPipeline) create = exc_change_create_auth (SERVER);
  ExcCommand *command = exc_pipeline_get_command (create, 0);
  ExcValue *domains = exc_command_lookup (command, "DomainName");
  g_autoptr(ExcPipeline) stage = exc_change_stage_auth (THUMBPRINT, 1800000000, NULL);
  ExcValue *date =
      exc_command_lookup (exc_pipeline_get_command (stage, 0), "NewCertificateEffectiveDate");

  /* a list without items, which null is not */
  g_assert_cmpint (exc_value_get_container (domains), ==, EXC_CONTAINER_LIST);
  g_assert_true (exc_value_is_type (domains, "System.Object[]"));
  g_assert_cmpuint (exc_value_get_n_items (domains), ==, 0);
  g_assert_null (exc_command_lookup (command, "Force"));
  g_assert_cmpint (exc_pipeline_get_choice (create), ==, 0);
  assert_line (g_steal_pointer (&create),
               "New-ExchangeCertificate -Server ex01.contoso.example -ErrorAction Stop -KeySize "
               "2048 -PrivateKeyExportable:$true -SubjectName 'cn=Microsoft Exchange Server Auth "
               "Certificate' -FriendlyName 'Microsoft Exchange Server Auth Certificate' "
               "-DomainName @() -Services None");
  assert_line (exc_change_allow_network_service (SERVER, THUMBPRINT),
               "Enable-ExchangeCertificate -Server ex01.contoso.example -ErrorAction Stop "
               "-Thumbprint '" THUMBPRINT
               "' -Services None -NetworkServiceAllowed:$true -Force:$true");

  g_assert_cmpint (exc_value_get_kind (date), ==, EXC_VALUE_DATE_TIME);
  g_assert_true (g_str_has_prefix (exc_value_get_text (date), "2027-01-15T08:00:00"));
  g_assert_true (g_str_has_suffix (exc_value_get_text (date), "Z"));
  g_assert_null (exc_command_lookup (exc_pipeline_get_command (stage, 0), "Server"));
  assert_line (exc_change_cancel_auth (),
               "Set-AuthConfig -ErrorAction Stop -Force:$true -NewCertificateThumbprint ''");
  assert_line (exc_change_publish_auth (),
               "Set-AuthConfig -ErrorAction Stop -Force:$true -PublishCertificate:$true");
  assert_line (exc_change_clear_previous_auth (),
               "Set-AuthConfig -ErrorAction Stop -ClearPreviousCertificate:$true");
  assert_line (exc_change_swap_auth (THUMBPRINT),
               "Set-AuthConfig -ErrorAction Stop -Force:$true -CertificateThumbprint '" THUMBPRINT
               "'");
}

static void
test_stage_on_server (void)
{
  g_autoptr(ExcPipeline) stage = exc_change_stage_auth (THUMBPRINT, 1800000000, SERVER);
  ExcCommand *command = exc_pipeline_get_command (stage, 0);

  g_assert_cmpstr (exc_value_get_text (exc_command_lookup (command, "Server")), ==, SERVER);
  g_assert_nonnull (exc_command_lookup (command, "Force"));
}

static void
test_create (void)
{
  static const char *const domains[] = { "mail.contoso.example", "contoso.example", NULL };
  g_autoptr(ExcPipeline) kept = exc_change_create_self_signed (
      SERVER, "CN=mail", domains, NULL, "SMTP", 4096, FALSE, FALSE);

  /* without -Force the default SMTP certificate stays */
  g_assert_cmpint (exc_pipeline_get_choice (kept), ==, 'N');
  assert_line (
      g_steal_pointer (&kept),
      "New-ExchangeCertificate -Server ex01.contoso.example -ErrorAction Stop -SubjectName "
      "'CN=mail' -DomainName mail.contoso.example,contoso.example -KeySize 4096 "
      "-PrivateKeyExportable:$false -Services SMTP");
  assert_line (
      exc_change_create_self_signed (SERVER, "CN=mail", NULL, "Mail", "SMTP", 2048, TRUE, TRUE),
      "New-ExchangeCertificate -Server ex01.contoso.example -ErrorAction Stop -SubjectName "
      "'CN=mail' -FriendlyName Mail -KeySize 2048 -PrivateKeyExportable:$true -Services "
      "SMTP -Force:$true");
  assert_line (
      exc_change_create_wmsvc (SERVER, "EX01"),
      "New-ExchangeCertificate -Server ex01.contoso.example -ErrorAction Stop -SubjectName "
      "'CN=WMSvc-SHA2-EX01' -DomainName @(WMSvc-SHA2-EX01) -FriendlyName WMSVC-SHA2 "
      "-KeySize 2048 -PrivateKeyExportable:$true -Services None");
  assert_line (exc_change_create_request (SERVER, "CN=mail", domains, "Mail", 2048, TRUE),
               "New-ExchangeCertificate -Server ex01.contoso.example -ErrorAction Stop "
               "-GenerateRequest:$true -SubjectName 'CN=mail' -DomainName "
               "mail.contoso.example,contoso.example -FriendlyName Mail -KeySize 2048 "
               "-PrivateKeyExportable:$true");
  assert_line (exc_change_renew_as_request (SERVER, THUMBPRINT),
               "Get-ExchangeCertificate -Server ex01.contoso.example -ErrorAction Stop -Thumbprint "
               "'" THUMBPRINT "' | New-ExchangeCertificate -Server ex01.contoso.example "
               "-ErrorAction Stop -GenerateRequest:$true");
}

static void
test_settings (void)
{
  g_autoptr(ExcPipeline) keeping =
                 exc_change_enable_keeping_default (SERVER, THUMBPRINT, "IMAP,POP,SMTP");

  g_assert_cmpint (exc_pipeline_get_choice (keeping), ==, 'N');
  g_assert_cmpstr (exc_pipeline_get_question (keeping), ==, THUMBPRINT);
  assert_line (g_steal_pointer (&keeping),
               "Enable-ExchangeCertificate -Server ex01.contoso.example -ErrorAction Stop "
               "-Thumbprint '" THUMBPRINT "' -Services 'IMAP,POP,SMTP'");
  assert_line (exc_change_set_pop_name (SERVER, "pop.contoso.example"),
               "Set-PopSettings -Server ex01.contoso.example -ErrorAction Stop "
               "-X509CertificateName pop.contoso.example");
  assert_line (exc_change_set_imap_name (SERVER, "imap.contoso.example"),
               "Set-ImapSettings -Server ex01.contoso.example -ErrorAction Stop "
               "-X509CertificateName imap.contoso.example");
  assert_line (exc_change_set_send_connector_tls ("Internet", "<I>CN=a<S>CN=b"),
               "Set-SendConnector -ErrorAction Stop -Identity Internet -TlsCertificateName "
               "'<I>CN=a<S>CN=b'");
  assert_line (exc_change_set_receive_connector_tls ("EX01\\Default EX01", NULL),
               "Set-ReceiveConnector -ErrorAction Stop -Identity 'EX01\\Default EX01' "
               "-TlsCertificateName $null");
  assert_line (exc_change_start_edge_sync (SERVER),
               "Start-EdgeSynchronization -Server ex01.contoso.example -ErrorAction Stop");
}

/* Neither the password nor a byte of the file is in what is shown, logged or kept. */
static void
test_secrets (void)
{
  g_autoptr(ExcSecret) password = exc_secret_new (CANARY, strlen (CANARY));
  g_autoptr(ExcSecret) pfx = exc_secret_new ("pfx-" CANARY, strlen ("pfx-" CANARY));
  g_autofree char *base64 =
      g_base64_encode ((const guchar *) "pfx-" CANARY, strlen ("pfx-" CANARY));
  ExcPipeline *pipelines[] = {
    exc_change_export (SERVER, THUMBPRINT, password),
    exc_change_import (SERVER, pfx, password, TRUE, "Auth"),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pipelines); i++) {
    g_autofree char *line = exc_pipeline_to_line (pipelines[i]);
    g_autofree char *whole = exc_pipeline_to_powershell (pipelines[i]);
    const char *const texts[] = { line, whole };

    for (gsize j = 0; j < G_N_ELEMENTS (texts); j++) {
      g_assert_null (strstr (texts[j], "canary"));
      g_assert_null (strstr (texts[j], base64));
      g_assert_nonnull (strstr (texts[j], "-Password ‹secret›"));
    }
    g_assert_true (exc_pipeline_is_changing (pipelines[i]));
  }
  {
    ExcCommand *import = exc_pipeline_get_command (pipelines[1], 0);
    g_autofree char *line = exc_pipeline_to_line (pipelines[1]);
    GBytes *sent = exc_value_get_bytes (exc_command_lookup (import, "FileData"));
    gsize size = 0;
    const char *data = exc_secret_peek (pfx, &size);

    g_assert_nonnull (strstr (line, "-FileData ‹15 bytes›"));
    g_assert_cmpmem (g_bytes_get_data (sent, NULL), g_bytes_get_size (sent), data, size);
    /* the secret's own memory, and no copy that nobody would wipe */
    g_assert_true (g_bytes_get_data (sent, NULL) == (gconstpointer) data);
    g_assert_true (exc_value_get_secret (exc_command_lookup (import, "Password")) == password);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (pipelines); i++)
    exc_pipeline_unref (pipelines[i]);
}

static ExcReply *
file_data (const void *data, gsize size)
{
  ExcValue *object = exc_value_new_psobject ();
  g_autoptr(GBytes) bytes = g_bytes_new (data, size);

  exc_value_set_member (object, "FileData", exc_value_new_bytes (bytes));
  return exchange_test_reply (object);
}

static void
test_exported (void)
{
  static const guint8 zeros[sizeof CANARY - 1];
  g_autoptr(ExcReply) reply = file_data (CANARY, strlen (CANARY));
  g_autoptr(ExcReply) empty = file_data ("", 0);
  g_autoptr(ExcReply) other = exchange_test_reply (exc_value_new_psobject ());
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcSecret) pfx = exc_read_exported (reply, &error);
  GBytes *left = exc_value_get_bytes (
      exc_value_get_property (exc_reply_get_output (reply)->pdata[0], "FileData"));
  gsize size = 0;

  g_assert_no_error (error);
  g_assert_cmpstr (exc_secret_peek (pfx, &size), ==, CANARY);
  g_assert_cmpuint (size, ==, strlen (CANARY));
  g_assert_cmpmem (g_bytes_get_data (left, NULL), g_bytes_get_size (left), zeros, sizeof zeros);

  g_assert_null (exc_read_exported (empty, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
  g_clear_error (&error);
  g_assert_null (exc_read_exported (other, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
}

static char *
make_request (GByteArray *der)
{
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  X509_REQ *request = X509_REQ_new ();
  BIO *bio = BIO_new (BIO_s_mem ());
  char *pem = NULL;
  char *text = NULL;
  guint8 *bytes = NULL;
  int length;

  X509_REQ_set_pubkey (request, key);
  g_assert_cmpint (X509_REQ_sign (request, key, EVP_sha256 ()), >, 0);
  g_assert_true (PEM_write_bio_X509_REQ_NEW (bio, request));
  length = (int) BIO_get_mem_data (bio, &text);
  pem = g_strndup (text, (gsize) length);
  length = i2d_X509_REQ (request, &bytes);
  g_byte_array_append (der, bytes, (guint) length);
  OPENSSL_free (bytes);
  BIO_free (bio);
  X509_REQ_free (request);
  EVP_PKEY_free (key);
  return pem;
}

/* What exc_query_request() gets. */
static ExcReply *
pending (const char *pem)
{
  ExcValue *object = exc_value_new_psobject ();

  exc_value_set_member (object, "CertificateRequest", exc_value_new_string (pem));
  return exchange_test_reply (object);
}

static void
test_request (void)
{
  g_autoptr(GByteArray) der = g_byte_array_new ();
  g_autofree char *pem = make_request (der);
  ExcReply *replies[] = {
    exchange_test_reply (exc_value_new_string (pem)),
    file_data (pem, strlen (pem)),
    file_data (der->data, der->len),
    pending (pem),
  };
  g_autoptr(ExcReply) wrong = exchange_test_reply (exc_value_new_string ("-----BEGIN"));
  g_autoptr(ExcReply) nothing = exc_reply_new ();
  g_autoptr(ExcPipeline) query = exc_query_request (SERVER, THUMBPRINT);
  g_autofree char *line = exc_pipeline_to_line (query);
  g_autoptr(GError) error = NULL;

  g_assert_false (exc_pipeline_is_changing (query));
  g_assert_cmpstr (
      line,
      ==,
      "Get-ExchangeCertificate -Server ex01.contoso.example -ErrorAction Stop -Thumbprint "
      "'" THUMBPRINT "' | Select-Object -Property @(CertificateRequest)");
  for (gsize i = 0; i < G_N_ELEMENTS (replies); i++) {
    g_autofree char *request = exc_read_request (replies[i], &error);

    g_assert_no_error (error);
    g_assert_cmpstr (request, ==, pem);
    exc_reply_unref (replies[i]);
  }
  g_assert_null (exc_read_request (wrong, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
  g_clear_error (&error);
  g_assert_null (exc_read_request (nothing, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
}

static void
test_complete (void)
{
  g_autoptr(GBytes) answer = g_bytes_new ("answer", 6);
  g_autoptr(ExcPipeline) pipeline = exc_change_complete_request (SERVER, answer);
  ExcCommand *import = exc_pipeline_get_command (pipeline, 0);

  g_assert_true (
      g_bytes_equal (exc_value_get_bytes (exc_command_lookup (import, "FileData")), answer));
  g_assert_null (exc_command_lookup (import, "Password"));
  g_assert_cmpstr (exc_value_get_text (exc_command_lookup (import, "Server")), ==, SERVER);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/exchange/renewals/auth", test_auth);
  g_test_add_func ("/exchange/renewals/stage-on-server", test_stage_on_server);
  g_test_add_func ("/exchange/renewals/create", test_create);
  g_test_add_func ("/exchange/renewals/settings", test_settings);
  g_test_add_func ("/exchange/renewals/secrets", test_secrets);
  g_test_add_func ("/exchange/renewals/exported", test_exported);
  g_test_add_func ("/exchange/renewals/request", test_request);
  g_test_add_func ("/exchange/renewals/complete", test_complete);

  return g_test_run ();
}
