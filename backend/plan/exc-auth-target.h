/* exc-auth-target.h — what the organization looked like when its Auth certificate was planned
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-plan-auth.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define EXC_AUTH_NAME    "Microsoft Exchange Server Auth Certificate"
#define EXC_AUTH_SUBJECT "CN=" EXC_AUTH_NAME

/* A Mailbox server that needs the certificate. */
typedef struct {
  char *fqdn;
  char *name;
  char *internal; /* (nullable): internal transport certificate, which stays */
  gboolean lacks_current;
  gboolean lacks_next;
} ExcAuthServer;

/**
 * ExcAuthTarget:
 *
 * An Auth certificate to be rotated, replaced or distributed. Immutable and counted; the steps
 * share it.
 */
typedef struct {
  gatomicrefcount ref_count;
  ExcAuthMode mode;
  char *server;         /* FQDN: where it is made and staged */
  char *name;           /* of that server */
  char *internal;       /* (nullable): its internal transport certificate */
  char *current;        /* (nullable): thumbprint */
  char *current_source; /* (nullable): FQDN of a server to copy it from */
  char *next;           /* (nullable) */
  char *next_source;    /* (nullable) */
  gboolean continues;   /* with next, instead of a new one */
  gboolean is_hybrid;
  gboolean is_useless; /* current is expired or missing: nothing needs it as Previous */
  gboolean removes_old;
  gint64 effective_s; /* from now to the date, in seconds */
  gint64 planned;     /* Unix seconds, by the program's clock */
  gint64 soak_s;
  GPtrArray *servers; /* (element-type ExcAuthServer) */
} ExcAuthTarget;

ExcAuthTarget *exc_auth_target_new (ExcAuthMode mode) G_GNUC_WARN_UNUSED_RESULT;
ExcAuthTarget *exc_auth_target_ref (ExcAuthTarget *self);
void exc_auth_target_unref (ExcAuthTarget *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcAuthTarget, exc_auth_target_unref)

/* (transfer none) */
ExcAuthServer *exc_auth_target_add_server (ExcAuthTarget *self, const char *fqdn, const char *name);

/* (transfer full) */
JsonNode *exc_auth_target_to_json (ExcAuthTarget *self) G_GNUC_WARN_UNUSED_RESULT;
/* NULL with EXC_ERROR_STORE where a field is missing. */
ExcAuthTarget *exc_auth_target_read (JsonObject *object, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
