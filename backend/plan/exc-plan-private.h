/* exc-plan-private.h — for the kinds of plans and for tests of the runner
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-plan.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * ExcPlanKind:
 * @id: in the journal
 * @version: of the input
 * @build: makes title and lanes of the input, which came from a snapshot or from the journal; FALSE
 *   with EXC_ERROR_STORE where something is missing in it
 * @summarize: (transfer full): what the end of a job says first
 */
typedef struct {
  const char *id;
  int version;
  gboolean (*build) (ExcPlan *plan, JsonObject *input, GError **error);
  char *(*summarize) (guint n_done, guint n_servers);
} ExcPlanKind;

/* (nullable); the table is in exc-plan-kinds.c. */
const ExcPlanKind *exc_plan_kind_find (const char *id);

ExcCheck *exc_check_new (const char *server,
                         ExcCheckResult result,
                         const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* A plan without lanes. */
ExcPlan *exc_plan_new (const char *kind) G_GNUC_WARN_UNUSED_RESULT;
/* Makes title and lanes. Takes the builder's root: an object, to which the version is added. */
gboolean exc_plan_build (ExcPlan *self, JsonNode *input, GError **error);
void exc_plan_set_title (ExcPlan *self, const char *title);
/* Adds a lane with its steps (element-type ExcStep), in order of work and of undoing. */
void exc_plan_add_lane (ExcPlan *self, const char *server, GPtrArray *steps, GPtrArray *undo_steps);
void exc_plan_add_check (ExcPlan *self,
                         const char *server,
                         ExcCheckResult result,
                         const char *text);

/* The same servers in the order of work. (transfer full) */
GStrv exc_plan_order_servers (ExcSnapshot *snapshot,
                              const char *const *servers) G_GNUC_WARN_UNUSED_RESULT;

/* For reading an input: NULL where the member is missing, null or no text. (transfer none) */
const char *exc_plan_input_get_text (JsonObject *object, const char *name);
/* The elements of an array of objects; FALSE with EXC_ERROR_STORE where it is none. */
gboolean exc_plan_input_get_objects (JsonObject *object,
                                     const char *name,
                                     GPtrArray **objects, /* (element-type JsonObject) */
                                     GError **error);

/* The kinds. */
gboolean exc_plan_build_renew (ExcPlan *self, JsonObject *input, GError **error);
char *exc_plan_summarize_renew (guint n_done, guint n_servers);
gboolean exc_plan_build_rotate_auth (ExcPlan *self, JsonObject *input, GError **error);
gboolean exc_plan_build_replace_auth (ExcPlan *self, JsonObject *input, GError **error);
gboolean exc_plan_build_distribute_auth (ExcPlan *self, JsonObject *input, GError **error);
char *exc_plan_summarize_auth (guint n_done, guint n_servers);

G_END_DECLS
