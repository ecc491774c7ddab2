/* exc-plan-private.h — for the kinds of plans and for tests of the runner
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-json.h"
#include "exc-plan.h"

G_BEGIN_DECLS

/**
 * ExcPlanKind:
 * @id: in the journal
 * @version: of the input
 * @build: makes title and lanes of the input, which came from a snapshot or from the journal; FALSE
 *   with EXC_ERROR_STORE where something is missing in it
 * @summarize: (transfer full): what the end of a job says first
 * @undo_covers_servers: the undo of the organization's lane takes back what the servers' steps did
 */
typedef struct {
  const char *id;
  int version;
  gboolean (*build) (ExcPlan *plan, JsonObject *input, GError **error);
  char *(*summarize) (guint n_done, guint n_servers);
  gboolean undo_covers_servers;
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
/* The same of a format. */
void exc_plan_say (ExcPlan *self,
                   const char *server,
                   ExcCheckResult result,
                   const char *format,
                   ...) G_GNUC_PRINTF (4, 5);

/* exc-plan-servers.c: for constructors. */

/* The server of this name; EXC_ERROR_NOT_FOUND where there is none. (transfer none) */
ExcServer *exc_plan_find_server (ExcSnapshot *snapshot, const char *name, GError **error);
/* The servers of these names in the order of work: at least one, none twice. (transfer container)
 * (element-type ExcServer) */
GPtrArray *exc_plan_find_servers (ExcSnapshot *snapshot,
                                  const char *const *names,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Whether both endpoints of a server can be used; adds a check that blocks where not. */
gboolean exc_plan_check_server (ExcPlan *self, ExcServer *server);
/* The same where its certificates are enough. */
gboolean exc_plan_check_certificates (ExcPlan *self, ExcServer *server);
/* Whether it told its bindings and its internal transport certificate; the same. */
gboolean exc_plan_check_told (ExcPlan *self, ExcServer *server);
/* The certificate on a server; EXC_ERROR_NOT_FOUND where it is not. (transfer none) */
ExcCertificate *exc_plan_find_certificate (ExcSnapshot *snapshot,
                                           ExcServer *server,
                                           const char *thumbprint,
                                           GError **error);
/* Whether a server can serve a certificate with its key, in date; adds a check that blocks where
 * not. */
gboolean exc_plan_check_certificate (ExcPlan *self,
                                     ExcSnapshot *snapshot,
                                     ExcCertificate *certificate);
/* What clients lose on 443 if this certificate is bound there; FALSE where a self-signed one would
 * take the place of an authority's, and @replaces_public does not allow it. exc-plan-bind.c */
gboolean exc_plan_check_front_end (ExcPlan *self,
                                   ExcSnapshot *snapshot,
                                   ExcServer *server,
                                   ExcCertificate *certificate,
                                   gboolean replaces_public);
/* Whether the certificate is on the server, with its key: only then can an undo give it back.
 * thumbprint: (nullable). exc-plan-bind.c */
gboolean exc_plan_holds (ExcSnapshot *snapshot, ExcServer *server, const char *thumbprint);
/* The bindings of a place as they are now, as a member of a server of the input, and the step that
 * binds them; it has no undo where one of theirs is gone. pipeline: (nullable): as ExcBinding's */
void exc_plan_input_add_bindings (JsonBuilder *builder,
                                  ExcSnapshot *snapshot,
                                  ExcServer *server,
                                  ExcBindPlaces place);
ExcStep *exc_plan_make_bind_step (JsonObject *server,
                                  ExcBindPlaces place,
                                  const char *thumbprint,
                                  ExcPipeline *pipeline,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The sentences of uses, without those of the bits @accepted, and of @twins where another
 * certificate with the same names stays; NULL where none is left. */
char *exc_plan_dup_uses (GPtrArray *uses, guint accepted, guint twins) G_GNUC_WARN_UNUSED_RESULT;

/* For an input: in Base64. */
void exc_plan_input_add_bytes (JsonBuilder *builder, const char *name, GBytes *bytes);
gboolean exc_plan_input_get_flag (JsonObject *object, const char *name);
GBytes *exc_plan_input_get_bytes (JsonObject *object, const char *name); /* (nullable) */
/* A text that has to be there; NULL with EXC_ERROR_STORE. */
const char *exc_plan_input_need_text (JsonObject *object, const char *name, GError **error);
const char *exc_plan_input_need_thumbprint (JsonObject *object, const char *name, GError **error);

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
char *exc_plan_summarize_done (guint n_done, guint n_servers);
gboolean exc_plan_build_assign (ExcPlan *self, JsonObject *input, GError **error);
gboolean exc_plan_build_bind (ExcPlan *self, JsonObject *input, GError **error);
gboolean exc_plan_build_trust (ExcPlan *self, JsonObject *input, GError **error);
gboolean exc_plan_build_untrust (ExcPlan *self, JsonObject *input, GError **error);
gboolean exc_plan_build_repair (ExcPlan *self, JsonObject *input, GError **error);
gboolean exc_plan_build_delete (ExcPlan *self, JsonObject *input, GError **error);
gboolean exc_plan_build_renew_wmsvc (ExcPlan *self, JsonObject *input, GError **error);
gboolean exc_plan_build_create (ExcPlan *self, JsonObject *input, GError **error);
char *exc_plan_summarize_create (guint n_done, guint n_servers);
gboolean exc_plan_build_request (ExcPlan *self, JsonObject *input, GError **error);
char *exc_plan_summarize_request (guint n_done, guint n_servers);
gboolean exc_plan_build_complete (ExcPlan *self, JsonObject *input, GError **error);
char *exc_plan_summarize_complete (guint n_done, guint n_servers);
gboolean exc_plan_build_import (ExcPlan *self, JsonObject *input, GError **error);
char *exc_plan_summarize_import (guint n_done, guint n_servers);

G_END_DECLS
