/* exc-names.c — a hosts file in front of the system's resolver
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-remote"

#include "config.h"

#include "exc-endpoint.h"
#include "exc-error.h"

#include <glib/gi18n.h>

typedef struct {
  GInetAddress *address;
  guint16 offset;
} Entry;

struct _ExcNames {
  gatomicrefcount ref_count;
  GHashTable *entries; /* (element-type utf8 Entry): by the name in lower case */
};

G_DEFINE_BOXED_TYPE (ExcNames, exc_names, exc_names_ref, exc_names_unref)

static void
entry_free (Entry *entry)
{
  g_object_unref (entry->address);
  g_free (entry);
}

ExcNames *
exc_names_new (void)
{
  ExcNames *self = g_new0 (ExcNames, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->entries =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) entry_free);
  return self;
}

/* `FQDN ADDRESS [OFFSET]`; a `#` begins a comment. */
static gboolean
add_line (ExcNames *self, char *line)
{
  g_auto(GStrv) words = NULL;
  g_autoptr(GPtrArray) fields = g_ptr_array_new ();
  g_autoptr(GInetAddress) address = NULL;
  guint64 offset = 0;
  Entry *entry = NULL;
  char *comment = strchr (line, '#');

  if (comment != NULL)
    *comment = '\0';
  words = g_strsplit_set (line, " \t\r", -1);
  for (gsize i = 0; words[i] != NULL; i++) {
    if (*words[i] != '\0')
      g_ptr_array_add (fields, words[i]);
  }
  if (fields->len == 0)
    return TRUE;
  if (fields->len < 2 || fields->len > 3)
    return FALSE;

  address = g_inet_address_new_from_string (fields->pdata[1]);
  if (address == NULL)
    return FALSE;
  if (fields->len == 3 &&
      !g_ascii_string_to_unsigned (fields->pdata[2], 10, 0, G_MAXUINT16, &offset, NULL))
    return FALSE;

  entry = g_new0 (Entry, 1);
  entry->address = g_steal_pointer (&address);
  entry->offset = (guint16) offset;
  g_hash_table_replace (self->entries, g_ascii_strdown (fields->pdata[0], -1), entry);
  return TRUE;
}

/**
 * exc_names_load:
 * @path: a file with lines `FQDN ADDRESS OFFSET`
 * @error: return location for an EXC_ERROR_INPUT that names file and line
 *
 * Returns: (transfer full) (nullable): the names
 */
ExcNames *
exc_names_load (const char *path, GError **error)
{
  g_autoptr(ExcNames) self = exc_names_new ();
  g_autofree char *text = NULL;
  g_autoptr(GError) reason = NULL;
  g_auto(GStrv) lines = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  if (!g_file_get_contents (path, &text, NULL, &reason)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_INPUT,
                 _("The hosts file cannot be read: %s"), reason->message);
    return NULL;
  }

  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++) {
    if (!add_line (self, lines[i])) {
      g_set_error (error,
                   EXC_ERROR,
                   EXC_ERROR_INPUT,
                   _("Line %1$u of the hosts file “%2$s” is not “NAME ADDRESS OFFSET”."),
                      (guint) i + 1,
                      path);
      return NULL;
    }
  }

  return g_steal_pointer (&self);
}

ExcNames *
exc_names_ref (ExcNames *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
exc_names_unref (ExcNames *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_hash_table_unref (self->entries);
  g_free (self);
}

static Entry *
lookup (ExcNames *self, const char *host)
{
  g_autofree char *key = g_ascii_strdown (host, -1);

  return g_hash_table_lookup (self->entries, key);
}

GInetAddress *
exc_names_lookup (ExcNames *self, const char *host)
{
  Entry *entry = NULL;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (host != NULL, NULL);

  entry = lookup (self, host);
  return entry != NULL ? g_object_ref (entry->address) : NULL;
}

/**
 * exc_names_get_port:
 * @self: names
 * @host: a server
 * @port: a well-known port such as 443
 *
 * Returns: the port on which the server's listener really is: with the offset of the hosts file,
 *   unless that leads past the last port
 */
guint16
exc_names_get_port (ExcNames *self, const char *host, guint16 port)
{
  Entry *entry = NULL;

  g_return_val_if_fail (self != NULL, port);
  g_return_val_if_fail (host != NULL, port);

  entry = lookup (self, host);
  if (entry == NULL || entry->offset > G_MAXUINT16 - port)
    return port;

  return port + entry->offset;
}
