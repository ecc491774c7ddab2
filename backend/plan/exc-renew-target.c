/* exc-renew-target.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-renew-target.h"

#include "exc-error.h"
#include "exc-plan-private.h"

#include <glib/gi18n.h>

G_DEFINE_BOXED_TYPE (ExcRenewTarget, exc_renew_target, exc_renew_target_ref, exc_renew_target_unref)

static void
binding_free (ExcPlannedBinding *binding)
{
  g_free (binding->info);
  g_free (binding->hash);
  g_free (binding);
}

/**
 * exc_binding_info_parse:
 * @info: bindingInformation of IIS: address, port and host name, with colons between
 * @address: (out): the address; an IPv6 one keeps its brackets and its colons
 * @port: (out): the port
 */
gboolean
exc_binding_info_parse (const char *info, char **address, guint16 *port)
{
  const char *host;
  const char *number;
  g_autofree char *digits = NULL;
  guint64 value;

  host = info != NULL ? strrchr (info, ':') : NULL;
  if (host == NULL || host == info)
    return FALSE;
  number = g_strrstr_len (info, host - info, ":");
  if (number == NULL)
    return FALSE;
  digits = g_strndup (number + 1, host - number - 1);
  if (!g_ascii_string_to_unsigned (digits, 10, 1, G_MAXUINT16, &value, NULL))
    return FALSE;

  *address = g_strndup (info, number - info);
  *port = (guint16) value;
  return TRUE;
}

ExcRenewTarget *
exc_renew_target_new (const char *fqdn, const char *name)
{
  ExcRenewTarget *self = g_new0 (ExcRenewTarget, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->fqdn = g_strdup (fqdn);
  self->name = g_strdup (name);
  self->front_end = g_ptr_array_new_with_free_func ((GDestroyNotify) binding_free);
  return self;
}

ExcRenewTarget *
exc_renew_target_ref (ExcRenewTarget *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
exc_renew_target_unref (ExcRenewTarget *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->fqdn);
  g_free (self->name);
  g_free (self->old);
  g_free (self->subject);
  g_free (self->internal);
  g_free (self->back_end_info);
  g_free (self->back_end);
  g_ptr_array_unref (self->front_end);
  g_free (self);
}

void
exc_renew_target_add_front_end (ExcRenewTarget *self, const char *info, const char *hash)
{
  ExcPlannedBinding *binding = g_new0 (ExcPlannedBinding, 1);

  binding->info = g_strdup (info);
  binding->hash = g_strdup (hash);
  g_ptr_array_add (self->front_end, binding);
}

guint
exc_renew_target_count_front_end_old (ExcRenewTarget *self)
{
  guint n = 0;

  for (guint i = 0; i < self->front_end->len; i++) {
    ExcPlannedBinding *binding = g_ptr_array_index (self->front_end, i);

    n += binding->hash != NULL && g_strcmp0 (binding->hash, self->old) == 0;
  }
  return n;
}

void
exc_renew_target_write (ExcRenewTarget *self, JsonBuilder *builder)
{
  json_builder_begin_object (builder);
  exc_json_add_text (builder, "fqdn", self->fqdn);
  exc_json_add_text (builder, "name", self->name);
  exc_json_add_text (builder, "old", self->old);
  exc_json_add_text (builder, "subject", self->subject);
  exc_json_add_text (builder, "internal", self->internal);
  exc_json_add_text (builder, "backEndInfo", self->back_end_info);
  exc_json_add_text (builder, "backEnd", self->back_end);
  exc_json_add_boolean (builder, "backEndIsGone", self->back_end_is_gone);
  exc_json_add_boolean (builder, "syncsEdge", self->syncs_edge);
  exc_json_add_boolean (builder, "removesOld", self->removes_old);
  json_builder_set_member_name (builder, "frontEnd");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->front_end->len; i++) {
    ExcPlannedBinding *binding = g_ptr_array_index (self->front_end, i);

    json_builder_begin_object (builder);
    exc_json_add_text (builder, "info", binding->info);
    exc_json_add_text (builder, "hash", binding->hash);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static char *
read_text (JsonObject *object, const char *name)
{
  return g_strdup (exc_plan_input_get_text (object, name));
}

ExcRenewTarget *
exc_renew_target_read (JsonObject *object, GError **error)
{
  g_autoptr(ExcRenewTarget) self = NULL;
  g_autofree char *fqdn = NULL;
  g_autofree char *name = NULL;
  JsonNode *list;

  fqdn = read_text (object, "fqdn");
  name = read_text (object, "name");
  if (fqdn == NULL || name == NULL) {
    g_set_error (error,
                 EXC_ERROR,
                 EXC_ERROR_STORE,
                 _("The journal's plan lacks “%s” of a server."), fqdn == NULL ? "fqdn" : "name");
    return NULL;
  }

  self = exc_renew_target_new (fqdn, name);
  self->old = read_text (object, "old");
  self->subject = read_text (object, "subject");
  self->internal = read_text (object, "internal");
  self->back_end_info = read_text (object, "backEndInfo");
  if (self->back_end_info == NULL)
    self->back_end_info = g_strdup ("*:444:");
  self->back_end = read_text (object, "backEnd");
  self->back_end_is_gone = exc_plan_input_get_flag (object, "backEndIsGone");
  self->syncs_edge = exc_plan_input_get_flag (object, "syncsEdge");
  self->removes_old = exc_plan_input_get_flag (object, "removesOld");
  list = json_object_get_member (object, "frontEnd");
  if (list != NULL && JSON_NODE_HOLDS_ARRAY (list)) {
    JsonArray *bindings = json_node_get_array (list);

    for (guint i = 0; i < json_array_get_length (bindings); i++) {
      JsonNode *element = json_array_get_element (bindings, i);
      g_autofree char *info = NULL;
      g_autofree char *hash = NULL;

      if (!JSON_NODE_HOLDS_OBJECT (element))
        continue;
      info = read_text (json_node_get_object (element), "info");
      hash = read_text (json_node_get_object (element), "hash");
      if (info != NULL)
        exc_renew_target_add_front_end (self, info, hash);
    }
  }
  return g_steal_pointer (&self);
}
