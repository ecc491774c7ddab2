/* exc-psrp-pool-private.h — the pool's inside, shared by its files
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-psrp-crypto.h"
#include "exc-psrp-fragment.h"
#include "exc-psrp-message.h"
#include "exc-psrp-pool.h"

G_BEGIN_DECLS

typedef enum {
  EXC_PSRP_KEY_NONE,
  EXC_PSRP_KEY_ASKED, /* PUBLIC_KEY is queued or sent */
  EXC_PSRP_KEY_READY,
} ExcPsrpKeyState;

typedef enum {
  EXC_PSRP_RUN_WAITING, /* for the session key */
  EXC_PSRP_RUN_QUEUED,  /* its CREATE_PIPELINE is in the queue, nothing of it was taken */
  EXC_PSRP_RUN_SENT,
  EXC_PSRP_RUN_ENDED, /* the server will say nothing more; messages may still be held */
} ExcPsrpRunState;

/* A pipeline that was started and has not finished. */
typedef struct {
  char *id;
  ExcPipeline *pipeline;
  ExcPsrpRunState state;
  gboolean is_stopping;
  ExcPsrpFragmentReader *reader;
  ExcReply *reply;
  GQueue held; /* (element-type ExcPsrpMessage): until the session key is there */
} ExcPsrpRun;

/* A message that waits to be cut and taken. */
typedef struct {
  ExcPsrpTarget target;
  char *pipeline_id; /* (nullable) */
  GBytes *message;
} ExcPsrpQueued;

struct _ExcPsrpPool {
  char *id;
  ExcPsrpPoolState state;
  ExcPsrpVersion version;
  ExcValue *private_data; /* (nullable) */

  ExcPsrpFragmentReader *reader; /* of the shell's own stream */
  ExcPsrpFragmentWriter *writer;
  GQueue outgoing;            /* (element-type ExcPsrpQueued): the head may be in the writer */
  gboolean is_creation_taken; /* what is left of it goes by Send */
  GQueue events;              /* (element-type ExcPsrpEvent) */
  GHashTable *runs;           /* (element-type utf8 ExcPsrpRun): by id */

  ExcPsrpKeyState key_state;
  ExcPsrpKeyPair *key_pair; /* (nullable): while the exchange is under way */
  ExcPsrpSessionKey *key;   /* (nullable) */
};

/* exc-psrp-pool.c */
void exc_psrp_queued_free (ExcPsrpQueued *queued);
ExcPsrpEvent *exc_psrp_pool_add_event (ExcPsrpPool *self, ExcPsrpEventType type, const char *id);
/* Queues a message with a body; FALSE when the body could not be written. */
gboolean exc_psrp_pool_queue (ExcPsrpPool *self,
                              ExcPsrpTarget target,
                              guint32 type,
                              const char *pipeline_id,
                              ExcValue *take_body,
                              GError **error);
gboolean exc_psrp_pool_queue_run (ExcPsrpPool *self, ExcPsrpRun *run, GError **error);
gboolean exc_psrp_pool_ask_for_key (ExcPsrpPool *self, GError **error);
/* The run is over and freed. error: (nullable) (transfer full): instead of its reply */
void exc_psrp_pool_finish_run (ExcPsrpPool *self,
                               ExcPsrpRun *run,
                               ExcPsrpPipelineState state,
                               GError *take_error);
/* Nothing goes on: every run finishes with a copy of reason. */
void exc_psrp_pool_break (ExcPsrpPool *self, ExcPsrpPoolState state, const GError *reason);

/* exc-psrp-pool-messages.c */
gboolean exc_psrp_pool_handle (ExcPsrpPool *self, ExcPsrpMessage *take_message, GError **error);

G_END_DECLS
