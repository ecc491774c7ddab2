/* test-value.c — values: making, and looking tolerantly
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-clixml.h"
#include "exc-error.h"

#include <locale.h>
#include <string.h>

static ExcValue *
parse (const char *text)
{
  g_autoptr(GError) error = NULL;
  ExcValue *value = exc_clixml_parse ((const guint8 *) text, strlen (text), &error);

  g_assert_no_error (error);

  return value;
}

static void
assert_written (ExcValue *value, const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = exc_clixml_write (value, NULL, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_cmpstr (text, ==, expected);
}

typedef struct {
  const char *name;
  const char *clixml;
  const char *text;    /* of exc_value_get_text */
  const char *words;   /* of exc_value_dup_text */
  int boolean;         /* -1: none */
  gint64 number;       /* -99: none */
  const char *strings; /* of exc_value_dup_string_list, joined by | */
} Look;

static const Look looks[] = {
  { "null", "<Nil/>", NULL, NULL, -1, -99, NULL },
  { "string", "<S>a</S>", "a", "a", -1, -99, "a" },
  { "string-empty", "<S/>", "", "", -1, -99, "" },
  { "string-number", "<S>-12</S>", "-12", "-12", -1, -12, "-12" },
  { "string-no-number", "<S>12 x</S>", "12 x", "12 x", -1, -99, "12 x" },
  { "string-true", "<S>True</S>", "True", "True", 1, -99, "True" },
  { "true", "<B>true</B>", NULL, "True", 1, -99, "True" },
  { "false", "<B>false</B>", NULL, "False", 0, -99, "False" },
  { "char", "<C>8364</C>", NULL, "\342\202\254", -1, 8364, "\342\202\254" },
  { "char-surrogate", "<C>55357</C>", NULL, "\357\277\275", -1, 55357, "\357\277\275" },
  { "int", "<I32>-5</I32>", NULL, "-5", -1, -5, "-5" },
  { "uint64",
    "<U64>18446744073709551615</U64>",
    NULL,
    "18446744073709551615",
    -1,
    -99,
    "18446744073709551615" },
  { "double", "<Db>0.1</Db>", NULL, "0.1", -1, -99, "0.1" },
  { "decimal", "<D>1.50</D>", "1.50", "1.50", -1, -99, "1.50" },
  { "bytes", "<BA>AP8=</BA>", NULL, "00FF", -1, -99, "00FF" },
  { "guid", "<G>a-b</G>", "a-b", "a-b", -1, -99, "a-b" },
  { "ciphertext", "<SS>AAAA</SS>", "AAAA", NULL, -1, -99, "" },
  { "enum",
    "<Obj><TN><T>E</T></TN><ToString>A, B</ToString><I32>3</I32></Obj>",
    "A, B",
    "A, B",
    -1,
    3,
    "A, B" },
  { "switch",
    "<Obj><TN><T>System.Management.Automation.SwitchParameter</T></TN><ToString>True</ToString>"
    "<Props><B N=\"IsPresent\">true</B></Props></Obj>",
    "True",
    "True",
    1,
    -99,
    "True" },
  { "string-with-members", "<Obj><S>a</S><MS><S N=\"x\">y</S></MS></Obj>", "a", "a", -1, -99, "a" },
  { "object", "<Obj><ToString>x</ToString></Obj>", "x", "x", -1, -99, "x" },
  { "object-wordless", "<Obj><MS><S N=\"x\">y</S></MS></Obj>", NULL, NULL, -1, -99, "" },
  { "list",
    "<Obj><ToString>System.Object[]</ToString><LST><S>a</S><I32>1</I32></LST></Obj>",
    "System.Object[]",
    "a, 1",
    -1,
    -99,
    "a|1" },
  { "list-empty", "<Obj><LST/></Obj>", NULL, "", -1, -99, "" },
  { "dictionary",
    "<Obj><DCT><En><S N=\"Key\">a</S><I32 N=\"Value\">1</I32></En></DCT></Obj>",
    NULL,
    "a=1",
    -1,
    -99,
    "1" },
};

static void
test_look (gconstpointer data)
{
  const Look *look = data;
  g_autoptr(ExcValue) value = parse (look->clixml);
  g_autofree char *words = exc_value_dup_text (value);
  g_auto(GStrv) strings = exc_value_dup_string_list (value);
  g_autofree char *joined = strings == NULL ? NULL : g_strjoinv ("|", strings);
  gboolean boolean;
  gint64 number;

  g_assert_cmpstr (exc_value_get_text (value), ==, look->text);
  g_assert_cmpstr (words, ==, look->words);
  g_assert_cmpint (exc_value_get_boolean (value, &boolean) ? boolean : -1, ==, look->boolean);
  g_assert_cmpint (exc_value_get_int64 (value, &number) ? number : -99, ==, look->number);
  g_assert_cmpstr (joined, ==, look->strings);
}

typedef struct {
  const char *name;
  const char *text;
  const char *utc; /* NULL: no time */
  int microseconds;
  gboolean unspecified;
} Time;

static const Time times[] = {
  { "utc", "2023-02-03T14:16:02Z", "2023-02-03T14:16:02", 0, FALSE },
  { "offset", "2023-02-03T14:16:02.1234567+05:30", "2023-02-03T08:46:02", 123456, FALSE },
  { "minus", "2023-02-03T14:16:02.5-08:00", "2023-02-03T22:16:02", 500000, FALSE },
  { "unspecified", "2023-02-03T14:16:02", "2023-02-03T14:16:02", 0, TRUE },
  { "first", "0001-01-01T00:00:00+01:00", "0001-01-01T00:00:00", 0, FALSE },
  { "last", "9999-12-31T23:59:59.9999999", "9999-12-31T23:59:59", 999999, TRUE },
  { "no-day", "2023-02-30T00:00:00Z", NULL, 0, FALSE },
  { "short", "2023-02-03", NULL, 0, FALSE },
  { "more", "2023-02-03T14:16:02Zx", NULL, 0, FALSE },
  { "words", "yesterday", NULL, 0, FALSE },
};

static void
test_time (gconstpointer data)
{
  const Time *c = data;
  g_autoptr(ExcValue) value = exc_value_new_text_kind (EXC_VALUE_DATE_TIME, c->text);
  g_autoptr(GDateTime) time = exc_value_dup_date_time (value);
  g_autofree char *text = NULL;

  g_assert_cmpint (exc_value_date_time_is_unspecified (value), ==, c->unspecified);
  if (c->utc == NULL) {
    g_assert_null (time);
    return;
  }
  g_assert_nonnull (time);
  text = g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02d",
                          g_date_time_get_year (time),
                          g_date_time_get_month (time),
                          g_date_time_get_day_of_month (time),
                          g_date_time_get_hour (time),
                          g_date_time_get_minute (time),
                          g_date_time_get_second (time));
  g_assert_cmpstr (text, ==, c->utc);
  g_assert_cmpint (g_date_time_get_microsecond (time), ==, c->microseconds);
}

static void
test_builds_what_servers_expect (void)
{
  const char *const texts[] = { "IIS", "SMTP", NULL };
  g_autoptr(ExcValue) list = exc_value_new_string_list (texts);
  g_autoptr(ExcValue) number = exc_value_new_enum ("A.B", "X", 7);
  g_autoptr(ExcValue) object = exc_value_new_psobject ();
  g_autoptr(GTimeZone) zone = g_time_zone_new_offset (3600);
  g_autoptr(GDateTime) time = g_date_time_new (zone, 2026, 11, 23, 3, 0, 0.5);
  g_autoptr(ExcValue) date = exc_value_new_date_time (time);
  g_autoptr(ExcValue) empty = exc_value_new_list ();

  assert_written (list,
                  "<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.Object[]</T><T>System.Array</T>"
                  "<T>System.Object</T></TN><LST><S>IIS</S><S>SMTP</S></LST></Obj>");
  assert_written (empty,
                  "<Obj RefId=\"0\"><TN RefId=\"0\"><T>System.Object[]</T><T>System.Array</T>"
                  "<T>System.Object</T></TN><LST></LST></Obj>");
  assert_written (number,
                  "<Obj RefId=\"0\"><TN RefId=\"0\"><T>A.B</T><T>System.Enum</T>"
                  "<T>System.ValueType</T><T>System.Object</T></TN><ToString>X</ToString>"
                  "<I32>7</I32></Obj>");
  assert_written (date, "<DT>2026-11-23T02:00:00.5Z</DT>");

  exc_value_set_member (object, "b", exc_value_new_int32 (1));
  exc_value_set_property (object, "a", exc_value_new_boolean (FALSE));
  exc_value_set_member (object, "B", exc_value_new_int32 (2));
  assert_written (object,
                  "<Obj RefId=\"0\"><TN RefId=\"0\">"
                  "<T>System.Management.Automation.PSCustomObject</T><T>System.Object</T></TN>"
                  "<Props><B N=\"a\">false</B></Props><MS><I32 N=\"b\">2</I32></MS></Obj>");
}

static void
test_members_win_over_properties (void)
{
  g_autoptr(ExcValue) value = parse ("<Obj><Props><S N=\"Name\">p</S><S N=\"Other\">o</S></Props>"
                                      "<MS><S N=\"name\">m</S></MS></Obj>");

  g_assert_cmpstr (exc_value_get_text (exc_value_get_property (value, "NAME")), ==, "m");
  g_assert_cmpstr (exc_value_get_text (exc_value_get_property (value, "other")), ==, "o");
  g_assert_null (exc_value_get_property (value, "nothing"));
  g_assert_null (exc_value_get_property (NULL, "nothing"));
  g_assert_null (exc_value_get_property (exc_value_get_property (value, "x"), "y"));
}

static void
test_knows_deserialized_types (void)
{
  g_autoptr(ExcValue) value = parse ("<Obj><TN><T>Deserialized.A.B</T><T>C</T></TN></Obj>");

  g_assert_true (exc_value_is_type (value, "A.B"));
  g_assert_true (exc_value_is_type (value, "C"));
  g_assert_false (exc_value_is_type (value, "B"));
  g_assert_false (exc_value_is_type (NULL, "B"));
}

static void
test_shared_values_are_written_once (void)
{
  ExcValue *list = exc_value_new_list ();
  g_autoptr(ExcValue) outer = exc_value_new_list ();
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(ExcValue) again = NULL;

  for (guint i = 0; i < 40; i++) {
    ExcValue *next = exc_value_new_list ();

    exc_value_append (next, exc_value_ref (list));
    exc_value_append (next, list);
    list = next;
  }
  exc_value_append (outer, list);
  bytes = exc_clixml_write (outer, NULL, NULL);
  g_assert_nonnull (bytes);
  g_assert_cmpuint (g_bytes_get_size (bytes), <, 10000);

  /* It stands for 2^40 values: the reader refuses what the next layer would choke on. */
  again = exc_clixml_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL);
  g_assert_null (again);
}

static void
test_ids_do_not_collide_in_one_message (void)
{
  g_autoptr(GString) out = g_string_new ("<Obj RefId=\"0\"><MS>");
  g_autoptr(ExcValue) first = exc_value_new_enum ("A", "a", 1);
  g_autoptr(ExcValue) second = exc_value_new_enum ("B", "b", 2);
  g_autoptr(ExcValue) value = NULL;

  g_assert_true (exc_clixml_write_named (out, "first", first, NULL, NULL));
  g_assert_true (exc_clixml_write_named (out, "second", second, NULL, NULL));
  g_string_append (out, "</MS></Obj>");
  value = parse (out->str);
  g_assert_true (exc_value_equal (exc_value_get_property (value, "first"), first));
  g_assert_true (exc_value_equal (exc_value_get_property (value, "second"), second));
}

static char *
seal_backwards (gpointer data, ExcSecret *secret, GError **error)
{
  return g_strreverse (g_strdup (exc_secret_peek (secret, NULL)));
}

static char *
seal_never (gpointer data, ExcSecret *secret, GError **error)
{
  g_set_error_literal (error, EXC_ERROR, EXC_ERROR_GONE, "no key");

  return NULL;
}

static void
test_secrets_leave_sealed_or_not_at_all (void)
{
  const ExcSecretSealer sealer = { seal_backwards, NULL };
  const ExcSecretSealer broken = { seal_never, NULL };
  g_autoptr(ExcSecret) secret = exc_secret_new ("canary", 6);
  g_autoptr(ExcValue) value = exc_value_new_list ();
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  g_autofree char *words = NULL;

  exc_value_append (value, exc_value_new_secure_string (secret));
  words = exc_value_dup_text (value);
  g_assert_cmpstr (words, ==, "");
  g_assert_null (exc_value_get_text (exc_value_get_item (value, 0)));

  g_assert_null (exc_clixml_write (value, NULL, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_REFUSED);
  g_clear_error (&error);
  g_assert_null (exc_clixml_write (value, &broken, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_GONE);
  bytes = exc_clixml_write (value, &sealer, NULL);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_nonnull (strstr (text, "<SS>yranac</SS>"));
}

static void
test_too_deep_to_write (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcValue) value = exc_value_new_list ();

  for (guint i = 0; i < 250; i++) {
    ExcValue *outer = exc_value_new_list ();

    exc_value_append (outer, value);
    value = outer;
  }
  g_assert_null (exc_clixml_write (value, NULL, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_LIMIT);
}

static void
test_parsed_values_can_grow (void)
{
  g_autoptr(ExcValue) value = parse (
      "<Obj><LST><S>a</S><S>b</S><S>c</S><S>d</S></LST><MS><S N=\"x\">y</S></MS></Obj>");

  for (guint i = 0; i < 9; i++) {
    g_autofree char *name = g_strdup_printf ("m%u", i);

    exc_value_append (value, exc_value_new_int32 (i));
    exc_value_set_member (value, name, exc_value_new_int32 (i));
  }
  g_assert_cmpuint (exc_value_get_n_items (value), ==, 13);
  g_assert_cmpuint (exc_value_get_n_properties (value), ==, 10);
}

static void
test_escapes (void)
{
  static const char text[] = "a\0_x\360\237\230\200_";
  g_autofree char *escaped = exc_clixml_escape (text, sizeof text - 1);
  g_autofree char *invalid = exc_clixml_escape ("\377", 1);
  g_autofree char *plain = NULL;
  gsize length;

  g_assert_cmpstr (escaped, ==, "a_x0000__x005F_x_xD83D__xDE00__");
  plain = exc_clixml_unescape (escaped, strlen (escaped), &length);
  g_assert_cmpmem (plain, length, text, sizeof text - 1);
  g_assert_cmpstr (invalid, ==, "\357\277\275");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++) {
    g_autofree char *path = g_strconcat ("/wire/value/look/", looks[i].name, NULL);

    g_test_add_data_func (path, &looks[i], test_look);
  }
  for (guint i = 0; i < G_N_ELEMENTS (times); i++) {
    g_autofree char *path = g_strconcat ("/wire/value/time/", times[i].name, NULL);

    g_test_add_data_func (path, &times[i], test_time);
  }
  g_test_add_func ("/wire/value/builds-what-servers-expect", test_builds_what_servers_expect);
  g_test_add_func ("/wire/value/members-win-over-properties", test_members_win_over_properties);
  g_test_add_func ("/wire/value/knows-deserialized-types", test_knows_deserialized_types);
  g_test_add_func ("/wire/value/shared-values-are-written-once",
                   test_shared_values_are_written_once);
  g_test_add_func ("/wire/value/ids-do-not-collide-in-one-message",
                   test_ids_do_not_collide_in_one_message);
  g_test_add_func ("/wire/value/secrets-leave-sealed-or-not-at-all",
                   test_secrets_leave_sealed_or_not_at_all);
  g_test_add_func ("/wire/value/too-deep-to-write", test_too_deep_to_write);
  g_test_add_func ("/wire/value/parsed-values-can-grow", test_parsed_values_can_grow);
  g_test_add_func ("/wire/value/escapes", test_escapes);

  return g_test_run ();
}
