/* lab-fixture.h — a world and a session in one process, without HTTP
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab-exchange.h"
#include "exc-lab-windows.h"

/* Takes the records of one pipeline and answers its questions. */
typedef struct {
  GPtrArray *output; /* (element-type ExcValue) */
  GPtrArray *errors; /* (element-type ExcErrorRecord) */
  ExcErrorRecord *failure;
  GPtrArray *questions; /* (element-type utf8) */
  GPtrArray *warnings;  /* (element-type ExcValue) */
  gboolean ok;
} LabReply;

typedef struct {
  ExcClock *clock;
  ExcLabKeys *keys;
  ExcLabWorld *world;
  ExcLabTable *table;
  ExcLabSession *session;
  int answer; /* to every question; -1: nobody answers */
} LabFixture;

/* data: the query of the URL, or NULL; a session connected to EXCH01 of `small` */
void lab_set_up (LabFixture *fixture, gconstpointer data);
void lab_tear_down (LabFixture *fixture, gconstpointer data);

void lab_reply_free (LabReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LabReply, lab_reply_free)
LabReply *lab_run (LabFixture *fixture, ExcLabSession *session, ExcPipeline *take);
/* "Get-ExchangeCertificate", "Server", value, …, NULL */
ExcCommand *lab_command (const char *name, ...) G_GNUC_NULL_TERMINATED;
LabReply *lab_run_command (LabFixture *fixture, ExcCommand *take);
/* the same behind which Select-Object projects these properties */
LabReply *lab_run_projected (LabFixture *fixture, ExcCommand *take, const char *const *properties);

ExcLabCertificate *lab_find (LabFixture *fixture, const char *server, const char *friendly_name);
const char *lab_text (LabReply *reply, guint index, const char *property);
