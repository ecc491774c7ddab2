/* exc-recovery.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-step"

#include "config.h"

#include "exc-recovery.h"

#include "exc-error.h"

#include <glib/gi18n.h>

/* Words of a note, beside names of services and numbers of ports. */
#define NOTHING  "-"
#define ENDPOINT "/PowerShell"

static char *
dup_fact (const char *id)
{
  return g_strconcat (EXC_FACT_ONCE "before-", id, NULL);
}

/* (transfer full): the words of the note; empty where there is none */
static GStrv
read_note (ExcStepContext *context, const char *id)
{
  g_autofree char *fact = dup_fact (id);
  const char *note = exc_step_context_get_fact (context, fact);

  return g_strsplit (note != NULL ? note : "", " ", -1);
}

static gboolean
is_service (const char *word)
{
  return !g_str_equal (word, NOTHING) && !g_str_equal (word, ENDPOINT) &&
         !g_ascii_isdigit (word[0]);
}

static gboolean
is_running (const ExcServiceRecord *service)
{
  return g_strcmp0 (service->status, "Running") == 0;
}

gboolean
exc_recovery_note (ExcStepContext *context, const char *id, ExcReading *reading, GError **error)
{
  g_autofree char *fact = dup_fact (id);
  g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *note = NULL;

  if (exc_step_context_get_fact (context, fact) != NULL)
    return TRUE;
  for (guint i = 0; i < reading->windows->services->len; i++) {
    ExcServiceRecord *service = g_ptr_array_index (reading->windows->services, i);

    if (is_running (service))
      g_ptr_array_add (words, g_strdup (service->name));
  }
  if (reading->is_endpoint_asked && reading->endpoint_problem == NULL)
    g_ptr_array_add (words, g_strdup (ENDPOINT));
  for (guint i = 0; i < reading->answering->len; i++)
    g_ptr_array_add (words, g_strdup_printf ("%u", g_array_index (reading->answering, guint16, i)));
  if (words->len == 0)
    g_ptr_array_add (words, g_strdup (NOTHING));
  g_ptr_array_add (words, NULL);
  note = g_strjoinv (" ", (char **) words->pdata);
  return exc_step_context_set_fact (context, fact, note, error);
}

char *
exc_recovery_dup_services (ExcStepContext *context, const char *id)
{
  g_auto(GStrv) words = read_note (context, id);
  g_autoptr(GString) services = g_string_new (NULL);

  for (guint i = 0; words[i] != NULL; i++)
    if (is_service (words[i]))
      g_string_append_printf (services, "%s%s", services->len > 0 ? " " : "", words[i]);
  return g_string_free (g_steal_pointer (&services), FALSE);
}

static gboolean
check_service (const char *word, const char *name, ExcReading *reading, GError **error)
{
  const char *status = NULL;

  for (guint i = 0; i < reading->windows->services->len; i++) {
    ExcServiceRecord *service = g_ptr_array_index (reading->windows->services, i);

    if (g_strcmp0 (service->name, word) != 0)
      continue;
    if (is_running (service))
      return TRUE;
    status = service->status;
  }
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_BUSY,
               /* Translators: a service, its server, and the state that Windows tells */
               _ ("The service %1$s of %2$s does not run yet (%3$s). If it does not come back, "
                  "look at the event log there and start it."),
                  word,
                  name,
                  status != NULL ? status : "?");
  return FALSE;
}

static gboolean
check_port (const char *word, const char *name, ExcReading *reading, GError **error)
{
  const guint64 port = g_ascii_strtoull (word, NULL, 10);

  for (guint i = 0; i < reading->answering->len; i++)
    if (g_array_index (reading->answering, guint16, i) == port)
      return TRUE;
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_BUSY,
               _ ("Port %1$s of %2$s, which answered before the restart, shows no certificate yet. "
                  "If it does not come back, look at the event log and the certificate of that "
                  "port there. (%3$s)"),
                  word,
                  name,
                  reading->silence != NULL ? reading->silence : "");
  return FALSE;
}

gboolean
exc_recovery_check (
    ExcStepContext *context, const char *id, const char *name, ExcReading *reading, GError **error)
{
  g_autofree char *fact = dup_fact (id);
  g_auto(GStrv) words = read_note (context, id);

  for (guint i = 0; words[i] != NULL; i++) {
    if (g_str_equal (words[i], NOTHING))
      continue;
    if (g_str_equal (words[i], ENDPOINT)) {
      if (reading->endpoint_problem == NULL)
        continue;
      g_set_error (error,
                   EXC_ERROR,
                   EXC_ERROR_BUSY,
                   _ ("The Exchange endpoint of %1$s, which answered before the restart, does not "
                      "yet. If it does not come back, look at W3SVC, the application pools and "
                      "the certificate of port 444 there. (%2$s)"),
                      name,
                      reading->endpoint_problem);
      return FALSE;
    }
    if (!(is_service (words[i]) ? check_service (words[i], name, reading, error)
                                : check_port (words[i], name, reading, error)))
      return FALSE;
  }
  return exc_step_context_set_fact (context, fact, NULL, error);
}
