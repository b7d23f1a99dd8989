// Lets the word Verizon stand for the addresses that Verizon's callbacks come from.

using System.Collections;
using System.Management.Automation;

namespace EsimTools;

/// <summary>Replaces the word Verizon by addresses; everything else is left to PowerShell's own conversion.</summary>
public sealed class SenderAddressAttribute : ArgumentTransformationAttribute
{
    /// <summary>The word.</summary>
    internal const string Verizon = "Verizon";

    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var given = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        var addresses = new List<object?>();
        foreach (var item in given is IList list ? list : new[] { given })
        {
            if ((item is PSObject { BaseObject: string text } ? text : item as string) is { } word && word.Trim().Equals(Verizon, StringComparison.OrdinalIgnoreCase))
            {
                addresses.AddRange(EsimCallbackListener.VerizonAddresses);
            }
            else
            {
                addresses.Add(item);
            }
        }

        return addresses.ToArray();
    }
}
