// The JSON of callbacks, in the key order of Verizon's own samples. Written as bytes, because a bulk request needs 10,000.

using EsimTools.Sandbox.Actions;
using EsimTools.Sandbox.Profiles;
using EsimTools.Sandbox.Service;

namespace EsimTools.Sandbox.Callbacks;

/// <summary>Writes callbacks, one after the other, into one buffer. Not thread-safe.</summary>
/// <remarks>
/// Where the documents are silent: a warning has the shape of a success with the profile's present state; the device-level callback of
/// device_suspend and device_resume has IMEI and EID only and says the state that was asked for.
/// </remarks>
internal sealed class CallbackText
{
    /// <summary>How often a callback is sent before the service gives up, as every sample says.</summary>
    public const int MaxSends = 4;

    private readonly ByteBuffer _json = new();

    /// <summary>The callback of a part that succeeded.</summary>
    public string Success(ActionJob job, object subject) => Report(job, subject, "\"SUCCESS\""u8);

    /// <summary>The callback that comes first when a device does not answer in time.</summary>
    public string Warning(ActionJob job, object subject) => Report(job, subject, "\"warning\""u8);

    /// <summary>The callback of a part that failed.</summary>
    /// <param name="job">The request.</param>
    /// <param name="subject">Whom it is about.</param>
    /// <param name="fault">Why.</param>
    /// <param name="isNested">Whether everything goes inside <c>faultResponse</c>.</param>
    public string Failure(ActionJob job, object subject, ProfileFault fault, bool isNested)
    {
        _json.Clear();
        if (isNested)
        {
            _json.Raw("{\"faultResponse\":{"u8);
            WriteFault(fault);
            _json.Raw(",\"status\":\"Failed\","u8);
            WriteRequest(job, subject);
        }
        else
        {
            _json.Raw("{"u8);
            WriteRequest(job, subject);
            _json.Raw(",\"faultResponse\":{"u8);
            WriteFault(fault);
            _json.Raw("},\"status\":\"Failed\""u8);
        }

        WriteEnd();
        _json.Raw(isNested ? "}"u8 : default);
        return _json.ToString();
    }

    /// <summary>The callback of an asynchronous device list: one, with an entry for each profile.</summary>
    /// <param name="job">The request.</param>
    /// <param name="profiles">The profiles that were found.</param>
    public string List(ActionJob job, IEnumerable<Profile> profiles)
    {
        BeginAnswer(job, "\"deviceProfileResponse\":["u8);
        var isFirst = true;
        foreach (var profile in profiles)
        {
            _json.Raw(isFirst ? "{\"deviceIdentifierCollection\":"u8 : ",{\"deviceIdentifierCollection\":"u8);
            WriteIds(job, profile);
            WriteState(profile);
            _json.Raw("}"u8);
            isFirst = false;
        }

        return EndAnswer();
    }

    /// <summary>The callback of an asynchronous history: one, with an entry for each event, oldest first.</summary>
    /// <param name="job">The request.</param>
    /// <param name="events">The events and whose they are.</param>
    public string History(ActionJob job, IEnumerable<(Profile Profile, ProfileEvent Event)> events)
    {
        BeginAnswer(job, "\"provisioningHistory\":["u8);
        var isFirst = true;
        foreach (var (profile, entry) in events)
        {
            _json.Raw(isFirst ? "{\"deviceIdentifierCollection\":"u8 : ",{\"deviceIdentifierCollection\":"u8);
            WriteIds(job, profile);
            WriteText(",\"occurredAt\":"u8, Clock.ToIso(entry.At));
            WriteText(",\"eventType\":"u8, entry.Action.Name);
            WriteText(",\"status\":"u8, entry.Succeeded ? "Success" : "Failed");
            WriteText(",\"servicePlan\":"u8, entry.Plan);
            _json.Raw("}"u8);
            isFirst = false;
        }

        return EndAnswer();
    }

    private void BeginAnswer(ActionJob job, ReadOnlySpan<byte> array)
    {
        _json.Clear();
        WriteText("{\"requestId\":"u8, job.Id);
        _json.Raw(",\"deviceResponse\":{"u8);
        _json.Raw(array);
    }

    private string EndAnswer()
    {
        _json.Raw("]},\"status\":\"SUCCESS\""u8);
        WriteEnd();
        return _json.ToString();
    }

    private string Report(ActionJob job, object subject, ReadOnlySpan<byte> status)
    {
        _json.Clear();
        _json.Raw("{"u8);
        var (start, length) = WriteRequest(job, subject);
        _json.Raw(",\"deviceResponse\":{\"deviceProfileResponse\":{\"deviceIdentifierCollection\":"u8);
        _json.Repeat(start, length);
        if (subject is Profile profile)
        {
            WriteState(profile);
        }
        else
        {
            WriteText(",\"state\":"u8, job.Action == ProfileAction.DeviceSuspend ? ServiceState.Suspend : ServiceState.Active);
        }

        _json.Raw("}},\"status\":"u8);
        _json.Raw(status);
        WriteEnd();
        return _json.ToString();
    }

    // Returns where the identifiers are.
    private (int Start, int Length) WriteRequest(ActionJob job, object subject)
    {
        WriteText("\"requestId\":"u8, job.Id);
        _json.Raw(",\"deviceIds\":"u8);
        var start = _json.Length;
        WriteIds(job, subject);
        return (start, _json.Length - start);
    }

    private void WriteFault(ProfileFault fault)
    {
        WriteText("\"faultcode\":"u8, fault.Code);
        WriteText(",\"faultstring\":"u8, fault.Text);
    }

    // A deleted profile has no plan any more.
    private void WriteState(Profile profile)
    {
        WriteText(",\"state\":"u8, profile.State);
        WriteText(",\"servicePlan\":"u8, profile.IsDeleted ? null : profile.Plan);
        WriteText(",\"profileStatus\":"u8, profile.Status);
        WriteText(",\"profileRole\":"u8, profile.Role);
    }

    private void WriteText(ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            _json.Raw(name);
            _json.Text(value);
        }
    }

    private void WriteIds(ActionJob job, object subject)
    {
        _json.Raw("["u8);
        var start = _json.Length;
        switch (subject)
        {
            case Profile profile:
                WriteId(start, profile.Iccid, "\",\"kind\":\"Iccid\"}"u8);
                WriteId(start, profile.Euicc.Imei, "\",\"kind\":\"Imei\"}"u8);
                WriteId(start, profile.Euicc.Eid, "\",\"kind\":\"Eid\"}"u8);
                WriteId(start, profile.Mdn, "\",\"kind\":\"mdn\"}"u8);
                // The sample of delete has no msisdn, all the others have.
                if (job.Action != ProfileAction.Delete)
                {
                    WriteId(start, profile.Mdn, "\",\"kind\":\"msisdn\"}"u8, "1"u8);
                }

                break;
            case Euicc euicc:
                WriteId(start, euicc.Imei, "\",\"kind\":\"Imei\"}"u8);
                WriteId(start, euicc.Eid, "\",\"kind\":\"Eid\"}"u8);
                break;
            case ActionTarget target:
                WriteId(start, target.Iccid, "\",\"kind\":\"Iccid\"}"u8);
                WriteId(start, target.Imei, "\",\"kind\":\"Imei\"}"u8);
                WriteId(start, target.Eid, "\",\"kind\":\"Eid\"}"u8);
                break;
        }

        _json.Raw("]"u8);
    }

    private void WriteId(int arrayStart, Digits id, ReadOnlySpan<byte> rest, ReadOnlySpan<byte> prefix = default)
    {
        if (id.Length == 0)
        {
            return;
        }

        _json.Raw(_json.Length == arrayStart ? "{\"id\":\""u8 : ",{\"id\":\""u8);
        _json.Raw(prefix);
        _json.Advance(id.Format(_json.GetSpan(32)));
        _json.Raw(rest);
    }

    private void WriteEnd()
    {
        _json.Raw(",\"callbackCount\":1,\"maxCallbackThreshold\":4}"u8);
    }
}
