/* test-windows.c — what the inventory script's answer says, and netsh in three languages
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-queries.h"
#include "exchange-test.h"

#define FRONT "0123456789ABCDEF0123456789ABCDEF01234567"
#define BACK  "89ABCDEF0123456789ABCDEF0123456789ABCDEF"
#define WMSVC "FEDCBA9876543210FEDCBA9876543210FEDCBA98"

/* Written for this test after the form that netsh has; hashes as it writes them, in lower case. */
#define BLOCK(ip_label, ip, hash_label, hash, id_label, id)                                        \
  "    " ip_label " : " ip "\r\n    " hash_label " : " hash "\r\n    " id_label " : {" id "}\r\n"  \
  "    DS Mapper Usage              : Disabled\r\n\r\n"

#define IIS_ID      "4dc3e181-e14b-4a21-b022-59fc669b0914"
#define WMSVC_ID    "d7d72267-fcf9-4424-9eec-7e1d8dcec9a9"
#define FRONT_LOWER "0123456789abcdef0123456789abcdef01234567"
#define BACK_LOWER  "89abcdef0123456789abcdef0123456789abcdef"
#define WMSVC_LOWER "fedcba9876543210fedcba9876543210fedcba98"

static const char english[] =
    "\r\nSSL Certificate bindings: \r\n------------------------- \r\n\r\n" BLOCK (
        "IP:port                     ",
        "0.0.0.0:443",
        "Certificate Hash            ",
        FRONT_LOWER,
        "Application ID              ",
        IIS_ID) BLOCK ("IP:port                     ",
                       "0.0.0.0:444",
                       "Certificate Hash            ",
                       BACK_LOWER,
                       "Application ID              ",
                       IIS_ID) BLOCK ("IP:port                     ",
                                      "0.0.0.0:8172",
                                      "Certificate Hash            ",
                                      WMSVC_LOWER,
                                      "Application ID              ",
                                      WMSVC_ID);

static const char german[] =
    "\r\nSSL-Zertifikatbindungen: \r\n------------------------- \r\n\r\n" BLOCK (
        "IP:Port                     ",
        "0.0.0.0:443",
        "Zertifikathash              ",
        FRONT_LOWER,
        "Anwendungs-ID               ",
        IIS_ID) BLOCK ("IP:Port                     ",
                       "0.0.0.0:444",
                       "Zertifikathash              ",
                       BACK_LOWER,
                       "Anwendungs-ID               ",
                       IIS_ID) BLOCK ("IP:Port                     ",
                                      "0.0.0.0:8172",
                                      "Zertifikathash              ",
                                      WMSVC_LOWER,
                                      "Anwendungs-ID               ",
                                      WMSVC_ID);

/* With full-width colons and no blanks, too. */
static const char chinese[] = "\r\nSSL 证书绑定: \r\n------------------------- \r\n\r\n" BLOCK (
    "IP:端口                     ",
    "0.0.0.0:443",
    "证书哈希                    ",
    FRONT_LOWER,
    "应用程序 ID                 ",
    IIS_ID) "IP:端口：0.0.0.0:444\r\n证书哈希：" BACK_LOWER "\r\n应用程序 ID：{" IIS_ID
            "}\r\n\r\n" BLOCK ("IP:端口                     ",
                               "0.0.0.0:8172",
                               "证书哈希                    ",
                               WMSVC_LOWER,
                               "应用程序 ID                 ",
                               WMSVC_ID);

/* Bindings by name, of IPv6, of a central store (no hash), and bytes that are no UTF-8. */
static const char awkward[] =
    "IP:port : [::]:443\r\nCertificate Hash : " FRONT_LOWER "\r\n"
    "Hostname:port : mail.contoso.example:443\r\nCertificate Hash : " BACK_LOWER "\r\n"
    "Central Certificate Store : 0.0.0.0:445\r\nCertificate Hash : (null)\r\n"
    "Zertifikatspr\374fung : 10:20:30\r\n"
    "IP:port : 0.0.0.0:8172\r\nCertificate Hash : " WMSVC_LOWER "\r\n"
    "Another hash : " FRONT_LOWER "\r\n"
    "Certificate Hash : " FRONT_LOWER FRONT_LOWER "\r\n";

static ExcValue *
binding (const char *site, const char *info, const char *hash)
{
  ExcValue *item = exc_value_new_psobject ();

  exc_value_set_member (item, "Site", exc_value_new_string (site));
  exc_value_set_member (item, "Info", exc_value_new_string (info));
  exc_value_set_member (item, "Hash", exc_value_new_string (hash));
  exc_value_set_member (item, "Store", exc_value_new_string ("MY"));
  exc_value_set_member (item, "SslFlags", exc_value_new_int32 (0));
  return item;
}

/* Synthesised after inventory.ps1. */
static ExcValue *
inventory (void)
{
  ExcValue *object = exc_value_new_psobject ();
  ExcValue *bindings = exc_value_new_list ();
  ExcValue *service = exc_value_new_psobject ();

  exc_value_append (bindings, binding ("Default Web Site", ":443:", FRONT));
  exc_value_append (bindings, binding ("Default Web Site", "127.0.0.1:443:", FRONT));
  exc_value_append (bindings, binding ("Default Web Site", "*:443:mail.contoso.example", WMSVC));
  exc_value_append (bindings, binding ("Default Web Site", "[::1]:443:", ""));
  exc_value_append (bindings, binding ("Exchange Back End", "*:444:", BACK));
  exc_value_set_member (object, "Computer", exc_value_new_string ("EX01"));
  exc_value_set_member (object, "UtcNow", exc_value_new_string ("2026-11-23T02:00:00.1234567Z"));
  exc_value_set_member (object, "Bindings", bindings);
  exc_value_set_member (object, "WmsvcHash", exc_value_new_string (WMSVC));
  exc_value_set_member (object, "WmsvcPort", exc_value_new_int32 (8173));
  exc_value_set_member (object, "NetshText", exc_value_new_string (english));
  /* PowerShell takes the one item out of its list. PowerShell 4 has no StartType. */
  exc_value_set_member (service, "Name", exc_value_new_string ("W3SVC"));
  exc_value_set_member (service, "Status", exc_value_new_string ("Running"));
  exc_value_set_member (service, "StartType", exc_value_new_string (""));
  exc_value_set_member (object, "Services", service);
  return object;
}

static ExcWindowsRecord *
read_one (ExcValue *take)
{
  g_autoptr(ExcReply) reply = exchange_test_reply (take);
  g_autoptr(GError) error = NULL;
  ExcWindowsRecord *record = exc_read_windows (reply, &error);

  g_assert_no_error (error);
  return record;
}

static void
assert_binding (
    ExcWindowsRecord *record, const char *site, const char *address, guint16 port, const char *info)
{
  const ExcBindingRecord *found = exc_windows_record_find_binding (record, site, address, port);

  g_assert_cmpstr (found != NULL ? found->info : NULL, ==, info);
}

static void
test_inventory (void)
{
  g_autoptr(ExcWindowsRecord) record = read_one (inventory ());
  const ExcServiceRecord *service = NULL;

  g_assert_cmpstr (record->computer, ==, "EX01");
  g_assert_cmpint (record->utc_now, ==, 1795399200);
  g_assert_cmpuint (record->bindings->len, ==, 5);
  assert_binding (record, "default web site", NULL, 443, ":443:");
  assert_binding (record, "Default Web Site", "*", 443, ":443:");
  assert_binding (record, "Default Web Site", "127.0.0.1", 443, "127.0.0.1:443:");
  assert_binding (record, "Default Web Site", "[::1]", 443, "[::1]:443:");
  assert_binding (record, "Exchange Back End", NULL, 444, "*:444:");
  assert_binding (record, "Exchange Back End", NULL, 443, NULL);
  assert_binding (record, "Exchange Back End", "127.0.0.1", 444, NULL);
  g_assert_null (exc_windows_record_find_binding (record, "Default Web Site", "[::1]", 443)->hash);

  g_assert_cmpuint (record->services->len, ==, 1);
  service = g_ptr_array_index (record->services, 0);
  g_assert_cmpstr (service->status, ==, "Running");
  g_assert_null (service->start_type);
  g_assert_cmpstr (record->wmsvc_hash, ==, WMSVC);
  g_assert_cmpint (record->wmsvc_port, ==, 8173);
  g_assert_cmpuint (g_hash_table_size (record->http_sys), ==, 3);
}

static void
test_netsh (void)
{
  const char *const texts[] = { english, german, chinese };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    ExcValue *object = inventory ();
    g_autoptr(ExcWindowsRecord) record = NULL;

    exc_value_set_member (object, "NetshText", exc_value_new_string (texts[i]));
    record = read_one (object);
    g_assert_cmpuint (g_hash_table_size (record->http_sys), ==, 3);
    g_assert_cmpstr (g_hash_table_lookup (record->http_sys, "0.0.0.0:443"), ==, FRONT);
    g_assert_cmpstr (g_hash_table_lookup (record->http_sys, "0.0.0.0:444"), ==, BACK);
    g_assert_cmpstr (g_hash_table_lookup (record->http_sys, "0.0.0.0:8172"), ==, WMSVC);
  }
}

static void
test_awkward_netsh (void)
{
  ExcValue *object = inventory ();
  g_autoptr(ExcWindowsRecord) record = NULL;

  exc_value_set_member (object, "NetshText", exc_value_new_string (awkward));
  record = read_one (object);
  g_assert_cmpuint (g_hash_table_size (record->http_sys), ==, 3);
  g_assert_cmpstr (g_hash_table_lookup (record->http_sys, "[::]:443"), ==, FRONT);
  g_assert_cmpstr (g_hash_table_lookup (record->http_sys, "mail.contoso.example:443"), ==, BACK);
  g_assert_cmpstr (g_hash_table_lookup (record->http_sys, "0.0.0.0:8172"), ==, WMSVC);
}

static ExcValue *
store_entry (GBytes *der)
{
  g_autofree char *thumbprint = exchange_test_thumbprint (der);
  ExcValue *item = exc_value_new_psobject ();

  exc_value_set_member (item, "Thumbprint", exc_value_new_string (thumbprint));
  exc_value_set_member (item, "FriendlyName", exc_value_new_string ("Microsoft Exchange"));
  exc_value_set_member (item, "HasPrivateKey", exc_value_new_boolean (TRUE));
  exc_value_set_member (item, "Csp", exc_value_new_null ());
  exc_value_set_member (item, "Raw", exc_value_new_bytes (der));
  return item;
}

static void
test_stores (void)
{
  g_autoptr(GBytes) der = exchange_test_certificate ("EX01");
  g_autofree char *thumbprint = exchange_test_thumbprint (der);
  ExcValue *object = inventory ();
  ExcValue *my = exc_value_new_list ();
  ExcValue *root = exc_value_new_psobject ();
  g_autoptr(GDateTime) not_after = g_date_time_new_from_unix_utc (1857680000);
  g_autoptr(ExcWindowsRecord) record = NULL;
  const ExcStoreEntry *entry = NULL;

  exc_value_append (my, store_entry (der));
  exc_value_set_member (object, "My", my);
  exc_value_set_member (root, "Thumbprint", exc_value_new_string (thumbprint));
  exc_value_set_member (root, "Subject", exc_value_new_string ("CN=EX01"));
  exc_value_set_member (root, "NotAfter", exc_value_new_date_time (not_after));
  exc_value_set_member (object, "Root", root);
  record = read_one (object);

  g_assert_cmpuint (record->my->len, ==, 1);
  entry = g_ptr_array_index (record->my, 0);
  g_assert_cmpstr (entry->subject, ==, "CN=EX01");
  g_assert_cmpint (entry->not_after, ==, 1857680000);
  g_assert_cmpint (entry->has_private_key, ==, EXC_YES);
  g_assert_null (entry->key_provider);
  g_assert_cmpuint (record->root->len, ==, 1);
  entry = g_ptr_array_index (record->root, 0);
  g_assert_cmpint (entry->not_after, ==, 1857680000);
  g_assert_true (exc_windows_record_has_root (record, thumbprint));
  g_assert_false (exc_windows_record_has_root (record, FRONT));
}

static void
test_without_wmsvc (void)
{
  ExcValue *object = inventory ();
  g_autoptr(ExcWindowsRecord) record = NULL;

  exc_value_set_member (object, "WmsvcHash", exc_value_new_null ());
  exc_value_set_member (object, "WmsvcPort", exc_value_new_null ());
  record = read_one (object);
  g_assert_null (record->wmsvc_hash);
  g_assert_cmpint (record->wmsvc_port, ==, 0);
}

static void
test_default_port (void)
{
  ExcValue *object = inventory ();
  g_autoptr(ExcWindowsRecord) record = NULL;

  exc_value_set_member (object, "WmsvcPort", exc_value_new_null ());
  record = read_one (object);
  g_assert_cmpint (record->wmsvc_port, ==, 8172);
}

static void
test_refuses (void)
{
  g_autoptr(GBytes) der = exchange_test_certificate ("EX01");
  ExcValue *lies[5];

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++)
    lies[i] = inventory ();
  exc_value_set_member (lies[0], "Computer", exc_value_new_null ());
  exc_value_set_member (lies[1], "WmsvcHash", exc_value_new_string ("1234"));
  exc_value_set_member (lies[2], "Bindings", exc_value_new_string ("none"));
  exc_value_set_member (lies[3], "Services", exc_value_new_psobject ());
  {
    ExcValue *entry = store_entry (der);

    exc_value_set_member (entry, "Thumbprint", exc_value_new_string (FRONT));
    exc_value_set_member (lies[4], "My", entry);
  }

  for (guint i = 0; i < G_N_ELEMENTS (lies); i++) {
    g_autoptr(ExcReply) reply = exchange_test_reply (lies[i]);
    g_autoptr(GError) error = NULL;

    g_assert_null (exc_read_windows (reply, &error));
    g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
  }
}

/* WebAdministration's own objects: the properties that the scripts take. */
static void
test_recorded_bindings (void)
{
  g_autoptr(ExcReply) reply = exchange_test_recorded ("hc-E19-GetWebBinding.xml");
  ExcValue *object = NULL;
  ExcValue *list = NULL;
  GPtrArray *output = NULL;
  g_autoptr(ExcWindowsRecord) record = NULL;

  if (reply == NULL)
    return;
  object = inventory ();
  list = exc_value_new_list ();
  output = exc_reply_get_output (reply);
  g_assert_cmpuint (output->len, ==, 6);
  for (guint i = 0; i < output->len; i++) {
    ExcValue *recorded = g_ptr_array_index (output, i);
    ExcValue *item = exc_value_new_psobject ();
    const char *path = exc_value_get_text (exc_value_get_property (recorded, "ItemXPath"));
    gboolean is_back_end = strstr (path, "'Exchange Back End'") != NULL;

    exc_value_set_member (
        item,
        "Site",
        exc_value_new_string (is_back_end ? "Exchange Back End" : "Default Web Site"));
    exc_value_set_member (
        item, "Info", exc_value_ref (exc_value_get_property (recorded, "bindingInformation")));
    exc_value_set_member (
        item, "Hash", exc_value_ref (exc_value_get_property (recorded, "certificateHash")));
    exc_value_set_member (
        item, "Store", exc_value_ref (exc_value_get_property (recorded, "certificateStoreName")));
    exc_value_set_member (
        item, "SslFlags", exc_value_ref (exc_value_get_property (recorded, "sslFlags")));
    exc_value_append (list, item);
  }
  exc_value_set_member (object, "Bindings", list);
  record = read_one (object);
  assert_binding (record, "Default Web Site", NULL, 443, ":443:");
  assert_binding (record, "Default Web Site", "127.0.0.1", 443, "127.0.0.1:443:");
  assert_binding (record, "Exchange Back End", NULL, 444, "*:444:");
  g_assert_cmpstr (exc_windows_record_find_binding (record, "Exchange Back End", NULL, 444)->hash,
                   ==,
                   "12FD38FA8F58C8A74B3039962882DEFE4199D453");
  g_assert_null (exc_windows_record_find_binding (record, "Exchange Back End", NULL, 81)->hash);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/exchange/windows/inventory", test_inventory);
  g_test_add_func ("/exchange/windows/netsh", test_netsh);
  g_test_add_func ("/exchange/windows/awkward-netsh", test_awkward_netsh);
  g_test_add_func ("/exchange/windows/stores", test_stores);
  g_test_add_func ("/exchange/windows/without-wmsvc", test_without_wmsvc);
  g_test_add_func ("/exchange/windows/default-port", test_default_port);
  g_test_add_func ("/exchange/windows/refuses", test_refuses);
  g_test_add_func ("/exchange/windows/recorded-bindings", test_recorded_bindings);

  return g_test_run ();
}
