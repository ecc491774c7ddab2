/* exc-snapshot.h — an organization as it was seen at one time
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-certificate.h"
#include "exc-server.h"

G_BEGIN_DECLS

#define EXC_TYPE_SNAPSHOT (exc_snapshot_get_type ())
G_DECLARE_FINAL_TYPE (ExcSnapshot, exc_snapshot, EXC, SNAPSHOT, GObject)

/* Immutable. Plans and findings are made from it; views look at ExcOrganization's lists. */
gint64 exc_snapshot_get_time (ExcSnapshot *self);
GPtrArray *exc_snapshot_get_servers (ExcSnapshot *self);      /* (element-type ExcServer) */
GPtrArray *exc_snapshot_get_certificates (ExcSnapshot *self); /* (element-type ExcCertificate) */
ExcAuthConfigRecord *exc_snapshot_get_auth_config (ExcSnapshot *self); /* (nullable) */
ExcServer *exc_snapshot_find_server (ExcSnapshot *self,
                                     const char *name); /* FQDN or name, case ignored */
ExcCertificate *exc_snapshot_find_certificate (
    ExcSnapshot *self, const char *server, const char *thumbprint); /* (nullable) (transfer none) */

G_END_DECLS
