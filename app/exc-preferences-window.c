/* exc-preferences-window.c — the preferences
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-preferences-window"

#include "config.h"

#include "exc-preferences-window.h"

#include "exc-preferences.h"

struct _ExcPreferencesWindow {
  AdwPreferencesWindow parent_instance;

  ExcPreferences saved;

  AdwPreferencesGroup *problem_group;
  GtkLabel *problem;
  GtkSpinButton *current_spin;
  GtkSpinButton *next_spin;
};

G_DEFINE_FINAL_TYPE (ExcPreferencesWindow, exc_preferences_window, ADW_TYPE_PREFERENCES_WINDOW)

static void
show_problem (ExcPreferencesWindow *self, const char *text)
{
  gtk_label_set_label (self->problem, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->problem_group), text != NULL);
}

static void
on_changed_cb (ExcPreferencesWindow *self)
{
  ExcPreferences wanted = {
    .auth_current_days = gtk_spin_button_get_value_as_int (self->current_spin),
    .auth_next_days = gtk_spin_button_get_value_as_int (self->next_spin),
  };
  g_autoptr(GError) error = NULL;

  if (wanted.auth_current_days == self->saved.auth_current_days &&
      wanted.auth_next_days == self->saved.auth_next_days)
    return;
  if (exc_preferences_save (&wanted, &error))
    self->saved = wanted;
  show_problem (self, error != NULL ? error->message : NULL);
}

/* A number that is typed counts when the focus leaves it, which closing does not wait for. */
static gboolean
exc_preferences_window_close_request (GtkWindow *window)
{
  ExcPreferencesWindow *self = EXC_PREFERENCES_WINDOW (window);

  gtk_spin_button_update (self->current_spin);
  gtk_spin_button_update (self->next_spin);

  return GTK_WINDOW_CLASS (exc_preferences_window_parent_class)->close_request (window);
}

static void
exc_preferences_window_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), EXC_TYPE_PREFERENCES_WINDOW);

  G_OBJECT_CLASS (exc_preferences_window_parent_class)->dispose (object);
}

static void
exc_preferences_window_class_init (ExcPreferencesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = exc_preferences_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = exc_preferences_window_close_request;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/thumbprint/Thumbprint/ui/preferences-window.ui");
  gtk_widget_class_bind_template_child (widget_class, ExcPreferencesWindow, problem_group);
  gtk_widget_class_bind_template_child (widget_class, ExcPreferencesWindow, problem);
  gtk_widget_class_bind_template_child (widget_class, ExcPreferencesWindow, current_spin);
  gtk_widget_class_bind_template_child (widget_class, ExcPreferencesWindow, next_spin);
}

static void
exc_preferences_window_init (ExcPreferencesWindow *self)
{
  g_autoptr(GError) error = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  exc_preferences_load (&self->saved, &error);
  gtk_spin_button_set_range (
      self->current_spin, EXC_PREFERENCES_DAYS_MIN, EXC_PREFERENCES_DAYS_MAX);
  gtk_spin_button_set_range (self->next_spin, EXC_PREFERENCES_DAYS_MIN, EXC_PREFERENCES_DAYS_MAX);
  gtk_spin_button_set_value (self->current_spin, self->saved.auth_current_days);
  gtk_spin_button_set_value (self->next_spin, self->saved.auth_next_days);
  g_signal_connect_swapped (self->current_spin, "value-changed", G_CALLBACK (on_changed_cb), self);
  g_signal_connect_swapped (self->next_spin, "value-changed", G_CALLBACK (on_changed_cb), self);
  show_problem (self, error != NULL ? error->message : NULL);
}

GtkWidget *
exc_preferences_window_new (GtkWindow *parent)
{
  return g_object_new (EXC_TYPE_PREFERENCES_WINDOW,
                       "application",
                       parent != NULL ? gtk_window_get_application (parent) : NULL,
                       "transient-for",
                       parent,
                       "destroy-with-parent",
                       TRUE,
                       "modal",
                       parent != NULL,
                       NULL);
}
