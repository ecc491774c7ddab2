/* exc-cli-options.h — the command line, read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-context.h"
#include "exc-profiles.h"

G_BEGIN_DECLS

/**
 * ExcCliOptions:
 * @command: (nullable): the first word
 * @arguments: (element-type utf8): the words behind it, in order
 *
 * Options may stand anywhere. What follows the cmdlet of `query` belongs to it, except options with
 * two dashes.
 */
typedef struct {
  char *command;
  GPtrArray *arguments;
  char *organization;
  char *demo;
  char *url;
  char *windows_url;
  char *auth;
  char *user;
  char *password_file;
  char *ca;
  char *hosts;
  char *restart;
  char *mode;
  char *server;
  char *effective_days;
  char *soak_days;
  char *confirm;
  char *mail_name;
  char *format;
  char *output;
  char *subject;
  char *domains;
  char *friendly_name;
  char *key_size;
  char *services;
  char *old;
  char *pfx_password_file;
  gboolean go_on;
  gboolean ignore_unreachable;
  gboolean by_windows;
  gboolean remove_old;
  gboolean root;
  gboolean clear_connectors;
  gboolean replace_public;
  gboolean replace_default;
  gboolean restart_mail;
  gboolean exportable;
  gboolean trust;
  gboolean yes;
  gboolean powershell;
  gboolean json;
  gboolean help;
  gboolean version;
} ExcCliOptions;

ExcCliOptions *exc_cli_options_parse (int argc,
                                      const char *const *argv,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
void exc_cli_options_free (ExcCliOptions *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcCliOptions, exc_cli_options_free)

/* For --help: a line for each option. */
char *exc_cli_options_describe (void) G_GNUC_WARN_UNUSED_RESULT;
/* --restart; EXC_ERROR_INPUT for an unknown word. */
gboolean exc_cli_options_get_restart (ExcCliOptions *self, ExcRestart *restart, GError **error);
/* A number of days; (nullable) text: @days stays. */
gboolean exc_cli_options_get_days (const char *text, int *days, GError **error);
/* How the organization is reached, of --organization, --url and its like, without a password. */
ExcProfile *exc_cli_options_make_profile (ExcCliOptions *self,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same with the password, which it reads. */
ExcConnectionSettings *exc_cli_options_make_settings (ExcCliOptions *self,
                                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
