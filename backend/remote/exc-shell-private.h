/* exc-shell-private.h — the inside of a shell, and what tests may set
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-psrp-pool.h"
#include "exc-shell.h"
#include "exc-transport.h"
#include "exc-wsman-client.h"

G_BEGIN_DECLS

/**
 * ExcShellTiming:
 *
 * How long a shell waits (protocol.md 4). Tests shorten it.
 */
typedef struct {
  guint receive_s; /* OperationTimeout of Receive and the rest */
  guint open_s;    /* OperationTimeout of Create and Command: a cold server takes a minute */
  guint grace_s;   /* what HTTP waits longer than OperationTimeout */
  guint run_s;     /* limit of a pipeline that brings none of its own */
  guint drain_ms;  /* after a stop, until the pipeline has to be stopped */
  guint close_s;   /* Delete, and each Signal */
  guint lost_s;    /* Delete of a shell whose server may be gone */
  guint retry_ms;  /* before the first repetition of a lost Receive; doubled each time */
} ExcShellTiming;

typedef enum {
  EXC_SHELL_CLOSED,
  EXC_SHELL_OPENING,
  EXC_SHELL_OPEN,
  EXC_SHELL_CLOSING,
} ExcShellState;

/* Someone who waits for the shell to be open, or closed. */
typedef struct {
  ExcShell *shell; /* not owned */
  GTask *task;
  GSource *cancelled; /* (nullable) */
} ExcShellWaiter;

/* A pipeline on its way. */
typedef struct {
  ExcShell *shell; /* not owned */
  GTask *task;
  GSource *cancelled; /* (nullable) */
  ExcPipeline *pipeline;
  guint timeout_s;
  guint timer_id; /* the time limit */
  guint drain_id; /* after the stop */
  gint64 started_us;
  char *pipeline_id; /* (nullable): ours, once it is handed to the pool */
  char *command_id;  /* (nullable): the server's, once it knows the command */
  gboolean is_signalled;
  gboolean was_repeated;  /* the Command was refused once, for the shell was gone */
  GError *stop_reason;    /* (nullable): it is being stopped */
  GError *failure;        /* (nullable): an exchange failed; told instead of the pool's error */
  ExcPsrpEvent *finished; /* (nullable) */
} ExcShellRun;

/* One outstanding Receive at most. */
typedef struct {
  gboolean is_busy;
  guint n_lost;
  guint retry_id;
} ExcShellLane;

struct _ExcShell {
  GObject parent_instance;

  ExcEndpoint *endpoint;
  ExcTransport *transport;
  ExcShellTiming timing;

  ExcShellState state;
  guint incarnation; /* each shell on the server has its number; what belongs to another is late */
  ExcWsmanClient *client;
  ExcPsrpPool *pool;
  GCancellable *cancellable; /* of the exchanges of this incarnation */
  GError *broken;            /* (nullable): the pool said so while bytes came in */
  gboolean create_sent;

  GQueue opens;  /* (element-type ExcShellWaiter) */
  GQueue closes; /* (element-type ExcShellWaiter) */
  GQueue runs;   /* (element-type ExcShellRun), waiting */
  ExcShellRun *run;

  guint n_in_flight;
  guint n_signals;                  /* of them */
  gboolean is_deleted;              /* Delete was sent while closing */
  GCancellable *delete_cancellable; /* (nullable): of who closes */
  gboolean is_sending;              /* Create, Command, Send: one after another */
  ExcShellLane pool_lane;
  ExcShellLane run_lane;

  gboolean is_pumping;
  gboolean pump_again;
};

void exc_shell_set_timing (ExcShell *self, const ExcShellTiming *timing);
const ExcShellTiming *exc_shell_get_timing (ExcShell *self);

/* exc-shell.c: looks what can be done now, and does it. */
void exc_shell_pump (ExcShell *self);
/* The shell on the server is lost: all that waits for it ends with reason. */
void exc_shell_lose (ExcShell *self, const GError *reason);

/* exc-shell-queue.c: who waits. reason: (nullable): NULL for success */
void exc_shell_end_waiters (GQueue *waiters, const GError *reason);
void exc_shell_fail_waiting_runs (ExcShell *self, const GError *reason);
void exc_shell_run_fail (ExcShellRun *take, const GError *reason);
void exc_shell_run_start_timer (ExcShellRun *run);
/* Gives the run that is finished back to its caller, and frees it on the server. */
void exc_shell_finish_run (ExcShell *self);

/* exc-shell-io.c: exchanges of the shell; each pumps when it ends. */
void exc_shell_send_next (ExcShell *self);
void exc_shell_receive (ExcShell *self, ExcShellLane *lane);
void exc_shell_signal (ExcShell *self, ExcShellRun *run, ExcWsmanSignal signal);
/* With the id that the shell has, or would have; never fails. */
void exc_shell_delete (ExcShell *self, guint timeout_s, GCancellable *cancellable);
/* Events of the pool that came with the last bytes: records are told at once. */
void exc_shell_take_events (ExcShell *self);

G_END_DECLS
