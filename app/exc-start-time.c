/* exc-start-time.c — now, or in a maintenance window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-start-time"

#include "config.h"

#include "exc-start-time.h"

#include "exc-format.h"

#include <glib/gi18n.h>

/* What is proposed: in the evening, when the offices are empty. */
#define EVENING_HOUR 22

struct _ExcStartTime {
  AdwPreferencesGroup parent_instance;

  ExcClock *clock;

  GtkCheckButton *now_check;
  GtkCheckButton *later_check;
  AdwActionRow *time_row;
  GtkMenuButton *date_button;
  GtkCalendar *calendar;
  GtkSpinButton *hour;
  GtkSpinButton *minute;
};

G_DEFINE_FINAL_TYPE (ExcStartTime, exc_start_time, ADW_TYPE_PREFERENCES_GROUP)

enum {
  PROP_0,
  PROP_BEGIN,
  N_PROPS,
};

static GParamSpec *properties[N_PROPS];

/* What the fields say, whether it is chosen or not. */
static gint64
get_fields (ExcStartTime *self)
{
  g_autoptr(GDateTime) date = gtk_calendar_get_date (self->calendar);
  g_autoptr(GDateTime) time =
                 g_date_time_new_local (g_date_time_get_year (date),
                                        g_date_time_get_month (date),
                                        g_date_time_get_day_of_month (date),
                                        gtk_spin_button_get_value_as_int (self->hour),
                                        gtk_spin_button_get_value_as_int (self->minute),
                                        0);

  return time != NULL ? g_date_time_to_unix (time) : 0;
}

static void
set_fields (ExcStartTime *self, GDateTime *time)
{
  gtk_calendar_select_day (self->calendar, time);
  gtk_spin_button_set_value (self->hour, g_date_time_get_hour (time));
  gtk_spin_button_set_value (self->minute, g_date_time_get_minute (time));
}

static void
on_changed_cb (ExcStartTime *self)
{
  g_autofree char *date = NULL;

  if (self->clock == NULL)
    return;

  date = exc_format_date (get_fields (self));
  gtk_menu_button_set_label (self->date_button, date);
  gtk_widget_set_sensitive (GTK_WIDGET (self->time_row),
                            gtk_check_button_get_active (self->later_check));
  adw_action_row_set_subtitle (
      self->time_row, exc_start_time_is_past (self) ? _("This time has passed.") : "");
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BEGIN]);
}

/* 22:05, not 22:5 */
static gboolean
on_output_cb (GtkSpinButton *spin, gpointer unused)
{
  g_autofree char *text = g_strdup_printf ("%02d", gtk_spin_button_get_value_as_int (spin));

  if (g_strcmp0 (text, gtk_editable_get_text (GTK_EDITABLE (spin))) != 0)
    gtk_editable_set_text (GTK_EDITABLE (spin), text);

  return TRUE;
}

static void
exc_start_time_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id) {
  case PROP_BEGIN:
    g_value_set_int64 (value, exc_start_time_get_begin (EXC_START_TIME (object)));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
  }
}

static void
exc_start_time_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), EXC_TYPE_START_TIME);
  g_clear_object (&EXC_START_TIME (object)->clock);

  G_OBJECT_CLASS (exc_start_time_parent_class)->dispose (object);
}

static void
exc_start_time_class_init (ExcStartTimeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = exc_start_time_get_property;
  object_class->dispose = exc_start_time_dispose;

  properties[PROP_BEGIN] =
      g_param_spec_int64 ("begin",
                          NULL,
                          NULL,
                          0,
                          G_MAXINT64,
                          0,
                          G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/thumbprint/Thumbprint/ui/start-time.ui");
  gtk_widget_class_bind_template_child (widget_class, ExcStartTime, now_check);
  gtk_widget_class_bind_template_child (widget_class, ExcStartTime, later_check);
  gtk_widget_class_bind_template_child (widget_class, ExcStartTime, time_row);
  gtk_widget_class_bind_template_child (widget_class, ExcStartTime, date_button);
  gtk_widget_class_bind_template_child (widget_class, ExcStartTime, calendar);
  gtk_widget_class_bind_template_child (widget_class, ExcStartTime, hour);
  gtk_widget_class_bind_template_child (widget_class, ExcStartTime, minute);
  gtk_widget_class_bind_template_callback (widget_class, on_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, on_output_cb);
}

static void
exc_start_time_init (ExcStartTime *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
exc_start_time_set_clock (ExcStartTime *self, ExcClock *clock)
{
  g_autoptr(GDateTime) utc = NULL;
  g_autoptr(GDateTime) now = NULL;
  g_autoptr(GDateTime) evening = NULL;

  g_return_if_fail (EXC_IS_START_TIME (self));
  g_return_if_fail (EXC_IS_CLOCK (clock));

  g_set_object (&self->clock, clock);
  utc = g_date_time_new_from_unix_utc (exc_clock_now (clock));
  now = g_date_time_to_local (utc);
  evening = g_date_time_new_local (g_date_time_get_year (now),
                                   g_date_time_get_month (now),
                                   g_date_time_get_day_of_month (now),
                                   EVENING_HOUR,
                                   0,
                                   0);
  if (g_date_time_compare (evening, now) <= 0) {
    g_autoptr(GDateTime) next = g_date_time_add_days (evening, 1);

    set_fields (self, next);
  } else {
    set_fields (self, evening);
  }
  on_changed_cb (self);
}

gint64
exc_start_time_get_begin (ExcStartTime *self)
{
  g_return_val_if_fail (EXC_IS_START_TIME (self), 0);

  return gtk_check_button_get_active (self->later_check) ? get_fields (self) : 0;
}

void
exc_start_time_set_begin (ExcStartTime *self, gint64 begin)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (begin);
  g_autoptr(GDateTime) local = g_date_time_to_local (utc);

  g_return_if_fail (EXC_IS_START_TIME (self));

  set_fields (self, local);
  gtk_check_button_set_active (self->later_check, TRUE);
}

gboolean
exc_start_time_is_past (ExcStartTime *self)
{
  gint64 begin = 0;

  g_return_val_if_fail (EXC_IS_START_TIME (self), FALSE);

  begin = exc_start_time_get_begin (self);

  return begin != 0 && begin <= exc_clock_now (self->clock);
}
