/* exc-organization-private.h — the organization's writing side, for the inventory
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-organization.h"
#include "exc-snapshot-builder.h"

G_BEGIN_DECLS

/* What is known now; changed by the inventory alone, shown by exc_organization_publish. */
GPtrArray *exc_organization_get_facts (ExcOrganization *self); /* (element-type ExcServerFacts) */
ExcServerFacts *exc_organization_find_facts (ExcOrganization *self,
                                             const char *fqdn);                 /* (nullable) */
void exc_organization_put_facts (ExcOrganization *self, ExcServerFacts *facts); /* by its FQDN */
void exc_organization_take_facts (ExcOrganization *self, GPtrArray *take);      /* all */
ExcOrganizationFacts *exc_organization_get_shared (ExcOrganization *self);
void exc_organization_set_shared (ExcOrganization *self, ExcOrganizationFacts *shared);
void exc_organization_publish (ExcOrganization *self);

/* Reads the organization once; only: (nullable) FQDNs. */
void exc_inventory_run_async (ExcOrganization *organization,
                              const char *const *only,
                              ExcProgress *progress,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
gboolean exc_inventory_run_finish (ExcOrganization *organization,
                                   GAsyncResult *result,
                                   GError **error);

/* Reads one server; never fails: what went wrong stands in the facts it gives. internal_transport:
 * (nullable): known already; NULL: the server is asked. */
void exc_server_reading_async (ExcOrganization *organization,
                               ExcServerFacts *old,
                               const char *internal_transport,
                               ExcProgress *progress,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
ExcServerFacts *exc_server_reading_finish (ExcOrganization *organization,
                                           GAsyncResult *result,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A fact that one Exchange command tells. query: gives NULL where nothing is to be asked; NULL
 * itself: ask, which needs to know nothing. take: puts what the reply says into the facts; NULL:
 * what read gives takes the place of the list. */
typedef struct {
  ExcPipeline *(*query) (gpointer facts, gboolean projected);
  gboolean (*take) (gpointer facts, ExcReply *reply, GError **error);
  ExcPipeline *(*ask) (gboolean projected);
  GPtrArray *(*read) (ExcReply *reply, GError **error);
  gsize list; /* where in the facts */
} ExcFactReading;

/* Reads facts one after another, so that together they keep one shell busy. What fails harms no
 * other: why stands in problems[i] (char *, owned by the facts). Fails only when cancelled. */
void exc_fact_chain_async (ExcConnection *connection,
                           const ExcFactReading *readings,
                           guint n_readings,
                           gpointer facts,
                           char **problems,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean exc_fact_chain_finish (ExcConnection *connection, GAsyncResult *result, GError **error);

/* All that is read once for the organization; shows the Auth configuration first. Fails only when
 * cancelled. */
void exc_organization_reading_async (ExcOrganization *organization,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean exc_organization_reading_finish (ExcOrganization *organization,
                                          GAsyncResult *result,
                                          GError **error);

G_END_DECLS
