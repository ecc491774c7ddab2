/* exc-psrp-server.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-psrp"

#include "config.h"

#include "exc-psrp-server.h"

#include "exc-error.h"
#include "exc-psrp-crypto.h"
#include "exc-psrp-fragment.h"
#include "exc-psrp-host.h"
#include "exc-psrp-message.h"
#include "exc-psrp-records.h"

#include <glib/gi18n.h>

#define MAX_MESSAGE  (64 * 1024 * 1024)
#define MAX_OPEN     16
#define MAX_FRAGMENT 32768 /* with its header, as PowerShell's own server (protocol.md 12) */

typedef enum {
  STATE_NEW,
  STATE_CAPABLE, /* SESSION_CAPABILITY came */
  STATE_OPENED,
} State;

typedef struct {
  char *id;
  ExcPsrpHostInfo host;
  gint64 next_ci; /* restarts at 1 in each pipeline */
} Run;

struct _ExcPsrpServer {
  State state;
  char *pool_id;
  ExcPsrpVersion version;
  ExcPsrpHostInfo host; /* of the pool */

  GHashTable *readers; /* (element-type utf8 ExcPsrpFragmentReader): by source */
  ExcPsrpFragmentWriter *writer;
  GQueue outgoing;  /* (element-type ExcPsrpServerOutgoing) */
  GQueue events;    /* (element-type ExcPsrpServerEvent) */
  GHashTable *runs; /* (element-type utf8 Run) */

  ExcPsrpSessionKey *key; /* (nullable): made when it is first needed */
  gboolean is_key_shared;
  GQueue held; /* (element-type ExcPsrpMessage): with SecureStrings, until the client has the key */
};

static void
run_free (gpointer data)
{
  Run *run = data;

  g_free (run->id);
  g_free (run);
}

/* --- Out --- */

static gboolean
ensure_key (ExcPsrpServer *self, GError **error)
{
  if (self->key == NULL)
    self->key = exc_psrp_session_key_new (error);

  return self->key != NULL;
}

static gboolean
queue (ExcPsrpServer *self, guint32 type, const char *pipeline_id, ExcValue *take_body)
{
  ExcSecretSealer sealer = { NULL, NULL };
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcPsrpMessage) message = NULL;
  g_autoptr(GBytes) bytes = NULL;

  /* What has to be sealed goes out at once; the client asks for the key when it sees it. */
  if (exc_psrp_value_has_secret (take_body))
    ensure_key (self, NULL);
  if (self->key != NULL)
    sealer = exc_psrp_session_key_get_sealer (self->key);

  message = exc_psrp_message_new_body (EXC_PSRP_TO_CLIENT,
                                       type,
                                       self->pool_id,
                                       pipeline_id,
                                       take_body,
                                       self->key != NULL ? &sealer : NULL,
                                       &error);
  if (message == NULL) {
    g_warning ("%s could not be written: %s", exc_psrp_type_to_string (type), error->message);
    return FALSE;
  }

  bytes = exc_psrp_message_to_bytes (message);
  exc_psrp_fragment_writer_begin (self->writer, bytes);
  while (!exc_psrp_fragment_writer_is_idle (self->writer)) {
    ExcPsrpServerOutgoing *outgoing = g_new0 (ExcPsrpServerOutgoing, 1);

    outgoing->pipeline_id = g_strdup (pipeline_id);
    outgoing->bytes = exc_psrp_fragment_writer_take (self->writer, MAX_FRAGMENT);
    outgoing->is_last =
        type == EXC_PSRP_PIPELINE_STATE && exc_psrp_fragment_writer_is_idle (self->writer);
    g_queue_push_tail (&self->outgoing, outgoing);
  }

  return TRUE;
}

/**
 * exc_psrp_server_write:
 * @self: a server
 * @pipeline_id: a pipeline that is running
 * @stream: which record it is
 * @value: the record
 */
void
exc_psrp_server_write (ExcPsrpServer *self,
                       const char *pipeline_id,
                       ExcStream stream,
                       ExcValue *value)
{
  g_return_if_fail (self != NULL && pipeline_id != NULL && value != NULL);

  if (g_hash_table_contains (self->runs, pipeline_id))
    queue (self, exc_psrp_record_type (stream), pipeline_id, exc_value_ref (value));
}

/**
 * exc_psrp_server_finish:
 * @self: a server
 * @pipeline_id: a pipeline that is running
 * @state: stopped, completed or failed
 * @take_failure: (nullable) (transfer full): the terminating error
 */
void
exc_psrp_server_finish (ExcPsrpServer *self,
                        const char *pipeline_id,
                        ExcPsrpPipelineState state,
                        ExcValue *take_failure)
{
  ExcValue *body;

  g_return_if_fail (self != NULL && pipeline_id != NULL);

  body = exc_psrp_pipeline_state_new (state, take_failure);
  if (!g_hash_table_contains (self->runs, pipeline_id)) {
    exc_value_unref (body);
    return;
  }

  queue (self, EXC_PSRP_PIPELINE_STATE, pipeline_id, body);
  g_hash_table_remove (self->runs, pipeline_id);
}

gboolean
exc_psrp_server_can_prompt (ExcPsrpServer *self, const char *pipeline_id)
{
  Run *run;
  const ExcPsrpHostInfo *host;

  g_return_val_if_fail (self != NULL && pipeline_id != NULL, FALSE);

  run = g_hash_table_lookup (self->runs, pipeline_id);
  if (run == NULL)
    return FALSE;

  host = run->host.use_runspace_host ? &self->host : &run->host;
  return !host->is_host_null && !host->is_ui_null;
}

gint64
exc_psrp_server_prompt (ExcPsrpServer *self,
                        const char *pipeline_id,
                        const char *caption,
                        const char *message,
                        const char *const *labels,
                        int default_choice)
{
  Run *run;

  g_return_val_if_fail (self != NULL && pipeline_id != NULL, 0);

  run = g_hash_table_lookup (self->runs, pipeline_id);
  g_return_val_if_fail (run != NULL, 0);

  run->next_ci++;
  queue (self,
         EXC_PSRP_PIPELINE_HOST_CALL,
         pipeline_id,
         exc_psrp_host_call_new_choice (run->next_ci, caption, message, labels, default_choice));
  return run->next_ci;
}

/* --- In --- */

static ExcPsrpServerEvent *
add_event (ExcPsrpServer *self, ExcPsrpServerEventType type, const char *pipeline_id)
{
  ExcPsrpServerEvent *event = g_new0 (ExcPsrpServerEvent, 1);

  event->type = type;
  event->pipeline_id = g_strdup (pipeline_id);
  g_queue_push_tail (&self->events, event);
  return event;
}

typedef gboolean (*Handler) (ExcPsrpServer *self,
                             ExcPsrpMessage *message,
                             ExcValue *body,
                             GError **error);

static gboolean
handle_capability (ExcPsrpServer *self, ExcPsrpMessage *message, ExcValue *body, GError **error)
{
  ExcPsrpVersion theirs;

  if (!exc_psrp_capability_parse (body, &theirs, error))
    return FALSE;

  self->state = STATE_CAPABLE;
  self->pool_id = g_strdup (message->pool_id);
  return TRUE;
}

static gboolean
handle_init (ExcPsrpServer *self, ExcPsrpMessage *message, ExcValue *body, GError **error)
{
  int min, max;

  if (!exc_psrp_init_parse (body, &min, &max, &self->host, error))
    return FALSE;

  self->state = STATE_OPENED;
  queue (self, EXC_PSRP_SESSION_CAPABILITY, NULL, exc_psrp_capability_new (self->version));
  queue (self, EXC_PSRP_APPLICATION_PRIVATE_DATA, NULL, exc_psrp_private_data_new_windows ());
  queue (self,
         EXC_PSRP_RUNSPACEPOOL_STATE,
         NULL,
         exc_psrp_runspace_state_new (EXC_PSRP_RUNSPACE_OPENED, NULL));
  add_event (self, EXC_PSRP_SERVER_OPENED, NULL);
  return TRUE;
}

static gboolean handle_body (ExcPsrpServer *self, ExcPsrpMessage *message, GError **error);

static gboolean
handle_public_key (ExcPsrpServer *self, ExcPsrpMessage *message, ExcValue *body, GError **error)
{
  const char *public_key = exc_psrp_public_key_parse (body, error);
  g_autofree char *wrapped = NULL;

  if (public_key == NULL || !ensure_key (self, error))
    return FALSE;
  wrapped = exc_psrp_session_key_wrap (self->key, public_key, error);
  if (wrapped == NULL)
    return FALSE;

  queue (self, EXC_PSRP_ENCRYPTED_SESSION_KEY, NULL, exc_psrp_encrypted_session_key_new (wrapped));
  self->is_key_shared = TRUE;
  while (self->held.length > 0) {
    g_autoptr(ExcPsrpMessage) held = g_queue_pop_head (&self->held);

    if (!handle_body (self, held, error))
      return FALSE;
  }

  return TRUE;
}

static gboolean
handle_create_pipeline (ExcPsrpServer *self,
                        ExcPsrpMessage *message,
                        ExcValue *body,
                        GError **error)
{
  g_autoptr(ExcPipeline) pipeline = NULL;
  ExcPsrpServerEvent *event;
  ExcPsrpHostInfo host;
  gboolean has_input;
  Run *run;

  if (g_hash_table_contains (self->runs, message->pipeline_id)) {
    g_set_error_literal (error, EXC_ERROR, EXC_ERROR_PROTOCOL, _("The pipeline runs already."));
    return FALSE;
  }
  pipeline = exc_psrp_create_pipeline_parse (body, &has_input, &host, error);
  if (pipeline == NULL)
    return FALSE;

  run = g_new0 (Run, 1);
  run->id = g_strdup (message->pipeline_id);
  run->host = host;
  g_hash_table_insert (self->runs, run->id, run);

  event = add_event (self, EXC_PSRP_SERVER_START, message->pipeline_id);
  event->pipeline = g_steal_pointer (&pipeline);
  event->body = g_bytes_ref (message->data);
  if (!has_input)
    add_event (self, EXC_PSRP_SERVER_END_OF_INPUT, message->pipeline_id);
  return TRUE;
}

static gboolean
handle_input (ExcPsrpServer *self, ExcPsrpMessage *message, ExcValue *body, GError **error)
{
  add_event (self, EXC_PSRP_SERVER_INPUT, message->pipeline_id)->value = exc_value_ref (body);
  return TRUE;
}

static gboolean
handle_end_of_input (ExcPsrpServer *self, ExcPsrpMessage *message, ExcValue *body, GError **error)
{
  add_event (self, EXC_PSRP_SERVER_END_OF_INPUT, message->pipeline_id);
  return TRUE;
}

static gboolean
handle_host_response (ExcPsrpServer *self, ExcPsrpMessage *message, ExcValue *body, GError **error)
{
  ExcPsrpServerEvent *event;
  ExcValue *result, *failure;
  gint64 ci;
  int method;

  if (!exc_psrp_host_response_parse (body, &ci, &method, &result, &failure, error))
    return FALSE;

  event = add_event (self, EXC_PSRP_SERVER_ANSWER, message->pipeline_id);
  event->ci = ci;
  if (exc_value_is_null (failure) && result != NULL)
    event->value = exc_value_ref (result);
  return TRUE;
}

/* One runspace, whatever is asked for: a set says that it did not happen. */
static gboolean
handle_availability (ExcPsrpServer *self, ExcPsrpMessage *message, ExcValue *body, GError **error)
{
  ExcValue *answer;
  gint64 ci;
  int count = 1;

  switch (message->type) {
  case EXC_PSRP_SET_MAX_RUNSPACES:
    if (!exc_psrp_set_max_runspaces_parse (body, &count, &ci, error))
      return FALSE;
    answer = exc_psrp_availability_new_done (count == 1, ci);
    break;
  case EXC_PSRP_SET_MIN_RUNSPACES:
    if (!exc_psrp_set_min_runspaces_parse (body, &count, &ci, error))
      return FALSE;
    answer = exc_psrp_availability_new_done (count == 1, ci);
    break;
  case EXC_PSRP_GET_AVAILABLE_RUNSPACES:
    if (!exc_psrp_call_parse (body, &ci, error))
      return FALSE;
    answer = exc_psrp_availability_new_count (g_hash_table_size (self->runs) == 0 ? 1 : 0, ci);
    break;
  default: /* RESET_RUNSPACE_STATE */
    if (!exc_psrp_call_parse (body, &ci, error))
      return FALSE;
    answer = exc_psrp_availability_new_done (g_hash_table_size (self->runs) == 0, ci);
    break;
  }

  queue (self, EXC_PSRP_RUNSPACE_AVAILABILITY, NULL, answer);
  return TRUE;
}

static gboolean
handle_nothing (ExcPsrpServer *self, ExcPsrpMessage *message, ExcValue *body, GError **error)
{
  return TRUE;
}

#define NEW     (1 << STATE_NEW)
#define CAPABLE (1 << STATE_CAPABLE)
#define OPENED  (1 << STATE_OPENED)

static gboolean
fail_unexpected (ExcPsrpServer *self, ExcPsrpMessage *message, ExcValue *body, GError **error)
{
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_PROTOCOL,
               _("The client sent %s where it has no place."),
                  exc_psrp_type_to_string (message->type));
  return FALSE;
}

/* (state, message) > handler; what no line allows is always a failure. */
static const struct {
  guint32 type;
  guint states;
  gboolean of_pipeline;
  Handler handler;
} table[] = {
  { EXC_PSRP_SESSION_CAPABILITY, NEW, FALSE, handle_capability },
  { EXC_PSRP_INIT_RUNSPACEPOOL, CAPABLE, FALSE, handle_init },
  { EXC_PSRP_PUBLIC_KEY, OPENED, FALSE, handle_public_key },
  { EXC_PSRP_SET_MAX_RUNSPACES, OPENED, FALSE, handle_availability },
  { EXC_PSRP_SET_MIN_RUNSPACES, OPENED, FALSE, handle_availability },
  { EXC_PSRP_GET_AVAILABLE_RUNSPACES, OPENED, FALSE, handle_availability },
  { EXC_PSRP_RESET_RUNSPACE_STATE, OPENED, FALSE, handle_availability },
  { EXC_PSRP_RUNSPACEPOOL_HOST_RESPONSE, OPENED, FALSE, handle_nothing },
  { EXC_PSRP_CREATE_PIPELINE, OPENED, TRUE, handle_create_pipeline },
  { EXC_PSRP_PIPELINE_INPUT, OPENED, TRUE, handle_input },
  { EXC_PSRP_END_OF_PIPELINE_INPUT, OPENED, TRUE, handle_end_of_input },
  { EXC_PSRP_PIPELINE_HOST_RESPONSE, OPENED, TRUE, handle_host_response },
};

static Handler
find_handler (ExcPsrpServer *self, ExcPsrpMessage *message)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    if (table[i].type == message->type && table[i].states & (1 << self->state) &&
        table[i].of_pipeline == (message->pipeline_id != NULL))
      return table[i].handler;
  }

  return fail_unexpected;
}

/* A SecureString that comes before the key was exchanged: ask for it and wait. */
static gboolean
hold (ExcPsrpServer *self, ExcPsrpMessage *message)
{
  if (self->held.length == 0)
    queue (self, EXC_PSRP_PUBLIC_KEY_REQUEST, NULL, exc_psrp_public_key_request_new ());
  g_queue_push_tail (&self->held,
                     exc_psrp_message_new (message->destination,
                                           message->type,
                                           message->pool_id,
                                           message->pipeline_id,
                                           message->data));
  return TRUE;
}

static gboolean
handle_body (ExcPsrpServer *self, ExcPsrpMessage *message, GError **error)
{
  g_autoptr(ExcValue) body = exc_psrp_message_parse_body (message, error);

  if (body == NULL)
    return FALSE;
  if (!self->is_key_shared && exc_psrp_value_has_secret (body))
    return hold (self, message);
  if (self->key != NULL && !exc_psrp_session_key_unseal_value (self->key, body, error))
    return FALSE;

  return find_handler (self, message) (self, message, body, error);
}

static gboolean
handle (ExcPsrpServer *self, GBytes *bytes, GError **error)
{
  g_autoptr(ExcPsrpMessage) message = exc_psrp_message_parse (bytes, error);

  if (message == NULL)
    return FALSE;

  if (message->destination != EXC_PSRP_TO_SERVER ||
      (self->pool_id != NULL && g_strcmp0 (message->pool_id, self->pool_id) != 0)) {
    g_set_error_literal (error,
                         EXC_ERROR,
                         EXC_ERROR_PROTOCOL,
                         _("The client sent a remoting message that is for somebody else."));
    return FALSE;
  }

  /* What comes behind a message that waits for the key waits too. */
  if (self->held.length > 0 && message->pipeline_id != NULL)
    return hold (self, message);

  return handle_body (self, message, error);
}

/**
 * exc_psrp_server_push:
 * @self: a server
 * @source: (nullable): the stream
 * @data: (array length=length): bytes of it, in any split
 * @length: length of @data
 * @error: return location for an error
 *
 * Returns: %FALSE when the client broke the protocol
 */
gboolean
exc_psrp_server_push (
    ExcPsrpServer *self, const char *source, const guint8 *data, gsize length, GError **error)
{
  ExcPsrpFragmentReader *reader;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (data != NULL || length == 0, FALSE);

  if (source == NULL)
    source = "";
  reader = g_hash_table_lookup (self->readers, source);
  if (reader == NULL) {
    reader = exc_psrp_fragment_reader_new (MAX_MESSAGE, MAX_OPEN);
    g_hash_table_insert (self->readers, g_strdup (source), reader);
  }

  if (!exc_psrp_fragment_reader_push (reader, data, length, error))
    return FALSE;
  for (;;) {
    g_autoptr(GBytes) bytes = exc_psrp_fragment_reader_pop (reader);

    if (bytes == NULL)
      return TRUE;
    if (!handle (self, bytes, error))
      return FALSE;
  }
}

ExcPsrpServerEvent *
exc_psrp_server_pop_event (ExcPsrpServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_queue_pop_head (&self->events);
}

ExcPsrpServerOutgoing *
exc_psrp_server_pop_outgoing (ExcPsrpServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_queue_pop_head (&self->outgoing);
}

/* --- Making --- */

ExcPsrpServer *
exc_psrp_server_new (void)
{
  ExcPsrpServer *self = g_new0 (ExcPsrpServer, 1);

  self->version = (ExcPsrpVersion){ 2, 3 };
  self->host = exc_psrp_host_none;
  self->readers = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify) exc_psrp_fragment_reader_free);
  self->writer = exc_psrp_fragment_writer_new ();
  self->runs = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, run_free);
  g_queue_init (&self->outgoing);
  g_queue_init (&self->events);
  g_queue_init (&self->held);

  return self;
}

void
exc_psrp_server_free (ExcPsrpServer *self)
{
  if (self == NULL)
    return;

  g_free (self->pool_id);
  g_clear_pointer (&self->readers, g_hash_table_unref);
  g_clear_pointer (&self->writer, exc_psrp_fragment_writer_free);
  g_queue_clear_full (&self->outgoing, (GDestroyNotify) exc_psrp_server_outgoing_free);
  g_queue_clear_full (&self->events, (GDestroyNotify) exc_psrp_server_event_free);
  g_clear_pointer (&self->runs, g_hash_table_unref);
  g_clear_pointer (&self->key, exc_psrp_session_key_free);
  g_queue_clear_full (&self->held, (GDestroyNotify) exc_psrp_message_free);
  g_free (self);
}

const char *
exc_psrp_server_get_id (ExcPsrpServer *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->pool_id;
}

void
exc_psrp_server_set_version (ExcPsrpServer *self, ExcPsrpVersion version)
{
  g_return_if_fail (self != NULL);

  self->version = version;
}
