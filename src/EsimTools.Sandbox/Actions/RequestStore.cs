// Every accepted request by its id, for those who poll.

using System.Text.Json;
using EsimTools.Sandbox.Profiles;
using EsimTools.Sandbox.Service;

namespace EsimTools.Sandbox.Actions;

/// <summary>Keeps requests and answers for their status. Used under the fleet's gate.</summary>
/// <remarks>
/// Where the documents are silent: an id that is not known is 400 <c>REQUEST_FAILED.RequestNotFound</c>; a request is Pending while any
/// part is, then Failed when any part has failed; the v1 status knows the same requests.
/// </remarks>
internal sealed class RequestStore
{
    private readonly Dictionary<string, ActionJob> _jobs = new(StringComparer.OrdinalIgnoreCase);

    public void Add(ActionJob job) => _jobs.Add(job.Id, job);

    /// <summary>Answers <c>GET v1/accounts/{account}/requests/{id}/status</c>.</summary>
    public SandboxAnswer StatusV1(string account, string id)
    {
        var job = Find(account, id);
        return Answers.Strings(200, ("requestId", job.Id), ("status", job.Status));
    }

    /// <summary>Answers <c>GET v2/accounts/{account}/requests/{id}/status</c>.</summary>
    public SandboxAnswer StatusV2(string account, string id)
    {
        var job = Find(account, id);
        return Answers.Write(200, json =>
        {
            json.WriteStartObject();
            json.WriteString("requestId", job.Id);
            json.WriteString("status", job.Status);
            json.WriteStartArray("subRequests");
            foreach (var item in job.Items)
            {
                json.WriteStartObject();
                json.WriteStartArray("ids");
                WriteIds(json, item.Subject);
                json.WriteEndArray();
                json.WriteString("status", item.Status.ToString());
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private ActionJob Find(string account, string id) =>
        _jobs.TryGetValue(id, out var job) && job.Account == account
            ? job
            : throw Refusal.BadRequest("REQUEST_FAILED.RequestNotFound", "The request was not found.");

    private static void WriteIds(Utf8JsonWriter json, object subject)
    {
        var (iccid, eid, imei) = subject switch
        {
            Profile profile => (profile.Iccid, profile.Euicc.Eid, profile.Euicc.Imei),
            Euicc euicc => (default, euicc.Eid, euicc.Imei),
            ActionTarget target => (target.Iccid, target.Eid, target.Imei),
            _ => default,
        };
        WriteId(json, iccid, "iccid");
        WriteId(json, eid, "eid");
        WriteId(json, imei, "imei");
    }

    private static void WriteId(Utf8JsonWriter json, Digits id, string kind)
    {
        if (id.Length > 0)
        {
            json.WriteStartObject();
            json.WriteString("id", id.ToString());
            json.WriteString("kind", kind);
            json.WriteEndObject();
        }
    }
}
