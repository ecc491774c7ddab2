/* exc-lab-shell.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab"

#include "config.h"

#include "exc-lab-shell.h"

#include "exc-lab-shell-private.h"

typedef struct {
  const ExcLabShellSink *sink; /* (nullable) */
  gpointer sink_data;
} ExcLabShellPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (ExcLabShell, exc_lab_shell, G_TYPE_OBJECT)

static void
exc_lab_shell_class_init (ExcLabShellClass *klass)
{
}

static void
exc_lab_shell_init (ExcLabShell *self)
{
}

void
exc_lab_shell_set_sink (ExcLabShell *self, const ExcLabShellSink *sink, gpointer data)
{
  ExcLabShellPrivate *priv = exc_lab_shell_get_instance_private (self);

  priv->sink = sink;
  priv->sink_data = data;
}

/**
 * exc_lab_shell_emit:
 * @self: a shell
 * @command_id: (nullable): the command whose stream it is, %NULL for the shell's
 * @bytes: PSRP fragments, in any cut
 */
void
exc_lab_shell_emit (ExcLabShell *self, const char *command_id, GBytes *bytes)
{
  ExcLabShellPrivate *priv = exc_lab_shell_get_instance_private (self);

  g_return_if_fail (EXC_IS_LAB_SHELL (self));

  if (priv->sink != NULL)
    priv->sink->emit (priv->sink_data, command_id, bytes);
}

void
exc_lab_shell_emit_done (ExcLabShell *self, const char *command_id)
{
  ExcLabShellPrivate *priv = exc_lab_shell_get_instance_private (self);

  g_return_if_fail (EXC_IS_LAB_SHELL (self));
  g_return_if_fail (command_id != NULL);

  if (priv->sink != NULL)
    priv->sink->done (priv->sink_data, command_id);
}

void
exc_lab_shell_emit_gone (ExcLabShell *self)
{
  ExcLabShellPrivate *priv = exc_lab_shell_get_instance_private (self);

  g_return_if_fail (EXC_IS_LAB_SHELL (self));

  if (priv->sink != NULL)
    priv->sink->gone (priv->sink_data);
}

void
exc_lab_shell_open (ExcLabShell *self,
                    GBytes *creation,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  EXC_LAB_SHELL_GET_CLASS (self)->open (
      self, creation, g_task_new (self, NULL, callback, user_data));
}

void
exc_lab_shell_command (ExcLabShell *self,
                       const char *command_id,
                       GBytes *arguments,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  EXC_LAB_SHELL_GET_CLASS (self)->command (
      self, command_id, arguments, g_task_new (self, NULL, callback, user_data));
}

void
exc_lab_shell_send (ExcLabShell *self,
                    const char *stream,
                    const char *command_id,
                    GBytes *bytes,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  EXC_LAB_SHELL_GET_CLASS (self)->send (
      self, stream, command_id, bytes, g_task_new (self, NULL, callback, user_data));
}

void
exc_lab_shell_stop (ExcLabShell *self,
                    const char *command_id,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  EXC_LAB_SHELL_GET_CLASS (self)->stop (
      self, command_id, g_task_new (self, NULL, callback, user_data));
}

void
exc_lab_shell_release (ExcLabShell *self,
                       const char *command_id,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  EXC_LAB_SHELL_GET_CLASS (self)->release (
      self, command_id, g_task_new (self, NULL, callback, user_data));
}

void
exc_lab_shell_close (ExcLabShell *self)
{
  EXC_LAB_SHELL_GET_CLASS (self)->close (self);
}
