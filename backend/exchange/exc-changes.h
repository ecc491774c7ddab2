/* exc-changes.h — the changes: which command or script makes them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-command.h"
#include "exc-record.h"
#include "exc-windows-changes.h"

G_BEGIN_DECLS

/* steps.md A. All need a permit; -Server is always there; dates are typed UTC. */

/* A1: clones old on the same server; -Force makes the new one the internal transport certificate.
 * The reader gives its thumbprint. */
ExcPipeline *exc_change_renew_default (const char *server, const char *old_thumbprint);
/* A1 without a usable old certificate. */
ExcPipeline *exc_change_create_default (const char *server, const char *name, const char *fqdn);
char *exc_read_created (ExcReply *reply, GError **error);

/* Enable-ExchangeCertificate; services as "SMTP", "IIS". do_not_require_ssl for IIS (A4). */
ExcPipeline *exc_change_enable (const char *server,
                                const char *thumbprint,
                                const char *services,
                                gboolean do_not_require_ssl);
ExcPipeline *exc_change_remove (const char *server, const char *thumbprint);

G_END_DECLS
