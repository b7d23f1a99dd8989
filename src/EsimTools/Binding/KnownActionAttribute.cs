// Input validation of action names: a word that is none matches nothing, and an empty answer would read as "none has failed".

using System.Management.Automation;

namespace EsimTools;

/// <summary>Refuses a word that is no action.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class KnownActionAttribute : ValidateEnumeratedArgumentsAttribute
{
    /// <inheritdoc/>
    protected override void ValidateElement(object element)
    {
        if (EsimAction.Find(element as string) is null)
        {
            throw new ValidationMetadataException($"There is no action '{element}'. Use one of: {string.Join(", ", EsimAction.All.Select(known => known.Name))}.");
        }
    }
}
