/* exc-psrp-pool-messages.c — what the server says to a pool, and what becomes of it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-psrp"

#include "config.h"

#include "exc-error.h"
#include "exc-psrp-host.h"
#include "exc-psrp-pool-private.h"
#include "exc-psrp-records.h"

#include <string.h>

#include <glib/gi18n.h>

/* run: NULL for a message of the pool; body: never NULL */
typedef gboolean (*Handler) (
    ExcPsrpPool *self, ExcPsrpRun *run, ExcPsrpMessage *message, ExcValue *body, GError **error);

/* --- Messages of the pool --- */

static gboolean
handle_nothing (
    ExcPsrpPool *self, ExcPsrpRun *run, ExcPsrpMessage *message, ExcValue *body, GError **error)
{
  return TRUE;
}

static gboolean
handle_capability (
    ExcPsrpPool *self, ExcPsrpRun *run, ExcPsrpMessage *message, ExcValue *body, GError **error)
{
  ExcPsrpVersion theirs;

  if (!exc_psrp_capability_parse (body, &theirs, error))
    return FALSE;

  /* We offer 2.3; an older server answers with its own. */
  self->version = exc_psrp_version_at_least (theirs, 2, 3) ? (ExcPsrpVersion){ 2, 3 } : theirs;
  return TRUE;
}

static gboolean
handle_private_data (
    ExcPsrpPool *self, ExcPsrpRun *run, ExcPsrpMessage *message, ExcValue *body, GError **error)
{
  ExcValue *dictionary;

  if (!exc_psrp_private_data_parse (body, &dictionary, error))
    return FALSE;

  g_clear_pointer (&self->private_data, exc_value_unref);
  if (dictionary != NULL)
    self->private_data = exc_value_ref (dictionary);
  return TRUE;
}

static void
end_pool (ExcPsrpPool *self, ExcPsrpPoolState state, ExcValue *failure)
{
  ExcPsrpEvent *event = exc_psrp_pool_add_event (self, EXC_PSRP_EVENT_BROKEN, NULL);
  g_autoptr(ExcErrorRecord) record = NULL;

  if (!exc_value_is_null (failure)) {
    record = exc_error_record_new_from_value (failure);
    event->error = g_error_new (EXC_ERROR,
                                EXC_ERROR_GONE,
                                _("The server ended the PowerShell session: %s"), record->message);
  } else {
    event->error = g_error_new_literal (
        EXC_ERROR, EXC_ERROR_GONE, _("The server ended the PowerShell session."));
  }
  exc_psrp_pool_break (self, state, event->error);
}

static gboolean
handle_runspace_state (
    ExcPsrpPool *self, ExcPsrpRun *run, ExcPsrpMessage *message, ExcValue *body, GError **error)
{
  ExcValue *failure;
  int state;

  if (!exc_psrp_runspace_state_parse (body, &state, &failure, error))
    return FALSE;

  switch (state) {
  case EXC_PSRP_RUNSPACE_OPENED:
    if (self->state == EXC_PSRP_POOL_OPENING) {
      self->state = EXC_PSRP_POOL_OPENED;
      exc_psrp_pool_add_event (self, EXC_PSRP_EVENT_OPENED, NULL);
    }
    break;
  case EXC_PSRP_RUNSPACE_CLOSED:
    end_pool (self, EXC_PSRP_POOL_CLOSED, failure);
    break;
  case EXC_PSRP_RUNSPACE_BROKEN:
    end_pool (self, EXC_PSRP_POOL_BROKEN, failure);
    break;
  default: /* on the way from one to the other */
    break;
  }

  return TRUE;
}

static gboolean
handle_key_request (
    ExcPsrpPool *self, ExcPsrpRun *run, ExcPsrpMessage *message, ExcValue *body, GError **error)
{
  return exc_psrp_pool_ask_for_key (self, error);
}

static gboolean handle_body (ExcPsrpPool *self, ExcPsrpMessage *message, GError **error);

/* What waited for the key goes on: pipelines not yet sent, and messages not yet read. */
static gboolean
release (ExcPsrpPool *self, GError **error)
{
  g_autoptr(GList) runs = g_hash_table_get_values (self->runs);

  for (GList *link = runs; link != NULL; link = link->next) {
    ExcPsrpRun *run = link->data;
    GQueue held = run->held;
    GError *refused = NULL;
    gboolean ok = TRUE;

    if (run->state == EXC_PSRP_RUN_WAITING && !exc_psrp_pool_queue_run (self, run, &refused)) {
      exc_psrp_pool_finish_run (self, run, EXC_PSRP_PIPELINE_FAILED, refused);
      continue;
    }

    g_queue_init (&run->held);
    while (ok && held.length > 0) {
      g_autoptr(ExcPsrpMessage) message = g_queue_pop_head (&held);

      ok = handle_body (self, message, error);
    }
    g_queue_clear_full (&held, (GDestroyNotify) exc_psrp_message_free);
    if (!ok)
      return FALSE;
  }

  return TRUE;
}

static gboolean
handle_session_key (
    ExcPsrpPool *self, ExcPsrpRun *run, ExcPsrpMessage *message, ExcValue *body, GError **error)
{
  const char *wrapped = exc_psrp_encrypted_session_key_parse (body, error);

  if (wrapped == NULL)
    return FALSE;
  if (self->key_state != EXC_PSRP_KEY_ASKED) {
    g_set_error_literal (
        error, EXC_ERROR, EXC_ERROR_PROTOCOL, _("The server sent a session key unasked."));
    return FALSE;
  }

  self->key = exc_psrp_key_pair_unwrap (self->key_pair, wrapped, error);
  if (self->key == NULL)
    return FALSE;

  g_clear_pointer (&self->key_pair, exc_psrp_key_pair_free);
  self->key_state = EXC_PSRP_KEY_READY;
  exc_psrp_pool_add_event (self, EXC_PSRP_EVENT_KEY_ARRIVED, NULL);
  return release (self, error);
}

/* --- Messages of a pipeline --- */

static gboolean
handle_record (
    ExcPsrpPool *self, ExcPsrpRun *run, ExcPsrpMessage *message, ExcValue *body, GError **error)
{
  ExcPsrpEvent *event;
  ExcStream stream = exc_psrp_record_stream (message->type);

  exc_reply_add (run->reply, stream, body);
  event = exc_psrp_pool_add_event (self, EXC_PSRP_EVENT_RECORD, run->id);
  event->stream = stream;
  event->value = exc_value_ref (body);
  return TRUE;
}

static void
set_failure (ExcPsrpRun *run, ExcValue *failure)
{
  const ExcPsrpErrorFields nothing = {
    .message = _("The server reported a failure without an error."),
    };
  g_autoptr(ExcValue) made = NULL;

  if (exc_value_is_null (failure))
    failure = made = exc_psrp_error_record_new (&nothing);
  exc_reply_set_failure (run->reply, exc_error_record_new_from_value (failure));
}

static gboolean
handle_pipeline_state (
    ExcPsrpPool *self, ExcPsrpRun *run, ExcPsrpMessage *message, ExcValue *body, GError **error)
{
  ExcValue *failure;
  int state;

  if (!exc_psrp_pipeline_state_parse (body, &state, &failure, error))
    return FALSE;

  switch (state) {
  case EXC_PSRP_PIPELINE_COMPLETED:
    break;
  case EXC_PSRP_PIPELINE_STOPPED:
    /* PipelineStopped is no error for the one who asked for it. */
    if (!run->is_stopping)
      set_failure (run, failure);
    break;
  case EXC_PSRP_PIPELINE_FAILED:
    set_failure (run, failure);
    break;
  case EXC_PSRP_PIPELINE_DISCONNECTED:
    exc_psrp_pool_finish_run (
        self,
        run,
        state,
        g_error_new_literal (
            EXC_ERROR, EXC_ERROR_GONE, _("The server disconnected from the running command.")));
    return TRUE;
  default: /* not started, running, stopping */
    return TRUE;
  }

  exc_psrp_pool_finish_run (self, run, state, NULL);
  return TRUE;
}

static void
note_prompt (ExcPsrpPool *self, ExcPsrpRun *run, ExcPsrpHostCall *call, gboolean accepted)
{
  g_autofree char *text = exc_psrp_host_call_dup_text (call);
  ExcPsrpEvent *event =
      exc_psrp_pool_add_event (self, EXC_PSRP_EVENT_PROMPT, run != NULL ? run->id : NULL);

  if (!accepted && run != NULL && exc_reply_get_prompt (run->reply) == NULL)
    exc_reply_set_prompt (run->reply, text);
  event->text = g_steal_pointer (&text);
  event->accepted = accepted;
}

/* The index to answer with; -1: refuse. */
static int
find_answer (ExcPsrpRun *run, ExcPsrpHostCall *call)
{
  const char *question = exc_pipeline_get_question (run->pipeline);
  g_autofree char *text = exc_psrp_host_call_dup_text (call);
  g_autofree char *folded_text = text != NULL ? g_utf8_casefold (text, -1) : NULL;
  g_autofree char *folded_question = question != NULL ? g_utf8_casefold (question, -1) : NULL;

  if (question != NULL && (text == NULL || strstr (folded_text, folded_question) == NULL))
    return -1;
  return exc_psrp_host_call_find_choice (call, exc_pipeline_get_choice (run->pipeline));
}

static gboolean
handle_host_call (
    ExcPsrpPool *self, ExcPsrpRun *run, ExcPsrpMessage *message, ExcValue *body, GError **error)
{
  g_autoptr(ExcPsrpHostCall) call = exc_psrp_host_call_parse (body, error);
  gboolean of_pool = message->type == EXC_PSRP_RUNSPACEPOOL_HOST_CALL;
  ExcValue *response;
  int choice = -1;

  if (call == NULL)
    return FALSE;
  if (!exc_psrp_host_call_wants_answer (call))
    return TRUE;

  if (run != NULL)
    choice = find_answer (run, call);
  if (exc_psrp_host_call_is_prompt (call))
    note_prompt (self, run, call, choice >= 0);

  if (choice >= 0)
    response = exc_psrp_host_response_new (call->ci, call->method, exc_value_new_int32 (choice));
  else
    response = exc_psrp_host_response_new_refused (
        call->ci, call->method, _("Nobody is there to answer: the client takes no prompts."));

  return exc_psrp_pool_queue (self,
                              EXC_PSRP_TARGET_PR,
                              of_pool ? EXC_PSRP_RUNSPACEPOOL_HOST_RESPONSE
                                      : EXC_PSRP_PIPELINE_HOST_RESPONSE,
                              run != NULL ? run->id : NULL,
                              response,
                              error);
}

/* --- Which message may come when --- */

#define OPENING (1 << EXC_PSRP_POOL_OPENING)
#define OPENED  (1 << EXC_PSRP_POOL_OPENED)
#define ANY     (OPENING | OPENED)

static gboolean
fail_unexpected (
    ExcPsrpPool *self, ExcPsrpRun *run, ExcPsrpMessage *message, ExcValue *body, GError **error)
{
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_PROTOCOL,
               /* Translators: %s is the name of a message of the protocol. */
               _("The server sent %s where it has no place."),
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
  { EXC_PSRP_SESSION_CAPABILITY, OPENING, FALSE, handle_capability },
  { EXC_PSRP_APPLICATION_PRIVATE_DATA, ANY, FALSE, handle_private_data },
  { EXC_PSRP_RUNSPACEPOOL_INIT_DATA, ANY, FALSE, handle_nothing },
  { EXC_PSRP_RUNSPACEPOOL_STATE, ANY, FALSE, handle_runspace_state },
  { EXC_PSRP_RUNSPACE_AVAILABILITY, ANY, FALSE, handle_nothing },
  { EXC_PSRP_USER_EVENT, ANY, FALSE, handle_nothing },
  { EXC_PSRP_PUBLIC_KEY_REQUEST, OPENED, FALSE, handle_key_request },
  { EXC_PSRP_ENCRYPTED_SESSION_KEY, OPENED, FALSE, handle_session_key },
  { EXC_PSRP_RUNSPACEPOOL_HOST_CALL, ANY, FALSE, handle_host_call },
  { EXC_PSRP_PIPELINE_OUTPUT, OPENED, TRUE, handle_record },
  { EXC_PSRP_ERROR_RECORD, OPENED, TRUE, handle_record },
  { EXC_PSRP_WARNING_RECORD, OPENED, TRUE, handle_record },
  { EXC_PSRP_VERBOSE_RECORD, OPENED, TRUE, handle_record },
  { EXC_PSRP_DEBUG_RECORD, OPENED, TRUE, handle_record },
  { EXC_PSRP_INFORMATION_RECORD, OPENED, TRUE, handle_record },
  { EXC_PSRP_PROGRESS_RECORD, OPENED, TRUE, handle_record },
  { EXC_PSRP_PIPELINE_STATE, OPENED, TRUE, handle_pipeline_state },
  { EXC_PSRP_PIPELINE_HOST_CALL, OPENED, TRUE, handle_host_call },
};

static Handler
find_handler (ExcPsrpPool *self, ExcPsrpMessage *message)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++) {
    if (table[i].type == message->type && table[i].states & (1 << self->state) &&
        table[i].of_pipeline == (message->pipeline_id != NULL))
      return table[i].handler;
  }

  return fail_unexpected;
}

/* Whether the message is the pipeline's last. */
static gboolean
is_last (ExcPsrpMessage *message, ExcValue *body)
{
  int state;

  return message->type == EXC_PSRP_PIPELINE_STATE &&
         exc_psrp_pipeline_state_parse (body, &state, NULL, NULL) &&
         state >= EXC_PSRP_PIPELINE_STOPPED;
}

static gboolean
handle_body (ExcPsrpPool *self, ExcPsrpMessage *message, GError **error)
{
  ExcPsrpRun *run = NULL;
  g_autoptr(ExcValue) body = NULL;

  if (message->pipeline_id != NULL) {
    run = g_hash_table_lookup (self->runs, message->pipeline_id);
    if (run == NULL) {
      g_debug ("%s for %s, which has finished",
               exc_psrp_type_to_string (message->type),
               message->pipeline_id);
      return TRUE;
    }
  }

  body = exc_psrp_message_parse_body (message, error);
  if (body == NULL)
    return FALSE;
  if (run != NULL && is_last (message, body))
    run->state = EXC_PSRP_RUN_ENDED;

  /* A SecureString may come out before the keys were exchanged: wait for ours, in order. */
  if (run != NULL && exc_psrp_value_has_secret (body) && self->key == NULL)
    return exc_psrp_pool_ask_for_key (self, error) &&
           (g_queue_push_tail (&run->held,
                               exc_psrp_message_new (message->destination,
                                                     message->type,
                                                     message->pool_id,
                                                     message->pipeline_id,
                                                     message->data)),
            TRUE);
  if (self->key != NULL && !exc_psrp_session_key_unseal_value (self->key, body, error))
    return FALSE;

  return find_handler (self, message) (self, run, message, body, error);
}

gboolean
exc_psrp_pool_handle (ExcPsrpPool *self, ExcPsrpMessage *take_message, GError **error)
{
  g_autoptr(ExcPsrpMessage) message = take_message;
  ExcPsrpRun *run = NULL;

  if (exc_psrp_record_stream (message->type) < 0) /* of these there can be thousands */
    g_debug ("%s in state %d", exc_psrp_type_to_string (message->type), self->state);

  if (message->destination != EXC_PSRP_TO_CLIENT ||
      (message->pool_id != NULL && g_ascii_strcasecmp (message->pool_id, self->id) != 0)) {
    g_set_error_literal (error,
                         EXC_ERROR,
                         EXC_ERROR_PROTOCOL,
                         _("The server sent a remoting message that is for somebody else."));
    return FALSE;
  }
  /* What later versions add is for those who asked for them. */
  if (g_str_equal (exc_psrp_type_to_string (message->type), "unknown"))
    return TRUE;

  if (message->pipeline_id != NULL)
    run = g_hash_table_lookup (self->runs, message->pipeline_id);
  if (run != NULL && run->held.length > 0) {
    g_autoptr(ExcValue) body = exc_psrp_message_parse_body (message, error);

    if (body == NULL)
      return FALSE;
    if (is_last (message, body))
      run->state = EXC_PSRP_RUN_ENDED;
    g_queue_push_tail (&run->held, g_steal_pointer (&message));
    return TRUE;
  }

  return handle_body (self, message, error);
}
