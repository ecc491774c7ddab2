/* lab-process.h — a thumbprint-lab process and shells on it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "exc-shell.h"
#include "exc-x509.h"

typedef struct {
  GSubprocess *process;
  GOutputStream *input; /* closing it ends the process */
  JsonNode *description;
  ExcNames *names;
  const char *control; /* of the description */
  const char *hosts;
} LabProcess;

/* $EXC_LAB; a failed start fails the test. state: (nullable) */
LabProcess *lab_process_new (const char *scenario, const char *state);
/* Ends it by its standard input and asserts that it ends well. */
void lab_process_free (LabProcess *self);
/* As a crash would. */
void lab_process_kill (LabProcess *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LabProcess, lab_process_free)

/* A shell of "exchange" or "windows" on a server; suffix: (nullable) of the Exchange URL. */
ExcShell *lab_process_open (LabProcess *self,
                            const char *fqdn,
                            const char *endpoint,
                            const char *suffix);
/* Takes the pipeline; NULL with @error where it did not run to an end. */
ExcReply *lab_process_run (ExcShell *shell, ExcPipeline *take, GError **error);
void lab_process_close (ExcShell *shell);

/* Sends one request; fails the test when the lab refuses it. */
JsonNode *lab_process_control (LabProcess *self, const char *request);
/* The thumbprint that a port serves; NULL where nothing listens. port: the well-known one */
char *lab_process_probe (LabProcess *self, const char *fqdn, guint16 port);
