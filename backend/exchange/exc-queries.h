/* exc-queries.h — the readings: which command, and the record it gives back
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-command.h"
#include "exc-record.h"
#include "exc-records.h"

G_BEGIN_DECLS

/* steps.md 0.x. Each command has its reader beside it; a reader takes the reply of that command
 * and gives records, or EXC_ERROR_REMOTE/EXC_ERROR_PROTOCOL. Lists are (transfer full).
 * projected: with Select-Object, so that the server sends plain properties; a session that refuses
 * it (exc_reply_refuses_projection) is asked again without, for the bare objects: the readers take
 * both. */

ExcPipeline *exc_query_servers (gboolean projected);           /* 0.1 */
GPtrArray *exc_read_servers (ExcReply *reply, GError **error); /* (element-type ExcServerRecord) */

/* 0.4; thumbprint: (nullable). */
ExcPipeline *exc_query_certificates (const char *server,
                                     const char *thumbprint,
                                     gboolean projected);
/* (element-type ExcCertificateRecord); server: (nullable): who was asked. Where a certificate says
 * that another server answered, or a thumbprint is not that of RawData, it is EXC_ERROR_PROTOCOL.
 */
GPtrArray *exc_read_certificates (ExcReply *reply, const char *server, GError **error);
/* The error by which a session refuses the projection (protocol.md 7): ask again without it. */
gboolean exc_reply_refuses_projection (ExcReply *reply);
/* Whether Services or Status of any is untold: ask again by the next route. */
gboolean exc_certificates_lack_properties (GPtrArray *certificates);

/* 0.2: the least that shows a session to work; what it gives is not read. */
ExcPipeline *exc_query_who_answers (void);

/* The text of a pending request, for an answer that was lost; exc_read_request reads it. */
ExcPipeline *exc_query_request (const char *server, const char *thumbprint);

ExcPipeline *exc_query_auth_config (gboolean projected); /* 0.5 */
ExcAuthConfigRecord *exc_read_auth_config (ExcReply *reply, GError **error);

/* 0.6; server: (nullable): NULL: of every server at once, a directory read like those above. */
ExcPipeline *exc_query_internal_transport (const char *server, gboolean projected);
char *exc_read_internal_transport (ExcReply *reply, GError **error); /* thumbprint; "" for none */
/* Of every server: its name in lower case > thumbprint or "". Who does not tell is left out. */
GHashTable *exc_read_internal_transports (ExcReply *reply, GError **error);

/* steps.md 0.7 and 0.10: the organization's settings. Lists are empty where there is none. */
ExcPipeline *exc_query_send_connectors (gboolean projected);
GPtrArray *exc_read_send_connectors (ExcReply *reply,
                                     GError **error); /* (element-type ExcConnectorRecord) */
/* server: (nullable): NULL: of every server at once. */
ExcPipeline *exc_query_receive_connectors (const char *server, gboolean projected);
GPtrArray *exc_read_receive_connectors (ExcReply *reply,
                                        GError **error); /* (element-type ExcConnectorRecord) */
ExcPipeline *exc_query_hybrid (gboolean projected);
/* hybrid: (out) (nullable): NULL: the organization has none, which is no error. */
gboolean exc_read_hybrid (ExcReply *reply, ExcHybridRecord **hybrid, GError **error);
ExcPipeline *exc_query_federation (gboolean projected);
GPtrArray *exc_read_federation (ExcReply *reply,
                                GError **error); /* (element-type ExcFederationRecord) */
ExcPipeline *exc_query_edge_subscriptions (gboolean projected);
/* (element-type ExcEdgeSubscriptionRecord) */
GPtrArray *exc_read_edge_subscriptions (ExcReply *reply, GError **error);
ExcPipeline *exc_query_edge_sync_test (void); /* Test-EdgeSynchronization */
GPtrArray *exc_read_edge_sync_test (ExcReply *reply,
                                    GError **error); /* (element-type ExcEdgeSyncRecord) */
ExcPipeline *exc_query_dags (gboolean projected);
GPtrArray *exc_read_dags (ExcReply *reply, GError **error); /* (element-type ExcDagRecord) */

/* The same for one server. */
ExcPipeline *exc_query_pop_settings (const char *server, gboolean projected);
ExcPipeline *exc_query_imap_settings (const char *server, gboolean projected);
/* Of either: X509CertificateName; "" where none is set. (transfer full) */
char *exc_read_certificate_name (ExcReply *reply, GError **error);
/* Exchange 2013 and 2016 only: later versions have no unified messaging. */
ExcPipeline *exc_query_um_service (const char *server, gboolean projected);
char *exc_read_um_mode (ExcReply *reply, GError **error); /* TCP, TLS or Dual (transfer full) */
ExcPipeline *exc_query_database_copies (const char *server, gboolean projected);
GPtrArray *exc_read_database_copies (ExcReply *reply,
                                     GError **error); /* (element-type ExcCopyRecord) */
ExcPipeline *exc_query_service_health (const char *server, gboolean projected);
GPtrArray *exc_read_service_health (ExcReply *reply,
                                    GError **error); /* (element-type ExcHealthRecord) */

ExcPipeline *exc_query_windows (void); /* 0.8: the script inventory.ps1 */
/* A small part of it, look.ps1, to verify by: the https bindings, http.sys, WMSVC; thumbprint
 * (nullable) in My and Root if it is there; the named services (nullable). exc_read_windows reads
 * both. */
ExcPipeline *exc_query_look (const char *thumbprint, const char *const *services);
ExcWindowsRecord *exc_read_windows (ExcReply *reply, GError **error);

/* The newest 20 events of a log, newest first: events.ps1. provider: (nullable); id: 0 for any;
 * since: Unix seconds, 0 for any time. None is no error. */
ExcPipeline *exc_query_events (const char *log, const char *provider, guint id, gint64 since);
GPtrArray *exc_read_events (ExcReply *reply, GError **error); /* (element-type ExcEventRecord) */

/* Rights at connect (0.3): names asked for, and of them the ones the session lacks. */
ExcPipeline *exc_query_commands (const char *const *names);
/* (nullable): NULL where the session did not say. */
GStrv exc_read_missing_commands (ExcReply *reply, const char *const *names);

G_END_DECLS
