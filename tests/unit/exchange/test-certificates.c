/* test-certificates.c — certificates by all three routes, of real and of hostile servers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <json-glib/json-glib.h>

#include "exc-error.h"
#include "exc-queries.h"
#include "exchange-test.h"

#define FQDN "ex01.contoso.example"

/* No recording of a projected certificate exists: these shapes are synthesised after domain.md
 * 1.2 and 1.6. */
static ExcValue *
projected_certificate (GBytes *der)
{
  static const char *const domains[] = { "EX01", FQDN, NULL };
  g_autofree char *thumbprint = exchange_test_thumbprint (der);
  g_autofree char *identity = g_strconcat ("EX01.contoso.example\\", thumbprint, NULL);
  ExcValue *object = exc_value_new_psobject ();

  exc_value_set_member (object, "Thumbprint", exc_value_new_string (thumbprint));
  exc_value_set_member (object, "FriendlyName", exc_value_new_string ("Microsoft Exchange"));
  exc_value_set_member (object, "Subject", exc_value_new_string ("CN=EX01"));
  exc_value_set_member (object, "Issuer", exc_value_new_string ("CN=EX01"));
  exc_value_set_member (object,
                        "Services",
                        exc_value_new_enum ("Microsoft.Exchange.Management.AllowedServices",
                                            "IMAP, POP, IIS, SMTP",
                                            27));
  exc_value_set_member (object, "ServicesStringForm", exc_value_new_string ("IP.WS.."));
  exc_value_set_member (object, "Status", exc_value_new_enum ("X.CertificateStatus", "Valid", 1));
  exc_value_set_member (
      object, "RootCAType", exc_value_new_enum ("X.CertificateAuthorityType", "Registry", 3));
  exc_value_set_member (object, "IsSelfSigned", exc_value_new_boolean (TRUE));
  exc_value_set_member (object, "HasPrivateKey", exc_value_new_boolean (TRUE));
  exc_value_set_member (object, "PrivateKeyExportable", exc_value_new_boolean (FALSE));
  exc_value_set_member (object, "PublicKeySize", exc_value_new_int32 (2048));
  exc_value_set_member (object, "SerialNumber", exc_value_new_string ("00AB"));
  exc_value_set_member (object, "CertificateDomains", exc_value_new_string_list (domains));
  exc_value_set_member (object, "IisServices", exc_value_new_list ());
  exc_value_set_member (object, "Identity", exc_value_new_string (identity));
  exc_value_set_member (object, "RawData", exc_value_new_bytes (der));
  return object;
}

/* Reads the one certificate of @take. */
static ExcCertificateRecord *
read_one (ExcValue *take)
{
  g_autoptr(ExcReply) reply = exchange_test_reply (take);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) records = exc_read_certificates (reply, FQDN, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 1);
  return exc_certificate_record_ref (g_ptr_array_index (records, 0));
}

static void
test_projected (void)
{
  g_autoptr(GBytes) der = exchange_test_certificate ("EX01");
  g_autofree char *thumbprint = exchange_test_thumbprint (der);
  g_autoptr(ExcCertificateRecord) record = read_one (projected_certificate (der));

  g_assert_cmpint (record->route, ==, EXC_ROUTE_PROJECTED);
  g_assert_cmpstr (record->thumbprint, ==, thumbprint);
  g_assert_true (g_bytes_equal (record->der, der));
  g_assert_cmpstr (record->friendly_name, ==, "Microsoft Exchange");
  g_assert_cmpstr (record->subject, ==, "CN=EX01");
  g_assert_cmpstr (record->issuer, ==, "CN=EX01");
  g_assert_cmpstr (record->serial_number, ==, "00AB");
  g_assert_cmpint (record->services, ==, 27);
  g_assert_cmpint (record->status, ==, EXC_STATUS_VALID);
  g_assert_cmpstr (record->root_ca_type, ==, "Registry");
  g_assert_cmpint (record->is_self_signed, ==, EXC_YES);
  g_assert_cmpint (record->has_private_key, ==, EXC_YES);
  g_assert_cmpint (record->private_key_exportable, ==, EXC_NO);
  g_assert_cmpint (record->key_size, ==, 2048);
  g_assert_cmpint (g_strv_length (record->domains), ==, 2);
  g_assert_cmpstr (record->domains[1], ==, FQDN);
  g_assert_nonnull (record->iis_services);
  g_assert_null (record->iis_services[0]);
  /* The dates are the certificate's own, though none was told. */
  g_assert_cmpint (record->not_before, ==, 1700000000);
  g_assert_cmpint (record->not_after, ==, 1857680000);
}

typedef struct {
  const char *name;
  const char *property;
  ExcValue *(*make) (void);
  int services;
  ExcStatus status;
  const char *root_ca_type;
} Shape;

static ExcValue *
make_null (void)
{
  return exc_value_new_null ();
}

static ExcValue *
make_names (void)
{
  return exc_value_new_string ("IIS,smtp");
}

static ExcValue *
make_unknown_name (void)
{
  return exc_value_new_string ("SMTP, Teleport");
}

static ExcValue *
make_number (void)
{
  return exc_value_new_int32 (3);
}

static ExcValue *
make_large (void)
{
  return exc_value_new_int64 (G_GINT64_CONSTANT (1) << 40);
}

static ExcValue *
make_invalid (void)
{
  return exc_value_new_string ("Invalid");
}

static ExcValue *
make_third_party (void)
{
  return exc_value_new_string ("ThirdParty");
}

static ExcValue *
make_object (void)
{
  return exc_value_new_psobject ();
}

/* The form of "Services" decides only where its own value cannot be read. */
static const Shape shapes[] = {
  { "services-null", "Services", make_null, 27, EXC_STATUS_VALID, "Registry" },
  { "services-names", "Services", make_names, 24, EXC_STATUS_VALID, "Registry" },
  { "services-unknown-name", "Services", make_unknown_name, 27, EXC_STATUS_VALID, "Registry" },
  { "services-number", "Services", make_number, 3, EXC_STATUS_VALID, "Registry" },
  { "services-too-large", "Services", make_large, 27, EXC_STATUS_VALID, "Registry" },
  { "services-object", "Services", make_object, 27, EXC_STATUS_VALID, "Registry" },
  { "status-null", "Status", make_null, 27, EXC_STATUS_UNREAD, "Registry" },
  { "status-name", "Status", make_invalid, 27, EXC_STATUS_INVALID, "Registry" },
  { "status-number", "Status", make_number, 27, EXC_STATUS_DATE_INVALID, "Registry" },
  { "status-too-large", "Status", make_large, 27, EXC_STATUS_UNREAD, "Registry" },
  { "status-object", "Status", make_object, 27, EXC_STATUS_UNREAD, "Registry" },
  { "root-null", "RootCAType", make_null, 27, EXC_STATUS_VALID, NULL },
  { "root-name", "RootCAType", make_third_party, 27, EXC_STATUS_VALID, "ThirdParty" },
  { "root-number", "RootCAType", make_number, 27, EXC_STATUS_VALID, "Registry" },
  { "root-too-large", "RootCAType", make_large, 27, EXC_STATUS_VALID, NULL },
};

static void
test_shape (gconstpointer data)
{
  const Shape *shape = data;
  g_autoptr(GBytes) der = exchange_test_certificate ("EX01");
  ExcValue *object = projected_certificate (der);
  g_autoptr(ExcCertificateRecord) record = NULL;

  exc_value_set_member (object, shape->property, shape->make ());
  record = read_one (object);
  g_assert_cmpint (record->services, ==, shape->services);
  g_assert_cmpint (record->status, ==, shape->status);
  g_assert_cmpstr (record->root_ca_type, ==, shape->root_ca_type);
}

/* A projection of properties that the server does not have is null throughout. */
static void
test_untold_stays_unknown (void)
{
  static const char *const names[] = {
    "FriendlyName", "Services",      "ServicesStringForm",   "Status",
    "RootCAType",   "HasPrivateKey", "PrivateKeyExportable", "CertificateDomains",
    "IisServices",  "Identity",      "PublicKeySize",        "IsSelfSigned",
  };
  g_autoptr(GBytes) der = exchange_test_certificate ("EX01");
  ExcValue *object = projected_certificate (der);
  g_autoptr(ExcCertificateRecord) record = NULL;
  g_autoptr(GPtrArray) records = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    exc_value_set_member (object, names[i], exc_value_new_null ());
  record = read_one (object);
  g_assert_cmpint (record->route, ==, EXC_ROUTE_PROJECTED);
  g_assert_null (record->friendly_name);
  g_assert_cmpint (record->services, ==, EXC_SERVICES_UNKNOWN);
  g_assert_cmpint (record->status, ==, EXC_STATUS_UNREAD);
  g_assert_null (record->root_ca_type);
  g_assert_cmpint (record->has_private_key, ==, EXC_UNKNOWN);
  g_assert_cmpint (record->private_key_exportable, ==, EXC_UNKNOWN);
  g_assert_null (record->domains);
  g_assert_null (record->iis_services);
  g_assert_null (record->identity);
  /* These the certificate tells itself. */
  g_assert_cmpint (record->key_size, ==, 256);
  g_assert_cmpint (record->is_self_signed, ==, EXC_YES);

  g_ptr_array_add (records, record);
  g_assert_true (exc_certificates_lack_properties (records));
}

static void
test_lists_in_any_container (void)
{
  g_autoptr(GBytes) der = exchange_test_certificate ("EX01");
  ExcValue *object = projected_certificate (der);
  ExcValue *enumerable = exc_value_new_object (NULL);
  g_autoptr(ExcCertificateRecord) record = NULL;

  exc_value_set_container (enumerable, EXC_CONTAINER_ENUMERABLE);
  exc_value_append (enumerable, exc_value_new_string ("IIS://EX01/W3SVC/2"));
  exc_value_set_member (object, "IisServices", enumerable);
  exc_value_set_member (object, "CertificateDomains", exc_value_new_string ("EX01"));
  record = read_one (object);
  g_assert_cmpint (g_strv_length (record->iis_services), ==, 1);
  g_assert_cmpstr (record->iis_services[0], ==, "IIS://EX01/W3SVC/2");
  g_assert_cmpint (g_strv_length (record->domains), ==, 1);
  g_assert_cmpstr (record->domains[0], ==, "EX01");
}

typedef struct {
  const char *name;
  const char *property;
  const char *text; /* NULL: null; "" and others as given */
  const char *asked;
} Lie;

#define OTHER "0123456789ABCDEF0123456789ABCDEF01234567"

static const Lie lies[] = {
  { "no-raw-data", "RawData", NULL, FQDN },
  { "raw-data-of-another-kind", "RawData", "MIIB", FQDN },
  { "another-thumbprint", "Thumbprint", OTHER, FQDN },
  { "no-thumbprint", "Thumbprint", "ABCD", FQDN },
  { "identity-of-another-certificate", "Identity", "EX01.contoso.example\\" OTHER, FQDN },
};

static void
test_refuses (gconstpointer data)
{
  const Lie *lie = data;
  g_autoptr(GBytes) der = exchange_test_certificate ("EX01");
  ExcValue *object = projected_certificate (der);
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(GPtrArray) records = NULL;
  g_autoptr(GError) error = NULL;

  exc_value_set_member (object,
                        lie->property,
                        lie->text != NULL ? exc_value_new_string (lie->text)
                                          : exc_value_new_null ());
  reply = exchange_test_reply (object);
  records = exc_read_certificates (reply, lie->asked, &error);
  g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
  g_assert_null (records);
}

static void
test_who_answered (void)
{
  static const struct {
    const char *asked;
    gboolean is_good;
  } servers[] = {
    { "ex01.contoso.example", TRUE },  { "EX01", TRUE },
    { "ex01.CONTOSO.example", TRUE },  { NULL, TRUE },
    { "ex02.contoso.example", FALSE }, { "ex0", FALSE },
    { "ex01.contoso", FALSE },         { "ex011", FALSE },
  };
  g_autoptr(GBytes) der = exchange_test_certificate ("EX01");

  for (guint i = 0; i < G_N_ELEMENTS (servers); i++) {
    g_autoptr(ExcReply) reply = exchange_test_reply (projected_certificate (der));
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) records = exc_read_certificates (reply, servers[i].asked, &error);

    g_test_message ("asked: %s", servers[i].asked);
    if (servers[i].is_good)
      g_assert_no_error (error);
    else
      g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
    g_assert_cmpint (records != NULL, ==, servers[i].is_good);
  }
}

static void
test_raw_route (void)
{
  g_autoptr(ExcReply) reply = exchange_test_recorded ("hc-unit-GetExchangeCertificateBroken.xml");
  g_autoptr(GPtrArray) records = NULL;
  g_autoptr(GError) error = NULL;
  const ExcCertificateRecord *record = NULL;

  if (reply == NULL)
    return;
  records = exc_read_certificates (reply, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 5);
  for (guint i = 0; i < records->len; i++) {
    g_autofree char *thumbprint = NULL;

    record = g_ptr_array_index (records, i);
    thumbprint = exchange_test_thumbprint (record->der);
    g_assert_cmpint (record->route, ==, EXC_ROUTE_RAW);
    g_assert_cmpstr (record->thumbprint, ==, thumbprint);
    g_assert_cmpint (record->services, ==, EXC_SERVICES_UNKNOWN);
    g_assert_cmpint (record->status, ==, EXC_STATUS_UNREAD);
    g_assert_null (record->friendly_name);
    g_assert_cmpint (record->has_private_key, ==, EXC_UNKNOWN);
    g_assert_nonnull (record->subject);
    g_assert_cmpint (record->not_after, >, record->not_before);
  }
  record = g_ptr_array_index (records, 1);
  g_assert_cmpstr (record->subject, ==, "CN=E2k16-1");
  g_assert_true (exc_certificates_lack_properties (records));
}

static void
assert_time (JsonObject *expected, const char *name, gint64 time)
{
  g_autoptr(GDateTime) date = g_date_time_new_from_iso8601 (
      json_object_get_string_member (expected, name), NULL);

  g_assert_cmpint (time, ==, g_date_time_to_unix (date));
}

/* decoded-certificates.json was made by other hands from the same files. */
static void
assert_decoded (const ExcCertificateRecord *record, JsonObject *expected)
{
  JsonArray *iis = json_object_get_array_member (expected, "iisServices");

  g_assert_cmpint (record->route, ==, EXC_ROUTE_SERIALIZED);
  g_assert_cmpstr (record->thumbprint, ==, json_object_get_string_member (expected, "thumbprint"));
  g_assert_cmpstr (record->subject, ==, json_object_get_string_member (expected, "subject"));
  g_assert_cmpstr (record->issuer, ==, json_object_get_string_member (expected, "issuer"));
  assert_time (expected, "notBefore", record->not_before);
  assert_time (expected, "notAfter", record->not_after);
  g_assert_cmpint (record->services, ==, json_object_get_int_member (expected, "servicesValue"));
  g_assert_cmpint (record->status, ==, EXC_STATUS_VALID); /* of all that were recorded */
  g_assert_cmpstr (record->root_ca_type,
                   ==,
                   json_object_get_int_member (expected, "rootCAType") == 3 ? "Registry" : "None");
  g_assert_cmpint (record->is_self_signed,
                   ==,
                   json_object_get_boolean_member (expected, "selfSigned") ? EXC_YES : EXC_NO);
  g_assert_cmpint (record->private_key_exportable,
                   ==,
                   json_object_get_boolean_member (expected, "privateKeyExportable") ? EXC_YES
                                                                                     : EXC_NO);
  g_assert_cmpstr (record->identity, ==, json_object_get_string_member (expected, "identity"));
  if (json_object_has_member (expected, "friendlyName"))
    g_assert_cmpstr (
        record->friendly_name, ==, json_object_get_string_member (expected, "friendlyName"));
  g_assert_cmpint (record->key_size, ==, json_object_get_int_member (expected, "key"));
  g_assert_cmpint (g_strv_length (record->iis_services), ==, json_array_get_length (iis));
}

static void
test_serialized_route (void)
{
  static const char *const files[] = {
    "hc-E19-GetExchangeCertificate.xml",
    "hc-unit-GetExchangeCertificate.xml",
    "hc-unit-GetExchangeCertificateWithoutAuth.xml",
    "meac-collect-GetExchangeCertificate.xml",
    "meac-config-NewExchangeAuthCertificate.xml",
  };
  g_autofree char *path = exchange_test_path ("decoded-certificates.json");
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GError) error = NULL;
  JsonObject *decoded = NULL;
  guint n_read = 0;

  if (path == NULL)
    return;
  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  decoded = json_node_get_object (json_parser_get_root (parser));
  for (guint i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autoptr(ExcReply) reply = exchange_test_recorded (files[i]);
    g_autoptr(GPtrArray) records = exc_read_certificates (reply, NULL, &error);
    JsonArray *expected = json_object_get_array_member (decoded, files[i]);

    g_test_message ("%s", files[i]);
    g_assert_no_error (error);
    g_assert_cmpuint (records->len, ==, json_array_get_length (expected));
    for (guint j = 0; j < records->len; j++)
      assert_decoded (g_ptr_array_index (records, j), json_array_get_object_element (expected, j));
    g_assert_false (exc_certificates_lack_properties (records));
    n_read += records->len;
  }
  g_assert_cmpuint (n_read, ==, 19);
}

/* SerializationData that cannot be read is no reason to show nothing. */
static void
test_broken_serialization_data (void)
{
  static const guint8 broken[] = "#sig#\xff\xff\xff\xff not a stream";
  g_autoptr(GBytes) der = exchange_test_certificate ("EX01");
  g_autoptr(GBytes) bytes = g_bytes_new_static (broken, sizeof broken);
  ExcValue *object = exc_value_new_object (NULL);
  g_autoptr(ExcCertificateRecord) record = NULL;

  exc_value_set_property (object, "RawData", exc_value_new_bytes (der));
  exc_value_set_member (object, "SerializationData", exc_value_new_bytes (bytes));
  record = read_one (object);
  g_assert_cmpint (record->route, ==, EXC_ROUTE_RAW);
  g_assert_cmpstr (record->subject, ==, "CN=EX01");
}

static void
test_refused_projection (void)
{
  static const struct {
    const char *id;
    const char *target;
    gboolean refuses;
  } cases[] = {
    { "ParameterArgumentValidationError,Microsoft.PowerShell.Commands.SelectObjectCommand",
      "",
      TRUE },
    { "ParameterArgumentValidationError,Select-Object", "", TRUE },
    { "CommandNotFoundException", "Select-Object", TRUE },
    { "CommandNotFoundException", "Get-ExchangeCertificate", FALSE },
    { "ParameterArgumentValidationError,Get-ExchangeCertificate", "", FALSE },
    { "NamedParameterNotFound,Microsoft.PowerShell.Commands.SelectObjectCommand", "", FALSE },
  };
  g_autoptr(ExcReply) good = exc_reply_new ();

  g_assert_false (exc_reply_refuses_projection (good));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr(ExcReply) reply = exchange_test_failed (cases[i].id, cases[i].target);

    g_test_message ("%s", cases[i].id);
    g_assert_cmpint (exc_reply_refuses_projection (reply), ==, cases[i].refuses);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/exchange/certificates/projected", test_projected);
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++) {
    g_autofree char *path = g_strconcat ("/exchange/certificates/", shapes[i].name, NULL);

    g_test_add_data_func (path, &shapes[i], test_shape);
  }
  g_test_add_func ("/exchange/certificates/untold-stays-unknown", test_untold_stays_unknown);
  g_test_add_func ("/exchange/certificates/lists-in-any-container", test_lists_in_any_container);
  for (guint i = 0; i < G_N_ELEMENTS (lies); i++) {
    g_autofree char *path = g_strconcat ("/exchange/certificates/refuses/", lies[i].name, NULL);

    g_test_add_data_func (path, &lies[i], test_refuses);
  }
  g_test_add_func ("/exchange/certificates/who-answered", test_who_answered);
  g_test_add_func ("/exchange/certificates/raw-route", test_raw_route);
  g_test_add_func ("/exchange/certificates/serialized-route", test_serialized_route);
  g_test_add_func ("/exchange/certificates/broken-serialization-data",
                   test_broken_serialization_data);
  g_test_add_func ("/exchange/certificates/refused-projection", test_refused_projection);

  return g_test_run ();
}
