/* test-lab-scenarios.c — each scenario loads, and keeps what it says
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-lab-data.h"
#include "exc-lab-rules.h"
#include "exc-lab-transport.h"

#define DAY  ((gint64) 24 * 60 * 60)
#define AUTH "CN=Microsoft Exchange Server Auth Certificate"

typedef struct {
  ExcClock *clock;
  ExcLabKeys *keys;
  ExcLabWorld *world;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  fixture->clock = exc_clock_new ();
  fixture->keys = exc_lab_keys_new (NULL);
  fixture->world = exc_lab_world_new (fixture->clock, fixture->keys);
  if (data == NULL)
    return;
  exc_lab_world_load_scenario (fixture->world, data, &error);
  g_assert_no_error (error);
  exc_lab_world_commit (fixture->world, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->world);
  exc_lab_keys_free (fixture->keys);
  g_assert_finalize_object (fixture->clock);
}

static ExcLabServer *
get_server (Fixture *fixture, const char *name)
{
  ExcLabServer *server = exc_lab_world_find_server (fixture->world, name);

  g_assert_nonnull (server);
  return server;
}

static ExcLabAuthConfig *
get_auth (Fixture *fixture)
{
  return exc_lab_world_get_auth_config (fixture->world);
}

static gint64
days_left (Fixture *fixture, ExcLabCertificate *certificate)
{
  return (certificate->x509->not_after - exc_lab_world_now (fixture->world)) / DAY;
}

static guint
count_events (ExcLabServer *server, guint id)
{
  guint n = 0;

  for (guint i = 0; i < server->events->len; i++)
    n += ((ExcLabEvent *) g_ptr_array_index (server->events, i))->id == id;
  return n;
}

/* Every one that is there loads, says what it is for, and survives a save. */
static void
test_all (Fixture *fixture, gconstpointer data)
{
  g_auto(GStrv) names = exc_lab_data_list_scenarios ();

  g_assert_cmpuint (g_strv_length (names), ==, 7);
  for (guint i = 0; names[i] != NULL; i++) {
    g_autofree char *file = g_strconcat ("scenarios/", names[i], ".json", NULL);
    g_autofree char *path = exc_lab_data_find (file, NULL);
    g_autoptr(JsonObject) object = exc_lab_data_load (path, NULL);
    g_autoptr(JsonNode) saved = NULL;
    g_autoptr(JsonNode) again = NULL;
    g_autofree char *one = NULL;
    g_autofree char *other = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_nonnull (exc_lab_json_get_string (object, "description"));
    exc_lab_world_load_scenario (fixture->world, names[i], &error);
    g_assert_no_error (error);
    exc_lab_world_commit (fixture->world, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (exc_lab_world_get_scenario (fixture->world), ==, names[i]);
    saved = exc_lab_world_to_json (fixture->world, TRUE);
    json_object_remove_member (json_node_get_object (saved), "now");
    one = json_to_string (saved, FALSE);
    exc_lab_world_from_json (fixture->world, saved, &error);
    g_assert_no_error (error);
    again = exc_lab_world_to_json (fixture->world, TRUE);
    json_object_remove_member (json_node_get_object (again), "now");
    other = json_to_string (again, FALSE);
    g_assert_cmpstr (one, ==, other);
  }
}

static void
test_expired_auth (Fixture *fixture, gconstpointer data)
{
  GPtrArray *servers = exc_lab_world_get_servers (fixture->world);

  g_assert_cmpuint (servers->len, ==, 2);
  for (guint i = 0; i < servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);
    ExcLabCertificate *auth = exc_lab_store_find (server->my, get_auth (fixture)->current);
    ExcLabStatus status;
    ExcLabRootType root;

    g_assert_cmpint (days_left (fixture, auth), ==, -3);
    exc_lab_rules_get_status (server, auth, exc_lab_world_now (fixture->world), &status, &root);
    g_assert_cmpstr (exc_lab_status_to_text (status), ==, "Invalid");
    g_assert_cmpstr (exc_lab_root_type_to_text (root), ==, "Unknown");
  }
}

static void
test_broken (Fixture *fixture, gconstpointer data)
{
  ExcLabServer *good = get_server (fixture, "WING01");
  ExcLabServer *bad = get_server (fixture, "WING02");
  const char *hash = exc_lab_server_get_ssl_hash (bad, "*", 444);
  ExcLabCertificate *internal = exc_lab_store_find (bad->my, bad->internal_transport);

  g_assert_nonnull (exc_lab_server_find_served (good, "*", 444));
  g_assert_nonnull (hash);
  g_assert_null (exc_lab_store_find (bad->my, hash));
  g_assert_null (exc_lab_server_find_served (bad, "*", 444));
  g_assert_nonnull (exc_lab_store_find (bad->root, hash));
  g_assert_cmpint (days_left (fixture, internal), ==, -20);
}

static void
test_edge_hybrid (Fixture *fixture, gconstpointer data)
{
  ExcLabHybrid *hybrid = exc_lab_world_get_hybrid (fixture->world);
  ExcLabFederation *federation = exc_lab_world_get_federation (fixture->world);
  ExcLabServer *server = get_server (fixture, "LIT01");
  ExcLabServer *edge = get_server (fixture, "EDGE01");
  ExcLabSubscription *subscription =
      g_ptr_array_index (exc_lab_world_get_subscriptions (fixture->world), 0);
  g_autofree char *subject = NULL;

  g_assert_true (exc_lab_connector_name_parse (hybrid->tls_certificate_name, NULL, &subject));
  g_assert_cmpstr (subject, ==, "CN=mail.litware.lab, O=Litware AG, C=CH");
  g_assert_nonnull (exc_lab_store_find (server->my, federation->current));
  g_assert_true (edge->is_edge);
  g_assert_cmpuint (edge->bindings->len + edge->ssl_entries->len, ==, 0);
  g_assert_cmpuint (edge->connectors->len, ==, 1);
  g_assert_null (exc_lab_server_find_service (edge, "W3SVC"));
  g_assert_cmpstr (subscription->name, ==, "EDGE01");
  g_assert_cmpstr (subscription->site, ==, server->site);
  g_assert_cmpstr (server->edge_credentials, ==, server->internal_transport);
}

static void
test_two_sites (Fixture *fixture, gconstpointer data)
{
  ExcLabServer *north = get_server (fixture, "NORTH02");
  ExcLabServer *south = get_server (fixture, "SOUTH01");

  g_assert_cmpuint (exc_lab_world_get_servers (fixture->world)->len, ==, 4);
  g_assert_cmpstr (north->site, !=, south->site);
  g_assert_cmpint (get_auth (fixture)->other_sites_s, ==, EXC_LAB_NEVER);
  g_assert_cmpint (
      days_left (fixture, exc_lab_store_find (south->my, get_auth (fixture)->current)), ==, 40);
}

static void
test_messy (Fixture *fixture, gconstpointer data)
{
  GPtrArray *servers = exc_lab_world_get_servers (fixture->world);
  ExcLabConnector *tagged =
      g_ptr_array_index (exc_lab_world_get_send_connectors (fixture->world), 0);
  ExcLabServer *first = get_server (fixture, "ADV01");
  ExcLabServer *second = get_server (fixture, "ADV02");
  ExcLabServer *third = get_server (fixture, "ADV03");
  g_autoptr(GHashTable) auth = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_azure = 0;
  guint n_fitting = 0;
  gboolean is_renamed = FALSE;

  for (guint i = 0; i < servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);

    for (guint j = 0; j < server->my->len; j++) {
      ExcLabCertificate *certificate = g_ptr_array_index (server->my, j);
      g_autofree char *name = exc_lab_connector_name_new (certificate);

      if (g_str_equal (certificate->x509->subject, AUTH))
        g_hash_table_add (auth, certificate->x509->sha1);
      n_azure += g_str_has_prefix (certificate->x509->subject, "DC=Windows Azure CRP");
      n_fitting += g_str_equal (name, tagged->tls_certificate_name);
      if (g_str_equal (certificate->x509->subject, "CN=WMSvc-SHA2-WIN-K300A9DA9VA"))
        is_renamed = g_str_equal (server->wmsvc_hash, certificate->x509->sha1);
    }
  }
  g_assert_cmpuint (g_hash_table_size (auth), ==, 5);
  g_assert_cmpuint (n_azure, ==, 2);
  g_assert_cmpuint (n_fitting, ==, 2);
  g_assert_true (is_renamed);
  g_assert_cmpstr (second->internal_transport, ==, get_auth (fixture)->current);
  g_assert_cmpstr (first->internal_transport, !=, get_auth (fixture)->current);
  g_assert_nonnull (get_auth (fixture)->previous);
  g_assert_cmpstr (third->um_mode, ==, "Dual");
  g_assert_false (
      exc_lab_service_is_up (exc_lab_server_find_service (third, "MSExchangeFrontEndTransport"),
                             exc_lab_world_now (fixture->world)));
  g_assert_cmpuint (count_events (second, 12014), ==, 0);
}

/* The connector's last certificate goes: said once, and again only after it had one. */
static void
test_event_12014 (Fixture *fixture, gconstpointer data)
{
  ExcLabServer *server = get_server (fixture, "ADV01");
  g_autoptr(GPtrArray) taken =
                 g_ptr_array_new_with_free_func ((GDestroyNotify) exc_lab_certificate_unref);
  g_autoptr(GError) error = NULL;
  guint n_before = count_events (server, 12014);

  for (guint i = server->my->len; i > 0; i--) {
    ExcLabCertificate *certificate = g_ptr_array_index (server->my, i - 1);

    if (g_str_has_prefix (certificate->x509->subject, "CN=mail.adventure.lab")) {
      g_ptr_array_add (taken, exc_lab_certificate_ref (certificate));
      g_ptr_array_remove_index (server->my, i - 1);
      exc_lab_world_commit (fixture->world, &error);
      g_assert_no_error (error);
      /* the other one still fits */
      g_assert_cmpuint (
          count_events (server, 12014), ==, taken->len == 1 ? n_before : n_before + 2);
    }
  }
  g_assert_cmpuint (taken->len, ==, 2); /* a send connector and a receive connector are tagged */
  exc_lab_world_commit (fixture->world, &error);
  g_assert_cmpuint (count_events (server, 12014), ==, n_before + 2);
  g_ptr_array_add (server->my, exc_lab_certificate_ref (g_ptr_array_index (taken, 0)));
  exc_lab_world_commit (fixture->world, &error);
  exc_lab_store_remove (server->my, ((ExcLabCertificate *) taken->pdata[0])->x509->sha1);
  exc_lab_world_commit (fixture->world, &error);
  g_assert_cmpuint (count_events (server, 12014), ==, n_before + 4);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, scenario, func)                                                                  \
  g_test_add ("/lab/scenarios/" path, Fixture, scenario, set_up, func, tear_down)
  ADD ("all", NULL, test_all);
  ADD ("expired-auth", "expired-auth", test_expired_auth);
  ADD ("broken-444", "broken-444", test_broken);
  ADD ("edge-hybrid", "edge-hybrid", test_edge_hybrid);
  ADD ("two-sites", "two-sites", test_two_sites);
  ADD ("messy", "messy", test_messy);
  ADD ("event-12014", "messy", test_event_12014);

  return g_test_run ();
}
