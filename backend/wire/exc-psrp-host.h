/* exc-psrp-host.h — host calls and their answers, built and parsed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-value.h"

G_BEGIN_DECLS

/* RemoteHostMethodId ([MS-PSRP] 2.2.3.17), those that are named somewhere in our code. */
typedef enum {
  EXC_PSRP_HOST_GET_NAME = 1,
  EXC_PSRP_HOST_SET_SHOULD_EXIT = 6,
  EXC_PSRP_HOST_READ_LINE = 11,
  EXC_PSRP_HOST_READ_LINE_AS_SECURE_STRING = 12,
  EXC_PSRP_HOST_WRITE_LINE_2 = 16,
  EXC_PSRP_HOST_PROMPT = 23,
  EXC_PSRP_HOST_PROMPT_FOR_CREDENTIAL_1 = 24,
  EXC_PSRP_HOST_PROMPT_FOR_CREDENTIAL_2 = 25,
  EXC_PSRP_HOST_PROMPT_FOR_CHOICE = 26,
  EXC_PSRP_HOST_PROMPT_FOR_CHOICE_MULTIPLE = 56,
} ExcPsrpHostMethod;

#define EXC_PSRP_HOST_NO_ANSWER (-100) /* the ci of a call that must not be answered */

const char *exc_psrp_host_method_to_string (int method); /* "Unknown" for others */

/**
 * ExcPsrpHostCall:
 * @ci: the call's number, unique in its pipeline; %EXC_PSRP_HOST_NO_ANSWER for void methods
 * @parameters: the list mp
 *
 * PIPELINE_HOST_CALL and RUNSPACEPOOL_HOST_CALL ([MS-PSRP] 2.2.2.15, 2.2.2.27).
 */
typedef struct {
  gint64 ci;
  int method;
  ExcValue *parameters;
} ExcPsrpHostCall;

ExcPsrpHostCall *exc_psrp_host_call_parse (ExcValue *body,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
void exc_psrp_host_call_free (ExcPsrpHostCall *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcPsrpHostCall, exc_psrp_host_call_free)

ExcValue *exc_psrp_host_call_new (gint64 ci,
                                  int method,
                                  ExcValue *take_parameters) G_GNUC_WARN_UNUSED_RESULT;
/* The body of a PromptForChoice; labels as "&Yes", default_choice -1 for none. */
ExcValue *exc_psrp_host_call_new_choice (gint64 ci,
                                         const char *caption,
                                         const char *message,
                                         const char *const *labels,
                                         int default_choice) G_GNUC_WARN_UNUSED_RESULT;

/* What the call asks, in words: caption, message, labels. (nullable): it asks nothing. */
char *exc_psrp_host_call_dup_text (ExcPsrpHostCall *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean exc_psrp_host_call_wants_answer (ExcPsrpHostCall *self);
gboolean exc_psrp_host_call_is_prompt (ExcPsrpHostCall *self); /* someone is being asked */
/* The index of the choice whose label has accelerator behind its `&`, whatever its case; for 'N'
 * where no label has it, by count (protocol.md 5.2). -1: none. Never the default. */
int exc_psrp_host_call_find_choice (ExcPsrpHostCall *self, char accelerator);

/* PIPELINE_HOST_RESPONSE and RUNSPACEPOOL_HOST_RESPONSE, 2.2.2.16, 2.2.2.28 */
ExcValue *exc_psrp_host_response_new (gint64 ci,
                                      int method,
                                      ExcValue *take_result) G_GNUC_WARN_UNUSED_RESULT;
/* Refuses: a complete ErrorRecord in me, as the server's reader demands (protocol.md 12). */
ExcValue *exc_psrp_host_response_new_refused (gint64 ci,
                                              int method,
                                              const char *message) G_GNUC_WARN_UNUSED_RESULT;
/* result, failure: (out) (nullable) (transfer none): exactly one of them unless mr is missing */
gboolean exc_psrp_host_response_parse (
    ExcValue *body, gint64 *ci, int *method, ExcValue **result, ExcValue **failure, GError **error);

G_END_DECLS
