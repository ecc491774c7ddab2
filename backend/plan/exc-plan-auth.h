/* exc-plan-auth.h — the Auth certificate of an organization: what is to be done, and how
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-plan.h"

G_BEGIN_DECLS

typedef enum {
  EXC_AUTH_NOTHING,
  EXC_AUTH_ROTATE,     /* a new one is staged as Next and published at its date */
  EXC_AUTH_REPLACE,    /* a new one becomes Current at once */
  EXC_AUTH_DISTRIBUTE, /* Current and Next are brought to the servers that lack them */
} ExcAuthMode;

const char *exc_auth_mode_to_id (ExcAuthMode mode); /* nothing, rotate, replace, distribute */
gboolean exc_auth_mode_from_id (const char *id, ExcAuthMode *mode);

/* From how many days left on something is to be done; MEAC's are the default (domain.md 4.1). */
typedef struct {
  int current_days;
  int next_days;
  gboolean ignores_unreachable;
} ExcAuthLimits;

#define EXC_AUTH_LIMITS_INIT                                                                       \
  {                                                                                                \
    .current_days = 60, .next_days = 120                                                           \
  }

typedef struct {
  ExcAuthMode mode;
  char *reason; /* a sentence */
} ExcAuthDecision;

void exc_auth_decision_clear (ExcAuthDecision *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ExcAuthDecision, exc_auth_decision_clear)

/* limits: (nullable) */
void exc_plan_decide_auth (ExcSnapshot *snapshot,
                           const ExcAuthLimits *limits,
                           ExcAuthDecision *decision);

/* How many Mailbox servers have it with its private key, as they were seen last; n_servers: (out):
 * of how many */
guint exc_auth_count_holders (ExcSnapshot *snapshot, const char *thumbprint, guint *n_servers);

/* Whole days from @now to @not_after, towards zero; what ends today has -1 (domain.md 4.1). */
int exc_auth_count_days (gint64 not_after, gint64 now);

typedef struct {
  const char *server; /* (nullable): where it is made and staged; NULL: the first that can */
  int effective_days; /* Rotate: from now to its date; at least 49 hours */
  int soak_days;      /* from the publication to the end of Previous */
  gboolean continues; /* goes on with the certificate that is staged already */
  gboolean ignores_unreachable;
  gboolean removes_old; /* takes the old one off every server at the end */
  ExcAuthLimits limits; /* by which the checks tell whether it is needed */
} ExcAuthOptions;

#define EXC_AUTH_OPTIONS_INIT                                                                      \
  {                                                                                                \
    .effective_days = 30, .soak_days = 7, .limits = EXC_AUTH_LIMITS_INIT                           \
  }

/* options: (nullable): the defaults */
ExcPlan *exc_plan_new_rotate_auth (ExcSnapshot *snapshot,
                                   const ExcAuthOptions *options,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
ExcPlan *exc_plan_new_replace_auth (ExcSnapshot *snapshot,
                                    const ExcAuthOptions *options,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;
ExcPlan *exc_plan_new_distribute_auth (ExcSnapshot *snapshot,
                                       const ExcAuthOptions *options,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
