/* test-auth-faults.c — the Auth certificate replaced while replies of any kind are cut
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-plan-auth.h"
#include "renewal-test.h"

static ExcJob *
start (RenewalTest *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcPlan) plan = exc_plan_new_replace_auth (
      exc_organization_get_snapshot (self->lab.organization), NULL, &error);
  ExcJob *job;

  g_assert_no_error (error);
  g_assert_false (exc_plan_is_blocked (plan));
  job = exc_jobs_start (self->jobs, plan, self->lab.organization, &error);
  g_assert_no_error (error);
  return job;
}

static void
wait_until_idle (ExcJob *job)
{
  while (exc_job_get_is_active (job))
    g_main_context_iteration (NULL, TRUE);
}

static guint
count (GHashTable *world, const char *thumbprint)
{
  GHashTableIter iter;
  gpointer path;
  gpointer value;
  guint n = 0;

  g_hash_table_iter_init (&iter, world);
  while (g_hash_table_iter_next (&iter, &path, &value))
    n += g_pattern_match_simple ("/servers/*/my/*/thumbprint", path) &&
         (thumbprint == NULL || g_strcmp0 (value, thumbprint) == 0);
  return n;
}

/* Its servers have it once each, and nothing else has changed. */
static void
assert_replaced (GHashTable *before, GHashTable *after, const char *what)
{
  const char *current = g_hash_table_lookup (after, "/authConfig/current");

  g_test_message ("%s", what);
  g_assert_cmpstr (g_hash_table_lookup (before, "/authConfig/current"), !=, current);
  g_assert_cmpstr (g_hash_table_lookup (after, "/authConfig/previous"),
                   ==,
                   g_hash_table_lookup (before, "/authConfig/current"));
  g_assert_cmpuint (count (after, current), ==, 4);
  g_assert_cmpuint (count (after, NULL), ==, count (before, NULL) + 4);
  for (guint i = 0; i < 4; i++) {
    g_autofree char *path = g_strdup_printf ("/servers/%u/internalTransport", i);

    g_assert_cmpstr (g_hash_table_lookup (before, path), ==, g_hash_table_lookup (after, path));
  }
}

static void
begin_anew (RenewalTest *self)
{
  g_autoptr(GError) error = NULL;

  exc_clock_set_offset (self->lab.clock, 0);
  lab_test_do (&self->lab, "{\"op\":\"clock\",\"offset\":0}");
  lab_test_do (&self->lab, "{\"op\":\"reset\"}");
  g_assert_true (lab_test_refresh (&self->lab, NULL, &error));
  g_assert_no_error (error);
}

/* The soak is left to another day, so the end of each is a wait. */
static void
survives (RenewalTest *self, const char *request, const char *what)
{
  g_autoptr(GHashTable) before = NULL;
  g_autoptr(GHashTable) after = NULL;
  g_autoptr(ExcJob) job = NULL;
  g_autoptr(GError) error = NULL;

  begin_anew (self);
  before = renewal_test_dump (self);
  lab_test_do (&self->lab, request);
  job = start (self);
  wait_until_idle (job);
  lab_test_do (&self->lab, "{\"op\":\"clear\"}");
  if (exc_job_get_state (job) != EXC_STATE_WAITING) {
    g_test_message ("%s: %s", what, exc_job_get_summary (job));
    g_assert_nonnull (strstr (exc_job_get_summary (job), "failed at step"));
    exc_jobs_resume (self->jobs, job, self->lab.organization, &error);
    g_assert_no_error (error);
    renewal_test_finish (job, EXC_STATE_WAITING);
  }
  after = renewal_test_dump (self);
  assert_replaced (before, after, what);
  /* Out of the way of the next one. */
  renewal_test_undo (self, job, EXC_LANE_ORGANIZATION);
  renewal_test_finish (job, EXC_STATE_UNDONE);
}

/* Every case in the full run, else every other. */
static guint
get_stride (void)
{
  const char *full = g_getenv ("EXC_TEST_FULL");

  return full != NULL && full[0] != '\0' ? 1 : 2;
}

/* Every request of any kind may be cut, anywhere. */
static void
test_drops_everywhere (RenewalTest *self, gconstpointer data)
{
  renewal_test_let_time_pass_everywhere (self);
  for (guint n = 0; n < 12; n += get_stride ()) {
    g_autofree char *what = g_strdup_printf ("drop after %u requests", n * 9);
    g_autofree char *request =
        g_strdup_printf ("{\"op\":\"fault\",\"kind\":\"drop\",\"after\":%u,\"times\":2}", n * 9);

    survives (self, request, what);
  }
}

#define ADD(path, func)                                                                            \
  g_test_add (path, RenewalTest, "two-sites", renewal_test_set_up, func, renewal_test_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/lab/auth-faults/drops-everywhere", test_drops_everywhere);

  return g_test_run ();
}
