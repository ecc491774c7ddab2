/* workflow.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "authority.h"
#include "workflow.h"

#define DAY     ((gint64) 24 * 3600)

#define ADV01   "adv01.adventure.lab"
#define ADV02   "adv02.adventure.lab"
#define LIT01   "lit01.litware.lab"
#define SOUTH01 "south01.northwind.lab"
#define WING02  "wing02.wingtip.lab"

static char **
take_words (const char *first, const char *second, const char *third)
{
  const char *words[] = { first, second, third, NULL };

  return g_strdupv ((char **) words);
}

/* Another job first, to its end or its first wait. */
static void
run_before (RenewalTest *self, const char *verb, const char *first, const char *second)
{
  const char *words[] = { first, second, NULL };
  g_autofree char *folder = kill_test_make_folder ();
  g_autofree char *output = NULL;

  g_assert_true (kill_test_run (self, folder, verb, 0, 0, words, &output));
  if (!g_str_has_prefix (output, "done ") && !g_str_has_prefix (output, "waiting "))
    g_error ("%s: %s", verb, output);
  kill_test_remove_folder (folder);
}

static char **
name_word_and_server (RenewalTest *self, const Workflow *workflow, const char *folder)
{
  return take_words (workflow->word, workflow->server, NULL);
}

/* The soonest to expire: of two with equal names, the old one. (transfer full) */
static char *
dup_thumbprint (RenewalTest *self, const char *server, const char *subject)
{
  ExcCertificate *found = NULL;
  GPtrArray *all;

  renewal_test_refresh (self);
  all = exc_snapshot_get_certificates (renewal_test_get_snapshot (self));
  for (guint i = 0; i < all->len; i++) {
    ExcCertificate *certificate = g_ptr_array_index (all, i);

    if (strcmp (exc_certificate_get_server (certificate), server) == 0 &&
        g_str_has_prefix (exc_certificate_get_subject (certificate), subject) &&
        (found == NULL ||
         exc_certificate_get_not_after (certificate) < exc_certificate_get_not_after (found)))
      found = certificate;
  }
  g_assert_nonnull (found);
  return g_strdup (exc_certificate_get_thumbprint (found));
}

static char **
name_certificate (RenewalTest *self, const Workflow *workflow, const char *folder)
{
  g_autofree char *thumbprint = dup_thumbprint (self, workflow->server, workflow->word);

  return take_words (thumbprint, workflow->server, NULL);
}

/* To another server, too. */
static char **
name_certificate_for_two (RenewalTest *self, const Workflow *workflow, const char *folder)
{
  g_autofree char *thumbprint = dup_thumbprint (self, workflow->server, workflow->word);

  return take_words (thumbprint, workflow->server, workflow->lane);
}

static char **
name_server_and_file (RenewalTest *self, const Workflow *workflow, const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "request", NULL);

  return take_words (workflow->server, path, NULL);
}

static void
write_file (const char *path, GBytes *content)
{
  g_autoptr(GError) error = NULL;

  g_file_set_contents (
      path, g_bytes_get_data (content, NULL), (gssize) g_bytes_get_size (content), &error);
  g_assert_no_error (error);
}

static char **
name_server_and_answer (RenewalTest *self, const Workflow *workflow, const char *folder)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *path = g_build_filename (folder, "request", NULL);
  g_autofree char *answered = g_build_filename (folder, "answer", NULL);
  g_autofree char *request = NULL;
  g_autoptr(GBytes) answer = NULL;
  g_autoptr(GError) error = NULL;

  run_before (self, "request", workflow->server, path);
  g_file_get_contents (path, &request, NULL, &error);
  g_assert_no_error (error);
  answer = authority_answer (request, AUTHORITY_PKCS7_PEM, now - DAY, now + 300 * DAY);
  write_file (answered, answer);
  return take_words (workflow->server, answered, NULL);
}

static char **
name_server_and_pfx (RenewalTest *self, const Workflow *workflow, const char *folder)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *path = g_build_filename (folder, "pfx", NULL);
  g_autoptr(GBytes) pfx = authority_make_pfx (
      "wild.contoso.lab", "geheim", TRUE, FALSE, now - DAY, now + 90 * DAY, NULL);

  write_file (path, pfx);
  return take_words (workflow->server, path, NULL);
}

static char **
break_trust (RenewalTest *self, const Workflow *workflow, const char *folder)
{
  g_autofree char *thumbprint = dup_thumbprint (self, workflow->server, "CN=EXCH01");

  run_before (self, "untrust", thumbprint, workflow->server);
  return name_word_and_server (self, workflow, folder);
}

/* 444 has nothing to get while the internal transport certificate is of no use. */
static char **
repair_internal_first (RenewalTest *self, const Workflow *workflow, const char *folder)
{
  run_before (self, "repair", "internal-transport", workflow->server);
  return name_word_and_server (self, workflow, folder);
}

/* The other site lacks the next one for hours. */
static char **
stage_next (RenewalTest *self, const Workflow *workflow, const char *folder)
{
  run_before (self, "rotate", EXC_LANE_ORGANIZATION, NULL);
  return take_words (workflow->server, NULL, NULL);
}

const Workflow workflows[] = {
  { .name = "renew", .scenario = "small", .verb = "renew", .server = EXCH02, .lane = EXCH02 },
  { .name = "renew-whole",
    .scenario = "edge-hybrid",
    .verb = "renew-whole",
    .server = LIT01,
    .lane = LIT01 },
  { .name = "rotate",
    .scenario = "small",
    .verb = "rotate",
    .server = EXC_LANE_ORGANIZATION,
    .lane = EXC_LANE_ORGANIZATION },
  { .name = "rotate-published",
    .scenario = "two-sites",
    .verb = "rotate",
    .server = EXC_LANE_ORGANIZATION,
    .lane = EXC_LANE_ORGANIZATION,
    .n_undo_rounds = 2 },
  { .name = "replace",
    .scenario = "expired-auth",
    .verb = "replace",
    .server = EXC_LANE_ORGANIZATION },
  { .name = "replace-two-sites",
    .scenario = "two-sites",
    .verb = "replace",
    .server = EXC_LANE_ORGANIZATION,
    .lane = EXC_LANE_ORGANIZATION },
  { .name = "distribute",
    .scenario = "two-sites",
    .verb = "distribute",
    .prepare = stage_next,
    .server = SOUTH01 },
  { .name = "wmsvc-windows",
    .scenario = "small",
    .verb = "wmsvc",
    .server = EXCH02,
    .lane = EXCH02 },
  { .name = "wmsvc-delete", .scenario = "small", .verb = "wmsvc-delete", .server = EXCH02 },
  { .name = "assign",
    .scenario = "small",
    .verb = "assign",
    .prepare = name_certificate,
    .server = EXCH01,
    .word = "CN=mail.contoso.lab",
    .lane = EXCH01,
    /* The right to read the key, by which connectors can use it. */
    .stays = { "/servers/*/my */networkService", "/servers/*/connectorsWithoutTls/*" } },
  { .name = "bind",
    .scenario = "small",
    .verb = "bind",
    .prepare = name_certificate,
    .server = EXCH01,
    .word = "CN=mail.contoso.lab",
    .lane = EXCH01 },
  { .name = "trust",
    .scenario = "small",
    .verb = "trust",
    .prepare = name_certificate_for_two,
    .server = EXCH01,
    .word = "CN=EXCH01",
    .lane = EXCH02 },
  { .name = "untrust",
    .scenario = "small",
    .verb = "untrust",
    .prepare = name_certificate,
    .server = EXCH01,
    .word = "CN=EXCH01",
    .lane = EXCH01 },
  { .name = "delete",
    .scenario = "messy",
    .verb = "delete",
    .prepare = name_certificate,
    .server = ADV01,
    .word = "CN=mail.adventure.lab" },
  { .name = "create", .scenario = "small", .verb = "create", .server = EXCH02, .lane = EXCH02 },
  { .name = "request",
    .scenario = "small",
    .verb = "request",
    .prepare = name_server_and_file,
    .server = EXCH02,
    .lane = EXCH02 },
  { .name = "complete",
    .scenario = "small",
    .verb = "complete",
    .prepare = name_server_and_answer,
    .server = EXCH01 },
  { .name = "import",
    .scenario = "small",
    .verb = "import",
    .prepare = name_server_and_pfx,
    .server = EXCH02,
    .lane = EXCH02,
    .has_secrets = TRUE },
  { .name = "repair-back-end",
    .scenario = "broken-444",
    .verb = "repair",
    .prepare = repair_internal_first,
    .server = WING02,
    .word = "back-end" },
  { .name = "repair-internal",
    .scenario = "small",
    .verb = "repair",
    .prepare = name_word_and_server,
    .server = EXCH02,
    .word = "internal-transport",
    .lane = EXCH02 },
  { .name = "repair-auth",
    .scenario = "messy",
    .verb = "repair",
    .prepare = name_word_and_server,
    .server = ADV02,
    .word = "auth-as-internal-transport",
    .lane = ADV02 },
  { .name = "repair-trust",
    .scenario = "small",
    .verb = "repair",
    .prepare = break_trust,
    .server = EXCH01,
    .word = "trust",
    .lane = EXCH01 },
  { .name = NULL },
};
