/* test-command.c — commands as data, and which of them read
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "exc-command.h"

#include <locale.h>
#include <string.h>

typedef struct {
  const char *name;
  gboolean changes;
} Cmdlet;

/* Everything that is not known to read changes. */
static const Cmdlet cmdlets[] = {
  { "Get-ExchangeCertificate", FALSE },
  { "get-exchangeserver", FALSE },
  { "Test-ServiceHealth", FALSE },
  { "Select-Object", FALSE },
  { "Measure-Object", FALSE },
  { "New-ExchangeCertificate", TRUE },
  { "Enable-ExchangeCertificate", TRUE },
  { "Set-AuthConfig", TRUE },
  { "Remove-ExchangeCertificate", TRUE },
  { "ForEach-Object", TRUE },
  { "Out-File", TRUE },
  { "Select-String", TRUE },
  { "Get-", TRUE },
  { "GetX", TRUE },
  { "Get-X;Remove-Y", TRUE },
  { "Get-X.exe", TRUE },
  { "..\\Get-X", TRUE },
  { "Get-X\\..\\..\\y.ps1", TRUE },
  { "Other\\Get-X", TRUE },
  { "", TRUE },
};

static void
test_table_of_reading_cmdlets (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cmdlets); i++) {
    g_autoptr(ExcPipeline) pipeline = exc_pipeline_new_single (exc_command_new (cmdlets[i].name));

    if (exc_pipeline_is_changing (pipeline) != cmdlets[i].changes)
      g_error ("“%s” is taken for the wrong kind", cmdlets[i].name);
  }
}

static void
test_one_change_makes_the_pipeline_change (void)
{
  g_autoptr(ExcPipeline) pipeline = exc_pipeline_new ();

  g_assert_true (exc_pipeline_is_changing (pipeline));
  exc_pipeline_append (pipeline, exc_command_new ("Get-ExchangeCertificate"));
  exc_pipeline_append (pipeline, exc_command_new ("Select-Object"));
  g_assert_false (exc_pipeline_is_changing (pipeline));
  exc_pipeline_append (pipeline, exc_command_new ("Remove-ExchangeCertificate"));
  g_assert_true (exc_pipeline_is_changing (pipeline));
}

static void
test_scripts_say_themselves (void)
{
  g_autoptr(ExcCommand) reading = exc_command_new_script ("inventory.ps1", "1", FALSE);
  g_autoptr(ExcCommand) changing = exc_command_new_script ("Get-Things", "1", TRUE);

  g_assert_false (exc_command_is_changing (reading));
  g_assert_true (exc_command_is_changing (changing));
  g_assert_cmpstr (exc_command_get_script (reading), ==, "1");
}

static void
test_a_name_twice_keeps_the_last (void)
{
  g_autoptr(ExcCommand) command = exc_command_new ("Get-X");
  gint64 number;

  exc_command_set_int (command, "Count", 1);
  exc_command_set_string (command, "Name", NULL);
  exc_command_set_int (command, "COUNT", 2);
  exc_command_set (command, NULL, exc_value_new_string ("a"));
  exc_command_set (command, NULL, exc_value_new_string ("b"));
  g_assert_cmpuint (exc_command_get_n_parameters (command), ==, 3);
  g_assert_true (exc_value_get_int64 (exc_command_lookup (command, "count"), &number));
  g_assert_cmpint (number, ==, 2);
  g_assert_null (exc_command_lookup (command, "Name"));
  g_assert_null (exc_command_get_parameter_name (command, 2));
}

static void
test_shown_as_typed (void)
{
  const char *const domains[] = { "a.example", "o'b\342\200\231c", NULL };
  g_autoptr(ExcPipeline) pipeline = exc_pipeline_new ();
  ExcCommand *command = exc_command_new ("New-ExchangeCertificate");
  g_autoptr(ExcSecret) secret = exc_secret_new ("canary", 6);
  g_autoptr(GBytes) bytes = g_bytes_new ("abc", 3);
  g_autofree char *text = NULL;

  exc_command_set_string (command, "Server", "ex01.example");
  exc_command_set_string (command, "Thumbprint", "AB12");
  exc_command_set (command, "DomainName", exc_value_new_string_list (domains));
  exc_command_set (command, "Services", exc_value_new_list ());
  exc_command_set_switch (command, "Force", TRUE);
  exc_command_set_switch (command, "Confirm", FALSE);
  exc_command_set_int (command, "KeySize", 2048);
  exc_command_set (command, "Password", exc_value_new_secure_string (secret));
  exc_command_set (command, "FileData", exc_value_new_bytes (bytes));
  exc_command_set_string (command, "FriendlyName", "Microsoft Exchange");
  exc_command_set (command, "X", exc_value_new_null ());
  exc_command_set (
      command, "Y", exc_value_new_text_kind (EXC_VALUE_DATE_TIME, "2026-01-01T00:00:00Z"));
  exc_pipeline_append (pipeline, command);
  exc_pipeline_append (pipeline, exc_command_new ("Select-Object"));

  text = exc_pipeline_to_powershell (pipeline);
  g_assert_cmpstr (text,
                   ==,
                   "New-ExchangeCertificate -Server ex01.example -Thumbprint 'AB12' -DomainName "
                   "a.example,'o''b\342\200\231\342\200\231c' -Services @() -Force:$true "
                   "-Confirm:$false -KeySize 2048 -Password ‹secret› -FileData ‹3 bytes› "
                   "-FriendlyName 'Microsoft Exchange' -X $null -Y '2026-01-01T00:00:00Z' | "
                   "Select-Object");
  g_assert_null (strstr (text, "canary"));
}

static void
test_a_script_is_whole_or_named (void)
{
  g_autoptr(ExcPipeline) pipeline = exc_pipeline_new_single (
      exc_command_new_script ("bind.ps1", "param($Site)\n$Site", TRUE));
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;

  exc_command_set_string (exc_pipeline_get_command (pipeline, 0), "Site", "Default Web\nSite");
  text = exc_pipeline_to_powershell (pipeline);
  line = exc_pipeline_to_line (pipeline);
  g_assert_cmpstr (text, ==, "& {\nparam($Site)\n$Site\n} -Site 'Default Web\nSite'");
  g_assert_cmpstr (line, ==, "bind.ps1 -Site 'Default Web Site'");
}

static void
test_permit_and_choice (void)
{
  g_autoptr(ExcPermit) permit = exc_permit_new ("job-1");
  g_autoptr(ExcPipeline) pipeline = exc_pipeline_new ();

  g_assert_cmpstr (exc_permit_get_job_id (permit), ==, "job-1");
  g_assert_cmpint (exc_pipeline_get_choice (pipeline), ==, 0);
  exc_pipeline_set_choice (pipeline, 'n');
  g_assert_cmpint (exc_pipeline_get_choice (pipeline), ==, 'N');
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wire/command/table-of-reading-cmdlets", test_table_of_reading_cmdlets);
  g_test_add_func ("/wire/command/one-change-makes-the-pipeline-change",
                   test_one_change_makes_the_pipeline_change);
  g_test_add_func ("/wire/command/scripts-say-themselves", test_scripts_say_themselves);
  g_test_add_func ("/wire/command/a-name-twice-keeps-the-last", test_a_name_twice_keeps_the_last);
  g_test_add_func ("/wire/command/shown-as-typed", test_shown_as_typed);
  g_test_add_func ("/wire/command/a-script-is-whole-or-named", test_a_script_is_whole_or_named);
  g_test_add_func ("/wire/command/permit-and-choice", test_permit_and_choice);

  return g_test_run ();
}
