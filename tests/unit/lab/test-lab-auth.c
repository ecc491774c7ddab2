/* test-lab-auth.c — Set-AuthConfig, and the servicelets that carry it out
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "lab-fixture.h"

#define S(text) exc_value_new_string (text)
#define ON      exc_value_new_boolean (TRUE)
#define HOUR    ((gint64) 60 * 60)
#define AUTH    "Microsoft Exchange Server Auth Certificate"

static ExcLabServer *
get_server (LabFixture *fixture, const char *name)
{
  return exc_lab_world_find_server (fixture->world, name);
}

static ExcLabAuthConfig *
get_auth (LabFixture *fixture)
{
  return exc_lab_world_get_auth_config (fixture->world);
}

static ExcValue *
at (LabFixture *fixture, gint64 seconds)
{
  g_autoptr(GDateTime) date =
                 g_date_time_new_from_unix_utc (exc_clock_now (fixture->clock) + seconds);

  return exc_value_new_date_time (date);
}

/* (transfer full): a new certificate on EXCH03, where the session lives; its thumbprint */
static char *
create (LabFixture *fixture)
{
  static const char *const properties[] = { "Thumbprint", "Services", NULL };
  static const char *const none[] = { NULL };
  g_autoptr(LabReply) reply = lab_run_projected (fixture,
                                                  lab_command ("New-ExchangeCertificate",
                                                               "Server",
                                                               S ("EXCH03"),
                                                               "KeySize",
                                                               exc_value_new_int32 (2048),
                                                               "PrivateKeyExportable",
                                                               ON,
                                                               "SubjectName",
                                                               S ("cn=" AUTH),
                                                               "FriendlyName",
                                                               S (AUTH),
                                                               "DomainName",
                                                               exc_value_new_string_list (none),
                                                               "Services",
                                                               S ("None"),
                                                               NULL),
                                                  properties);

  g_assert_true (reply->ok);
  g_assert_cmpuint (reply->questions->len, ==, 0);
  g_assert_cmpstr (lab_text (reply, 0, "Services"), ==, "None");
  return g_strdup (lab_text (reply, 0, "Thumbprint"));
}

static LabReply *
stage (LabFixture *fixture, const char *thumbprint, gint64 seconds, gboolean force)
{
  ExcCommand *command = lab_command ("Set-AuthConfig",
                                     "NewCertificateThumbprint",
                                     S (thumbprint),
                                     "NewCertificateEffectiveDate",
                                     at (fixture, seconds),
                                     NULL);

  if (force)
    exc_command_set (command, "Force", ON);
  return lab_run_command (fixture, command);
}

static void
assert_error (LabReply *reply, const char *part)
{
  ExcErrorRecord *record;

  g_assert_cmpuint (reply->errors->len, ==, 1);
  record = g_ptr_array_index (reply->errors, 0);
  if (strstr (record->message, part) == NULL)
    g_error ("“%s” does not say “%s”", record->message, part);
}

static guint
count_events (ExcLabServer *server, guint id)
{
  guint n = 0;

  for (guint i = 0; i < server->events->len; i++)
    n += ((ExcLabEvent *) g_ptr_array_index (server->events, i))->id == id;
  return n;
}

static void
test_refusals (LabFixture *fixture, gconstpointer data)
{
  g_autofree char *new = create (fixture);
  ExcLabCertificate *certificate = exc_lab_store_find (get_server (fixture, "EXCH03")->my, new);
  g_autoptr(LabReply) late = stage (fixture, new, -6 * 60, TRUE);
  g_autoptr(LabReply) current = stage (fixture, get_auth (fixture)->current, 50 * HOUR, TRUE);
  g_autoptr(LabReply) beyond = stage (fixture, new, 6 * 365 * 24 * HOUR, TRUE);
  g_autoptr(LabReply) elsewhere = stage (
      fixture, lab_find (fixture, "EXCH01", "Microsoft Exchange")->x509->sha1, 50 * HOUR, TRUE);
  g_autoptr(LabReply) no_date = lab_run_command (
      fixture,
      lab_command ("Set-AuthConfig", "NewCertificateThumbprint", S (new), "Force", ON, NULL));
  g_autoptr(LabReply) nothing = lab_run_command (
      fixture, lab_command ("Set-AuthConfig", "PublishCertificate", ON, "Force", ON, NULL));
  g_autoptr(LabReply) locked = NULL;
  g_autoptr(LabReply) forced = NULL;

  assert_error (late, "effective date");
  assert_error (current, "already the current");
  assert_error (beyond, "expires before");
  assert_error (elsewhere, "was not found");
  assert_error (no_date, "together");
  assert_error (nothing, "no next certificate");
  certificate->exportable = FALSE;
  locked = stage (fixture, new, 50 * HOUR, FALSE);
  assert_error (locked, "exportable");
  g_assert_null (get_auth (fixture)->next);
  forced = stage (fixture, new, 50 * HOUR, TRUE);
  g_assert_cmpuint (forced->errors->len, ==, 0);
  g_assert_cmpstr (get_auth (fixture)->next, ==, new);
}

static void
test_expired_is_refused (LabFixture *fixture, gconstpointer data)
{
  g_autofree char *new = create (fixture);
  g_autoptr(LabReply) reply = NULL;

  exc_clock_advance (fixture->clock, (gint64) 6 * 365 * 24 * HOUR);
  reply = stage (fixture, new, 50 * HOUR, TRUE);
  assert_error (reply, "expired");
}

/* Less than 48 hours ahead, and another one staged: a question each, and No to either stops. */
static void
test_prompts (LabFixture *fixture, gconstpointer data)
{
  g_autofree char *first = create (fixture);
  g_autofree char *second = create (fixture);
  g_autoptr(LabReply) refused = NULL;
  g_autoptr(LabReply) accepted = NULL;
  g_autoptr(LabReply) both = NULL;
  g_autoptr(LabReply) planned = NULL;
  g_autoptr(LabReply) again = NULL;

  fixture->answer = 2;
  refused = stage (fixture, first, 40 * HOUR, FALSE);
  g_assert_cmpuint (refused->questions->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (refused->questions, 0), "48 hours"));
  g_assert_null (get_auth (fixture)->next);

  planned = stage (fixture, first, 49 * HOUR, FALSE);
  g_assert_cmpuint (planned->questions->len, ==, 0);
  g_assert_cmpstr (get_auth (fixture)->next, ==, first);

  fixture->answer = 0;
  accepted = stage (fixture, second, 49 * HOUR, FALSE);
  g_assert_cmpuint (accepted->questions->len, ==, 1);
  g_assert_nonnull (strstr (g_ptr_array_index (accepted->questions, 0), "already staged"));
  g_assert_cmpstr (get_auth (fixture)->next, ==, second);
  both = stage (fixture, first, HOUR, FALSE);
  g_assert_cmpuint (both->questions->len, ==, 2);
  g_assert_cmpstr (get_auth (fixture)->next, ==, first);
  again = stage (fixture, first, 60 * HOUR, FALSE);
  g_assert_cmpuint (again->questions->len, ==, 0);
}

static void
test_cancel (LabFixture *fixture, gconstpointer data)
{
  g_autofree char *new = create (fixture);
  g_autoptr(LabReply) staged = stage (fixture, new, 50 * HOUR, TRUE);
  g_autoptr(LabReply) cancelled = lab_run_command (
      fixture,
      lab_command ("Set-AuthConfig", "NewCertificateThumbprint", S (""), "Force", ON, NULL));

  g_assert_cmpuint (staged->errors->len + cancelled->errors->len, ==, 0);
  g_assert_null (get_auth (fixture)->next);
  g_assert_cmpint (get_auth (fixture)->next_effective, ==, 0);
}

static void
test_publish_and_back (LabFixture *fixture, gconstpointer data)
{
  g_autofree char *old = g_strdup (get_auth (fixture)->current);
  g_autofree char *new = create (fixture);
  g_autoptr(LabReply) staged = stage (fixture, new, 50 * HOUR, TRUE);
  g_autoptr(LabReply) early = NULL;
  g_autoptr(LabReply) published = NULL;
  g_autoptr(LabReply) back = NULL;
  g_autoptr(LabReply) previous = NULL;
  g_autoptr(LabReply) cleared = NULL;

  fixture->answer = 2;
  early = lab_run_command (fixture, lab_command ("Set-AuthConfig", "PublishCertificate", ON, NULL));
  g_assert_cmpuint (early->questions->len, ==, 1);
  g_assert_cmpstr (get_auth (fixture)->current, ==, old);
  published = lab_run_command (
      fixture, lab_command ("Set-AuthConfig", "PublishCertificate", ON, "Force", ON, NULL));
  g_assert_cmpuint (published->errors->len, ==, 0);
  g_assert_cmpstr (get_auth (fixture)->current, ==, new);
  g_assert_cmpstr (get_auth (fixture)->previous, ==, old);
  g_assert_null (get_auth (fixture)->next);

  previous = stage (fixture, old, 50 * HOUR, TRUE); /* a warning, no error */
  g_assert_cmpuint (previous->errors->len, ==, 0);
  g_assert_cmpstr (get_auth (fixture)->next, ==, old);

  back = lab_run_command (
      fixture, lab_command ("Set-AuthConfig", "CertificateThumbprint", S (old), "Force", ON, NULL));
  g_assert_cmpuint (back->errors->len, ==, 0);
  g_assert_cmpstr (get_auth (fixture)->current, ==, old);
  g_assert_cmpstr (get_auth (fixture)->previous, ==, new);
  cleared = lab_run_command (fixture,
                             lab_command ("Set-AuthConfig", "ClearPreviousCertificate", ON, NULL));
  g_assert_cmpuint (cleared->questions->len, ==, 0);
  g_assert_null (get_auth (fixture)->previous);
}

/* Staging pushes to the servers of the session's site, at once unless it is told to skip that. */
static void
test_deployment (LabFixture *fixture, gconstpointer data)
{
  g_autofree char *skipped = create (fixture);
  g_autofree char *new = create (fixture);
  ExcLabServer *same = get_server (fixture, "EXCH01");
  ExcLabServer *other = get_server (fixture, "EXCH02");
  g_autoptr(LabReply) late = NULL;
  g_autoptr(LabReply) staged = NULL;
  g_autoptr(LabReply) any = NULL;

  exc_lab_set_text (&other->site, "Hamburg");
  get_auth (fixture)->other_sites_s = 6 * HOUR;
  late = lab_run_command (fixture,
                          lab_command ("Set-AuthConfig",
                                       "NewCertificateThumbprint",
                                       S (skipped),
                                       "NewCertificateEffectiveDate",
                                       at (fixture, 50 * HOUR),
                                       "SkipImmediateCertificateDeployment",
                                       ON,
                                       NULL));
  g_assert_cmpuint (late->errors->len, ==, 0);
  g_assert_null (exc_lab_store_find (same->my, skipped));

  staged = stage (fixture, new, 50 * HOUR, TRUE);
  g_assert_nonnull (exc_lab_store_find (same->my, new)->key);
  g_assert_true (exc_lab_store_find (same->my, new)->network_service);
  g_assert_true (exc_lab_store_find (get_server (fixture, "EXCH03")->my, new)->network_service);
  g_assert_null (exc_lab_store_find (other->my, new));
  exc_clock_advance (fixture->clock, 5 * HOUR);
  exc_lab_world_catch_up (fixture->world);
  g_assert_null (exc_lab_store_find (other->my, new));
  exc_clock_advance (fixture->clock, 2 * HOUR);
  any = lab_run_command (fixture, lab_command ("Get-AuthConfig", NULL)); /* a command looks */
  g_assert_nonnull (exc_lab_store_find (other->my, new));
}

static void
test_never (LabFixture *fixture, gconstpointer data)
{
  g_autofree char *new = create (fixture);
  ExcLabServer *other = get_server (fixture, "EXCH02");
  ExcLabServer *neighbour = get_server (fixture, "EXCH01");
  g_autoptr(LabReply) staged = NULL;
  ExcLabCertificate *found;

  exc_lab_set_text (&other->site, "Hamburg");
  exc_lab_set_text (&neighbour->site, "Hamburg");
  get_auth (fixture)->other_sites_s = EXC_LAB_NEVER;
  staged = stage (fixture, new, 500 * HOUR, TRUE);
  exc_clock_advance (fixture->clock, 100 * HOUR);
  exc_lab_world_catch_up (fixture->world);
  g_assert_null (exc_lab_store_find (other->my, new));

  /* imported on one server of the site, it spreads there */
  found = exc_lab_store_find (get_server (fixture, "EXCH03")->my, new);
  g_ptr_array_add (neighbour->my, exc_lab_certificate_new (found->x509->der, found->key, NULL));
  exc_lab_store_find (neighbour->my, new)->exportable = TRUE;
  exc_clock_advance (fixture->clock, 13 * HOUR);
  exc_lab_world_catch_up (fixture->world);
  g_assert_nonnull (exc_lab_store_find (other->my, new));
}

/* AuthAdmin publishes within twelve hours of the date, and says so on the server that did. */
static void
test_auth_admin (LabFixture *fixture, gconstpointer data)
{
  GPtrArray *servers = exc_lab_world_get_servers (fixture->world);
  g_autofree char *old = g_strdup (get_auth (fixture)->current);
  g_autofree char *new = create (fixture);
  g_autoptr(LabReply) staged = stage (fixture, new, 50 * HOUR, FALSE);
  const gint64 effective = get_auth (fixture)->next_effective;
  guint n = 0;
  gint64 time = 0;

  exc_clock_advance (fixture->clock, 49 * HOUR);
  exc_lab_world_catch_up (fixture->world);
  g_assert_cmpstr (get_auth (fixture)->current, ==, old);
  exc_clock_advance (fixture->clock, 30 * 24 * HOUR);
  exc_lab_world_catch_up (fixture->world);
  g_assert_cmpstr (get_auth (fixture)->current, ==, new);
  g_assert_cmpstr (get_auth (fixture)->previous, ==, old);
  for (guint i = 0; i < servers->len; i++) {
    ExcLabServer *server = g_ptr_array_index (servers, i);

    n += count_events (server, 2014);
    if (count_events (server, 2014) > 0)
      time = ((ExcLabEvent *) g_ptr_array_index (server->events, server->events->len - 1))->time;
  }
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpint (time, >=, effective);
  g_assert_cmpint (time, <=, effective + 12 * HOUR);
  g_assert_cmpint (get_auth (fixture)->changed, ==, time);
}

/* A restart of the service host publishes what is due, on that server and at that moment. */
static void
test_restart_publishes (LabFixture *fixture, gconstpointer data)
{
  g_autofree char *new = create (fixture);
  ExcLabServer *server = get_server (fixture, "EXCH02");
  ExcLabService *host = exc_lab_server_find_service (server, "MSExchangeServiceHost");
  g_autoptr(LabReply) staged = stage (fixture, new, 0, TRUE);
  g_autoptr(GError) error = NULL;

  host->back_at = exc_clock_now (fixture->clock) + host->restart_s;
  g_assert_true (exc_lab_world_commit (fixture->world, &error));
  g_assert_cmpstr (get_auth (fixture)->next, ==, new);
  exc_clock_advance (fixture->clock, host->restart_s);
  exc_lab_world_catch_up (fixture->world);
  g_assert_cmpstr (get_auth (fixture)->current, ==, new);
  g_assert_cmpuint (count_events (server, 2014), ==, 1);
  g_assert_cmpint (get_auth (fixture)->changed, ==, host->back_at);

  /* known now: the same run does not start again */
  g_assert_cmpint (server->host_run, ==, host->back_at);
}

/* What became due while the lab was closed happens when it is opened, with its own time. */
static void
test_closed (LabFixture *fixture, gconstpointer data)
{
  g_autofree char *new = create (fixture);
  g_autoptr(LabReply) staged = stage (fixture, new, 50 * HOUR, FALSE);
  const gint64 effective = get_auth (fixture)->next_effective;
  g_autoptr(JsonNode) saved = exc_lab_world_to_json (fixture->world, TRUE);
  g_autoptr(ExcLabWorld) again = exc_lab_world_new (fixture->clock, fixture->keys);
  g_autoptr(GError) error = NULL;
  ExcLabAuthConfig *auth = exc_lab_world_get_auth_config (again);

  exc_lab_world_from_json (again, saved, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (auth->next, ==, new);
  exc_clock_advance (fixture->clock, 90 * 24 * HOUR);
  exc_lab_world_catch_up (again);
  g_assert_cmpstr (auth->current, ==, new);
  g_assert_cmpint (auth->changed, >=, effective);
  g_assert_cmpint (auth->changed, <=, effective + 12 * HOUR);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func)                                                                            \
  g_test_add ("/lab/auth/" path, LabFixture, NULL, lab_set_up, func, lab_tear_down)
  ADD ("refusals", test_refusals);
  ADD ("expired", test_expired_is_refused);
  ADD ("prompts", test_prompts);
  ADD ("cancel", test_cancel);
  ADD ("publish-and-back", test_publish_and_back);
  ADD ("deployment", test_deployment);
  ADD ("never", test_never);
  ADD ("auth-admin", test_auth_admin);
  ADD ("restart-publishes", test_restart_publishes);
  ADD ("closed", test_closed);

  return g_test_run ();
}
