/* exc-lab-data.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-data"

#include "config.h"

#include "exc-lab-data.h"

#include <glib/gi18n.h>

#include "exc-error.h"

/* A program that was built and not installed finds its data in the source tree. */
static const char *
get_directory (void)
{
  const char *directory = g_getenv ("EXC_DATA_DIR");

  if (directory != NULL && *directory != '\0')
    return directory;
  return g_file_test (DATA_DIR "/exchange-cmdlets.json", G_FILE_TEST_EXISTS) ? DATA_DIR
                                                                             : SOURCE_DATA_DIR;
}

char *
exc_lab_data_find (const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (get_directory (), name, NULL);

  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR)) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_NOT_FOUND,
                 _("“%s” is missing; install Thumbprint again, or set EXC_DATA_DIR to its data "
                   "folder."),
                    path);
    return NULL;
  }
  return g_steal_pointer (&path);
}

JsonObject *
exc_lab_data_load (const char *path, GError **error)
{
  g_autoptr(JsonParser) parser = json_parser_new_immutable ();
  JsonNode *root;

  if (!json_parser_load_from_file (parser, path, error)) {
    g_prefix_error (error, _("“%s” cannot be read: "), path);
    return NULL;
  }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error (error, EXC_ERROR, EXC_ERROR_INPUT, _("“%s” does not hold a JSON object."), path);
    return NULL;
  }
  return json_object_ref (json_node_get_object (root));
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

GStrv
exc_lab_data_list_scenarios (void)
{
  g_autofree char *path = g_build_filename (get_directory (), "scenarios", NULL);
  g_autoptr(GDir) directory = g_dir_open (path, 0, NULL);
  g_autoptr(GPtrArray) names = g_ptr_array_new ();
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL) {
    if (g_str_has_suffix (name, ".json"))
      g_ptr_array_add (names, g_strndup (name, strlen (name) - strlen (".json")));
  }
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return (GStrv) g_ptr_array_free (g_steal_pointer (&names), FALSE);
}

const char *
exc_lab_json_get_string (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

JsonObject *
exc_lab_json_get_object (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static JsonArray *
get_array (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

GPtrArray *
exc_lab_json_get_objects (JsonObject *object, const char *name)
{
  g_autoptr(GPtrArray) objects =
                 g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  JsonArray *array = get_array (object, name);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    JsonNode *element = json_array_get_element (array, i);

    if (JSON_NODE_HOLDS_OBJECT (element))
      g_ptr_array_add (objects, json_object_ref (json_node_get_object (element)));
  }
  return g_steal_pointer (&objects);
}

GStrv
exc_lab_json_dup_strings (JsonObject *object, const char *name)
{
  g_autoptr(GStrvBuilder) strings = g_strv_builder_new ();
  JsonArray *array = get_array (object, name);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    JsonNode *element = json_array_get_element (array, i);

    if (json_node_get_value_type (element) == G_TYPE_STRING)
      g_strv_builder_add (strings, json_node_get_string (element));
  }
  return g_strv_builder_end (strings);
}
