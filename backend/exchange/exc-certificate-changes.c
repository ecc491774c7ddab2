/* exc-certificate-changes.c — certificates made, asked for, exported and imported
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-exchange"

#include "config.h"

#include "exc-changes.h"

#include <glib/gi18n.h>
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <string.h>

#include "exc-error.h"
#include "exc-reader-private.h"

#define FILE_DATA "FileData"

static void
set_names (ExcCommand *command,
           const char *subject,
           const char *const *domains,
           const char *friendly_name)
{
  exc_command_set_string (command, "SubjectName", subject);
  if (domains != NULL && domains[0] != NULL)
    exc_command_set_strings (command, "DomainName", domains);
  exc_command_set_string (command, "FriendlyName", friendly_name);
}

static void
set_key (ExcCommand *command, int key_size, gboolean is_exportable)
{
  exc_command_set_int (command, "KeySize", key_size);
  exc_command_set (command, "PrivateKeyExportable", exc_value_new_boolean (is_exportable));
}

/**
 * exc_change_create_wmsvc:
 * @server: FQDN
 * @name: the server's short name
 *
 * steps.md C1, the variant of Exchange: five years.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_create_wmsvc (const char *server, const char *name)
{
  ExcCommand *create = exc_exchange_command_new ("New-ExchangeCertificate", server);
  g_autofree char *host = g_strconcat ("WMSvc-SHA2-", name, NULL);
  g_autofree char *subject = g_strconcat ("CN=", host, NULL);
  const char *const domains[] = { host, NULL };

  set_names (create, subject, domains, "WMSVC-SHA2");
  set_key (create, 2048, TRUE);
  exc_command_set_string (create, "Services", "None");
  return exc_pipeline_new_single (create);
}

/**
 * exc_change_create_self_signed:
 * @server: FQDN
 * @subject: "CN=…"
 * @domains: (nullable): names of its Subject Alternative Name
 * @friendly_name: (nullable): fewer than 64 characters
 * @services: "None", "SMTP", or several with commas
 * @key_size: in bits: 1024, 2048 or 4096
 * @is_exportable: whether its key can be exported
 * @force: answer the question about the default SMTP certificate with Yes instead of No
 *
 * domain.md 2.1: for five years.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_create_self_signed (const char *server,
                               const char *subject,
                               const char *const *domains,
                               const char *friendly_name,
                               const char *services,
                               int key_size,
                               gboolean is_exportable,
                               gboolean force)
{
  ExcCommand *create = exc_exchange_command_new ("New-ExchangeCertificate", server);
  ExcPipeline *pipeline = exc_pipeline_new_single (create);

  set_names (create, subject, domains, friendly_name);
  set_key (create, key_size, is_exportable);
  exc_command_set_string (create, "Services", services);
  if (force)
    exc_command_set_switch (create, "Force", TRUE);
  else
    exc_pipeline_set_choice (pipeline, 'N');
  return pipeline;
}

/**
 * exc_change_create_request:
 * @server: FQDN, which keeps the key
 * @subject: "CN=…"
 * @domains: (nullable): names of its Subject Alternative Name
 * @friendly_name: (nullable): fewer than 64 characters
 * @key_size: in bits
 * @is_exportable: whether the key can be exported
 *
 * domain.md 2.1. Not -BinaryEncoded, so that the answer is text.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_create_request (const char *server,
                           const char *subject,
                           const char *const *domains,
                           const char *friendly_name,
                           int key_size,
                           gboolean is_exportable)
{
  ExcCommand *create = exc_exchange_command_new ("New-ExchangeCertificate", server);

  exc_command_set_switch (create, "GenerateRequest", TRUE);
  set_names (create, subject, domains, friendly_name);
  set_key (create, key_size, is_exportable);
  return exc_pipeline_new_single (create);
}

/**
 * exc_change_renew_as_request:
 * @server: FQDN
 * @thumbprint: of the certificate whose names and key size the request takes
 *
 * domain.md 2.1: one pipeline on the server, as exc_change_renew_default().
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_renew_as_request (const char *server, const char *thumbprint)
{
  ExcPipeline *pipeline = exc_pipeline_new ();
  ExcCommand *get = exc_exchange_command_new ("Get-ExchangeCertificate", server);
  ExcCommand *create = exc_exchange_command_new ("New-ExchangeCertificate", server);

  exc_command_set_string (get, "Thumbprint", thumbprint);
  exc_command_set_switch (create, "GenerateRequest", TRUE);
  exc_pipeline_append (pipeline, get);
  exc_pipeline_append (pipeline, create);
  return pipeline;
}

/* "-----BEGIN NEW CERTIFICATE REQUEST-----" and the form without NEW are both read. */
static gboolean
is_request (const char *pem)
{
  BIO *bio = BIO_new_mem_buf (pem, -1);
  X509_REQ *request = bio != NULL ? PEM_read_bio_X509_REQ (bio, NULL, NULL, NULL) : NULL;
  const gboolean is_good = request != NULL;

  X509_REQ_free (request);
  BIO_free (bio);
  return is_good;
}

static char *
request_to_pem (const guint8 *der, gsize size)
{
  X509_REQ *request = size <= G_MAXLONG ? d2i_X509_REQ (NULL, &der, (long) size) : NULL;
  BIO *bio = request != NULL ? BIO_new (BIO_s_mem ()) : NULL;
  char *pem = NULL;
  char *text = NULL;
  long length = 0;

  if (bio != NULL && PEM_write_bio_X509_REQ_NEW (bio, request)) {
    length = BIO_get_mem_data (bio, &text);
    pem = g_strndup (text, (gsize) length);
  }
  BIO_free (bio);
  X509_REQ_free (request);
  return pem;
}

/**
 * exc_read_request:
 * @reply: of exc_change_create_request(), exc_change_renew_as_request() or exc_query_request()
 *
 * The request comes as text, or as the FileData of an object, which holds the text or DER
 * (domain.md 2.1).
 *
 * Returns: (transfer full): PEM; %NULL with @error
 */
char *
exc_read_request (ExcReply *reply, GError **error)
{
  g_autofree char *pem = NULL;
  GPtrArray *output = NULL;
  ExcValue *value = NULL;
  GBytes *bytes = NULL;

  if (!exc_reply_check (reply, error))
    return NULL;
  output = exc_reply_get_output (reply);
  value = output->len == 1 ? g_ptr_array_index (output, 0) : NULL;
  bytes = exc_value_get_bytes (exc_value_get_property (value, FILE_DATA));
  if (bytes != NULL) {
    gsize size = 0;
    const guint8 *data = g_bytes_get_data (bytes, &size);

    pem = g_strndup ((const char *) data, size);
    if (!is_request (pem)) {
      g_free (pem);
      pem = request_to_pem (data, size);
    }
  } else if (value != NULL) {
    pem = exc_read_text (value, "CertificateRequest");
    if (pem == NULL)
      pem = exc_value_dup_text (value);
  }
  if (pem == NULL || !is_request (pem)) {
    g_set_error_literal (error,
                         EXC_ERROR,
                         EXC_ERROR_PROTOCOL,
                         _("The server’s answer holds no certificate request."));
    return NULL;
  }
  return g_steal_pointer (&pem);
}

/**
 * exc_change_complete_request:
 * @server: FQDN of the server that made the request
 * @answer: what the authority sent
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_complete_request (const char *server, GBytes *answer)
{
  ExcCommand *import = exc_exchange_command_new ("Import-ExchangeCertificate", server);

  exc_command_set (import, FILE_DATA, exc_value_new_bytes (answer));
  return exc_pipeline_new_single (import);
}

/**
 * exc_change_export:
 * @server: FQDN
 * @thumbprint: of a certificate whose key can be exported
 * @password: to protect the file with
 *
 * steps.md I1. The password goes out as a SecureString, under the session's key.
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_export (const char *server, const char *thumbprint, ExcSecret *password)
{
  ExcCommand *command = exc_exchange_command_new ("Export-ExchangeCertificate", server);

  exc_secret_wipe_freed_memory ();
  exc_command_set_string (command, "Thumbprint", thumbprint);
  exc_command_set_switch (command, "BinaryEncoded", TRUE);
  exc_command_set (command, "Password", exc_value_new_secure_string (password));
  return exc_pipeline_new_single (command);
}

/**
 * exc_read_exported:
 * @reply: of exc_change_export()
 *
 * The bytes in @reply are wiped: only the result holds them.
 *
 * Returns: (transfer full): the PFX file; %NULL with @error
 */
ExcSecret *
exc_read_exported (ExcReply *reply, GError **error)
{
  ExcValue *object = exc_read_single (reply, error);
  ExcSecret *pfx = NULL;
  GBytes *bytes = NULL;
  gsize size = 0;
  const void *data = NULL;

  if (object == NULL)
    return NULL;
  bytes = exc_value_get_bytes (exc_value_get_property (object, FILE_DATA));
  data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;
  if (size == 0) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_PROTOCOL,
                 /* Translators: %s is the name of a property and is not translated. */
                 _("The server’s answer lacks “%s”; it cannot be used."), FILE_DATA);
    return NULL;
  }
  pfx = exc_secret_new (data, size);
  OPENSSL_cleanse ((gpointer) data, size);
  return pfx;
}

/* The secret's own bytes, which live and are wiped with it. */
static GBytes *
secret_to_bytes (ExcSecret *secret)
{
  gsize size = 0;
  const char *data = exc_secret_peek (secret, &size);

  return g_bytes_new_with_free_func (
      data, size, (GDestroyNotify) exc_secret_unref, exc_secret_ref (secret));
}

/**
 * exc_change_import:
 * @server: FQDN
 * @pfx: the file's bytes
 * @password: of the file
 * @is_exportable: whether the key can be exported again
 * @friendly_name: (nullable): %NULL: the file's
 *
 * steps.md I2. A certificate that is there already is an error (domain.md 2.4).
 *
 * Returns: (transfer full): the pipeline
 */
ExcPipeline *
exc_change_import (const char *server,
                   ExcSecret *pfx,
                   ExcSecret *password,
                   gboolean is_exportable,
                   const char *friendly_name)
{
  ExcCommand *command = exc_exchange_command_new ("Import-ExchangeCertificate", server);
  g_autoptr(GBytes) bytes = secret_to_bytes (pfx);

  exc_secret_wipe_freed_memory ();
  exc_command_set (command, FILE_DATA, exc_value_new_bytes (bytes));
  exc_command_set (command, "Password", exc_value_new_secure_string (password));
  exc_command_set (command, "PrivateKeyExportable", exc_value_new_boolean (is_exportable));
  exc_command_set_string (command, "FriendlyName", friendly_name);
  return exc_pipeline_new_single (command);
}
