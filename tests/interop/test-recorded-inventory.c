/* test-recorded-inventory.c — the inventory on recorded objects of real servers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A NoLanguage session of PowerShell's own engine puts out what real Exchange servers put out.
 * Where it lets the inventory choose properties, everything is known; where it refuses, the
 * inventory falls back to SerializationData, then to RawData alone, and says which it was.
 */

#include "config.h"

#include <glib/gstdio.h>

#include "exc-organization.h"
#include "exc-section.h"
#include "interop-host.h"
#include "interop-objects.h"

#define SERVERS      "hc-E19-GetExchangeServer.xml"
#define AUTH_CONFIG  "meac-collect-GetAuthConfig.xml"
#define CERTIFICATES "hc-E19-GetExchangeCertificate.xml"
#define RAW          "hc-unit-GetExchangeCertificateBroken.xml"

typedef struct {
  char *directory;
  InteropHost *host;
  ExcClock *clock;
  ExcConnection *connection;
  ExcOrganization *organization;
} Fixture;

typedef struct {
  GError *error;
  gboolean is_done;
} Wait;

static void
wait_for (Wait *wait)
{
  while (!wait->is_done)
    g_main_context_iteration (NULL, TRUE);
}

static void
on_refreshed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  exc_organization_refresh_finish (EXC_ORGANIZATION (source), result, &wait->error);
  wait->is_done = TRUE;
}

static void
on_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Wait *wait = user_data;

  exc_connection_close_finish (EXC_CONNECTION (source), result, &wait->error);
  wait->is_done = TRUE;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const char *restricted = data;
  g_autoptr(ExcConnectionSettings) settings = exc_connection_settings_new ();
  g_autoptr(GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("thumbprint-inventory-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->host = interop_host_new ();
  {
    const char *const arguments[] = { "serve",     "--exchange",       g_getenv ("INTEROP_CMDLETS"),
                                      "--objects", fixture->directory, restricted,
                                      NULL };

    interop_host_add_engine (
        fixture->host, "/PowerShell", EXC_CONFIGURATION_EXCHANGE, arguments, NULL);
  }

  settings->name = g_strdup ("recorded");
  settings->exchange_url =
      g_strdup_printf ("http://127.0.0.1:%u/PowerShell", interop_host_listen (fixture->host));
  /* There is no Windows endpoint: the server's own path is not found. */
  settings->windows_url =
      g_strdup_printf ("http://127.0.0.1:%u/%%s", interop_host_listen (fixture->host));
  settings->credentials = interop_host_dup_credentials (fixture->host);
  fixture->clock = exc_clock_new ();
  fixture->connection = exc_connection_new (settings, &error);
  g_assert_no_error (error);
  fixture->organization = exc_organization_new (fixture->connection, fixture->clock);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GDir) directory = g_dir_open (fixture->directory, 0, NULL);
  Wait wait = { NULL, FALSE };
  const char *name;

  exc_connection_close_async (fixture->connection, NULL, on_closed_cb, &wait);
  wait_for (&wait);
  g_assert_no_error (wait.error);
  g_assert_cmpuint (
      exc_lab_wsman_get_n_shells (interop_host_get_wsman (fixture->host), NULL), ==, 0);
  g_assert_finalize_object (fixture->organization);
  g_assert_finalize_object (fixture->connection);
  g_assert_finalize_object (fixture->clock);
  interop_host_free (fixture->host);
  while ((name = g_dir_read_name (directory)) != NULL) {
    g_autofree char *path = g_build_filename (fixture->directory, name, NULL);

    g_unlink (path);
  }
  g_rmdir (fixture->directory);
  g_free (fixture->directory);
}

/* (transfer none): the one server, read */
static ExcServer *
refresh (Fixture *fixture)
{
  Wait wait = { NULL, FALSE };
  GPtrArray *servers;

  exc_organization_refresh_async (fixture->organization, NULL, NULL, NULL, on_refreshed_cb, &wait);
  wait_for (&wait);
  g_assert_no_error (wait.error);
  servers = exc_snapshot_get_servers (exc_organization_get_snapshot (fixture->organization));
  g_assert_cmpuint (servers->len, ==, 1);
  return g_ptr_array_index (servers, 0);
}

/* What the details pane says about how the certificates were read. */
static char *
dup_way (ExcServer *server)
{
  g_autoptr(GString) text = g_string_new (NULL);
  GListModel *sections = exc_server_get_sections (server);

  for (guint i = 0; i < g_list_model_get_n_items (sections); i++) {
    g_autoptr(ExcSection) section = g_list_model_get_item (sections, i);
    GListModel *fields = exc_section_get_fields (section);

    for (guint k = 0; k < g_list_model_get_n_items (fields); k++) {
      g_autoptr(ExcField) field = g_list_model_get_item (fields, k);

      if (g_str_equal (exc_field_get_label (field), "Certificates were read"))
        g_string_append (text, exc_field_get_value (field));
    }
  }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_projected (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GPtrArray) expected = NULL;
  g_autofree char *way = NULL;
  ExcSnapshot *snapshot;
  ExcServer *server;

  if (!interop_place (fixture->directory, SERVERS, "Get-ExchangeServer") ||
      !interop_place (fixture->directory, AUTH_CONFIG, "Get-AuthConfig"))
    return;
  expected = interop_read_recorded (CERTIFICATES);
  interop_place_certificates (fixture->directory, expected);

  server = refresh (fixture);
  snapshot = exc_organization_get_snapshot (fixture->organization);
  g_assert_cmpint (exc_server_get_route (server), ==, EXC_ROUTE_PROJECTED);
  g_assert_cmpint (exc_server_get_state (server), ==, EXC_SERVER_PARTIAL); /* no Windows endpoint */
  g_assert_cmpuint (exc_server_get_n_certificates (server), ==, expected->len);
  g_assert_nonnull (exc_snapshot_get_auth_config (snapshot));
  for (guint i = 0; i < expected->len; i++) {
    const ExcCertificateRecord *one = g_ptr_array_index (expected, i);
    ExcCertificate *certificate =
        exc_snapshot_find_certificate (snapshot, exc_server_get_fqdn (server), one->thumbprint);
    ExcCertificateRecord *record;

    g_assert_nonnull (certificate);
    record = exc_certificate_get_record (certificate);
    g_assert_cmpint (record->services, ==, one->services);
    g_assert_cmpint (record->status, ==, one->status);
    g_assert_cmpint (record->is_self_signed, ==, one->is_self_signed);
    g_assert_cmpint (record->not_after, ==, one->not_after);
  }
  way = dup_way (server);
  g_test_message ("%s", way);
  g_assert_cmpstr (way, !=, "");
}

static void
check_fallback (Fixture *fixture, const char *recording, ExcRoute route)
{
  g_autoptr(GPtrArray) expected = NULL;
  g_autofree char *way = NULL;
  ExcSnapshot *snapshot;
  ExcServer *server;

  if (!interop_place (fixture->directory, SERVERS, "Get-ExchangeServer") ||
      !interop_place (fixture->directory, AUTH_CONFIG, "Get-AuthConfig") ||
      !interop_place (fixture->directory, recording, "Get-ExchangeCertificate"))
    return;
  expected = interop_read_recorded (recording);

  server = refresh (fixture);
  snapshot = exc_organization_get_snapshot (fixture->organization);
  g_assert_cmpint (exc_server_get_route (server), ==, route);
  g_assert_cmpuint (exc_server_get_n_certificates (server), ==, expected->len);
  for (guint i = 0; i < expected->len; i++) {
    const ExcCertificateRecord *one = g_ptr_array_index (expected, i);
    ExcCertificate *certificate =
        exc_snapshot_find_certificate (snapshot, exc_server_get_fqdn (server), one->thumbprint);
    ExcCertificateRecord *record;

    g_assert_nonnull (certificate);
    record = exc_certificate_get_record (certificate);
    g_assert_cmpstr (record->subject, ==, one->subject);
    g_assert_cmpint (record->not_after, ==, one->not_after);
    if (route == EXC_ROUTE_RAW) { /* not told is not guessed */
      g_assert_cmpint (record->services, ==, EXC_SERVICES_UNKNOWN);
      g_assert_cmpint (record->status, ==, EXC_STATUS_UNREAD);
    } else {
      g_assert_cmpint (record->services, ==, one->services);
      g_assert_cmpint (record->status, ==, one->status);
    }
  }
  way = dup_way (server);
  g_test_message ("%s; %s", way, exc_server_get_state_text (server));
  g_assert_cmpstr (way, !=, "");
}

static void
test_serialized (Fixture *fixture, gconstpointer data)
{
  check_fallback (fixture, CERTIFICATES, EXC_ROUTE_SERIALIZED);
}

static void
test_raw (Fixture *fixture, gconstpointer data)
{
  check_fallback (fixture, RAW, EXC_ROUTE_RAW);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, restricted, func)                                                                \
  g_test_add ("/interop/inventory/" path, Fixture, restricted, set_up, func, tear_down)
  ADD ("projected", NULL, test_projected);
  ADD ("serialized", "--restricted", test_serialized);
  ADD ("raw", "--restricted", test_raw);

  return g_test_run ();
}
