/* world.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "world.h"

#include <string.h>

static const char *const left_out[] = {
  "/now",
  "/clockOffset",
  "/keysTaken",
  "/authConfig/changed",
  "/authConfig/deploysAt",
  "/authConfig/nextEffective",
  "/servers/*/events/*",
  "/servers/*/hostRun",
  "/servers/*/nextServicelets",
  "/servers/*/pools/*",
  "/servers/*/services/*/backAt",
  "*/der",
  "*/key",
  "*/thumbprint",
};

typedef struct {
  GHashTable *flat;  /* path > value */
  GHashTable *names; /* thumbprint > name */
} World;

/* The patterns are made once: a world has thousands of paths. */
static gboolean
is_left_out (const char *path)
{
  static GPatternSpec *patterns[G_N_ELEMENTS (left_out)];

  for (gsize i = 0; i < G_N_ELEMENTS (left_out); i++) {
    if (patterns[i] == NULL)
      patterns[i] = g_pattern_spec_new (left_out[i]);
    if (g_pattern_spec_match_string (patterns[i], path))
      return TRUE;
  }
  return FALSE;
}

/* What can be a certificate's: 40 digits. */
static gboolean
is_thumbprint (const char *text)
{
  return text != NULL && strlen (text) == 40 && strspn (text, "0123456789ABCDEF") == 40;
}

/* The first part of the subject, which is the common name, and which of several with it. */
static void
name_certificate (World *self, JsonObject *object, const char *prefix)
{
  const char *thumbprint = json_object_get_string_member (object, "thumbprint");
  const char *subject = json_object_get_string_member (object, "subject");
  const char *start = subject + strcspn (subject, "=") + 1;
  g_autofree char *common = g_strndup (start, strcspn (start, ","));
  char *name;
  GHashTableIter iter;
  gpointer other;
  gboolean is_taken = TRUE;

  if (g_hash_table_contains (self->names, thumbprint))
    return;
  name = g_strconcat (prefix, common, NULL);
  for (guint n = 2; is_taken; n++) {
    is_taken = FALSE;
    g_hash_table_iter_init (&iter, self->names);
    while (!is_taken && g_hash_table_iter_next (&iter, NULL, &other))
      is_taken = g_str_equal (other, name);
    if (is_taken) {
      g_free (name);
      name = g_strdup_printf ("%s%s (%u)", prefix, common, n);
    }
  }
  g_hash_table_insert (self->names, g_strdup (thumbprint), name);
}

static void
name_certificates (World *self, JsonNode *node, const char *prefix)
{
  if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);

    for (guint i = 0; i < json_array_get_length (array); i++)
      name_certificates (self, json_array_get_element (array, i), prefix);
  } else if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObject *object = json_node_get_object (node);
    g_autoptr(GList) members = json_object_get_values (object);

    if (json_object_has_member (object, "thumbprint"))
      name_certificate (self, object, prefix);
    for (GList *l = members; l != NULL; l = l->next)
      name_certificates (self, l->data, prefix);
  }
}

/* An element by what tells it from the others. (transfer full) */
static char *
dup_element_name (World *self, JsonNode *node, guint index)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;

  if (object == NULL)
    return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
               ? json_node_dup_string (node)
               : g_strdup_printf ("%u", index);
  if (json_object_has_member (object, "thumbprint"))
    return g_strdup (
        g_hash_table_lookup (self->names, json_object_get_string_member (object, "thumbprint")));
  if (json_object_has_member (object, "name"))
    return json_node_dup_string (json_object_get_member (object, "name"));
  if (json_object_has_member (object, "port"))
    return g_strdup_printf ("%s:%" G_GINT64_FORMAT,
                            json_object_get_string_member (object, "address"),
                            json_object_get_int_member (object, "port"));
  return g_strdup_printf ("%u", index);
}

static void
flatten (World *self, const char *path, JsonNode *node)
{
  if (is_left_out (path))
    return;
  if (JSON_NODE_HOLDS_ARRAY (node)) {
    JsonArray *array = json_node_get_array (node);

    for (guint i = 0; i < json_array_get_length (array); i++) {
      JsonNode *element = json_array_get_element (array, i);
      g_autofree char *name = dup_element_name (self, element, i);
      g_autofree char *child = g_strconcat (path, "/", name, NULL);

      flatten (self, child, element);
    }
  } else if (JSON_NODE_HOLDS_OBJECT (node)) {
    JsonObjectIter iter;
    const char *name;
    JsonNode *member;

    g_hash_table_replace (self->flat, g_strdup (path), g_strdup (""));
    json_object_iter_init (&iter, json_node_get_object (node));
    while (json_object_iter_next (&iter, &name, &member)) {
      g_autofree char *child = g_strconcat (path, "/", name, NULL);

      flatten (self, child, member);
    }
  } else {
    const char *text = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
    const char *name = is_thumbprint (text) ? g_hash_table_lookup (self->names, text) : NULL;

    g_hash_table_replace (self->flat,
                          g_strdup (path),
                          name != NULL   ? g_strdup (name)
                          : text != NULL ? g_strdup (text)
                                         : json_to_string (node, FALSE));
  }
}

/* The paths of @flat that @other has not; what a new thing holds is not told again. An array has no
 * path of its own. */
static void
add_missing (GPtrArray *lines, GHashTable *flat, GHashTable *other, char sign)
{
  GHashTableIter iter;
  gpointer path;

  g_hash_table_iter_init (&iter, flat);
  while (g_hash_table_iter_next (&iter, &path, NULL)) {
    g_autofree char *parent = g_path_get_dirname (path);

    if (g_hash_table_contains (other, path))
      continue;
    if (!g_hash_table_contains (flat, parent) || g_hash_table_contains (other, parent))
      g_ptr_array_add (lines, g_strdup_printf ("%c%s", sign, (char *) path));
  }
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GStrv
world_compare (JsonObject *before, JsonObject *after)
{
  g_autoptr(GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GHashTable) old_flat = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GHashTable) new_flat = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(JsonNode) old_node = json_node_init_object (json_node_alloc (), before);
  g_autoptr(JsonNode) new_node = json_node_init_object (json_node_alloc (), after);
  World old = { .flat = old_flat, .names = names };
  World new = { .flat = new_flat, .names = names };
  GPtrArray *lines = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer path;
  gpointer value;

  name_certificates (&old, old_node, "");
  name_certificates (&new, new_node, "new ");
  flatten (&old, "", old_node);
  flatten (&new, "", new_node);

  g_hash_table_iter_init (&iter, new_flat);
  while (g_hash_table_iter_next (&iter, &path, &value)) {
    const char *former = g_hash_table_lookup (old_flat, path);

    if (former != NULL && !g_str_equal (former, value))
      g_ptr_array_add (lines, g_strdup_printf ("%s=%s", (char *) path, (char *) value));
  }
  add_missing (lines, new_flat, old_flat, '+');
  add_missing (lines, old_flat, new_flat, '-');
  g_ptr_array_sort (lines, compare_lines);
  g_ptr_array_add (lines, NULL);
  return (GStrv) g_ptr_array_free (lines, FALSE);
}

void
world_assert (GStrv lines, const char *const *expected, const char *name)
{
  g_autofree char *is = g_strjoinv ("\n", lines);
  g_autofree char *should = g_strjoinv ("\n", (char **) expected);

  if (!g_str_equal (is, should))
    g_error (
        "%s: the world has changed so:\n%s\nand should have changed so:\n%s", name, is, should);
}
