/* exc-psrp-pool.h — the client's side of a runspace pool, as a machine over bytes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-psrp-pipeline.h"
#include "exc-record.h"

G_BEGIN_DECLS

/**
 * ExcPsrpPool:
 *
 * A runspace pool of one runspace and its pipelines, without I/O ([MS-PSRP] 3.1). The shell that
 * drives it does, after every call, the same two things:
 *
 * 1. pops every #ExcPsrpOutgoing and sends them one after another in that order, each only after
 *    the one before was answered (Create, Command or Send);
 * 2. pops every #ExcPsrpEvent and acts on it.
 *
 * and keeps a Receive without CommandId under way while exc_psrp_pool_is_shell_waiting(), and one
 * with CommandId while exc_psrp_pool_is_pipeline_waiting(). What a Receive brings goes in with
 * exc_psrp_pool_push(), in any split.
 *
 * ```
 * exc_psrp_pool_open (pool);
 * first = exc_psrp_pool_pop_outgoing (pool, budget)     EXC_PSRP_TARGET_CREATION: the Create
 * more  = …                                             EXC_PSRP_TARGET_STDIN, if it was too large
 * Receive; exc_psrp_pool_push (pool, NULL, …)           until EXC_PSRP_EVENT_OPENED
 * id = exc_psrp_pool_start (pool, pipeline, &error)
 * pop_outgoing                                          EXC_PSRP_TARGET_COMMAND, then _STDIN
 * Receive of id; exc_psrp_pool_push (pool, id, …)       records, then EXC_PSRP_EVENT_FINISHED
 * ```
 *
 * A pipeline that carries a SecureString waits for the key exchange, which the pool starts by
 * itself: a Send without CommandId goes out first, and the Command only once the key has come.
 */
typedef struct _ExcPsrpPool ExcPsrpPool;

ExcPsrpPool *exc_psrp_pool_new (void) G_GNUC_WARN_UNUSED_RESULT;
void exc_psrp_pool_free (ExcPsrpPool *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcPsrpPool, exc_psrp_pool_free)

typedef enum {
  EXC_PSRP_POOL_NEW,
  EXC_PSRP_POOL_OPENING,
  EXC_PSRP_POOL_OPENED,
  EXC_PSRP_POOL_CLOSED,
  EXC_PSRP_POOL_BROKEN,
} ExcPsrpPoolState;

const char *exc_psrp_pool_get_id (ExcPsrpPool *self); /* RPID: the ShellId to ask for */
ExcPsrpPoolState exc_psrp_pool_get_state (ExcPsrpPool *self);
/* What both sides agreed on; 2.1 until the server's capability has come. From 2.2 on the server
 * takes envelopes of 512000 bytes, before that 153600 (protocol.md 2). */
ExcPsrpVersion exc_psrp_pool_get_version (ExcPsrpPool *self);
ExcValue *exc_psrp_pool_get_private_data (ExcPsrpPool *self); /* (nullable): PSVersionTable in it */

/* Queues SESSION_CAPABILITY and INIT_RUNSPACEPOOL. Once. */
void exc_psrp_pool_open (ExcPsrpPool *self);

/* Begins a pipeline in an opened pool. Returns its id, (transfer none), valid until its
 * EXC_PSRP_EVENT_FINISHED was freed; NULL with EXC_ERROR_GONE in a pool that is not open. */
const char *exc_psrp_pool_start (ExcPsrpPool *self, ExcPipeline *pipeline, GError **error);

/* The pipeline is to be stopped. TRUE: its Command was already popped, so signal crtl_c and go on
 * receiving until it finished. FALSE: nothing of it was sent; its FINISHED event is ready. */
gboolean exc_psrp_pool_stop (ExcPsrpPool *self, const char *pipeline_id);

/* The shell was deleted, or is lost (@reason). Every pipeline finishes with that error, and
 * nothing more goes out. @reason NULL: closed as wanted, pipelines end with EXC_ERROR_GONE. */
void exc_psrp_pool_end (ExcPsrpPool *self, const GError *reason);

/* Bytes of one Stream element. @pipeline_id: (nullable): the pipeline whose stream it is, by the id
 * that exc_psrp_pool_start gave. FALSE: the pool is broken now (EXC_PSRP_EVENT_BROKEN and the
 * pipelines' FINISHED events say so too); delete the shell. */
gboolean exc_psrp_pool_push (
    ExcPsrpPool *self, const char *pipeline_id, const guint8 *data, gsize length, GError **error);
/* CommandState Done came: no more bytes for this pipeline. Without a PSRP state before, it
 * finishes with EXC_ERROR_PROTOCOL. */
void exc_psrp_pool_push_done (ExcPsrpPool *self, const char *pipeline_id);

gboolean exc_psrp_pool_is_shell_waiting (ExcPsrpPool *self);
gboolean exc_psrp_pool_is_pipeline_waiting (ExcPsrpPool *self, const char *pipeline_id);

typedef enum {
  EXC_PSRP_TARGET_CREATION, /* creationXml of Create */
  EXC_PSRP_TARGET_COMMAND,  /* Arguments of Command, CommandId = pipeline_id */
  EXC_PSRP_TARGET_STDIN,    /* Send "stdin", to pipeline_id or to the shell */
  EXC_PSRP_TARGET_PR,       /* Send "pr": answers to host calls */
} ExcPsrpTarget;

typedef struct {
  ExcPsrpTarget target;
  char *pipeline_id; /* (nullable): of the pipeline, NULL for the shell */
  GBytes *bytes;     /* whole fragments, at most max_bytes; base64 is the caller's */
} ExcPsrpOutgoing;

/* (nullable): the next piece, at most max_bytes (22 or more) before base64: what fits into the
 * envelope of its operation, (MaxEnvelopeSize - envelope without it) / 4 * 3. Take one only when
 * it can be sent, with the limit of that moment. A creation and a command are always one piece;
 * what does not fit follows as STDIN. */
ExcPsrpOutgoing *exc_psrp_pool_pop_outgoing (ExcPsrpPool *self,
                                             gsize max_bytes) G_GNUC_WARN_UNUSED_RESULT;
/* The target of what pop_outgoing would give; FALSE: nothing is waiting. */
gboolean exc_psrp_pool_peek_outgoing (ExcPsrpPool *self,
                                      ExcPsrpTarget *target,
                                      const char **pipeline_id);
void exc_psrp_outgoing_free (ExcPsrpOutgoing *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcPsrpOutgoing, exc_psrp_outgoing_free)

typedef enum {
  EXC_PSRP_EVENT_OPENED,
  EXC_PSRP_EVENT_BROKEN,     /* error: the server ended the pool, or broke the protocol */
  EXC_PSRP_EVENT_RECORD,     /* pipeline_id, stream, value: as it arrives; it is in the reply too */
  EXC_PSRP_EVENT_PROMPT,     /* pipeline_id, text, accepted: a host call was answered or refused */
  EXC_PSRP_EVENT_FINISHED,   /* pipeline_id, state, and reply or error */
  EXC_PSRP_EVENT_KEY_WANTED, /* the key exchange began */
  EXC_PSRP_EVENT_KEY_ARRIVED, /* SecureStrings can go both ways */
} ExcPsrpEventType;

typedef struct {
  ExcPsrpEventType type;
  char *pipeline_id;
  ExcStream stream;
  ExcValue *value;
  char *text;
  gboolean accepted;
  ExcPsrpPipelineState state;
  ExcReply *reply; /* FINISHED: what the server gave back; NULL when error is set */
  GError *error;
} ExcPsrpEvent;

ExcPsrpEvent *exc_psrp_pool_pop_event (ExcPsrpPool *self) G_GNUC_WARN_UNUSED_RESULT;
void exc_psrp_event_free (ExcPsrpEvent *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcPsrpEvent, exc_psrp_event_free)

G_END_DECLS
