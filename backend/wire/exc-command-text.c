/* exc-command-text.c — a pipeline as an admin would type it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-command"

#include "config.h"

#include "exc-command.h"

#include <string.h>

#include <glib/gi18n.h>

static void append_value (GString *out, ExcValue *value);

/* PowerShell takes the typographic single quotes for quotes too. */
static gboolean
is_quote (gunichar c)
{
  return c == '\'' || (c >= 0x2018 && c <= 0x201B);
}

static void
append_quoted (GString *out, const char *text)
{
  g_string_append_c (out, '\'');
  for (; *text != '\0'; text = g_utf8_next_char (text)) {
    gunichar c = g_utf8_get_char (text);

    g_string_append_unichar (out, c);
    if (is_quote (c))
      g_string_append_unichar (out, c);
  }
  g_string_append_c (out, '\'');
}

/* Texts of nothing but hexadecimal digits are quoted, so that all thumbprints look alike: one can
 * be a number to PowerShell (12E3…). */
static gboolean
is_bare_word (const char *text)
{
  gboolean is_hex = TRUE;

  if (!g_ascii_isalpha (*text))
    return FALSE;
  for (; *text != '\0'; text++) {
    if (!g_ascii_isalnum (*text) && strchr ("-_.:\\/", *text) == NULL)
      return FALSE;
    is_hex = is_hex && g_ascii_isxdigit (*text);
  }

  return !is_hex;
}

static void
append_text (GString *out, const char *text)
{
  if (is_bare_word (text))
    g_string_append (out, text);
  else
    append_quoted (out, text);
}

static void
append_list (GString *out, ExcValue *value)
{
  guint n_items = exc_value_get_n_items (value);

  if (n_items < 2)
    g_string_append (out, "@(");
  for (guint i = 0; i < n_items; i++) {
    if (i > 0)
      g_string_append_c (out, ',');
    append_value (out, exc_value_get_item (value, i));
  }
  if (n_items < 2)
    g_string_append_c (out, ')');
}

static void
append_dictionary (GString *out, ExcValue *value)
{
  guint n_items = exc_value_get_n_items (value);

  g_string_append (out, "@{");
  for (guint i = 0; i < n_items; i++) {
    if (i > 0)
      g_string_append (out, "; ");
    append_value (out, exc_value_get_key (value, i));
    g_string_append (out, " = ");
    append_value (out, exc_value_get_item (value, i));
  }
  g_string_append_c (out, '}');
}

static void
append_object (GString *out, ExcValue *value)
{
  ExcContainer container = exc_value_get_container (value);
  const char *const *type_names = exc_value_get_type_names (value);
  ExcValue *user = exc_value_get_property (value, "UserName");

  if (container == EXC_CONTAINER_DICTIONARY) {
    append_dictionary (out, value);
  } else if (container != EXC_CONTAINER_NONE) {
    append_list (out, value);
  } else if (exc_value_is_type (value, "System.Management.Automation.PSCredential")) {
    /* Translators: stands for a user name and password in a shown command */
    g_string_append_printf (out, _("‹credential of %s›"), exc_value_get_text (user));
  } else if (exc_value_get_text (value) != NULL) {
    append_text (out, exc_value_get_text (value));
  } else if (exc_value_get_base (value) != NULL) {
    append_value (out, exc_value_get_base (value));
  } else {
    g_string_append_printf (out, "‹%s›", type_names != NULL ? type_names[0] : "PSObject");
  }
}

static void
append_value (GString *out, ExcValue *value)
{
  g_autofree char *words = NULL;
  guint n_bytes;

  switch (exc_value_get_kind (value)) {
  case EXC_VALUE_NULL:
    g_string_append (out, "$null");
    return;
  case EXC_VALUE_BOOLEAN:
    words = exc_value_dup_text (value);
    g_string_append (out, g_str_equal (words, "True") ? "$true" : "$false");
    return;
  case EXC_VALUE_SECURE_STRING:
    /* Translators: stands for a password in a shown command */
    g_string_append (out, _("‹secret›"));
    return;
  case EXC_VALUE_BYTES:
    n_bytes = g_bytes_get_size (exc_value_get_bytes (value));
    /* Translators: stands for binary data in a shown command */
    g_string_append_printf (out, ngettext ("‹%u byte›", "‹%u bytes›", n_bytes), n_bytes);
    return;
  case EXC_VALUE_OBJECT:
    append_object (out, value);
    return;
  case EXC_VALUE_SCRIPT_BLOCK:
    g_string_append_printf (out, "{%s}", exc_value_get_text (value));
    return;
  case EXC_VALUE_STRING:
    append_text (out, exc_value_get_text (value));
    return;
  default:
    words = exc_value_dup_text (value);
    if (exc_value_get_text (value) != NULL && exc_value_get_kind (value) != EXC_VALUE_DECIMAL)
      append_quoted (out, words);
    else
      g_string_append (out, words);
  }
}

static void
append_parameters (GString *out, ExcCommand *command)
{
  for (guint i = 0; i < exc_command_get_n_parameters (command); i++) {
    const char *name = exc_command_get_parameter_name (command, i);
    ExcValue *value = exc_command_get_parameter (command, i);
    gboolean flag;

    g_string_append_c (out, ' ');
    if (name == NULL) {
      append_value (out, value);
      continue;
    }

    g_string_append_printf (out, "-%s", name);
    /* The form that fits switches and Booleans alike. */
    if (exc_value_get_kind (value) == EXC_VALUE_BOOLEAN && exc_value_get_boolean (value, &flag)) {
      g_string_append (out, flag ? ":$true" : ":$false");
      continue;
    }
    g_string_append_c (out, ' ');
    append_value (out, value);
  }
}

static void
append_command (GString *out, ExcCommand *command, gboolean whole)
{
  const char *script = exc_command_get_script (command);

  if (script == NULL || !whole) {
    g_string_append (out, exc_command_get_name (command));
  } else {
    g_string_append (out, "& {\n");
    g_string_append (out, script);
    if (!g_str_has_suffix (script, "\n"))
      g_string_append_c (out, '\n');
    g_string_append_c (out, '}');
  }
  append_parameters (out, command);
}

static char *
join_commands (ExcPipeline *self, gboolean whole)
{
  g_autoptr(GString) out = g_string_new (NULL);

  for (guint i = 0; i < exc_pipeline_get_n_commands (self); i++) {
    if (i > 0)
      g_string_append (out, " | ");
    append_command (out, exc_pipeline_get_command (self, i), whole);
  }

  return g_string_free (g_steal_pointer (&out), FALSE);
}

/**
 * exc_pipeline_to_powershell:
 * @self: a pipeline
 *
 * For *Show PowerShell*; never sent anywhere.
 *
 * Returns: (transfer full): the pipeline as an admin would type it
 */
char *
exc_pipeline_to_powershell (ExcPipeline *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return join_commands (self, TRUE);
}

/**
 * exc_pipeline_to_line:
 * @self: a pipeline
 *
 * Returns: (transfer full): the same in one line, for logs and the journal
 */
char *
exc_pipeline_to_line (ExcPipeline *self)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  text = join_commands (self, FALSE);
  g_strdelimit (text, "\r\n", ' ');

  return g_steal_pointer (&text);
}
