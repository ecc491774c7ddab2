/* test-memory.c — what is left in this process of a key that went through it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "authority.h"
#include "exc-plan-certificates.h"
#include "renewal-test.h"

#include <malloc.h>
#include <stdio.h>

/* A piece of the file, of its text on the wire, and how they are kept: so that no copy of them is
 * found for the piece itself. */
#define PIECE 30 /* bytes: 40 digits of base64 */
#define MASK  0x5a

typedef struct {
  guint8 bytes[PIECE];
  guint8 texts[3][36]; /* base64 of it, wherever it begins in the text */
} Traces;

static void
mask (guint8 *to, const void *from, gsize size)
{
  for (gsize i = 0; i < size; i++)
    to[i] = ((const guint8 *) from)[i] ^ MASK;
}

static void
take_traces (Traces *traces, ExcSecret *pfx)
{
  gsize size;
  const guint8 *data = (const guint8 *) exc_secret_peek (pfx, &size);
  gsize at = size / 2; /* in what is encrypted: no two files have it */

  g_assert_cmpuint (size, >, 4 * PIECE);
  mask (traces->bytes, data + at, PIECE);
  at -= at % 3;
  for (guint shift = 0; shift < 3; shift++) {
    char *text = g_base64_encode (data + at + shift, PIECE);

    mask (traces->texts[shift], text, sizeof traces->texts[shift]);
    memset (text, 0, strlen (text));
    g_free (text);
  }
}

/* Byte by byte: the trace is never unmasked in memory. */
static guint
count (const guint8 *data, gsize size, const guint8 *trace, gsize length)
{
  guint n = 0;

  for (gsize i = 0; i + length <= size; i++) {
    gsize k = 0;

    while (k < length && (data[i + k] ^ MASK) == trace[k])
      k++;
    n += k == length;
  }
  return n;
}

/* In all that this process may write to. */
static guint
search_memory (const Traces *traces)
{
  g_autofree char *maps = NULL;
  g_auto(GStrv) lines = NULL;
  g_autoptr(GError) error = NULL;
  guint n = 0;

  g_file_get_contents ("/proc/self/maps", &maps, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (maps, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    guint64 from;
    guint64 to;
    char mode[5];
    guint found;

    if (sscanf (
            lines[i], "%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x %4s", &from, &to, mode) !=
            3 ||
        mode[0] != 'r' || mode[1] != 'w' || strstr (lines[i], "[v") != NULL)
      continue;
    found = count ((const guint8 *) from, to - from, traces->bytes, sizeof traces->bytes);
    for (guint k = 0; k < 3; k++)
      found += count ((const guint8 *) from, to - from, traces->texts[k], sizeof traces->texts[k]);
    if (found > 0)
      g_test_message ("%u times in %s", found, lines[i]);
    n += found;
  }
  return n;
}

static void
on_result_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static ExcSecret *export(RenewalTest *self, const char *thumbprint, ExcSecret *password)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  ExcSecret *pfx;

  exc_export_pfx_async (
      self->lab.organization, EXCH01, thumbprint, password, NULL, on_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  pfx = exc_export_pfx_finish (self->lab.organization, result, &error);
  g_assert_no_error (error);
  return pfx;
}

/* Brought to a server and taken out of it again. */
static void
test_nothing_stays (RenewalTest *self, gconstpointer data)
{
  const gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr(ExcSecret) password = exc_secret_new ("geheim", (gsize) -1);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) der = NULL;
  g_autofree char *sum = NULL;
  g_autofree char *thumbprint = NULL;
  g_autoptr(ExcJob) job = NULL;
  ExcSecret *pfx;
  ExcPlan *plan;
  Traces traces;

  mallopt (M_PERTURB, 1); /* for what making it leaves, and no longer */
  {
    g_autoptr(GBytes) file = authority_make_pfx (
        "wild.contoso.lab", "geheim", TRUE, FALSE, now - 86400, now + 90 * 86400, &der);
    gsize size;
    gpointer bytes = (gpointer) g_bytes_get_data (file, &size);

    pfx = exc_secret_new (bytes, size);
    memset (bytes, 0, size);
  }
  mallopt (M_PERTURB, 0);
  sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, der);
  thumbprint = g_ascii_strup (sum, -1);
  take_traces (&traces, pfx);
  g_assert_cmpuint (search_memory (&traces), >=, 1); /* it can be found at all */

  plan = exc_plan_new_import (renewal_test_get_snapshot (self),
                              (const char *[]){ EXCH01, NULL },
                              pfx,
                              password,
                              NULL,
                              TRUE,
                              &error);
  g_assert_no_error (error);
  exc_secret_unref (pfx);
  job = renewal_test_run (self, plan, EXC_STATE_DONE);
  job = renewal_test_restart (self, g_steal_pointer (&job)); /* which a retry would need it for */
  renewal_test_refresh (self);
  settle ();
  g_assert_cmpuint (search_memory (&traces), ==, 0);

  pfx = export(self, thumbprint, password);
  take_traces (&traces, pfx);
  exc_secret_unref (pfx);
  settle ();
  g_assert_cmpuint (search_memory (&traces), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/lab/memory/nothing-stays",
              RenewalTest,
              NULL,
              renewal_test_set_up,
              test_nothing_stays,
              renewal_test_tear_down);

  return g_test_run ();
}
