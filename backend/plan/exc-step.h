/* exc-step.h — one reversible change to one server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-connection.h"
#include "exc-progress.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * ExcStepContext:
 *
 * What a step has at hand while it runs: the connection, the runner's permit, and the facts of its
 * server's lane, which earlier steps wrote and the journal keeps (thumbprints, names, earlier
 * bindings: never a secret). Facts are strings by name; setting one makes it durable.
 */
typedef struct _ExcStepContext ExcStepContext;

ExcConnection *exc_step_context_get_connection (ExcStepContext *self);
ExcClock *exc_step_context_get_clock (ExcStepContext *self);
ExcPermit *exc_step_context_get_permit (ExcStepContext *self); /* (nullable): NULL while verifying */
const char *exc_step_context_get_server (ExcStepContext *self); /* FQDN */
const char *exc_step_context_get_fact (ExcStepContext *self, const char *name); /* (nullable) */
gboolean exc_step_context_set_fact (ExcStepContext *self,
                                    const char *name,
                                    const char *value,
                                    GError **error);
/* A line for the job's log: what was sent, what came back. Kept in the journal. */
void exc_step_context_log (ExcStepContext *self, const char *text);

/* What a look at the server says of a step. */
typedef enum {
  EXC_EFFECT_MISSING,  /* run it */
  EXC_EFFECT_SEEN,     /* done */
  EXC_EFFECT_NEEDLESS, /* nothing to do here, with a reason (skipped) */
} ExcEffect;

#define EXC_TYPE_STEP (exc_step_get_type ())
G_DECLARE_DERIVABLE_TYPE (ExcStep, exc_step, EXC, STEP, GObject)

/**
 * ExcStepClass:
 * @get_id: stable name of the kind of step, for the journal ("create", "trust", "bind-back-end")
 * @describe: (transfer full): what the step will do, in one sentence
 * @build: (transfer full) (nullable): the exact pipelines, for the preview and for running; facts not
 *   known yet are shown as ‹NEW›
 * @verify_async: looks at the server: is the effect there already? @reason for EXC_EFFECT_NEEDLESS
 * @run_async: makes the change
 * @undo_async: (nullable): takes the change back; %NULL where that is impossible
 *
 * Every verb may be called again after a crash, so each must be safe to repeat.
 */
struct _ExcStepClass {
  GObjectClass parent_class;

  const char *(*get_id) (ExcStep *self);
  char *(*describe) (ExcStep *self);
  GPtrArray *(*build) (ExcStep *self, ExcStepContext *context);
  void (*verify_async) (ExcStep *self,
                        ExcStepContext *context,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
  gboolean (*verify_finish) (ExcStep *self,
                             GAsyncResult *result,
                             ExcEffect *effect,
                             char **reason,
                             GError **error);
  void (*run_async) (ExcStep *self,
                     ExcStepContext *context,
                     ExcProgress *progress,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data);
  gboolean (*run_finish) (ExcStep *self, GAsyncResult *result, GError **error);
  void (*undo_async) (ExcStep *self,
                      ExcStepContext *context,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data);
  gboolean (*undo_finish) (ExcStep *self, GAsyncResult *result, GError **error);
};

const char *exc_step_get_id (ExcStep *self);
char *exc_step_describe (ExcStep *self) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray *exc_step_build (ExcStep *self, ExcStepContext *context) G_GNUC_WARN_UNUSED_RESULT;
gboolean exc_step_can_undo (ExcStep *self);

G_END_DECLS
