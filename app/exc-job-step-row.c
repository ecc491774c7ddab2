/* exc-job-step-row.c — one step of a job on one server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-job-step-row"

#include "config.h"

#include "exc-job-step-row.h"

#include "exc-format.h"

#include <glib/gi18n.h>

struct _ExcJobStepRow {
  GtkListBoxRow parent_instance;

  ExcJobStep *step;

  GtkImage *state_icon;
  GtkLabel *text;
  GtkLabel *state_label;
  GtkLabel *detail;
  GtkWidget *user_buttons;
  GtkActionable *confirm_button;
  GtkExpander *log_expander;
  GtkLabel *log;
};

G_DEFINE_FINAL_TYPE (ExcJobStepRow, exc_job_step_row, GTK_TYPE_LIST_BOX_ROW)

static void
update (ExcJobStepRow *self)
{
  ExcState state = exc_job_step_get_state (self->step);
  const char *detail = exc_job_step_get_detail (self->step);
  const char *log = exc_job_step_get_log (self->step);
  const char *classes[] = { exc_format_state_class (state), NULL };
  gboolean has_detail = detail != NULL && detail[0] != '\0';
  gboolean has_log = log != NULL && log[0] != '\0';

  gtk_image_set_from_icon_name (self->state_icon, exc_state_to_icon_name (state));
  gtk_widget_set_css_classes (GTK_WIDGET (self->state_icon), classes);
  gtk_label_set_label (self->text, exc_job_step_get_text (self->step));
  gtk_label_set_label (self->state_label, exc_state_to_text (state));
  gtk_label_set_label (self->detail, has_detail ? detail : "");
  gtk_widget_set_visible (GTK_WIDGET (self->detail), has_detail);
  gtk_widget_set_visible (self->user_buttons, exc_job_step_get_awaits_user (self->step));
  gtk_label_set_label (self->log, has_log ? log : "");
  gtk_widget_set_visible (GTK_WIDGET (self->log_expander), has_log);
}

static void
on_copy_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  g_autofree char *text = exc_job_step_row_format_log (EXC_JOB_STEP_ROW (widget)->step);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

static void
on_copy_instruction_action (GtkWidget *widget, const char *action_name, GVariant *parameter)
{
  ExcJobStepRow *self = EXC_JOB_STEP_ROW (widget);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), exc_job_step_get_detail (self->step));
}

static void
exc_job_step_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), EXC_TYPE_JOB_STEP_ROW);
  g_clear_object (&EXC_JOB_STEP_ROW (object)->step);

  G_OBJECT_CLASS (exc_job_step_row_parent_class)->dispose (object);
}

static void
exc_job_step_row_class_init (ExcJobStepRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = exc_job_step_row_dispose;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/thumbprint/Thumbprint/ui/job-step-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ExcJobStepRow, state_icon);
  gtk_widget_class_bind_template_child (widget_class, ExcJobStepRow, text);
  gtk_widget_class_bind_template_child (widget_class, ExcJobStepRow, state_label);
  gtk_widget_class_bind_template_child (widget_class, ExcJobStepRow, detail);
  gtk_widget_class_bind_template_child (widget_class, ExcJobStepRow, user_buttons);
  gtk_widget_class_bind_template_child (widget_class, ExcJobStepRow, confirm_button);
  gtk_widget_class_bind_template_child (widget_class, ExcJobStepRow, log_expander);
  gtk_widget_class_bind_template_child (widget_class, ExcJobStepRow, log);
  gtk_widget_class_install_action (widget_class, "step.copy-log", NULL, on_copy_action);
  gtk_widget_class_install_action (
      widget_class, "step.copy-instruction", NULL, on_copy_instruction_action);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "step.copy-log", NULL);
  gtk_widget_class_add_binding_action (
      widget_class, GDK_KEY_i, GDK_CONTROL_MASK, "step.copy-instruction", NULL);
}

static void
exc_job_step_row_init (ExcJobStepRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
exc_job_step_row_new (ExcJobStep *step, const char *server)
{
  ExcJobStepRow *self = g_object_new (EXC_TYPE_JOB_STEP_ROW, NULL);

  self->step = g_object_ref (step);
  gtk_actionable_set_action_target (
      self->confirm_button, "(ss)", server, exc_job_step_get_id (step));
  g_signal_connect_object (step, "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);

  return GTK_WIDGET (self);
}

char *
exc_job_step_row_format_log (ExcJobStep *step)
{
  g_autoptr(GString) text = g_string_new (exc_job_step_get_text (step));
  const char *detail = exc_job_step_get_detail (step);
  const char *log = exc_job_step_get_log (step);

  g_string_append_printf (text, " (%s)\n", exc_state_to_text (exc_job_step_get_state (step)));
  if (detail != NULL && detail[0] != '\0')
    g_string_append_printf (text, "%s\n", detail);
  if (log != NULL && log[0] != '\0')
    g_string_append_printf (text, "%s%s", log, g_str_has_suffix (log, "\n") ? "" : "\n");

  return g_string_free (g_steal_pointer (&text), FALSE);
}
