/* exc-lab-script-arguments.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-windows"

#include "config.h"

#include "exc-lab-script-arguments.h"

#include "exc-lab-session.h"

#define INVALID_DATA     6
#define INVALID_ARGUMENT 5

static ExcValue *binding_error (const char *id,
                                const char *exception,
                                int category,
                                const char *format,
                                ...) G_GNUC_PRINTF (4, 5);

static ExcValue *
binding_error (const char *id, const char *exception, int category, const char *format, ...)
{
  g_autofree char *message = NULL;
  g_autofree char *type = g_strconcat ("System.Management.Automation.", exception, NULL);
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return exc_lab_error_record_new (message, type, id, category, exception);
}

static gboolean
is_thumbprint (const char *text)
{
  return strlen (text) == 40 && strspn (text, "0123456789abcdefABCDEF") == 40;
}

/* A script binds more loosely than a cmdlet: any scalar is a string, "5" is a number. */
static ExcValue *
convert (const ExcLabScriptParameter *parameter, ExcValue *value, ExcValue **failure)
{
  g_autofree char *text = NULL;
  gint64 number;

  switch (parameter->type) {
  case EXC_LAB_ARGUMENT_STRINGS: {
    g_auto(GStrv) texts = exc_value_dup_string_list (value);

    if (texts == NULL || (texts[0] == NULL && parameter->is_mandatory)) {
      *failure =
          binding_error ("ParameterArgumentValidationErrorEmptyArrayNotAllowed",
                         "ParameterBindingValidationException",
                         INVALID_DATA,
                         "Cannot bind argument to parameter '%s' because it is an empty array.",
                         parameter->name);
      return NULL;
    }
    return exc_value_new_string_list ((const char *const *) texts);
  }
  case EXC_LAB_ARGUMENT_BYTES: {
    GBytes *bytes = exc_value_get_bytes (value);

    if (bytes != NULL && g_bytes_get_size (bytes) > 0)
      return exc_value_ref (value);
    *failure = binding_error ("ParameterArgumentTransformationError",
                              "ParameterBindingArgumentTransformationException",
                              INVALID_DATA,
                              "Cannot process argument transformation on parameter '%s'. Cannot "
                              "convert the value to type \"System.Byte[]\".",
                              parameter->name);
    return NULL;
  }
  case EXC_LAB_ARGUMENT_INT:
    text = exc_value_dup_text (value);
    if (text == NULL ||
        !g_ascii_string_to_signed (text, 10, G_MININT32, G_MAXINT32, &number, NULL)) {
      *failure = binding_error ("ParameterArgumentTransformationError",
                                "ParameterBindingArgumentTransformationException",
                                INVALID_DATA,
                                "Cannot process argument transformation on parameter '%s'. Cannot "
                                "convert value \"%s\" to type \"System.Int32\".",
                                parameter->name,
                                text != NULL ? text : "");
      return NULL;
    }
    return exc_value_new_int32 ((gint32) number);
  case EXC_LAB_ARGUMENT_STRING:
  case EXC_LAB_ARGUMENT_THUMBPRINT:
  default:
    text = exc_value_is_null (value) ? g_strdup ("") : exc_value_dup_text (value);
    if (parameter->is_mandatory && (text == NULL || *text == '\0')) {
      *failure = binding_error ("ParameterArgumentValidationErrorEmptyStringNotAllowed",
                                "ParameterBindingValidationException",
                                INVALID_DATA,
                                "Cannot bind argument to parameter '%s' because it is an empty "
                                "string.",
                                parameter->name);
      return NULL;
    }
    if (parameter->type == EXC_LAB_ARGUMENT_THUMBPRINT && !is_thumbprint (text)) {
      *failure =
          binding_error ("ParameterArgumentValidationError",
                         "ParameterBindingValidationException",
                         INVALID_DATA,
                         "Cannot validate argument on parameter '%s'. The argument \"%s\" does "
                         "not match the \"^[0-9A-Fa-f]{40}$\" pattern. Supply an argument that "
                         "matches \"^[0-9A-Fa-f]{40}$\" and try the command again.",
                         parameter->name,
                         text);
      return NULL;
    }
    return exc_value_new_string (text != NULL ? text : "");
  }
}

static const ExcLabScriptParameter *
find_parameter (const ExcLabScriptParameter *parameters, const char *name, guint position)
{
  for (guint i = 0; parameters[i].name != NULL; i++) {
    if (name == NULL ? i == position : g_ascii_strcasecmp (parameters[i].name, name) == 0)
      return &parameters[i];
  }
  return NULL;
}

GHashTable *
exc_lab_script_bind_arguments (const ExcLabScriptParameter *parameters,
                               ExcCommand *command,
                               ExcValue **failure)
{
  g_autoptr(GHashTable) arguments = g_hash_table_new_full (
      g_str_hash, g_str_equal, NULL, (GDestroyNotify) exc_value_unref);
  guint position = 0;

  for (guint i = 0; i < exc_command_get_n_parameters (command); i++) {
    const char *name = exc_command_get_parameter_name (command, i);
    const ExcLabScriptParameter *parameter = find_parameter (parameters, name, position);
    ExcValue *value;

    if (name == NULL)
      position++;
    if (parameter == NULL) {
      *failure =
          binding_error (name != NULL ? "NamedParameterNotFound" : "PositionalParameterNotFound",
                         "ParameterBindingException",
                         INVALID_ARGUMENT,
                         "A parameter cannot be found that matches parameter name '%s'.",
                         name != NULL ? name : "");
      return NULL;
    }
    value = convert (parameter, exc_command_get_parameter (command, i), failure);
    if (value == NULL)
      return NULL;
    g_hash_table_insert (arguments, (gpointer) parameter->name, value);
  }
  for (guint i = 0; parameters[i].name != NULL; i++) {
    if (parameters[i].is_mandatory && !g_hash_table_contains (arguments, parameters[i].name)) {
      *failure = binding_error ("MissingMandatoryParameter",
                                "ParameterBindingException",
                                INVALID_ARGUMENT,
                                "Cannot process command because of one or more missing mandatory "
                                "parameters: %s.",
                                parameters[i].name);
      return NULL;
    }
  }
  return g_steal_pointer (&arguments);
}
