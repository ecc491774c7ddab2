/* exchange-test.c — replies to read, for the tests of this folder
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exchange-test.h"

#include <openssl/evp.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include "exc-clixml.h"

char *
exchange_test_path (const char *file_name)
{
  const char *fixtures = g_getenv ("EXC_FIXTURES");
  g_autofree char *path = NULL;

  if (fixtures != NULL)
    path = g_build_filename (fixtures, "exchange", file_name, NULL);
  if (path == NULL || !g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_test_skip ("the recorded objects of real servers are not here");
    return NULL;
  }
  return g_steal_pointer (&path);
}

ExcReply *
exchange_test_recorded (const char *file_name)
{
  g_autofree char *path = exchange_test_path (file_name);
  g_autofree char *text = NULL;
  gsize length = 0;
  g_autoptr(ExcClixmlReader) reader = NULL;
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(GError) error = NULL;
  ExcValue *value = NULL;

  if (path == NULL)
    return NULL;
  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);

  reader = exc_clixml_reader_new (&exc_clixml_default_limits);
  reply = exc_reply_new ();
  exc_clixml_reader_push (reader, (const guint8 *) text, length, &error);
  g_assert_no_error (error);
  exc_clixml_reader_finish (reader, &error);
  g_assert_no_error (error);
  while ((value = exc_clixml_reader_pop (reader)) != NULL) {
    exc_reply_add (reply, EXC_STREAM_OUTPUT, value);
    exc_value_unref (value);
  }
  return g_steal_pointer (&reply);
}

ExcReply *
exchange_test_reply (ExcValue *take)
{
  ExcReply *reply = exc_reply_new ();

  exc_reply_add (reply, EXC_STREAM_OUTPUT, take);
  exc_value_unref (take);
  return reply;
}

ExcReply *
exchange_test_failed (const char *error_id, const char *target)
{
  ExcReply *reply = exc_reply_new ();
  g_autoptr(ExcValue) value = exc_value_new_psobject ();

  exc_value_set_member (value, "FullyQualifiedErrorId", exc_value_new_string (error_id));
  exc_value_set_member (value, "ErrorCategory_TargetName", exc_value_new_string (target));
  exc_value_set_member (value, "ErrorCategory_Reason", exc_value_new_string ("Whatever"));
  exc_reply_set_failure (reply, exc_error_record_new_from_value (value));
  return reply;
}

GBytes *
exchange_test_certificate (const char *common_name)
{
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  X509 *certificate = X509_new ();
  X509_NAME *name = X509_get_subject_name (certificate);
  guint8 *der = NULL;
  GBytes *bytes = NULL;
  int length;

  X509_set_version (certificate, X509_VERSION_3);
  ASN1_INTEGER_set (X509_get_serialNumber (certificate), 0x1234);
  ASN1_TIME_set (X509_getm_notBefore (certificate), 1700000000);
  ASN1_TIME_set (X509_getm_notAfter (certificate), 1857680000);
  X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_UTF8, (const guint8 *) common_name, -1, -1, 0);
  X509_set_issuer_name (certificate, name);
  X509_set_pubkey (certificate, key);
  g_assert_cmpint (X509_sign (certificate, key, EVP_sha256 ()), >, 0);
  length = i2d_X509 (certificate, &der);
  g_assert_cmpint (length, >, 0);
  X509_free (certificate);
  EVP_PKEY_free (key);
  bytes = g_bytes_new (der, length);
  OPENSSL_free (der);
  return bytes;
}

char *
exchange_test_thumbprint (GBytes *der)
{
  guint8 digest[SHA_DIGEST_LENGTH];
  GString *digits = g_string_new (NULL);
  gsize size;
  const guint8 *data = g_bytes_get_data (der, &size);

  EVP_Digest (data, size, digest, NULL, EVP_sha1 (), NULL);
  for (gsize i = 0; i < sizeof digest; i++)
    g_string_append_printf (digits, "%02X", digest[i]);
  return g_string_free (digits, FALSE);
}
