/* exc-lab-state-details.c — databases, events, UM and the organization's partners as JSON
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-state"

#include "config.h"

#include "exc-lab-data.h"
#include "exc-lab-state-private.h"

static void
add_texts (JsonBuilder *builder, const char *name, GPtrArray *texts)
{
  exc_lab_state_begin_array (builder, name);
  for (guint i = 0; i < texts->len; i++)
    json_builder_add_string_value (builder, g_ptr_array_index (texts, i));
  json_builder_end_array (builder);
}

static void
add_events (JsonBuilder *builder, ExcLabServer *server)
{
  exc_lab_state_begin_array (builder, "events");
  for (guint i = 0; i < server->events->len; i++) {
    ExcLabEvent *event = g_ptr_array_index (server->events, i);

    json_builder_begin_object (builder);
    exc_json_add_int (builder, "time", event->time);
    exc_json_add_text (builder, "log", event->log);
    exc_json_add_text (builder, "source", event->source);
    exc_json_add_int (builder, "id", event->id);
    exc_json_add_text (builder, "message", event->message);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

void
exc_lab_state_add_details (JsonBuilder *builder, ExcLabServer *server)
{
  add_texts (builder, "databases", server->databases);
  add_texts (builder, "failedCopies", server->failed);
  add_texts (builder, "connectorsWithoutTls", server->without_tls);
  add_events (builder, server);
  exc_json_add_text (builder, "umMode", server->um_mode);
  exc_json_add_text (builder, "umHash", server->um_hash);
  exc_json_add_text (builder, "umCallRouterMode", server->um_call_router_mode);
  exc_json_add_text (builder, "umCallRouterHash", server->um_call_router_hash);
  exc_json_add_text (builder, "edgeCredentials", server->edge_credentials);
  exc_json_add_int (builder, "hostRun", server->host_run);
  exc_json_add_int (builder, "nextServicelets", server->next_servicelets);
}

static void
read_texts (JsonObject *object, const char *name, GPtrArray *texts)
{
  g_auto(GStrv) read = exc_lab_json_dup_strings (object, name);

  for (guint i = 0; read[i] != NULL; i++)
    g_ptr_array_add (texts, g_strdup (read[i]));
}

void
exc_lab_state_read_details (JsonObject *object, ExcLabServer *server)
{
  g_autoptr(GPtrArray) events = exc_lab_json_get_objects (object, "events");

  read_texts (object, "databases", server->databases);
  read_texts (object, "failedCopies", server->failed);
  read_texts (object, "connectorsWithoutTls", server->without_tls);
  for (guint i = 0; i < events->len; i++) {
    JsonObject *from = g_ptr_array_index (events, i);

    exc_lab_server_add_event (server,
                              exc_lab_state_get_int (from, "time"),
                              exc_lab_json_get_string (from, "log"),
                              exc_lab_json_get_string (from, "source"),
                              (guint) exc_lab_state_get_int (from, "id"),
                              exc_lab_json_get_string (from, "message"));
  }
  server->um_mode = g_strdup (exc_lab_json_get_string (object, "umMode"));
  server->um_hash = g_strdup (exc_lab_json_get_string (object, "umHash"));
  server->um_call_router_mode = g_strdup (exc_lab_json_get_string (object, "umCallRouterMode"));
  server->um_call_router_hash = g_strdup (exc_lab_json_get_string (object, "umCallRouterHash"));
  server->edge_credentials = g_strdup (exc_lab_json_get_string (object, "edgeCredentials"));
  server->host_run = exc_lab_state_get_int (object, "hostRun");
  server->next_servicelets = exc_lab_state_get_int (object, "nextServicelets");
}

static void
add_hybrid (JsonBuilder *builder, ExcLabHybrid *hybrid)
{
  json_builder_set_member_name (builder, "hybrid");
  json_builder_begin_object (builder);
  exc_json_add_text (builder, "tlsCertificateName", hybrid->tls_certificate_name);
  exc_lab_state_add_strings (builder, "domains", hybrid->domains);
  exc_lab_state_add_strings (builder, "receiving", hybrid->receiving);
  exc_lab_state_add_strings (builder, "sending", hybrid->sending);
  exc_lab_state_add_strings (builder, "edges", hybrid->edges);
  json_builder_end_object (builder);
}

static void
add_federation (JsonBuilder *builder, ExcLabFederation *federation)
{
  json_builder_set_member_name (builder, "federation");
  json_builder_begin_object (builder);
  exc_json_add_text (builder, "name", federation->name);
  exc_json_add_text (builder, "current", federation->current);
  exc_json_add_text (builder, "next", federation->next);
  exc_json_add_text (builder, "previous", federation->previous);
  json_builder_end_object (builder);
}

void
exc_lab_state_add_partners (JsonBuilder *builder, ExcLabWorld *world)
{
  GPtrArray *subscriptions = exc_lab_world_get_subscriptions (world);

  if (exc_lab_world_get_hybrid (world) != NULL)
    add_hybrid (builder, exc_lab_world_get_hybrid (world));
  if (exc_lab_world_get_federation (world) != NULL)
    add_federation (builder, exc_lab_world_get_federation (world));
  exc_lab_state_begin_array (builder, "edgeSubscriptions");
  for (guint i = 0; i < subscriptions->len; i++) {
    ExcLabSubscription *subscription = g_ptr_array_index (subscriptions, i);

    json_builder_begin_object (builder);
    exc_json_add_text (builder, "name", subscription->name);
    exc_json_add_text (builder, "site", subscription->site);
    json_builder_end_object (builder);
  }
  json_builder_end_array (builder);
}

void
exc_lab_state_read_partners (JsonObject *object, ExcLabWorld *world)
{
  JsonObject *hybrid_from = exc_lab_json_get_object (object, "hybrid");
  JsonObject *federation_from = exc_lab_json_get_object (object, "federation");
  g_autoptr(GPtrArray) subscriptions = exc_lab_json_get_objects (object, "edgeSubscriptions");

  if (hybrid_from != NULL) {
    ExcLabHybrid *hybrid = exc_lab_world_add_hybrid (world);

    hybrid->tls_certificate_name =
        g_strdup (exc_lab_json_get_string (hybrid_from, "tlsCertificateName"));
    hybrid->domains = exc_lab_json_dup_strings (hybrid_from, "domains");
    hybrid->receiving = exc_lab_json_dup_strings (hybrid_from, "receiving");
    hybrid->sending = exc_lab_json_dup_strings (hybrid_from, "sending");
    hybrid->edges = exc_lab_json_dup_strings (hybrid_from, "edges");
  }
  if (federation_from != NULL) {
    ExcLabFederation *federation = exc_lab_world_add_federation (world);

    federation->name = g_strdup (exc_lab_json_get_string (federation_from, "name"));
    federation->current = g_strdup (exc_lab_json_get_string (federation_from, "current"));
    federation->next = g_strdup (exc_lab_json_get_string (federation_from, "next"));
    federation->previous = g_strdup (exc_lab_json_get_string (federation_from, "previous"));
  }
  for (guint i = 0; i < subscriptions->len; i++) {
    JsonObject *from = g_ptr_array_index (subscriptions, i);

    exc_lab_world_add_subscription (
        world, exc_lab_json_get_string (from, "name"), exc_lab_json_get_string (from, "site"));
  }
}
