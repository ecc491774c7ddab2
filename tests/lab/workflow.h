/* workflow.h — every workflow once, for the matrices of kills and faults
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "kill-test.h"

G_BEGIN_DECLS

typedef struct _Workflow Workflow;

/* What has to be there first, on the lab as it was; the words for $EXC_RENEW_ONCE. Files go to
 * @folder. (transfer full) */
typedef char **(*WorkflowPrepare) (RenewalTest *self, const Workflow *workflow, const char *folder);

struct _Workflow {
  const char *name;
  const char *scenario;
  const char *verb;        /* of $EXC_RENEW_ONCE */
  WorkflowPrepare prepare; /* (nullable): nothing has to be there; the word is the server */
  const char *server;
  const char *word;     /* of @prepare: a subject, a kind of repair */
  const char *lane;     /* (nullable): of the undo; NULL where there is none */
  guint n_undo_rounds;  /* after which wait of the job it is undone; 0: the first, or its end */
  gboolean has_secrets; /* they die with the program: what then failed is begun anew */
  const char *stays[4]; /* patterns of what an undo leaves */
};

/* Ends with an empty one. */
extern const Workflow workflows[];

G_END_DECLS
