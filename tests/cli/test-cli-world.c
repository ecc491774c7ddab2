/* test-cli-world.c — what each workflow changes by thumbprintctl, and what its undo brings back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "authority.h"
#include "lab.h"
#include "world.h"

#define PASSWORD "Canary-7f3a"

typedef struct {
  Lab *lab;
  JsonObject *before; /* (nullable): as it was before the last workflow */
} Fixture;

static JsonObject *
dump (Lab *lab)
{
  g_autoptr(JsonObject) answer = lab_control (lab, "{\"op\":\"dump\"}");

  return json_object_ref (json_object_get_object_member (answer, "world"));
}

static void
assert_changes (Fixture *self, const char *const *expected, const char *name)
{
  g_autoptr(JsonObject) after = dump (self->lab);
  g_auto(GStrv) lines = world_compare (self->before, after);

  world_assert (lines, expected, name);
}

/* Runs the words, and compares. (transfer full): the job's number */
static char *run (Fixture *self, const char *name, const char *format, ...) G_GNUC_PRINTF (3, 4);

static char *
run (Fixture *self, const char *name, const char *format, ...)
{
  g_autofree char *words = NULL;
  g_autofree char *all = NULL;
  g_autoptr(Ended) ended = NULL;
  va_list args;

  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  all = g_strconcat (words, " --yes --json", NULL);
  g_clear_pointer (&self->before, json_object_unref);
  self->before = dump (self->lab);
  ended = lab_run (self->lab, all);
  if (ended->code != 0)
    g_error ("%s ended with %d: %s%s", words, ended->code, ended->out, ended->err);
  assert_changes (self, world_change_find (name)->changes, name);
  return g_strdup (json_object_get_string_member (json_node_get_object (ended->json), "id"));
}

static void
undo (Fixture *self, const char *name, const char *job)
{
  g_autofree char *words = g_strdup_printf ("undo %s", job);
  g_autoptr(Ended) ended = lab_run (self->lab, words);

  if (ended->code != 0)
    g_error ("%s of %s ended with %d: %s%s", words, name, ended->code, ended->out, ended->err);
  assert_changes (self, world_change_find (name)->stays, name);
}

static void
set_up (Fixture *self, gconstpointer scenario)
{
  self->lab = lab_start (scenario);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_pointer (&self->before, json_object_unref);
  lab_stop (self->lab);
}

static char *
find (Fixture *self, const char *server, const char *subject)
{
  g_autofree char *fqdn = g_strconcat (server, ".fabrikam.lab", NULL);

  return lab_find_thumbprint (self->lab, fqdn, subject);
}

static void
test_renewals (Fixture *self, gconstpointer data)
{
  g_autofree char *renewal = run (self, "renew", "renew microsoft-exchange MBX02 MBX05");
  g_autofree char *wmsvc = NULL;
  g_autofree char *rotation = NULL;
  g_autofree char *replacement = NULL;
  const char *full = g_getenv ("EXC_TEST_FULL");

  undo (self, "renew", renewal);
  wmsvc = run (self, "renew-wmsvc", "renew wmsvc MBX03");
  undo (self, "renew-wmsvc", wmsvc);
  rotation = run (self, "rotate-auth", "renew auth --mode rotate");
  undo (self, "rotate-auth", rotation);
  /* The service host of each server restarts, one after another: half a minute. */
  if (full == NULL || full[0] == '\0')
    return;
  replacement = run (self, "replace-auth", "renew auth --mode replace --soak-days 1");
  undo (self, "replace-auth", replacement);
}

/* What is done with a certificate that is there. */
static void
test_certificate (Fixture *self, gconstpointer data)
{
  g_autofree char *mail = find (self, "mbx01", "CN=mail.fabrikam.lab");
  g_autofree char *own = find (self, "mbx04", "CN=MBX04");
  g_autofree char *auth = find (self, "mbx12", "CN=Microsoft Exchange Server Auth");
  g_autofree char *unused = find (self, "mbx04", "CN=localhost");
  g_autofree char *assignment = run (self, "assign", "assign %s SMTP,POP,IMAP MBX01", mail);
  g_autofree char *binding = NULL;
  g_autofree char *trust = NULL;
  g_autofree char *untrust = NULL;
  g_autofree char *untrust_again = NULL;
  g_autofree char *repair = NULL;
  g_autofree char *deletion = NULL;
  g_autofree char *in_use = NULL;
  g_autofree char *distribution = NULL;

  undo (self, "assign", assignment);
  binding = run (self, "bind", "bind %s 444 MBX01", mail);
  undo (self, "bind", binding);
  trust = run (self, "trust", "trust %s MBX05 MBX06", own);
  undo (self, "trust", trust);
  untrust = run (self, "untrust", "untrust %s MBX04", own);
  undo (self, "untrust", untrust);

  untrust_again = run (self, "untrust", "untrust %s MBX04", own);
  repair = run (self, "repair-trust", "repair trust MBX04");
  undo (self, "repair-trust", repair);

  deletion = run (self, "delete", "delete %s MBX04", unused);
  in_use = run (self, "delete-in-use", "delete %s MBX12 --confirm %s", auth, auth + 36);
  distribution = run (self, "distribute-auth", "renew auth --mode distribute");
}

static char *
write_file (Fixture *self, const char *name, const void *data, gsize size)
{
  char *path = g_build_filename (self->lab->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, data, (gssize) size, NULL));
  return path;
}

/* Certificates that come. */
static void
test_new_certificate (Fixture *self, gconstpointer data)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr(GBytes) pfx = authority_make_pfx (
      "wild.fabrikam.lab", PASSWORD, TRUE, FALSE, now - 86400, now + 90 * 86400, NULL);
  g_autofree char *file =
      write_file (self, "wild.pfx", g_bytes_get_data (pfx, NULL), g_bytes_get_size (pfx));
  g_autofree char *password = write_file (self, "word", PASSWORD, strlen (PASSWORD));
  g_autofree char *first = g_build_filename (self->lab->folder, "first.req", NULL);
  g_autofree char *second = g_build_filename (self->lab->folder, "second.req", NULL);
  g_autofree char *creation =
      run (self, "create", "create MBX06 --domains new.fabrikam.lab --trust");
  g_autofree char *request = NULL;
  g_autofree char *request_again = NULL;
  g_autofree char *completion = NULL;
  g_autofree char *import = NULL;
  g_autofree char *text = NULL;
  g_autofree char *answer_path = NULL;
  g_autoptr(GBytes) answer = NULL;

  undo (self, "create", creation);
  request = run (self, "request", "request MBX06 --subject CN=web.fabrikam.lab --output %s", first);
  undo (self, "request", request);
  request_again =
      run (self, "request", "request MBX06 --subject CN=web.fabrikam.lab --output %s", second);
  g_assert_true (g_file_get_contents (second, &text, NULL, NULL));
  answer = authority_answer (text, AUTHORITY_PKCS7_PEM, now - 86400, now + 90 * 86400);
  answer_path =
      write_file (self, "answer", g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
  completion = run (self, "complete", "complete MBX06 %s", answer_path);
  import = run (
      self, "import", "import %s MBX07 MBX08 --pfx-password-file %s --exportable", file, password);
  undo (self, "import", import);
}

static void
test_broken_444 (Fixture *self, gconstpointer data)
{
  g_autofree char *first = run (self, "repair-internal", "repair internal-transport WING02");
  g_autofree char *second = NULL;
  g_autofree char *back_end = NULL;

  undo (self, "repair-internal", first);
  second = run (self, "repair-internal", "repair internal-transport WING02");
  back_end = run (self, "repair-back-end", "repair back-end WING02");
}

static void
test_messy (Fixture *self, gconstpointer data)
{
  g_autofree char *job = run (self, "repair-auth", "repair auth-as-internal-transport ADV02");

  undo (self, "repair-auth", job);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, scenario, function)                                                              \
  g_test_add ("/cli/world/" name, Fixture, scenario, set_up, function, tear_down)
  ADD ("renewals", "twelve", test_renewals);
  ADD ("certificate", "twelve", test_certificate);
  ADD ("new-certificate", "twelve", test_new_certificate);
  ADD ("broken-444", "broken-444", test_broken_444);
  ADD ("messy", "messy", test_messy);

  return g_test_run ();
}
