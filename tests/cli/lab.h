/* lab.h — a thumbprint-lab process of one test, and thumbprintctl against it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct {
  char *folder; /* of this test: data, configuration, the password */
  GSubprocess *process;
  GDataInputStream *output;
  JsonObject *announced; /* the line that the lab printed */
  char *password_file;
} Lab;

Lab *lab_start (const char *scenario);
/* The same; each pipeline that comes is kept in that folder. */
Lab *lab_start_recording (const char *scenario, const char *directory);
void lab_stop (Lab *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Lab, lab_stop)

const char *lab_get_fqdn (Lab *self, guint index);
/* One request of the control interface, as JSON; its answer, which says ok. */
JsonObject *lab_control (Lab *self, const char *format, ...)
    G_GNUC_PRINTF (2, 3) G_GNUC_WARN_UNUSED_RESULT;
/* SHA-1 of the certificate that a port of a server serves, by a handshake of OpenSSL's. */
char *lab_handshake (Lab *self, const char *fqdn, guint16 port) G_GNUC_WARN_UNUSED_RESULT;

/* How thumbprintctl ended. */
typedef struct {
  int code;
  char *out;
  char *err;
  JsonNode *json; /* (nullable): of out, where that is JSON */
} Ended;

void ended_free (Ended *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ended, ended_free)

/* Runs thumbprintctl with these words (split at blanks), connected to the lab by options. */
Ended *lab_run (Lab *self, const char *words) G_GNUC_WARN_UNUSED_RESULT;
/* The same, connected by nothing; input: (nullable): what it reads. */
Ended *lab_run_alone (Lab *self, const char *words, const char *input) G_GNUC_WARN_UNUSED_RESULT;
/* Of the certificate of that server whose subject begins so, the soonest to expire. */
char *lab_find_thumbprint (Lab *self,
                           const char *server,
                           const char *subject) G_GNUC_WARN_UNUSED_RESULT;
/* Starts it and leaves it running; its standard error is a pipe. */
GSubprocess *lab_spawn (Lab *self, const char *words) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
