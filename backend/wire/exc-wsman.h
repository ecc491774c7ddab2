/* exc-wsman.h — what both directions of WS-Management share
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * ExcWsmanOperation:
 *
 * The shell operations ([MS-WSMV] 3.1.4, protocol.md 3). @EXC_WSMAN_OTHER is any action that is
 * none of them; a server answers it with a fault.
 */
typedef enum {
  EXC_WSMAN_OTHER,
  EXC_WSMAN_CREATE,
  EXC_WSMAN_GET,
  EXC_WSMAN_DELETE,
  EXC_WSMAN_COMMAND,
  EXC_WSMAN_RECEIVE,
  EXC_WSMAN_SEND,
  EXC_WSMAN_SIGNAL,
} ExcWsmanOperation;

typedef enum {
  EXC_WSMAN_SIGNAL_NONE, /* not a Signal, or a code that we do not know */
  EXC_WSMAN_SIGNAL_STOP, /* powershell/signal/crtl_c: misspelt on the wire, ctrl_c is read too */
  EXC_WSMAN_SIGNAL_TERMINATE,
} ExcWsmanSignal;

/* Fault codes of WSManFault/@Code (protocol.md 4). */
#define EXC_WSMAN_FAULT_ACCESS_DENIED     5u
#define EXC_WSMAN_FAULT_ABORTED           995u
#define EXC_WSMAN_FAULT_LOGON             1326u
#define EXC_WSMAN_FAULT_TIMED_OUT         2150858793u /* nothing yet: Receive again */
#define EXC_WSMAN_FAULT_NO_RESOURCE       2150858811u
#define EXC_WSMAN_FAULT_UNSUPPORTED       2150858819u
#define EXC_WSMAN_FAULT_INVALID_SELECTORS 2150858843u /* shell or command gone */
#define EXC_WSMAN_FAULT_REDIRECT          2150859161u
#define EXC_WSMAN_FAULT_TOO_MANY_SHELLS   2150859173u
#define EXC_WSMAN_FAULT_TOO_MANY_COMMANDS 2150859174u
#define EXC_WSMAN_FAULT_IN_USE            2150859213u
#define EXC_WSMAN_FAULT_KEY_DELETED       2147943418u
#define EXC_WSMAN_FAULT_PLUGIN            2152992672u

#define EXC_WSMAN_ENVELOPE_FIRST                                                                   \
  153600u                                /* MaxEnvelopeSize until the server's protocol is known   \
                                          */
#define EXC_WSMAN_ENVELOPE_LATER 512000u /* once it speaks 2.2 or newer */

/**
 * ExcWsmanChunk:
 * @name: stdin, stdout or pr
 * @command_id: (nullable): whose bytes they are; %NULL for the runspace pool's
 * @bytes: decoded from base64
 * @is_end: the sender closed the stream with them
 *
 * Bytes of one stream, in order. One Stream element can give several chunks: they are handed on
 * while the element is still coming in. Two chunks never share bytes of two streams.
 */
typedef struct {
  char *name;
  char *command_id;
  GBytes *bytes;
  gboolean is_end;
} ExcWsmanChunk;

ExcWsmanChunk *exc_wsman_chunk_new (const char *name,
                                    const char *command_id,
                                    GBytes *bytes) G_GNUC_WARN_UNUSED_RESULT;
void exc_wsman_chunk_free (ExcWsmanChunk *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcWsmanChunk, exc_wsman_chunk_free)

/**
 * ExcWsmanFault:
 * @code: WSManFault/@Code, or 0 where the server gave none
 * @message: what the server said, from the innermost place that has text; never %NULL
 * @subcode: (nullable): local name of the SOAP subcode, such as TimedOut
 *
 * A SOAP fault in any of the shapes of protocol.md 4.
 */
typedef struct {
  guint32 code;
  char *message;
  char *subcode;
} ExcWsmanFault;

void exc_wsman_fault_free (ExcWsmanFault *self);
gboolean exc_wsman_fault_is_timeout (const ExcWsmanFault *self);
/* The fault as an error that says what to do about it. */
GError *exc_wsman_fault_to_error (const ExcWsmanFault *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcWsmanFault, exc_wsman_fault_free)

/* A new id in the form WS-Management wants: upper case, no braces. */
char *exc_wsman_new_id (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
