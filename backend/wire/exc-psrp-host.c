/* exc-psrp-host.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-psrp"

#include "config.h"

#include "exc-psrp-host.h"

#include "exc-error.h"
#include "exc-psrp-fields-private.h"
#include "exc-psrp-records.h"

#include <glib/gi18n.h>

#define METHOD_TYPE "System.Management.Automation.Remoting.RemoteHostMethodId"

/* [MS-PSRP] 2.2.3.17, from 1 on without a gap */
static const char *const method_names[] = {
  "Unknown",
  "GetName",
  "GetVersion",
  "GetInstanceId",
  "GetCurrentCulture",
  "GetCurrentUICulture",
  "SetShouldExit",
  "EnterNestedPrompt",
  "ExitNestedPrompt",
  "NotifyBeginApplication",
  "NotifyEndApplication",
  "ReadLine",
  "ReadLineAsSecureString",
  "Write1",
  "Write2",
  "WriteLine1",
  "WriteLine2",
  "WriteLine3",
  "WriteErrorLine",
  "WriteDebugLine",
  "WriteProgress",
  "WriteVerboseLine",
  "WriteWarningLine",
  "Prompt",
  "PromptForCredential1",
  "PromptForCredential2",
  "PromptForChoice",
  "GetForegroundColor",
  "SetForegroundColor",
  "GetBackgroundColor",
  "SetBackgroundColor",
  "GetCursorPosition",
  "SetCursorPosition",
  "GetWindowPosition",
  "SetWindowPosition",
  "GetCursorSize",
  "SetCursorSize",
  "GetBufferSize",
  "SetBufferSize",
  "GetWindowSize",
  "SetWindowSize",
  "GetWindowTitle",
  "SetWindowTitle",
  "GetMaxWindowSize",
  "GetMaxPhysicalWindowSize",
  "GetKeyAvailable",
  "ReadKey",
  "FlushInputBuffer",
  "SetBufferContents1",
  "SetBufferContents2",
  "GetBufferContents",
  "ScrollBufferContents",
  "PushRunspace",
  "PopRunspace",
  "GetIsRunspacePushed",
  "GetRunspace",
  "PromptForChoiceMultipleSelection",
};

const char *
exc_psrp_host_method_to_string (int method)
{
  if (method < 0 || (gsize) method >= G_N_ELEMENTS (method_names))
    method = 0;

  return method_names[method];
}

static ExcValue *
list_new (void)
{
  static const char *const type[] = { "System.Collections.ArrayList", "System.Object", NULL };
  ExcValue *list = exc_value_new_object (type);

  exc_value_set_container (list, EXC_CONTAINER_LIST);
  return list;
}

static ExcValue *
method_new (int method)
{
  return exc_value_new_enum (METHOD_TYPE, exc_psrp_host_method_to_string (method), method);
}

/* --- Calls --- */

/**
 * exc_psrp_host_call_new:
 * @ci: the call's number
 * @method: an #ExcPsrpHostMethod
 * @take_parameters: (transfer full) (nullable): a list, %NULL for an empty one
 *
 * Returns: (transfer full): the body of PIPELINE_HOST_CALL
 */
ExcValue *
exc_psrp_host_call_new (gint64 ci, int method, ExcValue *take_parameters)
{
  ExcValue *body = exc_value_new_object (NULL);

  exc_value_set_member (body, "ci", exc_value_new_int64 (ci));
  exc_value_set_member (body, "mi", method_new (method));
  exc_value_set_member (body, "mp", take_parameters != NULL ? take_parameters : list_new ());

  return body;
}

ExcValue *
exc_psrp_host_call_new_choice (gint64 ci,
                               const char *caption,
                               const char *message,
                               const char *const *labels,
                               int default_choice)
{
  ExcValue *parameters = list_new ();
  ExcValue *choices = list_new ();

  for (gsize i = 0; labels[i] != NULL; i++) {
    ExcValue *choice = exc_value_new_object (NULL);

    exc_value_set_member (choice, "label", exc_value_new_string (labels[i]));
    exc_value_set_member (choice, "helpMessage", exc_value_new_string (""));
    exc_value_append (choices, choice);
  }
  exc_value_append (parameters, exc_value_new_string (caption));
  exc_value_append (parameters, exc_value_new_string (message));
  exc_value_append (parameters, choices);
  exc_value_append (parameters, exc_value_new_int32 (default_choice));

  return exc_psrp_host_call_new (ci, EXC_PSRP_HOST_PROMPT_FOR_CHOICE, parameters);
}

/**
 * exc_psrp_host_call_parse:
 * @body: the body of PIPELINE_HOST_CALL or RUNSPACEPOOL_HOST_CALL
 * @error: return location for an error
 *
 * Returns: (transfer full): the call, or %NULL with %EXC_ERROR_PROTOCOL
 */
ExcPsrpHostCall *
exc_psrp_host_call_parse (ExcValue *body, GError **error)
{
  ExcPsrpHostCall *self;
  ExcValue *parameters;
  gint64 ci, method;

  if (!exc_psrp_field_int (body, "ci", &ci, error) ||
      !exc_psrp_field_int (body, "mi", &method, error) ||
      (parameters = exc_psrp_field_value (body, "mp", error)) == NULL)
    return NULL;

  self = g_new0 (ExcPsrpHostCall, 1);
  self->ci = ci;
  self->method = CLAMP (method, G_MININT, G_MAXINT);
  self->parameters = exc_value_ref (parameters);
  return self;
}

void
exc_psrp_host_call_free (ExcPsrpHostCall *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->parameters, exc_value_unref);
  g_free (self);
}

static ExcValue *
get_parameter (ExcPsrpHostCall *self, guint index)
{
  if (index >= exc_value_get_n_items (self->parameters))
    return NULL;

  return exc_value_get_item (self->parameters, index);
}

static void
append_text (GString *text, const char *separator, const char *part)
{
  if (part == NULL || *part == '\0')
    return;
  if (text->len > 0)
    g_string_append (text, separator);
  g_string_append (text, part);
}

/* The labels of choices or fields, in brackets behind the question. */
static void
append_labels (GString *text, ExcValue *list)
{
  g_autoptr(GString) labels = g_string_new (NULL);

  for (guint i = 0; i < exc_value_get_n_items (list); i++) {
    ExcValue *item = exc_value_get_item (list, i);
    const char *label = exc_value_get_text (exc_value_get_property (item, "label"));

    if (label == NULL || *label == '\0')
      label = exc_value_get_text (exc_value_get_property (item, "name"));
    append_text (labels, " / ", label);
  }

  if (labels->len > 0)
    g_string_append_printf (text, " [%s]", labels->str);
}

/**
 * exc_psrp_host_call_dup_text:
 * @self: a call
 *
 * Returns: (transfer full) (nullable): what it asks or says: caption and message on lines of their
 * own, the labels behind them. An invisible prompt (ReadLine) is its method's name.
 */
char *
exc_psrp_host_call_dup_text (ExcPsrpHostCall *self)
{
  g_autoptr(GString) text = g_string_new (NULL);

  switch (self->method) {
  case EXC_PSRP_HOST_PROMPT:
  case EXC_PSRP_HOST_PROMPT_FOR_CREDENTIAL_1:
  case EXC_PSRP_HOST_PROMPT_FOR_CREDENTIAL_2:
  case EXC_PSRP_HOST_PROMPT_FOR_CHOICE:
  case EXC_PSRP_HOST_PROMPT_FOR_CHOICE_MULTIPLE:
    append_text (text, "\n", exc_value_get_text (get_parameter (self, 0)));
    append_text (text, "\n", exc_value_get_text (get_parameter (self, 1)));
    append_labels (text, get_parameter (self, 2));
    break;
  default:
    for (guint i = 0; i < exc_value_get_n_items (self->parameters); i++) {
      ExcValue *parameter = exc_value_get_item (self->parameters, i);

      if (exc_value_get_kind (parameter) == EXC_VALUE_STRING)
        append_text (text, "\n", exc_value_get_text (parameter));
    }
    break;
  }

  if (text->len == 0 && exc_psrp_host_call_is_prompt (self))
    g_string_append (text, exc_psrp_host_method_to_string (self->method));

  return text->len > 0 ? g_strdup (text->str) : NULL;
}

gboolean
exc_psrp_host_call_wants_answer (ExcPsrpHostCall *self)
{
  return self->ci != EXC_PSRP_HOST_NO_ANSWER;
}

gboolean
exc_psrp_host_call_is_prompt (ExcPsrpHostCall *self)
{
  switch (self->method) {
  case EXC_PSRP_HOST_READ_LINE:
  case EXC_PSRP_HOST_READ_LINE_AS_SECURE_STRING:
  case EXC_PSRP_HOST_PROMPT:
  case EXC_PSRP_HOST_PROMPT_FOR_CREDENTIAL_1:
  case EXC_PSRP_HOST_PROMPT_FOR_CREDENTIAL_2:
  case EXC_PSRP_HOST_PROMPT_FOR_CHOICE:
  case EXC_PSRP_HOST_PROMPT_FOR_CHOICE_MULTIPLE:
    return TRUE;
  default:
    return FALSE;
  }
}

/* The letter behind the first single `&` ("&&" is a plain one), 0 for none. */
static char
find_accelerator (const char *label)
{
  const char *at = label;

  while (at != NULL && (at = strchr (at, '&')) != NULL) {
    if (at[1] != '&')
      return g_ascii_toupper (at[1]);
    at += 2;
  }

  return '\0';
}

/**
 * exc_psrp_host_call_find_choice:
 * @self: a call
 * @accelerator: the letter behind `&` in the label that is meant
 *
 * Returns: the index to answer a PromptForChoice with, or -1: refuse it
 */
int
exc_psrp_host_call_find_choice (ExcPsrpHostCall *self, char accelerator)
{
  ExcValue *choices;
  gboolean any = FALSE;
  guint n_choices;

  if (self->method != EXC_PSRP_HOST_PROMPT_FOR_CHOICE || accelerator == '\0')
    return -1;

  accelerator = g_ascii_toupper (accelerator);
  choices = get_parameter (self, 2);
  n_choices = exc_value_get_n_items (choices);
  for (guint i = 0; i < n_choices; i++) {
    ExcValue *choice = exc_value_get_item (choices, i);
    char found = find_accelerator (exc_value_get_text (exc_value_get_property (choice, "label")));

    if (found == accelerator)
      return i;
    any = any || found != '\0';
  }

  /* PowerShell's own questions come as Yes/No and as Yes/Yes to All/No/No to All, in this order in
   * every language. Only No may be found by place: a wrong No changes nothing. */
  if (!any && accelerator == 'N' && n_choices == 2)
    return 1;
  if (!any && accelerator == 'N' && n_choices >= 4)
    return 2;

  return -1;
}

/* --- Responses --- */

/**
 * exc_psrp_host_response_new:
 * @ci: the call's number
 * @method: the call's method
 * @take_result: (transfer full): what it returns
 *
 * Returns: (transfer full): the body of PIPELINE_HOST_RESPONSE
 */
ExcValue *
exc_psrp_host_response_new (gint64 ci, int method, ExcValue *take_result)
{
  ExcValue *body = exc_value_new_object (NULL);

  exc_value_set_member (body, "ci", exc_value_new_int64 (ci));
  exc_value_set_member (body, "mi", method_new (method));
  exc_value_set_member (body, "mr", take_result);

  return body;
}

ExcValue *
exc_psrp_host_response_new_refused (gint64 ci, int method, const char *message)
{
  const ExcPsrpErrorFields fields = {
    .message = message,
    .exception_type = "System.NotImplementedException",
    .error_id = "HostFunctionNotImplemented",
    .category = 11,
    .category_name = "NotImplemented",
    .activity = "",
  };
  ExcValue *body = exc_value_new_object (NULL);

  exc_value_set_member (body, "ci", exc_value_new_int64 (ci));
  exc_value_set_member (body, "mi", method_new (method));
  exc_value_set_member (body, "me", exc_psrp_error_record_new (&fields));

  return body;
}

gboolean
exc_psrp_host_response_parse (
    ExcValue *body, gint64 *ci, int *method, ExcValue **result, ExcValue **failure, GError **error)
{
  gint64 number;

  if (!exc_psrp_field_int (body, "ci", ci, error) ||
      !exc_psrp_field_int (body, "mi", &number, error))
    return FALSE;

  *method = CLAMP (number, G_MININT, G_MAXINT);
  *result = exc_value_get_property (body, "mr");
  *failure = exc_value_get_property (body, "me");
  return TRUE;
}
