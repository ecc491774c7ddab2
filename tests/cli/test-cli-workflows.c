/* test-cli-workflows.c — the commands that plan: what they show, and how they end
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "lab.h"

/* Every workflow shows its plan, and what blocks it ends with the code for that. */
static void
test_previews (void)
{
  g_autoptr(Lab) lab = lab_start ("small");
  const char *server = lab_get_fqdn (lab, 0);
  g_autofree char *old = lab_find_thumbprint (lab, server, "CN=EXCH01");
  g_autofree char *public = lab_find_thumbprint (lab, server, "CN=mail.contoso.lab");
  const struct {
    char *words;
    int code;
    const char *out;
  } cases[] = {
    { g_strdup_printf ("renew wmsvc %s --remove-old", server), 0, "wmsvc-bind.ps1" },
    { g_strdup_printf ("delete %s %s", old, server), 5, "is not deleted, whatever is typed" },
    { g_strdup_printf ("delete %s %s --confirm 00x0", public, server), 2, NULL },
    { g_strdup_printf ("trust %s %s", old, server), 0, "trust-raw.ps1" },
    { g_strdup_printf ("untrust %s %s", old, server), 0, "untrust.ps1" },
    { g_strdup_printf ("bind %s 444 %s", public, server), 0, "bind.ps1" },
    { g_strdup_printf ("bind %s 443 %s", old, server), 5, "lose these names" },
    { g_strdup_printf ("bind %s 445 %s", old, server), 2, NULL },
    { g_strdup_printf ("assign %s SMTP,IIS %s", public, server), 0, "-DoNotRequireSsl" },
    { g_strdup_printf ("assign %s FAX %s", public, server), 2, NULL },
    { g_strdup_printf ("repair back-end %s", server), 0, "nothing to repair" },
    { g_strdup_printf ("repair back-end %s --yes", server), 0, "nothing to repair" },
    { g_strdup_printf ("repair moon %s", server), 2, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr(Ended) ended = lab_run (lab, cases[i].words);

    g_test_message ("%s", cases[i].words);
    g_assert_cmpint (ended->code, ==, cases[i].code);
    if (cases[i].out != NULL)
      g_assert_nonnull (strstr (ended->out, cases[i].out));
    g_free (cases[i].words);
  }
}

/* One of them run and taken back, as a script would. */
static void
test_runs_and_undoes (void)
{
  g_autoptr(Lab) lab = lab_start ("small");
  const char *server = lab_get_fqdn (lab, 0);
  g_autofree char *public = lab_find_thumbprint (lab, server, "CN=mail.contoso.lab");
  g_autofree char *before = lab_handshake (lab, server, 444);
  g_autofree char *bind = g_strdup_printf ("bind %s 444 %s --yes --json", public, server);
  g_autofree char *undo = NULL;
  g_autofree char *bound = NULL;
  g_autofree char *after = NULL;
  g_autoptr(Ended) ended = lab_run (lab, bind);
  g_autoptr(Ended) undone = NULL;

  g_assert_cmpint (ended->code, ==, 0);
  bound = lab_handshake (lab, server, 444);
  g_assert_cmpstr (bound, ==, public);
  undo = g_strdup_printf ("undo %s",
                          json_object_get_string_member (json_node_get_object (ended->json), "id"));
  undone = lab_run (lab, undo);
  g_assert_cmpint (undone->code, ==, 0);
  after = lab_handshake (lab, server, 444);
  g_assert_cmpstr (after, ==, before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cli/workflows/previews", test_previews);
  g_test_add_func ("/cli/workflows/runs-and-undoes", test_runs_and_undoes);

  return g_test_run ();
}
