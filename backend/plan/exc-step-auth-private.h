/* exc-step-auth-private.h — the table of the simple steps
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-auth-steps.h"

G_BEGIN_DECLS

#define EXC_TYPE_STEP_AUTH (exc_step_auth_get_type ())
G_DECLARE_FINAL_TYPE (ExcStepAuth, exc_step_auth, EXC, STEP_AUTH, ExcStep)

/**
 * ExcAuthAction:
 * @id: of the step
 * @parts: what it reads
 * @services: (nullable): of EXC_READ_WINDOWS
 * @is_patient: a server that does not answer is waited for
 * @describe: (transfer full)
 * @judge: as of ExcStepChangeClass
 * @build: (nullable) (transfer full): what it sends; NULL: it only looks
 */
typedef struct {
  const char *id;
  ExcReadParts parts;
  const char *const *services;
  gboolean is_patient;
  char *(*describe) (ExcStepAuth *self);
  gboolean (*judge) (ExcStepAuth *self,
                     ExcStepContext *context,
                     ExcReading *reading,
                     ExcSight *sight,
                     GError **error);
  ExcPipeline *(*build) (ExcStepAuth *self, ExcStepContext *context);
} ExcAuthAction;

struct _ExcStepAuth {
  ExcStep parent_instance;

  const ExcAuthAction *action;
  ExcAuthTarget *target;
  ExcAuthServer *server; /* (nullable): NULL: the organization's lane */
};

const ExcAuthAction *exc_auth_action_get (ExcAuthStepKind kind);
/* Whom it asks: the lane's, or where the certificate was made. */
const char *exc_step_auth_get_server (ExcStepAuth *self);
/* The fact that says when it has run. */
char *exc_step_auth_dup_fact (ExcStepAuth *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
