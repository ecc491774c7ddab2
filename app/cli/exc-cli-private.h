/* exc-cli-private.h — what the commands share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-cli.h"

G_BEGIN_DECLS

/* Waits for a job that was started, saying what it does; shows how it ended. */
int exc_cli_follow_job (ExcCli *self, ExcJob *job, GError **error);
/* Shows a plan; with --yes, runs it. */
int exc_cli_run_plan (ExcCli *self, ExcPlan *plan, GError **error);
int exc_cli_renew_auth (ExcCli *self, GError **error);
/* exc-cli-show.c: the whole thumbprint of four or more digits; NULL where it means none or more
 * than one. server: (nullable): FQDN: of those on it. (transfer none) */
const char *exc_cli_find_thumbprint (ExcSnapshot *snapshot,
                                     const char *server,
                                     const char *text,
                                     GError **error);
/* exc-cli.c: the words behind the command from this one on. (transfer full) */
GStrv exc_cli_dup_arguments (ExcCli *self, guint first) G_GNUC_WARN_UNUSED_RESULT;

/* exc-cli-jobs.c: the journal without an organization, and a job of it (transfer none) */
ExcJobs *exc_cli_open_journal (ExcCli *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
ExcJob *exc_cli_find_job (ExcJobs *jobs, const char *id, GError **error);

/* exc-cli-output.c: writes a file at once and whole, with that mode (less the umask); one that is
 * there already is refused unless it may be replaced. */
gboolean exc_cli_write_file (
    const char *path, const void *data, gsize size, int mode, gboolean may_replace, GError **error);

/* exc-cli-secret.c: the first line of a file, "-" for standard input */
ExcSecret *exc_cli_read_password (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* --pfx-password-file, or typed at the terminal without being shown; a new one twice. */
ExcSecret *exc_cli_ask_password (ExcCli *self,
                                 gboolean is_new,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
ExcSecret *exc_cli_read_secret_file (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
