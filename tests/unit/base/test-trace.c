/* test-trace.c — what a trace shows, and what never
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-trace.h"

#include <string.h>

static const struct {
  const char *name;
  const char *input;
  const char *expected;
} cases[] = {
  { "plain", "<a>text</a>", "<a>text</a>" },
  { "authorization",
    "POST\nAuthorization: Basic c2VjcmV0\nDate: now",
    "POST\nAuthorization: ‹hidden›\nDate: now" },
  { "cookies",
    "set-cookie: a=secret\r\nCookie: b=secret",
    "set-cookie: ‹hidden›\r\nCookie: ‹hidden›" },
  { "stream",
    "<rsp:Stream Name=\"stdin\">c2VjcmV0</rsp:Stream>",
    "<rsp:Stream Name=\"stdin\">‹hidden›</rsp:Stream>" },
  { "other-prefix",
    "<Arguments>c2VjcmV0</Arguments><x:creationXml y='z'>c2Vj",
    "<Arguments>‹hidden›</Arguments><x:creationXml y='z'>‹hidden›" },
  { "clixml",
    "<S N=\"A\">shown</S><SS N=\"P\">secret</SS><BA N=\"F\">secret</BA>",
    "<S N=\"A\">shown</S><SS N=\"P\">‹hidden›</SS><BA N=\"F\">‹hidden›</BA>" },
  { "by-name",
    "<S N=\"TheirPassWord\">secret</S><S N=\"Name\">shown</S>",
    "<S N=\"TheirPassWord\">‹hidden›</S><S N=\"Name\">shown</S>" },
  { "similar-names",
    "<SSN>shown</SSN><StreamName>shown</StreamName>",
    "<SSN>shown</SSN><StreamName>shown</StreamName>" },
};

static void
test_blanked (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autofree char *got = exc_trace_format (cases[i].input, strlen (cases[i].input));

  g_assert_cmpstr (got, ==, cases[i].expected);
}

/* Wherever the text is cut, no more than what stands before the secret is seen. */
static void
test_cut_anywhere (void)
{
  const char *text = "Authorization: Basic secret\n<rsp:Stream Name=\"pr\">secret</rsp:Stream>";

  for (gsize length = 0; length <= strlen (text); length++) {
    g_autofree char *exact = g_memdup2 (text, length);
    g_autofree char *got = exc_trace_format (exact, length);

    g_assert_null (strstr (got, "se"));
  }
}

static void
test_long (void)
{
  g_autofree char *text = g_strnfill (EXC_TRACE_MAX_BYTES * 3, 'x');
  g_autofree char *got = exc_trace_format (text, strlen (text));

  g_assert_cmpuint (strlen (got), <, EXC_TRACE_MAX_BYTES + 40);
  g_assert_true (g_str_has_suffix (got, "(12288 bytes)"));
}

static void
test_binary (void)
{
  g_autofree char *got = exc_trace_format ("a\0b\xff\xfe", 5);

  g_assert_true (g_utf8_validate (got, -1, NULL));
}

/* Nothing is logged unless someone asked. */
static void
test_off (void)
{
  exc_trace_set_enabled (FALSE);
  exc_trace_bytes ("never", "never", 5);
  exc_trace_set_enabled (TRUE);
  g_test_expect_message ("exc-trace", G_LOG_LEVEL_MESSAGE, "label: bytes");
  exc_trace_bytes ("label", "bytes", 5);
  g_test_assert_expected_messages ();
  exc_trace_set_enabled (FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/base/trace/", cases[i].name, NULL);

    g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_blanked);
  }
  g_test_add_func ("/base/trace/cut-anywhere", test_cut_anywhere);
  g_test_add_func ("/base/trace/long", test_long);
  g_test_add_func ("/base/trace/binary", test_binary);
  g_test_add_func ("/base/trace/off", test_off);

  return g_test_run ();
}
