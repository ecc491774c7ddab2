/* exc-cli-report.c — a document about a job
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cli"

#include "config.h"

#include "exc-cli-private.h"

#include "exc-error.h"
#include "exc-report.h"

#include <glib/gi18n.h>

static gboolean
wants_json (ExcCli *self, gboolean *is_json, GError **error)
{
  const char *format = self->options->format;

  *is_json = format != NULL ? g_str_equal (format, "json") : self->options->json;
  if (format == NULL || *is_json || g_str_equal (format, "html"))
    return TRUE;
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_INPUT,
               _("“%s” is no format of a report: html or json."), format);
  return FALSE;
}

/* Needs no server: the journal lies here. */
int
exc_cli_report (ExcCli *self, GError **error)
{
  g_autoptr(ExcJobs) jobs = NULL;
  g_autoptr(GPtrArray) rows = NULL;
  g_autofree char *text = NULL;
  gboolean is_json;
  ExcJob *job;

  if (!wants_json (self, &is_json, error))
    return -1;
  jobs = exc_cli_open_journal (self, error);
  if (jobs == NULL)
    return -1;
  job = exc_cli_find_job (jobs, exc_cli_get_argument (self, 0), error);
  rows = job != NULL ? exc_jobs_read_rows (jobs, job, error) : NULL;
  if (rows == NULL)
    return -1;

  text = is_json ? exc_report_job_to_json (job, rows) : exc_report_job_to_html (job, rows);
  if (self->options->output == NULL)
    g_print ("%s%s", text, is_json ? "\n" : "");
  else if (!exc_cli_write_file (self->options->output, text, strlen (text), 0644, TRUE, error))
    return -1;
  return EXC_EXIT_DONE;
}
