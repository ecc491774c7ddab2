/* exc-record.c — error records and replies
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-psrp"

#include "config.h"

#include "exc-record.h"

#include "exc-error.h"

#include <string.h>

#include <glib/gi18n.h>

struct _ExcReply {
  gatomicrefcount ref_count;
  GPtrArray *output;       /* (element-type ExcValue) */
  GPtrArray *errors;       /* (element-type ExcErrorRecord) */
  GPtrArray *warnings;     /* (element-type utf8) */
  ExcErrorRecord *failure; /* (nullable) */
  char *prompt;            /* (nullable) */
  gint64 duration_ms;
};

G_DEFINE_BOXED_TYPE (ExcErrorRecord, exc_error_record, exc_error_record_ref, exc_error_record_unref)
G_DEFINE_BOXED_TYPE (ExcReply, exc_reply, exc_reply_ref, exc_reply_unref)

/* System.Management.Automation.ErrorCategory, by number ([MS-PSRP] 2.2.3.9). */
static const char *const category_names[] = {
  "NotSpecified",        "OpenError",           "CloseError",       "DeviceError",
  "DeadlockDetected",    "InvalidArgument",     "InvalidData",      "InvalidOperation",
  "InvalidResult",       "InvalidType",         "MetadataError",    "NotImplemented",
  "NotInstalled",        "ObjectNotFound",      "OperationStopped", "OperationTimeout",
  "SyntaxError",         "ParserError",         "PermissionDenied", "ResourceBusy",
  "ResourceExists",      "ResourceUnavailable", "ReadError",        "WriteError",
  "FromStdErr",          "SecurityError",       "ProtocolError",    "ConnectionError",
  "AuthenticationError", "LimitsExceeded",      "QuotaExceeded",    "NotEnabled",
};

static char *
dup_property (ExcValue *value, const char *name)
{
  g_autofree char *text = exc_value_dup_text (exc_value_get_property (value, name));

  return text != NULL && *text != '\0' ? g_steal_pointer (&text) : NULL;
}

/* The flat name that a record has on the wire, else the same fact as the property of an object
 * that was serialized as any other is. */
static char *
dup_either (ExcValue *value, const char *flat, const char *parent, const char *name)
{
  char *text = dup_property (value, flat);

  return text != NULL ? text : dup_property (exc_value_get_property (value, parent), name);
}

static char *
dup_message (ExcValue *value)
{
  ExcValue *exception = exc_value_get_property (value, "Exception");
  char *text = dup_either (value, "ErrorDetails_Message", "ErrorDetails", "Message");

  if (text == NULL)
    text = dup_property (exception, "Message");
  if (text == NULL && exc_value_get_to_string (value) != NULL)
    text = g_strdup (exc_value_get_to_string (value));
  if (text == NULL)
    text = exc_value_dup_text (exception);
  if (text == NULL)
    text = dup_property (value, "Message"); /* an exception in a record's place */
  if (text == NULL)
    text = exc_value_dup_text (value);

  return text != NULL ? text : g_strdup (_("The server reported an error without any text."));
}

static char *
dup_category (ExcValue *value)
{
  gint64 number;

  if (exc_value_get_int64 (exc_value_get_property (value, "ErrorCategory_Category"), &number) &&
      number >= 0 && number < (gint64) G_N_ELEMENTS (category_names))
    return g_strdup (category_names[number]);

  return dup_either (value, "ErrorCategory_Message", "CategoryInfo", "Category");
}

static char *
dup_type_name (ExcValue *value)
{
  const char *const *names = exc_value_get_type_names (value);

  if (names == NULL)
    return NULL;

  return g_strdup (g_str_has_prefix (names[0], "Deserialized.")
                       ? names[0] + strlen ("Deserialized.")
                       : names[0]);
}

/**
 * exc_error_record_new_from_value:
 * @value: what an ERROR_RECORD or an ExceptionAsErrorRecord holds
 *
 * Reads both shapes: the flat one of remoting (`ErrorCategory_Reason`, …, protocol.md 5.1) and an
 * ErrorRecord serialized as any object (`CategoryInfo`, `ErrorDetails`); a bare exception too.
 *
 * Returns: (transfer full): the record
 */
ExcErrorRecord *
exc_error_record_new_from_value (ExcValue *value)
{
  ExcErrorRecord *self = g_new0 (ExcErrorRecord, 1);
  ExcValue *exception = exc_value_get_property (value, "Exception");

  g_atomic_ref_count_init (&self->ref_count);
  self->message = dup_message (value);
  self->error_id = dup_property (value, "FullyQualifiedErrorId");
  self->category = dup_category (value);
  self->reason = dup_either (value, "ErrorCategory_Reason", "CategoryInfo", "Reason");
  self->exception = dup_type_name (exception != NULL ? exception : value);
  self->target = dup_either (value, "ErrorCategory_TargetName", "CategoryInfo", "TargetName");
  self->script_stack_trace = dup_property (value, "ErrorDetails_ScriptStackTrace");
  if (self->script_stack_trace == NULL)
    self->script_stack_trace = dup_property (value, "ScriptStackTrace");
  self->recommended_action =
      dup_either (value, "ErrorDetails_RecommendedAction", "ErrorDetails", "RecommendedAction");

  return self;
}

ExcErrorRecord *
exc_error_record_ref (ExcErrorRecord *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
exc_error_record_unref (ExcErrorRecord *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->message);
  g_free (self->error_id);
  g_free (self->category);
  g_free (self->reason);
  g_free (self->exception);
  g_free (self->target);
  g_free (self->script_stack_trace);
  g_free (self->recommended_action);
  g_free (self);
}

ExcReply *
exc_reply_new (void)
{
  ExcReply *self = g_new0 (ExcReply, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->output = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_value_unref);
  self->errors = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_error_record_unref);
  self->warnings = g_ptr_array_new_with_free_func (g_free);

  return self;
}

ExcReply *
exc_reply_ref (ExcReply *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
exc_reply_unref (ExcReply *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->output);
  g_ptr_array_unref (self->errors);
  g_ptr_array_unref (self->warnings);
  g_clear_pointer (&self->failure, exc_error_record_unref);
  g_free (self->prompt);
  g_free (self);
}

GPtrArray *
exc_reply_get_output (ExcReply *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->output;
}

GPtrArray *
exc_reply_get_errors (ExcReply *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->errors;
}

GPtrArray *
exc_reply_get_warnings (ExcReply *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->warnings;
}

ExcErrorRecord *
exc_reply_get_failure (ExcReply *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->failure;
}

const char *
exc_reply_get_prompt (ExcReply *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->prompt;
}

gint64
exc_reply_get_duration_ms (ExcReply *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->duration_ms;
}

ExcErrorRecord *
exc_reply_get_first_error (ExcReply *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->failure != NULL)
    return self->failure;

  return self->errors->len > 0 ? g_ptr_array_index (self->errors, 0) : NULL;
}

static gboolean
ends_with_type (const char *name, const char *type)
{
  gsize name_length, length = strlen (type);

  if (name == NULL)
    return FALSE;
  name_length = strlen (name);
  if (name_length < length || !g_str_equal (name + name_length - length, type))
    return FALSE;

  return name_length == length || name[name_length - length - 1] == '.';
}

static gboolean
is_of_type (ExcErrorRecord *record, const char *type)
{
  return ends_with_type (record->reason, type) || ends_with_type (record->exception, type);
}

/* Exchange names a missing certificate by an InvalidOperationException of the reading cmdlet
 * (domain.md 1.1). A changing cmdlet gives that reason for much else, so there the words decide. */
static gboolean
is_not_found (ExcErrorRecord *record)
{
  if (is_of_type (record, "CommandNotFoundException") ||
      is_of_type (record, "ManagementObjectNotFoundException") ||
      is_of_type (record, "ItemNotFoundException"))
    return TRUE;
  if (record->error_id != NULL && g_str_has_prefix (record->error_id, "CommandNotFoundException"))
    return TRUE;
  if (!is_of_type (record, "InvalidOperationException") || record->error_id == NULL)
    return FALSE;
  if (strstr (record->error_id, "GetExchangeCertificate") != NULL ||
      strstr (record->error_id, "Get-ExchangeCertificate") != NULL)
    return TRUE;

  return strstr (record->error_id, "ExchangeCertificate") != NULL &&
         strstr (record->message, "was not found") != NULL;
}

/**
 * exc_reply_check:
 * @self: a reply
 * @error: return location
 *
 * Returns: %TRUE if the pipeline asked nothing, did not fail and wrote no error
 */
gboolean
exc_reply_check (ExcReply *self, GError **error)
{
  ExcErrorRecord *record;

  g_return_val_if_fail (self != NULL, FALSE);

  if (self->prompt != NULL) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REMOTE,
                 _("The server asked a question that was answered with no: %s"), self->prompt);
    return FALSE;
  }

  record = exc_reply_get_first_error (self);
  if (record == NULL)
    return TRUE;
  g_set_error_literal (error,
                       EXC_ERROR,
                       is_not_found (record) ? EXC_ERROR_NOT_FOUND : EXC_ERROR_REMOTE,
                       record->message);

  return FALSE;
}

static char *
dup_record_text (ExcValue *value)
{
  char *text = dup_property (value, "InformationalRecord_Message");

  if (text == NULL)
    text = dup_property (value, "Message");

  return text != NULL ? text : exc_value_dup_text (value);
}

/**
 * exc_reply_add:
 * @self: a reply
 * @stream: where the record came from
 * @value: the record
 *
 * Keeps output, errors and warnings. The other streams are for those who watch the shell.
 */
void
exc_reply_add (ExcReply *self, ExcStream stream, ExcValue *value)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (value != NULL);

  if (stream == EXC_STREAM_OUTPUT) {
    g_ptr_array_add (self->output, exc_value_ref (value));
  } else if (stream == EXC_STREAM_ERROR) {
    g_ptr_array_add (self->errors, exc_error_record_new_from_value (value));
  } else if (stream == EXC_STREAM_WARNING) {
    char *text = dup_record_text (value);

    if (text != NULL)
      g_ptr_array_add (self->warnings, text);
  }
}

void
exc_reply_set_failure (ExcReply *self, ExcErrorRecord *take)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->failure, exc_error_record_unref);
  self->failure = take;
}

void
exc_reply_set_prompt (ExcReply *self, const char *text)
{
  g_return_if_fail (self != NULL);

  g_free (self->prompt);
  self->prompt = g_strdup (text);
}

void
exc_reply_set_duration_ms (ExcReply *self, gint64 duration_ms)
{
  g_return_if_fail (self != NULL);

  self->duration_ms = duration_ms;
}
