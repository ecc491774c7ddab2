// SPDX-License-Identifier: GPL-3.0-or-later
using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Reflection;
using System.Reflection.Emit;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;

/// <summary>
/// Exchange's cmdlets as compiled cmdlets: made from Microsoft's reference with their real parameters, sets,
/// types and pipeline input, so that PowerShell's own binder takes, converts or refuses what a client sends.
/// </summary>
static class Exchange
{
    internal static readonly Dictionary<string, Type> Cmdlets = new(StringComparer.OrdinalIgnoreCase);
    internal static string Objects, Log;

    static readonly Dictionary<string, Type> Types = new()
    {
        ["SwitchParameter"] = typeof(SwitchParameter), ["Boolean"] = typeof(bool), ["System.Boolean"] = typeof(bool),
        ["String"] = typeof(string), ["String[]"] = typeof(string[]), ["Int16"] = typeof(short), ["Int32"] = typeof(int),
        ["UInt32"] = typeof(uint), ["Guid"] = typeof(Guid), ["DateTime"] = typeof(DateTime), ["Uri"] = typeof(Uri),
        ["Byte[]"] = typeof(byte[]), ["SecureString"] = typeof(SecureString), ["PSCredential"] = typeof(PSCredential),
        ["IPAddress"] = typeof(System.Net.IPAddress), ["X509Certificate2"] = typeof(X509Certificate2),
        ["MultiValuedProperty"] = typeof(MultiValuedProperty), ["AllowedServices"] = typeof(AllowedServices),
    };

    internal static void Load(string reference)
    {
        var module = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Exchange"), AssemblyBuilderAccess.Run).DefineDynamicModule("Exchange");
        using var document = JsonDocument.Parse(File.ReadAllText(reference));
        foreach (var cmdlet in document.RootElement.GetProperty("cmdlets").EnumerateObject())
            Cmdlets[cmdlet.Name] = Compile(module, cmdlet.Name, cmdlet.Value);
        Cmdlets["Select-Object"] = typeof(SelectObject);
    }

    static Type Compile(ModuleBuilder module, string name, JsonElement facts)
    {
        var sets = facts.GetProperty("sets").EnumerateArray()
            .Select(s => (Name: s.GetProperty("set").GetString(), Syntax: s.GetProperty("syntax").GetString())).ToList();
        var parameters = facts.GetProperty("parameters").EnumerateObject().ToList();
        var type = module.DefineType(name.Replace('-', '_'), TypeAttributes.Public, typeof(ExchangeCmdlet));
        type.SetCustomAttribute(Attribute<CmdletAttribute>([.. name.Split('-')], new()
        {
            ["SupportsShouldProcess"] = parameters.Any(p => p.Name == "WhatIf"),
            ["DefaultParameterSetName"] = sets.Count > 1 ? sets[^1].Name : null,
        }));

        foreach (var parameter in parameters.Where(p => p.Name is not ("WhatIf" or "Confirm")))
        {
            var property = Property(type, parameter.Name, Types.GetValueOrDefault(parameter.Value.GetProperty("type").GetString(), typeof(object)));
            var named = sets.Where(s => Mentions(s.Syntax, parameter.Name)).ToList();
            foreach (var set in named.Count is 0 || named.Count == sets.Count ? [(Name: null, Syntax: sets[0].Syntax)] : named)
                property.SetCustomAttribute(Attribute<ParameterAttribute>([], new()
                {
                    ["ParameterSetName"] = set.Name,
                    ["Mandatory"] = IsMandatory(set.Syntax, parameter.Name),
                    ["Position"] = int.TryParse(parameter.Value.GetProperty("position").GetString(), out var at) ? at : null,
                    ["ValueFromPipeline"] = parameter.Value.GetProperty("pipeline").GetString().StartsWith("True"),
                }));
        }
        return type.CreateType();
    }

    static bool Mentions(string syntax, string parameter) => Regex.IsMatch(syntax, $@"-{parameter}\b");

    static bool IsMandatory(string syntax, string parameter) => Regex.IsMatch(syntax, $@"(?<!\[)(-{parameter}|\[-{parameter}\]) <");

    static PropertyBuilder Property(TypeBuilder type, string name, Type kind)
    {
        var field = type.DefineField("_" + name, kind, FieldAttributes.Private);
        var property = type.DefineProperty(name, PropertyAttributes.None, kind, null);
        var get = type.DefineMethod("get_" + name, MethodAttributes.Public | MethodAttributes.SpecialName, kind, []);
        var il = get.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0); il.Emit(OpCodes.Ldfld, field); il.Emit(OpCodes.Ret);
        var set = type.DefineMethod("set_" + name, MethodAttributes.Public | MethodAttributes.SpecialName, null, [kind]);
        il = set.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0); il.Emit(OpCodes.Ldarg_1); il.Emit(OpCodes.Stfld, field); il.Emit(OpCodes.Ret);
        property.SetGetMethod(get);
        property.SetSetMethod(set);
        return property;
    }

    static CustomAttributeBuilder Attribute<T>(object[] arguments, Dictionary<string, object> values)
    {
        var given = values.Where(v => v.Value is not null).ToList();
        return new(typeof(T).GetConstructor([.. arguments.Select(a => a.GetType())]), arguments,
            [.. given.Select(v => typeof(T).GetProperty(v.Key))], [.. given.Select(v => v.Value)]);
    }
}

/// <summary>Writes down how it was called, then puts out what was recorded from a real server.</summary>
public abstract class ExchangeCmdlet : PSCmdlet
{
    protected override void ProcessRecord()
    {
        var name = MyInvocation.MyCommand.Name;
        var bound = MyInvocation.BoundParameters;
        if (Exchange.Log is not null)
            File.AppendAllText(Exchange.Log, JsonSerializer.Serialize(new
            {
                cmdlet = name,
                parameters = bound.ToDictionary(b => b.Key, b => new { type = b.Value?.GetType().FullName, value = Text(b.Value) }),
            }) + "\n");

        var file = Path.Combine(Exchange.Objects ?? "", name + ".xml");
        if (Exchange.Objects is null || !File.Exists(file))
            return;
        foreach (var recorded in Recorded(file))
        {
            var output = Live(PSObject.AsPSObject(recorded));
            if (!bound.TryGetValue("Thumbprint", out var wanted) || (string)wanted == output.Properties["Thumbprint"]?.Value as string)
                WriteObject(output);
        }
    }

    static object Text(object value) => value switch
    {
        null => null,
        SecureString => "(secret)",
        byte[] bytes => Convert.ToBase64String(bytes),
        DateTime time => time.ToString("o"),
        MultiValuedProperty list => list,
        X509Certificate2 certificate => certificate.Thumbprint,
        _ => value.ToString(),
    };

    // A certificate's own type name would make PowerShell rebuild it from RawData and drop the rest.
    static IEnumerable Recorded(string file)
    {
        var found = PSSerializer.Deserialize(Regex.Replace(File.ReadAllText(file), @"<T>(Deserialized\.)?System\.Security\.", "<T>Recorded."));
        return LanguagePrimitives.GetEnumerable(found) ?? new[] { found };
    }

    // As on the server, a certificate is a live object: it projects and pipes whole, and travels as RawData alone.
    static PSObject Live(PSObject recorded)
    {
        if (recorded.Properties["RawData"]?.Value is not byte[] raw)
            return recorded;
        var live = new PSObject(X509CertificateLoader.LoadCertificate(raw));
        live.TypeNames.Insert(0, "Microsoft.Exchange.Management.SystemConfigurationTasks.ExchangeCertificate");
        foreach (var property in recorded.Properties.Where(p => live.Properties[p.Name] is null))
            live.Properties.Add(new PSNoteProperty(property.Name, property.Value));
        return live;
    }
}

/// <summary>The engine's package has no Select-Object; this is as much of it as a NoLanguage client can use.</summary>
[Cmdlet("Select", "Object")]
public class SelectObject : PSCmdlet
{
    [Parameter(ValueFromPipeline = true)] public PSObject InputObject { get; set; }
    [Parameter(Position = 0)] public virtual string[] Property { get; set; }
    [Parameter] public int First { get; set; } = int.MaxValue;
    int seen;

    protected override void ProcessRecord()
    {
        if (InputObject is null || seen++ >= First)
            return;
        if (Property is null)
        {
            WriteObject(InputObject);
            return;
        }
        var selected = new PSObject();
        selected.TypeNames.Insert(0, "Selected." + InputObject.TypeNames[0]);
        foreach (var name in Property)
            selected.Properties.Add(new PSNoteProperty(name, InputObject.Properties[name]?.Value));
        WriteObject(selected);
    }
}

/// <summary>How PowerShell's own restricted remote sessions offer it.</summary>
[Cmdlet("Select", "Object")]
public sealed class RestrictedSelectObject : SelectObject
{
    [Parameter(Position = 0)]
    [ValidateSet("ModuleName", "Namespace", "OutputType", "Count", "HelpUri", "Name", "CommandType", "ResolvedCommandName",
        "DefaultParameterSet", "CmdletBinding", "Parameters")]
    public override string[] Property { get; set; }
}

/// <summary>A model of Exchange's list type: made from one value or from many.</summary>
public sealed class MultiValuedProperty : List<string>
{
    public MultiValuedProperty() { }

    public MultiValuedProperty(object value)
    {
        foreach (var item in LanguagePrimitives.GetEnumerable(value) ?? new[] { value })
            Add(item?.ToString());
    }
}

[Flags]
public enum AllowedServices { None = 0, IMAP = 1, POP = 2, UM = 4, IIS = 8, SMTP = 16, Federation = 32, UMCallRouter = 64 }
