/* exc-lab-state-private.h — what the files that write the world as JSON share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-json.h"
#include "exc-lab-world.h"

G_BEGIN_DECLS

void exc_lab_state_begin_array (JsonBuilder *builder, const char *name);
void exc_lab_state_add_strings (JsonBuilder *builder, const char *name, GStrv texts);
gint64 exc_lab_state_get_int (JsonObject *object, const char *name);
gboolean exc_lab_state_get_boolean (JsonObject *object, const char *name);

/* Members of a server beside its stores, sites and services. */
void exc_lab_state_add_details (JsonBuilder *builder, ExcLabServer *server);
void exc_lab_state_read_details (JsonObject *object, ExcLabServer *server);
/* Hybrid configuration, federation trust, Edge subscriptions. */
void exc_lab_state_add_partners (JsonBuilder *builder, ExcLabWorld *world);
void exc_lab_state_read_partners (JsonObject *object, ExcLabWorld *world);

G_END_DECLS
