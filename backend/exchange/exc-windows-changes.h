/* exc-windows-changes.h — the changes on Windows' side: which script makes them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-command.h"
#include "exc-record.h"

G_BEGIN_DECLS

/* For the Windows endpoint; steps.md A, C. All need a permit. */

ExcPipeline *exc_change_trust (const char *thumbprint);   /* A2: trust.ps1 */
ExcPipeline *exc_change_untrust (const char *thumbprint); /* its undo: untrust.ps1 */
ExcPipeline *exc_change_trust_raw (GBytes *der); /* A2 of a given certificate: trust-raw.ps1 */
/* Of each of these: was it, and is it among the trusted roots? Each may be NULL. */
gboolean exc_read_trusted (ExcReply *reply, gboolean *before, gboolean *in_root, GError **error);
/* A3, A4: bind.ps1; address: "*" or "127.0.0.1" or "" */
ExcPipeline *exc_change_bind (const char *site,
                              const char *address,
                              guint16 port,
                              const char *thumbprint);
/* Thumbprints before and after; NULL where nothing was bound. Each may be NULL. */
gboolean exc_read_bound (ExcReply *reply, char **before, char **after, GError **error);
/* C3: wmsvc-bind.ps1. Which was in the registry (nullable), and the service's state now; each may
 * be NULL. EXC_ERROR_REMOTE: the server failed and put the old one back. */
ExcPipeline *exc_change_wmsvc_bind (const char *thumbprint);
gboolean exc_read_wmsvc_bound (ExcReply *reply, char **old, char **service, GError **error);
/* C1 of 10 years: wmsvc-create.ps1; exc_read_created reads it. */
ExcPipeline *exc_change_wmsvc_create (void);
/* C4, where Exchange refuses: remove-certificate.ps1. Was it, and is it in My? Each may be NULL. */
ExcPipeline *exc_change_remove_windows (const char *thumbprint);
gboolean exc_read_removed (ExcReply *reply, gboolean *before, gboolean *in_my, GError **error);
/* A6. What was stopped before stays stopped. */
ExcPipeline *exc_change_recycle_pools (const char *const *pools);
ExcPipeline *exc_change_restart_services (const char *const *services);
ExcPipeline *exc_change_iisreset (void);

/* A pool or service after its restart; states as Windows says them, NULL where unknown. */
typedef struct {
  char *name;
  char *before;
  char *after;
  char *failure; /* (nullable): the server's text */
} ExcRestartRecord;

/* Of each of these. (element-type ExcRestartRecord) (transfer full) */
GPtrArray *exc_read_restarted (ExcReply *reply, GError **error);
/* Whether it is in the state that it was in before. */
gboolean exc_restart_record_is_done (const ExcRestartRecord *self);

G_END_DECLS
