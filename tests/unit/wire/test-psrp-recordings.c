/* test-psrp-recordings.c — every message that real clients and servers sent
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include <locale.h>
#include <string.h>

#include "exc-error.h"
#include "exc-psrp-crypto.h"
#include "exc-psrp-fragment.h"
#include "exc-psrp-host.h"
#include "exc-psrp-message.h"
#include "exc-psrp-pipeline.h"
#include "exc-psrp-records.h"

typedef struct {
  guint n_messages;
  guint n_pipelines;
  guint n_host_calls;
} Counts;

static void
check_message (ExcPsrpMessage *message, Counts *counts)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcValue) body = exc_psrp_message_parse_body (message, &error);
  g_autoptr(ExcPsrpHostCall) call = NULL;
  g_autoptr(ExcPipeline) pipeline = NULL;
  g_autofree char *text = NULL;
  ExcPsrpVersion version;
  ExcPsrpHostInfo host;
  ExcValue *first, *second;
  gboolean flag;
  gint64 ci;
  int a, b;

  g_assert_no_error (error);
  counts->n_messages++;
  switch (message->type) {
  case EXC_PSRP_SESSION_CAPABILITY:
    g_assert_true (exc_psrp_capability_parse (body, &version, &error));
    g_assert_cmpuint (version.major, ==, 2);
    break;
  case EXC_PSRP_INIT_RUNSPACEPOOL:
    g_assert_true (exc_psrp_init_parse (body, &a, &b, &host, &error));
    break;
  case EXC_PSRP_RUNSPACEPOOL_STATE:
    g_assert_true (exc_psrp_runspace_state_parse (body, &a, &first, &error));
    g_assert_cmpint (a, ==, EXC_PSRP_RUNSPACE_OPENED);
    break;
  case EXC_PSRP_APPLICATION_PRIVATE_DATA:
    g_assert_true (exc_psrp_private_data_parse (body, &first, &error));
    g_assert_nonnull (exc_value_lookup (first, "PSVersionTable"));
    break;
  case EXC_PSRP_RUNSPACE_AVAILABILITY:
    g_assert_true (exc_psrp_availability_parse (body, &first, &ci, &error));
    break;
  case EXC_PSRP_SET_MAX_RUNSPACES:
    g_assert_true (exc_psrp_set_max_runspaces_parse (body, &a, &ci, &error));
    break;
  case EXC_PSRP_SET_MIN_RUNSPACES:
    g_assert_true (exc_psrp_set_min_runspaces_parse (body, &a, &ci, &error));
    break;
  case EXC_PSRP_GET_AVAILABLE_RUNSPACES:
  case EXC_PSRP_RESET_RUNSPACE_STATE:
    g_assert_true (exc_psrp_call_parse (body, &ci, &error));
    break;
  case EXC_PSRP_PUBLIC_KEY: {
    g_autoptr(ExcPsrpSessionKey) key = exc_psrp_session_key_new (NULL);
    g_autofree char *wrapped =
        exc_psrp_session_key_wrap (key, exc_psrp_public_key_parse (body, NULL), &error);

    g_assert_no_error (error); /* a key that another client made */
    break;
  }
  case EXC_PSRP_ENCRYPTED_SESSION_KEY:
    g_assert_nonnull (exc_psrp_encrypted_session_key_parse (body, &error));
    break;
  case EXC_PSRP_CREATE_PIPELINE:
    pipeline = exc_psrp_create_pipeline_parse (body, &flag, &host, &error);
    if (exc_value_get_n_items (exc_value_get_property (exc_value_get_property (body, "PowerShell"),
                                                       "ExtraCmds")) > 1) {
      g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
      g_clear_error (&error);
    } else {
      g_assert_no_error (error);
      counts->n_pipelines++;
    }
    break;
  case EXC_PSRP_PIPELINE_STATE:
    g_assert_true (exc_psrp_pipeline_state_parse (body, &a, &first, &error));
    g_assert_true (a == EXC_PSRP_PIPELINE_COMPLETED || a == EXC_PSRP_PIPELINE_FAILED);
    g_assert_cmpint (exc_value_is_null (first), ==, a == EXC_PSRP_PIPELINE_COMPLETED);
    break;
  case EXC_PSRP_PIPELINE_HOST_CALL:
    call = exc_psrp_host_call_parse (body, &error);
    g_assert_no_error (error);
    text = exc_psrp_host_call_dup_text (call);
    g_assert_cmpstr (exc_psrp_host_method_to_string (call->method), !=, "Unknown");
    g_assert_cmpint (
        exc_psrp_host_call_is_prompt (call), ==, exc_psrp_host_call_wants_answer (call));
    counts->n_host_calls++;
    break;
  case EXC_PSRP_PIPELINE_HOST_RESPONSE:
    g_assert_true (exc_psrp_host_response_parse (body, &ci, &a, &first, &second, &error));
    g_assert_nonnull (first);
    break;
  case EXC_PSRP_PIPELINE_INPUT:
  case EXC_PSRP_END_OF_PIPELINE_INPUT:
  case EXC_PSRP_PIPELINE_OUTPUT:
    break;
  default:
    a = exc_psrp_record_stream (message->type);
    g_assert_cmpint (a, >=, 0);
    text = exc_psrp_record_dup_text (a, body);
    g_assert_nonnull (text);
    break;
  }
  g_assert_no_error (error);
}

/* Every Stream, Arguments and creationXml of a recording, in the order of the file. */
static void
check_recording (const char *path, Counts *counts)
{
  g_autoptr(GRegex) regex = g_regex_new (
      "<(?:\\w+:)?(creationXml|Arguments|Stream)([^>]*)>([^<]+)</", 0, 0, NULL);
  g_autoptr(GHashTable) readers = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify) exc_psrp_fragment_reader_free);
  g_autoptr(GMatchInfo) match = NULL;
  g_autofree char *text = NULL;
  GHashTableIter iter;
  gpointer value;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  for (g_regex_match (regex, text, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL)) {
    g_autofree char *element = g_match_info_fetch (match, 1);
    g_autofree char *attributes = g_match_info_fetch (match, 2);
    g_autofree char *content = g_match_info_fetch (match, 3);
    /* Each direction counts its ObjectIds for itself. */
    const char *source =
        g_str_equal (element, "Stream") && strstr (attributes, "stdout") != NULL ? "in" : "out";
    g_autofree guint8 *data = NULL;
    g_autoptr(GError) error = NULL;
    ExcPsrpFragmentReader *reader = g_hash_table_lookup (readers, source);
    gsize size;

    if (reader == NULL) {
      reader = exc_psrp_fragment_reader_new (16 * 1024 * 1024, 4);
      g_hash_table_insert (readers, g_strdup (source), reader);
    }
    data = g_base64_decode (content, &size);
    for (gsize pos = 0; pos < size; pos += 1000) {
      exc_psrp_fragment_reader_push (reader, data + pos, MIN (1000, size - pos), &error);
      g_assert_no_error (error);
    }
    for (;;) {
      g_autoptr(GBytes) bytes = exc_psrp_fragment_reader_pop (reader);
      g_autoptr(ExcPsrpMessage) message = NULL;

      if (bytes == NULL)
        break;
      message = exc_psrp_message_parse (bytes, &error);
      g_assert_no_error (error);
      check_message (message, counts);
    }
  }

  g_hash_table_iter_init (&iter, readers);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_assert_true (exc_psrp_fragment_reader_is_idle (value));
}

static void
test_recordings (void)
{
  const char *fixtures = g_getenv ("EXC_FIXTURES");
  g_autofree char *folder =
      fixtures != NULL ? g_build_filename (fixtures, "transcripts", NULL) : NULL;
  g_autoptr(GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  Counts counts = { 0, 0, 0 };
  const char *name;

  if (dir == NULL) {
    g_test_skip ("the recordings of real servers are not here");
    return;
  }

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (g_str_has_suffix (name, ".yml"))
      check_recording (path, &counts);
  }
  g_test_message ("%u messages, %u pipelines, %u host calls",
                  counts.n_messages,
                  counts.n_pipelines,
                  counts.n_host_calls);
  g_assert_cmpuint (counts.n_messages, >=, 310);
  g_assert_cmpuint (counts.n_pipelines, >=, 19);
  g_assert_cmpuint (counts.n_host_calls, >=, 17);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/psrp/message/recordings", test_recordings);

  return g_test_run ();
}
