/* exc-field-row.c — one fact: its label, its value, and a button that copies it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-field-row"

#include "config.h"

#include "exc-field-row.h"

#include "exc-format.h"

#include <glib/gi18n.h>

struct _ExcFieldRow {
  GtkListBoxRow parent_instance;

  GtkLabel *label;
  GtkLabel *value;
  GtkButton *copy_button;
};

G_DEFINE_FINAL_TYPE (ExcFieldRow, exc_field_row, GTK_TYPE_LIST_BOX_ROW)

/* Of a value that has the focus; what is selected in it GTK copies by itself. */
static gboolean
on_copy_key_cb (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  ExcFieldRow *self = EXC_FIELD_ROW (widget);

  return gtk_widget_activate_action (
      widget, "win.copy-text", "s", gtk_label_get_label (self->value));
}

static void
exc_field_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), EXC_TYPE_FIELD_ROW);

  G_OBJECT_CLASS (exc_field_row_parent_class)->dispose (object);
}

static void
exc_field_row_class_init (ExcFieldRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = exc_field_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/thumbprint/Thumbprint/ui/field-row.ui");
  gtk_widget_class_bind_template_child (widget_class, ExcFieldRow, label);
  gtk_widget_class_bind_template_child (widget_class, ExcFieldRow, value);
  gtk_widget_class_bind_template_child (widget_class, ExcFieldRow, copy_button);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, on_copy_key_cb, NULL);
}

static void
exc_field_row_init (ExcFieldRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
exc_field_row_new (ExcField *field)
{
  ExcFieldRow *self = g_object_new (EXC_TYPE_FIELD_ROW, NULL);
  const char *value = exc_field_get_value (field);
  g_autofree char *copy_label = NULL;

  gtk_label_set_label (self->label, exc_field_get_label (field));
  gtk_label_set_label (self->value, value);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->value), exc_field_get_tooltip (field));
  if (exc_field_get_is_monospace (field))
    gtk_widget_add_css_class (GTK_WIDGET (self->value), "monospace");

  /* Translators: %s is the label of a field: "Copy Thumbprint" */
  copy_label = g_strdup_printf (_("Copy “%s”"), exc_field_get_label (field));
  gtk_widget_set_visible (GTK_WIDGET (self->copy_button), exc_field_get_is_monospace (field));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->copy_button), copy_label);
  exc_format_set_label (GTK_WIDGET (self->copy_button), copy_label);
  gtk_actionable_set_action_target (
      GTK_ACTIONABLE (self->copy_button), "s", value != NULL ? value : "");

  return GTK_WIDGET (self);
}
