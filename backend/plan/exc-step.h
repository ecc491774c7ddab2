/* exc-step.h — one reversible change to one server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-progress.h"
#include "exc-step-context.h"

G_BEGIN_DECLS

/* What a look at the server says of a step. */
typedef enum {
  EXC_EFFECT_MISSING,  /* run it */
  EXC_EFFECT_SEEN,     /* done */
  EXC_EFFECT_WARNED,   /* done, with a remark that the admin has to read */
  EXC_EFFECT_NEEDLESS, /* nothing to do here, with a reason (skipped) */
  EXC_EFFECT_WAITING,  /* neither yet: look again later, with what is waited for */
} ExcEffect;

/* A wait that no time ends: the user does (exc_jobs_confirm). */
#define EXC_WAKE_BY_USER 0

/* What was seen. */
typedef struct {
  ExcEffect effect;
  char *reason; /* (nullable) */
  gint64 wake;  /* of EXC_EFFECT_WAITING: Unix seconds, or EXC_WAKE_BY_USER */
} ExcSight;

void exc_sight_clear (ExcSight *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ExcSight, exc_sight_clear)

#define EXC_TYPE_STEP (exc_step_get_type ())
G_DECLARE_DERIVABLE_TYPE (ExcStep, exc_step, EXC, STEP, GObject)

/**
 * ExcStepClass:
 * @get_id: stable name of the kind of step, for the journal ("create", "trust", "bind-back-end")
 * @describe: (transfer full): what the step will do, in one sentence
 * @build: (transfer full) (nullable) (element-type ExcPipeline): the exact pipelines, for the
 * preview (where @context is %NULL and facts not known yet are shown as ‹NEW›) and for running;
 * %NULL for a step that only looks
 * @verify_async: looks at the server: is the effect there already? What it reads is also the
 *   precondition of a run that follows: where the server is no more as the plan found it, it fails
 *   with %EXC_ERROR_REFUSED and the difference. @reason: why nothing is to be done, what is seen
 *   instead of the effect, or a remark on an effect that is there
 * @run_async: makes the change; by default sends what @build gives, one after another
 * @take_reply: (nullable): of a step that builds one pipeline and runs by default: what its answer
 *   says, which is not all in what a look shows; %FALSE with @error: it did not work
 * @undo_async: (nullable): takes the change back and looks that it is; %NULL where that is
 * impossible
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
  void (*run_async) (ExcStep *self,
                     ExcStepContext *context,
                     ExcProgress *progress,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data);
  gboolean (*take_reply) (ExcStep *self, ExcStepContext *context, ExcReply *reply, GError **error);
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
char *exc_step_dup_commands (ExcStep *self, ExcStepContext *context) G_GNUC_WARN_UNUSED_RESULT;
gboolean exc_step_can_undo (ExcStep *self);
/* What it replaces cannot be had back: where it was changed, an undo refuses. */
gboolean exc_step_get_is_irreversible (ExcStep *self);
void exc_step_set_irreversible (ExcStep *self);
gboolean exc_step_can_run (ExcStep *self); /* FALSE: it only looks */
/* Steps of a phase run when all lanes have done those before it: the barriers of a plan. 0 unless
 * said otherwise. */
guint exc_step_get_phase (ExcStep *self);
void exc_step_set_phase (ExcStep *self, guint phase);

void exc_step_verify_async (ExcStep *self,
                            ExcStepContext *context,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean exc_step_verify_finish (ExcStep *self,
                                 GAsyncResult *result,
                                 ExcSight *sight,
                                 GError **error);
void exc_step_run_async (ExcStep *self,
                         ExcStepContext *context,
                         ExcProgress *progress,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
gboolean exc_step_run_finish (ExcStep *self, GAsyncResult *result, GError **error);
void exc_step_undo_async (ExcStep *self,
                          ExcStepContext *context,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
gboolean exc_step_undo_finish (ExcStep *self, GAsyncResult *result, GError **error);

/* For steps: end a task of verify_async with what was seen. Takes what the sight holds. */
void exc_step_return_sight (GTask *task, ExcSight *sight);
void exc_step_return_effect (GTask *task, ExcEffect effect, const char *reason);

G_END_DECLS
