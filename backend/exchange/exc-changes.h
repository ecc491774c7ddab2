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
/* The same without -Force: the question whether @thumbprint replaces the default SMTP certificate
 * is answered No, and any other question makes it fail. */
ExcPipeline *exc_change_enable_keeping_default (const char *server,
                                                const char *thumbprint,
                                                const char *services);
ExcPipeline *exc_change_remove (const char *server, const char *thumbprint);

/* exc-certificate-changes.c. exc_read_created reads the first two. */

/* C1 by Exchange (5 years); name: the server's short name. */
ExcPipeline *exc_change_create_wmsvc (const char *server, const char *name);
/* domains, friendly_name: (nullable). force: becomes the default SMTP certificate where services
 * have SMTP; else the question is answered No. */
ExcPipeline *exc_change_create_self_signed (const char *server,
                                            const char *subject,
                                            const char *const *domains,
                                            const char *friendly_name,
                                            const char *services,
                                            int key_size,
                                            gboolean is_exportable,
                                            gboolean force);
/* domains, friendly_name: (nullable) */
ExcPipeline *exc_change_create_request (const char *server,
                                        const char *subject,
                                        const char *const *domains,
                                        const char *friendly_name,
                                        int key_size,
                                        gboolean is_exportable);
/* A request with the names of a certificate of the same server. */
ExcPipeline *exc_change_renew_as_request (const char *server, const char *thumbprint);
char *exc_read_request (ExcReply *reply, GError **error); /* of either: PEM (transfer full) */
/* answer: what the authority sent: a certificate or PKCS #7, in PEM or DER. */
ExcPipeline *exc_change_complete_request (const char *server, GBytes *answer);
ExcPipeline *exc_change_export (const char *server, const char *thumbprint, ExcSecret *password);
/* The PFX file; the reply forgets it. (transfer full) */
ExcSecret *exc_read_exported (ExcReply *reply, GError **error);
/* friendly_name: (nullable) */
ExcPipeline *exc_change_import (const char *server,
                                ExcSecret *pfx,
                                ExcSecret *password,
                                gboolean is_exportable,
                                const char *friendly_name);

/* exc-auth-changes.c: steps.md B. */

/* B1, variant 1: no question, no change of SMTP; exc_read_created reads it. */
ExcPipeline *exc_change_create_auth (const char *server);
ExcPipeline *exc_change_allow_network_service (const char *server, const char *thumbprint);
/* R1, E1; effective: Unix seconds by the server's clock; server: (nullable) */
ExcPipeline *exc_change_stage_auth (const char *thumbprint, gint64 effective, const char *server);
ExcPipeline *exc_change_cancel_auth (void);                 /* undo of R1 */
ExcPipeline *exc_change_publish_auth (void);                /* E2 */
ExcPipeline *exc_change_clear_previous_auth (void);         /* R8, E6 */
ExcPipeline *exc_change_swap_auth (const char *thumbprint); /* undo of R5: Current at once */

/* exc-settings-changes.c */

/* A5: the name by which POP or IMAP find their certificate. */
ExcPipeline *exc_change_set_pop_name (const char *server, const char *name);
ExcPipeline *exc_change_set_imap_name (const char *server, const char *name);
/* A9: name: (nullable): "<I>issuer<S>subject"; NULL: none */
ExcPipeline *exc_change_set_send_connector_tls (const char *identity, const char *name);
ExcPipeline *exc_change_set_receive_connector_tls (const char *identity, const char *name);
ExcPipeline *exc_change_start_edge_sync (const char *server); /* A7 */

G_END_DECLS
