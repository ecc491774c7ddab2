/* interop-objects.c — recorded objects of real servers, for the engine to put out
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "interop"

#include "config.h"

#include "interop-objects.h"

#include "exc-clixml.h"
#include "exc-queries.h"

/* Puts a recording where Get-X finds it; FALSE after g_test_skip where there is none. */
gboolean
interop_place (const char *directory, const char *recording, const char *cmdlet)
{
  const char *fixtures = g_getenv ("EXC_FIXTURES");
  g_autofree char *from =
      g_build_filename (fixtures != NULL ? fixtures : "/", "exchange", recording, NULL);
  g_autofree char *file = g_strconcat (cmdlet, ".xml", NULL);
  g_autofree char *to = g_build_filename (directory, file, NULL);
  g_autofree char *text = NULL;
  gsize length = 0;

  if (!g_file_get_contents (from, &text, &length, NULL)) {
    g_test_skip ("the recorded objects of real servers are not here");
    return FALSE;
  }
  g_assert_true (g_file_set_contents (to, text, length, NULL));
  return TRUE;
}

/* The certificates as a file of them tells, by SerializationData. */
GPtrArray *
interop_read_recorded (const char *recording)
{
  const char *fixtures = g_getenv ("EXC_FIXTURES");
  g_autofree char *path =
      g_build_filename (fixtures != NULL ? fixtures : "/", "exchange", recording, NULL);
  g_autofree char *text = NULL;
  gsize length = 0;
  g_autoptr(ExcClixmlReader) reader = exc_clixml_reader_new (&exc_clixml_default_limits);
  g_autoptr(ExcReply) reply = exc_reply_new ();
  g_autoptr(GError) error = NULL;
  GPtrArray *records = NULL;
  ExcValue *value = NULL;

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  g_assert_true (exc_clixml_reader_push (reader, (const guint8 *) text, length, NULL));
  while ((value = exc_clixml_reader_pop (reader)) != NULL) {
    exc_reply_add (reply, EXC_STREAM_OUTPUT, value);
    exc_value_unref (value);
  }
  records = exc_read_certificates (reply, NULL, &error);
  g_assert_no_error (error);
  return records;
}

/* Live certificates with the properties that Exchange adds; recordings have them only inside
 * SerializationData. */
void
interop_place_certificates (const char *directory, GPtrArray *records)
{
  g_autofree char *path = g_build_filename (directory, "Get-ExchangeCertificate.xml", NULL);
  g_autoptr(GString) text = g_string_new (
      "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">");

  for (guint i = 0; i < records->len; i++) {
    const ExcCertificateRecord *record = g_ptr_array_index (records, i);
    g_autoptr(ExcValue) object = exc_value_new_psobject ();
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GError) error = NULL;

    exc_value_set_member (object, "RawData", exc_value_new_bytes (record->der));
    exc_value_set_member (object, "Services", exc_value_new_int32 (record->services));
    exc_value_set_member (object, "Status", exc_value_new_int32 (record->status));
    exc_value_set_member (object, "RootCAType", exc_value_new_string (record->root_ca_type));
    exc_value_set_member (
        object, "IsSelfSigned", exc_value_new_boolean (record->is_self_signed == EXC_YES));
    exc_value_set_member (object,
                          "PrivateKeyExportable",
                          exc_value_new_boolean (record->private_key_exportable == EXC_YES));
    exc_value_set_member (object,
                          "IisServices",
                          exc_value_new_string_list ((const char *const *) record->iis_services));
    exc_value_set_member (object, "Identity", exc_value_new_string (record->identity));
    bytes = exc_clixml_write (object, NULL, &error);
    g_assert_no_error (error);
    g_string_append_len (text, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  }
  g_string_append (text, "</Objs>");
  g_assert_true (g_file_set_contents (path, text->str, text->len, NULL));
}
