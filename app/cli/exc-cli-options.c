/* exc-cli-options.c — the command line, read
 *
 * Not GOption: it would take the parameters of `query`'s cmdlet (-Server) for options of ours.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cli"

#include "config.h"

#include "exc-cli-private.h"

#include "exc-error.h"

#include <string.h>

#include <glib/gi18n.h>

typedef struct {
  const char *name;
  gsize offset;
  const char *value; /* (nullable): its name in --help; NULL: a switch */
  const char *text;
} Option;

#define TEXT(field) G_STRUCT_OFFSET (ExcCliOptions, field)

/* In the order of --help and of the manual page. clang-format would make stairs of them. */
/* clang-format off */
static const Option options[] = {
  { "organization", TEXT (organization), N_ ("NAME"),
    N_ ("a saved organization; other options replace parts of it") },
  { "demo", TEXT (demo), N_ ("SCENARIO"),
    N_ ("the simulated organization: small, twelve, expired-auth, broken-444, edge-hybrid, "
        "two-sites, messy") },
  { "url", TEXT (url), N_ ("URL"),
    N_ ("Exchange endpoint of one server") },
  { "windows-url", TEXT (windows_url), N_ ("URL"),
    N_ ("Windows endpoint; %s stands for each server's name") },
  { "auth", TEXT (auth), N_ ("KIND"),
    N_ ("how to sign in: basic") },
  { "user", TEXT (user), N_ ("NAME"),
    N_ ("who signs in") },
  { "password-file", TEXT (password_file), N_ ("FILE"),
    N_ ("its first line is the password; - reads standard input") },
  { "ca", TEXT (ca), N_ ("FILE"),
    N_ ("certificates to trust beside the system's (PEM)") },
  { "hosts", TEXT (hosts), N_ ("FILE"),
    N_ ("lines FQDN ADDRESS OFFSET that name servers") },
  { "restart", TEXT (restart), N_ ("WHAT"),
    N_ ("renew: what is restarted at the end: none, pools, transport, iis") },
  { "restart-mail", TEXT (restart_mail), NULL,
    N_ ("renew, assign: restart POP and IMAP where they run") },
  { "mode", TEXT (mode), N_ ("MODE"),
    N_ ("renew auth: rotate, replace or distribute; what is needed, if not said") },
  { "server", TEXT (server), N_ ("SERVER"),
    N_ ("renew auth: where it is made") },
  { "effective-days", TEXT (effective_days), N_ ("DAYS"),
    N_ ("renew auth: until it takes effect (30)") },
  { "soak-days", TEXT (soak_days), N_ ("DAYS"),
    N_ ("renew auth: until the previous one is forgotten (7)") },
  { "continue", TEXT (go_on), NULL,
    N_ ("renew auth: go on with the one that is staged") },
  { "ignore-unreachable", TEXT (ignore_unreachable), NULL,
    N_ ("renew auth: leave out servers that do not answer") },
  { "by-windows", TEXT (by_windows), NULL,
    N_ ("renew wmsvc: Windows makes it, for 10 years; else Exchange, for 5") },
  { "remove-old", TEXT (remove_old), NULL,
    N_ ("renew: delete the old one at the end; microsoft-exchange: a day later") },
  { "root", TEXT (root), NULL,
    N_ ("delete: its copy among the trusted roots, too") },
  { "clear-connectors", TEXT (clear_connectors), NULL,
    N_ ("delete: Send connectors name no certificate meanwhile") },
  { "confirm", TEXT (confirm), N_ ("XXXX"),
    N_ ("delete: last four characters of one that is built-in or in use") },
  { "replace-public", TEXT (replace_public), NULL,
    N_ ("bind, assign: a self-signed one in place of an authority's on 443") },
  { "replace-default", TEXT (replace_default), NULL,
    N_ ("assign: SMTP's default certificate, too") },
  { "mail-name", TEXT (mail_name), N_ ("NAME"),
    N_ ("assign: by which POP and IMAP find the certificate") },
  { "subject", TEXT (subject), N_ ("NAME"),
    N_ ("create, request: “CN=…, O=…”") },
  { "domains", TEXT (domains), N_ ("NAMES"),
    N_ ("create, request: names with commas between") },
  { "friendly-name", TEXT (friendly_name), N_ ("NAME"),
    N_ ("create, request, import: what the certificate is called") },
  { "key-size", TEXT (key_size), N_ ("BITS"),
    N_ ("create, request: 2048 (the default) or 4096") },
  { "services", TEXT (services), N_ ("WORD"),
    N_ ("create: none (the default) or smtp") },
  { "trust", TEXT (trust), NULL,
    N_ ("create: also among the trusted root certificates") },
  { "old", TEXT (old), N_ ("THUMBPRINT"),
    N_ ("request: the certificate whose names are taken over") },
  { "exportable", TEXT (exportable), NULL,
    N_ ("create, request, import: the key may be exported later") },
  { "pfx-password-file", TEXT (pfx_password_file), N_ ("FILE"),
    N_ ("import, export: its first line protects the PFX file; else it is asked for") },
  { "format", TEXT (format), N_ ("WORD"),
    N_ ("export: pem, der or pfx; report: html or json") },
  { "output", TEXT (output), N_ ("FILE"),
    N_ ("request, export, report: the file to write") },
  { "yes", TEXT (yes), NULL,
    N_ ("do it, instead of showing what would be done") },
  { "powershell", TEXT (powershell), NULL,
    N_ ("show scripts whole, not by name") },
  { "json", TEXT (json), NULL,
    N_ ("JSON instead of tables") },
  { "help", TEXT (help), NULL,
    N_ ("this text") },
  { "version", TEXT (version), NULL,
    N_ ("the version") },
};
/* clang-format on */

static const Option *
find_option (const char *name, gsize length)
{
  for (gsize i = 0; i < G_N_ELEMENTS (options); i++) {
    if (strlen (options[i].name) == length && memcmp (options[i].name, name, length) == 0)
      return &options[i];
  }
  return NULL;
}

static gboolean
fail (GError **error, const char *format, const char *word)
{
  g_autofree char *text = NULL;

  text = g_strjoin (" ", word, format, NULL);
  g_set_error_literal (error, EXC_ERROR, EXC_ERROR_INPUT, text);
  return FALSE;
}

/* One option with two dashes; moves @index past its value. */
static gboolean
take_option (ExcCliOptions *self, int argc, const char *const *argv, int *index, GError **error)
{
  const char *word = argv[*index] + 2;
  const char *equals = strchr (word, '=');
  gsize length = equals != NULL ? (gsize) (equals - word) : strlen (word);
  const Option *option = find_option (word, length);
  const char *value;
  char **text;

  if (option == NULL)
    return fail (error, _("is no option; see --help."), argv[*index]);
  if (option->value == NULL) {
    if (equals != NULL)
      return fail (error, _("takes no value."), argv[*index]);
    G_STRUCT_MEMBER (gboolean, self, option->offset) = TRUE;
    return TRUE;
  }

  value = equals != NULL ? equals + 1 : *index + 1 < argc ? argv[*index + 1] : NULL;
  if (value == NULL || *value == '\0' || (equals == NULL && g_str_has_prefix (value, "--")))
    return fail (error, _("needs a value."), argv[*index]);
  if (equals == NULL)
    (*index)++;
  text = &G_STRUCT_MEMBER (char *, self, option->offset);
  g_free (*text);
  *text = g_strdup (value);
  return TRUE;
}

static gboolean
belongs_to_query (ExcCliOptions *self)
{
  return g_strcmp0 (self->command, "query") == 0 && self->arguments->len > 0;
}

static void
take_word (ExcCliOptions *self, const char *word)
{
  if (self->command == NULL)
    self->command = g_strdup (word);
  else
    g_ptr_array_add (self->arguments, g_strdup (word));
}

/**
 * exc_cli_options_parse:
 * @argc: number of words, the program's name among them
 * @argv: the words
 * @error: return location for an %EXC_ERROR_INPUT that names the word
 *
 * Returns: (transfer full) (nullable): the options
 */
ExcCliOptions *
exc_cli_options_parse (int argc, const char *const *argv, GError **error)
{
  g_autoptr(ExcCliOptions) self = g_new0 (ExcCliOptions, 1);
  gboolean only_words = FALSE;

  self->arguments = g_ptr_array_new_with_free_func (g_free);
  for (int i = 1; i < argc; i++) {
    if (only_words || argv[i][0] != '-' || argv[i][1] == '\0') {
      take_word (self, argv[i]);
    } else if (g_str_equal (argv[i], "--")) {
      only_words = TRUE;
    } else if (g_str_has_prefix (argv[i], "--")) {
      if (!take_option (self, argc, argv, &i, error))
        return NULL;
    } else if (belongs_to_query (self)) {
      take_word (self, argv[i]);
    } else if (g_str_equal (argv[i], "-h")) {
      self->help = TRUE;
    } else {
      fail (error, _("is no option; see --help."), argv[i]);
      return NULL;
    }
  }
  return g_steal_pointer (&self);
}

void
exc_cli_options_free (ExcCliOptions *self)
{
  g_free (self->command);
  g_clear_pointer (&self->arguments, g_ptr_array_unref);
  for (gsize i = 0; i < G_N_ELEMENTS (options); i++) {
    if (options[i].value != NULL)
      g_free (G_STRUCT_MEMBER (char *, self, options[i].offset));
  }
  g_free (self);
}

char *
exc_cli_options_describe (void)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (options); i++) {
    g_autofree char *left = g_strdup_printf ("--%s%s%s",
                                             options[i].name,
                                             options[i].value != NULL ? " " : "",
                                             options[i].value != NULL
                                             ? _(options[i].value)
                                             : "");

    g_string_append_printf (text, "  %-24s %s\n", left, _(options[i].text));
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

gboolean
exc_cli_options_get_restart (ExcCliOptions *self, ExcRestart *restart, GError **error)
{
  static const struct {
    const char *word;
    ExcRestart restart;
  } words[] = {
    { "none", EXC_RESTART_NONE },
    { "pools", EXC_RESTART_POOLS },
    { "transport", EXC_RESTART_TRANSPORT },
    { "iis", EXC_RESTART_IIS },
  };

  *restart = EXC_RESTART_NONE;
  if (self->restart == NULL)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++) {
    if (g_str_equal (self->restart, words[i].word)) {
      *restart = words[i].restart;
      return TRUE;
    }
  }
  return fail (error, _("cannot be restarted: none, pools, transport or iis."), self->restart);
}

gboolean
exc_cli_options_get_days (const char *text, int *days, GError **error)
{
  guint64 value;

  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT, &value, NULL))
    return fail (error, _("is no number of days."), text);
  *days = (int) value;
  return TRUE;
}

/* Jobs belong to the organization by this name, which the console makes in the same way. */
static char *
make_name (const char *url)
{
  g_autoptr(GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  return g_strdup (host != NULL && *host != '\0' ? host : url);
}

static void
replace (char **field, const char *text)
{
  if (text == NULL)
    return;
  g_free (*field);
  *field = g_strdup (text);
}

/**
 * exc_cli_options_make_profile:
 * @self: options with --organization or --url
 * @error: %EXC_ERROR_INPUT for what is missing, %EXC_ERROR_NOT_FOUND for a name that is not saved
 *
 * Returns: (transfer full) (nullable): the saved organization with what the options replace
 */
ExcProfile *
exc_cli_options_make_profile (ExcCliOptions *self, GError **error)
{
  g_autoptr(ExcProfile) profile = NULL;
  g_autofree char *name = NULL;

  if (self->organization != NULL) {
    profile = exc_profiles_find (self->organization, error);
    if (profile == NULL)
      return NULL;
  } else if (self->url != NULL) {
    name = make_name (self->url);
    profile = exc_profile_new (name);
  } else {
    g_set_error_literal (
        error,
        EXC_ERROR,
        EXC_ERROR_INPUT,
        _("Say which organization: --demo SCENARIO, --organization NAME, or --url "
                           "with --user and --password-file."));
    return NULL;
  }

  replace (&profile->exchange_url, self->url);
  replace (&profile->windows_url, self->windows_url);
  replace (&profile->auth, self->auth);
  replace (&profile->user, self->user);
  replace (&profile->ca_file, self->ca);
  replace (&profile->hosts_file, self->hosts);
  if (profile->user == NULL || *profile->user == '\0') {
    g_set_error_literal (error, EXC_ERROR, EXC_ERROR_INPUT, _("Say who signs in: --user NAME."));
    return NULL;
  }
  return g_steal_pointer (&profile);
}

/**
 * exc_cli_options_make_settings:
 * @self: options with --organization or --url
 * @error: %EXC_ERROR_INPUT for what is missing or cannot be read
 *
 * Returns: (transfer full) (nullable): settings for exc_context_open()
 */
ExcConnectionSettings *
exc_cli_options_make_settings (ExcCliOptions *self, GError **error)
{
  g_autoptr(ExcProfile) profile = exc_cli_options_make_profile (self, error);
  g_autoptr(ExcSecret) password = NULL;

  if (profile == NULL)
    return NULL;
  if (self->password_file == NULL) {
    g_set_error_literal (error,
                         EXC_ERROR,
                         EXC_ERROR_INPUT,
                         _("Say where the password is: --password-file FILE, or - for standard "
                           "input."));
    return NULL;
  }
  password = exc_cli_read_password (self->password_file, error);
  return password == NULL ? NULL : exc_context_load_settings (profile, password, error);
}
