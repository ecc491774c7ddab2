/* exc-renew-target.h — what a server looked like when its renewal was planned
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define EXC_SITE_BACK_END  "Exchange Back End"
#define EXC_SITE_FRONT_END "Default Web Site"
#define EXC_PORT_BACK_END  444

/* An https binding, as IIS writes it and taken apart. */
typedef struct {
  char *info; /* "*:444:", "127.0.0.1:443:" */
  char *hash; /* (nullable) */
} ExcPlannedBinding;

/* FALSE where @info is no binding; address: as the bind script takes it ("*", "127.0.0.1", "") */
gboolean exc_binding_info_parse (const char *info, char **address, guint16 *port);

/**
 * ExcRenewTarget:
 *
 * One server of a renewal. Immutable and counted; its steps share it. Changes are made only while
 * the server still looks like this.
 */
typedef struct {
  gatomicrefcount ref_count;
  char *fqdn;
  char *name;
  char *old;      /* (nullable): thumbprint to be cloned; NULL: none is usable, one is made anew */
  char *subject;  /* of the certificate to come, as .NET writes it */
  char *internal; /* (nullable): internal transport certificate, which an undo gives back */
  char *back_end_info;       /* binding of the back end: "*:444:" */
  char *back_end;            /* (nullable): thumbprint on it */
  gboolean back_end_is_gone; /* no such certificate is on the server: no undo binds it again */
  GPtrArray *front_end;      /* (element-type ExcPlannedBinding): https of the Default Web Site */
  gboolean syncs_edge;       /* an Edge server is subscribed to its site */
  gboolean removes_old;      /* at the end, with its copy among the trusted roots */
} ExcRenewTarget;

#define EXC_TYPE_RENEW_TARGET (exc_renew_target_get_type ())
GType exc_renew_target_get_type (void);
ExcRenewTarget *exc_renew_target_new (const char *fqdn, const char *name) G_GNUC_WARN_UNUSED_RESULT;
ExcRenewTarget *exc_renew_target_ref (ExcRenewTarget *self);
void exc_renew_target_unref (ExcRenewTarget *self);
void exc_renew_target_add_front_end (ExcRenewTarget *self, const char *info, const char *hash);
/* Where the site serves the certificate that is renewed. */
guint exc_renew_target_count_front_end_old (ExcRenewTarget *self);

void exc_renew_target_write (ExcRenewTarget *self, JsonBuilder *builder);
/* NULL with EXC_ERROR_STORE where a field is missing. */
ExcRenewTarget *exc_renew_target_read (JsonObject *object,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ExcRenewTarget, exc_renew_target_unref)

G_END_DECLS
