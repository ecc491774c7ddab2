/* exc-netsh.c — the bindings of http.sys, out of netsh's text
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-exchange"

#include "config.h"

#include "exc-reader-private.h"

/* Labels are in the server's language, and a console's code page may have spoilt them: only tokens
 * that look alike everywhere are read. An endpoint (ADDRESS:PORT, or HOST:PORT for bindings by
 * name) begins a block; 40 hex digits behind it are its certificate. */
#define TOKENS                                                                                     \
  "(?<![\\w.:\\[\\]*-])((?:\\[[0-9A-Fa-f:.%]+\\]|[A-Za-z0-9*_-]+(?:\\.[A-Za-z0-9*_-]+)*):"         \
  "[0-9]{1,5})(?![\\w.:-])"                                                                        \
  "|(?<![0-9A-Za-z])([0-9A-Fa-f]{40})(?![0-9A-Za-z])"

void
exc_netsh_read_bindings (const char *text, GHashTable *bindings)
{
  static GRegex *tokens = NULL;
  static gsize is_made;
  g_autofree char *valid = NULL;
  g_autoptr(GMatchInfo) match = NULL;
  g_autofree char *endpoint = NULL;

  if (text == NULL)
    return;
  if (g_once_init_enter (&is_made)) {
    tokens = g_regex_new (TOKENS, G_REGEX_OPTIMIZE, 0, NULL);
    g_assert (tokens != NULL);
    g_once_init_leave (&is_made, 1);
  }

  valid = g_utf8_make_valid (text, -1);
  g_regex_match (tokens, valid, 0, &match);
  for (; g_match_info_matches (match); g_match_info_next (match, NULL)) {
    g_autofree char *begins = g_match_info_fetch (match, 1);
    g_autofree char *hash = g_match_info_fetch (match, 2);

    if (begins != NULL && *begins != '\0') {
      g_free (endpoint);
      endpoint = g_ascii_strdown (begins, -1);
    } else if (endpoint != NULL && hash != NULL) {
      /* The first hash of a block alone; what follows is of no interest. */
      g_hash_table_insert (bindings, g_steal_pointer (&endpoint), g_ascii_strup (hash, -1));
    }
  }
}
