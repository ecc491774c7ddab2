/* exc-lock.h — one holder at a time, across processes
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ExcLock:
 *
 * An advisory lock on a file (flock), and on a name that all users of this machine share (an
 * abstract socket): the kernel lets go of both when the holder ends in whatever way, so a crash
 * leaves nothing to clean up. The file itself stays: deleting it would let two processes hold locks
 * on two files of one name.
 */
typedef struct _ExcLock ExcLock;

ExcLock *exc_lock_take (const char *path,
                        const char *name,
                        GError **error) G_GNUC_WARN_UNUSED_RESULT;
void exc_lock_release (ExcLock *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcLock, exc_lock_release)

G_END_DECLS
