/* script-answers.h — the same script run by PowerShell and by the simulated servers
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-changes.h"
#include "exc-error.h"
#include "exc-lab-windows.h"
#include "exc-queries.h"
#include "interop-host.h"

#define ANSWERS_GONE    "ABABABABABABABABABABABABABABABABABABABAB"
#define ANSWERS_CLOCK_S 120 /* what may pass between two looks at the clock */

/* HttpEvent 15021 of System, one a minute from then on; one AuthAdmin 2014 of Application. */
#define ANSWERS_EVENTS   1795399200
#define ANSWERS_N_EVENTS 25

typedef struct {
  ExcClock *clock;
  ExcLabKeys *keys;
  ExcLabWorld *lab;
  ExcLabServer *server;
  InteropHost *host;
  ExcShell *real;
  ExcShell *simulated;
  char *directory;
  char *world;         /* path of the file that the stand-ins read */
  char *running_world; /* the same where the Web Management Service runs */
} AnswersFixture;

/* Which server of the small world, and netsh's language there: the data of the set-up. */
typedef struct {
  const char *server;
  const char *language;
} AnswersPlace;

extern guint answers_n_runs; /* scripts run by PowerShell */

ExcReply *answers_run (ExcShell *shell, ExcPipeline *pipeline);
/* Sends to both; @real and @simulated are to be read alike. */
void answers_run_both (AnswersFixture *fixture,
                       ExcPipeline *take,
                       ExcReply **real,
                       ExcReply **simulated);
/* Both answer alike and as it is said. */
ExcWindowsRecord *answers_check_windows (AnswersFixture *fixture, ExcPipeline *take);
void answers_check_inventory (AnswersFixture *fixture);
void answers_check_trusted (AnswersFixture *fixture,
                            ExcPipeline *take,
                            gboolean before,
                            gboolean in_root);
void answers_check_bound (AnswersFixture *fixture,
                          const char *site,
                          const char *address,
                          guint16 port,
                          const char *before,
                          const char *after);
void answers_check_wmsvc_bound (AnswersFixture *fixture,
                                const char *before,
                                const char *after,
                                const char *state);
void answers_check_removed (AnswersFixture *fixture, const char *thumbprint, gboolean before);
/* Both end with an error, and change nothing. */
void answers_check_fails (AnswersFixture *fixture, ExcPipeline *take);
void answers_check_restarted (AnswersFixture *fixture, ExcPipeline *take, guint n_records);
/* (transfer none): a certificate of My whose subject begins so */
const char *answers_find_certificate (AnswersFixture *fixture, const char *subject);
void answers_check_events (AnswersFixture *fixture, ExcPipeline *take, guint n_records);
void answers_set_up (AnswersFixture *fixture, gconstpointer data);
void answers_tear_down (AnswersFixture *fixture, gconstpointer data);
