/* exc-psrp-session.h — bodies of the runspace pool's messages, built and parsed
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-value.h"

G_BEGIN_DECLS

/* Every _new gives the body of one message (transfer full), fields in the order of the
 * specification; every _parse reads one and names a missing field in an EXC_ERROR_PROTOCOL. */

/**
 * ExcPsrpVersion:
 *
 * A protocol version: 2.1, 2.2 or 2.3 (protocol.md 5.1). We never offer 2.4: it drops the key
 * exchange.
 */
typedef struct {
  guint major;
  guint minor;
} ExcPsrpVersion;

gboolean exc_psrp_version_at_least (ExcPsrpVersion self, guint major, guint minor);

/* SESSION_CAPABILITY, [MS-PSRP] 2.2.2.1 */
ExcValue *exc_psrp_capability_new (ExcPsrpVersion version) G_GNUC_WARN_UNUSED_RESULT;
gboolean exc_psrp_capability_parse (ExcValue *body, ExcPsrpVersion *version, GError **error);

/**
 * ExcPsrpHostInfo:
 *
 * HostInfo, [MS-PSRP] 2.2.3.14: whether prompts can be asked. Ours has a host with a UI and no raw
 * UI in INIT_RUNSPACEPOOL, and @use_runspace_host in CREATE_PIPELINE.
 */
typedef struct {
  gboolean is_host_null;
  gboolean is_ui_null;
  gboolean is_raw_ui_null;
  gboolean use_runspace_host;
} ExcPsrpHostInfo;

extern const ExcPsrpHostInfo exc_psrp_host_none;     /* no prompts: they fail on the server */
extern const ExcPsrpHostInfo exc_psrp_host_prompts;  /* prompts come as host calls */
extern const ExcPsrpHostInfo exc_psrp_host_runspace; /* for a pipeline: as the pool's */

ExcValue *exc_psrp_host_info_new (const ExcPsrpHostInfo *info) G_GNUC_WARN_UNUSED_RESULT;
gboolean exc_psrp_host_info_parse (ExcValue *value, ExcPsrpHostInfo *info, GError **error);

/* INIT_RUNSPACEPOOL, 2.2.2.2 */
ExcValue *exc_psrp_init_new (int min_runspaces,
                             int max_runspaces,
                             const ExcPsrpHostInfo *host) G_GNUC_WARN_UNUSED_RESULT;
gboolean exc_psrp_init_parse (
    ExcValue *body, int *min_runspaces, int *max_runspaces, ExcPsrpHostInfo *host, GError **error);

/* PUBLIC_KEY 2.2.2.3, ENCRYPTED_SESSION_KEY 2.2.2.4, PUBLIC_KEY_REQUEST 2.2.2.5; texts are the
 * base64 of exc-psrp-crypto.h */
ExcValue *exc_psrp_public_key_new (const char *key) G_GNUC_WARN_UNUSED_RESULT;
const char *exc_psrp_public_key_parse (ExcValue *body, GError **error);
ExcValue *exc_psrp_encrypted_session_key_new (const char *key) G_GNUC_WARN_UNUSED_RESULT;
const char *exc_psrp_encrypted_session_key_parse (ExcValue *body, GError **error);
ExcValue *exc_psrp_public_key_request_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* SET_MAX_RUNSPACES 2.2.2.6, SET_MIN_RUNSPACES 2.2.2.7, GET_AVAILABLE_RUNSPACES 2.2.2.11,
 * RESET_RUNSPACE_STATE 2.2.2.31 and their answer RUNSPACE_AVAILABILITY 2.2.2.8, matched by ci */
ExcValue *exc_psrp_set_max_runspaces_new (int max_runspaces, gint64 ci) G_GNUC_WARN_UNUSED_RESULT;
gboolean exc_psrp_set_max_runspaces_parse (ExcValue *body,
                                           int *max_runspaces,
                                           gint64 *ci,
                                           GError **error);
ExcValue *exc_psrp_set_min_runspaces_new (int min_runspaces, gint64 ci) G_GNUC_WARN_UNUSED_RESULT;
gboolean exc_psrp_set_min_runspaces_parse (ExcValue *body,
                                           int *min_runspaces,
                                           gint64 *ci,
                                           GError **error);
ExcValue *exc_psrp_call_new (gint64 ci) G_GNUC_WARN_UNUSED_RESULT; /* the two without arguments */
gboolean exc_psrp_call_parse (ExcValue *body, gint64 *ci, GError **error);
/* The answer to a set or a reset is a boolean, to GET_AVAILABLE_RUNSPACES a number. */
ExcValue *exc_psrp_availability_new_done (gboolean done, gint64 ci) G_GNUC_WARN_UNUSED_RESULT;
ExcValue *exc_psrp_availability_new_count (int n_runspaces, gint64 ci) G_GNUC_WARN_UNUSED_RESULT;
/* response: (transfer none): the boolean or the number */
gboolean exc_psrp_availability_parse (ExcValue *body,
                                      ExcValue **response,
                                      gint64 *ci,
                                      GError **error);

/* RUNSPACEPOOL_STATE, 2.2.2.9 and 2.2.3.4 */
typedef enum {
  EXC_PSRP_RUNSPACE_BEFORE_OPEN = 0,
  EXC_PSRP_RUNSPACE_OPENING = 1,
  EXC_PSRP_RUNSPACE_OPENED = 2,
  EXC_PSRP_RUNSPACE_CLOSED = 3,
  EXC_PSRP_RUNSPACE_CLOSING = 4,
  EXC_PSRP_RUNSPACE_BROKEN = 5,
  EXC_PSRP_RUNSPACE_NEGOTIATION_SENT = 6,
  EXC_PSRP_RUNSPACE_NEGOTIATION_SUCCEEDED = 7,
} ExcPsrpRunspaceState;

/* take_failure: (nullable): an ErrorRecord, from exc_psrp_error_record_new */
ExcValue *exc_psrp_runspace_state_new (ExcPsrpRunspaceState state,
                                       ExcValue *take_failure) G_GNUC_WARN_UNUSED_RESULT;
/* failure: (out) (optional) (nullable) (transfer none) */
gboolean exc_psrp_runspace_state_parse (ExcValue *body,
                                        int *state,
                                        ExcValue **failure,
                                        GError **error);

/* APPLICATION_PRIVATE_DATA, 2.2.2.13 */
ExcValue *exc_psrp_private_data_new (ExcValue *take_dictionary) G_GNUC_WARN_UNUSED_RESULT;
ExcValue *exc_psrp_private_data_new_windows (void) G_GNUC_WARN_UNUSED_RESULT; /* as 5.1 sends it */
/* (transfer none) (nullable): the dictionary, NULL without error when the server sent null */
gboolean exc_psrp_private_data_parse (ExcValue *body, ExcValue **dictionary, GError **error);

G_END_DECLS
