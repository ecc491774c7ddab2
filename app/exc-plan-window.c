/* exc-plan-window.c — what is going to be done, decided before anything is
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan-window"

#include "config.h"

#include "exc-plan-window-private.h"

#include "exc-format.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (ExcPlanWindow, exc_plan_window, ADW_TYPE_WINDOW)

enum {
  PROP_0,
  PROP_PAGE,
  PROP_SHOW_POWERSHELL,
  N_PROPS,
};

enum {
  SIGNAL_STARTED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static const char *const pages[] = { "scope", "options", "checks", "preview", "run" };

static guint
get_page_index (ExcPlanWindow *self)
{
  const char *name = gtk_stack_get_visible_child_name (self->stack);

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++) {
    if (g_strcmp0 (pages[i], name) == 0)
      return i;
  }

  return 0;
}

static void
update_steps_label (ExcPlanWindow *self)
{
  const char *titles[] = { _("Scope"), _("Options"), _("Checks"), _("Preview"), _("Run") };
  g_autoptr(GString) markup = g_string_new (NULL);
  guint current = get_page_index (self);

  for (guint i = 0; i < G_N_ELEMENTS (titles); i++) {
    g_autofree char *title = g_markup_escape_text (titles[i], -1);

    if (i > 0)
      g_string_append (markup, "  ›  ");
    if (i == current)
      g_string_append_printf (markup, "<b>%u. %s</b>", i + 1, title);
    else
      g_string_append_printf (markup, "%u. %s", i + 1, title);
  }
  gtk_label_set_markup (self->steps_label, markup->str);
}

/* What the last button does, and when. */
static char *
format_verb (ExcPlanWindow *self, guint n_chosen)
{
  gint64 begin = exc_start_time_get_begin (self->start_time);
  g_autofree char *date = NULL;

  if (begin == 0)
    return exc_plan_form_dup_verb (self->form, n_chosen);

  date = exc_format_date_time (begin);

  /* Translators: %s is a date with its time; a button */
  return g_strdup_printf (_("_Schedule for %s"), date);
}

void
exc_plan_window_update (ExcPlanWindow *self)
{
  guint index = 0;
  gboolean is_read_only = FALSE;
  gboolean may_go_on = TRUE;
  g_auto(GStrv) chosen = NULL;
  g_autofree char *verb = NULL;

  /* The template's own signals come before there is anything to show. */
  if (self->form == NULL)
    return;

  index = get_page_index (self);
  is_read_only = exc_jobs_get_is_read_only (self->jobs);
  chosen = exc_plan_window_dup_chosen (self);
  if (g_str_equal (pages[index], "scope"))
    may_go_on = chosen[0] != NULL;
  else if (g_str_equal (pages[index], "options"))
    may_go_on = exc_plan_form_get_is_complete (self->form);
  else if (g_str_equal (pages[index], "checks"))
    may_go_on = self->plan != NULL && !exc_plan_is_blocked (self->plan) && self->n_unticked == 0;
  else if (g_str_equal (pages[index], "run"))
    may_go_on = self->plan != NULL && !is_read_only && !exc_start_time_is_past (self->start_time);

  if (g_str_equal (pages[index], "run"))
    verb = format_verb (self, g_strv_length (chosen));
  gtk_button_set_label (self->next_button, verb != NULL ? verb : _("_Next"));
  gtk_button_set_label (self->back_button, index == 0 ? _("_Cancel") : _("_Back"));
  exc_banner_set_title (self->locked_banner,
                        is_read_only
                        ? _("Thumbprint is read-only: nothing is changed before you allow it.")
                        : NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "plan.next", may_go_on);
  if (verb != NULL && exc_plan_form_get_is_destructive (self->form)) {
    gtk_widget_remove_css_class (GTK_WIDGET (self->next_button), "suggested-action");
    gtk_widget_add_css_class (GTK_WIDGET (self->next_button), "destructive-action");
  } else {
    gtk_widget_remove_css_class (GTK_WIDGET (self->next_button), "destructive-action");
    gtk_widget_add_css_class (GTK_WIDGET (self->next_button), "suggested-action");
  }
  update_steps_label (self);
}

/* The plan is made from what the servers said last, when the choices are known. */
static void
make_plan (ExcPlanWindow *self)
{
  g_auto(GStrv) chosen = exc_plan_window_dup_chosen (self);
  g_autoptr(GError) error = NULL;

  g_clear_object (&self->plan);
  self->plan = exc_plan_form_make_plan (self->form, (const char *const *) chosen, &error);
  exc_plan_window_fill_checks (self, error != NULL ? error->message : NULL);
  if (self->plan != NULL) {
    exc_plan_window_fill_preview (self);
    exc_plan_window_fill_run (self);
  }
}

static void
start (ExcPlanWindow *self)
{
  g_autoptr(GError) error = NULL;
  gint64 begin = exc_start_time_get_begin (self->start_time);
  ExcJob *job = NULL;

  if (begin != 0)
    job = exc_jobs_schedule (self->jobs, self->plan, self->organization, begin, &error);
  else
    job = exc_jobs_start (self->jobs, self->plan, self->organization, &error);
  if (job == NULL) {
    gtk_label_set_label (self->problem, error->message);
    gtk_widget_set_visible (GTK_WIDGET (self->problem), TRUE);
    return;
  }

  g_signal_emit (self, signals[SIGNAL_STARTED], 0, job);
  gtk_window_close (GTK_WINDOW (self));
}

/* The keyboard stands where something is to be done: a tick, or the way on. */
static void
focus_page (ExcPlanWindow *self)
{
  if (gtk_widget_is_sensitive (GTK_WIDGET (self->next_button)))
    gtk_widget_grab_focus (GTK_WIDGET (self->next_button));
  else
    gtk_widget_child_focus (gtk_stack_get_visible_child (self->stack), GTK_DIR_TAB_FORWARD);
}

static void
show_page (ExcPlanWindow *self, guint index)
{
  gtk_stack_set_visible_child_name (self->stack, pages[index]);
  gtk_widget_set_visible (GTK_WIDGET (self->problem), FALSE);
  exc_plan_window_update (self);
  focus_page (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAGE]);
}

static void
on_next_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  ExcPlanWindow *self = EXC_PLAN_WINDOW (widget);
  guint index = get_page_index (self);

  if (g_str_equal (pages[index], "run")) {
    start (self);
    return;
  }

  if (g_str_equal (pages[index], "options"))
    make_plan (self);
  show_page (self, index + 1);
}

static void
on_back_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  ExcPlanWindow *self = EXC_PLAN_WINDOW (widget);
  guint index = get_page_index (self);

  if (index == 0)
    gtk_window_close (GTK_WINDOW (self));
  else
    show_page (self, index - 1);
}

static void
on_unlock_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  ExcPlanWindow *self = EXC_PLAN_WINDOW (widget);
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  exc_jobs_set_is_read_only (self->jobs, FALSE);
  /* The button goes with its banner. Without a focus the same key would run the plan. */
  if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->locked_banner)))
    gtk_widget_child_focus (GTK_WIDGET (self->start_time), GTK_DIR_TAB_FORWARD);
}

static void
on_copy_preview_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  ExcPlanWindow *self = EXC_PLAN_WINDOW (widget);
  g_autofree char *text = NULL;

  if (self->plan == NULL)
    return;

  text = exc_plan_dup_preview (self->plan, self->shows_powershell);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

static void
exc_plan_window_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  ExcPlanWindow *self = EXC_PLAN_WINDOW (object);

  switch (prop_id) {
  case PROP_PAGE:
    g_value_set_string (value, gtk_stack_get_visible_child_name (self->stack));
    break;
  case PROP_SHOW_POWERSHELL:
    g_value_set_boolean (value, self->shows_powershell);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_plan_window_set_property (GObject *object,
                              guint prop_id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  ExcPlanWindow *self = EXC_PLAN_WINDOW (object);

  switch (prop_id) {
  case PROP_SHOW_POWERSHELL:
    if (self->shows_powershell == g_value_get_boolean (value))
      return;
    self->shows_powershell = g_value_get_boolean (value);
    exc_plan_window_fill_preview (self);
    g_object_notify_by_pspec (object, pspec);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_plan_window_dispose (GObject *object)
{
  ExcPlanWindow *self = EXC_PLAN_WINDOW (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), EXC_TYPE_PLAN_WINDOW);
  g_clear_object (&self->organization);
  g_clear_object (&self->jobs);
  g_clear_object (&self->plan);
  g_clear_object (&self->form);
  g_clear_pointer (&self->scope, g_ptr_array_unref);
  g_clear_pointer (&self->scope_ticks, g_hash_table_unref);

  G_OBJECT_CLASS (exc_plan_window_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/thumbprint/Thumbprint/ui/plan-window.ui");
  gtk_widget_class_bind_template_child (widget_class, ExcPlanWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, ExcPlanWindow, steps_label);
  gtk_widget_class_bind_template_child (widget_class, ExcPlanWindow, scope_group);
  gtk_widget_class_bind_template_child (widget_class, ExcPlanWindow, scope_list);
  gtk_widget_class_bind_template_child (widget_class, ExcPlanWindow, options_bin);
  gtk_widget_class_bind_template_child (widget_class, ExcPlanWindow, checks_group);
  gtk_widget_class_bind_template_child (widget_class, ExcPlanWindow, checks_list);
  gtk_widget_class_bind_template_child (widget_class, ExcPlanWindow, preview);
  gtk_widget_class_bind_template_child (widget_class, ExcPlanWindow, run_group);
  gtk_widget_class_bind_template_child (widget_class, ExcPlanWindow, run_list);
  gtk_widget_class_bind_template_child (widget_class, ExcPlanWindow, start_time);
  gtk_widget_class_bind_template_child (widget_class, ExcPlanWindow, locked_banner);
  gtk_widget_class_bind_template_child (widget_class, ExcPlanWindow, problem);
  gtk_widget_class_bind_template_child (widget_class, ExcPlanWindow, back_button);
  gtk_widget_class_bind_template_child (widget_class, ExcPlanWindow, next_button);
  gtk_widget_class_bind_template_callback (widget_class, exc_plan_window_update);
}

static void
exc_plan_window_class_init (ExcPlanWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = exc_plan_window_get_property;
  object_class->set_property = exc_plan_window_set_property;
  object_class->dispose = exc_plan_window_dispose;

  properties[PROP_PAGE] =
      g_param_spec_string ("page", NULL, NULL, "scope", G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_SHOW_POWERSHELL] =
      g_param_spec_boolean ("show-powershell",
                            NULL,
                            NULL,
                            FALSE,
                            G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_STARTED] = g_signal_new ("started",
                                          EXC_TYPE_PLAN_WINDOW,
                                          G_SIGNAL_RUN_LAST,
                                          0,
                                          NULL,
                                          NULL,
                                          NULL,
                                          G_TYPE_NONE,
                                          1,
                                          EXC_TYPE_JOB);

  g_type_ensure (EXC_TYPE_BANNER);
  g_type_ensure (EXC_TYPE_START_TIME);
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "plan.next", NULL, on_next_action);
  gtk_widget_class_install_action (widget_class, "plan.back", NULL, on_back_action);
  gtk_widget_class_install_action (widget_class, "plan.unlock", NULL, on_unlock_action);
  gtk_widget_class_install_action (widget_class, "plan.copy-preview", NULL, on_copy_preview_action);
  gtk_widget_class_install_property_action (
      widget_class, "plan.show-powershell", "show-powershell");
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "plan.back", NULL);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_Right, GDK_ALT_MASK, "plan.next", NULL);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_l, GDK_CONTROL_MASK, "plan.unlock", NULL);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_p, GDK_CONTROL_MASK, "plan.show-powershell", NULL);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "plan.copy-preview", NULL);
}

static void
exc_plan_window_init (ExcPlanWindow *self)
{
  self->scope_ticks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
exc_plan_window_new (GtkWindow *parent,
                     ExcOrganization *organization,
                     ExcJobs *jobs,
                     ExcPlanForm *form)
{
  ExcPlanWindow *self = NULL;

  g_return_val_if_fail (EXC_IS_ORGANIZATION (organization), NULL);
  g_return_val_if_fail (EXC_IS_JOBS (jobs), NULL);
  g_return_val_if_fail (EXC_IS_PLAN_FORM (form), NULL);

  self = g_object_new (EXC_TYPE_PLAN_WINDOW,
                       "application",
                       parent != NULL ? gtk_window_get_application (parent) : NULL,
                       "transient-for",
                       parent,
                       "destroy-with-parent",
                       TRUE,
                       "modal",
                       parent != NULL,
                       "title",
                       exc_plan_form_get_title (form),
                       NULL);
  self->organization = g_object_ref (organization);
  self->jobs = g_object_ref (jobs);
  self->form = g_object_ref_sink (form);
  adw_bin_set_child (self->options_bin, GTK_WIDGET (form));
  g_signal_connect_object (
      jobs, "notify::is-read-only", G_CALLBACK (exc_plan_window_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (
      form, "changed", G_CALLBACK (exc_plan_window_update), self, G_CONNECT_SWAPPED);
  exc_start_time_set_clock (self->start_time, exc_organization_get_clock (organization));
  exc_plan_window_fill_scope (self);
  exc_plan_window_update (self);
  focus_page (self);

  return GTK_WIDGET (self);
}

gboolean
exc_plan_window_set_chosen (ExcPlanWindow *self, const char *key, gboolean is_chosen)
{
  GtkCheckButton *tick = NULL;

  g_return_val_if_fail (EXC_IS_PLAN_WINDOW (self), FALSE);

  tick = g_hash_table_lookup (self->scope_ticks, key);
  if (tick == NULL)
    return FALSE;

  gtk_check_button_set_active (tick, is_chosen);

  return TRUE;
}

ExcPlanForm *
exc_plan_window_get_form (ExcPlanWindow *self)
{
  g_return_val_if_fail (EXC_IS_PLAN_WINDOW (self), NULL);

  return self->form;
}

ExcPlan *
exc_plan_window_get_plan (ExcPlanWindow *self)
{
  g_return_val_if_fail (EXC_IS_PLAN_WINDOW (self), NULL);

  return self->plan;
}
