/* interop-relay.c — a shell whose far end is PowerShell's own engine
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "interop"

#include "config.h"

#include "interop-relay.h"

#include "exc-error.h"
#include "exc-psrp-fragment.h"
#include "exc-psrp-message.h"
#include "exc-psrp-pipeline.h"

#define POOL        "00000000-0000-0000-0000-000000000000"
#define MAX_MESSAGE (256 * 1024 * 1024)
#define MAX_OPEN    16

/* A pipeline by its PSRP id, which is what the engine goes by. */
typedef struct {
  char *command_id; /* what WS-Management calls it */
  ExcPsrpFragmentReader *reader;
} Pipeline;

/* What was sent and is not acknowledged yet. */
typedef struct {
  char *ack; /* the element awaited */
  char *id;
  GTask *task;       /* (nullable) */
  GBytes *arguments; /* (nullable): to be sent next, for a command */
} Awaited;

struct _InteropRelay {
  ExcLabShell parent_instance;

  GSubprocess *process;
  GDataInputStream *output;
  GQueue lines; /* (element-type GBytes) not written yet */
  gboolean is_writing;
  GQueue awaited;        /* (element-type Awaited) */
  GHashTable *pipelines; /* PSRP id > Pipeline */
  gboolean is_closed;
};

G_DEFINE_FINAL_TYPE (InteropRelay, interop_relay, EXC_TYPE_LAB_SHELL)

static void write_next (InteropRelay *self);
static void read_next (InteropRelay *self);

static void
pipeline_free (Pipeline *pipeline)
{
  g_free (pipeline->command_id);
  exc_psrp_fragment_reader_free (pipeline->reader);
  g_free (pipeline);
}

static void
awaited_free (Awaited *awaited)
{
  g_free (awaited->ack);
  g_free (awaited->id);
  g_clear_object (&awaited->task);
  g_clear_pointer (&awaited->arguments, g_bytes_unref);
  g_free (awaited);
}

/* The far end is gone: nobody waits any longer. */
static void
fail_all (InteropRelay *self)
{
  Awaited *awaited = NULL;

  while ((awaited = g_queue_pop_head (&self->awaited)) != NULL) {
    if (awaited->task != NULL)
      g_task_return_new_error (awaited->task, EXC_ERROR, EXC_ERROR_GONE, "The engine has ended.");
    awaited_free (awaited);
  }
}

static void
on_written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(InteropRelay) self = user_data;
  g_autoptr(GBytes) line = g_queue_pop_head (&self->lines);

  self->is_writing = FALSE;
  /* A broken pipe shows as the end of its output. */
  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL))
    write_next (self);
}

static void
write_next (InteropRelay *self)
{
  GBytes *line = g_queue_peek_head (&self->lines);
  gsize size;
  const void *data = NULL;

  if (line == NULL || self->is_writing)
    return;
  data = g_bytes_get_data (line, &size);
  self->is_writing = TRUE;
  g_output_stream_write_all_async (g_subprocess_get_stdin_pipe (self->process),
                                   data,
                                   size,
                                   G_PRIORITY_DEFAULT,
                                   NULL,
                                   on_written_cb,
                                   g_object_ref (self));
}

/* One element a line. @id is a GUID and @base64 what g_base64_encode made: nothing to escape. */
static void
send_element (InteropRelay *self,
              const char *name,
              const char *stream,
              const char *id,
              GBytes *bytes,
              GTask *task,
              GBytes *arguments)
{
  GString *line = g_string_new ("<");
  Awaited *awaited = g_new0 (Awaited, 1);

  g_string_append (line, name);
  if (stream != NULL)
    g_string_append_printf (line, " Stream='%s'", stream);
  g_string_append_printf (line, " PSGuid='%s'", id);
  if (bytes != NULL) {
    g_autofree char *base64 =
        g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

    g_string_append_c (line, '>');
    g_string_append (line, base64);
    g_string_append_printf (line, "</%s>\n", name);
  } else {
    g_string_append (line, " />\n");
  }

  awaited->ack = g_strconcat (name, "Ack", NULL);
  awaited->id = g_ascii_strup (id, -1);
  awaited->task = task != NULL ? g_object_ref (task) : NULL;
  awaited->arguments = arguments != NULL ? g_bytes_ref (arguments) : NULL;
  g_queue_push_tail (&self->awaited, awaited);
  g_queue_push_tail (&self->lines, g_string_free_to_bytes (line));
  write_next (self);
}

/* The PSRP pipeline id in the header of a message's first fragment; (nullable). */
static char *
find_pipeline_id (GBytes *fragment)
{
  const gsize at = EXC_PSRP_FRAGMENT_HEADER + 24;
  gsize size;
  const guint8 *data = g_bytes_get_data (fragment, &size);

  return size >= at + 16 ? exc_psrp_guid_from_bytes (data + at) : NULL;
}

/* (nullable) (transfer none): the PSRP id of a command */
static const char *
find_command (InteropRelay *self, const char *command_id)
{
  GHashTableIter iter;
  gpointer id, pipeline;

  g_hash_table_iter_init (&iter, self->pipelines);
  while (g_hash_table_iter_next (&iter, &id, &pipeline))
    if (g_ascii_strcasecmp (((Pipeline *) pipeline)->command_id, command_id) == 0)
      return id;
  return NULL;
}

static gboolean
is_last_state (GBytes *bytes)
{
  g_autoptr(ExcPsrpMessage) message = exc_psrp_message_parse (bytes, NULL);
  g_autoptr(ExcValue) body = NULL;
  int state = 0;

  if (message == NULL || message->type != EXC_PSRP_PIPELINE_STATE)
    return FALSE;
  body = exc_psrp_message_parse_body (message, NULL);
  return body != NULL && exc_psrp_pipeline_state_parse (body, &state, NULL, NULL) &&
         (state == EXC_PSRP_PIPELINE_STOPPED || state == EXC_PSRP_PIPELINE_COMPLETED ||
          state == EXC_PSRP_PIPELINE_FAILED);
}

static void
take_data (InteropRelay *self, const char *id, GBytes *bytes)
{
  Pipeline *pipeline = g_hash_table_lookup (self->pipelines, id);
  gboolean is_done = FALSE;
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  if (strcmp (id, POOL) == 0) {
    exc_lab_shell_emit (EXC_LAB_SHELL (self), NULL, bytes);
    return;
  }
  if (pipeline == NULL)
    return; /* released meanwhile */

  exc_lab_shell_emit (EXC_LAB_SHELL (self), pipeline->command_id, bytes);
  if (!exc_psrp_fragment_reader_push (pipeline->reader, data, size, NULL))
    return;
  for (;;) {
    g_autoptr(GBytes) message = exc_psrp_fragment_reader_pop (pipeline->reader);

    if (message == NULL)
      break;
    is_done = is_done || is_last_state (message);
  }
  if (is_done)
    exc_lab_shell_emit_done (EXC_LAB_SHELL (self), pipeline->command_id);
}

static void
take_ack (InteropRelay *self, const char *name, const char *id)
{
  for (GList *link = self->awaited.head; link != NULL; link = link->next) {
    Awaited *awaited = link->data;

    if (strcmp (awaited->ack, name) != 0 || strcmp (awaited->id, id) != 0)
      continue;
    g_queue_delete_link (&self->awaited, link);
    if (awaited->arguments != NULL)
      send_element (self, "Data", "Default", id, awaited->arguments, awaited->task, NULL);
    else if (awaited->task != NULL)
      g_task_return_boolean (awaited->task, TRUE);
    awaited_free (awaited);
    return;
  }
  g_warning ("the engine acknowledges %s %s, which was not sent", name, id);
}

/* One line of the engine, as GMarkup finds it. */
typedef struct {
  char *name;
  char *id;
  GString *text;
} Element;

static void
on_element_cb (GMarkupParseContext *context,
               const char *name,
               const char **names,
               const char **values,
               gpointer user_data,
               GError **error)
{
  Element *element = user_data;

  g_free (element->name);
  element->name = g_strdup (name);
  for (guint i = 0; names[i] != NULL; i++)
    if (strcmp (names[i], "PSGuid") == 0 && element->id == NULL)
      element->id = g_ascii_strup (values[i], -1);
}

static void
on_text_cb (GMarkupParseContext *context,
            const char *text,
            gsize length,
            gpointer user_data,
            GError **error)
{
  g_string_append_len (((Element *) user_data)->text, text, length);
}

static void
take_line (InteropRelay *self, const char *line, gsize length)
{
  static const GMarkupParser parser = { on_element_cb, NULL, on_text_cb, NULL, NULL };
  Element element = { NULL, NULL, g_string_new (NULL) };
  g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, &element, NULL);

  if (!g_markup_parse_context_parse (context, line, length, NULL) ||
      !g_markup_parse_context_end_parse (context, NULL) || element.name == NULL ||
      element.id == NULL) {
    g_debug ("the engine says: %s", line);
  } else if (strcmp (element.name, "Data") == 0) {
    gsize size;
    guint8 *data = g_base64_decode (element.text->str, &size);
    g_autoptr(GBytes) bytes = g_bytes_new_take (data, size);

    take_data (self, element.id, bytes);
  } else {
    take_ack (self, element.name, element.id);
  }
  g_free (element.name);
  g_free (element.id);
  g_string_free (element.text, TRUE);
}

static void
on_line_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(InteropRelay) self = user_data;
  gsize length = 0;
  g_autofree char *line =
      g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, &length, NULL);

  if (line == NULL) {
    fail_all (self);
    if (!self->is_closed)
      exc_lab_shell_emit_gone (EXC_LAB_SHELL (self));
    return;
  }
  take_line (self, line, length);
  read_next (self);
}

static void
read_next (InteropRelay *self)
{
  g_data_input_stream_read_line_async (
      self->output, G_PRIORITY_DEFAULT, NULL, on_line_read_cb, g_object_ref (self));
}

static void
interop_relay_open (ExcLabShell *shell, GBytes *creation, GTask *take_task)
{
  g_autoptr(GTask) task = take_task;

  send_element (INTEROP_RELAY (shell), "Data", "Default", POOL, creation, task, NULL);
}

static void
interop_relay_command (ExcLabShell *shell,
                       const char *command_id,
                       GBytes *arguments,
                       GTask *take_task)
{
  InteropRelay *self = INTEROP_RELAY (shell);
  g_autoptr(GTask) task = take_task;
  g_autofree char *found = find_pipeline_id (arguments);
  char *id = g_ascii_strup (found != NULL ? found : command_id, -1);
  Pipeline *pipeline = g_new0 (Pipeline, 1);

  pipeline->command_id = g_strdup (command_id);
  pipeline->reader = exc_psrp_fragment_reader_new (MAX_MESSAGE, MAX_OPEN);
  g_hash_table_replace (self->pipelines, id, pipeline);
  send_element (self, "Command", NULL, id, NULL, task, arguments);
}

static void
interop_relay_send (
    ExcLabShell *shell, const char *stream, const char *command_id, GBytes *bytes, GTask *take_task)
{
  InteropRelay *self = INTEROP_RELAY (shell);
  g_autoptr(GTask) task = take_task;
  gboolean is_response = strcmp (stream, "pr") == 0;
  g_autofree char *found = NULL;
  const char *id = command_id != NULL ? find_command (self, command_id) : NULL;

  /* A prompt of a pipeline may be answered on the shell's own stream. */
  if (id == NULL && is_response) {
    found = find_pipeline_id (bytes);
    id = found;
  }
  send_element (self,
                "Data",
                is_response ? "PromptResponse" : "Default",
                id != NULL ? id : POOL,
                bytes,
                task,
                NULL);
}

static void
interop_relay_stop (ExcLabShell *shell, const char *command_id, GTask *take_task)
{
  InteropRelay *self = INTEROP_RELAY (shell);
  g_autoptr(GTask) task = take_task;
  const char *id = find_command (self, command_id);

  if (id == NULL)
    g_task_return_boolean (task, TRUE);
  else
    send_element (self, "Signal", NULL, id, NULL, task, NULL);
}

static void
interop_relay_release (ExcLabShell *shell, const char *command_id, GTask *take_task)
{
  InteropRelay *self = INTEROP_RELAY (shell);
  g_autoptr(GTask) task = take_task;
  g_autofree char *id = g_strdup (find_command (self, command_id));

  if (id == NULL) {
    g_task_return_boolean (task, TRUE);
    return;
  }
  g_hash_table_remove (self->pipelines, id);
  send_element (self, "Close", NULL, id, NULL, task, NULL);
}

/* The engine ends with its input. */
static void
on_pool_closed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  InteropRelay *self = INTEROP_RELAY (source);

  if (!g_task_propagate_boolean (G_TASK (result), NULL))
    return;
  g_output_stream_close_async (
      g_subprocess_get_stdin_pipe (self->process), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
}

static void
interop_relay_close (ExcLabShell *shell)
{
  InteropRelay *self = INTEROP_RELAY (shell);
  g_autoptr(GTask) task = g_task_new (self, NULL, on_pool_closed_cb, NULL);
  GHashTableIter iter;
  gpointer id;

  if (self->is_closed)
    return;
  self->is_closed = TRUE;
  g_hash_table_iter_init (&iter, self->pipelines);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    send_element (self, "Close", NULL, id, NULL, NULL, NULL);
  send_element (self, "Close", NULL, POOL, NULL, task, NULL);
}

static void
interop_relay_dispose (GObject *object)
{
  InteropRelay *self = INTEROP_RELAY (object);

  if (self->process != NULL)
    g_subprocess_force_exit (self->process);
  g_clear_object (&self->output);
  g_clear_object (&self->process);
  g_queue_clear_full (&self->lines, (GDestroyNotify) g_bytes_unref);
  g_queue_clear_full (&self->awaited, (GDestroyNotify) awaited_free);
  g_clear_pointer (&self->pipelines, g_hash_table_unref);

  G_OBJECT_CLASS (interop_relay_parent_class)->dispose (object);
}

static void
interop_relay_class_init (InteropRelayClass *klass)
{
  ExcLabShellClass *shell_class = EXC_LAB_SHELL_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = interop_relay_dispose;
  shell_class->open = interop_relay_open;
  shell_class->command = interop_relay_command;
  shell_class->send = interop_relay_send;
  shell_class->stop = interop_relay_stop;
  shell_class->release = interop_relay_release;
  shell_class->close = interop_relay_close;
}

static void
interop_relay_init (InteropRelay *self)
{
  g_queue_init (&self->lines);
  g_queue_init (&self->awaited);
  self->pipelines =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) pipeline_free);
}

ExcLabShell *
interop_relay_new (const char *const *arguments, const char *const *environment, GError **error)
{
  g_autoptr(InteropRelay) self = g_object_new (INTEROP_TYPE_RELAY, NULL);
  g_autoptr(GSubprocessLauncher) launcher = NULL;
  g_autoptr(GPtrArray) argv = g_ptr_array_new ();

  /* What it says on stderr when its input ends is of no interest. */
  launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                 G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  for (guint i = 0; environment != NULL && environment[i] != NULL; i++) {
    g_auto(GStrv) parts = g_strsplit (environment[i], "=", 2);

    g_subprocess_launcher_setenv (launcher, parts[0], parts[1], TRUE);
  }
  g_ptr_array_add (argv, (gpointer) "dotnet");
  g_ptr_array_add (argv, (gpointer) g_getenv ("INTEROP_ENGINE"));
  for (guint i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer) arguments[i]);
  g_ptr_array_add (argv, NULL);

  self->process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata, error);
  if (self->process == NULL)
    return NULL;
  self->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  read_next (self);
  return EXC_LAB_SHELL (g_steal_pointer (&self));
}
