/* exc-secret.h — bytes that wipe themselves
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * ExcSecret:
 *
 * A password, a session key or the bytes of a PFX file. Immutable, counted, in locked memory, and
 * cleansed with the last reference. It has no string form: it cannot be logged,
 * put in a property or written to the journal by accident.
 */
typedef struct _ExcSecret ExcSecret;

#define EXC_TYPE_SECRET (exc_secret_get_type ())
GType exc_secret_get_type (void);

ExcSecret *exc_secret_new (const void *data, gsize size) G_GNUC_WARN_UNUSED_RESULT;
ExcSecret *exc_secret_new_take (char *data, gsize size) G_GNUC_WARN_UNUSED_RESULT;
ExcSecret *exc_secret_ref (ExcSecret *self);
void exc_secret_unref (ExcSecret *self);

void exc_secret_wipe_freed_memory (void);

const char *exc_secret_peek (ExcSecret *self, gsize *size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcSecret, exc_secret_unref)

G_END_DECLS
