/* exc-workflow-steps.h — steps that several workflows are made of
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-step.h"

G_BEGIN_DECLS

/* Facts of the lane, kept by the journal: */
#define EXC_FACT_SHOOK   "shook"   /* thumbprint that a handshake showed: the new one is served */
#define EXC_FACT_DELETED "deleted" /* thumbprint of a certificate that a step deleted */

/* The Web Management Service of a server when its renewal was planned. Copied. */
typedef struct {
  const char *server; /* FQDN */
  const char *name;   /* for people */
  const char *old;    /* (nullable): thumbprint in the registry */
  guint16 port;
} ExcWmsvc;

/* C3 "bind-wmsvc": registry and http.sys get EXC_FACT_NEW, and the handshake shows it */
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
 * connector's, or the server's FQDN; from, to: (nullable): none */
ExcStep *exc_step_setting_new (const char *id,
                               ExcSettingStep setting,
                               const char *identity,
                               const char *from,
                               const char *to) G_GNUC_WARN_UNUSED_RESULT;

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
