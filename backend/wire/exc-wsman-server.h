/* exc-wsman-server.h — the other end of WS-Management: requests read, responses written
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-wsman.h"

G_BEGIN_DECLS

/**
 * ExcWsmanRequest:
 *
 * One request as a server sees it, for the lab and for tests. Push bytes in any split, then
 * finish; the getters are valid after that.
 */
typedef struct _ExcWsmanRequest ExcWsmanRequest;

/* max_bytes: 0 for EXC_WSMAN_ENVELOPE_LATER plus a little */
ExcWsmanRequest *exc_wsman_request_new (gsize max_bytes) G_GNUC_WARN_UNUSED_RESULT;
void exc_wsman_request_free (ExcWsmanRequest *self);
gboolean exc_wsman_request_push (ExcWsmanRequest *self,
                                 const guint8 *data,
                                 gsize length,
                                 GError **error);
gboolean exc_wsman_request_finish (ExcWsmanRequest *self, GError **error);
/* All at once: (transfer full) (nullable) */
ExcWsmanRequest *exc_wsman_request_parse (const guint8 *data,
                                          gsize length,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;

ExcWsmanOperation exc_wsman_request_get_operation (ExcWsmanRequest *self);
const char *exc_wsman_request_get_action (ExcWsmanRequest *self);       /* never NULL */
const char *exc_wsman_request_get_message_id (ExcWsmanRequest *self);   /* (nullable), with uuid: */
const char *exc_wsman_request_get_resource_uri (ExcWsmanRequest *self); /* (nullable) */
const char *exc_wsman_request_get_to (ExcWsmanRequest *self);           /* (nullable) */
const char *exc_wsman_request_get_session_id (ExcWsmanRequest *self);   /* (nullable) */
const char *exc_wsman_request_get_locale (ExcWsmanRequest *self); /* (nullable): p:DataLocale */
guint exc_wsman_request_get_operation_timeout_ms (ExcWsmanRequest *self); /* 60000 when not said */
gsize exc_wsman_request_get_max_envelope_size (ExcWsmanRequest *self);    /* 153600 when not said */
/* The selector, or on Create the Shell's attribute. (nullable) */
const char *exc_wsman_request_get_shell_id (ExcWsmanRequest *self);
/* Of CommandLine, DesiredStream, the first Stream or Signal. (nullable) */
const char *exc_wsman_request_get_command_id (ExcWsmanRequest *self);
const char *exc_wsman_request_get_option (ExcWsmanRequest *self, const char *name); /* (nullable) */
ExcWsmanSignal exc_wsman_request_get_signal (ExcWsmanRequest *self);
GBytes *exc_wsman_request_get_creation (
    ExcWsmanRequest *self); /* (nullable): creationXml, decoded */
GBytes *exc_wsman_request_get_arguments (
    ExcWsmanRequest *self); /* (nullable): of a Command, decoded */
GPtrArray *exc_wsman_request_get_chunks (
    ExcWsmanRequest *self); /* (element-type ExcWsmanChunk): of a Send */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcWsmanRequest, exc_wsman_request_free)

/* Responses to @request (NULL where it could not be read: then without RelatesTo). All are
 * (transfer full). A fault goes out with HTTP status 500, the rest with 200. */
GBytes *exc_wsman_reply_created (ExcWsmanRequest *request,
                                 const char *shell_id) G_GNUC_WARN_UNUSED_RESULT;
GBytes *exc_wsman_reply_command (ExcWsmanRequest *request,
                                 const char *command_id) G_GNUC_WARN_UNUSED_RESULT;
/* chunks: (element-type ExcWsmanChunk): a Stream element each; done_command_id: (nullable): says
 * CommandState Done for it behind the streams */
GBytes *exc_wsman_reply_receive (ExcWsmanRequest *request,
                                 GPtrArray *chunks,
                                 const char *done_command_id) G_GNUC_WARN_UNUSED_RESULT;
/* The empty answers: Send, Signal, Delete; and Get with State Connected. */
GBytes *exc_wsman_reply_empty (ExcWsmanRequest *request) G_GNUC_WARN_UNUSED_RESULT;
GBytes *exc_wsman_reply_fault (ExcWsmanRequest *request,
                               guint32 code,
                               const char *message) G_GNUC_WARN_UNUSED_RESULT;

/* How many raw bytes of n_chunks Stream elements fit into a Receive response of that size. */
gsize exc_wsman_reply_budget (gsize max_envelope_size, guint n_chunks);

G_END_DECLS
