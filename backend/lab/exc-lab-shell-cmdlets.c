/* exc-lab-shell-cmdlets.c — Select-Object and Get-Command
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-shell"

#include "config.h"

#include "exc-lab-cmdlet.h"

#define OBJECT_NOT_FOUND 13

static gint64
get_int (GHashTable *arguments, const char *name, gint64 fallback)
{
  gint64 value = fallback;

  exc_value_get_int64 (g_hash_table_lookup (arguments, name), &value);
  return value;
}

static gboolean
has_wildcard (const char *name)
{
  return strpbrk (name, "*?") != NULL;
}

static void
add_matching (ExcValue *selected, ExcValue *from, const char *pattern)
{
  g_autofree char *lower = g_ascii_strdown (pattern, -1);
  g_autoptr(GPatternSpec) spec = g_pattern_spec_new (lower);

  for (guint i = 0; i < exc_value_get_n_properties (from); i++) {
    const char *name = exc_value_get_property_name (from, i);
    g_autofree char *key = g_ascii_strdown (name, -1);

    if (g_pattern_spec_match_string (spec, key) && exc_value_get_property (selected, name) == NULL)
      exc_value_set_member (selected, name, exc_value_ref (exc_value_get_property_at (from, i)));
  }
}

/* Selected.TYPE with note properties, null where the object has none of that name. */
static ExcLabObject *
project (ExcLabObject *object, GStrv properties)
{
  const char *const *types = exc_value_get_type_names (object->value);
  g_autofree char *type =
      g_strconcat ("Selected.", types != NULL ? types[0] : "System.String", NULL);
  const char *selected_types[] = {
    type, "System.Management.Automation.PSCustomObject", "System.Object", NULL
  };
  ExcValue *selected = exc_value_new_object (selected_types);

  for (guint i = 0; properties[i] != NULL; i++) {
    ExcValue *value;

    if (has_wildcard (properties[i])) {
      add_matching (selected, object->value, properties[i]);
      continue;
    }
    value = exc_value_get_property (object->value, properties[i]);
    exc_value_set_member (
        selected, properties[i], value != NULL ? exc_value_ref (value) : exc_value_new_null ());
  }
  return exc_lab_object_new (selected);
}

static gboolean
expand (ExcLabObject *object, const char *name, GPtrArray *output, ExcValue **failure)
{
  ExcValue *value = exc_value_get_property (object->value, name);

  if (value == NULL) {
    g_autofree char *message = g_strdup_printf ("Property \"%s\" cannot be found.", name);

    *failure = exc_lab_error_record_new (
        message,
        "System.Management.Automation.PSArgumentException",
        "ExpandPropertyNotFound,Microsoft.PowerShell.Commands.SelectObjectCommand",
        5,
        "PSArgumentException");
    return FALSE;
  }
  if (exc_value_get_container (value) == EXC_CONTAINER_NONE) {
    g_ptr_array_add (output, exc_lab_object_new (exc_value_ref (value)));
    return TRUE;
  }
  for (guint i = 0; i < exc_value_get_n_items (value); i++)
    g_ptr_array_add (output, exc_lab_object_new (exc_value_ref (exc_value_get_item (value, i))));
  return TRUE;
}

gboolean
exc_lab_select_object (GHashTable *arguments,
                       GPtrArray *input,
                       GPtrArray *output,
                       ExcValue **failure)
{
  g_auto(GStrv) properties =
              exc_value_dup_string_list (g_hash_table_lookup (arguments, "Property"));
  const char *expanded = exc_value_get_text (g_hash_table_lookup (arguments, "ExpandProperty"));
  const gint64 skip = get_int (arguments, "Skip", 0);
  gint64 first = get_int (arguments, "First", -1);
  gint64 last = get_int (arguments, "Last", -1);
  gint64 from = CLAMP (skip, 0, (gint64) input->len);
  gint64 to = input->len;

  if (first >= 0)
    to = MIN (from + first, to);
  else if (last >= 0)
    from = MAX (to - last, 0);
  for (gint64 i = from; i < to; i++) {
    ExcLabObject *object = g_ptr_array_index (input, i);

    if (expanded != NULL) {
      if (!expand (object, expanded, output, failure))
        return FALSE;
    } else if (properties != NULL) {
      g_ptr_array_add (output, project (object, properties));
    } else {
      g_ptr_array_add (output, exc_lab_object_ref (object));
    }
  }
  return TRUE;
}

static void
write_command (ExcLabCall *call, const ExcLabCmdlet *cmdlet)
{
  ExcValue *value = exc_lab_value_new ("System.Management.Automation.CmdletInfo", cmdlet->name);

  exc_lab_value_set_text (value, "Name", cmdlet->name);
  exc_value_set_property (
      value,
      "CommandType",
      exc_value_new_enum ("System.Management.Automation.CommandTypes", "Cmdlet", 8));
  exc_lab_value_set_text (value, "ModuleName", "");
  exc_lab_call_write (call, exc_lab_object_new (value));
}

/* One row a name; a missing one is an error record of its own (steps.md 0.3). */
ExcLabOutcome
exc_lab_get_command (ExcLabCall *call)
{
  g_auto(GStrv) names = exc_lab_call_dup_list (call, "Name");

  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    const ExcLabCmdlet *cmdlet = exc_lab_table_lookup (call->table, names[i]);
    g_autofree char *message = NULL;
    ExcLabOutcome outcome;

    if (cmdlet != NULL) {
      write_command (call, cmdlet);
      continue;
    }
    message =
        g_strdup_printf ("The term '%s' is not recognized as the name of a cmdlet, function, "
                         "script file, or operable program. Check the spelling of the name, or "
                         "if a path was included, verify that the path is correct and try "
                         "again.",
                         names[i]);
    outcome = exc_lab_call_write_error (
        call,
        exc_lab_error_record_new (
            message,
            "System.Management.Automation.CommandNotFoundException",
            "CommandNotFoundException,Microsoft.PowerShell.Commands.GetCommandCommand",
            OBJECT_NOT_FOUND,
            "CommandNotFoundException"));
    if (outcome != EXC_LAB_DONE)
      return outcome;
  }
  return EXC_LAB_DONE;
}
