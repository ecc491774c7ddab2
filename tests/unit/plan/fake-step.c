/* fake-step.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fake-step.h"

#include "exc-error.h"

static const char *const ids[] = { "make", "trust", "bind", "check" };
static const char *const servers[] = { "a.lab", "b.lab", EXC_LANE_ORGANIZATION };

FakeRunFunc fake_on_run;
gpointer fake_on_run_data;
GString *fake_log;

struct _FakeStep {
  ExcStep parent_instance;

  FakeWorld *world;
  guint server;
  guint index;
};

G_DEFINE_FINAL_TYPE (FakeStep, fake_step, EXC_TYPE_STEP)

/* One that only looks is a class of its own, as with real steps. */
#define FAKE_TYPE_LOOK (fake_look_get_type ())
G_DECLARE_FINAL_TYPE (FakeLook, fake_look, FAKE, LOOK, ExcStep)

struct _FakeLook {
  ExcStep parent_instance;

  FakeWorld *world;
  guint server;
};

G_DEFINE_FINAL_TYPE (FakeLook, fake_look, EXC_TYPE_STEP)

static FakeCell *
get_cell (FakeStep *self)
{
  return &self->world->cells[self->server][self->index];
}

static void
note (FakeStep *self, const char *verb)
{
  if (fake_log != NULL)
    g_string_append_printf (fake_log, "%s %.1s/%s;", verb, servers[self->server], ids[self->index]);
}

static const char *
fake_step_get_id (ExcStep *step)
{
  return ids[FAKE_STEP (step)->index];
}

static char *
fake_step_describe (ExcStep *step)
{
  return g_strdup_printf ("Step %s", ids[FAKE_STEP (step)->index]);
}

static void
fake_step_verify_async (ExcStep *step,
                        ExcStepContext *context,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  FakeCell *cell = get_cell (FAKE_STEP (step));
  g_autoptr(GTask) task = g_task_new (step, cancellable, callback, user_data);

  g_assert_null (exc_step_context_get_permit (context)); /* a look cannot change anything */
  cell->n_looks++;
  if (cell->fail_looks != 0) {
    if (cell->fail_looks > 0)
      cell->fail_looks--;
    g_task_return_new_error (task, EXC_ERROR, EXC_ERROR_UNREACHABLE, "The server does not answer.");
  } else if (cell->is_needless)
    exc_step_return_effect (task, EXC_EFFECT_NEEDLESS, "It is not wanted here.");
  else if (cell->is_waiting && !cell->is_there &&
           (cell->wait_until == EXC_WAKE_BY_USER ||
            exc_clock_now (exc_step_context_get_clock (context)) < cell->wait_until)) {
    g_auto(ExcSight) sight = { EXC_EFFECT_WAITING, g_strdup ("It takes days."), cell->wait_until };

    exc_step_return_sight (task, &sight);
  } else if (cell->is_there && cell->is_warned)
    exc_step_return_effect (task, EXC_EFFECT_WARNED, "Mind this.");
  else
    exc_step_return_effect (task, cell->is_there ? EXC_EFFECT_SEEN : EXC_EFFECT_MISSING, NULL);
}

static void
fake_step_run_async (ExcStep *step,
                     ExcStepContext *context,
                     ExcProgress *progress,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  FakeStep *self = FAKE_STEP (step);
  FakeCell *cell = get_cell (self);
  g_autoptr(GTask) task = g_task_new (step, cancellable, callback, user_data);
  g_autofree char *fact = g_strdup_printf ("ran-%s", ids[self->index]);

  g_assert_nonnull (exc_step_context_get_permit (context));
  g_assert_true (exc_step_context_set_fact (context, fact, "yes", NULL));
  if (fake_on_run != NULL)
    fake_on_run (servers[self->server], ids[self->index], fake_on_run_data);

  note (self, "run");
  cell->n_runs++;
  exc_step_context_log (context, "Do-It -Server a → done");
  if (cell->fail_runs > 0) {
    cell->fail_runs--;
    cell->is_there |= cell->run_takes;
    g_task_return_new_error (task, EXC_ERROR, cell->run_code, "The server said no.");
    return;
  }
  cell->is_there |= !cell->is_lost;
  g_task_return_boolean (task, TRUE);
}

static void
fake_step_undo_async (ExcStep *step,
                      ExcStepContext *context,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  FakeStep *self = FAKE_STEP (step);
  FakeCell *cell = get_cell (self);
  g_autoptr(GTask) task = g_task_new (step, cancellable, callback, user_data);

  g_assert_nonnull (exc_step_context_get_permit (context));
  if (cell->fail_undos > 0) {
    cell->fail_undos--;
    g_task_return_new_error (task, EXC_ERROR, EXC_ERROR_REMOTE, "The way back is blocked.");
    return;
  }
  if (cell->is_there) {
    note (self, "undo");
    cell->n_undos++;
    cell->is_there = FALSE;
  }
  g_task_return_boolean (task, TRUE);
}

static void
fake_step_class_init (FakeStepClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);

  step_class->get_id = fake_step_get_id;
  step_class->describe = fake_step_describe;
  step_class->verify_async = fake_step_verify_async;
  step_class->run_async = fake_step_run_async;
  step_class->undo_async = fake_step_undo_async;
}

static void
fake_step_init (FakeStep *self)
{
}

static const char *
fake_look_get_id (ExcStep *step)
{
  return "check";
}

static char *
fake_look_describe (ExcStep *step)
{
  return g_strdup ("Step check");
}

static void
fake_look_verify_async (ExcStep *step,
                        ExcStepContext *context,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  FakeCell *cells = FAKE_LOOK (step)->world->cells[FAKE_LOOK (step)->server];
  g_autoptr(GTask) task = g_task_new (step, cancellable, callback, user_data);

  cells[3].n_looks++;
  for (guint i = 0; i < 3; i++) {
    if (cells[i].is_there || cells[i].is_needless)
      continue;
    exc_step_return_effect (task, EXC_EFFECT_MISSING, "Something is not there.");
    return;
  }
  exc_step_return_effect (task, EXC_EFFECT_SEEN, "All is there.");
}

static void
fake_look_class_init (FakeLookClass *klass)
{
  ExcStepClass *step_class = EXC_STEP_CLASS (klass);

  step_class->get_id = fake_look_get_id;
  step_class->describe = fake_look_describe;
  step_class->verify_async = fake_look_verify_async;
  step_class->run_async = NULL;
}

static void
fake_look_init (FakeLook *self)
{
}

static ExcStep *
make_step (FakeWorld *world, guint server, guint index, guint phase)
{
  FakeStep *step = g_object_new (FAKE_TYPE_STEP, NULL);

  step->world = world;
  step->server = server;
  step->index = index;
  exc_step_set_phase (EXC_STEP (step), phase);
  return EXC_STEP (step);
}

ExcPlan *
fake_plan_new_phased (FakeWorld *world)
{
  ExcPlan *plan = exc_plan_new ("renew-microsoft-exchange");
  static const guint lanes[] = { FAKE_ORGANIZATION, 0, 1 };

  for (guint i = 0; i < G_N_ELEMENTS (lanes); i++) {
    const gboolean is_shared = lanes[i] == FAKE_ORGANIZATION;
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func (g_object_unref);
    g_autoptr(GPtrArray) undo_steps = g_ptr_array_new_with_free_func (g_object_unref);

    g_ptr_array_add (steps, make_step (world, lanes[i], is_shared ? 0 : 1, is_shared ? 0 : 1));
    g_ptr_array_add (steps, make_step (world, lanes[i], 2, is_shared ? 2 : 3));
    g_ptr_array_add (undo_steps, g_object_ref (g_ptr_array_index (steps, 1)));
    g_ptr_array_add (undo_steps, g_object_ref (g_ptr_array_index (steps, 0)));
    exc_plan_add_lane (plan, servers[lanes[i]], steps, undo_steps);
  }
  return plan;
}

ExcPlan *
fake_plan_new (FakeWorld *world)
{
  ExcPlan *plan = exc_plan_new ("renew-microsoft-exchange");

  for (guint i = 0; i < FAKE_N_SERVERS; i++) {
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func (g_object_unref);
    g_autoptr(GPtrArray) undo_steps = g_ptr_array_new_with_free_func (g_object_unref);
    static const guint back[] = { 2, 0, 1 };
    FakeLook *look = g_object_new (FAKE_TYPE_LOOK, NULL);

    for (guint j = 0; j < 3; j++)
      g_ptr_array_add (steps, make_step (world, i, j, 0));
    look->world = world;
    look->server = i;
    g_ptr_array_add (steps, look);
    for (guint j = 0; j < 3; j++)
      g_ptr_array_add (undo_steps, g_object_ref (g_ptr_array_index (steps, back[j])));
    exc_plan_add_lane (plan, servers[i], steps, undo_steps);
  }
  return plan;
}
