/* exc-value-time.c — values: dates and times
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-clixml"

#include "config.h"

#include "exc-value-private.h"

static ExcValue *
find_date_time (ExcValue *self)
{
  if (self != NULL && self->kind == EXC_VALUE_OBJECT)
    self = self->object->base;

  return self != NULL && (self->kind == EXC_VALUE_DATE_TIME || self->kind == EXC_VALUE_STRING)
             ? self
             : NULL;
}

static gboolean
read_digits (const char **at, guint n_digits, int *value)
{
  *value = 0;
  for (guint i = 0; i < n_digits; i++, (*at)++) {
    if (!g_ascii_isdigit (**at))
      return FALSE;
    *value = *value * 10 + (**at - '0');
  }

  return TRUE;
}

static gboolean
skip_char (const char **at, char c)
{
  return *(*at)++ == c;
}

/* yyyy-MM-ddTHH:mm:ss[.f{1..7}][Z|±hh:mm] (protocol.md 6). */
static GDateTime *
parse_date_time (const char *at, gboolean *has_zone)
{
  int year, month, day, hour, minute, second, zone_hour, zone_minute;
  int microseconds = 0, sign = 0;
  g_autoptr(GTimeZone) zone = NULL;
  g_autoptr(GDateTime) whole = NULL;
  g_autoptr(GDateTime) exact = NULL;
  GDateTime *utc;

  if (!read_digits (&at, 4, &year) || !skip_char (&at, '-') || !read_digits (&at, 2, &month) ||
      !skip_char (&at, '-') || !read_digits (&at, 2, &day) || !skip_char (&at, 'T') ||
      !read_digits (&at, 2, &hour) || !skip_char (&at, ':') || !read_digits (&at, 2, &minute) ||
      !skip_char (&at, ':') || !read_digits (&at, 2, &second))
    return NULL;

  if (*at == '.') {
    int scale = 100000;

    for (at++; g_ascii_isdigit (*at); at++, scale /= 10)
      microseconds += (*at - '0') * scale;
  }

  *has_zone = *at != '\0';
  if (*at == 'Z') {
    at++;
  } else if (*at == '+' || *at == '-') {
    sign = *at++ == '-' ? -1 : 1;
    if (!read_digits (&at, 2, &zone_hour) || !skip_char (&at, ':') ||
        !read_digits (&at, 2, &zone_minute) || zone_hour > 14 || zone_minute > 59)
      return NULL;
  }
  if (*at != '\0')
    return NULL;

  zone = sign == 0 ? g_time_zone_new_utc ()
                   : g_time_zone_new_offset (sign * (zone_hour * 3600 + zone_minute * 60));
  whole = g_date_time_new (zone, year, month, day, hour, minute, second);
  if (whole == NULL)
    return NULL;
  exact = g_date_time_add (whole, microseconds);

  /* DateTime.MinValue with an offset lies before the first day of UTC. */
  utc = g_date_time_to_utc (exact);

  return utc != NULL ? utc : g_steal_pointer (&exact);
}

/**
 * exc_value_dup_date_time:
 * @self: (nullable): a value
 *
 * A time without an offset counts as UTC; exc_value_date_time_is_unspecified tells that it was so.
 *
 * Returns: (transfer full) (nullable): the time in UTC, to the microsecond
 */
GDateTime *
exc_value_dup_date_time (ExcValue *self)
{
  ExcValue *found = find_date_time (self);
  gboolean has_zone;

  return found == NULL ? NULL : parse_date_time (found->text, &has_zone);
}

gboolean
exc_value_date_time_is_unspecified (ExcValue *self)
{
  ExcValue *found = find_date_time (self);
  gboolean has_zone = TRUE;
  g_autoptr(GDateTime) date_time = found == NULL ? NULL : parse_date_time (found->text, &has_zone);

  return date_time != NULL && !has_zone;
}
