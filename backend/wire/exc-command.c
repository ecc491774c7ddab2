/* exc-command.c — commands, pipelines and the permit to change
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-command"

#include "config.h"

#include "exc-command.h"

#include <string.h>

struct _ExcPermit {
  gatomicrefcount ref_count;
  char *job_id;
};

typedef struct {
  char *name; /* (nullable): positional */
  ExcValue *value;
} Parameter;

struct _ExcCommand {
  char *name;
  char *script; /* (nullable) */
  gboolean changes;
  GArray *parameters; /* (element-type Parameter) */
};

struct _ExcPipeline {
  gatomicrefcount ref_count;
  GPtrArray *commands; /* (element-type ExcCommand), owned */
  char choice;
  char *question; /* (nullable) */
};

G_DEFINE_BOXED_TYPE (ExcPermit, exc_permit, exc_permit_ref, exc_permit_unref)
G_DEFINE_BOXED_TYPE (ExcPipeline, exc_pipeline, exc_pipeline_ref, exc_pipeline_unref)

/* The cmdlets that are known to read. Everything else counts as changing: a wrong "changing" only
 * asks for a permit, a wrong "reading" could change a server that is shown as read-only. */
static const char *const reading_verbs[] = { "Get-", "Test-" };
static const char *const reading_cmdlets[] = { "Measure-Object", "Select-Object" };

/* A name with anything else in it may be a path or a module's own command. */
static gboolean
is_plain_name (const char *name)
{
  for (; *name != '\0'; name++) {
    if (!g_ascii_isalnum (*name) && *name != '-')
      return FALSE;
  }

  return TRUE;
}

static gboolean
is_reading_cmdlet (const char *name)
{
  if (!is_plain_name (name))
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (reading_verbs); i++) {
    gsize length = strlen (reading_verbs[i]);

    if (g_ascii_strncasecmp (name, reading_verbs[i], length) == 0 && name[length] != '\0')
      return TRUE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (reading_cmdlets); i++) {
    if (g_ascii_strcasecmp (name, reading_cmdlets[i]) == 0)
      return TRUE;
  }

  return FALSE;
}

/**
 * exc_permit_new:
 * @job_id: of the job that changes
 *
 * For the runner of a plan alone.
 *
 * Returns: (transfer full): a permit
 */
ExcPermit *
exc_permit_new (const char *job_id)
{
  ExcPermit *self;

  g_return_val_if_fail (job_id != NULL, NULL);

  self = g_new0 (ExcPermit, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->job_id = g_strdup (job_id);

  return self;
}

ExcPermit *
exc_permit_ref (ExcPermit *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
exc_permit_unref (ExcPermit *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->job_id);
  g_free (self);
}

const char *
exc_permit_get_job_id (ExcPermit *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->job_id;
}

static void
clear_parameter (gpointer data)
{
  Parameter *parameter = data;

  g_free (parameter->name);
  exc_value_unref (parameter->value);
}

/**
 * exc_command_new:
 * @name: of a cmdlet
 *
 * Returns: (transfer full): a command without parameters; it counts as changing unless its name is
 *   known to read
 */
ExcCommand *
exc_command_new (const char *name)
{
  ExcCommand *self;

  g_return_val_if_fail (name != NULL, NULL);

  self = g_new0 (ExcCommand, 1);
  self->name = g_strdup (name);
  self->changes = !is_reading_cmdlet (name);
  self->parameters = g_array_new (FALSE, FALSE, sizeof (Parameter));
  g_array_set_clear_func (self->parameters, clear_parameter);

  return self;
}

/**
 * exc_command_new_script:
 * @name: of the resource, for people
 * @text: the whole script, as it lies in the resource
 * @changes: whether running it can change the server
 *
 * Returns: (transfer full): a script without parameters
 */
ExcCommand *
exc_command_new_script (const char *name, const char *text, gboolean changes)
{
  ExcCommand *self;

  g_return_val_if_fail (text != NULL, NULL);

  self = exc_command_new (name);
  self->script = g_strdup (text);
  self->changes = changes;

  return self;
}

void
exc_command_free (ExcCommand *self)
{
  g_return_if_fail (self != NULL);

  g_array_unref (self->parameters);
  g_free (self->script);
  g_free (self->name);
  g_free (self);
}

static Parameter *
find_parameter (ExcCommand *self, const char *name)
{
  for (guint i = 0; i < self->parameters->len; i++) {
    Parameter *parameter = &g_array_index (self->parameters, Parameter, i);

    if (parameter->name != NULL && g_ascii_strcasecmp (parameter->name, name) == 0)
      return parameter;
  }

  return NULL;
}

/**
 * exc_command_set:
 * @self: a command
 * @name: (nullable): without the dash; %NULL adds a positional argument
 * @take: (transfer full): the value
 *
 * A name given twice keeps its last value: PowerShell refuses to bind one twice.
 */
void
exc_command_set (ExcCommand *self, const char *name, ExcValue *take)
{
  Parameter *old;
  Parameter parameter = { g_strdup (name), take };

  g_return_if_fail (self != NULL);
  g_return_if_fail (take != NULL);

  old = name == NULL ? NULL : find_parameter (self, name);
  if (old != NULL) {
    clear_parameter (old);
    *old = parameter;
    return;
  }
  g_array_append_val (self->parameters, parameter);
}

void
exc_command_set_string (ExcCommand *self, const char *name, const char *text)
{
  if (text != NULL)
    exc_command_set (self, name, exc_value_new_string (text));
}

void
exc_command_set_switch (ExcCommand *self, const char *name, gboolean on)
{
  exc_command_set (self, name, exc_value_new_boolean (on));
}

void
exc_command_set_int (ExcCommand *self, const char *name, gint32 value)
{
  exc_command_set (self, name, exc_value_new_int32 (value));
}

const char *
exc_command_get_name (ExcCommand *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

const char *
exc_command_get_script (ExcCommand *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->script;
}

gboolean
exc_command_is_changing (ExcCommand *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return self->changes;
}

guint
exc_command_get_n_parameters (ExcCommand *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->parameters->len;
}

const char *
exc_command_get_parameter_name (ExcCommand *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->parameters->len, NULL);

  return g_array_index (self->parameters, Parameter, index).name;
}

ExcValue *
exc_command_get_parameter (ExcCommand *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->parameters->len, NULL);

  return g_array_index (self->parameters, Parameter, index).value;
}

ExcValue *
exc_command_lookup (ExcCommand *self, const char *name)
{
  Parameter *parameter;

  g_return_val_if_fail (self != NULL && name != NULL, NULL);

  parameter = find_parameter (self, name);

  return parameter != NULL ? parameter->value : NULL;
}

ExcPipeline *
exc_pipeline_new (void)
{
  ExcPipeline *self = g_new0 (ExcPipeline, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->commands = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_command_free);

  return self;
}

ExcPipeline *
exc_pipeline_new_single (ExcCommand *take)
{
  ExcPipeline *self = exc_pipeline_new ();

  exc_pipeline_append (self, take);

  return self;
}

ExcPipeline *
exc_pipeline_ref (ExcPipeline *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
exc_pipeline_unref (ExcPipeline *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->commands);
  g_free (self->question);
  g_free (self);
}

void
exc_pipeline_append (ExcPipeline *self, ExcCommand *take)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (take != NULL);

  g_ptr_array_add (self->commands, take);
}

void
exc_pipeline_set_choice (ExcPipeline *self, char accelerator)
{
  g_return_if_fail (self != NULL);

  self->choice = g_ascii_toupper (accelerator);
}

char
exc_pipeline_get_choice (ExcPipeline *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->choice;
}

void
exc_pipeline_set_question (ExcPipeline *self, const char *mentions)
{
  g_return_if_fail (self != NULL);

  g_free (self->question);
  self->question = g_strdup (mentions);
}

const char *
exc_pipeline_get_question (ExcPipeline *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->question;
}

guint
exc_pipeline_get_n_commands (ExcPipeline *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->commands->len;
}

ExcCommand *
exc_pipeline_get_command (ExcPipeline *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->commands->len, NULL);

  return g_ptr_array_index (self->commands, index);
}

/**
 * exc_pipeline_is_changing:
 * @self: a pipeline
 *
 * Returns: whether any of its commands may change the server; an empty one counts so too
 */
gboolean
exc_pipeline_is_changing (ExcPipeline *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  for (guint i = 0; i < self->commands->len; i++) {
    if (exc_command_is_changing (g_ptr_array_index (self->commands, i)))
      return TRUE;
  }

  return self->commands->len == 0;
}
