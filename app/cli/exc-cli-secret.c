/* exc-cli-secret.c — passwords and PFX files, into memory that wipes itself
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-cli"

#include "config.h"

#include "exc-cli-private.h"

#include "exc-error.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#define MAX_PASSWORD  4096
#define MAX_FILE_SIZE (1024 * 1024)

static gssize
read_some (int fd, char *data, gsize size)
{
  gssize n;

  do
    n = read (fd, data, size);
  while (n < 0 && errno == EINTR);
  return n;
}

/* The first line, into @buffer; FALSE on an error of the system. */
static gboolean
read_line (int fd, char *buffer, gsize size, gsize *length)
{
  gsize n_read = 0;
  gssize n = 1;

  while (n > 0 && n_read < size && memchr (buffer, '\n', n_read) == NULL) {
    n = read_some (fd, buffer + n_read, size - n_read);
    if (n > 0)
      n_read += (gsize) n;
  }
  for (*length = 0; *length < n_read; (*length)++)
    if (buffer[*length] == '\n' || buffer[*length] == '\r')
      break;
  return n >= 0;
}

ExcSecret *
exc_cli_read_password (const char *path, GError **error)
{
  gboolean is_input = g_str_equal (path, "-");
  int fd = is_input ? STDIN_FILENO : g_open (path, O_RDONLY | O_CLOEXEC, 0);
  char buffer[MAX_PASSWORD];
  gsize length = 0;
  ExcSecret *secret = NULL;

  if (fd < 0 || !read_line (fd, buffer, sizeof buffer, &length))
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("The password cannot be read from “%1$s”: %2$s"), path, g_strerror (errno));
  else if (length == 0)
    g_set_error (error, EXC_ERROR, EXC_ERROR_INPUT, _("There is no password in “%s”."), path);
  else
    secret = exc_secret_new (buffer, length);
  OPENSSL_cleanse (buffer, sizeof buffer);
  if (fd >= 0 && !is_input)
    close (fd);
  return secret;
}

/* One line of the terminal, not shown. */
static ExcSecret *
ask_once (int terminal, const char *question)
{
  struct termios shown, hidden;
  char buffer[MAX_PASSWORD];
  gsize length = 0;
  ExcSecret *secret = NULL;

  if (tcgetattr (terminal, &shown) != 0)
    return NULL;
  hidden = shown;
  hidden.c_lflag &= ~(tcflag_t) ECHO;
  hidden.c_lflag |= ECHONL;
  g_printerr ("%s ", question);
  tcsetattr (terminal, TCSAFLUSH, &hidden);
  if (read_line (terminal, buffer, sizeof buffer, &length))
    secret = exc_secret_new (buffer, length);
  tcsetattr (terminal, TCSAFLUSH, &shown);
  OPENSSL_cleanse (buffer, sizeof buffer);
  return secret;
}

static gboolean
is_equal (ExcSecret *a, ExcSecret *b)
{
  gsize a_size, b_size;
  const char *a_data = exc_secret_peek (a, &a_size);
  const char *b_data = exc_secret_peek (b, &b_size);

  return a_size == b_size && CRYPTO_memcmp (a_data, b_data, a_size) == 0;
}

ExcSecret *
exc_cli_ask_password (ExcCli *self, gboolean is_new, GError **error)
{
  g_autoptr(ExcSecret) password = NULL;
  g_autoptr(ExcSecret) again = NULL;
  int terminal;

  if (self->options->pfx_password_file != NULL)
    return exc_cli_read_password (self->options->pfx_password_file, error);

  terminal = g_open ("/dev/tty", O_RDWR | O_CLOEXEC, 0);
  if (terminal >= 0) {
    password = ask_once (terminal, _("Password of the PFX file:"));
    if (password != NULL && is_new)
      again = ask_once (terminal, _("The same once more:"));
    close (terminal);
  }
  if (password == NULL || (is_new && again == NULL)) {
    g_set_error_literal (
        error,
        EXC_ERROR,
        EXC_ERROR_INPUT,
        _("Say where the password of the PFX file is: --pfx-password-file FILE."));
    return NULL;
  }
  if (is_new && !is_equal (password, again)) {
    g_set_error_literal (
        error, EXC_ERROR, EXC_ERROR_INPUT, _("The two passwords are not the same."));
    return NULL;
  }
  return g_steal_pointer (&password);
}

ExcSecret *
exc_cli_read_secret_file (const char *path, GError **error)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  struct stat status = { 0 };
  ExcSecret *secret = NULL;
  gsize length = 0;
  gssize n = 1;
  char *data;

  if (fd < 0 || fstat (fd, &status) != 0) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("“%1$s” cannot be read: %2$s"), path, g_strerror (errno));
    if (fd >= 0)
      close (fd);
    return NULL;
  }
  data = g_malloc0 (MAX_FILE_SIZE + 1);
  while (n > 0 && length < MAX_FILE_SIZE) {
    n = read_some (fd, data + length, MAX_FILE_SIZE - length);
    length += n > 0 ? (gsize) n : 0;
  }
  close (fd);
  if (n == 0 && length > 0)
    secret = exc_secret_new (data, length);
  else
    g_set_error (error, EXC_ERROR, EXC_ERROR_INPUT, _("“%s” is empty, or no PFX file."), path);
  OPENSSL_cleanse (data, MAX_FILE_SIZE);
  g_free (data);
  return secret;
}
