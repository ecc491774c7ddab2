/* test-pfx.c — files that bring certificates
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-pfx.h"

#include "../../lab/authority.h"

#define BEGIN G_GINT64_CONSTANT (1790000000)
#define END   G_GINT64_CONSTANT (1890000000)

typedef struct {
  const char *name;
  const char *password;
  const char *given;
  gboolean with_key;
  gboolean is_old;
  const char *problem; /* NULL: it opens */
} Case;

static const Case cases[] = {
  { "opens", "geheim", "geheim", TRUE, FALSE, NULL },
  { "of-old-windows", "geheim", "geheim", TRUE, TRUE, NULL },
  { "not-ascii", "päss wörd", "päss wörd", TRUE, FALSE, NULL },
  { "no-password", "", "", TRUE, FALSE, NULL },
  { "wrong-password", "geheim", "Geheim", TRUE, FALSE, "password of the PFX file is wrong" },
  { "empty-for-some", "geheim", "", TRUE, FALSE, "password of the PFX file is wrong" },
  { "without-key", "geheim", "geheim", FALSE, FALSE, "no certificate with its private key" },
};

static void
test_open (gconstpointer data)
{
  const Case *test = data;
  g_autoptr(GBytes) der = NULL;
  g_autoptr(GBytes) file = authority_make_pfx (
      "mail.contoso.lab", test->password, test->with_key, test->is_old, BEGIN, END, &der);
  g_autoptr(ExcSecret) pfx =
                 exc_secret_new (g_bytes_get_data (file, NULL), g_bytes_get_size (file));
  g_autoptr(ExcSecret) password = exc_secret_new (test->given, (gsize) -1);
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcX509) x509 = exc_pfx_open (pfx, password, &error);

  if (test->problem != NULL) {
    g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
    g_assert_nonnull (strstr (error->message, test->problem));
    return;
  }
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (x509->der, der));
}

static void
test_cut (void)
{
  g_autoptr(GBytes) file =
                 authority_make_pfx ("mail.contoso.lab", "geheim", TRUE, FALSE, BEGIN, END, NULL);
  g_autoptr(ExcSecret) password = exc_secret_new ("geheim", (gsize) -1);

  for (gsize size = 0; size < g_bytes_get_size (file); size += 61) {
    g_autoptr(ExcSecret) pfx = exc_secret_new (g_bytes_get_data (file, NULL), size);
    g_autoptr(GError) error = NULL;

    g_assert_null (exc_pfx_open (pfx, password, &error));
    g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
  }
}

/* An authority sends the same in one of four forms; which of it is ours, the key tells. */
static void
test_forms (void)
{
  g_autofree char *request = authority_make_request ("mail.contoso.lab");
  g_autofree char *other_request = authority_make_request ("mail.contoso.lab");
  g_autoptr(GBytes) other = authority_answer (other_request, AUTHORITY_DER, BEGIN, END);
  g_autoptr(ExcX509) stranger = exc_x509_new_from_der (other, NULL);
  g_autoptr(ExcX509) first = NULL;

  for (guint form = AUTHORITY_PEM; form <= AUTHORITY_PKCS7_DER; form++) {
    g_autoptr(GBytes) file = authority_answer (request, form, BEGIN, END);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) certificates = exc_x509_read_file (file, &error);
    ExcX509 *leaf;

    g_assert_no_error (error);
    g_assert_cmpuint (certificates->len, ==, form >= AUTHORITY_PKCS7_PEM ? 2 : 1);
    leaf = g_ptr_array_index (certificates, certificates->len - 1);
    g_assert_cmpstr (leaf->subject, ==, "CN=mail.contoso.lab");
    g_assert_cmpstr (leaf->issuer, ==, "CN=Test Authority");
    if (first == NULL)
      first = exc_x509_ref (leaf);
    g_assert_true (exc_x509_has_key_of (leaf, first));
    g_assert_false (exc_x509_has_key_of (leaf, stranger));
  }
}

static void
test_no_certificate (void)
{
  static const char *const texts[] = { "",
                                       "not a certificate",
                                       ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END "
                                        "CERTIFICATE-----\n") };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr(GBytes) file = g_bytes_new (texts[i], strlen (texts[i]));
    g_autoptr(GError) error = NULL;

    g_assert_null (exc_x509_read_file (file, &error));
    g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/tls/pfx/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_open);
  }
  g_test_add_func ("/tls/pfx/cut", test_cut);
  g_test_add_func ("/tls/x509-file/forms", test_forms);
  g_test_add_func ("/tls/x509-file/no-certificate", test_no_certificate);

  return g_test_run ();
}
