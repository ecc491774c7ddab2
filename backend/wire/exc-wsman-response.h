/* exc-wsman-response.h — WS-Management responses, read as they arrive
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-wsman.h"

G_BEGIN_DECLS

/**
 * ExcWsmanResponse:
 *
 * Reads one response (protocol.md 3, 4) from bytes in any split, on libxml2's SAX2 push parser
 * without a document tree. The streams' base64 is decoded while it comes in: pop chunks after
 * every push. After the first error it stays failed. A fault is a result, not an error of the
 * reader.
 */
typedef struct _ExcWsmanResponse ExcWsmanResponse;

/* message_id: of the request, for the check of RelatesTo; max_bytes: 0 for the default of 16 MiB */
ExcWsmanResponse *exc_wsman_response_new (ExcWsmanOperation operation,
                                          const char *message_id,
                                          gsize max_bytes) G_GNUC_WARN_UNUSED_RESULT;
void exc_wsman_response_free (ExcWsmanResponse *self);

gboolean exc_wsman_response_push (ExcWsmanResponse *self,
                                  const guint8 *data,
                                  gsize length,
                                  GError **error);
/* The body has ended: FALSE for a cut or foreign document, a wrong RelatesTo, or a response of
 * another operation. */
gboolean exc_wsman_response_finish (ExcWsmanResponse *self, GError **error);
ExcWsmanChunk *exc_wsman_response_pop (ExcWsmanResponse *self) G_GNUC_WARN_UNUSED_RESULT;

const ExcWsmanFault *exc_wsman_response_get_fault (ExcWsmanResponse *self); /* (nullable) */
const char *exc_wsman_response_get_shell_id (ExcWsmanResponse *self);       /* (nullable), Create */
const char *exc_wsman_response_get_resource_uri (ExcWsmanResponse *self);   /* (nullable), Create */
const char *exc_wsman_response_get_command_id (ExcWsmanResponse *self); /* (nullable), Command */
const char *exc_wsman_response_get_done_command_id (
    ExcWsmanResponse *self); /* (nullable): CommandState Done came */
const char *exc_wsman_response_get_shell_state (
    ExcWsmanResponse *self); /* (nullable), Get: "Connected" */
const char *exc_wsman_response_get_activity_id (ExcWsmanResponse *self); /* (nullable), for logs */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcWsmanResponse, exc_wsman_response_free)

G_END_DECLS
