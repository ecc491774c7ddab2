/* exc-lab-shell.h — the far end of one WS-Management shell, as raw PSRP bytes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ExcLabShell:
 *
 * What stands behind a shell of the WS-Management server. It is given PSRP bytes as they came in
 * creationXml, Arguments and Stream elements and gives bytes back for the shell's stream and for
 * each command's. #ExcLabPsrpShell speaks PSRP itself; a relay can hand the bytes on to another
 * server. Every operation completes the task that it is handed (transfer full) with
 * g_task_return_boolean() or an error, at once or later; the client's request is answered then.
 */
#define EXC_TYPE_LAB_SHELL (exc_lab_shell_get_type ())
G_DECLARE_DERIVABLE_TYPE (ExcLabShell, exc_lab_shell, EXC, LAB_SHELL, GObject)

struct _ExcLabShellClass {
  GObjectClass parent_class;

  void (*open) (ExcLabShell *self, GBytes *creation, GTask *task);
  void (*command) (ExcLabShell *self, const char *command_id, GBytes *arguments, GTask *task);
  /* stream: "stdin" or "pr"; command_id: (nullable) */
  void (*send) (
      ExcLabShell *self, const char *stream, const char *command_id, GBytes *bytes, GTask *task);
  void (*stop) (ExcLabShell *self, const char *command_id, GTask *task);    /* signal crtl_c */
  void (*release) (ExcLabShell *self, const char *command_id, GTask *task); /* signal Terminate */
  void (*close) (ExcLabShell *self); /* the shell was deleted; nothing more is wanted */
};

/* For implementations: what the far end says. @command_id: (nullable): the shell's own stream. */
void exc_lab_shell_emit (ExcLabShell *self, const char *command_id, GBytes *bytes);
/* No more bytes for this command: CommandState Done rides behind what was emitted. */
void exc_lab_shell_emit_done (ExcLabShell *self, const char *command_id);
/* The far end is gone: the shell's requests are answered with fault 2150858843 from now on. */
void exc_lab_shell_emit_gone (ExcLabShell *self);

/* Makes the far end of a shell that is being created; NULL with an error refuses it. An error's
 * message is the text of the fault. */
typedef ExcLabShell *(*ExcLabShellFactory) (
    gpointer data, const char *configuration, const char *query, const char *user, GError **error);

G_END_DECLS
