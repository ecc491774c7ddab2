/* exc-plan-pages.c — what the pages of the plan window show
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan-pages"

#include "config.h"

#include "exc-plan-window-private.h"

#include "exc-format.h"

#include <glib/gi18n.h>

static void
clear_list (GtkListBox *list)
{
  GtkListBoxRow *row = NULL;

  while ((row = gtk_list_box_get_row_at_index (list, 0)) != NULL)
    gtk_list_box_remove (list, GTK_WIDGET (row));
}

static GtkWidget *
make_icon (const char *icon_name, const char *css_class)
{
  GtkWidget *image = g_object_new (GTK_TYPE_IMAGE,
                                   "icon-name",
                                   icon_name,
                                   "accessible-role",
                                   GTK_ACCESSIBLE_ROLE_PRESENTATION,
                                   NULL);

  gtk_widget_add_css_class (image, css_class);

  return image;
}

GStrv
exc_plan_window_dup_chosen (ExcPlanWindow *self)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  gboolean is_all = exc_plan_form_get_scope_mode (self->form) == EXC_SCOPE_ALL;

  for (guint i = 0; self->scope != NULL && i < self->scope->len; i++) {
    ExcScopeItem *item = g_ptr_array_index (self->scope, i);
    GtkCheckButton *tick = g_hash_table_lookup (self->scope_ticks, item->key);

    if (is_all || (tick != NULL && gtk_check_button_get_active (tick)))
      g_strv_builder_add (builder, item->key);
  }

  return g_strv_builder_end (builder);
}

static void
add_tick (ExcPlanWindow *self, GtkWidget *row, ExcScopeItem *item, GtkCheckButton *group)
{
  GtkWidget *tick = gtk_check_button_new ();

  gtk_widget_set_valign (tick, GTK_ALIGN_CENTER);
  exc_format_set_label (tick, item->title);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), tick);
  gtk_widget_set_sensitive (row, item->can_choose);
  if (!item->can_choose)
    return;

  if (exc_plan_form_get_scope_mode (self->form) == EXC_SCOPE_ONE)
    gtk_check_button_set_group (GTK_CHECK_BUTTON (tick), group);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (tick), item->is_chosen);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), tick);
  g_hash_table_insert (self->scope_ticks, g_strdup (item->key), tick);
  g_signal_connect_object (
      tick, "notify::active", G_CALLBACK (exc_plan_window_update), self, G_CONNECT_SWAPPED);
}

static GtkWidget *
make_scope_row (ExcPlanWindow *self, ExcScopeItem *item, GtkCheckButton *group)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), item->title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), item->subtitle);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_set_tooltip_text (row, item->problem);
  if (exc_plan_form_get_scope_mode (self->form) == EXC_SCOPE_ALL)
    gtk_widget_set_focusable (row, FALSE);
  else
    add_tick (self, row, item, group);
  if (!item->can_choose)
    adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                               make_icon ("action-unavailable-symbolic", "dim-label"));
  else if (item->health != EXC_HEALTH_UNKNOWN)
    adw_action_row_add_suffix (
        ADW_ACTION_ROW (row),
        make_icon (exc_format_health_icon (item->health), exc_format_health_class (item->health)));

  return row;
}

void
exc_plan_window_fill_scope (ExcPlanWindow *self)
{
  GtkCheckButton *group = NULL;

  self->scope = exc_plan_form_dup_scope (self->form);
  adw_preferences_group_set_title (self->scope_group, exc_plan_form_get_scope_title (self->form));
  adw_preferences_group_set_description (self->scope_group,
                                         exc_plan_form_get_scope_description (self->form));
  for (guint i = 0; i < self->scope->len; i++) {
    ExcScopeItem *item = g_ptr_array_index (self->scope, i);

    gtk_list_box_append (self->scope_list, make_scope_row (self, item, group));
    if (group == NULL)
      group = g_hash_table_lookup (self->scope_ticks, item->key);
  }
  gtk_widget_set_visible (GTK_WIDGET (self->scope_list), self->scope->len > 0);
}

static void
on_check_tick_cb (ExcPlanWindow *self, GParamSpec *pspec, GtkCheckButton *tick)
{
  if (gtk_check_button_get_active (tick))
    self->n_unticked--;
  else
    self->n_unticked++;
  exc_plan_window_update (self);
}

static GtkWidget *
make_check_row (ExcPlanWindow *self, const char *server, const char *text, ExcCheckResult result)
{
  const char *words[] = { _("Passed"), _("Needs your consent"), _("Blocks the plan") };
  const char *icons[] = { "emblem-ok-symbolic",
                          "dialog-warning-symbolic",
                          "dialog-error-symbolic" };
  const char *classes[] = { "success", "warning", "error" };
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *host = exc_format_short_host (server);
  g_autofree char *subtitle = NULL;

  if (server != NULL)
    /* Translators: a server, and what became of a check on it */
    subtitle = g_strdup_printf (_("\u2068%1$s\u2069 · %2$s"), host, words[result]);
  else
    subtitle = g_strdup (words[result]);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), text);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), make_icon (icons[result], classes[result]));
  gtk_widget_set_focusable (row, result == EXC_CHECK_WARNING);
  if (result == EXC_CHECK_WARNING) {
    GtkWidget *tick = gtk_check_button_new_with_label (_("Go on"));

    gtk_widget_set_valign (tick, GTK_ALIGN_CENTER);
    gtk_widget_set_tooltip_text (tick, _("I have read this and want to go on"));
    adw_action_row_add_suffix (ADW_ACTION_ROW (row), tick);
    adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), tick);
    g_signal_connect_object (
        tick, "notify::active", G_CALLBACK (on_check_tick_cb), self, G_CONNECT_SWAPPED);
    self->n_unticked++;
  }

  return row;
}

void
exc_plan_window_fill_checks (ExcPlanWindow *self, const char *problem)
{
  GListModel *checks = self->plan != NULL ? exc_plan_get_checks (self->plan) : NULL;
  guint n_blocked = problem != NULL ? 1 : 0;
  guint n_items = checks != NULL ? g_list_model_get_n_items (checks) : 0;
  const char *summary = NULL;

  clear_list (self->checks_list);
  self->n_unticked = 0;
  if (problem != NULL)
    gtk_list_box_append (self->checks_list,
                         make_check_row (self, NULL, problem, EXC_CHECK_BLOCKED));
  for (guint i = 0; i < n_items; i++) {
    g_autoptr(ExcCheck) check = g_list_model_get_item (checks, i);

    if (exc_check_get_result (check) == EXC_CHECK_BLOCKED)
      n_blocked++;
    gtk_list_box_append (self->checks_list,
                         make_check_row (self,
                                         exc_check_get_server (check),
                                         exc_check_get_text (check),
                                         exc_check_get_result (check)));
  }
  gtk_widget_set_visible (GTK_WIDGET (self->checks_list), problem != NULL || n_items > 0);

  if (n_blocked > 0)
    summary = _("Something blocks this plan. Go back and change it, or solve it first.");
  else if (self->n_unticked > 0)
    summary = _("Nothing blocks this plan. Read each warning and tick it to go on.");
  else
    summary = _("Nothing speaks against this plan.");
  adw_preferences_group_set_description (self->checks_group, summary);
}

void
exc_plan_window_fill_preview (ExcPlanWindow *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->preview);
  g_autofree char *text = NULL;

  if (self->plan == NULL)
    return;

  text = exc_plan_dup_preview (self->plan, self->shows_powershell);
  gtk_text_buffer_set_text (buffer, text, -1);
}

static void
add_run_row (ExcPlanWindow *self, const char *lane, guint number)
{
  GPtrArray *steps = exc_plan_get_steps (self->plan, lane);
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *n_steps =
      g_strdup_printf (ngettext ("%u step", "%u steps", steps->len), steps->len);
  g_autofree char *text = g_strdup_printf ("%u", number);
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (label, "numeric");
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                 g_str_equal (lane, EXC_LANE_ORGANIZATION)
                                 ? _("Whole organization")
                                 : lane);
  gtk_widget_set_focusable (row, FALSE);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), label);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_label_new (n_steps));
  gtk_list_box_append (self->run_list, row);
}

void
exc_plan_window_fill_run (ExcPlanWindow *self)
{
  const char *const *lanes = exc_plan_get_servers (self->plan);
  guint n_servers = 0;
  g_autofree char *summary = NULL;

  clear_list (self->run_list);
  for (guint i = 0; lanes[i] != NULL; i++) {
    add_run_row (self, lanes[i], i + 1);
    n_servers += !g_str_equal (lanes[i], EXC_LANE_ORGANIZATION);
  }
  summary = g_strdup_printf (
      ngettext ("The job works on %u server and runs in the background. It stops at the first step "
                "whose effect cannot be seen.",
                "The job works on %u servers, one after another, and runs in the background. It "
                "stops on a server at the first step whose effect cannot be seen.",
                n_servers),
      n_servers);
  adw_preferences_group_set_description (self->run_group, summary);
}
