/* exc-lab-host.c
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "exc-lab-host"

#include "config.h"

#include "exc-lab-host.h"

#include <glib/gi18n.h>

#include "exc-error.h"
#include "exc-lab-exchange.h"
#include "exc-lab-guard.h"
#include "exc-lab-mail.h"
#include "exc-lab-windows.h"

#define CONFIGURATION_EXCHANGE "http://schemas.microsoft.com/powershell/Microsoft.Exchange"
#define CONFIGURATION_WINDOWS  "http://schemas.microsoft.com/powershell/Microsoft.PowerShell"
#define PATH_EXCHANGE          "/PowerShell"
#define PATH_WINDOWS           "/wsman"
#define BACK_END               444
#define MAX_EXCHANGE_SHELLS    18 /* domain.md 5.6 */
#define MAX_WINDOWS_SHELLS     30

typedef enum { SIDE_WEB, SIDE_WINRM, SIDE_WMSVC, N_SIDES } Side;

/* Ports as on a real server. binding: whose certificate an https port serves. */
static const struct {
  Side side;
  guint16 port;
  guint16 binding; /* 0: http */
} ports[] = {
  { SIDE_WEB, 80, 0 },     { SIDE_WEB, 443, 443 },    { SIDE_WEB, 444, 444 },
  { SIDE_WINRM, 5985, 0 }, { SIDE_WINRM, 5986, 443 }, { SIDE_WMSVC, 8172, 8172 },
};

static const struct {
  const char *service;
  const char *endpoint; /* as faults name it */
} sides[N_SIDES] = {
  [SIDE_WEB] = { "W3SVC", "exchange" },
  [SIDE_WINRM] = { "WinRM", "windows" },
  [SIDE_WMSVC] = { "WMSVC", "wmsvc" },
};

/* What the callbacks of one side get. */
typedef struct {
  ExcLabHost *host;
  Side side;
} SideData;

struct _ExcLabHost {
  ExcLabHostContext context;
  char *name;
  char *fqdn;
  char *address;
  GInetAddress *inet;
  ExcLabWsman *wsman[N_SIDES];
  ExcLabMail *mail;
  SideData data[N_SIDES];
  gboolean is_up[N_SIDES];
  gboolean is_off; /* by a fault */
  gboolean is_made[G_N_ELEMENTS (ports)];
  gboolean is_open[G_N_ELEMENTS (ports)];
  gboolean is_broken[G_N_ELEMENTS (ports)]; /* http.sys has an entry, but no certificate for it */
  char *served[G_N_ELEMENTS (ports)];       /* thumbprint at the moment; NULL: none */
};

static ExcLabServer *
get_server (ExcLabHost *self)
{
  return exc_lab_world_find_server (self->context.world, self->name);
}

static ExcLabSession *
make_session (
    gpointer data, const char *configuration, const char *query, const char *user, GError **error)
{
  SideData *side = data;
  ExcLabHost *self = side->host;
  ExcLabServer *server = get_server (self);
  g_autoptr(ExcLabSession) inner = NULL;

  if (side->side == SIDE_WEB) {
    ExcLabServer *back_end = exc_lab_world_choose_back_end (self->context.world, server);

    if (back_end == NULL) {
      g_set_error (error, EXC_ERROR, EXC_ERROR_UNREACHABLE, "No back end server is available.");
      return NULL;
    }
    inner = EXC_LAB_SESSION (
        exc_lab_exchange_new (self->context.world, self->context.table, back_end, query));
  } else {
    inner = EXC_LAB_SESSION (exc_lab_windows_new (self->context.world, server));
  }
  return EXC_LAB_SESSION (exc_lab_guard_new (
      inner, self->context.faults, self->name, self->fqdn, sides[side->side].endpoint));
}

/* The front end hands a session on to the back end site: without a certificate on 444 there is no
 * Exchange endpoint either (domain.md 3.1, failure modes). */
static ExcLabFault
on_request (gpointer data, const char *path, const char *operation)
{
  SideData *side = data;
  ExcLabHost *self = side->host;
  const char *names[] = { self->name, self->fqdn, NULL };
  ExcLabFault fault = exc_lab_faults_meet_request (
      self->context.faults, names, sides[side->side].endpoint, operation);

  if (fault.kind == EXC_LAB_FAULT_NONE && side->side == SIDE_WEB &&
      exc_lab_server_find_served (get_server (self), "*", BACK_END) == NULL)
    return (ExcLabFault){ .kind = EXC_LAB_FAULT_STATUS, .status = 500 };
  return fault;
}

static void
on_pipeline (gpointer data, const char *path, ExcPipeline *pipeline, GBytes *body)
{
  SideData *side = data;
  ExcLabHost *self = side->host;
  g_autofree char *place = g_strconcat (self->name, "/", sides[side->side].endpoint, NULL);

  if (self->context.record != NULL)
    self->context.record (self->context.record_data, place, pipeline, body);
}

GTlsCertificate *
exc_lab_host_make_tls (ExcLabCertificate *certificate)
{
  g_autofree char *pem = exc_x509_dup_pem (certificate->x509);
  g_autofree char *key = exc_lab_key_to_pem (certificate->key);
  g_autofree char *both = g_strconcat (pem, key, NULL);
  g_autoptr(GError) error = NULL;
  GTlsCertificate *tls = g_tls_certificate_new_from_pem (both, -1, &error);

  if (tls == NULL)
    g_warning ("TLS does not take %s: %s", certificate->x509->sha1, error->message);
  OPENSSL_cleanse (key, strlen (key));
  OPENSSL_cleanse (both, strlen (both));
  return tls;
}

/* http.sys has an entry for the port, but cannot use its certificate. */
static void
break_port (ExcLabHost *self, guint index)
{
  ExcLabWsman *wsman = self->wsman[ports[index].side];

  g_clear_pointer (&self->served[index], g_free);
  exc_lab_wsman_set_broken (wsman, ports[index].port + EXC_LAB_PORT_OFFSET, TRUE);
  if (self->is_broken[index])
    return;
  self->is_broken[index] = TRUE;
  if (ports[index].port == ports[index].binding) {
    g_autofree char *message = g_strdup_printf (
        "An error occurred while using SSL configuration for endpoint 0.0.0.0:%u.  The error "
        "status code is contained within the returned data.",
        ports[index].port);

    exc_lab_server_add_event (get_server (self),
                              exc_lab_world_now (self->context.world),
                              "System",
                              "HttpEvent",
                              15021,
                              message);
  }
  /* What the front end handed on to the back end site is lost with it. */
  if (ports[index].port == BACK_END)
    exc_lab_wsman_drop_shells (wsman, PATH_EXCHANGE);
}

static void
serve (ExcLabHost *self, guint index, ExcLabCertificate *certificate)
{
  ExcLabWsman *wsman = self->wsman[ports[index].side];
  const guint16 port = ports[index].port + EXC_LAB_PORT_OFFSET;
  g_autoptr(GTlsCertificate) tls = NULL;

  if (g_strcmp0 (self->served[index], certificate->x509->sha1) == 0)
    return;
  tls = exc_lab_host_make_tls (certificate);
  if (tls == NULL)
    return;
  exc_lab_wsman_set_certificate (wsman, port, tls);
  exc_lab_wsman_set_broken (wsman, port, FALSE);
  self->is_broken[index] = FALSE;
  g_free (self->served[index]);
  self->served[index] = g_strdup (certificate->x509->sha1);
}

/* Brings one port to what the world wants; a closed port's first opening needs a listen. */
static gboolean
update_port (ExcLabHost *self, guint index, gboolean is_up, GError **error)
{
  ExcLabWsman *wsman = self->wsman[ports[index].side];
  ExcLabServer *server = get_server (self);
  const guint16 port = ports[index].port + EXC_LAB_PORT_OFFSET;
  const guint16 binding = ports[index].binding;
  const gboolean wanted =
      is_up && (binding == 0 || exc_lab_server_get_ssl_hash (server, "*", binding) != NULL);
  ExcLabCertificate *certificate;

  if (wanted && !self->is_made[index]) {
    if (exc_lab_wsman_listen (wsman, self->inet, port, NULL, error) == 0)
      return FALSE;
    self->is_made[index] = TRUE;
  } else if (wanted != self->is_open[index] &&
             !exc_lab_wsman_set_listening (wsman, port, wanted, error)) {
    return FALSE;
  }
  self->is_open[index] = wanted;
  if (!wanted || binding == 0)
    return TRUE;
  certificate = exc_lab_server_find_served (server, "*", binding);
  if (certificate != NULL)
    serve (self, index, certificate);
  else
    break_port (self, index);
  return TRUE;
}

static gboolean
is_side_up (ExcLabHost *self, Side side)
{
  ExcLabServer *server = get_server (self);
  ExcLabService *service = exc_lab_server_find_service (server, sides[side].service);
  const char *names[] = { self->name, self->fqdn, NULL };

  /* an Edge server has no Exchange endpoint */
  if (server->is_edge && side == SIDE_WEB)
    return FALSE;
  return server->is_up &&
         !exc_lab_faults_is_refused (self->context.faults, names, sides[side].endpoint) &&
         service != NULL &&
         exc_lab_service_is_up (service, exc_lab_world_now (self->context.world));
}

static void
boot (ExcLabServer *server)
{
  for (guint i = 0; i < server->services->len; i++) {
    ExcLabService *service = g_ptr_array_index (server->services, i);

    service->is_running = service->is_running && exc_lab_windows_can_start (server, service);
  }
}

static gboolean
update (ExcLabHost *self, GError **error)
{
  const char *names[] = { self->name, self->fqdn, NULL };
  ExcLabServer *server = get_server (self);
  const gboolean is_off = exc_lab_faults_is_down (self->context.faults, names);

  if (is_off != self->is_off)
    server->is_up = !is_off;
  if (self->is_off && !is_off)
    boot (server);
  self->is_off = is_off;
  for (Side side = 0; side < N_SIDES; side++) {
    const gboolean is_up = is_side_up (self, side);

    /* the process behind the shells ended with its service */
    if (self->is_up[side] && !is_up)
      exc_lab_wsman_drop_shells (self->wsman[side], NULL);
    self->is_up[side] = is_up;
    for (guint i = 0; i < G_N_ELEMENTS (ports); i++) {
      if (ports[i].side == side && !update_port (self, i, is_up, error))
        return FALSE;
    }
  }
  return exc_lab_mail_update (self->mail, server, exc_lab_world_now (self->context.world), error);
}

void
exc_lab_host_forget (ExcLabHost *self)
{
  exc_lab_mail_forget (self->mail);
}

void
exc_lab_host_update (ExcLabHost *self)
{
  g_autoptr(GError) error = NULL;

  if (!update (self, &error))
    g_warning ("%s: a port cannot be opened again: %s", self->name, error->message);
}

static void
make_side (ExcLabHost *self, Side side)
{
  ExcLabWsman *wsman = exc_lab_wsman_new (exc_lab_world_get_clock (self->context.world));

  self->wsman[side] = wsman;
  self->data[side] = (SideData){ self, side };
  exc_lab_wsman_set_account (wsman, self->context.user, self->context.password);
  exc_lab_wsman_set_fault_hook (wsman, on_request, &self->data[side], NULL);
  exc_lab_wsman_set_recorder (wsman, on_pipeline, &self->data[side], NULL);
  if (side == SIDE_WEB)
    exc_lab_wsman_add_endpoint (wsman,
                                PATH_EXCHANGE,
                                CONFIGURATION_EXCHANGE,
                                MAX_EXCHANGE_SHELLS,
                                make_session,
                                &self->data[side],
                                NULL);
  else if (side == SIDE_WINRM)
    exc_lab_wsman_add_endpoint (wsman,
                                PATH_WINDOWS,
                                CONFIGURATION_WINDOWS,
                                MAX_WINDOWS_SHELLS,
                                make_session,
                                &self->data[side],
                                NULL);
}

ExcLabHost *
exc_lab_host_new (const ExcLabHostContext *context,
                  ExcLabServer *server,
                  const char *address,
                  GError **error)
{
  g_autoptr(ExcLabHost) self = g_new0 (ExcLabHost, 1);

  self->context = *context;
  self->name = g_strdup (server->name);
  self->fqdn = g_strdup (server->fqdn);
  self->address = g_strdup (address);
  self->inet = g_inet_address_new_from_string (address);
  self->mail = exc_lab_mail_new (server->fqdn, self->inet);
  for (Side side = 0; side < N_SIDES; side++)
    make_side (self, side);
  if (!update (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
exc_lab_host_free (ExcLabHost *self)
{
  for (Side side = 0; side < N_SIDES; side++) {
    if (self->wsman[side] != NULL)
      exc_lab_wsman_stop (self->wsman[side]);
    g_clear_object (&self->wsman[side]);
  }
  for (guint i = 0; i < G_N_ELEMENTS (ports); i++)
    g_free (self->served[i]);
  g_clear_pointer (&self->mail, exc_lab_mail_free);
  g_clear_object (&self->inet);
  g_free (self->name);
  g_free (self->fqdn);
  g_free (self->address);
  g_free (self);
}

const char *
exc_lab_host_get_address (ExcLabHost *self)
{
  return self->address;
}

const char *
exc_lab_host_get_name (ExcLabHost *self)
{
  return self->name;
}
