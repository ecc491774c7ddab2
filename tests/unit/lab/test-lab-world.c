/* test-lab-world.c — the rules, stores and state of the simulated organization
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <glib/gstdio.h>

#include "exc-error.h"
#include "exc-lab-rules.h"

#define DAY (24 * 60 * 60)

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
  exc_lab_world_load_scenario (fixture->world, data, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->world);
  exc_lab_keys_free (fixture->keys);
  g_assert_finalize_object (fixture->clock);
}

static ExcLabCertificate *
find (ExcLabServer *server, const char *friendly_name)
{
  for (guint i = 0; i < server->my->len; i++) {
    ExcLabCertificate *certificate = g_ptr_array_index (server->my, i);

    if (g_strcmp0 (certificate->friendly_name, friendly_name) == 0)
      return certificate;
  }
  g_assert_not_reached ();
}

static void
check (Fixture *fixture,
       const char *server_name,
       const char *friendly_name,
       const char *form,
       const char *status_text,
       const char *root_text)
{
  ExcLabServer *server = exc_lab_world_find_server (fixture->world, server_name);
  ExcLabCertificate *certificate = find (server, friendly_name);
  g_autofree char *services =
      exc_lab_services_to_form (exc_lab_rules_get_services (fixture->world, server, certificate));
  ExcLabStatus status;
  ExcLabRootType root;

  exc_lab_rules_get_status (
      server, certificate, exc_lab_world_now (fixture->world), &status, &root);
  g_assert_cmpstr (services, ==, form);
  g_assert_cmpstr (exc_lab_status_to_text (status), ==, status_text);
  g_assert_cmpstr (exc_lab_root_type_to_text (root), ==, root_text);
}

static void
test_rules (Fixture *fixture, gconstpointer data)
{
  /* the public certificate took 443 from the default one of EXCH01 only */
  check (fixture, "exch01", "mail.contoso.lab 2026", "...W...", "Valid", "ThirdParty");
  check (fixture, "EXCH01", "Microsoft Exchange", "IP.WS..", "Valid", "Registry");
  check (fixture, "exch02.contoso.lab", "Microsoft Exchange", "IP.WS..", "DateInvalid", "Registry");
  check (fixture, "EXCH03", "Microsoft Exchange", "IP.WS..", "Valid", "Registry");
  check (fixture, "EXCH03", "WMSVC-SHA2", ".......", "Valid", "Registry");
  check (
      fixture, "EXCH02", "Microsoft Exchange Server Auth Certificate", "....S..", "Valid", "None");

  /* expired, self-signed and not trusted is Invalid, not DateInvalid (domain.md 1.4) */
  exc_clock_advance (fixture->clock, 500 * (gint64) DAY);
  check (fixture,
         "EXCH02",
         "Microsoft Exchange Server Auth Certificate",
         "....S..",
         "Invalid",
         "Unknown");
  check (fixture, "EXCH01", "mail.contoso.lab 2026", "...W...", "DateInvalid", "ThirdParty");
}

static void
test_iis_services (Fixture *fixture, gconstpointer data)
{
  ExcLabServer *server = exc_lab_world_find_server (fixture->world, "EXCH01");
  ExcLabCertificate *certificate = find (server, "Microsoft Exchange");
  g_auto(GStrv) services = exc_lab_rules_dup_iis_services (server, certificate);
  const char *back_end_only[] = { "IIS://EXCH01/W3SVC/2", NULL };

  g_assert_true (g_strv_equal ((const char *const *) services, back_end_only));
}

static void
test_certificate (Fixture *fixture, gconstpointer data)
{
  ExcLabServer *server = exc_lab_world_find_server (fixture->world, "EXCH02");
  ExcLabCertificate *certificate = find (server, "Microsoft Exchange");
  g_auto(GStrv) domains = exc_lab_certificate_dup_domains (certificate);
  const char *expected[] = { "EXCH02", "exch02.contoso.lab", NULL };
  const gint64 now = exc_lab_world_now (fixture->world);

  g_assert_cmpstr (certificate->x509->subject, ==, "CN=EXCH02");
  g_assert_true (certificate->x509->is_self_signed);
  g_assert_cmpstr (certificate->x509->signature_algorithm, ==, "sha256RSA");
  g_assert_cmpint (certificate->x509->key_size, ==, 2048);
  g_assert_true (g_strv_equal ((const char *const *) domains, expected));
  g_assert_cmpint ((now - certificate->x509->not_after) / DAY, ==, 12);
  g_assert_cmpstr (server->internal_transport, ==, certificate->x509->sha1);
  g_assert_cmpint (strlen (certificate->x509->serial_number), ==, 32);
  g_assert_false (certificate->exportable);

  certificate =
      find (exc_lab_world_find_server (fixture->world, "EXCH01"), "mail.contoso.lab 2026");
  g_assert_cmpstr (
      certificate->x509->subject, ==, "CN=mail.contoso.lab, O=Contoso GmbH, L=Berlin, C=DE");
  g_assert_cmpstr (certificate->x509->issuer,
                   ==,
                   "CN=Fabrikam Public TLS CA 1, O=Fabrikam Trust Services, C=US");
  g_assert_true (
      exc_lab_certificate_is_signed_by (certificate, exc_lab_world_get_authority (fixture->world)));
}

static void
test_served (Fixture *fixture, gconstpointer data)
{
  ExcLabServer *server = exc_lab_world_find_server (fixture->world, "EXCH01");
  ExcLabCertificate *old = find (server, "Microsoft Exchange");
  ExcLabCertificate *public = find (server, "mail.contoso.lab 2026");
  ExcLabCertificate *wmsvc = find (server, "WMSVC-SHA2");

  g_assert_true (exc_lab_server_find_served (server, "*", 444) == old);
  g_assert_true (exc_lab_server_find_served (server, "*", 443) == public);
  g_assert_true (exc_lab_server_find_served (server, "10.0.0.1", 8172) == wmsvc);
  g_assert_null (exc_lab_server_find_served (server, "*", 993));

  /* a row of its own for an address goes before that of all addresses */
  exc_lab_server_set_ssl_hash (server, "127.0.0.1", 443, wmsvc->x509->sha1, EXC_LAB_IIS_APP_ID);
  g_assert_true (exc_lab_server_find_served (server, "127.0.0.1", 443) == wmsvc);
  g_assert_true (exc_lab_server_find_served (server, "*", 443) == public);

  /* a row that names a deleted certificate serves nobody */
  g_assert_true (exc_lab_store_remove (server->my, old->x509->sha1));
  g_assert_null (exc_lab_server_find_served (server, "*", 444));
}

static void
test_guards (Fixture *fixture, gconstpointer data)
{
  ExcLabServer *server = exc_lab_world_find_server (fixture->world, "EXCH01");
  g_autofree char *internal = exc_lab_rules_dup_removal_refusal (
      fixture->world, server, find (server, "Microsoft Exchange"));
  g_autofree char *tagged = exc_lab_rules_dup_removal_refusal (
      fixture->world, server, find (server, "mail.contoso.lab 2026"));
  /* Exchange does not ask whether the Auth configuration or WMSVC need it (domain.md 2.3) */
  g_autofree char *auth = exc_lab_rules_dup_removal_refusal (
      fixture->world, server, find (server, "Microsoft Exchange Server Auth Certificate"));

  g_assert_nonnull (strstr (internal, "Transport service to stop"));
  g_assert_nonnull (
      strstr (tagged, "tagged with following Send Connectors : Outbound to Internet"));
  g_assert_null (auth);
}

static void
test_services (void)
{
  static const struct {
    const char *text;
    guint services;
    const char *form;
    const char *words;
  } cases[] = {
    { "None", 0, ".......", "None" },
    { "IIS,SMTP", 24, "...WS..", "IIS, SMTP" },
    { "smtp, pop ,Imap", 19, "IP..S..", "IMAP, POP, SMTP" },
    { "27", 27, "IP.WS..", "IMAP, POP, IIS, SMTP" },
    { "Federation,UMCallRouter,UM", 100, "..U..FC", "UM, Federation, UMCallRouter" },
  };
  guint services;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *form = NULL;
    g_autofree char *words = NULL;

    g_assert_true (exc_lab_services_parse (cases[i].text, &services));
    g_assert_cmpuint (services, ==, cases[i].services);
    form = exc_lab_services_to_form (services);
    words = exc_lab_services_to_text (services);
    g_assert_cmpstr (form, ==, cases[i].form);
    g_assert_cmpstr (words, ==, cases[i].words);
  }
  g_assert_false (exc_lab_services_parse ("", &services));
  g_assert_false (exc_lab_services_parse ("Web", &services));
  g_assert_false (exc_lab_services_parse ("SMTP,", &services));
}

static void
test_restart (Fixture *fixture, gconstpointer data)
{
  ExcLabServer *server = exc_lab_world_find_server (fixture->world, "EXCH01");
  ExcLabService *host = exc_lab_server_find_service (server, "msexchangeservicehost");

  g_assert_true (exc_lab_rules_has_certificate_rpc (server, exc_lab_world_now (fixture->world)));
  host->back_at = exc_lab_world_now (fixture->world) + 100;
  g_assert_false (exc_lab_rules_has_certificate_rpc (server, exc_lab_world_now (fixture->world)));
  exc_clock_advance (fixture->clock, 101);
  g_assert_true (exc_lab_rules_has_certificate_rpc (server, exc_lab_world_now (fixture->world)));
}

static void
test_state (Fixture *fixture, gconstpointer data)
{
  g_autofree char *directory = g_dir_make_tmp ("exc-lab-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "world.json", NULL);
  g_autofree char *lock = g_build_filename (directory, "lock", NULL);
  g_autofree char *next_directory = g_dir_make_tmp ("exc-lab-XXXXXX", NULL);
  g_autofree char *copy = g_build_filename (next_directory, "world.json", NULL);
  g_autofree char *next_lock = g_build_filename (next_directory, "lock", NULL);
  g_autoptr(ExcLabKeys) keys = exc_lab_keys_new (NULL);
  g_autoptr(ExcClock) clock = exc_clock_new ();
  g_autoptr(ExcLabWorld) again = exc_lab_world_new (clock, keys);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonNode) before = NULL;
  g_autoptr(JsonNode) after = NULL;
  g_autoptr(EVP_PKEY) next = NULL;
  g_autoptr(EVP_PKEY) next_again = NULL;
  ExcLabServer *server = exc_lab_world_find_server (fixture->world, "EXCH02");
  GStatBuf info;

  exc_clock_advance (fixture->clock, 3600);
  g_assert_false (exc_lab_world_open_state (fixture->world, directory, &error));
  g_assert_no_error (error);
  g_clear_pointer (&find (server, "WMSVC-SHA2")->friendly_name, g_free);
  g_assert_true (exc_lab_world_commit (fixture->world, &error));
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  /* the first world has the folder until it is gone; a copy stands for the next start */
  {
    g_autofree char *text = NULL;

    g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
    g_assert_true (g_file_set_contents (copy, text, -1, NULL));
  }
  g_assert_true (exc_lab_world_open_state (again, next_directory, &error));
  g_assert_no_error (error);
  g_assert_cmpint (exc_clock_get_offset (clock), ==, 3600);
  before = exc_lab_world_to_json (fixture->world, TRUE);
  after = exc_lab_world_to_json (again, TRUE);
  json_object_set_int_member (json_node_get_object (before), "now", 0);
  json_object_set_int_member (json_node_get_object (after), "now", 0);
  {
    g_autofree char *first = json_to_string (before, TRUE);
    g_autofree char *second = json_to_string (after, TRUE);

    g_assert_cmpstr (first, ==, second);
  }

  /* the loaded world never hands out a key that one of its certificates has */
  g_assert_cmpuint (exc_lab_keys_get_n_taken (keys), ==, exc_lab_keys_get_n_taken (fixture->keys));

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_unlink (lock), ==, 0);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
  g_assert_cmpint (g_unlink (copy), ==, 0);
  g_assert_cmpint (g_unlink (next_lock), ==, 0);
  g_assert_cmpint (g_rmdir (next_directory), ==, 0);
}

static void
test_dump_has_no_keys (Fixture *fixture, gconstpointer data)
{
  g_autoptr(JsonNode) node = exc_lab_world_to_json (fixture->world, FALSE);
  g_autofree char *text = json_to_string (node, FALSE);

  g_assert_null (strstr (text, "PRIVATE KEY"));
}

static void
test_damaged_state (Fixture *fixture, gconstpointer data)
{
  g_autofree char *directory = g_dir_make_tmp ("exc-lab-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "world.json", NULL);
  g_autofree char *lock = g_build_filename (directory, "lock", NULL);
  static const char *const texts[] = {
    "", "[]", "{", "{\"format\":99}", "{\"format\":1,\"servers\":[{\"name\":\"A\"}]}"
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr(GError) error = NULL;

    g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
    g_assert_false (exc_lab_world_open_state (fixture->world, directory, &error));
    g_assert_error (error, EXC_ERROR, EXC_ERROR_STORE);
  }
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_unlink (lock), ==, 0);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

/* Two labs on one folder would write their worlds over each other. */
static void
test_locked_state (Fixture *fixture, gconstpointer data)
{
  g_autofree char *directory = g_dir_make_tmp ("exc-lab-XXXXXX", NULL);
  g_autofree char *lock = g_build_filename (directory, "lock", NULL);
  g_autoptr(ExcLabWorld) other = exc_lab_world_new (fixture->clock, fixture->keys);
  g_autoptr(GError) error = NULL;

  g_assert_false (exc_lab_world_open_state (fixture->world, directory, &error));
  g_assert_no_error (error);
  g_assert_false (exc_lab_world_open_state (other, directory, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_BUSY);
  g_assert_cmpint (g_unlink (lock), ==, 0);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

static void
test_twelve (Fixture *fixture, gconstpointer data)
{
  GPtrArray *servers = exc_lab_world_get_servers (fixture->world);
  g_autoptr(GHashTable) sites = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr(GHashTable) keys = g_hash_table_new (g_str_hash, g_str_equal);
  const char *auth = exc_lab_world_get_auth_config (fixture->world)->current;

  g_assert_cmpuint (servers->len, ==, 12);
  g_assert_nonnull (exc_lab_world_get_dag (fixture->world));
  for (guint i = 0; i < servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);

    g_hash_table_add (sites, server->site);
    g_assert_nonnull (exc_lab_store_find (server->my, auth));
    g_assert_true (g_hash_table_add (keys, server->internal_transport));
  }
  g_assert_cmpuint (g_hash_table_size (sites), ==, 2);
}

static void
test_back_ends (Fixture *fixture, gconstpointer data)
{
  ExcLabServer *front = exc_lab_world_find_server (fixture->world, "EXCH01");
  ExcLabServer *down = exc_lab_world_find_server (fixture->world, "EXCH03");
  ExcLabServer *first = exc_lab_world_choose_back_end (fixture->world, front);

  g_assert_true (first != front);
  g_assert_true (exc_lab_world_choose_back_end (fixture->world, front) != first);
  down->is_up = FALSE;
  for (guint i = 0; i < 6; i++)
    g_assert_true (exc_lab_world_choose_back_end (fixture->world, front) != down);
}

static void
test_unknown_scenario (void)
{
  g_autoptr(ExcClock) clock = exc_clock_new ();
  g_autoptr(ExcLabKeys) keys = exc_lab_keys_new (NULL);
  g_autoptr(ExcLabWorld) world = exc_lab_world_new (clock, keys);
  g_autoptr(GError) error = NULL;

  g_assert_false (exc_lab_world_load_scenario (world, "huge", &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "small, twelve"));
}

/* A scenario somebody wrote: what is wrong is said, and by which server. */
static void
test_bad_scenarios (void)
{
  static const struct {
    const char *text;
    const char *said;
  } cases[] = {
    { "[]", "JSON object" },
    { "{", "cannot be read" },
    { "{}", "no “servers”" },
    { "{\"servers\":{\"name\":\"A\"}}", "no “servers”" },
    { "{\"servers\":[{}]}", "name" },
    { "{\"servers\":[{\"name\":7}]}", "name" },
    { "{\"servers\":[{\"name\":\"A\"},{\"name\":\"a\"}]}", "of its own" },
    { "{\"servers\":[{\"name\":\"A\",\"certificates\":[{}]}]}", "A: “”" },
    { "{\"servers\":[{\"name\":\"A\",\"certificates\":[{\"kind\":\"auth\",\"notAfter\":\"+1 "
      "day\"}]}]}",
      "A: “auth”" },
    { "{\"servers\":[{\"name\":\"A\",\"certificates\":[{\"kind\":\"public\",\"notAfter\":\"+1 "
      "day\"}]}]}",
      "authority" },
    { "{\"servers\":[{\"name\":\"A\"}],\"auth\":{\"notAfter\":\"soon\"}}", "“soon”" },
  };
  g_autofree char *directory = g_dir_make_tmp ("exc-lab-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "mine.json", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr(ExcClock) clock = exc_clock_new ();
    g_autoptr(ExcLabKeys) keys = exc_lab_keys_new (NULL);
    g_autoptr(ExcLabWorld) world = exc_lab_world_new (clock, keys);
    g_autoptr(GError) error = NULL;

    g_assert_true (g_file_set_contents (path, cases[i].text, -1, NULL));
    g_assert_false (exc_lab_world_load_scenario (world, path, &error));
    g_assert_nonnull (error);
    if (strstr (error->message, cases[i].said) == NULL)
      g_error ("case %u: %s", i, error->message);
  }
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, scenario, func)                                                                  \
  g_test_add ("/lab/world/" path, Fixture, scenario, set_up, func, tear_down)
  ADD ("rules", "small", test_rules);
  ADD ("iis-services", "small", test_iis_services);
  ADD ("certificate", "small", test_certificate);
  ADD ("served", "small", test_served);
  ADD ("guards", "small", test_guards);
  ADD ("restart", "small", test_restart);
  ADD ("state", "small", test_state);
  ADD ("dump-has-no-keys", "small", test_dump_has_no_keys);
  ADD ("damaged-state", "small", test_damaged_state);
  ADD ("locked-state", "small", test_locked_state);
  ADD ("back-ends", "small", test_back_ends);
  ADD ("twelve", "twelve", test_twelve);
  g_test_add_func ("/lab/world/services", test_services);
  g_test_add_func ("/lab/world/bad-scenarios", test_bad_scenarios);
  g_test_add_func ("/lab/world/unknown-scenario", test_unknown_scenario);

  return g_test_run ();
}
