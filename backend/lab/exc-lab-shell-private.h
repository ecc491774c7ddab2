/* exc-lab-shell-private.h — who listens to a shell's far end
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab-shell.h"

G_BEGIN_DECLS

typedef struct {
  void (*emit) (gpointer data, const char *command_id, GBytes *bytes);
  void (*done) (gpointer data, const char *command_id);
  void (*gone) (gpointer data);
} ExcLabShellSink;

/* One listener; NULL when it goes. The table must outlive it. */
void exc_lab_shell_set_sink (ExcLabShell *self, const ExcLabShellSink *sink, gpointer data);

/* Calls the implementation; callback gets a GTask of a boolean. */
void exc_lab_shell_open (ExcLabShell *self,
                         GBytes *creation,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
void exc_lab_shell_command (ExcLabShell *self,
                            const char *command_id,
                            GBytes *arguments,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
void exc_lab_shell_send (ExcLabShell *self,
                         const char *stream,
                         const char *command_id,
                         GBytes *bytes,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
void exc_lab_shell_stop (ExcLabShell *self,
                         const char *command_id,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
void exc_lab_shell_release (ExcLabShell *self,
                            const char *command_id,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
void exc_lab_shell_close (ExcLabShell *self);

G_END_DECLS
