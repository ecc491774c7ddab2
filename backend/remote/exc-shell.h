/* exc-shell.h — a PowerShell session on one server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-command.h"
#include "exc-endpoint.h"
#include "exc-record.h"

G_BEGIN_DECLS

#define EXC_TYPE_SHELL (exc_shell_get_type ())
G_DECLARE_FINAL_TYPE (ExcShell, exc_shell, EXC, SHELL, GObject)

/**
 * ExcShell:
 *
 * One runspace pool of one runspace. Pipelines run one after another: a second run waits for the
 * first. Signals: `record` (ExcStream, ExcValue) as each arrives.
 */
ExcShell *exc_shell_new (ExcEndpoint *endpoint) G_GNUC_WARN_UNUSED_RESULT;

ExcEndpoint *exc_shell_get_endpoint (ExcShell *self);
gboolean exc_shell_is_open (ExcShell *self);
guint exc_shell_get_n_round_trips (ExcShell *self);       /* HTTP exchanges so far, for measuring */
gint64 exc_shell_get_server_time_offset (ExcShell *self); /* seconds, from the HTTP Date header */

void exc_shell_open_async (ExcShell *self,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean exc_shell_open_finish (ExcShell *self, GAsyncResult *result, GError **error);

/* Opens the shell first where it is not open yet. A changing pipeline without a permit is refused
 * at once with EXC_ERROR_REFUSED, before a byte is sent. timeout_s: 0 for the endpoint's own;
 * past it the pipeline is stopped on the server and the call fails with EXC_ERROR_UNREACHABLE. */
void exc_shell_run_async (ExcShell *self,
                          ExcPipeline *pipeline,
                          ExcPermit *permit,
                          guint timeout_s,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
ExcReply *exc_shell_run_finish (ExcShell *self,
                                GAsyncResult *result,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Deletes the shell on the server, with a short time limit of its own; never fails for a shell
 * that is already gone. Every owner of a shell ends with it: a leaked one counts for two hours. */
void exc_shell_close_async (ExcShell *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean exc_shell_close_finish (ExcShell *self, GAsyncResult *result, GError **error);

G_END_DECLS
