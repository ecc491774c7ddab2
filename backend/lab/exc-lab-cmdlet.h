/* exc-lab-cmdlet.h — running one cmdlet of the Exchange endpoint
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab-session.h"
#include "exc-lab-table.h"
#include "exc-lab-world.h"

G_BEGIN_DECLS

/**
 * ExcLabObject:
 *
 * A live object in a pipeline: all its properties, and behind a certificate the certificate itself,
 * which the next cmdlet can take. What leaves the server of it is less: exc_lab_object_to_wire.
 */
typedef struct {
  gatomicrefcount ref_count;
  ExcValue *value;                /* all properties as Props */
  ExcLabCertificate *certificate; /* NULL: not a certificate */
  char *server;                   /* the certificate's server */
} ExcLabObject;

ExcLabObject *exc_lab_object_new (ExcValue *take) G_GNUC_WARN_UNUSED_RESULT;
ExcLabObject *exc_lab_object_new_certificate (ExcLabWorld *world,
                                              ExcLabServer *server,
                                              ExcLabCertificate *certificate)
    G_GNUC_WARN_UNUSED_RESULT;
ExcLabObject *exc_lab_object_ref (ExcLabObject *self);
void exc_lab_object_unref (ExcLabObject *self);
/* is_full: serializationLevel=Full was asked for */
ExcValue *exc_lab_object_to_wire (ExcLabObject *self, gboolean is_full) G_GNUC_WARN_UNUSED_RESULT;
/* SerializationData of a certificate: a BinaryFormatter stream as Exchange writes it */
GBytes *exc_lab_certificate_serialize (ExcLabCertificate *certificate,
                                       ExcValue *properties) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcLabObject, exc_lab_object_unref)

/* An empty object of an Exchange type: type names from `name` to System.Object. */
ExcValue *exc_lab_value_new (const char *type_name,
                             const char *to_string) G_GNUC_WARN_UNUSED_RESULT;
void exc_lab_value_set_text (ExcValue *self, const char *name, const char *text); /* NULL: Nil */
void exc_lab_value_set_time (ExcValue *self, const char *name, gint64 unix_s);    /* 0: Nil */
void exc_lab_value_set_boolean (ExcValue *self, const char *name, gboolean on);
/* An SmtpX509Identifier, "<I>…<S>…"; NULL: Nil */
void exc_lab_value_set_identifier (ExcValue *self, const char *name, const char *identifier);
/* An ADObjectId: read by its ToString. */
void exc_lab_value_set_id (ExcValue *self, const char *name, const char *text);
/* MultiValuedProperty`1 of item_type */
void exc_lab_value_set_list (ExcValue *self,
                             const char *name,
                             const char *item_type,
                             const char *const *items);

typedef enum {
  EXC_LAB_DONE,
  EXC_LAB_ASK,    /* call->question is to be put; then the cmdlet is called again with the answer */
  EXC_LAB_FAILED, /* call->failure ends the pipeline */
} ExcLabOutcome;

typedef enum {
  EXC_LAB_ANSWER_NONE = -1, /* not asked yet */
  EXC_LAB_ANSWER_YES = 0,   /* the places of the four choices of ShouldContinue */
  EXC_LAB_ANSWER_YES_TO_ALL,
  EXC_LAB_ANSWER_NO,
  EXC_LAB_ANSWER_NO_TO_ALL,
} ExcLabAnswer;

/**
 * ExcLabCall:
 *
 * One processing of one cmdlet: its arguments, at most one input object, what it put out.
 */
typedef struct {
  ExcLabWorld *world;
  ExcLabTable *table;
  ExcLabServer *back_end; /* where the session lives */
  const ExcLabCmdlet *cmdlet;
  GHashTable *arguments;
  ExcLabObject *input;   /* NULL: none */
  ExcLabOutput *records; /* for errors and warnings */
  GPtrArray *output;     /* (element-type ExcLabObject) */

  char *question;
  ExcLabAnswer answer;
  gpointer kept; /* of the cmdlet, between the question and the answer; freed by kept_free */
  GDestroyNotify kept_free;
  ExcValue *failure;
} ExcLabCall;

typedef ExcLabOutcome (*ExcLabCmdletFunc) (ExcLabCall *call);

/* (nullable): NULL for a cmdlet that the table has and the lab does not simulate */
ExcLabCmdletFunc exc_lab_cmdlet_find (const char *name);

/* Arguments. */
gboolean exc_lab_call_has (ExcLabCall *call, const char *name);
const char *exc_lab_call_get_text (ExcLabCall *call, const char *name); /* NULL: not given, empty */
gboolean exc_lab_call_is_on (ExcLabCall *call, const char *name);
GStrv exc_lab_call_dup_list (ExcLabCall *call, const char *name); /* NULL: not given */
/* Whether all arguments are among @known, NULL-terminated, or of those that every cmdlet has:
 * what the lab does not carry out it refuses instead of dropping it. FALSE with *outcome. */
gboolean exc_lab_call_knows_all (ExcLabCall *call,
                                 const char *const *known,
                                 ExcLabOutcome *outcome);
/* (transfer full) (nullable): what -Identity, or an input object, names */
char *exc_lab_call_dup_identity (ExcLabCall *call);

/* Writing. Errors as Exchange's cmdlets write them, ending the pipeline under -ErrorAction Stop. */
void exc_lab_call_write (ExcLabCall *call, ExcLabObject *take);
ExcLabOutcome exc_lab_call_error (ExcLabCall *call,
                                  const char *exception, /* "System.InvalidOperationException" */
                                  const char *format,
                                  ...) G_GNUC_PRINTF (3, 4);
ExcLabOutcome exc_lab_call_write_error (ExcLabCall *call, ExcValue *take);
/* The object that -Identity names is not in the directory. */
ExcLabOutcome exc_lab_call_not_found (ExcLabCall *call, const char *name);
void exc_lab_call_warn (ExcLabCall *call, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* ShouldContinue, one question after the other, unless -Force is given: TRUE where all were
 * answered Yes; else the cmdlet ends with *outcome, which may be EXC_LAB_ASK. A cmdlet that uses it
 * leaves call->kept alone. */
gboolean exc_lab_call_confirm (ExcLabCall *call,
                               const char *const *questions,
                               ExcLabOutcome *outcome);
/* Commits the world; a failure to save becomes the command's. */
ExcLabOutcome exc_lab_call_commit (ExcLabCall *call);

/* The server a -Server or -Identity names, or the back end; fails with Exchange's error. With
 * needs_rpc also where it is down or its service host restarts. */
ExcLabServer *exc_lab_call_find_server (ExcLabCall *call,
                                        const char *parameter,
                                        gboolean needs_rpc,
                                        ExcLabOutcome *outcome);

/* The families. */
ExcLabOutcome exc_lab_get_exchange_certificate (ExcLabCall *call);
ExcLabOutcome exc_lab_new_exchange_certificate (ExcLabCall *call);
ExcLabOutcome exc_lab_enable_exchange_certificate (ExcLabCall *call);
ExcLabOutcome exc_lab_remove_exchange_certificate (ExcLabCall *call);
ExcLabOutcome exc_lab_import_exchange_certificate (ExcLabCall *call);
ExcLabOutcome exc_lab_export_exchange_certificate (ExcLabCall *call);
ExcLabOutcome exc_lab_get_auth_config (ExcLabCall *call);
ExcLabOutcome exc_lab_set_auth_config (ExcLabCall *call);
ExcLabOutcome exc_lab_set_send_connector (ExcLabCall *call);
ExcLabOutcome exc_lab_set_receive_connector (ExcLabCall *call);
ExcLabOutcome exc_lab_get_hybrid_configuration (ExcLabCall *call);
ExcLabOutcome exc_lab_set_hybrid_configuration (ExcLabCall *call);
ExcLabOutcome exc_lab_get_federation_trust (ExcLabCall *call);
ExcLabOutcome exc_lab_get_edge_subscription (ExcLabCall *call);
ExcLabOutcome exc_lab_start_edge_synchronization (ExcLabCall *call);
ExcLabOutcome exc_lab_set_pop_settings (ExcLabCall *call);
ExcLabOutcome exc_lab_set_imap_settings (ExcLabCall *call);
ExcLabOutcome exc_lab_get_um_service (ExcLabCall *call);
ExcLabOutcome exc_lab_get_um_call_router_settings (ExcLabCall *call);
/* Of the certificate family: the certificate a command names; NULL with *outcome. */
ExcLabCertificate *exc_lab_call_find_certificate (ExcLabCall *call,
                                                  ExcLabServer **server,
                                                  ExcLabOutcome *outcome);
/* The text of a pending request, or with -BinaryEncoded its bytes. */
void exc_lab_call_write_request (ExcLabCall *call, ExcLabCertificate *certificate);
/* Why these services cannot be enabled for it there: FALSE with *outcome. */
gboolean exc_lab_call_check_services (ExcLabCall *call,
                                      ExcLabServer *server,
                                      ExcLabCertificate *certificate,
                                      guint services,
                                      ExcLabOutcome *outcome);
void exc_lab_call_ask_overwrite (ExcLabCall *call,
                                 ExcLabServer *server,
                                 ExcLabCertificate *certificate);
gboolean exc_lab_needs_overwrite_question (ExcLabServer *server, ExcLabCertificate *certificate);
void exc_lab_call_assign_services (ExcLabCall *call,
                                   ExcLabServer *server,
                                   ExcLabCertificate *certificate,
                                   guint services,
                                   gboolean require_ssl);
ExcLabOutcome exc_lab_get_exchange_server (ExcLabCall *call);
ExcLabOutcome exc_lab_get_transport_service (ExcLabCall *call);
ExcLabOutcome exc_lab_get_send_connector (ExcLabCall *call);
ExcLabOutcome exc_lab_get_receive_connector (ExcLabCall *call);
ExcLabOutcome exc_lab_get_pop_settings (ExcLabCall *call);
ExcLabOutcome exc_lab_get_imap_settings (ExcLabCall *call);
ExcLabOutcome exc_lab_get_dag (ExcLabCall *call);
ExcLabOutcome exc_lab_get_database_copies (ExcLabCall *call);
ExcLabOutcome exc_lab_test_service_health (ExcLabCall *call);
ExcLabOutcome exc_lab_test_edge_synchronization (ExcLabCall *call);
ExcLabOutcome exc_lab_get_command (ExcLabCall *call);

/* Select-Object sees all its input at once. FALSE with @failure. */
gboolean exc_lab_select_object (GHashTable *arguments,
                                GPtrArray *input,
                                GPtrArray *output,
                                ExcValue **failure);

G_END_DECLS
