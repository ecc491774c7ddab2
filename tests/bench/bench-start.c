/* bench-start.c — from the start of the program to its first frame
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-application.h"

#include <time.h>

static gint64 started;
static gint64 painted;

static void
on_after_paint_cb (GdkFrameClock *clock, gpointer user_data)
{
  if (painted == 0)
    painted = g_get_monotonic_time ();
}

static void
on_realize_cb (GtkWidget *window)
{
  g_signal_connect (
      gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (on_after_paint_cb), NULL);
}

static void
on_window_added_cb (GtkApplication *application, GtkWindow *window)
{
  g_signal_connect (window, "realize", G_CALLBACK (on_realize_cb), NULL);
}

/* Resident memory in kB, from the kernel. */
static gint64
get_resident_kb (void)
{
  g_autofree char *status = NULL;
  const char *line = NULL;

  if (!g_file_get_contents ("/proc/self/status", &status, NULL, NULL))
    return 0;
  line = strstr (status, "VmRSS:");

  return line != NULL ? g_ascii_strtoll (line + strlen ("VmRSS:"), NULL, 10) : 0;
}

int
main (int argc, char **argv)
{
  ExcApplication *application = NULL;
  g_autoptr(GError) error = NULL;

  started = g_get_monotonic_time ();
  application = exc_application_new (G_APPLICATION_NON_UNIQUE);
  g_signal_connect (application, "window-added", G_CALLBACK (on_window_added_cb), NULL);
  if (!g_application_register (G_APPLICATION (application), NULL, &error)) {
    g_printerr ("%s\n", error->message);
    return 1;
  }
  g_application_activate (G_APPLICATION (application));
  while (painted == 0)
    g_main_context_iteration (NULL, TRUE);

  g_print ("start to first frame: %.0f ms (%.0f ms of processor), %" G_GINT64_FORMAT
           " MB resident\n",
           (double) (painted - started) / 1000,
           (double) clock () * 1000 / CLOCKS_PER_SEC,
           get_resident_kb () / 1024);

  return 0;
}
