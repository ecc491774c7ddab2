/* exc-reader.c — what all readers of this folder share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-exchange"

#include "config.h"

#include <glib/gi18n.h>

#include "exc-error.h"
#include "exc-reader-private.h"
#include "exc-scripts.h"

ExcCommand *
exc_exchange_command_new (const char *name, const char *server)
{
  ExcCommand *command = exc_command_new (name);

  exc_command_set_string (command, "Server", server);
  exc_command_set_string (command, "ErrorAction", "Stop");
  return command;
}

ExcCommand *
exc_projection_new (const char *const *properties)
{
  ExcCommand *command = exc_command_new ("Select-Object");

  exc_command_set_strings (command, "Property", properties);
  return command;
}

ExcPipeline *
exc_query_new (ExcCommand *take_command, const char *const *properties, gboolean projected)
{
  ExcPipeline *pipeline = exc_pipeline_new_single (take_command);

  if (projected)
    exc_pipeline_append (pipeline, exc_projection_new (properties));
  return pipeline;
}

ExcCommand *
exc_script_command_new (const char *name)
{
  const ExcScript *script = exc_script_lookup (name);

  g_assert (script != NULL);
  return exc_command_new_script (script->name, script->text, script->changes);
}

void
exc_command_set_strings (ExcCommand *self, const char *name, const char *const *texts)
{
  exc_command_set (self, name, exc_value_new_string_list (texts));
}

char *
exc_read_text (ExcValue *object, const char *name)
{
  ExcValue *value = exc_value_get_property (object, name);

  return exc_value_is_null (value) ? NULL : exc_value_dup_text (value);
}

char *
exc_read_required_text (ExcValue *object, const char *name, GError **error)
{
  g_autofree char *text = exc_read_text (object, name);

  if (text == NULL || *text == '\0') {
    /* Translators: %s is the name of a property and is not translated. */
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_PROTOCOL,
                 _("The server’s answer lacks “%s”; it cannot be used."), name);
    return NULL;
  }
  return g_steal_pointer (&text);
}

char *
exc_read_last_name (ExcValue *object, const char *name)
{
  g_autofree char *text = exc_read_text (object, name);
  const char *last = text;

  for (const char *at = text; at != NULL && *at != '\0'; at++)
    if (*at == '/' || *at == '\\')
      last = at + 1;
  return g_strdup (last);
}

GStrv
exc_read_texts (ExcValue *object, const char *name)
{
  ExcValue *value = exc_value_get_property (object, name);

  return exc_value_is_null (value) ? NULL : exc_value_dup_string_list (value);
}

ExcTristate
exc_read_tristate (ExcValue *object, const char *name)
{
  ExcValue *value = exc_value_get_property (object, name);
  gboolean is_true = FALSE;

  if (exc_value_is_null (value) || !exc_value_get_boolean (value, &is_true))
    return EXC_UNKNOWN;
  return is_true ? EXC_YES : EXC_NO;
}

gint64
exc_read_time (ExcValue *object, const char *name)
{
  ExcValue *value = exc_value_get_property (object, name);
  g_autoptr(GDateTime) time = NULL;

  if (exc_value_is_null (value))
    return 0;
  time = exc_value_dup_date_time (value);
  if (time == NULL) {
    g_autofree char *text = exc_value_dup_text (value);
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();

    time = text != NULL ? g_date_time_new_from_iso8601 (text, utc) : NULL;
  }
  return time != NULL ? g_date_time_to_unix (time) : 0;
}

gboolean
exc_read_thumbprint (ExcValue *object, const char *name, char **thumbprint, GError **error)
{
  g_autofree char *text = exc_read_text (object, name);

  *thumbprint = NULL;
  if (text == NULL || *text == '\0')
    return TRUE;
  *thumbprint = exc_thumbprint_normalize (text);
  if (*thumbprint == NULL) {
    /* Translators: %s is the name of a property and is not translated. */
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_PROTOCOL,
                 _("The server’s answer has no thumbprint in “%s”; it cannot be used."), name);
    return FALSE;
  }
  return TRUE;
}

GPtrArray *
exc_read_items (ExcValue *object, const char *name)
{
  ExcValue *value = exc_value_get_property (object, name);
  GPtrArray *items = g_ptr_array_new ();

  if (exc_value_is_null (value))
    return items;
  if (exc_value_get_kind (value) != EXC_VALUE_OBJECT ||
      exc_value_get_container (value) == EXC_CONTAINER_NONE) {
    g_ptr_array_add (items, value);
    return items;
  }
  for (guint i = 0; i < exc_value_get_n_items (value); i++)
    if (!exc_value_is_null (exc_value_get_item (value, i)))
      g_ptr_array_add (items, exc_value_get_item (value, i));
  return items;
}

GPtrArray *
exc_read_each (ExcReply *reply, ExcReadFunc read_one, GDestroyNotify free_one, GError **error)
{
  g_autoptr(GPtrArray) records = NULL;
  GPtrArray *output = NULL;

  if (!exc_reply_check (reply, error))
    return NULL;

  records = g_ptr_array_new_with_free_func (free_one);
  output = exc_reply_get_output (reply);
  for (guint i = 0; i < output->len; i++) {
    gpointer record = read_one (g_ptr_array_index (output, i), error);

    if (record == NULL)
      return NULL;
    g_ptr_array_add (records, record);
  }
  return g_steal_pointer (&records);
}

ExcValue *
exc_read_single (ExcReply *reply, GError **error)
{
  GPtrArray *output = NULL;

  if (!exc_reply_check (reply, error))
    return NULL;
  output = exc_reply_get_output (reply);
  if (output->len != 1 || exc_value_get_kind (g_ptr_array_index (output, 0)) != EXC_VALUE_OBJECT) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_PROTOCOL,
                 ngettext ("The server answered with %u object where one record was expected.",
                           "The server answered with %u objects where one record was expected.",
                           output->len),
                 output->len);
    return NULL;
  }
  return g_ptr_array_index (output, 0);
}

char *
exc_thumbprint_of (GBytes *der)
{
  g_autofree char *digits = g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, der);

  return g_ascii_strup (digits, -1);
}
