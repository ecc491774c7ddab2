/* exc-cli.h — thumbprintctl
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-cli-options.h"
#include "exc-context.h"
#include "exc-json.h"

G_BEGIN_DECLS

/* How the program ends; the manual page lists these. */
enum {
  EXC_EXIT_DONE = 0,
  EXC_EXIT_FAILED = 1,       /* a server reported an error, a step or a job failed */
  EXC_EXIT_USAGE = 2,        /* the command line cannot be understood */
  EXC_EXIT_UNREACHABLE = 3,  /* nobody answered, or not as the wanted endpoint */
  EXC_EXIT_CREDENTIALS = 4,  /* user or password refused, or the server's TLS not trusted */
  EXC_EXIT_REFUSED = 5,      /* a guard said no: a blocking check, another job */
  EXC_EXIT_PARTIAL = 6,      /* what is shown lacks a server that could not be read */
  EXC_EXIT_NOT_FOUND = 7,    /* the server, certificate or job is not there */
  EXC_EXIT_INTERRUPTED = 130 /* stopped by a signal; a job can be resumed */
};

typedef struct {
  ExcCliOptions *options;
  ExcContext *context;
  GCancellable *cancellable;
  ExcJob *job;          /* (nullable): the one that runs: a signal stops it after its step */
  gboolean is_terminal; /* standard error is one */
  gboolean has_line;    /* a progress line stands there */
} ExcCli;

/* A command; -1 with @error, else an exit code. */
typedef int (*ExcCliRun) (ExcCli *self, GError **error);

/* exc-cli.c */
int exc_cli_main (int argc, const char *const *argv);
void exc_cli_wait (GAsyncResult **result); /* until on_result_cb was called */
void exc_cli_result_cb (GObject *source, GAsyncResult *result, gpointer user_data);
const char *exc_cli_get_argument (ExcCli *self, guint index); /* (nullable) */
/* Reads servers, showing progress; only: (nullable) FQDNs. */
gboolean exc_cli_refresh (ExcCli *self, const char *const *only, GError **error);
int exc_cli_exit_code_of (const GError *error);

/* exc-cli-read.c, exc-cli-show.c */
int exc_cli_servers (ExcCli *self, GError **error);
int exc_cli_certificates (ExcCli *self, GError **error);
int exc_cli_show (ExcCli *self, GError **error);
int exc_cli_warn_of_servers (ExcCli *self); /* those not read, on standard error; the exit code */
/* exc-cli-jobs.c, exc-cli-renew.c */
int exc_cli_renew (ExcCli *self, GError **error);
int exc_cli_jobs (ExcCli *self, GError **error);
int exc_cli_resume (ExcCli *self, GError **error);
int exc_cli_undo (ExcCli *self, GError **error);
int exc_cli_confirm (ExcCli *self, GError **error);
/* exc-cli-certificate.c */
int exc_cli_delete (ExcCli *self, GError **error);
int exc_cli_trust (ExcCli *self, GError **error);
int exc_cli_untrust (ExcCli *self, GError **error);
int exc_cli_bind (ExcCli *self, GError **error);
int exc_cli_assign (ExcCli *self, GError **error);
int exc_cli_repair (ExcCli *self, GError **error);
/* exc-cli-create.c, exc-cli-export.c */
int exc_cli_create (ExcCli *self, GError **error);
int exc_cli_request (ExcCli *self, GError **error);
int exc_cli_complete (ExcCli *self, GError **error);
int exc_cli_import (ExcCli *self, GError **error);
int exc_cli_export (ExcCli *self, GError **error);
/* exc-cli-report.c */
int exc_cli_report (ExcCli *self, GError **error);
/* exc-cli-query.c */
int exc_cli_query (ExcCli *self, GError **error);

/* exc-cli-organizations.c */
int exc_cli_organizations (ExcCli *self, GError **error);
int exc_cli_save (ExcCli *self, GError **error);
int exc_cli_forget (ExcCli *self, GError **error);

/* exc-cli-output.c: a table for people; NULL cells are blank */
typedef struct _ExcCliTable ExcCliTable;
ExcCliTable *exc_cli_table_new (const char *const *titles) G_GNUC_WARN_UNUSED_RESULT;
void exc_cli_table_add (ExcCliTable *self, const char *const *cells);
void exc_cli_table_print (ExcCliTable *self);
void exc_cli_table_free (ExcCliTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcCliTable, exc_cli_table_free)

/* Lines of progress on standard error: one that is rewritten on a terminal, plain ones elsewhere.
 */
void exc_cli_progress (ExcCli *self, double fraction, const char *text);
void exc_cli_progress_end (ExcCli *self);
void exc_cli_say (ExcCli *self, const char *text); /* a line that stays, on standard error */
char *exc_cli_format_time (gint64 time);           /* local; "" for 0 */

/* exc-cli-json.c */
void exc_cli_json_print (JsonBuilder *builder, gboolean pretty);
void exc_cli_json_add_time (JsonBuilder *builder, const char *name, gint64 time); /* 0: null */
void exc_cli_json_add_certificate (JsonBuilder *builder,
                                   ExcCertificate *certificate,
                                   ExcServer *server);
void exc_cli_json_add_server (JsonBuilder *builder, ExcServer *server);
void exc_cli_json_add_job (JsonBuilder *builder, ExcJob *job);
void exc_cli_json_add_value (JsonBuilder *builder, ExcValue *value); /* type, text, properties */

G_END_DECLS
