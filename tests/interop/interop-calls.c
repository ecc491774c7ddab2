/* interop-calls.c — what PowerShell's binder wrote down
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "interop"

#include "config.h"

#include "interop-calls.h"

#include <string.h>

/* The .NET type that a value of a type of the reference is bound as. Types that the engine has no
 * class for (ServerIdParameter, Fqdn) take what is sent, and Exchange converts it: a string. */
static const char *
bound_type (const char *type)
{
  static const struct {
    const char *reference;
    const char *bound;
  } types[] = {
    { "SwitchParameter", "System.Management.Automation.SwitchParameter" },
    { "Boolean", "System.Boolean" },
    { "Int32", "System.Int32" },
    { "DateTime", "System.DateTime" },
    { "Byte[]", "System.Byte[]" },
    { "SecureString", "System.Security.SecureString" },
    { "MultiValuedProperty", "MultiValuedProperty" },
    { "AllowedServices", "AllowedServices" },
    { "X509Certificate2", "System.Security.Cryptography.X509Certificates.X509Certificate2" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (strcmp (types[i].reference, type) == 0)
      return types[i].bound;
  return "System.String";
}

void
interop_check_call (JsonObject *table, JsonObject *call)
{
  const char *cmdlet = json_object_get_string_member (call, "cmdlet");
  JsonObject *facts = json_object_get_object_member (
      json_object_get_object_member (json_object_get_object_member (table, "cmdlets"), cmdlet),
      "parameters");
  JsonObject *bound = json_object_get_object_member (call, "parameters");
  g_autoptr(GList) names = json_object_get_members (bound);

  for (GList *link = names; link != NULL; link = link->next) {
    const char *name = link->data;
    const char *type =
        json_object_get_string_member (json_object_get_object_member (bound, name), "type");

    if (strcmp (name, "ErrorAction") == 0) {
      g_assert_cmpstr (type, ==, "System.Management.Automation.ActionPreference");
      continue;
    }
    g_test_message ("%s -%s: %s", cmdlet, name, type);
    g_assert_true (json_object_has_member (facts, name));
    if (type == NULL) /* $null, which only a type that is Exchange's own takes */
      type = "System.String";
    g_assert_cmpstr (type,
                     ==,
                     bound_type (json_object_get_string_member (
                         json_object_get_object_member (facts, name), "type")));
  }
}

GPtrArray *
interop_read_calls (const char *log)
{
  GPtrArray *calls = g_ptr_array_new_with_free_func ((GDestroyNotify) json_object_unref);
  g_autofree char *text = NULL;
  g_auto(GStrv) lines = NULL;
  g_autoptr(GError) error = NULL;

  g_file_get_contents (log, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL && *lines[i] != '\0'; i++) {
    g_autoptr(JsonNode) node = json_from_string (lines[i], &error);

    g_assert_no_error (error);
    g_ptr_array_add (calls, json_object_ref (json_node_get_object (node)));
  }
  return calls;
}
