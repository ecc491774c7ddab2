/* places.h — the lab's world, told so that two runs can be compared
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Every reset of the lab makes other keys, and no two runs take the same time. Thumbprints are told
 * by the place where they lay in @first (the world before the run), new ones are counted; keys,
 * dates and what the servers log by themselves are left out. Both: path > value. (transfer full) */
GHashTable *places_of (GHashTable *world, GHashTable *first) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
