/* test-order.c — members of a DAG do not follow each other
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-plan-private.h"

#include "../model/model-test.h"

static ExcSnapshot *
make_snapshot (const char *const *members)
{
  static const char *const names[] = { "A1", "A2", "A3", "B1", "B2" };
  g_autoptr(ExcOrganizationFacts) shared = model_test_shared (NULL);
  g_autoptr(ExcSnapshotBuilder) builder = NULL;
  ExcDagRecord *dag = g_new0 (ExcDagRecord, 1);

  dag->name = g_strdup ("DAG01");
  dag->servers = g_strdupv ((GStrv) members);
  g_clear_pointer (&shared->dags, g_ptr_array_unref);
  shared->dags = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_dag_record_free);
  g_ptr_array_add (shared->dags, dag);

  builder = exc_snapshot_builder_new (shared, NULL, MODEL_TEST_NOW);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr(ExcServerFacts) facts = model_test_facts (names[i]);

    exc_snapshot_builder_add (builder, facts);
  }
  return exc_snapshot_builder_finish (builder);
}

static void
test_order (void)
{
  static const struct {
    const char *asked;
    const char *done;
  } cases[] = {
    { "A1", "A1" },
    { "B1 B2", "B1 B2" }, /* of no DAG: as they were named */
    { "A1 A2", "A1 A2" }, /* nothing can go between */
    { "A1 A2 B1", "A1 B1 A2" },
    { "B1 A1 B2 A2", "B1 A1 B2 A2" },
    { "A1 A2 A3 B1 B2", "A1 B1 A2 B2 A3" },
    { "a1.contoso.lab A2 B1", "a1.contoso.lab B1 A2" },
    { "A1 A2 NOWHERE", "A1 NOWHERE A2" }, /* refused later, by its name */
  };
  g_autoptr(ExcSnapshot) snapshot =
                 make_snapshot ((const char *[]){ "A1", "a2.contoso.lab", "A3", NULL });

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto(GStrv) asked = g_strsplit (cases[i].asked, " ", -1);
    g_auto(GStrv) ordered = exc_plan_order_servers (snapshot, (const char *const *) asked);
    g_autofree char *done = g_strjoinv (" ", ordered);

    g_assert_cmpstr (done, ==, cases[i].done);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/plan/order", test_order);

  return g_test_run ();
}
