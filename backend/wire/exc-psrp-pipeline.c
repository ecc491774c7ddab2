/* exc-psrp-pipeline.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-psrp"

#include "config.h"

#include "exc-psrp-pipeline.h"

#include "exc-error.h"
#include "exc-psrp-fields-private.h"

#include <glib/gi18n.h>

#define MAX_NESTING 50 /* of a value that is searched for secrets; PowerShell's own depth */

static const char *const list_type[] = {
  "System.Collections.Generic.List`1[[System.Management.Automation.PSObject, "
  "System.Management.Automation, Version=1.0.0.0, Culture=neutral, "
  "PublicKeyToken=31bf3856ad364e35]]",
  "System.Object",
  NULL,
};

/* The merges of a command, in the order of the specification ([MS-PSRP] 2.2.3.12), with the
 * protocol version that brought them. */
static const struct {
  const char *name;
  guint minor;
} merges[] = {
  { "MergeMyResult", 0 },        { "MergeToResult", 0 },
  { "MergePreviousResults", 0 }, { NULL, 0 }, /* Args stand here */
  { "MergeError", 2 },           { "MergeWarning", 2 },
  { "MergeVerbose", 2 },         { "MergeDebug", 2 },
  { "MergeInformation", 3 },
};

static ExcValue *
list_new (void)
{
  ExcValue *list = exc_value_new_object (list_type);

  exc_value_set_container (list, EXC_CONTAINER_LIST);
  return list;
}

static ExcValue *
arguments_new (ExcCommand *command)
{
  ExcValue *list = list_new ();

  for (guint i = 0; i < exc_command_get_n_parameters (command); i++) {
    const char *name = exc_command_get_parameter_name (command, i);
    ExcValue *argument = exc_value_new_object (NULL);

    exc_value_set_member (
        argument, "N", name != NULL ? exc_value_new_string (name) : exc_value_new_null ());
    exc_value_set_member (argument, "V", exc_value_ref (exc_command_get_parameter (command, i)));
    exc_value_append (list, argument);
  }

  return list;
}

/* Command, [MS-PSRP] 2.2.3.11 */
static ExcValue *
command_new (ExcCommand *command, ExcPsrpVersion version)
{
  ExcValue *value = exc_value_new_object (NULL);
  const char *script = exc_command_get_script (command);

  exc_value_set_member (
      value,
      "Cmd",
      exc_value_new_string (script != NULL ? script : exc_command_get_name (command)));
  exc_value_set_member (value, "IsScript", exc_value_new_boolean (script != NULL));
  /* Without a scope of its own a script would set $ErrorActionPreference for what comes after it;
   * a session without language refuses anything but Nil for a cmdlet (protocol.md 12). */
  exc_value_set_member (value,
                        "UseLocalScope",
                        script != NULL ? exc_value_new_boolean (TRUE) : exc_value_new_null ());
  for (gsize i = 0; i < G_N_ELEMENTS (merges); i++) {
    if (merges[i].name == NULL)
      exc_value_set_member (value, "Args", arguments_new (command));
    else if (exc_psrp_version_at_least (version, 2, merges[i].minor))
      exc_value_set_member (
          value,
          merges[i].name,
          exc_value_new_enum (
              "System.Management.Automation.Runspaces.PipelineResultTypes", "None", 0));
  }

  return value;
}

/**
 * exc_psrp_create_pipeline_new:
 * @pipeline: one or several commands
 * @version: the protocol version of the pool
 * @host: the HostInfo to send
 *
 * Returns: (transfer full): the body of CREATE_PIPELINE
 */
ExcValue *
exc_psrp_create_pipeline_new (ExcPipeline *pipeline,
                              ExcPsrpVersion version,
                              const ExcPsrpHostInfo *host)
{
  ExcValue *body = exc_value_new_object (NULL);
  ExcValue *powershell = exc_value_new_object (NULL);
  ExcValue *commands = list_new ();

  for (guint i = 0; i < exc_pipeline_get_n_commands (pipeline); i++)
    exc_value_append (commands, command_new (exc_pipeline_get_command (pipeline, i), version));

  exc_value_set_member (powershell, "IsNested", exc_value_new_boolean (FALSE));
  if (exc_psrp_version_at_least (version, 2, 2))
    exc_value_set_member (powershell, "ExtraCmds", exc_value_new_null ());
  exc_value_set_member (powershell, "Cmds", commands);
  exc_value_set_member (powershell, "History", exc_value_new_null ());
  exc_value_set_member (powershell, "RedirectShellErrorOutputPipe", exc_value_new_boolean (FALSE));

  exc_value_set_member (body, "NoInput", exc_value_new_boolean (TRUE));
  exc_value_set_member (
      body,
      "ApartmentState",
      exc_value_new_enum ("System.Management.Automation.Runspaces.ApartmentState", "UNKNOWN", 2));
  exc_value_set_member (
      body,
      "RemoteStreamOptions",
      exc_value_new_enum ("System.Management.Automation.Runspaces.RemoteStreamOptions", "0", 0));
  exc_value_set_member (body, "AddToHistory", exc_value_new_boolean (FALSE));
  exc_value_set_member (body, "HostInfo", exc_psrp_host_info_new (host));
  exc_value_set_member (body, "PowerShell", powershell);
  exc_value_set_member (body, "IsNested", exc_value_new_boolean (FALSE));

  return body;
}

static gboolean
parse_arguments (ExcCommand *command, ExcValue *arguments, GError **error)
{
  for (guint i = 0; i < exc_value_get_n_items (arguments); i++) {
    ExcValue *argument = exc_value_get_item (arguments, i);
    ExcValue *name = exc_psrp_field_value (argument, "N", error);
    ExcValue *value = name != NULL ? exc_psrp_field_value (argument, "V", error) : NULL;

    if (value == NULL)
      return FALSE;
    exc_command_set (command,
                     exc_value_is_null (name) ? NULL : exc_value_get_text (name),
                     exc_value_ref (value));
  }

  return TRUE;
}

static ExcCommand *
parse_command (ExcValue *value, GError **error)
{
  g_autoptr(ExcCommand) command = NULL;
  const char *text = exc_psrp_field_text (value, "Cmd", error);
  ExcValue *arguments;
  gboolean is_script;

  if (text == NULL || !exc_psrp_field_boolean (value, "IsScript", &is_script, error) ||
      !exc_psrp_field_value (value, "UseLocalScope", error))
    return NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (merges); i++) {
    if (merges[i].name != NULL && merges[i].minor == 0 &&
        !exc_psrp_field_value (value, merges[i].name, error))
      return NULL;
  }

  arguments = exc_psrp_field_value (value, "Args", error);
  if (arguments == NULL)
    return NULL;

  /* What a script does is not on the wire: whoever asks must take it for one that changes. */
  command = is_script ? exc_command_new_script ("script", text, TRUE) : exc_command_new (text);
  if (!exc_value_is_null (arguments) && !parse_arguments (command, arguments, error))
    return NULL;

  return g_steal_pointer (&command);
}

/* Our servers run one statement. A client that has only one may list it in ExtraCmds too. */
static gboolean
check_statements (ExcValue *powershell, GError **error)
{
  if (exc_value_get_n_items (exc_value_get_property (powershell, "ExtraCmds")) <= 1)
    return TRUE;

  g_set_error_literal (error,
                       EXC_ERROR,
                       EXC_ERROR_PROTOCOL,
                       _("Several statements in one pipeline are not supported."));
  return FALSE;
}

/**
 * exc_psrp_create_pipeline_parse:
 * @body: the body of CREATE_PIPELINE
 * @has_input: (out): whether PIPELINE_INPUT follows
 * @host: (out): the HostInfo in it
 * @error: return location for an error
 *
 * Returns: (transfer full): the pipeline, or %NULL with %EXC_ERROR_PROTOCOL
 */
ExcPipeline *
exc_psrp_create_pipeline_parse (ExcValue *body,
                                gboolean *has_input,
                                ExcPsrpHostInfo *host,
                                GError **error)
{
  g_autoptr(ExcPipeline) pipeline = exc_pipeline_new ();
  ExcValue *powershell, *commands, *host_info;
  gboolean no_input;

  if (!exc_psrp_field_boolean (body, "NoInput", &no_input, error) ||
      !exc_psrp_field_value (body, "ApartmentState", error) ||
      !exc_psrp_field_value (body, "RemoteStreamOptions", error) ||
      !exc_psrp_field_value (body, "AddToHistory", error) ||
      (host_info = exc_psrp_field_object (body, "HostInfo", error)) == NULL ||
      !exc_psrp_host_info_parse (host_info, host, error) ||
      (powershell = exc_psrp_field_object (body, "PowerShell", error)) == NULL ||
      !check_statements (powershell, error) ||
      (commands = exc_psrp_field_object (powershell, "Cmds", error)) == NULL ||
      !exc_psrp_field_value (powershell, "IsNested", error) ||
      !exc_psrp_field_value (powershell, "History", error) ||
      !exc_psrp_field_value (powershell, "RedirectShellErrorOutputPipe", error) ||
      !exc_psrp_field_value (body, "IsNested", error))
    return NULL;

  for (guint i = 0; i < exc_value_get_n_items (commands); i++) {
    ExcCommand *command = parse_command (exc_value_get_item (commands, i), error);

    if (command == NULL)
      return NULL;
    exc_pipeline_append (pipeline, command);
  }
  if (exc_pipeline_get_n_commands (pipeline) == 0) {
    g_set_error_literal (
        error, EXC_ERROR, EXC_ERROR_PROTOCOL, _("A pipeline without a command was sent."));
    return NULL;
  }

  *has_input = !no_input;
  return g_steal_pointer (&pipeline);
}

/* --- Secrets --- */

static gboolean
has_secret (ExcValue *value, guint depth)
{
  if (value == NULL || depth == 0)
    return FALSE;

  switch (exc_value_get_kind (value)) {
  case EXC_VALUE_SECURE_STRING:
    return TRUE;
  case EXC_VALUE_OBJECT:
    if (has_secret (exc_value_get_base (value), depth - 1))
      return TRUE;
    for (guint i = 0; i < exc_value_get_n_items (value); i++) {
      if (has_secret (exc_value_get_item (value, i), depth - 1))
        return TRUE;
    }
    for (guint i = 0; i < exc_value_get_n_properties (value); i++) {
      if (has_secret (exc_value_get_property_at (value, i), depth - 1))
        return TRUE;
    }
    return FALSE;
  default:
    return FALSE;
  }
}

gboolean
exc_psrp_value_has_secret (ExcValue *value)
{
  return has_secret (value, MAX_NESTING);
}

gboolean
exc_psrp_pipeline_has_secret (ExcPipeline *pipeline)
{
  for (guint i = 0; i < exc_pipeline_get_n_commands (pipeline); i++) {
    ExcCommand *command = exc_pipeline_get_command (pipeline, i);

    for (guint k = 0; k < exc_command_get_n_parameters (command); k++) {
      if (exc_psrp_value_has_secret (exc_command_get_parameter (command, k)))
        return TRUE;
    }
  }

  return FALSE;
}

/* --- PIPELINE_STATE --- */

ExcValue *
exc_psrp_pipeline_state_new (ExcPsrpPipelineState state, ExcValue *take_failure)
{
  ExcValue *body = exc_value_new_object (NULL);

  exc_value_set_member (body, "PipelineState", exc_value_new_int32 (state));
  if (take_failure != NULL)
    exc_value_set_member (body, "ExceptionAsErrorRecord", take_failure);
  return body;
}

gboolean
exc_psrp_pipeline_state_parse (ExcValue *body, int *state, ExcValue **failure, GError **error)
{
  gint64 value;

  if (!exc_psrp_field_int (body, "PipelineState", &value, error))
    return FALSE;

  *state = CLAMP (value, G_MININT, G_MAXINT);
  if (failure != NULL)
    *failure = exc_value_get_property (body, "ExceptionAsErrorRecord");
  return TRUE;
}
