/* exc-snapshot.h — an organization as it was seen at one time
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-certificate.h"
#include "exc-server.h"

G_BEGIN_DECLS

/* What is read once for the whole organization. */
typedef enum {
  EXC_FACT_AUTH_CONFIG,
  EXC_FACT_SEND_CONNECTORS,
  EXC_FACT_RECEIVE_CONNECTORS,
  EXC_FACT_HYBRID,
  EXC_FACT_FEDERATION,
  EXC_FACT_EDGE_SUBSCRIPTIONS,
  EXC_FACT_DAGS,
  EXC_N_FACTS,
} ExcFact;

#define EXC_TYPE_SNAPSHOT (exc_snapshot_get_type ())
G_DECLARE_FINAL_TYPE (ExcSnapshot, exc_snapshot, EXC, SNAPSHOT, GObject)

/* Immutable. Plans and findings are made from it; views look at ExcOrganization's lists. */
gint64 exc_snapshot_get_time (ExcSnapshot *self);
GPtrArray *exc_snapshot_get_servers (ExcSnapshot *self);      /* (element-type ExcServer) */
GPtrArray *exc_snapshot_get_certificates (ExcSnapshot *self); /* (element-type ExcCertificate) */
ExcAuthConfigRecord *exc_snapshot_get_auth_config (ExcSnapshot *self); /* (nullable) */
/* Lists of the organization; (nullable): NULL: not told. */
GPtrArray *exc_snapshot_get_send_connectors (
    ExcSnapshot *self);                                     /* (element-type ExcConnectorRecord) */
GPtrArray *exc_snapshot_get_federation (ExcSnapshot *self); /* (element-type ExcFederationRecord) */
/* (element-type ExcEdgeSubscriptionRecord) */
GPtrArray *exc_snapshot_get_edge_subscriptions (ExcSnapshot *self);
GPtrArray *exc_snapshot_get_dags (ExcSnapshot *self); /* (element-type ExcDagRecord) */
ExcTristate exc_snapshot_is_hybrid (ExcSnapshot *self);
ExcHybridRecord *exc_snapshot_get_hybrid (ExcSnapshot *self); /* (nullable) */
/* (nullable): why the last reading of it failed; what was known before is still there */
const char *exc_snapshot_get_fact_problem (ExcSnapshot *self, ExcFact fact);
const char *exc_snapshot_get_auth_problem (ExcSnapshot *self); /* of EXC_FACT_AUTH_CONFIG */
ExcServer *exc_snapshot_find_server (ExcSnapshot *self,
                                     const char *name); /* FQDN or name, case ignored */
ExcCertificate *exc_snapshot_find_certificate (
    ExcSnapshot *self, const char *server, const char *thumbprint); /* (nullable) (transfer none) */

/* One thing that uses a certificate, or may. */
typedef struct {
  ExcUses use; /* a single bit; EXC_USE_UNTOLD: what could use it was not read */
  char *what;  /* (nullable): the connector, the binding or the trust, untranslated */
  char *other; /* (nullable): thumbprint of a valid certificate with the same names, which stays */
  char *text;  /* a sentence for people */
} ExcCertificateUse;

/* Everything that uses a certificate on a server, and why it may be more than that, for whoever is
 * about to delete it. The server need not list the certificate. (transfer full) (element-type
 * ExcCertificateUse): empty where it is free; NULL for a server that is not in the snapshot. */
GPtrArray *exc_certificate_uses (ExcSnapshot *snapshot,
                                 const char *server,
                                 const char *thumbprint) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
