/* exc-auth-common.c — what the steps about the Auth certificate share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-auth-steps.h"
#include "exc-error.h"
#include "exc-step-change.h"

#include <glib/gi18n.h>

/* steps.md R2 */
#define LOOK_AGAIN_S 900

gboolean
exc_auth_be_patient (ExcStepContext *context, const GError *error, ExcSight *sight)
{
  if (!g_error_matches (error, EXC_ERROR, EXC_ERROR_UNREACHABLE) &&
      !g_error_matches (error, EXC_ERROR, EXC_ERROR_GONE) &&
      !g_error_matches (error, EXC_ERROR, EXC_ERROR_BUSY))
    return FALSE;
  exc_sight_set (sight, EXC_EFFECT_WAITING, g_strdup (error->message));
  sight->wake = exc_clock_now (exc_step_context_get_clock (context)) + LOOK_AGAIN_S;
  return TRUE;
}

gint64
exc_auth_get_time (ExcStepContext *context, const char *fact)
{
  const char *text = context != NULL ? exc_step_context_get_fact (context, fact) : NULL;

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
}

gboolean
exc_auth_set_time (ExcStepContext *context, const char *fact, gint64 time, GError **error)
{
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, time);

  return exc_step_context_set_fact (context, fact, text, error);
}

char *
exc_auth_format_time (gint64 time)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (time);
  g_autoptr(GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  return local != NULL ? g_date_time_format (local, _("%-d %b %Y, %H:%M")) : g_strdup ("");
}

gboolean
exc_auth_is_ready (const ExcCertificateRecord *record)
{
  if (record->has_private_key == EXC_NO)
    return FALSE;
  return record->services == EXC_SERVICES_UNKNOWN || (record->services & EXC_SERVICE_SMTP) != 0;
}
