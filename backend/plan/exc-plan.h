/* exc-plan.h — what is going to be done, decided and shown before anything is
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-organization.h"
#include "exc-step.h"

G_BEGIN_DECLS

typedef enum {
  EXC_RESTART_NONE,
  EXC_RESTART_POOLS,     /* recycle the OWA and ECP application pools */
  EXC_RESTART_TRANSPORT, /* MSExchangeFrontEndTransport, MSExchangeTransport */
  EXC_RESTART_IIS,       /* W3SVC */
} ExcRestart;

/* Options of "Renew Microsoft Exchange". Defaults are the safe ones. */
typedef struct {
  ExcRestart restart;     /* EXC_RESTART_NONE */
  gboolean restarts_mail; /* POP and IMAP, where they run */
  gboolean removes_old;   /* with its copy among the trusted roots, after the soak */
  guint soak_hours;       /* of removes_old; 0: 24 */
} ExcRenewOptions;

/* Options of "Renew WMSVC". Defaults are the safe ones. */
typedef struct {
  gboolean by_windows;  /* Windows makes it, for 10 years; else Exchange, for 5 */
  gboolean removes_old; /* after the handshake, with its copy among the trusted roots */
} ExcWmsvcOptions;

/* A certificate of a server. */
typedef struct {
  const char *server; /* FQDN or name */
  const char *thumbprint;
} ExcCertificateRef;

/* Options of "Delete". Defaults are the safe ones. */
typedef struct {
  gboolean removes_root;     /* the copy among the trusted roots, too */
  gboolean clears_connector; /* Send connectors name no certificate while it is deleted */
  /* (nullable) (array zero-terminated=1): last four characters of thumbprints that go although they
   * are built-in or in use, as the user typed them */
  const char *const *confirmations;
} ExcDeleteOptions;

/* What a certificate can be bound to; a bit each. */
typedef enum {
  EXC_BIND_FRONT_END = 1 << 0, /* 443 of the Default Web Site, all its addresses but loopback */
  EXC_BIND_LOOPBACK = 1 << 1,  /* 127.0.0.1:443 of it */
  EXC_BIND_BACK_END = 1 << 2,  /* 444 of Exchange Back End */
  EXC_BIND_WMSVC = 1 << 3,     /* 8172 */
} ExcBindPlaces;

/* Options of "Bind". Defaults are the safe ones. */
typedef struct {
  guint places;             /* ExcBindPlaces */
  gboolean replaces_public; /* a self-signed one may take the place of an authority's on 443 */
} ExcBindOptions;

/* Options of "Assign services". Defaults are the safe ones. */
typedef struct {
  gboolean replaces_default; /* SMTP: it becomes the internal transport certificate, too */
  gboolean replaces_public;  /* IIS: as of ExcBindOptions */
  const char *mail_name;     /* (nullable): by which POP and IMAP find it; wildcards need one */
  gboolean restarts_mail;    /* POP and IMAP, where they run: they use it from then on */
} ExcAssignOptions;

/* What is broken (steps.md D). */
typedef enum {
  EXC_REPAIR_BACK_END,           /* D1: 444 has a certificate that is missing or expired */
  EXC_REPAIR_INTERNAL_TRANSPORT, /* D2: so is the internal transport certificate */
  EXC_REPAIR_AUTH_AS_INTERNAL,   /* D3: it is the Auth certificate */
  EXC_REPAIR_TRUST,              /* D4: self-signed ones are not among the trusted roots */
  EXC_REPAIR_CONNECTORS,         /* D7: connectors name a certificate that no server has */
} ExcRepair;

typedef enum {
  EXC_CHECK_PASSED,
  EXC_CHECK_WARNING, /* must be ticked */
  EXC_CHECK_BLOCKED, /* nothing runs */
} ExcCheckResult;

#define EXC_TYPE_CHECK (exc_check_get_type ())
G_DECLARE_FINAL_TYPE (ExcCheck, exc_check, EXC, CHECK, GObject)
/* Properties: `server` (nullable), `text` (one sentence and what to do), `result` (int). */
const char *exc_check_get_server (ExcCheck *self);
const char *exc_check_get_text (ExcCheck *self);
ExcCheckResult exc_check_get_result (ExcCheck *self);

#define EXC_TYPE_PLAN (exc_plan_get_type ())
G_DECLARE_FINAL_TYPE (ExcPlan, exc_plan, EXC, PLAN, GObject)

/**
 * ExcPlan:
 *
 * Made from a snapshot, immutable: a title, the options, and a lane of steps for each server, in
 * the order in which servers are done, and for the organization. All of it but the checks follows
 * from the kind and its input, which is what the journal keeps.
 */
ExcPlan *exc_plan_new_renew_microsoft_exchange (ExcSnapshot *snapshot,
                                                const char *const *servers, /* FQDNs */
                                                const ExcRenewOptions *options,
                                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

ExcPlan *exc_plan_new_renew_wmsvc (ExcSnapshot *snapshot,
                                   const char *const *servers, /* FQDNs */
                                   const ExcWmsvcOptions *options,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

ExcPlan *exc_plan_new_delete (ExcSnapshot *snapshot,
                              const ExcCertificateRef *certificates,
                              guint n_certificates,
                              const ExcDeleteOptions *options,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

ExcPlan *exc_plan_new_trust (ExcSnapshot *snapshot,
                             const char *server,
                             const char *thumbprint,
                             const char *const *targets,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
ExcPlan *exc_plan_new_untrust (ExcSnapshot *snapshot,
                               const char *thumbprint,
                               const char *const *targets,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
ExcPlan *exc_plan_new_bind (ExcSnapshot *snapshot,
                            const char *thumbprint,
                            const char *const *servers,
                            const ExcBindOptions *options,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

ExcPlan *exc_plan_new_assign (ExcSnapshot *snapshot,
                              const char *thumbprint,
                              const char *const *servers,
                              int services, /* ExcServices */
                              const ExcAssignOptions *options,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* back-end, internal-transport, auth-as-internal-transport, trust, connectors */
gboolean exc_repair_from_id (const char *id, ExcRepair *repair);
ExcPlan *exc_plan_new_repair (ExcSnapshot *snapshot,
                              ExcRepair repair,
                              const char *const *servers,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The lane of steps that are done once, for the organization. */
#define EXC_LANE_ORGANIZATION "organization"

const char *exc_plan_get_title (ExcPlan *self); /* "Renew Microsoft Exchange on 2 servers" */
const char *exc_plan_get_kind (ExcPlan *self);  /* "renew-microsoft-exchange" */
/* The lanes: FQDNs, and EXC_LANE_ORGANIZATION where the plan has steps for all. */
const char *const *exc_plan_get_servers (ExcPlan *self);
GPtrArray *exc_plan_get_steps (ExcPlan *self, const char *server); /* (element-type ExcStep) */
/* "2 of 3 servers renewed." */
char *exc_plan_dup_summary (ExcPlan *self, guint n_done, guint n_servers) G_GNUC_WARN_UNUSED_RESULT;
GListModel *exc_plan_get_checks (ExcPlan *self); /* of ExcCheck, worst first */
gboolean exc_plan_is_blocked (ExcPlan *self);
/* For the preview: per server and step, its sentence and its PowerShell. */
char *exc_plan_dup_preview (ExcPlan *self, gboolean with_powershell) G_GNUC_WARN_UNUSED_RESULT;

/* The steps of a server that can be undone, in the order of undoing. (element-type ExcStep) */
GPtrArray *exc_plan_dup_undo_steps (ExcPlan *self, const char *server) G_GNUC_WARN_UNUSED_RESULT;
/* For the journal: the options and what each server looked like; never a secret. */
char *exc_plan_to_json (ExcPlan *self) G_GNUC_WARN_UNUSED_RESULT;
/* Fails with EXC_ERROR_STORE for a kind or a version that is not known. The checks are not kept. */
ExcPlan *exc_plan_new_from_json (const char *kind,
                                 const char *json,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
