/* exc-lab-state-details.c — databases, events, UM and the organization's partners as JSON
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-state"

#include "config.h"

#include "exc-lab-data.h"
#include "exc-lab-fields.h"
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
}

static const ExcLabField hybrid_fields[] = {
  EXC_LAB_FIELD ("tlsCertificateName", TEXT, ExcLabHybrid, tls_certificate_name),
  EXC_LAB_FIELD ("domains", TEXTS, ExcLabHybrid, domains),
  EXC_LAB_FIELD ("receiving", TEXTS, ExcLabHybrid, receiving),
  EXC_LAB_FIELD ("sending", TEXTS, ExcLabHybrid, sending),
  EXC_LAB_FIELD ("edges", TEXTS, ExcLabHybrid, edges),
};

static const ExcLabField federation_fields[] = {
  EXC_LAB_FIELD ("name", TEXT, ExcLabFederation, name),
  EXC_LAB_FIELD ("current", TEXT, ExcLabFederation, current),
  EXC_LAB_FIELD ("next", TEXT, ExcLabFederation, next),
  EXC_LAB_FIELD ("previous", TEXT, ExcLabFederation, previous),
};

static void
add_object (JsonBuilder *builder,
            const char *name,
            const ExcLabField *fields,
            guint n_fields,
            gconstpointer object)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  exc_lab_fields_write (fields, n_fields, object, builder);
  json_builder_end_object (builder);
}

void
exc_lab_state_add_partners (JsonBuilder *builder, ExcLabWorld *world)
{
  GPtrArray *subscriptions = exc_lab_world_get_subscriptions (world);

  if (exc_lab_world_get_hybrid (world) != NULL)
    add_object (builder,
                "hybrid",
                hybrid_fields,
                G_N_ELEMENTS (hybrid_fields),
                exc_lab_world_get_hybrid (world));
  if (exc_lab_world_get_federation (world) != NULL)
    add_object (builder,
                "federation",
                federation_fields,
                G_N_ELEMENTS (federation_fields),
                exc_lab_world_get_federation (world));
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

  if (hybrid_from != NULL)
    exc_lab_fields_read (
        hybrid_fields, G_N_ELEMENTS (hybrid_fields), exc_lab_world_add_hybrid (world), hybrid_from);
  if (federation_from != NULL)
    exc_lab_fields_read (federation_fields,
                         G_N_ELEMENTS (federation_fields),
                         exc_lab_world_add_federation (world),
                         federation_from);
  for (guint i = 0; i < subscriptions->len; i++) {
    JsonObject *from = g_ptr_array_index (subscriptions, i);

    exc_lab_world_add_subscription (
        world, exc_lab_json_get_string (from, "name"), exc_lab_json_get_string (from, "site"));
  }
}
