/* exc-fixture.h — a small organization made in memory, for tests of what shows it
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "exc-organization.h"

G_BEGIN_DECLS

#define EXC_FIXTURE_SERVER_1 "ex01.example.com" /* expires in 20 days; a public one on 443 */
#define EXC_FIXTURE_SERVER_2 "ex02.example.com" /* expired 3 days ago */
#define EXC_FIXTURE_SERVER_3 "ex03.example.com" /* unreachable, never read */

/* In the environment of a test's child: it works on the data folder of the test. */
#define EXC_FIXTURE_CHILD "EXC_FIXTURE_CHILD"

/* Begins a test program: its own data folder, no animations. */
void exc_fixture_init (int *argc, char ***argv);
/* Settings that lead to a closed port of this machine. */
ExcConnectionSettings *exc_fixture_settings_new (void) G_GNUC_WARN_UNUSED_RESULT;
/* An organization that knows nothing yet. */
ExcOrganization *exc_fixture_organization_new (void) G_GNUC_WARN_UNUSED_RESULT;
/* Puts three servers and nine certificates into it, as if they had been read. */
void exc_fixture_fill (ExcOrganization *organization);
/* The same facts, seen again at the organization's present time. */
void exc_fixture_read_again (ExcOrganization *organization);
/* Many servers with a certificate each. */
void exc_fixture_fill_many (ExcOrganization *organization, guint n_servers);

/* Until the condition holds; a test that waits for longer fails. */
#define EXC_WAIT_FOR_SECONDS(condition, seconds)                                                   \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 wait_deadline = g_get_monotonic_time () + (seconds) *G_USEC_PER_SEC;                    \
    GSource *wait_alarm = exc_fixture_alarm_new ();                                                \
    while (!(condition) && g_get_monotonic_time () < wait_deadline)                                \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_destroy (wait_alarm);                                                                 \
    g_source_unref (wait_alarm);                                                                   \
    g_assert_true (condition);                                                                     \
  }                                                                                                \
  G_STMT_END
#define EXC_WAIT_FOR(condition) EXC_WAIT_FOR_SECONDS (condition, 30)

/* Wakes the main loop once a second, so that a wait can end. */
GSource *exc_fixture_alarm_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
