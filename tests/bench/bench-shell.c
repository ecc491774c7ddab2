/* bench-shell.c — what a session costs: open, one command, close
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "lab-process.h"

#include <stdio.h>

#define N_ROUNDS   20
#define N_COMMANDS 20 /* one after another in a session that is open */

typedef struct {
  double open_ms;
  double first_ms;
  double next_ms;
  double close_ms;
  guint n_open; /* round trips */
  guint n_first;
  guint n_close;
} Round;

static void
on_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static double
lap (gint64 *start_us)
{
  gint64 now = g_get_monotonic_time ();
  double ms = (now - *start_us) / 1000.0;

  *start_us = now;
  return ms;
}

static void
run (ExcShell *shell, const char *fqdn)
{
  ExcCommand *command = exc_command_new ("Get-ExchangeServer");
  g_autoptr(ExcPipeline) pipeline = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(ExcReply) reply = NULL;
  g_autoptr(GError) error = NULL;

  exc_command_set_string (command, "Identity", fqdn);
  pipeline = exc_pipeline_new_single (command);
  exc_shell_run_async (shell, pipeline, NULL, 30, NULL, on_done_cb, &result);
  wait_for (&result);
  reply = exc_shell_run_finish (shell, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (exc_reply_get_output (reply)->len, ==, 1);
}

static Round
measure (LabProcess *lab, const char *fqdn)
{
  g_autoptr(ExcShell) shell = lab_process_open (lab, fqdn, "exchange", NULL);
  g_autoptr(GAsyncResult) opened = NULL;
  g_autoptr(GAsyncResult) closed = NULL;
  gint64 start_us = g_get_monotonic_time ();
  Round round = { 0 };

  exc_shell_open_async (shell, NULL, on_done_cb, &opened);
  wait_for (&opened);
  g_assert_true (exc_shell_open_finish (shell, opened, NULL));
  round.open_ms = lap (&start_us);
  round.n_open = exc_shell_get_n_round_trips (shell);

  run (shell, fqdn);
  round.first_ms = lap (&start_us);
  for (int i = 0; i < N_COMMANDS; i++)
    run (shell, fqdn);
  round.next_ms = lap (&start_us) / N_COMMANDS;

  exc_shell_close_async (shell, NULL, on_done_cb, &closed);
  wait_for (&closed);
  g_assert_true (exc_shell_close_finish (shell, closed, NULL));
  round.close_ms = lap (&start_us);
  /* Command, Receive, Terminate for each, and Delete. */
  round.n_close = exc_shell_get_n_round_trips (shell) - round.n_open;
  return round;
}

static int
compare (gconstpointer one, gconstpointer other)
{
  double difference = *(const double *) one - *(const double *) other;

  return difference < 0 ? -1 : difference > 0;
}

static void
print_median (const char *what, const Round *rounds, gsize offset)
{
  double values[N_ROUNDS];

  for (int i = 0; i < N_ROUNDS; i++)
    values[i] = G_STRUCT_MEMBER (double, &rounds[i], offset);
  qsort (values, N_ROUNDS, sizeof (double), compare);
  printf ("%-22s %7.2f ms (from %.2f to %.2f)\n",
          what,
          values[N_ROUNDS / 2],
          values[0],
          values[N_ROUNDS - 1]);
}

int
main (void)
{
  g_autoptr(LabProcess) lab = lab_process_new ("small", NULL);
  JsonObject *description = json_node_get_object (lab->description);
  JsonArray *servers = json_object_get_array_member (description, "servers");
  const char *fqdn =
      json_object_get_string_member (json_array_get_object_element (servers, 0), "fqdn");
  Round rounds[N_ROUNDS];

  for (int i = 0; i < N_ROUNDS; i++)
    rounds[i] = measure (lab, fqdn);
  print_median ("open", rounds, G_STRUCT_OFFSET (Round, open_ms));
  print_median ("first command", rounds, G_STRUCT_OFFSET (Round, first_ms));
  print_median ("each further command", rounds, G_STRUCT_OFFSET (Round, next_ms));
  print_median ("close", rounds, G_STRUCT_OFFSET (Round, close_ms));
  printf ("round trips: open %u, %d commands and close %u (%.2f a command)\n",
          rounds[0].n_open,
          N_COMMANDS + 1,
          rounds[0].n_close,
          (rounds[0].n_close - 1.0) / (N_COMMANDS + 1));

  return 0;
}
