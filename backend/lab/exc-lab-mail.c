/* exc-lab-mail.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-mail"

#include "config.h"

#include "exc-lab-mail.h"

#include "exc-lab-host.h"
#include "exc-lab-mail-choice.h"
#include "exc-lab-mail-port.h"

#define NEVER (-1)

static const struct {
  guint16 port;
  ExcLabMailKind kind;
  gboolean is_tls;
  const char *service;
  const char *connector; /* SMTP only: how its name begins */
} ports[] = {
  { 25, EXC_LAB_MAIL_SMTP, FALSE, "MSExchangeFrontEndTransport", "Default Frontend" },
  { 587, EXC_LAB_MAIL_SMTP, FALSE, "MSExchangeFrontEndTransport", "Client Frontend" },
  { 110, EXC_LAB_MAIL_POP3, FALSE, "MSExchangePOP3", NULL },
  { 995, EXC_LAB_MAIL_POP3, TRUE, "MSExchangePOP3", NULL },
  { 143, EXC_LAB_MAIL_IMAP, FALSE, "MSExchangeIMAP4", NULL },
  { 993, EXC_LAB_MAIL_IMAP, TRUE, "MSExchangeIMAP4", NULL },
};

struct _ExcLabMail {
  ExcLabMailPort *ports[G_N_ELEMENTS (ports)];
  gint64 runs[G_N_ELEMENTS (ports)]; /* which start of the service it is: when it came back */
};

ExcLabMail *
exc_lab_mail_new (const char *fqdn, GInetAddress *address)
{
  ExcLabMail *self = g_new0 (ExcLabMail, 1);

  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    self->ports[i] = exc_lab_mail_port_new (
        ports[i].kind, ports[i].is_tls, fqdn, address, ports[i].port + EXC_LAB_PORT_OFFSET);
  exc_lab_mail_forget (self);
  return self;
}

void
exc_lab_mail_free (ExcLabMail *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    exc_lab_mail_port_free (self->ports[i]);
  g_free (self);
}

void
exc_lab_mail_forget (ExcLabMail *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    self->runs[i] = NEVER;
}

static ExcLabCertificate *
choose (ExcLabServer *server, guint index, gint64 now)
{
  if (ports[index].kind == EXC_LAB_MAIL_SMTP)
    return exc_lab_mail_choose_smtp (server, ports[index].connector, now);
  return exc_lab_mail_choose_client (
      server, ports[index].kind == EXC_LAB_MAIL_POP3 ? server->pop_name : server->imap_name, now);
}

/* (nullable): NULL where the server has no such service; Edge servers have one for all transport.
 */
static ExcLabService *
find_service (ExcLabServer *server, guint index)
{
  if (!server->is_edge)
    return exc_lab_server_find_service (server, ports[index].service);
  return ports[index].port == 25 ? exc_lab_server_find_service (server, "MSExchangeTransport")
                                 : NULL;
}

gboolean
exc_lab_mail_update (ExcLabMail *self, ExcLabServer *server, gint64 now, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (ports); i++) {
    ExcLabService *service = find_service (server, i);
    const gboolean is_up = server->is_up && service != NULL && exc_lab_service_is_up (service, now);

    if (!is_up)
      self->runs[i] = NEVER;
    if (is_up && self->runs[i] != service->back_at) {
      ExcLabCertificate *certificate = choose (server, i, now);
      g_autoptr(GTlsCertificate) tls =
                     certificate != NULL ? exc_lab_host_make_tls (certificate) : NULL;

      exc_lab_mail_port_set_certificate (self->ports[i], tls);
      self->runs[i] = service->back_at;
    }
    if (!exc_lab_mail_port_set_open (self->ports[i], is_up, error))
      return FALSE;
  }
  return TRUE;
}
