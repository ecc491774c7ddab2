/* exc-plan.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-error.h"
#include "exc-plan-private.h"
#include "exc-renew-steps.h"

#include <glib/gi18n.h>

#define KIND_RENEW   "renew-microsoft-exchange"
#define PLAN_VERSION 1

struct _ExcPlan {
  GObject parent_instance;

  char *kind;
  char *title;
  ExcRenewOptions options;
  GPtrArray *lanes;   /* (element-type Lane) */
  GPtrArray *servers; /* (element-type utf8), NULL at the end */
  GListStore *checks;
};

typedef struct {
  char *server;
  ExcRenewTarget *target; /* (nullable) */
  GPtrArray *steps;       /* (element-type ExcStep) */
  GPtrArray *undo_steps;
} Lane;

static const char *const restart_ids[] = {
  [EXC_RESTART_NONE] = "none",
  [EXC_RESTART_POOLS] = "pools",
  [EXC_RESTART_TRANSPORT] = "transport",
  [EXC_RESTART_IIS] = "iis",
};

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
  g_clear_pointer (&lane->target, exc_renew_target_unref);
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
exc_plan_new (const char *kind, const ExcRenewOptions *options)
{
  ExcPlan *self = g_object_new (EXC_TYPE_PLAN, NULL);

  self->kind = g_strdup (kind);
  if (options != NULL)
    self->options = *options;
  return self;
}

void
exc_plan_add_server (ExcPlan *self,
                     const char *server,
                     ExcRenewTarget *target,
                     GPtrArray *steps,
                     GPtrArray *undo_steps)
{
  Lane *lane = g_new0 (Lane, 1);

  lane->server = g_strdup (server);
  lane->target = target != NULL ? exc_renew_target_ref (target) : NULL;
  lane->steps = g_ptr_array_ref (steps);
  lane->undo_steps = g_ptr_array_ref (undo_steps);
  g_ptr_array_add (self->lanes, lane);
  g_ptr_array_insert (self->servers, (int) self->servers->len - 1, g_strdup (server));
}

/* In the order that keeps the server working: first what others rely on is there, then it is used.
 * The way back: nothing uses the new one any more, then it goes, its trust last (steps.md U-A). */
void
exc_plan_add_target (ExcPlan *self, ExcRenewTarget *target)
{
  g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GPtrArray) undo_steps = g_ptr_array_new_with_free_func (g_object_unref);
  ExcStep *create = exc_step_create_new (target);
  ExcStep *trust = exc_step_trust_new (target);
  ExcStep *back_end = exc_step_bind_back_end_new (target);
  ExcStep *front_end = exc_step_bind_front_end_new (target);

  g_ptr_array_add (steps, create);
  g_ptr_array_add (steps, trust);
  g_ptr_array_add (steps, back_end);
  g_ptr_array_add (steps, front_end);
  if (self->options.restart != EXC_RESTART_NONE)
    g_ptr_array_add (steps, exc_step_restart_new (target, self->options.restart));
  g_ptr_array_add (steps, exc_step_check_new (target));

  g_ptr_array_add (undo_steps, g_object_ref (front_end));
  g_ptr_array_add (undo_steps, g_object_ref (back_end));
  g_ptr_array_add (undo_steps, g_object_ref (create));
  g_ptr_array_add (undo_steps, g_object_ref (trust));
  exc_plan_add_server (self, target->fqdn, target, steps, undo_steps);
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

  if (self->title == NULL)
    self->title = g_strdup_printf (ngettext ("Renew Microsoft Exchange on %u server",
                                             "Renew Microsoft Exchange on %u servers",
                                             self->lanes->len),
                                   self->lanes->len);
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
    g_string_append_printf (text, "%s\n", lane->server);
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
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(JsonNode) root = NULL;

  g_return_val_if_fail (EXC_IS_PLAN (self), NULL);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "version");
  json_builder_add_int_value (builder, PLAN_VERSION);
  json_builder_set_member_name (builder, "restart");
  json_builder_add_string_value (builder, restart_ids[self->options.restart]);
  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->lanes->len; i++) {
    Lane *lane = g_ptr_array_index (self->lanes, i);

    if (lane->target != NULL)
      exc_renew_target_write (lane->target, builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

static gboolean
read_restart (JsonObject *object, ExcRestart *restart)
{
  const char *id = json_object_get_string_member_with_default (object, "restart", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (restart_ids); i++) {
    if (g_strcmp0 (id, restart_ids[i]) != 0)
      continue;
    *restart = i;
    return TRUE;
  }
  return FALSE;
}

ExcPlan *
exc_plan_new_from_json (const char *kind, const char *json, GError **error)
{
  g_autoptr(JsonNode) root = NULL;
  g_autoptr(ExcPlan) self = NULL;
  ExcRenewOptions options = { 0 };
  JsonObject *object;
  JsonNode *servers;

  g_return_val_if_fail (kind != NULL, NULL);
  g_return_val_if_fail (json != NULL, NULL);

  root = json_from_string (json, NULL);
  object = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root) : NULL;
  servers = object != NULL ? json_object_get_member (object, "servers") : NULL;
  if (strcmp (kind, KIND_RENEW) != 0 || servers == NULL || !JSON_NODE_HOLDS_ARRAY (servers) ||
      json_object_get_int_member_with_default (object, "version", 0) != PLAN_VERSION ||
      !read_restart (object, &options.restart)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_STORE,
                 _("The journal holds a plan “%s” that this version does not know."), kind);
    return NULL;
  }

  self = exc_plan_new (kind, &options);
  for (guint i = 0; i < json_array_get_length (json_node_get_array (servers)); i++) {
    g_autoptr(ExcRenewTarget) target = exc_renew_target_read (
        json_array_get_element (json_node_get_array (servers), i), error);

    if (target == NULL)
      return NULL;
    exc_plan_add_target (self, target);
  }
  return g_steal_pointer (&self);
}
