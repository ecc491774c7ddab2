/* exc-plan-form-rows.c — rows of an options page
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan-form"

#include "config.h"

#include "exc-format.h"
#include "exc-plan-form.h"

GtkWidget *
exc_plan_form_add_group (ExcPlanForm *self, const char *title, const char *description)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), description);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (self), ADW_PREFERENCES_GROUP (group));

  return group;
}

/* A row that says what a widget is and does; the widget is operated by the row too. */
static GtkWidget *
add_row (GtkWidget *page_group, GtkWidget *widget, const char *title, const char *consequence)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), consequence);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  gtk_widget_set_valign (widget, GTK_ALIGN_CENTER);
  exc_format_set_label (widget, title);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), widget);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (page_group), row);

  return row;
}

GtkCheckButton *
exc_plan_form_add_choice (GtkWidget *page_group,
                          GtkCheckButton *group,
                          const char *title,
                          const char *consequence)
{
  GtkWidget *check = gtk_check_button_new ();

  gtk_check_button_set_group (GTK_CHECK_BUTTON (check), group);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), group == NULL);
  adw_action_row_add_prefix (ADW_ACTION_ROW (add_row (page_group, check, title, consequence)),
                             check);

  return GTK_CHECK_BUTTON (check);
}

GtkSwitch *
exc_plan_form_add_switch (GtkWidget *page_group,
                          const char *title,
                          const char *consequence,
                          gboolean is_active)
{
  GtkWidget *widget = gtk_switch_new ();

  gtk_switch_set_active (GTK_SWITCH (widget), is_active);
  adw_action_row_add_suffix (ADW_ACTION_ROW (add_row (page_group, widget, title, consequence)),
                             widget);

  return GTK_SWITCH (widget);
}

GtkSpinButton *
exc_plan_form_add_number (GtkWidget *page_group,
                          const char *title,
                          const char *consequence,
                          int lowest,
                          int highest,
                          int value)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (lowest, highest, 1);

  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), value);
  adw_action_row_add_suffix (ADW_ACTION_ROW (add_row (page_group, spin, title, consequence)), spin);

  return GTK_SPIN_BUTTON (spin);
}

GtkEditable *
exc_plan_form_add_entry (GtkWidget *page_group, const char *title)
{
  GtkWidget *row = adw_entry_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (page_group), row);

  return GTK_EDITABLE (row);
}
