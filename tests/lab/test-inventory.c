/* test-inventory.c — every column against what the simulated servers really hold
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "lab-test.h"

#include <string.h>

#define DAY G_GINT64_CONSTANT (86400)

static const char *
get_text (JsonObject *object, const char *name)
{
  return json_object_get_null_member (object, name) ? NULL
                                                    : json_object_get_string_member (object, name);
}

static gboolean
holds (JsonArray *store, const char *thumbprint)
{
  for (guint i = 0; i < json_array_get_length (store); i++) {
    JsonObject *entry = json_array_get_object_element (store, i);

    if (g_strcmp0 (get_text (entry, "thumbprint"), thumbprint) == 0)
      return TRUE;
  }
  return FALSE;
}

static guint
expect_binding (
    JsonObject *server, const char *address, gint64 port, const char *thumbprint, guint use)
{
  JsonArray *entries = json_object_get_array_member (server, "sslEntries");

  for (guint i = 0; i < json_array_get_length (entries); i++) {
    JsonObject *entry = json_array_get_object_element (entries, i);

    if (g_strcmp0 (get_text (entry, "address"), address) == 0 &&
        json_object_get_int_member (entry, "port") == port)
      return g_strcmp0 (get_text (entry, "hash"), thumbprint) == 0 ? use : 0;
  }
  return 0;
}

/* ---- who is found by a name: connectors, the hybrid configuration, POP, IMAP */

typedef gboolean (*NamedFunc) (ExcX509 *x509, const char *name);

static ExcX509 *
parse (JsonObject *entry)
{
  g_autoptr(GError) error = NULL;
  gsize size;
  guchar *data = g_base64_decode (get_text (entry, "der"), &size);
  g_autoptr(GBytes) der = g_bytes_new_take (data, size);
  ExcX509 *x509 = exc_x509_new_from_der (der, &error);

  g_assert_no_error (error);
  return x509;
}

static gboolean
is_tagged (ExcX509 *x509, const char *name)
{
  g_autofree char *own = g_strdup_printf ("<I>%s<S>%s", x509->issuer, x509->subject);

  return strcmp (own, name) == 0;
}

static gboolean
is_called (ExcX509 *x509, const char *name)
{
  const char *dot = strchr (name, '.');
  g_autofree char *wildcard = dot != NULL ? g_strconcat ("*", dot, NULL) : NULL;
  gboolean is_it = g_strcmp0 (x509->common_name, name) == 0;

  for (guint i = 0; x509->dns_names != NULL && x509->dns_names[i] != NULL && !is_it; i++)
    is_it = g_ascii_strcasecmp (x509->dns_names[i], name) == 0 ||
            g_strcmp0 (x509->dns_names[i], wildcard) == 0;
  return is_it;
}

/* In date with its key, of an authority, new: the more of it, and the earlier of these, the better.
 */
static gint64
rate (JsonObject *entry, ExcX509 *x509, gint64 now)
{
  const gboolean is_usable =
      json_object_get_boolean_member (entry, "hasKey") && x509->not_after > now;

  return x509->not_before + (x509->is_self_signed ? 0 : 1) * (G_GINT64_CONSTANT (1) << 40) +
         (is_usable ? 1 : 0) * (G_GINT64_CONSTANT (1) << 41);
}

/* @use where @name means the certificate, and no other of the store that it means is better. */
static guint
expect_named (JsonObject *server,
              gint64 now,
              const char *thumbprint,
              NamedFunc is_named,
              const char *name,
              guint use)
{
  JsonArray *my = json_object_get_array_member (server, "my");
  gint64 own = -1;
  gint64 best = -1;

  for (guint i = 0; name != NULL && i < json_array_get_length (my); i++) {
    JsonObject *entry = json_array_get_object_element (my, i);
    g_autoptr(ExcX509) x509 = parse (entry);

    if (!is_named (x509, name))
      continue;
    best = MAX (best, rate (entry, x509, now));
    if (g_strcmp0 (get_text (entry, "thumbprint"), thumbprint) == 0)
      own = rate (entry, x509, now);
  }
  return own >= 0 && own == best ? use : 0;
}

static guint
expect_connectors (
    JsonObject *server, gint64 now, const char *thumbprint, JsonArray *connectors, guint use)
{
  guint uses = 0;

  for (guint i = 0; i < json_array_get_length (connectors); i++)
    uses |= expect_named (
        server,
        now,
        thumbprint,
        is_tagged,
        get_text (json_array_get_object_element (connectors, i), "tlsCertificateName"),
        use);
  return uses;
}

static guint
expect_by_name (JsonObject *world, JsonObject *server, const char *thumbprint)
{
  const gint64 now = json_object_get_int_member (world, "now");
  JsonObject *hybrid = json_object_has_member (world, "hybrid")
                           ? json_object_get_object_member (world, "hybrid")
                           : NULL;
  guint uses = expect_connectors (server,
                                  now,
                                  thumbprint,
                                  json_object_get_array_member (world, "sendConnectors"),
                                  EXC_USE_SEND_CONNECTOR);

  uses |= expect_connectors (server,
                             now,
                             thumbprint,
                             json_object_get_array_member (server, "receiveConnectors"),
                             EXC_USE_RECEIVE_CONNECTOR);
  if (hybrid != NULL)
    uses |= expect_named (server,
                          now,
                          thumbprint,
                          is_tagged,
                          get_text (hybrid, "tlsCertificateName"),
                          EXC_USE_HYBRID);
  uses |= expect_named (
      server, now, thumbprint, is_called, get_text (server, "popCertificateName"), EXC_USE_POP);
  uses |= expect_named (
      server, now, thumbprint, is_called, get_text (server, "imapCertificateName"), EXC_USE_IMAP);
  return uses;
}

/* By the world's own state, not by anything a cmdlet said. */
static guint
expect_uses (JsonObject *world, JsonObject *server, const char *thumbprint)
{
  JsonObject *auth = json_object_get_object_member (world, "authConfig");
  guint uses = expect_by_name (world, server, thumbprint);

  if (g_strcmp0 (get_text (server, "internalTransport"), thumbprint) == 0)
    uses |= EXC_USE_INTERNAL_TRANSPORT;
  if (g_strcmp0 (get_text (auth, "current"), thumbprint) == 0)
    uses |= EXC_USE_AUTH_CURRENT;
  if (g_strcmp0 (get_text (auth, "next"), thumbprint) == 0)
    uses |= EXC_USE_AUTH_NEXT;
  if (g_strcmp0 (get_text (auth, "previous"), thumbprint) == 0)
    uses |= EXC_USE_AUTH_PREVIOUS;
  if (g_strcmp0 (get_text (server, "wmsvcHash"), thumbprint) == 0)
    uses |= EXC_USE_WMSVC;
  if (json_object_has_member (world, "federation")) {
    JsonObject *federation = json_object_get_object_member (world, "federation");

    if (g_strcmp0 (get_text (federation, "current"), thumbprint) == 0 ||
        g_strcmp0 (get_text (federation, "next"), thumbprint) == 0 ||
        g_strcmp0 (get_text (federation, "previous"), thumbprint) == 0)
      uses |= EXC_USE_FEDERATION;
  }
  uses |= expect_binding (server, "0.0.0.0", 443, thumbprint, EXC_USE_FRONT_END);
  uses |= expect_binding (server, "127.0.0.1", 443, thumbprint, EXC_USE_FRONT_END_LOOPBACK);
  uses |= expect_binding (server, "0.0.0.0", 444, thumbprint, EXC_USE_BACK_END);
  return uses;
}

static ExcKind
expect_kind (guint uses, const char *subject)
{
  if (uses & (EXC_USE_AUTH_CURRENT | EXC_USE_AUTH_NEXT | EXC_USE_AUTH_PREVIOUS))
    return EXC_KIND_AUTH;
  if (g_str_has_prefix (subject, "CN=WMSvc-"))
    return EXC_KIND_WMSVC;
  if (uses & (EXC_USE_INTERNAL_TRANSPORT | EXC_USE_BACK_END))
    return EXC_KIND_MICROSOFT_EXCHANGE;
  return EXC_KIND_OTHER;
}

static int
count_days (gint64 seconds)
{
  int days = (int) (seconds / DAY);

  return seconds < 0 && days == 0 ? -1 : days;
}

static void
check_certificate (LabTest *test, JsonObject *world, JsonObject *server, JsonObject *entry)
{
  const char *thumbprint = get_text (entry, "thumbprint");
  const char *subject = get_text (entry, "subject");
  guint uses = expect_uses (world, server, thumbprint);
  ExcCertificate *certificate = exc_snapshot_find_certificate (
      exc_organization_get_snapshot (test->organization), get_text (server, "fqdn"), thumbprint);
  ExcCertificateRecord *record;

  g_test_message ("%s %s %s", get_text (server, "name"), thumbprint, subject);
  g_assert_nonnull (certificate);
  record = exc_certificate_get_record (certificate);
  g_assert_cmpstr (exc_certificate_get_subject (certificate), ==, subject);
  g_assert_cmpstr (exc_certificate_get_friendly_name (certificate) ?: "",
                   ==,
                   get_text (entry, "friendlyName") ?: "");
  g_assert_cmpint (record->not_before, ==, json_object_get_int_member (entry, "notBefore"));
  g_assert_cmpint (record->not_after, ==, json_object_get_int_member (entry, "notAfter"));
  g_assert_cmpint (record->has_private_key, ==, json_object_get_boolean_member (entry, "hasKey"));
  g_assert_cmpint (
      record->private_key_exportable, ==, json_object_get_boolean_member (entry, "exportable"));
  g_assert_cmphex (exc_certificate_get_uses (certificate), ==, uses);
  if (exc_certificate_get_uses (certificate) & EXC_USE_POP)
    g_assert_true (record->services & EXC_SERVICE_POP);
  if (exc_certificate_get_uses (certificate) & EXC_USE_IMAP)
    g_assert_true (record->services & EXC_SERVICE_IMAP);
  g_assert_cmpstr (exc_kind_to_id (exc_certificate_get_kind (certificate)),
                   ==,
                   exc_kind_to_id (expect_kind (uses, subject)));
  g_assert_cmpint (exc_certificate_get_in_root (certificate),
                   ==,
                   holds (json_object_get_array_member (server, "root"), thumbprint));
  /* SMTP is a readable key, IIS is any site (domain.md 1.3). */
  g_assert_cmpint ((exc_certificate_get_services (certificate) & EXC_SERVICE_SMTP) != 0,
                   ==,
                   json_object_get_boolean_member (entry, "networkService"));
  g_assert_cmpint ((exc_certificate_get_services (certificate) & EXC_SERVICE_IIS) != 0,
                   ==,
                   (uses & (EXC_USE_FRONT_END | EXC_USE_FRONT_END_LOOPBACK | EXC_USE_BACK_END)) !=
                       0);
  g_assert_cmpint (exc_certificate_get_is_self_signed (certificate),
                   ==,
                   g_strcmp0 (subject, exc_certificate_get_issuer (certificate)) == 0);
  /* judged at some time between its reading and now */
  g_assert_cmpint (exc_certificate_get_days_left (certificate),
                   <=,
                   count_days (record->not_after - exc_certificate_get_seen (certificate)));
  g_assert_cmpint (exc_certificate_get_days_left (certificate),
                   >=,
                   count_days (record->not_after - exc_clock_now (test->clock)));
  g_assert_cmpint (record->route, ==, EXC_ROUTE_PROJECTED);
  g_assert_cmpint (g_str_has_prefix (record->identity, get_text (server, "fqdn")), ==, TRUE);
}

static void
check_server (LabTest *test, JsonObject *world, JsonObject *entry)
{
  ExcServer *server = lab_test_find (test, get_text (entry, "fqdn"));
  JsonArray *my = json_object_get_array_member (entry, "my");

  g_assert_cmpstr (exc_server_get_name (server), ==, get_text (entry, "name"));
  g_assert_cmpstr (exc_server_get_site (server), ==, get_text (entry, "site"));
  g_assert_cmpstr (exc_server_get_version (server), ==, get_text (entry, "version"));
  if (json_object_get_boolean_member (entry, "edge")) {
    g_assert_cmpint (exc_server_get_state (server), ==, EXC_SERVER_UNSUPPORTED);
    return;
  }
  g_assert_cmpint (exc_server_get_state (server), ==, EXC_SERVER_OK);
  g_assert_cmpstr (
      exc_server_get_internal_transport (server), ==, get_text (entry, "internalTransport"));
  g_assert_cmpuint (exc_server_get_n_certificates (server),
                    ==,
                    json_array_get_length (my) +
                        json_array_get_length (json_object_get_array_member (entry, "request")));
  for (guint i = 0; i < json_array_get_length (my); i++)
    check_certificate (test, world, entry, json_array_get_object_element (my, i));
}

static void
test_columns (LabTest *test, gconstpointer data)
{
  g_autoptr(JsonObject) dump = lab_test_control (test, "{\"op\":\"dump\"}");
  JsonObject *world = json_object_get_object_member (dump, "world");
  JsonArray *servers = json_object_get_array_member (world, "servers");
  g_autoptr(GError) error = NULL;
  gint64 started = g_get_monotonic_time ();
  guint before;

  lab_test_refresh (test, NULL, &error);
  g_assert_no_error (error);
  g_print ("# %s: %.0f ms and %u round trips for a first reading\n",
           (const char *) data,
           (g_get_monotonic_time () - started) / 1000.0,
           exc_connection_get_n_round_trips (test->connection));
  g_assert_cmpuint (
      exc_snapshot_get_servers (exc_organization_get_snapshot (test->organization))->len,
      ==,
      json_array_get_length (servers));
  for (guint i = 0; i < json_array_get_length (servers); i++)
    check_server (test, world, json_array_get_object_element (servers, i));

  before = exc_connection_get_n_round_trips (test->connection);
  started = g_get_monotonic_time ();
  lab_test_refresh (test, NULL, &error);
  g_assert_no_error (error);
  g_print ("# %s: %.0f ms and %u round trips for the next\n",
           (const char *) data,
           (g_get_monotonic_time () - started) / 1000.0,
           exc_connection_get_n_round_trips (test->connection) - before);
}

static void
test_one_server_down (LabTest *test, gconstpointer data)
{
  const char *const only[] = { "exch02.contoso.lab", NULL };
  g_autoptr(GError) error = NULL;
  ExcServer *server;
  gint64 seen;

  lab_test_refresh (test, NULL, &error);
  g_assert_no_error (error);
  seen = exc_server_get_last_seen (lab_test_find (test, "EXCH02"));

  lab_test_do (test, "{\"op\":\"fault\",\"kind\":\"down\",\"server\":\"EXCH02\"}");
  exc_clock_advance (test->clock, 120);
  lab_test_refresh (test, NULL, &error);
  g_assert_no_error (error);
  server = lab_test_find (test, "EXCH02");
  g_assert_cmpint (exc_server_get_state (server), ==, EXC_SERVER_UNREACHABLE);
  g_assert_cmpint (exc_server_get_last_seen (server), ==, seen);
  g_assert_cmpuint (exc_server_get_n_certificates (server), >, 0); /* the old ones */
  g_test_message ("%s", exc_server_get_problem (server));
  g_assert_cmpint (exc_server_get_state (lab_test_find (test, "EXCH01")), ==, EXC_SERVER_OK);
  g_assert_cmpint (exc_server_get_last_seen (lab_test_find (test, "EXCH03")), >, seen + 100);

  lab_test_do (test, "{\"op\":\"clear\"}");
  lab_test_refresh (test, only, &error);
  g_assert_no_error (error);
  g_assert_cmpint (exc_server_get_state (lab_test_find (test, "EXCH02")), ==, EXC_SERVER_OK);
}

static void
on_snapshot_cb (ExcOrganization *organization, GParamSpec *pspec, guint *most_ok_while_loading)
{
  GPtrArray *servers = exc_snapshot_get_servers (exc_organization_get_snapshot (organization));
  guint n_ok = 0, n_loading = 0;

  for (guint i = 0; i < servers->len; i++) {
    n_ok += exc_server_get_state (servers->pdata[i]) == EXC_SERVER_OK;
    n_loading += exc_server_get_state (servers->pdata[i]) == EXC_SERVER_LOADING;
  }
  if (n_loading > 0)
    *most_ok_while_loading = MAX (*most_ok_while_loading, n_ok);
}

/* The server that the organization was opened by: the others answer for it. */
static void
test_entry_server_down (LabTest *test, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  lab_test_do (test, "{\"op\":\"fault\",\"kind\":\"down\",\"server\":\"EXCH01\"}");
  g_assert_false (lab_test_refresh (test, NULL, &error)); /* nobody else is known yet */
  g_assert_error (error, EXC_ERROR, EXC_ERROR_UNREACHABLE);
  g_clear_error (&error);

  lab_test_do (test, "{\"op\":\"clear\"}");
  lab_test_refresh (test, NULL, &error);
  g_assert_no_error (error);

  lab_test_do (test, "{\"op\":\"fault\",\"kind\":\"down\",\"server\":\"EXCH01\"}");
  lab_test_refresh (test, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (
      exc_server_get_state (lab_test_find (test, "EXCH01")), ==, EXC_SERVER_UNREACHABLE);
  g_assert_cmpint (exc_server_get_state (lab_test_find (test, "EXCH02")), ==, EXC_SERVER_OK);
  g_assert_cmpint (exc_server_get_state (lab_test_find (test, "EXCH03")), ==, EXC_SERVER_OK);

  /* and the next one too */
  lab_test_do (test, "{\"op\":\"fault\",\"kind\":\"down\",\"server\":\"EXCH02\"}");
  lab_test_refresh (test, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (
      exc_server_get_state (lab_test_find (test, "EXCH02")), ==, EXC_SERVER_UNREACHABLE);
  g_assert_cmpint (exc_server_get_state (lab_test_find (test, "EXCH03")), ==, EXC_SERVER_OK);
}

/* One reading takes long: the two other servers are there before it. */
static void
test_one_server_slow (LabTest *test, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  guint most_ok_while_loading = 0;

  g_signal_connect (
      test->organization, "notify::snapshot", G_CALLBACK (on_snapshot_cb), &most_ok_while_loading);
  lab_test_do (test,
               "{\"op\":\"fault\",\"kind\":\"delay\",\"ms\":3000,\"times\":1,"
               "\"command\":\"Get-ExchangeCertificate\"}");
  lab_test_refresh (test, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (most_ok_while_loading, ==, 2);
  for (guint i = 1; i <= 3; i++) {
    g_autofree char *name = g_strdup_printf ("EXCH0%u", i);

    g_assert_cmpint (exc_server_get_state (lab_test_find (test, name)), ==, EXC_SERVER_OK);
  }
}

static void
test_windows_endpoint_down (LabTest *test, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  ExcServer *server;

  lab_test_do (test,
               "{\"op\":\"fault\",\"kind\":\"refuse\",\"server\":\"EXCH01\","
               "\"endpoint\":\"windows\"}");
  lab_test_refresh (test, NULL, &error);
  g_assert_no_error (error);
  server = lab_test_find (test, "EXCH01");
  g_test_message ("%s", exc_server_get_state_text (server));
  g_assert_cmpint (exc_server_get_state (server), ==, EXC_SERVER_PARTIAL);
  g_assert_nonnull (exc_server_get_problem (server));
  g_assert_cmpuint (exc_server_get_n_certificates (server), ==, 4);
  g_assert_nonnull (exc_server_get_internal_transport (server));
  g_assert_cmpint (exc_server_get_state (lab_test_find (test, "EXCH02")), ==, EXC_SERVER_OK);
}

/* A month goes by in the demo: what it shows is a month older. */
static void
test_moved_clock (LabTest *test, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  int days;

  lab_test_refresh (test, NULL, &error);
  g_assert_no_error (error);
  days = exc_server_get_worst_days (lab_test_find (test, "EXCH01"));
  lab_test_do (test, "{\"op\":\"clock\",\"advance\":2592000}");
  lab_test_refresh (test, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (exc_server_get_worst_days (lab_test_find (test, "EXCH01")), <=, days - 29);
  g_assert_cmpint (exc_server_get_worst_days (lab_test_find (test, "EXCH01")), >=, days - 31);
  g_assert_cmpint (exc_server_get_state (lab_test_find (test, "EXCH01")), ==, EXC_SERVER_OK);
}

static void
test_projection_refused (LabTest *test, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  ExcSnapshot *snapshot;
  GPtrArray *certificates;
  ExcServer *server;

  lab_test_do (test,
               "{\"op\":\"fault\",\"kind\":\"error\",\"endpoint\":\"exchange\","
               "\"command\":\"Select-Object\",\"errorId\":"
               "\"ParameterArgumentValidationError,Microsoft.PowerShell.Commands."
               "SelectObjectCommand\",\"message\":\"refused\"}");
  lab_test_refresh (test, NULL, &error);
  g_assert_no_error (error);
  server = lab_test_find (test, "EXCH02");
  g_assert_cmpint (exc_server_get_route (server), ==, EXC_ROUTE_SERIALIZED);
  g_assert_cmpint (exc_server_get_state (server), ==, EXC_SERVER_OK);
  snapshot = exc_organization_get_snapshot (test->organization);
  certificates = exc_snapshot_get_certificates (snapshot);
  g_assert_cmpuint (certificates->len, ==, 10);
  for (guint i = 0; i < certificates->len; i++) {
    g_assert_cmpint (
        exc_certificate_get_services (certificates->pdata[i]), !=, EXC_SERVICES_UNKNOWN);
    g_assert_nonnull (exc_certificate_get_status_id (certificates->pdata[i]));
  }
}

static void
test_nobody_answers (LabTest *test, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  lab_test_do (test, "{\"op\":\"fault\",\"kind\":\"status\",\"status\":401}");
  g_assert_false (lab_test_refresh (test, NULL, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_AUTH);
  g_assert_cmpstr (exc_organization_get_problem (test->organization), ==, error->message);
  g_clear_error (&error);

  lab_test_do (test, "{\"op\":\"clear\"}");
  lab_test_refresh (test, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (exc_organization_get_problem (test->organization));
}

/* A reply cut in the middle costs a shell, not the reading; whichever reply it is. */
static void
test_dropped_replies (LabTest *test, gconstpointer data)
{
  for (guint skip = 0; skip < 24; skip += 5) {
    g_autofree char *request =
        g_strdup_printf ("{\"op\":\"fault\",\"kind\":\"drop\",\"times\":1,\"after\":%u}", skip);
    g_autoptr(GError) error = NULL;
    GPtrArray *servers;

    lab_test_do (test, request);
    lab_test_refresh (test, NULL, &error);
    g_assert_no_error (error);
    servers = exc_snapshot_get_servers (exc_organization_get_snapshot (test->organization));
    for (guint i = 0; i < servers->len; i++) {
      g_test_message ("reply %u, %s: %s",
                      skip,
                      exc_server_get_name (servers->pdata[i]),
                      exc_server_get_state_text (servers->pdata[i]));
      g_assert_cmpint (exc_server_get_state (servers->pdata[i]), ==, EXC_SERVER_OK);
    }
    lab_test_do (test, "{\"op\":\"clear\"}");
  }
}

#define ADD(path, scenario, test)                                                                  \
  g_test_add ("/lab/inventory/" path, LabTest, scenario, lab_test_set_up, test, lab_test_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("columns-of-small", "small", test_columns);
  ADD ("columns-of-twelve", "twelve", test_columns);
  ADD ("columns-of-messy", "messy", test_columns);
  ADD ("columns-of-edge-hybrid", "edge-hybrid", test_columns);
  ADD ("one-server-down", "small", test_one_server_down);
  ADD ("entry-server-down", "small", test_entry_server_down);
  ADD ("one-server-slow", "small", test_one_server_slow);
  ADD ("windows-endpoint-down", "small", test_windows_endpoint_down);
  ADD ("moved-clock", "small", test_moved_clock);
  ADD ("projection-refused", "small", test_projection_refused);
  ADD ("nobody-answers", "small", test_nobody_answers);
  ADD ("dropped-replies", "small", test_dropped_replies);

  return g_test_run ();
}
