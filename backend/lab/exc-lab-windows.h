/* exc-lab-windows.h — a session of a server's Windows endpoint
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-lab-session.h"
#include "exc-lab-world.h"

G_BEGIN_DECLS

#define EXC_TYPE_LAB_WINDOWS (exc_lab_windows_get_type ())
G_DECLARE_FINAL_TYPE (ExcLabWindows, exc_lab_windows, EXC, LAB_WINDOWS, GObject)

/**
 * ExcLabWindows:
 *
 * Knows our scripts by their whole text and answers what each would put out on this server; any
 * other text is refused. Nothing is interpreted.
 */
ExcLabWindows *exc_lab_windows_new (ExcLabWorld *world,
                                    ExcLabServer *server) G_GNUC_WARN_UNUSED_RESULT;

/* For the scripts' files. */

typedef struct {
  ExcLabWorld *world;
  ExcLabServer *server;
  GHashTable *arguments; /* by the script's own parameter names, converted */
  ExcValue *failure;     /* (out): what ends it */
} ExcLabScript;

const char *exc_lab_script_get_text (ExcLabScript *script, const char *name); /* "" by default */
GStrv exc_lab_script_dup_list (ExcLabScript *script, const char *name);

/* Each gives the one object the script puts out, or NULL with script->failure. */
ExcValue *exc_lab_script_inventory (ExcLabScript *script);
ExcValue *exc_lab_script_look (ExcLabScript *script);
ExcValue *exc_lab_script_events (ExcLabScript *script);
ExcValue *exc_lab_script_bind (ExcLabScript *script);
ExcValue *exc_lab_script_trust (ExcLabScript *script);
ExcValue *exc_lab_script_untrust (ExcLabScript *script);
ExcValue *exc_lab_script_trust_raw (ExcLabScript *script);
ExcValue *exc_lab_script_wmsvc_bind (ExcLabScript *script);
ExcValue *exc_lab_script_wmsvc_create (ExcLabScript *script);
ExcValue *exc_lab_script_remove_certificate (ExcLabScript *script);
ExcValue *exc_lab_script_recycle_pools (ExcLabScript *script);

/* Of the scripts that change. */
gboolean exc_lab_script_commit (ExcLabScript *script);
/* My's certificate of that thumbprint, or NULL with script->failure. */
ExcLabCertificate *exc_lab_script_get_item (ExcLabScript *script, const char *thumbprint);
/* Always NULL. */
ExcValue *exc_lab_script_throw (ExcLabScript *script, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Whether the service would come up now. */
gboolean exc_lab_windows_can_start (ExcLabServer *server, ExcLabService *service);
/* "Running", "StartPending", "Stopped" */
const char *exc_lab_service_get_status (ExcLabService *service, gint64 now);
/* What a missing item of the certificate drive raises. */
ExcValue *exc_lab_path_not_found_new (const char *path) G_GNUC_WARN_UNUSED_RESULT;
ExcValue *exc_lab_thrown_new (const char *text) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
