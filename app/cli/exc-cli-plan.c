/* exc-cli-plan.c — a plan: shown, or run
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cli"

#include "config.h"

#include "exc-cli-private.h"

#include <glib/gi18n.h>

static const char *
check_to_id (ExcCheckResult result)
{
  switch (result) {
  case EXC_CHECK_PASSED:
    return "passed";
  case EXC_CHECK_WARNING:
    return "warning";
  default:
    return "blocked";
  }
}

static const char *
check_to_text (ExcCheckResult result)
{
  switch (result) {
  case EXC_CHECK_PASSED:
    return C_("check", "Passed");
  case EXC_CHECK_WARNING:
    return C_("check", "Warning");
  default:
    return C_("check", "Blocked");
  }
}

static void
add_powershell (JsonBuilder *builder, ExcStep *step)
{
  g_autoptr(GPtrArray) pipelines = exc_step_build (step, NULL);

  json_builder_set_member_name (builder, "powershell");
  json_builder_begin_array (builder);
  for (guint i = 0; pipelines != NULL && i < pipelines->len; i++) {
    g_autofree char *text = exc_pipeline_to_powershell (g_ptr_array_index (pipelines, i));

    json_builder_add_string_value (builder, text);
  }
  json_builder_end_array (builder);
}

static void
add_lanes (JsonBuilder *builder, ExcPlan *plan)
{
  const char *const *servers = exc_plan_get_servers (plan);

  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  for (guint i = 0; servers[i] != NULL; i++) {
    GPtrArray *steps = exc_plan_get_steps (plan, servers[i]);

    json_builder_begin_object (builder);
    exc_json_add_text (builder, "server", servers[i]);
    json_builder_set_member_name (builder, "steps");
    json_builder_begin_array (builder);
    for (guint j = 0; j < steps->len; j++) {
      g_autofree char *text = exc_step_describe (g_ptr_array_index (steps, j));

      json_builder_begin_object (builder);
      exc_json_add_text (builder, "id", exc_step_get_id (g_ptr_array_index (steps, j)));
      exc_json_add_text (builder, "text", text);
      add_powershell (builder, g_ptr_array_index (steps, j));
      json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

static void
print_plan_json (ExcPlan *plan)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  GListModel *checks = exc_plan_get_checks (plan);

  json_builder_begin_object (builder);
  exc_json_add_text (builder, "title", exc_plan_get_title (plan));
  exc_json_add_text (builder, "kind", exc_plan_get_kind (plan));
  json_builder_set_member_name (builder, "blocked");
  json_builder_add_boolean_value (builder, exc_plan_is_blocked (plan));
  json_builder_set_member_name (builder, "checks");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (checks); i++) {
    g_autoptr(ExcCheck) check = g_list_model_get_item (checks, i);

    json_builder_begin_object (builder);
    exc_json_add_text (builder, "server", exc_check_get_server (check));
    exc_json_add_text (builder, "result", check_to_id (exc_check_get_result (check)));
    exc_json_add_text (builder, "text", exc_check_get_text (check));
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  add_lanes (builder, plan);
  json_builder_end_object (builder);
  exc_cli_json_print (builder, TRUE);
}

static char *
describe_check (ExcCheck *check)
{
  const char *server = exc_check_get_server (check);
  const char *result = check_to_text (exc_check_get_result (check));

  return server == NULL
             ? g_strdup_printf ("%s: %s", result, exc_check_get_text (check))
             : g_strdup_printf ("%s: %s: %s", result, server, exc_check_get_text (check));
}

/* A script stands by its name and its parameters. */
static void
print_step (guint number, ExcStep *step)
{
  g_autofree char *text = exc_step_describe (step);
  g_autoptr(GPtrArray) pipelines = exc_step_build (step, NULL);

  g_print ("  %u. %s\n", number, text);
  for (guint i = 0; pipelines != NULL && i < pipelines->len; i++) {
    g_autofree char *line = exc_pipeline_to_line (g_ptr_array_index (pipelines, i));

    g_print ("     %s\n", line);
  }
}

static void
print_plan (ExcCli *self, ExcPlan *plan)
{
  GListModel *checks = exc_plan_get_checks (plan);
  const char *const *servers = exc_plan_get_servers (plan);

  g_print ("%s\n\n", exc_plan_get_title (plan));
  for (guint i = 0; i < g_list_model_get_n_items (checks); i++) {
    g_autoptr(ExcCheck) check = g_list_model_get_item (checks, i);
    g_autofree char *line = describe_check (check);

    g_print ("%s\n", line);
  }
  if (self->options->powershell) {
    g_autofree char *preview = exc_plan_dup_preview (plan, TRUE);

    g_print ("\n%s\n", preview);
    return;
  }
  for (guint i = 0; servers[i] != NULL; i++) {
    GPtrArray *steps = exc_plan_get_steps (plan, servers[i]);

    g_print ("\n%s\n",
             g_str_equal (servers[i], EXC_LANE_ORGANIZATION)
             ? _("Whole organization")
             : servers[i]);
    for (guint j = 0; j < steps->len; j++)
      print_step (j + 1, g_ptr_array_index (steps, j));
  }
}

/* What speaks against the plan, on standard error. */
static void
say_checks (ExcCli *self, ExcPlan *plan)
{
  GListModel *checks = exc_plan_get_checks (plan);

  for (guint i = 0; i < g_list_model_get_n_items (checks); i++) {
    g_autoptr(ExcCheck) check = g_list_model_get_item (checks, i);
    g_autofree char *line = NULL;

    if (exc_check_get_result (check) == EXC_CHECK_PASSED)
      continue;
    line = describe_check (check);
    exc_cli_say (self, line);
  }
}

/* Not blocked by anything, but without a server where something is to be done. */
static gboolean
is_empty (ExcPlan *plan)
{
  g_autoptr(ExcCheck) worst = g_list_model_get_item (exc_plan_get_checks (plan), 0);

  return exc_plan_get_servers (plan)[0] == NULL &&
         (worst == NULL || exc_check_get_result (worst) != EXC_CHECK_BLOCKED);
}

static int
preview (ExcCli *self, ExcPlan *plan)
{
  if (self->options->json)
    print_plan_json (plan);
  else
    print_plan (self, plan);
  if (is_empty (plan)) {
    exc_cli_say (self, _("There is nothing to do."));
    return EXC_EXIT_DONE;
  }
  if (exc_plan_is_blocked (plan)) {
    exc_cli_say (self, _("This plan cannot run: a check blocks it."));
    return EXC_EXIT_REFUSED;
  }
  exc_cli_say (self, _("Nothing was changed. Add --yes to run this plan."));
  return EXC_EXIT_DONE;
}

/**
 * exc_cli_run_plan:
 * @self: the program
 * @plan: what is to be done
 * @error: why it cannot be started
 *
 * Shows the plan; with --yes, runs it instead.
 *
 * Returns: the exit code; -1 on error
 */
int
exc_cli_run_plan (ExcCli *self, ExcPlan *plan, GError **error)
{
  ExcJobs *jobs = exc_context_get_jobs (self->context);
  g_autoptr(ExcJob) job = NULL;

  if (!self->options->yes || is_empty (plan))
    return preview (self, plan);

  say_checks (self, plan);
  exc_jobs_set_is_read_only (jobs, FALSE);
  job = exc_jobs_start (jobs, plan, exc_context_get_organization (self->context), error);
  if (job == NULL)
    return -1;
  return exc_cli_follow_job (self, job, error);
}
