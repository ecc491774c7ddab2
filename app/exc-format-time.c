/* exc-format-time.c — dates, durations and waits as people read them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-format"

#include "config.h"

#include "exc-format.h"

#include <glib/gi18n.h>

static char *
format_local (gint64 unix_time, const char *format)
{
  g_autoptr(GDateTime) utc = unix_time != 0 ? g_date_time_new_from_unix_utc (unix_time) : NULL;
  g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  return local != NULL ? g_date_time_format (local, format) : g_strdup ("");
}

char *
exc_format_date (gint64 unix_time)
{
  /* Translators: a date in a table, as g_date_time_format() takes it: "5 Mar 2027" */
  return format_local (unix_time, _("%-d %b %Y"));
}

char *
exc_format_date_time (gint64 unix_time)
{
  /* Translators: a date with its time, as g_date_time_format() takes it: "5 Mar 2027, 14:03" */
  return format_local (unix_time, _("%-d %b %Y, %H:%M"));
}

char *
exc_format_duration (gint64 seconds)
{
  if (seconds < 0)
    seconds = 0;
  if (seconds < 60)
    return g_strdup_printf (_("%d s"), (int) seconds);
  if (seconds < 3600)
    return g_strdup_printf (_("%1$d min %2$d s"), (int) (seconds / 60), (int) (seconds % 60));

  return g_strdup_printf (_("%1$d h %2$d min"), (int) (seconds / 3600), (int) (seconds / 60 % 60));
}

/* The two greatest units: "2 days 4 h", "3 h 12 min", "5 min". */
static char *
format_rest (gint64 seconds)
{
  const int minutes = (int) (seconds / 60 % 60);
  const int hours = (int) (seconds / 3600 % 24);
  const int days = (int) (seconds / (24 * 3600));

  if (days > 0)
    return g_strdup_printf (
        ngettext ("%1$d day %2$d h", "%1$d days %2$d h", (gulong) days), days, hours);
  if (hours > 0)
    return g_strdup_printf (_("%1$d h %2$d min"), hours, minutes);
  if (minutes > 0)
    return g_strdup_printf (_("%d min"), minutes);

  return g_strdup_printf (_("%d s"), (int) seconds);
}

char *
exc_format_wait (gint64 wake_at, gint64 now)
{
  g_autofree char *date = exc_format_date_time (wake_at);
  g_autofree char *rest = NULL;

  if (wake_at <= now)
    /* Translators: %s is a date with its time that has passed */
    return g_strdup_printf (_("Due since %s"), date);

  rest = format_rest (wake_at - now);

  /* Translators: a date with its time, and how long that is from now: "3 Dec 2026, 10:15, in
   * 2 days 4 h" */
  return g_strdup_printf (_("Waits until %1$s, in %2$s"), date, rest);
}
