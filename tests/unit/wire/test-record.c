/* test-record.c — error records of both shapes, and what a reply says
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-clixml.h"
#include "exc-error.h"
#include "exc-record.h"

#include <locale.h>
#include <string.h>

#define FLAT(id, reason, message)                                                                  \
  "<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.Management.Automation.ErrorRecord</T></TN>"          \
  "<ToString>to-string</ToString><MS><Obj N=\"Exception\" RefId=\"1\"><TN RefId=\"1\">"            \
  "<T>System." reason "</T><T>System.Exception</T></TN><Props><S N=\"Message\">" message           \
  "</S></Props></Obj><S N=\"FullyQualifiedErrorId\">" id "</S>"                                    \
  "<I32 N=\"ErrorCategory_Category\">13</I32><S N=\"ErrorCategory_Reason\">" reason "</S>"         \
  "<S N=\"ErrorCategory_TargetName\">ex01</S></MS></Obj>"

#define OBJECT_SHAPE                                                                               \
  "<Obj RefId=\"0\"><TN RefId=\"0\"><T>Deserialized.System.Management.Automation.ErrorRecord</T>"  \
  "</TN><ToString>to-string</ToString><Props><Obj N=\"Exception\" RefId=\"1\"><TN RefId=\"1\">"    \
  "<T>Deserialized.System.InvalidOperationException</T></TN><Props><S N=\"Message\">m</S></Props>" \
  "</Obj><Obj N=\"CategoryInfo\" RefId=\"2\"><Props><S N=\"Category\">InvalidOperation</S>"        \
  "<S N=\"Reason\">InvalidOperationException</S><S N=\"TargetName\">t</S></Props></Obj>"           \
  "<S N=\"FullyQualifiedErrorId\">id</S><Obj N=\"ErrorDetails\" RefId=\"3\"><Props>"               \
  "<S N=\"Message\">details</S><S N=\"RecommendedAction\">act</S></Props></Obj>"                   \
  "<S N=\"ScriptStackTrace\">at 1</S></Props></Obj>"

static ExcValue *
parse (const char *text)
{
  g_autoptr(GError) error = NULL;
  ExcValue *value = exc_clixml_parse ((const guint8 *) text, strlen (text), &error);

  g_assert_no_error (error);

  return value;
}

static ExcErrorRecord *
read_record (const char *text)
{
  g_autoptr(ExcValue) value = parse (text);

  return exc_error_record_new_from_value (value);
}

static void
test_flat_shape (void)
{
  g_autoptr(ExcErrorRecord) record =
                 read_record (FLAT ("id,Cmdlet", "ItemNotFoundException", "m"));

  g_assert_cmpstr (record->message, ==, "m");
  g_assert_cmpstr (record->error_id, ==, "id,Cmdlet");
  g_assert_cmpstr (record->category, ==, "ObjectNotFound");
  g_assert_cmpstr (record->reason, ==, "ItemNotFoundException");
  g_assert_cmpstr (record->exception, ==, "System.ItemNotFoundException");
  g_assert_cmpstr (record->target, ==, "ex01");
  g_assert_null (record->script_stack_trace);
}

static void
test_object_shape (void)
{
  g_autoptr(ExcErrorRecord) record = read_record (OBJECT_SHAPE);

  g_assert_cmpstr (record->message, ==, "details");
  g_assert_cmpstr (record->error_id, ==, "id");
  g_assert_cmpstr (record->category, ==, "InvalidOperation");
  g_assert_cmpstr (record->reason, ==, "InvalidOperationException");
  g_assert_cmpstr (record->exception, ==, "System.InvalidOperationException");
  g_assert_cmpstr (record->target, ==, "t");
  g_assert_cmpstr (record->script_stack_trace, ==, "at 1");
  g_assert_cmpstr (record->recommended_action, ==, "act");
}

static void
test_poor_shapes_have_a_message (void)
{
  g_autoptr(ExcErrorRecord) words = read_record ("<Obj><ToString>only words</ToString></Obj>");
  g_autoptr(ExcErrorRecord) text = read_record ("<S>text</S>");
  g_autoptr(ExcErrorRecord) null = read_record ("<Nil/>");
  g_autoptr(ExcErrorRecord) empty = read_record ("<Obj/>");

  g_assert_cmpstr (words->message, ==, "only words");
  g_assert_cmpstr (text->message, ==, "text");
  g_assert_nonnull (null->message);
  g_assert_nonnull (empty->message);
}

typedef struct {
  const char *name;
  const char *clixml;
  int code;
} Check;

static const Check checks[] = {
  { "command-not-found",
    FLAT ("CommandNotFoundException", "CommandNotFoundException", "x"),
    EXC_ERROR_NOT_FOUND },
  { "object-not-found",
    FLAT ("A,B", "ManagementObjectNotFoundException", "x"),
    EXC_ERROR_NOT_FOUND },
  { "certificate-not-found",
    FLAT ("[Server=EX01] 1A,Microsoft.Exchange.Management.GetExchangeCertificate",
          "InvalidOperationException",
          "nicht da"),
    EXC_ERROR_NOT_FOUND },
  { "changing-cmdlet-not-found",
    FLAT ("1A,M.EnableExchangeCertificate",
          "InvalidOperationException",
          "The certificate with thumbprint T was not found."),
    EXC_ERROR_NOT_FOUND },
  { "changing-cmdlet-refused",
    FLAT ("1A,M.RemoveExchangeCertificate",
          "InvalidOperationException",
          "The internal transport certificate cannot be removed."),
    EXC_ERROR_REMOTE },
  { "other", FLAT ("1A,M.GetExchangeServer", "InvalidOperationException", "x"), EXC_ERROR_REMOTE },
};

static void
test_check (gconstpointer data)
{
  const Check *check = data;
  g_autoptr(ExcReply) reply = exc_reply_new ();
  g_autoptr(ExcValue) value = parse (check->clixml);
  g_autoptr(GError) error = NULL;

  g_assert_true (exc_reply_check (reply, &error));
  exc_reply_add (reply, EXC_STREAM_ERROR, value);
  g_assert_false (exc_reply_check (reply, &error));
  g_assert_error (error, EXC_ERROR, check->code);
}

static void
test_prompt_comes_first (void)
{
  g_autoptr(ExcReply) reply = exc_reply_new ();
  g_autoptr(ExcValue) first = parse (FLAT ("a", "A", "first"));
  g_autoptr(GError) error = NULL;

  exc_reply_add (reply, EXC_STREAM_ERROR, first);
  g_assert_cmpstr (exc_reply_get_first_error (reply)->message, ==, "first");
  exc_reply_set_failure (reply, read_record (FLAT ("b", "B", "fatal")));
  g_assert_cmpstr (exc_reply_get_first_error (reply)->message, ==, "fatal");
  exc_reply_set_prompt (reply, "Overwrite?");
  g_assert_false (exc_reply_check (reply, &error));
  g_assert_nonnull (strstr (error->message, "Overwrite?"));
}

static void
test_streams_are_kept_apart (void)
{
  g_autoptr(ExcReply) reply = exc_reply_new ();
  g_autoptr(ExcValue) output = parse ("<S>o</S>");
  g_autoptr(ExcValue) warning = parse (
      "<Obj><ToString>t</ToString><MS><S N=\"InformationalRecord_Message\">w</S></MS></Obj>");

  exc_reply_add (reply, EXC_STREAM_OUTPUT, output);
  exc_reply_add (reply, EXC_STREAM_WARNING, warning);
  exc_reply_add (reply, EXC_STREAM_VERBOSE, output);
  exc_reply_add (reply, EXC_STREAM_PROGRESS, output);
  exc_reply_set_duration_ms (reply, 12);
  g_assert_cmpuint (exc_reply_get_output (reply)->len, ==, 1);
  g_assert_cmpuint (exc_reply_get_warnings (reply)->len, ==, 1);
  g_assert_cmpuint (exc_reply_get_errors (reply)->len, ==, 0);
  g_assert_cmpstr (g_ptr_array_index (exc_reply_get_warnings (reply), 0), ==, "w");
  g_assert_cmpint (exc_reply_get_duration_ms (reply), ==, 12);
  g_assert_true (exc_reply_check (reply, NULL));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/record/flat-shape", test_flat_shape);
  g_test_add_func ("/wire/record/object-shape", test_object_shape);
  g_test_add_func ("/wire/record/poor-shapes-have-a-message", test_poor_shapes_have_a_message);
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++) {
    g_autofree char *path = g_strconcat ("/wire/record/check/", checks[i].name, NULL);

    g_test_add_data_func (path, &checks[i], test_check);
  }
  g_test_add_func ("/wire/record/prompt-comes-first", test_prompt_comes_first);
  g_test_add_func ("/wire/record/streams-are-kept-apart", test_streams_are_kept_apart);

  return g_test_run ();
}
