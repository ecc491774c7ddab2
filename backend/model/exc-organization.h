/* exc-organization.h — an organization, read and shown
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-clock.h"
#include "exc-connection.h"
#include "exc-progress.h"
#include "exc-snapshot.h"

G_BEGIN_DECLS

#define EXC_TYPE_ORGANIZATION (exc_organization_get_type ())
G_DECLARE_FINAL_TYPE (ExcOrganization, exc_organization, EXC, ORGANIZATION, GObject)

/**
 * ExcOrganization:
 *
 * The live object that views bind to. Properties: `name`, `is-demo`, `is-refreshing`, `snapshot`
 * (nullable, replaced whole), `problem` (nullable: why the last refresh failed as a whole),
 * `servers` and `certificates` (GListStores, brought up to date as each server answers).
 */
ExcOrganization *exc_organization_new (ExcConnection *connection,
                                       ExcClock *clock) G_GNUC_WARN_UNUSED_RESULT;

const char *exc_organization_get_name (ExcOrganization *self);
gboolean exc_organization_get_is_demo (ExcOrganization *self);
gboolean exc_organization_get_is_refreshing (ExcOrganization *self);
const char *exc_organization_get_problem (ExcOrganization *self);
ExcConnection *exc_organization_get_connection (ExcOrganization *self);
ExcClock *exc_organization_get_clock (ExcOrganization *self);
ExcSnapshot *exc_organization_get_snapshot (ExcOrganization *self); /* (nullable) (transfer none) */
GListModel *exc_organization_get_servers (ExcOrganization *self);   /* of ExcServer */
GListModel *exc_organization_get_certificates (ExcOrganization *self); /* of ExcCertificate */

/* Reads everything (only: (nullable) FQDNs of the servers to read again, the rest kept). One
 * refresh at a time: a second call joins the first. Fails only when nothing could be read at all;
 * a dead server is a state of that server. */
void exc_organization_refresh_async (ExcOrganization *self,
                                     const char *const *only,
                                     ExcProgress *progress, /* (nullable) */
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean exc_organization_refresh_finish (ExcOrganization *self,
                                          GAsyncResult *result,
                                          GError **error);

G_END_DECLS
