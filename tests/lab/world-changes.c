/* world-changes.c — what each workflow changes on `twelve`, and each repair where its damage is
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "world.h"

#define AUTH     "Microsoft Exchange Server Auth Certificate"
#define NEW_AUTH "new " AUTH

static const WorldChange changes[] = {
  /* MBX02 has a public certificate on 443, which stays; on MBX05 the old default one lies there. */
  { "renew",
    { "+/servers/MBX02/my/new MBX02",
      "+/servers/MBX02/root/new MBX02",
      "+/servers/MBX05/my/new MBX05",
      "+/servers/MBX05/root/new MBX05",
      "/servers/MBX02/internalTransport=new MBX02",
      "/servers/MBX02/sslEntries/0.0.0.0:444/hash=new MBX02",
      "/servers/MBX05/internalTransport=new MBX05",
      "/servers/MBX05/sslEntries/0.0.0.0:443/hash=new MBX05",
      "/servers/MBX05/sslEntries/0.0.0.0:444/hash=new MBX05",
      "/servers/MBX05/sslEntries/127.0.0.1:443/hash=new MBX05",
      NULL },
    { NULL } },
  { "renew-wmsvc",
    { "+/servers/MBX03/my/new WMSvc-SHA2-MBX03",
      "+/servers/MBX03/root/new WMSvc-SHA2-MBX03",
      "/servers/MBX03/sslEntries/0.0.0.0:8172/hash=new WMSvc-SHA2-MBX03",
      "/servers/MBX03/wmsvcHash=new WMSvc-SHA2-MBX03",
      NULL },
    { NULL } },
  /* Exchange has brought it to the servers of the site where it was staged. */
  { "rotate-auth",
    { "+/servers/MBX01/my/" NEW_AUTH,
      "+/servers/MBX02/my/" NEW_AUTH,
      "+/servers/MBX03/my/" NEW_AUTH,
      "+/servers/MBX04/my/" NEW_AUTH,
      "+/servers/MBX05/my/" NEW_AUTH,
      "+/servers/MBX06/my/" NEW_AUTH,
      "/authConfig/next=" NEW_AUTH,
      NULL },
    { NULL } },
  { "replace-auth",
    { "+/servers/MBX01/my/" NEW_AUTH,
      "+/servers/MBX02/my/" NEW_AUTH,
      "+/servers/MBX03/my/" NEW_AUTH,
      "+/servers/MBX04/my/" NEW_AUTH,
      "+/servers/MBX05/my/" NEW_AUTH,
      "+/servers/MBX06/my/" NEW_AUTH,
      "+/servers/MBX07/my/" NEW_AUTH,
      "+/servers/MBX08/my/" NEW_AUTH,
      "+/servers/MBX09/my/" NEW_AUTH,
      "+/servers/MBX10/my/" NEW_AUTH,
      "+/servers/MBX11/my/" NEW_AUTH,
      "+/servers/MBX12/my/" NEW_AUTH,
      "/authConfig/current=" NEW_AUTH,
      "/authConfig/previous=" AUTH,
      NULL },
    { NULL } },
  /* After delete-in-use. */
  { "distribute-auth", { "+/servers/MBX12/my/" AUTH, NULL }, { NULL } },
  /* Exchange cannot take SMTP away again: transport goes on reading the key. */
  { "assign",
    { "-/servers/MBX01/connectorsWithoutTls/To Internet",
      "/servers/MBX01/imapCertificateName=mail.fabrikam.lab",
      "/servers/MBX01/my/mail.fabrikam.lab/networkService=true",
      "/servers/MBX01/popCertificateName=mail.fabrikam.lab",
      NULL },
    { "-/servers/MBX01/connectorsWithoutTls/To Internet",
      "/servers/MBX01/my/mail.fabrikam.lab/networkService=true",
      NULL } },
  { "bind", { "/servers/MBX01/sslEntries/0.0.0.0:444/hash=mail.fabrikam.lab", NULL }, { NULL } },
  { "trust", { "+/servers/MBX05/root/MBX04", "+/servers/MBX06/root/MBX04", NULL }, { NULL } },
  { "untrust", { "-/servers/MBX04/root/MBX04", NULL }, { NULL } },
  /* After untrust. */
  { "repair-trust", { "+/servers/MBX04/root/MBX04", NULL }, { NULL } },
  /* On `broken-444`. */
  { "repair-internal",
    { "+/servers/WING02/my/new WING02",
      "+/servers/WING02/root/new WING02",
      "/servers/WING02/internalTransport=new WING02",
      NULL },
    { NULL } },
  /* After repair-internal: of the two WING02 the new one. */
  { "repair-back-end",
    { "/servers/WING02/sslEntries/0.0.0.0:444/hash=WING02 (2)", NULL },
    { NULL } },
  /* On `messy`. */
  { "repair-auth", { "/servers/ADV02/internalTransport=ADV02", NULL }, { NULL } },
  { "delete", { "-/servers/MBX04/my/localhost", NULL }, { NULL } },
  { "delete-in-use", { "-/servers/MBX12/my/" AUTH, NULL }, { NULL } },
  { "create",
    { "+/servers/MBX06/my/new new.fabrikam.lab",
      "+/servers/MBX06/root/new new.fabrikam.lab",
      NULL },
    { NULL } },
  { "request", { "+/servers/MBX06/request/new web.fabrikam.lab", NULL }, { NULL } },
  { "complete",
    { "+/servers/MBX06/my/new web.fabrikam.lab", "-/servers/MBX06/request/web.fabrikam.lab", NULL },
    { NULL } },
  { "import",
    { "+/servers/MBX07/my/new wild.fabrikam.lab",
      "+/servers/MBX08/my/new wild.fabrikam.lab",
      NULL },
    { NULL } },
};

const WorldChange *
world_change_find (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++) {
    if (g_str_equal (changes[i].name, name))
      return &changes[i];
  }
  g_error ("nothing is known of %s", name);
}
