/* test-matrix.c — every workflow and its undo, killed at every row and with every command failing
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "places.h"
#include "workflow.h"

#define DAY          ((gint64) 24 * 3600)
#define PAUSE        (73 * 3600) /* between two starts of a program whose job waits */
#define MAX_ROUNDS   40
#define MAX_FAILURES 2
/* Of the spread: every so manieth row or fault, and of many so few places. */
#define STRIDE_KILLS  7
#define MAX_KILLS     4
#define STRIDE_FAULTS 17
#define MAX_FAULTS    4

/* What goes wrong in a run; zeroes: nothing. */
typedef struct {
  gboolean in_undo;
  guint round;     /* of the kill: which start of the program */
  int kill_before; /* a row is durable */
  int kill_after;
  const char *request; /* (nullable): switches a fault of the lab on */
} Trouble;

/* What came of it. */
typedef struct {
  gboolean was_killed;
  guint n_rounds; /* starts of the program */
  guint n_rows;   /* of its journal */
  guint n_failures;
  GHashTable *first;  /* the world before; path > value */
  GHashTable *places; /* and after, so that it can be compared */
  GPtrArray *sent;    /* (element-type utf8): the pipelines of the job or its undo */
} Outcome;

typedef struct {
  const char *kind;
  const char *when;
} Fault;

static const Fault changing[] = {
  { "error", "before" }, { "drop", "after" },  { "delay", "before" },
  { "error", "after" },  { "drop", "before" }, { "delay", "after" },
};
static const Fault reading[] = { { "error", "before" },
                                 { "drop", "before" },
                                 { "delay", "before" } };

static void
outcome_clear (Outcome *self)
{
  g_clear_pointer (&self->first, g_hash_table_unref);
  g_clear_pointer (&self->places, g_hash_table_unref);
  g_clear_pointer (&self->sent, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

/* Every case in the full run, else a spread: of three or six kinds of faults, each comes up. */
static guint
get_stride (guint least, guint n_cases, guint max_cases)
{
  const char *full = g_getenv ("EXC_TEST_FULL");
  guint stride = MAX (least, (n_cases + max_cases - 1) / max_cases);

  if (full != NULL && full[0] != '\0')
    return 1;
  while (stride % 2 == 0 || stride % 3 == 0)
    stride++;
  return stride;
}

static GPtrArray *
list_sent (RenewalTest *self)
{
  g_autoptr(JsonObject) answer = lab_test_control (&self->lab, "{\"op\":\"log\"}");
  JsonArray *log = json_object_get_array_member (answer, "log");
  GPtrArray *sent = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < json_array_get_length (log); i++)
    g_ptr_array_add (sent, g_strdup (json_array_get_string_element (log, i)));
  return sent;
}

/* "EXCH02\tGet-ExchangeCertificate … | New-ExchangeCertificate …": the names in it. */
static GStrv
dup_names (const char *line)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();
  g_autoptr(GRegex) regex = g_regex_new (
      "(?:\\t|\\| )([A-Z][A-Za-z]+-[A-Z][A-Za-z]+|[a-z-]+\\.ps1)", 0, 0, NULL);
  g_autoptr(GMatchInfo) match = NULL;

  for (g_regex_match (regex, line, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL)) {
    g_autofree char *name = g_match_info_fetch (match, 1);

    if (strcmp (name, "Select-Object") != 0) /* what is before it counts */
      g_strv_builder_add (names, name);
  }
  return g_strv_builder_end (names);
}

static gboolean
is_reading (const char *name)
{
  static const char *const scripts[] = { "inventory.ps1", "look.ps1", "events.ps1", NULL };

  return g_str_has_prefix (name, "Get-") || g_str_has_prefix (name, "Test-") ||
         g_strv_contains (scripts, name);
}

/* name > count, as a pointer */
static GHashTable *
count_names (GPtrArray *sent, gboolean changing_only)
{
  GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < sent->len; i++) {
    g_auto(GStrv) names = dup_names (g_ptr_array_index (sent, i));

    for (guint j = 0; names[j] != NULL; j++) {
      guint count = GPOINTER_TO_UINT (g_hash_table_lookup (counts, names[j]));

      if (!changing_only || !is_reading (names[j]))
        g_hash_table_insert (counts, g_strdup (names[j]), GUINT_TO_POINTER (count + 1));
    }
  }
  return counts;
}

/* --- One run --- */

typedef struct {
  RenewalTest *test;
  const Workflow *workflow;
  const Trouble *trouble;
  Outcome *outcome;
  char **words;
  char *folder; /* of the journal */
} Run;

static void
begin_again (Run *run)
{
  kill_test_remove_folder (run->folder);
  g_free (run->folder);
  run->folder = kill_test_make_folder ();
}

/* A job that failed says where and why. */
static void
assert_true_sentence (const char *output)
{
  const char *sentence = strchr (output, '\n');

  if (sentence == NULL || strstr (sentence, "failed") == NULL)
    g_error ("no sentence tells the failure: %s", output);
}

/* Starts the program until the job is where it has to be: @n_rounds waits, or its end. */
static void
run_part (Run *run, gboolean is_undo, guint n_rounds)
{
  const Trouble *trouble = run->trouble;
  const gboolean is_hit = trouble->in_undo == is_undo;
  const char *lane[] = { run->workflow->lane, NULL };
  guint n_failures = 0;
  guint n_waits = 0;

  if (is_hit && trouble->request != NULL)
    lab_test_do (&run->test->lab, trouble->request);
  for (guint i = 0;; i++) {
    const gboolean is_killed_here = is_hit && !run->outcome->was_killed && trouble->round == i;
    g_autofree char *output = NULL;

    if (i > MAX_ROUNDS)
      g_error ("the job does not come to its end");
    if (!kill_test_run (run->test,
                        run->folder,
                        is_undo ? "undo" : run->workflow->verb,
                        is_killed_here ? trouble->kill_before : 0,
                        is_killed_here ? trouble->kill_after : 0,
                        is_undo ? lane : (const char *const *) run->words,
                        &output)) {
      run->outcome->was_killed = TRUE;
      /* What was asked for is asked for again, with no day between. */
      continue;
    }
    if (is_hit)
      run->outcome->n_rows += (guint) g_ascii_strtoull (strchr (output, ' '), NULL, 10);
    if (g_str_has_prefix (output, is_undo ? "undone " : "done ") ||
        (!is_undo && g_str_has_prefix (output, "warnings ")))
      break;
    if (!is_undo && g_str_has_prefix (output, "waiting ")) {
      if (++n_waits == n_rounds)
        break;
      renewal_test_pass (run->test, PAUSE);
      continue;
    }
    g_test_message ("%s", output);
    assert_true_sentence (output);
    if (++n_failures > MAX_FAILURES)
      g_error ("the job does not get over it");
    lab_test_do (&run->test->lab, "{\"op\":\"clear\"}");
    g_unsetenv ("EXC_SHORT_LIMITS");
    if (run->workflow->has_secrets && !is_undo && n_failures == MAX_FAILURES)
      begin_again (run);
  }
  lab_test_do (&run->test->lab, "{\"op\":\"clear\"}");
  run->outcome->n_failures += n_failures;
  if (is_hit)
    run->outcome->n_rounds = n_waits + 1;
}

/* (transfer full) */
static char **
prepare (RenewalTest *self, const Workflow *workflow, const char *files)
{
  const char *server[] = { workflow->server, NULL };

  kill_test_begin_anew (self);
  return workflow->prepare != NULL ? workflow->prepare (self, workflow, files)
                                   : g_strdupv ((char **) server);
}

static void
run_workflow (RenewalTest *self, const Workflow *workflow, const Trouble *trouble, Outcome *outcome)
{
  g_autofree char *files = kill_test_make_folder ();
  g_auto(GStrv) words = NULL;
  g_autoptr(GHashTable) world = NULL;
  Run run = { self, workflow, trouble, outcome, NULL, kill_test_make_folder () };

  *outcome = (Outcome){ 0 };
  words = prepare (self, workflow, files);
  run.words = words;
  outcome->first = renewal_test_dump (self);
  lab_test_do (&self->lab, "{\"op\":\"log\",\"clear\":true}");

  run_part (&run, FALSE, trouble->in_undo ? MAX (1, workflow->n_undo_rounds) : 0);
  if (trouble->in_undo) {
    lab_test_do (&self->lab, "{\"op\":\"log\",\"clear\":true}");
    run_part (&run, TRUE, 0);
  }
  outcome->sent = list_sent (self);
  world = renewal_test_dump (self);
  outcome->places = places_of (world, outcome->first);
  kill_test_remove_folder (run.folder);
  kill_test_remove_folder (files);
  g_free (run.folder);
}

/* What the program sends before the first row of its journal: name > count, as a pointer. */
static GHashTable *
count_before_start (RenewalTest *self, const Workflow *workflow)
{
  g_autofree char *files = kill_test_make_folder ();
  g_autofree char *folder = kill_test_make_folder ();
  g_autofree char *output = NULL;
  g_autoptr(GPtrArray) sent = NULL;
  g_auto(GStrv) words = prepare (self, workflow, files);

  lab_test_do (&self->lab, "{\"op\":\"log\",\"clear\":true}");
  g_assert_false (
      kill_test_run (self, folder, workflow->verb, 1, 0, (const char *const *) words, &output));
  sent = list_sent (self);
  kill_test_remove_folder (folder);
  kill_test_remove_folder (files);
  return count_names (sent, FALSE);
}

/* --- The matrices --- */

static void
assert_same (Outcome *undisturbed, Outcome *outcome)
{
  static const char *const nothing[] = { NULL };

  renewal_test_assert_differs_only (undisturbed->places, outcome->places, nothing);
}

/* Whatever changes a server was sent as often as in the undisturbed run. But a restart, or
 * a synchronization with an Edge server, of which nobody knows whether it came about is made again,
 * and Set-AuthConfig names its server only where the session lives on another one. */
static void
assert_sent_as_often (Outcome *undisturbed, Outcome *outcome)
{
  static const char *const repeated[] = {
    "Set-AuthConfig", "Start-EdgeSynchronization", "restart-services.ps1", "recycle-pools.ps1", NULL
  };
  g_autoptr(GHashTable) expected = count_names (undisturbed->sent, TRUE);
  g_autoptr(GHashTable) counts = count_names (outcome->sent, TRUE);
  GHashTableIter iter;
  gpointer name;
  gpointer count;

  g_assert_cmpuint (g_hash_table_size (counts), ==, g_hash_table_size (expected));
  g_hash_table_iter_init (&iter, expected);
  while (g_hash_table_iter_next (&iter, &name, &count)) {
    guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, name));

    if (!g_strv_contains (repeated, name) && n != GPOINTER_TO_UINT (count))
      g_error ("%s was sent %u times instead of %u", (char *) name, n, GPOINTER_TO_UINT (count));
  }
}

/* The worlds before and after a job that was taken back. */
static void
assert_undone (const Workflow *workflow, Outcome *outcome)
{
  g_autoptr(GHashTable) before = places_of (outcome->first, outcome->first);

  renewal_test_assert_differs_only (before, outcome->places, workflow->stays);
}

/* The number of cases. */
static guint
kill_everywhere (RenewalTest *self,
                 const Workflow *workflow,
                 gboolean in_undo,
                 Outcome *undisturbed)
{
  const guint stride = get_stride (STRIDE_KILLS, undisturbed->n_rows, MAX_KILLS);
  guint n_cases = 0;

  for (guint round = 0; round < undisturbed->n_rounds; round++) {
    gboolean was_killed = TRUE;

    for (guint n = 1; was_killed; n += stride)
      for (guint when = 0; was_killed && when < 2; when++) {
        const guint row = n + when * (stride / 2);
        const Trouble trouble = { .in_undo = in_undo,
                                  .round = round,
                                  .kill_before = when == 0 ? (int) row : 0,
                                  .kill_after = when == 0 ? 0 : (int) row };
        g_auto(Outcome) outcome = { 0 };

        g_test_message ("start %u: killed %s row %u", round, when == 0 ? "before" : "after", row);
        run_workflow (self, workflow, &trouble, &outcome);
        was_killed = outcome.was_killed;
        assert_same (undisturbed, &outcome);
        if (!workflow->has_secrets)
          assert_sent_as_often (undisturbed, &outcome);
        n_cases += was_killed;
      }
  }
  return n_cases;
}

/* A fault at one of the commands. */
typedef struct {
  const char *name;
  guint skip; /* how often it goes well first */
  const Fault *fault;
} FaultCase;

/* (element-type FaultCase): at each time that each command is sent once the job has begun */
static GArray *
list_faults (GHashTable *before, GHashTable *counts)
{
  GArray *cases = g_array_new (FALSE, FALSE, sizeof (FaultCase));
  g_autoptr(GList) names = g_list_sort (g_hash_table_get_keys (counts), (GCompareFunc) strcmp);

  for (GList *each = names; each != NULL; each = each->next) {
    const gboolean reads = is_reading (each->data);
    const Fault *faults = reads ? reading : changing;
    const guint n_faults = reads ? G_N_ELEMENTS (reading) : G_N_ELEMENTS (changing);
    const guint end = GPOINTER_TO_UINT (g_hash_table_lookup (counts, each->data));
    guint skip = before != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (before, each->data)) : 0;

    for (; skip < end; skip++)
      for (guint i = 0; i < n_faults; i++) {
        const FaultCase one = { each->data, skip, &faults[i] };

        g_array_append_val (cases, one);
      }
  }
  return cases;
}

static void
survive_fault (RenewalTest *self,
               const Workflow *workflow,
               gboolean in_undo,
               Outcome *undisturbed,
               const FaultCase *one)
{
  g_autofree char *request = g_strdup_printf (
      "{\"op\":\"fault\",\"kind\":\"%s\",\"command\":\"%s\",\"when\":\"%s\",\"after\":%u,"
      "\"times\":1,\"ms\":600000,\"message\":\"The directory is unavailable.\"}",
      one->fault->kind,
      one->name,
      one->fault->when,
      one->skip);
  const Trouble trouble = { .in_undo = in_undo, .request = request };
  g_auto(Outcome) outcome = { 0 };

  g_test_message (
      "%s %s %s, number %u", one->fault->kind, one->fault->when, one->name, one->skip + 1);
  if (strcmp (one->fault->kind, "delay") == 0)
    g_setenv ("EXC_SHORT_LIMITS", "1", TRUE);
  run_workflow (self, workflow, &trouble, &outcome);
  g_unsetenv ("EXC_SHORT_LIMITS");
  assert_same (undisturbed, &outcome);
}

/* The number of cases. */
static guint
fail_everywhere (RenewalTest *self,
                 const Workflow *workflow,
                 gboolean in_undo,
                 Outcome *undisturbed)
{
  g_autoptr(GHashTable) before = in_undo ? NULL : count_before_start (self, workflow);
  g_autoptr(GHashTable) counts = count_names (undisturbed->sent, FALSE);
  g_autoptr(GArray) cases = list_faults (before, counts);
  const guint stride = get_stride (STRIDE_FAULTS, cases->len, MAX_FAULTS);
  guint n_cases = 0;

  for (guint i = 0; i < cases->len; i += stride) {
    survive_fault (self, workflow, in_undo, undisturbed, &g_array_index (cases, FaultCase, i));
    n_cases++;
  }
  return n_cases;
}

static void
test_workflow (RenewalTest *self, gconstpointer data)
{
  const Workflow *workflow = data;

  for (guint in_undo = 0; in_undo < (workflow->lane != NULL ? 2 : 1); in_undo++) {
    const Trouble none = { .in_undo = in_undo };
    g_auto(Outcome) undisturbed = { 0 };
    guint n_killed;
    guint n_failed;

    run_workflow (self, workflow, &none, &undisturbed);
    g_assert_cmpuint (undisturbed.n_failures, ==, 0);
    if (in_undo)
      assert_undone (workflow, &undisturbed);
    n_killed = kill_everywhere (self, workflow, in_undo, &undisturbed);
    n_failed = fail_everywhere (self, workflow, in_undo, &undisturbed);
    g_test_message (
        "%s%s: %u kills, %u faults", workflow->name, in_undo ? ", undone" : "", n_killed, n_failed);
    g_assert_cmpuint (n_killed, >, 1);
    g_assert_cmpuint (n_failed, >, 0);
  }
}

static void
set_up (RenewalTest *self, gconstpointer data)
{
  renewal_test_set_up (self, ((const Workflow *) data)->scenario);
  renewal_test_let_time_pass_everywhere (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (const Workflow *each = workflows; each->name != NULL; each++) {
    g_autofree char *path = g_strconcat ("/lab/matrix/", each->name, NULL);

    g_test_add (path, RenewalTest, each, set_up, test_workflow, renewal_test_tear_down);
  }
  return g_test_run ();
}
