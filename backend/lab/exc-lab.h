/* exc-lab.h — a whole simulated organization, listening
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab-faults.h"
#include "exc-lab-world.h"

G_BEGIN_DECLS

#define EXC_TYPE_LAB (exc_lab_get_type ())
G_DECLARE_FINAL_TYPE (ExcLab, exc_lab, EXC, LAB, GObject)

/**
 * ExcLab:
 *
 * World, listeners, faults and control socket. Runs in the thread-default main context of its
 * start; `thumbprint-lab` is one of these, a test can have one in its own process.
 *
 * state_dir: (nullable): where the world is saved and taken up again.
 */
ExcLab *exc_lab_new (const char *scenario, const char *state_dir) G_GNUC_WARN_UNUSED_RESULT;

ExcLabWorld *exc_lab_get_world (ExcLab *self);
ExcLabFaults *exc_lab_get_faults (ExcLab *self);
/* After a change of the faults: ports open and close by them. */
void exc_lab_update (ExcLab *self);
/* Pipelines that ran so far: lines "SERVER/endpoint<TAB>pipeline"; (element-type utf8) */
GPtrArray *exc_lab_get_log (ExcLab *self);
/* Keeps the body of each CREATE_PIPELINE as NNNN.xml in that folder; NULL: no more. */
gboolean exc_lab_set_record_directory (ExcLab *self, const char *directory, GError **error);

/* Builds or loads the world and opens every port. clock_offset_s: added to the system's time. */
gboolean exc_lab_start (ExcLab *self, gint64 clock_offset_s, GError **error);
/* The world of the scenario as at the first start; log and faults are emptied. */
gboolean exc_lab_reset (ExcLab *self, GError **error);
void exc_lab_stop (ExcLab *self);

/* (transfer full): the one line that says how to reach it */
char *exc_lab_describe (ExcLab *self) G_GNUC_WARN_UNUSED_RESULT;
const char *exc_lab_get_user (ExcLab *self);
const char *exc_lab_get_password (ExcLab *self); /* of a simulated account */
const char *exc_lab_get_hosts_path (ExcLab *self);
const char *exc_lab_get_control_path (ExcLab *self);

G_END_DECLS
