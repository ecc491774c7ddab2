// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Remoting;
using System.Management.Automation.Runspaces;
using System.Reflection;

/// <summary>What a client finds when it opens a runspace: a full session with stand-in modules, or Exchange's.</summary>
public sealed class Session : PSSessionConfiguration
{
    internal static readonly List<string> Modules = [];
    internal static bool Restricted;

    public override InitialSessionState GetInitialSessionState(PSSenderInfo senderInfo)
    {
        var state = InitialSessionState.CreateDefault2();
        state.ImportPSModule(Modules.ToArray());
        if (Exchange.Cmdlets.Count == 0)
            return state;

        state.LanguageMode = PSLanguageMode.NoLanguage;
        foreach (var command in state.Commands.Where(c => c.Name != "Get-Command"))
            command.Visibility = SessionStateEntryVisibility.Private;
        foreach (var (name, type) in Exchange.Cmdlets)
            state.Commands.Add(new SessionStateCmdletEntry(name, Restricted && type == typeof(SelectObject) ? typeof(RestrictedSelectObject) : type, helpFileName: null));
        return state;
    }

    // What `pwsh -s` calls. pwsh itself is not in the package, and session configuration files need it,
    // so the session is given as a type, which is how Exchange gives its own.
    internal static void Serve()
    {
        const BindingFlags hidden = BindingFlags.Static | BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;
        var configuration = typeof(PSSessionConfiguration).GetMethod("LoadEndPointConfiguration", hidden)
            .Invoke(null, ["Microsoft.PowerShell", ""]);
        configuration.GetType().GetField("EndPointConfigurationType", hidden).SetValue(configuration, typeof(Session));

        var run = typeof(PowerShell).Assembly
            .GetType("System.Management.Automation.Remoting.Server.StdIOProcessMediator", throwOnError: true)
            .GetMethod("Run", hidden);
        run.Invoke(null, run.GetParameters()
            .Select(p => p.Name == "combineErrOutStream" ? (object)true : p.HasDefaultValue ? p.DefaultValue : null).ToArray());
    }
}
