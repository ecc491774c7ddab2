/* exc-snapshot-private.h — making servers and snapshots, for the builder
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-snapshot-builder.h"

G_BEGIN_DECLS

/* certificates: (element-type ExcCertificate) of this server; receive_connectors: (nullable)
 * (element-type ExcConnectorRecord): its own. */
ExcServer *exc_server_new (ExcServerFacts *facts,
                           GPtrArray *certificates,
                           GPtrArray *receive_connectors) G_GNUC_WARN_UNUSED_RESULT;
ExcServerFacts *exc_server_get_facts (ExcServer *self);
GPtrArray *exc_server_get_certificates (ExcServer *self); /* (element-type ExcCertificate) */

ExcSnapshot *exc_snapshot_new (gint64 time,
                               GPtrArray *take_servers,
                               ExcOrganizationFacts *shared) G_GNUC_WARN_UNUSED_RESULT;
ExcOrganizationFacts *exc_snapshot_get_facts (ExcSnapshot *self);
/* (nullable) (element-type ExcConnectorRecord): of one server; NULL: not told */
GPtrArray *exc_organization_facts_find_receive_connectors (ExcOrganizationFacts *self,
                                                           const char *server_name);

G_END_DECLS
