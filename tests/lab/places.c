/* places.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "places.h"

#include <string.h>

static const char *const left_out[] = {
  "/now",
  "/keysTaken",
  "/clockOffset",
  "/authority/*",
  "/authConfig/changed",
  "/authConfig/deploysAt",
  "/authConfig/nextEffective",
  "/servers/*/events/*",
  "/servers/*/pools/*",
  "/servers/*/services/*/backAt",
  "/servers/*/hostRun",
  "/servers/*/nextServicelets",
  "*/der",
  "*/notBefore",
  "*/notAfter",
};

static gboolean
is_left_out (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (left_out); i++)
    if (g_pattern_match_simple (left_out[i], path))
      return TRUE;
  return FALSE;
}

static GList *
sort_paths (GHashTable *world)
{
  return g_list_sort (g_hash_table_get_keys (world), (GCompareFunc) strcmp);
}

/* Where a certificate lies in its store says nothing: "/servers/0/root/THUMBPRINT'S NAME/subject".
 */
static char *
dup_place (GHashTable *world, GHashTable *names, const char *path)
{
  g_autoptr(GRegex) regex =
                 g_regex_new ("^(/servers/\\d+/(?:my|root|request))(/\\d+)(/.*)$", 0, 0, NULL);
  g_autoptr(GMatchInfo) match = NULL;
  g_autofree char *store = NULL;
  g_autofree char *index = NULL;
  g_autofree char *rest = NULL;
  g_autofree char *thumbprint = NULL;

  if (!g_regex_match (regex, path, 0, &match))
    return g_strdup (path);
  store = g_match_info_fetch (match, 1);
  index = g_match_info_fetch (match, 2);
  rest = g_match_info_fetch (match, 3);
  thumbprint = g_strconcat (store, index, "/thumbprint", NULL);
  return g_strconcat (store,
                      " ",
                      (char *) g_hash_table_lookup (names, g_hash_table_lookup (world, thumbprint)),
                      rest,
                      NULL);
}

GHashTable *
places_of (GHashTable *world, GHashTable *first)
{
  g_autoptr(GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  g_autoptr(GList) old = sort_paths (first);
  g_autoptr(GList) paths = sort_paths (world);
  GHashTable *places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  guint n_new = 0;

  for (GList *each = old; each != NULL; each = each->next) {
    char *thumbprint = g_hash_table_lookup (first, each->data);

    if (g_str_has_suffix (each->data, "/thumbprint") && !g_hash_table_contains (names, thumbprint))
      g_hash_table_insert (names, thumbprint, g_strdup (each->data));
  }
  for (GList *each = paths; each != NULL; each = each->next) {
    char *thumbprint = g_hash_table_lookup (world, each->data);

    if (g_str_has_suffix (each->data, "/thumbprint") && !g_hash_table_contains (names, thumbprint))
      g_hash_table_insert (names, thumbprint, g_strdup_printf ("new %u", ++n_new));
  }
  for (GList *each = paths; each != NULL; each = each->next) {
    const char *value = g_hash_table_lookup (world, each->data);
    const char *name = g_hash_table_lookup (names, value);

    if (is_left_out (each->data))
      continue;
    if (g_str_has_suffix (each->data, "/request"))
      name = strcmp (value, "null") != 0 ? "a request" : "none";
    g_hash_table_insert (
        places, dup_place (world, names, each->data), g_strdup (name != NULL ? name : value));
  }
  return places;
}
