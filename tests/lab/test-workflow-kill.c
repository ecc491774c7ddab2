/* test-workflow-kill.c — a program killed in the middle of any workflow, and started again
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "kill-test.h"

#define ADV01 "adv01.adventure.lab"

/* What is done with the certificate of a server; the world afterwards is that of the undisturbed
 * run, whatever was killed. */
typedef struct {
  const char *scenario;
  const char *verb;
  const char *server;
  const char *subject; /* of the first certificate there with this beginning */
  const char *targets[3];
} Case;

static const Case binds = {
  "small", "bind", EXCH01, "CN=mail.contoso.lab", { EXCH01, NULL, NULL }
};
static const Case assigns = {
  "small", "assign", EXCH01, "CN=mail.contoso.lab", { EXCH01, NULL, NULL }
};
static const Case trusts = { "small", "trust", EXCH01, "CN=EXCH01", { EXCH01, EXCH02, NULL } };
static const Case untrusts = { "small", "untrust", EXCH01, "CN=EXCH01", { EXCH01, NULL, NULL } };
static const Case deletes = {
  "messy", "delete", ADV01, "CN=mail.adventure.lab", { ADV01, NULL, NULL }
};

static void
set_up (RenewalTest *self, gconstpointer data)
{
  renewal_test_set_up (self, ((const Case *) data)->scenario);
}

/* The soonest to expire: of two with equal names, the old one. */
static char *
dup_thumbprint (RenewalTest *self, const Case *test)
{
  GPtrArray *all = exc_snapshot_get_certificates (renewal_test_get_snapshot (self));
  ExcCertificate *found = NULL;

  for (guint i = 0; i < all->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (all, i);

    if (strcmp (exc_certificate_get_server (certificate), test->server) == 0 &&
        g_str_has_prefix (exc_certificate_get_subject (certificate), test->subject) &&
        (found == NULL ||
         exc_certificate_get_not_after (certificate) < exc_certificate_get_not_after (found)))
      found = certificate;
  }
  g_assert_nonnull (found);
  return g_strdup (exc_certificate_get_thumbprint (found));
}

/* Each reset makes other keys: of the world only what says who has what is kept, with thumbprints
 * told by where their certificates lay at first. (transfer full): path > value */
static GHashTable *
dump_places (RenewalTest *self, GHashTable *first)
{
  static const char *const told[] = { "/popName", "/imapName", "/networkService", "/requiresSsl" };
  g_autoptr(GHashTable) world = renewal_test_dump (self);
  g_autoptr(GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTable *places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GHashTableIter iter;
  gpointer path;
  gpointer value;

  g_hash_table_iter_init (&iter, first);
  while (g_hash_table_iter_next (&iter, &path, &value))
    if (g_pattern_match_simple ("/servers/*/my/*/thumbprint", path))
      g_hash_table_insert (names, value, path);
  g_hash_table_iter_init (&iter, world);
  while (g_hash_table_iter_next (&iter, &path, &value)) {
    const char *name = g_hash_table_lookup (names, value);

    for (guint i = 0; name == NULL && i < G_N_ELEMENTS (told); i++)
      if (g_str_has_suffix (path, told[i]))
        name = value;
    if (name != NULL)
      g_hash_table_insert (places, g_strdup (path), g_strdup (name));
  }
  return places;
}

/* TRUE: it was killed. */
static gboolean
run (RenewalTest *self, const Case *test, int kill_before, int kill_after, GHashTable **places)
{
  g_autofree char *folder = kill_test_make_folder ();
  g_autofree char *thumbprint = NULL;
  g_autofree char *output = NULL;
  g_autoptr(GHashTable) first = NULL;
  gboolean was_killed;

  kill_test_begin_anew (self);
  renewal_test_refresh (self);
  thumbprint = dup_thumbprint (self, test);
  first = renewal_test_dump (self);
  {
    const char *words[] = {
      thumbprint, test->targets[0], test->targets[1], test->targets[2], NULL
    };

    was_killed = !kill_test_run (self, folder, test->verb, kill_before, kill_after, words, &output);
    if (was_killed) {
      g_clear_pointer (&output, g_free);
      g_assert_true (kill_test_run (self, folder, test->verb, 0, 0, words, &output));
    }
  }
  if (!g_str_has_prefix (output, "done "))
    g_error ("killed before %d or after %d: %s", kill_before, kill_after, output);
  *places = dump_places (self, first);
  kill_test_remove_folder (folder);
  return was_killed;
}

static void
test_survives (RenewalTest *self, gconstpointer data)
{
  static const char *const nothing[] = { NULL };
  const Case *test = data;
  const char *full = g_getenv ("EXC_TEST_FULL");
  int stride = full != NULL && full[0] != '\0' ? 1 : 3;
  g_autoptr(GHashTable) undisturbed = NULL;
  gboolean was_killed = TRUE;
  guint n_killed = 0;

  g_assert_false (run (self, test, 0, 0, &undisturbed));
  g_assert_cmpuint (g_hash_table_size (undisturbed), >, 4);
  for (int n = 1; was_killed; n += stride)
    for (int when = 0; was_killed && when < 2; when++) {
      g_autoptr(GHashTable) places = NULL;

      was_killed = run (self, test, when == 0 ? n : 0, when == 0 ? 0 : n, &places);
      renewal_test_assert_differs_only (undisturbed, places, nothing);
      n_killed += was_killed;
    }
  g_test_message ("%s: killed %u times", test->verb, n_killed);
  g_assert_cmpuint (n_killed, >=, 4);
}

int
main (int argc, char **argv)
{
  static const Case *const cases[] = { &binds, &assigns, &trusts, &untrusts, &deletes };

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/lab/workflow-kill/", cases[i]->verb, NULL);

    g_test_add (path, RenewalTest, cases[i], set_up, test_survives, renewal_test_tear_down);
  }
  return g_test_run ();
}
