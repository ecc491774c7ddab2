/* test-clixml.c — CLIXML in and out, in every split
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-clixml.h"
#include "exc-error.h"

#include <locale.h>
#include <string.h>

#define BOM "\357\273\277"

static const ExcClixmlLimits test_limits = { 4096, 12, 64 };

typedef struct {
  const char *name;
  const char *input;
  const char *output; /* as our writer has it, all values joined; NULL: the same as the input */
  int error_code;     /* -1: none */
} Case;

static const Case cases[] = {
  { "empty", "", "", -1 },
  { "bom-alone", BOM, "", -1 },
  { "bom", BOM "<S>a</S>", "<S>a</S>", -1 },
  { "string", "<S>a b</S>", NULL, -1 },
  { "string-empty", "<S/>", "<S></S>", -1 },
  { "string-blank", "<S>  </S>", NULL, -1 },
  { "string-markup", "<S>&lt;&amp;&gt;&quot;</S>", NULL, -1 },
  { "string-cdata", "<S>a<![CDATA[<]]>b</S>", "<S>a&lt;b</S>", -1 },
  { "string-numeric", "<S>&#65;&#x42;</S>", "<S>AB</S>", -1 },
  { "string-wide", "<S>\303\244\346\274\242</S>", NULL, -1 },
  { "string-nul", "<S>a_x0000_b</S>", NULL, -1 },
  { "string-lines", "<S>a_x000D__x000A__x0009_b</S>", NULL, -1 },
  { "string-raw-lines", "<S>a\r\nb</S>", "<S>a_x000A_b</S>", -1 },
  { "string-emoji", "<S>_xD83D__xDE00_</S>", NULL, -1 },
  { "string-emoji-raw", "<S>\360\237\230\200</S>", "<S>_xD83D__xDE00_</S>", -1 },
  { "string-lone-surrogate", "<S>_xD83D_x</S>", "<S>\357\277\275x</S>", -1 },
  { "string-underscores", "<S>_a__b_</S>", NULL, -1 },
  { "string-escaped-escape", "<S>_x005F_x0041_</S>", NULL, -1 },
  { "string-no-escape", "<S>_x00G1_ _x41_</S>", "<S>_x005F_x00G1_ _x005F_x41_</S>", -1 },
  { "string-lower-escape", "<S>_X000a_</S>", "<S>_x000A_</S>", -1 },
  { "string-long-escape", "<S>_x0001F600_</S>", "<S>_xD83D__xDE00_</S>", -1 },
  { "char", "<C>228</C>", NULL, -1 },
  { "true", "<B>true</B>", NULL, -1 },
  { "false", "<B>false</B>", NULL, -1 },
  { "boolean-capital", "<B>True</B>", "<B>true</B>", -1 },
  { "date-time", "<DT>2023-02-03T14:16:02.1234567+01:00</DT>", NULL, -1 },
  { "time-span", "<TS>-P1DT2H3.5S</TS>", NULL, -1 },
  { "byte", "<By>255</By>", NULL, -1 },
  { "sbyte", "<SB>-128</SB>", NULL, -1 },
  { "uint16", "<U16>65535</U16>", NULL, -1 },
  { "int16", "<I16>-32768</I16>", NULL, -1 },
  { "uint32", "<U32>4294967295</U32>", NULL, -1 },
  { "int32", "<I32>-2147483648</I32>", NULL, -1 },
  { "uint64", "<U64>18446744073709551615</U64>", NULL, -1 },
  { "int64", "<I64>-9223372036854775808</I64>", NULL, -1 },
  { "single", "<Sg>0.1</Sg>", NULL, -1 },
  { "double", "<Db>0.1</Db>", NULL, -1 },
  { "double-large", "<Db>1E+300</Db>", "<Db>1e+300</Db>", -1 },
  { "double-inf", "<Db>INF</Db>", NULL, -1 },
  { "double-minus-inf", "<Db>-INF</Db>", NULL, -1 },
  { "double-nan", "<Db>NaN</Db>", NULL, -1 },
  { "time-span-odd", "<TS>PT1\t_S</TS>", "<TS>PT1_x0009__S</TS>", -1 },
  { "decimal", "<D>79228162514264337593543950335.0000000001</D>", NULL, -1 },
  { "bytes", "<BA>AAECAwQ=</BA>", NULL, -1 },
  { "bytes-empty", "<BA></BA>", NULL, -1 },
  { "bytes-lines", "<BA>\n AAEC\r\nAw ==\n</BA>", "<BA>AAECAw==</BA>", -1 },
  { "guid", "<G>00000000-0000-0000-0000-000000000001</G>", NULL, -1 },
  { "uri", "<URI>http://a/?b&amp;c</URI>", NULL, -1 },
  { "version", "<Version>15.2.1118.40</Version>", NULL, -1 },
  { "xml", "<XD>&lt;a /&gt;</XD>", NULL, -1 },
  { "script-block", "<SBK>$_ -eq 1_x000A_</SBK>", NULL, -1 },
  { "secure-string", "<SS>bTPRYw==</SS>", NULL, -1 },
  { "null", "<Nil/>", NULL, -1 },
  { "null-open", "<Nil></Nil>", "<Nil/>", -1 },
  { "object-empty", "<Obj RefId=\"0\"></Obj>", NULL, -1 },
  { "object",
    "<Obj RefId=\"0\"><TN RefId=\"0\"><T>A.B</T><T>System.Object</T></TN><ToString>x</ToString>"
    "<Props><S N=\"P\">p</S></Props><MS><I32 N=\"M\">1</I32><Nil N=\"N\"/></MS></Obj>",
    NULL,
    -1 },
  { "object-members-first",
    "<Obj RefId=\"0\"><MS><I32 N=\"M\">1</I32></MS><Props><S N=\"P\">p</S></Props></Obj>",
    "<Obj RefId=\"0\"><Props><S N=\"P\">p</S></Props><MS><I32 N=\"M\">1</I32></MS></Obj>",
    -1 },
  { "object-names",
    "<Obj RefId=\"0\"><TN RefId=\"0\"><T>_x005F_x0041_</T></TN><ToString>_x000A_</ToString>"
    "<MS><S N=\"_x000A_&amp;&quot;\">p</S></MS></Obj>",
    NULL,
    -1 },
  { "enum",
    "<Obj RefId=\"0\"><TN RefId=\"0\"><T>E</T><T>System.Enum</T></TN><ToString>A, B</ToString>"
    "<I32>3</I32></Obj>",
    NULL,
    -1 },
  { "primitive-with-members",
    "<Obj RefId=\"0\"><S>a</S><MS><S N=\"b\">c</S></MS></Obj>",
    NULL,
    -1 },
  { "list",
    "<Obj RefId=\"0\"><LST><S>a</S><Nil/><Obj RefId=\"1\"><LST></LST></Obj></LST></Obj>",
    NULL,
    -1 },
  { "list-kinds",
    "<Obj RefId=\"0\"><LST><Obj RefId=\"1\"><STK><I32>1</I32></STK></Obj><Obj RefId=\"2\"><QUE>"
    "</QUE></Obj><Obj RefId=\"3\"><IE><S>x</S></IE></Obj></LST></Obj>",
    NULL,
    -1 },
  { "list-with-members",
    "<Obj RefId=\"0\"><LST><S>a</S></LST><Props><I32 N=\"Capacity\">4</I32></Props></Obj>",
    NULL,
    -1 },
  { "list-indented",
    "<Obj RefId=\"0\">\n  <LST>\n    <S>a</S>\n  </LST>\n</Obj>\n",
    "<Obj RefId=\"0\"><LST><S>a</S></LST></Obj>",
    -1 },
  { "dictionary",
    "<Obj RefId=\"0\"><DCT><En><S N=\"Key\">a</S><I32 N=\"Value\">1</I32></En><En>"
    "<I32 N=\"Key\">2</I32><Nil N=\"Value\"/></En></DCT></Obj>",
    NULL,
    -1 },
  { "dictionary-without-value",
    "<Obj RefId=\"0\"><DCT><En><S N=\"Key\">a</S></En></DCT></Obj>",
    "<Obj RefId=\"0\"><DCT><En><S N=\"Key\">a</S><Nil N=\"Value\"/></En></DCT></Obj>",
    -1 },
  { "types-ref",
    "<Obj RefId=\"0\"><TN RefId=\"0\"><T>A</T></TN><LST><Obj RefId=\"1\"><TNRef RefId=\"0\"/>"
    "</Obj></LST></Obj>",
    NULL,
    -1 },
  { "object-ref",
    "<Obj RefId=\"0\"><LST><Obj RefId=\"1\"><ToString>x</ToString></Obj><Ref RefId=\"1\"/></LST>"
    "<MS><Ref N=\"again\" RefId=\"1\"/></MS></Obj>",
    NULL,
    -1 },
  { "ancestor-ref",
    "<Obj RefId=\"7\"><ToString>me</ToString><MS><Ref N=\"self\" RefId=\"7\"/></MS></Obj>",
    "<Obj RefId=\"0\"><ToString>me</ToString><MS><S N=\"self\">me</S></MS></Obj>",
    -1 },
  { "progress",
    "<PR><AV>copy_x000A_</AV><AI>0</AI><Nil/><PI>-1</PI><PC>50</PC><T>Processing</T><SR>-1</SR>"
    "<SD>x</SD></PR>",
    "<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.Management.Automation.ProgressRecord</T>"
    "<T>System.Object</T></TN><MS><S N=\"Activity\">copy_x000A_</S><I32 N=\"ActivityId\">0</I32>"
    "<Nil N=\"CurrentOperation\"/><I32 N=\"ParentActivityId\">-1</I32><I32 N=\"PercentComplete\">"
    "50</I32><S N=\"Type\">Processing</S><I32 N=\"SecondsRemaining\">-1</I32>"
    "<S N=\"StatusDescription\">x</S></MS></Obj>",
    -1 },
  { "file",
    "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">"
    "<S>a</S><I32>1</I32></Objs>",
    "<S>a</S><I32>1</I32>",
    -1 },
  { "file-refs-span-values",
    "<Objs><Obj RefId=\"0\"><TN RefId=\"0\"><T>A</T></TN><ToString>x</ToString></Obj>"
    "<Obj RefId=\"1\"><TNRef RefId=\"0\"/><MS><Ref N=\"o\" RefId=\"0\"/></MS></Obj></Objs>",
    "<Obj RefId=\"0\"><TN RefId=\"0\"><T>A</T></TN><ToString>x</ToString></Obj>"
    "<Obj RefId=\"0\"><TN RefId=\"0\"><T>A</T></TN><MS><Obj N=\"o\" RefId=\"1\">"
    "<TNRef RefId=\"0\"/><ToString>x</ToString></Obj></MS></Obj>",
    -1 },
  { "unknown-values-are-null",
    "<Obj RefId=\"0\"><LST><X><S>a</S></X></LST><MS><Y N=\"y\"/></MS></Obj>",
    "<Obj RefId=\"0\"><LST><Nil/></LST><MS><Nil N=\"y\"/></MS></Obj>",
    -1 },
  { "unknown-parts-are-passed-over",
    "<Obj RefId=\"0\"><Z><S>a</S></Z><ToString>x</ToString></Obj>",
    "<Obj RefId=\"0\"><ToString>x</ToString></Obj>",
    -1 },
  { "comments", "<!--a--><S>a<!--b-->c<?d e?></S>", "<S>ac</S>", -1 },
  { "declaration",
    "<?xml version=\"1.0\" encoding=\"utf-8\"?><S>\303\244</S>",
    "<S>\303\244</S>",
    -1 },
  { "wrong-declaration",
    "<?xml version=\"1.0\" encoding=\"utf-16\"?><S>\303\244</S>",
    "<S>\303\244</S>",
    -1 },

  { "cut-off", "<Obj RefId=\"0\"><LST><S>a</S>", NULL, EXC_ERROR_PROTOCOL },
  { "cut-off-bom", "\357\273", NULL, EXC_ERROR_PROTOCOL },
  { "blank", "  ", NULL, EXC_ERROR_PROTOCOL },
  { "not-xml", "HTTP error 500", NULL, EXC_ERROR_PROTOCOL },
  { "not-clixml", "<html><body>x</body></html>", NULL, EXC_ERROR_PROTOCOL },
  { "not-utf8", "<S>\344</S>", NULL, EXC_ERROR_PROTOCOL },
  { "not-utf8-cdata", "<S><![CDATA[\301\236]]></S>", NULL, EXC_ERROR_PROTOCOL },
  { "two-roots", "<S>a</S><S>b</S>", NULL, EXC_ERROR_PROTOCOL },
  { "mismatch", "<S>a</B>", NULL, EXC_ERROR_PROTOCOL },
  { "doctype", "<!DOCTYPE S><S>a</S>", NULL, EXC_ERROR_PROTOCOL },
  { "doctype-entity", "<!DOCTYPE S [<!ENTITY a \"b\">]><S>&a;</S>", NULL, EXC_ERROR_PROTOCOL },
  { "entity", "<S>&a;</S>", NULL, EXC_ERROR_PROTOCOL },
  { "raw-control", "<S>\001</S>", NULL, EXC_ERROR_PROTOCOL },
  { "bad-number", "<I32>1x</I32>", NULL, EXC_ERROR_PROTOCOL },
  { "empty-number", "<I32/>", NULL, EXC_ERROR_PROTOCOL },
  { "number-too-large", "<I32>2147483648</I32>", NULL, EXC_ERROR_PROTOCOL },
  { "number-negative", "<By>-1</By>", NULL, EXC_ERROR_PROTOCOL },
  { "number-overflow", "<U64>18446744073709551616</U64>", NULL, EXC_ERROR_PROTOCOL },
  { "bad-double", "<Db>nan(1)</Db>", NULL, EXC_ERROR_PROTOCOL },
  { "bad-boolean", "<B>yes</B>", NULL, EXC_ERROR_PROTOCOL },
  { "bad-bytes", "<BA>AAE*</BA>", NULL, EXC_ERROR_PROTOCOL },
  { "cut-bytes", "<BA>AAECA</BA>", NULL, EXC_ERROR_PROTOCOL },
  { "bad-ref-id", "<Obj RefId=\"x\"/>", NULL, EXC_ERROR_PROTOCOL },
  { "lost-ref", "<Obj RefId=\"0\"><LST><Ref RefId=\"1\"/></LST></Obj>", NULL, EXC_ERROR_PROTOCOL },
  { "lost-types", "<Obj RefId=\"0\"><TNRef RefId=\"1\"/></Obj>", NULL, EXC_ERROR_PROTOCOL },
  { "no-name", "<Obj RefId=\"0\"><MS><S>a</S></MS></Obj>", NULL, EXC_ERROR_PROTOCOL },
  { "no-key",
    "<Obj RefId=\"0\"><DCT><En><S N=\"Value\">a</S></En></DCT></Obj>",
    NULL,
    EXC_ERROR_PROTOCOL },
  { "too-deep",
    "<Obj><LST><Obj><LST><Obj><LST><Obj><LST><Obj><LST><Obj><LST><S>a</S></LST></Obj></LST></Obj>"
    "</LST></Obj></LST></Obj></LST></Obj></LST></Obj>",
    NULL,
    EXC_ERROR_LIMIT },
  { "too-deep-by-unknown",
    "<Obj><LST><X><X><X><X><X><X><X><X><X><X><X/></X></X></X></X></X></X></X></X></X></X></LST>"
    "</Obj>",
    NULL,
    EXC_ERROR_LIMIT },
  { "too-deep-by-ref",
    "<Obj RefId=\"0\"><LST><Obj RefId=\"1\"><LST><Obj><LST><S/></LST></Obj></LST></Obj>"
    "<Obj RefId=\"2\"><LST><Ref RefId=\"1\"/></LST></Obj><Obj RefId=\"3\"><LST><Ref RefId=\"2\"/>"
    "</LST></Obj><Obj RefId=\"4\"><LST><Ref RefId=\"3\"/></LST></Obj></LST></Obj>",
    NULL,
    EXC_ERROR_LIMIT },
  { "too-many-by-ref",
    "<Obj RefId=\"0\"><LST><Obj RefId=\"1\"><LST><S/><S/><S/></LST></Obj>"
    "<Obj RefId=\"2\"><LST><Ref RefId=\"1\"/><Ref RefId=\"1\"/><Ref RefId=\"1\"/></LST></Obj>"
    "<Obj RefId=\"3\"><LST><Ref RefId=\"2\"/><Ref RefId=\"2\"/><Ref RefId=\"2\"/><Ref RefId=\"2\"/>"
    "</LST></Obj></LST></Obj>",
    NULL,
    EXC_ERROR_LIMIT },
};

static char *
write_values (ExcClixmlReader *reader)
{
  g_autoptr(GString) out = g_string_new (NULL);

  for (;;) {
    g_autoptr(ExcValue) value = exc_clixml_reader_pop (reader);
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GError) error = NULL;

    if (value == NULL)
      break;
    bytes = exc_clixml_write (value, NULL, &error);
    g_assert_no_error (error);
    g_string_append_len (out, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  }

  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Every case runs in every split: parsers break at the seams. */
static void
test_case (gconstpointer data)
{
  const Case *c = data;
  gsize size = strlen (c->input);
  g_autofree guint8 *input = g_memdup2 (c->input, size); /* exact: a byte too far is seen */

  for (gsize chunk = 1; chunk <= MAX (size, 1); chunk++) {
    g_autoptr(ExcClixmlReader) reader = exc_clixml_reader_new (&test_limits);
    g_autoptr(GError) error = NULL;
    g_autofree char *output = NULL;
    gboolean ok = TRUE;

    for (gsize at = 0; ok && at < size; at += chunk)
      ok = exc_clixml_reader_push (reader, input + at, MIN (chunk, size - at), &error);
    if (ok)
      exc_clixml_reader_finish (reader, &error);

    if (c->error_code >= 0) {
      g_assert_error (error, EXC_ERROR, c->error_code);
      g_assert_false (exc_clixml_reader_push (reader, (const guint8 *) "<S/>", 4, NULL));
      g_assert_false (exc_clixml_reader_finish (reader, NULL));
      continue;
    }
    g_assert_no_error (error);
    output = write_values (reader);
    g_assert_cmpstr (output, ==, c->output != NULL ? c->output : c->input);
  }
}

/* libxml2 would guess these encodings, and say so on standard error. */
static void
test_other_encodings (void)
{
  static const struct {
    const char *bytes;
    gsize size;
  } inputs[] = {
    { "<\0S\0/\0>\0", 8 },   { "\0<\0S\0/\0>", 8 },     { "\377\376<\0S\0/\0>\0", 10 },
    { "<\0\0\0S\0\0\0", 8 }, { "\x4C\x6F\xA7\x94", 4 }, { "<S>a\0</S>", 9 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (inputs); i++) {
    for (gsize chunk = 1; chunk <= inputs[i].size; chunk++) {
      g_autoptr(ExcClixmlReader) reader = exc_clixml_reader_new (NULL);
      g_autoptr(GError) error = NULL;
      gboolean ok = TRUE;

      for (gsize at = 0; ok && at < inputs[i].size; at += chunk)
        ok = exc_clixml_reader_push (reader,
                                     (const guint8 *) inputs[i].bytes + at,
                                     MIN (chunk, inputs[i].size - at),
                                     &error);
      if (ok)
        exc_clixml_reader_finish (reader, &error);
      g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
    }
  }
}

static void
test_too_many_bytes (void)
{
  g_autoptr(ExcClixmlReader) reader = exc_clixml_reader_new (&test_limits);
  g_autoptr(GError) error = NULL;
  g_autofree char *blank = g_strnfill (1000, ' ');

  for (guint i = 0; i < 4; i++)
    g_assert_true (exc_clixml_reader_push (reader, (const guint8 *) blank, 1000, &error));
  g_assert_false (exc_clixml_reader_push (reader, (const guint8 *) blank, 1000, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_LIMIT);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/wire/clixml/reader/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_func ("/wire/clixml/reader/other-encodings", test_other_encodings);
  g_test_add_func ("/wire/clixml/reader/too-many-bytes", test_too_many_bytes);

  return g_test_run ();
}
