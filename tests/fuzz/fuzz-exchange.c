/* fuzz-exchange.c — a record or an error, whatever a server puts out
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-changes.h"
#include "exc-clixml.h"
#include "exc-queries.h"
#include "exc-reader-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* A list of records, or an error; what every certificate promises. */
static void
check_certificates (ExcReply *reply)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) records = exc_read_certificates (reply, "ex01.contoso.example", &error);

  g_assert_cmpint (records == NULL, ==, error != NULL);
  for (guint i = 0; records != NULL && i < records->len; i++) {
    const ExcCertificateRecord *record = g_ptr_array_index (records, i);

    g_assert_nonnull (record->der);
    g_assert_cmpuint (strlen (record->thumbprint), ==, 40);
    g_assert_cmpint (record->services, >=, EXC_SERVICES_UNKNOWN);
    g_assert_cmpint (record->services, <=, 127);
    g_assert_cmpint (record->status, >=, EXC_STATUS_UNREAD);
    g_assert_cmpint (record->status, <=, EXC_STATUS_PENDING_REQUEST);
  }
}

static void
check_windows (ExcReply *reply)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcWindowsRecord) record = exc_read_windows (reply, &error);

  g_assert_cmpint (record == NULL, ==, error != NULL);
  if (record != NULL) {
    exc_windows_record_find_binding (record, "Default Web Site", NULL, 443);
    exc_windows_record_has_root (record, "");
  }
}

static void
check_others (ExcReply *reply)
{
  static const char *const names[] = { "Get-ExchangeServer", NULL };
  g_autoptr(GPtrArray) servers = exc_read_servers (reply, NULL);
  g_autoptr(ExcAuthConfigRecord) config = exc_read_auth_config (reply, NULL);
  g_autofree char *internal = exc_read_internal_transport (reply, NULL);
  g_auto(GStrv) missing = exc_read_missing_commands (reply, names);
  g_autofree char *created = exc_read_created (reply, NULL);
  g_autoptr(GPtrArray) restarted = exc_read_restarted (reply, NULL);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  for (guint i = 0; servers != NULL && i < servers->len; i++)
    g_free (exc_server_record_dup_product (g_ptr_array_index (servers, i)));
  for (guint i = 0; restarted != NULL && i < restarted->len; i++)
    exc_restart_record_is_done (g_ptr_array_index (restarted, i));
  g_assert_true (config == NULL || config->current == NULL || strlen (config->current) == 40);
  g_assert_true (internal == NULL || *internal == '\0' || strlen (internal) == 40);
  g_assert_true (missing == NULL || g_strv_length (missing) <= 1);
  g_assert_true (created == NULL || strlen (created) == 40);
  exc_read_bound (reply, &before, &after, NULL);
  exc_read_trusted (reply, NULL, NULL, NULL);
  exc_reply_refuses_projection (reply);
}

static void
check_netsh (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr(GHashTable) bindings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GHashTableIter iter;
  gpointer hash;

  exc_netsh_read_bindings (text, bindings);
  g_hash_table_iter_init (&iter, bindings);
  while (g_hash_table_iter_next (&iter, NULL, &hash))
    g_assert_cmpuint (strlen (hash), ==, 40);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr(ExcValue) value = exc_clixml_parse (data, size, NULL);
  g_autoptr(ExcReply) reply = exc_reply_new ();

  check_netsh (data, size);
  if (value == NULL)
    return 0;

  exc_reply_add (reply, EXC_STREAM_OUTPUT, value);
  check_certificates (reply);
  check_windows (reply);
  check_others (reply);
  return 0;
}
