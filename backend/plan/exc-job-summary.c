/* exc-job-summary.c — what became of a job, in a sentence or some
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-job"

#include "config.h"

#include "exc-job-private.h"

#include <glib/gi18n.h>

static ExcJobServer *
server_at (GListModel *servers, guint index)
{
  g_autoptr(ExcJobServer) server = g_list_model_get_item (servers, index);

  return server; /* the list holds it */
}

static void
add_sentence (GString *text, const char *sentence)
{
  if (sentence == NULL)
    return;
  if (text->len > 0)
    g_string_append_c (text, ' ');
  g_string_append (text, sentence);
}

/* Of a job that begins in a maintenance window. */
static char *
dup_start (ExcJob *self)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (exc_job_get_wake_at (self));
  g_autoptr(GDateTime) local = g_date_time_to_local (utc);
  g_autofree char *time = g_date_time_format (local, _("%-d %b %Y, %H:%M"));

  return g_strdup_printf (_ ("Begins on %s, while Thumbprint is open."), time);
}

/* They wait for much the same: one reason stands for all, and each has its own in its lane. */
static char *
format_wait (ExcJobServer *first, guint n_others)
{
  const char *title = exc_job_server_get_title (first);
  const char *detail = exc_job_server_get_detail (first);

  if (n_others == 0)
    return g_strdup_printf (_ ("Waiting on %1$s. %2$s"), title, detail);
  return g_strdup_printf (ngettext ("Waiting on %1$s and %2$u other. %3$s",
                                    "Waiting on %1$s and %2$u others. %3$s",
                                    n_others),
                          title,
                          n_others,
                          detail);
}

char *
exc_job_dup_summary (ExcJob *self)
{
  GListModel *servers = exc_job_get_servers (self);
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *count = NULL;
  guint n_all = 0;
  guint n_done = 0;
  guint n_skipped = 0;
  guint n_undone = 0;
  ExcJobServer *waiting = NULL; /* the first that waits, and how many others do */
  guint n_others = 0;

  if (exc_job_get_plan (self) == NULL)
    return g_strdup (_ ("This version of the program does not know this kind of job."));
  if (exc_job_get_started (self) == 0)
    return exc_job_get_is_parked (self) ? dup_start (self) : g_strdup (_ ("Not started yet."));

  for (guint i = 0; i < g_list_model_get_n_items (servers); i++) {
    ExcState state = exc_job_server_get_state (server_at (servers, i));

    if (exc_job_server_is_organization (server_at (servers, i)))
      continue;
    n_all++;
    n_done += state == EXC_STATE_DONE || state == EXC_STATE_WARNINGS;
    n_skipped += state == EXC_STATE_SKIPPED;
    n_undone += state == EXC_STATE_UNDONE;
  }
  count = exc_plan_dup_summary (exc_job_get_plan (self), n_done, n_all);
  add_sentence (text, count);
  if (n_skipped > 0) {
    g_autofree char *skipped = g_strdup_printf (
        ngettext ("%u server was left out.", "%u servers were left out.", n_skipped), n_skipped);

    add_sentence (text, skipped);
  }

  for (guint i = 0; i < g_list_model_get_n_items (servers); i++) {
    ExcJobServer *server = server_at (servers, i);
    g_autofree char *failure = exc_job_server_dup_failure (server);

    add_sentence (text, failure);
    if (exc_job_server_get_state (server) != EXC_STATE_WAITING ||
        exc_job_server_get_detail (server) == NULL)
      continue;
    if (waiting == NULL)
      waiting = server;
    else
      n_others++;
  }
  if (waiting != NULL) {
    g_autofree char *wait = format_wait (waiting, n_others);

    add_sentence (text, wait);
  }

  if (n_undone > 0) {
    g_autofree char *undone = g_strdup_printf (ngettext ("%u server is as it was before.",
                                                         "%u servers are as they were before.",
                                                         n_undone),
                                               n_undone);

    add_sentence (text, undone);
  }
  if (exc_job_get_state (self) == EXC_STATE_INTERRUPTED)
    add_sentence (text,
                  _ ("The program ended in the middle; resume looks first at what was done."));
  else if (exc_job_get_is_stopped (self) && exc_job_get_state (self) == EXC_STATE_CANCELLED)
    add_sentence (text, _ ("Stopped as you asked; resume goes on where it stopped."));
  return g_string_free (g_steal_pointer (&text), FALSE);
}
