/* exc-lab-world.h — the simulated organization
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "exc-clock.h"
#include "exc-lab-server.h"

G_BEGIN_DECLS

#define EXC_TYPE_LAB_WORLD (exc_lab_world_get_type ())
G_DECLARE_FINAL_TYPE (ExcLabWorld, exc_lab_world, EXC, LAB_WORLD, GObject)

/* The DAG; a database is copied to the servers that name it. */
typedef struct {
  char *name;
  GStrv servers;
} ExcLabDag;

#define EXC_LAB_NEVER (-1)

/* The organization's Auth Configuration. Thumbprints are NULL where none. */
typedef struct {
  char *current;
  char *previous;
  char *next;
  gint64 next_effective; /* Unix seconds; 0: none */
  gint64 changed;
  char *realm; /* NULL: none */
  char *service_name;
  /* How the scenario replicates: seconds from a change until the servers of other sites have the
   * certificates, or EXC_LAB_NEVER; and when that is for the last change (0: it has been). */
  gint64 other_sites_s;
  gint64 deploys_at;
} ExcLabAuthConfig;

/* What the Hybrid Configuration Wizard wrote. */
typedef struct {
  char *tls_certificate_name; /* "<I>…<S>…"; NULL: none */
  GStrv domains;
  GStrv receiving; /* names of transport servers */
  GStrv sending;
  GStrv edges;
} ExcLabHybrid;

/* The federation trust: thumbprints, NULL where none. */
typedef struct {
  char *name;
  char *current;
  char *next;
  char *previous;
} ExcLabFederation;

/* An Edge server that is subscribed to a site. */
typedef struct {
  char *name;
  char *site;
} ExcLabSubscription;

/**
 * ExcLabWorld:
 *
 * Everything the simulated servers know. Cmdlets and scripts change it directly and then call
 * exc_lab_world_commit, which saves it where a state folder was given and emits `changed`.
 */
ExcLabWorld *exc_lab_world_new (ExcClock *clock, ExcLabKeys *keys) G_GNUC_WARN_UNUSED_RESULT;

/* The world of a scenario: its name (data/scenarios/NAME.json, installed or in the source tree) or
 * the path of a JSON file. Dates are relative to the clock. Replaces what was there. */
gboolean exc_lab_world_load_scenario (ExcLabWorld *self, const char *scenario, GError **error);
/* DIR/world.json, if it is there: FALSE without @error when it is not. Then and from now on the
 * world is saved there at every commit, with its keys, readable by the user alone. */
gboolean exc_lab_world_open_state (ExcLabWorld *self, const char *directory, GError **error);
/* (transfer full): the world as JSON; without keys for tests and people */
JsonNode *exc_lab_world_to_json (ExcLabWorld *self, gboolean with_keys) G_GNUC_WARN_UNUSED_RESULT;
gboolean exc_lab_world_from_json (ExcLabWorld *self, JsonNode *node, GError **error);

gboolean exc_lab_world_commit (ExcLabWorld *self, GError **error);
/* Lets what became due by the clock happen, and commits it if anything did. A failure to save is
 * logged: nobody asked for the change. */
void exc_lab_world_catch_up (ExcLabWorld *self);

ExcClock *exc_lab_world_get_clock (ExcLabWorld *self);
gint64 exc_lab_world_now (ExcLabWorld *self);
ExcLabKeys *exc_lab_world_get_keys (ExcLabWorld *self);
GPtrArray *exc_lab_world_get_servers (ExcLabWorld *self); /* (element-type ExcLabServer) */
/* (nullable): by name, FQDN or distinguished name's first part, case ignored */
ExcLabServer *exc_lab_world_find_server (ExcLabWorld *self, const char *name);
/* (nullable): the back end that hosts the next session of a client connected to @front: another
 * one each time, as Exchange's front ends choose (domain.md 5.3) */
ExcLabServer *exc_lab_world_choose_back_end (ExcLabWorld *self, ExcLabServer *front);

const char *exc_lab_world_get_scenario (ExcLabWorld *self);
const char *exc_lab_world_get_organization (ExcLabWorld *self);
const char *exc_lab_world_get_domain (ExcLabWorld *self);
ExcLabAuthConfig *exc_lab_world_get_auth_config (ExcLabWorld *self);
ExcLabDag *exc_lab_world_get_dag (ExcLabWorld *self); /* (nullable) */
GPtrArray *exc_lab_world_get_send_connectors (
    ExcLabWorld *self); /* (element-type ExcLabConnector) */
ExcLabCertificate *exc_lab_world_get_authority (
    ExcLabWorld *self);                                     /* (nullable): the lab's public CA */
ExcLabHybrid *exc_lab_world_get_hybrid (ExcLabWorld *self); /* (nullable) */
ExcLabFederation *exc_lab_world_get_federation (ExcLabWorld *self); /* (nullable) */
GPtrArray *exc_lab_world_get_subscriptions (
    ExcLabWorld *self); /* (element-type ExcLabSubscription) */

/* For whoever builds a world: scenarios, loading. */
void exc_lab_world_clear (ExcLabWorld *self);
void exc_lab_world_set_names (ExcLabWorld *self,
                              const char *scenario,
                              const char *organization,
                              const char *domain);
void exc_lab_world_set_dag (ExcLabWorld *self, const char *name, const char *const *servers);
void exc_lab_world_set_authority (ExcLabWorld *self, ExcLabCertificate *authority);
/* (transfer none): an empty one, to be filled in */
ExcLabHybrid *exc_lab_world_add_hybrid (ExcLabWorld *self);
ExcLabFederation *exc_lab_world_add_federation (ExcLabWorld *self);
void exc_lab_world_add_subscription (ExcLabWorld *self, const char *name, const char *site);
/* (transfer none): replaces a thumbprint, name or other text that the world owns */
void exc_lab_set_text (char **slot, const char *text);

G_END_DECLS
