/* exc-record.h — what a pipeline put out beside its objects
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-value.h"

G_BEGIN_DECLS

typedef enum {
  EXC_STREAM_OUTPUT,
  EXC_STREAM_ERROR,
  EXC_STREAM_WARNING,
  EXC_STREAM_VERBOSE,
  EXC_STREAM_DEBUG,
  EXC_STREAM_INFORMATION,
  EXC_STREAM_PROGRESS,
} ExcStream;

/**
 * ExcErrorRecord:
 *
 * An error as the server said it (protocol.md 5.1, ERROR_RECORD). Texts are in the server's
 * language: tell errors apart by @error_id (FullyQualifiedErrorId) and @reason (the exception's
 * type name), never by the message. Fields are NULL where the server sent none.
 */
typedef struct {
  gatomicrefcount ref_count;
  char *message;   /* ErrorDetails_Message, else Exception.Message, else ToString; never NULL */
  char *error_id;  /* FullyQualifiedErrorId */
  char *category;  /* ErrorCategory_Category as a number's name or ErrorCategory_Message */
  char *reason;    /* ErrorCategory_Reason, e.g. InvalidOperationException */
  char *exception; /* the exception's most derived type name */
  char *target;    /* ErrorCategory_TargetName */
  char *script_stack_trace;
  char *recommended_action;
} ExcErrorRecord;

#define EXC_TYPE_ERROR_RECORD (exc_error_record_get_type ())
GType exc_error_record_get_type (void);

ExcErrorRecord *exc_error_record_new_from_value (ExcValue *value) G_GNUC_WARN_UNUSED_RESULT;
ExcErrorRecord *exc_error_record_ref (ExcErrorRecord *self);
void exc_error_record_unref (ExcErrorRecord *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcErrorRecord, exc_error_record_unref)

/**
 * ExcReply:
 *
 * All that one pipeline gave back. A reply exists whenever the server ran the pipeline to an end,
 * good or bad; what never got so far is a GError of the call instead.
 */
typedef struct _ExcReply ExcReply;

#define EXC_TYPE_REPLY (exc_reply_get_type ())
GType exc_reply_get_type (void);

ExcReply *exc_reply_new (void) G_GNUC_WARN_UNUSED_RESULT;
ExcReply *exc_reply_ref (ExcReply *self);
void exc_reply_unref (ExcReply *self);

GPtrArray *exc_reply_get_output (ExcReply *self); /* (element-type ExcValue) */
GPtrArray *exc_reply_get_errors (
    ExcReply *self); /* (element-type ExcErrorRecord), not the terminating one */
GPtrArray *exc_reply_get_warnings (ExcReply *self);     /* (element-type utf8) */
ExcErrorRecord *exc_reply_get_failure (ExcReply *self); /* (nullable): the terminating error */
const char *exc_reply_get_prompt (ExcReply *self);      /* (nullable): a question we refused */
gint64 exc_reply_get_duration_ms (ExcReply *self);

/* The first of: refused prompt, terminating error, error record. FALSE with EXC_ERROR_REMOTE
 * (EXC_ERROR_NOT_FOUND for a certificate that is not there, CommandNotFoundException too). */
gboolean exc_reply_check (ExcReply *self, GError **error);
ExcErrorRecord *exc_reply_get_first_error (
    ExcReply *self); /* (nullable): failure, else errors[0] */

/* Filling, by the shell alone. */
void exc_reply_add (ExcReply *self, ExcStream stream, ExcValue *value);
void exc_reply_set_failure (ExcReply *self, ExcErrorRecord *take);
void exc_reply_set_prompt (ExcReply *self, const char *text);
void exc_reply_set_duration_ms (ExcReply *self, gint64 duration_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcReply, exc_reply_unref)

G_END_DECLS
