/* exc-step-auth-stage-private.h — shared by the two ways of staging
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-auth-steps.h"

G_BEGIN_DECLS

#define EXC_TYPE_STEP_AUTH_STAGE (exc_step_auth_stage_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepAuthStage, exc_step_auth_stage, EXC, STEP_AUTH_STAGE, ExcStep)

/**
 * ExcStepAuthStage:
 *
 * From here on Exchange itself goes on: it brings the certificate to other servers and makes it
 * Current at its date. So the way back is here, too, and takes back all of that.
 */
struct _ExcStepAuthStage {
  ExcStep parent_instance;

  ExcAuthTarget *target;
};

void exc_step_auth_stage_undo_async (ExcStep *step,
                                     ExcStepContext *context,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);

G_END_DECLS
