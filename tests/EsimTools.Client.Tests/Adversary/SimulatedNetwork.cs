// Stands for the network and the service for one process: takes requests, answers questions, and lets others act before and after.

using System.Net;
using System.Text;
using System.Text.Json;

namespace EsimTools.Client.Tests.Adversary;

/// <summary>The way between one process and the service.</summary>
internal sealed class SimulatedNetwork(Life life, Machine machine) : HttpMessageHandler
{
    private readonly SeededRandom _random = life.Random;
    private readonly World _world = life.World;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (path.EndsWith("/token", StringComparison.Ordinal))
        {
            return Task.FromResult(Answer(200, """{"access_token":"bearer","token_type":"Bearer","expires_in":3600}"""));
        }

        if (path.Contains("/session/", StringComparison.Ordinal))
        {
            return Task.FromResult(Answer(200, """{"sessionToken":"session"}"""));
        }

        using var stream = new MemoryStream();
        request.Content!.CopyTo(stream, null, cancellationToken);
        var body = stream.ToArray();
        return path.Contains("/profile/actions/", StringComparison.Ordinal)
            ? Take(EsimAction.Find(path.Substring(path.LastIndexOf('/') + 1))!, body)
            : Task.FromResult(Tell(path, body));
    }

    private static HttpResponseMessage Answer(int status, string body) => new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private Task<HttpResponseMessage> Take(EsimAction action, byte[] body)
    {
        if (_random.Happens(life.Settings.Throttle))
        {
            // Nothing has been taken; it comes again behind a pause, in which others act.
            life.Note(Adversity.Throttled);
            life.Tell($"    {machine} is told to wait with {action}");
            return Task.FromResult(Answer(429, "{}"));
        }

        using var json = JsonDocument.Parse(body);
        var request = new TrueRequest(life.NextId(), action, _world.Now, machine.UtcNow);
        foreach (var device in json.RootElement.GetProperty("devices").EnumerateArray())
        {
            var ids = device.GetProperty("deviceIds").EnumerateArray().ToDictionary(id => id.GetProperty("kind").GetString()!, id => id.GetProperty("id").GetString()!);
            if (action.IsForDevice)
            {
                var euicc = _world.EuiccOf(ids["eid"])!;
                request.Targets.AddRange(euicc.Profiles.Select(profile => new TrueRequest.Target(profile, euicc)));
                request.Targets.Add(new(null, euicc));
            }
            else if (_world.ProfileOf(ids["iccid"]) is { } profile)
            {
                request.Targets.Add(new(profile, profile.Euicc) { IsMisplaced = ids.TryGetValue("eid", out var eid) && eid != profile.Euicc.Eid });
            }
        }

        var (told, sender) = (life.Requests.FindAll(other => other.IsToldOf), machine.Connection);
        life.Left(machine, request);
        life.Meanwhile(life.Settings.Interleave);
        if (machine.Commands.Count == 1 && machine.Connection is not null && _random.Happens(life.Settings.Kill))
        {
            life.Service.Take(request, mayBeLost: true);
            life.Processes.Kill(machine);
            machine.Commands.Peek().Kill();
            return new TaskCompletionSource<HttpResponseMessage>().Task;
        }

        if (!_random.Happens(life.Settings.LoseAnswer))
        {
            life.Service.Take(request, mayBeLost: false);
            life.Meanwhile(life.Settings.Interleave);
            if (_random.Happens(life.Settings.WrongAnswer) && told.Count > 0)
            {
                var another = _random.OneOf(told);
                life.Note(Adversity.AnswerForAnother);
                life.Tell($"    {request} is answered with the id of {another}");
                return Task.FromResult(Answer(200, $"{{\"requestId\":\"{another.Id}\"}}"));
            }

            // Where the process has ended meanwhile, nobody hears the answer.
            request.IsToldOf = machine.Connection == sender;
            return Task.FromResult(Answer(200, $"{{\"requestId\":\"{request.Id}\"}}"));
        }

        if (_random.Happens(0.3))
        {
            var refusal = _random.OneOf((int[])[400, 403]);
            life.Tell($"    the service refuses {request} with {refusal}");
            return Task.FromResult(Answer(refusal, """{"errorCode":"X.REQUEST_FAILED","errorMessage":"no"}"""));
        }

        life.Note(Adversity.AnswerLost);
        life.Service.Take(request, mayBeLost: true);
        life.Meanwhile(life.Settings.Interleave);
        life.Tell($"    the answer to {request} is lost");
        return _random.Below(3) switch
        {
            0 => Task.FromException<HttpResponseMessage>(new HttpRequestException("the connection broke")),
            1 => Task.FromResult(Answer(_random.OneOf((int[])[500, 502, 504]), """{"fault":{"code":"900901","message":"x"}}""")),
            _ => Task.FromResult(Answer(200, "{}")),
        };
    }

    private HttpResponseMessage Tell(string path, byte[] body)
    {
        var asked = _world.Now;
        life.Meanwhile(life.Settings.Interleave);
        var toldOn = new List<TrueProfile>();
        var answer = path.EndsWith("/status", StringComparison.Ordinal) ? Status(Uri.UnescapeDataString(path.Split('/')[^2]))
            : path.Contains("/v2/", StringComparison.Ordinal) ? AskLater(body)
            : List(body, toldOn);
        life.Meanwhile(life.Settings.Interleave);
        if (_random.Happens(life.Settings.LoseAnswer / 2))
        {
            return Answer(500, """{"errorCode":"X","errorMessage":"x"}""");
        }

        toldOn.ForEach(profile => machine.IsToldOn(profile, asked));
        return Answer(200, answer);
    }

    private string Status(string id)
    {
        var request = life.Requests.Find(request => request.Id == id)!;
        if (_random.Happens(life.Settings.WrongAnswer))
        {
            life.Note(Adversity.AnswerForAnother);
            request = _random.OneOf(life.Requests);
        }

        var answer = life.Messages.Status(request);
        life.Tell($"    {machine} asks for the status of {id}: {answer}");
        return answer;
    }

    private string List(byte[] body, List<TrueProfile> toldOn)
    {
        var meant = ProfilesIn(body, out var account);
        if (_random.Happens(life.Settings.WrongAnswer))
        {
            life.Note(Adversity.AnswerForAnother);
            meant = [_random.OneOf(_world.Profiles)];
        }

        if (_random.Happens(life.Settings.Mix))
        {
            life.Note(Adversity.EntriesOfOthers);
            meant.Add(_random.OneOf(_world.Profiles));
        }

        var rows = new List<string>();
        foreach (var profile in meant.Where(profile => profile.Status.Word != "DELETE"))
        {
            rows.Add(life.Messages.Row(TrueWords.Now(profile), out var isPlain));
            if (isPlain && !profile.IsOff && profile.Account == account)
            {
                toldOn.Add(profile);
            }

            if (_random.Happens(life.Settings.Split))
            {
                rows.Add(life.Messages.Row(TrueWords.Now(profile), out _));
            }
        }

        var answer = $"{{\"hasMoreData\":false,\"devices\":[{string.Join(",", rows)}]}}";
        life.Tell($"    {machine} asks for {Encoding.UTF8.GetString(body)}: {answer}");
        return answer;
    }

    private string AskLater(byte[] body)
    {
        var id = life.NextId();
        var meant = ProfilesIn(body, out _);
        life.Service.Lists.Add((machine, id, meant));
        life.Tell($"    {machine} asks for {string.Join(", ", meant)} by callback, {id}");
        return $"{{\"requestId\":\"{id}\"}}";
    }

    private List<TrueProfile> ProfilesIn(byte[] body, out string? account)
    {
        using var json = JsonDocument.Parse(body);
        account = json.RootElement.GetProperty("accountName").GetString();
        if (json.RootElement.TryGetProperty("deviceFilter", out var filter))
        {
            return [.. filter.EnumerateArray().Select(id => _world.ProfileOf(id.GetProperty("id").GetString()!)).OfType<TrueProfile>()];
        }

        return json.RootElement.TryGetProperty("deviceId", out var device) && device.GetProperty("id").GetString() is { } digits
            ? [.. _world.Profiles.Where(profile => profile == _world.ProfileOf(digits) || profile.Euicc.Eid == digits || profile.Euicc.Imei == digits)]
            : [.. _world.Profiles];
    }
}
