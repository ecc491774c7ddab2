/* test-lab-mail.c — what the mail services say, and which certificate they take
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "lab-fixture.h"

#include "exc-lab-mail-choice.h"
#include "exc-lab-mail-talk.h"

#define FQDN    "exch01.contoso.lab"
#define DEFAULT "Microsoft Exchange"
#define DAY     (24 * 60 * 60)

static void
test_greetings (void)
{
  static const char *const begins[] = {
    [EXC_LAB_MAIL_SMTP] = "220 " FQDN " ",
    [EXC_LAB_MAIL_IMAP] = "* OK ",
    [EXC_LAB_MAIL_POP3] = "+OK ",
  };

  for (guint i = 0; i < G_N_ELEMENTS (begins); i++) {
    g_autofree char *text = exc_lab_mail_greet ((ExcLabMailKind) i, FQDN);

    g_assert_true (g_str_has_prefix (text, begins[i]));
    g_assert_true (g_str_has_suffix (text, "\r\n"));
  }
}

static void
test_answers (void)
{
  static const struct {
    ExcLabMailKind kind;
    gboolean offers_tls;
    const char *line;
    const char *begins;
    ExcLabMailNext next;
  } cases[] = {
    { EXC_LAB_MAIL_SMTP, TRUE, "ehlo x", "250-" FQDN, EXC_LAB_MAIL_LISTEN },
    { EXC_LAB_MAIL_SMTP, TRUE, "STARTTLS", "220 ", EXC_LAB_MAIL_START_TLS },
    { EXC_LAB_MAIL_SMTP, FALSE, "STARTTLS", "500 ", EXC_LAB_MAIL_LISTEN },
    { EXC_LAB_MAIL_SMTP, TRUE, "STARTTLSX", "500 ", EXC_LAB_MAIL_LISTEN },
    { EXC_LAB_MAIL_SMTP, TRUE, "MAIL FROM:<a@b.c>", "500 ", EXC_LAB_MAIL_LISTEN },
    { EXC_LAB_MAIL_SMTP, TRUE, "QUIT", "221 ", EXC_LAB_MAIL_END },
    { EXC_LAB_MAIL_IMAP, TRUE, "a1 STARTTLS", "a1 OK ", EXC_LAB_MAIL_START_TLS },
    { EXC_LAB_MAIL_IMAP, FALSE, "a1 STARTTLS", "a1 BAD ", EXC_LAB_MAIL_LISTEN },
    { EXC_LAB_MAIL_IMAP, TRUE, "a1 login u p", "a1 BAD ", EXC_LAB_MAIL_LISTEN },
    { EXC_LAB_MAIL_IMAP, TRUE, "a1", "* BAD ", EXC_LAB_MAIL_LISTEN },
    { EXC_LAB_MAIL_IMAP, TRUE, "", "* BAD ", EXC_LAB_MAIL_LISTEN },
    { EXC_LAB_MAIL_IMAP, TRUE, ". LOGOUT", "* BYE ", EXC_LAB_MAIL_END },
    { EXC_LAB_MAIL_POP3, TRUE, "STLS", "+OK ", EXC_LAB_MAIL_START_TLS },
    { EXC_LAB_MAIL_POP3, FALSE, "STLS", "-ERR ", EXC_LAB_MAIL_LISTEN },
    { EXC_LAB_MAIL_POP3, TRUE, "USER x", "-ERR ", EXC_LAB_MAIL_LISTEN },
    { EXC_LAB_MAIL_POP3, TRUE, "QUIT", "+OK ", EXC_LAB_MAIL_END },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    ExcLabMailNext next;
    g_autofree char *text =
        exc_lab_mail_answer (cases[i].kind, FQDN, cases[i].offers_tls, cases[i].line, &next);

    if (!g_str_has_prefix (text, cases[i].begins) || next != cases[i].next)
      g_error ("case %u: %d after %s", i, next, text);
    g_assert_true (g_str_has_suffix (text, "\r\n"));
  }
}

/* TLS is offered only where it can begin, and once. */
static void
test_offers (void)
{
  static const struct {
    ExcLabMailKind kind;
    const char *line;
    const char *word;
  } cases[] = {
    { EXC_LAB_MAIL_SMTP, "EHLO x", "250-STARTTLS\r\n" },
    { EXC_LAB_MAIL_IMAP, "a CAPABILITY", " STARTTLS " },
    { EXC_LAB_MAIL_POP3, "CAPA", "\r\nSTLS\r\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    ExcLabMailNext next;
    g_autofree char *with = exc_lab_mail_answer (cases[i].kind, FQDN, TRUE, cases[i].line, &next);
    g_autofree char *without =
        exc_lab_mail_answer (cases[i].kind, FQDN, FALSE, cases[i].line, &next);

    g_assert_nonnull (strstr (with, cases[i].word));
    g_assert_null (strstr (without, cases[i].word));
  }
}

/* (transfer none): a new certificate in EXCH01's store */
static ExcLabCertificate *
add (LabFixture *fixture, const char *name, gint64 begins, gint64 ends, ExcLabCertificate *issuer)
{
  ExcLabServer *server = exc_lab_world_find_server (fixture->world, "EXCH01");
  const char *const names[] = { name, NULL };
  g_autoptr(EVP_PKEY) key =
                 exc_lab_keys_take (exc_lab_world_get_keys (fixture->world), 2048, NULL);
  const gint64 now = exc_lab_world_now (fixture->world);
  const ExcLabRecipe recipe = { .subject = "CN=mail",
                                .dns_names = names,
                                .not_before = now + begins * DAY,
                                .not_after = now + ends * DAY,
                                .key = key,
                                .issuer = issuer };
  ExcLabCertificate *certificate = exc_lab_certificate_make (&recipe, NULL);

  certificate->network_service = TRUE;
  g_ptr_array_add (server->my, certificate);
  return certificate;
}

static void
test_smtp (LabFixture *fixture, gconstpointer data)
{
  ExcLabServer *server = exc_lab_world_find_server (fixture->world, "EXCH01");
  ExcLabCertificate *authority = exc_lab_world_get_authority (fixture->world);
  ExcLabCertificate *old = lab_find (fixture, "EXCH01", DEFAULT);
  const gint64 now = exc_lab_world_now (fixture->world);
  ExcLabConnector *connector = NULL;
  ExcLabCertificate *newer, *bought, *hidden;

#define CHOSEN exc_lab_mail_choose_smtp (server, "Default Frontend", now)
  g_assert_true (CHOSEN == old);
  newer = add (fixture, FQDN, -1, 300, NULL);
  g_assert_true (CHOSEN == newer);
  add (fixture, FQDN, -9, -1, NULL);
  add (fixture, FQDN, 1, 300, NULL);
  add (fixture, "other.contoso.lab", 0, 300, NULL);
  g_assert_true (CHOSEN == newer);

  /* One of an authority goes before a newer self-signed one; not where its key cannot be read. */
  hidden = add (fixture, FQDN, 0, 300, authority);
  hidden->network_service = FALSE;
  bought = add (fixture, "*.contoso.lab", -100, 300, authority);
  g_assert_true (CHOSEN == bought);

  /* The connector's own word goes before all that, while it names something. */
  for (guint i = 0; connector == NULL; i++) {
    ExcLabConnector *candidate = g_ptr_array_index (server->connectors, i);

    if (g_str_has_prefix (candidate->name, "Default Frontend"))
      connector = candidate;
  }
  connector->tls_certificate_name =
      g_strconcat ("<I>", old->x509->issuer, "<S>", old->x509->subject, NULL);
  g_assert_true (CHOSEN == old);
  g_free (connector->tls_certificate_name);
  connector->tls_certificate_name = g_strdup ("<I>CN=nobody<S>CN=nobody");
  g_assert_true (CHOSEN == bought);

  /* A name that nothing fits leaves the internal transport certificate; without it, nothing. */
  g_free (connector->fqdn);
  connector->fqdn = g_strdup ("mx.example");
  g_assert_true (CHOSEN == old);
  exc_lab_store_remove (server->my, old->x509->sha1);
  g_assert_null (CHOSEN);
}

static void
test_client (LabFixture *fixture, gconstpointer data)
{
  ExcLabServer *server = exc_lab_world_find_server (fixture->world, "EXCH01");
  ExcLabCertificate *old = lab_find (fixture, "EXCH01", DEFAULT);
  const gint64 now = exc_lab_world_now (fixture->world);
  ExcLabCertificate *newer;

  g_assert_true (exc_lab_mail_choose_client (server, server->pop_name, now) == old);
  newer = add (fixture, FQDN, -1, 300, NULL);
  add (fixture, FQDN, -9, -1, NULL);
  g_assert_true (exc_lab_mail_choose_client (server, server->pop_name, now) == newer);
  g_assert_null (exc_lab_mail_choose_client (server, "pop.contoso.example", now));
  g_assert_null (exc_lab_mail_choose_client (server, NULL, now));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/lab/mail/greetings", test_greetings);
  g_test_add_func ("/lab/mail/answers", test_answers);
  g_test_add_func ("/lab/mail/offers", test_offers);
  g_test_add ("/lab/mail/smtp", LabFixture, NULL, lab_set_up, test_smtp, lab_tear_down);
  g_test_add ("/lab/mail/client", LabFixture, NULL, lab_set_up, test_client, lab_tear_down);

  return g_test_run ();
}
