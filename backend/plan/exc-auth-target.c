/* exc-auth-target.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-plan"

#include "config.h"

#include "exc-auth-target.h"

#include "exc-error.h"
#include "exc-plan-private.h"

#include <glib/gi18n.h>

/* The fields of the journal's plan. */
static const struct {
  const char *name;
  gsize offset;
} texts[] = {
  { "server", G_STRUCT_OFFSET (ExcAuthTarget, server) },
  { "name", G_STRUCT_OFFSET (ExcAuthTarget, name) },
  { "internal", G_STRUCT_OFFSET (ExcAuthTarget, internal) },
  { "current", G_STRUCT_OFFSET (ExcAuthTarget, current) },
  { "currentSource", G_STRUCT_OFFSET (ExcAuthTarget, current_source) },
  { "next", G_STRUCT_OFFSET (ExcAuthTarget, next) },
  { "nextSource", G_STRUCT_OFFSET (ExcAuthTarget, next_source) },
}, flags[] = {
  { "continues", G_STRUCT_OFFSET (ExcAuthTarget, continues) },
  { "isHybrid", G_STRUCT_OFFSET (ExcAuthTarget, is_hybrid) },
  { "isUseless", G_STRUCT_OFFSET (ExcAuthTarget, is_useless) },
  { "removesOld", G_STRUCT_OFFSET (ExcAuthTarget, removes_old) },
}, times[] = {
  { "effectiveSeconds", G_STRUCT_OFFSET (ExcAuthTarget, effective_s) },
  { "planned", G_STRUCT_OFFSET (ExcAuthTarget, planned) },
  { "soakSeconds", G_STRUCT_OFFSET (ExcAuthTarget, soak_s) },
};

static void
server_free (ExcAuthServer *server)
{
  g_free (server->fqdn);
  g_free (server->name);
  g_free (server->internal);
  g_free (server);
}

ExcAuthTarget *
exc_auth_target_new (ExcAuthMode mode)
{
  ExcAuthTarget *self = g_new0 (ExcAuthTarget, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->mode = mode;
  self->servers = g_ptr_array_new_with_free_func ((GDestroyNotify) server_free);
  return self;
}

ExcAuthTarget *
exc_auth_target_ref (ExcAuthTarget *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
exc_auth_target_unref (ExcAuthTarget *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (G_STRUCT_MEMBER (char *, self, texts[i].offset));
  g_ptr_array_unref (self->servers);
  g_free (self);
}

ExcAuthServer *
exc_auth_target_add_server (ExcAuthTarget *self, const char *fqdn, const char *name)
{
  ExcAuthServer *server = g_new0 (ExcAuthServer, 1);

  server->fqdn = g_strdup (fqdn);
  server->name = g_strdup (name);
  g_ptr_array_add (self->servers, server);
  return server;
}

JsonNode *
exc_auth_target_to_json (ExcAuthTarget *self)
{
  g_autoptr(JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    exc_json_add_text (builder, texts[i].name, G_STRUCT_MEMBER (char *, self, texts[i].offset));
  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
    exc_json_add_boolean (
        builder, flags[i].name, G_STRUCT_MEMBER (gboolean, self, flags[i].offset));
  for (gsize i = 0; i < G_N_ELEMENTS (times); i++) {
    json_builder_set_member_name (builder, times[i].name);
    json_builder_add_int_value (builder, G_STRUCT_MEMBER (gint64, self, times[i].offset));
  }
  json_builder_set_member_name (builder, "servers");
  json_builder_begin_array (builder);
  for (guint i = 0; i < self->servers->len; i++) {
    ExcAuthServer *server = g_ptr_array_index (self->servers, i);

    json_builder_begin_object (builder);
    exc_json_add_text (builder, "fqdn", server->fqdn);
    exc_json_add_text (builder, "name", server->name);
    exc_json_add_text (builder, "internal", server->internal);
    exc_json_add_boolean (builder, "lacksCurrent", server->lacks_current);
    exc_json_add_boolean (builder, "lacksNext", server->lacks_next);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

static gboolean
read_flag (JsonObject *object, const char *name)
{
  return json_object_get_boolean_member_with_default (object, name, FALSE);
}

static gboolean
lacks (const char *name, GError **error)
{
  g_set_error (
      error, EXC_ERROR, EXC_ERROR_STORE, _("The journal's plan lacks “%s” of a server."), name);
  return FALSE;
}

static gboolean
read_server (ExcAuthTarget *self, JsonObject *object, GError **error)
{
  const char *fqdn = exc_plan_input_get_text (object, "fqdn");
  const char *name = exc_plan_input_get_text (object, "name");
  ExcAuthServer *server;

  if (fqdn == NULL || name == NULL)
    return lacks (fqdn == NULL ? "fqdn" : "name", error);
  server = exc_auth_target_add_server (self, fqdn, name);
  server->internal = g_strdup (exc_plan_input_get_text (object, "internal"));
  server->lacks_current = read_flag (object, "lacksCurrent");
  server->lacks_next = read_flag (object, "lacksNext");
  return TRUE;
}

ExcAuthTarget *
exc_auth_target_read (JsonObject *object, GError **error)
{
  g_autoptr(ExcAuthTarget) self = exc_auth_target_new (EXC_AUTH_NOTHING);
  g_autoptr(GPtrArray) servers = NULL;

  if (!exc_plan_input_get_objects (object, "servers", &servers, error))
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    G_STRUCT_MEMBER (char *, self, texts[i].offset) =
        g_strdup (exc_plan_input_get_text (object, texts[i].name));
  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
    G_STRUCT_MEMBER (gboolean, self, flags[i].offset) = read_flag (object, flags[i].name);
  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    G_STRUCT_MEMBER (gint64, self, times[i].offset) =
        json_object_get_int_member_with_default (object, times[i].name, 0);
  for (guint i = 0; i < servers->len; i++)
    if (!read_server (self, g_ptr_array_index (servers, i), error))
      return NULL;
  if (self->servers->len > 0 && (self->server == NULL || self->name == NULL)) {
    lacks (self->server == NULL ? "server" : "name", error);
    return NULL;
  }
  return g_steal_pointer (&self);
}
