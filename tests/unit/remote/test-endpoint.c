/* test-endpoint.c — addresses, names and what is refused before a byte is sent
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-endpoint.h"
#include "exc-error.h"
#include "exc-security-context.h"

#include <glib/gstdio.h>

static char *
write_file (const char *text)
{
  g_autoptr(GError) error = NULL;
  char *path = NULL;
  int fd = g_file_open_tmp ("endpoint-XXXXXX", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

static ExcEndpoint *
make (const char *url, ExcAuth auth, const char *ca_file, ExcNames *names, GError **error)
{
  g_autoptr(ExcSecret) password = exc_secret_new ("p", 1);
  g_autoptr(ExcCredentials) credentials = exc_credentials_new (auth, "u", password);

  return exc_endpoint_new (url, EXC_CONFIGURATION_EXCHANGE, credentials, ca_file, names, error);
}

static void
test_names (void)
{
  g_autofree char *path = write_file ("# the lab\n"
                                      "ex1.contoso.example 127.3.4.1 20000\r\n"
                                      "\n"
                                      "  EX2.contoso.example\t127.3.4.2   0  # second\n"
                                      "ex3.contoso.example ::1\n"
                                      "far.contoso.example 10.0.0.1 65000");
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcNames) names = exc_names_load (path, &error);
  const struct {
    const char *host;
    const char *address;
    guint16 port;
    guint16 expected;
  } wanted[] = {
    { "ex1.contoso.example", "127.3.4.1", 443, 20443 },
    { "EX1.Contoso.Example", "127.3.4.1", 25, 20025 },
    { "ex2.contoso.example", "127.3.4.2", 443, 443 },
    { "ex3.contoso.example", "::1", 443, 443 },
    { "far.contoso.example", "10.0.0.1", 444, 65444 },
    { "far.contoso.example", "10.0.0.1", 8172, 8172 }, /* past the last port */
    { "other.example", NULL, 443, 443 },
  };

  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++) {
    g_autoptr(GInetAddress) address = exc_names_lookup (names, wanted[i].host);
    g_autofree char *text = address != NULL ? g_inet_address_to_string (address) : NULL;

    g_assert_cmpstr (text, ==, wanted[i].address);
    g_assert_cmpuint (
        exc_names_get_port (names, wanted[i].host, wanted[i].port), ==, wanted[i].expected);
  }
  g_unlink (path);
}

static void
test_names_refused (void)
{
  const char *bad[] = { "a 127.0.0.1 0\nonly-a-name\n",
                        "a 127.0.0.1 0\na b 0",
                        "a 127.0.0.1 -1",
                        "a 127.0.0.1 65536",
                        "a 127.0.0.1 1 2" };
  g_autoptr(GError) missing = NULL;
  g_autoptr(ExcNames) none = exc_names_load ("/nonexistent/hosts", &missing);

  g_assert_null (none);
  g_assert_error (missing, EXC_ERROR, EXC_ERROR_INPUT);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autofree char *path = write_file (bad[i]);
    g_autoptr(GError) error = NULL;
    g_autoptr(ExcNames) names = exc_names_load (path, &error);

    g_assert_null (names);
    g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
    g_assert_nonnull (strstr (error->message, path));
    g_unlink (path);
  }
}

/* Basic over https, or to this machine; nothing else. */
static void
test_basic (void)
{
  g_autofree char *path = write_file ("lab.example 127.3.4.1 20000\nfar.example 10.0.0.1 0\n");
  g_autoptr(ExcNames) names = exc_names_load (path, NULL);
  const struct {
    const char *url;
    gboolean is_allowed;
  } urls[] = {
    { "https://ex1.contoso.example/PowerShell/", TRUE },
    { "HTTPS://ex1.contoso.example:8443/PowerShell?serializationLevel=Full", TRUE },
    { "http://ex1.contoso.example/PowerShell/", FALSE },
    { "http://127.0.0.1:5985/wsman", TRUE },
    { "http://127.9.9.9:5985/wsman", TRUE },
    { "http://[::1]:5985/wsman", TRUE },
    { "http://localhost:5985/wsman", TRUE },
    { "http://localhost.contoso.example/wsman", FALSE },
    { "http://lab.example:25985/wsman", TRUE },
    { "http://far.example:5985/wsman", FALSE },
    { "http://10.0.0.1:5985/wsman", FALSE },
    { "ftp://ex1/PowerShell", FALSE },
    { "ex1.contoso.example", FALSE },
    { "https:///PowerShell", FALSE },
    { "https://user:secret@ex1/PowerShell", FALSE },
    { "", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(ExcEndpoint) endpoint = make (urls[i].url, EXC_AUTH_BASIC, NULL, names, &error);

    if (urls[i].is_allowed) {
      g_assert_no_error (error);
      g_assert_cmpstr (exc_endpoint_get_url (endpoint), ==, urls[i].url);
    } else {
      g_assert_null (endpoint);
      g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
      g_assert_null (strstr (error->message, "secret"));
    }
  }
  g_unlink (path);
}

static void
test_negotiate (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcEndpoint) endpoint = make (
      "https://ex1.contoso.example/PowerShell/", EXC_AUTH_NEGOTIATE, NULL, NULL, &error);

  g_assert_null (endpoint);
  g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
  g_assert_nonnull (strstr (error->message, "Kerberos"));
}

static void
test_ca_file (void)
{
  g_autofree char *path = write_file ("not a certificate\n");
  const char *files[] = { path, "/nonexistent/ca.pem" };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(ExcEndpoint) endpoint =
                   make ("https://ex1/PowerShell/", EXC_AUTH_BASIC, files[i], NULL, &error);

    g_assert_null (endpoint);
    g_assert_error (error, EXC_ERROR, EXC_ERROR_INPUT);
    g_assert_nonnull (strstr (error->message, files[i]));
  }
  g_unlink (path);
}

/* --- The seam: a context that turns every bit over --- */

#define TEST_TYPE_CONTEXT (test_context_get_type ())
G_DECLARE_FINAL_TYPE (TestContext, test_context, TEST, CONTEXT, ExcSecurityContext)

struct _TestContext {
  ExcSecurityContext parent_instance;
};

G_DEFINE_FINAL_TYPE (TestContext, test_context, EXC_TYPE_SECURITY_CONTEXT)

static GBytes *
turn (GBytes *bytes)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  guint8 *turned = g_malloc (length);

  for (gsize i = 0; i < length; i++)
    turned[i] = ~data[i];
  return g_bytes_new_take (turned, length);
}

static gboolean
test_context_wrap (ExcSecurityContext *self,
                   GBytes *plain,
                   GBytes **header,
                   GBytes **data,
                   gsize *padding,
                   GError **error)
{
  *header = g_bytes_new_static ("seal", 4);
  *data = turn (plain);
  *padding = 0;
  return TRUE;
}

static GBytes *
test_context_unwrap (ExcSecurityContext *self, GBytes *header, GBytes *data, GError **error)
{
  return turn (data);
}

static void
test_context_class_init (TestContextClass *klass)
{
  EXC_SECURITY_CONTEXT_CLASS (klass)->wrap = test_context_wrap;
  EXC_SECURITY_CONTEXT_CLASS (klass)->unwrap = test_context_unwrap;
}

static void
test_context_init (TestContext *self)
{
}

static void
test_seal (void)
{
  const char *schemes[] = { "Negotiate", "Kerberos" };

  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++) {
    g_autoptr(ExcSecurityContext) context =
                   g_object_new (TEST_TYPE_CONTEXT, "scheme", schemes[i], NULL);
    g_autoptr(GBytes) plain = g_bytes_new_static ("<s:Envelope/>", 13);
    g_autoptr(GBytes) body = exc_security_context_seal_body (context, plain, NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) back = exc_security_context_unseal_body (context, body, &error);

    g_assert_no_error (error);
    g_assert_true (g_bytes_equal (plain, back));
    g_assert_nonnull (g_strstr_len (g_bytes_get_data (body, NULL),
                                    g_bytes_get_size (body),
                                    exc_security_context_get_protocol (context)));
    g_assert_null (
        g_strstr_len (g_bytes_get_data (body, NULL), g_bytes_get_size (body), "Envelope"));
    g_assert_null (exc_security_context_unseal_body (context, plain, &error));
    g_assert_error (error, EXC_ERROR, EXC_ERROR_PROTOCOL);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/remote/names/read", test_names);
  g_test_add_func ("/remote/names/refused", test_names_refused);
  g_test_add_func ("/remote/endpoint/basic", test_basic);
  g_test_add_func ("/remote/endpoint/negotiate", test_negotiate);
  g_test_add_func ("/remote/endpoint/ca-file", test_ca_file);
  g_test_add_func ("/remote/security-context/seal", test_seal);

  return g_test_run ();
}
