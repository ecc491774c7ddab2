/* exc-psrp-records.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-psrp"

#include "config.h"

#include "exc-psrp-records.h"

#include "exc-psrp-message.h"

static const struct {
  ExcStream stream;
  guint32 type;
} streams[] = {
  { EXC_STREAM_OUTPUT, EXC_PSRP_PIPELINE_OUTPUT },
  { EXC_STREAM_ERROR, EXC_PSRP_ERROR_RECORD },
  { EXC_STREAM_WARNING, EXC_PSRP_WARNING_RECORD },
  { EXC_STREAM_VERBOSE, EXC_PSRP_VERBOSE_RECORD },
  { EXC_STREAM_DEBUG, EXC_PSRP_DEBUG_RECORD },
  { EXC_STREAM_INFORMATION, EXC_PSRP_INFORMATION_RECORD },
  { EXC_STREAM_PROGRESS, EXC_PSRP_PROGRESS_RECORD },
};

int
exc_psrp_record_stream (guint32 type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (streams); i++) {
    if (streams[i].type == type)
      return streams[i].stream;
  }

  return -1;
}

guint32
exc_psrp_record_type (ExcStream stream)
{
  for (gsize i = 0; i < G_N_ELEMENTS (streams); i++) {
    if (streams[i].stream == stream)
      return streams[i].type;
  }

  return 0;
}

static ExcValue *
text_or_null (const char *text)
{
  return text != NULL ? exc_value_new_string (text) : exc_value_new_null ();
}

static const char *
short_name (const char *type_name)
{
  const char *dot = strrchr (type_name, '.');

  return dot != NULL ? dot + 1 : type_name;
}

static ExcValue *
exception_new (const char *type_name, const char *message)
{
  const char *const types[] = { type_name, "System.Exception", "System.Object", NULL };
  const char *const plain[] = { "System.Exception", "System.Object", NULL };
  gboolean is_plain = g_str_equal (type_name, "System.Exception");
  ExcValue *exception = exc_value_new_object (is_plain ? plain : types);
  g_autofree char *text = g_strconcat (type_name, ": ", message, NULL);

  exc_value_set_to_string (exception, text);
  exc_value_set_property (exception, "Message", exc_value_new_string (message));
  exc_value_set_property (exception, "InnerException", exc_value_new_null ());
  exc_value_set_property (exception, "StackTrace", exc_value_new_null ());
  exc_value_set_property (exception, "HelpLink", exc_value_new_null ());
  exc_value_set_property (exception, "Source", exc_value_new_null ());
  exc_value_set_property (
      exception, "HResult", exc_value_new_int32 (-2146233088)); /* COR_E_EXCEPTION */

  return exception;
}

/**
 * exc_psrp_error_record_new:
 * @fields: what it says
 *
 * Returns: (transfer full): an ErrorRecord ([MS-PSRP] 2.2.3.15) with every field that PowerShell's
 * own reader wants, all but InvocationInfo
 */
ExcValue *
exc_psrp_error_record_new (const ExcPsrpErrorFields *fields)
{
  static const char *const type[] = { "System.Management.Automation.ErrorRecord",
                                      "System.Object",
                                      NULL };
  const char *exception =
      fields->exception_type != NULL ? fields->exception_type : "System.Exception";
  const char *reason = fields->reason != NULL ? fields->reason : short_name (exception);
  const char *target = fields->target_name != NULL ? fields->target_name : "";
  const char *target_type = fields->target_type != NULL ? fields->target_type : "";
  const char *activity = fields->activity != NULL ? fields->activity : "";
  ExcValue *record = exc_value_new_object (type);
  g_autofree char *category =
      g_strdup_printf ("%s: (%s:%s) [%s], %s",
                       fields->category_name != NULL ? fields->category_name : "NotSpecified",
                       target,
                       target_type,
                       activity,
                       reason);

  exc_value_set_to_string (record, fields->message);
  exc_value_set_member (record, "Exception", exception_new (exception, fields->message));
  exc_value_set_member (record, "TargetObject", text_or_null (fields->target_name));
  exc_value_set_member (
      record,
      "FullyQualifiedErrorId",
      exc_value_new_string (fields->error_id != NULL ? fields->error_id : short_name (exception)));
  exc_value_set_member (record, "InvocationInfo", exc_value_new_null ());
  exc_value_set_member (record, "ErrorCategory_Category", exc_value_new_int32 (fields->category));
  exc_value_set_member (record, "ErrorCategory_Activity", exc_value_new_string (activity));
  exc_value_set_member (record, "ErrorCategory_Reason", exc_value_new_string (reason));
  exc_value_set_member (record, "ErrorCategory_TargetName", exc_value_new_string (target));
  exc_value_set_member (record, "ErrorCategory_TargetType", exc_value_new_string (target_type));
  exc_value_set_member (record, "ErrorCategory_Message", exc_value_new_string (category));
  exc_value_set_member (record, "SerializeExtendedInfo", exc_value_new_boolean (FALSE));
  if (fields->script_stack_trace != NULL)
    exc_value_set_member (
        record, "ErrorDetails_ScriptStackTrace", exc_value_new_string (fields->script_stack_trace));

  return record;
}

/**
 * exc_psrp_informational_record_new:
 * @stream: warning, verbose or debug
 * @message: its text
 *
 * Returns: (transfer full): the record
 */
ExcValue *
exc_psrp_informational_record_new (ExcStream stream, const char *message)
{
  const char *type[] = { "System.Management.Automation.WarningRecord",
                         "System.Management.Automation.InformationalRecord",
                         "System.Object",
                         NULL };
  ExcValue *record;

  if (stream == EXC_STREAM_VERBOSE)
    type[0] = "System.Management.Automation.VerboseRecord";
  else if (stream == EXC_STREAM_DEBUG)
    type[0] = "System.Management.Automation.DebugRecord";

  record = exc_value_new_object (type);
  exc_value_set_to_string (record, message);
  exc_value_set_member (record, "InformationalRecord_Message", exc_value_new_string (message));
  exc_value_set_member (
      record, "InformationalRecord_SerializeInvocationInfo", exc_value_new_boolean (FALSE));

  return record;
}

ExcValue *
exc_psrp_progress_record_new (const char *activity,
                              const char *status,
                              int percent,
                              gboolean completed)
{
  ExcValue *record = exc_value_new_object (NULL);

  exc_value_set_member (record, "Activity", exc_value_new_string (activity));
  exc_value_set_member (record, "ActivityId", exc_value_new_int32 (0));
  exc_value_set_member (record, "StatusDescription", text_or_null (status));
  exc_value_set_member (record, "CurrentOperation", exc_value_new_null ());
  exc_value_set_member (record, "ParentActivityId", exc_value_new_int32 (-1));
  exc_value_set_member (record, "PercentComplete", exc_value_new_int32 (percent));
  exc_value_set_member (record,
                        "Type",
                        exc_value_new_enum ("System.Management.Automation.ProgressRecordType",
                                            completed ? "Completed" : "Processing",
                                            completed ? 1 : 0));
  exc_value_set_member (record, "SecondsRemaining", exc_value_new_int32 (-1));

  return record;
}

ExcValue *
exc_psrp_information_record_new (
    const char *text, const char *source, GDateTime *time, const char *user, const char *computer)
{
  static const char *const tags_type[] = { "System.Collections.Generic.List`1[[System.String, "
                                           "mscorlib, Version=4.0.0.0, Culture=neutral, "
                                           "PublicKeyToken=b77a5c561934e089]]",
                                           "System.Object",
                                           NULL };
  ExcValue *record = exc_value_new_object (NULL);
  ExcValue *tags = exc_value_new_object (tags_type);

  exc_value_set_container (tags, EXC_CONTAINER_LIST);
  exc_value_set_member (record, "MessageData", exc_value_new_string (text));
  exc_value_set_member (record, "Source", text_or_null (source));
  exc_value_set_member (record, "TimeGenerated", exc_value_new_date_time (time));
  exc_value_set_member (record, "Tags", tags);
  exc_value_set_member (record, "User", text_or_null (user));
  exc_value_set_member (record, "Computer", text_or_null (computer));
  exc_value_set_member (record, "ProcessId", exc_value_new_integer (EXC_VALUE_UINT32, 0));
  exc_value_set_member (record, "NativeThreadId", exc_value_new_integer (EXC_VALUE_UINT32, 0));
  exc_value_set_member (record, "ManagedThreadId", exc_value_new_integer (EXC_VALUE_UINT32, 0));

  return record;
}

/**
 * exc_psrp_record_dup_text:
 * @stream: which stream it came in
 * @value: a record
 *
 * Returns: (transfer full) (nullable): its words
 */
char *
exc_psrp_record_dup_text (ExcStream stream, ExcValue *value)
{
  g_autoptr(ExcErrorRecord) error = NULL;
  ExcValue *text = NULL;

  switch (stream) {
  case EXC_STREAM_ERROR:
    error = exc_error_record_new_from_value (value);
    return g_strdup (error->message);
  case EXC_STREAM_WARNING:
  case EXC_STREAM_VERBOSE:
  case EXC_STREAM_DEBUG:
    text = exc_value_get_property (value, "InformationalRecord_Message");
    break;
  case EXC_STREAM_INFORMATION:
    text = exc_value_get_property (value, "MessageData");
    /* Write-Host: an object whose Message is what was written. */
    if (exc_value_get_property (text, "Message") != NULL)
      text = exc_value_get_property (text, "Message");
    break;
  case EXC_STREAM_PROGRESS: {
    g_autofree char *activity = exc_value_dup_text (exc_value_get_property (value, "Activity"));
    g_autofree char *status =
        exc_value_dup_text (exc_value_get_property (value, "StatusDescription"));

    if (activity == NULL || status == NULL || *status == '\0')
      return g_steal_pointer (&activity);
    return g_strconcat (activity, ": ", status, NULL);
  }
  case EXC_STREAM_OUTPUT:
    break;
  }

  return exc_value_dup_text (text != NULL ? text : value);
}
