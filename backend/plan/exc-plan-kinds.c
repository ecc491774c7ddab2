/* exc-plan-kinds.c — the kinds of plans that this version knows
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-error.h"
#include "exc-plan-private.h"

#include <glib/gi18n.h>

static const ExcPlanKind kinds[] = {
  { "assign", 1, exc_plan_build_assign, exc_plan_summarize_done, FALSE },
  { "bind", 1, exc_plan_build_bind, exc_plan_summarize_done, FALSE },
  { "delete", 1, exc_plan_build_delete, exc_plan_summarize_done, FALSE },
  { "complete-request", 1, exc_plan_build_complete, exc_plan_summarize_complete, FALSE },
  { "create-certificate", 1, exc_plan_build_create, exc_plan_summarize_create, FALSE },
  { "import-certificate", 1, exc_plan_build_import, exc_plan_summarize_import, FALSE },
  { "request-certificate", 1, exc_plan_build_request, exc_plan_summarize_request, FALSE },
  { "renew-microsoft-exchange", 1, exc_plan_build_renew, exc_plan_summarize_renew, FALSE },
  { "rotate-auth", 1, exc_plan_build_rotate_auth, exc_plan_summarize_auth, TRUE },
  { "replace-auth", 1, exc_plan_build_replace_auth, exc_plan_summarize_auth, TRUE },
  { "distribute-auth", 1, exc_plan_build_distribute_auth, exc_plan_summarize_auth, FALSE },
  { "renew-wmsvc", 1, exc_plan_build_renew_wmsvc, exc_plan_summarize_renew, FALSE },
  { "repair", 1, exc_plan_build_repair, exc_plan_summarize_done, FALSE },
  { "trust", 1, exc_plan_build_trust, exc_plan_summarize_done, FALSE },
  { "untrust", 1, exc_plan_build_untrust, exc_plan_summarize_done, FALSE },
};

const ExcPlanKind *
exc_plan_kind_find (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kinds[i].id, id) == 0)
      return &kinds[i];
  return NULL;
}

const char *
exc_plan_input_get_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;
}

const char *
exc_plan_input_need_text (JsonObject *object, const char *name, GError **error)
{
  const char *text = exc_plan_input_get_text (object, name);

  if (text == NULL)
    g_set_error (error, EXC_ERROR, EXC_ERROR_STORE, _("The journal’s plan lacks its “%s”."), name);
  return text;
}

const char *
exc_plan_input_need_thumbprint (JsonObject *object, const char *name, GError **error)
{
  const char *text = exc_plan_input_need_text (object, name, error);
  g_autofree char *thumbprint = text != NULL ? exc_thumbprint_normalize (text) : NULL;

  if (text == NULL || g_strcmp0 (text, thumbprint) == 0)
    return text;
  g_set_error (error,
               EXC_ERROR,
               EXC_ERROR_STORE,
               _("The journal’s plan holds “%s” where a thumbprint is expected."), text);
  return NULL;
}

gboolean
exc_plan_input_get_flag (JsonObject *object, const char *name)
{
  return json_object_get_boolean_member_with_default (object, name, FALSE);
}

GBytes *
exc_plan_input_get_bytes (JsonObject *object, const char *name)
{
  const char *text = exc_plan_input_get_text (object, name);
  guint8 *data;
  gsize size;

  if (text == NULL)
    return NULL;
  data = g_base64_decode (text, &size);
  return g_bytes_new_take (data, size);
}

void
exc_plan_input_add_bytes (JsonBuilder *builder, const char *name, GBytes *bytes)
{
  g_autofree char *text =
      g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  exc_json_add_text (builder, name, text);
}

gboolean
exc_plan_input_get_objects (JsonObject *object,
                            const char *name,
                            GPtrArray **objects,
                            GError **error)
{
  JsonNode *node = json_object_get_member (object, name);
  g_autoptr(GPtrArray) list = g_ptr_array_new ();
  JsonArray *array =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++) {
    JsonNode *element = json_array_get_element (array, i);

    if (!JSON_NODE_HOLDS_OBJECT (element)) {
      array = NULL;
      break;
    }
    g_ptr_array_add (list, json_node_get_object (element));
  }
  if (array == NULL) {
    g_set_error (
        error, EXC_ERROR, EXC_ERROR_STORE, _("The journal’s plan lacks its list “%s”."), name);
    return FALSE;
  }
  *objects = g_steal_pointer (&list);
  return TRUE;
}
