/* test-options.c — which word belongs to whom
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-cli-options.h"
#include "exc-error.h"

#include <glib/gstdio.h>
#include <locale.h>

typedef struct {
  const char *name;
  const char *line;
  const char *command;   /* NULL: refused */
  const char *arguments; /* joined by | */
  const char *url;
  gboolean json;
} Case;

static const Case cases[] = {
  { "command", "servers", "servers", "", NULL, FALSE },
  { "options-first", "--json --url u servers", "servers", "", "u", TRUE },
  { "options-last", "servers --json --url u", "servers", "", "u", TRUE },
  { "options-between",
    "renew microsoft-exchange --url=u ex01 --json ex02",
    "renew",
    "microsoft-exchange|ex01|ex02",
    "u",
    TRUE },
  { "last-wins", "servers --url a --url b", "servers", "", "b", FALSE },
  { "value-with-equals", "servers --url=http://a/?b=c", "servers", "", "http://a/?b=c", FALSE },
  { "dash-value", "servers --password-file - --url u", "servers", "", "u", FALSE },
  { "query", "query Get-X -Server ex01 -Force", "query", "Get-X|-Server|ex01|-Force", NULL, FALSE },
  { "query-options-behind",
    "query Get-X -Server ex01 --url u -Id 5 --json",
    "query",
    "Get-X|-Server|ex01|-Id|5",
    "u",
    TRUE },
  { "query-options-before", "--url u query --json Get-X -h", "query", "Get-X|-h", "u", TRUE },
  { "query-after-dashes", "query Get-X -- --url u", "query", "Get-X|--url|u", NULL, FALSE },
  { "query-short-before-cmdlet", "query -Server Get-X", NULL, NULL, NULL, FALSE },
  { "unknown", "servers --nothing", NULL, NULL, NULL, FALSE },
  { "unknown-in-query", "query Get-X --nothing", NULL, NULL, NULL, FALSE },
  { "short", "servers -x", NULL, NULL, NULL, FALSE },
  { "no-value", "servers --url", NULL, NULL, NULL, FALSE },
  { "option-for-value", "servers --url --json", NULL, NULL, NULL, FALSE },
  { "empty-value", "servers --url=", NULL, NULL, NULL, FALSE },
  { "switch-with-value", "servers --json=1", NULL, NULL, NULL, FALSE },
  { "prefix-is-no-option", "servers --ur u", NULL, NULL, NULL, FALSE },
};

static ExcCliOptions *
parse (const char *line, GError **error)
{
  g_autofree char *whole = g_strconcat ("thumbprintctl ", line, NULL);
  g_auto(GStrv) words = g_strsplit (whole, " ", -1);

  return exc_cli_options_parse (g_strv_length (words), (const char *const *) words, error);
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcCliOptions) options = parse (c->line, &error);
  g_autofree char *arguments = NULL;

  if (c->command == NULL) {
    g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
    return;
  }
  g_assert_no_error (error);
  g_ptr_array_add (options->arguments, NULL);
  arguments = g_strjoinv ("|", (char **) options->arguments->pdata);
  g_assert_cmpstr (options->command, ==, c->command);
  g_assert_cmpstr (arguments, ==, c->arguments);
  g_assert_cmpstr (options->url, ==, c->url);
  g_assert_cmpint (options->json, ==, c->json);
}

static void
assert_password (const char *content, const char *expected)
{
  g_autofree char *path = NULL;
  g_autoptr(GError) error = NULL;
  int fd = g_file_open_tmp ("exc-XXXXXX", &path, &error);
  g_autofree char *line = NULL;
  g_autoptr(ExcCliOptions) options = NULL;
  g_autoptr(ExcConnectionSettings) settings = NULL;

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_file_set_contents (path, content, -1, &error);
  g_assert_no_error (error);
  line = g_strdup_printf ("servers --url http://127.0.0.1/ --user u --password-file %s", path);
  options = parse (line, &error);
  g_assert_no_error (error);
  settings = exc_cli_options_make_settings (options, &error);
  g_unlink (path);
  if (expected == NULL) {
    g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
    return;
  }
  g_assert_no_error (error);
  g_assert_cmpstr (
      exc_secret_peek (exc_credentials_get_password (settings->credentials), NULL), ==, expected);
  g_assert_cmpstr (settings->name, ==, "127.0.0.1");
}

static void
test_password_is_the_first_line (void)
{
  assert_password ("secret", "secret");
  assert_password ("secret\n", "secret");
  assert_password ("with blank \r\nmore\n", "with blank ");
  assert_password ("", NULL);
  assert_password ("\nsecret\n", NULL);
}

typedef struct {
  const char *name;
  const char *line;
} Refused;

static const Refused incomplete[] = {
  { "nothing", "servers" },
  { "no-user", "servers --url http://127.0.0.1/ --password-file /dev/null" },
  { "no-password", "servers --url http://127.0.0.1/ --user u" },
  { "no-such-file", "servers --url http://127.0.0.1/ --user u --password-file /nonexistent/x" },
};

static void
test_incomplete (gconstpointer data)
{
  const Refused *c = data;
  g_autoptr(ExcCliOptions) options = parse (c->line, NULL);
  g_autoptr(GError) error = NULL;

  g_assert_nonnull (options);
  g_assert_null (exc_cli_options_make_settings (options, &error));
  g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/cli/options/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  for (guint i = 0; i < G_N_ELEMENTS (incomplete); i++) {
    g_autofree char *path = g_strconcat ("/cli/options/incomplete/", incomplete[i].name, NULL);

    g_test_add_data_func (path, &incomplete[i], test_incomplete);
  }
  g_test_add_func ("/cli/options/password-is-the-first-line", test_password_is_the_first_line);

  return g_test_run ();
}
