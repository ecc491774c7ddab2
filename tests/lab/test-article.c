/* test-article.c — the steps that admins copy from an article, in its own order, and our plans on
 * the same world
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-changes.h"
#include "exc-plan-auth.h"
#include "exc-queries.h"
#include "exc-records.h"
#include "lab-process.h"
#include "renewal-test.h"

/* The article (domain.md 7) was written for the consoles of one server; EXCH01 has a certificate of
 * a public authority on 443. */
typedef struct {
  LabProcess *lab;
  ExcShell *exchange;
  ExcShell *windows;
} Article;

static ExcReply *
run (ExcShell *shell, ExcPipeline *take)
{
  g_autoptr(GError) error = NULL;
  ExcReply *reply = lab_process_run (shell, take, &error);

  g_assert_no_error (error);
  exc_reply_check (reply, &error);
  g_assert_no_error (error);
  return reply;
}

static void
do_and_forget (ExcShell *shell, ExcPipeline *take)
{
  g_autoptr(ExcReply) reply = run (shell, take);

  g_assert_nonnull (reply);
}

static void
article_open (Article *self)
{
  self->lab = lab_process_new ("small", NULL);
  self->exchange = lab_process_open (self->lab, EXCH01, "exchange", NULL);
  self->windows = lab_process_open (self->lab, EXCH01, "windows", NULL);
}

static void
article_close (Article *self)
{
  lab_process_close (self->exchange);
  lab_process_close (self->windows);
  lab_process_free (self->lab);
}

static char *
dup_internal (Article *self)
{
  g_autoptr(ExcReply) reply = run (self->exchange, exc_query_internal_transport (EXCH01, TRUE));

  return exc_read_internal_transport (reply, NULL);
}

/* By its subject. (transfer full) */
static char *
dup_thumbprint (Article *self, const char *subject)
{
  g_autoptr(ExcReply) reply = run (self->exchange, exc_query_certificates (EXCH01, NULL, TRUE));
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) all = exc_read_certificates (reply, EXCH01, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < all->len; i++) {
    ExcCertificateRecord *record = g_ptr_array_index (all, i);

    if (g_str_has_prefix (record->subject, subject))
      return g_strdup (record->thumbprint);
  }
  g_assert_not_reached ();
}

/* What the web server logs where a binding's certificate is gone (domain.md 3.1). */
static guint
count_dark (GHashTable *world)
{
  GHashTableIter iter;
  gpointer path;
  gpointer value;
  guint n = 0;

  g_hash_table_iter_init (&iter, world);
  while (g_hash_table_iter_next (&iter, &path, &value))
    n += g_pattern_match_simple ("/servers/*/events/*/id", path) && strcmp (value, "15021") == 0;
  return n;
}

static void
test_microsoft_exchange (RenewalTest *self, gconstpointer data)
{
  static const char *const servers[] = { EXCH01, NULL };
  Article article;
  g_autofree char *old = NULL;
  g_autofree char *public_one = NULL;
  g_autofree char *new = NULL;
  g_autofree char *back = NULL;
  g_autofree char *front = NULL;
  g_autofree char *ours_back = NULL;
  g_autofree char *ours_front_before = renewal_test_probe (self, EXCH01, 443);
  g_autofree char *ours_front = NULL;
  g_autoptr(ExcReply) created = NULL;
  g_autoptr(ExcReply) removed = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcJob) job = NULL;
  g_autoptr(GHashTable) world = NULL;

  article_open (&article);
  old = dup_internal (&article);
  public_one = lab_process_probe (article.lab, EXCH01, 443);
  created = run (article.exchange, exc_change_renew_default (EXCH01, old)); /* 2 */
  new = exc_read_created (created, NULL);
  do_and_forget (article.windows, exc_change_trust (new));                               /* 3 */
  do_and_forget (article.exchange, exc_change_enable (EXCH01, new, "IIS", FALSE));       /* 4 */
  removed = lab_process_run (article.exchange, exc_change_remove (EXCH01, old), &error); /* 5 */
  back = lab_process_probe (article.lab, EXCH01, 444);
  front = lab_process_probe (article.lab, EXCH01, 443);
  /* The session was cut with it: web clients and PowerShell are gone until 6 is done; and 443 shows
   * a self-signed one. */
  g_assert_null (removed);
  g_assert_nonnull (error);
  g_assert_null (back);
  g_assert_cmpstr (front, ==, new);
  g_assert_cmpstr (front, !=, public_one);
  article_close (&article);

  job = renewal_test_start (self, servers);
  renewal_test_finish (job, EXC_STATE_DONE);
  ours_back = renewal_test_probe (self, EXCH01, 444);
  ours_front = renewal_test_probe (self, EXCH01, 443);
  world = renewal_test_dump (self);
  g_assert_nonnull (
      strstr (g_hash_table_lookup (world, "/servers/0/internalTransport"), ours_back));
  g_assert_cmpstr (ours_front, ==, ours_front_before);
  g_assert_cmpuint (count_dark (world), ==, 0); /* not for a moment */
}

static ExcPipeline *
article_auth_certificate (void)
{
  ExcCommand *command = exc_command_new ("New-ExchangeCertificate");
  ExcPipeline *pipeline;

  exc_command_set_string (command, "Server", EXCH01);
  exc_command_set_string (command, "SubjectName", "cn=Microsoft Exchange Server Auth Certificate");
  exc_command_set_string (command, "FriendlyName", "Microsoft Exchange Server Auth Certificate");
  exc_command_set (command, "DomainName", exc_value_new_list ());
  pipeline = exc_pipeline_new_single (command);
  exc_pipeline_set_choice (pipeline, 'Y');
  return pipeline;
}

static void
test_auth (RenewalTest *self, gconstpointer data)
{
  Article article;
  g_autofree char *internal = NULL;
  g_autofree char *after = NULL;
  g_autofree char *new = NULL;
  g_autoptr(ExcReply) created = NULL;
  g_autoptr(GHashTable) before = renewal_test_dump (self);
  g_autoptr(GHashTable) world = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcPlan) plan = NULL;
  g_autoptr(ExcJob) job = NULL;

  article_open (&article);
  internal = dup_internal (&article);
  created = run (article.exchange, article_auth_certificate ()); /* 2, answered as it says */
  new = exc_read_created (created, NULL);
  after = dup_internal (&article);
  g_assert_cmpstr (after, ==, new); /* mail between servers is secured by the Auth certificate */
  g_assert_cmpstr (after, !=, internal);
  article_close (&article);

  renewal_test_let_time_pass_everywhere (self);
  plan = exc_plan_new_replace_auth (renewal_test_get_snapshot (self), NULL, &error);
  g_assert_no_error (error);
  job = renewal_test_run (self, g_steal_pointer (&plan), EXC_STATE_WAITING);
  world = renewal_test_dump (self);
  g_assert_cmpstr (g_hash_table_lookup (world, "/authConfig/current"),
                   !=,
                   g_hash_table_lookup (before, "/authConfig/current"));
  for (guint i = 0; i < 3; i++) {
    g_autofree char *path = g_strdup_printf ("/servers/%u/internalTransport", i);

    g_assert_cmpstr (g_hash_table_lookup (world, path), ==, g_hash_table_lookup (before, path));
  }
}

static void
test_wmsvc (RenewalTest *self, gconstpointer data)
{
  static const char *const services[] = { "WMSVC", NULL };
  Article article;
  g_autofree char *old = NULL;
  g_autofree char *served = NULL;
  g_autofree char *ours = NULL;
  g_autoptr(ExcReply) restarted = NULL;
  g_autoptr(GPtrArray) records = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(ExcJob) job = NULL;
  ExcPlan *plan;

  article_open (&article);
  old = dup_thumbprint (&article, "CN=WMSvc-SHA2-EXCH01");
  do_and_forget (article.exchange, exc_change_create_wmsvc (EXCH01, "EXCH01")); /* 1 */
  do_and_forget (article.exchange, exc_change_remove (EXCH01, old));            /* 4 */
  served = lab_process_probe (article.lab, EXCH01, 8172);
  restarted = run (article.windows, exc_change_restart_services (services)); /* 5, too early */
  records = exc_read_restarted (restarted, &error);
  g_assert_no_error (error);
  g_assert_null (served);
  g_assert_false (exc_restart_record_is_done (g_ptr_array_index (records, 0)));
  article_close (&article);

  plan = exc_plan_new_renew_wmsvc (renewal_test_get_snapshot (self),
                                   (const char *[]){ EXCH01, NULL },
                                   &(ExcWmsvcOptions){ .removes_old = TRUE },
                                   &error);
  g_assert_no_error (error);
  job = renewal_test_run (self, plan, EXC_STATE_DONE);
  ours = renewal_test_probe (self, EXCH01, 8172);
  g_assert_nonnull (ours);
}

#define ADD(path, func)                                                                            \
  g_test_add (path, RenewalTest, NULL, renewal_test_set_up_small, func, renewal_test_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/lab/article/microsoft-exchange", test_microsoft_exchange);
  ADD ("/lab/article/auth", test_auth);
  ADD ("/lab/article/wmsvc", test_wmsvc);

  return g_test_run ();
}
