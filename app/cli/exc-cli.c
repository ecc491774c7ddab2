/* exc-cli.c — thumbprintctl: from the command line to a command and its exit code
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cli"

#include "config.h"

#include "exc-cli-private.h"

#include "exc-error.h"

#include <signal.h>
#include <unistd.h>

#include <glib-unix.h>
#include <glib/gi18n.h>

typedef struct {
  const char *name;
  const char *arguments;
  ExcCliRun run;
  guint min_arguments;
  guint max_arguments;
  gboolean needs_organization;
  const char *text;
} Command;

/* In the order of --help and of the manual page. clang-format would make stairs of them. */
/* clang-format off */
static const Command commands[] = {
  { "servers", "", exc_cli_servers, 0, 0, TRUE,
    N_ ("the servers and how they are") },
  { "certificates", N_ ("[SERVER…]"), exc_cli_certificates, 0, G_MAXUINT, TRUE,
    N_ ("every certificate, the soonest to expire first") },
  { "show", N_ ("THUMBPRINT | SERVER [THUMBPRINT]"), exc_cli_show, 1, 2, TRUE,
    N_ ("all that is known of a certificate or a server") },
  { "renew", N_ ("KIND [SERVER…]"), exc_cli_renew, 1, G_MAXUINT, TRUE,
    N_ ("renew the certificate of that kind (microsoft-exchange, auth, wmsvc)") },
  { "delete", N_ ("THUMBPRINT SERVER…"), exc_cli_delete, 2, G_MAXUINT, TRUE,
    N_ ("delete a certificate that nothing uses") },
  { "trust", N_ ("THUMBPRINT SERVER…"), exc_cli_trust, 2, G_MAXUINT, TRUE,
    N_ ("copy a certificate to the trusted roots of servers") },
  { "untrust", N_ ("THUMBPRINT SERVER…"), exc_cli_untrust, 2, G_MAXUINT, TRUE,
    N_ ("remove its copies from the trusted roots of servers") },
  { "bind", N_ ("THUMBPRINT PORT[,PORT…] SERVER…"), exc_cli_bind, 3, G_MAXUINT, TRUE,
    N_ ("bind a certificate to 443, 127.0.0.1:443, 444 or 8172 of servers") },
  { "assign", N_ ("THUMBPRINT SERVICE[,SERVICE…] SERVER…"), exc_cli_assign, 3, G_MAXUINT, TRUE,
    N_ ("let IIS, SMTP, IMAP, POP, UM or UMCallRouter use a certificate") },
  { "repair", N_ ("WHAT SERVER…"), exc_cli_repair, 2, G_MAXUINT, TRUE,
    N_ ("put right back-end, internal-transport, auth-as-internal-transport, trust or connectors") },
  { "create", N_ ("SERVER…"), exc_cli_create, 1, G_MAXUINT, TRUE,
    N_ ("a new self-signed certificate on the servers") },
  { "request", N_ ("SERVER"), exc_cli_request, 1, 1, TRUE,
    N_ ("a request to an authority, written to --output") },
  { "complete", N_ ("SERVER FILE"), exc_cli_complete, 2, 2, TRUE,
    N_ ("join what the authority sent to its request") },
  { "import", N_ ("FILE SERVER…"), exc_cli_import, 2, G_MAXUINT, TRUE,
    N_ ("a PFX file to the servers") },
  { "export", N_ ("SERVER THUMBPRINT"), exc_cli_export, 2, 2, TRUE,
    N_ ("a certificate to --output, as --format says; with its key (pfx) if that may leave") },
  { "jobs", N_ ("[JOB]"), exc_cli_jobs, 0, 1, FALSE,
    N_ ("the jobs, or one with its steps") },
  { "resume", N_ ("[JOB]"), exc_cli_resume, 0, 1, TRUE,
    N_ ("go on with a job that was interrupted, stopped or failed") },
  { "confirm", N_ ("JOB STEP"), exc_cli_confirm, 2, 2, TRUE,
    N_ ("say that a step which waits for you is done") },
  { "report", N_ ("JOB"), exc_cli_report, 1, 1, FALSE,
    N_ ("a report of a job: what was sent, answered and seen (--format, --output)") },
  { "undo", N_ ("JOB [SERVER…]"), exc_cli_undo, 1, G_MAXUINT, TRUE,
    N_ ("take a job's changes back, on all of its servers or on some") },
  { "query", N_ ("CMDLET [-Name VALUE…]…"), exc_cli_query, 1, G_MAXUINT, TRUE,
    N_ ("send one reading cmdlet (Get-, Test-); each object is a line of JSON") },
  { "organizations", "", exc_cli_organizations, 0, 0, FALSE,
    N_ ("the organizations that were saved") },
  { "save", N_ ("NAME"), exc_cli_save, 1, 1, FALSE,
    N_ ("save how an organization is reached (--url and the like; never the password)") },
  { "forget", N_ ("NAME"), exc_cli_forget, 1, 1, FALSE,
    N_ ("delete a saved organization") },
};
/* clang-format on */

static void
print_help (void)
{
  g_autofree char *options = exc_cli_options_describe ();

  g_print ("%s\n\n", _("Usage: thumbprintctl [OPTION…] COMMAND [ARGUMENT…]"));
  g_print ("%s\n", _("Commands:"));
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++) {
    g_autofree char *left = g_strdup_printf (
        "%s %s", commands[i].name, *commands[i].arguments != '\0' ? _(commands[i].arguments) : "");

    g_print ("  %s\n      %s\n", left, _(commands[i].text));
  }
  g_print ("\n%s\n", _("A plan is only shown; --yes runs it."));
  g_print ("\n%s\n%s\n", _("Options, anywhere:"), options);
  g_print ("%s\n", _("Exit codes and examples: man thumbprintctl"));
}

void
exc_cli_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **place = user_data;

  *place = g_object_ref (result);
}

/**
 * exc_cli_wait:
 * @result: where exc_cli_result_cb() puts the result of the call that was started
 *
 * Runs the main context until the call has ended.
 */
void
exc_cli_wait (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

const char *
exc_cli_get_argument (ExcCli *self, guint index)
{
  GPtrArray *arguments = self->options->arguments;

  return index < arguments->len ? g_ptr_array_index (arguments, index) : NULL;
}

GStrv
exc_cli_dup_arguments (ExcCli *self, guint first)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = first; exc_cli_get_argument (self, i) != NULL; i++)
    g_strv_builder_add (builder, exc_cli_get_argument (self, i));
  return g_strv_builder_end (builder);
}

int
exc_cli_exit_code_of (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return EXC_EXIT_INTERRUPTED;
  if (error->domain != EXC_ERROR)
    return EXC_EXIT_FAILED;

  switch ((ExcError) error->code) {
  case EXC_ERROR_INPUT:
    return EXC_EXIT_USAGE;
  case EXC_ERROR_UNREACHABLE:
  case EXC_ERROR_BUSY:
  case EXC_ERROR_GONE:
  case EXC_ERROR_ENDPOINT:
  case EXC_ERROR_PROTOCOL:
  case EXC_ERROR_LIMIT:
    return EXC_EXIT_UNREACHABLE;
  case EXC_ERROR_AUTH:
  case EXC_ERROR_UNTRUSTED:
    return EXC_EXIT_CREDENTIALS;
  case EXC_ERROR_REFUSED:
    return EXC_EXIT_REFUSED;
  case EXC_ERROR_NOT_FOUND:
    return EXC_EXIT_NOT_FOUND;
  default:
    return EXC_EXIT_FAILED;
  }
}

static void
on_progress_notify_cb (ExcProgress *progress, GParamSpec *pspec, ExcCli *self)
{
  exc_cli_progress (self, exc_progress_get_fraction (progress), exc_progress_get_text (progress));
}

/**
 * exc_cli_refresh:
 * @self: the program
 * @only: (nullable): FQDNs of the servers to read
 * @error: why nothing at all could be read
 *
 * Reads the organization and waits for it.
 *
 * Returns: %FALSE on error
 */
gboolean
exc_cli_refresh (ExcCli *self, const char *const *only, GError **error)
{
  ExcOrganization *organization = exc_context_get_organization (self->context);
  g_autoptr(ExcProgress) progress = exc_progress_new ();
  g_autoptr(GAsyncResult) result = NULL;
  gulong handler = g_signal_connect (progress, "notify", G_CALLBACK (on_progress_notify_cb), self);
  gboolean ok;

  exc_cli_progress (self, 0, _("Reading the servers…"));
  exc_organization_refresh_async (
      organization, only, progress, self->cancellable, exc_cli_result_cb, &result);
  exc_cli_wait (&result);
  g_signal_handler_disconnect (progress, handler);
  exc_cli_progress_end (self);
  ok = exc_organization_refresh_finish (organization, result, error);

  return ok;
}

static gboolean
open_organization (ExcCli *self, GError **error)
{
  g_autoptr(ExcConnectionSettings) settings = NULL;
  g_autoptr(GAsyncResult) result = NULL;

  if (self->options->demo != NULL &&
      (self->options->url != NULL || self->options->organization != NULL)) {
    g_set_error_literal (error,
                         EXC_ERROR,
                         EXC_ERROR_INPUT,
                         _("Give either --demo, or --organization or --url, not both."));
    return FALSE;
  }
  if (self->options->demo != NULL) {
    exc_cli_progress (self, 0, _("Starting the demo organization…"));
    exc_context_open_demo_async (
        self->context, self->options->demo, self->cancellable, exc_cli_result_cb, &result);
    exc_cli_wait (&result);
    exc_cli_progress_end (self);
    return exc_context_open_finish (self->context, result, error);
  }

  settings = exc_cli_options_make_settings (self->options, error);
  return settings != NULL && exc_context_open (self->context, settings, error);
}

static void
close_organization (ExcCli *self)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;

  exc_context_close_async (self->context, NULL, exc_cli_result_cb, &result);
  exc_cli_wait (&result);
  if (!exc_context_close_finish (self->context, result, &error))
    exc_cli_say (self, error->message);
}

static const Command *
find_command (ExcCli *self, GError **error)
{
  const char *name = self->options->command;
  guint n_arguments = self->options->arguments->len;

  for (gsize i = 0; name != NULL && i < G_N_ELEMENTS (commands); i++) {
    if (!g_str_equal (commands[i].name, name))
      continue;
    if (n_arguments >= commands[i].min_arguments && n_arguments <= commands[i].max_arguments)
      return &commands[i];
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("Usage: thumbprintctl %1$s %2$s"),
                    name,
                    *commands[i].arguments != '\0'
                    ? _(commands[i].arguments)
                    : "");
    return NULL;
  }
  if (name == NULL)
    g_set_error_literal (error, EXC_ERROR, EXC_ERROR_INPUT, _("Say a command; see --help."));
  else
    g_set_error (error, EXC_ERROR, EXC_ERROR_INPUT, _("“%s” is no command; see --help."), name);
  return NULL;
}

/* The first signal stops after the step that runs, or gives a reading up; the second ends the
 * program at once, which the journal stands. */
static gboolean
on_signal_cb (gpointer user_data)
{
  ExcCli *self = user_data;

  if (g_cancellable_is_cancelled (self->cancellable)) {
    exc_cli_say (self, _("Ended in the middle. “resume” looks at the server first."));
    _exit (EXC_EXIT_INTERRUPTED);
  }
  g_cancellable_cancel (self->cancellable);
  if (self->job != NULL) {
    exc_cli_say (self, _("Stopping after this step. Once more ends at once."));
    exc_jobs_stop_after_step (exc_context_get_jobs (self->context), self->job);
  }
  return G_SOURCE_CONTINUE;
}

static int
run_command (ExcCli *self, GError **error)
{
  const Command *command = find_command (self, error);

  if (command == NULL)
    return -1;
  if (command->needs_organization && !open_organization (self, error))
    return -1;

  return command->run (self, error);
}

static int
run (ExcCli *self)
{
  g_autoptr(GError) error = NULL;
  guint sources[] = { g_unix_signal_add (SIGINT, on_signal_cb, self),
                      g_unix_signal_add (SIGTERM, on_signal_cb, self) };
  int code;

  self->context = exc_context_new ();
  self->cancellable = g_cancellable_new ();
  self->is_terminal = isatty (STDERR_FILENO) == 1;
  code = run_command (self, &error);
  if (code < 0) {
    exc_cli_say (self, error->message);
    code = exc_cli_exit_code_of (error);
  }
  close_organization (self);

  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  g_object_unref (self->context);
  g_object_unref (self->cancellable);

  return code;
}

/**
 * exc_cli_main:
 * @argc: number of words
 * @argv: the words, the program's name first
 *
 * Returns: the exit code
 */
int
exc_cli_main (int argc, const char *const *argv)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcCliOptions) options = exc_cli_options_parse (argc, argv, &error);
  ExcCli self = { 0 };

  if (options == NULL) {
    g_printerr ("%s\n", error->message);
    return EXC_EXIT_USAGE;
  }
  if (options->version) {
    g_print ("thumbprintctl %s\n", PACKAGE_VERSION);
    return EXC_EXIT_DONE;
  }
  if (options->help) {
    print_help ();
    return EXC_EXIT_DONE;
  }

  self.options = options;
  return run (&self);
}
