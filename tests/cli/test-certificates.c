/* test-certificates.c — thumbprintctl brings certificates to servers, and takes them out
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "authority.h"
#include "lab.h"

#include <glib/gstdio.h>
#include <string.h>

#define PASSWORD "Canary-7f3a"

static void
assert_ended (Ended *ended, int code)
{
  if (ended->code != code)
    g_error ("ended with %d instead of %d: %s%s", ended->code, code, ended->out, ended->err);
}

static Ended *run_words (Lab *lab, int code, const char *format, ...) G_GNUC_PRINTF (3, 4);

static Ended *
run_words (Lab *lab, int code, const char *format, ...)
{
  g_autofree char *words = NULL;
  va_list args;
  Ended *ended;

  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  ended = lab_run (lab, words);
  assert_ended (ended, code);
  return ended;
}

static void
run (Lab *lab, int code, const char *words)
{
  g_autoptr(Ended) ended = run_words (lab, code, "%s", words);
}

static char *
write_file (Lab *lab, const char *name, const void *data, gsize size)
{
  char *path = g_build_filename (lab->folder, name, NULL);
  g_autoptr(GError) error = NULL;

  g_file_set_contents (path, data, (gssize) size, &error);
  g_assert_no_error (error);
  return path;
}

static void
assert_no_canary (const char *path)
{
  g_autofree char *text = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  for (gsize i = 0; i + strlen (PASSWORD) <= length; i++)
    g_assert_cmpint (memcmp (text + i, PASSWORD, strlen (PASSWORD)), !=, 0);
}

static guint
count (Lab *lab)
{
  g_autoptr(Ended) ended = run_words (lab, 0, "certificates --json");

  return json_array_get_length (json_node_get_array (ended->json));
}

static void
test_create (void)
{
  g_autoptr(Lab) lab = lab_start ("small");
  const char *server = lab_get_fqdn (lab, 0);
  guint n_before = count (lab);
  g_autoptr(Ended) shown = run_words (lab, 0, "create %s --domains new.contoso.lab", server);
  g_autoptr(Ended) made = NULL;
  g_autoptr(Ended) undone = NULL;
  g_autoptr(Ended) bad = NULL;

  g_assert_nonnull (strstr (shown->out, "New-ExchangeCertificate"));
  g_assert_nonnull (strstr (shown->err, "Nothing was changed"));
  g_assert_cmpuint (count (lab), ==, n_before);
  made = run_words (lab, 0, "create %s --domains new.contoso.lab --yes --json", server);
  g_assert_cmpuint (count (lab), ==, n_before + 1);
  undone = run_words (
      lab, 0, "undo %s", json_object_get_string_member (json_node_get_object (made->json), "id"));
  g_assert_cmpuint (count (lab), ==, n_before);
  bad = run_words (lab, 2, "create %s --domains new..lab --yes", server);
  g_assert_nonnull (strstr (bad->err, "new..lab"));
}

static void
test_request (void)
{
  g_autoptr(Lab) lab = lab_start ("small");
  const char *server = lab_get_fqdn (lab, 0);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autofree char *path = g_build_filename (lab->folder, "mail.csr", NULL);
  g_autofree char *text = NULL;
  g_autofree char *answer_path = NULL;
  g_autoptr(GBytes) answer = NULL;
  g_autoptr(Ended) nowhere = run_words (lab, 2, "request %s --yes", server);
  g_autoptr(Ended) asked = run_words (
      lab, 0, "request %s --subject CN=mail.contoso.lab --output %s --yes", server, path);
  g_autoptr(Ended) again = NULL;
  g_autoptr(Ended) wrong = NULL;
  g_autoptr(Ended) joined = NULL;

  g_assert_nonnull (strstr (nowhere->err, "--output"));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  again = run_words (
      lab, 5, "request %s --subject CN=mail.contoso.lab --output %s --yes", server, path);
  wrong = run_words (lab, 2, "complete %s %s --yes", server, path); /* the request itself */
  g_assert_nonnull (strstr (wrong->err, "no certificate"));
  answer = authority_answer (text, AUTHORITY_PKCS7_PEM, now - 86400, now + 90 * 86400);
  answer_path =
      write_file (lab, "answer.p7b", g_bytes_get_data (answer, NULL), g_bytes_get_size (answer));
  joined = run_words (lab, 0, "complete %s %s --yes", server, answer_path);
}

static void
test_import_and_export (void)
{
  g_autoptr(Lab) lab = lab_start ("small");
  const char *first = lab_get_fqdn (lab, 0), *second = lab_get_fqdn (lab, 1);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  g_autoptr(GBytes) der = NULL;
  g_autoptr(GBytes) pfx = authority_make_pfx (
      "wild.contoso.lab", PASSWORD, TRUE, FALSE, now - 86400, now + 90 * 86400, &der);
  g_autofree char *thumbprint = g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, der);
  g_autofree char *file =
      write_file (lab, "wild.pfx", g_bytes_get_data (pfx, NULL), g_bytes_get_size (pfx));
  g_autofree char *password = write_file (lab, "good", PASSWORD "\n", strlen (PASSWORD "\n"));
  g_autofree char *wrong = write_file (lab, "wrong", "x\n", 2);
  g_autofree char *out = g_build_filename (lab->folder, "out.pfx", NULL);
  g_autofree char *public = g_build_filename (lab->folder, "out.cer", NULL);
  g_autofree char *report = g_build_filename (lab->folder, "report.html", NULL);
  g_autofree char *request = g_build_filename (lab->folder, "again.csr", NULL);
  g_autofree char *exported = NULL;
  g_autoptr(Ended) refused = run_words (
      lab, 2, "import %s %s --pfx-password-file %s --yes", file, first, wrong);
  g_autoptr(Ended) imported = NULL;
  g_autoptr(Ended) json = NULL;
  const char *job;
  GStatBuf status;
  gsize length;

  g_assert_nonnull (strstr (refused->err, "password of the PFX file is wrong"));
  imported = run_words (lab,
                        0,
                        "import %s %s %s --pfx-password-file %s --exportable --yes --json",
                        file,
                        first,
                        second,
                        password);
  g_assert_null (strstr (imported->out, PASSWORD));
  g_assert_null (strstr (imported->err, PASSWORD));
  job = json_object_get_string_member (json_node_get_object (imported->json), "id");

  {
    g_autoptr(Ended) made = run_words (lab,
                                        0,
                                        "export %s %s --format pfx --output %s "
                                        "--pfx-password-file %s",
                                        second,
                                        thumbprint,
                                        out,
                                        password);
    g_autoptr(Ended) again = run_words (lab,
                                         5,
                                         "export %s %s --format pfx --output %s "
                                         "--pfx-password-file %s",
                                         second,
                                         thumbprint,
                                         out,
                                         password);
    g_autoptr(Ended) plain = run_words (
        lab, 0, "export %s %.6s --format der --output %s", first, thumbprint, public);
    g_autoptr(Ended) asked = run_words (
        lab, 0, "request %s --old %.6s --output %s", first, thumbprint, request);

    g_assert_nonnull (strstr (asked->out, "New-ExchangeCertificate"));
  }
  g_assert_cmpint (g_stat (out, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600); /* for its owner's eyes */
  g_assert_true (g_file_get_contents (public, &exported, &length, NULL));
  g_assert_cmpmem (exported, length, g_bytes_get_data (der, NULL), g_bytes_get_size (der));

  {
    g_autoptr(Ended) written = run_words (lab, 0, "report %s --output %s", job, report);
    g_autoptr(Ended) bad = run_words (lab, 2, "report %s --format pdf", job);
  }
  assert_no_canary (report);
  json = run_words (lab, 0, "report %s --format json", job);
  g_assert_cmpstr (
      json_object_get_string_member (json_node_get_object (json->json), "state"), ==, "done");
  g_assert_null (strstr (json->out, PASSWORD));
}

static void
test_nothing_to_find (void)
{
  g_autoptr(Lab) lab = lab_start ("small");
  g_autoptr(Ended) report = run_words (lab, 7, "report deadbeef");
  g_autoptr(Ended) server = run_words (lab, 7, "create EXCH99 --yes");
  g_autoptr(Ended) file = run_words (lab, 2, "complete EXCH01 /nonexistent/file");
  g_autoptr(Ended) thumbprint = run_words (lab, 7, "export EXCH01 xyz --output /nonexistent/file");
  g_autoptr(Ended) place = run_words (lab, 7, "export EXCH99 ABCD --output /nonexistent/file");
  g_autoptr(Ended) old =
                 run_words (lab, 7, "request EXCH01 --old 0000 --output /nonexistent/file");

  run (lab, 2, "import /nonexistent/file EXCH01");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cli/certificates/create", test_create);
  g_test_add_func ("/cli/certificates/request", test_request);
  g_test_add_func ("/cli/certificates/import-and-export", test_import_and_export);
  g_test_add_func ("/cli/certificates/nothing-to-find", test_nothing_to_find);

  return g_test_run ();
}
