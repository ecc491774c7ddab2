/* fake-step.h — steps on servers that exist in a test's memory alone
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-job-private.h"
#include "exc-plan-private.h"

G_BEGIN_DECLS

#define FAKE_N_SERVERS    2
#define FAKE_ORGANIZATION 2 /* its cells behind those of the servers */
#define FAKE_N_STEPS      4 /* "make", "trust", "bind" and "check", which only looks */

/* What a server looks like to a step, and what befalls the step there. */
typedef struct {
  int is_there;
  int n_runs;
  int n_undos;
  int n_looks;
  int fail_looks; /* so many looks find the server unreachable; < 0: all */
  int fail_runs;  /* so many runs fail with run_code */
  int run_code;   /* of EXC_ERROR */
  int run_takes;  /* the effect of a failing run is made all the same */
  int is_lost;    /* a run reports success and changes nothing */
  int is_needless;
  int fail_undos; /* so many undos fail with EXC_ERROR_REMOTE */
  int is_warned;  /* the effect is there, with a warning */
  int is_waiting; /* until wait_until, while the effect is not there */
  gint64 wait_until;
} FakeCell;

typedef struct {
  FakeCell cells[FAKE_N_SERVERS + 1][FAKE_N_STEPS];
} FakeWorld;

#define FAKE_TYPE_STEP (fake_step_get_type ())
G_DECLARE_FINAL_TYPE (FakeStep, fake_step, FAKE, STEP, ExcStep)

/* Called in each run, after the row `started`. */
typedef void (*FakeRunFunc) (const char *server, const char *step, gpointer data);

extern FakeRunFunc fake_on_run;
extern gpointer fake_on_run_data;
extern GString *fake_log; /* (nullable): "run a/make;" for each verb that changes something */

/* Two servers, a.lab and b.lab. Undoing goes bind, make, trust. */
ExcPlan *fake_plan_new (FakeWorld *world) G_GNUC_WARN_UNUSED_RESULT;
/* With barriers: the organization's "make" (phase 0), "trust" of each server (1), the
 * organization's "bind" (2), "bind" of each server (3). */
ExcPlan *fake_plan_new_phased (FakeWorld *world) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
