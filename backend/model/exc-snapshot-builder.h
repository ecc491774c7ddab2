/* exc-snapshot-builder.h — from what servers answered to a snapshot
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-snapshot.h"

G_BEGIN_DECLS

/* The settings of a server that are read one after another. */
typedef enum {
  EXC_SETTING_POP,
  EXC_SETTING_IMAP,
  EXC_SETTING_UM,
  EXC_N_SETTINGS,
} ExcSetting;

/**
 * ExcOrganizationFacts:
 *
 * What is known of the organization as a whole. Filled by one owner and not changed any more once
 * it was given to a builder. A fact whose reading fails keeps its old value, and has a problem.
 */
typedef struct {
  gatomicrefcount ref_count;
  ExcAuthConfigRecord *auth_config; /* (nullable): not told; so are those below */
  GPtrArray *send_connectors;       /* (element-type ExcConnectorRecord) */
  GHashTable *receive_connectors;   /* server's name in lower case > such a list */
  ExcTristate is_hybrid;
  ExcHybridRecord *hybrid;
  GPtrArray *federation;         /* (element-type ExcFederationRecord) */
  GPtrArray *edge_subscriptions; /* (element-type ExcEdgeSubscriptionRecord) */
  GPtrArray *dags;               /* (element-type ExcDagRecord) */
  char *problems[EXC_N_FACTS];   /* (nullable): why the last reading of one failed */
} ExcOrganizationFacts;

ExcOrganizationFacts *exc_organization_facts_new (void)
    G_GNUC_WARN_UNUSED_RESULT; /* nothing told */
ExcOrganizationFacts *exc_organization_facts_copy (ExcOrganizationFacts *self)
    G_GNUC_WARN_UNUSED_RESULT;
ExcOrganizationFacts *exc_organization_facts_ref (ExcOrganizationFacts *self);
void exc_organization_facts_unref (ExcOrganizationFacts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcOrganizationFacts, exc_organization_facts_unref)

/**
 * ExcServerFacts:
 *
 * All that is known of one server: what was read, when, and what went wrong with the last reading.
 * Filled by one owner and not changed any more once it was added to a builder. Whoever reads again
 * and fails hands the old facts on with a new state and problem (exc_server_facts_copy).
 */
typedef struct {
  gatomicrefcount ref_count;
  ExcServerRecord *server;
  ExcServerState state;
  char *problem;             /* (nullable): why the last reading failed or is partial */
  GPtrArray *certificates;   /* (element-type ExcCertificateRecord) (nullable): NULL: never read */
  char *internal_transport;  /* (nullable): NULL: not told; "": none */
  ExcWindowsRecord *windows; /* (nullable): not read */
  char *pop_name;            /* (nullable): X509CertificateName; NULL: not told; "": none */
  char *imap_name;           /* (nullable): the same */
  char *um_mode;             /* (nullable): UMStartupMode; NULL: not told, or no UM there */
  char *settings_problems[EXC_N_SETTINGS]; /* (nullable): why one of these was not told */
  gint64 seen; /* when the certificates were read, Unix seconds; 0: never */
} ExcServerFacts;

#define EXC_TYPE_SERVER_FACTS (exc_server_facts_get_type ())
GType exc_server_facts_get_type (void);
ExcServerFacts *exc_server_facts_new (ExcServerRecord *server)
    G_GNUC_WARN_UNUSED_RESULT; /* LOADING */
ExcServerFacts *exc_server_facts_copy (ExcServerFacts *self) G_GNUC_WARN_UNUSED_RESULT;
ExcServerFacts *exc_server_facts_ref (ExcServerFacts *self);
void exc_server_facts_unref (ExcServerFacts *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcServerFacts, exc_server_facts_unref)

/**
 * ExcSnapshotBuilder:
 *
 * Makes a snapshot: joins the facts of every server with those of the organization and recognises
 * certificates by use (domain.md 0).
 */
typedef struct _ExcSnapshotBuilder ExcSnapshotBuilder;

/* shared: (nullable): nothing told. previous: (nullable): its objects are used again for facts
 * that are the very same ones. now: Unix seconds. */
ExcSnapshotBuilder *exc_snapshot_builder_new (ExcOrganizationFacts *shared,
                                              ExcSnapshot *previous,
                                              gint64 now) G_GNUC_WARN_UNUSED_RESULT;
void exc_snapshot_builder_add (ExcSnapshotBuilder *self, ExcServerFacts *facts);
ExcSnapshot *exc_snapshot_builder_finish (ExcSnapshotBuilder *self) G_GNUC_WARN_UNUSED_RESULT;
void exc_snapshot_builder_free (ExcSnapshotBuilder *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcSnapshotBuilder, exc_snapshot_builder_free)

/* What uses @record on a server, and what it therefore is. Public for tests. */
guint exc_find_uses (ExcCertificateRecord *record,
                     ExcServerFacts *facts,
                     ExcOrganizationFacts *shared);
ExcKind exc_find_kind (ExcCertificateRecord *record,
                       guint uses,
                       ExcServerFacts *facts,
                       ExcAuthConfigRecord *auth_config);

G_END_DECLS
