/* exc-workflow-steps.h — steps that several workflows are made of
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-command.h"
#include "exc-step.h"

G_BEGIN_DECLS

/* Facts of the lane, kept by the journal: */
#define EXC_FACT_SHOOK   "shook"   /* thumbprint that a handshake showed: the new one is served */
#define EXC_FACT_DELETED "deleted" /* thumbprint of a certificate that a step deleted */

/* Bindings of a site that are to get a certificate. Copied. */
typedef struct {
  const char *server;     /* FQDN */
  const char *id;         /* unique in its lane */
  const char *sentence;   /* what the step does */
  const char *site;       /* static */
  const char *thumbprint; /* (nullable): NULL: EXC_FACT_NEW */
  guint16 port;           /* whose handshake has to show it; 0: none */
  const char *needless;   /* (nullable): why there are no bindings to change */
  GPtrArray *bindings;    /* (element-type ExcPlannedBinding): as they are now */
  ExcPipeline *pipeline;  /* (nullable): what binds them all; NULL: the script, one by one */
} ExcBinding;

/* A3, A4 */
ExcStep *exc_step_bind_new (const ExcBinding *binding) G_GNUC_WARN_UNUSED_RESULT;

/* The Web Management Service of a server when its renewal was planned. Copied. */
typedef struct {
  const char *server;     /* FQDN */
  const char *name;       /* for people */
  const char *old;        /* (nullable): thumbprint in the registry */
  const char *thumbprint; /* (nullable): what it is to get; NULL: EXC_FACT_NEW */
  guint16 port;
} ExcWmsvc;

/* C3 "bind-wmsvc": registry and http.sys get it, and the handshake shows it */
ExcStep *exc_step_wmsvc_bind_new (const ExcWmsvc *wmsvc) G_GNUC_WARN_UNUSED_RESULT;
/* "check-wmsvc": looks at everything once more; keeps EXC_FACT_SHOOK */
ExcStep *exc_step_wmsvc_check_new (const ExcWmsvc *wmsvc) G_GNUC_WARN_UNUSED_RESULT;

/* A setting that names a certificate. */
typedef enum {
  EXC_SETTING_STEP_SEND_CONNECTOR, /* TlsCertificateName of a Send connector */
  EXC_SETTING_STEP_POP,            /* X509CertificateName */
  EXC_SETTING_STEP_IMAP,
} ExcSettingStep;

/* Gives it another value; an undo gives the former one back. id: unique in its lane; identity: the
 * connector's, or the server's FQDN; from, to: (nullable): none; pipeline: (nullable): what gives
 * it the value, where it is not the setting's own cmdlet */
ExcStep *exc_step_setting_new (const char *id,
                               ExcSettingStep setting,
                               const char *identity,
                               const char *from,
                               const char *to,
                               ExcPipeline *pipeline) G_GNUC_WARN_UNUSED_RESULT;

/* A service that is to use a certificate, as Exchange's flags and the internal transport
 * certificate tell. Copied. */
typedef struct {
  const char *server;    /* FQDN */
  const char *id;        /* unique in its lane */
  const char *sentence;  /* what the step does */
  ExcPipeline *pipeline; /* what does it */
  const char *thumbprint;
  int service;               /* one of ExcServices */
  gboolean becomes_internal; /* of SMTP: takes the internal transport certificate's place */
  const char *internal;      /* (nullable): internal transport certificate before */
  const char *former;        /* (nullable): which had the service, and gets it back by an undo */
} ExcAssignment;

ExcStep *exc_step_assign_new (const ExcAssignment *assignment) G_GNUC_WARN_UNUSED_RESULT;

/* POP and IMAP of a server, where they run: "restart-mail" */
ExcStep *exc_step_restart_mail_new (const char *server_name) G_GNUC_WARN_UNUSED_RESULT;

/* A7 "edge-sync" */
ExcStep *exc_step_edge_sync_new (const char *server, const char *name) G_GNUC_WARN_UNUSED_RESULT;

/* A9 "soak": waits this long from its first look on */
ExcStep *exc_step_soak_new (guint hours) G_GNUC_WARN_UNUSED_RESULT;

/* A certificate that is to go, and what was seen to use it when that was planned. Copied. */
typedef struct {
  const char *server; /* FQDN */
  const char *name;   /* for people */
  const char *thumbprint;
  guint accepted;         /* ExcUses that may still be there: the user has said so */
  guint accepted_twins;   /* those that may, while another certificate of the same names stays */
  gboolean tries_windows; /* where Exchange refuses it, Windows deletes it (steps.md C4) */
  gboolean needs_shake;   /* only where EXC_FACT_SHOOK tells that its successor is served */
} ExcDeletion;

/* A9, C4 "delete-THUMBPRINT": everything that could use it is read again before the command leaves
 */
ExcStep *exc_step_delete_new (const ExcDeletion *deletion) G_GNUC_WARN_UNUSED_RESULT;

/* "trust-THUMBPRINT" and "untrust-THUMBPRINT": a certificate is to be, or not to be, among the
 * trusted roots of a server. der: (nullable): without it a copy that was removed cannot be put
 * back. */
ExcStep *exc_step_root_new (const char *server_name,
                            const char *thumbprint,
                            GBytes *der,
                            gboolean is_wanted) G_GNUC_WARN_UNUSED_RESULT;
/* The same, only where EXC_FACT_DELETED tells that the certificate itself has gone. */
ExcStep *exc_step_root_new_after_deletion (const char *server_name,
                                           const char *thumbprint) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
