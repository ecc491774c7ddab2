/* exc-plan.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-error.h"
#include "exc-plan-private.h"

#include <glib/gi18n.h>

struct _ExcPlan {
  GObject parent_instance;

  char *kind;
  char *title;
  JsonNode *input;    /* (nullable): in tests of the runner alone */
  GPtrArray *lanes;   /* (element-type Lane) */
  GPtrArray *servers; /* (element-type utf8), NULL at the end */
  GListStore *checks;
};

typedef struct {
  char *server;
  GPtrArray *steps; /* (element-type ExcStep) */
  GPtrArray *undo_steps;
} Lane;

G_DEFINE_FINAL_TYPE (ExcPlan, exc_plan, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_TITLE,
  PROP_KIND,
  PROP_CHECKS,
  N_PROPS,
};

static void
lane_free (Lane *lane)
{
  g_free (lane->server);
  g_ptr_array_unref (lane->steps);
  g_ptr_array_unref (lane->undo_steps);
  g_free (lane);
}

static void
exc_plan_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ExcPlan *self = EXC_PLAN (object);

  switch (prop_id) {
  case PROP_TITLE:
    g_value_set_string (value, exc_plan_get_title (self));
    break;
  case PROP_KIND:
    g_value_set_string (value, self->kind);
    break;
  case PROP_CHECKS:
    g_value_set_object (value, self->checks);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_plan_finalize (GObject *object)
{
  ExcPlan *self = EXC_PLAN (object);

  g_free (self->kind);
  g_free (self->title);
  g_clear_pointer (&self->input, json_node_unref);
  g_ptr_array_unref (self->lanes);
  g_ptr_array_unref (self->servers);
  g_object_unref (self->checks);

  G_OBJECT_CLASS (exc_plan_parent_class)->finalize (object);
}

static void
exc_plan_class_init (ExcPlanClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = exc_plan_get_property;
  object_class->finalize = exc_plan_finalize;

  g_object_class_install_property (
      object_class, PROP_TITLE, g_param_spec_string ("title", NULL, NULL, NULL, flags));
  g_object_class_install_property (
      object_class, PROP_KIND, g_param_spec_string ("kind", NULL, NULL, NULL, flags));
  g_object_class_install_property (
      object_class,
      PROP_CHECKS,
      g_param_spec_object ("checks", NULL, NULL, G_TYPE_LIST_MODEL, flags));
}

static void
exc_plan_init (ExcPlan *self)
{
  self->lanes = g_ptr_array_new_with_free_func ((GDestroyNotify) lane_free);
  self->servers = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->servers, NULL);
  self->checks = g_list_store_new (EXC_TYPE_CHECK);
}

ExcPlan *
exc_plan_new (const char *kind)
{
  ExcPlan *self = g_object_new (EXC_TYPE_PLAN, NULL);

  self->kind = g_strdup (kind);
  return self;
}

gboolean
exc_plan_build (ExcPlan *self, JsonNode *input, GError **error)
{
  const ExcPlanKind *kind = exc_plan_kind_find (self->kind);

  g_clear_pointer (&self->input, json_node_unref);
  self->input = input;
  json_object_set_int_member (json_node_get_object (input), "version", kind->version);
  return kind->build (self, json_node_get_object (input), error);
}

void
exc_plan_add_lane (ExcPlan *self, const char *server, GPtrArray *steps, GPtrArray *undo_steps)
{
  Lane *lane = g_new0 (Lane, 1);

  lane->server = g_strdup (server);
  lane->steps = g_ptr_array_ref (steps);
  lane->undo_steps = g_ptr_array_ref (undo_steps);
  g_ptr_array_add (self->lanes, lane);
  g_ptr_array_insert (self->servers, (int) self->servers->len - 1, g_strdup (server));
}

static int
compare_checks (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return (int) exc_check_get_result (EXC_CHECK ((gpointer) b)) -
         (int) exc_check_get_result (EXC_CHECK ((gpointer) a));
}

/* Worst first; of equal ones the earlier first. */
void
exc_plan_add_check (ExcPlan *self, const char *server, ExcCheckResult result, const char *text)
{
  g_autoptr(ExcCheck) check = exc_check_new (server, result, text);

  g_list_store_insert_sorted (self->checks, check, compare_checks, NULL);
}

void
exc_plan_set_title (ExcPlan *self, const char *title)
{
  g_free (self->title);
  self->title = g_strdup (title);
}

const char *
exc_plan_get_title (ExcPlan *self)
{
  g_return_val_if_fail (EXC_IS_PLAN (self), NULL);

  return self->title;
}

const char *
exc_plan_get_kind (ExcPlan *self)
{
  g_return_val_if_fail (EXC_IS_PLAN (self), NULL);

  return self->kind;
}

const char *const *
exc_plan_get_servers (ExcPlan *self)
{
  g_return_val_if_fail (EXC_IS_PLAN (self), NULL);

  return (const char *const *) self->servers->pdata;
}

static Lane *
find_lane (ExcPlan *self, const char *server)
{
  for (guint i = 0; i < self->lanes->len; i++) {
    Lane *lane = g_ptr_array_index (self->lanes, i);

    if (g_ascii_strcasecmp (lane->server, server) == 0)
      return lane;
  }
  return NULL;
}

/**
 * exc_plan_get_steps:
 *
 * Returns: (transfer none) (nullable) (element-type ExcStep): the steps of a server of the plan
 */
GPtrArray *
exc_plan_get_steps (ExcPlan *self, const char *server)
{
  Lane *lane;

  g_return_val_if_fail (EXC_IS_PLAN (self), NULL);
  g_return_val_if_fail (server != NULL, NULL);

  lane = find_lane (self, server);
  return lane != NULL ? lane->steps : NULL;
}

GPtrArray *
exc_plan_dup_undo_steps (ExcPlan *self, const char *server)
{
  Lane *lane;

  g_return_val_if_fail (EXC_IS_PLAN (self), NULL);
  g_return_val_if_fail (server != NULL, NULL);

  lane = find_lane (self, server);
  return lane != NULL ? g_ptr_array_ref (lane->undo_steps) : NULL;
}

GListModel *
exc_plan_get_checks (ExcPlan *self)
{
  g_return_val_if_fail (EXC_IS_PLAN (self), NULL);

  return G_LIST_MODEL (self->checks);
}

gboolean
exc_plan_is_blocked (ExcPlan *self)
{
  g_return_val_if_fail (EXC_IS_PLAN (self), TRUE);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->checks)); i++) {
    g_autoptr(ExcCheck) check = g_list_model_get_item (G_LIST_MODEL (self->checks), i);

    if (exc_check_get_result (check) == EXC_CHECK_BLOCKED)
      return TRUE;
  }
  return self->lanes->len == 0;
}

static void
add_powershell (GString *text, ExcStep *step)
{
  g_autoptr(GPtrArray) pipelines = exc_step_build (step, NULL);

  for (guint i = 0; pipelines != NULL && i < pipelines->len; i++) {
    g_autofree char *powershell = exc_pipeline_to_powershell (g_ptr_array_index (pipelines, i));
    g_auto(GStrv) lines = g_strsplit (powershell, "\n", -1);

    for (guint j = 0; lines[j] != NULL; j++)
      g_string_append_printf (text, "%s%s\n", lines[j][0] != '\0' ? "     " : "", lines[j]);
  }
}

/**
 * exc_plan_dup_preview:
 * @with_powershell: with the exact commands and scripts under each step
 *
 * What is going to be done, as text: a heading for each server, its steps numbered. What only the
 * run can tell stands as ‹NEW›.
 *
 * Returns: (transfer full): the text
 */
char *
exc_plan_dup_preview (ExcPlan *self, gboolean with_powershell)
{
  g_autoptr(GString) text = g_string_new (NULL);

  g_return_val_if_fail (EXC_IS_PLAN (self), NULL);

  for (guint i = 0; i < self->lanes->len; i++) {
    Lane *lane = g_ptr_array_index (self->lanes, i);

    if (i > 0)
      g_string_append_c (text, '\n');
    g_string_append_printf (text,
                            "%s\n",
                            g_str_equal (lane->server, EXC_LANE_ORGANIZATION)
                            ? _ ("Whole organization")
                            : lane->server);
    for (guint j = 0; j < lane->steps->len; j++) {
      g_autofree char *sentence = exc_step_describe (g_ptr_array_index (lane->steps, j));

      g_string_append_printf (text, "  %u. %s\n", j + 1, sentence);
      if (with_powershell)
        add_powershell (text, g_ptr_array_index (lane->steps, j));
    }
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
exc_plan_to_json (ExcPlan *self)
{
  g_return_val_if_fail (EXC_IS_PLAN (self), NULL);
  g_return_val_if_fail (self->input != NULL, NULL);

  return json_to_string (self->input, FALSE);
}

/**
 * exc_plan_new_from_json:
 * @kind: of the plan
 * @json: as exc_plan_to_json() gave it
 *
 * Returns: (transfer full): the plan without its checks; %NULL with %EXC_ERROR_STORE for a kind or
 *   a version that is not known
 */
ExcPlan *
exc_plan_new_from_json (const char *kind, const char *json, GError **error)
{
  const ExcPlanKind *known = exc_plan_kind_find (kind);
  g_autoptr(JsonNode) root = NULL;
  g_autoptr(ExcPlan) self = NULL;

  g_return_val_if_fail (kind != NULL, NULL);
  g_return_val_if_fail (json != NULL, NULL);

  root = json_from_string (json, NULL);
  if (known == NULL || root == NULL || !JSON_NODE_HOLDS_OBJECT (root) ||
      json_object_get_int_member_with_default (json_node_get_object (root), "version", 0) !=
          known->version) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_STORE,
                 _("The journal holds a plan “%s” that this version does not know."), kind);
    return NULL;
  }

  self = exc_plan_new (kind);
  if (!exc_plan_build (self, g_steal_pointer (&root), error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * exc_plan_dup_summary:
 *
 * Returns: (transfer full): a sentence on how far the plan has come
 */
char *
exc_plan_dup_summary (ExcPlan *self, guint n_done, guint n_servers)
{
  g_return_val_if_fail (EXC_IS_PLAN (self), NULL);

  return exc_plan_kind_find (self->kind)->summarize (n_done, n_servers);
}
