/* exc-step-context.h — what a step has at hand while it looks and works
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-clock.h"
#include "exc-connection.h"

G_BEGIN_DECLS

/**
 * ExcStepContext:
 *
 * The connection, the runner's permit, and the facts of the server's lane, which earlier steps
 * wrote and the journal keeps (thumbprints, names, earlier bindings: never a secret). Facts are
 * strings by name; setting one makes it durable. Counted, as each call of a step holds it.
 */
typedef struct _ExcStepContext ExcStepContext;

/* How facts begin that hold no longer once a step of their lane was undone: what steps without a
 * way back (a restart) did is to be done again then. */
#define EXC_FACT_ONCE         "once-"

#define EXC_TYPE_STEP_CONTEXT (exc_step_context_get_type ())
GType exc_step_context_get_type (void);
ExcStepContext *exc_step_context_ref (ExcStepContext *self);
void exc_step_context_unref (ExcStepContext *self);

ExcConnection *exc_step_context_get_connection (ExcStepContext *self);
ExcClock *exc_step_context_get_clock (ExcStepContext *self);
ExcPermit *exc_step_context_get_permit (
    ExcStepContext *self); /* (nullable): NULL while verifying */
/* The lane: an FQDN, or EXC_LANE_ORGANIZATION. */
const char *exc_step_context_get_server (ExcStepContext *self);
/* (nullable): the last server before this one that got past the same step in this job and is not
 * left out, failed or undone */
const char *exc_step_context_get_server_before (ExcStepContext *self);
/* (nullable): a fact of the lane, or else of the organization's lane */
const char *exc_step_context_get_fact (ExcStepContext *self, const char *name);
gboolean exc_step_context_set_fact (ExcStepContext *self,
                                    const char *name,
                                    const char *value,
                                    GError **error);
/* A line for the job's log: what was sent, what came back. Kept in the journal. */
void exc_step_context_log (ExcStepContext *self, const char *text);

/* Runs a pipeline where it belongs (a script on the server's Windows endpoint, all else on the
 * Exchange endpoint) and logs its line, what came back and how long it took. server: (nullable):
 * FQDN; NULL: the lane's. The reply is checked: an error of the server fails the call,
 * EXC_ERROR_UNREACHABLE where its service host did not answer it (it may be asked again). */
void exc_step_context_run_async (ExcStepContext *self,
                                 const char *server,
                                 ExcPipeline *pipeline,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
ExcReply *exc_step_context_run_finish (ExcStepContext *self,
                                       GAsyncResult *result,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The bare reply, whatever it says; the error of the server is not one of the call. */
ExcReply *exc_step_context_run_finish_unchecked (ExcStepContext *self,
                                                 GAsyncResult *result,
                                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether a bare reply is a good one; the error as exc_step_context_run_finish gives it. */
gboolean exc_step_context_check (ExcStepContext *self, ExcReply *reply, GError **error);
/* Runs pipelines one after another, up to the first that fails. (element-type ExcPipeline) */
void exc_step_context_run_all_async (ExcStepContext *self,
                                     const char *server,
                                     GPtrArray *pipelines,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean exc_step_context_run_all_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcStepContext, exc_step_context_unref)

G_END_DECLS
