/* test-x509.c — what is read out of certificates, ours and real ones
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-x509.h"

#include <string.h>

#include <json-glib/json-glib.h>
#include <libxml/xmlreader.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

/* (nid or 0 for an OID, value, joined to the RDN before) in DER order. */
typedef struct {
  const char *type;
  const char *value;
  gboolean joined;
} Attribute;

static GBytes *
make_certificate (const Attribute *attributes, const char *names, gboolean foreign_issuer)
{
  EVP_PKEY *key = EVP_EC_gen ("P-256");
  X509 *x509 = X509_new ();
  X509_NAME *name = X509_NAME_new ();
  unsigned char *der = NULL;
  int length;
  GBytes *bytes;

  X509_set_version (x509, X509_VERSION_3);
  ASN1_INTEGER_set_uint64 (X509_get_serialNumber (x509), 0x80ABCDEF);
  ASN1_TIME_set_string (X509_getm_notBefore (x509), "20240229120000Z");
  ASN1_TIME_set_string (X509_getm_notAfter (x509), "20520229120000Z");
  for (const Attribute *a = attributes; a->type != NULL; a++) {
    ASN1_OBJECT *object = OBJ_txt2obj (a->type, 0);

    g_assert_cmpint (X509_NAME_add_entry_by_OBJ (name,
                                                 object,
                                                 MBSTRING_UTF8,
                                                 (const unsigned char *) a->value,
                                                 -1,
                                                 -1,
                                                 a->joined ? -1 : 0),
                     ==,
                     1);
    ASN1_OBJECT_free (object);
  }
  X509_set_subject_name (x509, name);
  if (foreign_issuer)
    X509_NAME_add_entry_by_txt (name, "CN", MBSTRING_UTF8, (const unsigned char *) "CA", -1, -1, 0);
  X509_set_issuer_name (x509, name);
  X509_set_pubkey (x509, key);
  if (names != NULL) {
    X509_EXTENSION *extension = X509V3_EXT_conf_nid (NULL, NULL, NID_subject_alt_name, names);

    X509_add_ext (x509, extension, -1);
    X509_EXTENSION_free (extension);
    extension = X509V3_EXT_conf_nid (NULL, NULL, NID_ext_key_usage, "serverAuth,1.2.3.4");
    X509_add_ext (x509, extension, -1);
    X509_EXTENSION_free (extension);
  }
  g_assert_cmpint (X509_sign (x509, key, EVP_sha256 ()), >, 0);
  length = i2d_X509 (x509, &der);
  bytes = g_bytes_new (der, (gsize) length);

  OPENSSL_free (der);
  X509_NAME_free (name);
  X509_free (x509);
  EVP_PKEY_free (key);
  return bytes;
}

typedef struct {
  const char *name;
  Attribute attributes[6];
  const char *subject;
} NameCase;

static const NameCase name_cases[] = {
  { "plain", { { "CN", "Solo-E19A", 0 } }, "CN=Solo-E19A" },
  { "reversed",
    { { "C", "DE", 0 },
      { "ST", "NRW", 0 },
      { "L", "Cologne", 0 },
      { "O", "Contoso", 0 },
      { "CN", "domain.com", 0 } },
    "CN=domain.com, O=Contoso, L=Cologne, S=NRW, C=DE" },
  { "quoted",
    { { "O", "Contoso, \"Ltd\"", 0 }, { "OU", " lead", 0 }, { "CN", "a=b", 0 } },
    "CN=\"a=b\", OU=\" lead\", O=\"Contoso, \"\"Ltd\"\"\"" },
  { "mail-and-oid",
    { { "emailAddress", "a@b.c", 0 }, { "1.2.3.4.5", "x", 0 }, { "DC", "lab", 0 } },
    "DC=lab, OID.1.2.3.4.5=x, E=a@b.c" },
  { "several-in-one",
    { { "O", "Contoso", 0 }, { "CN", "mail", 0 }, { "OU", "IT", 1 } },
    "CN=mail + OU=IT, O=Contoso" },
  { "utf8", { { "CN", "证书", 0 } }, "CN=证书" },
};

static void
test_name (gconstpointer data)
{
  const NameCase *c = data;
  g_autoptr(GBytes) der = make_certificate (c->attributes, NULL, FALSE);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcX509) x509 = exc_x509_new_from_der (der, &error);

  g_assert_no_error (error);
  if (g_strcmp0 (c->name, "several-in-one") == 0) {
    /* DER sorts the attributes of a set, so either order can come. */
    g_assert_true (g_str_equal (x509->subject, c->subject) ||
                   g_str_equal (x509->subject, "OU=IT + CN=mail, O=Contoso"));
    return;
  }
  g_assert_cmpstr (x509->subject, ==, c->subject);
  g_assert_cmpstr (x509->issuer, ==, c->subject);
}

static void
test_facts (void)
{
  const Attribute subject[] = { { "CN", "ex01", 0 }, { NULL, NULL, 0 } };
  g_autoptr(GBytes) der = make_certificate (subject, "DNS:ex01,DNS:ex01.lab,email:a@b.c", FALSE);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcX509) x509 = exc_x509_new_from_der (der, &error);
  g_autofree char *pem = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (x509->common_name, ==, "ex01");
  g_assert_cmpstr (x509->serial_number, ==, "0080ABCDEF");
  g_assert_cmpint (x509->not_before, ==, 1709208000);
  g_assert_cmpint (x509->not_after, ==, 2592820800); /* a GeneralizedTime: past 2049 */
  g_assert_cmpuint (g_strv_length (x509->dns_names), ==, 2);
  g_assert_cmpstr (x509->dns_names[1], ==, "ex01.lab");
  g_assert_cmpuint (g_strv_length (x509->key_usages), ==, 2);
  g_assert_cmpstr (x509->key_usages[0], ==, "serverAuth");
  g_assert_cmpstr (x509->key_usages[1], ==, "1.2.3.4");
  g_assert_cmpstr (x509->signature_algorithm, ==, "sha256ECDSA");
  g_assert_cmpstr (x509->key_algorithm, ==, "ECC");
  g_assert_cmpint (x509->key_size, ==, 256);
  g_assert_true (x509->is_self_signed);
  g_assert_cmpuint (strlen (x509->sha256), ==, 64);

  pem = exc_x509_dup_pem (x509);
  g_assert_true (g_str_has_prefix (pem, "-----BEGIN CERTIFICATE-----\n"));
  g_assert_true (g_str_has_suffix (pem, "-----END CERTIFICATE-----\n"));
}

static void
test_foreign_signature_is_not_self_signed (void)
{
  const Attribute subject[] = { { "CN", "ex01", 0 }, { NULL, NULL, 0 } };
  g_autoptr(GBytes) other = make_certificate (subject, NULL, TRUE);
  g_autoptr(GBytes) der = make_certificate (subject, NULL, FALSE);
  g_autoptr(GBytes) broken = NULL;
  g_autofree guint8 *copy = NULL;
  g_autoptr(ExcX509) x509 = exc_x509_new_from_der (other, NULL);
  g_autoptr(ExcX509) forged = NULL;
  gsize size;

  g_assert_false (x509->is_self_signed);

  copy = g_memdup2 (g_bytes_get_data (der, &size), g_bytes_get_size (der));
  copy[size - 1] ^= 1; /* in the signature */
  broken = g_bytes_new (copy, size);
  forged = exc_x509_new_from_der (broken, NULL);
  g_assert_nonnull (forged);
  g_assert_false (forged->is_self_signed);
}

static void
test_cut_or_longer_is_refused (void)
{
  const Attribute subject[] = { { "CN", "ex01", 0 }, { NULL, NULL, 0 } };
  g_autoptr(GBytes) der = make_certificate (subject, NULL, FALSE);
  g_autoptr(GBytes) huge = g_bytes_new_take (g_malloc0 (70000), 70000);
  g_autoptr(GError) error = NULL;
  g_autofree guint8 *longer = g_malloc0 (g_bytes_get_size (der) + 1);

  for (gsize size = 0; size <= g_bytes_get_size (der) + 1; size++) {
    g_autoptr(GBytes) part = NULL;
    g_autoptr(ExcX509) x509 = NULL;

    if (size == g_bytes_get_size (der))
      continue;
    memcpy (longer, g_bytes_get_data (der, NULL), MIN (size, g_bytes_get_size (der)));
    part = g_bytes_new (longer, size); /* of exact size, so that ASan sees one byte too far */
    x509 = exc_x509_new_from_der (part, &error);
    g_assert_null (x509);
    g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
    g_clear_error (&error);
  }
  g_assert_null (exc_x509_new_from_der (huge, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_LIMIT);
}

/* Certificates in the recorded objects: every RawData, by the file that holds it. */
static GPtrArray *
read_raw_data (const char *path)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  xmlTextReaderPtr reader = xmlReaderForFile (path, NULL, XML_PARSE_NONET | XML_PARSE_HUGE);

  while (xmlTextReaderRead (reader) == 1) {
    xmlChar *name, *text;
    gsize size;
    guchar *der;

    if (xmlTextReaderNodeType (reader) != XML_READER_TYPE_ELEMENT ||
        !xmlStrEqual (xmlTextReaderConstLocalName (reader), BAD_CAST "BA"))
      continue;
    name = xmlTextReaderGetAttribute (reader, BAD_CAST "N");
    if (xmlStrEqual (name, BAD_CAST "RawData")) {
      text = xmlTextReaderReadString (reader);
      der = g_base64_decode ((const char *) text, &size);
      g_ptr_array_add (list, g_bytes_new_take (der, size));
      xmlFree (text);
    }
    xmlFree (name);
  }
  xmlFreeTextReader (reader);
  return list;
}

static char *
to_dotnet (const char *rfc4514)
{
  g_auto(GStrv) parts = g_strsplit (rfc4514, ",", -1);

  for (guint i = 0; parts[i] != NULL; i++) {
    if (g_str_has_prefix (parts[i], "ST=")) {
      g_autofree char *old = parts[i];

      parts[i] = g_strconcat ("S=", old + 3, NULL);
    }
  }
  return g_strjoinv (", ", parts);
}

static void
compare (JsonObject *expected, GBytes *der)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcX509) x509 = exc_x509_new_from_der (der, &error);
  g_autofree char *subject = to_dotnet (json_object_get_string_member (expected, "subject"));
  g_autofree char *issuer = to_dotnet (json_object_get_string_member (expected, "issuer"));
  g_autofree char *signature =
      g_strconcat (json_object_get_string_member (expected, "sigalg"), "RSA", NULL);
  g_autoptr(GDateTime) not_before = g_date_time_new_from_iso8601 (
      json_object_get_string_member (expected, "notBefore"), NULL);
  g_autoptr(GDateTime) not_after = g_date_time_new_from_iso8601 (
      json_object_get_string_member (expected, "notAfter"), NULL);
  JsonArray *names = json_object_get_array_member (expected, "san");

  g_assert_no_error (error);
  g_assert_cmpstr (x509->sha1, ==, json_object_get_string_member (expected, "thumbprint"));
  g_assert_cmpstr (x509->subject, ==, subject);
  g_assert_cmpstr (x509->issuer, ==, issuer);
  g_assert_cmpstr (x509->serial_number, ==, json_object_get_string_member (expected, "serial"));
  g_assert_cmpint (x509->not_before, ==, g_date_time_to_unix (not_before));
  g_assert_cmpint (x509->not_after, ==, g_date_time_to_unix (not_after));
  g_assert_cmpint (x509->key_size, ==, json_object_get_int_member (expected, "key"));
  g_assert_cmpstr (x509->key_algorithm, ==, "RSA");
  g_assert_cmpstr (x509->signature_algorithm, ==, signature);
  g_assert_cmpuint (g_strv_length (x509->dns_names), ==, json_array_get_length (names));
  for (guint i = 0; i < json_array_get_length (names); i++)
    g_assert_cmpstr (x509->dns_names[i], ==, json_array_get_string_element (names, i));
}

static void
test_real_certificates (void)
{
  const char *fixtures = g_getenv ("EXC_FIXTURES");
  g_autofree char *path =
      g_build_filename (fixtures ? fixtures : "", "exchange", "decoded-certificates.json", NULL);
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GError) error = NULL;
  JsonObjectIter iter;
  const char *file;
  JsonNode *node;
  guint n_compared = 0;

  if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
    g_test_skip ("no recorded objects: EXC_FIXTURES is not set to them");
    return;
  }
  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);

  json_object_iter_init (&iter, json_node_get_object (json_parser_get_root (parser)));
  while (json_object_iter_next (&iter, &file, &node)) {
    g_autofree char *xml = g_build_filename (fixtures, "exchange", file, NULL);
    g_autoptr(GPtrArray) certificates = read_raw_data (xml);
    JsonArray *expected = json_node_get_array (node);

    g_assert_cmpuint (certificates->len, ==, json_array_get_length (expected));
    for (guint i = 0; i < certificates->len; i++)
      compare (json_array_get_object_element (expected, i), certificates->pdata[i]);
    n_compared += certificates->len;
  }
  g_assert_cmpuint (n_compared, >, 20);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (name_cases); i++) {
    g_autofree char *path = g_strconcat ("/tls/x509/name/", name_cases[i].name, NULL);

    g_test_add_data_func (path, &name_cases[i], test_name);
  }
  g_test_add_func ("/tls/x509/facts", test_facts);
  g_test_add_func ("/tls/x509/foreign-signature-is-not-self-signed",
                   test_foreign_signature_is_not_self_signed);
  g_test_add_func ("/tls/x509/cut-or-longer-is-refused", test_cut_or_longer_is_refused);
  g_test_add_func ("/tls/x509/real-certificates", test_real_certificates);

  return g_test_run ();
}
