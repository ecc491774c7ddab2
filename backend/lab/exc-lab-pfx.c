/* exc-lab-pfx.c — Import-ExchangeCertificate, Export-ExchangeCertificate
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-certificates"

#include "config.h"

#include <openssl/err.h>
#include <openssl/pkcs12.h>

#include "exc-lab-cmdlet.h"

G_DEFINE_AUTOPTR_CLEANUP_FUNC (PKCS12, PKCS12_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (X509, X509_free)

/* (transfer full): the password as OpenSSL wants it; "" where none was given */
static char *
dup_password (ExcLabCall *call)
{
  ExcValue *value = g_hash_table_lookup (call->arguments, "Password");
  ExcSecret *secret = value != NULL ? exc_value_get_secret (value) : NULL;
  const char *text = "";
  gsize length = 0;

  if (secret != NULL)
    text = exc_secret_peek (secret, &length);
  return g_strndup (text, length);
}

static void
wipe (char *password)
{
  OPENSSL_cleanse (password, strlen (password));
  g_free (password);
}

static GBytes *
make_pfx (ExcLabCertificate *certificate, const char *password)
{
  g_autoptr(X509) x509 = NULL;
  g_autoptr(PKCS12) pfx = NULL;
  unsigned char *data = NULL;
  GBytes *bytes;
  gsize length;
  const unsigned char *der = g_bytes_get_data (certificate->x509->der, &length);
  int size;

  x509 = d2i_X509 (NULL, &der, (long) length);
  pfx = PKCS12_create (
      password, certificate->friendly_name, certificate->key, x509, NULL, 0, 0, 0, 0, 0);
  size = pfx != NULL ? i2d_PKCS12 (pfx, &data) : -1;
  if (size < 0) {
    ERR_clear_error ();
    return NULL;
  }
  bytes = g_bytes_new (data, (gsize) size);
  OPENSSL_clear_free (data, (size_t) size);
  return bytes;
}

ExcLabOutcome
exc_lab_export_exchange_certificate (ExcLabCall *call)
{
  ExcLabServer *server;
  ExcLabOutcome outcome;
  ExcLabCertificate *certificate = exc_lab_call_find_certificate (call, &server, &outcome);
  g_autoptr(GBytes) bytes = NULL;
  ExcValue *value;
  char *password;

  if (certificate == NULL)
    return outcome;
  if (certificate->request != NULL) {
    exc_lab_call_write_request (call, certificate);
    return EXC_LAB_DONE;
  }
  if (certificate->key == NULL || !certificate->exportable)
    return exc_lab_call_error (call,
                               "System.InvalidOperationException",
                               "A special Rpc error occurs on server %s: The private key of the "
                               "certificate with thumbprint %s isn't exportable.",
                               server->name,
                               certificate->x509->sha1);
  password = dup_password (call);
  bytes = make_pfx (certificate, password);
  wipe (password);
  if (bytes == NULL)
    return exc_lab_call_error (call,
                               "System.Security.Cryptography.CryptographicException",
                               "The certificate can't be exported.");
  value = exc_lab_value_new ("Microsoft.Exchange.Data.BinaryFileDataObject", NULL);
  exc_value_set_property (value, "FileData", exc_value_new_bytes (bytes));
  exc_lab_call_write (call, exc_lab_object_new (value));
  return EXC_LAB_DONE;
}

static ExcLabCertificate *
read_pfx (GBytes *bytes, const char *password)
{
  gsize length;
  const unsigned char *data = g_bytes_get_data (bytes, &length);
  g_autoptr(PKCS12) pfx = d2i_PKCS12 (NULL, &data, (long) length);
  g_autoptr(EVP_PKEY) key = NULL;
  g_autoptr(X509) x509 = NULL;
  g_autoptr(GBytes) der = NULL;
  unsigned char *encoded = NULL;
  int size;

  if (pfx == NULL || PKCS12_parse (pfx, password, &key, &x509, NULL) != 1 || x509 == NULL ||
      key == NULL) {
    ERR_clear_error ();
    return NULL;
  }
  size = i2d_X509 (x509, &encoded);
  der = g_bytes_new (encoded, (gsize) size);
  OPENSSL_free (encoded);
  return exc_lab_certificate_new (der, key, NULL);
}

static ExcLabOutcome
already_there (ExcLabCall *call, ExcLabServer *server, ExcLabCertificate *certificate)
{
  return exc_lab_call_error (call,
                             "System.InvalidOperationException",
                             "A special Rpc error occurs on server %s: The certificate with "
                             "thumbprint %s already exists.",
                             server->name,
                             certificate->x509->sha1);
}

static ExcLabOutcome
keep (ExcLabCall *call, ExcLabServer *server, ExcLabCertificate *certificate)
{
  ExcLabOutcome outcome;

  g_ptr_array_add (server->my, exc_lab_certificate_ref (certificate));
  outcome = exc_lab_call_commit (call);
  exc_lab_call_write (call, exc_lab_object_new_certificate (call->world, server, certificate));
  return outcome;
}

static ExcLabCertificate *
find_request (ExcLabServer *server, ExcLabCertificate *answer)
{
  for (guint i = 0; i < server->request->len; i++) {
    ExcLabCertificate *request = g_ptr_array_index (server->request, i);

    if (exc_lab_certificate_fits_key (answer, request->key))
      return request;
  }
  return NULL;
}

/* A CA's answer: it joins the key of its pending request, whose name and rights it takes over. */
static ExcLabOutcome
complete_request (ExcLabCall *call, ExcLabServer *server, GPtrArray *answers)
{
  const char *friendly_name = exc_lab_call_get_text (call, "FriendlyName");

  for (guint i = 0; i < answers->len; i++) {
    ExcLabCertificate *answer = g_ptr_array_index (answers, i);
    ExcLabCertificate *request = find_request (server, answer);
    g_autoptr(ExcLabCertificate) certificate = NULL;

    if (exc_lab_store_find (server->my, answer->x509->sha1) != NULL)
      return already_there (call, server, answer);
    if (request == NULL)
      continue;
    if (exc_lab_call_is_on (call, "WhatIf"))
      return EXC_LAB_DONE;
    certificate = exc_lab_certificate_new (answer->x509->der, request->key, NULL);
    certificate->friendly_name =
        g_strdup (friendly_name != NULL ? friendly_name : request->friendly_name);
    certificate->exportable = request->exportable;
    g_ptr_array_remove (server->request, request);
    return keep (call, server, certificate);
  }
  return exc_lab_call_error (call,
                             "System.InvalidOperationException",
                             "A special Rpc error occurs on server %s: Cannot import certificate. "
                             "There is no pending certificate request on this server that the "
                             "certificate with thumbprint %s belongs to.",
                             server->name,
                             ((ExcLabCertificate *) answers->pdata[0])->x509->sha1);
}

ExcLabOutcome
exc_lab_import_exchange_certificate (ExcLabCall *call)
{
  GBytes *bytes = exc_value_get_bytes (g_hash_table_lookup (call->arguments, "FileData"));
  ExcLabOutcome outcome;
  ExcLabServer *server = exc_lab_call_find_server (call, "Server", TRUE, &outcome);
  g_autoptr(ExcLabCertificate) certificate = NULL;
  g_autoptr(GPtrArray) answers = NULL;
  char *password;

  if (server == NULL)
    return outcome;
  answers = bytes != NULL ? exc_lab_certificates_read (bytes) : NULL;
  if (answers != NULL && answers->len > 0)
    return complete_request (call, server, answers);
  password = dup_password (call);
  certificate = bytes != NULL ? read_pfx (bytes, password) : NULL;
  wipe (password);
  if (certificate == NULL)
    return exc_lab_call_error (call,
                               "System.InvalidOperationException",
                               "A special Rpc error occurs on server %s: The data can't be read as "
                               "a certificate with its private key, or the password is wrong.",
                               server->name);
  if (exc_lab_store_find (server->my, certificate->x509->sha1) != NULL)
    return already_there (call, server, certificate);
  if (exc_lab_call_is_on (call, "WhatIf"))
    return EXC_LAB_DONE;
  certificate->friendly_name = g_strdup (exc_lab_call_get_text (call, "FriendlyName"));
  certificate->exportable = exc_lab_call_is_on (call, "PrivateKeyExportable");
  return keep (call, server, certificate);
}
