/* lab-test.h — an organization opened on a real thumbprint-lab process
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <json-glib/json-glib.h>

#include "exc-demo.h"
#include "exc-organization.h"

G_BEGIN_DECLS

/**
 * LabTest:
 *
 * A g_test fixture: the lab on a scenario, without saved state, and the organization on it.
 */
typedef struct {
  ExcDemo *demo;
  ExcClock *clock;
  ExcConnection *connection;
  ExcOrganization *organization;
} LabTest;

void lab_test_set_up (LabTest *test, gconstpointer scenario); /* a string */
void lab_test_tear_down (LabTest *test, gconstpointer data);

/* One request to the lab's control socket, which must succeed. */
JsonObject *lab_test_control (LabTest *test, const char *request) G_GNUC_WARN_UNUSED_RESULT;
void lab_test_do (LabTest *test, const char *request); /* the same, the answer thrown away */

/* Reads the organization and waits; only: (nullable). FALSE with @error where that failed. */
gboolean lab_test_refresh (LabTest *test, const char *const *only, GError **error);
ExcServer *lab_test_find (LabTest *test, const char *server);

G_END_DECLS
