/* exc-psrp-records.h — error, warning, progress and the other records, built as a server sends them
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-record.h"

G_BEGIN_DECLS

/* The stream of a record's message, and back; -1 / 0 for a type that is no record. */
int exc_psrp_record_stream (guint32 type);
guint32 exc_psrp_record_type (ExcStream stream);

/**
 * ExcPsrpErrorFields:
 *
 * What an ErrorRecord ([MS-PSRP] 2.2.3.15) says; every text but @message may be %NULL.
 */
typedef struct {
  const char *message;
  const char *exception_type; /* with namespace; NULL: System.Exception */
  const char *error_id;       /* FullyQualifiedErrorId */
  int category;               /* System.Management.Automation.ErrorCategory */
  const char *category_name;  /* its name, for ErrorCategory_Message */
  const char *activity;       /* the cmdlet */
  const char *reason;         /* NULL: the exception's name without namespace */
  const char *target_name;
  const char *target_type;
  const char *script_stack_trace;
} ExcPsrpErrorFields;

ExcValue *exc_psrp_error_record_new (const ExcPsrpErrorFields *fields) G_GNUC_WARN_UNUSED_RESULT;

/* WARNING, VERBOSE and DEBUG, [MS-PSRP] 2.2.2.22..24 */
ExcValue *exc_psrp_informational_record_new (ExcStream stream,
                                             const char *message) G_GNUC_WARN_UNUSED_RESULT;
/* PROGRESS, 2.2.2.25: percent -1 for unknown */
ExcValue *exc_psrp_progress_record_new (const char *activity,
                                        const char *status,
                                        int percent,
                                        gboolean completed) G_GNUC_WARN_UNUSED_RESULT;
/* INFORMATION, 2.2.2.26 */
ExcValue *exc_psrp_information_record_new (const char *text,
                                           const char *source,
                                           GDateTime *time,
                                           const char *user,
                                           const char *computer) G_GNUC_WARN_UNUSED_RESULT;

/* The words of any record of a stream, for logs and reports. (nullable) */
char *exc_psrp_record_dup_text (ExcStream stream, ExcValue *value) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
