/* exc-lab-convert.c — one argument to its parameter's type, as PowerShell does (protocol.md 12)
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-convert"

#include "config.h"

#include "exc-lab-certificate.h"
#include "exc-lab-rules.h"
#include "exc-lab-session.h"
#include "exc-lab-table.h"
#include "exc-lab-transport.h"

#define INVALID_ARGUMENT 5
#define OBJECT_NOT_FOUND 13

ExcValue *
exc_lab_binding_error_new (const ExcLabCmdlet *cmdlet, const char *id, const char *message)
{
  g_autofree char *full = g_strconcat (id, ",", cmdlet->class_name, NULL);

  return exc_lab_error_record_new (message,
                                   "System.Management.Automation.ParameterBindingException",
                                   full,
                                   INVALID_ARGUMENT,
                                   "ParameterBindingException");
}

ExcValue *
exc_lab_not_recognized_new (const char *name)
{
  g_autofree char *message = g_strdup_printf (
      "The term '%s' is not recognized as the name of a cmdlet, function, script file, or operable "
      "program. Check the spelling of the name, or if a path was included, verify that the path is "
      "correct and try again.",
      name);

  return exc_lab_error_record_new (message,
                                   "System.Management.Automation.CommandNotFoundException",
                                   "CommandNotFoundException",
                                   OBJECT_NOT_FOUND,
                                   "CommandNotFoundException");
}

/* Conversions that PowerShell tries and that fail end with one id, those it refuses with another.
 */
static ExcValue *
cannot_convert (const ExcLabCmdlet *cmdlet,
                const ExcLabParameter *parameter,
                ExcValue *value,
                gboolean was_tried,
                ExcValue **failure)
{
  g_autofree char *text = exc_value_dup_text (value);
  g_autofree char *message =
      was_tried
          ? g_strdup_printf ("Cannot bind parameter '%s'. Cannot convert value \"%s\" to type "
                             "\"%s\".",
                             parameter->name,
                             text != NULL ? text : "",
                             parameter->type)
          : g_strdup_printf ("Cannot convert '%s' to the type '%s' required by parameter '%s'.",
                             text != NULL ? text : "",
                             parameter->type,
                             parameter->name);

  *failure = exc_lab_binding_error_new (
      cmdlet, was_tried ? "CannotConvertArgumentNoMessage" : "CannotConvertArgument", message);
  return NULL;
}

static gboolean
is_list (ExcValue *value)
{
  return exc_value_get_container (value) != EXC_CONTAINER_NONE;
}

/* Nil and any number are a switch too; text is not. */
static ExcValue *
convert_boolean (const ExcLabCmdlet *cmdlet,
                 const ExcLabParameter *parameter,
                 ExcValue *value,
                 gboolean is_switch,
                 ExcValue **failure)
{
  const ExcValueKind kind = exc_value_get_kind (value);
  gboolean on;
  gint64 number;

  if (exc_value_is_null (value) && is_switch)
    return exc_value_new_boolean (TRUE);
  if (kind == EXC_VALUE_STRING || exc_value_is_null (value) || is_list (value))
    return cannot_convert (cmdlet, parameter, value, FALSE, failure);
  if (exc_value_get_boolean (value, &on))
    return exc_value_new_boolean (on);
  if (exc_value_get_int64 (value, &number))
    return exc_value_new_boolean (number != 0);
  return cannot_convert (cmdlet, parameter, value, FALSE, failure);
}

static ExcValue *
convert_int32 (const ExcLabCmdlet *cmdlet,
               const ExcLabParameter *parameter,
               ExcValue *value,
               ExcValue **failure)
{
  gint64 number;

  if (exc_value_get_kind (value) == EXC_VALUE_STRING) {
    const char *text = exc_value_get_text (value);

    if (!g_ascii_string_to_signed (text, 10, G_MININT32, G_MAXINT32, &number, NULL))
      return cannot_convert (cmdlet, parameter, value, TRUE, failure);
    return exc_value_new_int32 ((gint32) number);
  }
  if (exc_value_is_null (value) || is_list (value) || !exc_value_get_int64 (value, &number))
    return cannot_convert (cmdlet, parameter, value, FALSE, failure);
  if (number < G_MININT32 || number > G_MAXINT32)
    return cannot_convert (cmdlet, parameter, value, TRUE, failure);
  return exc_value_new_int32 ((gint32) number);
}

static ExcValue *
convert_text (const ExcLabCmdlet *cmdlet,
              const ExcLabParameter *parameter,
              ExcValue *value,
              ExcValue **failure)
{
  g_autofree char *text = NULL;

  if (exc_value_is_null (value))
    return exc_value_new_string ("");
  if (is_list (value))
    return cannot_convert (cmdlet, parameter, value, FALSE, failure);
  text = exc_value_dup_text (value);
  if (text == NULL)
    return cannot_convert (cmdlet, parameter, value, FALSE, failure);
  return exc_value_new_string (text);
}

static ExcValue *
convert_list (ExcValue *value)
{
  g_auto(GStrv) texts = exc_value_dup_string_list (value);
  const char *none[] = { NULL };

  return exc_value_new_string_list (texts != NULL ? (const char *const *) texts : none);
}

static ExcValue *
convert_services (const ExcLabCmdlet *cmdlet,
                  const ExcLabParameter *parameter,
                  ExcValue *value,
                  ExcValue **failure)
{
  g_auto(GStrv) texts = NULL;
  g_autofree char *joined = NULL;
  guint services;
  gint64 number;

  if (exc_value_is_null (value))
    return cannot_convert (cmdlet, parameter, value, TRUE, failure);
  if (exc_value_get_kind (value) != EXC_VALUE_STRING && !is_list (value) &&
      exc_value_get_int64 (value, &number) && number >= 0 && number < 128)
    return exc_value_new_int32 ((gint32) number);
  texts = exc_value_dup_string_list (value);
  joined = texts != NULL ? g_strjoinv (",", texts) : g_strdup ("");
  if (!exc_lab_services_parse (joined, &services))
    return cannot_convert (cmdlet, parameter, value, TRUE, failure);
  return exc_value_new_int32 ((gint32) services);
}

static ExcValue *
convert_date (const ExcLabCmdlet *cmdlet,
              const ExcLabParameter *parameter,
              ExcValue *value,
              ExcValue **failure)
{
  g_autoptr(GDateTime) date = NULL;

  if (exc_value_get_kind (value) == EXC_VALUE_DATE_TIME)
    return exc_value_ref (value);
  if (exc_value_get_kind (value) == EXC_VALUE_STRING)
    date = g_date_time_new_from_iso8601 (exc_value_get_text (value), NULL);
  if (date == NULL)
    return cannot_convert (cmdlet, parameter, value, !exc_value_is_null (value), failure);
  return exc_value_new_date_time (date);
}

static ExcValue *
convert_bytes (const ExcLabCmdlet *cmdlet,
               const ExcLabParameter *parameter,
               ExcValue *value,
               ExcValue **failure)
{
  g_autoptr(GByteArray) bytes = g_byte_array_new ();
  g_autoptr(GBytes) result = NULL;

  if (exc_value_get_bytes (value) != NULL)
    return exc_value_ref (value);
  if (!is_list (value))
    return cannot_convert (cmdlet, parameter, value, TRUE, failure);
  for (guint i = 0; i < exc_value_get_n_items (value); i++) {
    gint64 number;
    guint8 byte;

    if (!exc_value_get_int64 (exc_value_get_item (value, i), &number) || number < 0 || number > 255)
      return cannot_convert (cmdlet, parameter, value, TRUE, failure);
    byte = (guint8) number;
    g_byte_array_append (bytes, &byte, 1);
  }
  result = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  return exc_value_new_bytes (result);
}

static ExcValue *
convert_name (const ExcLabCmdlet *cmdlet,
              const ExcLabParameter *parameter,
              ExcValue *value,
              ExcValue **failure)
{
  ExcValue *text = convert_text (cmdlet, parameter, value, failure);

  if (text != NULL && !exc_lab_subject_is_valid (exc_value_get_text (text))) {
    exc_value_unref (text);
    return cannot_convert (cmdlet, parameter, value, TRUE, failure);
  }
  return text;
}

/* "<I>issuer<S>subject", or null: none */
static ExcValue *
convert_identifier (const ExcLabCmdlet *cmdlet,
                    const ExcLabParameter *parameter,
                    ExcValue *value,
                    ExcValue **failure)
{
  ExcValue *text = convert_text (cmdlet, parameter, value, failure);

  if (text == NULL || exc_value_is_null (value))
    return text;
  if (exc_lab_connector_name_parse (exc_value_get_text (text), NULL, NULL))
    return text;
  exc_value_unref (text);
  return cannot_convert (cmdlet, parameter, value, TRUE, failure);
}

ExcValue *
exc_lab_convert (const ExcLabCmdlet *cmdlet,
                 const ExcLabParameter *parameter,
                 ExcValue *value,
                 ExcValue **failure)
{
  const char *type = parameter->type;

  if (g_str_equal (type, "SwitchParameter"))
    return convert_boolean (cmdlet, parameter, value, TRUE, failure);
  if (g_str_equal (type, "Boolean"))
    return convert_boolean (cmdlet, parameter, value, FALSE, failure);
  if (g_str_equal (type, "Int32"))
    return convert_int32 (cmdlet, parameter, value, failure);
  if (g_str_equal (type, "DateTime"))
    return convert_date (cmdlet, parameter, value, failure);
  if (g_str_equal (type, "Byte[]"))
    return convert_bytes (cmdlet, parameter, value, failure);
  if (g_str_equal (type, "AllowedServices"))
    return convert_services (cmdlet, parameter, value, failure);
  if (g_str_equal (type, "X500DistinguishedName"))
    return convert_name (cmdlet, parameter, value, failure);
  if (g_str_equal (type, "SmtpX509Identifier"))
    return convert_identifier (cmdlet, parameter, value, failure);
  if (g_str_equal (type, "MultiValuedProperty") || g_str_has_suffix (type, "[]"))
    return convert_list (value);
  if (g_str_equal (type, "SecureString"))
    return exc_value_get_kind (value) == EXC_VALUE_SECURE_STRING
               ? exc_value_ref (value)
               : cannot_convert (cmdlet, parameter, value, FALSE, failure);
  /* Certificates come by the pipeline only: a deserialized one is no X509Certificate2. */
  if (g_str_equal (type, "X509Certificate2"))
    return cannot_convert (cmdlet, parameter, value, FALSE, failure);
  if (g_str_equal (type, "String") || g_str_equal (type, "Fqdn") ||
      g_str_has_suffix (type, "IdParameter") || g_str_equal (type, "ActionPreference"))
    return convert_text (cmdlet, parameter, value, failure);
  return exc_value_ref (value);
}
