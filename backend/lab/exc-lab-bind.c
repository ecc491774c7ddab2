/* exc-lab-bind.c — PowerShell's parameter binder, as far as it can be seen from outside
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-bind"

#include "config.h"

#include "exc-lab-table.h"

/* An exact name, else the only one that begins so. */
static const ExcLabParameter *
find_parameter (const ExcLabCmdlet *cmdlet, const char *name, ExcValue **failure)
{
  const ExcLabParameter *found = NULL;
  g_autoptr(GString) names = g_string_new (NULL);
  g_autofree char *message = NULL;
  guint n = 0;

  if (*name == '-')
    name++;
  for (guint i = 0; i < cmdlet->parameters->len; i++) {
    const ExcLabParameter *parameter = g_ptr_array_index (cmdlet->parameters, i);

    if (g_ascii_strcasecmp (parameter->name, name) == 0)
      return parameter;
    if (*name != '\0' && g_ascii_strncasecmp (parameter->name, name, strlen (name)) == 0) {
      found = parameter;
      n++;
      g_string_append_printf (names, " -%s", parameter->name);
    }
  }
  if (n == 1)
    return found;
  message =
      n == 0
          ? g_strdup_printf ("A parameter cannot be found that matches parameter name '%s'.", name)
          : g_strdup_printf ("Parameter cannot be processed because the parameter name '%s' is "
                             "ambiguous. Possible matches include:%s.",
                             name,
                             names->str);
  *failure = exc_lab_binding_error_new (
      cmdlet, n == 0 ? "NamedParameterNotFound" : "AmbiguousParameter", message);
  return NULL;
}

static gboolean
bind_one (const ExcLabCmdlet *cmdlet,
          const ExcLabParameter *parameter,
          ExcValue *value,
          GHashTable *arguments,
          ExcValue **failure)
{
  ExcValue *converted;

  if (g_hash_table_contains (arguments, parameter->name)) {
    g_autofree char *message = g_strdup_printf (
        "Cannot bind parameter because parameter '%s' is specified more than once. To provide "
        "multiple values to parameters that can accept multiple values, use the array syntax.",
        parameter->name);

    *failure = exc_lab_binding_error_new (cmdlet, "ParameterAlreadyBound", message);
    return FALSE;
  }
  converted = exc_lab_convert (cmdlet, parameter, value, failure);
  if (converted == NULL)
    return FALSE;
  g_hash_table_insert (arguments, g_strdup (parameter->name), converted);
  return TRUE;
}

static gboolean
holds (GPtrArray *names, const char *name)
{
  return g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL);
}

static gboolean
is_in_any_set (const ExcLabCmdlet *cmdlet, const char *name)
{
  for (guint i = 0; i < cmdlet->sets->len; i++) {
    const ExcLabParameterSet *set = g_ptr_array_index (cmdlet->sets, i);

    if (holds (set->names, name))
      return TRUE;
  }
  return FALSE;
}

/* Every bound parameter that belongs to sets must belong to this one. */
static gboolean
fits (const ExcLabCmdlet *cmdlet, const ExcLabParameterSet *set, GHashTable *arguments)
{
  GHashTableIter iter;
  gpointer name;

  g_hash_table_iter_init (&iter, arguments);
  while (g_hash_table_iter_next (&iter, &name, NULL)) {
    if (is_in_any_set (cmdlet, name) && !holds (set->names, name))
      return FALSE;
  }
  return TRUE;
}

static const char *
find_missing (const ExcLabCmdlet *cmdlet,
              const ExcLabParameterSet *set,
              GHashTable *arguments,
              gboolean has_input)
{
  for (guint i = 0; i < set->mandatory->len; i++) {
    const char *name = g_ptr_array_index (set->mandatory, i);
    gboolean is_bound = g_hash_table_contains (arguments, name);

    for (guint j = 0; !is_bound && has_input && j < cmdlet->parameters->len; j++) {
      const ExcLabParameter *parameter = g_ptr_array_index (cmdlet->parameters, j);

      is_bound = parameter->from_pipe && g_str_equal (parameter->name, name);
    }
    if (!is_bound)
      return name;
  }
  return NULL;
}

static gboolean
check_sets (const ExcLabCmdlet *cmdlet,
            GHashTable *arguments,
            gboolean has_input,
            ExcValue **failure)
{
  const char *missing = NULL;
  guint n_fitting = 0;

  for (guint i = 0; i < cmdlet->sets->len; i++) {
    const ExcLabParameterSet *set = g_ptr_array_index (cmdlet->sets, i);
    const char *name;

    if (!fits (cmdlet, set, arguments))
      continue;
    n_fitting++;
    name = find_missing (cmdlet, set, arguments, has_input);
    if (name == NULL)
      return TRUE;
    if (missing == NULL)
      missing = name;
  }
  if (n_fitting == 0 && cmdlet->sets->len > 0) {
    *failure = exc_lab_binding_error_new (
        cmdlet,
        "AmbiguousParameterSet",
        "Parameter set cannot be resolved using the specified named parameters.");
    return FALSE;
  }
  if (missing != NULL) {
    g_autofree char *message = g_strdup_printf (
        "Cannot process command because of one or more missing mandatory parameters: %s.", missing);

    *failure = exc_lab_binding_error_new (cmdlet, "MissingMandatoryParameter", message);
    return FALSE;
  }
  return TRUE;
}

/* The next free place: several parameters can share one (Thumbprint and Identity), then the first
 * that accepts the value in the table's order is taken, String before id types. */
static const ExcLabParameter *
find_positional (const ExcLabCmdlet *cmdlet, int position)
{
  const ExcLabParameter *found = NULL;

  for (guint i = 0; i < cmdlet->parameters->len; i++) {
    const ExcLabParameter *parameter = g_ptr_array_index (cmdlet->parameters, i);

    if (parameter->position == position &&
        (found == NULL || g_str_equal (parameter->type, "String")))
      found = parameter;
  }
  return found;
}

GHashTable *
exc_lab_table_bind (const ExcLabCmdlet *cmdlet,
                    ExcCommand *command,
                    gboolean has_input,
                    ExcValue **failure)
{
  g_autoptr(GHashTable) arguments = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify) exc_value_unref);
  int position = 1;

  for (guint i = 0; i < exc_command_get_n_parameters (command); i++) {
    const char *name = exc_command_get_parameter_name (command, i);
    const ExcLabParameter *parameter;

    if (name == NULL)
      continue;
    parameter = find_parameter (cmdlet, name, failure);
    if (parameter == NULL ||
        !bind_one (cmdlet, parameter, exc_command_get_parameter (command, i), arguments, failure))
      return NULL;
  }
  for (guint i = 0; i < exc_command_get_n_parameters (command); i++) {
    const ExcLabParameter *parameter;

    if (exc_command_get_parameter_name (command, i) != NULL)
      continue;
    do
      parameter = find_positional (cmdlet, position++);
    while (parameter != NULL && g_hash_table_contains (arguments, parameter->name));
    if (parameter == NULL) {
      g_autofree char *text = exc_value_dup_text (exc_command_get_parameter (command, i));
      g_autofree char *message = g_strdup_printf (
          "A positional parameter cannot be found that accepts argument '%s'.", text);

      *failure = exc_lab_binding_error_new (cmdlet, "PositionalParameterNotFound", message);
      return NULL;
    }
    if (!bind_one (cmdlet, parameter, exc_command_get_parameter (command, i), arguments, failure))
      return NULL;
  }
  if (!check_sets (cmdlet, arguments, has_input, failure))
    return NULL;
  return g_steal_pointer (&arguments);
}
