/* exc-step-create.h — a new certificate on a server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-command.h"
#include "exc-step.h"

G_BEGIN_DECLS

/* Facts of the lane, kept by the journal: */
#define EXC_FACT_NEW       "new"       /* thumbprint of the new certificate */
#define EXC_FACT_PRESENT   "present"   /* thumbprints on the server before, with blanks between */
#define EXC_FACT_REMOVED   "removed"   /* thumbprint of the new certificate that an undo removed */
#define EXC_FACT_SENT      "sent"      /* a creation has left and was not answered yet: its time */
#define EXC_FACT_REQUEST   "request"   /* text of a certificate request (PEM) */
#define EXC_FACT_RESTARTED "restarted" /* what a restart step restarted, with blanks between */

/* What is to be made, and what the server looked like when that was planned. Copied. */
typedef struct {
  const char *server;        /* FQDN */
  const char *sentence;      /* what the step does */
  ExcPipeline *pipeline;     /* exc_read_created reads its answer */
  const char *subject;       /* of the certificate to come, as .NET writes it */
  const char *old;           /* (nullable): thumbprint that it is made after */
  const char *internal;      /* (nullable): internal transport certificate before */
  gboolean is_request;       /* exc_read_request reads its answer: EXC_FACT_REQUEST */
  gboolean becomes_internal; /* takes its place; FALSE: the former one stays, or is put back */
  const char *binding_info;  /* (nullable): of the back end, where the plan rests on it */
  const char *binding;       /* (nullable): thumbprint on it */
} ExcCreation;

/* "create"; keeps EXC_FACT_NEW for the steps behind it. */
ExcStep *exc_step_create_new (const ExcCreation *creation) G_GNUC_WARN_UNUSED_RESULT;

/* The new certificate's thumbprint, or what stands for it in a preview. */
const char *exc_renew_get_new (ExcStepContext *context);

G_END_DECLS
