// Makes the times of an object that was read back times again.

using System.Management.Automation;

namespace EsimTools.Binding;

/// <summary>Called by PowerShell for each object of this module that it reads back.</summary>
internal sealed class DeserializedTimesConverter : PSTypeConverter
{
    private const string ReadBackTime = "Deserialized.System.DateTimeOffset";

    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) => sourceValue is PSObject;

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase)
    {
        var readBack = (PSObject)sourceValue;
        foreach (var property in readBack.Properties.Where(static property => property.Value is PSObject { TypeNames.Count: > 0 } value && value.TypeNames[0] == ReadBackTime).ToArray())
        {
            if (((PSObject)property.Value).Properties[nameof(DateTimeOffset.UtcDateTime)]?.Value is DateTime moment)
            {
                // The object itself stays what it is; what is put beside a property of the same name hides that one.
                if (property.IsInstance)
                {
                    readBack.Properties.Remove(property.Name);
                }

                readBack.Properties.Add(new PSNoteProperty(property.Name, new DateTimeOffset(moment)));
            }
        }

        return readBack;
    }

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => false;

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) => throw new NotSupportedException();
}
