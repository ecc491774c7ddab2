/* exc-wsman-client.h — WS-Management requests as bytes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-wsman.h"

G_BEGIN_DECLS

/**
 * ExcWsmanClient:
 *
 * Writes the envelopes of one shell (protocol.md 2, 3) and knows how many bytes fit into one. It
 * does no I/O. Every writer returns the envelope and, through @message_id, the id that the
 * response has to relate to.
 */
typedef struct _ExcWsmanClient ExcWsmanClient;

ExcWsmanClient *exc_wsman_client_new (const char *url,
                                      const char *configuration) G_GNUC_WARN_UNUSED_RESULT;
void exc_wsman_client_free (ExcWsmanClient *self);

const char *exc_wsman_client_get_shell_id (ExcWsmanClient *self); /* (nullable) */
/* After Create: the selector and resource URI that the server returned. @resource_uri: (nullable)
 */
void exc_wsman_client_set_shell (ExcWsmanClient *self,
                                 const char *shell_id,
                                 const char *resource_uri);
gsize exc_wsman_client_get_max_envelope_size (ExcWsmanClient *self);
void exc_wsman_client_set_max_envelope_size (ExcWsmanClient *self, gsize n_bytes);
guint exc_wsman_client_get_operation_timeout_s (ExcWsmanClient *self); /* 20 */
void exc_wsman_client_set_operation_timeout_s (ExcWsmanClient *self, guint seconds);

/* How many fragment bytes fit into one Create, Command or Send of max_envelope_size bytes. */
gsize exc_wsman_client_get_budget (ExcWsmanClient *self, ExcWsmanOperation operation);

/* shell_id: the runspace pool's id, upper case */
GBytes *exc_wsman_client_create (ExcWsmanClient *self,
                                 const char *shell_id,
                                 const char *protocol_version,
                                 GBytes *creation,
                                 char **message_id) G_GNUC_WARN_UNUSED_RESULT;
/* command_id: the pipeline's id, upper case; arguments: its first fragments */
GBytes *exc_wsman_client_command (ExcWsmanClient *self,
                                  const char *command_id,
                                  GBytes *arguments,
                                  char **message_id) G_GNUC_WARN_UNUSED_RESULT;
/* command_id: (nullable): NULL for the runspace pool's own messages */
GBytes *exc_wsman_client_receive (ExcWsmanClient *self,
                                  const char *command_id,
                                  char **message_id) G_GNUC_WARN_UNUSED_RESULT;
/* stream: "stdin" or "pr"; command_id: (nullable) */
GBytes *exc_wsman_client_send (ExcWsmanClient *self,
                               const char *stream,
                               const char *command_id,
                               GBytes *bytes,
                               char **message_id) G_GNUC_WARN_UNUSED_RESULT;
GBytes *exc_wsman_client_signal (ExcWsmanClient *self,
                                 const char *command_id,
                                 ExcWsmanSignal signal,
                                 char **message_id) G_GNUC_WARN_UNUSED_RESULT;
GBytes *exc_wsman_client_delete (ExcWsmanClient *self, char **message_id) G_GNUC_WARN_UNUSED_RESULT;
/* Asks whether the shell is alive. */
GBytes *exc_wsman_client_get (ExcWsmanClient *self, char **message_id) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcWsmanClient, exc_wsman_client_free)

G_END_DECLS
