/* test-certificate.c — days, health, words and sections
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "model-test.h"

#include "exc-section.h"

#include <string.h>

typedef struct {
  const char *name;
  gint64 left_s;
  ExcStatus status;
  int days;
  ExcHealth health;
  const char *text;
} HealthCase;

#define DAY MODEL_TEST_DAY

static const HealthCase health_cases[] = {
  { "fresh", 1825 * DAY, EXC_STATUS_VALID, 1825, EXC_HEALTH_OK, "Valid" },
  { "sixty", 60 * DAY, EXC_STATUS_VALID, 60, EXC_HEALTH_OK, "Valid" },
  { "soon", 60 * DAY - 1, EXC_STATUS_VALID, 59, EXC_HEALTH_SOON, "Expires in 59 days" },
  { "thirty", 30 * DAY, EXC_STATUS_VALID, 30, EXC_HEALTH_SOON, "Expires in 30 days" },
  { "expiring", 20 * DAY + 5, EXC_STATUS_VALID, 20, EXC_HEALTH_EXPIRING, "Expires in 20 days" },
  { "one-day", DAY, EXC_STATUS_VALID, 1, EXC_HEALTH_EXPIRING, "Expires in 1 day" },
  { "today", DAY - 1, EXC_STATUS_VALID, 0, EXC_HEALTH_EXPIRING, "Expires within a day" },
  { "last-second", 0, EXC_STATUS_VALID, 0, EXC_HEALTH_EXPIRING, "Expires within a day" },
  { "just-over", -1, EXC_STATUS_VALID, -1, EXC_HEALTH_EXPIRED, "Expired less than a day ago" },
  { "a-day-over", -DAY, EXC_STATUS_INVALID, -1, EXC_HEALTH_EXPIRED, "Expired 1 day ago" },
  { "long-over",
    -40 * DAY - 9,
    EXC_STATUS_DATE_INVALID,
    -40,
    EXC_HEALTH_EXPIRED,
    "Expired 40 days ago" },
  { "revoked", 900 * DAY, EXC_STATUS_REVOKED, 900, EXC_HEALTH_PROBLEM, "Revoked" },
  { "untrusted", 10 * DAY, EXC_STATUS_UNTRUSTED, 10, EXC_HEALTH_PROBLEM, "Untrusted" },
  { "unread", 900 * DAY, EXC_STATUS_UNREAD, 900, EXC_HEALTH_UNKNOWN, "In date; status not told" },
  { "unchecked",
    900 * DAY,
    EXC_STATUS_REVOCATION_CHECK_FAILURE,
    900,
    EXC_HEALTH_UNKNOWN,
    "Revocation check failed" },
  { "unread-and-expiring",
    3 * DAY,
    EXC_STATUS_UNREAD,
    3,
    EXC_HEALTH_EXPIRING,
    "Expires in 3 days" },
};

static ExcCertificate *
make (ExcCertificateRecord *record)
{
  return exc_certificate_new (
      "ex01.contoso.lab", record, EXC_KIND_OTHER, 0, EXC_UNKNOWN, MODEL_TEST_NOW, MODEL_TEST_NOW);
}

static void
test_health (gconstpointer data)
{
  const HealthCase *c = data;
  g_autoptr(ExcCertificateRecord) record = model_test_record ("EX01", NULL, 0);
  g_autoptr(ExcCertificate) certificate = NULL;

  record->not_after = MODEL_TEST_NOW + c->left_s;
  record->status = c->status;
  certificate = make (record);
  g_assert_cmpint (exc_certificate_get_days_left (certificate), ==, c->days);
  g_assert_cmpint (exc_certificate_get_health (certificate), ==, c->health);
  g_assert_cmpstr (exc_certificate_get_health_text (certificate), ==, c->text);
}

static void
test_not_valid_yet (void)
{
  g_autoptr(ExcCertificateRecord) record = model_test_record ("EX01", NULL, 500);
  g_autoptr(ExcCertificate) certificate = NULL;

  record->not_before = MODEL_TEST_NOW + 60;
  certificate = make (record);
  g_assert_cmpint (exc_certificate_get_health (certificate), ==, EXC_HEALTH_PROBLEM);
  g_assert_cmpstr (exc_certificate_get_health_text (certificate), ==, "Not valid yet");
}

static void
test_words (void)
{
  g_autoptr(ExcCertificateRecord) record = model_test_record ("EX01", "", 100);
  g_autoptr(ExcCertificate) certificate = NULL;
  g_autofree char *key = g_strconcat ("ex01.contoso.lab\\", record->thumbprint, NULL);
  g_auto(GStrv) ids = NULL;
  g_auto(GStrv) services = NULL;

  record->services = EXC_SERVICE_IMAP | EXC_SERVICE_POP | EXC_SERVICE_IIS | EXC_SERVICE_SMTP;
  certificate = exc_certificate_new ("ex01.contoso.lab",
                                     record,
                                     EXC_KIND_MICROSOFT_EXCHANGE,
                                     EXC_USE_INTERNAL_TRANSPORT | EXC_USE_BACK_END,
                                     EXC_YES,
                                     MODEL_TEST_NOW,
                                     MODEL_TEST_NOW);
  g_assert_cmpstr (exc_certificate_get_key (certificate), ==, key);
  g_assert_cmpstr (exc_certificate_get_name (certificate), ==, "EX01"); /* no friendly name */
  g_assert_cmpstr (exc_certificate_get_services_text (certificate), ==, "IMAP, POP, IIS, SMTP");
  g_assert_cmpstr (exc_certificate_get_uses_text (certificate), ==, "Default SMTP, 444");
  g_assert_cmpstr (exc_certificate_get_status_id (certificate), ==, "Valid");
  g_assert_cmpuint (g_utf8_strlen (exc_certificate_get_short_thumbprint (certificate), -1), ==, 9);
  ids = exc_certificate_dup_use_ids (certificate);
  g_assert_cmpstr (ids[0], ==, "internal-transport");
  g_assert_cmpstr (ids[1], ==, "back-end-444");
  g_assert_null (ids[2]);
  services = exc_certificate_dup_service_ids (certificate);
  g_assert_cmpuint (g_strv_length (services), ==, 4);
}

static void
test_untold_is_null (void)
{
  g_autoptr(ExcCertificateRecord) record = model_test_record ("EX01", NULL, 100);
  g_autoptr(ExcCertificate) certificate = NULL;

  record->services = EXC_SERVICES_UNKNOWN;
  record->status = EXC_STATUS_UNREAD;
  record->is_self_signed = EXC_UNKNOWN;
  certificate = make (record);
  g_assert_null (exc_certificate_get_services_text (certificate));
  g_assert_null (exc_certificate_dup_service_ids (certificate));
  g_assert_null (exc_certificate_get_status_id (certificate));
  /* not the server's word, but the signature's */
  g_assert_cmpint (exc_certificate_get_is_self_signed (certificate), ==, EXC_YES);
}

static void
test_broken_bytes_are_borne (void)
{
  g_autoptr(ExcCertificateRecord) record = model_test_record ("EX01", NULL, 100);
  g_autoptr(ExcCertificate) certificate = NULL;

  g_bytes_unref (record->der);
  record->der = g_bytes_new_static ("broken", 6);
  certificate = make (record);
  g_assert_null (exc_certificate_get_x509 (certificate));
  g_assert_cmpuint (g_list_model_get_n_items (exc_certificate_get_sections (certificate)), ==, 7);
}

static void
test_equal (void)
{
  g_autoptr(ExcCertificateRecord) record = model_test_record ("EX01", NULL, 100);
  g_autoptr(ExcCertificate) one = make (record);
  g_autoptr(ExcCertificate) later = exc_certificate_new ("ex01.contoso.lab",
                                                          record,
                                                          EXC_KIND_OTHER,
                                                          0,
                                                          EXC_UNKNOWN,
                                                          MODEL_TEST_NOW + 600,
                                                          MODEL_TEST_NOW + 600);
  g_autoptr(ExcCertificate) used = exc_certificate_new ("ex01.contoso.lab",
                                                         record,
                                                         EXC_KIND_OTHER,
                                                         EXC_USE_BACK_END,
                                                         EXC_UNKNOWN,
                                                         MODEL_TEST_NOW,
                                                         MODEL_TEST_NOW);
  g_autoptr(ExcCertificate) tomorrow = exc_certificate_new ("ex01.contoso.lab",
                                                             record,
                                                             EXC_KIND_OTHER,
                                                             0,
                                                             EXC_UNKNOWN,
                                                             MODEL_TEST_NOW,
                                                             MODEL_TEST_NOW + 2 * DAY);

  g_assert_false (exc_certificate_equal (one, used));
  g_assert_false (exc_certificate_equal (one, tomorrow));
  g_assert_cmpint (exc_certificate_get_days_left (later), ==, 99);
  record->not_after += 900;
  {
    g_autoptr(ExcCertificate) a = make (record);
    g_autoptr(ExcCertificate) b = exc_certificate_new ("ex01.contoso.lab",
                                                        record,
                                                        EXC_KIND_OTHER,
                                                        0,
                                                        EXC_UNKNOWN,
                                                        MODEL_TEST_NOW + 600,
                                                        MODEL_TEST_NOW + 600);

    g_assert_true (exc_certificate_equal (a, b));
  }
}

/* Every field has a label and a value; nothing is left out for want of an answer. */
static void
test_sections (void)
{
  g_autoptr(ExcCertificateRecord) record = model_test_record ("EX01", "Microsoft Exchange", 100);
  g_autoptr(ExcCertificate) certificate = make (record);
  GListModel *sections = exc_certificate_get_sections (certificate);
  gboolean has_pem = FALSE, has_sha256 = FALSE, has_utc = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (sections); i++) {
    g_autoptr(ExcSection) section = g_list_model_get_item (sections, i);
    GListModel *fields = exc_section_get_fields (section);

    g_assert_cmpint (*exc_section_get_title (section), !=, '\0');
    g_assert_cmpuint (g_list_model_get_n_items (fields), >, 0);
    for (guint j = 0; j < g_list_model_get_n_items (fields); j++) {
      g_autoptr(ExcField) field = g_list_model_get_item (fields, j);
      const char *value = exc_field_get_value (field);

      g_assert_cmpint (*exc_field_get_label (field), !=, '\0');
      g_assert_cmpint (*value, !=, '\0');
      has_pem |= g_str_has_prefix (value, "-----BEGIN CERTIFICATE-----");
      has_sha256 |= strlen (value) == 64 && exc_field_get_is_monospace (field);
      has_utc |= g_strcmp0 (exc_field_get_tooltip (field), "2027-04-25 08:00:00 UTC") == 0;
    }
  }
  g_assert_true (has_pem);
  g_assert_true (has_sha256);
  g_assert_true (has_utc);
}

static void
test_kind_ids (void)
{
  ExcKind kind;

  for (int i = EXC_KIND_OTHER; i <= EXC_KIND_WMSVC; i++) {
    g_assert_true (exc_kind_from_id (exc_kind_to_id (i), &kind));
    g_assert_cmpint (kind, ==, i);
  }
  g_assert_false (exc_kind_from_id ("everything", &kind));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (health_cases); i++) {
    g_autofree char *path = g_strconcat ("/model/certificate/health/", health_cases[i].name, NULL);

    g_test_add_data_func (path, &health_cases[i], test_health);
  }
  g_test_add_func ("/model/certificate/not-valid-yet", test_not_valid_yet);
  g_test_add_func ("/model/certificate/words", test_words);
  g_test_add_func ("/model/certificate/untold-is-null", test_untold_is_null);
  g_test_add_func ("/model/certificate/broken-bytes-are-borne", test_broken_bytes_are_borne);
  g_test_add_func ("/model/certificate/equal", test_equal);
  g_test_add_func ("/model/certificate/sections", test_sections);
  g_test_add_func ("/model/certificate/kind-ids", test_kind_ids);

  return g_test_run ();
}
