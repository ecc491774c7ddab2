/* plan-test.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "plan-test.h"

void
plan_test_assert_check (ExcPlan *plan, ExcCheckResult result, const char *part)
{
  GListModel *checks = exc_plan_get_checks (plan);

  for (guint i = 0; i < g_list_model_get_n_items (checks); i++) {
    g_autoptr(ExcCheck) check = g_list_model_get_item (checks, i);

    if (strstr (exc_check_get_text (check), part) == NULL)
      continue;
    g_assert_cmpint (exc_check_get_result (check), ==, result);
    return;
  }
  g_error ("no check says “%s”", part);
}

guint
plan_test_count_checks (ExcPlan *plan, ExcCheckResult result)
{
  GListModel *checks = exc_plan_get_checks (plan);
  guint n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (checks); i++) {
    g_autoptr(ExcCheck) check = g_list_model_get_item (checks, i);

    n += exc_check_get_result (check) == result;
  }
  return n;
}

char *
plan_test_dup_ids (GPtrArray *steps)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < steps->len; i++)
    g_string_append_printf (
        text, "%s%s", i > 0 ? " " : "", exc_step_get_id (g_ptr_array_index (steps, i)));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
plan_test_assert_has (const char *text, const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("“%s” is not in:\n%s", part, text);
}

void
plan_test_assert_comes_back (ExcPlan *plan)
{
  g_autofree char *json = exc_plan_to_json (plan);
  g_autofree char *preview = exc_plan_dup_preview (plan, TRUE);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcPlan) again = exc_plan_new_from_json (exc_plan_get_kind (plan), json, &error);
  g_autofree char *json_again = NULL;
  g_autofree char *preview_again = NULL;

  g_assert_no_error (error);
  json_again = exc_plan_to_json (again);
  preview_again = exc_plan_dup_preview (again, TRUE);
  g_assert_cmpstr (json_again, ==, json);
  g_assert_cmpstr (preview_again, ==, preview);
  g_assert_cmpstr (exc_plan_get_title (again), ==, exc_plan_get_title (plan));
}
