/* test-psrp-pool.c — the client's pool against the server's half
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "exc-error.h"
#include "exc-psrp-fragment.h"
#include "exc-psrp-message.h"
#include "exc-psrp-pool.h"
#include "exc-psrp-records.h"
#include "exc-psrp-server.h"
#include "psrp-link.h"

static void
test_open_budgets (void)
{
  static const gsize budgets[] = { 22, 64, 500, 1500, 100000 };
  static const gsize chunks[] = { 1, 20, 21, 22, 61, 40000 };

  for (gsize i = 0; i < G_N_ELEMENTS (budgets); i++) {
    for (gsize k = 0; k < G_N_ELEMENTS (chunks); k++) {
      g_autoptr(Link) link = link_new (budgets[i], chunks[k]);
      ExcValue *table;

      open_pool (link);
      g_assert_cmpuint (link->n_sent[EXC_PSRP_TARGET_CREATION], ==, 1);
      table = exc_value_lookup (exc_psrp_pool_get_private_data (link->pool), "PSVersionTable");
      g_assert_cmpstr (exc_value_get_text (exc_value_lookup (table, "PSEdition")), ==, "Desktop");
    }
  }
}

/* A command's first piece is the Command, whatever it is cut to; records arrive in order. */
static void
test_run (void)
{
  static const gsize budgets[] = { 64, 700, 100000 };
  static const gsize chunks[] = { 1, 30, 100000 };

  for (gsize i = 0; i < G_N_ELEMENTS (budgets); i++) {
    for (gsize k = 0; k < G_N_ELEMENTS (chunks); k++) {
      g_autoptr(Link) link = link_new (budgets[i], chunks[k]);
      g_autoptr(ExcPipeline) pipeline = pipeline_new ();
      g_autoptr(ExcPsrpServerEvent) started = NULL;
      g_autoptr(ExcPsrpEvent) record = NULL;
      g_autoptr(ExcPsrpEvent) warning = NULL;
      g_autoptr(ExcPsrpEvent) finished = NULL;
      g_autoptr(ExcValue) output = exc_value_new_string ("hello");
      g_autoptr(ExcValue) said = exc_psrp_informational_record_new (EXC_STREAM_WARNING, "careful");
      const char *id;

      open_pool (link);
      g_string_truncate (link->trace, 0);
      started = start (link, pipeline, &id);
      g_assert_true (g_str_has_prefix (link->trace->str, "X"));
      g_assert_null (strchr (link->trace->str + 1, 'X'));
      g_assert_cmpuint (exc_pipeline_get_n_commands (started->pipeline), ==, 1);
      g_assert_true (exc_psrp_pool_is_pipeline_waiting (link->pool, id));

      exc_psrp_server_write (link->server, id, EXC_STREAM_OUTPUT, output);
      exc_psrp_server_write (link->server, id, EXC_STREAM_WARNING, said);
      exc_psrp_server_finish (link->server, id, EXC_PSRP_PIPELINE_COMPLETED, NULL);
      pump (link);

      record = expect (link, EXC_PSRP_EVENT_RECORD);
      g_assert_cmpint (record->stream, ==, EXC_STREAM_OUTPUT);
      g_assert_true (exc_value_equal (record->value, output));
      warning = expect (link, EXC_PSRP_EVENT_RECORD);
      g_assert_cmpint (warning->stream, ==, EXC_STREAM_WARNING);
      finished = expect (link, EXC_PSRP_EVENT_FINISHED);
      g_assert_no_error (finished->error);
      g_assert_true (finished->pipeline_id == id);
      g_assert_cmpint (finished->state, ==, EXC_PSRP_PIPELINE_COMPLETED);
      g_assert_true (exc_reply_check (finished->reply, NULL));
      g_assert_cmpuint (exc_reply_get_output (finished->reply)->len, ==, 1);
      g_assert_cmpstr (
          g_ptr_array_index (exc_reply_get_warnings (finished->reply), 0), ==, "careful");
      g_assert_false (exc_psrp_pool_is_pipeline_waiting (link->pool, id));
      g_assert_null (exc_psrp_pool_pop_event (link->pool));
    }
  }
}

static void
test_failure (void)
{
  const ExcPsrpErrorFields fields = { .message = "access denied",
                                      .exception_type = "System.UnauthorizedAccessException",
                                      .error_id = "ABC,Set-AuthConfig",
                                      .category = 18,
                                      .category_name = "PermissionDenied" };
  g_autoptr(Link) link = link_new (100000, 100000);
  g_autoptr(ExcPipeline) pipeline = pipeline_new ();
  g_autoptr(ExcPsrpServerEvent) started = NULL;
  g_autoptr(ExcPsrpEvent) finished = NULL;
  g_autoptr(GError) error = NULL;
  ExcErrorRecord *failure;
  const char *id;

  open_pool (link);
  started = start (link, pipeline, &id);
  exc_psrp_server_finish (
      link->server, id, EXC_PSRP_PIPELINE_FAILED, exc_psrp_error_record_new (&fields));
  pump (link);
  finished = expect (link, EXC_PSRP_EVENT_FINISHED);
  g_assert_cmpint (finished->state, ==, EXC_PSRP_PIPELINE_FAILED);
  failure = exc_reply_get_failure (finished->reply);
  g_assert_nonnull (failure);
  g_assert_cmpstr (failure->message, ==, "access denied");
  g_assert_cmpstr (failure->error_id, ==, "ABC,Set-AuthConfig");
  g_assert_cmpstr (failure->reason, ==, "UnauthorizedAccessException");
  g_assert_false (exc_reply_check (finished->reply, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_REMOTE);
}

typedef struct {
  const char *name;
  const char *labels[6];
  char choice;
  int expected; /* -1: refused */
} Prompt;

static const Prompt prompts[] = {
  { "no", { "&Yes", "&No" }, 'N', 1 },
  { "yes", { "&Yes", "&No" }, 'Y', 0 },
  { "lower-case", { "&yes", "&no" }, 'n', 1 },
  { "all", { "&Yes", "Yes to &All", "&No", "No to A&ll" }, 'A', 1 },
  { "no-of-four", { "&Yes", "Yes to &All", "&No", "No to A&ll", "&Suspend" }, 'N', 2 },
  { "german", { "&Ja", "&Nein" }, 'N', 1 },
  { "no-accelerators", { "Yes", "No" }, 'N', 1 },
  { "no-accelerators-of-four", { "Yes", "All", "No", "None" }, 'N', 2 },
  { "yes-is-not-guessed", { "Yes", "No" }, 'Y', -1 },
  { "not-there", { "&Ja", "&Abbrechen" }, 'N', -1 },
  { "double-ampersand", { "Q&&N", "Q&&A &No" }, 'N', 1 },
  { "none-stated", { "&Yes", "&No" }, '\0', -1 },
};

static void
test_prompt (gconstpointer data)
{
  const Prompt *c = data;
  g_autoptr(Link) link = link_new (100000, 7);
  g_autoptr(ExcPipeline) pipeline = pipeline_new ();
  g_autoptr(ExcPsrpServerEvent) started = NULL;
  g_autoptr(ExcPsrpServerEvent) answer = NULL;
  g_autoptr(ExcPsrpEvent) prompt = NULL;
  g_autoptr(ExcPsrpEvent) finished = NULL;
  gint64 ci, index;
  const char *id;

  exc_pipeline_set_choice (pipeline, c->choice);
  open_pool (link);
  started = start (link, pipeline, &id);
  g_assert_true (exc_psrp_server_can_prompt (link->server, id));
  ci = exc_psrp_server_prompt (
      link->server, id, "Confirm", "Overwrite the SMTP certificate?", c->labels, 0);
  g_assert_cmpint (ci, ==, 1);
  pump (link);

  g_assert_cmpuint (link->n_sent[EXC_PSRP_TARGET_PR], ==, 1);
  answer = expect_server (link, EXC_PSRP_SERVER_ANSWER);
  g_assert_cmpint (answer->ci, ==, ci);
  if (c->expected >= 0) {
    g_assert_cmpint (exc_value_get_kind (answer->value), ==, EXC_VALUE_INT32);
    g_assert_true (exc_value_get_int64 (answer->value, &index));
    g_assert_cmpint (index, ==, c->expected);
  } else {
    g_assert_null (answer->value);
  }
  prompt = expect (link, EXC_PSRP_EVENT_PROMPT);
  g_assert_cmpint (prompt->accepted, ==, c->expected >= 0);
  g_assert_true (g_str_has_prefix (prompt->text, "Confirm\nOverwrite the SMTP certificate? ["));

  exc_psrp_server_finish (link->server, id, EXC_PSRP_PIPELINE_COMPLETED, NULL);
  pump (link);
  finished = expect (link, EXC_PSRP_EVENT_FINISHED);
  if (c->expected >= 0)
    g_assert_null (exc_reply_get_prompt (finished->reply));
  else
    g_assert_cmpstr (exc_reply_get_prompt (finished->reply), ==, prompt->text);
  g_assert_cmpint (exc_reply_check (finished->reply, NULL), ==, c->expected >= 0);
}

static ExcPipeline *
secret_pipeline_new (void)
{
  ExcCommand *command = exc_command_new ("Import-ExchangeCertificate");
  g_autoptr(ExcSecret) secret = exc_secret_new ("pässwörd 🔑", -1);

  exc_command_set (command, "Password", exc_value_new_secure_string (secret));
  return exc_pipeline_new_single (command);
}

static void
assert_secret (ExcValue *value)
{
  ExcSecret *secret = exc_value_get_secret (value);

  g_assert_nonnull (secret);
  g_assert_cmpstr (exc_secret_peek (secret, NULL), ==, "pässwörd 🔑");
}

/* The exchange runs by itself before the command that needs it, once; and again nothing. */
static void
test_key_before_secret (void)
{
  g_autoptr(Link) link = link_new (100000, 100000);

  open_pool (link);
  for (guint round = 0; round < 2; round++) {
    g_autoptr(ExcPipeline) pipeline = secret_pipeline_new ();
    g_autoptr(ExcPsrpServerEvent) started = NULL;
    g_autoptr(ExcPsrpEvent) finished = NULL;
    g_autoptr(ExcValue) body = NULL;
    const char *id;

    g_string_truncate (link->trace, 0);
    started = start (link, pipeline, &id);
    g_assert_cmpstr (link->trace->str, ==, round == 0 ? "SX" : "X");
    assert_secret (
        exc_command_lookup (exc_pipeline_get_command (started->pipeline, 0), "Password"));
    /* The plaintext is nowhere in what was sent. */
    g_assert_null (g_strstr_len (
        g_bytes_get_data (started->body, NULL), g_bytes_get_size (started->body), "wörd"));

    if (round == 0) {
      g_autoptr(ExcPsrpEvent) wanted = expect (link, EXC_PSRP_EVENT_KEY_WANTED);
      g_autoptr(ExcPsrpEvent) arrived = expect (link, EXC_PSRP_EVENT_KEY_ARRIVED);
    }
    exc_psrp_server_finish (link->server, id, EXC_PSRP_PIPELINE_COMPLETED, NULL);
    pump (link);
    finished = expect (link, EXC_PSRP_EVENT_FINISHED);
    g_assert_no_error (finished->error);
  }
}

/* A SecureString that comes out before any exchange: everything behind it waits for the key. */
static void
test_secret_comes_out (void)
{
  g_autoptr(Link) link = link_new (100000, 100000);
  g_autoptr(ExcPipeline) pipeline = pipeline_new ();
  g_autoptr(ExcPsrpServerEvent) started = NULL;
  g_autoptr(ExcPsrpEvent) wanted = NULL;
  g_autoptr(ExcPsrpEvent) arrived = NULL;
  g_autoptr(ExcPsrpEvent) record = NULL;
  g_autoptr(ExcPsrpEvent) second = NULL;
  g_autoptr(ExcPsrpEvent) finished = NULL;
  g_autoptr(ExcSecret) secret = exc_secret_new ("pässwörd 🔑", -1);
  g_autoptr(ExcValue) object = exc_value_new_psobject ();
  g_autoptr(ExcValue) text = exc_value_new_string ("after");
  const char *id;

  exc_value_set_member (object, "Password", exc_value_new_secure_string (secret));
  open_pool (link);
  started = start (link, pipeline, &id);
  exc_psrp_server_write (link->server, id, EXC_STREAM_OUTPUT, object);
  exc_psrp_server_write (link->server, id, EXC_STREAM_OUTPUT, text);
  exc_psrp_server_finish (link->server, id, EXC_PSRP_PIPELINE_COMPLETED, NULL);
  pump (link);

  wanted = expect (link, EXC_PSRP_EVENT_KEY_WANTED);
  arrived = expect (link, EXC_PSRP_EVENT_KEY_ARRIVED);
  record = expect (link, EXC_PSRP_EVENT_RECORD);
  assert_secret (exc_value_get_property (record->value, "Password"));
  second = expect (link, EXC_PSRP_EVENT_RECORD);
  g_assert_cmpstr (exc_value_get_text (second->value), ==, "after");
  finished = expect (link, EXC_PSRP_EVENT_FINISHED);
  g_assert_no_error (finished->error);
}

static void
test_stop (void)
{
  g_autoptr(Link) link = link_new (100000, 100000);
  g_autoptr(ExcPipeline) pipeline = pipeline_new ();
  g_autoptr(ExcPsrpServerEvent) started = NULL;
  g_autoptr(ExcPsrpEvent) finished = NULL;
  g_autoptr(ExcPsrpEvent) unsent = NULL;
  const ExcPsrpErrorFields fields = { .message = "The pipeline has been stopped.",
                                      .error_id = "PipelineStopped" };
  const char *id;

  open_pool (link);

  /* before anything of it was taken */
  id = exc_psrp_pool_start (link->pool, pipeline, NULL);
  g_assert_false (exc_psrp_pool_stop (link->pool, id));
  unsent = expect (link, EXC_PSRP_EVENT_FINISHED);
  g_assert_cmpint (unsent->state, ==, EXC_PSRP_PIPELINE_STOPPED);
  g_assert_false (exc_psrp_pool_peek_outgoing (link->pool, NULL, NULL));

  /* while it runs; the error that comes with it is none */
  started = start (link, pipeline, &id);
  g_assert_true (exc_psrp_pool_stop (link->pool, id));
  exc_psrp_server_finish (
      link->server, id, EXC_PSRP_PIPELINE_STOPPED, exc_psrp_error_record_new (&fields));
  pump (link);
  finished = expect (link, EXC_PSRP_EVENT_FINISHED);
  g_assert_cmpint (finished->state, ==, EXC_PSRP_PIPELINE_STOPPED);
  g_assert_null (exc_reply_get_failure (finished->reply));
}

static void
test_end (void)
{
  g_autoptr(Link) link = link_new (100000, 100000);
  g_autoptr(ExcPipeline) pipeline = pipeline_new ();
  g_autoptr(ExcPsrpServerEvent) started = NULL;
  g_autoptr(ExcPsrpEvent) finished = NULL;
  g_autoptr(GError) lost = g_error_new_literal (EXC_ERROR, EXC_ERROR_UNREACHABLE, "cable");
  g_autoptr(GError) error = NULL;
  const char *id;

  open_pool (link);
  started = start (link, pipeline, &id);
  exc_psrp_pool_end (link->pool, lost);
  finished = expect (link, EXC_PSRP_EVENT_FINISHED);
  g_assert_error (finished->error, EXC_ERROR, EXC_ERROR_UNREACHABLE);
  g_assert_null (finished->reply);
  g_assert_null (exc_psrp_pool_start (link->pool, pipeline, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_GONE);
}

static void
test_done_without_state (void)
{
  g_autoptr(Link) link = link_new (100000, 100000);
  g_autoptr(ExcPipeline) pipeline = pipeline_new ();
  g_autoptr(ExcPsrpServerEvent) started = NULL;
  g_autoptr(ExcPsrpEvent) finished = NULL;
  const char *id;

  open_pool (link);
  started = start (link, pipeline, &id);
  exc_psrp_pool_push_done (link->pool, id);
  finished = expect (link, EXC_PSRP_EVENT_FINISHED);
  g_assert_error (finished->error, EXC_ERROR, EXC_ERROR_PROTOCOL);
}

/* What a server may not say breaks the pool and every pipeline of it. */
typedef struct {
  const char *name;
  guint32 type;
  gboolean of_pipeline;
  const char *clixml;
  gboolean breaks;
} Hostile;

static const Hostile hostile[] = {
  { "capability-again", EXC_PSRP_SESSION_CAPABILITY, FALSE, "<S/>", TRUE },
  { "client-message", EXC_PSRP_CREATE_PIPELINE, TRUE, "<S/>", TRUE },
  { "output-of-pool", EXC_PSRP_PIPELINE_OUTPUT, FALSE, "<S/>", TRUE },
  { "state-without-number", EXC_PSRP_PIPELINE_STATE, TRUE, "<Obj RefId=\"0\"><MS/></Obj>", TRUE },
  { "no-xml", EXC_PSRP_PIPELINE_OUTPUT, TRUE, "hello", TRUE },
  { "key-unasked",
    EXC_PSRP_ENCRYPTED_SESSION_KEY,
    FALSE,
    "<Obj RefId=\"0\"><MS><S N=\"EncryptedSessionKey\">AAAA</S></MS></Obj>",
    TRUE },
  { "pool-broken",
    EXC_PSRP_RUNSPACEPOOL_STATE,
    FALSE,
    "<Obj RefId=\"0\"><MS><I32 N=\"RunspaceState\">5</I32></MS></Obj>",
    FALSE },
  { "pool-closed",
    EXC_PSRP_RUNSPACEPOOL_STATE,
    FALSE,
    "<Obj RefId=\"0\"><MS><I32 N=\"RunspaceState\">3</I32></MS></Obj>",
    FALSE },
};

static gboolean
push_message (Link *link, ExcPsrpMessage *message, GError **error)
{
  g_autoptr(ExcPsrpFragmentWriter) writer = exc_psrp_fragment_writer_new ();
  g_autoptr(GBytes) bytes = exc_psrp_message_to_bytes (message);
  g_autoptr(GBytes) fragment = NULL;

  exc_psrp_fragment_writer_begin (writer, bytes);
  fragment = exc_psrp_fragment_writer_take (writer, 100000);
  return exc_psrp_pool_push (link->pool,
                             message->pipeline_id,
                             g_bytes_get_data (fragment, NULL),
                             g_bytes_get_size (fragment),
                             error);
}

static void
test_hostile (gconstpointer data)
{
  const Hostile *c = data;
  g_autoptr(Link) link = link_new (100000, 100000);
  g_autoptr(ExcPipeline) pipeline = pipeline_new ();
  g_autoptr(ExcPsrpServerEvent) started = NULL;
  g_autoptr(ExcPsrpEvent) broken = NULL;
  g_autoptr(ExcPsrpEvent) finished = NULL;
  g_autoptr(ExcPsrpMessage) message = NULL;
  g_autoptr(GBytes) body = g_bytes_new_static (c->clixml, strlen (c->clixml));
  g_autoptr(GError) error = NULL;
  const char *id;

  open_pool (link);
  started = start (link, pipeline, &id);
  message = exc_psrp_message_new (EXC_PSRP_TO_CLIENT,
                                  c->type,
                                  exc_psrp_pool_get_id (link->pool),
                                  c->of_pipeline ? id : NULL,
                                  body);
  g_assert_cmpint (push_message (link, message, &error), ==, !c->breaks);
  if (c->breaks)
    g_assert_nonnull (error);
  broken = expect (link, EXC_PSRP_EVENT_BROKEN);
  g_assert_nonnull (broken->error);
  finished = expect (link, EXC_PSRP_EVENT_FINISHED);
  g_assert_nonnull (finished->error);
  g_assert_null (exc_psrp_pool_pop_event (link->pool));
  g_assert_false (exc_psrp_pool_push (link->pool, NULL, (const guint8 *) "x", 1, NULL));
}

static void
test_ignored (void)
{
  g_autoptr(Link) link = link_new (100000, 100000);
  g_autoptr(ExcPsrpMessage) unknown = NULL;
  g_autoptr(ExcPsrpMessage) late = NULL;

  open_pool (link);
  unknown = exc_psrp_message_new (
      EXC_PSRP_TO_CLIENT, 0x00099999, exc_psrp_pool_get_id (link->pool), NULL, NULL);
  late = exc_psrp_message_new (EXC_PSRP_TO_CLIENT,
                               EXC_PSRP_PIPELINE_OUTPUT,
                               exc_psrp_pool_get_id (link->pool),
                               "00000000-0000-0000-0000-000000000001",
                               NULL);
  g_assert_true (push_message (link, unknown, NULL));
  g_assert_true (push_message (link, late, NULL));
  g_assert_null (exc_psrp_pool_pop_event (link->pool));
}

/* An older server: what it does not know is left out. */
static void
test_versions (void)
{
  for (guint minor = 1; minor <= 3; minor++) {
    g_autoptr(Link) link = link_new (100000, 100000);
    g_autoptr(ExcPipeline) pipeline = pipeline_new ();
    g_autoptr(ExcPsrpServerEvent) started = NULL;
    g_autofree char *body = NULL;
    const char *id;

    exc_psrp_server_set_version (link->server, (ExcPsrpVersion){ 2, minor });
    open_pool (link);
    g_assert_cmpuint (exc_psrp_pool_get_version (link->pool).minor, ==, minor);
    started = start (link, pipeline, &id);
    body = g_strndup (g_bytes_get_data (started->body, NULL), g_bytes_get_size (started->body));
    g_assert_nonnull (strstr (body, "MergePreviousResults"));
    g_assert_cmpint (strstr (body, "MergeDebug") != NULL, ==, minor >= 2);
    g_assert_cmpint (strstr (body, "ExtraCmds") != NULL, ==, minor >= 2);
    g_assert_cmpint (strstr (body, "MergeInformation") != NULL, ==, minor >= 3);
  }
}

/* Two pipelines side by side, their fragments mixed, one of them finishing first. */
static void
test_two_pipelines (void)
{
  g_autoptr(Link) link = link_new (100000, 13);
  g_autoptr(ExcPipeline) pipeline = pipeline_new ();
  g_autoptr(ExcPsrpServerEvent) first = NULL;
  g_autoptr(ExcPsrpServerEvent) second = NULL;
  g_autoptr(ExcValue) value = exc_value_new_string ("x");
  const char *ids[2];
  guint n_finished = 0, n_records = 0;

  open_pool (link);
  first = start (link, pipeline, &ids[0]);
  second = start (link, pipeline, &ids[1]);
  exc_psrp_server_write (link->server, ids[0], EXC_STREAM_OUTPUT, value);
  exc_psrp_server_write (link->server, ids[1], EXC_STREAM_OUTPUT, value);
  exc_psrp_server_finish (link->server, ids[1], EXC_PSRP_PIPELINE_COMPLETED, NULL);
  exc_psrp_server_write (link->server, ids[0], EXC_STREAM_OUTPUT, value);
  exc_psrp_server_finish (link->server, ids[0], EXC_PSRP_PIPELINE_COMPLETED, NULL);
  pump (link);

  for (;;) {
    g_autoptr(ExcPsrpEvent) event = exc_psrp_pool_pop_event (link->pool);

    if (event == NULL)
      break;
    if (event->type == EXC_PSRP_EVENT_FINISHED) {
      g_assert_cmpstr (event->pipeline_id,
                       ==,
                       first->pipeline_id == NULL ? NULL
                       : n_finished == 0          ? second->pipeline_id
                                                  : first->pipeline_id);
      g_assert_cmpuint (exc_reply_get_output (event->reply)->len, ==, n_finished == 0 ? 1 : 2);
      n_finished++;
    } else {
      n_records++;
    }
  }
  g_assert_cmpuint (n_finished, ==, 2);
  g_assert_cmpuint (n_records, ==, 3);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/psrp/pool/opens-with-any-budget", test_open_budgets);
  g_test_add_func ("/psrp/pool/runs", test_run);
  g_test_add_func ("/psrp/pool/fails", test_failure);
  for (guint i = 0; i < G_N_ELEMENTS (prompts); i++) {
    g_autofree char *path = g_strconcat ("/psrp/pool/prompt/", prompts[i].name, NULL);

    g_test_add_data_func (path, &prompts[i], test_prompt);
  }
  g_test_add_func ("/psrp/pool/key-before-secret", test_key_before_secret);
  g_test_add_func ("/psrp/pool/secret-comes-out", test_secret_comes_out);
  g_test_add_func ("/psrp/pool/stops", test_stop);
  g_test_add_func ("/psrp/pool/ends", test_end);
  g_test_add_func ("/psrp/pool/done-without-state", test_done_without_state);
  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++) {
    g_autofree char *path = g_strconcat ("/psrp/pool/hostile/", hostile[i].name, NULL);

    g_test_add_data_func (path, &hostile[i], test_hostile);
  }
  g_test_add_func ("/psrp/pool/ignored", test_ignored);
  g_test_add_func ("/psrp/pool/versions", test_versions);
  g_test_add_func ("/psrp/pool/two-pipelines", test_two_pipelines);

  return g_test_run ();
}
