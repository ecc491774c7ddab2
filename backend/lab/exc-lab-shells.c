/* exc-lab-shells.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab"

#include "config.h"

#include "exc-lab-shell-private.h"
#include "exc-lab-shells-private.h"

#define MAX_CHUNKS 1000 /* Stream elements of one response */

/* A Receive that waits. */
typedef struct {
  guint id;
  ExcWsmanRequest *request;
  ExcLabReplyFunc reply;
  gpointer data;
  GSource *timeout;
} Poll;

typedef struct {
  char *command_id; /* "" for the shell's own */
  GQueue chunks;    /* (element-type GBytes) */
  gboolean is_done;
  Poll *poll; /* (nullable) */
} Stream;

struct _ExcLabWsmanShell {
  gatomicrefcount ref_count;
  char *id;
  char *path;
  char *user;
  ExcLabShell *far;
  gboolean is_gone;
  GHashTable *streams; /* (element-type utf8 Stream) */
  guint next_poll_id;

  guint idle_s;
  gint64 last_use; /* monotonic, microseconds */
  GSource *idle_source;
  GFunc idle;
  gpointer idle_data;
};

static void
poll_free (Poll *poll)
{
  g_clear_pointer (&poll->request, exc_wsman_request_free);
  if (poll->timeout != NULL)
    g_source_destroy (poll->timeout);
  g_clear_pointer (&poll->timeout, g_source_unref);
  g_free (poll);
}

static void
stream_free (gpointer data)
{
  Stream *stream = data;

  g_free (stream->command_id);
  g_queue_clear_full (&stream->chunks, (GDestroyNotify) g_bytes_unref);
  g_clear_pointer (&stream->poll, poll_free);
  g_free (stream);
}

static char *
stream_key (const char *command_id)
{
  return command_id != NULL ? g_ascii_strup (command_id, -1) : g_strdup ("");
}

static Stream *
find_stream (ExcLabWsmanShell *self, const char *command_id)
{
  g_autofree char *key = stream_key (command_id);

  return g_hash_table_lookup (self->streams, key);
}

static Stream *
add_stream (ExcLabWsmanShell *self, const char *command_id)
{
  Stream *stream = g_new0 (Stream, 1);

  stream->command_id = stream_key (command_id);
  g_queue_init (&stream->chunks);
  g_hash_table_replace (self->streams, stream->command_id, stream);
  return stream;
}

/* --- Answers --- */

static void
answer_fault (Stream *stream, guint32 code, const char *message)
{
  Poll *poll = g_steal_pointer (&stream->poll);
  g_autoptr(GBytes) envelope = NULL;

  if (poll == NULL)
    return;

  envelope = exc_wsman_reply_fault (poll->request, code, message);
  poll->reply (poll->data, 500, envelope);
  poll_free (poll);
}

/* As many bytes as fit into the client's MaxEnvelopeSize, each chunk a Stream element. */
static GPtrArray *
take_chunks (Stream *stream, gsize max_envelope)
{
  GPtrArray *chunks = g_ptr_array_new_with_free_func ((GDestroyNotify) exc_wsman_chunk_free);
  const char *command_id = *stream->command_id != '\0' ? stream->command_id : NULL;
  gsize used = 0;

  while (stream->chunks.length > 0 && chunks->len < MAX_CHUNKS) {
    gsize budget = exc_wsman_reply_budget (max_envelope, chunks->len + 1);
    GBytes *head = g_queue_peek_head (&stream->chunks);
    gsize size = g_bytes_get_size (head);
    g_autoptr(GBytes) piece = NULL;

    /* Windows sends whole fragments; only one that fits into no answer is split. */
    if (chunks->len > 0 && (used > budget || size > budget - used))
      break;
    size = MIN (size, MAX (budget, 1));
    piece = g_bytes_new_from_bytes (head, 0, size);
    g_ptr_array_add (chunks, exc_wsman_chunk_new ("stdout", command_id, piece));
    used += size;

    g_queue_pop_head (&stream->chunks);
    if (size < g_bytes_get_size (head))
      g_queue_push_head (&stream->chunks,
                         g_bytes_new_from_bytes (head, size, g_bytes_get_size (head) - size));
    g_bytes_unref (head);
  }

  return chunks;
}

/* Answers the stream's Receive when there is something to say. */
static void
serve (ExcLabWsmanShell *self, Stream *stream)
{
  Poll *poll = stream->poll;
  g_autoptr(GPtrArray) chunks = NULL;
  g_autoptr(GBytes) envelope = NULL;
  gboolean is_over;

  if (poll == NULL || (stream->chunks.length == 0 && !stream->is_done))
    return;

  stream->poll = NULL;
  chunks = take_chunks (stream, exc_wsman_request_get_max_envelope_size (poll->request));
  is_over = stream->is_done && stream->chunks.length == 0;
  envelope = exc_wsman_reply_receive (poll->request, chunks, is_over ? stream->command_id : NULL);
  /* After Done nothing can be received any more: fault 2150858843. */
  if (is_over)
    g_hash_table_remove (self->streams, stream->command_id);

  poll->reply (poll->data, 200, envelope);
  poll_free (poll);
}

static gboolean
on_poll_timeout_cb (gpointer user_data)
{
  Stream *stream = user_data;

  answer_fault (stream,
                EXC_WSMAN_FAULT_TIMED_OUT,
                "The WS-Management service cannot complete the operation within the time specified "
                "in OperationTimeout.");
  return G_SOURCE_REMOVE;
}

void
exc_lab_wsman_shell_receive (ExcLabWsmanShell *self,
                             ExcWsmanRequest *take_request,
                             guint *id,
                             ExcLabReplyFunc reply,
                             gpointer data)
{
  Stream *stream = find_stream (self, exc_wsman_request_get_command_id (take_request));
  Poll *poll;

  if (self->is_gone || stream == NULL) {
    g_autoptr(ExcWsmanRequest) request = take_request;
    g_autoptr(GBytes) envelope = exc_wsman_reply_fault (
        request,
        EXC_WSMAN_FAULT_INVALID_SELECTORS,
        "The request for the Windows Remote Shell with ShellId failed because the shell was not "
        "found on the server.");

    reply (data, 500, envelope);
    return;
  }

  answer_fault (stream, EXC_WSMAN_FAULT_ABORTED, "The I/O operation has been aborted.");

  poll = g_new0 (Poll, 1);
  poll->id = *id = ++self->next_poll_id;
  poll->request = take_request;
  poll->reply = reply;
  poll->data = data;
  poll->timeout = g_timeout_source_new (exc_wsman_request_get_operation_timeout_ms (take_request));
  g_source_set_callback (poll->timeout, on_poll_timeout_cb, stream, NULL);
  g_source_attach (poll->timeout, g_main_context_get_thread_default ());
  stream->poll = poll;

  serve (self, stream); /* with the last answer the stream is gone */
}

void
exc_lab_wsman_shell_forget (ExcLabWsmanShell *self, guint id)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, NULL, &value)) {
    Stream *stream = value;

    if (stream->poll != NULL && stream->poll->id == id)
      g_clear_pointer (&stream->poll, poll_free);
  }
}

/* --- What the far end says --- */

static void
on_emit (gpointer data, const char *command_id, GBytes *bytes)
{
  ExcLabWsmanShell *self = data;
  Stream *stream = find_stream (self, command_id);

  if (stream == NULL || g_bytes_get_size (bytes) == 0)
    return;

  g_queue_push_tail (&stream->chunks, g_bytes_ref (bytes));
  serve (self, stream);
}

static void
on_done (gpointer data, const char *command_id)
{
  ExcLabWsmanShell *self = data;
  Stream *stream = find_stream (self, command_id);

  if (stream == NULL)
    return;

  stream->is_done = TRUE;
  serve (self, stream);
}

static void
end_polls (ExcLabWsmanShell *self, guint32 code)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->streams);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    answer_fault (value, code, "The shell was closed.");
}

static void
on_gone (gpointer data)
{
  ExcLabWsmanShell *self = data;

  self->is_gone = TRUE;
  end_polls (self, EXC_WSMAN_FAULT_INVALID_SELECTORS);
}

static const ExcLabShellSink sink = { on_emit, on_done, on_gone };

/* --- The shell --- */

static void arm_idle (ExcLabWsmanShell *self);

static gboolean
on_idle_cb (gpointer user_data)
{
  ExcLabWsmanShell *self = user_data;
  gint64 idle_us = g_get_monotonic_time () - self->last_use;

  g_clear_pointer (&self->idle_source, g_source_unref);
  if (idle_us < (gint64) self->idle_s * G_USEC_PER_SEC)
    arm_idle (self);
  else
    self->idle (self, self->idle_data);

  return G_SOURCE_REMOVE;
}

static void
arm_idle (ExcLabWsmanShell *self)
{
  gint64 left_us =
      self->last_use + (gint64) self->idle_s * G_USEC_PER_SEC - g_get_monotonic_time ();

  if (self->idle_s == 0)
    return;

  self->idle_source = g_timeout_source_new (MAX (left_us / 1000, 0) + 1);
  g_source_set_callback (self->idle_source, on_idle_cb, self, NULL);
  g_source_attach (self->idle_source, g_main_context_get_thread_default ());
}

ExcLabWsmanShell *
exc_lab_wsman_shell_new (const char *id,
                         const char *path,
                         const char *user,
                         ExcLabShell *far,
                         guint idle_s,
                         GFunc idle,
                         gpointer idle_data)
{
  ExcLabWsmanShell *self = g_new0 (ExcLabWsmanShell, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->id = g_ascii_strup (id, -1);
  self->path = g_strdup (path);
  self->user = g_strdup (user);
  self->far = g_object_ref (far);
  self->streams = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, stream_free);
  self->idle_s = idle_s;
  self->idle = idle;
  self->idle_data = idle_data;
  self->last_use = g_get_monotonic_time ();
  add_stream (self, NULL);
  arm_idle (self);
  exc_lab_shell_set_sink (far, &sink, self);

  return self;
}

ExcLabWsmanShell *
exc_lab_wsman_shell_ref (ExcLabWsmanShell *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
exc_lab_wsman_shell_unref (ExcLabWsmanShell *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  if (self->idle_source != NULL)
    g_source_destroy (self->idle_source);
  g_clear_pointer (&self->idle_source, g_source_unref);
  exc_lab_shell_set_sink (self->far, NULL, NULL);
  g_clear_object (&self->far);
  g_clear_pointer (&self->streams, g_hash_table_unref);
  g_free (self->id);
  g_free (self->path);
  g_free (self->user);
  g_free (self);
}

const char *
exc_lab_wsman_shell_get_id (ExcLabWsmanShell *self)
{
  return self->id;
}

const char *
exc_lab_wsman_shell_get_path (ExcLabWsmanShell *self)
{
  return self->path;
}

const char *
exc_lab_wsman_shell_get_user (ExcLabWsmanShell *self)
{
  return self->user;
}

ExcLabShell *
exc_lab_wsman_shell_get_far (ExcLabWsmanShell *self)
{
  return self->far;
}

gboolean
exc_lab_wsman_shell_is_gone (ExcLabWsmanShell *self)
{
  return self->is_gone;
}

void
exc_lab_wsman_shell_touch (ExcLabWsmanShell *self)
{
  self->last_use = g_get_monotonic_time ();
}

void
exc_lab_wsman_shell_add_command (ExcLabWsmanShell *self, const char *command_id)
{
  if (find_stream (self, command_id) == NULL)
    add_stream (self, command_id);
}

void
exc_lab_wsman_shell_remove_command (ExcLabWsmanShell *self, const char *command_id)
{
  g_autofree char *key = stream_key (command_id);
  Stream *stream = g_hash_table_lookup (self->streams, key);

  if (stream == NULL || *key == '\0')
    return;

  answer_fault (stream, EXC_WSMAN_FAULT_ABORTED, "The I/O operation has been aborted.");
  g_hash_table_remove (self->streams, key);
}

void
exc_lab_wsman_shell_close (ExcLabWsmanShell *self, guint32 code)
{
  if (self->idle_source != NULL)
    g_source_destroy (self->idle_source);
  g_clear_pointer (&self->idle_source, g_source_unref);
  self->is_gone = TRUE;
  end_polls (self, code);
  exc_lab_shell_set_sink (self->far, NULL, NULL);
  exc_lab_shell_close (self->far);
}
