// Writes a journal file of any size, as a connection that has sent many profiles and heard of all of them would have left it.

namespace EsimTools.Testing;

internal static class LargeJournal
{
    /// <summary>How many profiles a request has.</summary>
    public const int BatchSize = 10_000;

    /// <summary>Writes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="service">The service's address.</param>
    /// <param name="action">The action that was sent.</param>
    /// <param name="at">When.</param>
    /// <param name="requests">The numbers of its requests.</param>
    /// <param name="profileOf">ICCID, EID and IMEI of a number.</param>
    /// <param name="plan">The service plan; a long one makes a long line.</param>
    /// <param name="outcomes">Of how many profiles of each request the outcome is known.</param>
    public static void Write(
        string path, string service, string action, string at, IEnumerable<int> requests, Func<int, (string Iccid, string Eid, string Imei)> profileOf, string plan = "M2M Global", int outcomes = BatchSize)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var file = new StreamWriter(path);
        foreach (var request in requests)
        {
            var first = request * BatchSize;
            file.Write($$"""{"v":1,"at":"{{at}}","event":"sending","request":"L{{request}}","service":"{{service}}","seq":{{request + 1}},"action":"{{action}}","account":"0000123456-00001","plan":"{{plan}}","profiles":[""");
            for (var i = first; i < first + BatchSize; i++)
            {
                var (iccid, eid, imei) = profileOf(i);
                file.Write($$"""{{(i > first ? "," : "")}}{"iccid":"{{iccid}}","eid":"{{eid}}","imei":"{{imei}}"}""");
            }

            file.Write("]}\n");
            file.Write($$"""{"v":1,"at":"{{at}}","event":"accepted","request":"L{{request}}","requestId":"r{{request}}"}""" + "\n");
            var status = action == "delete" ? "DELETE" : "ENABLE";
            foreach (var part in Enumerable.Range(first, outcomes).Chunk(1000))
            {
                file.Write($$"""{"v":1,"at":"{{at}}","event":"outcome","request":"L{{request}}","service":"{{service}}","action":"{{action}}","source":"Callback","result":"Succeeded","proof":true,"state":"DEACTIVE","profileStatus":"{{status}}","ids":[{{string.Join(",", part.Select(i => $"\"{profileOf(i).Iccid}\""))}}]}""" + "\n");
            }
        }
    }
}
