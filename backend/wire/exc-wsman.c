/* exc-wsman.c — ids, chunks and faults
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-wsman"

#include "config.h"

#include "exc-wsman.h"

#include "exc-error.h"
#include "exc-wsman-private.h"

#include <glib/gi18n.h>
#include <string.h>

static const struct {
  ExcWsmanOperation operation;
  const char *action;
} actions[] = {
  { EXC_WSMAN_CREATE, EXC_NS_TRANSFER "/Create" }, { EXC_WSMAN_GET, EXC_NS_TRANSFER "/Get" },
  { EXC_WSMAN_DELETE, EXC_NS_TRANSFER "/Delete" }, { EXC_WSMAN_COMMAND, EXC_NS_SHELL "/Command" },
  { EXC_WSMAN_RECEIVE, EXC_NS_SHELL "/Receive" },  { EXC_WSMAN_SEND, EXC_NS_SHELL "/Send" },
  { EXC_WSMAN_SIGNAL, EXC_NS_SHELL "/Signal" },
};

/* What a fault code lets the caller do (protocol.md 4). */
static const struct {
  guint32 code;
  ExcError error;
  const char *sentence;
} faults[] = {
  { EXC_WSMAN_FAULT_ACCESS_DENIED,
    EXC_ERROR_AUTH,
    N_("The server denied access. Check the user’s rights.") },
    { EXC_WSMAN_FAULT_LOGON,
      EXC_ERROR_AUTH,
      N_("The server refused the user name or the password.") },
      { EXC_WSMAN_FAULT_ABORTED,
        EXC_ERROR_UNREACHABLE,
        N_("The server broke the operation off. Try again.") },
        { EXC_WSMAN_FAULT_TIMED_OUT,
          EXC_ERROR_UNREACHABLE,
          N_("The server did not finish in time. Try again.") },
          { EXC_WSMAN_FAULT_NO_RESOURCE,
            EXC_ERROR_ENDPOINT,
            N_("The address answers, but does not offer the wanted PowerShell endpoint. Correct the "
       "address or the configuration name.") },
            { EXC_WSMAN_FAULT_UNSUPPORTED,
              EXC_ERROR_PROTOCOL,
              N_("The server does not support the operation.") },
              { EXC_WSMAN_FAULT_INVALID_SELECTORS,
                EXC_ERROR_GONE,
                N_("The PowerShell session on the server is gone. A new one has to be opened.") },
                { EXC_WSMAN_FAULT_KEY_DELETED,
                  EXC_ERROR_GONE,
                  N_("The PowerShell session on the server was ended with its user’s profile. A new one has to "
       "be opened.") },
                  { EXC_WSMAN_FAULT_IN_USE,
                    EXC_ERROR_GONE,
                    N_("The PowerShell session is in use elsewhere. A new one has to be opened.") },
                    { EXC_WSMAN_FAULT_REDIRECT,
                      EXC_ERROR_ENDPOINT,
                      N_("The server asks to use another address. Enter that address if you trust it.") },
                      { EXC_WSMAN_FAULT_TOO_MANY_SHELLS,
                        EXC_ERROR_BUSY,
                        N_("The server has too many PowerShell sessions of this user. Close some, or wait.") },
                        { EXC_WSMAN_FAULT_TOO_MANY_COMMANDS,
                          EXC_ERROR_BUSY,
                          N_("The server runs too many commands of this user. Wait, then try again.") },
                          { EXC_WSMAN_FAULT_PLUGIN,
                            EXC_ERROR_PROTOCOL,
                            N_("The server could not read what was sent and ended the command.") },
                        };

char *
exc_wsman_new_id (void)
{
  g_autofree char *lower = g_uuid_string_random ();

  return g_ascii_strup (lower, -1);
}

ExcWsmanChunk *
exc_wsman_chunk_new (const char *name, const char *command_id, GBytes *bytes)
{
  ExcWsmanChunk *self = g_new0 (ExcWsmanChunk, 1);

  self->name = g_strdup (name);
  self->command_id = g_strdup (command_id);
  self->bytes = g_bytes_ref (bytes);
  return self;
}

void
exc_wsman_chunk_free (ExcWsmanChunk *self)
{
  g_free (self->name);
  g_free (self->command_id);
  g_bytes_unref (self->bytes);
  g_free (self);
}

void
exc_wsman_fault_free (ExcWsmanFault *self)
{
  g_free (self->message);
  g_free (self->subcode);
  g_free (self);
}

/**
 * exc_wsman_fault_is_timeout:
 * @self: a fault
 *
 * Returns: %TRUE when there was nothing to receive yet, which is not an error (protocol.md 4)
 */
gboolean
exc_wsman_fault_is_timeout (const ExcWsmanFault *self)
{
  return self->code == EXC_WSMAN_FAULT_TIMED_OUT ||
         (self->code == 0 && g_strcmp0 (self->subcode, "TimedOut") == 0);
}

GError *
exc_wsman_fault_to_error (const ExcWsmanFault *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++) {
    if (faults[i].code == self->code && self->code != 0)
      return g_error_new (
          EXC_ERROR, faults[i].error, "%s (%s)", _(faults[i].sentence), self->message);
  }
  if (exc_wsman_fault_is_timeout (self))
    return g_error_new (EXC_ERROR,
                        EXC_ERROR_UNREACHABLE,
                        "%s (%s)",
                        _("The server did not finish in time. Try again."), self->message);
  if (g_strcmp0 (self->subcode, "AccessDenied") == 0)
    return g_error_new (EXC_ERROR,
                        EXC_ERROR_AUTH,
                        "%s (%s)",
                        _("The server denied access. Check the user’s rights."), self->message);
  if (g_strcmp0 (self->subcode, "InvalidSelectors") == 0)
    return g_error_new (EXC_ERROR,
                        EXC_ERROR_GONE,
                        "%s (%s)",
                        _("The PowerShell session on the server is gone. A new one has to be "
                          "opened."),
                           self->message);

  /* Translators: the first is what the server said, the second a number. */
  return g_error_new (
      EXC_ERROR,
      EXC_ERROR_PROTOCOL,
      _("The server refused the operation: %1$s (code %2$u)"), self->message, self->code);
}

const char *
exc_wsman_operation_to_action (ExcWsmanOperation operation)
{
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++) {
    if (actions[i].operation == operation)
      return actions[i].action;
  }

  return "";
}

ExcWsmanOperation
exc_wsman_operation_from_action (const char *action)
{
  for (gsize i = 0; i < G_N_ELEMENTS (actions); i++) {
    if (g_strcmp0 (actions[i].action, action) == 0)
      return actions[i].operation;
  }

  return EXC_WSMAN_OTHER;
}

void
exc_wsman_write_must (ExcXmlWriter *writer, const char *name, const char *text)
{
  exc_xml_writer_start (writer, name);
  exc_xml_writer_attribute (writer, "s:mustUnderstand", "true");
  exc_xml_writer_text (writer, text);
  exc_xml_writer_end (writer);
}

void
exc_wsman_write_selector (ExcXmlWriter *writer, const char *shell_id)
{
  exc_xml_writer_start (writer, "w:SelectorSet");
  exc_xml_writer_start (writer, "w:Selector");
  exc_xml_writer_attribute (writer, "Name", "ShellId");
  exc_xml_writer_text (writer, shell_id);
  exc_xml_writer_end (writer);
  exc_xml_writer_end (writer);
}
