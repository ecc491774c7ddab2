/* exc-snapshot-private.h — making servers and snapshots, for the builder
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-snapshot-builder.h"

G_BEGIN_DECLS

/* certificates: (element-type ExcCertificate) of this server. */
ExcServer *exc_server_new (ExcServerFacts *facts,
                           GPtrArray *certificates) G_GNUC_WARN_UNUSED_RESULT;
ExcServerFacts *exc_server_get_facts (ExcServer *self);
GPtrArray *exc_server_get_certificates (ExcServer *self); /* (element-type ExcCertificate) */

ExcSnapshot *exc_snapshot_new (gint64 time,
                               GPtrArray *take_servers,
                               ExcAuthConfigRecord *auth_config) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
