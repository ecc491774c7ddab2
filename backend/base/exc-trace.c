/* exc-trace.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-trace"

#include "config.h"

#include "exc-trace.h"

#define HIDDEN "‹hidden›"

/* Where a secret can stand; all up to the end of the field is blanked, also when the text is cut
 * within it. A trace must begin where a message begins, never within a field. */
static const struct {
  const char *pattern;
  const char *replacement;
} fields[] = {
  { "(?im)^((?:proxy-)?authorization|www-authenticate|set-cookie|cookie):[^\\r\\n]*",
    "\\1: " HIDDEN },
  /* What PowerShell remoting carries in base64. */
  { "(<(?:\\w+:)?(?:Stream|Arguments|creationXml|connectXml|connectResponseXml)(?:\\s[^>]*)?>)"
    "[^<]+",
    "\\1" HIDDEN },
  /* CLIXML: sealed strings, byte arrays (PFX files), script blocks. */
  { "(<(?:SS|BA|SBK)(?:\\s[^>]*)?>)[^<]+", "\\1" HIDDEN },
  { "(?i)(<S\\s[^>]*N=\"[^\"]*(?:password|passphrase|secret|key|token)[^\"]*\"[^>]*>)[^<]+",
    "\\1" HIDDEN },
};

static gint enabled = -1; /* -1: not asked yet */

gboolean
exc_trace_is_enabled (void)
{
  if (g_atomic_int_get (&enabled) < 0)
    g_atomic_int_compare_and_exchange (&enabled, -1, g_getenv ("EXC_TRACE") != NULL);

  return g_atomic_int_get (&enabled) > 0;
}

void
exc_trace_set_enabled (gboolean is_enabled)
{
  g_atomic_int_set (&enabled, is_enabled ? 1 : 0);
}

/**
 * exc_trace_format:
 * @data: (array length=length): bytes of the wire, from the beginning of a message
 * @length: length of @data
 *
 * Returns: (transfer full): what a trace of them says: valid UTF-8, without secrets, at most
 *   EXC_TRACE_MAX_BYTES of the input
 */
char *
exc_trace_format (const void *data, gsize length)
{
  gsize shown = MIN (length, EXC_TRACE_MAX_BYTES);
  g_autofree char *text = g_utf8_make_valid (data != NULL ? data : "", shown);

  for (gsize i = 0; i < G_N_ELEMENTS (fields); i++) {
    g_autoptr(GRegex) regex = g_regex_new (fields[i].pattern, G_REGEX_OPTIMIZE, 0, NULL);
    char *blanked = g_regex_replace (regex, text, -1, 0, fields[i].replacement, 0, NULL);

    /* Rather no trace than one with a secret in it. */
    if (blanked == NULL)
      blanked = g_strdup (HIDDEN);
    g_free (text);
    text = blanked;
  }

  if (shown < length) {
    char *cut = g_strdup_printf ("%s… (%" G_GSIZE_FORMAT " bytes)", text, length);

    g_free (text);
    text = cut;
  }

  return g_steal_pointer (&text);
}

void
exc_trace_bytes (const char *label, const void *data, gsize length)
{
  g_autofree char *text = NULL;

  if (!exc_trace_is_enabled ())
    return;

  text = exc_trace_format (data, length);
  g_message ("%s: %s", label, text);
}
