/* exc-lab-faults.h — what is to go wrong, and when
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "exc-command.h"
#include "exc-lab-wsman.h"

G_BEGIN_DECLS

typedef enum {
  EXC_LAB_TROUBLE_REFUSE, /* nothing listens; with a count: connections are closed unanswered */
  EXC_LAB_TROUBLE_DROP,   /* the connection is cut in the middle of a reply */
  EXC_LAB_TROUBLE_DELAY,
  EXC_LAB_TROUBLE_STATUS, /* an HTTP status: 401, 503 */
  EXC_LAB_TROUBLE_FAULT,  /* a WS-Management fault */
  EXC_LAB_TROUBLE_ERROR,  /* the command fails */
  EXC_LAB_TROUBLE_DOWN,   /* the server is off */
} ExcLabTroubleKind;

/**
 * ExcLabTrouble:
 *
 * One fault that was switched on: {"kind", "server", "endpoint", "command", "operation", "when",
 * "after", "times", "ms", "status", "code", "message", "errorId"}. Without "command" it meets HTTP
 * requests, with it the pipelines that hold this cmdlet or script.
 */
typedef struct {
  guint id;
  ExcLabTroubleKind kind;
  char *server;      /* name or FQDN; NULL: all */
  char *endpoint;    /* "exchange", "windows"; NULL: both */
  char *command;     /* cmdlet, or script's file name; NULL: requests */
  char *operation;   /* "Create", "Receive", …; NULL: any */
  gboolean is_after; /* of a command: after its effect */
  guint skip;        /* how many it lets pass first */
  guint left;        /* how many it meets then; G_MAXUINT: all */
  guint delay_ms;
  guint status;
  guint32 code;
  char *message;
  char *error_id;
} ExcLabTrouble;

typedef struct _ExcLabFaults ExcLabFaults;

ExcLabFaults *exc_lab_faults_new (void) G_GNUC_WARN_UNUSED_RESULT;
void exc_lab_faults_free (ExcLabFaults *self);

/* The new fault's id; 0 with @error. */
guint exc_lab_faults_add (ExcLabFaults *self, JsonObject *object, GError **error);
gboolean exc_lab_faults_clear (ExcLabFaults *self, guint id); /* 0: all */

/* Names: the server's short name and FQDN. */
ExcLabFault exc_lab_faults_meet_request (ExcLabFaults *self,
                                         const char *const *names,
                                         const char *endpoint,
                                         const char *operation);
/* (nullable) (transfer none): valid until the next change; is counted when it is given */
const ExcLabTrouble *exc_lab_faults_meet_pipeline (ExcLabFaults *self,
                                                   const char *const *names,
                                                   const char *endpoint,
                                                   ExcPipeline *pipeline,
                                                   gboolean is_after);
gboolean exc_lab_faults_is_refused (ExcLabFaults *self,
                                    const char *const *names,
                                    const char *endpoint);
gboolean exc_lab_faults_is_down (ExcLabFaults *self, const char *const *names);
/* The next reply to a Receive of that endpoint is cut. */
void exc_lab_faults_cut_next_reply (ExcLabFaults *self, const char *server, const char *endpoint);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcLabFaults, exc_lab_faults_free)

G_END_DECLS
