// Reads -SandboxOptions from a hashtable: names its knobs, and takes a bare number for a time as seconds and not, as PowerShell alone does, as
// ten-millionths of one.

using System.Collections;
using System.Management.Automation;
using System.Reflection;
using EsimTools.Sandbox;

namespace EsimTools;

/// <summary>Turns numbers that stand for times into seconds, and refuses what is no knob.</summary>
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

        var knobs = typeof(SandboxOptions).GetProperties();
        var options = new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry entry in given)
        {
            var knob = Array.Find(knobs, candidate => candidate.Name.Equals(entry.Key.ToString(), StringComparison.OrdinalIgnoreCase))
                ?? throw new ArgumentTransformationMetadataException(Unknown(entry.Key.ToString()!, knobs));
            options[knob.Name] = knob.PropertyType == typeof(TimeSpan) && entry.Value is { } value ? SecondsAttribute.Read(value) : entry.Value;
        }

        return options;
    }

    private static string Unknown(string name, PropertyInfo[] knobs)
    {
        var names = knobs.Select(knob => knob.Name).OrderBy(knob => knob, StringComparer.Ordinal).ToList();
        var alike = names.FindAll(knob => IsAlike(knob, name));
        return alike.Count > 0
            ? $"The sandbox has no knob '{name}'. Did you mean {string.Join(" or ", alike)}?"
            : $"The sandbox has no knob '{name}'. It has {string.Join(", ", names)}.";
    }

    // Whoever mistypes a name, or takes it from memory, gets its beginning right.
    private static bool IsAlike(string knob, string name)
    {
        const int Beginning = 4;
        return name.Length >= Beginning && knob.StartsWith(name.Substring(0, Beginning), StringComparison.OrdinalIgnoreCase);
    }
}
