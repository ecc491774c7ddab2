/* inventory-test.h — an organization of three servers whose answers a test gives by hand
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-organization.h"
#include "fake-shell.h"

G_BEGIN_DECLS

typedef struct {
  ExcConnection *connection;
  ExcClock *clock;
  ExcOrganization *organization;
  GBytes *der[3]; /* the default certificate of EX01, EX02, EX03 */
  char *thumbprint[3];
  gboolean is_refused; /* the projection */
} InventoryTest;

typedef struct {
  gboolean is_done;
  GError *error;
} InventoryOutcome;

#define FQDN(i) ((const char *[]){ "ex01.contoso.lab", "ex02.contoso.lab", "ex03.contoso.lab" }[i])

void inventory_test_set_up (InventoryTest *fixture, gconstpointer data);
void inventory_test_tear_down (InventoryTest *fixture, gconstpointer data);
/* only, cancellable: (nullable) */
void inventory_test_refresh (InventoryTest *fixture,
                             const char *const *only,
                             GCancellable *cancellable,
                             InventoryOutcome *outcome);
void inventory_test_on_refreshed_cb (GObject *source, GAsyncResult *result, gpointer user_data);
void inventory_test_settle (void);
/* As a healthy organization would. */
void inventory_test_answer (InventoryTest *fixture, FakeRun *run);
void inventory_test_answer_all (InventoryTest *fixture);
ExcServer *inventory_test_find (InventoryTest *fixture, const char *name); /* (nullable) */

G_END_DECLS
