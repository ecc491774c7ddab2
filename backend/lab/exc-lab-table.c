/* exc-lab-table.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-table"

#include "config.h"

#include "exc-lab-table.h"

#include "exc-lab-data.h"

struct _ExcLabTable {
  GHashTable *cmdlets; /* lower-case name to ExcLabCmdlet */
};

/* PowerShell's own commands in an Exchange session (domain.md 1.6): not in Exchange's reference. */
static const struct {
  const char *name;
  const char *class_name;
  const char *syntax;
  const char *positional; /* at 1 */
  const char *piped;
} shell_cmdlets[] = {
  { "Select-Object",
    "Microsoft.PowerShell.Commands.SelectObjectCommand",
    "Select-Object [-InputObject <PSObject>] [[-Property] <Object[]>] [-ExcludeProperty "
    "<String[]>] "
    "[-ExpandProperty <String>] [-Unique <SwitchParameter>] [-Last <Int32>] [-First <Int32>] "
    "[-Skip <Int32>] [-Wait <SwitchParameter>]",
    "Property",
    "InputObject" },
  { "Get-Command",
    "Microsoft.PowerShell.Commands.GetCommandCommand",
    "Get-Command [[-Name] <String[]>] [-Module <String[]>] [-CommandType <String>] "
    "[-TotalCount <Int32>] [-ListImported <SwitchParameter>]",
    "Name",
    "Name" },
};

static const char *const common_parameters[][2] = {
  { "Verbose", "SwitchParameter" },
  { "Debug", "SwitchParameter" },
  { "ErrorAction", "ActionPreference" },
  { "WarningAction", "ActionPreference" },
  { "InformationAction", "ActionPreference" },
  { "ErrorVariable", "String" },
  { "WarningVariable", "String" },
  { "InformationVariable", "String" },
  { "OutVariable", "String" },
  { "OutBuffer", "Int32" },
  { "PipelineVariable", "String" },
};

static void
parameter_free (ExcLabParameter *parameter)
{
  g_free (parameter->name);
  g_free (parameter->type);
  g_free (parameter);
}

static void
set_free (ExcLabParameterSet *set)
{
  g_free (set->name);
  g_ptr_array_unref (set->mandatory);
  g_ptr_array_unref (set->names);
  g_free (set);
}

static void
cmdlet_free (ExcLabCmdlet *cmdlet)
{
  g_free (cmdlet->name);
  g_free (cmdlet->class_name);
  g_ptr_array_unref (cmdlet->parameters);
  g_ptr_array_unref (cmdlet->sets);
  g_free (cmdlet);
}

static ExcLabCmdlet *
cmdlet_new (const char *name, char *take_class_name)
{
  ExcLabCmdlet *cmdlet = g_new0 (ExcLabCmdlet, 1);

  cmdlet->name = g_strdup (name);
  cmdlet->class_name = take_class_name;
  cmdlet->parameters = g_ptr_array_new_with_free_func ((GDestroyNotify) parameter_free);
  cmdlet->sets = g_ptr_array_new_with_free_func ((GDestroyNotify) set_free);
  return cmdlet;
}

static void
add_parameter (
    ExcLabCmdlet *cmdlet, const char *name, const char *type, int position, gboolean from_pipe)
{
  ExcLabParameter *parameter = g_new0 (ExcLabParameter, 1);

  parameter->name = g_strdup (name);
  parameter->type = g_strdup (type);
  parameter->position = position;
  parameter->from_pipe = from_pipe;
  g_ptr_array_add (cmdlet->parameters, parameter);
}

/* A syntax line names a set's parameters; " -Name <Type>" or " [-Name] <Type>" without a bracket
 * around the whole is mandatory. */
static void
add_set (ExcLabCmdlet *cmdlet, const char *name, const char *syntax)
{
  ExcLabParameterSet *set = g_new0 (ExcLabParameterSet, 1);
  g_autoptr(GRegex) regex = g_regex_new ("(\\[*)-(\\w+)(\\]?)( <)?", 0, 0, NULL);
  g_autoptr(GMatchInfo) match = NULL;
  const char *space = strchr (syntax, ' ');

  set->name = g_strdup (name);
  set->mandatory = g_ptr_array_new_with_free_func (g_free);
  set->names = g_ptr_array_new_with_free_func (g_free);
  g_regex_match (regex, space != NULL ? space : "", 0, &match);
  for (; g_match_info_matches (match); g_match_info_next (match, NULL)) {
    g_autofree char *before = g_match_info_fetch (match, 1);
    g_autofree char *after = g_match_info_fetch (match, 3);
    g_autofree char *takes_value = g_match_info_fetch (match, 4);

    g_ptr_array_add (set->names, g_match_info_fetch (match, 2));
    if (takes_value != NULL && *takes_value != '\0' &&
        g_str_equal (before, *after == ']' ? "[" : ""))
      g_ptr_array_add (set->mandatory, g_match_info_fetch (match, 2));
  }
  g_ptr_array_add (cmdlet->sets, set);
}

static ExcLabCmdlet *
read_cmdlet (const char *name, JsonObject *object)
{
  g_auto(GStrv) words = g_strsplit (name, "-", 2);
  g_autofree char *joined = g_strjoinv ("", words);
  ExcLabCmdlet *cmdlet = cmdlet_new (
      name, g_strconcat ("Microsoft.Exchange.Management.SystemConfigurationTasks.", joined, NULL));
  JsonObject *parameters = json_object_get_object_member (object, "parameters");
  JsonArray *sets = json_object_get_array_member (object, "sets");
  g_autoptr(GList) names = json_object_get_members (parameters);

  for (GList *l = names; l != NULL; l = l->next) {
    JsonObject *facts = json_object_get_object_member (parameters, l->data);
    const char *pipeline = json_object_get_string_member (facts, "pipeline");

    add_parameter (
        cmdlet,
        l->data,
        json_object_get_string_member (facts, "type"),
        (int) g_ascii_strtoll (json_object_get_string_member (facts, "position"), NULL, 10),
        g_str_has_prefix (pipeline, "True"));
  }
  for (guint i = 0; i < json_array_get_length (sets); i++) {
    JsonObject *set = json_array_get_object_element (sets, i);

    add_set (cmdlet,
             json_object_get_string_member (set, "set"),
             json_object_get_string_member (set, "syntax"));
  }
  return cmdlet;
}

static ExcLabCmdlet *
make_shell_cmdlet (guint index)
{
  ExcLabCmdlet *cmdlet =
      cmdlet_new (shell_cmdlets[index].name, g_strdup (shell_cmdlets[index].class_name));
  g_autoptr(GRegex) regex = g_regex_new ("-(\\w+)\\]? <([^>]+)>", 0, 0, NULL);
  g_autoptr(GMatchInfo) match = NULL;

  g_regex_match (regex, shell_cmdlets[index].syntax, 0, &match);
  for (; g_match_info_matches (match); g_match_info_next (match, NULL)) {
    g_autofree char *name = g_match_info_fetch (match, 1);
    g_autofree char *type = g_match_info_fetch (match, 2);

    add_parameter (cmdlet,
                   name,
                   type,
                   g_str_equal (name, shell_cmdlets[index].positional) ? 1 : 0,
                   g_str_equal (name, shell_cmdlets[index].piped));
  }
  add_set (cmdlet, "Default", shell_cmdlets[index].syntax);
  return cmdlet;
}

static void
add_cmdlet (ExcLabTable *self, ExcLabCmdlet *take)
{
  for (guint i = 0; i < G_N_ELEMENTS (common_parameters); i++)
    add_parameter (take, common_parameters[i][0], common_parameters[i][1], 0, FALSE);
  g_hash_table_insert (self->cmdlets, g_ascii_strdown (take->name, -1), take);
}

/**
 * exc_lab_table_load:
 *
 * Returns: (transfer full): the table; EXC_ERROR_NOT_FOUND where the data file is missing
 */
ExcLabTable *
exc_lab_table_load (GError **error)
{
  g_autofree char *path = exc_lab_data_find ("exchange-cmdlets.json", error);
  g_autoptr(JsonObject) object = path != NULL ? exc_lab_data_load (path, error) : NULL;
  g_autoptr(ExcLabTable) self = NULL;
  JsonObject *cmdlets;
  g_autoptr(GList) names = NULL;

  if (object == NULL)
    return NULL;
  self = g_new0 (ExcLabTable, 1);
  self->cmdlets =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) cmdlet_free);
  cmdlets = json_object_get_object_member (object, "cmdlets");
  names = json_object_get_members (cmdlets);
  for (GList *l = names; l != NULL; l = l->next)
    add_cmdlet (self, read_cmdlet (l->data, json_object_get_object_member (cmdlets, l->data)));
  for (guint i = 0; i < G_N_ELEMENTS (shell_cmdlets); i++)
    add_cmdlet (self, make_shell_cmdlet (i));
  return g_steal_pointer (&self);
}

void
exc_lab_table_free (ExcLabTable *self)
{
  g_hash_table_unref (self->cmdlets);
  g_free (self);
}

const ExcLabCmdlet *
exc_lab_table_lookup (ExcLabTable *self, const char *name)
{
  g_autofree char *key = g_ascii_strdown (name, -1);

  return g_hash_table_lookup (self->cmdlets, key);
}
