/* exc-clock.h — time that tests and the lab can move
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define EXC_TYPE_CLOCK (exc_clock_get_type ())
G_DECLARE_FINAL_TYPE (ExcClock, exc_clock, EXC, CLOCK, GObject)

ExcClock *exc_clock_new (void) G_GNUC_WARN_UNUSED_RESULT;

gint64 exc_clock_now (ExcClock *self);
GDateTime *exc_clock_now_utc (ExcClock *self) G_GNUC_WARN_UNUSED_RESULT;

gint64 exc_clock_get_offset (ExcClock *self);
void exc_clock_set_offset (ExcClock *self, gint64 offset_s);
void exc_clock_advance (ExcClock *self, gint64 seconds);

void exc_clock_wait_async (ExcClock *self,
                           gint64 seconds,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean exc_clock_wait_finish (ExcClock *self, GAsyncResult *result, GError **error);

G_END_DECLS
