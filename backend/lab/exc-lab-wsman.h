/* exc-lab-wsman.h — a WS-Management server for one simulated server
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-clock.h"
#include "exc-lab-session.h"
#include "exc-lab-shell.h"

G_BEGIN_DECLS

/**
 * ExcLabWsman:
 *
 * Answers Create, Command, Receive, Send, Signal and Delete over HTTP and HTTPS as Windows does
 * (protocol.md 3 and 4): Basic authentication, long polls that end in fault 2150858793, requests
 * and replies held to MaxEnvelopeSize, a limit of shells for each user. Everything runs in the
 * thread-default main context of the moment it was made.
 *
 * ```
 * wsman = exc_lab_wsman_new (clock);
 * exc_lab_wsman_set_account (wsman, "CONTOSO\\admin", secret);
 * exc_lab_wsman_add_endpoint (wsman, "/PowerShell", EXC_CONFIGURATION_EXCHANGE, 18, factory, world,
 * NULL); exc_lab_wsman_add_endpoint (wsman, "/wsman", EXC_CONFIGURATION_WINDOWS, 30, factory,
 * world, NULL); exc_lab_wsman_listen (wsman, address, 20443, certificate, &error);    https
 * exc_lab_wsman_listen (wsman, address, 25985, NULL, &error);           http
 * ```
 */
#define EXC_TYPE_LAB_WSMAN (exc_lab_wsman_get_type ())
G_DECLARE_FINAL_TYPE (ExcLabWsman, exc_lab_wsman, EXC, LAB_WSMAN, GObject)

/* clock: (nullable): what the Date header says; time-outs are real time */
ExcLabWsman *exc_lab_wsman_new (ExcClock *clock) G_GNUC_WARN_UNUSED_RESULT;

/* Who may come in; Basic with any other answer gets 401. A user matches without case, with and
 * without the domain in front ("CONTOSO\admin", "admin", "admin@contoso.example"). */
void exc_lab_wsman_set_account (ExcLabWsman *self, const char *user, ExcSecret *password);

/* A URL's path, in any case and with or without a closing slash, and the ResourceURI that may be
 * asked for there. Each shell gets a session of @factory. max_shells: of one user; 0 for no limit
 */
void exc_lab_wsman_add_endpoint (ExcLabWsman *self,
                                 const char *path,
                                 const char *configuration,
                                 guint max_shells,
                                 ExcLabSessionFactory factory,
                                 gpointer data,
                                 GDestroyNotify destroy);
/* The same with far ends of raw bytes. */
void exc_lab_wsman_add_shells (ExcLabWsman *self,
                               const char *path,
                               const char *configuration,
                               guint max_shells,
                               ExcLabShellFactory factory,
                               gpointer data,
                               GDestroyNotify destroy);

/* Opens one more port; @certificate with its private key for https, NULL for http. port 0: any free
 * one. Returns the port, 0 on failure. A port that was closed by set_listening can be given again.
 */
guint16 exc_lab_wsman_listen (ExcLabWsman *self,
                              GInetAddress *address,
                              guint16 port,
                              GTlsCertificate *certificate,
                              GError **error);
/* New connections of that port are given this certificate; those that stand keep theirs. */
void exc_lab_wsman_set_certificate (ExcLabWsman *self, guint16 port, GTlsCertificate *certificate);
/* TRUE: new connections of that port end before their handshake, for want of a usable certificate.
 */
void exc_lab_wsman_set_broken (ExcLabWsman *self, guint16 port, gboolean broken);
/* FALSE: connections are refused from now on and those that stand are cut, as when IIS stops or
 * the server is down. Shells survive unless exc_lab_wsman_drop_shells says otherwise. */
gboolean exc_lab_wsman_set_listening (ExcLabWsman *self,
                                      guint16 port,
                                      gboolean listening,
                                      GError **error);
/* path: (nullable): of one endpoint; the process behind the shells ended (iisreset, reboot): what
 * ran is cancelled, later requests get fault 2150858843. */
void exc_lab_wsman_drop_shells (ExcLabWsman *self, const char *path);
guint exc_lab_wsman_get_n_shells (ExcLabWsman *self, const char *path);
/* Closes every port and shell; the object answers nothing any more. */
void exc_lab_wsman_stop (ExcLabWsman *self);

/* Seconds without a request after which a shell is dropped (7200), as WinRM's IdleTimeout. */
void exc_lab_wsman_set_idle_timeout (ExcLabWsman *self, guint seconds);

typedef enum {
  EXC_LAB_FAULT_NONE,
  EXC_LAB_FAULT_REFUSE, /* the connection is closed without an answer */
  EXC_LAB_FAULT_DROP,  /* half of the reply, then the connection is cut; the request was carried out
                        */
  EXC_LAB_FAULT_DELAY, /* delay_ms before the request is looked at */
  EXC_LAB_FAULT_STATUS, /* this HTTP status (401, 503) without a SOAP body; not carried out */
  EXC_LAB_FAULT_WSMAN,  /* a SOAP fault of this code; not carried out */
} ExcLabFaultKind;

typedef struct {
  ExcLabFaultKind kind;
  guint delay_ms;
  guint status;
  guint32 code;
} ExcLabFault;

/* Asked once for each authenticated request. @path: of the endpoint as it was added; @operation:
 * "Create", "Command", "Receive", "Send", "Signal", "Delete". */
typedef ExcLabFault (*ExcLabFaultHook) (gpointer data, const char *path, const char *operation);

void exc_lab_wsman_set_fault_hook (ExcLabWsman *self,
                                   ExcLabFaultHook hook,
                                   gpointer data,
                                   GDestroyNotify destroy);

/* Called with every pipeline a client starts, before it runs: what `thumbprint-lab --record` keeps.
 * @body: the CLIXML of its CREATE_PIPELINE, with SecureStrings still sealed. */
typedef void (*ExcLabRecordFunc) (gpointer data,
                                  const char *path,
                                  ExcPipeline *pipeline,
                                  GBytes *body);

void exc_lab_wsman_set_recorder (ExcLabWsman *self,
                                 ExcLabRecordFunc func,
                                 gpointer data,
                                 GDestroyNotify destroy);

G_END_DECLS
