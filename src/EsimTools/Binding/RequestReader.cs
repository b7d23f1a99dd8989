// Reads whatever came down the pipeline as a request: the object itself, its id, or what a file, a job or another machine has left of it.

using System.Collections;
using System.Globalization;
using System.Management.Automation;
using EsimTools.Abstractions;

namespace EsimTools.Binding;

/// <summary>Finds the requests that input objects name.</summary>
/// <remarks>
/// What comes from Import-Clixml, a job, another machine or ConvertFrom-Json has the properties of a request and not its type. It names the
/// request; where the request stands is the connection's word alone.
/// </remarks>
internal static class RequestReader
{
    private const string ProfilesName = nameof(EsimRequest.Profiles);

    /// <summary>The objects in an argument: an array given as one stands for its members.</summary>
    public static IEnumerable<object?> Each(object? input) =>
        Plain(input) is IEnumerable list and not (string or IDictionary) ? list.Cast<object?>() : [input];

    /// <summary>Whether an object is a request, what is left of one, or something about one of its profiles.</summary>
    public static bool NamesRequest(object? input) => NameOf(input) is not null;

    /// <summary>Finds the request that an object names; of an object about one of its profiles, as a result is, the request for that profile.</summary>
    /// <param name="connection">The connection that knows it.</param>
    /// <param name="input">The object.</param>
    public static RequestReading Read(EsimConnection connection, object? input)
    {
        switch (Plain(input))
        {
            case EsimRequest request:
                return Known(connection.FindRequest(request), request.RequestId ?? request.LocalId);
            case string id:
                return Known(connection.FindRequest(id), id);
        }

        // One in doubt has no id of the service's.
        if (NameOf(input) is not { } named)
        {
            return new(null, new EsimException(
                EsimError.EsimInputInvalid, "The input names no request.", "Pipe requests, or objects with a property RequestId, or give an id with -RequestId."));
        }

        if (ProfilesOf(input) is { } profiles)
        {
            return ReadPart(connection, named, profiles);
        }

        if (ProfileOf(input) is { } one)
        {
            return ReadPart(connection, named, [one]);
        }

        // A table row tells how many profiles there were, and no longer which.
        var whole = connection.FindRequest(named);
        return whole is not null && Value(input, ProfilesName) is not null && $"{Value(input, nameof(EsimRequest.Count))}" != whole.Count.ToString(CultureInfo.InvariantCulture)
            ? Unreadable(named, "The input holds some of them alone and does not tell which.")
            : Known(whole, named);
    }

    /// <summary>The profiles in what is left of a request; null where an object is none of that, as a plan is, which has profiles that it leaves out.</summary>
    public static IEnumerable<object?>? ProfilesOf(object? input) =>
        NameOf(input) is not null && Value(input, ProfilesName) is { } value && Plain(value) is not (string or IDictionary) ? LanguagePrimitives.GetEnumerable(value)?.Cast<object?>() : null;

    /// <summary>A profile of a request with the account and the plan that it was sent with, also where those of its row were overruled.</summary>
    public static EsimProfile AsSent(EsimRequest request, EsimProfile profile) => new()
    {
        Iccid = profile.Iccid,
        Eid = profile.Eid,
        Imei = profile.Imei,
        AccountName = request.AccountName,
        ServicePlan = request.ServicePlan ?? profile.ServicePlan,
        State = profile.State,
        ProfileStatus = profile.ProfileStatus,
        ProfileRole = profile.ProfileRole,
        Connected = profile.Connected,
        Source = profile.Source,
        AsOf = profile.AsOf,
    };

    // The object itself, where it has a profile's identifiers as a result has them, live or read back.
    private static object? ProfileOf(object? input) =>
        Text(input, nameof(EsimProfile.Iccid)) is not null || Text(input, nameof(EsimProfile.Eid)) is not null || Text(input, nameof(EsimProfile.Imei)) is not null ? input : null;

    // Whoever keeps a request for five of its ten thousand profiles must not get the other ones to act on.
    private static RequestReading ReadPart(EsimConnection connection, string id, IEnumerable<object?> profiles)
    {
        var reader = new ProfileReader();
        var named = new List<EsimProfile>();
        foreach (var reading in profiles.Select(reader.ReadMember))
        {
            if (reading.Profile is not { } profile)
            {
                return Unreadable(id, reading.Problem!.Message);
            }

            named.Add(profile);
        }

        return Known(connection.FindRequest(id, named), id);
    }

    private static RequestReading Unreadable(string id, string why) => new(null, new EsimException(
        EsimError.EsimInputInvalid,
        $"The profiles of request {id} cannot be read. {why}",
        "Keep requests with Export-Clixml or ConvertTo-Json -Depth 4, or name the whole request with -RequestId."));

    private static RequestReading Known(EsimRequest? request, string id) => request is null ? new(null, UnknownRequest.Error(id)) : new(request, null);

    private static string? NameOf(object? input) => Text(input, nameof(EsimRequest.RequestId)) ?? Text(input, nameof(EsimRequest.LocalId));

    private static string? Text(object? input, string name) => Plain(Value(input, name)) is string { Length: > 0 } text ? text : null;

    private static object? Value(object? input, string name) => Plain(input) switch
    {
        null => null,
        IDictionary dictionary => dictionary.Keys.OfType<string>().FirstOrDefault(key => key.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } key ? dictionary[key] : null,
        _ => PSObject.AsPSObject(input).Properties[name]?.Value,
    };

    private static object? Plain(object? value) => value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;
}
