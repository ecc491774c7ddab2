/* world.h — what a workflow changed in the world of a lab
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * world_compare:
 * @before: the world as it was, of the lab's control interface
 * @after: the same world later
 *
 * What lies in one place is told by its name there, not by its number: a certificate by its common
 * name ("new " in front where the world before had none of its thumbprint), a binding by address
 * and port. A line is "+PATH" or "-PATH" for a thing that came or went, else "PATH=VALUE" with the
 * value afterwards. Keys, and what the servers count and log by themselves, are left out.
 *
 * Returns: (transfer full): sorted
 */
GStrv world_compare (JsonObject *before, JsonObject *after) G_GNUC_WARN_UNUSED_RESULT;

/* What a workflow has to change, and nothing else. */
typedef struct {
  const char *name;
  const char *const changes[16]; /* sorted lines of world_compare() */
  const char *const stays[4];    /* of these, what its undo leaves */
} WorldChange;

/* What the workflow of this name changes; the same from the window and by the terminal program. */
const WorldChange *world_change_find (const char *name);
/* Fails the test where the lines are others than these. */
void world_assert (GStrv lines, const char *const *expected, const char *name);

G_END_DECLS
