/* test-probe.c — the probe against nginx, dovecot and postfix
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-error.h"
#include "exc-tls-probe.h"

#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <pwd.h>
#include <unistd.h>

#define HOST       "ex01.thumbprint.test"
#define OTHER      "ex02.thumbprint.test"
#define PATIENCE_S 20

/* A folder for one server: its configuration, a key pair, and what it writes. */
typedef struct {
  char *dir;
  char *certificate;
  char *key;
  char *thumbprint;
  GSubprocess *process;
} Site;

typedef struct {
  gboolean is_done;
  ExcX509 *x509;
  GError *error;
} Outcome;

static void
write_certificate (Site *site, const char *name, char **path, char **key_path, char **thumbprint)
{
  EVP_PKEY *key = EVP_RSA_gen (2048);
  X509 *x509 = X509_new ();
  X509_EXTENSION *names = NULL;
  g_autofree char *value = g_strconcat ("DNS:", name, NULL);
  g_autofree char *lower = NULL;
  unsigned char *der = NULL;
  int length;
  FILE *file;

  X509_set_version (x509, X509_VERSION_3);
  ASN1_INTEGER_set (X509_get_serialNumber (x509), 11);
  X509_gmtime_adj (X509_getm_notBefore (x509), -86400);
  X509_gmtime_adj (X509_getm_notAfter (x509), 86400);
  X509_NAME_add_entry_by_txt (
      X509_get_subject_name (x509), "CN", MBSTRING_UTF8, (const unsigned char *) name, -1, -1, 0);
  X509_set_issuer_name (x509, X509_get_subject_name (x509));
  X509_set_pubkey (x509, key);
  names = X509V3_EXT_conf_nid (NULL, NULL, NID_subject_alt_name, value);
  X509_add_ext (x509, names, -1);
  g_assert_cmpint (X509_sign (x509, key, EVP_sha256 ()), >, 0);

  length = i2d_X509 (x509, &der);
  lower = g_compute_checksum_for_data (G_CHECKSUM_SHA1, der, (gsize) length);
  *thumbprint = g_ascii_strup (lower, -1);
  *path = g_strdup_printf ("%s/%s.pem", site->dir, name);
  *key_path = g_strdup_printf ("%s/%s.key", site->dir, name);
  file = fopen (*path, "w");
  PEM_write_X509 (file, x509);
  fclose (file);
  file = fopen (*key_path, "w");
  PEM_write_PrivateKey (file, key, NULL, NULL, 0, NULL, NULL);
  fclose (file);
  g_chmod (*key_path, 0600);

  OPENSSL_free (der);
  X509_EXTENSION_free (names);
  X509_free (x509);
  EVP_PKEY_free (key);
}

static void
site_init (Site *site)
{
  g_autoptr(GError) error = NULL;

  site->dir = g_dir_make_tmp ("thumbprint-probe-XXXXXX", &error);
  g_assert_no_error (error);
  g_chmod (site->dir, 0755); /* the servers' own users go through it */
  write_certificate (site, HOST, &site->certificate, &site->key, &site->thumbprint);
}

static void
remove_tree (const char *path)
{
  g_autoptr(GSubprocess) process =
                 g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, NULL, "rm", "-rf", "--", path, NULL);

  g_subprocess_wait (process, NULL, NULL);
}

static void
site_clear (Site *site)
{
  if (site->process != NULL) {
    g_subprocess_send_signal (site->process, SIGTERM);
    g_subprocess_wait (site->process, NULL, NULL);
    g_clear_object (&site->process);
  }
  remove_tree (site->dir);
  g_free (site->dir);
  g_free (site->certificate);
  g_free (site->key);
  g_free (site->thumbprint);
}

/* Asked of the kernel just before it is used. */
static guint16
find_port (void)
{
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr(GSocketAddress) wanted = g_inet_socket_address_new (loopback, 0);
  g_autoptr(GSocket) socket = g_socket_new (
      G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr(GSocketAddress) got = NULL;

  g_assert_true (g_socket_bind (socket, wanted, TRUE, NULL));
  got = g_socket_get_local_address (socket, NULL);
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (got));
}

static void
on_probed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  outcome->x509 = exc_tls_probe_finish (result, &outcome->error);
  outcome->is_done = TRUE;
}

static void
probe_once (
    const char *host, guint16 port, ExcProbeGreeting greeting, guint timeout_s, Outcome *outcome)
{
  g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);

  exc_tls_probe_async (host, loopback, port, greeting, timeout_s, NULL, on_probed_cb, outcome);
  while (!outcome->is_done)
    g_main_context_iteration (NULL, TRUE);
}

static gboolean
on_tick_cb (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

/* Until it listens: another program's start sends us no event. */
static void
assert_served (const char *host, guint16 port, ExcProbeGreeting greeting, const char *thumbprint)
{
  gint64 deadline = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;

  for (;;) {
    Outcome outcome = { 0 };

    probe_once (host, port, greeting, PATIENCE_S, &outcome);
    if (g_error_matches (outcome.error, EXC_ERROR, EXC_ERROR_NOT_FOUND) &&
        g_get_monotonic_time () < deadline) {
      g_clear_error (&outcome.error);
      g_timeout_add (20, on_tick_cb, NULL);
      g_main_context_iteration (NULL, TRUE);
      continue;
    }
    g_assert_no_error (outcome.error);
    g_assert_cmpstr (outcome.x509->sha1, ==, thumbprint);
    exc_x509_unref (outcome.x509);
    return;
  }
}

/* What is no such server is told from one that serves no TLS. */
static void
assert_not_served (guint16 port, ExcProbeGreeting greeting, int code)
{
  Outcome outcome = { 0 };

  probe_once (HOST, port, greeting, code == EXC_ERROR_UNREACHABLE ? 1 : PATIENCE_S, &outcome);
  g_assert_null (outcome.x509);
  g_assert_error (outcome.error, EXC_ERROR, code);
  g_test_message ("%s", outcome.error->message);
  g_clear_error (&outcome.error);
}

static char *
find_server (const char *name)
{
  g_autofree char *path = g_find_program_in_path (name);
  g_autofree char *sbin = g_strconcat ("/usr/sbin/", name, NULL);

  if (path != NULL)
    return g_steal_pointer (&path);
  return g_file_test (sbin, G_FILE_TEST_IS_EXECUTABLE) ? g_steal_pointer (&sbin) : NULL;
}

static void
write_file (Site *site, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (site->dir, name, NULL);
  g_autoptr(GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
start (Site *site, const char *const *argv)
{
  g_autoptr(GError) error = NULL;

  site->process = g_subprocess_newv (
      argv, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE, &error);
  g_assert_no_error (error);
}

static void
test_nginx (void)
{
  g_autofree char *program = find_server ("nginx");
  g_autofree char *config = NULL;
  g_autofree char *path = NULL;
  g_autofree char *other_certificate = NULL;
  g_autofree char *other_key = NULL;
  g_autofree char *other_thumbprint = NULL;
  guint16 port = find_port (), plain = find_port ();
  Site site = { 0 };

  if (program == NULL) {
    g_test_skip ("nginx is not installed (nginx-light)");
    return;
  }
  site_init (&site);
  write_certificate (&site, OTHER, &other_certificate, &other_key, &other_thumbprint);
  config = g_strdup_printf (
      "daemon off;\nmaster_process off;\npid %1$s/pid;\nerror_log %1$s/log;\n"
      "events { worker_connections 64; }\n"
      "http { access_log off; client_body_temp_path %1$s/a; proxy_temp_path %1$s/b;\n"
      " fastcgi_temp_path %1$s/c; uwsgi_temp_path %1$s/d; scgi_temp_path %1$s/e;\n"
      " server { listen 127.0.0.1:%2$u ssl default_server; server_name " HOST ";\n"
      "  ssl_certificate %3$s; ssl_certificate_key %4$s; }\n"
      " server { listen 127.0.0.1:%2$u ssl; server_name " OTHER ";\n"
      "  ssl_certificate %5$s; ssl_certificate_key %6$s; }\n"
      " server { listen 127.0.0.1:%7$u; } }\n",
      site.dir,
      port,
      site.certificate,
      site.key,
      other_certificate,
      other_key,
      plain);
  write_file (&site, "nginx.conf", config);
  path = g_build_filename (site.dir, "nginx.conf", NULL);
  start (&site, (const char *[]){ program, "-p", site.dir, "-c", path, NULL });

  assert_served (HOST, port, EXC_PROBE_TLS, site.thumbprint);
  assert_served (OTHER, port, EXC_PROBE_TLS, other_thumbprint); /* SNI */
  assert_not_served (plain, EXC_PROBE_TLS, EXC_ERROR_ENDPOINT);
  assert_not_served (plain, EXC_PROBE_IMAP, EXC_ERROR_UNREACHABLE);
  site_clear (&site);
}

static void
test_dovecot (void)
{
  g_autofree char *program = find_server ("dovecot");
  g_autofree char *config = NULL;
  g_autofree char *path = NULL;
  guint16 imap = find_port (), imaps = find_port (), pop3 = find_port (), pop3s = find_port ();
  Site site = { 0 };

  if (program == NULL || getuid () != 0) {
    g_test_skip (program == NULL ? "dovecot is not installed (dovecot-imapd, dovecot-pop3d)"
                                 : "dovecot needs root");
    return;
  }
  site_init (&site);
  config = g_strdup_printf (
      "base_dir = %1$s/run\nstate_dir = %1$s/state\nlog_path = %1$s/log\nlisten = 127.0.0.1\n"
      "protocols = imap pop3\nssl = yes\nssl_cert = <%2$s\nssl_key = <%3$s\n"
      "passdb {\n driver = static\n args = nopassword=y\n}\n"
      "userdb {\n driver = static\n args = uid=65534 gid=65534 home=/nonexistent\n}\n"
      "service imap-login {\n chroot =\n"
      " inet_listener imap {\n  port = %4$u\n }\n"
      " inet_listener imaps {\n  port = %5$u\n  ssl = yes\n }\n}\n"
      "service pop3-login {\n chroot =\n"
      " inet_listener pop3 {\n  port = %6$u\n }\n"
      " inet_listener pop3s {\n  port = %7$u\n  ssl = yes\n }\n}\n"
      "service anvil {\n chroot =\n}\nservice stats {\n chroot =\n}\n",
      site.dir,
      site.certificate,
      site.key,
      imap,
      imaps,
      pop3,
      pop3s);
  write_file (&site, "dovecot.conf", config);
  path = g_build_filename (site.dir, "dovecot.conf", NULL);
  start (&site, (const char *[]){ program, "-F", "-c", path, NULL });

  assert_served (HOST, imaps, EXC_PROBE_TLS, site.thumbprint);
  assert_served (HOST, imap, EXC_PROBE_IMAP, site.thumbprint);
  assert_served (HOST, pop3s, EXC_PROBE_TLS, site.thumbprint);
  assert_served (HOST, pop3, EXC_PROBE_POP3, site.thumbprint);
  assert_not_served (pop3, EXC_PROBE_IMAP, EXC_ERROR_ENDPOINT);
  site_clear (&site);
}

static gboolean
run_postfix (const char *program, const char *dir, const char *verb)
{
  g_autoptr(GSubprocess) process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                                          G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                                                      NULL,
                                                      program,
                                                      "-c",
                                                      dir,
                                                      verb,
                                                      NULL);

  return process != NULL && g_subprocess_wait_check (process, NULL, NULL);
}

static void
test_postfix (void)
{
  g_autofree char *program = find_server ("postfix");
  g_autofree char *config = NULL;
  g_autofree char *services = NULL;
  g_autofree char *queue = NULL;
  g_autofree char *data = NULL;
  guint16 smtp = find_port (), smtps = find_port (), bare = find_port ();
  struct passwd *user = getpwnam ("postfix");
  Site site = { 0 };

  if (program == NULL || user == NULL || getuid () != 0) {
    g_test_skip (program == NULL ? "postfix is not installed" : "postfix needs root and its user");
    return;
  }
  site_init (&site);
  queue = g_build_filename (site.dir, "queue", NULL);
  data = g_build_filename (site.dir, "data", NULL);
  g_mkdir (queue, 0755);
  g_mkdir (data, 0700);
  g_assert_cmpint (chown (data, user->pw_uid, user->pw_gid), ==, 0);
  config = g_strdup_printf (
      "compatibility_level = 3.6\nqueue_directory = %1$s\ndata_directory = %2$s\n"
      "inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmyhostname = " HOST "\n"
      "mydestination =\nalias_maps =\nalias_database =\nlocal_recipient_maps =\n"
      "maillog_file = %3$s/maillog\nmaillog_file_prefixes = %3$s\n"
      "smtpd_tls_security_level = may\nsmtpd_tls_cert_file = %4$s\nsmtpd_tls_key_file = %5$s\n",
      queue,
      data,
      site.dir,
      site.certificate,
      site.key);
  services =
      g_strdup_printf ("127.0.0.1:%1$u inet n - n - - smtpd\n"
                       "127.0.0.1:%2$u inet n - n - - smtpd\n -o smtpd_tls_wrappermode=yes\n"
                       "127.0.0.1:%3$u inet n - n - - smtpd\n -o smtpd_tls_security_level=none\n"
                       "pickup unix n - n 60 1 pickup\ncleanup unix n - n - 0 cleanup\n"
                       "qmgr unix n - n 300 1 qmgr\ntlsmgr unix - - n 1000? 1 tlsmgr\n"
                       "rewrite unix - - n - - trivial-rewrite\nanvil unix - - n - 1 anvil\n"
                       "proxymap unix - - n - - proxymap\npostlog unix-dgram n - n - 1 postlogd\n",
                       smtp,
                       smtps,
                       bare);
  write_file (&site, "main.cf", config);
  write_file (&site, "master.cf", services);
  g_assert_true (run_postfix (program, site.dir, "start"));

  assert_served (HOST, smtp, EXC_PROBE_SMTP, site.thumbprint);
  assert_served (HOST, smtps, EXC_PROBE_TLS, site.thumbprint);
  assert_not_served (bare, EXC_PROBE_SMTP, EXC_ERROR_ENDPOINT);
  g_assert_true (run_postfix (program, site.dir, "stop"));
  site_clear (&site);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/interop/probe/nginx", test_nginx);
  g_test_add_func ("/interop/probe/dovecot", test_dovecot);
  g_test_add_func ("/interop/probe/postfix", test_postfix);

  return g_test_run ();
}
