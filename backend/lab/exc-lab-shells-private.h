/* exc-lab-shells-private.h — a shell of the WS-Management server: its streams and long polls
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab-shell.h"
#include "exc-wsman-server.h"

G_BEGIN_DECLS

/**
 * ExcLabWsmanShell:
 *
 * What the server keeps of one shell: bytes that wait for a Receive, and Receives that wait for
 * bytes. Counted; a request under way keeps it alive past its Delete.
 */
typedef struct _ExcLabWsmanShell ExcLabWsmanShell;

/* far: (transfer none); idle: called once after idle_s seconds without a request */
ExcLabWsmanShell *exc_lab_wsman_shell_new (const char *id,
                                           const char *path,
                                           const char *user,
                                           ExcLabShell *far,
                                           guint idle_s,
                                           GFunc idle,
                                           gpointer idle_data) G_GNUC_WARN_UNUSED_RESULT;
ExcLabWsmanShell *exc_lab_wsman_shell_ref (ExcLabWsmanShell *self);
void exc_lab_wsman_shell_unref (ExcLabWsmanShell *self);

const char *exc_lab_wsman_shell_get_id (ExcLabWsmanShell *self);
const char *exc_lab_wsman_shell_get_path (ExcLabWsmanShell *self);
const char *exc_lab_wsman_shell_get_user (ExcLabWsmanShell *self);
ExcLabShell *exc_lab_wsman_shell_get_far (ExcLabWsmanShell *self);
gboolean exc_lab_wsman_shell_is_gone (ExcLabWsmanShell *self);
void exc_lab_wsman_shell_touch (ExcLabWsmanShell *self);

void exc_lab_wsman_shell_add_command (ExcLabWsmanShell *self, const char *command_id);
void exc_lab_wsman_shell_remove_command (ExcLabWsmanShell *self, const char *command_id);

/* Answers a Receive: reply gets the envelope and the HTTP status, at once or when there is
 * something to say or the request's OperationTimeout is over. A second Receive of the same stream
 * ends the first. id: (out): for exc_lab_wsman_shell_forget, set before reply is called. */
typedef void (*ExcLabReplyFunc) (gpointer data, guint status, GBytes *envelope);
void exc_lab_wsman_shell_receive (ExcLabWsmanShell *self,
                                  ExcWsmanRequest *take_request,
                                  guint *id,
                                  ExcLabReplyFunc reply,
                                  gpointer data);
/* The client of that Receive has gone: nothing is given to it any more; reply is not called. */
void exc_lab_wsman_shell_forget (ExcLabWsmanShell *self, guint id);
/* Ends every Receive with a fault and closes the far end. */
void exc_lab_wsman_shell_close (ExcLabWsmanShell *self, guint32 code);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcLabWsmanShell, exc_lab_wsman_shell_unref)

G_END_DECLS
