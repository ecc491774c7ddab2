/* exc-cli-query.c — one reading cmdlet, for support and diagnosis
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cli"

#include "config.h"

#include "exc-cli.h"

#include "exc-error.h"

#include <string.h>

#include <glib/gi18n.h>

#define TIMEOUT_S 300

/* -Name or -Name:VALUE; a number may be negative. */
static gboolean
is_name (const char *word)
{
  return word[0] == '-' && g_ascii_isalpha (word[1]);
}

static ExcValue *
make_value (const char *word)
{
  if (g_ascii_strcasecmp (word, "$true") == 0)
    return exc_value_new_boolean (TRUE);
  if (g_ascii_strcasecmp (word, "$false") == 0)
    return exc_value_new_boolean (FALSE);
  if (g_ascii_strcasecmp (word, "$null") == 0)
    return exc_value_new_null ();
  /* Numbers, dates, names of an enum: the server converts texts to what it wants. */
  return exc_value_new_string (word);
}

/* The words of one parameter: none is a switch, several are a list. */
static ExcValue *
make_values (ExcCli *self, guint from, guint to)
{
  ExcValue *list;

  if (from == to)
    return exc_value_new_boolean (TRUE);
  if (to - from == 1)
    return make_value (exc_cli_get_argument (self, from));
  list = exc_value_new_list ();
  for (guint i = from; i < to; i++)
    exc_value_append (list, make_value (exc_cli_get_argument (self, i)));
  return list;
}

static void
add_parameter (ExcCli *self, ExcCommand *command, guint *index)
{
  const char *word = exc_cli_get_argument (self, *index);
  const char *colon = strchr (word, ':');
  guint from = ++*index;

  if (colon != NULL) {
    g_autofree char *name = g_strndup (word + 1, colon - word - 1);

    exc_command_set (command, name, make_value (colon + 1));
    return;
  }
  while (exc_cli_get_argument (self, *index) != NULL &&
         !is_name (exc_cli_get_argument (self, *index)))
    (*index)++;
  exc_command_set (command, word + 1, make_values (self, from, *index));
}

static ExcPipeline *
make_pipeline (ExcCli *self, GError **error)
{
  const char *name = exc_cli_get_argument (self, 0);
  g_autoptr(ExcCommand) command = exc_command_new (name);

  if (exc_command_is_changing (command) ||
      (g_ascii_strncasecmp (name, "Get-", 4) != 0 && g_ascii_strncasecmp (name, "Test-", 5) != 0)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_REFUSED,
                 /* Translators: Get- and Test- are the beginnings of cmdlets' names */
                 _("“%s” is not known to read only. query sends Get- and Test- cmdlets."), name);
    return NULL;
  }
  for (guint i = 1; exc_cli_get_argument (self, i) != NULL;) {
    if (is_name (exc_cli_get_argument (self, i)))
      add_parameter (self, command, &i);
    else
      exc_command_set (command, NULL, make_value (exc_cli_get_argument (self, i++)));
  }
  return exc_pipeline_new_single (g_steal_pointer (&command));
}

static void
print_output (GPtrArray *output)
{
  for (guint i = 0; i < output->len; i++) {
    g_autoptr(JsonBuilder) builder = json_builder_new ();

    exc_cli_json_add_value (builder, g_ptr_array_index (output, i));
    exc_cli_json_print (builder, FALSE);
  }
}

static void
say_error (ExcCli *self, ExcErrorRecord *record)
{
  g_autofree char *line = record->error_id == NULL
                              ? g_strdup (record->message)
                              : g_strdup_printf ("%s [%s]", record->message, record->error_id);

  exc_cli_say (self, line);
}

static int
report (ExcCli *self, ExcReply *reply)
{
  GPtrArray *errors = exc_reply_get_errors (reply);
  GPtrArray *warnings = exc_reply_get_warnings (reply);
  g_autoptr(GError) error = NULL;

  print_output (exc_reply_get_output (reply));
  for (guint i = 0; i < warnings->len; i++) {
    g_autofree char *line = g_strdup_printf (_("Warning: %s"), (char *) warnings->pdata[i]);

    exc_cli_say (self, line);
  }
  for (guint i = 0; i < errors->len; i++)
    say_error (self, g_ptr_array_index (errors, i));
  if (exc_reply_get_failure (reply) != NULL)
    say_error (self, exc_reply_get_failure (reply));
  if (exc_reply_check (reply, &error))
    return EXC_EXIT_DONE;
  if (exc_reply_get_prompt (reply) != NULL)
    exc_cli_say (self, error->message);
  return exc_cli_exit_code_of (error);
}

int
exc_cli_query (ExcCli *self, GError **error)
{
  ExcOrganization *organization = exc_context_get_organization (self->context);
  ExcConnection *connection = exc_organization_get_connection (organization);
  g_autoptr(ExcPipeline) pipeline = make_pipeline (self, error);
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(ExcReply) reply = NULL;

  if (pipeline == NULL)
    return -1;
  exc_connection_run_exchange_async (
      connection, pipeline, NULL, TIMEOUT_S, self->cancellable, exc_cli_result_cb, &result);
  exc_cli_wait (&result);
  reply = exc_connection_run_finish (connection, result, error);
  if (reply == NULL)
    return -1;
  return report (self, reply);
}
