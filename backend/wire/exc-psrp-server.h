/* exc-psrp-server.h — the server's side of a runspace pool, as a machine over bytes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-psrp-pipeline.h"
#include "exc-record.h"

G_BEGIN_DECLS

/**
 * ExcPsrpServer:
 *
 * The counterpart of #ExcPsrpPool ([MS-PSRP] 3.2): it opens the pool, reads pipelines, exchanges
 * the key and seals what goes out. It runs nothing. After every call pop what is to be sent and
 * what happened.
 */
typedef struct _ExcPsrpServer ExcPsrpServer;

ExcPsrpServer *exc_psrp_server_new (void) G_GNUC_WARN_UNUSED_RESULT;
void exc_psrp_server_free (ExcPsrpServer *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcPsrpServer, exc_psrp_server_free)

const char *exc_psrp_server_get_id (ExcPsrpServer *self); /* (nullable): RPID, once it has come */
/* The version of SESSION_CAPABILITY that is answered with: 2.3 if nothing else is set before. */
void exc_psrp_server_set_version (ExcPsrpServer *self, ExcPsrpVersion version);

/* Bytes from the client. source: which stream they came in, any text that tells streams apart
 * (the command's id, "pr"); NULL for creationXml and the shell's stdin. FALSE: the client broke the
 * protocol; PowerShell then ends the command without an answer (protocol.md 12). */
gboolean exc_psrp_server_push (
    ExcPsrpServer *self, const char *source, const guint8 *data, gsize length, GError **error);

typedef enum {
  EXC_PSRP_SERVER_OPENED, /* the answers to INIT_RUNSPACEPOOL are queued */
  EXC_PSRP_SERVER_START,  /* pipeline_id, pipeline, body */
  EXC_PSRP_SERVER_INPUT,  /* pipeline_id, value: an object for the pipeline */
  EXC_PSRP_SERVER_END_OF_INPUT,
  EXC_PSRP_SERVER_ANSWER, /* pipeline_id, ci, value: of a host call; value NULL: refused */
} ExcPsrpServerEventType;

typedef struct {
  ExcPsrpServerEventType type;
  char *pipeline_id;
  ExcPipeline *pipeline;
  GBytes *body; /* START: the CLIXML of CREATE_PIPELINE, SecureStrings sealed */
  gint64 ci;
  ExcValue *value;
} ExcPsrpServerEvent;

ExcPsrpServerEvent *exc_psrp_server_pop_event (ExcPsrpServer *self) G_GNUC_WARN_UNUSED_RESULT;
void exc_psrp_server_event_free (ExcPsrpServerEvent *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcPsrpServerEvent, exc_psrp_server_event_free)

/* What goes out. Nothing is queued for a pipeline that has finished. */
void exc_psrp_server_write (ExcPsrpServer *self,
                            const char *pipeline_id,
                            ExcStream stream,
                            ExcValue *value);
/* The last message of a pipeline; take_failure: (nullable): an ErrorRecord */
void exc_psrp_server_finish (ExcPsrpServer *self,
                             const char *pipeline_id,
                             ExcPsrpPipelineState state,
                             ExcValue *take_failure);
gboolean exc_psrp_server_can_prompt (ExcPsrpServer *self, const char *pipeline_id);
/* Asks a PromptForChoice; returns its ci, which the ANSWER event carries. */
gint64 exc_psrp_server_prompt (ExcPsrpServer *self,
                               const char *pipeline_id,
                               const char *caption,
                               const char *message,
                               const char *const *labels,
                               int default_choice);

typedef struct {
  char *pipeline_id; /* (nullable): NULL for the shell's stream */
  GBytes *bytes;     /* one fragment of at most 32768 bytes, with its header */
  gboolean is_last;  /* nothing more will come for the pipeline */
} ExcPsrpServerOutgoing;

ExcPsrpServerOutgoing *exc_psrp_server_pop_outgoing (ExcPsrpServer *self) G_GNUC_WARN_UNUSED_RESULT;
void exc_psrp_server_outgoing_free (ExcPsrpServerOutgoing *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcPsrpServerOutgoing, exc_psrp_server_outgoing_free)

G_END_DECLS
