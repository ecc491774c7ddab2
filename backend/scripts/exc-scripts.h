/* exc-scripts.h — the Windows-side PowerShell scripts
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The names of our scripts. */
#define EXC_SCRIPT_BIND               "bind.ps1"          /* A3, A4 */
#define EXC_SCRIPT_EVENTS             "events.ps1"        /* event 2014 of B-R R5, and others */
#define EXC_SCRIPT_IISRESET           "iisreset.ps1"      /* A6 */
#define EXC_SCRIPT_INVENTORY          "inventory.ps1"     /* 0.8 */
#define EXC_SCRIPT_LOOK               "look.ps1"          /* a small part of 0.8, to verify by */
#define EXC_SCRIPT_RECYCLE_POOLS      "recycle-pools.ps1" /* A6 */
#define EXC_SCRIPT_REMOVE_CERTIFICATE "remove-certificate.ps1" /* C4, where Exchange refuses */
#define EXC_SCRIPT_RESTART_SERVICES   "restart-services.ps1"   /* A6 */
#define EXC_SCRIPT_TRUST_RAW          "trust-raw.ps1"          /* A2 on other servers */
#define EXC_SCRIPT_TRUST              "trust.ps1"              /* A2 */
#define EXC_SCRIPT_UNTRUST            "untrust.ps1"            /* the undo of A2 */
#define EXC_SCRIPT_WMSVC_BIND         "wmsvc-bind.ps1"         /* C3 */
#define EXC_SCRIPT_WMSVC_CREATE       "wmsvc-create.ps1"       /* C1, 10 years */

/**
 * ExcScript:
 * @name: file name, for people and logs
 * @text: the whole script, as it is sent; what varies are its parameters
 * @changes: whether running it can change the server
 *
 * One script, in memory for the life of the program. Each ends with one PSCustomObject and uses
 * nothing newer than PowerShell 4, which Windows Server 2012 R2 has (steps.md, notation).
 */
typedef struct {
  const char *name;
  const char *text;
  gboolean changes;
} ExcScript;

/* (nullable) (transfer none) */
const ExcScript *exc_script_lookup (const char *name);
/* The script that has exactly this text: how the simulated organization knows what to answer.
 * (nullable) (transfer none) */
const ExcScript *exc_script_recognize (const char *text);
/* All of them, sorted by name. (transfer none) (array length=n_scripts) */
const ExcScript *exc_script_list (guint *n_scripts);

G_END_DECLS
