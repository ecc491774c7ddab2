/* test-lab-windows.c — the scripts' answers and refusals
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "lab-fixture.h"

#include "exc-scripts.h"

#define S(text) exc_value_new_string (text)
#define DEFAULT "Microsoft Exchange"

static LabReply *
run_script (LabFixture *fixture, ExcCommand *take)
{
  g_autoptr(ExcLabSession) session = EXC_LAB_SESSION (
      exc_lab_windows_new (fixture->world, exc_lab_world_find_server (fixture->world, "EXCH01")));

  return lab_run (fixture, session, exc_pipeline_new_single (take));
}

static ExcCommand *
script (const char *name, ...)
{
  const ExcScript *known = exc_script_lookup (name);
  ExcCommand *command = exc_command_new_script (name, known->text, known->changes);
  va_list arguments;
  const char *parameter;

  va_start (arguments, name);
  while ((parameter = va_arg (arguments, const char *)) != NULL)
    exc_command_set (command, parameter, va_arg (arguments, ExcValue *));
  va_end (arguments);
  return command;
}

static ExcValue *
get (LabReply *reply, const char *property)
{
  return exc_value_get_property (g_ptr_array_index (reply->output, 0), property);
}

static void
test_inventory (LabFixture *fixture, gconstpointer data)
{
  g_autoptr(LabReply) reply = run_script (fixture, script (EXC_SCRIPT_INVENTORY, NULL));
  ExcValue *root = get (reply, "Root");
  ExcValue *my = get (reply, "My");

  g_assert_true (reply->ok);
  g_assert_cmpuint (reply->output->len, ==, 1);
  g_assert_cmpstr (lab_text (reply, 0, "Computer"), ==, "EXCH01");
  g_assert_cmpuint (exc_value_get_n_items (get (reply, "Bindings")), ==, 3);
  g_assert_cmpuint (exc_value_get_n_items (get (reply, "Services")), ==, 5);
  g_assert_cmpuint (exc_value_get_n_items (my), ==, 4);
  /* the public authority is no business of ours */
  g_assert_cmpuint (exc_value_get_n_items (root), ==, 2);
  g_assert_cmpstr (exc_value_get_text (get (reply, "WmsvcHash")),
                   ==,
                   lab_find (fixture, "EXCH01", "WMSVC-SHA2")->x509->sha1);
  g_assert_nonnull (strstr (exc_value_get_text (get (reply, "NetshText")), "0.0.0.0:8172"));
}

static void
test_bind (LabFixture *fixture, gconstpointer data)
{
  ExcLabServer *server = exc_lab_world_find_server (fixture->world, "EXCH01");
  const char *old = lab_find (fixture, "EXCH01", DEFAULT)->x509->sha1;
  const char *public = lab_find (fixture, "EXCH01", "mail.contoso.lab 2026")->x509->sha1;
  g_autofree char *lower = g_ascii_strdown (public, -1);
  g_autoptr(LabReply) moved = run_script (fixture,
                                           script (EXC_SCRIPT_BIND,
                                                   "Site",
                                                   S (EXC_LAB_BACK_END),
                                                   "Port",
                                                   exc_value_new_int32 (444),
                                                   "Thumbprint",
                                                   S (lower),
                                                   NULL));
  g_autoptr(LabReply) same = NULL;
  g_autoptr(LabReply) local = NULL;

  g_assert_true (moved->ok);
  g_assert_cmpstr (lab_text (moved, 0, "Before"), ==, old);
  g_assert_cmpstr (lab_text (moved, 0, "After"), ==, public);
  g_assert_cmpstr (lab_text (moved, 0, "Info"), ==, "*:444:");
  g_assert_cmpstr (lab_text (moved, 0, "Route"), ==, "iis");
  same = run_script (fixture,
                     script (EXC_SCRIPT_BIND,
                             "Site",
                             S (EXC_LAB_BACK_END),
                             "Port",
                             S ("444"),
                             "Thumbprint",
                             S (public),
                             NULL));
  g_assert_cmpstr (lab_text (same, 0, "Route"), ==, "none");
  local = run_script (fixture,
                      script (EXC_SCRIPT_BIND,
                              "Site",
                              S (EXC_LAB_FRONT_END),
                              "Address",
                              S ("127.0.0.1"),
                              "Port",
                              exc_value_new_int32 (443),
                              "Thumbprint",
                              S (old),
                              NULL));
  g_assert_true (local->ok);
  g_assert_cmpstr (exc_lab_server_get_ssl_hash (server, "127.0.0.1", 443), ==, old);
  g_assert_cmpstr (exc_lab_server_get_ssl_hash (server, "*", 443), ==, public);
}

static void
test_trust (LabFixture *fixture, gconstpointer data)
{
  ExcLabServer *server = exc_lab_world_find_server (fixture->world, "EXCH01");
  const char *auth = exc_lab_world_get_auth_config (fixture->world)->current;
  gboolean before = TRUE;
  gboolean in_root = FALSE;
  g_autoptr(LabReply) trusted =
                 run_script (fixture, script (EXC_SCRIPT_TRUST, "Thumbprint", S (auth), NULL));
  g_autoptr(LabReply) untrusted = NULL;

  g_assert_true (exc_value_get_boolean (get (trusted, "Before"), &before) && !before);
  g_assert_true (exc_value_get_boolean (get (trusted, "InRoot"), &in_root) && in_root);
  g_assert_null (exc_lab_store_find (server->root, auth)->key);
  untrusted = run_script (fixture, script (EXC_SCRIPT_UNTRUST, "Thumbprint", S (auth), NULL));
  g_assert_true (exc_value_get_boolean (get (untrusted, "Before"), &before) && before);
  g_assert_null (exc_lab_store_find (server->root, auth));
}

static void
test_restart (LabFixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "W3SVC", "MSExchangePOP3", "NoSuchService", NULL };
  ExcLabServer *server = exc_lab_world_find_server (fixture->world, "EXCH01");
  g_autoptr(LabReply) reply = NULL;
  ExcValue *list;

  exc_lab_server_find_service (server, "W3SVC")->restart_s = 0;
  reply = run_script (
      fixture,
      script (EXC_SCRIPT_RESTART_SERVICES, "Service", exc_value_new_string_list (names), NULL));
  list = get (reply, "Services");
  g_assert_cmpuint (exc_value_get_n_items (list), ==, 3);
  for (guint i = 0; i < 3; i++) {
    static const char *const states[][2] = { { "Running", "Running" },
                                             { "Stopped", "Stopped" },
                                             { NULL, NULL } };
    ExcValue *item = exc_value_get_item (list, i);

    g_assert_cmpstr (
        exc_value_get_text (exc_value_get_property (item, "Before")), ==, states[i][0]);
    g_assert_cmpstr (exc_value_get_text (exc_value_get_property (item, "After")), ==, states[i][1]);
    g_assert_true ((i == 2) != exc_value_is_null (exc_value_get_property (item, "Failure")));
  }
}

static void
test_look (LabFixture *fixture, gconstpointer data)
{
  g_autoptr(LabReply) reply = run_script (fixture, script (EXC_SCRIPT_LOOK, NULL));

  g_assert_true (reply->ok);
  g_assert_cmpstr (
      lab_text (reply, 0, "WmsvcHash"), ==, lab_find (fixture, "EXCH01", "WMSVC-SHA2")->x509->sha1);
  g_assert_nonnull (strstr (lab_text (reply, 0, "NetshText"), "0.0.0.0:8172"));
}

/* Created by Windows, bound, the old one deleted: in this order, and not in another. */
static void
test_wmsvc (LabFixture *fixture, gconstpointer data)
{
  ExcLabServer *server = exc_lab_world_find_server (fixture->world, "EXCH01");
  const char *old = lab_find (fixture, "EXCH01", "WMSVC-SHA2")->x509->sha1;
  g_autofree char *subject = g_strdup (lab_find (fixture, "EXCH01", "WMSVC-SHA2")->x509->subject);
  g_autoptr(LabReply) created = run_script (fixture, script (EXC_SCRIPT_WMSVC_CREATE, NULL));
  const char *new = lab_text (created, 0, "Thumbprint");
  ExcLabCertificate *certificate = exc_lab_store_find (server->my, new);
  g_autoptr(LabReply) early = run_script (
      fixture, script (EXC_SCRIPT_REMOVE_CERTIFICATE, "Thumbprint", S (old), NULL));
  g_autoptr(LabReply) bound = NULL;
  g_autoptr(LabReply) removed = NULL;
  g_autoptr(LabReply) again = NULL;
  gboolean is_there = FALSE;

  g_assert_cmpstr (certificate->x509->subject, ==, subject);
  g_assert_cmpint (certificate->x509->not_after - certificate->x509->not_before,
                   >,
                   3650 * (gint64) 24 * 60 * 60);
  g_assert_false (early->ok);
  g_assert_nonnull (strstr (early->failure->message, "0.0.0.0:8172"));

  bound = run_script (fixture, script (EXC_SCRIPT_WMSVC_BIND, "Thumbprint", S (new), NULL));
  g_assert_true (bound->ok);
  g_assert_cmpstr (lab_text (bound, 0, "Old"), ==, old);
  g_assert_cmpstr (lab_text (bound, 0, "New"), ==, new);
  g_assert_cmpstr (lab_text (bound, 0, "Before"), ==, "Running");
  g_assert_cmpstr (lab_text (bound, 0, "Service"), ==, "Running");
  g_assert_cmpstr (server->wmsvc_hash, ==, new);
  g_assert_cmpstr (exc_lab_server_get_ssl_hash (server, "*", 8172), ==, new);

  removed =
      run_script (fixture, script (EXC_SCRIPT_REMOVE_CERTIFICATE, "Thumbprint", S (old), NULL));
  g_assert_true (exc_value_get_boolean (get (removed, "Before"), &is_there) && is_there);
  g_assert_true (exc_value_get_boolean (get (removed, "InMy"), &is_there) && !is_there);
  again = run_script (fixture, script (EXC_SCRIPT_REMOVE_CERTIFICATE, "Thumbprint", S (old), NULL));
  g_assert_true (exc_value_get_boolean (get (again, "Before"), &is_there) && !is_there);
}

/* domain.md 3.4: deleted before it was replaced, the service does not come up again. */
static void
test_wmsvc_gone (LabFixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "WMSVC", NULL };
  ExcLabServer *server = exc_lab_world_find_server (fixture->world, "EXCH01");
  const char *other = lab_find (fixture, "EXCH01", DEFAULT)->x509->sha1;
  g_autoptr(LabReply) restarted = NULL;
  g_autoptr(LabReply) bound = NULL;
  ExcValue *item;

  exc_lab_server_find_service (server, "WMSVC")->restart_s = 0;
  exc_lab_store_remove (server->my, server->wmsvc_hash);
  restarted = run_script (
      fixture,
      script (EXC_SCRIPT_RESTART_SERVICES, "Service", exc_value_new_string_list (names), NULL));
  item = exc_value_get_item (get (restarted, "Services"), 0);
  g_assert_cmpstr (exc_value_get_text (exc_value_get_property (item, "After")), ==, "Stopped");
  g_assert_false (exc_value_is_null (exc_value_get_property (item, "Failure")));

  /* What is stopped stays so. */
  bound = run_script (fixture, script (EXC_SCRIPT_WMSVC_BIND, "Thumbprint", S (other), NULL));
  g_assert_true (bound->ok);
  g_assert_cmpstr (lab_text (bound, 0, "Before"), ==, "Stopped");
  g_assert_cmpstr (lab_text (bound, 0, "Service"), ==, "Stopped");
  g_assert_cmpstr (server->wmsvc_hash, ==, other);
}

static void
test_trust_raw (LabFixture *fixture, gconstpointer data)
{
  ExcLabServer *server = exc_lab_world_find_server (fixture->world, "EXCH01");
  ExcLabCertificate *theirs = lab_find (fixture, "EXCH02", DEFAULT);
  g_autoptr(GBytes) noise = g_bytes_new_static ("noise", 5);
  gboolean before = TRUE;
  g_autoptr(LabReply) trusted = run_script (
      fixture, script (EXC_SCRIPT_TRUST_RAW, "Raw", exc_value_new_bytes (theirs->x509->der), NULL));
  g_autoptr(LabReply) again = NULL;
  g_autoptr(LabReply) refused = NULL;

  g_assert_true (trusted->ok);
  g_assert_cmpstr (lab_text (trusted, 0, "Thumbprint"), ==, theirs->x509->sha1);
  g_assert_true (exc_value_get_boolean (get (trusted, "Before"), &before) && !before);
  g_assert_null (exc_lab_store_find (server->root, theirs->x509->sha1)->key);
  again = run_script (
      fixture, script (EXC_SCRIPT_TRUST_RAW, "Raw", exc_value_new_bytes (theirs->x509->der), NULL));
  g_assert_true (exc_value_get_boolean (get (again, "Before"), &before) && before);
  refused =
      run_script (fixture, script (EXC_SCRIPT_TRUST_RAW, "Raw", exc_value_new_bytes (noise), NULL));
  g_assert_false (refused->ok);
}

static void
test_iisreset (LabFixture *fixture, gconstpointer data)
{
  ExcLabServer *server = exc_lab_world_find_server (fixture->world, "EXCH01");
  ExcLabService *w3svc = exc_lab_server_find_service (server, "W3SVC");
  const char *const states[] = { "Running", "Stopped" };

  exc_lab_server_find_service (server, "WAS")->restart_s = 0;
  w3svc->restart_s = 1;
  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    const gint64 begun = exc_lab_world_now (fixture->world);
    g_autoptr(LabReply) reply = run_script (fixture, script (EXC_SCRIPT_IISRESET, NULL));
    ExcValue *list = get (reply, "Services");
    ExcValue *item = exc_value_get_item (list, 1);

    g_assert_cmpuint (exc_value_get_n_items (list), ==, 2);
    g_assert_cmpstr (exc_value_get_text (exc_value_get_property (item, "Name")), ==, "W3SVC");
    g_assert_cmpstr (exc_value_get_text (exc_value_get_property (item, "Before")), ==, states[i]);
    g_assert_cmpstr (exc_value_get_text (exc_value_get_property (item, "After")), ==, states[i]);
    g_assert_true ((w3svc->back_at > begun) == (i == 0));
    w3svc->is_running = FALSE;
    w3svc->back_at = 0;
  }
}

static void
test_events (LabFixture *fixture, gconstpointer data)
{
  ExcLabServer *server = exc_lab_world_find_server (fixture->world, "EXCH01");
  const gint64 then = 1795399200; /* 2026-11-23T02:00:00Z */
  g_autoptr(LabReply) all = NULL;
  g_autoptr(LabReply) late = NULL;
  g_autoptr(LabReply) absent = NULL;
  g_autoptr(LabReply) garbled = NULL;
  ExcValue *list;

  g_ptr_array_set_size (server->events, 0);
  for (guint i = 0; i < 22; i++)
    exc_lab_server_add_event (server, then + i, "System", "HttpEvent", 15021, "An error.");
  all = run_script (fixture, script (EXC_SCRIPT_EVENTS, "Log", S ("System"), NULL));
  list = get (all, "Events");
  g_assert_cmpuint (exc_value_get_n_items (list), ==, 20);
  g_assert_cmpstr (
      exc_value_get_text (exc_value_get_property (exc_value_get_item (list, 0), "TimeUtc")),
      ==,
      "2026-11-23T02:00:21.0000000Z");
  late = run_script (fixture,
                     script (EXC_SCRIPT_EVENTS,
                             "Log",
                             S ("System"),
                             "Provider",
                             S ("httpevent"),
                             "Id",
                             exc_value_new_int32 (15021),
                             "Since",
                             S ("2026-11-23T02:00:20Z"),
                             NULL));
  g_assert_cmpuint (exc_value_get_n_items (get (late, "Events")), ==, 2);
  absent = run_script (fixture, script (EXC_SCRIPT_EVENTS, "Log", S ("Absent"), NULL));
  g_assert_false (absent->ok);
  garbled = run_script (fixture,
                        script (EXC_SCRIPT_EVENTS, "Log", S ("System"), "Since", S ("soon"), NULL));
  g_assert_false (garbled->ok);
}

static void
test_refusals (LabFixture *fixture, gconstpointer data)
{
  static const char missing[] = "0123456789ABCDEF0123456789ABCDEF01234567";
  static const char *const none[] = { NULL };
  const char *old = lab_find (fixture, "EXCH01", DEFAULT)->x509->sha1;
  const struct {
    ExcCommand *command;
    const char *id;
  } cases[] = {
    { exc_command_new_script ("date.ps1", "Get-Date", FALSE), "ScriptUnknownToLab" },
    { exc_command_new ("Get-Service"), "CommandNotFoundException" },
    { script (EXC_SCRIPT_TRUST, NULL), "MissingMandatoryParameter" },
    { script (EXC_SCRIPT_TRUST, "Thumbprint", S ("beef"), NULL),
      "ParameterArgumentValidationError" },
    { script (EXC_SCRIPT_TRUST, "Thumb", S (old), NULL), "NamedParameterNotFound" },
    { script (EXC_SCRIPT_TRUST, "Thumbprint", S (missing), NULL),
      "PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand" },
    { script (EXC_SCRIPT_BIND, "Site", S ("x"), "Port", S ("many"), "Thumbprint", S (old), NULL),
      "ParameterArgumentTransformationError" },
    { script (EXC_SCRIPT_BIND,
              "Site",
              S (EXC_LAB_FRONT_END),
              "Address",
              S ("10.0.0.1"),
              "Port",
              exc_value_new_int32 (443),
              "Thumbprint",
              S (old),
              NULL),
      "0 https bindings of 'Default Web Site' for 10.0.0.1:443" },
    { script (EXC_SCRIPT_WMSVC_BIND, "Thumbprint", S (missing), NULL),
      "PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand" },
    { script (EXC_SCRIPT_TRUST_RAW, "Raw", S ("MIIB"), NULL),
      "ParameterArgumentTransformationError" },
    { script (EXC_SCRIPT_RECYCLE_POOLS, "Pool", exc_value_new_string_list (none), NULL),
      "ParameterArgumentValidationErrorEmptyArrayNotAllowed" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr(LabReply) reply = run_script (fixture, cases[i].command);

    g_assert_false (reply->ok);
    g_assert_cmpuint (reply->output->len, ==, 0);
    if (!g_str_has_prefix (reply->failure->error_id, cases[i].id))
      g_error ("case %u: %s", i, reply->failure->error_id);
  }
}

static void
test_no_key (LabFixture *fixture, gconstpointer data)
{
  ExcLabServer *server = exc_lab_world_find_server (fixture->world, "EXCH01");
  ExcLabCertificate *bare = exc_lab_certificate_copy_public (lab_find (fixture, "EXCH02", DEFAULT));
  g_autoptr(LabReply) reply = NULL;

  g_ptr_array_add (server->my, bare);
  reply = run_script (fixture,
                      script (EXC_SCRIPT_BIND,
                              "Site",
                              S (EXC_LAB_BACK_END),
                              "Port",
                              exc_value_new_int32 (444),
                              "Thumbprint",
                              S (bare->x509->sha1),
                              NULL));
  g_assert_false (reply->ok);
  g_assert_nonnull (strstr (reply->failure->message, "has no private key"));
  g_assert_cmpstr (reply->failure->reason, ==, "RuntimeException");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func)                                                                            \
  g_test_add ("/lab/windows/" path, LabFixture, NULL, lab_set_up, func, lab_tear_down)
  ADD ("inventory", test_inventory);
  ADD ("bind", test_bind);
  ADD ("trust", test_trust);
  ADD ("restart", test_restart);
  ADD ("look", test_look);
  ADD ("wmsvc", test_wmsvc);
  ADD ("wmsvc-gone", test_wmsvc_gone);
  ADD ("trust-raw", test_trust_raw);
  ADD ("iisreset", test_iisreset);
  ADD ("events", test_events);
  ADD ("refusals", test_refusals);
  ADD ("no-key", test_no_key);

  return g_test_run ();
}
