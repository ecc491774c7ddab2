/* exc-start-time.h — now, or in a maintenance window
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "exc-clock.h"

G_BEGIN_DECLS

#define EXC_TYPE_START_TIME (exc_start_time_get_type ())
G_DECLARE_FINAL_TYPE (ExcStartTime, exc_start_time, EXC, START_TIME, AdwPreferencesGroup)

/**
 * ExcStartTime:
 *
 * Property `begin` (read-only, notified): see exc_start_time_get_begin().
 */
/* Proposes the next evening of the clock. */
void exc_start_time_set_clock (ExcStartTime *self, ExcClock *clock);
/* Unix seconds; 0: now. */
gint64 exc_start_time_get_begin (ExcStartTime *self);
/* As if the user chose that time (Unix seconds). */
void exc_start_time_set_begin (ExcStartTime *self, gint64 begin);
/* The time that was chosen has passed. */
gboolean exc_start_time_is_past (ExcStartTime *self);

G_END_DECLS
