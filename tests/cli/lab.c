/* lab.c — a thumbprint-lab process of one test, and thumbprintctl against it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "lab.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <openssl/ssl.h>

#include <string.h>

#define OFFSET 20000

static char *
make_folder (void)
{
  g_autoptr(GError) error = NULL;
  char *folder = g_dir_make_tmp ("exc-cli-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static void
delete_tree (const char *path)
{
  if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK)) {
    g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
      g_autofree char *child = g_build_filename (path, name, NULL);

      delete_tree (child);
    }
  }
  g_remove (path);
}

static JsonObject *
parse_object (const char *line)
{
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GError) error = NULL;

  json_parser_load_from_data (parser, line, -1, &error);
  g_assert_no_error (error);
  return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

/* The lab's keys are shared by all tests of a machine: making one costs 0.1 s. */
static GSubprocessLauncher *
new_launcher (Lab *self, GSubprocessFlags flags)
{
  GSubprocessLauncher *launcher = g_subprocess_launcher_new (flags);

  g_subprocess_launcher_setenv (launcher, "XDG_DATA_HOME", self->folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "XDG_CONFIG_HOME", self->folder, TRUE);
  return launcher;
}

Lab *
lab_start (const char *scenario)
{
  return lab_start_recording (scenario, NULL);
}

Lab *
lab_start_recording (const char *scenario, const char *directory)
{
  Lab *self = g_new0 (Lab, 1);
  g_autoptr(GError) error = NULL;
  g_autoptr(GSubprocessLauncher) launcher = NULL;
  g_autofree char *line = NULL;

  self->folder = make_folder ();
  launcher = new_launcher (self, G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  self->process = g_subprocess_launcher_spawn (launcher,
                                               &error,
                                               g_getenv ("EXC_LAB"),
                                               "--scenario",
                                               scenario,
                                               directory != NULL ? "--record" : NULL,
                                               directory,
                                               NULL);
  g_assert_no_error (error);
  self->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  line = g_data_input_stream_read_line_utf8 (self->output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  self->announced = parse_object (line);
  self->password_file = g_build_filename (self->folder, "password", NULL);
  g_file_set_contents (
      self->password_file, json_object_get_string_member (self->announced, "password"), -1, &error);
  g_assert_no_error (error);
  return self;
}

void
lab_stop (Lab *self)
{
  g_autoptr(GError) error = NULL;

  g_output_stream_close (g_subprocess_get_stdin_pipe (self->process), NULL, &error);
  g_assert_no_error (error);
  g_subprocess_wait (self->process, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (self->process));
  g_assert_cmpint (g_subprocess_get_exit_status (self->process), ==, 0);
  g_object_unref (self->output);
  g_object_unref (self->process);
  json_object_unref (self->announced);
  delete_tree (self->folder);
  g_free (self->password_file);
  g_free (self->folder);
  g_free (self);
}

const char *
lab_get_fqdn (Lab *self, guint index)
{
  JsonArray *servers = json_object_get_array_member (self->announced, "servers");

  return json_object_get_string_member (json_array_get_object_element (servers, index), "fqdn");
}

JsonObject *
lab_control (Lab *self, const char *format, ...)
{
  const char *path = json_object_get_string_member (self->announced, "control");
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr(GSocketConnection) connection = NULL;
  g_autoptr(GDataInputStream) input = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *request = NULL;
  g_autofree char *line = NULL;
  g_autofree char *answer = NULL;
  JsonObject *object;
  va_list args;

  va_start (args, format);
  request = g_strdup_vprintf (format, args);
  va_end (args);
  line = g_strconcat (request, "\n", NULL);
  connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &error);
  g_assert_no_error (error);
  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)),
                             line,
                             strlen (line),
                             NULL,
                             NULL,
                             &error);
  g_assert_no_error (error);
  input = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));
  answer = g_data_input_stream_read_line_utf8 (input, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (answer);
  object = parse_object (answer);
  g_test_message ("%s > %.200s", request, answer);
  g_assert_true (json_object_get_boolean_member (object, "ok"));
  return object;
}

/* The address that the hosts file gives. */
static char *
find_address (Lab *self, const char *fqdn)
{
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;
  g_autoptr(GError) error = NULL;

  g_file_get_contents (
      json_object_get_string_member (self->announced, "hosts"), &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    g_auto(GStrv) words = g_strsplit_set (lines[i], " \t", -1);

    if (g_strv_length (words) >= 2 && g_ascii_strcasecmp (words[0], fqdn) == 0)
      return g_strdup (words[1]);
  }
  g_error ("the hosts file does not name %s", fqdn);
}

static char *
hex_of (const guint8 *data, gsize size)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (gsize i = 0; i < size; i++)
    g_string_append_printf (text, "%02X", data[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
lab_handshake (Lab *self, const char *fqdn, guint16 port)
{
  g_autofree char *address = find_address (self, fqdn);
  g_autofree char *target = g_strdup_printf ("%s:%u", address, port + OFFSET);
  SSL_CTX *context = SSL_CTX_new (TLS_client_method ());
  BIO *bio = BIO_new_ssl_connect (context);
  SSL *ssl = NULL;
  X509 *x509;
  guint8 digest[EVP_MAX_MD_SIZE];
  guint n_digest;

  BIO_get_ssl (bio, &ssl);
  SSL_set_tlsext_host_name (ssl, fqdn);
  BIO_set_conn_hostname (bio, target);
  if (BIO_do_handshake (bio) != 1)
    g_error ("no handshake with %s port %u", fqdn, port);
  x509 = SSL_get1_peer_certificate (ssl);
  g_assert_nonnull (x509);
  X509_digest (x509, EVP_sha1 (), digest, &n_digest);
  X509_free (x509);
  BIO_free_all (bio);
  SSL_CTX_free (context);
  return hex_of (digest, n_digest);
}

static GPtrArray *
make_words (Lab *self, const char *words, gboolean connected)
{
  GPtrArray *argv = g_ptr_array_new_with_free_func (g_free);
  g_auto(GStrv) split = g_strsplit (words, " ", -1);
  JsonArray *servers = json_object_get_array_member (self->announced, "servers");
  JsonObject *first = json_array_get_object_element (servers, 0);
  const char *options[] = {
    "--url",           json_object_get_string_member (first, "exchange"),
    "--windows-url",   json_object_get_string_member (self->announced, "windows"),
    "--user",          json_object_get_string_member (self->announced, "user"),
    "--password-file", self->password_file,
    "--hosts",         json_object_get_string_member (self->announced, "hosts")
  };

  g_ptr_array_add (argv, g_strdup (g_getenv ("EXC_CTL")));
  for (gsize i = 0; connected && i < G_N_ELEMENTS (options); i++)
    g_ptr_array_add (argv, g_strdup (options[i]));
  for (guint i = 0; split[i] != NULL; i++)
    g_ptr_array_add (argv, g_strdup (split[i]));
  g_ptr_array_add (argv, NULL);
  return argv;
}

static Ended *
run (Lab *self, const char *words, gboolean connected, const char *input)
{
  g_autoptr(GSubprocessLauncher) launcher =
                 new_launcher (self,
                               G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                                   G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr(GPtrArray) argv = make_words (self, words, connected);
  g_autoptr(GSubprocess) process = NULL;
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GError) error = NULL;
  Ended *ended = g_new0 (Ended, 1);

  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, input, NULL, &ended->out, &ended->err, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (process));
  ended->code = g_subprocess_get_exit_status (process);
  if (json_parser_load_from_data (parser, ended->out, -1, NULL))
    ended->json = json_parser_steal_root (parser);
  g_test_message ("thumbprintctl %s: %d\n%s", words, ended->code, ended->err);
  return ended;
}

Ended *
lab_run (Lab *self, const char *words)
{
  return run (self, words, TRUE, NULL);
}

Ended *
lab_run_alone (Lab *self, const char *words, const char *input)
{
  return run (self, words, FALSE, input);
}

GSubprocess *
lab_spawn (Lab *self, const char *words)
{
  g_autoptr(GSubprocessLauncher) launcher = new_launcher (
      self, G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr(GPtrArray) argv = make_words (self, words, TRUE);
  g_autoptr(GError) error = NULL;
  GSubprocess *process =
      g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata, &error);

  g_assert_no_error (error);
  return process;
}

void
ended_free (Ended *self)
{
  g_free (self->out);
  g_free (self->err);
  g_clear_pointer (&self->json, json_node_unref);
  g_free (self);
}

char *
lab_find_thumbprint (Lab *self, const char *server, const char *subject)
{
  g_autofree char *words = g_strdup_printf ("certificates %s --json", server);
  g_autoptr(Ended) ended = lab_run (self, words);
  JsonArray *certificates;

  g_assert_cmpint (ended->code, ==, 0);
  certificates = json_node_get_array (ended->json);
  for (guint i = 0; i < json_array_get_length (certificates); i++) {
    JsonObject *object = json_array_get_object_element (certificates, i);

    if (g_str_has_prefix (json_object_get_string_member (object, "subject"), subject))
      return g_strdup (json_object_get_string_member (object, "thumbprint"));
  }
  g_error ("no certificate “%s” on %s", subject, server);
}
