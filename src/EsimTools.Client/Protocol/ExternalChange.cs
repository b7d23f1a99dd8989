// The message of the callback service ExternalProvisioningChanges: somebody has changed a device outside of the API.

using System.Text.Json;
using EsimTools.Proof;

namespace EsimTools.Protocol;

/// <summary>What was changed by another hand, and of which profiles.</summary>
/// <remarks>
/// Verizon documents this message for SOAP alone: <c>ExternalProvisioningChange</c> with <c>Source</c>, <c>Change</c> (<c>Activate</c>, <c>Suspend</c>,
/// <c>Restore</c>, <c>Deactivate</c>, <c>changeICCID</c> …) and <c>DeviceInfo</c>, and it need not have a request id. So identifiers and states are
/// taken from wherever they stand in it: it can only take proof away, and what is taken from the wrong place costs a question.
/// </remarks>
/// <param name="Kind">The kind of change as it came; <see cref="ServiceWords.Unknown"/> where none is told.</param>
/// <param name="State">The device's state behind it as it came; null where none is told.</param>
/// <param name="SpeaksAgainst">The state that speaks against "deactivated"; null where nothing does.</param>
/// <param name="Identifiers">All identifiers that the message names.</param>
internal sealed record ExternalChange(string Kind, string? State, string? SpeaksAgainst, WireIdentifiers Identifiers)
{
    private const string Name = "externalProvisioningChange";

    /// <summary>Reads it from a message; null where the message is another one.</summary>
    public static ExternalChange? TryRead(JsonElement message)
    {
        if (!MayName(message))
        {
            return null;
        }

        var told = Members(message).Where(static member => (member.IsNamed(Name) || member.IsNamed(Name + "s")) && member.Value.ValueKind != JsonValueKind.Null).ToArray();
        if (told.Length == 0)
        {
            return null;
        }

        // One state among several that is not "deactivated", or one change that is no deactivation, may have brought service back.
        var kinds = told.SelectMany(static member => KindsOf(member.Value)).ToArray();
        var states = Members(message).Where(static member => member.IsNamed("state")).Select(StateOf).OfType<string>().ToArray();
        var ends = Array.TrueForAll(kinds, static kind => string.Equals(kind, "Deactivate", StringComparison.OrdinalIgnoreCase));
        var against = Array.Find(states, static state => !ServiceWords.IsDeactive(state)) ?? (ends ? null : ServiceWords.Unknown);
        return new(kinds[0], states.FirstOrDefault(), against, WireIdentifiers.ReadAll(Objects(message)));
    }

    // In whatever form it is told: a message with that member is not about a request of ours.
    private static IEnumerable<string> KindsOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => [value.Text("change") ?? ServiceWords.Unknown],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(KindsOf).DefaultIfEmpty(ServiceWords.Unknown),
        _ => [value.RawText() is { } text ? ForeignText.Show(text, ForeignText.LongestWord) : ServiceWords.Unknown],
    };

    // Nearly every message is another one, and callbacks come by the thousand: its text alone tells that, unless something in it is escaped or no valid Unicode.
    private static bool MayName(JsonElement message)
    {
        try
        {
            var text = message.GetRawText();
            return text.IndexOf(Name, StringComparison.OrdinalIgnoreCase) >= 0 || text.IndexOf('\\') >= 0;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    // What cannot be read may say whatever it likes.
    private static string? StateOf(JsonProperty member) => member.Value.ValueKind == JsonValueKind.Null ? null
        : member.Value.RawText() is { } text ? ServiceWords.InCapitals(ForeignText.Show(text, ForeignText.LongestWord))
        : ServiceWords.Unknown;

    private static IEnumerable<JsonProperty> Members(JsonElement value) => Objects(value).SelectMany(static found => found.EnumerateObject());

    // At any depth, the outermost first.
    private static IEnumerable<JsonElement> Objects(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(static member => Objects(member.Value)).Prepend(value),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Objects),
        _ => [],
    };
}
