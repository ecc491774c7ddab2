/* exc-clock.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-clock"

#include "config.h"

#include "exc-clock.h"

/**
 * ExcClock:
 *
 * What time it is, for everything that compares dates or waits. It follows the
 * system's clock plus an offset; whoever moves the offset also wakes the waits
 * that the move has passed.
 */
struct _ExcClock {
  GObject parent_instance;

  gint64 offset_s;
  GPtrArray *waits; /* (element-type GTask), each with a Wait */
};

typedef struct {
  gint64 until; /* Unix seconds of this clock */
  GSource *timer;
} Wait;

G_DEFINE_FINAL_TYPE (ExcClock, exc_clock, G_TYPE_OBJECT)

static void arm (ExcClock *self, GTask *task);

static void
wait_free (Wait *wait)
{
  if (wait->timer != NULL) {
    g_source_destroy (wait->timer);
    g_source_unref (wait->timer);
  }
  g_free (wait);
}

static void
forget (ExcClock *self, GTask *task)
{
  Wait *wait = g_task_get_task_data (task);

  if (wait->timer != NULL)
    g_source_destroy (wait->timer);
  g_clear_pointer (&wait->timer, g_source_unref);
  g_ptr_array_remove (self->waits, task);
}

static gboolean
on_timer_cb (gpointer user_data)
{
  g_autoptr(GTask) task = g_object_ref (user_data);
  ExcClock *self = g_task_get_source_object (task);
  Wait *wait = g_task_get_task_data (task);

  if (exc_clock_now (self) < wait->until) {
    arm (self, task);
    return G_SOURCE_REMOVE;
  }

  forget (self, task);
  g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  g_autoptr(GTask) task = g_object_ref (user_data);

  forget (g_task_get_source_object (task), task);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
arm (ExcClock *self, GTask *task)
{
  Wait *wait = g_task_get_task_data (task);
  gint64 left_s = MAX (wait->until - exc_clock_now (self), 0);

  if (wait->timer != NULL)
    g_source_destroy (wait->timer);
  g_clear_pointer (&wait->timer, g_source_unref);

  /* A machine that slept must not be late by the length of its sleep: look again each minute. */
  wait->timer = g_timeout_source_new (left_s == 0 ? 0 : (guint) MIN (left_s * 1000, 60000));
  g_source_set_callback (wait->timer, on_timer_cb, task, NULL);
  if (g_task_get_cancellable (task) != NULL) {
    g_autoptr(GSource) cancelled = g_cancellable_source_new (g_task_get_cancellable (task));

    g_source_set_callback (cancelled, G_SOURCE_FUNC (on_cancelled_cb), task, NULL);
    g_source_add_child_source (wait->timer, cancelled);
  }
  g_source_attach (wait->timer, g_task_get_context (task));
}

static void
exc_clock_finalize (GObject *object)
{
  ExcClock *self = EXC_CLOCK (object);

  g_clear_pointer (&self->waits, g_ptr_array_unref);

  G_OBJECT_CLASS (exc_clock_parent_class)->finalize (object);
}

static void
exc_clock_class_init (ExcClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = exc_clock_finalize;
}

static void
exc_clock_init (ExcClock *self)
{
  self->waits = g_ptr_array_new_with_free_func (g_object_unref);
}

ExcClock *
exc_clock_new (void)
{
  return g_object_new (EXC_TYPE_CLOCK, NULL);
}

/**
 * exc_clock_now:
 * @self: a clock
 *
 * Returns: Unix seconds
 */
gint64
exc_clock_now (ExcClock *self)
{
  g_return_val_if_fail (EXC_IS_CLOCK (self), 0);

  return g_get_real_time () / G_USEC_PER_SEC + self->offset_s;
}

/**
 * exc_clock_now_utc:
 * @self: a clock
 *
 * Returns: (transfer full): now, in UTC
 */
GDateTime *
exc_clock_now_utc (ExcClock *self)
{
  return g_date_time_new_from_unix_utc (exc_clock_now (self));
}

gint64
exc_clock_get_offset (ExcClock *self)
{
  g_return_val_if_fail (EXC_IS_CLOCK (self), 0);

  return self->offset_s;
}

/**
 * exc_clock_set_offset:
 * @self: a clock
 * @offset_s: seconds to add to the system's clock
 *
 * Moves the clock. Waits that end before the new time end now.
 */
void
exc_clock_set_offset (ExcClock *self, gint64 offset_s)
{
  g_return_if_fail (EXC_IS_CLOCK (self));

  self->offset_s = offset_s;
  for (guint i = 0; i < self->waits->len; i++)
    arm (self, g_ptr_array_index (self->waits, i));
}

void
exc_clock_advance (ExcClock *self, gint64 seconds)
{
  exc_clock_set_offset (self, exc_clock_get_offset (self) + seconds);
}

/**
 * exc_clock_wait_async:
 * @self: a clock
 * @seconds: how long to wait, by this clock
 * @cancellable: (nullable): ends the wait early
 * @callback: called at the end
 * @user_data: data for @callback
 *
 * Waits without blocking; moving the clock moves the end.
 */
void
exc_clock_wait_async (ExcClock *self,
                      gint64 seconds,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task;
  Wait *wait;

  g_return_if_fail (EXC_IS_CLOCK (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, exc_clock_wait_async);
  wait = g_new0 (Wait, 1);
  wait->until = exc_clock_now (self) + seconds;
  g_task_set_task_data (task, wait, (GDestroyNotify) wait_free);
  g_ptr_array_add (self->waits, task);
  arm (self, task);
}

gboolean
exc_clock_wait_finish (ExcClock *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, exc_clock_wait_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
