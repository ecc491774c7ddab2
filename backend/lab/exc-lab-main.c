/* exc-lab-main.c — thumbprint-lab: a simulated Exchange organization
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "thumbprint-lab"

#include "config.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <locale.h>
#include <stdio.h>
#include <unistd.h>

#include "exc-lab-data.h"
#include "exc-lab.h"

#define EXIT_USAGE 2

typedef struct {
  char *scenario;
  char *state;
  char *record;
  gint64 clock_offset_s;
  gboolean lists;
  gboolean shows_version;
} Options;

static gboolean
on_end (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

/* The lab lives as long as whoever started it holds its standard input open. */
static gboolean
on_input_cb (int fd, GIOCondition condition, gpointer user_data)
{
  char buffer[256];
  gssize n = read (fd, buffer, sizeof buffer);

  if (n > 0)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

static int
fail (const char *message, int status)
{
  fprintf (stderr, "thumbprint-lab: %s\n", message);
  return status;
}

/* Also to whoever waits for the line on standard output, and shows it to a user. */
static int
fail_to_start (const char *message)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();
  g_autoptr(JsonNode) root = NULL;
  g_autofree char *line = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "error");
  json_builder_add_string_value (builder, message);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  line = json_to_string (root, FALSE);
  printf ("%s\n", line);
  return fail (message, 1);
}

static int
list_scenarios (void)
{
  g_auto(GStrv) names = exc_lab_data_list_scenarios ();

  for (guint i = 0; names[i] != NULL; i++)
    printf ("%s\n", names[i]);
  return 0;
}

static int
run (const Options *options)
{
  g_autoptr(ExcLab) lab = exc_lab_new (options->scenario != NULL ? options->scenario : "small",
                                        options->state);
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(GError) error = NULL;
  g_autofree char *line = NULL;

  if ((options->record != NULL && !exc_lab_set_record_directory (lab, options->record, &error)) ||
      !exc_lab_start (lab, options->clock_offset_s, &error))
    return fail_to_start (error->message);
  line = exc_lab_describe (lab);
  if (printf ("%s\n", line) < 0 || fflush (stdout) != 0)
    return fail (_("Standard output is closed."), 1);

  g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_input_cb, loop);
  g_unix_signal_add (SIGTERM, on_end, loop);
  g_unix_signal_add (SIGINT, on_end, loop);
  g_unix_signal_add (SIGHUP, on_end, loop);
  g_main_loop_run (loop);
  exc_lab_stop (lab);
  return 0;
}

int
main (int argc, char *argv[])
{
  const char *locale_dir = g_getenv ("EXC_LOCALE_DIR"); /* a build that is not installed */
  Options options = { 0 };
  const GOptionEntry entries[] = {
    { "scenario",
      's',
      0,
      G_OPTION_ARG_STRING,
      &options.scenario,
      N_("Simulate this organization: small, twelve, expired-auth, broken-444, edge-hybrid, "
         "two-sites, messy, or the path of a JSON file"),
          N_("NAME") },
      { "state",
        0,
        0,
        G_OPTION_ARG_FILENAME,
        &options.state,
        N_("Save the organization in this folder and take it up from there"), N_("DIR") },
        { "clock-offset",
          0,
          0,
          G_OPTION_ARG_INT64,
          &options.clock_offset_s,
          N_("Let the organization's clock run this much ahead"), N_("SECONDS") },
          { "record",
            0,
            0,
            G_OPTION_ARG_FILENAME,
            &options.record,
            N_("Keep every pipeline that clients send in this folder"), N_("DIR") },
            { "list", 0, 0, G_OPTION_ARG_NONE, &options.lists, N_("List the scenarios"), NULL },
              { "version",
                0,
                0,
                G_OPTION_ARG_NONE,
                &options.shows_version,
                N_("Show the version"), NULL },
                { NULL },
            };
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  g_autoptr(GError) error = NULL;
  int status;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir != NULL ? locale_dir : LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  g_option_context_set_summary (
      context,
      _("Runs a simulated Exchange organization on loopback. When it listens it prints one "
                 "line of JSON that says how to reach it; it ends with its standard input."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    return fail (error->message, EXIT_USAGE);
  if (argc > 1) {
    g_autofree char *message =
        g_strdup_printf (_("“%s” is not expected; --help shows the options."), argv[1]);

    return fail (message, EXIT_USAGE);
  }
  if (options.shows_version) {
    printf ("thumbprint-lab %s\n", PACKAGE_VERSION);
    return 0;
  }
  status = options.lists ? list_scenarios () : run (&options);
  g_free (options.scenario);
  g_free (options.state);
  g_free (options.record);
  return status;
}
