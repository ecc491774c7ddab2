/* bench-inventory.c — time and round trips of reading an organization
 *
 * Against a real thumbprint-lab process on loopback, over HTTPS: once with everything to be opened
 * (connections, shells), once more with what is open. A round trip is one HTTP exchange; closing
 * the shells is not counted. Of several rounds the median time is told, and the trips of the last:
 * a long poll more or less is chance.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "lab-test.h"

#include <locale.h>

#define N_ROUNDS 5

typedef struct {
  double times_ms[N_ROUNDS];
  guint n_round_trips;
} Figures;

static int
compare_times (gconstpointer a, gconstpointer b)
{
  const double one = *(const double *) a;
  const double other = *(const double *) b;

  return (one > other) - (one < other);
}

static void
read_once (LabTest *test, Figures *figures, guint round)
{
  const guint before = exc_connection_get_n_round_trips (test->connection);
  const gint64 start = g_get_monotonic_time ();
  g_autoptr(GError) error = NULL;

  lab_test_refresh (test, NULL, &error);
  g_assert_no_error (error);
  figures->times_ms[round] = (double) (g_get_monotonic_time () - start) / 1000;
  figures->n_round_trips = exc_connection_get_n_round_trips (test->connection) - before;
}

static void
print_figures (const char *what, Figures *figures)
{
  qsort (figures->times_ms, N_ROUNDS, sizeof (double), compare_times);
  g_print ("  %-6s %6.0f ms (%.0f to %.0f), %u round trips\n",
           what,
           figures->times_ms[N_ROUNDS / 2],
           figures->times_ms[0],
           figures->times_ms[N_ROUNDS - 1],
           figures->n_round_trips);
}

static void
measure (const char *scenario)
{
  Figures first = { 0 };
  Figures again = { 0 };
  guint n_servers = 0;
  guint n_certificates = 0;

  for (guint round = 0; round < N_ROUNDS; round++) {
    LabTest test = { 0 };
    ExcSnapshot *snapshot = NULL;

    lab_test_set_up (&test, scenario);
    read_once (&test, &first, round);
    read_once (&test, &again, round);
    snapshot = exc_organization_get_snapshot (test.organization);
    n_servers = exc_snapshot_get_servers (snapshot)->len;
    n_certificates = exc_snapshot_get_certificates (snapshot)->len;
    g_assert_cmpuint (n_certificates, >, n_servers);
    lab_test_tear_down (&test, NULL);
  }
  g_print ("%s: %u servers, %u certificates\n", scenario, n_servers, n_certificates);
  print_figures ("first", &first);
  print_figures ("again", &again);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  measure ("small");
  measure ("twelve");
  return 0;
}
