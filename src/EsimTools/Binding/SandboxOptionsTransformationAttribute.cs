// Reads -SandboxOptions from a hashtable. PowerShell alone takes a bare number for a time as ten-millionths of a second.

using System.Collections;
using System.Management.Automation;
using EsimTools.Sandbox;

namespace EsimTools;

/// <summary>Turns numbers that stand for times into seconds.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SandboxOptionsTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        if ((inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is not IDictionary given)
        {
            return inputData;
        }

        var options = new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in given)
        {
            var isTime = entry.Key is string name
                && typeof(SandboxOptions).GetProperties().Any(property => property.PropertyType == typeof(TimeSpan) && property.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            options[entry.Key] = isTime && entry.Value is { } value ? SecondsAttribute.Read(value) : entry.Value;
        }

        return options;
    }
}
