/* test-fixtures.c — objects of real Exchange servers
 *
 * Reads every file of $EXC_FIXTURES/exchange. What comes out of the certificates must equal what
 * another decoder found in them.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-clixml.h"
#include "exc-nrbf.h"
#include "exc-serialized-certificate.h"

#include <json-glib/json-glib.h>
#include <openssl/bn.h>
#include <openssl/x509v3.h>

#include <locale.h>
#include <string.h>

typedef struct {
  const char *file;
  guint n_values;
} File;

/* As the fixtures' own manifest counts them. */
static const File files[] = {
  { "hc-E19-GetAuthConfig.xml", 1 },
  { "hc-E19-GetExchangeCertificate.xml", 3 },
  { "hc-E19-GetExchangeServer.xml", 1 },
  { "hc-E19-GetHybridConfiguration.xml", 1 },
  { "hc-E19-GetReceiveConnector.xml", 5 },
  { "hc-E19-GetSendConnector.xml", 1 },
  { "hc-E19-GetService.xml", 254 },
  { "hc-E19-GetWebBinding.xml", 6 },
  { "hc-unit-GetExchangeCertificate.xml", 4 },
  { "hc-unit-GetExchangeCertificateBroken.xml", 5 },
  { "hc-unit-GetExchangeCertificateWithoutAuth.xml", 3 },
  { "meac-collect-GetAuthConfig.xml", 1 },
  { "meac-collect-GetExchangeCertificate.xml", 8 },
  { "meac-config-GetInternalTransportCertificateFromServer.xml", 1 },
  { "meac-config-NewExchangeAuthCertificate.xml", 1 },
};

static char *
find_fixture (const char *name)
{
  const char *root = g_getenv ("EXC_FIXTURES");
  g_autofree char *path = root == NULL ? NULL : g_build_filename (root, "exchange", name, NULL);

  if (path == NULL || !g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_test_skip ("the recorded Exchange objects are not here (EXC_FIXTURES)");
    return NULL;
  }

  return g_steal_pointer (&path);
}

static GPtrArray *
read_values (const char *path, gsize chunk)
{
  g_autoptr(GPtrArray) values = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_value_unref);
  g_autoptr(ExcClixmlReader) reader = exc_clixml_reader_new (NULL);
  g_autoptr(GError) error = NULL;
  g_autofree char *data = NULL;
  ExcValue *value;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  for (gsize at = 0; at < size; at += chunk) {
    exc_clixml_reader_push (reader, (const guint8 *) data + at, MIN (chunk, size - at), &error);
    g_assert_no_error (error);
    while ((value = exc_clixml_reader_pop (reader)) != NULL)
      g_ptr_array_add (values, value);
  }
  exc_clixml_reader_finish (reader, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&values);
}

/* Written as one PSRP document each and read again, nothing is lost. */
static void
assert_round_trip (ExcValue *value)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = exc_clixml_write (value, NULL, &error);
  g_autoptr(ExcValue) again = NULL;
  gsize size;
  const guint8 *data;

  g_assert_no_error (error);
  data = g_bytes_get_data (bytes, &size);
  again = exc_clixml_parse (data, size, &error);
  g_assert_no_error (error);
  g_assert_true (exc_value_equal (value, again));
}

static void
test_file (gconstpointer data)
{
  const File *file = data;
  g_autofree char *path = find_fixture (file->file);
  g_autoptr(GPtrArray) whole = NULL;
  g_autoptr(GPtrArray) pieces = NULL;

  if (path == NULL)
    return;
  whole = read_values (path, G_MAXINT);
  pieces = read_values (path, 7);
  g_assert_cmpuint (whole->len, ==, file->n_values);
  g_assert_cmpuint (pieces->len, ==, file->n_values);

  for (guint i = 0; i < whole->len; i++) {
    ExcValue *value = g_ptr_array_index (whole, i);

    g_assert_cmpint (exc_value_get_kind (value), ==, EXC_VALUE_OBJECT);
    g_assert_nonnull (exc_value_get_type_names (value));
    g_assert_cmpuint (exc_value_get_n_properties (value), >, 0);
    g_assert_true (exc_value_equal (value, g_ptr_array_index (pieces, i)));
    assert_round_trip (value);
  }
}

static void
assert_member_text (JsonObject *expected, const char *name, const char *text)
{
  g_assert_cmpstr (json_object_get_string_member_with_default (expected, name, NULL), ==, text);
}

static void
assert_time (JsonObject *expected, const char *name, const ASN1_TIME *time)
{
  struct tm parts;
  g_autofree char *text = NULL;

  g_assert_cmpint (ASN1_TIME_to_tm (time, &parts), ==, 1);
  text = g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02d+00:00",
                          parts.tm_year + 1900,
                          parts.tm_mon + 1,
                          parts.tm_mday,
                          parts.tm_hour,
                          parts.tm_min,
                          parts.tm_sec);
  assert_member_text (expected, name, text);
}

static void
assert_name (JsonObject *expected, const char *name, const X509_NAME *x509_name)
{
  BIO *out = BIO_new (BIO_s_mem ());
  char *data;
  long length;
  g_autofree char *text = NULL;

  X509_NAME_print_ex (out, x509_name, 0, XN_FLAG_RFC2253);
  length = BIO_get_mem_data (out, &data);
  text = g_strndup (data, length);
  assert_member_text (expected, name, text);
  BIO_free (out);
}

static char *
hex_of (const guint8 *data, gsize size)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (gsize i = 0; i < size; i++)
    g_string_append_printf (text, "%02X", data[i]);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_der (JsonObject *expected, GBytes *der)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (der, &size);
  const guint8 *at = data;
  X509 *x509 = d2i_X509 (NULL, &at, size);
  guint8 digest[20];
  guint n_digest = sizeof digest;
  g_autofree char *thumbprint = NULL;
  BIGNUM *serial;
  char *serial_text;

  g_assert_nonnull (x509);
  g_assert_true (at == data + size);
  X509_digest (x509, EVP_sha1 (), digest, &n_digest);
  thumbprint = hex_of (digest, n_digest);
  assert_member_text (expected, "thumbprint", thumbprint);
  assert_name (expected, "subject", X509_get_subject_name (x509));
  assert_name (expected, "issuer", X509_get_issuer_name (x509));
  assert_time (expected, "notBefore", X509_get0_notBefore (x509));
  assert_time (expected, "notAfter", X509_get0_notAfter (x509));
  serial = ASN1_INTEGER_to_BN (X509_get0_serialNumber (x509), NULL);
  serial_text = BN_bn2hex (serial);
  assert_member_text (expected, "serial", serial_text);
  OPENSSL_free (serial_text);
  BN_free (serial);
  X509_free (x509);
}

static void
assert_texts (JsonArray *expected, GStrv texts)
{
  g_assert_nonnull (texts);
  g_assert_cmpuint (json_array_get_length (expected), ==, g_strv_length (texts));
  for (guint i = 0; i < json_array_get_length (expected); i++)
    g_assert_cmpstr (json_array_get_string_element (expected, i), ==, texts[i]);
}

static void
assert_serialized (JsonObject *expected, GBytes *raw, GBytes *data)
{
  static const char *const statuses[] = { "Unknown", "Valid" };
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcSerializedCertificate) certificate =
                 exc_serialized_certificate_parse (data, &error);
  g_autofree char *sha1 = NULL;
  gsize size;
  const guint8 *bytes;

  g_assert_no_error (error);
  assert_der (expected, certificate->der);
  g_assert_true (g_bytes_equal (certificate->der, raw));
  bytes = g_bytes_get_data (certificate->sha1, &size);
  sha1 = hex_of (bytes, size);
  assert_member_text (expected, "thumbprint", sha1);
  assert_member_text (expected, "friendlyName", certificate->friendly_name);
  assert_member_text (expected, "identity", certificate->identity);
  g_assert_cmpint (certificate->status, <, (int) G_N_ELEMENTS (statuses));
  assert_member_text (expected, "status", statuses[certificate->status]);
  g_assert_cmpint (
      certificate->services, ==, json_object_get_int_member (expected, "servicesValue"));
  g_assert_cmpint (
      certificate->root_ca_type, ==, json_object_get_int_member (expected, "rootCAType"));
  g_assert_cmpint (
      certificate->is_self_signed, ==, json_object_get_boolean_member (expected, "selfSigned"));
  g_assert_cmpint (certificate->private_key_exportable,
                   ==,
                   json_object_get_boolean_member (expected, "privateKeyExportable"));
  g_assert_cmpint (certificate->has_private_key, ==, TRUE);
  assert_texts (json_object_get_array_member (expected, "iisServices"), certificate->iis_services);
  g_assert_cmpint (
      certificate->is_signed,
      ==,
      g_str_has_prefix (json_object_get_string_member (expected, "serializationData"), "signed"));
}

static void
assert_certificate (JsonObject *expected, ExcValue *value)
{
  GBytes *raw = exc_value_get_bytes (exc_value_get_property (value, "RawData"));
  GBytes *data = exc_value_get_bytes (exc_value_get_property (value, "SerializationData"));
  const char *type = json_object_get_string_member_with_default (expected, "type", NULL);

  /* The other decoder did not follow TNRefs: it has the type of each file's first object only. */
  if (type != NULL)
    g_assert_cmpstr (exc_value_get_type_names (value)[0], ==, type);
  assert_member_text (expected,
                      "PSComputerName",
                      exc_value_get_text (exc_value_get_property (value, "PSComputerName")));
  g_assert_nonnull (raw);
  assert_der (expected, raw);
  g_assert_cmpint (data == NULL, ==, json_object_get_null_member (expected, "serializationData"));
  if (data != NULL)
    assert_serialized (expected, raw, data);
}

static void
test_certificates (void)
{
  g_autofree char *path = find_fixture ("decoded-certificates.json");
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(GList) names = NULL;
  JsonObject *root;
  guint n_certificates = 0;

  if (path == NULL)
    return;
  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  root = json_node_get_object (json_parser_get_root (parser));
  names = json_object_get_members (root);

  for (GList *at = names; at != NULL; at = at->next) {
    g_autofree char *file = find_fixture (at->data);
    g_autoptr(GPtrArray) values = read_values (file, 4096);
    JsonArray *expected = json_object_get_array_member (root, at->data);

    g_assert_cmpuint (json_array_get_length (expected), ==, values->len);
    for (guint i = 0; i < values->len; i++, n_certificates++)
      assert_certificate (json_array_get_object_element (expected, i),
                          g_ptr_array_index (values, i));
  }
  g_assert_cmpuint (n_certificates, ==, 25);
}

/* Each byte of a real object changed and each prefix of it: an error or a tree, never a crash, and
 * a prefix is always an error. */
static void
test_damaged_serialization_data (void)
{
  g_autofree char *path = find_fixture ("hc-E19-GetExchangeCertificate.xml");
  g_autoptr(GPtrArray) values = NULL;
  GBytes *data;
  gsize size;

  if (path == NULL)
    return;
  values = read_values (path, 4096);
  data = exc_value_get_bytes (
      exc_value_get_property (g_ptr_array_index (values, 1), "SerializationData"));
  size = g_bytes_get_size (data);

  for (gsize i = 0; i < size; i++) {
    g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (data, NULL), size);
    g_autoptr(GBytes) prefix = g_bytes_new (copy, i);
    g_autoptr(GBytes) changed = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(ExcSerializedCertificate) certificate = NULL;

    g_assert_null (exc_nrbf_parse (prefix, &error));
    g_assert_nonnull (error);
    copy[i] ^= 0xFF;
    changed = g_bytes_new_take (g_steal_pointer (&copy), size);
    certificate = exc_serialized_certificate_parse (changed, NULL);
  }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *path = g_strconcat ("/wire/fixtures/file/", files[i].file, NULL);

    g_test_add_data_func (path, &files[i], test_file);
  }
  g_test_add_func ("/wire/fixtures/certificates", test_certificates);
  g_test_add_func ("/wire/fixtures/damaged-serialization-data", test_damaged_serialization_data);

  return g_test_run ();
}
