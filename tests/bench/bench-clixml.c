/* bench-clixml.c — how fast CLIXML is decoded
 *
 * Takes objects of real Exchange servers, repeats them to 50 MB and decodes them, once with our
 * reader (values built, read and freed) and once with libxml2's push parser alone, which builds
 * nothing: the ceiling. Two shapes: the recorded file as it is (indented), and each object as the
 * PSRP message it would be (one document an object, no white space). The best of several rounds
 * counts; MB are millions of bytes of CLIXML.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-clixml.h"

#include <libxml/parser.h>

#include <locale.h>

#define TOTAL_BYTES (50 * 1000 * 1000)
#define N_ROUNDS    5
#define SLICE       (32 * 1024)

typedef gboolean (*Decode) (GBytes *document, gpointer data);

static gboolean
decode_with_reader (GBytes *document, gpointer data)
{
  g_autoptr(ExcClixmlReader) reader = exc_clixml_reader_new (NULL);
  guint *n_values = data;
  gsize size;
  const guint8 *bytes = g_bytes_get_data (document, &size);
  ExcValue *value;

  for (gsize at = 0; at < size; at += SLICE) {
    if (!exc_clixml_reader_push (reader, bytes + at, MIN (SLICE, size - at), NULL))
      return FALSE;
    while ((value = exc_clixml_reader_pop (reader)) != NULL) {
      (*n_values)++;
      exc_value_unref (value);
    }
  }
  if (!exc_clixml_reader_finish (reader, NULL))
    return FALSE;

  return TRUE;
}

static gboolean
decode_with_libxml2 (GBytes *document, gpointer data)
{
  xmlSAXHandler handler = { 0 };
  xmlParserCtxt *parser;
  gsize size;
  const char *bytes = g_bytes_get_data (document, &size);
  gboolean ok;

  handler.initialized = XML_SAX2_MAGIC;
  parser = xmlCreatePushParserCtxt (&handler, NULL, NULL, 0, NULL);
  xmlCtxtUseOptions (parser, XML_PARSE_NONET | XML_PARSE_HUGE);
  for (gsize at = 0; at < size; at += SLICE)
    xmlParseChunk (parser, bytes + at, MIN (SLICE, size - at), FALSE);
  xmlParseChunk (parser, NULL, 0, TRUE);
  ok = parser->wellFormed;
  xmlFreeParserCtxt (parser);

  return ok;
}

static double
measure (GPtrArray *documents, gsize round_bytes, Decode decode, guint *n_values)
{
  gint64 best = G_MAXINT64;
  guint n_repeats = TOTAL_BYTES / round_bytes + 1;

  for (guint round = 0; round < N_ROUNDS; round++) {
    gint64 start = g_get_monotonic_time ();

    *n_values = 0;
    for (guint i = 0; i < n_repeats; i++) {
      for (guint j = 0; j < documents->len; j++) {
        if (!decode (g_ptr_array_index (documents, j), n_values))
          g_error ("a document cannot be decoded");
      }
    }
    best = MIN (best, g_get_monotonic_time () - start);
  }

  return (double) round_bytes * n_repeats / best;
}

static void
report (const char *name, GPtrArray *documents)
{
  gsize n_bytes = 0;
  guint n_values;
  double ours, bare;

  for (guint i = 0; i < documents->len; i++)
    n_bytes += g_bytes_get_size (g_ptr_array_index (documents, i));
  ours = measure (documents, n_bytes, decode_with_reader, &n_values);
  bare = measure (documents, n_bytes, decode_with_libxml2, &(guint){ 0 });
  g_print ("%-34s %8" G_GSIZE_FORMAT
           " bytes each  %7.0f MB/s  bare libxml2 %7.0f MB/s  (%.0f %%)\n",
           name,
           n_bytes / documents->len,
           ours,
           bare,
           100 * ours / bare);
}

static GPtrArray *
split_into_messages (GBytes *file)
{
  g_autoptr(GPtrArray) documents = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr(ExcClixmlReader) reader = exc_clixml_reader_new (NULL);
  gsize size;
  const guint8 *data = g_bytes_get_data (file, &size);

  if (!exc_clixml_reader_push (reader, data, size, NULL))
    g_error ("the file cannot be decoded");
  for (;;) {
    g_autoptr(ExcValue) value = exc_clixml_reader_pop (reader);

    if (value == NULL)
      break;
    g_ptr_array_add (documents, exc_clixml_write (value, NULL, NULL));
  }

  return g_steal_pointer (&documents);
}

static void
bench_file (const char *root, const char *name, const char *label)
{
  g_autofree char *path = g_build_filename (root, "exchange", name, NULL);
  g_autofree char *file_label = g_strdup_printf ("%s, file", label);
  g_autofree char *message_label = g_strdup_printf ("%s, messages", label);
  g_autoptr(GPtrArray) whole = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr(GPtrArray) messages = NULL;
  char *data;
  gsize size;

  if (!g_file_get_contents (path, &data, &size, NULL)) {
    g_print ("%-34s not measured: the recorded objects are not here\n", label);
    return;
  }
  g_ptr_array_add (whole, g_bytes_new_take (data, size));
  messages = split_into_messages (g_ptr_array_index (whole, 0));
  report (file_label, whole);
  report (message_label, messages);
}

static void
bench_small (void)
{
  static const char state[] =
      "\357\273\277<Obj RefId=\"0\"><MS><I32 N=\"PipelineState\">4</I32></MS></Obj>";
  g_autoptr(GPtrArray) documents = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  gint64 start, taken;
  guint n_values = 0;
  const guint n_messages = 200000;

  g_ptr_array_add (documents, g_bytes_new_static (state, sizeof state - 1));
  start = g_get_monotonic_time ();
  for (guint i = 0; i < n_messages; i++) {
    if (!decode_with_reader (g_ptr_array_index (documents, 0), &n_values))
      g_error ("the message cannot be decoded");
  }
  taken = g_get_monotonic_time () - start;
  g_print ("%-34s %8d bytes each  %7.2f µs a message\n",
           "small message",
           (int) sizeof state - 1,
           (double) taken / n_messages);
}

int
main (void)
{
  const char *root = g_getenv ("EXC_FIXTURES");

  setlocale (LC_ALL, "C.UTF-8");
  g_print ("CLIXML decoded, %d MB of it, best of %d rounds, one thread\n",
           TOTAL_BYTES / 1000000,
           N_ROUNDS);
  if (root != NULL) {
    bench_file (root, "meac-collect-GetExchangeCertificate.xml", "certificates");
    bench_file (root, "hc-E19-GetReceiveConnector.xml", "connectors");
  }
  bench_small ();

  return 0;
}
